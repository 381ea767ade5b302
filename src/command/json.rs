//! How members of an answer are written where JSON has them otherwise than their type would: what is not there as an empty
//! text, and what has a text as that text.

use std::fmt::Display;

use serde::{Serialize, Serializer};

/// Writes a value; an empty text where there is none.
pub(super) fn or_empty<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}

/// Writes a value as its text; null where there is none.
pub(super) fn as_text<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::class::Tier;
    use crate::value::id::Id;
    use crate::value::marking::Marking;

    #[derive(Serialize)]
    struct Summary {
        #[serde(serialize_with = "or_empty")]
        id: Option<Id>,
        #[serde(serialize_with = "as_text")]
        marking: Option<Marking>,
    }

    #[test]
    fn what_is_not_there_is_an_empty_text_or_null() {
        let json = |row: Summary| serde_json::to_string(&row).unwrap();
        assert_eq!(json(Summary { id: None, marking: None }), r#"{"id":"","marking":null}"#);
        let marking = Some(Marking::default_for(Tier::INDICATORS));
        let row = Summary { id: Some(Id::from_bytes([0; 16])), marking };
        let want = r#"{"id":"00000000000000000000000000000000","marking":"TLP:GREEN PAP:AMBER H0"}"#;
        assert_eq!(json(row), want);
    }
}
