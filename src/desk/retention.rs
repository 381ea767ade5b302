//! Retention: what is deleted when, what is held, and what partners owe.

use serde::Serialize;

use super::failure::Failure;
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::header::Audience;
use crate::record::book::{Book as _, DutyState, Query, Record};
use crate::record::hold::{self, Reason};
use crate::value::instant::Instant;
use crate::value::json::Json;
use crate::value::person::Person;

fn reasons() -> Vec<&'static str> {
    Reason::ALL.iter().map(|r| r.word()).collect()
}

const ITEM: Field = Field::new("item", Takes::Record(&["item"]), "an item");
const CASE: Field = Field::new("case", Takes::Record(&["case"]), "a case, with everything in it");

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "retention",
        name: "list",
        about: "List what is deleted when, the next first",
        fields: &[Field::new("limit", Takes::Number, "at most so many (1000 where it is not said)").cli_only()],
        act: "",
        run: Run::Reads(list),
    },
    Verb {
        noun: "retention",
        name: "hold",
        about: "Hold an item or a case: it beats every timer until another person lifts it",
        fields: &[
            ITEM,
            CASE,
            Field::new("reason", Takes::Word(reasons), "on which ground").required(),
            Field::new("because", Takes::Body, "why").required(),
        ],
        act: "hold",
        run: Run::Writes(place),
    },
    Verb {
        noun: "retention",
        name: "release",
        about: "Lift a hold that another person placed",
        fields: &[
            Field::new("hold", Takes::Record(&["hold"]), "the hold").positional(),
            Field::new("because", Takes::Body, "why").required(),
        ],
        act: "hold-lift",
        run: Run::Writes(lift),
    },
    Verb {
        noun: "retention",
        name: "holds",
        about: "List the holds",
        fields: &[],
        act: "",
        run: Run::Reads(list_holds),
    },
    Verb {
        noun: "retention",
        name: "duties",
        about: "List the duties to delete: partners' for what went to them, and this desk's for what partners ordered",
        fields: &[Field::new("limit", Takes::Number, "at most so many (1000 where it is not said)").cli_only()],
        act: "",
        run: Run::Reads(list_duties),
    },
];

/// A timer as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Timer {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The case.
    pub case: Option<String>,
    /// When it is due.
    pub due: String,
    /// What happens then.
    pub then: String,
    /// Whether a hold stands on it.
    pub held: bool,
    /// What it is, in a few words.
    pub what: String,
    /// The partner that it concerns.
    pub partner: Option<String>,
}

/// The timers that run, the next first.
pub fn timers(desk: &Desk, limit: u32) -> Result<Vec<Timer>, Failure> {
    let far = Instant::from_millis(i64::MAX);
    let found = desk.book().find(&Query { due_by: Some(far), limit: Some(limit), ..Query::default() })?;
    let holds = hold::Standing::of(&desk.book())?;
    found.iter().map(|record| timer(desk, record, &holds)).collect()
}

/// The timer of a record.
pub fn timer(desk: &Desk, record: &Record, holds: &hold::Standing) -> Result<Timer, Failure> {
    let (what, then) = match record.kind {
        "item" => (desk.text_of(record, "value")?, "delete"),
        "request" => (format!("{} request", record.text("kind").unwrap_or_default()), "clock ends"),
        "agreement" => (desk.text_of(record, "title")?, "agreement ends"),
        "review" => ("approval".to_owned(), "approval lapses"),
        other => (other.to_owned(), "due"),
    };
    Ok(Timer {
        id: record.id.to_string(),
        kind: record.kind.to_owned(),
        case: record.case.map(|c| c.to_string()),
        due: record.due.map(|d| d.to_string()).unwrap_or_default(),
        then: then.to_owned(),
        held: holds.is_on(record),
        what,
        partner: record.partner.map(|p| desk.code_of(p)).transpose()?,
    })
}

fn limit(form: &Form) -> Result<u32, Failure> {
    Ok(form.number("limit")?.map_or(1000, |n| u32::try_from(n).unwrap_or(0)))
}

fn list(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let columns = &[
        ("due", "DUE"),
        ("then", "THEN"),
        ("kind", "KIND"),
        ("id", "ID"),
        ("held", "HELD"),
        ("partner", "DESK"),
        ("what", "WHAT"),
    ];
    Ok(Answer::list(&timers(desk, limit(form)?)?, columns))
}

/// The item or the case that a form names.
pub fn scope(desk: &Desk, form: &Form) -> Result<Option<Record>, Failure> {
    match (form.maybe("item"), form.maybe("case")) {
        (Some(item), None) => desk.find_record(item, &["item", "request"]).map(Some),
        (None, Some(case)) => desk.find_record(case, &["case"]).map(Some),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Failure::usage("name an item or a case, not both")),
    }
}

