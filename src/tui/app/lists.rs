//! What is done to a list as a whole: its order, its saved views, ranges of marks. It draws nothing; the file of the views is
//! read and written on the reading thread.

use super::App;
use crate::tui::action::Intent;
use crate::tui::order::Order;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::menu::{Entry, Menu, Pick};
use crate::tui::overlay::naming::Naming;
use crate::tui::page::StyledText;
use crate::tui::saved::{self, Saved};
use crate::tui::theme::StyleRole;
use crate::tui::undo::{Back, Done};
use crate::tui::worker::{Reply, Ticket};
use crate::workspace::error::Error;

impl App {
    /// Whether a range goes on while this is done: it only moves, or is about the range itself.
    pub(super) const fn goes_on_ranging(intent: Intent) -> bool {
        matches!(
            intent,
            Intent::Move(_)
                | Intent::HalfPage(_)
                | Intent::Page(_)
                | Intent::First
                | Intent::Last
                | Intent::Range
                | Intent::Mark
                | Intent::Back
                | Intent::Quit
                | Intent::Refresh
        )
    }

    /// Marks everything that the filter shows; of a long list, what of it is here.
    pub(super) fn mark_all(&mut self) {
        let view = self.view();
        view.mark_all();
        let (section, _) = view.at();
        let long = view.window().filter(|(s, _)| *s == section).map(|(_, window)| window.fit);
        if let Some(fit) = long.filter(|fit| *fit > view.rows(section).len()) {
            let here = view.rows(section).len();
            let also = "a filter narrows them; share takes a whole case";
            self.show_message(StyledText::new(
                format!("Marked are {here} of {fit}: those that are here; {also}."),
                StyleRole::Due,
            ));
        }
    }

    /// Begins a range, or ends it.
    pub(super) fn range(&mut self) {
        let view = self.view();
        if view.is_ranging() {
            view.end_range();
        } else if !view.begin_range() {
            self.show_message(StyledText::new("Nothing is selected.", StyleRole::Note));
        }
    }

