//! Copies that leave by hand: cleared by the gate, logged before they are written, and written by nobody else. A letter that was written
//! and not logged cannot be.

use crate::act::header::Audience;
use crate::command::definition::{Args, Output};
use crate::command::destination::Destination;
use crate::gate::cleared::{self, Cleared};
use crate::record::letter as logged;
use crate::report::language;
use crate::report::letter::{self, Letter, LetterFormat};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// Clears what is to leave, by records that are authenticated.
///
/// # Errors
///
/// [`ErrorKind::Refused`] where the gate says no.
pub fn cleared<T>(workspace: &Workspace, now: Timestamp, values: T) -> Result<Cleared<T>, Error> {
    cleared::clear_copy_out(&workspace.trusted_records()?, &workspace.meta.realm, now, workspace.person(), values)?
        .map_err(|verdict| Error::refused(verdict, None))
}

/// Logs a text that leaves, as a word of what it is, and then writes it where there is somewhere to write it.
///
/// # Errors
///
/// Where it cannot be logged; then nothing is written.
pub fn log_and_write(
    workspace: &mut Workspace,
    of: Id,
    what: &str,
    text: &str,
    out: Option<&Destination>,
) -> Result<(Id, Digest), Error> {
    let digest = Digest::of(text.as_bytes());
    let id = workspace.entropy.id()?;
    workspace.act_alone(logged::WRITE, Audience::OwnDesk, |e, _| Ok(logged::new(id, of, what, &digest, e.salt()?)))?;
    if let Some(out) = out {
        out.write(text.as_bytes())?;
    }
    Ok((id, digest))
}

/// The form of a letter, by how the name of its file ends.
pub fn format_of(out: &Destination) -> LetterFormat {
    let is_plain = out.path().extension().is_some_and(|e| e == LetterFormat::Text.ending());
    if is_plain { LetterFormat::Text } else { LetterFormat::Html }
}

/// A language of letters that is asked for in a field.
///
/// # Errors
///
/// [`ErrorKind::Usage`] where it is none of them.
pub fn language_in(args: &Args, field: &str) -> Result<Option<&'static str>, Error> {
    let codes = language::codes();
    args.maybe_read(field, "a language of letters", |code| codes.iter().copied().find(|known| *known == code))
}

/// Writes a letter to `--out` in the `--language` that is asked for, English without one.
///
/// # Errors
///
/// Where the gate says no, or it cannot be written.
pub fn write_letter(
    workspace: &mut Workspace,
    args: &Args,
    (of, what): (Id, &str),
    values: impl FnOnce(&Workspace) -> Result<Letter, Error>,
) -> Result<Output, Error> {
    let out = Destination::of(args, "out")?;
    let now = workspace.may_sign(logged::WRITE)?;
    let values = values(workspace)?;
    let cleared = cleared(workspace, now, values)?;
    let language = language_in(args, "language")?.unwrap_or(language::ENGLISH);
    let text = letter::write(&cleared, language, format_of(&out))
        .map_err(|e| Error::new(ErrorKind::Internal, e.to_string(), "please report it"))?;
    let (id, digest) = log_and_write(workspace, of, what, &text, Some(&out))?;
    Ok(Output::made(id, format!("Written to {}; SHA-256 {digest}.", out.shown())).with("sha256", digest.to_string()))
}
