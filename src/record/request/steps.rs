//! The states of a request and the steps between them: from which states each answer and each follow-up may be given, where it
//! leads, and the conflict of two that crossed. A step is judged by the state that its author had seen, never by the state here.

use super::preserved::preserved_of;
use crate::act::header::Header;
use crate::object;
use crate::record::definition::{ActContext, ApplyError, wrong_state};
use crate::record::kind::{Kind, KindState as _, State as RecordState, states};
use crate::record::store::{Record, RecordStore};
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a request stands.
    Request {
        /// It is being written.
        Draft = "draft" "draft" Waiting,
        /// It waits for its legal review.
        InReview = "in-review" "in review" Waiting,
        /// It is approved, and may be sent.
        Authorised = "authorised" "authorised" Waiting,
        /// It is on its way, or arrived.
        Sent = "sent" "sent" Neutral,
        /// The partner has it.
        Acknowledged = "acknowledged" "acknowledged" Good,
        /// The partner asks for clarification.
        Clarification = "clarification" "clarification" Waiting,
        /// The partner would, on conditions.
        Conditional = "conditional" "conditional" Waiting,
        /// The partner consults before it refuses or postpones.
        Consultation = "consultation" "consultation" Waiting,
        /// It is accepted.
        Accepted = "accepted" "accepted" Neutral,
        /// It is accepted in part.
        Partly = "partly" "partly" Neutral,
        /// It is postponed.
        Postponed = "postponed" "postponed" Neutral,
        /// It is refused.
        Refused = "refused" "refused" Stopped,
        /// It is being carried out.
        Executing = "executing" "executing" Neutral,
        /// It is answered.
        Delivered = "delivered" "delivered" Good,
        /// The use of the answer was reported.
        UseReported = "use-reported" "use reported" Neutral,
        /// Nothing more is expected.
        Closed = "closed" "closed" Over,
        /// The requesting desk took it back.
        Withdrawn = "withdrawn" "withdrawn" Over,
        /// Its time has passed.
        Expired = "expired" "expired" Stopped,
        /// Two concurrent acts moved it to different states.
        Conflict = "conflict" "conflict" Stopped,
        /// Its content was erased.
        Purged = "purged" "purged" Erased,
    }
}

words! {
    /// What the requesting desk may say after it has sent.
    FollowUp {
        /// What use was made of the answer.
        Use = "use",
        /// What was unclear is made clear.
        Clarified = "clarified",
        /// The conditions that are offered are taken.
        TakeConditions = "take-conditions",
        /// It is done with: nothing more is expected.
        Close = "close",
        /// Its time has passed without an answer.
        Expire = "expire",
        /// More time is asked for: that a period be extended. Nothing moves by being asked.
        Extend = "extend",
        /// More is said to what was sent.
        Supplement = "supplement",
        /// Something in what was sent was wrong, and is put right.
        Correct = "correct",
        /// What the partner raised before refusing is answered.
        Consulted = "consulted",
        /// What was announced is given, now that its conditions are accepted.
        Inform = "inform",
    }
}

words! {
    /// What the requested desk may answer.
    Answer {
        /// It has the request.
        Acknowledge = "acknowledge",
        /// It asks something back.
        Clarify = "clarify",
        /// It would, on conditions.
        Offer = "offer",
        /// It will.
        Accept = "accept",
        /// It will in part.
        AcceptPartly = "accept-partly",
        /// It is about to refuse or to postpone, and asks first.
        Consult = "consult",
        /// Not now.
        Postpone = "postpone",
        /// No.
        Refuse = "refuse",
        /// It is at work.
        Execute = "execute",
        /// Done: what was asked has been disclosed, or is said in words.
        Deliver = "deliver",
        /// The item may go where the request asks for.
        Consent = "consent",
    }
}

