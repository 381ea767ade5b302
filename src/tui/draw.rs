//! Drawing a frame of what the screens are. Rows and columns follow the same grammar at every place: who and when; the
//! places; the body; a sentence; the keys.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::action::{ACTIONS, Intent};
use super::app::App;
use super::canvas::Canvas;
use super::job::format_progress;
use super::key::written;
use super::keymap::Keymap;
use super::overlay::Overlay;
use super::overlay::confirm::{Confirm, Said};
use super::overlay::form::FormView;
use super::overlay::menu::{Entry, Menu};
use super::overlay::naming::Naming;
use super::overlay::reader::Reader;
use super::page::{Detail, Line, Section, StyledText};
use super::screen::screen_of;
use super::screen_id::ScreenId;
use super::theme::StyleRole;
use super::view::View;
use crate::command::definition::Weight;
use crate::host::clock::local_hour_and_minute;
use crate::value::realm::Realm;
use crate::value::text::{Shown, width, wrap};
use crate::value::timestamp::Timestamp;

/// Columns from which the detail stands beside the list.
const WIDE: u16 = 100;
/// Below this the body has one column and no detail.
const NARROW: (u16, u16) = (80, 24);
/// Below this there is no more than the mode and what is first.
const TINY: (u16, u16) = (40, 10);

/// Draws a frame.
pub fn draw(app: &mut App, frame: &mut Frame<'_>) {
    let area = frame.area();
    let (theme, ascii) = (app.theme.on(app.locked.is_none() && is_exercise(app)), app.ascii);
    let mut paint = Canvas { buf: frame.buffer_mut(), theme, ascii };
    paint.clear(area);
    let cursor = if area.width == 0 || area.height == 0 {
        None
    } else if app.locked.is_some() {
        locked(app, &mut paint, area)
    } else {
        open(app, &mut paint, area)
    };
    if paint.sweep() {
        debug_assert!(false, "a hidden character has reached a cell");
    }
    if let Some(cursor) = cursor.filter(|c| area.contains(*c)) {
        frame.set_cursor_position(cursor);
    }
}

fn is_exercise(app: &App) -> bool {
    app.who.as_ref().is_some_and(|w| matches!(w.realm, Realm::Exercise(_)))
}

fn row(area: Rect, y: u16) -> Rect {
    Rect { y, height: u16::from(y >= area.y && y < area.bottom()), ..area }
}

fn locked(app: &App, paint: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    let Some(unlock) = &app.locked else { return None };
    let now = app.now();
    let time =
        format!("{}  {} here", now.hour_and_minute(), local_hour_and_minute(now).unwrap_or_else(|| "??:??".into()));
    let stars = "*".repeat(unlock.typed().min(40));
    let ask = match () {
        () if unlock.trying => "opening …".to_owned(),
        () if unlock.needs_none => "Enter opens it: this identity has no passphrase.".to_owned(),
        () => format!("passphrase  {stars}"),
    };
    let wait = unlock
        .wait(now)
        .map_or_else(String::new, |w| format!("Too many wrong tries: wait {} s.", w.as_seconds().max(1)));
    let head = if app.who.is_some() { "comity is locked" } else { "comity" };
    let running = app.jobs.first().map_or_else(String::new, |j| format!("{} still runs.", j.name()));
    let lines = [
        (head, StyleRole::Title),
        (time.as_str(), StyleRole::Base),
        ("", StyleRole::Base),
        (ask.as_str(), StyleRole::Base),
        (unlock.said.as_str(), StyleRole::Stop),
        (wait.as_str(), StyleRole::Due),
        (if unlock.needs_none { "" } else { "After 5 wrong tries: wait 1 min." }, StyleRole::Note),
        (running.as_str(), StyleRole::Note),
    ];
    let x = area.x + area.width.saturating_sub(44).max(4) / 2;
    let top = area.y + area.height.saturating_sub(lines.len() as u16 + 2) / 2;
    for (n, (text, tone)) in lines.iter().enumerate() {
        paint.shown(x, top + n as u16, area.right().saturating_sub(x + 1), &Shown::of(text), *tone);
    }
    let foot = Shown::of("Ctrl-C leaves comity; every change is already stored.");
    paint.shown(area.x + 1, area.bottom().saturating_sub(2), area.width.saturating_sub(2), &foot, StyleRole::Note);
    (!unlock.trying && !unlock.needs_none).then(|| Position::new(x + 12 + stars.len() as u16, top + 3))
}

fn open(app: &mut App, paint: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    if area.width < TINY.0 || area.height < TINY.1 {
        return tiny(app, paint, area);
    }
    top(app, paint, row(area, area.y));
    places(app, paint, row(area, area.y + 1));
    let head = 2 + banner(app, paint, row(area, area.y + 2));
    let body = Rect { y: area.y + head, height: area.height - head - 2, ..area };
    app.height = body.height.saturating_sub(2);
    let mut overlays = std::mem::take(&mut app.overlays);
    let mut cursor = match overlays.last_mut() {
        None => place(app, paint, body),
        Some(Overlay::Menu(m)) => menu(m, app.keymap.digits_pick() || m.numbered, paint, body),
        Some(Overlay::Form(f)) => form(f, paint, body, app.now()),
        Some(Overlay::Confirm(c)) => confirm(c, paint, body),
        Some(Overlay::Naming(n)) => naming(n, paint, body),
        Some(Overlay::Reader(r)) => reader(r, paint, body),
    };
    app.overlays = overlays;
    let at_filter = sentence(app, paint, row(area, area.bottom() - 2));
    cursor = at_filter.or(cursor);
    hints(app, paint, row(area, area.bottom() - 1));
    cursor
}

