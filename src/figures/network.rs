//! Published figures as a network, and the exact range of each that is hidden.
//!
//! A figure is an arc and a sum is a node: what flows in flows out. A two-way table with its margins is such a network, and so are
//! tables that share a margin. What is hidden may be any whole number from zero up that keeps every node in balance; the least and
//! the most that one can be are found by maximum flow, so they are exact, and whole numbers.

use std::collections::VecDeque;

/// The most that any figure can be: beyond it, readers of JSON no longer see the same number.
pub const CEILING: i64 = (1 << 53) - 1;

/// A figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arc {
    /// The node that it flows out of.
    pub from: usize,
    /// The node that it flows into.
    pub to: usize,
    /// What it is.
    pub value: i64,
    /// The most that it can be.
    pub most: i64,
    /// What hiding it costs; `None`: it is hidden only where it is small itself.
    pub cost: Option<u32>,
    /// Of choices that cost the same, one that touches fewer blocks is taken.
    pub block: usize,
}

/// Figures, and how they add up.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Network {
    arcs: Vec<Arc>,
    /// For each node, its arcs: which, the node at the other end, and whether it leads there.
    at: Vec<Vec<(usize, usize, bool)>>,
}

/// What is hidden: for each figure, whether.
pub type Hidden = Vec<bool>;

/// The least and the most that a figure can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// The least.
    pub low: i64,
    /// The most.
    pub high: i64,
}

impl Range {
    /// How far the two are apart.
    pub const fn width(self) -> i64 {
        self.high.saturating_sub(self.low)
    }
}

/// Whether a figure is hidden.
pub fn is_hidden(hidden: &[bool], arc: usize) -> bool {
    hidden.get(arc).copied().unwrap_or(false)
}

/// Marks a figure as hidden, or as shown.
pub fn mark(hidden: &mut [bool], arc: usize, so: bool) {
    if let Some(place) = hidden.get_mut(arc) {
        *place = so;
    }
}

impl Network {
    /// A network of figures. Whoever makes it sees to it that every node is in balance.
    pub fn new(arcs: Vec<Arc>) -> Self {
        let nodes = arcs.iter().map(|a| a.from.max(a.to) + 1).max().unwrap_or(0);
        let mut at = vec![Vec::new(); nodes];
        for (n, arc) in arcs.iter().enumerate() {
            for (node, other, leads) in [(arc.from, arc.to, true), (arc.to, arc.from, false)] {
                if let Some(list) = at.get_mut(node) {
                    list.push((n, other, leads));
                }
            }
        }
        Self { arcs, at }
    }

    /// The figures.
    pub fn arcs(&self) -> &[Arc] {
        &self.arcs
    }

    /// The figures that meet at each node.
    pub fn nodes(&self) -> &[Vec<(usize, usize, bool)>] {
        &self.at
    }

    /// The values of the figures.
    pub fn values(&self) -> Vec<i64> {
        self.arcs.iter().map(|a| a.value).collect()
    }

    /// The same network with other values.
    #[must_use]
    pub fn with_values(&self, values: &[i64]) -> Self {
        let arcs = self.arcs.iter().zip(values).map(|(arc, value)| Arc { value: *value, ..*arc }).collect();
        Self { arcs, at: self.at.clone() }
    }

    /// Nothing hidden.
    pub fn nothing(&self) -> Hidden {
        vec![false; self.arcs.len()]
    }

    /// Moves as much as can be moved from one node to another over what is hidden, one figure aside; no more than `most`.
    fn push(&self, values: &mut [i64], hidden: &[bool], (from, to): (usize, usize), aside: usize, most: i64) -> i64 {
        let mut moved = 0;
        while moved < most {
            let Some(path) = self.path(values, hidden, (from, to), aside) else { break };
            let room = |(arc, leads): &(usize, bool)| self.room(values, *arc, *leads);
            let step = path.iter().map(room).min().unwrap_or(0).min(most - moved);
            if step <= 0 {
                break;
            }
            for (arc, leads) in path {
                if let Some(value) = values.get_mut(arc) {
                    *value += if leads { step } else { -step };
                }
            }
            moved += step;
        }
        moved
    }

