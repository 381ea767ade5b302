//! The detail of a thing: its title in a rule, and below it labels and texts. It is scrolled by whoever shows it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line as TextLine, Text};
use ratatui::widgets::Widget;

use crate::tui::appearance::Appearance;
use crate::tui::page::Detail;
use crate::tui::theme::StyleRole;
use crate::value::text::{pad, width, wrap};

/// The most columns of a label.
const LABEL: u16 = 14;

/// A detail from one of its lines on.
pub struct DetailText<'a> {
    /// The detail.
    pub detail: &'a Detail,
    /// The first line in sight.
    pub offset: usize,
    /// What it is drawn with.
    pub appearance: Appearance,
}

impl Widget for DetailText<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let Self { detail, offset, appearance } = self;
        let rule = appearance.rule(detail.title.as_str(), area.width);
        let below = rule.inner(area).intersection(buf.area);
        rule.render(area, buf);
        let (labels, room) = columns(detail, area.width);
        let mut lines = Vec::new();
        for (label, piece) in &detail.lines() {
            for (n, line) in wrap(piece.text.as_str(), usize::from(room)).into_iter().enumerate() {
                let label = if n == 0 { label.as_str() } else { "" };
                let label = if labels == 0 { String::new() } else { pad(label, usize::from(labels)) + "  " };
                lines.push(TextLine::from_iter([
                    appearance.span(label, StyleRole::Note),
                    appearance.span(line, piece.role),
                ]));
            }
        }
        let shown: Vec<TextLine<'_>> = lines.into_iter().skip(offset).take(usize::from(below.height)).collect();
        Text::from(shown).render(below, buf);
    }
}

/// The columns for the labels of a detail, and those for its text.
fn columns(detail: &Detail, room: u16) -> (u16, u16) {
    let labels = detail.lines().iter().map(|(label, _)| width(label.as_str())).max().unwrap_or(0) as u16;
    let labels = labels.min(LABEL);
    let indent = if labels == 0 { 0 } else { labels + 2 };
    (labels, room.saturating_sub(indent + 1))
}

/// How many lines a detail has in so many columns, without its title.
pub fn detail_height(detail: &Detail, room: u16) -> usize {
    let (_, room) = columns(detail, room);
    detail.lines().iter().map(|(_, piece)| wrap(piece.text.as_str(), usize::from(room)).len()).sum()
}
