//! Long work: it tells how far it is, and can be cancelled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::workspace::error::{Error, ErrorKind};

/// How far a piece of work has come.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Progress {
    /// What is being done, in a word or two.
    pub what: &'static str,
    /// How much is done.
    pub done: u64,
    /// Of how much, where that is known.
    pub of: Option<u64>,
}

type Listener = Box<dyn FnMut(Progress) + Send>;

/// A piece of work as its worker sees it.
pub struct Job {
    cancelled: Arc<AtomicBool>,
    listener: Listener,
    may_last: bool,
}

impl Job {
    /// Work that tells `listener` how far it is, until `cancelled` is set.
    pub fn new(cancelled: Arc<AtomicBool>, listener: impl FnMut(Progress) + Send + 'static) -> Self {
        Self { cancelled, listener: Box::new(listener), may_last: false }
    }

    /// Work that nobody watches and nobody cancels.
    pub fn silent() -> Self {
        Self::new(Arc::new(AtomicBool::new(false)), |_| {})
    }

    /// The same work, which may go on for as long as nobody cancels it: nothing else waits for it.
    #[must_use]
    pub fn lasting(self) -> Self {
        Self { may_last: true, ..self }
    }

    /// Whether it may go on for as long as nobody cancels it.
    pub const fn may_last(&self) -> bool {
        self.may_last
    }

    /// Tells how far the work is; fails where it was cancelled.
    pub fn at(&mut self, what: &'static str, done: u64, of: Option<u64>) -> Result<(), Error> {
        (self.listener)(Progress { what, done, of });
        if self.is_cancelled() {
            Err(Error::new(ErrorKind::Cancelled, "cancelled", "nothing was changed"))
        } else {
            Ok(())
        }
    }

    /// Tells how far the work is; answers whether it may go on.
    pub fn go_on(&mut self, what: &'static str, done: u64, of: Option<u64>) -> bool {
        self.at(what, done, of).is_ok()
    }

    /// Whether the work was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
