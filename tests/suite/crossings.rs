//! Nothing of an exercise gets into a live workspace, nor of a live one into an exercise, by any door: every file that a command writes
//! in the one is given to every command that reads a file in the other. Both sides are taken from the table of commands, so that a
//! new door is tried, or named here with the reason why it is none.

use std::fs;
use std::path::Path;

use comity::command::definition::{ArgKind, Args, Command, Handler};
use comity::command::run::{On, run};
use comity::command::{command, commands};
use comity::value::realm::{BANNER, Realm, is_of_exercise};
use comity::workspace::error::{Error, ErrorKind};
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;
use serde_json::json;
use tempfile::TempDir;

use crate::attack::doors::{Own, fields, member_of, readers, writers};
use crate::desks::{Site, pair, text};
use crate::exercises::{everything, planned, played};

/// Commands that write a file which is of no realm, or none.
const NO_PAPER: &[(&str, &str)] = &[
    ("identity new", "a person's keys: what they sign says where it counts"),
    ("backup destroy", "it removes a file"),
    ("backup restore", "it makes a workspace, of the realm of the backup"),
    ("bundle pass-on", "what a third desk has sealed"),
    ("bundle watch", "a folder of bundles, each sealed"),
    ("item custody", "a folder: its papers say it, the exhibit itself is never changed"),
    ("report figures", "refused in an exercise"),
    ("taskforce export", "a folder of bundles, each sealed"),
    ("retention transfer", "a folder: what it is of says it, an exhibit itself is never changed"),
    ("item timestamp", "a request of RFC 3161: a hash, and no place for a word"),
];

/// The endings of a command's files, where the ending says what is written.
fn endings(name: &str) -> &'static [&'static str] {
    match name {
        "report transparency" => &["html", "txt", "csv", "json"],
        "report budget" => &["html", "txt", "csv"],
        "report publish" | "report paper" | "notice letter" | "request letter" | "complaint letter"
        | "dispute letter" | "taskforce letter" => &["html", "txt"],
        _ => &["json"],
    }
}

/// One file that was written.
struct Paper {
    by: String,
    path: String,
    bytes: Vec<u8>,
}

impl Paper {
    fn is_sealed(&self) -> bool {
        self.bytes.starts_with(b"age-encryption.org/v1")
    }
}

fn is_file(arg: &comity::command::definition::Arg, kind: &str) -> bool {
    matches!((arg.kind, kind), (ArgKind::Existing, "in") | (ArgKind::ToWrite, "out"))
}

/// Everything that a desk can write to a file, in every form.
fn papers(site: &Site, to: &Site) -> Vec<Paper> {
    let mut all = Vec::new();
    let mut write = |name: &str, own: &Own, ending: &str| {
        let path = site.path(&format!("{}.{ending}", name.replace(' ', "-")));
        site.must(member_of(name), name, &fields(own, &[("out", &path)]));
        let bytes = fs::read(&path).unwrap();
        all.push(Paper { by: format!("{name} .{ending}"), path, bytes });
    };
    let mut tried = Vec::new();
    for (name, own) in writers(site, to) {
        tried.push(name.to_owned());
        if NO_PAPER.iter().any(|(none, _)| *none == name) {
            continue;
        }
        endings(name).iter().for_each(|ending| write(name, &own, ending));
    }
    let realm = site.open(1).unwrap().meta.realm.clone();
    if realm != Realm::Live {
        for (name, endings) in
            [("exercise export", &["csv", "json"][..]), ("exercise report", &["html", "txt", "json"])]
        {
            tried.push(name.to_owned());
            endings.iter().for_each(|ending| write(name, &vec![], ending));
        }
        let briefing = site.path("briefing.txt");
        site.must(1, "exercise report", &[("out", &briefing), ("briefing", "yes")]);
        all.push(Paper { by: "the briefing".into(), bytes: fs::read(&briefing).unwrap(), path: briefing });
        let writes = |c: &&Command| c.args.iter().any(|a| is_file(a, "out"));
        for writer in commands().filter(writes).map(Command::full_name) {
            let is_named = NO_PAPER.iter().any(|(none, _)| *none == writer);
            // There must be something to correct.
            assert!(is_named || tried.contains(&writer) || writer == "report correct", "{writer} is not tried");
        }
    }
    all
}

