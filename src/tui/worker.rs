//! The threads beside the screens: one writes, one reads. Only they touch the workspace. They are given requests, and send
//! back what is to be done with the answers; they know nothing of who asks.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::sync::mpsc::UnboundedSender;

use super::language;
use super::who::Who;
use crate::command::retention::purge::finish_interrupted;
use crate::host::clock::Clock;
use crate::host::secrecy;
use crate::seal::identity::Identity;
use crate::value::realm::Realm;
use crate::workspace::error::Error;
use crate::workspace::open::{Closed, Workspace};
use crate::workspace::progress::{Job, Progress};

/// A request's number: answers to older ones are dropped.
pub type Ticket = u64;

/// What is to be done with an answer. It is run where the state `S` is.
pub type Message<S> = Box<dyn FnOnce(&mut S) + Send>;

/// The way back from the threads.
pub type Outbox<S> = UnboundedSender<Message<S>>;

/// A request to a thread: it gets the workspace and the way back.
pub type Request<S> = Box<dyn FnOnce(&mut Workspace, &Outbox<S>) + Send>;

enum Order<S> {
    Do(Request<S>),
    /// Closes the workspace until the next request; answers when it is closed.
    Pause(Sender<()>),
    Stop,
}

/// Work that is cancelled when this is dropped: nobody waits for it any more.
#[derive(Debug, Default)]
pub struct CancelOnDrop(Arc<AtomicBool>);

impl CancelOnDrop {
    /// The flag that its worker looks at.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.0)
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Where the workspace is, and as whom it is opened.
#[derive(Clone)]
pub struct Opening {
    /// The workspace.
    pub workspace: PathBuf,
    /// The identity's file.
    pub identity: PathBuf,
    /// The clock.
    pub clock: Clock,
    /// Only to be read.
    pub readonly: bool,
    /// Why personal data are looked at; asked for each case where it is left out.
    pub reason: Option<String>,
}

/// The two threads and the way to them.
pub struct Workers<S> {
    writer: Sender<Order<S>>,
    reader: Sender<Order<S>>,
    threads: Vec<JoinHandle<()>>,
    /// Set when they are to end: what waits then is dropped.
    ending: Arc<AtomicBool>,
}

impl<S: 'static> Workers<S> {
    /// Opens the workspace on a thread of its own and begins to serve. `unlock` gives the identity; it may take a while.
    /// `previous` are the workers of the session before: they must have dropped the workspace first.
    pub fn start(
        opening: Opening,
        unlock: impl FnOnce() -> Result<Identity, Error> + Send + 'static,
        previous: Option<Self>,
        outbox: Outbox<S>,
        opened: fn(&mut S, Result<Who, Error>),
    ) -> Self {
        let (writer, orders) = channel();
        let (reader, read_orders) = channel();
        // In a box of its own, so that its keys are wiped where they lie: what is moved through a channel stays in it.
        let (to_reader, second) = channel::<Box<Workspace>>();
        let ending = Arc::new(AtomicBool::new(false));
        let (writer_ends, reader_ends) = (Arc::clone(&ending), Arc::clone(&ending));
        let out = outbox.clone();
        let write = spawn(move || {
            let me = unlock();
            if let Some(previous) = previous {
                previous.join();
            }
            let open = |me| Workspace::open(&opening.workspace, &opening.identity, me, opening.clock, opening.readonly);
            let workspace = me.and_then(open);
            let ready = workspace.and_then(|mut workspace| {
                match &opening.reason {
                    Some(reason) => workspace.give_reason(reason),
                    // Whom an exercise is about does not exist: its looks go on record with the purpose of its case.
                    None if workspace.meta.realm == Realm::Live => workspace.ask_for_reasons(),
                    None => {}
                }
                // What cannot be finished now stands on the Desk.
                let _ = finish_interrupted(&mut workspace, &mut Job::silent());
                let (who, second) = (Who::of(&workspace)?, Box::new(workspace.reader()?));
                // A desk that is seen for the first time says so on the Desk.
                workspace.remember()?;
                Ok((who, second, workspace))
            });
            match ready {
                Ok((who, second, workspace)) => {
                    let _ = to_reader.send(second);
                    let _ = out.send(Box::new(move |state| opened(state, Ok(who))));
                    write(workspace, &orders, &out, &writer_ends);
                }
                Err(failure) => {
                    let _ = out.send(Box::new(move |state| opened(state, Err(failure))));
                }
            }
        });
        let read = spawn(move || {
            if let Ok(workspace) = second.recv() {
                read(workspace, &read_orders, &outbox, &reader_ends);
            }
        });
        Self { writer, reader, threads: vec![write, read], ending }
    }

