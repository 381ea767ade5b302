//! The screens, one file each: what a screen shows, made of what the workspace says. A new one is a file and two lines here: its
//! module, and its row in the table.

pub mod audit;
mod bundle_detail;
pub mod case;
pub mod definition;
pub mod desk;
pub mod detail;
pub mod drill;
#[cfg(test)]
pub mod fictitious;
mod keeping_detail;
mod law_detail;
pub mod legal;
mod linked;
pub mod money;
pub mod oversight;
mod oversight_detail;
pub mod partners;
pub mod queue;
pub mod reports;
pub mod sync;
pub mod taskforce;
pub mod timers;

use definition::Screen;

use crate::tui::screen_id::ScreenId;

/// Every screen, in the order of the tabs.
pub const SCREENS: &[&Screen] = &[
    &desk::SCREEN,
    &queue::SCREEN,
    &case::SCREEN,
    &legal::SCREEN,
    &timers::SCREEN,
    &sync::SCREEN,
    &partners::SCREEN,
    &audit::SCREEN,
    &drill::SCREEN,
    &reports::SCREEN,
    &money::SCREEN,
    &taskforce::SCREEN,
    &oversight::SCREEN,
    #[cfg(test)]
    &fictitious::SCREEN,
];

/// The screen of a name.
pub fn screen_of(id: ScreenId) -> &'static Screen {
    SCREENS.iter().find(|screen| screen.id == id).copied().unwrap_or(&desk::SCREEN)
}

/// The name that a word stands for.
pub fn parse(word: &str) -> Option<ScreenId> {
    SCREENS.iter().map(|screen| screen.id).find(|id| id.word() == word)
}

/// The digit that opens a screen: 1 to 9, then 0; further ones have none.
pub fn digit_of(id: ScreenId) -> Option<char> {
    "1234567890".chars().nth(SCREENS.iter().position(|screen| screen.id == id)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_has_a_name_and_keys_of_its_own() {
        let distinct = |mut all: Vec<String>| {
            all.sort_unstable();
            all.dedup();
            all.len()
        };
        let of = |name: fn(ScreenId) -> String| distinct(SCREENS.iter().map(|s| name(s.id)).collect());
        let digits: Vec<char> = SCREENS.iter().filter_map(|s| digit_of(s.id)).collect();
        assert_eq!(digits, "1234567890".chars().collect::<Vec<_>>());
        for names in [of(|id| id.word().into()), of(|id| id.title().into()), of(|id| id.letter().into())] {
            assert_eq!(names, SCREENS.len());
        }
        assert!(SCREENS.iter().all(|s| parse(s.id.word()) == Some(s.id) && screen_of(s.id).id == s.id));
        assert_eq!(case::SCREEN.views.get(case::CASES..), Some(["cases"].as_slice()));
    }
}
