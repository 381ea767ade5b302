//! Disputes between two desks: a ladder of which no rung is skipped, statements of both, a neutral that both agree to, interim measures
//! that end by themselves, a remedy that is agreed or awarded, carried out, and then closed.
//!
//! Both desks move the record. A step says from which rung its author went, so that two that crossed lead both desks to the same rung.
//! Two proposals that did not know of each other stand side by side until one of them is agreed to.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, must_be, need, put_new, text_to_partner_gate_inputs,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::law::accountability::{self, Period};
use crate::law::calendar::Calendar;
use crate::object;
use crate::value::class::{Tier, words};
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::timestamp::Timestamp;

words! {
    /// What a dispute is about.
    Issue {
        /// What the agreement means.
        Interpretation = "interpretation",
        /// A condition was broken.
        ConditionBreach = "condition-breach",
        /// Something is late.
        Delay = "delay",
        /// Something was refused.
        Refusal = "refusal",
        /// Data were misused.
        Misuse = "misuse",
        /// Who bears a cost.
        Cost = "cost",
        /// How something is marked.
        Marking = "marking",
        /// Data were lost or became known.
        Breach = "breach",
    }
}

words! {
    /// Why sharing is suspended before the desks have consulted (2AP Art. 14(15)).
    Danger {
        /// Somebody's life.
        Life = "life",
        /// Somebody's safety.
        Safety = "safety",
        /// Grave harm to somebody.
        GraveHarm = "grave-harm",
    }
}

states! {
    /// Where a dispute stands.
    Dispute {
        /// It was raised.
        Raised = "raised" "raised" Stopped,
        /// The desks consult each other.
        Consultation = "consultation" "consultation" Stopped,
        /// The heads of the contact points.
        Heads = "heads" "heads" Stopped,
        /// The central authorities.
        Authorities = "authorities" "authorities" Stopped,
        /// A neutral mediates.
        Mediation = "mediation" "mediation" Stopped,
        /// A neutral decides.
        Arbitration = "arbitration" "arbitration" Stopped,
        /// The ministries, or the bodies of the treaty.
        Ministries = "ministries" "ministries" Stopped,
        /// A remedy is agreed or awarded, and is carried out.
        Remedy = "remedy" "remedy" Waiting,
        /// It is over.
        Closed = "closed" "closed" Over,
        /// What was said in it was erased.
        Purged = "purged" "purged" Erased,
    }
}

/// The rungs of the ladder, from the lowest.
pub const LADDER: [State; 7] = [
    State::Raised,
    State::Consultation,
    State::Heads,
    State::Authorities,
    State::Mediation,
    State::Arbitration,
    State::Ministries,
];

/// The states in which a dispute is not over.
pub const LIVE: &[super::kind::State] = &[
    State::Raised.any(),
    State::Consultation.any(),
    State::Heads.any(),
    State::Authorities.any(),
    State::Mediation.any(),
    State::Arbitration.any(),
    State::Ministries.any(),
    State::Remedy.any(),
];

/// The states in which a dispute stands on a rung.
pub const ON_LADDER: &[super::kind::State] = &[
    State::Raised.any(),
    State::Consultation.any(),
    State::Heads.any(),
    State::Authorities.any(),
    State::Mediation.any(),
    State::Arbitration.any(),
    State::Ministries.any(),
];

