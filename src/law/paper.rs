//! Papers that the law asks a desk to keep, as rows: each field with its article, and which records it is computed of.

use std::sync::LazyLock;

use serde::Deserialize;

use super::row::Verified;
use crate::value::class::words;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    paper: Vec<Paper>,
}

/// A paper.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What asks for it.
    pub source: String,
    /// The day on which that was read, or `unverified`.
    pub verified: Verified,
    /// Its fields.
    pub field: Vec<PaperField>,
}

/// A field of a paper.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperField {
    /// The article that asks for it.
    pub article: String,
    /// What it is called.
    pub label: String,
    /// Of what it is computed.
    pub from: Fact,
}

words! {
    /// What a field is computed of.
    Fact {
        /// It is not held here.
        None = "none",
        /// The desk's own record.
        Controller = "controller",
        /// The purposes of cases.
        Purposes = "purposes",
        /// Partners, by kind.
        Recipients = "recipients",
        /// The classes of persons that items are about.
        People = "people",
        /// The categories of items.
        Categories = "categories",
        /// Whether the program profiles.
        Profiling = "profiling",
        /// Partners of other jurisdictions.
        Transfers = "transfers",
        /// The instruments of agreements in force.
        Instruments = "instruments",
        /// The retention schedule.
        Terms = "terms",
        /// How the workspace is protected.
        Security = "security",
        /// Items held, by tier.
        Tiers = "tiers",
        /// Reviews, by outcome.
        Reviews = "reviews",
        /// Members, by role.
        Roles = "roles",
        /// Certificates of deletion.
        Erasures = "erasures",
        /// Items past their term.
        Late = "late",
        /// Holds that stand.
        Holds = "holds",
        /// What partners are still to delete.
        Duties = "duties",
        /// Task forces, by state.
        Taskforces = "taskforces",
        /// Their tasks, by state.
        Tasks = "tasks",
        /// Their meetings, by state.
        Meetings = "meetings",
        /// Their joint analyses, by state.
        Analyses = "analyses",
        /// Requests, by state.
        Requests = "requests",
        /// What was given to partners, by state.
        Disclosures = "disclosures",
        /// What was spent on budget lines, of how much.
        Money = "money",
    }
}

static ROWS: LazyLock<Vec<Paper>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/papers.toml")).map(|r| r.paper).unwrap_or_default()
});

/// Every paper.
pub fn all() -> &'static [Paper] {
    &ROWS
}

/// The ids of all papers.
pub fn ids() -> Vec<&'static str> {
    all().iter().map(|p| p.id.as_str()).collect()
}

/// The paper of that id.
pub fn by_id(id: &str) -> Option<&'static Paper> {
    all().iter().find(|p| p.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paper_is_read_and_every_fact_is_used() {
        assert_eq!(ids(), ["processing", "assessment", "evaluation", "retention"]);
        for fact in Fact::ALL {
            assert!(all().iter().flat_map(|p| &p.field).any(|f| f.from == *fact), "{fact} is in no paper");
        }
    }
}
