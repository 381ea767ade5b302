//! Requests: written against the fields of their kind, reviewed, sent, answered, followed to their end.

use serde::Serialize;

use super::failure::{Failure, Kind};
use super::job::Job;
use super::verb::{Answer, Field, Form, Known, PairRow, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::header::Audience;
use crate::gate::from_book;
use crate::law::deadline;
use crate::law::edition::Law;
use crate::law::ground::Ground;
use crate::law::jurisdiction::Jurisdiction;
use crate::law::request::{self as kind, RequestKind};
use crate::object;
use crate::record::book::{Book as _, Query, Record};
use crate::record::fold::Asked;
use crate::record::request::{self, Answer as Given, Answered, Report, Sent, Terms, terms_of};
use crate::record::{case, review};
use crate::value::class::Condition;
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::json::Json;
use crate::value::text::shown;

fn kinds() -> Vec<&'static str> {
    kind::all().iter().map(|r| r.id.as_str()).collect()
}

const REQUEST: Field = Field::new("request", Takes::Record(&["request"]), "the request").positional();
const TEXT: Field = Field::new("text", Takes::Body, "in words");
const BECAUSE: Field = Field::new("because", Takes::Body, "why").required();
const CONDITION: Field =
    Field::new("condition", Takes::Words(super::review::conditions), "a condition on the desk that asks").repeated();

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "request",
        name: "new",
        about: "Write a request; what its instrument demands must be there, unless it is a draft",
        fields: &[
            Field::new("kind", Takes::Word(kinds), "the kind of request").required(),
            Field::new(
                "case",
                Takes::Record(&["case"]),
                "the case; without it, that of the item or of what it follows on",
            ),
            Field::new("to", Takes::Partner, "the partner that is asked").required(),
            Field::new("urgency", Takes::Word(urgencies), "which of its clocks run; without it, the ordinary ones"),
            Field::new("order-days", Takes::Number, "the time that the order itself sets, in days"),
            Field::new("authority-until", Takes::Time, "when the warrant or authorisation behind it expires"),
            Field::new("follows", Takes::Record(&["request"]), "the request that it follows on"),
            Field::new("item", Takes::Record(&["item"]), "consent: the item that it is about"),
            Field::new("for", Takes::Partner, "consent: the partner that the item would go to"),
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
        fields: &[REQUEST, Field::new("partly", Takes::Flag, "only in part; the text says which"), CONDITION, TEXT],
        act: "request-answer",
        run: Run::Writes(accept),
    },
    Verb {
        noun: "request",
        name: "offer",
        about: "Offer to carry a request out under conditions: those that are ticked, and what the text names",
        fields: &[REQUEST, CONDITION, Field::new("text", Takes::Body, "the conditions in words").required()],
        act: "request-answer",
        run: Run::Writes(offer),
    },
    Verb {
        noun: "request",
        name: "postpone",
        about: "Put a request off, with reasons; on a ground, where its instrument names one for that",
        fields: &[
            REQUEST,
            Field::new("ground", Takes::Known(grounds_to_postpone), "the ground, of the closed list of its kind"),
            BECAUSE,
        ],
        act: "request-answer",
        run: Run::Writes(postpone),
    },
    Verb {
        noun: "request",
        name: "execute",
        about: "Say that a request is being carried out",
        fields: &[REQUEST, TEXT],
        act: "request-answer",
        run: Run::Writes(execute),
    },
    Verb {
        noun: "request",
        name: "consent",
        about: "Consent to the item of a request going where it asks for",
        fields: &[REQUEST, TEXT],
        act: "request-answer",
        run: Run::Writes(consent),
    },
    Verb {
        noun: "request",
        name: "refuse",
        about: "Refuse a request, on a ground of its instrument, with reasons",
        fields: &[
            REQUEST,
            Field::new("ground", Takes::Known(grounds_to_refuse), "the ground, of the closed list of its kind")
                .required(),
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
        name: "reply",
        about: "Make clear what the partner asked back about an own request",
        fields: &[REQUEST, Field::new("text", Takes::Body, "what was unclear, made clear").required()],
        act: "request-report",
        run: Run::Writes(reply),
    },
    Verb {
        noun: "request",
        name: "agree",
        about: "Take the conditions under which the partner would carry an own request out",
        fields: &[REQUEST, TEXT],
        act: "request-report",
        run: Run::Writes(agree),
    },
    Verb {
        noun: "request",
        name: "close",
        about: "Close an own request: nothing more is expected",
        fields: &[REQUEST, TEXT],
        act: "request-report",
        run: Run::Writes(close),
    },
    Verb {
        noun: "request",
        name: "expire",
        about: "Note that the last clock of an own request has ended without an answer",
        fields: &[REQUEST, TEXT],
        act: "request-report",
        run: Run::Writes(expire),
    },
    Verb {
        noun: "request",
        name: "extend",
        about: "Ask that a period of an own request be extended; `request letter --of extension` writes it",
        fields: &[REQUEST, Field::new("text", Takes::Body, "which period, until when, and why").required()],
        act: "request-report",
        run: Run::Writes(extend),
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
    Verb {
        noun: "request",
        name: "resolve",
        about: "Decide between two answers that crossed: neither desk knew of the other's",
        fields: &[
            REQUEST,
            Field::new("take", Takes::Word(states), "the state that counts, one of those that stand").required(),
            BECAUSE,
        ],
        act: "conflict-resolve",
        run: Run::Writes(resolve),
    },
];

fn states() -> Vec<&'static str> {
    request::State::ALL.iter().map(|s| s.word()).collect()
}

