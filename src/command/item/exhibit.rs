//! Writing an exhibit out: a bag with the file, its chain of custody, the authority and what all of that does not prove, signed by who
//! writes it. It is a copy that leaves: the gate is asked, and it is on record before it is there.

use std::io::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha512};

use super::chain::{attachment_of, enter_damage, exhibit_of};
use crate::act::header::Audience;
use crate::command::definition::{Args, Output};
use crate::command::destination;
use crate::gate::cleared;
use crate::host::file::{self, NewFolder, Pending};
use crate::record::custody::{self, Event, Words};
use crate::record::letter;
use crate::record::privilege;
use crate::record::store::Record;
use crate::report::bag::{self, BagFile};
use crate::report::exhibit::{self, Entry};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::text::shown;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::evidence;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What the signature of a bag is for.
const PURPOSE: &str = "exhibit";
/// Where the signature of the last manifest stands.
const SIGNATURE: &str = "tagmanifest-sha256.txt.sig";

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
    let name = bag::safe_name(&attachment.name);
    exhibit.path = format!("data/exhibit/{name}");
    let sha256 = attachment.sha256.to_string();
    let words = Words {
        why: "written out with its chain of custody".into(),
        before: sha256.clone(),
        after: sha256,
        ..Words::default()
    };
    exhibit.entries.push(Entry {
        id: entry.to_string(),
        event: Event::Exported.to_string(),
        at: now.to_string(),
        signed: now.to_string(),
        who: exhibit.written.1.clone(),
        why: words.why.clone(),
        sha256_before: words.before.clone(),
        sha256_after: words.after.clone(),
        ..Entry::default()
    });
    let records = workspace.trusted_records()?;
    let cleared = cleared::clear_copy_out(&records, &workspace.meta.realm, now, workspace.person(), exhibit)?
        .map_err(|verdict| Error::refused(verdict, Some(record.id)))?;
    drop(records);
    // It leaves the workspace with the first byte: who took it out, and why, is on record before.
    workspace.looks_at(record)?;
    workspace.keep_looks()?;
    // Everything is made beside its place and moved there whole: what was damaged on the way is never there.
    let being_made = NewFolder::beside(&to)?;
    let place = |path: &str| being_made.path().join(path);
    file::private_folder(&place("data/exhibit"))?;
    let path = cleared.value().path.clone();
    let (mut out, mut sha512) = (Pending::begin(&place(&path))?, Sha512::new());
    let written = |piece: &[u8]| Ok(out.write_all(piece).map_err(file::at(&to))?);
    let hashed = |piece: &[u8]| sha512.update(piece);
    let read = evidence::read(workspace.folder(), record.id, &attachment, job, written, hashed)?;
    if let Err(damage) = read {
        drop(out);
        drop(being_made);
        enter_damage(workspace, record, damage)?;
        return Err(evidence::damaged(record.id, damage));
    }
    out.finish()?;
    let mut payload: Vec<BagFile> =
        vec![BagFile::hashed(path.as_str(), attachment.size, &attachment.sha256, &sha512.finalize())];
    for (path, bytes) in exhibit::files(&cleared) {
        payload.push(BagFile::of(path.as_str(), &bytes));
        if let Some((folder, _)) = path.rsplit_once('/') {
            file::private_folder(&place(folder))?;
        }
        file::write(&place(&path), &bytes)?;
    }
    let namespace = workspace.meta.realm.namespace(PURPOSE);
    let code = workspace.code_of(workspace.meta.desk)?;
    let signers = format!("{code} namespaces=\"{namespace}\" {}\n", workspace.me.signer.public().to_openssh());
    let shown_exhibit = cleared.value();
    let info = [
        ("Source-Organization", shown_exhibit.desk.1.as_str()),
        ("Contact-Name", shown_exhibit.written.1.as_str()),
        ("External-Identifier", shown_exhibit.number.as_str()),
        ("Internal-Sender-Identifier", shown_exhibit.id.as_str()),
        ("External-Description", shown_exhibit.title.as_str()),
    ];
    let more = vec![("allowed_signers".to_owned(), signers.into_bytes())];
    let tool = concat!("comity ", env!("CARGO_PKG_VERSION"));
    let files = bag::tag_files(&payload, &info, more, (now, tool));
    for (path, bytes) in &files {
        file::write(&place(path), bytes)?;
    }
    // The last one is what is signed.
    let manifest = files.last().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
    file::write(&place(SIGNATURE), workspace.me.signer.sign(&namespace, manifest)?.as_bytes())?;
    let signed = Digest::of(manifest);
    // Logged first: what was written and not logged cannot be.
    workspace.act(letter::WRITE, Audience::OwnDesk, None, |act, entropy| {
        act.change(letter::new(id, record.id, PURPOSE, &signed, entropy.salt()?))?;
        act.change(custody::entered(entry, record.id, Event::Exported, now, &words, entropy.salt()?))?;
        Ok(())
    })?;
    if !being_made.place(&to)? {
        let what = format!("{} is not empty any more", shown(&to.to_string_lossy()));
        let hint = "the copy is on record and was not written: name another folder, and write it once more";
        return Err(Error::new(ErrorKind::Medium, what, hint));
    }
    let folder = shown(&to.to_string_lossy()).into_owned();
    let said = format!(
        "Written to {folder}: {path} with its chain of custody. Check it with `sha256sum -c manifest-sha256.txt` in that folder."
    );
    let written = Written { id, entry, folder, file: path, sha256: attachment.sha256, signed };
    Ok(Output { made: Some(id), ..Output::thing(&written).with_message(said) })
}
