//! How the tables of `report transparency` and the months of `report figures` hang together: which acts of a month are counted in which
//! table. Both are set against each other before either is published.

use std::collections::BTreeMap;

use super::months;
use super::tables::{self, Became, DISCLOSURES, Ended, RECEIVED, REVIEWS, SENT, Shared, Versions};
use crate::figures::joint::{Acts, Joint, Tie};
use crate::figures::lake::Month;
use crate::figures::release::Shown;
use crate::law::request::RequestKind;
use crate::record::definition::AudienceRule;
use crate::record::kind::ChangeKind;
use crate::record::{self, disclosure, request, review};
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The acts of a kind, with the number of audiences that they can have.
fn acts(kind: ChangeKind) -> Acts<'static> {
    let rows = match record::change(kind.name()).map(|def| def.audience) {
        Some(AudienceRule::OwnDesk | AudienceRule::Partners | AudienceRule::Addressed) => 1,
        Some(AudienceRule::OwnDeskOrAddressed) | None => 2,
    };
    (kind.name(), rows)
}

/// A table of a release, and how it hangs together with the months.
pub struct Tied {
    /// Its title.
    pub title: &'static str,
    counts: Option<Acts<'static>>,
    columns: Vec<&'static str>,
    at_most: Vec<Acts<'static>>,
    kinds: Vec<(String, String)>,
}

impl Tied {
    /// How it hangs together with them.
    pub fn tie(&self) -> Tie<'_> {
        Tie { counts: self.counts, columns: &self.columns, at_most: &self.at_most, kinds: &self.kinds }
    }
}

/// What hangs together with what, and what was published of which period.
pub struct Ties {
    tied: Vec<Tied>,
    published: Vec<Versions>,
}

impl Ties {
    /// Those of this desk.
    pub fn of(workspace: &Workspace) -> Result<Self, Error> {
        let law = workspace.law()?;
        let row = |kind: &RequestKind| (kind.id.clone(), tables::group(&law, &kind.id).word().to_owned());
        let decided = [Ended::Approved, Ended::Narrowed, Ended::Refused];
        let tied = |title, counts: Option<ChangeKind>, columns: &[&'static str], at_most: &[ChangeKind]| Tied {
            title,
            counts: counts.map(acts),
            columns: columns.to_vec(),
            at_most: at_most.iter().copied().map(acts).collect(),
            kinds: Vec::new(),
        };
        let ended = [Became::Ended.word()];
        let answered = [Became::Answered.word(), Became::Refused.word()];
        let shared: Vec<&str> = Shared::ALL.iter().map(|s| s.word()).collect();
        let given = [disclosure::PROPOSE, disclosure::JOIN, disclosure::RELEASE];
        Ok(Self {
            tied: vec![
                Tied {
                    kinds: law.requests().iter().map(row).collect(),
                    ..tied(SENT, Some(request::SEND), &ended, &[request::WITHDRAW, request::REPORT])
                },
                tied(RECEIVED, None, &answered, &[request::ANSWER]),
                tied(REVIEWS, Some(review::OPEN), &decided.map(Ended::word), &[review::DECIDE]),
                tied(DISCLOSURES, None, &shared, &given),
            ],
            published: tables::all_versions(workspace)?,
        })
    }

    /// Every table that hangs together with months.
    pub fn all(&self) -> impl Iterator<Item = &Tied> {
        self.tied.iter()
    }

    /// Whether a month tells too much of what a table counts: beside every version of it that was published, and the other months of
    /// its period; alone, where none was.
    pub fn month_tells(&self, tied: &Tied, months: &Months, period: &str) -> bool {
        let Some(begins) = months::begin_of(period) else { return true };
        let Some(of) = self.published.iter().find(|v| v.from <= begins && begins < v.to) else {
            let months = vec![months.written.get(period)];
            return Joint { months, table: None, tie: tied.tie() }.tells();
        };
        of.versions.iter().any(|version| {
            let table = version.tables.iter().find(|table| table.title == tied.title);
            table.is_some_and(|table| self.tells(tied, months, (of.from, of.to), (table, version.threshold)))
        })
    }

    /// Whether a table of a release tells too much beside the months of its period that were written.
    pub fn table_tells(&self, months: &Months, period: (Timestamp, Timestamp), table: (&Shown, i64)) -> bool {
        let tied = self.tied.iter().find(|tied| tied.title == table.0.title);
        let is_written = months.within(period).iter().any(|m| matches!(m, Within::Written(_)));
        is_written && tied.is_some_and(|tied| self.tells(tied, months, period, table))
    }

    fn tells(&self, tied: &Tied, months: &Months, period: (Timestamp, Timestamp), table: (&Shown, i64)) -> bool {
        let within = months.within(period);
        let months = within.iter().map(|month| match month {
            Within::Written(month) => Some(*month),
            Within::Before(nothing) => Some(nothing),
            Within::Unwritten => None,
        });
        Joint { months: months.collect(), table: Some(table), tie: tied.tie() }.tells()
    }
}

/// The months that were written, by their names, and the first in which the desk has acted.
pub struct Months {
    /// Them.
    pub written: BTreeMap<String, Month>,
    /// The first.
    pub first: String,
}

/// A month of a period.
enum Within<'a> {
    /// It was written.
    Written(&'a Month),
    /// It was before the desk acted: nothing was done.
    Before(Month),
    /// It was not written.
    Unwritten,
}

impl Months {
    fn within(&self, (from, to): (Timestamp, Timestamp)) -> Vec<Within<'_>> {
        let month = |period: String| match self.written.get(&period) {
            Some(month) => Within::Written(month),
            None if period < self.first => Within::Before(months::nothing_in(period)),
            None => Within::Unwritten,
        };
        months::periods(from, to).map(month).collect()
    }
}
