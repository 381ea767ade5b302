//! Joint analyses of a task force: a product of several desks, in versions, which leaves to nobody else before each of them has said so.

use serde::Serialize;

use super::parties::codes;
use super::work::audience_of;
use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::record::analysis::{self, Source, Version};
use crate::record::kind::{Kind, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{case, item, request};
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::marking::Marking;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const ANALYSIS: Arg = Arg::new("analysis", ArgKind::Record(&[Kind::Analysis]), "the joint analysis").positional();

words! {
    /// What an owner says of a version.
    Decision {
        /// It may leave to others than its owners.
        Release = "release",
        /// It may not.
        Hold = "hold",
    }
}

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "taskforce",
        name: "analyse",
        about: "Begin a joint analysis: an item of this desk that several desks own, with what it rests on",
        args: &[
            Arg::new("item", ArgKind::Record(&[Kind::Item]), "its product: an item of this desk").positional(),
            Arg::new("title", ArgKind::Line, "its title").required(),
            Arg::new("owners", ArgKind::Line, "the codes of the desks that own it, with commas between")
                .required()
                .repeated(),
            Arg::new(
                "taskforce",
                ArgKind::Record(&[Kind::Taskforce]),
                "the task force, where the case belongs to none",
            ),
            Arg::new("source", ArgKind::Line, "an item that it rests on, by its id").repeated(),
        ],
        writes: Some(Writes::of(analysis::NEW, Weight::Signs, Needs::NotPurged)),
        run: Handler::Writes(new),
    },
    Command {
        noun: "taskforce",
        name: "revise",
        about: "Put a newer version of a joint analysis in its place; each owner says again whether it may leave",
        args: &[
            ANALYSIS,
            Arg::new("item", ArgKind::Line, "its product: an item of this desk, by its id").required(),
            Arg::new("because", ArgKind::Body, "what is new").required(),
            Arg::new("source", ArgKind::Line, "an item that it rests on, by its id").repeated(),
        ],
        writes: Some(Writes::of(analysis::REVISE, Weight::Signs, Needs::OneOf(analysis::ANY))),
        run: Handler::Writes(revise),
    },
    Command {
        noun: "taskforce",
        name: "decide",
        about: "Say, as an owner of a joint analysis, whether this version of it may leave to others",
        args: &[
            ANALYSIS,
            Arg::new("decision", ArgKind::Word(all_words::<Decision>), "whether it may").required(),
            Arg::new("because", ArgKind::Body, "why").required(),
        ],
        writes: Some(Writes::of(analysis::DECIDE, Weight::Signs, Needs::OneOf(analysis::ANY))),
        run: Handler::Writes(decide),
    },
    Command {
        noun: "taskforce",
        name: "analyses",
        about: "List the joint analyses: their owners, what each has said, what they rest on and under which marking",
        args: &[Arg::new("taskforce", ArgKind::Record(&[Kind::Taskforce]), "only of this task force")],
        writes: None,
        run: Handler::Reads(list),
    },
];

/// A source of a joint analysis as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct SourceRow {
    /// The item.
    pub item: Id,
    /// Whose it is.
    pub originator: String,
    /// How it was marked when it was used.
    pub marking: String,
    /// The desks that its originator has said may have it, or may not; empty where nobody was asked.
    pub consent: Vec<String>,
}

/// A joint analysis as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct AnalysisRow {
    /// The record.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// A draft, or it may leave.
    pub state: State,
    /// Which version.
    pub version: i64,
    /// The item that is its product.
    pub product: Id,
    /// When this version was made.
    pub at: Option<Timestamp>,
    /// The desks that own it.
    pub owners: Vec<String>,
    /// Who lets this version leave.
    pub released_by: Vec<String>,
    /// Who does not.
    pub held_by: Vec<String>,
    /// Who has not said anything of it.
    pub waits_on: Vec<String>,
    /// The marking of all its sources together.
    pub marking: String,
    /// What it rests on.
    pub sources: Vec<SourceRow>,
}

fn row(workspace: &Workspace, record: &Record) -> Result<AnalysisRow, Error> {
    let version = analysis::version_of(record)?;
    let (owners, said) = (analysis::owners(record), analysis::said_of(record));
    let who = |agrees: bool| said.iter().filter(|(_, yes)| *yes == agrees).map(|(desk, _)| *desk).collect::<Vec<_>>();
    let silent: Vec<Id> = owners.iter().copied().filter(|o| !said.iter().any(|(desk, _)| desk == o)).collect();
    let mut all: Option<Marking> = None;
    let mut sources = Vec::new();
    for source in &version.sources {
        all = Some(all.map_or_else(|| source.marking.clone(), |m| m.and(&source.marking)));
        let mut consent = Vec::new();
        for partner in workspace.partners()? {
            let code = partner.key.clone().unwrap_or_default();
            match request::consent(&workspace.records(), workspace.meta.desk, source.item, partner.id)? {
                Some(true) => consent.push(format!("{code} yes")),
                Some(false) => consent.push(format!("{code} no")),
                None => {}
            }
        }
        sources.push(SourceRow {
            item: source.item,
            originator: workspace.code_of(source.originator)?,
            marking: source.marking.to_string(),
            consent,
        });
    }
    Ok(AnalysisRow {
        id: record.id,
        title: workspace.text_of(record, "title")?,
        state: record.state,
        version: version.version,
        product: version.product,
        at: analysis::made_at(record),
        owners: codes(workspace, &owners)?,
        released_by: codes(workspace, &who(true))?,
        held_by: codes(workspace, &who(false))?,
        waits_on: codes(workspace, &silent)?,
        marking: all.map(|m| m.to_string()).unwrap_or_default(),
        sources,
    })
}

