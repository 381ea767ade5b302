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
/// Columns from which three parts stand side by side.
pub const THREE: u16 = 160;
/// Below this the body has one column without frames, and no detail.
pub const NARROW: (u16, u16) = (80, 24);
/// Below this there is no more than the realm and what is first.
pub const TINY: (u16, u16) = (40, 10);
/// Rows of the detail below the list.
const LOW: u16 = 9;

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
    /// Whether it has a frame.
    pub framed: bool,
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
    let room = usize::from(area.height.saturating_sub(2));
    let total = detail_height(detail, area.width);
    Some(Scroll { offset: usize::from(view.scroll).min(total.saturating_sub(room)), room, total })
}

/// The parts of a page in the body of a frame of so many rows.
pub fn page(view: &View, body: Rect, frame_rows: u16, has_detail: bool, has_views: bool) -> PageLayout {
    let narrow = body.width < NARROW.0 || frame_rows < NARROW.1;
    let has_detail = has_detail && view.selected_subject().is_some() && !narrow;
    let (mut list, mut layout) = (body, PageLayout::default());
    if has_detail && body.width >= WIDE {
        let width = (body.width * 55 / 100).max(56);
        list = Rect { width, ..body };
        layout.detail = Rect { x: body.x + width, width: body.width.saturating_sub(width), ..body };
        layout.detail_offset = usize::from(view.scroll);
    } else if has_detail {
        let low = LOW.min(body.height / 2);
        list = Rect { height: body.height - low, ..body };
        layout.detail = Rect { y: list.bottom(), height: low, ..body };
        layout.detail_offset = usize::from(view.scroll);
    }
    if let Some(detail) = view.detail_of_selected() {
        let room = usize::from(layout.detail.height.saturating_sub(2));
        let most = detail_height(detail, layout.detail.width).saturating_sub(room);
        layout.detail_offset = layout.detail_offset.min(most);
    }
    let head = head_lines(view, list.width).len() as u16;
    let [views, head, rest] =
        Split::vertical([Constraint::Length(u16::from(has_views)), Constraint::Length(head), Constraint::Min(0)])
            .areas(list);
    (layout.views, layout.head) = (views, head);
    let sections = arrange(view, list.height, rest, narrow);
    layout.sections =
        sections.into_iter().map(|(section, area)| section_layout(view, section, area, !narrow)).collect();
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

/// Rows that a section takes beside its rows: its heading and those of its columns; in a frame, both of its edges.
fn head_of(section: &Section, framed: bool) -> u16 {
    let heading = if framed { 2 } else { u16::from(!section.title.is_empty()) };
    heading + u16::from(has_heads(section))
}

fn section_layout(view: &View, section: usize, area: Rect, framed: bool) -> SectionLayout {
    let head = view.sections().nth(section).map_or(0, |s| head_of(s, framed)).min(area.height);
    let room = usize::from(area.height - head);
    let (here, at) = view.at();
    let mut offset = view.offset(section);
    if here == section && view.selected_subject().is_some() {
        offset = first_in_sight(offset, at, room);
    }
    let offset = offset.min(view.rows(section).len().saturating_sub(room));
    SectionLayout { section, area, offset, room, framed }
}

/// Sections that stand side by side, and the rows that they want.
struct Band<'a> {
    sections: Vec<(usize, &'a Section)>,
    /// With few rows, where there is little room.
    least: u16,
    /// With as many rows as the section asks for.
    wanted: u16,
    /// With all of its rows.
    whole: u16,
    grows: bool,
}

/// Rows that a section keeps at least, as long as another one has more.
const FEW: u16 = 3;

impl<'a> Band<'a> {
    fn of(view: &View, sections: Vec<(usize, &'a Section)>, framed: bool) -> Self {
        let rows = |(n, _): &(usize, &Section)| u16::try_from(view.rows(*n).len()).unwrap_or(u16::MAX).max(1);
        let most = |of: &dyn Fn(u16, &Section) -> u16| {
            let height = |s: &(usize, &Section)| head_of(s.1, framed).saturating_add(of(rows(s), s.1));
            sections.iter().map(height).max().unwrap_or(0)
        };
        let unlimited = |s: &Section| s.grows || s.most == 0;
        let (least, whole) = (most(&|rows, _| rows.min(FEW)), most(&|rows, _| rows));
        let wanted = most(&|rows, s| if unlimited(s) { rows } else { rows.min(s.most) });
        let grows = sections.iter().any(|(_, s)| s.grows);
        Self { sections, least, wanted, whole, grows }
    }
}

/// The heights of bands in so many rows. What grows takes what is left; where there is too little, what is highest gives way
/// first; where there is more than is asked for, rows that would be out of sight are shown.
fn heights(bands: &[Band<'_>], room: u16, gap: u16) -> Vec<u16> {
    let first = |band: &Band<'_>| if band.grows { band.least.max(6.min(band.wanted)) } else { band.wanted };
    let mut heights: Vec<u16> = bands.iter().map(first).collect();
    let gaps = bands.iter().filter(|band| !band.grows).count() as u16 * gap;
    let room = room.saturating_sub(gaps);
    while heights.iter().map(|h| u32::from(*h)).sum::<u32>() > u32::from(room) {
        let spare = |(height, band): &(&mut u16, &Band<'_>)| height.saturating_sub(band.least);
        let Some((height, _)) = heights.iter_mut().zip(bands).max_by_key(spare).filter(|s| spare(s) > 0) else { break };
        *height -= 1;
    }
    let mut left = room.saturating_sub(heights.iter().fold(0, |sum, h| sum.saturating_add(*h)));
    let mut give = |until: &dyn Fn(&Band<'_>) -> u16| {
        for (height, band) in heights.iter_mut().zip(bands) {
            let more = until(band).saturating_sub(*height).min(left);
            (*height, left) = (*height + more, left - more);
        }
    };
    give(&|band| if band.grows { band.whole } else { 0 });
    give(&|band| band.whole);
    give(&|band| if band.grows { u16::MAX } else { 0 });
    heights
}

/// Bands from top to bottom, the sections of a band side by side as far as there is width for them; those that want a larger
/// body are left out.
fn arrange(view: &View, height: u16, area: Rect, narrow: bool) -> Vec<(usize, Rect)> {
    let framed = !narrow;
    let bands = bands(view, (area.width, height), framed);
    let gap = u16::from(!framed);
    let mut areas = Vec::new();
    let mut y = area.y;
    for (band, height) in bands.iter().zip(heights(&bands, area.height, gap)) {
        let height = height.min(area.bottom().saturating_sub(y));
        let share = |s: &Section| u32::from(if s.share == 0 { 2 } else { s.share });
        let all: u32 = band.sections.iter().map(|(_, s)| share(s)).sum();
        let mut x = area.x;
        for (k, (n, section)) in band.sections.iter().enumerate() {
            let part = u32::from(area.width) * share(section) / all.max(1);
            let last = k + 1 == band.sections.len();
            let width = if last { area.right().saturating_sub(x) } else { u16::try_from(part).unwrap_or(area.width) };
            let seen = if last { width } else { width.saturating_sub(gap) };
            areas.push((*n, Rect { x, y, width: seen, height }));
            x = x.saturating_add(width);
        }
        y = y.saturating_add(height + if band.grows { 0 } else { gap });
    }
    areas
}

/// How many sections stand side by side at most.
const fn columns(width: u16) -> usize {
    match width {
        THREE.. => 3,
        WIDE.. => 2,
        _ => 1,
    }
}

fn bands(view: &View, (width, height): (u16, u16), framed: bool) -> Vec<Band<'_>> {
    let mut bands = Vec::new();
    let mut before = 0;
    for band in &view.page.bands {
        let alone = columns(width) == 1;
        // What has no frames needs two rows less.
        let in_all = if framed { height } else { height.saturating_add(2) };
        let fits = |(_, s): &(usize, &Section)| {
            s.from_height <= height && s.from_width <= width && (!alone || s.alone_from <= in_all)
        };
        let numbered: Vec<(usize, &Section)> =
            band.iter().enumerate().map(|(n, s)| (before + n, s)).filter(fits).collect();
        before += band.len();
        bands.extend(numbered.chunks(columns(width)).map(|sections| Band::of(view, sections.to_vec(), framed)));
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
