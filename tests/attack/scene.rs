//! Where attacks are tried: a reader with a record of nearly every kind, the partner that lies to it, an honest example of every
//! act that a partner may send, and what must still work afterwards.

use std::fs;
use std::path::PathBuf;

use comity::act::change::Change;
use comity::act::enclosed::Enclosed;
use comity::act::header::Audience;
use comity::command::commands;
use comity::command::definition::{Arg, ArgKind, Args, Handler};
use comity::command::history::acts_of;
use comity::command::run::{On, run};
use comity::law::edition::Law;
use comity::object;
use comity::record::kind::Kind;
use comity::record::store::{Query, Record, RecordStore as _};
use comity::record::target::Targets;
use comity::record::taskforce::{Charter, CharterContent};
use comity::record::{agreement, analysis, meeting, member, relay, task, taskforce};
use comity::seal::age_file::AgeKey;
use comity::seal::sign::Signer;
use comity::value::class::{Category, Tier};
use comity::value::digest::Digest;
use comity::value::id::Id;
use comity::value::json::Json;
use comity::value::marking::Marking;
use comity::value::timestamp::Duration;
use comity::workspace::error::{Error, ErrorKind};
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;

use super::lying_desk::{LyingDesk, SALT, fresh, more_members};
use rusqlite::types::ValueRef;

use crate::desks::{Site, bytes_of, pair};

/// The case of the partner that its examples speak of, and its item in it.
pub const THEIR_CASE: u8 = 0xc1;
/// An item that the partner gave.
pub const THEIR_ITEM: u8 = 0xe1;

/// A reader, the partner that lies to it, and what they have exchanged so far.
pub struct Scene {
    _root: tempfile::TempDir,
    /// The reader.
    pub a: Site,
    /// The partner as it lies.
    pub liar: LyingDesk,
    /// A case of the reader.
    pub case: Id,
    /// An item of the reader.
    pub item: Id,
    /// An item of the reader of which the partner holds a copy.
    pub given: Id,
    /// The disclosure that gave it.
    pub disclosure: Id,
    /// A request of the reader that the partner has.
    pub request: Id,
    /// A request of the reader in conflict.
    pub conflict: Id,
    /// The reader's record of the agreement.
    pub agreement: Id,
    /// The partner's record of the agreement.
    pub their_agreement: Id,
    /// A statement of account of the reader, which the partner has.
    pub statement: Id,
    /// A request of the partner.
    pub their_request: Id,
    /// A certificate of the partner.
    pub their_certificate: Id,
    /// A sealed bundle for a third desk that the reader has handed to the partner.
    pub relay: Id,
    /// A task force that the reader leads, and the partner has not signed.
    pub taskforce: Id,
    /// A task force that the partner leads, which is in force.
    pub their_taskforce: Id,
    /// A dispute of the reader, in which it has proposed a neutral.
    pub dispute: Id,
    /// A dispute of the reader in which the partner owes a remedy.
    pub owed: Id,
    /// A dispute of the partner.
    pub their_dispute: Id,
    /// A mistake of the reader that the partner was told of.
    pub error: Id,
    /// A finding of the reader on the partner.
    pub finding: Id,
    /// A complaint that the reader has passed on to the partner.
    pub complaint: Id,
    /// A complaint that the partner has passed on to the reader.
    pub their_complaint: Id,
}

/// A task of the partner, and a meeting and a joint analysis that it began.
pub const THEIR_WORK: [u8; 3] = [0x41, 0x42, 0x43];

impl Scene {
    /// The partner says that it does not delete its copy of a record, on which ground, and when it looks at that again.
    pub fn answers(&self, answer: Id, record: Id) -> Vec<Change> {
        let review = self.liar.said.now.plus(Duration::days(100));
        let terms = object! {
            "to" => self.liar.to.to_string(), "extent" => "cannot", "basis" => "own-law", "review" => review.to_string(),
        };
        vec![
            Change::of_terms(answer, "delete-answer", &terms),
            Change::of_terms(record, "delete-answered", &object! {}),
        ]
    }

