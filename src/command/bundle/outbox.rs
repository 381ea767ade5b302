//! The outbox: the bundles as they were made, so that each can be written again byte for byte; and the places that they are written to.
//! A bundle lies there until
//! the partner's receipt for it is here, or as long as the schedule says. What was written is read back. Where that fails it is not known whether the medium holds it, and it never counts as sent.

use std::path::{Path, PathBuf};

use crate::act::change::Line;
use crate::act::header::Audience;
use crate::command::definition::{Args, Output};
use crate::command::destination::{Destination, Folder};
use crate::host::file;
use crate::law::retention;
use crate::record::bundle;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::stream;
use crate::store::read;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::is_standard_input;
use crate::value::timestamp::Duration;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// The name of a bundle's file in the outbox, or that of one of its volumes.
pub fn file_of(workspace: &Workspace, to: Id, sequence: u64, volume: Option<u64>) -> PathBuf {
    let volume = volume.map(|n| format!(".{n}")).unwrap_or_default();
    workspace.folder().join("outbox").join(format!("{to}-{sequence}{volume}.{}", workspace.meta.realm.ending()))
}

/// The files of a bundle, whether they are still there or not.
fn files_of(workspace: &Workspace, to: Id, sequence: u64, volumes: u64) -> Vec<PathBuf> {
    match volumes {
        0 | 1 => vec![file_of(workspace, to, sequence, None)],
        n => (1..=n).map(|volume| file_of(workspace, to, sequence, Some(volume))).collect(),
    }
}

/// Removes files that were made for nothing.
pub fn forget(files: &[PathBuf]) -> Result<(), Error> {
    files.iter().try_for_each(|path| Ok(file::remove(path)?))
}

/// The record of a bundle that went out.
///
/// # Errors
///
/// Where there was none of that number.
pub fn record_of(workspace: &Workspace, to: &Record, sequence: u64) -> Result<Record, Error> {
    let known = bundle::numbered(&workspace.records(), to.id, bundle::State::Sent, sequence)?;
    known.ok_or_else(|| {
        Error::unknown(format!("no bundle {sequence} went to {}", to.key.as_deref().unwrap_or("the partner")))
    })
}

/// In how many volumes a bundle was made.
pub fn volumes_of(workspace: &Workspace, to: &Record, sequence: i64) -> Result<u64, Error> {
    Ok(bundle::volumes(&record_of(workspace, to, u64::try_from(sequence).unwrap_or(0))?))
}

/// The files of a bundle that was made, in the order of its volumes; `None` where they are gone: it lay there for long, or something in
/// it was erased since.
///
/// # Errors
///
/// Where there was none of that number.
pub fn kept(workspace: &Workspace, to: &Record, sequence: u64) -> Result<Option<Vec<PathBuf>>, Error> {
    let record = record_of(workspace, to, sequence)?;
    let files = files_of(workspace, to.id, sequence, bundle::volumes(&record));
    Ok(Some(files).filter(|files| files.iter().all(|path| path.symlink_metadata().is_ok())))
}

/// Files in the outbox of bundles that carried any of the acts at these positions.
pub fn files_with(workspace: &Workspace, positions: &[i64]) -> Result<Vec<PathBuf>, Error> {
    let mut acts = Vec::new();
    for position in positions {
        acts.extend(read::act(&workspace.db, *position)?.map(|a| a.id.to_string()));
    }
    let mut files = Vec::new();
    if acts.is_empty() {
        return Ok(files);
    }
    for record in workspace.records().find(&Query::state(bundle::State::Sent))? {
        let changes = read::changes_of(&workspace.db, record.id)?;
        let carries = changes.iter().any(|c| match &c.line {
            Line::Change(c) => c.read_terms().is_ok_and(|t| {
                t.get("acts")
                    .and_then(Json::items)
                    .unwrap_or_default()
                    .iter()
                    .any(|a| a.text().is_some_and(|a| acts.iter().any(|x| x == a)))
            }),
            Line::Withheld(_) => false,
        });
        if let (true, Some(to), Some(n)) = (carries, record.partner, record.key.as_ref().and_then(|k| k.parse().ok())) {
            files.extend(files_of(workspace, to, n, bundle::volumes(&record)));
        }
    }
    Ok(files)
}

