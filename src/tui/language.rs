//! The language of the screens: what the program says, in the reader's language. Texts stand in the code in English; a file of
//! `assets/interface/` for each further language says them otherwise, and what it does not say stays English.
//!
//! Only what is given to it is translated, and nothing that a person wrote is. Commands, ids, and words that are typed stay as they
//! are. Letters have languages of their own, which are their addressee's.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::Display;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::host::folder::variable;
use crate::report;
use crate::value::text::{composed, counted};
use crate::value::timestamp::{Duration, Timestamp};

/// The files, by the code of their language. A new language is a file and a line here.
const FILES: &[(&str, &str)] = &[("fr", include_str!("../../assets/interface/fr.toml"))];

/// The variables that name the language, the first that is set before the others (POSIX).
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// A part of a file: one English word may be several of another language, by where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// Whatever has no part of its own; what another part does not have is looked for here.
    Text,
    /// Headings of columns.
    Column,
    /// Words beside keys, and the names of actions.
    Key,
    /// States, as lists have them.
    State,
    /// Months, days of the week, and units of time.
    Date,
    /// Names of fields of forms.
    Field,
    /// What is counted: one, and several.
    Count,
}

/// A file as it is written.
#[derive(Deserialize, Default, Debug)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The first number that is said with several.
    several_from: i64,
    text: HashMap<String, String>,
    #[serde(default)]
    column: HashMap<String, String>,
    #[serde(default)]
    key: HashMap<String, String>,
    #[serde(default)]
    state: HashMap<String, String>,
    #[serde(default)]
    date: HashMap<String, String>,
    #[serde(default)]
    field: HashMap<String, String>,
    #[serde(default)]
    count: HashMap<String, [String; 2]>,
}

/// A language.
#[derive(Debug)]
pub struct Language {
    /// Its code.
    code: &'static str,
    written: Written,
    /// The texts with holes, by which finished sentences are recognised: those that leave least open first.
    patterns: Vec<(Vec<String>, String)>,
}

static ALL: LazyLock<Vec<Language>> =
    LazyLock::new(|| FILES.iter().filter_map(|(code, text)| read(code, text)).collect());

thread_local! {
    /// The language of this thread; none: English.
    static SPOKEN: Cell<Option<&'static Language>> = const { Cell::new(None) };
}

fn read(code: &'static str, text: &str) -> Option<Language> {
    let written: Written = toml::from_str(text).ok()?;
    let with_holes = written.text.iter().filter(|(english, _)| english.contains("{1}"));
    let mut patterns: Vec<_> = with_holes.map(|(english, said)| (literals(english), said.clone())).collect();
    patterns.retain(|(literals, _)| literals.iter().any(|text| text.chars().any(char::is_alphabetic)));
    let letters = |literals: &[String]| literals.iter().map(|text| text.chars().count()).sum::<usize>();
    patterns.sort_by_cached_key(|(literals, said)| (std::cmp::Reverse(letters(literals)), said.clone()));
    Some(Language { code, written, patterns })
}

/// What stands between the holes of a pattern, from its beginning to its end.
fn literals(pattern: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for piece in pieces(pattern) {
        match (piece, all.last_mut()) {
            (PatternPiece::Literal(text), Some(last)) => last.push_str(text),
            _ => all.push(String::new()),
        }
    }
    all
}

/// A piece of a pattern.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum PatternPiece<'a> {
    /// Text that stands there.
    Literal(&'a str),
    /// A hole, by its name.
    Hole(&'a str),
}

/// The pieces of a pattern; a brace that is never closed is text.
fn pieces(pattern: &str) -> Vec<PatternPiece<'_>> {
    let (mut all, mut rest) = (Vec::new(), pattern);
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, after)) = behind.split_once('}') else { break };
        if !before.is_empty() {
            all.push(PatternPiece::Literal(before));
        }
        all.push(PatternPiece::Hole(name));
        rest = after;
    }
    if !rest.is_empty() {
        all.push(PatternPiece::Literal(rest));
    }
    all
}

