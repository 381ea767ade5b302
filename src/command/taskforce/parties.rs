//! Which task force a command is done to, the desks of it, whom of them can be told, and the words of its charter.

use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind};
use crate::record::kind::Kind;
use crate::record::partner;
use crate::record::store::{Record, RecordStore as _};
use crate::record::taskforce::{self, CharterContent};
use crate::value::id::Id;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The task force that a command is done to.
pub(super) const TASKFORCE: Arg =
    Arg::new("taskforce", ArgKind::Record(&[Kind::Taskforce]), "the task force").positional();

/// The codes of desks.
pub(super) fn codes(workspace: &Workspace, desks: &[Id]) -> Result<Vec<String>, Error> {
    desks.iter().map(|desk| workspace.code_of(*desk)).collect()
}

/// The words of the charter that stands.
pub fn words_of(workspace: &Workspace, record: &Record) -> Result<CharterContent, Error> {
    Ok(CharterContent::read(workspace.content(record)?.as_ref()))
}

/// The other desks of a task force that can be told: partners that are here, with a card.
pub fn audience(workspace: &Workspace, record: &Record) -> Result<Audience, Error> {
    let mut desks = Vec::new();
    for desk in taskforce::all_desks(record)? {
        let known = workspace.records().get(desk)?.filter(|r| r.kind == Kind::Partner);
        if desk != workspace.meta.desk && known.is_some_and(|r| !partner::is_without_card(&r)) {
            desks.push(desk);
        }
    }
    if desks.is_empty() {
        return Err(Error::not_allowed("no other desk of the task force is known here")
            .hint("add the card of one: `partner add`"));
    }
    Ok(Audience::Desks(desks))
}
