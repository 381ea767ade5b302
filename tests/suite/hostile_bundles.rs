//! What a courier, a thief or a lying partner can put on a stick: each file gives its kind of failure and one plain
//! sentence, and changes nothing.

use std::fs;

use comity::command::command;
use comity::command::definition::{Args, Handler};
use comity::seal::age_file;
use comity::seal::sign::Signer;
use comity::value::text::is_hidden;
use comity::workspace::error::Error;
use comity::workspace::error::ErrorKind;
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;

use crate::desks::{Site, bytes_of, pair};

/// Two desks, and a small bundle from the first for the second.
fn sent() -> (tempfile::TempDir, Site, Site, Vec<u8>) {
    let (root, a, b) = pair();
    let case = a.case("Courier");
    let item = a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let bytes = fs::read(a.export(&b, "b1")).unwrap();
    (root, a, b, bytes)
}

fn on(workspace: &mut Workspace, name: &str, path: &str) -> Result<(), Error> {
    let (Handler::Reads(run) | Handler::Writes(run)) = command(name).unwrap().run else { panic!() };
    let field = if name == "bundle import" { "path" } else { "file" };
    run(workspace, &Args::default().with(field, path), &mut Job::silent()).map(|_| ())
}

/// The file must be refused with one of these kinds, by `verify` and by `import`.
fn refused(workspace: &mut Workspace, path: &str, bytes: &[u8], kinds: &[ErrorKind], what: &str) {
    fs::write(path, bytes).unwrap();
    for name in ["bundle verify", "bundle import"] {
        match on(workspace, name, path) {
            Err(failure) => {
                assert!(kinds.contains(&failure.kind), "{what}: {name}: {failure:?}");
                assert!(!failure.what.chars().any(|c| c != '\n' && is_hidden(c)), "{what}: {failure:?}");
            }
            Ok(()) => panic!("{what}: {name} took it"),
        }
    }
}

#[test]
fn every_flipped_bit_and_every_cut_is_found() {
    let (_root, _a, b, bytes) = sent();
    let path = b.path("bad");
    let mut workspace = b.open(1).unwrap();
    let verify = |workspace: &mut Workspace, bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        on(workspace, "bundle verify", &path)
    };
    verify(&mut workspace, &bytes).unwrap();
    let malformed = [ErrorKind::Malformed, ErrorKind::NotForUs];
    for at in 0..bytes.len() {
        // Every bit of the header and of the first chunk's beginning; then one bit of each byte, in turn.
        let bits: Vec<u8> = if at < 256 { (0..8).collect() } else { vec![(at % 8) as u8] };
        for bit in bits {
            let mut bad = bytes.clone();
            bad[at] ^= 1 << bit;
            let failure = verify(&mut workspace, &bad).expect_err(&format!("bit {bit} of byte {at}"));
            assert!(malformed.contains(&failure.kind), "bit {bit} of byte {at}: {failure:?}");
        }
    }
    for length in 0..bytes.len() {
        let failure = verify(&mut workspace, &bytes[..length]).expect_err(&format!("cut to {length}"));
        assert!(malformed.contains(&failure.kind), "cut to {length}: {failure:?}");
    }
    for tail in [&b"x"[..], &bytes] {
        let failure = verify(&mut workspace, &[&bytes, tail].concat()).expect_err("trailing bytes");
        assert_eq!(failure.kind, ErrorKind::Malformed);
    }
    drop(workspace);
    assert!(b.must(1, "case list", &[]).value.as_array().unwrap().is_empty(), "nothing was applied");
    b.must(1, "audit verify", &[]);
}

/// A bundle's plain form, taken apart.
#[derive(Clone)]
struct Plain {
    manifest: String,
    desk: String,
    member: String,
    volume: u64,
    parts: Vec<u8>,
    end: Vec<u8>,
}

