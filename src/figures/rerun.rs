//! The attacker who knows this program: they run it on every table that fits what was published, and keep those that give the
//! same. What is hidden must stay wide among those, too.
//!
//! That is shown by witnesses: tables that fit, for which the very same is published, and between which each hidden figure moves
//! as far as the threshold. They are looked for from what is published alone, never from what is hidden, so whether they are found
//! is the same for all of them. A choice counts for a witness only where it is the witness's first one; so nothing is assumed of
//! what is shown only then, and there is no circle.

use std::collections::BTreeSet;

use super::hide::{choices, everything, first, is_first};
use super::network::{CEILING, Hidden, Network, is_hidden, mark};

/// Up to so many figures are put to this attacker: a table of five rows and five columns, with its margins.
pub const SMALL: usize = 36;

/// How many choices are put to this attacker, and how many tables are tried against each.
const TRIED: usize = 10;
const TABLES: usize = 240;
/// Where so many tables give no witness, none is looked for any more.
const AT_FIRST: usize = 60;
/// In how many ways a table that fits is completed.
const WAYS: usize = 8;

/// The first choice that withstands this attacker.
pub fn withstanding(network: &Network, threshold: i64) -> Option<Hidden> {
    let mut among: Vec<Hidden> = first(network, threshold).into_iter().collect();
    let everything = everything(network, threshold);
    if among.first() != Some(&everything) {
        among = choices(network, threshold);
        among.truncate(TRIED);
        // Where no cheapest choice withstands, two of them together may; at last all that is no sum.
        let of_two = among.iter().enumerate().flat_map(|(n, a)| among.iter().skip(n + 1).map(|b| union(a, b)));
        let mut unions: Vec<Hidden> = of_two.collect();
        unions.sort_by_key(|hidden| (hidden.iter().filter(|h| **h).count(), hidden.clone()));
        unions.dedup();
        unions.truncate(TRIED);
        for more in unions.into_iter().chain([everything]) {
            if !among.contains(&more) && network.first_narrow(&more, threshold).is_none() {
                among.push(more);
            }
        }
    }
    among.into_iter().find(|hidden| withstands(network, hidden, threshold))
}

fn union(a: &[bool], b: &[bool]) -> Hidden {
    a.iter().zip(b).map(|(a, b)| *a || *b).collect()
}

/// Whether what is hidden by a choice stays wide for whoever runs the program again.
pub fn withstands(network: &Network, hidden: &Hidden, threshold: i64) -> bool {
    let arcs: Vec<usize> = (0..hidden.len()).filter(|arc| is_hidden(hidden, *arc)).collect();
    // Of each hidden figure the least and the most among the witnesses.
    let mut seen: Vec<Option<(i64, i64)>> = vec![None; hidden.len()];
    let is_wide = |seen: &[Option<(i64, i64)>], arc: &usize| {
        seen.get(*arc).copied().flatten().is_some_and(|(low, high)| high - low >= threshold)
    };
    let mut tried = BTreeSet::new();
    for (off, way) in (0..threshold.min(8)).flat_map(|off| (0..WAYS).map(move |way| (off, way))) {
        for arc in &arcs {
            for up in [false, true] {
                if tried.len() >= TABLES || (tried.len() >= AT_FIRST && seen.iter().all(Option::is_none)) {
                    return false;
                }
                let values = corner(network, hidden, &arcs, (*arc, up, off), way);
                if is_wide(&seen, arc) || !tried.insert(values.clone()) {
                    continue;
                }
                let other = network.with_values(&values);
                if !is_first(&other, hidden, threshold) {
                    continue;
                }
                for (slot, value) in seen.iter_mut().zip(&values) {
                    let (low, high) = slot.unwrap_or((*value, *value));
                    *slot = Some((low.min(*value), high.max(*value)));
                }
                if arcs.iter().all(|arc| is_wide(&seen, arc)) {
                    return true;
                }
            }
        }
    }
    false
}

/// A table that fits: one hidden figure as small or as large as it can be, or off from that, then each other in turn as small, or
/// as large, as it can be. It is the same from whichever table that fits one starts.
fn corner(network: &Network, hidden: &Hidden, arcs: &[usize], of: (usize, bool, i64), way: usize) -> Vec<i64> {
    let (mut values, mut free) = (network.values(), hidden.clone());
    let (first, up, off) = of;
    network.shift(&mut values, &free, first, up, CEILING);
    network.shift(&mut values, &free, first, !up, off);
    mark(&mut free, first, false);
    let mut others: Vec<usize> = arcs.iter().copied().filter(|arc| *arc != first).collect();
    let middle = others.len() / 2;
    others.rotate_left(if way % 4 < 2 { 0 } else { middle });
    if way % 2 == 1 {
        others.reverse();
    }
    for arc in others {
        network.shift(&mut values, &free, arc, way >= 4, CEILING);
        mark(&mut free, arc, false);
    }
    values
}
