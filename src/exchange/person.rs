//! The person screen: what is known to be no person is listed, and everything else is at least tier 2. Values are looked at too. It never
//! lowers what a file or a member says.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use super::canonical::{refanged, spelling};
use crate::value::class::{Category, PersonClass};

#[derive(Default, serde::Deserialize)]
struct Lists {
    no_person: Vec<String>,
    published: Vec<String>,
    neutral: Vec<String>,
    templates: Vec<String>,
    words: BTreeMap<String, Vec<String>>,
    types: BTreeMap<String, String>,
}

struct Screen {
    no_person: HashSet<String>,
    published: Vec<String>,
    neutral: HashSet<String>,
    templates: HashSet<String>,
    words: BTreeMap<String, Category>,
    types: BTreeMap<String, Category>,
}

static SCREEN: LazyLock<Screen> = LazyLock::new(|| {
    let lists: Lists = toml::from_str(include_str!("../../assets/exchange/people.toml")).unwrap_or_default();
    let plain = |all: &[String]| all.iter().map(|t| spelling(t).into_owned()).collect::<HashSet<_>>();
    let mut words = BTreeMap::new();
    for (category, all) in &lists.words {
        let Some(category) = Category::parse(category) else { continue };
        words.extend(all.iter().map(|w| (w.clone(), category)));
    }
    let types = lists.types.iter().filter_map(|(t, c)| Some((spelling(t).into_owned(), Category::parse(c)?)));
    Screen {
        no_person: plain(&lists.no_person),
        published: lists.published.iter().map(|t| t.to_lowercase()).collect(),
        neutral: plain(&lists.neutral),
        templates: plain(&lists.templates),
        types: types.collect(),
        words,
    }
});

/// What is said of something that is screened.
#[derive(Clone, Copy, Debug)]
pub struct Looked<'a> {
    /// Its type.
    pub kind: &'a str,
    /// The template of the object that it stands in.
    pub template: Option<&'a str>,
    /// What it is in that object.
    pub relation: Option<&'a str>,
}

/// What the screen says: the category, whom it is about, and why it was raised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Judged {
    /// The category.
    pub category: Category,
    /// Whom it is about.
    pub person_class: PersonClass,
    /// Why it is no indicator; `None`: it is one.
    pub because: Option<String>,
}

impl Judged {
    /// An indicator.
    pub const NO_PERSON: Self = Self { category: Category::Indicator, person_class: PersonClass::None, because: None };

    fn raised(category: Category, because: String) -> Self {
        Self { category, person_class: PersonClass::Other, because: Some(because) }
    }

    /// The higher of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (&self.because, &other.because) {
            (_, None) => self,
            (None, _) => other,
            _ if other.category.least_tier() > self.category.least_tier() => other,
            _ => self,
        }
    }
}

/// Judges a type, with the object and the relation in which it stands.
pub fn of_type(looked: &Looked<'_>) -> Judged {
    let all = [Some(looked.kind), looked.template, looked.relation];
    let named = || all.into_iter().flatten().collect::<Vec<_>>().join("/");
    let mut judged = of_kind(looked.kind, looked.template);
    for name in all.into_iter().flatten() {
        let known = name == looked.kind && judged.because.is_none() && !SCREEN.neutral.contains(&*spelling(name));
        let category = if known { None } else { of_words(name) };
        if let Some(category) = category {
            judged = judged.and(Judged::raised(category, named()));
        }
    }
    if let Some(template) = looked.template
        && !SCREEN.templates.contains(&*spelling(template))
        && !SCREEN.no_person.contains(&*spelling(template))
        && SCREEN.neutral.contains(&*spelling(looked.kind))
    {
        judged = judged.and(Judged::raised(Category::Identification, named()));
    }
    judged
}

fn of_kind(kind: &str, template: Option<&str>) -> Judged {
    let spelt = spelling(kind);
    if let Some(category) = SCREEN.types.get(&*spelt) {
        return Judged::raised(*category, kind.to_owned());
    }
    let none = |part: &str| SCREEN.no_person.contains(&*spelling(part));
    let known = none(kind) || kind.contains('|') && kind.split('|').all(none);
    let published = || {
        let lower = kind.to_lowercase();
        SCREEN.published.iter().any(|p| lower.starts_with(p))
    };
    let neutral =
        template.is_some_and(|t| SCREEN.templates.contains(&*spelling(t))) && SCREEN.neutral.contains(&*spelt);
    if known || neutral || published() {
        return Judged::NO_PERSON;
    }
    Judged::raised(of_words(kind).unwrap_or(Category::Identification), kind.to_owned())
}