    /// Two desks that have exchanged something of everything; then the partner begins to lie.
    pub fn new() -> Self {
        let (root, a, b) = pair();
        more_members(&b);
        let id = |text: &str| Id::parse(text).unwrap();
        let case = a.case("Ours");
        let item = a.indicator(&case, "ours.example");
        let held = a.indicator(&case, "held.example");
        a.make(1, "retention hold", &[("item", &held), ("reason", "audit"), ("because", "asked")]);
        let given = a.indicator(&case, "given.example");
        let disclosure = a.make(1, "disclosure new", &[("item", &given), ("to", "XB"), ("delete-after", "30d")]);
        let (request, conflict) = (ask(&a, &case), ask(&a, &case));
        let statement = state_account(&a);
        let handed =
            relay::Terms { to: fresh(0x79), bytes: 0, digest: Digest::of(b""), priority: relay::Priority::Routine };
        let mut workspace = a.open(1).unwrap();
        let carrier = Audience::Desks(vec![workspace.partner("XB").unwrap().id]);
        let relay = workspace.act_alone(relay::HAND, carrier, |_, _| Ok(relay::handed(fresh(0x7a), &handed))).unwrap();
        drop(workspace);
        let taskforce = a.make(1, "taskforce new", &charter_form());
        a.enrol(4, "oversight-auditor");
        let raised = |site: &Site, with: &str| {
            site.make(1, "dispute open", &[("with", with), ("subject", "delay"), ("statement", "x")])
        };
        let (dispute, owed) = (raised(&a, "XB"), raised(&a, "XB"));
        a.must(1, "dispute neutral", &[("dispute", &dispute), ("name", "N."), ("independence", "none")]);
        a.must(1, "dispute remedy", &[("dispute", &owed), ("text", "a list"), ("by", "300d")]);
        let error = a.make(1, "error report", &[("about", &given), ("text", "wrong"), ("severity", "recordable")]);
        let found = [("to", "XB"), ("text", "kept"), ("recommend", "erase"), ("due", "300d")];
        let finding = a.make(4, "finding open", &found);
        let said = [("right", "access"), ("channel", "letter"), ("from", "x"), ("subject", "y"), ("text", "z")];
        let complaint = a.make(4, "complaint receive", &said);
        a.must(4, "complaint refer", &[("complaint", &complaint), ("to", "XB")]);
        a.carry(&b, "first");
        b.must(1, "dispute agree", &[("dispute", &owed)]);
        let their_dispute = raised(&b, "XA");
        let their_complaint = b.make(5, "complaint receive", &said);
        b.must(5, "complaint refer", &[("complaint", &their_complaint), ("to", "XA")]);
        b.carry(&a, "first");
        let mut liar = LyingDesk::take_over(&b, &a);
        liar.sees(&a);
        // Taken back here while the partner, which does not know that yet, accepts it.
        a.must(1, "request withdraw", &[("request", &conflict), ("because", "not needed")]);
        let accepts = object! { "answer" => "accept", "said" => true };
        let accepts =
            Change::with_content(id(&conflict), "request-answer", &accepts, &object! { "text" => "yes" }, SALT);
        liar.send(&a, &[accepts]).unwrap();
        let workspace = a.open(1).unwrap();
        let find = |kind: Kind, desk: Id| {
            let all = workspace.records().find(&Query::kind(kind)).unwrap();
            all.into_iter().find(|r| r.desk == desk).unwrap_or_else(|| panic!("no {kind}")).id
        };
        let (home, desk) = (workspace.meta.desk, liar.desk);
        let (agreement, their_agreement) = (find(Kind::Agreement, home), find(Kind::Agreement, desk));
        drop(workspace);
        let mut scene = Self {
            _root: root,
            case: id(&case),
            item: id(&item),
            given: id(&given),
            disclosure: id(&disclosure),
            request: id(&request),
            conflict: id(&conflict),
            agreement,
            their_agreement,
            statement: id(&statement),
            their_request: fresh(0xa1),
            their_certificate: fresh(0xb1),
            relay,
            taskforce: id(&taskforce),
            their_taskforce: fresh(0x40),
            dispute: id(&dispute),
            owed: id(&owed),
            their_dispute: id(&their_dispute),
            error: id(&error),
            finding: id(&finding),
            complaint: id(&complaint),
            their_complaint: id(&their_complaint),
            liar,
            a,
        };
        let given = scene.gives(fresh(0xd1), fresh(THEIR_ITEM), fresh(THEIR_CASE));
        let asks = scene.asks(scene.their_request);
        let certifies = scene.certifies(scene.their_certificate);
        for act in [given, vec![asks], certifies] {
            scene.liar.send(&scene.a, &act).unwrap();
        }
        let (charter, words) = scene.charter(1);
        let proposes = taskforce::proposed(scene.their_taskforce, &charter, &words, SALT);
        scene.liar.send(&scene.a, &[proposes]).unwrap();
        scene.a.must(1, "taskforce sign", &[("taskforce", &scene.their_taskforce.to_string())]);
        for begun in scene.works(THEIR_WORK) {
            scene.liar.send(&scene.a, &[begun]).unwrap();
        }
        // Somebody whom the partner has enrolled, and revoked.
        let enrols = scene.newcomer(GONE);
        scene.liar.send(&scene.a, &[enrols]).unwrap();
        let gone = scene.record(numbered(GONE));
        let of = |key: &str| gone.text(key).unwrap().to_owned();
        let terms = scene.liar.member(&of("signing"), &of("age"), &[]);
        scene.liar.send(&scene.a, &[Change::of_terms(gone.id, "member-revoke", &terms)]).unwrap();
        scene.liar.sees(&scene.a);
        scene
    }

    /// A charter of the partner and the reader, which the partner leads.
    pub fn charter(&self, version: i64) -> (Charter, CharterContent) {
        let words = CharterContent { title: "Theirs".into(), ..CharterContent::default() };
        let at = |days| self.liar.at().plus(Duration::days(days));
        let charter = Charter {
            version,
            model: "jit".into(),
            lead: self.liar.desk,
            desks: vec![self.liar.desk, self.liar.to],
            purposes: vec!["cybercrime".into()],
            categories: vec![Category::Indicator],
            tier: None,
            from: at(-10),
            until: at(300),
            retention_cap_days: 60,
            targets: Targets::default(),
            filled: vec!["parties".into()],
            text: words.digest(),
        };
        (charter, words)
    }

