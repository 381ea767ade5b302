//! Reads any bytes as what the target is named after.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comity_fuzz::ask(data));
