//! Complaints and redress: received, acknowledged, examined, decided, closed when every remedy was carried out. Who complains, of
//! whom and in which words is content of the complaint alone, and dies with it.

use super::definition::text_to_partner_gate_inputs;
use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, need, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

words! {
    /// The right that is invoked.
    Right {
        /// To know what is held.
        Access = "access",
        /// That it be put right.
        Rectify = "rectify",
        /// That it be erased.
        Erase = "erase",
        /// That it be used for nothing more.
        Restrict = "restrict",
        /// Against its use at all.
        Object = "object",
        /// A remedy for what was done.
        Remedy = "remedy",
        /// Against misuse.
        Misuse = "misuse",
    }
}

words! {
    /// How a complaint came.
    Channel {
        /// By letter.
        Letter = "letter",
        /// By electronic mail.
        Mail = "mail",
        /// In person.
        Person = "person",
        /// Through the supervisory authority.
        Authority = "authority",
        /// Through a lawyer.
        Lawyer = "lawyer",
        /// From a partner desk.
        Partner = "partner",
    }
}

words! {
    /// How a complaint ends.
    Outcome {
        /// All necessary verifications took place; nothing more is said.
        Checked = "checked",
        /// It is right.
        Upheld = "upheld",
        /// It is right in part.
        Partly = "partly",
        /// It is not.
        Rejected = "rejected",
    }
}

words! {
    /// What is owed to whoever was right.
    Remedy {
        /// What is held is erased.
        Erase = "erase",
        /// What is held is told.
        Access = "access",
        /// It is put right.
        Correct = "correct",
        /// It is used for nothing more.
        Restrict = "restrict",
        /// Recipients are told.
        NotifyRecipients = "notify-recipients",
        /// It is no evidence any more.
        ExcludeEvidence = "exclude-evidence",
        /// An apology.
        Apology = "apology",
        /// Compensation.
        Compensation = "compensation",
        /// Discipline.
        Discipline = "discipline",
        /// The way of working is changed.
        PolicyChange = "policy-change",
    }
}

words! {
    /// Why the person is not told all of it, as the law lists it (LED Art. 15(1)).
    Restriction {
        /// Inquiries or procedures would be obstructed.
        Inquiries = "inquiries",
        /// Criminal offences could not be prevented, detected or prosecuted.
        Offences = "offences",
        /// Public security.
        PublicSecurity = "public-security",
        /// National security.
        NationalSecurity = "national-security",
        /// Rights and freedoms of others.
        Others = "others",
    }
}

states! {
    /// Where a complaint stands.
    Complaint {
        /// It came.
        Received = "received" "received" Waiting,
        /// Who complains was told that it came.
        Acknowledged = "acknowledged" "acknowledged" Waiting,
        /// Everything was searched.
        Examined = "examined" "examined" Waiting,
        /// It is decided, and nothing is owed.
        Decided = "decided" "decided" Good,
        /// It is decided, and something is owed.
        Remedy = "remedy" "remedy" Stopped,
        /// Another authority leads it.
        Referred = "referred" "referred" Neutral,
        /// All of it is done.
        Closed = "closed" "closed" Over,
        /// What it said was erased.
        Purged = "purged" "purged" Erased,
    }
}

/// Where not all of it is told, or no longer: also after it was decided, since a restriction lasts as long as its ground.
const RESTRICTABLE: &[RecordState] = &[
    State::Received.any(),
    State::Acknowledged.any(),
    State::Examined.any(),
    State::Decided.any(),
    State::Remedy.any(),
    State::Closed.any(),
];
const HEARD: &[RecordState] = &[State::Acknowledged.any(), State::Examined.any()];
/// The states in which it is not closed, and all of it can still be read.
pub const ANY_OPEN: &[RecordState] = &[
    State::Received.any(),
    State::Acknowledged.any(),
    State::Examined.any(),
    State::Decided.any(),
    State::Remedy.any(),
    State::Referred.any(),
];