    /// A task, a meeting and a joint analysis of the partner's task force, with these ids.
    pub fn works(&self, [task, meeting, analysis]: [u8; 3]) -> [Change; 3] {
        let of = self.their_taskforce;
        let terms = task::Terms { taskforce: of, owner: self.liar.desk, due: None, after: Vec::new(), case: None };
        let called = meeting::Terms { taskforce: of, on: self.liar.at(), case: None };
        let owners = [self.liar.desk, self.liar.to];
        [
            task::new(fresh(task), &terms, "seize", Some("soon"), SALT),
            meeting::called(fresh(meeting), &called, "weekly", "servers", SALT),
            analysis::new(fresh(analysis), (of, fresh(THEIR_CASE)), &owners, &self.version(1), "pattern", SALT),
        ]
    }

    /// A version of a joint analysis of the partner.
    pub fn version(&self, version: i64) -> analysis::Version {
        let source = analysis::Source {
            item: fresh(THEIR_ITEM),
            originator: self.liar.desk,
            marking: Marking::default_for(Tier::INDICATORS),
        };
        analysis::Version { version, product: fresh(THEIR_ITEM), sources: vec![source] }
    }

    /// What the reader has signed of the partner's task force, and the certificate of who did.
    pub fn signed(&self) -> (Enclosed, Json) {
        let workspace = self.a.open(1).unwrap();
        let record = workspace.records().get(self.their_taskforce).unwrap().unwrap();
        let (act, change) = acts_of(&workspace, &record, &[taskforce::SIGN]).unwrap().pop().unwrap();
        let person = act.read_header().unwrap().member;
        let signer = member::own(&workspace.records(), person).unwrap().unwrap();
        let (_, enrolled) = acts_of(&workspace, &signer, &[member::ADD]).unwrap().pop().unwrap();
        (Enclosed::new(&act.header, &act.signature, &change), enrolled.read_terms().unwrap())
    }

    /// A disclosure of one indicator of the partner, in a case of the partner.
    pub fn gives(&self, disclosure: Id, item: Id, case: Id) -> Vec<Change> {
        let terms = self.liar.item_terms(case);
        let mut act = self.liar.disclosure(disclosure, "disclosure-propose", &[(item, terms)], |_| {});
        let title = object! { "title" => "Theirs" };
        act.insert(1, Change::with_content(case, "case-share", &object! { "purpose" => "cybercrime" }, &title, SALT));
        act
    }

    /// A request of the partner.
    pub fn asks(&self, id: Id) -> Change {
        let liar = &self.liar;
        let later = |days| liar.at().plus(Duration::days(days)).to_string();
        let clock = object! { "clock" => "reply", "variant" => "ordinary", "due" => later(20), "limit" => later(60) };
        let review = object! {
            "outcome" => "approved", "covers_item" => true, "level" => "L1", "tier" => 2i64,
            "purpose" => "cybercrime", "recipient" => "same", "expires" => later(60),
            "reviewers" => vec![Json::from(liar.members[2].public().person().to_string())],
        };
        let terms = object! {
            "kind" => "bc29", "case" => fresh(THEIR_CASE).to_string(), "to" => liar.to.to_string(),
            "purpose" => "cybercrime", "tier" => 2i64, "missing" => Vec::<Json>::new(), "clocks" => vec![clock],
            "asked" => object! { "review" => review }, "conditions" => vec![Json::from("use-limit")],
        };
        let said = object! { "fields" => object! { "authority" => "a" }, "caveats" => vec![Json::from("a caveat")] };
        Change::with_content(id, "request-send", &terms, &said, SALT)
    }

    /// A certificate of the partner, of a copy that it got from the reader.
    pub fn certifies(&self, id: Id) -> Vec<Change> {
        let terms = object! {
            "purge" => fresh(0xb7).to_string(), "counts" => object! { "item" => 1i64 }, "generation" => 1i64,
            "method" => "erased", "verification" => "read-back", "tool" => "comity 0.1.0",
        };
        let said = object! { "copies" => Vec::<Json>::new(), "backups" => Vec::<Json>::new() };
        vec![
            Change::with_content(id, "certificate", &terms, &said, SALT),
            Change::of_terms(self.given, "certified", &object! {}),
        ]
    }

    /// The reader's record of that id.
    pub fn record(&self, id: Id) -> Record {
        self.a.open(1).unwrap().records().get(id).unwrap().unwrap_or_else(|| panic!("no record {id}"))
    }

    /// The reader's record of a member of the partner.
    pub fn their_member(&self, n: usize) -> Record {
        let person = self.liar.members[n].public().person();
        member::by_person(&self.a.open(1).unwrap().records(), self.liar.desk, person).unwrap().unwrap()
    }

    /// The terms of a member of the partner, certified again with these roles.
    pub fn certified(&mut self, n: usize, roles: &[&str]) -> Json {
        let record = self.their_member(n);
        let (signing, age) = (record.text("signing").unwrap().to_owned(), record.text("age").unwrap().to_owned());
        self.liar.member(&signing, &age, roles)
    }

