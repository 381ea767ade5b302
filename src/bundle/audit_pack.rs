//! The audit pack: what an auditor needs who has no workspace. Headers and signatures of the desk's own acts, the terms of their
//! changes with the commitments of their content, proofs against one signed checkpoint, how far each witness has cosigned it. It holds
//! no content, and nothing in it has to be believed: all of it is checked against the desk's root key.
//!
//! Lines of JSON: the head, one for each act, the end with the digest of all bytes before it and the auditor's signature over them.
//! docs/verify.md checks it with stock tools.

use std::collections::BTreeMap;

use data_encoding::BASE64;

use crate::act::change::{Body, Change};
use crate::act::checkpoint::{self, Checkpoint};
use crate::act::header::{Header, act_id};
use crate::act::note::{KeyKind, Note, NoteError, NoteKey, SignatureLine};
use crate::act::tree::{self, Frontier};
use crate::gate::cleared::{Cleared, acting_role};
use crate::gate::question::{Question, judge};
use crate::object;
use crate::record;
use crate::record::card::Card;
use crate::record::kind::Kind;
use crate::record::member::{self, MemberCertificate};
use crate::record::restore::{self, LogEnd};
use crate::record::{disclosure, of_change};
use crate::seal::sign::{PublicKey, SignatureError, Signer};
use crate::value::class::Role;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits, Members};
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

const FORMAT: &str = "audit-pack/1";
/// What the auditor's signature over a pack is for.
const PURPOSE: &str = "audit-pack";
/// The largest pack that is read, in bytes.
pub const LARGEST: u64 = 4 << 30;

/// An act as it stands in a pack.
#[derive(Clone, Debug)]
pub struct PackedAct {
    /// Its place in the log.
    pub index: u64,
    /// Its header, as it was signed.
    pub header: Vec<u8>,
    /// The signature over it.
    pub signature: String,
    /// The proof that it stands there.
    pub proof: Vec<Digest>,
    /// Its changes, without content.
    pub changes: Vec<Change>,
}

/// How far a partner has cosigned the log.
#[derive(Clone, Debug)]
pub struct Witnessed {
    /// The partner's code.
    pub code: String,
    /// The partner.
    pub desk: Id,
    /// Its witness key.
    pub key: PublicKey,
    /// The size that it cosigned.
    pub size: u64,
    /// The root at that size.
    pub root: Digest,
    /// That the log has grown from there.
    pub proof: Vec<Digest>,
    /// The cosignature, as a line.
    pub line: String,
}

/// What a pack holds.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The desk's card.
    pub card: String,
    /// The workstation whose log it is.
    pub replica: Id,
    /// The logs before this one, the oldest first: the desk was set back, or its clock corrected.
    pub former: Vec<LogEnd>,
    /// From when on; `None`: from the first act.
    pub from: Option<Timestamp>,
    /// Until when; `None`: to the last.
    pub to: Option<Timestamp>,
    /// When it was made.
    pub made: Timestamp,
    /// The signed checkpoint.
    pub checkpoint: String,
    /// The witnesses.
    pub witnesses: Vec<Witnessed>,
    /// The acts, in order.
    pub acts: Vec<PackedAct>,
}

fn base64(digests: &[Digest]) -> Vec<String> {
    digests.iter().map(Digest::base64).collect()
}

fn line(out: &mut Vec<u8>, json: &Json) {
    out.extend_from_slice(json.to_text().as_bytes());
    out.push(b'\n');
}

/// Writes a pack, signed by the auditor who takes it.
///
/// # Errors
///
/// Where the signature cannot be made.
pub fn write(pack: &Cleared<Pack>, realm: &Realm, auditor: &Signer) -> Result<Vec<u8>, SignatureError> {
    let pack = pack.value();
    let witness = |w: &Witnessed| {
        object! {
            "code" => w.code.as_str(), "desk" => w.desk.to_string(), "key" => w.key.to_openssh(), "size" => w.size as i64,
            "root" => w.root.base64(), "proof" => base64(&w.proof), "line" => w.line.as_str(),
        }
    };
    let mut out = Vec::new();
    line(
        &mut out,
        &object! {
            "comity" => FORMAT, "realm" => realm.to_string(), "card" => pack.card.as_str(),
            "replica" => pack.replica.to_string(), "former" => pack.former.iter().map(|end| end.to_json()).collect::<Vec<_>>(),
            "from" => pack.from.map(|t| t.to_string()),
            "to" => pack.to.map(|t| t.to_string()), "made" => pack.made.to_string(), "checkpoint" => pack.checkpoint.as_str(),
            "witnesses" => pack.witnesses.iter().map(witness).collect::<Vec<_>>(), "acts" => pack.acts.len() as i64,
        },
    );
    for act in &pack.acts {
        let change = |change: &Change| {
            object! {
                "record" => change.record.to_string(), "kind" => change.kind.as_str(),
                "terms" => String::from_utf8_lossy(&change.terms).into_owned(),
                "commitment" => change.commitment().map(|c| c.to_string()),
            }
        };
        line(
            &mut out,
            &object! {
                "index" => act.index as i64, "header" => BASE64.encode(&act.header), "signature" => act.signature.as_str(),
                "proof" => base64(&act.proof), "changes" => act.changes.iter().map(change).collect::<Vec<_>>(),
            },
        );
    }
    let signature = auditor.sign(&realm.namespace(PURPOSE), &out)?;
    let digest = Digest::of(&out);
    line(
        &mut out,
        &object! { "end" => digest.to_string(), "by" => auditor.public().to_openssh(), "signature" => signature },
    );
    Ok(out)
}

