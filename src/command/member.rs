//! Members of the desk: enrolled, given roles, revoked. Each needs the desk's root key.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::host::file;
use crate::record::key_use;
use crate::record::kind::{ChangeKind, Kind, State as RecordState};
use crate::record::member::{self, MemberCertificate};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::seal::identity::PublicIdentity;
use crate::seal::sign::PublicKey;
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::text::{look_alike, shown};
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const MEMBER: Arg =
    Arg::new("member", ArgKind::Record(&[Kind::Member]), "the member: name, fingerprint or id").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "member",
        name: "add",
        about: "Enrol a member from their public file",
        args: &[
            Arg::new("file", ArgKind::Existing, "the member's .pub file").positional(),
            Arg::new("roles", ArgKind::Words(all_words::<Role>), "their roles").required(),
        ],
        writes: Some(Writes {
            act: crate::record::member::ADD,
            weight: Weight::Signs,
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: true,
            keys: &[],
        }),
        run: Handler::Writes(add),
    },
    Command {
        noun: "member",
        name: "list",
        about: "List the desk's members",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "member",
        name: "show",
        about: "Show a member",
        args: &[MEMBER],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "member",
        name: "roles",
        about: "Give a member other roles",
        args: &[
            MEMBER,
            Arg::new("roles", ArgKind::Words(all_words::<Role>), "all of their roles from now on").required(),
        ],
        writes: Some(Writes {
            act: crate::record::member::ROLES,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(set_roles),
    },
    Command {
        noun: "member",
        name: "revoke",
        about: "Revoke a member from now on, and give the database a new key",
        args: &[MEMBER],
        writes: Some(Writes {
            act: crate::record::member::REVOKE,
            weight: Weight::Destroys,
            needs: Needs::ActsState,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never("what is erased or revoked does not come back"),
            alone: true,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(revoke),
    },
    Command {
        noun: "member",
        name: "confirm-acts",
        about: "Confirm what a revoked member signed before they were revoked, so that it may leave",
        args: &[MEMBER],
        writes: Some(Writes {
            act: crate::record::member::CONFIRM,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(confirm_acts),
    },
];

/// A member as they are shown.
#[derive(Clone, Debug, Serialize)]
pub struct MemberSummary {
    /// The record.
    pub id: Id,
    /// Their name.
    pub name: String,
    /// `active` or `revoked`.
    pub state: RecordState,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Their fingerprint.
    #[serde(serialize_with = "or_empty")]
    pub person: Option<Person>,
}

/// A member as they are shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<MemberSummary, Error> {
    Ok(MemberSummary {
        id: record.id,
        name: workspace.text_of(record, "name")?,
        state: record.state,
        roles: member::roles_of(record),
        person: record.key.as_deref().and_then(Person::parse),
    })
}

/// The desk's members.
pub fn rows(workspace: &Workspace) -> Result<Vec<MemberSummary>, Error> {
    member::all(&workspace.records(), workspace.meta.desk)?.iter().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    Ok(Output::list(
        &rows(workspace)?,
        &[("name", "NAME"), ("state", "STATE"), ("roles", "ROLES"), ("person", "FINGERPRINT")],
    )
    .of(Kind::Member))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("member")?, &[Kind::Member])?;
    Ok(Output::thing(&row(workspace, &record)?))
}

fn certificate(
    workspace: &Workspace,
    signing: PublicKey,
    age: String,
    roles: Vec<Role>,
) -> Result<MemberCertificate, Error> {
    Ok(MemberCertificate {
        desk: workspace.meta.desk,
        realm: workspace.meta.realm.clone(),
        signing,
        age,
        roles,
        serial: workspace.next_serial()?,
    })
}

fn add(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let who = PublicIdentity::parse(&file::read(&args.path("file")?, crate::seal::identity::LONGEST as u64)?)
        .map_err(|e| Error::new(ErrorKind::Malformed, e.to_string(), "ask the member for their file again"))?;
    let roles = args.words("roles", "a role", Role::parse)?;
    if key_use::holder(&workspace.records(), &who.age.to_string())?.is_some() {
        return Err(Error::not_allowed(
            "the age key in this file is held by somebody already: each person has their own",
        ));
    }
    not_alike(workspace, &who.name)?;
    let certificate = certificate(workspace, who.signing, who.age.to_string(), roles)?;
    let id = workspace.entropy.id()?;
    let salt = workspace.entropy.salt()?;
    let change = member::new(id, &who, &certificate, workspace.root()?, salt)?;
    workspace.act_alone(crate::record::member::ADD, Audience::Partners, |_, _| Ok(change))?;
    workspace.mend_recipients()?;
    Ok(Output::made(id, format!("{} is enrolled.", shown(&who.name))))
}

/// Refuses a name that a reader would take for that of another member, of a partner or of this desk: acts are read by name.
fn not_alike(workspace: &Workspace, name: &str) -> Result<(), Error> {
    let records = workspace.records();
    let mut known = Vec::new();
    for record in member::all(&records, workspace.meta.desk)?.iter().filter(|r| r.is(member::State::Active)) {
        known.push(workspace.text_of(record, "name")?);
    }
    for kind in [Kind::Desk, Kind::Partner] {
        for record in records.find(&Query::kind(kind))? {
            known.push(workspace.text_of(&record, "name")?);
        }
    }
    match known.iter().find(|other| look_alike(other, name)) {
        None => Ok(()),
        Some(other) => {
            let what =
                format!("the name {:?} in this file looks like {:?}, which is known here", shown(name), shown(other));
            let hint = "let them make their identity again under a name of their own: `comity identity new --name …`";
            Err(Error::not_allowed(what).hint(hint))
        }
    }
}

fn find(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("member")?, &[Kind::Member])
}

/// Why what needs the desk's root key, or would leave it without an administrator, cannot be done to a member.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn why_not(workspace: &Workspace, act: ChangeKind, record: &Record) -> Result<Option<Error>, Error> {
    if [member::ROLES, member::REVOKE].contains(&act)
        && let Err(error) = workspace.root()
    {
        return Ok(Some(error));
    }
    if act != member::REVOKE || !record.is(member::State::Active) {
        return Ok(None);
    }
    let is_admin = |m: &Record| m.is(member::State::Active) && member::roles_of(m).contains(&Role::Administrator);
    let others = member::all(&workspace.records(), workspace.meta.desk)?;
    if others.iter().any(|other| other.id != record.id && is_admin(other)) {
        return Ok(None);
    }
    let what = "nobody would be left who may enrol and revoke members";
    Ok(Some(Error::not_allowed(what).hint("give another member the role of an administrator first: `member roles`")))
}

fn certificate_for(workspace: &Workspace, record: &Record, roles: Vec<Role>) -> Result<MemberCertificate, Error> {
    let signing = member::signing_key(record).ok_or_else(|| Error::not_allowed("the member's key is damaged"))?;
    certificate(workspace, signing, record.text("age").unwrap_or_default().to_owned(), roles)
}

fn set_roles(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let roles = args.words("roles", "a role", Role::parse)?;
    if roles.is_empty() {
        return Err(Error::usage("--roles: a member without a role is revoked with `member revoke`"));
    }
    let change = member::with_roles(record.id, &certificate_for(workspace, &record, roles)?, workspace.root()?)?;
    let id = workspace.act_alone(crate::record::member::ROLES, Audience::Partners, |_, _| Ok(change))?;
    Ok(Output::made(id, "The member has these roles from now on."))
}

fn revoke(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let may = workspace.my_roles()?.contains(&Role::Administrator);
    let oneself = record.key.as_deref() == Some(workspace.person().to_string().as_str());
    if oneself {
        // Whoever is revoked signs nothing more: the keys that they know end before.
        workspace.take_new_keys(true)?;
    }
    let change = member::revoked(record.id, &certificate_for(workspace, &record, Vec::new())?, workspace.root()?)?;
    let id = workspace.act_alone(crate::record::member::REVOKE, Audience::Partners, |_, _| Ok(change))?;
    workspace.seal_to_members(may)?;
    // What they could open they may have kept; from now on it opens nothing new.
    workspace.rotate_database_key()?;
    if !oneself {
        workspace.take_new_keys(false)?;
    }
    let said = "The member is revoked from this act on; what they signed before stands. The desk has new keys: partners hear of it with \
                the next bundle, and seal to them from then on.";
    Ok(Output::made(id, said))
}

fn confirm_acts(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let id = workspace
        .act_alone(crate::record::member::CONFIRM, Audience::Partners, |_, _| Ok(member::confirmed(record.id)))?;
    let name = workspace.text_of(&record, "name")?;
    let name = shown(&name);
    Ok(Output::made(
        id,
        format!("What {name} signed before they were revoked is confirmed: it may leave as other acts do."),
    ))
}
