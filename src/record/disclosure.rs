//! Disclosures: items that are shared with a partner for a purpose and a time; proposed by one person, released by another.
//!
//! A proposal that waits stays at home and lists its items; what leaves is an act addressed to the partner that holds
//! the copies: the release, or the proposal itself where no second person is needed. Where an emergency is claimed, the
//! act that leaves is that of the second person who joins the claim; its validation is asked for within 48 hours.
//!
//! What leaves as a file in a foreign format is a disclosure like any other: `disclosure-export` makes one whose record stays at home, and
//! `disclosure-written` notes each file that was written of one. No bundle carries it then.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, SHARED_TERMS, WhenDue, moved, must_be, need, no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{ChangeRow, KNOWN_AS, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::act::header::Audience;
use crate::object;
use crate::value::class::{DeleteCause, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::person::Person;
use crate::value::timestamp::{Duration, Timestamp};

states! {
    /// Where a disclosure stands.
    Disclosure {
        /// It waits for its second person.
        Proposed = "proposed" "proposed" Waiting,
        /// It leaves, or has left.
        Released = "released" "released" Good,
        /// The partner was told to delete it.
        Recalled = "recalled" "recalled" Stopped,
        /// A partner made it.
        Received = "received" "received" Good,
    }
}

/// `disclosure`: proposed → released → recalled; received at the partner's.
pub const KIND: KindDef = KindDef {
    kind: Kind::Disclosure,
    prefix: "D",
    title: "Disclosure",
    states: STATES,
    content: Content::WithItems,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &["purpose"] },
    changes: &[
        ChangeDef::first(
            PROPOSE,
            AudienceRule::OwnDeskOrAddressed,
            Moves::Makes,
            Some(RECALL),
            propose_gate_inputs,
            propose,
        ),
        ChangeDef::following(ITEM, &[PROPOSE], Moves::AnyState, item),
        ChangeDef::first(RELEASE, AudienceRule::Addressed, Moves::Makes, Some(RECALL), release_gate_inputs, release)
            .with_precheck(precheck_release),
        ChangeDef::first(JOIN, AudienceRule::Addressed, Moves::Makes, Some(RECALL), join_gate_inputs, release)
            .with_precheck(precheck_join),
        ChangeDef::first(
            VALIDATE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Released.any()]),
            None,
            validate_gate_inputs,
            validate,
        )
        .with_precheck(precheck_validation),
        ChangeDef::first(EXPORT, AudienceRule::OwnDesk, Moves::Makes, Some(RECALL), propose_gate_inputs, export),
        ChangeDef::first(
            WRITTEN,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Released.any()]),
            None,
            no_gate_inputs,
            written,
        ),
        ChangeDef::first(
            RECEIPT,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Released.any(), State::Recalled.any()]),
            None,
            no_gate_inputs,
            receipt,
        )
        .with_precheck(precheck_receipt),
        ChangeDef::first(
            RECALL,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Released.any()]),
            None,
            no_gate_inputs,
            recall,
        ),
    ],
};

/// The member of a first change's terms that lists the distinct facts that the gate was asked with.
pub const ASKED: &str = "asked";
/// The first change of a proposal; where it leaves at once, of the disclosure itself.
pub const PROPOSE: ChangeKind = ChangeKind::new("disclosure-propose");
/// The first change of a release.
pub const RELEASE: ChangeKind = ChangeKind::new("disclosure-release");
/// The first change of the act of an emergency's second person.
pub const JOIN: ChangeKind = ChangeKind::new("disclosure-join");
/// The first change of an emergency's validation.
pub const VALIDATE: ChangeKind = ChangeKind::new("disclosure-validate");
/// The first change of a recall.
pub const RECALL: ChangeKind = ChangeKind::new("disclosure-recall");
/// The first change of a disclosure that leaves as a file, and whose record stays here.
pub const EXPORT: ChangeKind = ChangeKind::new("disclosure-export");
/// The first change that notes a file that was written of a disclosure.
pub const WRITTEN: ChangeKind = ChangeKind::new("disclosure-written");
/// The first change that notes what a partner without comity says of a disclosure.
pub const RECEIPT: ChangeKind = ChangeKind::new("disclosure-receipt");
/// The first changes of the acts that hold copies.
pub const LEAVES: [ChangeKind; 4] = [PROPOSE, RELEASE, JOIN, EXPORT];
/// How long an emergency may wait for its validation (Regulation (EU) 2023/1543, Article 4(5)).
pub const VALIDATION: Duration = Duration::hours(48);
/// An item of a proposal that waits.
pub const ITEM: ChangeKind = ChangeKind::new("disclosure-item");

