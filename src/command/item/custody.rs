//! Custody of exhibits: who took one in, looked at it, gave it on; what is not in order in that chain; and whether every file is still
//! what it was. This is the one place that enters custody for what the program does.

use std::collections::BTreeSet;

use serde::Serialize;

use super::exhibit;
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::record::custody::{self, Event, State, Words};
use crate::record::kind::Kind;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{authorisation, item};
use crate::report::exhibit::{Entry, Exhibit, in_words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::text::counted;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::evidence::{self, Attachment, Damage};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// How long the second signature of a hand-over may be missing before that is an alarm.
const UNSIGNED: Duration = Duration::days(7);
/// How long after it happened something may be entered before that is an alarm.
const LATE: Duration = Duration::days(1);

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
            Arg::new("at", ArgKind::Line, "when it happened, where that was before now"),
            Arg::new("person", ArgKind::Line, "from whom it came, or to whom it went"),
            Arg::new("where", ArgKind::Line, "where"),
            Arg::new("authority", ArgKind::Line, "under which authority"),
            Arg::new("seal", ArgKind::Line, "the number of its seal"),
            Arg::new("condition", ArgKind::Line, "in which condition it is"),
            Arg::new("change", ArgKind::Body, "a change that could not be avoided: what, why, by whom"),
            Arg::new("hash-before", ArgKind::Line, "its SHA-256 before"),
            Arg::new("hash-after", ArgKind::Line, "its SHA-256 after"),
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

/// The file of an item; `None` where it has none, or none any more.
pub(super) fn attachment_of(workspace: &Workspace, record: &Record) -> Result<Option<Attachment>, Error> {
    if !item::is_exhibit(record) {
        return Ok(None);
    }
    Ok(workspace.content(record)?.as_ref().and_then(Attachment::of))
}

/// An item with its chain of custody, as it is told.
pub(super) fn exhibit_of(workspace: &Workspace, record: &Record) -> Result<(Exhibit, Option<Attachment>), Error> {
    let attachment = attachment_of(workspace, record)?;
    let entries = entries_of(workspace, record.id)?;
    let sha256 = attachment.as_ref().map(|a| a.sha256.to_string()).unwrap_or_default();
    let alarms = alarms(&entries, &sha256, workspace.now());
    let own = workspace.own_record()?;
    let case = record.case.map(|case| workspace.records().get(case)).transpose()?.flatten();
    let case = match case {
        Some(case) => format!("C-{} {}", case.id.short(), workspace.text_of(&case, "title")?),
        None => String::new(),
    };
    let title = workspace.text_of(record, "title")?;
    let terms = item::Terms::read(&record.terms)?;
    let me = workspace.name_of(workspace.person())?;
    let banner = match &workspace.meta.realm {
        Realm::Live => None,
        Realm::Exercise(name) => Some(format!("EXERCISE EXERCISE EXERCISE ({name})")),
    };
    let exhibit = Exhibit {
        id: record.id.to_string(),
        number: format!("E-{}", record.id.short()),
        desk: (workspace.code_of(own.id)?, workspace.text_of(&own, "name")?),
        case,
        title: if title.is_empty() { workspace.text_of(record, "value")? } else { title },
        file: attachment.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
        path: String::new(),
        size: attachment.as_ref().map_or(0, |a| a.size),
        sha256,
        tool: attachment.as_ref().map(|_| evidence::TOOL.to_owned()).unwrap_or_default(),
        media: attachment
            .iter()
            .flat_map(|a| &a.media)
            .map(|m| [m.algorithm.clone(), m.value.clone(), m.tool.clone()])
            .collect(),
        marking: terms.marking.to_string(),
        authority: authorities(workspace, record, &entries)?,
        entries: entries.into_iter().map(|(entry, _)| entry).collect(),
        alarms,
        written: (workspace.now().to_string(), me),
        banner,
    };
    Ok((exhibit, attachment))
}

/// What authorises that an exhibit is kept and shown: what the entries name, and the authorisations on record.
fn authorities(workspace: &Workspace, record: &Record, entries: &[(Entry, Times)]) -> Result<Vec<String>, Error> {
    let mut all: Vec<String> =
        entries.iter().map(|(entry, _)| entry.authority.clone()).filter(|a| !a.is_empty()).collect();
    for subject in [Some(record.id), record.case].into_iter().flatten() {
        let query = Query { subject: Some(subject), ..Query::kind(authorisation::KIND.kind) };
        for found in workspace.records().find(&query)? {
            let (by, reference) = (workspace.text_of(&found, "by")?, workspace.text_of(&found, "reference")?);
            all.push(format!("{by}: {reference}"));
        }
    }
    let mut once: Vec<String> = Vec::new();
    all.into_iter().for_each(|line| {
        if !once.contains(&line) {
            once.push(line);
        }
    });
    Ok(once)
}

/// When an entry happened and was signed, and what it says happened.
#[derive(Clone, Copy)]
pub(super) struct Times {
    event: Event,
    at: Timestamp,
    signed: Timestamp,
}

/// The entries of an item, the oldest first.
fn entries_of(workspace: &Workspace, of: Id) -> Result<Vec<(Entry, Times)>, Error> {
    let name = |p: Option<Person>| p.map(|p| workspace.name_of(p)).transpose().map(Option::unwrap_or_default);
    let mut all = Vec::new();
    for record in custody::of(&workspace.records(), of)? {
        let words = workspace.content(&record)?.as_ref().map(Words::read).unwrap_or_default();
        let event = custody::event_of(&record).unwrap_or(Event::LookedAt);
        let at = record.instant("at").unwrap_or(Timestamp::EPOCH);
        let direction = match event {
            Event::Out | Event::Returned | Event::Destroyed => "out",
            Event::In | Event::Acquired => "in",
            _ => "",
        };
        let entry = Entry {
            id: record.id.to_string(),
            event: event.to_string(),
            direction: direction.to_owned(),
            at: at.to_string(),
            signed: record.text("signed").unwrap_or_default().to_owned(),
            who: name(custody::entered_by(&record))?,
            why: words.why,
            r#where: words.place,
            person: words.person,
            authority: words.authority,
            seal: words.seal,
            sha256_before: words.before,
            sha256_after: words.after,
            condition: words.condition,
            change: words.change,
            second: name(custody::second(&record))?,
            second_signed: record.text("countersigned").unwrap_or_default().to_owned(),
            second_said: second_said(workspace, &record)?,
        };
        all.push((entry, Times { event, at, signed: record.instant("signed").unwrap_or(at) }));
    }
    Ok(all)
}

/// What the second person said of an entry: it stands in their own act.
fn second_said(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    if !record.is(State::Countersigned) {
        return Ok(String::new());
    }
    let row = record.terms.get("said").and_then(crate::value::json::Json::int);
    let said = crate::store::read::content(&workspace.db, row.map(crate::record::store::ChangeRow))?;
    Ok(said.and_then(|s| s.get("said").and_then(crate::value::json::Json::text).map(str::to_owned)).unwrap_or_default())
}

/// What is not in order in a chain: gaps in time, and hashes that do not follow from each other.
fn alarms(entries: &[(Entry, Times)], acquired: &str, now: Timestamp) -> Vec<String> {
    let mut all = Vec::new();
    let (mut hash, mut out, mut last) = (acquired.to_owned(), None::<Timestamp>, None::<Timestamp>);
    for (n, (entry, times)) in entries.iter().enumerate() {
        let n = n + 1;
        if last.is_some_and(|last| times.at < last) {
            all.push(format!("entry {n} is said to have happened before the one before it"));
        }
        last = last.max(Some(times.at));
        if times.signed.since(times.at) > LATE {
            all.push(format!("entry {n} was signed {} after it happened", times.signed.since(times.at)));
        }
        if !entry.sha256_before.is_empty() && !hash.is_empty() && entry.sha256_before != hash {
            all.push(format!("entry {n}: the hash before it is not the one that the exhibit had"));
        }
        if !entry.sha256_after.is_empty() {
            if !hash.is_empty() && entry.sha256_after != hash && times.event != Event::Changed {
                all.push(format!("entry {n}: the hash after it is another, and it names no change"));
            }
            hash.clone_from(&entry.sha256_after);
        }
        if times.event == Event::Changed && entry.change.is_empty() {
            all.push(format!("entry {n} says that it was changed, and not what was changed"));
        }
        if times.event == Event::Damaged {
            all.push(format!("entry {n}: {}", entry.condition));
        }
        match (times.event, out) {
            (event, Some(since)) if event.leaves() => all.push(format!(
                "entry {n}: it goes out though it was out since {}: nobody stands for the time between",
                since.to_minute()
            )),
            (Event::In, None) if entries.iter().take(n - 1).any(|(_, t)| t.event == Event::Acquired) => {
                all.push(format!(
                    "entry {n}: it comes in though nobody gave it out: nobody stands for the time before"
                ));
            }
            (Event::Examined | Event::Sealed | Event::Changed, Some(since)) => {
                all.push(format!("entry {n}: it is handled here though it is out since {}", since.to_minute()))
            }
            _ => {}
        }
        if times.event.leaves() {
            out = Some(times.at);
        } else if times.event == Event::In {
            out = None;
        }
        if times.event.is_handed_over() && entry.second.is_empty() && now.since(times.signed) > UNSIGNED {
            all.push(format!("entry {n}: it was handed over, and nobody has signed for it"));
        }
    }
    all
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
        let read = |t: &str| Digest::parse(&t.trim().to_ascii_lowercase());
        Ok(args.maybe_read(field, "64 hex digits", read)?.map(|d| d.to_string()).unwrap_or_default())
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

/// Enters that this member looks at an exhibit, before anything of it is shown.
///
/// # Errors
///
/// Where it cannot be entered: then it is not shown either.
pub(super) fn looks(workspace: &mut Workspace, record: &Record, why: &str) -> Result<(), Error> {
    let id = workspace.entropy.id()?;
    let words = Words { why: why.to_owned(), ..Words::default() };
    let done = workspace.act_alone(custody::LOOK, Audience::OwnDesk, |e, now| {
        Ok(custody::looked(id, record.id, now, &words, e.salt()?))
    });
    done.map(drop).map_err(|failure| {
        failure.hint("looking at an exhibit is entered in its chain of custody before it is shown; this could not be")
    })
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
        let found = match attachment_of(workspace, &record)? {
            Some(attachment) => {
                bytes += attachment.size;
                evidence::read(workspace, id, &attachment, job, |_| Ok(()))?
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

/// Enters once that an exhibit is damaged, where this member may.
pub(super) fn enter_damage(workspace: &mut Workspace, record: &Record, damage: Damage) -> Result<(), Error> {
    let last = custody::of(&workspace.records(), record.id)?.iter().rev().find_map(custody::event_of);
    if last == Some(Event::Damaged) || workspace.is_read_only() || !workspace.may(custody::ENTER)?.allowed() {
        return Ok(());
    }
    let id = workspace.entropy.id()?;
    let words = Words { condition: damage.words().to_owned(), ..Words::default() };
    workspace.act_alone(custody::ENTER, Audience::OwnDesk, |e, now| {
        Ok(custody::entered(id, record.id, Event::Damaged, now, &words, e.salt()?))
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(event: Event, day: i64, change: impl Fn(&mut Entry)) -> (Entry, Times) {
        let at = Timestamp::EPOCH.plus(Duration::days(day));
        let mut entry = Entry { second: "B".into(), ..Entry::default() };
        change(&mut entry);
        (entry, Times { event, at, signed: at })
    }

    #[test]
    fn gaps_in_time_and_in_hashes_alarm_and_a_whole_chain_does_not() {
        let (one, two) = ("aa", "bb");
        let now = Timestamp::EPOCH.plus(Duration::days(100));
        let plain = |event, day| entry(event, day, |_| {});
        let acquired = || entry(Event::Acquired, 0, |e| e.sha256_after = one.into());
        let whole = vec![
            acquired(),
            plain(Event::LookedAt, 1),
            entry(Event::Out, 2, |e| e.sha256_before = one.into()),
            plain(Event::In, 3),
            entry(Event::Changed, 4, |e| (e.sha256_after, e.change) = (two.into(), "opened".into())),
            entry(Event::Exported, 5, |e| e.sha256_before = two.into()),
        ];
        assert_eq!(alarms(&whole, one, now), Vec::<String>::new());
        let said = |more: Vec<(Entry, Times)>| alarms(&[vec![acquired()], more].concat(), one, now).join("; ");
        assert!(said(vec![plain(Event::Out, 2), plain(Event::Out, 3)]).contains("goes out though it was out"));
        assert!(said(vec![plain(Event::In, 2)]).contains("nobody gave it out"));
        assert!(said(vec![plain(Event::Out, 2), plain(Event::Examined, 3)]).contains("handled here"));
        assert!(said(vec![entry(Event::Out, 2, |e| e.second.clear())]).contains("nobody has signed"));
        assert!(said(vec![entry(Event::Exported, 2, |e| e.sha256_before = two.into())]).contains("hash before"));
        assert!(said(vec![entry(Event::In, 2, |e| e.sha256_after = two.into())]).contains("hash after"));
        assert!(said(vec![plain(Event::LookedAt, 5), plain(Event::LookedAt, 4)]).contains("before the one before"));
        let mut late = plain(Event::LookedAt, 5);
        late.1.signed = late.1.at.plus(Duration::days(3));
        assert!(said(vec![late]).contains("was signed"));
    }
}