/// The fields of the kind that is chosen; of a draft that is written anew, too.
fn fields_of(desk: &Desk, form: &Form) -> Result<Vec<PairRow>, Failure> {
    let law = desk.law()?;
    let Some(kind) = form.maybe("kind").and_then(|id| law.request(id)) else { return Ok(Vec::new()) };
    let row = |f: &kind::FieldRow| PairRow {
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
    /// Whether its instrument is in force between the two sides.
    pub in_force: bool,
    /// What runs.
    pub clocks: Vec<ClockRow>,
    /// What it says.
    pub fields: Vec<(String, String)>,
    /// The ground of a refusal, or of putting it off.
    pub ground: Option<String>,
    /// What the review of the desk that asks came to.
    pub decision: Option<DecisionRow>,
    /// The conditions under which the partner would carry it out, or does.
    pub offered: Vec<String>,
}

/// What a review came to, as it travels with its request: not its reasons.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionRow {
    /// `approved`, `conditions` or `partial`.
    pub outcome: String,
    /// How deep it was.
    pub level: String,
    /// The conditions.
    pub conditions: Vec<String>,
    /// The caveats, in words.
    pub caveats: Vec<String>,
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

/// Clocks as they are shown, from those that a sent request carries.
pub fn clocks_of(clocks: &Json) -> Vec<ClockRow> {
    let text = |j: &Json, key: &str| j.get(key).and_then(Json::text).map(str::to_owned);
    let read = |c: &Json| ClockRow {
        clock: text(c, "clock").unwrap_or_default(),
        variant: text(c, "variant").unwrap_or_default(),
        due: text(c, "due"),
        limit: text(c, "limit"),
        source: text(c, "source").unwrap_or_default(),
    };
    clocks.items().unwrap_or_default().iter().map(read).collect()
}

/// A request's record as it is shown.
pub fn row(desk: &Desk, record: &Record) -> Result<Row, Failure> {
    let terms = terms_of(record)?;
    let law = super::law::of(desk, record, &[request::SEND])?;
    let kind = law.request(&terms.kind);
    let at = record.instant("sent").unwrap_or(desk.now());
    let content = desk.content(record)?;
    let fields = content.as_ref().and_then(|c| c.get("fields")).and_then(Json::members).unwrap_or_default();
    let caveats = caveats(desk, record, content.as_ref())?;
    let words = |all: &[Condition]| all.iter().map(|c| c.word().to_owned()).collect();
    Ok(Row {
        id: record.id.to_string(),
        direction: if record.desk == desk.meta.desk { "outbound" } else { "inbound" },
        partner: record.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default(),
        article: kind.map(|k| k.article.clone()).unwrap_or_default(),
        name: kind.map(|k| k.name.clone()).unwrap_or_default(),
        state: record.state.clone(),
        heads: request::heads(record).into_iter().map(|(s, _)| s.word().to_owned()).collect(),
        case: terms.case.to_string(),
        purpose: terms.purpose,
        tier: terms.tier.number(),
        missing: terms.missing,
        sent: record.text("sent").map(str::to_owned),
        in_force: match (kind, record.partner.map(|p| desk.book().get(p)).transpose()?.flatten()) {
            (Some(kind), Some(other)) => binds(desk, &law, kind, &other, at)?,
            _ => false,
        },
        due: record.due.map(|t| t.to_string()),
        clocks: clocks_of(record.terms.get("clocks").unwrap_or(&Json::Null)),
        fields: fields.iter().filter_map(|(k, v)| Some((k.to_string(), v.text()?.to_owned()))).collect(),
        ground: record.text("ground").map(str::to_owned),
        decision: record.terms.get("decision").filter(|d| d.members().is_some()).map(|d| {
            let text = |key: &str| d.get(key).and_then(Json::text).unwrap_or_default().to_owned();
            DecisionRow {
                outcome: text("outcome"),
                level: text("level"),
                conditions: words(&request::conditions_of(record)),
                caveats,
            }
        }),
        offered: words(&request::offered_of(record)),
        kind: terms.kind,
    })
}

/// The caveats that a request was sent with. An own request keeps its draft as its content: they stand in its review.
fn caveats(desk: &Desk, record: &Record, content: Option<&Json>) -> Result<Vec<String>, Failure> {
    if record.desk != desk.meta.desk {
        let all = content.and_then(|c| c.get("caveats")).and_then(Json::items).unwrap_or_default();
        return Ok(all.iter().filter_map(|c| c.text().map(str::to_owned)).collect());
    }
    let review = review::deciding(&desk.book(), &[record.id], record.partner.unwrap_or(desk.meta.desk))?;
    Ok(review.map(|r| super::review::told(desk, &r)).transpose()?.unwrap_or_default().caveats)
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
    let law = super::law::decided_by(desk, &record, &[request::SEND, request::ANSWER])?;
    Ok(Answer::thing(&row(desk, &record)?).with("law", law))
}

fn find(desk: &Desk, form: &Form) -> Result<Record, Failure> {
    desk.find_record(form.need("request")?, &[request::KIND.name])
}

fn kind_of<'l>(law: &'l Law, id: &str) -> Result<&'l RequestKind, Failure> {
    law.request(id).ok_or_else(|| Failure::usage(format!("--kind {}: {} are known", shown(id), kinds().join(", "))))
}

