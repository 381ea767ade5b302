//! Requests between desks: their states on both sides, and conflicts between concurrent acts.
//!
//! Every step of a request is kept with the act that made it, and is judged by the state that its author had seen. Two steps
//! whose authors had not seen each other's are both kept: the request is in conflict until an act whose author has seen both
//! resolves it. So both desks reach the same state, in whatever order the acts arrive.

use super::definition::{
    ActContext, ApplyError, Asker, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, Moves,
    WhenDue, need, only_at_home, put_new, token,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::law;
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::act::header::{Audience, Header};
use crate::law::ground::Effect;
use crate::law::request::Variant;
use crate::object;
use crate::value::class::{Condition, Tier, words};
use crate::value::id::Id;
use crate::value::json::{Json, Members};
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
        /// The desk that asked took it back.
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
    /// What the desk that asks may say after it has sent.
    Report {
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
    }
}

impl Report {
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
            Self::Extend => (OPEN, None),
        }
    }
}

words! {
    /// What the desk that is asked may answer.
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

/// `request`: see [`State`].
pub const KIND: KindDef = KindDef {
    kind: Kind::Request,
    letter: 'R',
    title: "Request",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from },
    can_be_held: true,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &[], terms: &["kind"] },
    changes: &[
        ChangeDef::first(NEW, AudienceRule::Home, Moves::Makes, Some(WITHDRAW), ask_new, new_request),
        ChangeDef::first(SUBMIT, AudienceRule::Home, Moves::Shared, Some(WITHDRAW), ask_submit, submit)
            .asking_before(before_submission),
        ChangeDef::first(SEND, AudienceRule::Addressed, Moves::Shared, Some(WITHDRAW), ask_send, send)
            .copying()
            .asking_before(before_sending),
        ChangeDef::first(CONSENT, AudienceRule::Addressed, Moves::Makes, Some(WITHDRAW), ask_consent, consent_ask),
        ChangeDef::first(ANSWER, AudienceRule::Addressed, Moves::Shared, None, ask_answer, answer)
            .asking_before(before_answer),
        ChangeDef::first(REPORT, AudienceRule::Addressed, Moves::Shared, None, ask_report, report)
            .asking_before(before_asker),
        ChangeDef::first(WITHDRAW, AudienceRule::HomeOrAddressed, Moves::Shared, None, ask_by_asker, withdraw)
            .asking_before(before_asker),
        ChangeDef::first(RESOLVE, AudienceRule::Addressed, Moves::Shared, None, ask_either, resolve)
            .asking_before(before_either),
    ],
};

/// The desk that a request came from, where it is another.
fn came_from(record: &Record, home: Id) -> Option<Id> {
    Some(record.desk).filter(|desk| *desk != home)
}

/// The kind of change `request-new`.
pub const NEW: ChangeKind = ChangeKind::new("request-new");
/// Submits a draft for review.
pub const SUBMIT: ChangeKind = ChangeKind::new("request-submit");
/// The first change of a request that is sent.
pub const SEND: ChangeKind = ChangeKind::new("request-send");
/// The first change of a question to an originator.
pub const CONSENT: ChangeKind = ChangeKind::new("consent-ask");
/// The first change of an answer.
pub const ANSWER: ChangeKind = ChangeKind::new("request-answer");
/// The first change of a report by the desk that asks: see [`Report`].
pub const REPORT: ChangeKind = ChangeKind::new("request-report");
/// The kind of change `request-withdraw`.
pub const WITHDRAW: ChangeKind = ChangeKind::new("request-withdraw");
/// The kind of change `conflict-resolve`.
pub const RESOLVE: ChangeKind = ChangeKind::new("conflict-resolve");

/// What a request says of itself without free text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// What kind of request: a row of the law.
    pub kind: String,
    /// The case.
    pub case: Id,
    /// The partner that is asked.
    pub to: Id,
    /// For what.
    pub purpose: String,
    /// The tier of what is asked.
    pub tier: Tier,
    /// Mandatory fields that are still missing.
    pub missing: Vec<String>,
    /// Which of its clocks run; `None`: the ordinary ones.
    pub urgency: Option<Variant>,
    /// The time that the order itself sets, in days.
    pub order_days: Option<i64>,
    /// When the warrant or authorisation behind it expires.
    pub authority_until: Option<Timestamp>,
    /// The request that it follows on: a production on a preservation, papers on an emergency.
    pub follows: Option<Id>,
    /// The item that it is about, where it asks for a consent.
    pub item: Option<Id>,
    /// The desk that the item would go to, where it asks for a consent.
    pub recipient: Option<Id>,
}

