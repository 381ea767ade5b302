//! The filter of a place: words, words of one column, comparisons with what a column says, and each of them denied. What it
//! cannot read narrows nothing, and it says so. Columns are compared by their sort keys; a name that no column has may be
//! that of a facet, which every row has whatever it shows.

use std::cmp::Ordering;

use super::page::{Cell, Column, ListWord, PageRow, Section, SortKey};
use crate::tui::language::{phrase, tr_word};
use crate::value::class::words;
use crate::value::timestamp::{Duration, Timestamp};

/// Names under which a column is looked for that has another heading: the first of these headings that a section has.
const ALIASES: &[(&str, &[&str])] = &[
    ("from", &["FROM", "DESK", "WITH"]),
    ("partner", &["DESK", "WITH", "TO"]),
    ("to", &["TO", "DESK", "WITH"]),
    ("due", &["DUE", "LEFT", "EXPIRES", "ENDS", "KEPT"]),
    ("left", &["LEFT", "EXPIRES", "ENDS", "KEPT"]),
    ("by", &["BY", "ASKED BY", "PROPOSED BY"]),
];

words! {
    /// Words that mean something of their own.
    Word {
        /// The name of the first column of times that lie behind, where no column is called so.
        Age = "age",
        /// No time left.
        Now = "now",
    }
}

words! {
    /// What a row is like, whatever its columns show.
    Facet {
        /// The state of what it stands for.
        State = "state",
        /// The kind of record that it stands for.
        Kind = "kind",
        /// The partner that it concerns.
        Partner = "partner",
        /// When something is due.
        Due = "due",
    }
}

/// What was typed to compare cells with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Typed {
    /// `2`: a number, or a tier.
    Number(i64),
    /// `T2`.
    Tier(i64),
    /// `4h`, `2d12h`, `now`.
    Span(Duration),
    /// A time of RFC 3339.
    Time(Timestamp),
    /// A whole day, of which no time was typed.
    Day(Timestamp),
}

impl Typed {
    /// Reads what was typed in small letters. `None`: it is nothing that a cell is compared with.
    fn read(text: &str) -> Option<Self> {
        let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse().ok()).flatten();
        if Word::parse(text) == Some(Word::Now) {
            return Some(Self::Span(Duration::minutes(0)));
        }
        number(text)
            .map(Self::Number)
            .or_else(|| text.strip_prefix('t').and_then(number).map(Self::Tier))
            .or_else(|| span(text).map(Self::Span))
            .or_else(|| Timestamp::parse(text).map(Self::Time))
            .or_else(|| Timestamp::parse_date(text).map(Timestamp::of_date).map(Self::Day))
    }

    /// Whether one means it and no other where one gives no sign before it.
    const fn is_exact(self) -> bool {
        matches!(self, Self::Number(_) | Self::Tier(_))
    }

    /// How a cell stands to it; `None` where the two cannot be compared. A length of time is measured from `now` to a point
    /// in time, or, in a column of times that lie behind, back to it.
    fn against(self, key: SortKey, is_past: bool, now: Timestamp) -> Option<Ordering> {
        match (key, self) {
            (SortKey::Number(a), Self::Number(b)) => Some(a.cmp(&b)),
            (SortKey::Tier(a), Self::Number(b) | Self::Tier(b)) => Some(i64::from(a.number()).cmp(&b)),
            (SortKey::Span(a), Self::Span(b)) => Some(a.cmp(&b)),
            (SortKey::Time(t), Self::Span(b)) => Some(if is_past { now.since(t) } else { t.since(now) }.cmp(&b)),
            (SortKey::Time(t), Self::Time(b)) => Some(t.cmp(&b)),
            (SortKey::Time(t), Self::Day(b)) => Some(t.start_of_day().cmp(&b)),
            _ => None,
        }
    }
}

/// `2d10h`, `4h`, `30m`: counts and units, each smaller than the one before; the last may lack its unit.
fn span(text: &str) -> Option<Duration> {
    const UNITS: [(char, i64); 3] = [('d', 1440), ('h', 60), ('m', 1)];
    let (mut rest, mut from, mut minutes) = (text, 0, 0i64);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let count: i64 = digits.parse::<u32>().ok()?.into();
        let unit = match after.chars().next() {
            Some(c) => UNITS.iter().position(|(u, _)| *u == c).filter(|u| *u >= from)?,
            // After days stand hours, after hours minutes; a count alone is no length of time.
            None if from > 0 => from,
            None => return None,
        };
        minutes = minutes.checked_add(count.checked_mul(UNITS.get(unit)?.1)?)?;
        (rest, from) = (after.get(1..).unwrap_or_default(), unit + 1);
    }
    (from > 0).then(|| Duration::minutes(minutes))
}