impl FollowUp {
    /// From which states it may be given, and where it leads; `None`: the request stays as it is.
    pub const fn transition(self) -> (&'static [RecordState], Option<State>) {
        use State as S;
        match self {
            Self::Use => (const { &[S::Delivered.any()] }, Some(S::UseReported)),
            Self::Clarified => (const { &[S::Clarification.any()] }, Some(S::Acknowledged)),
            Self::TakeConditions => (const { &[S::Conditional.any()] }, Some(S::Accepted)),
            Self::Close => (
                const { &[S::Delivered.any(), S::UseReported.any(), S::Refused.any(), S::Expired.any()] },
                Some(S::Closed),
            ),
            Self::Expire => (OPEN, Some(S::Expired)),
            Self::Extend | Self::Supplement | Self::Correct => (OPEN, None),
            Self::Consulted => (const { &[S::Consultation.any()] }, Some(S::Acknowledged)),
            Self::Inform => (const { &[S::Accepted.any(), S::Partly.any()] }, Some(S::Delivered)),
        }
    }
}

/// The states in which an answer to a request is still to come.
const OPEN: &[RecordState] = &[
    State::Sent.any(),
    State::Acknowledged.any(),
    State::Clarification.any(),
    State::Conditional.any(),
    State::Consultation.any(),
    State::Accepted.any(),
    State::Partly.any(),
    State::Postponed.any(),
    State::Executing.any(),
];

/// The states in which a request can be submitted.
pub const DRAFT: &[RecordState] = &[State::Draft.any()];
/// Whether a request of this desk's own was never sent, as far as its state says.
pub fn never_left(record: &Record) -> bool {
    [State::Draft, State::InReview, State::Authorised].into_iter().any(|state| record.is(state))
}
/// The states in which a request can be sent.
pub const AUTHORISED: &[RecordState] = &[State::Authorised.any()];
/// The state of a request in conflict.
pub const CONFLICT: &[RecordState] = &[State::Conflict.any()];
/// Whether a request of that state still waits for anything.
pub fn is_open(state: RecordState) -> bool {
    use State as S;
    !matches!(State::of(state), Some(S::Closed | S::Withdrawn | S::Refused | S::UseReported | S::Purged | S::Expired))
}

/// The states in which the requesting desk can take a request back.
pub const WITHDRAWABLE: &[RecordState] = &[
    State::Draft.any(),
    State::InReview.any(),
    State::Authorised.any(),
    State::Sent.any(),
    State::Acknowledged.any(),
    State::Clarification.any(),
    State::Conditional.any(),
    State::Consultation.any(),
    State::Accepted.any(),
    State::Partly.any(),
    State::Postponed.any(),
    State::Executing.any(),
];

impl Answer {
    /// From which states it may be given, and where it leads.
    pub const fn transition(self) -> (&'static [RecordState], State) {
        use State as S;
        match self {
            Self::Acknowledge => (const { &[S::Sent.any()] }, S::Acknowledged),
            Self::Clarify => (const { &[S::Sent.any(), S::Acknowledged.any(), S::Postponed.any()] }, S::Clarification),
            Self::Offer => (
                const { &[S::Sent.any(), S::Acknowledged.any(), S::Postponed.any(), S::Consultation.any()] },
                S::Conditional,
            ),
            Self::Consult => (
                const {
                    &[
                        S::Sent.any(),
                        S::Acknowledged.any(),
                        S::Clarification.any(),
                        S::Postponed.any(),
                        S::Accepted.any(),
                        S::Partly.any(),
                    ]
                },
                S::Consultation,
            ),
            Self::Accept => (
                const {
                    &[
                        S::Sent.any(),
                        S::Acknowledged.any(),
                        S::Conditional.any(),
                        S::Clarification.any(),
                        S::Postponed.any(),
                    ]
                },
                S::Accepted,
            ),
            Self::AcceptPartly => (
                const {
                    &[
                        S::Sent.any(),
                        S::Acknowledged.any(),
                        S::Conditional.any(),
                        S::Clarification.any(),
                        S::Postponed.any(),
                    ]
                },
                S::Partly,
            ),
            Self::Postpone => (
                const {
                    &[
                        S::Sent.any(),
                        S::Acknowledged.any(),
                        S::Clarification.any(),
                        S::Consultation.any(),
                        S::Accepted.any(),
                        S::Partly.any(),
                    ]
                },
                S::Postponed,
            ),
            Self::Refuse => (
                const {
                    &[
                        S::Sent.any(),
                        S::Acknowledged.any(),
                        S::Clarification.any(),
                        S::Conditional.any(),
                        S::Consultation.any(),
                        S::Postponed.any(),
                        S::Accepted.any(),
                        S::Partly.any(),
                    ]
                },
                S::Refused,
            ),
            Self::Execute => (const { &[S::Accepted.any(), S::Partly.any()] }, S::Executing),
            Self::Deliver => (const { &[S::Accepted.any(), S::Partly.any(), S::Executing.any()] }, S::Delivered),
            Self::Consent => (
                const { &[S::Sent.any(), S::Acknowledged.any(), S::Clarification.any(), S::Postponed.any()] },
                S::Delivered,
            ),
        }
    }
}

