//! What users see, as it is in the middle of the demo's story: every screen, forms, menus, questions, the interface in lines, and
//! the whole help of the command line. What changes in any of it is seen in its review. Nothing of it hangs on the machine: the
//! clock stands still, and what is drawn by chance (ids, digests) is masked.
//! `cargo insta review`, or `INSTA_UPDATE=always cargo test --test suite snapshots`, takes a change over.

use comity::cli::tree::tree;
use comity::host::clock::local_hour_and_minute;
use comity::tui::screen::{SCREENS, digit_of};
use crossterm::event::{KeyCode, KeyModifiers};

use crate::desks::{program, text};
use crate::drawn::{Drawn, now, paths, story};

/// Columns and rows: what a terminal has that nobody made larger, and one with room for a detail.
const SIZES: &[(u16, u16)] = &[(80, 24), (120, 36)];

/// One that is compact.
const COMPACT: (u16, u16) = (60, 15);

/// What is on the screen at each size, masked.
pub fn drawn(screens: &mut Drawn, sizes: &[(u16, u16)]) -> String {
    let mut all = String::new();
    for size in sizes {
        // What scrolls itself into sight settles at the second frame at the latest.
        screens.lines(*size);
        all.push_str(&format!("{}x{}\n", size.0, size.1));
        screens.lines(*size).iter().for_each(|line| all.push_str(&format!("|{}|\n", masked(line))));
    }
    all
}

/// The line with zeros for what chance or the machine decides: ids, digests, fingerprints, the local time.
pub fn masked(line: &str) -> String {
    let local = local_hour_and_minute(now()).unwrap_or_default();
    let line = if local.is_empty() {
        line.to_owned()
    } else {
        line.replace(&format!("{local}L"), "04:12L")
            .replace(&format!("{local} here"), "04:12 here")
            .replace(&format!("{local} ici"), "04:12 ici")
    };
    let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    // A fingerprint is groups of five digits; a root that is shortened, groups of four.
    let digits = |word: &str, n: usize| word.len() == n && word.chars().all(is_hex);
    let fingerprint = line.split(' ').filter(|w| digits(w, 5)).count() >= 3;
    let (mut out, mut before) = (String::new(), String::new());
    for part in line.split_inclusive(|c: char| !is_word(c)) {
        let (text, rest) = part.split_at(part.trim_end_matches(|c: char| !is_word(c)).len());
        let is_root = digits(text, 4) && (before == "head" || before == "0000");
        let short = text.split_once('-').filter(|(kind, id)| {
            let cut = rest.starts_with('…') && !id.is_empty();
            matches!(kind.len(), 1 | 2)
                && kind.chars().all(|c| c.is_ascii_uppercase())
                && id.chars().all(is_hex)
                && (id.len() == 6 || cut)
        });
        let masked = match short {
            Some((kind, id)) => format!("{kind}-{}", "0".repeat(id.len())),
            None if is_root || (fingerprint && digits(text, 5)) || (text.len() >= 16 && text.chars().all(is_hex)) => {
                "0".repeat(text.len())
            }
            None => text.to_owned(),
        };
        out.push_str(&masked);
        out.push_str(rest);
        if !masked.is_empty() {
            before = masked;
        }
    }
    out
}

#[test]
fn every_screen_at_three_sizes() {
    let root = tempfile::tempdir().unwrap();
    story(root.path());
    let mut screens = Drawn::open(root.path(), "okafor");
    let sizes = [SIZES, &[COMPACT]].concat();
    for place in SCREENS.iter().map(|screen| screen.id) {
        // Places beyond the tenth have a letter alone.
        screens.keys(&digit_of(place).map_or_else(|| format!("g{}", place.letter()), |digit| digit.to_string()));
        insta::assert_snapshot!(place.word(), drawn(&mut screens, &sizes));
    }
    // The place with the most actions of its own.
    screens.keys("3?");
    insta::assert_snapshot!("help", drawn(&mut screens, &sizes));
    screens.key(KeyCode::Esc);
    // After the act that opened the case: the way there is typed, as a member types it.
    screens.keys("t2026-11-03T03:12:00Z\n8");
    insta::assert_snapshot!("as_of", drawn(&mut screens, &sizes));
    screens.keys("T");
    screens.press(KeyCode::Char('l'), KeyModifiers::CONTROL);
    insta::assert_snapshot!("locked", drawn(&mut screens, &sizes));
    screens.state.close();
}

/// What is looked at: the name of its snapshot, and the keys that lead there from the desk.
type Views<'a> = &'a [(&'a str, &'a str)];

/// Holds what the keys lead to, each from the beginning. Nothing is done: what is open is left.
fn check(who: &str, views: Views<'_>) {
    let root = tempfile::tempdir().unwrap();
    story(root.path());
    for (name, keys) in views {
        let mut screens = Drawn::open(root.path(), who);
        screens.keys(keys);
        insta::assert_snapshot!(*name, drawn(&mut screens, SIZES));
        screens.state.close();
    }
}

#[test]
fn forms_menus_and_questions() {
    check(
        "okafor",
        &[
            ("form_request_new", "2i"),
            ("form_item_add", "3i"),
            ("form_disclosure_new", "3S"),
            ("form_partner_add", "7i"),
            ("menu_request", "2a"),
            ("menu_case", "3[a"),
            ("menu_item", "3a"),
            ("menu_review", "4a"),
            ("menu_partner", "7a"),
            ("menu_agreement", "7\ta"),
            ("menu_act", "8a"),
            ("menu_of_two_items", "3  a"),
            ("palette", ":"),
            // What is light asks only where it is done with several things at once.
            ("confirm_light_of_two", "3  aretention hold\n\taudit\tan appeal⇟\n"),
            ("confirm_signing", "3S30d\tXB⇟\n"),
            ("confirm_destroying", "7Xa leak⇟\n"),
            ("confirm_refused", "5X⇟\n"),
        ],
    );
}

/// The help of a command and of all below it. What every command has is told once, at the root.
fn help_of(path: &str, mut command: clap::Command, all: &mut String) {
    let below: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    command = command.bin_name(path).term_width(120);
    all.push_str(&format!("==== {path}\n{}\n", command.render_help()));
    for next in below {
        help_of(&format!("{path} {}", next.get_name()), next, all);
    }
}

#[test]
fn the_whole_help_of_the_command_line() {
    let mut all = String::new();
    help_of("comity", tree(), &mut all);
    insta::assert_snapshot!("command_line", all);
}

#[test]
fn the_line_oriented_interface_through_every_screen() {
    let root = tempfile::tempdir().unwrap();
    story(root.path());
    let (workspace, identity) = paths(root.path(), "okafor");
    let places = SCREENS.iter().map(|screen| screen.id.word());
    // A row and what may be done with it, the help, and a form that is left.
    let rest = ["case", "1", "queue", "a 1", "back", "?", "back", "case new", "Pier", "/leave", "q"];
    let walk: Vec<&str> = places.chain(rest).collect();
    let (now, workspace, identity) = (now().to_string(), text(&workspace), text(&identity));
    let words = ["--plain", "--now", &now, "--workspace", &workspace, "--identity", &identity];
    let output = program(root.path(), &words, &(walk.join("\n") + "\n"));
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    let told = told.lines().map(masked).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!("line_oriented", told);
}
