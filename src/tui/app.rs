//! What the screens are at any moment, and what each key and each answer makes of it. It never draws and never waits.

mod acts;
mod jobs;
mod lists;
mod menus;
mod past;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind};
use tokio::sync::mpsc::UnboundedSender;

use super::action::{Action, Intent};
use super::available_actions::{self, Prepared};
use super::bulk::prepare_each;
use super::idle::Idle;
use super::input::Input;
use super::job::{Ended, Running};
use super::key::{Chord, written};
use super::keymap::{Keymap, Meaning, Preset};
use super::long::CachedList;
use super::overlay::Overlay;
use super::overlay::confirm::{self, Confirm, Said};
use super::overlay::form::{self, FormView};
use super::overlay::menu::{self, Entry, Menu, Pick};
use super::overlay::naming;
use super::overlay::reader::Reader;
use super::page::{Line, Page, RecordRef, StyledText};
use super::screen::case::CASES;
use super::screen::detail::detail;
use super::screen::screen_of;
use super::screen_id::ScreenId;
use super::theme::{StyleRole, Theme};
use super::undo::{History, ViewSnapshot};
use super::unlock::Unlock;
use super::view::View;
use super::worker::{Opening, Reply, Ticket, Who, Workers};
use crate::command::command;
use crate::command::definition::Key;
use crate::command::definition::{ArgKind, Args, Command, CommandContext, Handler, Output, Weight};
use crate::command::identity;
use crate::command::plain;
use crate::record::kind::Kind;
use crate::seal::secret::Passphrase;
use crate::value::id::Id;
use crate::value::text::shown_lines;
use crate::value::timestamp::Timestamp;
use crate::workspace::draft::{self, Drafts};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::{AsOf, Moment};
use crate::workspace::progress::{Job, Progress};

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

/// The screens.
pub struct App {
    opening: Opening,
    replies: UnboundedSender<Reply>,
    workers: Option<Workers>,
    /// The locked screen, while it is locked.
    pub locked: Option<Unlock>,
    /// Who works where; `None` until the workspace is open.
    pub who: Option<Who>,
    /// The open place.
    pub place: ScreenId,
    before: ScreenId,
    views: BTreeMap<ScreenId, View>,
    /// What lies over the place; the last is on top.
    pub overlays: Vec<Overlay>,
    /// The filter while it is typed.
    pub filtering: Option<Input>,
    /// What was asked for and opens as soon as it comes: until then what is typed is dropped, so that nothing is taken
    /// for a key that was meant for it.
    pub awaits: Option<Ticket>,
    /// How far the reading back has come that is waited for, and what cancels it.
    pub looking_back: Option<(Option<Progress>, Arc<AtomicBool>)>,
    /// The moment that is looked at; `None`: now. While one looks back nothing is written.
    pub as_of: Option<AsOf>,
    /// The time to look back to, while it is typed.
    pub asking_time: Option<Input>,
    /// What was asked for before the rows of the place had come.
    ahead: Vec<&'static Action>,
    /// Keys of a sequence that is not complete.
    pub pressed: Vec<Chord>,
    /// What runs; the first of them does.
    pub jobs: Vec<Running>,
    /// What has ended, the newest last.
    ended: Vec<Ended>,
    /// What was done here, and what takes it back.
    history: History,
    /// How it was looked at before the filter or the range that is being made.
    looked: Option<ViewSnapshot>,
    /// A text for the clipboard of the terminal.
    pub copied: Option<String>,
    /// What was said, the newest last.
    messages: Vec<(Timestamp, StyledText)>,
    /// What stands in the row of the sentence instead of it.
    pub said: Option<StyledText>,
    drafts: Drafts,
    /// Whether drafts are being written; and whether there are newer ones than those.
    keeping: bool,
    unkept: bool,
    /// Whether the last of them could not be written.
    not_kept: bool,
    ticket: Ticket,
    newest_detail: Arc<AtomicU64>,
    /// The newest question what may be done; the thread gives up all others.
    newest_may: Arc<AtomicU64>,
    last_folder: Option<PathBuf>,
    /// The keys.
    pub keymap: Keymap,
    /// The theme.
    pub theme: &'static Theme,
    /// Whether lines are drawn with ASCII alone.
    pub ascii: bool,
    /// How long nobody has touched a key.
    pub idle: Idle,
    /// Rows of the body, as it was drawn last.
    pub height: u16,
    /// Whether something changed that is not drawn yet.
    pub dirty: bool,
    /// Whether the terminal is to be handed to the shell.
    pub suspend: bool,
    /// Set when the screens are to be left.
    pub end: Option<End>,
}

impl App {
    /// Opens the workspace: at once where `passphrase` gives it or none is needed, else the locked screen asks first.
    pub fn new(
        opening: Opening,
        passphrase_file: bool,
        mut place: CommandContext,
        replies: UnboundedSender<Reply>,
    ) -> Result<Self, Error> {
        let sealed = identity::asks_for_passphrase(&opening.identity)?;
        let now = opening.clock.now();
        let mut app = Self {
            opening,
            replies,
            workers: None,
            locked: Some(Unlock::new(!sealed)),
            who: None,
            place: ScreenId::Desk,
            before: ScreenId::Desk,
            views: BTreeMap::new(),
            overlays: Vec::new(),
            filtering: None,
            awaits: None,
            looking_back: None,
            as_of: None,
            asking_time: None,
            ahead: Vec::new(),
            pressed: Vec::new(),
            jobs: Vec::new(),
            ended: Vec::new(),
            history: History::default(),
            looked: None,
            copied: None,
            messages: Vec::new(),
            said: None,
            drafts: Drafts::new(),
            keeping: false,
            unkept: false,
            not_kept: false,
            ticket: 0,
            newest_detail: Arc::default(),
            newest_may: Arc::default(),
            last_folder: None,
            keymap: Keymap::of(Preset::Vim),
            theme: Theme::all()
                .first()
                .ok_or_else(|| Error::new(ErrorKind::Internal, "there is no theme", "please report it"))?,
            ascii: false,
            idle: Idle::new(now),
            height: 20,
            dirty: true,
            suspend: false,
            end: None,
        };
        if !sealed || passphrase_file {
            if let Some(locked) = &mut app.locked {
                locked.trying = true;
            }
            let workers = Workers::start(
                app.opening.clone(),
                move || Ok(identity::unlock(&mut place)?.0),
                None,
                app.replies.clone(),
            );
            app.workers = Some(workers);
        }
        Ok(app)
    }

