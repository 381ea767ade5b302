//! A purge takes everything that speaks of what it erases. One record of every kind is made in a case, each with words of its
//! own; the case is purged; then each of these words is searched for, listed, shown and looked for in the open database.

use std::collections::BTreeMap;

use comity::record::definition::Content;
use comity::record::kind::Kind;
use comity::record::{KINDS, kind_def};
use comity::workspace::own_file::OwnFile;
use rusqlite::types::ValueRef;

use crate::desks::{Site, pair};

/// Every text and blob of the database of a workspace, as an examiner with the key reads it.
fn scan(site: &Site, member: u8) -> Vec<u8> {
    let workspace = site.open(member).unwrap();
    let mut all = Vec::new();
    let names = |sql: &str| -> Vec<String> {
        let mut rows = workspace.db.prepare(sql).unwrap();
        rows.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for table in names("SELECT name FROM sqlite_master WHERE type = 'table'") {
        let Ok(mut rows) = workspace.db.prepare(&format!("SELECT * FROM \"{table}\"")) else { continue };
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => all.extend_from_slice(bytes),
                    _ => {}
                }
                all.push(b'\n');
            }
        }
    }
    all
}

/// The words that each record of a kind was given: one for each text that a member types for it.
pub type Marks = BTreeMap<Kind, Vec<&'static str>>;

