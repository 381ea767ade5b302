//! Jurisdictions: what each side's law asks, so that two can be compared, and which instruments bind it.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::deadline::Calendar;
use super::instrument;
use crate::value::instant::Instant;

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
    /// The ways on which it takes requests.
    pub transmission: Vec<String>,
    /// `never`, `coercive-only`, `always` or `listed-waiver`.
    pub dual_criminality: String,
    /// Assurances that it asks of a recipient before data of tier 3 and up leave it.
    pub assurances_required: Vec<String>,
    /// `abolished`, `retained` or `unknown`.
    pub capital_punishment: String,
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
    /// Its days off each week.
    pub weekend: Vec<String>,
    /// Its other days off.
    pub holidays: Vec<String>,
    /// Where that was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: String,
    /// Where it stands with each instrument.
    #[serde(default)]
    pub instrument: Vec<Party>,
    /// Who authorises what.
    #[serde(default)]
    pub threshold: Vec<Threshold>,
    /// What of others it takes as meeting a test of its own.
    #[serde(default)]
    pub recognition: Vec<Recognition>,
}

/// Where a jurisdiction stands with an instrument.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The instrument.
    pub id: String,
    /// `in force`, `signed` or `none`.
    pub status: String,
    /// Since when.
    #[serde(default)]
    pub since: Option<String>,
    /// Its reservations; may be empty.
    pub reservations: String,
}

/// Who authorises access to a category of data, on which standard.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The category.
    pub category: String,
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

/// A certificate of another side that is taken as meeting a test.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// Whose.
    pub of: String,
    /// The test.
    pub test: String,
    /// What is taken.
    pub accepts: String,
    /// The last day on which it is.
    pub until: String,
    /// What is asked after that: the higher standard.
    pub fallback: String,
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

/// The jurisdiction of that code.
pub fn by_code(code: &str) -> Option<&'static Jurisdiction> {
    ROWS.iter().find(|j| j.code == code)
}

impl Jurisdiction {
    /// Whether an instrument binds it at a time.
    pub fn is_bound(&self, instrument: &str, now: Instant) -> bool {
        let since = |p: &Party| {
            p.since.as_deref().is_none_or(|d| Instant::parse_date(d).map(Instant::of_date).is_some_and(|d| d <= now))
        };
        self.instrument.iter().any(|p| p.id == instrument && p.status == "in force" && since(p))
    }

    /// Its days off.
    pub fn calendar(&self) -> Calendar {
        Calendar::new(&self.weekend, &self.holidays)
    }
}

/// Whether an instrument is in force between two sides at a time. A side that is not known is bound by nothing.
pub fn in_force_between(instrument: &str, one: &str, other: &str, now: Instant) -> bool {
    let bound = |code: &str| by_code(code).is_some_and(|j| j.is_bound(instrument, now));
    instrument::by_id(instrument).is_some_and(|i| i.is_in_force(now)) && bound(one) && bound(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::class::{Category, Test};

    #[test]
    fn the_rows_are_well_formed() {
        let rows = toml::from_str::<Rows>(include_str!("../../assets/law/jurisdictions.toml")).unwrap().jurisdiction;
        assert_eq!(rows.iter().map(|r| r.code.as_str()).collect::<Vec<_>>(), ["XA", "XB", "XC", "XD", "XE", "XF"]);
        for row in &rows {
            assert!(row.illustrative && row.verified == "unverified", "{}: invented law is nobody's law", row.code);
            for p in &row.instrument {
                assert!(instrument::by_id(&p.id).is_some(), "{}: {}", row.code, p.id);
                assert!(["in force", "signed", "none"].contains(&p.status.as_str()), "{}: {}", row.code, p.id);
            }
            assert!(row.threshold.iter().all(|t| Category::parse(&t.category).is_some() && (1..=4).contains(&t.rank)));
            for r in &row.recognition {
                assert!(Test::parse(&r.test).is_some() && Instant::parse_date(&r.until).is_some(), "{}", row.code);
                assert!(rows.iter().any(|j| j.code == r.of), "{}", row.code);
            }
            assert!(row.holidays.iter().all(|d| Instant::parse_date(d).is_some()), "{}", row.code);
        }
    }

    #[test]
    fn what_is_not_in_force_between_both_is_in_force_for_neither() {
        let now = Instant::parse("2026-11-25T00:00:00Z").unwrap();
        for (id, one, other, want) in [
            ("bc", "XA", "XB", true),
            ("bc", "XA", "XF", false),
            ("2ap", "XA", "XB", false),
            ("e-evidence", "XA", "XE", true),
            ("e-evidence", "XA", "XB", false),
            ("untoc", "XA", "XF", true),
            ("bc", "XA", "ZZ", false),
            ("none", "XA", "XB", false),
        ] {
            assert_eq!(in_force_between(id, one, other, now), want, "{id} {one} {other}");
        }
    }
}
