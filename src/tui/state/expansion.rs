//! Collapsing and expanding what hangs below a row.

use super::State;
use crate::tui::language::tr;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::view::Turned;

impl State {
    /// Expands what is selected, or collapses it again; what has nothing below it collapses what it hangs on.
    pub(super) fn expand(&mut self) {
        let said = match self.view_mut().expand() {
            Turned::Done => return self.fetch(),
            Turned::Nothing => tr("Nothing is linked with it."),
            Turned::TooMany => tr("So many are expanded that no more fit: collapse one first."),
        };
        self.show_message(StyledText::new(said, StyleRole::Note));
    }
}