impl Plain {
    fn open(bytes: &[u8], at: &Workspace) -> Self {
        let plain = age_file::open_all(&at.keyring.keys.age, bytes, 1 << 24).unwrap();
        let plain = plain.expose();
        let line = plain.iter().position(|b| *b == b'\n').unwrap();
        let numbers: Vec<usize> =
            std::str::from_utf8(&plain[..line]).unwrap().split(' ').skip(1).map(|n| n.parse().unwrap()).collect();
        let mut rest = &plain[line + 1..];
        let mut take = |n: usize| {
            let (now, later) = rest.split_at(n);
            rest = later;
            String::from_utf8(now.to_vec()).unwrap()
        };
        let (manifest, desk, member) = (take(numbers[0]), take(numbers[1]), take(numbers[2]));
        let end = b"comity-end\n";
        let parts = rest.strip_suffix(end).unwrap().to_vec();
        Self { manifest, desk, member, volume: numbers[3] as u64, parts, end: end.to_vec() }
    }

    fn first_line(&self) -> String {
        format!("comity-bundle/1 {} {} {} {}\n", self.manifest.len(), self.desk.len(), self.member.len(), self.volume)
    }

    fn write_after(&self, first: &str) -> Vec<u8> {
        [
            first.as_bytes(),
            self.manifest.as_bytes(),
            self.desk.as_bytes(),
            self.member.as_bytes(),
            &self.parts,
            &self.end,
        ]
        .concat()
    }

    fn write(&self) -> Vec<u8> {
        self.write_after(&self.first_line())
    }

    fn sign(mut self, desk: &Signer, member: &Signer, namespace: &str) -> Self {
        self.desk = desk.sign(namespace, self.manifest.as_bytes()).unwrap();
        self.member = member.sign(namespace, self.manifest.as_bytes()).unwrap();
        self
    }

    /// The same bundle with something else in its manifest.
    fn with_message(&self, from: &str, to: &str) -> Self {
        assert!(self.manifest.contains(from), "{from} is not in {}", self.manifest);
        Self { manifest: self.manifest.replacen(from, to, 1), ..self.clone() }
    }
}