/// `complaint`: received → acknowledged → examined → decided → remedy → closed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Complaint,
    prefix: "CP",
    title: "Complaint",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from: |_, _| None },
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &["text"], terms: &["right"] },
    changes: &[
        ChangeDef::first(RECEIVE, AudienceRule::OwnDesk, Moves::Makes, None, text_to_partner_gate_inputs, receive),
        ChangeDef::first(
            ACKNOWLEDGE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Received.any()]),
            None,
            super::definition::no_gate_inputs,
            acknowledge,
        ),
        ChangeDef::first(
            RESTRICT,
            AudienceRule::OwnDesk,
            Moves::From(RESTRICTABLE),
            None,
            text_to_partner_gate_inputs,
            restrict,
        ),
        ChangeDef::first(
            LIFT,
            AudienceRule::OwnDesk,
            Moves::From(RESTRICTABLE),
            None,
            text_to_partner_gate_inputs,
            lift,
        )
        .with_precheck(|_, _, record| is_restricted(record)),
        ChangeDef::first(
            EXAMINE,
            AudienceRule::OwnDesk,
            Moves::From(HEARD),
            None,
            text_to_partner_gate_inputs,
            examine,
        ),
        ChangeDef::first(DECIDE, AudienceRule::OwnDesk, Moves::From(HEARD), None, decide_gate_inputs, decide)
            .with_precheck(|records, _, record| {
                // The command searches first, where nobody has.
                Ok(GateInputs { open: Vec::new(), ..decide_inputs(records, record)? })
            }),
        ChangeDef::first(
            DONE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Remedy.any()]),
            None,
            text_to_partner_gate_inputs,
            carried_out,
        )
        .with_precheck(|records, _, record| may_carry_out(records, record)),
        ChangeDef::first(
            REFER,
            AudienceRule::OwnDeskOrAddressed,
            Moves::Shared,
            None,
            text_to_partner_gate_inputs,
            refer,
        )
        .copying()
        .with_precheck(may_refer),
        ChangeDef::first(
            RECALL,
            AudienceRule::OwnDeskOrAddressed,
            Moves::Shared,
            None,
            text_to_partner_gate_inputs,
            recall,
        )
        .with_precheck(may_recall),
        ChangeDef::first(
            REPORT_BACK,
            AudienceRule::Addressed,
            Moves::Shared,
            None,
            text_to_partner_gate_inputs,
            report_back,
        )
        .with_precheck(may_report_back),
        ChangeDef::first(
            CLOSE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Decided.any(), State::Remedy.any(), State::Referred.any()]),
            None,
            close_gate_inputs,
            close,
        )
        .with_precheck(|records, _, record| close_inputs(records, record)),
        ChangeDef::first(
            LETTER,
            AudienceRule::OwnDesk,
            Moves::AnyState,
            None,
            super::definition::no_gate_inputs,
            letter,
        ),
    ],
};

/// A complaint came.
pub const RECEIVE: ChangeKind = ChangeKind::new("complaint-receive");
/// Who complains was told that it came.
pub const ACKNOWLEDGE: ChangeKind = ChangeKind::new("complaint-acknowledge");
/// Who complains is not told all of it, for a reason that is looked at again.
pub const RESTRICT: ChangeKind = ChangeKind::new("complaint-restrict");
/// Who complains may be told all of it again.
pub const LIFT: ChangeKind = ChangeKind::new("complaint-lift");
/// Everything was searched.
pub const EXAMINE: ChangeKind = ChangeKind::new("complaint-examine");
/// It is decided.
pub const DECIDE: ChangeKind = ChangeKind::new("complaint-decide");
/// A remedy was carried out.
pub const DONE: ChangeKind = ChangeKind::new("complaint-done");
/// It is passed on to the authority that leads it.
pub const REFER: ChangeKind = ChangeKind::new("complaint-refer");
/// It is taken back from the authority that leads it.
pub const RECALL: ChangeKind = ChangeKind::new("complaint-recall");
/// The authority that leads it says what came of it.
pub const REPORT_BACK: ChangeKind = ChangeKind::new("complaint-report");
/// All of it is done.
pub const CLOSE: ChangeKind = ChangeKind::new("complaint-close");
/// A letter was written of it.
pub const LETTER: ChangeKind = ChangeKind::new("complaint-letter");