/// The urgencies that some kind of request knows.
fn urgencies() -> Vec<&'static str> {
    vec!["ordinary", "emergency", "urgent-direct", "urgent-indirect", "provisional"]
}

/// Which variant of each clock runs: the urgency's, else the ordinary one, else whatever there is.
fn variant_of(kind: &RequestKind, clock: &str, terms: &Terms) -> Option<String> {
    let has = |variant: &str| kind.clock.iter().any(|c| c.clock == clock && c.variant == variant);
    let longer = kind.clock.iter().find(|c| c.clock == clock && c.longer_wins && terms.order_days.is_some());
    let wanted = [longer.map(|c| c.variant.as_str()), terms.urgency.as_deref(), Some("ordinary"), Some("order")];
    let first = wanted.into_iter().flatten().find(|v| has(v)).map(str::to_owned);
    first.or_else(|| kind.clock.iter().find(|c| c.clock == clock).map(|c| c.variant.clone()))
}

/// Names for what a request lacks before it may be handed in or sent: fields of its kind; `in-force` where its
/// instrument binds not both sides.
fn lacks(
    desk: &Desk,
    law: &Law,
    kind: &RequestKind,
    to: &Record,
    said: impl Fn(&str) -> bool,
) -> Result<Vec<String>, Failure> {
    let mut missing = kind.missing(said);
    if desk.meta.realm == crate::value::realm::Realm::Live && !binds(desk, law, kind, to, desk.now())? {
        missing.push("in-force".to_owned());
    }
    Ok(missing)
}

