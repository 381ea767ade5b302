//! Signals: the terminal is put back before the process ends or stops.

#[cfg(unix)]
use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that the screens listen to.
#[cfg(unix)]
pub struct Signals {
    end: Signal,
    hang_up: Signal,
    interrupt: Signal,
    stop: Signal,
}

#[cfg(unix)]
impl Signals {
    /// Begins to listen.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            end: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(signal_hook::consts::SIGTSTP))?,
        })
    }

    /// The next signal, by its number.
    pub async fn next(&mut self) -> i32 {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
        tokio::select! {
            _ = self.end.recv() => SIGTERM,
            _ = self.hang_up.recv() => SIGHUP,
            _ = self.interrupt.recv() => SIGINT,
            _ = self.stop.recv() => SIGTSTP,
        }
    }
}

/// Stops this process, as the shell expects of Ctrl-Z; returns when it goes on.
#[cfg(unix)]
pub fn stop_here() -> io::Result<()> {
    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)
}

/// There are no signals on this system.
#[cfg(not(unix))]
pub struct Signals;

#[cfg(not(unix))]
impl Signals {
    /// Begins to listen to nothing.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Never comes.
    pub async fn next(&mut self) -> i32 {
        std::future::pending().await
    }
}

/// A process is not stopped on this system.
#[cfg(not(unix))]
pub fn stop_here() -> std::io::Result<()> {
    Ok(())
}
