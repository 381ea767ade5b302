//! Members: enrolled and given roles by a certificate of the desk's root key, revoked from a position of the log on.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, must_be, need, no_gate_inputs, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::act::header::Header;
use crate::object;
use crate::seal::age_file;
use crate::seal::identity::PublicIdentity;
use crate::seal::sign::{PublicKey, SignatureError, Signer};
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::person::Person;
use crate::value::realm::Realm;

states! {
    /// Where a member stands.
    Member {
        /// They sign.
        Active = "active" "active" Good,
        /// They sign no more.
        Revoked = "revoked" "revoked" Stopped,
    }
}

/// `member`: active → revoked.
pub const KIND: KindDef = KindDef {
    kind: Kind::Member,
    prefix: "M",
    title: "Member",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Key,
    when_due: WhenDue::Nothing,
    line: Line { content: &["name"], terms: &[] },
    changes: &[
        ChangeDef::first(ADD, AudienceRule::Partners, Moves::Makes, None, no_gate_inputs, add)
            .or_following(&[super::desk::FOUND]),
        ChangeDef::first(
            ROLES,
            AudienceRule::Partners,
            Moves::From(&[State::Active.any()]),
            None,
            no_gate_inputs,
            roles,
        )
        .with_precheck(of_this_desk),
        ChangeDef::first(
            REVOKE,
            AudienceRule::Partners,
            Moves::From(&[State::Active.any()]),
            None,
            no_gate_inputs,
            revoke,
        )
        .with_precheck(of_this_desk),
        ChangeDef::first(
            CONFIRM,
            AudienceRule::Partners,
            Moves::From(&[State::Revoked.any()]),
            None,
            no_gate_inputs,
            confirm,
        )
        .with_precheck(of_this_desk),
    ],
};

/// The kind of change `member-add`.
pub const ADD: ChangeKind = ChangeKind::new("member-add");
/// The kind of change `member-roles`.
pub const ROLES: ChangeKind = ChangeKind::new("member-roles");
/// The kind of change `member-revoke`.
pub const REVOKE: ChangeKind = ChangeKind::new("member-revoke");
/// The kind of change `member-confirm-acts`.
pub const CONFIRM: ChangeKind = ChangeKind::new("member-confirm-acts");

fn of_this_desk(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.desk == actor.own_desk {
        return Ok(GateInputs::default());
    }
    Err(ApplyError::Authority("it is a partner's member: the partner says what they may do".into()))
}

/// What the root key certifies of a member.
#[derive(Clone, Debug)]
pub struct MemberCertificate {
    /// The desk.
    pub desk: Id,
    /// The realm.
    pub realm: Realm,
    /// The member's signing key.
    pub signing: PublicKey,
    /// The member's age recipient.
    pub age: String,
    /// What the member may sign; empty: revoked.
    pub roles: Vec<Role>,
    /// Rises with every certificate of the desk, so that none can be played again.
    pub serial: i64,
}

impl MemberCertificate {
    fn body(&self) -> Vec<u8> {
        object! {
            "comity" => "certificate/1",
            "desk" => self.desk.to_string(),
            "realm" => self.realm.to_string(),
            "signing" => self.signing.to_openssh(),
            "age" => self.age.as_str(),
            "roles" => self.roles.clone(),
            "serial" => self.serial,
        }
        .to_bytes()
    }

    fn terms(&self, root: &Signer) -> Result<Json, SignatureError> {
        Ok(object! {
            "signing" => self.signing.to_openssh(),
            "age" => self.age.as_str(),
            "roles" => self.roles.clone(),
            "serial" => self.serial,
            "certificate" => root.sign(&self.realm.namespace("certificate"), &self.body())?,
        })
    }

