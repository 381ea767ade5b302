//! Notices of holds: the desks that have a copy of what is held, or gave it, are told with the next bundle; this desk answers what it was
//! told. A notice extends nobody's term: a copy whose sender holds it is kept beyond its term where this desk says so, and until it has
//! answered the copy is restricted, over term.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::act::change::Change;
use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::json::or_empty;
use crate::record::hold::{self, Reason};
use crate::record::hold_notice::{self, Answer, State};
use crate::record::kind::{ChangeKind, Kind, State as RecordState};
use crate::record::store::{DutyState, Query, Record, RecordStore as _};
use crate::record::{definition, kind_def};
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The states of a notice that waits for this desk.
const WAITS: &[RecordState] = &[State::Asked.any()];
/// The most notices in one act.
const IN_ONE_ACT: usize = 1000;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "retention",
        name: "hold-notices",
        about: "List the holds that other desks were told of, and those that they tell of",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "retention",
        name: "hold-answer",
        about: "Answer a desk that holds what you share: it is kept as long as they hold it, or its term goes on",
        args: &[
            Arg::new("notice", ArgKind::Record(&[Kind::HoldNotice]), "the notice").positional(),
            Arg::new("answer", ArgKind::Word(all_words::<Answer>), "what you answer").required(),
            Arg::new("because", ArgKind::Body, "why it is kept: a copy is then held here too"),
        ],
        writes: Some(Writes::of(hold_notice::ANSWER, Weight::Signs, Needs::OneOf(WAITS))),
        run: Handler::Writes(answer),
    },
];

/// A notice as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct NoticeRow {
    /// The record.
    pub id: Id,
    /// The item here; none where it is not here any more.
    #[serde(serialize_with = "or_empty")]
    pub on: Option<Id>,
    /// Where it stands.
    pub state: RecordState,
    /// The desk that holds it.
    pub holder: String,
    /// The other desk.
    pub partner: String,
    /// On which ground.
    #[serde(serialize_with = "or_empty")]
    pub reason: Option<Reason>,
    /// Since when.
    #[serde(serialize_with = "or_empty")]
    pub at: Option<Timestamp>,
    /// Whether it is a copy here whose term has passed, and nobody has answered.
    pub over_term: bool,
}

/// A notice as it is shown.
pub fn row(workspace: &Workspace, notice: &Record) -> Result<NoticeRow, Error> {
    let records = workspace.records();
    let item = notice.subject.map(|id| records.get(id)).transpose()?.flatten();
    // A notice that waits for an answer restricts the copy that it is of, once the term of that has passed.
    let waits = notice.is(State::Asked) && hold_notice::is_of_copy(notice);
    let over = item.is_some_and(|item| item.due.is_some_and(|due| due <= workspace.now()));
    Ok(NoticeRow {
        id: notice.id,
        on: notice.subject,
        state: notice.state,
        holder: workspace.code_of(notice.desk)?,
        partner: workspace.partner_of(notice)?.unwrap_or_default(),
        reason: notice.text("reason").and_then(Reason::parse),
        at: notice.instant("at"),
        over_term: waits && over,
    })
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let notices = workspace.records().find(&Query::kind(Kind::HoldNotice))?;
    let rows = notices.iter().map(|notice| row(workspace, notice)).collect::<Result<Vec<_>, Error>>()?;
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("holder", "HELD BY"),
        ("partner", "DESK"),
        ("on", "ON"),
        ("reason", "REASON"),
        ("at", "SINCE"),
    ];
    Ok(Output::list(&rows, columns).of(Kind::HoldNotice))
}

fn answer(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let notice = workspace.find_record(args.need("notice")?, &[Kind::HoldNotice])?;
    let answer = args.read("answer", "keep or decline", Answer::parse)?;
    let because = args.body("because")?;
    let none = || Error::not_allowed("the notice names no desk").hint("list them with `retention hold-notices`");
    let to = notice.partner.ok_or_else(none)?;
    let held = notice.subject.map(|id| workspace.records().get(id)).transpose()?.flatten().filter(|r| !r.is_purged());
    let keeps = held.filter(|_| answer == Answer::Keep && hold_notice::is_of_copy(&notice));
    if keeps.is_some() && because.is_none() {
        return Err(Error::usage("--because is missing: why is the copy kept beyond its term?"));
    }
    let code = workspace.code_of(to)?;
    workspace.act(hold_notice::ANSWER, Audience::Desks(vec![to]), None, |act, _| {
        Ok(act.change(hold_notice::answered(notice.id, to, answer))?)
    })?;
    let kept = match (answer, keeps.zip(because)) {
        // The copy is kept by a hold of this desk, which is reviewed and lifted as any other.
        (Answer::Keep, Some((item, because))) => {
            let id = workspace.entropy.id()?;
            let reason = notice.text("reason").and_then(Reason::parse).unwrap_or(Reason::CourtOrder);
            workspace.act_alone(hold::PLACE, Audience::OwnDesk, |e, _| {
                Ok(hold::new(id, item.id, reason, &because, e.salt()?))
            })?;
            " It is held here too, until another person lifts that."
        }
        (Answer::Keep, None) => "",
        (Answer::Decline, _) => " Its term goes on.",
    };
    Ok(Output::made(notice.id, format!("{code} is told with the next bundle: {answer}.{kept}")))
}

