//! The menus that are opened by a key: help, palette, leaving. And what is common to menus whose entries are asked for.

use std::sync::Arc;

use super::State;
use super::verdicts::refused;
use crate::command::commands;
use crate::command::definition::{Arg, ArgKind, Command, Handler};
use crate::tui::action::{ACTIONS, Action, Intent};
use crate::tui::available_actions::{Found, find};
use crate::tui::language::{phrase, tr, tr_keys};
use crate::tui::overlay::menu::entry::{Entry, Pick};
use crate::tui::overlay::menu::list::{Menu, Purpose};
use crate::tui::page::{RecordRef, StyledText};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::{StyleRole, Theme};
use crate::tui::worker::Ticket;
use crate::workspace::error::Error;

/// A list of more words than this is a list of kinds or of codes, not of answers.
const ANSWERS: usize = 12;
/// So many letters are typed before records are looked for.
const SEARCHED: usize = 2;

impl State {
    pub(super) fn show_help(&mut self) {
        let screen = self.screen();
        let entry = |a: &'static Action| Entry { keys: self.keymap.keys(a).join("  "), ..action_entry(a) };
        let at = self.actions_at(screen).filter(|a| !self.keymap.keys(a).is_empty());
        // What is of this screen alone goes first.
        let (local, global): (Vec<_>, Vec<_>) = at.partition(|a| !a.places.is_empty());
        let entries = local.into_iter().chain(global).map(entry).collect();
        self.mode.push(Box::new(Menu::new(phrase!("Help: {screen}", screen = screen.title()), entries)));
    }

