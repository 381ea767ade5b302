//! The detail of a thing in a panel: labels, texts and pictures. It is scrolled by whoever shows it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line as TextLine, Span, Text};
use ratatui::widgets::Widget;

use super::panel::{Panel, within};
use crate::tui::appearance::Appearance;
use crate::tui::language::phrase;
use crate::tui::page::{Detail, StyledText};
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
        let (labels, room) = columns(detail, area.width);
        let mut lines = Vec::new();
        for (label, piece) in &detail.lines() {
            for (n, line) in drawn(piece, room, appearance).into_iter().enumerate() {
                let label = if n == 0 { label.as_str() } else { "" };
                let label = if labels == 0 { String::new() } else { pad(label, usize::from(labels)) + "  " };
                let label = appearance.span(label, StyleRole::Heading);
                lines.push(std::iter::once(label).chain(line).collect::<TextLine<'_>>());
            }
        }
        let below = inner(area).intersection(buf.area);
        let hidden = lines.len().saturating_sub(offset + usize::from(below.height));
        let aside = match (hidden, detail.aside.as_str()) {
            (0, aside) => aside.to_owned(),
            (n, "") => phrase!("{n} more", n),
            (n, aside) => phrase!("{aside}, {n} more", aside, n),
        };
        let aside = StyledText::new(aside, StyleRole::Note);
        Panel { title: detail.title.as_str(), note: "", aside, focused: false, appearance }.render(area, buf);
        let shown: Vec<TextLine<'_>> = lines.into_iter().skip(offset).take(usize::from(below.height)).collect();
        Text::from(shown).render(below, buf);
    }
}

/// The area of its text: within the frame, behind a free column.
fn inner(area: Rect) -> Rect {
    let inner = within(area);
    Rect { x: inner.x.saturating_add(1), width: inner.width.saturating_sub(1), ..inner }
}

/// The lines of a text in so many columns, or those of a picture.
fn drawn(piece: &StyledText, room: u16, appearance: Appearance) -> Vec<Vec<Span<'static>>> {
    let room = usize::from(room);
    match &piece.picture {
        Some(picture) => picture.draw(room, appearance.ascii).iter().map(|line| appearance.drawn(line).spans).collect(),
        None => {
            let lines = wrap(piece.text.as_str(), room);
            lines.into_iter().map(|line| vec![appearance.span(line, piece.role)]).collect()
        }
    }
}

/// The columns for the labels of a detail, and those for its text.
fn columns(detail: &Detail, room: u16) -> (u16, u16) {
    let labels = detail.lines().iter().map(|(label, _)| width(label.as_str())).max().unwrap_or(0) as u16;
    let labels = labels.min(LABEL);
    // A text without labels is often to be copied: it takes all the room there is.
    let beside = if labels == 0 { 3 } else { labels + 6 };
    (labels, room.saturating_sub(beside).max(1))
}

/// How many lines a detail has in so many columns, without its frame.
pub fn detail_height(detail: &Detail, room: u16) -> usize {
    let (_, room) = columns(detail, room);
    let lines = |piece: &StyledText| match &piece.picture {
        Some(picture) => picture.draw(usize::from(room), false).len(),
        None => wrap(piece.text.as_str(), usize::from(room)).len(),
    };
    detail.lines().iter().map(|(_, piece)| lines(piece)).sum()
}
