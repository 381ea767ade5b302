//! The law as it is known here: kinds of request, what they must say, their clocks and grounds; ceilings; jurisdictions
//! and where they differ. Each row with its source, its status, and the day on which somebody verified it.

use serde_json::{Value, json};

use super::failure::Failure;
use super::job::Job;
use super::verb::{Answer, Field, Form, Place, Run, Takes, Verb};
use crate::law::deadline::{self, Calendar};
use crate::law::instrument::{self, Instrument};
use crate::law::jurisdiction::{self, Jurisdiction};
use crate::law::request::{self, RequestKind};
use crate::law::{ceiling, ground, test};
use crate::value::class::Test;
use crate::value::instant::Instant;
use crate::value::text::shown;

fn kinds() -> Vec<&'static str> {
    request::all().iter().map(|r| r.id.as_str()).collect()
}

fn jurisdictions() -> Vec<&'static str> {
    jurisdiction::all().iter().map(|j| j.code.as_str()).collect()
}

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "law",
        name: "list",
        about: "List the kinds of request and the instruments that they rest on",
        fields: &[],
        act: "",
        run: Run::Free(list),
    },
    Verb {
        noun: "law",
        name: "show",
        about: "Show a kind of request: its fields, grounds, clocks, status and source",
        fields: &[Field::new("kind", Takes::Word(kinds), "the kind, such as bc29").positional()],
        act: "",
        run: Run::Free(show),
    },
    Verb {
        noun: "law",
        name: "deadline",
        about: "Reckon the target and the legal limit of every clock of a kind of request",
        fields: &[
            Field::new("kind", Takes::Word(kinds), "the kind, such as bc29").positional(),
            Field::new("from", Takes::Line, "the event: a time in UTC, or a date (00:00Z)").required(),
            Field::new("days", Takes::Number, "the time that the order itself sets, in days"),
            Field::new("calendar", Takes::Word(jurisdictions), "whose days off count; without it, Saturday and Sunday"),
        ],
        act: "",
        run: Run::Free(reckon),
    },
    Verb {
        noun: "law",
        name: "tests",
        about: "List the tests of a legal review: the question, the level that asks it, the source",
        fields: &[],
        act: "",
        run: Run::Free(tests),
    },
    Verb {
        noun: "law",
        name: "ceilings",
        about: "List up to which tier a kind of partner is given something where its agreement names no tier",
        fields: &[],
        act: "",
        run: Run::Free(ceilings),
    },
    Verb {
        noun: "law",
        name: "jurisdiction",
        about: "Show a jurisdiction: who authorises what, which instruments bind it, what it recognises",
        fields: &[Field::new("code", Takes::Word(jurisdictions), "its code").positional()],
        act: "",
        run: Run::Free(show_jurisdiction),
    },
    Verb {
        noun: "law",
        name: "compare",
        about: "Compare two jurisdictions: instruments in force between them, and where their thresholds differ",
        fields: &[
            Field::new("one", Takes::Word(jurisdictions), "a code").positional(),
            Field::new("other", Takes::Word(jurisdictions), "another code").positional(),
        ],
        act: "",
        run: Run::Free(compare),
    },
];

/// A status in words; what is not in force says so in capitals.
fn status_of(instrument: &Instrument, now: Instant) -> String {
    match (instrument.is_in_force(now), &instrument.applies_from) {
        (true, _) => "in force".to_owned(),
        (false, Some(day)) => format!("NOT IN FORCE: applies from {day}"),
        (false, None) => format!("NOT IN FORCE: {}", instrument.status.trim_end_matches(", not in force")),
    }
}

fn status(kind: &RequestKind, now: Instant) -> String {
    instrument::by_id(&kind.instrument).map_or_else(|| "NOT IN FORCE: unknown".to_owned(), |i| status_of(i, now))
}

fn kind_of(form: &Form) -> Result<&'static RequestKind, Failure> {
    let id = form.need("kind")?;
    request::by_id(id).ok_or_else(|| Failure::unknown(format!("there is no kind of request {}", shown(id))))
}

