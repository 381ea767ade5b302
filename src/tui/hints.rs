//! The row of keys: which of them fit, and which stands at a column. It draws nothing.

use crossterm::event::KeyCode;
use ratatui::layout::Rect;

use super::action::{ACTIONS, Action, Intent, SaidOf};
use super::key::Chord;
use super::keymap::Keymap;
use super::language::{Part, tr_in, tr_keys};
use super::layout::inset;
use super::mode::Mode;
use super::opens::Opens;
use super::overlay::definition::Hints;
use super::screen::screen_of;
use super::screen_id::ScreenId;
use super::view::View;
use crate::command::definition::Key;
use crate::command::{command, commands};
use crate::record::kind::Kind;
use crate::value::text::width;

/// A key and its word.
#[derive(Clone, Debug)]
pub struct Hint {
    /// The key, as it is written.
    pub key: String,
    /// What it does, in a word.
    pub word: &'static str,
    /// Whether its room is kept free: how one finds everything, gets help and leaves stands last in every row.
    pub is_kept: bool,
    /// What pressing it with the mouse does.
    press: Option<Press>,
}

/// What pressing a key of the row with the mouse does.
#[derive(Clone, Copy, Debug)]
pub enum Press {
    /// An action of the screen.
    Action(&'static Action),
    /// A key of an overlay or a field.
    Key(Chord),
}

/// What stands between two keys.
pub const GAP: &str = "  ";

impl Hint {
    /// A key of an overlay or a field. Letters are not pressed: they are typed.
    fn of((key, word): (&str, &'static str)) -> Self {
        let mut chords = key.split(' ').filter_map(Chord::parse);
        let press = chords.find(|chord| {
            let code = chord.code;
            matches!(
                code,
                KeyCode::Esc
                    | KeyCode::Enter
                    | KeyCode::Tab
                    | KeyCode::BackTab
                    | KeyCode::PageDown
                    | KeyCode::Char(' ')
            )
        });
        Self { key: tr_keys(key), word: tr_in(Part::Key, word), is_kept: false, press: press.map(Press::Key) }
    }

    /// Columns that it takes.
    fn width(&self) -> usize {
        width(&self.key) + 1 + width(self.word)
    }
}

/// The keys that fit in so many columns, by priority; those that are kept stand last.
pub fn fitting(hints: Vec<Hint>, room: u16) -> Vec<Hint> {
    let wide = |hint: &Hint| hint.width() + GAP.len();
    let (kept, others): (Vec<_>, Vec<_>) = hints.into_iter().partition(|hint| hint.is_kept);
    let room = usize::from(room) + GAP.len();
    let mut used: usize = kept.iter().map(wide).sum();
    let mut fitting = Vec::new();
    for hint in others {
        used += wide(&hint);
        if used > room {
            break;
        }
        fitting.push(hint);
    }
    used = fitting.iter().map(wide).sum();
    for hint in kept {
        used += wide(&hint);
        if used <= room {
            fitting.push(hint);
        }
    }
    fitting
}

/// What a press does at a column of the row.
pub fn at<S: 'static>(
    mode: &Mode<S>,
    keymap: &Keymap,
    open: (ScreenId, &View),
    area: Rect,
    column: u16,
) -> Option<Press> {
    let area = inset(area);
    let mut x = area.x;
    for hint in fitting(of_mode(mode, keymap, open), area.width) {
        let end = x + hint.width() as u16;
        if (x..end).contains(&column) {
            return hint.press;
        }
        x = end + GAP.len() as u16;
    }
    None
}

/// The keys of what takes them: of an overlay, of a field below, else of the screen.
pub fn of_mode<S: 'static>(mode: &Mode<S>, keymap: &Keymap, (screen, view): (ScreenId, &View)) -> Vec<Hint> {
    let own: Hints = match (mode.top(), mode.base()) {
        (Some(top), _) => top.hints(),
        (None, Mode::AskingTime(_)) => &[("Enter", "go there"), ("Esc", "stay")],
        (None, Mode::Filtering(_)) => {
            &[("Enter", "keep it"), ("Esc", "clear it"), ("state:open left:<4h tier:>1 !word", "columns, not")]
        }
        _ => return of_screen(keymap, screen, view),
    };
    own.iter().copied().map(Hint::of).collect()
}

/// Whether something is marked, or what is selected is a record of such a kind; where nothing is, a key says why itself.
fn is_of(view: &View, is_such: impl Fn(Kind) -> bool) -> bool {
    let selected = view.selected_subject();
    !view.marks.is_empty() || selected.is_none_or(|subject| subject.record().is_some_and(|r| is_such(r.kind)))
}

/// Whether a key means something that is done with records of a kind.
fn has_key(key: Key, kind: Kind) -> bool {
    commands().any(|c| c.keys().contains(&key) && c.target_arg(kind).is_some())
}

