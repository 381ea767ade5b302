//! Menus never lie: of every record, member and command of a menu, the yes or no and its first rule are those of the command
//! itself. It is asked of the demo's desks, and of two desks in which every state of every kind of record was reached.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use comity::act::header::Audience;
use comity::command::definition::{Args, Command, CommandContext};
use comity::command::run::{On, run};
use comity::command::{commands, identity};
use comity::demo::story::Story;
use comity::host::clock::Clock;
use comity::host::entropy::Entropy;
use comity::law::edition::Law;
use comity::law::rule::RuleId;
use comity::record::kind::Kind;
use comity::record::store::{Query, Record, RecordStore as _};
use comity::record::{KINDS, backup, kind_def, stream};
use comity::tui::bulk;
use comity::tui::page::RecordRef;
use comity::value::digest::Digest;
use comity::value::id::Id;
use comity::value::timestamp::Timestamp;
use comity::workspace::error::{Error, ErrorKind};
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;

use crate::desks::{Fields, Site, pair, text};

/// What a member could type for the rest of a command, in several ways. A command that is done to a record and is not here
/// fails the test.
const TYPED: &[(&str, &[Fields<'_>])] = &[
    (
        "agreement add",
        &[&[
            ("instrument", "bc"),
            ("title", "x"),
            ("purpose", "cybercrime"),
            ("categories", "indicator"),
            ("tier", "1"),
            ("from", "2026-01-01"),
            ("until", "2030-01-01"),
            ("retention-cap", "90d"),
        ]],
    ),
    ("agreement countersign", &[&[]]),
    ("agreement end", &[&[("because", "x")]]),
    ("agreement renew", &[&[("until", "2031-01-01"), ("because", "x")]]),
    ("agreement review", &[&[("result", "continue"), ("notes", "x")]]),
    ("taskforce amend", &[&[("because", "x"), ("until", "2031-01-01")]]),
    ("taskforce analyse", &[]),
    ("taskforce decide", &[&[("decision", "release"), ("because", "x")]]),
    ("taskforce end", &[&[("because", "x")]]),
    ("taskforce evaluate", &[&[("text", "x")]]),
    ("taskforce export", &[]),
    ("taskforce leave", &[&[("because", "x")]]),
    ("taskforce letter", &[]),
    ("taskforce meeting", &[&[("title", "x"), ("on", "2026-07-01"), ("agenda", "x")]]),
    ("taskforce minutes", &[&[("text", "x")]]),
    ("taskforce move", &[&[("to", "doing")], &[("to", "cancelled")]]),
    ("taskforce pass", &[]),
    ("taskforce review", &[&[("result", "continue"), ("notes", "x")]]),
    ("taskforce revise", &[]),
    ("taskforce sign", &[&[]]),
    ("taskforce task", &[&[("title", "x")]]),
    ("advice answer", &[&[("text", "x")]]),
    ("advice ask", &[&[("whom", "x"), ("about", "x"), ("sector", "science")]]),
    ("advice close", &[&[("text", "x")]]),
    ("taskforce case", &[&[("title", "x"), ("purpose", "cybercrime")]]),
    ("recognition add", &[&[("of", "lab"), ("title", "x"), ("reference", "x"), ("until", "2031-01-01")]]),
    ("recognition end", &[&[("because", "x")]]),
    ("assurance add", &[&[("of", "torture"), ("text", "x"), ("by", "x")]]),
    (
        "authorisation add",
        &[&[("to", "XA"), ("by", "x"), ("reference", "x")], &[("to", "XB"), ("by", "x"), ("reference", "x")]],
    ),
    ("backup destroy", &[&[]]),
    ("case archive", &[&[("because", "x")]]),
    ("case close", &[&[("because", "x")]]),
    ("clock confirm", &[&[]]),
    ("bundle relay", &[]),
    ("bundle pass-on", &[]),
    ("bundle watch", &[]),
    ("conflict resolve", &[&[("because", "x"), ("take", "withdrawn")], &[("because", "x"), ("take", "accepted")]]),
    ("disclosure join", &[&[]]),
    (
        "disclosure new",
        &[
            &[("to", "XA"), ("delete-after", "20d")],
            &[("to", "XB"), ("delete-after", "20d")],
            &[("to", "XA"), ("delete-after", "20d"), ("named", "x")],
            &[("to", "XB"), ("delete-after", "20d"), ("named", "x")],
            &[("to", "XA"), ("delete-after", "20d"), ("named", "x"), ("emergency", "x")],
            &[("to", "XB"), ("delete-after", "20d"), ("named", "x"), ("emergency", "x")],
        ],
    ),
    ("disclosure receipt", &[&[("said", "received"), ("reference", "x")]]),
    ("disclosure recall", &[&[]]),
    ("disclosure release", &[&[]]),
    ("disclosure validate", &[&[("outcome", "approved"), ("reasons", "x")]]),
    ("item correct", &[&[("value", "x"), ("because", "x")]]),
    ("exercise clock", &[&[("speed", "2")]]),
    ("exercise deliver", &[&[]]),
    ("exercise done", &[&[("evidence", "x")]]),
    ("exercise edit", &[&[("text", "x")]]),
    ("exercise end", &[&[]]),
    ("exercise export", &[]),
    ("exercise pause", &[&[]]),
    ("exercise report", &[]),
    ("exercise respond", &[&[("text", "x")]]),
    ("exercise revise", &[&[("title", "x")]]),
    ("exercise skip", &[&[("because", "x")]]),
    ("exercise start", &[&[]]),
    ("item countersign", &[&[]]),
    ("item custody", &[&[]]),
    ("item timestamp", &[]),
    ("item handover", &[&[("event", "sealed"), ("because", "x")]]),
    ("item consent", &[&[("to", "XB"), ("reference", "x")]]),
    ("item mark", &[&[("tlp", "RED"), ("pap", "RED")], &[("tlp", "AMBER"), ("pap", "AMBER")]]),
    ("law restore", &[]),
    (
        "partner channel",
        &[
            &[("state", "tested"), ("because", "x")],
            &[("state", "operational"), ("because", "x")],
            &[("state", "suspended"), ("because", "x")],
            &[("state", "inaugurated"), ("because", "x")],
        ],
    ),
    ("partner confirm", &[]),
    ("partner resume", &[&[("because", "x")], &[("because", "x"), ("stream", "yes")]]),
    ("partner suspend", &[&[("because", "x")]]),
    ("item filter", &[&[("found", "cleared"), ("because", "x")]]),
    ("item hold-back", &[&[("profession", "legal"), ("because", "x")]]),
    ("notice delay", &[&[("because", "x"), ("review", "300d")]]),
    ("finding open", &[&[("text", "x"), ("recommend", "x"), ("due", "300d")]]),
    ("finding respond", &[&[("text", "x")]]),
    ("finding close", &[&[("because", "x")]]),
    ("error report", &[&[("text", "x"), ("severity", "recordable")]]),
    ("error notify", &[&[]]),
    ("error confirm", &[&[("text", "x")]]),
    ("error authority", &[&[("reference", "x")]]),
    (
        "error measure",
        &[&[("text", "x"), ("owner", "XA-1"), ("due", "30d")], &[("text", "x"), ("owner", "XB-1"), ("due", "30d")]],
    ),
    ("error raise", &[&[("because", "x")]]),
    ("error done", &[&[("measure", "1"), ("evidence", "x")]]),
    ("error close", &[&[]]),
    (
        "complaint receive",
        &[&[("right", "access"), ("channel", "letter"), ("from", "x"), ("subject", "x"), ("text", "x")]],
    ),
    ("complaint acknowledge", &[&[]]),
    ("complaint restrict", &[&[("ground", "inquiries"), ("because", "x"), ("review", "300d")]]),
    ("complaint lift", &[&[("because", "x")]]),
    ("complaint recall", &[&[("because", "x")]]),
    ("retention readmit", &[&[("ground", "mistake")]]),
    ("complaint examine", &[&[("note", "x")]]),
    ("complaint decide", &[&[("outcome", "rejected"), ("reasons", "x")]]),
    ("complaint done", &[&[("remedy", "apology"), ("evidence", "x")]]),
    ("complaint refer", &[&[]]),
    ("complaint report", &[&[("text", "x")]]),
    ("complaint close", &[&[]]),
    ("complaint letter", &[]),
    (
        "dispute open",
        &[
            &[("with", "XB"), ("subject", "delay"), ("statement", "x")],
            &[("with", "XA"), ("subject", "delay"), ("statement", "x")],
            &[("with", "XE"), ("subject", "delay"), ("statement", "x")],
            &[("with", "XF"), ("subject", "delay"), ("statement", "x")],
        ],
    ),
    ("dispute reply", &[&[("statement", "x")]]),
    (
        "dispute advance",
        &[
            &[("to", "consultation"), ("because", "x")],
            &[("to", "heads"), ("because", "x")],
            &[("to", "authorities"), ("because", "x")],
            &[("to", "mediation"), ("because", "x")],
            &[("to", "arbitration"), ("because", "x")],
            &[("to", "ministries"), ("because", "x")],
        ],
    ),
    ("dispute suspend", &[&[("from-tier", "3"), ("danger", "life"), ("because", "x")]]),
    ("dispute lift", &[&[("because", "x")]]),
    ("dispute neutral", &[&[("name", "x"), ("independence", "x")]]),
    ("dispute remedy", &[&[("text", "x"), ("by", "300d")]]),
    ("dispute agree", &[&[]]),
    ("dispute comply", &[&[("text", "x")]]),
    ("dispute close", &[&[]]),
    ("dispute letter", &[]),
    ("misuse open", &[&[]]),
    ("sample review", &[&[("note", "x")]]),
    ("notice tell", &[&[("text", "x")]]),
    ("budget accept", &[&[]]),
    ("budget approve", &[&[]]),
    ("budget call", &[&[("for", "x")]]),
    ("budget cancel", &[&[("because", "x")]]),
    ("budget close", &[&[("because", "x")]]),
    ("budget commit", &[&[("amount", "0.01"), ("for", "x"), ("supplier", "y"), ("quotes", "3"), ("conflict", "none")]]),
    ("budget contribute", &[&[("from", "XA"), ("amount", "0.01"), ("on", "2026-01-02")]]),
    ("budget cost", &[&[("amount", "0.01"), ("on", "2026-01-02"), ("evidence", "x")]]),
    ("budget criteria", &[&[("text", "x")]]),
    ("budget dispute", &[&[("because", "x")]]),
    ("budget interest", &[&[("because", "x")]]),
    ("budget line", &[&[("title", "x"), ("currency", "EUR"), ("amount", "1"), ("period", "2026")]]),
    ("budget quote", &[&[("supplier", "y"), ("amount", "0.01")]]),
    ("budget reported", &[&[("next", "300d")]]),
    ("budget split", &[&[("shares", "XA=1")]]),
    ("budget statement", &[&[("to", "XB")], &[("to", "XA")]]),
    ("report clear", &[&[]]),
    ("report correct", &[]),
    ("report publish", &[]),
    ("report statement", &[&[("title", "x"), ("text", "y")]]),
    ("request accept", &[&[]]),
    ("request acknowledge", &[&[]]),
    ("request agree", &[&[]]),
    ("request clarify", &[&[("text", "x")]]),
    ("request close", &[&[]]),
    ("request consent", &[&[]]),
    ("request consult", &[&[("text", "x")]]),
    ("request correct", &[&[("text", "x")]]),
    ("request deliver", &[&[("text", "x")]]),
    ("request discuss", &[&[("text", "x")]]),
    ("request execute", &[&[]]),
    ("request expire", &[&[]]),
    ("request extend", &[&[("text", "x")]]),
    ("request inform", &[&[("text", "x")]]),
    ("request new", &[]),
    ("request offer", &[&[("text", "x")]]),
    ("request postpone", &[&[("because", "x")], &[("because", "x"), ("ground", "R5")]]),
    ("request refuse", &[&[("because", "x"), ("ground", "R2")], &[("because", "x")]]),
    ("request reply", &[&[("text", "x")]]),
    ("request report-use", &[&[("text", "x")]]),
    ("request resolve", &[&[("because", "x"), ("take", "withdrawn")], &[("because", "x"), ("take", "accepted")]]),
    ("request send", &[&[]]),
    ("request submit", &[&[]]),
    ("request supplement", &[&[("text", "x")]]),
    ("request wider-use", &[]),
    ("request withdraw", &[&[("because", "x")]]),
    ("retention certificates", &[&[]]),
    ("retention cannot", &[]),
    ("retention decide", &[]),
    ("retention propose", &[]),
    ("retention transfer", &[]),
    ("retention event", &[&[("event", "no-link"), ("because", "x")]]),
    ("retention review", &[&[("outcome", "erase"), ("reason", "x")]]),
    ("retention hold-answer", &[&[("answer", "decline")]]),
    ("retention hold-review", &[&[("because", "x")]]),
    ("retention hold", &[&[("reason", "litigation"), ("because", "x")]]),
    ("retention release", &[&[("because", "x")]]),
    ("review assess", &[&[("all", "met"), ("less-intrusive", "x")]]),
    (
        "review decide",
        &[
            &[("defer", "yes"), ("reasons", "x")],
            &[("refuse", "yes"), ("reasons", "x")],
            &[("approve", "yes"), ("expires", "60d")],
        ],
    ),
    ("review lapse", &[&[("changed", "facts"), ("because", "x")]]),
    (
        "review open",
        &[
            &[("to", "XA"), ("purpose", "cybercrime"), ("level", "L1")],
            &[("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")],
        ],
    ),
    ("review recuse", &[&[("because", "x")]]),
    // What these write lies outside the database, or ends it as it was: they are not run for a test of menus. What they say
    // before is the same question, which the others ask too.
    ("agreement export", &[]),
    ("bundle export", &[]),
    ("item add", &[&[("type", "domain"), ("category", "indicator"), ("tier", "1"), ("value", "n.example")]]),
    ("item export", &[]),
    ("item import", &[]),
    ("member revoke", &[]),
    ("notice letter", &[]),
    ("member roles", &[&[("roles", "investigator")], &[("roles", "administrator")]]),
    ("member confirm-acts", &[&[]]),
    ("request letter", &[]),
    ("retention purge", &[&[("dry-run", "yes"), ("because", "x")]]),
];

/// A menu's no, or a command's: its first rule, or where no rule says it, what it says.
fn no(error: &Error) -> String {
    let first = error.verdict.as_ref().and_then(|v| v.refusals().next().map(|f| f.id));
    first.map_or_else(|| error.what.clone(), |id: RuleId| id.to_string())
}

/// What was met: each kind of record with its state, by whom it was looked at, and how often a yes and a no were compared.
#[derive(Default)]
struct Met {
    states: BTreeSet<(Kind, &'static str)>,
    looked: BTreeMap<(Kind, &'static str, String), usize>,
    yes: usize,
    no: usize,
    /// A yes that none of the ways to fill in the rest made good: each with what was said.
    open: BTreeMap<String, BTreeSet<String>>,
}

impl Met {
    /// Walks all records of a workspace with all commands that can be done to them, as one member.
    fn walk(&mut self, workspace: &mut Workspace, who: &str) {
        // Why they look is asked when a thing is opened, before its menu is.
        workspace.give_reason("the walk");
        for def in KINDS {
            for record in workspace.records().find(&Query::kind(def.kind)).unwrap() {
                self.states.insert((record.kind, record.state.word()));
                *self.looked.entry((record.kind, record.state.word(), who.to_owned())).or_default() += 1;
                for command in commands().filter(|c| c.writes.is_some() && c.target_arg(def.kind).is_some()) {
                    self.compare(workspace, who, command, &record);
                }
            }
        }
    }

    fn compare(&mut self, workspace: &mut Workspace, who: &str, command: &'static Command, record: &Record) {
        let name = command.full_name();
        let thing = RecordRef { kind: record.kind, id: record.id };
        let may = bulk::may_each(workspace, command, std::slice::from_ref(&thing), &|| true).unwrap();
        let menu = may.cannot.first().map(|(_, why)| no(why));
        let Some((_, ways)) = TYPED.iter().find(|(n, _)| *n == name) else {
            panic!("{name} is done to records: say in TYPED how the rest of it is filled in")
        };
        let answers: Vec<Option<Error>> = ways.iter().map(|way| answer(workspace, command, record, way)).collect();
        let place = format!("{who}: {name} of a {} that is {}", record.kind, record.state);
        match menu {
            Some(menu) => {
                self.no += 1;
                for said in &answers {
                    let said = said.as_ref().map(no);
                    assert_eq!(
                        said.as_deref(),
                        Some(menu.as_str()),
                        "{place}: the menu says no, and the command another"
                    );
                }
            }
            None => {
                self.yes += 1;
                if !answers.is_empty() && answers.iter().all(Option::is_some) {
                    let said = answers.iter().flatten().map(no);
                    self.open.entry(place).or_default().extend(said);
                }
            }
        }
    }
}

/// What a command says to a record, with the rest filled in: `None`, it would be done.
fn answer(workspace: &mut Workspace, command: &Command, record: &Record, way: Fields<'_>) -> Option<Error> {
    let mut args = Args::default();
    let target = command.target_arg(record.kind).unwrap();
    let named = match record.kind {
        Kind::Partner => record.key.clone().unwrap(),
        _ => record.id.to_string(),
    };
    args.add(target.name, named);
    // What the place tells is filled in, as the form does.
    if let (Some(case), Some(arg)) =
        (record.case, command.field("case").filter(|a| a.required && a.name != target.name))
    {
        args.add(arg.name, case.to_string());
    }
    for (field, value) in way {
        let arg = command.field(field).unwrap_or_else(|| panic!("{command:?} has no {field}"));
        if arg.name != target.name {
            args.add(arg.name, *value);
        }
    }
    workspace.rehearse(|workspace| run(command, On::Workspace(workspace), &args, &mut Job::silent()))
}

fn open(workspace: PathBuf, identity: PathBuf, now: Timestamp) -> Workspace {
    let clock = Clock::Fixed(now);
    let passphrase = Box::new(|_: &str, _| Err(Error::new(ErrorKind::Key, "no passphrase", "")));
    let mut context = CommandContext { workspace, identity, passphrase, clock };
    let (me, _) = identity::unlock(&mut context).unwrap();
    Workspace::open(&context.workspace, &context.identity, me, clock, false).unwrap()
}

/// Walks the demo's two desks, where its screens open and at its end.
fn demo(folder: &Path, met: &mut Met) {
    let now = Timestamp::parse("2026-11-23T03:12:00Z").unwrap();
    for parts in [1, 2] {
        // Each is another: whoever walks it in the middle signs of what they looked at, and the story would go on before that.
        let mut story = Story::begin(&folder.join(parts.to_string()), now).unwrap();
        for part in 1..=parts {
            while story.step(part).unwrap().is_some() {}
        }
        for who in ["okafor@XA", "osei@XA", "brandt@XB", "lindqvist@XB"] {
            let code = who.split_once('@').unwrap().1;
            met.walk(&mut open(story.workspace(code), story.identity(who), now), who);
        }
    }
}

/// A request of XA to XB, sent and arrived.
fn sent(a: &Site, b: &Site, case: &str, n: &mut usize) -> String {
    let request = authorised(a, case);
    a.must(1, "request send", &[("request", &request)]);
    carry(a, b, n);
    request
}

fn draft(a: &Site, case: &str) -> String {
    draft_of(a, "bc29", case)
}

fn draft_of(a: &Site, kind: &str, case: &str) -> String {
    let law = Law::of_program();
    let fields = crate::requests::filled(law.request(kind).unwrap());
    let mut form = vec![("kind", kind), ("case", case), ("to", "XB")];
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    a.make(1, "request new", &form)
}

fn in_review(a: &Site, case: &str) -> (String, String) {
    in_review_of(a, "bc29", case)
}

fn in_review_of(a: &Site, kind: &str, case: &str) -> (String, String) {
    let request = draft_of(a, kind, case);
    a.must(1, "request submit", &[("request", &request)]);
    let reviews = a.must(2, "review list", &[]).value;
    let of = reviews.as_array().unwrap().iter().find(|r| r["subject"] == request.as_str()).unwrap();
    (request, of["id"].as_str().unwrap().to_owned())
}

fn authorised(a: &Site, case: &str) -> String {
    let (request, review) = in_review(a, case);
    a.decide(&review);
    request
}

fn carry(from: &Site, to: &Site, n: &mut usize) {
    *n += 1;
    from.carry(to, &format!("carried-{n}"));
}

/// Brings two desks into a state in which every state of every kind of record stands somewhere, but for that of a request whose
/// time has passed. Answers the request that waits for that.
fn every_state(a: &Site, b: &Site, root: &Path) -> String {
    let mut n = 0;
    let (case, closed, gone) = (a.case("Open"), a.case("Closed"), a.case("Gone"));
    a.must(1, "case close", &[("case", &closed), ("because", "done")]);
    let archived = a.case("Archived");
    a.must(1, "case close", &[("case", &archived), ("because", "done")]);
    a.must(1, "case archive", &[("case", &archived), ("because", "done")]);
    a.indicator(&gone, "gone.example");
    a.must(1, "retention purge", &[("case", &gone), ("because", "a mistake")]);
    let certificate = a.must(1, "retention certificates", &[]).value[0]["id"].as_str().unwrap().to_owned();
    a.must(2, "retention certificates", &[("countersign", &certificate)]);
    let again = a.indicator(&case, "again.example");
    a.must(1, "retention purge", &[("item", &again), ("because", "a mistake")]);
    let table = a.path("table.csv");
    std::fs::write(&table, "value\nn1.example\n").unwrap();
    a.must(
        1,
        "item import",
        &[
            ("file", &table),
            ("format", "csv"),
            ("case", &case),
            ("column", "value=1"),
            ("header", "yes"),
            ("type", "domain"),
            ("mapping", "names"),
        ],
    );
    let due = |value: &str| {
        let form = [("case", case.as_str()), ("type", "domain"), ("category", "indicator"), ("value", value)];
        a.make(1, "item add", &[&form[..], &[("delete-after", crate::desks::NOW)]].concat());
        a.make(1, "retention propose", &[("because", "what fell due")])
    };
    let list = due("due.example");
    for member in [1, 2] {
        a.must(member, "retention decide", &[("list", &list), ("decision", "confirm"), ("all", "yes")]);
    }
    a.must(1, "retention purge", &[("list", &list)]);
    due("listed.example");
    let disk = a.path("disk.img");
    std::fs::write(&disk, "bytes").unwrap();
    let form = [("case", case.as_str()), ("type", "evidence"), ("category", "content"), ("file", &disk)];
    let exhibit = a.make(1, "item add", &form);
    let given = a.make(1, "item handover", &[("item", &exhibit), ("event", "out"), ("because", "examined")]);
    a.must(2, "item countersign", &[("entry", &given)]);
    for outcome in ["keep", "restrict", "transfer", "anonymise", "erase"] {
        let form = [("record", exhibit.as_str()), ("outcome", outcome), ("reason", "x"), ("next", "10d")];
        a.must(1, "retention review", &form);
        if outcome == "transfer" {
            let bag = a.path("bag");
            let form = [("record", exhibit.as_str()), ("to", "Archive"), ("authority", "order 7"), ("export", &bag)];
            a.run_because(2, Some("the archive receives it"), "retention transfer", &form).unwrap();
        }
    }
    let form = [("record", archived.as_str()), ("outcome", "transfer"), ("reason", "x"), ("next", "10d")];
    a.must(1, "retention review", &form);
    a.must(1, "retention event", &[("record", &exhibit), ("event", "acquittal"), ("because", "judgment")]);
    // Members and partners.
    // The gate refuses, and counts it.
    a.fails(3, "case new", &[("title", "Mine"), ("purpose", "cybercrime")], ErrorKind::Refused);
    let fifth = a.identity(5);
    a.must(1, "identity new", &[("name", "XA-5"), ("out", &text(&fifth)), ("no-passphrase", "yes")]);
    a.must(1, "member add", &[("file", &format!("{}.pub", text(&fifth))), ("roles", "investigator")]);
    let members = a.must(1, "member list", &[]).value;
    let fifth =
        members.as_array().unwrap().iter().find(|m| m["name"] == "XA-5").unwrap()["id"].as_str().unwrap().to_owned();
    a.must(1, "member revoke", &[("member", &fifth)]);
    let (c, d) = (Site::found(root, "XC"), Site::found(root, "XD"));
    let card = c.path("card");
    c.must(1, "desk card", &[("out", &card), ("force", "yes")]);
    a.must(1, "partner add", &[("card", &card), ("kind", "cert")]);
    a.meet(&d);
    // A bundle for one partner that another carries: passed on, and still to be passed on.
    a.must(1, "bundle relay", &[("to", "XD"), ("via", "XB")]);
    carry(a, b, &mut n);
    let carried = b.must(1, "bundle relays", &[]).value[0]["id"].as_str().unwrap().to_owned();
    b.must(1, "bundle pass-on", &[("relay", &carried), ("out", &b.path("for-xd"))]);
    a.must(1, "bundle relay", &[("to", "XD"), ("via", "XB"), ("again", "1")]);
    a.must(1, "partner suspend", &[("partner", "XD"), ("because", "a leak")]);
    let ended = a.agree(b, "1", "indicator");
    a.must(1, "agreement end", &[("agreement", &ended), ("because", "another follows")]);
    a.must(2, "assurance add", &[("partner", "XB"), ("of", "torture"), ("text", "none"), ("by", "ministry")]);
    // The law.
    let row = a.path("row.toml");
    for because in ["first", "second"] {
        let shown = a.must(1, "law row", &[("table", "instrument"), ("id", "bc")]).text.unwrap();
        std::fs::write(&row, shown.replace("\"note\": \"", &format!("\"note\": \"Read for the {because} time. ")))
            .unwrap();
        a.must(1, "law change", &[("file", &row), ("because", because)]);
    }
    a.must(1, "law restore", &[("table", "instrument"), ("id", "bc"), ("because", "as it was")]);
    let shown = a.must(1, "law row", &[("table", "instrument"), ("id", "2ap")]).text.unwrap();
    std::fs::write(&row, shown.replace("\"note\": \"", "\"note\": \"Read again. ")).unwrap();
    a.must(1, "law change", &[("file", &row), ("because", "read again")]);
    money(a, b, &mut n);
    // Items, reviews, holds, disclosures.
    let account = |value: &str| {
        a.make(
            1,
            "item add",
            &[
                ("case", &case),
                ("type", "account"),
                ("category", "subscriber"),
                ("tier", "2"),
                ("person-class", "suspect"),
                ("value", value),
            ],
        )
    };
    let item = account("somebody");
    let review =
        || a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]);
    let assess = |review: &str, all: &str| {
        a.must(2, "review assess", &[("review", review), ("all", all), ("less-intrusive", "searched")]);
    };
    review();
    assess(&review(), "met");
    let decide = |more: Fields<'_>| {
        let id = review();
        assess(&id, "met");
        a.must(2, "review decide", &[&[("review", id.as_str())], more].concat());
        id
    };
    decide(&[("defer", "yes"), ("reasons", "later")]);
    decide(&[("refuse", "yes"), ("reasons", "too wide")]);
    decide(&[("partial", "yes"), ("reasons", "the half"), ("expires", "60d")]);
    decide(&[("condition", "use-limit"), ("approve", "yes"), ("expires", "60d")]);
    let lapsed = decide(&[("approve", "yes"), ("expires", "60d")]);
    a.must(2, "review lapse", &[("review", &lapsed), ("changed", "facts"), ("because", "another")]);
    decide(&[("approve", "yes"), ("expires", "60d")]);
    a.must(2, "authorisation add", &[("item", &item), ("to", "XB"), ("by", "Court"), ("reference", "1")]);
    let share = || a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let released = share();
    a.must(2, "disclosure release", &[("disclosure", &released)]);
    carry(a, b, &mut n);
    a.must(1, "disclosure recall", &[("disclosure", &released)]);
    carry(a, b, &mut n);
    b.must(1, "retention cannot", &[("item", &item), ("basis", "own-law"), ("review", "300d")]);
    carry(b, a, &mut n);
    let other = account("somebody else");
    a.approve(&other, b, "L1");
    a.make(1, "disclosure new", &[("item", &other), ("to", "XB"), ("delete-after", "30d")]);
    let claim = a.make(
        1,
        "disclosure new",
        &[("item", &account("at risk")), ("to", "XB"), ("delete-after", "30d"), ("emergency", "a life")],
    );
    let _ = claim;
    let indicator = a.indicator(&case, "n2.example");
    a.must(1, "disclosure new", &[("item", &indicator), ("to", "XB"), ("delete-after", "30d")]);
    a.make(1, "retention hold", &[("item", &indicator), ("reason", "litigation"), ("because", "a trial")]);
    let hold = a.make(1, "retention hold", &[("item", &other), ("reason", "litigation"), ("because", "a trial")]);
    a.must(2, "retention release", &[("hold", &hold), ("because", "over")]);
    for value in ["n3.example", "n4.example"] {
        let shared = a.indicator(&case, value);
        a.must(1, "disclosure new", &[("item", &shared), ("to", "XB"), ("delete-after", "30d")]);
        a.make(1, "retention hold", &[("item", &shared), ("reason", "litigation"), ("because", "a trial")]);
    }
    carry(a, b, &mut n);
    let notices = b.must(1, "retention hold-notices", &[]).value;
    let asked = notices.as_array().unwrap().iter().filter(|notice| notice["state"] == "asked");
    for (notice, answer) in asked.zip(["keep", "decline"]) {
        let form = [("notice", notice["id"].as_str().unwrap()), ("answer", answer), ("because", "the same trial")];
        b.must(1, "retention hold-answer", &form);
    }
    taskforces(a, b, &mut n);
    // A directory of contact points, and the next one.
    let table = a.path("directory.csv");
    std::fs::write(&table, "desk,phone\nXB,1\n").unwrap();
    for day in ["2026-06-01", "2026-06-02"] {
        a.must(1, "directory import", &[("file", &table), ("as-of", day)]);
    }
    // Requests, on both sides.
    draft(a, &case);
    in_review(a, &case);
    authorised(a, &case);
    let purged = draft(a, &case);
    a.must(1, "retention purge", &[("item", &purged), ("because", "a mistake")]);
    let withdrawn = draft(a, &case);
    a.must(1, "request withdraw", &[("request", &withdrawn), ("because", "not needed")]);
    let letter = a.path("letter.txt");
    a.must(1, "request letter", &[("request", &sent(a, b, &case, &mut n)), ("out", &letter)]);
    let answered = |n: &mut usize, steps: &[(&str, Fields<'_>)]| {
        let request = sent(a, b, &case, n);
        for (name, more) in steps {
            b.must(1, name, &[&[("request", request.as_str())], *more].concat());
        }
        carry(b, a, n);
        request
    };
    answered(&mut n, &[("request acknowledge", &[])]);
    answered(&mut n, &[("request clarify", &[("text", "which?")])]);
    answered(&mut n, &[("request offer", &[("text", "not in court")])]);
    answered(&mut n, &[("request accept", &[])]);
    answered(&mut n, &[("request accept", &[("partly", "yes"), ("text", "the half")])]);
    // Preservation is never postponed; help by a contact point may be.
    let (request, review) = in_review_of(a, "bc35", &case);
    a.decide(&review);
    a.must(1, "request send", &[("request", &request)]);
    carry(a, b, &mut n);
    b.must(1, "request postpone", &[("request", &request), ("because", "a trial")]);
    carry(b, a, &mut n);
    answered(&mut n, &[("request consult", &[("text", "which offence?")])]);
    answered(&mut n, &[("request refuse", &[("ground", "R2"), ("because", "sovereignty")])]);
    answered(&mut n, &[("request accept", &[]), ("request execute", &[])]);
    let delivered = |n: &mut usize| answered(n, &[("request accept", &[]), ("request deliver", &[("text", "done")])]);
    delivered(&mut n);
    let used = delivered(&mut n);
    a.must(1, "request report-use", &[("request", &used), ("text", "read")]);
    a.must(1, "notice delay", &[("of", &used), ("because", "a trial"), ("review", "300d")]);
    a.must(1, "notice tell", &[("of", &used), ("text", "by post")]);
    let over = delivered(&mut n);
    a.must(1, "request close", &[("request", &over)]);
    // Two acts that did not know of each other.
    let crossed = sent(a, b, &case, &mut n);
    a.must(1, "request withdraw", &[("request", &crossed), ("because", "not needed")]);
    b.must(1, "request accept", &[("request", &crossed)]);
    carry(b, a, &mut n);
    carry(a, b, &mut n);
    oversight(a, b, &case, &item, &mut n);
    // One whose time will pass.
    let late = sent(a, b, &case, &mut n);
    stopped_purge(a, &case);
    late
}

/// Money in every state, on both sides.
fn money(a: &Site, b: &Site, n: &mut usize) {
    for site in [a, b] {
        for (member, roles) in [
            (2, "legal-reviewer,release-officer,administrator,finance-officer"),
            (3, "legal-reviewer,release-officer,finance-officer"),
        ] {
            let members = site.must(1, "member list", &[]).value;
            let name = format!("{}-{member}", site.code);
            let id = members.as_array().unwrap().iter().find(|m| m["name"] == name.as_str()).unwrap()["id"]
                .as_str()
                .unwrap()
                .to_owned();
            site.must(1, "member roles", &[("member", &id), ("roles", roles)]);
        }
    }
    let line = |title: &str| {
        a.make(2, "budget line", &[("title", title), ("currency", "EUR"), ("amount", "100.00"), ("period", "2026")])
    };
    let (open, closed) = (line("Open"), line("Closed"));
    for line in [&open, &closed] {
        a.must(2, "budget split", &[("line", line), ("shares", "XA=50,XB=50")]);
    }
    a.must(2, "budget close", &[("line", &closed), ("because", "over")]);
    let commit = |what: &str| {
        let form = [
            ("line", &*open),
            ("amount", "10.01"),
            ("for", what),
            ("supplier", "Ltd"),
            ("quotes", "3"),
            ("conflict", "none"),
        ];
        a.make(2, "budget commit", &form)
    };
    let (_asked, approved, given_up) = (commit("asked"), commit("approved"), commit("given up"));
    a.must(3, "budget approve", &[("commitment", &approved)]);
    a.must(2, "budget cancel", &[("commitment", &given_up), ("because", "no")]);
    a.must(
        2,
        "budget cost",
        &[("commitment", &approved), ("amount", "5.01"), ("on", "2026-01-02"), ("evidence", "invoice")],
    );
    let call = a.make(2, "budget call", &[("line", &open), ("for", "imaging"), ("criteria", "price")]);
    a.must(2, "budget quote", &[("call", &call), ("supplier", "y"), ("amount", "1.00")]);
    let rate = [("from", "USD"), ("to", "EUR"), ("rate", "0.9"), ("on", "2026-01-02"), ("source", "x")];
    a.make(2, "budget rate", &rate);
    a.must(2, "budget contribute", &[("line", &open), ("from", "XB"), ("amount", "1.00"), ("on", "2026-01-02")]);
    let state = || a.make(2, "budget statement", &[("line", &open), ("to", "XB")]);
    let (_stays, accepted, disputed) = (state(), state(), state());
    carry(a, b, n);
    b.must(2, "budget accept", &[("statement", &accepted)]);
    b.must(2, "budget dispute", &[("statement", &disputed), ("because", "too much")]);
    carry(b, a, n);
    let say = |title: &str, more: Fields<'_>| {
        a.make(1, "report statement", &[&[("title", title), ("text", "said")], more].concat())
    };
    let (_drafted, cleared, published) = (say("drafted", &[]), say("cleared", &[]), say("published", &[]));
    for statement in [&cleared, &published] {
        a.must(2, "report clear", &[("statement", statement)]);
    }
    a.must(1, "report publish", &[("statement", &published), ("out", &a.path("said.txt"))]);
    let correction = say("correction", &[("corrects", &published)]);
    a.must(2, "report clear", &[("statement", &correction)]);
    a.must(1, "report publish", &[("statement", &correction), ("out", &a.path("corrected.txt"))]);
    a.must(1, "report transparency", &[("from", "2025-01-01"), ("to", "2026-01-01"), ("out", &a.path("figures.txt"))]);
}

/// What a charter says in each field that its model asks for.
fn charter_fields() -> Vec<String> {
    let law = Law::of_program();
    let model = law.request("jit").unwrap();
    model.field.iter().filter(|f| f.required).map(|f| format!("{}=agreed", f.id)).collect()
}

/// Proposes a task force of two desks, led by the first.
fn taskforce(a: &Site) -> String {
    let fields = charter_fields();
    let mut form = vec![
        ("title", "Tidewater"),
        ("purpose", "cybercrime"),
        ("desks", "XA,XB"),
        ("from", "2026-01-01"),
        ("until", "2030-01-01"),
        ("categories", "indicator"),
        ("tier", "2"),
        ("retention-cap", "60d"),
    ];
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    a.make(1, "taskforce new", &form)
}

/// Task forces in each state, and what hangs on one.
fn taskforces(a: &Site, b: &Site, n: &mut usize) {
    let [stands, ended, left] = [0; 3].map(|_| taskforce(a));
    taskforce(a);
    carry(a, b, n);
    for id in [&stands, &ended, &left] {
        b.must(1, "taskforce sign", &[("taskforce", id)]);
    }
    b.must(1, "taskforce leave", &[("taskforce", &left), ("because", "no people")]);
    carry(b, a, n);
    a.must(1, "taskforce end", &[("taskforce", &ended), ("because", "done")]);
    let of = [("taskforce", stands.as_str())];
    let case = a.make(1, "case new", &[of.as_slice(), &[("title", "Shared"), ("purpose", "cybercrime")]].concat());
    for state in ["open", "doing", "blocked", "done", "cancelled"] {
        let task = a.make(1, "taskforce task", &[of.as_slice(), &[("title", "seize")]].concat());
        if state != "open" {
            a.must(1, "taskforce move", &[("task", &task), ("to", state)]);
        }
    }
    for held in [false, true] {
        let more = [("title", "weekly"), ("on", "2026-07-01"), ("agenda", "servers")];
        let meeting = a.make(1, "taskforce meeting", &[of.as_slice(), &more].concat());
        if held {
            a.must(1, "taskforce minutes", &[("meeting", &meeting), ("text", "all came"), ("decision", "seize")]);
        }
    }
    for released in [false, true] {
        let product = a.indicator(&case, if released { "one.example" } else { "two.example" });
        let more = [("item", product.as_str()), ("title", "pattern"), ("owners", "XA,XB")];
        let analysis = a.make(1, "taskforce analyse", &more);
        carry(a, b, n);
        if released {
            for site in [a, b] {
                let said = [("analysis", analysis.as_str()), ("decision", "release"), ("because", "good")];
                site.must(1, "taskforce decide", &said);
            }
            carry(b, a, n);
        }
    }
    for steps in [&[][..], &["advice answer"], &["advice close"]] {
        let advice = a.make(1, "advice ask", &[("whom", "a bank"), ("about", "fraud"), ("sector", "private-sector")]);
        for step in steps {
            a.must(1, step, &[("advice", &advice), ("text", "said")]);
        }
    }
    for ended in [false, true] {
        let more = [("of", "lab"), ("title", "laboratory"), ("reference", "1"), ("until", "2030-01-01")];
        let recognition = a.make(1, "recognition add", &[&[("partner", "XB")][..], &more].concat());
        if ended {
            a.must(1, "recognition end", &[("recognition", &recognition), ("because", "moved")]);
        }
    }
}

/// Findings, complaints, mistakes, disputes, samples and reports in every state but that of what was erased.
fn oversight(a: &Site, b: &Site, case: &str, item: &str, n: &mut usize) {
    a.enrol(4, "oversight-auditor");
    let finding = || a.make(4, "finding open", &[("about", item), ("text", "x"), ("recommend", "x"), ("due", "300d")]);
    finding();
    let answered = finding();
    a.must(1, "finding respond", &[("finding", &answered), ("text", "x")]);
    let closed = finding();
    a.must(4, "finding close", &[("finding", &closed), ("because", "x")]);
    let complaint = |steps: &[(&str, Fields<'_>)]| {
        let more = [("right", "erase"), ("channel", "letter"), ("from", "x"), ("subject", "x"), ("text", "x")];
        let id = a.make(4, "complaint receive", &more);
        for (name, more) in steps {
            a.must(4, name, &[&[("complaint", id.as_str())], *more].concat());
        }
        id
    };
    let acknowledge: (&str, Fields<'_>) = ("complaint acknowledge", &[]);
    let decide: (&str, Fields<'_>) = ("complaint decide", &[("outcome", "checked"), ("reasons", "x")]);
    let owe: (&str, Fields<'_>) =
        ("complaint decide", &[("outcome", "upheld"), ("reasons", "x"), ("remedy", "apology")]);
    complaint(&[]);
    complaint(&[acknowledge]);
    complaint(&[acknowledge, ("complaint examine", &[("note", "x")])]);
    complaint(&[acknowledge, decide]);
    complaint(&[acknowledge, owe]);
    complaint(&[("complaint refer", &[])]);
    complaint(&[acknowledge, decide, ("complaint close", &[])]);
    let shared = a.indicator(case, "n3.example");
    a.must(1, "disclosure new", &[("item", &shared), ("to", "XB"), ("delete-after", "30d")]);
    carry(a, b, n);
    // Erased here, and let come again by one member, and by two.
    let theirs = b.case("Readmitted");
    for members in [&[1][..], &[1, 2]] {
        let item = b.indicator(&theirs, "again.example");
        b.must(1, "disclosure new", &[("item", &item), ("to", "XA"), ("delete-after", "30d")]);
        carry(b, a, n);
        a.must(1, "retention purge", &[("item", &item), ("because", "x")]);
        for member in members {
            a.must(*member, "retention readmit", &[("item", &item), ("ground", "order")]);
        }
    }
    let mistake = || a.make(1, "error report", &[("about", &shared), ("text", "x"), ("severity", "reportable")]);
    let (open, confirmed, done) = (mistake(), mistake(), mistake());
    a.must(1, "error measure", &[("error", &open), ("text", "x"), ("owner", "XA-1"), ("due", "30d")]);
    carry(a, b, n);
    b.must(1, "error confirm", &[("error", &confirmed), ("text", "x")]);
    a.must(1, "error authority", &[("error", &done), ("reference", "7")]);
    a.must(1, "error close", &[("error", &done)]);
    let dispute = |rungs: &[&str]| {
        let id = a.make(
            1,
            "dispute open",
            &[("with", "XB"), ("subject", "delay"), ("statement", "x"), ("freeze-tier", "4")],
        );
        for to in rungs {
            a.must(1, "dispute advance", &[("dispute", &id), ("to", to), ("because", "x")]);
        }
        id
    };
    let rungs = ["consultation", "heads", "authorities", "mediation"];
    for height in 0..=rungs.len() {
        dispute(&rungs[..height]);
    }
    let high = [dispute(&rungs), dispute(&rungs)];
    for id in &high {
        a.must(1, "dispute neutral", &[("dispute", id), ("name", "x"), ("independence", "x")]);
    }
    let settled = dispute(&[]);
    a.must(1, "dispute remedy", &[("dispute", &settled), ("text", "x"), ("by", "300d")]);
    let closed = dispute(&[]);
    a.must(1, "dispute close", &[("dispute", &closed)]);
    carry(a, b, n);
    for id in high.iter().chain([&settled]) {
        b.must(1, "dispute agree", &[("dispute", id)]);
    }
    carry(b, a, n);
    for id in &high {
        a.must(1, "dispute advance", &[("dispute", id), ("to", "arbitration"), ("because", "x")]);
    }
    a.must(1, "dispute advance", &[("dispute", &high[1]), ("to", "ministries"), ("because", "x")]);
    carry(a, b, n);
    a.must(1, "misuse report", &[("text", "x")]);
    let opened = a.make(1, "misuse report", &[("text", "x")]);
    a.must(4, "misuse open", &[("report", &opened)]);
    a.open(1).unwrap().sign_consultations().unwrap();
    a.must(4, "sample draw", &[]);
    let reviewed = a.make(4, "sample draw", &[]);
    a.must(4, "sample review", &[("sample", &reviewed), ("note", "x")]);
}

/// Kinds that are erased by their own time alone: that state is reached in `accountability`.
const ERASED_BY_TIME: [Kind; 7] =
    [Kind::Consultation, Kind::Finding, Kind::Complaint, Kind::Error, Kind::Dispute, Kind::Misuse, Kind::Sample];

/// Plays an exercise through all its states, and records its report at a live desk.
fn exercises(root: &Path, live: &Site, met: &mut Met) {
    let (c, p) = crate::exercises::played(root, "menus");
    let mut walk = |sites: &[&Site]| {
        for site in sites {
            for member in 1..=3 {
                met.walk(&mut site.open(member).unwrap(), &format!("{}-{member}", site.code));
            }
        }
    };
    c.make(1, "exercise new", &[("title", "Tide"), ("scope", "one day"), ("objective", "share: review")]);
    for text in ["one", "two", "three", "four"] {
        c.make(1, "exercise plan", &[("text", text), ("time", "+00:00")]);
    }
    walk(&[&c]);
    let mut n = 0;
    c.must(1, "exercise start", &[]);
    for inject in ["1", "2"] {
        c.must(1, "exercise deliver", &[("inject", inject)]);
    }
    c.must(1, "exercise skip", &[("inject", "3"), ("because", "time")]);
    carry(&c, &p, &mut n);
    p.must(1, "exercise respond", &[("inject", "1"), ("text", "done")]);
    p.must(3, "exercise observe", &[("text", "too fast")]);
    carry(&p, &c, &mut n);
    c.must(1, "exercise observe", &[("text", "fine"), ("rating", "P"), ("objective", "1")]);
    walk(&[&c, &p]);
    c.must(1, "exercise pause", &[]);
    for text in ["more training", "a better form"] {
        let by = [("owner", "XF"), ("by", "300d"), ("objective", "1"), ("element", "training"), ("text", text)];
        c.make(1, "exercise action", &by);
    }
    walk(&[&c]);
    c.must(1, "exercise start", &[]);
    c.must(1, "exercise end", &[]);
    carry(&c, &p, &mut n);
    walk(&[&c, &p]);
    let report = c.path("report.json");
    c.must(1, "exercise report", &[("out", &report)]);
    walk(&[&c]);
    let held = c.must(1, "exercise list", &[]).value[0]["id"].as_str().unwrap().to_owned();
    c.must(1, "retention purge", &[("item", &held), ("because", "rehearsed")]);
    walk(&[&c]);
    live.must(1, "exercise record", &[("file", &report)]);
    let actions = live.must(1, "exercise actions", &[]).value;
    live.must(1, "exercise done", &[("action", actions[0]["id"].as_str().unwrap()), ("evidence", "held")]);
    live.make(2, "training add", &[("course", "the desk officer's tour")]);
}

/// A purge that was stopped after its act: the content is erased, and no certificate is issued yet.
fn stopped_purge(a: &Site, case: &str) {
    let item = a.indicator(case, "stopped.example");
    let stop = Arc::new(AtomicBool::new(false));
    let stops = Arc::clone(&stop);
    let mut job = Job::new(stop, move |at| stops.store(at.what == "rotating the key", Ordering::Relaxed));
    let args = Args::default().with("item", item).with("because", "a mistake");
    let purge = comity::command::command("retention purge").unwrap();
    let error = run(purge, On::Workspace(&mut a.open(1).unwrap()), &args, &mut job).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Cancelled, "{error:?}");
    assert!(error.hint.contains("retention purge"), "{}", error.hint);
}

#[test]
fn a_menu_says_of_every_record_what_the_command_says() {
    let mut met = Met::default();
    let folder = tempfile::tempdir().unwrap();
    demo(&folder.path().join("demo"), &mut met);
    let (root, mut a, mut b) = pair();
    let late = every_state(&a, &b, root.path());
    exercises(root.path(), &a, &mut met);
    let mut walk_both = |a: &Site, b: &Site| {
        for site in [a, b] {
            // At XA the fourth is its auditor.
            for member in 1..=if site.code == "XA" { 4 } else { 3 } {
                met.walk(&mut site.open(member).unwrap(), &format!("{}-{member}", site.code));
            }
        }
    };
    walk_both(&a, &b);
    a.pass_stated(24 * 61);
    b.pass_stated(24 * 61);
    // One who states the time, and nobody who confirms it yet.
    b.make(1, "clock state", &[("is", &b.now.to_date())]);
    // Each says of the other that it told two histories; at one of them, a member says that it goes on all the same.
    for (site, other) in [(&a, "XB"), (&b, "XA")] {
        let mut workspace = site.open(1).unwrap();
        let partner = workspace.partner(other).unwrap().id;
        let stream = stream::with(&workspace.records(), workspace.meta.desk, partner).unwrap();
        let fork = stream::Fork { sequence: 1, other: Digest::of(b"another"), known: None };
        let told = stream::SignedManifest {
            manifest: "{}".into(),
            desk_signature: String::new(),
            member_signature: String::new(),
        };
        let freeze = stream::frozen(stream.id, partner, &fork, &told, [7; 32]);
        workspace.act_alone(stream::FREEZE, Audience::OwnDesk, |_, _| Ok(freeze)).unwrap();
    }
    b.must(1, "partner resume", &[("partner", "XA"), ("stream", "yes"), ("because", "they explain it")]);
    a.must(1, "request expire", &[("request", &late)]);
    walk_both(&a, &b);
    // Backups, and a desk that was set back.
    for n in 1..=2 {
        b.make(1, "backup make", &[("out", &b.path(&format!("backup-{n}")))]);
    }
    let first = b.must(1, "backup list", &[]).value[0]["id"].as_str().unwrap().to_owned();
    b.must(1, "backup destroy", &[("backup", &first)]);
    let begun = Id::from_bytes([0xbe; 16]);
    let until = b.now;
    let interrupted = move |_: &mut Entropy, _| Ok(backup::begun(begun, 1, until, "interrupted", [7; 32]));
    b.open(1).unwrap().act_alone(backup::MAKE, Audience::OwnDesk, interrupted).unwrap();
    let kept = crate::backup::keep(&b);
    b.case("Lost");
    crate::backup::set_back(&b, &kept);
    b.must(1, "backup declare", &[("because", "the disk failed")]);
    let mut place = b.place(2);
    let (me, _) = identity::unlock(&mut place).unwrap();
    let mut declared = Workspace::open_set_back(&place.workspace, &place.identity, me, place.clock).unwrap();
    met.walk(&mut declared, "XB-2");
    drop(declared);
    b.must(2, "backup confirm", &[]);
    met.walk(&mut b.open(1).unwrap(), "XB-1");
    for ((kind, state, who), count) in &met.looked {
        println!("{kind} {state} {who}: {count}");
    }
    println!("{} yes, {} no", met.yes, met.no);
    for (place, said) in &met.open {
        println!("open: {place}: {said:?}");
    }
    // To whom something goes is typed: until then nobody can say more of it.
    let open: Vec<_> = met.open.keys().filter(|place| !place.contains(": disclosure new ")).collect();
    assert!(open.is_empty(), "the menu says yes, and nothing that was typed could be done: {open:?}");
    let never: Vec<String> = KINDS
        .iter()
        .flat_map(|def| def.states.iter().map(|s| (def.kind, s.word())))
        .filter(|state| !met.states.contains(state))
        .filter(|(kind, word)| {
            !(ERASED_BY_TIME.contains(kind) && kind_def(*kind).tombstone().is_some_and(|t| t.word() == *word))
        })
        .map(|(kind, state)| format!("{kind} {state}"))
        .collect();
    assert!(never.is_empty(), "never met: {never:?}");
    assert!(met.yes > 500 && met.no > 5000, "{} yes, {} no", met.yes, met.no);
}
