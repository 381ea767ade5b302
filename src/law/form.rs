//! Prescribed forms: what each asks, box by box, and what fills it. It fills nothing itself.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::request::Addressee;
use super::row::{self, Verified};
use crate::value::class::words;

words! {
    /// What the program knows of a request beside its fields.
    Known {
        /// Its reference and when it was sent.
        Reference = "reference",
        /// The date of the letter.
        Date = "date",
        /// Who signs.
        Sender = "sender",
        /// Whom it goes to.
        Addressee = "addressee",
        /// What kind it is.
        Kind = "kind",
        /// The dates by which its periods end.
        Deadline = "deadline",
        /// The request that follows on.
        FollowOn = "follow-on",
        /// The ground of an answer.
        Ground = "ground",
        /// What an answer or a later word says.
        Answer = "answer",
        /// How the sender's contact point is reached.
        Contact = "contact",
        /// In which languages the sender can be reached.
        Languages = "languages",
    }
}

row::law_words! {
    Known: "`from` is one of the things that the program knows of a request",
}

/// A form.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PrescribedForm {
    /// Its id, such as `epoc-i`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The instrument that prescribes it.
    pub instrument: String,
    /// The kinds of request that it is for.
    pub kinds: Vec<String>,
    /// Who reads it.
    #[serde(deserialize_with = "row::word")]
    pub to: Addressee,
    /// Which letter of a request it is the form of.
    pub of: String,
    /// Where it is prescribed.
    pub source: String,
    /// The day on which somebody read the whole form, or `unverified`.
    pub verified: Verified,
    /// What it asks, in its order.
    #[serde(rename = "box")]
    pub boxes: Vec<FormBox>,
}

/// A box of a form.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FormBox {
    /// Its number or section.
    pub number: String,
    /// What it asks.
    pub text: String,
    /// The field of the request that fills it.
    #[serde(default)]
    pub field: Option<String>,
    /// What the program knows that fills it.
    #[serde(default, deserialize_with = "row::maybe_word")]
    pub from: Option<Known>,
    /// Why nothing fills it here.
    #[serde(default)]
    pub not_applicable: Option<String>,
    /// Who reads it, where not everybody who reads the form.
    #[serde(default, deserialize_with = "row::maybe_all_words")]
    pub to: Option<Vec<Addressee>>,
}

impl FormBox {
    /// Whether it is on the sheet of somebody.
    pub fn is_for(&self, whom: Addressee) -> bool {
        self.to.as_ref().is_none_or(|to| to.contains(&whom))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    form: Vec<PrescribedForm>,
}

static ROWS: LazyLock<Vec<PrescribedForm>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/forms.toml")).map(|r| r.form).unwrap_or_default()
});

/// Every form.
pub fn all() -> &'static [PrescribedForm] {
    &ROWS
}

/// The form of that id.
pub fn by_id(id: &str) -> Option<&'static PrescribedForm> {
    ROWS.iter().find(|f| f.id == id)
}

#[cfg(test)]
mod tests {
    use super::super::request;
    use super::*;

    #[test]
    fn each_box_is_filled_by_one_thing_that_there_is() {
        let rows = toml::from_str::<Rows>(include_str!("../../assets/law/forms.toml")).unwrap().form;
        for form in &rows {
            for id in &form.kinds {
                let kind = request::by_id(id).unwrap_or_else(|| panic!("{}: {id}", form.id));
                assert!(form.of == "answer" || kind.addressees().contains(&form.to), "{}", form.id);
            }
            for b in &form.boxes {
                let sources = [b.field.is_some(), b.from.is_some(), b.not_applicable.is_some()];
                assert_eq!(sources.iter().filter(|s| **s).count(), 1, "{} {} {}", form.id, b.number, b.text);
                let Some(field) = &b.field else { continue };
                let known = form.kinds.iter().filter_map(|k| request::by_id(k));
                assert!(known.into_iter().any(|k| k.field.iter().any(|f| f.id == *field)), "{} {field}", form.id);
            }
        }
    }
}
