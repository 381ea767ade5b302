//! How long something takes: the median and the ninetieth percentile, with what is not over yet counted for as long as it has
//! lasted (Kaplan and Meier). Whole numbers alone.

use crate::value::timestamp::Duration;

/// Fewer than so many are not told of.
pub const FEWEST: usize = 10;

/// How long one thing has taken, in minutes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Lasted {
    /// So long.
    pub minutes: i64,
    /// Whether it is not over yet.
    pub is_open: bool,
}

/// What is said of how long things take.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Timing {
    /// How many are over.
    pub over: usize,
    /// How many are not.
    pub open: usize,
    /// Half of them take no longer; `None`: too few are over to say it.
    pub median: Option<i64>,
    /// Nine in ten take no longer; `None`: too few are over to say it.
    pub p90: Option<i64>,
}

/// How long something takes, against what the law allows and what was aimed at; in minutes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Measured {
    /// Half of them take no longer.
    pub median: Option<i64>,
    /// Nine in ten take no longer.
    pub p90: Option<i64>,
    /// What the law allows, where it does: the shortest of them.
    pub limit: Option<i64>,
    /// What was aimed at, where something was: the shortest of them.
    pub target: Option<i64>,
}

/// What stands in one place of a bar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BarPart {
    /// Half of them take so long.
    Half,
    /// Nine in ten do.
    NineInTen,
    /// Nothing.
    Free,
    /// What was aimed at.
    Target,
    /// What the law allows.
    Limit,
}

impl Measured {
    /// The longest time that is marked.
    pub fn longest(&self) -> i64 {
        [self.median, self.p90, self.limit, self.target].into_iter().flatten().max().unwrap_or(0)
    }

    /// The parts of a bar in so many columns, of which all stand for `longest`. What there is has a place at least, and the two
    /// marks have one each.
    pub fn parts(&self, longest: i64, columns: usize) -> Vec<BarPart> {
        let most = i64::try_from(columns).unwrap_or(i64::MAX);
        let up_to = |minutes: i64| {
            let n = (i128::from(minutes.max(0)) * i128::from(most) + i128::from(longest.max(1)) - 1)
                / i128::from(longest.max(1));
            usize::try_from(n).unwrap_or(columns).clamp(1, columns.max(1))
        };
        let half = self.median.map_or(0, up_to);
        let nine = self.p90.map_or(half, up_to).max(half);
        let limit = self.limit.map(|limit| up_to(limit) - 1);
        let target = self.target.map(|target| up_to(target) - 1).map(|at| match limit {
            Some(limit) if limit == at && self.target <= self.limit && at > 0 => at - 1,
            Some(limit) if limit == at && at + 1 < columns => at + 1,
            Some(limit) if limit == at && at > 0 => at - 1,
            _ => at,
        });
        let end = [Some(nine), limit.map(|at| at + 1), target.map(|at| at + 1)].into_iter().flatten().max();
        let place = |n: usize| match () {
            () if limit == Some(n) => BarPart::Limit,
            () if target == Some(n) => BarPart::Target,
            () if n < half => BarPart::Half,
            () if n < nine => BarPart::NineInTen,
            () => BarPart::Free,
        };
        (0..end.unwrap_or(0).min(columns)).map(place).collect()
    }

    /// The same in words.
    pub fn said(&self) -> String {
        let of = |minutes: i64| Duration::minutes(minutes).in_short();
        let all = [
            ("half within", self.median),
            ("nine in ten within", self.p90),
            ("own target", self.target),
            ("legal limit", self.limit),
        ];
        let all: Vec<String> = all.into_iter().filter_map(|(what, m)| Some(format!("{what} {}", of(m?)))).collect();
        match self.median {
            None => [vec!["too few are over to say how long".to_owned()], all].concat().join(", "),
            Some(_) => all.join(", "),
        }
    }
}

/// One, as a fraction is counted: fine enough for a hundred million things.
const ONE: u128 = 1 << 64;

