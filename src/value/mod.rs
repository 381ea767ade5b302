//! Layer 0: the values that everything else is made of.
//!
//! Ids, digests, timestamps, markings, data classes, strict JSON and terminal-safe text. This module reads no clock,
//! draws no randomness, opens no file and knows no other module.

pub mod class;
pub mod digest;
pub mod id;
pub mod json;
pub mod json_lines;
pub mod marking;
pub mod money;
pub mod person;
pub mod policy;
pub mod realm;
pub mod text;
pub mod timestamp;
pub mod word;

#[cfg(test)]
mod tests {
    use super::class::Tier;
    use super::digest::Digest;
    use super::id::Id;
    use super::marking::{Handling, Marking, Pap, Tlp};
    use super::person::Person;
    use super::realm::Realm;
    use super::timestamp::Timestamp;

    #[test]
    fn in_json_a_value_is_what_it_is_in_text() {
        let digest = Digest::of(b"");
        let texts = [
            (serde_json::to_value(Id::from_bytes([7; 16])), Id::from_bytes([7; 16]).to_string()),
            (serde_json::to_value(digest), digest.to_string()),
            (serde_json::to_value(Person::of(digest)), Person::of(digest).to_string()),
            (serde_json::to_value(Timestamp::EPOCH), "1970-01-01T00:00:00Z".to_owned()),
            (serde_json::to_value(Realm::Exercise("north".to_owned())), "exercise:north".to_owned()),
        ];
        for (json, text) in texts {
            assert_eq!(json.unwrap(), text);
        }
        let tier = Tier::new(3).unwrap();
        assert_eq!(serde_json::to_value(tier).unwrap(), 3);
        assert_eq!(serde_json::from_str::<Tier>("3").unwrap(), tier);
        assert!(["0", "5", "-1", "\"3\""].iter().all(|bad| serde_json::from_str::<Tier>(bad).is_err()));
        let marking = Marking { tlp: Tlp::AmberStrict, pap: Pap::Red, handling: vec![Handling::H1] };
        let json = serde_json::json!({ "tlp": "AMBER+STRICT", "pap": "RED", "handling": ["H1"] });
        assert_eq!(serde_json::to_value(marking).unwrap(), json);
    }
}
