//! Asking the gate: about a real item, or with facts of one's own.

use std::io::{BufReader, BufWriter, stdin, stdout};

use serde::Serialize;

use super::failure::{Failure, Kind};
use super::job::Job;
use super::review::purpose_of;
use super::verb::{Answer, Field, Form, Place, Run, Takes, Verb};
use super::workspace::Desk;
use crate::gate::from_book::{Disclosure, LeaveFacts, claim};
use crate::gate::leave::{Leave, Validation};
use crate::gate::simulate::simulate;
use crate::gate::verdict::Verdict;
use crate::host::file;
use crate::law::rule;
use crate::record::book::{Book as _, Query, Record};
use crate::record::disclosure::{self, Terms};
use crate::record::{agreement, item};
use crate::value::class::{Assertion, Category, PersonClass};
use crate::value::id::Id;
use crate::value::instant::Span;
use crate::value::json::Json;
use crate::value::marking::Marking;

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "gate",
        name: "explain",
        about: "May this item go to this partner now, and why (not)? Asking costs nothing",
        fields: &[
            Field::new("item", Takes::Record(&["item"]), "the item").positional(),
            Field::new("to", Takes::Partner, "the partner").required(),
            Field::new("facts", Takes::Flag, "with the facts that it was asked with"),
        ],
        act: "",
        run: Run::Reads(explain),
    },
    Verb {
        noun: "gate",
        name: "outlook",
        about: "What may go to a partner, and after what, for each category of data",
        fields: &[Field::new("to", Takes::Partner, "the partner").required()],
        act: "",
        run: Run::Reads(run_outlook),
    },
    Verb {
        noun: "gate",
        name: "simulate",
        about: "Judge facts from a file, one JSON object a line (- reads standard input); no workspace is needed",
        fields: &[Field::new("file", Takes::Existing, "the file, or -").positional().cli_only()],
        act: "",
        run: Run::Free(run_simulate),
    },
];

/// The facts and the verdict for an item and a partner: with the facts of the open proposal, else with the case's
/// purpose, the agreement's cap as the term, the asker as proposer, and nobody who releases.
pub fn ask(desk: &Desk, record: &Record, to: &Record) -> Result<(Leave, Verdict), Failure> {
    let book = desk.book();
    let waiting = Query { partner: Some(to.id), state: Some("proposed".into()), ..Query::kind(disclosure::KIND.name) };
    let mut open = None;
    for proposal in book.find(&waiting)? {
        if super::disclosure::items_of(desk, &proposal)?.contains(&record.id) {
            open = Some(Terms::read(&disclosure::of_record(&proposal))?);
        }
    }
    let now = desk.now();
    let (purpose, days, named, proposed_by, emergency) = match open {
        Some(terms) => {
            let claimed = terms.emergency.then(|| claim(&[terms.proposed_by], Validation::Pending));
            (terms.purpose, terms.delete_after_days, terms.named, terms.proposed_by, claimed)
        }
        None => {
            let purpose = purpose_of(desk, record.case)?;
            let category = item::Terms::read(&record.terms)?.category;
            let found = agreement::deciding(&book, to.id, &purpose, category, now)?;
            let cap = found.as_ref().map(agreement::terms_of).transpose()?.map_or(1, |t| t.retention_cap_days);
            (purpose, cap, false, desk.person(), None)
        }
    };
    judge(desk, record, Disclosure { named, proposed_by, emergency, ..proposed(desk, to, purpose, days) })
}

/// A disclosure as this member would propose it now, which nobody has released.
fn proposed(desk: &Desk, to: &Record, purpose: String, delete_after_days: i64) -> Disclosure {
    Disclosure {
        now: desk.now(),
        realm: desk.meta.realm.clone(),
        home: desk.meta.desk,
        to: to.id,
        purpose,
        delete_after_days,
        named: false,
        proposed_by: desk.person(),
        released_by: None,
        emergency: None,
    }
}

fn judge(desk: &Desk, record: &Record, of: Disclosure) -> Result<(Leave, Verdict), Failure> {
    let book = desk.book();
    let mut leave = LeaveFacts::begin(&book, of)?;
    let facts = leave.of_item(&book, record)?;
    let verdict = facts.judge();
    Ok((facts.clone(), verdict))
}

/// What the gate says of a fresh item of this desk, of one category at its lowest tier, to a partner.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Outlook {
    /// The category.
    pub category: &'static str,
    /// Its lowest tier.
    pub tier: u8,
    /// `yes`, `after` or `no`.
    pub may: &'static str,
    /// What is still to be had for each item, by the names of the rules; or the rules that say no whatever is had.
    pub because: Vec<String>,
}

/// Rules that are met item by item: by naming people, a review and what stands in it, a second person, an authorisation,
/// assurances.
const BY_ITEM: &[&str] = &["G-09", "G-11", "G-12", "G-13", "G-14", "G-15", "G-16", "G-17", "G-18"];
/// Those of them that are about the review.
const OF_REVIEW: &[&str] = &["G-12", "G-13", "G-14", "G-15"];

