//! Custody of exhibits: its chain shown, entered by hand and countersigned; and whether every file is still what it was.

use std::collections::BTreeSet;

use serde::Serialize;

use super::chain::{attachment_to_verify, enter_damage, exhibit_of};
use super::exhibit;
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::shape::{DIGEST, digest};
use crate::record::custody::{self, Event, Words};
use crate::record::item;
use crate::record::kind::Kind;
use crate::record::store::{Query, RecordStore as _};
use crate::report::exhibit::{Entry, in_words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::evidence::{self, Damage};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

fn by_hand() -> Vec<&'static str> {
    Event::BY_HAND.iter().map(|event| event.word()).collect()
}

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "item",
        name: "custody",
        about: "Show the chain of custody of an item, write an exhibit out with it, or check every exhibit",
        args: &[
            Arg {
                required: false,
                ..Arg::new("item", ArgKind::Record(&[Kind::Item]), "the item; left out with --verify-all").positional()
            },
            Arg::new("export", ArgKind::ToWrite, "a folder, new or empty, to write the exhibit to, as a bag"),
            Arg::new("verify-all", ArgKind::Flag, "read every exhibit to its end, and name each that is damaged"),
        ],
        writes: Some(Writes {
            act: custody::LOOK,
            weight: Weight::Signs,
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(run),
    },
    Command {
        noun: "item",
        name: "handover",
        about: "Enter in the chain of custody that an item was given on, came back, was sealed, examined or changed",
        args: &[
            Arg::new("item", ArgKind::Record(&[Kind::Item]), "the item").positional(),
            Arg::new("event", ArgKind::Word(by_hand), "what happened").required(),
            Arg::new("because", ArgKind::Body, "why").required(),
            Arg::new("at", ArgKind::Past, "when it happened, where that was before now"),
            Arg::new("person", ArgKind::Line, "from whom it came, or to whom it went"),
            Arg::new("where", ArgKind::Line, "where"),
            Arg::new("authority", ArgKind::Line, "under which authority"),
            Arg::new("seal", ArgKind::Line, "the number of its seal"),
            Arg::new("condition", ArgKind::Line, "in which condition it is"),
            Arg::new("change", ArgKind::Body, "a change that could not be avoided: what, why, by whom"),
            Arg::new("hash-before", ArgKind::Line, "its SHA-256 before").of_shape(DIGEST),
            Arg::new("hash-after", ArgKind::Line, "its SHA-256 after").of_shape(DIGEST),
        ],
        writes: Some(Writes {
            act: custody::ENTER,
            weight: Weight::Records,
            needs: Needs::NotPurged,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never("enter what is right now: the chain keeps both"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(hand_over),
    },
    Command {
        noun: "item",
        name: "countersign",
        about: "Sign an entry of a chain of custody as its second person: who received it, or stood by",
        args: &[
            Arg::new("entry", ArgKind::Record(&[Kind::Custody]), "the entry").positional(),
            Arg::new("said", ArgKind::Body, "what the second person saw"),
        ],
        writes: Some(Writes {
            act: custody::SIGN,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(countersign),
    },
];

/// The chain of custody of an item as it is shown.
#[derive(Serialize)]
struct CustodyShown {
    /// The item.
    id: Id,
    /// Its number, as people write it.
    number: String,
    /// What it is called.
    title: String,
    /// The name of its file.
    file: Option<String>,
    /// The size of its file in bytes.
    size: Option<u64>,
    /// The SHA-256 of its file at acquisition.
    sha256: Option<Digest>,
    /// The tool that took it.
    tool: Option<&'static str>,
    /// Hashes of the medium that it is an image of.
    media: Vec<evidence::MediaHash>,
    /// The entries, the oldest first.
    entries: Vec<Entry>,
    /// What is not in order.
    alarms: Vec<String>,
}

fn run(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    if args.flag("verify-all") {
        if args.maybe("item").is_some() || args.maybe("export").is_some() {
            return Err(Error::usage("--verify-all checks every exhibit: leave the item and --export out"));
        }
        return verify_all(workspace, job);
    }
    let typed = args.maybe("item").ok_or_else(|| Error::usage("name an item, or say --verify-all"))?;
    let record = workspace.find_record(typed, &[Kind::Item])?;
    if args.maybe("export").is_some() {
        return exhibit::export(workspace, &record, args, job);
    }
    let (exhibit, attachment) = exhibit_of(workspace, &record)?;
    let shown = CustodyShown {
        id: record.id,
        number: exhibit.number.clone(),
        title: exhibit.title.clone(),
        file: attachment.as_ref().map(|a| a.name.clone()),
        size: attachment.as_ref().map(|a| a.size),
        sha256: attachment.as_ref().map(|a| a.sha256),
        tool: attachment.as_ref().map(|_| evidence::TOOL),
        media: attachment.map(|a| a.media).unwrap_or_default(),
        entries: exhibit.entries.clone(),
        alarms: exhibit.alarms.clone(),
    };
    Ok(Output { text: Some(in_words(&exhibit)), ..Output::thing(&shown) })
}

fn hand_over(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let event = args.read("event", "what happened", |w| Event::parse(w).filter(|e| Event::BY_HAND.contains(e)))?;
    let now = workspace.now();
    let at = match args.maybe("at") {
        Some(typed) => Timestamp::past(typed, now).map_err(|why| Error::usage(format!("--at: {why}")))?,
        None => now,
    };
    let hash = |field: &str| -> Result<String, Error> {
        Ok(args.maybe_read(field, DIGEST.what, digest)?.map(|d| d.to_string()).unwrap_or_default())
    };
    let line = |field: &str| args.maybe_line(field).map(Option::unwrap_or_default);
    let words = Words {
        why: args.body("because")?.unwrap_or_default(),
        place: line("where")?,
        person: line("person")?,
        authority: line("authority")?,
        seal: line("seal")?,
        before: hash("hash-before")?,
        after: hash("hash-after")?,
        condition: line("condition")?,
        change: args.body("change")?.unwrap_or_default(),
        ..Words::default()
    };
    if event == Event::Changed && words.change.is_empty() {
        return Err(Error::usage("--change is missing: what was changed, why could it not be avoided, and by whom"));
    }
    let id = workspace.entropy.id()?;
    workspace.act_alone(custody::ENTER, Audience::OwnDesk, |e, _| {
        Ok(custody::entered(id, record.id, event, at, &words, e.salt()?))
    })?;
    let second = if event.is_handed_over() { " The second person signs it with `item countersign`." } else { "" };
    Ok(Output::made(id, format!("Entered: {event}.{second}")))
}

fn countersign(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("entry")?, &[Kind::Custody])?;
    let said = args.body("said")?.unwrap_or_default();
    let id = workspace
        .act_alone(custody::SIGN, Audience::OwnDesk, |e, _| Ok(custody::countersigned(record.id, &said, e.salt()?)))?;
    Ok(Output::made(id, "Signed as the second person."))
}

/// What the sweep found.
#[derive(Serialize)]
struct Verified {
    /// How many exhibits were read.
    exhibits: usize,
    /// How many bytes.
    bytes: u64,
    /// Those that are damaged.
    damaged: Vec<DamagedRow>,
}

/// An exhibit that is damaged.
#[derive(Serialize)]
struct DamagedRow {
    /// Which.
    id: Id,
    /// Its number.
    number: String,
    /// What is wrong.
    what: &'static str,
}

/// Reads every exhibit to its end. What is damaged is named and entered, and the others go on being read.
fn verify_all(workspace: &mut Workspace, job: &mut Job) -> Result<Output, Error> {
    let acquired = workspace.records().find(&Query::kind(Kind::Custody))?;
    let exhibits: BTreeSet<Id> = acquired.iter().filter_map(|entry| entry.subject).collect();
    let (mut count, mut bytes, mut damaged) = (0, 0, Vec::new());
    for id in exhibits {
        let Some(record) = workspace.records().get(id)?.filter(|r| item::is_exhibit(r) && !r.is_purged()) else {
            continue;
        };
        count += 1;
        let found = match attachment_to_verify(workspace, &record)? {
            Some(attachment) => {
                bytes += attachment.size;
                evidence::read(workspace.folder(), id, &attachment, job, |_| Ok(()), |_| ())?
            }
            None => Err(Damage::Changed),
        };
        if let Err(damage) = found {
            damaged.push((record, damage));
        }
    }
    for (record, damage) in &damaged {
        enter_damage(workspace, record, *damage)?;
    }
    let rows: Vec<DamagedRow> = damaged
        .iter()
        .map(|(r, d)| DamagedRow { id: r.id, number: format!("E-{}", r.id.short()), what: d.words() })
        .collect();
    let mut said = format!("{} read, {bytes} bytes: ", counted(count, "exhibit"));
    match rows.as_slice() {
        [] => said.push_str("each is what was taken in."),
        all => {
            said.push_str(&format!("{} damaged.", all.len()));
            all.iter().for_each(|row| said.push_str(&format!("\n{} {}: {}", row.number, row.id, row.what)));
        }
    }
    let code = if rows.is_empty() { 0 } else { ErrorKind::Integrity as u8 };
    let verified = Verified { exhibits: count, bytes, damaged: rows };
    Ok(Output { code, ..Output::thing(&verified).with_message(said) })
}
