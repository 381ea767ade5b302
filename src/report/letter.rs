//! Letters: a request or an answer on paper, with the ids that link the paper to the log.

use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use crate::gate::cleared::Cleared;
use crate::value::text::{shown_lines, width, wrap};

/// What a letter says: a request, or an answer to one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Letter {
    /// The template: a file of the language's folder, `assets/templates/<language>/`, without its ending.
    #[serde(skip)]
    pub template: String,
    /// Which letter of its request it is: `request`, `answer`, `extension`, …
    pub of: String,
    /// A line on top, such as `NOT IN FORCE BETWEEN XA AND XB: DRAFT, NOT SENT`; empty where there is none.
    pub banner: String,
    /// Whether it was never sent: nobody signs it.
    pub draft: bool,
    /// The desk that signs.
    pub from: Party,
    /// The desk that it writes to.
    pub to: Party,
    /// The provider that it is addressed to, in the words of the request; empty where it goes from desk to desk.
    pub provider: String,
    /// The authority in whose name it is asked, in the words of the request; empty where the desk speaks for itself.
    pub authority: String,
    /// The authority that validates it, in the words of the request; empty where none does.
    pub validation: String,
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
    /// The provisions that the request and its contents follow.
    pub source: String,
    /// Whether the instrument is in force between the two, in words.
    pub status: String,
    /// What else it is about: an earlier request, an item.
    pub matter: Vec<Fact>,
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
    /// Its marking, in one line.
    pub marking: String,
    /// Who signs.
    pub signer: String,
    /// In which role.
    pub role: String,
    /// The program.
    pub tool: String,
}

/// A fact with its name.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it says.
    pub text: String,
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

/// A desk in a letter.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Party {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The central authority of its jurisdiction; empty where the law knows none.
    pub central_authority: String,
    /// The 24/7 contact point of its jurisdiction.
    pub contact_24_7: String,
    /// The languages that its jurisdiction accepts, in one line.
    pub languages: String,
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
#[derive(Clone, Debug, Default, Serialize)]
pub struct Term {
    /// Which clock.
    pub clock: String,
    /// Which variant.
    pub variant: String,
    /// The target; empty where no limit is fixed.
    pub due: String,
    /// The legal limit; empty where none is fixed.
    pub limit: String,
    /// How it is counted, such as `10 days from receipt`; empty where no number is fixed.
    pub counted: String,
    /// The rule.
    pub source: String,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// There is no such template in the language.
    #[error("there is no template {0} in this language")]
    Template(String),
    /// The template cannot be rendered.
    #[error("the template cannot be rendered: {0}")]
    Render(#[from] minijinja::Error),
}

/// The templates of one language.
struct Language {
    name: &'static str,
    /// The skeletons that every letter fills: made for print, and plain text.
    base: [(&'static str, &'static str); 2],
    /// Each letter by its name. Its file holds both of its forms, one after the other; each begins with the skeleton that it
    /// fills.
    letters: &'static [(&'static str, &'static str)],
}

/// Makes the templates of a language out of its folder: a name a line.
macro_rules! templates {
    ($language:literal: $($name:literal,)+) => {
        Language {
            name: $language,
            base: [
                ("base.html", include_str!(concat!("../../assets/templates/", $language, "/base.html"))),
                ("base.txt", include_str!(concat!("../../assets/templates/", $language, "/base.txt"))),
            ],
            letters: &[
                $(($name, include_str!(concat!("../../assets/templates/", $language, "/", $name, ".jinja"))),)+
            ],
        }
    };
}

/// Every language. A new letter is a file and a line here; a new language is a folder and its lines.
const LANGUAGES: &[Language] = &[templates! { "en":
    "request",
    "preservation",
    "preservation-order",
    "preservation-letter",
    "production",
    "production-order",
    "registration",
    "mla",
    "collection",
    "contact-point",
    "information",
    "team",
    "emergency",
    "spoc",
    "warrant-cover",
    "consent",
    "refusal",
    "extension",
    "use-report",
    "answer",
    "notice",
    "notification",
}];

/// How the plain form of a letter begins, behind its form made for print.
const PLAIN_BEGINS: &str = "{% extends \"base.txt\" %}";

/// The form of a letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LetterFormat {
    /// HTML made for print. What comes from people is escaped.
    Html,
    /// Plain text.
    Text,
}

impl LetterFormat {
    /// How the name of such a file ends.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "txt",
        }
    }
}

/// Whether there is a template of that name.
pub fn has_template(name: &str) -> bool {
    LANGUAGES.iter().flat_map(|language| language.letters).any(|(n, _)| *n == name)
}

/// Columns of a plain letter.
const COLUMNS: usize = 72;

/// Writes a letter.
pub fn write(letter: &Cleared<Letter>, language: &str, form: LetterFormat) -> Result<String, LetterError> {
    let letter = letter.value();
    let unknown = || LetterError::Template(letter.template.clone());
    let language = LANGUAGES.iter().find(|l| l.name == language).ok_or_else(unknown)?;
    let (_, file) = language.letters.iter().find(|(name, _)| *name == letter.template).ok_or_else(unknown)?;
    let (print, plain) = file.split_at_checked(file.find(PLAIN_BEGINS).ok_or_else(unknown)?).ok_or_else(unknown)?;
    let name = format!("{}.{}", letter.template, form.ending());
    let mut env = Environment::new();
    env.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    for (name, text) in language.base {
        env.add_template(name, text)?;
    }
    env.add_template(&name, if form == LetterFormat::Text { plain } else { print })?;
    // Swept as a whole: no field, and none that is added, can be forgotten.
    let mut written = shown_lines(&env.get_template(&name)?.render(letter)?).join("\n");
    if !written.ends_with('\n') {
        written.push('\n');
    }
    Ok(if form == LetterFormat::Text { narrow(&written) } else { written })
}

