//! What an open form asks for: the rows of its pairs, what may stand in a field, files and folders.

use std::path::{Path, PathBuf};

use super::State;
use crate::command::choice::{choices, unknown};
use crate::command::definition::{ArgKind, PairRow};
use crate::host::file;
use crate::record::bundle::EXPORT;
use crate::tui::available_actions::{KindChoice, are_kinds, kinds};
use crate::tui::language::{phrase, tr};
use crate::tui::overlay::form::handling::{FormHost, LeftForm};
use crate::tui::overlay::form::view::{FormView, Unknown};
use crate::tui::overlay::menu::entry::{Entry, Pick};
use crate::tui::overlay::menu::list::Menu;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::words::called;
use crate::tui::worker::Ticket;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

impl FormHost for State {
    fn form_typed(&mut self) {
        self.keep_drafts();
    }

    fn form_changed(&mut self) {
        self.ask_for_pairs();
        self.look_up_values();
    }

    /// Opens the list of what may stand in the row of the form's cursor.
    fn choose_for_form(&mut self) {
        let ticket = self.next_ticket();
        let start = self.last_folder.clone();
        let Some(form) = self.mode.find_mut::<FormView>() else { return };
        let Some(row) = form.row() else { return };
        let title = row.name();
        if let Some(words) = row.words().filter(|words| row.pair.is_none() && are_kinds(words)) {
            let menu = Menu::awaiting(title, ticket, tr("Looking …")).for_field(Self::put_value);
            form.asked_choices = ticket;
            self.mode.push(Box::new(menu));
            return self.read(
                move |workspace| kinds(workspace, &words),
                move |state, found| {
                    let entries = found.map(|found| found.into_iter().map(kind_entry).collect());
                    state.entries_arrived(ticket, entries, tr("There is none."));
                },
            );
        }
        if let Some(words) = row.words() {
            let several = row.pair.is_none() && matches!(row.field.kind, ArgKind::Words(_));
            let text = row.input.text();
            let here: Vec<&str> = text.split(',').map(str::trim).collect();
            let entry =
                |w: &&str| Entry { ticked: here.contains(w), ..Entry::new(*w, "", Pick::Value((*w).to_owned())) };
            let menu = Menu::new(title, words.iter().map(entry).collect()).several(several);
            return self.mode.push(Box::new(menu.for_field(Self::put_value)));
        }
        let takes = row.field.kind;
        if let ArgKind::Existing | ArgKind::ToWrite = takes {
            let typed = row.input.text();
            return self.browse(start.as_deref(), &typed);
        }
        form.asked_choices = ticket;
        let typed = form.form();
        let kinds = if let ArgKind::Record(kinds) = takes { Some(kinds) } else { None };
        let menu =
            Menu::awaiting(title, ticket, tr("Looking …")).for_field(Self::put_value).of_kinds(kinds, Self::search);
        self.mode.push(Box::new(menu));
        self.read(
            move |workspace| choices(workspace, takes, &typed, called),
            move |state, choices| state.choices_arrived(ticket, choices),
        );
    }

    fn submit_form(&mut self) {
        let now = self.now();
        let Some(form) = self.mode.top_as_mut::<FormView>() else { return };
        let missing = form.missing();
        if !missing.is_empty() {
            return form.refuse_missing(&missing);
        }
        if form.running.is_some() {
            return;
        }
        if form.refuse_misread(now) {
            // What there is not now may be there when it is run again.
            return self.look_up_values();
        }
        // It lies below its question, and stays until what it says is done.
        let submission = form.submission(now);
        self.submit(submission);
    }

    fn form_left(&mut self, left: LeftForm) {
        self.keep_left_form(left);
    }
}

/// A kind of request in a list: what it does, and with whom it is in force.
fn kind_entry(kind: KindChoice) -> Entry<State> {
    let (stands, role) = match kind.with.is_empty() {
        true => (tr("in force with no partner: a draft or an exercise alone").to_owned(), StyleRole::Note),
        false => (phrase!("in force with {with}", with = kind.with.join(" ")), StyleRole::Good),
    };
    let note = StyledText::new(format!("{} \u{b7} {stands}", kind.basis), role);
    Entry { also: kind.id.to_owned(), ..Entry::new(kind.does, note, Pick::Value(kind.id.to_owned())) }
}

