//! Members of the desk: enrolled, given roles, revoked. Each needs the desk's root key.

use serde::Serialize;

use super::failure::Failure;
use super::init::roles;
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::header::Audience;
use crate::host::file;
use crate::record::book::Record;
use crate::record::member::{self, Certificate};
use crate::seal::identity::PublicIdentity;
use crate::seal::sign::PublicKey;
use crate::value::class::Role;
use crate::value::text::shown;

const MEMBER: Field = Field::new("member", Takes::Line, "the member: name, fingerprint or id").positional();

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "member",
        name: "add",
        about: "Enrol a member from his public file",
        fields: &[
            Field::new("file", Takes::Existing, "the member's .pub file").positional(),
            Field::new("roles", Takes::Words(roles), "his roles").required(),
        ],
        act: "member-add",
        run: Run::Writes(add),
    },
    Verb {
        noun: "member",
        name: "list",
        about: "List the desk's members",
        fields: &[],
        act: "",
        run: Run::Reads(list),
    },
    Verb {
        noun: "member",
        name: "roles",
        about: "Give a member other roles",
        fields: &[MEMBER, Field::new("roles", Takes::Words(roles), "all of his roles from now on").required()],
        act: "member-roles",
        run: Run::Writes(set_roles),
    },
    Verb {
        noun: "member",
        name: "revoke",
        about: "Revoke a member from now on, and give the database a new key",
        fields: &[MEMBER],
        act: "member-revoke",
        run: Run::Writes(revoke),
    },
];

/// A member as he is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The record.
    pub id: String,
    /// His name.
    pub name: String,
    /// `active` or `revoked`.
    pub state: String,
    /// His roles.
    pub roles: Vec<String>,
    /// His fingerprint.
    pub person: String,
}

fn row(desk: &Desk, record: &Record) -> Result<Row, Failure> {
    Ok(Row {
        id: record.id.to_string(),
        name: desk.text_of(record, "name")?,
        state: record.state.clone(),
        roles: member::roles_of(record).iter().map(|r| r.word().to_owned()).collect(),
        person: record.key.clone().unwrap_or_default(),
    })
}

/// The desk's members.
pub fn rows(desk: &Desk) -> Result<Vec<Row>, Failure> {
    member::all(&desk.book(), desk.meta.desk)?.iter().map(|r| row(desk, r)).collect()
}

fn list(desk: &mut Desk, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    Ok(Answer::list(
        &rows(desk)?,
        &[("name", "NAME"), ("state", "STATE"), ("roles", "ROLES"), ("person", "FINGERPRINT")],
    ))
}

fn certificate(desk: &Desk, signing: PublicKey, age: String, roles: Vec<Role>) -> Result<Certificate, Failure> {
    Ok(Certificate {
        desk: desk.meta.desk,
        realm: desk.meta.realm.clone(),
        signing,
        age,
        roles,
        serial: desk.next_serial()?,
    })
}

fn add(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let who = PublicIdentity::parse(&file::read(&form.path("file")?, crate::seal::identity::LONGEST as u64)?)?;
    let roles = form.words("roles", "a role", Role::parse)?;
    let certificate = certificate(desk, who.signing, who.age.to_string(), roles)?;
    let id = desk.entropy.id()?;
    let salt = desk.entropy.salt()?;
    let change = member::new(id, &who, &certificate, desk.root()?, salt)?;
    desk.act_alone("member-add", Audience::Partners, |_, _| Ok(change))?;
    desk.mend_recipients()?;
    Ok(Answer::made(id, format!("{} is enrolled.", shown(&who.name))))
}

fn find(desk: &Desk, form: &Form) -> Result<Record, Failure> {
    let typed = form.need("member")?;
    let mut found = Vec::new();
    for record in member::all(&desk.book(), desk.meta.desk)? {
        let fits = record.key.as_deref() == Some(typed)
            || record.id.to_string().starts_with(typed)
            || desk.text_of(&record, "name")? == typed;
        if fits {
            found.push(record);
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(Failure::unknown(format!("there is no member {}", shown(typed)))),
        _ => Err(Failure::usage(format!("{} means several members: name one by his fingerprint", shown(typed)))),
    }
}

fn certificate_for(desk: &Desk, record: &Record, roles: Vec<Role>) -> Result<Certificate, Failure> {
    let signing = member::signing_key(record).ok_or_else(|| Failure::life("the member's key is damaged"))?;
    certificate(desk, signing, record.text("age").unwrap_or_default().to_owned(), roles)
}

fn set_roles(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let roles = form.words("roles", "a role", Role::parse)?;
    if roles.is_empty() {
        return Err(Failure::usage("--roles: a member without a role is revoked with `member revoke`"));
    }
    let change = member::with_roles(record.id, &certificate_for(desk, &record, roles)?, desk.root()?)?;
    let id = desk.act_alone("member-roles", Audience::Partners, |_, _| Ok(change))?;
    Ok(Answer::made(id, "The member has these roles from now on."))
}

fn revoke(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let record = find(desk, form)?;
    let change = member::revoked(record.id, &certificate_for(desk, &record, Vec::new())?, desk.root()?)?;
    let id = desk.act_alone("member-revoke", Audience::Partners, |_, _| Ok(change))?;
    desk.mend_recipients()?;
    // What he could open he may have kept; from now on it opens nothing new.
    desk.rotate_database_key()?;
    Ok(Answer::made(id, "The member is revoked from this act on; what he signed before stands."))
}
