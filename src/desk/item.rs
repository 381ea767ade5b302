//! Items of a case: added by hand, imported from a file, listed, shown, marked.

use std::io::BufReader;
use std::path::Path;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::beside::beside;
use super::failure::{Failure, Kind};
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::header::Audience;
use crate::exchange;
use crate::exchange::found::{Found, Options};
use crate::host::file;
use crate::law::retention;
use crate::object;
use crate::record::book::{Book as _, Query, Record};
use crate::record::fold::token;
use crate::record::item::{self, Terms};
use crate::record::review::{self, Changed};
use crate::record::{case, import};
use crate::store::ready::Ready;
use crate::value::class::{Assertion, Category, Credibility, PersonClass, Reliability, Tier};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::json::Json;
use crate::value::marking::{Handling, Marking, Pap, Tlp};
use crate::value::text::{self, shown};

fn categories() -> Vec<&'static str> {
    Category::ALL.iter().map(|c| c.word()).collect()
}
fn person_classes() -> Vec<&'static str> {
    PersonClass::ALL.iter().map(|c| c.word()).collect()
}
fn assertions() -> Vec<&'static str> {
    Assertion::ALL.iter().map(|c| c.word()).collect()
}
fn tlps() -> Vec<&'static str> {
    Tlp::ALL.iter().map(|c| c.word()).collect()
}
fn paps() -> Vec<&'static str> {
    Pap::ALL.iter().map(|c| c.word()).collect()
}
fn handlings() -> Vec<&'static str> {
    Handling::ALL.iter().map(|c| c.word()).collect()
}
fn reliabilities() -> Vec<&'static str> {
    Reliability::ALL.iter().map(|c| c.word()).collect()
}
fn credibilities() -> Vec<&'static str> {
    Credibility::ALL.iter().map(|c| c.word()).collect()
}
fn formats() -> Vec<&'static str> {
    exchange::FORMATS.iter().map(|f| f.name).collect()
}

const CASE: Field = Field::new("case", Takes::Record(&["case"]), "the case");
const ITEM: Field = Field::new("item", Takes::Record(&["item"]), "the item").positional();
const TLP: Field = Field::new("tlp", Takes::Word(tlps), "TLP 2.0 marking; without it, the default of the tier");
const PAP: Field = Field::new("pap", Takes::Word(paps), "PAP marking; without it, the default of the tier");
const HANDLING: Field = Field::new("handling", Takes::Words(handlings), "Europol handling codes").repeated();
const LIMIT: Field = Field::new("limit", Takes::Number, "at most so many (1000 where it is not said)").cli_only();

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "item",
        name: "add",
        about: "Add an item to a case",
        fields: &[
            CASE.required(),
            Field::new("type", Takes::Line, "what it is: domain, ipv4, account, document, …").required(),
            Field::new("category", Takes::Word(categories), "its data category").required(),
            Field::new("tier", Takes::Number, "its tier, 1 to 4; without it, the lowest that its category allows"),
            Field::new("person-class", Takes::Word(person_classes), "whom it is about"),
            Field::new("assertion", Takes::Word(assertions), "fact or assessment"),
            Field::new("value", Takes::Line, "its value").required(),
            Field::new("title", Takes::Line, "a title"),
            Field::new("note", Takes::Body, "a note"),
            Field::new(
                "source-grade",
                Takes::Word(reliabilities),
                "how reliable its source is: A (completely) to F (not known)",
            ),
            Field::new(
                "information-grade",
                Takes::Word(credibilities),
                "how credible it is: 1 (confirmed) to 6 (not known)",
            ),
            TLP,
            PAP,
            HANDLING,
            Field::new("request", Takes::Record(&["request"]), "the request that it answers"),
            Field::new("delete-after", Takes::Time, "when it is deleted here; without it, as the schedule says"),
        ],
        act: "item-add",
        run: Run::Writes(add),
    },
    Verb {
        noun: "item",
        name: "import",
        about: "Import the items of a file into a case, as one act",
        fields: &[
            Field::new("file", Takes::Existing, "the file").positional(),
            Field::new("format", Takes::Word(formats), "its format").required(),
            CASE.required(),
            Field::new("column", Takes::Pairs, "tables: which column holds what, such as value=1").repeated(),
            Field::new("type", Takes::Line, "tables: what the items are"),
            Field::new("category", Takes::Word(categories), "tables: their data category"),
            Field::new("tier", Takes::Number, "tables: their tier"),
            Field::new("delimiter", Takes::Line, "tables: what stands between columns: comma, tab, semicolon"),
            Field::new("comment", Takes::Line, "tables: what a line begins with that is passed over"),
            Field::new("header", Takes::Flag, "tables: the first line names the columns"),
        ],
        act: "item-import",
        run: Run::Writes(import_file),
    },
    Verb {
        noun: "item",
        name: "list",
        about: "List the items of a case",
        fields: &[CASE, Field::new("tier", Takes::Number, "only of this tier"), LIMIT],
        act: "",
        run: Run::Reads(list),
    },
    Verb { noun: "item", name: "show", about: "Show an item", fields: &[ITEM], act: "", run: Run::Reads(show) },
    Verb {
        noun: "item",
        name: "mark",
        about: "Mark an item anew",
        fields: &[ITEM, TLP, PAP, HANDLING],
        act: item::MARK,
        run: Run::Writes(mark),
    },
];

