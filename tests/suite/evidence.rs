//! Evidence: a file goes in sealed and comes out as it was, whoever looks is entered, what is damaged is named, and a purge takes it.

use std::path::{Path, PathBuf};

use comity::seal::sign::PublicKey;
use comity::value::digest::Digest;
use comity::workspace::error::ErrorKind;
use serde_json::Value;

use crate::desks::{Site, bytes_of, pair, text};

/// Bytes that are in no file that is sealed.
const MARK: &[u8] = b"zqevidencebytes";

fn file(a: &Site, name: &str, size: usize) -> (String, Vec<u8>) {
    let mut bytes: Vec<u8> = (0..size).map(|n| (n * 7 % 251) as u8).collect();
    bytes.extend_from_slice(MARK);
    let path = a.path(name);
    std::fs::write(&path, &bytes).unwrap();
    (path, bytes)
}

fn add(a: &Site, case: &str, path: &str) -> String {
    a.make(
        1,
        "item add",
        &[
            ("case", case),
            ("type", "evidence"),
            ("category", "content"),
            ("tier", "4"),
            ("person-class", "suspect"),
            ("file", path),
            ("title", "image of a disk"),
            ("authority", "Court XA, order 7"),
        ],
    )
}

fn sealed(a: &Site, id: &str) -> PathBuf {
    a.workspace().join("evidence").join(format!("{id}.age"))
}

fn custody(a: &Site, id: &str) -> Value {
    a.must(1, "item custody", &[("item", id)]).value
}

