//! How far the machine's clock is believed: from the last act to 45 days after it, and beyond that only as far as members say
//! that it is right. It reads no clock and no record.

use crate::record::kind::ChangeKind;
use crate::record::{clock, restore};
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};

/// How far ahead of every other sign of the time a clock is believed, our own or a partner's (docs/decisions/0013-how-far-a-clock-is-believed.md).
pub const AHEAD: Duration = Duration::days(45);

/// How far behind the last act the clock may be: machines differ by minutes.
const BEHIND: Duration = Duration::minutes(10);

/// What two members declare of a log that does not go on as it is.
const DECLARED: [ChangeKind; 3] = [restore::DECLARE, restore::REAPPLY, restore::CONFIRM];

/// Returns the error where the clock is behind the last act: nothing can be signed, and what is due may not look so. What two members
/// declare is signed: that the last act was dated wrong, and that the log goes on as another replica.
pub fn behind(now: Timestamp, last: Timestamp, kind: ChangeKind) -> Option<Error> {
    (now < last.minus(BEHIND) && !DECLARED.contains(&kind)).then(|| {
        let what = format!("the clock says {now}, but the last act was made at {last}");
        let next = "set the clock right; where the last act was dated wrong, two members correct that: one with \
                    `comity clock correct --because WHY`, another with `comity backup confirm`. Everything can be read meanwhile";
        Error::new(ErrorKind::Clock, what, next)
    })
}

/// Returns the error where the clock is so far ahead of the last act that nothing is signed before a member says that it is
/// right. That statement itself is signed, and so is what two members declare of a copy that may be old.
pub fn ahead(now: Timestamp, last: Timestamp, kind: ChangeKind) -> Option<Error> {
    let states = [clock::STATE, clock::CONFIRM].contains(&kind) || DECLARED.contains(&kind);
    (now > last.plus(AHEAD) && !states).then(|| {
        let what = format!("the clock says {now}, and the last act was made at {last}: that is more than 45 days");
        // Not the day that this clock gives: whoever pastes it has looked at no other.
        let next = "look at another clock, and state the day that it gives: `comity clock state --is YYYY-MM-DD`";
        Error::new(ErrorKind::Clock, what, next)
    })
}

/// Returns the error where what is due may not be erased, since only one member says that the clock is right.
pub fn unconfirmed(now: Timestamp, witnessed: Timestamp) -> Option<Error> {
    (now > witnessed.plus(AHEAD)).then(|| {
        let what = format!(
            "the clock says {now}, more than 45 days after {witnessed}: two members say that it is right first"
        );
        let next = "one states the day of another clock with `comity clock state --is YYYY-MM-DD`, another confirms it with \
                    `comity clock confirm`";
        Error::new(ErrorKind::Clock, what, next)
    })
}

/// Returns the latest time that somebody else than the one who asks has given a sign of: in an act, of this desk or of a partner,
/// or as one of two members who say that the clock is right. Nobody moves it alone. `None` where there is no such sign.
pub fn witnessed(act_of_others: Option<Timestamp>, confirmed: &[Timestamp]) -> Option<Timestamp> {
    act_of_others.into_iter().chain(confirmed.iter().copied()).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::case;

    fn day(n: i64) -> Timestamp {
        Timestamp::EPOCH.plus(Duration::days(n))
    }

    #[test]
    fn the_witnessed_time_is_the_latest_that_others_gave_a_sign_of() {
        let on = |act: Option<i64>, confirmed: &[i64]| {
            let confirmed: Vec<_> = confirmed.iter().map(|n| day(*n)).collect();
            witnessed(act.map(day), &confirmed)
        };
        assert_eq!(on(None, &[]), None);
        assert_eq!(on(Some(45), &[]), Some(day(45)));
        assert_eq!(on(Some(45), &[400, 3]), Some(day(400)));
    }

    #[test]
    fn only_the_statement_of_the_time_is_signed_beyond_the_window() {
        for (now, kind, fine) in
            [(45, case::NEW, true), (46, case::NEW, false), (46, clock::STATE, true), (46, clock::CONFIRM, true)]
        {
            assert_eq!(ahead(day(now), day(0), kind).is_none(), fine, "{now} {kind}");
        }
        assert!(behind(day(0), day(1), case::NEW).is_some() && behind(day(1), day(1), case::NEW).is_none());
        assert!(behind(day(0), day(1), clock::STATE).is_some() && behind(day(0), day(1), restore::DECLARE).is_none());
        assert!(unconfirmed(day(46), day(0)).is_some() && unconfirmed(day(45), day(0)).is_none());
    }
}