/// The highest category that the words of a name say.
fn of_words(name: &str) -> Option<Category> {
    let lower = name.to_lowercase();
    let whole = lower.replace(['_', ' '], "-");
    let words = lower.split(|c: char| !c.is_alphanumeric()).chain([whole.as_str()]);
    words.filter_map(|w| SCREEN.words.get(w).copied()).max_by_key(|c| c.least_tier())
}

/// Judges a text by what it holds: addresses, numbers of phones, accounts and cards, coordinates, headers.
pub fn of_text(text: &str) -> Judged {
    let found = |category, what: &str| Judged::raised(category, what.to_owned());
    let mut judged = Judged::NO_PERSON;
    // Numbers of phones, accounts and cards, and coordinates, have at least so many digits: most texts have not.
    let has_numbers = text.bytes().filter(u8::is_ascii_digit).count() >= FEWEST_DIGITS;
    if has_header(text) {
        judged = judged.and(found(Category::Traffic, "header of a message"));
    }
    if has_numbers && has_coordinates(text) {
        judged = judged.and(found(Category::Location, "coordinates"));
    }
    if has_address(text) {
        judged = judged.and(found(Category::Identification, "e-mail address"));
    }
    if names_phone(text) || has_numbers && has_phone(text) {
        judged = judged.and(found(Category::Subscriber, "phone number"));
    }
    if has_numbers && has_account(text) {
        judged = judged.and(found(Category::Subscriber, "number of a bank account"));
    }
    if has_numbers && has_card(text) {
        judged = judged.and(found(Category::Subscriber, "number of a card"));
    }
    judged
}

/// The fewest digits of what is a number of somebody: a phone's.
const FEWEST_DIGITS: usize = 7;

/// Whether a text holds an e-mail address, defanged or not.
pub fn has_address(text: &str) -> bool {
    let written_out =
        || text.as_bytes().windows(3).any(|w| matches!(w, [b'[' | b'(' | b'{', b'a' | b'A', b't' | b'T']));
    if !text.contains('@') && !written_out() {
        return false;
    }
    let plain = refanged(text);
    let local =
        |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'' | '!' | '#' | '=' | '*');
    let host = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    plain.match_indices('@').any(|(at, _)| {
        let (before, after) = (plain.get(..at).unwrap_or_default(), plain.get(at + 1..).unwrap_or_default());
        let name = before.chars().rev().take_while(|c| local(*c)).count();
        let domain: String = after.chars().take_while(|c| host(*c)).collect();
        let domain = domain.trim_matches(['.', '-']);
        let top = domain.rsplit_once('.').map(|(_, top)| top).unwrap_or_default();
        name > 0 && top.len() > 1 && top.chars().any(char::is_alphabetic)
    })
}

/// Whether it holds a phone number: a `+` or `00` and 7 to 15 digits, with what people write between them.
fn has_phone(text: &str) -> bool {
    text.match_indices('+').any(|(at, _)| {
        let free =
            !text.get(..at).unwrap_or_default().ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '='));
        let run = text.get(at + 1..).unwrap_or_default();
        let run = run.chars().take_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.' | '/'));
        let digits = run.filter(char::is_ascii_digit).count();
        free && (FEWEST_DIGITS..=15).contains(&digits)
    })
}

/// Whether it says that a phone number follows.
fn names_phone(text: &str) -> bool {
    text.contains(':') && text.as_bytes().windows(4).any(|w| w.eq_ignore_ascii_case(b"tel:"))
}

/// The runs of letters and digits of a text.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|r| !r.is_empty())
}

/// Whether it holds an IBAN: two capitals, two digits, and 11 to 30 capitals and digits, most of them digits.
fn has_account(text: &str) -> bool {
    let is_one = |run: &str| {
        let Some((begin, rest)) = run.as_bytes().split_at_checked(4) else { return false };
        let [a, b, c, d] = begin else { return false };
        let digits = || rest.iter().filter(|c| c.is_ascii_digit()).count();
        a.is_ascii_uppercase()
            && b.is_ascii_uppercase()
            && c.is_ascii_digit()
            && d.is_ascii_digit()
            && (11..=30).contains(&rest.len())
            && rest.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            && digits() * 2 >= rest.len()
            // What could be a hash must have the check digits of an account.
            && (!run.bytes().all(|c| c.is_ascii_hexdigit()) || is_account(run))
    };
    runs(text).any(is_one) || text.contains(' ') && runs(&text.replace(' ', "")).any(is_one)
}

/// Whether the check digits of an IBAN fit (ISO 7064, mod 97).
fn is_account(iban: &str) -> bool {
    let (begin, rest) = iban.split_at_checked(4).unwrap_or((iban, ""));
    let digits = rest.chars().chain(begin.chars()).filter_map(|c| c.to_digit(36));
    digits.fold(0, |sum, d| (sum * if d > 9 { 100 } else { 10 } + d) % 97) == 1
}

