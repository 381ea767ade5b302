//! What a screen is, and how it is looked at.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::command::audit::ActSummary;
use crate::command::desk::workspace_info;
use crate::command::request::Direction;
use crate::record::kind::{Kind, State, StateTone};
use crate::record::store::{Record, RecordStore as _};
use crate::store::read;
use crate::store::records::SqlRecordStore;
use crate::tui::language::{in_short, on_screen, tr, tr_count, tr_date, tr_word};
use crate::tui::long::{ListQuery, Of, Source};
use crate::tui::page::{Cell, Column, ListWord, Mark, Page, PageRow, RecordRef, Section, SortKey, Width};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::tui::words::{called, done};
use crate::value::id::Id;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// How a screen is looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ViewParams {
    /// Which of its views.
    pub view: usize,
    /// The record that is to be among the rows, however many there are.
    pub wanted: Option<Id>,
    /// The part of a long list.
    pub long: ListQuery,
    /// The thing that it is about, where it is about one: a case, a partner.
    pub focus: Option<Id>,
    /// What is expanded in a tree that collapses, by the records on the way to it.
    pub expanded: BTreeSet<Vec<Id>>,
}

/// A screen.
pub struct Screen {
    /// Its name.
    pub id: ScreenId,
    /// The names of its views; empty where it has one.
    pub views: &'static [&'static str],
    /// Whether it shows the detail of what is selected beside or below.
    pub has_detail: bool,
    /// Makes its page. It runs on the reading thread.
    pub fetch: fn(&Workspace, &ViewParams, &mut Job) -> Result<Page, Error>,
    /// What it says where there is nothing at all, and what to do first.
    pub first_steps: &'static str,
}

/// A list that may be long: its numbers in their order, and the row of each.
pub struct Long<'a> {
    /// The columns.
    pub columns: Vec<Column>,
    /// The numbers of all rows.
    pub all: &'a dyn Fn() -> Result<Vec<i64>, Error>,
    /// The row of a number.
    pub row: &'a dyn Fn(i64) -> Result<PageRow, Error>,
    /// The rows that hang below a row, by its number.
    pub below: BTreeMap<i64, Vec<PageRow>>,
    /// Those that stand in it only where it is filtered or ordered.
    pub collapsed: HashSet<i64>,
    /// The row of the record that is wanted.
    pub wanted: Option<i64>,
}

/// The part of a long list that is looked at, as a section without its words.
pub fn part(workspace: &Workspace, look: &ViewParams, list: Long<'_>) -> Result<Section, Error> {
    let of = Of { position: read::last(&workspace.db)?, view: look.view, focus: look.focus };
    let Long { columns, all, row, below, collapsed, wanted } = list;
    let (below, collapsed) = (&below, &collapsed);
    let source = Source { of, columns: &columns, all, row, below, collapsed, wanted, now: workspace.now() };
    let (rows, window) = look.long.rows(&source)?;
    Ok(Section { columns, rows, window, grows: true, ..Section::default() })
}

/// The row of a record by its number.
pub fn record_at(records: &SqlRecordStore<'_>, number: i64) -> Result<Record, Error> {
    let gone = || Error::new(ErrorKind::Integrity, "a record that is counted is not there", "check the chain on Audit");
    records.at(number)?.ok_or_else(gone)
}

/// A row of a record: its short id before its cells.
pub fn row(kind: Kind, id: Id, mark: Mark, cells: Vec<Cell>) -> PageRow {
    let mut all = vec![Cell::from(workspace_info::short(kind, id))];
    all.extend(cells);
    PageRow::of(all).about(Some(RecordRef { kind, id })).marked(mark)
}

/// How wide a column is in which it stands how much time is left: `late 345 d` stands there whole.
pub const LEFT: Width = Width::Fixed(10);

/// Time left until a due time, and how urgent it is.
pub fn left(due: Option<Timestamp>, now: Timestamp) -> (Cell, Mark) {
    let Some(due) = due else { return (Cell::nothing().styled(StyleRole::Note), Mark::None) };
    let left = due.since(now);
    let (role, mark) = match () {
        () if left < Duration::hours(0) => (StyleRole::Stop, Mark::Due),
        () if left < Duration::hours(4) => (StyleRole::Due, Mark::Due),
        () if left < Duration::hours(24) => (StyleRole::Due, Mark::None),
        () => (StyleRole::Base, Mark::None),
    };
    (Cell::new(in_short(left), role).by(SortKey::Time(due)), mark)
}

/// A time as it stands in a column.
pub fn due_at(time: Option<Timestamp>, now: Timestamp) -> Cell {
    let at = |t: Timestamp| Cell::from(on_screen(t, now)).by(SortKey::Time(t));
    time.map_or_else(|| Cell::nothing().styled(StyleRole::Note), at)
}

/// A day as it stands in a column: with its year where that is not this one.
pub fn short_day(day: Timestamp, now: Timestamp) -> String {
    let year = day.date().year();
    let said = tr_date(&day.day_and_month());
    if year == now.date().year() { said } else { format!("{said} {year}") }
}

/// A number with what is counted, such as `3 items`.
pub fn count(n: usize, what: &str) -> Cell {
    Cell::from(tr_count(n, what)).by(SortKey::Number(i64::try_from(n).unwrap_or(i64::MAX)))
}

/// What an act did, in words.
pub fn did(act: &ActSummary) -> Cell {
    Cell::from(act.did.map(done).unwrap_or_default())
}

/// What the record is called that an act did it on; empty where that says no more than of which kind it is: what was done says that.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn on(workspace: &Workspace, act: &ActSummary) -> Result<String, Error> {
    let Some((kind, id)) = act.subject() else { return Ok(String::new()) };
    let record = workspace.records().get(id)?;
    let name = record.map(|record| called(workspace, &record)).transpose()?.unwrap_or_default();
    Ok(if name == tr_word(kind.word()) { String::new() } else { name })
}

/// Which way a request goes.
pub fn way(direction: Direction) -> Cell {
    let said = match direction {
        Direction::Inbound => "in",
        Direction::Outbound => "out",
    };
    Cell::word(direction).said(tr(said))
}

/// A state in capitals, as it is seen at a glance.
pub fn state(state: State) -> Cell {
    in_mood(ListWord::of_state(state), state.mood())
}

/// A word for where something stands, in capitals.
pub fn in_mood(word: ListWord, mood: StateTone) -> Cell {
    let role = match mood {
        StateTone::Neutral => StyleRole::Base,
        StateTone::Waiting => StyleRole::Due,
        StateTone::Good => StyleRole::Good,
        StateTone::Stopped => StyleRole::Stop,
        StateTone::Over | StateTone::Erased => StyleRole::Note,
    };
    Cell::new(tr_word(word.label).to_uppercase(), role).by(SortKey::Word(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::text::width;

    #[test]
    fn how_late_something_is_stands_whole() {
        let room = match LEFT {
            Width::Fixed(columns) => usize::from(columns),
            Width::Rest => 0,
        };
        for span in [Duration::hours(-16), Duration::days(-345)] {
            assert!(width(&in_short(span)) <= room, "{}", in_short(span));
        }
    }

    #[test]
    fn a_day_of_another_year_says_which() {
        let at = |text| Timestamp::parse(text).unwrap();
        let now = at("2026-11-30T10:00:00Z");
        assert_eq!(short_day(at("2026-12-28T00:00:00Z"), now), "28 Dec");
        assert_eq!(short_day(at("2027-11-10T00:00:00Z"), now), "10 Nov 2027");
    }
}