/// Makes a case with records of every kind that can lie in one, each with its words. Answers the case.
pub fn fill(a: &Site, b: &Site, marks: &mut Marks) -> String {
    let mut mark = |kind: Kind, word: &'static str| {
        marks.entry(kind).or_default().push(word);
        word
    };
    let case = a.case(mark(Kind::Case, "zqcasetitle"));
    let file = a.path("zqimportfile.csv");
    std::fs::write(&file, "value\nn1.example\n").unwrap();
    mark(Kind::Import, "zqimportfile");
    a.must(
        1,
        "item import",
        &[
            ("file", &file),
            ("format", "csv"),
            ("case", &case),
            ("column", "value=1"),
            ("header", "yes"),
            ("type", "domain"),
        ],
    );
    let item = |value: &str| {
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
    let account = item(mark(Kind::Item, "zqitemvalue"));
    // A review with every text that it takes.
    let review =
        a.make(1, "review open", &[("subject", &account), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]);
    a.must(
        2,
        "review assess",
        &[
            ("review", &review),
            ("all", "met"),
            ("less-intrusive", mark(Kind::Review, "zqlessintrusive")),
            ("reason", &format!("necessity={}", mark(Kind::Review, "zqtestreason"))),
        ],
    );
    a.must(
        2,
        "review decide",
        &[
            ("review", &review),
            ("approve", "yes"),
            ("expires", "60d"),
            ("reasons", mark(Kind::Review, "zqdecisionreason")),
            ("caveat", mark(Kind::Review, "zqcaveat")),
        ],
    );
    a.must(
        2,
        "authorisation add",
        &[("item", &account), ("to", "XB"), ("by", "Court"), ("reference", mark(Kind::Authorisation, "zqreference"))],
    );
    a.must(
        2,
        "authorisation add",
        &[("case", &case), ("to", "XB"), ("by", mark(Kind::Authorisation, "zqcourt")), ("reference", "1")],
    );
    let disclosure = a.make(
        1,
        "disclosure new",
        &[
            ("item", &account),
            ("to", "XB"),
            ("delete-after", "30d"),
            ("named", mark(Kind::Disclosure, "zqnamedperson")),
        ],
    );
    a.must(2, "disclosure release", &[("disclosure", &disclosure)]);
    a.must(1, "notice tell", &[("of", &disclosure), ("text", mark(Kind::Notice, "zqpersontold"))]);
    let calls = item("an address at risk");
    let emergency = a.make(
        1,
        "disclosure new",
        &[
            ("item", &calls),
            ("to", "XB"),
            ("delete-after", "30d"),
            ("emergency", mark(Kind::Disclosure, "zqemergencytext")),
        ],
    );
    let joined = a.must(4, "disclosure join", &[("disclosure", &emergency)]);
    assert!(joined.message.is_some());
    a.must(
        2,
        "disclosure validate",
        &[("disclosure", &emergency), ("outcome", "approved"), ("reasons", mark(Kind::Disclosure, "zqvalidation"))],
    );
    a.make(
        1,
        "request new",
        &[
            ("case", &case),
            ("kind", "bc31"),
            ("to", "XB"),
            ("draft", "yes"),
            ("field", &format!("facts={}", mark(Kind::Request, "zqrequestfacts"))),
        ],
    );
    let hold = a.make(
        1,
        "retention hold",
        &[("case", &case), ("reason", "litigation"), ("because", mark(Kind::Hold, "zqholdreason"))],
    );
    a.must(1, "retention hold-review", &[("hold", &hold), ("because", mark(Kind::Hold, "zqholdreview"))]);
    a.must(2, "retention release", &[("hold", &hold), ("because", mark(Kind::Hold, "zqliftreason"))]);
    let said = mark(Kind::PublicStatement, "zqpublictitle");
    let form = [("title", said), ("text", mark(Kind::PublicStatement, "zqpublictext")), ("case", &case)];
    a.make(1, "report statement", &form);
    // An item that was erased before the case: what the erasure says goes with the case.
    let early = item("zqearlyitem");
    mark(Kind::Item, "zqearlyitem");
    a.must(3, "retention purge", &[("item", &early), ("because", mark(Kind::Purge, "zqpurgereason"))]);
    // What hangs on a task force and is of a case.
    let law = comity::law::edition::Law::of_program();
    let fields: Vec<String> = law.request("jit").unwrap().field.iter().map(|f| format!("{}=agreed", f.id)).collect();
    let mut form = vec![
        ("title", "Tidewater"),
        ("purpose", "cybercrime"),
        ("desks", "XA,XB"),
        ("from", "2026-01-01"),
        ("until", "2090-01-01"),
        ("categories", "indicator"),
        ("retention-cap", "60d"),
    ];
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    let of = a.make(1, "taskforce new", &form);
    let of = [("taskforce", of.as_str()), ("case", case.as_str())];
    let task = [("title", mark(Kind::Task, "zqtasktitle")), ("note", mark(Kind::Task, "zqtasknote"))];
    let task = a.make(1, "taskforce task", &[of.as_slice(), &task].concat());
    a.must(1, "taskforce move", &[("task", &task), ("to", "blocked"), ("because", mark(Kind::Task, "zqtaskreason"))]);
    let meeting = [
        ("title", mark(Kind::Meeting, "zqmeetingtitle")),
        ("on", "2026-07-01"),
        ("agenda", mark(Kind::Meeting, "zqagenda")),
    ];
    let meeting = a.make(1, "taskforce meeting", &[of.as_slice(), &meeting].concat());
    let (said, decided) = (mark(Kind::Meeting, "zqminutes"), mark(Kind::Meeting, "zqdecided"));
    a.must(1, "taskforce minutes", &[("meeting", &meeting), ("text", said), ("decision", decided)]);
    let product = item("a pattern of theirs");
    let analysis =
        [("item", product.as_str()), of[0], ("title", mark(Kind::Analysis, "zqanalysis")), ("owners", "XA,XB")];
    a.make(1, "taskforce analyse", &analysis);
    let advice =
        [("whom", mark(Kind::Advice, "zqexpert")), ("about", mark(Kind::Advice, "zqquestion")), ("sector", "science")];
    let advice = a.make(1, "advice ask", &[of.as_slice(), &advice].concat());
    a.must(1, "advice answer", &[("advice", &advice), ("text", mark(Kind::Advice, "zqexpertanswer"))]);
    a.must(1, "advice close", &[("advice", &advice), ("text", mark(Kind::Advice, "zqbecame"))]);
    let form = [("case", case.as_str()), ("type", "domain"), ("category", "indicator"), ("value", "due.example")];
    let listed = a.make(1, "item add", &[&form[..], &[("delete-after", crate::desks::NOW)]].concat());
    let list = a.make(1, "retention propose", &[("because", mark(Kind::Disposal, "zqlistreason"))]);
    a.must(
        2,
        "retention decide",
        &[
            ("list", &list),
            ("line", &listed),
            ("decision", "withhold"),
            ("ground", "law"),
            ("because", mark(Kind::Disposal, "zqwithheldreason")),
        ],
    );
    let disk = a.path(mark(Kind::Item, "zqfilename.img"));
    std::fs::write(&disk, "zqfilebytes").unwrap();
    let exhibit = a.make(
        1,
        "item add",
        &[
            ("case", &case),
            ("type", "evidence"),
            ("category", "content"),
            ("file", &disk),
            ("media-hash", &format!("md5:{}", "0a".repeat(16))),
            ("media-tool", mark(Kind::Item, "zqmediatool")),
            ("authority", mark(Kind::Custody, "zqauthority")),
            ("condition", mark(Kind::Custody, "zqcondition")),
        ],
    );
    let given = a.make(
        1,
        "item handover",
        &[
            ("item", &exhibit),
            ("event", "out"),
            ("because", mark(Kind::Custody, "zqhandedover")),
            ("person", mark(Kind::Custody, "zqlaboratory")),
        ],
    );
    a.must(2, "item countersign", &[("entry", &given), ("said", mark(Kind::Custody, "zqsealwhole"))]);
    let transferred = [("record", exhibit.as_str()), ("outcome", "transfer"), ("next", "20d")];
    let why = ("reason", mark(Kind::Retention, "zqlastingvalue"));
    a.must(1, "retention review", &[&transferred[..], &[why]].concat());
    let bag = a.path("bag");
    let form = [
        ("record", exhibit.as_str()),
        ("to", mark(Kind::Retention, "zqarchive")),
        ("authority", mark(Kind::Retention, "zqarchivelaw")),
        ("export", &bag),
    ];
    a.run_because(2, Some("the archive receives it"), "retention transfer", &form).unwrap();
    a.must(
        1,
        "retention event",
        &[("record", &exhibit), ("event", "acquittal"), ("because", mark(Kind::Retention, "zqjudgment"))],
    );
    a.must(
        1,
        "retention review",
        &[("record", &exhibit), ("outcome", "erase"), ("reason", mark(Kind::Retention, "zqreviewreason"))],
    );
    let letter = a.path("letter.txt");
    let draft = a.must(1, "request list", &[]).value[0]["id"].as_str().unwrap().to_owned();
    a.must(1, "request letter", &[("request", &draft), ("out", &letter)]);
    marks.entry(Kind::Letter).or_default();
    a.carry(b, "bundle");
    case
}

