//! comity: the binary. It enters the sandbox before anything else, and hands over to one of the faces.

use std::path::PathBuf;
use std::process::ExitCode;

use comity::cli::run::{Asked, report, run};
use comity::cli::demo;
use comity::host::{folder, sandbox};

fn main() -> ExitCode {
    sandbox::enter();
    match run(std::env::args_os()) {
        Asked::Done(code) => ExitCode::from(code),
        Asked::Demo { dir, headless: true, globals } => {
            let folder = dir.unwrap_or_else(demo_folder);
            match demo::headless(&folder, &mut std::io::stdout()) {
                Ok(()) => ExitCode::SUCCESS,
                Err(failure) => ExitCode::from(report(&failure, globals.json)),
            }
        }
        Asked::Screens(_) | Asked::Demo { .. } => ExitCode::from(70),
    }
}

fn demo_folder() -> PathBuf {
    folder::temporary(&format!("comity-demo-{}", std::process::id()))
}
