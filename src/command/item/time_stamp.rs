//! Time stamps by courier: the request for one is written to a file, somebody carries it to an authority of their choice, and the answer is
//! checked when it comes back. Both are entries of the chain of custody. What leaves is the hash of the exhibit and a nonce, and nothing
//! of what it is; it is a copy that leaves all the same, since the hash of a known file tells which file it was.

use data_encoding::BASE64;
use serde::Serialize;

use super::chain::{attachment_of, enter_damage, told};
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE};
use crate::gate::cleared;
use crate::host::file;
use crate::record::custody::{self, Event, Words};
use crate::record::kind::Kind;
use crate::record::letter;
use crate::record::privilege;
use crate::record::store::Record;
use crate::report::exhibit::Stamp;
use crate::seal::certificate_chain::ChainError;
use crate::seal::time_stamp::{self, LONGEST, LONGEST_TRUST, TimeStamp, TimeStampError};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::evidence::{self, Attachment};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What the copy that leaves is for.
const PURPOSE: &str = "time-stamp";
/// How far the authority's clock may be ahead of this desk's.
const AHEAD: Duration = Duration::minutes(10);

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "item",
    name: "timestamp",
    about: "Write the request for a time stamp of an exhibit, or check the answer and keep it in the chain of custody",
    args: &[
        Arg::new("item", ArgKind::Record(&[Kind::Item]), "the exhibit").positional(),
        Arg::new("request", ArgKind::ToWrite, "the file for the request, to be carried to the authority (.tsq)"),
        Arg::new("response", ArgKind::Existing, "the authority's answer (.tsr)"),
        Arg::new(
            "trust",
            ArgKind::Existing,
            "with the answer: the certificate that you trust, from the authority (PEM)",
        ),
        FORCE,
    ],
    writes: Some(Writes {
        act: custody::ENTER,
        weight: Weight::Signs,
        needs: Needs::Exhibit,
        rehearsable: false,
        preview: Preview::None,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[],
    }),
    run: Handler::Writes(run),
}];

impl From<TimeStampError> for Error {
    fn from(error: TimeStampError) -> Self {
        let (kind, hint) = match &error {
            TimeStampError::Form(_) | TimeStampError::Chain(ChainError::Form) => {
                (ErrorKind::Malformed, "nothing was entered; ask the authority for the file once more")
            }
            TimeStampError::NotGranted(_) => (
                ErrorKind::Refused,
                "nothing was entered; ask another authority: `comity item timestamp ID --request FILE`",
            ),
            TimeStampError::Imprint | TimeStampError::Nonce => {
                (ErrorKind::Signature, "nothing was entered; see which request it answers: `comity item custody ID`")
            }
            TimeStampError::Chain(ChainError::NotTrusted(_)) => {
                (ErrorKind::Signature, "nothing was entered; name the authority's own root certificate with --trust")
            }
            TimeStampError::Signature(_) | TimeStampError::Chain(_) => {
                (ErrorKind::Signature, "nothing was entered; keep the file, and ask another authority")
            }
        };
        Self::new(kind, error.to_string(), hint).caused_by(error)
    }
}

/// A request that was written.
#[derive(Serialize)]
struct RequestWritten {
    /// The entry in the chain of custody.
    id: Id,
    /// The copy on record.
    copy: Id,
    /// The file.
    file: String,
    /// The hash in it.
    sha256: Digest,
}

/// An answer that was checked.
#[derive(Serialize)]
struct Stamped {
    /// The entry in the chain of custody.
    id: Id,
    /// What it says.
    time_stamp: Stamp,
}

fn run(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    if record.is_purged() {
        return Err(
            Error::not_allowed("its content was erased").hint("its certificate says when: `retention certificates`")
        );
    }
    privilege::not_held_back(&record)?;
    let Some(attachment) = attachment_of(workspace, &record)? else {
        let what = format!("the item E-{} has no file", record.id.short());
        return Err(Error::not_allowed(what).hint("only what was added with `item add --file` is stamped"));
    };
    match (args.maybe("request"), args.maybe("response"), args.maybe("trust")) {
        (Some(_), None, None) => ask(workspace, &record, &attachment, args, job),
        (None, Some(_), Some(_)) => take_in(workspace, &record, &attachment, args),
        _ => Err(Error::usage("say --request FILE, or --response FILE with --trust FILE")),
    }
}

