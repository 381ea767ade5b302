//! Task forces: a charter that several desks sign, what goes under it, and that nobody's word stands for another's signature.

use comity::act::change::Change;
use comity::act::enclosed::Enclosed;
use comity::command::history::acts_of;
use comity::law::edition::Law;
use comity::record::kind::Kind;
use comity::record::store::{Query, Record, RecordStore as _};
use comity::record::{analysis, meeting, member, taskforce};
use comity::seal::sign::Signer;
use comity::value::class::Tier;
use comity::value::id::Id;
use comity::value::json::Json;
use comity::value::realm::Realm;
use comity::value::timestamp::Timestamp;
use comity::workspace::error::ErrorKind;
use tempfile::TempDir;

use crate::attack::lying_desk::{LyingDesk, SALT, more_members};
use crate::desks::{Fields, NOW, Site};

/// Three desks that have met.
fn three() -> (TempDir, [Site; 3]) {
    let root = TempDir::new().unwrap();
    let all = ["XA", "XB", "XC"].map(|code| Site::found(root.path(), code));
    for one in &all {
        all.iter().filter(|other| other.code != one.code).for_each(|other| one.meet(other));
    }
    (root, all)
}

/// What a charter says in each field that its model asks for.
fn fields() -> Vec<String> {
    let law = Law::of_program();
    law.request("jit").unwrap().field.iter().filter(|f| f.required).map(|f| format!("{}=as agreed", f.id)).collect()
}

fn propose(lead: &Site, more: Fields<'_>) -> String {
    let fields = fields();
    let mut form = vec![
        ("title", "Tidewater"),
        ("purpose", "ransomware"),
        ("desks", "XA,XB,XC"),
        ("from", "2026-01-01"),
        ("until", "2027-06-30"),
        ("categories", "indicator,subscriber"),
        ("tier", "2"),
        ("retention-cap", "60d"),
    ];
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    form.extend(more);
    lead.make(1, "taskforce new", &form)
}

/// Carries what waits, where something does.
fn carry(from: &Site, to: &Site, n: &mut usize) {
    *n += 1;
    let out = from.path(&format!("parcel-{n}"));
    from.must(1, "bundle export", &[("to", to.code), ("out", &out)]);
    if std::path::Path::new(&out).exists() {
        to.must(1, "bundle import", &[("path", &out)]);
    }
}

fn shown(site: &Site, id: &str) -> serde_json::Value {
    site.must(1, "taskforce show", &[("taskforce", id)]).value
}

/// A task force that all three have signed, and all know it.
fn in_force([a, b, c]: &[Site; 3], n: &mut usize) -> String {
    let id = propose(a, &[]);
    for other in [b, c] {
        carry(a, other, n);
        other.must(1, "taskforce sign", &[("taskforce", &id)]);
        carry(other, a, n);
    }
    carry(a, b, n);
    carry(a, c, n);
    id
}