    /// The actions of a screen; in the line-oriented interface, those that do something there.
    fn actions_at(&self, screen: ScreenId) -> impl Iterator<Item = &'static Action> {
        let in_lines = self.keymap.is_by_name();
        ACTIONS.iter().filter(move |a| a.is_at(screen) && !(in_lines && a.intent.is_of_drawn_screens()))
    }

    pub(super) fn show_palette(&mut self) {
        let screen = self.screen();
        let view = self.view();
        let records: Vec<RecordRef> =
            if view.marks.is_empty() { view.selected().cloned().into_iter().collect() } else { view.marks.to_vec() };
        let action = |a: &'static Action| {
            let keys = self.keymap.keys(a).into_iter().next().unwrap_or_default();
            Entry { keys, ..action_entry(a) }
        };
        let mut entries: Vec<Entry<Self>> = self.actions_at(screen).map(action).collect();
        // Who types `:q` leaves, as elsewhere.
        let leave = ACTIONS.iter().find(|a| a.intent == Intent::Leave).map(action_entry);
        entries.extend(leave.map(|entry| Entry { name: "q".into(), ..entry }));
        // A command that is run without a workspace needs what the screens do not have.
        let for_screens = commands().filter(|command| !matches!(command.run, Handler::Free(_) | Handler::Batch));
        entries.extend(for_screens.map(|command| self.command_entry(command, &records)));
        entries.extend(Theme::all().iter().map(|theme| {
            let pick = Pick::close(move |state: &mut Self| state.theme = theme);
            Entry::new(
                phrase!("theme {theme}", theme = theme.name),
                StyledText::new(tr("Use this theme"), StyleRole::Note),
                pick,
            )
        }));
        self.mode.push(Box::new(Menu::new(tr("Commands, places, records"), entries).searching(Self::search)));
    }

    fn command_entry(&self, command: &'static Command, records: &[RecordRef]) -> Entry<Self> {
        if let Some(failure) = self.refuses(command) {
            let why = StyledText::new(phrase!("no    {what}", what = failure.what), StyleRole::Stop);
            return Entry::new(command.full_name(), why, refused(failure));
        }
        let is_meant = command.args.iter().any(|f| f.positional);
        let fits = is_meant && records.iter().any(|s| command.target_arg(s.kind).is_some());
        let on = if fits { records.to_vec() } else { Vec::new() };
        let pick = Pick::close(move |state: &mut Self| state.begin(command, on.clone()));
        let entry = Entry::new(command.full_name(), StyledText::new(tr(command.about), StyleRole::Note), pick);
        Entry { also: answers_of(command).join(" "), ..entry }
    }

    /// Asks whether to leave, or to lock.
    pub(super) fn ask_to_leave(&mut self) {
        let of = |intent| ACTIONS.iter().find(|a| a.intent == intent);
        let keyed = |(action, keys): (&'static Action, &str)| Entry { keys: tr_keys(keys), ..action_entry(action) };
        let stay = StyledText::new(tr("Stay here"), StyleRole::Note);
        let stay = Entry { keys: tr_keys("n  Esc"), ..Entry::new(tr("stay"), stay, Pick::close(|_: &mut Self| {})) };
        let leave = of(Intent::Leave).map(|action| (action, "q  y  Enter"));
        let lock = of(Intent::Lock).map(|action| (action, "l"));
        let entries = leave.into_iter().chain(lock).map(keyed).chain([stay]).collect();
        self.mode.push(Box::new(Menu::new(tr("Leave comity?"), entries).with_purpose(Purpose::Leaving)));
    }

    pub(super) fn is_asking_to_leave(&self) -> bool {
        self.mode.top_as::<Menu<Self>>().is_some_and(|menu| menu.purpose == Purpose::Leaving)
    }

    /// Looks for records that fit what is typed into the menu on top.
    pub(super) fn search(&mut self) {
        let ticket = self.next_ticket();
        let Some(menu) = self.mode.top_as_mut::<Menu<Self>>() else { return };
        let typed = menu.query.text();
        menu.searched = ticket;
        if !menu.searches() || typed.trim().len() < SEARCHED {
            return menu.set_found(Vec::new());
        }
        self.read_newest(
            (&Arc::clone(&self.newest_detail), ticket),
            move |workspace| find(workspace, typed.trim()).unwrap_or_default(),
            move |state, found| state.records_found(ticket, found),
        );
    }

    pub(super) fn records_found(&mut self, ticket: Ticket, found: Vec<Found>) {
        let Some(menu) = self.mode.top_as_mut::<Menu<Self>>().filter(|menu| menu.searched == ticket) else { return };
        let kinds = menu.kinds;
        let offered = menu.values();
        let entry = |Found { subject, called, about }: Found| match kinds {
            Some(_) => Entry::new(called, "", Pick::Value(subject.id.to_string())),
            None => {
                let go = Pick::close(move |state: &mut Self| state.go_to_record(subject.clone()));
                Entry::new(called, StyledText::new(about, StyleRole::Note), go)
            }
        };
        let fits = |Found { subject, .. }: &Found| {
            kinds.is_none_or(|k| k.contains(&subject.kind) && !offered.contains(&subject.id.to_string()))
        };
        menu.set_found(found.into_iter().filter(fits).map(entry).collect());
    }

    /// Puts the entries into the menu that waits for them; without them it is closed, and the reason is shown.
    pub(super) fn entries_arrived(
        &mut self,
        ticket: Ticket,
        entries: Result<Vec<Entry<Self>>, Error>,
        empty: &'static str,
    ) {
        let Some(menu) = self.mode.top_as_mut::<Menu<Self>>().filter(|menu| menu.asked == ticket) else { return };
        match entries {
            Ok(entries) => {
                menu.empty = empty;
                let outcome = menu.set_entries(entries);
                self.follow_up(outcome);
            }
            Err(failure) => {
                self.mode.pop();
                self.show_failure(&failure);
            }
        }
    }
}

/// The words of which one must be said with a command: whoever approves looks for `approve`.
fn answers_of(command: &Command) -> Vec<&'static str> {
    let is_asked = |arg: &&Arg| arg.required || arg.needed.is_some();
    let words = command.args.iter().filter(is_asked).filter_map(|arg| match arg.kind {
        ArgKind::Word(words) => Some(words()),
        _ => None,
    });
    words.filter(|words| words.len() <= ANSWERS).flatten().collect()
}

fn action_entry(action: &'static Action) -> Entry<State> {
    let name = action.shown_name();
    let pick = Pick::close(move |state: &mut State| state.act(action));
    Entry {
        also: if name == action.name { String::new() } else { format!("{name} {}", action.name) },
        ..Entry::new(name, StyledText::new(action.shown_about(), StyleRole::Note), pick)
    }
}
