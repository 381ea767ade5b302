//! What a screen shows, as values: made beside the database, drawn elsewhere. All text in it is fit to be shown.

use super::language::{Part, phrase, tr, tr_in, tr_word};
use super::picture::Picture;
use super::theme::StyleRole;
use super::words::done;
use crate::record::kind::{ChangeKind, Kind, State};
use crate::record::kind_def;
use crate::value::class::Tier;
use crate::value::id::Id;
use crate::value::text::{Shown, pad, width};
use crate::value::timestamp::{Duration, Timestamp};
use crate::value::word::WordList;

/// A record that a row stands for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RecordRef {
    /// The kind of record.
    pub kind: Kind,
    /// The record.
    pub id: Id,
}

impl From<(Kind, Id)> for RecordRef {
    fn from((kind, id): (Kind, Id)) -> Self {
        Self { kind, id }
    }
}

/// What a row stands for: it can be selected, and has a page.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Selectable {
    /// A record.
    Record(RecordRef),
    /// A kind of request, as the law has it.
    RequestKind(String),
    /// A bundle that came too early, and waits: a file, of which nothing was applied.
    WaitingBundle {
        /// The code of its sender.
        from: String,
        /// Its number.
        sequence: u64,
    },
}

impl Selectable {
    /// The record; what is none is not marked, and no record's acts are done with it.
    pub const fn record(&self) -> Option<&RecordRef> {
        match self {
            Self::Record(record) => Some(record),
            Self::RequestKind(_) | Self::WaitingBundle { .. } => None,
        }
    }

    /// Whether it is the record with that id.
    pub fn is_record(&self, id: Id) -> bool {
        self.record().is_some_and(|record| record.id == id)
    }
}

impl From<RecordRef> for Selectable {
    fn from(record: RecordRef) -> Self {
        Self::Record(record)
    }
}

/// A piece of text and what it means.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StyledText {
    /// The text.
    pub text: Shown,
    /// What it means.
    pub role: StyleRole,
    /// What is drawn instead of the text, which says the same.
    pub picture: Option<Box<Picture>>,
}

impl StyledText {
    /// Text with a role.
    pub fn new(text: impl Into<Shown>, role: StyleRole) -> Self {
        Self { text: text.into(), role, picture: None }
    }

    /// A picture, and the same in words.
    pub fn drawn(picture: Picture) -> Self {
        Self { text: Shown::from(picture.said()), picture: Some(Box::new(picture)), ..Self::default() }
    }
}

impl<T: Into<Shown>> From<T> for StyledText {
    fn from(text: T) -> Self {
        Self::new(text, StyleRole::Base)
    }
}

/// A line of several pieces, one after the other.
pub type Line = Vec<StyledText>;

/// The text of a line.
pub fn text_of(line: &Line) -> String {
    line.iter().map(|piece| piece.text.as_str()).collect()
}

/// How wide a column is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// So many terminal columns.
    Fixed(u16),
    /// What is left.
    Rest,
}

/// The heading of short ids.
const ID: &str = "ID";

/// A column of a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// What a number in it is called where it is read aloud; empty: as the heading says.
    pub spoken: &'static str,
    /// How wide it is.
    pub width: Width,
    /// Whether its text stands on the right.
    pub right: bool,
    /// Left out where the screen is narrow.
    pub optional: bool,
    /// Whether its times lie behind: a length of time is counted back from now.
    pub past: bool,
    /// Whether pictures stand in it, which take all of its width.
    pub pictured: bool,
}

/// A column that is always there.
pub const fn column(title: &'static str, width: Width) -> Column {
    Column { title, spoken: "", width, right: false, optional: false, past: false, pictured: false }
}

impl Column {
    /// Whether short ids stand in it: it is drawn last, and dim.
    pub fn is_id(&self) -> bool {
        self.title == ID
    }

