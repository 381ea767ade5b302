//! Whatever is typed, at whatever size, the screens go on: every frame says which realm it is, holds no hidden character
//! (drawing checks that itself), and shows the selection where there is one to see. And the record is whole afterwards.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant as Watch};

use comity::command::audit;
use comity::command::definition::CommandContext;
use comity::command::identity;
use comity::demo::story::Story;
use comity::host::clock::Clock;
use comity::tui::draw::draw;
use comity::tui::state::State;
use comity::tui::worker::{Message, Opening};
use comity::value::timestamp::Timestamp;
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Sizes from nothing to more than a screen.
const SIZES: &[(u16, u16)] =
    &[(1, 1), (20, 5), (39, 9), (40, 10), (50, 14), (60, 15), (79, 23), (80, 24), (100, 30), (120, 36), (200, 60)];

/// Something that may come from a terminal.
#[derive(Clone, Debug)]
enum Input {
    Key(KeyCode, KeyModifiers),
    Paste(String),
    Size(usize),
    Minute,
    /// The answers that are on their way are waited for.
    Wait,
}

fn input() -> impl Strategy<Value = Input> {
    let plain = |code: KeyCode| Input::Key(code, KeyModifiers::NONE);
    let codes = [
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageDown,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::Backspace,
        KeyCode::F(1),
        KeyCode::F(4),
        KeyCode::F(9),
    ];
    prop_oneof![
        12 => "[ -~]".prop_map(move |c: String| plain(KeyCode::Char(c.chars().next().unwrap_or(' ')))),
        8 => proptest::sample::select("jkGghl0123456789a:/?sfv*VSXHtTxpiuUyJ[]z-".chars().collect::<Vec<_>>())
            .prop_map(move |c| plain(KeyCode::Char(c))),
        8 => proptest::sample::select(codes.to_vec()).prop_map(plain),
        1 => proptest::sample::select(vec!['l', 'c', 'd', 'u', 'p', 'z'])
            .prop_map(|c| Input::Key(KeyCode::Char(c), KeyModifiers::CONTROL)),
        1 => "\\PC{0,40}".prop_map(Input::Paste),
        3 => (0..SIZES.len()).prop_map(Input::Size),
        1 => Just(Input::Minute),
        6 => Just(Input::Wait),
    ]
}

struct Screens {
    state: State,
    messages: UnboundedReceiver<Message<State>>,
    size: (u16, u16),
}

impl Screens {
    fn open(folder: &Path, now: Timestamp) -> Self {
        let (workspace, identity) = (folder.join("XA/workspace"), folder.join("XA/okafor.age"));
        let clock = Clock::Fixed(now);
        let opening = Opening { workspace: workspace.clone(), identity: identity.clone(), clock, readonly: false };
        let place = CommandContext { workspace, identity, passphrase: Box::new(|_, _| unreachable!()), clock };
        let (outbox, messages) = unbounded_channel();
        let state = State::open_workspace(opening, false, place, outbox).unwrap();
        let mut screens = Self { state, messages, size: (80, 24) };
        screens.wait();
        screens
    }

    /// Takes the answers that come, until none has come for a while.
    fn wait(&mut self) {
        let mut last = Watch::now();
        while last.elapsed() < Duration::from_millis(15) {
            match self.messages.try_recv() {
                Ok(message) => {
                    self.state.answer(message);
                    last = Watch::now();
                }
                Err(_) => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    fn take(&mut self, input: Input) {
        match input {
            Input::Key(code, modifiers) => drop(self.state.handle_event(Event::Key(KeyEvent::new(code, modifiers)))),
            Input::Paste(text) => drop(self.state.handle_event(Event::Paste(text))),
            Input::Size(n) => self.size = SIZES[n],
            Input::Minute => self.state.minute(),
            Input::Wait => self.wait(),
        }
        while let Ok(message) = self.messages.try_recv() {
            self.state.answer(message);
        }
        // Whoever leaves is asked first, and is here again.
        (self.state.end, self.state.suspend, self.state.copied) = (None, false, None);
        self.draw();
    }

    fn draw(&mut self) {
        let (columns, rows) = self.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let layout = self.state.lay_out(Rect::new(0, 0, columns, rows));
        terminal.draw(|frame| draw(&self.state, &layout, frame)).unwrap();
        let buffer = terminal.backend().buffer();
        let line = |y: u16| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        if columns >= 20 && !self.state.mode.is_locked() && self.state.who.is_some() {
            assert!(line(0).contains("EXERCISE"), "{columns}x{rows}: {}", line(0));
        }
        // What is selected is on the screen, where a list of it is and nothing lies over it.
        let covered = !self.state.mode.overlays().is_empty() || self.state.mode.is_locked();
        let view = self.state.view();
        if !covered && columns >= 60 && rows >= 15 && view.here && !view.zoomed && view.selected().is_some() {
            assert!((0..rows).any(|y| line(y).contains('>')), "{columns}x{rows}: nothing is selected");
        }
    }
}

#[test]
fn the_screens_survive_whatever_is_typed() {
    // Views, drafts and files that are named by chance go nowhere else: this needs an environment of its own.
    let home = tempfile::TempDir::new().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "random_keys::keys_by_chance", "--nocapture"])
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
#[ignore = "the test above runs it, in a home of its own"]
fn keys_by_chance() {
    let root = tempfile::TempDir::new().unwrap();
    let now = Timestamp::parse("2026-11-23T03:12:00Z").unwrap();
    let mut story = Story::begin(root.path(), now).unwrap();
    while story.step(1).unwrap().is_some() {}
    drop(story);
    let config = Config { cases: 12, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let all = proptest::collection::vec(input(), 250);
    TestRunner::new(config)
        .run(&all, |inputs| {
            let mut screens = Screens::open(root.path(), now);
            inputs.into_iter().for_each(|input| screens.take(input));
            screens.state.close();
            Ok(())
        })
        .unwrap();
    let mut place = CommandContext {
        workspace: root.path().join("XA/workspace"),
        identity: root.path().join("XA/okafor.age"),
        passphrase: Box::new(|_, _| unreachable!()),
        clock: Clock::Fixed(now),
    };
    let (me, _) = identity::unlock(&mut place).unwrap();
    let mut workspace = Workspace::open(&place.workspace, &place.identity, me, place.clock, false).unwrap();
    assert!(audit::verify_log(&mut workspace, &mut Job::silent()).unwrap().intact);
}
