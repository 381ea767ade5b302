//! Finds the cycles among files that name each other. It knows nothing of what the files are.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Which file names which, and on which line first.
pub type Edges = BTreeMap<String, BTreeMap<String, usize>>;

/// Of each group of files that hang together in cycles, the shortest: as files, each naming the next and the last the
/// first.
pub fn cycles(edges: &Edges) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut told = BTreeSet::new();
    let reached: BTreeMap<&String, BTreeSet<&String>> = edges.keys().map(|file| (file, reach(edges, file))).collect();
    for file in edges.keys() {
        if told.contains(file) || !reached[file].contains(file) {
            continue;
        }
        let group: Vec<&String> = reached[file]
            .iter()
            .copied()
            .filter(|other| reached.get(other).is_some_and(|r| r.contains(file)))
            .collect();
        told.extend(group.iter().copied());
        found.extend(group.iter().filter_map(|start| shortest(edges, start)).min_by_key(Vec::len));
    }
    found
}

fn reach<'a>(edges: &'a Edges, start: &String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut ahead: Vec<&String> = edges.get(start).into_iter().flat_map(BTreeMap::keys).collect();
    while let Some(file) = ahead.pop() {
        if reached.insert(file) {
            ahead.extend(edges.get(file).into_iter().flat_map(BTreeMap::keys));
        }
    }
    reached
}

/// The shortest way from a file back to itself.
fn shortest(edges: &Edges, start: &String) -> Option<Vec<String>> {
    let mut came: BTreeMap<&String, &String> = BTreeMap::new();
    let mut ahead = VecDeque::from([start]);
    while let Some(file) = ahead.pop_front() {
        for next in edges.get(file).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                let mut way = vec![file.clone()];
                let mut at = file;
                while let Some(before) = came.get(at) {
                    way.push((*before).clone());
                    at = before;
                }
                way.reverse();
                return Some(way);
            }
            if !came.contains_key(next) {
                came.insert(next, file);
                ahead.push_back(next);
            }
        }
    }
    None
}
