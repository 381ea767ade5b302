//! The desk itself: founded once, by the first act of its log.

use super::card::{self, DeskKeys};
use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::seal::sign::{SignatureError, Signer};
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::realm::Realm;

states! {
    /// Where a desk stands.
    Desk {
        /// It was founded by the first act of its log.
        Founded = "founded" "founded" Good,
    }
}

/// `desk`: founded.
pub const KIND: KindDef = KindDef {
    kind: Kind::Desk,
    prefix: "O",
    title: "Desk",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Nothing,
    line: Line { content: &["name"], terms: &[] },
    changes: &[
        ChangeDef::first(FOUND, AudienceRule::Partners, Moves::Makes, None, no_gate_inputs, found),
        ChangeDef::first(KEYS, AudienceRule::Partners, Moves::AnyState, None, no_gate_inputs, rotate),
    ],
};

/// The first change of a log.
pub const FOUND: ChangeKind = ChangeKind::new("desk-found");

/// The desk has new keys.
pub const KEYS: ChangeKind = ChangeKind::new("desk-keys");

/// The most keys from before that are kept of a desk: what it has signed with older ones is long here.
const MOST_FORMER: usize = 8;
const FORMER: &str = "keys_former";
/// The member of the terms with the signatures under new keys.
const SIGNATURES: &str = "signatures";

/// What is signed where a desk has new keys.
fn signed_body(desk: Id, realm: &Realm, number: u64, keys: &DeskKeys) -> Vec<u8> {
    object! {
        "comity" => "desk-keys/1", "desk" => desk.to_string(), "realm" => realm.to_string(), "number" => number as i64,
        "keys" => keys.to_json(),
    }
    .to_bytes()
}

/// Who signs that a desk has new keys: its root key, the bundle key from before, and each new key.
pub struct KeySigners<'a> {
    /// The desk's root key.
    pub root: &'a Signer,
    /// The bundle key from before.
    pub before: &'a Signer,
    /// The new bundle key.
    pub bundle: &'a Signer,
    /// The new log key.
    pub log: &'a Signer,
    /// The new witness key.
    pub witness: &'a Signer,
}

/// States that the desk has new keys, of a number: its new card is the content.
///
/// # Errors
///
/// Where it cannot be signed.
pub fn keys_taken(
    card: &card::Card,
    signed: &str,
    number: u64,
    by: &KeySigners<'_>,
    salt: Salt,
) -> Result<Change, SignatureError> {
    let (namespace, body) =
        (card.realm.namespace("desk-keys"), signed_body(card.desk, &card.realm, number, &card.keys));
    let sign = |key: &Signer| key.sign(&namespace, &body);
    let terms = object! {
        "keys" => card.keys.to_json(), "number" => number as i64, "fingerprint" => card.fingerprint(),
        SIGNATURES => object! {
            "root" => sign(by.root)?, "before" => sign(by.before)?, "bundle" => sign(by.bundle)?, "log" => sign(by.log)?,
            "witness" => sign(by.witness)?,
        },
    };
    Ok(Change::with_content(card.desk, KEYS, &terms, &object! { "card" => signed, "name" => card.name.as_str() }, salt))
}