    /// Gives the reading thread a request.
    pub fn read(&self, request: Request<S>) {
        let _ = self.reader.send(Order::Do(request));
    }

    /// Gives the writing thread a request.
    pub fn write(&self, request: Request<S>) {
        let _ = self.writer.send(Order::Do(request));
    }

    /// Gives the writing thread a request during which the reading thread has the workspace closed: it rotates the key.
    pub fn write_alone(&self, request: Request<S>) {
        let reader = self.reader.clone();
        self.write(Box::new(move |workspace, outbox| {
            let (closed, wait) = channel();
            if reader.send(Order::Pause(closed)).is_ok() {
                let _ = wait.recv();
            }
            request(workspace, outbox);
        }));
    }

    /// Asks both threads to say when they have done everything that they were asked so far; returns how many will.
    pub fn reach_all(&self, reached: fn(&mut S)) -> usize {
        let order = || {
            Order::Do(Box::new(move |_: &mut Workspace, outbox: &Outbox<S>| {
                let _ = outbox.send(Box::new(reached));
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

/// Begins a thread that leaves nothing on its stack when it ends: it has worked with keys.
fn spawn(run: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    // What it makes to be shown is said as the screens say it.
    let language = language::spoken();
    std::thread::spawn(move || {
        language::speak(language);
        apart(run);
        secrecy::wipe_stack();
    })
}

/// Runs it in a frame of its own, which is below whoever wipes the stack afterwards.
#[inline(never)]
fn apart(run: impl FnOnce()) {
    run();
}

/// A job that sends its progress at most ten times a second, to be taken by `progressed`.
pub fn job<S: 'static>(
    outbox: &Outbox<S>,
    ticket: Ticket,
    cancelled: Arc<AtomicBool>,
    progressed: fn(&mut S, Ticket, Progress),
) -> Job {
    let outbox = outbox.clone();
    let mut last: Option<Instant> = None;
    Job::new(cancelled, move |progress| {
        if last.is_none_or(|t| t.elapsed().as_millis() >= 100) {
            last = Some(Instant::now());
            let _ = outbox.send(Box::new(move |state| progressed(state, ticket, progress)));
        }
    })
}

fn write<S>(mut workspace: Workspace, orders: &Receiver<Order<S>>, outbox: &Outbox<S>, ending: &AtomicBool) {
    while let Ok(order) = orders.recv() {
        match order {
            _ if ending.load(Ordering::Relaxed) => break,
            Order::Do(request) => request(&mut workspace, outbox),
            Order::Pause(closed) => {
                let _ = closed.send(());
            }
            Order::Stop => break,
        }
    }
    // That it could not be remembered keeps nobody from leaving.
    let _ = workspace.leave();
}

/// The reading thread. While it is paused it has no database; the next request opens one.
fn read<S>(workspace: Box<Workspace>, orders: &Receiver<Order<S>>, outbox: &Outbox<S>, ending: &AtomicBool) {
    let mut workspace = Some(workspace);
    let mut parts = None;
    while let Ok(order) = orders.recv() {
        match order {
            _ if ending.load(Ordering::Relaxed) => break,
            Order::Do(request) => {
                if workspace.is_none() {
                    workspace = parts.take().and_then(|closed: Closed| closed.reopen().ok()).map(Box::new);
                }
                if let Some(workspace) = &mut workspace {
                    request(workspace, outbox);
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