/// The second person of an emergency, who is none of the three of the pair.
pub fn enrol_fourth(a: &Site) {
    let fourth = a.identity(4);
    a.must(1, "identity new", &[("name", "XA-4"), ("out", fourth.to_str().unwrap()), ("no-passphrase", "yes")]);
    let file = format!("{}.pub", fourth.to_str().unwrap());
    a.must(1, "member add", &[("file", &file), ("roles", "investigator,desk-officer")]);
}

#[test]
fn a_purged_case_leaves_no_word_of_any_kind_of_record() {
    let (_root, a, b) = pair();
    enrol_fourth(&a);
    let mut marks = Marks::new();
    let case = fill(&a, &b, &mut marks);
    // A kind that can lie in a case and was not made here would be forgotten.
    for def in KINDS {
        let dies =
            matches!(def.content, Content::Own { .. } | Content::WithSubject | Content::WithCase | Content::WithItems);
        // These die by their own time alone, and never with a case: `accountability` follows them, and `exercises` what is of an
        // exercise.
        let apart = [
            Kind::Consultation,
            Kind::Finding,
            Kind::Complaint,
            Kind::Error,
            Kind::Dispute,
            Kind::Misuse,
            Kind::Sample,
            Kind::Exercise,
            Kind::Inject,
            Kind::Reply,
            Kind::Observation,
            Kind::Action,
        ];
        let made = marks.contains_key(&def.kind) || apart.contains(&def.kind);
        assert_eq!(dies, made, "{}: make one of it in `fill`", def.kind);
        assert_eq!(kind_def(def.kind).kind, def.kind);
    }
    let before = scan(&a, 1);
    let words: Vec<(Kind, &str)> = marks.iter().flat_map(|(k, words)| words.iter().map(|w| (*k, *w))).collect();
    for (kind, word) in &words {
        // The earlier purge erased what it was for; its reason goes with the next one.
        let there = before.windows(word.len()).any(|w| w == word.as_bytes());
        assert_eq!(there, *word != "zqearlyitem", "{kind} {word} before the purge");
    }
    a.must(3, "retention purge", &[("case", &case), ("because", "the court orders it")]);
    let after = scan(&a, 1);
    let mut told = String::new();
    for name in [
        "item list",
        "request list",
        "review list",
        "disclosure list",
        "authorisation list",
        "retention holds",
        "retention certificates",
        "retention duties",
        "case list",
        "desk today",
        "audit log",
        "retention list",
        "retention disposals",
    ] {
        let output = a.must(3, name, &[]);
        told.push_str(&output.value.to_string());
        told.push_str(&comity::command::plain::lines(&output).join("\n"));
    }
    told.push_str(&a.must(3, "case show", &[("case", &case)]).value.to_string());
    for (kind, word) in &words {
        assert!(!after.windows(word.len()).any(|w| w == word.as_bytes()), "{kind}: {word} is in the database");
        assert!(!told.contains(word), "{kind}: {word} is told");
        let found = a.must(3, "search", &[("words", word)]).value;
        assert_eq!(found, serde_json::json!([]), "{kind}: {word} is found");
    }
    a.must(1, "audit verify", &[]);
}