fn rotate(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let (keys, number) = (DeskKeys::read(m.need("keys")?)?, m.count("number")?);
    let fingerprint = m.read("fingerprint", card::fingerprint)?;
    let mut signatures = Members::of(m.need(SIGNATURES)?)?;
    m.finish()?;
    let mut record = records
        .get(act.desk())?
        .filter(|r| view.record == act.desk() && (r.kind == Kind::Desk || r.kind == Kind::Partner))
        .ok_or_else(|| ApplyError::Authority("a desk states its own keys alone".into()))?;
    let known = DeskKeys::read(record.terms.get("keys").unwrap_or(&Json::Null))?;
    let refused = |what: &str| Err(ApplyError::Authority(format!("new keys of a desk: {what}")));
    if keys.root != known.root {
        return refused("the root key is another");
    }
    // Whoever met the desk with its new card has these keys already.
    let is_known = keys.signing() == known.signing() && keys.age == known.age;
    if number <= number_of(&record) && !is_known {
        return refused("they are older than those that are known");
    }
    // Of a partner that was met with a newer card, the first that is heard of are older keys: those on the card come again.
    let is_first = !act.is_own() && number_of(&record) == 0;
    let (namespace, body) = (act.realm().namespace("desk-keys"), signed_body(act.desk(), act.realm(), number, &keys));
    for (name, key, may_be_unknown) in [
        ("root", keys.root, false),
        ("before", known.bundle, is_known || is_first),
        ("bundle", keys.bundle, false),
        ("log", keys.log, false),
        ("witness", keys.witness, false),
    ] {
        match key.verify(&namespace, &body, signatures.text(name)?) {
            Ok(()) => {}
            Err(SignatureError::Signer) if may_be_unknown => {}
            Err(e) => return refused(&e.to_string()),
        }
    }
    signatures.finish()?;
    if !is_known {
        let mut all: Vec<_> = keys.signing().iter().chain(&known.signing()).map(|key| *key.as_bytes()).collect();
        all.sort_unstable();
        all.dedup();
        // The root key alone stays.
        if all.len() != 7 || keys.age == known.age {
            return refused("a key is used again");
        }
        let mut former = record.terms.get(FORMER).and_then(Json::items).unwrap_or_default().to_vec();
        former.push(known.to_json());
        let excess = former.len().saturating_sub(MOST_FORMER);
        record.set(FORMER, former.split_off(excess));
        record.set("keys", keys.to_json());
    }
    record.set(card::NUMBER_OF_KEYS, number.max(number_of(&record)) as i64);
    match record.kind {
        Kind::Desk => record.body = view.body(),
        _ => record.set("fingerprint", fingerprint),
    }
    Ok(records.put(&record)?)
}

/// How often a desk has been given new keys, as far as its record says.
pub fn number_of(record: &Record) -> u64 {
    card::number_of_keys(record)
}

/// The keys of a desk and those from before, the newest first.
pub fn keys_ever(record: &Record) -> Vec<DeskKeys> {
    let former = record.terms.get(FORMER).and_then(Json::items).unwrap_or_default();
    record
        .terms
        .get("keys")
        .into_iter()
        .chain(former.iter().rev())
        .filter_map(|json| DeskKeys::read(json).ok())
        .collect()
}

/// The first change of a log: the desk's keys as terms, its signed card as content.
pub fn new(card: &card::Card, signed: &str, salt: Salt) -> Change {
    let terms = object! {
        "code" => card.code.as_str(),
        "jurisdiction" => card.jurisdiction.as_str(),
        "keys" => card.keys.to_json(),
    };
    Change::with_content(card.desk, FOUND, &terms, &object! { "card" => signed, "name" => card.name.as_str() }, salt)
}

fn found(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let code = m.read("code", card::code)?;
    m.read("jurisdiction", token)?;
    let keys = DeskKeys::read(m.need("keys")?)?;
    m.finish()?;
    if view.record != act.desk() || act.header.sequence != 0 {
        return Err(ApplyError::Authority("a desk is founded once, by the first act of its own log".into()));
    }
    if !act.is_own() {
        // A partner's keys come from the card that was compared aloud; what it says of itself must agree. Its root key stays: the others
        // may be newer on the card.
        let pinned = super::partner::keys(records, act.desk())?;
        return if pinned.root == keys.root {
            Ok(())
        } else {
            Err(ApplyError::Authority("the partner's keys are not those on its card".into()))
        };
    }
    let mut record = Record::new(view.record, State::Founded, act.desk());
    record.key = Some(code);
    record.terms = view.terms.clone().into();
    record.body = view.body();
    put_new(records, &record)
}

/// The public keys of a desk: of this one, or of a partner.
pub fn keys(records: &dyn RecordStore, desk: Id) -> Result<DeskKeys, ApplyError> {
    let record = records.get(desk)?.filter(|r| r.kind == Kind::Desk || r.kind == Kind::Partner);
    let json = record.as_ref().and_then(|r| r.terms.get("keys")).unwrap_or(&Json::Null);
    DeskKeys::read(json).map_err(|_| ApplyError::Authority(format!("desk {desk} is not known")))
}
