//! Backups: made, listed until their files are destroyed, restored into a new folder. A purge does not reach into them: a restore
//! erases again what was erased since. That a workspace was set back is declared in [`declare`].

pub mod declare;

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, CommandContext, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE};
use crate::command::identity;
use crate::command::json::or_empty;
use crate::host::file;
use crate::law;
use crate::record::backup::{self as record, State as Stands};
use crate::record::kind::{Kind, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::text::{counted, shown};
use crate::value::timestamp::Timestamp;
use crate::workspace::backup;
use crate::workspace::error::Error;
use crate::workspace::open::{Workspace, is_workspace};
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "backup",
        name: "make",
        about: "Write a backup of the whole workspace, sealed to the members of the desk",
        args: &[Arg::new("out", ArgKind::ToWrite, "the file to write").required(), FORCE],
        writes: Some(Writes {
            act: record::MAKE,
            weight: Weight::Signs,
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never("its file can be destroyed: `backup destroy`"),
            alone: true,
            keys: &[],
        }),
        run: Handler::Writes(make),
    },
    Command {
        noun: "backup",
        name: "list",
        about: "List the backups, until when each is kept, and what it holds that was erased since",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "backup",
        name: "destroy",
        about: "Note that the file of a backup was destroyed; with --file, destroy it",
        args: &[
            Arg::new("backup", ArgKind::Record(&[Kind::Backup]), "the backup").positional(),
            Arg::new("file", ArgKind::ToWrite, "its file, where it lies on this machine: it is removed"),
        ],
        writes: Some(Writes {
            act: record::DESTROY,
            weight: Weight::Destroys,
            needs: Needs::ActsState,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(destroy),
    },
    Command {
        noun: "backup",
        name: "restore",
        about: "Restore a backup into a new folder; two members then declare it before anybody works there",
        args: &[
            Arg::new("file", ArgKind::Existing, "the backup").positional(),
            Arg::new("to", ArgKind::ToWrite, "the folder to make").required(),
        ],
        writes: None,
        run: Handler::Free(restore),
    },
];

fn make(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let out = Destination::of(args, "out")?;
    out.needs_folder()?;
    let name = out.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let until = workspace.now().plus(law::backup::term());
    let id = workspace.entropy.id()?;
    let generation = workspace.keyring.generation as i64;
    // It is listed before there is a file: none can lie anywhere that no list names.
    workspace.act_alone(record::MAKE, Audience::OwnDesk, |e, _| {
        Ok(record::begun(id, generation, until, &shown(&name), e.salt()?))
    })?;
    let written = write(workspace, &out, job);
    let (contents, bytes) = match written {
        Ok(written) => written,
        Err(failure) => {
            if !file::exists(out.path()) {
                workspace.act_alone(record::DESTROY, Audience::OwnDesk, |_, _| Ok(record::destroyed(id)))?;
            }
            return Err(failure);
        }
    };
    workspace.act_alone(record::KEEP, Audience::OwnDesk, |_, _| {
        Ok(record::kept(id, bytes, contents.size, &contents.root))
    })?;
    let said = format!(
        "Backup BK-{} of {} is in {}, {} bytes, and was read back. It is kept until {}: a purge does not reach into it. Any member \
         restores it with `comity backup restore`.",
        id.short(),
        counted(usize::try_from(contents.size).unwrap_or(usize::MAX), "act"),
        out.shown(),
        bytes,
        until.to_date()
    );
    Ok(Output::made(id, said).with("until", until).with("bytes", bytes).with("size", contents.size))
}

/// Writes the file, and reads it back from where it lies.
fn write(workspace: &Workspace, out: &Destination, job: &mut Job) -> Result<(backup::Contents, u64), Error> {
    let (contents, written) = backup::write(workspace, out.begin()?, job)?;
    out.finish(written)?;
    backup::read_back(out.path(), &workspace.me, job)?;
    let bytes = file::open(out.path())?.metadata().map_or(0, |m| m.len());
    Ok((contents, bytes))
}

/// A backup as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct BackupRow {
    /// The record.
    pub id: Id,
    /// The name of its file.
    pub file: String,
    /// Where it stands.
    pub state: State,
    /// When it was made.
    #[serde(serialize_with = "or_empty")]
    pub made: Option<Timestamp>,
    /// Who made it.
    pub by: String,
    /// Until when it is kept.
    #[serde(serialize_with = "or_empty")]
    pub until: Option<Timestamp>,
    /// Whether its file is due to be destroyed.
    pub is_due: bool,
    /// Whether something was erased since: the file still holds it.
    pub holds_erased: bool,
    /// How many bytes its file has.
    pub bytes: Option<i64>,
    /// How many acts of the log are in it.
    pub acts: Option<i64>,
}