/// `dispute`: raised → consultation → heads → authorities → mediation → arbitration → ministries; remedy → closed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Dispute,
    prefix: "DP",
    title: "Dispute",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from: |_, _| None },
    can_be_held: false,
    looked_up_by: LookUp::Partner,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &["statement"], terms: &["subject"] },
    changes: &[
        ChangeDef::first(OPEN, AudienceRule::Addressed, Moves::Makes, None, text_to_partner_gate_inputs, open)
            .copying(),
        ChangeDef::first(REPLY, AudienceRule::Addressed, Moves::Shared, None, text_to_partner_gate_inputs, reply)
            .copying()
            .with_precheck(|_, actor, record| party(actor, record, LIVE)),
        ChangeDef::first(ADVANCE, AudienceRule::Addressed, Moves::Shared, None, advance_gate_inputs, advance)
            .copying()
            .with_precheck(may_advance),
        ChangeDef::first(SUSPEND, AudienceRule::Addressed, Moves::Shared, None, suspend_gate_inputs, suspend)
            .copying()
            .with_precheck(|_, actor, record| party(actor, record, LIVE)),
        ChangeDef::first(LIFT, AudienceRule::Addressed, Moves::Shared, None, text_to_partner_gate_inputs, lift)
            .copying()
            .with_precheck(may_lift),
        ChangeDef::first(NEUTRAL, AudienceRule::Addressed, Moves::Shared, None, text_to_partner_gate_inputs, propose)
            .copying()
            .with_precheck(|_, actor, record| party(actor, record, ON_LADDER)),
        ChangeDef::first(REMEDY, AudienceRule::Addressed, Moves::Shared, None, remedy_gate_inputs, propose)
            .copying()
            .with_precheck(|_, actor, record| party(actor, record, ON_LADDER)),
        ChangeDef::first(AGREE, AudienceRule::Addressed, Moves::Shared, None, no_words, agree).with_precheck(may_agree),
        ChangeDef::first(COMPLY, AudienceRule::Addressed, Moves::Shared, None, text_to_partner_gate_inputs, comply)
            .copying()
            .with_precheck(may_comply),
        ChangeDef::first(CLOSE, AudienceRule::Addressed, Moves::Shared, None, close_gate_inputs, close).with_precheck(
            |_, actor, record| {
                let (who, known) = (party(actor, record, LIVE)?, agreed_remedies(record));
                may_close(record, actor.own_desk, &known)?;
                Ok(GateInputs { open: open_before_closing(record, &known), ..who })
            },
        ),
    ],
};

/// Raises a dispute.
pub const OPEN: ChangeKind = ChangeKind::new("dispute-open");
/// States a desk's position.
pub const REPLY: ChangeKind = ChangeKind::new("dispute-reply");
/// Takes it to the next rung.
pub const ADVANCE: ChangeKind = ChangeKind::new("dispute-advance");
/// Suspends sharing from a tier upward for a time.
pub const SUSPEND: ChangeKind = ChangeKind::new("dispute-suspend");
/// Ends a desk's own interim measure.
pub const LIFT: ChangeKind = ChangeKind::new("dispute-lift");
/// Proposes a neutral.
pub const NEUTRAL: ChangeKind = ChangeKind::new("dispute-neutral");
/// Proposes a remedy, or records one that a neutral has awarded.
pub const REMEDY: ChangeKind = ChangeKind::new("dispute-remedy");
/// Agrees to what the other desk proposed.
pub const AGREE: ChangeKind = ChangeKind::new("dispute-agree");
/// Says that the remedy was carried out.
pub const COMPLY: ChangeKind = ChangeKind::new("dispute-comply");
/// Ends it.
pub const CLOSE: ChangeKind = ChangeKind::new("dispute-close");

/// The most proposals and interim measures that stand in one dispute.
const MOST: usize = 64;

/// An interim measure: sharing is frozen from a tier upward, for a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Freeze {
    /// From which tier upward.
    pub from: Tier,
    /// Until when; it ends with the dispute before that.
    pub until: Timestamp,
}

impl Freeze {
    fn into_terms(self, terms: &mut Json) {
        terms.set("freeze", self.from);
        terms.set("until", self.until.to_string());
    }

    fn take(m: &mut Members<'_>) -> Result<Option<Self>, ApplyError> {
        let Some(tier) = m.maybe("freeze").filter(|tier| !tier.is_null()) else {
            return if m.maybe("until").is_some_and(|until| !until.is_null()) {
                Err(ApplyError::Malformed("`until` is said of nothing that is frozen".into()))
            } else {
                Ok(None)
            };
        };
        let from = tier.int().and_then(Tier::new);
        let from = from.ok_or_else(|| ApplyError::Malformed("`freeze` is not a tier".into()))?;
        Ok(Some(Self { from, until: m.read("until", Timestamp::parse)? }))
    }
}

