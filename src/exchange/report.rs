//! What an import answers: what was taken, raised, already there, passed over and not kept, each counted and named. It decides nothing.

use serde::Serialize;

use crate::value::text::{counted, shown, thousands};

/// Names that a line of the answer lists; the rest is a number.
const NAMED: usize = 20;
/// Characters of a name that are listed.
const NAME: usize = 120;
/// Names that a sentence for people lists.
const SAID: usize = 3;

/// One sort of thing: how many, and the first of their names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Line {
    /// What they are.
    pub what: String,
    /// How many.
    pub count: u64,
    /// The first of them, by name.
    pub names: Vec<String>,
}

/// Lines in the order in which they were met.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Lines(Vec<Line>);

impl Lines {
    /// Counts one more of a sort.
    pub fn count(&mut self, what: &str, name: &str) {
        self.count_many(what, name, 1);
    }

    /// Counts so many more of a sort.
    pub fn count_many(&mut self, what: &str, name: &str, count: u64) {
        let at = match self.0.iter().position(|l| l.what == what) {
            Some(at) => at,
            None => {
                self.0.push(Line { what: what.to_owned(), count: 0, names: Vec::new() });
                self.0.len() - 1
            }
        };
        let Some(line) = self.0.get_mut(at) else { return };
        line.count += count;
        if line.names.len() < NAMED && !name.is_empty() && !line.names.iter().any(|n| n == name) {
            let mut short: String = name.chars().take(NAME).collect();
            if short.len() < name.len() {
                short.push('…');
            }
            if !line.names.contains(&short) {
                line.names.push(short);
            }
        }
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.0.iter().map(|l| l.count).sum()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lines.
    pub fn lines(&self) -> &[Line] {
        &self.0
    }

    /// The lines in a sentence.
    pub fn said(&self) -> String {
        let one = |l: &Line| {
            let names: Vec<String> = l.names.iter().take(SAID).map(|n| shown(n).into_owned()).collect();
            let more = if l.count as usize > names.len() && !names.is_empty() { ", …" } else { "" };
            let names = if names.is_empty() { String::new() } else { format!(" ({}{more})", names.join(", ")) };
            format!("{} {}{names}", thousands(l.count), l.what)
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

/// What an import answers.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize)]
pub struct Report {
    /// Items that are new.
    pub imported: u64,
    /// Items that the case has already, or that the file has twice.
    pub already_there: u64,
    /// Items that were raised above tier 1, by why.
    pub raised: Lines,
    /// Markings that cannot be read, and plain statements.
    pub markings: Lines,
    /// What was passed over, not kept, or is to be known.
    pub named: Lines,
    /// Rows that cannot be read and were skipped.
    pub skipped: Lines,
}

impl Report {
    /// The answer in sentences, without what there is none of.
    pub fn sentences(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.already_there > 0 {
            all.push(format!("{} already there.", thousands(self.already_there)));
        }
        for (begin, lines) in [
            ("Raised above tier 1: ", &self.raised),
            ("Markings: ", &self.markings),
            ("To know: ", &self.named),
            ("Skipped: ", &self.skipped),
        ] {
            if !lines.is_empty() {
                all.push(format!("{begin}{}.", lines.said()));
            }
        }
        all
    }

    /// The number of items in words.
    pub fn items(&self) -> String {
        counted(self.imported, "item")
    }
}
