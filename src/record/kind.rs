//! The names of kinds of record, of their states and of kinds of change, as types.
//!
//! A name is compared as one of these types, never as a string: the string is written once, in the row that defines it.
//! Each kind is defined in a file of its own.

use crate::value::class::words;

/// Passes the table of record kinds to another macro. A line is a kind: its module, its variant, its word in records and JSON,
/// and what it is. A new kind is a file and a line here.
macro_rules! record_kinds {
    ($make:ident) => {
        $make! {
            desk Desk = "desk": "The desk itself.",
            member Member = "member": "A member of a desk.",
            partner Partner = "partner": "A partner desk.",
            agreement Agreement = "agreement": "An agreement with a partner.",
            taskforce Taskforce = "taskforce": "A joint task force of several desks.",
            task Task = "task": "A task of a task force.",
            meeting Meeting = "meeting": "A meeting of a task force.",
            analysis Analysis = "analysis": "A joint analysis of several desks.",
            advice Advice = "advice": "What was asked of others than partners.",
            recognition Recognition = "recognition": "What of a partner is recognised here.",
            assurance Assurance = "assurance": "An assurance that a partner gave.",
            authorisation Authorisation = "authorisation": "An independent authorisation.",
            case Case = "case": "A case.",
            item Item = "item": "An item of a case.",
            custody Custody = "custody": "An entry in the chain of custody of an exhibit.",
            import Import = "import": "An import of items from a file.",
            mapping Mapping = "mapping": "How the columns of a table are read.",
            request Request = "request": "A request between desks.",
            review Review = "review": "A legal review.",
            disclosure Disclosure = "disclosure": "A disclosure of items to a partner.",
            hold Hold = "hold": "A legal hold.",
            hold_notice HoldNotice = "hold-notice": "The notice of a hold, to a desk that has or gave a copy.",
            purge Purge = "purge": "A purge.",
            certificate Certificate = "certificate": "A deletion certificate.",
            order Order = "order": "A delete order.",
            disposal Disposal = "disposal": "A disposal list.",
            retention Retention = "retention": "A review of retention, or an event of the procedure.",
            backup Backup = "backup": "A backup of the workspace.",
            restore Restore = "restore": "A restore that members declare.",
            stream Stream = "stream": "The stream of bundles with a partner.",
            bundle Bundle = "bundle": "A bundle that was sent or received.",
            relay Relay = "relay": "A bundle for one desk that another carries.",
            letter Letter = "letter": "A letter, or another copy that left by hand.",
            clock Clock = "clock": "What members state of the time.",
            contact Contact = "contact": "How a contact point is reached.",
            budget_line BudgetLine = "budget-line": "A line of a budget.",
            tender Tender = "tender": "A call for offers.",
            commitment Commitment = "commitment": "Money that is committed on a budget line.",
            cost Cost = "cost": "Money that was spent.",
            contribution Contribution = "contribution": "Money that a desk has paid in.",
            rate Rate = "rate": "A rate of exchange.",
            statement Statement = "statement": "A statement of account for a partner.",
            release Release = "figures-release": "Figures of a period that were published.",
            public_statement PublicStatement = "public-statement": "A statement to the public.",
            notice Notice = "notice": "Whether a person was told.",
            consultation Consultation = "consultation": "Who looked at which personal data, and why.",
            finding Finding = "finding": "A finding of oversight.",
            complaint Complaint = "complaint": "A complaint.",
            error Error = "error": "A mistake, and what is done about it.",
            dispute Dispute = "dispute": "A dispute with a partner.",
            misuse Misuse = "misuse": "A report of misuse.",
            sample Sample = "sample": "Consultations that were drawn for an auditor.",
            exercise Exercise = "exercise": "An exercise.",
            inject Inject = "inject": "An inject of an exercise.",
            reply Reply = "reply": "A reply to an inject.",
            observation Observation = "observation": "What was observed in an exercise.",
            action Action = "action": "An improvement action.",
            training Training = "training": "A course that a member has taken.",
            law Law = "law": "A change of the law that the desk works by.",
            refusal Refusal = "refusal": "What the gate has refused a member.",
        }
    };
}
pub(crate) use record_kinds;

