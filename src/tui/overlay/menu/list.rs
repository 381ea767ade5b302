//! The list of a menu: its entries, those that fit what was typed, and which is selected. It does nothing itself.

use std::rc::Rc;

use super::entry::{Entry, Pick};
use crate::record::kind::Kind;
use crate::tui::fuzzy::{Candidate, Finder};
use crate::tui::input::Input;
use crate::tui::language::tr;
use crate::tui::overlay::definition::{Context, Outcome};
use crate::tui::worker::{CancelOnDrop, Ticket};
use crate::value::text::Shown;

/// What a menu is for, where that changes how it is handled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Choosing.
    Choice,
    /// The list of jobs: it is made again as they go on.
    Jobs,
    /// Leaving: Ctrl-C a second time leaves.
    Leaving,
}

/// Takes a value, and what the entry with it is called.
pub type TakeValue<S> = fn(&mut S, String, Option<String>);

/// A list to choose from.
pub struct Menu<S> {
    /// Its heading.
    pub title: Shown,
    /// What it is for.
    pub purpose: Purpose,
    /// What was typed.
    pub query: Input,
    /// The text where nothing is left.
    pub empty: &'static str,
    /// The kinds of record that are looked for, where one is to be chosen for a field.
    pub kinds: Option<&'static [Kind]>,
    /// The request for its entries.
    pub asked: Ticket,
    /// The newest request for records that fit what was typed.
    pub searched: Ticket,
    waiting: CancelOnDrop,
    /// Whether several entries may be ticked.
    pub(super) several: bool,
    /// Whether a digit picks in it, whatever the keymap says.
    pub(super) numbered: bool,
    /// Looks for records by what is typed.
    pub(super) search: Option<fn(&mut S)>,
    pub(super) take_value: Option<TakeValue<S>>,
    /// Whether its entries are still asked for.
    pub(super) waits: bool,
    /// Whether Enter was pressed while they were: it means what was typed before it.
    pub(super) entered: bool,
    pub(super) entries: Vec<Entry<S>>,
    /// Entries that follow what was typed and change with it.
    pub(super) found: Vec<Entry<S>>,
    /// The numbers of the entries that fit.
    pub(super) shown: Vec<usize>,
    pub(super) at: usize,
    pub(super) offset: usize,
    finder: Finder,
}

