//! The bundles that went out and came in, how far each has come, and what those that came too early wait for.

use serde::Serialize;

use super::quarantine;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::command::json::or_empty;
use crate::record::kind::{Kind, StateTone};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{bundle, stream};
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "bundle",
        name: "history",
        about: "List the bundles, in and out, and what those that came too early wait for",
        args: &[],
        writes: None,
        run: Handler::Reads(history),
    },
    Command {
        noun: "bundle",
        name: "show",
        about: "Show a bundle that went out or came in",
        args: &[Arg::new("bundle", ArgKind::Record(&[Kind::Bundle]), "the bundle").positional()],
        writes: None,
        run: Handler::Reads(show),
    },
];

words! {
    /// How far a bundle has come.
    BundleStatus {
        /// It went out.
        Sent = "sent",
        /// The partner has it.
        Acknowledged = "acknowledged",
        /// It was made, and nobody knows whether it lies where it is carried: the medium failed, or it went into a pipe.
        Unknown = "unknown",
        /// It came in.
        Received = "received",
        /// It came in, and waits for what is missing.
        Waits = "waits",
    }
}

impl BundleStatus {
    /// How it is seen at a glance.
    pub const fn mood(self) -> StateTone {
        match self {
            Self::Sent => StateTone::Neutral,
            Self::Unknown | Self::Waits => StateTone::Waiting,
            Self::Acknowledged | Self::Received => StateTone::Good,
        }
    }
}

/// A bundle as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryRow {
    /// The record; none of one that waits, which is a file alone.
    #[serde(serialize_with = "or_empty")]
    pub id: Option<Id>,
    /// The sender.
    pub from: String,
    /// The recipient.
    pub to: String,
    /// Its number.
    pub sequence: u64,
    /// How far it has come.
    pub state: BundleStatus,
    /// When.
    #[serde(serialize_with = "or_empty")]
    pub at: Option<Timestamp>,
    /// How many acts it carries.
    pub acts: i64,
    /// The digest of its manifest.
    #[serde(serialize_with = "or_empty")]
    pub manifest: Option<Digest>,
    /// What is to be known of it: what it waits for, or who asks for it again.
    pub note: String,
}

/// The bundle of a record.
pub fn row(workspace: &Workspace, record: &Record) -> Result<HistoryRow, Error> {
    let me = workspace.code_of(workspace.meta.desk)?;
    let other = workspace.partner_of(record)?.unwrap_or_default();
    let sequence = record.terms.get("sequence").and_then(Json::int).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let stream = record.partner.map(|p| stream::with(&workspace.records(), workspace.meta.desk, p)).transpose()?;
    let known = stream.as_ref().and_then(stream::acknowledged).unwrap_or(0);
    let out = record.is(bundle::State::Sent);
    let state = match out {
        true if sequence <= known => BundleStatus::Acknowledged,
        true if bundle::is_unwritten(record) => BundleStatus::Unknown,
        true => BundleStatus::Sent,
        false => BundleStatus::Received,
    };
    let wanted = out && stream.as_ref().is_some_and(|s| stream::still_wanted(s).contains(&sequence));
    let note = match state {
        _ if wanted => format!("{other} asks for it again"),
        BundleStatus::Unknown => "not known to be written: export it again by its number".to_owned(),
        _ => String::new(),
    };
    let (from, to) = if out { (me, other) } else { (other, me) };
    Ok(HistoryRow {
        id: Some(record.id),
        from,
        to,
        sequence,
        state,
        at: record.instant("at"),
        acts: record.terms.get("acts").and_then(Json::int).unwrap_or(0),
        manifest: record.text("manifest").and_then(Digest::parse),
        note,
    })
}

/// Every bundle, in and out, the newest last.
pub fn history_rows(workspace: &Workspace) -> Result<Vec<HistoryRow>, Error> {
    let me = workspace.code_of(workspace.meta.desk)?;
    let records = workspace.records().find(&Query::kind(Kind::Bundle))?;
    let mut rows = records.iter().map(|record| row(workspace, record)).collect::<Result<Vec<_>, _>>()?;
    for gap in quarantine::gaps(workspace)? {
        rows.push(HistoryRow {
            id: None,
            from: gap.from.clone(),
            to: me.clone(),
            sequence: gap.sequence,
            state: BundleStatus::Waits,
            at: None,
            acts: 0,
            manifest: None,
            note: gap.said(),
        });
    }
    Ok(rows)
}

fn history(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("from", "FROM"),
        ("to", "TO"),
        ("sequence", "NO."),
        ("state", "STATE"),
        ("acts", "ACTS"),
        ("at", "AT"),
        ("note", "NOTE"),
        ("id", "ID"),
    ];
    let mood = |word: &str| BundleStatus::parse(word).map(BundleStatus::mood);
    Ok(Output::list(&history_rows(workspace)?, columns).in_mood(mood))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("bundle")?, &[Kind::Bundle])?;
    Ok(Output::thing(&row(workspace, &record)?))
}