/// What a disclosure says of itself.
#[derive(Clone, PartialEq, Debug)]
pub struct Terms {
    /// To whom.
    pub to: Id,
    /// For what.
    pub purpose: String,
    /// In how many days the partner must delete it, counted from the release.
    pub delete_after_days: i64,
    /// Whether it goes to named people.
    pub named: bool,
    /// Who proposed it.
    pub proposed_by: Person,
    /// Whether an imminent risk to life is claimed.
    pub emergency: bool,
    /// Whether it leaves as a file and not in a bundle.
    pub as_file: bool,
    /// The task force under whose charter it is given, where one is named.
    pub taskforce: Option<Id>,
    /// The distinct facts that the gate was asked with; each copy names its own by number. Set by the gate's caller.
    pub asked: Vec<Json>,
    /// The distinct terms of the copies, where these name theirs by number.
    pub classes: Vec<Json>,
}

impl Terms {
    /// Reads them out of a change or a record.
    pub fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let terms = Self {
            to: m.read("to", Id::parse)?,
            purpose: m.read("purpose", token)?,
            delete_after_days: m.count("delete_after_days")? as i64,
            named: m
                .need("named")?
                .truth()
                .ok_or_else(|| ApplyError::Malformed("`named` is not a truth value".into()))?,
            proposed_by: m.read("proposed_by", Person::parse)?,
            emergency: match m.maybe("emergency") {
                None => false,
                Some(claim) if claim.truth() == Some(true) => true,
                Some(_) => return Err(ApplyError::Malformed("`emergency` is true or is not there".into())),
            },
            as_file: match m.maybe(AS_FILE) {
                None => false,
                Some(file) if file.truth() == Some(true) => true,
                Some(_) => return Err(ApplyError::Malformed("`as_file` is true or is not there".into())),
            },
            taskforce: match m.maybe(TASKFORCE) {
                None => None,
                Some(id) => {
                    let id = id.text().and_then(Id::parse);
                    Some(id.ok_or_else(|| ApplyError::Malformed("`taskforce` is not an id".into()))?)
                }
            },
            asked: m
                .need("asked")?
                .items()
                .ok_or_else(|| ApplyError::Malformed("`asked` is not a list".into()))?
                .to_vec(),
            classes: match m.maybe(SHARED_TERMS) {
                None => Vec::new(),
                Some(list) => {
                    list.items().ok_or_else(|| ApplyError::Malformed("`classes` is not a list".into()))?.to_vec()
                }
            },
        };
        m.finish()?;
        Ok(terms)
    }

    /// The terms as JSON.
    pub fn to_json(&self) -> Json {
        let mut json = object! {
            "to" => self.to.to_string(),
            "purpose" => self.purpose.as_str(),
            "delete_after_days" => self.delete_after_days,
            "named" => self.named,
            "proposed_by" => self.proposed_by.to_string(),
        };
        if self.emergency {
            json.set("emergency", true);
        }
        if self.as_file {
            json.set(AS_FILE, true);
        }
        if let Some(taskforce) = self.taskforce {
            json.set(TASKFORCE, taskforce.to_string());
        }
        json.set("asked", self.asked.clone());
        if !self.classes.is_empty() {
            json.set(SHARED_TERMS, self.classes.clone());
        }
        json
    }

    /// The terms without the facts and the copies' terms: what a release must repeat of its proposal.
    fn without_facts(self) -> Self {
        Self { asked: Vec::new(), classes: Vec::new(), ..self }
    }
}

/// The member of a first change's terms that names the task force under whose charter a disclosure is given.
pub const TASKFORCE: &str = "taskforce";
/// The member of a first change's terms that says that a disclosure leaves as a file.
const AS_FILE: &str = "as_file";

/// Whether a disclosure claims an emergency.
pub fn is_emergency(record: &Record) -> bool {
    record.terms.get("emergency").and_then(Json::truth) == Some(true)
}

/// The desks to which the copies of an act go: those that it is addressed to, or the partner that a file is for.
pub fn recipients(act: &ActContext<'_>) -> Vec<Id> {
    let file = act.is_own() && act.first.get(AS_FILE).and_then(Json::truth) == Some(true);
    let to = act.first.get("to").and_then(Json::text).and_then(Id::parse).filter(|_| file);
    to.map_or_else(|| act.recipients(), |to| vec![to])
}

