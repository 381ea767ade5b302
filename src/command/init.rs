//! Making a workspace: a desk is founded, and its founder is its first member.

use crate::command::definition::{Arg, ArgKind, Args, Command, CommandContext, Handler, Output};
use crate::command::identity;
use crate::command::shape::TOKEN;
use crate::host::{file, lock};
use crate::law::edition::Law;
use crate::record::card;
use crate::record::definition::token;
use crate::value::class::Role;
use crate::value::realm::Realm;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::{Founding, found};
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "",
    name: "init",
    about: "Found a desk: make its workspace, with you as its first member",
    args: &[
        Arg::new("desk", ArgKind::Line, "the desk's code: a few capitals, such as XA").required(),
        Arg::new("name", ArgKind::Line, "the desk's name").required(),
        Arg::new("jurisdiction", ArgKind::Line, "the jurisdiction that it acts under").of_shape(TOKEN).required(),
        Arg::new("roles", ArgKind::Words(all_words::<Role>), "your roles").required(),
        Arg::new("exercise", ArgKind::Line, "the name of an exercise: nothing of it can reach a live desk"),
    ],
    writes: None,
    run: Handler::Free(init),
}];

/// What a desk is founded with, read from a form.
struct Answers_ {
    code: String,
    name: String,
    jurisdiction: String,
    roles: Vec<Role>,
    realm: Realm,
}

impl Answers_ {
    fn read(args: &Args) -> Result<Self, Error> {
        let (code, realm) = (code(args)?, realm(args)?);
        Ok(Self {
            code,
            name: args.line("name")?,
            jurisdiction: jurisdiction(args)?,
            roles: founders_roles(args)?,
            realm,
        })
    }
}

fn code(args: &Args) -> Result<String, Error> {
    args.read("desk", "a few capitals, such as XA,", card::code)
}

fn jurisdiction(args: &Args) -> Result<String, Error> {
    args.read("jurisdiction", "a code without spaces", token)
}

fn realm(args: &Args) -> Result<Realm, Error> {
    let read = |name: &str| Realm::parse(&format!("exercise:{name}"));
    match args.maybe("exercise") {
        None => Ok(Realm::Live),
        Some(_) => args.read("exercise", "a name of letters, digits and hyphens", read),
    }
}

fn founders_roles(args: &Args) -> Result<Vec<Role>, Error> {
    let roles = args.words("roles", "a role", Role::parse)?;
    if roles.contains(&Role::Administrator) {
        return Ok(roles);
    }
    Err(Error::usage("--roles: a desk begins with an administrator"))
}

/// Whether [`COMMANDS`]' `init` would take what stands in one of its fields: who asks for it field by field learns at once
/// what is wrong.
pub fn check(field: &str, args: &Args) -> Result<(), Error> {
    type Check = fn(&Args) -> Result<(), Error>;
    const CHECKS: [(&str, Check); 4] = [
        ("desk", |args| code(args).map(drop)),
        ("jurisdiction", |args| jurisdiction(args).map(drop)),
        ("roles", |args| founders_roles(args).map(drop)),
        ("exercise", |args| realm(args).map(drop)),
    ];
    let known = CHECKS.iter().find(|(of, _)| *of == field);
    known.map_or_else(|| args.line(field).map(drop), |(_, check)| check(args))
}

fn init(context: &mut CommandContext, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let Answers_ { code, name, jurisdiction, roles, realm } = Answers_::read(args)?;
    let (_, passphrase) = identity::unlock(context)?;
    // One founding at a time in these folders: nobody's root key is lost, and no two desks are made in one place.
    file::folder_for(&context.workspace)?;
    let _locks = lock::folders_of(&[&context.workspace, &context.identity])?;
    let mut me = identity::read_again(&context.identity, passphrase.as_ref())?;
    let founding = Founding { code: &code, name: &name, jurisdiction: &jurisdiction, roles, realm };
    let file = context.identity.clone();
    let now = context.clock.now();
    let desk =
        found(&context.workspace, &mut me, &founding, now, |me| identity::write(&file, me, passphrase.as_ref()))?;
    let mut said = format!(
        "Desk {code} is founded. Its root key stands in your identity: keep a copy of that file off this machine."
    );
    // Nothing is in force for a side that the law does not know: better said now than at the first request.
    if Law::of_program().jurisdiction(&jurisdiction).is_none() {
        said.push_str(&format!(
            " There is no row of law for {jurisdiction}: until an administrator adds one with `law change`, no instrument is \
             in force for this desk. `law row jurisdiction XA` shows what such a row says."
        ));
    }
    Ok(Output::made(desk, said).with("desk", code).with("workspace", context.workspace.to_string_lossy().into_owned()))
}
