//! Two histories: a partner that tells two things under one number, or takes back what it has said of us, is found out once and not
//! believed by mistake afterwards.

use comity::act::checkpoint::{self, Checkpoint};
use comity::act::note;
use comity::bundle::manifest::{Cosigned, Receipt};
use comity::record::bundle::{self, State};
use comity::record::kind::Kind;
use comity::record::store::RecordStore as _;
use comity::record::stream;
use comity::seal::sign::Signer;
use comity::store::tree::SqlTree;
use comity::value::digest::Digest;
use comity::workspace::error::{Error, ErrorKind};

use super::lying_desk::fresh;
use super::scene::{Scene, THEIR_CASE, broken};
use crate::desks::Site;

fn takes(site: &Site, path: &str) -> Result<(), ErrorKind> {
    site.run(1, "bundle import", &[("path", path)]).map(|_| ()).map_err(|failure| failure.kind)
}

/// The partner tells one thing, and then, under the same number, another. Returns the paths of the bundle that was taken in and of
/// the other one; what the partner says next follows from the first.
fn forked(s: &mut Scene) -> (String, String) {
    let before = s.liar.said.clone();
    let tell = |s: &mut Scene, disclosure: u8, item: u8, name: &str| {
        s.liar.said = before.clone();
        let act = s.gives(fresh(disclosure), fresh(item), fresh(THEIR_CASE));
        s.liar.sign(&act);
        let path = s.liar.bundle();
        let kept = s.a.path(name);
        std::fs::rename(path, &kept).unwrap();
        (kept, s.liar.said.clone())
    };
    let (other, _) = tell(s, 0xd8, 0xe8, "other");
    let (first, said) = tell(s, 0xd7, 0xe7, "first");
    s.liar.said = said;
    assert_eq!(takes(&s.a, &first), Ok(()));
    (first, other)
}

/// What the partner says next.
fn next(s: &mut Scene) -> String {
    let act = s.gives(fresh(0xd6), fresh(0xe6), fresh(THEIR_CASE));
    s.liar.sign(&act);
    s.liar.bundle()
}

fn shown(site: &Site) -> serde_json::Value {
    site.must(1, "partner show", &[("partner", "XB")]).value
}

fn resumes(site: &Site, member: u8) -> Result<(), Error> {
    let form = [("partner", "XB"), ("stream", "yes"), ("because", "they were set back, and say so")];
    site.run(member, "partner resume", &form).map(|_| ())
}

#[test]
fn after_a_fork_nothing_more_is_taken_until_two_people_resume() {
    let mut s = Scene::new();
    let (first, other) = forked(&mut s);
    assert_eq!(shown(&s.a)["stream"], "running");
    assert_eq!(takes(&s.a, &other), Err(ErrorKind::Fork));
    let said = shown(&s.a);
    assert_eq!((&said["stream"], &said["standing"]), (&"frozen".into(), &"pinned".into()), "{said}");
    // It is written, so that another day and another member see it too; and only once.
    let acts = s.a.must(1, "audit log", &[]).value.as_array().unwrap().len();
    assert_eq!(takes(&s.a, &other), Err(ErrorKind::Fork));
    assert_eq!(s.a.must(2, "audit log", &[]).value.as_array().unwrap().len(), acts);
    // What came is known; what comes is not taken, though it follows from what is known.
    assert_eq!(takes(&s.a, &first), Ok(()));
    let follows = next(&mut s);
    assert_eq!(takes(&s.a, &follows), Err(ErrorKind::Fork));
    assert_eq!(broken(&s.a), Vec::<String>::new());
    // One person alone does not resume, however often they say so.
    resumes(&s.a, 1).unwrap();
    assert_eq!(takes(&s.a, &follows), Err(ErrorKind::Fork));
    assert_eq!(resumes(&s.a, 1).unwrap_err().kind, ErrorKind::Refused);
    assert_eq!(takes(&s.a, &follows), Err(ErrorKind::Fork));
    resumes(&s.a, 2).unwrap();
    assert_eq!(shown(&s.a)["stream"], "running");
    assert_eq!(takes(&s.a, &follows), Ok(()));
    assert_eq!(takes(&s.a, &other), Err(ErrorKind::Fork), "the other history is still another");
    s.a.must(1, "audit verify", &[]);
}

