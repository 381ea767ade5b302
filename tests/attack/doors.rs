//! The doors: files that come in by a link or a pipe, files that are written over, passphrases that are guessed in a moment,
//! identities that anybody may read, two foundings at once, and a medium that is full.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

use comity::command::commands;
use comity::command::definition::ArgKind;
use comity::value::text::is_hidden;
use comity::workspace::error::ErrorKind;
use tempfile::TempDir;

use crate::desks::{Fields, Site, bytes_of, pair, program, text};

/// Fields of a command that were filled in.
pub type Own = Vec<(&'static str, String)>;

/// Commands that make a folder, and write nothing that is there already, whatever they are told; and those of an exercise, which no live
/// desk has (`exercises.rs`); and a correction of figures, which there must be something to correct for (`figures.rs`).
const ELSEWHERE: &[&str] =
    &["taskforce export", "exercise export", "exercise report", "report figures", "report correct"];

/// A task force that a desk has proposed to another.
fn taskforce(site: &Site, to: &Site) -> String {
    let law = comity::law::edition::Law::of_program();
    let said: Vec<String> = law.request("jit").unwrap().field.iter().map(|f| format!("{}=as agreed", f.id)).collect();
    let desks = format!("{},{}", site.code, to.code);
    let mut form = vec![
        ("title", "doors"),
        ("purpose", "cybercrime"),
        ("desks", desks.as_str()),
        ("from", "2026-01-01"),
        ("until", "2030-01-01"),
        ("categories", "indicator"),
        ("retention-cap", "60d"),
    ];
    form.extend(said.iter().map(|said| ("field", said.as_str())));
    site.make(1, "taskforce new", &form)
}

/// A dispute on its last rung, which a letter hands over.
fn dispute(site: &Site, to: &Site) -> String {
    let dispute =
        site.make(1, "dispute open", &[("with", to.code), ("subject", "delay"), ("statement", "nothing came")]);
    let of = ("dispute", dispute.as_str());
    let advance = |rung| drop(site.must(1, "dispute advance", &[of, ("to", rung), ("because", "no answer")]));
    ["consultation", "heads", "authorities", "mediation"].into_iter().for_each(advance);
    site.must(1, "dispute neutral", &[of, ("name", "N."), ("independence", "none")]);
    site.carry(to, "raised");
    to.must(1, "dispute agree", &[of]);
    to.carry(site, "agreed");
    ["arbitration", "ministries"].into_iter().for_each(advance);
    dispute
}

/// A complaint that the auditor has acknowledged.
fn complaint(site: &Site) -> String {
    let said = [("right", "access"), ("channel", "letter"), ("from", "x"), ("subject", "y"), ("text", "z")];
    let complaint = site.make(AUDITOR, "complaint receive", &said);
    site.must(AUDITOR, "complaint acknowledge", &[("complaint", &complaint)]);
    complaint
}

/// The member who oversees.
pub const AUDITOR: u8 = 4;

/// The member who keeps the money.
const FINANCE: u8 = 5;

/// The member who does what a command does.
pub fn member_of(command: &str) -> u8 {
    match command {
        "complaint letter" | "audit pack" => AUDITOR,
        "report budget" => FINANCE,
        _ => 1,
    }
}

/// What each command that writes a file needs besides.
pub fn writers(site: &Site, to: &Site) -> Vec<(&'static str, Own)> {
    site.enrol(AUDITOR, "oversight-auditor");
    site.enrol(FINANCE, "finance-officer");
    let (dispute, complaint) = (dispute(site, to), complaint(site));
    let case = site.case("doors");
    site.indicator(&case, "doors.example");
    site.must(1, "disclosure new", &[("case", &case), ("tier", "1"), ("to", to.code), ("delete-after", "30d")]);
    let request = site.make(1, "request new", &[("kind", "bc29"), ("to", to.code), ("case", &case), ("draft", "yes")]);
    let shared = site.must(1, "disclosure list", &[]).value;
    let sent = shared[0]["id"].as_str().unwrap().to_owned();
    let agreement = site.agree(to, "1", "indicator");
    let said = site.make(1, "report statement", &[("title", "t"), ("text", "x")]);
    site.must(2, "report clear", &[("statement", &said)]);
    // Something that is missing, and something that is carried for a third desk.
    let theirs = to.case("theirs");
    for name in ["lost", "early"] {
        let item = to.indicator(&theirs, &format!("{name}.example"));
        to.must(1, "disclosure new", &[("item", &item), ("to", site.code), ("delete-after", "30d")]);
        to.export(site, name);
    }
    site.fails(1, "bundle import", &[("path", &to.path("early"))], ErrorKind::Gap);
    let relay = hand_over(to, site);
    let mut all = vec![
        ("report transparency", vec![("from", "2025-01-01".to_owned()), ("to", "2026-01-01".to_owned())]),
        ("report publish", vec![("statement", said)]),
        ("report budget", vec![]),
        ("report paper", vec![("paper", "processing".to_owned())]),
        ("bundle export", vec![("to", to.code.to_owned())]),
        ("bundle request-missing", vec![("from", to.code.to_owned())]),
        ("bundle pass-on", vec![("relay", relay)]),
        ("notice letter", vec![("of", sent), ("text", "said".to_owned())]),
        ("item export", vec![("to", to.code.to_owned()), ("case", case), ("format", "csv".to_owned())]),
        ("request letter", vec![("request", request)]),
        ("complaint letter", vec![("complaint", complaint), ("of", "acknowledgement".to_owned())]),
        ("dispute letter", vec![("dispute", dispute)]),
        ("audit pack", vec![]),
        ("taskforce letter", vec![("taskforce", taskforce(site, to))]),
        ("desk card", vec![]),
        ("backup make", vec![]),
        ("agreement export", vec![("agreement", agreement), ("format", "iep".to_owned())]),
        ("identity new", vec![("name", "N".to_owned()), ("no-passphrase", "yes".to_owned())]),
    ];
    // What writes a folder takes an empty one (`evidence.rs`), or is tried for itself.
    let is_file = |a: &comity::command::definition::Arg| matches!(a.kind, ArgKind::ToWrite) && a.name == "out";
    let writes = |c: &&comity::command::definition::Command| c.args.iter().any(is_file);
    let known: Vec<String> =
        commands().filter(writes).map(|c| c.full_name()).filter(|name| !ELSEWHERE.contains(&name.as_str())).collect();
    all.retain(|(name, _)| known.iter().any(|known| known == name));
    assert_eq!(all.len(), known.len(), "a command that writes is not tried: {known:?}");
    all
}

/// Hands a sealed bundle for a third desk to a carrier, who takes it in after what was lost. Answers the relay.
fn hand_over(from: &Site, carrier: &Site) -> String {
    use comity::act::header::Audience;
    use comity::record::relay::{HAND, Priority, Terms, handed, piece_of};
    use comity::value::digest::Digest;
    use comity::value::id::Id;
    let mut workspace = from.open(1).unwrap();
    let (id, to) = (Id::from_bytes([0x71; 16]), Id::from_bytes([0x72; 16]));
    let terms = Terms { to, bytes: 6, digest: Digest::of(b"sealed"), priority: Priority::Routine };
    let audience = Audience::Desks(vec![workspace.partner(carrier.code).unwrap().id]);
    workspace
        .act(HAND, audience, None, |act, entropy| {
            act.change(handed(id, &terms))?;
            act.change(piece_of(id, &data_encoding::BASE64.encode(b"sealed"), entropy.salt()?))?;
            Ok(())
        })
        .unwrap();
    drop(workspace);
    for name in ["lost", "relay"] {
        let file = if name == "relay" { from.export(carrier, name) } else { from.path(name) };
        carrier.must(1, "bundle import", &[("path", &file)]);
    }
    for name in ["lost2", "early2"] {
        let item = from.indicator(&from.case(name), &format!("{name}.example"));
        from.must(1, "disclosure new", &[("item", &item), ("to", carrier.code), ("delete-after", "30d")]);
        from.export(carrier, name);
    }
    carrier.fails(1, "bundle import", &[("path", &from.path("early2"))], ErrorKind::Gap);
    id.to_string()
}

#[test]
fn no_folder_is_watched_in_a_workspace_or_in_place_of_a_file() {
    let (_root, a, b) = pair();
    for folder in [a.workspace(), a.workspace().join("inbox"), b.workspace().join("new")] {
        let form = [("dir", &*text(&folder)), ("once", "yes"), ("every", "0")];
        a.fails(1, "bundle watch", &form, ErrorKind::Usage);
        a.fails(1, "bundle export", &[("to", "XB"), ("max-size", "1M"), ("out", &text(&folder))], ErrorKind::Usage);
    }
    fs::write(a.path("file"), "precious").unwrap();
    a.fails(1, "bundle watch", &[("dir", &a.path("file")), ("once", "yes"), ("every", "0")], ErrorKind::Usage);
    assert_eq!(fs::read_to_string(a.path("file")).unwrap(), "precious");
}

pub fn fields<'a>(own: &'a [(&'static str, String)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    own.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied()).collect()
}

#[test]
fn no_command_writes_over_a_file_unless_it_is_told_to() {
    let (_root, a, b) = pair();
    for (name, own) in writers(&a, &b) {
        let out = a.path("precious");
        fs::write(&out, "precious").unwrap();
        let failure = a.fails(member_of(name), name, &fields(&own, &[("out", out.as_str())]), ErrorKind::Usage);
        assert!(failure.what.contains("precious"), "{name}: {failure:?}");
        assert_eq!(fs::read_to_string(&out).unwrap(), "precious", "{name}");
        // Not through a link either, whether it leads anywhere or not.
        let (target, link) = (a.path("nowhere"), a.path("link"));
        symlink(&target, &link).unwrap();
        a.fails(member_of(name), name, &fields(&own, &[("out", &link)]), ErrorKind::Usage);
        assert!(!Path::new(&target).exists(), "{name}");
        fs::remove_file(&link).unwrap();
        if name != "identity new" {
            a.must(member_of(name), name, &fields(&own, &[("out", &out), ("force", "yes")]));
            assert_ne!(fs::read(&out).unwrap(), b"precious", "{name}");
            let folder = a.path("folder");
            let _ = fs::create_dir(&folder);
            a.fails(member_of(name), name, &fields(&own, &[("out", &folder), ("force", "yes")]), ErrorKind::Usage);
        }
    }
}

#[test]
fn the_folder_of_a_task_force_is_new_and_lies_in_no_workspace() {
    let (_root, a, b) = pair();
    let of = taskforce(&a, &b);
    let to = |out: &str| a.run(1, "taskforce export", &[("taskforce", of.as_str()), ("out", out)]);
    let (file, folder) = (a.path("precious"), a.path("folder"));
    fs::write(&file, "precious").unwrap();
    fs::create_dir(&folder).unwrap();
    for out in [&file, &folder, &text(&a.workspace().join("inbox/new")), &text(&b.workspace().join("outbox/new"))] {
        assert!(to(out).is_err(), "{out}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
    assert!(fs::read_dir(&folder).unwrap().next().is_none());
    let made = a.path("round");
    to(&made).unwrap();
    assert_eq!(fs::metadata(&made).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::read_dir(&made).unwrap().count(), 1);
}

#[test]
fn a_new_identity_writes_over_no_public_file() {
    let root = TempDir::new().unwrap();
    let a = Site::found(root.path(), "XA");
    fs::write(a.path("me.pub"), "precious").unwrap();
    let new = [("name", "N"), ("out", &a.path("me") as &str), ("no-passphrase", "yes")];
    a.fails(1, "identity new", &new, ErrorKind::Usage);
    assert_eq!(fs::read_to_string(a.path("me.pub")).unwrap(), "precious");
    assert!(!Path::new(&a.path("me")).exists());
}

#[test]
fn no_command_writes_into_a_workspace() {
    let (_root, a, b) = pair();
    for (name, own) in writers(&a, &b) {
        for (site, file) in [(&a, "inbox/new"), (&a, "keyring.age"), (&b, "outbox/new"), (&b, "new")] {
            let out = text(&site.workspace().join(file));
            let before = bytes_of(&b.workspace());
            for more in [&[("out", out.as_str())][..], &[("out", &out), ("force", "yes")]] {
                if name == "identity new" && more.len() > 1 {
                    continue;
                }
                let tried = a.run(member_of(name), name, &fields(&own, more));
                assert!(tried.is_err(), "{name} writes {out}");
            }
            let by_link = a.path("by-link");
            symlink(site.workspace().join("inbox"), &by_link).unwrap();
            let tried = a.run(member_of(name), name, &fields(&own, &[("out", &format!("{by_link}/new"))]));
            assert!(tried.is_err(), "{name} writes through {by_link}");
            fs::remove_file(&by_link).unwrap();
            assert!(!site.workspace().join("inbox/new").exists(), "{name}");
            assert_eq!(bytes_of(&b.workspace()), before, "{name}");
        }
    }
    a.open(1).unwrap();
}

/// Every command that reads a file, with what else it needs.
pub fn readers(site: &Site) -> Vec<(&'static str, &'static str, Own)> {
    let case = site.case("doors");
    let format = |format: &str| vec![("case", case.clone()), ("format", format.to_owned())];
    let mut all = vec![
        ("bundle inspect", "file", vec![]),
        ("bundle verify", "file", vec![]),
        ("bundle import", "path", vec![]),
        ("partner add", "card", vec![("kind", "law-enforcement".to_owned())]),
        ("member add", "file", vec![("roles", "investigator".to_owned())]),
        ("law change", "file", vec![("because", "x".to_owned())]),
        ("gate simulate", "file", vec![]),
        (
            "agreement add",
            "iep",
            vec![
                ("partner", "XB".to_owned()),
                ("instrument", "bc".to_owned()),
                ("title", "x".to_owned()),
                ("purpose", "cybercrime".to_owned()),
                ("categories", "indicator".to_owned()),
                ("from", "2026-01-01".to_owned()),
                ("until", "2030-01-01".to_owned()),
            ],
        ),
        ("item import", "file", format("csv")),
    ];
    let is_read = |name: &str, field: &str| {
        let command = comity::command::command(name);
        command.is_some_and(|c| c.args.iter().any(|a| a.name == field && matches!(a.kind, ArgKind::Existing)))
    };
    all.retain(|(name, field, _)| is_read(name, field));
    assert!(all.len() >= 7, "{all:?}");
    all
}

#[test]
fn nothing_is_read_through_a_link_or_from_a_pipe() {
    let (_root, a, _b) = pair();
    let (secret, link, pipe) = (a.path("secret"), a.path("link"), a.path("pipe"));
    fs::write(&secret, "domain,s3cret-v4lue.example\n").unwrap();
    symlink(&secret, &link).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for (name, field, own) in readers(&a) {
        for path in [&link, &pipe] {
            let failure = a.fails(member_of(name), name, &fields(&own, &[(field, path)]), ErrorKind::Medium);
            assert!(failure.what.contains(path.as_str()), "{name}: {failure:?}");
        }
        let failure = a.run(member_of(name), name, &fields(&own, &[(field, "/dev/zero")])).unwrap_err();
        assert_eq!(failure.kind, ErrorKind::Medium, "{name}: {failure:?}");
    }
    // Nor an identity, nor a passphrase.
    symlink(a.identity(1), a.path("link.id")).unwrap();
    let ran = program(&a.folder, &["--identity", &a.path("link.id"), "identity", "show"], "");
    assert_eq!(ran.status.code(), Some(50), "{ran:?}");
}

#[test]
fn an_identity_that_others_may_read_is_refused_unless_a_passphrase_seals_it() {
    let root = TempDir::new().unwrap();
    let a = Site::found(root.path(), "XA");
    a.must(1, "case list", &[]);
    for mode in [0o640, 0o604, 0o644, 0o660, 0o666] {
        fs::set_permissions(a.identity(1), fs::Permissions::from_mode(mode)).unwrap();
        let failure = a.fails(1, "case list", &[], ErrorKind::Refused);
        assert!(failure.what.contains("chmod 600"), "{mode:o}: {failure:?}");
    }
    fs::set_permissions(a.identity(1), fs::Permissions::from_mode(0o600)).unwrap();
    a.must(1, "case list", &[]);
}

#[test]
fn a_passphrase_that_is_guessed_at_once_is_refused_and_a_weak_one_is_told() {
    let root = TempDir::new().unwrap();
    let home = root.path();
    let new = |file: &str, passphrase: &str| {
        fs::write(home.join("passphrase"), passphrase).unwrap();
        let (out, from) = (text(&home.join(file)), text(&home.join("passphrase")));
        let words = ["--passphrase-file", &from, "identity", "new", "--name", "Nneka Okafor", "--out", &out];
        (program(home, &words, ""), home.join(file))
    };
    for trivial in ["a", "one", "password", "12345678", "qwertyuiop", "nneka okafor", "aaaaaaaaaaaa", "passw0rd1"] {
        let (ran, file) = new("trivial", trivial);
        assert_eq!(ran.status.code(), Some(2), "{trivial}: {ran:?}");
        assert!(!file.exists(), "{trivial}");
        assert!(!String::from_utf8_lossy(&ran.stderr).contains(&format!(" {trivial} ")), "it is not printed");
    }
    let (ran, file) = new("weak", "harbour7desk");
    assert!(ran.status.success() && file.exists(), "{ran:?}");
    assert!(String::from_utf8_lossy(&ran.stdout).contains("weak"), "{ran:?}");
    let (ran, file) = new("strong", "orbit velvet tundra mosaic lantern quartz");
    assert!(ran.status.success() && file.exists(), "{ran:?}");
    assert!(!String::from_utf8_lossy(&ran.stdout).contains("weak"), "{ran:?}");
}

/// Characters that mislead, one of each kind.
const EVIL: &str = "a\u{202e}b\u{200b}c\u{2066}d\u{feff}e\u{e0041}f\u{1b}[31mg\u{9b}h\u{7f}i";

#[test]
fn a_letter_holds_no_character_that_misleads() {
    let (_root, a, b) = pair();
    let case = a.case(&format!("doors {}", EVIL.replace(char::is_control, "")));
    let name = format!("urgent{EVIL}.example");
    let field = format!("offence=Fraud {EVIL}");
    let mut tried = 0;
    for kind in ["bc29", "bc31"] {
        let own: Fields<'_> = &[("kind", kind), ("to", b.code), ("case", &case), ("draft", "yes"), ("field", &field)];
        let Ok(made) = a.run(1, "request new", own) else { continue };
        let request = made.id().unwrap().to_string();
        for ending in ["txt", "html"] {
            let out = a.path(&format!("letter-{kind}.{ending}"));
            a.must(1, "request letter", &[("request", &request), ("out", &out)]);
            let written = fs::read_to_string(&out).unwrap();
            let found: Vec<char> = written.chars().filter(|c| is_hidden(*c) && *c != '\n').collect();
            assert!(found.is_empty(), "{out} has {found:?}");
            assert!(written.contains("U+202E"), "{out}: it is shown as what it is");
            tried += 1;
        }
    }
    assert!(tried > 0, "{name}");
}

/// Eight programs found a desk in one folder at the same time.
#[test]
fn of_eight_foundings_at_once_exactly_one_wins_and_the_others_say_so() {
    let root = TempDir::new().unwrap();
    let home = root.path();
    let identity = |n: usize| text(&home.join(format!("{n}.id")));
    for n in 0..8 {
        let ran = program(home, &["identity", "new", "--name", "N", "--no-passphrase", "--out", &identity(n)], "");
        assert!(ran.status.success(), "{ran:?}");
    }
    for (round, same) in [(0, true), (1, false)] {
        let workspace = text(&home.join(format!("ws{round}")));
        let of = |n: usize| identity(if same { 0 } else { n });
        let found = |n: usize| {
            let (own, code) = (of(n), format!("X{n}"));
            let words = ["--workspace", &workspace, "--identity", &own, "init", "--desk", &code, "--name", "N"];
            let more = ["--jurisdiction", "XA", "--roles", "administrator"];
            program(home, &[&words[..], &more[..]].concat(), "")
        };
        let all: Vec<std::process::Output> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|n| scope.spawn(move || found(n))).collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        let won: Vec<usize> = (0..8).filter(|n| all[*n].status.success()).collect();
        assert_eq!(won.len(), 1, "{all:#?}");
        for (n, lost) in all.iter().enumerate().filter(|(n, _)| !won.contains(n)) {
            assert_eq!(lost.status.code(), Some(12), "{n}: {lost:?}");
            assert!(String::from_utf8_lossy(&lost.stderr).contains("is not empty"), "{n}: {lost:?}");
        }
        // Whoever won can work, has the root key, and nobody else keeps one.
        let own = of(won[0]);
        let words = ["--workspace", &workspace, "--identity", &own, "desk", "card", "--out"];
        let card = text(&home.join(format!("card{round}")));
        let ran = program(home, &[&words[..], &[card.as_str()]].concat(), "");
        assert!(ran.status.success(), "{ran:?}");
        for n in 0..8 {
            let roots = fs::read_to_string(identity(n)).unwrap().matches("# key: root ").count();
            let before = usize::from(round == 1 && n == 0);
            assert_eq!(roots, before + usize::from(of(won[0]) == identity(n)), "{n}");
        }
        let left: Vec<String> = fs::read_dir(home)
            .unwrap()
            .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name.contains("comity-") || name.ends_with(".new"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

/// Eight programs found eight desks with one identity: it keeps the root key of each.
#[test]
fn an_identity_keeps_every_root_key_of_foundings_at_once() {
    let root = TempDir::new().unwrap();
    let home = root.path();
    let identity = text(&home.join("me.id"));
    let ran = program(home, &["identity", "new", "--name", "N", "--no-passphrase", "--out", &identity], "");
    assert!(ran.status.success(), "{ran:?}");
    let own = &identity;
    let found = |n: usize| {
        let (workspace, code) = (text(&home.join(format!("{n}/ws"))), format!("X{n}"));
        let words = ["--workspace", &workspace, "--identity", own, "init", "--desk", &code, "--name", "N"];
        program(home, &[&words[..], &["--jurisdiction", "XA", "--roles", "administrator"]].concat(), "")
    };
    std::thread::scope(|scope| {
        for n in 0..8 {
            scope.spawn(move || {
                fs::create_dir(home.join(n.to_string())).unwrap();
                let ran = found(n);
                assert!(ran.status.success(), "{ran:?}");
            });
        }
    });
    assert_eq!(fs::read_to_string(&identity).unwrap().matches("# key: root ").count(), 8);
}

#[test]
fn founding_removes_nothing_that_it_did_not_make() {
    let root = TempDir::new().unwrap();
    let a = Site::found(root.path(), "XA");
    let folder = a.folder.join("other");
    let beside = a.folder.join("other.new");
    fs::create_dir(&beside).unwrap();
    fs::write(beside.join("precious"), "precious").unwrap();
    let mut place = a.place(1);
    place.workspace = folder;
    let command = comity::command::command("init").unwrap();
    let mut form = comity::command::definition::Args::default();
    for (field, value) in [("desk", "XC"), ("name", "XC"), ("jurisdiction", "XC"), ("roles", "administrator")] {
        form.add(field, value);
    }
    let on = comity::command::run::On::Nothing(&mut place);
    comity::command::run::run(command, on, &form, &mut comity::workspace::progress::Job::silent()).unwrap();
    assert_eq!(fs::read_to_string(beside.join("precious")).unwrap(), "precious");
}

#[test]
fn no_error_prints_more_than_a_line_of_a_file() {
    let root = TempDir::new().unwrap();
    let a = Site::found(root.path(), "XA");
    let secret = "s3cret ".repeat(40_000);
    let broken = format!("first = 1\n{secret}\nfourth line = [\n");
    let path = a.path("broken");
    fs::write(&path, &broken).unwrap();
    for (name, field, own) in readers(&a) {
        let Err(failure) = a.run(member_of(name), name, &fields(&own, &[(field, &path)])) else { continue };
        assert!(failure.what.len() < 2048, "{name}: {}", failure.what.len());
        let quoted = broken.lines().filter(|line| failure.what.contains(line.get(..20).unwrap_or(line))).count();
        assert!(quoted <= 1, "{name}: {failure:?}");
    }
    // The settings of the screens.
    let folder = a.folder.join(".config/comity");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("keys.toml"), &broken).unwrap();
    let mut s = crate::screen::Screen::run(&[] as &[&str], &a.folder, &[], 80, 24);
    s.end();
    assert!(s.text().len() < 2048, "{}", s.text());
    assert!(!s.text().contains("fourth line"), "{}", s.text());
}

/// A full medium: a file system of its own of so many KiB, mounted where nobody else sees it. Says nothing where that is not
/// allowed.
#[test]
#[cfg(target_os = "linux")]
fn a_full_medium_is_called_that_and_nothing_of_a_library_is_printed() {
    let root = TempDir::new().unwrap();
    let a = Site::found(root.path(), "XA");
    let comity = env!("CARGO_BIN_EXE_comity");
    let mnt = a.folder.join("mnt");
    fs::create_dir(&mnt).unwrap();
    // The workspace and the identity are copied onto the medium, which is then filled to its last byte.
    let script = r#"
        mount -t tmpfs -o size=3m none "$MNT" || exit 99
        cp -a "$SITE/ws" "$SITE/1.id" "$MNT/" && [ ! -e "$SITE/1.id.seen" ] || cp -a "$SITE/1.id.seen" "$MNT/"
        c() { "$COMITY" --workspace "$MNT/ws" --identity "$MNT/1.id" "$@"; echo "rc=$?" >&2; }
        c member list >/dev/null 2>"$SITE/first"
        dd if=/dev/zero of="$MNT/fill" bs=4k >/dev/null 2>&1
        dd if=/dev/zero of="$MNT/fill2" bs=1 >/dev/null 2>&1
        c case new --title x --purpose cybercrime
        c desk card --out "$MNT/card"
        c identity new --name x --no-passphrase --out "$MNT/new.id"
        c item import "$SITE/items" --format csv --case "$CASE" --type domain --column value=1
        "$COMITY" --workspace "$MNT/second" --identity "$MNT/1.id" init --desk XD --name XD --jurisdiction XD --roles administrator; echo "rc=$?" >&2
    "#;
    let case = a.case("full");
    let lines: String = (0..20_000).map(|n| format!("n{n}.example\n")).collect();
    fs::write(a.path("items"), lines).unwrap();
    let ran = Command::new("unshare")
        .args(["-Urm", "sh", "-c", script])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("HOME", &a.folder)
        .env("MNT", &mnt)
        .env("SITE", &a.folder)
        .env("CASE", case)
        .env("COMITY", comity)
        .output();
    let Ok(ran) = ran.filter_mounted() else { return };
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let codes: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("rc=")).collect();
    assert_eq!(codes, ["50"; 5], "{said}");
    for line in said.lines().filter(|line| !line.starts_with("rc=")) {
        assert!(line.starts_with("comity: ") || line.starts_with("  "), "a line of a library: {line}\n{said}");
    }
}

trait Mounted: Sized {
    fn filter_mounted(self) -> Result<std::process::Output, ()>;
}

impl Mounted for std::io::Result<std::process::Output> {
    fn filter_mounted(self) -> Result<std::process::Output, ()> {
        let ran = self.map_err(drop)?;
        // Where no file system may be mounted, nothing was tried.
        if ran.status.code() == Some(99) || String::from_utf8_lossy(&ran.stderr).starts_with("unshare") {
            return Err(());
        }
        Ok(ran)
    }
}

#[test]
fn a_trust_state_that_cannot_be_written_is_said_as_what_it_is() {
    let root = TempDir::new().unwrap();
    let a = Site::found(root.path(), "XA");
    // The folder of the identity is gone over to a file of the trust state's name that is a folder.
    let seen = a.folder.join("1.id.seen");
    let mut workspace = a.open(1).unwrap();
    fs::remove_file(&seen).unwrap();
    fs::create_dir(&seen).unwrap();
    fs::write(seen.join("x"), "").unwrap();
    let command = comity::command::command("case new").unwrap();
    let mut form = comity::command::definition::Args::default();
    form.add("title", "said");
    form.add("purpose", "cybercrime");
    let on = comity::command::run::On::Workspace(&mut workspace);
    let failure =
        comity::command::run::run(command, on, &form, &mut comity::workspace::progress::Job::silent()).unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Medium);
    assert!(failure.what.contains("trust state"), "{failure:?}");
    assert!(!failure.hint.contains("nothing was changed"), "{failure:?}");
    drop(workspace);
    fs::remove_dir_all(&seen).unwrap();
    let listed = a.must(1, "case list", &[]).value.to_string();
    assert!(listed.contains("said"), "what was done is stored: {listed}");
}

fn gives(from: &Site, to: &Site, case: &str, value: &str) {
    let item = from.indicator(case, value);
    from.must(1, "disclosure new", &[("item", &item), ("to", to.code), ("delete-after", "30d")]);
}

/// Bundles that come too early fill the inbox only so far.
#[test]
fn what_came_too_early_is_bounded_and_shown_and_can_be_dropped() {
    use comity::command::bundle::quarantine::MOST;
    let (_root, a, b) = pair();
    let case = a.case("doors");
    gives(&a, &b, &case, "first.example");
    a.export(&b, "first");
    let mut refused = None;
    for n in 0..=MOST {
        gives(&a, &b, &case, &format!("n{n}.example"));
        let early = a.export(&b, &format!("early-{n}"));
        refused = Some(b.fails(1, "bundle import", &[("path", &early)], ErrorKind::Gap));
    }
    let refused = refused.unwrap();
    assert!(refused.what.contains("not kept"), "{refused:?}");
    let listed = |n: usize| {
        let listed = b.must(1, "bundle quarantine", &[]).value;
        assert_eq!(listed.as_array().unwrap().len(), n, "{listed}");
        assert_eq!(fs::read_dir(b.workspace().join("inbox")).unwrap().count(), n);
        listed
    };
    assert_eq!(listed(MOST)[0]["sequence"], 2);
    // One that waits already is no other one.
    let again = b.fails(1, "bundle import", &[("path", &a.path("early-3"))], ErrorKind::Gap);
    assert!(!again.what.contains("not kept"), "{again:?}");
    b.fails(1, "bundle drop", &[("from", "XA"), ("number", "34")], ErrorKind::Usage);
    b.must(1, "bundle drop", &[("from", "XA"), ("number", "33")]);
    listed(MOST - 1);
    // What is left follows by itself when the first one comes.
    b.must(1, "bundle import", &[("path", &a.path("first"))]);
    listed(0);
}

#[test]
fn a_members_name_like_anothers_is_refused_and_both_are_shown() {
    let (_root, a, _b) = pair();
    for (n, (name, like)) in
        [("\u{425}A-1", "XA-1"), ("xa-2", "XA-2"), ("X\u{200b}B", "XB"), ("\u{425}\u{410}", "XA")].iter().enumerate()
    {
        let file = a.path(&format!("alike-{n}"));
        a.must(1, "identity new", &[("name", name), ("out", &file), ("no-passphrase", "yes")]);
        let form = [("file", &*format!("{file}.pub")), ("roles", "investigator")];
        let failure = a.fails(1, "member add", &form, ErrorKind::Refused);
        assert!(failure.what.contains(like), "{failure:?}");
        assert!(failure.what.contains(&*comity::value::text::shown(name)), "{failure:?}");
    }
    // Who was revoked keeps no name.
    let members = a.must(1, "member list", &[]).value;
    let third = members.as_array().unwrap().iter().find(|m| m["name"] == "XA-3").unwrap()["id"].clone();
    a.must(1, "member revoke", &[("member", third.as_str().unwrap())]);
    let file = a.path("again");
    a.must(1, "identity new", &[("name", "XA-3"), ("out", &file), ("no-passphrase", "yes")]);
    a.must(1, "member add", &[("file", &format!("{file}.pub")), ("roles", "investigator")]);
}

/// A desk whose name looks like a partner's.
#[test]
fn a_name_like_a_partners_is_refused_and_both_are_shown() {
    let (root, a, _b) = pair();
    let named = |code: &'static str, name: &str| {
        let site = Site { folder: root.path().join(format!("{code}-{}", name.len())), code, now: a.now };
        fs::create_dir(&site.folder).unwrap();
        let own = text(&site.identity(1));
        site.must(1, "identity new", &[("name", "N"), ("out", &own), ("no-passphrase", "yes")]);
        let roles = "administrator,desk-officer";
        site.must(1, "init", &[("desk", code), ("name", name), ("jurisdiction", "XB"), ("roles", roles)]);
        let card = site.path("card");
        site.must(1, "desk card", &[("out", &card)]);
        card
    };
    for (name, like) in [("\u{425}\u{412}", "XB"), ("XB", "XB"), ("xb", "XB"), ("X\u{200b}B", "XB"), ("\u{425}A", "XA")]
    {
        let card = named("XM", name);
        let failure = a.fails(1, "partner add", &[("card", &card), ("kind", "law-enforcement")], ErrorKind::Refused);
        assert!(failure.what.contains(like), "{failure:?}");
        assert!(failure.what.contains(&*comity::value::text::shown(name)), "{failure:?}");
        fs::remove_dir_all(Path::new(&card).parent().unwrap()).unwrap();
    }
    a.must(1, "partner add", &[("card", &named("XM", "Another desk")), ("kind", "law-enforcement")]);
}

/// What waits, and what a killed import left, may speak of what is erased: neither outlives a purge.
#[test]
fn the_inbox_is_empty_after_a_purge_and_strays_go_when_the_workspace_opens() {
    let (_root, a, b) = pair();
    let case = a.case("doors");
    gives(&a, &b, &case, "first.example");
    a.export(&b, "first");
    gives(&a, &b, &case, "second.example");
    let early = a.export(&b, "early");
    b.fails(1, "bundle import", &[("path", &early)], ErrorKind::Gap);
    let inbox = || fs::read_dir(b.workspace().join("inbox")).unwrap().count();
    let stray = comity::host::file::part_in(&b.workspace().join("inbox"), "killed");
    fs::write(&stray, "a spool").unwrap();
    assert_eq!(inbox(), 2);
    let own = b.indicator(&b.case("own"), "own.example");
    assert!(!stray.exists() && inbox() == 1);
    let said = b.must(1, "retention purge", &[("item", &own), ("because", "it was a mistake")]).message.unwrap();
    assert!(inbox() == 0 && said.contains("1 bundle that waited"), "{said}");
}