#[test]
fn what_a_partner_with_keys_can_forge_is_refused() {
    let (_root, a, b, bytes) = sent();
    let from = a.must(1, "desk show", &[]).value["id"].as_str().unwrap().to_owned();
    let sender = a.open(1).unwrap();
    assert!(a.open(2).is_err_and(|e| e.kind == ErrorKind::Busy), "one writer at a time");
    let mut workspace = b.open(1).unwrap();
    let recipient = workspace.keyring.keys.age.recipient();
    let path = b.path("bad");
    let plain = Plain::open(&bytes, &workspace);
    let (own, me) = (&sender.keyring.keys.bundle, &sender.me.signer);
    let live = "bundle.v1.live@comity";
    let seal = |plain: &[u8]| age_file::seal(std::slice::from_ref(&recipient), plain).unwrap();
    // Taken apart and put together again it is the same bundle.
    fs::write(&path, seal(&plain.write())).unwrap();
    on(&mut workspace, "bundle verify", &path).unwrap();
    let signed = |p: Plain| p.sign(own, me, live).write();
    let stranger = Signer::from_seed(&[7; 32]);
    let to = workspace.meta.desk.to_string();
    let at = |n: u64| {
        let previous = "0".repeat(64);
        plain
            .with_message("\"sequence\":1,\"previous\":null", &format!("\"sequence\":{n},\"previous\":\"{previous}\""))
            .with_message("\"growth\":null", "\"growth\":{\"from\":1,\"proof\":[]}")
    };
    let lines = |n: usize| plain.first_line().split(' ').map(str::to_owned).collect::<Vec<_>>()[n].clone();
    let length = lines(1);
    let deep = format!("{{\"comity\":{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let cases: Vec<(&str, Vec<u8>, &[ErrorKind])> = vec![
        ("empty", Vec::new(), &[ErrorKind::Malformed]),
        ("no line of lengths", b"hello".to_vec(), &[ErrorKind::Malformed]),
        (
            "format 99",
            plain.write_after(&plain.first_line().replace("comity-bundle/1", "comity-bundle/99")),
            &[ErrorKind::Version],
        ),
        (
            "format 0",
            plain.write_after(&plain.first_line().replace("comity-bundle/1", "comity-bundle/0")),
            &[ErrorKind::Version],
        ),
        (
            "leading zero",
            plain.write_after(&plain.first_line().replacen(&length, &format!("0{length}"), 1)),
            &[ErrorKind::Malformed],
        ),
        ("negative length", plain.write_after(&plain.first_line().replacen(&length, "-5", 1)), &[ErrorKind::Malformed]),
        (
            "length over u64",
            plain.write_after(&plain.first_line().replacen(&length, "99999999999999999999999", 1)),
            &[ErrorKind::Malformed],
        ),
        (
            "huge length",
            plain.write_after(&plain.first_line().replacen(&length, "4294967296", 1)),
            &[ErrorKind::Malformed],
        ),
        ("a volume that is not", Plain { volume: 9, ..plain.clone() }.write(), &[ErrorKind::Malformed]),
        ("bytes after the end", [plain.write(), b"x".to_vec()].concat(), &[ErrorKind::Malformed]),
        ("no end", Plain { end: Vec::new(), ..plain.clone() }.write(), &[ErrorKind::Malformed]),
        (
            "parts too long",
            Plain { parts: [plain.parts.clone(), vec![0; 512]].concat(), ..plain.clone() }.write(),
            &[ErrorKind::Malformed],
        ),
        (
            "a part changed",
            {
                let mut p = plain.clone();
                p.parts[10] ^= 1;
                p.write()
            },
            &[ErrorKind::Malformed],
        ),
        ("manifest not signed again", plain.with_message("12:00:00Z", "13:00:00Z").write(), &[ErrorKind::Signature]),
        ("another namespace", plain.clone().sign(own, me, "act.v1.live@comity").write(), &[ErrorKind::Signature]),
        (
            "an exercise's namespace",
            plain.clone().sign(own, me, "bundle.v1.exercise.demo@comity").write(),
            &[ErrorKind::Signature],
        ),
        (
            "the desk's signature by a stranger",
            plain.clone().sign(&stranger, me, live).write(),
            &[ErrorKind::Signature],
        ),
        (
            "the member's signature by a stranger",
            plain.clone().sign(own, &stranger, live).write(),
            &[ErrorKind::Signature],
        ),
        ("both by the desk", plain.clone().sign(own, own, live).write(), &[ErrorKind::Signature]),
        ("a gap", signed(at(3)), &[ErrorKind::Gap]),
        ("a far jump", signed(at(9007199254740991)), &[ErrorKind::Fork]),
        (
            "number 0",
            signed(plain.with_message("\"sequence\":1", "\"sequence\":0")),
            &[ErrorKind::Malformed, ErrorKind::Fork],
        ),
        (
            "a number that is none",
            signed(plain.with_message("\"sequence\":1", "\"sequence\":1e0")),
            &[ErrorKind::Malformed],
        ),
        (
            "a number over 2^53",
            signed(plain.with_message("\"sequence\":1", "\"sequence\":9007199254740993")),
            &[ErrorKind::Malformed],
        ),
        (
            "a key twice",
            signed(plain.with_message("\"sequence\":1", "\"sequence\":1,\"sequence\":1")),
            &[ErrorKind::Malformed],
        ),
        (
            "an unknown member",
            signed(plain.with_message("\"sequence\":1", "\"sequence\":1,\"extra\":true")),
            &[ErrorKind::Malformed],
        ),
        (
            "a byte order mark",
            signed(Plain { manifest: format!("\u{feff}{}", plain.manifest), ..plain.clone() }),
            &[ErrorKind::Malformed],
        ),
        ("deep nesting", signed(Plain { manifest: deep, ..plain.clone() }), &[ErrorKind::Malformed]),
        (
            "a lone surrogate",
            signed(plain.with_message("\"realm\":\"live\"", "\"realm\":\"\\ud800\"")),
            &[ErrorKind::Malformed],
        ),
        ("for another desk", signed(plain.with_message(&to, &from)), &[ErrorKind::NotForUs]),
        (
            "of an exercise",
            signed(plain.with_message("\"realm\":\"live\"", "\"realm\":\"exercise:demo\"")),
            &[ErrorKind::NotForUs],
        ),
        (
            "from a stranger",
            signed(plain.with_message(&from, "00112233445566778899aabbccddeeff")),
            &[ErrorKind::Signature],
        ),
        (
            "a log that is another's",
            signed(plain.with_message(&format!("comity/{from}/"), &format!("comity/{to}/"))),
            &[ErrorKind::Malformed],
        ),
        (
            "a checkpoint of another size",
            signed(plain.with_message("/live\\u000a1", "/live\\u000a2")),
            &[ErrorKind::Signature],
        ),
    ];
    let before = bytes_of(&b.workspace());
    for (what, plain, kinds) in &cases {
        refused(&mut workspace, &path, &seal(plain), kinds, what);
    }
    // Sealed in ways that no bundle is.
    let hostile: Vec<(&str, Vec<u8>, &[ErrorKind])> = vec![
        ("not sealed at all", plain.write(), &[ErrorKind::Malformed]),
        ("sealed to another", age_file::seal(&[age_file::AgeKey::generate().recipient()], &plain.write()).unwrap(), &[ErrorKind::NotForUs]),
        ("scrypt work 2^40", b"age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 40\nZV/AhotwSGqaPCU43cepl4WYUouAa17a3xpu4G2yi5k\n--- fmD3I6mNDHxZ6bMXUfmGfKpVSqZFBlmhjyZvSDhQJmo\n".to_vec(), &[ErrorKind::Malformed]),
        ("a plugin's stanza alone", b"age-encryption.org/v1\n-> ../../x abc\nAAAA\n--- fmD3I6mNDHxZ6bMXUfmGfKpVSqZFBlmhjyZvSDhQJmo\n".to_vec(), &[ErrorKind::NotForUs, ErrorKind::Malformed]),
        ("a header that never ends", [b"age-encryption.org/v1\n".as_slice(), &b"-> X25519 AAAA\nAAAA\n".repeat(50_000)].concat(), &[ErrorKind::Malformed]),
        ("one endless line", [b"age-encryption.org/v1\n-> ".as_slice(), &vec![b'a'; 1 << 20]].concat(), &[ErrorKind::Malformed]),
    ];
    for (what, bytes, kinds) in &hostile {
        refused(&mut workspace, &path, bytes, kinds, what);
    }
    // What comes too early is kept in the inbox on purpose; nothing else has changed.
    let waits: Vec<_> =
        bytes_of(&b.workspace()).into_iter().filter(|(p, _)| !p.to_string_lossy().contains("inbox")).collect();
    assert_eq!(before, waits, "the workspace is as it was");
    let left: Vec<_> = fs::read_dir(b.workspace().join("inbox")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|f| !f.to_string_lossy().ends_with(".part")), "no spool is left: {left:?}");
    // And the true one is still taken.
    fs::write(&path, &bytes).unwrap();
    on(&mut workspace, "bundle import", &path).unwrap();
}

