//! The arithmetic of a frame: where things are, and which rows are in sight. It draws nothing and changes nothing.

use ratatui::layout::{Constraint, Layout as Split, Rect};

use super::overlay::definition::Scroll;
use super::page::{Line, Section, StyledText};
use super::view::View;
use super::widget::detail::detail_height;
use super::widget::section_table::has_heads;
use crate::value::text::wrap;

/// Columns from which the detail stands beside the list.
pub const WIDE: u16 = 100;
/// Below this the body has one column and no detail.
pub const NARROW: (u16, u16) = (80, 24);
/// Below this there is no more than the realm and what is first.
pub const TINY: (u16, u16) = (40, 10);
/// Rows of the detail below the list.
const LOW: u16 = 8;

/// Where everything is in a frame.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layout {
    /// Realm, workspace, member, time.
    pub header: Rect,
    /// The screens.
    pub tabs: Rect,
    /// The moment that is looked at, where it is not now.
    pub as_of: Rect,
    /// The screen, or what lies over it.
    pub body: Rect,
    /// The sentence.
    pub status: Rect,
    /// The keys.
    pub hints: Rect,
    /// What is in the body.
    pub content: Content,
}

/// What is in the body.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Content {
    /// Nothing, or what has no parts.
    #[default]
    Plain,
    /// An overlay.
    Overlay(Scroll),
    /// The detail of what is selected has the whole body.
    Zoomed(Scroll),
    /// The page of a screen.
    Page(PageLayout),
}

/// Where the parts of a page are.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct PageLayout {
    /// The names of the views.
    pub views: Rect,
    /// The lines on top.
    pub head: Rect,
    /// The sections that there is room for.
    pub sections: Vec<SectionLayout>,
    /// The bar between list and detail.
    pub bar: Rect,
    /// The detail of what is selected.
    pub detail: Rect,
    /// The first line of the detail.
    pub detail_offset: usize,
}

/// Where a section is, and which of its rows are in sight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SectionLayout {
    /// Its number.
    pub section: usize,
    /// Where it is.
    pub area: Rect,
    /// The first row in sight.
    pub offset: usize,
    /// How many rows there is room for.
    pub room: usize,
}

/// The first row in sight, so that the one at `at` is among so many, or the first where there is room for none.
pub const fn first_in_sight(offset: usize, at: usize, room: usize) -> usize {
    let least = if room == 0 { at } else { (at + 1).saturating_sub(room) };
    if offset > at {
        at
    } else if offset < least {
        least
    } else {
        offset
    }
}

/// The area without its first column.
pub const fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area }
}

impl Layout {
    /// The rows of a frame from top to bottom; `as_of`: the moment that is looked at has one.
    pub fn of_frame(area: Rect, as_of: bool) -> Self {
        let [header, tabs, as_of, body, status, hints] = Split::vertical([
            Constraint::Length(1),
            Constraint::Length(1),
            Constraint::Length(u16::from(as_of)),
            Constraint::Min(0),
            Constraint::Length(1),
            Constraint::Length(1),
        ])
        .areas(area);
        Self { header, tabs, as_of, body, status, hints, content: Content::Plain }
    }
}

/// The part of a detail that is in sight where it has the whole area.
pub fn zoomed(view: &View, area: Rect) -> Option<Scroll> {
    let detail = view.detail_of_selected().filter(|_| view.zoomed)?;
    let room = usize::from(area.height.saturating_sub(1));
    let total = detail_height(detail, area.width);
    Some(Scroll { offset: usize::from(view.scroll).min(total.saturating_sub(room)), room, total })
}

/// The parts of a page in the body of a frame of so many rows.
pub fn page(view: &View, body: Rect, frame_rows: u16, has_detail: bool, has_views: bool) -> PageLayout {
    let narrow = body.width < NARROW.0 || frame_rows < NARROW.1;
    let has_detail = has_detail && view.selected().is_some() && !narrow;
    let (mut list, mut layout) = (body, PageLayout::default());
    if has_detail && body.width >= WIDE {
        let width = (body.width * 55 / 100).max(56);
        list = Rect { width, ..body };
        layout.bar = Rect { x: body.x + width, width: 1, ..body };
        layout.detail = Rect { x: body.x + width + 2, width: body.width.saturating_sub(width + 3), ..body };
        layout.detail_offset = usize::from(view.scroll);
    } else if has_detail {
        let low = LOW.min(body.height / 2);
        list = Rect { height: body.height - low, ..body };
        let x = body.x + 1;
        layout.detail = Rect { x, y: list.bottom(), width: body.width.saturating_sub(1), height: low };
    }
    let head = head_lines(view, list.width).len() as u16;
    let [views, head, rest] =
        Split::vertical([Constraint::Length(u16::from(has_views)), Constraint::Length(head), Constraint::Min(0)])
            .areas(list);
    (layout.views, layout.head) = (views, head);
    let sections = arrange(view, list.height, rest, narrow);
    layout.sections = sections.into_iter().map(|(section, area)| section_layout(view, section, area)).collect();
    layout
}

