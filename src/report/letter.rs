//! Letters: a request or an answer on paper, with the ids that link the paper to the log.
//!
//! A letter holds what people wrote, what the law says, and phrases; the language says the phrases when it is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

use crate::gate::cleared::Cleared;
use crate::report::language::{Language, Phrase};
use crate::value::text::{shown_lines, width, wrap};

/// What a letter says: a request, or an answer to one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Letter {
    /// Its name: a row of [`LETTERS`].
    #[serde(skip)]
    pub template: String,
    /// Which letter of its request it is: `request`, `answer`, `extension`, …
    pub of: String,
    /// Whether it is play.
    pub exercise: bool,
    /// Whether its instrument does not bind the two, and the codes of both.
    pub not_in_force: Option<[String; 2]>,
    /// Whether it was never sent: nobody signs it.
    pub draft: bool,
    /// Whether the instrument prescribes a system through which it is sent.
    pub into_system: bool,
    /// The desk that signs.
    pub from: Party,
    /// The desk that it writes to.
    pub to: Party,
    /// The languages that the addressee accepts for it.
    pub accepted: Vec<Accepted>,
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
    /// Whether the instrument is in force between the two.
    pub status: Phrase,
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
    pub conditions: Vec<Phrase>,
    /// What the person can do against it, as the jurisdiction's row says; empty where the letter goes to no person.
    pub remedies: String,
    /// Its marking, in one line.
    pub marking: String,
    /// Who signs.
    pub signer: String,
    /// In which role: the key of a phrase.
    pub role: String,
    /// A translation of what it says; empty where none is attached.
    pub translation: String,
    /// Who translated, and declares that it is true.
    pub translator: String,
    /// The program, and the law that decided.
    pub tool: Phrase,
}

/// A fact with its name.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Fact {
    /// What it is: the key of a phrase.
    pub label: String,
    /// What it says.
    pub text: Phrase,
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
    /// Since when something is preserved; empty where it says nothing of that.
    #[serde(default)]
    pub preserved_since: String,
    /// Until when.
    #[serde(default)]
    pub preserved_until: String,
    /// Under which reference whoever preserves it has it.
    #[serde(default)]
    pub reference: String,
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
    /// How its contact point is reached, a line each; empty where the letter needs none of it.
    pub contact: Vec<ContactLine>,
    /// The day of the directory that says so; empty where it stands in none.
    pub directory: String,
}

/// A line of a contact.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ContactLine {
    /// What it is: the key of a phrase.
    pub label: String,
    /// What it says; empty where it is not on record.
    pub text: String,
}

/// A language that an addressee accepts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Accepted {
    /// Its code.
    pub code: String,
    /// Its name, in English, where the program has no language of that code.
    pub name: String,
    /// Whether for urgent requests alone.
    pub urgent: bool,
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
    /// Which variant: the key of a phrase; empty where it is the ordinary one.
    pub variant: String,
    /// The target; empty where no limit is fixed.
    pub due: String,
    /// The legal limit; empty where none is fixed.
    pub limit: String,
    /// The limit as the clocks of the addressee's place show it; empty where that place goes by UTC.
    pub local: String,
    /// Whether the period is the shortest that counts.
    pub minimum: bool,
    /// How it is counted, such as `10 days from receipt`; none where no number is fixed.
    pub counted: Option<Phrase>,
    /// Whether it is counted from receipt, which the sender does not know.
    pub from_receipt: bool,
    /// The rule.
    pub source: String,
}

/// Why a letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// There is no such letter, or no such language.
    #[error("there is no letter {0} in this language")]
    Template(String),
    /// The template cannot be rendered.
    #[error("the template cannot be rendered: {0}")]
    Render(#[from] minijinja::Error),
}

/// Whose authority stands beside the addressee.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// Nobody's.
    None,
    /// The 24/7 contact point, with how it is reached.
    Contact,
    /// The central authority.
    Central,
}

/// A letter: its name, whose sentences it shares, and how it is laid out.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Shape {
    name: &'static str,
    /// Whose sentences stand where it has none of its own.
    #[serde(skip)]
    family: &'static str,
    /// Whose authority stands beside the addressee.
    pub route: Route,
    /// Whether it closes with the assurance of high consideration.
    courteous: bool,
    /// Whether it says something about an earlier request, whose fields stay together.
    recital: bool,
    /// Whether it has a form for its answer.
    answer_form: bool,
}