/// Why a pack is not what it says.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// Malformed, cut short, or over a limit.
    #[error("the pack is malformed: {0}")]
    Form(String),
    /// A signature does not fit, or whoever signed may not.
    #[error("{0}")]
    Signature(String),
    /// What is in it is not what was signed.
    #[error("{0}")]
    Integrity(String),
}

fn form<T>(what: impl Into<String>) -> Result<T, PackError> {
    Err(PackError::Form(what.into()))
}

fn unsigned<T>(what: impl Into<String>) -> Result<T, PackError> {
    Err(PackError::Signature(what.into()))
}

fn altered<T>(what: impl Into<String>) -> Result<T, PackError> {
    Err(PackError::Integrity(what.into()))
}

impl From<json::MemberError> for PackError {
    fn from(bad: json::MemberError) -> Self {
        Self::Form(bad.0)
    }
}

/// How far a witness has seen the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Who.
    pub code: String,
    /// The desk of the witness.
    pub desk: Id,
    /// The key that its cosignature fits: the pack's own word, until it is compared with the card of that desk.
    pub key: PublicKey,
    /// How many acts.
    pub size: u64,
    /// When, as it says.
    pub at: Option<Timestamp>,
}

/// What a pack was found to hold.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The desk's card: its fingerprint is compared aloud.
    pub card: Card,
    /// From when on.
    pub from: Option<Timestamp>,
    /// Until when.
    pub to: Option<Timestamp>,
    /// When it was made.
    pub made: Timestamp,
    /// The size of the log.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// How many acts are in it.
    pub acts: u64,
    /// How many changes.
    pub changes: u64,
    /// How many acts of each kind.
    pub kinds: BTreeMap<String, u64>,
    /// How many verdicts were judged again.
    pub verdicts: u64,
    /// How many records each person has looked at.
    pub consultations: u64,
    /// How far each witness has seen.
    pub witnesses: Vec<Seen>,
    /// Who took it.
    pub by: Person,
}

/// A member as far as the acts of the pack have told: their key and the roles of their newest certificate.
struct Known {
    key: PublicKey,
    roles: Vec<Role>,
    serial: i64,
}

/// Checks a pack, line by line.
///
/// # Errors
///
/// The first thing that is not as it was signed.
pub fn verify(bytes: &[u8]) -> Result<Checked, PackError> {
    let body_end = bytes.strip_suffix(b"\n").and_then(|all| all.iter().rposition(|b| *b == b'\n')).map(|n| n + 1);
    let Some((body, end)) = body_end.and_then(|n| bytes.split_at_checked(n)) else { return form("it is cut short") };
    let limits = Limits::STORED;
    let parse = |line: &[u8]| json::parse(line, limits).map_err(|e| PackError::Form(e.to_string()));
    let end = parse(end.trim_ascii_end())?;
    let mut m = Members::of(&end)?;
    let digest = m.read("end", Digest::parse)?;
    let auditor = m.read("by", |k| PublicKey::from_openssh(k).ok())?;
    let signature = m.text("signature")?;
    m.finish()?;
    if Digest::of(body) != digest {
        return altered("the pack was altered: its bytes have another digest than its end says");
    }
    let mut lines = body.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    let head = parse(lines.next().unwrap_or_default())?;
    let mut head_members = Members::of(&head)?;
    let head = Head::read(&mut head_members)?;
    head_members.finish()?;
    if auditor.verify(&head.realm.namespace(PURPOSE), body, signature).is_err() {
        return unsigned("the pack is not signed by whoever took it");
    }
    let mut check = Check::begin(&head)?;
    let mut acts = 0u64;
    for line in lines {
        check.act(&parse(line)?)?;
        acts += 1;
    }
    check.nothing_is_left_out(None)?;
    if check.at + 1 != check.logs.len() {
        return altered("the newest log is left out");
    }
    if acts != head.acts {
        return form("it has another number of acts than it says");
    }
    let by = auditor.person();
    let known = check.members.get(&by).filter(|known| known.roles.contains(&Role::OversightAuditor));
    if known.is_none() {
        return unsigned("whoever took the pack is no auditor of the desk");
    }
    Ok(Checked {
        from: head.from,
        to: head.to,
        made: head.made,
        size: check.logs.iter().map(|log| log.size).sum(),
        root: check.checkpoint.root,
        acts,
        changes: check.changes,
        kinds: check.kinds,
        verdicts: check.verdicts,
        consultations: check.consultations,
        witnesses: check.witnesses,
        card: check.card,
        by,
    })
}