/// A filter, as it was typed and as it is understood.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

#[derive(Clone, Debug)]
struct Term {
    typed: String,
    not: bool,
    wants: Wants,
}

#[derive(Clone, Debug)]
enum Wants {
    /// Anywhere in the row.
    Word(String),
    /// In what has this name; a number stands for that number.
    Part(String, String, Option<Typed>),
    /// What has this name, compared with something; `None`: what was typed is nothing that could be.
    Bound(String, Sign, Option<Typed>),
}

#[derive(Clone, Copy, Debug)]
struct Sign {
    written: &'static str,
    holds: fn(Ordering) -> bool,
}

/// The longer go first: `<=` begins with `<`.
const SIGNS: &[Sign] = &[
    Sign { written: "<=", holds: Ordering::is_le },
    Sign { written: ">=", holds: Ordering::is_ge },
    Sign { written: "<", holds: Ordering::is_lt },
    Sign { written: ">", holds: Ordering::is_gt },
    Sign { written: "=", holds: Ordering::is_eq },
];

/// Why a term narrows nothing in a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Idle {
    /// The section has no such column.
    NoColumn,
    /// What was typed is nothing that is compared.
    NoMeasure,
    /// The column says nothing that could be compared with it.
    OnlyWords,
}

/// What of a row a term looks at.
#[derive(Clone, Debug)]
enum Target {
    /// These columns.
    Columns(Vec<usize>),
    /// What the row is like.
    Facet(Facet),
}

impl Filter {
    /// Reads a filter. Every text is one.
    pub fn read(text: &str) -> Self {
        Self { text: text.to_owned(), terms: text.split_whitespace().map(Term::read).collect() }
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it comes to in a section: its terms that narrow something there. `now` is the time of the page.
    pub fn fitting(&self, section: &Section, now: Timestamp) -> Fitting {
        let term = |t: &Term| Some((t.clone(), t.target_in(section, now).ok()?));
        Fitting(self.terms.iter().filter_map(term).collect())
    }

    /// Those of the rows that every term wants, in the order in which they come, each with what hangs below it; what is collapsed is
    /// among them only where something is looked for. `now` is the time of the page.
    pub fn narrow(&self, section: &Section, rows: &[usize], now: Timestamp) -> Vec<usize> {
        let fitting = self.fitting(section, now);
        // Figures stay: they are no list that one looks through.
        let is_figure = |row: &PageRow| row.subject.is_none() && section.columns.iter().all(|c| c.title.is_empty());
        let looks_for = !self.terms.is_empty();
        let fits = |row: &PageRow| is_figure(row) || fitting.fits(row, &section.columns, now);
        let mut is_shown = false;
        let mut shows = |row: &PageRow| {
            if row.level == 0 {
                is_shown = fits(row) && (looks_for || !row.is_collapsed);
            }
            is_shown
        };
        rows.iter().copied().filter(|n| section.rows.get(*n).is_some_and(&mut shows)).collect()
    }

    /// Which term narrows nothing, and why, in a sentence. A term of one section may say nothing of the others.
    pub fn misread<'a>(&self, sections: impl Iterator<Item = &'a Section> + Clone, now: Timestamp) -> Option<String> {
        self.terms.iter().find_map(|term| {
            let idle: Option<Vec<Idle>> = sections.clone().map(|s| term.target_in(s, now).err()).collect();
            let idle = idle?;
            // The one that comes closest to being understood is told.
            let why = [Idle::OnlyWords, Idle::NoMeasure, Idle::NoColumn].into_iter().find(|w| idle.contains(w))?;
            let typed = &term.typed;
            Some(match why {
                Idle::NoColumn => phrase!("{typed} is not understood: no column here has that name.", typed),
                Idle::NoMeasure => {
                    phrase!("{typed} is not understood: give a number, T2, 4h, 3d or a date.", typed)
                }
                Idle::OnlyWords => phrase!("{typed} is not understood: that column has nothing like it.", typed),
            })
        })
    }
}