fn events(a: &Site, id: &str) -> Vec<String> {
    let all = custody(a, id);
    all["entries"].as_array().unwrap().iter().map(|e| e["event"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_file_goes_in_sealed_and_is_named_with_its_hash_and_whoever_looks_is_entered() {
    let (_root, a, _b) = pair();
    let case = a.case("Evidence");
    let (path, bytes) = file(&a, "disk.img", 3_000_000);
    let id = add(&a, &case, &path);
    let sha256 = Digest::of(&bytes).to_string();
    std::fs::remove_file(&path).unwrap();
    assert!(sealed(&a, &id).exists());
    for (path, bytes) in bytes_of(&a.workspace()) {
        assert!(!bytes.windows(MARK.len()).any(|w| w == MARK), "{path:?}");
    }
    assert_eq!(events(&a, &id), ["acquired"], "printing the chain is no look at the exhibit");
    let shown = a.must(2, "item show", &[("item", &id)]).value;
    assert_eq!((&shown["file"]["sha256"], &shown["file"]["name"]), (&sha256.as_str().into(), &"disk.img".into()));
    assert_eq!(shown["value"], "disk.img", "it is called as its file is where nothing else is said");
    assert_eq!(shown["file"]["size"], bytes.len());
    a.must(1, "item show", &[("item", &id)]);
    assert_eq!(events(&a, &id), ["acquired", "looked-at", "looked-at"]);
    let chain = custody(&a, &id);
    assert_eq!((&chain["sha256"], &chain["entries"][0]["sha256_after"]), (&sha256.as_str().into(), &sha256.into()));
    assert_eq!(chain["entries"][1]["who"], "XA-2");
    assert_eq!(chain["alarms"], serde_json::json!([]));
    // What is not evidence is shown without an entry.
    let plain = a.indicator(&case, "n.example");
    a.must(1, "item show", &[("item", &plain)]);
    assert!(events(&a, &plain).is_empty());
    a.must(1, "audit verify", &[]);
}

#[test]
fn hashes_of_the_medium_stand_apart_from_the_files_with_their_tool() {
    let (_root, a, _b) = pair();
    let case = a.case("Media");
    let (path, _) = file(&a, "disk.E01", 10);
    let md5 = "d41d8cd98f00b204e9800998ecf8427e";
    let sidecar = a.path("disk.txt");
    std::fs::write(&sidecar, format!("ewfacquire 20140816\nMD5 hash calculated over data:\t{md5}\n")).unwrap();
    let form = [("case", case.as_str()), ("type", "evidence"), ("category", "content"), ("file", &path)];
    let id = a.make(1, "item add", &[&form[..], &[("sidecar", &sidecar)]].concat());
    let shown = a.must(1, "item show", &[("item", &id)]).value;
    let media = &shown["file"]["media"][0];
    assert_eq!((&media["algorithm"], &media["value"]), (&"md5".into(), &md5.into()));
    assert_eq!(media["tool"], "ewfacquire 20140816");
    let other = format!("md5:{}", "0".repeat(32));
    a.fails(
        1,
        "item add",
        &[&form[..], &[("sidecar", &sidecar), ("media-hash", &other)]].concat(),
        ErrorKind::Malformed,
    );
    a.fails(1, "item add", &[&form[..], &[("media-hash", "md5:1")]].concat(), ErrorKind::Usage);
    let without = [("case", case.as_str()), ("type", "domain"), ("category", "indicator"), ("value", "x")];
    a.fails(1, "item add", &[&without[..], &[("media-hash", &other)]].concat(), ErrorKind::Usage);
    a.fails(1, "item add", &without[..3], ErrorKind::Usage);
    assert_eq!(std::fs::read_dir(a.workspace().join("evidence")).unwrap().count(), 1, "what was refused left nothing");
}

/// Every file of a bag that its manifests name, with its bytes; fails where one is not as they say.
fn checked(bag: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
        for line in std::fs::read_to_string(bag.join(manifest)).unwrap().lines() {
            let (hash, path) = line.split_once("  ").unwrap();
            let bytes = std::fs::read(bag.join(path)).unwrap();
            assert_eq!(Digest::of(&bytes).to_string(), hash, "{path}");
            assert!(path.is_ascii());
            all.push((path.to_owned(), bytes));
        }
    }
    all
}

#[test]
fn an_exhibit_leaves_as_a_bag_that_anybody_can_check_and_its_leaving_is_on_record() {
    let (_root, a, _b) = pair();
    let case = a.case("Bag");
    let (path, bytes) = file(&a, "größe é.img", 100_000);
    let id = add(&a, &case, &path);
    let bag = a.folder.join("bag");
    std::fs::create_dir(&bag).unwrap();
    a.fails(
        3,
        "item custody",
        &[("item", &id), ("export", a.workspace().join("x").to_str().unwrap())],
        ErrorKind::Usage,
    );
    a.must(1, "item custody", &[("item", &id), ("export", &text(&bag))]);
    let files = checked(&bag);
    let of = |end: &str| files.iter().find(|(path, _)| path.ends_with(end)).map(|(_, b)| b.clone()).unwrap();
    assert_eq!(of(".img"), bytes);
    for end in ["custody.txt", "custody.jsonld", "authority.txt", "what-this-does-not-prove.txt", "manifest-sha512.txt"]
    {
        assert!(!of(end).is_empty(), "{end}");
    }
    let told = String::from_utf8(of("data/custody.txt")).unwrap();
    let sha256 = Digest::of(&bytes).to_string();
    assert!(told.contains(&sha256) && told.contains("not stated") && told.contains("exported"), "{told}");
    assert!(String::from_utf8(of("authority.txt")).unwrap().contains("order 7"));
    assert!(!bag.join("fetch.txt").exists());
    // The payload is whole: every file in it is named.
    let payload = bytes_of(&bag.join("data")).len();
    let named = std::fs::read_to_string(bag.join("manifest-sha256.txt")).unwrap().lines().count();
    assert_eq!(payload, named);
    let (_, key) = String::from_utf8(of("allowed_signers"))
        .unwrap()
        .trim()
        .split_once(" ssh-")
        .map(|(a, k)| (a.to_owned(), format!("ssh-{k}")))
        .unwrap();
    let signature = std::fs::read_to_string(bag.join("tagmanifest-sha256.txt.sig")).unwrap();
    let signed = std::fs::read(bag.join("tagmanifest-sha256.txt")).unwrap();
    PublicKey::from_openssh(&key).unwrap().verify("exhibit.v1.live@comity", &signed, &signature).unwrap();
    assert_eq!(events(&a, &id), ["acquired", "exported"]);
    assert_eq!(
        a.must(1, "audit log", &[]).value.to_string().matches("copy-out").count(),
        1,
        "it is a copy that left, on record"
    );
    // A folder that is not empty is left alone, and nothing is entered.
    a.fails(1, "item custody", &[("item", &id), ("export", &text(&bag))], ErrorKind::Usage);
    // Who may write no copy out is refused by the gate; who has no file has nothing to write.
    let other = text(&a.folder.join("other"));
    enrol_investigator(&a);
    let refused = a.fails(4, "item custody", &[("item", &id), ("export", &other)], ErrorKind::Refused);
    assert!(refused.verdict.is_some());
    let plain = a.indicator(&case, "n.example");
    a.fails(1, "item custody", &[("item", &plain), ("export", &other)], ErrorKind::Refused);
    assert!(!Path::new(&other).exists());
    assert_eq!(events(&a, &id).len(), 2);
}

/// A member who may add items and may write nothing out.
fn enrol_investigator(a: &Site) {
    let out = text(&a.identity(4));
    a.must(1, "identity new", &[("name", "XA-4"), ("out", &out), ("no-passphrase", "yes")]);
    a.must(1, "member add", &[("file", &format!("{out}.pub")), ("roles", "investigator")]);
}

#[test]
fn the_sweep_names_every_flipped_bit_and_every_missing_file_and_the_others_stay_readable() {
    let (_root, a, _b) = pair();
    let case = a.case("Sweep");
    let ids: Vec<String> =
        ["one.img", "two.img", "three.img"].iter().map(|name| add(&a, &case, &file(&a, name, 200_000).0)).collect();
    let all = a.must(1, "item custody", &[("verify-all", "yes")]);
    assert_eq!((all.code, &all.value["exhibits"]), (0, &3.into()));
    let whole = std::fs::read(sealed(&a, &ids[0])).unwrap();
    // Each kind of place: the header, the first chunk, the last byte.
    for at in [30, 5000, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(sealed(&a, &ids[0]), &bytes).unwrap();
        let found = a.must(1, "item custody", &[("verify-all", "yes")]);
        assert_eq!(found.code, ErrorKind::Integrity as u8, "bit at {at}");
        assert_eq!(found.value["damaged"][0]["id"], ids[0].as_str());
    }
    std::fs::remove_file(sealed(&a, &ids[1])).unwrap();
    let found = a.must(1, "item custody", &[("verify-all", "yes")]).value;
    assert_eq!(found["damaged"].as_array().unwrap().len(), 2);
    // It is entered once, whoever sweeps how often, and is an alarm of the chain.
    assert_eq!(events(&a, &ids[0]), ["acquired", "damaged"]);
    assert!(!custody(&a, &ids[1])["alarms"].as_array().unwrap().is_empty());
    let out = |name: &str| text(&a.folder.join(name));
    a.fails(1, "item custody", &[("item", &ids[0]), ("export", &out("damaged"))], ErrorKind::Integrity);
    assert!(!Path::new(&out("damaged")).exists(), "nothing of it is there");
    a.must(1, "item custody", &[("item", &ids[2]), ("export", &out("whole"))]);
    checked(Path::new(&out("whole")));
    // Its own bytes again: it is whole again.
    std::fs::write(sealed(&a, &ids[0]), &whole).unwrap();
    assert_eq!(a.must(1, "item custody", &[("verify-all", "yes")]).value["damaged"].as_array().unwrap().len(), 1);
}

#[test]
fn what_a_crash_left_counts_for_nothing_and_goes_at_the_next_start() {
    let (_root, a, _b) = pair();
    let case = a.case("Crash");
    let id = add(&a, &case, &file(&a, "kept.img", 10).0);
    let folder = a.workspace().join("evidence");
    let orphan = folder.join(format!("{}.age", "ab".repeat(16)));
    std::fs::write(&orphan, b"age-encryption.org/v1\n").unwrap();
    std::fs::write(folder.join("comity-x.part"), b"half").unwrap();
    a.must(1, "item list", &[]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    assert!(sealed(&a, &id).exists() && !orphan.exists());
    // A workspace that was set back knows less than its folder holds: nothing is removed there.
    let older = std::fs::read(a.workspace().join("workspace.db")).unwrap();
    let newer = add(&a, &case, &file(&a, "newer.img", 10).0);
    std::fs::write(a.workspace().join("workspace.db"), older).unwrap();
    for side in ["workspace.db-wal", "workspace.db-shm"] {
        let _ = std::fs::remove_file(a.workspace().join(side));
    }
    a.fails(1, "item list", &[], ErrorKind::Fork);
    assert!(sealed(&a, &newer).exists());
}

#[test]
fn a_purge_takes_the_file_and_every_word_of_its_custody() {
    let (_root, a, _b) = pair();
    let case = a.case("Purge");
    let (path, bytes) = file(&a, "zqfilename.img", 10);
    let id = add(&a, &case, &path);
    a.must(1, "item show", &[("item", &id)]);
    a.must(1, "retention purge", &[("item", &id), ("because", "the court orders it")]);
    assert!(!sealed(&a, &id).exists());
    assert!(events(&a, &id).is_empty() || custody(&a, &id)["entries"][0]["sha256_after"] == "", "no hash is left");
    assert_eq!(a.must(1, "search", &[("words", "zqfilename")]).value, serde_json::json!([]));
    let all = format!("{:?}", a.must(1, "retention certificates", &[]).value);
    assert!(!all.contains(&Digest::of(&bytes).to_string()), "a hash of the file would tell which file it was");
    a.fails(1, "item custody", &[("item", &id), ("export", &text(&a.folder.join("gone")))], ErrorKind::Refused);
    a.must(1, "audit verify", &[]);
}

#[test]
fn what_is_handed_over_is_signed_by_a_second_person() {
    let (_root, mut a, _b) = pair();
    let case = a.case("Hands");
    let id = add(&a, &case, &file(&a, "disk.img", 10).0);
    let out = a.make(
        1,
        "item handover",
        &[
            ("item", &id),
            ("event", "out"),
            ("because", "to the laboratory"),
            ("person", "Laboratory XA"),
            ("seal", "77"),
        ],
    );
    a.fails(1, "item countersign", &[("entry", &out)], ErrorKind::Refused);
    a.pass(24 * 8);
    let alarms = custody(&a, &id)["alarms"].to_string();
    assert!(alarms.contains("nobody has signed for it"), "{alarms}");
    a.must(2, "item countersign", &[("entry", &out), ("said", "seal 77 whole")]);
    let chain = custody(&a, &id);
    assert_eq!(
        (&chain["entries"][1]["second"], &chain["entries"][1]["second_said"]),
        (&"XA-2".into(), &"seal 77 whole".into())
    );
    assert_eq!(chain["alarms"], serde_json::json!([]));
    a.fails(3, "item countersign", &[("entry", &out)], ErrorKind::Refused);
    let bad = [("item", id.as_str()), ("event", "changed"), ("because", "powered on")];
    a.fails(1, "item handover", &bad, ErrorKind::Usage);
    a.fails(1, "item handover", &[("item", &id), ("event", "looked-at"), ("because", "x")], ErrorKind::Usage);
    a.fails(
        1,
        "item handover",
        &[("item", &id), ("event", "in"), ("because", "x"), ("at", "2030-01-01")],
        ErrorKind::Usage,
    );
}

#[cfg(unix)]
#[test]
fn a_link_or_a_device_is_not_taken_in() {
    let (_root, a, _b) = pair();
    let case = a.case("Links");
    let (path, _) = file(&a, "real.img", 10);
    let link = a.path("link.img");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for bad in [link.as_str(), "/dev/zero", &a.path("none")] {
        let form = [("case", case.as_str()), ("type", "evidence"), ("category", "content"), ("file", bad)];
        assert!(a.run(1, "item add", &form).is_err(), "{bad}");
    }
    assert!(a.must(1, "item list", &[]).value.as_array().unwrap().is_empty());
}
