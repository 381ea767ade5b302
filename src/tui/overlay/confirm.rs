//! The question before what binds or destroys. It is answered by typing a word; Enter alone never answers it, and a
//! paste does not reach it.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Position, Rect};

use super::definition::{Context, Hints, Outcome, Overlay, Scroll};
use super::reader::Reader;
use crate::command::definition::{Args, Command, Preview, Weight};
use crate::tui::bulk::why;
use crate::tui::canvas::{Canvas, inset, row_at, wrapped};
use crate::tui::input::Input;
use crate::tui::page::{Line, text_of};
use crate::tui::theme::StyleRole;
use crate::tui::worker::{CancelOnDrop, Ticket};
use crate::value::text::{Shown, width, wrap};
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
                self.preview.push(Shown::from(format!("{} of {of} can. The others are left out:", of - refused.len())));
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
    fn text(&self) -> Vec<(String, StyleRole)> {
        let mut lines: Vec<(String, StyleRole)> = Vec::new();
        for line in &self.about {
            let role = if let [only] = line.as_slice() { only.role } else { StyleRole::Base };
            lines.push((text_of(line), role));
        }
        lines.push((String::new(), StyleRole::Base));
        match &self.answer {
            GateAnswer::Later => lines.push(("The gate is asked when it is done.".into(), StyleRole::Note)),
            GateAnswer::Waiting => lines.push(("Asking the gate …".into(), StyleRole::Note)),
            GateAnswer::Yes => lines.push(("The gate says yes.".into(), StyleRole::Good)),
            GateAnswer::No(failure) => {
                lines.push(("The gate says no:".into(), StyleRole::Stop));
                let refusals: Vec<String> = match &failure.verdict {
                    Some(verdict) => {
                        let rule = verdict.refusals();
                        rule.map(|f| format!("{}  {} ({})", f.id, f.because, f.source())).collect()
                    }
                    None => vec![failure.what.clone()],
                };
                lines.extend(refusals.iter().map(|text| (Shown::of(text).to_string(), StyleRole::Stop)));
            }
        }
        lines.push((String::new(), StyleRole::Base));
        lines
    }

    fn question(&self) -> &'static str {
        match self.command.weight() {
            Some(Weight::Destroys) => "This cannot be undone. To do it, type",
            _ => "To sign, type",
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

    fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, _: Scroll, _: &Context<'_>) -> Option<Position> {
        let area = inset(area);
        canvas.rule(row_at(area, area.y), &self.command.full_name());
        let lines = wrapped(self.text(), area.width);
        // The word of the gate and the question stand where nothing cuts them; what it comes to follows.
        let asks = !matches!(self.answer, GateAnswer::No(_) | GateAnswer::Waiting);
        let room = area.height.saturating_sub(4);
        canvas.lines(Rect { y: area.y + 1, height: room, ..area }, &lines, 0);
        let y = area.y + 1 + lines.len().min(usize::from(room)) as u16;
        if !self.is_refused() {
            let under = y + if asks { 3 } else { 0 };
            let below = Rect { y: under, height: area.bottom().saturating_sub(under), ..area };
            self.draw_preview(canvas, below);
        }
        if !asks {
            return None;
        }
        let ask = Shown::of(&format!("{} {} and press Enter: ", self.question(), self.word));
        let used = canvas.shown(area.x, y, area.width, &ask, StyleRole::Due);
        let typed = self.typed.text();
        canvas.shown(area.x + used, y, area.width.saturating_sub(used), &Shown::of(&typed), StyleRole::Base);
        if self.wrong {
            let wrong = Shown::from(format!("That is not {}.", self.word));
            canvas.shown(area.x, y + 1, area.width, &wrong, StyleRole::Stop);
        }
        Some(Position::new(area.x + used + width(&typed) as u16, y))
    }

    fn lines(&mut self, _: &Context<'_>) -> Vec<String> {
        let about = self.about.iter().map(|line| text_of(line).trim().to_owned());
        let preview = self.preview.iter().map(|line| line.to_string());
        let mut lines: Vec<String> = about.chain(preview).filter(|l| !l.is_empty()).collect();
        match &self.answer {
            GateAnswer::Later | GateAnswer::Waiting => lines.push("The gate is asked when it is done.".to_owned()),
            GateAnswer::Yes => lines.push("The gate says yes.".to_owned()),
            GateAnswer::No(failure) => {
                lines.extend(Reader::of_failure("Not done", failure).text.spoken());
                return lines;
            }
        }
        if self.wrong {
            lines.push(format!("That is not {}.", self.word));
        }
        lines.push(format!("{} {}.", self.question(), self.word));
        lines
    }

    fn prompt(&self) -> String {
        format!("Type {}, or leave it empty: ", self.word)
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
    fn draw_preview(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let lines: Vec<String> = self.preview.iter().flat_map(|t| wrap(t.as_str(), usize::from(area.width))).collect();
        let room = usize::from(area.height);
        let fits = if lines.len() > room { room.saturating_sub(1) } else { lines.len() };
        let more = lines.len() - fits;
        let rest = (more > 0 && room > 0)
            .then(|| format!("… and {more} more lines; Esc, and the list or a preview shows them"));
        let shown: Vec<_> = lines.into_iter().take(fits).chain(rest).map(|line| (line, StyleRole::Base)).collect();
        canvas.lines(area, &shown, 0);
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
