//! The question before what binds or destroys. It is answered by typing a word; Enter alone never answers it, and a
//! paste does not reach it.

use crossterm::event::{KeyCode, KeyEvent};

use crate::command::definition::{Args, Command, Preview, Weight};
use crate::tui::bulk::why;
use crate::tui::input::Input;
use crate::tui::page::Line;
use crate::value::text::Shown;
use crate::workspace::error::Error;

/// What the gate said when it was asked beforehand.
pub enum Said {
    /// It was not asked, since that cannot be done without doing the thing; it is asked when the thing is done.
    Later,
    /// It has not answered yet.
    Waiting,
    /// Yes.
    Yes,
    /// No, and why.
    No(Box<Error>),
}

/// The question.
pub struct Confirm {
    /// What would be done.
    pub command: &'static Command,
    /// With what: once for each of these.
    pub forms: Vec<Args>,
    /// What is shown of it.
    pub about: Vec<Line>,
    /// What it would come to, in words, once that is known.
    pub told: Vec<Shown>,
    /// The word that must be typed.
    pub word: String,
    /// What was typed.
    pub typed: Input,
    /// What the gate said.
    pub said: Said,
    /// The question to the gate.
    pub asked: u64,
    /// Whether Enter was pressed on something else than the word.
    pub wrong: bool,
}

/// What the question made of a key.
#[derive(PartialEq, Eq, Debug)]
pub enum Heard {
    /// Nothing that others need to know.
    Taken,
    /// No.
    Left,
    /// Yes: the word was typed and the gate does not say no.
    Yes,
}

impl Confirm {
    /// A question.
    pub fn new(command: &'static Command, forms: Vec<Args>, about: Vec<Line>, partner: Option<&str>) -> Self {
        let word = match (command.weight(), partner) {
            (Some(Weight::Destroys), _) | (_, None) => command.name.to_owned(),
            (_, Some(code)) => code.to_owned(),
        };
        let asked_first = command.is_rehearsable() || command.writes.is_some_and(|w| w.preview != Preview::None);
        let said = if asked_first { Said::Waiting } else { Said::Later };
        Self {
            command,
            forms,
            about,
            told: Vec::new(),
            word,
            typed: Input::new("", false),
            said,
            asked: 0,
            wrong: false,
        }
    }

    /// Takes what the gate said to each form. Those that it refuses are left out, and that is told, as long as any is left.
    pub fn show_preview(&mut self, said: Vec<Option<Error>>, told: &[String]) {
        self.told.clear();
        let of = said.len();
        let refused: Vec<&Error> = said.iter().flatten().collect();
        self.said = match refused.first() {
            None => Said::Yes,
            Some(failure) if refused.len() == of => Said::No(Box::new((*failure).clone())),
            Some(_) => {
                self.told.push(Shown::from(format!("{} of {of} can. The others are left out:", of - refused.len())));
                let mut whys: Vec<(String, usize)> = Vec::new();
                for why in refused.iter().map(|f| why(f)) {
                    match whys.iter_mut().find(|(w, _)| *w == why) {
                        Some((_, n)) => *n += 1,
                        None => whys.push((why, 1)),
                    }
                }
                self.told.extend(whys.into_iter().map(|(why, n)| Shown::from(format!("{n}: {why}"))));
                let mut said = said.iter();
                self.forms.retain(|_| said.next().is_some_and(Option::is_none));
                Said::Yes
            }
        };
        // Who is left out stands first: what it comes to may be longer than the screen.
        self.told.extend(told.iter().map(|t| Shown::of(t)));
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) -> Heard {
        let refused = matches!(self.said, Said::No(_));
        if key.code == KeyCode::Esc || (refused && key.code == KeyCode::Enter) {
            return Heard::Left;
        }
        if key.code == KeyCode::Enter {
            let fits = self.typed.text().trim() == self.word;
            self.wrong = !fits;
            let ready = matches!(self.said, Said::Yes | Said::Later);
            return if fits && ready { Heard::Yes } else { Heard::Taken };
        }
        self.wrong = false;
        self.typed.key(key);
        Heard::Taken
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;

    #[test]
    fn only_the_word_answers_and_only_where_the_gate_does_not_say_no() {
        let command = crate::command::command("request send").unwrap();
        let press = |c: &mut Confirm, code| c.key(KeyEvent::new(code, KeyModifiers::NONE));
        let mut confirm = Confirm::new(command, vec![Args::default()], Vec::new(), Some("XB"));
        for _ in 0..20 {
            assert_eq!(press(&mut confirm, KeyCode::Enter), Heard::Taken);
        }
        assert!(confirm.wrong);
        press(&mut confirm, KeyCode::Char('X'));
        press(&mut confirm, KeyCode::Char('B'));
        assert_eq!(press(&mut confirm, KeyCode::Enter), Heard::Taken, "the gate has not answered");
        confirm.said = Said::No(Box::new(Error::usage("no")));
        assert_eq!(press(&mut confirm, KeyCode::Enter), Heard::Left, "a no is left, never done");
        confirm.said = Said::Yes;
        assert_eq!(press(&mut confirm, KeyCode::Enter), Heard::Yes);
        assert_eq!(press(&mut confirm, KeyCode::Esc), Heard::Left);
        let destroys =
            Confirm::new(crate::command::command("request withdraw").unwrap(), Vec::new(), Vec::new(), Some("XB"));
        assert_eq!(destroys.word, "withdraw");
    }

    #[test]
    fn what_the_gate_refuses_is_left_out_and_told() {
        let command = crate::command::command("request send").unwrap();
        let form = |id: &str| Args::default().with("request", id);
        let check = |said: &[Option<&str>], left: &[&str], told: &[&str], yes: bool| {
            let forms = vec![form("a"), form("b"), form("c")];
            let mut confirm = Confirm::new(command, forms, Vec::new(), None);
            confirm.show_preview(said.iter().map(|s| s.map(Error::not_allowed)).collect(), &["x".to_owned()]);
            let kept: Vec<_> = confirm.forms.iter().filter_map(|f| f.maybe("request")).collect();
            let lines: Vec<_> = confirm.told.iter().map(Shown::as_str).collect();
            assert_eq!((kept.as_slice(), lines.as_slice(), matches!(confirm.said, Said::Yes)), (left, told, yes));
        };
        check(&[None, None, None], &["a", "b", "c"], &["x"], true);
        check(&[Some("no"), None, Some("no")], &["b"], &["1 of 3 can. The others are left out:", "2: no", "x"], true);
        check(&[Some("no"), Some("no"), Some("x")], &["a", "b", "c"], &["x"], false);
    }
}