fn try_it(workspace: &mut Workspace, command: &Command, form: &Args) -> Result<(), Error> {
    run(command, On::Workspace(workspace), form, &mut Job::silent()).map(drop)
}

/// How far a workspace's log has come: who looked is written down, and no more.
fn acts(site: &Site) -> i64 {
    site.open(1).unwrap().db.query_row("SELECT count(*) FROM act", [], |r| r.get(0)).unwrap()
}

#[test]
fn every_file_of_an_exercise_says_so_or_is_sealed_and_a_live_desk_takes_but_the_signed_report() {
    let root = TempDir::new().unwrap();
    let (c, p) = played(root.path(), "doors");
    planned(&c);
    c.must(1, "exercise start", &[]);
    c.must(1, "exercise observe", &[("rating", "P"), ("objective", "1"), ("text", "zqobserved")]);
    c.must(1, "exercise end", &[]);
    let papers = papers(&c, &p);
    for paper in &papers {
        let says = is_of_exercise(&paper.bytes);
        assert!(says || paper.is_sealed(), "{}: {}", paper.by, String::from_utf8_lossy(&paper.bytes));
    }
    c.fails(1, "report figures", &[("out", &c.path("lake")), ("open", "yes")], ErrorKind::Refused);
    let live_root = root.path().join("live");
    fs::create_dir(&live_root).unwrap();
    let (a, b) = (Site::found(&live_root, "XE"), Site::found(&live_root, "XB"));
    a.meet(&b);
    let forms = forms(&a);
    let (before, mut opened) = (acts(&a), a.open(1).unwrap());
    for reader in commands().filter(|c| !matches!(c.run, Handler::Free(_) | Handler::Law(_) | Handler::Batch)) {
        for field in reader.args.iter().filter(|a| is_file(a, "in")) {
            for paper in &papers {
                let by = format!("{} --{} takes {}", reader.full_name(), field.name, paper.by);
                if reader.full_name() == "exercise record" && paper.by == "exercise report .json" {
                    continue;
                }
                let bare = Args::default().with(field.name, &paper.path);
                let refused = try_it(&mut opened, reader, &bare).expect_err(&by);
                if !paper.is_sealed() && reader.full_name() != "exercise record" {
                    assert_eq!(refused.kind, ErrorKind::NotForUs, "{by}: {refused:?}");
                    continue;
                }
                // As an exhibit sealed bytes are taken like any others: nobody can read what they are.
                if reader.full_name() == "item add" {
                    continue;
                }
                // And with everything else that it asks for.
                for (_, _, more) in forms.iter().filter(|(n, f, _)| *n == reader.full_name() && *f == field.name) {
                    let form = more.iter().fold(bare.clone(), |form, (name, value)| {
                        form.with(reader.field(name).unwrap().name, value.as_str())
                    });
                    try_it(&mut opened, reader, &form).expect_err(&by);
                }
            }
        }
    }
    drop(opened);
    assert_eq!(acts(&a), before, "something of it is on record");
    // A card, a pack, a backup: each says of itself what it is.
    let of = |by: &str| &papers.iter().find(|paper| paper.by.starts_with(by)).unwrap().path;
    let pack = a.must(1, "audit verify-pack", &[("file", of("audit pack"))]);
    assert!(pack.message.unwrap().starts_with(BANNER) && pack.value["realm"] == "exercise:doors");
    let taken = a.workspace();
    a.fails(1, "backup restore", &[("file", of("backup make")), ("to", &text(&taken))], ErrorKind::Usage);
    let restored = c.path("restored");
    c.must(1, "backup restore", &[("file", of("backup make")), ("to", &restored)]);
    // The one thing that crosses.
    a.must(1, "exercise record", &[("file", of("exercise report .json"))]);
    assert!(acts(&a) > before);
    for word in ["zqobserved", "zqobjective", "doors.example"] {
        assert!(everything(&c).contains(word), "{word}");
        assert_eq!(a.must(1, "search", &[("words", word)]).value, json!([]), "{word}");
    }
    a.must(1, "audit verify", &[]);
}

