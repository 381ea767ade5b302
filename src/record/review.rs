//! Legal reviews: opened for an item or a request and one recipient, assessed test by test, decided by others.
//!
//! An approval ends with its expiry, or when it lapses: a reviewer says that the facts behind it have changed, or its item is
//! marked again. A lapsed approval cannot be restored; another review is needed.

pub use super::approval::{STATES, State, is_approval};
use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, need, no_gate_inputs, only_own_desk, put_new, reasons_gate_inputs, token,
};
use super::item;
use super::kind::{ChangeKind, Kind};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::{Category, Condition, Level, PersonClass, ReviewOutcome, Test, TestOutcome, Tier, words};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

/// `review`: open → assessed → approved / conditions / partial / deferred / refused; an approval → lapsed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Review,
    prefix: "V",
    title: "Legal review",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::ApprovalLapses,
    line: Line { content: &[], terms: &["purpose"] },
    changes: &[
        ChangeDef::first(OPEN, AudienceRule::OwnDesk, Moves::Makes, None, open_gate_inputs, open)
            .or_following(&[super::request::SUBMIT]),
        ChangeDef::first(
            ASSESS,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Open.any(), State::Assessed.any(), State::Deferred.any()]),
            None,
            no_gate_inputs,
            assess,
        )
        .with_precheck(precheck_assessing),
        ChangeDef::first(
            DECIDE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Open.any(), State::Assessed.any(), State::Deferred.any()]),
            Some(LAPSE),
            no_gate_inputs,
            decide,
        ),
        ChangeDef::first(
            LAPSE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Approved.any(), State::Conditions.any(), State::Partial.any()]),
            None,
            reasons_gate_inputs,
            lapse,
        )
        .or_following(&[item::MARK]),
        ChangeDef::first(
            RECUSE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Open.any(), State::Assessed.any(), State::Deferred.any()]),
            None,
            reasons_gate_inputs,
            recuse,
        )
        .with_precheck(precheck_recusal),
    ],
};

/// The kind of change `review-open`.
pub const OPEN: ChangeKind = ChangeKind::new("review-open");
/// The change that answers tests.
pub const ASSESS: ChangeKind = ChangeKind::new("review-assess");
/// The first change of a decision; the gate asks it a question of its own.
pub const DECIDE: ChangeKind = ChangeKind::new("review-decide");

/// The first change that ends an approval.
pub const LAPSE: ChangeKind = ChangeKind::new("review-lapse");
/// The first change that declares a conflict of interest.
pub const RECUSE: ChangeKind = ChangeKind::new("review-recuse");

words! {
    /// What has changed since a review was decided.
    Changed {
        /// What it is for.
        Purpose = "purpose",
        /// Whom it is for.
        Recipient = "recipient",
        /// How sensitive its subject is.
        Tier = "tier",
        /// What it rested on.
        Facts = "facts",
    }
}

/// What a review is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scope {
    /// The item or the request.
    pub subject: Id,
    /// The recipient.
    pub to: Id,
    /// For what.
    pub purpose: String,
    /// How deep.
    pub level: Level,
    /// The tier that it is made for.
    pub tier: Tier,
    /// Whether it is about an identified person: the tests of their rights are asked at every level.
    pub about_person: bool,
}

/// Whether an item is about an identified person, or says who somebody is.
pub fn item_is_about_person(item: &Record) -> bool {
    let class = item.text("person_class").and_then(PersonClass::parse);
    let category = item.text("category").and_then(Category::parse);
    class.is_some_and(|c| c != PersonClass::None)
        || matches!(category, Some(Category::Identification | Category::Subscriber))
}

/// Whether a review asks the tests of a person's rights at every level.
pub fn is_about_person(record: &Record) -> bool {
    record.terms.get("about_person").and_then(Json::truth) == Some(true)
}

/// Opens a review.
pub fn new(id: Id, scope: &Scope) -> Change {
    let mut terms = object! {
        "subject" => scope.subject.to_string(),
        "to" => scope.to.to_string(),
        "purpose" => scope.purpose.as_str(),
        "level" => scope.level,
        "tier" => scope.tier,
    };
    if scope.about_person {
        terms.set("about_person", true);
    }
    Change::of_terms(id, OPEN, &terms)
}

