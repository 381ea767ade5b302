//! The open screen and all others, each as it is being looked at. It opens nothing by itself.

use std::collections::BTreeMap;

use super::screen_id::ScreenId;
use super::view::View;
use super::worker::Ticket;

/// The screens as they are being looked at; one of them is open.
pub struct Views {
    screen: ScreenId,
    current: View,
    others: BTreeMap<ScreenId, View>,
}

impl Views {
    /// One screen is open, and none has been looked at.
    pub fn new(screen: ScreenId) -> Self {
        Self { screen, current: View::default(), others: BTreeMap::new() }
    }

    /// The screen that is open.
    pub const fn screen(&self) -> ScreenId {
        self.screen
    }

    /// The open screen as it is being looked at.
    pub const fn current(&self) -> &View {
        &self.current
    }

    /// The same, to be changed.
    pub const fn current_mut(&mut self) -> &mut View {
        &mut self.current
    }

    /// A screen as it is being looked at.
    pub fn of_mut(&mut self, screen: ScreenId) -> &mut View {
        if screen == self.screen { &mut self.current } else { self.others.entry(screen).or_default() }
    }

    /// Opens a screen.
    pub fn open(&mut self, screen: ScreenId) {
        if screen != self.screen {
            let view = self.others.remove(&screen).unwrap_or_default();
            let left = std::mem::replace(&mut self.current, view);
            self.others.insert(self.screen, left);
            self.screen = screen;
        }
    }

    /// The view that waits for a page.
    pub fn awaiting_mut(&mut self, ticket: Ticket) -> Option<&mut View> {
        self.iter_mut().find(|view| view.asked == ticket)
    }

    /// Empties all of them: where one was stays known, what was there does not.
    pub fn forget_pages(&mut self) {
        self.iter_mut().for_each(|view| *view = view.again());
    }

    fn iter_mut(&mut self) -> impl Iterator<Item = &mut View> {
        std::iter::once(&mut self.current).chain(self.others.values_mut())
    }
}
