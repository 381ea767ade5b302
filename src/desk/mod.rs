//! Floor 8: every verb once, for both faces; a file for each noun.
//!
//! Only here do the clock, the store and the pure rooms meet. A verb takes what was typed, asks the gate, makes an act,
//! and answers with values that the command line prints and the screens draw.

pub mod agenda;
pub mod agreement;
pub mod audit;
pub mod authorisation;
pub mod beside;
pub mod bundle_in;
pub mod bundle_out;
pub mod case;
pub mod disclosure;
pub mod draft;
pub mod failure;
pub mod figures;
pub mod gate;
pub mod identity;
pub mod init;
pub mod item;
pub mod job;
pub mod keyring;
pub mod law;
pub mod lesson;
pub mod letter;
pub mod member;
pub mod memory;
pub mod own;
pub mod partner;
pub mod plain;
pub mod purge;
pub mod request;
pub mod retention;
pub mod review;
pub mod story;
pub mod verb;
pub mod workspace;

use verb::Verb;

/// Every verb, by the nouns of the command line. A new noun is a file and a line here.
pub const CATALOGUE: &[&[Verb]] = &[
    init::VERBS,
    identity::VERBS,
    own::VERBS,
    agenda::VERBS,
    member::VERBS,
    partner::VERBS,
    agreement::VERBS,
    authorisation::VERBS,
    law::VERBS,
    case::VERBS,
    item::VERBS,
    request::VERBS,
    letter::VERBS,
    review::VERBS,
    disclosure::VERBS,
    gate::VERBS,
    retention::VERBS,
    purge::VERBS,
    bundle_out::VERBS,
    bundle_in::VERBS,
    audit::VERBS,
    figures::VERBS,
];

/// Every verb.
pub fn verbs() -> impl Iterator<Item = &'static Verb> {
    CATALOGUE.iter().flat_map(|verbs| verbs.iter())
}

/// The verb of that full name, such as `case new`.
pub fn verb(full_name: &str) -> Option<&'static Verb> {
    verbs().find(|v| v.full_name() == full_name)
}
