//! Agreements with partners.

use std::collections::BTreeMap;

use serde::Serialize;

use super::failure::Failure;
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::header::Audience;
use crate::law::instrument;
use crate::record::agreement::{self, Terms, Words, terms_of};
use crate::record::book::{Book as _, Query, Record};
use crate::record::fold::token;
use crate::value::class::{Category, Onward, Tier};
use crate::value::instant::Span;
use crate::value::json::Json;
use crate::value::text::shown;

fn categories() -> Vec<&'static str> {
    Category::ALL.iter().map(|c| c.word()).collect()
}

fn onwards() -> Vec<&'static str> {
    Onward::ALL.iter().map(|o| o.word()).collect()
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
            Field::new(
                "onward",
                Takes::Word(onwards),
                "whether what is shared may be passed on; `no` binds every copy",
            ),
            Field::new("safeguards", Takes::Body, "its safeguards, in words"),
            Field::new("costs", Takes::Body, "who bears which costs, in words"),
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
        name: "countersign",
        about: "Say that a partner's record of an agreement is as it was agreed; the partner hears it with the next bundle",
        fields: &[AGREEMENT],
        act: agreement::COUNTERSIGN,
        run: Run::Writes(countersign),
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
    /// Whether what is shared may be passed on; none where it does not say.
    pub onward: Option<&'static str>,
    /// Its safeguards, in words.
    pub safeguards: String,
    /// Who bears which costs, in words.
    pub costs: String,
    /// `ours`, which decides here, or `theirs`: what the partner recorded.
    pub whose: &'static str,
    /// When the other side countersigned it.
    pub countersigned: Option<String>,
}

impl Row {
    /// Whether it is in force: things leave under it.
    pub fn is_in_force(&self) -> bool {
        matches!(self.state.as_str(), "in force" | "renewal due")
    }
}

/// A member of an agreement that the two desks recorded differently.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// Which member.
    pub what: &'static str,
    /// What this desk recorded.
    pub ours: String,
    /// What the partner recorded.
    pub theirs: String,
}

/// An agreement's record as it is shown.
pub fn row(desk: &Desk, record: &Record) -> Result<Row, Failure> {
    let terms = terms_of(record)?;
    let content = desk.content(record)?;
    let text =
        |key: &str| content.as_ref().and_then(|c| c.get(key)).and_then(Json::text).unwrap_or_default().to_owned();
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
        partner: desk.code_of(record.partner.unwrap_or(terms.partner))?,
        state: state.to_owned(),
        title: text("title"),
        instrument: terms.instrument,
        purposes: terms.purposes,
        categories: terms.categories.iter().map(|c| c.word().to_owned()).collect(),
        tier: terms.tier.map(Tier::number),
        from: terms.from.to_string(),
        until: terms.until.to_string(),
        retention_cap_days: terms.retention_cap_days,
        onward: terms.onward.map(Onward::word),
        safeguards: text("safeguards"),
        costs: text("costs"),
        whose: if agreement::is_theirs(record) { "theirs" } else { "ours" },
        countersigned: record.text("countersigned").map(str::to_owned),
    })
}

/// The other side's record of the same agreement: the newest under the same instrument.
pub fn counterpart(desk: &Desk, record: &Record) -> Result<Option<Record>, Failure> {
    let (instrument, theirs) = (terms_of(record)?.instrument, agreement::is_theirs(record));
    let all = desk.book().find(&Query { partner: record.partner, ..Query::kind(agreement::KIND.name) })?;
    let other = |r: &Record| {
        agreement::is_theirs(r) != theirs && r.state != "ended" && terms_of(r).is_ok_and(|t| t.instrument == instrument)
    };
    Ok(all.into_iter().rev().find(other))
}

