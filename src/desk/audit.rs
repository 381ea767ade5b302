//! The record itself: the log, its checkpoint, its witnesses, and its reading from the first act on.

use serde::Serialize;

use super::bundle_out::signed_checkpoint;
use super::failure::Failure;
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::change::Line;
use crate::act::header::Audience;
use crate::record::stream;
use crate::store::connection::{self, DatabaseKey};
use crate::store::read::{self, StoredAct};
use crate::store::replay;
use crate::value::json::Json;
use crate::value::text::counted;

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "audit",
        name: "log",
        about: "List the acts, the newest first",
        fields: &[
            Field::new("limit", Takes::Number, "at most so many (50 where it is not said)").cli_only(),
            Field::new("before", Takes::Number, "only acts before this number").cli_only(),
        ],
        act: "",
        run: Run::Reads(list),
    },
    Verb {
        noun: "audit",
        name: "verify",
        about: "Read the log again from its first act: every signature, every rule, every table",
        fields: &[],
        act: "",
        run: Run::Reads(verify),
    },
    Verb {
        noun: "audit",
        name: "checkpoint",
        about: "Show the log's signed checkpoint: its size and its root",
        fields: &[],
        act: "",
        run: Run::Reads(checkpoint),
    },
    Verb {
        noun: "audit",
        name: "witness",
        about: "Show which partners have cosigned the log, and how far",
        fields: &[],
        act: "",
        run: Run::Reads(witness),
    },
];

/// An act as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its number: the position at which it is folded.
    pub number: i64,
    /// When.
    pub at: String,
    /// When a partner's act came here.
    pub came: Option<String>,
    /// The desk.
    pub desk: String,
    /// Who.
    pub by: String,
    /// In which role.
    pub role: String,
    /// What: the kind of its lead.
    pub did: String,
    /// On which record.
    pub on: String,
    /// The kind of that record.
    pub on_kind: String,
    /// How many changes.
    pub changes: u64,
    /// For whom.
    pub audience: Vec<String>,
    /// Its id.
    pub id: String,
}

fn row(desk: &Desk, act: &StoredAct) -> Result<Row, Failure> {
    let header = act.read_header()?;
    let (mut did, mut on, mut on_kind) = (String::new(), String::new(), String::new());
    let head = StoredAct { changes: 1, ..act.clone() };
    read::changes::<Failure>(&desk.db, &head, |stored| {
        if let Line::Change(c) = stored.line {
            use crate::record::book::Book as _;
            on_kind = desk.book().get(c.record)?.map(|r| r.kind.to_owned()).unwrap_or_default();
            did = c.kind;
            on = c.record.to_string();
        }
        Ok(())
    })?;
    let took_it_in = act.via.map(|via| read::act(&desk.db, via)).transpose()?.flatten();
    let came = took_it_in.map(|import| import.read_header()).transpose()?.map(|header| header.time.at);
    let audience = match &header.audience {
        Audience::Own => vec![],
        Audience::Partners => vec!["partners".to_owned()],
        Audience::Desks(desks) => desks.iter().map(|d| desk.code_of(*d)).collect::<Result<_, _>>()?,
    };
    Ok(Row {
        number: act.position,
        at: header.time.at.to_string(),
        came: came.map(|t| t.to_string()),
        desk: desk.code_of(act.desk)?,
        by: desk.name_of(header.member)?,
        role: header.role.word().to_owned(),
        did,
        on,
        on_kind,
        changes: act.changes,
        audience,
        id: act.id.to_string(),
    })
}

/// The newest acts before a number, the newest first.
pub fn rows(desk: &Desk, before: i64, limit: u32) -> Result<Vec<Row>, Failure> {
    read::acts_back(&desk.db, before.saturating_sub(1), limit)?.iter().map(|a| row(desk, a)).collect()
}

fn list(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let limit = form.number("limit")?.map_or(50, |n| u32::try_from(n).unwrap_or(0));
    let before = form.number("before")?.unwrap_or(i64::MAX);
    let columns = &[
        ("number", "NO."),
        ("at", "WHEN"),
        ("desk", "DESK"),
        ("by", "WHO"),
        ("did", "DID"),
        ("on", "ON"),
        ("changes", "CHANGES"),
    ];
    Ok(Answer::list(&rows(desk, before, limit)?, columns))
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
    pub root: String,
}

/// Reads the log again.
///
/// # Errors
///
/// The first fault that is found; a refusal while one looks back: only the whole log can be compared with what is stored.
pub fn verify_log(desk: &mut Desk, job: &mut Job) -> Result<Verified, Failure> {
    must_be_now(desk)?;
    job.at("checking pages", 0, None)?;
    connection::check(&desk.database_path(), &desk.keyring.database)?;
    let key = DatabaseKey::new(&*desk.entropy.seed()?, desk.entropy.id()?.as_bytes());
    let (scratch, _file) = connection::scratch(desk.folder(), &key)?;
    let meta = desk.meta.clone();
    let total = read::acts_back(&desk.db, i64::MAX, 1)?.first().map_or(0, |a| a.first_row as u64 + a.changes);
    let progress = replay::replay(&desk.db, &scratch, &meta, |p| job.go_on("reading the log", p.changes, Some(total)))?;
    let (checkpoint, _) = signed_checkpoint(desk, 0)?;
    Ok(Verified {
        intact: true,
        acts: progress.acts,
        changes: progress.changes,
        size: checkpoint.size,
        root: checkpoint.root.to_string(),
    })
}

fn verify(desk: &mut Desk, _: &Form, job: &mut Job) -> Result<Answer, Failure> {
    let found = verify_log(desk, job)?;
    let said = format!(
        "Intact: {}, {}; every signature, every rule and every table is as it must be.",
        counted(found.acts, "act"),
        counted(found.changes, "change")
    );
    Ok(Answer::thing(&found).saying(said))
}

/// What is signed or verified is the log as it is, never a part of it.
fn must_be_now(desk: &Desk) -> Result<(), Failure> {
    desk.looks_back().map_or(Ok(()), |as_of| Err(as_of.refusal()))
}

fn checkpoint(desk: &mut Desk, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    must_be_now(desk)?;
    let (checkpoint, note) = signed_checkpoint(desk, 0)?;
    let value = serde_json::json!({ "origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.to_string(), "note": note });
    Ok(Answer { text: Some(note.trim_end().to_owned()), ..Answer::thing(&value) })
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
    pub at: Option<String>,
    /// The cosignature.
    pub cosignature: Option<String>,
}

/// How far each partner has cosigned the log.
pub fn witnesses(desk: &Desk) -> Result<Vec<Witness>, Failure> {
    let size = crate::store::log::tip(&desk.db, &desk.meta)?.size;
    let one = |partner: &crate::record::book::Record| {
        let stream = stream::with(&desk.book(), desk.meta.desk, partner.id)?;
        let cosigned = stream.terms.get("cosigned");
        let part = |key: &str| cosigned.and_then(|c| c.get(key));
        let seen = part("size").and_then(Json::int).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
        Ok(Witness {
            partner: partner.key.clone().unwrap_or_default(),
            size: seen,
            behind: size.saturating_sub(seen),
            at: part("at").and_then(Json::text).map(str::to_owned),
            cosignature: part("line").and_then(Json::text).map(str::to_owned),
        })
    };
    desk.partners()?.iter().map(one).collect()
}

fn witness(desk: &mut Desk, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    Ok(Answer::list(
        &witnesses(desk)?,
        &[("partner", "PARTNER"), ("size", "COSIGNED"), ("behind", "BEHIND"), ("at", "AT")],
    ))
}
