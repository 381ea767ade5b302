//! Bundles in: spooled, verified to the last byte, then applied in one transaction, or not at all.
//!
//! A bundle that came before is a no-op; one that comes too early waits in the inbox until what is missing arrives, and so does a
//! volume whose others are missing; one that tells another history is kept as evidence, and nothing more is taken from that stream.

use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::apply::apply;
use super::missing::{self, AskedFor};
use super::outbox;
use super::place::{self, StreamPosition};
use super::quarantine::{self, inbox_file};
use super::set_back;
use super::source::{self, Found};
use super::verify::{Verified, verify};
use crate::bundle::manifest::{Manifest, PartKind};
use crate::bundle::open::BundleError;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::host::file;
use crate::record::bundle;
use crate::record::stream;
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::text::{counted, is_standard_input, shown, thousands};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const FILE: Arg = Arg::new("file", ArgKind::Existing, "the bundle; a folder with all of its volumes").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "bundle",
        name: "inspect",
        about: "Show what a bundle says of itself; nothing of it is verified or applied",
        args: &[FILE],
        writes: None,
        run: Handler::Reads(inspect),
    },
    Command {
        noun: "bundle",
        name: "verify",
        about: "Verify a bundle to its last byte, and try its acts; nothing of it is applied",
        args: &[FILE],
        writes: None,
        run: Handler::Reads(show_verified),
    },
    Command {
        noun: "bundle",
        name: "import",
        about: "Take in bundles: files, or folders with what is for this desk among other things",
        args: &[Arg::new("path", ArgKind::Existing, "a bundle, a folder, or - for standard input")
            .positional()
            .repeated()],
        writes: Some(Writes {
            act: crate::record::bundle::IMPORT,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(import),
    },
];

words! {
    /// What became of a bundle.
    Taken {
        /// Its acts were taken in.
        Imported = "imported",
        /// They were before.
        Already = "already imported",
        /// It was only verified.
        Verified = "verified",
    }
}

/// What became of a bundle.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The sender.
    pub from: String,
    /// Its number.
    pub sequence: u64,
    /// What became of it.
    pub state: Taken,
    /// How many acts it carries.
    pub acts: usize,
    /// How many changes they make.
    pub changes: u64,
    /// How many items came above the ceiling of this desk's agreement: they are not passed on.
    pub above_ceiling: usize,
    /// That the sender was set back, where this bundle says so.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub set_back: String,
}

/// What an import came to.
#[derive(Serialize)]
struct Imported {
    bundles: Vec<Outcome>,
    asks: Vec<AskedFor>,
    waits: Vec<String>,
    passed_over: Vec<String>,
    why: Vec<PassedOver>,
}

/// A file that was passed over, and why.
#[derive(Clone, Debug, Serialize)]
pub struct PassedOver {
    /// Its name.
    pub file: String,
    /// Why.
    pub why: String,
}

/// What a bundle says of itself, unverified.
#[derive(Serialize)]
struct Inspected {
    from: String,
    volume: u64,
    manifest: serde_json::Value,
}

fn outcome(v: &Verified, state: Taken) -> Outcome {
    Outcome {
        from: v.from.key.clone().unwrap_or_default(),
        sequence: v.manifest.sequence,
        state,
        acts: v.found.acts,
        changes: v.found.changes,
        above_ceiling: 0,
        set_back: String::new(),
    }
}

fn inspect(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let opened = source::open(workspace, &args.path("file")?)?;
    let manifest: serde_json::Value = serde_json::from_slice(&opened.bytes).unwrap_or_default();
    let from = workspace.code_of(opened.manifest.from)?;
    let mut said = what_it_says(workspace, &opened.manifest, opened.volume)?;
    said.push("Nothing of this is verified: `bundle verify` does that.".to_owned());
    Ok(Output::thing(&Inspected { from, volume: opened.volume as u64 + 1, manifest }).with_message(said.join("\n")))
}

