//! A row of a tree that collapses: what hangs where, by which relation, and how much is collapsed below it. Each row of such a tree is drawn
//! for itself, since a list shows some of them at a time.

use super::piece::Stretch;
use super::tree::stem;
use crate::tui::language::{phrase, tr, tr_count};
use crate::tui::theme::StyleRole;
use crate::value::text::{fit, width};

/// What is below a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Below {
    /// Nothing.
    Nothing,
    /// So many rows, which are not shown.
    Collapsed(usize),
    /// So many rows, which follow.
    Expanded(usize),
}

/// How a row hangs on the one above it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// It does not: it is a row of the list.
    Root,
    /// The one above names it.
    Outward,
    /// It names the one above.
    Inward,
    /// It stands for those that are left out.
    Rest,
}

/// A row of a tree that collapses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkRow {
    /// For each level above it, the outermost first, whether a further row of that level follows; the last is its own level.
    pub stems: Vec<bool>,
    /// What is below it.
    pub below: Below,
    /// How it hangs on the one above.
    pub way: Way,
    /// The word of the relation; empty where one merely names the other.
    pub relation: String,
    /// What it is called.
    pub name: String,
    /// Whether it stands further up already, and is not gone into again.
    pub is_above: bool,
}

/// What is said of a row that stands further up already.
const ABOVE: &str = "stands above";

impl LinkRow {
    /// A row of the list itself.
    pub fn root(name: impl Into<String>, below: Below) -> Self {
        Self { stems: Vec::new(), below, way: Way::Root, relation: String::new(), name: name.into(), is_above: false }
    }

    /// How it hangs on the one above, as it is drawn before its name.
    fn arrow(&self, ascii: bool) -> String {
        let arrow = match (self.way, ascii) {
            (Way::Root | Way::Rest, _) => return String::new(),
            (Way::Outward, false) => "→ ",
            (Way::Outward, true) => "-> ",
            (Way::Inward, false) => "← ",
            (Way::Inward, true) => "<- ",
        };
        if self.relation.is_empty() { arrow.to_owned() } else { format!("{} {arrow}", self.relation) }
    }

    const fn count(&self) -> Option<usize> {
        match self.below {
            Below::Nothing => None,
            Below::Collapsed(n) | Below::Expanded(n) => Some(n),
        }
    }

    /// What is drawn behind its name.
    fn note(&self) -> String {
        match self.count() {
            _ if self.is_above => format!("  {}", tr(ABOVE)),
            Some(n) => format!("  {n}"),
            None => String::new(),
        }
    }

    /// Columns that it takes where nothing is cut.
    pub fn natural(&self) -> usize {
        // A row of the list is drawn behind the place of the sign; what hangs on it stands below its name.
        3 * self.stems.len() + 2 + width(&self.arrow(true)) + width(&self.name) + width(&self.note())
    }

    pub(super) fn draw(&self, columns: usize, ascii: bool) -> Vec<Stretch> {
        let collapse = match (self.below, ascii) {
            (Below::Nothing, _) => "  ",
            (Below::Collapsed(_), false) => "▸ ",
            (Below::Expanded(_), false) => "▾ ",
            (Below::Collapsed(_), true) => "> ",
            (Below::Expanded(_), true) => "v ",
        };
        let before = [
            (stem(&self.stems, ascii), StyleRole::Border),
            (collapse.to_owned(), StyleRole::Accent),
            (self.arrow(ascii), StyleRole::Note),
        ];
        let (mut pieces, mut left) = (Vec::new(), columns);
        for (text, role) in before {
            let text = fit(&text, left).into_owned();
            left -= width(&text).min(left);
            pieces.push((text, role));
        }
        // How much is collapsed is told even where the name is cut.
        let note = Some(self.note()).filter(|note| width(note) + 3 < left).unwrap_or_default();
        let role = if self.way == Way::Rest { StyleRole::Note } else { StyleRole::Base };
        pieces.push((fit(&self.name, left - width(&note)).into_owned(), role));
        pieces.push((note, StyleRole::Note));
        pieces.retain(|(text, _)| !text.is_empty());
        pieces
    }

    pub(super) fn said(&self) -> String {
        let name = &self.name;
        let linked = match (self.way, self.relation.as_str()) {
            (Way::Root, _) => name.clone(),
            (Way::Rest, _) => phrase!("level {n}: {what}", n = self.stems.len(), what = name),
            (Way::Outward, "") => phrase!("level {n}: names {name}", n = self.stems.len(), name),
            (Way::Outward, relation) => phrase!("level {n}: {relation} {name}", n = self.stems.len(), relation, name),
            (Way::Inward, "") => phrase!("level {n}: named by {name}", n = self.stems.len(), name),
            (Way::Inward, relation) => phrase!("level {n}: {name} {relation} it", n = self.stems.len(), name, relation),
        };
        match self.below {
            _ if self.is_above => format!("{linked}, {}", tr(ABOVE)),
            Below::Nothing => linked,
            Below::Collapsed(n) => phrase!("{linked}, {links} collapsed", linked, links = tr_count(n, "link")),
            Below::Expanded(n) => phrase!("{linked}, {links} below", linked, links = tr_count(n, "link")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::picture::piece::text;

    fn hanging(stems: &[bool], below: Below, way: Way, relation: &str, name: &str) -> LinkRow {
        LinkRow { stems: stems.to_vec(), below, way, relation: relation.into(), ..LinkRow::root(name, Below::Nothing) }
    }

    #[test]
    fn what_is_drawn_is_what_is_said() {
        let above = LinkRow { is_above: true, ..hanging(&[true, false], Below::Nothing, Way::Outward, "", "panel") };
        let rows = [
            (LinkRow::root("alone", Below::Nothing), "alone", "  alone"),
            (LinkRow::root("panel", Below::Expanded(4)), "panel, 4 links below", "▾ panel  4"),
            (
                hanging(&[true], Below::Collapsed(1), Way::Outward, "uses", "kit"),
                "level 1: uses kit, 1 link collapsed",
                "├─ ▸ uses → kit  1",
            ),
            (hanging(&[true, true], Below::Nothing, Way::Outward, "", "a"), "level 2: names a", "│  ├─   → a"),
            (above, "level 2: names panel, stands above", "│  └─   → panel  stands above"),
            (
                hanging(&[true], Below::Nothing, Way::Inward, "owns", "they"),
                "level 1: they owns it",
                "├─   owns ← they",
            ),
            (hanging(&[true], Below::Nothing, Way::Inward, "", "note"), "level 1: named by note", "├─   ← note"),
            (hanging(&[false], Below::Nothing, Way::Rest, "", "7 more"), "level 1: 7 more", "└─   7 more"),
        ];
        for (row, said, drawn) in &rows {
            assert_eq!(row.said(), *said);
            assert_eq!(text(&row.draw(60, false)), *drawn);
            assert!(width(drawn) <= row.natural() + 1, "{drawn}");
            for ascii in [false, true] {
                let line = text(&row.draw(60, ascii));
                assert!(line.contains(&row.name) && line.contains(&row.relation), "{line} | {said}");
                assert_eq!(line.contains(ABOVE), said.contains(ABOVE), "{line}");
                let count = row.count().map(|n| n.to_string()).unwrap_or_default();
                assert!(line.ends_with(&count) && said.contains(&count), "{line} | {said}");
                assert!(!ascii || line.is_ascii(), "{line}");
                assert!((0..30).all(|room| width(&text(&row.draw(room, ascii))) <= room), "{line}");
            }
        }
        assert_eq!(text(&rows[1].0.draw(9, false)), "▾ pan…  4", "the count stays where the name is cut");
    }
}