/// The joint analyses of a task force.
pub fn rows_of(workspace: &Workspace, taskforce: Id) -> Result<Vec<AnalysisRow>, Error> {
    let all = workspace.records().find(&Query { subject: Some(taskforce), ..Query::kind(Kind::Analysis) })?;
    all.iter().map(|r| row(workspace, r)).collect()
}

/// Every joint analysis.
pub fn rows(workspace: &Workspace) -> Result<Vec<AnalysisRow>, Error> {
    workspace.records().find(&Query::kind(Kind::Analysis))?.iter().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = args.maybe("taskforce").map(|typed| workspace.find_record(typed, &[Kind::Taskforce])).transpose()?;
    let rows = of.map_or_else(|| rows(workspace), |of| rows_of(workspace, of.id))?;
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("version", "VERSION"),
        ("owners", "OWNERS"),
        ("waits_on", "WAITS ON"),
        ("marking", "MARKING"),
        ("title", "TITLE"),
    ];
    Ok(Output::list(&rows, columns).of(Kind::Analysis))
}

/// The items that are named as sources, with the marking that each has now.
fn sources(workspace: &Workspace, args: &Args) -> Result<Vec<Source>, Error> {
    let mut all: Vec<Source> = Vec::new();
    for typed in args.all("source") {
        let record = workspace.find_record(typed, &[Kind::Item])?;
        let terms = item::Terms::read(&record.terms)?;
        if !all.iter().any(|s| s.item == record.id) {
            all.push(Source { item: record.id, originator: record.desk, marking: terms.marking });
        }
    }
    Ok(all)
}

/// Refuses a product that is marked less strictly than what it rests on.
fn is_marked_enough(product: &Record, sources: &[Source]) -> Result<(), Error> {
    let own = item::Terms::read(&product.terms)?.marking;
    let all = sources.iter().fold(own.clone(), |all, source| all.and(&source.marking));
    if all == own {
        return Ok(());
    }
    let name = crate::command::desk::workspace_info::short(Kind::Item, product.id);
    Err(Error::not_allowed(format!("{name} is marked {own}, and what it rests on {all}"))
        .hint("mark the product as strictly first: `item mark`"))
}

fn new(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let product = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let case = product.case.map(|id| workspace.records().get(id)).transpose()?.flatten();
    let named = args.maybe("taskforce").map(|typed| workspace.find_record(typed, &[Kind::Taskforce])).transpose()?;
    let of = named.map(|r| r.id).or_else(|| case.as_ref().and_then(case::taskforce_of));
    let (Some(case), Some(of)) = (case, of) else {
        return Err(Error::not_allowed("the case of the product belongs to no task force")
            .hint("name one with --taskforce, or open the case with `case new --taskforce`"));
    };
    let own = workspace.code_of(workspace.meta.desk)?;
    let named = args.words("owners", "codes of desks", |code| Some(code.to_owned()))?;
    let mut owners = vec![workspace.meta.desk];
    for code in named.iter().filter(|code| **code != own) {
        owners.push(workspace.partner(code)?.id);
    }
    let sources = sources(workspace, args)?;
    is_marked_enough(&product, &sources)?;
    let others: Vec<Id> = owners.iter().copied().filter(|desk| *desk != workspace.meta.desk).collect();
    if others.is_empty() {
        return Err(Error::usage("--owners: a joint analysis has two owners or more"));
    }
    let first = Version { version: 1, product: product.id, sources };
    let (id, title) = (workspace.entropy.id()?, args.line("title")?);
    workspace.act_alone(analysis::NEW, Audience::Desks(others), |e, _| {
        Ok(analysis::new(id, (of, case.id), &owners, &first, &title, e.salt()?))
    })?;
    let said = "The joint analysis is begun. Its product goes to the other owners with `disclosure new`, and to nobody else \
                before each owner has said so: `taskforce decide`.";
    Ok(Output::made(id, said))
}

fn owners_but_this(workspace: &Workspace, record: &Record) -> Result<Audience, Error> {
    let mut others = analysis::owners(record);
    others.retain(|desk| *desk != workspace.meta.desk);
    if others.is_empty() { audience_of(workspace, record) } else { Ok(Audience::Desks(others)) }
}

fn revise(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("analysis")?, &[Kind::Analysis])?;
    let product = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let (sources, because) = (sources(workspace, args)?, args.body("because")?.unwrap_or_default());
    is_marked_enough(&product, &sources)?;
    let next = Version { version: analysis::version_of(&record)?.version + 1, product: product.id, sources };
    let to = owners_but_this(workspace, &record)?;
    let id = workspace
        .act_alone(analysis::REVISE, to, |e, _| Ok(analysis::revised(record.named(), &next, &because, e.salt()?)))?;
    Ok(Output::made(id, format!("Version {}: each owner says again whether it may leave.", next.version)))
}

fn decide(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("analysis")?, &[Kind::Analysis])?;
    let decision = args.read("decision", "release or hold", Decision::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    let version = analysis::version_of(&record)?.version;
    let to = owners_but_this(workspace, &record)?;
    let id = workspace.act_alone(analysis::DECIDE, to, |e, _| {
        Ok(analysis::decided(record.named(), version, decision == Decision::Release, &because, e.salt()?))
    })?;
    let said = match decision {
        Decision::Release => "may leave, as far as this desk is concerned",
        Decision::Hold => "stays with its owners",
    };
    Ok(Output::made(id, format!("Version {version} {said}; the other owners hear it with the next bundles.")))
}