/// What a reviewer found.
#[derive(Clone, Debug, Default)]
pub struct Assessment {
    /// The outcome of each test.
    pub tests: Vec<(Test, TestOutcome)>,
    /// Which less intrusive means were considered, and why they do not suffice.
    pub less_intrusive: String,
    /// Reasons for single tests.
    pub reasons: Vec<(Test, String)>,
    /// Items that it rests on.
    pub evidence: Vec<Id>,
}

/// Assesses a review.
pub fn assessed(id: Id, assessment: &Assessment, salt: Salt) -> Change {
    let mut tests = object! {};
    for (test, outcome) in &assessment.tests {
        tests.set(test.word(), *outcome);
    }
    let mut reasons = object! {};
    for (test, reason) in &assessment.reasons {
        reasons.set(test.word(), reason.as_str());
    }
    let said = !crate::value::text::is_blank(&assessment.less_intrusive);
    let content = object! { "less_intrusive" => assessment.less_intrusive.as_str(), "reasons" => reasons };
    let mut terms = object! { "tests" => tests, "less_intrusive" => said };
    if !assessment.evidence.is_empty() {
        terms.set("evidence", assessment.evidence.iter().map(Id::to_string).collect::<Vec<_>>());
    }
    Change::with_content(id, ASSESS, &terms, &content, salt)
}

/// What a reviewer decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// What it does.
    pub outcome: Decided,
    /// Conditions on the recipient.
    pub conditions: Vec<Condition>,
    /// When the approval expires.
    pub expires: Option<Timestamp>,
    /// Whether a conflict of interest is declared.
    pub conflict: bool,
    /// Whether reasons were given; the reasons are content.
    pub reasoned: bool,
    /// The facts that the gate was asked with.
    pub asked: Json,
}

impl Decision {
    /// Reads a decision out of a change.
    pub fn read(json: &Json) -> Result<Self, ApplyError> {
        let truth = |j: &Json| j.truth().ok_or_else(|| ApplyError::Malformed("a truth value is expected".into()));
        let mut m = crate::value::json::Members::of(json)?;
        let decision = Self {
            outcome: m.read("outcome", Decided::parse)?,
            conditions: m.list("conditions", Condition::parse)?,
            expires: m.maybe("expires").and_then(Json::text).and_then(Timestamp::parse),
            conflict: truth(m.need("conflict")?)?,
            reasoned: truth(m.need("reasoned")?)?,
            asked: m.need("asked")?.clone(),
        };
        m.finish()?;
        Ok(decision)
    }
}

/// The content of a decision.
#[derive(Clone, Copy, Default, Debug)]
pub struct DecisionContent<'a> {
    /// The reasons. They stay at the desk.
    pub reasons: &'a str,
    /// What a letter says beside the conditions, and copies carry.
    pub caveats: &'a [String],
    /// The grounds that it rests on: rows of the law. They stay at the desk.
    pub grounds: &'a [String],
}

/// Decides a review.
pub fn decided(id: Id, decision: &Decision, said: DecisionContent<'_>, salt: Salt) -> Change {
    let terms = object! {
        "outcome" => decision.outcome,
        "conditions" => decision.conditions.clone(),
        "expires" => decision.expires.map(|t| t.to_string()),
        "conflict" => decision.conflict,
        "reasoned" => decision.reasoned,
        "asked" => decision.asked.clone(),
    };
    let mut content = object! { "reasons" => said.reasons };
    for (key, words) in [("caveats", said.caveats), ("grounds", said.grounds)] {
        if !words.is_empty() {
            content.set(key, words.to_vec());
        }
    }
    Change::with_content(id, DECIDE, &terms, &content, salt)
}

/// Lets an approval lapse, since the facts behind it have changed.
pub fn lapsed(id: Id, changed: Changed, because: &str, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(because);
    let terms = object! { "changed" => changed, "said" => said };
    Change::with_content(id, LAPSE, &terms, &object! { "because" => because }, salt)
}

