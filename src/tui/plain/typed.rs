//! The lines that are typed at the line-oriented interface.

use std::io::{BufRead as _, stdin};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The lines that are typed, from a thread that may wait for them.
pub(super) fn lines() -> UnboundedReceiver<String> {
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
