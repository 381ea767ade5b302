//! The bundles that came too early and wait in the inbox: how many may wait, which they are, and how one is dropped.
//!
//! They are files and no records: nothing of them was applied, so nothing is signed when one goes. Its sender can send it again.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::host::file;
use crate::value::id::Id;
use crate::value::text::{counted, thousands};
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
    /// How large it is.
    pub bytes: u64,
    #[serde(skip)]
    desk: Id,
    #[serde(skip)]
    path: PathBuf,
}

/// Where a bundle waits.
pub fn inbox_file(workspace: &Workspace, from: Id, sequence: u64) -> PathBuf {
    workspace.folder().join("inbox").join(format!("{from}-{sequence}.{}", workspace.meta.realm.ending()))
}

/// The bundles that wait, by sender and number.
pub fn waiting(workspace: &Workspace) -> Result<Vec<Waiting>, Error> {
    let mut all = Vec::new();
    for path in file::files_in(&workspace.folder().join("inbox"))? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let named = name.split_once('-').and_then(|(from, n)| Some((Id::parse(from)?, n.parse().ok()?)));
        let Some((desk, sequence)) = named else { continue };
        if path == inbox_file(workspace, desk, sequence) {
            let bytes = path.metadata().map_or(0, |m| m.len());
            all.push(Waiting { from: workspace.code_of(desk)?, sequence, bytes, desk, path });
        }
    }
    all.sort_by_key(|w| (w.desk, w.sequence));
    Ok(all)
}

/// Keeps a bundle that came too early, where there is room: a partner cannot fill the medium with what never fits.
pub fn keep(workspace: &Workspace, spooled: &Path, from: Id, sequence: u64) -> Result<(), Error> {
    let kept = inbox_file(workspace, from, sequence);
    let theirs: Vec<_> = waiting(workspace)?.into_iter().filter(|w| w.desk == from && w.path != kept).collect();
    let bytes = theirs.iter().map(|w| w.bytes).sum::<u64>() + spooled.metadata().map_or(0, |m| m.len());
    if theirs.len() >= MOST || bytes > LARGEST {
        let code = workspace.code_of(from)?;
        let what = format!(
            "bundle {sequence} from {code} came too early and is not kept: {} of {code} already wait; at most {MOST} may, with {} bytes",
            counted(theirs.len(), "bundle"),
            thousands(LARGEST)
        );
        return Err(Error::new(
            ErrorKind::Gap,
            what,
            "import what is missing first; `comity bundle quarantine` lists what waits, `comity bundle drop` drops one",
        ));
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
    Ok(Output::list(&waiting(workspace)?, &[("from", "FROM"), ("sequence", "NO."), ("bytes", "BYTES")]))
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
    file::remove(&found.path)?;
    let said = format!("Bundle {} from {} is dropped: nothing of it was applied.", found.sequence, found.from);
    Ok(Output::thing(&found).with_message(said))
}
