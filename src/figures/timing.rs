//! How long something takes: the median and the ninetieth percentile, with what is not over yet counted for as long as it has
//! lasted (Kaplan and Meier). Whole numbers alone.

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