fn jurisdiction_of(form: &Form, field: &str) -> Result<&'static Jurisdiction, Failure> {
    let code = form.need(field)?;
    jurisdiction::by_code(code).ok_or_else(|| Failure::unknown(format!("there is no jurisdiction {}", shown(code))))
}

fn list(place: &mut Place, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let now = place.clock.now();
    let row = |r: &RequestKind| json!({ "id": r.id, "instrument": r.instrument, "article": r.article, "name": r.name, "tier": r.tier, "level": r.level, "counterpart": r.counterpart, "status": status(r, now), "source": r.source, "verified": r.verified });
    let rows: Vec<Value> = request::all().iter().map(row).collect();
    Ok(Answer::list(
        &rows,
        &[
            ("id", "ID"),
            ("instrument", "INSTRUMENT"),
            ("article", "ARTICLE"),
            ("status", "STATUS"),
            ("verified", "VERIFIED"),
            ("name", "NAME"),
        ],
    ))
}

/// How long a clock runs, in words.
fn length(clock: &request::ClockRow) -> String {
    let time = clock.amount.zip(clock.unit.as_deref()).map(|(n, unit)| format!("{n} {unit}s"));
    match (time, clock.longer_wins) {
        (Some(time), true) => format!("{time}, or what the order sets where that is longer"),
        (Some(time), false) => time,
        (None, _) if clock.clock == "authority" => "as the order or the warrant says".to_owned(),
        (None, _) => "no fixed limit".to_owned(),
    }
}

fn show(place: &mut Place, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let kind = kind_of(form)?;
    let now = place.clock.now();
    let status = status(kind, now);
    let grounds: Vec<&ground::Ground> = kind.grounds.iter().filter_map(|g| ground::by_id(g)).collect();
    let mut text = vec![
        format!("{}  {}, {}", kind.id, kind.name, kind.article),
        format!("  status    {status}"),
        format!("  rests on  {}", instrument::by_id(&kind.instrument).map_or("", |i| i.name.as_str())),
        format!(
            "  asks      tier {}, review {}, of a {}; data: {}",
            kind.tier,
            if kind.review { &kind.level } else { "none" },
            kind.counterpart,
            if kind.categories.is_empty() { "none".to_owned() } else { kind.categories.join(", ") }
        ),
        format!("  source    {} ({})", kind.source, kind.verified),
        String::new(),
        "MUST SAY (* required)".to_owned(),
    ];
    text.extend(kind.field.iter().map(|f| {
        format!("{} {:16} [{}] {}: {}", if f.required { "*" } else { " " }, f.id, f.article, f.label, f.help)
    }));
    text.push(String::new());
    text.push("CLOCKS".to_owned());
    text.extend(kind.clock.iter().map(|c| {
        let rolls = if c.rolls { "; an end on a day off goes on to the next working day" } else { "" };
        format!(
            "  {} {}, from when it is {}: {}{rolls}. {} ({})",
            c.clock,
            c.variant,
            c.starts,
            length(c),
            c.source,
            c.verified
        )
    }));
    text.push(String::new());
    text.push(if grounds.is_empty() {
        "GROUNDS: no closed list".to_owned()
    } else {
        "GROUNDS on which it may be refused or put off, and no others".to_owned()
    });
    text.extend(grounds.iter().map(|g| format!("  {:12} {} ({}; {})", g.id, g.text, g.source, g.verified)));
    if !kind.follow_on.is_empty() {
        text.push(format!("\nFOLLOWED BY {}", kind.follow_on.join(", ")));
    }
    let answer = Answer::thing(kind).with("status", status).with("ground", json!(grounds));
    Ok(Answer { text: Some(text.join("\n")), ..answer })
}