    /// Its heading, as it is shown.
    pub fn heading(&self) -> &'static str {
        tr_in(Part::Column, self.title)
    }

    /// Its text stands on the right.
    #[must_use]
    pub const fn right(self) -> Self {
        Self { right: true, ..self }
    }

    /// It is left out where the screen is narrow.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// A number in it is called so where it is read aloud.
    #[must_use]
    pub const fn spoken(self, name: &'static str) -> Self {
        Self { spoken: name, ..self }
    }

    /// Pictures stand in it.
    #[must_use]
    pub const fn pictured(self) -> Self {
        Self { pictured: true, ..self }
    }

    /// Its times lie behind.
    #[must_use]
    pub const fn past(self) -> Self {
        Self { past: true, ..self }
    }
}

/// A word of a closed list, as a cell says it: where it stands in the list, and how it is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ListWord {
    /// Its place in the list.
    pub place: usize,
    /// The word.
    pub word: &'static str,
    /// How people read it.
    pub label: &'static str,
}

impl ListWord {
    /// A word of a list.
    pub fn of<W: WordList>(word: W) -> Self {
        Self { place: word.place(), word: word.into(), label: word.into() }
    }

    /// A state: its place in the life of a record of its kind.
    pub fn of_state(state: State) -> Self {
        let place = kind_def(state.kind()).states.iter().position(|s| *s == state).unwrap_or_default();
        Self { place, word: state.word(), label: state.label() }
    }

    /// Whether it has a part, written in small letters.
    pub fn has(&self, part: &str) -> bool {
        let said = [self.word, self.label, tr_word(self.word), tr_word(self.label)];
        said.into_iter().any(|word| word.to_lowercase().contains(part))
    }
}

/// By what a cell is ordered, and compared with what was typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum SortKey {
    /// It says nothing.
    #[default]
    Nothing,
    /// A number.
    Number(i64),
    /// A tier.
    Tier(Tier),
    /// A length of time.
    Span(Duration),
    /// A point in time.
    Time(Timestamp),
    /// A word of a closed list.
    Word(ListWord),
    /// Its text.
    Text,
}

/// A cell of a row: what it shows, what that means, and by what it is ordered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cell {
    /// The text.
    pub text: Shown,
    /// What it means.
    pub role: StyleRole,
    /// By what it is ordered.
    pub key: SortKey,
    /// It draws what the number before it says.
    pub is_bar: bool,
    /// What is drawn instead of the text, which says the same.
    pub picture: Option<Box<Picture>>,
}

impl Cell {
    /// Text with a style, ordered by what it says.
    pub fn new(text: impl Into<Shown>, role: StyleRole) -> Self {
        let text = text.into();
        let key = if text.is_empty() { SortKey::Nothing } else { SortKey::Text };
        Self { text, role, key, is_bar: false, picture: None }
    }

    /// The dash that stands for nothing.
    pub fn nothing() -> Self {
        Self::new("-", StyleRole::Base).by(SortKey::Nothing)
    }

    /// A number.
    pub fn number(n: impl TryInto<i64> + ToString) -> Self {
        let text = n.to_string();
        Self::from(text).by(SortKey::Number(n.try_into().unwrap_or(i64::MAX)))
    }

    /// A number, or the dash.
    pub fn maybe_number(n: Option<impl TryInto<i64> + ToString>) -> Self {
        n.map_or_else(Self::nothing, Self::number)
    }

    /// A tier.
    pub fn tier(tier: Tier) -> Self {
        Self::from(format!("T{tier}")).by(SortKey::Tier(tier))
    }

    /// A tier, or the dash.
    pub fn maybe_tier(tier: Option<Tier>) -> Self {
        tier.map_or_else(Self::nothing, Self::tier)
    }

    /// A word of a closed list.
    pub fn word<W: WordList>(word: W) -> Self {
        Self::from(tr_word(word.into())).by(SortKey::Word(ListWord::of(word)))
    }

    /// A bar of so many marks at most.
    pub fn bar(n: u64, most: usize) -> Self {
        let marks = usize::try_from(n).unwrap_or(most).min(most);
        Self { is_bar: true, ..Self::from("#".repeat(marks)).by(SortKey::Nothing) }
    }

