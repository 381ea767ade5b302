//! Running a command: the only way, for both front ends, the demo and the suite. What a command is done to is judged here
//! before anything else, so that no door can forget it.

use super::audit::refusals;
use super::availability;
use super::crossing;
use super::definition::{Args, Command, CommandContext, Handler, Output};
use super::script;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::journal::Masked;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What a command runs on.
pub enum On<'a> {
    /// An open workspace.
    Workspace(&'a mut Workspace),
    /// None: what is named, and who is asked for a passphrase.
    Nothing(&'a mut CommandContext),
}

/// Says of an output that something in it is masked, and how it can be seen.
pub fn masked(workspace: &Workspace, output: Output) -> Output {
    let how = match workspace.take_masked() {
        None => return output,
        Some(Masked::Unnoted) => {
            "Personal data are masked, since nothing can be noted here of who looks: leave --readonly out to see them."
        }
        Some(Masked::Restricted) => "What is held or restricted is masked: it is seen only with --reason TEXT.",
    };
    let said = output.message.as_ref().map_or_else(|| how.to_owned(), |said| format!("{said} {how}"));
    output.with_message(said)
}

/// Runs a command. What it is done to is judged first, as every menu judges it.
///
/// # Errors
///
/// Why it cannot be done, or what went wrong; the stored state is then as it was. [`Error::usage`] where it runs on
/// something else than it needs.
pub fn run(command: &Command, on: On<'_>, args: &Args, job: &mut Job) -> Result<Output, Error> {
    match (command.run, on) {
        (Handler::Free(run), On::Nothing(context)) => run(context, args, job),
        (Handler::Law(run), On::Nothing(context)) => {
            run(&crate::law::edition::Law::of_program(), context.clock.now(), args)
        }
        (Handler::Law(run), On::Workspace(workspace)) => run(&*workspace.law()?, workspace.now(), args),
        (Handler::Reads(run) | Handler::Writes(run), On::Workspace(workspace)) => {
            // What an earlier command has masked is none of this one's.
            workspace.take_masked();
            let done = crossing::check(workspace, command, args)
                .and_then(|()| availability::check(workspace, command, args))
                .and_then(|()| run(workspace, args, job));
            // Nothing of it is shown before it is on record who looks, and why.
            let done = workspace.keep_looks().and(done).map(|output| masked(workspace, output));
            if let Err(Error { kind: ErrorKind::Refused, verdict: Some(verdict), .. }) = &done
                && let Some(writes) = command.writes.as_ref().filter(|_| !args.flag("dry-run"))
            {
                refusals::note(workspace, writes.act, verdict);
            }
            done
        }
        (Handler::Batch, On::Workspace(workspace)) => {
            let alone = |workspace: &mut Workspace, command: &Command, args: &Args, job: &mut Job| {
                run(command, On::Workspace(workspace), args, job)
            };
            script::run_lines(workspace, args, alone, job)
        }
        (Handler::Free(run), On::Workspace(workspace)) => {
            let no_prompt =
                |_: &str, _| Err(Error::usage("this is done on the command line").hint("leave the screens first"));
            let mut context = CommandContext {
                workspace: workspace.folder().to_owned(),
                identity: std::path::PathBuf::new(),
                passphrase: Box::new(no_prompt),
                clock: crate::host::clock::Clock::Fixed(workspace.now()),
            };
            run(&mut context, args, job)
        }
        (Handler::Reads(_) | Handler::Writes(_) | Handler::Batch, On::Nothing(_)) => {
            Err(Error::usage("this needs an open workspace"))
        }
    }
}
