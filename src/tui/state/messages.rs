//! The messages in the row of the sentence.

use super::State;
use crate::tui::language::{on_screen, tr};
use crate::tui::overlay::reader::Reader;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;

/// How many messages are kept.
const KEPT: usize = 500;

impl State {
    /// Shows a message in the row of the sentence, and keeps it unless it is a note.
    pub fn show_message(&mut self, message: StyledText) {
        let now = self.now();
        if message.role != StyleRole::Note {
            self.messages.all.push((now, message.clone()));
            if self.messages.all.len() > KEPT {
                self.messages.all.remove(0);
            }
        }
        self.messages.current = Some(message);
    }

    /// Shows a message in which `{name}` stands for the key of an action.
    pub(super) fn show_message_with_keys(&mut self, message: &str, role: StyleRole) {
        self.show_message(StyledText::new(self.keymap.format_keys(message), role));
    }

    pub(super) fn show_messages(&mut self) {
        let all = self.messages.all.iter().rev();
        let mut lines: Vec<String> =
            all.map(|(at, text)| format!("{}  {}", on_screen(*at, self.now()), text.text)).collect();
        if lines.is_empty() {
            lines.push(tr("Nothing was said yet.").into());
        }
        self.mode.push(Box::new(Reader::of_lines(tr("Messages"), &lines)));
    }
}
