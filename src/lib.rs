//! comity: encrypted case workspaces and signed bundles for joint task forces on transnational cybercrime.
//!
//! Modules lie in layers; a module names modules of lower layers only (`tests/architecture.rs`). The map is in
//! `docs/architecture.md`.

#![forbid(unsafe_code)]
#![warn(missing_docs, unreachable_pub)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::todo,
        clippy::unimplemented,
        clippy::dbg_macro
    )
)]

pub mod value;

pub mod seal;

pub mod act;
pub mod law;

pub mod record;

pub mod gate;

pub mod bundle;
pub mod exchange;
pub mod report;

pub mod host;

pub mod store;

pub mod workspace;

pub mod command;

pub mod demo;

pub mod cli;
pub mod tui;
