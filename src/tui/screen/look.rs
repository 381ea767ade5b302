//! What a screen is, and how it is looked at.

use crate::desk::failure::{Failure, Kind};
use crate::desk::job::Job;
use crate::desk::own;
use crate::desk::workspace::Desk;
use crate::record::book::Record;
use crate::store::book::SqlBook;
use crate::store::read;
use crate::tui::long::{Of, Source, Wish};
use crate::tui::page::{Bit, Column, Page, Row, Section, Subject};
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::value::id::Id;
use crate::value::instant::{Instant, Span};

/// How a screen is looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// Which of its views.
    pub view: usize,
    /// The record that is to be among the rows, however many there are.
    pub wanted: Option<Id>,
    /// The part of a long list.
    pub long: Wish,
    /// The thing that it is about, where it is about one: a case, a partner.
    pub focus: Option<Id>,
}

/// A screen.
pub struct Screen {
    /// Its place.
    pub place: Place,
    /// The names of its views; empty where it has one.
    pub views: &'static [&'static str],
    /// Whether it shows the detail of what is selected beside or below.
    pub has_detail: bool,
    /// Makes its page. It runs on the reading thread.
    pub fetch: fn(&Desk, &Look, &mut Job) -> Result<Page, Failure>,
    /// What it says where there is nothing at all, and what to do first.
    pub first_steps: &'static str,
}

/// A list that may be long: its numbers in their order, and the row of each.
pub struct Long<'a> {
    /// The columns.
    pub columns: Vec<Column>,
    /// The numbers of all rows.
    pub all: &'a dyn Fn() -> Result<Vec<i64>, Failure>,
    /// The row of a number.
    pub row: &'a dyn Fn(i64) -> Result<Row, Failure>,
    /// The row of the record that is wanted.
    pub wanted: Option<i64>,
}

/// The part of a long list that is looked at, as a section without its words.
pub fn part(desk: &Desk, look: &Look, list: Long<'_>) -> Result<Section, Failure> {
    let of = Of { position: read::last(&desk.db)?, view: look.view, focus: look.focus };
    let Long { columns, all, row, wanted } = list;
    let source = Source { of, columns: &columns, all, row, wanted, now: desk.now() };
    let (rows, window) = look.long.rows(&source)?;
    Ok(Section { columns, rows, window, grows: true, ..Section::default() })
}

/// The row of a record by its number.
pub fn record_at(book: &SqlBook<'_>, number: i64) -> Result<Record, Failure> {
    let gone = || Failure::new(Kind::Integrity, "a record that is counted is not there", "check the chain on Audit");
    book.at(number)?.ok_or_else(gone)
}

/// The subject of a record.
pub fn subject(kind: &str, id: &str) -> Option<Subject> {
    Id::parse(id).map(|id| Subject { kind: kind.to_owned(), id })
}

/// A row of a record: its short id before its cells.
pub fn row(kind: &str, id: &str, mark: char, cells: Vec<Bit>) -> Row {
    let mut all = vec![Bit::from(own::short(kind, id))];
    all.extend(cells);
    Row { subject: subject(kind, id), mark, cells: all }
}

/// Time left until a due time, and how urgent it is.
pub fn left(due: Option<&str>, now: Instant) -> (Bit, char) {
    let Some(due) = due.and_then(Instant::parse) else { return (Bit::new("-", Tone::Note), ' ') };
    let left = due.since(now);
    let (tone, mark) = match () {
        () if left < Span::hours(0) => (Tone::Stop, '!'),
        () if left < Span::hours(4) => (Tone::Due, '!'),
        () if left < Span::hours(24) => (Tone::Due, ' '),
        () => (Tone::Base, ' '),
    };
    (Bit::new(left.to_string(), tone), mark)
}

/// A due time as it stands in a column.
pub fn due_at(due: Option<&str>, now: Instant) -> Bit {
    due.and_then(Instant::parse).map_or_else(|| Bit::new("-", Tone::Note), |t| Bit::from(t.on_screen(now)))
}

/// A state in capitals, with its tone.
pub fn state(word: &str) -> Bit {
    let tone = match word {
        "refused" | "conflict" | "suspended" | "frozen" | "outstanding" | "expired" | "revoked" => Tone::Stop,
        "open" | "assessed" | "proposed" | "in-review" | "draft" | "clarification" | "conditional" | "renewal due" => {
            Tone::Due
        }
        "purged" | "closed" | "withdrawn" | "ended" | "lifted" => Tone::Note,
        "delivered" | "approved" | "released" | "met" | "acknowledged" | "pinned" | "in force" => Tone::Good,
        _ => Tone::Base,
    };
    // "Held" would be read as a legal hold.
    let word = if word == "held" { "kept" } else { word };
    Bit::new(word.to_uppercase(), tone)
}
