//! The retention schedule as data: from which event a period runs, how long it is, when it is looked at again, and what silence
//! means. [`dates`] is the one function of the program that derives a date of retention.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::{Verified, first, law_words, maybe_word, word};
use crate::value::class::{Tier, words};
use crate::value::timestamp::{Duration, Timestamp};

words! {
    /// What kind of thing a row of the schedule is for.
    Class {
        /// An item that is no evidence.
        Item = "item",
        /// An exhibit, or another item that is kept as evidence.
        Evidence = "evidence",
        /// Items that came in bulk and that nobody has categorised.
        Bulk = "bulk",
    }
}

words! {
    /// The event that a period runs from: a step of the procedure, never that somebody has added evidence.
    Trigger {
        /// It came in.
        Received = "received",
        /// Its case was closed.
        CaseClosed = "case-closed",
        /// The judgment is final.
        FinalJudgment = "final-judgment",
        /// Acquitted, or the case was discontinued.
        Acquittal = "acquittal",
        /// The order that it was had under has expired.
        OrderExpired = "order-expired",
        /// Its sender has set a date.
        SenderDate = "sender-date",
        /// No link to the case was found.
        NoLink = "no-link",
    }
}

words! {
    /// What a schedule foresees when the period ends.
    Action {
        /// It is erased.
        Erase = "erase",
        /// What names persons is erased, and what is counted stays.
        Anonymise = "anonymise",
        /// It is given back.
        Return = "return",
        /// It is kept, and seen only with a reason.
        Restrict = "restrict",
        /// It goes to an archive.
        Transfer = "transfer",
    }
}

words! {
    /// What it means that nobody says anything when the date has come.
    Silence {
        /// It is erased.
        Delete = "delete",
        /// It is restricted, and put before somebody.
        Restrict = "restrict",
    }
}

law_words! {
    Class: "`class` is no class of the schedule",
    Trigger: "`trigger` is no event of the schedule",
    Action: "`action` is no action of the schedule",
    Silence: "`silence` is `delete` or `restrict`",
}

/// What stands for a row where a date was set and no row speaks of it.
pub const SET: &str = "set";
/// The longest time between two reviews: three years.
pub const LONGEST_REVIEW: i64 = 3 * 365;

/// One row of the schedule.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRow {
    /// Its id.
    pub id: String,
    /// What it is for.
    #[serde(deserialize_with = "word")]
    pub class: Class,
    /// The tier that it is for; none: every tier.
    #[serde(default)]
    pub tier: Option<Tier>,
    /// The category of data that it is for; none: every one.
    #[serde(default, deserialize_with = "maybe_word")]
    pub category: Option<crate::value::class::Category>,
    /// The event that the period runs from.
    #[serde(deserialize_with = "word")]
    pub trigger: Trigger,
    /// The period in days; none: no date follows from the event.
    #[serde(default)]
    pub days: Option<i64>,
    /// In how many days it is looked at again, at most three years.
    pub review_days: i64,
    /// What silence means.
    #[serde(deserialize_with = "word")]
    pub silence: Silence,
    /// What is foreseen when the period ends.
    #[serde(deserialize_with = "word")]
    pub action: Action,
    /// Where it comes from.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

/// A number of days that is no row of the schedule.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    #[serde(alias = "review_days")]
    days: i64,
    source: String,
    verified: Verified,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    schedule: Vec<RetentionRow>,
    outbox: Days,
    holds: Days,
}

static ROWS: LazyLock<Option<Rows>> =
    LazyLock::new(|| toml::from_str::<Rows>(include_str!("../../assets/law/retention.toml")).ok());

impl RetentionRow {
    /// What is wrong with it; `None` where nothing is.
    pub fn problem(&self) -> Option<String> {
        first(&[
            (!self.id.is_empty() && !self.id.contains(' '), "`id` is one word"),
            ((1..=LONGEST_REVIEW).contains(&self.review_days), "`review_days` is 1 to 1095: three years at most"),
            (self.days.is_none_or(|days| days >= 0), "`days` is not negative"),
            (
                self.class != Class::Evidence || self.silence == Silence::Restrict,
                "silence never erases evidence: `silence` is `restrict`",
            ),
            (
                self.class != Class::Evidence || self.trigger != Trigger::Received || self.days.is_none(),
                "evidence has no date from when it came in: leave `days` out",
            ),
            (!self.source.is_empty(), "`source` is missing"),
        ])
    }
}

/// Every row.
pub fn all() -> &'static [RetentionRow] {
    ROWS.as_ref().map_or(&[], |rows| &rows.schedule)
}

/// The row of that id.
pub fn row(id: &str) -> Option<&'static RetentionRow> {
    all().iter().find(|row| row.id == id)
}

