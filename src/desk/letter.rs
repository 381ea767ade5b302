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
use crate::law::{instrument, request as law};
use crate::record::book::{Book as _, Record, Row as LogRow};
use crate::record::{letter, request};
use crate::report::letter::{Paragraph, Party, RequestLetter, Term, html};
use crate::store::read;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::text::shown;

/// The verbs.
pub const VERBS: &[Verb] = &[Verb {
    noun: "request",
    name: "letter",
    about: "Write a request as a letter, made for print",
    fields: &[
        Field::new("request", Takes::Record(&["request"]), "the request").positional(),
        Field::new("out", Takes::ToWrite, "the file to write").required(),
    ],
    act: "copy-out",
    run: Run::Writes(write),
}];

fn party(desk: &Desk, id: Id) -> Result<Party, Failure> {
    let record = desk.book().get(id)?;
    let name = record.map(|r| desk.text_of(&r, "name")).transpose()?.unwrap_or_default();
    Ok(Party { code: desk.code_of(id)?, name })
}

/// The act that sent a request; empty before it is sent.
fn act_of(desk: &Desk, record: &Record) -> Result<String, Failure> {
    for change in read::changes_of(&desk.db, record.id)? {
        let sends = matches!(&change.line, Line::Change(c) if c.kind == request::SEND);
        if let Some(position) = if sends { read::position_of_row(&desk.db, LogRow(change.row))? } else { None } {
            return Ok(read::act(&desk.db, position)?.map(|a| a.id.to_string()).unwrap_or_default());
        }
    }
    Ok(String::new())
}

/// The letter of a request, as values.
pub fn of_request(desk: &Desk, record: &Record) -> Result<RequestLetter, Failure> {
    let row = row(desk, record)?;
    let kind = law::by_id(&row.kind).ok_or_else(|| {
        Failure::new(Kind::Integrity, "the kind of this request is not in the law", "use the program that made it")
    })?;
    let instrument = instrument::by_id(&kind.instrument);
    let other = record.partner.unwrap_or(desk.meta.desk);
    let (from, to) =
        if record.desk == desk.meta.desk { (desk.meta.desk, other) } else { (record.desk, desk.meta.desk) };
    let said =
        |id: &str| row.fields.iter().find(|(name, _)| name == id).map(|(_, text)| shown_text(text)).unwrap_or_default();
    let sent = row.sent.as_deref().and_then(Instant::parse).unwrap_or(desk.now());
    Ok(RequestLetter {
        template: kind.template.clone(),
        banner: if desk.meta.realm == crate::value::realm::Realm::Live {
            String::new()
        } else {
            "EXERCISE EXERCISE EXERCISE".into()
        },
        from: party(desk, from)?,
        to: party(desk, to)?,
        date: sent.to_minute(),
        reference: format!("R-{}", record.id.short()),
        id: row.id.clone(),
        act: act_of(desk, record)?,
        case: row.case.clone(),
        article: kind.article.clone(),
        name: kind.name.clone(),
        instrument: instrument.map(|i| i.name.clone()).unwrap_or_default(),
        status: instrument.map(|i| i.status.clone()).unwrap_or_default(),
        fields: kind
            .field
            .iter()
            .map(|f| Paragraph { label: f.label.clone(), article: f.article.clone(), text: said(&f.id) })
            .filter(|p| !p.text.is_empty())
            .collect(),
        clocks: row
            .clocks
            .iter()
            .map(|c| Term {
                clock: c.clock.clone(),
                variant: c.variant.clone(),
                due: c.due.as_deref().and_then(Instant::parse).map(Instant::to_minute).unwrap_or_default(),
                source: c.source.clone(),
            })
            .collect(),
        tool: format!("comity {}", env!("CARGO_PKG_VERSION")),
    })
}

/// Text of several lines with hidden characters as codes: a letter is read by people too.
fn shown_text(text: &str) -> String {
    crate::value::text::shown_lines(text).join("\n")
}

fn write(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = desk.find_record(form.need("request")?, &[request::KIND.name])?;
    let out = form.path("out")?;
    let now = desk.may_sign()?;
    let values = of_request(desk, &record)?;
    let cleared = cleared::copy_out(&desk.book(), &desk.meta.realm, now, desk.person(), values)?
        .map_err(|v| Failure::refused(v, None))?;
    let text = html(&cleared, "en").map_err(|e| Failure::new(Kind::Internal, e.to_string(), "please report it"))?;
    let digest = Digest::of(text.as_bytes());
    let id = desk.entropy.id()?;
    // Logged first: a letter that was written and not logged cannot be.
    desk.act_alone("copy-out", Audience::Own, |e, _| Ok(letter::new(id, record.id, "letter", &digest, e.salt()?)))?;
    file::write(&out, text.as_bytes())?;
    let said = format!("Written to {}; SHA-256 {digest}.", shown(&out.to_string_lossy()));
    Ok(Answer::made(id, said).with("sha256", digest.to_string()))
}
