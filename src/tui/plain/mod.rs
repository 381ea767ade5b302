//! The line-oriented interface, for screen readers, braille displays and pipes: the same screens, actions, menus, forms and
//! questions, in lines. What was written is never written over: no cursor is moved, no screen is cleared, no colour is set, and
//! no byte of an escape sequence leaves. It decides nothing: each line that is typed does what keys do on the drawn screens.

mod handling;
mod lines;
mod news;
mod typed;
mod writing;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, stdin};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use lines::NumberedRow;
use news::news;
use typed::lines;

use super::jobs::format_progress;
use super::keymap::{Keymap, Preset};
use super::page::Page;
use super::screen::definition::ViewParams;
use super::signal::Signals;
use super::state::{End, State};
use super::worker::{Message, Opening};
use crate::command::definition::CommandContext;
use crate::tui::language::{self, Language, phrase, tr};
use crate::workspace::error::{Error, ErrorKind};

/// How often it says how far long work is.
const PROGRESS: Duration = Duration::from_secs(5);

/// Runs the line-oriented interface until it is left. Returns the exit code.
///
/// # Errors
///
/// Where the workspace cannot be opened, and where nothing can be read or written any more.
pub fn run(opening: Opening, context: CommandContext) -> Result<u8, Error> {
    language::speak(Language::of_environment());
    let (outbox, messages) = unbounded_channel();
    let mut state = State::open_workspace(opening, true, context, outbox)?;
    state.keymap = Keymap::of(Preset::Vim).by_name();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::from)?;
    let mut plain = Plain {
        state,
        messages,
        from: 0,
        written: None,
        numbers: BTreeMap::new(),
        silent: false,
        overlaid: false,
        marked: 0,
        out: io::stdout(),
    };
    let ended = runtime.block_on(plain.serve());
    plain.state.close();
    // The thread that reads lines may be waiting for one: it is not waited for.
    runtime.shutdown_background();
    ended?.code()
}

/// What was written of a screen: where nothing of it is another, it is not written again.
#[derive(PartialEq)]
struct Written {
    title: &'static str,
    params: ViewParams,
    filter: String,
    page: Page,
}

struct Plain {
    state: State,
    messages: UnboundedReceiver<Message<State>>,
    /// The first row of each section that is written.
    from: usize,
    written: Option<Written>,
    /// What the numbers stand for, until the screen is written again.
    numbers: BTreeMap<usize, NumberedRow>,
    /// Whether what was typed was answered already.
    silent: bool,
    /// Whether what was written last is of an overlay: that it is closed is then news.
    overlaid: bool,
    /// How many rows are marked, as far as was written.
    marked: usize,
    out: io::Stdout,
}

impl Plain {
    async fn serve(&mut self) -> Result<End, Error> {
        let mut signals = Signals::listen()?;
        self.settle(&mut signals).await?;
        if let Some(unlock) = self.state.mode.unlock().filter(|_| self.state.end.is_none()) {
            return Err(Error::new(ErrorKind::Key, unlock.message.clone(), "start again, with the right passphrase"));
        }
        let mut lines = lines();
        if self.state.end.is_none() {
            self.greet()?;
            self.print_all(None)?;
        }
        let (mut asks, mut questioned) = (true, false);
        loop {
            if let Some(end) = self.state.end.take() {
                return Ok(end);
            }
            // What was typed or pasted ahead of a question does not answer it; a script's lines wait for what they answer.
            let question = self.state.mode.top().is_some_and(|top| top.is_question());
            if question && !questioned && stdin().is_terminal() {
                while lines.try_recv().is_ok() {}
            }
            questioned = question;
            if std::mem::replace(&mut asks, true) {
                self.prompt()?;
            }
            let to_next_minute = 60_000 - self.state.now().millis().rem_euclid(60_000) as u64 + 5;
            let line = tokio::select! {
                line = lines.recv() => line,
                number = signals.next() => {
                    self.print("")?;
                    if number == signal_hook::consts::SIGTSTP {
                        self.print(tr("Left: what is stopped would go on holding keys. Start it again."))?;
                    }
                    self.signal(number);
                    continue;
                }
                () = tokio::time::sleep(self.state.until_idle()) => {
                    self.print("")?;
                    self.print(tr("Left: nobody has typed a line for long, and keys are not held for nobody. Start it again."))?;
                    return Ok(End::Left);
                }
                () = tokio::time::sleep(Duration::from_millis(to_next_minute)) => {
                    asks = self.minute(&mut signals).await?;
                    continue;
                }
            };
            // Where nobody types any more, nobody is there.
            let Some(line) = line else {
                self.print("")?;
                return Ok(End::Left);
            };
            let selected = self.state.view().selected_subject().cloned();
            self.handle_line(&line)?;
            self.settle(&mut signals).await?;
            self.state.idle.touch(self.state.now());
            if self.state.end.is_none() && !std::mem::take(&mut self.silent) {
                self.print_all(selected)?;
            }
        }
    }

    /// A signal ends; where something runs, the one of Ctrl-C cancels that.
    fn signal(&mut self, number: i32) {
        if number == signal_hook::consts::SIGINT && self.state.jobs.first().is_some() {
            self.state.cancel();
        } else {
            // A process that is stopped must not hold keys; this front end is then started again.
            self.state.end = Some(End::Signal(number));
        }
    }

    /// Waits until everything that was asked of the threads is answered, and says how far long work is.
    async fn settle(&mut self, signals: &mut Signals) -> Result<(), Error> {
        let mut asked = None;
        let begun = Instant::now();
        let mut spoken = Duration::ZERO;
        while self.state.end.is_none() && asked != Some(self.state.newest_ticket()) {
            asked = Some(self.state.newest_ticket());
            self.state.reach_all();
            while !self.state.is_reached() && self.goes_on() {
                tokio::select! {
                    message = self.messages.recv() => match message {
                        // A line is not typed ahead: it is asked for when all is answered.
                        Some(message) => drop(self.state.answer(message)),
                        None => return Ok(()),
                    },
                    number = signals.next() => self.signal(number),
                    () = tokio::time::sleep(PROGRESS) => {}
                }
                if begun.elapsed() >= spoken + PROGRESS
                    && let Some(line) = self.progress()
                {
                    spoken = begun.elapsed();
                    self.print(&line)?;
                }
            }
        }
        Ok(())
    }

    /// Whether answers can still come: it is open, or is being opened.
    fn goes_on(&self) -> bool {
        self.state.end.is_none() && self.state.mode.unlock().is_none_or(|unlock| unlock.trying)
    }

    /// How far long work has come, in words.
    fn progress(&self) -> Option<String> {
        if let Some(progress) = self.state.jobs.first().and_then(|job| job.progress.as_ref()) {
            return Some(format_progress(progress));
        }
        let (_, window) = self.state.view().window().filter(|(_, window)| !window.is_whole())?;
        Some(phrase!("{read} of {all} read, {fit} fit", read = window.read, all = window.all, fit = window.fit))
    }

    /// A minute has passed: what came, went or is otherwise since then is written in new lines. Returns whether there was any.
    async fn minute(&mut self, signals: &mut Signals) -> Result<bool, Error> {
        let before = self.state.view().page.clone();
        self.state.minute();
        self.settle(signals).await?;
        let after = self.state.view().page.clone();
        let news = news(&before, &after);
        // That times have gone on is no reason to write the whole screen again.
        if let Some(written) = self.written.as_mut().filter(|written| written.page == before) {
            written.page = after;
        }
        if !news.is_empty() {
            self.print("")?;
        }
        self.print_lines(&news)?;
        Ok(!news.is_empty())
    }
}