/// That one looks back, to which moment, and how one comes back. Answers how many rows it took.
fn banner(app: &App, paint: &mut Canvas<'_>, area: Rect) -> u16 {
    let Some(as_of) = app.as_of else { return 0 };
    let wide = usize::from(area.width);
    let whole = app.keymap.format_keys(&format!("AS OF {as_of}   read only; {{now}} goes back to now"));
    let text = if width(&whole) + 1 < wide { whole } else { format!("AS OF {as_of}") };
    let text = crate::value::text::pad(&format!(" {text}"), wide);
    paint.text(area.x, area.y, area.width, &text, paint.theme.selected());
    1
}

/// LIVE or EXERCISE, the workspace, who, and the time: nothing else.
fn top(app: &App, paint: &mut Canvas<'_>, area: Rect) {
    let now = app.now();
    let local = local_hour_and_minute(now).map(|t| format!(" {t}L")).unwrap_or_default();
    let time = if area.width < NARROW.0 {
        format!("{}{local} ", now.hour_and_minute())
    } else {
        format!("{} {}{local} ", now.weekday_and_date(), now.hour_and_minute())
    };
    let room = area.width.saturating_sub(time.len() as u16 + 1);
    // In an exercise the whole row says so, whatever the theme.
    let (title, base) =
        if is_exercise(app) { (StyleRole::Exercise, StyleRole::Exercise) } else { (StyleRole::Title, StyleRole::Base) };
    if is_exercise(app) {
        paint.text(
            area.x,
            area.y,
            area.width,
            &" ".repeat(usize::from(area.width)),
            paint.theme.style(StyleRole::Exercise),
        );
    }
    if let Some(who) = &app.who {
        let (word, name, tone) = match &who.realm {
            Realm::Live => (" LIVE ", String::new(), StyleRole::Live),
            Realm::Exercise(name) => (" EXERCISE ", format!("{name}  "), StyleRole::Exercise),
        };
        let mut x = area.x + paint.shown(area.x, area.y, room, &Shown::of(word), tone);
        let code = who.desk.split(' ').next().unwrap_or_default();
        // Who works, and as what, is never cut: the desk's name gives way first.
        let whole = if area.width < NARROW.0 {
            vec![who.desk.clone(), code.to_owned()]
        } else {
            let who = format!("{}, {}", who.name, who.role);
            let desk = app.who.as_ref().map_or("", |w| &w.desk);
            vec![format!("{name}{desk}  {who}"), format!("{name}{code}  {who}"), format!("{code}  {who}")]
        };
        x += 1;
        let room = (area.x + room).saturating_sub(x);
        let fits = |text: &&String| width(Shown::of(text).as_str()) <= usize::from(room);
        let rest = whole.iter().find(fits).or(whole.last()).cloned().unwrap_or_default();
        paint.shown(x, area.y, room, &Shown::of(&rest), title);
    }
    paint.shown(area.right().saturating_sub(time.len() as u16), area.y, time.len() as u16, &Shown::of(&time), base);
}

fn places(app: &App, paint: &mut Canvas<'_>, area: Rect) {
    if area.width < NARROW.0 {
        let here = format!(" {} {}", app.place.digit(), app.place.title());
        paint.shown(area.x, area.y, area.width, &Shown::of(&here), StyleRole::Title);
        let hint = "g: go to ";
        paint.shown(
            area.right().saturating_sub(hint.len() as u16),
            area.y,
            hint.len() as u16,
            &Shown::of(hint),
            StyleRole::Note,
        );
        return;
    }
    let gap = if area.width >= 110 { " " } else { "" };
    let bar = if paint.ascii { "|" } else { "│" };
    let mut x = area.x;
    for (n, p) in ScreenId::ALL.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|n| ScreenId::ALL.get(n));
        let edge = match () {
            () if *p == app.place => "[",
            () if before == Some(&app.place) => "]",
            () if n == 0 => " ",
            () => bar,
        };
        let word = format!("{}{gap}{}", p.digit(), p.title());
        let tone = if *p == app.place { StyleRole::Title } else { StyleRole::Note };
        x += paint.shown(x, area.y, area.right().saturating_sub(x), &Shown::of(edge), StyleRole::Note);
        x += paint.shown(x, area.y, area.right().saturating_sub(x), &Shown::of(&word), tone);
    }
    if ScreenId::ALL.last() == Some(&app.place) {
        paint.shown(x, area.y, 1, &Shown::of("]"), StyleRole::Note);
    }
}

fn place(app: &mut App, paint: &mut Canvas<'_>, body: Rect) -> Option<Position> {
    let at = app.place;
    let around = 4 + u16::from(app.as_of.is_some());
    let view = app.view();
    if let Some(failure) = &view.failed {
        let reader = Reader::of_failure("This cannot be shown", failure);
        lines_of(&reader.text, paint, body, 0);
        return None;
    }
    if !view.here {
        paint.shown(body.x + 2, body.y + 1, body.width, &Shown::of("Reading …"), StyleRole::Note);
        return None;
    }
    let narrow = body.width < NARROW.0 || body.height + around < NARROW.1;
    let fits = |v: &View| v.detail.as_ref().filter(|(s, _)| v.selected() == Some(s)).map(|(_, d)| d.clone());
    let detail = fits(view);
    if let (true, Some(detail)) = (view.zoomed, &detail) {
        let (scroll, drawn) = (view.scroll, lines_of(detail, paint, body, view.scroll));
        view.scroll = scroll.min(drawn.saturating_sub(1));
        return None;
    }
    let has_detail = screen_of(at).has_detail && view.selected().is_some() && !narrow;
    if has_detail && body.width >= WIDE {
        let wide = (body.width * 55 / 100).max(56);
        let left = Rect { width: wide, ..body };
        let right = Rect { x: body.x + wide + 2, width: body.width.saturating_sub(wide + 3), ..body };
        paint.bar(body.x + wide, body.top(), body.bottom());
        let cursor = page(view, paint, left, narrow, at);
        if let Some(detail) = detail {
            lines_of(&detail, paint, right, view.scroll);
        }
        return cursor;
    }
    if has_detail {
        let low = 8.min(body.height / 2);
        let upper = Rect { height: body.height - low, ..body };
        let lower = Rect { y: upper.bottom(), height: low, ..body };
        let cursor = page(view, paint, upper, narrow, at);
        if let Some(detail) = detail {
            lines_of(&detail, paint, inner(lower), 0);
        }
        return cursor;
    }
    page(view, paint, body, narrow, at)
}

