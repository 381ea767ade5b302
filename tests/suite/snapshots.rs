//! Every screen at three sizes, as it is drawn in the middle of the demo's story: what changes in a screen is seen in its
//! review. Nothing of it hangs on the machine: the clock stands still, and what is drawn by chance (ids, digests) is masked.
//! `cargo insta review`, or `INSTA_UPDATE=always cargo test --test suite snapshots`, takes a change over.

use std::path::Path;
use std::time::{Duration, Instant as Watch};

use comity::command::definition::CommandContext;
use comity::demo::story::Story;
use comity::host::clock::{Clock, local_hour_and_minute};
use comity::tui::draw::draw;
use comity::tui::screen::{SCREENS, digit_of, screen_of};
use comity::tui::state::State;
use comity::tui::worker::{Message, Opening};
use comity::value::timestamp::Timestamp;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Columns and rows: what a terminal has that nobody made larger, one with room for a detail, one that is compact.
const SIZES: &[(u16, u16)] = &[(80, 24), (120, 36), (60, 15)];

/// How long a page may take on a busy machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The time at which the story stands.
fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T03:12:00Z").unwrap()
}

struct Screens {
    state: State,
    messages: UnboundedReceiver<Message<State>>,
}

impl Screens {
    /// The screens of a member of the demo.
    fn open(folder: &Path, who: &str) -> Self {
        let (workspace, identity) = (folder.join("XA/workspace"), folder.join("XA").join(format!("{who}.age")));
        let opening = Opening {
            workspace: workspace.clone(),
            identity: identity.clone(),
            clock: Clock::Fixed(now()),
            readonly: false,
        };
        let place = CommandContext {
            workspace,
            identity,
            passphrase: Box::new(|_, _| unreachable!()),
            clock: Clock::Fixed(now()),
        };
        let (outbox, messages) = unbounded_channel();
        let mut screens = Self { state: State::open_workspace(opening, false, place, outbox).unwrap(), messages };
        screens.until_quiet();
        screens
    }

    /// Takes answers until there is nothing more to wait for: the page and the detail of what is selected are there.
    fn until_quiet(&mut self) {
        let begun = Watch::now();
        loop {
            while let Ok(message) = self.messages.try_recv() {
                self.state.answer(message);
            }
            if let Some(end) = &self.state.end {
                panic!("the screens ended: {end:?}");
            }
            let (waits, has_detail) = (self.state.mode.wait().is_some(), screen_of(self.state.screen()).has_detail);
            let locked = self.state.mode.unlock().is_some_and(|unlock| unlock.trying);
            let view = self.state.view();
            let detailed =
                !has_detail || view.selected().is_none_or(|s| view.detail.as_ref().is_some_and(|(d, _)| d == s));
            if !locked && !waits && view.here && !view.stale && detailed {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{:?} does not come", self.state.screen());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        self.state.handle_event(Event::Key(KeyEvent::new(code, modifiers)));
    }

    fn key(&mut self, key: char) {
        self.press(KeyCode::Char(key), KeyModifiers::NONE);
        self.until_quiet();
    }

    /// What is on the screen at each size.
    fn drawn(&mut self) -> String {
        let mut all = String::new();
        for (columns, rows) in SIZES {
            let mut terminal = Terminal::new(TestBackend::new(*columns, *rows)).unwrap();
            let layout = self.state.lay_out(Rect::new(0, 0, *columns, *rows));
            terminal.draw(|frame| draw(&self.state, &layout, frame)).unwrap();
            let buffer = terminal.backend().buffer();
            let line = |y: u16| (0..*columns).map(|x| buffer[(x, y)].symbol()).collect::<String>();
            all.push_str(&format!("{columns}x{rows}\n"));
            for y in 0..*rows {
                all.push_str(&format!("|{}|\n", masked(&line(y))));
            }
        }
        all
    }
}

/// The line with zeros for what chance or the machine decides: ids, digests, fingerprints, the local time.
fn masked(line: &str) -> String {
    let local = local_hour_and_minute(now()).unwrap_or_default();
    let line = if local.is_empty() {
        line.to_owned()
    } else {
        line.replace(&format!("{local}L"), "04:12L").replace(&format!("{local} here"), "04:12 here")
    };
    let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    // A fingerprint is groups of five digits; a root that is shortened, groups of four.
    let digits = |word: &str, n: usize| word.len() == n && word.chars().all(is_hex);
    let fingerprint = line.split(' ').filter(|w| digits(w, 5)).count() >= 3;
    let (mut out, mut before) = (String::new(), String::new());
    for part in line.split_inclusive(|c: char| !is_word(c)) {
        let (text, rest) = part.split_at(part.trim_end_matches(|c: char| !is_word(c)).len());
        let is_root = digits(text, 4) && (before == "head" || before == "0000");
        let short = text.split_once('-').filter(|(kind, id)| {
            let cut = rest.starts_with('…') && !id.is_empty();
            kind.len() == 1 && id.chars().all(is_hex) && (id.len() == 6 || cut)
        });
        let masked = match short {
            Some((kind, id)) => format!("{kind}-{}", "0".repeat(id.len())),
            None if is_root || (fingerprint && digits(text, 5)) || (text.len() >= 16 && text.chars().all(is_hex)) => {
                "0".repeat(text.len())
            }
            None => text.to_owned(),
        };
        out.push_str(&masked);
        out.push_str(rest);
        if !masked.is_empty() {
            before = masked;
        }
    }
    out
}

#[test]
fn every_screen_at_three_sizes() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("demo");
    let mut story = Story::begin(&folder, now()).unwrap();
    while story.step(1).unwrap().is_some() {}
    drop(story);
    let mut screens = Screens::open(&folder, "okafor");
    for screen in SCREENS {
        screens.key(digit_of(screen.id).unwrap());
        insta::assert_snapshot!(screen.id.word(), screens.drawn());
    }
    // The place with the most actions of its own.
    screens.key('3');
    screens.key('?');
    insta::assert_snapshot!("help", screens.drawn());
    screens.press(KeyCode::Esc, KeyModifiers::NONE);
    // After the act that opened the case: the way there is typed, as a member types it.
    screens.key('t');
    "2026-11-03T03:12:00Z".chars().for_each(|c| screens.press(KeyCode::Char(c), KeyModifiers::NONE));
    screens.press(KeyCode::Enter, KeyModifiers::NONE);
    screens.until_quiet();
    screens.key('8');
    insta::assert_snapshot!("as_of", screens.drawn());
    screens.key('T');
    screens.press(KeyCode::Char('l'), KeyModifiers::CONTROL);
    insta::assert_snapshot!("locked", screens.drawn());
    screens.state.close();
}
