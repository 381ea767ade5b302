//! Legal reviews: opened for an item or a request and one recipient, assessed test by test, decided by others.
//!
//! An approval ends with its expiry, or when it lapses: a reviewer says that what it rested on has changed, or its item is
//! marked again. It never comes back: what is needed is another review.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, GateInputs, KindDef, must_be, need, nothing_asked,
    only_at_home, put_new, token,
};
use super::item;
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::{Condition, Level, ReviewOutcome, Test, TestOutcome, Tier, words};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

/// `review`: open → assessed → approved / conditions / partial / deferred / refused; an approval → lapsed.
pub const KIND: KindDef = KindDef {
    name: "review",
    letter: 'V',
    changes: &[
        ChangeDef::first(OPEN, AudienceRule::Home, ask_open, open).riding(&["request-submit"]),
        ChangeDef::first(ASSESS, AudienceRule::Home, nothing_asked, assess),
        ChangeDef::first(DECIDE, AudienceRule::Home, nothing_asked, decide),
        ChangeDef::first(LAPSE, AudienceRule::Home, ask_reasons, lapse).riding(&[item::MARK]),
        ChangeDef::first(RECUSE, AudienceRule::Home, ask_reasons, recuse),
    ],
};

const OPEN: &str = "review-open";
/// The change that answers tests.
pub const ASSESS: &str = "review-assess";
/// The first change of a decision; the gate asks it a question of its own.
pub const DECIDE: &str = "review-decide";

/// The first change that ends an approval.
pub const LAPSE: &str = "review-lapse";
/// The first change that declares a conflict of interest.
pub const RECUSE: &str = "review-recuse";

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
}

