//! A list to choose from, narrowed by typing: help, palette, what may be done, what may be put into a field.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::command::definition::Command;
use crate::record::kind::Kind;
use crate::tui::action::Action;
use crate::tui::bulk::May;
use crate::tui::input::Input;
use crate::tui::order::Order;
use crate::tui::page::{RecordRef, StyledText};
use crate::tui::saved::Saved;
use crate::value::text::Shown;
use crate::workspace::error::Error;

/// What choosing an entry does.
#[derive(Clone, Debug)]
pub enum Pick {
    /// An action of the screens.
    Action(&'static Action),
    /// A command of the desk, on these things or on none.
    Command(&'static Command, Vec<RecordRef>),
    /// A command of which each thing was asked already.
    May(Box<May>),
    /// A command, on these things alone: that others cannot was said.
    GoOn(&'static Command, Vec<RecordRef>),
    /// Goes where a record is.
    Goto(RecordRef),
    /// A value for the field that asked.
    Value(String),
    /// It may not be done; this is why.
    Refused(Box<Error>),
    /// A theme, by name.
    Theme(&'static str),
    /// The order of the rows; `None`: as they come.
    Order(Option<Order>),
    /// A view that was saved.
    View(Box<Saved>),
    /// Asks which saved view is to be removed, of these.
    Removing(Vec<Saved>),
    /// A saved view that is to be removed.
    Remove(Box<Saved>),
    /// A text for the clipboard.
    Copy(String),
    /// Something that was done and is to be taken back, by its number.
    Undo(usize),
    /// What was taken back last is to be done once more.
    Redo,
    /// A job that is to be cancelled.
    Cancel(u64),
    /// What a job that ended has said: its name and its lines.
    Statements(String, Vec<String>),
}

/// An entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: Shown,
    /// What it is about.
    pub note: StyledText,
    /// Its keys.
    pub keys: String,
    /// What choosing it does.
    pub pick: Pick,
    /// Whether it is ticked, where several may be.
    pub ticked: bool,
}

impl Entry {
    /// An entry without keys.
    pub fn new(name: impl Into<Shown>, note: impl Into<StyledText>, pick: Pick) -> Self {
        Self { name: name.into(), note: note.into(), keys: String::new(), pick, ticked: false }
    }
}

/// What a menu made of a key.
pub enum Heard {
    /// Nothing that others need to know.
    Taken,
    /// The query changed.
    Query,
    /// It was left.
    Left,
    /// This was chosen.
    Picked(Pick),
}

/// A list to choose from.
pub struct Menu {
    /// Its heading.
    pub title: Shown,
    /// What was typed.
    pub query: Input,
    /// Whether several entries may be ticked.
    pub several: bool,
    /// What is said where nothing is left.
    pub empty: &'static str,
    /// Whether a digit picks in it, whatever the keymap says.
    pub numbered: bool,
    /// Whether records are looked for by what is typed.
    pub finds: bool,
    /// The kinds that are looked for, where a record is to be chosen for a field.
    pub kinds: Option<&'static [Kind]>,
    /// The newest question to the desk.
    pub asked: u64,
    /// Whether its entries are still asked for.
    waits: bool,
    /// Whether Enter was pressed while they were: it means what was typed before it.
    hasty: bool,
    /// Whether it lists the jobs, and is made again as they go on.
    pub lists_jobs: bool,
    /// The first entry that is drawn.
    pub offset: usize,
    /// The entries.
    entries: Vec<Entry>,
    /// Entries that follow what was typed and change with it.
    found: Vec<Entry>,
    shown: Vec<usize>,
    at: usize,
    matcher: Matcher,
}

impl Menu {
    /// A menu.
    pub fn new(title: impl Into<Shown>, entries: Vec<Entry>) -> Self {
        let mut menu = Self {
            title: title.into(),
            query: Input::new("", false),
            several: false,
            empty: "Nothing fits.",
            numbered: false,
            finds: false,
            kinds: None,
            asked: 0,
            waits: false,
            hasty: false,
            lists_jobs: false,
            offset: 0,
            entries,
            found: Vec::new(),
            shown: Vec::new(),
            at: 0,
            matcher: Matcher::new(Config::DEFAULT),
        };
        menu.narrow();
        menu
    }

    /// A menu whose entries are still asked for; `empty` says what is being done.
    pub fn awaiting(title: impl Into<Shown>, ticket: u64, empty: &'static str) -> Self {
        Self { asked: ticket, empty, waits: true, ..Self::new(title, Vec::new()) }
    }

    /// A menu of words for a field; `several`: any number may be ticked.
    pub fn of_words(title: impl Into<Shown>, entries: Vec<Entry>, several: bool) -> Self {
        Self { several, ..Self::new(title, entries) }
    }

    /// The same menu, which also looks for records by what is typed.
    #[must_use]
    pub fn finding(self) -> Self {
        Self { finds: true, ..self }
    }

    /// The same menu, as the list of the jobs.
    #[must_use]
    pub fn of_jobs(self) -> Self {
        Self { lists_jobs: true, ..self }
    }

    /// The same menu, in which a digit picks.
    #[must_use]
    pub fn numbered(self) -> Self {
        Self { numbered: true, ..self }
    }

    /// The same menu for a field: records of these kinds are looked for.
    #[must_use]
    pub fn choosing(self, kinds: Option<&'static [Kind]>) -> Self {
        Self { finds: kinds.is_some(), kinds, ..self }
    }

    /// The entries that fit what was typed, the best first.
    pub fn fitting(&self) -> impl Iterator<Item = &Entry> {
        self.shown.iter().filter_map(|n| self.entry(*n))
    }

    fn entry(&self, n: usize) -> Option<&Entry> {
        self.entries.get(n).or_else(|| self.found.get(n.checked_sub(self.entries.len())?))
    }

    /// The values of its own entries.
    pub fn values(&self) -> Vec<String> {
        let value = |e: &Entry| match &e.pick {
            Pick::Value(v) => Some(v.clone()),
            _ => None,
        };
        self.entries.iter().filter_map(value).collect()
    }

    /// Which of them is selected.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Takes entries for what was typed.
    pub fn set_found(&mut self, found: Vec<Entry>) {
        self.found = found;
        self.narrow();
    }

    /// Takes other entries; the query stays.
    pub fn set_entries(&mut self, entries: Vec<Entry>) {
        self.entries = entries;
        self.waits = false;
        self.narrow();
    }

    /// What Enter has chosen before the entries were here: the best that fits what was typed before it.
    pub fn chosen_before(&mut self) -> Option<Pick> {
        let typed = std::mem::take(&mut self.hasty) && !self.query.text().trim().is_empty();
        self.fitting().next().filter(|_| typed).map(|e| e.pick.clone())
    }

    /// Takes the same entries as they are now; what is selected stays so.
    pub fn renew(&mut self, entries: Vec<Entry>) {
        let (at, offset) = (self.at, self.offset);
        self.set_entries(entries);
        (self.at, self.offset) = (at.min(self.shown.len().saturating_sub(1)), offset);
    }

    fn narrow(&mut self) {
        let query = self.query.text();
        let own = if query.trim().is_empty() {
            (0..self.entries.len()).collect()
        } else {
            // Records are found by what stands in them, not by letters that are scattered over them.
            let words = Pattern::new(&query, CaseMatching::Ignore, Normalization::Smart, AtomKind::Substring);
            let letters = match self.kinds {
                Some(_) => words.clone(),
                None => Pattern::parse(&query, CaseMatching::Ignore, Normalization::Smart),
            };
            let mut buffer = Vec::new();
            let mut scored: Vec<(u32, usize)> = Vec::new();
            for (n, entry) in self.entries.iter().enumerate() {
                // A fit of the name counts twice as much as one of what it is about.
                let mut score =
                    |pattern: &Pattern, text: &str| pattern.score(Utf32Str::new(text, &mut buffer), &mut self.matcher);
                let name = score(&letters, entry.name.as_str()).map(|s| s * 2);
                // What it is about is long enough for any letters to be scattered over it.
                let about = score(&words, entry.note.text.as_str());
                let best = name.max(about).max(score(&letters, &entry.keys));
                // Whoever typed the whole name means it.
                let whole = entry.name.as_str().eq_ignore_ascii_case(query.trim());
                let best = if whole { Some(u32::MAX) } else { best };
                scored.extend(best.map(|s| (s, n)));
            }
            scored.sort_by_key(|(score, n)| (std::cmp::Reverse(*score), *n));
            scored.into_iter().map(|(_, n)| n).collect::<Vec<_>>()
        };
        self.shown = own;
        self.shown.extend((0..self.found.len()).map(|n| n + self.entries.len()));
        self.at = 0;
        self.offset = 0;
    }

    /// The digit that picks the entry of that number, where digits pick: 1 to 9, then 0; further ones have none.
    pub fn digit_of(n: usize) -> Option<char> {
        "1234567890".chars().nth(n)
    }

    /// Takes a key. `digits`: a digit picks, or ticks, the entry that has it. Where the query has a hyphen, an id is being
    /// typed, and a digit is text.
    pub fn key(&mut self, key: KeyEvent, digits: bool) -> Heard {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        if let KeyCode::Char(digit @ '0'..='9') = key.code
            && (digits || self.numbered)
            && !ctrl
            && !self.query.text().contains('-')
        {
            return self.pick(digit);
        }
        let last = self.shown.len().saturating_sub(1);
        match key.code {
            KeyCode::Esc => return Heard::Left,
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(last),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            KeyCode::Char('n') if ctrl => self.at = (self.at + 1).min(last),
            KeyCode::Char('p') if ctrl => self.at = self.at.saturating_sub(1),
            KeyCode::PageDown => self.at = (self.at + 10).min(last),
            KeyCode::PageUp => self.at = self.at.saturating_sub(10),
            KeyCode::Char(' ') if self.several => self.tick(),
            KeyCode::Enter if self.several => return Heard::Picked(Pick::Value(self.ticked())),
            KeyCode::Enter if self.waits => self.hasty = true,
            KeyCode::Enter => return self.picked(),
            _ => {
                if self.query.key(key) {
                    self.hasty = false;
                    self.narrow();
                    return Heard::Query;
                }
            }
        }
        Heard::Taken
    }

    fn pick(&mut self, digit: char) -> Heard {
        let Some(n) = (0..self.shown.len()).find(|n| Self::digit_of(*n) == Some(digit)) else { return Heard::Taken };
        self.at = n;
        if !self.several {
            return self.picked();
        }
        self.tick();
        Heard::Taken
    }

    fn picked(&self) -> Heard {
        self.fitting().nth(self.at).map_or(Heard::Taken, |e| Heard::Picked(e.pick.clone()))
    }

    /// Takes a paste into the query.
    pub fn paste(&mut self, text: &str) {
        self.query.paste(text);
        self.narrow();
    }

    fn tick(&mut self) {
        let n = self.shown.get(self.at).copied();
        if let Some(entry) = n.and_then(|n| self.entries.get_mut(n)) {
            entry.ticked = !entry.ticked;
        }
    }

    /// What is ticked, with commas between; what is selected where nothing is.
    fn ticked(&self) -> String {
        let value = |e: &Entry| match &e.pick {
            Pick::Value(v) => v.clone(),
            _ => String::new(),
        };
        let ticked: Vec<String> = self.entries.iter().filter(|e| e.ticked).map(value).collect();
        if ticked.is_empty() { self.fitting().nth(self.at).map(value).unwrap_or_default() } else { ticked.join(",") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(menu: &mut Menu, code: KeyCode) -> Heard {
        menu.key(KeyEvent::new(code, KeyModifiers::NONE), false)
    }

    fn menu(several: bool) -> Menu {
        let entry = |name: &str, note: &str| Entry::new(name, note, Pick::Value(name.to_owned()));
        let entries = vec![
            entry("case new", "Open a case"),
            entry("item add", "Add an item"),
            entry("review open", "Ask for review"),
        ];
        Menu { several, ..Menu::new("X", entries) }
    }

    #[test]
    fn typing_narrows_and_the_best_goes_first() {
        let mut m = menu(false);
        for c in "open".chars() {
            press(&mut m, KeyCode::Char(c));
        }
        let names: Vec<_> = m.fitting().map(|e| e.name.as_str().to_owned()).collect();
        assert_eq!(names, ["review open", "case new"]);
        press(&mut m, KeyCode::Down);
        assert!(matches!(press(&mut m, KeyCode::Enter), Heard::Picked(Pick::Value(v)) if v == "case new"));
        press(&mut m, KeyCode::Char('q'));
        assert_eq!(m.fitting().count(), 0);
        assert!(matches!(press(&mut m, KeyCode::Enter), Heard::Taken), "nothing fits, nothing is chosen");
        assert!(matches!(press(&mut m, KeyCode::Esc), Heard::Left));
    }

    #[test]
    fn a_whole_name_goes_before_what_fits_it_as_well() {
        let entry = |name: &str| Entry::new(name, "Open a case", Pick::Value(name.to_owned()));
        let mut m = Menu::new("X", ["new case", "case newer", "case new"].map(entry).to_vec());
        "Case new".chars().for_each(|c| drop(press(&mut m, KeyCode::Char(c))));
        assert_eq!(m.fitting().next().unwrap().name.as_str(), "case new");
    }

    #[test]
    fn where_digits_pick_each_entry_has_one() {
        let check = |several: bool, typed: &str, digits: bool, picked: Option<&str>, query: &str| {
            let mut m = menu(several);
            let mut heard = Heard::Taken;
            for c in typed.chars() {
                let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
                heard = m.key(KeyEvent::new(code, KeyModifiers::NONE), digits);
            }
            let value = match heard {
                Heard::Picked(Pick::Value(value)) => Some(value),
                _ => None,
            };
            assert_eq!((value.as_deref(), m.query.text().as_str()), (picked, query), "{typed:?}");
        };
        check(false, "2", true, Some("item add"), "");
        check(false, "open2", true, Some("case new"), "open");
        check(false, "4", true, None, "");
        check(false, "R-8", true, None, "R-8");
        check(false, "2", false, None, "2");
        check(true, "31\n", true, Some("case new,review open"), "");
    }

    #[test]
    fn several_are_ticked_with_space() {
        let mut m = menu(true);
        press(&mut m, KeyCode::Char(' '));
        press(&mut m, KeyCode::Down);
        press(&mut m, KeyCode::Down);
        press(&mut m, KeyCode::Char(' '));
        assert!(matches!(press(&mut m, KeyCode::Enter), Heard::Picked(Pick::Value(v)) if v == "case new,review open"));
    }
}
