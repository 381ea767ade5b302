//! Kinds of request: what each must say, which clocks it starts, on which grounds it may be refused.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::{self, LawRow, Verified};
use crate::value::class::{Category, Level, Tier, words};
use crate::value::word::open_words;

words! {
    /// Whom a request goes to.
    Counterpart {
        /// Nobody abroad: the desk's own authority orders it at home.
        Domestic = "domestic",
        /// Another desk.
        Desk = "desk",
        /// Straight to a provider.
        Provider = "provider",
        /// The central or judicial authority of the other side.
        Authority = "authority",
    }
}

words! {
    /// Who reads a letter of a request.
    Addressee {
        /// The other desk.
        Desk = "desk",
        /// The provider that it binds or asks.
        Provider = "provider",
        /// The authority that is notified of it or enforces it.
        Authority = "authority",
    }
}

words! {
    /// What a clock measures.
    ClockKind {
        /// Until when it is answered.
        Reply = "reply",
        /// Until when data are preserved.
        Preservation = "preservation",
        /// Until when the authority behind it stands.
        Authority = "authority",
    }
}

words! {
    /// What a clock is counted in.
    Unit {
        /// Hours.
        Hour = "hour",
        /// Days.
        Day = "day",
    }
}

words! {
    /// The event that starts a clock.
    Event {
        /// The request has arrived.
        Received = "received",
        /// It was sent.
        Sent = "sent",
        /// It was issued.
        Issued = "issued",
        /// It was served on the provider.
        Served = "served",
        /// It was decided.
        Decided = "decided",
    }
}

open_words! {
    /// In which case a clock runs.
    Variant {
        /// In every other one.
        ORDINARY = "ordinary",
        /// As the order itself says.
        ORDER = "order",
        /// In an emergency.
        EMERGENCY = "emergency",
        /// Where it is urgent, and what is asked is directly accessible.
        URGENT_DIRECT = "urgent-direct",
        /// Where it is urgent, and another body has what is asked.
        URGENT_INDIRECT = "urgent-indirect",
        /// For provisional measures.
        PROVISIONAL = "provisional",
        /// For carrying it out.
        EXECUTION = "execution",
        /// For subscriber information.
        SUBSCRIBER = "subscriber",
        /// For traffic data.
        TRAFFIC = "traffic",
        /// Of an order that was issued before anyone validated it.
        VALIDATION = "validation",
    }
}

row::law_words! {
    Level: "`level` is L1, L2 or L3",
    Category: "`categories`, `unvalidated`, `not_for` and the `category` of a `threshold` are categories of data",
    Counterpart: "`counterpart` is `domestic`, `desk`, `provider` or `authority`",
    Addressee: "`addressees`, and the `to` of a `field` or `clock`, are of `desk`, `provider` and `authority`",
    ClockKind: "a `clock` is not one of those that can be computed: `reply`, `preservation`, `authority`",
    Unit: "a `clock` is not one of those that can be computed: its `unit` is `hour` or `day`",
    Event: "a `clock` is not one of those that can be computed: it `starts` when `received`, `sent`, `issued`, `served`, `decided`",
}

/// A kind of request.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RequestKind {
    /// Its short id, such as `bc29`.
    pub id: String,
    /// The instrument that it rests on.
    pub instrument: String,
    /// The article.
    pub article: String,
    /// Its name.
    pub name: String,
    /// The letter that it is written with.
    pub template: String,
    /// The tier of what is asked.
    pub tier: Tier,
    /// The level of its review.
    #[serde(deserialize_with = "row::word")]
    pub level: Level,
    /// Whether a legal review stands before it is sent.
    pub review: bool,
    /// Whether it is made for emergencies.
    pub emergency: bool,
    /// Whom it goes to.
    #[serde(deserialize_with = "row::word")]
    pub counterpart: Counterpart,
    /// Who may be written to, the first where nobody is named; where it is left out, what `counterpart` says.
    #[serde(default, deserialize_with = "row::maybe_all_words", skip_serializing_if = "Option::is_none")]
    pub addressees: Option<Vec<Addressee>>,
    /// The categories of data that it may ask for.
    #[serde(deserialize_with = "row::all_words")]
    pub categories: Vec<Category>,
    /// The closed list of grounds on which it may be refused.
    #[serde(default)]
    pub grounds: Vec<String>,
    /// Whether the instrument closes no list: it is refused with reasons, on a ground or on none.
    #[serde(default, skip_serializing_if = "is_false")]
    pub open_grounds: bool,
    /// Whether it may never be postponed: what is lost meanwhile cannot be had back.
    #[serde(default, skip_serializing_if = "is_false")]
    pub never_postponed: bool,
    /// The grounds that fall away where a treaty of mutual assistance is in force between the two sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yields: Option<Yields>,
    /// What the instrument says of consulting whoever asks before they are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consult: Option<Consult>,
    /// The categories for which an order may go out in an emergency before anyone has validated it. Left out: it needs no
    /// validation.
    #[serde(default, deserialize_with = "row::maybe_all_words", skip_serializing_if = "Option::is_none")]
    pub unvalidated: Option<Vec<Category>>,
    /// Whether it goes straight to a provider, and no desk is asked.
    #[serde(default, skip_serializing_if = "is_false")]
    pub straight: bool,
    /// Whether the instrument prescribes a system through which it goes to the provider.
    #[serde(default, skip_serializing_if = "is_false")]
    pub system: bool,
    /// Whether what it gives follows only once its conditions are accepted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub two_steps: bool,
    /// Kinds that usually follow.
    #[serde(default)]
    pub follow_on: Vec<String>,
    /// Where it was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
    /// What it must say.
    #[serde(default)]
    pub field: Vec<FieldRow>,
    /// What runs from when it is sent.
    #[serde(default)]
    pub clock: Vec<ClockRow>,
}