/// Writes the request: the exhibit is read to its end first, so that no hash is stamped of what is not there any more.
fn ask(
    workspace: &mut Workspace,
    record: &Record,
    attachment: &Attachment,
    args: &Args,
    job: &mut Job,
) -> Result<Output, Error> {
    let to = Destination::of(args, "request")?;
    let now = workspace.may_sign(letter::WRITE)?;
    let [a, b, c, d, e, f, g, h, ..] = *workspace.entropy.id()?.as_bytes();
    let request = time_stamp::request(&attachment.sha256, [a, b, c, d, e, f, g, h])?;
    let records = workspace.trusted_records()?;
    let cleared = cleared::clear_copy_out(&records, &workspace.meta.realm, now, workspace.person(), request)?
        .map_err(|verdict| Error::refused(verdict, Some(record.id)))?;
    drop(records);
    if let Err(damage) = evidence::read(workspace.folder(), record.id, attachment, job, |_| Ok(()), |_| ())? {
        enter_damage(workspace, record, damage)?;
        return Err(evidence::damaged(record.id, damage));
    }
    let request = cleared.value();
    let (id, copy) = (workspace.entropy.id()?, workspace.entropy.id()?);
    let sha256 = attachment.sha256.to_string();
    let words = Words {
        why: "its hash goes to an authority for a time stamp".into(),
        before: sha256.clone(),
        after: sha256,
        tsq: BASE64.encode(request),
        ..Words::default()
    };
    // Logged first: what was written and not logged cannot be.
    workspace.act(letter::WRITE, Audience::OwnDesk, None, |act, entropy| {
        act.change(letter::new(copy, record.id, PURPOSE, &Digest::of(request), entropy.salt()?))?;
        act.change(custody::entered(id, record.id, Event::StampAsked, now, &words, entropy.salt()?))?;
        Ok(())
    })?;
    to.write(request)?;
    let written = RequestWritten { id, copy, file: to.shown(), sha256: attachment.sha256 };
    let said = format!(
        "Written to {}. Carry it to a time-stamping authority; its answer comes in with \
         `comity item timestamp {} --response FILE --trust FILE`.",
        to.shown(),
        record.id
    );
    Ok(Output { made: Some(id), ..Output::thing(&written).with_message(said) })
}

/// Checks an answer against the request that it answers, and keeps both.
fn take_in(workspace: &mut Workspace, record: &Record, attachment: &Attachment, args: &Args) -> Result<Output, Error> {
    let response = file::read(&args.path("response")?, LONGEST as u64)?;
    let trust = file::read(&args.path("trust")?, LONGEST_TRUST as u64)?;
    let now = workspace.may_sign(custody::ENTER)?;
    let request = request_of(workspace, record, &response)?;
    let stamp = time_stamp::check(&response, &request, &trust, now)?;
    if stamp.of != attachment.sha256 {
        return Err(TimeStampError::Imprint.into());
    }
    is_not_ahead(&stamp, now)?;
    let id = workspace.entropy.id()?;
    let sha256 = attachment.sha256.to_string();
    let words = Words {
        why: "the time stamp of its hash came back, and holds".into(),
        before: sha256.clone(),
        after: sha256,
        tsq: BASE64.encode(&request),
        tsr: BASE64.encode(&response),
        tsa_chain: stamp.chain.clone(),
        ..Words::default()
    };
    let twice = custody::of(&workspace.records(), record.id)?;
    for entry in twice.iter().filter(|entry| custody::event_of(entry) == Some(Event::Stamped)) {
        let kept = workspace.content(entry)?.as_ref().map(Words::read).unwrap_or_default();
        if kept.tsr == words.tsr {
            let what = format!("this answer is in the chain of custody already, as CU-{}", entry.id.short());
            return Err(Error::not_allowed(what).hint("see it with `comity item custody ID`"));
        }
    }
    workspace.act_alone(custody::ENTER, Audience::OwnDesk, |e, now| {
        Ok(custody::entered(id, record.id, Event::Stamped, now, &words, e.salt()?))
    })?;
    let shown = told(&stamp);
    let said = format!(
        "The time stamp holds: the file was in existence on {}. Whether the authority's certificate was revoked was not asked.",
        shown.at
    );
    Ok(Output { made: Some(id), ..Output::thing(&Stamped { id, time_stamp: shown }).with_message(said) })
}

/// The request of this exhibit that an answer is to.
fn request_of(workspace: &Workspace, record: &Record, response: &[u8]) -> Result<Vec<u8>, Error> {
    let mut last = None;
    for entry in custody::of(&workspace.records(), record.id)?.iter().rev() {
        if custody::event_of(entry) != Some(Event::StampAsked) {
            continue;
        }
        let words = workspace.content(entry)?.as_ref().map(Words::read).unwrap_or_default();
        let Ok(request) = BASE64.decode(words.tsq.as_bytes()) else { continue };
        if time_stamp::answers(response, &request) {
            return Ok(request);
        }
        last.get_or_insert(request);
    }
    // The last one, so that the check says what is wrong with the answer.
    last.ok_or_else(|| {
        Error::not_allowed("no time stamp of this exhibit was asked for")
            .hint("write the request first: `comity item timestamp ID --request FILE`")
    })
}

/// Refuses a time stamp of a time that has not come here: one of both clocks is wrong.
fn is_not_ahead(stamp: &TimeStamp, now: Timestamp) -> Result<(), Error> {
    if stamp.at <= now.plus(AHEAD) {
        return Ok(());
    }
    let what = format!("the time stamp is of {}, and this desk's clock says {now}", stamp.at);
    Err(Error::new(ErrorKind::Clock, what, "nothing was entered; compare the clock first: `comity doctor`"))
}
