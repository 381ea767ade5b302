//! The locked screen: the time, and what the passphrase is asked with. Nothing of the workspace.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line as TextLine;
use ratatui::widgets::Widget as _;

use crate::host::clock::local_hour_and_minute;
use crate::tui::appearance::Appearance;
use crate::tui::language::{phrase, tr};
use crate::tui::state::State;
use crate::tui::theme::StyleRole;
use crate::tui::unlock::Unlock;
use crate::tui::widget::fitted::Fitted;

/// Columns of its text.
const WIDTH: u16 = 44;
/// How many stars are shown for what is typed.
const STARS: usize = 40;

/// Draws it. Returns where the cursor is.
pub(super) fn draw(
    state: &State,
    unlock: &Unlock,
    appearance: Appearance,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let now = state.now();
    let local = local_hour_and_minute(now).unwrap_or_else(|| "??:??".into());
    let time = phrase!("{time}  {local} here", time = now.hour_and_minute(), local);
    let stars = "*".repeat(unlock.typed().min(STARS));
    let ask = match () {
        () if unlock.trying => tr("opening …").to_owned(),
        () if unlock.needs_none => tr("Enter opens it: this identity has no passphrase.").to_owned(),
        () => phrase!("passphrase  {stars}", stars),
    };
    let wait = unlock.wait(now).map_or_else(String::new, |w| {
        phrase!("Too many wrong tries: wait {seconds} s.", seconds = w.as_seconds().max(1))
    });
    let head = if state.who.is_some() { tr("comity is locked") } else { "comity" };
    let running = state.jobs.first().map_or_else(String::new, |j| phrase!("{name} still runs.", name = j.name()));
    let lines = [
        (head, StyleRole::Title),
        (time.as_str(), StyleRole::Base),
        ("", StyleRole::Base),
        (ask.as_str(), StyleRole::Base),
        (unlock.message.as_str(), StyleRole::Stop),
        (wait.as_str(), StyleRole::Due),
        (if unlock.needs_none { "" } else { tr("After 5 wrong tries: wait 1 min.") }, StyleRole::Note),
        (running.as_str(), StyleRole::Note),
    ];
    let x = area.x + area.width.saturating_sub(WIDTH).max(4) / 2;
    let top = area.y + area.height.saturating_sub(lines.len() as u16 + 2) / 2;
    let text: Vec<TextLine<'_>> = lines.iter().map(|(text, role)| appearance.span(*text, *role).into()).collect();
    let block = Rect { x, y: top, width: area.right().saturating_sub(x + 1), height: lines.len() as u16 };
    Fitted::new(text).render(block, buf);
    let foot =
        Rect { x: area.x + 1, y: area.bottom().saturating_sub(2), width: area.width.saturating_sub(2), height: 1 };
    let text = tr("Ctrl-C leaves comity; every change is already stored.");
    Fitted::new(appearance.span(text, StyleRole::Note)).render(foot, buf);
    (!unlock.trying && !unlock.needs_none).then(|| Position::new(x + 12 + stars.len() as u16, top + 3))
}