/// The duty to consult whoever asks before a request is refused or postponed.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Consult {
    /// Whether it is a duty; otherwise it is one where that is appropriate.
    pub must: bool,
    /// The grounds before which it is; all of them where none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// Where it was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

impl Consult {
    /// Whether the request may not be refused or postponed on a ground before the other side was consulted.
    pub fn stands_before(&self, ground: Option<&str>) -> bool {
        self.must && (self.before.is_empty() || ground.is_some_and(|g| self.before.iter().any(|b| b == g)))
    }
}

/// What of an instrument does not apply where a treaty of mutual assistance does.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Yields {
    /// The grounds.
    pub grounds: Vec<String>,
    /// Where it was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

/// One thing that a request says.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRow {
    /// Its id.
    pub id: String,
    /// The paragraph that asks for it.
    pub article: String,
    /// What it is called.
    pub label: String,
    /// What to write.
    pub help: String,
    /// Whether the request is incomplete without it.
    pub required: bool,
    /// To whom it may go; to every addressee of the kind where it is left out.
    #[serde(default, deserialize_with = "row::maybe_all_words", skip_serializing_if = "Option::is_none")]
    pub to: Option<Vec<Addressee>>,
}

/// One clock.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRow {
    /// What it measures.
    #[serde(deserialize_with = "row::word")]
    pub clock: ClockKind,
    /// In which case it runs.
    pub variant: Variant,
    /// How many units; none where no limit is fixed.
    pub amount: Option<i64>,
    /// Of what.
    #[serde(default, deserialize_with = "row::maybe_word")]
    pub unit: Option<Unit>,
    /// The event that starts it.
    #[serde(deserialize_with = "row::word")]
    pub starts: Event,
    /// Whether an end on a weekend or holiday moves to the next working day.
    pub rolls: bool,
    /// Whether a longer time that the order itself sets counts instead.
    #[serde(default)]
    pub longer_wins: bool,
    /// Whether the period is the shortest that counts: what it runs for is kept at least so long, and until a request that
    /// follows on is decided.
    #[serde(default, skip_serializing_if = "is_false")]
    pub minimum: bool,
    /// Whose letter names it; that of every addressee of the kind where it is left out.
    #[serde(default, deserialize_with = "row::maybe_all_words", skip_serializing_if = "Option::is_none")]
    pub to: Option<Vec<Addressee>>,
    /// The rule.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

impl FieldRow {
    /// Whether it may go to somebody.
    pub fn is_for(&self, whom: Addressee) -> bool {
        self.to.as_ref().is_none_or(|to| to.contains(&whom))
    }
}

/// How long a clock runs, and how that binds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Length {
    /// So long.
    Fixed(i64, Unit),
    /// So long, or what the order sets where that is longer.
    OrLonger(i64, Unit),
    /// At least so long, and until the request that follows on is decided.
    AtLeast(i64, Unit),
    /// As the order or the warrant says.
    AsOrdered,
    /// No limit is fixed.
    Open,
}

impl ClockRow {
    /// How long it runs.
    pub fn length(&self) -> Length {
        match self.amount.zip(self.unit) {
            Some((n, unit)) if self.longer_wins => Length::OrLonger(n, unit),
            Some((n, unit)) if self.minimum => Length::AtLeast(n, unit),
            Some((n, unit)) => Length::Fixed(n, unit),
            None if self.clock == ClockKind::Authority => Length::AsOrdered,
            None => Length::Open,
        }
    }

    /// Whether a letter to somebody names it.
    pub fn is_for(&self, whom: Addressee) -> bool {
        self.to.as_ref().is_none_or(|to| to.contains(&whom))
    }
}

/// A member that is `false` is not written: rows that were signed before it was known stay as they are.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes members by reference")]
const fn is_false(so: &bool) -> bool {
    !*so
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    request: Vec<RequestKind>,
}

static ROWS: LazyLock<Vec<RequestKind>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/requests.toml")).map(|r| r.request).unwrap_or_default()
});