/// Draws a page. Answers where the selected row begins.
fn page(view: &mut View, paint: &mut Canvas<'_>, area: Rect, narrow: bool, at: ScreenId) -> Option<Position> {
    let mut y = area.y;
    view.rooms.fill(0);
    let views = screen_of(at).views;
    if !views.is_empty() {
        let mut line: Line = vec![StyledText::new("view: ", StyleRole::Note)];
        for (n, name) in views.iter().enumerate() {
            let (word, tone) = if n == view.look.view {
                (format!("[{name}] "), StyleRole::Title)
            } else {
                (format!(" {name}  "), StyleRole::Note)
            };
            line.push(StyledText::new(word, tone));
        }
        paint.line(inner(row(area, y)), &line);
        y += 1;
    }
    for line in &view.page.head {
        // A sentence that stands on top is told whole; a line of several pieces is made to fit by its screen.
        let lines = match line.as_slice() {
            [only] => {
                let lines = wrap(only.text.as_str(), usize::from(area.width.saturating_sub(2)));
                lines.into_iter().map(|text| vec![StyledText::new(text, only.tone)]).collect()
            }
            _ => vec![line.clone()],
        };
        for line in &lines {
            if y < area.bottom() {
                paint.line(inner(row(area, y)), line);
                y += 1;
            }
        }
    }
    let rest = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    let mut cursor = None;
    let places = arrange(view, area.height, rest, narrow);
    let has_rows = |n: usize, s: &Section| places.iter().any(|(m, place)| *m == n && place.height > head_of(s));
    let seen = view.sections().enumerate().map(|(n, s)| has_rows(n, s)).collect();
    view.set_seen(seen);
    for (n, place) in places {
        let found = section(view, paint, place, n);
        cursor = cursor.or(found);
    }
    cursor
}

fn inner(area: Rect) -> Rect {
    Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area }
}

/// Rows that the heading of a section takes.
fn head_of(s: &Section) -> u16 {
    u16::from(!s.title.is_empty()) + u16::from(s.columns.iter().any(|c| !c.title.is_empty()) && !s.rows.is_empty())
}

/// The place of each section that the height of the body has room for: bands from top to bottom, sections of a band side by side unless it is narrow.
fn arrange(view: &View, height: u16, area: Rect, narrow: bool) -> Vec<(usize, Rect)> {
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
    let wanted = |(n, s): &(usize, &Section)| {
        let rows = view.rows(*n).len().max(1) as u16;
        head_of(s) + if s.grows || s.most == 0 { rows } else { rows.min(s.most) }
    };
    let grows = |band: &[(usize, &Section)]| band.iter().any(|(_, s)| s.grows);
    let fixed: u16 = bands.iter().filter(|b| !grows(b)).map(|b| b.iter().map(wanted).max().unwrap_or(0) + 1).sum();
    let mut left = area.height.saturating_sub(fixed);
    let mut places = Vec::new();
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
            let wide = if k + 1 == band.len() { area.right().saturating_sub(x) } else { each.saturating_sub(1) };
            places.push((*n, Rect { x, y, width: wide, height }));
        }
        y = y.saturating_add(height + u16::from(!grows(band)));
    }
    places
}

/// The first row that is drawn, so that the one at `at` is among so many, or the first where there is room for none.
const fn scrolled(offset: usize, at: usize, room: usize) -> usize {
    let least = if room == 0 { at } else { (at + 1).saturating_sub(room) };
    if offset > at {
        at
    } else if offset < least {
        least
    } else {
        offset
    }
}

