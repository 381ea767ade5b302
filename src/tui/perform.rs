//! Running a command in the workspace: with one form or with several, and beforehand as a rehearsal. It is called on the
//! worker threads, and draws nothing.

use std::path::PathBuf;

use super::page::{RecordRef, StyledText};
use super::screen::detail::detail;
use crate::command::definition::{Args, Command, CommandContext, Handler, Output};
use crate::command::{self, plain};
use crate::host::clock::Clock;
use crate::value::text::Shown;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// Runs a command with each form. What is done stays done: where one fails, the output says how many were, and the rest is left.
///
/// # Errors
///
/// Where the first of them fails.
pub fn perform_each(
    workspace: &mut Workspace,
    command: &'static Command,
    forms: &[Args],
    job: &mut Job,
) -> Result<Output, Error> {
    if let [only] = forms {
        return perform(workspace, command, only, job);
    }
    let mut messages = Vec::new();
    for (n, form) in forms.iter().enumerate() {
        match job
            .at("done with", n as u64, Some(forms.len() as u64))
            .and_then(|()| perform(workspace, command, form, job))
        {
            Ok(output) => messages.extend(output.message),
            Err(failure) if n == 0 => return Err(failure),
            Err(failure) => {
                let stopped = format!("{n} of {} are done; then it stopped: {}", forms.len(), failure.what);
                let mut output = Output::thing(&n).with_message(format!("{stopped}\n{}", messages.join("\n")));
                output.code = failure.code();
                return Ok(output);
            }
        }
    }
    let head = format!("{}: done with {}.", command.full_name(), forms.len());
    Ok(Output::thing(&forms.len()).with_message(format!("{head}\n{}", messages.join("\n"))))
}

fn perform(workspace: &mut Workspace, command: &'static Command, form: &Args, job: &mut Job) -> Result<Output, Error> {
    match command.run {
        Handler::Reads(run) | Handler::Writes(run) => run(workspace, form, job),
        Handler::Law(run) => run(&*workspace.law()?, workspace.now(), form),
        Handler::Free(run) => {
            let mut place = CommandContext {
                workspace: workspace.folder().to_owned(),
                identity: PathBuf::new(),
                passphrase: Box::new(|_, _| {
                    Err(Error::new(ErrorKind::Usage, "this is done on the command line", "leave the screens first"))
                }),
                clock: Clock::Fixed(workspace.now()),
            };
            run(&mut place, form, job)
        }
    }
}

/// What the gate says beforehand, and what the action would come to: for a disclosure or a purge its dry run, for a bundle
/// its preview, for everything else the record that it is about.
pub fn preview(
    workspace: &mut Workspace,
    command: &'static Command,
    form: &Args,
    subject: Option<&RecordRef>,
) -> (Option<Error>, Vec<String>) {
    if let Some((name, dry)) = command.previewed_by() {
        let Some(other) = command::command(name) else { return (None, Vec::new()) };
        let mut asked = Args::default();
        for field in other.fields {
            form.all(field.name).iter().for_each(|v| asked.add(field.name, v.as_str()));
        }
        let asked = if dry { asked.with("dry-run", "yes") } else { asked };
        let (Handler::Reads(run) | Handler::Writes(run)) = other.run else { return (None, Vec::new()) };
        return match run(workspace, &asked, &mut Job::silent()) {
            Ok(output) => (None, plain::lines(&output)),
            Err(failure) => (Some(failure), Vec::new()),
        };
    }
    let answer = match command.run {
        Handler::Writes(run) => workspace.rehearse(|workspace| run(workspace, form, &mut Job::silent())),
        _ => None,
    };
    let lines = subject.and_then(|s| detail(workspace, s).ok()).map(|d| {
        let line = |(label, piece): &(Shown, StyledText)| format!("{label:14}  {}", piece.text);
        let until = d.lines.iter().position(|(label, _)| label.as_str() == "HISTORY").unwrap_or(d.lines.len());
        d.lines.iter().take(until).map(line).collect()
    });
    (answer, lines.unwrap_or_default())
}
