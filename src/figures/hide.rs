//! Which figures are hidden: the small ones, and as few others as make every range wide enough.
//!
//! For a small network the cheapest choices are searched for, all of them as far as a bounded search reaches; for a large one a
//! cheapest cycle is hidden for each figure that is still narrow, and what proves needless is shown again. Both are the same for the
//! same figures, always.

use super::network::{Arc, CEILING, Hidden, Network, is_hidden, mark};

/// Up to so many figures, the cheapest choices are searched for.
const SMALL: usize = 40;
/// How many choices a search looks at.
const STEPS: u32 = 600;
/// The same where there are more figures than in a table of four by four: each look takes longer.
const FEWER_STEPS: u32 = 120;
/// How many choices of one cost are kept.
const KEPT: usize = 24;
/// Above so many hidden figures, nothing is shown again: trying it takes too long.
const TRIED_AGAIN: usize = 200;

/// The small figures: below the threshold, zero too.
pub fn small(network: &Network, threshold: i64) -> Hidden {
    network.arcs().iter().map(|a| a.value < threshold).collect()
}

/// What it costs to hide these, small ones aside: those are hidden in any case.
fn cost(network: &Network, hidden: &[bool], small: &[bool]) -> u64 {
    let priced = network.arcs().iter().zip(hidden).zip(small).filter(|((_, h), s)| **h && !**s);
    priced.map(|((arc, _), _)| u64::from(arc.cost.unwrap_or(0))).sum()
}

/// Every figure that may be hidden.
pub fn all(network: &Network, threshold: i64) -> Hidden {
    network.arcs().iter().map(|a| a.cost.is_some() || a.value < threshold).collect()
}

/// The choices for these figures, the first of them first: the cheapest ones that were found. Empty: there is none, whatever is
/// hidden.
///
/// Of equally cheap ones those that touch few blocks come first, and of those it is left to chance, drawn from the figures
/// themselves. So whoever tries another table finds the same choice about as often, wherever that table is small.
pub fn choices(network: &Network, threshold: i64) -> Vec<Hidden> {
    let small = small(network, threshold);
    let Some(first) = quick(network, &small, threshold) else { return Vec::new() };
    if network.arcs().len() > SMALL {
        return vec![first];
    }
    let mut search = Search {
        network,
        threshold,
        small: &small,
        best: cost(network, &first, &small),
        found: vec![first],
        steps: if network.arcs().len() > 25 { FEWER_STEPS } else { STEPS },
    };
    search.go(small.clone(), 0, network.nothing());
    let mut found = search.found;
    found.sort_by_cached_key(|hidden| (blocks(network, hidden), drawn(network, hidden)));
    found.dedup();
    found
}

/// What is hidden first: the first choice; and where that hides five sixths of all that is no sum, all of it, since what little is
/// left would tell more of the rule than of the matter.
pub fn first(network: &Network, threshold: i64) -> Option<Hidden> {
    let small = small(network, threshold);
    let everything = everything(network, threshold);
    let all_wide = || network.first_narrow(&everything, threshold).is_none();
    if is_most(network, &small) && all_wide() {
        return Some(everything);
    }
    let first = choices(network, threshold).into_iter().next()?;
    Some(if is_most(network, &first) && all_wide() { everything } else { first })
}

/// Whether this is what is hidden first, of these figures. It answers as [`first`] does, and sooner.
pub fn is_first(network: &Network, hidden: &Hidden, threshold: i64) -> bool {
    let small = small(network, threshold);
    if small.iter().zip(hidden).any(|(small, hidden)| *small && !hidden) {
        return false;
    }
    if !is_most(network, &small) {
        let Some(quick) = quick(network, &small, threshold) else { return false };
        let is_all = *hidden == everything(network, threshold);
        let beaten = if is_all {
            !is_most(network, &quick)
        } else {
            cost(network, &quick, &small) < cost(network, hidden, &small)
        };
        if beaten {
            return false;
        }
    }
    first(network, threshold).as_ref() == Some(hidden)
}

/// Whether so much is hidden of what is no sum that the rest is hidden with it.
fn is_most(network: &Network, hidden: &[bool]) -> bool {
    let inner = network.arcs().iter().zip(hidden).filter(|(arc, _)| arc.cost == Some(1));
    let (all, hidden) = inner.fold((0, 0), |(all, hidden), (_, h)| (all + 1, hidden + u32::from(*h)));
    hidden * 6 >= all * 5
}