    /// A picture, and the same in words.
    pub fn drawn(picture: Picture) -> Self {
        let text = Shown::from(picture.said());
        Self { text, picture: Some(Box::new(picture)), ..Self::default() }
    }

    /// The same cell, ordered by something else than its text.
    #[must_use]
    pub fn by(self, key: SortKey) -> Self {
        Self { key, ..self }
    }

    /// The same cell with another text.
    #[must_use]
    pub fn said(self, text: impl Into<Shown>) -> Self {
        Self { text: text.into(), ..self }
    }

    /// The same cell in another style.
    #[must_use]
    pub fn styled(self, role: StyleRole) -> Self {
        Self { role, ..self }
    }
}

impl<T: Into<Shown>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, StyleRole::Base)
    }
}

impl From<Cell> for StyledText {
    fn from(cell: Cell) -> Self {
        Self { text: cell.text, role: cell.role, picture: cell.picture }
    }
}

/// A mark before a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mark {
    /// None.
    #[default]
    None,
    /// It is due soon, or late.
    Due,
    /// It came from a partner.
    FromPartner,
    /// It is held.
    Held,
}

impl Mark {
    /// How it is drawn.
    pub const fn sign(self) -> char {
        match self {
            Self::None => ' ',
            Self::Due => '!',
            Self::FromPartner => '#',
            Self::Held => 'H',
        }
    }

    /// How it is said.
    pub fn words(self) -> Option<&'static str> {
        let english = match self {
            Self::None => return None,
            Self::Due => "due",
            Self::FromPartner => "from a partner",
            Self::Held => "held",
        };
        Some(tr(english))
    }
}

/// What a row is like, whatever its columns show: a filter asks for it by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facets {
    /// The state of what it stands for.
    pub state: Option<State>,
    /// The partner that it concerns, by its code.
    pub partner: Option<Shown>,
    /// When something is due.
    pub due: Option<Timestamp>,
}

/// A row of a section.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PageRow {
    /// What it stands for; rows without one cannot be selected.
    pub subject: Option<Selectable>,
    /// The command that answers it, where it is the member's turn: opening it begins that.
    pub answered_by: Option<&'static str>,
    /// The number of the act that it stands for, where it is one.
    pub act: Option<i64>,
    /// A mark before it.
    pub mark: Mark,
    /// Its cells, one for each column.
    pub cells: Vec<Cell>,
    /// What it is like.
    pub facets: Facets,
    /// How deep it hangs below a row of the list, which it follows wherever that goes; 0: it is a row of the list.
    pub level: usize,
    /// Where it stands in a tree that collapses, by the records on the way to it; empty: there is nothing to expand.
    pub path: Vec<Id>,
    /// It is found below another row: in the list it stands only where a filter looks for it.
    pub is_collapsed: bool,
}

impl PageRow {
    /// A row of cells that stands for nothing.
    pub fn of(cells: Vec<Cell>) -> Self {
        Self { cells, ..Self::default() }
    }

    /// The same row, which stands for something.
    #[must_use]
    pub fn about(self, subject: Option<impl Into<Selectable>>) -> Self {
        Self { subject: subject.map(Into::into), ..self }
    }

    /// The record that it stands for.
    pub fn record(&self) -> Option<&RecordRef> {
        self.subject.as_ref()?.record()
    }

    /// The same row, of something that waits for the member's answer.
    #[must_use]
    pub fn answered_by(self, command: Option<&'static str>) -> Self {
        Self { answered_by: command, ..self }
    }

    /// The same row with a mark.
    #[must_use]
    pub fn marked(self, mark: Mark) -> Self {
        Self { mark, ..self }
    }

    /// The same row, of something in a state.
    #[must_use]
    pub fn in_state(mut self, state: State) -> Self {
        self.facets.state = Some(state);
        self
    }

