//! How much there was, week by week, the last week on the right.

use super::piece::Stretch;
use crate::tui::language::phrase;
use crate::tui::theme::StyleRole;

const SIGNS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 8] = ['_', '.', ':', '-', '=', '+', '*', '#'];

/// Counts, week by week.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spark {
    /// The counts, the last week at the end.
    pub weeks: Vec<u64>,
}

impl Spark {
    pub(super) fn draw(&self, columns: usize, ascii: bool) -> Vec<Stretch> {
        let signs = if ascii { ASCII } else { SIGNS };
        let most = self.weeks.iter().copied().max().unwrap_or(0).max(1);
        // What does not fit is the oldest.
        let from = self.weeks.len().saturating_sub(columns);
        let sign = |n: &u64| {
            // Nothing is the lowest sign, and the least that there is stands above it.
            let at = if *n == 0 { 0 } else { (1 + (n - 1) * 6 / most.saturating_sub(1).max(1)).min(7) };
            signs.get(usize::try_from(at).unwrap_or(7)).copied().unwrap_or('#')
        };
        vec![(self.weeks.iter().skip(from).map(sign).collect(), StyleRole::Guidance)]
    }

    pub(super) fn said(&self) -> String {
        let all = self.weeks.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
        phrase!("{all} by week", all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::picture::piece::text;

    #[test]
    fn what_is_drawn_is_what_is_said() {
        let spark = Spark { weeks: vec![0, 1, 2, 7, 0, 3] };
        assert_eq!(spark.said(), "0 1 2 7 0 3 by week");
        for ascii in [false, true] {
            let signs = if ascii { ASCII } else { SIGNS };
            let heights: Vec<usize> = text(&spark.draw(10, ascii))
                .chars()
                .map(|c| signs.iter().position(|sign| *sign == c).unwrap())
                .collect();
            let said: Vec<u64> = spark.said().split(' ').filter_map(|word| word.parse().ok()).collect();
            assert_eq!(heights.len(), said.len());
            for (a, b) in (0..said.len()).flat_map(|a| (0..said.len()).map(move |b| (a, b))) {
                assert_eq!(said[a].cmp(&said[b]), heights[a].cmp(&heights[b]), "{a} {b}");
                assert_eq!(said[a] == 0, heights[a] == 0);
            }
        }
        assert_eq!(text(&spark.draw(2, false)).chars().count(), 2);
    }
}