/// The dates that a complaint goes by.
#[derive(Clone, Copy, Debug)]
pub struct Dates {
    /// By when it is acknowledged.
    pub acknowledge_by: Timestamp,
    /// By when the person hears how it stands.
    pub progress_by: Timestamp,
    /// By when it is decided.
    pub decide_by: Timestamp,
    /// The day that an answer carries which neither confirms nor denies.
    pub answer_on: Timestamp,
}

impl Dates {
    fn into_terms(self, terms: &mut Json) {
        terms.set("acknowledge_by", self.acknowledge_by.to_string());
        terms.set("progress_by", self.progress_by.to_string());
        terms.set("decide_by", self.decide_by.to_string());
        terms.set("answer_on", self.answer_on.to_string());
    }

    fn take(m: &mut crate::value::json::Members<'_>) -> Result<Self, ApplyError> {
        let mut read = |key| m.read(key, Timestamp::parse);
        Ok(Self {
            acknowledge_by: read("acknowledge_by")?,
            progress_by: read("progress_by")?,
            decide_by: read("decide_by")?,
            answer_on: read("answer_on")?,
        })
    }
}

/// A complaint that came.
pub fn new(
    id: Id,
    right: Right,
    channel: Channel,
    about: Option<Id>,
    dates: Dates,
    content: &Json,
    salt: Salt,
) -> Change {
    let text = |key: &str| content.get(key).and_then(Json::text).unwrap_or_default();
    let said = ["from", "subject", "text"].iter().all(|key| !crate::value::text::is_blank(text(key)));
    let mut terms = object! {
        "right" => right, "channel" => channel, "about" => about.map(|id| id.to_string()), "said" => said,
    };
    dates.into_terms(&mut terms);
    Change::with_content(id, RECEIVE, &terms, content, salt)
}

/// Who complains was told that it came.
pub fn acknowledged(id: Id) -> Change {
    Change::of_terms(id, ACKNOWLEDGE, &object! {})
}

/// Who complains is not told all of it: on which ground, why, and when that is looked at again.
pub fn restricted(id: Id, ground: Restriction, review: Timestamp, because: &str, salt: Salt) -> Change {
    let terms = object! {
        "ground" => ground, "review" => review.to_string(), "said" => !crate::value::text::is_blank(because),
    };
    Change::with_content(id, RESTRICT, &terms, &object! { "because" => because }, salt)
}

/// Who complains may be told all of it again, and why.
pub fn lifted(id: Id, because: &str, salt: Salt) -> Change {
    let terms = object! { "said" => !crate::value::text::is_blank(because) };
    Change::with_content(id, LIFT, &terms, &object! { "because" => because }, salt)
}

/// Everything was searched. What was found is content: that there was something is said nowhere else.
pub fn examined(id: Id, note: &str, found: &[Id], salt: Salt) -> Change {
    let terms = object! { "said" => !crate::value::text::is_blank(note) };
    let found = found.iter().map(Id::to_string).collect::<Vec<_>>();
    Change::with_content(id, EXAMINE, &terms, &object! { "note" => note, "found" => found }, salt)
}

/// It is decided.
pub fn decided(id: Id, outcome: Outcome, remedies: &[Remedy], reasons: &str, salt: Salt) -> Change {
    let terms = object! {
        "outcome" => outcome, "remedies" => remedies.to_vec(), "said" => !crate::value::text::is_blank(reasons),
    };
    Change::with_content(id, DECIDE, &terms, &object! { "reasons" => reasons }, salt)
}

/// A remedy was carried out.
pub fn remedied(id: Id, remedy: Remedy, evidence: &str, salt: Salt) -> Change {
    let terms = object! { "remedy" => remedy, "said" => !crate::value::text::is_blank(evidence) };
    Change::with_content(id, DONE, &terms, &object! { "evidence" => evidence }, salt)
}

/// It is passed on: to a partner, with what was said and the dates there; or, without one, to an authority on paper.
pub fn referred(id: Id, right: Right, to: Option<Id>, dates: Dates, content: &Json, salt: Salt) -> Change {
    let mut terms = object! { "right" => right, "to" => to.map(|id| id.to_string()), "said" => true };
    dates.into_terms(&mut terms);
    Change::with_content(id, REFER, &terms, content, salt)
}

