//! Signals: the terminal is put back before the process ends or stops, and the process ends where its terminal is gone.

#[cfg(unix)]
use std::io;
#[cfg(unix)]
use std::sync::Arc;
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(unix)]
use std::time::Duration;

#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, poll};
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

/// Ends the process a second after its terminal has gone, unless it has been dropped by then: what reads the keys may
/// read the end of a lost terminal for ever, and then hears of nothing else. The store is as after a power cut: whole.
#[cfg(unix)]
pub struct Guard(Arc<AtomicBool>);

#[cfg(unix)]
impl Guard {
    /// Watches the terminal; sleeps until it goes.
    pub fn watch() -> Self {
        let left = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&left);
        std::thread::spawn(move || {
            let input = std::io::stdin();
            let mut watched = [PollFd::new(&input, PollFlags::empty())];
            while let Err(rustix::io::Errno::INTR) = poll(&mut watched, None) {}
            // A system that cannot watch its terminals says so at once.
            if watched[0].revents().contains(PollFlags::HUP) {
                std::thread::sleep(Duration::from_secs(1));
                if !seen.load(Ordering::SeqCst) {
                    std::process::exit(128 + signal_hook::consts::SIGHUP);
                }
            }
        });
        Self(left)
    }
}

#[cfg(unix)]
impl Drop for Guard {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
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

/// Nothing is watched on this system.
#[cfg(not(unix))]
pub struct Guard;

#[cfg(not(unix))]
impl Guard {
    /// Watches nothing.
    pub fn watch() -> Self {
        Self
    }
}

/// A process is not stopped on this system.
#[cfg(not(unix))]
pub fn stop_here() -> std::io::Result<()> {
    Ok(())
}