    /// Enrols somebody new at the partner: another for each number.
    pub fn newcomer(&mut self, n: usize) -> Change {
        let mut seed = [0x5a; 32];
        seed[..8].copy_from_slice(&(n as u64).to_le_bytes());
        let signing = Signer::from_seed(&seed).public().to_openssh();
        let terms = self.liar.member(&signing, &AgeKey::generate().recipient().to_string(), &["investigator"]);
        Change::with_content(numbered(n), "member-add", &terms, &object! { "name" => "New" }, SALT)
    }

    /// Gives a member of the partner other roles than the number before did.
    pub fn other_roles(&mut self, n: usize) -> Change {
        let member = self.their_member(2).id;
        let terms = self.certified(2, if n.is_multiple_of(2) { &["legal-reviewer"] } else { &["release-officer"] });
        Change::of_terms(member, "member-roles", &terms)
    }

    /// Answers a request otherwise than the number before did, in one letter.
    pub fn tiny_answer(&self, n: usize) -> Change {
        let answer = if n.is_multiple_of(2) { "postpone" } else { "accept" };
        let terms = object! { "answer" => answer, "said" => true };
        Change::with_content(self.request, "request-answer", &terms, &object! { "text" => "a" }, SALT)
    }

    /// A disclosure of so many items.
    pub fn many_items(&self, many: usize) -> Vec<Change> {
        let terms = self.liar.item_terms(fresh(THEIR_CASE));
        let mut act = self.liar.disclosure(fresh(0xd9), "disclosure-propose", &[(numbered(0), terms)], |_| {});
        for n in 1..many {
            let mut copy = act[1].clone();
            copy.record = numbered(n);
            act.push(copy);
        }
        act
    }
}

/// States to the partner what it bears of a line on which nothing was spent yet.
fn state_account(a: &Site) -> String {
    a.must(1, "identity new", &[("name", "XA-9"), ("out", &a.path("9.id")), ("no-passphrase", "yes")]);
    a.must(1, "member add", &[("file", &a.path("9.id.pub")), ("roles", "finance-officer")]);
    let line = [("title", "Forensics"), ("currency", "EUR"), ("amount", "100.00"), ("period", "2026")];
    let line = a.make(9, "budget line", &line);
    a.must(9, "budget split", &[("line", &line), ("shares", "XA=50,XB=50")]);
    a.make(9, "budget statement", &[("line", &line), ("to", "XB")])
}

/// A charter that the reader proposes to the partner.
fn charter_form() -> Vec<(&'static str, &'static str)> {
    let law = Law::of_program();
    let mut form = vec![
        ("title", "Ours"),
        ("purpose", "cybercrime"),
        ("desks", "XA,XB"),
        ("from", "2026-01-01"),
        ("until", "2030-01-01"),
        ("categories", "indicator"),
        ("retention-cap", "60d"),
    ];
    let filled: &'static str = "as agreed";
    form.extend(law.request("jit").unwrap().field.iter().map(|f| {
        let said: &'static str = Box::leak(format!("{}={filled}", f.id).into_boxed_str());
        ("field", said)
    }));
    form
}

/// Asks the partner for something: written, reviewed and sent.
fn ask(a: &Site, case: &str) -> String {
    let fields = ["authority=a", "offence=o", "data=d", "relation=r", "custodian=c", "necessity=n", "intent=i"];
    let mut form = vec![("kind", "bc29"), ("case", case), ("to", "XB")];
    form.extend(fields.iter().map(|f| ("field", *f)));
    let request = a.make(1, "request new", &form);
    let answer = a.must(1, "request submit", &[("request", &request)]);
    a.decide(answer.value["review"].as_str().unwrap());
    a.must(1, "request send", &[("request", &request)]);
    request
}

/// An honest act of the partner, and the change in it that it is an example of.
pub struct Example {
    /// The kind of that change.
    pub of: &'static str,
    /// Its place in the act.
    pub which: usize,
    /// The act.
    pub act: Vec<Change>,
}

/// Kinds of change that no partner's act may hold: those that stay at home are known by their row; these by what they do.
pub const NEVER: &[&str] = &[
    "desk-found",
    "disclosure-item",
    // The partner here is no oversight body, which alone finds something about another desk.
    "finding-open",
    "finding-close",
    // A restore is declared by the first acts of another log: `set_back.rs` tries that.
    "backup-declare",
    "backup-confirm",
    // Acts of play, which no live desk takes; in an exercise they are forged in `suite/exercises.rs`.
    "exercise-start",
    "exercise-pause",
    "exercise-clock",
    "exercise-end",
    "exercise-deliver",
    "exercise-respond",
    "exercise-hot-wash",
];

