//! Taking back what was done, and copying what may be copied. What is taken back is named first, and asked about.

use super::{App, first_line};
use crate::command::definition::{Command, Output};
use crate::tui::action::Intent;
use crate::tui::available_actions;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::menu::{Entry, Menu, Pick};
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::undo::{Back, Done, ViewSnapshot, counter};
use crate::tui::worker::{Reply, Ticket};
use crate::workspace::error::Error;

impl App {
    /// How the open place is looked at.
    pub(super) fn looks(&mut self) -> ViewSnapshot {
        let place = self.place;
        let view = self.view();
        ViewSnapshot {
            place,
            tab: view.look.view,
            filter: view.filter().to_owned(),
            order: view.order().cloned(),
            marks: view.marks.clone(),
        }
    }

    /// Whether an action may change how a place is looked at, all at once.
    pub(super) const fn changes_looks(intent: Intent) -> bool {
        matches!(intent, Intent::Back | Intent::Mark | Intent::MarkAll | Intent::Tab(_) | Intent::Quit)
    }

    /// Notes that it is looked at otherwise now, where it is.
    pub(super) fn note_looks(&mut self, before: ViewSnapshot) {
        // What a filter or a range in the making changes is noted when it is made.
        if self.looked.is_some() {
            return;
        }
        if let Some(what) = before.since(&self.looks()) {
            self.history.note(Done { what, back: Back::ViewSnapshot(before) });
        }
    }

    /// Notes a filter or a range that was made.
    pub(super) fn note_what_was_made(&mut self) {
        if self.filtering.is_none()
            && !self.view().is_ranging()
            && let Some(before) = self.looked.take()
        {
            self.note_looks(before);
        }
    }

    /// Notes an action; while it is locked without what was said of it.
    pub(super) fn note_deed(&mut self, command: &'static Command, answer: &Output) {
        let said = answer.message.as_deref().filter(|_| self.locked.is_none()).map(first_line).unwrap_or_default();
        let what = format!("{}  {}  {said}", self.now().on_screen(self.now()), command.full_name());
        self.history.note(Done { what, back: counter(command, answer.id()) });
    }

    /// Offers what was done last to be taken back; of what cannot be, it says why.
    pub(super) fn offer_undo(&mut self) {
        let entry = |(n, done): (usize, &Done)| {
            let (note, pick) = match &done.back {
                Back::ViewSnapshot(_) => (StyledText::new("as it was before", StyleRole::Note), Pick::Undo(n)),
                Back::View(_) => (StyledText::new("it is kept again", StyleRole::Note), Pick::Undo(n)),
                Back::Command(command, _) => {
                    (StyledText::new(format!("by {}", command.full_name()), StyleRole::Due), Pick::Undo(n))
                }
                Back::Never(why) => {
                    let failure = Error::not_allowed("this cannot be undone").hint(*why);
                    (StyledText::new(format!("no    {why}"), StyleRole::Stop), Pick::Refused(Box::new(failure)))
                }
            };
            Entry::new(done.what.as_str(), note, pick)
        };
        let entries: Vec<Entry> = self.history.newest().map(entry).collect();
        if entries.is_empty() {
            return self.show_message(StyledText::new("Nothing was done since you came.", StyleRole::Note));
        }
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("Undo: what was done, the newest first", entries))));
    }

    pub(super) fn undo(&mut self, number: usize) {
        // What cannot be taken back here and now stays in the list.
        let Some(done) = self.history.newest().find(|(n, _)| *n == number).map(|(_, done)| done.clone()) else {
            return;
        };
        match done.back {
            Back::ViewSnapshot(before) => {
                self.history.take(number);
                let now = self.looks();
                self.look_as(&before);
                self.history.undone(done.what.clone(), now);
                self.show_message(StyledText::new(format!("Undone: {}", done.what), StyleRole::Good));
            }
            Back::View(view) => {
                self.history.take(number);
                self.save(*view);
            }
            Back::Command(command, subject) => self.begin(command, vec![subject]),
            Back::Never(_) => {}
        }
    }

    /// Offers to do once more what was taken back.
    pub(super) fn offer_redo(&mut self) {
        let Some(what) = self.history.last_undone() else {
            return self
                .show_message(StyledText::new("Nothing to redo. An act is done again by its form.", StyleRole::Note));
        };
        let entry = Entry::new(what, StyledText::new("once more", StyleRole::Note), Pick::Redo);
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("Redo", vec![entry]))));
    }

    pub(super) fn redo(&mut self) {
        let Some((what, looks)) = self.history.redo() else { return };
        let before = self.looks();
        self.look_as(&looks);
        self.history.redone(what, before);
    }

    fn look_as(&mut self, looks: &ViewSnapshot) {
        self.go(looks.place);
        let view = self.view();
        view.look.view = looks.tab;
        view.set_filter(&looks.filter);
        view.set_order(looks.order.clone());
        view.marks.clone_from(&looks.marks);
        self.fetch();
    }

    /// Offers what may be copied of the thing that is selected.
    pub(super) fn offer_copies(&mut self) {
        let view = self.view();
        let Some(subject) = view.selected().or(view.page.about.as_ref()).cloned() else {
            return self.show_message(StyledText::new("Nothing is selected.", StyleRole::Note));
        };
        let ticket = self.next();
        let title = "Copy: the clipboard is not encrypted, and other programs read it";
        self.overlays.push(Overlay::Menu(Box::new(Menu::awaiting(title, ticket, "Looking …"))));
        self.read(move |workspace, out| {
            let _ = out.send(Reply::Copies(ticket, available_actions::copies(workspace, &subject)));
        });
    }

    pub(super) fn copies_came(&mut self, ticket: Ticket, copies: Result<Vec<available_actions::Copy>, Error>) {
        let Some(Overlay::Menu(menu)) =
            self.overlays.last_mut().filter(|o| matches!(o, Overlay::Menu(m) if m.asked == ticket))
        else {
            return;
        };
        let entry = |(name, text): available_actions::Copy| match text {
            Ok(text) => Entry::new(name, StyledText::new(text.clone(), StyleRole::Note), Pick::Copy(text)),
            Err(failure) => {
                let why = StyledText::new(format!("no    {}", failure.what), StyleRole::Stop);
                Entry::new(name, why, Pick::Refused(Box::new(failure)))
            }
        };
        match copies {
            Ok(copies) => {
                menu.set_entries(copies.into_iter().map(entry).collect());
                self.pick_what_was_chosen_before();
            }
            Err(failure) => {
                self.overlays.pop();
                self.refuse(&failure);
            }
        }
    }

    pub(super) fn copy(&mut self, text: String) {
        self.show_message(StyledText::new(format!("For the terminal's clipboard: {text}"), StyleRole::Note));
        self.copied = Some(text);
    }
}
