//! What oversight, redress, mistakes and disputes go by, as data: periods, how long their records are kept, and what makes a
//! consultation stand out.

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use serde::Deserialize;

use super::calendar::Calendar;
use super::row::Verified;
use crate::value::class::words;
use crate::value::timestamp::{Duration, Timestamp};

words! {
    /// A period of the table.
    Period {
        /// Until a complaint is acknowledged.
        ComplaintAcknowledge = "complaint-acknowledge",
        /// Until the person hears how it stands.
        ComplaintProgress = "complaint-progress",
        /// Until a request for access is decided.
        ComplaintAccess = "complaint-access",
        /// Until any other complaint is decided.
        ComplaintCorrection = "complaint-correction",
        /// The day that an answer carries which neither confirms nor denies.
        ComplaintAnswer = "complaint-answer",
        /// Until the authority is told of a mistake.
        ErrorAuthority = "error-authority",
        /// Until the desks of a dispute consult each other.
        DisputeRaised = "dispute-raised",
        /// Consultation of the desks.
        DisputeConsultation = "dispute-consultation",
        /// Heads of the contact points.
        DisputeHeads = "dispute-heads",
        /// Central authorities.
        DisputeAuthorities = "dispute-authorities",
        /// Mediation.
        DisputeMediation = "dispute-mediation",
        /// Arbitration.
        DisputeArbitration = "dispute-arbitration",
        /// Ministries, or the bodies of the treaty.
        DisputeMinistries = "dispute-ministries",
        /// Until an interim measure ends by itself.
        Freeze = "freeze",
        /// How long consultations are kept.
        KeepConsultation = "keep-consultation",
        /// How long the texts of a finding are kept.
        KeepFinding = "keep-finding",
        /// How long a complaint's data are kept.
        KeepComplaint = "keep-complaint",
        /// How long a report of misuse is kept that no auditor opens.
        KeepMisuse = "keep-misuse",
        /// How long the texts on a mistake are kept.
        KeepError = "keep-error",
        /// How long the texts of a dispute are kept.
        KeepDispute = "keep-dispute",
        /// How long what an exercise held is kept.
        KeepExercise = "keep-exercise",
    }
}

words! {
    /// A number that oversight goes by.
    Sign {
        /// So many records about persons on one day stand out.
        ManyPersons = "many-persons",
        /// So many consultations of a period are drawn.
        Sample = "sample",
    }
}

words! {
    /// What a period is counted in.
    CountedIn {
        /// Hours.
        Hour = "hour",
        /// Days.
        Day = "day",
        /// Days on which somebody works.
        WorkingDay = "working-day",
        /// Months of the calendar.
        Month = "month",
        /// To the end of the year that is so many years later.
        FollowingYear = "following-year",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    period: Vec<PeriodRow>,
    sign: Vec<SignRow>,
}

/// A row of the table of periods.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodRow {
    /// Which period.
    pub id: Period,
    /// How long.
    pub amount: i64,
    /// In what.
    pub unit: CountedIn,
    /// Where it comes from.
    pub source: String,
    /// The day on which that was read, or `unverified`.
    pub verified: Verified,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignRow {
    id: Sign,
    amount: i64,
    #[allow(dead_code, reason = "read by people")]
    source: String,
    #[allow(dead_code, reason = "read by people")]
    verified: Verified,
}

static ROWS: LazyLock<Option<Rows>> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/law/accountability.toml")).ok());

/// The row of a period; `None` where the table has none.
pub fn row(period: Period) -> Option<&'static PeriodRow> {
    ROWS.as_ref()?.period.iter().find(|row| row.id == period)
}

/// The number of a sign; 0 where the table has none.
pub fn number(sign: Sign) -> usize {
    let rows = ROWS.as_ref().map_or(&[][..], |rows| rows.sign.as_slice());
    let row = rows.iter().find(|row| row.id == sign);
    row.and_then(|row| usize::try_from(row.amount).ok()).unwrap_or(0)
}

/// When a period ends that begins at an event. A period that the table does not have ends at once.
pub fn ends(period: Period, event: Timestamp, calendar: &Calendar) -> Timestamp {
    let Some(row) = row(period) else { return event };
    match row.unit {
        CountedIn::Hour => event.plus(Duration::hours(row.amount)),
        CountedIn::Day => event.plus(Duration::days(row.amount)),
        CountedIn::WorkingDay => end_of(working_days(calendar, calendar.zone().date(event), row.amount), calendar),
        CountedIn::Month => {
            let day = event.date();
            let months = jiff::Span::new().try_months(row.amount).ok();
            let last = months.and_then(|months| day.checked_add(months).ok()).unwrap_or(day);
            event.plus(Duration::days(days_between(day, last)))
        }
        CountedIn::FollowingYear => {
            let year = i64::from(event.date().year()) + row.amount + 1;
            let first = i16::try_from(year).map_or(event.date(), |year| date(year.clamp(1, 9998), 1, 1));
            Timestamp::of_date(first)
        }
    }
}

fn end_of(day: Date, calendar: &Calendar) -> Timestamp {
    calendar.zone().midnight(day.tomorrow().unwrap_or(day))
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// The day that is so many working days after a day, which is not counted. The search ends after some years, so that a calendar on
/// which nobody ever works cannot loop for ever.
fn working_days(calendar: &Calendar, after: Date, amount: i64) -> Date {
    let (mut day, mut left) = (after, amount);
    for _ in 0..1000 {
        if left <= 0 {
            break;
        }
        day = day.tomorrow().unwrap_or(day);
        left -= i64::from(calendar.works(day));
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_period_and_every_sign_has_one_row() {
        let rows = ROWS.as_ref().unwrap();
        assert_eq!(rows.period.len(), Period::ALL.len());
        assert_eq!(rows.sign.len(), Sign::ALL.len());
        for period in Period::ALL {
            let row = row(*period).unwrap_or_else(|| panic!("{period}"));
            assert!(row.amount > 0 && !row.source.is_empty(), "{period}");
        }
        assert!(Sign::ALL.iter().all(|sign| number(*sign) > 0));
    }

    #[test]
    fn a_period_is_counted_in_its_unit() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let calendar = Calendar::new(&["saturday".to_owned(), "sunday".to_owned()], &["2026-06-18".to_owned()]);
        // A Monday; the Thursday is a holiday, so that five working days end with the Tuesday after.
        let event = at("2026-06-15T12:00:00Z");
        for (period, end) in [
            (Period::ComplaintAcknowledge, "2026-06-24T00:00:00Z"),
            (Period::ComplaintProgress, "2026-09-15T12:00:00Z"),
            (Period::ErrorAuthority, "2026-06-18T12:00:00Z"),
            (Period::Freeze, "2026-09-13T12:00:00Z"),
            (Period::KeepConsultation, "2028-01-01T00:00:00Z"),
        ] {
            assert_eq!(ends(period, event, &calendar), at(end), "{period}");
        }
        // A month without that day ends with its last.
        assert_eq!(ends(Period::ComplaintProgress, at("2026-11-30T00:00:00Z"), &calendar), at("2027-02-28T00:00:00Z"));
        let never = Calendar::new(
            &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map(str::to_owned),
            &[],
        );
        assert!(ends(Period::ComplaintAcknowledge, event, &never) > event);
    }
}