/// An honest example of each kind of change that a partner may send. They are taken in one after the other, or each alone.
pub fn examples(s: &mut Scene) -> Vec<Example> {
    let roles = ["investigator"];
    let (signing, age) = (Signer::from_seed(&[0x51; 32]).public(), AgeKey::generate().recipient());
    let newcomer = s.liar.member(&signing.to_openssh(), &age.to_string(), &roles);
    let more = s.certified(2, &["legal-reviewer", "release-officer", "oversight-auditor"]);
    let third = s.their_member(2).id;
    let (home, liar) = (s.liar.to, &s.liar);
    let later = |days| liar.at().plus(Duration::days(days)).to_string();
    let text = |text: &str| object! { "text" => text };
    let agreement = object! {
        "partner" => home.to_string(), "instrument" => "bc", "purposes" => vec![Json::from("cybercrime")],
        "categories" => vec![Json::from("indicator")], "tier" => 2i64, "from" => later(-10), "until" => later(300),
        "retention_cap_days" => 90i64, "onward" => "no",
    };
    let digest = agreement::terms_of(&s.record(s.agreement)).unwrap().digest().to_string();
    let asked_item = object! {
        "kind" => "consent", "case" => fresh(THEIR_CASE).to_string(), "to" => home.to_string(),
        "purpose" => "cybercrime", "tier" => 1i64, "missing" => Vec::<Json>::new(), "item" => s.given.to_string(),
        "recipient" => fresh(0x77).to_string(),
    };
    let answer = object! {
        "answer" => "offer", "said" => true, "ground" => "R1", "conditions" => vec![Json::from("use-limit")],
    };
    let orders = |record: Id| {
        vec![
            Change::of_terms(fresh(0x91), "delete-order", &object! { "to" => home.to_string(), "cause" => "recalled" }),
            Change::of_terms(record, "delete-ordered", &object! {}),
        ]
    };
    let one = |of, change: Change| Example { of, which: 0, act: vec![change] };
    let gives = s.gives(fresh(0xd2), fresh(0xe2), fresh(0xc2));
    let mut all = vec![
        one(
            "member-add",
            Change::with_content(fresh(0x52), "member-add", &newcomer, &object! { "name" => "New" }, SALT),
        ),
        one("member-roles", Change::of_terms(third, "member-roles", &more)),
        one("agreement-add", {
            let said = object! { "title" => "theirs", "safeguards" => "some", "costs" => "each its own" };
            Change::with_content(fresh(0xa2), "agreement-add", &agreement, &said, SALT)
        }),
        one("agreement-countersign", {
            Change::of_terms(s.agreement, "agreement-countersign", &object! { "digest" => digest })
        }),
        one("agreement-end", {
            let said = object! { "because" => "over" };
            Change::with_content(s.their_agreement, "agreement-end", &object! {}, &said, SALT)
        }),
        one("agreement-renew", {
            let mut terms = agreement::terms_of(&s.record(s.their_agreement)).unwrap();
            terms.until = liar.at().plus(Duration::days(900));
            let renewal = agreement::Renewal { terms, review: None };
            agreement::renewed(s.their_agreement, &renewal, "yearly", Some("reply sooner"), SALT)
        }),
        one("taskforce-new", {
            let (charter, words) = s.charter(1);
            taskforce::proposed(fresh(0x44), &charter, &words, SALT)
        }),
        one("taskforce-amend", {
            let (charter, words) = s.charter(2);
            taskforce::proposed(s.their_taskforce, &charter, &words, SALT)
        }),
        one("taskforce-sign", {
            taskforce::signed(s.taskforce, &taskforce::charter_of(&s.record(s.taskforce)).unwrap())
        }),
        one("taskforce-pass", {
            let (act, certificate) = s.signed();
            taskforce::passed_on(s.their_taskforce, &act, &certificate)
        }),
        one("taskforce-leave", taskforce::left(s.taskforce, 1, "no people", SALT)),
        one("taskforce-evaluate", taskforce::evaluated(s.their_taskforce, "it went well", SALT)),
        one("taskforce-end", taskforce::ended(s.their_taskforce, "done", SALT)),
        one("task-new", s.works([0x45, 0x46, 0x47])[0].clone()),
        one("task-move", task::moved(fresh(THEIR_WORK[0]), task::State::Blocked, Some("no warrant"), SALT)),
        one("meeting-call", s.works([0x45, 0x46, 0x47])[1].clone()),
        one("meeting-minute", {
            meeting::minuted(fresh(THEIR_WORK[1]), "weekly", "all came", &["seize".to_owned()], SALT)
        }),
        one("analysis-new", s.works([0x45, 0x46, 0x47])[2].clone()),
        one("analysis-revise", analysis::revised(fresh(THEIR_WORK[2]), &s.version(2), "more", SALT)),
        one("analysis-decide", analysis::decided(fresh(THEIR_WORK[2]), 1, true, "good", SALT)),
        one("request-send", s.asks(fresh(0xa3))),
        one("consent-ask", {
            let said = object! { "fields" => object! { "why" => "a trial" } };
            Change::with_content(fresh(0xa4), "consent-ask", &asked_item, &said, SALT)
        }),
        one("request-answer", Change::with_content(s.request, "request-answer", &answer, &text("on terms"), SALT)),
        one("request-report", {
            let terms = object! { "report" => "extend", "said" => true };
            Change::with_content(s.their_request, "request-report", &terms, &text("60 days more"), SALT)
        }),
        one("conflict-resolve", {
            let (terms, said) = (object! { "take" => "withdrawn" }, object! { "because" => "agreed" });
            Change::with_content(s.conflict, "conflict-resolve", &terms, &said, SALT)
        }),
        one("budget-statement", {
            let terms = object! {
                "line" => fresh(0xbf).to_string(), "to" => home.to_string(), "currency" => "EUR", "period" => "2026",
                "due" => 500i64, "paid" => 0i64,
            };
            Change::with_content(
                fresh(0xbe),
                "budget-statement",
                &terms,
                &object! { "title" => "t", "note" => "n" },
                SALT,
            )
        }),
        one("budget-dispute", {
            let said = object! { "because" => "too much" };
            Change::with_content(s.statement, "budget-dispute", &object! { "said" => true }, &said, SALT)
        }),
        one(
            "budget-accept",
            Change::of_terms(s.statement, "budget-accept", &object! { "due" => 0i64, "paid" => 0i64 }),
        ),
        Example { of: "relay-hand", which: 0, act: hands(fresh(0x71)) },
        Example { of: "relay-piece", which: 1, act: hands(fresh(0x72)) },
        one("member-confirm-acts", Change::of_terms(numbered(GONE), "member-confirm-acts", &object! {})),
        one("hold-tell", {
            let (to, hold, on) = (s.liar.to.to_string(), fresh(0xa1).to_string(), s.given.to_string());
            let terms = object! { "to" => to, "hold" => hold, "on" => on, "reason" => "audit" };
            Change::of_terms(fresh(0xa2), "hold-tell", &terms)
        }),
        one("hold-answer", {
            let terms = object! { "to" => s.liar.to.to_string(), "answer" => "keep" };
            Change::of_terms(fresh(0xa3), "hold-answer", &terms)
        }),
        one("hold-end", Change::of_terms(fresh(0xa2), "hold-end", &object! { "to" => s.liar.to.to_string() })),
        one("relay-pass", Change::of_terms(s.relay, "relay-pass", &object! {})),
        one("request-withdraw", {
            let said = object! { "because" => "not needed" };
            Change::with_content(s.their_request, "request-withdraw", &object! {}, &said, SALT)
        }),
        Example { of: "disclosure-propose", which: 0, act: gives.clone() },
        Example { of: "case-share", which: 1, act: s.gives(fresh(0xd3), fresh(0xe3), fresh(0xc3)) },
        Example { of: "item-copy", which: 2, act: s.gives(fresh(0xd4), fresh(0xe4), fresh(0xc4)) },
        Example { of: "disclosure-release", which: 0, act: released(s, fresh(0xd5), fresh(0xe5), 2) },
        Example { of: "disclosure-join", which: 0, act: joined(s, fresh(0xd6), fresh(0xe6)) },
        Example { of: "delete-order", which: 0, act: orders(fresh(THEIR_ITEM)) },
        Example { of: "delete-answer", which: 0, act: s.answers(fresh(0x95), s.given) },
        Example { of: "delete-answered", which: 1, act: s.answers(fresh(0x96), s.given) },
        Example { of: "certificate", which: 0, act: s.certifies(fresh(0xb2)) },
        one("certificate-countersign", Change::of_terms(s.their_certificate, "certificate-countersign", &object! {})),
    ];
    all.extend(of_oversight(s));
    let mut orders = orders(fresh(THEIR_ITEM));
    orders[0].record = fresh(0x92);
    all.push(Example { of: "delete-ordered", which: 1, act: orders });
    all.push(Example { of: "certified", which: 1, act: s.certifies(fresh(0xb3)) });
    all.push(one("desk-keys", s.liar.new_keys(1, &s.liar.root)));
    // Last, since nothing of that member's counts afterwards.
    let none = s.certified(2, &[]);
    all.push(one("member-revoke", Change::of_terms(third, "member-revoke", &none)));
    all
}

