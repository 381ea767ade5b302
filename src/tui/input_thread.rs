//! The one thread that reads the terminal. It blocks in `read`, and sends what it read over a channel. Nothing else in the
//! program reads the terminal: crossterm forbids more than one reader.

use std::io;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Events that were read together, and when: a paste and what comes with it are one batch.
#[derive(Debug)]
pub struct Batch {
    /// The events, in their order.
    pub events: Vec<Event>,
    /// When the last of them was read.
    pub read_at: Instant,
}

/// Starts the thread. It ends with the process, or after an error, which is the last thing that it sends.
pub fn start() -> UnboundedReceiver<io::Result<Batch>> {
    let (sender, batches) = unbounded_channel();
    std::thread::spawn(move || read(&sender));
    batches
}

fn read(sender: &UnboundedSender<io::Result<Batch>>) {
    loop {
        let batch = next_batch();
        let failed = batch.is_err();
        if sender.send(batch).is_err() || failed {
            return;
        }
    }
}

/// Waits for an event, and takes what came with it.
fn next_batch() -> io::Result<Batch> {
    let mut events = vec![event::read()?];
    while event::poll(Duration::ZERO)? {
        events.push(event::read()?);
    }
    Ok(Batch { events, read_at: Instant::now() })
}
