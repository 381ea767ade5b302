//! The real binary at a pseudo-terminal: what it writes is read by a terminal's parser, as a user would see it.

#![allow(dead_code, reason = "a bench uses a part of it")]

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a screen may take on a busy machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A terminal that knows them shows nothing of what stands between these two until the second has come.
const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

/// Whether a line is the selected row of a list.
pub fn is_selected(line: &str) -> bool {
    line.contains('▌')
}

fn size_of(n: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(n).unwrap()
}

pub struct Screen {
    pub parser: vt100::Parser,
    pub bytes: Receiver<Vec<u8>>,
    pub raw: Vec<u8>,
    /// How many bytes of `raw` are on the screen.
    shown: usize,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn std::io::Write + Send>,
    hung_up: Arc<AtomicBool>,
    pub child: Box<dyn Child + Send + Sync>,
}

impl Screen {
    /// Opens the screens of a workspace, with a reason for looking at personal data: nothing asks for one.
    pub fn open(
        (workspace, identity, home): (&Path, &Path, &Path),
        environment: &[(&str, &str)],
        rows: u16,
        cols: u16,
    ) -> Self {
        let args = [
            "--workspace",
            workspace.to_str().unwrap(),
            "--identity",
            identity.to_str().unwrap(),
            "--reason",
            "case work",
        ];
        Self::run(&args, home, environment, rows, cols)
    }

    /// Runs comity; nothing of this process's environment is passed on.
    pub fn run(
        args: &[impl AsRef<std::ffi::OsStr>],
        home: &Path,
        environment: &[(&str, &str)],
        rows: u16,
        cols: u16,
    ) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_comity"));
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("HOME", home);
        command.args(args);
        environment.iter().for_each(|(name, value)| command.env(name, value));
        let child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let (send, bytes) = channel();
        let hung_up = Arc::new(AtomicBool::new(false));
        let hangs_up = Arc::clone(&hung_up);
        std::thread::spawn(move || {
            let mut block = [0; 8192];
            while let Ok(n @ 1..) = reader.read(&mut block) {
                if hangs_up.load(Ordering::SeqCst) || send.send(block[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        let keys = pty.master.take_writer().unwrap();
        Self {
            parser: vt100::Parser::new(size_of(rows), size_of(cols), 0),
            bytes,
            raw: Vec::new(),
            shown: 0,
            master: pty.master,
            keys,
            hung_up,
            child,
        }
    }

    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Takes what has come, and shows whole frames of it.
    pub fn drain(&mut self, wait: Duration) -> bool {
        let Ok(bytes) = self.bytes.recv_timeout(wait) else { return false };
        self.raw.extend(bytes);
        let last = |sequence: &[u8]| self.raw.windows(sequence.len()).rposition(|w| w == sequence);
        let until = match (last(FRAME_BEGINS), last(FRAME_ENDS)) {
            (Some(begins), ends) if ends.is_none_or(|ends| ends < begins) => begins.max(self.shown),
            _ => self.raw.len(),
        };
        self.parser.process(&self.raw[self.shown..until]);
        self.shown = until;
        true
    }

    /// Waits until the screen says something.
    pub fn until(&mut self, what: &str) {
        self.when(what, |text| text.contains(what));
    }

    pub fn when(&mut self, what: &str, is: impl Fn(&str) -> bool) {
        let start = Instant::now();
        while !is(&self.text()) {
            assert!(start.elapsed() < PATIENCE, "{what} is waited for:\n{}", self.text());
            self.drain(Duration::from_millis(50));
        }
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Presses keys and waits for what they lead to, one step after the other. Where nothing is pressed, the next is on the
    /// same screen.
    pub fn walk(&mut self, steps: &[(&str, &str)]) {
        for (keys, what) in steps {
            self.press(keys);
            self.until(what);
        }
    }

    /// Escape, until the screen has answered it: with the key after it, it could be taken for the beginning of something
    /// longer. Where it changes nothing, long enough.
    pub fn escape(&mut self) {
        let before = self.text();
        self.press("\x1b");
        let start = Instant::now();
        while self.text() == before && start.elapsed() < Duration::from_secs(2) {
            self.drain(Duration::from_millis(50));
        }
        while self.drain(Duration::from_millis(100)) && start.elapsed() < Duration::from_secs(3) {}
    }

    pub fn resize(&mut self, rows: u16, cols: u16) {
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        self.parser.screen_mut().set_size(size_of(rows), size_of(cols));
    }

    /// Takes the terminal away in the middle of drawing a new size. Returns the process.
    pub fn hang_up(mut self) -> Box<dyn Child + Send + Sync> {
        self.hung_up.store(true, Ordering::SeqCst);
        self.resize(30, 90);
        self.child
    }

    /// Ends it by a signal.
    pub fn stop(&mut self) {
        self.signal("-TERM");
        self.end();
    }

    /// Waits for the end; returns the exit code.
    pub fn end(&mut self) -> u32 {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end:\n{}", self.text());
            self.drain(Duration::from_millis(50));
        };
        while self.drain(Duration::from_millis(200)) {}
        status.exit_code()
    }

    /// What was set is undone: the other screen, pastes in brackets, the hidden cursor.
    pub fn is_restored(&self) -> bool {
        let said = |sequence: &str| self.raw.windows(sequence.len()).rposition(|w| w == sequence.as_bytes());
        let undone = |set: &str, undo: &str| said(undo) > said(set);
        undone("\x1b[?1049h", "\x1b[?1049l") && undone("\x1b[?2004h", "\x1b[?2004l") && undone("\x1b[?25l", "\x1b[?25h")
    }

    pub fn signal(&self, number: &str) {
        // A shell has its own: the program of that name is not on every system.
        let command = format!("kill {number} {}", self.child.process_id().unwrap());
        assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
    }
}