/// What the two desks recorded differently, side by side.
pub fn differences(ours: &Row, theirs: &Row) -> Vec<Difference> {
    let told = |row: &Row| {
        let sorted = |words: &[String]| {
            let mut words = words.to_vec();
            words.sort_unstable();
            words.join(", ")
        };
        [
            ("purposes", sorted(&row.purposes)),
            ("categories", sorted(&row.categories)),
            ("tier", row.tier.map_or_else(|| "the default".to_owned(), |t| t.to_string())),
            ("from", row.from.clone()),
            ("until", row.until.clone()),
            ("retention_cap_days", row.retention_cap_days.to_string()),
            ("onward", row.onward.unwrap_or("not said").to_owned()),
        ]
    };
    let pairs = told(ours).into_iter().zip(told(theirs));
    pairs
        .filter(|((_, a), (_, b))| a != b)
        .map(|((what, ours), (_, theirs))| Difference { what, ours, theirs })
        .collect()
}

/// The agreements, with one partner or with all: those of this desk, then what partners recorded.
pub fn rows(desk: &Desk, partner: Option<&str>) -> Result<Vec<Row>, Failure> {
    let partner = partner.map(|p| desk.partner(p)).transpose()?.map(|p| p.id);
    let mut all = desk.book().find(&Query { partner, ..Query::kind(agreement::KIND.name) })?;
    all.sort_by_key(agreement::is_theirs);
    all.iter().map(|r| row(desk, r)).collect()
}

/// The agreements that must be renewed for sharing to go on: for each partner the one that ends last, where that is
/// within six weeks or past.
pub fn to_renew(desk: &Desk) -> Result<Vec<Row>, Failure> {
    let mut last: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows(desk, None)?.into_iter().filter(|r| r.state != "ended" && r.whose == "ours") {
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
        ("whose", "WHOSE"),
        ("countersigned", "COUNTERSIGNED"),
        ("categories", "DATA"),
        ("title", "TITLE"),
    ];
    Ok(Answer::list(&rows(desk, form.maybe("partner"))?, columns))
}

fn show(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("agreement")?, &["agreement"])?;
    let mine = row(desk, &record)?;
    let Some(other) = counterpart(desk, &record)? else { return Ok(Answer::thing(&mine)) };
    let other = row(desk, &other)?;
    let (ours, theirs) = if mine.whose == "ours" { (&mine, &other) } else { (&other, &mine) };
    let differs = differences(ours, theirs);
    let said = if differs.is_empty() {
        format!("{} recorded the same.", mine.partner)
    } else {
        let line = |d: &Difference| format!("{}: here {}, at {} {}", d.what, d.ours, mine.partner, d.theirs);
        format!("The two records differ. {}", differs.iter().map(line).collect::<Vec<_>>().join("; "))
    };
    Ok(Answer::thing(&mine)
        .with("counterpart", other.id)
        .with("differs", serde_json::to_value(differs).unwrap_or_default())
        .saying(said))
}

fn countersign(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("agreement")?, &["agreement"])?;
    if !agreement::is_theirs(&record) {
        return Err(Failure::life("it is this desk's own record")
            .remedy("the partner countersigns it; here the partner's record is countersigned"));
    }
    let digest = terms_of(&record)?.digest();
    let audience = Audience::Desks(vec![record.desk]);
    let id =
        desk.act_alone(agreement::COUNTERSIGN, audience, |_, _| Ok(agreement::countersigned(record.id, &digest)))?;
    Ok(Answer::made(id, "Countersigned: the partner hears it with the next bundle."))
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
        onward: form.maybe_read("onward", "no, with-consent or free", Onward::parse)?,
    };
    let words = Words { title: form.line("title")?, safeguards: form.body("safeguards")?, costs: form.body("costs")? };
    let id = desk.entropy.id()?;
    let audience = Audience::Desks(vec![terms.partner]);
    desk.act_alone("agreement-add", audience, |e, _| Ok(agreement::new(id, &terms, &words, e.salt()?)))?;
    Ok(Answer::made(id, "The agreement is recorded; the partner reads it with the next bundle."))
}

fn end(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("agreement")?, &["agreement"])?;
    let because = form.line("because")?;
    let audience = Audience::Desks(record.partner.into_iter().collect());
    let id = desk.act_alone("agreement-end", audience, |e, _| Ok(agreement::ended(record.id, &because, e.salt()?)))?;
    Ok(Answer::made(id, "The agreement is ended: nothing leaves under it any more."))
}
