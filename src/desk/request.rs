//! Requests: written against the fields of their kind, reviewed, sent, answered, followed to their end.

use serde::Serialize;

use super::failure::{Failure, Kind};
use super::job::Job;
use super::verb::{Answer, Field, Form, PairRow, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::header::Audience;
use crate::gate::from_book;
use crate::law::deadline;
use crate::law::request::{self as law, RequestKind};
use crate::object;
use crate::record::book::{Book as _, Query, Record};
use crate::record::fold::Asked;
use crate::record::request::{self, Answer as Given, Terms, terms_of};
use crate::record::{case, review};
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::json::Json;
use crate::value::text::shown;

fn kinds() -> Vec<&'static str> {
    law::all().iter().map(|r| r.id.as_str()).collect()
}

const REQUEST: Field = Field::new("request", Takes::Record(&["request"]), "the request").positional();
const TEXT: Field = Field::new("text", Takes::Body, "in words");
const BECAUSE: Field = Field::new("because", Takes::Body, "why").required();

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "request",
        name: "new",
        about: "Write a request; what its instrument demands must be there, unless it is a draft",
        fields: &[
            Field::new("kind", Takes::Word(kinds), "the kind of request").required(),
            Field::new("case", Takes::Record(&["case"]), "the case").required(),
            Field::new("to", Takes::Partner, "the partner that is asked").required(),
            Field::new("field", Takes::PairsOf(fields_of), "what it says: name=text, for each field of its kind")
                .repeated(),
            Field::new("draft", Takes::Flag, "keep it though fields are missing"),
            Field::new("request", Takes::Record(&["request"]), "a draft to write anew"),
        ],
        act: "request-new",
        run: Run::Writes(new),
    },
    Verb {
        noun: "request",
        name: "list",
        about: "List the requests, what is due first",
        fields: &[
            Field::new("inbound", Takes::Flag, "only those that partners sent"),
            Field::new("outbound", Takes::Flag, "only those of this desk"),
        ],
        act: "",
        run: Run::Reads(list),
    },
    Verb { noun: "request", name: "show", about: "Show a request", fields: &[REQUEST], act: "", run: Run::Reads(show) },
    Verb {
        noun: "request",
        name: "submit",
        about: "Hand a request in for its legal review",
        fields: &[REQUEST],
        act: "request-submit",
        run: Run::Writes(submit),
    },
    Verb {
        noun: "request",
        name: "send",
        about: "Send an approved request",
        fields: &[REQUEST],
        act: "request-send",
        run: Run::Writes(send),
    },
    Verb {
        noun: "request",
        name: "acknowledge",
        about: "Say that a request has arrived",
        fields: &[REQUEST, TEXT],
        act: "request-answer",
        run: Run::Writes(acknowledge),
    },
    Verb {
        noun: "request",
        name: "accept",
        about: "Accept a request",
        fields: &[REQUEST, TEXT],
        act: "request-answer",
        run: Run::Writes(accept),
    },
    Verb {
        noun: "request",
        name: "refuse",
        about: "Refuse a request, on a ground of its instrument, with reasons",
        fields: &[
            REQUEST,
            Field::new("ground", Takes::Line, "the ground, of the closed list of its kind").required(),
            BECAUSE,
        ],
        act: "request-answer",
        run: Run::Writes(refuse),
    },
    Verb {
        noun: "request",
        name: "clarify",
        about: "Ask back: something of a request must be made clear",
        fields: &[REQUEST, Field::new("text", Takes::Body, "what is unclear").required()],
        act: "request-answer",
        run: Run::Writes(clarify),
    },
    Verb {
        noun: "request",
        name: "deliver",
        about: "Answer a request: what it asks for was disclosed, or is said in words",
        fields: &[REQUEST, TEXT],
        act: "request-answer",
        run: Run::Writes(deliver),
    },
    Verb {
        noun: "request",
        name: "report-use",
        about: "Report what use was made of an answer",
        fields: &[REQUEST, Field::new("text", Takes::Body, "the use").required()],
        act: "request-report",
        run: Run::Writes(report_use),
    },
    Verb {
        noun: "request",
        name: "withdraw",
        about: "Take a request back",
        fields: &[REQUEST, BECAUSE],
        act: "request-withdraw",
        run: Run::Writes(withdraw),
    },
];

