//! Privileged material, at the keyboard: an item is held back, a filter reviewer who is not on the case says whether it is covered, and a
//! case's list says what is held back. Nothing of what is held back stands in the list.

use std::collections::HashMap;

use serde::Serialize;

use crate::act::change::{Change, Salt};
use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::json::or_empty;
use crate::exchange::intake::Key;
use crate::record::item;
use crate::record::kind::{Kind, State as RecordState};
use crate::record::privilege::{self, Filtered, Profession};
use crate::record::store::Record;
use crate::store::read;
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::is_blank;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::evidence::Attachment;
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
    let held_back = privilege::all(&workspace.records(), Some(case))?;
    let row = |record: &Record| {
        Ok(HeldBackRow {
            id: record.id,
            profession: privilege::is_held_back(record),
            covered: privilege::is_covered(record),
            by: privilege::held_back_by(record).map(|by| workspace.name_of(by)).transpose()?.unwrap_or_default(),
        })
    };
    held_back.iter().map(row).collect()
}

/// What is held back, by what it says: the same that comes in again, from whomever, is held back with it.
#[derive(Default)]
pub struct HeldValues(HashMap<Key, (Id, Profession)>);

impl HeldValues {
    /// Returns what is held back at this desk.
    ///
    /// # Errors
    ///
    /// Where the records or their contents cannot be read.
    pub fn of(workspace: &Workspace) -> Result<Self, Error> {
        let mut held = HashMap::new();
        for record in privilege::all(&workspace.records(), None)? {
            let Some(profession) = privilege::is_held_back(&record) else { continue };
            // To compare, not to show: nobody has looked at it.
            let Some(content) = read::content(&workspace.db, record.body)? else { continue };
            let kind = item::Terms::read(&record.terms)?.kind;
            held.extend(keys_of(&kind, &content).into_iter().map(|key| (key, (record.id, profession))));
        }
        Ok(Self(held))
    }

    /// Whether nothing is held back.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The item that is held back and says the same, and whose secret it may be.
    pub fn same_as(&self, kind: &str, content: &Json) -> Option<(Id, Profession)> {
        if self.is_empty() {
            return None;
        }
        keys_of(kind, content).iter().find_map(|key| self.0.get(key)).copied()
    }
}

/// What two items have in common that say the same, whoever says it: a value of a type, a file.
fn keys_of(kind: &str, content: &Json) -> Vec<Key> {
    let value = content.get("value").and_then(Json::text).filter(|value| !is_blank(value));
    let file = Attachment::of(content).map(|file| Key::of_foreign(&file.sha256.to_string()));
    value.map(|value| Key::of_value(kind, value, None)).into_iter().chain(file).collect()
}

/// Holds an item back that says the same as one that is held back.
pub fn held_back_as(id: Id, (same, profession): (Id, Profession), salt: Salt) -> Change {
    privilege::held_back(id, profession, &format!("the same as E-{}, which is held back", same.short()), salt)
}

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
