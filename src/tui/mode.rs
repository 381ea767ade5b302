//! What the screens are doing, as one value: it says who gets the keys. A mode may lie over another one, which goes on when it
//! ends.

use std::any::Any;

use super::input::Input;
use super::overlay::definition::Overlay;
use super::unlock::Unlock;
use super::worker::{CancelOnDrop, Ticket};
use crate::workspace::progress::Progress;

/// An answer that is waited for. Until it comes what is typed is dropped, so that nothing is taken for a key that was meant
/// for what it opens.
#[derive(Debug, Default)]
pub struct Wait {
    /// The request.
    pub ticket: Ticket,
    /// How far it has come, where that is known.
    pub progress: Option<Progress>,
    /// Cancels the request when nobody waits for it any more.
    pub cancel: CancelOnDrop,
}

impl Wait {
    /// Waits for the answer to a request.
    pub fn new(ticket: Ticket) -> Self {
        Self { ticket, ..Self::default() }
    }
}

/// What the screens are doing.
pub enum Mode<S> {
    /// Locked: nothing is shown but the time, and nothing but a passphrase is taken.
    Locked(Unlock),
    /// An answer is waited for; Escape gives it up.
    Waiting(Wait, Box<Self>),
    /// Overlays take the keys, the last of them first. There is at least one.
    Overlays(Vec<Box<dyn Overlay<S>>>, Box<Self>),
    /// The time to look back to is being typed.
    AskingTime(Input),
    /// The filter of the screen is being typed.
    Filtering(Input),
    /// Keys are actions.
    Normal,
}

impl<S: 'static> Mode<S> {
    /// Whether it is locked.
    pub const fn is_locked(&self) -> bool {
        matches!(self, Self::Locked(_))
    }

    /// The locked screen.
    pub const fn unlock(&self) -> Option<&Unlock> {
        match self {
            Self::Locked(unlock) => Some(unlock),
            _ => None,
        }
    }

    /// The locked screen, to be changed.
    pub const fn unlock_mut(&mut self) -> Option<&mut Unlock> {
        match self {
            Self::Locked(unlock) => Some(unlock),
            _ => None,
        }
    }

    /// What is waited for.
    pub const fn wait(&self) -> Option<&Wait> {
        match self {
            Self::Waiting(wait, _) => Some(wait),
            _ => None,
        }
    }

    /// What is waited for, to be changed.
    pub const fn wait_mut(&mut self) -> Option<&mut Wait> {
        match self {
            Self::Waiting(wait, _) => Some(wait),
            _ => None,
        }
    }

    /// Whether this answer is waited for.
    pub fn waits_for(&self, ticket: Ticket) -> bool {
        self.wait().is_some_and(|wait| wait.ticket == ticket)
    }

    /// Waits for an answer, and no longer for another one. Nothing is waited for while it is locked.
    pub fn begin_waiting(&mut self, wait: Wait) {
        match self {
            Self::Locked(_) => {}
            Self::Waiting(current, _) => *current = wait,
            _ => {
                let under = std::mem::replace(self, Self::Normal);
                *self = Self::Waiting(wait, Box::new(under));
            }
        }
    }

    /// Waits no longer. What the wait would cancel is cancelled.
    pub fn stop_waiting(&mut self) {
        if let Self::Waiting(_, under) = self {
            *self = std::mem::replace(under, Self::Normal);
        }
    }

    /// Waits no longer where this answer was waited for. Returns whether it was.
    pub fn take_answer(&mut self, ticket: Ticket) -> bool {
        let waits = self.waits_for(ticket);
        if waits {
            self.stop_waiting();
        }
        waits
    }

    /// The mode over which nothing lies: what is typed at the screen itself.
    pub fn base(&self) -> &Self {
        match self {
            Self::Waiting(_, under) | Self::Overlays(_, under) => under.base(),
            _ => self,
        }
    }

    /// The same, to be changed.
    pub fn base_mut(&mut self) -> &mut Self {
        match self {
            Self::Waiting(_, under) | Self::Overlays(_, under) => under.base_mut(),
            _ => self,
        }
    }

    /// Overlays, the last on top.
    pub fn overlays(&self) -> &[Box<dyn Overlay<S>>] {
        match self {
            Self::Waiting(_, under) => under.overlays(),
            Self::Overlays(overlays, _) => overlays,
            _ => &[],
        }
    }

    /// The same, to be changed.
    pub fn overlays_mut(&mut self) -> &mut [Box<dyn Overlay<S>>] {
        match self {
            Self::Waiting(_, under) => under.overlays_mut(),
            Self::Overlays(overlays, _) => overlays,
            _ => &mut [],
        }
    }

    /// The overlay on top.
    pub fn top(&self) -> Option<&dyn Overlay<S>> {
        self.overlays().last().map(Box::as_ref)
    }

    /// The same, to be changed.
    pub fn top_mut(&mut self) -> Option<&mut dyn Overlay<S>> {
        match self.overlays_mut() {
            [.., top] => Some(top.as_mut()),
            [] => None,
        }
    }

    /// The overlay on top, where it is one of that type.
    pub fn top_as<T: Overlay<S>>(&self) -> Option<&T> {
        self.top().and_then(|overlay| (overlay as &dyn Any).downcast_ref())
    }

    /// The same, to be changed.
    pub fn top_as_mut<T: Overlay<S>>(&mut self) -> Option<&mut T> {
        self.top_mut().and_then(|overlay| (overlay as &mut dyn Any).downcast_mut())
    }

    /// The topmost overlay of a type.
    pub fn find<T: Overlay<S>>(&self) -> Option<&T> {
        self.overlays().iter().rev().find_map(|overlay| (overlay.as_ref() as &dyn Any).downcast_ref())
    }

    /// The same, to be changed.
    pub fn find_mut<T: Overlay<S>>(&mut self) -> Option<&mut T> {
        self.overlays_mut().iter_mut().rev().find_map(|overlay| (overlay.as_mut() as &mut dyn Any).downcast_mut())
    }

    /// Lays an overlay over all others; nothing while it is locked.
    pub fn push(&mut self, overlay: Box<dyn Overlay<S>>) {
        match self {
            Self::Locked(_) => {}
            Self::Waiting(_, under) => under.push(overlay),
            Self::Overlays(overlays, _) => overlays.push(overlay),
            _ => {
                let under = std::mem::replace(self, Self::Normal);
                *self = Self::Overlays(vec![overlay], Box::new(under));
            }
        }
    }

    /// Closes the overlay on top.
    pub fn pop(&mut self) {
        let mut last = self.overlays().len();
        self.retain_overlays(|_| {
            last -= 1;
            last > 0
        });
    }

    /// Closes all overlays but those of which `keep` says so.
    pub fn retain_overlays(&mut self, mut keep: impl FnMut(&dyn Overlay<S>) -> bool) {
        let overlays_mode = match self {
            Self::Waiting(_, under) => under.as_mut(),
            _ => self,
        };
        if let Self::Overlays(overlays, under) = overlays_mode {
            overlays.retain(|overlay| keep(overlay.as_ref()));
            if overlays.is_empty() {
                *overlays_mode = std::mem::replace(under, Self::Normal);
            }
        }
    }
}