impl Terms {
    fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let terms = Self::take(&mut m)?;
        m.finish()?;
        Ok(terms)
    }

    fn take(m: &mut Members<'_>) -> Result<Self, ApplyError> {
        let tier = m
            .need("tier")?
            .int()
            .and_then(Tier::new)
            .ok_or_else(|| ApplyError::Malformed("`tier` is not a tier".into()))?;
        Ok(Self {
            kind: m.read("kind", token)?,
            case: m.read("case", Id::parse)?,
            to: m.read("to", Id::parse)?,
            purpose: m.read("purpose", token)?,
            tier,
            missing: m.list("missing", token)?,
            urgency: m.maybe("urgency").map(|u| word(u, "urgency").map(Variant::new)).transpose()?,
            order_days: m.maybe("order_days").and_then(Json::int),
            authority_until: m.maybe("authority_until").and_then(Json::text).and_then(Timestamp::parse),
            follows: m.maybe("follows").and_then(Json::text).and_then(Id::parse),
            item: m.maybe("item").and_then(Json::text).and_then(Id::parse),
            recipient: m.maybe("recipient").and_then(Json::text).and_then(Id::parse),
        })
    }

    fn to_json(&self) -> Json {
        let mut json = object! {
            "kind" => self.kind.as_str(),
            "case" => self.case.to_string(),
            "to" => self.to.to_string(),
            "purpose" => self.purpose.as_str(),
            "tier" => self.tier,
            "missing" => self.missing.clone(),
        };
        // Absent members are left out, not null: most requests have none of these.
        let mut put = |key: &str, value: Option<Json>| {
            if let Some(value) = value {
                json.set(key, value);
            }
        };
        put("urgency", self.urgency.as_ref().map(|u| Json::from(u.word())));
        put("order_days", self.order_days.map(Json::from));
        put("authority_until", self.authority_until.map(|t| t.to_string().into()));
        put("follows", self.follows.map(|i| i.to_string().into()));
        put("item", self.item.map(|i| i.to_string().into()));
        put("recipient", self.recipient.map(|i| i.to_string().into()));
        json
    }
}

fn word(json: &Json, what: &str) -> Result<String, ApplyError> {
    json.text().and_then(token).ok_or_else(|| ApplyError::Malformed(format!("`{what}` is not a word")))
}

/// Writes a draft, or writes it again.
pub fn drafted(id: Id, terms: &Terms, fields: &Json, salt: Salt) -> Change {
    Change::with_content(id, NEW, &terms.to_json(), &object! { "fields" => fields.clone() }, salt)
}

/// Hands a draft in for review.
pub fn submitted(id: Id) -> Change {
    Change::of_terms(id, SUBMIT, &object! {})
}

/// What a request that is sent says beside its terms.
#[derive(Clone, Debug)]
pub struct Sent {
    /// What runs from now on.
    pub clocks: Json,
    /// The facts that the gate was asked with; the decision of the review is among them.
    pub asked: Json,
    /// The conditions of the review.
    pub conditions: Vec<Condition>,
    /// The caveats of the review, in words.
    pub caveats: Vec<String>,
    /// The fields.
    pub fields: Json,
}

/// Sends a request.
pub fn sent(id: Id, terms: &Terms, sent: Sent, salt: Salt) -> Change {
    let mut json = terms.to_json();
    json.set("clocks", sent.clocks);
    json.set("asked", sent.asked);
    json.set("conditions", sent.conditions);
    let mut content = object! { "fields" => sent.fields };
    if !sent.caveats.is_empty() {
        content.set("caveats", sent.caveats);
    }
    Change::with_content(id, SEND, &json, &content, salt)
}

/// Asks an originator for their consent.
pub fn consent_asked(id: Id, terms: &Terms, fields: &Json, salt: Salt) -> Change {
    Change::with_content(id, CONSENT, &terms.to_json(), &object! { "fields" => fields.clone() }, salt)
}