/// What a manifest says, a line each.
fn what_it_says(workspace: &Workspace, says: &Manifest, volume: usize) -> Result<Vec<String>, Error> {
    let size = |n: u64| format!("{} bytes", thousands(n));
    let parts = |kind: PartKind| says.parts.iter().filter(move |part| part.kind == kind).map(|part| part.bytes);
    let acts = parts(PartKind::Act).count();
    let mut lines = vec![
        ("from", format!("{}, workstation {}", workspace.code_of(says.from)?, says.replica.short())),
        ("to", workspace.code_of(says.to)?),
        ("number", says.sequence.to_string()),
        ("realm", says.realm.to_string()),
        ("made", format!("{}, by {}", says.made.to_minute(), workspace.name_of(says.by)?)),
        ("acts", format!("{}, {}", counted(acts, "part"), size(parts(PartKind::Act).sum()))),
        ("padding", size(parts(PartKind::Padding).sum())),
        (
            "volumes",
            format!("{} of {}, {}", volume + 1, says.volumes.len(), size(says.volumes.iter().map(|v| v.bytes).sum())),
        ),
        (
            "before it",
            match says.previous {
                Some(digest) => format!("number {}, {digest}", says.sequence.saturating_sub(1)),
                None => "nothing: it is the first of its stream".to_owned(),
            },
        ),
        (
            "received",
            match &says.acknowledges {
                Some(receipt) => format!("by its sender, up to number {}, {}", receipt.sequence, receipt.manifest),
                None => "nothing yet by its sender".to_owned(),
            },
        ),
    ];
    if let Some(replaced) = says.replaces {
        lines.push(("stands for", format!("{replaced}, which is gone at its sender")));
    }
    if !says.continues.is_empty() {
        lines.push((
            "goes on",
            format!("from {}: its sender was set back", counted(says.continues.len(), "former log")),
        ));
    }
    Ok(lines.into_iter().map(|(label, text)| format!("{label:10}  {text}")).collect())
}

fn show_verified(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let path = args.path("file")?;
    let files = if path.is_dir() { file::files_in(&path)? } else { vec![path] };
    let verified = verify(workspace, &files, job)?;
    // Whether its acts are in order shows when they are applied: whoever may import tries that too.
    let tried = !workspace.is_read_only() && workspace.may(bundle::IMPORT)?.allowed();
    if tried {
        apply(workspace, &files, &verified, false, job).map_err(Error::from_partner)?;
    }
    let state = if verified.place == StreamPosition::Again { Taken::Already } else { Taken::Verified };
    let outcome = outcome(&verified, state);
    let said = format!(
        "Bundle {} from {}: {state}, {}, {}.{}",
        outcome.sequence,
        outcome.from,
        counted(outcome.acts, "act"),
        counted(outcome.changes, "change"),
        if tried { "" } else { " Whether its acts are in order is checked when it is imported." }
    );
    Ok(Output::thing(&outcome).with_message(said))
}

// --- import --------------------------------------------------------------------------------------------------------

/// What became of a file that was to be taken in.
#[derive(Clone, Debug)]
pub enum Fate {
    /// What it holds is here, now or since before.
    Taken,
    /// It is kept in the inbox until what is missing arrives.
    Kept(Error),
    /// It is nothing that this desk can open: of others, or no bundle.
    Foreign(Error),
    /// It is refused.
    Refused(Error),
}

/// What became of many files.
#[derive(Default)]
pub struct Intake {
    /// Of each file.
    pub fates: Vec<(PathBuf, Fate)>,
    /// The bundles that were taken in, in the order in which they were.
    pub outcomes: Vec<Outcome>,
    /// The requests for what is missing at partners.
    pub asks: Vec<AskedFor>,
    /// What waited here, followed, and was refused.
    pub followed_badly: Vec<Error>,
}

/// A bundle among files: from whom, its number, its manifest.
type Named = (Id, u64, Digest);

