//! A desk that lies: it has the real keys of a partner and signs whatever it likes with them. Its acts and bundles verify to the
//! last byte, and whatever is done with them afterwards is up to the reader.

use std::convert::Infallible;
use std::fs;

use comity::act::change::{Change, Line};
use comity::act::checkpoint::{self, Checkpoint};
use comity::act::header::{Audience, Header, Seen, act_id};
use comity::act::hybrid::HybridTime;
use comity::act::note::{self, Note};
use comity::act::part::Head;
use comity::act::tree::{self, Frontier, Nodes, leaf_hash, node_hash};
use comity::bundle::manifest::{Growth, Manifest, OldLog, Part, PartKind, Volume};
use comity::command::definition::Output;
use comity::gate::cleared::acting_role;
use comity::object;
use comity::record::card::{Card, DeskKeys};
use comity::record::definition::AudienceRule;
use comity::record::{change, desk, stream};
use comity::seal::age_file::{self, AgeKey, Recipient};
use comity::seal::sign::Signer;
use comity::store::log;
use comity::store::tree::SqlTree;
use comity::value::class::Role;
use comity::value::digest::Digest;
use comity::value::id::Id;
use comity::value::json::Json;
use comity::value::realm::Realm;
use comity::value::timestamp::Timestamp;
use comity::workspace::error::Error;
use rusqlite::params;

use crate::desks::Site;

/// The roles of its members: the first three as [`Site::found`] gives them, the others as [`more_members`] does.
const ROLES: [&[Role]; 5] = [
    &[Role::Administrator, Role::DeskOfficer, Role::Investigator],
    &[Role::LegalReviewer, Role::ReleaseOfficer, Role::Administrator],
    &[Role::LegalReviewer, Role::ReleaseOfficer],
    &[Role::Investigator, Role::DeskOfficer],
    &[Role::LegalReviewer, Role::FinanceOfficer, Role::OversightAuditor],
];

/// Enrols two more members at a desk: another one who may propose, and another one who may review.
pub fn more_members(site: &Site) {
    for (n, roles) in [(4, "investigator,desk-officer"), (5, "legal-reviewer,finance-officer,oversight-auditor")] {
        let file = site.identity(n).to_str().unwrap().to_owned();
        site.must(1, "identity new", &[("name", &format!("XB-{n}")), ("out", &file), ("no-passphrase", "yes")]);
        site.must(1, "member add", &[("file", &format!("{file}.pub")), ("roles", roles)]);
    }
}

/// A partner desk that says what it likes to one other desk.
pub struct LyingDesk {
    /// Its id.
    pub desk: Id,
    /// The desk that it lies to.
    pub to: Id,
    /// Its root key, which certifies members.
    pub root: Signer,
    /// Its members 1 to 5.
    pub members: Vec<Signer>,
    /// Its key for cosignatures on other desks' logs.
    pub witness: Signer,
    /// What it has said so far. Whoever puts this back has said nothing since.
    pub said: Said,
    replica: Id,
    realm: Realm,
    bundle: Signer,
    log: Signer,
    recipient: Recipient,
    folder: String,
    /// The end of its log before, where it goes on as another replica, and how that had grown.
    former: Option<(OldLog, Option<Growth>)>,
}

/// The log of a lying desk, and the bundles that it made of it.
#[derive(Clone)]
pub struct Said {
    /// The serial of its newest certificate.
    pub serial: i64,
    /// What it says to have seen of the reader's log.
    pub seen: Vec<Seen>,
    /// What its clock says.
    pub now: Timestamp,
    pub leaves: Vec<Digest>,
    last: (Digest, HybridTime),
    waiting: Vec<SignedAct>,
    /// The last bundle: its number, its manifest, and the size of the log in it.
    pub sent: Option<(u64, Digest, u64)>,
}

#[derive(Clone)]
struct SignedAct {
    index: u64,
    header: Vec<u8>,
    signature: String,
    lines: Vec<Line>,
}

/// A key of a signer once more.
pub fn again(signer: &Signer) -> Signer {
    Signer::from_seed(&signer.seed())
}