    /// The open place as it is being looked at.
    pub fn view(&mut self) -> &mut View {
        self.views.entry(self.place).or_default()
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.opening.clock.now()
    }

    fn next(&mut self) -> Ticket {
        self.ticket += 1;
        self.ticket
    }

    // --- events ------------------------------------------------------------------------------------------------------

    /// Takes what the terminal tells. Answers whether what was typed ahead must be dropped: a question has opened.
    pub fn handle_event(&mut self, event: Event) -> bool {
        self.dirty = true;
        let questions = |app: &Self| app.overlays.iter().filter(|o| matches!(o, Overlay::Confirm(_))).count();
        let before = questions(self);
        let mut astray = false;
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => {}
            // Whoever comes back after a long time finds it locked, even where the machine slept over it.
            Event::Key(_) | Event::Paste(_) if self.lock_where_idle() => {}
            Event::Key(key) => {
                self.idle.touch(self.now());
                self.key(key);
            }
            Event::Paste(text) => {
                self.idle.touch(self.now());
                astray = !self.paste(&text);
            }
            _ => {}
        }
        self.fetch_what_lacks();
        // What comes in one breath with a paste that no field took was pasted too, whatever it looks like: a terminal may not
        // take the end of a paste out of its text.
        questions(self) > before || astray
    }

    /// How long it is until it locks by itself.
    pub fn until_idle(&self) -> std::time::Duration {
        self.idle.left(self.now())
    }

    /// Locks where nobody has touched a key for long. Answers whether it did.
    pub fn lock_where_idle(&mut self) -> bool {
        let idle = self.locked.is_none() && self.until_idle().is_zero();
        if idle {
            let minutes = self.idle.after.as_secs() / 60;
            self.lock();
            let after = if minutes > 0 { format!("{minutes} min") } else { format!("{} s", self.idle.after.as_secs()) };
            let told = StyledText::new(format!("Locked after {after} without a key."), StyleRole::Note);
            // What was left open is told after it, and is what is seen first.
            self.messages.insert(0, (self.now(), told));
            self.dirty = true;
        }
        idle
    }

    fn key(&mut self, key: KeyEvent) {
        match self.keymap.everywhere(Chord::of(key)) {
            Some(Intent::Lock) if self.locked.is_none() => return self.lock(),
            Some(Intent::Suspend) => {
                self.lock();
                self.suspend = true;
                return;
            }
            Some(Intent::Cancel) => return self.cancel(),
            _ => {}
        }
        if self.locked.is_some() {
            self.unlock_key(key);
        } else if self.awaits.is_some() {
            if key.code == KeyCode::Esc {
                self.awaits = None;
                self.forget_what_may_be_done();
                if let Some((_, cancelled)) = self.looking_back.take() {
                    cancelled.store(true, Ordering::Relaxed);
                }
            }
        } else if !self.overlays.is_empty() {
            self.overlay_key(key);
        } else if self.asking_time.is_some() {
            self.time_key(key);
        } else if self.filtering.is_some() {
            self.filter_key(key);
        } else {
            self.place_key(key);
        }
        self.note_what_was_made();
    }

    /// Takes a paste. Answers whether there was a field for it.
    fn paste(&mut self, text: &str) -> bool {
        if let Some(locked) = &mut self.locked {
            locked.paste(text);
            return true;
        }
        match self.overlays.last_mut() {
            Some(Overlay::Form(form)) => {
                form.paste(text);
                self.keep_drafts();
            }
            Some(Overlay::Menu(menu)) => menu.paste(text),
            Some(Overlay::Naming(naming)) => naming.name.paste(text),
            // A question is never answered by a paste, and no paste is taken for keys.
            Some(Overlay::Confirm(_) | Overlay::Reader(_)) => {
                self.show_message(StyledText::new("A paste answers no question: type the word.", StyleRole::Due));
                return false;
            }
            None => {
                if let Some(input) = &mut self.asking_time {
                    input.paste(text);
                } else if let Some(input) = &mut self.filtering {
                    input.paste(text);
                    let filter = input.text();
                    self.view().set_filter(&filter);
                    self.look_closer();
                } else {
                    self.show_message_with_keys(
                        "A paste means nothing here: open a form, or {filter} to filter.",
                        StyleRole::Due,
                    );
                    return false;
                }
            }
        }
        true
    }

    fn place_key(&mut self, key: KeyEvent) {
        self.pressed.push(Chord::of(key));
        match self.keymap.meaning(self.place, &self.pressed) {
            Meaning::Action(action) => {
                self.pressed.clear();
                self.act(action);
            }
            Meaning::Beginning => {}
            Meaning::Nothing => {
                let typed = written(&self.pressed);
                self.pressed.clear();
                if key.code != KeyCode::Esc {
                    self.show_message_with_keys(
                        &format!("{typed} means nothing here; {{help}} shows what does."),
                        StyleRole::Note,
                    );
                }
            }
        }
    }

    /// A minute has passed: what is shown of times is no longer true.
    pub fn minute(&mut self) {
        self.dirty = true;
        self.lock_where_idle();
        if self.locked.is_none() {
            self.fetch();
        }
    }

    /// A signal asks to end, or to stop.
    pub fn signal(&mut self, signal: i32) {
        if signal == signal_hook::consts::SIGTSTP {
            self.lock();
            self.suspend = true;
        } else {
            self.end = Some(End::Signal(signal));
        }
        self.dirty = true;
    }

    // --- what a member does ------------------------------------------------------------------------------------------

    /// The number of the newest question to the threads.
    pub const fn asked(&self) -> Ticket {
        self.ticket
    }

    /// Lets every thread that may have something to answer say when it has; answers how many there are.
    pub fn reach_all(&self) -> usize {
        self.workers.as_ref().map_or(0, Workers::reach_all)
    }

    pub(super) fn act(&mut self, action: &'static Action) {
        match self.waits_for_rows(action.intent) {
            None => self.do_intent(action.intent),
            // What only moves or opens is done as soon as there are rows; for what acts on one, one must have seen it.
            Some(true) if self.ahead.len() < 64 => self.ahead.push(action),
            Some(_) => self
                .show_message(StyledText::new("The rows are not here yet: once more when they are.", StyleRole::Note)),
        }
    }

    /// Whether this is done with a row, and no page has come yet; and whether it can wait for one.
    fn waits_for_rows(&mut self, intent: Intent) -> Option<bool> {
        let view = self.view();
        if view.here || view.failed.is_some() {
            return None;
        }
        match intent {
            Intent::Move(_)
            | Intent::HalfPage(_)
            | Intent::Page(_)
            | Intent::First
            | Intent::Last
            | Intent::Section(_)
            | Intent::Open => Some(true),
            Intent::Actions
            | Intent::Mark
            | Intent::MarkAll
            | Intent::Range
            | Intent::Review
            | Intent::Sign
            | Intent::Destroy
            | Intent::Copy
            | Intent::LookBackToAct
            | Intent::Command(_) => Some(false),
            _ => None,
        }
    }

    pub(super) fn do_intent(&mut self, intent: Intent) {
        let before = Self::changes_looks(intent).then(|| self.looks());
        if matches!(intent, Intent::Filter | Intent::Range) && self.looked.is_none() {
            self.looked = Some(self.looks());
        }
        self.do_what(intent);
        if let Some(before) = before {
            self.note_looks(before);
        }
    }

    fn do_what(&mut self, intent: Intent) {
        self.said = None;
        if !Self::goes_on_ranging(intent) {
            self.view().end_range();
        }
        let half = i32::from(self.height / 2).max(1);
        let page = i32::from(self.height).max(1);
        match intent {
            Intent::Move(by) => self.scroll_or_step(by),
            Intent::HalfPage(by) => self.scroll_or_step(by * half),
            Intent::Page(by) => self.scroll_or_step(by * page),
            Intent::First if self.view().zoomed => self.view().scroll = 0,
            Intent::Last if self.view().zoomed => self.view().scroll = u16::MAX,
            Intent::First => self.step(View::first),
            Intent::Last => self.step(View::last),
            Intent::Section(by) => self.step(|v| v.step_section(by)),
            Intent::Open => self.open(),
            Intent::Back => drop(self.back()),
            Intent::Go(place) => self.go(place),
            Intent::Before => self.go(self.before),
            Intent::Help => self.help(),
            Intent::Palette => self.palette(),
            Intent::Filter => self.filtering = Some(Input::new(self.view().filter().to_owned().as_str(), false)),
            Intent::Actions => self.ask_what_may_be_done(),
            Intent::Mark if self.view().is_ranging() => self.view().end_range(),
            Intent::Mark => {
                self.view().mark();
                self.step(|v| v.step(1));
            }
            Intent::Range => self.range(),
            Intent::MarkAll => self.mark_all(),
            Intent::Sort => self.offer_orders(),
            Intent::Views => self.offer_views(),
            Intent::SaveView => self.ask_for_name(),
            Intent::Tab(by) => self.turn(by),
            Intent::Zoom => {
                let view = self.view();
                view.zoomed = !view.zoomed && view.detail.is_some();
            }
            Intent::Copy => self.offer_copies(),
            Intent::Undo => self.offer_undo(),
            Intent::Redo => self.offer_redo(),
            Intent::Jobs => self.show_jobs(),
            Intent::Messages => self.show_messages(),
            Intent::Refresh => {
                // What is true of a time may not be any more: a long list is read again.
                self.view().look.long.kept = CachedList::default();
                self.fetch();
            }
            Intent::LookBack => self.asking_time = Some(Input::new("", false)),
            Intent::LookBackToAct => self.look_back_to_act(),
            Intent::Now => self.look_back(None),
            Intent::Review => self.capital(Key::Review),
            Intent::Sign => self.capital(Key::Sign),
            Intent::Destroy => self.capital(Key::Destroy),
            Intent::Command(name) => {
                let subjects = self.subjects();
                self.begin_named(name, subjects);
            }
            Intent::New(name) => self.begin_named(name, Vec::new()),
            Intent::Cancel => self.cancel(),
            Intent::Lock => self.lock(),
            Intent::Suspend => {
                self.lock();
                self.suspend = true;
            }
            Intent::Quit => match self.back() {
                true => {}
                false if self.place == ScreenId::Desk => self.ask_to_leave(),
                false => self.go(ScreenId::Desk),
            },
            Intent::Leave => self.end = Some(End::Left),
        }
    }

    fn step(&mut self, step: impl FnOnce(&mut View)) {
        let view = self.view();
        view.scroll = 0;
        step(view);
        self.look_closer();
    }

    fn scroll_or_step(&mut self, by: i32) {
        let view = self.view();
        if view.zoomed {
            view.scroll = view.scroll.saturating_add_signed(by.clamp(-1000, 1000) as i16);
        } else {
            self.step(|v| v.step(by));
        }
    }

    pub(super) fn subjects(&mut self) -> Vec<RecordRef> {
        let view = self.view();
        if view.failed.is_some() {
            return Vec::new();
        }
        // What is read over the whole body is what is meant: the marks are out of sight.
        if !view.marks.is_empty() && !view.zoomed {
            return view.marks.clone();
        }
        // Where no row is selected, the thing that the page is about is meant.
        view.selected().or(view.page.about.as_ref()).cloned().into_iter().collect()
    }

    fn go(&mut self, place: ScreenId) {
        if place != self.place {
            self.before = self.place;
            self.place = place;
        }
        self.pressed.clear();
        self.ahead.clear();
        self.said = None;
        self.fetch();
    }

    fn turn(&mut self, by: i32) {
        let views = screen_of(self.place).views.len() as i32;
        if views > 0 {
            let view = self.view();
            view.look.view = (view.look.view as i32 + by).rem_euclid(views) as usize;
            view.marks.clear();
            self.fetch();
        }
    }

    fn open(&mut self) {
        let Some(subject) = self.view().selected().cloned() else { return };
        match (self.place, subject.kind) {
            (ScreenId::Case, Kind::Case) | (ScreenId::Sync, Kind::Partner) => {
                let view = self.view();
                view.look.focus = Some(subject.id);
                view.look.view = 0;
                // What was marked was marked among other things.
                view.marks.clear();
                view.set_filter("");
                self.fetch();
            }
            (ScreenId::Legal, Kind::Review) => self.begin_named("review assess", vec![subject]),
            (ScreenId::Desk | ScreenId::Audit, _) | (ScreenId::Case, Kind::Request) => self.goto(subject),
            (place, _) if screen_of(place).has_detail => {
                let view = self.view();
                view.scroll = 0;
                view.zoomed = true;
            }
            _ => self.goto(subject),
        }
    }

    /// Goes one step back: out of the range, the detail, the filter, the marks, the thing. Answers whether there was one.
    fn back(&mut self) -> bool {
        let place = self.place;
        let view = self.view();
        if view.drop_range() {
            // What was marked before it still is.
        } else if view.zoomed {
            view.zoomed = false;
        } else if !view.filter().is_empty() {
            view.set_filter("");
        } else if !view.marks.is_empty() {
            view.marks.clear();
        } else if view.look.focus.is_some() && matches!(place, ScreenId::Case | ScreenId::Sync) {
            view.wanted = view.look.focus.take();
            view.look.view = if place == ScreenId::Case { CASES } else { 0 };
            self.fetch();
        } else {
            return false;
        }
        true
    }

    /// Goes where a record is.
    fn goto(&mut self, subject: RecordRef) {
        let ticket = self.next();
        self.awaits = Some(ticket);
        self.read(move |workspace, out| {
            let place = available_actions::place_of(workspace, &subject);
            let _ = out.send(Reply::Located(ticket, subject, place));
        });
    }

    fn capital(&mut self, capital: Key) {
        let subjects = self.subjects();
        if subjects.is_empty() {
            return self.show_message(StyledText::new("Nothing is selected.", StyleRole::Note));
        }
        let ticket = self.next();
        self.awaits = Some(ticket);
        self.read(move |workspace, out| {
            let offered = available_actions::commands_for(workspace, &subjects, capital);
            let _ = out.send(Reply::Offered(ticket, offered.map(|commands| (commands, subjects))));
        });
    }

    /// Looks at the record as it was after the act that the selected row stands for.
    fn look_back_to_act(&mut self) {
        match self.view().selected_act() {
            Some(number) => self.look_back(Some(Moment::Act(number))),
            None => self
                .show_message(StyledText::new("No act is selected: its row begins with its number.", StyleRole::Note)),
        }
    }

    /// Looks at a moment of the record, or at now again.
    fn look_back(&mut self, moment: Option<Moment>) {
        if let Some(job) = self.jobs.first() {
            let name = job.command.full_name();
            return self
                .show_message(StyledText::new(format!("{name} runs: look back when it is done."), StyleRole::Due));
        }
        if moment.is_none() && self.as_of.is_none() {
            return self.show_message_with_keys("This is now; {as of} goes back in the record.", StyleRole::Note);
        }
        let ticket = self.next();
        let Some(workers) = &self.workers else { return };
        self.looking_back = Some((None, workers.look_back(ticket, moment)));
        self.awaits = Some(ticket);
    }

    fn looked_back(&mut self, ticket: Ticket, looked: Result<Option<AsOf>, Error>) {
        // The thread that answers ended with the lock; whoever unlocks is at now.
        if self.locked.is_some() {
            return;
        }
        if self.awaits == Some(ticket) {
            (self.awaits, self.looking_back) = (None, None);
        }
        match looked {
            Ok(as_of) => {
                self.as_of = as_of;
                // Nothing that was read of another moment stays in sight.
                for view in self.views.values_mut() {
                    *view = view.again();
                }
                self.put_overlays_away();
                self.fetch();
                match as_of {
                    Some(_) => {
                        self.show_message_with_keys("Read only, as it was. {now} goes back to now.", StyleRole::Note)
                    }
                    None => self.show_message(StyledText::new("This is now again.", StyleRole::Good)),
                }
            }
            Err(failure) if failure.kind == ErrorKind::Cancelled => {}
            Err(failure) => self.refuse(&failure),
        }
    }

    fn time_key(&mut self, key: KeyEvent) {
        let Some(input) = &mut self.asking_time else { return };
        match key.code {
            KeyCode::Esc => self.asking_time = None,
            KeyCode::Enter => {
                let typed = input.text();
                self.asking_time = None;
                if typed.trim().is_empty() {
                    return self.look_back(None);
                }
                match Timestamp::past(&typed, self.now()) {
                    Ok(at) => self.look_back(Some(Moment::Time(at))),
                    Err(why) => {
                        self.asking_time = Some(Input::new(&typed, false));
                        self.show_message(StyledText::new(why, StyleRole::Due));
                    }
                }
            }
            _ => {
                self.said = None;
                input.key(key);
            }
        }
    }

    fn begin_named(&mut self, name: &str, subjects: Vec<RecordRef>) {
        if let Some(command) = command(name) {
            self.begin(command, subjects);
        }
    }

    /// Begins a command. Of several things each is asked about first.
    pub(super) fn begin(&mut self, command: &'static Command, subjects: Vec<RecordRef>) {
        if let (Some(as_of), Handler::Writes(_)) = (self.as_of, command.run) {
            return self.refuse(&as_of.refusal());
        }
        if subjects.len() > 1 {
            self.ask_each(command, subjects);
        } else {
            self.prepare(command, subjects);
        }
    }

    /// Finds out what is known of a command's form, and then asks for the rest.
    fn prepare(&mut self, command: &'static Command, subjects: Vec<RecordRef>) {
        let ticket = self.next();
        self.awaits = Some(ticket);
        let view = self.view();
        let focus = view.look.focus.or(view.page.about.as_ref().map(|s| s.id));
        self.read(move |workspace, out| {
            let _ = out.send(Reply::Prepared(ticket, command, prepare_each(workspace, command, &subjects, focus)));
        });
    }

    fn prepared(&mut self, command: &'static Command, known: Prepared) {
        let mut form = FormView::new(command, &known.form, &known.labels, known.partner).with_others(known.others);
        let complete = form.pairs_of().is_none() && form.rows.iter().all(|r| !r.input.is_empty());
        if complete {
            return self.submit(&form);
        }
        if let Some(draft) = self.drafts.get(&draft_of(&form)).cloned() {
            form.restore(draft);
            self.show_message(StyledText::new("Your draft is back.", StyleRole::Note));
        }
        self.overlays.push(Overlay::Form(Box::new(form)));
        self.ask_for_pairs();
    }

    fn form(&mut self) -> Option<&mut FormView> {
        match self.overlays.iter_mut().rev().find(|o| matches!(o, Overlay::Form(_))) {
            Some(Overlay::Form(form)) => Some(form),
            _ => None,
        }
    }

    pub(super) fn ask_for_pairs(&mut self) {
        let ticket = self.next();
        let Some(form) = self.form() else { return };
        let Some((_, rows)) = form.pairs_of() else { return };
        form.asked = ticket;
        let typed = form.form();
        self.read(move |workspace, out| {
            let _ = out.send(Reply::Pairs(ticket, rows(workspace, &typed)));
        });
    }

    /// Runs what a form says, after the question that it takes.
    fn submit(&mut self, form: &FormView) {
        let (command, typed, forms) = (form.command, form.form(), form.forms());
        // What is done with several things at once is always asked about: one key is too little for it.
        if (matches!(form.command.weight(), None | Some(Weight::Records)) && forms.len() == 1) || typed.flag("dry-run")
        {
            self.run(command, forms);
            return;
        }
        let mut about: Vec<Line> = vec![vec![StyledText::new(command.about, StyleRole::Title)], Vec::new()];
        for row in form.rows.iter().filter(|r| !r.input.is_empty()) {
            let text = row.label.clone().unwrap_or_else(|| row.input.lines().join(" / "));
            about.push(vec![StyledText::new(format!("{:16}", row.name()), StyleRole::Note), StyledText::from(text)]);
        }
        let named = form.rows.iter().find_map(|r| match r.field.kind {
            ArgKind::Record(kinds) if r.field.positional => Some((kinds, r.input.text())),
            _ => None,
        });
        let subject = named.and_then(|(kinds, id)| Some(RecordRef { kind: *kinds.first()?, id: Id::parse(&id)? }));
        let subject = subject.filter(|_| forms.len() == 1);
        let to = typed.maybe("to").filter(|to| forms.iter().all(|f| f.maybe("to") == Some(*to)));
        let mut question = Confirm::new(command, forms.clone(), about, form.partner.as_deref().or(to));
        if matches!(question.said, Said::Waiting) {
            question.asked = self.next();
            self.newest_may.store(question.asked, Ordering::Relaxed);
            if let Some(workers) = &self.workers {
                workers.rehearse(question.asked, command, forms, subject, Arc::clone(&self.newest_may));
            }
        }
        self.overlays.push(Overlay::Confirm(Box::new(question)));
    }

    fn run(&mut self, command: &'static Command, forms: Vec<Args>) {
        let ticket = self.next();
        if let Some(form) = self.form().filter(|f| f.command.full_name() == command.full_name()) {
            form.running = Some(ticket);
            form.failure = None;
        }
        for field in command.args.iter().filter(|f| matches!(f.kind, ArgKind::Existing | ArgKind::ToWrite)) {
            if let Some(path) = forms.first().and_then(|f| f.maybe(field.name)).map(PathBuf::from) {
                self.last_folder = path.parent().map(PathBuf::from);
            }
        }
        let Some(workers) = &self.workers else { return };
        let several = forms.len() > 1;
        // What only reads, reads what one looks at. What writes was refused when it was asked for, and is by the desk.
        let cancelled = match (self.as_of, command.run) {
            (Some(_), Handler::Law(_) | Handler::Reads(_) | Handler::Writes(_)) => {
                workers.run_beside(ticket, command, forms)
            }
            _ => workers.run(ticket, command, forms),
        };
        self.jobs.push(Running { ticket, command, place: self.place, several, progress: None, cancelled });
    }

    pub(super) fn cancel(&mut self) {
        if let Some(job) = self.jobs.first() {
            self.cancel_job(job.ticket);
        } else if self.locked.is_some() || self.is_asking_to_leave() {
            self.end = Some(End::Left);
        } else {
            self.ask_to_leave();
        }
    }

    // --- looking -----------------------------------------------------------------------------------------------------

    fn read(
        &self,
        task: impl FnOnce(&mut crate::workspace::open::Workspace, &UnboundedSender<Reply>) + Send + 'static,
    ) {
        if let Some(workers) = &self.workers {
            workers.read(task);
        }
    }

    /// Fetches the page of the place again.
    fn fetch(&mut self) {
        let ticket = self.next();
        let fetch = screen_of(self.place).fetch;
        let view = self.view();
        (view.asked, view.stale) = (ticket, true);
        view.newest.store(ticket, Ordering::Relaxed);
        let (look, newest) = (view.wish(), Arc::clone(&view.newest));
        self.read(move |workspace, out| {
            if newest.load(Ordering::Relaxed) == ticket {
                let at = Some(workspace.now());
                let page = workspace
                    .glance(|workspace| fetch(workspace, &look, &mut Job::silent()))
                    .map(|page| Page { at, ..page });
                let _ = out.send(Reply::Page(ticket, page));
            }
        });
    }

    /// Fetches the detail where the selection had to move because there was no more room for where it was.
    pub fn follow(&mut self) {
        if self.locked.is_none() && self.view().was_moved() {
            self.look_closer();
        }
    }

    /// Selects a row of the long list, counted from 0 among those that fit. Answers whether it has to be fetched first.
    pub(super) fn show_row(&mut self, n: usize) -> bool {
        if !self.view().go_to_row(n) {
            return false;
        }
        self.look_closer();
        let lacks = self.view().must_fetch();
        if lacks {
            self.fetch();
        }
        lacks
    }

    /// Fetches rows of a long list that are wanted and not here.
    pub(super) fn fetch_what_lacks(&mut self) {
        if self.locked.is_none() && self.view().must_fetch() {
            self.fetch();
        }
    }

    /// Fetches the detail of what is selected. While one moves on, those in between are never made.
    pub(super) fn look_closer(&mut self) {
        if !screen_of(self.place).has_detail {
            return;
        }
        let ticket = self.next();
        let view = self.view();
        view.asked_detail = ticket;
        let Some(subject) = view.selected().cloned() else {
            view.detail = None;
            return;
        };
        self.newest_detail.store(ticket, Ordering::Relaxed);
        let newest = Arc::clone(&self.newest_detail);
        self.read(move |workspace, out| {
            if newest.load(Ordering::Relaxed) == ticket {
                let detail = workspace.glance(|workspace| detail(workspace, &subject));
                let _ = out.send(Reply::Detail(ticket, subject, detail));
            }
        });
    }

    /// Says something in the row of the sentence, and keeps it among the messages.
    pub fn show_message(&mut self, bit: StyledText) {
        let now = self.now();
        if bit.tone != StyleRole::Note {
            self.messages.push((now, bit.clone()));
            if self.messages.len() > 500 {
                self.messages.remove(0);
            }
        }
        self.said = Some(bit);
    }

    /// Says a sentence in which `{name}` stands for the key of an action.
    fn show_message_with_keys(&mut self, sentence: &str, tone: StyleRole) {
        self.show_message(StyledText::new(self.keymap.format_keys(sentence), tone));
    }

    // --- answers -----------------------------------------------------------------------------------------------------

    /// Takes an answer of the threads.
    pub fn answer(&mut self, reply: Reply) {
        self.dirty = true;
        match reply {
            Reply::Opened(opened) => self.opened(opened),
            Reply::Page(ticket, page) => {
                let Some(view) = self.views.values_mut().find(|v| v.asked == ticket) else { return };
                match page {
                    Ok(mut page) => {
                        page.format_keys(&|sentence| self.keymap.format_keys(sentence));
                        view.set_page(page);
                    }
                    Err(failure) => view.failed = Some(failure),
                }
                self.look_closer();
                self.fetch_what_lacks();
                if self.view().here && self.overlays.is_empty() {
                    std::mem::take(&mut self.ahead).into_iter().for_each(|action| self.act(action));
                    self.fetch_what_lacks();
                }
            }
            Reply::Detail(ticket, subject, detail) => {
                let view = self.view();
                if view.asked_detail == ticket {
                    if let Ok(detail) = detail {
                        view.detail = Some((subject, detail));
                    }
                } else if let Some(Overlay::Reader(reader)) = self.overlays.last_mut()
                    && reader.asked == ticket
                    && let Ok(detail) = detail
                {
                    *reader = Reader::new(detail);
                }
            }
            Reply::Located(ticket, ..)
            | Reply::Offered(ticket, _)
            | Reply::Prepared(ticket, ..)
            | Reply::Each(ticket, _)
                if self.awaits != Some(ticket) => {}
            Reply::Located(_, subject, Ok(Some((place, look)))) => {
                self.awaits = None;
                let view = self.views.entry(place).or_default();
                (view.look, view.wanted, view.zoomed) = (look, Some(subject.id), false);
                view.marks.clear();
                view.set_filter("");
                self.go(place);
            }
            Reply::Located(_, subject, Ok(None)) => {
                self.awaits = None;
                let ticket = self.next();
                self.overlays.push(Overlay::Reader(Reader { asked: ticket, ..Reader::of_lines("", &[]) }));
                self.read(move |workspace, out| {
                    let detail = workspace.glance(|workspace| detail(workspace, &subject));
                    let _ = out.send(Reply::Detail(ticket, subject, detail));
                });
            }
            Reply::Offered(_, Ok((commands, subjects))) => {
                self.awaits = None;
                self.offered(&commands, subjects);
            }
            Reply::Prepared(_, command, Ok(known)) => {
                self.awaits = None;
                self.prepared(command, known);
            }
            Reply::Each(_, Ok(may)) => {
                self.awaits = None;
                self.answered(may);
            }
            Reply::May(ticket, Ok(may)) => self.show_what_may_be_done(ticket, may),
            // Whoever asked has left the list.
            Reply::May(_, Err(failure)) if failure.kind == ErrorKind::Cancelled => {}
            Reply::Located(_, _, Err(failure))
            | Reply::Offered(_, Err(failure))
            | Reply::Prepared(_, _, Err(failure))
            | Reply::Each(_, Err(failure))
            | Reply::May(_, Err(failure)) => {
                self.awaits = None;
                self.refuse(&failure);
            }
            Reply::Rehearsed(ticket, said, told) => {
                for overlay in &mut self.overlays {
                    if let Overlay::Confirm(question) = overlay
                        && question.asked == ticket
                    {
                        question.show_preview(said, &told);
                        break;
                    }
                }
            }
            Reply::Pairs(ticket, pairs) => {
                if let Some(form) = self.form().filter(|f| f.asked == ticket) {
                    match pairs {
                        Ok(pairs) => form.set_pairs(pairs),
                        Err(failure) => form.failure = Some(failure),
                    }
                }
            }
            Reply::Choices(ticket, choices) => self.choices(ticket, choices),
            Reply::Drafts(drafts) => {
                // What was typed since is newer.
                for (form, draft) in drafts {
                    self.drafts.entry(form).or_insert(draft);
                }
            }
            Reply::CachedList(done) => self.kept(done),
            Reply::Copies(ticket, copies) => self.copies_came(ticket, copies),
            Reply::Views(ticket, views) => self.views_came(ticket, views),
            Reply::Removed(done) => self.removed(done),
            Reply::Saved(done) => self.saved(done),
            Reply::Found(ticket, found) => {
                if let Some(Overlay::Menu(menu)) = self.overlays.last_mut()
                    && menu.asked == ticket
                {
                    let kinds = menu.kinds;
                    let offered = menu.values();
                    let entry = |(subject, label): (RecordRef, String)| match kinds {
                        Some(_) => Entry::new(label, "", Pick::Value(subject.id.to_string())),
                        None => Entry::new(
                            label,
                            StyledText::new(subject.kind.word(), StyleRole::Note),
                            Pick::Goto(subject),
                        ),
                    };
                    let fits = |(s, _): &(RecordRef, String)| {
                        kinds.is_none_or(|k| k.contains(&s.kind) && !offered.contains(&s.id.to_string()))
                    };
                    menu.set_found(found.into_iter().filter(fits).map(entry).collect());
                }
            }
            Reply::LookedBack(ticket, looked) => self.looked_back(ticket, looked),
            Reply::Progress(ticket, progress) if self.awaits == Some(ticket) => {
                if let Some((told, _)) = &mut self.looking_back {
                    *told = Some(progress);
                }
            }
            Reply::Progress(ticket, progress) => {
                if let Some(job) = self.jobs.iter_mut().find(|j| j.ticket == ticket) {
                    job.progress = Some(progress);
                }
                self.renew_jobs();
            }
            Reply::Done(ticket, done) => self.done(ticket, done),
            Reply::Reached | Reply::Closed => {}
        }
    }

    fn opened(&mut self, opened: Result<Who, Error>) {
        let now = self.now();
        match opened {
            Ok(who) => {
                self.who = Some(who);
                self.locked = None;
                // What ended meanwhile is told first.
                self.said = self.messages.last().map(|(_, bit)| bit.clone());
                (self.keeping, self.unkept) = (false, false);
                self.read(|workspace, out| {
                    let _ = out.send(Reply::Drafts(draft::kept(workspace)));
                });
                self.fetch();
            }
            Err(failure) => {
                let typed = self.locked.as_ref().is_some_and(|l| !l.needs_none);
                self.workers = None;
                match &mut self.locked {
                    Some(locked) if typed && failure.kind == ErrorKind::Key => locked.wrong(&failure.what, now),
                    _ => self.end = Some(End::Failed(failure)),
                }
            }
        }
    }

    fn offered(&mut self, commands: &[&'static Command], subjects: Vec<RecordRef>) {
        match commands {
            [] => self.show_message_with_keys(
                "Nothing of that kind can be done with this now; {actions} shows what can.",
                StyleRole::Due,
            ),
            [only] => self.begin(only, subjects),
            several => {
                let entries = several.iter().map(|v| {
                    Entry::new(
                        v.full_name(),
                        StyledText::new(v.about, StyleRole::Note),
                        Pick::Command(v, subjects.clone()),
                    )
                });
                self.overlays.push(Overlay::Menu(Box::new(Menu::new("Which of these?", entries.collect()))));
            }
        }
    }

    fn done(&mut self, ticket: Ticket, done: Result<Output, Error>) {
        let Some(at) = self.jobs.iter().position(|j| j.ticket == ticket) else { return };
        let job = self.jobs.remove(at);
        self.note_end(&job, &done);
        let from_form = self.form().is_some_and(|f| f.running == Some(ticket));
        self.overlays.retain(|o| !matches!(o, Overlay::Confirm(c) if c.command.full_name() == job.command.full_name()));
        match done {
            Ok(answer) => {
                if job.command.writes.is_some_and(|w| w.act == PURGE) {
                    // What was erased may stand in any of them.
                    self.drafts.clear();
                    self.keep_drafts();
                }
                if from_form {
                    if let Some(key) = self.form().map(|f| draft_of(f)) {
                        self.drafts.remove(&key);
                    }
                    self.overlays.retain(|o| !matches!(o, Overlay::Form(f) if f.running == Some(ticket)));
                    self.keep_drafts();
                }
                if let Handler::Writes(_) = job.command.run {
                    let id = answer.id();
                    self.note_deed(job.command, &answer);
                    // What is marked elsewhere meanwhile is not what was meant here.
                    let view = self.views.entry(job.place).or_default();
                    view.marks.clear();
                    if id.is_some() {
                        view.wanted = id;
                    }
                    self.fetch();
                }
                if self.locked.is_none() {
                    self.show_answer(job.command, &answer);
                }
            }
            Err(_) if self.locked.is_some() => {}
            Err(failure) => {
                self.show_message(StyledText::new(
                    format!("{}: {}", job.command.full_name(), first_line(&failure.what)),
                    StyleRole::Stop,
                ));
                match self.form().filter(|f| f.running == Some(ticket)) {
                    Some(form) => {
                        form.running = None;
                        if failure.kind == ErrorKind::Signature {
                            form.clear_pairs();
                        }
                        form.failure = Some(failure);
                    }
                    None if failure.kind != ErrorKind::Cancelled => self.refuse(&failure),
                    None => {}
                }
            }
        }
    }

    fn show_answer(&mut self, command: &'static Command, answer: &Output) {
        let mut lines = plain::lines(answer);
        if let (Some(_), Some(beside)) = (&answer.text, &answer.message) {
            lines.push(String::new());
            lines.extend(shown_lines(beside));
        }
        let tone = if answer.code == 0 { StyleRole::Good } else { StyleRole::Stop };
        let said = answer.message.clone().unwrap_or_else(|| format!("{}: done.", command.full_name()));
        self.show_message(StyledText::new(first_line(&said), tone));
        let more = answer.text.is_some()
            || answer.message.is_none()
            || said.contains('\n')
            || answer.value.is_array()
            || answer.code != 0;
        if more {
            self.overlays.push(Overlay::Reader(Reader::of_lines(&command.full_name(), &lines)));
        }
    }

    fn refuse(&mut self, failure: &Error) {
        self.overlays.push(Overlay::Reader(Reader::of_failure("Not done", failure)));
    }

    // --- what lies over the place ------------------------------------------------------------------------------------

    fn overlay_key(&mut self, key: KeyEvent) {
        match self.overlays.last_mut() {
            Some(Overlay::Menu(menu)) => match menu.key(key, self.keymap.digits_pick()) {
                menu::Heard::Taken => {}
                menu::Heard::Left => {
                    self.overlays.pop();
                    self.forget_what_may_be_done();
                }
                menu::Heard::Query => self.find(),
                menu::Heard::Picked(pick) => self.picked(pick),
            },
            Some(Overlay::Form(form)) => match form.key(key) {
                form::Heard::Taken => self.keep_drafts(),
                form::Heard::Left => self.leave_form(),
                form::Heard::Choose => self.choose(),
                form::Heard::Changed => self.ask_for_pairs(),
                form::Heard::Handler => self.run_form(),
            },
            Some(Overlay::Confirm(question)) => match question.key(key) {
                confirm::Heard::Taken => {}
                confirm::Heard::Left => {
                    self.overlays.pop();
                    self.forget_what_may_be_done();
                }
                confirm::Heard::Yes => {
                    let (command, forms) = (question.command, question.forms.clone());
                    self.overlays.pop();
                    self.run(command, forms);
                }
            },
            Some(Overlay::Naming(asked)) => match asked.key(key) {
                naming::Heard::Taken => {}
                naming::Heard::Left => drop(self.overlays.pop()),
                naming::Heard::Named(view) => {
                    self.overlays.pop();
                    self.save(view);
                }
            },
            Some(Overlay::Reader(reader)) => {
                let window = self.height;
                match key.code {
                    KeyCode::Char(_) if !self.keymap.has_letters() => {}
                    KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => drop(self.overlays.pop()),
                    KeyCode::Down | KeyCode::Char('j') => reader.scroll_by(1, window),
                    KeyCode::Up | KeyCode::Char('k') => reader.scroll_by(-1, window),
                    KeyCode::PageDown | KeyCode::Char(' ') => reader.scroll_by(i32::from(window), window),
                    KeyCode::PageUp => reader.scroll_by(-i32::from(window), window),
                    KeyCode::Home | KeyCode::Char('g') => reader.scroll = 0,
                    KeyCode::End | KeyCode::Char('G') => reader.scroll_by(i32::from(u16::MAX), window),
                    _ => {}
                }
            }
            None => {}
        }
    }

    pub(super) fn run_form(&mut self) {
        let Some(Overlay::Form(mut form)) = self.overlays.pop() else { return };
        let missing = form.missing();
        let at = self.overlays.len();
        if !missing.is_empty() {
            form.at = form.rows.iter().position(|r| r.is_required() && r.input.is_empty()).unwrap_or(form.at);
            form.failure = Some(Error::usage(format!("still missing: {}", missing.join(", "))).hint("fill it in"));
        } else if form.running.is_none() {
            let jobs = self.jobs.len();
            self.submit(&form);
            form.running = (self.jobs.len() > jobs).then_some(self.ticket);
        }
        // It lies below its question, and stays until what it says is done.
        self.overlays.insert(at, Overlay::Form(form));
    }

    fn leave_form(&mut self) {
        if let Some(Overlay::Form(form)) = self.overlays.pop() {
            let (key, draft) = (draft_of(&form), form.draft());
            if form.running.is_some() {
                return;
            }
            if draft.is_empty() {
                self.drafts.remove(&key);
            } else {
                self.drafts.insert(key, draft);
                self.show_message(StyledText::new("Kept as a draft: it is there when you come back.", StyleRole::Note));
            }
            self.keep_drafts();
        }
    }

    /// Closes everything that lies over the place; what was typed into a form is its draft.
    fn put_overlays_away(&mut self) {
        while let Some(overlay) = self.overlays.pop() {
            if let Overlay::Form(form) = overlay {
                self.drafts.insert(draft_of(&form), form.draft());
            }
        }
    }

    /// Keeps what was typed into forms, on the reading thread; while it writes, the newest waits. Nothing is lost then if the
    /// program or the machine ends in the middle of a form.
    fn keep_drafts(&mut self) {
        if self.opening.readonly || self.as_of.is_some() {
            return;
        }
        if std::mem::replace(&mut self.keeping, true) {
            self.unkept = true;
            return;
        }
        self.unkept = false;
        let drafts = self.newest_drafts();
        self.read(move |workspace, out| {
            let _ = out.send(Reply::CachedList(draft::keep(workspace, &drafts)));
        });
    }

    /// What was typed and not done, in open forms too.
    fn newest_drafts(&self) -> Drafts {
        let mut drafts = self.drafts.clone();
        for overlay in &self.overlays {
            if let Overlay::Form(form) = overlay {
                drafts.insert(draft_of(form), form.draft());
            }
        }
        drafts.retain(|_, draft| !draft.is_empty());
        drafts
    }

    /// Waits until the newest drafts are kept, and not for long: the threads are about to drop what waits. Answers whether
    /// they are.
    fn keep_drafts_now(&mut self) -> bool {
        if self.opening.readonly || self.as_of.is_some() {
            return false;
        }
        if !(self.keeping || self.unkept || self.not_kept) {
            return true;
        }
        let drafts = self.newest_drafts();
        let (done, wait) = std::sync::mpsc::channel();
        self.read(move |workspace, _| {
            let _ = done.send(draft::keep(workspace, &drafts).is_ok());
        });
        let kept = wait.recv_timeout(std::time::Duration::from_secs(1)).unwrap_or(false);
        (self.keeping, self.unkept) = (false, false);
        kept
    }

    fn kept(&mut self, done: Result<(), Error>) {
        self.keeping = false;
        self.not_kept = done.is_err();
        if let Err(failure) = done {
            self.show_message(StyledText::new(format!("The draft is not kept: {}", failure.what), StyleRole::Stop));
        }
        if std::mem::take(&mut self.unkept) && self.locked.is_none() {
            self.keep_drafts();
        }
    }

    fn filter_key(&mut self, key: KeyEvent) {
        let Some(input) = &mut self.filtering else { return };
        match key.code {
            KeyCode::Enter => self.filtering = None,
            KeyCode::Esc => {
                self.filtering = None;
                self.view().set_filter("");
            }
            KeyCode::Down => self.step(|v| v.step(1)),
            KeyCode::Up => self.step(|v| v.step(-1)),
            _ => {
                input.key(key);
                let filter = input.text();
                self.view().set_filter(&filter);
            }
        }
        self.look_closer();
    }

    // --- locking -----------------------------------------------------------------------------------------------------

    /// Locks: nothing of the workspace stays on the screen or in the screens' memory, and the threads drop their keys as
    /// soon as the work that runs is done.
    pub fn lock(&mut self) {
        if self.locked.is_some() {
            return;
        }
        let are_kept = self.keep_drafts_now();
        if let Some(workers) = &self.workers {
            workers.stop();
        }
        let needs_none = !identity::asks_for_passphrase(&self.opening.identity).unwrap_or(true);
        self.locked = Some(Unlock::new(needs_none));
        // Where one was stays known, what was there does not.
        for view in self.views.values_mut() {
            *view = view.again();
        }
        let form = self.form().filter(|form| form.running.is_none() && !form.draft().is_empty());
        let form = form.map(|form| form.command.full_name());
        self.put_overlays_away();
        if are_kept {
            // They are sealed on the disk, and read again by whoever unlocks.
            self.drafts.clear();
        }
        self.forget_what_may_be_done();
        self.messages.clear();
        if let Some(form) = form {
            let told = format!("{form} was left open: what you typed is a draft, and is there when you open it.");
            self.messages.push((self.now(), StyledText::new(told, StyleRole::Due)));
        }
        self.ended.clear();
        self.history.clear();
        (self.looked, self.copied) = (None, None);
        if let Some((_, cancelled)) = self.looking_back.take() {
            cancelled.store(true, Ordering::Relaxed);
        }
        (self.as_of, self.asking_time) = (None, None);
        (self.said, self.filtering, self.awaits) = (None, None, None);
        self.pressed.clear();
        self.ahead.clear();
    }

    fn unlock_key(&mut self, key: KeyEvent) {
        let now = self.now();
        let Some(tried) = self.locked.as_mut().and_then(|l| l.key(key, now)) else { return };
        self.start(tried);
    }

    fn start(&mut self, passphrase: Option<Passphrase>) {
        let mut passphrase = passphrase;
        let mut place = CommandContext {
            workspace: self.opening.workspace.clone(),
            identity: self.opening.identity.clone(),
            passphrase: Box::new(move |_, _| {
                passphrase.take().ok_or_else(|| {
                    Error::new(ErrorKind::Key, "the identity asks for a passphrase", "lock and unlock again")
                })
            }),
            clock: self.opening.clock,
        };
        let before = self.workers.take();
        let workers = Workers::start(
            self.opening.clone(),
            move || Ok(identity::unlock(&mut place)?.0),
            before,
            self.replies.clone(),
        );
        self.workers = Some(workers);
    }

    /// Ends the threads. What runs is cancelled: nothing of it will have been done.
    pub fn close(&mut self) {
        for job in &self.jobs {
            job.cancelled.store(true, Ordering::Relaxed);
        }
        self.keep_drafts_now();
        if let Some(workers) = self.workers.take() {
            workers.join();
        }
    }
}

/// What erases.
const PURGE: crate::record::kind::ChangeKind = crate::record::purge::PURGE;

fn draft_of(form: &FormView) -> String {
    // A draft belongs to the thing that it is about, where it is about one.
    let subject = form.rows.iter().find(|r| r.field.positional && r.label.is_some()).map(|r| r.input.text());
    format!("{} {}", form.command.full_name(), subject.unwrap_or_default())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
