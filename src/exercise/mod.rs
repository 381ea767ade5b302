//! Layer 5: scenario formats: lists of events as CSV, the Common Exercise Format (CEXF), and scenarios of OpenAEV.
//!
//! Pure: bytes in, a scenario out, and back. What a format has and a scenario does not is counted and named, never dropped in
//! silence.

pub mod cexf;
pub mod csv;
pub mod openaev;
pub mod scenario;
