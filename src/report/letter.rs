//! Letters: a request as it is put on paper, with the ids that tie the paper to the log.

use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use crate::gate::cleared::Cleared;
use crate::value::text::wrap;

/// What a letter says: a request, or an answer to one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Letter {
    /// The template: a file of the language's folder without its ending.
    #[serde(skip)]
    pub template: String,
    /// A line on top, such as `NOT IN FORCE: DRAFT ONLY`; empty where there is none.
    pub banner: String,
    /// The desk that signs.
    pub from: Party,
    /// The desk that it writes to.
    pub to: Party,
    /// The date.
    pub date: String,
    /// The reference: the beginning of the request's id.
    pub reference: String,
    /// The request's id.
    pub id: String,
    /// The act that it is the paper of; empty before there is one.
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
    /// What the request says.
    pub fields: Vec<Paragraph>,
    /// What runs.
    pub clocks: Vec<Term>,
    /// The grounds of a refusal.
    pub grounds: Vec<Ground>,
    /// The free text of an answer, an extension or a report.
    pub text: String,
    /// The answer.
    pub answer: Answer,
    /// Conditions that it stands under.
    pub conditions: Vec<String>,
    /// The review that stands behind it.
    pub review: Review,
    /// Its marking, in one line.
    pub marking: String,
    /// Who signs.
    pub signer: String,
    /// In which role.
    pub role: String,
    /// The program.
    pub tool: String,
}

/// A ground of a refusal in a letter.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Ground {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub source: String,
}

/// What is answered; all empty in a request.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Answer {
    /// `accept`, `refuse`, …
    pub word: String,
    /// When.
    pub date: String,
}

/// The review behind a letter; all empty where there is none, or where it stays at the desk.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Review {
    /// Its level.
    pub level: String,
    /// Who decided it.
    pub reviewers: String,
    /// When.
    pub decided: String,
    /// Until when it stands.
    pub expires: String,
}

/// A desk in a letter.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Party {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// One field of a request.
#[derive(Clone, Debug, Serialize)]
pub struct Paragraph {
    /// Its id.
    pub id: String,
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
    /// The target; empty where no limit is fixed.
    pub due: String,
    /// The legal limit; empty where none is fixed.
    pub limit: String,
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

/// Makes the table of templates: each name in each of the two forms.
macro_rules! templates {
    ($language:literal: $($name:literal),+ $(,)?) => {
        &[$(
            ($language, concat!($name, ".html"), include_str!(concat!("../../assets/templates/", $language, "/", $name, ".html"))),
            ($language, concat!($name, ".txt"), include_str!(concat!("../../assets/templates/", $language, "/", $name, ".txt"))),
        )+]
    };
}

/// The templates of each language: name and text. A new letter is two files and a word here; a new language is a folder
/// and a line.
const TEMPLATES: &[&[(&str, &str, &str)]] = &[templates!("en":
    "base", "request", "preservation", "production", "mla", "emergency", "spoc", "warrant-cover", "consent", "refusal",
    "extension", "use-report", "answer",
)];

/// The form of a letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// HTML made for print. What comes from people is escaped.
    Html,
    /// Plain text.
    Text,
}

impl Form {
    const fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "txt",
        }
    }
}

/// Whether there is a template of that name.
pub fn has_template(name: &str) -> bool {
    let file = format!("{name}.txt");
    TEMPLATES.iter().flat_map(|t| t.iter()).any(|(_, n, _)| *n == file && name != "base")
}

/// Columns of a plain letter.
const COLUMNS: usize = 72;

/// Writes a letter.
pub fn write(letter: &Cleared<Letter>, language: &str, form: Form) -> Result<String, BadLetter> {
    let letter = letter.value();
    let unknown = || BadLetter::Template(letter.template.clone());
    let mut env = Environment::new();
    env.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    for (_, name, text) in TEMPLATES.iter().flat_map(|t| t.iter()).filter(|(l, ..)| *l == language) {
        env.add_template(name, text)?;
    }
    let name = format!("{}.{}", letter.template, form.ending());
    let written = env.get_template(&name).map_err(|_| unknown())?.render(letter)?;
    Ok(if form == Form::Text { narrow(&written) } else { written })
}

/// Breaks what is longer than the column; what was indented stays so.
fn narrow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let (margin, rest) = line.split_at(indent);
        for part in wrap(rest, COLUMNS.saturating_sub(indent)) {
            out.push_str(format!("{margin}{part}").trim_end());
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::cleared::for_tests;

    fn letter(template: &str, text: &str) -> Letter {
        let party = |code: &str| Party { code: code.into(), name: format!("{text} {code}") };
        let paragraph =
            |id: &str| Paragraph { id: id.into(), label: text.into(), article: "29(2)".into(), text: text.into() };
        Letter {
            template: template.into(),
            from: party("XA"),
            to: party("XB"),
            reference: "R-1".into(),
            name: text.into(),
            text: text.into(),
            fields: vec![paragraph("authority"), paragraph("urgency")],
            clocks: vec![Term {
                clock: "reply".into(),
                variant: "ordinary".into(),
                due: String::new(),
                limit: String::new(),
                source: text.into(),
            }],
            grounds: vec![Ground { id: "R2".into(), text: text.into(), source: text.into() }],
            conditions: vec![text.into()],
            ..Letter::default()
        }
    }

    #[test]
    fn every_kind_of_request_has_its_letter_and_every_letter_can_be_written() {
        for kind in crate::law::request::all() {
            assert!(has_template(&kind.template), "{} is written with {}", kind.id, kind.template);
        }
        let hostile = "</p><script>alert(1)</script> \"quoted\" {{ id }}";
        let names = TEMPLATES[0].iter().filter_map(|(_, n, _)| n.strip_suffix(".txt")).filter(|n| *n != "base");
        for name in names {
            for text in ["", "plain", hostile, &"long ".repeat(100)] {
                let letter = for_tests(letter(name, text));
                let html = write(&letter, "en", Form::Html).unwrap_or_else(|e| panic!("{name}: {e:?}"));
                assert!(!html.contains("<script"), "{name}");
                let plain = write(&letter, "en", Form::Text).unwrap_or_else(|e| panic!("{name}: {e:?}"));
                assert!(plain.lines().all(|l| l.chars().count() <= COLUMNS), "{name}");
                assert!(text != hostile || plain.contains("{{ id }}"), "{name}: what people write is no template");
            }
        }
        assert!(matches!(write(&for_tests(letter("none", "")), "en", Form::Html), Err(BadLetter::Template(_))));
        assert!(write(&for_tests(letter("request", "")), "xx", Form::Html).is_err());
    }
}
