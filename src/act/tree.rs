//! RFC 6962 Merkle trees: roots, inclusion and consistency proofs, and their verification.
//!
//! Hashes of complete subtrees are read from [`Nodes`] one by one, so a tree of any size needs little memory.

use sha2::{Digest as _, Sha256};

use crate::value::digest::Digest;

/// RFC 6962's prefix of a leaf.
pub const LEAF: u8 = 0;
const NODE: u8 = 1;
/// The longest proof: a tree of 2^63 leaves has no longer one.
pub const LONGEST_PROOF: usize = 63;

/// The hash of a leaf.
pub fn leaf_hash(bytes: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update([LEAF]);
    hash.update(bytes);
    Digest::from_bytes(hash.finalize().into())
}

/// The hash of an inner node.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update([NODE]);
    hash.update(left.as_bytes());
    hash.update(right.as_bytes());
    Digest::from_bytes(hash.finalize().into())
}

/// The root of the tree without leaves.
pub fn empty_root() -> Digest {
    Digest::of(b"")
}

/// Computes the root of leaves that come one by one; its memory grows with the logarithm of their number.
#[derive(Default, Clone)]
pub struct Frontier {
    /// Roots of complete subtrees from left to right, each with its height.
    peaks: Vec<(u8, Digest)>,
    size: u64,
}

impl Frontier {
    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut carry = (0u8, leaf);
        while let Some((height, left)) = self.peaks.last().copied().filter(|(height, _)| *height == carry.0) {
            carry = (height + 1, node_hash(&left, &carry.1));
            self.peaks.pop();
        }
        self.peaks.push(carry);
        self.size += 1;
    }

    /// How many leaves there were.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of all leaves so far.
    pub fn root(&self) -> Digest {
        let mut peaks = self.peaks.iter().rev();
        let Some((_, last)) = peaks.next() else { return empty_root() };
        peaks.fold(*last, |right, (_, left)| node_hash(left, &right))
    }
}

/// The complete subtrees of a log: the node at `height` (0: leaves) and `index` from the left.
pub trait Nodes {
    /// Why a node cannot be read.
    type Error;
    /// The hash of one complete subtree of 2^height leaves.
    fn node(&self, height: u8, index: u64) -> Result<Digest, Self::Error>;
}

/// The nodes that become complete when the leaf at `index` is added: `(height, index, hash)`, the leaf first.
pub fn completed<N: Nodes>(nodes: &N, index: u64, leaf: Digest) -> Result<Vec<(u8, u64, Digest)>, N::Error> {
    let mut out = vec![(0, index, leaf)];
    let (mut height, mut at, mut hash) = (0u8, index, leaf);
    while at % 2 == 1 {
        hash = node_hash(&nodes.node(height, at - 1)?, &hash);
        (height, at) = (height + 1, at / 2);
        out.push((height, at, hash));
    }
    Ok(out)
}

/// The root of the leaves `from..to`, where `from` is a multiple of the largest power of two below `to - from`.
fn range<N: Nodes>(nodes: &N, from: u64, to: u64) -> Result<Digest, N::Error> {
    let size = to - from;
    if size.is_power_of_two() {
        let height = size.trailing_zeros();
        return nodes.node(height as u8, from >> height);
    }
    let split = largest_power_below(size);
    Ok(node_hash(&range(nodes, from, from + split)?, &range(nodes, from + split, to)?))
}

/// The largest power of two that is smaller than `n` (n ≥ 2).
const fn largest_power_below(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// The root of the first `size` leaves.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Digest, N::Error> {
    if size == 0 { Ok(empty_root()) } else { range(nodes, 0, size) }
}