/// The first line of a pack.
struct Head {
    realm: Realm,
    card: String,
    replica: Id,
    former: Vec<LogEnd>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    made: Timestamp,
    checkpoint: String,
    witnesses: Vec<Json>,
    acts: u64,
}

impl Head {
    fn read(m: &mut Members<'_>) -> Result<Self, PackError> {
        m.read("comity", |v| (v == FORMAT).then_some(()))?;
        let witnesses = m.need("witnesses")?.items().map(<[Json]>::to_vec);
        let former = m.need("former")?.items().map(<[Json]>::to_vec);
        Ok(Self {
            realm: m.read("realm", Realm::parse)?,
            card: m.text("card")?.to_owned(),
            replica: m.read("replica", Id::parse)?,
            former: former
                .ok_or_else(|| PackError::Form("`former` is not a list".into()))?
                .iter()
                .map(LogEnd::read)
                .collect::<Result<_, _>>()?,
            from: m.maybe_read("from", Timestamp::parse)?,
            to: m.maybe_read("to", Timestamp::parse)?,
            made: m.read("made", Timestamp::parse)?,
            checkpoint: m.text("checkpoint")?.to_owned(),
            witnesses: witnesses.ok_or_else(|| PackError::Form("`witnesses` is not a list".into()))?,
            acts: m.count("acts")?,
        })
    }
}

fn digests(m: &mut Members<'_>, key: &'static str) -> Result<Vec<Digest>, PackError> {
    let all = m.list(key, Digest::parse_base64)?;
    if all.len() > tree::LONGEST_PROOF { form("a proof is too long") } else { Ok(all) }
}

/// Where an act stands in the log.
struct Placed {
    index: u64,
    id: Digest,
    at: Timestamp,
}

/// A pack that is being checked.
struct Check {
    card: Card,
    realm: Realm,
    checkpoint: Checkpoint,
    /// The ends of the logs, the oldest first; the last is that of the checkpoint.
    logs: Vec<LogEnd>,
    /// The log whose acts are read.
    at: usize,
    witnesses: Vec<Seen>,
    members: BTreeMap<Person, Known>,
    last: Option<Placed>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    changes: u64,
    kinds: BTreeMap<String, u64>,
    verdicts: u64,
    consultations: u64,
}

impl Check {
    fn begin(head: &Head) -> Result<Self, PackError> {
        let card =
            Card::parse(head.card.as_bytes()).map_err(|e| PackError::Signature(format!("the desk's card: {e}")))?;
        if card.realm != head.realm {
            return form("the card is of another realm");
        }
        let note = Note::parse(&head.checkpoint).map_err(of_note)?;
        let checkpoint = Checkpoint::parse(&note).map_err(of_note)?;
        let origin = checkpoint::origin(card.desk, head.replica, &head.realm);
        let key = NoteKey { name: origin.clone(), kind: KeyKind::Log, key: card.keys.log };
        if checkpoint.origin != origin || note.verify(&key).is_err() {
            return unsigned("the checkpoint is not signed with the desk's log key");
        }
        let mut witnesses = Vec::new();
        for json in &head.witnesses {
            let mut m = Members::of(json)?;
            witnesses.push(witness(&mut m, &checkpoint)?);
            m.finish()?;
        }
        let last = LogEnd { replica: head.replica, size: checkpoint.size, root: checkpoint.root };
        Ok(Self {
            card,
            realm: head.realm.clone(),
            logs: head.former.iter().copied().chain([last]).collect(),
            at: 0,
            checkpoint,
            witnesses,
            members: BTreeMap::new(),
            last: None,
            from: head.from,
            to: head.to,
            changes: 0,
            kinds: BTreeMap::new(),
            verdicts: 0,
            consultations: 0,
        })
    }

