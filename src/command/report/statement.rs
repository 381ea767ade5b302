//! Statements to the public: drafted, cleared by another person as TLP:CLEAR, then published.

use serde::Serialize;

use super::transparency::{form_of, is_page};
use crate::act::header::Audience;
use crate::command::crossing::marked;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::destination::{Destination, FORCE};
use crate::figures::statement::{self as page, Statement};
use crate::gate::cleared;
use crate::record::kind::{Kind, State};
use crate::record::public_statement as record;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const STATEMENT: Arg = Arg::new("statement", ArgKind::Record(&[Kind::PublicStatement]), "the statement").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "report",
        name: "statement",
        about: "Draft a statement to the public: another person clears it before it is published",
        args: &[
            Arg::new("title", ArgKind::Line, "its title").required(),
            Arg::new("text", ArgKind::Body, "what it says").required(),
            Arg::new("case", ArgKind::Record(&[Kind::Case]), "the case that it touches, where it touches one"),
            Arg::new("corrects", ArgKind::Line, "the id of the published statement that it corrects"),
        ],
        writes: Some(Writes::of(record::DRAFT, Weight::Records, Needs::NotPurged)),
        run: Handler::Writes(draft),
    },
    Command {
        noun: "report",
        name: "clear",
        about: "Clear a statement that somebody else has drafted as TLP:CLEAR: everybody may read it",
        args: &[STATEMENT],
        writes: Some(Writes::of(record::CLEAR, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(clear),
    },
    Command {
        noun: "report",
        name: "publish",
        about: "Publish a statement that was cleared",
        args: &[
            STATEMENT,
            Arg::new("out", ArgKind::ToWrite, "the file to write; one that ends in .html is a page, any other text")
                .required(),
            FORCE,
        ],
        writes: Some(Writes { rehearsable: false, ..Writes::of(record::PUBLISH, Weight::Signs, Needs::ActsState) }),
        run: Handler::Writes(publish),
    },
    Command {
        noun: "report",
        name: "statements",
        about: "List the statements to the public: who drafted and who cleared them, which case they touch",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
];

/// A statement as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct StatementRow {
    /// The record.
    pub id: Id,
    /// Where it stands.
    pub state: State,
    /// Its title.
    pub title: String,
    /// The case that it touches.
    pub case: Option<Id>,
    /// Who drafted it.
    pub by: String,
    /// Who cleared it.
    pub cleared_by: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// The statement that it corrects.
    pub corrects: Option<Id>,
}

fn row(workspace: &Workspace, of: &Record) -> Result<StatementRow, Error> {
    let name = |key: &str| -> Result<String, Error> {
        let person = of.text(key).and_then(Person::parse);
        Ok(person.map(|p| workspace.name_of(p)).transpose()?.unwrap_or_default())
    };
    Ok(StatementRow {
        id: of.id,
        state: of.state,
        title: workspace.text_of(of, "title")?,
        case: of.case,
        by: name("by")?,
        cleared_by: name("cleared_by")?,
        published: of.instant("published"),
        corrects: of.id("corrects"),
    })
}

/// Every statement to the public.
pub fn rows(workspace: &Workspace) -> Result<Vec<StatementRow>, Error> {
    workspace.records().find(&Query::kind(Kind::PublicStatement))?.iter().map(|r| row(workspace, r)).collect()
}

fn draft(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let case = args.maybe("case").map(|c| workspace.find_record(c, &[Kind::Case])).transpose()?.map(|c| c.id);
    let corrects = args.maybe("corrects").map(|c| workspace.find_record(c, &[Kind::PublicStatement])).transpose()?;
    let (title, text) = (args.line("title")?, args.body("text")?.unwrap_or_default());
    let id = workspace.entropy.id()?;
    workspace.act_alone(record::DRAFT, Audience::OwnDesk, |e, _| {
        Ok(record::drafted(id, case, corrects.map(|c| c.id), (&title, &text), e.salt()?))
    })?;
    Ok(Output::made(id, "Drafted. Another person clears it: `comity report clear`."))
}

fn found(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("statement")?, &[Kind::PublicStatement])
}

fn clear(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = found(workspace, args)?.id;
    workspace.act_alone(record::CLEAR, Audience::OwnDesk, |_, _| Ok(record::cleared(id)))?;
    Ok(Output::made(id, "Cleared as TLP:CLEAR. It may be published."))
}

fn publish(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = found(workspace, args)?;
    let out = Destination::of(args, "out")?;
    let now = workspace.may_sign(record::PUBLISH)?;
    let earlier = of.id("corrects").map(|id| workspace.records().get(id)).transpose()?.flatten();
    let corrects = earlier.and_then(|e| e.instant("published")).map(Timestamp::to_date);
    let statement = Statement {
        desk: workspace.text_of(&workspace.own_record()?, "name")?,
        on: of.instant("published").unwrap_or(now).to_date(),
        title: workspace.text_of(&of, "title")?,
        text: workspace.text_of(&of, "text")?,
        corrects,
    };
    let id = of.id;
    let by = (workspace.person(), record::PUBLISH);
    let statement = cleared::clear_written(&workspace.records(), &workspace.meta.realm, now, by, statement)?
        .map_err(|v| Error::refused(v, None))?;
    let written = marked(&workspace.meta.realm, page::write(&statement, is_page(&out)), form_of(&out));
    workspace.act_alone(record::PUBLISH, Audience::OwnDesk, |_, _| Ok(record::published(id)))?;
    out.write(written.as_bytes())?;
    let digest = Digest::of(written.as_bytes());
    Ok(Output::made(id, format!("Published to {}; SHA-256 {digest}.", out.shown())).with("sha256", digest.to_string()))
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("by", "DRAFTED BY"),
        ("cleared_by", "CLEARED BY"),
        ("case", "TOUCHES"),
        ("published", "PUBLISHED"),
        ("title", "TITLE"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::PublicStatement))
}
