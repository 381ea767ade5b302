//! Text that is made to fit: wrapped into lines, or a row that ends in a sign where it was cut. It knows nothing of what it says.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line as TextLine, Text};
use ratatui::widgets::Widget;

use crate::tui::page::StyledText;
use crate::value::text::{fit, width, wrap};

/// Rows of text, each of which ends in `…` where it is cut: ratatui alone would not say so.
pub struct Fitted<'a>(Text<'a>);

impl<'a> Fitted<'a> {
    /// Rows of text.
    pub fn new(text: impl Into<Text<'a>>) -> Self {
        Self(text.into())
    }
}

impl Widget for Fitted<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let area = area.intersection(buf.area);
        let lines = self.0.lines.into_iter().take(usize::from(area.height));
        let lines: Vec<TextLine<'_>> = lines.map(|line| fitted(line, usize::from(area.width))).collect();
        Text::from(lines).render(area, buf);
    }
}

fn fitted(mut line: TextLine<'_>, columns: usize) -> TextLine<'_> {
    let mut left = columns;
    for span in &mut line.spans {
        if width(&span.content) > left {
            span.content = fit(&span.content, left).into_owned().into();
        }
        left -= width(&span.content);
    }
    line
}

/// Texts in lines of at most so many columns.
pub fn wrapped(texts: impl IntoIterator<Item = StyledText>, columns: u16) -> Vec<StyledText> {
    let lines = |text: StyledText| {
        let lines = wrap(text.text.as_str(), usize::from(columns));
        lines.into_iter().map(move |line| StyledText::new(line, text.role))
    };
    texts.into_iter().flat_map(lines).collect()
}

#[cfg(test)]
mod tests {
    use ratatui::text::Span;

    use super::*;

    #[test]
    fn a_row_that_is_cut_says_so_and_draws_nothing_beside_its_area() {
        let drawn = |spans: &[&'static str], columns: u16| {
            let mut buf = Buffer::with_lines([".........."]);
            let line: TextLine<'_> = spans.iter().copied().map(Span::raw).collect();
            Fitted::new(line).render(Rect { x: 1, y: 0, width: columns, height: 1 }, &mut buf);
            buf.content.iter().map(ratatui::buffer::Cell::symbol).collect::<String>()
        };
        for (spans, columns, want) in [
            (&["ab", "cd"][..], 4, ".abcd....."),
            (&["ab", "cde"], 4, ".abc…....."),
            (&["abcd", "e"], 4, ".abcd....."),
            (&["abcde", "f"], 4, ".abc…....."),
            (&["ab", "\u{301}c"], 4, ".ab\u{301}c......"),
            (&["ab"], 0, ".........."),
            (&["abcdefghijk"], 20, ".abcdefgh…"),
        ] {
            assert_eq!(drawn(spans, columns), want, "{spans:?} {columns}");
        }
    }
}