/// A filter as a section understands it.
#[derive(Debug)]
pub struct Fitting(Vec<(Term, Target)>);

impl Fitting {
    /// Whether every term wants the row.
    pub fn fits(&self, row: &PageRow, columns: &[Column], now: Timestamp) -> bool {
        self.0.iter().all(|(term, target)| term.is_in(row, columns, target, now) != term.not)
    }
}

impl Term {
    fn read(typed: &str) -> Self {
        let (not, bare) = match typed.strip_prefix('!') {
            Some(rest) if !rest.is_empty() => (true, rest),
            _ => (false, typed),
        };
        let word = || Wants::Word(bare.to_lowercase());
        // A column is called with letters: `10:30`, `https://x` and `fe80::1` are words.
        let named = bare.split_once(':').filter(|(name, rest)| {
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphabetic() || c == '-');
            is_name && !rest.starts_with(':') && !rest.starts_with("//")
        });
        let wants = named.map_or_else(word, |(name, rest)| {
            let (name, rest) = (name.to_lowercase(), rest.to_lowercase());
            let sign = SIGNS.iter().find_map(|s| Some((s, rest.strip_prefix(s.written)?)));
            match sign {
                Some((sign, bound)) => Wants::Bound(name, *sign, Typed::read(bound)),
                None => {
                    let number = Typed::read(&rest).filter(|typed| typed.is_exact());
                    Wants::Part(name, rest, number)
                }
            }
        });
        Self { typed: typed.to_owned(), not, wants }
    }

    /// What of a section's rows it looks at; or why it cannot.
    fn target_in(&self, section: &Section, now: Timestamp) -> Result<Target, Idle> {
        let (name, bound) = match &self.wants {
            Wants::Word(_) => return Ok(Target::Columns((0..section.columns.len()).collect())),
            Wants::Part(name, ..) => return target_of(section, name).ok_or(Idle::NoColumn),
            Wants::Bound(name, _, bound) => (name, bound),
        };
        let target = target_of(section, name).ok_or(Idle::NoColumn)?;
        let bound = bound.ok_or(Idle::NoMeasure)?;
        let mut keys = section.rows.iter().flat_map(|row| target.keys(row)).filter(|(key, _)| *key != SortKey::Nothing);
        // Where nothing is said at all nothing is wrong with the question.
        let says_nothing = keys.clone().next().is_none();
        let compares = says_nothing || keys.any(|(key, _)| bound.against(key, false, now).is_some());
        drop(keys);
        if compares { Ok(target) } else { Err(Idle::OnlyWords) }
    }

    fn is_in(&self, row: &PageRow, columns: &[Column], target: &Target, now: Timestamp) -> bool {
        match &self.wants {
            Wants::Word(word) => row.cells.iter().any(|cell| shows(cell, word)),
            Wants::Part(_, part, number) => match target {
                Target::Facet(facet) => facet.has(row, part),
                Target::Columns(at) => {
                    at.iter().filter_map(|n| row.cells.get(*n)).any(|cell| says(cell, part, *number))
                }
            },
            Wants::Bound(_, sign, bound) => target.keys(row).any(|(key, column)| {
                let is_past = column.and_then(|n| columns.get(n)).is_some_and(|c| c.past);
                bound.and_then(|b| b.against(key, is_past, now)).is_some_and(sign.holds)
            }),
        }
    }
}

impl Target {
    /// What is said there in a row, each with its column.
    fn keys<'a>(&'a self, row: &'a PageRow) -> impl Iterator<Item = (SortKey, Option<usize>)> + Clone + 'a {
        let (columns, facet) = match self {
            Self::Columns(at) => (at.as_slice(), None),
            Self::Facet(facet) => (&[][..], Some(facet.key(row))),
        };
        let key = |n: &'a usize| Some((row.cells.get(*n)?.key, Some(*n)));
        columns.iter().filter_map(key).chain(facet.map(|key| (key, None)))
    }
}

impl Facet {
    /// Whether it is said of a row at all.
    fn is_of(self, row: &PageRow) -> bool {
        match self {
            Self::State => row.facets.state.is_some(),
            Self::Kind => row.record().is_some(),
            Self::Partner => row.facets.partner.is_some(),
            Self::Due => row.facets.due.is_some(),
        }
    }