fn section(view: &mut View, paint: &mut Canvas<'_>, area: Rect, n: usize) -> Option<Position> {
    let section = view.sections().nth(n)?;
    if area.height == 0 {
        return None;
    }
    let (here, at) = view.at();
    let active = here == n && view.selected().is_some();
    // The title says how the rows come, after a comma: no longer where they are ordered.
    let title = match view.order().filter(|o| o.is_of(section)) {
        Some(order) => {
            let title = section.title.as_str();
            Shown::from(format!("{} {}", title.split(", ").next().unwrap_or(title), order.words()))
        }
        None => section.title.clone(),
    };
    let head = paint.section_head(area, section, &title, active);
    let room = usize::from(area.height.saturating_sub(head));
    let shown = view.rows(n);
    if shown.is_empty() && room > 0 {
        let text = match &section.window {
            Some(window) if view.reads_on() => {
                Shown::from(format!("Nothing yet fits among {} of {} rows; reading on …", window.read, window.all))
            }
            None if section.rows.is_empty() => section.empty.clone(),
            _ => Shown::of("Nothing fits the filter; Esc clears it."),
        };
        for (k, line) in wrap(text.as_str(), usize::from(area.width.saturating_sub(3))).iter().take(room).enumerate() {
            paint.text(
                area.x + 2,
                area.y + head + k as u16,
                area.width.saturating_sub(2),
                line,
                paint.theme.style(StyleRole::Note),
            );
        }
        return None;
    }
    let mut offset = view.offsets.get(n).copied().unwrap_or(0);
    if active {
        offset = scrolled(offset, at, room);
    }
    offset = offset.min(shown.len().saturating_sub(room));
    // How much is out of sight stands in the heading, where it covers nothing; before it gives way, the aside does.
    let mut used = width(title.as_str()) as u16 + 1;
    if (shown.len() > room || section.window.is_some()) && used > 1 {
        let window = section.window.clone().unwrap_or_default();
        let (from, until) = (window.first + offset + 1, window.first + (offset + room).min(shown.len()));
        let span = match () {
            // What fits is not known before all is read.
            () if section.window.is_some() && view.reads_on() && shown.len() < section.rows.len() => {
                " reading … ".to_owned()
            }
            () if !window.is_whole() => {
                format!(" {from}-{until} of {} in {} of {} read ", window.fit, window.read, window.all)
            }
            () if window.fit < window.all => format!(" {from}-{until} of {} in {} ", window.fit, window.all),
            () => format!(" {from}-{until} of {} ", window.fit.max(shown.len())),
        };
        used += paint.shown(area.x + used, area.y, area.width.saturating_sub(used), &Shown::of(&span), StyleRole::Note);
    }
    let aside = width(section.aside.as_str()) as u16;
    if used > 1 && aside > 0 && used + aside + 1 < area.width {
        paint.shown(area.right() - aside - 1, area.y, aside, &section.aside, StyleRole::Note);
    }
    let mut cursor = None;
    for (k, row_at) in shown.iter().skip(offset).take(room).enumerate() {
        let Some(data) = section.rows.get(*row_at) else { continue };
        let selected = active && offset + k == at;
        let marked = data.subject.as_ref().is_some_and(|s| view.marks.contains(s));
        let line = Rect { y: area.y + head + k as u16, height: 1, ..area };
        paint.row(line, &section.columns, data, selected, marked);
        if selected {
            cursor = Some(Position::new(line.x, line.y));
        }
    }
    let hidden = shown.len().saturating_sub(offset + room);
    if hidden > 0 && room > 0 && section.title.is_empty() {
        let more = format!(" {hidden} more ");
        let wide = more.len() as u16;
        paint.shown(area.right().saturating_sub(wide), area.bottom() - 1, wide, &Shown::of(&more), StyleRole::Note);
    }
    if let Some((first, rows)) = view.offsets.get_mut(n).zip(view.rooms.get_mut(n)) {
        (*first, *rows) = (offset, room);
    }
    cursor
}

/// Draws labelled lines under a rule with their title. Answers how many lines there are in all.
fn lines_of(detail: &Detail, paint: &mut Canvas<'_>, area: Rect, scroll: u16) -> u16 {
    if area.height == 0 {
        return 0;
    }
    paint.rule(row(area, area.y), detail.title.as_str());
    let lines = detail.lines();
    let labels = lines.iter().map(|(l, _)| width(l.as_str())).max().unwrap_or(0).min(14) as u16;
    let indent = if labels == 0 { 0 } else { labels + 2 };
    let room = area.width.saturating_sub(indent + 1);
    let mut n = 0u16;
    for (label, bit) in &lines {
        for (k, line) in wrap(bit.text.as_str(), usize::from(room)).iter().enumerate() {
            if n >= scroll {
                let y = area.y + 1 + n - scroll;
                if y < area.bottom() {
                    if k == 0 {
                        paint.shown(area.x, y, labels, label, StyleRole::Note);
                    }
                    paint.text(area.x + indent, y, room, line, paint.theme.style(bit.tone));
                }
            }
            n += 1;
        }
    }
    n
}

fn reader(r: &mut Reader, paint: &mut Canvas<'_>, body: Rect) -> Option<Position> {
    let area = inner(body);
    r.lines = lines_of(&r.text, paint, area, r.scroll);
    None
}

