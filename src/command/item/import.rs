//! Import: the items of a file as one act. The file is read twice, first to say what it would come to and then to store it,
//! so that nothing is written of a file that cannot be taken.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::mapping::{self, Mapping};
use super::privilege::{HeldValues, held_back_as};
use crate::act::header::Audience;
use crate::command::crossing::{MADE_FOR_EXERCISE, not_made_for};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::shape::{TIER, TOKEN};
use crate::exchange;
use crate::exchange::claim::Claim;
use crate::exchange::format::{Format, FormatError, Options, Seen, Sink};
use crate::exchange::intake::{self, Incoming, Key, Known, Learn, One, Plan, Planner};
use crate::exchange::report::Report;
use crate::exchange::source::Source;
use crate::host::file::{self, FileError};
use crate::law::retention::{self, Class, Trigger};
use crate::object;
use crate::record::definition::token;
use crate::record::item::{self, Terms};
use crate::record::kind::Kind;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{self, import};
use crate::store::prepared::PreparedChange;
use crate::store::read;
use crate::store::search;
use crate::store::tally::items_held;
use crate::value::class::{Category, Tier, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::{Handling, Pap, Tlp};
use crate::value::realm::Realm;
use crate::value::text::{self, counted, shown, thousands};
use crate::value::timestamp::{Duration, Timestamp};
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::pipeline::beside;
use crate::workspace::progress::Job;

/// Faults that are named in a sentence; `--json` has them all.
const NAMED: usize = 20;

fn formats() -> Vec<&'static str> {
    exchange::FORMATS.iter().map(|f| f.name).collect()
}

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "item",
    name: "import",
    about: "Import the items of a file into a case, as one act",
    args: &[
        Arg::new("file", ArgKind::Existing, "the file").positional(),
        Arg::new("format", ArgKind::Word(formats), "its format").required(),
        Arg::new("case", ArgKind::Record(&[Kind::Case]), "the case").required(),
        Arg::new(
            "mapping",
            ArgKind::Line,
            "tables: the name under which what is said of the columns is kept, or was kept",
        ),
        Arg::new("column", ArgKind::Pairs, "tables: which column holds what, such as value=1 or tlp=TLP").repeated(),
        Arg::new("type", ArgKind::Line, "tables: what the items are").of_shape(TOKEN),
        Arg::new("category", ArgKind::Word(all_words::<Category>), "tables: their data category"),
        Arg::new("tier", ArgKind::Number, "tables: their tier").of_shape(TIER),
        Arg::new("delimiter", ArgKind::Line, "tables: what stands between columns: comma, tab, semicolon"),
        Arg::new("comment", ArgKind::Line, "tables: what a line begins with that is passed over"),
        Arg::new("header", ArgKind::Flag, "tables: the first line names the columns"),
        Arg::new("tlp", ArgKind::Word(all_words::<Tlp>), "everything in the file is at least of this TLP marking"),
        Arg::new("pap", ArgKind::Word(all_words::<Pap>), "everything in the file is at least of this PAP marking"),
        Arg::new("handling", ArgKind::Words(all_words::<Handling>), "handling codes that everything in the file has")
            .repeated(),
        Arg::new("originator", ArgKind::Line, "whose the file is, where it does not say so and it is not this desk's"),
        Arg::new(
            "unknown-marking",
            ArgKind::Word(all_words::<Tlp>),
            "what markings are that cannot be read; without it they hold RED",
        ),
        Arg::new("because", ArgKind::Body, "why unknown markings are that"),
        MADE_FOR_EXERCISE,
        Arg::new("skip-bad", ArgKind::Flag, "leave out what cannot be read, and take the rest"),
        Arg::new("dry-run", ArgKind::Flag, "only say what would be imported, raised, passed over and not kept"),
    ],
    writes: Some(Writes {
        act: crate::record::import::IMPORT,
        // It asks before it does it, as the screens show what the file would come to there.
        weight: Weight::Signs,
        needs: Needs::OneOf(const { &[crate::record::case::State::Open.any()] }),
        rehearsable: false,
        preview: Preview::DryRun,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[],
    }),
    run: Handler::Writes(import_file),
}];

words! {
    /// A character between columns that has a name.
    Delimiter {
        /// A tab.
        Tab = "tab",
        /// `,`
        Comma = "comma",
        /// `;`
        Semicolon = "semicolon",
        /// A space.
        Space = "space",
    }
}

impl Delimiter {
    const fn byte(self) -> u8 {
        match self {
            Self::Tab => b'\t',
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Space => b' ',
        }
    }
}

