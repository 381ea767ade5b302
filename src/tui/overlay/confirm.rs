//! The question before what binds or destroys. It is answered by typing a word; Enter alone never answers it, and a
//! paste does not reach it.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Position, Rect};
use ratatui::text::Line as TextLine;
use ratatui::widgets::{Paragraph, Widget as _};

use super::definition::{Context, DrawContext, Hints, Outcome, Overlay};
use super::reader::Reader;
use crate::command::definition::{Args, Command, Preview, Weight};
use crate::tui::appearance::Appearance;
use crate::tui::bulk::why;
use crate::tui::input::Input;
use crate::tui::language::{phrase, tr};
use crate::tui::layout::inset;
use crate::tui::page::{Line, StyledText, text_of};
use crate::tui::theme::StyleRole;
use crate::tui::widget::fitted::{Fitted, wrapped};
use crate::tui::worker::{CancelOnDrop, Ticket};
use crate::value::text::{Shown, width};
use crate::workspace::error::Error;

/// The gate's answer when it was asked beforehand.
pub enum GateAnswer {
    /// It was not asked, since that cannot be done without doing the thing; it is asked when the thing is done.
    Later,
    /// It has not answered yet.
    Waiting,
    /// Yes.
    Yes,
    /// No, and why.
    No(Box<Error>),
}

/// Runs a command with each of the forms.
pub type RunCommand<S> = fn(&mut S, &'static Command, Vec<Args>);

/// The question.
pub struct Confirm<S> {
    /// What would be done.
    pub command: &'static Command,
    /// With what: once for each of these.
    pub forms: Vec<Args>,
    /// What is shown of it.
    about: Vec<Line>,
    /// What it would come to, in lines, once that is known.
    preview: Vec<Shown>,
    /// The word that must be typed.
    word: String,
    typed: Input,
    answer: GateAnswer,
    /// The request to the gate; nobody waits for it once the question is closed.
    pub asked: Ticket,
    waiting: CancelOnDrop,
    /// Whether Enter was pressed on something else than the word.
    wrong: bool,
    run: RunCommand<S>,
}

impl<S: 'static> Confirm<S> {
    /// A question; `run` is done where it is answered with the word.
    pub fn new(
        command: &'static Command,
        forms: Vec<Args>,
        about: Vec<Line>,
        partner: Option<&str>,
        run: RunCommand<S>,
    ) -> Self {
        let word = match (command.weight(), partner) {
            (Some(Weight::Destroys), _) | (_, None) => command.name.to_owned(),
            (_, Some(code)) => code.to_owned(),
        };
        let asked_first = command.is_rehearsable() || command.writes.is_some_and(|w| w.preview != Preview::None);
        let answer = if asked_first { GateAnswer::Waiting } else { GateAnswer::Later };
        Self {
            command,
            forms,
            about,
            preview: Vec::new(),
            word,
            typed: Input::new("", false),
            answer,
            asked: 0,
            waiting: CancelOnDrop::default(),
            wrong: false,
            run,
        }
    }

    /// The flag that cancels the request to the gate; `None` where the gate is not asked beforehand.
    pub fn asks_gate(&self) -> Option<&CancelOnDrop> {
        matches!(self.answer, GateAnswer::Waiting).then_some(&self.waiting)
    }

    /// Takes the gate's answer to each form. Those that it refuses are left out, and that is shown, as long as any is left.
    pub fn show_preview(&mut self, answers: Vec<Option<Error>>, preview: &[String]) {
        self.preview.clear();
        let of = answers.len();
        let refused: Vec<&Error> = answers.iter().flatten().collect();
        self.answer = match refused.first() {
            None => GateAnswer::Yes,
            Some(failure) if refused.len() == of => GateAnswer::No(Box::new((*failure).clone())),
            Some(_) => {
                self.preview.push(Shown::from(phrase!(
                    "{refused} of {of} can. The others are left out:",
                    refused = of - refused.len(),
                    of
                )));
                let mut whys: Vec<(String, usize)> = Vec::new();
                for why in refused.iter().map(|f| why(f)) {
                    match whys.iter_mut().find(|(w, _)| *w == why) {
                        Some((_, n)) => *n += 1,
                        None => whys.push((why, 1)),
                    }
                }
                self.preview.extend(whys.into_iter().map(|(why, n)| Shown::from(format!("{n}: {why}"))));
                let mut answers = answers.iter();
                self.forms.retain(|_| answers.next().is_some_and(Option::is_none));
                GateAnswer::Yes
            }
        };
        // Who is left out stands first: what it comes to may be longer than the screen.
        self.preview.extend(preview.iter().map(|t| Shown::of(t)));
    }

    fn is_refused(&self) -> bool {
        matches!(self.answer, GateAnswer::No(_))
    }

    /// Takes what was typed as the answer.
    fn enter(&mut self) -> Outcome<S> {
        if self.is_refused() {
            return Outcome::Close;
        }
        let fits = self.typed.text().trim() == self.word;
        self.wrong = !fits;
        if !fits || !matches!(self.answer, GateAnswer::Yes | GateAnswer::Later) {
            return Outcome::Stay;
        }
        let (run, command, forms) = (self.run, self.command, self.forms.clone());
        Outcome::close_and(move |state| run(state, command, forms))
    }

    /// What it is about, and what the gate says.
    fn text(&self) -> Vec<StyledText> {
        let mut lines = Vec::new();
        for line in &self.about {
            let role = if let [only] = line.as_slice() { only.role } else { StyleRole::Base };
            lines.push(StyledText::new(text_of(line), role));
        }
        lines.push(StyledText::default());
        match &self.answer {
            GateAnswer::Later => lines.push(StyledText::new(tr("The gate is asked when it is done."), StyleRole::Note)),
            GateAnswer::Waiting => lines.push(StyledText::new(tr("Asking the gate …"), StyleRole::Note)),
            GateAnswer::Yes => lines.push(StyledText::new(tr("The gate says yes."), StyleRole::Good)),
            GateAnswer::No(failure) => {
                lines.push(StyledText::new(tr("The gate says no:"), StyleRole::Stop));
                let refusals: Vec<String> = match &failure.verdict {
                    Some(verdict) => {
                        let rule = verdict.refusals();
                        rule.map(|f| format!("{}  {} ({})", f.id, f.because, f.source())).collect()
                    }
                    None => vec![failure.what.clone()],
                };
                lines.extend(refusals.into_iter().map(|text| StyledText::new(text, StyleRole::Stop)));
            }
        }
        lines.push(StyledText::default());
        lines
    }

    fn question(&self) -> &'static str {
        match self.command.weight() {
            Some(Weight::Destroys) => tr("This cannot be undone. To do it, type"),
            _ => tr("To sign, type"),
        }
    }
}