fn menu(m: &mut Menu, numbered: bool, paint: &mut Canvas<'_>, body: Rect) -> Option<Position> {
    let area = inner(body);
    paint.rule(row(area, area.y), m.title.as_str());
    let query = m.query.text();
    paint.shown(area.x, area.y + 1, area.width, &Shown::of(&format!("> {query}")), StyleRole::Base);
    let narrow = body.width < NARROW.0;
    let names = m.fitting().map(|e| width(e.name.as_str())).max().unwrap_or(0);
    let has_notes = m.fitting().any(|e| !e.note.text.is_empty());
    let names = if numbered { names + 2 } else { names };
    let wide = if has_notes { (names as u16).clamp(8, (area.width / 2).max(8)) } else { area.width.saturating_sub(2) };
    // Where there is little room, one key tells enough.
    let keys_of = |e: &Entry| {
        let first = e.keys.split("  ").next().unwrap_or_default();
        if narrow { first.to_owned() } else { e.keys.clone() }
    };
    let keys = m.fitting().map(|e| width(&keys_of(e))).max().unwrap_or(0) as u16;
    let notes = area.width.saturating_sub(4 + wide + if keys > 0 { keys + 2 } else { 0 });
    // What is cut in its row is told whole below, for the row of the cursor.
    let cut = m.fitting().nth(m.at()).filter(|e| {
        width(e.note.text.as_str()) > usize::from(notes) || (has_notes && width(e.name.as_str()) > usize::from(wide))
    });
    let foot: Vec<(String, StyleRole)> = cut.map_or_else(Vec::new, |e| {
        let whole = format!("{}: {}", e.name, e.note.text);
        wrap(&whole, usize::from(area.width)).into_iter().take(3).map(|line| (line, e.note.tone)).collect()
    });
    let is_cut = |e: &Entry| width(e.note.text.as_str()) > usize::from(notes);
    // The room for it is kept free where any row may need it, so that rows do not jump.
    let low = if m.fitting().any(is_cut) && area.height > 10 { 3 } else { 0 };
    let list = Rect { y: area.y + 2, height: area.height.saturating_sub(2 + low), ..area };
    for (k, (line, tone)) in foot.iter().take(usize::from(low)).enumerate() {
        paint.text(area.x, list.bottom() + k as u16, area.width, line, paint.theme.style(*tone));
    }
    let room = usize::from(list.height);
    let count = m.fitting().count();
    if count == 0 {
        paint.shown(list.x + 2, list.y, list.width, &Shown::of(m.empty), StyleRole::Note);
    }
    m.offset = scrolled(m.offset, m.at(), room);
    for (k, entry) in m.fitting().skip(m.offset).take(room).enumerate() {
        let y = list.y + k as u16;
        let selected = m.offset + k == m.at();
        let style = |tone: StyleRole| if selected { paint.theme.selected() } else { paint.theme.style(tone) };
        let (base, note, key) = (style(StyleRole::Base), style(entry.note.tone), style(StyleRole::Note));
        if selected {
            paint.text(list.x, y, list.width, &" ".repeat(usize::from(list.width)), base);
        }
        let tick = match (m.several, entry.ticked) {
            (true, true) => "[x] ",
            (true, false) => "[ ] ",
            _ => "",
        };
        let digit = match Menu::digit_of(m.offset + k) {
            Some(digit) if numbered => format!("{digit} "),
            _ if numbered => "  ".to_owned(),
            _ => String::new(),
        };
        paint.text(list.x, y, 1, if selected { ">" } else { " " }, base);
        paint.text(list.x + 2, y, wide, &format!("{digit}{tick}{}", entry.name), base);
        let x = list.x + 2 + wide + 2;
        let end = list.right().saturating_sub(if keys > 0 { keys + 2 } else { 0 });
        paint.text(x, y, end.saturating_sub(x), entry.note.text.as_str(), note);
        if keys > 0 {
            paint.text(end + 2, y, keys, &keys_of(entry), key);
        }
    }
    let before: String = query.chars().take(m.query.cursor().1).collect();
    Some(Position::new(area.x + 2 + width(&before) as u16, area.y + 1))
}

/// The name that is asked for: what it is for, and what must be known first.
fn naming(n: &Naming, paint: &mut Canvas<'_>, body: Rect) -> Option<Position> {
    let area = inner(body);
    paint.rule(row(area, area.y), "Save this view");
    let label = "name  ";
    let typed = n.name.text();
    paint.shown(area.x, area.y + 2, area.width, &Shown::of(&format!("{label}{typed}")), StyleRole::Base);
    let told = n.lines().into_iter().flat_map(|(text, tone)| {
        wrap(text.as_str(), usize::from(area.width)).into_iter().map(move |line| (line, tone))
    });
    for (k, (line, tone)) in told.take(usize::from(area.height.saturating_sub(4))).enumerate() {
        paint.text(area.x, area.y + 4 + k as u16, area.width, &line, paint.theme.style(tone));
    }
    let before: String = typed.chars().take(n.name.cursor().1).collect();
    Some(Position::new(area.x + (width(label) + width(&before)) as u16, area.y + 2))
}

fn form(f: &mut FormView, paint: &mut Canvas<'_>, body: Rect, now: Timestamp) -> Option<Position> {
    let area = inner(body);
    paint.rule(row(area, area.y), &format!("{}: {}", f.command.full_name(), f.command.about));
    let help = help_of(f, now);
    let foot: Vec<(String, StyleRole)> = help
        .into_iter()
        .flat_map(|(text, tone)| wrap(&text, usize::from(area.width)).into_iter().map(move |l| (l, tone)))
        .take(6)
        .collect();
    let low = foot.len() as u16;
    let list = Rect { y: area.y + 1, height: area.height.saturating_sub(1 + low), ..area };
    let label = f.rows.iter().map(|r| width(&r.name())).max().unwrap_or(8).min(30) as u16 + 2;
    let height =
        |n: usize| f.rows.get(n).map_or(1, |r| if n == f.at { r.input.lines().len().clamp(1, 8) as u16 } else { 1 });
    // The row of the cursor is always in sight.
    f.offset = f.offset.min(f.at);
    while (f.offset..=f.at).map(height).sum::<u16>() > list.height && f.offset < f.at {
        f.offset += 1;
    }
    let (mut y, mut cursor) = (list.y, None);
    for (n, r) in f.rows.iter().enumerate().skip(f.offset) {
        if y >= list.bottom() {
            break;
        }
        let here = n == f.at;
        let mark = match (here, r.is_required() && r.input.is_empty()) {
            (true, _) => ">",
            (false, true) => "*",
            _ => " ",
        };
        paint.shown(list.x, y, 1, &Shown::of(mark), StyleRole::Due);
        paint.shown(list.x + 2, y, label, &Shown::of(&r.name()), if here { StyleRole::Title } else { StyleRole::Note });
        let x = list.x + 2 + label;
        let room = list.right().saturating_sub(x);
        let rows = height(n).min(list.bottom() - y);
        match (&r.label, r.is_flag()) {
            (Some(text), _) => drop(paint.shown(x, y, room, &Shown::of(text), StyleRole::Base)),
            (None, true) => {
                let word = if r.input.is_empty() { "[ ] no" } else { "[x] yes" };
                paint.shown(x, y, room, &Shown::of(word), StyleRole::Base);
            }
            (None, false) => {
                let found =
                    input(r.input.lines(), r.input.cursor(), paint, Rect { x, y, width: room, height: rows }, here);
                if here {
                    cursor = found;
                }
            }
        }
        if here && cursor.is_none() {
            cursor = Some(Position::new(x, y));
        }
        y += rows;
    }
    if y < list.bottom() {
        let here = f.at == f.rows.len();
        let word = match (f.running.is_some(), f.command.weight()) {
            (true, _) => "working …".to_owned(),
            (false, None | Some(Weight::Records)) if f.others.is_empty() => "Enter does it".to_owned(),
            (false, None | Some(Weight::Records)) => "Enter asks once more, then does it".to_owned(),
            (false, Some(Weight::Signs)) => "Enter asks once more, then signs".to_owned(),
            (false, Some(Weight::Destroys)) => "Enter asks once more, then it is done for good".to_owned(),
        };
        let style = if here { paint.theme.selected() } else { paint.theme.style(StyleRole::Note) };
        paint.text(list.x, y, list.width, &format!("{} {word} ", if here { ">" } else { " " }), style);
        if here {
            cursor = Some(Position::new(list.x, y));
        }
    }
    for (k, (line, tone)) in foot.iter().enumerate() {
        paint.text(area.x, list.bottom() + k as u16, area.width, line, paint.theme.style(*tone));
    }
    cursor
}

