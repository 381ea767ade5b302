//! Whatever is typed, at whatever size, the screens go on: every frame says which realm it is, holds no hidden character
//! (drawing checks that itself), and shows the selection where there is one to see. And the record is whole afterwards.

use std::process::Command;

use comity::command::audit;
use comity::command::definition::CommandContext;
use comity::host::clock::Clock;
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;
use crossterm::event::{Event, KeyCode, KeyModifiers};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::drawn::{Drawn, now, paths, story};
use crate::screen::is_selected;

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
    drawn: Drawn,
    size: (u16, u16),
}

impl Screens {
    fn take(&mut self, input: Input) {
        match input {
            Input::Key(code, modifiers) => self.drawn.press(code, modifiers),
            Input::Paste(text) => drop(self.drawn.state.handle_event(Event::Paste(text))),
            Input::Size(n) => self.size = SIZES[n],
            Input::Minute => self.drawn.state.minute(),
            Input::Wait => self.drawn.settle(),
        }
        self.drawn.take_answers();
        // Whoever leaves is asked first, and is here again.
        (self.drawn.state.end, self.drawn.state.suspend, self.drawn.state.copied) = (None, false, None);
        self.draw();
    }

    fn draw(&mut self) {
        let (columns, rows) = self.size;
        let lines = self.drawn.lines(self.size);
        let state = &self.drawn.state;
        if columns >= 20 && !state.mode.is_locked() && state.who.is_some() {
            assert!(lines[0].contains("EXERCISE"), "{columns}x{rows}: {}", lines[0]);
        }
        // What is selected is on the screen, where a list of it is and nothing lies over it.
        let covered = !state.mode.overlays().is_empty() || state.mode.is_locked();
        let view = state.view();
        if !covered && columns >= 60 && rows >= 15 && view.here && !view.zoomed && view.selected().is_some() {
            assert!(lines.iter().any(|line| is_selected(line)), "{columns}x{rows}: nothing is selected");
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
    story(root.path());
    let config = Config { cases: 12, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let all = proptest::collection::vec(input(), 250);
    TestRunner::new(config)
        .run(&all, |inputs| {
            let mut screens = Screens { drawn: Drawn::open(root.path(), "okafor"), size: (80, 24) };
            inputs.into_iter().for_each(|input| screens.take(input));
            screens.drawn.state.close();
            Ok(())
        })
        .unwrap();
    let (workspace, identity) = paths(root.path(), "okafor");
    let mut place =
        CommandContext { workspace, identity, passphrase: Box::new(|_, _| unreachable!()), clock: Clock::Fixed(now()) };
    let (me, _) = comity::command::identity::unlock(&mut place).unwrap();
    let mut workspace = Workspace::open(&place.workspace, &place.identity, me, place.clock, false).unwrap();
    assert!(audit::verify_log(&mut workspace, &mut Job::silent()).unwrap().intact);
}
