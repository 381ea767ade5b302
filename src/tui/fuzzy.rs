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

/// What counts for an entry whose text begins with what was typed: more than any letters in it, and less than its whole name.
const BEGINS: u32 = u32::MAX - 1;

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
        let mut scored: Vec<(u32, usize)> = Vec::new();
        for (n, candidate) in candidates.enumerate() {
            // A fit of the name counts twice as much as one of what it is about.
            let mut score =
                |pattern: &Pattern, text: &str| pattern.score(Utf32Str::new(text, &mut buffer), &mut self.0);
            let name = score(&letters, candidate.name).map(|s| s * 2);
            // What it is about is long enough for any letters to be scattered over it.
            let note = score(&words, candidate.note);
            let best = name.max(note).max(score(&letters, candidate.keys));
            // Whoever typed the whole name means it.
            let whole = candidate.name.eq_ignore_ascii_case(query.trim());
            // What something does is what its text begins with.
            let begins = candidate.note.to_lowercase().starts_with(&typed) && !typed.is_empty();
            let best = if whole {
                Some(u32::MAX)
            } else if begins {
                Some(BEGINS)
            } else {
                best
            };
            scored.extend(best.map(|s| (s, n)));
        }
        scored.sort_by_key(|(score, n)| (std::cmp::Reverse(*score), *n));
        scored.into_iter().map(|(_, n)| n).collect()
    }
}