const fn to_provider(name: &'static str) -> Shape {
    Shape { family: "provider", courteous: false, ..to_desk(name, Route::None) }
}

const fn to_desk(name: &'static str, route: Route) -> Shape {
    Shape { name, family: "base", route, courteous: true, recital: false, answer_form: false }
}

/// To a person who complains: it is courteous without compliments.
const fn to_complainant(name: &'static str) -> Shape {
    Shape { family: "redress", courteous: false, ..to_desk(name, Route::None) }
}

const fn about_a_request(name: &'static str, family: &'static str) -> Shape {
    Shape { family, recital: true, ..to_desk(name, Route::None) }
}

/// Every letter. A new one is a line here, and its sentences in each language.
pub const LETTERS: &[Shape] = &[
    to_desk("request", Route::None),
    to_provider("preservation-order"),
    to_provider("production-order"),
    to_provider("search-order"),
    to_provider("collection-order"),
    to_provider("preservation-letter"),
    to_provider("registration"),
    to_provider("voluntary"),
    to_provider("access-record"),
    to_desk("preservation", Route::Contact),
    to_desk("production", Route::Contact),
    to_desk("mla", Route::Central),
    to_desk("collection", Route::Central),
    to_desk("contact-point", Route::Contact),
    to_desk("emergency", Route::Contact),
    to_desk("information", Route::None),
    to_desk("use-limit", Route::None),
    to_desk("team", Route::None),
    Shape { courteous: false, ..to_desk("charter", Route::None) },
    to_desk("spoc", Route::Contact),
    to_desk("warrant-cover", Route::None),
    to_desk("notification", Route::None),
    to_desk("intercept-notice", Route::Contact),
    to_desk("breach", Route::Contact),
    to_desk("consultation", Route::None),
    to_desk("wider-use", Route::None),
    Shape { answer_form: true, ..about_a_request("consent", "base") },
    about_a_request("answer", "answer"),
    about_a_request("answer-acknowledge", "answer"),
    about_a_request("answer-clarify", "answer"),
    about_a_request("answer-offer", "answer"),
    about_a_request("answer-consult", "answer"),
    about_a_request("answer-consent", "answer"),
    about_a_request("answer-accept", "answer"),
    about_a_request("answer-accept-partly", "answer"),
    about_a_request("answer-postpone", "answer"),
    about_a_request("answer-execute", "answer"),
    about_a_request("answer-deliver", "answer"),
    about_a_request("refusal", "answer"),
    about_a_request("clarification", "later"),
    about_a_request("discussion", "later"),
    about_a_request("acceptance", "later"),
    about_a_request("withdrawal", "later"),
    about_a_request("supplement", "later"),
    about_a_request("correction", "later"),
    about_a_request("extension", "later"),
    about_a_request("follow-on", "later"),
    about_a_request("information-given", "later"),
    about_a_request("use-report", "later"),
    to_provider("person"),
    to_complainant("complaint-acknowledgement"),
    to_complainant("complaint-progress"),
    to_complainant("complaint-restriction"),
    to_complainant("complaint-checked"),
    to_complainant("complaint-decision"),
    to_complainant("complaint-referral"),
    to_desk("dispute", Route::Central),
];

/// The shape of a letter.
pub fn shape_of(name: &str) -> Option<&'static Shape> {
    LETTERS.iter().find(|l| l.name == name)
}

/// The skeletons that every letter fills: made for print, and plain text.
const SKELETONS: [(&str, &str); 2] = [
    ("letter.html", include_str!("../../assets/templates/letter.html")),
    ("letter.txt", include_str!("../../assets/templates/letter.txt")),
];

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

/// Whether there is a letter of that name.
pub fn has_template(name: &str) -> bool {
    shape_of(name).is_some()
}

/// Columns of a plain letter.
const COLUMNS: usize = 72;

