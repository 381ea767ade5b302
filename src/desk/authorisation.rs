//! Independent authorisations and partners' assurances: what tier 3 and up cannot leave without.

use serde::Serialize;

use super::failure::Failure;
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::header::Audience;
use crate::law::jurisdiction::ASSURANCES;
use crate::object;
use crate::record::book::{Book as _, Query, Record};
use crate::record::fold::token;
use crate::record::{assurance, authorisation};

fn assurances() -> Vec<&'static str> {
    ASSURANCES.to_vec()
}

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "authorisation",
        name: "add",
        about: "Record that a court or an independent body allows an item, or a case, to go to a partner",
        fields: &[
            Field::new("item", Takes::Record(&["item"]), "the item"),
            Field::new("case", Takes::Record(&["case"]), "or everything in a case"),
            Field::new("to", Takes::Partner, "the partner").required(),
            Field::new("by", Takes::Line, "who authorised it: the court or the body").required(),
            Field::new("reference", Takes::Line, "its reference").required(),
            Field::new("expires", Takes::Time, "when it expires; without it, it has no expiry"),
        ],
        act: "authorisation-add",
        run: Run::Writes(add_authorisation),
    },
    Verb {
        noun: "authorisation",
        name: "list",
        about: "List the independent authorisations",
        fields: &[],
        act: "",
        run: Run::Reads(list_authorisations),
    },
    Verb {
        noun: "assurance",
        name: "add",
        about: "Record an assurance that a partner has given",
        fields: &[
            Field::new("partner", Takes::Partner, "the partner").required(),
            Field::new("of", Takes::Word(assurances), "what is assured").required(),
            Field::new("text", Takes::Body, "its text").required(),
            Field::new("by", Takes::Line, "who gave it, by name and office").required(),
            Field::new("expires", Takes::Time, "when it expires; without it, it has no expiry"),
        ],
        act: "assurance-add",
        run: Run::Writes(add_assurance),
    },
    Verb {
        noun: "assurance",
        name: "list",
        about: "List the assurances that partners have given",
        fields: &[],
        act: "",
        run: Run::Reads(list_assurances),
    },
];

fn add_authorisation(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let subject = match (form.maybe("item"), form.maybe("case")) {
        (Some(item), None) => desk.find_record(item, &["item"])?,
        (None, Some(case)) => desk.find_record(case, &["case"])?,
        _ => return Err(Failure::usage("an authorisation is of one --item or of one --case")),
    };
    let to = desk.partner(form.need("to")?)?;
    let said = object! { "by" => form.line("by")?, "reference" => form.line("reference")? };
    let expires = form.maybe("expires").map(|_| form.time("expires", desk.now())).transpose()?;
    let id = desk.entropy.id()?;
    desk.act_alone("authorisation-add", Audience::Own, |e, _| {
        Ok(authorisation::new(id, subject.id, to.id, expires, &said, e.salt()?))
    })?;
    Ok(Answer::made(id, "The authorisation is recorded; keep the paper."))
}

fn add_assurance(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let partner = desk.partner(form.need("partner")?)?;
    let of = form.read("of", "what is assured, such as death_penalty,", token)?;
    let said = object! { "text" => form.body("text")?.unwrap_or_default(), "by" => form.line("by")? };
    let expires = form.maybe("expires").map(|_| form.time("expires", desk.now())).transpose()?;
    let id = desk.entropy.id()?;
    desk.act_alone("assurance-add", Audience::Own, |e, _| {
        Ok(assurance::new(id, partner.id, &of, expires, &said, e.salt()?))
    })?;
    Ok(Answer::made(id, "The assurance is recorded; keep the paper."))
}

/// An authorisation or an assurance as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The record.
    pub id: String,
    /// The partner.
    pub partner: String,
    /// What it is of: a record, or what is assured.
    pub of: String,
    /// Who gave it.
    pub by: String,
    /// Its reference or its text.
    pub text: String,
    /// When it expires.
    pub expires: Option<String>,
    /// Whether it stands now.
    pub stands: bool,
}

fn rows(desk: &Desk, kind: &'static str) -> Result<Vec<Row>, Failure> {
    let one = |r: &Record| -> Result<Row, Failure> {
        let text = desk.text_of(r, "reference")?;
        Ok(Row {
            id: r.id.to_string(),
            partner: r.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default(),
            of: r.text("of").or(r.text("subject")).unwrap_or_default().to_owned(),
            by: desk.text_of(r, "by")?,
            text: if text.is_empty() { desk.text_of(r, "text")? } else { text },
            expires: r.text("expires").map(str::to_owned),
            stands: r.instant("expires").is_none_or(|t| desk.now() < t),
        })
    };
    desk.book().find(&Query::kind(kind))?.iter().map(one).collect()
}

const COLUMNS: &[super::verb::Column] = &[
    ("id", "ID"),
    ("partner", "DESK"),
    ("of", "OF"),
    ("by", "BY"),
    ("expires", "EXPIRES"),
    ("stands", "STANDS"),
    ("text", "TEXT"),
];

fn list_authorisations(desk: &mut Desk, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    Ok(Answer::list(&rows(desk, authorisation::KIND.name)?, COLUMNS))
}

fn list_assurances(desk: &mut Desk, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    Ok(Answer::list(&rows(desk, assurance::KIND.name)?, COLUMNS))
}