/// The number of the newcomer who was revoked.
const GONE: usize = 9_999;

/// A sealed bundle that the partner hands over, to be carried to a third desk.
pub fn hands(id: Id) -> Vec<Change> {
    let sealed = b"sealed";
    let terms = object! {
        "for" => fresh(0x77).to_string(), "bytes" => sealed.len() as i64, "sha256" => Digest::of(sealed).to_string(),
        "priority" => "routine",
    };
    let data = object! { "data" => data_encoding::BASE64.encode(sealed) };
    vec![Change::of_terms(id, "relay-hand", &terms), Change::with_content(id, "relay-piece", &object! {}, &data, SALT)]
}

/// What a partner may say in disputes, of mistakes, findings and complaints.
fn of_oversight(s: &Scene) -> Vec<Example> {
    let home = s.liar.to.to_string();
    let later = |days| s.liar.at().plus(Duration::days(days)).to_string();
    let said = |of: &'static str, id: Id, terms: Json, content: Json| {
        let mut terms = terms;
        terms.set("said", true);
        Example { of, which: 0, act: vec![Change::with_content(id, of, &terms, &content, SALT)] }
    };
    let plain =
        |of: &'static str, id: Id, terms: Json| Example { of, which: 0, act: vec![Change::of_terms(id, of, &terms)] };
    let (neutral, remedy) = {
        let of = |id| comity::record::dispute::proposals(&s.record(id))[0].id.to_string();
        (of(s.dispute), of(s.owed))
    };
    let dates = |mut terms: Json| {
        for (key, days) in [("acknowledge_by", 7), ("progress_by", 90), ("decide_by", 120), ("answer_on", 30)] {
            terms.set(key, later(days));
        }
        terms
    };
    let statement = || object! { "statement" => "we did not" };
    let because = || object! { "because" => "no agreement" };
    vec![
        said(
            "dispute-open",
            fresh(0x61),
            object! {
                "with" => home.as_str(), "subject" => "misuse", "about" => Json::Null, "stage_due" => later(5),
                "without_prejudice" => true, "freeze" => 2i64, "until" => later(60),
            },
            statement(),
        ),
        said("dispute-reply", s.dispute, object! {}, statement()),
        said(
            "dispute-advance",
            s.dispute,
            object! { "from" => "raised", "to" => "consultation", "stage_due" => later(5) },
            because(),
        ),
        said(
            "dispute-suspend",
            s.dispute,
            object! { "danger" => "life", "freeze" => 3i64, "until" => later(60) },
            because(),
        ),
        said("dispute-lift", s.dispute, object! {}, because()),
        said(
            "dispute-neutral",
            s.dispute,
            object! { "proposal" => fresh(0x62).to_string() },
            object! { "neutral" => "M.", "independence" => "none" },
        ),
        said(
            "dispute-remedy",
            s.dispute,
            object! {
                "proposal" => fresh(0x63).to_string(), "owes" => home.as_str(), "due" => later(60), "awarded" => false,
            },
            object! { "remedy" => "a list" },
        ),
        plain("dispute-agree", s.dispute, object! { "proposal" => neutral }),
        said("dispute-comply", s.owed, object! { "proposal" => remedy }, object! { "complied" => "done" }),
        plain("dispute-close", s.their_dispute, object! { "remedies" => Vec::<Json>::new(), "keep" => later(900) }),
        said(
            "error-notice",
            fresh(0x64),
            object! { "about" => vec![Json::from(fresh(THEIR_ITEM).to_string())], "severity" => "reportable" },
            object! { "text" => "a bystander's" },
        ),
        said("error-confirm", s.error, object! { "keep" => later(900) }, object! { "answer" => "put right" }),
        said("finding-respond", s.finding, object! {}, object! { "answer" => "needed" }),
        said(
            "complaint-refer",
            fresh(0x65),
            dates(object! { "right" => "access", "to" => home.as_str() }),
            object! { "from" => "x", "subject" => "y", "text" => "z" },
        ),
        said("complaint-recall", s.their_complaint, object! { "to" => home.as_str() }, because()),
        said("complaint-report", s.complaint, object! { "outcome" => "checked" }, object! { "report" => "checked" }),
    ]
}

