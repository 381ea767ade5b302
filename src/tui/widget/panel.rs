//! A panel: a thin frame with a title and what stands beside it. One of the panels of a page has the focus, and with it the
//! accent. What is in it is drawn by whoever shows it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line as TextLine;
use ratatui::widgets::{Clear, Paragraph, Widget};

use super::fitted::Fitted;
use crate::tui::appearance::Appearance;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::value::text::{fit, width};

/// Columns that a title leaves free: the corners, and a piece of the frame beside each.
const EDGES: u16 = 6;

/// A panel.
pub struct Panel<'a> {
    /// Its title; empty: none.
    pub title: &'a str,
    /// What is said behind the title.
    pub note: &'a str,
    /// What stands on the right; it gives way where there is no room for it.
    pub aside: StyledText,
    /// Whether what is selected is in it.
    pub focused: bool,
    /// What it is drawn with.
    pub appearance: Appearance,
}

/// The area within the frame.
pub const fn within(area: Rect) -> Rect {
    Rect {
        x: area.x.saturating_add(1),
        y: area.y.saturating_add(1),
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(2),
    }
}

impl Widget for Panel<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let Self { title, note, aside, focused, appearance } = self;
        appearance.frame(focused).render(area, buf);
        let room = area.width.saturating_sub(EDGES);
        let top = Rect { x: area.x + 2, width: room + 2, height: 1.min(area.height), ..area }.intersection(buf.area);
        if room == 0 || top.is_empty() {
            return;
        }
        let role = if focused { StyleRole::Accent } else { StyleRole::Title };
        let mut used = 0;
        if !title.is_empty() {
            let title = fit(title, usize::from(room)).into_owned();
            let mut heading =
                vec![appearance.span(" ", role), appearance.span(title, role), appearance.span(" ", role)];
            if !note.is_empty() {
                let left = usize::from(room).saturating_sub(heading.iter().map(ratatui::text::Span::width).sum());
                heading.insert(2, appearance.span(format!(" {}", fit(note, left)), StyleRole::Note));
            }
            let heading = TextLine::from_iter(heading);
            used = heading.width();
            clear(Rect { width: (used as u16).min(top.width), ..top }, appearance, buf);
            Fitted::new(heading).render(top, buf);
        }
        let wide = width(aside.text.as_str()) + 2;
        if !aside.text.is_empty() && used + wide < usize::from(top.width) {
            let said = appearance.span(format!(" {} ", aside.text), aside.role);
            let wide = (wide as u16).min(top.width);
            clear(Rect { x: top.right() - wide, width: wide, ..top }, appearance, buf);
            Paragraph::new(said).right_aligned().render(top, buf);
        }
    }
}

/// Takes the frame away where a text stands: what it was drawn with would shine through.
fn clear(area: Rect, appearance: Appearance, buf: &mut Buffer) {
    Clear.render(area, buf);
    buf.set_style(area, appearance.style(StyleRole::Base));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;

    fn drawn(title: &str, note: &str, aside: &str, columns: u16, ascii: bool) -> Vec<String> {
        let area = Rect::new(0, 0, columns, 3);
        let mut buf = Buffer::empty(area);
        let appearance = Appearance { styles: Theme::named("mono").unwrap().on(false), ascii };
        Panel { title, note, aside: StyledText::from(aside), focused: false, appearance }.render(area, &mut buf);
        let row = |y: u16| (0..columns).map(|x| buf[(x, y)].symbol()).collect::<String>();
        (0..3).map(row).collect()
    }

    #[test]
    fn a_panel_says_what_fits_and_its_frame_stays_whole() {
        assert_eq!(
            drawn("ITEMS", "", "3", 24, false),
            ["╭─ ITEMS ─────────── 3 ─╮", "│                      │", "╰──────────────────────╯"].map(|l| l.replacen(
                "─────────── 3",
                "────────── 3",
                1
            ))
        );
        assert_eq!(drawn("ITEMS", "", "3 of 4", 14, true)[0], "+- ITEMS ----+");
        assert_eq!(drawn("A LONG TITLE", "", "", 12, true)[0], "+- A LON… -+");
        assert_eq!(drawn("", "", "", 6, true), ["+----+", "|    |", "+----+"]);
        assert_eq!(drawn("X", "1-2 of 9", "", 24, true)[0], "+- X 1-2 of 9 ---------+");
        assert_eq!(within(Rect::new(2, 3, 10, 4)), Rect::new(3, 4, 8, 2));
    }
}
