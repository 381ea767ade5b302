//! comity: encrypted case workspaces and signed bundles for joint task forces on transnational cybercrime. Offline, and with due
//! process built in.
//!
//! What a desk does is one log of signed acts; every table and every screen is a projection of it; and one pure function, the gate,
//! says what may be done, what may leave, and why (not).
//!
//! Modules lie in layers; a module names modules of lower layers only (`tests/architecture.rs`). Up to layer 5 they are pure: bytes
//! and values in, values and bytes out, the time passed in. The map is in `docs/architecture.md`.
//!
//! | layer | module | holds |
//! |---|---|---|
//! | 0 | [`value`] | ids, timestamps, digests, markings, terminal-safe text, strict JSON |
//! | 1 | [`seal`] | secrets, age, SSHSIG, identities |
//! | 2 | [`act`], [`law`] | the signed act and the tree of acts; instruments, deadlines and rules as data |
//! | 3 | [`record`] | a file for each kind of record: its states, its changes, its rules |
//! | 4 | [`gate`] | facts, rules, verdicts with reasons |
//! | 5 | [`bundle`], [`exchange`], [`report`], [`figures`] | the container for partners; foreign formats; letters and forms; tables that reveal nobody |
//! | 6 | [`host`] | clock, entropy, files, sandbox |
//! | 7 | [`store`] | the encrypted database: log, projections, search, replay |
//! | 8 | [`workspace`] | opening, founding, keys, trust state, commit |
//! | 9 | [`command`] | every command once, for both front ends |
//! | 10 | [`demo`] | the story of the demo, and the tour |
//! | 11 | [`cli`], [`tui`] | the front ends |
//!
//! # Example
//!
//! A desk is founded, a case and an item are made, and the gate refuses to erase the item before its time:
//!
//! ```
//! use comity::command::definition::{Args, CommandContext, Handler, Output};
//! use comity::command::{command, identity};
//! use comity::host::clock::Clock;
//! use comity::law::rule::RuleId;
//! use comity::workspace::error::{Error, ErrorKind};
//! use comity::workspace::{open::Workspace, progress::Job};
//!
//! let folder = tempfile::tempdir()?;
//! let path = |name: &str| folder.path().join(name);
//! let run = |name: &str, given: &[(&'static str, &str)]| -> Result<Output, Error> {
//!     let mut context = CommandContext {
//!         workspace: path("workspace"),
//!         identity: path("okafor.age"),
//!         passphrase: Box::new(|_, _| Err(Error::usage("this identity has no passphrase"))),
//!         clock: Clock::System,
//!     };
//!     let mut args = Args::default();
//!     given.iter().for_each(|(name, value)| args.add(name, *value));
//!     match command(name).ok_or_else(|| Error::usage("there is no such command"))?.run {
//!         Handler::Free(run) => run(&mut context, &args, &mut Job::silent()),
//!         Handler::Law(_) | Handler::Batch => unreachable!("none of these shows the law or runs others"),
//!         Handler::Reads(run) | Handler::Writes(run) => {
//!             let (me, _) = identity::unlock(&mut context)?;
//!             let mut desk = Workspace::open(&context.workspace, &context.identity, me, context.clock, false)?;
//!             run(&mut desk, &args, &mut Job::silent())
//!         }
//!     }
//! };
//! let identity = path("okafor.age").to_string_lossy().into_owned();
//! run("identity new", &[("name", "N. Okafor"), ("out", &identity), ("no-passphrase", "yes")])?;
//! let roles = ("roles", "administrator,desk-officer,investigator");
//! run("init", &[("desk", "XA"), ("name", "Harbour desk"), ("jurisdiction", "XA"), roles])?;
//! let case = run("case new", &[("title", "Tidewater"), ("purpose", "cybercrime")])?.id().unwrap().to_string();
//! let domain = [("case", &*case), ("type", "domain"), ("category", "indicator"), ("value", "pier.example")];
//! let item = run("item add", &domain)?.id().unwrap().to_string();
//!
//! let refused = run("retention purge", &[("item", &item)]).unwrap_err();
//! assert_eq!(refused.kind, ErrorKind::Refused);
//! assert_eq!(refused.verdict.unwrap().refused_by(), [RuleId::U01]); // it is not due, and no reason was given
//! # Ok::<(), Error>(())
//! ```

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
pub mod exercise;
pub mod figures;
pub mod report;

pub mod host;

pub mod store;

pub mod workspace;

pub mod command;

pub mod demo;

pub mod cli;
pub mod tui;