/// What an answer says.
#[derive(Clone, Debug)]
pub struct Answered<'a> {
    /// The answer.
    pub answer: Answer,
    /// The ground of a refusal or of putting it off: a row of the law.
    pub ground: Option<&'a str>,
    /// The conditions under which it would be carried out.
    pub conditions: Vec<Condition>,
    /// In words.
    pub text: &'a str,
}

/// Answers a request.
pub fn answered(id: Id, said: Answered<'_>, salt: Salt) -> Change {
    let mut terms = object! { "answer" => said.answer, "said" => !crate::value::text::is_blank(said.text) };
    if let Some(ground) = said.ground {
        terms.set("ground", ground);
    }
    if !said.conditions.is_empty() {
        terms.set("conditions", said.conditions);
    }
    Change::with_content(id, ANSWER, &terms, &object! { "text" => said.text }, salt)
}

/// Says something more about an own request.
pub fn reported(id: Id, report: Report, text: &str, salt: Salt) -> Change {
    let terms = object! { "report" => report, "said" => !crate::value::text::is_blank(text) };
    Change::with_content(id, REPORT, &terms, &object! { "text" => text }, salt)
}

/// Takes a request back.
pub fn withdrawn(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, WITHDRAW, &object! {}, &object! { "because" => because }, salt)
}

/// Decides between two acts that did not know of each other.
pub fn resolved(id: Id, take: State, because: &str, salt: Salt) -> Change {
    Change::with_content(id, RESOLVE, &object! { "take" => take }, &object! { "because" => because }, salt)
}

/// The states in which an answer to a request is still to come.
const OPEN: &[RecordState] = &[
    State::Sent.any(),
    State::Acknowledged.any(),
    State::Clarification.any(),
    State::Conditional.any(),
    State::Accepted.any(),
    State::Partly.any(),
    State::Postponed.any(),
    State::Executing.any(),
];

