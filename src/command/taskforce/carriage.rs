//! Bundles to all desks of a task force at once, in one folder: a courier takes the folder round, and each desk imports what is for it.

use serde::Serialize;

use super::parties::TASKFORCE;
use crate::command::bundle::export;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::Destination;
use crate::host::file;
use crate::record::kind::Kind;
use crate::record::store::RecordStore as _;
use crate::record::{partner, taskforce};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "taskforce",
    name: "export",
    about: "Make a bundle for each other desk of a task force of what waits for it, all in one new folder",
    args: &[TASKFORCE, Arg::new("out", ArgKind::ToWrite, "the folder to make").required()],
    writes: Some(Writes {
        act: crate::record::bundle::EXPORT,
        weight: Weight::Signs,
        needs: Needs::OneOf(taskforce::TOLD_OF),
        rehearsable: false,
        preview: Preview::None,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[],
    }),
    run: Handler::Writes(run),
}];

/// What was made for one desk.
#[derive(Serialize)]
struct ForDesk {
    to: String,
    /// The file; none where nothing waits for it.
    file: Option<String>,
    acts: usize,
    stays: usize,
}

fn run(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("taskforce")?, &[Kind::Taskforce])?;
    let folder = Destination::of(args, "out")?;
    let (mut made, mut said, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for desk in taskforce::all_desks(&record)? {
        let known = workspace.records().get(desk)?.filter(|r| r.kind == Kind::Partner);
        let Some(to) = known.filter(|r| !partner::is_without_card(r)) else { continue };
        match export::make(workspace, &to, None, job) {
            Ok((exported, kept)) => {
                let file = kept
                    .into_iter()
                    .next()
                    .zip(exported.sequence)
                    .map(|(kept, n)| (kept, format!("{}-{n}", exported.to)));
                made.push(ForDesk {
                    to: exported.to,
                    file: file.as_ref().map(|(_, name)| name.clone()),
                    acts: exported.acts,
                    stays: exported.stays,
                });
                files.extend(file);
            }
            // What one desk may not have keeps nothing from the others.
            Err(failure) if failure.kind == ErrorKind::Refused => said.push(failure.what),
            Err(failure) => return Err(failure),
        }
    }
    if !files.is_empty() {
        file::private_folder(folder.path())?;
    }
    for (kept, name) in files {
        Destination::new(folder.path().join(name))?.copy(&kept)?;
    }
    for one in &made {
        said.push(match &one.file {
            Some(file) => format!("{}: {}, in {file}.", one.to, crate::value::text::counted(one.acts, "act")),
            None => format!("{}: nothing waits.", one.to),
        });
    }
    Ok(Output::list(&made, &[("to", "TO"), ("file", "FILE"), ("acts", "ACTS"), ("stays", "STAY")])
        .with_message(said.join("\n")))
}
