//! The record itself: the log, its checkpoint, its witnesses, and its reading from the first act on.

pub mod consultations;
pub mod pack;
pub mod refusals;
pub mod statistics;

use serde::Serialize;

use crate::act::change::Line;
use crate::act::header::Audience;
use crate::command::bundle::make::signed_checkpoint;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::command::json::or_empty;
use crate::record::kind::{ChangeKind, Kind};
use crate::record::stream;
use crate::store::connection;
use crate::store::read::{self, StoredAct};
use crate::value::class::Role;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "audit",
        name: "log",
        about: "List the acts, the newest first",
        args: &[
            Arg::new("limit", ArgKind::Number, "at most so many (50 where it is not said)").cli_only(),
            Arg::new("before", ArgKind::Number, "only acts before this number").cli_only(),
        ],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "audit",
        name: "verify",
        about: "Read the log again from its first act: every signature, every rule, every table",
        args: &[],
        writes: None,
        run: Handler::Reads(verify),
    },
    Command {
        noun: "audit",
        name: "rebuild",
        about: "Make the records again from the log, where they were damaged or changed, and verify all of it",
        args: &[],
        writes: None,
        run: Handler::Reads(rebuild),
    },
    Command {
        noun: "audit",
        name: "checkpoint",
        about: "Show the log's signed checkpoint: its size and its root",
        args: &[],
        writes: None,
        run: Handler::Reads(checkpoint),
    },
    Command {
        noun: "audit",
        name: "witness",
        about: "Show which partners have cosigned the log, and how far",
        args: &[],
        writes: None,
        run: Handler::Reads(witness),
    },
];

/// An act as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct ActSummary {
    /// Its number: the position at which it is applied.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// When a partner's act came here.
    pub came: Option<Timestamp>,
    /// The desk.
    pub desk: String,
    /// Who.
    pub by: String,
    /// In which role.
    pub role: Role,
    /// What: the kind of its first change.
    #[serde(serialize_with = "or_empty")]
    pub did: Option<ChangeKind>,
    /// On which record.
    #[serde(serialize_with = "or_empty")]
    pub on: Option<Id>,
    /// The kind of that record; `None` where it is not known here.
    #[serde(serialize_with = "or_empty")]
    pub on_kind: Option<Kind>,
    /// How many changes.
    pub changes: u64,
    /// For whom.
    pub audience: Vec<String>,
    /// Its id.
    pub id: Digest,
}

impl ActSummary {
    /// The record that it did it on, where its kind is known here.
    pub fn subject(&self) -> Option<(Kind, Id)> {
        self.on_kind.zip(self.on)
    }
}

fn row(workspace: &Workspace, act: &StoredAct) -> Result<ActSummary, Error> {
    let header = act.read_header()?;
    let (mut did, mut on, mut on_kind) = (None, None, None);
    let head = StoredAct { changes: 1, ..act.clone() };
    read::changes::<Error>(&workspace.db, &head, |stored| {
        if let Line::Change(c) = stored.line {
            use crate::record::store::RecordStore as _;
            on_kind = workspace.records().get(c.record)?.map(|r| r.kind);
            did = crate::record::change(&c.kind).map(|def| def.kind);
            on = Some(c.record);
        }
        Ok(())
    })?;
    let took_it_in = act.via.map(|via| read::act(&workspace.db, via)).transpose()?.flatten();
    let came = took_it_in.map(|import| import.read_header()).transpose()?.map(|header| header.time.at);
    let audience = match &header.audience {
        Audience::OwnDesk => vec![],
        Audience::Partners => vec!["partners".to_owned()],
        Audience::Desks(desks) => desks.iter().map(|d| workspace.code_of(*d)).collect::<Result<_, _>>()?,
    };
    Ok(ActSummary {
        number: act.position,
        at: header.time.at,
        came,
        desk: workspace.code_of(act.desk)?,
        by: workspace.name_of(header.member)?,
        role: header.role,
        did,
        on,
        on_kind,
        changes: act.changes,
        audience,
        id: act.id,
    })
}

/// An act as it is shown, by its id; `None` where it is not here.
pub fn by_id(workspace: &Workspace, id: &Digest) -> Result<Option<ActSummary>, Error> {
    let position = read::position_of(&workspace.db, id)?;
    let act = position.map(|position| read::act(&workspace.db, position)).transpose()?.flatten();
    act.map(|act| row(workspace, &act)).transpose()
}

/// The newest acts before a number, the newest first.
pub fn rows(workspace: &Workspace, before: i64, limit: u32) -> Result<Vec<ActSummary>, Error> {
    read::acts_back(&workspace.db, before.saturating_sub(1), limit)?.iter().map(|a| row(workspace, a)).collect()
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let limit = args.number("limit")?.map_or(50, |n| u32::try_from(n).unwrap_or(0));
    let before = args.number("before")?.unwrap_or(i64::MAX);
    let columns = &[
        ("number", "NO."),
        ("at", "WHEN"),
        ("desk", "DESK"),
        ("by", "WHO"),
        ("did", "DID"),
        ("on", "ON"),
        ("changes", "CHANGES"),
    ];
    Ok(Output::list(&rows(workspace, before, limit)?, columns))
}