fn reckon(place: &mut Place, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let kind = kind_of(form)?;
    let time = |t: &str| Instant::parse(t).or_else(|| Instant::parse_date(t).map(Instant::of_date));
    let event = form.read("from", "a time such as 2026-09-04T14:20:00Z, or a date,", time)?;
    let days = form.number("days")?;
    if days.is_some_and(|n| !(1..=36_500).contains(&n)) {
        return Err(Failure::usage("--days: 1 to 36500"));
    }
    let calendar = match form.maybe("calendar") {
        Some(_) => jurisdiction_of(form, "calendar")?.calendar(),
        None => Calendar::default(),
    };
    let status = status(kind, place.clock.now());
    let row = |c: &deadline::Clock<'_>| {
        json!({
            "clock": c.row.clock, "variant": c.row.variant, "target": c.target.map(|t| t.to_string()),
            "limit": c.limit.map(|t| t.to_string()), "rolls": c.row.rolls, "status": status, "source": c.row.source,
            "starts": c.row.starts, "verified": c.row.verified,
        })
    };
    let rows: Vec<Value> = deadline::clocks(kind, event, days, &calendar).iter().map(row).collect();
    let columns = &[
        ("clock", "CLOCK"),
        ("variant", "VARIANT"),
        ("starts", "FROM WHEN IT IS"),
        ("target", "TARGET"),
        ("limit", "LIMIT"),
        ("status", "STATUS"),
        ("source", "SOURCE"),
    ];
    Ok(Answer::list(&rows, columns))
}

fn tests(_: &mut Place, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let rows: Vec<&test::TestRow> = Test::ALL.iter().filter_map(|t| test::of(*t)).collect();
    Ok(Answer::list(&rows, &[("id", "TEST"), ("level", "FROM"), ("source", "SOURCE"), ("question", "QUESTION")]))
}

fn ceilings(_: &mut Place, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let columns = &[("kind", "KIND"), ("tier", "TIER"), ("verified", "VERIFIED"), ("source", "SOURCE")];
    Ok(Answer::list(ceiling::all(), columns))
}

/// What stands over every word on a jurisdiction that was invented.
fn caution(j: &Jurisdiction) -> &'static str {
    if j.illustrative { "ILLUSTRATIVE: invented, nobody's law" } else { "" }
}

fn show_jurisdiction(_: &mut Place, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let j = jurisdiction_of(form, "code")?;
    let mut text = vec![
        format!("{}  {}   {}", j.code, j.name, caution(j)),
        format!("  central authority  {}", j.central_authority),
        format!("  24/7 contact       {}", j.contact_24_7),
        format!("  languages          {}", j.languages.join(", ")),
        format!("  transmission       {}", j.transmission.join(", ")),
        format!("  dual criminality   {}", j.dual_criminality),
        format!("  capital punishment {}", j.capital_punishment),
        format!(
            "  asks assurances    {}",
            if j.assurances_required.is_empty() { "none".to_owned() } else { j.assurances_required.join(", ") }
        ),
        format!("  preservation       {} days, extended by {}", j.preservation_days, j.preservation_extension_days),
        format!("  notice             {}", j.notice_rule),
        format!("  remedies           {}", j.remedies),
        format!("  privilege          {}", j.privilege_rule),
        format!("  oversight          {}", j.oversight_body),
        format!("  evidence           {}", j.admissibility),
        String::new(),
        "INSTRUMENTS".to_owned(),
    ];
    text.extend(
        j.instrument.iter().map(|p| {
            format!("  {:12} {:9} {:11} {}", p.id, p.status, p.since.as_deref().unwrap_or("-"), p.reservations)
        }),
    );
    text.push("\nWHO AUTHORISES WHAT (4 is strictest)".to_owned());
    text.extend(j.threshold.iter().map(|t| {
        format!(
            "  {:14} {}  {}; {}; {}{}",
            t.category,
            t.rank,
            t.authoriser,
            t.standard,
            t.min_penalty,
            if t.independent { "; independent" } else { "" }
        )
    }));
    text.push("\nRECOGNISES".to_owned());
    text.extend(
        j.recognition.iter().map(|r| {
            format!("  of {} for {}: {}, until {}; after that {}", r.of, r.test, r.accepts, r.until, r.fallback)
        }),
    );
    text.push(format!("\n{} ({})", j.source, j.verified));
    Ok(Answer { text: Some(text.join("\n")), ..Answer::thing(j) })
}