/// A step of a request's life that a command makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// What the requested desk answers.
    Answer(Answer),
    /// What the requesting desk says after it has sent.
    FollowUp(FollowUp),
}

impl Step {
    /// From which states it may be made.
    pub const fn from(self) -> &'static [RecordState] {
        match self {
            Self::Answer(answer) => answer.transition().0,
            Self::FollowUp(report) => report.transition().0,
        }
    }
}

/// Refuses a step that a request does not allow, whatever is said with it.
pub fn may_step(record: &Record, step: Step, now: Timestamp) -> Result<(), ApplyError> {
    match step {
        Step::Answer(Answer::Consent) if record.terms.get("recipient").is_none() => {
            Err(ApplyError::NotAllowed("consent is given to a request that asks for it".into()))
        }
        // A deadline does not pass by being declared passed: the last clock must have ended.
        Step::FollowUp(FollowUp::Expire) if !has_expired(record, now) => {
            Err(ApplyError::NotAllowed("its last clock has not ended".into()))
        }
        Step::Answer(_) | Step::FollowUp(_) => Ok(()),
    }
}

/// A step of a request and the act that made it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct MadeStep {
    state: State,
    desk: Id,
    replica: Id,
    sequence: u64,
    /// Whether the author of no later step had seen it.
    head: bool,
    /// What its author had seen of the other desk's logs: each replica, and how many acts of it.
    saw: Vec<(Id, u64)>,
}

/// How many replicas of the other desk are noted with a step.
const MOST_SEEN: usize = 8;

/// What the author of an act had seen of the logs of others than their own desk.
fn saw(header: &Header) -> Vec<(Id, u64)> {
    let others = header.seen.iter().filter(|s| s.desk != header.desk);
    others.map(|s| (s.replica, s.size)).take(MOST_SEEN).collect()
}

impl MadeStep {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            state: json.get("state")?.text().and_then(State::parse)?,
            desk: json.get("desk")?.text().and_then(Id::parse)?,
            replica: json.get("replica")?.text().and_then(Id::parse)?,
            sequence: u64::try_from(json.get("sequence")?.int()?).ok()?,
            head: json.get("head")?.truth()?,
            saw: json.get("saw").and_then(Json::items).unwrap_or_default().iter().filter_map(read_seen).collect(),
        })
    }

    fn to_json(&self) -> Json {
        object! {
            "state" => self.state, "desk" => self.desk.to_string(), "replica" => self.replica.to_string(),
            "sequence" => self.sequence as i64, "head" => self.head,
            "saw" => self.saw.iter().map(|(replica, size)| object! { "replica" => replica.to_string(), "size" => *size as i64 })
                .collect::<Vec<_>>(),
        }
    }

    /// Whether its author had seen another step of the same request.
    fn follows(&self, other: &Self) -> bool {
        let own = self.desk == other.desk && (self.replica != other.replica || self.sequence > other.sequence);
        own || self.saw.iter().any(|(replica, size)| *replica == other.replica && *size > other.sequence)
    }

    /// Whether the author of an act had seen this step.
    fn known_to(&self, header: &Header) -> bool {
        let seen =
            |s: &&crate::act::header::Seen| s.desk == self.desk && s.replica == self.replica && s.size > self.sequence;
        self.desk == header.desk || header.seen.iter().any(|s| seen(&s))
    }
}

