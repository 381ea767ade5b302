//! What a screen shows, as values: made beside the database, drawn elsewhere. All text in it is fit to be shown.

use super::theme::StyleRole;
use crate::record::kind::Kind;
use crate::value::id::Id;
use crate::value::text::Shown;
use crate::value::timestamp::Timestamp;

/// A thing that a row stands for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RecordRef {
    /// The kind of record.
    pub kind: Kind,
    /// The record.
    pub id: Id,
}

/// A piece of text and what it means.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StyledText {
    /// The text.
    pub text: Shown,
    /// What it means.
    pub role: StyleRole,
}

impl StyledText {
    /// Text with a role.
    pub fn new(text: impl Into<Shown>, role: StyleRole) -> Self {
        Self { text: text.into(), role }
    }
}

impl<T: Into<Shown>> From<T> for StyledText {
    fn from(text: T) -> Self {
        Self { text: text.into(), role: StyleRole::Base }
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

/// A column of a section.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// How wide it is.
    pub width: Width,
    /// Whether its text stands on the right.
    pub right: bool,
    /// Left out where the screen is narrow.
    pub optional: bool,
    /// Whether its times lie behind: a length of time is counted back from now.
    pub past: bool,
}

/// A column that is always there.
pub const fn column(title: &'static str, width: Width) -> Column {
    Column { title, width, right: false, optional: false, past: false }
}

impl Column {
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

    /// Its times lie behind.
    #[must_use]
    pub const fn past(self) -> Self {
        Self { past: true, ..self }
    }
}

/// A row of a section.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageRow {
    /// What it stands for; rows without one cannot be selected.
    pub subject: Option<RecordRef>,
    /// A mark before it: `!` due soon, `#` a caveat, `H` held.
    pub mark: char,
    /// Its cells, one for each column.
    pub cells: Vec<StyledText>,
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
}

impl Page {
    /// Puts the keys there are into its sentences, which name actions: `{hold} holds it`.
    pub fn format_keys(&mut self, format: &dyn Fn(&str) -> String) {
        let empty = self.bands.iter_mut().flatten().map(|section| &mut section.empty);
        for sentence in empty.chain([&mut self.sentence]) {
            *sentence = Shown::from(format(sentence.as_str()));
        }
    }
}

/// What is known of one thing: labelled lines.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    /// Its heading.
    pub title: Shown,
    /// Its lines: a label, which may be empty, and a text.
    pub lines: Vec<(Shown, StyledText)>,
}

impl Detail {
    /// Adds a labelled line, unless it is empty.
    pub fn line(&mut self, label: &str, text: impl Into<StyledText>) {
        let text = text.into();
        if !text.text.is_empty() {
            self.lines.push((Shown::of(label), text));
        }
    }

    /// Adds lines of a text of several lines under one label, unless it is empty.
    pub fn body(&mut self, label: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        for (n, line) in crate::value::text::shown_lines(text).into_iter().enumerate() {
            self.lines.push((Shown::of(if n == 0 { label } else { "" }), StyledText::from(line)));
        }
    }

    /// Adds an empty line.
    pub fn gap(&mut self) {
        self.lines.push((Shown::default(), StyledText::default()));
    }

    /// Its title and its lines as sentences, for the line-oriented interface.
    pub fn spoken(&self) -> Vec<String> {
        let line = |(label, piece): &(Shown, StyledText)| match (label.is_empty(), piece.text.is_empty()) {
            (_, true) => None,
            (true, false) => Some(piece.text.to_string()),
            (false, false) => Some(format!("{}: {}", label.as_str().trim(), piece.text)),
        };
        let title = (!self.title.is_empty()).then(|| self.title.to_string());
        title.into_iter().chain(self.lines.iter().filter_map(line)).collect()
    }
}