/// What reading the log again came to.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Always true: a fault is a failure.
    pub intact: bool,
    /// Acts that were read.
    pub acts: u64,
    /// Changes that were read.
    pub changes: u64,
    /// The log's size.
    pub size: u64,
    /// Its root.
    pub root: Digest,
}

/// Reads the log again.
///
/// # Errors
///
/// The first fault that is found; a refusal while one looks back: only the whole log can be compared with what is stored.
pub fn verify_log(workspace: &mut Workspace, job: &mut Job) -> Result<Verified, Error> {
    must_be_now(workspace)?;
    job.at("checking pages", 0, None)?;
    connection::check(&workspace.database_path(), &workspace.keyring.database)?;
    let total = read::acts_back(&workspace.db, i64::MAX, 1)?.first().map_or(0, |a| a.first_row as u64 + a.changes);
    let progress = workspace.verify_log(|p| job.go_on("reading the log", p.changes, Some(total)))?;
    let (checkpoint, _) = signed_checkpoint(workspace, 0)?;
    Ok(Verified {
        intact: true,
        acts: progress.acts,
        changes: progress.changes,
        size: checkpoint.size,
        root: checkpoint.root,
    })
}

fn verify(workspace: &mut Workspace, _: &Args, job: &mut Job) -> Result<Output, Error> {
    let found = verify_log(workspace, job)?;
    let said = format!(
        "Intact: {}, {}; every signature, every rule and every table is as it must be.",
        counted(found.acts, "act"),
        counted(found.changes, "change")
    );
    Ok(Output::thing(&found).with_message(said))
}

/// What making the records again came to.
#[derive(Serialize)]
struct Rebuilt {
    acts: u64,
    changes: u64,
}

fn rebuild(workspace: &mut Workspace, _: &Args, job: &mut Job) -> Result<Output, Error> {
    must_be_now(workspace)?;
    let found = workspace.rebuild(|p| job.go_on("reading the log", p.changes, None))?;
    let said = format!("The records were made again from {} and verified.", counted(found.acts, "act"));
    Ok(Output::thing(&Rebuilt { acts: found.acts, changes: found.changes }).with_message(said))
}

/// What is signed or verified is the log as it is, never a part of it.
fn must_be_now(workspace: &Workspace) -> Result<(), Error> {
    workspace.looks_back().map_or(Ok(()), |as_of| Err(as_of.refusal()))
}

/// The log's checkpoint, and the note that is signed of it.
#[derive(Serialize)]
struct SignedCheckpoint {
    origin: String,
    size: u64,
    root: Digest,
    note: String,
}

fn checkpoint(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    must_be_now(workspace)?;
    let (checkpoint, note) = signed_checkpoint(workspace, 0)?;
    let text = note.trim_end().to_owned();
    let signed = SignedCheckpoint { origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root, note };
    Ok(Output { text: Some(text), ..Output::thing(&signed) })
}

/// How far a partner has cosigned the log.
#[derive(Clone, Debug, Serialize)]
pub struct Witness {
    /// The partner.
    pub partner: String,
    /// The size that it cosigned; 0 where it has not.
    pub size: u64,
    /// Acts that came after.
    pub behind: u64,
    /// When its cosignature came home.
    pub at: Option<Timestamp>,
    /// The cosignature.
    pub cosignature: Option<String>,
}

/// How far each partner has cosigned the log.
pub fn witnesses(workspace: &Workspace) -> Result<Vec<Witness>, Error> {
    let size = crate::store::log::tip(&workspace.db, &workspace.meta)?.size;
    let one = |partner: &crate::record::store::Record| {
        let stream = stream::with(&workspace.records(), workspace.meta.desk, partner.id)?;
        let cosigned = stream.terms.get("cosigned");
        let part = |key: &str| cosigned.and_then(|c| c.get(key));
        let seen = part("size").and_then(Json::int).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
        Ok(Witness {
            partner: partner.key.clone().unwrap_or_default(),
            size: seen,
            behind: size.saturating_sub(seen),
            at: part("at").and_then(Json::text).and_then(Timestamp::parse),
            cosignature: part("line").and_then(Json::text).map(str::to_owned),
        })
    };
    workspace.partners()?.iter().map(one).collect()
}

fn witness(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    Ok(Output::list(
        &witnesses(workspace)?,
        &[("partner", "PARTNER"), ("size", "COSIGNED"), ("behind", "BEHIND"), ("at", "AT")],
    ))
}
