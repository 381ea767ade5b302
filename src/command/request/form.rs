//! Prescribed forms: filled from the letter of a request. It asks nothing of anybody: what the letter does not say, the form
//! does not say.

use crate::law::form::{FormBox, Known, PrescribedForm};
use crate::law::jurisdiction::Jurisdiction;
use crate::law::request::Addressee;
use crate::law::row::Verified;
use crate::report::form::{Sheet, SheetBox, empty};
use crate::report::letter::Letter;

/// Fills a form from the letter of its request, for whom it goes to.
pub fn filled(form: &PrescribedForm, letter: Letter, whom: Addressee, side: Option<&Jurisdiction>) -> Sheet {
    let mut section = "";
    let mut boxes = Vec::new();
    for b in form.boxes.iter().filter(|b| b.is_for(whom)) {
        let first = b.number != section;
        section = &b.number;
        boxes.push(SheetBox { number: b.number.clone(), first, text: b.text.clone(), said: said(b, &letter, side) });
    }
    Sheet {
        name: form.name.clone(),
        source: form.source.clone(),
        unverified: match form.verified {
            Verified::Never => "Nobody has compared this form with the official text yet.".to_owned(),
            Verified::On(_) => String::new(),
        },
        boxes,
        letter,
    }
}

/// What fills a box.
fn said(b: &FormBox, letter: &Letter, side: Option<&Jurisdiction>) -> String {
    if let Some(why) = &b.not_applicable {
        return empty(Some(why));
    }
    let found = match (&b.field, b.from) {
        (Some(field), _) => letter.fields.iter().find(|f| f.id == *field).map(|f| f.text.clone()),
        (None, Some(known)) => Some(known_of(known, letter, side)),
        (None, None) => None,
    };
    found.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| empty(None))
}

fn known_of(known: Known, letter: &Letter, side: Option<&Jurisdiction>) -> String {
    let desk = |code: &str, name: &str| {
        if name.is_empty() || name == code { code.to_owned() } else { format!("{name} ({code})") }
    };
    let lines = |all: Vec<String>| all.join("\n");
    match known {
        Known::Reference => format!("{} ({}), {}", letter.reference, letter.id, letter.date),
        Known::Date => letter.date.clone(),
        Known::Sender => desk(&letter.from.code, &letter.from.name),
        Known::Addressee => desk(&letter.to.code, &letter.to.name),
        Known::Kind => format!("{}, {}", letter.name, letter.article),
        Known::Deadline => lines(
            letter
                .clocks
                .iter()
                .filter(|c| !c.limit.is_empty())
                .map(|c| format!("{}: {}", c.source, c.limit))
                .collect(),
        ),
        Known::FollowOn | Known::Answer => letter.text.clone(),
        Known::Ground => lines(letter.grounds.iter().map(|g| format!("{}: {} ({})", g.id, g.text, g.source)).collect()),
        Known::Contact => {
            let known = letter.from.contact.iter().filter(|c| !c.text.is_empty()).map(|c| c.text.clone());
            let all: Vec<String> = std::iter::once(letter.from.contact_24_7.clone()).chain(known).collect();
            lines(all.into_iter().filter(|l| !l.is_empty()).collect())
        }
        Known::Languages => side.map(|j| j.languages.join(", ")).unwrap_or_default(),
    }
}
