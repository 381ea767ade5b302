//! The screens of a member of the demo, in this process: keys go in, and what is drawn comes out of a terminal of any size.
//! The clock stands still.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use comity::command::definition::CommandContext;
use comity::demo::story::Story;
use comity::host::clock::Clock;
use comity::tui::draw::draw;
use comity::tui::state::State;
use comity::tui::worker::{Message, Opening};
use comity::value::timestamp::Timestamp;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// How long an answer may take on a busy machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The time at which the story stands.
pub fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T03:12:00Z").unwrap()
}

/// Plays the first part of the demo's story in a folder.
pub fn story(folder: &Path) {
    let mut story = Story::begin(folder, now()).unwrap();
    while story.step(1).unwrap().is_some() {}
}

/// The workspace of desk XA, and a member's identity.
pub fn paths(folder: &Path, who: &str) -> (PathBuf, PathBuf) {
    (folder.join("XA/workspace"), folder.join("XA").join(format!("{who}.age")))
}

pub struct Drawn {
    pub state: State,
    messages: UnboundedReceiver<Message<State>>,
}

impl Drawn {
    /// Opens the screens of a member of desk XA.
    pub fn open(folder: &Path, who: &str) -> Self {
        Self::open_at(folder, who, Clock::Fixed(now()))
    }

    /// The same, by a clock.
    pub fn open_at(folder: &Path, who: &str, clock: Clock) -> Self {
        let (workspace, identity) = paths(folder, who);
        let opening = Opening {
            workspace: workspace.clone(),
            identity: identity.clone(),
            clock,
            readonly: false,
            reason: Some("the test".to_owned()),
        };
        let place = CommandContext { workspace, identity, passphrase: Box::new(|_, _| unreachable!()), clock };
        let (outbox, messages) = unbounded_channel();
        let mut drawn = Self { state: State::open_workspace(opening, false, place, outbox).unwrap(), messages };
        drawn.settle();
        drawn
    }

    /// Takes the answers that are here.
    pub fn take_answers(&mut self) {
        while let Ok(message) = self.messages.try_recv() {
            self.state.answer(message);
        }
    }

    /// Waits until everything that was asked of the threads is answered, and what the answers asked too.
    pub fn settle(&mut self) {
        let (begun, mut asked) = (Instant::now(), None);
        while asked != Some(self.state.newest_ticket()) {
            asked = Some(self.state.newest_ticket());
            self.state.reach_all();
            // Whoever is locked out is answered nothing.
            while !self.state.is_reached() && self.state.mode.unlock().is_none_or(|unlock| unlock.trying) {
                match self.messages.try_recv() {
                    Ok(message) => drop(self.state.answer(message)),
                    Err(_) => std::thread::sleep(Duration::from_millis(1)),
                }
                assert!(begun.elapsed() < PATIENCE, "{} does not come", self.state.screen());
            }
        }
    }

    /// Hands in a key, whatever comes of it.
    pub fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.state.handle_event(Event::Key(KeyEvent::new(code, modifiers)));
    }

    /// Presses a key, and waits until the screens have answered it and are drawn.
    pub fn key(&mut self, code: KeyCode) {
        self.press(code, KeyModifiers::NONE);
        self.settle();
        self.lines((80, 24));
    }

    /// Presses keys one after the other: `\n` is Enter, `\t` Tab, and `⇟` Page Down.
    pub fn keys(&mut self, keys: &str) {
        for key in keys.chars() {
            self.key(match key {
                '\n' => KeyCode::Enter,
                '\t' => KeyCode::Tab,
                '⇟' => KeyCode::PageDown,
                other => KeyCode::Char(other),
            });
        }
    }

    /// What is on a screen of so many columns and rows, a line for each row.
    pub fn lines(&mut self, size: (u16, u16)) -> Vec<String> {
        let buffer = self.buffer(size);
        (0..size.1).map(|y| (0..size.0).map(|x| buffer[(x, y)].symbol()).collect()).collect()
    }

    /// The cells of a screen of so many columns and rows.
    pub fn buffer(&mut self, (columns, rows): (u16, u16)) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let layout = self.state.lay_out(Rect::new(0, 0, columns, rows));
        terminal.draw(|frame| draw(&self.state, &layout, frame)).unwrap();
        terminal.backend().buffer().clone()
    }
}
