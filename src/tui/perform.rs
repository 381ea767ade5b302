//! Running a command in the workspace: with one form or with several, and beforehand as a rehearsal. It is called on the
//! worker threads, and draws nothing.

use super::page::{DetailLine, RecordRef};
use super::screen::detail::detail;
use crate::command::definition::{Args, Command, Output, Preview};
use crate::command::run::{On, run};
use crate::command::{self, plain};
use crate::tui::language::{phrase, tr};
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
            .at(tr("done with"), n as u64, Some(forms.len() as u64))
            .and_then(|()| perform(workspace, command, form, job))
        {
            Ok(output) => messages.extend(output.message),
            Err(failure) if n == 0 => return Err(failure),
            Err(failure) => {
                let stopped = phrase!(
                    "{n} of {forms} are done; then it stopped: {what}",
                    n,
                    forms = forms.len(),
                    what = failure.what
                );
                let mut output = Output::thing(&n).with_message(format!("{stopped}\n{}", messages.join("\n")));
                output.code = failure.code();
                return Ok(output);
            }
        }
    }
    let head = phrase!("{command}: done with {forms}.", command = command.full_name(), forms = forms.len());
    Ok(Output::thing(&forms.len()).with_message(format!("{head}\n{}", messages.join("\n"))))
}

fn perform(workspace: &mut Workspace, command: &'static Command, form: &Args, job: &mut Job) -> Result<Output, Error> {
    run(command, On::Workspace(workspace), form, job)
}

/// What the gate says beforehand, and what the action would come to: for a disclosure or a purge its dry run, for a bundle
/// its preview, for everything else the record that it is about.
pub fn preview(
    workspace: &mut Workspace,
    command: &'static Command,
    form: &Args,
    subject: Option<&RecordRef>,
) -> (Option<Error>, Vec<String>) {
    let previewed = match command.writes.map_or(Preview::None, |w| w.preview) {
        Preview::None => None,
        Preview::DryRun => Some((command, true)),
        Preview::By(name) => command::command(name).map(|other| (other, false)),
    };
    if let Some((other, dry)) = previewed {
        let mut asked = Args::default();
        for arg in other.args {
            form.all(arg.name).iter().for_each(|v| asked.add(arg.name, v.as_str()));
        }
        let asked = if dry { asked.with("dry-run", "yes") } else { asked };
        return match perform(workspace, other, &asked, &mut Job::silent()) {
            // Nothing of it may be done: that is the gate's no, though the preview itself went well.
            Ok(output) if output.code == ErrorKind::Refused as u8 => {
                let lines = plain::lines(&output);
                let said = || {
                    let first = lines.first().cloned().unwrap_or_default();
                    Error::new(ErrorKind::Refused, first, "each rule that says no is named below")
                };
                // What it would say itself names its rules.
                let refusal = command
                    .is_rehearsable()
                    .then(|| workspace.rehearse(|workspace| perform(workspace, command, form, &mut Job::silent())));
                (Some(refusal.flatten().unwrap_or_else(said)), lines)
            }
            Ok(output) => (None, plain::lines(&output)),
            Err(failure) => (Some(failure), Vec::new()),
        };
    }
    let answer = if command.is_rehearsable() {
        workspace.rehearse(|workspace| perform(workspace, command, form, &mut Job::silent()))
    } else {
        None
    };
    let lines = subject.and_then(|s| detail(workspace, s).ok()).map(|d| {
        let line = |(label, piece): &DetailLine| format!("{label:14}  {}", piece.text);
        d.about().iter().map(line).collect()
    });
    (answer, lines.unwrap_or_default())
}