/// What is proposed, by whom, and whether the other desk has agreed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// Its id.
    pub id: Id,
    /// A neutral or a remedy.
    pub of: Proposed,
    /// The desk that proposed it.
    pub by: Id,
    /// Whether the other desk has agreed, or a neutral has awarded it.
    pub agreed: bool,
    /// By when a remedy is to be carried out.
    pub due: Option<Timestamp>,
    /// The desk that carries a remedy out.
    pub owes: Option<Id>,
    /// The row of the change that says it in words.
    pub row: i64,
}

words! {
    /// What can be proposed.
    Proposed {
        /// Who mediates and decides.
        Neutral = "neutral",
        /// What is done.
        Remedy = "remedy",
    }
}

impl Proposal {
    fn read(json: &Json) -> Option<Self> {
        let id = |key: &str| json.get(key).and_then(Json::text).and_then(Id::parse);
        Some(Self {
            id: id("id")?,
            of: json.get("of")?.text().and_then(Proposed::parse)?,
            by: id("by")?,
            agreed: json.get("agreed")?.truth()?,
            due: json.get("due").and_then(Json::text).and_then(Timestamp::parse),
            owes: id("owes"),
            row: json.get("row")?.int()?,
        })
    }

    fn to_json(self) -> Json {
        object! {
            "id" => self.id.to_string(), "of" => self.of, "by" => self.by.to_string(), "agreed" => self.agreed,
            "due" => self.due.map(|due| due.to_string()), "owes" => self.owes.map(|id| id.to_string()), "row" => self.row,
        }
    }
}

/// What was proposed, in the order in which it came here.
pub fn proposals(record: &Record) -> Vec<Proposal> {
    record.terms.get("proposals").and_then(Json::items).unwrap_or_default().iter().filter_map(Proposal::read).collect()
}

fn set_proposals(record: &mut Record, all: &[Proposal]) {
    record.set("proposals", all.iter().map(|p| p.to_json()).collect::<Vec<_>>());
}

/// The remedies that are agreed or awarded: two, where each desk has agreed to the other's before it knew.
pub fn agreed_remedies(record: &Record) -> Vec<Proposal> {
    proposals(record).into_iter().filter(|p| p.of == Proposed::Remedy && p.agreed).collect()
}

/// The remedies that were carried out, as whoever owed them says.
pub fn complied_with(record: &Record) -> Vec<Id> {
    record.list("complied", Id::parse)
}

/// The remedies that are agreed, and not carried out.
pub fn owed(record: &Record) -> Vec<Proposal> {
    let done = complied_with(record);
    agreed_remedies(record).into_iter().filter(|p| !done.contains(&p.id)).collect()
}

/// The neutral that both have agreed to.
pub fn agreed_neutral(record: &Record) -> Option<Proposal> {
    proposals(record).into_iter().find(|p| p.of == Proposed::Neutral && p.agreed)
}

/// An interim measure that a desk has taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Measure {
    /// The desk.
    pub by: Id,
    /// What it freezes.
    pub freeze: Freeze,
}

/// The interim measures, each of a desk's the newest.
pub fn measures(record: &Record) -> Vec<Measure> {
    let read = |json: &Json| {
        Some(Measure {
            by: json.get("by")?.text().and_then(Id::parse)?,
            freeze: Freeze {
                from: json.get("from")?.int().and_then(Tier::new)?,
                until: json.get("until")?.text().and_then(Timestamp::parse)?,
            },
        })
    };
    record.terms.get("measures").and_then(Json::items).unwrap_or_default().iter().filter_map(read).collect()
}

fn set_measure(record: &mut Record, by: Id, freeze: Option<Freeze>) {
    let mut all = measures(record);
    all.retain(|m| m.by != by);
    all.extend(freeze.map(|freeze| Measure { by, freeze }));
    let json = |m: &Measure| {
        object! { "by" => m.by.to_string(), "from" => m.freeze.from, "until" => m.freeze.until.to_string() }
    };
    record.set("measures", all.iter().map(json).collect::<Vec<_>>());
}

/// Whether a dispute is not over.
pub fn is_live(record: &Record) -> bool {
    LIVE.contains(&record.state)
}