fn options(workspace: &Workspace, args: &Args) -> Result<Options, Error> {
    let byte = |field: &str| -> Result<Option<u8>, Error> {
        let one = |t: &str| <[u8; 1]>::try_from(t.as_bytes()).ok().map(|[b]| b).filter(u8::is_ascii);
        let named = |t: &str| Delimiter::parse(t).map(Delimiter::byte).or_else(|| one(t));
        args.maybe_read(field, "one character, or comma, tab, semicolon", named)
    };
    let unknown_marking = args.maybe_read("unknown-marking", "a TLP 2.0 label", Tlp::parse_foreign)?;
    if unknown_marking.is_some() && args.maybe("because").is_none_or(text::is_blank) {
        return Err(Error::usage("--because is missing: why are the markings that cannot be read that?"));
    }
    Ok(Options {
        columns: args.pairs("column")?,
        kind: args.maybe_read("type", TOKEN.what, token)?,
        category: args.maybe_read("category", "a data category", Category::parse)?,
        tier: args.maybe_read("tier", TIER.what, Tier::parse)?,
        delimiter: byte("delimiter")?,
        comment: byte("comment")?,
        header: args.flag("header"),
        least: Claim {
            tlp: args.maybe_read("tlp", "a TLP 2.0 label", Tlp::parse_foreign)?,
            pap: args.maybe_read("pap", "a PAP label", Pap::parse_foreign)?,
            handling: args.words("handling", "H0 to H3", Handling::parse)?,
            ..Claim::default()
        },
        unknown_marking,
        originator: args.maybe_line("originator")?,
        now: Some(workspace.now()),
    })
}

/// The digest of an open file from its beginning, where it stands again afterwards.
fn digest_of(file: &mut (impl Read + Seek)) -> Result<Digest, Error> {
    let mut hash = Sha256::new();
    file.rewind()?;
    std::io::copy(file, &mut hash)?;
    file.rewind()?;
    Ok(Digest::from_bytes(hash.finalize().into()))
}

/// A file that cannot be read, or not in the way that was asked for.
fn unreadable(path: &Path, fault: &FormatError) -> Error {
    if fault.usage {
        return Error::usage(fault.to_string());
    }
    let what = format!("{}: {fault}", shown(&path.to_string_lossy()));
    Error::new(ErrorKind::Malformed, what, "nothing was imported; mend the file, or name its format and columns")
}

/// Says everything at once that is wrong with a file.
fn all_faults(path: &Path, faults: &[FormatError], more: u64) -> Error {
    let said: Vec<String> = faults.iter().take(NAMED).map(|f| shown(&f.to_string()).into_owned()).collect();
    let count = faults.len() as u64 + more;
    let more = count - said.len() as u64;
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let parts = counted(count, "part");
    let what = format!("{}: {parts} cannot be read: {}{more}", shown(&path.to_string_lossy()), said.join("; "));
    let all: Vec<String> = faults.iter().map(FormatError::to_string).collect();
    Error::new(ErrorKind::Malformed, what, "nothing was imported; mend the file, or leave these out with --skip-bad")
        .with("faults", all)
}

