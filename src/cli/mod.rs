//! Layer 11: the command line. It builds its commands from the command table, opens the workspace, runs the command and
//! prints its output. It decides nothing.

pub mod completion;
pub mod demo;
pub mod examples;
pub mod fault;
pub mod guide;
pub mod manual;
mod misread;
pub mod passphrase;
pub mod practise;
pub mod print;
pub mod run;
pub mod tour;
pub mod tree;
pub mod welcome;
