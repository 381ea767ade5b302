//! Layer 3: the kinds of record, one file each: states, changes, and how a change is applied.
//!
//! A change names a row of [`KINDS`]. Its `gate_inputs` are what the gate must know of it, and its `apply` writes its effect into the
//! record store. Neither has a clock, randomness or content.

pub mod approval;
pub mod arrival;
pub mod card;
pub mod definition;
pub mod key_use;
pub mod kind;
pub mod privilege;
pub mod restriction;
pub mod reviewed;
pub mod store;
pub mod target;

use definition::{ChangeDef, KindDef};
use kind::{ChangeKind, Kind, record_kinds};

macro_rules! modules {
    ($($module:ident $variant:ident = $word:literal: $doc:literal,)+) => {
        $(#[doc = $doc] pub mod $module;)+

        /// Every kind of record, in the order of [`Kind`].
        pub const KINDS: &[&KindDef] = &[$(&$module::KIND),+];

        /// The row of a kind of record.
        pub const fn kind_def(kind: Kind) -> &'static KindDef {
            match kind {
                $(Kind::$variant => &$module::KIND),+
            }
        }
    };
}
record_kinds!(modules);

/// The kind of change of that name.
pub fn change(name: &str) -> Option<&'static ChangeDef> {
    KINDS.iter().flat_map(|k| k.changes).find(|c| c.kind.is(name))
}

/// The kind of record that a kind of change is of.
pub fn of_change(change: ChangeKind) -> Kind {
    let def = KINDS.iter().find(|k| k.changes.iter().any(|c| c.kind == change));
    def.map_or(Kind::Desk, |k| k.kind)
}

#[cfg(test)]
mod tests {
    use super::{KINDS, change, purge, review};

    #[test]
    fn names_are_unique_and_every_first_change_has_signers() {
        let mut names: Vec<_> = KINDS.iter().flat_map(|k| k.changes).map(|c| c.kind.name()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        for c in KINDS.iter().flat_map(|k| k.changes) {
            let own_question = [review::DECIDE, purge::PURGE].contains(&c.kind);
            assert_eq!(crate::law::signer::of_kind(c.kind.name()).is_some(), c.begins && !own_question, "{}", c.kind);
            assert!(c.begins || !c.follows.is_empty(), "{} can never be made", c.kind);
            for first in c.follows {
                assert!(change(first.name()).is_some_and(|l| l.begins), "{} follows {first}", c.kind);
            }
        }
        let mut prefixes: Vec<_> = KINDS.iter().map(|k| k.prefix).collect();
        assert!(prefixes.iter().all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_uppercase())));
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), KINDS.len());
    }
}