/// What is said below a form: why it was not done, or what the row of the cursor wants.
fn help_of(f: &FormView, now: Timestamp) -> Vec<(String, StyleRole)> {
    if let Some(failure) = &f.failure {
        let mut lines = vec![(Shown::of(&failure.what).to_string(), StyleRole::Stop)];
        lines.push((Shown::of(&failure.hint).to_string(), StyleRole::Note));
        return lines;
    }
    let Some(r) = f.row() else {
        let missing = f.missing();
        return if missing.is_empty() {
            Vec::new()
        } else {
            vec![(format!("still missing: {}", missing.join(", ")), StyleRole::Due)]
        };
    };
    let mut first = String::new();
    if !r.article().is_empty() {
        first.push_str(&format!("{}: ", r.article()));
    }
    first.push_str(&r.help());
    first.push_str(if r.is_required() { "  (needed)" } else { "" });
    let mut lines = vec![(Shown::of(&first).to_string(), StyleRole::Guidance)];
    match r.reckoned(now) {
        Some(Ok(words)) => lines.push((format!("= {words}"), StyleRole::Good)),
        Some(Err(why)) => lines.push((why.to_owned(), StyleRole::Due)),
        None => {}
    }
    if r.has_choices() {
        lines.push(("Enter (or F4) shows what there is".to_owned(), StyleRole::Note));
    }
    lines
}

/// Draws the lines of a field, scrolled so that the cursor is in sight. Answers where it is.
fn input(lines: &[String], at: (usize, usize), paint: &mut Canvas<'_>, area: Rect, here: bool) -> Option<Position> {
    if area.height == 0 || area.width == 0 {
        return None;
    }
    let rows = usize::from(area.height);
    let first = if here { (at.0 + 1).saturating_sub(rows) } else { 0 };
    let mut cursor = None;
    for (k, line) in lines.iter().skip(first).take(rows).enumerate() {
        let shown = Shown::of(line);
        let y = area.y + k as u16;
        let mut skip = 0;
        if here && first + k == at.0 {
            let before: String = line.chars().take(at.1).collect();
            let column = width(Shown::of(&before).as_str());
            skip = (column + 1).saturating_sub(usize::from(area.width));
            cursor = Some(Position::new(area.x + (column - skip) as u16, y));
        }
        let visible: String = if skip == 0 { shown.as_str().to_owned() } else { skip_columns(shown.as_str(), skip) };
        paint.text(area.x, y, area.width, &visible, paint.theme.style(StyleRole::Base));
    }
    if !here && lines.len() > rows {
        let more = format!("… {} lines", lines.len());
        let wide = width(&more) as u16;
        paint.shown(area.right().saturating_sub(wide), area.y, wide, &Shown::of(&more), StyleRole::Note);
    }
    cursor
}

fn skip_columns(text: &str, columns: usize) -> String {
    let mut gone = 0;
    text.chars()
        .skip_while(|c| {
            let skips = gone < columns;
            gone += width(c.encode_utf8(&mut [0; 4]));
            skips
        })
        .collect()
}