/// The states in which a request can be submitted.
pub const DRAFT: &[RecordState] = &[State::Draft.any()];
/// The states in which a request can be sent.
pub const AUTHORISED: &[RecordState] = &[State::Authorised.any()];
/// The state of a request in conflict.
pub const CONFLICT: &[RecordState] = &[State::Conflict.any()];
/// The states in which the desk that asks can take a request back.
pub const WITHDRAWABLE: &[RecordState] = &[
    State::Draft.any(),
    State::InReview.any(),
    State::Authorised.any(),
    State::Sent.any(),
    State::Acknowledged.any(),
    State::Clarification.any(),
    State::Conditional.any(),
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
            Self::Offer => (const { &[S::Sent.any(), S::Acknowledged.any(), S::Postponed.any()] }, S::Conditional),
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
                const { &[S::Sent.any(), S::Acknowledged.any(), S::Clarification.any(), S::Accepted.any(), S::Partly.any()] },
                S::Postponed,
            ),
            Self::Refuse => (
                const {
                    &[
                        S::Sent.any(),
                        S::Acknowledged.any(),
                        S::Clarification.any(),
                        S::Conditional.any(),
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
    /// What the desk that is asked answers.
    Answer(Answer),
    /// What the desk that asks says after it has sent.
    Report(Report),
}

impl Step {
    /// From which states it may be made.
    pub const fn from(self) -> &'static [RecordState] {
        match self {
            Self::Answer(answer) => answer.transition().0,
            Self::Report(report) => report.transition().0,
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
        Step::Report(Report::Expire) if !has_expired(record, now) => {
            Err(ApplyError::NotAllowed("its last clock has not ended".into()))
        }
        Step::Answer(_) | Step::Report(_) => Ok(()),
    }
}

// --- steps and conflicts -------------------------------------------------------------------------------------------

/// A step of a request and the act that made it.
#[derive(Clone, PartialEq, Eq, Debug)]
struct MadeStep {
    state: State,
    desk: Id,
    replica: Id,
    sequence: u64,
    /// Whether the author of no later step had seen it.
    head: bool,
}

impl MadeStep {
    fn read(json: &Json) -> Option<Self> {
        Some(Self {
            state: json.get("state")?.text().and_then(State::parse)?,
            desk: json.get("desk")?.text().and_then(Id::parse)?,
            replica: json.get("replica")?.text().and_then(Id::parse)?,
            sequence: u64::try_from(json.get("sequence")?.int()?).ok()?,
            head: json.get("head")?.truth()?,
        })
    }

    fn to_json(&self) -> Json {
        object! {
            "state" => self.state, "desk" => self.desk.to_string(), "replica" => self.replica.to_string(),
            "sequence" => self.sequence as i64, "head" => self.head,
        }
    }

    /// Whether the author of an act had seen this step.
    fn known_to(&self, header: &Header) -> bool {
        let seen =
            |s: &&crate::act::header::Seen| s.desk == self.desk && s.replica == self.replica && s.size > self.sequence;
        self.desk == header.desk || header.seen.iter().any(|s| seen(&s))
    }
}

fn steps_of(record: &Record) -> Vec<MadeStep> {
    record.terms.get("steps").and_then(Json::items).unwrap_or_default().iter().filter_map(MadeStep::read).collect()
}

/// The current states, each with the desk that made it: one, or several in a conflict.
pub fn heads(record: &Record) -> Vec<(State, Id)> {
    steps_of(record).into_iter().filter(|s| s.head).map(|s| (s.state, s.desk)).collect()
}

/// The state that the author of an act saw last.
fn seen_state(record: &Record, header: &Header) -> Option<State> {
    steps_of(record).iter().rev().find(|s| s.known_to(header)).map(|s| s.state)
}

/// Refuses an act whose author saw the request in another state.
fn seen_in(record: &Record, at: &ActContext<'_>, from: &[RecordState]) -> Result<(), ApplyError> {
    let seen = seen_state(record, at.header);
    if seen.is_some_and(|s| from.contains(&s.any())) {
        return Ok(());
    }
    let words: Vec<_> = from.iter().map(|s| s.word()).collect();
    let is = seen.map_or("unknown", State::word);
    Err(ApplyError::NotAllowed(format!("the request is {is}; for this it must be {}", words.join(" or "))))
}

/// Makes a step from the state that its author had seen; steps that they had not seen stay beside it.
fn step(record: &mut Record, at: &ActContext<'_>, from: &[RecordState], to: State) -> Result<(), ApplyError> {
    seen_in(record, at, from)?;
    let mut steps = steps_of(record);
    for s in steps.iter_mut().filter(|s| s.known_to(at.header)) {
        s.head = false;
    }
    let Header { desk, replica, sequence, .. } = *at.header;
    steps.push(MadeStep { state: to, desk, replica, sequence, head: true });
    let mut heads: Vec<State> = steps.iter().filter(|s| s.head).map(|s| s.state).collect();
    heads.dedup();
    let state = match heads.as_slice() {
        [one] => *one,
        _ => State::Conflict,
    };
    record.set_state(state);
    record.set("steps", steps.iter().map(MadeStep::to_json).collect::<Vec<_>>());
    record.due = if matches!(
        state,
        State::Closed | State::Withdrawn | State::Refused | State::Purged | State::Expired | State::UseReported
    ) {
        None
    } else {
        first_due(record)
    };
    Ok(())
}

/// The earliest of a request's clocks.
fn first_due(record: &Record) -> Option<Timestamp> {
    let clocks = record.terms.get("clocks").and_then(Json::items).unwrap_or_default();
    clocks.iter().filter_map(|c| c.get("due").and_then(Json::text).and_then(Timestamp::parse)).min()
}

// --- what the gate must know ---------------------------------------------------------------------------------------

fn asked_of(terms: &Terms) -> GateInputs {
    GateInputs { purpose: Some(terms.purpose.clone()), missing: terms.missing.clone(), ..GateInputs::default() }
}

/// What the gate is asked with when a request is sent.
pub fn asked_to_send(id: Id, terms: &Terms) -> GateInputs {
    GateInputs { partner: Some(terms.to), reviewed: Some(id), ..asked_of(terms) }
}

fn ask_new(_: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    // A draft may lack what a request must have.
    Ok(GateInputs { missing: Vec::new(), ..asked_of(&Terms::read(view.terms)?) })
}

fn ask_submit(records: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    Ok(asked_of(&terms_of(&need(records, view.record, Kind::Request)?)?))
}

fn ask_consent(
    records: &dyn RecordStore,
    at: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let terms = Terms::read(view.terms)?;
    let mut asked = asked_of(&terms);
    for (name, there) in [("item", terms.item.is_some()), ("for", terms.recipient.is_some())] {
        if !there {
            asked.missing.push(name.into());
        }
    }
    if at.own() {
        asked.partner = Some(terms.to);
        let item = terms.item.map(|i| records.get(i)).transpose()?.flatten();
        if item.is_none_or(|i| i.kind != Kind::Item || i.desk != terms.to) {
            return Err(ApplyError::Authority("a consent is asked of the item's originator".into()));
        }
    }
    Ok(asked)
}

fn consent_ask(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let terms = Terms::read(view.terms)?;
    if !at.own() && terms.to != at.home {
        return Err(ApplyError::Authority("the request is for another desk".into()));
    }
    let mut record = Record::new(view.record, State::Sent, at.desk());
    record.case = Some(terms.case);
    record.partner = Some(if at.own() { terms.to } else { at.desk() });
    record.subject = terms.item;
    record.tier = Some(terms.tier.number());
    record.terms = terms.to_json().into();
    record.set("sent", at.now().to_string());
    record.body = view.body();
    begin(&mut record, at, State::Sent);
    put_new(records, &record)
}

/// Whether the originator has consented to an item going to a partner: the newest answer to the newest question.
/// `Some(true)` given, `Some(false)` refused, `None` neither.
pub fn consent(records: &dyn RecordStore, home: Id, item: Id, to: Id) -> Result<Option<bool>, ApplyError> {
    let asked = records.find(&Query { subject: Some(item), ..Query::kind(Kind::Request) })?;
    let ours = |r: &&Record| r.desk == home && r.id("item") == Some(item) && r.id("recipient") == Some(to);
    let mut said = None;
    for record in asked.iter().filter(ours) {
        said = match record.in_state() {
            Some(State::Delivered | State::UseReported | State::Closed) => Some(true),
            Some(State::Refused) => Some(false),
            _ => said,
        };
    }
    Ok(said)
}

fn ask_send(records: &dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let mut m = view.members()?;
    let terms = Terms::take(&mut m)?;
    if !at.own() {
        return Ok(asked_of(&terms));
    }
    let draft = terms_of(&need(records, view.record, Kind::Request)?)?;
    if draft != terms {
        return Err(ApplyError::Authority("a request is sent with other terms than were reviewed".into()));
    }
    Ok(asked_to_send(view.record, &terms))
}

/// Whether the act comes from the desk that asks.
fn by_asker(record: &Record, at: &ActContext<'_>) -> bool {
    record.desk == at.desk()
}

fn counterpart(record: &Record, at: &ActContext<'_>) -> GateInputs {
    let inputs = partner_of(record);
    if at.own() { inputs } else { GateInputs { partner: None, ..inputs } }
}

fn party(record: &Record, at: &ActContext<'_>) -> Result<(), ApplyError> {
    let addressed = match &at.header.audience {
        Audience::Desks(desks) => desks.as_slice(),
        Audience::Own | Audience::Partners => &[],
    };
    let other = if at.own() { record.partner } else { Some(at.home) };
    let from_party = at.own() || record.partner == Some(at.desk());
    let to_party = addressed.is_empty() || other.is_some_and(|o| addressed == [o]);
    if from_party && to_party {
        Ok(())
    } else {
        Err(ApplyError::Authority("this request is between other desks".into()))
    }
}

fn ask_answer(records: &dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Request)?;
    if by_asker(&record, at) {
        return Err(ApplyError::Authority("a request is answered by the desk that is asked".into()));
    }
    party(&record, at)?;
    let (answer, _) = answer_of(view)?;
    may_step(&record, Step::Answer(answer), at.now())?;
    let mut asked = counterpart(&record, at);
    let said = view.terms.get("said").and_then(Json::truth) == Some(true);
    match answer {
        // Budapest 27(7) and its like: reasons for a refusal or a postponement.
        Answer::Refuse | Answer::Postpone | Answer::AcceptPartly | Answer::Offer | Answer::Clarify if !said => {
            asked.missing.push("reasons".into())
        }
        Answer::Deliver if !said && at.own() && !answered_by_items(records, &record)? => {
            asked.missing.push("answer".into())
        }
        _ => {}
    }
    let ground = view.terms.get("ground").and_then(Json::text);
    if answer == Answer::Refuse && ground.is_none() {
        asked.missing.push("ground".into());
    }
    if let Some(ground) = ground.filter(|_| at.own()) {
        let law = law::edition_before(records, at.position)?;
        let effect = if answer == Answer::Postpone { Effect::Postpone } else { Effect::Refuse };
        let kind = record.text("kind").and_then(|k| law.request(k));
        if kind.is_none_or(|k| !law.grounds(k, effect).iter().any(|g| g.id == ground)) {
            return Err(ApplyError::Authority(format!(
                "{ground} is not a ground for this answer to this kind of request"
            )));
        }
    }
    Ok(asked)
}

/// The conditions under which a request goes, as its review set them.
pub fn conditions_of(record: &Record) -> Vec<Condition> {
    words_of(record.terms.get("decision").and_then(|d| d.get("conditions")))
}

/// The conditions under which the partner would carry it out, or does.
pub fn offered_of(record: &Record) -> Vec<Condition> {
    words_of(record.terms.get("offered"))
}

/// The conditions that the terms of [`SEND`] or [`ANSWER`] state, in their order.
pub fn conditions_sent(terms: &Json) -> Vec<Condition> {
    words_of(terms.get("conditions"))
}

fn words_of(list: Option<&Json>) -> Vec<Condition> {
    let words = list.and_then(Json::items).unwrap_or_default();
    words.iter().filter_map(|w| w.text().and_then(Condition::parse)).collect()
}

/// Whether an item that answers the request was disclosed to whoever asked.
fn answered_by_items(records: &dyn RecordStore, record: &Record) -> Result<bool, ApplyError> {
    let items = records.find(&Query { subject: Some(record.id), ..Query::kind(Kind::Item) })?;
    Ok(items.iter().any(|i| i.is_with(record.desk)))
}

/// What can be said of a change before its terms are known: who may make it.
fn side(record: &Record, asker: &Asker, by_asker: bool) -> Result<(), ApplyError> {
    match (record.desk == asker.home, by_asker) {
        (true, true) | (false, false) => Ok(()),
        (false, true) => Err(ApplyError::Authority("only the desk that asks may do this with a request".into())),
        (true, false) => Err(ApplyError::Authority("a request is answered by the desk that is asked".into())),
    }
}

fn partner_of(record: &Record) -> GateInputs {
    GateInputs { partner: record.partner, purpose: record.text("purpose").map(str::to_owned), ..GateInputs::default() }
}

fn before_asker(_: &dyn RecordStore, asker: &Asker, record: &Record) -> Result<GateInputs, ApplyError> {
    side(record, asker, true)?;
    Ok(once_sent(record, partner_of(record)))
}

/// What the gate must know, without the partner where the request was not sent yet: they know nothing of it.
fn once_sent(record: &Record, inputs: GateInputs) -> GateInputs {
    let was_sent = !matches!(record.in_state(), Some(State::Draft | State::InReview | State::Authorised));
    if was_sent { inputs } else { GateInputs { partner: None, ..inputs } }
}

fn before_answer(_: &dyn RecordStore, asker: &Asker, record: &Record) -> Result<GateInputs, ApplyError> {
    side(record, asker, false)?;
    Ok(partner_of(record))
}

fn before_either(_: &dyn RecordStore, _: &Asker, record: &Record) -> Result<GateInputs, ApplyError> {
    Ok(partner_of(record))
}

fn before_submission(_: &dyn RecordStore, asker: &Asker, record: &Record) -> Result<GateInputs, ApplyError> {
    side(record, asker, true)?;
    Ok(asked_of(&terms_of(record)?))
}

fn before_sending(_: &dyn RecordStore, asker: &Asker, record: &Record) -> Result<GateInputs, ApplyError> {
    side(record, asker, true)?;
    Ok(asked_to_send(record.id, &terms_of(record)?))
}

fn ask_by_asker(
    records: &dyn RecordStore,
    at: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Request)?;
    party(&record, at)?;
    if !by_asker(&record, at) {
        return Err(ApplyError::Authority("only the desk that asks may do this with a request".into()));
    }
    Ok(once_sent(&record, counterpart(&record, at)))
}

