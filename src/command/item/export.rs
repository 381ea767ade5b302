//! Export: items as a file of a foreign format, for a partner. Each is put to the gate, what leaves is a disclosure on record like any
//! other, and the file holds what was shown of it and nothing else.

use std::collections::HashMap;

use serde::Serialize;

use crate::act::change::Line;
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE};
use crate::command::disclosure::{Sorted, Stays, for_file, items_of, minimised, named_items, sort_with};
use crate::command::review::purpose_of;
use crate::command::shape::RECIPIENT;
use crate::exchange;
use crate::exchange::format::{Format, WriteFile};
use crate::exchange::leaving::{Leaving, Outgoing, Transfer};
use crate::exchange::report::Lines;
use crate::gate::cleared::{self, Cleared, FileItems};
use crate::gate::from_records::{Disclosure, LeaveFacts, under_of};
use crate::gate::verdict::Verdict;
use crate::object;
use crate::record::definition::{need, terms_of};
use crate::record::disclosure::{self, DisclosureContent, Terms, WRITTEN};
use crate::record::item;
use crate::record::kind::Kind;
use crate::record::store::{ChangeRow, Record, RecordStore as _};
use crate::record::{agreement, case, member, partner};
use crate::seal::age_file::{self, Recipient};
use crate::store::read;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::{counted, shown};
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

fn formats() -> Vec<&'static str> {
    exchange::FORMATS.iter().filter(|f| f.write.is_some()).map(|f| f.name).collect()
}

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "item",
    name: "export",
    about: "Write items to a file of a foreign format for a partner, as a disclosure on record",
    args: &[
        Arg::new("item", ArgKind::Record(&[Kind::Item]), "an item").repeated(),
        Arg::new("case", ArgKind::Record(&[Kind::Case]), "or every item of this case"),
        Arg::new(
            "disclosure",
            ArgKind::Record(&[Kind::Disclosure]),
            "or what was released with this disclosure: from tier 2 up, it comes first",
        ),
        Arg::new("to", ArgKind::Partner, "the partner").required(),
        Arg::new("format", ArgKind::Word(formats), "the format of the file").required(),
        Arg::new("out", ArgKind::ToWrite, "the file to write").required(),
        FORCE,
        Arg::new(
            "recipient",
            ArgKind::Line,
            "the age key (age1…) to seal it to; without it, the partner's own where it has one",
        )
        .of_shape(RECIPIENT),
        Arg::new(
            "delete-after",
            ArgKind::Duration,
            "in how many days the partner must delete it; without it, as long as the agreement allows",
        ),
        Arg::new("named", ArgKind::Line, "a person that it is for, by name (TLP:RED needs one)").repeated(),
        Arg::new(
            "dry-run",
            ArgKind::Flag,
            "only say what would leave, what would stay and why, and what would be lost",
        ),
    ],
    writes: Some(Writes {
        act: WRITTEN,
        weight: Weight::Signs,
        needs: Needs::NotPurged,
        rehearsable: false,
        preview: Preview::DryRun,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[],
    }),
    run: Handler::Writes(export),
}];

/// What an export came to.
#[derive(Serialize)]
struct Exported {
    /// The disclosure on record.
    id: Option<Id>,
    /// To whom.
    to: String,
    /// In which format.
    format: &'static str,
    /// How many items are in the file.
    items: usize,
    /// Those that stay, and why.
    stays: Vec<Stays>,
    /// What the format has no place for.
    lost: Lines,
    /// The marking of the whole.
    marking: Option<String>,
    /// By when it must be deleted there.
    delete_by: Option<Timestamp>,
    /// Whether the file is sealed.
    sealed: bool,
    /// The digest of the file, as it was written.
    sha256: Option<Digest>,
    /// What must be done now.
    obligations: Vec<String>,
}

/// A file of a format that can be written.
#[derive(Clone, Copy)]
struct Target {
    format: &'static Format,
    write: WriteFile,
}

fn target(args: &Args) -> Result<Target, Error> {
    let name = args.need("format")?;
    let known = exchange::format(name).and_then(|format| Some(Target { format, write: format.write? }));
    known.ok_or_else(|| Error::usage(format!("--format {}: {} are written", shown(name), formats().join(", "))))
}

