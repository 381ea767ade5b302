//! What is written: a greeting, messages, overlays, screens, and what the next line is asked with.

use std::io::{IsTerminal as _, Write as _};

use super::lines::{numbered_rows, page_lines, selected};
use super::{Plain, Written};
use crate::tui::language::{phrase, tr};
use crate::tui::mode::Mode;
use crate::tui::page::Selectable;
use crate::tui::screen::SCREENS;
use crate::value::realm::Realm;
use crate::value::text::{Shown, isolated, wrap};
use crate::workspace::error::Error;

/// What can be typed at a screen.
fn how() -> String {
    let screens: Vec<&str> = SCREENS.iter().map(|screen| screen.id.word()).collect();
    phrase!(
        "Type a number to open it, a place ({screens}), a for what may be done, /words to filter, more for further rows, ? for \
         every action, q to leave.",
        screens = screens.join(", ")
    )
}

impl Plain {
    pub(super) fn print(&mut self, line: &str) -> Result<(), Error> {
        // What is written is fit to be shown by its type or was made so; this is the last guard, not the first.
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        let line = isolated(&line);
        // At a terminal a line ends between words: where the terminal breaks one, a screen reader speaks two halves of it.
        match crossterm::terminal::size().ok().filter(|_| self.out.is_terminal()) {
            Some((columns, _)) if columns > 20 => {
                wrap(&line, usize::from(columns)).iter().try_for_each(|part| writeln!(self.out, "{part}"))?;
            }
            _ => writeln!(self.out, "{line}")?,
        }
        Ok(())
    }

    pub(super) fn print_lines(&mut self, lines: &[String]) -> Result<(), Error> {
        lines.iter().try_for_each(|line| self.print(line))
    }

    pub(super) fn greet(&mut self) -> Result<(), Error> {
        let Some(who) = self.state.who.clone() else { return Ok(()) };
        let realm = match &who.realm {
            Realm::Live => tr("LIVE").to_owned(),
            Realm::Exercise(name) => phrase!("EXERCISE {name}", name),
        };
        let (name, desk) = (Shown::of(&who.name), Shown::of(&who.desk));
        self.print(&phrase!(
            "comity, {realm}. {desk}. {name}, {role}. {state}.",
            realm,
            desk,
            name,
            role = who.role,
            state = self.state.now().to_minute()
        ))?;
        self.print(&how())
    }

    /// Writes what followed: the message, the overlay on top, or the screen where it is another than was written.
    pub(super) fn print_all(&mut self, selected: Option<Selectable>) -> Result<(), Error> {
        let mut spoken = false;
        let has_own = self.state.mode.top().is_some_and(|top| top.has_own_message());
        if let Some(message) = self.state.messages.current.take().filter(|_| !has_own) {
            self.print(message.text.as_str())?;
            spoken = true;
        }
        while let Some(top) = self.state.mode.top() {
            let closes = top.is_read_once();
            let lines = self.state.overlay_lines();
            self.print_lines(&lines)?;
            if !closes {
                self.overlaid = true;
                return Ok(());
            }
            self.state.mode.pop();
            spoken = true;
        }
        match self.state.mode.base() {
            Mode::AskingTime(_) | Mode::Filtering(_) => Ok(()),
            _ => self.print_page(selected, spoken),
        }
    }

    fn print_page(&mut self, before: Option<Selectable>, mut spoken: bool) -> Result<(), Error> {
        let overlaid = std::mem::take(&mut self.overlaid);
        let screen = self.state.screen();
        if self.written.as_ref().is_none_or(|written| written.title != screen.title()) {
            (self.from, self.marked) = (0, 0);
        }
        if self.state.view().zoomed {
            // The detail was asked for, and is written once.
            self.state.view_mut().zoomed = false;
            let lines = self.state.view().detail.as_ref().map(|(_, detail)| detail.spoken()).unwrap_or_default();
            return self.print_lines(&lines);
        }
        let view = self.state.view();
        let marked = view.marks.len();
        let moved = (view.selected_subject() != before.as_ref()).then(|| view.selected_line()).flatten();
        let now = self.what_is_shown();
        if self.written.as_ref() != Some(&now) {
            let as_of = self.state.as_of.map(|as_of| phrase!("AS OF {as_of}. Read only; now goes back to now.", as_of));
            let lines: Vec<String> = as_of.into_iter().chain(page_lines(screen, view, self.from)).collect();
            // Who comes to a screen hears which row is meant, where it is not the first.
            let comes = self.written.as_ref().is_none_or(|written| written.title != now.title);
            let here = selected(view).filter(|_| comes).map(|row| phrase!("Selected: {row}", row));
            let lines: Vec<String> = lines.into_iter().chain(here).collect();
            self.numbers = numbered_rows(view);
            self.written = Some(now);
            return self.print_lines(&lines);
        }
        if marked != self.marked {
            self.marked = marked;
            let said = self.state.view().marks.counted();
            self.print(&format!("{said}."))?;
            spoken = true;
        } else if let Some(line) = moved {
            self.print(&phrase!("Selected: {line}", line))?;
            spoken = true;
        }
        match (spoken, overlaid) {
            (true, _) => Ok(()),
            (false, true) => self.print(tr("Closed.")),
            (false, false) => self.print(tr("No changes.")),
        }
    }

    /// Writes the screen from its next rows on.
    pub(super) fn print_more(&mut self) -> Result<(), Error> {
        let view = self.state.view();
        let lines = page_lines(self.state.screen(), view, self.from);
        self.numbers = numbered_rows(view);
        self.written = Some(self.what_is_shown());
        self.silent = true;
        self.print_lines(&lines)
    }

    fn what_is_shown(&self) -> Written {
        let view = self.state.view();
        Written {
            title: self.state.screen().title(),
            params: view.params.clone(),
            filter: view.filter().to_owned(),
            page: view.page.clone(),
        }
    }

    pub(super) fn prompt(&mut self) -> Result<(), Error> {
        let prompt = match (self.state.mode.top(), self.state.mode.base()) {
            (Some(top), _) => top.prompt(),
            (None, Mode::AskingTime(_)) => {
                tr("As of which date or time, or 3d for three days ago; empty is now: ").to_owned()
            }
            (None, Mode::Filtering(_)) => tr("Filter by which words; empty shows all: ").to_owned(),
            (None, _) => {
                let as_of = self.state.as_of.map(|a| phrase!(" AS OF {a}", a)).unwrap_or_default();
                format!("{}{as_of}> ", self.state.screen().title())
            }
        };
        write!(self.out, "{}", Shown::of(&prompt))?;
        Ok(self.out.flush()?)
    }
}
