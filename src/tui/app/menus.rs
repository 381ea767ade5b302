//! The lists that lie over a place, and what choosing from them does: help, palette, what may be done, what may stand in a
//! field. What they offer is asked for; nothing here reads the workspace.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::App;
use crate::command::commands;
use crate::command::definition::{ArgKind, Command, Handler};
use crate::host::file;
use crate::tui::action::{ACTIONS, Action, Intent};
use crate::tui::available_actions;
use crate::tui::overlay::Overlay;
use crate::tui::overlay::menu::{Entry, Menu, Pick};
use crate::tui::overlay::reader::Reader;
use crate::tui::page::StyledText;
use crate::tui::theme::{StyleRole, Theme};
use crate::tui::worker::{Reply, Ticket};
use crate::workspace::error::Error;

impl App {
    pub(super) fn help(&mut self) {
        let place = self.place;
        let entry = |a: &'static Action| Entry {
            keys: self.keymap.keys(a).join("  "),
            ..Entry::new(a.name, StyledText::new(a.about, StyleRole::Note), Pick::Action(a))
        };
        let at = ACTIONS.iter().filter(|a| a.is_at(place) && !self.keymap.keys(a).is_empty());
        // What is of this place alone goes first.
        let (local, global): (Vec<_>, Vec<_>) = at.partition(|a| !a.places.is_empty());
        let entries = local.into_iter().chain(global).map(entry).collect();
        self.overlays.push(Overlay::Menu(Box::new(Menu::new(format!("Help: {}", place.title()), entries))));
    }

    pub(super) fn palette(&mut self) {
        let place = self.place;
        let view = self.view();
        let marked = view.marks.clone();
        let things = if marked.is_empty() { view.selected().cloned().into_iter().collect() } else { marked };
        let action = |a: &'static Action| Entry {
            keys: self.keymap.keys(a).into_iter().next().unwrap_or_default(),
            ..Entry::new(a.name, StyledText::new(a.about, StyleRole::Note), Pick::Action(a))
        };
        let mut entries: Vec<Entry> = ACTIONS.iter().filter(|a| a.is_at(place)).map(action).collect();
        entries.extend(commands().filter(|v| is_for_screens(v)).map(|v| {
            let is_meant = v.args.iter().any(|f| f.positional);
            let fits = is_meant && things.iter().any(|s| v.target_arg(s.kind).is_some());
            let on = if fits { things.clone() } else { Vec::new() };
            match (self.as_of, v.run) {
                (Some(as_of), Handler::Writes(_)) => {
                    let failure = as_of.refusal();
                    let why = StyledText::new(format!("no    {}", failure.what), StyleRole::Stop);
                    Entry::new(v.full_name(), why, Pick::Refused(Box::new(failure)))
                }
                _ => Entry::new(v.full_name(), StyledText::new(v.about, StyleRole::Note), Pick::Command(v, on)),
            }
        }));
        entries.extend(Theme::all().iter().map(|t| {
            Entry::new(
                format!("theme {}", t.name),
                StyledText::new("Use this theme", StyleRole::Note),
                Pick::Theme(t.name),
            )
        }));
        let menu = Menu::new("Commands, places, records", entries).finding();
        self.overlays.push(Overlay::Menu(Box::new(menu)));
    }

    pub(super) fn choices(&mut self, ticket: Ticket, choices: Result<Vec<(String, String)>, Error>) {
        let Some(Overlay::Menu(menu)) =
            self.overlays.last_mut().filter(|o| matches!(o, Overlay::Menu(m) if m.asked == ticket))
        else {
            return;
        };
        match choices {
            Ok(choices) => {
                menu.empty = "There is none.";
                menu.set_entries(
                    choices.into_iter().map(|(value, label)| Entry::new(label, "", Pick::Value(value))).collect(),
                );
                self.pick_what_was_chosen_before();
            }
            Err(failure) => {
                self.overlays.pop();
                self.refuse(&failure);
            }
        }
    }

    /// Opens the list of what may stand in the row of the form's cursor.
    pub(in crate::tui) fn choose(&mut self) {
        let ticket = self.next();
        let start = self.last_folder.clone();
        let Some(form) = self.form() else { return };
        let Some(row) = form.row() else { return };
        let title = row.name();
        if let Some(words) = row.words() {
            let several = row.pair.is_none() && matches!(row.field.kind, ArgKind::Words(_));
            let text = row.input.text();
            let here: Vec<&str> = text.split(',').map(str::trim).collect();
            let entry =
                |w: &&str| Entry { ticked: here.contains(w), ..Entry::new(*w, "", Pick::Value((*w).to_owned())) };
            let menu = Menu::of_words(title, words.iter().map(entry).collect(), several);
            self.overlays.push(Overlay::Menu(Box::new(menu)));
            return;
        }
        let takes = row.field.kind;
        if let ArgKind::Existing | ArgKind::ToWrite = takes {
            let typed = row.input.text();
            return self.browse(start, &typed);
        }
        form.asked_choices = ticket;
        let typed = form.form();
        let kinds = if let ArgKind::Record(kinds) = takes { Some(kinds) } else { None };
        let menu = Menu::awaiting(title, ticket, "Looking …").choosing(kinds);
        self.overlays.push(Overlay::Menu(Box::new(menu)));
        self.read(move |workspace, out| {
            let _ = out.send(Reply::Choices(ticket, available_actions::choices(workspace, takes, &typed)));
        });
    }

    /// The files and folders of a folder, to be put into the field; of a bundle for a partner also a name for a new one.
    fn browse(&mut self, start: Option<PathBuf>, typed: &str) {
        let Some(form) = self.form() else { return };
        let Some(row) = form.row() else { return };
        let (title, writes) = (row.name(), matches!(row.field.kind, ArgKind::ToWrite));
        let to = form
            .form()
            .maybe("to")
            .filter(|_| writes && form.command.writes.is_some_and(|w| w.act == crate::record::bundle::EXPORT))
            .map(str::to_owned);
        let folder = file::nearest_folder(&PathBuf::from(typed), start.as_deref());
        let name =
            |p: &std::path::Path| p.file_name().map_or_else(|| "..".into(), |n| n.to_string_lossy().into_owned());
        let value = |p: &std::path::Path| Pick::Value(p.to_string_lossy().into_owned());
        let mut entries = vec![Entry::new(
            "this folder",
            StyledText::new(folder.to_string_lossy().into_owned(), StyleRole::Note),
            value(&folder),
        )];
        entries.extend(to.and_then(|to| self.new_bundle(&to)).map(|name| {
            let about = StyledText::new("a new file in this folder", StyleRole::Note);
            Entry::new(name.clone(), about, value(&folder.join(name)))
        }));
        let parent = folder.parent().map(PathBuf::from);
        entries.extend(parent.iter().map(|p| {
            Entry::new(
                "..",
                StyledText::new("the folder above", StyleRole::Note),
                Pick::Value(format!("{}/", p.display())),
            )
        }));
        match file::entries_in(&folder) {
            Ok((folders, files)) => {
                entries.extend(
                    folders
                        .iter()
                        .map(|p| Entry::new(format!("{}/", name(p)), "", Pick::Value(format!("{}/", p.display())))),
                );
                entries.extend(files.iter().map(|p| Entry::new(name(p), "", value(p))));
            }
            Err(error) => self.show_message(StyledText::new(error.to_string(), StyleRole::Stop)),
        }
        self.overlays.push(Overlay::Menu(Box::new(Menu::new(title, entries))));
    }

    /// A name for a bundle to a partner, which says whether it is of an exercise.
    fn new_bundle(&self, to: &str) -> Option<String> {
        let who = self.who.as_ref()?;
        let (from, time) = (who.desk.split(' ').next()?, self.now().to_string());
        let minute: String = time.chars().take(16).filter(|c| c.is_ascii_alphanumeric()).collect();
        Some(format!("{from}-{to}-{minute}.{}", who.realm.ending()))
    }

    pub(super) fn show_messages(&mut self) {
        let mut lines: Vec<String> =
            self.messages.iter().rev().map(|(at, bit)| format!("{}  {}", at.on_screen(self.now()), bit.text)).collect();
        if lines.is_empty() {
            lines.push("Nothing was said yet.".into());
        }
        self.overlays.push(Overlay::Reader(Reader::of_lines("Messages", &lines)));
    }

    pub(super) fn ask_to_leave(&mut self) {
        let leave = ACTIONS.iter().find(|a| a.intent == Intent::Leave);
        let lock = ACTIONS.iter().find(|a| a.intent == Intent::Lock);
        let entries = leave
            .into_iter()
            .chain(lock)
            .map(|a| Entry::new(a.name, StyledText::new(a.about, StyleRole::Note), Pick::Action(a)));
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("Leave comity?  Esc stays", entries.collect()))));
    }

    pub(super) fn is_asking_to_leave(&self) -> bool {
        matches!(self.overlays.last(), Some(Overlay::Menu(m)) if m.title.as_str().starts_with("Leave comity?"))
    }

    /// Looks for records that fit what is typed into the palette.
    pub(super) fn find(&mut self) {
        let ticket = self.next();
        let Some(Overlay::Menu(menu)) = self.overlays.last_mut() else { return };
        let typed = menu.query.text();
        if !menu.finds || typed.trim().len() < 3 {
            menu.set_found(Vec::new());
            return;
        }
        menu.asked = ticket;
        self.newest_detail.store(ticket, Ordering::Relaxed);
        let newest = Arc::clone(&self.newest_detail);
        self.read(move |workspace, out| {
            if newest.load(Ordering::Relaxed) == ticket {
                let _ = out
                    .send(Reply::Found(ticket, available_actions::find(workspace, typed.trim()).unwrap_or_default()));
            }
        });
    }

    /// Where Enter came before the entries of the menu on top, it picks what was typed before it.
    pub(super) fn pick_what_was_chosen_before(&mut self) {
        if let Some(Overlay::Menu(menu)) = self.overlays.last_mut()
            && let Some(pick) = menu.chosen_before()
        {
            self.picked(pick);
        }
    }

    pub(super) fn picked(&mut self, pick: Pick) {
        let label = match self.overlays.last() {
            Some(Overlay::Menu(menu)) => menu.fitting().nth(menu.at()).map(|e| e.name.as_str().to_owned()),
            _ => None,
        };
        let before = self.looks();
        match pick {
            Pick::Value(value) => {
                self.overlays.pop();
                // A folder is gone into; everything else is the answer.
                let is_path = self
                    .form()
                    .and_then(|f| f.row())
                    .is_some_and(|r| matches!(r.field.kind, ArgKind::Existing | ArgKind::ToWrite));
                if is_path && value.ends_with('/') {
                    return self.browse(None, &value);
                }
                let of_record =
                    self.form().and_then(|f| f.row()).is_some_and(|r| matches!(r.field.kind, ArgKind::Record(_)));
                if let Some(form) = self.form() {
                    form.put(&value, label.filter(|_| of_record));
                }
                self.ask_for_pairs();
            }
            Pick::Action(action) => {
                self.overlays.pop();
                self.act(action);
            }
            Pick::Command(command, things) => {
                self.overlays.pop();
                self.begin(command, things);
            }
            Pick::May(may) => {
                self.overlays.pop();
                self.answered(*may);
            }
            Pick::GoOn(command, things) => {
                self.overlays.pop();
                self.prepare(command, things);
            }
            Pick::Goto(subject) => {
                self.overlays.pop();
                self.goto(subject);
            }
            Pick::Refused(failure) => self.refuse(&failure),
            Pick::Order(order) => {
                self.overlays.pop();
                self.order(order);
                self.note_looks(before);
            }
            Pick::View(view) => {
                self.overlays.pop();
                self.recall(&view);
                self.note_looks(before);
            }
            Pick::Removing(views) => self.ask_which_to_remove(views),
            Pick::Remove(view) => {
                self.overlays.pop();
                self.remove(&view);
            }
            Pick::Copy(text) => {
                self.overlays.pop();
                self.copy(text);
            }
            Pick::Undo(number) => {
                self.overlays.pop();
                self.undo(number);
            }
            Pick::Redo => {
                self.overlays.pop();
                self.redo();
            }
            Pick::Cancel(ticket) => self.cancel_job(ticket),
            Pick::Statements(name, lines) => {
                self.overlays.push(Overlay::Reader(Reader::of_lines(&name, &lines)));
            }
            Pick::Theme(name) => {
                self.overlays.pop();
                if let Some(theme) = Theme::named(name) {
                    self.theme = theme;
                }
            }
        }
    }
}

/// Whether a command can be run from the screens: it needs nothing that they do not have.
fn is_for_screens(command: &Command) -> bool {
    !matches!(command.run, Handler::Free(_))
}