impl<S: 'static> Overlay<S> for Confirm<S> {
    fn key(&mut self, key: KeyEvent, _: &Context<'_>) -> Outcome<S> {
        match key.code {
            KeyCode::Esc => return Outcome::Close,
            KeyCode::Enter => return self.enter(),
            _ => {}
        }
        self.wrong = false;
        self.typed.key(key);
        Outcome::Stay
    }

    fn hints(&self) -> Hints {
        match self.answer {
            GateAnswer::No(_) => &[("Esc", "back")],
            GateAnswer::Waiting => &[("Esc", "no")],
            GateAnswer::Yes | GateAnswer::Later => &[("Esc", "no"), ("type the word, Enter", "yes")],
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position> {
        let area = inset(area);
        drawing.appearance.rule(self.command.full_name(), area.width).render(area, buf);
        let lines = wrapped(self.text(), area.width);
        // The word of the gate and the question stand where nothing cuts them; what it comes to follows.
        let asks = !matches!(self.answer, GateAnswer::No(_) | GateAnswer::Waiting);
        let rows = [
            Constraint::Length(1),
            Constraint::Length((lines.len() as u16).min(area.height.saturating_sub(4))),
            Constraint::Length(u16::from(asks)),
            Constraint::Length(u16::from(asks) * 2),
            Constraint::Min(0),
        ];
        let [_, about, question, wrong, below] = Split::vertical(rows).areas(area);
        Paragraph::new(drawing.appearance.lines(&lines)).render(about, buf);
        if !self.is_refused() {
            self.draw_preview(drawing.appearance, below, buf);
        }
        if !asks {
            return None;
        }
        let ask = phrase!("{question} {word} and press Enter: ", question = self.question(), word = self.word);
        let ask = drawing.appearance.span(ask, StyleRole::Due);
        let typed = self.typed.text();
        let cursor = (ask.width() as u16).min(area.width) + width(&typed) as u16;
        let asked = TextLine::from_iter([ask, drawing.appearance.span(typed, StyleRole::Base)]);
        Fitted::new(asked).render(question, buf);
        if self.wrong {
            let text = phrase!("That is not {word}.", word = self.word);
            Fitted::new(drawing.appearance.span(text, StyleRole::Stop)).render(wrong, buf);
        }
        Some(Position::new(question.x + cursor, question.y))
    }

    fn lines(&mut self, _: &Context<'_>) -> Vec<String> {
        let about = self.about.iter().map(|line| text_of(line).trim().to_owned());
        let preview = self.preview.iter().map(|line| line.to_string());
        let mut lines: Vec<String> = about.chain(preview).filter(|l| !l.is_empty()).collect();
        match &self.answer {
            GateAnswer::Later | GateAnswer::Waiting => lines.push(tr("The gate is asked when it is done.").to_owned()),
            GateAnswer::Yes => lines.push(tr("The gate says yes.").to_owned()),
            GateAnswer::No(failure) => {
                lines.extend(Reader::of_failure(tr("Not done"), failure).text.spoken());
                return lines;
            }
        }
        if self.wrong {
            lines.push(phrase!("That is not {word}.", word = self.word));
        }
        lines.push(format!("{} {}.", self.question(), self.word));
        lines
    }

    fn prompt(&self) -> String {
        phrase!("Type {word}, or leave it empty: ", word = self.word)
    }

    fn line(&mut self, line: &str, _: &Context<'_>) -> Outcome<S> {
        if line.trim().is_empty() {
            return Outcome::Close;
        }
        self.typed = Input::new(line.trim(), false);
        self.enter()
    }

    fn is_question(&self) -> bool {
        true
    }

    fn is_read_once(&self) -> bool {
        self.is_refused()
    }
}

impl<S> Confirm<S> {
    fn draw_preview(&self, appearance: Appearance, area: Rect, buf: &mut Buffer) {
        let mut lines = wrapped(self.preview.iter().cloned().map(StyledText::from), area.width);
        let room = usize::from(area.height);
        if lines.len() > room {
            let more = lines.len() - room.saturating_sub(1);
            lines.truncate(room.saturating_sub(1));
            lines.push(StyledText::from(phrase!(
                "… and {more} more lines; Esc, and the list or a preview shows them",
                more
            )));
        }
        Paragraph::new(appearance.lines(&lines)).render(area, buf);
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;
    use crate::tui::keymap::{Keymap, Preset};
    use crate::value::timestamp::Timestamp;

    /// How many forms were run.
    type Runs = Vec<usize>;

    fn confirm(name: &str, forms: Vec<Args>, partner: Option<&str>) -> Confirm<Runs> {
        let command = crate::command::command(name).unwrap();
        Confirm::new(command, forms, Vec::new(), partner, |runs, _, forms| runs.push(forms.len()))
    }

    /// What a key does: nothing, closing, or running.
    fn press(confirm: &mut Confirm<Runs>, code: KeyCode) -> &'static str {
        let context = Context { now: Timestamp::EPOCH, keymap: &Keymap::of(Preset::Vim) };
        match confirm.key(KeyEvent::new(code, KeyModifiers::NONE), &context) {
            Outcome::Stay => "",
            Outcome::Close => "closes",
            Outcome::Do(_) => "does",
            Outcome::CloseAndDo(effect) => {
                let mut runs = Runs::new();
                effect(&mut runs);
                assert_eq!(runs, [confirm.forms.len()]);
                "runs"
            }
        }
    }

    #[test]
    fn only_the_word_answers_and_only_where_the_gate_does_not_say_no() {
        let mut confirm = confirm("request send", vec![Args::default()], Some("XB"));
        for _ in 0..20 {
            assert_eq!(press(&mut confirm, KeyCode::Enter), "");
        }
        assert!(confirm.wrong);
        press(&mut confirm, KeyCode::Char('X'));
        press(&mut confirm, KeyCode::Char('B'));
        assert_eq!(press(&mut confirm, KeyCode::Enter), "", "the gate has not answered");
        confirm.answer = GateAnswer::No(Box::new(Error::usage("no")));
        assert_eq!(press(&mut confirm, KeyCode::Enter), "closes", "a no is left, never done");
        confirm.answer = GateAnswer::Yes;
        assert_eq!(press(&mut confirm, KeyCode::Enter), "runs");
        assert_eq!(press(&mut confirm, KeyCode::Esc), "closes");
        assert!(Overlay::<Runs>::paste(&mut confirm, "XB").is_none(), "a paste answers nothing");
        assert_eq!(super::tests::confirm("request withdraw", Vec::new(), Some("XB")).word, "withdraw");
    }

    #[test]
    fn a_question_that_is_closed_is_waited_for_no_longer() {
        let confirm = confirm("request send", vec![Args::default()], None);
        let cancelled = confirm.asks_gate().unwrap().flag();
        assert!(!cancelled.load(std::sync::atomic::Ordering::Relaxed));
        drop(confirm);
        assert!(cancelled.load(std::sync::atomic::Ordering::Relaxed));
    }

    #[test]
    fn what_the_gate_refuses_is_left_out_and_shown() {
        let form = |id: &str| Args::default().with("request", id);
        let check = |said: &[Option<&str>], left: &[&str], shown: &[&str], yes: bool| {
            let mut confirm = confirm("request send", vec![form("a"), form("b"), form("c")], None);
            confirm.show_preview(said.iter().map(|s| s.map(Error::not_allowed)).collect(), &["x".to_owned()]);
            let kept: Vec<_> = confirm.forms.iter().filter_map(|f| f.maybe("request")).collect();
            let lines: Vec<_> = confirm.preview.iter().map(Shown::as_str).collect();
            let is_yes = matches!(confirm.answer, GateAnswer::Yes);
            assert_eq!((kept.as_slice(), lines.as_slice(), is_yes), (left, shown, yes));
        };
        check(&[None, None, None], &["a", "b", "c"], &["x"], true);
        check(&[Some("no"), None, Some("no")], &["b"], &["1 of 3 can. The others are left out:", "2: no", "x"], true);
        check(&[Some("no"), Some("no"), Some("x")], &["a", "b", "c"], &["x"], false);
    }
}