    fn act(&mut self, json: &Json) -> Result<(), PackError> {
        let mut m = Members::of(json)?;
        let index = m.count("index")?;
        let header_bytes = m.read("header", |text| BASE64.decode(text.as_bytes()).ok())?;
        let signature = m.text("signature")?;
        let proof = digests(&mut m, "proof")?;
        let changes = m.need("changes")?.items().map(<[Json]>::to_vec);
        let changes = changes.ok_or_else(|| PackError::Form("`changes` is not a list".into()))?;
        m.finish()?;
        let header = Header::parse(&header_bytes).map_err(|e| PackError::Form(e.to_string()))?;
        let id = act_id(&header_bytes);
        if self.log()?.replica != header.replica {
            self.next_log(index)?;
        }
        let log = self.log()?;
        let ours = (header.desk, header.replica, header.sequence) == (self.card.desk, log.replica, index);
        if !ours || header.realm != self.realm {
            return altered(format!("act {index} is of another log"));
        }
        if self.last.as_ref().is_some_and(|last| last.index >= index) {
            return altered(format!("act {index} stands out of order"));
        }
        if self.last.as_ref().is_some_and(|last| last.index + 1 == index && header.previous != Some(last.id)) {
            return altered(format!("act {index} does not follow the act before it"));
        }
        let placed = Placed { index, id, at: header.time.at };
        self.nothing_is_left_out(Some(&placed))?;
        self.last = Some(placed);
        if !tree::verify_inclusion(tree::leaf_hash(&header_bytes), index, log.size, &proof, log.root) {
            return altered(format!("act {index} does not stand in its log"));
        }
        let read: Vec<Change> = changes.iter().map(change).collect::<Result<_, _>>()?;
        let mut leaves = Frontier::default();
        read.iter().for_each(|change| leaves.push(change.leaf()));
        if leaves.root() != header.root || header.changes != read.len() as u64 {
            return altered(format!("the changes of act {index} are not those that were signed"));
        }
        let Some(first) = read.first() else { return form(format!("act {index} has no changes")) };
        if index == 0 && self.at > 0 {
            self.declares_the_log_before(first)?;
        }
        // Whoever founded the desk is certified by the act that they sign; of everybody else an earlier act has told.
        let is_known = self.members.contains_key(&header.member);
        if !is_known {
            self.learn(&read)?;
        }
        self.signer(index, &header, &header_bytes, signature, &first.kind)?;
        if is_known {
            self.learn(&read)?;
        }
        self.changes += read.len() as u64;
        *self.kinds.entry(first.kind.clone()).or_default() += 1;
        let looked = record::change(&first.kind).is_some_and(|def| of_change(def.kind) == Kind::Consultation);
        self.consultations += if looked { read.len() as u64 } else { 0 };
        self.facts(index, first)
    }

    /// The log whose acts are read.
    fn log(&self) -> Result<LogEnd, PackError> {
        self.logs.get(self.at).copied().ok_or_else(|| PackError::Form("there is no further log".into()))
    }

    /// Goes on to the next log, whose first act says where the one before ended.
    fn next_log(&mut self, index: u64) -> Result<(), PackError> {
        self.nothing_is_left_out(None)?;
        self.at += 1;
        self.last = None;
        if index == 0 { Ok(()) } else { altered("the first act of a log is left out: it names the log before") }
    }

    /// Two members declare where the log before ends, in the first act of the next one.
    fn declares_the_log_before(&self, first: &Change) -> Result<(), PackError> {
        let terms = first.read_terms().map_err(|e| PackError::Form(e.to_string()))?;
        let declared = restore::DECLARE.is(&first.kind).then(|| restore::Declared::read(&terms).ok()).flatten();
        let before = self.at.checked_sub(1).and_then(|at| self.logs.get(at));
        if before.is_some() && declared.map(|declared| declared.old).as_ref() == before {
            return Ok(());
        }
        altered("a log does not go on from the one before it")
    }

    /// Refuses where acts of the period may stand between the last act and the next, or the end. Time rises in a log, so what stands
    /// between two acts is of the time between them.
    fn nothing_is_left_out(&self, next: Option<&Placed>) -> Result<(), PackError> {
        let first_missing = self.last.as_ref().map_or(0, |last| last.index + 1);
        if first_missing == next.map_or(self.log()?.size, |next| next.index) {
            return Ok(());
        }
        let is_over = self.to.zip(self.last.as_ref()).is_some_and(|(to, last)| to <= last.at);
        let is_still_to_come = self.from.zip(next).is_some_and(|(from, next)| next.at < from);
        if is_over || is_still_to_come {
            return Ok(());
        }
        altered(format!("act {first_missing} is left out, and may be of the period"))
    }