/// The items that a hold is on, of which another desk has a copy or that one gave, with these desks.
fn concerned(workspace: &Workspace, on: &Record) -> Result<Vec<(Record, Vec<Id>)>, Error> {
    let home = workspace.meta.desk;
    let desks = |item: &Record| {
        let mut all: Vec<Id> = item.shared.iter().filter(|h| h.duty == DutyState::Running).map(|h| h.partner).collect();
        all.extend(kind_def(item.kind).came_from(item, home).filter(|desk| !all.contains(desk)));
        all
    };
    let mut found = Vec::new();
    let mut add = |item: &Record| {
        let desks = desks(item);
        if item.kind == Kind::Item && !item.is_purged() && !desks.is_empty() {
            found.push((item.clone(), desks));
        }
    };
    add(on);
    if on.kind != Kind::Case {
        return Ok(found);
    }
    let mut query = Query { case: Some(on.id), limit: Some(IN_ONE_ACT as u32), ..Query::kind(Kind::Item) };
    loop {
        let page = workspace.records().find(&query)?;
        let Some(last) = page.last() else { return Ok(found) };
        query.after = Some(last.id);
        page.iter().for_each(&mut add);
    }
}

/// Tells every desk that is concerned of holds, and has not been told: with the next bundle. Answers a sentence that says so.
pub(super) fn notify(workspace: &mut Workspace, holds: &[Id]) -> Result<String, Error> {
    let mut waiting: BTreeMap<Id, Vec<(Id, Id, Id, Reason)>> = BTreeMap::new();
    for id in holds {
        let held = definition::need(&workspace.records(), *id, Kind::Hold)?;
        let reason = held.text("reason").and_then(Reason::parse);
        let on = held.subject.map(|on| workspace.records().get(on)).transpose()?.flatten();
        let (Some(reason), Some(on)) = (reason, on) else { continue };
        for (item, desks) in concerned(workspace, &on)? {
            for to in desks {
                let notice = hold_notice::id_of(*id, item.id, to);
                if workspace.records().get(notice)?.is_none() {
                    waiting.entry(to).or_default().push((notice, *id, item.named(), reason));
                }
            }
        }
    }
    let sent = waiting.into_iter().map(|(to, all)| {
        let changes = all.into_iter().map(|(id, hold, on, reason)| hold_notice::told(id, to, (hold, on), reason));
        (to, changes.collect())
    });
    send(workspace, hold_notice::TELL, sent.collect())
}

/// Tells every desk that was told of a hold that it is lifted.
pub(super) fn end(workspace: &mut Workspace, hold: Id) -> Result<String, Error> {
    let mut waiting: BTreeMap<Id, Vec<_>> = BTreeMap::new();
    for notice in hold_notice::of_hold(&workspace.records(), hold)? {
        if let Some(to) = notice.partner {
            waiting.entry(to).or_default().push(hold_notice::ended(notice.id, to));
        }
    }
    send(workspace, hold_notice::END, waiting.into_iter().collect())
}

/// Signs notices for each desk. One that no act may go to now is named: it must be told otherwise.
fn send(workspace: &mut Workspace, kind: ChangeKind, all: Vec<(Id, Vec<Change>)>) -> Result<String, Error> {
    let (mut told, mut by_hand) = (Vec::new(), Vec::new());
    for (to, changes) in all {
        let code = workspace.code_of(to)?;
        let mut is_told = true;
        for changes in changes.chunks(IN_ONE_ACT) {
            let done = workspace.act(kind, Audience::Desks(vec![to]), None, |act, _| {
                changes.iter().try_for_each(|change| Ok(act.change(change.clone())?))
            });
            match done {
                Err(error) if error.kind == ErrorKind::Refused => is_told = false,
                done => drop(done?),
            }
        }
        if is_told { told.push(code) } else { by_hand.push(code) }
    }
    let mut said = String::new();
    if !told.is_empty() {
        said.push_str(&format!(" {} told with the next bundle.", told.join(", ")));
    }
    if !by_hand.is_empty() {
        said.push_str(&format!(" No bundle may go to {}: tell them yourself.", by_hand.join(", ")));
    }
    Ok(said)
}
