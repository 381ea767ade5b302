//! The classes that rules ask about: tier, data category, class of person, kind of partner, role, and their words.
//!
//! Each is a closed list. Its words are those of docs/gate.md, and the same in records, facts and on screens.

pub(crate) use super::word::words;

words! {
    /// Whether what is shared under an agreement may be passed on.
    Onward {
        /// Not at all: every copy goes under the condition `no-onward`.
        No = "no",
        /// When its originator consents.
        WithConsent = "with-consent",
        /// As the markings allow.
        Free = "free",
    }
}

words! {
    /// How reliable a source is (the admiralty scale, as the MISP taxonomy `admiralty-scale` spells it).
    Reliability {
        /// Completely reliable.
        A = "A",
        /// Usually reliable.
        B = "B",
        /// Fairly reliable.
        C = "C",
        /// Not usually reliable.
        D = "D",
        /// Unreliable.
        E = "E",
        /// It cannot be judged.
        F = "F",
    }
}

words! {
    /// How credible information is (the admiralty scale).
    Credibility {
        /// Confirmed by other sources.
        One = "1",
        /// Probably true.
        Two = "2",
        /// Possibly true.
        Three = "3",
        /// Doubtful.
        Four = "4",
        /// Improbable.
        Five = "5",
        /// It cannot be judged.
        Six = "6",
    }
}

/// The tier of an item on the sharing ladder: 1 indicators, 2 pointers, 3 metadata, 4 content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Tier(u8);

impl Tier {
    /// Indicators without a link to a person.
    pub const INDICATORS: Self = Self(1);
    /// The four tiers.
    pub const ALL: [Self; 4] = [Self(1), Self(2), Self(3), Self(4)];

    /// A tier from 1 to 4.
    pub fn new(n: i64) -> Option<Self> {
        u8::try_from(n).ok().filter(|n| (1..=4).contains(n)).map(Self)
    }

    /// Reads `1` to `4`.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().and_then(Self::new)
    }

    /// The number.
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl serde::Serialize for Tier {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Tier {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let n = i64::deserialize(deserializer)?;
        Self::new(n).ok_or_else(|| serde::de::Error::custom(format_args!("{n} is not a tier from 1 to 4")))
    }
}

impl std::fmt::Display for Tier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl From<Tier> for crate::value::json::Json {
    fn from(tier: Tier) -> Self {
        Self::from(i64::from(tier.0))
    }
}

words! {
    /// What kind of data an item is.
    Category {
        /// Hashes, malware, techniques, infrastructure with no link to a person.
        Indicator = "indicator",
        /// Domain-name registration data.
        Registration = "registration",
        /// Data asked for the sole purpose of identifying a user.
        Identification = "identification",
        /// Subscriber information (Budapest 18(3)).
        Subscriber = "subscriber",
        /// Traffic data (Budapest 1(d)).
        Traffic = "traffic",
        /// Location data.
        Location = "location",
        /// The purport of communications, stored content, images of devices.
        Content = "content",
        /// Special categories of personal data (LED 10).
        Special = "special",
    }
}

impl Category {
    /// The lowest tier that an item of this category may have when it leaves (docs/gate.md, G-08).
    pub const fn least_tier(self) -> Tier {
        match self {
            Self::Indicator => Tier(1),
            Self::Registration | Self::Identification | Self::Subscriber => Tier(2),
            Self::Traffic | Self::Location => Tier(3),
            Self::Content | Self::Special => Tier(4),
        }
    }
}

words! {
    /// Whom an item is about (LED 6).
    PersonClass {
        /// No person.
        None = "none",
        /// Suspected of the offence.
        Suspect = "suspect",
        /// Convicted.
        Convicted = "convicted",
        /// Victim, or possible victim.
        Victim = "victim",
        /// Witness.
        Witness = "witness",
        /// Contact or associate.
        Other = "other",
    }
}

words! {
    /// Whether an item states a fact or a personal assessment (LED 7).
    Assertion {
        /// A fact.
        Fact = "fact",
        /// An assessment.
        Assessment = "assessment",
    }
}

words! {
    /// What kind of body a partner is.
    PartnerKind {
        /// Police and other law enforcement.
        LawEnforcement = "law-enforcement",
        /// Prosecution service.
        Prosecution = "prosecution",
        /// Central authority for mutual assistance.
        CentralAuthority = "central-authority",
        /// Computer emergency response team.
        Cert = "cert",
        /// Private sector.
        PrivateSector = "private-sector",
        /// Civil society.
        CivilSociety = "civil-society",
        /// Oversight body.
        OversightBody = "oversight-body",
    }
}

words! {
    /// What a member may sign.
    Role {
        /// Works cases.
        Investigator = "investigator",
        /// Runs the desk's requests and bundles.
        DeskOfficer = "desk-officer",
        /// Reviews what is to leave.
        LegalReviewer = "legal-reviewer",
        /// The second person of a release.
        ReleaseOfficer = "release-officer",
        /// Reads for oversight.
        OversightAuditor = "oversight-auditor",
        /// Keeps the budget.
        FinanceOfficer = "finance-officer",
        /// Runs exercises.
        ExerciseController = "exercise-controller",
        /// Enrols members and partners.
        Administrator = "administrator",
    }
}