fn export(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let to = workspace.partner(args.need("to")?)?;
    let target = target(args)?;
    let out = Destination::of(args, "out")?;
    let sealed_to = recipient(&to, args)?;
    workspace.may_sign(WRITTEN)?;
    let dry = args.flag("dry-run");
    if let Some(typed) = args.maybe("disclosure") {
        if let Some(field) = ["item", "case", "delete-after", "named"].iter().find(|f| args.maybe(f).is_some()) {
            return Err(Error::usage(format!("--{field}: what was released with --disclosure says that itself")));
        }
        let record = workspace.find_record(typed, &[Kind::Disclosure])?;
        return write(workspace, (&to, record.id), target, (&out, sealed_to), Vec::new(), dry, job);
    }
    let items = named_items(workspace, args, None)?;
    let Some(first) = items.first() else {
        return Err(Error::usage(
            "there is nothing to export: name --item, a --case that has items, or a --disclosure",
        ));
    };
    let case = workspace.records().get(*first)?.and_then(|r| r.case);
    let purpose = purpose_of(workspace, case)?;
    let days = match args.maybe("delete-after") {
        Some(_) => args.days("delete-after")?,
        None => longest(workspace, to.id, &purpose, &items)?,
    };
    let of = Disclosure {
        now: workspace.now(),
        realm: workspace.meta.realm.clone(),
        home: workspace.meta.desk,
        to: to.id,
        purpose,
        delete_after_days: days,
        named: !args.all("named").is_empty(),
        proposed_by: workspace.person(),
        released_by: None,
        emergency: None,
        taskforce: None,
    };
    let words = DisclosureContent { named: args.lines("named")?, risk: None };
    if dry {
        return rehearsed(workspace, (&to, &of, &words), &items, target, sealed_to.is_some(), job);
    }
    let (sorted, made) = for_file(workspace, &of, &items, &words, job)?;
    let Some(id) = made else { return Err(nothing_leaves(&sorted)) };
    write(workspace, (&to, id), target, (&out, sealed_to), sorted.all_that_stay(), false, job)
}

/// The error where none of the items may leave.
fn nothing_leaves(sorted: &Sorted) -> Error {
    let refusal = sorted.refusal().unwrap_or_else(|| Error::not_allowed("there is nothing to export"));
    from_tier_2(refusal, !sorted.waits.is_empty())
}

/// Says what comes before an export of what only lacks a second person.
fn from_tier_2(refusal: Error, waits: bool) -> Error {
    if waits {
        refusal.hint("share it with `comity disclosure new`; once it is released, `item export --disclosure` writes it")
    } else {
        refusal.hint("nothing was written; `comity gate explain ITEM --to PARTNER` says what is missing")
    }
}

/// The age key that a file is sealed to: the one that is named, or the partner's own.
fn recipient(to: &Record, args: &Args) -> Result<Option<Recipient>, Error> {
    let typed = args.maybe_read("recipient", RECIPIENT.what, Recipient::parse)?;
    let own = || to.text("age").filter(|_| partner::is_without_card(to)).and_then(Recipient::parse);
    Ok(typed.or_else(own))
}

/// The longest term that the agreements allow which decide for these items, in days.
fn longest(workspace: &Workspace, to: Id, purpose: &str, items: &[Id]) -> Result<i64, Error> {
    /// Where no agreement says anything, the gate refuses the export whatever the term.
    const NONE: i64 = 1;
    let (records, now) = (workspace.records(), workspace.now());
    let (mut categories, mut case) = (Vec::new(), None);
    for id in items {
        let Some(record) = records.get(*id)? else { continue };
        case = case.or(record.case);
        let category = item::Terms::read(&record.terms)?.category;
        if !categories.contains(&category) {
            categories.push(category);
        }
    }
    let mut least = None;
    for category in categories {
        // What no agreement lets out does not shorten the term of the rest.
        let under = under_of(&records, None, case)?;
        let found = agreement::deciding(&records, (to, under), purpose, category, now)?;
        let terms = found.map(|d| d.terms).filter(|t| t.categories.contains(&category));
        let cap = terms.map(|t| t.retention_cap_days);
        least = [least, cap].into_iter().flatten().min();
    }
    Ok(least.unwrap_or(NONE))
}