    /// The shortest way from one node to another over what is hidden and can still be moved.
    fn path(
        &self,
        values: &[i64],
        hidden: &[bool],
        (from, to): (usize, usize),
        aside: usize,
    ) -> Option<Vec<(usize, bool)>> {
        let mut came: Vec<Option<(usize, usize, bool)>> = vec![None; self.at.len()];
        let mut queue = VecDeque::from([from]);
        while let Some(node) = queue.pop_front() {
            for &(arc, other, leads) in self.at.get(node)? {
                let open = arc != aside && is_hidden(hidden, arc) && other != from && self.room(values, arc, leads) > 0;
                let Some(slot) = came.get_mut(other).filter(|slot| open && slot.is_none()) else { continue };
                *slot = Some((node, arc, leads));
                if other == to {
                    let (mut path, mut node) = (Vec::new(), to);
                    while node != from {
                        let (before, arc, leads) = came.get(node).copied().flatten()?;
                        path.push((arc, leads));
                        node = before;
                    }
                    return Some(path);
                }
                queue.push_back(other);
            }
        }
        None
    }

    /// Moves one figure up or down as far as it goes, and the others with it; no further than `most`. Returns how far.
    pub fn shift(&self, values: &mut [i64], hidden: &[bool], arc: usize, up: bool, most: i64) -> i64 {
        let Some(Arc { from, to, most: ceiling, .. }) = self.arcs.get(arc).copied() else { return 0 };
        let value = values.get(arc).copied().unwrap_or(0);
        let (ends, most) = if up { ((to, from), most.min(ceiling - value)) } else { ((from, to), most.min(value)) };
        let moved = if from == to { most } else { self.push(values, hidden, ends, arc, most) };
        if let Some(value) = values.get_mut(arc) {
            *value += if up { moved } else { -moved };
        }
        moved
    }

    /// Values by which every node is in balance, what is hidden aside kept as it is; `None`: there are none.
    pub fn balanced(&self, hidden: &[bool]) -> Option<Vec<i64>> {
        let mut values = self.values();
        let mut over = vec![0_i64; self.at.len()];
        for arc in &self.arcs {
            *over.get_mut(arc.to)? += arc.value;
            *over.get_mut(arc.from)? -= arc.value;
        }
        while let Some(start) = over.iter().position(|o| *o > 0) {
            let too_much = over.get(start).copied()?;
            let ends = over.iter().enumerate().filter(|(_, o)| **o < 0);
            // What is too much at one node is led to where it is missing.
            let led = ends.map(|(end, missing)| (end, -missing)).find_map(|(end, missing)| {
                let moved = self.push(&mut values, hidden, (start, end), usize::MAX, too_much.min(missing));
                (moved > 0).then_some((end, moved))
            });
            let (end, moved) = led?;
            *over.get_mut(start)? -= moved;
            *over.get_mut(end)? += moved;
        }
        Some(values)
    }

    /// How much more can flow through a figure, in a direction.
    fn room(&self, values: &[i64], arc: usize, leads: bool) -> i64 {
        let value = values.get(arc).copied().unwrap_or(0);
        if leads { self.arcs.get(arc).map_or(CEILING, |a| a.most) - value } else { value }
    }

    /// The exact range of a figure, from all that is shown.
    pub fn range(&self, hidden: &[bool], arc: usize) -> Range {
        let value = self.arcs.get(arc).map_or(0, |a| a.value);
        if !is_hidden(hidden, arc) {
            return Range { low: value, high: value };
        }
        let down = self.shift(&mut self.values(), hidden, arc, false, CEILING);
        let up = self.shift(&mut self.values(), hidden, arc, true, CEILING);
        Range { low: value - down, high: value + up }
    }

    /// How wide the range of a figure is, where that is no more than `enough`; else at least so wide.
    pub fn width_up_to(&self, hidden: &[bool], arc: usize, enough: i64) -> i64 {
        let up = self.shift(&mut self.values(), hidden, arc, true, enough);
        if up >= enough { up } else { up + self.shift(&mut self.values(), hidden, arc, false, enough - up) }
    }

    /// The first hidden figure whose range is narrower than the threshold; `None`: the attack fails.
    pub fn first_narrow(&self, hidden: &[bool], threshold: i64) -> Option<usize> {
        let is_narrow = |arc: &usize| is_hidden(hidden, *arc) && self.width_up_to(hidden, *arc, threshold) < threshold;
        (0..self.arcs.len()).find(is_narrow)
    }
}
