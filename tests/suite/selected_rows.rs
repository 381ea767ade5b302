//! Rows that were shown and could not be opened: of the law, of bundles, of reviews that another answers. Looked at in the demo's story.

use crossterm::event::KeyCode;

use crate::drawn::{Drawn, story};

/// Opens the screens of a member, presses keys, and returns all that is on a high screen.
fn seen(who: &str, root: &std::path::Path, keys: &str) -> String {
    let mut screens = Drawn::open(root, who);
    screens.keys(keys);
    let lines = screens.lines((120, 120)).join("\n");
    screens.key(KeyCode::Esc);
    screens.state.close();
    lines
}

fn says(text: &str, what: &[&str]) {
    for what in what {
        assert!(text.contains(what), "{what:?} is missing:\n{text}");
    }
}

#[test]
fn what_stands_on_the_screens_is_opened_there() {
    let root = tempfile::tempdir().unwrap();
    story(root.path());
    let of = |keys: &str| seen("okafor", root.path(), keys);
    // A row of the law, the first and the last.
    says(&of("4]"), &["not in force", "Enter read"]);
    says(&of("4]\n"), &["STATUS", "in force", "WITH", "MUST SAY", "CLOCKS", "SOURCE", "READ"]);
    says(&of("4]Gz"), &["STATUS", "not in force with any partner", "MUST SAY"]);
    says(&of("4]a"), &["request new", "law verify"]);
    says(&of("4]a\n"), &["request new", "kind"]);
    // Bundles: one that came in, and one that went out.
    says(&of("6\t\n"), &["FROM", "XB", "CAME IN", "CARRIED", "7 acts", "act "]);
    says(&of("6\tj\n"), &["MADE", "WRITTEN", "ACKNOWLEDGED", "CARRIED", "1 act"]);
    says(&of("6\n"), &["WHAT WOULD LEAVE"]);
    // A review: who asked for it reads it, its reviewer answers it.
    says(&of("4"), &["Enter read"]);
    says(&of("4\n"), &["ASKED BY", "MAY NOT"]);
    says(&seen("osei", root.path(), "4"), &["Enter answer"]);
    says(&seen("osei", root.path(), "4\n"), &["review assess"]);
    says(&seen("osei", root.path(), "4z"), &["ASKED BY", "MAY NOT"]);
}
