//! A folder that something else carries: what is due is written into it, and what lies in it for this desk is taken in. Which file is
//! whole enough to be opened is `bundle::watch`'s to say. Nothing is removed before it is committed, nothing that is of others is
//! touched, and no network is used: whatever moves the files is none of comity's business.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::again;
use super::export;
use super::import::{Fate, Intake, name_of, take_all};
use super::outbox::{self, OutputPlace};
use super::relay;
use crate::bundle::watch::{DueFiles, Entry, Watch};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::Folder;
use crate::host::{clock, file};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{bundle, partner, stream};
use crate::seal::age_file;
use crate::store::read;
use crate::value::text::{counted, shown_lines};
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// Seconds between two looks.
const EVERY: i64 = 10;
/// Minutes that a file has which is cut short, or never comes to rest.
const PATIENCE: i64 = 60;
/// The longest pause between the two looks of `--once`, in milliseconds.
const PAUSE: u64 = 1000;
/// Where what was taken in is moved to.
const DONE: &str = "done";
/// Where what was refused is moved to, with the reason beside it.
const REFUSED: &str = "refused";

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "bundle",
    name: "watch",
    about: "Exchange through a folder that something else carries: write what is due, take in what comes",
    args: &[
        Arg::new("dir", ArgKind::ToWrite, "the folder").positional(),
        Arg::new("once", ArgKind::Flag, "look twice, take and write what is due, and end"),
        Arg::new("to", ArgKind::Partner, "write for these partners alone; without it for all").repeated(),
        Arg::new("every", ArgKind::Number, "seconds between two looks; 10 where nothing is said"),
        Arg::new("patience", ArgKind::Number, "minutes until what is cut short is refused; 60 where nothing is said"),
    ],
    writes: Some(Writes {
        act: bundle::EXPORT,
        weight: Weight::Signs,
        needs: Needs::OneOf(const { &[partner::State::Pinned.any(), partner::State::Suspended.any()] }),
        rehearsable: false,
        preview: Preview::None,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[],
    }),
    run: Handler::Writes(watch),
}];

/// A file that was refused, or waits, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Because {
    /// Its name.
    pub file: String,
    /// Why.
    pub why: String,
}

/// What a watch came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The files that were taken in, or are kept until what is missing arrives.
    pub taken: Vec<String>,
    /// The files that were refused.
    pub refused: Vec<Because>,
    /// The files that wait where they are.
    pub waits: Vec<Because>,
    /// The bundles that were written, by recipient and number.
    pub written: Vec<String>,
    /// The exit code of the first refusal.
    #[serde(skip)]
    code: u8,
}

impl Report {
    fn said(&self, folder: &str) -> String {
        let mut said = vec![format!(
            "{folder}: {} taken in, {} refused, {} written.",
            counted(self.taken.len(), "file"),
            self.refused.len(),
            counted(self.written.len(), "bundle")
        )];
        said.extend(self.refused.iter().map(|b| format!("Refused: {}: {}", b.file, b.why)));
        said.extend(self.waits.iter().map(|b| format!("Waits: {}: {}", b.file, b.why)));
        said.join("\n")
    }
}

/// A folder that is watched.
pub struct Watcher {
    folder: Folder,
    watch: Watch,
    /// What it has come to so far.
    pub report: Report,
}

impl Watcher {
    /// Begins to watch a folder.
    pub fn new(folder: PathBuf, patience: Duration) -> Result<Self, Error> {
        let folder = Folder::of(folder)?;
        file::folder_at(folder.path())?;
        Ok(Self { folder, watch: Watch::new(patience), report: Report::default() })
    }

    fn path(&self, name: &OsStr) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Looks at the folder once, and tells what there is to do. Nothing is opened.
    pub fn look(&mut self, now: Timestamp) -> Result<DueFiles, Error> {
        let listed = file::listed_in(self.folder.path())?.into_iter();
        let entries: Vec<Entry> = listed
            .filter_map(|l| Some(Entry { name: l.path.file_name()?.to_owned(), bytes: l.bytes, changed: l.changed }))
            .collect();
        Ok(self.watch.look(&entries, now))
    }

