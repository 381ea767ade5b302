//! What the screens are at any moment. Each file here is one part of what happens to it: keys, answers, commands, lists. It
//! never draws, never waits, and has no terminal.

mod actions;
mod as_of;
mod clipboard;
mod commands;
mod drafts;
mod events;
mod expansion;
mod fields;
mod jobs;
mod layout;
mod lists;
mod locking;
mod menus;
mod messages;
mod mouse;
mod navigation;
mod overlays;
mod pages;
mod requests;
mod selection;
mod undo;
mod verdicts;
mod work;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use ratatui::layout::Rect;

use super::action::Action;
use super::idle::Idle;
use super::jobs::Jobs;
use super::key::Chord;
use super::keymap::{Keymap, Preset};
use super::layout::Layout;
use super::mode::Mode;
use super::page::StyledText;
use super::pressed::Pressed;
use super::screen_id::ScreenId;
use super::theme::Theme;
use super::undo::{History, ViewSnapshot};
use super::unlock::Unlock;
use super::view::View;
use super::views::Views;
use super::who::Who;
use super::worker::{Opening, Outbox, Ticket, Workers};
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::draft::Drafts;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::journal::{Matter, Wanted};
use crate::workspace::open::AsOf;

/// Why the screens are left.
#[derive(Debug)]
pub enum End {
    /// Its user leaves.
    Left,
    /// It cannot go on.
    Failed(Error),
    /// A signal says so.
    Signal(i32),
}

impl End {
    /// The exit code.
    ///
    /// # Errors
    ///
    /// The one that it ended with.
    pub fn code(self) -> Result<u8, Error> {
        match self {
            Self::Left => Ok(0),
            Self::Failed(failure) => Err(failure),
            Self::Signal(number) => Ok(u8::try_from(128 + number).unwrap_or(ErrorKind::Internal as u8)),
        }
    }
}

/// The messages that were shown.
#[derive(Default)]
pub struct Messages {
    /// All of them, the newest last; notes are not kept.
    all: Vec<(Timestamp, StyledText)>,
    /// The one that stands in the row of the sentence instead of it.
    pub current: Option<StyledText>,
}

/// What was typed into forms and not done, and whether it is on the disk.
#[derive(Default)]
struct FormDrafts {
    all: Drafts,
    /// Whether they are being written.
    writing: bool,
    /// Whether there are newer ones than those that are being written.
    changed: bool,
    /// Whether the last of them could not be written.
    failed: bool,
}

/// What the screens are.
pub struct State {
    opening: Opening,
    outbox: Outbox<Self>,
    workers: Option<Workers<Self>>,
    /// Who works where; `None` until the workspace is open.
    pub who: Option<Who>,
    /// What the screens are doing, and who gets the keys.
    pub mode: Mode<Self>,
    /// The open screen, and all others as they were left.
    pub views: Views,
    previous: ScreenId,
    /// The moment that is looked at; `None`: now. While one looks back nothing is written.
    pub as_of: Option<AsOf>,
    /// Actions that are done as soon as the rows of the screen have come.
    ahead: Vec<&'static Action>,
    /// Keys of a sequence that is not complete.
    pub pressed: Vec<Chord>,
    /// What runs and what has ended.
    pub jobs: Jobs,
    /// What was done here, and what takes it back.
    history: History,
    /// The view before the filter or the range that is being made.
    viewed: Option<ViewSnapshot>,
    /// The messages that were shown.
    pub messages: Messages,
    drafts: FormDrafts,
    /// The newest request.
    ticket: Ticket,
    /// The newest detail that was asked for; the thread gives up all others.
    newest_detail: Arc<AtomicU64>,
    /// How many threads have not yet answered everything that they were asked.
    unreached: usize,
    last_folder: Option<PathBuf>,
    /// What waited on the member and was passed, while one works through it.
    passed: Vec<Id>,
    /// The personal data whose reason is asked for.
    wanted: Option<Wanted>,
    /// The personal data whose reason was not given, and on which screen.
    declined: Option<(Matter, ScreenId)>,
    /// Rows of the body, without its headings.
    rows: u16,
    /// The keys.
    pub keymap: Keymap,
    /// The theme.
    pub theme: &'static Theme,
    /// Whether lines are drawn with ASCII alone.
    pub ascii: bool,
    /// Whether the mouse is taken.
    pub mouse: bool,
    /// Where everything was when it was drawn last, and how large the screen was: what the mouse points at.
    seen: (Layout, Rect),
    /// What was pressed last, when, and in which frame: the same again opens it.
    pressed_at: Option<(Instant, u64, Pressed)>,
    /// Within how long a second press opens.
    twice_within: Duration,
    /// How often it was laid out to be drawn.
    frames: u64,
    /// How long nobody has touched a key.
    pub idle: Idle,
    /// A text for the clipboard of the terminal.
    pub copied: Option<String>,
    /// Whether something changed that is not drawn yet.
    pub dirty: bool,
    /// Whether the terminal is to be handed to the shell.
    pub suspend: bool,
    /// Set when the screens are to be left.
    pub end: Option<End>,
}

impl State {
    /// The locked screen of a workspace; `needs_none`: its identity has no passphrase.
    ///
    /// # Errors
    ///
    /// Where no theme can be read.
    pub fn locked(opening: Opening, needs_none: bool, outbox: Outbox<Self>) -> Result<Self, Error> {
        let no_theme = || Error::new(ErrorKind::Internal, "there is no theme", "please report it");
        let idle = Idle::new(opening.clock.now());
        Ok(Self {
            opening,
            outbox,
            workers: None,
            who: None,
            mode: Mode::Locked(Unlock::new(needs_none)),
            views: Views::new(ScreenId::DESK),
            previous: ScreenId::DESK,
            as_of: None,
            ahead: Vec::new(),
            pressed: Vec::new(),
            jobs: Jobs::default(),
            history: History::default(),
            viewed: None,
            messages: Messages::default(),
            drafts: FormDrafts::default(),
            ticket: 0,
            newest_detail: Arc::default(),
            unreached: 0,
            last_folder: None,
            passed: Vec::new(),
            wanted: None,
            declined: None,
            rows: 20,
            keymap: Keymap::of(Preset::Vim),
            theme: Theme::all().first().ok_or_else(no_theme)?,
            ascii: false,
            mouse: false,
            seen: (Layout::default(), Rect::default()),
            pressed_at: None,
            twice_within: Duration::from_millis(500),
            frames: 0,
            idle,
            copied: None,
            dirty: true,
            suspend: false,
            end: None,
        })
    }

    /// The screen that is open.
    pub const fn screen(&self) -> ScreenId {
        self.views.screen()
    }

    /// The open screen as it is being looked at.
    pub const fn view(&self) -> &View {
        self.views.current()
    }

    /// The same, to be changed.
    pub const fn view_mut(&mut self) -> &mut View {
        self.views.current_mut()
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.opening.clock.now()
    }

    /// Whether nothing can be written, since it was opened so.
    pub const fn is_read_only(&self) -> bool {
        self.opening.readonly
    }

    /// Whether the workspace is one of an exercise.
    pub fn is_exercise(&self) -> bool {
        self.who.as_ref().is_some_and(Who::is_exercise)
    }

    fn next_ticket(&mut self) -> Ticket {
        self.ticket += 1;
        self.ticket
    }
}
