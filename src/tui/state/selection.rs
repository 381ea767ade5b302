//! Moving the selection, marking, and the range of marks that is being made.

use super::State;
use crate::store::records::references;
use crate::tui::action::Intent;
use crate::tui::language::{phrase, tr};
use crate::tui::mode::Wait;
use crate::tui::page::{RecordRef, StyledText};
use crate::tui::theme::StyleRole;
use crate::tui::view::View;
use crate::tui::worker::Ticket;
use crate::workspace::error::Error;

/// How many records of a long list are marked at once at most: of each it is asked whether what is to be done can be done with it,
/// and a form for all of them names each. Where that is not all, of how many is told for as long as they are marked.
const MARKED: usize = 10_000;

impl State {
    pub(super) fn step(&mut self, step: impl FnOnce(&mut View)) {
        let view = self.view_mut();
        view.scroll = 0;
        step(view);
        self.fetch_detail();
    }

    /// Moves the selection by so many rows, or scrolls the detail that has the whole body.
    pub(super) fn scroll_or_step(&mut self, by: i32) {
        if self.view().zoomed {
            self.scroll_detail(by);
        } else {
            self.step(|v| v.step(by));
        }
    }

    /// Scrolls the detail of what is selected by so many lines.
    pub(super) fn scroll_detail(&mut self, by: i32) {
        let view = self.view_mut();
        view.scroll = view.scroll.saturating_add_signed(by.clamp(-1000, 1000) as i16);
    }

    /// What an action is about: what is marked, else what is selected, else what the page is about.
    pub(in crate::tui) fn subjects(&self) -> Vec<RecordRef> {
        let view = self.view();
        if view.failed.is_some() {
            return Vec::new();
        }
        // What is read over the whole body is what is meant: the marks are out of sight.
        if !view.marks.is_empty() && !view.zoomed {
            return view.marks.to_vec();
        }
        view.selected().or(view.page.about.as_ref()).cloned().into_iter().collect()
    }

    /// Whether a range goes on while this is done: it only moves, or is about the range itself.
    pub(super) const fn keeps_range(intent: Intent) -> bool {
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

    pub(super) fn mark(&mut self) {
        if self.view().is_ranging() {
            return self.view_mut().end_range();
        }
        self.view_mut().mark();
        self.step(|v| v.step(1));
    }

    /// Marks everything that the filter shows; of a long list also what is not on the page.
    pub(super) fn mark_all(&mut self) {
        let view = self.view_mut();
        let (section, _) = view.at();
        let here = view.rows(section).len();
        let long = view.window().filter(|(s, _)| *s == section).map(|(_, window)| window.fit + window.collapsed);
        let Some(fit) = long.filter(|fit| *fit > here) else { return view.mark_all() };
        let kept = view.params.long.kept.clone();
        if view.selected_act().is_some() {
            // Its rows are acts: what they did it on stands in many of them.
            view.mark_all();
            view.marks.note_of(fit);
            return self.say_marked(here, fit, tr("those that are here"));
        }
        let ticket = self.next_ticket();
        self.mode.begin_waiting(Wait::new(ticket));
        self.read(
            move |workspace| {
                let Some(mut numbers) = kept.fitting() else { return Ok(None) };
                let fit = numbers.len();
                numbers.truncate(MARKED);
                let found = references(&workspace.db, &numbers)?;
                Ok(Some((fit, found.into_iter().map(RecordRef::from).collect())))
            },
            move |state, found| state.all_found(ticket, found),
        );
    }

    /// Marks all that fit in a long list, once they are known.
    fn all_found(&mut self, ticket: Ticket, found: Result<Option<(usize, Vec<RecordRef>)>, Error>) {
        if !self.mode.take_answer(ticket) {
            return;
        }
        match found {
            Ok(Some((fit, all))) => {
                let (before, count) = (self.snapshot(), all.len());
                let marks = &mut self.view_mut().marks;
                marks.extend(all);
                if count < fit {
                    marks.note_of(fit);
                }
                self.note_view(before);
                if count < fit {
                    return self.say_marked(count, fit, tr("more are not done with at once"));
                }
                self.show_message(StyledText::new(phrase!("Marked are all {count}.", count), StyleRole::Good));
            }
            Ok(None) => {
                let text = tr("The list is still being read: once more when its count stands.");
                self.show_message(StyledText::new(text, StyleRole::Note));
            }
            Err(failure) => self.show_failure(&failure),
        }
    }

    fn say_marked(&mut self, count: usize, of: usize, why: &str) {
        let also = tr("a filter narrows them; share takes a whole case");
        self.show_message(StyledText::new(
            phrase!("Marked are {count} of {of}: {why}; {also}.", count, of, why, also),
            StyleRole::Due,
        ));
    }

    /// Begins a range, or ends it.
    pub(super) fn range(&mut self) {
        let view = self.view_mut();
        if view.is_ranging() {
            view.end_range();
        } else if !view.begin_range() {
            self.show_message(StyledText::new(tr("Nothing is selected."), StyleRole::Note));
        }
    }
}
