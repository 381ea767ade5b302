//! The filter of a place: words, words of one column, comparisons with what a column says, and each of them denied. What it
//! cannot read narrows nothing, and it says so. It looks at what is shown, never at the records.

use std::cmp::Ordering;

use super::measure::Measure;
use super::page::{Column, PageRow, Section};
use crate::value::timestamp::Timestamp;

/// Names under which a column is looked for that has another heading: the first of these headings that a section has.
/// `age` is the first column of times that lie behind.
const ALIASES: &[(&str, &[&str])] = &[
    ("from", &["FROM", "DESK", "WITH"]),
    ("partner", &["DESK", "WITH", "TO"]),
    ("to", &["TO", "DESK", "WITH"]),
    ("due", &["DUE", "LEFT", "EXPIRES", "ENDS", "KEPT"]),
    ("left", &["LEFT", "EXPIRES", "ENDS", "KEPT"]),
    ("by", &["BY", "ASKED BY", "PROPOSED BY"]),
];

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
    /// In a column; a number stands for that number.
    Part(String, String, Option<Measure>),
    /// A column compared with a measure; `None`: what was typed is none.
    Bound(String, Sign, Option<Measure>),
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
    /// What was typed is no measure.
    NoMeasure,
    /// The column says nothing that could be compared with it.
    OnlyWords,
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
        let term = |t: &Term| Some((t.clone(), t.columns_in(section, now).ok()?));
        Fitting(self.terms.iter().filter_map(term).collect())
    }

    /// Those of the rows that every term wants, in the order in which they come. `now` is the time of the page.
    pub fn narrow(&self, section: &Section, rows: &[usize], now: Timestamp) -> Vec<usize> {
        let fitting = self.fitting(section, now);
        // Figures stay: they are no list that one looks through.
        let is_figure = |row: &PageRow| row.subject.is_none() && section.columns.iter().all(|c| c.title.is_empty());
        let fits = |row: &PageRow| is_figure(row) || fitting.fits(row, &section.columns, now);
        rows.iter().copied().filter(|n| section.rows.get(*n).is_some_and(fits)).collect()
    }

    /// Which term narrows nothing, and why, in a sentence. A term of one section may say nothing of the others.
    pub fn misread<'a>(&self, sections: impl Iterator<Item = &'a Section> + Clone, now: Timestamp) -> Option<String> {
        self.terms.iter().find_map(|term| {
            let idle: Option<Vec<Idle>> = sections.clone().map(|s| term.columns_in(s, now).err()).collect();
            let idle = idle?;
            // The one that comes closest to being understood is told.
            let why = [Idle::OnlyWords, Idle::NoMeasure, Idle::NoColumn].into_iter().find(|w| idle.contains(w))?;
            let typed = &term.typed;
            Some(match why {
                Idle::NoColumn => format!("{typed} is not understood: no column here has that name."),
                Idle::NoMeasure => {
                    format!("{typed} is not understood: give a number, T2, 4h, 3d or a date.")
                }
                Idle::OnlyWords => format!("{typed} is not understood: that column has nothing like it."),
            })
        })
    }
}

/// A filter as a section understands it.
#[derive(Debug)]
pub struct Fitting(Vec<(Term, Vec<usize>)>);

