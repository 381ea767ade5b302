//! Identities: a member's own keys, in a file outside the workspace.

use std::path::Path;

use serde::Serialize;

use super::failure::{Failure, Kind};
use super::job::Job;
use super::verb::{Answer, Field, Form, Place, Run, Takes, Verb};
use crate::host::entropy::Entropy;
use crate::host::file;
use crate::seal::identity::{Identity, LONGEST};
use crate::seal::secret::{Passphrase, Secret};
use crate::seal::sign::Signer;
use crate::seal::vault::{self, AgeKey, Shut};
use crate::value::text::shown;

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "identity",
        name: "new",
        about: "Make a new identity: F holds your keys, F.pub is what an administrator enrols",
        fields: &[
            Field::new("name", Takes::Line, "your name, as others shall see it").required(),
            Field::new("out", Takes::ToWrite, "the file to write").required(),
            Field::new("no-passphrase", Takes::Flag, "do not seal the file with a passphrase (exercises and tests)"),
        ],
        act: "",
        run: Run::Free(new),
    },
    Verb {
        noun: "identity",
        name: "show",
        about: "Show whose identity this is",
        fields: &[],
        act: "",
        run: Run::Free(show),
    },
];

fn new(place: &mut Place, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let out = form.path("out")?;
    let mut entropy = Entropy::default();
    let me = Identity {
        name: form.line("name")?,
        signer: Signer::from_seed(&*entropy.seed()?),
        age: AgeKey::generate(),
        roots: Vec::new(),
    };
    if out.symlink_metadata().is_ok() {
        let what = format!("there is a file {} already", shown(&out.to_string_lossy()));
        return Err(Failure::new(Kind::Medium, what, "name another file; an identity is never overwritten"));
    }
    let passphrase = if form.flag("no-passphrase") {
        None
    } else {
        Some((place.passphrase)("A new passphrase for this identity", true)?)
    };
    write(&out, &me, passphrase.as_ref())?;
    let mut public = out.file_name().unwrap_or_default().to_owned();
    public.push(".pub");
    file::write(&out.with_file_name(public), me.public_text()?.as_bytes())?;
    let said = "Made. Keep the file and its passphrase; hand the .pub file to an administrator.";
    Ok(Answer::thing(&Shown::of(&me)).saying(said))
}

fn show(place: &mut Place, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let (me, _) = unlock(place)?;
    Ok(Answer::thing(&Shown::of(&me)))
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

/// Writes an identity, sealed where there is a passphrase.
pub fn write(path: &Path, me: &Identity, passphrase: Option<&Passphrase>) -> Result<(), Failure> {
    let text = me.to_text()?;
    match passphrase {
        None => file::write(path, text.as_bytes())?,
        Some(passphrase) => {
            let sealed = vault::seal_with_passphrase(passphrase, text.as_bytes())
                .map_err(|e| Failure::new(Kind::Internal, e.to_string(), "please report it"))?;
            file::write(path, &sealed)?;
        }
    }
    Ok(())
}

/// Reads the identity that is named; asks for its passphrase where it is sealed.
pub fn unlock(place: &mut Place) -> Result<(Identity, Option<Passphrase>), Failure> {
    let path = place.identity.clone();
    if path.symlink_metadata().is_err() {
        let what = format!("there is no identity {}", shown(&path.to_string_lossy()));
        return Err(Failure::new(
            Kind::Key,
            what,
            "name yours with --identity, or make one with `comity identity new`",
        ));
    }
    let bytes = file::read(&path, LONGEST as u64)?;
    if !vault::is_sealed(&bytes) {
        return Ok((Identity::parse(&Secret::new(bytes))?, None));
    }
    let passphrase = (place.passphrase)("Passphrase", false)?;
    let me = open(&bytes, &passphrase)?;
    Ok((me, Some(passphrase)))
}

/// Whether the identity that is named asks for a passphrase.
pub fn asks_for_passphrase(path: &Path) -> Result<bool, Failure> {
    Ok(vault::is_sealed(&file::read(path, LONGEST as u64)?))
}

/// Opens a sealed identity.
pub fn open(sealed: &[u8], passphrase: &Passphrase) -> Result<Identity, Failure> {
    let plain = vault::open_with_passphrase(passphrase, sealed, LONGEST).map_err(|e| match e {
        Shut::NotOurs => {
            Failure::new(Kind::Key, "the passphrase does not open this identity", "try again, or name another identity")
        }
        Shut::Malformed(what) => {
            Failure::new(Kind::Key, format!("the identity does not open: {what}"), "put it back from a copy")
        }
        Shut::Medium(e) => e.into(),
    })?;
    Ok(Identity::parse(&plain)?)
}