#[test]
fn a_stick_with_other_things_on_it_is_passed_over() {
    let (_root, a, b, _) = sent();
    let stick = b.path("stick");
    fs::create_dir(&stick).unwrap();
    fs::copy(a.path("b1"), format!("{stick}/b1")).unwrap();
    fs::write(format!("{stick}/readme.txt"), "hello").unwrap();
    fs::write(format!("{stick}/empty"), "").unwrap();
    fs::create_dir(format!("{stick}/x.age")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", format!("{stick}/link")).unwrap();
        std::os::unix::fs::symlink(format!("{stick}/link2"), format!("{stick}/link2")).unwrap();
    }
    let answer = b.must(1, "bundle import", &[("path", &stick)]);
    assert!(answer.value.to_string().contains("imported"), "{answer:?}");
    for (path, kind) in
        [("readme.txt", ErrorKind::Malformed), ("empty", ErrorKind::Malformed), ("nothing", ErrorKind::Medium)]
    {
        b.fails(1, "bundle import", &[("path", &format!("{stick}/{path}"))], kind);
    }
}

#[test]
fn order_loss_and_replay() {
    let (_root, a, b, _) = sent();
    let case = a.must(1, "case list", &[]).value[0]["id"].as_str().unwrap().to_owned();
    for n in 2..=4 {
        let item = a.indicator(&case, &format!("n{n}.example"));
        a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
        a.export(&b, &format!("b{n}"));
    }
    let import = |n: usize| b.run(1, "bundle import", &[("path", &a.path(&format!("b{n}")))]);
    let seen = || b.run(1, "item list", &[("case", &case)]).map(|a| a.value.as_array().unwrap().len()).unwrap_or(0);
    assert!(import(1).is_ok() && seen() == 1);
    let gap = import(3).unwrap_err();
    assert!(gap.kind == ErrorKind::Gap && gap.details[0].1 == serde_json::json!([2]), "{gap:?}");
    assert_eq!(import(4).unwrap_err().kind, ErrorKind::Gap);
    assert_eq!(seen(), 1);
    assert!(import(2).is_ok());
    assert_eq!(seen(), 4, "what waited follows by itself");
    for n in [3, 1, 4, 2] {
        assert!(import(n).unwrap().value.to_string().contains("already imported"));
    }
    // Nothing new: no empty bundle; a receipt alone is owed once.
    let out = a.path("none");
    a.must(1, "bundle export", &[("to", "XB"), ("out", &out)]);
    assert!(fs::metadata(&out).is_err());
    // The same bundle once more, byte for byte, until it is acknowledged.
    let again = a.path("again");
    a.must(1, "bundle export", &[("to", "XB"), ("out", &again), ("again", "2")]);
    assert_eq!(fs::read(&again).unwrap(), fs::read(a.path("b2")).unwrap());
    b.carry(&a, "answer");
    a.carry(&b, "receipt");
    b.must(1, "bundle export", &[("to", "XA"), ("out", &out)]);
    assert!(fs::metadata(&out).is_err(), "receipts do not answer receipts");
    let sent = a.must(1, "bundle history", &[]).value;
    let acknowledged = sent.as_array().unwrap().iter().filter(|r| r["state"] == "acknowledged").count();
    assert_eq!(acknowledged, 4);
}

#[test]
fn a_partner_that_was_set_back_is_found_out() {
    let (root, a, b, _) = sent();
    let old = root.path().join("old");
    copy(&a.folder, &old);
    b.must(1, "bundle import", &[("path", &a.path("b1"))]);
    let case = a.case("after the copy");
    let item = a.indicator(&case, "after.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "b2");
    // The whole site is set back, its members' trust state with it: only the partner can tell.
    let set_back = Site { folder: old, code: "XA", now: a.now };
    let case = set_back.case("another history");
    let item = set_back.indicator(&case, "other.example");
    set_back.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let forged = set_back.export(&b, "forged");
    b.fails(1, "bundle import", &[("path", &forged)], ErrorKind::Fork);
    let cases = b.must(1, "case list", &[]).value.to_string();
    assert!(!cases.contains("another history"));
}

#[test]
fn a_workspace_that_was_set_back_is_found_out() {
    let (root, a, _b, _) = sent();
    let old = root.path().join("old");
    copy(&a.workspace(), &old);
    a.case("since then");
    fs::remove_dir_all(a.workspace()).unwrap();
    copy(&old, &a.workspace());
    a.fails(1, "case list", &[], ErrorKind::Fork);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
