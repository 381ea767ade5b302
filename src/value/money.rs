//! Amounts of money, counted in the smallest unit of a currency. No fraction of that unit exists, and nothing is rounded but
//! where a sum is shared: there the cents that are left go to the largest remainders, so that the shares add up to the sum.

/// The largest amount, in the smallest unit: every reader of JSON sees the same number.
pub const MOST: i64 = 1 << 53;

/// Returns an amount as typed, such as `5000.01`, in the smallest unit; `None` where it is no amount above zero, or has more decimals than
/// the currency.
pub fn parse(typed: &str, decimals: u32) -> Option<i64> {
    let (whole, fraction) = typed.split_once('.').unwrap_or((typed, ""));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let wanted = usize::try_from(decimals).ok()?;
    if !is_number(whole) || whole.len() > 15 || fraction.len() > wanted || (typed.contains('.') && !is_number(fraction))
    {
        return None;
    }
    let minor: i64 = format!("{whole}{fraction:0<wanted$}").parse().ok()?;
    (minor > 0 && minor <= MOST).then_some(minor)
}

/// Returns an amount as people write it: `5000.01`.
pub fn shown(minor: i64, decimals: u32) -> String {
    let digits = usize::try_from(decimals).unwrap_or(0);
    let sign = if minor < 0 { "-" } else { "" };
    let text = format!("{:0>width$}", minor.unsigned_abs(), width = digits + 1);
    let (whole, fraction) = text.split_at(text.len() - digits);
    if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// With how many decimals a rate of exchange is counted.
pub const RATE_DECIMALS: u32 = 8;

/// An amount in another currency, by a rate in units of [`RATE_DECIMALS`] decimals; both amounts in their smallest units, the nearest
/// one, of two that are as near the larger. `None`: it comes to nothing, or to more than is counted.
pub fn converted(minor: i64, rate: i64, (from, to): (u32, u32)) -> Option<i64> {
    let units = i128::from(minor).checked_mul(i128::from(rate))?.checked_mul(10_i128.checked_pow(to)?)?;
    let by = 10_i128.checked_pow(from + RATE_DECIMALS)?;
    let nearest = i64::try_from((units + by / 2) / by).ok()?;
    (nearest > 0 && nearest <= MOST).then_some(nearest)
}

/// Shares an amount by weights, by the largest remainder; of equal remainders the first takes the cent. The shares add up to the
/// amount. Where no weight is above zero, or the amount is below zero, there is no share.
pub fn split(amount: i64, weights: &[i64]) -> Vec<i64> {
    let total: i128 = weights.iter().map(|w| i128::from((*w).max(0))).sum();
    if total == 0 || amount < 0 {
        return Vec::new();
    }
    let exact = weights.iter().map(|w| i128::from(amount) * i128::from((*w).max(0)));
    let (mut shares, remainders): (Vec<i64>, Vec<i128>) =
        exact.map(|e| (i64::try_from(e / total).unwrap_or(0), e % total)).unzip();
    let left = amount - shares.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|n| std::cmp::Reverse(remainders.get(*n).copied()));
    for n in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(share) = shares.get_mut(n) {
            *share += 1;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        for (typed, decimals, minor) in [
            ("5000.01", 2, Some(500_001)),
            ("5000", 2, Some(500_000)),
            ("5000.1", 2, Some(500_010)),
            ("0.001", 3, Some(1)),
            ("7", 0, Some(7)),
            ("1.001", 2, None),
            ("7.0", 0, None),
            ("0.00", 2, None),
            ("-1.00", 2, None),
            ("+1", 2, None),
            ("1.", 2, None),
            (".5", 2, None),
            ("1,5", 2, None),
            ("1e3", 2, None),
            ("", 2, None),
            ("999999999999999999", 2, None),
            ("99999999999999.99", 2, None),
        ] {
            assert_eq!(parse(typed, decimals), minor, "{typed}");
        }
        assert_eq!(
            (shown(500_001, 2), shown(5, 2), shown(-5, 2), shown(7, 0)),
            ("5000.01".into(), "0.05".into(), "-0.05".into(), "7".into())
        );
    }

    #[test]
    fn a_rate_converts_to_the_nearest_smallest_unit() {
        let rate = |typed| parse(typed, RATE_DECIMALS).unwrap();
        for (minor, typed, decimals, expected) in [
            (10_000, "0.9213", (2, 2), Some(9_213)),
            (1, "0.5", (2, 2), Some(1)),
            (1, "0.49999999", (2, 2), None),
            (100, "160.125", (2, 0), Some(160)),
            (1_000, "0.00625", (0, 3), Some(6_250)),
            (MOST, "2", (2, 2), None),
            (MOST, "1", (2, 2), Some(MOST)),
        ] {
            assert_eq!(converted(minor, rate(typed), decimals), expected, "{minor} at {typed}");
        }
    }

    #[test]
    fn the_cent_goes_to_the_largest_remainder() {
        assert_eq!(split(1_000_001, &[50, 30, 20]), [500_001, 300_000, 200_000]);
        assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33]);
        assert!(split(100, &[]).is_empty() && split(100, &[0, 0]).is_empty());
    }

    proptest! {
        #[test]
        fn shares_add_up_to_the_cent(amount in 0..=MOST, weights in prop::collection::vec(0i64..=1_000_000, 1..40)) {
            let shares = split(amount, &weights);
            let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
            prop_assume!(total > 0);
            prop_assert_eq!(shares.iter().sum::<i64>(), amount);
            for (share, weight) in shares.iter().zip(&weights) {
                // Nobody bears a cent more or less than their exact share, rounded up or down.
                let exact = i128::from(amount) * i128::from(*weight);
                prop_assert!((i128::from(*share) * total - exact).abs() < total, "{share}");
            }
        }

        #[test]
        fn what_is_shown_is_read_again(minor in 1..=MOST, decimals in 0u32..4) {
            prop_assert_eq!(parse(&shown(minor, decimals), decimals), Some(minor).filter(|_| shown(minor, decimals).split('.').next().unwrap().len() <= 15));
        }
    }
}
