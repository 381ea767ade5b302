//! How a form takes keys and lines, and what it needs of whoever shows it.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::draw;
use super::keys::FormEvent;
use super::row::FormRow;
use super::view::FormView;
use crate::command::definition::{ArgKind, Weight};
use crate::tui::language::{phrase, tr};
use crate::tui::overlay::definition::{Context, Draft, DrawContext, Hints, Outcome, Overlay, Scroll};
use crate::tui::worker::Ticket;
use crate::value::text::Shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;

/// A form that was closed.
pub struct LeftForm {
    /// The name of its draft.
    pub name: String,
    /// What was typed into it.
    pub draft: Draft,
    /// The work that it began.
    pub running: Option<Ticket>,
}

/// What a form needs of whoever shows it.
pub trait FormHost: Sized + 'static {
    /// Something was typed: drafts are kept.
    fn form_typed(&mut self);
    /// A field changed that others may hang on.
    fn form_changed(&mut self);
    /// The row of the cursor wants a list to choose from.
    fn choose_for_form(&mut self);
    /// It is to be run.
    fn submit_form(&mut self);
    /// It was closed.
    fn form_left(&mut self, left: LeftForm);
}

impl FormView {
    fn follow_up<S: FormHost>(&self, event: FormEvent) -> Outcome<S> {
        match event {
            FormEvent::Typed => Outcome::Do(Box::new(S::form_typed)),
            FormEvent::Changed => Outcome::Do(Box::new(S::form_changed)),
            FormEvent::Choose => Outcome::Do(Box::new(S::choose_for_form)),
            FormEvent::Run => Outcome::Do(Box::new(S::submit_form)),
            FormEvent::Left => self.leave(),
        }
    }

    fn leave<S: FormHost>(&self) -> Outcome<S> {
        let left = LeftForm { name: self.draft_name(), draft: self.draft(), running: self.running };
        Outcome::close_and(move |state: &mut S| state.form_left(left))
    }
}

impl<S: FormHost> Overlay<S> for FormView {
    fn key(&mut self, key: KeyEvent, _: &Context<'_>) -> Outcome<S> {
        let event = self.take_key(key);
        self.follow_up(event)
    }

    fn pressable(&self, at: Position, area: Rect, context: &Context<'_>) -> Option<String> {
        let row = draw::row_at(self, area, context.now, at)?;
        Some(self.rows.get(row).map(FormRow::key).unwrap_or_default())
    }

    fn press(&mut self, at: Position, area: Rect, twice: bool, context: &Context<'_>) -> Outcome<S> {
        match draw::row_at(self, area, context.now, at) {
            Some(row) => {
                let event = self.take_press(row, twice);
                self.follow_up(event)
            }
            None => Outcome::Stay,
        }
    }

    fn paste(&mut self, text: &str) -> Option<Outcome<S>> {
        self.paste_into_row(text);
        Some(Outcome::Do(Box::new(S::form_typed)))
    }

    fn hints(&self) -> Hints {
        if self.running.is_some() {
            return &[("Esc", "leave it running"), ("Ctrl-C", "cancel it")];
        }
        &[
            ("Tab", "next"),
            ("Enter", "choose, go on"),
            ("Esc", "leave (draft is kept)"),
            ("PgDn", "to the end"),
            ("Shift-Tab", "before"),
        ]
    }

    fn scroll(&self, area: Rect, context: &Context<'_>) -> Scroll {
        draw::scroll(self, area, context.now)
    }