#[test]
fn of_a_fork_both_sides_are_kept_as_they_were_signed() {
    let mut s = Scene::new();
    let (first, other) = forked(&mut s);
    let _ = takes(&s.a, &other);
    let fork = shown(&s.a)["fork"].clone();
    let read = |path: &str| std::fs::read(path).unwrap();
    assert_eq!(read(fork["file"].as_str().unwrap()), read(&other), "{fork}");
    let theirs = comity::record::partner::keys(&s.a.open(1).unwrap().records(), s.liar.desk).unwrap();
    for side in ["known", "other"] {
        // The manifest with the signature of its desk: whoever has the card can check it.
        let manifest = fork[side]["manifest"].as_str().unwrap();
        let signature = fork[side]["desk_signature"].as_str().unwrap();
        theirs.bundle.verify("bundle.v1.live@comity", manifest.as_bytes(), signature).unwrap();
        let n = serde_json::from_str::<serde_json::Value>(manifest).unwrap()["sequence"].clone();
        assert_eq!(n, fork["sequence"], "{side}");
    }
    assert_ne!(fork["known"]["manifest"], fork["other"]["manifest"]);
    assert_eq!(takes(&s.a, &first), Ok(()));
}

#[test]
fn nothing_is_resumed_that_is_not_frozen() {
    let s = Scene::new();
    assert_eq!(resumes(&s.a, 1).unwrap_err().kind, ErrorKind::Refused);
    assert_eq!(s.a.open(1).unwrap().records().get(stream::id_for(s.liar.desk)).unwrap().unwrap().kind, Kind::Stream);
}

#[test]
fn a_jump_far_ahead_freezes_nothing() {
    let mut s = Scene::new();
    let before = s.liar.said.clone();
    let act = s.gives(fresh(0xd8), fresh(0xe8), fresh(THEIR_CASE));
    s.liar.sign(&act);
    let path = s.liar.bundle_with(|manifest| manifest.sequence = 1 << 40);
    assert_eq!(takes(&s.a, &path), Err(ErrorKind::Fork));
    assert_eq!(shown(&s.a)["stream"], "running");
    s.liar.said = before;
    let follows = next(&mut s);
    assert_eq!(takes(&s.a, &follows), Ok(()));
}

/// The receipt for a bundle of ours.
fn receipt(s: &Scene, sequence: u64) -> Receipt {
    let workspace = s.a.open(1).unwrap();
    let ours = bundle::numbered(&workspace.records(), s.liar.desk, State::Sent, sequence).unwrap().unwrap();
    let manifest = comity::value::digest::Digest::parse(ours.text("manifest").unwrap()).unwrap();
    Receipt { sequence, manifest }
}

/// The partner's cosignature on our log at a size.
fn cosigned(s: &Scene, witness: &Signer, size: u64) -> Cosigned {
    let workspace = s.a.open(1).unwrap();
    let meta = &workspace.meta;
    let root = comity::act::tree::root(&SqlTree::new(&workspace.db, meta.replica), size).unwrap();
    let origin = checkpoint::origin(meta.desk, meta.replica, &meta.realm);
    let text = Checkpoint { origin, size, root }.text();
    let line = note::cosign(&text, &checkpoint::witness_name(s.liar.desk), witness, s.liar.at()).to_string();
    Cosigned { size, root, line }
}