/// What stands over a letter: that it is play, that its instrument does not bind the two, that it is a draft.
pub(super) fn banner(letter: &Letter, words: &Language) -> String {
    let say = |phrase: Phrase| words.in_words(&phrase).unwrap_or_default();
    let mut said = Vec::new();
    if let Some([one, other]) = &letter.not_in_force {
        said.push(say(Phrase::of("banner-not-in-force").with("one", one).with("other", other)));
    }
    if letter.draft {
        said.push(say(Phrase::of("banner-draft")));
    }
    let said = said.join(": ");
    match (letter.exercise, said.is_empty()) {
        (false, _) => said,
        (true, true) => say(Phrase::of("banner-exercise")),
        (true, false) => format!("{}: {said}", say(Phrase::of("banner-exercise"))),
    }
}

/// In which language the letter is, and which the addressee accepts.
fn language_line(letter: &Letter, words: &Language) -> String {
    let said = |key: &str| words.phrase(key, &BTreeMap::new());
    let accepted = letter.accepted.iter().map(|a| {
        let name = said(&format!("lang-{}", a.code)).unwrap_or_else(|| a.name.clone());
        match said("language-urgent").filter(|_| a.urgent) {
            Some(urgent) => format!("{name} ({urgent})"),
            None => name,
        }
    });
    let line = Phrase::of("language-line")
        .with("code", &letter.to.code)
        .with("list", accepted.collect::<Vec<_>>().join(", "))
        .with("name", said("language-name").unwrap_or_default());
    // The name of a language is no text of the law.
    words.phrase(&line.key, &line.parts).unwrap_or_default()
}

/// A sentence of a letter: its own, else its family's, else that of all.
fn sentence(words: &Language, shape: &Shape, key: &str, parts: &BTreeMap<String, String>) -> String {
    // `answer-accept-partly` belongs to `answer`, and its sentences stand before those of its family.
    let found = [shape.name, shape.family, "base"].iter().find_map(|of| words.phrase(&format!("{of}-{key}"), parts));
    found.unwrap_or_default()
}

/// A failure of a template's function.
fn unknown(what: String) -> minijinja::Error {
    minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, what)
}

/// The parts of a phrase that a template gives.
pub(super) fn parts_of(given: &Kwargs) -> Result<BTreeMap<String, String>, minijinja::Error> {
    let names: Vec<String> = given.args().map(str::to_owned).collect();
    names.into_iter().map(|name| Ok((name.clone(), given.get::<Value>(&name)?.to_string()))).collect()
}

/// The phrase that a template hands back.
fn phrase_of(value: &Value) -> Result<Phrase, minijinja::Error> {
    let parts = value.get_attr("parts")?;
    let mut phrase = Phrase::of(value.get_attr("key")?.to_string());
    for name in parts.try_iter()? {
        let part = parts.get_item(&name)?;
        phrase = phrase.with(&name.to_string(), part.to_string());
    }
    Ok(phrase)
}

/// Writes a letter.
pub fn write(letter: &Cleared<Letter>, language: &str, form: LetterFormat) -> Result<String, LetterError> {
    let letter = letter.value();
    let none = || LetterError::Template(letter.template.clone());
    let words = Language::of(language).ok_or_else(none)?;
    let shape = shape_of(&letter.template).ok_or_else(none)?;
    let mut env = Environment::new();
    env.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    for (name, text) in SKELETONS {
        env.add_template(name, text)?;
    }
    env.add_function("t", move |key: &str, given: Kwargs| {
        words.phrase(key, &parts_of(&given)?).ok_or_else(|| unknown(format!("there is no phrase {key}")))
    });
    env.add_function("law", move |text: &str| words.law(text));
    env.add_function("say", move |phrase: Value| {
        let phrase = phrase_of(&phrase)?;
        words.in_words(&phrase).ok_or_else(|| unknown(format!("there is no phrase {}", phrase.key)))
    });
    let line = Arc::new(language_line(letter, words));
    env.add_function("language_line", move || line.to_string());
    let quote = if letter.reference.is_empty() { None } else { words.phrase("quote", &BTreeMap::new()) };
    let sender = sentence(words, shape, "sender", &BTreeMap::new()).to_lowercase();
    let own: BTreeMap<String, String> =
        [("quote".to_owned(), quote.unwrap_or_default()), ("sender".to_owned(), sender)].into();
    env.add_function("s", move |key: &str| sentence(words, shape, key, &own));
    env.add_filter("paragraphs", |text: &str| {
        text.split("\n\n").map(|p| p.replace('\n', " ").trim().to_owned()).filter(|p| !p.is_empty()).collect::<Vec<_>>()
    });
    let about = context! { language => words.code, shape => shape, banner => banner(letter, words), ..Value::from_serialize(letter) };
    let name = format!("letter.{}", form.ending());
    // Swept as a whole: no field, and none that is added, can be forgotten.
    let mut written = shown_lines(&env.get_template(&name)?.render(about)?).join("\n");
    if !written.ends_with('\n') {
        written.push('\n');
    }
    Ok(if form == LetterFormat::Text { narrow(&written) } else { written })
}