/// Whether a kind's instrument is in force between this desk's jurisdiction and a partner's at a time.
pub fn binds(desk: &Desk, law: &Law, kind: &RequestKind, other: &Record, at: Instant) -> Result<bool, Failure> {
    let own = desk.own_record()?;
    let code = |r: &Record| r.text("jurisdiction").unwrap_or_default().to_owned();
    Ok(law.in_force_between(&kind.instrument, &code(&own), &code(other), at))
}

fn new(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let law = &*desk.law()?;
    let kind = kind_of(law, form.need("kind")?)?;
    let record = |field: &str, of: &'static str| form.maybe(field).map(|t| desk.find_record(t, &[of])).transpose();
    let (item, follows) = (record("item", "item")?, record("follows", request::KIND.name)?);
    let around = item.as_ref().or(follows.as_ref()).and_then(|r| r.case);
    let case = match (form.maybe("case"), around) {
        (Some(typed), _) => desk.find_record(typed, &[case::KIND.name])?,
        (None, Some(id)) => desk.find_record(&id.to_string(), &[case::KIND.name])?,
        (None, None) => return Err(Failure::usage("--case is missing")),
    };
    let to = desk.partner(form.need("to")?)?;
    let urgency = form.maybe_read("urgency", "an urgency", |w| urgencies().into_iter().find(|u| *u == w))?;
    if let Some(urgency) = urgency.filter(|u| *u != "ordinary")
        && !kind.clock.iter().any(|c| c.variant == urgency)
    {
        let known: Vec<&str> = kind.clock.iter().map(|c| c.variant.as_str()).collect();
        return Err(Failure::usage(format!("--urgency {urgency}: {} has {}", kind.id, known.join(", "))));
    }
    if let Some(before) = &follows {
        let follows = terms_of(before)?.kind;
        let may = law.request(&follows).is_some_and(|k| k.follow_on.contains(&kind.id));
        if !may {
            return Err(Failure::usage(format!("--follows: {} does not follow on {follows}", kind.id)));
        }
    }
    let recipient = form.maybe("for").map(|p| desk.partner(p)).transpose()?.map(|p| p.id);
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
    let missing = lacks(desk, law, kind, &to, said)?;
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
        let mut remedy = Vec::new();
        if !demands.is_empty() {
            remedy.push(format!("say each with --field name=text, or keep it with --draft: {}", demands.join("; ")));
        }
        if missing.iter().any(|m| m == "in-force") {
            remedy.push(not_in_force(kind));
        }
        return Err(Failure::refused(facts.judge(), None).remedy(remedy.join("; ")));
    }
    let terms = Terms {
        kind: kind.id.clone(),
        case: case.id,
        to: to.id,
        purpose,
        tier: kind.tier(),
        missing,
        urgency: urgency.filter(|u| *u != "ordinary").map(str::to_owned),
        order_days: form.number("order-days")?.filter(|n| *n > 0),
        authority_until: form.maybe("authority-until").map(|_| form.time("authority-until", desk.now())).transpose()?,
        follows: follows.map(|r| r.id),
        item: item.map(|r| r.id),
        recipient,
    };
    if !kind.review {
        return ask_consent(desk, &terms, &fields);
    }
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
    let law = &*desk.law()?;
    let kind = kind_of(law, &terms.kind)?;
    let scope = review::Scope {
        subject: record.id,
        to: terms.to,
        purpose: terms.purpose,
        level: kind.level(),
        tier: terms.tier,
    };
    must_bind(desk, law, kind, terms.to, "request-submit", &scope.purpose)?;
    let id = desk.entropy.id()?;
    desk.act("request-submit", Audience::Own, None, |act, _| {
        act.change(request::submitted(record.id))?;
        act.change(review::new(id, &scope))?;
        Ok(())
    })?;
    Ok(Answer::made(record.id, format!("Handed in; its review is V-{}, level {}.", id.short(), scope.level))
        .with("review", id.to_string()))
}

