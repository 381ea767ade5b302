//! What a command asks for, as a form: one row for each field, the rule that asks for it beside it, and a last row that
//! runs it. What was typed is never lost: leaving keeps it as a draft, and a refusal stays beside it.

use std::collections::BTreeMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::command::definition::{Arg, ArgKind, Args, Command, PairRow};
use crate::tui::input::Input;
use crate::value::text::is_blank;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// What tells the rows of a form's pairs.
pub type RowsOf = fn(&Workspace, &Args) -> Result<Vec<PairRow>, Error>;

/// One row of a form.
pub struct FormRow {
    /// The field.
    pub field: &'static Arg,
    /// The name that it has where the field is one of pairs.
    pub pair: Option<PairRow>,
    /// What stands in it.
    pub input: Input,
    /// What is shown instead, where the value is an id.
    pub label: Option<String>,
}

/// What is kept of a form that was left: the text of each row.
pub type Draft = BTreeMap<String, String>;

/// What a form made of a key.
#[derive(PartialEq, Eq, Debug)]
pub enum Heard {
    /// Nothing that others need to know.
    Taken,
    /// It was left.
    Left,
    /// The row of the cursor wants a list to choose from.
    Choose,
    /// A field changed that others may hang on.
    Changed,
    /// It is to be run.
    Handler,
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
    /// The first row that is drawn.
    pub offset: usize,
    /// Why it was not done.
    pub failure: Option<Error>,
    /// The work that it began.
    pub running: Option<u64>,
    /// What was known of the further things, where it is done with each of several.
    pub others: Vec<Args>,
    /// What stood in it for the first of them, before anybody typed.
    known: Args,
    /// The newest question for the rows of its pairs.
    pub asked: u64,
    /// What the list that is open for it offers, once it has come.
    pub asked_choices: u64,
    draft: Draft,
}

impl FormRow {
    /// What it is called.
    pub fn name(&self) -> String {
        self.pair.as_ref().map_or_else(|| self.field.name.replace('-', " "), |p| p.label.clone())
    }

    /// What to write.
    pub fn help(&self) -> String {
        self.pair.as_ref().map_or_else(|| self.field.help.to_owned(), |p| p.help.clone())
    }

    /// The rule that asks for it.
    pub fn article(&self) -> &str {
        self.pair.as_ref().map_or("", |p| p.article.as_str())
    }

    /// Whether the command cannot do without it.
    pub fn is_required(&self) -> bool {
        self.pair.as_ref().map_or(self.field.required, |p| p.required)
    }

    /// The words that may stand in it; `None`: free text.
    pub fn words(&self) -> Option<Vec<&'static str>> {
        match (&self.pair, self.field.kind) {
            (Some(pair), _) if !pair.words.is_empty() => Some(pair.words.clone()),
            (None, ArgKind::Word(words) | ArgKind::Words(words)) => Some(words()),
            _ => None,
        }
    }

    /// Whether Enter opens a list to choose from.
    pub fn has_choices(&self) -> bool {
        let listed = matches!(
            self.field.kind,
            ArgKind::Record(_) | ArgKind::Partner | ArgKind::Existing | ArgKind::ToWrite | ArgKind::Known(_)
        );
        self.words().is_some() || (self.pair.is_none() && listed)
    }

    /// Whether it is yes or no.
    pub const fn is_flag(&self) -> bool {
        matches!(self.field.kind, ArgKind::Flag)
    }

    /// Whether several lines may stand in it.
    pub fn takes_lines(&self) -> bool {
        if self.pair.is_some() { self.words().is_none() } else { several_lines(self.field) }
    }

    /// The key of its draft.
    fn key(&self) -> String {
        self.pair.as_ref().map_or_else(|| self.field.name.to_owned(), |p| format!("{}/{}", self.field.name, p.name))
    }

    /// What a time or a length of time comes to, in words; or that it is none.
    pub fn reckoned(&self, now: Timestamp) -> Option<Result<String, &'static str>> {
        let text = self.input.text();
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        match self.field.kind {
            ArgKind::Time => Some(match Timestamp::parse_typed(text, now) {
                Some(t) => Ok(format!("{}, in {}", t.to_minute(), t.since(now))),
                None => Err("a date (2026-12-24), a time, or 60d is expected"),
            }),
            ArgKind::Duration => Some(match Duration::parse(text) {
                Some(s) => Ok(format!("until {}", now.plus(s).to_minute())),
                None => Err("a number of days is expected, such as 60d"),
            }),
            ArgKind::Number if text.parse::<i64>().is_err() => Some(Err("a whole number is expected")),
            _ => None,
        }
    }
}

