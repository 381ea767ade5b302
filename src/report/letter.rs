//! Letters: a request as it is put on paper, with the ids that tie the paper to the log.

use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use crate::gate::cleared::Cleared;

/// What a letter of a request says.
#[derive(Clone, Debug, Serialize)]
pub struct RequestLetter {
    /// The template: a file of the language's folder without its ending.
    #[serde(skip)]
    pub template: String,
    /// A line on top, such as `NOT IN FORCE`; empty where there is none.
    pub banner: String,
    /// The desk that asks.
    pub from: Party,
    /// The desk that is asked.
    pub to: Party,
    /// The date.
    pub date: String,
    /// The reference: the beginning of the request's id.
    pub reference: String,
    /// The request's id.
    pub id: String,
    /// The act that sent it; empty before it is sent.
    pub act: String,
    /// The case.
    pub case: String,
    /// The article.
    pub article: String,
    /// The name of the kind of request.
    pub name: String,
    /// The instrument.
    pub instrument: String,
    /// The instrument's status.
    pub status: String,
    /// What it says.
    pub fields: Vec<Paragraph>,
    /// What runs.
    pub clocks: Vec<Term>,
    /// The program.
    pub tool: String,
}

/// A desk in a letter.
#[derive(Clone, Debug, Serialize)]
pub struct Party {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// One field of a request.
#[derive(Clone, Debug, Serialize)]
pub struct Paragraph {
    /// What it is called.
    pub label: String,
    /// The paragraph of law that asks for it.
    pub article: String,
    /// What it says.
    pub text: String,
}

/// One clock.
#[derive(Clone, Debug, Serialize)]
pub struct Term {
    /// Which clock.
    pub clock: String,
    /// Which variant.
    pub variant: String,
    /// When; empty where no limit is fixed.
    pub due: String,
    /// The rule.
    pub source: String,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum BadLetter {
    /// There is no such template in the language.
    #[error("there is no template {0} in this language")]
    Template(String),
    /// The template does not work.
    #[error("the template does not work: {0}")]
    Render(#[from] minijinja::Error),
}

/// The templates of each language: name and text.
const TEMPLATES: &[(&str, &str, &str)] =
    &[("en", "request.html", include_str!("../../assets/templates/en/request.html"))];

/// Writes the letter as HTML made for print. What comes from people is escaped.
pub fn html(letter: &Cleared<RequestLetter>, language: &str) -> Result<String, BadLetter> {
    render(letter, language, "html")
}

fn render(letter: &Cleared<RequestLetter>, language: &str, ending: &str) -> Result<String, BadLetter> {
    let letter = letter.value();
    let named = |name: &str| TEMPLATES.iter().find(|(l, n, _)| *l == language && *n == format!("{name}.{ending}"));
    let (_, name, text) = named(&letter.template)
        .or_else(|| named("request"))
        .ok_or_else(|| BadLetter::Template(letter.template.clone()))?;
    let mut env = Environment::new();
    env.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    env.add_template(name, text)?;
    Ok(env.get_template(name)?.render(letter)?)
}