    /// Reads a certificate out of terms and checks it against the root key of the desk that acts.
    fn read(records: &dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<Self, ApplyError> {
        let certificate = Self::certified(records, act.desk(), act.realm(), view.terms)?;
        if newest_serial(records, act.desk())?.is_some_and(|n| certificate.serial <= n) {
            return Err(ApplyError::Authority("a member's certificate is older than the newest one".into()));
        }
        Ok(certificate)
    }

    /// Reads a certificate of a desk's member out of terms, whoever brings it, and checks it against the root key that is pinned for
    /// that desk. Whether it is the newest is not asked.
    ///
    /// # Errors
    ///
    /// [`ApplyError`] where it is malformed, where the desk is not known here, or where its root key did not sign it.
    pub fn certified(records: &dyn RecordStore, desk: Id, realm: &Realm, terms: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(terms)?;
        let certificate = Self {
            desk,
            realm: realm.clone(),
            signing: m.read("signing", |k| PublicKey::from_openssh(k).ok())?,
            age: m.read("age", age_file::written)?,
            roles: m.list("roles", Role::parse)?,
            serial: m.count("serial")? as i64,
        };
        let signature = m.text("certificate")?;
        m.finish()?;
        let root = super::desk::keys(records, desk)?.root;
        root.verify(&realm.namespace("certificate"), &certificate.body(), signature)
            .map_err(|e| ApplyError::Authority(format!("a member's certificate is not the root key's: {e}")))?;
        Ok(certificate)
    }

    /// Reads a certificate that is told outside of an act, as the terms in which it was made, and checks it against the root key
    /// on a card. Whether it is the newest, or was revoked since, nobody can tell from it.
    ///
    /// # Errors
    ///
    /// Where it is malformed, or not signed by that root key.
    pub fn told(terms: &Json, card: &super::card::Card) -> Result<Self, ApplyError> {
        let mut m = crate::value::json::Members::of(terms)?;
        let certificate = Self {
            desk: card.desk,
            realm: card.realm.clone(),
            signing: m.read("signing", |k| PublicKey::from_openssh(k).ok())?,
            age: m.read("age", age_file::written)?,
            roles: m.list("roles", Role::parse)?,
            serial: m.count("serial")? as i64,
        };
        let signature = m.text("certificate")?;
        m.finish()?;
        card.keys
            .root
            .verify(&card.realm.namespace("certificate"), &certificate.body(), signature)
            .map_err(|e| ApplyError::Authority(format!("a member's certificate is not the root key's: {e}")))?;
        Ok(certificate)
    }

    /// Notes that this is the newest certificate of its desk, and how many members that has enrolled where it enrols one.
    fn note(&self, records: &mut dyn RecordStore, enrolled: Option<i64>) -> Result<(), ApplyError> {
        let Some(mut desk) = records.get(self.desk)? else { return Ok(()) };
        desk.set(NEWEST, self.serial);
        if let Some(enrolled) = enrolled {
            desk.set(ENROLLED, enrolled);
        }
        Ok(records.put(&desk)?)
    }
}

/// The member of a desk's record with the serial of its newest certificate: looking for it among all of its members would make each
/// certificate cost as much as there are.
const NEWEST: &str = "certified";
/// The member of a partner's member's record that says that an act of that desk which they have signed is here: they hold the key that
/// they are enrolled with.
const HAS_SIGNED: &str = "has_signed";
/// The member of a desk's record with how many members it has enrolled.
const ENROLLED: &str = "enrolled";
/// How many members a partner may ever enrol: a desk is one unit of one jurisdiction.
const MOST: i64 = 512;

/// How many members a desk has enrolled, as its record notes it, revoked ones too.
pub fn enrolled_of(desk: &Record) -> Option<i64> {
    desk.terms.get(ENROLLED).and_then(Json::int)
}

/// The serial of the newest certificate of a desk, as its record notes it.
pub fn newest_of(desk: &Record) -> Option<i64> {
    desk.terms.get(NEWEST).and_then(Json::int)
}

fn newest_serial(records: &dyn RecordStore, desk: Id) -> Result<Option<i64>, ApplyError> {
    let noted = records.get(desk)?.and_then(|r| r.terms.get(NEWEST).and_then(Json::int));
    match noted {
        Some(serial) => Ok(Some(serial)),
        None => Ok(all(records, desk)?.iter().filter_map(|r| r.terms.get("serial").and_then(Json::int)).max()),
    }
}

/// Enrols a member.
pub fn new(
    id: Id,
    who: &PublicIdentity,
    certificate: &MemberCertificate,
    root: &Signer,
    salt: Salt,
) -> Result<Change, SignatureError> {
    let terms = certificate.terms(root)?;
    Ok(Change::with_content(id, ADD, &terms, &object! { "name" => who.name.as_str() }, salt))
}

/// Gives a member other roles.
pub fn with_roles(id: Id, certificate: &MemberCertificate, root: &Signer) -> Result<Change, SignatureError> {
    Ok(Change::of_terms(id, ROLES, &certificate.terms(root)?))
}

/// Revokes a member, from this act on. The certificate has no roles.
pub fn revoked(id: Id, certificate: &MemberCertificate, root: &Signer) -> Result<Change, SignatureError> {
    Ok(Change::of_terms(id, REVOKE, &certificate.terms(root)?))
}

fn add(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let certificate = MemberCertificate::read(records, act, view)?;
    let person = certificate.signing.person();
    if certificate.roles.is_empty() {
        return Err(ApplyError::Malformed("a member needs a role".into()));
    }
    let desk_keys = super::desk::keys(records, act.desk())?;
    let enrolled = enrolled(records, act.desk())?;
    if !act.is_own() && enrolled >= MOST {
        return Err(ApplyError::Malformed(format!("a desk enrols more members than {MOST}")));
    }
    // Nothing is sealed here to members of a partner: whether two of them have one age key is the partner's own affair.
    let age_taken = act.is_own() && all(records, act.desk())?.iter().any(|r| r.text("age") == Some(&certificate.age));
    let in_use = desk_keys.signing().contains(&certificate.signing) || desk_keys.age == certificate.age || age_taken;
    if in_use || by_person(records, act.desk(), person)?.is_some() {
        return Err(ApplyError::NotAllowed(
            "this key is enrolled already, or serves another purpose: a person has a key of their own".into(),
        ));
    }
    let mut record = Record::new(view.record, State::Active, act.desk());
    record.partner = (!act.is_own()).then_some(act.desk());
    record.key = Some(person.to_string());
    record.body = view.body();
    record.terms = object! {
        "signing" => certificate.signing.to_openssh(), "age" => certificate.age.as_str(),
        "roles" => certificate.roles.clone(), "serial" => certificate.serial,
    }
    .into();
    put_new(records, &record)?;
    certificate.note(records, Some(enrolled + 1))
}

fn of_actor(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    certificate: &MemberCertificate,
) -> Result<Record, ApplyError> {
    let record = need(records, view.record, Kind::Member)?;
    let same =
        record.desk == act.desk() && record.key.as_deref() == Some(certificate.signing.person().to_string().as_str());
    if same {
        Ok(record)
    } else {
        Err(ApplyError::Authority("a certificate speaks of another member than the act".into()))
    }
}

fn roles(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let certificate = MemberCertificate::read(records, act, view)?;
    let mut record = of_actor(records, act, view, &certificate)?;
    must_be(&record, &[State::Active])?;
    keep_past(&mut record, act);
    record.set("roles", certificate.roles.clone());
    record.set("serial", certificate.serial);
    records.put(&record)?;
    certificate.note(records, None)
}

fn revoke(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let certificate = MemberCertificate::read(records, act, view)?;
    let mut record = of_actor(records, act, view, &certificate)?;
    must_be(&record, &[State::Active])?;
    keep_past(&mut record, act);
    record.set_state(State::Revoked);
    record.set("roles", certificate.roles.clone());
    record.set("serial", certificate.serial);
    records.put(&record)?;
    certificate.note(records, None)
}

/// Keeps the member's roles from before this act: acts before it in the log that arrive later are judged by them.
fn keep_past(record: &mut Record, act: &ActContext<'_>) {
    let mut past = record.terms.get("past").and_then(Json::items).unwrap_or_default().to_vec();
    past.push(object! {
        "replica" => act.header.replica.to_string(), "before" => act.header.sequence as i64,
        "roles" => roles_of(record),
    });
    record.set("past", past);
}

/// Whether a member was active, and in which roles, at the place of an act in its log: never by date.
pub fn at_place(record: &Record, header: &Header) -> (bool, Vec<Role>) {
    let past = record.terms.get("past").and_then(Json::items).unwrap_or_default();
    let text = |j: &Json, key: &str| j.get(key).and_then(Json::text).map(str::to_owned);
    let was = past.iter().find(|p| {
        text(p, "replica").and_then(|r| Id::parse(&r)) == Some(header.replica)
            && p.get("before").and_then(Json::int).is_some_and(|n| (header.sequence as i64) < n)
    });
    match was.filter(|_| record.desk == header.desk) {
        Some(was) => {
            let roles = was.get("roles").and_then(Json::items).unwrap_or_default();
            (true, roles.iter().filter_map(|r| r.text().and_then(Role::parse)).collect())
        }
        None => (record.is(State::Active), roles_of(record)),
    }
}

/// Every member of a desk, revoked ones too.
pub fn all(records: &dyn RecordStore, desk: Id) -> Result<Vec<Record>, ApplyError> {
    let mut members = records.find(&Query::kind(Kind::Member))?;
    members.retain(|r| r.desk == desk);
    Ok(members)
}

/// How many members a desk has enrolled, revoked ones too.
fn enrolled(records: &dyn RecordStore, desk: Id) -> Result<i64, ApplyError> {
    let noted = records.get(desk)?.and_then(|r| r.terms.get(ENROLLED).and_then(Json::int));
    noted.map_or_else(|| Ok(all(records, desk)?.len() as i64), Ok)
}

/// Notes that a partner's member has signed an act of its desk, which proves that they hold their key. Enrolling takes no more than a
/// public key, and anybody's can be had.
pub fn note_signature(records: &mut dyn RecordStore, header: &Header) -> Result<(), ApplyError> {
    let signer = by_person(records, header.desk, header.member)?;
    let Some(mut signer) = signer.filter(|m| m.partner.is_some() && m.terms.get(HAS_SIGNED).is_none()) else {
        return Ok(());
    };
    signer.set(HAS_SIGNED, true);
    Ok(records.put(&signer)?)
}

/// Whether a member of a partner is somebody of another desk, as far as is known here: they never signed for the partner, and are
/// enrolled here, or have signed for the other.
pub fn is_anothers(records: &dyn RecordStore, member: &Record) -> Result<bool, ApplyError> {
    let has_signed = |m: &Record| m.terms.get(HAS_SIGNED).is_some();
    let Some(person) = member.key.as_deref().and_then(Person::parse).filter(|_| !has_signed(member)) else {
        return Ok(false);
    };
    let others = with_key(records, person)?.into_iter().filter(|other| other.desk != member.desk);
    Ok(others.into_iter().any(|other| other.partner.is_none() || has_signed(&other)))
}

/// The member of a member's record with who has confirmed what they signed before they were revoked.
const CONFIRMED: &str = "confirmed";

/// Confirms what a member signed before they were revoked, and that had not left then.
pub fn confirmed(id: Id) -> Change {
    Change::of_terms(id, CONFIRM, &super::definition::no_terms())
}

fn confirm(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    let mut record = need(records, view.record, Kind::Member)?;
    if record.desk != act.desk() {
        return Err(ApplyError::Authority("a desk confirms what its own members signed".into()));
    }
    must_be(&record, &[State::Revoked])?;
    record.set(CONFIRMED, act.member().to_string());
    Ok(records.put(&record)?)
}

/// The kinds of acts that the desk's root key has signed too: whoever was revoked since, nobody could make them alone.
const BY_THE_ROOT_KEY: [ChangeKind; 5] = [ADD, ROLES, REVOKE, super::desk::FOUND, super::desk::KEYS];

/// Whether the desk's root key signs acts of a kind, too.
pub fn is_by_the_root_key(kind: ChangeKind) -> bool {
    BY_THE_ROOT_KEY.contains(&kind)
}

/// The member who signed an act, where they were revoked since and nobody has confirmed what they signed before: whoever has their
/// key may have signed it in the days before that was noticed, so it does not leave, and is not taken where it comes late.
///
/// # Errors
///
/// Where the records cannot be read.
pub fn to_be_confirmed(
    records: &dyn RecordStore,
    header: &Header,
    kind: ChangeKind,
) -> Result<Option<Record>, ApplyError> {
    if is_by_the_root_key(kind) {
        return Ok(None);
    }
    let signer = by_person(records, header.desk, header.member)?;
    Ok(match signer {
        Some(signer) if is_unconfirmed(records, &signer)? => Some(signer),
        _ => None,
    })
}

/// Whether a member was revoked and nobody has confirmed what they signed before; or somebody of whom the same is true, whose own
/// confirmation then waits, too. Whoever confirms is active when they do, so this comes to an end.
///
/// # Errors
///
/// Where the records cannot be read.
pub fn is_unconfirmed(records: &dyn RecordStore, member: &Record) -> Result<bool, ApplyError> {
    if !member.is(State::Revoked) {
        return Ok(false);
    }
    let Some(by) = member.text(CONFIRMED).and_then(Person::parse) else { return Ok(true) };
    match by_person(records, member.desk, by)? {
        Some(other) if other.id != member.id => is_unconfirmed(records, &other),
        _ => Ok(true),
    }
}

/// The members of all desks with that signing key: several desks may have enrolled it.
fn with_key(records: &dyn RecordStore, person: Person) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { key: Some(person.to_string()), ..Query::kind(Kind::Member) })?)
}