fn not_in_force(kind: &RequestKind) -> String {
    format!("NOT IN FORCE between the two sides: {} is for drafts and exercises alone", kind.article)
}

/// Refuses, outside of exercises, what rests on an instrument that is not in force between the two sides.
fn must_bind(
    desk: &Desk,
    law: &Law,
    kind: &RequestKind,
    to: Id,
    act: &'static str,
    purpose: &str,
) -> Result<(), Failure> {
    let to = desk.book().get(to)?;
    let live = desk.meta.realm == crate::value::realm::Realm::Live;
    let Some(to) = to.filter(|_| live) else { return Ok(()) };
    if binds(desk, law, kind, &to, desk.now())? {
        return Ok(());
    }
    let asked = Asked { missing: vec!["in-force".into()], purpose: Some(purpose.to_owned()), ..Asked::default() };
    let facts = from_book::act_facts(&desk.book(), &desk.meta.realm, desk.now(), act, desk.person(), &asked)?;
    Err(Failure::refused(facts.judge(), None).remedy(not_in_force(kind)))
}

/// The clocks that run from when a request is sent, as terms: one for each clock of its kind, in the variant that its
/// urgency asks for; an emergency's validation beside them.
pub fn clocks(desk: &Desk, law: &Law, kind: &RequestKind, terms: &Terms, event: Instant) -> Result<Json, Failure> {
    let other = desk.book().get(terms.to)?;
    let code = other.as_ref().and_then(|r| r.text("jurisdiction")).unwrap_or_default();
    let calendar = law.jurisdiction(code).map(Jurisdiction::calendar).unwrap_or_default();
    let mut all = Vec::new();
    for clock in deadline::clocks(law, kind, event, terms.order_days, &calendar) {
        let row = clock.row;
        let chosen = variant_of(kind, &row.clock, terms).is_some_and(|v| v == row.variant);
        let validation = row.variant == "validation" && terms.urgency.as_deref() == Some("emergency");
        let starts = matches!(row.starts.as_str(), "sent" | "issued" | "received");
        if !(starts && (chosen || validation)) {
            continue;
        }
        let expires = terms.authority_until.filter(|_| row.clock == "authority" && row.variant == "order");
        let said = |t: Option<Instant>| expires.or(t).map(|t| t.to_string());
        all.push(object! {
            "clock" => row.clock.as_str(), "variant" => row.variant.as_str(), "due" => said(clock.target),
            "limit" => said(clock.limit), "source" => row.source.as_str(),
        });
    }
    Ok(Json::Arr(all))
}

/// Asks an originator whether an item of his may go on to another desk. It needs no review: it gives nothing away.
fn ask_consent(desk: &mut Desk, terms: &Terms, fields: &Json) -> Result<Answer, Failure> {
    let (Some(item), Some(_)) = (terms.item, terms.recipient) else {
        return Err(Failure::usage("a consent is asked for an --item and the partner that it is --for"));
    };
    let origin = desk.book().get(item)?.map(|r| r.desk);
    if origin != Some(terms.to) {
        return Err(Failure::life("that desk is not the originator of the item").remedy("ask its originator with --to"));
    }
    let id = desk.entropy.id()?;
    desk.act_alone(request::CONSENT, Audience::Desks(vec![terms.to]), |e, _| {
        Ok(request::consent_asked(id, terms, fields, e.salt()?))
    })?;
    Ok(Answer::made(id, format!("Asked: it leaves with the next bundle to {}.", desk.code_of(terms.to)?)))
}