/// An item of a higher tier that the partner's release officer releases, with a review by another.
pub fn released(s: &Scene, disclosure: Id, item: Id, tier: i64) -> Vec<Change> {
    let liar = &s.liar;
    let category = ["indicator", "subscriber", "traffic", "content"][usize::try_from(tier).unwrap() - 1];
    let mut terms = liar.item_terms(fresh(THEIR_CASE));
    terms.set("tier", tier);
    terms.set("category", category);
    terms.set("person_class", "suspect");
    terms.set("tlp", "AMBER+STRICT");
    let expires = liar.at().plus(Duration::days(30)).to_string();
    let level = ["", "L1", "L2", "L3"][usize::try_from(tier).unwrap() - 1];
    liar.disclosure(disclosure, "disclosure-release", &[(item, terms)], |facts| {
        let reviewers: &[usize] = if tier == 4 { &[2, 4] } else { &[2] };
        let reviewers: Vec<Json> =
            reviewers.iter().map(|n| liar.members[*n].public().person().to_string().into()).collect();
        facts.set(
            "review",
            object! {
                "outcome" => "approved", "covers_item" => true, "level" => level, "tier" => tier,
                "purpose" => "cybercrime", "recipient" => "same", "expires" => expires.as_str(),
                "reviewers" => reviewers,
            },
        );
        facts.set("authorisation", object! { "given" => true, "expires" => Json::Null });
    })
}

/// An item that two members of the partner give in an emergency.
fn joined(s: &Scene, disclosure: Id, item: Id) -> Vec<Change> {
    let liar = &s.liar;
    let (signer, _) = liar.signer_of("disclosure-join");
    let [joins, proposes] = [&liar.members[signer], &liar.members[3 - signer]].map(|m| m.public().person().to_string());
    let terms = liar.item_terms(fresh(THEIR_CASE));
    let mut act = liar.disclosure(disclosure, "disclosure-join", &[(item, terms)], |facts| {
        let people = vec![Json::from(proposes.as_str()), Json::from(joins.as_str())];
        facts.set("proposed_by", proposes.as_str());
        facts.set("emergency", object! { "risk_to_life" => true, "people" => people, "validation" => "pending" });
    });
    let mut terms = act[0].read_terms().unwrap();
    terms.set("proposed_by", proposes);
    terms.set("emergency", true);
    let said = object! { "emergency" => "a child", "named" => vec![Json::from("P. Person")] };
    act[0] = Change::with_content(disclosure, "disclosure-join", &terms, &said, SALT);
    act
}

