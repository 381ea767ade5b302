//! Which texts fit what was typed, the best first. It knows no menu.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// What is looked through for one entry.
pub struct Candidate<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is about.
    pub note: &'a str,
    /// Its keys.
    pub keys: &'a str,
}

/// How what was typed fits, the closest last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Somewhere.
    Somewhere,
    /// What it is about begins so, or one of its other words does: what something does stands first there.
    Begins,
    /// A word of its name begins so.
    Word,
    /// It is the whole name: whoever typed it means it.
    Whole,
}

impl Fit {
    fn of(candidate: &Candidate<'_>, typed: &str) -> Self {
        let has_word = |text: &str| text.to_lowercase().split(' ').any(|word| word.starts_with(typed));
        match candidate {
            _ if typed.is_empty() => Self::Somewhere,
            c if c.name.eq_ignore_ascii_case(typed) => Self::Whole,
            c if has_word(c.name) => Self::Word,
            c if c.note.to_lowercase().starts_with(typed) || has_word(c.keys) => Self::Begins,
            _ => Self::Somewhere,
        }
    }
}

/// Finds entries by what was typed.
pub struct Finder(Matcher);

impl Default for Finder {
    fn default() -> Self {
        Self(Matcher::new(Config::DEFAULT))
    }
}

impl Finder {
    /// The numbers of the candidates that fit, the best first. With `whole_words` letters that are scattered over a name do not
    /// fit: records are found by what stands in them.
    pub fn ranked<'a>(
        &mut self,
        query: &str,
        whole_words: bool,
        candidates: impl Iterator<Item = Candidate<'a>>,
    ) -> Vec<usize> {
        let words = Pattern::new(query, CaseMatching::Ignore, Normalization::Smart, AtomKind::Substring);
        let letters =
            if whole_words { words.clone() } else { Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart) };
        let mut buffer = Vec::new();
        let typed = query.trim().to_lowercase();
        let mut scored: Vec<((Fit, u32), usize)> = Vec::new();
        for (n, candidate) in candidates.enumerate() {
            // A fit of the name counts twice as much as one of what it is about.
            let mut score =
                |pattern: &Pattern, text: &str| pattern.score(Utf32Str::new(text, &mut buffer), &mut self.0);
            let name = score(&letters, candidate.name).map(|s| s * 2);
            // What it is about is long enough for any letters to be scattered over it.
            let note = score(&words, candidate.note);
            let best = name.max(note).max(score(&letters, candidate.keys));
            scored.extend(best.map(|score| ((Fit::of(&candidate, &typed), score), n)));
        }
        scored.sort_by_key(|(score, n)| (std::cmp::Reverse(*score), *n));
        scored.into_iter().map(|(_, n)| n).collect()
    }
}