/// What may go to a partner, and after what, for each category of data.
pub fn outlook(desk: &Desk, to: &Record) -> Result<Vec<Outlook>, Failure> {
    let (book, now) = (desk.book(), desk.now());
    let mut purposes = Vec::new();
    for record in book.find(&Query { partner: Some(to.id), ..Query::kind(agreement::KIND.name) })? {
        purposes.extend(agreement::terms_of(&record)?.purposes);
    }
    let mut all = Vec::new();
    for category in Category::ALL.iter().copied() {
        // The purpose that some agreement names for it; any other is refused for its purpose alone.
        let mut deciding = None;
        for purpose in &purposes {
            if let Some(found) = agreement::deciding(&book, to.id, purpose, category, now)? {
                let terms = agreement::terms_of(&found)?;
                let covers = terms.purposes.contains(purpose) && terms.categories.contains(&category);
                if covers || deciding.is_none() {
                    deciding = Some((purpose.clone(), terms.retention_cap_days));
                }
                if covers {
                    break;
                }
            }
        }
        let (purpose, days) = deciding.unwrap_or_else(|| ("cybercrime".to_owned(), 1));
        let tier = category.least_tier();
        let (_, verdict) = judge(desk, &fresh(desk, category), proposed(desk, to, purpose, days))?;
        let refused = verdict.refused_by();
        let by_item = refused.iter().all(|id| BY_ITEM.contains(id));
        let because = verdict
            .refusals()
            .filter(|f| by_item || !BY_ITEM.contains(&f.id))
            .filter(|f| !(OF_REVIEW.contains(&f.id) && refused.contains(&"G-11")))
            .map(|f| format!("{} {}", f.id, rule::by_id(f.id).map_or("", |r| r.name.as_str())));
        all.push(Outlook {
            category: category.word(),
            tier: tier.number(),
            may: if refused.is_empty() {
                "yes"
            } else if by_item {
                "after"
            } else {
                "no"
            },
            because: because.collect(),
        });
    }
    Ok(all)
}

/// An item that this desk could have: of one category, at its lowest tier, about nobody, marked by default. It is in no book.
fn fresh(desk: &Desk, category: Category) -> Record {
    let (id, home, tier) = (Id::from_bytes([0; 16]), desk.meta.desk, category.least_tier());
    let terms = item::Terms {
        case: id,
        kind: "item".to_owned(),
        tier,
        category,
        person_class: PersonClass::None,
        assertion: Assertion::Fact,
        source_grade: None,
        information_grade: None,
        marking: Marking::default_for(tier),
        conditions: Vec::new(),
        originator: home,
        request: None,
        delete_by: desk.now().plus(Span::days(365)),
    };
    let mut record = Record::new(id, item::KIND.name, "held", home);
    (record.tier, record.due) = (Some(tier.number()), Some(terms.delete_by));
    record.terms = terms.to_json().into();
    record
}

fn run_outlook(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let to = desk.partner(form.need("to")?)?;
    let columns = &[("category", "DATA"), ("tier", "TIER"), ("may", "MAY GO"), ("because", "BECAUSE OF")];
    Ok(Answer::list(&outlook(desk, &to)?, columns))
}

/// One of our own JSON values as serde has it.
pub fn to_serde(json: &Json) -> serde_json::Value {
    serde_json::from_str(&json.to_string()).unwrap_or(serde_json::Value::Null)
}

fn explain(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("item")?, &[item::KIND.name])?;
    let to = desk.partner(form.need("to")?)?;
    let (facts, verdict) = ask(desk, &record, &to)?;
    let answer = Answer::thing(&to_serde(&verdict.to_json()));
    let answer = if form.flag("facts") { answer.with("facts", to_serde(&facts.to_json())) } else { answer };
    let mut text = vec![if verdict.allowed() {
        "YES: it may leave.".to_owned()
    } else {
        format!("NO: refused by {}.", verdict.refused_by().join(", "))
    }];
    text.extend(
        verdict
            .rules
            .iter()
            .map(|r| format!("{} {}  {} ({})", r.id, if r.holds { "yes" } else { "NO " }, r.because, r.source())),
    );
    text.extend(verdict.obligations.iter().map(|o| format!("then: {o}")));
    if form.flag("facts") {
        text.push(facts.to_json().to_string());
    }
    Ok(Answer { text: Some(text.join("\n")), ..answer })
}

fn run_simulate(_: &mut Place, form: &Form, job: &mut Job) -> Result<Answer, Failure> {
    let path = form.need("file")?;
    let out = BufWriter::with_capacity(64 * 1024, stdout().lock());
    let go_on = |t: &crate::gate::simulate::Tally| job.go_on("judging", t.judged + t.errors, None);
    let tally = if path == "-" {
        simulate(stdin().lock(), out, go_on)
    } else {
        simulate(BufReader::with_capacity(64 * 1024, file::open(path.as_ref())?), out, go_on)
    };
    let tally =
        tally.map_err(|e| Failure::new(Kind::Medium, e.to_string(), "check the file and where the verdicts go"))?;
    let code = if tally.errors > 0 { Kind::Malformed as u8 } else { 0 };
    Ok(Answer { value: serde_json::Value::Null, columns: &[], said: None, text: None, code })
}
