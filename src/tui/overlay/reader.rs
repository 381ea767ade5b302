//! A text to read: a letter, a verdict, a detail, the messages.

use crate::tui::page::{Detail, StyledText};
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;
use crate::workspace::error::Error;

/// The text, and how far it is scrolled.
pub struct Reader {
    /// The text.
    pub text: Detail,
    /// Lines that are scrolled away.
    pub scroll: u16,
    /// Lines in all, as they were drawn last.
    pub lines: u16,
    /// The newest question to the desk, where its text is still asked for.
    pub asked: u64,
}

impl Reader {
    /// A text to read.
    pub const fn new(text: Detail) -> Self {
        Self { text, scroll: 0, lines: 0, asked: 0 }
    }

    /// Plain lines.
    pub fn of_lines(title: &str, lines: &[String]) -> Self {
        let lines = lines.iter().map(|l| (Shown::default(), StyledText::from(l.as_str()))).collect();
        Self::new(Detail::of_lines(title, lines))
    }

    /// Why something was not done: each rule that says no, with its source, and what to do next.
    pub fn of_failure(title: &str, failure: &Error) -> Self {
        let mut d = Detail::new(title);
        match &failure.verdict {
            Some(verdict) => {
                d.line("", StyledText::new("The gate says no.", StyleRole::Stop));
                for finding in verdict.refusals() {
                    d.gap();
                    d.line(finding.id.word(), StyledText::new(finding.because.as_str(), StyleRole::Stop));
                    d.line("", StyledText::new(finding.source(), StyleRole::Note));
                }
                let held: Vec<&str> = verdict.rules.iter().filter(|r| r.holds).map(|r| r.id.word()).collect();
                if !held.is_empty() {
                    d.gap();
                    d.line("HOLD", StyledText::new(held.join(" "), StyleRole::Good));
                }
            }
            None => d.body("", &failure.what),
        }
        d.gap();
        d.body("NEXT", &failure.hint);
        d.gap();
        d.line("", StyledText::new("Nothing was changed.", StyleRole::Note));
        Self::new(d)
    }

    /// Scrolls by so many lines, in a window of so many.
    pub fn scroll_by(&mut self, by: i32, window: u16) {
        let last = i32::from(self.lines.saturating_sub(window));
        self.scroll = (i32::from(self.scroll) + by).clamp(0, last) as u16;
    }
}
