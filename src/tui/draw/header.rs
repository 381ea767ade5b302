//! The rows on top: realm, workspace, member and time; the screens; the moment that is looked at.

use ratatui::layout::Rect;

use crate::host::clock::local_hour_and_minute;
use crate::tui::canvas::Canvas;
use crate::tui::layout::NARROW;
use crate::tui::screen::{SCREENS, digit_of};
use crate::tui::screen_id::ScreenId;
use crate::tui::state::State;
use crate::tui::theme::StyleRole;
use crate::tui::who::Who;
use crate::value::realm::Realm;
use crate::value::text::{Shown, pad, width};

/// Columns from which the names of the screens stand apart from their digits.
const SPACED: u16 = 110;

/// LIVE or EXERCISE, the workspace, who, and the time: nothing else.
pub(super) fn realm_and_member(state: &State, canvas: &mut Canvas<'_>, area: Rect) {
    let now = state.now();
    let local = local_hour_and_minute(now).map(|t| format!(" {t}L")).unwrap_or_default();
    let time = if area.width < NARROW.0 {
        format!("{}{local} ", now.hour_and_minute())
    } else {
        format!("{} {}{local} ", now.weekday_and_date(), now.hour_and_minute())
    };
    let wide = time.len() as u16;
    let left = Rect { width: area.width.saturating_sub(wide + 1), ..area };
    if state.is_exercise() {
        // In an exercise the whole row says so, whatever the theme.
        let ground = " ".repeat(usize::from(area.width));
        canvas.text(area.x, area.y, area.width, &ground, canvas.theme.style(StyleRole::Exercise));
    }
    if let Some(who) = &state.who {
        member(who, canvas, left, area.width < NARROW.0);
    }
    let role = if state.is_exercise() { StyleRole::Exercise } else { StyleRole::Base };
    canvas.shown(area.right().saturating_sub(wide), area.y, wide, &Shown::of(&time), role);
}

/// Who works, and as what, is never cut: the desk's name gives way first.
fn member(who: &Who, canvas: &mut Canvas<'_>, area: Rect, narrow: bool) {
    let (word, exercise, role, title) = match &who.realm {
        Realm::Live => (" LIVE ", String::new(), StyleRole::Live, StyleRole::Title),
        Realm::Exercise(name) => (" EXERCISE ", format!("{name}  "), StyleRole::Exercise, StyleRole::Exercise),
    };
    let x = area.x + canvas.shown(area.x, area.y, area.width, &Shown::of(word), role) + 1;
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
    let room = area.right().saturating_sub(x);
    let fits = |text: &&String| width(Shown::of(text).as_str()) <= usize::from(room);
    let text = texts.iter().find(fits).or(texts.last()).cloned().unwrap_or_default();
    canvas.shown(x, area.y, room, &Shown::of(&text), title);
}

/// The screens, the open one in brackets; where there is little room, the open one alone.
pub(super) fn tabs(state: &State, canvas: &mut Canvas<'_>, area: Rect) {
    if area.width < NARROW.0 {
        let here = format!(" {}", label(state.screen(), " "));
        canvas.shown(area.x, area.y, area.width, &Shown::of(&here), StyleRole::Title);
        let hint = "g: go to ";
        let wide = hint.len() as u16;
        canvas.shown(area.right().saturating_sub(wide), area.y, wide, &Shown::of(hint), StyleRole::Note);
        return;
    }
    let gap = if area.width >= SPACED { " " } else { "" };
    let bar = if canvas.ascii { "|" } else { "│" };
    let tabs: Vec<(ScreenId, String)> = SCREENS.iter().map(|screen| (screen.id, label(screen.id, gap))).collect();
    let (mut x, mut previous) = (area.x, None);
    for (screen, label) in tabs.iter().skip(first_tab(&tabs, state.screen(), area.width)) {
        let edge = match () {
            () if *screen == state.screen() => "[",
            () if previous == Some(state.screen()) => "]",
            () if previous.is_none() => " ",
            () => bar,
        };
        let role = if *screen == state.screen() { StyleRole::Title } else { StyleRole::Note };
        x += canvas.shown(x, area.y, area.right().saturating_sub(x), &Shown::of(edge), StyleRole::Note);
        x += canvas.shown(x, area.y, area.right().saturating_sub(x), &Shown::of(label), role);
        previous = Some(*screen);
    }
    if previous == Some(state.screen()) {
        canvas.shown(x, area.y, 1, &Shown::of("]"), StyleRole::Note);
    }
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
pub(super) fn as_of(state: &State, canvas: &mut Canvas<'_>, area: Rect) {
    let Some(as_of) = state.as_of.filter(|_| area.height > 0) else { return };
    let room = usize::from(area.width);
    let whole = state.keymap.format_keys(&format!("AS OF {as_of}   read only; {{now}} goes back to now"));
    let text = if width(&whole) + 1 < room { whole } else { format!("AS OF {as_of}") };
    canvas.text(area.x, area.y, area.width, &pad(&format!(" {text}"), room), canvas.theme.selected());
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
