//! What each action of the catalogue does.

use super::{End, State};
use crate::command::definition::Key;
use crate::tui::action::{Action, Intent};
use crate::tui::input::Input;
use crate::tui::language::tr;
use crate::tui::long::CachedList;
use crate::tui::mode::Mode;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::view::View;

/// How many actions wait for the rows of a screen.
const AHEAD: usize = 64;

impl State {
    pub(in crate::tui) fn act(&mut self, action: &'static Action) {
        match self.waits_for_rows(action.intent) {
            None => self.do_intent(action.intent),
            // What only moves or opens is done as soon as there are rows; for what acts on one, one must have seen it.
            Some(true) if self.ahead.len() < AHEAD => self.ahead.push(action),
            Some(_) => self.show_message(StyledText::new(
                tr("The rows are not here yet: once more when they are."),
                StyleRole::Note,
            )),
        }
    }

    /// Whether this is done with a row, and no page has come yet; and whether it can wait for one.
    fn waits_for_rows(&self, intent: Intent) -> Option<bool> {
        let view = self.view();
        if view.here || view.failed.is_some() {
            return None;
        }
        match intent {
            Intent::Move(_)
            | Intent::HalfPage(_)
            | Intent::Page(_)
            | Intent::First
            | Intent::Last
            | Intent::Section(_)
            | Intent::Open => Some(true),
            Intent::Actions
            | Intent::Mark
            | Intent::MarkAll
            | Intent::Range
            | Intent::Review
            | Intent::Sign
            | Intent::Destroy
            | Intent::Copy
            | Intent::Expand
            | Intent::LookBackToAct
            | Intent::Command(_) => Some(false),
            _ => None,
        }
    }

    pub(in crate::tui) fn do_intent(&mut self, intent: Intent) {
        let before = Self::changes_view(intent).then(|| self.snapshot());
        if matches!(intent, Intent::Filter | Intent::Range) && self.viewed.is_none() {
            self.viewed = Some(self.snapshot());
        }
        self.messages.current = None;
        if !Self::keeps_range(intent) {
            self.view_mut().end_range();
        }
        self.perform(intent);
        if let Some(before) = before {
            self.note_view(before);
        }
    }

    fn perform(&mut self, intent: Intent) {
        let half = i32::from(self.rows / 2).max(1);
        let page = i32::from(self.rows).max(1);
        match intent {
            Intent::Move(by) => self.scroll_or_step(by),
            Intent::HalfPage(by) => self.scroll_or_step(by * half),
            Intent::Page(by) => self.scroll_or_step(by * page),
            Intent::First if self.view().zoomed => self.view_mut().scroll = 0,
            Intent::Last if self.view().zoomed => self.view_mut().scroll = u16::MAX,
            Intent::First => self.step(View::first),
            Intent::Last => self.step(View::last),
            Intent::Section(by) => self.step(|v| v.step_section(by)),
            Intent::Open => self.open(),
            Intent::Expand => self.expand(),
            Intent::Back => drop(self.back()),
            Intent::Go(screen) => self.go(screen),
            Intent::Before => self.go_to_previous(),
            Intent::Help => self.show_help(),
            Intent::Palette => self.show_palette(),
            Intent::Filter => self.begin_typing(Mode::Filtering(Input::new(self.view().filter(), false))),
            Intent::Actions => self.ask_verdicts(),
            Intent::NextTask => self.open_next_task(),
            Intent::Mark => self.mark(),
            Intent::Range => self.range(),
            Intent::MarkAll => self.mark_all(),
            Intent::Sort => self.show_orders(),
            Intent::Views => self.show_saved_views(),
            Intent::SaveView => self.ask_for_name(),
            Intent::Tab(by) => self.turn(by),
            Intent::Zoom => {
                let view = self.view_mut();
                view.zoomed = !view.zoomed && view.detail.is_some();
            }
            Intent::Copy => self.show_copies(),
            Intent::Undo => self.show_undo(),
            Intent::Redo => self.show_redo(),
            Intent::Jobs => self.show_jobs(),
            Intent::Messages => self.show_messages(),
            Intent::Refresh => {
                // What is true of a time may not be any more: a long list is read again.
                self.view_mut().params.long.kept = CachedList::default();
                self.fetch();
            }
            Intent::LookBack => self.begin_typing(Mode::AskingTime(Input::new("", false))),
            Intent::LookBackToAct => self.look_back_to_act(),
            Intent::Now => self.look_back(None),
            Intent::Review => self.offer_commands(Key::Review),
            Intent::Sign => self.offer_commands(Key::Sign),
            Intent::Destroy => self.offer_commands(Key::Destroy),
            Intent::Command(name) => {
                let subjects = self.subjects();
                self.begin_named(name, subjects);
            }
            Intent::New(name) => self.begin_named(name, Vec::new()),
            Intent::Cancel => self.cancel(),
            Intent::Lock => self.lock(),
            Intent::Mouse => self.toggle_mouse(),
            Intent::Reason => self.ask_reason(),
            Intent::Suspend => self.lock_and_suspend(),
            Intent::Quit => self.ask_to_leave(),
            Intent::Leave => self.end = Some(End::Left),
        }
    }

    /// Begins to type at the screen itself.
    pub(super) fn begin_typing(&mut self, mode: Mode<Self>) {
        if !self.mode.is_locked() {
            *self.mode.base_mut() = mode;
        }
    }

    /// Cancels what runs; at rest asks whether to leave, and leaves where that is asked already.
    pub(in crate::tui) fn cancel(&mut self) {
        if let Some(job) = self.jobs.first() {
            self.cancel_job(job.ticket);
        } else if self.mode.is_locked() || self.is_asking_to_leave() {
            self.end = Some(End::Left);
        } else {
            self.ask_to_leave();
        }
    }
}
