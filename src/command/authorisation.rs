//! Independent authorisations and partners' assurances: what tier 3 and up cannot leave without.

use crate::record::kind::Kind;
use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::law::jurisdiction::Assurance;
use crate::object;
use crate::record::definition::token;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{assurance, authorisation};
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "authorisation",
        name: "add",
        about: "Record that a court or an independent body allows an item, or a case, to go to a partner",
        args: &[
            Arg::new("item", ArgKind::Record(&[Kind::Item]), "the item"),
            Arg::new("case", ArgKind::Record(&[Kind::Case]), "or everything in a case"),
            Arg::new("to", ArgKind::Partner, "the partner").required(),
            Arg::new("by", ArgKind::Line, "who authorised it: the court or the body").required(),
            Arg::new("reference", ArgKind::Line, "its reference").required(),
            Arg::new("expires", ArgKind::Time, "when it expires; without it, it has no expiry"),
        ],
        writes: Some(Writes {
            act: crate::record::authorisation::ADD,
            weight: Weight::Records,
            needs: Needs::NotPurged,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(add_authorisation),
    },
    Command {
        noun: "authorisation",
        name: "list",
        about: "List the independent authorisations",
        args: &[],
        writes: None,
        run: Handler::Reads(list_authorisations),
    },
    Command {
        noun: "assurance",
        name: "add",
        about: "Record an assurance that a partner has given",
        args: &[
            Arg::new("partner", ArgKind::Partner, "the partner").required(),
            Arg::new("of", ArgKind::Word(all_words::<Assurance>), "what is assured").required(),
            Arg::new("text", ArgKind::Body, "its text").required(),
            Arg::new("by", ArgKind::Line, "who gave it, by name and office").required(),
            Arg::new("expires", ArgKind::Time, "when it expires; without it, it has no expiry"),
        ],
        writes: Some(Writes {
            act: crate::record::assurance::ADD,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(add_assurance),
    },
    Command {
        noun: "assurance",
        name: "list",
        about: "List the assurances that partners have given",
        args: &[],
        writes: None,
        run: Handler::Reads(list_assurances),
    },
];

fn add_authorisation(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let subject = match (args.maybe("item"), args.maybe("case")) {
        (Some(item), None) => workspace.find_record(item, &[Kind::Item])?,
        (None, Some(case)) => workspace.find_record(case, &[Kind::Case])?,
        _ => return Err(Error::usage("an authorisation is of one --item or of one --case")),
    };
    let to = workspace.partner(args.need("to")?)?;
    let said = object! { "by" => args.line("by")?, "reference" => args.line("reference")? };
    let expires = args.maybe("expires").map(|_| args.time("expires", workspace.now())).transpose()?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(crate::record::authorisation::ADD, Audience::OwnDesk, |e, _| {
        Ok(authorisation::new(id, subject.id, to.id, expires, &said, e.salt()?))
    })?;
    Ok(Output::made(id, "The authorisation is recorded; keep the paper."))
}

fn add_assurance(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let partner = workspace.partner(args.need("partner")?)?;
    let of = args.read("of", "what is assured, such as death_penalty,", token)?;
    let said = object! { "text" => args.body("text")?.unwrap_or_default(), "by" => args.line("by")? };
    let expires = args.maybe("expires").map(|_| args.time("expires", workspace.now())).transpose()?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(crate::record::assurance::ADD, Audience::OwnDesk, |e, _| {
        Ok(assurance::new(id, partner.id, &of, expires, &said, e.salt()?))
    })?;
    Ok(Output::made(id, "The assurance is recorded; keep the paper."))
}

/// What an authorisation or an assurance is of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum GrantedFor {
    /// A record.
    Record(Id),
    /// What is assured, in the law's word.
    Assured(String),
}

impl GrantedFor {
    fn read(record: &Record) -> Self {
        let assured = || record.text("of").or(record.text("subject")).unwrap_or_default().to_owned();
        record.id("of").or(record.id("subject")).map_or_else(|| Self::Assured(assured()), Self::Record)
    }
}

/// An authorisation or an assurance as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct GrantSummary {
    /// The record.
    pub id: Id,
    /// The partner.
    pub partner: String,
    /// What it is of: a record, or what is assured.
    pub of: GrantedFor,
    /// Who gave it.
    pub by: String,
    /// Its reference or its text.
    pub text: String,
    /// When it expires.
    pub expires: Option<Timestamp>,
    /// Whether it stands now.
    pub stands: bool,
}

fn rows(workspace: &Workspace, kind: Kind) -> Result<Vec<GrantSummary>, Error> {
    let one = |r: &Record| -> Result<GrantSummary, Error> {
        let text = workspace.text_of(r, "reference")?;
        Ok(GrantSummary {
            id: r.id,
            partner: workspace.partner_of(r)?.unwrap_or_default(),
            of: GrantedFor::read(r),
            by: workspace.text_of(r, "by")?,
            text: if text.is_empty() { workspace.text_of(r, "text")? } else { text },
            expires: r.instant("expires"),
            stands: r.instant("expires").is_none_or(|t| workspace.now() < t),
        })
    };
    workspace.records().find(&Query::kind(kind))?.iter().map(one).collect()
}

const COLUMNS: &[crate::command::definition::Column] = &[
    ("id", "ID"),
    ("partner", "DESK"),
    ("of", "OF"),
    ("by", "BY"),
    ("expires", "EXPIRES"),
    ("stands", "STANDS"),
    ("text", "TEXT"),
];

fn list_authorisations(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    Ok(Output::list(&rows(workspace, Kind::Authorisation)?, COLUMNS))
}

fn list_assurances(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    Ok(Output::list(&rows(workspace, Kind::Assurance)?, COLUMNS))
}
