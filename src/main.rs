//! comity: the binary. It enters the sandbox before anything else, and hands over to one of the front ends.

use std::io::{stderr, stdin};
use std::path::PathBuf;
use std::process::ExitCode;

use comity::cli::manual::KeyRow;
use comity::cli::run::{Globals, Invocation, Shared, as_far_as_read, context_of, report, run};
use comity::cli::welcome::{self, Choice};
use comity::cli::{demo, fault, guide, tour};
use comity::command::definition::Args;
use comity::host::sandbox::{self, Reach};
use comity::host::{file, folder, secrecy};
use comity::tui::action::{ACTIONS, Action};
use comity::tui::key::{sequence, written};
use comity::tui::settings::{self, Settings, Wishes};
use comity::tui::{self, worker::Opening};
use comity::workspace::error::Error;
use comity::workspace::open::is_workspace;

fn main() -> ExitCode {
    fault::install();
    secrecy::protect();
    sandbox::enter();
    let (done, json) = match run(std::env::args_os(), Shared { keys, page: tui::screen::detail::written }) {
        Invocation::Done(code) => return ExitCode::from(code),
        Invocation::Screens(globals) => (begin(&globals), globals.json),
        Invocation::Demo { dir, headless, who, globals } => {
            (play(dir, headless, who.as_deref(), &globals), globals.json)
        }
    };
    ExitCode::from(done.unwrap_or_else(|failure| report(&failure, json)))
}

/// The keys of the screens, as their catalogue has them.
fn keys() -> Vec<KeyRow> {
    let row = |action: &Action| KeyRow {
        keys: action.keys.iter().filter_map(|key| Some(written(&sequence(key)?))).collect(),
        name: action.name,
        about: action.shown_about().leak(),
        places: action.places.iter().map(|context_of| context_of.title()).collect(),
    };
    ACTIONS.iter().map(row).collect()
}

/// Opens the screens of the desk; where there is none yet and somebody can be asked, asks what to begin with.
fn begin(globals: &Globals) -> Result<u8, Error> {
    let drawn = front_end(globals)?;
    if is_workspace(&globals.workspace) || !guide::has_terminal() {
        return screens(globals, drawn);
    }
    let (mut lines, mut out) = (stdin().lock(), stderr());
    let choice = welcome::ask(&globals.workspace, &mut lines, &mut out)?;
    drop(lines);
    match choice {
        Choice::Found => guide::found(Args::default(), &mut context_of(globals)).map(|()| 0),
        Choice::Join => guide::join(&mut context_of(globals)).map(|()| 0),
        Choice::Demo => play(None, false, None, globals),
        Choice::Tour => as_far_as_read(tour::take(None, None)).map(|()| 0),
        Choice::Leave => Ok(0),
    }
}

/// The settings of the drawn screens; `None` where the line-oriented interface is asked for. Refuses where there is no terminal
/// to draw on.
fn front_end(globals: &Globals) -> Result<Option<Settings>, Error> {
    if globals.as_of.is_some() {
        return Err(Error::usage("--as-of is for commands that read").hint("on the screens, t goes back"));
    }
    if globals.plain {
        return Ok(None);
    }
    tui::needs_terminal()?;
    Settings::read(&Wishes { theme: globals.theme.clone(), ascii: globals.ascii, no_mouse: globals.no_mouse }).map(Some)
}

fn screens(globals: &Globals, drawn: Option<Settings>) -> Result<u8, Error> {
    let context_of = context_of(globals);
    let opening = Opening {
        workspace: globals.workspace.clone(),
        identity: globals.identity.clone(),
        clock: context_of.clock,
        readonly: globals.readonly,
        reason: globals.reason.clone(),
    };
    let folders = drawn.as_ref().map_or_else(settings::folders, |settings| Ok(settings.folders.clone()))?;
    keep_to(&folders, globals);
    match drawn {
        Some(settings) => tui::run(opening, globals.passphrase_file.is_some(), context_of, settings),
        None => as_far_as_read(tui::plain::run(opening, context_of)),
    }
}

/// Keeps the screens to these folders, where any are named: beside them they reach the workspace, the identity's folder and the
/// settings.
fn keep_to(folders: &[PathBuf], globals: &Globals) {
    if folders.is_empty() {
        return;
    }
    let own = Reach::default().with_folder_of(&globals.identity).with_folder(&globals.workspace);
    let mut reach = folders.iter().fold(own, |reach, folder| reach.with_folder(folder));
    reach.writes.extend(folder::settings());
    reach.reads.extend(globals.passphrase_file.clone());
    sandbox::limit(&reach);
}

fn play(dir: Option<PathBuf>, headless: bool, who: Option<&str>, globals: &Globals) -> Result<u8, Error> {
    if headless {
        let played = demo::headless(&demo::folder(dir.as_deref())?, &mut std::io::stdout());
        return as_far_as_read(played).map(|()| 0);
    }
    let drawn = front_end(globals)?;
    let folder = demo::folder(dir.as_deref())?;
    let story = demo::stage(&folder, drawn.is_some())?;
    let (workspace, identity) = (
        story.workspace("XA"),
        story.identity(&who.map_or_else(|| demo::OFFICER.to_owned(), |who| format!("{who}@XA"))),
    );
    let left = screens(&Globals { workspace, identity, passphrase_file: None, ..globals.clone() }, drawn);
    // A demo that nobody gave a context_of to leaves nothing behind.
    if dir.is_none() {
        file::remove_folder(&folder)?;
    }
    left
}
