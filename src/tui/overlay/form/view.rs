//! A form: one row for each field of a command, and a last row that runs it. What was typed is never lost: leaving keeps it as a
//! draft, and a refusal stays beside it. It runs nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use super::row::{FormRow, pair_key, several_lines};
use crate::command::definition::{Arg, ArgKind, Args, Command, PairRow, Weight, alternatives};
use crate::tui::input::Input;
use crate::tui::language::{phrase, tr};
use crate::tui::overlay::definition::Draft;
use crate::tui::page::{Line, RecordRef, StyledText};
use crate::tui::theme::StyleRole;
use crate::tui::worker::Ticket;
use crate::value::id::Id;
use crate::value::text::is_blank;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// Computes the rows of a form's pairs.
pub type RowsOf = fn(&Workspace, &Args) -> Result<Vec<PairRow>, Error>;

/// What a form says, to be run.
pub struct Submission {
    /// The command.
    pub command: &'static Command,
    /// Its arguments: once for each record that it is for.
    pub forms: Vec<Args>,
    /// What is shown of it in the question before.
    pub about: Vec<Line>,
    /// The partner that it concerns.
    pub partner: Option<String>,
    /// The record that it is about, where it is about one.
    pub subject: Option<RecordRef>,
    /// Whether it is run without a question.
    pub at_once: bool,
}

/// A form.
pub struct FormView {
    /// What it is for.
    pub command: &'static Command,
    /// The partner that it concerns, where that is known.
    pub partner: Option<String>,
    /// Its rows.
    pub rows: Vec<FormRow>,
    /// The row of the cursor; after the last row stands the one that runs it.
    pub at: usize,
    /// The first row in sight.
    pub offset: usize,
    /// Whether the line-oriented interface has introduced it.
    pub introduced: bool,
    /// Why it was not done.
    pub failure: Option<Error>,
    /// The row that this is about, by its name in a draft.
    pub wrong: Option<String>,
    /// The work that it began.
    pub running: Option<Ticket>,
    /// What was known of the further records, where it is done with each of several.
    pub others: Vec<Args>,
    /// What stood in it for the first of them, before anybody typed.
    known: Args,
    /// The same by the rows' names in a draft, its pairs too.
    before: Draft,
    /// What a task knew of it, as it stands in the name of its draft.
    task: String,
    /// The newest question for the rows of its pairs.
    pub asked: Ticket,
    /// What the list that is open for it offers, once it has come.
    pub asked_choices: Ticket,
    /// The newest question whether what stands in it names anything.
    pub asked_values: Ticket,
    unknown: Vec<Unknown>,
    draft: Draft,
}

/// What stands in a row and names nothing here.
#[derive(Debug)]
pub struct Unknown {
    /// The row, by its name in a draft.
    pub row: String,
    /// What stands in it.
    pub text: String,
    /// Why it is nothing.
    pub why: String,
}

