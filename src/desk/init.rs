//! Making a workspace: a desk is founded, and its founder is its first member.

use super::failure::Failure;
use super::identity;
use super::job::Job;
use super::verb::{Answer, Field, Form, Place, Run, Takes, Verb};
use super::workspace::{Founding, found};
use crate::record::card;
use crate::record::fold::token;
use crate::value::class::Role;
use crate::value::realm::Realm;

/// The words for roles.
pub fn roles() -> Vec<&'static str> {
    Role::ALL.iter().map(|r| r.word()).collect()
}

/// The verbs.
pub const VERBS: &[Verb] = &[Verb {
    noun: "",
    name: "init",
    about: "Found a desk: make its workspace, with you as its first member",
    fields: &[
        Field::new("desk", Takes::Line, "the desk's code: a few capitals, such as XA").required(),
        Field::new("name", Takes::Line, "the desk's name").required(),
        Field::new("jurisdiction", Takes::Line, "the jurisdiction that it acts under").required(),
        Field::new("roles", Takes::Words(roles), "your roles").required(),
        Field::new("exercise", Takes::Line, "the name of an exercise: nothing of it can reach a live desk"),
    ],
    act: "",
    run: Run::Free(init),
}];

fn init(place: &mut Place, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let code = form.read("desk", "a few capitals, such as XA,", card::code)?;
    let realm = match form.maybe("exercise") {
        None => Realm::Live,
        Some(_) => {
            form.read("exercise", "a name of letters, digits and hyphens", |n| Realm::parse(&format!("exercise:{n}")))?
        }
    };
    let name = form.line("name")?;
    let jurisdiction = form.read("jurisdiction", "a code without spaces", token)?;
    let roles = form.words("roles", "a role", Role::parse)?;
    if !roles.contains(&Role::Administrator) {
        return Err(Failure::usage("--roles: a desk begins with an administrator"));
    }
    let (mut me, passphrase) = identity::unlock(place)?;
    let founding = Founding { code: &code, name: &name, jurisdiction: &jurisdiction, roles, realm };
    let file = place.identity.clone();
    let now = place.clock.now();
    let desk = found(&place.workspace, &mut me, &founding, now, |me| identity::write(&file, me, passphrase.as_ref()))?;
    let said = format!(
        "Desk {code} is founded. Its root key stands in your identity: keep a copy of that file off this machine."
    );
    Ok(Answer::made(desk, said).with("desk", code).with("workspace", place.workspace.to_string_lossy().into_owned()))
}