/// Opens a review.
pub fn new(id: Id, scope: &Scope) -> Change {
    let terms = object! {
        "subject" => scope.subject.to_string(),
        "to" => scope.to.to_string(),
        "purpose" => scope.purpose.as_str(),
        "level" => scope.level,
        "tier" => scope.tier,
    };
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
    /// The decision, in the gate's word: `approve`, `refuse`, …
    pub outcome: String,
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
        let truth = |j: &Json| j.truth().ok_or_else(|| ApplyError::Form("a truth value is expected".into()));
        let mut m = crate::value::json::Members::of(json)?;
        let decision = Self {
            outcome: m.read("outcome", |o| state_of(o).map(|_| o.to_owned()))?,
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

/// What a decision says in words.
#[derive(Clone, Copy, Default, Debug)]
pub struct DecisionWords<'a> {
    /// The reasons. They stay at the desk.
    pub reasons: &'a str,
    /// What a letter says beside the conditions, and copies carry.
    pub caveats: &'a [String],
    /// The grounds that it rests on: rows of the law. They stay at the desk.
    pub grounds: &'a [String],
}

/// Decides a review.
pub fn decided(id: Id, decision: &Decision, said: DecisionWords<'_>, salt: Salt) -> Change {
    let terms = object! {
        "outcome" => decision.outcome.as_str(),
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

/// Ends an approval: what it rested on is not so any more.
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

/// The state that a decision leads to.
fn state_of(outcome: &str) -> Option<ReviewOutcome> {
    Some(match outcome {
        "approve" => ReviewOutcome::Approved,
        "approve-with-conditions" => ReviewOutcome::Conditions,
        "partial" => ReviewOutcome::Partial,
        "defer" => ReviewOutcome::Deferred,
        "refuse" => ReviewOutcome::Refused,
        _ => return None,
    })
}

fn scope_of(view: &ChangeView<'_>) -> Result<Scope, ApplyError> {
    let mut m = view.members()?;
    let tier =
        m.need("tier")?.int().and_then(Tier::new).ok_or_else(|| ApplyError::Form("`tier` is not a tier".into()))?;
    let scope = Scope {
        subject: m.read("subject", Id::parse)?,
        to: m.read("to", Id::parse)?,
        purpose: m.read("purpose", token)?,
        level: m.read("level", Level::parse)?,
        tier,
    };
    m.finish()?;
    Ok(scope)
}

fn ask_open(_: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let scope = scope_of(view)?;
    Ok(GateInputs { purpose: Some(scope.purpose), ..GateInputs::default() })
}

/// Reasons are content; the gate asks whether there are any.
fn ask_reasons(_: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let said = view.terms.get("said").and_then(Json::truth) == Some(true);
    Ok(GateInputs { missing: if said { Vec::new() } else { vec!["reasons".into()] }, ..GateInputs::default() })
}

fn open(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let scope = scope_of(view)?;
    let subject = records.get(scope.subject)?.filter(|r| matches!(r.kind, "item" | "request"));
    let subject = subject.ok_or_else(|| ApplyError::Life("a review is of an item or a request".into()))?;
    need(records, scope.to, "partner")?;
    let mut record = Record::new(view.record, KIND.name, ReviewOutcome::Open.word(), at.home);
    record.case = subject.case;
    record.subject = Some(scope.subject);
    record.partner = Some(scope.to);
    record.tier = Some(scope.tier.number());
    record.terms = object! {
        "purpose" => scope.purpose, "level" => scope.level, "tier" => scope.tier,
        "requester" => at.member().to_string(), "opened" => at.now().to_string(),
        "tests" => object! {}, "less_intrusive" => false, "reviewers" => Vec::<Json>::new(), "conditions" => Vec::<Json>::new(),
    }.into();
    put_new(records, &record)
}

fn undecided(record: &Record, what: &str) -> Result<(), ApplyError> {
    let open = [ReviewOutcome::Open.word(), "assessed", ReviewOutcome::Deferred.word()];
    must_be(record, &open, what)
}

fn assess(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut record = need(records, view.record, KIND.name)?;
    undecided(&record, "assess")?;
    if is_recused(&record, at.member()) {
        return Err(ApplyError::Life("you declared a conflict of interest: another reviewer assesses it".into()));
    }
    let mut m = view.members()?;
    let tests = m.need("tests")?.clone();
    let said = m
        .need("less_intrusive")?
        .truth()
        .ok_or_else(|| ApplyError::Form("`less_intrusive` is not a truth value".into()))?;
    let evidence = if m.maybe("evidence").is_some() { m.list("evidence", Id::parse)? } else { Vec::new() };
    m.finish()?;
    let mut rests_on = evidence_of(&record);
    for id in evidence {
        need(records, id, "item")?;
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
            return Err(ApplyError::Form("a test or its outcome is not known".into()));
        }
        known.set(name, outcome.clone());
    }
    record.set("tests", known);
    let before = record.terms.get("less_intrusive").and_then(Json::truth).unwrap_or(false);
    record.set("less_intrusive", said || before);
    record.state = "assessed".into();
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

fn decide(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut record = need(records, view.record, KIND.name)?;
    undecided(&record, "decide")?;
    let decision = Decision::read(view.terms)?;
    let mut outcome = state_of(&decision.outcome).ok_or_else(|| ApplyError::Form("`outcome` is not known".into()))?;
    // What was put off is decided again; at L3 a first decision waits for the second.
    let deferred = record.state == ReviewOutcome::Deferred.word();
    let mut reviewers = if deferred { Vec::new() } else { reviewers_of(&record) };
    if reviewers.contains(&at.member()) {
        return Err(ApplyError::Life("the same reviewer has decided already: level L3 needs another".into()));
    }
    reviewers.push(at.member());
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
    record.set("decided", at.position);
    record.due = expires;
    let stands = stands(outcome);
    let needs_another = record.text("level") == Some(Level::L3.word()) && reviewers.len() < 2 && stands;
    record.state = if needs_another { "assessed".into() } else { outcome.word().into() };
    records.put(&record)?;
    if needs_another {
        return Ok(());
    }
    let subject = record.subject.map(|id| records.get(id)).transpose()?.flatten();
    match subject {
        Some(subject) if subject.kind == "request" => {
            super::request::reviewed(records, at, subject, stands, outcome == ReviewOutcome::Deferred)
        }
        _ => Ok(()),
    }
}

fn lapse(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut record = need(records, view.record, KIND.name)?;
    if !is_approval(&record) {
        return Err(ApplyError::Life(format!("the review is {}: only an approval can lapse", record.state)));
    }
    // Behind the marking of an item only the reviews of that item lapse.
    let follows = view.row != at.first_row;
    if follows && record.subject != Some(at.first_record) {
        return Err(ApplyError::Authority(
            "a review lapses that is of another item than the one that is marked".into(),
        ));
    }
    let mut m = view.members()?;
    let changed = m.read("changed", Changed::parse)?;
    m.need("said")?;
    m.finish()?;
    record.state = ReviewOutcome::Lapsed.word().into();
    record.due = None;
    record
        .set("lapsed", object! { "changed" => changed, "at" => at.now().to_string(), "by" => at.member().to_string() });
    records.put(&record)?;
    match record.subject.map(|id| records.get(id)).transpose()?.flatten() {
        Some(subject) if subject.kind == "request" => super::request::unreviewed(records, at, subject),
        _ => Ok(()),
    }
}

fn recuse(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut record = need(records, view.record, KIND.name)?;
    undecided(&record, "declare a conflict of interest in")?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    if is_recused(&record, at.member()) {
        return Err(ApplyError::Life("the conflict of interest is declared already".into()));
    }
    if reviewers_of(&record).contains(&at.member()) {
        return Err(ApplyError::Life("you have decided it already: let the approval lapse once it stands".into()));
    }
    let mut all = recused_of(&record);
    all.push(at.member());
    record.set("recused", all.iter().map(Person::to_string).collect::<Vec<_>>());
    Ok(records.put(&record)?)
}

/// Whether a review approves as it stands, be it in part or under conditions.
pub fn is_approval(record: &Record) -> bool {
    ReviewOutcome::parse(&record.state).is_some_and(stands)
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
    record.state == ReviewOutcome::Lapsed.word()
        || (approved && record.instant("expires").is_some_and(|until| until <= now))
}

/// The level of a review.
pub fn level_of(record: &Record) -> Option<Level> {
    record.text("level").and_then(Level::parse)
}

/// The review that decides for a record and a recipient: the one decided last; of those undecided, the newest.
pub fn deciding(records: &dyn RecordStore, subjects: &[Id], to: Id) -> Result<Option<Record>, ApplyError> {
    let mut all = Vec::new();
    for subject in subjects {
        all.extend(records.find(&Query { subject: Some(*subject), partner: Some(to), ..Query::kind(KIND.name) })?);
    }
    Ok(all.into_iter().max_by_key(|r| r.terms.get("decided").and_then(Json::int).unwrap_or(-1)))
}
