//! What may be done with what is marked or selected: each thing is asked about, who cannot is said with the reason, and only
//! what can goes on. It does nothing itself: forms and questions stand before every act.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::App;
use crate::command::definition::Command;
use crate::tui::bulk::{May, named, only_one, why};
use crate::tui::overlay::Overlay;
use crate::tui::overlay::menu::{Entry, Menu, Pick};
use crate::tui::page::{RecordRef, StyledText};
use crate::tui::theme::StyleRole;
use crate::tui::worker::Ticket;

impl App {
    /// Asks of everything that is marked what may be done with it.
    pub(super) fn ask_what_may_be_done(&mut self) {
        let things = self.subjects();
        if things.is_empty() {
            return self.show_message_with_keys("Nothing is selected; {palette} shows every command.", StyleRole::Note);
        }
        let view = self.view();
        let marks = view.marks_in_words();
        let title = if marks.is_empty() { view.selected_line().unwrap_or_default() } else { marks };
        let ticket = self.next();
        let menu = Menu::awaiting(title, ticket, "Asking the gate …");
        self.overlays.push(Overlay::Menu(Box::new(menu)));
        self.newest_may.store(ticket, Ordering::Relaxed);
        if let Some(workers) = &self.workers {
            match self.as_of {
                Some(_) => workers.may_not(ticket, things),
                None => workers.may(ticket, things, Arc::clone(&self.newest_may)),
            }
        }
    }

    /// Nobody waits any more for what may be done.
    pub(super) fn forget_what_may_be_done(&self) {
        self.newest_may.store(0, Ordering::Relaxed);
    }

    pub(super) fn show_what_may_be_done(&mut self, ticket: Ticket, all: Vec<May>) {
        let Some(Overlay::Menu(menu)) =
            self.overlays.last_mut().filter(|o| matches!(o, Overlay::Menu(m) if m.asked == ticket))
        else {
            return;
        };
        let (yes, no): (Vec<May>, Vec<May>) = all.into_iter().partition(|m| !m.can.is_empty());
        menu.empty = "Nothing can be done with this.";
        menu.set_entries(yes.into_iter().chain(no).map(entry).collect());
        self.pick_what_was_chosen_before();
    }

    /// Asks of each of several things whether a command may be done with it.
    pub(super) fn ask_each(&mut self, command: &'static Command, things: Vec<RecordRef>) {
        let ticket = self.next();
        self.awaits = Some(ticket);
        self.newest_may.store(ticket, Ordering::Relaxed);
        if let Some(workers) = &self.workers {
            workers.may_each(ticket, command, things, Arc::clone(&self.newest_may));
        }
    }

    /// Goes on with those that can; where some cannot, that is said first.
    pub(super) fn answered(&mut self, may: May) {
        let name = may.command.full_name();
        if let Some(why) = only_one(may.command, &may.can) {
            return self.show_message(StyledText::new(
                format!("{name} is done with one thing at a time: {why}."),
                StyleRole::Due,
            ));
        }
        if may.cannot.is_empty() {
            return self.prepare(may.command, may.can);
        }
        let (can, of) = (may.can.len(), may.of());
        let groups = may.groups();
        let mut entries = Vec::new();
        if can > 0 {
            let these = StyledText::new(named(&may.can), StyleRole::Good);
            entries.push(Entry::new(format!("go on with {can}"), these, Pick::GoOn(may.command, may.can)));
        }
        entries.extend(groups.into_iter().map(|group| {
            let note = StyledText::new(format!("{}: {}", named(&group.things), group.why), StyleRole::Stop);
            Entry::new(format!("{} cannot", group.things.len()), note, Pick::Refused(Box::new(group.failure)))
        }));
        let title = format!("{name}: {} of {of} can", if can == 0 { "none".to_owned() } else { can.to_string() });
        self.overlays.push(Overlay::Menu(Box::new(Menu::new(title, entries))));
    }
}

/// A command in the list of what may be done.
fn entry(may: May) -> Entry {
    let (name, about, can, of) = (may.command.full_name(), may.command.about, may.can.len(), may.of());
    let why = may.groups().into_iter().next().map(|g| g.why).unwrap_or_default();
    match (of, can, may.cannot.first()) {
        (1, 0, Some((_, failure))) => {
            let pick = Pick::Refused(Box::new(failure.clone()));
            Entry::new(name, StyledText::new(format!("no    {}", self::why(failure)), StyleRole::Stop), pick)
        }
        (1, ..) => {
            Entry::new(name, StyledText::new(format!("yes   {about}"), StyleRole::Good), Pick::May(Box::new(may)))
        }
        (_, 0, _) => Entry::new(
            name,
            StyledText::new(format!("none of {of}   {why}"), StyleRole::Stop),
            Pick::May(Box::new(may)),
        ),
        (_, _, None) => Entry::new(
            name,
            StyledText::new(format!("{can} of {of} can   {about}"), StyleRole::Good),
            Pick::May(Box::new(may)),
        ),
        (_, _, Some(_)) => {
            let note = StyledText::new(format!("{can} of {of} can   not: {why}"), StyleRole::Due);
            Entry::new(name, note, Pick::May(Box::new(may)))
        }
    }
}
