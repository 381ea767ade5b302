//! How a menu takes keys, pastes and lines.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::draw;
use super::list::{Menu, Purpose};
use crate::tui::input::Input;
use crate::tui::language::{phrase, tr};
use crate::tui::layout::{first_in_sight, inset};
use crate::tui::overlay::definition::{Context, DrawContext, Hints, Outcome, Overlay, Scroll};

/// Entries that the line-oriented interface lists at once.
const LISTED: usize = 40;

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
        if self.purpose == Purpose::Leaving
            && !ctrl
            && let KeyCode::Char(answer) = key.code
        {
            // One key answers, and nothing is typed.
            return match answer {
                'q' | 'y' => self.choose_row(0),
                'l' => self.choose_row(1),
                'n' => Outcome::Close,
                _ => Outcome::Stay,
            };
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
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = last,
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

    fn pressable(&self, at: Position, area: Rect, context: &Context<'_>) -> Option<String> {
        let entry = self.fitting().nth(self.row_at(at, area, context)?)?;
        Some(format!("{}\n{}", entry.name, entry.value().unwrap_or_default()))
    }

    /// Selects the entry at that place; a second press takes it. Where several may be ticked, each press ticks one.
    fn press(&mut self, at: Position, area: Rect, twice: bool, context: &Context<'_>) -> Outcome<S> {
        let Some(row) = self.row_at(at, area, context) else { return Outcome::Stay };
        self.at = row;
        if self.several {
            self.tick();
        } else if twice {
            return self.choose();
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
            () if self.purpose == Purpose::Leaving => &[("q y Enter", "leave"), ("l", "lock"), ("n Esc", "stay")],
            () if self.numbered => &[("1..9 Enter", "take"), ("type", "narrow"), ("Up Down", "move"), ("Esc", "back")],
            () if self.several => &[("Space", "tick"), ("Enter", "take"), ("type", "narrow"), ("Esc", "back")],
            () => &[("Enter", "take"), ("type", "narrow"), ("Up Down", "move"), ("Esc", "back")],
        }
    }

    fn scroll(&self, area: Rect, context: &Context<'_>) -> Scroll {
        let area = inset(area);
        let room = usize::from(draw::columns(self, area, self.is_numbered(context)).rows(area).list.height);
        Scroll { offset: first_in_sight(self.offset, self.at, room), room, total: self.shown.len() }
    }

    fn set_scroll(&mut self, scroll: Scroll) {
        self.offset = scroll.offset;
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position> {
        Some(draw::draw(self, area, buf, drawing, self.is_numbered(&drawing.context)))
    }

    fn lines(&mut self, _: &Context<'_>) -> Vec<String> {
        let mut lines = vec![self.title.to_string()];
        let count = self.shown.len();
        if count == 0 {
            // Who has narrowed a list to nothing must not take that for an answer.
            let narrowed = !self.query.is_empty();
            lines.push(if narrowed { "Nothing here fits these words; back goes back." } else { self.empty }.to_owned());
        }
        for (n, entry) in self.fitting().take(LISTED).enumerate() {
            let note =
                entry.note.text.as_str().replacen(tr("yes   "), tr("yes, "), 1).replacen(tr("no    "), tr("no, "), 1);
            let note = if note.is_empty() { note } else { format!(": {note}") };
            let ticked = if entry.ticked { tr("ticked, ") } else { "" };
            lines.push(format!("{}. {ticked}{}{note}", n + 1, entry.name));
        }
        if count > LISTED {
            lines.push(phrase!("{n} more: words narrow the list.", n = count - LISTED));
        }
        lines
    }

    fn prompt(&self) -> String {
        let prompt = if self.several {
            tr("Numbers with commas, or back: ")
        } else {
            tr("Number, words that narrow, or back: ")
        };
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
    /// The row of the entry at a place of the area that it is drawn in.
    fn row_at(&self, at: Position, area: Rect, context: &Context<'_>) -> Option<usize> {
        let area = inset(area);
        let list = draw::columns(self, area, self.is_numbered(context)).rows(area).list;
        let row = list.contains(at).then(|| self.offset + usize::from(at.y - list.y));
        row.filter(|row| *row < self.shown.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::{Keymap, Preset};
    use crate::tui::overlay::menu::entry::{Entry, Pick};
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
                    '^' => KeyCode::Home,
                    '$' => KeyCode::End,
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
        check(false, "$\n", Preset::Vim, Some("review open"), "");
        check(false, "$^\n", Preset::Vim, Some("case new"), "");
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