/// The content of a disclosure.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct DisclosureContent {
    /// The named people it goes to.
    pub named: Vec<String>,
    /// The risk to life, where one is claimed.
    pub risk: Option<String>,
}

impl DisclosureContent {
    /// Reads it from the content of a record.
    pub fn read(content: Option<&Json>) -> Self {
        let named = content.and_then(|c| c.get("named")).and_then(Json::items).unwrap_or_default();
        let risk = content.and_then(|c| c.get("emergency")).and_then(Json::text);
        Self {
            named: named.iter().filter_map(|n| n.text().map(str::to_owned)).collect(),
            risk: risk.map(str::to_owned),
        }
    }
}

/// The first change of a proposal, a release or a joining.
pub fn first(id: Id, kind: ChangeKind, terms: &Terms, said: &DisclosureContent, salt: Salt) -> Change {
    let mut content = object! {};
    if !said.named.is_empty() {
        content.set("named", said.named.clone());
    }
    if let Some(risk) = &said.risk {
        content.set("emergency", risk.as_str());
    }
    if content.members().is_some_and(|m| m.is_empty()) {
        Change::of_terms(id, kind, &terms.to_json())
    } else {
        Change::with_content(id, kind, &terms.to_json(), &content, salt)
    }
}

/// Whether an emergency was one, with reasons.
pub fn validated(id: Id, outcome: Outcome, reasons: &str, salt: Salt) -> Change {
    Change::with_content(id, VALIDATE, &object! { "outcome" => outcome }, &object! { "reasons" => reasons }, salt)
}

/// The recall of a disclosure; the order to delete is an act of its own, for the partner.
pub fn recalled(id: Id, cause: DeleteCause) -> Change {
    Change::of_terms(id, RECALL, &object! { "cause" => cause })
}

/// Notes a file that is written of a disclosure: its format, whether it is sealed, and its digest.
pub fn written_as(id: Id, format: &str, sealed: bool, digest: &Digest, salt: Salt) -> Change {
    let terms = object! { "format" => format, "sealed" => sealed };
    Change::with_content(id, WRITTEN, &terms, &object! { "sha256" => digest.to_string() }, salt)
}

/// Notes what a partner says that sends no bundles; `reference` names its letter or the call.
pub fn received(id: Id, to: Id, said: Receipt, reference: &str, salt: Salt) -> Change {
    let terms = object! { "to" => to.to_string(), "said" => said };
    Change::with_content(id, RECEIPT, &terms, &object! { "reference" => reference }, salt)
}

/// The partner of which a receipt says that it has deleted what it got.
pub fn deleted_at(act: &ActContext<'_>) -> Option<Id> {
    let word = |key: &str| act.first.get(key).and_then(Json::text);
    let deleted = act.is_own() && word("said").and_then(Receipt::parse) == Some(Receipt::Deleted);
    word("to").and_then(Id::parse).filter(|_| deleted)
}

words! {
    /// What a partner says of what it got.
    Receipt {
        /// It has it.
        Received = "received",
        /// It has deleted it.
        Deleted = "deleted",
    }
}

words! {
    /// How the validation of an emergency stands.
    Validation {
        /// Nobody has validated it yet.
        Pending = "pending",
        /// It was one.
        Approved = "approved",
        /// It was none.
        Refused = "refused",
        /// Nobody validated it in time.
        Lapsed = "lapsed",
    }
}

words! {
    /// What the validation of an emergency comes to.
    Outcome {
        /// It was one.
        Approved = "approved",
        /// It was none.
        Refused = "refused",
    }
}

impl From<Outcome> for Validation {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Approved => Self::Approved,
            Outcome::Refused => Self::Refused,
        }
    }
}

/// How the validation of an emergency stands. `None`: none was claimed, or nobody has joined the claim yet.
pub fn validation(record: &Record, now: Timestamp) -> Option<Validation> {
    let stands = record.text("validation").and_then(Validation::parse)?;
    let has_ended = || record.instant("at").is_none_or(|at| now >= at.plus(VALIDATION));
    Some(if stands == Validation::Pending && has_ended() { Validation::Lapsed } else { stands })
}

/// Why a disclosure that is recalled must be deleted.
pub fn delete_cause(record: &Record, now: Timestamp) -> DeleteCause {
    match validation(record, now) {
        Some(Validation::Refused | Validation::Lapsed) => DeleteCause::NotValidated,
        _ => DeleteCause::Recalled,
    }
}

/// Whether the partner must delete what it got, since an emergency was not validated.
pub fn is_unvalidated(record: &Record, now: Timestamp) -> bool {
    record.is(State::Released) && delete_cause(record, now) == DeleteCause::NotValidated
}

