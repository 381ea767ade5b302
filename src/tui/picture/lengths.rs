//! How long something takes: half of them, and nine in ten, with marks where the own target and the limit of the law stand.

use super::piece::Stretch;
use crate::figures::timing::{BarPart, Measured};
use crate::tui::theme::StyleRole;

/// How long something takes, beside others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lengths {
    /// What was measured.
    pub of: Measured,
    /// The longest time of all that stand together, in minutes.
    pub longest: i64,
}

impl Lengths {
    /// What a time means: past the law, past the target, or neither.
    fn role(&self, minutes: Option<i64>, within: StyleRole) -> StyleRole {
        let past = |until: Option<i64>| minutes.zip(until).is_some_and(|(took, until)| took > until);
        match () {
            () if past(self.of.limit) => StyleRole::Stop,
            () if past(self.of.target) => StyleRole::Due,
            () => within,
        }
    }

    pub(super) fn draw(&self, columns: usize, ascii: bool) -> Vec<Stretch> {
        let half = self.role(self.of.median, StyleRole::Guidance);
        let nine = self.role(self.of.p90, StyleRole::Note);
        let piece = |part: BarPart| match (part, ascii) {
            (BarPart::Half, false) => ("█", half),
            (BarPart::Half, true) => ("#", half),
            (BarPart::NineInTen, false) => ("▒", nine),
            (BarPart::NineInTen, true) => ("-", nine),
            (BarPart::Free, _) => (" ", StyleRole::Border),
            // Letters, so that the two are told apart without colours.
            (BarPart::Target, _) => ("T", StyleRole::Accent),
            (BarPart::Limit, _) => ("L", StyleRole::Heading),
        };
        let parts = self.of.parts(self.longest, columns).into_iter().map(piece);
        parts.map(|(sign, role)| (sign.to_owned(), role)).collect()
    }

    pub(super) fn said(&self) -> String {
        self.of.said()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::picture::piece::text;

    #[test]
    fn what_is_drawn_is_what_is_said() {
        let hours = |n: i64| Some(n * 60);
        let all = [
            Measured { median: hours(20), p90: hours(60), limit: hours(48), target: hours(30) },
            Measured { median: hours(10), p90: hours(20), limit: None, target: hours(30) },
            Measured { median: hours(10), p90: None, limit: hours(48), target: None },
            Measured { median: None, p90: None, limit: hours(48), target: hours(30) },
        ];
        let longest = all.iter().map(Measured::longest).max().unwrap();
        for of in all {
            let lengths = Lengths { of, longest };
            for (columns, ascii) in [(12, true), (30, false), (60, true)] {
                let drawn = text(&lengths.draw(columns, ascii));
                assert!(drawn.chars().count() <= columns, "{drawn}");
                let (full, rest) = if ascii { ('#', '-') } else { ('█', '▒') };
                for (sign, words) in
                    [(full, "half within"), (rest, "nine in ten"), ('T', "own target"), ('L', "legal limit")]
                {
                    assert_eq!(drawn.contains(sign), lengths.said().contains(words), "{drawn}: {}", lengths.said());
                }
                // What is said to be longer stands further right.
                let at = |sign: char| drawn.chars().position(|c| c == sign);
                let order = at('T').zip(at('L')).is_none_or(|(target, limit)| target < limit);
                assert!(order, "{drawn}");
            }
        }
        let drawn = text(&Lengths { of: all[0], longest }.draw(30, true));
        assert_eq!(drawn, "##########----T--------L------");
        let roles = Lengths { of: all[0], longest }.draw(30, true);
        assert_eq!((roles[0].1, roles[29].1), (StyleRole::Guidance, StyleRole::Stop), "nine in ten are past the law");
    }
}
