//! What is done to a list as a whole: its order and its saved views. The file of the views is read and written on the reading
//! thread.

use super::State;
use crate::tui::language::{phrase, tr};
use crate::tui::order::Order;
use crate::tui::overlay::menu::entry::{Entry, Pick};
use crate::tui::overlay::menu::list::Menu;
use crate::tui::overlay::naming::Naming;
use crate::tui::page::StyledText;
use crate::tui::saved::{self, Saved};
use crate::tui::theme::StyleRole;
use crate::tui::undo::{Back, Done};
use crate::workspace::error::Error;

impl State {
    /// Offers the columns to order by.
    pub(super) fn show_orders(&mut self) {
        let view = self.view();
        let order = view.order().cloned();
        let Some(section) = view.to_order() else {
            return self.show_message(StyledText::new(tr("Nothing here has columns to order by."), StyleRole::Note));
        };
        let entry = |title: &&'static str| {
            let here = order.as_ref().filter(|o| o.column == **title);
            let note = match here {
                Some(o) if o.reversed => tr("now, reversed: again turns it"),
                Some(_) => tr("now: again reverses it"),
                None => "",
            };
            let reversed = here.is_some_and(|o| !o.reversed);
            let order = Order { column: (*title).to_owned(), reversed };
            Entry::new(*title, StyledText::new(note, StyleRole::Note), order_pick(Some(order)))
        };
        let titles: Vec<&'static str> = section.columns.iter().map(|c| c.title).filter(|t| !t.is_empty()).collect();
        let unordered = if order.is_none() { tr("now") } else { "" };
        let mut entries: Vec<Entry<Self>> = titles.iter().map(entry).collect();
        entries.push(Entry::new(tr("as it comes"), StyledText::new(unordered, StyleRole::Note), order_pick(None)));
        self.mode.push(Box::new(Menu::new(tr("Order by"), entries)));
    }

    fn order(&mut self, order: Option<Order>) {
        let before = self.snapshot();
        let text =
            order.as_ref().map_or_else(|| tr("As it comes.").to_owned(), |o| phrase!("Ordered {n}.", n = o.words()));
        self.view_mut().set_order(order);
        self.show_message(StyledText::new(text, StyleRole::Note));
        self.fetch_detail();
        self.note_view(before);
    }

    /// Asks under which name the view is to be kept.
    pub(super) fn ask_for_name(&mut self) {
        let view = self.view();
        let saved = Saved::new(self.screen(), view.params.view, view.filter(), view.order());
        self.mode.push(Box::new(Naming::new(saved, Self::save_view)));
    }

    /// Seals the views that an earlier program has kept in the clear. One that cannot be read was told when the screens opened.
    pub(super) fn seal_clear_views(&mut self) {
        if self.writes_drafts() {
            self.read(|workspace| drop(saved::seal_what_is_clear(workspace)), |_, ()| {});
        }
    }

    /// Keeps a view.
    pub(super) fn save_view(&mut self, view: Saved) {
        let name = view.name.clone();
        self.read(
            move |workspace| saved::save(workspace, view),
            move |state, replaced| state.view_saved(&name, replaced),
        );
    }

    fn view_saved(&mut self, name: &str, replaced: Result<bool, Error>) {
        match replaced {
            Ok(replaced) => {
                let word = if replaced { tr("replaced") } else { tr("kept") };
                self.show_message_with_keys(
                    &phrase!("The view {name} is {word}; {views} recalls it.", name, word),
                    StyleRole::Good,
                );
            }
            Err(failure) => self.show_failure(&failure),
        }
    }

    /// Offers the views that were kept. They are read again each time: nothing of them is held while it is locked.
    pub(super) fn show_saved_views(&mut self) {
        let ticket = self.next_ticket();
        self.mode.push(Box::new(Menu::awaiting(tr("Views"), ticket, tr("Reading …")).numbered()));
        self.read(
            |workspace| saved::read(workspace),
            move |state, views| {
                let empty = tr("No view is kept; the action \"save view\" keeps one.");
                state.entries_arrived(ticket, views.map(recall_entries), empty);
            },
        );
    }

    /// Asks which view is to be removed.
    fn ask_which_to_remove(&mut self, views: &[Saved]) {
        let entries = views.iter().map(|view| {
            let name = view.name.clone();
            view_entry(view, Pick::close(move |state: &mut Self| state.remove_view(name.clone())))
        });
        self.mode.push(Box::new(Menu::new(tr("Remove a view"), entries.collect()).numbered()));
    }

    fn remove_view(&mut self, name: String) {
        self.read(move |workspace| saved::remove(workspace, &name), Self::view_removed);
    }

    fn view_removed(&mut self, removed: Result<Saved, Error>) {
        match removed {
            Ok(view) => {
                self.show_message_with_keys(
                    &phrase!("The view {view} is removed; {undo} brings it back.", view = view.name),
                    StyleRole::Good,
                );
                let what = phrase!("the view {view} removed", view = view.name);
                self.history.note(Done { what, back: Back::View(Box::new(view)) });
            }
            Err(failure) => self.show_failure(&failure),
        }
    }

    /// Opens a view that was kept.
    fn recall_view(&mut self, saved: &Saved) {
        let before = self.snapshot();
        self.go(saved.screen);
        let tab = saved.tab();
        let view = self.view_mut();
        if view.params.view != tab {
            view.params.view = tab;
            view.marks.clear();
        }
        view.zoomed = false;
        view.set_filter(&saved.filter);
        view.set_order(saved.order());
        self.fetch();
        self.note_view(before);
    }
}

fn order_pick(order: Option<Order>) -> Pick<State> {
    Pick::close(move |state: &mut State| state.order(order.clone()))
}

fn view_entry(view: &Saved, pick: Pick<State>) -> Entry<State> {
    Entry::new(view.name.as_str(), StyledText::new(view.words(), StyleRole::Note), pick)
}

/// An entry for each view that recalls it, and one that removes one.
fn recall_entries(views: Vec<Saved>) -> Vec<Entry<State>> {
    let recall = |view: &Saved| {
        let saved = view.clone();
        view_entry(view, Pick::close(move |state: &mut State| state.recall_view(&saved)))
    };
    let mut entries: Vec<Entry<State>> = views.iter().map(recall).collect();
    if !views.is_empty() {
        let about = StyledText::new(tr("asks which"), StyleRole::Note);
        let pick = Pick::close(move |state: &mut State| state.ask_which_to_remove(&views));
        entries.push(Entry::new(tr("remove a view …"), about, pick));
    }
    entries
}
