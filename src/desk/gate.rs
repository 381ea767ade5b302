//! Asking the gate: about a real item, or with facts of one's own.

use std::io::{BufReader, BufWriter, stdin, stdout};

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
use crate::record::book::{Book as _, Query, Record};
use crate::record::disclosure::{self, Terms};
use crate::record::{agreement, item};
use crate::value::json::Json;

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
    let of = Disclosure {
        now,
        realm: desk.meta.realm.clone(),
        home: desk.meta.desk,
        to: to.id,
        purpose,
        delete_after_days: days,
        named,
        proposed_by,
        released_by: None,
        emergency,
    };
    let mut leave = LeaveFacts::begin(&book, of)?;
    let facts = leave.of_item(&book, record)?;
    let verdict = facts.judge();
    Ok((facts.clone(), verdict))
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