/// The pattern with its parts in its holes. A hole without a part stays: it may name a key, which is put in later. What is put in
/// is not read again, whatever it holds.
fn filled(pattern: &str, part: impl Fn(&str) -> Option<String>) -> String {
    let piece = |piece: &PatternPiece<'_>| match piece {
        PatternPiece::Literal(text) => (*text).to_owned(),
        PatternPiece::Hole(name) => part(name).unwrap_or_else(|| format!("{{{name}}}")),
    };
    pieces(pattern).iter().map(piece).collect()
}

/// What stands in the holes of a sentence that was made of a pattern with these literals; `None` where it was not.
fn holes<'a>(literals: &[String], sentence: &'a str) -> Option<Vec<&'a str>> {
    let (first, further) = literals.split_first()?;
    let (last, between) = further.split_last()?;
    let mut rest = sentence.strip_prefix(first.as_str())?.strip_suffix(last.as_str())?;
    let mut all = Vec::new();
    for literal in between {
        let (part, behind) = rest.split_once(literal.as_str())?;
        all.push(part);
        rest = behind;
    }
    all.push(rest);
    Some(all)
}

impl Language {
    /// The language of that code.
    pub fn of(code: &str) -> Option<&'static Self> {
        ALL.iter().find(|language| language.code == code)
    }

    /// The language that the environment asks for; `None`: English, also where it asks for one that the program does not have.
    pub fn of_environment() -> Option<&'static Self> {
        Self::of(&code_of(&VARIABLES.into_iter().find_map(variable)?))
    }

    /// The texts of a part, but those that are counted.
    const fn texts(&self, part: Part) -> &HashMap<String, String> {
        match part {
            Part::Column => &self.written.column,
            Part::Key => &self.written.key,
            Part::State => &self.written.state,
            Part::Date => &self.written.date,
            Part::Field => &self.written.field,
            Part::Text | Part::Count => &self.written.text,
        }
    }

    fn text(&self, part: Part, english: &str) -> Option<&str> {
        let said = self.said(part, english);
        if said.is_none() {
            lacking::note(part, english);
        }
        said
    }

    /// How it says a text; `None`: not at all.
    pub fn said(&self, part: Part, english: &str) -> Option<&str> {
        self.texts(part).get(english).or_else(|| self.written.text.get(english)).map(String::as_str)
    }

    /// Everything that it says, by the English text: for whoever holds the file against the code.
    pub fn entries(&self) -> Vec<(Part, &str, Vec<&str>)> {
        let parts = [Part::Text, Part::Column, Part::Key, Part::State, Part::Date, Part::Field];
        let texts = parts.into_iter().flat_map(|part| {
            self.texts(part).iter().map(move |(english, said)| (part, english.as_str(), vec![said.as_str()]))
        });
        let counts = self.written.count.iter();
        let counts =
            counts.map(|(english, [one, several])| (Part::Count, english.as_str(), vec![one.as_str(), several]));
        texts.chain(counts).collect()
    }
}

/// The code of a locale such as `fr_CA.UTF-8` or `fr@euro`.
fn code_of(locale: &str) -> String {
    locale.split(['_', '.', '@', '-']).next().unwrap_or_default().to_ascii_lowercase()
}

/// The language of this thread; `None`: English. A thread that is begun for the screens takes it over.
pub fn spoken() -> Option<&'static Language> {
    SPOKEN.get()
}

/// Sets the language of this thread.
pub fn speak(language: Option<&'static Language>) {
    SPOKEN.set(language);
}

/// A text of the program in the language of the screens.
pub fn tr(english: &str) -> &str {
    tr_in(Part::Text, english)
}

/// The same for a text that another language says otherwise where it stands.
pub fn tr_in(part: Part, english: &str) -> &str {
    let is_text = english.chars().any(char::is_alphabetic);
    spoken().filter(|_| is_text).and_then(|language| language.text(part, english)).unwrap_or(english)
}

/// A pattern in the language of the screens, with its parts in its holes, which are named. Called by `phrase!`.
pub fn tr_filled(english: &str, parts: &[(&str, &dyn Display)]) -> String {
    let part = |name: &str| parts.iter().find(|(n, _)| *n == name).map(|(_, part)| part.to_string());
    filled(tr(english), part)
}