    /// Takes in what is ready, and refuses what has had its time.
    pub fn take(&mut self, workspace: &mut Workspace, ready: &DueFiles, job: &mut Job) -> Result<(), Error> {
        let open: Vec<PathBuf> = ready.open.iter().map(|name| self.path(name)).collect();
        let now = workspace.now();
        self.sort(take_all(workspace, &open, job)?, now)?;
        for (name, why) in &ready.overdue {
            let path = self.path(name);
            let why = why.clone().unwrap_or_else(|| "it was still growing when its time was over".to_owned());
            self.refuse(&path, &Error::new(ErrorKind::Malformed, why, "ask for it again"))?;
        }
        Ok(())
    }

    /// Puts each file where what became of it belongs.
    fn sort(&mut self, intake: Intake, now: Timestamp) -> Result<(), Error> {
        for (path, fate) in intake.fates {
            let name = path.file_name().unwrap_or_default().to_owned();
            match fate {
                Fate::Taken => {
                    self.report.taken.push(name_of(&path));
                    self.put_away(&path, DONE)?;
                }
                Fate::Kept(why) if why.is_kept() => {
                    self.report.taken.push(name_of(&path));
                    self.report.waits.push(Because { file: name_of(&path), why: why.what });
                    self.put_away(&path, DONE)?;
                }
                // What is cut short now may be whole later: the carrier writes under its final name.
                Fate::Foreign(why) | Fate::Refused(why) if why.kind == ErrorKind::Malformed => {
                    if !may_become_bundle(&path) {
                        self.watch.leave(&name);
                        continue;
                    }
                    self.report.waits.push(Because { file: name_of(&path), why: why.what.clone() });
                    self.watch.may_grow(&name, why.what);
                }
                Fate::Foreign(why) if why.kind == ErrorKind::NotForUs => self.watch.leave(&name),
                // The medium, or a partner that nobody has pinned yet: the file is not to blame.
                Fate::Kept(why) | Fate::Foreign(why) | Fate::Refused(why)
                    if matches!(why.kind, ErrorKind::Medium | ErrorKind::Refused | ErrorKind::Gap) =>
                {
                    if file::exists(&path) {
                        self.report.waits.push(Because { file: name_of(&path), why: why.what });
                        self.watch.again(&name, now);
                    }
                }
                Fate::Kept(why) | Fate::Foreign(why) | Fate::Refused(why) => self.refuse(&path, &why)?,
            }
        }
        for why in intake.followed_badly {
            self.report.waits.push(Because { file: String::new(), why: why.what });
        }
        Ok(())
    }

    fn refuse(&mut self, path: &Path, why: &Error) -> Result<(), Error> {
        if self.put_away(path, REFUSED)? {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(".why.txt");
            let lines: Vec<String> = [&why.what, &why.hint].into_iter().flat_map(|text| shown_lines(text)).collect();
            file::write(&self.folder.path().join(REFUSED).join(name), (lines.join("\n") + "\n").as_bytes())?;
            self.report.refused.push(Because { file: name_of(path), why: why.what.clone() });
            if self.report.code == 0 {
                self.report.code = why.code();
            }
        }
        Ok(())
    }

    /// Moves a file into a folder beside it; `false` where it has vanished meanwhile.
    fn put_away(&self, path: &Path, folder: &str) -> Result<bool, Error> {
        let folder = self.folder.path().join(folder);
        file::folder_at(&folder)?;
        match file::move_to(path, &folder.join(path.file_name().unwrap_or_default())) {
            Err(_) if !file::exists(path) => Ok(false),
            moved => Ok(moved.map(|()| true)?),
        }
    }