fn ask_either(records: &dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Request)?;
    party(&record, at)?;
    Ok(counterpart(&record, at))
}

// --- apply ---------------------------------------------------------------------------------------------------------

fn new_request(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let terms = Terms::read(view.terms)?;
    need(records, terms.to, Kind::Partner)?;
    need(records, terms.case, Kind::Case)?;
    if let Some(mut draft) = records.get(view.record)? {
        // A draft is written again as a whole.
        if draft.kind != Kind::Request || !draft.is(State::Draft) || !by_asker(&draft, at) {
            return Err(ApplyError::NotAllowed("only a draft can be written again".into()));
        }
        let (steps, author) = (draft.terms.get("steps").cloned(), draft.terms.get("author").cloned());
        draft.terms = view.terms.clone().into();
        draft.set("steps", steps);
        draft.set("author", author);
        draft.case = Some(terms.case);
        draft.partner = Some(terms.to);
        draft.body = view.body();
        return Ok(records.put(&draft)?);
    }
    let mut record = Record::new(view.record, State::Draft, at.home);
    record.case = Some(terms.case);
    record.partner = Some(terms.to);
    record.tier = Some(terms.tier.number());
    record.terms = view.terms.clone().into();
    record.set("author", at.member().to_string());
    record.body = view.body();
    begin(&mut record, at, State::Draft);
    put_new(records, &record)
}

