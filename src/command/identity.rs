//! Identities: a member's own keys, in a file outside the workspace.

use std::path::Path;

use serde::Serialize;

use crate::command::definition::{Arg, ArgKind, Args, Command, CommandContext, Handler, Output};
use crate::command::destination::Destination;
use crate::host::entropy::Entropy;
use crate::host::file;
use crate::seal::age_file::{self, AgeKey, UnsealError};
use crate::seal::identity::{Identity, LONGEST};
use crate::seal::secret::{Passphrase, Secret, Strength};
use crate::seal::sign::Signer;
use crate::value::text::shown;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "identity",
        name: "new",
        about: "Make a new identity: F holds your keys, F.pub is what an administrator enrols",
        args: &[
            Arg::new("name", ArgKind::Line, "your name, as others shall see it").required(),
            Arg::new("out", ArgKind::ToWrite, "the file to write").required(),
            Arg::new("no-passphrase", ArgKind::Flag, "do not seal the file with a passphrase (exercises and tests)"),
        ],
        writes: None,
        run: Handler::Free(new),
    },
    Command {
        noun: "identity",
        name: "show",
        about: "Show whose identity this is",
        args: &[],
        writes: None,
        run: Handler::Free(show),
    },
];

fn new(context: &mut CommandContext, args: &Args, _: &mut Job) -> Result<Output, Error> {
    // An identity is never written over: with it would go what only it can open and sign.
    let never = |failure: Error| failure.hint("name another file; an identity is never overwritten");
    let path = args.path("out")?;
    let mut public = path.file_name().unwrap_or_default().to_owned();
    public.push(".pub");
    let public = Destination::new(path.with_file_name(public)).map_err(never)?;
    let out = Destination::new(path).map_err(never)?;
    let mut entropy = Entropy::default();
    let me = Identity {
        name: args.line("name")?,
        signer: Signer::from_seed(&*entropy.seed()?),
        age: AgeKey::generate(),
        roots: Vec::new(),
    };
    let passphrase = if args.flag("no-passphrase") { None } else { Some(new_passphrase(context, &me.name)?) };
    let (passphrase, strength) = passphrase.unzip();
    out.write(sealed(&me, passphrase.as_ref())?.expose())?;
    public.write(me.public_text()?.as_bytes())?;
    let mut said = "Made. Keep the file and its passphrase; hand the .pub file to an administrator.".to_owned();
    if let Some(warning) = strength.and_then(Strength::warning) {
        said = format!("{said}\n{warning}");
    }
    Ok(Output::thing(&Shown::of(&me)).with_message(said))
}

/// Asks for a new passphrase. One that anybody would try first is refused.
pub fn new_passphrase(context: &mut CommandContext, name: &str) -> Result<(Passphrase, Strength), Error> {
    let passphrase = (context.passphrase)("A new passphrase for this identity", true)?;
    let strength = passphrase.strength(&[name, "comity"])?;
    Ok((passphrase, strength))
}

fn show(context: &mut CommandContext, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let (me, _) = unlock(context)?;
    Ok(Output::thing(&Shown::of(&me)))
}

/// An identity as it is shown: nothing secret.
#[derive(Serialize)]
struct Shown {
    name: String,
    person: String,
    signing: String,
    age: String,
    founder_of: Vec<String>,
}

impl Shown {
    fn of(me: &Identity) -> Self {
        Self {
            name: me.name.clone(),
            person: me.person().to_string(),
            signing: me.signer.public().to_openssh(),
            age: me.age.recipient().to_string(),
            founder_of: me.roots.iter().map(|(desk, _)| desk.to_string()).collect(),
        }
    }
}

/// Writes an identity in the place of what was there, sealed where there is a passphrase.
pub fn write(path: &Path, me: &Identity, passphrase: Option<&Passphrase>) -> Result<(), Error> {
    Ok(file::write(path, sealed(me, passphrase)?.expose())?)
}

/// The bytes of an identity's file, sealed where there is a passphrase.
fn sealed(me: &Identity, passphrase: Option<&Passphrase>) -> Result<Secret, Error> {
    let text = me.to_text()?;
    let bytes = match passphrase {
        None => text.as_bytes().to_vec(),
        Some(passphrase) => age_file::seal_with_passphrase(passphrase, text.as_bytes())
            .map_err(|e| Error::new(ErrorKind::Internal, e.to_string(), "please report it"))?,
    };
    Ok(Secret::new(bytes))
}

/// Reads the identity that is named; asks for its passphrase where it is sealed.
pub fn unlock(context: &mut CommandContext) -> Result<(Identity, Option<Passphrase>), Error> {
    let path = context.identity.clone();
    if path.symlink_metadata().is_err() {
        let what = format!("there is no identity {}", shown(&path.to_string_lossy()));
        return Err(Error::new(
            ErrorKind::Key,
            what,
            "name yours with --identity, or make one with `comity identity new`",
        ));
    }
    let bytes = file::read(&path, LONGEST as u64)?;
    if !age_file::is_sealed(&bytes) {
        // Its mode is all that keeps others from these keys.
        file::must_be_owners(&path)?;
        return Ok((Identity::parse(&Secret::new(bytes))?, None));
    }
    let passphrase = (context.passphrase)("Passphrase", false)?;
    let me = open(&bytes, &passphrase)?;
    Ok((me, Some(passphrase)))
}

/// Reads an identity that was opened before as it is now.
pub fn read_again(path: &Path, passphrase: Option<&Passphrase>) -> Result<Identity, Error> {
    let bytes = file::read(path, LONGEST as u64)?;
    match passphrase {
        Some(passphrase) => open(&bytes, passphrase),
        None => Ok(Identity::parse(&Secret::new(bytes))?),
    }
}

/// Whether the identity that is named asks for a passphrase.
pub fn asks_for_passphrase(path: &Path) -> Result<bool, Error> {
    Ok(age_file::is_sealed(&file::read(path, LONGEST as u64)?))
}

/// Opens a sealed identity.
pub fn open(sealed: &[u8], passphrase: &Passphrase) -> Result<Identity, Error> {
    let plain = age_file::open_with_passphrase(passphrase, sealed, LONGEST).map_err(|e| match e {
        UnsealError::NotOurs => Error::new(
            ErrorKind::Key,
            "the passphrase does not open this identity",
            "try again, or name another identity",
        ),
        UnsealError::Malformed(what) => {
            Error::new(ErrorKind::Key, format!("the identity does not open: {what}"), "put it back from a copy")
        }
        UnsealError::Medium(e) => e.into(),
    })?;
    Ok(Identity::parse(&plain)?)
}
