//! The line-oriented interface to the screens, for screen readers, braille displays and pipes: the same places, actions, offers, forms
//! and questions, told in lines. What was written is never written over: no cursor is moved, no screen is cleared, no
//! colour is set, and no byte of an escape sequence leaves. It decides nothing: each line that is typed becomes the same
//! keys and actions that the drawn screens take.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, IsTerminal as _, Write, stdin};
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::action::{ACTIONS, Action, Intent};
use super::app::{App, End};
use super::job::format_progress;
use super::keymap::{Keymap, Preset};
use super::overlay::Overlay;
use super::overlay::confirm::{Confirm, Said};
use super::overlay::form::{FormRow as Field, FormView};
use super::overlay::menu::Menu;
use super::overlay::reader::Reader;
use super::page::{Detail, Line, Page, PageRow, RecordRef};
use super::screen::definition::ViewParams;
use super::screen::screen_of;
use super::signal::Signals;
use super::view::View;
use super::worker::{Opening, Reply};
use crate::command::command;
use crate::command::commands;
use crate::command::definition::{ArgKind, CommandContext, Weight};
use crate::value::realm::Realm;
use crate::value::text::{Shown, wrap};
use crate::workspace::error::{Error, ErrorKind};

/// Rows of a part, and entries of a list, that are told at once.
const AT_ONCE: usize = 20;

/// What can be typed at a place.
const HOW: &str = "Type a number to open it, a place (desk, queue, case, legal, timers, sync, partners, audit, drill, \
                   reports), a for what may be done, /words to filter, more for further rows, ? for every action, q to leave.";

/// Tells the screens in lines until they are left. Answers the exit code.
///
/// # Errors
///
/// Where the workspace cannot be opened, and where nothing can be read or written any more.
pub fn run(opening: Opening, place: CommandContext) -> Result<u8, Error> {
    let (send, replies) = unbounded_channel();
    let mut app = App::new(opening, true, place, send)?;
    app.keymap = Keymap::of(Preset::Vim).by_name();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::from)?;
    let mut plain = Plain {
        app,
        replies,
        from: 0,
        told: None,
        numbers: BTreeMap::new(),
        form: None,
        silent: false,
        marked: 0,
        out: io::stdout(),
    };
    let ended = runtime.block_on(plain.serve());
    plain.app.close();
    // The thread that reads lines may be waiting for one: it is not waited for.
    runtime.shutdown_background();
    match ended? {
        End::Left => Ok(0),
        End::Failed(failure) => Err(failure),
        End::Signal(number) => Ok(u8::try_from(128 + number).unwrap_or(ErrorKind::Internal as u8)),
    }
}

/// What was told of a place: where nothing of it is another, it is not told again.
#[derive(PartialEq)]
struct Statements {
    title: &'static str,
    look: ViewParams,
    filter: String,
    page: Page,
}

/// The thing that a number stands for, and where it stood.
#[derive(Clone)]
struct Numbered {
    section: usize,
    row: usize,
    subject: RecordRef,
}

struct Plain {
    app: App,
    replies: UnboundedReceiver<Reply>,
    /// The first row of each part that is told.
    from: usize,
    told: Option<Statements>,
    /// What the numbers that were told stand for, until the place is told again.
    numbers: BTreeMap<usize, Numbered>,
    /// The form that was begun, by its command.
    form: Option<String>,
    /// Whether what was typed was answered already.
    silent: bool,
    /// How many rows are marked, as far as was told.
    marked: usize,
    out: io::Stdout,
}