fn begin(record: &mut Record, at: &ActContext<'_>, state: State) {
    let Header { desk, replica, sequence, .. } = *at.header;
    let first = MadeStep { state, desk, replica, sequence, head: true };
    record.set("steps", vec![first.to_json()]);
}

fn submit(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut record = need(records, view.record, Kind::Request)?;
    step(&mut record, at, &[State::Draft.any()], State::InReview)?;
    Ok(records.put(&record)?)
}

/// Makes a request that is authorised and not sent a draft again, when its approval lapses.
pub fn unreviewed(records: &mut dyn RecordStore, at: &ActContext<'_>, mut record: Record) -> Result<(), ApplyError> {
    if !record.is(State::Authorised) {
        return Ok(());
    }
    step(&mut record, at, &[State::Authorised.any()], State::Draft)?;
    Ok(records.put(&record)?)
}

/// Moves the request that a decided review was about: to authorised or back to draft; a deferred review moves nothing.
pub fn reviewed(
    records: &mut dyn RecordStore,
    at: &ActContext<'_>,
    mut record: Record,
    approved: bool,
    deferred: bool,
) -> Result<(), ApplyError> {
    if !record.is(State::InReview) || deferred {
        return Ok(());
    }
    let to = if approved { State::Authorised } else { State::Draft };
    step(&mut record, at, &[State::InReview.any()], to)?;
    Ok(records.put(&record)?)
}

