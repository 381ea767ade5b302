//! The locked screen: it shows the time and asks for the passphrase, and knows nothing else.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use zeroize::Zeroizing;

use crate::seal::secret::Passphrase;
use crate::value::timestamp::{Duration, Timestamp};

/// After so many wrong passphrases one waits.
const TRIES: u32 = 5;

/// What is typed, and how often it was wrong.
#[derive(Default)]
pub struct Unlock {
    typed: Zeroizing<String>,
    wrong: u32,
    until: Option<Timestamp>,
    /// Whether a passphrase is being tried.
    pub trying: bool,
    /// Why the last try failed.
    pub message: String,
    /// Whether the identity has a passphrase at all.
    pub needs_none: bool,
}

impl Unlock {
    /// A locked screen; `needs_none`: the identity has no passphrase.
    pub fn new(needs_none: bool) -> Self {
        Self { needs_none, ..Self::default() }
    }

    /// How many characters are typed.
    pub fn typed(&self) -> usize {
        self.typed.chars().count()
    }

    /// How long to wait before the next try.
    pub fn wait(&self, now: Timestamp) -> Option<Duration> {
        self.until.filter(|t| *t > now).map(|t| t.since(now))
    }

    /// Takes a key. Returns the passphrase that is to be tried; `Some(None)`: there is none to ask for.
    pub fn key(&mut self, key: KeyEvent, now: Timestamp) -> Option<Option<Passphrase>> {
        if self.trying || self.wait(now).is_some() {
            return None;
        }
        if key.code != KeyCode::Enter {
            self.message.clear();
        }
        match key.code {
            KeyCode::Enter if self.needs_none => {
                self.trying = true;
                return Some(None);
            }
            KeyCode::Enter => {
                let typed = std::mem::take(&mut self.typed);
                match Passphrase::new(&typed) {
                    Ok(passphrase) => {
                        self.trying = true;
                        self.message.clear();
                        return Some(Some(passphrase));
                    }
                    Err(bad) => self.message = bad.to_string(),
                }
            }
            KeyCode::Backspace => drop(self.typed.pop()),
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => self.typed = Zeroizing::default(),
            KeyCode::Char(c) if !key.modifiers.contains(KeyModifiers::CONTROL) => self.push(c),
            _ => {}
        }
        None
    }

    /// Takes a paste: passphrases live in passphrase keepers.
    pub fn paste(&mut self, text: &str) {
        text.trim_end_matches(['\r', '\n']).chars().for_each(|c| self.push(c));
    }

    fn push(&mut self, c: char) {
        // Growing would leave a copy behind: the room is taken once.
        if self.typed.capacity() == 0 {
            self.typed = Zeroizing::new(String::with_capacity(Passphrase::LONGEST));
        }
        if self.typed.len() + c.len_utf8() <= self.typed.capacity() {
            self.typed.push(c);
        }
    }

    /// The passphrase was wrong.
    pub fn wrong(&mut self, message: &str, now: Timestamp) {
        self.trying = false;
        self.wrong += 1;
        message.clone_into(&mut self.message);
        if self.wrong.is_multiple_of(TRIES) {
            self.until = Some(now.plus(Duration::minutes(1)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_wrong_passphrases_one_waits() {
        let now = Timestamp::parse("2026-11-23T03:12:00Z").unwrap();
        let press = |u: &mut Unlock, code, at| u.key(KeyEvent::new(code, KeyModifiers::NONE), at);
        let mut unlock = Unlock::default();
        for _ in 0..TRIES {
            press(&mut unlock, KeyCode::Char('x'), now);
            assert_eq!(unlock.typed(), 1);
            assert!(press(&mut unlock, KeyCode::Enter, now).is_some_and(|p| p.is_some_and(|p| p.expose() == "x")));
            assert!(
                press(&mut unlock, KeyCode::Char('y'), now).is_none() && unlock.typed() == 0,
                "while it is tried nothing is taken"
            );
            unlock.wrong("no", now);
        }
        press(&mut unlock, KeyCode::Char('x'), now);
        assert!(press(&mut unlock, KeyCode::Enter, now).is_none());
        let later = now.plus(Duration::minutes(1));
        unlock.paste("x\n");
        assert!(press(&mut unlock, KeyCode::Enter, later).is_some());
    }

    #[test]
    fn an_identity_without_a_passphrase_opens_on_enter() {
        let now = Timestamp::parse("2026-11-23T03:12:00Z").unwrap();
        let mut unlock = Unlock { needs_none: true, ..Unlock::default() };
        assert!(matches!(unlock.key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE), now), Some(None)));
    }
}
