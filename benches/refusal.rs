//! What it costs to refuse: hostile bundles of a partner that has real keys, each with the seconds until the reader is done with it and
//! the most memory that the process had by then. Prints a table; nothing is asserted. The bound is 2 s and 256 MiB.
//!
//! `cargo bench --bench refusal`. Memory is the peak as the kernel counts it (Linux alone), so it only rises from row to row; the
//! bundles are made in the same process, which takes more than refusing the large ones.

use std::time::Instant;

use comity::seal::sign::Signer;
use comity::value::class::Role;

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/suite/desks.rs"]
mod desks;

#[allow(dead_code, unused_imports, reason = "shared with the tests")]
#[path = "../tests/attack/lying_desk.rs"]
mod lying_desk;
#[allow(dead_code, unused_imports, reason = "shared with the tests")]
#[path = "../tests/attack/scene.rs"]
mod scene;

use scene::{Scene, Snapshot};

/// A way to fill a bundle.
type Fill = fn(&mut Scene) -> String;

fn main() {
    println!("{:60} {:>8} {:>8} {:>8}  answer", "", "MiB", "seconds", "peak MiB");
    let rows: [(&str, Fill); 6] = [
        ("4,000 members, one act each", |s| {
            for n in 0..4000 {
                let add = s.newcomer(n);
                s.liar.sign(&[add]);
            }
            s.liar.bundle()
        }),
        ("4,000 changes of one member's roles", |s| {
            for n in 0..4000 {
                let change = s.other_roles(n);
                s.liar.sign(&[change]);
            }
            s.liar.bundle()
        }),
        ("4,000 answers to one request", |s| {
            for n in 0..4000 {
                let answer = s.tiny_answer(n);
                s.liar.sign(&[answer]);
            }
            s.liar.bundle()
        }),
        ("200,000 items, signed by nobody", |s| {
            let act = s.many_items(200_000);
            s.liar.sign_as(&Signer::from_seed(&[0x33; 32]), Role::Investigator, &act, |_| {});
            s.liar.bundle()
        }),
        ("200,000 items, made into a bundle by nobody", |s| {
            let act = s.many_items(200_000);
            s.liar.sign(&act);
            let other = s.liar.members[1].public().person();
            s.liar.bundle_with(|manifest| manifest.by = other)
        }),
        ("20,000 items, taken in", |s| {
            let act = s.many_items(20_000);
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