    /// By what it is compared.
    fn key(self, row: &PageRow) -> SortKey {
        match self {
            Self::Due => row.facets.due.map_or(SortKey::Nothing, SortKey::Time),
            _ if self.is_of(row) => SortKey::Text,
            _ => SortKey::Nothing,
        }
    }

    /// Whether it has a part, written in small letters.
    fn has(self, row: &PageRow, part: &str) -> bool {
        match self {
            Self::State => row.facets.state.is_some_and(|s| ListWord::of_state(s).has(part)),
            Self::Kind => row
                .record()
                .is_some_and(|s| [s.kind.word(), tr_word(s.kind.word())].iter().any(|word| word.contains(part))),
            Self::Partner => row.facets.partner.as_ref().is_some_and(|p| p.as_str().to_lowercase().contains(part)),
            Self::Due => row.facets.due.is_some_and(|due| due.to_minute().contains(part)),
        }
    }
}

/// Whether a cell shows a word, written in small letters.
fn shows(cell: &Cell, word: &str) -> bool {
    cell.text.as_str().to_lowercase().contains(word)
}

/// Whether a cell says what was typed after its column's name: the number; a word of its list; or a part of its text.
fn says(cell: &Cell, part: &str, number: Option<Typed>) -> bool {
    // Neither a number nor a tier is measured from now.
    let equal = number.and_then(|number| number.against(cell.key, false, Timestamp::EPOCH));
    match (equal, cell.key) {
        (Some(equal), _) => equal.is_eq(),
        (None, SortKey::Word(word)) => word.has(part) || shows(cell, part),
        (None, _) => shows(cell, part),
    }
}

/// A heading as it is typed: `PROPOSED BY` is `proposed-by`, `NO.` is `no`.
fn typed_as(title: &str) -> String {
    title.trim_end_matches('.').replace(' ', "-").to_lowercase()
}