/// A sentence that another layer made whole: where it is not known as it is, it is recognised by a pattern. Its parts stay as they
/// are.
pub fn tr_sentence(english: &str) -> Cow<'_, str> {
    let is_text = english.chars().any(char::is_alphabetic);
    let Some(language) = spoken().filter(|_| is_text) else { return Cow::from(english) };
    if let Some(said) = language.written.text.get(english) {
        return Cow::from(said.as_str());
    }
    let mut patterns = language.patterns.iter();
    let Some((parts, said)) = patterns.find_map(|(literals, said)| Some((holes(literals, english)?, said))) else {
        lacking::note(Part::Text, english);
        return Cow::from(english);
    };
    // The n-th hole of the sentence is `{n}`; `{n@}` is a word of a list, and `{n#}` something that is counted.
    let part = |n: &str| n.parse::<usize>().ok().and_then(|n| parts.get(n.checked_sub(1)?)).copied();
    let nth = |name: &str| match name.strip_suffix(['@', '#']) {
        Some(n) if name.ends_with('@') => part(n).map(|word| tr_word(word).to_owned()),
        Some(n) => part(n).map(counted_again),
        None => part(name).map(str::to_owned),
    };
    Cow::from(filled(said, nth))
}

/// A word of a closed list, such as a state or a kind.
pub fn tr_word(english: &str) -> &str {
    tr_in(Part::State, english)
}

/// The same for a word whose parts are joined by hyphens, which are read as spaces.
pub fn tr_joined(english: &str) -> String {
    let said = tr_word(english);
    if said == english { english.replace(['-', '_'], " ") } else { said.to_owned() }
}

/// A number of things, such as `3 items`.
pub fn tr_count(n: impl Display, thing: &str) -> String {
    let english = counted(&n, thing);
    let Some(language) = spoken() else { return english };
    let Some([one, several]) = language.written.count.get(thing) else {
        lacking::note(Part::Count, thing);
        return english;
    };
    let n = n.to_string();
    let is_one = n.parse::<i64>().is_ok_and(|n| n < language.written.several_from);
    format!("{n} {}", if is_one { one } else { several })
}

/// What another layer has counted, such as `3 items`.
fn counted_again(english: &str) -> String {
    let Some((n, things)) = english.split_once(' ') else { return english.to_owned() };
    let is_one = n.parse::<i64>() == Ok(1);
    tr_count(n, things.strip_suffix('s').filter(|_| !is_one).unwrap_or(things))
}

/// Keys as they are named on the keyboard: `Up Down`. A key that is a character is itself.
pub fn tr_keys(english: &str) -> String {
    let Some(language) = spoken() else { return english.to_owned() };
    let said = |text| language.written.key.get(text).map(String::as_str);
    if let Some(said) = said(english) {
        return said.to_owned();
    }
    english.split(' ').map(|key| said(key).unwrap_or(key)).collect::<Vec<_>>().join(" ")
}