fn read_seen(json: &Json) -> Option<(Id, u64)> {
    Some((json.get("replica")?.text().and_then(Id::parse)?, u64::try_from(json.get("size")?.int()?).ok()?))
}

pub(super) fn steps_of(record: &Record) -> Vec<MadeStep> {
    record.terms.get("steps").and_then(Json::items).unwrap_or_default().iter().filter_map(MadeStep::read).collect()
}

/// The current states, each with the desk that made it: one, or several in a conflict.
pub fn current_states(record: &Record) -> Vec<(State, Id)> {
    steps_of(record).into_iter().filter(|s| s.head).map(|s| (s.state, s.desk)).collect()
}

/// A step that stands in a request: the author of no later one has seen it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// The state that it leads to.
    pub state: State,
    /// The desk that made it.
    pub desk: Id,
    /// The log that its act is in.
    pub replica: Id,
    /// Its place there.
    pub sequence: u64,
}

/// The steps that stand: one, or several in a conflict.
pub fn standing(record: &Record) -> Vec<Standing> {
    let of = |s: MadeStep| Standing { state: s.state, desk: s.desk, replica: s.replica, sequence: s.sequence };
    steps_of(record).into_iter().filter(|s| s.head).map(of).collect()
}

/// The states that stood when an act was made, as its author saw them: whatever came later, and in whatever order it came here.
pub(super) fn seen_states(record: &Record, header: &Header) -> Vec<State> {
    let steps = steps_of(record);
    let known: Vec<&MadeStep> = steps.iter().filter(|s| s.known_to(header)).collect();
    let stands = |s: &&&MadeStep| !known.iter().any(|later| later != *s && later.follows(s));
    let mut states: Vec<State> = known.iter().filter(stands).map(|s| s.state).collect();
    states.dedup();
    states
}

/// The state that the author of an act saw last.
pub(super) fn seen_state(record: &Record, header: &Header) -> Option<State> {
    match seen_states(record, header).as_slice() {
        [] => None,
        [one] => Some(*one),
        _ => Some(State::Conflict),
    }
}

/// Refuses an act whose author saw the request in another state.
pub(super) fn seen_in(record: &Record, act: &ActContext<'_>, from: &[RecordState]) -> Result<(), ApplyError> {
    let seen = seen_state(record, act.header);
    if seen.is_some_and(|s| from.contains(&s.any())) {
        return Ok(());
    }
    Err(wrong_state(Kind::Request, seen.map(State::any), from))
}

/// Makes a step from the state that its author had seen; steps that they had not seen stay beside it.
pub(super) fn step(
    record: &mut Record,
    act: &ActContext<'_>,
    from: &[RecordState],
    to: State,
) -> Result<(), ApplyError> {
    seen_in(record, act, from)?;
    // A step that was made before its author knew of the purge brings nothing back.
    if record.is_purged() {
        return Ok(());
    }
    let mut steps = steps_of(record);
    for s in steps.iter_mut().filter(|s| s.known_to(act.header)) {
        s.head = false;
    }
    let Header { desk, replica, sequence, .. } = *act.header;
    steps.push(MadeStep { state: to, desk, replica, sequence, head: true, saw: saw(act.header) });
    let mut heads: Vec<State> = steps.iter().filter(|s| s.head).map(|s| s.state).collect();
    heads.dedup();
    let state = match heads.as_slice() {
        [one] => *one,
        _ => State::Conflict,
    };
    record.set_state(state);
    record.set("steps", steps.iter().map(MadeStep::to_json).collect::<Vec<_>>());
    record.due = next_due(record);
    Ok(())
}

