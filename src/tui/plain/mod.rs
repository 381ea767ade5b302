//! The line-oriented interface, for screen readers, braille displays and pipes: the same screens, actions, menus, forms and
//! questions, in lines. What was written is never written over: no cursor is moved, no screen is cleared, no colour is set, and
//! no byte of an escape sequence leaves. It decides nothing: each line that is typed does what keys do on the drawn screens.

mod lines;
mod news;
mod typed;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write, stdin};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use lines::{AT_ONCE, NumberedRow, count, numbered_rows, page_lines};
use news::news;
use typed::lines;

use super::action::{ACTIONS, Action, Intent};
use super::jobs::format_progress;
use super::keymap::{Keymap, Preset};
use super::mode::Mode;
use super::page::{Page, RecordRef};
use super::screen::definition::ViewParams;
use super::screen::{SCREENS, screen_of};
use super::signal::Signals;
use super::state::{End, State};
use super::worker::{Message, Opening};
use crate::command::command;
use crate::command::commands;
use crate::command::definition::CommandContext;
use crate::value::realm::Realm;
use crate::value::text::{Shown, wrap};
use crate::workspace::error::{Error, ErrorKind};

/// How often it says how far long work is.
const PROGRESS: Duration = Duration::from_secs(5);

/// What can be typed at a screen.
fn how() -> String {
    let screens: Vec<&str> = SCREENS.iter().map(|screen| screen.id.word()).collect();
    format!(
        "Type a number to open it, a place ({}), a for what may be done, /words to filter, more for further rows, ? for \
         every action, q to leave.",
        screens.join(", ")
    )
}

