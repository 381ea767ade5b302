//! Letters: written to a file, logged before they are.

use super::failure::{Failure, Kind};
use super::job::Job;
use super::request::row;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::change::Line;
use crate::act::header::Audience;
use crate::gate::cleared;
use crate::host::file;
use crate::record::book::{Book as _, Record, Row as LogRow};
use crate::record::request::Report;
use crate::record::{letter as logged, request, review};
use crate::report::letter::{self, BadLetter, Letter, Paragraph, Party, Term};
use crate::store::book::effective_marking;
use crate::store::read::{self, StoredAct};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::json::Json;
use crate::value::text::shown;

/// Which letters there are of a request.
fn letters() -> Vec<&'static str> {
    vec!["request", "answer", "extension", "use-report"]
}

/// The verbs.
pub const VERBS: &[Verb] = &[Verb {
    noun: "request",
    name: "letter",
    about: "Write a request, or what was said to it last, as a letter: HTML made for print, or plain text (.txt)",
    fields: &[
        Field::new("request", Takes::Record(&["request"]), "the request").positional(),
        Field::new("of", Takes::Word(letters), "which letter; without it, the request itself"),
        Field::new("out", Takes::ToWrite, "the file to write; one that ends in .txt is plain text").required(),
        Field::new("language", Takes::Line, "the language of the template (en where it is not said)").cli_only(),
    ],
    act: "copy-out",
    run: Run::Writes(write),
}];

fn party(desk: &Desk, id: Id) -> Result<Party, Failure> {
    let record = desk.book().get(id)?;
    let name = record.map(|r| desk.text_of(&r, "name")).transpose()?.unwrap_or_default();
    Ok(Party { code: desk.code_of(id)?, name })
}

/// What was said to a request by one kind of change, last: the act, its change, and what the change says.
struct Said {
    act: StoredAct,
    terms: Json,
    content: Option<Json>,
}

fn said_last(desk: &Desk, record: &Record, kind: &str, fits: &dyn Fn(&Json) -> bool) -> Result<Option<Said>, Failure> {
    let mut last = None;
    for change in read::changes_of(&desk.db, record.id)? {
        let Line::Change(c) = &change.line else { continue };
        let Some(position) = (c.kind == kind).then(|| read::position_of_row(&desk.db, LogRow(change.row))) else {
            continue;
        };
        let Some(act) = position?.map(|p| read::act(&desk.db, p)).transpose()?.flatten() else { continue };
        let damaged = |_| Failure::new(Kind::Integrity, "a change is damaged", "run `comity audit verify`");
        let terms = c.read_terms().map_err(damaged)?;
        if fits(&terms) {
            last = Some(Said { act, terms, content: c.read_content().map_err(damaged)? });
        }
    }
    Ok(last)
}

fn reports(terms: &Json, report: Report) -> bool {
    terms.get("report").and_then(Json::text) == Some(report.word())
}

/// The review that stands behind an own request. Its reasoning stays at the desk.
fn review_behind(desk: &Desk, record: &Record) -> Result<(letter::Review, Vec<String>), Failure> {
    let to = record.partner.unwrap_or(desk.meta.desk);
    let found = review::deciding(&desk.book(), &[record.id], to)?;
    let Some(found) = found.filter(|_| record.desk == desk.meta.desk) else { return Ok(Default::default()) };
    let names: Vec<String> =
        review::reviewers_of(&found).into_iter().map(|p| desk.name_of(p)).collect::<Result<_, _>>()?;
    let decided = said_last(desk, &found, review::DECIDE, &|_| true)?;
    let decided = decided.map(|d| d.act.read_header()).transpose()?.map(|h| h.time.at.to_minute());
    let said = letter::Review {
        level: found.text("level").unwrap_or_default().to_owned(),
        reviewers: names.join(", "),
        decided: decided.unwrap_or_default(),
        expires: found.instant("expires").map(Instant::to_minute).unwrap_or_default(),
    };
    let mut under: Vec<String> = review::conditions_of(&found).iter().map(|c| c.word().to_owned()).collect();
    under.extend(super::review::told(desk, &found)?.caveats.iter().map(|c| shown_text(c)));
    Ok((said, under))
}