fn send(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let terms = Terms::take(&mut m)?;
    let clocks = m.need("clocks")?.clone();
    let review = m.need("asked")?.get("review").filter(|r| r.members().is_some());
    // Requests of earlier programs do not say under which conditions they go.
    let decision = match (m.maybe("conditions").is_some(), review) {
        (true, Some(review)) => Some(object! {
            "outcome" => review.get("outcome").cloned(), "level" => review.get("level").cloned(),
            "conditions" => m.list("conditions", Condition::parse)?,
        }),
        _ => None,
    };
    m.finish()?;
    if at.own() {
        let mut record = need(records, view.record, Kind::Request)?;
        if decision.is_some() {
            record.set("decision", decision);
        }
        record.set("clocks", clocks);
        record.set("sent", at.now().to_string());
        step(&mut record, at, &[State::Authorised.any()], State::Sent)?;
        record.share(terms.to, None);
        return Ok(records.put(&record)?);
    }
    if terms.to != at.home {
        return Err(ApplyError::Authority("the request is for another desk".into()));
    }
    let mut record = Record::new(view.record, State::Sent, at.desk());
    record.case = Some(terms.case);
    record.partner = Some(at.desk());
    record.tier = Some(terms.tier.number());
    record.terms = terms.to_json().into();
    if decision.is_some() {
        record.set("decision", decision);
    }
    record.set("clocks", clocks);
    record.set("sent", at.now().to_string());
    record.due = first_due(&record);
    record.body = view.body();
    begin(&mut record, at, State::Sent);
    put_new(records, &record)
}