/// Breaks what is longer than the column, at spaces where there are any; what was indented stays so, and what stands
/// under a number hangs beside it.
fn narrow(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let indent = line.len() - line.trim_start_matches(' ').len();
        let (margin, rest) = line.split_at(indent);
        let hang = " ".repeat(indent + number_before(rest));
        let mut row = margin.to_owned();
        let mut empty = true;
        for word in rest.split(' ') {
            if !empty && width(&row) + 1 + width(word) > COLUMNS {
                push_line(&mut out, &row);
                row.clone_from(&hang);
            } else if !empty {
                row.push(' ');
            }
            empty = false;
            if width(&row) + width(word) <= COLUMNS {
                row.push_str(word);
                continue;
            }
            // What no line can hold is broken wherever the line ends.
            let room = COLUMNS.saturating_sub(row.len());
            let parts = wrap(word, room);
            for (n, part) in parts.iter().enumerate() {
                if n > 0 {
                    push_line(&mut out, &row);
                    row = " ".repeat(COLUMNS.saturating_sub(room));
                }
                row.push_str(part);
            }
        }
        push_line(&mut out, &row);
    }
    out
}

/// How many columns the number takes that a line begins with, `12. ` or less; 0 where it begins with none.
fn number_before(line: &str) -> usize {
    let number = line.split_once(". ").map_or("", |(number, _)| number);
    let is_one = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    if is_one { number.len() + 2 } else { 0 }
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::cleared::for_tests;
    use crate::value::text::is_hidden;

    fn letter(template: &str, text: &str) -> Letter {
        let party = |code: &str| Party {
            code: code.into(),
            name: format!("{text} {code}"),
            central_authority: text.into(),
            contact_24_7: text.into(),
            languages: text.into(),
        };
        let paragraph =
            |id: &str| Paragraph { id: id.into(), label: text.into(), article: "29(2)".into(), text: text.into() };
        Letter {
            template: template.into(),
            from: party("XA"),
            to: party("XB"),
            provider: text.into(),
            authority: text.into(),
            validation: text.into(),
            matter: vec![Fact { label: "Item".into(), text: text.into() }],
            reference: "R-1".into(),
            name: text.into(),
            text: text.into(),
            fields: vec![paragraph("authority"), paragraph("urgency")],
            clocks: vec![Term {
                clock: "reply".into(),
                variant: "ordinary".into(),
                due: String::new(),
                limit: String::new(),
                counted: text.into(),
                source: text.into(),
            }],
            grounds: vec![Ground { id: "R2".into(), text: text.into(), source: text.into() }],
            conditions: vec![text.into()],
            ..Letter::default()
        }
    }

    #[test]
    fn a_plain_letter_breaks_at_spaces_and_hangs_under_its_numbers() {
        let word = "29(2)(a), cf.";
        let long = format!("    1. {}end.", format!("{word} ").repeat(9));
        let broken = narrow(&long);
        let lines: Vec<&str> = broken.lines().collect();
        assert_eq!(lines.len(), 2, "{broken}");
        assert!(lines[0].starts_with("    1. 29") && lines[1].starts_with("       "), "{broken}");
        assert!(lines.iter().all(|l| l.len() <= COLUMNS && !l.trim().starts_with([',', '.', ')'])), "{broken}");
        assert_eq!(narrow("  a  b"), "  a  b\n", "what fits stays as it is");
        let one = narrow(&format!("      x {}", "w".repeat(200)));
        assert!(one.lines().all(|l| l.starts_with("      ") && l.len() <= COLUMNS), "{one}");
    }

    #[test]
    fn every_kind_of_request_has_its_letter_and_every_letter_can_be_written() {
        for kind in crate::law::request::all() {
            assert!(has_template(&kind.template), "{} is written with {}", kind.id, kind.template);
        }
        let evil = "a\u{202e}b\u{200b}c\u{2066}d\u{feff}e\u{e0041}f\u{1b}[31mg\u{9b}h\u{7f}i\u{ad}\u{2028}";
        for (name, _) in LANGUAGES[0].letters {
            for form in [LetterFormat::Html, LetterFormat::Text] {
                let written = write(&for_tests(letter(name, evil)), "en", form).unwrap();
                let found: Vec<char> = written.chars().filter(|c| *c != '\n' && is_hidden(*c)).collect();
                assert!(found.is_empty() && written.contains("U+202E"), "{name}: {found:?}");
            }
        }
        let hostile = "</p><script>alert(1)</script> \"quoted\" {{ id }}";
        for (name, _) in LANGUAGES[0].letters {
            for text in ["", "plain", hostile, &"long ".repeat(100)] {
                let letter = for_tests(letter(name, text));
                let html = write(&letter, "en", LetterFormat::Html).unwrap_or_else(|e| panic!("{name}: {e:?}"));
                assert!(!html.contains("<script"), "{name}");
                let plain = write(&letter, "en", LetterFormat::Text).unwrap_or_else(|e| panic!("{name}: {e:?}"));
                assert!(plain.lines().all(|l| l.chars().count() <= COLUMNS), "{name}");
                assert!(text != hostile || plain.contains("{{ id }}"), "{name}: what people write is no template");
            }
        }
        assert!(matches!(
            write(&for_tests(letter("none", "")), "en", LetterFormat::Html),
            Err(LetterError::Template(_))
        ));
        assert!(write(&for_tests(letter("request", "")), "xx", LetterFormat::Html).is_err());
    }
}
