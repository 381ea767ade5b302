//! Layer 7: the store. SQLCipher holds the log of acts; the record store and the search index are projections of it.
//!
//! Every write goes through [`write::ActWriter`] or [`import::ActImporter`]: an act is put to the gate, its changes are stored
//! and applied, and it takes its place in the log, all in one transaction. There is no other way in.

mod apply;
pub mod authenticated;
pub mod connection;
pub mod error;
pub mod import;
mod insert;
pub mod log;
pub mod migrate;
pub mod past;
pub mod prepared;
pub mod read;
pub mod records;
pub mod replay;
pub mod search;
mod sql_types;
pub mod statement;
pub mod tally;
pub mod tree;
pub mod write;