fn confirm(c: &Confirm, paint: &mut Canvas<'_>, body: Rect) -> Option<Position> {
    let area = inner(body);
    paint.rule(row(area, area.y), &c.command.full_name());
    let mut lines: Vec<(String, StyleRole)> = Vec::new();
    for line in &c.about {
        let text: String = line.iter().map(|b| b.text.as_str()).collect();
        let tone = line.first().map_or(StyleRole::Base, |b| if line.len() == 1 { b.tone } else { StyleRole::Base });
        lines.extend(wrap(&text, usize::from(area.width)).into_iter().map(|l| (l, tone)));
    }
    lines.push((String::new(), StyleRole::Base));
    match &c.said {
        Said::Later => lines.push(("The gate is asked when it is done.".into(), StyleRole::Note)),
        Said::Waiting => lines.push(("Asking the gate …".into(), StyleRole::Note)),
        Said::Yes => lines.push(("The gate says yes.".into(), StyleRole::Good)),
        Said::No(failure) => {
            lines.push(("The gate says no:".into(), StyleRole::Stop));
            match &failure.verdict {
                Some(verdict) => {
                    for f in verdict.refusals() {
                        let text = Shown::from(format!("{}  {} ({})", f.id, f.because, f.source()));
                        lines.extend(
                            wrap(text.as_str(), usize::from(area.width)).into_iter().map(|l| (l, StyleRole::Stop)),
                        );
                    }
                }
                None => lines.extend(
                    wrap(Shown::of(&failure.what).as_str(), usize::from(area.width))
                        .into_iter()
                        .map(|l| (l, StyleRole::Stop)),
                ),
            }
        }
    }
    lines.push((String::new(), StyleRole::Base));
    // The word of the gate and the question stand where nothing cuts them; what it comes to follows.
    let asks = !matches!(c.said, Said::No(_) | Said::Waiting);
    let room = usize::from(area.height.saturating_sub(4));
    let y = area.y + 1 + lines.len().min(room) as u16;
    let under = y + if asks { 3 } else { 0 };
    for (k, (line, tone)) in lines.iter().take(room).enumerate() {
        paint.text(area.x, area.y + 1 + k as u16, area.width, line, paint.theme.style(*tone));
    }
    if !matches!(c.said, Said::No(_)) {
        let told: Vec<String> = c.told.iter().flat_map(|t| wrap(t.as_str(), usize::from(area.width))).collect();
        let room = usize::from(area.bottom().saturating_sub(under));
        let fits = if told.len() > room { room.saturating_sub(1) } else { told.len() };
        let more = told.len() - fits;
        let rest = (more > 0 && room > 0)
            .then(|| format!("… and {more} more lines; Esc, and the list or a preview shows them"));
        for (k, line) in told.iter().take(fits).chain(&rest).enumerate() {
            paint.text(area.x, under + k as u16, area.width, line, paint.theme.style(StyleRole::Base));
        }
    }
    if !asks {
        return None;
    }
    let what = match c.command.weight() {
        Some(Weight::Destroys) => "This cannot be undone. To do it, type",
        _ => "To sign, type",
    };
    let ask = format!("{what} {} and press Enter: ", c.word);
    let ask = Shown::of(&ask);
    let used = paint.shown(area.x, y, area.width, &ask, StyleRole::Due);
    let typed = c.typed.text();
    paint.shown(area.x + used, y, area.width.saturating_sub(used), &Shown::of(&typed), StyleRole::Base);
    if c.wrong {
        paint.shown(area.x, y + 1, area.width, &Shown::from(format!("That is not {}.", c.word)), StyleRole::Stop);
    }
    Some(Position::new(area.x + used + width(&typed) as u16, y))
}

/// One sentence in words: what was said, how far the work is, what is the matter. Answers the cursor of the filter.
fn sentence(app: &mut App, paint: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    let area = inner(area);
    let mut room = area.width;
    if is_exercise(app) && area.width > 60 {
        let word = "EXERCISE ";
        room -= word.len() as u16 + 1;
        paint.shown(area.x + room + 1, area.y, word.len() as u16, &Shown::of(word), StyleRole::Exercise);
    }
    if let Some(time) = &app.asking_time {
        let typed = time.text();
        let used = paint.shown(
            area.x,
            area.y,
            room,
            &Shown::of("as of (date, time, 3d for 3 days ago; empty: now) "),
            StyleRole::Due,
        );
        let taken = paint.shown(area.x + used, area.y, room - used, &Shown::of(&typed), StyleRole::Base);
        if let (Some(said), false) = (&app.said, typed.is_empty()) {
            let x = area.x + used + taken + 3;
            paint.shown(x, area.y, (area.x + room).saturating_sub(x), &said.text, said.tone);
        } else if let Ok(at) = Timestamp::past(&typed, app.now()) {
            let x = area.x + used + taken + 3;
            let at = Shown::from(format!("= {}", at.to_minute()));
            paint.shown(x, area.y, (area.x + room).saturating_sub(x), &at, StyleRole::Good);
        }
        let before: String = typed.chars().take(time.cursor().1).collect();
        return Some(Position::new(area.x + used + width(&before) as u16, area.y));
    }
    if let Some(filter) = &app.filtering {
        let typed = filter.text();
        let used = paint.shown(area.x, area.y, room, &Shown::of("filter / "), StyleRole::Due);
        let wide = paint.shown(area.x + used, area.y, room - used, &Shown::of(&typed), StyleRole::Base);
        let before: String = typed.chars().take(filter.cursor().1).collect();
        let at = Position::new(area.x + used + width(&before) as u16, area.y);
        // A term that is being typed is often not understood yet: it is told, but nothing is pushed aside for it.
        if let Some(misread) = app.view().misread() {
            let x = used + wide + 2;
            paint.shown(area.x + x, area.y, room.saturating_sub(x), &Shown::of(misread), StyleRole::Note);
        }
        return Some(at);
    }
    let bit = if !app.pressed.is_empty() {
        let on: Vec<String> =
            app.keymap.continuations(app.place, &app.pressed).iter().map(|(k, name)| format!("{k} {name}")).collect();
        StyledText::new(format!("{}  {}", written(&app.pressed), on.join("  ")), StyleRole::Guidance)
    } else if let Some((Some(progress), _)) = &app.looking_back {
        StyledText::new(format!("{}   Esc gives it up", format_progress(progress)), StyleRole::Due)
    } else if app.awaits.is_some() {
        StyledText::new("One moment: looking …   Esc gives it up", StyleRole::Due)
    } else if let Some(job) = app.jobs.first() {
        let more = if app.jobs.len() > 1 { format!(", {} wait", app.jobs.len() - 1) } else { String::new() };
        let state = job.progress.as_ref().map_or_else(|| "begins".to_owned(), format_progress);
        StyledText::new(format!("{}: {state}{more}   Ctrl-C cancels", job.name()), StyleRole::Due)
    } else if let Some(said) = &app.said {
        said.clone()
    } else {
        standing(app.view())
    };
    paint.text(area.x, area.y, room, whole_sentences(bit.text.as_str(), room), paint.theme.style(bit.tone));
    None
}

