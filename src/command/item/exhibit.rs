//! Writing an exhibit out: a bag with the file, its chain of custody, the authority and what all of that does not prove, signed by who
//! writes it. It is a copy that leaves: the gate is asked, and it is on record before it is there.

use serde::Serialize;

use super::bag::NewBag;
use super::chain::{attachment_of, enter_damage, exhibit_of, leaving};
use crate::act::header::Audience;
use crate::command::definition::{Args, Output};
use crate::command::destination;
use crate::gate::cleared;
use crate::record::custody::{self, Event};
use crate::record::letter;
use crate::record::privilege;
use crate::record::store::Record;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::workspace::error::Error;
use crate::workspace::evidence;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What the signature of a bag is for.
const PURPOSE: &str = "exhibit";

/// What was written out.
#[derive(Serialize)]
struct Written {
    /// The copy on record.
    id: Id,
    /// The entry in the chain of custody.
    entry: Id,
    /// The folder.
    folder: String,
    /// The path of the exhibit's file in it.
    file: String,
    /// The SHA-256 of the exhibit's file.
    sha256: Digest,
    /// The SHA-256 of what was signed.
    signed: Digest,
}

/// Writes an exhibit with its chain of custody into a folder that is new or empty.
pub(super) fn export(workspace: &mut Workspace, record: &Record, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let to = destination::empty_folder(args, "export")?;
    if record.is_purged() {
        return Err(
            Error::not_allowed("its content was erased").hint("its certificate says when: `retention certificates`")
        );
    }
    let now = workspace.may_sign(letter::WRITE)?;
    let Some(attachment) = attachment_of(workspace, record)? else {
        let what = format!("the item E-{} has no file", record.id.short());
        return Err(Error::not_allowed(what).hint("only what was added with `item add --file` is written out so"));
    };
    privilege::not_held_back(record)?;
    let (mut exhibit, _) = exhibit_of(workspace, record)?;
    let (id, entry) = (workspace.entropy.id()?, workspace.entropy.id()?);
    let why = "written out with its chain of custody".to_owned();
    let words = leaving(&mut exhibit, "data".to_owned(), (entry, now), (why, String::new()));
    let records = workspace.trusted_records()?;
    let cleared = cleared::clear_copy_out(&records, &workspace.meta.realm, now, workspace.person(), exhibit)?
        .map_err(|verdict| Error::refused(verdict, Some(record.id)))?;
    drop(records);
    // It leaves the workspace with the first byte: who took it out, and why, is on record before.
    workspace.looks_at(record)?;
    workspace.keep_looks()?;
    let mut bag = NewBag::begin(to)?;
    if let Err(damage) = bag.put_exhibit(workspace, record, (&attachment, &cleared), job)? {
        drop(bag);
        enter_damage(workspace, record, damage)?;
        return Err(evidence::damaged(record.id, damage));
    }
    let shown_exhibit = cleared.value();
    let info = [
        ("Source-Organization", shown_exhibit.desk.1.as_str()),
        ("Contact-Name", shown_exhibit.written.1.as_str()),
        ("External-Identifier", shown_exhibit.number.as_str()),
        ("Internal-Sender-Identifier", shown_exhibit.id.as_str()),
        ("External-Description", shown_exhibit.title.as_str()),
    ];
    let signed = bag.sign(workspace, now, PURPOSE, &info)?;
    // Logged first: what was written and not logged cannot be.
    workspace.act(letter::WRITE, Audience::OwnDesk, None, |act, entropy| {
        act.change(letter::new(id, record.id, PURPOSE, &signed, entropy.salt()?))?;
        act.change(custody::entered(entry, record.id, Event::Exported, now, &words, entropy.salt()?))?;
        Ok(())
    })?;
    let path = cleared.value().path.clone();
    let folder = bag.finish()?;
    let said = format!(
        "Written to {folder}: {path} with its chain of custody. Check it with `sha256sum -c manifest-sha256.txt` in that folder."
    );
    let written = Written { id, entry, folder, file: path, sha256: attachment.sha256, signed };
    Ok(Output { made: Some(id), ..Output::thing(&written).with_message(said) })
}