/// An item as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The record.
    pub id: String,
    /// The case.
    pub case: String,
    /// What it is.
    pub r#type: String,
    /// Its value; empty once it was purged.
    pub value: String,
    /// Its title.
    pub title: String,
    /// Its note.
    pub note: String,
    /// Its tier.
    pub tier: u8,
    /// Its data category.
    pub category: String,
    /// Whom it is about.
    pub person_class: String,
    /// Fact or assessment.
    pub assertion: String,
    /// How reliable its source is, A to F; none where nobody has judged it.
    pub source_grade: Option<&'static str>,
    /// How credible it is, 1 to 6; none where nobody has judged it.
    pub information_grade: Option<&'static str>,
    /// TLP.
    pub tlp: String,
    /// PAP.
    pub pap: String,
    /// Handling codes.
    pub handling: Vec<String>,
    /// Conditions that it came with.
    pub conditions: Vec<String>,
    /// Caveats that it came with, in words.
    pub caveats: Vec<String>,
    /// The desk that it originates from.
    pub originator: String,
    /// The partner that it came from.
    pub from: Option<String>,
    /// Held or purged.
    pub state: String,
    /// When it is deleted here.
    pub due: Option<String>,
    /// The request that it answers.
    pub request: Option<String>,
    /// Which partners hold a copy, and where their duty to delete stands.
    pub shared: Vec<Shared>,
}

/// A partner who holds a copy.
#[derive(Clone, Debug, Serialize)]
pub struct Shared {
    /// Who.
    pub partner: String,
    /// Where its duty to delete stands.
    pub duty: String,
    /// By when.
    pub delete_by: Option<String>,
}

/// An item's record as it is shown.
pub fn row(desk: &Desk, record: &Record) -> Result<Row, Failure> {
    let terms = Terms::read(&record.terms)?;
    let content = desk.content(record)?;
    let text =
        |key: &str| content.as_ref().and_then(|c| c.get(key)).and_then(Json::text).unwrap_or_default().to_owned();
    let shared = record.shared.iter().map(|h| {
        Ok(Shared {
            partner: desk.code_of(h.partner)?,
            duty: h.duty.word().into(),
            delete_by: h.delete_by.map(|t| t.to_string()),
        })
    });
    Ok(Row {
        id: record.id.to_string(),
        case: terms.case.to_string(),
        r#type: terms.kind,
        value: text("value"),
        title: text("title"),
        note: text("note"),
        tier: terms.tier.number(),
        category: terms.category.word().into(),
        person_class: terms.person_class.word().into(),
        assertion: terms.assertion.word().into(),
        source_grade: terms.source_grade.map(Reliability::word),
        information_grade: terms.information_grade.map(Credibility::word),
        tlp: terms.marking.tlp.word().into(),
        pap: terms.marking.pap.word().into(),
        handling: terms.marking.handling.iter().map(|h| h.word().to_owned()).collect(),
        conditions: terms.conditions.iter().map(|c| c.word().to_owned()).collect(),
        caveats: content.as_ref().map(item::caveats_of).unwrap_or_default(),
        originator: desk.code_of(record.desk)?,
        from: record.partner.map(|p| desk.code_of(p)).transpose()?,
        state: record.state.clone(),
        due: record.due.map(|t| t.to_string()),
        request: terms.request.map(|r| r.to_string()),
        shared: shared.collect::<Result<_, Failure>>()?,
    })
}

