//! The rows on top: realm, workspace, member and time; the screens; the moment that is looked at.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::text::Line as TextLine;
use ratatui::widgets::{Block, Paragraph, Widget as _};

use crate::host::clock::local_hour_and_minute;
use crate::tui::appearance::Appearance;
use crate::tui::layout::NARROW;
use crate::tui::screen::{SCREENS, digit_of};
use crate::tui::screen_id::ScreenId;
use crate::tui::state::State;
use crate::tui::theme::StyleRole;
use crate::tui::who::Who;
use crate::tui::widget::fitted::Fitted;
use crate::value::realm::Realm;
use crate::value::text::{Shown, width};

/// Columns from which the names of the screens stand apart from their digits.
const SPACED: u16 = 110;

/// LIVE or EXERCISE, the workspace, who, and the time: nothing else.
pub(super) fn realm_and_member(state: &State, appearance: Appearance, area: Rect, buf: &mut Buffer) {
    let now = state.now();
    let local = local_hour_and_minute(now).map(|t| format!(" {t}L")).unwrap_or_default();
    let time = if area.width < NARROW.0 {
        format!("{}{local} ", now.hour_and_minute())
    } else {
        format!("{} {}{local} ", now.weekday_and_date(), now.hour_and_minute())
    };
    let role = if state.is_exercise() { StyleRole::Exercise } else { StyleRole::Base };
    let time = appearance.span(time, role);
    let [left, right] = beside(area, time.width(), 1);
    if state.is_exercise() {
        // In an exercise the whole row says so, whatever the theme.
        Block::new().style(appearance.style(StyleRole::Exercise)).render(area, buf);
    }
    if let Some(who) = &state.who {
        Fitted::new(member(who, appearance, left.width, area.width < NARROW.0)).render(left, buf);
    }
    Fitted::new(time).render(right, buf);
}

/// The two parts of a row of which the right one has so many columns, with a gap before it.
fn beside(area: Rect, right: usize, gap: u16) -> [Rect; 2] {
    Split::horizontal([Constraint::Min(0), Constraint::Length(right as u16)]).spacing(gap).areas(area)
}

/// Who works, and as what, is never cut: the desk's name gives way first.
fn member(who: &Who, appearance: Appearance, room: u16, narrow: bool) -> TextLine<'static> {
    let (word, exercise, role, title) = match &who.realm {
        Realm::Live => (" LIVE ", String::new(), StyleRole::Live, StyleRole::Title),
        Realm::Exercise(name) => (" EXERCISE ", format!("{name}  "), StyleRole::Exercise, StyleRole::Exercise),
    };
    let code = who.desk.split(' ').next().unwrap_or_default();
    let texts = if narrow {
        vec![who.desk.clone(), code.to_owned()]
    } else {
        let Who { name, role, desk, .. } = who;
        vec![
            format!("{exercise}{desk}  {name}, {role}"),
            format!("{exercise}{code}  {name}, {role}"),
            format!("{code}  {name}, {role}"),
        ]
    };
    let room = usize::from(room).saturating_sub(width(word) + 1);
    let fits = |text: &&String| width(Shown::of(text).as_str()) <= room;
    let text = texts.iter().find(fits).or(texts.last()).cloned().unwrap_or_default();
    TextLine::from_iter([appearance.span(word, role), " ".into(), appearance.span(text, title)])
}

/// The screens, the open one in brackets; where there is little room, the open one alone.
pub(super) fn tabs(state: &State, appearance: Appearance, area: Rect, buf: &mut Buffer) {
    if area.width < NARROW.0 {
        let here = appearance.span(format!(" {}", label(state.screen(), " ")), StyleRole::Title);
        let hint = appearance.span("g: go to ", StyleRole::Note);
        let [left, right] = beside(area, hint.width(), 0);
        Fitted::new(here).render(left, buf);
        Fitted::new(hint).render(right, buf);
        return;
    }
    let gap = if area.width >= SPACED { " " } else { "" };
    let tabs: Vec<(ScreenId, String)> = SCREENS.iter().map(|screen| (screen.id, label(screen.id, gap))).collect();
    let (mut line, mut previous) = (TextLine::default(), None);
    for (screen, label) in tabs.iter().skip(first_tab(&tabs, state.screen(), area.width)) {
        let edge = match () {
            () if *screen == state.screen() => "[",
            () if previous == Some(state.screen()) => "]",
            () if previous.is_none() => " ",
            () => appearance.divider(),
        };
        let role = if *screen == state.screen() { StyleRole::Title } else { StyleRole::Note };
        line.push_span(appearance.span(edge, StyleRole::Note));
        line.push_span(appearance.span(label.as_str(), role));
        previous = Some(*screen);
    }
    if previous == Some(state.screen()) {
        line.push_span(appearance.span("]", StyleRole::Note));
    }
    Fitted::new(line).render(area, buf);
}

/// The digit of a screen, where it has one, and its title.
fn label(screen: ScreenId, gap: &str) -> String {
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

/// That one looks back, to which moment, and how one comes back.
pub(super) fn as_of(state: &State, appearance: Appearance, area: Rect, buf: &mut Buffer) {
    let Some(as_of) = state.as_of.filter(|_| area.height > 0) else { return };
    let room = usize::from(area.width);
    let whole = state.keymap.format_keys(&format!("AS OF {as_of}   read only; {{now}} goes back to now"));
    let text = if width(&whole) + 1 < room { whole } else { format!("AS OF {as_of}") };
    Paragraph::new(format!(" {text}")).style(appearance.styles.selected()).render(area, buf);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_screen_is_always_among_the_tabs() {
        let tabs: Vec<(ScreenId, String)> = SCREENS.iter().map(|s| (s.id, label(s.id, ""))).collect();
        let map = tabs.last().unwrap().0;
        for (open, room, first) in
            [(ScreenId::DESK, 80, 0), (ScreenId::REPORTS, 80, 0), (map, 80, 0), (map, 77, 1), (map, 3, 0)]
        {
            assert_eq!(first_tab(&tabs, open, room), first, "{open} {room}");
        }
        assert_eq!((label(map, " ").as_str(), label(ScreenId::REPORTS, " ").as_str()), ("Map", "0 Reports"));
    }
}