/// It is taken back from the partner that it was passed on to, or from another authority, and why.
pub fn recalled(id: Id, to: Option<Id>, because: &str, salt: Salt) -> Change {
    let terms = object! {
        "to" => to.map(|id| id.to_string()), "said" => !crate::value::text::is_blank(because),
    };
    Change::with_content(id, RECALL, &terms, &object! { "because" => because }, salt)
}

/// The authority that leads it says what came of it.
pub fn reported_back(id: Id, outcome: Outcome, text: &str, salt: Salt) -> Change {
    let terms = object! { "outcome" => outcome, "said" => !crate::value::text::is_blank(text) };
    Change::with_content(id, REPORT_BACK, &terms, &object! { "report" => text }, salt)
}

/// All of it is done; what it said is kept until a day.
pub fn closed(id: Id, keep: Timestamp) -> Change {
    Change::of_terms(id, CLOSE, &object! { "keep" => keep.to_string() })
}

/// A letter was written of it.
pub fn written(id: Id, of: &str, sha256: &str, salt: Salt) -> Change {
    Change::with_content(id, LETTER, &object! { "of" => of }, &object! { "sha256" => sha256 }, salt)
}

/// The record that it is about.
pub fn about(record: &Record) -> Option<Id> {
    record.id("about")
}

/// The remedies that are owed and not carried out.
pub fn open_remedies(records: &dyn RecordStore, record: &Record) -> Result<Vec<Remedy>, ApplyError> {
    let done = record.list("remedied", Remedy::parse);
    let mut open = Vec::new();
    for remedy in record.list("remedies", Remedy::parse) {
        let is_done = match (remedy, erasable(records, record)?) {
            // What the records can tell, nobody needs to say.
            (Remedy::Erase, Some(subject)) => subject.is_purged(),
            _ => done.contains(&remedy),
        };
        if !is_done {
            open.push(remedy);
        }
    }
    Ok(open)
}

/// The kinds whose records a member erases by name, with `retention purge`. Others go with what they are about, or by their own time.
const ERASED_BY_NAME: &[Kind] = &[Kind::Item, Kind::Request, Kind::Case];

/// The record that a complaint is about, where a member erases it by name: whether that was done, the record itself tells.
fn erasable(records: &dyn RecordStore, record: &Record) -> Result<Option<Record>, ApplyError> {
    let subject = about(record).map(|id| records.get(id)).transpose()?.flatten();
    Ok(subject.filter(|subject| ERASED_BY_NAME.contains(&subject.kind)))
}

fn receive(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.read("right", Right::parse)?;
    m.read("channel", Channel::parse)?;
    let about = m.maybe_read("about", Id::parse)?;
    m.need("said")?;
    let dates = Dates::take(&mut m)?;
    m.finish()?;
    if about.map(|id| records.get(id)).transpose()?.is_some_and(|found| found.is_none()) {
        return Err(ApplyError::NotAllowed("a complaint is about a record that is here".into()));
    }
    let mut record = Record::new(view.record, State::Received, act.own_desk);
    record.terms = view.terms.clone().into();
    record.set("received", act.now().to_string());
    record.due = Some(dates.acknowledge_by);
    record.body = view.body();
    put_new(records, &record)
}

/// When something is due next for a complaint that is open.
fn next_due(record: &Record) -> Option<Timestamp> {
    let review = record.instant("review");
    let next = match record.in_state() {
        Some(State::Received) => record.instant("acknowledge_by"),
        Some(State::Acknowledged | State::Examined | State::Remedy) if record.text("informed").is_none() => {
            record.instant("progress_by")
        }
        Some(State::Acknowledged | State::Examined) => record.instant("decide_by"),
        _ => None,
    };
    next.into_iter().chain(review).min()
}

fn acknowledge(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::Complaint)?;
    record.set_state(State::Acknowledged);
    record.set("acknowledged", act.now().to_string());
    record.due = next_due(&record);
    Ok(records.put(&record)?)
}