    /// Writes what is due for partners: what waits for them, what they have asked for again, and what is not known to be written.
    pub fn write_due(&mut self, workspace: &mut Workspace, to: &[Record], job: &mut Job) -> Result<(), Error> {
        let ids: Vec<_> = to.iter().map(|p| p.id).collect();
        self.report.written.extend(relay::pass_all(workspace, self.folder.path(), &ids)?);
        let place = OutputPlace::Folder(Folder::of(self.folder.path().to_owned())?);
        for partner in to {
            let code = partner.key.clone().unwrap_or_default();
            let stream = stream::with(&workspace.records(), workspace.meta.desk, partner.id)?;
            let acknowledged = stream::acknowledged(&stream).unwrap_or(0);
            let query = Query { partner: Some(partner.id), ..Query::state(bundle::State::Sent) };
            for record in workspace.records().find(&query)? {
                let Some(n) = record.key.as_ref().and_then(|k| k.parse::<u64>().ok()).filter(|n| *n > acknowledged)
                else {
                    continue;
                };
                if !bundle::is_unwritten(&record) && !outbox::is_wanted(workspace, &record)? {
                    continue;
                }
                match again::files(workspace, partner, n, job) {
                    Ok((kept, _)) => {
                        outbox::deliver(workspace, partner, n, &kept, &place)?;
                        self.report.written.push(format!("{n} to {code}"));
                    }
                    Err(gone) if gone.kind == ErrorKind::Refused => {
                        self.report.waits.push(Because { file: format!("{n} to {code}"), why: gone.what });
                    }
                    Err(failure) => return Err(failure),
                }
            }
            if read::waiting(&workspace.db, partner.id)?.is_empty() && !stream::owes_receipt(&stream) {
                continue;
            }
            loop {
                let (exported, kept) = export::make(workspace, partner, None, job)?;
                let Some(n) = exported.sequence else { break };
                outbox::deliver(workspace, partner, n, &kept, &place)?;
                self.report.written.push(format!("{n} to {code}"));
            }
        }
        Ok(())
    }
}

/// Whether a file begins as a bundle does, or could once more of it has come. Anything else in the folder is of others.
fn may_become_bundle(path: &Path) -> bool {
    file::read_beginning(path, 64).is_ok_and(|bytes| age_file::may_become_sealed(&bytes))
}

/// The partners that bundles are written for: those that are named, or all that are pinned and work with comity.
fn recipients(workspace: &Workspace, args: &Args) -> Result<Vec<Record>, Error> {
    if !args.all("to").is_empty() {
        let named = args.all("to").iter().map(|code| workspace.partner(code)).collect::<Result<Vec<_>, _>>()?;
        named.iter().try_for_each(export::takes_bundles)?;
        return Ok(named);
    }
    let all = workspace.partners()?.into_iter();
    Ok(all.filter(|p| p.is(partner::State::Pinned) && !partner::is_without_card(p)).collect())
}

fn watch(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let number = |field: &str, default: i64| -> Result<i64, Error> {
        let n = args.number(field)?.unwrap_or(default);
        if (0..=1_000_000).contains(&n) {
            Ok(n)
        } else {
            Err(Error::usage(format!("--{field}: a small number is expected")))
        }
    };
    let every = u64::try_from(number("every", EVERY)?).unwrap_or(0) * 1000;
    let mut watcher = Watcher::new(args.path("dir")?, Duration::minutes(number("patience", PATIENCE)?))?;
    watcher.look(workspace.now())?;
    let to = recipients(workspace, args)?;
    watcher.write_due(workspace, &to, job)?;
    // On the screens something else waits for whoever works: it looks twice there, and ends.
    if args.flag("once") || !job.may_last() {
        clock::wait(every.min(PAUSE));
        let ready = watcher.look(workspace.now())?;
        watcher.take(workspace, &ready, job)?;
        watcher.write_due(workspace, &to, job)?;
        let (code, said) = (watcher.report.code, watcher.report.said(&watcher.folder.shown()));
        return Ok(Output { code, ..Output::thing(&watcher.report).with_message(said) });
    }
    loop {
        let mut seen = file::listed_in(workspace.folder())?;
        let (mut ready, folder) = (DueFiles::default(), workspace.folder().to_owned());
        workspace.step_aside(|now| {
            pause(every.max(1000), &watcher.report, job)?;
            ready = watcher.look(now)?;
            let there = file::listed_in(&folder)?;
            let is_new = there != seen;
            seen = there;
            Ok(is_new || !ready.is_empty())
        })?;
        watcher.take(workspace, &ready, job)?;
        let to = recipients(workspace, args)?;
        watcher.write_due(workspace, &to, job)?;
    }
}

/// Lets time pass, in steps that are short enough to be cancelled in.
fn pause(milliseconds: u64, report: &Report, job: &mut Job) -> Result<(), Error> {
    const STEP: u64 = 250;
    let mut left = milliseconds;
    while left > 0 {
        job.at("watching: taken in", report.taken.len() as u64, None)?;
        clock::wait(left.min(STEP));
        left = left.saturating_sub(STEP);
    }
    Ok(())
}