/// An id that nobody has: `n` sixteen times.
pub fn fresh(n: u8) -> Id {
    Id::from_bytes([n; 16])
}

/// The salt of every content that is forged.
pub const SALT: [u8; 32] = [7; 32];

impl LyingDesk {
    /// Takes over a desk that has written to the reader, with all of its keys and where its log and its stream stand.
    pub fn take_over(site: &Site, reader: &Site) -> Self {
        let signer = |member: u8| {
            let (me, _) = comity::command::identity::unlock(&mut site.place(member)).unwrap();
            me.signer
        };
        let theirs = reader.open(1).unwrap();
        let (to, recipient) = (theirs.meta.desk, theirs.keyring.keys.age.recipient());
        drop(theirs);
        let own = site.open(1).unwrap();
        let mut headers = own.db.prepare("SELECT header FROM act WHERE desk = ?1 ORDER BY sequence").unwrap();
        let headers: Vec<Vec<u8>> = headers
            .query_map(params![own.meta.desk.as_bytes().as_slice()], |r| r.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let last = headers.last().unwrap();
        let stream = stream::with(&own.records(), own.meta.desk, to).unwrap();
        let size = stream.terms.get("out").and_then(|out| out.get("size")).and_then(Json::int);
        Self {
            desk: own.meta.desk,
            to,
            root: again(own.me.root_of(own.meta.desk).unwrap()),
            members: (1..=5).map(signer).collect(),
            witness: again(&own.keyring.keys.witness),
            said: Said {
                serial: own.next_serial().unwrap(),
                seen: Vec::new(),
                now: site.now,
                leaves: headers.iter().map(|h| leaf_hash(h)).collect(),
                last: (act_id(last), Header::parse(last).unwrap().time),
                waiting: Vec::new(),
                sent: stream::sent(&stream).map(|(n, manifest)| (n, manifest, size.unwrap() as u64)),
            },
            replica: own.meta.replica,
            realm: own.meta.realm.clone(),
            bundle: again(&own.keyring.keys.bundle),
            log: again(&own.keyring.keys.log),
            recipient,
            folder: site.path(""),
            former: None,
        }
    }

    /// Goes on as another replica, as a desk does that was set back to so many acts of its log. Whether it declares that is another
    /// matter.
    pub fn goes_on_as_another(&mut self, held: usize) -> OldLog {
        let old: Vec<Digest> = self.said.leaves[..held].to_vec();
        let nodes = Leaves(&old);
        let end = OldLog { replica: self.replica, size: held as u64, root: sure(tree::root(&nodes, held as u64)) };
        let growth =
            self.said.sent.map(|(.., from)| Growth { from, proof: sure(tree::consistency(&nodes, from, held as u64)) });
        self.former = Some((end, growth));
        self.replica = fresh(0x99);
        self.said.leaves.clear();
        end
    }

    /// States new keys of the desk, of a number, with this root key.
    pub fn new_keys(&self, number: u64, root: &Signer) -> Change {
        let [bundle, log, witness] = [1, 2, 3].map(|n| Signer::from_seed(&[0x60 + n; 32]));
        let keys = DeskKeys {
            root: self.root.public(),
            age: AgeKey::generate().recipient().to_string(),
            bundle: bundle.public(),
            log: log.public(),
            witness: witness.public(),
        };
        let card = Card {
            desk: self.desk,
            code: "XB".into(),
            name: "XB".into(),
            jurisdiction: "XB".into(),
            realm: self.realm.clone(),
            keys,
        };
        let by = desk::KeySigners { root, before: &self.bundle, bundle: &bundle, log: &log, witness: &witness };
        desk::keys_taken(&card, &card.sign(&self.root).unwrap(), number, &by, SALT).unwrap()
    }

    /// The key of a member.
    pub fn key_of(&self, member: usize) -> Signer {
        again(&self.members[member])
    }

    /// Has seen everything that stands in the reader's log.
    pub fn sees(&mut self, reader: &Site) {
        let theirs = reader.open(1).unwrap();
        let size = log::tip(&theirs.db, &theirs.meta).unwrap().size;
        let root = tree::root(&SqlTree::new(&theirs.db, theirs.meta.replica), size).unwrap();
        self.said.seen = vec![Seen { desk: self.to, replica: theirs.meta.replica, size, root }];
    }

    /// When its next act is made.
    pub fn at(&self) -> Timestamp {
        HybridTime::after(Some(self.said.last.1), self.said.now).at
    }

    /// The member who may begin an act with a kind of change, and in which role.
    pub fn signer_of(&self, kind: &str) -> (usize, Role) {
        let kind = change(kind).unwrap().kind;
        let may = |n: usize| acting_role(kind, ROLES[n]).map(|role| (n, role));
        (0..5).find_map(may).unwrap_or((0, Role::DeskOfficer))
    }

    /// Signs these changes as one act, by whoever may sign it, for whom such an act is.
    pub fn sign(&mut self, changes: &[Change]) {
        self.sign_with(changes, |_| {});
    }

    /// The same, with something else in the header.
    pub fn sign_with(&mut self, changes: &[Change], alter: impl FnOnce(&mut Header)) {
        let (member, role) = self.signer_of(&changes[0].kind);
        let signer = again(&self.members[member]);
        self.sign_as(&signer, role, changes, alter);
    }

    /// Signs these changes as one act with this key.
    pub fn sign_as(&mut self, signer: &Signer, role: Role, changes: &[Change], alter: impl FnOnce(&mut Header)) {
        let mut root = Frontier::default();
        changes.iter().for_each(|c| root.push(c.leaf()));
        let to_all = change(&changes[0].kind).is_some_and(|def| def.audience == AudienceRule::Partners);
        let mut header = Header {
            realm: self.realm.clone(),
            desk: self.desk,
            replica: self.replica,
            sequence: self.said.leaves.len() as u64,
            previous: (!self.said.leaves.is_empty()).then_some(self.said.last.0),
            seen: self.said.seen.clone(),
            time: HybridTime::after(Some(self.said.last.1), self.said.now),
            member: signer.public().person(),
            role,
            basis: None,
            audience: if to_all { Audience::Partners } else { Audience::Desks(vec![self.to]) },
            changes: changes.len() as u64,
            root: root.root(),
        };
        alter(&mut header);
        let bytes = header.to_bytes();
        let signature = signer.sign(&header.realm.namespace("act"), &bytes).unwrap();
        let lines = changes.iter().cloned().map(Line::Change).collect();
        self.said.last = (act_id(&bytes), header.time);
        self.said.leaves.push(leaf_hash(&bytes));
        self.said.waiting.push(SignedAct { index: header.sequence, header: bytes, signature, lines });
    }

    /// The next bundle, with everything that was said since the last one. Returns the path of its file.
    pub fn bundle(&mut self) -> String {
        self.bundle_with(|_| {})
    }

    /// The same, with something else in its manifest.
    pub fn bundle_with(&mut self, alter: impl FnOnce(&mut Manifest)) -> String {
        let size = self.said.leaves.len() as u64;
        let nodes = Leaves(&self.said.leaves);
        let checkpoint = Checkpoint {
            origin: checkpoint::origin(self.desk, self.replica, &self.realm),
            size,
            root: sure(tree::root(&nodes, size)),
        };
        let line = note::sign(&checkpoint.text(), &checkpoint.origin, &self.log);
        let growth = |from| Growth { from, proof: sure(tree::consistency(&nodes, from, size)) };
        let mut parts = Vec::new();
        for act in &self.said.waiting {
            let head = Head {
                index: act.index,
                header: act.header.clone(),
                signature: act.signature.clone(),
                changes: act.lines.len() as u64,
                proof: sure(tree::inclusion(&nodes, act.index, size)),
            };
            let mut part = Vec::new();
            head.write(&mut part).unwrap();
            for line in &act.lines {
                line.write(&mut part);
                part.push(b'\n');
            }
            parts.push((PartKind::Act, part));
        }
        let total: usize = parts.iter().map(|(_, part)| part.len()).sum();
        let step = (total.max(4096).next_power_of_two() / 16).max(512);
        parts.push((PartKind::Padding, vec![0; total.next_multiple_of(step) - total]));
        let slice: Vec<u8> = parts.iter().flat_map(|(_, part)| part.iter().copied()).collect();
        let described =
            parts.iter().map(|(kind, p)| Part { kind: *kind, bytes: p.len() as u64, digest: Digest::of(p) });
        let sent = self.said.sent;
        let mut manifest = Manifest {
            continues: self.former.iter().map(|(end, _)| *end).collect(),
            realm: self.realm.clone(),
            from: self.desk,
            replica: self.replica,
            to: self.to,
            sequence: sent.map_or(1, |(n, ..)| n + 1),
            previous: sent.map(|(_, manifest, _)| manifest),
            made: self.at(),
            by: self.members[0].public().person(),
            acknowledges: None,
            checkpoint: Note { text: checkpoint.text(), signatures: vec![line] }.to_string(),
            growth: match self.former.as_ref().and_then(|(_, before)| before.clone()) {
                Some(before) => Some(before),
                None => sent.map(|(.., from)| growth(from)),
            },
            cosigned: None,
            replaces: None,
            parts: described.collect(),
            volumes: vec![Volume { bytes: slice.len() as u64, digest: Digest::of(&slice) }],
        };
        alter(&mut manifest);
        let bytes = manifest.to_bytes();
        let namespace = self.realm.namespace("bundle");
        let [desk, member] = [&self.bundle, &self.members[0]].map(|key| key.sign(&namespace, &bytes).unwrap());
        let first = format!("comity-bundle/1 {} {} {} 1\n", bytes.len(), desk.len(), member.len());
        let plain =
            [first.as_bytes(), &bytes, desk.as_bytes(), member.as_bytes(), &slice, b"comity-end\n".as_slice()].concat();
        let path = format!("{}lie-{}", self.folder, manifest.sequence);
        fs::write(&path, age_file::seal(std::slice::from_ref(&self.recipient), &plain).unwrap()).unwrap();
        self.said.sent = Some((manifest.sequence, Manifest::digest(&bytes), size));
        self.said.waiting.clear();
        if let Some((_, before)) = &mut self.former {
            *before = None;
        }
        path
    }

    /// Signs these changes as one act, in a bundle that the reader is to take in. What is refused was never signed.
    pub fn send(&mut self, reader: &Site, changes: &[Change]) -> Result<Output, Error> {
        let before = self.said.clone();
        self.sign(changes);
        let path = self.bundle();
        let told = reader.run(1, "bundle import", &[("path", &path)]);
        if told.is_err() {
            self.said = before;
        }
        told
    }

    /// Certifies a member in these terms: the certificate is put behind them.
    pub fn certify(&mut self, terms: &mut Json) {
        self.said.serial += 1;
        terms.remove("certificate");
        terms.set("serial", self.said.serial);
        let part = |key: &str| terms.get(key).cloned().unwrap_or(Json::Null);
        let body = object! {
            "comity" => "certificate/1",
            "desk" => self.desk.to_string(),
            "realm" => self.realm.to_string(),
            "signing" => part("signing"),
            "age" => part("age"),
            "roles" => part("roles"),
            "serial" => part("serial"),
        };
        let signature = self.root.sign(&self.realm.namespace("certificate"), &body.to_bytes()).unwrap();
        terms.set("certificate", signature);
    }

    /// The terms of a member with these keys and roles, certified.
    pub fn member(&mut self, signing: &str, age: &str, roles: &[&str]) -> Json {
        let roles: Vec<Json> = roles.iter().map(|r| Json::from(*r)).collect();
        let mut terms = object! { "signing" => signing, "age" => age, "roles" => roles };
        self.certify(&mut terms);
        terms
    }

    /// A disclosure of items with these terms ([`item_terms`]), as an act of this kind: it states the facts that let it go.
    pub fn disclosure(&self, id: Id, kind: &str, items: &[(Id, Json)], alter: impl Fn(&mut Json)) -> Vec<Change> {
        let (proposer, releaser) = (self.members[0].public().person(), self.members[1].public().person());
        let asked: Vec<Json> = items
            .iter()
            .map(|(_, terms)| {
                let mut facts = self.facts(terms);
                if kind == "disclosure-release" {
                    facts.set("released_by", releaser.to_string());
                }
                alter(&mut facts);
                facts
            })
            .collect();
        let terms = object! {
            "to" => self.to.to_string(), "purpose" => "cybercrime", "delete_after_days" => 30i64, "named" => false,
            "proposed_by" => proposer.to_string(), "asked" => asked,
        };
        let mut changes = vec![Change::of_terms(id, kind, &terms)];
        for (n, (item, terms)) in items.iter().enumerate() {
            let mut terms = terms.clone();
            terms.set("asked", n as i64);
            changes.push(Change::with_content(*item, "item-copy", &terms, &object! { "value" => "lie.example" }, SALT));
        }
        changes
    }

    /// The facts on which an item with these terms may leave, as this desk states them.
    pub fn facts(&self, terms: &Json) -> Json {
        let word = |key: &str| terms.get(key).cloned().unwrap_or(Json::Null);
        let days = |n: i64| self.at().plus(comity::value::timestamp::Duration::days(n)).to_string();
        object! {
            "question" => "leave",
            "now" => self.at().to_string(),
            "realm" => self.realm.to_string(),
            "purpose" => "cybercrime",
            "delete_after_days" => 30i64,
            "named_people" => false,
            "item" => object! {
                "realm" => self.realm.to_string(), "state" => "held", "tier" => word("tier"),
                "category" => word("category"), "person_class" => word("person_class"), "tlp" => word("tlp"),
                "handling" => word("handling"), "originator" => "own", "conditions" => word("conditions"),
                "originator_delete_in_days" => Json::Null,
            },
            "partner" => object! {
                "realm" => self.realm.to_string(), "standing" => "pinned", "kind" => "law-enforcement",
                "channel" => "operational",
            },
            "agreement" => object! {
                "from" => days(-30), "until" => days(300), "ended" => false,
                "purposes" => vec![Json::from("cybercrime")], "categories" => vec![word("category")],
                "tier" => 4i64, "retention_cap_days" => 90i64,
            },
            "consent" => "none",
            "review" => Json::Null,
            "proposed_by" => self.members[0].public().person().to_string(),
            "released_by" => Json::Null,
            "authorisation" => object! { "given" => false, "expires" => Json::Null },
            "assurances" => object! { "required" => Vec::<Json>::new(), "given" => Vec::<Json>::new() },
            "dispute_freezes_from_tier" => Json::Null,
            "references" => "none",
            "emergency" => Json::Null,
        }
    }

    /// The terms of an indicator of this desk, in a case.
    pub fn item_terms(&self, case: Id) -> Json {
        object! {
            "case" => case.to_string(), "type" => "domain", "tier" => 1i64, "category" => "indicator",
            "person_class" => "none", "assertion" => "fact", "tlp" => "GREEN", "pap" => "AMBER",
            "handling" => vec![Json::from("H0")], "conditions" => vec![Json::from("use-limit")],
            "originator" => self.desk.to_string(),
            "delete_by" => self.at().plus(comity::value::timestamp::Duration::days(30)).to_string(),
        }
    }
}

fn sure<T>(result: Result<T, Infallible>) -> T {
    let Ok(value) = result;
    value
}

/// The tree over the acts of a log, made of its leaves whenever it is asked.
struct Leaves<'a>(&'a [Digest]);

impl Nodes for Leaves<'_> {
    type Error = Infallible;

    fn node(&self, height: u8, index: u64) -> Result<Digest, Infallible> {
        if height == 0 {
            return Ok(self.0[usize::try_from(index).unwrap()]);
        }
        Ok(node_hash(&self.node(height - 1, 2 * index)?, &self.node(height - 1, 2 * index + 1)?))
    }
}