/// What a name means in a section: a column of that heading, else one of another that the name is known for, else what its
/// rows are like.
fn target_of(section: &Section, name: &str) -> Option<Target> {
    let at = |is: &dyn Fn(&Column) -> bool| section.columns.iter().position(|c| !c.title.is_empty() && is(c));
    let aliases = ALIASES.iter().filter(|(alias, _)| *alias == name).flat_map(|(_, titles)| titles.iter());
    let column = at(&|c| typed_as(c.title) == name)
        .or_else(|| at(&|c| typed_as(c.heading()) == name))
        .or_else(|| aliases.into_iter().find_map(|title| at(&|c| c.title == *title)))
        .or_else(|| at(&|c| c.past && Word::parse(name) == Some(Word::Age)));
    let facet = || Facet::parse(name).filter(|facet| section.rows.iter().any(|row| facet.is_of(row)));
    column.map(|n| Target::Columns(vec![n])).or_else(|| facet().map(Target::Facet))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::item;
    use crate::record::kind::Kind;
    use crate::tui::page::{ListWord, RecordRef, Width, column};
    use crate::value::class::{Channel, Tier};
    use crate::value::id::Id;

    fn time(text: &str) -> SortKey {
        SortKey::Time(Timestamp::parse(text).unwrap())
    }

    /// A cell whose key is as its text is written: `T2`, `12`, `2026-11-23T05:00:00Z`, `-`; and any other text.
    fn cell(text: &str) -> Cell {
        let cell = Cell::from(text);
        match Typed::read(&text.to_lowercase()) {
            Some(Typed::Number(n)) => Cell::number(n),
            Some(Typed::Tier(n)) => Cell::maybe_tier(Tier::new(n)),
            Some(Typed::Time(t)) => cell.by(SortKey::Time(t)),
            _ if text == "-" => Cell::nothing(),
            _ => cell,
        }
    }

    fn section(columns: &[&'static str], rows: &[&[&str]]) -> Section {
        let width = Width::Fixed(8);
        let column = |t: &&'static str| if *t == "HEARD" { column(t, width).past() } else { column(t, width) };
        Section {
            columns: columns.iter().map(column).collect(),
            rows: rows.iter().map(|cells| PageRow::of(cells.iter().map(|c| cell(c)).collect())).collect(),
            ..Section::default()
        }
    }

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-23T03:12:00Z").unwrap()
    }

    #[test]
    fn terms_narrow_and_what_is_not_understood_narrows_nothing_and_is_told() {
        let s = section(
            &["ID", "DESK", "TIER", "STATE", "DUE", "LEFT", "HEARD"],
            &[
                &["R-1", "XB", "T1", "OPEN", "2026-11-23T05:00:00Z", "2026-11-23T05:00:00Z", "2026-11-22T05:00:00Z"],
                &["R-2", "XC", "T2", "HELD", "2026-11-30T05:00:00Z", "2026-11-30T05:00:00Z", "2026-11-01T05:00:00Z"],
                &["R-12", "XB", "T3", "OPEN", "2026-11-20T05:00:00Z", "2026-11-20T05:00:00Z", "-"],
                &["R-4", "XD", "-", "10:30", "-", "-", ""],
            ],
        );
        let all: &[usize] = &[0, 1, 2, 3];
        let check = |filter: &str, want: &[usize], told: &str| {
            let f = Filter::read(filter);
            assert_eq!(f.narrow(&s, all, now()), want, "{filter}");
            let misread = f.misread([&s].into_iter(), now()).unwrap_or_default();
            assert!(misread.starts_with(told) && misread.is_empty() == told.is_empty(), "{filter}: {misread}");
        };
        check("", all, "");
        check("open", &[0, 2], "");
        check("OPEN xb r-12", &[2], "");
        check("state:open 11-23", &[0], "");
        check("!open", &[1, 3], "");
        check("!state:open", &[1, 3], "");
        check("!", &[], "");
        check("10:30", &[3], "");
        check("https://x", &[], "");
        check("tier:2", &[1], "");
        check("tier:T3", &[2], "");
        check("tier:>1", &[1, 2], "");
        check("tier:>=1", &[0, 1, 2], "");
        check("tier:=1", &[0], "");
        check("!tier:>1", &[0, 3], "");
        check("left:<4h", &[0, 2], "");
        check("LEFT:<4H", &[0, 2], "");
        check("left:<now", &[2], "");
        check("left:>3d state:held", &[1], "");
        check("due:<3d", &[0, 2], "");
        check("due:>2026-11-23", &[1], "");
        check("heard:>14d", &[1], "");
        check("age:>14d", &[1], "");
        check("age:<14d", &[0], "");
        check("from:xb", &[0, 2], "");
        check("partner:xc", &[1], "");
        check("due:<x", all, "due:<x is not understood: give a number");
        check("due:<", all, "due:< is not understood: give a number");
        check("open due:<x", &[0, 2], "due:<x is not understood");
        check("no:such", all, "no:such is not understood: no column");
        check("!no:such", all, "!no:such is not understood: no column");
        check("desk:<3d", all, "desk:<3d is not understood: that column");
    }

    #[test]
    fn a_term_of_one_section_says_nothing_of_the_others() {
        let partners = section(&["DESK", "STANDING"], &[&["XB", "PINNED"]]);
        let agreements = section(&["WITH", "TIER"], &[&["XB", "T1"], &["XB", "T3"]]);
        let check = |filter: &str, one: &[usize], other: &[usize], told: bool| {
            let f = Filter::read(filter);
            assert_eq!(f.narrow(&partners, &[0], now()), one, "{filter}");
            assert_eq!(f.narrow(&agreements, &[1, 0], now()), other, "{filter}");
            assert_eq!(f.misread([&partners, &agreements].into_iter(), now()).is_some(), told, "{filter}");
        };
        check("tier:>2", &[0], &[1], false);
        check("tier:>x", &[0], &[1, 0], true);
        check("age:>1d", &[0], &[1, 0], true);
        check("from:xb", &[0], &[1, 0], false);
    }

    #[test]
    fn headings_are_typed_in_small_letters_without_spaces() {
        let s = section(&["NO.", "PROPOSED BY", ""], &[&["12", "Osei", "x"], &["112", "Okafor", ""]]);
        let check = |filter: &str, want: &[usize]| {
            assert_eq!(Filter::read(filter).narrow(&s, &[0, 1], now()), want, "{filter}");
        };
        check("no:12", &[0]);
        check("proposed-by:oka", &[1]);
        check("by:osei", &[0]);
    }

    #[test]
    fn words_of_a_list_are_found_by_the_word_and_by_what_is_shown() {
        let state = |label: &'static str| {
            let word = ListWord { label, ..ListWord::of(Channel::JointOperations) };
            Cell::from("JOINT").by(SortKey::Word(word))
        };
        let s = Section {
            columns: vec![column("STATE", Width::Fixed(8))],
            rows: vec![PageRow::of(vec![state("new")]), PageRow::of(vec![Cell::word(Channel::Tested)])],
            ..Section::default()
        };
        let check = |filter: &str, want: &[usize]| {
            assert_eq!(Filter::read(filter).narrow(&s, &[0, 1], now()), want, "{filter}");
        };
        check("state:operations", &[0]);
        check("state:new", &[0]);
        check("state:joint", &[0]);
        check("state:tested", &[1]);
        check("!state:tested", &[0]);
    }

    #[test]
    fn a_row_is_found_by_what_it_is_like_where_no_column_shows_it() {
        let subject = |kind: Kind, n: u8| Some(RecordRef { kind, id: Id::from_bytes([n; 16]) });
        let due = Timestamp::parse("2026-11-23T05:00:00Z").unwrap();
        let rows = vec![
            PageRow::of(vec![Cell::from("one")])
                .about(subject(Kind::Item, 1))
                .in_state(item::State::Held.any())
                .with_partner("XB")
                .due(Some(due)),
            PageRow::of(vec![Cell::from("two")]).about(subject(Kind::Request, 2)),
        ];
        let s = Section { columns: vec![column("WHAT", Width::Rest)], rows, ..Section::default() };
        let check = |filter: &str, want: &[usize], told: bool| {
            let f = Filter::read(filter);
            assert_eq!(f.narrow(&s, &[0, 1], now()), want, "{filter}");
            assert_eq!(f.misread([&s].into_iter(), now()).is_some(), told, "{filter}");
        };
        check("state:held", &[0], false);
        check("!state:held", &[1], false);
        check("kind:request", &[1], false);
        check("partner:xb", &[0], false);
        check("due:<4h", &[0], false);
        check("due:<1h", &[], false);
        check("state:<4h", &[0, 1], true);
        check("left:<4h", &[0, 1], true);
    }

    #[test]
    fn what_was_typed_is_compared_with_what_it_can_be() {
        let span = |minutes| SortKey::Span(Duration::minutes(minutes));
        let tier = |n| SortKey::Tier(Tier::new(n).unwrap());
        let check = |key: SortKey, typed: &str, is_past: bool, want: Option<Ordering>| {
            let typed_as = Typed::read(typed).unwrap();
            assert_eq!(typed_as.against(key, is_past, now()), want, "{key:?} {typed}");
        };
        check(tier(2), "1", false, Some(Ordering::Greater));
        check(tier(2), "t2", false, Some(Ordering::Equal));
        check(SortKey::Number(12), "9", false, Some(Ordering::Greater));
        check(SortKey::Number(12), "t2", false, None);
        check(span(108), "4h", false, Some(Ordering::Less));
        check(span(5760), "3d", false, Some(Ordering::Greater));
        check(span(5760), "3d23", false, Some(Ordering::Greater));
        check(time("2026-11-20T05:00:00Z"), "30m", false, Some(Ordering::Less));
        check(time("2026-11-20T05:00:00Z"), "now", false, Some(Ordering::Less));
        check(time("2026-11-24T05:00:00Z"), "3d", false, Some(Ordering::Less));
        check(time("2027-01-02T00:00:00Z"), "3d", false, Some(Ordering::Greater));
        check(time("2026-11-01T05:00:00Z"), "14d", true, Some(Ordering::Greater));
        check(time("2026-11-22T05:00:00Z"), "14d", true, Some(Ordering::Less));
        check(time("2026-11-24T05:00:00Z"), "2026-11-24", false, Some(Ordering::Equal));
        check(time("2026-11-25T05:00:00Z"), "2026-11-24", false, Some(Ordering::Greater));
        check(SortKey::Text, "3d", false, None);
        check(SortKey::Nothing, "3d", false, None);
        for text in ["", "x", "<3d", "3x", "d3", "tomorrow", "2026-13-01", "-3d", "3h2d", "99999999999d", "t"] {
            assert_eq!(Typed::read(text), None, "{text}");
        }
    }
}