fn send(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let terms = terms_of(&record)?;
    let law = &*desk.law()?;
    let kind = kind_of(law, &terms.kind)?;
    must_bind(desk, law, kind, terms.to, request::SEND, &terms.purpose)?;
    let content = desk.content(&record)?;
    let fields = content.as_ref().and_then(|c| c.get("fields")).cloned().unwrap_or_else(|| object! {});
    let (realm, me) = (desk.meta.realm.clone(), desk.person());
    let clocks = clocks(desk, law, kind, &terms, desk.now())?;
    // The decision of the review and its conditions travel; its reasoning stays here.
    let review = review::deciding(&desk.book(), &[record.id], terms.to)?;
    let conditions = review.as_ref().map(review::conditions_of).unwrap_or_default();
    let caveats = caveats(desk, &record, content.as_ref())?;
    desk.act(request::SEND, Audience::Desks(vec![terms.to]), Some(kind.id.clone()), |act, entropy| {
        let asked = request::asked_to_send(record.id, &terms);
        let facts = from_book::act_facts(&act.book(), &realm, act.now(), request::SEND, me, &asked)?;
        let sent = Sent { clocks, asked: facts.to_json(), conditions, caveats, fields };
        act.change(request::sent(record.id, &terms, sent, entropy.salt()?))?;
        Ok(())
    })?;
    Ok(Answer::made(record.id, format!("Sent: it leaves with the next bundle to {}.", desk.code_of(terms.to)?)))
}

fn answer(desk: &mut Desk, form: &Form, given: Given, ground: Option<&str>, text: &str) -> Result<Id, Failure> {
    let record = find(desk, form)?;
    let conditions = form.words("condition", "a condition", Condition::parse)?;
    desk.act_alone(request::ANSWER, Audience::Desks(vec![record.desk]), |e, _| {
        let said = Answered { answer: given, ground, conditions, text };
        Ok(request::answered(record.id, said, e.salt()?))
    })
}

fn acknowledge(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Acknowledge, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Acknowledged: the partner hears it with the next bundle."))
}

fn accept(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let given = if form.flag("partly") { Given::AcceptPartly } else { Given::Accept };
    let id = answer(desk, form, given, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Accepted: the partner hears it with the next bundle."))
}

fn offer(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Offer, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Offered under conditions: the partner takes them, or withdraws."))
}

fn postpone(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let ground = ground_of(desk, form, POSTPONE)?;
    let id = answer(desk, form, Given::Postpone, ground.as_deref(), &form.body("because")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Put off; the reasons go with it."))
}

fn execute(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Execute, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "It is being carried out: the partner hears it with the next bundle."))
}

fn consent(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Consent, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Consent is given: the partner hears it with the next bundle."))
}

fn refuse(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let ground = ground_of(desk, form, REFUSE)?.ok_or_else(|| {
        Failure::new(
            Kind::Refused,
            "the instrument of this request names no ground of refusal",
            "accept it, put it off, or offer it under conditions",
        )
    })?;
    let id = answer(desk, form, Given::Refuse, Some(&ground), &form.body("because")?.unwrap_or_default())?;
    Ok(Answer::made(id, format!("Refused on {ground}; the reasons go with it.")))
}

const REFUSE: &str = "refuse";
const POSTPONE: &str = "postpone";

fn grounds_to_refuse(desk: &Desk, form: &Form) -> Result<Vec<Known>, Failure> {
    known_grounds(desk, form, REFUSE)
}

fn grounds_to_postpone(desk: &Desk, form: &Form) -> Result<Vec<Known>, Failure> {
    known_grounds(desk, form, POSTPONE)
}

