//! Drill: the place for exercises. Until one is loaded it says where one stands.

use super::look::{Look, Screen};
use crate::desk::failure::Failure;
use crate::desk::job::Job;
use crate::desk::workspace::Desk;
use crate::tui::page::{Bit, Page, Section};
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::value::realm::Realm;
use crate::value::text::Shown;

/// The Drill.
pub const SCREEN: Screen =
    Screen { place: Place::Drill, views: &[], has_detail: false, fetch, first_steps: "No exercise is loaded." };

fn fetch(desk: &Desk, _: &Look, _: &mut Job) -> Result<Page, Failure> {
    let line = match &desk.meta.realm {
        Realm::Live => {
            Bit::from("This workspace is LIVE. An exercise has a workspace of its own: `comity init --exercise NAME`.")
        }
        Realm::Exercise(name) => Bit::new(
            format!(
                "This workspace belongs to the exercise {name}. Nothing here can reach a live desk: other keys, other store, another realm in every signature."
            ),
            Tone::Exercise,
        ),
    };
    Ok(Page {
        head: vec![vec![line]],
        bands: vec![vec![Section { empty: Shown::of(SCREEN.first_steps), grows: true, ..Section::default() }]],
        sentence: Shown::default(),
        ..Page::default()
    })
}
