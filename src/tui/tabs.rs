//! The tabs of the screens and of their views: which are in sight, and which stands at a column. It draws nothing.

use ratatui::layout::Rect;

use super::language::tr;
use super::layout::{NARROW, inset};
use super::screen::{SCREENS, digit_of, screen_of};
use super::screen_id::ScreenId;
use crate::value::text::width;

/// Columns from which the names of the screens stand apart from their digits.
pub const SPACED: u16 = 112;
/// Columns from which one tab does not touch the next.
pub const APART: u16 = 126;

/// Columns that all tabs take with so much between digit and name, and behind each.
fn wide(gap: &str, edge: u16) -> usize {
    let tabs = SCREENS.iter().map(|screen| width(&label(screen.id, gap)) + 1 + usize::from(edge));
    tabs.sum::<usize>() + 1
}

/// What stands between the digit of a screen and its name: air gives way before a tab does, whose names are longer in another
/// language.
pub fn gap(room: u16) -> &'static str {
    if room >= SPACED && wide(" ", 0) <= usize::from(room) { " " } else { "" }
}

/// The tabs that are drawn in so many columns, from the left.
pub fn shown(open: ScreenId, room: u16) -> Vec<(ScreenId, String)> {
    let gap = gap(room);
    let mut tabs: Vec<(ScreenId, String)> = SCREENS.iter().map(|screen| (screen.id, label(screen.id, gap))).collect();
    tabs.split_off(first_tab(&tabs, open, room))
}

/// Whether screens are left out before the tabs that are drawn, and behind them.
pub fn left_out(open: ScreenId, room: u16) -> (bool, bool) {
    let shown = shown(open, room);
    let step = 1 + usize::from(edge(room));
    let wide = shown.iter().map(|(_, label)| width(label) + step).sum::<usize>() + 1;
    (shown.len() < SCREENS.len(), wide > usize::from(room))
}

/// Columns behind each tab.
pub fn edge(room: u16) -> u16 {
    u16::from(room >= APART && wide(" ", 1) <= usize::from(room))
}

/// The screen whose tab stands at a column.
pub fn at(open: ScreenId, area: Rect, column: u16) -> Option<ScreenId> {
    if area.width < NARROW.0 {
        return None;
    }
    let mut x = area.x;
    for (screen, label) in shown(open, area.width) {
        let end = x + 1 + width(&label) as u16;
        if (x + 1..end).contains(&column) {
            return Some(screen);
        }
        x = end + edge(area.width);
    }
    None
}

/// The names of a screen's views as they stand in a row, the one that is open in brackets. Each takes as much room, open or not.
pub fn views(screen: ScreenId, open: usize) -> Vec<String> {
    let label =
        |(n, name): (usize, &&str)| if n == open { format!("[{}] ", tr(name)) } else { format!(" {}  ", tr(name)) };
    screen_of(screen).views.iter().enumerate().map(label).collect()
}

/// The view whose name stands at a column of their row.
pub fn view_at(screen: ScreenId, area: Rect, column: u16) -> Option<usize> {
    let mut x = inset(area).x;
    views(screen, 0).iter().position(|label| {
        let here = x..x + (width(label) as u16).saturating_sub(1);
        x += width(label) as u16;
        here.contains(&column)
    })
}

/// The digit of a screen, where it has one, and its title.
pub fn label(screen: ScreenId, gap: &str) -> String {
    let digit = digit_of(screen).map(|digit| format!("{digit}{gap}")).unwrap_or_default();
    format!("{digit}{}", screen.title())
}

/// The first tab that is drawn, so that the one of the open screen is in sight.
fn first_tab(tabs: &[(ScreenId, String)], open: ScreenId, room: u16) -> usize {
    let until = tabs.iter().position(|(screen, _)| *screen == open).map_or(0, |n| n + 1);
    let wide = |from: usize| {
        let labels = tabs.iter().take(until).skip(from);
        labels.map(|(_, label)| width(label) + 1).sum::<usize>() + 1
    };
    (0..until).find(|from| wide(*from) <= usize::from(room)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_stands_where_its_name_is_drawn() {
        let area = Rect::new(4, 0, 100, 1);
        for screen in SCREENS {
            let row: String = views(screen.id, 0).concat();
            for (n, name) in screen.views.iter().enumerate() {
                let before = row.find(&format!("{}{name}", if n == 0 { '[' } else { ' ' })).unwrap();
                for column in [before, before + width(name)] {
                    assert_eq!(view_at(screen.id, area, 5 + column as u16), Some(n), "{name} at {column} of {row}");
                }
            }
            assert_eq!(view_at(screen.id, area, 4), None);
            assert_eq!(view_at(screen.id, area, 5 + width(&row) as u16), None);
        }
    }

    #[test]
    fn the_open_screen_is_always_among_the_tabs() {
        let tabs: Vec<(ScreenId, String)> = SCREENS.iter().map(|s| (s.id, label(s.id, ""))).collect();
        let last = tabs.last().unwrap().0;
        assert_eq!(first_tab(&tabs, ScreenId::DESK, 80), 0);
        assert_eq!(first_tab(&tabs, last, 3), 0, "where no tab has room, the first stand there");
        for room in 20..=240u16 {
            let from = first_tab(&tabs, last, room);
            let wide = |from: usize| tabs[from..].iter().map(|(_, label)| width(label) + 1).sum::<usize>() + 1;
            assert!(wide(from) <= usize::from(room), "{room}: the last is in sight");
            assert!(from == 0 || wide(from - 1) > usize::from(room), "{room}: no tab is left out that has room");
        }
        assert_eq!(left_out(ScreenId::DESK, 80), (false, true), "the last are out of sight");
        assert_eq!(left_out(last, 80), (true, false), "and then the first");
        assert_eq!(left_out(ScreenId::DESK, 240), (false, false));
        assert_eq!((label(last, " ").as_str(), label(ScreenId::REPORTS, " ").as_str()), ("Map", "0 Reports"));
    }
}
