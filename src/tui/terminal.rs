//! The terminal: what is set is undone, exactly once, on every way out: the end, a panic, a signal.

use std::io::{self, Stdout, Write as _, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, EnableBracketedPaste, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags,
    PushKeyboardEnhancementFlags,
};
use crossterm::execute;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, SetTitle,
    disable_raw_mode, enable_raw_mode,
};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use super::draw::draw;
use super::state::State;
use crate::host::folder::variable;

static SET: AtomicBool = AtomicBool::new(false);
/// Whether keys are told apart by kitty's protocol.
static KITTY: AtomicBool = AtomicBool::new(false);
/// Whether the mouse is taken.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// The terminal, set for the screens. Dropping it undoes that.
pub struct Screens {
    /// What is drawn on.
    terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Screens {
    /// Sets the terminal: raw, the other screen, pastes in brackets, a title without a word of any case.
    pub fn enter() -> io::Result<Self> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            restore();
            before(info);
        }));
        set()?;
        Ok(Self { terminal: Terminal::new(CrosstermBackend::new(stdout()))? })
    }

    /// Draws a frame of what the screens are. A terminal that knows synchronized updates (private mode 2026) shows it whole or
    /// not at all: where it is locked, no half of what was there stays for a moment.
    pub fn draw(&mut self, state: &mut State) -> io::Result<()> {
        take_mouse(state.mouse)?;
        self.terminal.autoresize()?;
        let layout = state.lay_out(self.terminal.get_frame().area());
        execute!(stdout(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|frame| draw(state, &layout, frame))?;
        execute!(stdout(), EndSynchronizedUpdate)
    }

    /// Hands a text to the clipboard of the terminal (OSC 52), which takes it or does not: nothing answers.
    pub fn copy(&self, text: &str) -> io::Result<()> {
        execute!(stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Sets it again after a pause.
    pub fn resume(&mut self) -> io::Result<()> {
        set()?;
        // A terminal that is made again draws everything, and asks nothing of the other side.
        self.terminal = Terminal::new(CrosstermBackend::new(stdout()))?;
        Ok(())
    }
}

impl Drop for Screens {
    fn drop(&mut self) {
        restore();
    }
}

fn set() -> io::Result<()> {
    enable_raw_mode()?;
    SET.store(true, Ordering::SeqCst);
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide, SetTitle("comity"))?;
    if speaks_kitty() {
        KITTY.store(true, Ordering::SeqCst);
        execute!(stdout(), PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES))?;
    }
    Ok(())
}

/// Whether the terminal tells keys apart by kitty's protocol. It is known by its name: asking would wait for an answer that most
/// never give.
fn speaks_kitty() -> bool {
    let says = |name: &str, words: &[&str]| variable(name).is_some_and(|v| words.iter().any(|word| v.contains(word)));
    says("TERM", &["kitty", "ghostty", "foot"]) || says("TERM_PROGRAM", &["WezTerm", "ghostty", "iTerm"])
}

/// Presses and the wheel, with places beyond column 223; no word of where it only moves.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// Takes the mouse, or leaves it to the terminal.
pub fn take_mouse(takes: bool) -> io::Result<()> {
    if MOUSE.swap(takes, Ordering::SeqCst) != takes {
        let mut out = stdout();
        out.write_all(if takes { MOUSE_ON } else { MOUSE_OFF }.as_bytes())?;
        out.flush()?;
    }
    Ok(())
}

/// Undoes what was set; twice is as good as once.
pub fn restore() {
    if SET.swap(false, Ordering::SeqCst) {
        let _ = take_mouse(false);
        if KITTY.swap(false, Ordering::SeqCst) {
            let _ = execute!(stdout(), PopKeyboardEnhancementFlags);
        }
        let _ = execute!(stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
        let _ = stdout().flush();
    }
}