fn list(desk: &mut Desk, form: &Form, job: &mut Job) -> Result<Answer, Failure> {
    let case = form.maybe("case").map(|c| desk.find_record(c, &["case"])).transpose()?.map(|r| r.id);
    let tier = form.maybe_read("tier", "1 to 4", Tier::parse)?.map(Tier::number);
    let limit = form.number("limit")?.map_or(1000, |n| u32::try_from(n).unwrap_or(0));
    let query = Query { case, tier, limit: Some(limit.saturating_add(1)), ..Query::kind(item::KIND.name) };
    let mut found = desk.book().find(&query)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let mut rows = Vec::with_capacity(found.len());
    for (n, record) in found.iter().enumerate() {
        if n % 1000 == 0 {
            job.at("reading", n as u64, Some(found.len() as u64))?;
        }
        rows.push(row(desk, record)?);
    }
    let columns = &[
        ("id", "ID"),
        ("type", "TYPE"),
        ("tier", "TIER"),
        ("tlp", "TLP"),
        ("originator", "FROM"),
        ("state", "STATE"),
        ("conditions", "CONDITIONS"),
        ("value", "VALUE"),
    ];
    let answer = Answer::list(&rows, columns);
    Ok(if more { answer.saying(format!("The first {limit} of more: --limit shows others.")) } else { answer })
}

fn show(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("item")?, &["item"])?;
    Ok(Answer::thing(&row(desk, &record)?))
}

fn marking(form: &Form, old: Marking) -> Result<Marking, Failure> {
    let mut handling = form.words("handling", "H0 to H3", Handling::parse)?;
    handling.sort_unstable();
    handling.dedup();
    Ok(Marking {
        tlp: form.maybe_read("tlp", "a TLP 2.0 label", Tlp::parse_foreign)?.unwrap_or(old.tlp),
        pap: form.maybe_read("pap", "a PAP label", Pap::parse_foreign)?.unwrap_or(old.pap),
        handling: if handling.is_empty() { old.handling } else { handling },
    })
}

fn add(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let now = desk.now();
    let case = desk.find_record(form.need("case")?, &[case::KIND.name])?;
    let category = form.read("category", "a data category", Category::parse)?;
    let tier = form.maybe_read("tier", "1 to 4", Tier::parse)?.unwrap_or(category.least_tier());
    let person_class =
        form.maybe_read("person-class", "a class of person", PersonClass::parse)?.unwrap_or(PersonClass::None);
    let request = form.maybe("request").map(|r| desk.find_record(r, &["request"])).transpose()?.map(|r| r.id);
    let terms = Terms {
        case: case.id,
        kind: form.read("type", "one word", token)?,
        tier,
        category,
        person_class,
        assertion: form.maybe_read("assertion", "fact or assessment", Assertion::parse)?.unwrap_or(Assertion::Fact),
        source_grade: form.maybe_read("source-grade", "A to F", |w| Reliability::parse(&w.to_ascii_uppercase()))?,
        information_grade: form.maybe_read("information-grade", "1 to 6", Credibility::parse)?,
        marking: marking(form, Marking::default_for(tier))?,
        conditions: Vec::new(),
        originator: desk.meta.desk,
        request,
        delete_by: form
            .maybe("delete-after")
            .map(|_| form.time("delete-after", now))
            .transpose()?
            .unwrap_or(now.plus(retention::term(tier))),
    };
    let mut content = object! { "value" => form.line("value")? };
    for (key, value) in [("title", form.maybe_line("title")?), ("note", form.body("note")?)] {
        if let Some(value) = value {
            content.set(key, value);
        }
    }
    let id = desk.entropy.id()?;
    desk.act_alone("item-add", Audience::Own, |e, _| Ok(item::new(id, &terms, &content, e.salt()?)))?;
    Ok(Answer::made(id, format!("Added at tier {tier}; deleted {}.", terms.delete_by.to_minute())))
}

fn mark(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("item")?, &["item"])?;
    let marking = marking(form, Terms::read(&record.terms)?.marking)?;
    // What was approved was approved as it was marked then.
    let anew = marking != Terms::read(&record.terms)?.marking;
    let mut lapse = desk.book().find(&Query { subject: Some(record.id), ..Query::kind(review::KIND.name) })?;
    lapse.retain(|r| anew && review::is_approval(r));
    desk.act(item::MARK, Audience::Own, None, |act, entropy| {
        act.change(item::marked(record.id, &marking))?;
        for review in &lapse {
            act.change(review::lapsed(review.id, Changed::Facts, "the item was marked anew", entropy.salt()?))?;
        }
        Ok(())
    })?;
    let lapsed: Vec<String> = lapse.iter().map(|r| format!("V-{}", r.id.short())).collect();
    let also = match lapsed.as_slice() {
        [] => String::new(),
        all => format!(" Its approval {} has lapsed: it needs another review before it is shared.", all.join(", ")),
    };
    Ok(Answer::made(record.id, format!("Marked TLP:{} PAP:{}.{also}", marking.tlp, marking.pap)).with("lapsed", lapsed))
}

// --- import --------------------------------------------------------------------------------------------------------