/// The member of a desk with that signing key. Another desk may have enrolled the same key: that says nothing of this one.
pub fn by_person(records: &dyn RecordStore, desk: Id, person: Person) -> Result<Option<Record>, ApplyError> {
    Ok(with_key(records, person)?.into_iter().find(|member| member.desk == desk))
}

/// The member of this desk with that signing key.
pub fn own(records: &dyn RecordStore, person: Person) -> Result<Option<Record>, ApplyError> {
    Ok(with_key(records, person)?.into_iter().find(|member| member.partner.is_none()))
}

/// The member of any desk with that signing key: of this desk before others. For names alone, never for what somebody may do.
pub fn anywhere(records: &dyn RecordStore, person: Person) -> Result<Option<Record>, ApplyError> {
    Ok(with_key(records, person)?.into_iter().min_by_key(|member| member.partner.is_some()))
}

/// The roles of a member's record.
pub fn roles_of(record: &Record) -> Vec<Role> {
    record.list("roles", Role::parse)
}

/// The roles that a member has or had.
pub fn roles_ever(record: &Record) -> Vec<Role> {
    let past = record.terms.get("past").and_then(Json::items).unwrap_or_default();
    let was = |p: &Json| p.get("roles").and_then(Json::items).unwrap_or_default().to_vec();
    let past = past.iter().flat_map(was).filter_map(|r| r.text().and_then(Role::parse));
    roles_of(record).into_iter().chain(past).collect()
}

/// The signing key of a member's record.
pub fn signing_key(record: &Record) -> Option<PublicKey> {
    record.text("signing").and_then(|k| PublicKey::from_openssh(k).ok())
}
