//! The bundles that came too early and wait in the inbox, and the volumes of those that are not whole yet: how many may wait, which
//! they are, what they wait for, and how one is dropped.
//!
//! They are files and no records: nothing of them was applied, so nothing is signed when one goes. Its sender can send it again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::host::file;
use crate::record::stream;
use crate::value::id::Id;
use crate::value::text::{counted, joined, thousands};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// How many bundles of one partner may wait.
pub const MOST: usize = 32;
/// The largest bundle that is looked at, in bytes. The waiting bundles of one partner take no more in all.
pub const LARGEST: u64 = (2 << 30) + (4 << 20);

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "bundle",
        name: "quarantine",
        about: "List bundles that came too early and wait for what is missing before them",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "bundle",
        name: "drop",
        about: "Drop a bundle that waits: nothing of it was applied, and its sender can send it again",
        args: &[
            Arg::new("from", ArgKind::Partner, "the partner that sent it").required(),
            Arg::new("number", ArgKind::Number, "its number").required(),
        ],
        writes: None,
        run: Handler::Reads(drop_one),
    },
];

/// A bundle that waits.
#[derive(Clone, Debug, Serialize)]
pub struct Waiting {
    /// The sender.
    pub from: String,
    /// Its number.
    pub sequence: u64,
    /// Which of its volumes it is, where it has several.
    pub volume: Option<u64>,
    /// How large it is.
    pub bytes: u64,
    /// What it waits for.
    pub waits_for: String,
    /// The sender's record.
    #[serde(skip)]
    pub desk: Id,
    /// Where it lies.
    #[serde(skip)]
    pub path: PathBuf,
}

/// Where a bundle waits, or one of its volumes.
pub fn inbox_file(workspace: &Workspace, from: Id, sequence: u64, volume: Option<u64>) -> PathBuf {
    let volume = volume.map(|n| format!(".{n}")).unwrap_or_default();
    workspace.folder().join("inbox").join(format!("{from}-{sequence}{volume}.{}", workspace.meta.realm.ending()))
}

/// The files that wait, by sender, number and volume.
pub fn waiting(workspace: &Workspace) -> Result<Vec<Waiting>, Error> {
    let mut all = Vec::new();
    for path in file::files_in(&workspace.folder().join("inbox"))? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let Some((desk, sequence, volume)) = read_name(&name) else { continue };
        if path == inbox_file(workspace, desk, sequence, volume) {
            let bytes = path.metadata().map_or(0, |m| m.len());
            let from = workspace.code_of(desk)?;
            all.push(Waiting { from, sequence, volume, bytes, waits_for: String::new(), desk, path });
        }
    }
    all.sort_by_key(|w| (w.desk, w.sequence, w.volume));
    let gaps = gaps_among(workspace, &all)?;
    for w in &mut all {
        let gap = gaps.iter().find(|g| g.desk == w.desk && g.sequence == w.sequence);
        w.waits_for = gap.map(|g| g.why.clone()).unwrap_or_default();
    }
    Ok(all)
}

fn read_name(name: &str) -> Option<(Id, u64, Option<u64>)> {
    let (from, rest) = name.split_once('-')?;
    let (sequence, volume) = match rest.split_once('.') {
        Some((sequence, volume)) => (sequence, Some(volume.parse().ok()?)),
        None => (rest, None),
    };
    Some((Id::parse(from)?, sequence.parse().ok()?, volume))
}

/// The files of a bundle that waits: one, or those of its volumes that are here.
pub fn files_of(workspace: &Workspace, from: Id, sequence: u64) -> Result<Vec<PathBuf>, Error> {
    let all = file::files_in(&workspace.folder().join("inbox"))?;
    let is_of = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let read = read_name(&name).filter(|(desk, n, _)| (*desk, *n) == (from, sequence));
        read.is_some_and(|(desk, n, volume)| *path == inbox_file(workspace, desk, n, volume))
    };
    Ok(all.into_iter().filter(is_of).collect())
}

/// A bundle that waits, and what for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gap {
    /// The sender's record.
    pub desk: Id,
    /// The sender.
    pub from: String,
    /// Its number.
    pub sequence: u64,
    /// The numbers that are missing before it.
    pub missing: Vec<u64>,
    /// What it waits for, in words: `4 is missing`.
    pub why: String,
}

impl Gap {
    /// The whole of it: `bundle 5 waits: 4 is missing`.
    pub fn said(&self) -> String {
        format!("bundle {} waits: {}", self.sequence, self.why)
    }
}

/// The bundles that wait, each once, and what is missing for it.
pub fn gaps(workspace: &Workspace) -> Result<Vec<Gap>, Error> {
    gaps_among(workspace, &waiting(workspace)?)
}

fn gaps_among(workspace: &Workspace, waiting: &[Waiting]) -> Result<Vec<Gap>, Error> {
    let mut gaps: Vec<Gap> = Vec::new();
    for w in waiting {
        if gaps.iter().any(|g| g.desk == w.desk && g.sequence == w.sequence) {
            continue;
        }
        let stream = stream::with(&workspace.records(), workspace.meta.desk, w.desk)?;
        let expected = stream::received(&stream).map_or(1, |(n, _)| n + 1);
        let missing = missing_among(waiting, w.desk, expected, w.sequence);
        let why = match (w.volume, missing.is_empty()) {
            (_, false) => are_missing(&missing),
            (Some(_), true) => "other volumes of it are missing".to_owned(),
            (None, true) => "it is the next one: take in anything of that partner".to_owned(),
        };
        gaps.push(Gap { desk: w.desk, from: w.from.clone(), sequence: w.sequence, missing, why });
    }
    Ok(gaps)
}