/// A workspace and its members' files as they were.
pub struct Snapshot(Vec<(PathBuf, Vec<u8>)>);

impl Snapshot {
    /// Keeps them.
    pub fn of(site: &Site) -> Self {
        Self(bytes_of(&site.folder))
    }

    /// Puts them back; what came since is removed.
    pub fn put_back(&self, site: &Site) {
        for (path, _) in bytes_of(&site.folder) {
            if !self.0.iter().any(|(kept, _)| *kept == path) {
                fs::remove_file(path).unwrap();
            }
        }
        let _ = fs::remove_file(site.workspace().join("workspace.db-shm"));
        for (path, bytes) in &self.0 {
            fs::write(path, bytes).unwrap();
        }
    }
}

/// Every row of these tables as text, to see what changed.
pub fn rows(workspace: &Workspace, table: &str, columns: &str) -> Vec<String> {
    let mut all = workspace.db.prepare(&format!("SELECT {columns} FROM {table}")).unwrap();
    let count = all.column_count();
    let mut rows = all.query([]).unwrap();
    let mut texts = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let value = |n| match row.get_ref(n).unwrap() {
            ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            ValueRef::Blob(bytes) => data_encoding::HEXLOWER.encode(bytes),
            other => format!("{other:?}"),
        };
        texts.push((0..count).map(value).collect::<Vec<_>>().join("|"));
    }
    texts
}

/// An id of many.
fn numbered(n: usize) -> Id {
    Id::from_digest(&Digest::of(&n.to_le_bytes()))
}

/// What is stored of a workspace, as far as acts tell it.
pub fn stored(site: &Site) -> Vec<String> {
    let workspace = site.open(1).unwrap();
    let tables = ["act", "change", "record", "waiting", "node"];
    tables.iter().flat_map(|table| rows(&workspace, table, "*")).collect()
}

/// Runs every command that only reads, on every record that it can be run on, and then what a desk does every day. Returns what
/// does not run: a refusal is an answer, damage and mistakes are none.
pub fn broken(site: &Site) -> Vec<String> {
    let mut broken = Vec::new();
    for member in 1..=3 {
        if let Err(failure) = site.open(member) {
            broken.push(format!("member {member} cannot open it: {failure:?}"));
        }
    }
    let Ok(mut workspace) = site.open(1) else { return broken };
    let mut note = |what: String, result: Result<(), Error>| {
        if let Err(failure) = result
            && !matches!(failure.kind, ErrorKind::Refused | ErrorKind::Usage)
        {
            broken.push(format!("{what}: {failure}"));
        }
    };
    for command in commands().filter(|c| c.writes.is_none() && matches!(c.run, Handler::Reads(_))) {
        for args in forms(&workspace, command.args) {
            let done = run(command, On::Workspace(&mut workspace), &args, &mut Job::silent()).map(|_| ());
            note(format!("{} {args:?}", command.full_name()), done);
        }
    }
    drop(workspace);
    let mut does = |member, name: &str, fields: &[(&str, &str)]| {
        let done = site.run(member, name, fields);
        let made = done.as_ref().ok().and_then(|answer| answer.id()).map(|id| id.to_string()).unwrap_or_default();
        note(name.to_owned(), done.map(|_| ()));
        made
    };
    does(1, "retention certificates", &[]);
    does(1, "retention purge", &[("dry-run", "yes")]);
    let case = does(1, "case new", &[("title", "Afterwards"), ("purpose", "cybercrime")]);
    let fields = [("case", &*case), ("type", "domain"), ("category", "indicator"), ("value", "after.example")];
    let item = does(1, "item add", &fields);
    does(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let out = site.path("afterwards");
    does(1, "bundle export", &[("to", "XB"), ("out", &out), ("force", "yes")]);
    does(1, "retention purge", &[("item", &item), ("because", "a test")]);
    broken
}

/// The forms of a command that only reads: one for each of the newest records that can be named in it; none where it needs a
/// file.
fn forms(workspace: &Workspace, args: &[Arg]) -> Vec<Args> {
    let mut forms = vec![Args::default()];
    for arg in args.iter().filter(|a| a.required) {
        let values: Vec<String> = match arg.kind {
            ArgKind::Record(kinds) => {
                let newest = |kind| format!("record WHERE kind = '{kind}' ORDER BY number DESC LIMIT 2");
                kinds.iter().flat_map(|kind| rows(workspace, &newest(kind), "id")).collect()
            }
            ArgKind::Partner => vec!["XB".into()],
            ArgKind::Line => vec!["example".into()],
            ArgKind::Word(words) => words().iter().map(|w| (*w).to_owned()).collect(),
            _ => Vec::new(),
        };
        forms = forms.iter().flat_map(|form| values.iter().map(|v| form.clone().with(arg.name, v))).collect();
    }
    forms
}
