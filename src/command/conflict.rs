//! Conflicts: two acts that did not know of each other moved one record that two desks share. They are shown side by side, and people
//! decide which counts, by an act that both desks have. Nothing is merged.

use serde::Serialize;

use crate::act::change::{Body, Line};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Known, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::record::kind::{ChangeKind, Kind, State as RecordState};
use crate::record::request::{self, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::store::read;
use crate::value::class::Role;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const CONFLICT: Arg =
    Arg::new("conflict", ArgKind::Record(&[Kind::Request]), "the record that two acts moved").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "conflict",
        name: "list",
        about: "List the records that two desks moved without knowing of each other",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "conflict",
        name: "show",
        about: "Show the acts that crossed, side by side",
        args: &[CONFLICT],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "conflict",
        name: "resolve",
        about: "Decide which of the acts that crossed counts; the other desk hears it with the next bundle",
        args: &[
            CONFLICT,
            Arg::new("take", ArgKind::Known(those_that_stand), "the state that counts, one of those that stand")
                .required(),
            Arg::new("because", ArgKind::Body, "why: what was agreed, and with whom").required(),
        ],
        writes: Some(Writes {
            act: request::RESOLVE,
            weight: Weight::Signs,
            needs: Needs::OneOf(request::CONFLICT),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(resolve),
    },
];

/// The states of what is named that stand side by side.
pub(super) fn those_that_stand(workspace: &Workspace, args: &Args) -> Result<Vec<Known>, Error> {
    let named = args.maybe("conflict").or(args.maybe("request"));
    let Some(record) = named.and_then(|id| workspace.find_record(id, &[Kind::Request]).ok()) else {
        return Ok(Vec::new());
    };
    let sides = row(workspace, &record)?.sides.into_iter();
    Ok(sides
        .map(|side| Known { word: side.state.word().to_owned(), text: format!("{} {}", side.desk, side.by) })
        .collect())
}

/// One of the acts that crossed.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// The state that it leads to.
    pub state: RecordState,
    /// The desk that made it.
    pub desk: String,
    /// Who.
    pub by: String,
    /// In which role.
    pub role: Option<Role>,
    /// When.
    pub at: Option<Timestamp>,
    /// What was done.
    pub kind: Option<ChangeKind>,
    /// What was said with it.
    pub said: String,
    /// The act, by its id.
    pub act: Option<Digest>,
}

/// A record that is in conflict.
#[derive(Clone, Debug, Serialize)]
pub struct ConflictRow {
    /// The record: it is named by it.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// The other desk.
    pub partner: String,
    /// The states that stand side by side.
    pub states: Vec<RecordState>,
    /// The acts that crossed.
    pub sides: Vec<Side>,
}

/// The records that are in conflict.
pub fn rows(workspace: &Workspace) -> Result<Vec<ConflictRow>, Error> {
    let all = workspace.records().find(&Query::state(State::Conflict))?;
    all.iter().map(|record| row(workspace, record)).collect()
}

fn row(workspace: &Workspace, record: &Record) -> Result<ConflictRow, Error> {
    let standing = request::standing(record);
    let sides = standing.iter().map(|s| side(workspace, record, s)).collect::<Result<Vec<_>, _>>()?;
    Ok(ConflictRow {
        id: record.id,
        kind: record.kind,
        partner: workspace.partner_of(record)?.unwrap_or_default(),
        states: standing.iter().map(|s| s.state.any()).collect(),
        sides,
    })
}

fn side(workspace: &Workspace, record: &Record, of: &request::Standing) -> Result<Side, Error> {
    let mut side = Side {
        state: of.state.any(),
        desk: workspace.code_of(of.desk)?,
        by: String::new(),
        role: None,
        at: None,
        kind: None,
        said: String::new(),
        act: None,
    };
    let Some(id) = read::act_at(&workspace.db, of.desk, of.replica, of.sequence)? else { return Ok(side) };
    let position = read::position_of(&workspace.db, &id)?;
    let Some(act) = position.map(|p| read::act(&workspace.db, p)).transpose()?.flatten() else { return Ok(side) };
    let header = act.read_header()?;
    side.by = workspace.name_of(header.member)?;
    (side.role, side.at, side.act) = (Some(header.role), Some(header.time.at), Some(id));
    read::changes::<Error>(&workspace.db, &act, |stored| {
        if let Line::Change(change) = &stored.line
            && (change.record == record.id || change.record == record.named())
        {
            side.kind = crate::record::change(&change.kind).map(|def| def.kind);
            side.said = said(&change.body);
        }
        Ok(())
    })?;
    Ok(side)
}

/// What was said with a step: why, or in what words.
fn said(body: &Body) -> String {
    let Body::Whole { content, .. } = body else { return String::new() };
    let Ok(content) = json::parse(content, Limits::SIGNED) else { return String::new() };
    ["because", "text"].iter().find_map(|key| content.get(key).and_then(Json::text)).unwrap_or_default().to_owned()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[("id", "ID"), ("kind", "KIND"), ("partner", "DESK"), ("states", "SIDE BY SIDE")];
    Ok(Output::list(&rows(workspace)?, columns))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("conflict")?, &[Kind::Request])?;
    let row = row(workspace, &record)?;
    if row.sides.len() < 2 {
        let what = format!("the {} is {}: no acts have crossed there", record.kind, record.state.label());
        return Err(Error::not_allowed(what).hint("`comity conflict list` names those that have"));
    }
    let mut text =
        vec![format!("The {} {} with {}: {} acts have crossed", row.kind, row.id, row.partner, row.sides.len())];
    for side in &row.sides {
        let at = side.at.map(Timestamp::to_minute).unwrap_or_default();
        let done = side.kind.map(|k| k.name().replace('-', " ")).unwrap_or_default();
        text.push(format!("{:14} {} {} {} ({done})", side.state.label(), side.desk, side.by, at));
        text.extend(
            crate::value::text::shown_lines(&side.said)
                .into_iter()
                .filter(|l| !l.is_empty())
                .map(|l| format!("    {l}")),
        );
    }
    text.push(format!("`comity conflict resolve {} --take STATE --because WHY` decides", row.id));
    Ok(Output { text: Some(text.join("\n")), ..Output::thing(&row) })
}

fn resolve(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("conflict")?, &[Kind::Request])?;
    let take = args.read("take", "a state", State::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    let audience = crate::command::request::audience_of(&record);
    let id = workspace
        .act_alone(request::RESOLVE, audience, |e, _| Ok(request::resolved(record.id, take, &because, e.salt()?)))?;
    Ok(Output::made(id, format!("Resolved: it is {}; the partner hears it with the next bundle.", take.any().label())))
}
