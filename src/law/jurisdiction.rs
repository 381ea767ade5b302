//! Jurisdictions: what the law of each asks, so that two can be compared, and which instruments bind it.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, Zone};
use super::row::{self, LawRow, Verified};
use crate::value::class::{Category, Test, words};
use crate::value::timestamp::{Duration, Timestamp};

words! {
    /// What a partner can give an assurance of: what the gate's rule G-18 knows.
    Assurance {
        /// That nobody is put to death.
        DeathPenalty = "death_penalty",
        /// That nobody is tortured.
        Torture = "torture",
    }
}

words! {
    /// Where a jurisdiction stands with capital punishment.
    CapitalPunishment {
        /// It has none.
        Abolished = "abolished",
        /// It has it.
        Retained = "retained",
        /// That is not known.
        Unknown = "unknown",
    }
}

words! {
    /// Where a jurisdiction stands with an instrument.
    PartyStatus {
        /// It is bound.
        InForce = "in force",
        /// It has signed, and is not bound.
        Signed = "signed",
        /// Neither.
        None = "none",
    }
}

row::law_words! {
    Assurance: "`assurances_required` names assurances that can be given: death_penalty, torture",
    CapitalPunishment: "`capital_punishment` is `abolished`, `retained` or `unknown`",
    PartyStatus: "the `status` of an `instrument` is `in force`, `signed` or `none`",
    Test: "a `recognition` is of a test, until a date",
}

/// One jurisdiction.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Jurisdiction {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it is invented, for demos and exercises.
    pub illustrative: bool,
    /// Its central authority for mutual assistance.
    pub central_authority: String,
    /// Its 24/7 contact point.
    pub contact_24_7: String,
    /// The languages that it accepts.
    pub languages: Vec<String>,
    /// The same as data: for which instruments, and whether for urgent requests alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepts: Vec<AcceptedLanguage>,
    /// The ways in which it takes requests.
    pub transmission: Vec<String>,
    /// `never`, `coercive-only`, `always` or `listed-waiver`.
    pub dual_criminality: String,
    /// Assurances that it asks of a recipient before data of tier 3 and up leave it.
    #[serde(deserialize_with = "row::all_words")]
    pub assurances_required: Vec<Assurance>,
    /// Where it stands with capital punishment.
    #[serde(deserialize_with = "row::word")]
    pub capital_punishment: CapitalPunishment,
    /// How long it can have data preserved, in days; 0: no power.
    pub preservation_days: i64,
    /// By how many days that can be extended.
    pub preservation_extension_days: i64,
    /// When the person is told.
    pub notice_rule: String,
    /// What the person can do.
    pub remedies: String,
    /// What is privileged.
    pub privilege_rule: String,
    /// Who oversees.
    pub oversight_body: String,
    /// What its courts ask of evidence.
    pub admissibility: String,
    /// Its time zone as POSIX writes one, with the rule for summer: `CET-1CEST,M3.5.0,M10.5.0/3`. Empty: UTC.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub time_zone: String,
    /// Its days off each week.
    pub weekend: Vec<String>,
    /// Its other days off.
    pub holidays: Vec<String>,
    /// Whether its desks type why they look at personal data: the purpose of the case does not do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub typed_reason: bool,
    /// Where that was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
    /// Where it stands with each instrument.
    #[serde(default)]
    pub instrument: Vec<Party>,
    /// Who authorises what.
    #[serde(default)]
    pub threshold: Vec<Threshold>,
    /// Certificates of others that it accepts as meeting a test of its own.
    #[serde(default)]
    pub recognition: Vec<Recognition>,
}

/// A language that a jurisdiction accepts.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedLanguage {
    /// Its code, such as `fr`.
    pub language: String,
    /// Its name.
    pub name: String,
    /// Whether for urgent requests alone.
    #[serde(default)]
    pub urgent_only: bool,
    /// For which instruments; for all where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instruments: Vec<String>,
}

/// Where a jurisdiction stands with an instrument.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The instrument.
    pub id: String,
    /// Whether it is bound.
    #[serde(deserialize_with = "row::word")]
    pub status: PartyStatus,
    /// Since when.
    #[serde(default)]
    pub since: Option<String>,
    /// Its reservations; may be empty.
    pub reservations: String,
    /// Grounds that count for it because it reserved them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserves: Vec<String>,
}