/// The tier from which a dispute freezes sharing with a partner at a time: the lowest of all that do; `None`: none does.
pub fn freezes_from(records: &dyn RecordStore, partner: Id, now: Timestamp) -> Result<Option<Tier>, ApplyError> {
    let all = records.find(&Query { partner: Some(partner), ..Query::kind(Kind::Dispute) })?;
    let standing = all.iter().filter(|r| is_live(r)).flat_map(measures).filter(|m| now < m.freeze.until);
    Ok(standing.map(|m| m.freeze.from).min())
}

/// How high on the ladder a dispute stands: 0 is the lowest rung. `None`: it has left the ladder.
pub fn rung(state: State) -> Option<usize> {
    LADDER.iter().position(|rung| *rung == state)
}

// --- what is said -------------------------------------------------------------------------------------------------------

fn said(text: &str) -> bool {
    !crate::value::text::is_blank(text)
}

/// Raises a dispute with a partner.
#[derive(Clone, Debug)]
pub struct Raised<'a> {
    /// The partner.
    pub with: Id,
    /// What it is about.
    pub subject: Issue,
    /// The record that it is about.
    pub about: Option<Id>,
    /// The desk's statement.
    pub statement: &'a str,
    /// What is frozen meanwhile.
    pub freeze: Option<Freeze>,
    /// By when the desks consult each other.
    pub stage_due: Timestamp,
    /// Whether what is said binds nobody.
    pub without_prejudice: bool,
}

/// Raises a dispute.
pub fn new(id: Id, raised: &Raised<'_>, salt: Salt) -> Change {
    let mut terms = object! {
        "with" => raised.with.to_string(), "subject" => raised.subject,
        "about" => raised.about.map(|id| id.to_string()), "stage_due" => raised.stage_due.to_string(),
        "without_prejudice" => raised.without_prejudice, "said" => said(raised.statement),
    };
    if let Some(freeze) = raised.freeze {
        freeze.into_terms(&mut terms);
    }
    Change::with_content(id, OPEN, &terms, &object! { "statement" => raised.statement }, salt)
}

/// States a desk's position.
pub fn replied(id: Id, statement: &str, salt: Salt) -> Change {
    Change::with_content(id, REPLY, &object! { "said" => said(statement) }, &object! { "statement" => statement }, salt)
}

/// Takes a dispute from one rung to another.
pub fn advanced(id: Id, from: State, to: State, stage_due: Timestamp, because: &str, salt: Salt) -> Change {
    let terms = object! { "from" => from, "to" => to, "stage_due" => stage_due.to_string(), "said" => said(because) };
    Change::with_content(id, ADVANCE, &terms, &object! { "because" => because }, salt)
}

/// Suspends sharing; `danger`: before the desks have consulted.
pub fn suspended(id: Id, freeze: Freeze, danger: Option<Danger>, because: &str, salt: Salt) -> Change {
    let mut terms = object! { "danger" => danger, "said" => said(because) };
    freeze.into_terms(&mut terms);
    Change::with_content(id, SUSPEND, &terms, &object! { "because" => because }, salt)
}

/// Ends the desk's own interim measure.
pub fn lifted(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, LIFT, &object! { "said" => said(because) }, &object! { "because" => because }, salt)
}

/// Proposes a neutral, who has declared to be independent.
pub fn neutral(id: Id, proposal: Id, name: &str, independence: &str, salt: Salt) -> Change {
    let terms = object! { "proposal" => proposal.to_string(), "said" => said(name) && said(independence) };
    Change::with_content(id, NEUTRAL, &terms, &object! { "neutral" => name, "independence" => independence }, salt)
}

/// A remedy that is proposed, or that a neutral has awarded.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// Its id.
    pub proposal: Id,
    /// The desk that carries it out.
    pub owes: Id,
    /// By when.
    pub due: Timestamp,
    /// Whether a neutral has awarded it: then nobody agrees.
    pub awarded: bool,
    /// What is done.
    pub text: &'a str,
}

/// Proposes a remedy, or records an award.
pub fn remedy(id: Id, offer: &Offer<'_>, salt: Salt) -> Change {
    let terms = object! {
        "proposal" => offer.proposal.to_string(), "owes" => offer.owes.to_string(), "due" => offer.due.to_string(),
        "awarded" => offer.awarded, "said" => said(offer.text),
    };
    Change::with_content(id, REMEDY, &terms, &object! { "remedy" => offer.text }, salt)
}