/// A date or time as it stands on a screen: its month and its day of the week in the language of the screens.
pub fn tr_date(english: &str) -> String {
    let is_word = |word: &str| word.chars().all(char::is_alphabetic);
    let words = english.split(' ').map(|word| if is_word(word) { tr_in(Part::Date, word) } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// A time on a screen, short.
pub fn on_screen(at: Timestamp, now: Timestamp) -> String {
    tr_date(&at.on_screen(now))
}

/// A length of time, short: what has passed is late by so much.
pub fn in_short(span: Duration) -> String {
    tr_date(&span.in_short())
}

/// A text of the rows of the law, as the letters of that language say it.
pub fn tr_law(english: &str) -> String {
    match spoken().and_then(|language| report::language::Language::of(language.code)) {
        Some(language) => composed(&language.law(english)),
        None => english.to_owned(),
    }
}

/// A sentence with parts in the language of the screens: `phrase!("{done} of {all}", done, all = steps.len())`. A hole that has no part
/// stays as it is.
macro_rules! phrase {
    ($english:literal $(, $name:ident $(= $part:expr)?)* $(,)?) => {
        $crate::tui::language::tr_filled($english, &[
            $((stringify!($name), phrase!(@ $name $(= $part)?))),*
        ])
    };
    (@ $name:ident = $part:expr) => { &$part as &dyn std::fmt::Display };
    (@ $name:ident) => { &$name as &dyn std::fmt::Display };
}
pub(crate) use phrase;

/// What was to be said and stands in no file. Only programs for tests keep it: it may hold words of a record.
#[cfg(debug_assertions)]
pub mod lacking {
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use super::Part;

    static LACKING: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());

    pub(super) fn note(part: Part, english: &str) {
        // A word of a list without a small letter is a code, and the same everywhere.
        if part == Part::State && !english.chars().any(char::is_lowercase) {
            return;
        }
        if let Ok(mut all) = LACKING.lock() {
            all.insert((format!("{part:?}"), english.to_owned()));
        }
    }

    /// What any thread lacked since this was asked last.
    pub fn take() -> Vec<(String, String)> {
        LACKING.lock().map(|mut all| std::mem::take(&mut *all).into_iter().collect()).unwrap_or_default()
    }
}

/// A program that is used keeps nothing of what it says.
#[cfg(not(debug_assertions))]
mod lacking {
    pub(super) const fn note(_: super::Part, _: &str) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language() {
        for (locale, code) in [
            ("fr_FR.UTF-8", Some("fr")),
            ("fr_CA", Some("fr")),
            ("fr", Some("fr")),
            ("fr.UTF-8@euro", Some("fr")),
            ("FR", Some("fr")),
            ("C", None),
            ("C.UTF-8", None),
            ("POSIX", None),
            ("en_GB.UTF-8", None),
            ("frr_DE", None),
            ("xx", None),
            ("", None),
        ] {
            assert_eq!(Language::of(&code_of(locale)).map(|l| l.code), code, "{locale:?}");
        }
    }

    #[test]
    fn every_file_can_be_read_and_keeps_what_the_english_has() {
        assert_eq!(ALL.len(), FILES.len());
        let mut wrong = Vec::new();
        for language in ALL.iter() {
            for (part, english, said) in language.entries() {
                let names = |text: &str| {
                    let hole = |piece: &PatternPiece<'_>| match piece {
                        PatternPiece::Hole(name) => Some(name.trim_end_matches(['@', '#']).to_owned()),
                        PatternPiece::Literal(_) => None,
                    };
                    let mut all: Vec<String> = pieces(text).iter().filter_map(hole).collect();
                    all.sort();
                    all
                };
                let edges = |text: &str| (text.starts_with(' '), text.ends_with(' '));
                for said in said {
                    let same =
                        names(english) == names(said) && edges(english) == edges(said) && !said.trim().is_empty();
                    if !same {
                        wrong.push(format!("{} {part:?} {english:?}: {said:?}", language.code));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_pattern_is_filled_once_and_a_sentence_is_recognised_by_it() {
        let part = |name: &str| (name == "who").then(|| "{to} {who}".to_owned());
        assert_eq!(filled("{to}: {who}, {open", part), "{to}: {to} {who}, {open");
        let check = |pattern: &str, sentence: &str, want: Option<&[&str]>| {
            assert_eq!(holes(&literals(pattern), sentence).as_deref(), want, "{pattern}: {sentence}");
        };
        check("waits on {1}", "waits on XB", Some(&["XB"]));
        check("{1} of {2}", "3 of 12", Some(&["3", "12"]));
        check("{1} of {2} here", "3 of 12 here", Some(&["3", "12"]));
        check("{1} of {2} here", "3 of 12", None);
        check("waits on {1}", "waits", None);
        check("no hole", "no hole", None);
    }

    #[test]
    fn french_is_said_where_it_is_spoken_and_nowhere_else() {
        let said = || (tr("Desk").to_owned(), tr_date("23 Nov 03:12Z"), tr_count(0, "item"), tr_count(2, "item"));
        let english = ("Desk".into(), "23 Nov 03:12Z".into(), "0 items".into(), "2 items".into());
        assert_eq!(said(), english);
        speak(Language::of("fr"));
        let french = said();
        let beside = std::thread::spawn(|| tr("Desk")).join().unwrap();
        let unknown = tr("nothing says this in French");
        speak(None);
        assert_eq!(french, ("Bureau".into(), "23 nov 03:12Z".into(), "0 élément".into(), "2 éléments".into()));
        assert_eq!((beside, unknown), ("Desk", "nothing says this in French"));
        assert_eq!(said(), english);
    }
}