/// Takes in what is for this desk among some files, by sender and number; volumes of one bundle together.
///
/// # Errors
///
/// What has nothing to do with the files: this member may not import, the clock is wrong, the work was cancelled.
pub fn take_all(workspace: &mut Workspace, files: &[PathBuf], job: &mut Job) -> Result<Intake, Error> {
    let may = workspace.may(bundle::IMPORT)?;
    if !may.allowed() {
        return Err(Error::refused(may, None));
    }
    let mut intake = Intake::default();
    let mut bundles: Vec<(Named, PathBuf)> = Vec::new();
    for path in files {
        match source::look(workspace, path) {
            Ok(Found::Bundle(opened)) => {
                let named = (opened.manifest.from, opened.manifest.sequence, opened.digest());
                bundles.push((named, path.clone()));
            }
            Ok(Found::Ask(asked)) => {
                let fate = match missing::take_ask(workspace, &asked) {
                    Ok(asked) => {
                        intake.asks.push(asked);
                        Fate::Taken
                    }
                    Err(failure) => refused_or_own(failure)?,
                };
                intake.fates.push((path.clone(), fate));
            }
            Err(failure) => {
                let is_bad = matches!(failure.kind, ErrorKind::Malformed | ErrorKind::Version);
                let ours = is_bad && source::is_sealed_to_us(workspace, path);
                let fate = if ours { Fate::Refused(failure) } else { Fate::Foreign(failure) };
                intake.fates.push((path.clone(), fate));
            }
        }
    }
    bundles.sort();
    let mut rest = bundles.as_slice();
    while let Some((named, _)) = rest.first() {
        let many = rest.iter().take_while(|(other, _)| other == named).count();
        let (these, later) = rest.split_at(many);
        rest = later;
        let paths: Vec<PathBuf> = these.iter().map(|(_, path)| path.clone()).collect();
        let fate = match take_in(workspace, &paths, job) {
            Ok((done, badly)) => {
                intake.outcomes.extend(done);
                intake.followed_badly.extend(badly);
                Fate::Taken
            }
            Err(failure) if failure.kind == ErrorKind::Gap => Fate::Kept(failure),
            Err(failure) => refused_or_own(failure)?,
        };
        intake.fates.extend(paths.into_iter().map(|path| (path, fate.clone())));
    }
    Ok(intake)
}

/// A file is refused for what it is. What is wrong here, and not with the file, ends the whole.
fn refused_or_own(failure: Error) -> Result<Fate, Error> {
    use ErrorKind as Kind;
    match failure.kind {
        Kind::Cancelled | Kind::Clock | Kind::Busy | Kind::Key | Kind::Integrity | Kind::Internal => Err(failure),
        _ => Ok(Fate::Refused(failure)),
    }
}

/// Takes one bundle in, in the volumes that it has, and whatever waited for it. Answers too why what waited was refused.
///
/// # Errors
///
/// Where nothing of it was taken in.
pub fn take_in(
    workspace: &mut Workspace,
    files: &[PathBuf],
    job: &mut Job,
) -> Result<(Vec<Outcome>, Option<Error>), Error> {
    let may = workspace.may(bundle::IMPORT)?;
    if !may.allowed() {
        return Err(Error::refused(may, None));
    }
    let mut spooled = Vec::new();
    let taken = spool_all(workspace, files, &mut spooled).and_then(|()| {
        let with_kept = [spooled.clone(), kept_volumes(workspace, &spooled)?].concat();
        take_spooled(workspace, &with_kept, job)
    });
    for path in &spooled {
        file::remove(path)?;
    }
    let first = taken?;
    let from = crate::record::partner::by_code(&workspace.records(), &first.from)?.map(|r| r.id);
    if let Some(from) = from {
        forget_kept(workspace, from, first.sequence)?;
    }
    let mut all = vec![first];
    // What came too early follows by itself.
    while let Some(from) = from {
        let stream = stream::with(&workspace.records(), workspace.meta.desk, from)?;
        let number = stream::received(&stream).map_or(1, |(n, _)| n + 1);
        let next = quarantine::files_of(workspace, from, number)?;
        if next.is_empty() {
            break;
        }
        match take_spooled(workspace, &next, job) {
            Ok(outcome) => {
                forget_kept(workspace, from, number)?;
                all.push(outcome);
            }
            // Volumes of it are still missing.
            Err(failure) if failure.kind == ErrorKind::Gap => break,
            Err(failure) => {
                // It was whole when it came. It stays where it is, as evidence, and what speaks against it is said.
                let what =
                    format!("{} followed, and the next one, {number}, does not: {}", describe(&all), failure.what);
                return Ok((all, Some(Error { what, ..failure })));
            }
        }
    }
    Ok((all, None))
}

fn spool_all(workspace: &mut Workspace, files: &[PathBuf], spooled: &mut Vec<PathBuf>) -> Result<(), Error> {
    for path in files {
        spooled.push(source::spool(workspace, path)?);
    }
    Ok(())
}

