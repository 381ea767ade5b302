//! Floor 7: the store. SQLCipher holds the log of acts; the book of records and the search index are folds of it.
//!
//! Every write goes through [`log::Writing`]: an act is put to the gate, its changes are written and folded, and it
//! takes its place in the tree, all in one transaction. There is no other way in.

pub mod book;
pub mod connection;
pub mod error;
pub mod log;
pub mod read;
pub mod ready;
pub mod replay;
pub mod search;
pub mod statement;
pub mod tree;