/// The row for a class, a tier, a category and an event: the one that says most of them.
pub fn row_for(
    class: Class,
    tier: Tier,
    category: crate::value::class::Category,
    trigger: Trigger,
) -> Option<&'static RetentionRow> {
    let fits = |row: &&RetentionRow| {
        row.class == class
            && row.trigger == trigger
            && row.tier.is_none_or(|t| t == tier)
            && row.category.is_none_or(|c| c == category)
    };
    all().iter().filter(fits).max_by_key(|row| (row.category.is_some(), row.tier.is_some()))
}

/// What a row comes to for one record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dates {
    /// When something is due.
    pub due: Timestamp,
    /// What silence means then.
    pub silence: Silence,
    /// Whether the sender's date, or another that was set, is the earlier one and counts.
    pub is_set: bool,
}

/// The dates that follow from a row, the time of its event, and a date that a sender or a court has set: the one place where a date
/// of retention is derived. Without a row, or without a period, it is looked at again; without anything, at once.
pub fn dates(row: Option<&RetentionRow>, event: Timestamp, set: Option<Timestamp>) -> Dates {
    let after = |days: i64| event.plus(Duration::days(days));
    let own = match row {
        Some(RetentionRow { days: Some(days), silence, .. }) => (after(*days), *silence),
        Some(row) => (after(row.review_days), Silence::Restrict),
        None => (set.unwrap_or(event), Silence::Restrict),
    };
    match set {
        // Whoever set a date has decided: what was promised to a sender is erased when it comes.
        Some(set) if set <= own.0 => Dates { due: set, silence: Silence::Delete, is_set: true },
        _ => Dates { due: own.0, silence: own.1, is_set: false },
    }
}

/// How many days a bundle lies in the outbox where a receipt is missing.
pub fn outbox_days() -> i64 {
    ROWS.as_ref().map_or(0, |rows| rows.outbox.days)
}

/// By when a standing hold is reviewed that somebody looked at then.
pub fn hold_review(since: Timestamp) -> Timestamp {
    since.plus(Duration::days(ROWS.as_ref().map_or(0, |rows| rows.holds.days)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::class::Category;

    fn of(tier: Tier, class: Class, trigger: Trigger) -> &'static RetentionRow {
        row_for(class, tier, Category::Indicator, trigger).unwrap()
    }

    #[test]
    fn every_row_is_well_formed_and_has_an_id_of_its_own() {
        assert!(!all().is_empty() && outbox_days() == 30);
        assert_eq!(hold_review(Timestamp::EPOCH), Timestamp::EPOCH.plus(Duration::days(90)));
        for row in all() {
            assert_eq!(row.problem(), None, "{}", row.id);
            assert_eq!(all().iter().filter(|other| other.id == row.id).count(), 1, "{}", row.id);
        }
        let mut bad = of(Tier::ALL[3], Class::Evidence, Trigger::Received).clone();
        bad.silence = Silence::Delete;
        assert!(bad.problem().unwrap().contains("silence never erases evidence"));
        bad.silence = Silence::Restrict;
        bad.days = Some(1);
        assert!(bad.problem().unwrap().contains("no date from when it came in"));
        bad.days = None;
        bad.review_days = LONGEST_REVIEW + 1;
        assert!(bad.problem().unwrap().contains("three years"));
    }

    #[test]
    fn every_tier_has_a_term_and_higher_ones_a_shorter() {
        let since = Timestamp::EPOCH;
        let terms: Vec<_> =
            Tier::ALL.iter().map(|t| dates(Some(of(*t, Class::Item, Trigger::Received)), since, None)).collect();
        assert!(terms.windows(2).all(|w| w[0].due > w[1].due) && terms[3].due > since);
        assert!(terms.iter().all(|t| t.silence == Silence::Delete));
    }

    #[test]
    fn evidence_has_no_date_until_the_procedure_gives_one_and_an_earlier_date_of_the_sender_counts() {
        let day = |n| Timestamp::EPOCH.plus(Duration::days(n));
        let kept = of(Tier::ALL[3], Class::Evidence, Trigger::Received);
        assert_eq!(dates(Some(kept), day(0), None), Dates { due: day(365), silence: Silence::Restrict, is_set: false });
        let judged = of(Tier::ALL[3], Class::Evidence, Trigger::FinalJudgment);
        assert_eq!(dates(Some(judged), day(10), None).due, day(100));
        assert_eq!(
            dates(Some(judged), day(10), Some(day(20))),
            Dates { due: day(20), silence: Silence::Delete, is_set: true }
        );
        assert_eq!(dates(Some(judged), day(10), Some(day(200))).due, day(100), "a later one does not");
        assert_eq!(dates(None, day(1), None).due, day(1));
    }
}
