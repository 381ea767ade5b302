//! Exercises: planned and played in a workspace of their own, evaluated, reported; and what a live workspace records of one.

pub mod after;
pub mod evaluate;
mod fields;
pub mod plan;
pub mod play;
pub mod view;

use crate::command::definition::{Arg, ArgKind, Args};
use crate::record::exercise;
use crate::record::inject;
use crate::record::kind::Kind;
use crate::record::store::Record;
use crate::value::id::Id;
use crate::value::realm::Realm;
use crate::value::text::shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The exercise; the one that counts here where none is named.
const EXERCISE: Arg = Arg {
    required: false,
    ..Arg::new("exercise", ArgKind::Record(&[Kind::Exercise]), "the exercise, where there is more than one")
        .positional()
};

/// An inject, by its number or its id.
const INJECT: Arg =
    Arg::new("inject", ArgKind::Record(&[Kind::Inject]), "the inject: its number, or its id").positional();

/// The refusal of play in a live workspace.
fn not_here() -> Error {
    Error::not_allowed("exercises are not played in a live workspace")
        .hint("make a workspace for it with `comity init --exercise NAME`: nothing of it can reach a live desk")
}

/// The exercise that a command names, or the one that counts here.
fn named(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    match args.maybe(EXERCISE.name) {
        Some(typed) => workspace.find_record(typed, &[Kind::Exercise]),
        None => current(workspace),
    }
}

/// The exercise that counts here.
pub fn current(workspace: &Workspace) -> Result<Record, Error> {
    if workspace.meta.realm == Realm::Live {
        return Err(not_here());
    }
    let found = exercise::current(&workspace.records(), workspace.meta.desk)?;
    found.ok_or_else(|| {
        Error::unknown("no exercise is known here")
            .hint("control plans one with `comity exercise new`; the other desks hear of it with control's bundle")
    })
}

/// The inject that was typed: by its number in the exercise that counts here, or by its id.
fn find_inject(workspace: &Workspace, typed: &str) -> Result<Record, Error> {
    let number = typed.trim().parse::<i64>().ok().filter(|n| (1..=inject::MOST).contains(n));
    if let Some(number) = number {
        let of = current(workspace)?;
        let found = inject::by_number(&workspace.records(), of.id, number)?;
        if let Some(found) = found {
            return Ok(found);
        }
        if typed.len() < 4 {
            return Err(Error::unknown(format!("there is no inject {number}"))
                .hint("`comity exercise injects` lists those that there are"));
        }
    }
    workspace.find_record(typed, &[Kind::Inject])
}

/// The desks that codes name, pinned all of them, this desk left out; all that play where no code is named.
fn desks_of(workspace: &Workspace, codes: &[String]) -> Result<Vec<Id>, Error> {
    let own = workspace.own_record()?.key;
    if codes.is_empty() {
        let partners = workspace.partners()?.into_iter();
        return Ok(partners.filter(takes_part).map(|p| p.id).collect());
    }
    let mut desks = Vec::new();
    for code in codes.iter().filter(|code| own.as_deref() != Some(code.as_str())) {
        let partner = workspace.partner(code).map_err(|error| {
            error.hint(format!(
                "pin {} in this workspace first, or say whom it is for with `comity exercise edit`",
                shown(code)
            ))
        })?;
        desks.push(partner.id);
    }
    Ok(desks)
}

/// Whether a partner plays: it is pinned, and takes bundles.
fn takes_part(partner: &Record) -> bool {
    partner.is(crate::record::partner::State::Pinned) && !crate::record::partner::is_without_card(partner)
}