/// Whether it holds the number of a payment card: 13 to 19 digits, alone or in groups, whose check digit fits.
fn has_card(text: &str) -> bool {
    let mut digits: Vec<u32> = Vec::new();
    let mut before = ' ';
    let mut all = text.chars().chain([' ', ' ']).peekable();
    while let Some(c) = all.next() {
        match c.to_digit(10) {
            Some(digit) => digits.push(digit),
            None if matches!(c, ' ' | '-') && all.peek().is_some_and(char::is_ascii_digit) && !digits.is_empty() => {}
            None => {
                if !c.is_alphanumeric() && !before.is_alphabetic() && is_card(&digits) {
                    return true;
                }
                digits.clear();
                before = c;
            }
        }
    }
    false
}

fn is_card(digits: &[u32]) -> bool {
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(n, d)| if n % 2 == 0 { *d } else { (d * 2) / 10 + (d * 2) % 10 }).sum();
    (13..=19).contains(&digits.len()) && digits.first().is_some_and(|d| (3..=6).contains(d)) && sum.is_multiple_of(10)
}

/// Whether it holds coordinates: two numbers with three or more decimals, a comma between.
fn has_coordinates(text: &str) -> bool {
    let number = |t: &str| {
        let t = t.trim().trim_start_matches('-');
        let (whole, decimals) = t.split_once('.').unwrap_or((t, ""));
        let decimals: usize = decimals.chars().take_while(char::is_ascii_digit).count();
        (1..=3).contains(&whole.len()) && whole.chars().all(|c| c.is_ascii_digit()) && decimals >= 3
    };
    text.match_indices([',', ';']).any(|(at, mark)| {
        let before = text.get(..at).unwrap_or_default().rsplit([' ', ':', '(', '[', '=']).find(|t| !t.is_empty());
        let after = text.get(at + mark.len()..).unwrap_or_default().trim_start().split([' ', ')', ']']).next();
        before.is_some_and(number) && after.is_some_and(number)
    })
}

/// Whether a line of it is a header of a message that names people.
fn has_header(text: &str) -> bool {
    if !text.contains(':') {
        return false;
    }
    const NAMES: &[&str] =
        &["from", "to", "cc", "bcc", "reply-to", "return-path", "delivered-to", "received", "sender"];
    text.lines().any(|line| {
        line.split_once(':').is_some_and(|(name, rest)| {
            let name = name.trim();
            NAMES.iter().any(|n| n.eq_ignore_ascii_case(name)) && (rest.contains('@') || rest.contains('<'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(kind: &str, template: Option<&str>, relation: Option<&str>) -> u8 {
        of_type(&Looked { kind, template, relation }).category.least_tier().number()
    }

    #[test]
    fn what_is_not_listed_is_somebody() {
        for kind in
            ["MD5", "SHA-256", "sha256", "Ip-Dst", "domain", "filename|sha1", "attack-pattern", "x-mitre-tactic", "URL"]
        {
            assert_eq!(tier(kind, None, None), 1, "{kind}");
        }
        for kind in
            ["email-src", "EMAIL", "whatever", "name", "text", "passport-number", "filename|name", "x-other", ""]
        {
            assert_eq!(tier(kind, None, None), 2, "{kind}");
        }
        assert_eq!((tier("email-header", None, None), tier("email-body", None, None)), (3, 4));
        assert_eq!(tier("text", Some("person"), Some("religion")), 4);
        assert_eq!(tier("text", Some("person"), Some("alias")), 2);
        assert_eq!(tier("datetime", Some("person"), Some("date-of-birth")), 2);
        assert_eq!(tier("text", Some("file"), Some("state")), 1);
        assert_eq!(tier("text", Some("no such template"), Some("state")), 2);
    }

    #[test]
    fn values_are_looked_at() {
        for (text, number) in [
            ("jo@person.example", 2),
            ("jo[@]person[.]example", 2),
            ("jo (at) person (dot) example", 2),
            ("call +999 0000 0002 now", 2),
            ("XA00EXAM00000000000001", 2),
            ("DE89 3704 0044 0532 0130 00", 2),
            ("card 4000000000000002", 2),
            ("4000-0000-0000-0002", 2),
            ("at 52.51631, 13.37773", 3),
            ("From: Jo Doe <jo@person.example>", 3),
            ("evil.example", 1),
            ("admin@338", 1),
            ("00112233445566778899aabbccddeeff", 1),
            ("AB1200112233445566778899AABBCCDD", 1),
            ("4000000000000003", 1),
            ("version 1.2, 1.3", 1),
            ("https://evil.example/a+b", 1),
        ] {
            assert_eq!(of_text(text).category.least_tier().number(), number, "{text}");
        }
    }
}