fn import_file(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let path = args.path("file")?;
    let name = args.need("format")?;
    let format = exchange::format(name)
        .ok_or_else(|| Error::usage(format!("--format {}: {} are known", shown(name), formats().join(", "))))?;
    let (args, kept) = mapping::applied(workspace, args)?;
    let args = &args;
    let options = options(workspace, args)?;
    let case = workspace.find_record(args.need("case")?, &[Kind::Case])?.id;
    let held = items_held(&workspace.db, case)?;
    let mut known = if held > FEW { Known::default() } else { known(workspace, case, job)? };
    job.at("reading", 0, None)?;
    // Opened once: what is looked at, what is stored, and what is said to have been read are this file and no other.
    let mut file = file::open(&path)?;
    let digest = if args.flag("dry-run") { None } else { Some(digest_of(&mut file)?) };
    let mut twin = file.try_clone()?;
    let mut source = Source::new(&mut twin).map_err(|fault| unreadable(&path, &fault))?;
    let mut lookup = Lookup { workspace, case, asked: HashSet::new(), failed: None };
    let mut learn = |ready: &Incoming, known: &mut Known| {
        if held > FEW {
            lookup.learn(ready, known);
        }
    };
    let planned = planned(format, &mut source, &options, (&mut known, &mut learn));
    lookup.failed.map_or(Ok(()), Err)?;
    let mut plan = planned.map_err(|fault| unreadable(&path, &fault))?;
    let is_live = workspace.meta.realm == Realm::Live;
    if let (true, Some(tag)) = (is_live, &plan.exercise) {
        let what = format!("{}: it is of an exercise ({})", shown(&path.to_string_lossy()), shown(tag));
        return Err(Error::new(
            ErrorKind::Refused,
            what,
            "a live workspace takes nothing of an exercise: import it in the exercise's own",
        ));
    }
    if !is_live && plan.exercise.is_none() && !args.flag(MADE_FOR_EXERCISE.name) {
        return Err(not_made_for(&path));
    }
    if !plan.faults.is_empty() && !args.flag("skip-bad") {
        return Err(all_faults(&path, &plan.faults, plan.more_faults));
    }
    for fault in std::mem::take(&mut plan.faults) {
        plan.report.skipped.count(&format!("skipped: {}", fault.what), &fault.place);
    }
    if plan.more_faults > 0 {
        plan.report.skipped.count_many("skipped: more that cannot be read", "", plan.more_faults);
    }
    let Some(digest) = digest else {
        let mut answer = Output::thing(&plan.report).with("sample", &plan.sample).with("columns", &options.columns);
        answer.text = Some(rehearsal(&plan, &options).join("\n"));
        return Ok(answer);
    };
    if plan.report.imported == 0 && plan.raised.is_empty() {
        let said = format!("Nothing new in it. {}", plan.report.sentences().join(" "));
        if let Some(kept) = &kept {
            let id = workspace.entropy.id()?;
            workspace.act_alone(record::mapping::KEEP, Audience::OwnDesk, |e, _| Ok(kept.change(id, e.salt()?)))?;
        }
        return Ok(Output::thing(&plan.report).with_message(said.trim().to_owned()));
    }
    source.again().map_err(|fault| unreadable(&path, &fault))?;
    let of = (path.as_path(), &mut file, digest);
    let what = (case, &known, &plan, kept.as_ref());
    let id = store(workspace, of, (format, &mut source, &options), what, args, job)?;
    let mut said = format!("{} imported, as one act. {}", plan.report.items(), plan.report.sentences().join(" "));
    if let Some(kept) = &kept {
        said = format!("{} The mapping {} is kept.", said.trim(), shown(&kept.name));
    }
    let mut answer = Output::made(id, said.trim().to_owned());
    if let Ok(serde_json::Value::Object(report)) = serde_json::to_value(&plan.report)
        && let serde_json::Value::Object(all) = &mut answer.value
    {
        all.extend(report);
    }
    Ok(answer)
}

