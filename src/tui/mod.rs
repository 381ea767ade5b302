//! Layer 11: the screens. Events come in, values are drawn; nothing ticks, and nothing here touches the workspace but the
//! two threads of [`worker`].
//!
//! A key becomes an action of the catalogue ([`action`]) by the [`keymap`], the action an intent, the intent a change of [`app::App`] or a
//! task for a thread. What a place shows is made beside the database by one file of [`screen`] each.

pub mod action;
pub mod app;
pub mod available_actions;
pub mod bulk;
pub mod canvas;
pub mod draw;
pub mod filter;
pub mod idle;
pub mod input;
pub mod job;
pub mod key;
pub mod keymap;
pub mod long;
pub mod order;
pub mod overlay;
pub mod page;
pub mod plain;
pub mod saved;
pub mod screen;
pub mod screen_id;
pub mod settings;
pub mod signal;
pub mod terminal;
pub mod theme;
pub mod undo;
pub mod unlock;
pub mod view;
pub mod worker;

use std::io::{IsTerminal as _, stdin, stdout};
use std::time::Duration;

use crossterm::event::{self, Event, EventStream};
use futures_util::StreamExt as _;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use app::{App, End};
use settings::Settings;
use terminal::Screens;
use worker::{Opening, Reply};

use crate::command::definition::CommandContext;
use crate::host::folder::variable;
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

/// Runs the screens until they are left. Answers the exit code.
pub fn run(opening: Opening, passphrase_file: bool, place: CommandContext, settings: Settings) -> Result<u8, Error> {
    let (send, replies) = unbounded_channel();
    let mut app = App::new(opening, passphrase_file, place, send)?;
    app.theme = settings.theme.unwrap_or(app.theme);
    (app.keymap, app.ascii) = (settings.keymap, settings.ascii);
    app.idle.after = settings.lock_after;
    if let Some(failure) = settings.no_views {
        app.show_message(page::StyledText::new(
            format!("There are no views: {}", failure.what),
            theme::StyleRole::Stop,
        ));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::from)?;
    let mut screens = Screens::enter()?;
    let guard = signal::Guard::watch();
    let ended = runtime.block_on(serve(&mut app, &mut screens, replies));
    drop(guard);
    drop(screens);
    app.close();
    match ended? {
        End::Left => Ok(0),
        End::Failed(failure) => Err(failure),
        End::Signal(number) => Ok(u8::try_from(128 + number).unwrap_or(ErrorKind::Internal as u8)),
    }
}

/// An event that is here already. The stream must not be asked for it: a stream that was once asked without being waited
/// for never wakes again.
fn here() -> std::io::Result<Option<Event>> {
    if event::poll(Duration::ZERO)? { event::read().map(Some) } else { Ok(None) }
}

/// The seam by which a test sees what a panic leaves behind. The release binary has none.
#[cfg(debug_assertions)]
fn fail_where_asked(app: &App) {
    assert!(app.place != screen_id::ScreenId::Reports || variable("COMITY_PANICS").is_none(), "M. Kraus");
}

async fn serve(app: &mut App, screens: &mut Screens, mut replies: UnboundedReceiver<Reply>) -> Result<End, Error> {
    let mut events = EventStream::new();
    let mut signals = signal::Signals::listen()?;
    loop {
        if app.dirty {
            app.dirty = false;
            screens.terminal.draw(|frame| draw::draw(app, frame))?;
            app.follow();
        }
        #[cfg(debug_assertions)]
        fail_where_asked(app);
        if let Some(text) = app.copied.take() {
            screens.copy(&text)?;
        }
        if let Some(end) = app.end.take() {
            return Ok(end);
        }
        if std::mem::take(&mut app.suspend) {
            drop(events);
            terminal::restore();
            signal::stop_here()?;
            screens.resume()?;
            events = EventStream::new();
            app.dirty = true;
            continue;
        }
        let to_next_minute = Duration::from_millis(60_000 - app.now().millis().rem_euclid(60_000) as u64 + 5);
        tokio::select! {
            event = events.next() => {
                let mut next = event.transpose()?;
                while let Some(event) = next {
                    if app.handle_event(event) {
                        // What was typed ahead of a question does not answer it.
                        while here()?.is_some() {}
                        break;
                    }
                    next = here()?;
                }
            }
            Some(reply) = replies.recv() => {
                app.answer(reply);
                while let Ok(reply) = replies.try_recv() {
                    app.answer(reply);
                }
            }
            number = signals.next() => app.signal(number),
            () = tokio::time::sleep(to_next_minute) => app.minute(),
            () = tokio::time::sleep(app.until_idle()), if app.locked.is_none() => drop(app.lock_where_idle()),
        }
    }
}