impl<S: 'static> Menu<S> {
    /// A menu.
    pub fn new(title: impl Into<Shown>, entries: Vec<Entry<S>>) -> Self {
        let mut menu = Self {
            title: title.into(),
            purpose: Purpose::Choice,
            query: Input::new("", false),
            empty: tr("Nothing fits."),
            kinds: None,
            asked: 0,
            searched: 0,
            waiting: CancelOnDrop::default(),
            several: false,
            numbered: false,
            search: None,
            take_value: None,
            waits: false,
            entered: false,
            entries,
            found: Vec::new(),
            shown: Vec::new(),
            at: 0,
            offset: 0,
            finder: Finder::default(),
        };
        menu.narrow();
        menu
    }

    /// A menu whose entries are asked for; until they come it says so.
    pub fn awaiting(title: impl Into<Shown>, asked: Ticket, empty: &'static str) -> Self {
        Self { asked, empty, waits: true, ..Self::new(title, Vec::new()) }
    }

    /// The same menu; several entries may be ticked.
    #[must_use]
    pub fn several(self, several: bool) -> Self {
        Self { several, ..self }
    }

    /// The same menu, which also looks for records by what is typed.
    #[must_use]
    pub fn searching(self, search: fn(&mut S)) -> Self {
        Self { search: Some(search), ..self }
    }

    /// The same menu, for another purpose than choosing.
    #[must_use]
    pub fn with_purpose(self, purpose: Purpose) -> Self {
        Self { purpose, ..self }
    }

    /// The same menu, in which a digit picks.
    #[must_use]
    pub fn numbered(self) -> Self {
        Self { numbered: true, ..self }
    }

    /// The same menu for a field, which takes the value that is chosen.
    #[must_use]
    pub fn for_field(self, take_value: TakeValue<S>) -> Self {
        Self { take_value: Some(take_value), ..self }
    }

    /// The same menu, which looks for records of these kinds, where there are any.
    #[must_use]
    pub fn of_kinds(self, kinds: Option<&'static [Kind]>, search: fn(&mut S)) -> Self {
        Self { kinds, search: kinds.map(|_| search), ..self }
    }

    /// What cancels the request for its entries; it is cancelled when the menu is closed.
    pub const fn waiting(&self) -> &CancelOnDrop {
        &self.waiting
    }

    /// Whether it looks for records.
    pub const fn searches(&self) -> bool {
        self.search.is_some()
    }

    /// The entries that fit what was typed, the best first.
    pub fn fitting(&self) -> impl Iterator<Item = &Entry<S>> {
        self.shown.iter().filter_map(|n| self.entry(*n))
    }

    fn entry(&self, n: usize) -> Option<&Entry<S>> {
        self.entries.get(n).or_else(|| self.found.get(n.checked_sub(self.entries.len())?))
    }

    pub(super) fn selected(&self) -> Option<&Entry<S>> {
        self.entry(*self.shown.get(self.at)?)
    }

    /// The values of its own entries.
    pub fn values(&self) -> Vec<String> {
        self.entries.iter().filter_map(Entry::value).collect()
    }

    /// Takes entries for what was typed.
    pub fn set_found(&mut self, found: Vec<Entry<S>>) {
        self.found = found;
        self.narrow();
    }

    /// Takes other entries; the query stays. Where Enter was pressed before they came, the best that fits what was typed
    /// before it is chosen.
    pub fn set_entries(&mut self, entries: Vec<Entry<S>>) -> Outcome<S> {
        self.entries = entries;
        self.waits = false;
        self.narrow();
        let typed = std::mem::take(&mut self.entered) && !self.query.text().trim().is_empty();
        if typed { self.choose() } else { Outcome::Stay }
    }

    /// Takes the same entries as they are now; what is selected stays so.
    pub fn renew(&mut self, entries: Vec<Entry<S>>) {
        let (at, offset) = (self.at, self.offset);
        self.entries = entries;
        self.narrow();
        (self.at, self.offset) = (at.min(self.shown.len().saturating_sub(1)), offset);
    }

    pub(super) fn narrow(&mut self) {
        let query = self.query.text();
        self.shown = if query.trim().is_empty() {
            (0..self.entries.len()).collect()
        } else {
            let candidate = |entry| {
                let Entry { name, note, keys, also, .. }: &Entry<S> = entry;
                let keys = if also.is_empty() { keys } else { also };
                Candidate { name: name.as_str(), note: note.text.as_str(), keys }
            };
            self.finder.ranked(&query, true, self.entries.iter().map(candidate))
        };
        let found = (0..self.found.len()).map(|n| n + self.entries.len());
        // A command whose name begins so is meant before a record, and a record before what only fits somehow.
        let typed = query.trim().to_lowercase();
        let begins =
            |n: &usize| self.entries.get(*n).is_some_and(|e| e.name.as_str().to_lowercase().starts_with(&typed));
        let meant = self.shown.iter().take_while(|n| begins(n)).count();
        self.shown.splice(meant..meant, found);
        self.at = 0;
        self.offset = 0;
    }

    /// The digit that picks the entry of that number, where digits pick: 1 to 9, then 0; further ones have none.
    pub(super) fn digit_of(n: usize) -> Option<char> {
        "1234567890".chars().nth(n)
    }

    pub(super) fn pick_by_digit(&mut self, digit: char) -> Outcome<S> {
        let Some(n) = (0..self.shown.len()).find(|n| Self::digit_of(*n) == Some(digit)) else { return Outcome::Stay };
        self.at = n;
        if !self.several {
            return self.choose();
        }
        self.tick();
        Outcome::Stay
    }

    /// Chooses the row of that number.
    pub(super) fn choose_row(&mut self, n: usize) -> Outcome<S> {
        self.at = n;
        self.choose()
    }

    /// Chooses what is selected, or what is ticked.
    pub(super) fn choose(&self) -> Outcome<S> {
        if self.several {
            return self.take(self.ticked(), None);
        }
        let Some(entry) = self.selected() else { return Outcome::Stay };
        match &entry.pick {
            Pick::Close(act) => {
                let act = Rc::clone(act);
                Outcome::close_and(move |state| act(state))
            }
            Pick::Stay(act) => {
                let act = Rc::clone(act);
                Outcome::act(move |state| act(state))
            }
            Pick::Value(value) => self.take(value.clone(), Some(entry.name.as_str().to_owned())),
        }
    }

    fn take(&self, value: String, label: Option<String>) -> Outcome<S> {
        let Some(take_value) = self.take_value else { return Outcome::Close };
        Outcome::close_and(move |state| take_value(state, value, label))
    }

    pub(super) fn tick(&mut self) {
        let n = self.shown.get(self.at).copied();
        if let Some(entry) = n.and_then(|n| self.entries.get_mut(n)) {
            entry.ticked = !entry.ticked;
        }
    }

    /// What is ticked, with commas between; what is selected where nothing is.
    fn ticked(&self) -> String {
        let ticked: Vec<String> = self.entries.iter().filter(|e| e.ticked).filter_map(Entry::value).collect();
        if ticked.is_empty() { self.selected().and_then(Entry::value).unwrap_or_default() } else { ticked.join(",") }
    }

    /// What was typed is another: records are looked for by it.
    pub(super) fn typed(&mut self) -> Outcome<S> {
        self.narrow();
        match self.search {
            Some(search) => Outcome::act(search),
            None => Outcome::Stay,
        }
    }

    /// Whether a digit picks.
    pub(super) fn is_numbered(&self, context: &Context<'_>) -> bool {
        self.numbered || context.keymap.digits_pick()
    }
}