/// Who joined the claim of an emergency.
pub fn joined_by(record: &Record) -> Option<Person> {
    record.text("joined_by").and_then(Person::parse)
}

/// An item of a proposal that waits; `asked` is the number of its facts in the proposal's terms.
pub fn proposed_item(item: Id, asked: i64) -> Change {
    Change::of_terms(item, ITEM, &object! { "asked" => asked })
}

/// By when the copies of a disclosure must be deleted, from its first change's terms and the time of its act.
pub fn delete_by(act: &ActContext<'_>) -> Option<Timestamp> {
    let days = act.first.get("delete_after_days").and_then(Json::int)?;
    Some(act.now().plus(crate::value::timestamp::Duration::days(days)))
}

fn propose_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let terms = Terms::read(view.terms)?;
    if terms.as_file != (view.def.kind == EXPORT) {
        return Err(ApplyError::Malformed("only what is exported leaves as a file".into()));
    }
    if terms.proposed_by != act.member() {
        return Err(ApplyError::Authority("a disclosure is proposed by whoever signs the proposal".into()));
    }
    if act.is_own() {
        need(records, terms.to, Kind::Partner)?;
    }
    // Whether the partner is fit is asked of every item, by G-01 to G-03.
    Ok(GateInputs { purpose: Some(terms.purpose), ..GateInputs::default() })
}

fn proposal(record: &Record) -> Result<GateInputs, ApplyError> {
    let terms = Terms::read(&of_record(record))?;
    Ok(GateInputs { first: Some(terms.proposed_by), purpose: Some(terms.purpose), ..GateInputs::default() })
}

fn precheck_release(_: &dyn RecordStore, _: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    must_be(record, &[State::Proposed])?;
    if record.terms.get("emergency").is_some() {
        return Err(ApplyError::NotAllowed("it claims an emergency: a second person joins it".into()));
    }
    proposal(record)
}

fn precheck_join(_: &dyn RecordStore, _: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    must_be(record, &[State::Proposed])?;
    if record.terms.get("emergency").is_none() {
        return Err(ApplyError::NotAllowed("it claims no emergency: it is released".into()));
    }
    proposal(record)
}

fn precheck_validation(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    match validation(record, actor.now) {
        Some(Validation::Pending) => {}
        Some(other) => return Err(ApplyError::NotAllowed(format!("its validation is {other} already"))),
        None => {
            return Err(ApplyError::NotAllowed("no emergency was joined: there is nothing to validate".into()));
        }
    }
    if joined_by(record) == Some(actor.person) {
        return Err(ApplyError::NotAllowed("whoever joined the claim of an emergency does not validate it".into()));
    }
    proposal(record)
}

fn release_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let terms = Terms::read(view.terms)?;
    if act.is_own() {
        let proposal = need(records, view.record, Kind::Disclosure)?;
        must_be(&proposal, &[State::Proposed])?;
        let proposed = Terms::read(&of_record(&proposal))?;
        if terms.clone().without_facts() != proposed.without_facts() {
            return Err(ApplyError::Authority("a release says something else than its proposal".into()));
        }
    }
    Ok(GateInputs { first: Some(terms.proposed_by), purpose: Some(terms.purpose), ..GateInputs::default() })
}

fn join_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    if !Terms::read(view.terms)?.emergency {
        return Err(ApplyError::Authority(
            "only the claim of an emergency is joined; anything else is released".into(),
        ));
    }
    release_gate_inputs(records, act, view)
}

fn validate_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    only_own_desk(act)?;
    precheck_validation(records, &act.actor(act.own_desk), &need(records, view.record, Kind::Disclosure)?)
}

/// The terms of a disclosure's record without what applying added.
pub fn of_record(record: &Record) -> Json {
    let mut json = Json::clone(&record.terms);
    for added in ["row", "at", "joined_by", "validation", "recalled", FILES, RECEIPTS, KNOWN_AS] {
        json.remove(added);
    }
    json
}

fn record_of(act: &ActContext<'_>, view: &ChangeView<'_>, state: State) -> Result<Record, ApplyError> {
    let terms = Terms::read(view.terms)?;
    let addressed = act.recipients();
    if !addressed.is_empty() && addressed != [terms.to] {
        return Err(ApplyError::Authority("a disclosure names another desk than it is addressed to".into()));
    }
    let mut record = Record::new(view.record, state, act.desk());
    record.partner = Some(if act.is_own() { terms.to } else { act.desk() });
    record.terms = view.terms.clone().into();
    record.set("row", view.row.0);
    record.set("at", act.now().to_string());
    record.body = view.body();
    Ok(record)
}