/// Agrees to a proposal.
pub fn agreed(id: Id, proposal: Id) -> Change {
    Change::of_terms(id, AGREE, &object! { "proposal" => proposal.to_string() })
}

/// Says that a remedy was carried out.
pub fn complied(id: Id, proposal: Id, text: &str, salt: Salt) -> Change {
    let terms = object! { "proposal" => proposal.to_string(), "said" => said(text) };
    Change::with_content(id, COMPLY, &terms, &object! { "complied" => text }, salt)
}

/// Ends it: which remedies its author knew to be agreed, and until when what was said is kept.
pub fn closed(id: Id, remedies: &[Proposal], keep: Timestamp) -> Change {
    let known = remedies.iter().map(|p| p.id.to_string()).collect::<Vec<_>>();
    Change::of_terms(id, CLOSE, &object! { "remedies" => known, "keep" => keep.to_string() })
}

// --- who may say it -----------------------------------------------------------------------------------------------------

/// Who is asked: a desk of the two, while the dispute is in one of some states.
fn party(_: &Actor, record: &Record, states: &[super::kind::State]) -> Result<GateInputs, ApplyError> {
    if !states.contains(&record.state) {
        return Err(super::definition::wrong_state(Kind::Dispute, Some(record.state), states));
    }
    Ok(GateInputs { partner: record.partner, ..GateInputs::default() })
}

fn may_advance(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    let inputs = party(actor, record, ON_LADDER)?;
    let open = match record.in_state() {
        Some(State::Ministries) => {
            return Err(ApplyError::NotAllowed(
                "the ministries are the last rung: agree on a remedy, or close it".into(),
            ));
        }
        Some(State::Mediation) if agreed_neutral(record).is_none() => {
            vec!["a neutral that both desks agree to".to_owned()]
        }
        _ => Vec::new(),
    };
    Ok(GateInputs { open, ..inputs })
}

fn may_lift(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    let inputs = party(actor, record, LIVE)?;
    if measures(record).iter().any(|m| m.by == actor.own_desk) {
        Ok(inputs)
    } else {
        Err(ApplyError::NotAllowed("this desk has no interim measure in this dispute".into()))
    }
}

fn may_agree(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    let inputs = party(actor, record, ON_LADDER)?;
    if proposals(record).iter().any(|p| p.by != actor.own_desk && !p.agreed) {
        Ok(inputs)
    } else {
        Err(ApplyError::NotAllowed("the other desk has proposed nothing that is not agreed to".into()))
    }
}

/// The dispute that an act speaks of, where the act is between its two desks.
fn between(records: &dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<Record, ApplyError> {
    let record = need(records, view.record, Kind::Dispute)?;
    let theirs = if act.is_own() {
        record.partner.is_some_and(|partner| act.recipients() == [partner])
    } else {
        record.partner == Some(act.desk()) && act.recipients() == [act.own_desk]
    };
    if theirs { Ok(record) } else { Err(ApplyError::Authority("this dispute is between other desks".into())) }
}

fn no_words(_: &dyn RecordStore, act: &ActContext<'_>, _: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs { partner: act.addressee(), ..GateInputs::default() })
}

fn state_in(view: &ChangeView<'_>, key: &str) -> Option<State> {
    view.terms.get(key).and_then(Json::text).and_then(State::parse)
}

/// No rung is skipped, and a neutral decides who was agreed to by both.
fn advance_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Dispute)?;
    let mut inputs = text_to_partner_gate_inputs(records, act, view)?;
    let rungs = state_in(view, "from").and_then(rung).zip(state_in(view, "to").and_then(rung));
    if let Some((from, to)) = rungs {
        // Where the author's rung is higher than any that is known here, it was never reached.
        let real = record.in_state().and_then(rung).map_or(from, |here| from.min(here));
        inputs.open = LADDER.iter().take(to).skip(real + 1).map(|rung| format!("the rung {rung}")).collect();
        if to == LADDER.len() - 2 && agreed_neutral(&record).is_none() {
            inputs.open.push("a neutral that both desks agree to".into());
        }
    }
    Ok(inputs)
}