impl Fitting {
    /// Whether every term wants the row.
    pub fn fits(&self, row: &PageRow, columns: &[Column], now: Timestamp) -> bool {
        self.0.iter().all(|(term, at)| term.is_in(row, columns, at, now) != term.not)
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
            let name = name.to_lowercase();
            let sign = SIGNS.iter().find_map(|s| Some((s, rest.strip_prefix(s.written)?)));
            match sign {
                Some((sign, bound)) => Wants::Bound(name, *sign, Measure::of_typed(&bound.to_lowercase())),
                None => Wants::Part(name, rest.to_lowercase(), Measure::of_typed(&rest.to_lowercase())),
            }
        });
        Self { typed: typed.to_owned(), not, wants }
    }

    /// The columns of a section that it looks at; or why it cannot.
    fn columns_in(&self, section: &Section, now: Timestamp) -> Result<Vec<usize>, Idle> {
        match &self.wants {
            Wants::Word(_) => Ok((0..section.columns.len()).collect()),
            Wants::Part(name, ..) => Ok(vec![column_of(section, name).ok_or(Idle::NoColumn)?]),
            Wants::Bound(name, _, bound) => {
                let n = column_of(section, name).ok_or(Idle::NoColumn)?;
                let bound = bound.as_ref().ok_or(Idle::NoMeasure)?;
                let mut cells = section.rows.iter().filter_map(|r| r.cells.get(n)).map(|c| cell(c.text.as_str(), now));
                let says = |m: &Measure| *m != Measure::Blank;
                let compares = |m: &Measure| m.against(bound, false, now).is_some();
                // Where nothing is said at all nothing is wrong with the question.
                let words = cells.clone().any(|m| says(&m)) && !cells.any(|m| compares(&m));
                if words { Err(Idle::OnlyWords) } else { Ok(vec![n]) }
            }
        }
    }

    fn is_in(&self, row: &PageRow, columns: &[Column], at: &[usize], now: Timestamp) -> bool {
        let is = |n: usize| {
            let Some(text) = row.cells.get(n).map(|c| c.text.as_str()) else { return false };
            let is_past = columns.get(n).is_some_and(|c| c.past);
            match &self.wants {
                Wants::Word(word) => text.to_lowercase().contains(word),
                Wants::Part(_, part, number) => {
                    let equal = match number {
                        Some(number @ (Measure::Number(_) | Measure::Tier(_))) => {
                            cell(text, now).against(number, false, now)
                        }
                        _ => None,
                    };
                    equal.map_or_else(|| text.to_lowercase().contains(part), Ordering::is_eq)
                }
                Wants::Bound(_, sign, bound) => {
                    let stands = bound.as_ref().and_then(|b| cell(text, now).against(b, is_past, now));
                    stands.is_some_and(sign.holds)
                }
            }
        };
        at.iter().any(|n| is(*n))
    }
}

fn cell(text: &str, now: Timestamp) -> Measure {
    Measure::of_cell(text, now)
}

/// A heading as it is typed: `PROPOSED BY` is `proposed-by`, `NO.` is `no`.
fn typed_as(title: &str) -> String {
    title.trim_end_matches('.').replace(' ', "-").to_lowercase()
}

fn column_of(section: &Section, name: &str) -> Option<usize> {
    let at = |is: &dyn Fn(&Column) -> bool| section.columns.iter().position(|c| !c.title.is_empty() && is(c));
    let aliases = ALIASES.iter().filter(|(alias, _)| *alias == name).flat_map(|(_, titles)| titles.iter());
    at(&|c| typed_as(c.title) == name)
        .or_else(|| aliases.into_iter().find_map(|title| at(&|c| c.title == *title)))
        .or_else(|| at(&|c| c.past && name == "age"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::page::{StyledText, Width, column};

    fn section(columns: &[&'static str], rows: &[&[&str]]) -> Section {
        let width = Width::Fixed(8);
        let column = |t: &&'static str| if *t == "HEARD" { column(t, width).past() } else { column(t, width) };
        Section {
            columns: columns.iter().map(column).collect(),
            rows: rows
                .iter()
                .map(|cells| PageRow {
                    subject: None,
                    mark: ' ',
                    cells: cells.iter().map(|c| StyledText::from(*c)).collect(),
                })
                .collect(),
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
                &["R-1", "XB", "T1", "OPEN", "23 Nov 05:00Z", "01h48", "22 Nov 05:00Z"],
                &["R-2", "XC", "T2", "HELD", "30 Nov 05:00Z", "7d01h", "01 Nov 05:00Z"],
                &["R-12", "XB", "T3", "OPEN", "20 Nov 05:00Z", "late", "-"],
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
        check("state:open 01h", &[0], "");
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
}
