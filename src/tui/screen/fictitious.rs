//! A screen that only the tests have: the eleventh. It shows what a new screen costs, and that it is reached without a digit.

use super::definition::{Screen, ViewParams};
use crate::tui::page::Page;
use crate::tui::screen_id::ScreenId;
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The eleventh screen.
pub const SCREEN: Screen = Screen {
    id: ScreenId::new("map", "Map", 'm'),
    views: &[],
    has_detail: false,
    fetch,
    first_steps: "Nothing is on the map.",
};

fn fetch(_: &Workspace, _: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    Ok(Page { sentence: Shown::of(SCREEN.first_steps), ..Page::default() })
}