/// Commands that read a file, each with everything else that it asks for.
fn forms(site: &Site) -> Vec<(&'static str, &'static str, Own)> {
    let case = site.case("crossings");
    let request = site.make(1, "request new", &[("kind", "bc29"), ("to", "XB"), ("case", &case), ("draft", "yes")]);
    let own = |all: &[(&'static str, &str)]| all.iter().map(|(n, v)| (*n, (*v).to_owned())).collect::<Own>();
    let table = [("case", case.as_str()), ("format", "csv"), ("column", "value=1"), ("type", "domain"), ("tier", "1")];
    let mut all = readers(site);
    all.retain(|(name, ..)| *name != "item import");
    all.push(("item import", "file", own(&[&table[..], &[("category", "indicator")]].concat())));
    let exhibit = [("case", case.as_str()), ("type", "evidence"), ("category", "content")];
    all.push(("item add", "file", own(&exhibit)));
    all.push(("item add", "sidecar", own(&[&exhibit[..], &[("file", &site.path("1.id.pub"))]].concat())));
    all.push(("directory import", "file", own(&[("as-of", "2026-06-01")])));
    let letter = site.path("letter.txt");
    let translated = [("request", request.as_str()), ("out", &letter), ("translator", "N.")];
    all.push(("request letter", "translation", own(&translated)));
    all
}

/// Commands that an exercise gives a file which no live workspace writes, or which counts for itself.
const ITS_OWN: &[(&str, &str)] = &[
    ("exercise load", "a list of events, made for an exercise"),
    ("exercise record", "refused in an exercise"),
    ("member add", "a person's public keys, of no realm"),
    ("law change", "rows of the law, which is public, each signed again"),
    ("bundle import", "sealed: its realm is asked when it is opened"),
    ("bundle inspect", "sealed: its realm is asked when it is opened"),
    ("bundle verify", "sealed: its realm is asked when it is opened"),
    ("partner add", "a card says its realm"),
    ("item timestamp", "an answer counts for the request that this desk wrote, and for nothing else"),
];

#[test]
fn an_exercise_takes_no_file_from_outside_unless_somebody_says_that_it_was_made_for_it() {
    let root = TempDir::new().unwrap();
    let (c, p) = played(root.path(), "reverse");
    c.meet(&Site::found_for(root.path(), "XB", &[("exercise", "reverse")]));
    drop(p);
    let (_live, a, b) = pair();
    let papers = papers(&a, &b);
    let forms = forms(&c);
    let file = c.path("outside.csv");
    fs::write(&file, "desk,phone,mail,hours,zone,officer,verify\nXB,+1 555 0100,,,,,\n").unwrap();
    let (before, mut opened) = (acts(&c), c.open(1).unwrap());
    for reader in commands().filter(|c| !matches!(c.run, Handler::Free(_) | Handler::Law(_) | Handler::Batch)) {
        for field in reader.args.iter().filter(|a| is_file(a, "in")) {
            let name = reader.full_name();
            let mut forms = forms.iter().filter(|(n, f, _)| *n == name && *f == field.name).peekable();
            let is_own = ITS_OWN.iter().any(|(own, _)| *own == name);
            assert!(is_own || forms.peek().is_some(), "{name} --{} is not tried", field.name);
            for (_, _, more) in forms {
                let filled = |path: &str| {
                    let form = Args::default().with(field.name, path);
                    more.iter().fold(form, |form, (n, v)| form.with(reader.field(n).unwrap().name, v.as_str()))
                };
                for paper in &papers {
                    let by = format!("{name} --{} takes {}", field.name, paper.by);
                    try_it(&mut opened, reader, &filled(&paper.path)).expect_err(&by);
                }
                if !is_own {
                    let refused = try_it(&mut opened, reader, &filled(&file)).expect_err(&name);
                    assert_eq!(refused.kind, ErrorKind::Refused, "{name}: {refused:?}");
                    assert!(refused.hint.contains("--made-for-exercise"), "{name}: {refused:?}");
                }
            }
        }
    }
    drop(opened);
    assert_eq!(acts(&c), before, "something of it is on record");
    // Said to be made for it, it is taken.
    c.must(1, "directory import", &[("file", &file), ("as-of", "2026-06-01"), ("made-for-exercise", "yes")]);
    c.must(
        1,
        "item add",
        &[
            ("case", &c.case("mine")),
            ("type", "evidence"),
            ("category", "content"),
            ("file", &file),
            ("made-for-exercise", "yes"),
        ],
    );
    for word in ["doors.example", "nothing came"] {
        assert!(everything(&a).contains(word), "{word}");
        assert_eq!(c.must(1, "search", &[("words", word)]).value, json!([]), "{word}");
    }
}

/// A letter says on its face that it is of an exercise, in every language and form; one of real work never does.
#[test]
fn every_letter_of_an_exercise_says_so_in_every_language_and_no_letter_of_real_work_does() {
    let root = TempDir::new().unwrap();
    let (c, p) = played(root.path(), "letters");
    let (_live, a, b) = pair();
    for (site, to, is_play) in [(&c, &p, true), (&a, &b, false)] {
        let letters = writers(site, to);
        let has_language = |name: &str| command(name).unwrap().field("language").is_some();
        let letters: Vec<_> = letters.iter().filter(|(name, _)| has_language(name)).collect();
        assert!(letters.len() >= 5, "{letters:?}");
        for (name, own) in letters {
            for language in comity::report::language::codes() {
                for ending in ["html", "txt"] {
                    let path = site.path(&format!("{}-{language}.{ending}", name.replace(' ', "-")));
                    site.must(member_of(name), name, &fields(own, &[("out", &path), ("language", language)]));
                    let text = fs::read_to_string(&path).unwrap();
                    assert_eq!(text.contains(BANNER), is_play, "{name} in {language}: {text}");
                    assert_eq!(is_of_exercise(text.as_bytes()), is_play, "{name} in {language}: {text}");
                }
            }
        }
    }
}

/// What lies in a watched folder, and what the lines of a batch name, is refused as it is when it is named alone.
#[test]
fn neither_a_watched_folder_nor_a_batch_lets_an_exercise_in() {
    let root = TempDir::new().unwrap();
    let (c, p) = played(root.path(), "watched");
    let case = c.case("played");
    let item = c.indicator(&case, "zqwatched.example");
    c.must(1, "disclosure new", &[("item", &item), ("to", "XF"), ("delete-after", "30d")]);
    let bundle = c.export(&p, "played.bundle");
    let table = c.path("played.csv");
    let form = [("case", case.as_str()), ("to", "XF"), ("format", "csv"), ("out", &table), ("delete-after", "30d")];
    c.must(1, "item export", &form);
    let live = root.path().join("live");
    fs::create_dir(&live).unwrap();
    // The same codes, the same people's names: only the realm tells them apart.
    let (a, b) = (Site::found(&live, "XF"), Site::found(&live, "XE"));
    a.meet(&b);
    b.meet(&a);
    let folder = root.path().join("carry");
    fs::create_dir(&folder).unwrap();
    for name in ["renamed.comity", "as-it-was.comity-ex"] {
        fs::copy(&bundle, folder.join(name)).unwrap();
    }
    let seen = a.must(1, "bundle watch", &[("dir", &text(&folder)), ("once", "yes"), ("every", "0")]);
    assert_eq!(seen.value["taken"], json!([]), "{}", seen.value);
    assert!(!folder.join("done/renamed.comity").exists());
    let live_case = a.case("live");
    let lines = root.path().join("lines");
    let line = json!({
        "command": "item import", "file": table, "format": "csv", "case": live_case, "column": ["value=1"],
        "type": "domain", "category": "indicator", "tier": "1",
    });
    fs::write(&lines, format!("{line}\n")).unwrap();
    let done = a.must(1, "batch", &[("file", &text(&lines))]).value;
    assert_eq!((&done["done"], &done["refused"]), (&json!(0), &json!(1)), "{done}");
    assert!(!everything(&a).contains("zqwatched"), "it is in the live workspace");
    // And the other way: what a live desk has sealed is not for the exercise's desk of the same code.
    let share = a.indicator(&live_case, "zqreal.example");
    a.must(1, "disclosure new", &[("item", &share), ("to", "XE"), ("delete-after", "30d")]);
    let real = a.export(&b, "real.bundle");
    let back = root.path().join("back");
    fs::create_dir(&back).unwrap();
    fs::copy(&real, back.join("real.comity")).unwrap();
    let seen = c.must(1, "bundle watch", &[("dir", &text(&back)), ("once", "yes"), ("every", "0")]);
    assert_eq!(seen.value["taken"], json!([]), "{}", seen.value);
    assert!(c.run(1, "bundle import", &[("path", &real)]).is_err());
    assert!(!everything(&c).contains("zqreal") && Path::new(&real).exists());
}
