//! The chain of custody of an item as it is told, what is not in order in it, and what the program itself enters in it.

use data_encoding::BASE64;

use crate::act::header::Audience;
use crate::record::custody::{self, Event, State, Words};
use crate::record::store::{ChangeRow, Query, Record, RecordStore as _};
use crate::record::{authorisation, item};
use crate::report::bag::safe_name;
use crate::report::exhibit::{CarriedStamp, Entry, Exhibit, Stamp};
use crate::seal::time_stamp::{self, TimeStamp, TimeStampError};
use crate::store::read;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::evidence::{self, Attachment, Damage};
use crate::workspace::open::Workspace;

/// How long the second signature of a hand-over may be missing before that is an alarm.
const UNSIGNED: Duration = Duration::days(7);
/// How long after it happened something may be entered before that is an alarm.
const LATE: Duration = Duration::days(1);

/// The file of an item; `None` where it has none, or none any more.
pub fn attachment_of(workspace: &Workspace, record: &Record) -> Result<Option<Attachment>, Error> {
    if !item::is_exhibit(record) {
        return Ok(None);
    }
    Ok(workspace.content(record)?.as_ref().and_then(Attachment::of))
}

/// The file of an item, for comparing it with what was taken in: nothing of it is shown, so that what is held back is compared, too.
pub(super) fn attachment_to_verify(workspace: &Workspace, record: &Record) -> Result<Option<Attachment>, Error> {
    if !item::is_exhibit(record) {
        return Ok(None);
    }
    Ok(read::content(&workspace.db, record.body)?.as_ref().and_then(Attachment::of))
}

/// An item with its chain of custody, as it is told.
pub fn exhibit_of(workspace: &Workspace, record: &Record) -> Result<(Exhibit, Option<Attachment>), Error> {
    let attachment = attachment_of(workspace, record)?;
    let entries = entries_of(workspace, record.id)?;
    let sha256 = attachment.as_ref().map(|a| a.sha256.to_string()).unwrap_or_default();
    let alarms = alarms(&entries, &sha256, workspace.now());
    let stamps = entries.iter().enumerate().filter_map(|(n, (_, times))| times.carried(n + 1)).collect();
    let own = workspace.own_record()?;
    let case = record.case.map(|case| workspace.records().get(case)).transpose()?.flatten();
    let case = match case {
        Some(case) => format!("C-{} {}", case.id.short(), workspace.text_of(&case, "title")?),
        None => String::new(),
    };
    let title = workspace.text_of(record, "title")?;
    let terms = item::Terms::read(&record.terms)?;
    let me = workspace.name_of(workspace.person())?;
    let exhibit = Exhibit {
        id: record.id.to_string(),
        number: format!("E-{}", record.id.short()),
        desk: (workspace.code_of(own.id)?, workspace.text_of(&own, "name")?),
        case,
        title: if title.is_empty() { workspace.text_of(record, "value")? } else { title },
        file: attachment.as_ref().map(|a| a.name.clone()).unwrap_or_default(),
        folder: String::new(),
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
        stamps,
        alarms,
        written: (workspace.now().to_string(), me),
        banner: workspace.meta.realm.banner(),
    };
    Ok((exhibit, attachment))
}

