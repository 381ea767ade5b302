//! The message for a panic: where it happened, and that nothing unfinished is stored. The text of the panic itself is never
//! printed: it may hold case data.

use std::io::Write as _;

use crate::workspace::error::ErrorKind;

/// Installs the panic hook: a panic of any thread prints where it was and ends the process with the exit code of an internal
/// error. The database undoes what was not committed when it is next opened.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let at = info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "Internal error{at}: comity has ended.\nEvery finished act is stored, an unfinished one is not. \
             Start it again, and report the line above: it holds no case data."
        );
        std::process::exit(ErrorKind::Internal as i32);
    }));
}