    /// The same row, of something that concerns a partner.
    #[must_use]
    pub fn with_partner(mut self, code: &str) -> Self {
        self.facets.partner = Some(Shown::of(code)).filter(|code| !code.is_empty());
        self
    }

    /// The same row, at its place in a tree that collapses.
    #[must_use]
    pub fn at_path(self, path: Vec<Id>) -> Self {
        Self { path, ..self }
    }

    /// The same row, of something that is due.
    #[must_use]
    pub fn due(mut self, due: Option<Timestamp>) -> Self {
        self.facets.due = due;
        self
    }
}

/// Which part of a long list a page shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Window {
    /// The first of its rows, counted from 0 among those that fit.
    pub first: usize,
    /// How many fit the filter, as far as they have been read.
    pub fit: usize,
    /// How many there are.
    pub all: usize,
    /// How many of them have been read for the filter and the order.
    pub read: usize,
    /// How many more there are that stand in the list only where it is filtered or ordered.
    pub collapsed: usize,
}

impl Window {
    /// Whether all rows have been read.
    pub const fn is_whole(&self) -> bool {
        self.read >= self.all
    }
}

/// A part of a page: a heading and a table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Section {
    /// Its heading; empty: none.
    pub title: Shown,
    /// What stands on the right of the heading.
    pub aside: Shown,
    /// The columns; without headings where all are empty.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<PageRow>,
    /// The text where there are no rows.
    pub empty: Shown,
    /// Which part of a long list the rows are; `None`: they are all.
    pub window: Option<Window>,
    /// Whether it takes the height that is left.
    pub grows: bool,
    /// The most rows that are shown, where it does not grow.
    pub most: u16,
    /// It is left out where the body has fewer rows than this.
    pub from_height: u16,
    /// It is left out where the body has fewer columns than this.
    pub from_width: u16,
    /// It is left out where the sections stand in one column, and the body has fewer rows than this, with their frames.
    pub alone_from: u16,
    /// How much of the width it takes beside others; 0 is as 2.
    pub share: u16,
}

impl Section {
    /// Its rows without what hangs below them.
    pub fn listed(&self) -> impl Iterator<Item = &PageRow> {
        self.rows.iter().filter(|row| row.level == 0)
    }
}

/// A whole page: lines on top, bands of sections side by side, a sentence at the foot.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Page {
    /// When it was made: what it says of times is true of then.
    pub at: Option<Timestamp>,
    /// The thing that it is about, where it is about one: a case, a partner.
    pub about: Option<RecordRef>,
    /// Lines on top.
    pub head: Vec<Line>,
    /// Bands from top to bottom; the sections of one stand side by side where there is room.
    pub bands: Vec<Vec<Section>>,
    /// A sentence in words: what is the matter, or that nothing is.
    pub sentence: Shown,
    /// What the signs before its rows mean: it stands behind the sentence, and is not read aloud, where they are words.
    pub signs: &'static str,
}

impl Page {
    /// Puts the keys there are into its sentences, which name actions: `{hold} holds it`.
    pub fn format_keys(&mut self, format: &dyn Fn(&str) -> String) {
        let guidance = self.bands.iter_mut().flatten().flat_map(|section| &mut section.rows);
        for cell in guidance.flat_map(|row| &mut row.cells).filter(|cell| cell.role == StyleRole::Guidance) {
            if cell.text.as_str().contains('{') {
                cell.text = Shown::from(format(cell.text.as_str()));
            }
        }
        let empty = self.bands.iter_mut().flatten().map(|section| &mut section.empty);
        for sentence in empty.chain([&mut self.sentence]) {
            *sentence = Shown::from(format(sentence.as_str()));
        }
    }
}

/// A line of a detail: a label, which may be empty, and a text.
pub type DetailLine = (Shown, StyledText);

/// An act that touched a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HistoryEntry {
    /// Its number.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// The desk and who of it.
    pub who: Shown,
    /// What it did to the record.
    pub did: ChangeKind,
}

/// The acts that touched a record, the newest last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecordHistory {
    /// How many earlier ones are left out.
    pub skipped: usize,
    /// The acts.
    pub entries: Vec<HistoryEntry>,
}

