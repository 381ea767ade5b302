//! The rows on top: realm, workspace, member and time; the screens; the moment that is looked at.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line as TextLine, Span};
use ratatui::widgets::{Block, Paragraph, Widget as _};

use crate::host::clock::local_hour_and_minute;
use crate::tui::appearance::Appearance;
use crate::tui::language::{phrase, tr, tr_date};
use crate::tui::layout::NARROW;
use crate::tui::state::State;
use crate::tui::tabs;
use crate::tui::theme::StyleRole;
use crate::tui::who::Who;
use crate::tui::widget::fitted::Fitted;
use crate::value::realm::Realm;
use crate::value::text::{Shown, width};

/// LIVE or EXERCISE, the workspace, who, and the time: nothing else.
pub(super) fn realm_and_member(state: &State, appearance: Appearance, area: Rect, buf: &mut Buffer) {
    let now = state.now();
    let here = if area.width >= tabs::SPACED { tr(" here") } else { "L" };
    let local = local_hour_and_minute(now).map(|t| format!("  {t}{here}")).unwrap_or_default();
    let time = if area.width < NARROW.0 {
        format!("{}{local} ", now.hour_and_minute())
    } else {
        format!("{} {}{local} ", tr_date(&now.weekday_and_date()), now.hour_and_minute())
    };
    let role = if state.is_exercise() { StyleRole::Exercise } else { StyleRole::Base };
    let time = appearance.span(time, role);
    let [left, right] = beside(area, time.width(), 1);
    if state.is_exercise() {
        // In an exercise the whole row says so, whatever the theme.
        Block::new().style(appearance.style(StyleRole::Exercise)).render(area, buf);
    }
    if let Some(who) = &state.who {
        let badges = badges(state);
        let used: usize = badges.iter().map(|badge| width(badge) + 1).sum();
        let room = left.width.saturating_sub(used as u16);
        let mut line = member(who, appearance, room, area.width < NARROW.0);
        for badge in badges {
            let style = appearance.style(StyleRole::Due).add_modifier(Modifier::REVERSED);
            line.spans.insert(1, Span::styled(badge, style));
            line.spans.insert(1, " ".into());
        }
        Fitted::new(line).render(left, buf);
    }
    Fitted::new(time).render(right, buf);
}

/// What is said in the header while nothing can be written.
fn badges(state: &State) -> Vec<&'static str> {
    let read_only = state.is_read_only().then(|| tr(" READ-ONLY "));
    read_only.into_iter().chain(state.as_of.map(|_| tr(" AS OF "))).collect()
}

/// The two parts of a row of which the right one has so many columns, with a gap before it.
fn beside(area: Rect, right: usize, gap: u16) -> [Rect; 2] {
    Split::horizontal([Constraint::Min(0), Constraint::Length(right as u16)]).spacing(gap).areas(area)
}

/// Who works, and as what, is never cut: the desk's name gives way first.
fn member(who: &Who, appearance: Appearance, room: u16, narrow: bool) -> TextLine<'static> {
    let (word, exercise, role, title) = match &who.realm {
        Realm::Live => (tr(" LIVE "), String::new(), StyleRole::Live, StyleRole::Title),
        Realm::Exercise(name) => (tr(" EXERCISE "), format!("{name}  "), StyleRole::Exercise, StyleRole::Exercise),
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
        let here = appearance.span(format!(" {}", tabs::label(state.screen(), " ")), StyleRole::Title);
        let hint = appearance.span(tr("g: go to "), StyleRole::Note);
        let [left, right] = beside(area, hint.width(), 0);
        Fitted::new(here).render(left, buf);
        Fitted::new(hint).render(right, buf);
        return;
    }
    let (mut line, mut previous) = (TextLine::default(), None);
    let wide = tabs::edge(area.width) > 0;
    let (left_out, more) = (tabs::left_out(state.screen(), area.width), appearance.more());
    for (screen, label) in tabs::shown(state.screen(), area.width) {
        let open = screen == state.screen();
        let edge = match () {
            () if open => "[",
            () if previous.is_none() && left_out.0 => more.0,
            () if wide => " ",
            () if previous == Some(state.screen()) => "]",
            () if previous.is_none() => " ",
            () => appearance.divider(),
        };
        let role = if open { StyleRole::Accent } else { StyleRole::Note };
        line.push_span(appearance.span(edge, role));
        line.push_span(appearance.span(label.as_str(), role));
        if wide {
            line.push_span(appearance.span(if open { "]" } else { " " }, StyleRole::Accent));
        }
        previous = Some(screen);
    }
    if previous == Some(state.screen()) && !wide {
        line.push_span(appearance.span("]", StyleRole::Accent));
    }
    Fitted::new(line).render(area, buf);
    // Who does not see all places sees that there are more.
    if let Some(last) = area.columns().next_back().filter(|_| left_out.1) {
        appearance.span(more.1, StyleRole::Accent).render(last, buf);
    }
}

/// That one looks back, to which moment, and how one comes back.
pub(super) fn as_of(state: &State, appearance: Appearance, area: Rect, buf: &mut Buffer) {
    let Some(as_of) = state.as_of.filter(|_| area.height > 0) else { return };
    let room = usize::from(area.width);
    let whole = state.keymap.format_keys(&phrase!("AS OF {as_of}   read only; {now} goes back to now", as_of));
    let text = if width(&whole) + 1 < room { whole } else { phrase!("AS OF {as_of}", as_of) };
    Paragraph::new(format!(" {text}")).style(appearance.styles.selected()).render(area, buf);
}