/// When a request is due next; `None` where nothing of it runs any more.
pub(super) fn next_due(record: &Record) -> Option<Timestamp> {
    let over = [State::Closed, State::Withdrawn, State::Refused, State::Purged, State::Expired, State::UseReported];
    if over.iter().any(|s| record.is(*s)) { None } else { first_due(record) }
}

/// The earliest of a request's clocks. What is kept until another request is decided ends with that decision, on no day.
pub(super) fn first_due(record: &Record) -> Option<Timestamp> {
    let runs = |c: &&Json| kept_for(record).is_none() || !is_minimum(c);
    let clocks = record.terms.get("clocks").and_then(Json::items).unwrap_or_default();
    let due = |c: &Json| c.get("due").and_then(Json::text).and_then(Timestamp::parse);
    let Some((_, until)) = preserved_of(record) else { return clocks.iter().filter(runs).filter_map(due).min() };
    // Until when it is preserved in truth counts, whatever the law's period is; by then it is asked for, or is lost. Only where the
    // law's own period is the shortest that counts does what follows on keep it.
    let is_kept = kept_for(record).is_some() && clocks.iter().any(is_minimum);
    (!is_kept).then_some(until)
}

/// Whether a clock's period is the shortest that counts.
fn is_minimum(clock: &Json) -> bool {
    clock.get("minimum").and_then(Json::truth) == Some(true)
}

/// The request that follows on and is not decided yet: what was asked to be preserved is kept until it is.
pub fn kept_for(record: &Record) -> Option<Id> {
    record.id("kept_for")
}

/// Whether nothing more is to be decided about a request.
const fn is_decided(state: State) -> bool {
    matches!(
        state,
        State::Refused
            | State::Delivered
            | State::UseReported
            | State::Closed
            | State::Withdrawn
            | State::Expired
            | State::Purged
    )
}

/// Notes at the request that another one follows on whether that one is still to be decided. It is derived from where the
/// later one stands, so the order in which acts arrive does not matter.
pub(super) fn keep_earlier(records: &mut dyn RecordStore, later: &Record) -> Result<(), ApplyError> {
    let Some(earlier) = later.id("follows") else { return Ok(()) };
    let Some(mut earlier) = records.get(earlier)?.filter(|r| r.kind == Kind::Request && !r.is_purged()) else {
        return Ok(());
    };
    // Only what is between the same two desks: nobody keeps another's data alive.
    if earlier.desk != later.desk || earlier.partner != later.partner {
        return Ok(());
    }
    let waits = later
        .in_state::<State>()
        .is_some_and(|s| !is_decided(s) && !matches!(s, State::Draft | State::InReview | State::Authorised));
    match (waits, kept_for(&earlier)) {
        (true, _) => earlier.set("kept_for", later.id.to_string()),
        (false, Some(kept)) if kept == later.id => earlier.set("kept_for", Json::Null),
        (false, _) => return Ok(()),
    }
    earlier.due = next_due(&earlier);
    Ok(records.put(&earlier)?)
}

/// Whether the partner has been consulted before a request is refused or postponed.
pub(super) fn was_consulted(record: &Record) -> bool {
    steps_of(record).iter().any(|s| s.state == State::Consultation)
}

pub(super) fn begin(record: &mut Record, act: &ActContext<'_>, state: State) {
    let Header { desk, replica, sequence, .. } = *act.header;
    let first = MadeStep { state, desk, replica, sequence, head: true, saw: saw(act.header) };
    record.set("steps", vec![first.to_json()]);
}

/// Whether the latest legal limit of a request's clocks has passed; it has not where none has a fixed end. A clock without one
/// beside clocks that have one keeps nothing open: it never ends, so nobody could ever say that it has.
pub(super) fn has_expired(record: &Record, now: Timestamp) -> bool {
    let clocks = record.terms.get("clocks").and_then(Json::items).unwrap_or_default();
    let limit = |c: &Json| c.get("limit").and_then(Json::text).and_then(Timestamp::parse);
    let waits = kept_for(record).is_some() && clocks.iter().any(is_minimum);
    !waits && clocks.iter().filter_map(limit).max().is_some_and(|last| last <= now)
}