/// What stands in the row of the sentence while nothing is said or done: the range, the filter, the marks; else the sentence of the page.
fn standing(view: &View) -> StyledText {
    let marks = view.marks_in_words();
    let also = if marks.is_empty() { String::new() } else { format!("{marks}   ") };
    match (view.filter(), view.misread()) {
        _ if view.is_ranging() => StyledText::new(format!("range: {marks}   Esc drops it"), StyleRole::Due),
        (_, Some(misread)) => StyledText::new(format!("{also}{misread}"), StyleRole::Due),
        ("", None) if !marks.is_empty() => StyledText::new(format!("{marks}; Esc clears the marks"), StyleRole::Due),
        ("", None) if view.stale => StyledText::new("Reading …", StyleRole::Note),
        ("", None) => StyledText::from(view.page.sentence.clone()),
        (filter, None) => StyledText::new(format!("{also}filter: {filter}   Esc clears it"), StyleRole::Due),
    }
}

/// As many whole sentences as there is room for; all of it where that is none, to be cut where it ends.
fn whole_sentences(text: &str, room: u16) -> &str {
    let ends = text.match_indices(". ").map(|(at, _)| at + 1).chain([text.len()]);
    let fitting = ends.filter_map(|end| text.get(..end)).filter(|t| width(t) <= usize::from(room)).last();
    fitting.unwrap_or(text)
}

/// The keys, by priority, as many as fit; none is ever cut.
fn hints(app: &App, paint: &mut Canvas<'_>, area: Rect) {
    let area = inner(area);
    let fixed: Option<&[(&str, &str)]> = match app.overlays.last() {
        Some(Overlay::Naming(_)) => Some(&[("Enter", "save"), ("Esc", "leave it")]),
        Some(Overlay::Menu(m)) if m.numbered => {
            Some(&[("1..9 Enter", "take"), ("type", "narrow"), ("Up Down", "move"), ("Esc", "back")])
        }
        Some(Overlay::Menu(m)) if m.several => {
            Some(&[("Space", "tick"), ("Enter", "take"), ("type", "narrow"), ("Esc", "back")])
        }
        Some(Overlay::Menu(_)) => Some(&[("Enter", "take"), ("type", "narrow"), ("Up Down", "move"), ("Esc", "back")]),
        Some(Overlay::Form(f)) if f.running.is_some() => Some(&[("Esc", "leave it running"), ("Ctrl-C", "cancel it")]),
        Some(Overlay::Form(_)) => Some(&[
            ("Tab", "next"),
            ("Shift-Tab", "before"),
            ("Enter", "choose, go on"),
            ("PgDn", "to the end"),
            ("Esc", "leave (draft is kept)"),
        ]),
        Some(Overlay::Confirm(c)) => Some(match c.said {
            Said::No(_) => &[("Esc", "back")],
            Said::Waiting => &[("Esc", "no")],
            Said::Yes | Said::Later => &[("Esc", "no"), ("type the word, Enter", "yes")],
        }),
        Some(Overlay::Reader(_)) => Some(&[("Up Down PgDn", "scroll"), ("Esc", "close")]),
        None if app.asking_time.is_some() => Some(&[("Enter", "go there"), ("Esc", "stay")]),
        None if app.filtering.is_some() => {
            Some(&[("Enter", "keep it"), ("Esc", "clear it"), ("state:open left:<4h tier:>1 !word", "columns, not")])
        }
        None => None,
    };
    let hints: Vec<(String, &str)> = match fixed {
        Some(fixed) => fixed.iter().map(|(k, w)| ((*k).to_owned(), *w)).collect(),
        None => place_hints(&app.keymap, app.place),
    };
    let mut x = area.x;
    for (key, word) in hints {
        let wide = (width(&key) + width(word) + 1) as u16;
        if x + wide > area.right() {
            break;
        }
        x += paint.shown(x, area.y, wide, &Shown::of(&key), StyleRole::Title) + 1;
        x += paint.shown(x, area.y, wide, &Shown::of(word), StyleRole::Note) + 2;
    }
}

fn place_hints(keymap: &Keymap, place: ScreenId) -> Vec<(String, &'static str)> {
    let mut seen: Vec<String> = Vec::new();
    let mut hints = Vec::new();
    for action in ACTIONS.iter().filter(|a| a.is_at(place) && !a.hint.is_empty()) {
        let Some(first) = keymap.keys(action).into_iter().next() else { continue };
        // What the place has bound to the same key goes before.
        if seen.contains(&first) || (action.intent == Intent::Quit && place != ScreenId::Desk) {
            continue;
        }
        seen.push(first.clone());
        hints.push((first, action.hint));
    }
    hints
}

/// The mode and what is first: all that a tiny window holds.
fn tiny(app: &mut App, paint: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    let word = match app.who.as_ref().map(|w| &w.realm) {
        Some(Realm::Exercise(_)) => ("EXERCISE", StyleRole::Exercise),
        _ => ("LIVE", StyleRole::Live),
    };
    let mode = app.as_of.map_or_else(|| word.0.to_owned(), |as_of| format!("{}  AS OF {as_of}", word.0));
    paint.shown(area.x, area.y, area.width, &Shown::of(&mode), word.1);
    let head = app.view().page.head.clone();
    for (n, line) in head.iter().take(usize::from(area.height.saturating_sub(2))).enumerate() {
        paint.line(row(area, area.y + 1 + n as u16), line);
    }
    let foot = Shown::of("larger window: more");
    paint.shown(area.x, area.bottom() - 1, area.width, &foot, StyleRole::Note);
    None
}