fn restrict(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Complaint)?;
    let mut m = view.members()?;
    let (ground, review) = (m.read("ground", Restriction::parse)?, m.read("review", Timestamp::parse)?);
    m.need("said")?;
    m.finish()?;
    if review <= act.now() {
        return Err(ApplyError::NotAllowed("a restriction is looked at again on a day that is still to come".into()));
    }
    record.set("restriction", ground);
    record.set("review", review.to_string());
    set_due(&mut record);
    Ok(records.put(&record)?)
}

/// Until when not all of it is told, and when that is looked at again; `None`: nothing is kept back.
pub fn restricted_until(record: &Record) -> Option<Timestamp> {
    record.instant("review").filter(|_| record.text("restriction").is_some())
}

fn is_restricted(record: &Record) -> Result<GateInputs, ApplyError> {
    if record.text("restriction").is_some() {
        Ok(GateInputs::default())
    } else {
        Err(ApplyError::NotAllowed("nothing is kept back from who complains".into()))
    }
}

fn lift(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Complaint)?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    is_restricted(&record)?;
    record.remove("restriction");
    record.remove("review");
    record.set("lifted", act.now().to_string());
    set_due(&mut record);
    Ok(records.put(&record)?)
}

/// Sets what is due next. One that is closed is kept as long as its closing said, whatever else is looked at.
fn set_due(record: &mut Record) {
    if !record.is(State::Closed) {
        record.due = next_due(record);
    }
}

fn examine(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Complaint)?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    record.set_state(State::Examined);
    record.set("examined", act.now().to_string());
    record.due = next_due(&record);
    Ok(records.put(&record)?)
}

/// Whose act it is about does not decide.
fn decide_inputs(records: &dyn RecordStore, record: &Record) -> Result<GateInputs, ApplyError> {
    let first = about(record).map(|id| records.author_of(id)).transpose()?.flatten();
    // Everything is searched before, whatever is decided.
    let open =
        if record.text("examined").is_some() { Vec::new() } else { vec!["the search of all records".to_owned()] };
    Ok(GateInputs { first, open, ..GateInputs::default() })
}

fn decide_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Complaint)?;
    let GateInputs { first, open, .. } = decide_inputs(records, &record)?;
    Ok(GateInputs { first, open, ..text_to_partner_gate_inputs(records, act, view)? })
}

fn decide(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Complaint)?;
    let mut m = view.members()?;
    let outcome = m.read("outcome", Outcome::parse)?;
    let remedies = m.list("remedies", Remedy::parse)?;
    m.need("said")?;
    m.finish()?;
    let right = matches!(outcome, Outcome::Upheld | Outcome::Partly);
    if right == remedies.is_empty() {
        return Err(ApplyError::NotAllowed(
            "whoever is right is owed a remedy, named with --remedy; whoever is not is owed none".into(),
        ));
    }
    record.set("outcome", outcome);
    record.set("remedies", remedies);
    record.set("decided", act.now().to_string());
    record.set("decided_by", act.member().to_string());
    record.set_state(if right { State::Remedy } else { State::Decided });
    record.due = next_due(&record);
    Ok(records.put(&record)?)
}

/// Remedies that somebody can say are carried out: that something is erased, its record tells.
fn may_carry_out(records: &dyn RecordStore, record: &Record) -> Result<GateInputs, ApplyError> {
    let open = open_remedies(records, record)?;
    let tells = erasable(records, record)?.is_some();
    let is_told = |remedy: &Remedy| *remedy == Remedy::Erase && tells;
    if open.iter().all(is_told) {
        return Err(ApplyError::NotAllowed(
            "no remedy is open but what its record tells: `retention purge` erases what is to be erased".into(),
        ));
    }
    Ok(GateInputs::default())
}

fn carried_out(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Complaint)?;
    let mut m = view.members()?;
    let remedy = m.read("remedy", Remedy::parse)?;
    m.need("said")?;
    m.finish()?;
    if !open_remedies(records, &record)?.contains(&remedy) {
        return Err(ApplyError::NotAllowed("no such remedy is owed".into()));
    }
    if remedy == Remedy::Erase && erasable(records, &record)?.is_some() {
        return Err(ApplyError::NotAllowed(
            "that it was erased is told by the record itself: erase it with `retention purge`".into(),
        ));
    }
    let mut done = record.list("remedied", Remedy::parse);
    done.push(remedy);
    record.set("remedied", done);
    Ok(records.put(&record)?)
}

