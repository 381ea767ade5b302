//! Relays: a bundle for a desk that no courier of this one reaches goes inside a bundle for another, which carries it. The carrier can
//! read nothing of it; it sees its size, whom it is for and how urgent it is, and passes the file on.

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use serde::Serialize;

use super::again;
use super::export::{make, takes_bundles};
use crate::act::change::{Body, Change, Line};
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE, Folder};
use crate::host::file;
use crate::record::bundle;
use crate::record::kind::{Kind, State as RecordState};
use crate::record::partner;
use crate::record::relay::{self, LONGEST_PIECE, Priority, State, Terms};
use crate::record::store::{ChangeRow, Query, Record, RecordStore as _};
use crate::store::read;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};
use crate::value::text::thousands;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "bundle",
        name: "relay",
        about: "Hand a bundle for one partner to another, who carries it and cannot read it",
        args: &[
            Arg::new("to", ArgKind::Partner, "the partner that it is for").required(),
            Arg::new("via", ArgKind::Partner, "the partner that carries it").required(),
            Arg::new("again", ArgKind::Number, "the number of a bundle to hand over once more, as it was"),
        ],
        writes: Some(Writes {
            act: relay::HAND,
            weight: Weight::Signs,
            needs: Needs::OneOf(const { &[partner::State::Pinned.any(), partner::State::Suspended.any()] }),
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(hand),
    },
    Command {
        noun: "bundle",
        name: "relays",
        about: "List the bundles that are carried for others, and by others",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "bundle",
        name: "pass-on",
        about: "Write a bundle that is carried for another desk to a file; the desk that handed it over hears of it",
        args: &[
            Arg::new("relay", ArgKind::Record(&[Kind::Relay]), "what is carried").positional(),
            Arg::new("out", ArgKind::ToWrite, "the file to write").required(),
            FORCE,
        ],
        writes: Some(Writes {
            act: relay::PASS,
            weight: Weight::Signs,
            needs: Needs::OneOf(const { &[State::Carrying.any(), State::Passed.any()] }),
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(pass_on),
    },
];

/// A relay as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct RelayRow {
    /// The record.
    pub id: Id,
    /// Where it stands.
    pub state: RecordState,
    /// The desk that handed it over.
    pub from: String,
    /// The desk that carries it.
    pub via: String,
    /// The desk that it is for: its code, or where it is not known here, its id.
    pub to: String,
    /// Its size, in bytes.
    pub bytes: u64,
    /// How urgent it is.
    pub priority: String,
}

fn row(workspace: &Workspace, record: &Record) -> Result<RelayRow, Error> {
    let own = workspace.code_of(workspace.meta.desk)?;
    let other = workspace.partner_of(record)?.unwrap_or_default();
    let (from, via) = if record.desk == workspace.meta.desk { (own, other) } else { (other, own) };
    let to = record.id("for").map(|id| workspace.code_of(id)).transpose()?.unwrap_or_default();
    Ok(RelayRow {
        id: record.id,
        state: record.state,
        from,
        via,
        to,
        bytes: record.terms.get("bytes").and_then(Json::int).and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        priority: record.text("priority").unwrap_or_default().to_owned(),
    })
}

/// The relays, those that are urgent first.
pub fn rows(workspace: &Workspace) -> Result<Vec<RelayRow>, Error> {
    let mut all = workspace.records().find(&Query::kind(Kind::Relay))?;
    all.sort_by_key(|r| !relay::is_urgent(r));
    all.iter().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("from", "FROM"),
        ("via", "VIA"),
        ("to", "FOR"),
        ("bytes", "BYTES"),
        ("priority", "PRIORITY"),
        ("state", "STATE"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Relay))
}

/// What was handed over.
#[derive(Serialize)]
struct Handed {
    id: Id,
    to: String,
    via: String,
    sequence: u64,
    bytes: u64,
    priority: Priority,
}