fn place(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let on = scope(desk, form)?.ok_or_else(|| Failure::usage("name what to hold: --item or --case"))?;
    let reason = form.read("reason", "a ground", Reason::parse)?;
    let because = form.body("because")?.unwrap_or_default();
    let id = desk.entropy.id()?;
    desk.act_alone("hold", Audience::Own, |e, _| Ok(hold::new(id, on.id, reason, &because, e.salt()?)))?;
    Ok(Answer::made(id, "Held: nothing deletes it until another person lifts this."))
}

fn lift(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("hold")?, &[hold::KIND.name])?;
    let because = form.body("because")?.unwrap_or_default();
    let id = desk.act_alone("hold-lift", Audience::Own, |e, _| Ok(hold::lifted(record.id, &because, e.salt()?)))?;
    Ok(Answer::made(id, "Lifted: its timers run again."))
}

/// A hold as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct HoldRow {
    /// The record.
    pub id: String,
    /// What is held.
    pub on: String,
    /// Standing or lifted.
    pub state: String,
    /// On which ground.
    pub reason: String,
    /// Who placed it.
    pub placed_by: String,
    /// When.
    pub placed: String,
    /// Who lifted it.
    pub lifted_by: Option<String>,
    /// Why it was placed.
    pub because: String,
}

/// Every hold, standing ones first.
pub fn holds(desk: &Desk) -> Result<Vec<HoldRow>, Failure> {
    let mut all = desk.book().find(&Query::kind(hold::KIND.name))?;
    all.sort_by_key(|h| h.state != "standing");
    let name = |p: Option<Person>| p.map(|p| desk.name_of(p)).transpose();
    let row = |r: &Record| {
        Ok(HoldRow {
            id: r.id.to_string(),
            on: r.subject.map(|s| s.to_string()).unwrap_or_default(),
            state: r.state.clone(),
            reason: r.text("reason").unwrap_or_default().to_owned(),
            placed_by: name(hold::placed_by(r))?.unwrap_or_default(),
            placed: r.text("placed").unwrap_or_default().to_owned(),
            lifted_by: name(hold::lifted_by(r))?,
            because: desk.text_of(r, "because")?,
        })
    };
    all.iter().map(row).collect()
}

fn list_holds(desk: &mut Desk, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("on", "ON"),
        ("reason", "REASON"),
        ("placed_by", "BY"),
        ("placed", "SINCE"),
    ];
    Ok(Answer::list(&holds(desk)?, columns))
}

/// A duty to delete as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Duty {
    /// The record.
    pub item: String,
    /// Its kind.
    pub kind: String,
    /// Who must delete: a partner, or this desk.
    pub by: String,
    /// To whom it is owed.
    pub to: String,
    /// Running, outstanding or met.
    pub state: String,
    /// By when.
    pub delete_by: Option<String>,
}

/// Duties to delete: partners' and this desk's.
pub fn duties(desk: &Desk, limit: u32) -> Result<Vec<Duty>, Failure> {
    let now = desk.now();
    let me = desk.code_of(desk.meta.desk)?;
    let mut all = Vec::new();
    for record in desk.book().find(&Query { shared: true, limit: Some(limit), ..Query::default() })? {
        for holder in &record.shared {
            // A term that has passed without a certificate makes the duty outstanding.
            let passed = holder.duty == DutyState::Running && holder.delete_by.is_some_and(|by| by <= now);
            all.push(Duty {
                item: record.id.to_string(),
                kind: record.kind.to_owned(),
                by: desk.code_of(holder.partner)?,
                to: me.clone(),
                state: if passed { DutyState::Outstanding } else { holder.duty }.word().to_owned(),
                delete_by: holder.delete_by.map(|t| t.to_string()),
            });
        }
    }
    for record in desk.book().find(&Query { due_by: Some(now), limit: Some(limit), ..Query::default() })? {
        let Some(from) = record.partner.filter(|_| record.terms.get("ordered").and_then(Json::text).is_some()) else {
            continue;
        };
        all.push(Duty {
            item: record.id.to_string(),
            kind: record.kind.to_owned(),
            by: me.clone(),
            to: desk.code_of(from)?,
            state: DutyState::Outstanding.word().to_owned(),
            delete_by: record.due.map(|t| t.to_string()),
        });
    }
    Ok(all)
}

fn list_duties(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let columns =
        &[("item", "RECORD"), ("kind", "KIND"), ("by", "WHO"), ("to", "OWES"), ("state", "STATE"), ("delete_by", "BY")];
    Ok(Answer::list(&duties(desk, limit(form)?)?, columns))
}
