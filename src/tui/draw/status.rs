//! The two rows below: one sentence in words, and the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Position, Rect};
use ratatui::text::{Line as TextLine, Span};
use ratatui::widgets::{Paragraph, Widget as _};

use crate::tui::appearance::Appearance;
use crate::tui::hints::{GAP, Hint, fitting, of_mode};
use crate::tui::input::Input;
use crate::tui::jobs::format_progress;
use crate::tui::key::written;
use crate::tui::language::{phrase, tr};
use crate::tui::layout::inset;
use crate::tui::mode::Mode;
use crate::tui::page::StyledText;
use crate::tui::state::State;
use crate::tui::theme::StyleRole;
use crate::tui::view::View;
use crate::tui::widget::fitted::Fitted;
use crate::value::text::width;
use crate::value::timestamp::Timestamp;

/// Columns above which the row of the sentence says that it is an exercise.
const SAYS_EXERCISE: u16 = 60;

/// One sentence in words: what is typed, the message, how far the work is, what is the matter. Returns where the cursor is
/// in what is typed.
pub(super) fn sentence(state: &State, appearance: Appearance, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let mut area = inset(area);
    if state.is_exercise() && area.width > SAYS_EXERCISE {
        let word = appearance.span(tr("EXERCISE "), StyleRole::Exercise);
        let parts = [Constraint::Min(0), Constraint::Length(word.width() as u16)];
        let [rest, last] = Split::horizontal(parts).spacing(1).areas(area);
        Fitted::new(word).render(last, buf);
        area = rest;
    }
    match state.mode.base() {
        Mode::AskingTime(time) => return Some(asked_time(state, time, appearance, area, buf)),
        Mode::Filtering(filter) => return Some(typed_filter(state, filter, appearance, area, buf)),
        _ => {}
    }
    let text = notice(state).unwrap_or_else(|| standing(state.view()));
    let fitting = whole_sentences(text.text.as_str(), area.width);
    Fitted::new(appearance.span(fitting, text.role)).render(area, buf);
    None
}

/// A row with what is asked, what is typed, and behind a gap what is said of it.
struct Typed<'a> {
    label: &'static str,
    input: &'a Input,
    gap: u16,
    said: Option<Span<'a>>,
}

impl Typed<'_> {
    /// Draws it. Returns where the cursor is.
    fn draw(self, appearance: Appearance, area: Rect, buf: &mut Buffer) -> Position {
        let text = self.input.text();
        let typed = [appearance.span(self.label, StyleRole::Due), appearance.span(text.as_str(), StyleRole::Base)];
        let typed = TextLine::from_iter(typed);
        let parts = [Constraint::Length(typed.width() as u16 + self.gap), Constraint::Min(0)];
        let [left, right] = Split::horizontal(parts).areas(area);
        Fitted::new(typed).render(left, buf);
        Fitted::new(TextLine::from_iter(self.said)).render(right, buf);
        let before: String = text.chars().take(self.input.cursor().1).collect();
        let label = (width(self.label) as u16).min(area.width);
        Position::new(area.x + label + width(&before) as u16, area.y)
    }
}

fn asked_time(state: &State, time: &Input, appearance: Appearance, area: Rect, buf: &mut Buffer) -> Position {
    let said = match (&state.messages.current, Timestamp::past(&time.text(), state.now())) {
        (Some(message), _) if !time.is_empty() => Some(appearance.span(message.text.as_str(), message.role)),
        (_, Ok(at)) => Some(appearance.span(format!("= {}", at.to_minute()), StyleRole::Good)),
        _ => None,
    };
    let label = tr("as of (date, time, 3d for 3 days ago; empty: now) ");
    Typed { label, input: time, gap: 3, said }.draw(appearance, area, buf)
}

fn typed_filter(state: &State, filter: &Input, appearance: Appearance, area: Rect, buf: &mut Buffer) -> Position {
    // A term that is being typed is often not understood yet: that is said, but nothing is pushed aside for it.
    let said = state.view().misread().map(|misread| appearance.span(misread, StyleRole::Note));
    Typed { label: tr("filter / "), input: filter, gap: 2, said }.draw(appearance, area, buf)
}

/// What stands in the row of the sentence instead of the sentence of the page.
fn notice(state: &State) -> Option<StyledText> {
    if !state.pressed.is_empty() {
        let further = state.keymap.continuations(state.screen(), &state.pressed);
        let further: Vec<String> = further.iter().map(|(key, name)| format!("{key} {name}")).collect();
        let text = format!("{}  {}", written(&state.pressed), further.join("  "));
        return Some(StyledText::new(text, StyleRole::Guidance));
    }
    if let Some(wait) = state.mode.wait() {
        let what = wait.progress.as_ref().map_or_else(|| tr("One moment: looking …").to_owned(), format_progress);
        return Some(StyledText::new(phrase!("{what}   Esc gives it up", what), StyleRole::Due));
    }
    if let Some(job) = state.jobs.first() {
        let waiting = state.jobs.running.len() - 1;
        let more = if waiting > 0 { phrase!(", {waiting} wait", waiting) } else { String::new() };
        let progress = job.progress.as_ref().map_or_else(|| tr("begins").to_owned(), format_progress);
        return Some(StyledText::new(
            phrase!("{job}: {progress}{more}   Ctrl-C cancels", job = job.name(), progress, more),
            StyleRole::Due,
        ));
    }
    state.messages.current.clone()
}

/// What stands there without a message and at rest: the range, the filter, the marks; else the sentence of the page.
fn standing(view: &View) -> StyledText {
    let marks = view.marks_in_words();
    let also = if marks.is_empty() { String::new() } else { format!("{marks}   ") };
    match (view.filter(), view.misread()) {
        _ if view.is_ranging() => StyledText::new(phrase!("range: {marks}   Esc drops it", marks), StyleRole::Due),
        (_, Some(misread)) => StyledText::new(format!("{also}{misread}"), StyleRole::Due),
        ("", None) if !marks.is_empty() => {
            StyledText::new(phrase!("{marks}; Esc clears the marks", marks), StyleRole::Due)
        }
        ("", None) if view.stale => StyledText::new(tr("Reading …"), StyleRole::Note),
        ("", None) => {
            let said = [view.page.sentence.as_str(), tr(view.page.signs)];
            let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
            StyledText::from(said.join("   "))
        }
        (filter, None) => {
            StyledText::new(phrase!("{also}filter: {filter}   Esc clears it", also, filter), StyleRole::Due)
        }
    }
}

/// As many whole sentences as there is room for; all of it where that is none, to be cut where it ends.
fn whole_sentences(text: &str, room: u16) -> &str {
    let ends = text.match_indices(". ").map(|(at, _)| at + 1).chain([text.len()]);
    let fitting = ends.filter_map(|end| text.get(..end)).filter(|t| width(t) <= usize::from(room)).last();
    fitting.unwrap_or(text)
}

/// The keys, by priority, as many as fit; none is ever cut.
pub(super) fn hints(state: &State, appearance: Appearance, area: Rect, buf: &mut Buffer) {
    let area = inset(area);
    let mut line = TextLine::default();
    let hints = of_mode(&state.mode, &state.keymap, (state.screen(), state.view()));
    for Hint { key, word, .. } in fitting(hints, area.width) {
        let gap = if line.spans.is_empty() { "" } else { GAP };
        let key = appearance.span(key, StyleRole::Accent);
        line.extend([gap.into(), key, " ".into(), appearance.span(word, StyleRole::Note)]);
    }
    Paragraph::new(line).render(area, buf);
}