/// Runs the line-oriented interface until it is left. Returns the exit code.
///
/// # Errors
///
/// Where the workspace cannot be opened, and where nothing can be read or written any more.
pub fn run(opening: Opening, context: CommandContext) -> Result<u8, Error> {
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
                        self.print("Left: what is stopped would go on holding keys. Start it again.")?;
                    }
                    self.signal(number);
                    continue;
                }
                () = tokio::time::sleep(self.state.until_idle()) => {
                    self.print("")?;
                    self.print("Left: nobody has typed a line for long, and keys are not held for nobody. Start it again.")?;
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
            let selected = self.state.view().selected().cloned();
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
                        Some(message) => self.state.answer(message),
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
        Some(format!("{} of {} read, {} fit", window.read, window.all, window.fit))
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

    // --- what is written ---------------------------------------------------------------------------------------------

    fn print(&mut self, line: &str) -> Result<(), Error> {
        // What is written is fit to be shown by its type or was made so; this is the last guard, not the first.
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        // At a terminal a line ends between words: where the terminal breaks one, a screen reader speaks two halves of it.
        match crossterm::terminal::size().ok().filter(|_| self.out.is_terminal()) {
            Some((columns, _)) if columns > 20 => {
                wrap(&line, usize::from(columns)).iter().try_for_each(|part| writeln!(self.out, "{part}"))?;
            }
            _ => writeln!(self.out, "{line}")?,
        }
        Ok(())
    }

    fn print_lines(&mut self, lines: &[String]) -> Result<(), Error> {
        lines.iter().try_for_each(|line| self.print(line))
    }

    fn greet(&mut self) -> Result<(), Error> {
        let Some(who) = self.state.who.clone() else { return Ok(()) };
        let realm = match &who.realm {
            Realm::Live => "LIVE".to_owned(),
            Realm::Exercise(name) => format!("EXERCISE {name}"),
        };
        let (name, desk) = (Shown::of(&who.name), Shown::of(&who.desk));
        self.print(&format!("comity, {realm}. {desk}. {name}, {}. {}.", who.role, self.state.now().to_minute()))?;
        self.print(&how())
    }

    /// Writes what followed: the message, the overlay on top, or the screen where it is another than was written.
    fn print_all(&mut self, selected: Option<RecordRef>) -> Result<(), Error> {
        let mut spoken = false;
        let has_own = self.state.mode.top().is_some_and(|top| top.has_own_message());
        if let Some(message) = self.state.messages.current.take().filter(|_| !has_own) {
            self.print(message.text.as_str())?;
            spoken = true;
        }
        while let Some(top) = self.state.mode.top() {
            let closes = top.is_read_once();
            let lines = self.state.overlay_lines();
            self.print_lines(&lines)?;
            if !closes {
                return Ok(());
            }
            self.state.mode.pop();
            spoken = true;
        }
        match self.state.mode.base() {
            Mode::AskingTime(_) | Mode::Filtering(_) => Ok(()),
            _ => self.print_page(selected, spoken),
        }
    }

    fn print_page(&mut self, selected: Option<RecordRef>, mut spoken: bool) -> Result<(), Error> {
        let screen = self.state.screen();
        if self.written.as_ref().is_none_or(|written| written.title != screen.title()) {
            (self.from, self.marked) = (0, 0);
        }
        if self.state.view().zoomed {
            // The detail was asked for, and is written once.
            self.state.view_mut().zoomed = false;
            let lines = self.state.view().detail.as_ref().map(|(_, detail)| detail.spoken()).unwrap_or_default();
            return self.print_lines(&lines);
        }
        let view = self.state.view();
        let marked = view.marks.len();
        let moved = (view.selected() != selected.as_ref()).then(|| view.selected_line()).flatten();
        let now = self.what_is_shown();
        if self.written.as_ref() != Some(&now) {
            let as_of = self.state.as_of.map(|as_of| format!("AS OF {as_of}. Read only; now goes back to now."));
            let lines: Vec<String> = as_of.into_iter().chain(page_lines(screen, view, self.from)).collect();
            self.numbers = numbered_rows(view);
            self.written = Some(now);
            return self.print_lines(&lines);
        }
        if marked != self.marked {
            self.marked = marked;
            self.print(&format!("{marked} marked."))?;
            spoken = true;
        } else if let Some(line) = moved {
            self.print(&format!("Selected: {line}"))?;
            spoken = true;
        }
        if spoken { Ok(()) } else { self.print("No changes.") }
    }

    /// Writes the screen from its next rows on.
    fn print_more(&mut self) -> Result<(), Error> {
        let view = self.state.view();
        let lines = page_lines(self.state.screen(), view, self.from);
        self.numbers = numbered_rows(view);
        self.written = Some(self.what_is_shown());
        self.silent = true;
        self.print_lines(&lines)
    }

    fn what_is_shown(&self) -> Written {
        let view = self.state.view();
        Written {
            title: self.state.screen().title(),
            params: view.params.clone(),
            filter: view.filter().to_owned(),
            page: view.page.clone(),
        }
    }

    fn prompt(&mut self) -> Result<(), Error> {
        let prompt = match (self.state.mode.top(), self.state.mode.base()) {
            (Some(top), _) => top.prompt(),
            (None, Mode::AskingTime(_)) => {
                "As of which date or time, or 3d for three days ago; empty is now: ".to_owned()
            }
            (None, Mode::Filtering(_)) => "Filter by which words; empty shows all: ".to_owned(),
            (None, _) => {
                let as_of = self.state.as_of.map(|a| format!(" AS OF {a}")).unwrap_or_default();
                format!("{}{as_of}> ", self.state.screen().title())
            }
        };
        write!(self.out, "{}", Shown::of(&prompt))?;
        Ok(self.out.flush()?)
    }

    // --- what is typed -----------------------------------------------------------------------------------------------

    fn handle_line(&mut self, line: &str) -> Result<(), Error> {
        let line = line.trim_end_matches(['\r', '\n']);
        if self.state.handle_line(line) {
            return Ok(());
        }
        if matches!(self.state.mode.base(), Mode::Filtering(_)) {
            *self.state.mode.base_mut() = Mode::Normal;
            self.filter(line.trim());
            return Ok(());
        }
        self.handle_screen_line(line.trim())
    }

    fn filter(&mut self, words: &str) {
        self.from = 0;
        let view = self.state.view_mut();
        view.set_filter(words);
        // What fits is written from its first row on.
        view.first();
        self.state.fetch_detail();
        self.state.fetch_missing_rows();
    }

    fn handle_screen_line(&mut self, typed: &str) -> Result<(), Error> {
        if let Some(words) = typed.strip_prefix('/') {
            self.filter(words.trim());
            return Ok(());
        }
        match typed {
            "" => {
                self.written = None;
                return Ok(());
            }
            "more" => return self.more(),
            _ => {}
        }
        // What is done with a row, by its number: `a 3`, `mark 2`, `as of act 5`.
        let numbered = typed.rsplit_once(' ').and_then(|(name, n)| Some((self.action(name.trim())?, number(n)?)));
        if let Some((action, n)) = numbered {
            return self.act_on_row(action, n);
        }
        if let Some(n) = number(typed) {
            if self.select(n)? {
                self.state.do_intent(Intent::Open);
            }
            return Ok(());
        }
        if let Some(view) = screen_of(self.state.screen()).views.iter().position(|name| *name == typed) {
            let here = self.state.view().params.view;
            self.from = 0;
            self.state.do_intent(Intent::Tab(view as i32 - here as i32));
            return Ok(());
        }
        if let Some(action) = self.action(typed) {
            self.act(action);
            return Ok(());
        }
        self.handle_command_line(typed)
    }

    /// The next rows of each section; after the last the first again.
    fn more(&mut self) -> Result<(), Error> {
        let view = self.state.view();
        let longest = (0..view.sections().count()).map(|s| count(view, s)).max().unwrap_or(0);
        self.from = if self.from + AT_ONCE < longest { self.from + AT_ONCE } else { 0 };
        // Of a long list the rows may have to be fetched first: the page is then another, and is written.
        if self.state.show_row(self.from) {
            return Ok(());
        }
        self.print_more()
    }

    /// Who names a row means that row: what is marked waits, but for what marks.
    fn act_on_row(&mut self, action: &'static Action, n: usize) -> Result<(), Error> {
        if !self.select(n)? {
            return Ok(());
        }
        let marks = match action.intent {
            Intent::Mark | Intent::MarkAll | Intent::Range => Vec::new(),
            _ => std::mem::take(&mut self.state.view_mut().marks),
        };
        self.act(action);
        let view = self.state.view_mut();
        if view.marks.is_empty() {
            view.marks = marks;
        }
        Ok(())
    }

    /// A command of the desk by its name, or with a colon before it what the palette has.
    fn handle_command_line(&mut self, typed: &str) -> Result<(), Error> {
        let name = typed.strip_prefix(':').unwrap_or(typed).trim();
        if let Some(command) = command(name).filter(|v| commands().any(|other| other.full_name() == v.full_name())) {
            let about = |s: &&RecordRef| {
                command.fields.iter().any(|f| f.positional) && command.subject_field(&s.kind).is_some()
            };
            let on = self.state.subjects().iter().filter(about).cloned().collect();
            self.state.begin(command, on);
            return Ok(());
        }
        if typed.starts_with(':') {
            self.state.do_intent(Intent::Palette);
            if !name.is_empty() {
                self.state.handle_line(name);
            }
            return Ok(());
        }
        self.silent = true;
        let elsewhere = ACTIONS.iter().find(|a| a.name == typed).and_then(|a| a.places.first());
        let elsewhere = elsewhere.map_or_else(String::new, |screen| format!(" It is done at {}.", screen.title()));
        self.print(&format!("{} means nothing here.{elsewhere} ? lists what does.", Shown::of(typed)))
    }

    /// The action of this name, or with this key on the drawn screens, at this screen.
    fn action(&self, name: &str) -> Option<&'static Action> {
        let screen = self.state.screen();
        // What is of this screen alone goes first.
        let mut here: Vec<&'static Action> = ACTIONS.iter().filter(|a| a.is_at(screen)).collect();
        here.sort_by_key(|a| a.places.is_empty());
        let found = here.iter().find(|a| a.name == name).or_else(|| here.iter().find(|a| a.keys.contains(&name)));
        found.copied()
    }

    fn act(&mut self, action: &'static Action) {
        match action.intent {
            // There is nobody who could type a passphrase here unseen: whoever comes back starts again.
            Intent::Lock | Intent::Suspend => {
                self.state.lock();
                self.state.end = Some(End::Left);
            }
            Intent::Go(_) | Intent::Refresh => {
                (self.from, self.written) = (0, None);
                self.state.act(action);
            }
            _ => self.state.act(action),
        }
    }

    /// Selects a row by its number. Returns whether it is there.
    fn select(&mut self, n: usize) -> Result<bool, Error> {
        let last = self.numbers.keys().next_back().copied().unwrap_or(0);
        let Some(NumberedRow { section, row, subject }) = self.numbers.get(&n).cloned() else {
            self.print(&format!("There is no number {n}; the last is {last}."))?;
            self.silent = true;
            return Ok(false);
        };
        // A number stands for the record that it was written for, whatever came or went since.
        if !self.state.view_mut().go_to_row_of(section, row, &subject) {
            self.print(&format!("What number {n} was told of is no longer here. Enter alone tells what is."))?;
            self.silent = true;
            return Ok(false);
        }
        self.state.fetch_detail();
        Ok(true)
    }
}

fn number(text: &str) -> Option<usize> {
    text.trim().parse().ok().filter(|n| *n > 0)
}