/// The letter of a request, or of what was said to it last.
pub fn of_request(desk: &Desk, record: &Record, of: &str) -> Result<Letter, Failure> {
    let row = row(desk, record)?;
    let law = desk.law()?;
    let kind = law.request(&row.kind).ok_or_else(|| {
        Failure::new(Kind::Integrity, "the kind of this request is not in the law", "use the program that made it")
    })?;
    let instrument = law.instrument(&kind.instrument);
    let other = record.partner.unwrap_or(desk.meta.desk);
    let (asks, asked) =
        if record.desk == desk.meta.desk { (desk.meta.desk, other) } else { (record.desk, desk.meta.desk) };
    let said =
        |id: &str| row.fields.iter().find(|(name, _)| name == id).map(|(_, text)| shown_text(text)).unwrap_or_default();
    let event = match of {
        "answer" => said_last(desk, record, request::ANSWER, &|_| true),
        "extension" => said_last(desk, record, request::REPORT, &|t| reports(t, Report::Extend)),
        "use-report" => said_last(desk, record, request::REPORT, &|t| reports(t, Report::Use)),
        _ => said_last(desk, record, request::SEND, &|_| true),
    }?;
    if event.is_none() && of != "request" {
        return Err(Failure::life(format!("there is no {of} to this request yet")));
    }
    let header = event.as_ref().map(|e| e.act.read_header()).transpose()?;
    let at = header.as_ref().map_or(desk.now(), |h| h.time.at);
    let text = |key: &str| {
        let content = event.as_ref().and_then(|e| e.content.as_ref());
        content.and_then(|c| c.get(key)).and_then(Json::text).map(shown_text).unwrap_or_default()
    };
    let word = event.as_ref().and_then(|e| e.terms.get("answer")).and_then(Json::text).unwrap_or_default().to_owned();
    let ground = event.as_ref().and_then(|e| e.terms.get("ground")).and_then(Json::text).and_then(|id| law.ground(id));
    let template = match (of, word.as_str()) {
        ("answer", "refuse") => "refusal",
        ("answer", _) => "answer",
        ("extension", _) => "extension",
        ("use-report", _) => "use-report",
        _ => &kind.template,
    };
    let (review, conditions) = if of == "request" { review_behind(desk, record)? } else { Default::default() };
    let (from, to) = if of == "answer" { (asked, asks) } else { (asks, asked) };
    Ok(Letter {
        template: template.to_owned(),
        banner: banner(desk, of, record, &row),
        from: party(desk, from)?,
        to: party(desk, to)?,
        date: at.to_minute(),
        reference: format!("R-{}", record.id.short()),
        id: row.id.clone(),
        act: event.as_ref().map(|e| e.act.id.to_string()).unwrap_or_default(),
        case: row.case.clone(),
        article: kind.article.clone(),
        name: kind.name.clone(),
        instrument: instrument.map(|i| i.name.clone()).unwrap_or_default(),
        status: instrument.map(|i| i.status.clone()).unwrap_or_default(),
        fields: kind
            .field
            .iter()
            .map(|f| Paragraph {
                id: f.id.clone(),
                label: f.label.clone(),
                article: f.article.clone(),
                text: said(&f.id),
            })
            .filter(|p| !p.text.is_empty())
            .collect(),
        clocks: if matches!(of, "request" | "extension") { row.clocks.iter().map(term).collect() } else { Vec::new() },
        grounds: ground
            .map(|g| letter::Ground { id: g.id.clone(), text: g.text.clone(), source: g.source.clone() })
            .into_iter()
            .collect(),
        text: text("text"),
        answer: letter::Answer { date: if word.is_empty() { String::new() } else { at.to_minute() }, word },
        conditions,
        review,
        marking: marking(desk, record)?,
        signer: header.as_ref().map(|h| desk.name_of(h.member)).transpose()?.unwrap_or_default(),
        role: header.as_ref().map(|h| h.role.word().replace('-', " ")).unwrap_or_default(),
        tool: format!(
            "comity {}; the law that decided: {}",
            env!("CARGO_PKG_VERSION"),
            super::law::decided_by(desk, record, &[request::SEND, request::ANSWER])?
                .unwrap_or_else(|| law.version_in_words())
        ),
    })
}

/// The effective marking of what the request was answered with; before that, of its case. Empty where there is nothing.
fn marking(desk: &Desk, record: &Record) -> Result<String, Failure> {
    for of in [Some(record.id), record.case].into_iter().flatten() {
        if let Some(marking) = effective_marking(&desk.db, of)? {
            return Ok(marking.to_string());
        }
    }
    Ok(String::new())
}

/// What stands over a letter: that it is play, or that it is a draft.
fn banner(desk: &Desk, of: &str, record: &Record, row: &super::request::Row) -> String {
    let draft = of == "request" && row.sent.is_none() && record.state != "purged";
    match (desk.meta.realm == crate::value::realm::Realm::Live, draft) {
        (true, false) => String::new(),
        (true, true) => "DRAFT, NOT SENT".to_owned(),
        (false, false) => "EXERCISE EXERCISE EXERCISE".to_owned(),
        (false, true) => "EXERCISE EXERCISE EXERCISE: DRAFT, NOT SENT".to_owned(),
    }
}

fn term(clock: &super::request::ClockRow) -> Term {
    let at =
        |text: &Option<String>| text.as_deref().and_then(Instant::parse).map(Instant::to_minute).unwrap_or_default();
    Term {
        clock: clock.clock.clone(),
        variant: clock.variant.clone(),
        due: at(&clock.due),
        limit: at(&clock.limit),
        source: clock.source.clone(),
    }
}

/// Text of several lines with hidden characters as codes: a letter is read by people too.
fn shown_text(text: &str) -> String {
    crate::value::text::shown_lines(text).join("\n")
}

fn write(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("request")?, &[request::KIND.name])?;
    let out = form.path("out")?;
    let now = desk.may_sign()?;
    let of = form.maybe_read("of", "request, answer or use-report", |w| letters().into_iter().find(|l| *l == w))?;
    let values = of_request(desk, &record, of.unwrap_or("request"))?;
    let cleared = cleared::copy_out(&desk.book(), &desk.meta.realm, now, desk.person(), values)?
        .map_err(|v| Failure::refused(v, None))?;
    let shape = if out.extension().is_some_and(|e| e == "txt") { letter::Form::Text } else { letter::Form::Html };
    let language = form.maybe("language").unwrap_or("en");
    let unwritten = |e: BadLetter| match e {
        BadLetter::Template(_) => Failure::usage(format!("--language {}: {e}", shown(language))),
        BadLetter::Render(_) => Failure::new(Kind::Internal, e.to_string(), "please report it"),
    };
    let text = letter::write(&cleared, language, shape).map_err(unwritten)?;
    let digest = Digest::of(text.as_bytes());
    let id = desk.entropy.id()?;
    // Logged first: a letter that was written and not logged cannot be.
    desk.act_alone("copy-out", Audience::Own, |e, _| Ok(logged::new(id, record.id, "letter", &digest, e.salt()?)))?;
    file::write(&out, text.as_bytes())?;
    let said = format!("Written to {}; SHA-256 {digest}.", shown(&out.to_string_lossy()));
    Ok(Answer::made(id, said).with("sha256", digest.to_string()))
}