/// The fields of the kind that is chosen; of a draft that is written anew, too.
fn fields_of(_: &Desk, form: &Form) -> Result<Vec<PairRow>, Failure> {
    let Some(kind) = form.maybe("kind").and_then(law::by_id) else { return Ok(Vec::new()) };
    let row = |f: &law::FieldRow| PairRow {
        name: f.id.clone(),
        label: f.label.clone(),
        help: f.help.clone(),
        article: f.article.clone(),
        required: f.required,
        words: Vec::new(),
    };
    Ok(kind.field.iter().map(row).collect())
}

/// A request as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The record.
    pub id: String,
    /// `inbound` or `outbound`.
    pub direction: &'static str,
    /// The other desk.
    pub partner: String,
    /// Its kind.
    pub kind: String,
    /// The article that it rests on.
    pub article: String,
    /// The name of its kind.
    pub name: String,
    /// Where it stands.
    pub state: String,
    /// The states that stand side by side in a conflict.
    pub heads: Vec<String>,
    /// The case.
    pub case: String,
    /// For what.
    pub purpose: String,
    /// The tier of what is asked.
    pub tier: u8,
    /// Fields that are still missing.
    pub missing: Vec<String>,
    /// When it was sent.
    pub sent: Option<String>,
    /// The next instant at which something is due.
    pub due: Option<String>,
    /// What runs.
    pub clocks: Vec<ClockRow>,
    /// What it says.
    pub fields: Vec<(String, String)>,
    /// The ground of a refusal.
    pub ground: Option<String>,
}

/// A clock as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct ClockRow {
    /// `reply`, `preservation` or `authority`.
    pub clock: String,
    /// `ordinary`, `emergency`, …
    pub variant: String,
    /// The target; none where no limit is fixed.
    pub due: Option<String>,
    /// The legal limit.
    pub limit: Option<String>,
    /// The rule.
    pub source: String,
}

/// A request's record as it is shown.
pub fn row(desk: &Desk, record: &Record) -> Result<Row, Failure> {
    let terms = terms_of(record)?;
    let law = law::by_id(&terms.kind);
    let content = desk.content(record)?;
    let fields = content.as_ref().and_then(|c| c.get("fields")).and_then(Json::members).unwrap_or_default();
    let clocks = record.terms.get("clocks").and_then(Json::items).unwrap_or_default();
    let text = |j: &Json, key: &str| j.get(key).and_then(Json::text).map(str::to_owned);
    Ok(Row {
        id: record.id.to_string(),
        direction: if record.desk == desk.meta.desk { "outbound" } else { "inbound" },
        partner: record.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default(),
        article: law.map(|l| l.article.clone()).unwrap_or_default(),
        name: law.map(|l| l.name.clone()).unwrap_or_default(),
        state: record.state.clone(),
        heads: request::heads(record).into_iter().map(|(s, _)| s.word().to_owned()).collect(),
        case: terms.case.to_string(),
        purpose: terms.purpose,
        tier: terms.tier.number(),
        missing: terms.missing,
        sent: record.text("sent").map(str::to_owned),
        due: record.due.map(|t| t.to_string()),
        clocks: clocks
            .iter()
            .map(|c| ClockRow {
                clock: text(c, "clock").unwrap_or_default(),
                variant: text(c, "variant").unwrap_or_default(),
                due: text(c, "due"),
                limit: text(c, "limit"),
                source: text(c, "source").unwrap_or_default(),
            })
            .collect(),
        fields: fields.iter().filter_map(|(k, v)| Some((k.clone(), v.text()?.to_owned()))).collect(),
        ground: record.text("ground").map(str::to_owned),
        kind: terms.kind,
    })
}

