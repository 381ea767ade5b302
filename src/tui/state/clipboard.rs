//! What may be copied of what is selected. The clipboard is the terminal's; nothing of it is read.

use super::State;
use super::verdicts::refused;
use crate::tui::available_actions::{Copy, copies};
use crate::tui::language::{phrase, tr};
use crate::tui::overlay::menu::entry::{Entry, Pick};
use crate::tui::overlay::menu::list::Menu;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;

impl State {
    /// Offers what may be copied of what is selected.
    pub(super) fn show_copies(&mut self) {
        let view = self.view();
        let Some(subject) = view.selected().or(view.page.about.as_ref()).cloned() else {
            return self.show_message(StyledText::new(tr("Nothing is selected."), StyleRole::Note));
        };
        let ticket = self.next_ticket();
        let title = tr("Copy: the clipboard is not encrypted, and other programs read it");
        self.mode.push(Box::new(Menu::<Self>::awaiting(title, ticket, tr("Looking …"))));
        self.read(
            move |workspace| copies(workspace, &subject),
            move |state, copies| {
                let entries = copies.map(|copies| copies.into_iter().map(entry).collect());
                state.entries_arrived(ticket, entries, tr("Nothing fits."));
            },
        );
    }

    fn copy(&mut self, text: String) {
        self.show_message(StyledText::new(phrase!("For the terminal's clipboard: {text}", text), StyleRole::Note));
        self.copied = Some(text);
    }
}

fn entry((name, text): Copy) -> Entry<State> {
    let name = tr(name);
    match text {
        Ok(text) => {
            let note = StyledText::new(text.clone(), StyleRole::Note);
            Entry::new(name, note, Pick::close(move |state: &mut State| state.copy(text.clone())))
        }
        Err(failure) => {
            let why = StyledText::new(phrase!("no    {what}", what = failure.what), StyleRole::Stop);
            Entry::new(name, why, refused(failure))
        }
    }
}
