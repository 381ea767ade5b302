//! Agreements with partners.

use std::collections::BTreeMap;

use serde::Serialize;

use super::failure::Failure;
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::header::Audience;
use crate::law::instrument;
use crate::record::agreement::{self, Terms, terms_of};
use crate::record::book::{Book as _, Query, Record};
use crate::record::fold::token;
use crate::value::class::{Category, Tier};
use crate::value::instant::Span;
use crate::value::text::shown;

fn categories() -> Vec<&'static str> {
    Category::ALL.iter().map(|c| c.word()).collect()
}

fn instruments() -> Vec<&'static str> {
    instrument::all().iter().map(|i| i.id.as_str()).collect()
}

const AGREEMENT: Field = Field::new("agreement", Takes::Record(&["agreement"]), "the agreement").positional();

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "agreement",
        name: "add",
        about: "Record an agreement with a partner: what it covers, how far, until when",
        fields: &[
            Field::new("partner", Takes::Partner, "with whom").required(),
            Field::new("instrument", Takes::Word(instruments), "under which instrument").required(),
            Field::new("title", Takes::Line, "its title").required(),
            Field::new("purpose", Takes::Line, "for which purpose").required().repeated(),
            Field::new("categories", Takes::Words(categories), "for which data").required().repeated(),
            Field::new("tier", Takes::Number, "up to which tier; without it, the default of the partner's kind"),
            Field::new("from", Takes::Time, "from when").required(),
            Field::new("until", Takes::Time, "until when").required(),
            Field::new("retention-cap", Takes::Span, "the longest deletion term, such as 90d").required(),
        ],
        act: "agreement-add",
        run: Run::Writes(add),
    },
    Verb {
        noun: "agreement",
        name: "list",
        about: "List the agreements",
        fields: &[Field::new("partner", Takes::Partner, "only with this partner")],
        act: "",
        run: Run::Reads(list),
    },
    Verb {
        noun: "agreement",
        name: "show",
        about: "Show an agreement",
        fields: &[AGREEMENT],
        act: "",
        run: Run::Reads(show),
    },
    Verb {
        noun: "agreement",
        name: "end",
        about: "End an agreement now",
        fields: &[AGREEMENT, Field::new("because", Takes::Line, "why").required()],
        act: "agreement-end",
        run: Run::Writes(end),
    },
];

/// How long before its end an agreement shows as due for renewal.
const RENEWAL: Span = Span::days(42);

/// An agreement as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The record.
    pub id: String,
    /// With whom.
    pub partner: String,
    /// `in force`, `renewal due` (in force for six weeks at most), `not yet`, `expired` or `ended`.
    pub state: String,
    /// Its title.
    pub title: String,
    /// Under which instrument.
    pub instrument: String,
    /// For which purposes.
    pub purposes: Vec<String>,
    /// For which data.
    pub categories: Vec<String>,
    /// Up to which tier.
    pub tier: Option<u8>,
    /// From when.
    pub from: String,
    /// Until when.
    pub until: String,
    /// The longest deletion term, in days.
    pub retention_cap_days: i64,
}

fn row(desk: &Desk, record: &Record) -> Result<Row, Failure> {
    let terms = terms_of(record)?;
    let now = desk.now();
    let state = match () {
        () if record.state == "ended" => "ended",
        () if now < terms.from => "not yet",
        () if now >= terms.until => "expired",
        () if now.plus(RENEWAL) >= terms.until => "renewal due",
        () => "in force",
    };
    Ok(Row {
        id: record.id.to_string(),
        partner: desk.code_of(terms.partner)?,
        state: state.to_owned(),
        title: desk.text_of(record, "title")?,
        instrument: terms.instrument,
        purposes: terms.purposes,
        categories: terms.categories.iter().map(|c| c.word().to_owned()).collect(),
        tier: terms.tier.map(Tier::number),
        from: terms.from.to_string(),
        until: terms.until.to_string(),
        retention_cap_days: terms.retention_cap_days,
    })
}

/// The agreements, with one partner or with all.
pub fn rows(desk: &Desk, partner: Option<&str>) -> Result<Vec<Row>, Failure> {
    let partner = partner.map(|p| desk.partner(p)).transpose()?.map(|p| p.id);
    let all = desk.book().find(&Query { partner, ..Query::kind(agreement::KIND.name) })?;
    all.iter().map(|r| row(desk, r)).collect()
}

/// The agreements that must be renewed for sharing to go on: for each partner the one that ends last, where that is
/// within six weeks or past.
pub fn to_renew(desk: &Desk) -> Result<Vec<Row>, Failure> {
    let mut last: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows(desk, None)?.into_iter().filter(|r| r.state != "ended") {
        match last.get(&row.partner) {
            Some(known) if known.until >= row.until => {}
            _ => drop(last.insert(row.partner.clone(), row)),
        }
    }
    Ok(last.into_values().filter(|r| matches!(r.state.as_str(), "renewal due" | "expired")).collect())
}

fn list(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let columns = &[
        ("id", "ID"),
        ("partner", "WITH"),
        ("state", "STATE"),
        ("tier", "TIER"),
        ("until", "UNTIL"),
        ("categories", "DATA"),
        ("title", "TITLE"),
    ];
    Ok(Answer::list(&rows(desk, form.maybe("partner"))?, columns))
}

fn show(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("agreement")?, &["agreement"])?;
    Ok(Answer::thing(&row(desk, &record)?))
}

fn add(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let now = desk.now();
    let instrument = form.line("instrument")?;
    if instrument::by_id(&instrument).is_none() {
        return Err(Failure::usage(format!(
            "--instrument {}: no such instrument; `comity law list` names them",
            shown(&instrument)
        )));
    }
    let terms = Terms {
        partner: desk.partner(form.need("partner")?)?.id,
        instrument,
        purposes: form.words("purpose", "a word without spaces", token)?,
        categories: form.words("categories", "a data category", Category::parse)?,
        tier: form.maybe_read("tier", "1 to 4", Tier::parse)?,
        from: form.time("from", now)?,
        until: form.time("until", now)?,
        retention_cap_days: form.read("retention-cap", "a number of days, such as 90d,", Span::parse)?.whole_days(),
    };
    let title = form.line("title")?;
    let id = desk.entropy.id()?;
    desk.act_alone("agreement-add", Audience::Own, |e, _| Ok(agreement::new(id, &terms, &title, e.salt()?)))?;
    Ok(Answer::made(id, "The agreement is recorded."))
}

fn end(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("agreement")?, &["agreement"])?;
    let because = form.line("because")?;
    let id =
        desk.act_alone("agreement-end", Audience::Own, |e, _| Ok(agreement::ended(record.id, &because, e.salt()?)))?;
    Ok(Answer::made(id, "The agreement is ended: nothing leaves under it any more."))
}