    /// Offers the columns to order by.
    pub(super) fn offer_orders(&mut self) {
        let view = self.view();
        let order = view.order().cloned();
        let Some(section) = view.to_order() else {
            return self.show_message(StyledText::new("Nothing here has columns to order by.", StyleRole::Note));
        };
        let entry = |title: &&'static str| {
            let here = order.as_ref().filter(|o| o.column == **title);
            let note = match here {
                Some(o) if o.reversed => "now, reversed: again turns it",
                Some(_) => "now: again reverses it",
                None => "",
            };
            let reversed = here.is_some_and(|o| !o.reversed);
            let order = Order { column: (*title).to_owned(), reversed };
            Entry::new(*title, StyledText::new(note, StyleRole::Note), Pick::Order(Some(order)))
        };
        let titles: Vec<&'static str> = section.columns.iter().map(|c| c.title).filter(|t| !t.is_empty()).collect();
        let unordered = if order.is_none() { "now" } else { "" };
        let mut entries: Vec<Entry> = titles.iter().map(entry).collect();
        entries.push(Entry::new("as it comes", StyledText::new(unordered, StyleRole::Note), Pick::Order(None)));
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("Order by", entries))));
    }

    pub(super) fn order(&mut self, order: Option<Order>) {
        let said = order.as_ref().map_or_else(|| "As it comes.".to_owned(), |o| format!("Ordered {}.", o.words()));
        self.view().set_order(order);
        self.show_message(StyledText::new(said, StyleRole::Note));
        self.look_closer();
    }

    /// Asks under which name the view is to be kept.
    pub(super) fn ask_for_name(&mut self) {
        let place = self.place;
        let view = self.view();
        let saved = Saved::new(place, view.look.view, view.filter(), view.order());
        match saved::path() {
            Some(path) => self.overlays.push(Overlay::Naming(Box::new(Naming::new(saved, &path.to_string_lossy())))),
            None => self.show_message(StyledText::new(
                "This system names no folder for settings: no view can be kept.",
                StyleRole::Stop,
            )),
        }
    }

    /// Keeps a view.
    pub(super) fn save(&mut self, view: Saved) {
        let Some(path) = saved::path() else { return };
        self.read(move |_, out| {
            let name = view.name.clone();
            let _ = out.send(Reply::Saved(saved::save(&path, view).map(|replaced| (name, replaced))));
        });
    }

    pub(super) fn saved(&mut self, done: Result<(String, bool), Error>) {
        match done {
            Ok((name, replaced)) => {
                let word = if replaced { "replaced" } else { "kept" };
                self.show_message_with_keys(
                    &format!("The view {name} is {word}; {{views}} recalls it."),
                    StyleRole::Good,
                );
            }
            Err(failure) => self.refuse(&failure),
        }
    }

    /// Offers the views that were kept. They are read again each time: nothing of them is held while it is locked.
    pub(super) fn offer_views(&mut self) {
        let Some(path) = saved::path() else { return };
        let ticket = self.next();
        self.overlays.push(Overlay::Menu(Box::new(Menu::awaiting("Views", ticket, "Reading …").numbered())));
        self.read(move |_, out| {
            let _ = out.send(Reply::Views(ticket, saved::read(&path)));
        });
    }

    pub(super) fn views_came(&mut self, ticket: Ticket, views: Result<Vec<Saved>, Error>) {
        let Some(Overlay::Menu(menu)) =
            self.overlays.last_mut().filter(|o| matches!(o, Overlay::Menu(m) if m.asked == ticket))
        else {
            return;
        };
        match views {
            Ok(views) => {
                menu.empty = "No view is kept; the action \"save view\" keeps one.";
                let entry = |v: &Saved| {
                    Entry::new(
                        v.name.as_str(),
                        StyledText::new(v.words(), StyleRole::Note),
                        Pick::View(Box::new(v.clone())),
                    )
                };
                let mut entries: Vec<Entry> = views.iter().map(entry).collect();
                if !views.is_empty() {
                    let about = StyledText::new("asks which", StyleRole::Note);
                    entries.push(Entry::new("remove a view …", about, Pick::Removing(views)));
                }
                menu.set_entries(entries);
                self.pick_what_was_chosen_before();
            }
            Err(failure) => {
                self.overlays.pop();
                self.refuse(&failure);
            }
        }
    }

    /// Asks which view is to be removed.
    pub(super) fn ask_which_to_remove(&mut self, views: Vec<Saved>) {
        self.overlays.pop();
        let entry = |v: &Saved| {
            Entry::new(v.name.as_str(), StyledText::new(v.words(), StyleRole::Note), Pick::Remove(Box::new(v.clone())))
        };
        let entries = views.iter().map(entry).collect();
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("Remove a view", entries).numbered())));
    }

    /// Removes a view.
    pub(super) fn remove(&mut self, view: &Saved) {
        let Some(path) = saved::path() else { return };
        let name = view.name.clone();
        self.read(move |_, out| {
            let _ = out.send(Reply::Removed(saved::remove(&path, &name)));
        });
    }

    pub(super) fn removed(&mut self, done: Result<Saved, Error>) {
        match done {
            Ok(view) => {
                self.show_message_with_keys(
                    &format!("The view {} is removed; {{undo}} brings it back.", view.name),
                    StyleRole::Good,
                );
                let what = format!("the view {} removed", view.name);
                self.history.note(Done { what, back: Back::View(Box::new(view)) });
            }
            Err(failure) => self.refuse(&failure),
        }
    }

    /// Opens a view that was kept.
    pub(super) fn recall(&mut self, saved: &Saved) {
        self.go(saved.place);
        let tab = saved.tab();
        let view = self.view();
        if view.look.view != tab {
            view.look.view = tab;
            view.marks.clear();
        }
        view.zoomed = false;
        view.set_filter(&saved.filter);
        view.set_order(saved.order());
        self.fetch();
    }
}