/// Says what an export would come to: nothing is recorded, and nothing is written.
fn rehearsed(
    workspace: &Workspace,
    (to, of, words): (&Record, &Disclosure, &DisclosureContent),
    items: &[Id],
    target: Target,
    sealed: bool,
    job: &mut Job,
) -> Result<Output, Error> {
    let records = workspace.records();
    let sorted = sort_with(&records, of, (items, &workspace.reasons()), true, job)?;
    if sorted.leaves.is_empty() {
        return Err(nothing_leaves(&sorted));
    }
    let leave: Vec<Id> = sorted.leaves.iter().map(|(id, _)| *id).collect();
    let (cleared, _) = cleared::clear_file(&records, of, &leave)?;
    let mut facts = LeaveFacts::begin(&records, of.clone())?;
    let (mut outgoing, mut times) = (Vec::with_capacity(leave.len()), Times::default());
    for id in &leave {
        let record = need(&records, *id, Kind::Item)?;
        let mut terms = item::Terms::read(&record.terms)?;
        terms.conditions = facts.conditions(&records, &record)?;
        let content = minimised(&workspace.content(&record)?.unwrap_or_else(|| object! {}));
        outgoing.push(one(workspace, &mut times, &record, terms, content)?);
    }
    let transfer = transfer(workspace, to, (Id::from_bytes([0; 16]), of), words.clone())?;
    let (answer, _) = file(&cleared, &transfer, &outgoing, target);
    let exported = Exported {
        stays: sorted.all_that_stay(),
        sealed,
        obligations: sorted.obligations(),
        delete_by: Some(transfer.delete_by),
        ..answer
    };
    let said = format!("Would write {}", sentence(&exported));
    Ok(Output::thing(&exported).with_message(said))
}

/// Writes what is on record of a disclosure, as far as the gate lets it go now.
fn write(
    workspace: &mut Workspace,
    (to, id): (&Record, Id),
    target: Target,
    (out, sealed_to): (&Destination, Option<Recipient>),
    mut stays: Vec<Stays>,
    dry: bool,
    job: &mut Job,
) -> Result<Output, Error> {
    let record = need(&workspace.records(), id, Kind::Disclosure)?;
    let copies = copies(workspace, to, &record, job)?;
    stays.extend(copies.stays.iter().map(|(item, verdict)| Stays::of(*item, verdict)));
    if let (Some((item, verdict)), true) = (copies.stays.first(), copies.cleared.value().is_empty()) {
        return Err(from_tier_2(Error::refused(verdict.clone(), Some(*item)), false).with("stays", stays));
    }
    let (answer, plain) = file(&copies.cleared, &copies.transfer, &copies.items, target);
    let sealed = sealed_to.is_some();
    let exported = Exported { id: Some(id), stays, sealed, delete_by: Some(copies.transfer.delete_by), ..answer };
    if dry {
        let said = format!("Would write {}", sentence(&exported));
        return Ok(Output::thing(&exported).with_message(said));
    }
    let bytes = match sealed_to {
        Some(recipient) => age_file::seal(&[recipient], &plain)?,
        None => plain,
    };
    let digest = Digest::of(&bytes);
    // Logged first: a file that was written and not logged cannot be.
    let untold = untold_cases(workspace, to, &record)?;
    workspace.act(WRITTEN, Audience::OwnDesk, None, |act, entropy| {
        act.change(disclosure::written_as(id, target.format.name, sealed, &digest, entropy.salt()?))?;
        untold.iter().try_for_each(|known| Ok(act.change(case::unshared(*known, to.id))?))
    })?;
    out.write(&bytes).map_err(|failure| {
        failure.hint(format!("it is on record: write it once more with `item export --disclosure {id}`"))
    })?;
    let said = format!("Written to {}: {}", out.shown(), sentence(&exported));
    let exported = Exported { sha256: Some(digest), ..exported };
    Ok(Output { made: Some(id), ..Output::thing(&exported).with_message(said) })
}