fn hand(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let (to, via) = (workspace.partner(args.need("to")?)?, workspace.partner(args.need("via")?)?);
    if to.id == via.id {
        return Err(Error::usage("a carrier carries for a third desk: --to and --via name the same"));
    }
    [&to, &via].into_iter().try_for_each(takes_bundles)?;
    let may = workspace.may(relay::HAND)?;
    if !may.allowed() {
        return Err(Error::refused(may, None));
    }
    let (code, carrier) = (to.key.clone().unwrap_or_default(), via.key.clone().unwrap_or_default());
    let (sequence, kept, priority) = match args.number("again")? {
        Some(n) => {
            let n = u64::try_from(n).unwrap_or(0);
            (n, again::files(workspace, &to, n, job)?.0, Priority::Routine)
        }
        None => {
            let (made, kept) = make(workspace, &to, None, job)?;
            let Some(n) = made.sequence else {
                let said = format!("Nothing to send to {code}: nothing was handed over.");
                return Ok(Output::thing(&made).with_message(said));
            };
            (n, kept, if made.emergency { Priority::Emergency } else { Priority::Routine })
        }
    };
    let [path] = kept.as_slice() else {
        return Err(too_large(&code, sequence));
    };
    if path.metadata().is_ok_and(|m| m.len() > relay::LARGEST) {
        return Err(too_large(&code, sequence));
    }
    let sealed = file::read(path, relay::LARGEST)?;
    let terms = Terms { to: to.id, bytes: sealed.len() as u64, digest: Digest::of(&sealed), priority };
    let id = workspace.entropy.id()?;
    workspace.act(relay::HAND, Audience::Desks(vec![via.id]), None, |act, entropy| {
        act.change(relay::handed(id, &terms))?;
        for piece in sealed.chunks(LONGEST_PIECE) {
            act.change(relay::piece_of(id, &BASE64.encode(piece), entropy.salt()?))?;
        }
        Ok(())
    })?;
    // Whether it arrives, the stream with the carrier tells, and in the end the receipt.
    let record = bundle::numbered(&workspace.records(), to.id, bundle::State::Sent, sequence)?;
    if let Some(record) = record.filter(bundle::is_unwritten) {
        workspace.act_alone(bundle::WRITTEN, Audience::OwnDesk, |_, _| Ok(bundle::noted_as_written(record.id)))?;
    }
    let handed = Handed { id, to: code.clone(), via: carrier.clone(), sequence, bytes: terms.bytes, priority };
    let said = format!(
        "Bundle {sequence} to {code} is handed to {carrier}, {} bytes, {priority}: it leaves with the next bundle to {carrier}, which \
         cannot read it.",
        thousands(terms.bytes)
    );
    Ok(Output { made: Some(id), ..Output::thing(&handed).with_message(said) })
}

fn too_large(code: &str, sequence: u64) -> Error {
    let what = format!("bundle {sequence} to {code} is too large to be carried inside another");
    Error::new(
        ErrorKind::Refused,
        what,
        format!("it is made and kept: give the carrier the file itself, with `bundle export --again {sequence}`"),
    )
}

/// The sealed bundle that a relay holds, as it was handed over.
fn sealed_of(workspace: &Workspace, record: &Record) -> Result<Vec<u8>, Error> {
    let damaged =
        || Error::new(ErrorKind::Integrity, "what is carried is not whole", "ask for it to be handed over again");
    let row = record.terms.get("row").and_then(Json::int).map(ChangeRow).ok_or_else(damaged)?;
    let position = read::position_of_row(&workspace.db, row)?.ok_or_else(damaged)?;
    let act = read::act(&workspace.db, position)?.ok_or_else(damaged)?;
    let mut sealed = Vec::new();
    read::changes::<Error>(&workspace.db, &act, |stored| {
        if let Line::Change(Change { kind, body: Body::Whole { content, .. }, .. }) = &stored.line
            && relay::PIECE.is(kind)
        {
            let content = json::parse(content, Limits::SIGNED).map_err(|_| damaged())?;
            let data = content.get("data").and_then(Json::text).ok_or_else(damaged)?;
            sealed.extend(BASE64.decode(data.as_bytes()).map_err(|_| damaged())?);
            if sealed.len() as u64 > relay::LARGEST {
                return Err(damaged());
            }
        }
        Ok(())
    })?;
    let digest = record.text("sha256").and_then(Digest::parse);
    if digest == Some(Digest::of(&sealed)) { Ok(sealed) } else { Err(damaged()) }
}

fn note_passed(workspace: &mut Workspace, record: &Record) -> Result<(), Error> {
    workspace.act_alone(relay::PASS, Audience::Desks(vec![record.desk]), |_, _| Ok(relay::passed(record.id)))?;
    Ok(())
}

fn pass_on(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("relay")?, &[Kind::Relay])?;
    let out = Destination::of(args, "out")?;
    let sealed = sealed_of(workspace, &record)?;
    out.write(&sealed)?;
    let back = file::read(out.path(), relay::LARGEST)?;
    if back != sealed {
        return Err(Error::new(
            ErrorKind::Medium,
            "what was written does not read back as it is",
            "try another medium",
        ));
    }
    if record.is(State::Carrying) {
        note_passed(workspace, &record)?;
    }
    let row = row(workspace, &record)?;
    let said = format!(
        "Written to {}, for {}; read back: the same. {} hears of it with the next bundle.",
        out.shown(),
        row.to,
        row.from
    );
    Ok(Output::made(record.id, said))
}

/// Writes what is carried for these partners into a folder, and notes it. Answers what was written.
pub fn pass_all(workspace: &mut Workspace, folder: &Path, to: &[Id]) -> Result<Vec<String>, Error> {
    let mut written = Vec::new();
    let folder = Folder::of(PathBuf::from(folder))?;
    for record in workspace.records().find(&Query::state(State::Carrying))? {
        if record.id("for").is_none_or(|id| !to.contains(&id)) {
            continue;
        }
        let sealed = sealed_of(workspace, &record)?;
        let digest = Digest::of(&sealed).to_string();
        let name = format!("{}.{}", digest.get(..16).unwrap_or("relay"), workspace.meta.realm.ending());
        let spool = file::part_in(&workspace.folder().join("outbox"), &digest);
        file::write(&spool, &sealed)?;
        let put = folder.put(&spool, &name);
        file::remove(&spool)?;
        put?;
        note_passed(workspace, &record)?;
        let row = row(workspace, &record)?;
        written.push(format!("from {} to {}", row.from, row.to));
    }
    Ok(written)
}