/// Prepares an exhibit to leave in a folder of a bag: the entry that says so goes along with its chain. Returns what is entered in that
/// chain here.
pub fn leaving(
    exhibit: &mut Exhibit,
    folder: String,
    (entry, now): (Id, Timestamp),
    (why, authority): (String, String),
) -> Words {
    exhibit.path = format!("{folder}/exhibit/{}", safe_name(&exhibit.file));
    exhibit.folder = folder;
    let hash = exhibit.sha256.clone();
    exhibit.entries.push(Entry {
        id: entry.to_string(),
        event: Event::Exported.to_string(),
        at: now.to_string(),
        signed: now.to_string(),
        who: exhibit.written.1.clone(),
        why: why.clone(),
        authority: authority.clone(),
        sha256_before: hash.clone(),
        sha256_after: hash.clone(),
        ..Entry::default()
    });
    Words { why, authority, before: hash.clone(), after: hash, ..Words::default() }
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
#[derive(Clone)]
pub(super) struct Times {
    event: Event,
    at: Timestamp,
    signed: Timestamp,
    /// The time stamp that came with it, and whether it holds.
    stamp: Option<(Carried, Result<TimeStamp, TimeStampError>)>,
}

impl Times {
    /// The time stamp as it goes into a bag, where it holds.
    fn carried(&self, entry: usize) -> Option<CarriedStamp> {
        let (Carried { request, response, chain }, _) = self.stamp.as_ref().filter(|(_, checked)| checked.is_ok())?;
        Some(CarriedStamp { entry, request: request.clone(), response: response.clone(), chain: chain.clone() })
    }
}

/// A time stamp as it is kept: what was carried to the authority, what came back, and whom it was believed by.
#[derive(Clone)]
pub(super) struct Carried {
    /// The request.
    pub(super) request: Vec<u8>,
    /// The answer.
    pub(super) response: Vec<u8>,
    /// The certificates from the authority's to the trusted one, in PEM.
    pub(super) chain: String,
}

impl Carried {
    /// The one that an entry keeps; nothing where it keeps none, or may not be shown.
    fn of(words: &Words) -> Option<Self> {
        let bytes = |text: &str| BASE64.decode(text.as_bytes()).ok().filter(|bytes| !bytes.is_empty());
        let (request, response) = (bytes(&words.tsq)?, bytes(&words.tsr)?);
        Some(Self { request, response, chain: words.tsa_chain.clone() })
    }

    /// Checks it once more, as on the day on which it was taken in: what is shown of it is never older than that check.
    fn check(&self, taken_in: Timestamp) -> Result<TimeStamp, TimeStampError> {
        time_stamp::check(&self.response, &self.request, self.chain.as_bytes(), taken_in)
    }
}

/// What a time stamp says, in words.
pub(super) fn told(stamp: &TimeStamp) -> Stamp {
    Stamp {
        at: stamp.at.to_string(),
        accuracy: stamp.accuracy_ms.map(|exact| format!("{exact} ms")).unwrap_or_default(),
        authority: stamp.authority.clone(),
        policy: stamp.policy.clone(),
        serial: stamp.serial.clone(),
        sha256: stamp.of.to_string(),
        root: stamp.root.clone(),
        root_sha256: stamp.root_sha256.to_string(),
    }
}

/// The entries of an item, the oldest first.
fn entries_of(workspace: &Workspace, of: Id) -> Result<Vec<(Entry, Times)>, Error> {
    let name = |p: Option<Person>| p.map(|p| workspace.name_of(p)).transpose().map(Option::unwrap_or_default);
    let mut all = Vec::new();
    for record in custody::of(&workspace.records(), of)? {
        let words = workspace.content(&record)?.as_ref().map(Words::read).unwrap_or_default();
        let event = custody::event_of(&record).unwrap_or(Event::LookedAt);
        let at = record.instant("at").unwrap_or(Timestamp::EPOCH);
        let signed = record.instant("signed").unwrap_or(at);
        let stamp = Carried::of(&words).map(|carried| {
            let checked = carried.check(signed);
            (carried, checked)
        });
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
            time_stamp: stamp.as_ref().and_then(|(_, checked)| checked.as_ref().ok()).map(told),
        };
        all.push((entry, Times { event, at, signed, stamp }));
    }
    Ok(all)
}

/// What the second person said of an entry: it stands in their own act.
fn second_said(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    if !record.is(State::Countersigned) || workspace.hides(record)? {
        return Ok(String::new());
    }
    let row = record.terms.get("said").and_then(Json::int);
    let said = read::content(&workspace.db, row.map(ChangeRow))?;
    Ok(said.and_then(|s| s.get("said").and_then(Json::text).map(str::to_owned)).unwrap_or_default())
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
        match &times.stamp {
            Some((_, Err(why))) => all.push(format!("entry {n}: {why}")),
            Some((_, Ok(stamp))) if !acquired.is_empty() && stamp.of.to_string() != acquired => {
                all.push(format!("entry {n}: its time stamp is of another hash than the exhibit had at acquisition"));
            }
            _ => {}
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

/// Enters once that an exhibit is damaged, where this member may.
pub fn enter_damage(workspace: &mut Workspace, record: &Record, damage: Damage) -> Result<(), Error> {
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
        (entry, Times { event, at, signed: at, stamp: None })
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