/// Declares a conflict of interest: whoever signs this neither assesses nor decides the review.
pub fn recused(id: Id, because: &str, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(because);
    Change::with_content(id, RECUSE, &object! { "said" => said }, &object! { "because" => because }, salt)
}

words! {
    /// What a decision does.
    Decided {
        /// It approves.
        Approve = "approve",
        /// It approves with conditions.
        ApproveWithConditions = "approve-with-conditions",
        /// It approves in part.
        Partial = "partial",
        /// It puts the decision off.
        Defer = "defer",
        /// It refuses.
        Refuse = "refuse",
    }
}

/// What a decision comes to.
const fn outcome_after(decided: Decided) -> ReviewOutcome {
    match decided {
        Decided::Approve => ReviewOutcome::Approved,
        Decided::ApproveWithConditions => ReviewOutcome::Conditions,
        Decided::Partial => ReviewOutcome::Partial,
        Decided::Defer => ReviewOutcome::Deferred,
        Decided::Refuse => ReviewOutcome::Refused,
    }
}

/// The state that a review is in after an outcome.
const fn state_after(outcome: ReviewOutcome) -> State {
    match outcome {
        ReviewOutcome::Open => State::Open,
        ReviewOutcome::Approved => State::Approved,
        ReviewOutcome::Conditions => State::Conditions,
        ReviewOutcome::Partial => State::Partial,
        ReviewOutcome::Deferred => State::Deferred,
        ReviewOutcome::Refused => State::Refused,
        ReviewOutcome::Lapsed => State::Lapsed,
    }
}

/// The outcome of a review now: open until it is decided.
pub fn outcome_of(record: &Record) -> ReviewOutcome {
    match record.in_state() {
        Some(State::Open | State::Assessed) | None => ReviewOutcome::Open,
        Some(State::Approved) => ReviewOutcome::Approved,
        Some(State::Conditions) => ReviewOutcome::Conditions,
        Some(State::Partial) => ReviewOutcome::Partial,
        Some(State::Deferred) => ReviewOutcome::Deferred,
        Some(State::Refused) => ReviewOutcome::Refused,
        Some(State::Lapsed) => ReviewOutcome::Lapsed,
    }
}

fn scope_of(view: &ChangeView<'_>) -> Result<Scope, ApplyError> {
    let mut m = view.members()?;
    let tier = m
        .need("tier")?
        .int()
        .and_then(Tier::new)
        .ok_or_else(|| ApplyError::Malformed("`tier` is not a tier".into()))?;
    let scope = Scope {
        subject: m.read("subject", Id::parse)?,
        to: m.read("to", Id::parse)?,
        purpose: m.read("purpose", token)?,
        level: m.read("level", Level::parse)?,
        tier,
        about_person: m.maybe("about_person").and_then(Json::truth) == Some(true),
    };
    m.finish()?;
    Ok(scope)
}

fn open_gate_inputs(_: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let scope = scope_of(view)?;
    Ok(GateInputs { purpose: Some(scope.purpose), ..GateInputs::default() })
}

fn open(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let scope = scope_of(view)?;
    let subject = records.get(scope.subject)?.filter(|r| matches!(r.kind, Kind::Item | Kind::Request));
    let subject = subject.ok_or_else(|| ApplyError::NotAllowed("a review is of an item or a request".into()))?;
    // An order at home is reviewed for the desk itself.
    if scope.to != act.own_desk || subject.partner.is_some() {
        need(records, scope.to, Kind::Partner)?;
    }
    let mut record = Record::new(view.record, State::Open, act.own_desk);
    record.case = subject.case;
    record.subject = Some(scope.subject);
    record.partner = Some(scope.to);
    record.tier = Some(scope.tier);
    record.terms = object! {
        "purpose" => scope.purpose, "level" => scope.level, "tier" => scope.tier,
        "requester" => act.member().to_string(), "opened" => act.now().to_string(),
        "tests" => object! {}, "less_intrusive" => false, "reviewers" => Vec::<Json>::new(), "conditions" => Vec::<Json>::new(),
    }.into();
    if scope.about_person {
        record.set("about_person", true);
    }
    put_new(records, &record)
}