/// What is said of an item dies with it, whoever or whatever ends it: here its own time, while the case stays.
#[test]
fn items_whose_time_has_come_leave_no_word_that_was_said_of_them() {
    let (_root, mut a, b) = pair();
    enrol_fourth(&a);
    let mut marks = Marks::new();
    let case = fill(&a, &b, &mut marks);
    let of_import = |site: &Site| -> Vec<(String, bool)> {
        let all = site.must(3, "item list", &[("case", &case)]).value;
        let all = all.as_array().unwrap().iter();
        all.map(|i| (i["id"].as_str().unwrap().to_owned(), i["state"] == "purged")).collect()
    };
    assert!(of_import(&a).len() > 3);
    // What hangs on a task force goes with the case.
    let stays = [
        "zqpublictitle",
        "zqpublictext",
        "zqcasetitle",
        "zqcourt",
        "zqrequestfacts",
        "zqholdreason",
        "zqholdreview",
        "zqliftreason",
        "zqearlyitem",
        "zqtasktitle",
        "zqtasknote",
        "zqtaskreason",
        "zqmeetingtitle",
        "zqagenda",
        "zqminutes",
        "zqdecided",
        "zqanalysis",
        "zqexpert",
        "zqquestion",
        "zqexpertanswer",
        "zqbecame",
    ];
    let words: Vec<&str> = marks.values().flatten().copied().collect();
    a.pass_stated(24 * 366);
    a.must(3, "retention purge", &[]);
    // The indicator of the import stays longer than what is about people, and its file's name with it.
    assert_eq!(of_import(&a).iter().filter(|(_, purged)| !purged).count(), 1);
    assert!(scan(&a, 1).windows(12).any(|w| w == b"zqimportfile"));
    a.pass_stated(24 * 366 * 6);
    a.must(3, "retention purge", &[]);
    assert!(of_import(&a).iter().all(|(_, purged)| *purged), "{:?}", of_import(&a));
    let all = scan(&a, 1);
    for word in words {
        let there = all.windows(word.len()).any(|w| w == word.as_bytes());
        assert_eq!(there, stays.contains(&word) && word != "zqearlyitem", "{word}");
    }
    a.must(1, "audit verify", &[]);
}

/// Why something was erased speaks of it: it goes with the next purge, by its own timer or of a case.
#[test]
fn the_reason_of_a_purge_goes_with_the_next_one() {
    let (_root, a, _b) = pair();
    let case = a.case("Reasons");
    let item = a.indicator(&case, "gone.example");
    let there = |word: &str| scan(&a, 1).windows(word.len()).any(|w| w == word.as_bytes());
    a.must(1, "retention purge", &[("item", &item), ("because", "zqreasonofitem")]);
    assert!(there("zqreasonofitem"), "whoever countersigns the certificate reads it");
    a.must(1, "retention purge", &[]);
    assert!(!there("zqreasonofitem"));
    a.must(1, "retention purge", &[("case", &case), ("because", "zqreasonofcase")]);
    // Asking again, as whoever was interrupted does, makes no second certificate.
    let certified = a.must(1, "retention certificates", &[]).value.as_array().unwrap().len();
    a.must(1, "retention purge", &[("case", &case), ("because", "once more")]);
    assert_eq!(a.must(1, "retention certificates", &[]).value.as_array().unwrap().len(), certified);
    a.must(1, "retention purge", &[]);
    assert!(!there("zqreasonofcase"));
    assert!(a.must(1, "retention purge", &[]).message.unwrap().contains("Nothing to erase"));
    a.must(1, "audit verify", &[]);
}

/// What members keep beside the database may speak of what is erased, and nobody else can look: it goes with every purge.
#[test]
fn what_members_keep_beside_the_database_goes_with_a_purge() {
    let (_root, a, _b) = pair();
    let case = a.case("Views");
    let item = a.indicator(&case, "gone.example");
    let files = [OwnFile::Drafts, OwnFile::Views];
    for member in [1, 2] {
        let workspace = a.open(member).unwrap();
        files.iter().for_each(|file| file.keep(&workspace, Some(b"zqownwords")).unwrap());
    }
    let kept = |file: OwnFile, member| file.kept(&a.open(member).unwrap()).map(|kept| kept.expose().to_vec());
    for file in files {
        assert_eq!(kept(file, 2).as_deref(), Some(b"zqownwords".as_slice()));
    }
    // Sealed, each to its member.
    for (path, bytes) in crate::desks::bytes_of(&a.workspace()) {
        assert!(!bytes.windows(10).any(|w| w == b"zqownwords"), "{path:?}");
    }
    a.must(1, "retention purge", &[("item", &item), ("because", "a mistake")]);
    for (file, member) in files.into_iter().flat_map(|file| [(file, 1), (file, 2)]) {
        assert_eq!(kept(file, member), None);
    }
}