impl State {
    /// Asks whether what was typed into the form names what there is.
    fn look_up_values(&mut self) {
        let ticket = self.next_ticket();
        let Some(form) = self.mode.find_mut::<FormView>() else { return };
        let (rows, typed) = (form.naming(), form.form());
        if rows.is_empty() {
            return form.set_unknown(Vec::new());
        }
        form.asked_values = ticket;
        let look_up = move |workspace: &Workspace, (row, takes, text): (String, ArgKind, String)| {
            let each = text.split(if matches!(takes, ArgKind::Existing) { '\n' } else { ',' });
            let why = each
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .find_map(|name| unknown(workspace, takes, name, &typed));
            why.map(|why| Unknown { row, text, why })
        };
        self.read(
            move |workspace| rows.into_iter().filter_map(|row| look_up(workspace, row)).collect::<Vec<_>>(),
            move |state, unknown| {
                if let Some(form) = state.mode.find_mut::<FormView>().filter(|form| form.asked_values == ticket) {
                    form.set_unknown(unknown);
                }
            },
        );
    }

    pub(super) fn ask_for_pairs(&mut self) {
        let ticket = self.next_ticket();
        let Some(form) = self.mode.find_mut::<FormView>() else { return };
        let Some((_, rows)) = form.pairs_of() else { return };
        form.asked = ticket;
        let typed = form.form();
        self.read(move |workspace| rows(workspace, &typed), move |state, pairs| state.pairs_arrived(ticket, pairs));
    }

    pub(super) fn pairs_arrived(&mut self, ticket: Ticket, pairs: Result<Vec<PairRow>, Error>) {
        let Some(form) = self.mode.find_mut::<FormView>().filter(|form| form.asked == ticket) else { return };
        match pairs {
            Ok(pairs) => form.set_pairs(pairs),
            Err(failure) => form.failure = Some(failure),
        }
    }

    fn choices_arrived(&mut self, ticket: Ticket, choices: Result<Vec<(String, String)>, Error>) {
        let entry = |(value, label): (String, String)| Entry::new(label, "", Pick::Value(value));
        let entries = choices.map(|choices| choices.into_iter().map(entry).collect());
        self.entries_arrived(ticket, entries, tr("There is none."));
    }

    /// Puts a value into the row of the form's cursor. A folder is gone into; everything else is the answer.
    fn put_value(&mut self, value: String, label: Option<String>) {
        let takes = self.mode.find::<FormView>().and_then(FormView::row).map(|row| row.field.kind);
        if matches!(takes, Some(ArgKind::Existing | ArgKind::ToWrite)) && value.ends_with('/') {
            return self.browse(None, &value);
        }
        let is_record = matches!(takes, Some(ArgKind::Record(_)));
        if let Some(form) = self.mode.find_mut::<FormView>() {
            form.put(&value, label.filter(|_| is_record));
        }
        self.ask_for_pairs();
    }

    /// The files and folders of a folder, to be put into the field; of a bundle for a partner also a name for a new one.
    fn browse(&mut self, start: Option<&Path>, typed: &str) {
        let Some(form) = self.mode.find::<FormView>() else { return };
        let Some(row) = form.row() else { return };
        let (title, writes) = (row.name(), matches!(row.field.kind, ArgKind::ToWrite));
        let to = form
            .form()
            .maybe("to")
            .filter(|_| writes && form.command.writes.is_some_and(|w| w.act == EXPORT))
            .map(str::to_owned);
        let folder = file::nearest_folder(&PathBuf::from(typed), start);
        let name = |p: &Path| p.file_name().map_or_else(|| "..".into(), |n| n.to_string_lossy().into_owned());
        let value = |p: &Path| Pick::Value(p.to_string_lossy().into_owned());
        let open = |p: &Path| Pick::Value(format!("{}/", p.display()));
        let here = StyledText::new(folder.to_string_lossy().into_owned(), StyleRole::Note);
        let mut entries = vec![Entry::new(tr("this folder"), here, value(&folder))];
        entries.extend(to.and_then(|to| self.new_bundle(&to)).map(|name| {
            let about = StyledText::new(tr("a new file in this folder"), StyleRole::Note);
            Entry::new(name.clone(), about, value(&folder.join(name)))
        }));
        let above = StyledText::new(tr("the folder above"), StyleRole::Note);
        entries.extend(folder.parent().map(|p| Entry::new("..", above, open(p))));
        match file::entries_in(&folder) {
            Ok((folders, files)) => {
                entries.extend(folders.iter().map(|p| Entry::new(format!("{}/", name(p)), "", open(p))));
                entries.extend(files.iter().map(|p| Entry::new(name(p), "", value(p))));
            }
            Err(error) => self.show_message(StyledText::new(error.to_string(), StyleRole::Stop)),
        }
        self.mode.push(Box::new(Menu::new(title, entries).for_field(Self::put_value)));
    }

    /// A name for a bundle to a partner, which says whether it is of an exercise.
    fn new_bundle(&self, to: &str) -> Option<String> {
        let who = self.who.as_ref()?;
        let (from, time) = (who.desk.split(' ').next()?, self.now().to_string());
        let minute: String = time.chars().take(16).filter(|c| c.is_ascii_alphanumeric()).collect();
        Some(format!("{from}-{to}-{minute}.{}", who.realm.ending()))
    }
}
