//! What it costs to refuse: hostile bundles of a partner that has real keys, each with the seconds until the reader is done with it and
//! the most memory that the process had by then. Prints a table; nothing is asserted. The bound is 2 s and 256 MiB.
//!
//! `cargo bench --bench refusal`. Memory is the peak as the kernel counts it (Linux alone), so it only rises from row to row; the
//! bundles are made in the same process, which takes more than refusing the large ones.

use std::time::Instant;

use comity::act::change::Change;
use comity::object;
use comity::seal::age_file::AgeKey;
use comity::seal::sign::Signer;
use comity::value::class::Role;
use comity::value::digest::Digest;
use comity::value::id::Id;

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/suite/desks.rs"]
mod desks;

#[allow(dead_code, unused_imports, reason = "shared with the tests")]
#[path = "../tests/attack/lying_desk.rs"]
mod lying_desk;
#[allow(dead_code, unused_imports, reason = "shared with the tests")]
#[path = "../tests/attack/scene.rs"]
mod scene;

use lying_desk::{SALT, fresh};
use scene::{Scene, Snapshot, THEIR_CASE};

/// A way to fill a bundle.
type Fill = fn(&mut Scene) -> String;

fn main() {
    println!("{:60} {:>8} {:>8} {:>8}  answer", "", "MiB", "seconds", "peak MiB");
    let rows: [(&str, Fill); 6] = [
        ("4,000 members, one act each", |s| {
            for n in 0..4000 {
                let terms = newcomer(s, n);
                s.liar.sign(&[terms]);
            }
            s.liar.bundle()
        }),
        ("4,000 changes of one member's roles", |s| {
            let member = s.their_member(2).id;
            for n in 0..4000 {
                let terms = s.certified(2, if n % 2 == 0 { &["legal-reviewer"] } else { &["release-officer"] });
                s.liar.sign(&[Change::of_terms(member, "member-roles", &terms)]);
            }
            s.liar.bundle()
        }),
        ("4,000 answers to one request", |s| {
            for n in 0..4000 {
                let answer = if n % 2 == 0 { "postpone" } else { "accept" };
                let terms = object! { "answer" => answer, "said" => true };
                let said = object! { "text" => "a" };
                s.liar.sign(&[Change::with_content(s.request, "request-answer", &terms, &said, SALT)]);
            }
            s.liar.bundle()
        }),
        ("200,000 items, signed by nobody", |s| {
            let act = items(s, 200_000);
            s.liar.sign_as(&Signer::from_seed(&[0x33; 32]), Role::Investigator, &act, |_| {});
            s.liar.bundle()
        }),
        ("200,000 items, made into a bundle by nobody", |s| {
            let act = items(s, 200_000);
            s.liar.sign(&act);
            let other = s.liar.members[1].public().person();
            s.liar.bundle_with(|manifest| manifest.by = other)
        }),
        ("20,000 items, taken in", |s| {
            let act = items(s, 20_000);
            s.liar.sign(&act);
            s.liar.bundle()
        }),
    ];
    let mut s = Scene::new();
    let kept = (Snapshot::of(&s.a), s.liar.said.clone());
    for (what, fill) in rows {
        let path = fill(&mut s);
        let size = std::fs::metadata(&path).map_or(0, |m| m.len()) / (1 << 20);
        let start = Instant::now();
        let told = s.a.run(1, "bundle import", &[("path", &path)]);
        let seconds = start.elapsed().as_secs_f64();
        let answer = told.map_or_else(|e| e.code().to_string(), |_| "taken in".to_owned());
        println!("{what:60} {size:>8} {seconds:>8.2} {:>8}  {answer}", peak());
        kept.0.put_back(&s.a);
        s.liar.said = kept.1.clone();
    }
}

/// The peak of this process, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn numbered(n: usize) -> Id {
    Id::from_digest(&Digest::of(&n.to_le_bytes()))
}

fn newcomer(s: &mut Scene, n: usize) -> Change {
    let mut seed = [0x5a; 32];
    seed[..8].copy_from_slice(&(n as u64).to_le_bytes());
    let signing = Signer::from_seed(&seed).public().to_openssh();
    let terms = s.liar.member(&signing, &AgeKey::generate().recipient().to_string(), &["investigator"]);
    Change::with_content(numbered(n), "member-add", &terms, &object! { "name" => "New" }, SALT)
}

fn items(s: &Scene, many: usize) -> Vec<Change> {
    let terms = s.liar.item_terms(fresh(THEIR_CASE));
    let mut act = s.liar.disclosure(fresh(0xd9), "disclosure-propose", &[(numbered(0), terms)], |_| {});
    for n in 1..many {
        let mut copy = act[1].clone();
        copy.record = numbered(n);
        act.push(copy);
    }
    act
}
