//! The law as it is known here: kinds of request, what they must say, their clocks and grounds, each with its source.

use super::failure::Failure;
use super::job::Job;
use super::verb::{Answer, Field, Form, Place, Run, Takes, Verb};
use crate::law::{instrument, request};
use crate::value::text::shown;

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
        about: "Show a kind of request: its fields, clocks, grounds, status and source",
        fields: &[Field::new("kind", Takes::Line, "the kind, such as bc29").positional()],
        act: "",
        run: Run::Free(show),
    },
];

fn list(_: &mut Place, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let rows: Vec<serde_json::Value> = request::all()
        .iter()
        .map(|r| {
            let status = instrument::by_id(&r.instrument).map_or("", |i| i.status.as_str());
            serde_json::json!({ "id": r.id, "instrument": r.instrument, "article": r.article, "name": r.name, "status": status, "verified": r.verified })
        })
        .collect();
    Ok(Answer::list(
        &rows,
        &[
            ("id", "ID"),
            ("instrument", "INSTRUMENT"),
            ("article", "ARTICLE"),
            ("status", "STATUS"),
            ("name", "NAME"),
            ("verified", "VERIFIED"),
        ],
    ))
}

fn show(_: &mut Place, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let id = form.need("kind")?;
    let kind =
        request::by_id(id).ok_or_else(|| Failure::unknown(format!("there is no kind of request {}", shown(id))))?;
    let mut text = vec![format!("{}  {}, {}", kind.id, kind.name, kind.article)];
    text.extend(
        kind.field.iter().map(|f| {
            format!("  {:12} {}{} [{}]", f.id, f.label, if f.required { " (required)" } else { "" }, f.article)
        }),
    );
    text.extend(kind.clock.iter().map(|c| {
        let length = c.amount.zip(c.unit.as_deref()).map_or("no fixed limit".to_owned(), |(n, u)| format!("{n} {u}s"));
        format!("  clock {}, {}: {length}. {} ({})", c.clock, c.variant, c.source, c.verified)
    }));
    text.push(format!("  may be refused on: {}", kind.grounds.join(", ")));
    text.push(format!("  source: {} ({})", kind.source, kind.verified));
    Ok(Answer { text: Some(text.join("\n")), ..Answer::thing(kind) })
}