/// Sharing is suspended after the desks have consulted; before, where somebody is in danger.
fn suspend_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Dispute)?;
    let mut inputs = text_to_partner_gate_inputs(records, act, view)?;
    let danger = view.terms.get("danger").and_then(Json::text).and_then(Danger::parse);
    if danger.is_none() && record.is(State::Raised) {
        inputs.open.push("the rung consultation".into());
    }
    Ok(inputs)
}

/// A remedy is awarded by a neutral that both have agreed to, once they decide.
fn remedy_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Dispute)?;
    let mut inputs = text_to_partner_gate_inputs(records, act, view)?;
    let awarded = view.terms.get("awarded").and_then(Json::truth) == Some(true);
    let decides =
        matches!(record.in_state(), Some(State::Arbitration | State::Ministries | State::Remedy | State::Closed));
    if awarded && !decides {
        inputs.open.push("the rung arbitration".into());
    }
    if awarded && agreed_neutral(&record).is_none() {
        inputs.open.push("a neutral that both desks agree to".into());
    }
    Ok(inputs)
}

/// What must be done before it is closed: the remedies that whoever closes it knows of.
fn open_before_closing(record: &Record, known: &[Proposal]) -> Vec<String> {
    let done = complied_with(record);
    let is_owed = known.iter().any(|p| !done.contains(&p.id));
    if is_owed { vec!["that the remedy is carried out".into()] } else { Vec::new() }
}

/// The agreed remedies that a closing act knew of.
fn known_to(record: &Record, view: &ChangeView<'_>) -> Vec<Proposal> {
    let named = view.terms.get("remedies").and_then(Json::items).unwrap_or_default();
    let named: Vec<Id> = named.iter().filter_map(|id| id.text().and_then(Id::parse)).collect();
    agreed_remedies(record).into_iter().filter(|p| named.contains(&p.id)).collect()
}

fn close_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Dispute)?;
    // This desk knows all that it has agreed to, and all that it was told.
    let known = if act.is_own() { agreed_remedies(&record) } else { known_to(&record, view) };
    Ok(GateInputs { open: open_before_closing(&record, &known), partner: act.addressee(), ..GateInputs::default() })
}

/// Who may end it: the desk that raised it, or where a remedy is owed, a desk that one is owed to.
fn may_close(record: &Record, desk: Id, known: &[Proposal]) -> Result<(), ApplyError> {
    let may = if known.is_empty() { record.desk == desk } else { known.iter().any(|p| p.owes != Some(desk)) };
    if may {
        Ok(())
    } else {
        Err(ApplyError::Authority(
            "a dispute is closed by the desk that raised it; where a remedy is owed, by the desk that it is owed to"
                .into(),
        ))
    }
}

// --- what it does -------------------------------------------------------------------------------------------------------

fn open(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let with = m.read("with", Id::parse)?;
    m.read("subject", Issue::parse)?;
    let about = m.maybe_read("about", Id::parse)?;
    let stage_due = m.read("stage_due", Timestamp::parse)?;
    m.need("without_prejudice")?;
    m.need("said")?;
    let freeze = Freeze::take(&mut m)?;
    m.finish()?;
    if act.recipients() != [with] || (!act.is_own() && with != act.own_desk) {
        return Err(ApplyError::Authority("a dispute names another desk than it is addressed to".into()));
    }
    if act.is_own() {
        need(records, with, Kind::Partner)?;
        if about.map(|id| records.get(id)).transpose()?.is_some_and(|found| found.is_none()) {
            return Err(ApplyError::NotAllowed("a dispute is about a record that is here".into()));
        }
    }
    let mut record = Record::new(view.record, State::Raised, act.desk());
    record.partner = Some(if act.is_own() { with } else { act.desk() });
    record.due = Some(stage_due);
    record.body = view.body();
    let mut terms = view.terms.clone();
    terms.remove("freeze");
    terms.remove("until");
    record.terms = terms.into();
    record.set("raised", act.now().to_string());
    set_measure(&mut record, act.desk(), checked(freeze, act)?);
    put_new(records, &record)
}