/// Every kind of request.
pub fn all() -> &'static [RequestKind] {
    &ROWS
}

impl LawRow for RequestKind {
    fn id(&self) -> &str {
        &self.id
    }

    fn problem(&self) -> Option<String> {
        let clock = |c: &ClockRow| {
            c.amount.is_some() == c.unit.is_some()
                && c.amount.is_none_or(|n| (1..=36_500).contains(&n))
                && (!c.rolls || (c.unit == Some(Unit::Day) && c.clock != ClockKind::Preservation))
                && (!c.minimum || c.clock == ClockKind::Preservation)
        };
        let consulted = |c: &Consult| !c.source.is_empty() && c.before.iter().all(|g| self.grounds.contains(g));
        row::first(&[
            (self.consult.as_ref().is_none_or(consulted), "`consult` has a source, and names grounds of the kind"),
            (
                self.yields.iter().flat_map(|y| &y.grounds).all(|g| self.grounds.contains(g)),
                "`yields` names grounds of the kind",
            ),
            (!self.open_grounds || self.grounds.is_empty(), "a kind with `open_grounds` lists none"),
            (self.field.iter().any(|f| f.required), "a `field` is required: a request says something"),
            (self.clock.iter().any(|c| c.clock == ClockKind::Reply), "a `clock` is `reply`"),
            (!self.addressees().is_empty(), "`addressees` names somebody"),
            (
                self.field.iter().all(|f| f.to.iter().flatten().all(|whom| self.addressees().contains(whom))),
                "the `to` of a `field` names addressees of the kind",
            ),
            (
                self.clock.iter().all(clock),
                "a `clock` is not one of those that can be computed; a preservation never rolls",
            ),
        ])
    }
}

/// The kind of that id.
#[cfg(test)]
pub fn by_id(id: &str) -> Option<&'static RequestKind> {
    ROWS.iter().find(|r| r.id == id)
}

impl RequestKind {
    /// Who may be written to; the first is who it goes to where nobody else is named.
    pub fn addressees(&self) -> &[Addressee] {
        match (&self.addressees, self.counterpart) {
            (Some(named), _) => named,
            (None, Counterpart::Desk) => &[Addressee::Desk],
            (None, Counterpart::Domestic) => &[Addressee::Provider],
            (None, Counterpart::Provider) => &[Addressee::Provider, Addressee::Authority],
            (None, Counterpart::Authority) => &[Addressee::Authority],
        }
    }

    /// Whether no partner is asked: it is an order at home, or goes straight to a provider.
    pub fn asks_no_partner(&self) -> bool {
        self.counterpart == Counterpart::Domestic || self.straight
    }

    /// Whether an order that nobody has validated may go out in an emergency for what it asks. Where no category was chosen it
    /// asks for all of the kind's.
    pub fn may_go_unvalidated(&self, asked: &[Category]) -> bool {
        let asked = if asked.is_empty() { &self.categories } else { asked };
        self.unvalidated.as_ref().is_none_or(|may| asked.iter().all(|c| may.contains(c)))
    }

    /// Whether the data themselves are asked for. Kinds that hand nothing over by themselves stand in a lower tier than the
    /// data that they name.
    pub fn hands_over(&self) -> bool {
        self.categories.iter().all(|c| c.least_tier() <= self.tier)
    }

    /// Whether it asks for something to be preserved: a clock of its row says until when.
    pub fn preserves(&self) -> bool {
        self.clock.iter().any(|row| row.clock == ClockKind::Preservation)
    }

    /// The tier of what is asked, and the level of its review: of the categories that were chosen, never above the kind's.
    pub fn tier_and_level(&self, asked: &[Category]) -> (Tier, Level) {
        let highest = asked.iter().map(|c| c.least_tier()).max();
        let tier = highest.map_or(self.tier, |tier| tier.min(self.tier));
        let level = if highest.is_some() { Level::for_tier(tier).unwrap_or(Level::L1) } else { self.level };
        (tier, level.min(self.level))
    }

    /// Whether it asks who somebody is.
    pub fn identifies(&self, asked: &[Category]) -> bool {
        let asked = if asked.is_empty() { &self.categories } else { asked };
        self.hands_over() && asked.iter().any(|c| matches!(c, Category::Identification | Category::Subscriber))
    }

    /// The required fields that `has` does not find.
    pub fn missing(&self, has: impl Fn(&str) -> bool) -> Vec<String> {
        self.field.iter().filter(|f| f.required && !has(&f.id)).map(|f| f.id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_well_formed() {
        let rows = toml::from_str::<Rows>(include_str!("../../assets/law/requests.toml")).unwrap().request;
        assert!(!rows.is_empty());
        for r in &rows {
            assert_eq!(r.problem(), None, "{}", r.id);
            assert!(r.follow_on.iter().all(|f| rows.iter().any(|r| r.id == *f)), "{}", r.id);
        }
    }
}