fn may_refer(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    super::definition::must_be(record, &[State::Received, State::Acknowledged, State::Examined])?;
    if record.desk != actor.own_desk {
        return Err(ApplyError::Authority("a complaint that was passed on is not passed on again".into()));
    }
    Ok(GateInputs::default())
}

fn refer(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let right = m.read("right", Right::parse)?;
    let to = m.maybe_read("to", Id::parse)?;
    m.need("said")?;
    let dates = Dates::take(&mut m)?;
    m.finish()?;
    if act.is_own() {
        let mut record = need(records, view.record, Kind::Complaint)?;
        may_refer(records, &act.actor(act.own_desk), &record)?;
        if act.recipients() != to.into_iter().collect::<Vec<_>>() {
            return Err(ApplyError::Authority("a complaint is passed on to the desk that it is addressed to".into()));
        }
        if to.is_some_and(|to| recalled_from(&record).contains(&to)) {
            return Err(ApplyError::NotAllowed(
                "it was taken back from that partner: pass it on to another, or on paper".into(),
            ));
        }
        record.partner = to;
        record.set_state(State::Referred);
        record.set("referred", act.now().to_string());
        record.due = Some(dates.progress_by);
        return Ok(records.put(&record)?);
    }
    if to != Some(act.own_desk) {
        return Err(ApplyError::Authority("the complaint is passed on to another desk".into()));
    }
    let mut record = Record::new(view.record, State::Received, act.desk());
    record.partner = Some(act.desk());
    record.terms =
        object! { "right" => right, "channel" => Channel::Partner, "received" => act.now().to_string() }.into();
    let mut terms = Json::clone(&record.terms);
    dates.into_terms(&mut terms);
    record.terms = terms.into();
    record.due = Some(dates.acknowledge_by);
    record.body = view.body();
    put_new(records, &record)
}

/// The partners that it was taken back from.
fn recalled_from(record: &Record) -> Vec<Id> {
    record.list("recalled_from", Id::parse)
}

fn may_recall(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    super::definition::must_be(record, &[State::Referred])?;
    if record.desk != actor.own_desk {
        return Err(ApplyError::Authority("a complaint is taken back by the desk that it came to".into()));
    }
    if record.text("lead_outcome").is_some() {
        return Err(ApplyError::NotAllowed(
            "the authority that leads it has answered: write the answer with `complaint letter`, and close it".into(),
        ));
    }
    Ok(GateInputs { partner: record.partner, ..GateInputs::default() })
}

fn recall(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let to = m.maybe_read("to", Id::parse)?;
    m.need("said")?;
    m.finish()?;
    let mut record = need(records, view.record, Kind::Complaint)?;
    if act.is_own() {
        may_recall(records, &act.actor(act.own_desk), &record)?;
        if to != record.partner || act.recipients() != to.into_iter().collect::<Vec<_>>() {
            return Err(ApplyError::Authority("a complaint is taken back from whom it was passed on to".into()));
        }
        let mut from = recalled_from(&record);
        from.extend(to);
        record.set("recalled_from", from.iter().map(Id::to_string).collect::<Vec<_>>());
        record.partner = None;
        record.remove("referred");
        // It goes on from where it stood here; its own dates have run all the time.
        let stood = match (record.text("examined"), record.text("acknowledged")) {
            (Some(_), _) => State::Examined,
            (None, Some(_)) => State::Acknowledged,
            (None, None) => State::Received,
        };
        record.set_state(stood);
        record.due = next_due(&record);
        return Ok(records.put(&record)?);
    }
    if to != Some(act.own_desk) || record.desk != act.desk() {
        return Err(ApplyError::Authority("a complaint is taken back by the desk that passed it on".into()));
    }
    if record.is_purged() {
        return Ok(());
    }
    // What the person said is not needed here any more; what was decided meanwhile stays on record.
    record.set_state(State::Closed);
    record.set("recalled", act.now().to_string());
    record.due = Some(act.now());
    Ok(records.put(&record)?)
}

