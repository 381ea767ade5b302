//! Taking back what was done, and doing it again. What is taken back is named first, and asked about.

use super::State;
use super::commands::first_line;
use super::verdicts::refused;
use crate::command::definition::{Command, Output};
use crate::tui::action::Intent;
use crate::tui::language::{on_screen, phrase, tr};
use crate::tui::mode::Mode;
use crate::tui::overlay::menu::entry::{Entry, Pick};
use crate::tui::overlay::menu::list::Menu;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::undo::{Back, Done, ViewSnapshot, counter};
use crate::workspace::error::Error;

impl State {
    /// How the open screen is looked at.
    pub(super) fn snapshot(&self) -> ViewSnapshot {
        let view = self.view();
        ViewSnapshot {
            place: self.screen(),
            tab: view.params.view,
            filter: view.filter().to_owned(),
            order: view.order().cloned(),
            marks: view.marks.clone(),
        }
    }

    /// Whether an action may change how a screen is looked at, all at once.
    pub(super) const fn changes_view(intent: Intent) -> bool {
        matches!(intent, Intent::Back | Intent::Mark | Intent::MarkAll | Intent::Tab(_) | Intent::Quit)
    }

    /// Notes how the screen was looked at before, where that has changed.
    pub(super) fn note_view(&mut self, before: ViewSnapshot) {
        // What a filter or a range in the making changes is noted when it is made.
        if self.viewed.is_some() {
            return;
        }
        if let Some(what) = before.since(&self.snapshot()) {
            self.history.note(Done { what, back: Back::ViewSnapshot(before) });
        }
    }

    /// Notes a filter or a range that was made.
    pub(super) fn note_what_was_made(&mut self) {
        if !matches!(self.mode.base(), Mode::Filtering(_))
            && !self.view().is_ranging()
            && let Some(before) = self.viewed.take()
        {
            self.note_view(before);
        }
    }

    /// Notes a command that was done; while it is locked without what was said of it.
    pub(super) fn note_command(&mut self, command: &'static Command, output: &Output) {
        let message = output.message.as_deref().filter(|_| !self.mode.is_locked()).map(first_line).unwrap_or_default();
        let what = format!("{}  {}  {message}", on_screen(self.now(), self.now()), command.full_name());
        self.history.note(Done { what, back: counter(command, output.id()) });
    }

    /// Offers what was done last to be taken back; of what cannot be, it says why.
    pub(super) fn show_undo(&mut self) {
        let entry = |(n, done): (usize, &Done)| {
            let undo = Pick::close(move |state: &mut Self| state.undo(n));
            let (note, pick) = match &done.back {
                Back::ViewSnapshot(_) => (StyledText::new(tr("as it was before"), StyleRole::Note), undo),
                Back::View(_) => (StyledText::new(tr("it is kept again"), StyleRole::Note), undo),
                Back::Command(command, _) => {
                    (StyledText::new(phrase!("by {command}", command = command.full_name()), StyleRole::Due), undo)
                }
                Back::Never(why) => {
                    let failure = Error::not_allowed("this cannot be undone").hint(*why);
                    (StyledText::new(phrase!("no    {why}", why), StyleRole::Stop), refused(failure))
                }
            };
            Entry::new(done.what.as_str(), note, pick)
        };
        let entries: Vec<Entry<Self>> = self.history.newest().map(entry).collect();
        if entries.is_empty() {
            return self.show_message(StyledText::new(tr("Nothing was done since you came."), StyleRole::Note));
        }
        self.mode.push(Box::new(Menu::new(tr("Undo: what was done, the newest first"), entries)));
    }

    fn undo(&mut self, number: usize) {
        // What cannot be taken back here and now stays in the list.
        let Some(done) = self.history.newest().find(|(n, _)| *n == number).map(|(_, done)| done.clone()) else {
            return;
        };
        match done.back {
            Back::ViewSnapshot(before) => {
                self.history.take(number);
                let now = self.snapshot();
                self.restore_view(&before);
                self.history.undone(done.what.clone(), now);
                self.show_message(StyledText::new(phrase!("Undone: {what}", what = done.what), StyleRole::Good));
            }
            Back::View(view) => {
                self.history.take(number);
                self.save_view(*view);
            }
            Back::Command(command, subject) => self.begin(command, vec![subject]),
            Back::Never(_) => {}
        }
    }

    /// Offers to do again what was taken back.
    pub(super) fn show_redo(&mut self) {
        let Some(what) = self.history.last_undone() else {
            return self.show_message(StyledText::new(
                tr("Nothing to redo. An act is done again by its form."),
                StyleRole::Note,
            ));
        };
        let entry = Entry::new(what, StyledText::new(tr("once more"), StyleRole::Note), Pick::close(Self::redo));
        self.mode.push(Box::new(Menu::new(tr("Redo"), vec![entry])));
    }

    fn redo(&mut self) {
        let Some((what, snapshot)) = self.history.redo() else { return };
        let before = self.snapshot();
        self.restore_view(&snapshot);
        self.history.redone(what, before);
    }

    fn restore_view(&mut self, snapshot: &ViewSnapshot) {
        self.go(snapshot.place);
        let view = self.view_mut();
        view.params.view = snapshot.tab;
        view.set_filter(&snapshot.filter);
        view.set_order(snapshot.order.clone());
        view.marks.clone_from(&snapshot.marks);
        self.fetch();
    }
}