fn several_lines(field: &Arg) -> bool {
    let free = matches!(field.kind, ArgKind::Line | ArgKind::Existing);
    matches!(field.kind, ArgKind::Body | ArgKind::Pairs) || (field.repeated && free)
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
        let rows: Vec<FormRow> = command.args.iter().filter(shown).map(row).collect();
        let at = rows.iter().position(|r| r.input.is_empty() && !r.is_flag()).unwrap_or(rows.len());
        let mut form = Self {
            command,
            partner,
            rows,
            at,
            offset: 0,
            failure: None,
            running: None,
            others: Vec::new(),
            known: Args::default(),
            asked: 0,
            asked_choices: 0,
            draft: Draft::new(),
        };
        form.known = form.form();
        form
    }

    /// The same form for several things: what was known of the others.
    #[must_use]
    pub fn with_others(self, others: Vec<Args>) -> Self {
        Self { others, ..self }
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
        // Pairs stand where their field does among the others.
        let place = first.unwrap_or_else(|| {
            let before = self.command.args.iter().take_while(|f| f.name != field.name).map(|f| f.name);
            let before: Vec<_> = before.collect();
            self.rows.iter().filter(|r| before.contains(&r.field.name)).count()
        });
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

    fn step(&mut self, by: i32) {
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

    /// What must still be filled.
    pub fn missing(&self) -> Vec<String> {
        self.rows.iter().filter(|r| r.is_required() && r.input.is_empty()).map(FormRow::name).collect()
    }

    /// What is kept of it when it is left; nothing where nothing was typed.
    pub fn draft(&self) -> Draft {
        let typed = self.rows.iter().filter(|r| !r.input.is_empty() && r.label.is_none());
        let mut draft: Draft = typed.map(|r| (r.key(), r.input.text())).collect();
        draft.extend(self.draft.iter().filter(|(_, v)| !v.is_empty()).map(|(k, v)| (k.clone(), v.clone())));
        draft
    }

    /// Puts a draft back.
    pub fn restore(&mut self, draft: Draft) {
        for row in &mut self.rows {
            if row.input.is_empty()
                && let Some(text) = draft.get(&row.key())
            {
                row.input = Input::new(text, several_lines(row.field));
            }
        }
        self.draft = draft;
        self.at = self.rows.iter().position(|r| r.input.is_empty() && !r.is_flag()).unwrap_or(self.rows.len());
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) -> Heard {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return Heard::Left,
            KeyCode::Tab => {
                self.step(1);
                return Heard::Changed;
            }
            KeyCode::BackTab => {
                self.step(-1);
                return Heard::Changed;
            }
            _ => {}
        }
        let Some(row) = self.rows.get_mut(self.at) else {
            match key.code {
                KeyCode::Enter => return Heard::Handler,
                KeyCode::Up => self.step(-1),
                _ => {}
            }
            return Heard::Taken;
        };
        let choosing = key.code == KeyCode::F(4) || (key.code == KeyCode::Enter && row.words().is_some());
        if row.has_choices() && (choosing || (key.code == KeyCode::Enter && row.input.is_empty())) {
            return Heard::Choose;
        }
        if row.is_flag() {
            match key.code {
                KeyCode::Char(' ' | 'x' | 'y') => {
                    row.input = Input::new(if row.input.is_empty() { "yes" } else { "" }, false);
                    return Heard::Changed;
                }
                KeyCode::Char('n') | KeyCode::Backspace => row.input = Input::new("", false),
                KeyCode::Down | KeyCode::Enter => self.step(1),
                KeyCode::Up => self.step(-1),
                KeyCode::PageDown => self.at = self.rows.len(),
                KeyCode::PageUp => self.at = 0,
                _ => {}
            }
            return Heard::Taken;
        }
        // A label stands for an id: the first edit takes both away.
        let edits = matches!(key.code, KeyCode::Char(_) | KeyCode::Backspace | KeyCode::Delete) && !ctrl;
        if edits && row.label.take().is_some() {
            row.input = Input::new("", false);
            if matches!(key.code, KeyCode::Backspace | KeyCode::Delete) {
                return Heard::Changed;
            }
        }
        if row.input.key(key) {
            self.failure = None;
            return Heard::Taken;
        }
        match key.code {
            KeyCode::Down | KeyCode::Enter => {
                self.step(1);
                Heard::Changed
            }
            KeyCode::Up => {
                self.step(-1);
                Heard::Changed
            }
            KeyCode::PageDown => {
                self.at = self.rows.len();
                Heard::Changed
            }
            KeyCode::PageUp => {
                self.at = 0;
                Heard::Changed
            }
            _ => Heard::Taken,
        }
    }

    /// Takes a paste into the row of the cursor.
    pub fn paste(&mut self, text: &str) {
        if let Some(row) = self.rows.get_mut(self.at).filter(|r| !r.is_flag()) {
            row.label = None;
            row.input.paste(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(form: &mut FormView, code: KeyCode) -> Heard {
        form.key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    fn write(form: &mut FormView, text: &str) {
        for c in text.chars() {
            press(form, KeyCode::Char(c));
        }
    }

    fn of(name: &str) -> FormView {
        FormView::new(crate::command::command(name).unwrap(), &Args::default(), &BTreeMap::new(), None)
    }

    #[test]
    fn what_is_typed_is_what_the_verb_gets() {
        let mut form = of("case new");
        assert_eq!(form.missing(), ["title", "purpose"]);
        write(&mut form, "Tidewater");
        assert_eq!(press(&mut form, KeyCode::Enter), Heard::Changed);
        write(&mut form, "cybercrime");
        press(&mut form, KeyCode::Tab);
        assert_eq!(press(&mut form, KeyCode::Enter), Heard::Handler);
        let got = form.form();
        assert_eq!((got.maybe("title"), got.maybe("purpose")), (Some("Tidewater"), Some("cybercrime")));
        assert!(form.missing().is_empty());
    }

    #[test]
    fn a_label_stands_for_an_id_until_it_is_edited() {
        let command = crate::command::command("request send").unwrap();
        let known = Args::default().with("request", "00ff");
        let mut form = FormView::new(command, &known, &BTreeMap::from([("request", "R-00ff".to_owned())]), None);
        assert_eq!(form.at, 1, "the cursor is on the row that runs it");
        assert_eq!(form.form().maybe("request"), Some("00ff"));
        press(&mut form, KeyCode::Up);
        press(&mut form, KeyCode::Backspace);
        assert_eq!(form.form().maybe("request"), None);
        assert_eq!(press(&mut form, KeyCode::Enter), Heard::Choose);
        form.put("11aa", Some("R-11aa".into()));
        assert_eq!(form.form().maybe("request"), Some("11aa"));
    }

    #[test]
    fn what_is_typed_is_for_all_and_what_is_known_for_each() {
        let known = Args::default().with("subject", "a1").with("to", "XB");
        let others = vec![
            Args::default().with("subject", "b2").with("to", "XC"),
            Args::default().with("subject", "c3").with("to", "XB"),
        ];
        let labels = BTreeMap::from([("subject", "3: a1 b2 c3".to_owned())]);
        let mut form =
            FormView::new(crate::command::command("review open").unwrap(), &known, &labels, None).with_others(others);
        let said = |form: &FormView, name: &str| {
            form.forms().iter().map(|f| f.maybe(name).unwrap_or("-").to_owned()).collect::<Vec<_>>().join(" ")
        };
        form.at = form.rows.iter().position(|r| r.field.name == "purpose").unwrap();
        write(&mut form, "fraud");
        assert_eq!(said(&form, "subject"), "a1 b2 c3");
        assert_eq!(said(&form, "to"), "XB XC XB");
        assert_eq!(said(&form, "purpose"), "fraud fraud fraud");
        form.at = form.rows.iter().position(|r| r.field.name == "to").unwrap();
        write(&mut form, "Z");
        assert_eq!(said(&form, "to"), "XBZ XBZ XBZ");
        form.at = form.rows.iter().position(|r| r.field.name == "subject").unwrap();
        form.put("d4", Some("d4".into()));
        assert_eq!(said(&form, "subject"), "d4");
    }

    #[test]
    fn pairs_keep_what_was_typed_while_their_rows_change() {
        let pair = |name: &str| PairRow {
            name: name.into(),
            label: name.into(),
            help: String::new(),
            article: "Art. 29".into(),
            required: true,
            words: Vec::new(),
        };
        let mut form = of("request new");
        form.set_pairs(vec![pair("authority"), pair("offence")]);
        form.at = form.rows.iter().position(|r| r.name() == "offence").unwrap();
        write(&mut form, "theft");
        form.set_pairs(vec![pair("offence")]);
        assert_eq!(form.form().all("field"), ["offence=theft"]);
        form.set_pairs(vec![pair("authority"), pair("offence")]);
        assert_eq!(form.form().all("field"), ["offence=theft"]);
        assert_eq!(form.row().map(FormRow::name).as_deref(), Some("offence"), "the cursor stays");
        let draft = form.draft();
        let mut again = of("request new");
        again.restore(draft);
        again.set_pairs(vec![pair("offence")]);
        assert_eq!(again.form().all("field"), ["offence=theft"]);
    }

    #[test]
    fn times_are_reckoned_while_they_are_typed() {
        let now = Timestamp::parse("2026-11-23T03:12:00Z").unwrap();
        let mut form = of("agreement add");
        form.at = form.rows.iter().position(|r| r.field.name == "until").unwrap();
        write(&mut form, "30d");
        let reckoned = form.row().unwrap().reckoned(now).unwrap();
        assert_eq!(reckoned, Ok("2026-12-23 03:12Z, in 30d00h".to_owned()));
        write(&mut form, "x");
        assert!(form.row().unwrap().reckoned(now).unwrap().is_err());
    }

    #[test]
    fn rows_that_come_late_leave_the_end_where_it_is() {
        let command = crate::command::command("review assess").unwrap();
        let mut form = FormView::new(command, &Args::default(), &BTreeMap::new(), None);
        press(&mut form, KeyCode::PageDown);
        assert!(form.row().is_none(), "the cursor is where Enter does it");
        let row = |n: usize| PairRow {
            name: n.to_string(),
            label: n.to_string(),
            help: String::new(),
            article: String::new(),
            required: false,
            words: Vec::new(),
        };
        form.set_pairs((0..5).map(row).collect());
        assert!(form.row().is_none());
    }
}