impl Plain {
    async fn serve(&mut self) -> Result<End, Error> {
        let mut signals = Signals::listen()?;
        self.settle(&mut signals).await?;
        if let Some(locked) = self.app.locked.as_ref().filter(|_| self.app.end.is_none()) {
            return Err(Error::new(ErrorKind::Key, locked.said.clone(), "start again, with the right passphrase"));
        }
        let mut lines = lines();
        if self.app.end.is_none() {
            self.greet()?;
            self.print_all(None)?;
        }
        let (mut asks, mut questioned) = (true, false);
        loop {
            if let Some(end) = self.app.end.take() {
                return Ok(end);
            }
            // What was typed or pasted ahead of a question does not answer it; a script's lines wait for what they answer.
            let question = matches!(self.app.overlays.last(), Some(Overlay::Confirm(_)));
            if question && !questioned && stdin().is_terminal() {
                while lines.try_recv().is_ok() {}
            }
            questioned = question;
            if std::mem::replace(&mut asks, true) {
                self.prompt()?;
            }
            let to_next_minute = 60_000 - self.app.now().millis().rem_euclid(60_000) as u64 + 5;
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
                () = tokio::time::sleep(self.app.until_idle()) => {
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
            let selected = self.app.view().selected().cloned();
            self.handle_line(&line)?;
            self.settle(&mut signals).await?;
            self.app.idle.touch(self.app.now());
            if self.app.end.is_none() && !std::mem::take(&mut self.silent) {
                self.print_all(selected)?;
            }
        }
    }

    /// A signal ends; where something runs, the one of Ctrl-C cancels that.
    fn signal(&mut self, number: i32) {
        if number == signal_hook::consts::SIGINT && !self.app.jobs.is_empty() {
            self.app.cancel();
        } else {
            // A process that is stopped must not hold keys; this front end is then started again.
            self.app.end = Some(End::Signal(number));
        }
    }

    /// Waits until everything that was asked of the threads is answered, and tells how far long work is.
    async fn settle(&mut self, signals: &mut Signals) -> Result<(), Error> {
        let mut asked = None;
        let begun = std::time::Instant::now();
        let mut spoken = Duration::ZERO;
        while self.app.end.is_none() && asked != Some(self.app.asked()) {
            asked = Some(self.app.asked());
            let mut open = self.app.reach_all();
            while open > 0 && self.app.end.is_none() && self.app.locked.as_ref().is_none_or(|l| l.trying) {
                tokio::select! {
                    reply = self.replies.recv() => match reply {
                        Some(Reply::Reached) => open -= 1,
                        Some(reply) => self.app.answer(reply),
                        None => return Ok(()),
                    },
                    number = signals.next() => self.signal(number),
                    () = tokio::time::sleep(Duration::from_secs(5)) => {}
                }
                if begun.elapsed() >= spoken + Duration::from_secs(5)
                    && let Some(line) = self.how_far()
                {
                    spoken = begun.elapsed();
                    self.print(&line)?;
                }
            }
        }
        Ok(())
    }

    /// How far long work has come, in words.
    fn how_far(&mut self) -> Option<String> {
        if let Some(progress) = self.app.jobs.first().and_then(|j| j.progress.as_ref()) {
            return Some(format_progress(progress));
        }
        let (_, window) = self.app.view().window().filter(|(_, window)| !window.is_whole())?;
        Some(format!("{} of {} read, {} fit", window.read, window.all, window.fit))
    }

    /// A minute has passed: what came, went or is otherwise since then is told in new lines. Answers whether there was any.
    async fn minute(&mut self, signals: &mut Signals) -> Result<bool, Error> {
        let before = self.app.view().page.clone();
        self.app.minute();
        self.settle(signals).await?;
        let after = self.app.view().page.clone();
        let news = news(&before, &after);
        // That times have gone on is no reason to tell the whole place again.
        if let Some(told) = self.told.as_mut().filter(|told| told.page == before) {
            told.page = after;
        }
        if !news.is_empty() {
            self.print("")?;
        }
        news.iter().try_for_each(|line| self.print(line))?;
        Ok(!news.is_empty())
    }

    // --- what is told ------------------------------------------------------------------------------------------------

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

    fn greet(&mut self) -> Result<(), Error> {
        let Some(who) = self.app.who.clone() else { return Ok(()) };
        let realm = match &who.realm {
            Realm::Live => "LIVE".to_owned(),
            Realm::Exercise(name) => format!("EXERCISE {name}"),
        };
        let (name, desk) = (Shown::of(&who.name), Shown::of(&who.desk));
        self.print(&format!("comity, {realm}. {desk}. {name}, {}. {}.", who.role, self.app.now().to_minute()))?;
        self.print(HOW)
    }

    /// Tells what followed: what was said, what lies on top, or the place where it is another than was told.
    fn print_all(&mut self, selected: Option<RecordRef>) -> Result<(), Error> {
        let mut spoken = false;
        // What a form was refused for is told beside it.
        let beside = matches!(self.app.overlays.last(), Some(Overlay::Form(form)) if form.failure.is_some());
        if let Some(said) = self.app.said.take().filter(|_| !beside) {
            self.print(said.text.as_str())?;
            spoken = true;
        }
        // A text is told and is then behind.
        while let Some(Overlay::Reader(reader)) = self.app.overlays.last() {
            let lines = reader_lines(reader);
            self.app.overlays.pop();
            lines.iter().try_for_each(|line| self.print(line))?;
            spoken = true;
        }
        let form = self.app.overlays.iter().find_map(|o| match o {
            Overlay::Form(form) => Some(form.command.full_name()),
            _ => None,
        });
        let begins = form.is_some() && self.form != form;
        self.form = form;
        let lines = match self.app.overlays.last() {
            Some(Overlay::Menu(menu)) => menu_lines(menu),
            Some(Overlay::Form(form)) => form_lines(form, begins, &self.app),
            Some(Overlay::Confirm(question)) => question_lines(question),
            Some(Overlay::Naming(asked)) => {
                asked.lines().into_iter().map(|(line, _)| line.as_str().to_owned()).collect()
            }
            Some(Overlay::Reader(_)) => Vec::new(),
            None if self.app.asking_time.is_some() || self.app.filtering.is_some() => Vec::new(),
            None => return self.print_page(selected, spoken),
        };
        if matches!(self.app.overlays.last(), Some(Overlay::Confirm(q)) if matches!(q.said, Said::No(_))) {
            self.app.overlays.pop();
            lines.iter().try_for_each(|line| self.print(line))?;
            return self.print_all(None);
        }
        lines.iter().try_for_each(|line| self.print(line))
    }

    fn print_page(&mut self, selected: Option<RecordRef>, mut spoken: bool) -> Result<(), Error> {
        let place = self.app.place;
        if self.told.as_ref().is_none_or(|told| told.title != place.title()) {
            (self.from, self.marked) = (0, 0);
        }
        let (as_of, from) = (self.app.as_of, self.from);
        let view = self.app.view();
        if view.zoomed {
            // The detail was asked for, and is told once.
            view.zoomed = false;
            let lines = view.detail.as_ref().map(|(_, d)| detail_lines(d)).unwrap_or_default();
            return lines.iter().try_for_each(|line| self.print(line));
        }
        let marked = view.marks.len();
        let now = Statements {
            title: place.title(),
            look: view.look.clone(),
            filter: view.filter().to_owned(),
            page: view.page.clone(),
        };
        let moved = (view.selected() != selected.as_ref()).then(|| view.selected_line()).flatten();
        if self.told.as_ref() != Some(&now) {
            let mut lines = Vec::new();
            if let Some(as_of) = as_of {
                lines.push(format!("AS OF {as_of}. Read only; now goes back to now."));
            }
            lines.extend(page_lines(place, view, from));
            self.numbers = numbered_rows(view);
            self.told = Some(now);
            return lines.iter().try_for_each(|line| self.print(line));
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

    /// Tells the place from its next rows on.
    fn print_more(&mut self) -> Result<(), Error> {
        let (place, from) = (self.app.place, self.from);
        let view = self.app.view();
        let lines = page_lines(place, view, from);
        self.numbers = numbered_rows(view);
        let (look, filter) = (view.look.clone(), view.filter().to_owned());
        self.told = Some(Statements { title: place.title(), look, filter, page: view.page.clone() });
        self.silent = true;
        lines.iter().try_for_each(|line| self.print(line))
    }

    fn prompt(&mut self) -> Result<(), Error> {
        let prompt = match self.app.overlays.last() {
            Some(Overlay::Menu(menu)) if menu.several => "Numbers with commas, or back: ".to_owned(),
            Some(Overlay::Menu(_)) => "Number, words that narrow, or back: ".to_owned(),
            Some(Overlay::Form(form)) => match form.row() {
                Some(row) => field_prompt(row),
                None => "yes, a number, or /leave: ".to_owned(),
            },
            Some(Overlay::Confirm(question)) => format!("Type {}, or leave it empty: ", question.word),
            Some(Overlay::Naming(_)) => "Name of the view, or leave it empty: ".to_owned(),
            Some(Overlay::Reader(_)) => String::new(),
            None if self.app.asking_time.is_some() => {
                "As of which date or time, or 3d for three days ago; empty is now: ".to_owned()
            }
            None if self.app.filtering.is_some() => "Filter by which words; empty shows all: ".to_owned(),
            None => {
                let as_of = self.app.as_of.map(|a| format!(" AS OF {a}")).unwrap_or_default();
                format!("{}{as_of}> ", self.app.place.title())
            }
        };
        write!(self.out, "{}", Shown::of(&prompt))?;
        Ok(self.out.flush()?)
    }

    // --- what is typed -----------------------------------------------------------------------------------------------

    fn handle_line(&mut self, line: &str) -> Result<(), Error> {
        let typed = line.trim();
        match self.app.overlays.last() {
            Some(Overlay::Menu(_)) => self.handle_menu_line(typed),
            Some(Overlay::Form(_)) => self.handle_form_line(line.trim_end_matches(['\r', '\n'])),
            Some(Overlay::Confirm(_) | Overlay::Naming(_)) => {
                if typed.is_empty() {
                    self.press(KeyCode::Esc);
                } else {
                    self.enter(typed);
                }
            }
            Some(Overlay::Reader(_)) => {}
            None if self.app.asking_time.is_some() => self.enter(typed),
            None if self.app.filtering.is_some() => {
                self.app.filtering = None;
                self.filter(typed);
            }
            None => return self.handle_screen_line(typed),
        }
        Ok(())
    }

    fn press(&mut self, code: KeyCode) {
        self.app.handle_event(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
    }

    /// Types a line again, and Enter.
    fn enter(&mut self, typed: &str) {
        self.write(typed);
        self.press(KeyCode::Enter);
    }

    fn write(&mut self, typed: &str) {
        self.app.handle_event(Event::Key(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL)));
        typed.chars().filter(|c| !c.is_control()).for_each(|c| self.press(KeyCode::Char(c)));
    }

    fn handle_menu_line(&mut self, typed: &str) {
        let Some(Overlay::Menu(menu)) = self.app.overlays.last() else { return };
        let (several, count, at) = (menu.several, menu.fitting().count(), menu.at());
        if matches!(typed, "" | "back") {
            return self.press(KeyCode::Esc);
        }
        let numbers: Option<Vec<usize>> = typed.split(',').map(|n| n.trim().parse().ok()).collect();
        let numbers = numbers.filter(|all| all.iter().all(|n| (1..=count).contains(n)) && (several || all.len() == 1));
        let Some(numbers) = numbers else {
            // Here a line is a line: no letter or digit of it picks by itself.
            if let Some(Overlay::Menu(menu)) = self.app.overlays.last_mut() {
                menu.numbered = false;
            }
            return self.write(typed);
        };
        let mut here = at;
        for n in numbers {
            while here + 1 > n {
                self.press(KeyCode::Up);
                here -= 1;
            }
            while here + 1 < n {
                self.press(KeyCode::Down);
                here += 1;
            }
            if several {
                self.press(KeyCode::Char(' '));
            }
        }
        self.press(KeyCode::Enter);
    }

    fn handle_form_line(&mut self, line: &str) {
        let Some(Overlay::Form(form)) = self.app.overlays.last_mut() else { return };
        match line.trim() {
            "/leave" => return self.press(KeyCode::Esc),
            "/before" => {
                form.at = form.at.saturating_sub(1);
                return;
            }
            _ => {}
        }
        let Some(row) = form.row() else {
            // At the end: it is done, or a field is written again.
            match line.trim().parse::<usize>() {
                Ok(n) if (1..=form.rows.len()).contains(&n) => form.at = n - 1,
                _ if line.trim() == "yes" => self.app.run_form(),
                _ => {}
            }
            return;
        };
        if line.trim() == "/list" {
            if row.has_choices() {
                self.app.choose();
            }
            return;
        }
        let words = row.words().unwrap_or_default();
        let word = |typed: &str| -> String {
            let numbered = typed.parse::<usize>().ok().and_then(|n| words.get(n.checked_sub(1)?).copied());
            numbered.unwrap_or(typed).to_owned()
        };
        let several = row.takes_lines();
        let text = match () {
            () if row.is_flag() => match line.trim() {
                "" => return form.skip(),
                "yes" | "y" => "yes".to_owned(),
                _ => String::new(),
            },
            // Lines are gathered until one is empty.
            () if several && line.trim().is_empty() => return form.skip(),
            () if several => return form.add_line(line),
            () if line.trim().is_empty() => return form.skip(),
            () if line.trim() == "/empty" => String::new(),
            () => line.trim().split(',').map(|part| word(part.trim())).collect::<Vec<_>>().join(","),
        };
        let text =
            if words.is_empty() && !row.is_flag() && line.trim() != "/empty" { line.trim().to_owned() } else { text };
        form.answer(&text);
        self.app.ask_for_pairs();
    }

    fn filter(&mut self, words: &str) {
        self.from = 0;
        let view = self.app.view();
        view.set_filter(words);
        // What fits is told from its first row on.
        view.first();
        self.app.look_closer();
        self.app.fetch_what_lacks();
    }

    fn handle_screen_line(&mut self, typed: &str) -> Result<(), Error> {
        let place = self.app.place;
        if let Some(words) = typed.strip_prefix('/') {
            self.filter(words.trim());
            return Ok(());
        }
        let number = |text: &str| text.trim().parse::<usize>().ok().filter(|n| *n > 0);
        match typed {
            "" => self.told = None,
            "more" => {
                let view = self.app.view();
                let longest = (0..view.sections().count()).map(|s| count(view, s)).max().unwrap_or(0);
                let next = if self.from + AT_ONCE < longest { self.from + AT_ONCE } else { 0 };
                self.from = next;
                // Of a long list the rows may have to be fetched first: the page is then another, and is told.
                if self.app.show_row(next) {
                    return Ok(());
                }
                self.told = None;
                // The place is the same: its rows go on.
                return self.print_more();
            }
            _ => {}
        }
        if typed.is_empty() {
            return Ok(());
        }
        // What is done with a row, by its number: `a 3`, `mark 2`, `as of act 5`.
        if let Some((name, n)) = typed.rsplit_once(' ').and_then(|(name, n)| Some((name.trim(), number(n)?)))
            && self.action(name).is_some()
        {
            if self.select(n)? {
                // Who names a row means that row: what is marked waits, but for what marks.
                let marks = match self.action(name).map(|a| a.intent) {
                    Some(Intent::Mark | Intent::MarkAll | Intent::Range) => Vec::new(),
                    _ => std::mem::take(&mut self.app.view().marks),
                };
                self.act(name);
                let view = self.app.view();
                if view.marks.is_empty() {
                    view.marks = marks;
                }
            }
            return Ok(());
        }
        if let Some(n) = number(typed) {
            if self.select(n)? {
                self.app.do_intent(Intent::Open);
            }
            return Ok(());
        }
        if let Some(view) = screen_of(place).views.iter().position(|name| *name == typed) {
            let here = self.app.view().look.view;
            self.from = 0;
            self.app.do_intent(Intent::Tab(view as i32 - here as i32));
            return Ok(());
        }
        if self.act(typed) {
            return Ok(());
        }
        let name = typed.strip_prefix(':').unwrap_or(typed).trim();
        if let Some(command) = command(name).filter(|v| commands().any(|other| other.full_name() == v.full_name())) {
            let subjects = self.app.subjects();
            let about =
                |s: &&RecordRef| command.args.iter().any(|f| f.positional) && command.target_arg(s.kind).is_some();
            let on = subjects.iter().filter(about).cloned().collect();
            self.app.begin(command, on);
            return Ok(());
        }
        if typed.starts_with(':') {
            self.app.do_intent(Intent::Palette);
            self.write(name);
            return Ok(());
        }
        self.silent = true;
        let elsewhere = ACTIONS.iter().find(|a| a.name == typed).and_then(|a| a.places.first());
        let elsewhere = elsewhere.map_or_else(String::new, |place| format!(" It is done at {}.", place.title()));
        self.print(&format!("{} means nothing here.{elsewhere} ? lists what does.", Shown::of(typed)))
    }

    /// The action of this name, or with this key on the drawn screens, at this place.
    fn action(&self, name: &str) -> Option<&'static Action> {
        let place = self.app.place;
        // What is of this place alone goes first.
        let mut here: Vec<&'static Action> = ACTIONS.iter().filter(|a| a.is_at(place)).collect();
        here.sort_by_key(|a| a.places.is_empty());
        let found = here.iter().find(|a| a.name == name).or_else(|| here.iter().find(|a| a.keys.contains(&name)));
        found.copied()
    }

    /// Does what has this name. Answers whether there is such a thing here.
    fn act(&mut self, name: &str) -> bool {
        let Some(action) = self.action(name) else { return false };
        match action.intent {
            // There is nobody who could type a passphrase here unseen: whoever comes back starts again.
            Intent::Lock | Intent::Suspend => {
                self.app.lock();
                self.app.end = Some(End::Left);
            }
            Intent::Go(_) | Intent::Refresh => {
                (self.from, self.told) = (0, None);
                self.app.act(action);
            }
            _ => self.app.act(action),
        }
        true
    }

    /// Selects a row by its number.
    fn select(&mut self, n: usize) -> Result<bool, Error> {
        let last = self.numbers.keys().next_back().copied().unwrap_or(0);
        let Some(Numbered { section, row, subject }) = self.numbers.get(&n).cloned() else {
            self.print(&format!("There is no number {n}; the last is {last}."))?;
            self.silent = true;
            return Ok(false);
        };
        // A number stands for the thing that it was told of, whatever came or went since.
        if !self.app.view().go_to_thing(section, row, &subject) {
            self.print(&format!("What number {n} was told of is no longer here. Enter alone tells what is."))?;
            self.silent = true;
            return Ok(false);
        }
        self.app.look_closer();
        Ok(true)
    }
}

/// What is new on a page, in lines: things that came and went, and its sentence where it is another.
fn news(before: &Page, after: &Page) -> Vec<String> {
    let of = |page: &Page| -> Vec<(RecordRef, String)> {
        let rows = page.bands.iter().flatten().flat_map(|section| section.rows.iter());
        rows.filter_map(|row| Some((row.subject.clone()?, cells(row)))).collect()
    };
    let (old, new) = (of(before), of(after));
    let has = |all: &[(RecordRef, String)], one: &RecordRef| all.iter().any(|(subject, _)| subject == one);
    let came = new.iter().filter(|(s, _)| !has(&old, s)).map(|(_, line)| format!("New: {line}"));
    let went = old.iter().filter(|(s, _)| !has(&new, s)).map(|(_, line)| format!("No longer here: {line}"));
    let is_said = after.sentence != before.sentence && !after.sentence.is_empty();
    came.chain(went).chain(is_said.then(|| after.sentence.to_string())).collect()
}

/// The lines that are typed, from a thread that may wait for them.
fn lines() -> UnboundedReceiver<String> {
    let (send, lines) = unbounded_channel();
    std::thread::spawn(move || {
        for line in stdin().lock().lines() {
            let Ok(line) = line else { break };
            if send.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// How many rows a part has, and before which of them those stand that are here.
fn count(view: &View, section: usize) -> usize {
    view.sections().nth(section).and_then(|s| s.window.as_ref()).map_or_else(|| view.rows(section).len(), |w| w.fit)
}

/// The rows that can be selected, by their numbers: they are counted from 1 through all parts.
fn numbered_rows(view: &View) -> BTreeMap<usize, Numbered> {
    let (mut numbers, mut before) = (BTreeMap::new(), 0);
    for (section, part) in view.sections().enumerate() {
        let first = part.window.as_ref().map_or(0, |w| w.first);
        let mut number = before + first;
        for (row, n) in view.rows(section).iter().enumerate() {
            if let Some(subject) = part.rows.get(*n).and_then(|r| r.subject.clone()) {
                number += 1;
                numbers.insert(number, Numbered { section, row, subject });
            }
        }
        before = part.window.as_ref().map_or(number, |w| before + w.fit);
    }
    numbers
}

fn text_of(line: &Line) -> String {
    line.iter().map(|bit| bit.text.as_str()).collect::<String>().trim().to_owned()
}

fn cells(row: &PageRow) -> String {
    // A bar says what the number before it said.
    let cells = row.cells.iter().filter(|c| !c.is_bar).map(|c| c.text.as_str().trim()).filter(|t| !t.is_empty());
    row.mark.words().into_iter().chain(cells).collect::<Vec<&str>>().join("; ")
}

fn page_lines(place: super::screen_id::ScreenId, view: &View, from: usize) -> Vec<String> {
    let mut lines = vec![String::new(), place.title().to_uppercase()];
    if let Some(failure) = &view.failed {
        lines.extend(reader_lines(&Reader::of_failure("This cannot be shown", failure)));
        return lines;
    }
    let views = screen_of(place).views;
    if let Some(here) = views.get(view.look.view) {
        lines.push(format!("View {here}, of: {}.", views.join(", ")));
    }
    if !view.filter().is_empty() {
        lines.push(format!("Filter: {}. / alone shows all.", Shown::of(view.filter())));
    }
    lines.extend(view.page.head.iter().map(text_of).filter(|l| !l.is_empty()));
    let mut number = 0;
    for (s, section) in view.sections().enumerate() {
        let shown = view.rows(s);
        let window = section.window.clone();
        let before = number;
        let first = window.as_ref().map_or(0, |w| w.first);
        number += first;
        let of =
            window.as_ref().map(|w| if w.fit < w.all { format!("{} of {}", w.fit, w.all) } else { w.all.to_string() });
        let title = [section.title.as_str(), section.aside.as_str(), of.as_deref().unwrap_or_default()];
        let title: Vec<&str> = title.into_iter().filter(|t| !t.is_empty()).collect();
        let columns: Vec<&str> = section.columns.iter().map(|c| c.title).filter(|t| !t.is_empty()).collect();
        let columns =
            if columns.is_empty() || shown.is_empty() { String::new() } else { format!(": {}", columns.join("; ")) };
        if !title.is_empty() {
            lines.push(format!("{}{columns}", title.join(", ")));
        }
        if shown.is_empty() {
            lines.push(if section.rows.is_empty() {
                section.empty.to_string()
            } else {
                "Nothing fits the filter.".into()
            });
        }
        for (k, n) in shown.iter().enumerate() {
            let Some(row) = section.rows.get(*n) else { continue };
            number += usize::from(row.subject.is_some());
            if first + k < from || first + k >= from + AT_ONCE {
                continue;
            }
            let marked = row.subject.as_ref().is_some_and(|s| view.marks.contains(s));
            let marked = if marked { "marked; " } else { "" };
            match row.subject {
                Some(_) => lines.push(format!("{number}. {marked}{}", cells(row))),
                None => lines.push(format!("- {}", cells(row))),
            }
        }
        number = window.as_ref().map_or(number, |w| before + w.fit);
        let rest = window.map_or(shown.len(), |w| w.fit).saturating_sub(from + AT_ONCE);
        if rest > 0 {
            lines.push(format!("{rest} more; more tells the next."));
        }
    }
    if !view.page.sentence.is_empty() {
        lines.push(view.page.sentence.to_string());
    }
    lines
}

fn detail_lines(detail: &Detail) -> Vec<String> {
    let line = |(label, bit): &(Shown, super::page::StyledText)| match (label.is_empty(), bit.text.is_empty()) {
        (_, true) => None,
        (true, false) => Some(bit.text.to_string()),
        (false, false) => Some(format!("{}: {}", label.as_str().trim(), bit.text)),
    };
    let title = (!detail.title.is_empty()).then(|| detail.title.to_string());
    title.into_iter().chain(detail.lines().iter().filter_map(line)).collect()
}

fn reader_lines(reader: &Reader) -> Vec<String> {
    detail_lines(&reader.text)
}

fn menu_lines(menu: &Menu) -> Vec<String> {
    let mut lines = vec![menu.title.to_string()];
    let count = menu.fitting().count();
    if count == 0 {
        lines.push(menu.empty.to_owned());
    }
    for (n, entry) in menu.fitting().take(2 * AT_ONCE).enumerate() {
        let note = entry.note.text.as_str().replacen("yes   ", "yes, ", 1).replacen("no    ", "no, ", 1);
        let note = if note.is_empty() { note } else { format!(": {note}") };
        let ticked = if entry.ticked { "ticked, " } else { "" };
        lines.push(format!("{}. {ticked}{}{note}", n + 1, entry.name));
    }
    if count > 2 * AT_ONCE {
        lines.push(format!("{} more: words narrow the list.", count - 2 * AT_ONCE));
    }
    lines
}

fn value_of(row: &Field) -> String {
    let text = row.label.clone().unwrap_or_else(|| row.input.lines().join(" / "));
    Shown::of(&text).to_string()
}

fn field_prompt(row: &Field) -> String {
    let is = value_of(row);
    let is = if is.is_empty() { String::new() } else { format!(" [{is}]") };
    format!("{}{is}: ", row.name())
}

fn form_lines(form: &FormView, begins: bool, app: &App) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(failure) = &form.failure {
        lines.push(format!("Not done: {}", Shown::of(&failure.what)));
        lines.push(Shown::of(&failure.hint).to_string());
    }
    let Some(row) = form.row() else {
        lines.push(format!("{}: {}", form.command.full_name(), form.command.about));
        for (n, row) in form.rows.iter().enumerate() {
            let value = value_of(row);
            let missing = if row.is_required() { "MISSING" } else { "-" };
            lines.push(format!("{}. {}: {}", n + 1, row.name(), if value.is_empty() { missing } else { &value }));
        }
        lines.push(match form.command.weight() {
            None | Some(Weight::Records) => "yes does it; a number changes that field.".to_owned(),
            _ => "yes asks again and then does it; a number changes that field.".to_owned(),
        });
        return lines;
    };
    if begins {
        lines.push(format!("{}: {}.", form.command.full_name(), form.command.about));
        lines.push(
            "Empty goes on; /before goes back a field, /empty empties one, /leave leaves and keeps a draft.".to_owned(),
        );
        let known = form.rows.iter().filter(|r| !r.input.is_empty());
        lines.extend(known.map(|r| format!("{}: {}", r.name(), value_of(r))));
    }
    let article = if row.article().is_empty() { String::new() } else { format!("{}: ", row.article()) };
    let needed = if row.is_required() { ", needed" } else { "" };
    lines.push(format!("Field {} of {}: {article}{}{needed}.", form.at + 1, form.rows.len(), Shown::of(&row.help())));
    match row.words() {
        Some(words) if matches!(row.field.kind, ArgKind::Words(_)) => {
            lines.push(format!("Any of, by word or number, with commas: {}.", numbered(&words)));
        }
        Some(words) => lines.push(format!("One of, by word or number: {}.", numbered(&words))),
        None if row.has_choices() => lines.push("/list lists what there is.".to_owned()),
        None if row.is_flag() => lines.push("yes or no.".to_owned()),
        None if row.takes_lines() => lines.push("Several lines; an empty one ends it.".to_owned()),
        None => {}
    }
    if let Some(reckoned) = row.reckoned(app.now()) {
        lines.push(reckoned.unwrap_or_else(str::to_owned));
    }
    lines
}

fn numbered(words: &[&str]) -> String {
    let all: Vec<String> = words.iter().enumerate().map(|(n, w)| format!("{} {w}", n + 1)).collect();
    all.join(", ")
}

fn question_lines(question: &Confirm) -> Vec<String> {
    let mut lines: Vec<String> = question.about.iter().map(text_of).filter(|l| !l.is_empty()).collect();
    lines.extend(question.told.iter().map(|t| t.to_string()).filter(|t| !t.is_empty()));
    match &question.said {
        Said::Later | Said::Waiting => lines.push("The gate is asked when it is done.".to_owned()),
        Said::Yes => lines.push("The gate says yes.".to_owned()),
        Said::No(failure) => lines.extend(reader_lines(&Reader::of_failure("Not done", failure))),
    }
    if question.wrong {
        lines.push(format!("That is not {}.", question.word));
    }
    if !matches!(question.said, Said::No(_)) {
        lines.push(match question.command.weight() {
            Some(Weight::Destroys) => format!("This cannot be undone. To do it, type {}.", question.word),
            _ => format!("To sign, type {}.", question.word),
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::kind::Kind;
    use crate::tui::page::{Cell, Mark, Section};
    use crate::value::id::Id;

    #[test]
    fn only_what_came_and_went_is_news() {
        let row = |n: u8, left: &str| {
            PageRow::of(vec![Cell::from(format!("E-{n}")), Cell::default(), Cell::from(left), Cell::bar(3, 6)])
                .about(Some(RecordRef { kind: Kind::Item, id: Id::from_bytes([n; 16]) }))
                .marked(if n == 2 { Mark::Due } else { Mark::None })
        };
        let page = |rows: Vec<PageRow>, sentence: &str| Page {
            bands: vec![vec![Section { rows, ..Section::default() }]],
            sentence: Shown::of(sentence),
            ..Page::default()
        };
        let before = page(vec![row(1, "5h"), row(3, "7h")], "Nothing is late.");
        let check = |rows: Vec<PageRow>, sentence: &str, want: &[&str]| {
            assert_eq!(news(&before, &page(rows, sentence)), want);
        };
        check(vec![row(1, "4h"), row(3, "6h")], "Nothing is late.", &[]);
        check(vec![row(1, "4h"), row(3, "6h")], "One thing is late.", &["One thing is late."]);
        let want = ["New: due soon; E-2; 1h", "No longer here: E-3; 7h"];
        check(vec![row(2, "1h"), row(1, "5h")], "Nothing is late.", &want);
    }
}