fn options(form: &Form) -> Result<Options, Failure> {
    let byte = |field: &str| -> Result<Option<u8>, Failure> {
        let named = |t: &str| match t {
            "tab" => Some(b'\t'),
            "comma" => Some(b','),
            "semicolon" => Some(b';'),
            "space" => Some(b' '),
            one => <[u8; 1]>::try_from(one.as_bytes()).ok().map(|[b]| b).filter(u8::is_ascii),
        };
        form.maybe_read(field, "one character, or comma, tab, semicolon", named)
    };
    let column = |(name, n): (String, String)| -> Result<(String, usize), Failure> {
        let n =
            n.parse().map_err(|_| Failure::usage(format!("--column {}: a number from 1 is expected", shown(&name))))?;
        Ok((name, n))
    };
    Ok(Options {
        columns: form.pairs("column")?.into_iter().map(column).collect::<Result<_, _>>()?,
        kind: form.maybe_read("type", "one word", token)?,
        category: form.maybe_read("category", "a data category", Category::parse)?,
        tier: form.maybe_read("tier", "1 to 4", Tier::parse)?,
        delimiter: byte("delimiter")?,
        comment: byte("comment")?,
        header: form.flag("header"),
    })
}

fn digest_of(path: &Path) -> Result<(Digest, u64), Failure> {
    let mut hash = Sha256::new();
    let bytes = std::io::copy(&mut file::open(path)?, &mut hash)?;
    Ok((Digest::from_bytes(hash.finalize().into()), bytes))
}

fn import_file(desk: &mut Desk, form: &Form, job: &mut Job) -> Result<Answer, Failure> {
    let path = form.path("file")?;
    let name = form.need("format")?;
    let format = exchange::format(name)
        .ok_or_else(|| Failure::usage(format!("--format {}: {} are known", shown(name), formats().join(", "))))?;
    let options = options(form)?;
    let case = desk.find_record(form.need("case")?, &[case::KIND.name])?;
    let (digest, _) = digest_of(&path)?;
    let file_name = text::shown(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned();
    let home = desk.meta.desk;
    let id = desk.entropy.id()?;
    let (count, _) = desk.act("item-import", Audience::Own, None, |act, entropy| {
        act.change(import::new(id, case.id, format.name, &file_name, &digest, entropy.salt()?))?;
        let now = act.now();
        let mut input = BufReader::with_capacity(256 * 1024, file::open(&path)?);
        let mut count = 0u64;
        let make = |push: &mut dyn FnMut(Ready) -> bool| -> Result<(), Failure> {
            let mut failed = None;
            let mut one = |found: Found| -> Result<bool, Failure> {
                let (terms, content) = item_of(found, case.id, home, now);
                Ok(push(Ready::change(item::new(entropy.id()?, &terms, &content, entropy.salt()?))?))
            };
            let mut each = |found: Found| match one(found) {
                Ok(goes_on) => goes_on,
                Err(failure) => {
                    failed = Some(failure);
                    false
                }
            };
            let read = (format.read)(&mut input, &options, &mut each);
            match (failed, read) {
                (Some(failure), _) => Err(failure),
                (None, Err(bad)) => {
                    let what = format!("{}: {bad}", shown(&path.to_string_lossy()));
                    Err(Failure::new(
                        Kind::Malformed,
                        what,
                        "nothing was imported; mend the file, or name its format and columns",
                    ))
                }
                (None, Ok(())) => Ok(()),
            }
        };
        beside(make, |change| {
            if count.is_multiple_of(1000) {
                job.at("importing", count, None)?;
            }
            count += 1;
            Ok(act.ready(change)?)
        })?;
        if count == 0 {
            return Err(Failure::new(Kind::Malformed, "the file holds no items", "nothing was imported"));
        }
        Ok(count)
    })?;
    Ok(Answer::made(id, format!("{count} items imported, as one act.")).with("imported", count))
}

fn item_of(found: Found, case: Id, home: Id, now: Instant) -> (Terms, Json) {
    let terms = Terms {
        case,
        kind: found.kind,
        tier: found.tier,
        category: found.category,
        person_class: found.person_class,
        assertion: found.assertion,
        source_grade: found.source_grade,
        information_grade: found.information_grade,
        marking: found.marking.unwrap_or_else(|| Marking::default_for(found.tier)),
        conditions: Vec::new(),
        originator: home,
        request: None,
        delete_by: now.plus(retention::term(found.tier)),
    };
    let mut content = object! { "value" => found.value };
    for (key, value) in [("title", found.title), ("note", found.note), ("original", found.original)] {
        if let Some(value) = value {
            content.set(key, value);
        }
    }
    if !found.ids.is_empty() {
        let mut ids = object! {};
        for (scheme, id) in found.ids {
            ids.set(scheme, id);
        }
        content.set("ids", ids);
    }
    (terms, content)
}
