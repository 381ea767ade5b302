//! What has happened, out of the log: each act's first change with its time. Figures are counted of this, and never of what
//! anybody has typed into a report.

use std::collections::BTreeMap;

use crate::act::change::Line;
use crate::act::header::Audience;
use crate::law::edition::Law;
use crate::record::request::{self, Answer, FollowUp};
use crate::record::{self, kind::ChangeKind};
use crate::store::read::{self, StoredAct};
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// How many acts are read at once.
const AT_ONCE: u32 = 512;

/// What one act began with.
#[derive(Clone, Debug)]
pub struct Event {
    /// When it was made.
    pub at: Timestamp,
    /// The desk that made it.
    pub desk: Id,
    /// When this desk took it in, where it came from a partner.
    pub came: Option<Timestamp>,
    /// What it began with.
    pub kind: ChangeKind,
    /// The record.
    pub record: Id,
    /// The terms of that change.
    pub terms: Json,
    /// For whom it was.
    pub audience: Audience,
}

/// Everything that has happened, in the order in which it is here.
pub fn all(workspace: &Workspace) -> Result<Vec<Event>, Error> {
    from_position(workspace, 1)
}

/// Everything that has come in since a time, in the order in which it is here. A partner's act counts from its import on.
pub fn since(workspace: &Workspace, from: Timestamp) -> Result<Vec<Event>, Error> {
    let before = read::position_at(&workspace.db, from)?;
    from_position(workspace, before.map_or(1, |position| position + 1))
}

fn from_position(workspace: &Workspace, first: i64) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    let mut times: BTreeMap<i64, Timestamp> = BTreeMap::new();
    let mut next = first;
    loop {
        let acts = read::acts_from(&workspace.db, next, AT_ONCE)?;
        let Some(last) = acts.last() else { return Ok(events) };
        next = last.position + 1;
        for act in acts {
            let header = act.read_header()?;
            times.insert(act.position, header.time.at);
            let came = act.via.and_then(|import| times.get(&import).copied());
            let only_first = StoredAct { changes: act.changes.min(1), ..act };
            read::changes::<Error>(&workspace.db, &only_first, |stored| {
                let Line::Change(change) = stored.line else { return Ok(()) };
                let terms = json::parse(&change.terms, Limits::STORED).unwrap_or(Json::Null);
                if let Some(def) = record::change(&change.kind) {
                    events.push(Event {
                        at: header.time.at,
                        desk: header.desk,
                        came,
                        kind: def.kind,
                        record: change.record,
                        terms,
                        audience: header.audience.clone(),
                    });
                }
                Ok(())
            })?;
        }
    }
}

/// The life of a request, as far as figures go.
#[derive(Clone, Debug)]
pub struct Life {
    /// The desk that asks.
    pub desk: Id,
    /// Its kind: a row of the law.
    pub kind: String,
    /// When it was sent.
    pub sent: Timestamp,
    /// The desk that is asked: the first for whom it was.
    pub to: Option<Id>,
    /// Its terms as it was sent.
    pub terms: Json,
    /// What was answered, and when.
    pub answers: Vec<(Timestamp, Answer)>,
    /// What the requesting desk said, and when.
    pub follow_ups: Vec<(Timestamp, FollowUp)>,
    /// When it was taken back.
    pub withdrawn: Option<Timestamp>,
}

impl Life {
    /// When it was first answered in one of these ways.
    pub fn first(&self, answers: &[Answer]) -> Option<Timestamp> {
        self.answers.iter().filter(|(_, answer)| answers.contains(answer)).map(|(at, _)| *at).min()
    }

    /// For how long the requested desk waited on the requesting one, up to a time: from each question back to what was said next.
    pub fn waited_minutes(&self, until: Timestamp) -> i64 {
        let asked_back =
            self.answers.iter().filter(|(_, a)| matches!(a, Answer::Clarify | Answer::Offer | Answer::Consult));
        let mut waited = 0;
        let mut counted = self.sent;
        for (at, _) in asked_back.filter(|(at, _)| *at < until) {
            let said = self.follow_ups.iter().map(|(said, _)| *said).filter(|said| said > at).min();
            let end = said.unwrap_or(until).min(until);
            let from = (*at).max(counted);
            waited += (end.seconds() - from.seconds()).max(0) / 60;
            counted = counted.max(end);
        }
        waited
    }

    /// Whether it asks that something be kept, and nothing be handed over.
    pub fn preserves(&self, law: &Law) -> bool {
        law.request(&self.kind).is_some_and(|kind| !kind.hands_over())
    }
}

/// The lives of all requests that were sent, in the order in which they were.
pub fn lives(events: &[Event]) -> Vec<Life> {
    let mut at: BTreeMap<Id, usize> = BTreeMap::new();
    let mut lives: Vec<Life> = Vec::new();
    for event in events {
        let text = |key: &str| event.terms.get(key).and_then(Json::text);
        if event.kind == request::SEND {
            at.insert(event.record, lives.len());
            lives.push(Life {
                desk: event.desk,
                kind: text("kind").unwrap_or_default().to_owned(),
                sent: event.at,
                to: match &event.audience {
                    Audience::Desks(desks) => desks.first().copied(),
                    Audience::OwnDesk | Audience::Partners => None,
                },
                terms: event.terms.clone(),
                answers: Vec::new(),
                follow_ups: Vec::new(),
                withdrawn: None,
            });
            continue;
        }
        let Some(life) = at.get(&event.record).and_then(|n| lives.get_mut(*n)) else { continue };
        match event.kind {
            request::ANSWER => life.answers.extend(text("answer").and_then(Answer::parse).map(|a| (event.at, a))),
            request::REPORT => life.follow_ups.extend(text("report").and_then(FollowUp::parse).map(|f| (event.at, f))),
            request::WITHDRAW => life.withdrawn = Some(event.at),
            _ => {}
        }
    }
    lives
}