    fn set_scroll(&mut self, scroll: Scroll) {
        self.offset = scroll.offset;
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position> {
        draw::draw(self, area, buf, drawing)
    }

    fn lines(&mut self, context: &Context<'_>) -> Vec<String> {
        let begins = !std::mem::replace(&mut self.introduced, true);
        let mut lines = Vec::new();
        if let Some(failure) = &self.failure {
            let what = Shown::of(&failure.what);
            let is_misread = self.row().is_some_and(|row| self.misread(row, context.now).is_some());
            lines.push(if is_misread { phrase!("Not taken: {what}", what) } else { phrase!("Not done: {what}", what) });
            lines.extend((!failure.hint.is_empty()).then(|| Shown::of(&failure.hint).to_string()));
        }
        let Some(row) = self.row() else {
            lines.extend(self.summary());
            return lines;
        };
        if begins {
            lines.push(phrase!(
                "{command}: {about}.",
                command = self.command.full_name(),
                about = tr(self.command.about)
            ));
            let how =
                tr("Empty goes on; /before goes back a field, /empty empties one, /leave leaves and keeps a draft.");
            lines.push(how.to_owned());
            let known = self.rows.iter().filter(|r| !r.input.is_empty());
            lines.extend(known.map(|r| format!("{}: {}", r.name(), r.value())));
        }
        let article = if row.article().is_empty() { String::new() } else { format!("{}: ", row.article()) };
        let needed = if self.is_needed(row) { tr(", required") } else { "" };
        let help = Shown::of(&row.help());
        lines.push(phrase!(
            "Field {at} of {rows}: {article}{help}{needed}.",
            at = self.at + 1,
            rows = self.rows.len(),
            article,
            help,
            needed
        ));
        match row.words() {
            Some(words) if matches!(row.field.kind, ArgKind::Words(_)) => {
                lines.push(phrase!("Any of, by word or number, with commas: {numbered}.", numbered = numbered(&words)));
            }
            Some(words) => lines.push(phrase!("One of, by word or number: {numbered}.", numbered = numbered(&words))),
            None if row.has_choices() => lines.push(tr("/list lists what there is.").to_owned()),
            None if row.is_flag() => lines.push(tr("yes or no.").to_owned()),
            None if row.takes_lines() => lines.push(tr("Several lines; an empty one ends it.").to_owned()),
            None => {}
        }
        if let Some(computed) = row.computed(context.now) {
            lines.push(computed.unwrap_or_else(|why| why));
        }
        lines
    }

    fn prompt(&self) -> String {
        let Some(row) = self.row() else { return tr("yes, a number, or /leave: ").to_owned() };
        let value = row.value();
        let value = if value.is_empty() { String::new() } else { format!(" [{value}]") };
        format!("{}{value}: ", row.name())
    }

    fn line(&mut self, line: &str, context: &Context<'_>) -> Outcome<S> {
        match line.trim() {
            "/leave" => return self.leave(),
            "/before" => {
                self.at = self.at.saturating_sub(1);
                return Outcome::Stay;
            }
            _ => {}
        }
        let Some(row) = self.row() else {
            // At the end: it is done, or a field is written again.
            match line.trim().parse::<usize>() {
                Ok(n) if (1..=self.rows.len()).contains(&n) => self.at = n - 1,
                _ if line.trim() == "yes" => return Outcome::Do(Box::new(S::submit_form)),
                _ => {}
            }
            return Outcome::Stay;
        };
        if line.trim() == "/list" {
            let choices = Outcome::Do(Box::new(S::choose_for_form));
            return if row.has_choices() { choices } else { Outcome::Stay };
        }
        match row.is_flag() {
            true => self.answer_flag(line.trim(), context.now),
            false => self.answer_line(line, context.now),
        }
    }

    fn has_own_message(&self) -> bool {
        self.failure.is_some()
    }

    fn draft(&self) -> Option<(String, Draft)> {
        Some((self.draft_name(), Self::draft(self)))
    }
}

impl FormView {
    /// What stands in it, before it is run.
    fn summary(&self) -> Vec<String> {
        let mut lines =
            vec![phrase!("{command}: {about}", command = self.command.full_name(), about = tr(self.command.about))];
        for (n, row) in self.rows.iter().enumerate() {
            let value = row.value();
            let missing = if self.is_needed(row) { tr("MISSING") } else { tr("left empty") };
            lines.push(format!("{}. {}: {}", n + 1, row.name(), if value.is_empty() { missing } else { &value }));
        }
        lines.push(match self.command.weight() {
            None | Some(Weight::Records) => tr("yes does it; a number changes that field.").to_owned(),
            _ => tr("yes asks again and then does it; a number changes that field.").to_owned(),
        });
        lines
    }

    fn answer_flag<S: FormHost>(&mut self, line: &str, now: Timestamp) -> Outcome<S> {
        match line {
            "" => {
                self.skip();
                Outcome::Stay
            }
            "yes" | "y" => self.answered("yes", now),
            _ => self.answered("", now),
        }
    }

    fn answer_line<S: FormHost>(&mut self, line: &str, now: Timestamp) -> Outcome<S> {
        let Some(row) = self.row() else { return Outcome::Stay };
        let typed = line.trim();
        if typed.is_empty() {
            self.skip();
            return Outcome::Stay;
        }
        let takes_path = matches!(row.field.kind, ArgKind::Existing | ArgKind::ToWrite);
        let is_word = typed.strip_prefix('/').is_some_and(|word| word.bytes().all(|c| c.is_ascii_lowercase()));
        if is_word && typed != "/empty" && !takes_path {
            let why = tr("here are /before, /empty, /list and /leave");
            self.failure = Some(Error::usage(phrase!("there is no {typed}: {why}", typed, why)).hint(""));
            return Outcome::Stay;
        }
        // Lines are gathered until one is empty.
        if row.takes_lines() {
            self.add_line(line);
            return Outcome::Stay;
        }
        let words = row.words().unwrap_or_default();
        let word = |typed: &str| -> String {
            let numbered = typed.parse::<usize>().ok().and_then(|n| words.get(n.checked_sub(1)?).copied());
            numbered.unwrap_or(typed).to_owned()
        };
        let text = match () {
            () if typed == "/empty" => String::new(),
            () if words.is_empty() => typed.to_owned(),
            () => typed.split(',').map(|part| word(part.trim())).collect::<Vec<_>>().join(","),
        };
        self.answered(&text, now)
    }

    fn answered<S: FormHost>(&mut self, text: &str, now: Timestamp) -> Outcome<S> {
        let at = self.at;
        self.answer(text);
        // What cannot be as it stands is said where it was typed, and typed again there.
        if let Some(why) = self.rows.get(at).and_then(|row| self.misread(row, now)) {
            self.at = at;
            self.failure = Some(Error::usage(why).hint(""));
        }
        Outcome::Do(Box::new(S::form_changed))
    }
}

fn numbered(words: &[&str]) -> String {
    let all: Vec<String> = words.iter().enumerate().map(|(n, w)| format!("{} {w}", n + 1)).collect();
    all.join(", ")
}
