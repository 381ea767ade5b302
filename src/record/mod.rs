//! Layer 3: the records, one file a kind: its changes, how it is applied, its life.
//!
//! A change names a row of [`KINDS`]. Its `apply` writes into the record store what the change comes to; what the gate must know
//! of it is told by its `ask`. Applying is pure but for the record store: no clock, no randomness, no content.

pub mod agreement;
pub mod assurance;
pub mod authorisation;
pub mod bundle;
pub mod card;
pub mod case;
pub mod certificate;
pub mod definition;
pub mod desk;
pub mod disclosure;
pub mod hold;
pub mod import;
pub mod item;
pub mod law;
pub mod letter;
pub mod member;
pub mod order;
pub mod partner;
pub mod purge;
pub mod request;
pub mod review;
pub mod store;
pub mod stream;

use definition::{ChangeDef, KindDef};

/// Every kind of record. A new one is a file and a line here.
pub const KINDS: &[&KindDef] = &[
    &desk::KIND,
    &member::KIND,
    &partner::KIND,
    &agreement::KIND,
    &assurance::KIND,
    &authorisation::KIND,
    &case::KIND,
    &item::KIND,
    &import::KIND,
    &request::KIND,
    &review::KIND,
    &disclosure::KIND,
    &hold::KIND,
    &purge::KIND,
    &certificate::KIND,
    &order::KIND,
    &stream::KIND,
    &bundle::KIND,
    &letter::KIND,
    &law::KIND,
];

/// The kind of record of that name.
pub fn kind(name: &str) -> Option<&'static KindDef> {
    KINDS.iter().copied().find(|k| k.name == name)
}

/// The kind of change of that name.
pub fn change(name: &str) -> Option<&'static ChangeDef> {
    KINDS.iter().flat_map(|k| k.changes).find(|c| c.name == name)
}

#[cfg(test)]
mod tests {
    use super::{KINDS, change};

    #[test]
    fn names_are_unique_and_every_lead_has_signers() {
        let mut names: Vec<_> = KINDS.iter().flat_map(|k| k.changes).map(|c| c.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        for c in KINDS.iter().flat_map(|k| k.changes) {
            let own_question = ["review-decide", "purge"].contains(&c.name);
            assert_eq!(crate::law::signer::of_kind(c.name).is_some(), c.can_be_first && !own_question, "{}", c.name);
            assert!(c.can_be_first || !c.follows.is_empty(), "{} can never be made", c.name);
            for first in c.follows {
                assert!(change(first).is_some_and(|l| l.can_be_first), "{} follows {first}", c.name);
            }
        }
        let mut letters: Vec<_> = KINDS.iter().map(|k| k.letter).collect();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), KINDS.len());
    }
}