    /// Takes what an act says of members: certificates of the root key.
    fn learn(&mut self, changes: &[Change]) -> Result<(), PackError> {
        let about_members = |c: &&Change| [member::ADD, member::ROLES, member::REVOKE].iter().any(|k| k.is(&c.kind));
        for change in changes.iter().filter(about_members) {
            let terms = change.read_terms().map_err(|e| PackError::Form(e.to_string()))?;
            let certificate =
                MemberCertificate::told(&terms, &self.card).map_err(|e| PackError::Signature(e.to_string()))?;
            let known =
                Known { key: certificate.signing, roles: certificate.roles.clone(), serial: certificate.serial };
            let person = certificate.signing.person();
            if self.members.get(&person).is_some_and(|old| old.serial >= known.serial) {
                return unsigned("a member's certificate is older than the newest one");
            }
            self.members.insert(person, known);
        }
        Ok(())
    }

    fn signer(&self, index: u64, header: &Header, bytes: &[u8], signature: &str, kind: &str) -> Result<(), PackError> {
        let Some(known) = self.members.get(&header.member) else {
            return unsigned(format!("act {index} is signed by nobody whom the root key has certified"));
        };
        if known.key.verify(&self.realm.namespace("act"), bytes, signature).is_err() {
            return unsigned(format!("the signature of act {index} does not fit"));
        }
        let may = record::change(kind).and_then(|def| acting_role(def.kind, &[header.role]));
        if !known.roles.contains(&header.role) || may != Some(header.role) {
            return unsigned(format!("act {index} is signed in a role that may not sign it"));
        }
        Ok(())
    }

    /// Judges the facts that an act says the gate was asked with.
    fn facts(&mut self, index: u64, first: &Change) -> Result<(), PackError> {
        let terms = first.read_terms().map_err(|e| PackError::Form(e.to_string()))?;
        let Some(asked) = terms.get("asked") else { return Ok(()) };
        let all = asked.items().unwrap_or_else(|| std::slice::from_ref(asked));
        let emergency = terms.get("emergency").and_then(Json::truth) == Some(true);
        for facts in all.iter().filter(|facts| facts.members().is_some()) {
            let verdict = judge(&Question::read(facts));
            self.verdicts += 1;
            let waits = disclosure::PROPOSE.is(&first.kind) && verdict.waits_for_a_second_person(emergency);
            if !verdict.allowed() && !waits {
                return altered(format!("act {index} was made though the gate refuses it: {}", verdict.refusal()));
            }
        }
        Ok(())
    }
}

fn of_note(error: NoteError) -> PackError {
    PackError::Signature(format!("a signed note in the pack: {error}"))
}

fn change(json: &Json) -> Result<Change, PackError> {
    let mut m = Members::of(json)?;
    let commitment = m.maybe_read("commitment", Digest::parse)?;
    let change = Change {
        record: m.read("record", Id::parse)?,
        kind: m.text("kind")?.to_owned(),
        terms: m.text("terms")?.as_bytes().to_vec(),
        body: commitment.map_or(Body::None, Body::Redacted),
    };
    m.finish()?;
    Ok(change)
}

fn witness(m: &mut Members<'_>, checkpoint: &Checkpoint) -> Result<Seen, PackError> {
    let (code, desk) = (m.text("code")?.to_owned(), m.read("desk", Id::parse)?);
    let key = m.read("key", |k| PublicKey::from_openssh(k).ok())?;
    let (size, root) = (m.count("size")?, m.read("root", Digest::parse_base64)?);
    let proof = digests(m, "proof")?;
    let line = m.text("line")?;
    if !tree::verify_consistency(size, root, checkpoint.size, checkpoint.root, &proof) {
        return altered(format!("the log has not grown from what {code} has cosigned"));
    }
    let text = Checkpoint { origin: checkpoint.origin.clone(), size, root }.text();
    let note = Note { text, signatures: vec![SignatureLine::parse(line).map_err(of_note)?] };
    let name = checkpoint::witness_name(desk);
    let at = note.verify(&NoteKey { name, kind: KeyKind::Witness, key });
    match at {
        Ok(at) => Ok(Seen { code, desk, key, size, at }),
        Err(_) => unsigned(format!("the cosignature of {code} does not fit")),
    }
}