fn may_report_back(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    super::definition::must_be(record, &[State::Decided, State::Remedy])?;
    if record.desk == actor.own_desk || record.partner.is_none() {
        return Err(ApplyError::Authority("what came of a complaint is told to the desk that passed it on".into()));
    }
    Ok(GateInputs { partner: record.partner, ..GateInputs::default() })
}

fn report_back(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = need(records, view.record, Kind::Complaint)?;
    let mut m = view.members()?;
    let outcome = m.read("outcome", Outcome::parse)?;
    m.need("said")?;
    m.finish()?;
    if act.is_own() {
        may_report_back(records, &act.actor(act.own_desk), &record)?;
        if act.recipients() != [record.desk] {
            return Err(ApplyError::Authority("what came of a complaint is told to the desk that passed it on".into()));
        }
        record.set("reported_back", act.now().to_string());
    } else {
        let crossed = recalled_from(&record).contains(&act.desk());
        if record.desk != act.own_desk || (record.partner != Some(act.desk()) && !crossed) {
            return Err(ApplyError::Authority("only the authority that leads a complaint says what came of it".into()));
        }
        // An answer that crossed its being taken back decides nothing here.
        if record.partner != Some(act.desk()) {
            return Ok(());
        }
        record.set("lead_outcome", outcome);
    }
    Ok(records.put(&record)?)
}

fn close_inputs(records: &dyn RecordStore, record: &Record) -> Result<GateInputs, ApplyError> {
    let mut open: Vec<String> = open_remedies(records, record)?.iter().map(|r| format!("remedy {r}")).collect();
    if record.is(State::Referred) && record.partner.is_some() && record.text("lead_outcome").is_none() {
        open.push("the answer of the authority that leads it".into());
    }
    if record.text("channel").and_then(Channel::parse) == Some(Channel::Partner)
        && record.text("reported_back").is_none()
    {
        open.push("the answer to the desk that passed it on".into());
    }
    Ok(GateInputs { open, ..GateInputs::default() })
}

fn close_gate_inputs(
    records: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    close_inputs(records, &need(records, view.record, Kind::Complaint)?)
}

fn close(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Complaint)?;
    let mut m = view.members()?;
    let keep = m.read("keep", Timestamp::parse)?;
    m.finish()?;
    record.set_state(State::Closed);
    record.set("closed", act.now().to_string());
    record.due = Some(keep);
    Ok(records.put(&record)?)
}

words! {
    /// Which letter of a complaint it is.
    LetterOf {
        /// That it came.
        Acknowledgement = "acknowledgement",
        /// How it stands.
        Progress = "progress",
        /// That not all of it is told.
        Restriction = "restriction",
        /// How it was decided.
        Decision = "decision",
        /// That another authority leads it.
        Referral = "referral",
    }
}

fn letter(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = need(records, view.record, Kind::Complaint)?;
    let mut m = view.members()?;
    let of = m.read("of", LetterOf::parse)?;
    m.finish()?;
    if record.is_purged() {
        return Err(ApplyError::NotAllowed("what it said was erased: no letter can be written of it".into()));
    }
    let allowed = match of {
        LetterOf::Acknowledgement | LetterOf::Progress => true,
        LetterOf::Restriction => record.text("restriction").is_some(),
        LetterOf::Decision => record.text("outcome").is_some(),
        LetterOf::Referral => record.text("referred").is_some(),
    };
    if !allowed {
        return Err(ApplyError::NotAllowed(format!("there is no {of} yet that a letter could tell of")));
    }
    if of == LetterOf::Progress || of == LetterOf::Decision {
        record.set("informed", act.now().to_string());
    }
    if matches!(record.in_state(), Some(State::Received | State::Acknowledged | State::Examined | State::Remedy)) {
        record.due = next_due(&record);
    }
    Ok(records.put(&record)?)
}

/// Who decided a complaint.
pub fn decided_by(record: &Record) -> Option<Person> {
    record.text("decided_by").and_then(Person::parse)
}