/// What is on record of a disclosure.
struct Copies {
    cleared: Cleared<FileItems>,
    stays: Vec<(Id, Verdict)>,
    items: Vec<Outgoing>,
    transfer: Transfer,
}

/// Reads the copies of a disclosure that has left, and puts each to the gate with the facts of now.
fn copies(workspace: &Workspace, to: &Record, record: &Record, job: &mut Job) -> Result<Copies, Error> {
    let terms = Terms::read(&disclosure::of_record(record))?;
    let code = to.key.clone().unwrap_or_default();
    if terms.to != to.id || record.desk != workspace.meta.desk {
        return Err(Error::usage(format!("that disclosure is not one to {}", shown(&code))));
    }
    if !record.is(disclosure::State::Released) {
        let what = format!("the disclosure is {}: only what was released is written", record.state.label());
        return Err(Error::not_allowed(what).hint("a second person releases it with `comity disclosure release`"));
    }
    let damaged = || Error::new(ErrorKind::Integrity, "the disclosure is not in the log", "run `comity audit verify`");
    let row = record.terms.get("row").and_then(Json::int).map(ChangeRow).ok_or_else(damaged)?;
    let position = read::position_of_row(&workspace.db, row)?.ok_or_else(damaged)?;
    let act = read::act(&workspace.db, position)?.ok_or_else(damaged)?;
    let header = act.read_header()?;
    let records = workspace.trusted_records()?;
    let (mut kind, mut first) = (None, object! {});
    let (mut items, mut times) = (Vec::new(), Times::default());
    read::signed_changes::<Error>(&workspace.db, &act, |stored| {
        let Line::Change(change) = &stored.line else { return Ok(()) };
        if kind.is_none() {
            kind = crate::record::change(&change.kind).map(|def| def.kind);
            first = change.read_terms().map_err(|_| damaged())?;
            return Ok(());
        }
        if !item::COPY.is(&change.kind) {
            return Ok(());
        }
        if items.len().is_multiple_of(1000) {
            job.at("reading", items.len() as u64, Some(act.changes))?;
        }
        let own = change.read_terms().map_err(|_| damaged())?;
        let copied = item::Terms::read(terms_of(&first, &own)?)?;
        // What was erased since has no content any more, and the gate says so.
        let content = change.read_content().map_err(|_| damaged())?.unwrap_or_else(|| object! {});
        let now = need(&records, change.record, Kind::Item)?;
        let marking = copied.marking.and(&item::Terms::read(&now.terms)?.marking);
        items.push(one(workspace, &mut times, &now, item::Terms { marking, ..copied }, content)?);
        Ok(())
    })?;
    let kind = kind.ok_or_else(damaged)?;
    if let Some(signer) = member::to_be_confirmed(&records, &header, kind)? {
        let what = "who signed the disclosure was revoked since, and nobody has confirmed what they signed";
        return Err(Error::not_allowed(what)
            .hint(format!("another member looks at it: `comity member confirm-acts {}`", signer.id)));
    }
    let of = cleared::as_left(&terms, (&header, kind), Some(record), workspace.now());
    let ids = items_of(workspace, record)?;
    let (cleared, stays) = cleared::clear_file(&records, &of, &ids)?;
    let words = DisclosureContent::read(workspace.content(record)?.as_ref());
    let left = record.instant("at").unwrap_or_else(|| workspace.now());
    let transfer = transfer(workspace, to, (record.id, &Disclosure { now: left, ..of }), words)?;
    Ok(Copies { cleared, stays, items, transfer })
}

/// When acts were made, each looked up once: items that were imported together share theirs.
#[derive(Default)]
struct Times(HashMap<i64, Timestamp>);

impl Times {
    fn of(&mut self, workspace: &Workspace, position: i64) -> Result<Timestamp, Error> {
        if let Some(known) = self.0.get(&position) {
            return Ok(*known);
        }
        let act = read::act(&workspace.db, position)?;
        let at = act.map(|a| a.read_header()).transpose()?.map_or_else(|| workspace.now(), |h| h.time.at);
        self.0.insert(position, at);
        Ok(at)
    }
}

