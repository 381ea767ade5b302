//! Layer 2: the law as data.
//!
//! Rules and their sources, who may sign what, instruments, kinds of request, deadlines, ceilings, retention: rows in
//! `assets/law/`, each with its source and the day on which it was verified. This module reads them; it never decides.

pub mod accountability;
pub mod backup;
pub mod calendar;
pub mod ceiling;
pub mod deadline;
pub mod edition;
pub mod form;
pub mod ground;
pub mod instrument;
pub mod jurisdiction;
pub mod money;
pub mod paper;
pub mod request;
pub mod retention;
pub mod row;
pub mod rule;
pub mod signer;
pub mod telling;
pub mod test;
pub mod words;
