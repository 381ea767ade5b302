//! What is said when the program itself is at fault: where, and that nothing half done is stored. Never what it was at: the
//! text of a panic may hold words of a case.

use std::io::Write as _;

use crate::workspace::error::ErrorKind;

/// From here on a panic of any thread says where it was and ends the process with the code of an internal fault. What was
/// not committed is undone by the database when it is next opened.
pub fn install() {
    std::panic::set_hook(Box::new(|info| {
        let at = info.location().map(|l| format!(" ({}:{})", l.file(), l.line())).unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "Internal error{at}: comity has ended.\nWhat was done before is stored, what was begun is not. \
             Open it again; report the place, which holds no word of a case."
        );
        std::process::exit(ErrorKind::Internal as i32);
    }));
}
