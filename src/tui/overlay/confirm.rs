//! The question before what binds or destroys. It is answered by typing a word; Enter alone never answers it, and a
//! paste does not reach it.

use crossterm::event::{KeyCode, KeyEvent};

use crate::desk::failure::Failure;
use crate::desk::verb::{Form, Verb, Weight};
use crate::tui::input::Input;
use crate::tui::page::Line;
use crate::value::text::Shown;

/// What the gate said when it was asked beforehand.
pub enum Said {
    /// It was not asked, since that cannot be done without doing the thing; it is asked when the thing is done.
    Later,
    /// It has not answered yet.
    Waiting,
    /// Yes.
    Yes,
    /// No, and why.
    No(Box<Failure>),
}

/// The question.
pub struct Confirm {
    /// What would be done.
    pub verb: &'static Verb,
    /// With what.
    pub form: Form,
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
    pub fn new(verb: &'static Verb, form: Form, about: Vec<Line>, partner: Option<&str>) -> Self {
        let word = match (verb.weight(), partner) {
            (Weight::Destroys, _) | (_, None) => verb.name.to_owned(),
            (_, Some(code)) => code.to_owned(),
        };
        let asked_first = verb.is_rehearsable() || verb.foretold().is_some();
        let said = if asked_first { Said::Waiting } else { Said::Later };
        Self { verb, form, about, told: Vec::new(), word, typed: Input::new("", false), said, asked: 0, wrong: false }
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
    use crate::desk;

    #[test]
    fn only_the_word_answers_and_only_where_the_gate_does_not_say_no() {
        let verb = desk::verb("request send").unwrap();
        let press = |c: &mut Confirm, code| c.key(KeyEvent::new(code, KeyModifiers::NONE));
        let mut confirm = Confirm::new(verb, Form::default(), Vec::new(), Some("XB"));
        for _ in 0..20 {
            assert_eq!(press(&mut confirm, KeyCode::Enter), Heard::Taken);
        }
        assert!(confirm.wrong);
        press(&mut confirm, KeyCode::Char('X'));
        press(&mut confirm, KeyCode::Char('B'));
        assert_eq!(press(&mut confirm, KeyCode::Enter), Heard::Taken, "the gate has not answered");
        confirm.said = Said::No(Box::new(Failure::usage("no")));
        assert_eq!(press(&mut confirm, KeyCode::Enter), Heard::Left, "a no is left, never done");
        confirm.said = Said::Yes;
        assert_eq!(press(&mut confirm, KeyCode::Enter), Heard::Yes);
        assert_eq!(press(&mut confirm, KeyCode::Esc), Heard::Left);
        let destroys = Confirm::new(desk::verb("request withdraw").unwrap(), Form::default(), Vec::new(), Some("XB"));
        assert_eq!(destroys.word, "withdraw");
    }
}
