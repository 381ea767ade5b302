//! Privileged material, at the keyboard: an item is held back, a filter reviewer who is not on the case says whether it is covered, and a
//! case's list says what is held back. Nothing of what is held back stands in the list.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::json::or_empty;
use crate::record::item;
use crate::record::kind::{Kind, State as RecordState};
use crate::record::privilege::{self, Filtered, Profession};
use crate::record::store::{Query, RecordStore as _};
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const ITEM: Arg = Arg::new("item", ArgKind::Record(&[Kind::Item]), "the item").positional();

/// The states of an item that can be held back.
const KEPT: &[RecordState] = &[item::State::Held.any()];

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "item",
        name: "hold-back",
        about: "Hold an item back that may be privileged: nobody finds, reads or shares it until a filter reviewer has looked at it",
        args: &[
            ITEM,
            Arg::new("profession", ArgKind::Word(all_words::<Profession>), "whose secret it may be").required(),
            Arg::new("because", ArgKind::Body, "what points to that, without saying what it says").required(),
        ],
        writes: Some(Writes::of(privilege::HOLD_BACK, Weight::Signs, Needs::OneOf(KEPT))),
        run: Handler::Writes(hold_back),
    },
    Command {
        noun: "item",
        name: "filter",
        about: "Say as a filter reviewer who is not on the case whether what was held back is privileged",
        args: &[
            ITEM,
            Arg::new("found", ArgKind::Word(all_words::<Filtered>), "what you found").required(),
            Arg::new("because", ArgKind::Body, "why").required(),
        ],
        writes: Some(Writes::of(privilege::FILTER, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(filter),
    },
    Command {
        noun: "item",
        name: "held-back",
        about: "List what is held back in a case as privileged, and whether a filter reviewer has looked at it",
        args: &[Arg::new("case", ArgKind::Record(&[Kind::Case]), "the case").required()],
        writes: None,
        run: Handler::Reads(list),
    },
];

/// An item that is held back.
#[derive(Clone, Debug, Serialize)]
pub struct HeldBackRow {
    /// The item.
    pub id: Id,
    /// Whose secret it may be.
    #[serde(serialize_with = "or_empty")]
    pub profession: Option<Profession>,
    /// Whether a filter reviewer has found it covered; else it waits for one.
    pub covered: bool,
    /// Who has held it back.
    pub by: String,
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let case = workspace.find_record(args.need("case")?, &[Kind::Case])?.id;
    let columns = &[("id", "ITEM"), ("profession", "PROFESSION"), ("covered", "COVERED"), ("by", "HELD BACK BY")];
    Ok(Output::list(&rows(workspace, case)?, columns))
}

/// What is held back in a case.
fn rows(workspace: &Workspace, case: Id) -> Result<Vec<HeldBackRow>, Error> {
    let records = workspace.records();
    let mut rows = Vec::new();
    let mut query = Query { case: Some(case), limit: Some(PAGE), ..Query::kind(Kind::Item) };
    loop {
        let page = records.find(&query)?;
        let Some(last) = page.last().map(|record| record.id) else { return Ok(rows) };
        for record in page.iter().filter(|record| privilege::is_held_back(record).is_some() && !record.is_purged()) {
            rows.push(HeldBackRow {
                id: record.id,
                profession: privilege::is_held_back(record),
                covered: privilege::is_covered(record),
                by: privilege::held_back_by(record).map(|by| workspace.name_of(by)).transpose()?.unwrap_or_default(),
            });
        }
        query.after = Some(last);
    }
}

/// So many items are read at a time.
const PAGE: u32 = 1_000;

fn hold_back(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let profession = args.read("profession", "a profession", Profession::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    workspace.act_alone(privilege::HOLD_BACK, Audience::OwnDesk, |e, _| {
        Ok(privilege::held_back(record.id, profession, &because, e.salt()?))
    })?;
    let said = format!(
        "Held back. A legal reviewer who takes no part in the case looks at it: `comity item show {0}`, then `comity item filter {0}`.",
        record.id
    );
    Ok(Output::made(record.id, said))
}

fn filter(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let found = args.read("found", "cleared or covered", Filtered::parse)?;
    let waits = privilege::is_held_back(&record).is_some() && !privilege::is_covered(&record);
    if waits && workspace.my_roles()?.contains(&Role::LegalReviewer) && !workspace.may_filter(&record)? {
        let what = "a filter reviewer takes no part in the case, and has not held the item back";
        return Err(
            Error::not_allowed(what).hint("ask another legal reviewer, or enrol one for it: `comity member add`")
        );
    }
    let because = args.body("because")?.unwrap_or_default();
    workspace.act_alone(privilege::FILTER, Audience::OwnDesk, |e, _| {
        Ok(privilege::filtered(record.id, found, &because, e.salt()?))
    })?;
    let said = match found {
        Filtered::Cleared => "Cleared: it is found, read and shared as anything else.",
        Filtered::Covered => "Covered: it stays held back until it is erased.",
    };
    Ok(Output::made(record.id, said))
}
