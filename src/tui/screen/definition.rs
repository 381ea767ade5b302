//! What a screen is, and how it is looked at.

use crate::command::desk::workspace_info;
use crate::record::kind::{Kind, Mood, State};
use crate::record::store::Record;
use crate::store::read;
use crate::store::records::SqlRecordStore;
use crate::tui::long::{ListQuery, Of, Source};
use crate::tui::page::{Column, Page, PageRow, RecordRef, Section, StyledText};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
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
    /// The row of the record that is wanted.
    pub wanted: Option<i64>,
}

/// The part of a long list that is looked at, as a section without its words.
pub fn part(workspace: &Workspace, look: &ViewParams, list: Long<'_>) -> Result<Section, Error> {
    let of = Of { position: read::last(&workspace.db)?, view: look.view, focus: look.focus };
    let Long { columns, all, row, wanted } = list;
    let source = Source { of, columns: &columns, all, row, wanted, now: workspace.now() };
    let (rows, window) = look.long.rows(&source)?;
    Ok(Section { columns, rows, window, grows: true, ..Section::default() })
}

/// The row of a record by its number.
pub fn record_at(records: &SqlRecordStore<'_>, number: i64) -> Result<Record, Error> {
    let gone = || Error::new(ErrorKind::Integrity, "a record that is counted is not there", "check the chain on Audit");
    records.at(number)?.ok_or_else(gone)
}

/// The subject of a record.
pub fn subject(kind: Kind, id: &str) -> Option<RecordRef> {
    Id::parse(id).map(|id| RecordRef { kind, id })
}

/// A row of a record: its short id before its cells.
pub fn row(kind: Kind, id: &str, mark: char, cells: Vec<StyledText>) -> PageRow {
    let mut all = vec![StyledText::from(workspace_info::short(kind, id))];
    all.extend(cells);
    PageRow { subject: subject(kind, id), mark, cells: all }
}

/// Time left until a due time, and how urgent it is.
pub fn left(due: Option<&str>, now: Timestamp) -> (StyledText, char) {
    let Some(due) = due.and_then(Timestamp::parse) else { return (StyledText::new("-", StyleRole::Note), ' ') };
    let left = due.since(now);
    let (tone, mark) = match () {
        () if left < Duration::hours(0) => (StyleRole::Stop, '!'),
        () if left < Duration::hours(4) => (StyleRole::Due, '!'),
        () if left < Duration::hours(24) => (StyleRole::Due, ' '),
        () => (StyleRole::Base, ' '),
    };
    (StyledText::new(left.to_string(), tone), mark)
}

/// A due time as it stands in a column.
pub fn due_at(due: Option<&str>, now: Timestamp) -> StyledText {
    due.and_then(Timestamp::parse)
        .map_or_else(|| StyledText::new("-", StyleRole::Note), |t| StyledText::from(t.on_screen(now)))
}

/// A state in capitals, as it is seen at a glance.
pub fn state(state: State) -> StyledText {
    in_mood(state.label(), state.mood())
}

/// A word for where something stands, in capitals.
pub fn in_mood(word: &str, mood: Mood) -> StyledText {
    let role = match mood {
        Mood::Neutral => StyleRole::Base,
        Mood::Waiting => StyleRole::Due,
        Mood::Good => StyleRole::Good,
        Mood::Stopped => StyleRole::Stop,
        Mood::Over | Mood::Erased => StyleRole::Note,
    };
    StyledText::new(word.to_uppercase(), role)
}