/// The word of an action at a screen as it is looked at; `None`: there it does nothing. Before there are rows nothing is known.
fn word(action: &Action, screen: ScreenId, view: &View) -> Option<&'static str> {
    let is_about_one = view.page.about.is_some();
    let is_said = match (action.intent, action.said_of) {
        _ if !view.here => true,
        (Intent::Open, _) => return Some(Opens::of(screen, view)?.word(screen).unwrap_or(action.hint)),
        (_, SaidOf::One) => is_about_one,
        (_, SaidOf::All) => !is_about_one,
        (Intent::Expand, _) => view.has_links(),
        // What is no record is not marked, and no record's acts are done with it.
        (Intent::Mark, _) => is_of(view, |_| true),
        (Intent::Review, _) => is_of(view, |kind| has_key(Key::Review, kind)),
        (Intent::Sign, _) => is_of(view, |kind| has_key(Key::Sign, kind)),
        (Intent::Destroy, _) => is_of(view, |kind| has_key(Key::Destroy, kind)),
        (Intent::Command(name), _) => is_of(view, |kind| command(name).is_some_and(|c| c.target_arg(kind).is_some())),
        _ => true,
    };
    is_said.then_some(action.hint)
}

/// The keys of a screen as it is looked at, by priority.
fn of_screen(keymap: &Keymap, screen: ScreenId, view: &View) -> Vec<Hint> {
    let (mut hints, mut taken): (Vec<Hint>, Vec<String>) = (Vec::new(), Vec::new());
    for action in ACTIONS.iter().filter(|a| a.is_at(screen) && !a.hint.is_empty()) {
        let Some(key) = keymap.keys(action).into_iter().next() else { continue };
        // What the screen has bound to the same key goes before.
        let has_views = !screen_of(screen).views.is_empty();
        if taken.contains(&key) || (matches!(action.intent, Intent::Tab(_)) && !has_views) {
            continue;
        }
        taken.push(key.clone());
        let Some(word) = word(action, screen, view) else { continue };
        let is_kept = matches!(action.intent, Intent::Palette | Intent::Help | Intent::Quit);
        let hint = Hint { key, word: tr_in(Part::Key, word), is_kept, press: Some(Press::Action(action)) };
        match action.intent {
            // The views of a place are found by these keys alone: they stand at once behind what opens a row.
            Intent::Tab(_) => hints.insert(hints.len().min(1), Hint { key: both_ways(keymap, &hint.key), ..hint }),
            _ => hints.push(hint),
        }
    }
    hints
}

/// The keys that turn to the view before and to the next, where both are short; else the one of the next.
fn both_ways(keymap: &Keymap, next: &str) -> String {
    let back = ACTIONS.iter().find(|action| matches!(action.intent, Intent::Tab(..0)));
    let before = back.and_then(|action| keymap.keys(action).into_iter().next());
    match before.filter(|before| width(before) + width(next) <= 2) {
        Some(before) => format!("{before} {next}"),
        None => next.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::Preset;
    use crate::tui::screen::SCREENS;

    #[test]
    fn the_keys_that_turn_to_other_views_stand_where_there_are_some() {
        for screen in SCREENS {
            for columns in [60, 80, 120] {
                let row = fitting(of_screen(&Keymap::of(Preset::Vim), screen.id, &View::default()), columns);
                let turns = row.iter().any(|hint| hint.key == "[ ]" && hint.word == "view");
                assert_eq!(turns, !screen.views.is_empty(), "{} {columns}", screen.id);
            }
        }
    }

    #[test]
    fn how_one_leaves_stands_in_every_row_and_each_key_is_found_where_it_stands() {
        for preset in Preset::ALL {
            let keymap = Keymap::of(*preset);
            for screen in SCREENS.iter().map(|screen| screen.id) {
                for columns in [40, 60, 80, 120] {
                    let row = fitting(of_screen(&keymap, screen, &View::default()), columns);
                    let action = |hint: &Hint| match hint.press {
                        Some(Press::Action(action)) => Some(action.name),
                        _ => None,
                    };
                    assert_eq!(row.last().and_then(action), Some("quit"), "{preset} {screen} {columns}");
                    let used: usize = row.iter().map(|hint| hint.width() + GAP.len()).sum();
                    assert!(used <= usize::from(columns) + GAP.len(), "{preset} {screen} {columns}");
                    let mut x = 1;
                    for hint in row {
                        let area = Rect::new(0, 0, columns + 1, 1);
                        let found = at::<()>(&Mode::Normal, &keymap, (screen, &View::default()), area, x);
                        let found = found.map(|press| Hint { press: Some(press), ..hint.clone() });
                        assert_eq!(found.as_ref().and_then(action), action(&hint), "{screen} {x}");
                        x += (hint.width() + GAP.len()) as u16;
                    }
                }
            }
        }
    }
}