/// The longest that an interim measure may stand.
const LONGEST: crate::value::timestamp::Duration = crate::value::timestamp::Duration::days(366);

/// An interim measure ends by itself, and not too late.
fn checked(freeze: Option<Freeze>, act: &ActContext<'_>) -> Result<Option<Freeze>, ApplyError> {
    match freeze {
        Some(freeze) if freeze.until <= act.now() || freeze.until > act.now().plus(LONGEST) => {
            Err(ApplyError::NotAllowed("an interim measure ends by itself, within a year".into()))
        }
        other => Ok(other),
    }
}

fn only_said(view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    m.need("said")?;
    Ok(m.finish()?)
}

fn reply(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = between(records, act, view)?;
    only_said(view)?;
    if act.is_own() {
        must_be_live(&record)?;
    }
    record.set(if act.desk() == record.desk { "stated" } else { "replied" }, act.now().to_string());
    Ok(records.put(&record)?)
}

fn must_be_live(record: &Record) -> Result<(), ApplyError> {
    if is_live(record) { Ok(()) } else { Err(super::definition::wrong_state(Kind::Dispute, Some(record.state), LIVE)) }
}

fn advance(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = between(records, act, view)?;
    let mut m = view.members()?;
    let (from, to) = (m.read("from", State::parse)?, m.read("to", State::parse)?);
    let stage_due = m.read("stage_due", Timestamp::parse)?;
    m.need("said")?;
    m.finish()?;
    let (Some(low), Some(high)) = (rung(from), rung(to)) else {
        return Err(ApplyError::Malformed("a dispute is taken from rung to rung".into()));
    };
    if high <= low {
        return Err(ApplyError::NotAllowed(format!("{to} is no rung above {from}")));
    }
    let here = record.in_state().and_then(rung);
    if act.is_own() && here != Some(low) {
        return Err(super::definition::wrong_state(Kind::Dispute, Some(record.state), &[from.any()]));
    }
    // Where both took the same step, or a remedy was agreed meanwhile, it stays where it is.
    if here.is_some_and(|here| here < high) {
        record.set_state(to);
        record.set("stage_due", stage_due.to_string());
        record.due = Some(stage_due);
    }
    Ok(records.put(&record)?)
}

fn suspend(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = between(records, act, view)?;
    let mut m = view.members()?;
    m.maybe_read("danger", Danger::parse)?;
    m.need("said")?;
    let freeze = Freeze::take(&mut m)?;
    m.finish()?;
    let freeze = checked(freeze, act)?.ok_or_else(|| ApplyError::Malformed("`freeze` is missing".into()))?;
    if act.is_own() {
        must_be_live(&record)?;
    }
    set_measure(&mut record, act.desk(), Some(freeze));
    Ok(records.put(&record)?)
}

fn lift(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = between(records, act, view)?;
    only_said(view)?;
    if act.is_own() && !measures(&record).iter().any(|m| m.by == act.desk()) {
        return Err(ApplyError::NotAllowed("this desk has no interim measure in this dispute".into()));
    }
    set_measure(&mut record, act.desk(), None);
    Ok(records.put(&record)?)
}

/// A neutral or a remedy is proposed; what a neutral has awarded is agreed to by being awarded.
fn propose(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = between(records, act, view)?;
    let mut m = view.members()?;
    let id = m.read("proposal", Id::parse)?;
    m.need("said")?;
    let of = if view.def.kind == NEUTRAL { Proposed::Neutral } else { Proposed::Remedy };
    let mut proposal = Proposal { id, of, by: act.desk(), agreed: false, due: None, owes: None, row: view.row.0 };
    if of == Proposed::Remedy {
        let owes = m.read("owes", Id::parse)?;
        proposal.due = Some(m.read("due", Timestamp::parse)?);
        proposal.owes = Some(owes);
        proposal.agreed = m.need("awarded")?.truth() == Some(true);
        if ![Some(act.own_desk), record.partner].contains(&Some(owes)) {
            return Err(ApplyError::Malformed("a remedy is carried out by one of the two desks".into()));
        }
    }
    m.finish()?;
    let mut all = proposals(&record);
    if all.len() >= MOST || all.iter().any(|p| p.id == id) {
        return Err(ApplyError::NotAllowed("it was proposed already, or too much was".into()));
    }
    if act.is_own() {
        must_be(&record, &LADDER)?;
    }
    all.push(proposal);
    set_proposals(&mut record, &all);
    if proposal.agreed {
        take_remedy(&mut record, &proposal);
    }
    Ok(records.put(&record)?)
}

