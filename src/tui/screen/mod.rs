//! The screens, one file each: what a place shows, made of what the desk says. A new one is a file and a line here.

pub mod audit;
pub mod case;
pub mod definition;
pub mod desk;
pub mod detail;
pub mod drill;
pub mod legal;
pub mod partners;
pub mod queue;
pub mod reports;
pub mod sync;
pub mod timers;

use definition::Screen;

use crate::tui::screen_id::ScreenId;

/// Every screen, in the order of the places.
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
];

/// The screen of a place.
pub fn screen_of(place: ScreenId) -> &'static Screen {
    SCREENS.iter().find(|s| s.place == place).copied().unwrap_or(&desk::SCREEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_its_screen() {
        let places: Vec<ScreenId> = SCREENS.iter().map(|s| s.place).collect();
        assert_eq!(places, ScreenId::ALL);
        assert_eq!(case::SCREEN.views.get(case::CASES..), Some(["cases"].as_slice()));
    }
}