/// The lines on top of a page. A sentence is shown whole; a line of several pieces is made to fit by its screen.
pub fn head_lines(view: &View, width: u16) -> Vec<Line> {
    let lines = |line: &Line| match line.as_slice() {
        [only] => {
            let lines = wrap(only.text.as_str(), usize::from(width.saturating_sub(2)));
            lines.into_iter().map(|text| vec![StyledText::new(text, only.role)]).collect()
        }
        _ => vec![line.clone()],
    };
    view.page.head.iter().flat_map(lines).collect()
}

/// Rows that the heading of a section takes.
fn head_of(section: &Section) -> u16 {
    u16::from(!section.title.is_empty()) + u16::from(has_heads(section))
}

fn section_layout(view: &View, section: usize, area: Rect) -> SectionLayout {
    let head = view.sections().nth(section).map_or(0, head_of).min(area.height);
    let room = usize::from(area.height - head);
    let (here, at) = view.at();
    let mut offset = view.offset(section);
    if here == section && view.selected().is_some() {
        offset = first_in_sight(offset, at, room);
    }
    SectionLayout { section, area, offset: offset.min(view.rows(section).len().saturating_sub(room)), room }
}

/// Bands from top to bottom, the sections of a band side by side unless it is narrow; those that want more height than the
/// body has are left out.
fn arrange(view: &View, height: u16, area: Rect, narrow: bool) -> Vec<(usize, Rect)> {
    let bands = bands(view, height, narrow);
    let wanted = |(n, s): &(usize, &Section)| {
        let rows = view.rows(*n).len().max(1) as u16;
        head_of(s) + if s.grows || s.most == 0 { rows } else { rows.min(s.most) }
    };
    let grows = |band: &[(usize, &Section)]| band.iter().any(|(_, s)| s.grows);
    let fixed: u16 = bands.iter().filter(|b| !grows(b)).map(|b| b.iter().map(wanted).max().unwrap_or(0) + 1).sum();
    let mut left = area.height.saturating_sub(fixed);
    let mut areas = Vec::new();
    let mut y = area.y;
    for band in &bands {
        let most = band.iter().map(wanted).max().unwrap_or(0);
        let height = if grows(band) {
            // What grows has at least a few rows, even where the rest is then cut.
            let height = left.max(6.min(most)).min(area.height);
            left = left.saturating_sub(height);
            height
        } else {
            most
        };
        let height = height.min(area.bottom().saturating_sub(y));
        let each = area.width / band.len().max(1) as u16;
        for (k, (n, _)) in band.iter().enumerate() {
            let x = area.x + each * k as u16;
            let width = if k + 1 == band.len() { area.right().saturating_sub(x) } else { each.saturating_sub(1) };
            areas.push((*n, Rect { x, y, width, height }));
        }
        y = y.saturating_add(height + u16::from(!grows(band)));
    }
    areas
}

fn bands(view: &View, height: u16, narrow: bool) -> Vec<Vec<(usize, &Section)>> {
    let mut bands: Vec<Vec<(usize, &Section)>> = Vec::new();
    let mut before = 0;
    for band in &view.page.bands {
        let fits = |(_, s): &(usize, &Section)| s.from_height <= height;
        let numbered: Vec<(usize, &Section)> =
            band.iter().enumerate().map(|(n, s)| (before + n, s)).filter(fits).collect();
        before += band.len();
        if numbered.is_empty() {
            continue;
        }
        if narrow {
            bands.extend(numbered.into_iter().map(|s| vec![s]));
        } else {
            bands.push(numbered);
        }
    }
    bands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_that_is_selected_is_in_sight_and_nothing_moves_without_need() {
        for (offset, at, room, want) in
            [(0, 0, 5, 0), (0, 4, 5, 0), (0, 5, 5, 1), (3, 2, 5, 2), (3, 4, 5, 3), (0, 9, 0, 9), (7, 7, 1, 7)]
        {
            assert_eq!(first_in_sight(offset, at, room), want, "{offset} {at} {room}");
        }
    }
}