fn compare(place: &mut Place, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let (one, other) = (jurisdiction_of(form, "one")?, jurisdiction_of(form, "other")?);
    let now = place.clock.now();
    let bound: Vec<&str> = instrument::all()
        .iter()
        .filter(|i| jurisdiction::in_force_between(&i.id, &one.code, &other.code, now))
        .map(|i| i.id.as_str())
        .collect();
    let (mut thresholds, mut differ) = (Vec::new(), Vec::new());
    for a in &one.threshold {
        let Some(b) = other.threshold.iter().find(|t| t.category == a.category) else { continue };
        // Where two laws differ, the higher standard applies.
        let higher = match a.rank.cmp(&b.rank) {
            std::cmp::Ordering::Greater => &one.code,
            std::cmp::Ordering::Less => &other.code,
            std::cmp::Ordering::Equal => "",
        };
        let mark = if a.rank == b.rank { " " } else { "!" };
        differ.push(format!("{mark} {:14} {} {} | {} {}", a.category, a.rank, a.authoriser, b.rank, b.authoriser));
        thresholds.push(json!({ "category": a.category, "one": { "rank": a.rank, "authoriser": a.authoriser, "standard": a.standard }, "other": { "rank": b.rank, "authoriser": b.authoriser, "standard": b.standard }, "differs": a.rank != b.rank, "higher": higher }));
    }
    let recognised = |a: &'static Jurisdiction, b: &Jurisdiction| -> Vec<Value> {
        let live = |until: &str| {
            Instant::parse_date(until)
                .is_some_and(|d| now < Instant::of_date(d).plus(crate::value::instant::Span::days(1)))
        };
        a.recognition.iter().filter(|r| r.of == b.code).map(|r| json!({ "by": a.code, "of": b.code, "test": r.test, "accepts": r.accepts, "until": r.until, "stands": live(&r.until), "fallback": r.fallback })).collect()
    };
    let recognition: Vec<Value> = recognised(one, other).into_iter().chain(recognised(other, one)).collect();
    let mut text = vec![
        format!("{} and {}   {}", one.code, other.code, caution(one)),
        format!("\nIN FORCE BETWEEN THEM\n  {}", bound.join(", ")),
    ];
    text.push(format!("\nWHERE THEY DIFFER\n  {:20} {:28} {:28}", "", one.code, other.code));
    for (what, a, b) in [
        ("dual criminality", &one.dual_criminality, &other.dual_criminality),
        ("capital punishment", &one.capital_punishment, &other.capital_punishment),
        ("asks assurances", &one.assurances_required.join(", "), &other.assurances_required.join(", ")),
        (
            "preservation",
            &format!("{} + {} days", one.preservation_days, one.preservation_extension_days),
            &format!("{} + {} days", other.preservation_days, other.preservation_extension_days),
        ),
    ] {
        text.push(format!(
            "{} {what:20} {:28} {:28}",
            if a == b { " " } else { "!" },
            if a.is_empty() { "none" } else { a },
            if b.is_empty() { "none" } else { b }
        ));
    }
    text.push("\nTHRESHOLDS (the higher standard applies)".to_owned());
    text.extend(differ);
    text.push("\nRECOGNISED".to_owned());
    for r in &recognition {
        let word = |key: &str| r[key].as_str().unwrap_or_default().to_owned();
        let (stands, after) = if r["stands"] == true {
            ("until", String::new())
        } else {
            ("LAPSED", format!("; now: {}", word("fallback")))
        };
        text.push(format!(
            "  {} takes of {} for {}: {} ({stands} {}{after})",
            word("by"),
            word("of"),
            word("test"),
            word("accepts"),
            word("until")
        ));
    }
    let value = json!({ "one": one.code, "other": other.code, "in_force": bound, "thresholds": thresholds, "recognition": recognition });
    Ok(Answer { text: Some(text.join("\n")), ..Answer::thing(&value) })
}