/// All that is no sum, and of the sums those of a side on which one is small.
pub fn everything(network: &Network, threshold: i64) -> Hidden {
    let is_small = |block: usize| network.arcs().iter().any(|a| a.block == block && a.value < threshold);
    let hides = |a: &Arc| a.value < threshold || a.cost == Some(1) || (a.cost.is_some() && is_small(a.block));
    network.arcs().iter().map(hides).collect()
}

/// A choice that is found quickly, and may be dearer than another.
fn quick(network: &Network, small: &[bool], threshold: i64) -> Option<Hidden> {
    Some(pruned(network, small, grown(network, small, threshold)?, threshold))
}

/// How many blocks a choice touches.
fn blocks(network: &Network, hidden: &[bool]) -> usize {
    let mut touched: Vec<usize> =
        network.arcs().iter().zip(hidden).filter(|(_, hidden)| **hidden).map(|(arc, _)| arc.block).collect();
    touched.sort_unstable();
    touched.dedup();
    touched.len()
}

/// A number drawn from all figures and a choice: the same always, and nobody chooses it (FNV-1a, mixed).
fn drawn(network: &Network, hidden: &[bool]) -> u64 {
    let values = network.arcs().iter().flat_map(|a| a.value.to_le_bytes());
    let bytes = values.chain(hidden.iter().map(|h| u8::from(*h)));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// Hides the cheapest cycle through each figure that is narrow, until none is.
fn grown(network: &Network, small: &[bool], threshold: i64) -> Option<Hidden> {
    let mut hidden = small.to_vec();
    // What is wide stays so when more is hidden.
    let mut wide = network.nothing();
    loop {
        let is_narrow = |arc: &usize| {
            is_hidden(&hidden, *arc)
                && !is_hidden(&wide, *arc)
                && network.width_up_to(&hidden, *arc, threshold) < threshold
        };
        let Some(narrow) = (0..hidden.len()).find(is_narrow) else { return Some(hidden) };
        (0..narrow).filter(|arc| is_hidden(&hidden, *arc)).for_each(|arc| mark(&mut wide, arc, true));
        let mut need = threshold - network.width_up_to(&hidden, narrow, threshold);
        // The same figures with this one moved as far as it goes: a way that is left is a new one.
        let [moved_down, moved_up] = [false, true].map(|up| {
            let mut values = network.values();
            network.shift(&mut values, &hidden, narrow, up, CEILING);
            network.with_values(&values)
        });
        loop {
            let up = cheapest(&moved_up, &hidden, narrow, true, need);
            let down = cheapest(&moved_down, &hidden, narrow, false, need);
            let found = match (up, down) {
                (Some(up), Some(down)) => Some(if down.0 < up.0 { down } else { up }),
                (up, down) => up.or(down),
            };
            if let Some((_, path)) = found.filter(|(cost, _)| *cost > 0) {
                path.into_iter().for_each(|arc| mark(&mut hidden, arc, true));
                break;
            }
            if need == 1 {
                // There is no cycle: whatever may be hidden is.
                let all = all(network, threshold);
                return network.first_narrow(&all, threshold).is_none().then_some(all);
            }
            need = (need / 2).max(1);
        }
    }
}

/// What it takes to get to a node, and from which node and by which arc one comes there.
type Reached = (u64, Option<(usize, usize)>);

/// The cheapest way on which a figure can be moved so far, over what is hidden already and what would have to be.
fn cheapest(network: &Network, hidden: &[bool], arc: usize, up: bool, need: i64) -> Option<(u64, Vec<usize>)> {
    let figure = network.arcs().get(arc)?;
    if !up && figure.value < need {
        return None;
    }
    let (from, to) = if up { (figure.to, figure.from) } else { (figure.from, figure.to) };
    let nodes = network.nodes().len();
    let mut best: Vec<Option<Reached>> = vec![None; nodes];
    let mut done = vec![false; nodes];
    *best.get_mut(from)? = Some((0, None));
    loop {
        // The nearest node that is not done: there are few, and the first of equals is taken.
        let near = (0..nodes).filter(|n| done.get(*n) == Some(&false));
        let near = near.filter_map(|n| best.get(n).copied().flatten().map(|(cost, _)| (cost, n))).min();
        let (cost, node) = near?;
        if node == to {
            let (mut path, mut at) = (Vec::new(), to);
            while let Some((_, Some((before, arc)))) = best.get(at).copied().flatten() {
                path.push(arc);
                at = before;
            }
            return Some((cost, path));
        }
        mark(&mut done, node, true);
        for &(other_arc, other, leads) in network.nodes().get(node)? {
            let Some(figure) = network.arcs().get(other_arc).filter(|_| other_arc != arc) else { continue };
            let price = if is_hidden(hidden, other_arc) { Some(0) } else { figure.cost };
            let Some(price) = price.filter(|_| leads || figure.value >= need) else { continue };
            let total = cost + u64::from(price);
            if let Some(slot) = best.get_mut(other)
                && slot.is_none_or(|(known, _)| total < known)
            {
                *slot = Some((total, Some((node, other_arc))));
            }
        }
    }
}

/// Shows again what need not be hidden, the dearest first.
fn pruned(network: &Network, small: &[bool], mut hidden: Hidden, threshold: i64) -> Hidden {
    let extra = |hidden: &[bool]| -> Vec<usize> {
        (0..hidden.len()).filter(|n| is_hidden(hidden, *n) && !is_hidden(small, *n)).collect()
    };
    if hidden.iter().filter(|h| **h).count() > TRIED_AGAIN {
        return hidden;
    }
    let mut tried = extra(&hidden);
    tried.sort_by_key(|n| std::cmp::Reverse(network.arcs().get(*n).map_or(0, |a| a.cost.unwrap_or(0))));
    for arc in tried {
        mark(&mut hidden, arc, false);
        if network.first_narrow(&hidden, threshold).is_some() {
            mark(&mut hidden, arc, true);
        }
    }
    hidden
}

/// A search for the cheapest choices.
struct Search<'a> {
    network: &'a Network,
    threshold: i64,
    small: &'a [bool],
    best: u64,
    found: Vec<Hidden>,
    steps: u32,
}