fn propose(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let state = match (act.is_own(), &act.header.audience) {
        (true, Audience::OwnDesk) => State::Proposed,
        (true, _) => State::Released,
        (false, _) => State::Received,
    };
    let record = record_of(act, view, state)?;
    put_new(records, &record)
}

fn export(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    if !Terms::read(view.terms)?.as_file {
        return Err(ApplyError::Malformed("what leaves as a file says so".into()));
    }
    put_new(records, &record_of(act, view, State::Released)?)
}

/// The member of a record's terms that counts the files that were written of it.
const FILES: &str = "files";
/// The member of a record's terms with what its partner said by hand: each word, and when.
const RECEIPTS: &str = "receipts";

/// How many files were written of a disclosure.
pub fn files_of(record: &Record) -> i64 {
    record.terms.get(FILES).and_then(Json::int).unwrap_or(0)
}

/// When its partner said something of a disclosure, as somebody recorded by hand.
pub fn said_at(record: &Record, said: Receipt) -> Option<Timestamp> {
    record.terms.get(RECEIPTS)?.get(said.word())?.text().and_then(Timestamp::parse)
}

fn written(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Disclosure)?;
    let mut m = view.members()?;
    m.read("format", token)?;
    m.need("sealed")?.truth().ok_or_else(|| ApplyError::Malformed("`sealed` is not a truth value".into()))?;
    m.finish()?;
    record.set(FILES, files_of(&record) + 1);
    // What has gone as a file goes no second time in a bundle.
    if let (Some(to), Some(row)) = (record.partner, record.terms.get("row").and_then(Json::int)) {
        records.waits_no_more(to, ChangeRow(row))?;
    }
    Ok(records.put(&record)?)
}

fn precheck_receipt(records: &dyn RecordStore, _: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    let partner = record.partner.map(|p| need(records, p, Kind::Partner)).transpose()?;
    let is_without_card = partner.as_ref().is_some_and(super::partner::is_without_card);
    if files_of(record) == 0 && !is_without_card {
        return Err(ApplyError::NotAllowed("it went in a bundle: the partner's own acts say what became of it".into()));
    }
    Ok(GateInputs::default())
}

fn receipt(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Disclosure)?;
    precheck_receipt(records, &act.actor(act.own_desk), &record)?;
    let mut m = view.members()?;
    let to = m.read("to", Id::parse)?;
    let said = m.read("said", Receipt::parse)?;
    m.finish()?;
    if record.partner != Some(to) {
        return Err(ApplyError::Malformed("a receipt names another partner than its disclosure".into()));
    }
    let mut all = record.terms.get(RECEIPTS).cloned().unwrap_or_else(|| object! {});
    all.set(said.word(), act.now().to_string());
    record.set(RECEIPTS, all);
    Ok(records.put(&record)?)
}

fn item(_: &mut dyn RecordStore, act: &ActContext<'_>, _: &ChangeView<'_>) -> Result<(), ApplyError> {
    if act.header.audience == Audience::OwnDesk {
        Ok(())
    } else {
        Err(ApplyError::Authority("a list of proposed items does not travel".into()))
    }
}

fn release(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let released = record_of(act, view, if act.is_own() { State::Released } else { State::Received })?;
    if !act.is_own() {
        return put_new(records, &released);
    }
    let proposal = need(records, view.record, Kind::Disclosure)?;
    must_be(&proposal, &[State::Proposed])?;
    let mut released = released;
    if view.def.kind == JOIN {
        released.set("joined_by", act.member().to_string());
        released.set("validation", Validation::Pending);
        released.due = Some(act.now().plus(VALIDATION));
    }
    Ok(records.put(&released)?)
}

fn validate(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Disclosure)?;
    let mut m = view.members()?;
    let outcome = m.read("outcome", Outcome::parse)?;
    m.finish()?;
    record.set("validation", Validation::from(outcome));
    record.due = None;
    Ok(records.put(&record)?)
}

fn recall(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Disclosure)?;
    let mut m = view.members()?;
    let cause = m.read("cause", DeleteCause::parse)?;
    m.finish()?;
    if cause != delete_cause(&record, act.now()) {
        return Err(ApplyError::Authority("a recall names another cause than the record has".into()));
    }
    record.set_state(State::Recalled);
    record.set("recalled", act.now().to_string());
    record.due = None;
    Ok(records.put(&record)?)
}
