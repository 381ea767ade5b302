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

/// What a desk is founded with, read from a form.
struct Asked {
    code: String,
    name: String,
    jurisdiction: String,
    roles: Vec<Role>,
    realm: Realm,
}

impl Asked {
    fn read(form: &Form) -> Result<Self, Failure> {
        let (code, realm) = (code(form)?, realm(form)?);
        Ok(Self {
            code,
            name: form.line("name")?,
            jurisdiction: jurisdiction(form)?,
            roles: founders_roles(form)?,
            realm,
        })
    }
}

fn code(form: &Form) -> Result<String, Failure> {
    form.read("desk", "a few capitals, such as XA,", card::code)
}

fn jurisdiction(form: &Form) -> Result<String, Failure> {
    form.read("jurisdiction", "a code without spaces", token)
}

fn realm(form: &Form) -> Result<Realm, Failure> {
    let read = |name: &str| Realm::parse(&format!("exercise:{name}"));
    match form.maybe("exercise") {
        None => Ok(Realm::Live),
        Some(_) => form.read("exercise", "a name of letters, digits and hyphens", read),
    }
}

fn founders_roles(form: &Form) -> Result<Vec<Role>, Failure> {
    let roles = form.words("roles", "a role", Role::parse)?;
    if roles.contains(&Role::Administrator) {
        return Ok(roles);
    }
    Err(Failure::usage("--roles: a desk begins with an administrator"))
}

/// Whether [`VERBS`]' `init` would take what stands in one of its fields: who asks for it field by field learns at once
/// what is wrong.
pub fn check(field: &str, form: &Form) -> Result<(), Failure> {
    match field {
        "desk" => code(form).map(drop),
        "jurisdiction" => jurisdiction(form).map(drop),
        "roles" => founders_roles(form).map(drop),
        "exercise" => realm(form).map(drop),
        _ => form.line(field).map(drop),
    }
}

fn init(place: &mut Place, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let Asked { code, name, jurisdiction, roles, realm } = Asked::read(form)?;
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
