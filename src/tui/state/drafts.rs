//! Drafts: what was typed into forms and not done is kept, so that nothing is lost if the program or the machine ends in the
//! middle of a form.

use std::sync::mpsc::channel;
use std::time::Duration;

use super::State;
use crate::tui::language::{phrase, tr};
use crate::tui::overlay::form::handling::LeftForm;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::workspace::draft::{self, Drafts};
use crate::workspace::error::Error;

/// How long is waited for the last drafts to be written.
const PATIENCE: Duration = Duration::from_secs(1);

impl State {
    /// Keeps the draft of a form that was closed; of one that runs, nothing.
    pub(super) fn keep_left_form(&mut self, left: LeftForm) {
        let LeftForm { name, draft, running } = left;
        if running.is_some() {
            return;
        }
        if draft.is_empty() {
            self.drafts.all.remove(&name);
        } else {
            self.drafts.all.insert(name, draft);
            self.show_message(StyledText::new(tr("Kept as a draft: it is there when you come back."), StyleRole::Note));
        }
        self.keep_drafts();
    }

    /// Whether drafts are written at all.
    pub(super) const fn writes_drafts(&self) -> bool {
        !self.opening.readonly && self.as_of.is_none()
    }

    /// Writes what was typed into forms, on the reading thread; while it writes, the newest waits.
    pub(super) fn keep_drafts(&mut self) {
        if !self.writes_drafts() {
            return;
        }
        if std::mem::replace(&mut self.drafts.writing, true) {
            self.drafts.changed = true;
            return;
        }
        self.drafts.changed = false;
        let drafts = self.newest_drafts();
        self.read(move |workspace| draft::keep(workspace, &drafts), Self::drafts_written);
    }

    pub(super) fn drafts_written(&mut self, written: Result<(), Error>) {
        self.drafts.writing = false;
        self.drafts.failed = written.is_err();
        if let Err(failure) = written {
            self.show_message(StyledText::new(
                phrase!("The draft is not kept: {what}", what = failure.what),
                StyleRole::Stop,
            ));
        }
        if std::mem::take(&mut self.drafts.changed) && !self.mode.is_locked() {
            self.keep_drafts();
        }
    }

    /// What was typed and not done, in open forms too.
    fn newest_drafts(&self) -> Drafts {
        let mut drafts = self.drafts.all.clone();
        drafts.extend(self.mode.overlays().iter().filter_map(|overlay| overlay.draft()));
        drafts.retain(|_, draft| !draft.is_empty());
        drafts
    }

    /// Waits until the newest drafts are written, and not for long: the threads are about to drop what waits. Returns whether
    /// they are.
    pub(super) fn keep_drafts_now(&mut self) -> bool {
        if !self.writes_drafts() {
            return false;
        }
        if !(self.drafts.writing || self.drafts.changed || self.drafts.failed) {
            return true;
        }
        let drafts = self.newest_drafts();
        let (written, wait) = channel();
        self.read(
            move |workspace| {
                let _ = written.send(draft::keep(workspace, &drafts).is_ok());
            },
            |_, ()| {},
        );
        let are_written = wait.recv_timeout(PATIENCE).unwrap_or(false);
        (self.drafts.writing, self.drafts.changed) = (false, false);
        are_written
    }

    /// Reads the drafts that were kept before the screens were opened. What was typed since is newer.
    pub(super) fn read_drafts(&mut self) {
        (self.drafts.writing, self.drafts.changed) = (false, false);
        self.seal_clear_views();
        self.read(
            |workspace| draft::kept(workspace),
            |state, drafts| {
                for (form, draft) in drafts {
                    state.drafts.all.entry(form).or_insert(draft);
                }
            },
        );
    }
}
