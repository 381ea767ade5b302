//! One row of a form: a field of a command, or one of its pairs, and what stands in it.

use crate::command::definition::{Arg, ArgKind, PairRow};
use crate::tui::input::Input;
use crate::tui::language::{Part, in_short, phrase, tr, tr_in, tr_law};
use crate::value::text::Shown;
use crate::value::timestamp::{Duration, Timestamp};

/// So many words are named where none of them was typed.
const NAMED: usize = 12;

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

impl FormRow {
    /// What it is called.
    pub fn name(&self) -> String {
        match &self.pair {
            Some(pair) => tr_law(&pair.label),
            None => match tr_in(Part::Field, self.field.name) {
                name if name == self.field.name => name.replace('-', " "),
                name => name.to_owned(),
            },
        }
    }

    /// What to write.
    pub fn help(&self) -> String {
        self.pair.as_ref().map_or_else(|| tr(self.field.help).to_owned(), |p| tr_law(&p.help))
    }

    /// The rule that asks for it.
    pub fn article(&self) -> String {
        self.pair.as_ref().map_or_else(String::new, |p| tr_law(&p.article))
    }

    /// Whether it stands before what may be filled: what the command is about, and what it cannot do without.
    pub const fn is_first(&self) -> bool {
        self.pair.is_none() && (self.field.required || self.field.positional)
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

    /// Its name in a draft.
    pub fn key(&self) -> String {
        self.pair.as_ref().map_or_else(|| self.field.name.to_owned(), |pair| pair_key(self.field, &pair.name))
    }

    /// What a time or a length of time comes to, in words; or that it is none.
    pub fn computed(&self, now: Timestamp) -> Option<Result<String, String>> {
        let text = self.input.text();
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        match self.field.kind {
            ArgKind::Time => Some(match Timestamp::parse_typed(text, now) {
                Some(t) if self.field.ahead && t <= now => {
                    Err(tr("a time that is still to come is expected").to_owned())
                }
                Some(t) => Ok(when(t, now)),
                None => {
                    Err(tr("a date (2026-12-24), a day (today, next friday) or a length (60d) is expected").to_owned())
                }
            }),
            ArgKind::Past => Some(match Timestamp::past(text, now) {
                Ok(t) => Ok(when(t, now)),
                Err(_) => {
                    Err(tr("a date that is past (2026-11-20), or how long ago it was (3d), is expected").to_owned())
                }
            }),
            ArgKind::Duration => Some(match Duration::parse(text) {
                Some(s) => Ok(phrase!("until {until}", until = now.plus(s).to_minute())),
                None => Err(tr("a number of days is expected, such as 60d").to_owned()),
            }),
            ArgKind::Number if text.parse::<i64>().is_err() => Some(Err(tr("a whole number is expected").to_owned())),
            _ if self.label.is_none() && self.has_other_word(text) => {
                let words = self.words().unwrap_or_default();
                let named = if words.len() > NAMED { String::new() } else { words.join(", ") };
                let of = if named.is_empty() { tr("those of its list") } else { named.as_str() };
                Some(Err(phrase!("one of these is expected: {words}", words = of)))
            }
            _ => self.shape_missed(text).map(Err),
        }
    }

    /// What is expected, where a line of what stands in it is no such thing.
    fn shape_missed(&self, text: &str) -> Option<String> {
        let shape = self.field.shape.filter(|_| self.pair.is_none())?;
        let fits = text.lines().map(str::trim).all(|line| line.is_empty() || (shape.fits)(line));
        let what = || tr(shape.what).trim_end_matches(',');
        (!fits).then(|| phrase!("{what} is expected", what = what()))
    }

    /// Whether something stands in it that is none of the words that may.
    fn has_other_word(&self, text: &str) -> bool {
        let Some(words) = self.words() else { return false };
        let is_word = |typed: &str| words.iter().any(|word| word.eq_ignore_ascii_case(typed.trim()));
        let several = self.pair.is_none() && matches!(self.field.kind, ArgKind::Words(_));
        if several { !text.split(',').all(is_word) } else { !is_word(text) }
    }

    /// What stands in it, in one line.
    pub fn value(&self) -> String {
        let text = self.label.clone().unwrap_or_else(|| self.input.lines().join(" / "));
        Shown::of(&text).to_string()
    }
}

/// The name in a draft of the row that is one of a field's pairs.
pub fn pair_key(field: &Arg, name: &str) -> String {
    format!("{}/{name}", field.name)
}

/// A time, and how far off it is.
fn when(time: Timestamp, now: Timestamp) -> String {
    let span = in_short(time.since(now));
    if time < now && time == now.start_of_day() {
        phrase!("{time}, today", time = time.to_minute())
    } else if time < now {
        phrase!("{time}, already past", time = time.to_minute())
    } else {
        phrase!("{time}, in {span}", time = time.to_minute(), span)
    }
}

/// Whether several lines may be typed into a field.
pub fn several_lines(field: &Arg) -> bool {
    let free = matches!(field.kind, ArgKind::Line | ArgKind::Existing);
    matches!(field.kind, ArgKind::Body | ArgKind::Pairs) || (field.repeated && free)
}
