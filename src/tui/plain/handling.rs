//! What is typed: a line is for the overlay on top, else for the screen: a number, an action, a view, a command.

use super::Plain;
use super::lines::{AT_ONCE, NumberedRow, count};
use crate::command::{command, commands};
use crate::tui::action::{ACTIONS, Action, Intent};
use crate::tui::language::{phrase, tr};
use crate::tui::mode::Mode;
use crate::tui::page::RecordRef;
use crate::tui::screen::screen_of;
use crate::tui::state::End;
use crate::tui::view::Marks;
use crate::value::text::Shown;
use crate::workspace::error::Error;

impl Plain {
    pub(super) fn handle_line(&mut self, line: &str) -> Result<(), Error> {
        let line = line.trim_end_matches(['\r', '\n']);
        if self.state.handle_line(line) {
            return Ok(());
        }
        if matches!(self.state.mode.base(), Mode::Filtering(_)) {
            *self.state.mode.base_mut() = Mode::Normal;
            self.filter(line.trim());
            return Ok(());
        }
        self.handle_screen_line(line.trim())
    }

    fn filter(&mut self, words: &str) {
        self.from = 0;
        let view = self.state.view_mut();
        view.set_filter(words);
        // What fits is written from its first row on.
        view.first();
        self.state.fetch_detail();
        self.state.fetch_missing_rows();
    }

    fn handle_screen_line(&mut self, typed: &str) -> Result<(), Error> {
        if let Some(words) = typed.strip_prefix('/') {
            self.filter(words.trim());
            return Ok(());
        }
        match typed {
            "" => {
                self.written = None;
                return Ok(());
            }
            "more" => return self.more(),
            _ => {}
        }
        // What is done with a row, by its number: `a 3`, `mark 2`, `as of act 5`.
        let numbered = typed.rsplit_once(' ').and_then(|(name, n)| Some((self.action(name.trim())?, number(n)?)));
        if let Some((action, n)) = numbered {
            return self.act_on_row(action, n);
        }
        if let Some(n) = number(typed) {
            if self.select(n)? {
                self.state.do_intent(Intent::Open);
            }
            return Ok(());
        }
        if let Some(view) =
            screen_of(self.state.screen()).views.iter().position(|name| *name == typed || tr(name) == typed)
        {
            let here = self.state.view().params.view;
            self.from = 0;
            self.state.do_intent(Intent::Tab(view as i32 - here as i32));
            return Ok(());
        }
        if let Some(action) = self.action(typed) {
            self.act(action);
            return Ok(());
        }
        self.handle_command_line(typed)
    }

    /// The next rows of each section; after the last the first again.
    fn more(&mut self) -> Result<(), Error> {
        let view = self.state.view();
        let longest = (0..view.sections().count()).map(|s| count(view, s)).max().unwrap_or(0);
        self.from = if self.from + AT_ONCE < longest { self.from + AT_ONCE } else { 0 };
        // Of a long list the rows may have to be fetched first: the page is then another, and is written.
        if self.state.show_row(self.from) {
            return Ok(());
        }
        self.print_more()
    }

    /// Who names a row means that row: what is marked waits, but for what marks.
    fn act_on_row(&mut self, action: &'static Action, n: usize) -> Result<(), Error> {
        if !self.select(n)? {
            return Ok(());
        }
        let marks = match action.intent {
            Intent::Mark | Intent::MarkAll | Intent::Range => Marks::default(),
            _ => std::mem::take(&mut self.state.view_mut().marks),
        };
        self.act(action);
        let view = self.state.view_mut();
        if view.marks.is_empty() {
            view.marks = marks;
        }
        Ok(())
    }

    /// A command of the desk by its name, or with a colon before it what the palette has.
    fn handle_command_line(&mut self, typed: &str) -> Result<(), Error> {
        let name = typed.strip_prefix(':').unwrap_or(typed).trim();
        if let Some(command) = command(name).filter(|v| commands().any(|other| other.full_name() == v.full_name())) {
            let about =
                |s: &&RecordRef| command.args.iter().any(|f| f.positional) && command.target_arg(s.kind).is_some();
            let on = self.state.subjects().iter().filter(about).cloned().collect();
            self.state.begin(command, on);
            return Ok(());
        }
        if typed.starts_with(':') {
            self.state.do_intent(Intent::Palette);
            if !name.is_empty() {
                self.state.handle_line(name);
            }
            return Ok(());
        }
        self.silent = true;
        let elsewhere =
            ACTIONS.iter().find(|a| a.name == typed || a.shown_name() == typed).and_then(|a| a.places.first());
        let elsewhere =
            elsewhere.map_or_else(String::new, |screen| phrase!(" It is done at {screen}.", screen = screen.title()));
        self.print(&phrase!(
            "{typed} means nothing here.{elsewhere} ? lists what does.",
            typed = Shown::of(typed),
            elsewhere
        ))
    }

    /// The action of this name, or with this key on the drawn screens, at this screen.
    fn action(&self, name: &str) -> Option<&'static Action> {
        let screen = self.state.screen();
        // What is of this screen alone goes first.
        let mut here: Vec<&'static Action> = ACTIONS.iter().filter(|a| a.is_at(screen)).collect();
        here.sort_by_key(|a| a.places.is_empty());
        let found = here
            .iter()
            .find(|a| a.name == name || a.shown_name() == name)
            .or_else(|| here.iter().find(|a| a.keys.contains(&name)));
        found.copied()
    }

    fn act(&mut self, action: &'static Action) {
        match action.intent {
            // There is nobody who could type a passphrase here unseen: whoever comes back starts again.
            Intent::Lock | Intent::Suspend => {
                self.state.lock();
                self.state.end = Some(End::Left);
            }
            Intent::Go(_) | Intent::Refresh => {
                (self.from, self.written) = (0, None);
                self.state.act(action);
            }
            _ => self.state.act(action),
        }
    }

    /// Selects a row by its number. Returns whether it is there.
    fn select(&mut self, n: usize) -> Result<bool, Error> {
        let last = self.numbers.keys().next_back().copied().unwrap_or(0);
        let Some(NumberedRow { section, row, subject }) = self.numbers.get(&n).cloned() else {
            let said = match last {
                0 => tr("Nothing here has a number.").to_owned(),
                last => phrase!("There is no number {n}; the last is {last}.", n, last),
            };
            self.print(&said)?;
            self.silent = true;
            return Ok(false);
        };
        // A number stands for what it was written for, whatever came or went since.
        if !self.state.view_mut().go_to_row_of(section, row, &subject) {
            self.print(&phrase!("What number {n} was told of is no longer here. Enter alone tells what is.", n))?;
            self.silent = true;
            return Ok(false);
        }
        self.state.fetch_detail();
        Ok(true)
    }
}

fn number(text: &str) -> Option<usize> {
    text.trim().parse().ok().filter(|n| *n > 0)
}
