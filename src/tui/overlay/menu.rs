//! A list to choose from, narrowed by typing: help, palette, what may be done, what may be put into a field. What choosing an
//! entry does is a continuation; the list itself does nothing.

use std::rc::Rc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Text;
use ratatui::widgets::Row;

use super::definition::{Context, Hints, Outcome, Overlay, Scroll};
use crate::tui::canvas::{Canvas, inset, row_at, wrapped};
use crate::tui::fuzzy::{Candidate, Finder};
use crate::tui::input::Input;
use crate::tui::layout::{NARROW, first_in_sight};
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::worker::{CancelOnDrop, Ticket};
use crate::value::text::{Shown, fit, width};

/// Entries that the line-oriented interface lists at once.
const LISTED: usize = 40;

/// What is done with an entry.
type Act<S> = Rc<dyn Fn(&mut S)>;

/// What choosing an entry does.
pub enum Pick<S> {
    /// Closes the menu and does this.
    Close(Act<S>),
    /// Does this over the menu, which stays.
    Stay(Act<S>),
    /// Puts a value into the field that asked.
    Value(String),
}

impl<S> Pick<S> {
    /// Closes the menu and does this.
    pub fn close(act: impl Fn(&mut S) + 'static) -> Self {
        Self::Close(Rc::new(act))
    }

    /// Does this over the menu, which stays.
    pub fn stay(act: impl Fn(&mut S) + 'static) -> Self {
        Self::Stay(Rc::new(act))
    }
}

/// An entry.
pub struct Entry<S> {
    /// Its name.
    pub name: Shown,
    /// What it is about.
    pub note: StyledText,
    /// Its keys.
    pub keys: String,
    /// What choosing it does.
    pub pick: Pick<S>,
    /// Whether it is ticked, where several may be.
    pub ticked: bool,
}

impl<S> Entry<S> {
    /// An entry without keys.
    pub fn new(name: impl Into<Shown>, note: impl Into<StyledText>, pick: Pick<S>) -> Self {
        Self { name: name.into(), note: note.into(), keys: String::new(), pick, ticked: false }
    }
}

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
    pub kinds: Option<&'static [&'static str]>,
    /// The request for its entries.
    pub asked: Ticket,
    /// The newest request for records that fit what was typed.
    pub searched: Ticket,
    waiting: CancelOnDrop,
    /// Whether several entries may be ticked.
    several: bool,
    /// Whether a digit picks in it, whatever the keymap says.
    numbered: bool,
    /// Looks for records by what is typed.
    search: Option<fn(&mut S)>,
    take_value: Option<TakeValue<S>>,
    /// Whether its entries are still asked for.
    waits: bool,
    /// Whether Enter was pressed while they were: it means what was typed before it.
    entered: bool,
    entries: Vec<Entry<S>>,
    /// Entries that follow what was typed and change with it.
    found: Vec<Entry<S>>,
    /// The numbers of the entries that fit.
    shown: Vec<usize>,
    at: usize,
    offset: usize,
    finder: Finder,
}

