//! The desk itself: what it is, its card; searching; and whether everything around it is as it should be.

use serde::Serialize;

use crate::command::definition::{Arg, ArgKind, Args, Command, CommandContext, Handler, Output};
use crate::command::destination::{Destination, FORCE};
use crate::command::item;
use crate::host::file;
use crate::host::sandbox::{self, Sandbox};
use crate::record::kind::{Kind, State};
use crate::record::kind_def;
use crate::record::store::{Record, RecordStore as _};
use crate::store::search;
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command { noun: "desk", name: "show", about: "Show this desk", args: &[], writes: None, run: Handler::Reads(show) },
    Command {
        noun: "desk",
        name: "card",
        about: "Write the desk's card: the public identity that a partner pins",
        args: &[Arg::new("out", ArgKind::ToWrite, "the file to write").required(), FORCE],
        writes: None,
        run: Handler::Reads(card),
    },
    Command {
        noun: "",
        name: "search",
        about: "Find records by words of their content",
        args: &[
            Arg::new("words", ArgKind::Line, "the words; the last may be a beginning").positional().repeated(),
            Arg::new("limit", ArgKind::Number, "at most so many (50 where it is not said)").cli_only(),
        ],
        writes: None,
        run: Handler::Reads(find),
    },
    Command {
        noun: "",
        name: "doctor",
        about: "Check what is around comity: the sandbox, the folders, the identity",
        args: &[],
        writes: None,
        run: Handler::Free(doctor),
    },
];

/// The desk as it is shown.
#[derive(Clone, Debug, Serialize)]
struct DeskSummary {
    id: Id,
    code: String,
    name: String,
    jurisdiction: String,
    realm: Realm,
    fingerprint: String,
    me: String,
    roles: Vec<Role>,
}

/// What is around comity.
#[derive(Clone, Debug, Serialize)]
struct Surroundings {
    version: &'static str,
    sandbox: bool,
    sandbox_says: &'static str,
    files_limited: bool,
    workspace: String,
    workspace_state: String,
    identity: String,
    identity_state: &'static str,
    now: Timestamp,
}

fn show(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let (card, _) = workspace.card()?;
    Ok(Output::thing(&DeskSummary {
        id: card.desk,
        fingerprint: card.fingerprint(),
        code: card.code,
        name: card.name,
        jurisdiction: card.jurisdiction,
        realm: card.realm,
        me: workspace.me.name.clone(),
        roles: workspace.my_roles()?,
    }))
}

/// A card that was written, and what is read aloud.
#[derive(Serialize)]
struct WrittenCard {
    code: String,
    fingerprint: String,
}

fn card(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let out = Destination::of(args, "out")?;
    let (card, text) = workspace.card()?;
    out.write(text.as_bytes())?;
    let said =
        format!("Written to {}. Read this fingerprint aloud with the partner:\n{}", out.shown(), card.fingerprint());
    Ok(Output::thing(&WrittenCard { fingerprint: card.fingerprint(), code: card.code }).with_message(said))
}

/// A record that was found.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    /// The record.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// Its state.
    pub state: State,
    /// The case.
    pub case: Option<Id>,
    /// What it is, in a line.
    pub what: String,
}

/// A record in a line, as its kind says that it reads.
pub fn line_of(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    let content = workspace.content(record)?;
    if content.is_none() && workspace.is_erased_since(record) {
        return Ok("(erased since)".to_owned());
    }
    if record.kind == Kind::Item
        && let Some(relation) = item::relation_of(workspace, record)?
    {
        return Ok(relation);
    }
    let def = kind_def(record.kind);
    let text = |key: &&str| content.as_ref()?.get(key).and_then(Json::text).filter(|t| !t.is_empty());
    let word = |key: &&str| record.text(key);
    let line = def.line.content.iter().find_map(text).or_else(|| def.line.terms.iter().find_map(word));
    Ok(line.unwrap_or(def.kind.word()).to_owned())
}

/// Records whose content has these words.
pub fn hits(workspace: &Workspace, words: &str, limit: u32) -> Result<Vec<Hit>, Error> {
    let mut hits = Vec::new();
    workspace.searches_less()?;
    for id in search::find(&workspace.db, words, limit)? {
        // Where personal data are masked, that a record has these words is not told either.
        if let Some(record) = workspace.records().get(id)?
            && !workspace.hides(&record)?
        {
            hits.push(Hit {
                id: record.id,
                kind: record.kind,
                state: record.state,
                case: record.case,
                what: line_of(workspace, &record)?,
            });
        }
    }
    Ok(hits)
}

/// The prefix of its kind and the short id of a record, such as `R-4f1c22`.
pub fn short(kind: Kind, id: Id) -> String {
    format!("{}-{}", kind_def(kind).prefix, id.short())
}

fn find(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let limit = args.number("limit")?.map_or(50, |n| u32::try_from(n).unwrap_or(0));
    let hits = hits(workspace, &args.all("words").join(" "), limit)?;
    Ok(Output::list(&hits, &[("id", "ID"), ("kind", "KIND"), ("state", "STATE"), ("what", "WHAT")]))
}

fn doctor(context: &mut CommandContext, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let sandbox = sandbox::stands();
    let private =
        file::must_be_private(&context.workspace).map_or_else(|e| e.to_string(), |()| "for its owner alone".to_owned());
    let identity = if context.identity.exists() { "there" } else { "not there" };
    Ok(Output::thing(&Surroundings {
        version: env!("CARGO_PKG_VERSION"),
        sandbox: sandbox != Sandbox::None,
        sandbox_says: sandbox.words(),
        files_limited: sandbox::is_limited(),
        workspace: context.workspace.to_string_lossy().into_owned(),
        workspace_state: private,
        identity: context.identity.to_string_lossy().into_owned(),
        identity_state: identity,
        now: context.clock.now(),
    }))
}