/// What is known of one thing: labelled lines, what became of it, and its id.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    /// Its heading.
    pub title: Shown,
    /// What stands on the right of the heading: its short id.
    pub aside: Shown,
    /// What is known of it.
    about: Vec<DetailLine>,
    /// What became of it.
    pub history: RecordHistory,
    /// Its id.
    pub id: Option<Id>,
}

impl Detail {
    /// The detail of a thing with this heading.
    pub fn new(title: impl Into<Shown>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// A text of lines under this heading.
    pub fn of_lines(title: impl Into<Shown>, lines: Vec<DetailLine>) -> Self {
        Self { about: lines, ..Self::new(title) }
    }

    /// What is known of it, without what became of it.
    pub fn about(&self) -> &[DetailLine] {
        &self.about
    }

    /// Every line, from top to bottom.
    pub fn lines(&self) -> Vec<DetailLine> {
        let mut lines = self.about.clone();
        let label = |first: bool| Shown::of(if first { tr("HISTORY") } else { "" });
        let Some(id) = self.id else { return lines };
        lines.push(DetailLine::default());
        if self.history.skipped > 0 {
            lines.push((label(true), StyledText::from(phrase!("{n} earlier", n = self.history.skipped))));
        }
        for (n, entry) in self.history.entries.iter().enumerate() {
            let did = done(entry.did);
            let said = format!("{} {} {did}", entry.at.to_minute(), entry.who);
            lines.push((label(n == 0 && self.history.skipped == 0), StyledText::from(said)));
        }
        lines.push(DetailLine::default());
        lines.push((Shown::of(tr("ID")), StyledText::new(id.to_string(), StyleRole::Note)));
        lines
    }

    /// Adds a line, whatever it says.
    pub fn push(&mut self, label: impl Into<Shown>, text: impl Into<StyledText>) {
        self.about.push((label.into(), text.into()));
    }

    /// Adds a labelled line, unless it is empty.
    pub fn line(&mut self, label: &str, text: impl Into<StyledText>) {
        let text = text.into();
        if !text.text.is_empty() {
            self.about.push((Shown::of(label), text));
        }
    }

    /// Adds lines of a text of several lines under one label, unless it is empty.
    pub fn body(&mut self, label: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        for (n, line) in crate::value::text::shown_lines(text).into_iter().enumerate() {
            self.about.push((Shown::of(if n == 0 { label } else { "" }), StyledText::from(line)));
        }
    }

    /// Adds a picture under a label.
    pub fn picture(&mut self, label: &str, picture: Picture) {
        self.about.push((Shown::of(label), StyledText::drawn(picture)));
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.about.push(DetailLine::default());
    }

    /// Its title and its lines, each behind its label: for the command line.
    pub fn written(&self) -> Vec<String> {
        let title = [self.aside.as_str(), self.title.as_str()];
        let title = title.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
        let lines = self.lines();
        let widest = lines.iter().map(|(label, _)| width(label.as_str())).max().unwrap_or_default();
        let line = |(label, piece): &DetailLine| {
            format!("{}  {}", pad(label.as_str(), widest), piece.text).trim_end().to_owned()
        };
        std::iter::once(title).chain(lines.iter().map(line)).collect()
    }

    /// Its title and its lines as sentences, for the line-oriented interface.
    pub fn spoken(&self) -> Vec<String> {
        let line = |(label, piece): &(Shown, StyledText)| match (label.is_empty(), piece.text.is_empty()) {
            (_, true) => None,
            (true, false) => Some(piece.text.to_string()),
            (false, false) => Some(format!("{}: {}", label.as_str().trim(), piece.text)),
        };
        let title = (!self.title.is_empty()).then(|| match self.aside.is_empty() {
            true => self.title.to_string(),
            false => format!("{}  {}", self.aside, self.title),
        });
        title.into_iter().chain(self.lines().iter().filter_map(line)).collect()
    }
}
