//! Locking and unlocking: while it is locked nothing of the workspace is in the screens' memory, and the threads have no keys.

use crossterm::event::KeyEvent;

use super::{End, State};
use crate::command::definition::CommandContext;
use crate::command::identity;
use crate::seal::secret::Passphrase;
use crate::tui::language::phrase;
use crate::tui::mode::Mode;
use crate::tui::overlay::form::view::FormView;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::unlock::Unlock;
use crate::tui::who::Who;
use crate::tui::worker::{Opening, Outbox, Workers};
use crate::workspace::error::{Error, ErrorKind};

impl State {
    /// Opens a workspace: at once where `passphrase_file` says that the passphrase is given or where none is needed, else the
    /// locked screen asks first.
    ///
    /// # Errors
    ///
    /// Where the identity cannot be read.
    pub fn open_workspace(
        opening: Opening,
        passphrase_file: bool,
        mut context: CommandContext,
        outbox: Outbox<Self>,
    ) -> Result<Self, Error> {
        let sealed = identity::asks_for_passphrase(&opening.identity)?;
        let mut state = Self::locked(opening, !sealed, outbox)?;
        if !sealed || passphrase_file {
            if let Some(unlock) = state.mode.unlock_mut() {
                unlock.trying = true;
            }
            let unlock = move || Ok(identity::unlock(&mut context)?.0);
            let workers = Workers::start(state.opening.clone(), unlock, None, state.outbox.clone(), Self::opened);
            state.workers = Some(workers);
        }
        Ok(state)
    }

    /// Locks: nothing of the workspace stays on the screen or in the screens' memory, and the threads drop their keys as
    /// soon as the work that runs is done.
    pub fn lock(&mut self) {
        if self.mode.is_locked() {
            return;
        }
        let are_kept = self.keep_drafts_now();
        if let Some(workers) = &self.workers {
            workers.stop();
        }
        self.views.forget_pages();
        let form = self.mode.find::<FormView>().filter(|form| form.running.is_none() && !form.draft().is_empty());
        let form = form.map(|form| form.command.full_name());
        self.close_overlays();
        if are_kept {
            // They are sealed on the disk, and read again by whoever unlocks.
            self.drafts.all.clear();
        }
        let needs_none = !identity::asks_for_passphrase(&self.opening.identity).unwrap_or(true);
        // What was waited for is cancelled with the mode.
        self.mode = Mode::Locked(Unlock::new(needs_none));
        self.messages.all.clear();
        self.messages.current = None;
        if let Some(form) = form {
            let text = phrase!("{form} was left open: what you typed is a draft, and is there when you open it.", form);
            self.messages.all.push((self.now(), StyledText::new(text, StyleRole::Due)));
        }
        self.jobs.ended.clear();
        self.history.clear();
        (self.viewed, self.copied, self.as_of) = (None, None, None);
        self.pressed.clear();
        self.ahead.clear();
    }

    pub(super) fn lock_and_suspend(&mut self) {
        self.lock();
        self.suspend = true;
    }

    /// How long it is until it locks by itself.
    pub fn until_idle(&self) -> std::time::Duration {
        self.idle.left(self.now())
    }

    /// Locks where nobody has touched a key for long. Returns whether it did.
    pub fn lock_where_idle(&mut self) -> bool {
        let idle = !self.mode.is_locked() && self.until_idle().is_zero();
        if idle {
            let minutes = self.idle.after.as_secs() / 60;
            self.lock();
            let after = if minutes > 0 {
                phrase!("{minutes} min", minutes)
            } else {
                format!("{} s", self.idle.after.as_secs())
            };
            let text = StyledText::new(phrase!("Locked after {after} without a key.", after), StyleRole::Note);
            // What was left open comes after it, and is what is seen first.
            self.messages.all.insert(0, (self.now(), text));
            self.dirty = true;
        }
        idle
    }

    pub(super) fn unlock_key(&mut self, key: KeyEvent) {
        let now = self.now();
        if let Some(tried) = self.mode.unlock_mut().and_then(|unlock| unlock.key(key, now)) {
            self.start(tried);
        }
    }

    /// Opens the workspace again, with the passphrase that was typed.
    fn start(&mut self, passphrase: Option<Passphrase>) {
        let mut passphrase = passphrase;
        let mut context = CommandContext {
            workspace: self.opening.workspace.clone(),
            identity: self.opening.identity.clone(),
            passphrase: Box::new(move |_, _| {
                passphrase.take().ok_or_else(|| {
                    Error::new(ErrorKind::Key, "the identity asks for a passphrase", "lock and unlock again")
                })
            }),
            clock: self.opening.clock,
        };
        let previous = self.workers.take();
        let unlock = move || Ok(identity::unlock(&mut context)?.0);
        let workers = Workers::start(self.opening.clone(), unlock, previous, self.outbox.clone(), Self::opened);
        self.workers = Some(workers);
    }

    /// The workspace is open, or is not.
    pub(super) fn opened(&mut self, opened: Result<Who, Error>) {
        let now = self.now();
        match opened {
            Ok(who) => {
                self.who = Some(who);
                self.mode = Mode::Normal;
                // What ended meanwhile is shown first.
                self.messages.current = self.messages.all.last().map(|(_, text)| text.clone());
                self.read_drafts();
                self.fetch();
            }
            Err(failure) => {
                let typed = self.mode.unlock().is_some_and(|unlock| !unlock.needs_none);
                self.workers = None;
                match self.mode.unlock_mut() {
                    Some(unlock) if typed && failure.kind == ErrorKind::Key => unlock.wrong(&failure.what, now),
                    _ => self.end = Some(End::Failed(failure)),
                }
            }
        }
    }

    /// Ends the threads. What runs is cancelled: nothing of it will have been done.
    pub fn close(&mut self) {
        self.jobs.cancel_all();
        self.keep_drafts_now();
        if let Some(workers) = self.workers.take() {
            workers.join();
        }
    }
}