fn precheck_assessing(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if is_recused(record, actor.person) {
        return Err(ApplyError::NotAllowed("you declared a conflict of interest: another reviewer assesses it".into()));
    }
    Ok(GateInputs::default())
}

fn precheck_recusal(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if is_recused(record, actor.person) {
        return Err(ApplyError::NotAllowed("the conflict of interest is declared already".into()));
    }
    if reviewers_of(record).contains(&actor.person) {
        return Err(ApplyError::NotAllowed(
            "you have decided it already: let the approval lapse once it stands".into(),
        ));
    }
    Ok(GateInputs::default())
}

fn assess(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Review)?;
    precheck_assessing(records, &act.actor(act.own_desk), &record)?;
    let mut m = view.members()?;
    let tests = m.need("tests")?.clone();
    let said = m
        .need("less_intrusive")?
        .truth()
        .ok_or_else(|| ApplyError::Malformed("`less_intrusive` is not a truth value".into()))?;
    let evidence = if m.maybe("evidence").is_some() { m.list("evidence", Id::parse)? } else { Vec::new() };
    m.finish()?;
    let mut rests_on = evidence_of(&record);
    for id in evidence {
        need(records, id, Kind::Item)?;
        if !rests_on.contains(&id) {
            rests_on.push(id);
        }
    }
    if !rests_on.is_empty() {
        record.set("evidence", rests_on.iter().map(Id::to_string).collect::<Vec<_>>());
    }
    let mut known = record.terms.get("tests").cloned().unwrap_or_else(|| object! {});
    for (name, outcome) in tests.members().unwrap_or_default() {
        let good = Test::parse(name).is_some() && outcome.text().and_then(TestOutcome::parse).is_some();
        if !good {
            return Err(ApplyError::Malformed("a test or its outcome is not known".into()));
        }
        known.set(name, outcome.clone());
    }
    record.set("tests", known);
    let before = record.terms.get("less_intrusive").and_then(Json::truth).unwrap_or(false);
    record.set("less_intrusive", said || before);
    record.set_state(State::Assessed);
    record.body = view.body();
    Ok(records.put(&record)?)
}

/// Whether an outcome approves, be it in part.
const fn stands(outcome: ReviewOutcome) -> bool {
    strictness(outcome) < 3
}

/// How strict an outcome is: at L3 the stricter of two decisions counts.
const fn strictness(outcome: ReviewOutcome) -> u8 {
    match outcome {
        ReviewOutcome::Approved => 0,
        ReviewOutcome::Conditions => 1,
        ReviewOutcome::Partial => 2,
        ReviewOutcome::Open | ReviewOutcome::Deferred => 3,
        ReviewOutcome::Refused | ReviewOutcome::Lapsed => 4,
    }
}

fn decide(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Review)?;
    let decision = Decision::read(view.terms)?;
    let mut outcome = outcome_after(decision.outcome);
    // What was deferred is decided again; at L3 a first decision waits for the second.
    let deferred = record.is(State::Deferred);
    let mut reviewers = if deferred { Vec::new() } else { reviewers_of(&record) };
    if reviewers.contains(&act.member()) {
        return Err(ApplyError::NotAllowed("the same reviewer has decided already: level L3 needs another".into()));
    }
    reviewers.push(act.member());
    let mut conditions = decision.conditions;
    let mut expires = decision.expires;
    if let Some(first) = record.text("outcome").and_then(ReviewOutcome::parse).filter(|_| !deferred) {
        if strictness(first) > strictness(outcome) {
            outcome = first;
        }
        conditions.extend(conditions_of(&record));
        expires = expires.into_iter().chain(record.instant("expires")).min();
    }
    conditions.sort_unstable();
    conditions.dedup();
    record.set("outcome", outcome);
    record.set("conditions", conditions);
    record.set("expires", expires.map(|t| t.to_string()));
    record.set("reviewers", reviewers.iter().map(Person::to_string).collect::<Vec<_>>());
    record.set("decided", act.position);
    record.due = expires;
    let stands = stands(outcome);
    let needs_another = level_of(&record) == Some(Level::L3) && reviewers.len() < 2 && stands;
    record.set_state(if needs_another { State::Assessed } else { state_after(outcome) });
    records.put(&record)?;
    if needs_another {
        return Ok(());
    }
    let subject = record.subject.map(|id| records.get(id)).transpose()?.flatten();
    match subject {
        Some(subject) if subject.kind == Kind::Request => {
            super::request::reviewed(records, act, subject, stands, outcome == ReviewOutcome::Deferred)
        }
        _ => Ok(()),
    }
}