fn answer_of(view: &ChangeView<'_>) -> Result<(Answer, Vec<Condition>), ApplyError> {
    let mut m = view.members()?;
    let answer = m.read("answer", Answer::parse)?;
    m.need("said")?.truth().ok_or_else(|| ApplyError::Malformed("`said` is not a truth value".into()))?;
    m.maybe("ground");
    let under = if m.maybe("conditions").is_some() { m.list("conditions", Condition::parse)? } else { Vec::new() };
    m.finish()?;
    Ok((answer, under))
}

fn answer(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = need(records, view.record, Kind::Request)?;
    party(&record, at)?;
    let (answer, under) = answer_of(view)?;
    let (from, to) = answer.transition();
    if let Some(ground) = view.terms.get("ground") {
        record.set("ground", ground.clone());
    }
    if !under.is_empty() {
        record.set("offered", under);
    }
    step(&mut record, at, from, to)?;
    Ok(records.put(&record)?)
}

fn report_of(view: &ChangeView<'_>) -> Result<Report, ApplyError> {
    let mut m = view.members()?;
    let report = m.read("report", Report::parse)?;
    m.need("said")?.truth().ok_or_else(|| ApplyError::Malformed("`said` is not a truth value".into()))?;
    m.finish()?;
    Ok(report)
}

fn ask_report(records: &dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let mut asked = ask_by_asker(records, at, view)?;
    let said = view.terms.get("said").and_then(Json::truth) == Some(true);
    match report_of(view)? {
        Report::Use | Report::Clarified | Report::Extend if !said => asked.missing.push("text".into()),
        Report::Expire => {
            let record = need(records, view.record, Kind::Request)?;
            // As in `may_step`; here the gate is told of it.
            if !has_expired(&record, at.now()) {
                asked.missing.push("expired-clock".into());
            }
        }
        _ => {}
    }
    Ok(asked)
}

/// Whether the latest legal limit of a request's clocks has passed; it has not where none has a fixed end.
fn has_expired(record: &Record, now: Timestamp) -> bool {
    let clocks = record.terms.get("clocks").and_then(Json::items).unwrap_or_default();
    let limit = |c: &Json| c.get("limit").and_then(Json::text).and_then(Timestamp::parse);
    clocks.iter().filter_map(limit).max().is_some_and(|last| last <= now)
}

fn report(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    match report_of(view)?.transition() {
        (from, Some(to)) => moved_by_asker(records, at, view, from, to),
        // It makes no step, so an answer at the same time is not a conflict.
        (from, None) => by_asker_from(records, at, view, from).map(|_| ()),
    }
}

fn withdraw(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    moved_by_asker(records, at, view, WITHDRAWABLE, State::Withdrawn)
}

fn moved_by_asker(
    records: &mut dyn RecordStore,
    at: &ActContext<'_>,
    view: &ChangeView<'_>,
    from: &[RecordState],
    to: State,
) -> Result<(), ApplyError> {
    let mut record = by_asker_from(records, at, view, from)?;
    step(&mut record, at, from, to)?;
    Ok(records.put(&record)?)
}

/// The request, where the desk that asks speaks of it and saw it in one of these states.
fn by_asker_from(
    records: &dyn RecordStore,
    at: &ActContext<'_>,
    view: &ChangeView<'_>,
    from: &[RecordState],
) -> Result<Record, ApplyError> {
    let record = need(records, view.record, Kind::Request)?;
    party(&record, at)?;
    if !by_asker(&record, at) {
        return Err(ApplyError::Authority("only the desk that asks may do this with a request".into()));
    }
    seen_in(&record, at, from)?;
    Ok(record)
}

fn resolve(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = need(records, view.record, Kind::Request)?;
    party(&record, at)?;
    let mut m = view.members()?;
    let take = m.read("take", State::parse)?;
    m.finish()?;
    let standing: Vec<State> = heads(&record).into_iter().map(|(s, _)| s).collect();
    if standing.len() < 2 || !standing.contains(&take) {
        return Err(ApplyError::NotAllowed("there is no such conflict: nothing to resolve".into()));
    }
    step(&mut record, at, STATES, take)?;
    Ok(records.put(&record)?)
}

/// The terms of a request's record, without what applying added.
pub fn terms_of(record: &Record) -> Result<Terms, ApplyError> {
    let mut m = Members::of(&record.terms)?;
    Terms::take(&mut m)
}