macro_rules! kind_enum {
    ($($module:ident $variant:ident = $word:literal: $doc:literal,)+) => {
        words! {
            /// A kind of record.
            Kind { $(#[doc = $doc] $variant = $word),+ }
        }
    };
}
record_kinds!(kind_enum);

/// How a state is seen at a glance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StateTone {
    /// Nothing is to be said of it.
    Neutral,
    /// Somebody waits for something.
    Waiting,
    /// In order.
    Good,
    /// It stops something, or was refused.
    Stopped,
    /// Over: it is read, and nothing is done with it any more.
    Over,
    /// Its content was erased: the record is a tombstone.
    Erased,
}

/// A state of a kind of record.
#[derive(Debug)]
pub struct StateDef {
    /// The word that is stored and stands in JSON.
    pub word: &'static str,
    /// How people read it.
    pub label: &'static str,
    /// How it is seen at a glance.
    pub mood: StateTone,
}

/// The state of a record: one of its kind's.
#[derive(Clone, Copy, Debug)]
pub struct State {
    kind: Kind,
    def: &'static StateDef,
}

impl State {
    /// A state of a kind, by its definition.
    pub const fn new(kind: Kind, def: &'static StateDef) -> Self {
        Self { kind, def }
    }

    /// The kind of record that is in it.
    pub const fn kind(self) -> Kind {
        self.kind
    }

    /// The word that is stored and stands in JSON.
    pub const fn word(self) -> &'static str {
        self.def.word
    }

    /// How people read it.
    pub const fn label(self) -> &'static str {
        self.def.label
    }

    /// How it is seen at a glance.
    pub const fn mood(self) -> StateTone {
        self.def.mood
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.def.word == other.def.word
    }
}

impl Eq for State {}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

impl serde::Serialize for State {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// The enum of the states of one kind of record.
pub trait KindState: Copy + Eq + Into<State> + 'static {
    /// The kind.
    const KIND: Kind;
    /// Every state, in the order of a record's life.
    const STATES: &'static [Self];

    /// The state of that word.
    fn of(state: State) -> Option<Self> {
        Self::STATES.iter().copied().find(|s| (*s).into() == state)
    }
}

/// Makes the states of a kind: the enum, and for each its word, how people read it, and how it is seen.
macro_rules! states {
    ($(#[$meta:meta])* $kind:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal $label:literal $mood:ident,)+ }) => {
        $crate::value::class::words! {
            $(#[$meta])*
            State { $($(#[$vmeta])* $variant = $word),+ }
        }

        impl State {
            /// The state as that of a record.
            pub const fn any(self) -> $crate::record::kind::State {
                use $crate::record::kind::{Kind, StateTone, StateDef};
                let def: &'static StateDef = match self {
                    $(Self::$variant => &StateDef { word: $word, label: $label, mood: StateTone::$mood }),+
                };
                $crate::record::kind::State::new(Kind::$kind, def)
            }
        }

        impl From<State> for $crate::record::kind::State {
            fn from(state: State) -> Self {
                state.any()
            }
        }

        impl $crate::record::kind::KindState for State {
            const KIND: $crate::record::kind::Kind = $crate::record::kind::Kind::$kind;
            const STATES: &'static [Self] = Self::ALL;
        }

        /// The states of the kind, for its row.
        pub const STATES: &[$crate::record::kind::State] = &[$(State::$variant.any()),+];
    };
}
pub(crate) use states;

/// The kind of a change: its name in the log, and where an act may begin with it, in the table of signers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ChangeKind(&'static str);

impl ChangeKind {
    /// A kind of change. Only the file of a record kind names one.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// Whether a name that stands in the log is this kind's.
    pub fn is(self, name: &str) -> bool {
        self.0 == name
    }
}

impl serde::Serialize for ChangeKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl AsRef<str> for ChangeKind {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl std::fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.0)
    }
}