/// What a partner sent and is missing here, as far as what waits tells: the numbers, rising.
pub fn missing_from(workspace: &Workspace, from: Id) -> Result<Vec<u64>, Error> {
    let all = waiting(workspace)?;
    let stream = stream::with(&workspace.records(), workspace.meta.desk, from)?;
    let expected = stream::received(&stream).map_or(1, |(n, _)| n + 1);
    let last = all.iter().filter(|w| w.desk == from).map(|w| w.sequence).max();
    Ok(last.map(|last| missing_among(&all, from, expected, last + 1)).unwrap_or_default())
}

/// The numbers from `expected` on and before another that are not here whole.
pub fn missing_before(workspace: &Workspace, from: Id, expected: u64, before: u64) -> Result<Vec<u64>, Error> {
    let mut here = BTreeSet::new();
    for path in file::files_in(&workspace.folder().join("inbox"))? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if let Some((_, n, None)) = read_name(&name).filter(|(desk, ..)| *desk == from) {
            here.insert(n);
        }
    }
    Ok((expected..before).filter(|n| !here.contains(n)).collect())
}

fn missing_among(waiting: &[Waiting], from: Id, expected: u64, before: u64) -> Vec<u64> {
    let here: BTreeSet<u64> =
        waiting.iter().filter(|w| w.desk == from && w.volume.is_none()).map(|w| w.sequence).collect();
    (expected..before).filter(|n| !here.contains(n)).collect()
}

/// Says which bundles are missing: `4 is missing`, `4 to 6 are missing`.
pub fn are_missing(numbers: &[u64]) -> String {
    match numbers {
        [] => "one before it is missing".to_owned(),
        [one] => format!("{one} is missing"),
        many => format!("{} are missing", joined(many)),
    }
}

/// Keeps a bundle that came too early, or a volume of one that is not whole, where there is room: a partner cannot fill the medium
/// with what never fits.
pub fn keep(workspace: &Workspace, spooled: &Path, from: Id, sequence: u64, volume: Option<u64>) -> Result<(), Error> {
    let kept = inbox_file(workspace, from, sequence, volume);
    let theirs: Vec<_> = waiting(workspace)?.into_iter().filter(|w| w.desk == from && w.path != kept).collect();
    let bytes = theirs.iter().map(|w| w.bytes).sum::<u64>() + spooled.metadata().map_or(0, |m| m.len());
    let others: BTreeSet<u64> = theirs.iter().map(|w| w.sequence).filter(|n| *n != sequence).collect();
    if others.len() >= MOST || bytes > LARGEST {
        let code = workspace.code_of(from)?;
        let what = format!(
            "bundle {sequence} from {code} came too early and is not kept: {} of {code} already wait; at most {MOST} may, with {} bytes",
            counted(others.len(), "bundle"),
            thousands(LARGEST)
        );
        return Err(Error::new(
            ErrorKind::Gap,
            what,
            "import what is missing first; `comity bundle quarantine` lists what waits, `comity bundle drop` drops one",
        )
        .not_kept());
    }
    Ok(file::copy(spooled, &kept)?)
}

/// Where the bundle lies that told another history than the one that is known.
pub fn fork_file(workspace: &Workspace, from: Id) -> PathBuf {
    workspace.folder().join("inbox").join(format!("{from}.fork"))
}

/// Drops every bundle that waits, and every one that is kept as evidence: nobody can tell whether it speaks of what was just erased.
/// The manifests of both sides of a fork stay in the log.
pub fn drop_all(workspace: &Workspace) -> Result<(), Error> {
    waiting(workspace)?.iter().try_for_each(|w| file::remove(&w.path))?;
    for partner in workspace.partners()? {
        let kept = fork_file(workspace, partner.id);
        if kept.exists() {
            file::remove(&kept)?;
        }
    }
    Ok(())
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns =
        &[("from", "FROM"), ("sequence", "NO."), ("volume", "VOLUME"), ("bytes", "BYTES"), ("waits_for", "WAITS FOR")];
    Ok(Output::list(&waiting(workspace)?, columns))
}

fn drop_one(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    if workspace.is_read_only() {
        return Err(Error::usage("the workspace is only read").hint("open it without --readonly"));
    }
    let may = workspace.may(crate::record::bundle::IMPORT)?;
    if !may.allowed() {
        return Err(Error::refused(may, None));
    }
    let from = workspace.partner(args.need("from")?)?;
    let sequence = args.number("number")?.and_then(|n| u64::try_from(n).ok());
    let found = waiting(workspace)?.into_iter().find(|w| w.desk == from.id && Some(w.sequence) == sequence);
    let Some(found) = found else {
        let what = format!("no bundle of that number from {} waits", from.key.unwrap_or_default());
        return Err(Error::usage(what).hint("`comity bundle quarantine` lists what waits"));
    };
    for path in files_of(workspace, found.desk, found.sequence)? {
        file::remove(&path)?;
    }
    let said = format!("Bundle {} from {} is dropped: nothing of it was applied.", found.sequence, found.from);
    Ok(Output::thing(&found).with_message(said))
}
