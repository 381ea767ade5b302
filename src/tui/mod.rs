//! Layer 11: the screens. Events come in, values are drawn; nothing ticks, and nothing here touches the workspace but the
//! two threads of [`worker`].
//!
//! A key becomes an action of the catalogue ([`action`]) by the [`keymap`], and the action changes the [`state`] or asks a
//! thread. What a screen shows is made beside the database, by one file of [`screen`] each; what lies over a screen is one file
//! of [`overlay`]. A frame is a [`layout`] computed from the state, and [`draw`] puts both on the terminal and changes nothing.

pub mod action;
pub mod appearance;
pub mod available_actions;
pub mod bulk;
pub mod draw;
pub mod filter;
pub mod fuzzy;
pub mod hints;
pub mod idle;
pub mod input;
pub mod input_thread;
pub mod jobs;
pub mod key;
pub mod keymap;
pub mod language;
pub mod layout;
pub mod long;
pub mod mode;
pub mod opens;
pub mod order;
pub mod overlay;
pub mod page;
pub mod perform;
pub mod picture;
pub mod plain;
pub mod pressed;
pub mod saved;
pub mod screen;
pub mod screen_id;
pub mod settings;
pub mod sides;
pub mod signal;
pub mod state;
pub mod tabs;
pub mod terminal;
pub mod theme;
pub mod undo;
pub mod unlock;
pub mod view;
pub mod views;
pub mod who;
pub mod widget;
pub mod words;
pub mod worker;

use std::io::{IsTerminal as _, stdin, stdout};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use settings::Settings;
use state::{End, State};
use terminal::Screens;
use worker::{Message, Opening};

use crate::command::definition::CommandContext;
use crate::host::folder::variable;
use crate::tui::language::phrase;
use crate::workspace::error::{Error, ErrorKind};

/// Refuses where there is no terminal to draw on, and says what to do instead.
pub fn needs_terminal() -> Result<(), Error> {
    let dumb = variable("TERM").is_none_or(|t| t == "dumb");
    if stdin().is_terminal() && stdout().is_terminal() && !dumb {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Usage,
        "the screens need a terminal, and this is none that they can draw on",
        "everything is a command too: see `comity --help`; `comity demo --headless` prints the demo",
    ))
}

/// Runs the screens until they are left. Returns the exit code.
///
/// # Errors
///
/// Where the workspace cannot be opened, and where the terminal can no longer be read or written.
pub fn run(opening: Opening, passphrase_file: bool, context: CommandContext, settings: Settings) -> Result<u8, Error> {
    language::speak(settings.language);
    let (outbox, messages) = unbounded_channel();
    let mut state = State::open_workspace(opening, passphrase_file, context, outbox)?;
    state.theme = settings.theme.unwrap_or(state.theme);
    (state.keymap, state.ascii, state.mouse) = (settings.keymap, settings.ascii, settings.mouse);
    state.idle.after = settings.lock_after;
    if let Some(failure) = settings.no_views {
        let text = phrase!("There are no views: {what}", what = failure.what);
        state.show_message(page::StyledText::new(text, theme::StyleRole::Stop));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::from)?;
    let mut screens = Screens::enter()?;
    let guard = signal::Guard::watch();
    let ended = runtime.block_on(serve(&mut state, &mut screens, messages));
    drop(guard);
    drop(screens);
    state.close();
    ended?.code()
}

/// The seam by which a test sees what a panic leaves behind. The release binary has none.
#[cfg(debug_assertions)]
fn fail_where_asked(state: &State) {
    assert!(state.screen() != screen_id::ScreenId::REPORTS || variable("COMITY_PANICS").is_none(), "M. Kraus");
}

async fn serve(
    state: &mut State,
    screens: &mut Screens,
    mut messages: UnboundedReceiver<Message<State>>,
) -> Result<End, Error> {
    let mut batches = input_thread::start();
    // What was typed before this does not count.
    let mut typed_after = Instant::now();
    let mut drops_input = false;
    let mut signals = signal::Signals::listen()?;
    loop {
        if std::mem::take(&mut state.dirty) {
            // Whoever answers has seen the question: what is read from here on counts.
            if std::mem::take(&mut drops_input) {
                typed_after = Instant::now();
            }
            screens.draw(state)?;
        }
        #[cfg(debug_assertions)]
        fail_where_asked(state);
        if let Some(text) = state.copied.take() {
            screens.copy(&text)?;
        }
        if let Some(end) = state.end.take() {
            return Ok(end);
        }
        if std::mem::take(&mut state.suspend) {
            terminal::restore();
            signal::stop_here()?;
            screens.resume()?;
            state.dirty = true;
            continue;
        }
        let to_next_minute = Duration::from_millis(60_000 - state.now().millis().rem_euclid(60_000) as u64 + 5);
        let is_locked = state.mode.is_locked();
        tokio::select! {
            batch = batches.recv() => {
                let mut next = batch.transpose()?;
                while let Some(batch) = next {
                    let counts = !drops_input && batch.read_at >= typed_after;
                    // What was typed ahead of a question does not answer it, until the question is on the screen.
                    drops_input |= counts && batch.events.into_iter().any(|event| state.handle_event(event));
                    next = batches.try_recv().ok().transpose()?;
                }
            }
            Some(message) = messages.recv() => {
                drops_input |= state.answer(message);
                while let Ok(message) = messages.try_recv() {
                    drops_input |= state.answer(message);
                }
            }
            number = signals.next() => state.signal(number),
            () = tokio::time::sleep(to_next_minute) => state.minute(),
            () = tokio::time::sleep(state.until_idle()), if !is_locked => drop(state.lock_where_idle()),
        }
    }
}