/// The volumes of a bundle that are kept since before, where these files are volumes of it.
fn kept_volumes(workspace: &Workspace, spooled: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let Some(first) = spooled.first() else { return Ok(Vec::new()) };
    let opened = source::open(workspace, first)?;
    if opened.manifest.volumes.len() < 2 {
        return Ok(Vec::new());
    }
    let kept = quarantine::files_of(workspace, opened.manifest.from, opened.manifest.sequence)?;
    let is_of_it = |path: &PathBuf| source::open(workspace, path).is_ok_and(|kept| kept.digest() == opened.digest());
    Ok(kept.into_iter().filter(is_of_it).collect())
}

/// Removes what was kept of a bundle that is here now.
fn forget_kept(workspace: &Workspace, from: Id, sequence: u64) -> Result<(), Error> {
    for path in quarantine::files_of(workspace, from, sequence)? {
        file::remove(&path)?;
    }
    Ok(())
}

fn describe(outcomes: &[Outcome]) -> String {
    let one = |o: &Outcome| format!("bundle {} from {}: {}", o.sequence, o.from, o.state);
    outcomes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn take_spooled(workspace: &mut Workspace, spooled: &[PathBuf], job: &mut Job) -> Result<Outcome, Error> {
    let verified = match verify(workspace, spooled, job) {
        Err(failure) if failure.kind == ErrorKind::Gap => {
            return match keep_waiting(workspace, spooled) {
                Ok(Some(before)) => Ok(before),
                Ok(None) => Err(failure),
                Err(other) => {
                    if other.kind == ErrorKind::Fork {
                        place::freeze(workspace, spooled)?;
                    }
                    Err(other)
                }
            };
        }
        Err(failure) if failure.kind == ErrorKind::Fork => {
            place::freeze(workspace, spooled)?;
            return Err(failure);
        }
        other => other?,
    };
    if verified.place == StreamPosition::Again {
        return Ok(outcome(&verified, Taken::Already));
    }
    let restores = set_back::restores_of(workspace, verified.from.id)?;
    let above_ceiling = match apply(workspace, spooled, &verified, true, job).map_err(Error::from_partner) {
        Err(failure) if failure.kind == ErrorKind::Fork => {
            place::freeze(workspace, spooled)?;
            return Err(failure);
        }
        applied => applied?,
    };
    let set_back = set_back::news_of(workspace, &verified.from, restores)?;
    Ok(Outcome { above_ceiling, set_back, ..outcome(&verified, Taken::Imported) })
}

/// Keeps a bundle that came too early, or the volumes of one that is not whole. Another one of the same number is another history.
/// Answers where it is here already: a volume of it says nothing new.
fn keep_waiting(workspace: &Workspace, spooled: &[PathBuf]) -> Result<Option<Outcome>, Error> {
    for path in spooled {
        let opened = source::open(workspace, path)?;
        let (from, _) = source::sender(workspace, &opened)?;
        let (n, name, many) = (opened.manifest.sequence, opened.name(), opened.manifest.volumes.len() > 1);
        match place::place(workspace, &from, &opened.manifest, &name) {
            Ok(StreamPosition::Again) => {
                let from = from.key.unwrap_or_default();
                let state = Taken::Already;
                return Ok(Some(Outcome {
                    from,
                    sequence: n,
                    state,
                    acts: 0,
                    changes: 0,
                    above_ceiling: 0,
                    set_back: String::new(),
                }));
            }
            Err(failure) if failure.kind != ErrorKind::Gap => return Err(failure),
            Ok(StreamPosition::Next) | Err(_) => {}
        }
        let volume = many.then_some(opened.volume as u64 + 1);
        let kept = inbox_file(workspace, from.id, n, volume);
        if kept == *path {
            continue;
        }
        if many {
            // What is damaged is said to be damaged now, while whoever brought it is here.
            io::copy(&mut opened.into_slice(), &mut io::sink()).map_err(BundleError::from)?;
        }
        if kept.exists() && source::open(workspace, &kept)?.name() != name {
            return Err(place::fork(&workspace.code_of(from.id)?, n));
        }
        quarantine::keep(workspace, path, from.id, n, volume)?;
    }
    Ok(None)
}

fn import(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let (mut files, mut in_folders, mut typed, mut from_folder) = (Vec::new(), Vec::new(), Vec::new(), false);
    for path in args.all_paths("path") {
        if is_standard_input(&path.to_string_lossy()) {
            typed.push(source::spool(workspace, &path)?);
        } else if path.is_dir() {
            from_folder = true;
            in_folders.extend(file::files_in(&path)?);
        } else {
            files.push(path);
        }
    }
    let all = [typed.clone(), files, in_folders.clone()].concat();
    let taken = take_all(workspace, &all, job);
    for path in &typed {
        file::remove(path)?;
    }
    let taken = taken?;
    // A receipt may have come for what lies in the outbox.
    outbox::sweep(workspace)?;
    report(taken, &in_folders, from_folder)
}

/// Says what became of files. What lay in a folder and is of others was passed over; the rest must have been taken.
fn report(intake: Intake, in_folders: &[PathBuf], from_folder: bool) -> Result<Output, Error> {
    let Intake { fates, outcomes, asks, followed_badly } = intake;
    let (mut waits, mut failures, mut over) = (Vec::<Error>::new(), followed_badly, Vec::new());
    for (path, fate) in fates {
        match fate {
            Fate::Taken => {}
            Fate::Kept(failure) => {
                if waits.iter().all(|w| w.what != failure.what) {
                    waits.push(failure);
                }
            }
            Fate::Foreign(failure) if in_folders.contains(&path) => {
                over.push(PassedOver { file: name_of(&path), why: failure.what });
            }
            Fate::Refused(failure) if from_folder => {
                let what = format!("{}: {}", name_of(&path), failure.what);
                if failures.iter().all(|f| !f.what.ends_with(&failure.what)) {
                    failures.push(Error { what, ..failure });
                }
            }
            Fate::Foreign(failure) | Fate::Refused(failure) => failures.push(failure),
        }
    }
    let passed_over: Vec<String> = over.iter().map(|p| p.file.clone()).collect();
    let nothing = outcomes.is_empty() && asks.is_empty();
    if let Some(mut failure) = failures.first().cloned() {
        for other in failures.iter().skip(1) {
            failure.what.push_str(&format!("\n{}", other.what));
        }
        if !nothing {
            failure.hint = format!("{}\ntaken in beside it: {}", failure.hint, describe(&outcomes));
        }
        return Err(failure.with("bundles", outcomes).with("passed_over", passed_over));
    }
    if let (Some(mut last), true) = (waits.last().cloned(), nothing) {
        for other in waits.iter().rev().skip(1) {
            last.what.push_str(&format!("\n{}", other.what));
        }
        return Err(last.with("passed_over", passed_over));
    } else if nothing && from_folder {
        let what = "there is no bundle for this desk in that folder";
        let over = over.iter().map(|p| format!("\n{}: {}", p.file, p.why)).collect::<String>();
        return Err(Error::new(
            ErrorKind::Malformed,
            format!("{what}{over}"),
            "name another folder, or the bundle itself",
        )
        .with("passed_over", passed_over));
    }
    let mut said: Vec<String> = outcomes.iter().map(format_outcome).collect();
    said.extend(asks.iter().map(AskedFor::said));
    said.extend(waits.iter().map(|w| format!("{}.", capital(&w.what))));
    if !over.is_empty() {
        let each = over.iter().map(|p| format!("{} ({})", p.file, p.why)).collect::<Vec<_>>().join(", ");
        said.push(format!("Passed over: {each}."));
    }
    let waits = waits.into_iter().map(|w| w.what).collect();
    let imported = Imported { bundles: outcomes, asks, waits, passed_over, why: over };
    Ok(Output::thing(&imported).with_message(said.join("\n")))
}

/// What is said of a bundle that was taken in.
pub fn format_outcome(o: &Outcome) -> String {
    let (acts, changes) = (counted(o.acts, "act"), counted(o.changes, "change"));
    let above = match o.above_ceiling {
        0 => String::new(),
        n => format!(" {} above the ceiling of your agreement: shown, and not passed on.", counted(n, "item")),
    };
    format!("Bundle {} from {}: {}, {acts}, {changes}.{above}{}", o.sequence, o.from, o.state, o.set_back)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The name of a file, fit to be shown.
pub fn name_of(path: &Path) -> String {
    shown(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned()
}