words! {
    /// How far a partner is trusted: only a pinned one is given anything.
    Standing {
        /// Its card is known, its fingerprint not compared.
        Met = "met",
        /// Its fingerprint was compared aloud.
        Pinned = "pinned",
        /// Suspended.
        Suspended = "suspended",
        /// Closed.
        Closed = "closed",
    }
}

words! {
    /// How far the channel to a partner has come.
    Channel {
        /// Opened.
        Inaugurated = "inaugurated",
        /// A drill was passed.
        Tested = "tested",
        /// In operation.
        Operational = "operational",
        /// Used for joint operations.
        JointOperations = "joint-operations",
        /// Suspended.
        Suspended = "suspended",
    }
}

words! {
    /// The level of a legal review.
    Level {
        /// For tier 2.
        L1 = "L1",
        /// For tier 3.
        L2 = "L2",
        /// For tier 4; two reviewers.
        L3 = "L3",
    }
}

impl Level {
    /// The level that a tier asks for; `None` for tier 1, which needs no review.
    pub const fn for_tier(tier: Tier) -> Option<Self> {
        match tier.number() {
            1 => None,
            2 => Some(Self::L1),
            3 => Some(Self::L2),
            _ => Some(Self::L3),
        }
    }

    /// The tier that a review of this level covers.
    pub const fn tier(self) -> Tier {
        match self {
            Self::L1 => Tier(2),
            Self::L2 => Tier(3),
            Self::L3 => Tier(4),
        }
    }
}

words! {
    /// The outcome of a review, or that it has none.
    ReviewOutcome {
        /// Not decided.
        Open = "open",
        /// Approved.
        Approved = "approved",
        /// Approved with conditions.
        Conditions = "conditions",
        /// Approved in part.
        Partial = "partial",
        /// Postponed.
        Deferred = "deferred",
        /// Refused.
        Refused = "refused",
        /// Was approved, and no longer counts.
        Lapsed = "lapsed",
    }
}

words! {
    /// A condition on what the recipient may do (LED 9(3), 2AP 14).
    Condition {
        /// Keep confidential.
        Confidentiality = "confidentiality",
        /// Use for the stated purpose alone.
        UseLimit = "use-limit",
        /// Do not pass on.
        NoOnward = "no-onward",
        /// Do not use in court.
        NoJudicialUse = "no-judicial-use",
        /// Delete by a date.
        DeleteBy = "delete-by",
        /// Tell before use.
        NotifyBeforeUse = "notify-before-use",
        /// Keep sealed.
        Seal = "seal",
        /// Report what use was made.
        ReportUse = "report-use",
        /// An assurance was given.
        Assurance = "assurance",
    }
}

words! {
    /// The outcome of a test of a legal review.
    TestOutcome {
        /// Met.
        Met = "met",
        /// Not met.
        Not = "not",
        /// Met under a condition.
        Condition = "condition",
        /// Does not apply.
        NotApplicable = "n/a",
    }
}

words! {
    /// Why a partner must delete.
    DeleteCause {
        /// The sender has purged it.
        Purged = "purged",
        /// The sender has recalled it.
        Recalled = "recalled",
        /// An emergency was not validated.
        NotValidated = "not-validated",
    }
}

words! {
    /// The tests of a legal review, in the order in which the levels ask for them.
    Test {
        /// A domestic power and a treaty basis.
        Legality = "legality",
        /// A legitimate aim.
        Aim = "aim",
        /// Necessary in a democratic society.
        Necessity = "necessity",
        /// No less intrusive means would do.
        LessIntrusive = "less_intrusive",
        /// Proportionate.
        Proportionality = "proportionality",
        /// Scope and minimisation.
        Scope = "scope",
        /// An offence on both sides.
        DualCriminality = "dual_criminality",
        /// The evidential standard is reached.
        Suspicion = "suspicion",
        /// Privileged material.
        Privilege = "privilege",
        /// A basis for the transfer.
        DataProtection = "data_protection",
        /// Independent authorisation and notice.
        Oversight = "oversight",
        /// No capital charge, or assured.
        DeathPenalty = "death_penalty",
        /// No risk of torture, or assured.
        Torture = "torture",
        /// Not a political offence.
        PoliticalOffence = "political_offence",
        /// No persecution.
        Discrimination = "discrimination",
        /// No final judgment for the same facts.
        NeBisInIdem = "ne_bis_in_idem",
    }
}

impl Test {
    /// The tests that a level asks for (docs/gate.md, V-04).
    pub fn of_level(level: Level) -> &'static [Self] {
        let count = match level {
            Level::L1 => 7,
            Level::L2 => 11,
            Level::L3 => 16,
        };
        Self::ALL.get(..count).unwrap_or(Self::ALL)
    }

    /// The tests that a review asks: those of its level; where it is about an identified person, those of their rights too,
    /// since unmasking a dissident is a request for subscriber data.
    pub fn asked(level: Level, about_person: bool) -> Vec<Self> {
        const RIGHTS: [Test; 4] = [Test::DeathPenalty, Test::Torture, Test::PoliticalOffence, Test::Discrimination];
        let mut asked = Self::of_level(level).to_vec();
        asked.extend(RIGHTS.iter().filter(|t| about_person && !Self::of_level(level).contains(t)));
        asked
    }
}
