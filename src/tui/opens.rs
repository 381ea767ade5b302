//! What opening what is selected does: one rule for the key, and for its word in the row of keys. It opens nothing.

use super::screen::screen_of;
use super::screen_id::ScreenId;
use super::view::View;
use crate::record::kind::Kind;

/// What opening what is selected does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opens {
    /// The place shows what is in it: a case, what would leave to a partner.
    Inside,
    /// The place shows those of a group of clocks or duties.
    Group,
    /// The command begins that answers it.
    Command(&'static str),
    /// It is shown where such records are.
    Elsewhere,
    /// Its page has the whole body.
    Page,
}

impl Opens {
    /// What opening does at a screen; `None`: nothing is selected, or it has no page.
    pub fn of(screen: ScreenId, view: &View) -> Option<Self> {
        let kind = view.selected_subject()?.record().map(|record| record.kind);
        if let Some(command) = view.selected_is_answered_by() {
            return Some(Self::Command(command));
        }
        Some(match (screen, kind) {
            (ScreenId::CASE, Some(Kind::Case)) | (ScreenId::SYNC, Some(Kind::Partner)) => Self::Inside,
            (ScreenId::TIMERS, Some(Kind::Case)) => Self::Group,
            (ScreenId::DESK | ScreenId::AUDIT, Some(_)) | (ScreenId::CASE, Some(Kind::Request)) => Self::Elsewhere,
            _ if screen_of(screen).has_detail => Self::Page,
            (_, Some(_)) => Self::Elsewhere,
            (_, None) => return None,
        })
    }

    /// Its word beside the key, where that of the place says something else.
    pub fn word(self, screen: ScreenId) -> Option<&'static str> {
        match self {
            Self::Command(_) => Some("answer"),
            Self::Inside if screen == ScreenId::SYNC => Some("preview"),
            Self::Inside | Self::Group | Self::Elsewhere => Some("open"),
            Self::Page => None,
        }
    }
}