/// Who authorises access to a category of data, on which standard.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The category.
    #[serde(deserialize_with = "row::word")]
    pub category: Category,
    /// Who authorises.
    pub authoriser: String,
    /// The standard of evidence.
    pub standard: String,
    /// The least serious offence for which it may be had.
    pub min_penalty: String,
    /// 1 to 4; higher is stricter.
    pub rank: u8,
    /// Whether who authorises stands outside the investigation.
    pub independent: bool,
}

/// A certificate of another jurisdiction that is accepted as meeting a test.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// Whose.
    pub of: String,
    /// The test.
    #[serde(deserialize_with = "row::word")]
    pub test: Test,
    /// What is taken.
    pub accepts: String,
    /// The last day on which it is.
    pub until: String,
    /// What is asked after that: the higher standard.
    pub fallback: String,
}

impl Recognition {
    /// Whether it is accepted at a time: to the end of its last day.
    pub fn stands(&self, now: Timestamp) -> bool {
        Timestamp::parse_date(&self.until).is_some_and(|day| now < Timestamp::of_date(day).plus(Duration::days(1)))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    jurisdiction: Vec<Jurisdiction>,
}

static ROWS: LazyLock<Vec<Jurisdiction>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/jurisdictions.toml"))
        .map(|r| r.jurisdiction)
        .unwrap_or_default()
});

/// Every jurisdiction.
pub fn all() -> &'static [Jurisdiction] {
    &ROWS
}

impl LawRow for Jurisdiction {
    fn id(&self) -> &str {
        &self.code
    }

    fn problem(&self) -> Option<String> {
        let party = |p: &Party| p.since.as_deref().is_none_or(row::is_date);
        let recognised = |r: &Recognition| row::is_date(&r.until);
        row::first(&[
            // Where nobody ever works, no deadline would end.
            (
                self.weekend.len() <= 4 && self.weekend.iter().all(|d| Calendar::is_weekday(d)),
                "`weekend` names days of the week, at most four",
            ),
            (
                Zone::parse(&self.time_zone).is_some(),
                "`time_zone` is one as POSIX writes it, such as `CET-1CEST,M3.5.0,M10.5.0/3`",
            ),
            (self.holidays.iter().all(|d| row::is_date(d)), "`holidays` are dates"),
            (self.preservation_days >= 0 && self.preservation_extension_days >= 0, "a time is not negative"),
            (self.instrument.iter().all(party), "the `since` of an `instrument` is a date"),
            (
                self.threshold.iter().all(|t| (1..=4).contains(&t.rank)),
                "a `threshold` is of a category of data, and of rank 1 to 4",
            ),
            (self.recognition.iter().all(recognised), "a `recognition` is of a test, until a date"),
        ])
    }
}

impl Jurisdiction {
    /// Whether an instrument binds it at a time.
    pub fn is_bound(&self, instrument: &str, now: Timestamp) -> bool {
        let since = |p: &Party| {
            p.since
                .as_deref()
                .is_none_or(|d| Timestamp::parse_date(d).map(Timestamp::of_date).is_some_and(|d| d <= now))
        };
        self.instrument.iter().any(|p| p.id == instrument && p.status == PartyStatus::InForce && since(p))
    }

    /// Where it stands with an instrument.
    pub fn party(&self, instrument: &str) -> Option<&Party> {
        self.instrument.iter().find(|p| p.id == instrument)
    }

    /// The languages that it accepts for what rests on an instrument.
    pub fn accepts_for(&self, instrument: &str) -> Vec<&AcceptedLanguage> {
        let counts = |a: &&AcceptedLanguage| a.instruments.is_empty() || a.instruments.iter().any(|i| i == instrument);
        self.accepts.iter().filter(counts).collect()
    }

    /// Its time zone.
    pub fn zone(&self) -> Zone {
        Zone::parse(&self.time_zone).unwrap_or_default()
    }

    /// Its days off, in its own time.
    pub fn calendar(&self) -> Calendar {
        Calendar::new(&self.weekend, &self.holidays).in_zone(self.zone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_well_formed() {
        let rows = toml::from_str::<Rows>(include_str!("../../assets/law/jurisdictions.toml")).unwrap().jurisdiction;
        assert_eq!(rows.iter().map(|r| r.code.as_str()).collect::<Vec<_>>(), ["XA", "XB", "XC", "XD", "XE", "XF"]);
        for row in &rows {
            assert!(row.illustrative && row.verified == Verified::Never, "{}: invented law is nobody's law", row.code);
            assert_eq!(row.problem(), None, "{}", row.code);
            assert!(row.recognition.iter().all(|r| rows.iter().any(|j| j.code == r.of)), "{}", row.code);
        }
    }
}