fn lapse(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Review)?;
    // Behind the marking of an item only the reviews of that item lapse.
    let follows = view.row != act.first_row;
    if follows && record.subject != Some(act.first_record) {
        return Err(ApplyError::Authority(
            "a review of another item than the one that is marked cannot lapse with it".into(),
        ));
    }
    let mut m = view.members()?;
    let changed = m.read("changed", Changed::parse)?;
    m.need("said")?;
    m.finish()?;
    record.set_state(State::Lapsed);
    record.due = None;
    record.set(
        "lapsed",
        object! { "changed" => changed, "at" => act.now().to_string(), "by" => act.member().to_string() },
    );
    records.put(&record)?;
    match record.subject.map(|id| records.get(id)).transpose()?.flatten() {
        Some(subject) if subject.kind == Kind::Request => super::request::unreviewed(records, act, subject),
        _ => Ok(()),
    }
}

fn recuse(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Review)?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    precheck_recusal(records, &act.actor(act.own_desk), &record)?;
    let mut all = recused_of(&record);
    all.push(act.member());
    record.set("recused", all.iter().map(Person::to_string).collect::<Vec<_>>());
    Ok(records.put(&record)?)
}

/// Who declared a conflict of interest.
pub fn recused_of(record: &Record) -> Vec<Person> {
    record.list("recused", Person::parse)
}

/// Whether a person declared a conflict of interest.
pub fn is_recused(record: &Record, person: Person) -> bool {
    recused_of(record).contains(&person)
}

/// What changed, where an approval lapsed by an act.
pub fn changed(record: &Record) -> Option<Changed> {
    record.terms.get("lapsed")?.get("changed")?.text().and_then(Changed::parse)
}

/// Who decided a review.
pub fn reviewers_of(record: &Record) -> Vec<Person> {
    record.list("reviewers", Person::parse)
}

/// The conditions of a review.
pub fn conditions_of(record: &Record) -> Vec<Condition> {
    record.list("conditions", Condition::parse)
}

/// The items that a review rests on.
pub fn evidence_of(record: &Record) -> Vec<Id> {
    record.list("evidence", Id::parse)
}

/// Whether an approval has ended: it stands until its expiry, not including it, or until it lapses by an act.
pub fn has_lapsed(record: &Record, now: Timestamp) -> bool {
    let approved = record.text("outcome").and_then(ReviewOutcome::parse).is_some_and(stands);
    record.is(State::Lapsed) || (approved && record.instant("expires").is_some_and(|until| until <= now))
}

/// Whether a review is approved, whole, in part or on conditions, and the approval stands.
pub fn stands_at(record: &Record, now: Timestamp) -> bool {
    let approved = matches!(record.in_state(), Some(State::Approved | State::Conditions | State::Partial));
    approved && !has_lapsed(record, now)
}

/// The level of a review.
pub fn level_of(record: &Record) -> Option<Level> {
    record.text("level").and_then(Level::parse)
}

/// The review that decides for a record and a recipient: the one decided last; of those undecided, the newest.
pub fn deciding(records: &dyn RecordStore, subjects: &[Id], to: Id) -> Result<Option<Record>, ApplyError> {
    let mut all = Vec::new();
    for subject in subjects {
        all.extend(records.find(&Query { subject: Some(*subject), partner: Some(to), ..Query::kind(Kind::Review) })?);
    }
    Ok(all.into_iter().max_by_key(|r| r.terms.get("decided").and_then(Json::int).unwrap_or(-1)))
}