/// Removes what the partner has, and what has lain in the outbox for as many days as the schedule says. What is no bundle that this
/// desk has noted is left alone.
///
/// # Errors
///
/// Where the folder cannot be read, or a file cannot be removed.
pub fn sweep(workspace: &Workspace) -> Result<usize, Error> {
    let folder = workspace.folder().join("outbox");
    if workspace.is_read_only() || !folder.is_dir() {
        return Ok(0);
    }
    let records = workspace.records();
    let oldest = workspace.now().minus(Duration::days(retention::outbox_days()));
    let mut removed = 0;
    for path in file::files_in(&folder)? {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let number = |n: &str| n.split('.').next().and_then(|n| n.parse::<u64>().ok());
        let named = stem.split_once('-').and_then(|(to, n)| Some((Id::parse(to)?, number(n)?)));
        let Some((to, number)) = named else { continue };
        let Some(sent) = bundle::numbered(&records, to, bundle::State::Sent, number)? else { continue };
        let has_it =
            stream::acknowledged(&stream::with(&records, workspace.meta.desk, to)?).is_some_and(|n| n >= number);
        if has_it || sent.instant("at").is_some_and(|at| at < oldest) {
            file::remove(&path)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Where bundles are written to.
pub enum OutputPlace {
    /// A file.
    File(Destination),
    /// A folder, in which they are named by their digest.
    Folder(Folder),
    /// Standard output.
    Stdout,
}

impl OutputPlace {
    /// The place that a command is given; asked for before anything is made.
    pub fn of(args: &Args, in_folder: bool) -> Result<Self, Error> {
        let path = args.path("out")?;
        if !is_standard_input(&path.to_string_lossy()) {
            return Ok(if in_folder {
                Self::Folder(Folder::of(path)?)
            } else {
                Self::File(Destination::of(args, "out")?)
            });
        }
        if in_folder {
            return Err(Error::usage("standard output takes one file: name a folder for several"));
        }
        if file::stdout_is_terminal() {
            return Err(
                Error::usage("a bundle is no text: it is not written to a terminal").hint("name a file, or a pipe")
            );
        }
        Ok(Self::Stdout)
    }

    /// Whether several files have room in it.
    pub const fn is_folder(&self) -> bool {
        matches!(self, Self::Folder(_))
    }

    /// Where that is, fit to be shown.
    pub fn shown(&self) -> String {
        match self {
            Self::File(out) => out.shown(),
            Self::Folder(out) => out.shown(),
            Self::Stdout => "standard output".to_owned(),
        }
    }

    /// The answer of a command that wrote there: where its own output went there too, only what is said beside it is left.
    pub fn answer(&self, output: Output) -> Output {
        match self {
            Self::Stdout => Output { value: serde_json::Value::Null, text: Some(String::new()), ..output },
            Self::File(_) | Self::Folder(_) => output,
        }
    }
}

/// The name of a bundle's file, or of one of its volumes, on a medium: by the digest of its manifest, so that it says nothing; ASCII, and
/// at most 40 characters, for any file system.
pub fn carried_name(workspace: &Workspace, record: &Record, volume: usize, of: usize) -> String {
    let digest = record.text("manifest").and_then(|d| d.get(..16)).unwrap_or("bundle");
    let ending = workspace.meta.realm.ending();
    if of > 1 { format!("{digest}-{:02}of{of:02}.{ending}", volume + 1) } else { format!("{digest}.{ending}") }
}

/// Copies a bundle from the outbox to where it is carried, reads it back, and notes that. The bundle is made and kept whatever the
/// medium does. Answers what there is to say of the reading.
pub fn deliver(
    workspace: &mut Workspace,
    to: &Record,
    sequence: u64,
    kept: &[PathBuf],
    out: &OutputPlace,
) -> Result<&'static str, Error> {
    let record = record_of(workspace, to, sequence)?;
    let unknown = |failure: Error| {
        let hint = format!(
            "the bundle is made and kept, and whether the medium holds it is unknown: write it with `bundle export --again {sequence}` \
             when the medium works"
        );
        failure.hint(hint)
    };
    for (n, path) in kept.iter().enumerate() {
        match out {
            OutputPlace::File(out) => out.copy(path).and_then(|()| read_back(out.path(), path)),
            OutputPlace::Folder(out) => {
                let name = carried_name(workspace, &record, n, kept.len());
                out.put(path, &name).and_then(|written| read_back(&written, path))
            }
            OutputPlace::Stdout => file::copy_to_stdout(path).map_err(Error::from),
        }
        .map_err(unknown)?;
    }
    if let OutputPlace::Stdout = out {
        return Ok(" Nobody can read back what went into a pipe: it counts as sent when the partner acknowledges it.");
    }
    if bundle::is_unwritten(&record) || is_wanted(workspace, &record)? {
        workspace.act_alone(bundle::WRITTEN, Audience::OwnDesk, |_, _| Ok(bundle::noted_as_written(record.id)))?;
    }
    Ok(" Read back: the same.")
}

/// Whether a partner has asked for a bundle again since it was last written.
pub fn is_wanted(workspace: &Workspace, record: &Record) -> Result<bool, Error> {
    let (Some(partner), Some(n)) = (record.partner, record.key.as_ref().and_then(|k| k.parse::<u64>().ok())) else {
        return Ok(false);
    };
    let stream = stream::with(&workspace.records(), workspace.meta.desk, partner)?;
    Ok(stream::still_wanted(&stream).contains(&n) && is_asked_since(&stream, record))
}

/// Whether what a partner has asked for last was noted since a bundle was last written.
fn is_asked_since(stream: &Record, record: &Record) -> bool {
    bundle::written_at(record) <= stream::asked_at(stream)
}

/// The numbers of the bundles that a partner has asked for again and that were not written since; `stream`: that with it.
pub fn wanted_by(workspace: &Workspace, partner: Id, stream: &Record) -> Result<Vec<u64>, Error> {
    let mut wanted = Vec::new();
    for n in stream::still_wanted(stream) {
        let made = bundle::numbered(&workspace.records(), partner, bundle::State::Sent, n)?;
        if made.is_none_or(|made| is_asked_since(stream, &made)) {
            wanted.push(n);
        }
    }
    Ok(wanted)
}

fn read_back(written: &Path, kept: &Path) -> Result<(), Error> {
    file::read_back(written, kept).map_err(|failure| {
        let what = format!("what was written does not read back as it is: {failure}");
        Error::new(ErrorKind::Medium, what, "")
    })
}