/// Writes a letter in two languages, side by side on paper, one under the other in plain text.
pub fn write_beside(letter: &Cleared<Letter>, languages: [&str; 2], form: LetterFormat) -> Result<String, LetterError> {
    let [one, other] = [write(letter, languages[0], form)?, write(letter, languages[1], form)?];
    if form == LetterFormat::Text {
        return Ok(format!("{one}\n{other}"));
    }
    let body = |html: &str| {
        let inner = html.split_once("<body>").and_then(|(_, rest)| rest.split_once("</body>"));
        inner.map(|(body, _)| body.to_owned()).unwrap_or_default()
    };
    let head = one.split_once("<body>").map(|(head, _)| head.to_owned()).unwrap_or_default();
    let columns = "<table class=\"beside\"><tr><td>";
    Ok(format!("{head}<body>\n{columns}{}</td><td>{}</td></tr></table>\n</body>\n</html>\n", body(&one), body(&other)))
}

/// Breaks what is longer than the column, at spaces where there are any; what was indented stays so, and what stands
/// under a number hangs beside it.
pub(super) fn narrow(text: &str) -> String {
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
            contact: vec![ContactLine { label: "contact-phone".into(), text: text.into() }],
            directory: text.into(),
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
            matter: vec![Fact { label: "matter-item".into(), text: Phrase::of("matter-item-of").with("item", text) }],
            accepted: vec![Accepted { code: "en".into(), name: text.into(), urgent: true }],
            status: Phrase::of("status-in-force").with("one", text).with("other", text),
            tool: Phrase::of("tool").with("version", text).with("law", "0"),
            role: "role-desk-officer".into(),
            translation: text.into(),
            translator: text.into(),
            remedies: text.into(),
            reference: "R-1".into(),
            name: text.into(),
            text: text.into(),
            fields: vec![paragraph("authority"), paragraph("urgency")],
            clocks: vec![Term {
                clock: "reply".into(),
                variant: "variant-order".into(),
                counted: Some(Phrase::of("counted-days").with("amount", "10").with("from", "from-received")),
                source: text.into(),
                ..Term::default()
            }],
            grounds: vec![Ground { id: "R2".into(), text: text.into(), source: text.into() }],
            conditions: vec![Phrase::text(text)],
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
        for shape in LETTERS {
            let own =
                |key: &str| Language::of("en").unwrap().phrase(&format!("{}-{key}", shape.name), &BTreeMap::new());
            assert!(own("title").is_some() && (own("opening").is_some() || shape.name == "request"), "{}", shape.name);
        }
        let evil = "a\u{202e}b\u{200b}c\u{2066}d\u{feff}e\u{e0041}f\u{1b}[31mg\u{9b}h\u{7f}i\u{ad}\u{2028}";
        for Shape { name, .. } in LETTERS {
            for form in [LetterFormat::Html, LetterFormat::Text] {
                let written = write(&for_tests(letter(name, evil)), "en", form).unwrap();
                let found: Vec<char> = written.chars().filter(|c| *c != '\n' && is_hidden(*c)).collect();
                assert!(found.is_empty() && written.contains("U+202E"), "{name}: {found:?}");
            }
        }
        let hostile = "</p><script>alert(1)</script> \"quoted\" {{ id }}";
        for Shape { name, .. } in LETTERS {
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
