//! A partner that says that it was set back: its log goes on as another replica only where two of its members have declared that, by the
//! first acts of the new one, and where the old one had grown from what was seen of it.

use comity::act::change::Change;
use comity::bundle::manifest::OldLog;
use comity::record::restore::{self, Declared, LogEnd};
use comity::seal::sign::Signer;
use comity::value::class::Role;
use comity::value::digest::Digest;
use comity::workspace::error::ErrorKind;

use super::lying_desk::{SALT, fresh};
use super::scene::{Scene, THEIR_CASE, broken};
use crate::desks::Site;

fn takes(site: &Site, path: &str) -> Result<(), ErrorKind> {
    site.run(1, "bundle import", &[("path", path)]).map(|_| ()).map_err(|failure| failure.kind)
}

fn declared(end: OldLog) -> Change {
    let old = LogEnd { replica: end.replica, size: end.size, root: end.root };
    restore::declared(fresh(0x71), &Declared { old, remembered: Some(old) }, "the disk failed", SALT)
}

fn confirmed() -> Change {
    restore::confirmed(fresh(0x71))
}

/// Signs a change as one of the first two members, who are administrators.
fn signs(s: &mut Scene, member: usize, change: Change) {
    let key = s.liar.key_of(member);
    s.liar.sign_as(&key, Role::Administrator, &[change], |_| {});
}

/// How much of the partner's log the reader has been told of.
fn told(s: &Scene) -> usize {
    usize::try_from(s.liar.said.sent.unwrap().2).unwrap()
}

fn gives(s: &mut Scene, n: u8) {
    let act = s.gives(fresh(n), fresh(n + 0x10), fresh(THEIR_CASE));
    s.liar.sign(&act);
}

fn stream(s: &Scene) -> String {
    s.a.must(1, "partner show", &[("partner", "XB")]).value["stream"].as_str().unwrap().to_owned()
}

#[test]
fn two_members_of_a_partner_who_declare_it_are_believed() {
    let mut s = Scene::new();
    let held = told(&s);
    let end = s.liar.goes_on_as_another(held);
    signs(&mut s, 0, declared(end));
    signs(&mut s, 1, confirmed());
    gives(&mut s, 0xd8);
    let path = s.liar.bundle();
    assert_eq!(takes(&s.a, &path), Ok(()));
    gives(&mut s, 0xd9);
    let path = s.liar.bundle();
    assert_eq!(takes(&s.a, &path), Ok(()));
    // What follows names the logs before its own, always.
    gives(&mut s, 0xda);
    let before = s.liar.said.clone();
    let path = s.liar.bundle_with(|manifest| manifest.continues.clear());
    assert_eq!(takes(&s.a, &path), Err(ErrorKind::Fork));
    s.liar.said = before;
    assert_eq!(stream(&s), "running");
    assert_eq!(broken(&s.a), Vec::<String>::new());
    s.a.must(2, "audit verify", &[]);
}

/// A way to say that a desk was set back that is not true or not signed by two.
type Lie = (&'static str, fn(&mut Scene, OldLog));

#[test]
fn nobody_goes_on_as_another_whose_members_have_not_declared_it() {
    let lies: &[Lie] = &[
        ("nobody declares it", |s, _| gives(s, 0xd8)),
        ("one declares it", |s, end| signs(s, 0, declared(end))),
        ("one declares it and confirms it", |s, end| {
            signs(s, 0, declared(end));
            signs(s, 0, confirmed());
        }),
        ("a stranger confirms it", |s, end| {
            signs(s, 0, declared(end));
            s.liar.sign_as(&Signer::from_seed(&[0x42; 32]), Role::Administrator, &[confirmed()], |_| {});
        }),
        ("another end is declared than is named", |s, end| {
            signs(s, 0, declared(OldLog { root: Digest::of(b"another"), ..end }));
            signs(s, 1, confirmed());
        }),
        ("a log is declared that nobody has seen", |s, end| {
            signs(s, 0, declared(OldLog { replica: fresh(0x98), ..end }));
            signs(s, 1, confirmed());
        }),
        ("it is declared later", |s, end| {
            gives(s, 0xd8);
            signs(s, 0, declared(end));
            signs(s, 1, confirmed());
        }),
    ];
    for (what, lie) in lies {
        let mut s = Scene::new();
        let held = told(&s);
        let end = s.liar.goes_on_as_another(held);
        lie(&mut s, end);
        let path = s.liar.bundle();
        let taken = takes(&s.a, &path);
        assert!(matches!(taken, Err(ErrorKind::Fork | ErrorKind::Signature)), "{what}: {taken:?}");
        assert_eq!(broken(&s.a), Vec::<String>::new(), "{what}");
        let restores = s.a.must(1, "partner show", &[("partner", "XB")]).value["restores"].clone();
        assert_eq!(restores.as_array().unwrap().len(), 0, "{what}");
    }
}

#[test]
fn a_log_that_had_not_grown_from_what_was_seen_is_no_log_to_go_on_from() {
    // It was shorter than what it had told.
    let mut s = Scene::new();
    let held = told(&s);
    s.liar.said.leaves.truncate(held);
    s.liar.said.leaves[0] = comity::act::tree::leaf_hash(b"rewritten");
    let end = s.liar.goes_on_as_another(held);
    signs(&mut s, 0, declared(end));
    signs(&mut s, 1, confirmed());
    let path = s.liar.bundle();
    assert_eq!(takes(&s.a, &path), Err(ErrorKind::Fork));
    assert_eq!(stream(&s), "frozen");
    assert_eq!(broken(&s.a), Vec::<String>::new());
}

#[test]
fn new_keys_are_those_that_the_root_key_states() {
    let mut s = Scene::new();
    let forged = s.liar.new_keys(1, &Signer::from_seed(&[0x43; 32]));
    assert!(s.liar.send(&s.a, &[forged]).is_err());
    let root = s.liar.root.seed();
    let honest = s.liar.new_keys(1, &Signer::from_seed(&root));
    s.liar.send(&s.a, std::slice::from_ref(&honest)).unwrap();
    // Said again they are no news; older ones are refused.
    assert!(s.liar.send(&s.a, &[honest]).is_ok());
    let older = s.liar.new_keys(1, &Signer::from_seed(&root));
    assert!(s.liar.send(&s.a, &[older]).is_err());
    assert_eq!(broken(&s.a), Vec::<String>::new());
}
