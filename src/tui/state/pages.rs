//! The pages of the screens and the details beside them: asked for, and taken when they come.

use std::sync::Arc;

use super::State;
use crate::tui::language::tr;
use crate::tui::overlay::reader::Reader;
use crate::tui::page::{Detail, Page, RecordRef, Selectable};
use crate::tui::screen::detail::{detail, detail_of};
use crate::tui::screen::screen_of;
use crate::tui::worker::Ticket;
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::journal::Masked;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// Why personal data are masked where nothing is written.
pub(super) fn nothing_can_be_noted() -> &'static str {
    tr("Personal data are masked: nothing can be noted here of who looks. Open without --readonly to see them.")
}

/// Says at the foot of a page that something on it is masked, and how it can be seen.
fn said_to_be_masked(workspace: &Workspace, page: Page) -> Page {
    let how = match workspace.take_masked() {
        None => return page,
        Some(Masked::Unnoted) => nothing_can_be_noted(),
        Some(Masked::Restricted) => tr("What is held or restricted is masked; {reason} asks why you look."),
    };
    Page { sentence: Shown::of(format!("{how} {}", page.sentence).trim_end()), ..page }
}

impl State {
    /// Fetches the page of the screen again.
    pub(super) fn fetch(&mut self) {
        let ticket = self.next_ticket();
        let fetch = screen_of(self.screen()).fetch;
        let view = self.view_mut();
        (view.asked, view.stale) = (ticket, true);
        let (params, newest) = (view.request_params(), Arc::clone(&view.newest));
        self.read_newest(
            (&newest, ticket),
            move |workspace| {
                let at = Some(workspace.now());
                let page = workspace.glance(|workspace| fetch(workspace, &params, &mut Job::silent()));
                page.map(|page| said_to_be_masked(workspace, Page { at, ..page }))
            },
            move |state, page| state.page_arrived(ticket, page),
        );
    }

    pub(super) fn page_arrived(&mut self, ticket: Ticket, page: Result<Page, Error>) {
        let Some(view) = self.views.awaiting_mut(ticket) else { return };
        match page {
            Ok(mut page) => {
                page.format_keys(&|sentence| self.keymap.format_keys(sentence));
                view.set_page(page);
            }
            Err(failure) => view.failed = Some(failure),
        }
        self.fetch_detail();
        self.fetch_missing_rows();
        if self.view().here && self.mode.overlays().is_empty() {
            std::mem::take(&mut self.ahead).into_iter().for_each(|action| self.act(action));
            self.fetch_missing_rows();
        }
    }

    /// Selects a row of the long list, counted from 0 among those that fit. Returns whether it has to be fetched first.
    pub(in crate::tui) fn show_row(&mut self, n: usize) -> bool {
        if !self.view_mut().go_to_row(n) {
            return false;
        }
        self.fetch_detail();
        let lacks = self.view_mut().must_fetch();
        if lacks {
            self.fetch();
        }
        lacks
    }

    /// Fetches rows of a long list that are wanted and not here.
    pub(in crate::tui) fn fetch_missing_rows(&mut self) {
        if !self.mode.is_locked() && self.view_mut().must_fetch() {
            self.fetch();
        }
    }

    /// Fetches the detail of what is selected. While one moves on, those in between are never made.
    pub(in crate::tui) fn fetch_detail(&mut self) {
        if !screen_of(self.screen()).has_detail {
            return;
        }
        let ticket = self.next_ticket();
        let view = self.view_mut();
        view.asked_detail = ticket;
        let Some(subject) = view.selected_subject().cloned() else {
            view.detail = None;
            return;
        };
        let about = subject.clone();
        self.read_newest(
            (&Arc::clone(&self.newest_detail), ticket),
            move |workspace| workspace.glance(|workspace| detail_of(workspace, &about)),
            move |state, detail| state.detail_arrived(ticket, subject, detail),
        );
    }

    pub(super) fn detail_arrived(&mut self, ticket: Ticket, subject: Selectable, detail: Result<Detail, Error>) {
        let view = self.view_mut();
        if let (true, Ok(detail)) = (view.asked_detail == ticket, detail) {
            view.detail = Some((subject, detail));
        }
    }

    /// Shows the detail of a record that no screen shows.
    pub(super) fn read_detail(&mut self, subject: RecordRef) {
        let ticket = self.next_ticket();
        self.mode.push(Box::new(Reader::awaiting(ticket)));
        self.read(
            move |workspace| workspace.glance(|workspace| detail(workspace, &subject)),
            move |state, detail| {
                let reader = state.mode.top_as_mut::<Reader>().filter(|reader| reader.asked == ticket);
                if let (Some(reader), Ok(detail)) = (reader, detail) {
                    *reader = Reader::new(detail);
                }
            },
        );
    }
}
