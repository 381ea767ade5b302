//! Prescribed forms on paper: each box with its number, what it asks and what fills it. A box that nothing fills is printed
//! too, and says so.

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

use crate::gate::cleared::Cleared;
use crate::report::language::{ENGLISH, Language, Phrase};
use crate::report::letter::{Letter, LetterError, LetterFormat, banner, narrow, parts_of};
use crate::value::text::shown_lines;

/// A form that is filled.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Where it is prescribed.
    pub source: String,
    /// What is to be said of it where nobody has compared it with the official text; empty where somebody has.
    pub unverified: String,
    /// What it asks, and what fills it.
    pub boxes: Vec<SheetBox>,
    /// The letter that it is the form of.
    pub letter: Letter,
}

/// A box with what fills it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SheetBox {
    /// Its number or section.
    pub number: String,
    /// Whether it is the first of its section.
    pub first: bool,
    /// What it asks.
    pub text: String,
    /// What fills it.
    pub said: String,
}

/// The skeletons of forms.
const SKELETONS: [(&str, &str); 2] = [
    ("form.html", include_str!("../../assets/templates/form.html")),
    ("form.txt", include_str!("../../assets/templates/form.txt")),
];

/// Writes a form. Its words are those of the English text: another language has its own official one.
pub fn write(sheet: &Cleared<Sheet>, form: LetterFormat) -> Result<String, LetterError> {
    let sheet = sheet.value();
    let words = Language::of(ENGLISH).ok_or_else(|| LetterError::Template(sheet.name.clone()))?;
    let mut env = Environment::new();
    env.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    for (name, text) in SKELETONS {
        env.add_template(name, text)?;
    }
    env.add_function("t", move |key: &str, given: minijinja::value::Kwargs| {
        Ok::<_, minijinja::Error>(words.phrase(key, &parts_of(&given)?).unwrap_or_default())
    });
    let tool = words.in_words(&sheet.letter.tool).unwrap_or_default();
    let about = context! {
        name => sheet.name, source => sheet.source, unverified => sheet.unverified, tool => tool,
        boxes => Value::from_serialize(&sheet.boxes), banner => banner(&sheet.letter, words),
        marking => sheet.letter.marking, instrument => sheet.letter.instrument, id => sheet.letter.id,
        into_system => sheet.letter.into_system,
    };
    let name = format!("form.{}", form.ending());
    let mut written = shown_lines(&env.get_template(&name)?.render(about)?).join("\n");
    if !written.ends_with('\n') {
        written.push('\n');
    }
    Ok(if form == LetterFormat::Text { narrow(&written) } else { written })
}

/// What stands in a box that nothing fills.
pub fn empty(why: Option<&str>) -> String {
    let said = |key: &str| {
        let words = Language::of(ENGLISH);
        words.and_then(|w| w.in_words(&Phrase { key: key.to_owned(), parts: BTreeMap::new() })).unwrap_or_default()
    };
    match why {
        Some(why) => format!("{}: {why}", said("not-applicable")),
        None => said("not-stated"),
    }
}