/// The proof that the leaf at `index` is in the tree of `size` leaves (RFC 6962 §2.1.1); `index < size`.
pub fn inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<Digest>, N::Error> {
    let mut proof = Vec::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + largest_power_below(to - from);
        if index < middle {
            proof.push(range(nodes, middle, to)?);
            to = middle;
        } else {
            proof.push(range(nodes, from, middle)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `old` leaves is a beginning of the tree of `new` leaves (RFC 6962 §2.1.2);
/// `0 < old <= new`. Empty where they are equal.
pub fn consistency<N: Nodes>(nodes: &N, old: u64, new: u64) -> Result<Vec<Digest>, N::Error> {
    let mut proof = Vec::new();
    let (mut from, mut to) = (0, new);
    // `from..old` is the part of the old tree that lies in the subtree under inspection; it is known to the reader
    // only as long as the subtree is the whole old tree.
    while to != old {
        let middle = from + largest_power_below(to - from);
        if old <= middle {
            proof.push(range(nodes, middle, to)?);
            to = middle;
        } else {
            proof.push(range(nodes, from, middle)?);
            from = middle;
        }
    }
    if from > 0 {
        proof.push(range(nodes, from, old)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Checks an inclusion proof (RFC 9162 §2.1.3.2).
pub fn verify_inclusion(leaf: Digest, index: u64, size: u64, proof: &[Digest], root: Digest) -> bool {
    if index >= size || proof.len() > LONGEST_PROOF {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node % 2 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Checks a consistency proof (RFC 9162 §2.1.4.2).
pub fn verify_consistency(old: u64, old_root: Digest, new: u64, new_root: Digest, proof: &[Digest]) -> bool {
    if old > new || proof.len() > LONGEST_PROOF {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return proof.is_empty() && old_root == empty_root();
    }
    let mut path = proof.iter();
    let first = if old.is_power_of_two() { Some(&old_root) } else { path.next() };
    let Some(first) = first.copied() else { return false };
    let (mut node, mut last) = (old - 1, new - 1);
    while node % 2 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node % 2 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node % 2 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == old_root && new_hash == new_root
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    #[derive(Default)]
    struct TrustStore(HashMap<(u8, u64), Digest>);

    impl Nodes for TrustStore {
        type Error = Infallible;
        fn node(&self, height: u8, index: u64) -> Result<Digest, Infallible> {
            Ok(self.0[&(height, index)])
        }
    }

    fn leaf(i: u64) -> Digest {
        leaf_hash(&i.to_be_bytes())
    }

    fn log(size: u64) -> TrustStore {
        let mut log = TrustStore::default();
        for i in 0..size {
            for (height, index, hash) in completed(&log, i, leaf(i)).unwrap() {
                log.0.insert((height, index), hash);
            }
        }
        log
    }

    /// RFC 6962 §2.1, as it is written there.
    fn by_definition(leaves: &[Digest]) -> Digest {
        match leaves {
            [] => empty_root(),
            [one] => *one,
            many => {
                let (left, right) = many.split_at(largest_power_below(many.len() as u64) as usize);
                node_hash(&by_definition(left), &by_definition(right))
            }
        }
    }

    #[test]
    fn known_roots() {
        // The test tree of the certificate-transparency implementations.
        let leaves: Vec<Vec<u8>> =
            ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
                .iter()
                .map(|h| data_encoding::HEXLOWER.decode(h.as_bytes()).unwrap())
                .collect();
        let mut frontier = Frontier::default();
        let mut roots = Vec::new();
        for l in &leaves {
            frontier.push(leaf_hash(l));
            roots.push(frontier.root().to_string());
        }
        assert_eq!(roots[0], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(roots[7], "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    #[test]
    fn every_proof_of_small_trees_holds_and_no_other_does() {
        let log = log(40);
        let leaves: Vec<Digest> = (0..40).map(leaf).collect();
        for size in 1..=40u64 {
            let top = root(&log, size).unwrap();
            assert_eq!(top, by_definition(&leaves[..size as usize]));
            for index in 0..size {
                let proof = inclusion(&log, index, size).unwrap();
                assert!(verify_inclusion(leaf(index), index, size, &proof, top), "{index} in {size}");
                assert!(!verify_inclusion(leaf(index + 1), index, size, &proof, top));
                assert!(!verify_inclusion(leaf(index), (index + 1) % size, size, &proof, top) || size == 1);
                assert!(!verify_inclusion(leaf(index), index, size, &[proof.as_slice(), &[top]].concat(), top));
            }
            for old in 1..=size {
                let old_root = root(&log, old).unwrap();
                let proof = consistency(&log, old, size).unwrap();
                assert!(verify_consistency(old, old_root, size, top, &proof), "{old} to {size}");
                assert!(!verify_consistency(old, leaf(99), size, top, &proof));
                assert!(!verify_consistency(old, old_root, size, leaf(99), &proof));
                assert!(old == size || !verify_consistency(old, old_root, size, top, &[]) || proof.is_empty());
            }
        }
    }

    proptest! {
        #[test]
        fn a_changed_proof_never_holds(size in 2u64..200, index in 0u64..200, at in 0usize..8, byte in 0usize..32) {
            let index = index % size;
            let log = log(size);
            let top = root(&log, size).unwrap();
            let mut proof = inclusion(&log, index, size).unwrap();
            let at = at % proof.len();
            let mut bytes = *proof[at].as_bytes();
            bytes[byte] ^= 1;
            proof[at] = Digest::from_bytes(bytes);
            prop_assert!(!verify_inclusion(leaf(index), index, size, &proof, top));
        }
    }
}
