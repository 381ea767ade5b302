//! Which keys mean which action: the keys of the catalogue, as a preset and a member's own choice change them. Handling
//! of keys, hints, help and palette all read this one value. It reads no file and does nothing.

use std::collections::BTreeMap;

use super::action::{ACTIONS, Action, Intent};
use super::key::{Chord, sequence, written};
use super::screen_id::ScreenId;
use crate::tui::language::phrase;
use crate::value::class::words;

words! {
    /// A set of keys to begin with.
    Preset {
        /// Letters and arrows: the keys of the catalogue.
        Vim = "vim",
        /// No key that types something means an action, but for the digits: for who types into the wrong window.
        Arrows = "arrows",
        /// As arrows; and the entries of menus are numbered, and a digit picks.
        ScreenReader = "screen-reader",
    }
}

/// Keys that the presets without letters have instead: the palette, from which everything is reached, and what has no
/// other key there and is done over and over.
const INSTEAD: &[(&str, &[&str])] = &[("palette", &["f2"]), ("mark", &["f4"]), ("quit", &["f10"])];

/// The key that cancels, whatever a file says: what asks to be left must be left by the key that every terminal has.
const CANCEL: &str = "ctrl-c";

/// What is wrong with the keys that somebody wrote.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeymapError {
    /// There is no action of that name.
    #[error("there is no action {0:?}{near}", near = .1.map(|n| format!("; is {n:?} meant?")).unwrap_or_default())]
    NoAction(String, Option<&'static str>),
    /// The text is no key, or one that terminals do not tell apart from another.
    #[error("{0:?}: {1:?} is no key")]
    NoKey(&'static str, String),
    /// One key, or the beginning of one sequence, for two actions that can be meant at the same place.
    #[error("{key} means {one:?} and {other:?}")]
    Clash {
        /// The key.
        key: String,
        /// What it means.
        one: &'static str,
        /// What it means too.
        other: &'static str,
    },
    /// The palette has no key: what has none itself could not be reached.
    #[error("\"palette\" has no key, and everything without a key is reached by it")]
    NoPalette,
}

/// What a sequence of presses means at a place.
#[derive(Clone, Copy, Debug)]
pub enum Meaning {
    /// An action.
    Action(&'static Action),
    /// The beginning of one.
    Beginning,
    /// Nothing.
    Nothing,
}

/// An action and the sequences that mean it, the first of which is shown where there is room for one.
#[derive(Debug)]
struct Bound {
    action: &'static Action,
    keys: Vec<Vec<Chord>>,
}

/// The keys of every action.
#[derive(Debug)]
pub struct Keymap {
    preset: Preset,
    bound: Vec<Bound>,
    /// Whether sentences tell names of actions, not keys.
    by_name: bool,
}

impl Keymap {
    /// The keys of a preset.
    pub fn of(preset: Preset) -> Self {
        let bound = ACTIONS.iter().map(|action| Bound { action, keys: preset_keys(preset, action) }).collect();
        Self { preset, bound, by_name: false }
    }

    /// The same keys; but sentences tell the names of actions, for who types those.
    #[must_use]
    pub fn by_name(self) -> Self {
        Self { by_name: true, ..self }
    }

    /// Whether actions are done by their names: in the line-oriented interface they are.
    pub const fn is_by_name(&self) -> bool {
        self.by_name
    }

    /// The keys of a preset, but for the actions that are named in `own`: these have the keys that stand there, which may
    /// be none. Ctrl-C cancels all the same.
    ///
    /// # Errors
    ///
    /// Where a name is no action, a text no key, or where a key would mean two things at one place.
    pub fn with(preset: Preset, own: &BTreeMap<String, Vec<String>>) -> Result<Self, KeymapError> {
        let mut keymap = Self::of(preset);
        for (name, keys) in own {
            let bound = keymap
                .bound
                .iter_mut()
                .find(|b| b.action.name == name)
                .ok_or_else(|| KeymapError::NoAction(name.clone(), near(name)))?;
            let read = |key: &String| sequence(key).ok_or_else(|| KeymapError::NoKey(bound.action.name, key.clone()));
            let mut keys = keys.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            if bound.action.intent == Intent::Cancel {
                keys.extend(sequence(CANCEL).filter(|cancel| !keys.contains(cancel)));
            }
            bound.keys = keys;
        }
        keymap.check()?;
        Ok(keymap)
    }

    fn check(&self) -> Result<(), KeymapError> {
        if self.key_of(Intent::Palette).is_none() {
            return Err(KeymapError::NoPalette);
        }
        for (n, one) in self.bound.iter().enumerate() {
            for other in self.bound.iter().skip(n + 1).filter(|other| are_both_meant(one.action, other.action)) {
                let begins = |a: &&Vec<Chord>| other.keys.iter().any(|b| a.starts_with(b) || b.starts_with(a));
                if let Some(key) = one.keys.iter().find(begins) {
                    let (key, one, other) = (written(key), one.action.name, other.action.name);
                    return Err(KeymapError::Clash { key, one, other });
                }
            }
        }
        Ok(())
    }

    fn at(&self, place: ScreenId) -> impl Iterator<Item = &Bound> {
        self.bound.iter().filter(move |b| b.action.is_at(place))
    }

    /// What a sequence means at a place. What is bound at the place alone goes before what is bound everywhere.
    pub fn meaning(&self, place: ScreenId, pressed: &[Chord]) -> Meaning {
        let found: Vec<&Bound> = self.at(place).filter(|b| b.keys.iter().any(|s| s == pressed)).collect();
        let here = found.iter().find(|b| !b.action.places.is_empty());
        if let Some(bound) = here.or_else(|| found.first()) {
            return Meaning::Action(bound.action);
        }
        if self.continuations(place, pressed).is_empty() { Meaning::Nothing } else { Meaning::Beginning }
    }

    /// What a sequence that was begun may go on with, and the names of what it would mean.
    pub fn continuations(&self, place: ScreenId, pressed: &[Chord]) -> Vec<(String, &'static str)> {
        let rest = |s: &Vec<Chord>| s.strip_prefix(pressed).filter(|rest| !rest.is_empty()).map(written);
        self.at(place).flat_map(|b| b.keys.iter().filter_map(rest).map(|rest| (rest, b.action.shown_name()))).collect()
    }

    /// Whether a key locks, suspends or cancels wherever one is: while a form is open, while all is locked. A key that
    /// types something does none of that there.
    pub fn everywhere(&self, chord: Chord) -> Option<Intent> {
        let wanted = |b: &&Bound| matches!(b.action.intent, Intent::Lock | Intent::Suspend | Intent::Cancel);
        let is_it = |b: &&Bound| !chord.types() && b.keys.iter().any(|s| s.as_slice() == [chord]);
        self.bound.iter().filter(wanted).find(is_it).map(|b| b.action.intent)
    }

    /// Whether letters mean actions, here and in texts that are read.
    pub fn has_letters(&self) -> bool {
        self.preset == Preset::Vim
    }

    /// Whether a digit picks in menus.
    pub fn digits_pick(&self) -> bool {
        self.preset == Preset::ScreenReader
    }

    /// Every sequence of an action, as it is written.
    pub fn keys(&self, action: &Action) -> Vec<String> {
        let bound = self.bound.iter().find(|b| b.action.name == action.name);
        bound.into_iter().flat_map(|b| b.keys.iter().map(|s| written(s))).collect()
    }

    /// The first key of what has this intent, as it is written.
    pub fn key_of(&self, intent: Intent) -> Option<String> {
        let bound = self.bound.iter().find(|b| b.action.intent == intent)?;
        bound.keys.first().map(|s| written(s))
    }

    /// A sentence in which `{name}` is replaced by the first key of the action of that name; where it has none, by the way
    /// to it through the palette. Other braces stay as they are.
    pub fn format_keys(&self, sentence: &str) -> String {
        self.bound.iter().fold(sentence.to_owned(), |sentence, bound| {
            let name = format!("{{{}}}", bound.action.name);
            if sentence.contains(&name) { sentence.replace(&name, &self.way_to(bound)) } else { sentence }
        })
    }

    fn way_to(&self, bound: &Bound) -> String {
        match bound.keys.first() {
            _ if self.by_name => phrase!("\"{name}\"", name = bound.action.shown_name()),
            Some(key) => written(key),
            None => format!("{} {}", self.key_of(Intent::Palette).unwrap_or_default(), bound.action.shown_name()),
        }
    }
}

/// The keys that an action has in a preset.
fn preset_keys(preset: Preset, action: &Action) -> Vec<Vec<Chord>> {
    if preset == Preset::Vim {
        return action.sequences();
    }
    let is_digit = |c: &Chord| matches!(c.code, crossterm::event::KeyCode::Char('0'..='9'));
    let types = |s: &Vec<Chord>| s.iter().any(|c| c.types() && !is_digit(c));
    let instead = INSTEAD.iter().filter(|(name, _)| *name == action.name).flat_map(|(_, keys)| keys.iter());
    instead.filter_map(|key| sequence(key)).chain(action.sequences().into_iter().filter(|s| !types(s))).collect()
}

/// Whether there is a place at which both actions would be meant by one key. An action of some places stands before one
/// of everywhere where the catalogue itself puts it there: Enter reads an item in a case, and opens what is elsewhere.
fn are_both_meant(one: &Action, other: &Action) -> bool {
    let meet = match (one.places, other.places) {
        ([], _) | (_, []) => true,
        (here, there) => here.iter().any(|p| there.contains(p)),
    };
    let stands_before = one.places.is_empty() != other.places.is_empty();
    meet && !(stands_before && one.keys.iter().any(|k| other.keys.contains(k)))
}

/// The action whose name is most like what was written, where one is.
fn near(name: &str) -> Option<&'static str> {
    const ALIKE: f64 = 0.8;
    let name = name.to_lowercase();
    let likeness = ACTIONS.iter().map(|action| (strsim::jaro_winkler(action.name, &name), action.name));
    likeness.filter(|(alike, _)| *alike >= ALIKE).max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use super::*;
    use crate::tui::screen::SCREENS;

    fn own(rows: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
        rows.iter().map(|(name, keys)| ((*name).to_owned(), keys.iter().map(|k| (*k).to_owned()).collect())).collect()
    }

    fn meant(keymap: &Keymap, place: ScreenId, keys: &str) -> &'static str {
        match keymap.meaning(place, &sequence(keys).unwrap()) {
            Meaning::Action(action) => action.name,
            Meaning::Beginning => "…",
            Meaning::Nothing => "",
        }
    }

    #[test]
    fn no_key_means_two_things_at_one_place() {
        for preset in Preset::ALL {
            assert_eq!(Keymap::of(*preset).check(), Ok(()), "{preset}");
        }
    }

    #[test]
    fn what_stands_instead_is_an_action_and_a_key() {
        for (name, keys) in INSTEAD {
            assert!(ACTIONS.iter().any(|a| a.name == *name), "{name}");
            assert!(keys.iter().all(|k| sequence(k).is_some_and(|s| s.iter().all(|c| !c.types()))), "{name}");
        }
    }

    #[test]
    fn keys_mean_what_preset_and_file_say() {
        let hold = own(&[("hold", &["H", "f7"]), ("mark", &[]), ("palette", &["f12", "ctrl-p"])]);
        let check = |preset, place, keys: &str, means: &str| {
            let keymap = Keymap::with(preset, &hold).unwrap();
            assert_eq!(meant(&keymap, place, keys), means, "{preset} {place} {keys}");
        };
        check(Preset::Vim, ScreenId::TIMERS, "H", "hold");
        check(Preset::Vim, ScreenId::TIMERS, "f7", "hold");
        check(Preset::Vim, ScreenId::DESK, "f7", "");
        check(Preset::Vim, ScreenId::CASE, "enter", "open item");
        check(Preset::Vim, ScreenId::DESK, "enter", "open");
        check(Preset::Vim, ScreenId::DESK, "g", "…");
        check(Preset::Vim, ScreenId::DESK, "space", "");
        check(Preset::Vim, ScreenId::DESK, ":", "");
        check(Preset::Arrows, ScreenId::TIMERS, "H", "hold");
        check(Preset::Arrows, ScreenId::DESK, "f12", "palette");
        check(Preset::Arrows, ScreenId::DESK, "f2", "");
        check(Preset::Arrows, ScreenId::DESK, "g", "");
        check(Preset::Arrows, ScreenId::DESK, "j", "");
        check(Preset::ScreenReader, ScreenId::DESK, "3", "case");
    }

    #[test]
    fn without_letters_nothing_that_types_means_anything_but_digits() {
        for preset in [Preset::Arrows, Preset::ScreenReader] {
            let keymap = Keymap::of(preset);
            for place in SCREENS.iter().map(|screen| screen.id) {
                for c in (' '..='~').filter(|c| !c.is_ascii_digit()) {
                    let chord = Chord { code: KeyCode::Char(c), ctrl: false };
                    assert!(matches!(keymap.meaning(place, &[chord]), Meaning::Nothing), "{preset} {place} {c}");
                }
                for keys in ["up", "down", "enter", "esc", "tab", "f1", "f2", "f3", "f9", "ctrl-p", "ctrl-l"] {
                    assert_ne!(meant(&keymap, place, keys), "", "{preset} {place} {keys}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_both_names() {
        let check = |rows: &[(&str, &[&str])], said: &str| {
            let refused = Keymap::with(Preset::Vim, &own(rows)).unwrap_err().to_string();
            assert_eq!(refused, said);
        };
        check(&[("frobnicate", &["x"])], "there is no action \"frobnicate\"");
        check(&[("hodl", &["x"])], "there is no action \"hodl\"; is \"hold\" meant?");
        check(&[("holdd", &["x"])], "there is no action \"holdd\"; is \"hold\" meant?");
        check(&[("hold", &["hyper-x"])], "\"hold\": \"hyper-x\" is no key");
        check(&[("hold", &["ctrl-i"])], "\"hold\": \"ctrl-i\" is no key");
        check(&[("zoom", &["g"])], "g means \"zoom\" and \"first\"");
        check(&[("zoom", &["ctrl-c"])], "Ctrl-C means \"zoom\" and \"cancel\"");
        check(&[("cancel", &["f12"]), ("zoom", &["ctrl-c"])], "Ctrl-C means \"zoom\" and \"cancel\"");
        check(&[("hold", &["D"])], "D means \"hold\" and \"purge what is due\"");
        // Of one place and of everywhere: only where the catalogue has it so.
        check(&[("hold", &["S"])], "S means \"hold\" and \"sign\"");
        check(&[("palette", &[])], "\"palette\" has no key, and everything without a key is reached by it");
        assert!(Keymap::with(Preset::Vim, &own(&[("share", &["f7"]), ("sign", &["f7"])])).is_ok());
    }

    #[test]
    fn what_types_is_text_in_forms_and_ctrl_c_always_cancels() {
        let keymap = Keymap::with(Preset::Vim, &own(&[("lock", &["L", "f12"]), ("cancel", &["f11"])])).unwrap();
        let check = |key: &str, intent| {
            assert_eq!(keymap.everywhere(Chord::parse(key).unwrap()), intent, "{key}");
        };
        check("L", None);
        check("f12", Some(Intent::Lock));
        check("ctrl-l", None);
        check("f11", Some(Intent::Cancel));
        check("ctrl-c", Some(Intent::Cancel));
        check("ctrl-z", Some(Intent::Suspend));
        check("enter", None);
    }

    #[test]
    fn sentences_name_the_keys_there_are() {
        let format_keys = |preset, text: &str| Keymap::of(preset).format_keys(text);
        assert_eq!(format_keys(Preset::Vim, "{new case} opens one; {help} helps; {x}"), "C opens one; ? helps; {x}");
        assert_eq!(
            format_keys(Preset::Arrows, "{new case} opens one; {help} helps"),
            "F2 new case opens one; F1 helps"
        );
    }
}
