//! Cases.

use serde::Serialize;

use super::failure::Failure;
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::header::Audience;
use crate::record::book::{Book as _, Query, Record};
use crate::record::case;
use crate::record::fold::token;
use crate::store::book::effective_marking;

const CASE: Field = Field::new("case", Takes::Record(&["case"]), "the case").positional();

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "case",
        name: "new",
        about: "Open a case",
        fields: &[
            Field::new("title", Takes::Line, "its title").required(),
            Field::new("purpose", Takes::Line, "for what: a word that agreements name too, such as cybercrime")
                .required(),
        ],
        act: "case-new",
        run: Run::Writes(new),
    },
    Verb { noun: "case", name: "list", about: "List the cases", fields: &[], act: "", run: Run::Reads(list) },
    Verb { noun: "case", name: "show", about: "Show a case", fields: &[CASE], act: "", run: Run::Reads(show) },
    Verb {
        noun: "case",
        name: "close",
        about: "Close a case: nothing is added to it any more",
        fields: &[CASE, Field::new("because", Takes::Line, "why").required()],
        act: "case-close",
        run: Run::Writes(close),
    },
];

/// A case as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The record.
    pub id: String,
    /// Its title; empty once it was purged.
    pub title: String,
    /// Open, closed or purged.
    pub state: String,
    /// For what.
    pub purpose: String,
    /// The desk that opened it.
    pub desk: String,
    /// When it was opened, or first heard of.
    pub opened: String,
    /// How many items are in it.
    pub items: u64,
    /// Which partners know of it.
    pub shared: Vec<String>,
}

/// A case's record as it is shown.
pub fn row(desk: &Desk, record: &Record) -> Result<Row, Failure> {
    let shared = record.shared.iter().map(|h| desk.code_of(h.partner)).collect::<Result<_, _>>()?;
    Ok(Row {
        id: record.id.to_string(),
        title: desk.text_of(record, "title")?,
        state: record.state.clone(),
        purpose: record.text("purpose").unwrap_or_default().to_owned(),
        desk: desk.code_of(record.desk)?,
        opened: record.text("opened").unwrap_or_default().to_owned(),
        items: desk.items_held(record.id)?,
        shared,
    })
}

/// Every case, the newest last.
pub fn rows(desk: &Desk) -> Result<Vec<Row>, Failure> {
    desk.book().find(&Query::kind(case::KIND.name))?.iter().map(|r| row(desk, r)).collect()
}

fn list(desk: &mut Desk, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let columns = &[
        ("id", "ID"),
        ("desk", "FROM"),
        ("state", "STATE"),
        ("items", "ITEMS"),
        ("purpose", "PURPOSE"),
        ("title", "TITLE"),
    ];
    Ok(Answer::list(&rows(desk)?, columns))
}

fn show(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("case")?, &["case"])?;
    let marking = effective_marking(&desk.db, record.id)?.map(|m| m.to_string());
    Ok(Answer::thing(&row(desk, &record)?).with("marking", marking))
}

fn new(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let (title, purpose) = (form.line("title")?, form.read("purpose", "a word without spaces", token)?);
    let id = desk.entropy.id()?;
    desk.act_alone("case-new", Audience::Own, |e, _| Ok(case::new(id, &purpose, &title, e.salt()?)))?;
    Ok(Answer::made(id, "The case is open."))
}

fn close(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("case")?, &["case"])?;
    let because = form.line("because")?;
    let id = desk.act_alone("case-close", Audience::Own, |e, _| Ok(case::closed(record.id, &because, e.salt()?)))?;
    Ok(Answer::made(id, "The case is closed. Its timers run on."))
}