impl FormView {
    /// A form with what is known already; `labels` says what stands for the ids in it. The cursor is on the first row
    /// that is empty.
    pub fn new(
        command: &'static Command,
        known: &Args,
        labels: &BTreeMap<&'static str, String>,
        partner: Option<String>,
    ) -> Self {
        let row = |field: &'static Arg| FormRow {
            field,
            pair: None,
            input: Input::new(
                &known.all(field.name).join(if several_lines(field) { "\n" } else { "," }),
                several_lines(field),
            ),
            label: labels.get(field.name).cloned(),
        };
        let shown = |f: &&Arg| !f.cli_only && !matches!(f.kind, ArgKind::PairsOf(_));
        let mut rows: Vec<FormRow> = command.args.iter().filter(shown).map(row).collect();
        // What must be filled stands before what may be.
        rows.sort_by_key(|r| !r.is_first());
        let at = first_to_fill(&rows);
        let mut form = Self {
            command,
            partner,
            rows,
            at,
            offset: 0,
            introduced: false,
            failure: None,
            wrong: None,
            running: None,
            others: Vec::new(),
            known: Args::default(),
            before: Draft::new(),
            task: String::new(),
            asked: 0,
            asked_choices: 0,
            asked_values: 0,
            unknown: Vec::new(),
            draft: Draft::new(),
        };
        form.known = form.form();
        // The rows of its pairs come later, and find what is known of them.
        if let Some((field, _)) = form.pairs_of() {
            let pairs = known.all(field.name).iter().filter_map(|pair| pair.split_once('='));
            form.draft = pairs.map(|(name, text)| (pair_key(field, name), text.to_owned())).collect();
        }
        form.before.clone_from(&form.draft);
        form.before.extend(form.rows.iter().map(|row| (row.key(), row.input.text())));
        form
    }

    /// The same form for several records: what was known of the others.
    #[must_use]
    pub fn with_others(self, others: Vec<Args>) -> Self {
        Self { others, ..self }
    }

    /// The same form for a task that knew this of it. Its draft is one of its own: no other form is filled with what this task is about,
    /// nor with what is about another partner.
    #[must_use]
    pub fn of_task(self, with: &BTreeMap<&'static str, String>) -> Self {
        let known = with.iter().map(|(field, value)| format!(" {field}={value}"));
        let partner = self.known.maybe("to").filter(|_| !with.is_empty()).map(|to| format!(" to={to}"));
        Self { task: known.chain(partner).collect(), ..self }
    }

    /// The same form in a live workspace: without what means something in an exercise alone.
    #[must_use]
    pub fn of_real_work(mut self) -> Self {
        self.rows.retain(|row| !row.field.in_exercises);
        self.at = first_to_fill(&self.rows);
        self
    }

    /// The row of the cursor.
    pub fn row(&self) -> Option<&FormRow> {
        self.rows.get(self.at)
    }

    /// What names the rows of its pairs, where it has any.
    pub fn pairs_of(&self) -> Option<(&'static Arg, RowsOf)> {
        self.command.args.iter().find_map(|f| match f.kind {
            ArgKind::PairsOf(rows) => Some((f, rows)),
            _ => None,
        })
    }

    /// Takes the rows of its pairs; what was typed into rows of the same name stays.
    pub fn set_pairs(&mut self, pairs: Vec<PairRow>) {
        let Some((field, _)) = self.pairs_of() else { return };
        for row in &self.rows {
            if row.pair.is_some() {
                self.draft.insert(row.key(), row.input.text());
            }
        }
        let here = self.row().map(FormRow::key);
        let first = self.rows.iter().position(|r| r.pair.is_some());
        // Where nothing is typed yet behind what names them, the cursor goes to what must be filled, which comes only now.
        let begins = first.is_none() && self.row().is_some_and(|row| row.input.is_empty() || self.is_as_before(row));
        // Pairs stand behind what must be filled to know them, and before what may be.
        let place = first.unwrap_or_else(|| self.rows.iter().take_while(|r| r.is_first()).count());
        self.rows.retain(|r| r.pair.is_none());
        for (n, pair) in pairs.into_iter().enumerate() {
            let mut row =
                FormRow { field, input: Input::new("", pair.words.is_empty()), pair: Some(pair), label: None };
            if let Some(text) = self.draft.get(&row.key()) {
                row.input = Input::new(text, row.words().is_none());
            }
            self.rows.insert((place + n).min(self.rows.len()), row);
        }
        self.at = match here {
            Some(key) => self.rows.iter().position(|r| r.key() == key).unwrap_or_else(|| self.at.min(self.rows.len())),
            // Whoever was at its end still is: what comes may not stand where Enter is about to be pressed.
            None => self.rows.len(),
        };
        let empty = |is_it: &dyn Fn(&FormRow) -> bool| self.rows.iter().position(|r| is_it(r) && r.input.is_empty());
        // Whoever hears one field after the other hears all of them; on the screens what need not be filled is seen.
        let pair = || empty(&|r| r.pair.is_some()).filter(|_| self.introduced);
        let needed = empty(&FormRow::is_required).or_else(pair);
        if let Some(needed) = needed.filter(|needed| begins && *needed < self.at) {
            self.at = needed;
        }
    }

    /// Whether in a row stands what stood there before anybody typed.
    fn is_as_before(&self, row: &FormRow) -> bool {
        self.before.get(&row.key()) == Some(&row.input.text())
    }

    /// Empties the rows of its pairs: what was wrong is typed again, not mended.
    pub fn clear_pairs(&mut self) {
        for row in self.rows.iter_mut().filter(|r| r.pair.is_some()) {
            row.input = Input::new("", row.words().is_none());
        }
        self.draft.clear();
        self.at = self.rows.iter().position(|r| r.pair.is_some()).unwrap_or(self.at);
    }

    /// Puts a chosen value into the row of the cursor and goes to the next.
    pub fn put(&mut self, value: &str, label: Option<String>) {
        if let Some(row) = self.rows.get_mut(self.at) {
            let several = several_lines(row.field) && row.pair.is_none();
            let text = if several && !row.input.is_empty() {
                format!("{}\n{value}", row.input.text())
            } else {
                value.to_owned()
            };
            row.input = Input::new(&text, several || (row.pair.is_some() && row.words().is_none()));
            row.label = label;
        }
        self.failure = None;
        self.step(1);
    }

    /// Writes the row of the cursor again and goes to the next.
    pub fn answer(&mut self, text: &str) {
        if let Some(row) = self.rows.get_mut(self.at) {
            row.input = Input::new(text, row.takes_lines());
            row.label = None;
        }
        self.skip();
    }

    /// Adds a line to the row of the cursor, and stays there.
    pub fn add_line(&mut self, line: &str) {
        if let Some(row) = self.rows.get_mut(self.at) {
            let before = row.input.text();
            let text =
                if row.label.is_some() || before.is_empty() { line.to_owned() } else { format!("{before}\n{line}") };
            row.input = Input::new(&text, true);
            row.label = None;
        }
        self.failure = None;
    }

    /// Leaves the row of the cursor as it is and goes to the next.
    pub fn skip(&mut self) {
        self.failure = None;
        self.step(1);
    }

    /// Moves the cursor by so many rows.
    pub fn step(&mut self, by: i32) {
        self.at = self.at.saturating_add_signed(by as isize).min(self.rows.len());
    }

    /// What stands in it.
    pub fn form(&self) -> Args {
        let mut form = Args::default();
        for row in &self.rows {
            let text = row.input.text();
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            match &row.pair {
                Some(pair) => form.add(row.field.name, format!("{}={text}", pair.name)),
                None if row.is_flag() => form.add(row.field.name, "yes"),
                None if matches!(row.field.kind, ArgKind::Body) => form.add(row.field.name, text),
                None if several_lines(row.field) => {
                    text.lines().filter(|l| !is_blank(l)).for_each(|l| form.add(row.field.name, l.trim()));
                }
                None if row.field.repeated => {
                    text.split(',').filter(|v| !is_blank(v)).for_each(|v| form.add(row.field.name, v.trim()));
                }
                None => form.add(row.field.name, text),
            }
        }
        form
    }

    /// What stands in it, once for each thing that it is for: what was typed is for all of them, what was known is for each
    /// its own. Where another thing was named in it, it is for that one alone.
    pub fn forms(&self) -> Vec<Args> {
        let typed = self.form();
        let is_typed = |f: &Arg| typed.all(f.name) != self.known.all(f.name);
        let names_another = |f: &Arg| {
            let differs = self.others.iter().any(|o| o.all(f.name) != self.known.all(f.name));
            matches!(f.kind, ArgKind::Record(_)) && differs && is_typed(f)
        };
        if self.command.args.iter().any(names_another) {
            return vec![typed];
        }
        let of_another = |other: &Args| {
            let mut form = Args::default();
            for field in self.rows.iter().map(|r| r.field) {
                let from = if is_typed(field) { &typed } else { other };
                form.set(field.name, from.all(field.name).to_vec());
            }
            form
        };
        let others: Vec<Args> = self.others.iter().map(of_another).collect();
        std::iter::once(typed).chain(others).collect()
    }

    /// Whether the command cannot do without a row, with what stands in the others.
    pub fn is_needed(&self, row: &FormRow) -> bool {
        match (&row.pair, row.field.needed) {
            (Some(pair), _) => pair.required,
            // Each frame asks this of each row: what stands in the others is read where it counts.
            (None, None) => row.field.required,
            (None, Some(_)) => row.field.is_needed(&self.form()),
        }
    }

    /// The rows that must still be filled.
    fn empty_and_needed(&self) -> impl Iterator<Item = (usize, &FormRow)> {
        self.rows.iter().enumerate().filter(|(_, row)| row.input.is_empty() && self.is_needed(row))
    }

    /// What must still be filled.
    pub fn missing(&self) -> Vec<String> {
        let name = |field: &Arg| {
            let row = self.rows.iter().find(|row| row.pair.is_none() && row.field.name == field.name);
            row.map(FormRow::name).unwrap_or_default()
        };
        let fields = self.empty_and_needed().filter(|(_, row)| row.pair.is_none()).map(|(_, row)| row.field);
        let fields = alternatives(fields).into_iter();
        let fields = fields.map(|group| group.iter().map(|field| name(field)).collect::<Vec<_>>().join(tr(" or ")));
        let pairs = self.empty_and_needed().filter(|(_, row)| row.pair.is_some()).map(|(_, row)| row.name());
        fields.chain(pairs).collect()
    }

    /// What is kept of it when it is left; nothing where nothing was typed.
    pub fn draft(&self) -> Draft {
        // Of rows that are not here now there is only what was there before.
        let here: BTreeSet<String> = self.rows.iter().map(FormRow::key).collect();
        let mut draft = self.draft.clone();
        draft.retain(|row, text| !text.is_empty() && !here.contains(row));
        let typed = self.rows.iter().filter(|r| !r.input.is_empty());
        draft.extend(typed.map(|r| (r.key(), r.input.text())));
        // What stood there before anybody typed is nobody's words.
        draft.retain(|row, text| self.before.get(row) != Some(text));
        draft
    }

    /// Puts a draft back.
    pub fn restore(&mut self, draft: Draft) {
        for row in &mut self.rows {
            // What was typed goes before what is only known.
            let is_known = self.before.get(&row.key()) == Some(&row.input.text());
            if (row.input.is_empty() || is_known)
                && let Some(text) = draft.get(&row.key())
            {
                row.input = Input::new(text, several_lines(row.field));
                row.label = None;
            }
        }
        // The rows of its pairs come later, and find what is known of them where nothing was typed.
        self.draft.extend(draft);
        self.at = first_to_fill(&self.rows);
    }

    /// Takes a paste into the row of the cursor.
    pub fn paste_into_row(&mut self, text: &str) {
        if let Some(row) = self.rows.get_mut(self.at).filter(|r| !r.is_flag()) {
            // A label stands for an id: what is pasted stands instead of it.
            if row.label.take().is_some() {
                row.input = Input::new("", row.takes_lines());
            }
            row.input.paste(text);
        }
    }

    /// The name of its draft. A draft belongs to the record that it is about, where it is about one, and to its task.
    pub fn draft_name(&self) -> String {
        let subject = self.rows.iter().find(|r| r.field.positional && r.label.is_some()).map(|r| r.input.text());
        format!("{} {}{}", self.command.full_name(), subject.unwrap_or_default(), self.task)
    }

    /// What is shown of it in the question before it is run.
    fn about(&self, now: Timestamp) -> Vec<Line> {
        let mut about: Vec<Line> = vec![vec![StyledText::new(tr(self.command.about), StyleRole::Title)], Vec::new()];
        for row in self.rows.iter().filter(|r| !r.input.is_empty()) {
            let mut text = row.label.clone().unwrap_or_else(|| row.input.lines().join(" / "));
            // A word for a time is no date: what will be signed is.
            if let Some(Ok(words)) = row.computed(now) {
                text = format!("{text} = {words}");
            }
            about.push(vec![StyledText::new(format!("{:16}", row.name()), StyleRole::Note), StyledText::from(text)]);
        }
        about
    }

    /// The record that it names.
    fn subject(&self) -> Option<RecordRef> {
        let named = self.rows.iter().find_map(|r| match r.field.kind {
            ArgKind::Record(kinds) if r.field.positional => Some((kinds, r.input.text())),
            _ => None,
        });
        named.and_then(|(kinds, id)| Some(RecordRef { kind: *kinds.first()?, id: Id::parse(&id)? }))
    }

    /// What it says, to be run.
    pub fn submission(&self, now: Timestamp) -> Submission {
        let (command, typed, forms) = (self.command, self.form(), self.forms());
        let to = typed.maybe("to").filter(|to| forms.iter().all(|f| f.maybe("to") == Some(*to)));
        Submission {
            command,
            about: self.about(now),
            partner: self.partner.as_deref().or(to).map(str::to_owned),
            subject: self.subject().filter(|_| forms.len() == 1),
            // What is done with several records at once is always asked about: one key is too little for it.
            at_once: (matches!(command.weight(), None | Some(Weight::Records)) && forms.len() == 1)
                || typed.flag("dry-run"),
            forms,
        }
    }

    /// The rows that name records, partners or files by what was typed: each with its name in a draft, what it takes and what stands in it.
    pub fn naming(&self) -> Vec<(String, ArgKind, String)> {
        let names = |row: &&FormRow| {
            let takes =
                matches!(row.field.kind, ArgKind::Record(_) | ArgKind::Partner | ArgKind::Existing | ArgKind::Known(_));
            takes && row.pair.is_none() && row.label.is_none() && !row.input.text().trim().is_empty()
        };
        self.rows.iter().filter(names).map(|row| (row.key(), row.field.kind, row.input.text())).collect()
    }

    /// Takes what of that names nothing.
    pub fn set_unknown(&mut self, unknown: Vec<Unknown>) {
        self.unknown = unknown;
    }

    /// What is wrong with what stands in a row, as far as that is known.
    pub fn misread(&self, row: &FormRow, now: Timestamp) -> Option<String> {
        if let Some(Err(why)) = row.computed(now) {
            return Some(why);
        }
        let (key, text) = (row.key(), row.input.text());
        self.unknown
            .iter()
            .find(|unknown| unknown.row == key && unknown.text == text)
            .map(|unknown| unknown.why.clone())
    }

    /// Goes to the first row that cannot be as it stands, and says why; returns whether there is one.
    pub fn refuse_misread(&mut self, now: Timestamp) -> bool {
        let found = self.rows.iter().enumerate().find_map(|(n, row)| Some((n, row.key(), self.misread(row, now)?)));
        let Some((n, row, why)) = found else { return false };
        (self.at, self.wrong, self.failure) = (n, Some(row), Some(Error::usage(why).hint("")));
        true
    }

    /// Goes to the first row that must still be filled, and says which are.
    pub fn refuse_missing(&mut self, missing: &[String]) {
        let needed = self.empty_and_needed().next().map(|(at, _)| at);
        self.at = needed.unwrap_or(self.at);
        self.wrong = self.row().map(FormRow::key);
        self.failure = Some(
            Error::usage(phrase!("still missing: {missing}", missing = missing.join(", "))).hint(tr("fill it in")),
        );
    }

    /// Takes why it was not done, in the words of the form. Where a field is named, the cursor goes there.
    pub fn refuse(&mut self, failure: Error) {
        let at = self.rows.iter().position(|row| is_named(row, &failure.what));
        let at = at.or_else(|| self.rows.iter().position(|row| is_quoted(row, &failure.what)));
        self.wrong = at.and_then(|n| self.rows.get(n)).map(FormRow::key);
        self.at = at.unwrap_or(self.at);
        let hint = if failure.hint.contains("--help") { String::new() } else { self.in_its_words(&failure.hint) };
        let what = self.in_its_words(&failure.what);
        self.failure = Some(Error { what, hint, ..failure });
    }

    /// A text in which fields are called as the form calls them.
    fn in_its_words(&self, text: &str) -> String {
        // The longest names first: one may begin as another does.
        let mut names: Vec<(String, String)> =
            self.command.args.iter().map(|f| (format!("--{}", f.name), f.name.replace('-', " "))).collect();
        names.sort_by_key(|(flag, _)| std::cmp::Reverse(flag.len()));
        names.iter().fold(text.to_owned(), |text, (flag, name)| text.replace(flag, name))
    }
}