/// Every request, what is due first.
pub fn rows(desk: &Desk) -> Result<Vec<Row>, Failure> {
    let mut all = desk.book().find(&Query::kind(request::KIND.name))?;
    all.sort_by_key(|r| (r.due.is_none(), r.due));
    all.iter().map(|r| row(desk, r)).collect()
}

fn list(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let mut rows = rows(desk)?;
    let way = match (form.flag("inbound"), form.flag("outbound")) {
        (true, false) => Some("inbound"),
        (false, true) => Some("outbound"),
        _ => None,
    };
    rows.retain(|r| way.is_none_or(|w| r.direction == w));
    let columns = &[
        ("id", "ID"),
        ("direction", "WAY"),
        ("partner", "DESK"),
        ("kind", "KIND"),
        ("state", "STATE"),
        ("due", "DUE"),
    ];
    Ok(Answer::list(&rows, columns))
}

fn show(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    Ok(Answer::thing(&row(desk, &record)?))
}

fn find(desk: &Desk, form: &Form) -> Result<Record, Failure> {
    desk.find_record(form.need("request")?, &[request::KIND.name])
}

fn kind_of(id: &str) -> Result<&'static RequestKind, Failure> {
    law::by_id(id).ok_or_else(|| Failure::usage(format!("--kind {}: {} are known", shown(id), kinds().join(", "))))
}

fn new(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let kind = kind_of(form.need("kind")?)?;
    let case = desk.find_record(form.need("case")?, &[case::KIND.name])?;
    let to = desk.partner(form.need("to")?)?;
    let mut fields = object! {};
    for (name, value) in form.pairs("field")? {
        if !kind.field.iter().any(|f| f.id == name) {
            let known: Vec<_> = kind.field.iter().map(|f| f.id.as_str()).collect();
            return Err(Failure::usage(format!("--field {}: {} has {}", shown(&name), kind.id, known.join(", "))));
        }
        let value =
            crate::value::text::body(&value).map_err(|e| Failure::usage(format!("--field {} {e}", shown(&name))))?;
        fields.set(&name, value);
    }
    let said = |id: &str| fields.get(id).and_then(Json::text).is_some_and(|t| !crate::value::text::is_blank(t));
    let missing = kind.missing(said);
    let purpose = case.text("purpose").unwrap_or(from_book::DESK_PURPOSE).to_owned();
    if !missing.is_empty() && !form.flag("draft") {
        // The same question that handing it in will ask.
        let asked = Asked { missing: missing.clone(), purpose: Some(purpose), ..Asked::default() };
        let facts =
            from_book::act_facts(&desk.book(), &desk.meta.realm, desk.now(), "request-submit", desk.person(), &asked)?;
        let demands: Vec<String> = kind
            .field
            .iter()
            .filter(|f| missing.contains(&f.id))
            .map(|f| format!("{} ({})", f.label, f.article))
            .collect();
        return Err(Failure::refused(facts.judge(), None)
            .remedy(format!("say each with --field name=text, or keep it with --draft: {}", demands.join("; "))));
    }
    let terms = Terms { kind: kind.id.clone(), case: case.id, to: to.id, purpose, tier: kind.tier(), missing };
    let id = match form.maybe("request") {
        Some(draft) => desk.find_record(draft, &[request::KIND.name])?.id,
        None => desk.entropy.id()?,
    };
    desk.act_alone("request-new", Audience::Own, |e, _| Ok(request::drafted(id, &terms, &fields, e.salt()?)))?;
    let said = if terms.missing.is_empty() {
        "Written. Hand it in with `request submit`.".to_owned()
    } else {
        format!("Kept as a draft; still missing: {}.", terms.missing.join(", "))
    };
    Ok(Answer::made(id, said).with("missing", terms.missing))
}