#[test]
fn what_a_partner_has_acknowledged_and_cosigned_never_goes_back() {
    let mut s = Scene::new();
    s.a.case("Another");
    let item = s.a.indicator(&s.case.to_string(), "second.example");
    s.a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    s.a.must(1, "bundle export", &[("to", "XB"), ("out", &s.a.path("second"))]);
    let witness = super::lying_desk::again(&s.liar.witness);
    let newest = |s: &Scene| {
        let stream = stream::with(&s.a.open(1).unwrap().records(), s.liar.to, s.liar.desk).unwrap();
        (stream.terms.get("acknowledged").cloned(), stream.terms.get("cosigned").and_then(|c| c.get("size").cloned()))
    };
    let tell = |s: &mut Scene, n: u8, ack: u64, size: u64| {
        let before = s.liar.said.clone();
        let (ack, cosigned) = (receipt(s, ack), cosigned(s, &witness, size));
        let act = s.gives(fresh(n), fresh(n + 0x10), fresh(THEIR_CASE));
        s.liar.sign(&act);
        let path = s.liar.bundle_with(|manifest| {
            manifest.acknowledges = Some(ack);
            manifest.cosigned = Some(cosigned);
        });
        let told = takes(&s.a, &path);
        if told.is_err() {
            s.liar.said = before;
        }
        told
    };
    // It cosigned some of our log before it began to lie.
    let size =
        stream::cosigned(&stream::with(&s.a.open(1).unwrap().records(), s.liar.to, s.liar.desk).unwrap()).unwrap();
    assert_eq!(tell(&mut s, 0xd6, 1, size), Ok(()));
    assert_eq!(tell(&mut s, 0xd7, 2, size + 2), Ok(()));
    let before = newest(&s);
    assert_eq!(tell(&mut s, 0xd8, 1, size + 2), Err(ErrorKind::Fork), "an acknowledgement goes back");
    assert_eq!(tell(&mut s, 0xd8, 2, size + 1), Err(ErrorKind::Fork), "a cosigned size goes back");
    assert_eq!(newest(&s), before);
    assert_eq!(tell(&mut s, 0xd9, 2, size + 2), Ok(()), "what is said again is fine");
    assert_eq!(broken(&s.a), Vec::<String>::new());
}

/// A bundle says itself which one it stands for: it takes no name that another number has, no id of anything else, and is no way round
/// what came before it.
#[test]
fn what_stands_for_another_bundle_takes_no_other_name_and_no_other_place() {
    let mut s = Scene::new();
    let first = s.a.open(1).unwrap();
    let known = bundle::numbered(&first.records(), s.liar.desk, State::Received, 1).unwrap().unwrap();
    let known = Digest::parse(known.text("manifest").unwrap()).unwrap();
    drop(first);
    let held = bundles(&s.a);
    // The name of the first one, for another number: another history, and nothing of it is taken in.
    let act = s.gives(fresh(0xd4), fresh(0xe4), fresh(THEIR_CASE));
    s.liar.sign(&act);
    let path = s.liar.bundle_with(|manifest| manifest.replaces = Some(known));
    assert_eq!(takes(&s.a, &path), Err(ErrorKind::Fork));
    assert_eq!(bundles(&s.a), held);
    let mut s = Scene::new();
    // A name that begins like the id of a record of ours: the record stays what it is.
    let mut squatted = [0x77; 32];
    squatted[..16].copy_from_slice(s.case.as_bytes());
    let act = s.gives(fresh(0xd4), fresh(0xe4), fresh(THEIR_CASE));
    s.liar.sign(&act);
    let path = s.liar.bundle_with(|manifest| manifest.replaces = Some(Digest::from_bytes(squatted)));
    assert_eq!(takes(&s.a, &path), Ok(()));
    assert_eq!(s.a.open(1).unwrap().records().get(s.case).unwrap().unwrap().kind, Kind::Case);
    assert_eq!(takes(&s.a, &path), Ok(()), "it is the same bundle when it comes again");
    s.a.must(1, "audit verify", &[]);
    assert_eq!(broken(&s.a), Vec::<String>::new());
}

/// How many bundles of the partner came in.
fn bundles(site: &Site) -> usize {
    let query = comity::record::store::Query::state(State::Received);
    site.open(1).unwrap().records().find(&query).unwrap().len()
}
