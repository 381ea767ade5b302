//! What keys do in a form, and what is to follow from them.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::view::FormView;
use crate::tui::input::Input;

/// What a form made of a key.
#[derive(PartialEq, Eq, Debug)]
pub enum FormEvent {
    /// Something may have been typed.
    Typed,
    /// A field changed that others may hang on.
    Changed,
    /// The row of the cursor wants a list to choose from.
    Choose,
    /// It is to be run.
    Run,
    /// It was left.
    Left,
}

impl FormView {
    /// Takes a key.
    pub fn take_key(&mut self, key: KeyEvent) -> FormEvent {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return FormEvent::Left,
            KeyCode::Tab => {
                self.step(1);
                return FormEvent::Changed;
            }
            KeyCode::BackTab => {
                self.step(-1);
                return FormEvent::Changed;
            }
            _ => {}
        }
        let Some(row) = self.rows.get_mut(self.at) else {
            match key.code {
                KeyCode::Enter => return FormEvent::Run,
                KeyCode::Up => self.step(-1),
                _ => {}
            }
            return FormEvent::Typed;
        };
        let choosing = key.code == KeyCode::F(4) || (key.code == KeyCode::Enter && row.words().is_some());
        if row.has_choices() && (choosing || (key.code == KeyCode::Enter && row.input.is_empty())) {
            return FormEvent::Choose;
        }
        if row.is_flag() {
            match key.code {
                KeyCode::Char(' ' | 'x' | 'y') => {
                    row.input = Input::new(if row.input.is_empty() { "yes" } else { "" }, false);
                    return FormEvent::Changed;
                }
                KeyCode::Char('n') | KeyCode::Backspace => row.input = Input::new("", false),
                KeyCode::Down | KeyCode::Enter => self.step(1),
                KeyCode::Up => self.step(-1),
                KeyCode::PageDown => self.at = self.rows.len(),
                KeyCode::PageUp => self.at = 0,
                _ => {}
            }
            return FormEvent::Typed;
        }
        // A label stands for an id: the first edit takes both away.
        let edits = matches!(key.code, KeyCode::Char(_) | KeyCode::Backspace | KeyCode::Delete) && !ctrl;
        if edits && row.label.take().is_some() {
            row.input = Input::new("", false);
            if matches!(key.code, KeyCode::Backspace | KeyCode::Delete) {
                return FormEvent::Changed;
            }
        }
        let before = row.input.text();
        if row.input.key(key) {
            if row.input.text() != before && row.label.take().is_some() {
                row.input = Input::new("", false);
            }
            self.failure = None;
            return FormEvent::Typed;
        }
        match key.code {
            KeyCode::Down | KeyCode::Enter => {
                self.step(1);
                FormEvent::Changed
            }
            KeyCode::Up => {
                self.step(-1);
                FormEvent::Changed
            }
            KeyCode::PageDown => {
                self.at = self.rows.len();
                FormEvent::Changed
            }
            KeyCode::PageUp => {
                self.at = 0;
                FormEvent::Changed
            }
            _ => FormEvent::Typed,
        }
    }

    /// Takes a press of the mouse on a row; `twice`: the second of two. It goes there; what is there already is ticked, and a second press
    /// does what Enter does.
    pub fn take_press(&mut self, row: usize, twice: bool) -> FormEvent {
        let was = std::mem::replace(&mut self.at, row);
        match self.rows.get_mut(row) {
            Some(field) if field.is_flag() && was == row => {
                field.input = Input::new(if field.input.is_empty() { "yes" } else { "" }, false);
                FormEvent::Changed
            }
            Some(field) if twice && field.has_choices() => FormEvent::Choose,
            None if twice => FormEvent::Run,
            _ => FormEvent::Changed,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::command::definition::{Args, PairRow};
    use crate::tui::overlay::form::row::FormRow;
    use crate::value::timestamp::Timestamp;

    fn press(form: &mut FormView, code: KeyCode) -> FormEvent {
        form.take_key(KeyEvent::new(code, KeyModifiers::NONE))
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
        assert_eq!(press(&mut form, KeyCode::Enter), FormEvent::Changed);
        write(&mut form, "cybercrime");
        press(&mut form, KeyCode::Tab);
        assert_eq!(press(&mut form, KeyCode::Enter), FormEvent::Run);
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
        assert_eq!(press(&mut form, KeyCode::Enter), FormEvent::Choose);
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
    fn what_is_typed_over_a_draft_is_kept() {
        let mut form = of("case new");
        form.restore([("title".to_owned(), "A".to_owned()), ("gone/row".to_owned(), "kept".to_owned())].into());
        form.at = 0;
        press(&mut form, KeyCode::Backspace);
        assert_eq!(form.draft(), [("gone/row".to_owned(), "kept".to_owned())].into(), "what was emptied stays so");
        write(&mut form, "B");
        assert_eq!(form.draft().get("title").map(String::as_str), Some("B"));
    }

    #[test]
    fn a_draft_belongs_to_the_partner_of_its_task() {
        let name = |partner: &str, again: Option<&'static str>| {
            let command = crate::command::command("bundle export").unwrap();
            let known = Args::default().with("to", partner);
            let with = again.map(|number| ("again", number.to_owned())).into_iter().collect();
            FormView::new(command, &known, &BTreeMap::new(), None).of_task(&with).draft_name()
        };
        let names = [name("XB", Some("1")), name("XC", Some("1")), name("XB", Some("2")), name("XB", None)];
        let all: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(all.len(), names.len(), "{names:?}");
        assert_eq!(name("XC", None), name("XB", None), "without a task it is one form");
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
    fn a_draft_is_put_back_over_what_is_known_and_the_rest_of_it_stays() {
        let pair = |name: &str| PairRow {
            name: name.into(),
            label: name.into(),
            help: String::new(),
            article: String::new(),
            required: true,
            words: Vec::new(),
        };
        let known =
            Args::default().with("urgency", "urgent").with("field", "offence=theft").with("field", "authority=XA");
        let begun = || {
            let command = crate::command::command("request new").unwrap();
            let mut form = FormView::new(command, &known, &BTreeMap::new(), None);
            form.set_pairs(vec![pair("authority"), pair("offence")]);
            form
        };
        let mut form = begun();
        assert!(form.draft().is_empty(), "nobody typed: {:?}", form.draft());
        for (name, text) in [("offence", "fraud"), ("urgency", "emergency")] {
            form.at = form.rows.iter().position(|r| r.name() == name).unwrap();
            form.answer(text);
        }
        let draft = form.draft();
        let command = crate::command::command("request new").unwrap();
        let mut again = FormView::new(command, &known, &BTreeMap::new(), None);
        again.restore(draft.clone());
        again.set_pairs(vec![pair("authority"), pair("offence")]);
        assert_eq!(again.form().all("field"), ["authority=XA", "offence=fraud"]);
        assert_eq!(again.form().maybe("urgency"), Some("emergency"));
        assert_eq!(again.draft(), draft, "it is not lost by being looked at");
    }

    #[test]
    fn times_are_computed_while_they_are_typed() {
        let now = Timestamp::parse("2026-11-23T03:12:00Z").unwrap();
        let mut form = of("agreement add");
        form.at = form.rows.iter().position(|r| r.field.name == "until").unwrap();
        write(&mut form, "30d");
        let computed = form.row().unwrap().computed(now).unwrap();
        assert_eq!(computed, Ok("2026-12-23 03:12Z, in 30 d".to_owned()));
        write(&mut form, "x");
        assert!(form.row().unwrap().computed(now).unwrap().is_err());
    }

    #[test]
    fn what_another_field_makes_needed_is_missed_until_it_is_there() {
        let mut form = of("review decide");
        let of = |form: &FormView, name: &str| form.rows.iter().position(|r| r.field.name == name).unwrap();
        for (decision, missing) in [
            ("", ["review", "decision"].as_slice()),
            ("approve", &["review", "expires"]),
            ("refuse", &["review", "reasons"]),
        ] {
            form.at = of(&form, "decision");
            form.answer(decision);
            assert_eq!(form.missing(), missing, "{decision}");
        }
        form.at = of(&form, "reasons");
        write(&mut form, "No.");
        assert_eq!(form.missing(), ["review"]);
    }

    #[test]
    fn what_has_another_shape_is_said_at_its_field() {
        let now = Timestamp::parse("2026-11-23T03:12:00Z").unwrap();
        for (command, field, wrong, right) in [
            ("bundle export", "max-size", "big", "700M"),
            ("budget line", "amount", "much", "5000.01"),
            ("case new", "purpose", "two words", "cybercrime"),
            ("item add", "tier", "5", "4"),
            ("item handover", "at", "2027-01-01", "3d"),
        ] {
            let mut form = of(command);
            form.at = form.rows.iter().position(|r| r.field.name == field).unwrap();
            form.answer(wrong);
            let row = form.rows.iter().find(|r| r.field.name == field).unwrap();
            assert!(form.misread(row, now).is_some_and(|why| why.ends_with("is expected")), "{command}: {wrong}");
            form.at = form.rows.iter().position(|r| r.field.name == field).unwrap();
            form.answer(right);
            let row = form.rows.iter().find(|r| r.field.name == field).unwrap();
            assert_eq!(form.misread(row, now), None, "{command}: {right}");
        }
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