impl<S: 'static> Menu<S> {
    /// A menu.
    pub fn new(title: impl Into<Shown>, entries: Vec<Entry<S>>) -> Self {
        let mut menu = Self {
            title: title.into(),
            purpose: Purpose::Choice,
            query: Input::new("", false),
            empty: "Nothing fits.",
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
    pub fn of_kinds(self, kinds: Option<&'static [&'static str]>, search: fn(&mut S)) -> Self {
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

    fn selected(&self) -> Option<&Entry<S>> {
        self.entry(*self.shown.get(self.at)?)
    }

    /// The values of its own entries.
    pub fn values(&self) -> Vec<String> {
        self.entries.iter().filter_map(value_of).collect()
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

    fn narrow(&mut self) {
        let query = self.query.text();
        self.shown = if query.trim().is_empty() {
            (0..self.entries.len()).collect()
        } else {
            let candidate = |entry| {
                let Entry { name, note, keys, .. }: &Entry<S> = entry;
                Candidate { name: name.as_str(), note: note.text.as_str(), keys }
            };
            self.finder.ranked(&query, self.kinds.is_some(), self.entries.iter().map(candidate))
        };
        self.shown.extend((0..self.found.len()).map(|n| n + self.entries.len()));
        self.at = 0;
        self.offset = 0;
    }

    /// The digit that picks the entry of that number, where digits pick: 1 to 9, then 0; further ones have none.
    fn digit_of(n: usize) -> Option<char> {
        "1234567890".chars().nth(n)
    }

    fn pick_by_digit(&mut self, digit: char) -> Outcome<S> {
        let Some(n) = (0..self.shown.len()).find(|n| Self::digit_of(*n) == Some(digit)) else { return Outcome::Stay };
        self.at = n;
        if !self.several {
            return self.choose();
        }
        self.tick();
        Outcome::Stay
    }

    /// Chooses what is selected, or what is ticked.
    fn choose(&self) -> Outcome<S> {
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

    fn tick(&mut self) {
        let n = self.shown.get(self.at).copied();
        if let Some(entry) = n.and_then(|n| self.entries.get_mut(n)) {
            entry.ticked = !entry.ticked;
        }
    }

    /// What is ticked, with commas between; what is selected where nothing is.
    fn ticked(&self) -> String {
        let ticked: Vec<String> = self.entries.iter().filter(|e| e.ticked).filter_map(value_of).collect();
        if ticked.is_empty() { self.selected().and_then(value_of).unwrap_or_default() } else { ticked.join(",") }
    }

    /// What was typed is another: records are looked for by it.
    fn typed(&mut self) -> Outcome<S> {
        self.narrow();
        match self.search {
            Some(search) => Outcome::act(search),
            None => Outcome::Stay,
        }
    }

    fn columns(&self, area: Rect, numbered: bool) -> Columns {
        let has_notes = self.fitting().any(|e| !e.note.text.is_empty());
        let names = self.fitting().map(|e| width(e.name.as_str())).max().unwrap_or(0);
        let names = if numbered { names + 2 } else { names };
        let name =
            if has_notes { (names as u16).clamp(8, (area.width / 2).max(8)) } else { area.width.saturating_sub(2) };
        // Where there is little room, one key says enough.
        let one_key = area.width + 1 < NARROW.0;
        let keys = self.fitting().map(|e| width(keys_of(e, one_key))).max().unwrap_or(0) as u16;
        let note = area.width.saturating_sub(4 + name + if keys > 0 { keys + 2 } else { 0 });
        let is_cut = |e: &Entry<S>| width(e.note.text.as_str()) > usize::from(note);
        // The room for a note that is cut is kept free where any row may need it, so that rows do not jump.
        let foot = if self.fitting().any(is_cut) && area.height > 10 { 3 } else { 0 };
        Columns { name, note, keys, one_key, foot, has_notes }
    }

    fn is_numbered(&self, context: &Context<'_>) -> bool {
        self.numbered || context.keymap.digits_pick()
    }
}

/// The columns of a menu in an area.
struct Columns {
    name: u16,
    note: u16,
    keys: u16,
    one_key: bool,
    /// Rows below the list.
    foot: u16,
    has_notes: bool,
}

impl Columns {
    /// The part of the area in which the entries are.
    fn list(&self, area: Rect) -> Rect {
        Rect { y: area.y + 2, height: area.height.saturating_sub(2 + self.foot), ..area }
    }
}

fn keys_of<S>(entry: &Entry<S>, one: bool) -> &str {
    if one { entry.keys.split("  ").next().unwrap_or_default() } else { &entry.keys }
}

fn value_of<S>(entry: &Entry<S>) -> Option<String> {
    match &entry.pick {
        Pick::Value(value) => Some(value.clone()),
        _ => None,
    }
}

impl<S: 'static> Overlay<S> for Menu<S> {
    /// A digit picks, or ticks, the entry that has it, where digits pick. Where the query has a hyphen, an id is being typed, and
    /// a digit is text.
    fn key(&mut self, key: KeyEvent, context: &Context<'_>) -> Outcome<S> {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        if let KeyCode::Char(digit @ '0'..='9') = key.code
            && self.is_numbered(context)
            && !ctrl
            && !self.query.text().contains('-')
        {
            return self.pick_by_digit(digit);
        }
        let last = self.shown.len().saturating_sub(1);
        match key.code {
            KeyCode::Esc => return Outcome::Close,
            KeyCode::Down | KeyCode::Tab => self.at = (self.at + 1).min(last),
            KeyCode::Up | KeyCode::BackTab => self.at = self.at.saturating_sub(1),
            KeyCode::Char('n') if ctrl => self.at = (self.at + 1).min(last),
            KeyCode::Char('p') if ctrl => self.at = self.at.saturating_sub(1),
            KeyCode::PageDown => self.at = (self.at + 10).min(last),
            KeyCode::PageUp => self.at = self.at.saturating_sub(10),
            KeyCode::Char(' ') if self.several => self.tick(),
            KeyCode::Enter if self.waits && !self.several => self.entered = true,
            KeyCode::Enter => return self.choose(),
            _ => {
                if self.query.key(key) {
                    self.entered = false;
                    return self.typed();
                }
            }
        }
        Outcome::Stay
    }

    fn paste(&mut self, text: &str) -> Option<Outcome<S>> {
        self.query.paste(text);
        self.narrow();
        Some(Outcome::Stay)
    }

    fn hints(&self) -> Hints {
        match () {
            () if self.numbered => &[("1..9 Enter", "take"), ("type", "narrow"), ("Up Down", "move"), ("Esc", "back")],
            () if self.several => &[("Space", "tick"), ("Enter", "take"), ("type", "narrow"), ("Esc", "back")],
            () => &[("Enter", "take"), ("type", "narrow"), ("Up Down", "move"), ("Esc", "back")],
        }
    }

    fn scroll(&self, area: Rect, context: &Context<'_>) -> Scroll {
        let area = inset(area);
        let room = usize::from(self.columns(area, self.is_numbered(context)).list(area).height);
        Scroll { offset: first_in_sight(self.offset, self.at, room), room, total: self.shown.len() }
    }

    fn set_scroll(&mut self, scroll: Scroll) {
        self.offset = scroll.offset;
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, scroll: Scroll, context: &Context<'_>) -> Option<Position> {
        let area = inset(area);
        let numbered = self.is_numbered(context);
        canvas.rule(row_at(area, area.y), self.title.as_str());
        let query = self.query.text();
        canvas.shown(area.x, area.y + 1, area.width, &Shown::of(&format!("> {query}")), StyleRole::Base);
        let columns = self.columns(area, numbered);
        let list = columns.list(area);
        self.draw_foot(canvas, area, &columns);
        if self.shown.is_empty() {
            canvas.shown(list.x + 2, list.y, list.width, &Shown::of(self.empty), StyleRole::Note);
        }
        let rows = self.fitting().enumerate().skip(scroll.offset).take(usize::from(list.height));
        let rows = rows.map(|(n, entry)| self.row(n, entry, &columns, numbered, canvas)).collect();
        let keys = if columns.keys > 0 { columns.keys + 2 } else { 0 };
        let note = list.width.saturating_sub(4 + columns.name + keys);
        let widths = [2, columns.name + 2, note, keys];
        let selected = Some(self.at.wrapping_sub(scroll.offset)).filter(|_| !self.shown.is_empty());
        canvas.table(list, &widths, rows, selected);
        let before: String = query.chars().take(self.query.cursor().1).collect();
        Some(Position::new(area.x + 2 + width(&before) as u16, area.y + 1))
    }

    fn lines(&mut self, _: &Context<'_>) -> Vec<String> {
        let mut lines = vec![self.title.to_string()];
        let count = self.shown.len();
        if count == 0 {
            lines.push(self.empty.to_owned());
        }
        for (n, entry) in self.fitting().take(LISTED).enumerate() {
            let note = entry.note.text.as_str().replacen("yes   ", "yes, ", 1).replacen("no    ", "no, ", 1);
            let note = if note.is_empty() { note } else { format!(": {note}") };
            let ticked = if entry.ticked { "ticked, " } else { "" };
            lines.push(format!("{}. {ticked}{}{note}", n + 1, entry.name));
        }
        if count > LISTED {
            lines.push(format!("{} more: words narrow the list.", count - LISTED));
        }
        lines
    }

    fn prompt(&self) -> String {
        let prompt =
            if self.several { "Numbers with commas, or back: " } else { "Number, words that narrow, or back: " };
        prompt.to_owned()
    }

    /// Takes numbers of entries, or words that narrow the list. Here no letter or digit of a line picks by itself.
    fn line(&mut self, line: &str, _: &Context<'_>) -> Outcome<S> {
        let typed = line.trim();
        if matches!(typed, "" | "back") {
            return Outcome::Close;
        }
        let numbers: Option<Vec<usize>> = typed.split(',').map(|n| n.trim().parse().ok()).collect();
        let is_entry = |n: &usize| (1..=self.shown.len()).contains(n);
        let numbers = numbers.filter(|all| all.iter().all(is_entry) && (self.several || all.len() == 1));
        let Some(numbers) = numbers else {
            self.query = Input::new(typed, false);
            self.entered = false;
            return self.typed();
        };
        for n in numbers {
            self.at = n - 1;
            if self.several {
                self.tick();
            }
        }
        self.choose()
    }
}

impl<S: 'static> Menu<S> {
    /// What is cut in its row is shown whole below, for the row that is selected.
    fn draw_foot(&self, canvas: &mut Canvas<'_>, area: Rect, columns: &Columns) {
        let cut = self.selected().filter(|e| {
            width(e.note.text.as_str()) > usize::from(columns.note)
                || (columns.has_notes && width(e.name.as_str()) > usize::from(columns.name))
        });
        let Some(entry) = cut else { return };
        let whole = wrapped([(format!("{}: {}", entry.name, entry.note.text), entry.note.role)], area.width);
        let below = columns.list(area).bottom();
        canvas.lines(Rect { y: below, height: columns.foot, ..area }, &whole, 0);
    }

    fn row(&self, n: usize, entry: &Entry<S>, columns: &Columns, numbered: bool, canvas: &Canvas<'_>) -> Row<'static> {
        let selected = n == self.at;
        let style = |role: StyleRole| if selected { Style::new() } else { canvas.theme.style(role) };
        let tick = match (self.several, entry.ticked) {
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
            _ => "",
        };
        let digit = match Self::digit_of(n) {
            Some(digit) if numbered => format!("{digit} "),
            _ if numbered => "  ".to_owned(),
            _ => String::new(),
        };
        let keys = keys_of(entry, columns.one_key);
        let keys = if columns.keys > 0 { format!("  {keys}") } else { String::new() };
        Row::new([
            Text::styled(if selected { ">" } else { " " }, style(StyleRole::Base)),
            Text::styled(
                fit(&format!("{digit}{tick}{}", entry.name), usize::from(columns.name)),
                style(StyleRole::Base),
            ),
            Text::styled(fit(entry.note.text.as_str(), usize::from(columns.note)), style(entry.note.role)),
            Text::styled(keys, style(StyleRole::Note)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::{Keymap, Preset};
    use crate::value::timestamp::Timestamp;

    /// What was chosen, and whether the menu closes.
    #[derive(Default, PartialEq, Eq, Debug)]
    struct Chosen {
        value: Option<String>,
        closes: bool,
    }

    fn press(menu: &mut Menu<Chosen>, code: KeyCode, preset: Preset) -> Chosen {
        let context = Context { now: Timestamp::EPOCH, keymap: &Keymap::of(preset) };
        let mut chosen = Chosen::default();
        match menu.key(KeyEvent::new(code, KeyModifiers::NONE), &context) {
            Outcome::Stay => {}
            Outcome::Do(effect) => effect(&mut chosen),
            Outcome::Close => chosen.closes = true,
            Outcome::CloseAndDo(effect) => {
                chosen.closes = true;
                effect(&mut chosen);
            }
        }
        chosen
    }

    fn menu(several: bool) -> Menu<Chosen> {
        let entry = |name: &str, note: &str| Entry::new(name, note, Pick::Value(name.to_owned()));
        let entries = vec![
            entry("case new", "Open a case"),
            entry("item add", "Add an item"),
            entry("review open", "Ask for review"),
        ];
        Menu::new("X", entries).several(several).for_field(|chosen, value, _| chosen.value = Some(value))
    }

    #[test]
    fn what_is_typed_narrows_picks_and_ticks() {
        let check = |several: bool, typed: &str, preset: Preset, value: Option<&str>, query: &str| {
            let mut m = menu(several);
            let mut chosen = Chosen::default();
            for c in typed.chars() {
                let code = match c {
                    '\n' => KeyCode::Enter,
                    '>' => KeyCode::Down,
                    '!' => KeyCode::Esc,
                    c => KeyCode::Char(c),
                };
                chosen = press(&mut m, code, preset);
            }
            assert_eq!((chosen.value.as_deref(), m.query.text().as_str()), (value, query), "{typed:?}");
            assert_eq!(chosen.closes, value.is_some() || typed.ends_with('!'), "{typed:?}");
        };
        check(false, "open\n", Preset::Vim, Some("review open"), "open");
        check(false, "open>\n", Preset::Vim, Some("case new"), "open");
        check(false, "openq\n", Preset::Vim, None, "openq");
        check(false, "open!", Preset::Vim, None, "open");
        check(false, "2", Preset::ScreenReader, Some("item add"), "");
        check(false, "open2", Preset::ScreenReader, Some("case new"), "open");
        check(false, "4", Preset::ScreenReader, None, "");
        check(false, "R-8", Preset::ScreenReader, None, "R-8");
        check(false, "2", Preset::Vim, None, "2");
        check(true, "31\n", Preset::ScreenReader, Some("case new,review open"), "");
        check(true, " >> \n", Preset::Vim, Some("case new,review open"), "");
    }

    #[test]
    fn a_whole_name_goes_before_what_fits_it_as_well() {
        let entry = |name: &str| Entry::new(name, "Open a case", Pick::Value(name.to_owned()));
        let mut m = Menu::new("X", ["new case", "case newer", "case new"].map(entry).into());
        "Case new".chars().for_each(|c| drop(press(&mut m, KeyCode::Char(c), Preset::Vim)));
        assert_eq!(m.fitting().next().unwrap().name.as_str(), "case new");
    }

    #[test]
    fn a_line_is_numbers_or_words_that_narrow() {
        let context = Context { now: Timestamp::EPOCH, keymap: &Keymap::of(Preset::Vim) };
        let check = |several: bool, line: &str, value: Option<&str>, closes: bool| {
            let mut chosen = Chosen::default();
            match menu(several).line(line, &context) {
                Outcome::CloseAndDo(effect) => {
                    chosen.closes = true;
                    effect(&mut chosen);
                }
                Outcome::Close => chosen.closes = true,
                _ => {}
            }
            assert_eq!(chosen, Chosen { value: value.map(str::to_owned), closes }, "{line:?}");
        };
        check(false, "2", Some("item add"), true);
        check(false, "1,2", None, false);
        check(true, "3, 1", Some("case new,review open"), true);
        check(false, "7", None, false);
        check(false, "open", None, false);
        check(false, "back", None, true);
        check(false, "", None, true);
    }
}