/// An item as it leaves: the terms and the content of its copy, and how its value was written where that is shown.
fn one(
    workspace: &Workspace,
    times: &mut Times,
    record: &Record,
    terms: item::Terms,
    content: Json,
) -> Result<Outgoing, Error> {
    let written = Some(workspace.text_of(record, "written")?).filter(|w| !w.is_empty());
    let position = record.body.map(|row| read::position_of_row(&workspace.db, row)).transpose()?.flatten();
    let recorded = match position {
        Some(position) => times.of(workspace, position)?,
        None => workspace.now(),
    };
    Ok(Outgoing { id: record.id, terms, content, written, recorded })
}

fn transfer(
    workspace: &Workspace,
    to: &Record,
    (id, of): (Id, &Disclosure),
    words: DisclosureContent,
) -> Result<Transfer, Error> {
    let home = workspace.own_record()?;
    Ok(Transfer {
        desk: workspace.meta.desk,
        from: workspace.code_of(workspace.meta.desk)?,
        name: workspace.text_of(&home, "name")?,
        to: to.key.clone().unwrap_or_default(),
        disclosure: id,
        purpose: of.purpose.clone(),
        at: of.now,
        delete_by: of.now.plus(Duration::days(of.delete_after_days)),
        realm: workspace.meta.realm.clone(),
        named: words.named,
    })
}

/// The file, and what is to be said of it.
fn file(cleared: &Cleared<FileItems>, transfer: &Transfer, items: &[Outgoing], target: Target) -> (Exported, Vec<u8>) {
    let leaving = Leaving::of(cleared, items);
    let mut lost = Lines::default();
    let bytes = (target.write)(transfer, &leaving, &mut lost);
    let exported = Exported {
        id: None,
        to: transfer.to.clone(),
        format: target.format.name,
        items: leaving.items().len(),
        stays: Vec::new(),
        lost,
        marking: (!leaving.items().is_empty()).then(|| leaving.marking().to_string()),
        delete_by: None,
        sealed: false,
        sha256: None,
        obligations: Vec::new(),
    };
    (exported, bytes)
}

fn sentence(exported: &Exported) -> String {
    let mut said = vec![format!(
        "{} for {}, {}{}.",
        counted(exported.items, "item"),
        exported.to,
        exported.format,
        if exported.sealed { ", sealed" } else { "" }
    )];
    if let Some(marking) = &exported.marking {
        said.push(format!("Effective marking {marking}."));
    }
    if let Some(by) = exported.delete_by {
        said.push(format!("To be deleted there by {}.", by.to_date()));
    }
    if !exported.stays.is_empty() {
        let count = exported.stays.len();
        let mut rules: Vec<String> = exported.stays.iter().flat_map(|s| &s.refused_by).map(|r| r.to_string()).collect();
        rules.sort();
        rules.dedup();
        said.push(format!("What stays: {} ({}); --json lists why.", counted(count, "item"), rules.join(", ")));
    }
    if !exported.lost.is_empty() {
        said.push(format!("The format has no place for: {}.", exported.lost.said()));
    }
    if !exported.obligations.is_empty() {
        said.push(format!("Then: {}.", exported.obligations.join("; ")));
    }
    said.join(" ")
}

/// The cases that a partner would have been told of by the act that waits for it, and is not told of now.
fn untold_cases(workspace: &Workspace, to: &Record, record: &Record) -> Result<Vec<Id>, Error> {
    let Some(row) = record.terms.get("row").and_then(Json::int).map(ChangeRow) else { return Ok(Vec::new()) };
    let position = read::position_of_row(&workspace.db, row)?;
    let waits = position.is_some_and(|p| read::waiting(&workspace.db, to.id).is_ok_and(|all| all.contains(&p)));
    if !waits {
        return Ok(Vec::new());
    }
    let told = workspace.records().following(row, case::SHARE)?;
    Ok(told.into_iter().map(|c| c.record).collect())
}
