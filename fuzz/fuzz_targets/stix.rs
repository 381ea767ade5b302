//! Reads any bytes as a file of the format `stix`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comity_fuzz::file("stix", data));