/// A remedy is agreed or awarded: it leaves the ladder. One that was agreed before its desk knew of the closing opens it again, once:
/// whoever closes it the second time has the other desk's answer, and no old act opens it for ever.
fn take_remedy(record: &mut Record, remedy: &Proposal) {
    let closed = record.is(State::Closed) && !has_crossed(record);
    if closed {
        record.set("crossed", true);
    }
    if closed || record.in_state().and_then(rung).is_some() {
        record.set_state(State::Remedy);
        record.due = remedy.due;
        record.set("stage_due", remedy.due.map(|due| due.to_string()));
    }
}

fn agree(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = between(records, act, view)?;
    let mut m = view.members()?;
    let id = m.read("proposal", Id::parse)?;
    m.finish()?;
    let mut all = proposals(&record);
    let Some(proposal) = all.iter_mut().find(|p| p.id == id) else {
        return Err(ApplyError::NotAllowed("there is no such proposal".into()));
    };
    if proposal.by == act.desk() {
        return Err(ApplyError::Authority("what a desk proposes is agreed to by the other".into()));
    }
    if act.is_own() {
        must_be(&record, &LADDER)?;
    }
    proposal.agreed = true;
    let agreed = *proposal;
    set_proposals(&mut record, &all);
    if agreed.of == Proposed::Remedy {
        take_remedy(&mut record, &agreed);
    }
    Ok(records.put(&record)?)
}

fn may_comply(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    let inputs = party(actor, record, &[State::Remedy.any()])?;
    if !owed(record).iter().any(|p| p.owes == Some(actor.own_desk)) {
        return Err(ApplyError::Authority("a remedy is carried out by the desk that owes it".into()));
    }
    Ok(inputs)
}

fn comply(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = between(records, act, view)?;
    let mut m = view.members()?;
    let id = m.read("proposal", Id::parse)?;
    m.need("said")?;
    m.finish()?;
    if act.is_own() {
        must_be(&record, &[State::Remedy])?;
    }
    if !agreed_remedies(&record).iter().any(|p| p.id == id && p.owes == Some(act.desk())) {
        return Err(ApplyError::Authority("a remedy is carried out by the desk that owes it".into()));
    }
    let mut done = complied_with(&record);
    if !done.contains(&id) {
        done.push(id);
    }
    record.set("complied", done.iter().map(Id::to_string).collect::<Vec<_>>());
    Ok(records.put(&record)?)
}

/// Whether one desk closed it before it knew that the other had agreed to a remedy: then it stays open, and both see why.
pub fn has_crossed(record: &Record) -> bool {
    record.terms.get("crossed").and_then(Json::truth) == Some(true)
}

fn close(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = between(records, act, view)?;
    let mut m = view.members()?;
    m.list("remedies", Id::parse)?;
    let keep = m.read("keep", Timestamp::parse)?;
    m.finish()?;
    let known = known_to(&record, view);
    may_close(&record, act.desk(), &known)?;
    if act.is_own() {
        must_be_live(&record)?;
    }
    if record.is_purged() {
        return Ok(());
    }
    if known.len() < agreed_remedies(&record).len() {
        if act.is_own() {
            return Err(ApplyError::Malformed("a dispute is closed with all remedies that were agreed".into()));
        }
        record.set("crossed", true);
        return Ok(records.put(&record)?);
    }
    // What the other desk closes again says nothing more.
    if record.is(State::Closed) {
        return Ok(());
    }
    record.set_state(State::Closed);
    record.set("closed", act.now().to_string());
    record.set("closed_with", known.len() as i64);
    // How long this desk keeps what was said, its own law says, and no partner.
    let own = accountability::ends(Period::KeepDispute, act.now(), &Calendar::default());
    record.due = Some(if act.is_own() { keep } else { own });
    Ok(records.put(&record)?)
}