/// The grounds on which the request of a form may be refused or put off.
fn known_grounds(desk: &Desk, form: &Form, effect: &str) -> Result<Vec<Known>, Failure> {
    if form.maybe("request").is_none() {
        return Ok(Vec::new());
    }
    let law = desk.law()?;
    let kind = kind_of(&law, &terms_of(&find(desk, form)?)?.kind)?;
    let known =
        |g: &&Ground| Known { word: g.id.clone(), text: format!("{} ({})", g.text, g.source_in(&kind.instrument)) };
    Ok(law.grounds(kind, effect).iter().map(known).collect())
}

/// The ground that was named, out of the closed list of the kind; `None` where the list has none for that.
fn ground_of(desk: &Desk, form: &Form, effect: &str) -> Result<Option<String>, Failure> {
    let law = desk.law()?;
    let kind = kind_of(&law, &terms_of(&find(desk, form)?)?.kind)?;
    let known: Vec<&str> = law.grounds(kind, effect).iter().map(|g| g.id.as_str()).collect();
    let (verb, other) = if effect == REFUSE { ("refused", "request postpone") } else { ("put off", "request refuse") };
    let refused = |what: String, next: String| Err(Failure::new(Kind::Refused, what, next));
    match form.maybe("ground") {
        None if known.is_empty() => Ok(None),
        None if effect == REFUSE => form.need("ground").map(|g| Some(g.to_owned())),
        None => refused(
            format!("{}: what is asked under it is {verb} on a ground of its closed list alone", kind.article),
            format!("name it with --ground: {}", known.join(", ")),
        ),
        Some(ground) if known.contains(&ground) => Ok(Some(ground.to_owned())),
        Some(ground) if kind.grounds.iter().any(|g| g == ground) => refused(
            format!("{ground} is no ground on which {} may be {verb}", kind.article),
            format!("use `{other}`, or name another ground"),
        ),
        Some(ground) => refused(
            match known.as_slice() {
                [] => format!("{} names no ground on which it may be {verb}, so not {}", kind.article, shown(ground)),
                all => format!("{} may be {verb} on {} alone, not on {}", kind.article, all.join(", "), shown(ground)),
            },
            "name a ground of that list; `comity law show` tells what each means".to_owned(),
        ),
    }
}

fn clarify(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Clarify, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Asked back."))
}

fn deliver(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = answer(desk, form, Given::Deliver, None, &form.body("text")?.unwrap_or_default())?;
    Ok(Answer::made(id, "Delivered: the answer leaves with the next bundle."))
}

fn say_more(desk: &mut Desk, form: &Form, report: Report, done: &str) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let text = form.body("text")?.unwrap_or_default();
    let id = desk.act_alone("request-report", Audience::Desks(record.partner.into_iter().collect()), |e, _| {
        Ok(request::reported(record.id, report, &text, e.salt()?))
    })?;
    Ok(Answer::made(id, done))
}

fn report_use(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    say_more(desk, form, Report::Use, "The use is reported.")
}

fn reply(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    say_more(desk, form, Report::Clarified, "Made clear: the partner hears it with the next bundle.")
}

fn agree(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    say_more(desk, form, Report::TakeConditions, "The conditions are taken: they bind this desk from now on.")
}

fn close(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    say_more(desk, form, Report::Close, "Closed.")
}

fn extend(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    say_more(desk, form, Report::Extend, "The partner hears it with the next bundle; no deadline has moved.")
}

fn expire(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    say_more(desk, form, Report::Expire, "Expired: its last clock has ended.")
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

fn resolve(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let take = form.read("take", "a state", request::State::parse)?;
    let because = form.body("because")?.unwrap_or_default();
    let audience = Audience::Desks(record.partner.into_iter().collect());
    let id = desk
        .act_alone("conflict-resolve", audience, |e, _| Ok(request::resolved(record.id, take, &because, e.salt()?)))?;
    Ok(Answer::made(id, format!("Resolved: it is {}.", take.word())))
}
