//! Layer 11: the command line. It makes its commands of the catalogue, opens the workspace, runs the command and prints what
//! it answers. It decides nothing.

pub mod demo;
pub mod fault;
pub mod guide;
pub mod manual;
pub mod passphrase;
pub mod print;
pub mod run;
pub mod tour;
pub mod tree;