/// Returns what is to be said of these.
///
/// ```
/// use comity::figures::timing::{Lasted, timing};
///
/// let over = |minutes| Lasted { minutes, is_open: false };
/// let ten: Vec<Lasted> = (1..=10).map(over).collect();
/// assert_eq!((timing(&ten).median, timing(&ten).p90), (Some(5), Some(9)));
/// ```
pub fn timing(spans: &[Lasted]) -> Timing {
    let mut sorted = spans.to_vec();
    // What is over after so long comes before what is still open after so long: that was at risk as well.
    sorted.sort();
    let over = sorted.iter().filter(|s| !s.is_open).count();
    let mut left = ONE;
    let (mut median, mut p90) = (None, None);
    for (n, span) in sorted.iter().enumerate() {
        if span.is_open {
            continue;
        }
        let at_risk = (sorted.len() - n) as u128;
        left = left * (at_risk - 1) / at_risk;
        // The division rounds down by less than one in every step.
        let reached = |share: u128| left <= share;
        if median.is_none() && reached(ONE / 2) {
            median = Some(span.minutes);
        }
        if p90.is_none() && reached(ONE / 10) {
            p90 = Some(span.minutes);
        }
    }
    Timing { over, open: sorted.len() - over, median, p90 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spans(over: &[i64], open: &[i64]) -> Vec<Lasted> {
        let of = |all: &[i64], is_open| {
            all.iter().map(move |minutes| Lasted { minutes: *minutes, is_open }).collect::<Vec<_>>()
        };
        [of(over, false), of(open, true)].concat()
    }

    #[test]
    fn what_is_open_counts_for_as_long_as_it_lasts() {
        assert_eq!(timing(&[]), Timing::default());
        let half_open = timing(&spans(&[1, 2, 3, 4, 5], &[100, 100, 100, 100, 100, 100]));
        assert_eq!((half_open.over, half_open.open), (5, 6));
        assert_eq!(half_open.median, None, "most are not over: whoever left them out would say 3");
        assert_eq!(timing(&spans(&[1, 2, 3, 4], &[0, 0, 0])).median, Some(2), "what began just now says nothing yet");
        assert_eq!(timing(&spans(&[7], &[])), Timing { over: 1, open: 0, median: Some(7), p90: Some(7) });
    }

    #[test]
    fn a_bar_has_a_place_for_each_thing_that_is_said() {
        let day = 24 * 60;
        let of = Measured { median: Some(2 * day), p90: Some(5 * day), limit: Some(10 * day), target: Some(3 * day) };
        let drawn = |of: &Measured, columns| -> String {
            let sign = |part: BarPart| match part {
                BarPart::Half => '#',
                BarPart::NineInTen => '-',
                BarPart::Free => '.',
                BarPart::Target => 'T',
                BarPart::Limit => 'L',
            };
            of.parts(10 * day, columns).into_iter().map(sign).collect()
        };
        assert_eq!(of.said(), "half within 2 d, nine in ten within 5 d, own target 3 d, legal limit 10 d");
        assert_eq!(drawn(&of, 20), "####-T----.........L");
        assert_eq!(drawn(&Measured { limit: None, ..of }, 20), "####-T----");
        assert_eq!(drawn(&Measured { median: None, p90: None, ..of }, 10), "..T......L");
        // The two marks do not hide each other, on whichever side they fall together.
        for (limit, target, drawn_as) in [(10, 10, "TL"), (1, 2, "LT"), (1, 1, "LT")] {
            let both = Measured { limit: Some(limit * day), target: Some(target * day), ..Measured::default() };
            let found = drawn(&both, 5);
            assert!(found.ends_with(drawn_as), "{found}");
        }
        let quick = Measured { median: Some(1), p90: Some(2), ..Measured::default() };
        assert_eq!(drawn(&quick, 20), "#", "what there is has a place");
        assert_eq!(Measured::default().said(), "too few are over to say how long");
    }

    proptest! {
        #[test]
        fn without_open_ones_it_is_the_nearest_rank(mut over in prop::collection::vec(0i64..10_000, 1..200)) {
            let found = timing(&spans(&over, &[]));
            over.sort_unstable();
            prop_assert_eq!(found.median, Some(over[over.len().div_ceil(2) - 1]));
            prop_assert_eq!(found.p90, Some(over[(over.len() * 9).div_ceil(10) - 1]));
        }
    }
}
