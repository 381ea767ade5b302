//! Keys are looked at when they are read, wherever they come from: points of low order, points that are written in more than one
//! way, one key for two people, two purposes or two desks, and our own keys in a stranger's hand.

use comity::act::change::Change;
use comity::object;
use comity::record::card::Card;
use comity::record::{desk, partner};
use comity::seal::age_file::AgeKey;
use comity::seal::sign::Signer;
use comity::value::id::Id;
use comity::value::json::Json;
use comity::workspace::error::{Error, ErrorKind};

use super::lying_desk::{SALT, again, fresh};
use super::scene::{Scene, Snapshot, broken, stored};
use crate::desks::{Site, pair};

/// Points of Curve25519 that have a low order, or are written as no honest program writes one: 0, 1, the two of order 8, p - 1,
/// p, p + 1 and 2p; and a good one with a bit that every reader ignores.
const BAD_X25519: [[u8; 32]; 9] = [
    [0; 32],
    near(1),
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
        0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
        0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
    ],
    top(0xec, 0x7f),
    top(0xed, 0x7f),
    top(0xee, 0x7f),
    top(0xda, 0xff),
    high(9),
];

/// Points of Edwards25519: the identity, those of order 2, 4 and 8, and ways to write them that are not canonical.
const BAD_ED25519: [[u8; 32]; 8] = [
    near(1),
    [0; 32],
    top(0xec, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    top(0xed, 0x7f),
    top(0xee, 0x7f),
    high(1),
];

const fn near(first: u8) -> [u8; 32] {
    let mut point = [0; 32];
    point[0] = first;
    point
}

const fn top(first: u8, last: u8) -> [u8; 32] {
    let mut point = [0xff; 32];
    point[0] = first;
    point[31] = last;
    point
}

const fn high(first: u8) -> [u8; 32] {
    let mut point = near(first);
    point[31] = 0x80;
    point
}

/// A point as an age recipient: Bech32 with the prefix `age`.
fn age(point: &[u8; 32]) -> String {
    const WORDS: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let (mut bits, mut left, mut fives) = (0u32, 0, Vec::new());
    for byte in point {
        bits = bits << 8 | u32::from(*byte);
        left += 8;
        while left >= 5 {
            left -= 5;
            fives.push((bits >> left & 31) as u8);
        }
    }
    fives.push((bits << (5 - left) & 31) as u8);
    let prefix: Vec<u8> = b"age".iter().map(|c| c >> 5).chain([0]).chain(b"age".iter().map(|c| c & 31)).collect();
    let sum = prefix.iter().chain(&fives).chain(&[0; 6]).fold(1u32, |sum, five| {
        let top = sum >> 25;
        let terms = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let low = (sum & 0x1ff_ffff) << 5 ^ u32::from(*five);
        terms.iter().enumerate().filter(|(n, _)| top >> n & 1 == 1).fold(low, |all, (_, term)| all ^ term)
    }) ^ 1;
    fives.extend((0..6).map(|n| (sum >> (5 * (5 - n)) & 31) as u8));
    format!("age1{}", fives.iter().map(|five| char::from(WORDS[usize::from(*five)])).collect::<String>())
}

/// A point as a public key of OpenSSH.
fn ssh(point: &[u8; 32]) -> String {
    let wire = [&11u32.to_be_bytes(), b"ssh-ed25519".as_slice(), &32u32.to_be_bytes(), point.as_slice()].concat();
    format!("ssh-ed25519 {}", data_encoding::BASE64.encode(&wire))
}

/// Refused by a name that says what is wrong with it, and never as a mistake of the program.
fn refused(what: &str, result: Result<(), Error>) -> Result<(), String> {
    match result {
        Err(failure) if matches!(failure.kind, ErrorKind::Malformed | ErrorKind::Signature | ErrorKind::Refused) => {
            Ok(())
        }
        Err(failure) => Err(format!("{what}: refused with {}: {failure}", failure.code())),
        Ok(()) => Err(format!("{what}: taken")),
    }
}

/// Nothing of what was tried is wrong, and the desk works as before.
fn well(site: &Site, tried: Vec<Result<(), String>>) {
    assert!(!tried.is_empty());
    let wrong: Vec<String> = tried.into_iter().filter_map(Result::err).collect();
    let broken = broken(site);
    assert!(wrong.is_empty() && broken.is_empty(), "{}\nand broken: {broken:?}", wrong.join("\n"));
}

/// A member's public file with these keys, signed with a good one.
fn file(site: &Site, signing: &str, age: &str, by: &Signer) -> String {
    let body = object! { "comity" => "member/1", "name" => "Mallory", "signing" => signing, "age" => age };
    let signature = by.sign("member.v1@comity", &body.to_bytes()).unwrap();
    let path = site.path("mallory.pub");
    std::fs::write(&path, format!("{}\n", object! { "member" => body, "signature" => signature })).unwrap();
    path
}

fn enrol(site: &Site, signing: &str, age: &str, by: &Signer) -> Result<(), Error> {
    let path = file(site, signing, age, by);
    site.run(1, "member add", &[("file", &path), ("roles", "investigator")]).map(|_| ())
}

fn signer(n: u8) -> Signer {
    Signer::from_seed(&[n; 32])
}

fn new_age() -> String {
    AgeKey::generate().recipient().to_string()
}

#[test]
fn the_points_of_these_tests_are_written_as_age_and_openssh_write_them() {
    let key = signer(1).public();
    assert_eq!(ssh(key.as_bytes()), key.to_openssh());
    // The base point of Curve25519, as its own specification of Bech32 gives it.
    let base = age(&near(9));
    assert!(comity::seal::age_file::Recipient::parse(&base).is_some(), "{base}");
    for point in BAD_X25519 {
        assert!(age(&point).starts_with("age1"), "{}", age(&point));
    }
}

#[test]
fn a_members_file_with_a_bad_age_key_is_refused() {
    let s = Scene::new();
    let by = signer(0x11);
    let mut tried = Vec::new();
    for point in BAD_X25519 {
        let before = stored(&s.a);
        tried.push(refused(&age(&point), enrol(&s.a, &by.public().to_openssh(), &age(&point), &by)));
        if stored(&s.a) != before {
            tried.push(Err(format!("{}: something is stored", age(&point))));
            break;
        }
    }
    well(&s.a, tried);
}

#[test]
fn a_members_file_with_a_bad_signing_key_is_refused() {
    let s = Scene::new();
    let by = signer(0x11);
    let tried = BAD_ED25519.iter().map(|point| refused(&ssh(point), enrol(&s.a, &ssh(point), &new_age(), &by)));
    let tried = tried.collect();
    well(&s.a, tried);
}

#[test]
fn two_members_have_no_key_in_common() {
    let s = Scene::new();
    let by = signer(0x11);
    let first = new_age();
    enrol(&s.a, &by.public().to_openssh(), &first, &by).unwrap();
    let own = s.a.open(1).unwrap();
    let keys = desk::keys(&own.records(), own.meta.desk).unwrap();
    let partner = partner::keys(&own.records(), s.liar.desk).unwrap();
    let mine = own.me.age.recipient().to_string();
    drop(own);
    let other = signer(0x12);
    let kept = Snapshot::of(&s.a);
    let with = |what, by: &Signer, age: &str| {
        let tried = refused(what, enrol(&s.a, &by.public().to_openssh(), age, by));
        kept.put_back(&s.a);
        tried
    };
    let with_age = |what, age: &str| with(what, &other, age);
    let tried = vec![
        with("the same signing key", &by, &new_age()),
        with_age("the same age key", &first),
        with_age("the age key of another member", &mine),
        with_age("the desk's own age key", &keys.age),
        with_age("the age key of a partner", &partner.age),
    ];
    well(&s.a, tried);
}

/// Whose keys are put into a card.
enum Key {
    Signing(&'static str, [u8; 32]),
    Age([u8; 32]),
    AgeText(String),
}

/// A card of a stranger with one key exchanged, signed with its root key.
fn card(root: &Signer, key: Option<&Key>) -> String {
    let mut keys = object! {
        "root" => root.public().to_openssh(), "age" => new_age(), "bundle" => signer(0x21).public().to_openssh(),
        "log" => signer(0x22).public().to_openssh(), "witness" => signer(0x23).public().to_openssh(),
    };
    match key {
        Some(Key::Signing(name, point)) => keys.set(name, ssh(point)),
        Some(Key::Age(point)) => keys.set("age", age(point)),
        Some(Key::AgeText(text)) => keys.set("age", text.as_str()),
        None => {}
    }
    let body = object! {
        "comity" => "card/1", "desk" => fresh(0x31).to_string(), "code" => "XM", "name" => "Mallory",
        "jurisdiction" => "XB", "realm" => "live", "keys" => keys,
    };
    let signature = root.sign("card.v1.live@comity", &body.to_bytes()).unwrap();
    format!("{}\n", object! { "card" => body, "signature" => signature })
}

/// Adds a stranger by its card.
fn meets(site: &Site, text: &str) -> Result<(), Error> {
    let path = site.path("mallory.card");
    std::fs::write(&path, text).unwrap();
    site.run(1, "partner add", &[("card", &path), ("kind", "law-enforcement")]).map(|_| ())
}

#[test]
fn the_card_of_a_stranger_is_taken_where_nothing_is_wrong_with_it() {
    let s = Scene::new();
    let text = card(&signer(0x20), None);
    assert!(Card::parse(text.as_bytes()).is_ok());
    meets(&s.a, &text).unwrap();
    well(&s.a, vec![Ok(())]);
}

#[test]
fn a_card_with_a_bad_point_is_refused() {
    let s = Scene::new();
    let mut keys: Vec<Key> = BAD_X25519.map(Key::Age).into();
    for name in ["root", "bundle", "log", "witness"] {
        keys.extend(BAD_ED25519.map(|point| Key::Signing(name, point)));
    }
    let before = stored(&s.a);
    let mut tried = Vec::new();
    for key in &keys {
        let what = match key {
            Key::Age(point) => age(point),
            Key::Signing(name, point) => format!("{name} {}", ssh(point)),
            Key::AgeText(text) => text.clone(),
        };
        tried.push(refused(&what, meets(&s.a, &card(&signer(0x20), Some(key)))));
        if stored(&s.a) != before {
            // It is there now: it is pinned, and something is sealed to it.
            let fingerprint = s.a.must(1, "partner show", &[("partner", "XM")]).value["fingerprint"].clone();
            let fingerprint = fingerprint.as_str().unwrap().to_owned();
            s.a.must(1, "partner confirm", &[("partner", "XM"), ("fingerprint", &fingerprint)]);
            let out = s.a.path("for-mallory");
            let made = s.a.run(1, "bundle export", &[("to", "XM"), ("out", &out)]);
            tried.push(Err(format!("{what}: then export says {:?}", made.map(|_| ()).map_err(|e| (e.code(), e.what)))));
            break;
        }
    }
    well(&s.a, tried);
}

#[test]
fn a_card_with_keys_that_are_somebody_elses_is_refused() {
    let s = Scene::new();
    let own = s.a.open(1).unwrap();
    let ours = desk::keys(&own.records(), own.meta.desk).unwrap();
    let theirs = partner::keys(&own.records(), s.liar.desk).unwrap();
    let member = own.me.signer.public();
    let members_age = own.me.age.recipient().to_string();
    let founder = again(own.root().unwrap());
    drop(own);
    let root = signer(0x20);
    let kept = Snapshot::of(&s.a);
    let mut tried = Vec::new();
    let mut tries = |what: &str, text: &str| {
        tried.push(refused(what, meets(&s.a, text)));
        kept.put_back(&s.a);
    };
    for (whose, keys) in [("ours", &ours), ("a partner's", &theirs)] {
        for name in ["bundle", "log", "witness"] {
            for (n, key) in keys.signing().iter().enumerate() {
                let text = card(&root, Some(&Key::Signing(name, *key.as_bytes())));
                tries(&format!("{name} is signing key {n} that is {whose}"), &text);
            }
        }
        let text = card(&root, Some(&Key::AgeText(keys.age.clone())));
        tries(&format!("the age key is {whose}"), &text);
    }
    let text = card(&root, Some(&Key::Signing("bundle", *member.as_bytes())));
    tries("a key is a member's of ours", &text);
    let text = card(&root, Some(&Key::AgeText(members_age)));
    tries("the age key is a member's of ours", &text);
    tries("the root key is ours", &card(&founder, None));
    well(&s.a, tried);
}

/// The partner enrols a member with these keys.
fn tells(s: &mut Scene, id: Id, signing: &str, age: &str) -> Result<(), Error> {
    let terms = s.liar.member(signing, age, &["investigator"]);
    let name: Json = object! { "name" => "Mallory" };
    s.liar.send(&s.a, &[Change::with_content(id, "member-add", &terms, &name, SALT)]).map(|_| ())
}

#[test]
fn a_member_that_a_partner_enrols_with_a_bad_key_is_refused() {
    let mut s = Scene::new();
    let good = signer(0x13).public().to_openssh();
    let mut tried = Vec::new();
    let before = stored(&s.a);
    let bad: Vec<(String, String)> = BAD_X25519
        .iter()
        .map(|point| (good.clone(), age(point)))
        .chain(BAD_ED25519.iter().map(|point| (ssh(point), new_age())))
        .collect();
    for (n, (signing, age)) in bad.iter().enumerate() {
        let told = tells(&mut s, fresh(0x40 + n as u8), signing, age);
        tried.push(refused(&format!("{signing} {age}"), told));
        if stored(&s.a) != before {
            break;
        }
    }
    well(&s.a, tried);
}

/// A folder with another desk in it, put where a member's desk lies, is not taken for it; nor is a desk that nobody has seen opened in
/// silence. A desk that was moved is itself.
#[test]
fn another_desk_in_the_place_of_a_known_one_is_refused_and_a_new_one_is_said() {
    let (_root, a, b) = pair();
    // A member of both desks, as whoever wants to be believed could make them.
    let (file, folder) = (a.identity(2), a.workspace());
    let public = format!("{}.pub", file.display());
    b.must(1, "member add", &[("file", public.as_str()), ("roles", "investigator")]);
    let run = |folder: &std::path::Path| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_comity"));
        program.args(["--workspace", folder.to_str().unwrap(), "--identity", file.to_str().unwrap(), "case", "list"]);
        let out = program.stdin(std::process::Stdio::null()).output().unwrap();
        (out.status.code().unwrap(), String::from_utf8(out.stderr).unwrap())
    };
    let seen = format!("{}.seen", file.display());
    let _ = std::fs::remove_file(&seen);
    let (code, said) = run(&folder);
    assert!(code == 0 && said.contains("for the first time") && said.contains("fingerprint"), "{code}: {said}");
    assert_eq!(run(&folder), (0, String::new()), "what was seen is remembered");
    // The member's desk at another place is itself.
    let moved = a.folder.join("moved");
    std::fs::rename(&folder, &moved).unwrap();
    assert_eq!(run(&moved), (0, String::new()));
    std::fs::rename(&moved, &folder).unwrap();
    assert_eq!(run(&folder), (0, String::new()));
    // Another desk in its place is not.
    std::fs::rename(&folder, &moved).unwrap();
    std::fs::rename(b.workspace(), &folder).unwrap();
    let (code, said) = run(&folder);
    assert!(code == 22 && said.contains("another desk"), "{code}: {said}");
}