#[test]
fn a_charter_is_in_force_at_every_desk_once_all_have_signed() {
    let (_root, all) = three();
    let [a, b, c] = &all;
    let mut n = 0;
    let missing = a.fails(
        1,
        "taskforce new",
        &[
            ("title", "x"),
            ("purpose", "ransomware"),
            ("desks", "XA,XB"),
            ("from", "2026-01-01"),
            ("until", "2027-01-01"),
            ("categories", "indicator"),
            ("retention-cap", "60d"),
            ("field", "parties=both"),
        ],
        ErrorKind::Refused,
    );
    assert!(missing.what.contains("period") && !missing.what.contains("parties"), "{}", missing.what);
    let id = propose(a, &[]);
    let case = a.make(1, "case new", &[("title", "Servers"), ("purpose", "ransomware"), ("taskforce", &id)]);
    let item = a.indicator(&case, "tide.example");
    let share: Fields<'_> = &[("item", &item), ("taskforce", &id), ("delete-after", "30d")];
    a.fails(1, "disclosure new", share, ErrorKind::Refused);
    for other in [b, c] {
        carry(a, other, &mut n);
        let unsigned = shown(other, &id)["unsigned"].to_string();
        assert!(unsigned.contains(other.code) && !unsigned.contains("XA"), "it has its lead's signature: {unsigned}");
        other.must(1, "taskforce sign", &[("taskforce", &id)]);
        other.fails(1, "taskforce sign", &[("taskforce", &id)], ErrorKind::Refused);
        carry(other, a, &mut n);
    }
    assert_eq!(shown(a, &id)["state"], "in-force");
    assert_eq!(shown(b, &id)["state"], "proposed", "it has not heard of XC yet");
    carry(a, b, &mut n);
    carry(a, c, &mut n);
    for site in &all {
        let told = shown(site, &id);
        assert_eq!(
            (&told["state"], told["signed"].as_array().unwrap().len()),
            (&"in-force".into(), 3),
            "{}",
            site.code
        );
    }
    a.must(1, "disclosure new", share);
    carry(a, b, &mut n);
    carry(a, c, &mut n);
    for site in [b, c] {
        let items = site.must(1, "item list", &[("case", &case)]).value;
        assert_eq!(items[0]["value"], "tide.example", "{}: in the same case", site.code);
        assert_eq!(shown(site, &id)["cases"], serde_json::json!([case]), "{}", site.code);
    }
    let other = a.indicator(&case, "tide2.example");
    let too_long: Fields<'_> = &[("item", &other), ("taskforce", &id), ("delete-after", "90d")];
    let refused = a.fails(1, "disclosure new", too_long, ErrorKind::Refused);
    assert!(refused.verdict.unwrap().refused_by().iter().any(|r| r.word() == "G-20"));
    let why = a.must(1, "gate explain", &[("item", &other), ("to", "XB")]);
    assert_eq!(why.value["under"]["id"], serde_json::json!(id));
    assert!(why.text.unwrap().contains("Tidewater"));
    for site in &all {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn what_is_said_to_go_under_a_task_force_goes_under_its_charter_alone() {
    let (_root, all) = three();
    let [a, ..] = &all;
    let id = propose(a, &[]);
    // The agreement covers it: only not what is said to go under a charter that nobody else has signed.
    let item = a.indicator(&a.case("Ours"), "ours.example");
    let share: Fields<'_> = &[("item", &item), ("to", "XB"), ("taskforce", &id), ("delete-after", "30d")];
    let refused = a.fails(1, "disclosure new", share, ErrorKind::Refused);
    assert!(refused.verdict.unwrap().refused_by().iter().any(|r| r.word() == "G-04"));
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
}

#[test]
fn civil_society_is_in_a_charter_under_the_ceiling_of_its_kind() {
    let root = TempDir::new().unwrap();
    let all = ["XA", "XB", "XC"].map(|code| Site::found(root.path(), code));
    let [a, b, c] = &all;
    for (one, other) in [(a, b), (b, a), (c, a), (b, c), (c, b)] {
        one.meet(other);
    }
    let card = c.path("card");
    let shown = c.must(1, "desk card", &[("out", &card), ("force", "yes")]);
    a.must(1, "partner add", &[("card", &card), ("kind", "civil-society")]);
    let fingerprint = shown.value["fingerprint"].as_str().unwrap().to_owned();
    a.must(1, "partner confirm", &[("partner", "XC"), ("fingerprint", &fingerprint)]);
    for state in ["tested", "operational"] {
        a.must(1, "partner channel", &[("partner", "XC"), ("state", state), ("because", "drill")]);
    }
    let mut n = 0;
    let id = in_force(&all, &mut n);
    let case = a.make(1, "case new", &[("title", "Servers"), ("purpose", "ransomware"), ("taskforce", &id)]);
    let account =
        [("case", case.as_str()), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "x")];
    let account = a.make(1, "item add", &account);
    let refused =
        |to: &str| a.must(1, "gate explain", &[("item", &account), ("to", to)]).value["refused_by"].to_string();
    assert!(refused("XC").contains("G-07") && !refused("XB").contains("G-07"), "{} {}", refused("XC"), refused("XB"));
    let indicator = a.indicator(&case, "tide.example");
    a.must(1, "disclosure new", &[("item", &indicator), ("to", "XC"), ("delete-after", "30d")]);
}

#[test]
fn a_newer_charter_stands_once_all_have_signed_it_and_a_desk_that_leaves_is_in_it_no_more() {
    let (_root, all) = three();
    let [a, b, c] = &all;
    let mut n = 0;
    let id = in_force(&all, &mut n);
    b.fails(1, "taskforce amend", &[("taskforce", &id), ("because", "x"), ("until", "2028-01-01")], ErrorKind::Refused);
    a.must(1, "taskforce amend", &[("taskforce", &id), ("because", "not done"), ("until", "2028-01-01")]);
    carry(a, b, &mut n);
    carry(a, c, &mut n);
    let told = shown(b, &id);
    assert!(told["until"].as_str().unwrap().starts_with("2027-06-30"), "the older one stands");
    assert_eq!(told["next"]["differs"][0]["what"], "until");
    for other in [b, c] {
        other.must(1, "taskforce sign", &[("taskforce", &id)]);
        carry(other, a, &mut n);
    }
    carry(a, b, &mut n);
    carry(a, c, &mut n);
    for site in &all {
        let told = shown(site, &id);
        assert!(told["until"].as_str().unwrap().starts_with("2028-01-01"), "{}: {told}", site.code);
        assert_eq!((&told["version"], &told["state"]), (&2.into(), &"in-force".into()));
    }
    c.must(1, "taskforce leave", &[("taskforce", &id), ("because", "no people")]);
    assert_eq!(shown(c, &id)["state"], "left");
    carry(c, a, &mut n);
    carry(a, b, &mut n);
    let case = b.make(1, "case new", &[("title", "Servers"), ("purpose", "ransomware"), ("taskforce", &id)]);
    let item = b.indicator(&case, "tide.example");
    let to = |code| [("item", item.as_str()), ("to", code), ("delete-after", "30d")];
    b.fails(1, "disclosure new", &to("XC"), ErrorKind::Refused);
    b.must(1, "disclosure new", &to("XA"));
    a.must(1, "taskforce end", &[("taskforce", &id), ("because", "done")]);
    carry(a, b, &mut n);
    assert_eq!(shown(b, &id)["state"], "ended");
    let item = b.indicator(&case, "tide3.example");
    b.fails(1, "disclosure new", &[("item", &item), ("to", "XA"), ("delete-after", "30d")], ErrorKind::Refused);
    for site in &all {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn tasks_and_meetings_reach_every_desk_and_say_who_waits_on_whom() {
    let (_root, all) = three();
    let [a, b, c] = &all;
    let mut n = 0;
    let id = in_force(&all, &mut n);
    let first = a.make(
        1,
        "taskforce task",
        &[("taskforce", &id), ("title", "image the servers"), ("owner", "XB"), ("due", "2026-08-01")],
    );
    let then = a.make(
        1,
        "taskforce task",
        &[("taskforce", &id), ("title", "trace the wallets"), ("owner", "XC"), ("after", &first)],
    );
    let meeting = b.make(
        1,
        "taskforce meeting",
        &[("taskforce", &id), ("title", "weekly"), ("on", "2026-07-01"), ("agenda", "servers")],
    );
    b.must(1, "taskforce minutes", &[("meeting", &meeting), ("text", "all came"), ("decision", "image first")]);
    // All in one folder, which a courier takes round.
    for from in [a, b] {
        let folder = from.path("round");
        let made = from.must(1, "taskforce export", &[("taskforce", &id), ("out", &folder)]).value;
        assert_eq!(made.as_array().unwrap().len(), 2, "{made}");
        for to in [a, b, c].into_iter().filter(|to| to.code != from.code) {
            to.must(1, "bundle import", &[("path", &folder)]);
        }
    }
    for site in &all {
        let told = shown(site, &id);
        assert_eq!(told["waits_on"], serde_json::json!(["XC waits on XB for 1 task"]), "{}", site.code);
        assert_eq!(told["meetings"][0]["decisions"], serde_json::json!(["image first"]), "{}", site.code);
        assert_eq!(told["meetings"][0]["agenda"], "servers");
    }
    let today = b.must(1, "desk today", &[]).value;
    assert!(today["tasks"].as_array().unwrap().iter().any(|t| t["id"] == *first && t["mine"] == true));
    // Whose it is says how it stands; who made it may cancel it; what was done is done.
    c.fails(1, "taskforce move", &[("task", &first), ("to", "done")], ErrorKind::Refused);
    b.must(1, "taskforce move", &[("task", &first), ("to", "done")]);
    a.must(1, "taskforce move", &[("task", &first), ("to", "cancelled"), ("because", "crossed")]);
    for (from, to) in [(b, a), (b, c), (a, b), (a, c)] {
        carry(from, to, &mut n);
    }
    for site in &all {
        let tasks = site.must(1, "taskforce tasks", &[]).value;
        let of = |id: &str| tasks.as_array().unwrap().iter().find(|t| t["id"] == id).unwrap().clone();
        assert_eq!(of(&first)["state"], "done", "{}", site.code);
        assert_eq!(of(&then)["waits_on"], serde_json::json!([]));
    }
    for site in &all {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn a_joint_analysis_leaves_to_nobody_else_before_each_owner_has_said_so() {
    let (_root, all) = three();
    let [a, b, _] = &all;
    let mut n = 0;
    let id = in_force(&all, &mut n);
    let case = a.make(1, "case new", &[("title", "Servers"), ("purpose", "ransomware"), ("taskforce", &id)]);
    let (source, product) = (a.indicator(&case, "one.example"), a.indicator(&case, "pattern.example"));
    a.must(1, "item mark", &[("item", &source), ("tlp", "AMBER"), ("pap", "AMBER")]);
    let begin: Fields<'_> = &[("item", &product), ("title", "pattern"), ("owners", "XA,XB"), ("source", &source)];
    let looser = a.must(1, "item mark", &[("item", &product), ("tlp", "GREEN"), ("pap", "GREEN")]);
    assert!(looser.message.is_some());
    a.fails(1, "taskforce analyse", begin, ErrorKind::Refused);
    a.must(1, "item mark", &[("item", &product), ("tlp", "AMBER"), ("pap", "AMBER")]);
    let analysis = a.make(1, "taskforce analyse", begin);
    let share = |code| [("item", product.as_str()), ("to", code), ("delete-after", "30d")];
    let refused = a.fails(1, "disclosure new", &share("XC"), ErrorKind::Refused);
    assert_eq!(refused.verdict.unwrap().refused_by().iter().map(|r| r.word()).collect::<Vec<_>>(), ["G-10"]);
    a.must(1, "disclosure new", &share("XB"));
    carry(a, b, &mut n);
    let row = b.must(1, "taskforce analyses", &[]).value[0].clone();
    assert_eq!((&row["marking"], &row["sources"][0]["originator"]), (&"TLP:AMBER PAP:AMBER H0".into(), &"XA".into()));
    let release = |site: &Site| {
        site.must(1, "taskforce decide", &[("analysis", &analysis), ("decision", "release"), ("because", "good")]);
    };
    release(a);
    a.fails(1, "disclosure new", &share("XC"), ErrorKind::Refused);
    release(b);
    carry(b, a, &mut n);
    assert_eq!(a.must(1, "taskforce analyses", &[]).value[0]["state"], "releasable");
    // A newer version is asked about again, and the older one leaves no more.
    let newer = a.indicator(&case, "pattern2.example");
    a.must(1, "item mark", &[("item", &newer), ("tlp", "AMBER"), ("pap", "AMBER")]);
    a.must(
        1,
        "taskforce revise",
        &[("analysis", &analysis), ("item", &newer), ("because", "more"), ("source", &source)],
    );
    a.fails(1, "disclosure new", &share("XC"), ErrorKind::Refused);
    carry(a, b, &mut n);
    b.fails(
        1,
        "taskforce decide",
        &[("analysis", "JA-ffffff"), ("decision", "release"), ("because", "x")],
        ErrorKind::Usage,
    );
    release(a);
    release(b);
    carry(b, a, &mut n);
    a.must(1, "disclosure new", &[("item", &newer), ("to", "XC"), ("delete-after", "30d")]);
    for site in &all {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn an_agreement_is_reviewed_and_renewed_and_the_partner_sees_what_changed() {
    let (_root, [a, b, _]) = three();
    let mut n = 0;
    let agreements = a.must(1, "agreement list", &[("partner", "XB")]).value;
    let id = agreements[0]["id"].as_str().unwrap().to_owned();
    a.must(
        1,
        "agreement review",
        &[("agreement", &id), ("result", "continue"), ("notes", "works"), ("next", "2026-07-01")],
    );
    let due = a.must(1, "desk renewals", &[]).value;
    assert!(due.as_array().unwrap().iter().any(|r| r["what"] == "review" && r["id"] == *id), "{due}");
    let past: Fields<'_> = &[("agreement", &id), ("until", "2026-01-02"), ("because", "x")];
    a.fails(1, "agreement renew", past, ErrorKind::Refused);
    a.must(
        1,
        "agreement renew",
        &[
            ("agreement", &id),
            ("until", "2100-01-01"),
            ("because", "yearly"),
            ("lessons", "reply sooner"),
            ("tier", "1"),
        ],
    );
    let told = a.must(1, "agreement show", &[("agreement", &id)]).value;
    assert!(told["until"].as_str().unwrap().starts_with("2100-01-01"));
    assert_eq!(told["renewals"][0]["lessons"], "reply sooner");
    let changed: Vec<&str> =
        told["renewals"][0]["differs"].as_array().unwrap().iter().map(|d| d["what"].as_str().unwrap()).collect();
    assert_eq!(changed, ["tier", "until"]);
    assert_eq!(told["reviews"][0]["notes"], "works");
    carry(&a, &b, &mut n);
    let theirs = b.must(1, "agreement show", &[("agreement", &id)]).value;
    assert_eq!((&theirs["until"], &theirs["tier"]), (&told["until"], &told["tier"]));
    b.fails(1, "agreement renew", &[("agreement", &id), ("until", "2101-01-01"), ("because", "x")], ErrorKind::Refused);
    // It binds from then on.
    let case = a.case("Ours");
    let account = a.make(
        1,
        "item add",
        &[("case", &case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "J. Doe")],
    );
    let refused =
        a.fails(1, "disclosure new", &[("item", &account), ("to", "XB"), ("delete-after", "30d")], ErrorKind::Refused);
    assert!(refused.verdict.unwrap().refused_by().iter().any(|r| r.word() == "G-07"));
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn one_list_says_what_is_due_for_renewal_weeks_ahead() {
    let (_root, all) = three();
    let [a, ..] = &all;
    let mut n = 0;
    in_force(&all, &mut n);
    let course = |until: &str| a.make(1, "training add", &[("course", "due process"), ("until", until)]);
    course("2026-07-01");
    let recognition: Fields<'_> = &[
        ("partner", "XB"),
        ("of", "lab-17025"),
        ("title", "laboratory"),
        ("reference", "17"),
        ("until", "2026-07-10"),
    ];
    let lab = a.make(1, "recognition add", recognition);
    let due = |within: &str| -> Vec<String> {
        let all = a.must(1, "desk renewals", &[("within", within)]).value;
        let mut what: Vec<String> =
            all.as_array().unwrap().iter().map(|r| r["what"].as_str().unwrap().to_owned()).collect();
        what.dedup();
        what
    };
    assert_eq!(due("42d"), ["training", "recognition"]);
    assert!(due("10d").is_empty());
    assert!(due("400d").iter().any(|w| w == "charter") && due("400d").iter().any(|w| w == "key"));
    let today = a.must(1, "desk today", &[]).value;
    assert!(today["tasks"].as_array().unwrap().iter().any(|t| t["id"] == *lab));
    course("2027-07-01");
    a.must(1, "recognition end", &[("recognition", &lab), ("because", "moved")]);
    assert!(due("42d").is_empty(), "the course was taken again, and nothing of the laboratory counts any more");
    a.must(1, "audit verify", &[]);
}

#[test]
fn others_are_consulted_and_what_became_of_it_is_on_record() {
    let (_root, [a, ..]) = three();
    let ask: Fields<'_> = &[("whom", "a bank"), ("about", "new fraud"), ("sector", "private-sector")];
    let id = a.make(1, "advice ask", ask);
    a.fails(1, "advice ask", &ask[..2], ErrorKind::Usage);
    a.must(1, "advice answer", &[("advice", &id), ("text", "seen twice")]);
    a.must(1, "advice close", &[("advice", &id), ("text", "in the next assessment")]);
    let row = a.must(1, "advice list", &[]).value[0].clone();
    assert_eq!((&row["state"], &row["became"]), (&"closed".into(), &"in the next assessment".into()));
    assert_eq!(row["answers"], serde_json::json!(["seen twice"]));
    a.fails(1, "advice answer", &[("advice", &id), ("text", "late")], ErrorKind::Refused);
    a.must(1, "audit verify", &[]);
}

#[test]
fn the_charter_on_paper_names_its_targets_and_each_field_that_it_leaves_open() {
    let (_root, [a, ..]) = three();
    let law = Law::of_program();
    let model = law.request("jit").unwrap();
    let letter = |id: &str, name: &str, language: &str| {
        let out = a.path(name);
        a.must(1, "taskforce letter", &[("taskforce", id), ("out", &out), ("language", language)]);
        std::fs::read_to_string(&out).unwrap()
    };
    let id = propose(&a, &[("target", "acknowledged=1,decided=30")]);
    for name in ["charter.txt", "charter.html"] {
        let text = letter(&id, name, "en").split_whitespace().collect::<Vec<_>>().join(" ");
        for said in [
            "a request is acknowledged within 1 day",
            "a request is decided within 30 days",
            "60 days",
            "technical indicators",
        ] {
            assert!(text.contains(said), "{name}: {said}\n{text}");
        }
        assert!(model.field.iter().any(|f| !f.required), "some are left open");
        for field in &model.field {
            let label = field.label.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(&label), "{name}: {label}\n{text}");
        }
        let open = model.field.iter().filter(|f| !f.required).count();
        assert_eq!(text.matches("not stated").count(), open, "{text}");
    }
    let bare = letter(&propose(&a, &[]), "bare.txt", "en");
    assert!(bare.contains("Target: not stated"), "{bare}");
    for (language, target, open) in [
        ("fr", "il est statué sur une demande dans un délai de 30 jours", "non indiqué"),
        ("es", "se decide sobre la solicitud en un plazo de 30 días", "no indicado"),
    ] {
        let text = letter(&id, &format!("{language}.txt"), language);
        assert!(text.contains(target) && text.contains(open) && !text.contains("not stated"), "{text}");
    }
}

// --- a lead that lies ------------------------------------------------------------------------------------------------

/// A lead that lies to a reader about what a third desk has signed.
struct Lies {
    _root: TempDir,
    reader: Site,
    liar: LyingDesk,
    /// The task force, which the reader has signed, and the third desk too.
    id: Id,
    /// What the third desk has signed, and the certificate of who did.
    signed: (Enclosed, Json),
    /// What it has signed of another task force.
    elsewhere: Enclosed,
}

/// The task force of that id at a desk.
fn record(site: &Site, id: Id) -> Record {
    site.open(1).unwrap().records().get(id).unwrap().unwrap()
}

/// What a desk holds that another has signed of a task force, and the certificate of who did.
fn signed_by(site: &Site, id: Id, desk: Id) -> (Enclosed, Json) {
    let workspace = site.open(1).unwrap();
    let record = workspace.records().get(id).unwrap().unwrap();
    let all = acts_of(&workspace, &record, &[taskforce::SIGN]).unwrap();
    let (act, change) = all.iter().find(|(act, _)| act.desk == desk).unwrap();
    let signer = member::by_person(&workspace.records(), desk, act.read_header().unwrap().member).unwrap().unwrap();
    let (_, enrolled) = acts_of(&workspace, &signer, &[member::ADD]).unwrap().pop().unwrap();
    (Enclosed::new(&act.header, &act.signature, change), enrolled.read_terms().unwrap())
}

impl Lies {
    fn new() -> Self {
        let (root, [a, b, c]) = three();
        more_members(&b);
        let mut n = 0;
        let (id, other) = (propose(&b, &[]), propose(&b, &[("tier", "1")]));
        for site in [&a, &c] {
            carry(&b, site, &mut n);
        }
        for id in [&id, &other] {
            a.must(1, "taskforce sign", &[("taskforce", id)]);
            c.must(1, "taskforce sign", &[("taskforce", id)]);
        }
        carry(&a, &b, &mut n);
        carry(&c, &b, &mut n);
        let third = c.open(1).unwrap().meta.desk;
        let [id, other] = [id, other].map(|id| Id::parse(&id).unwrap());
        let signed = signed_by(&b, id, third);
        let (elsewhere, _) = signed_by(&b, other, third);
        let mut liar = LyingDesk::take_over(&b, &a);
        liar.sees(&a);
        Self { _root: root, reader: a, liar, id, signed, elsewhere }
    }

    /// Tells the reader that the third desk has signed; says whether it is believed.
    fn believed(&mut self, act: &Enclosed, certificate: &Json) -> bool {
        let change = taskforce::passed_on(self.id, act, certificate);
        let told = self.liar.send(&self.reader, &[change]);
        if let Err(failure) = &told {
            assert!(matches!(failure.kind, ErrorKind::Signature | ErrorKind::Malformed), "{failure:?}");
        }
        let stands = record(&self.reader, self.id).is(taskforce::State::InForce);
        assert!(!stands || told.is_ok());
        stands
    }
}

#[test]
fn a_lead_cannot_sign_for_another_desk() {
    let mut s = Lies::new();
    let (genuine, certificate) = s.signed.clone();
    let own_key = Signer::from_seed(&s.liar.members[0].seed());
    let own = own_key.sign(&Realm::Live.namespace("act"), &genuine.header).unwrap();
    // Its own signature in the place of the other's.
    assert!(!s.believed(&Enclosed { signature: own, ..genuine.clone() }, &certificate));
    // Its own member, certified by its own root, as one of the other desk.
    let mut header = genuine.said().unwrap();
    header.member = own_key.public().person();
    let bytes = header.to_bytes();
    let signature = own_key.sign(&header.realm.namespace("act"), &bytes).unwrap();
    let forged = Enclosed { header: bytes, signature, change: genuine.change.clone() };
    let age = certificate.get("age").and_then(Json::text).unwrap().to_owned();
    let lie = s.liar.member(&own_key.public().to_openssh(), &age, &["administrator"]);
    assert!(!s.believed(&forged, &lie));
    assert!(!s.believed(&forged, &certificate), "nor with the certificate of somebody else");
    // Its own act, as if it were the other's word for it.
    let mut header = genuine.said().unwrap();
    header.desk = s.liar.desk;
    header.member = own_key.public().person();
    let bytes = header.to_bytes();
    let signature = own_key.sign(&header.realm.namespace("act"), &bytes).unwrap();
    assert!(!s.believed(&Enclosed { header: bytes, signature, change: genuine.change.clone() }, &lie));
    // What was signed, and not a word of it changed.
    assert!(s.believed(&genuine, &certificate));
    s.reader.must(1, "audit verify", &[]);
}

#[test]
fn a_signature_of_another_charter_or_of_an_older_version_counts_for_nothing() {
    let mut s = Lies::new();
    let (genuine, certificate) = s.signed.clone();
    let elsewhere = s.elsewhere.clone();
    assert!(!s.believed(&elsewhere, &certificate), "of another task force");
    let renamed = Enclosed { change: Change { record: s.id, ..elsewhere.change.clone() }, ..elsewhere };
    assert!(!s.believed(&renamed, &certificate), "of another, with this one's name on it");
    let mut terms = genuine.change.read_terms().unwrap();
    terms.set("version", 2i64);
    let altered = Change::of_terms(s.id, "taskforce-sign", &terms);
    assert!(
        !s.believed(&Enclosed { change: altered, ..genuine.clone() }, &certificate),
        "of a version that was never signed"
    );
    // The lead amends: the older signature is played again.
    let old = taskforce::charter_of(&record(&s.reader, s.id)).unwrap();
    let words = taskforce::CharterContent { title: "Wider".into(), ..Default::default() };
    let newer = taskforce::Charter { version: 2, tier: Tier::new(4), text: words.digest(), ..old };
    s.liar.send(&s.reader, &[taskforce::proposed(s.id, &newer, &words, SALT)]).unwrap();
    assert!(!s.believed(&genuine, &certificate), "of the version before");
    assert_eq!(taskforce::signatures(&record(&s.reader, s.id)).len(), 1, "its lead alone has signed it");
    s.reader.must(1, "audit verify", &[]);
}

#[test]
fn a_signature_of_a_desk_that_is_not_pinned_waits_and_counts_when_it_is() {
    let root = TempDir::new().unwrap();
    let [a, b, c] = ["XA", "XB", "XC"].map(|code| Site::found(root.path(), code));
    for (one, other) in [(&a, &b), (&b, &a), (&a, &c), (&c, &a)] {
        one.meet(other);
    }
    let mut n = 0;
    let id = in_force(&[a, b, c], &mut n);
    let [a, b, c] = ["XA", "XB", "XC"].map(|code| Site {
        folder: root.path().join(code),
        code,
        now: Timestamp::parse(NOW).unwrap(),
    });
    let told = shown(&b, &id);
    assert_eq!((&told["state"], told["unchecked"].as_array().unwrap().len()), (&"proposed".into(), 1), "{told}");
    b.meet(&c);
    a.must(1, "taskforce pass", &[("taskforce", &id)]);
    carry(&a, &b, &mut n);
    assert_eq!(shown(&b, &id)["state"], "in-force");
    b.must(1, "audit verify", &[]);
}

#[test]
fn a_partner_makes_no_item_of_another_desk_the_product_of_an_analysis() {
    let mut s = Lies::new();
    let item = s.reader.indicator(&s.reader.case("Ours"), "ours.example");
    let product = Id::parse(&item).unwrap();
    let lie = analysis::new(
        Id::from_bytes([0x32; 16]),
        (s.id, Id::from_bytes([0x33; 16])),
        &[s.liar.desk, s.liar.to],
        &analysis::Version { version: 1, product, sources: Vec::new() },
        "theirs",
        SALT,
    );
    s.liar.send(&s.reader, &[lie]).unwrap();
    let facts = s.reader.must(1, "gate explain", &[("item", &item), ("to", "XC"), ("facts", "yes")]).value;
    assert_eq!(facts["facts"]["item"]["originator"], "own");
    let facts = s.reader.must(1, "gate explain", &[("item", &item), ("to", "XB"), ("facts", "yes")]).value;
    assert_eq!(facts["facts"]["item"]["originator"], "own");
}

#[test]
fn only_the_lead_amends_and_ends_and_no_desk_speaks_for_another() {
    let mut s = Lies::new();
    let desk = s.liar.desk;
    // A task force that the reader leads with the third desk alone.
    let id = propose(&s.reader, &[("desks", "XA,XC")]);
    let id = Id::parse(&id).unwrap();
    let charter = taskforce::charter_of(&record(&s.reader, id)).unwrap();
    let wider =
        taskforce::Charter { version: 2, desks: vec![charter.desks[0], charter.desks[1], desk], ..charter.clone() };
    let words = taskforce::CharterContent::default();
    let lies = [
        taskforce::signed(id, &charter),
        taskforce::proposed(id, &wider, &words, SALT),
        taskforce::left(id, 1, "x", SALT),
        taskforce::ended(id, "x", SALT),
        taskforce::evaluated(id, "x", SALT),
        taskforce::passed_on(id, &s.signed.0, &s.signed.1),
        meeting::called(
            Id::from_bytes([0x31; 16]),
            &meeting::Terms { taskforce: id, on: s.liar.at(), case: None },
            "t",
            "a",
            SALT,
        ),
    ];
    let before = format!("{:?}", record(&s.reader, id));
    for lie in lies {
        let kind = lie.kind.clone();
        assert!(s.liar.send(&s.reader, &[lie]).is_err(), "{kind}");
        assert_eq!(format!("{:?}", record(&s.reader, id)), before, "{kind}");
    }
    let all = s.reader.open(1).unwrap().records().find(&Query::kind(Kind::Meeting)).unwrap();
    assert!(all.is_empty());
    s.reader.must(1, "audit verify", &[]);
}
