//! The gate's rules as data: number, name, source, status of the source, when somebody read it, and which groups it is in.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::value::class::words;

words! {
    /// The number of a rule. The rows stand in this order.
    RuleId {
        /// `leave`: facts.
        G00 = "G-00",
        /// `leave`: realm.
        G01 = "G-01",
        /// `leave`: identity.
        G02 = "G-02",
        /// `leave`: channel.
        G03 = "G-03",
        /// `leave`: agreement.
        G04 = "G-04",
        /// `leave`: purpose.
        G05 = "G-05",
        /// `leave`: category.
        G06 = "G-06",
        /// `leave`: ceiling.
        G07 = "G-07",
        /// `leave`: right tier.
        G08 = "G-08",
        /// `leave`: named people.
        G09 = "G-09",
        /// `leave`: originator.
        G10 = "G-10",
        /// `leave`: review.
        G11 = "G-11",
        /// `leave`: level.
        G12 = "G-12",
        /// `leave`: same facts.
        G13 = "G-13",
        /// `leave`: alive.
        G14 = "G-14",
        /// `leave`: reviewer.
        G15 = "G-15",
        /// `leave`: second person.
        G16 = "G-16",
        /// `leave`: authorisation.
        G17 = "G-17",
        /// `leave`: assurances.
        G18 = "G-18",
        /// `leave`: dispute.
        G19 = "G-19",
        /// `leave`: term.
        G20 = "G-20",
        /// `leave`: content.
        G21 = "G-21",
        /// `leave`: alive item.
        G22 = "G-22",
        /// `leave`: emergency.
        G23 = "G-23",
        /// `decide`: facts.
        V00 = "V-00",
        /// `decide`: role.
        V01 = "V-01",
        /// `decide`: second person.
        V02 = "V-02",
        /// `decide`: conflict of interest.
        V03 = "V-03",
        /// `decide`: tests.
        V04 = "V-04",
        /// `decide`: less intrusive means.
        V05 = "V-05",
        /// `decide`: expiry.
        V06 = "V-06",
        /// `decide`: conditions.
        V07 = "V-07",
        /// `decide`: reasons.
        V08 = "V-08",
        /// `decide`: no test failed.
        V09 = "V-09",
        /// `purge`: facts.
        U00 = "U-00",
        /// `purge`: due.
        U01 = "U-01",
        /// `purge`: hold.
        U02 = "U-02",
        /// `purge`: who lifted the hold.
        U03 = "U-03",
        /// `purge`: role.
        U04 = "U-04",
        /// `act`: facts.
        A00 = "A-00",
        /// `act`: standing.
        A01 = "A-01",
        /// `act`: role.
        A02 = "A-02",
        /// `act`: contents.
        A03 = "A-03",
        /// `act`: second person.
        A04 = "A-04",
        /// `act`: partner.
        A05 = "A-05",
        /// `act`: review.
        A06 = "A-06",
        /// `act`: what comes before.
        A07 = "A-07",
    }
}

words! {
    /// A question to the gate.
    QuestionKind {
        /// May this item go to this partner now?
        Leave = "leave",
        /// May this person decide this review?
        Decide = "decide",
        /// May this be erased now?
        Purge = "purge",
        /// May this member sign this, and may it travel?
        Act = "act",
    }
}

words! {
    /// What a rule looks at.
    RuleScope {
        /// The facts themselves.
        Facts = "facts",
        /// Who acts: their standing, their roles, what they declare.
        Member = "member",
        /// The partner and the channel to it.
        Partner = "partner",
        /// The agreement with the partner.
        Agreement = "agreement",
        /// The record that is to leave or to be erased.
        Record = "record",
        /// What is obtained for each item before it leaves: named people, a review, a release, an authorisation,
        /// assurances.
        Proposal = "proposal",
        /// The claim of an emergency.
        Emergency = "emergency",
        /// What a reviewer decides.
        Decision = "decision",
        /// What is signed.
        Act = "act",
    }
}

words! {
    /// What a second person does.
    SecondPerson {
        /// Releases what another proposed.
        Releases = "releases",
        /// Joins the claim of an emergency.
        Joins = "joins",
    }
}

/// One rule of the gate.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The question that it belongs to.
    pub question: QuestionKind,
    /// Its number.
    pub id: RuleId,
    /// Its name in a word or two.
    pub name: String,
    /// What it looks at.
    pub scope: RuleScope,
    /// Whether it holds where an emergency does.
    #[serde(default)]
    pub lifted_by_emergency: bool,
    /// What a second person does so that it holds.
    #[serde(default)]
    pub second_person: Option<SecondPerson>,
    /// The rule that it rests on: where that one refuses, `gate outlook` names that one alone.
    #[serde(default)]
    pub rests_on: Option<RuleId>,
    /// Where it comes from.
    pub source: String,
    /// The status of that source.
    pub status: String,
    /// The day on which the source was read, or `unverified`.
    pub verified: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    rule: Vec<Rule>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    // The rows are part of the program; a test reads them, so a malformed file never leaves a build.
    toml::from_str::<Rows>(include_str!("../../assets/law/rules.toml")).map(|rows| rows.rule).unwrap_or_default()
});

/// Every rule, in order of number within its question.
pub fn all() -> &'static [Rule] {
    &RULES
}

impl RuleId {
    /// The row of that number.
    pub fn row(self) -> Option<&'static Rule> {
        RULES.get(self as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_well_formed_and_complete() {
        let rows: Vec<RuleId> = all().iter().map(|rule| rule.id).collect();
        assert_eq!(rows, RuleId::ALL, "one row for each number, in order");
        for rule in all() {
            assert!(!rule.source.is_empty() && !rule.status.is_empty(), "{}", rule.id);
            assert!(
                rule.verified == "unverified"
                    || crate::value::timestamp::Timestamp::parse_date(&rule.verified).is_some(),
                "{}",
                rule.id
            );
        }
    }

    #[test]
    fn the_groups_are_those_of_the_page() {
        use RuleId::*;
        let group = |is_in: fn(&Rule) -> bool| all().iter().filter(|r| is_in(r)).map(|r| r.id).collect::<Vec<_>>();
        assert_eq!(group(|r| r.lifted_by_emergency), [G10, G11, G12, G13, G14, G15, G16, G17, G18, G19]);
        assert_eq!(group(|r| r.second_person == Some(SecondPerson::Releases)), [G16]);
        assert_eq!(group(|r| r.second_person == Some(SecondPerson::Joins)), [G23]);
        assert_eq!(group(|r| r.rests_on == Some(G11)), [G12, G13, G14, G15]);
        assert_eq!(group(|r| r.scope == RuleScope::Proposal), [G09, G11, G12, G13, G14, G15, G16, G17, G18]);
        assert_eq!(group(|r| r.scope == RuleScope::Member), [V01, V02, V03, U04, A01, A02]);
    }
}
