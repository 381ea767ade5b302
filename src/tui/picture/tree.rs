//! A tree: who has a thing from whom, what hangs on what. A branch may have a bar.

use super::bar::Bar;
use super::piece::Stretch;
use crate::tui::theme::StyleRole;
use crate::value::text::{fit, pad, width};

/// Columns of a bar in a branch, and those below which it is left out: it gives way to what is said behind it.
const BAR: usize = 12;
const SHORTEST: usize = 3;

/// A branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Branch {
    /// How deep it hangs: 0 stands at the left.
    pub depth: usize,
    /// What it is.
    pub name: String,
    /// What that means.
    pub role: StyleRole,
    /// A bar behind it.
    pub bar: Option<Bar>,
    /// What is said behind it.
    pub note: String,
}

impl Branch {
    /// A branch without a bar.
    pub fn new(depth: usize, name: impl Into<String>, note: impl Into<String>) -> Self {
        Self { depth, name: name.into(), role: StyleRole::Base, bar: None, note: note.into() }
    }
}

/// What is drawn before something that hangs in a tree: of each depth down to its own, whether more follows on that stem.
pub(super) fn stem(goes_on: &[bool], ascii: bool) -> String {
    let last = goes_on.len();
    let sign = |(n, goes_on): (usize, &bool)| match (n + 1 == last, goes_on, ascii) {
        (true, true, false) => "├─ ",
        (true, false, false) => "└─ ",
        (false, true, false) => "│  ",
        (true, true, true) => "|- ",
        (true, false, true) => "+- ",
        (false, true, true) => "|  ",
        (false, false, _) => "   ",
    };
    goes_on.iter().enumerate().map(sign).collect()
}

/// Branches from top to bottom, each below the one that it hangs on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tree(pub Vec<Branch>);

impl Tree {
    /// Whether a branch of that depth follows on the same stem.
    fn goes_on(&self, n: usize, depth: usize) -> bool {
        let after = self.0.iter().skip(n + 1);
        after.take_while(|branch| branch.depth >= depth).any(|branch| branch.depth == depth)
    }

    pub(super) fn draw(&self, columns: usize, ascii: bool) -> Vec<Vec<Stretch>> {
        let name = |branch: &Branch| branch.depth * 3 + width(&branch.name);
        let names = self.0.iter().filter(|b| b.bar.is_some()).map(name).max().unwrap_or(0);
        // Bars in one tree are compared: all are as long as the longest note leaves room for.
        let noted = self.0.iter().filter(|b| b.bar.is_some()).map(|b| width(&b.note)).max().unwrap_or(0);
        let beside = names + 2 + if noted > 0 { noted + 2 } else { 0 };
        let long = columns.saturating_sub(beside).min(BAR);
        let mut lines = Vec::new();
        for (n, branch) in self.0.iter().enumerate() {
            let goes_on: Vec<bool> = (1..=branch.depth).map(|depth| self.goes_on(n, depth)).collect();
            let stem = stem(&goes_on, ascii);
            let mut left = columns.saturating_sub(width(&stem));
            let mut pieces = vec![(stem, StyleRole::Border)];
            let wide = if branch.bar.is_some() { names - branch.depth * 3 } else { width(&branch.name) };
            let text = fit(&pad(&branch.name, wide), left).into_owned();
            left -= width(&text);
            pieces.push((text, branch.role));
            if let Some(bar) = branch.bar.as_ref().filter(|_| long >= SHORTEST && left >= long + 2) {
                pieces.push(("  ".to_owned(), StyleRole::Border));
                pieces.extend(bar.draw(long, ascii));
                left -= long + 2;
            }
            if !branch.note.is_empty() && left > 3 {
                pieces.push((format!("  {}", fit(&branch.note, left - 2)), StyleRole::Note));
            }
            lines.push(pieces);
        }
        lines
    }

    pub(super) fn said(&self) -> String {
        let one = |branch: &Branch| match branch.note.is_empty() {
            true => branch.name.clone(),
            false => format!("{}, {}", branch.name, branch.note),
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::picture::piece::text;

    #[test]
    fn what_is_drawn_is_what_is_said() {
        let bar = Bar { has_rest: true, ..Bar::count(20, 30, StyleRole::Base) };
        let tree = Tree(vec![
            Branch::new(0, "XA", "here, keep to Nov 2028"),
            Branch { bar: Some(bar), ..Branch::new(1, "XB", "10 d left") },
            Branch::new(2, "XD", "by way of XB"),
            Branch::new(1, "XC", "deleted, certified"),
        ]);
        assert_eq!(tree.said(), "XA, here, keep to Nov 2028; XB, 10 d left; XD, by way of XB; XC, deleted, certified");
        for ascii in [false, true] {
            let lines: Vec<String> = tree.draw(60, ascii).iter().map(|line| text(line)).collect();
            assert_eq!(lines.len(), tree.said().split("; ").count());
            for (line, said) in lines.iter().zip(tree.said().split("; ")) {
                let (name, note) = said.split_once(", ").unwrap();
                assert!(line.contains(name) && line.contains(note), "{line} | {said}");
            }
        }
        let lines: Vec<String> = tree.draw(60, false).iter().map(|line| text(line)).collect();
        assert_eq!(lines[1], "├─ XB  ████████░░░░  10 d left");
        assert_eq!(lines[2], "│  └─ XD  by way of XB");
        assert_eq!(lines[3], "└─ XC  deleted, certified");
        assert!(tree.draw(12, false).iter().all(|line| width(&text(line)) <= 12));
    }

    #[test]
    fn a_bar_gives_way_to_what_is_said_behind_it() {
        let bar = Bar { has_rest: true, ..Bar::count(40, 60, StyleRole::Base) };
        let tree = Tree(vec![Branch { bar: Some(bar), ..Branch::new(0, "preservation", "47 d, 17 Jan 2027") }]);
        let drawn = |columns| text(&tree.draw(columns, false)[0]);
        assert_eq!(drawn(60), "preservation  ████████░░░░  47 d, 17 Jan 2027");
        assert_eq!(drawn(39), "preservation  ████░░  47 d, 17 Jan 2027");
        assert_eq!(drawn(34), "preservation  47 d, 17 Jan 2027");
        assert_eq!(drawn(30), "preservation  47 d, 17 Jan 20…");
    }
}