impl Search<'_> {
    /// Goes on from what is hidden, at its cost; `barred` are figures that were tried before.
    fn go(&mut self, hidden: Hidden, spent: u64, barred: Hidden) {
        if self.steps == 0 || spent > self.best {
            return;
        }
        self.steps -= 1;
        let at = |n: &Vec<(usize, usize, bool)>| n.iter().filter(|(arc, ..)| is_hidden(&hidden, *arc)).count();
        // A sum with one hidden figure gives it away: another must be hidden there.
        let lone = self.network.nodes().iter().filter(|n| at(n) == 1);
        let options = |node: &Vec<(usize, usize, bool)>| -> Vec<usize> {
            node.iter().map(|(arc, ..)| *arc).filter(|arc| self.is_open(*arc, &hidden, &barred)).collect()
        };
        let lone_nodes = lone.clone().count() as u64;
        let open = match lone.map(options).min_by_key(Vec::len) {
            // One more figure helps two sums at most.
            Some(_) if spent + lone_nodes.div_ceil(2) > self.best => return,
            Some(options) => options,
            None if self.network.first_narrow(&hidden, self.threshold).is_none() => {
                if spent < self.best {
                    self.found.clear();
                    self.best = spent;
                }
                if self.found.len() < KEPT {
                    self.found.push(hidden);
                }
                return;
            }
            None => (0..hidden.len()).filter(|arc| self.is_open(*arc, &hidden, &barred)).collect(),
        };
        let mut barred = barred;
        for arc in open {
            let price = self.network.arcs().get(arc).and_then(|a| a.cost).unwrap_or(0);
            let mut more = hidden.clone();
            mark(&mut more, arc, true);
            self.go(more, spent + u64::from(price), barred.clone());
            mark(&mut barred, arc, true);
        }
    }

    fn is_open(&self, arc: usize, hidden: &[bool], barred: &[bool]) -> bool {
        let may = self.network.arcs().get(arc).is_some_and(|a| a.cost.is_some());
        may && !is_hidden(hidden, arc) && !is_hidden(barred, arc) && !is_hidden(self.small, arc)
    }
}