/// What an import would come to, in lines: how many, its first items as they would be stored, which column is what, and what
/// is raised, marked or not kept.
fn rehearsal(plan: &Plan, options: &Options) -> Vec<String> {
    let mut lines = vec![format!("Would import {}.", plan.report.items())];
    lines.extend(plan.sample.iter().map(|s| format!("  {}: {} (tier {}, TLP:{})", s.r#type, s.value, s.tier, s.tlp)));
    let rest = plan.report.imported.saturating_sub(plan.sample.len() as u64);
    if rest > 0 && !plan.sample.is_empty() {
        lines.push(format!("  and {} more", thousands(rest)));
    }
    if !options.columns.is_empty() {
        let columns: Vec<String> =
            options.columns.iter().map(|(what, column)| format!("{what} from {column}")).collect();
        lines.push(format!("Columns: {}.", columns.join(", ")));
    }
    lines.extend(plan.report.sentences());
    lines
}

/// What an import of a file would come to. It is read on one thread and judged on another.
fn planned(
    format: &Format,
    source: &mut Source<'_>,
    options: &Options,
    (known, learn): (&mut Known, Learn<'_>),
) -> Result<Plan, FormatError> {
    let mut planner = Planner::new(options, known, learn);
    beside(|push| (format.read)(source, options, &mut Sink::new(push)), |seen| planner.see(seen))?;
    Ok(planner.end())
}

/// Up to how many items of a case are all read before a file is looked at; of more, those that the file is about are looked up.
const FEW: u64 = 20_000;

/// What the case holds already.
fn known(workspace: &Workspace, case: Id, job: &mut Job) -> Result<Known, Error> {
    let mut known = Known::default();
    let (mut after, mut read) = (None, 0);
    loop {
        let state = Some(item::State::Held.into());
        let query = Query { case: Some(case), state, after, limit: Some(2000), ..Query::kind(Kind::Item) };
        let page = workspace.records().find(&query)?;
        let Some(last) = page.last() else { return Ok(known) };
        after = Some(last.id);
        for record in &page {
            read += 1;
            note(workspace, record, &mut known)?;
        }
        job.at("comparing", read, None)?;
    }
}

/// Notes an item of the case that is this desk's own.
fn note(workspace: &Workspace, record: &Record, known: &mut Known) -> Result<(), Error> {
    if record.desk != workspace.meta.desk {
        return Ok(());
    }
    // To compare, not to show: it is not masked, and nobody has looked at it.
    let Some(content) = read::content(&workspace.db, record.body)? else { return Ok(()) };
    let terms = Terms::read(&record.terms)?;
    let text = |key: &str| content.get(key).and_then(Json::text);
    let value = text("value").unwrap_or_default();
    let mut keys = vec![Key::of_value(&terms.kind, value, text("originator"))];
    let version = content.get("properties").and_then(|p| p.get("modified")).and_then(Json::text);
    for (scheme, foreign) in content.get("ids").and_then(Json::members).unwrap_or_default() {
        let Some(foreign) = foreign.text() else { continue };
        keys.push(Key::of_id(scheme, foreign, version.unwrap_or_default(), value));
        known.foreign.entry(Key::of_foreign(foreign)).or_insert(record.id);
    }
    for key in keys {
        known.items.entry(key).or_insert_with(|| (record.id, terms.marking.clone()));
    }
    Ok(())
}

/// Looks up in the index what a case has of what a file holds: where the case is large, that is less than to read it all. An item
/// that was added by hand in another form than its value has in files is not found so.
struct Lookup<'w> {
    workspace: &'w Workspace,
    case: Id,
    asked: HashSet<Key>,
    failed: Option<Error>,
}

impl Lookup<'_> {
    fn learn(&mut self, ready: &Incoming, known: &mut Known) {
        let ids = ready.ids.iter().map(|(_, id)| id);
        for text in std::iter::once(&ready.value).chain(ids).chain(&ready.references) {
            if self.failed.is_none() && self.asked.insert(Key::of_foreign(text)) {
                self.failed = self.of_text(text, known).err();
            }
        }
    }

    fn of_text(&self, text: &str, known: &mut Known) -> Result<(), Error> {
        for id in search::of_text(&self.workspace.db, text)? {
            let record = self.workspace.records().get(id)?;
            if let Some(record) = record.filter(|r| r.is(item::State::Held) && r.case == Some(self.case)) {
                note(self.workspace, &record, known)?;
            }
        }
        Ok(())
    }
}

/// Stores what is taken, as one act, and returns its id.
fn store(
    workspace: &mut Workspace,
    (path, file, digest): (&Path, &mut (impl Read + Seek), Digest),
    (format, source, options): (&'static Format, &mut Source<'_>, &Options),
    (case, known, plan, kept): (Id, &Known, &Plan, Option<&Mapping>),
    args: &Args,
    job: &mut Job,
) -> Result<Id, Error> {
    let file_name = text::shown(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned();
    let home = workspace.meta.desk;
    let names = own_names(workspace)?;
    let held_back = HeldValues::of(workspace)?;
    let id = workspace.entropy.id()?;
    let kept = kept.map(|kept| Ok::<_, Error>((workspace.entropy.id()?, kept))).transpose()?;
    // Items name each other by the ids of the file: those that others name get theirs before the first is stored.
    let mut ids: HashMap<u32, Id> = HashMap::new();
    for number in plan.named() {
        ids.insert(number, workspace.entropy.id()?);
    }
    let word = options.unknown_marking.map(Tlp::word);
    let said = word.zip(args.maybe("because"));
    workspace.act(crate::record::import::IMPORT, Audience::OwnDesk, None, |act, entropy| {
        act.change(import::new(id, case, format.name, (&file_name, &digest), said, entropy.salt()?))?;
        if let Some((id, kept)) = kept {
            act.change(kept.change(id, entropy.salt()?))?;
        }
        for (item, marking) in &plan.raised {
            act.change(item::marked(*item, marking, None, entropy.salt()?))?;
        }
        let now = act.now();
        let make = |push: &mut dyn FnMut(PreparedChange) -> bool| -> Result<(), Error> {
            let mut failed = None;
            let mut number = 0u32;
            let mut one = |mut ready: Incoming, number: u32| -> Result<bool, Error> {
                if !plan.takes(number, &mut ready) {
                    return Ok(true);
                }
                let id = match ids.get(&number) {
                    Some(id) => *id,
                    None => entropy.id()?,
                };
                let find = |foreign: &String| {
                    let key = Key::of_foreign(foreign);
                    let here = plan.number_of(&key).and_then(|n| ids.get(&n));
                    here.or_else(|| known.foreign.get(&key)).copied()
                };
                let mut references: Vec<Id> = ready.references.iter().filter_map(find).filter(|r| *r != id).collect();
                let mut seen = std::collections::HashSet::new();
                references.retain(|r| seen.insert(*r));
                references.truncate(MOST_REFERENCES);
                let (terms, content) = item_of(ready, case, home, &names, references, now);
                let change = item::new(id, &terms, &content, entropy.salt()?);
                let goes_on = push(PreparedChange::made_of(change, &content)?);
                match held_back.same_as(&terms.kind, &content).filter(|_| goes_on) {
                    Some(same) => Ok(push(PreparedChange::new(held_back_as(id, same, entropy.salt()?))?)),
                    None => Ok(goes_on),
                }
            };
            // It was reported when it was planned.
            let mut unread = Report::default();
            let mut take = |seen: Seen| {
                let Seen::Item(_) = &seen else { return true };
                let Some(One::Item(ready)) = intake::one(seen, options, &mut unread) else { return true };
                number += 1;
                match one(*ready, number - 1) {
                    Ok(goes_on) => goes_on,
                    Err(failure) => {
                        failed = Some(failure);
                        false
                    }
                }
            };
            let read = (format.read)(source, options, &mut Sink::new(&mut take));
            match (failed, read) {
                (Some(failure), _) => Err(failure),
                (None, Err(fault)) => Err(unreadable(path, &fault)),
                (None, Ok(())) => Ok(()),
            }
        };
        let mut count = 0u64;
        beside(make, |change| {
            if count.is_multiple_of(1000) {
                job.at("importing", count, Some(plan.report.imported))?;
            }
            count += 1;
            Ok(act.prepared(change)?)
        })?;
        if digest_of(file)? != digest { Err(FileError::Changed(path.to_owned()).into()) } else { Ok(()) }
    })?;
    Ok(id)
}

/// The most references that an item's terms hold.
const MOST_REFERENCES: usize = 10_000;

/// What this desk is called: a file that names it as the originator is its own.
fn own_names(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let mut names = vec![workspace.code_of(workspace.meta.desk)?];
    if let Some(record) = workspace.records().get(workspace.meta.desk)? {
        names.push(workspace.text_of(&record, "name")?);
    }
    Ok(names)
}

fn item_of(
    ready: Incoming,
    case: Id,
    home: Id,
    names: &[String],
    references: Vec<Id>,
    now: Timestamp,
) -> (Terms, Json) {
    let originator = ready.originator.filter(|o| !names.iter().any(|n| n.eq_ignore_ascii_case(o)));
    let row = retention::row_for(Class::Item, ready.tier, ready.category, Trigger::Received);
    let keep = ready.keep_days.map(|days| now.plus(Duration::days(days)));
    let terms = Terms {
        case,
        kind: ready.kind,
        tier: ready.tier,
        category: ready.category,
        person_class: ready.person_class,
        assertion: ready.assertion,
        source_grade: ready.source_grade,
        information_grade: ready.information_grade,
        marking: ready.marking,
        conditions: Vec::new(),
        originator: home,
        third: originator.is_some(),
        references,
        request: None,
        delete_by: retention::dates(row, now, keep).due,
    };
    let mut content = object! { "value" => ready.value };
    for (key, value) in [
        ("written", ready.written),
        ("relation", ready.relation),
        ("title", ready.title),
        ("note", ready.note),
        ("originator", originator),
    ] {
        if let Some(value) = value {
            content.set(key, value);
        }
    }
    if !ready.ids.is_empty() {
        let mut ids = object! {};
        for (scheme, id) in ready.ids {
            ids.set(scheme, id);
        }
        content.set("ids", ids);
    }
    if let Some(properties) = ready.properties.filter(|p| p.members().is_some_and(|m| !m.is_empty())) {
        content.set("properties", properties);
    }
    for (key, list) in [("caveats", ready.caveats), ("unknown_markings", ready.unknown_markings)] {
        if !list.is_empty() {
            content.set(key, list);
        }
    }
    if let Some(original) = ready.original {
        content.set("original", original);
    }
    (terms, content)
}