/// The first row that is to be filled; after the last row where none is. What else it could be about is not, where it is about something
/// already.
fn first_to_fill(rows: &[FormRow]) -> usize {
    let names = |r: &FormRow| matches!(r.field.kind, ArgKind::Record(_));
    let is_about = rows.iter().any(|r| names(r) && !r.input.is_empty());
    let is_open = |r: &FormRow| r.input.is_empty() && !r.is_flag() && (r.is_first() || !names(r) || !is_about);
    rows.iter().position(is_open).unwrap_or(rows.len())
}

/// Whether a text names the field of a row, as the command line calls it.
fn is_named(row: &FormRow, text: &str) -> bool {
    let flag = format!("--{}", row.field.name);
    let named = |flag: &str| {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
        text.match_indices(flag).any(|(at, _)| text.get(at + flag.len()..).is_some_and(ends))
    };
    match &row.pair {
        None => named(&flag),
        Some(pair) => named(&pair.name) && (named(&flag) || text.contains(&format!("{}=", pair.name))),
    }
}

/// Whether a text tells of the record, partner or file that stands in a row.
fn is_quoted(row: &FormRow, text: &str) -> bool {
    let names = matches!(row.field.kind, ArgKind::Record(_) | ArgKind::Partner | ArgKind::Existing | ArgKind::ToWrite);
    let typed = row.input.text();
    names && row.pair.is_none() && !typed.trim().is_empty() && text.contains(typed.trim())
}