fn submit(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let terms = terms_of(&record)?;
    let kind = kind_of(&terms.kind)?;
    let scope = review::Scope {
        subject: record.id,
        to: terms.to,
        purpose: terms.purpose,
        level: kind.level(),
        tier: terms.tier,
    };
    let id = desk.entropy.id()?;
    desk.act("request-submit", Audience::Own, None, |act, _| {
        act.change(request::submitted(record.id))?;
        act.change(review::new(id, &scope))?;
        Ok(())
    })?;
    Ok(Answer::made(record.id, format!("Handed in; its review is V-{}, level {}.", id.short(), scope.level))
        .with("review", id.to_string()))
}

/// The clocks that an event starts, as terms.
fn clocks(kind: &RequestKind, event: Instant) -> Json {
    let one = |c: &deadline::Clock<'_>| {
        object! {
            "clock" => c.row.clock.as_str(), "variant" => c.row.variant.as_str(),
            "due" => c.target.map(|t| t.to_string()), "limit" => c.limit.map(|t| t.to_string()), "source" => c.row.source.as_str(),
        }
    };
    Json::Arr(deadline::clocks(kind, event).iter().map(one).collect())
}

fn send(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let terms = terms_of(&record)?;
    let kind = kind_of(&terms.kind)?;
    let content = desk.content(&record)?;
    let fields = content.as_ref().and_then(|c| c.get("fields")).cloned().unwrap_or_else(|| object! {});
    let (realm, me) = (desk.meta.realm.clone(), desk.person());
    desk.act(request::SEND, Audience::Desks(vec![terms.to]), Some(kind.id.clone()), |act, entropy| {
        let asked = request::asked_to_send(record.id, &terms);
        let facts = from_book::act_facts(&act.book(), &realm, act.now(), request::SEND, me, &asked)?;
        let clocks = clocks(kind, act.now());
        act.change(request::sent(record.id, &terms, &clocks, &facts.to_json(), &fields, entropy.salt()?))?;
        Ok(())
    })?;
    Ok(Answer::made(record.id, format!("Sent: it leaves with the next bundle to {}.", desk.code_of(terms.to)?)))
}

fn answer(desk: &mut Desk, form: &Form, given: Given, ground: Option<&str>, text: &str) -> Result<Id, Failure> {
    let record = find(desk, form)?;
    desk.act_alone("request-answer", Audience::Desks(vec![record.desk]), |e, _| {
        Ok(request::answered(record.id, given, ground, text, e.salt()?))
    })
}

fn acknowledge(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Acknowledge, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Acknowledged: the partner hears it with the next bundle."))
}

fn accept(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Accept, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Accepted: the partner hears it with the next bundle."))
}

fn refuse(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let kind = kind_of(&terms_of(&record)?.kind)?;
    let ground = form.need("ground")?;
    if !kind.grounds.iter().any(|g| g == ground) {
        let what =
            format!("{} may be refused on {} alone, not on {}", kind.article, kind.grounds.join(", "), shown(ground));
        return Err(Failure::new(
            Kind::Refused,
            what,
            "name a ground of that list; `comity law show` tells what each means",
        ));
    }
    let because = form.body("because")?.unwrap_or_default();
    let id = answer(desk, form, Given::Refuse, Some(ground), &because)?;
    Ok(Answer::made(id, format!("Refused on {ground}; the reasons go with it.")))
}

fn clarify(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Clarify, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Asked back."))
}

fn deliver(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Deliver, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Delivered: the answer leaves with the next bundle."))
}

fn report_use(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let text = form.body("text")?.unwrap_or_default();
    let id = desk.act_alone("request-report", Audience::Desks(record.partner.into_iter().collect()), |e, _| {
        Ok(request::reported(record.id, &text, e.salt()?))
    })?;
    Ok(Answer::made(id, "The use is reported."))
}

fn withdraw(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let because = form.body("because")?.unwrap_or_default();
    // What never left is withdrawn at home.
    let left = record.text("sent").is_some();
    let audience = if left { Audience::Desks(record.partner.into_iter().collect()) } else { Audience::Own };
    let id =
        desk.act_alone("request-withdraw", audience, |e, _| Ok(request::withdrawn(record.id, &because, e.salt()?)))?;
    Ok(Answer::made(id, "Withdrawn."))
}
