//! Drill: the place for exercises. Until one is loaded it says where one stands.

use super::definition::{Screen, ViewParams};
use crate::tui::page::{Page, Section, StyledText};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::realm::Realm;
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Drill.
pub const SCREEN: Screen =
    Screen { id: ScreenId::DRILL, views: &[], has_detail: false, fetch, first_steps: "No exercise is loaded." };

fn fetch(workspace: &Workspace, _: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let line = match &workspace.meta.realm {
        Realm::Live => StyledText::from(
            "This workspace is LIVE. An exercise has a workspace of its own: `comity init --exercise NAME`.",
        ),
        Realm::Exercise(name) => StyledText::new(
            format!(
                "This workspace belongs to the exercise {name}. Nothing here can reach a live desk: other keys, other store, another realm in every signature."
            ),
            StyleRole::Exercise,
        ),
    };
    Ok(Page {
        head: vec![vec![line]],
        bands: vec![vec![Section { empty: Shown::of(SCREEN.first_steps), grows: true, ..Section::default() }]],
        sentence: Shown::default(),
        ..Page::default()
    })
}