fn row(workspace: &Workspace, record: &Record, last_purge: Option<Timestamp>) -> Result<BackupRow, Error> {
    let (made, lies) = (record.instant("at"), !record.is(Stands::Destroyed));
    let number = |key: &str| record.terms.get(key).and_then(Json::int);
    let by = record.text("by").and_then(Person::parse).map(|by| workspace.name_of(by)).transpose()?;
    Ok(BackupRow {
        id: record.id,
        file: workspace.text_of(record, "file")?,
        state: record.state,
        made,
        by: by.unwrap_or_default(),
        until: record.instant("until"),
        is_due: lies && record.due.is_some_and(|due| due <= workspace.now()),
        holds_erased: lies && last_purge.is_some_and(|purged| made.is_none_or(|made| made <= purged)),
        bytes: number("bytes"),
        acts: number("size"),
    })
}

/// The backups, in the order in which they were made.
pub fn rows(workspace: &Workspace) -> Result<Vec<BackupRow>, Error> {
    let purges = workspace.records().find(&Query::kind(Kind::Purge))?;
    let last_purge = purges.iter().filter_map(|purge| purge.instant("at")).max();
    let all = workspace.records().find(&Query::kind(Kind::Backup))?;
    all.iter().map(|record| row(workspace, record, last_purge)).collect()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("file", "FILE"),
        ("state", "STATE"),
        ("made", "MADE"),
        ("until", "UNTIL"),
        ("is_due", "DUE"),
        ("holds_erased", "HOLDS ERASED"),
        ("by", "BY"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Backup))
}

fn destroy(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("backup")?, &[Kind::Backup])?;
    let mut said = String::from("Noted: the file of the backup was destroyed.");
    if args.maybe("file").is_some() {
        let path = args.path("file")?;
        let root = backup::root_of(&path, &workspace.me)?;
        if record.text("root").is_some_and(|known| known != root.to_string()) {
            let what = format!("{} is not the file of this backup", shown(&path.to_string_lossy()));
            return Err(Error::not_allowed(what).hint("name its own file: `backup list` says what it was called"));
        }
        file::remove(&path)?;
        said = format!("{} is removed. Copies that somebody made of it are not.", shown(&path.to_string_lossy()));
    }
    let id = workspace.act_alone(record::DESTROY, Audience::OwnDesk, |_, _| Ok(record::destroyed(record.id)))?;
    Ok(Output::made(id, said))
}

/// What a restore came to.
#[derive(Serialize)]
struct Restored {
    desk: String,
    fingerprint: String,
    made: Timestamp,
    acts: u64,
    /// How many acts this member has seen.
    seen: Option<u64>,
    /// How many records were erased again.
    erased_again: usize,
}

fn restore(context: &mut CommandContext, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let (from, to) = (args.path("file")?, args.path("to")?);
    if let Some(inside) = file::folders_above(&to).into_iter().find(|folder| is_workspace(folder)) {
        let what = format!("--to lies in the workspace {}", shown(&inside.to_string_lossy()));
        return Err(Error::usage(what).hint("name a folder outside of it"));
    }
    if is_workspace(&to) {
        let what = format!("there is a workspace in {}", shown(&to.to_string_lossy()));
        return Err(Error::usage(what).hint("name a new folder: nothing is restored over a workspace"));
    }
    let (me, _) = identity::unlock(context)?;
    let done = backup::restore(&from, &to, &context.identity, &me, job)?;
    let contents = &done.contents;
    let behind = match done.seen {
        Some(seen) if seen > contents.size => format!(
            " You have seen {} more: they are lost, unless a newer copy is found.",
            counted(usize::try_from(seen - contents.size).unwrap_or(usize::MAX), "act")
        ),
        Some(_) => String::new(),
        None => format!(
            " You have not seen this desk with this identity: compare its fingerprint, {}, with what its founder reads from \
             `comity desk show`.",
            done.fingerprint
        ),
    };
    let again = match done.erased {
        0 => String::new(),
        n => format!(" What a purge has erased since was erased again: {}.", counted(n, "record")),
    };
    let said = format!(
        "Restored the desk {} as of {}, with {}, into {}.{behind}{again} Nobody works in it before two members declare it: one runs \
         `comity backup declare --because WHY` there, another `comity backup confirm`.",
        done.code,
        contents.made,
        counted(usize::try_from(contents.size).unwrap_or(usize::MAX), "act"),
        shown(&to.to_string_lossy()),
    );
    let restored = Restored {
        desk: done.code.clone(),
        fingerprint: done.fingerprint.clone(),
        made: contents.made,
        acts: contents.size,
        seen: done.seen,
        erased_again: done.erased,
    };
    Ok(Output::thing(&restored).with_message(said))
}
