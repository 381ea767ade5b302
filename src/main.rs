//! comity: the binary. It enters the sandbox before anything else, and hands over to one of the faces.

use std::process::ExitCode;

use comity::cli::run::{Asked, run};
use comity::host::sandbox;

fn main() -> ExitCode {
    sandbox::enter();
    match run(std::env::args_os()) {
        Asked::Done(code) => ExitCode::from(code),
        Asked::Screens(_) | Asked::Demo { .. } => ExitCode::from(70),
    }
}
