//! What refusing costs: the work that a partner's bundle causes grows with its size and no faster, and nothing is applied for whoever
//! may not sign. Work is counted in steps of the database, never in seconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use comity::act::change::Change;
use comity::command::command;
use comity::command::definition::Args;
use comity::command::run::{On, run};
use comity::seal::sign::Signer;
use comity::value::class::Role;
use comity::workspace::error::{Error, ErrorKind};
use comity::workspace::progress::Job;

use super::scene::{Scene, Snapshot, stored};
use crate::desks::Site;

/// Takes a bundle in, and counts the steps that the database takes for it.
fn steps(site: &Site, path: &str) -> (Result<(), Error>, u64) {
    const EVERY: i32 = 20;
    let mut workspace = site.open(1).unwrap();
    let counted = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&counted);
    let count = move || {
        counter.fetch_add(EVERY as u64, Ordering::Relaxed);
        false
    };
    workspace.db.progress_handler(EVERY, Some(count)).unwrap();
    let args = Args::default().with("path", path);
    let told = run(command("bundle import").unwrap(), On::Workspace(&mut workspace), &args, &mut Job::silent());
    (told.map(|_| ()), counted.load(Ordering::Relaxed))
}

/// What twice as much costs, in tenths of what once costs.
fn twice_costs(mut acts: impl FnMut(&mut Scene, usize)) -> u64 {
    let mut s = Scene::new();
    let kept = (Snapshot::of(&s.a), s.liar.said.clone());
    let mut cost = Vec::new();
    for many in [150, 300] {
        acts(&mut s, many);
        let path = s.liar.bundle();
        let (told, steps) = steps(&s.a, &path);
        told.unwrap();
        cost.push(steps);
        kept.0.put_back(&s.a);
        s.liar.said = kept.1.clone();
    }
    cost[1] * 10 / cost[0]
}

#[test]
fn twice_as_many_members_cost_twice_as_much() {
    let tenths = twice_costs(|s, many| {
        for n in 0..many {
            let add = s.newcomer(n);
            s.liar.sign(&[add]);
        }
    });
    assert!(tenths <= 24, "{tenths} tenths");
}

#[test]
fn twice_as_many_changes_of_roles_cost_twice_as_much() {
    let tenths = twice_costs(|s, many| {
        for n in 0..many {
            let change = s.other_roles(n);
            s.liar.sign(&[change]);
        }
    });
    assert!(tenths <= 24, "{tenths} tenths");
}

#[test]
fn twice_as_many_tiny_answers_cost_twice_as_much() {
    let tenths = twice_costs(|s, many| {
        for n in 0..many {
            let answer = s.tiny_answer(n);
            s.liar.sign(&[answer]);
        }
    });
    assert!(tenths <= 24, "{tenths} tenths");
}

#[test]
fn a_desk_enrols_no_crowd() {
    let mut s = Scene::new();
    let before = stored(&s.a);
    for n in 0..600 {
        let add = s.newcomer(n);
        s.liar.sign(&[add]);
    }
    let path = s.liar.bundle();
    let told = s.a.run(1, "bundle import", &[("path", &path)]).map(|_| ()).map_err(|failure| failure.kind);
    assert_eq!(told, Err(ErrorKind::Malformed));
    assert_eq!(stored(&s.a), before);
}

#[test]
fn for_whoever_may_not_sign_nothing_is_applied() {
    let mut s = Scene::new();
    let kept = (Snapshot::of(&s.a), s.liar.said.clone());
    let act = s.many_items(500);
    s.liar.sign(&act);
    let path = s.liar.bundle();
    let (told, honest) = steps(&s.a, &path);
    told.unwrap();
    // Somebody who is enrolled nowhere; somebody else's name; and a bundle that nobody at the desk has made.
    let stranger = Signer::from_seed(&[0x33; 32]);
    type Lie = fn(&mut Scene, &[Change], &Signer) -> String;
    let lies: [Lie; 3] = [
        |s, act, stranger| {
            s.liar.sign_as(stranger, Role::Investigator, act, |_| {});
            s.liar.bundle()
        },
        |s, act, stranger| {
            let named = s.liar.members[0].public().person();
            s.liar.sign_as(stranger, Role::Investigator, act, |header| header.member = named);
            s.liar.bundle()
        },
        |s, act, _| {
            s.liar.sign(act);
            let other = s.liar.members[1].public().person();
            s.liar.bundle_with(|manifest| manifest.by = other)
        },
    ];
    for (n, lie) in lies.iter().enumerate() {
        kept.0.put_back(&s.a);
        s.liar.said = kept.1.clone();
        let path = lie(&mut s, &act, &stranger);
        let (told, cost) = steps(&s.a, &path);
        assert_eq!(told.map_err(|failure| failure.kind), Err(ErrorKind::Signature), "lie {n}");
        assert!(cost * 10 < honest, "lie {n}: {cost} steps, and {honest} for what is applied");
    }
}
