//! The lines of an input, scrolled so that the cursor is in sight. It takes no keys.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line as TextLine;
use ratatui::widgets::{StatefulWidget, Widget as _};

use super::fitted::Fitted;
use crate::tui::appearance::Appearance;
use crate::tui::input::Input;
use crate::tui::theme::StyleRole;
use crate::value::text::{Shown, width};

/// The lines of an input.
pub struct InputLines<'a> {
    /// The input.
    pub input: &'a Input,
    /// Whether the cursor is in it.
    pub has_cursor: bool,
    /// What it is drawn with.
    pub appearance: Appearance,
}

impl StatefulWidget for InputLines<'_> {
    /// Where the cursor is.
    type State = Option<Position>;

    fn render(self, area: Rect, buf: &mut Buffer, cursor: &mut Self::State) {
        if area.is_empty() {
            return;
        }
        let (rows, columns) = (usize::from(area.height), usize::from(area.width));
        let (at, before) = self.input.cursor();
        let first = if self.has_cursor { (at + 1).saturating_sub(rows) } else { 0 };
        let mut lines = Vec::new();
        for (n, line) in self.input.lines().iter().enumerate().skip(first).take(rows) {
            let mut shown = Shown::of(line);
            if self.has_cursor && n == at {
                let before: String = line.chars().take(before).collect();
                let column = width(Shown::of(&before).as_str());
                let skip = (column + 1).saturating_sub(columns);
                *cursor = Some(Position::new(area.x + (column - skip) as u16, area.y + (n - first) as u16));
                shown = Shown::from(skip_columns(shown.as_str(), skip));
            }
            lines.push(TextLine::from(self.appearance.span(shown, StyleRole::Base)));
        }
        Fitted::new(lines).render(area, buf);
    }
}

fn skip_columns(text: &str, columns: usize) -> String {
    let mut skipped = 0;
    text.chars()
        .skip_while(|c| {
            let skips = skipped < columns;
            skipped += width(c.encode_utf8(&mut [0; 4]));
            skips
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;

    #[test]
    fn the_cursor_is_in_sight_and_so_is_what_stands_before_it() {
        let appearance = Appearance { styles: Theme::all()[0].on(false), ascii: false };
        for (text, has_cursor, want, at) in [
            ("abc", true, ["abc ", "    "], Some((3, 0))),
            ("abcdef", true, ["def ", "    "], Some((3, 0))),
            ("abcdef", false, ["abc…", "    "], None),
            ("a\nb\nc", true, ["b   ", "c   "], Some((1, 1))),
            ("a\nb\nc", false, ["a   ", "b   "], None),
        ] {
            let (input, mut cursor) = (Input::new(text, true), None);
            let mut buf = Buffer::empty(Rect::new(0, 0, 4, 2));
            InputLines { input: &input, has_cursor, appearance }.render(buf.area, &mut buf, &mut cursor);
            let drawn: String = buf.content.iter().map(ratatui::buffer::Cell::symbol).collect();
            assert_eq!((drawn, cursor), (want.concat(), at.map(|(x, y)| Position::new(x, y))), "{text:?}");
        }
    }
}
