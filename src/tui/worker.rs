//! The threads beside the screens: one writes, one reads. Only they touch the workspace; the screens talk to them by
//! messages and never wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use super::available_actions::{Copy, Prepared};
use super::bulk::{May, may, may_each};
use super::page::{Detail, Page, RecordRef};
use super::saved::Saved;
use super::screen::definition::ViewParams;
use super::screen::detail::detail;
use super::screen_id::ScreenId;
use crate::command::definition::Preview;
use crate::command::definition::{Args, Command, Output, PairRow};
use crate::command::run::{On, run};
use crate::host::clock::Clock;
use crate::seal::identity::Identity;
use crate::workspace::draft::Drafts;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::{AsOf, Moment, Workspace};
use crate::workspace::progress::{Job, Progress};

/// A request's number: answers to older ones are dropped.
pub type Ticket = u64;

/// An answer to the screens.
pub enum Reply {
    /// The workspace is open, or is not.
    Opened(Result<Who, Error>),
    /// A page.
    Page(Ticket, Result<Page, Error>),
    /// The detail of a thing.
    Detail(Ticket, RecordRef, Result<Detail, Error>),
    /// Where a thing is shown; nowhere but in its detail.
    Located(Ticket, RecordRef, Result<Option<(ScreenId, ViewParams)>, Error>),
    /// What a capital key means for a thing.
    Offered(Ticket, Result<(Vec<&'static Command>, Vec<RecordRef>), Error>),
    /// What is known of a command's form.
    Prepared(Ticket, &'static Command, Result<Prepared, Error>),
    /// Which of several things a command may be done with.
    Each(Ticket, Result<May, Error>),
    /// What may be done with things.
    May(Ticket, Result<Vec<May>, Error>),
    /// What the gate said to a rehearsal of each form: why not, where it says no; and what it would come to, where that can
    /// be told.
    Rehearsed(Ticket, Vec<Option<Error>>, Vec<String>),
    /// The rows that pairs of a form have.
    Pairs(Ticket, Result<Vec<PairRow>, Error>),
    /// What a list for a field offers: values, and what is shown of them.
    Choices(Ticket, Result<Vec<(String, String)>, Error>),
    /// What may be copied of a thing: its name, and the text or why it stays.
    Copies(Ticket, Result<Vec<Copy>, Error>),
    /// The views that are kept.
    Views(Ticket, Result<Vec<Saved>, Error>),
    /// The drafts that were kept before the screens were opened.
    Drafts(Drafts),
    /// The drafts are kept, or cannot be.
    CachedList(Result<(), Error>),
    /// A view is kept: its name, and whether it has replaced one.
    Saved(Result<(String, bool), Error>),
    /// A view is kept no longer.
    Removed(Result<Saved, Error>),
    /// Records that fit what was typed.
    Found(Ticket, Vec<(RecordRef, String)>),
    /// The moment that the reading thread looks at from here on; `None`: now.
    LookedBack(Ticket, Result<Option<AsOf>, Error>),
    /// A command is done.
    Done(Ticket, Result<Output, Error>),
    /// How far a command has come.
    Progress(Ticket, Progress),
    /// A thread has done everything that it was asked before.
    Reached,
    /// The writing thread has dropped its keys.
    Closed,
}

/// Who works where, for the top line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Who {
    /// The member's name.
    pub name: String,
    /// The role that they work in.
    pub role: String,
    /// The desk's code and name.
    pub desk: String,
    /// `live`, or the exercise.
    pub realm: crate::value::realm::Realm,
}

/// A task for a thread: it gets the workspace and answers.
pub type Task = Box<dyn FnOnce(&mut Workspace, &UnboundedSender<Reply>) + Send>;

enum Order {
    Do(Task),
    /// Closes the workspace until the next task; answers when it is closed.
    Pause(Sender<()>),
    Stop,
}

/// The two threads and the way to them.
pub struct Workers {
    writer: Sender<Order>,
    reader: Sender<Order>,
    threads: Vec<JoinHandle<()>>,
    /// Set when they are to end: what waits then is dropped.
    ending: Arc<AtomicBool>,
}

/// Where the workspace is, and as whom it is opened.
#[derive(Clone)]
pub struct Opening {
    /// The workspace.
    pub workspace: std::path::PathBuf,
    /// The identity's file.
    pub identity: std::path::PathBuf,
    /// The clock.
    pub clock: Clock,
    /// Only to be read.
    pub readonly: bool,
}

impl Workers {
    /// Opens the workspace on a thread of its own and begins to serve. `unlock` gives the identity; it may take a while.
    /// `before` are the workers of the session before: they must have dropped the workspace first.
    pub fn start(
        opening: Opening,
        unlock: impl FnOnce() -> Result<Identity, Error> + Send + 'static,
        before: Option<Self>,
        replies: UnboundedSender<Reply>,
    ) -> Self {
        let (writer, orders) = channel();
        let (reader, read_orders) = channel();
        let (to_reader, second) = channel::<Result<Workspace, Error>>();
        let ending = Arc::new(AtomicBool::new(false));
        let (writer_ends, reader_ends) = (Arc::clone(&ending), Arc::clone(&ending));
        let out = replies.clone();
        let write = std::thread::spawn(move || {
            let me = unlock();
            if let Some(before) = before {
                before.join();
            }
            let open = |me| Workspace::open(&opening.workspace, &opening.identity, me, opening.clock, opening.readonly);
            match me.and_then(open).and_then(|workspace| Ok((who(&workspace)?, workspace.reader()?, workspace))) {
                Ok((who, second, workspace)) => {
                    let _ = to_reader.send(Ok(second));
                    let _ = out.send(Reply::Opened(Ok(who)));
                    write(workspace, &orders, &out, &writer_ends);
                }
                Err(failure) => {
                    let _ = out.send(Reply::Opened(Err(failure)));
                }
            }
            let _ = out.send(Reply::Closed);
        });
        let read = std::thread::spawn(move || {
            if let Ok(Ok(workspace)) = second.recv() {
                read(workspace, &read_orders, &replies, &reader_ends);
            }
        });
        Self { writer, reader, threads: vec![write, read], ending }
    }

    /// Gives the reading thread a task.
    pub fn read(&self, task: impl FnOnce(&mut Workspace, &UnboundedSender<Reply>) + Send + 'static) {
        let _ = self.reader.send(Order::Do(Box::new(task)));
    }

    /// Lets the reading thread look at a moment of the record, or at now again; answers what cancels it.
    pub fn look_back(&self, ticket: Ticket, moment: Option<Moment>) -> Arc<AtomicBool> {
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        self.read(move |workspace, out| {
            let mut job = job(ticket, flag, out.clone());
            let looked = match moment {
                Some(moment) => workspace.as_of(moment, &mut job),
                None => workspace.reader(),
            };
            let looked = looked.map(|other| {
                *workspace = other;
                workspace.looks_back()
            });
            let _ = out.send(Reply::LookedBack(ticket, looked));
        });
        cancelled
    }

    /// Runs a command that only reads on the reading thread, which may be looking back; answers what cancels it.
    pub fn run_beside(&self, ticket: Ticket, command: &'static Command, forms: Vec<Args>) -> Arc<AtomicBool> {
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        self.read(move |workspace, out| {
            let done = perform_each(workspace, command, &forms, &mut job(ticket, flag, out.clone()));
            let _ = out.send(Reply::Done(ticket, done));
        });
        cancelled
    }

    /// Runs a command on the writing thread, with one form after the other; answers what cancels it. Where it rotates the key,
    /// the reading thread closes the workspace meanwhile.
    pub fn run(&self, ticket: Ticket, command: &'static Command, forms: Vec<Args>) -> Arc<AtomicBool> {
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        let alone = command.writes.is_some_and(|w| w.alone);
        let reader = self.reader.clone();
        let task: Task = Box::new(move |workspace, out| {
            if alone {
                let (closed, wait) = channel();
                if reader.send(Order::Pause(closed)).is_ok() {
                    let _ = wait.recv();
                }
            }
            let mut job = job(ticket, flag, out.clone());
            let done = perform_each(workspace, command, &forms, &mut job);
            let _ = out.send(Reply::Done(ticket, done));
        });
        let _ = self.writer.send(Order::Do(task));
        cancelled
    }

    /// Asks what could be done with a thing if one did not look back.
    pub fn may_not(&self, ticket: Ticket, things: Vec<RecordRef>) {
        self.read(move |workspace, out| {
            let _ = out.send(Reply::May(ticket, may(workspace, &things, &|| true)));
        });
    }

    /// Asks of each thing what may be done with it: each command is rehearsed where that costs nothing, else asked of the
    /// gate. It ends as soon as `newest` is another ticket: many marks are many questions.
    pub fn may(&self, ticket: Ticket, things: Vec<RecordRef>, newest: Arc<AtomicU64>) {
        let task: Task = Box::new(move |workspace, out| {
            let wanted = || newest.load(Ordering::Relaxed) == ticket;
            let _ = out.send(Reply::May(ticket, may(workspace, &things, &wanted)));
        });
        let _ = self.writer.send(Order::Do(task));
    }

    /// Asks of each thing whether a command may be done with it; as [`Self::may`].
    pub fn may_each(&self, ticket: Ticket, command: &'static Command, things: Vec<RecordRef>, newest: Arc<AtomicU64>) {
        let task: Task = Box::new(move |workspace, out| {
            let wanted = || newest.load(Ordering::Relaxed) == ticket;
            let _ = out.send(Reply::Each(ticket, may_each(workspace, command, &things, &wanted)));
        });
        let _ = self.writer.send(Order::Do(task));
    }

    /// Asks the gate what it would say to each form, and what would come of them; as [`Self::may`].
    pub fn rehearse(
        &self,
        ticket: Ticket,
        command: &'static Command,
        forms: Vec<Args>,
        subject: Option<RecordRef>,
        newest: Arc<AtomicU64>,
    ) {
        let task: Task = Box::new(move |workspace, out| {
            let (mut said, mut told) = (Vec::new(), Vec::new());
            for form in &forms {
                if newest.load(Ordering::Relaxed) != ticket {
                    return;
                }
                let (no, lines) = preview(workspace, command, form, subject.as_ref());
                said.push(no);
                told.extend(lines);
            }
            let _ = out.send(Reply::Rehearsed(ticket, said, told));
        });
        let _ = self.writer.send(Order::Do(task));
    }

    /// Asks both threads to say when they have done everything that they were asked so far; answers how many will.
    pub fn reach_all(&self) -> usize {
        let order = || {
            Order::Do(Box::new(|_: &mut Workspace, out: &UnboundedSender<Reply>| {
                let _ = out.send(Reply::Reached);
            }))
        };
        [&self.writer, &self.reader].into_iter().filter(|thread| thread.send(order()).is_ok()).count()
    }

    /// Tells both threads to end: the work that runs is finished first, what waits is dropped, and so are the keys.
    pub fn stop(&self) {
        self.ending.store(true, Ordering::Relaxed);
        let _ = self.reader.send(Order::Stop);
        let _ = self.writer.send(Order::Stop);
    }

    /// Waits until both have ended.
    pub fn join(self) {
        self.stop();
        for thread in self.threads {
            let _ = thread.join();
        }
    }
}

/// A job that tells the screens how far it is, at most ten times a second.
fn job(ticket: Ticket, cancelled: Arc<AtomicBool>, out: UnboundedSender<Reply>) -> Job {
    let mut told: Option<Instant> = None;
    Job::new(cancelled, move |progress| {
        if told.is_none_or(|t| t.elapsed().as_millis() >= 100) {
            told = Some(Instant::now());
            let _ = out.send(Reply::Progress(ticket, progress));
        }
    })
}

fn who(workspace: &Workspace) -> Result<Who, Error> {
    let record = workspace.own_record()?;
    let roles = workspace.my_roles()?;
    // What one does all day says more than that one may also administer.
    let daily = roles.iter().find(|r| **r != crate::value::class::Role::Administrator);
    let role = daily.or(roles.first()).map_or("revoked", |r| r.word()).replace('-', " ");
    Ok(Who {
        name: workspace.me.name.clone(),
        role,
        desk: format!("{} {}", record.key.clone().unwrap_or_default(), workspace.text_of(&record, "name")?),
        realm: workspace.meta.realm.clone(),
    })
}

fn write(mut workspace: Workspace, orders: &Receiver<Order>, out: &UnboundedSender<Reply>, ending: &AtomicBool) {
    while let Ok(order) = orders.recv() {
        match order {
            _ if ending.load(Ordering::Relaxed) => break,
            Order::Do(task) => task(&mut workspace, out),
            Order::Pause(closed) => {
                let _ = closed.send(());
            }
            Order::Stop => break,
        }
    }
    // That it could not be remembered keeps nobody from leaving.
    let _ = workspace.leave();
}

/// The reading thread. While it is paused it has no database; the next task opens one.
fn read(workspace: Workspace, orders: &Receiver<Order>, out: &UnboundedSender<Reply>, ending: &AtomicBool) {
    let mut workspace = Some(workspace);
    let mut parts = None;
    while let Ok(order) = orders.recv() {
        match order {
            _ if ending.load(Ordering::Relaxed) => break,
            Order::Do(task) => {
                if workspace.is_none() {
                    workspace = parts.take().and_then(|closed: crate::workspace::open::Closed| closed.reopen().ok());
                }
                if let Some(workspace) = &mut workspace {
                    task(workspace, out);
                }
            }
            Order::Pause(closed) => {
                if let Some(open) = workspace.take() {
                    parts = Some(open.close());
                }
                let _ = closed.send(());
            }
            Order::Stop => break,
        }
    }
}

/// Does it with each form. What is done stays done: where one fails, the answer says how many were, and the rest is left.
fn perform_each(
    workspace: &mut Workspace,
    command: &'static Command,
    forms: &[Args],
    job: &mut Job,
) -> Result<Output, Error> {
    if let [only] = forms {
        return perform(workspace, command, only, job);
    }
    let mut said = Vec::new();
    for (n, form) in forms.iter().enumerate() {
        match job
            .at("done with", n as u64, Some(forms.len() as u64))
            .and_then(|()| perform(workspace, command, form, job))
        {
            Ok(answer) => said.extend(answer.message),
            Err(failure) if n == 0 => return Err(failure),
            Err(failure) => {
                let stopped = format!("{n} of {} are done; then it stopped: {}", forms.len(), failure.what);
                let mut answer = Output::thing(&n).with_message(format!("{stopped}\n{}", said.join("\n")));
                answer.code = failure.code();
                return Ok(answer);
            }
        }
    }
    let head = format!("{}: done with {}.", command.full_name(), forms.len());
    Ok(Output::thing(&forms.len()).with_message(format!("{head}\n{}", said.join("\n"))))
}

fn perform(workspace: &mut Workspace, command: &'static Command, form: &Args, job: &mut Job) -> Result<Output, Error> {
    run(command, On::Workspace(workspace), form, job)
}

/// What the gate says beforehand, and what the action would come to: for a disclosure or a purge its dry run, for a bundle
/// its preview, for everything else the record that it is about.
fn preview(
    workspace: &mut Workspace,
    command: &'static Command,
    form: &Args,
    subject: Option<&RecordRef>,
) -> (Option<Error>, Vec<String>) {
    let previewed = match command.writes.map_or(Preview::None, |w| w.preview) {
        Preview::None => None,
        Preview::DryRun => Some((command, true)),
        Preview::By(name) => crate::command::command(name).map(|other| (other, false)),
    };
    if let Some((other, dry)) = previewed {
        let mut asked = Args::default();
        for arg in other.args {
            form.all(arg.name).iter().for_each(|v| asked.add(arg.name, v.as_str()));
        }
        let asked = if dry { asked.with("dry-run", "yes") } else { asked };
        return match perform(workspace, other, &asked, &mut Job::silent()) {
            // Nothing of it may be done: that is the gate's no, though the preview itself went well.
            Ok(output) if output.code == ErrorKind::Refused as u8 => {
                let lines = crate::command::plain::lines(&output);
                let first = lines.first().cloned().unwrap_or_default();
                (Some(Error::new(ErrorKind::Refused, first, "each rule that says no is named below")), lines)
            }
            Ok(output) => (None, crate::command::plain::lines(&output)),
            Err(failure) => (Some(failure), Vec::new()),
        };
    }
    let said = if command.is_rehearsable() {
        workspace.rehearse(|workspace| perform(workspace, command, form, &mut Job::silent()))
    } else {
        None
    };
    let told = subject.and_then(|s| detail(workspace, s).ok()).map(|d| {
        let line = |(label, text): &crate::tui::page::DetailLine| format!("{label:14}  {}", text.text);
        d.about().iter().map(line).collect()
    });
    (said, told.unwrap_or_default())
}
