//! The screens in another language than English: every text of a file is one of the program's, every text of the program has one
//! in the file, what people wrote stays as it is, and the screens are looked at in French.

use std::collections::BTreeSet;

use comity::command::commands;
use comity::command::definition::Handler;
use comity::record::KINDS;
use comity::tui::action::ACTIONS;
use comity::tui::language::{self, Language, Part};
use comity::tui::screen::{SCREENS, digit_of};
use comity::tui::words::{DONE, done};
use comity::value::text::width;
use comity::value::timestamp::{Duration, Timestamp};
use crossterm::event::{KeyCode, KeyModifiers};

use crate::desks::text;
use crate::drawn::{Drawn, now, paths, story};
use crate::snapshots::drawn;
use crate::sources::{Kind, files, pieces_of};

/// French, until the test is over: another may run on the same thread.
struct French;

impl French {
    fn spoken() -> Self {
        language::speak(Some(Language::of("fr").unwrap()));
        Self
    }
}

impl Drop for French {
    fn drop(&mut self) {
        language::speak(None);
    }
}

/// A text as it is compared: whatever stands in its holes.
fn without_holes(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str("{}");
        rest = behind;
    }
    out + rest
}

/// A literal as the compiler reads it.
fn read(literal: &str) -> String {
    let joined = literal.split("\\\n").enumerate();
    let joined: String = joined.map(|(n, part)| if n == 0 { part } else { part.trim_start() }).collect();
    joined.replace("\\\"", "\"").replace("\\u{b7}", "\u{b7}").replace("{{", "{").replace("}}", "}")
}

/// The words that dates and lengths of time are written with.
fn words_of_time() -> BTreeSet<String> {
    let year = (0..366).map(|n| Timestamp::parse("2026-01-01T10:00:00Z").unwrap().plus(Duration::days(n)));
    let dates = year.flat_map(|day| [day.weekday_and_date(), day.day_and_month(), day.on_screen(day)]);
    let spans = [-100_000, -4000, -100, -5, 5, 100, 4000, 100_000].map(|n| Duration::minutes(n).in_short());
    let all = dates.chain(spans).collect::<Vec<_>>().join(" ");
    all.split(' ').filter(|word| word.chars().all(char::is_alphabetic)).map(str::to_owned).collect()
}

#[test]
fn every_text_of_a_language_is_one_of_the_programs() {
    let mut known = BTreeSet::new();
    for (_, source) in files(&["src"], &["rs"]) {
        known.extend(
            pieces_of(&source).into_iter().filter(|p| p.kind == Kind::Text).map(|p| without_holes(&read(&p.text))),
        );
    }
    for (_, words) in files(&["assets/words"], &["toml"]) {
        known.extend(words.lines().filter_map(|line| Some(line.split_once('"')?.1.rsplit_once('"')?.0.to_owned())));
    }
    let time = words_of_time();
    let french = Language::of("fr").unwrap();
    let stale: Vec<String> = french
        .entries()
        .into_iter()
        .filter(|(part, english, _)| match part {
            Part::Date => !time.contains(*english),
            _ => !known.contains(&without_holes(english)),
        })
        .map(|(part, english, _)| format!("{part:?} {english:?}"))
        .collect();
    assert!(stale.is_empty(), "{} texts that nobody says any more:\n{}", stale.len(), stale.join("\n"));
    let untold: Vec<&String> = time.iter().filter(|word| french.said(Part::Date, word).is_none()).collect();
    assert!(untold.is_empty(), "{untold:?}");
}

/// What stays English in French too, and is not looked for: nothing yet.
const ENGLISH: &[&str] = &[];

#[test]
fn every_command_action_and_field_is_said_in_every_language() {
    let french = Language::of("fr").unwrap();
    let mut lacking = BTreeSet::new();
    let mut ask = |part: Part, english: &'static str| {
        let is_said = english.is_empty() || french.said(part, english).is_some();
        if !is_said && !ENGLISH.contains(&english) {
            lacking.insert(format!("{part:?} {english:?}"));
        }
    };
    for command in commands().filter(|command| !matches!(command.run, Handler::Batch)) {
        ask(Part::Text, command.about);
        for field in command.args.iter().filter(|field| !field.cli_only) {
            ask(Part::Text, field.help);
            ask(Part::Field, field.name);
            if let Some(shape) = field.shape {
                ask(Part::Text, shape.what);
            }
        }
    }
    for action in ACTIONS.iter() {
        ask(Part::Key, action.hint);
        if SCREENS.iter().all(|screen| screen.id.word() != action.name) {
            ask(Part::Key, action.name);
        }
        ask(Part::Text, action.about);
    }
    assert!(
        lacking.is_empty(),
        "{} texts are not said:\n{}",
        lacking.len(),
        lacking.into_iter().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn what_an_act_did_is_said_in_every_language_and_has_room() {
    let french = Language::of("fr").unwrap();
    let mut wrong = Vec::new();
    for change in KINDS.iter().flat_map(|kind| kind.changes) {
        let english = done(change.kind);
        match french.said(Part::State, &english) {
            Some(said) if width(said) <= usize::from(DONE) => {}
            said => wrong.push(format!("{} {english:?}: {said:?}", change.kind)),
        }
    }
    assert!(wrong.is_empty(), "{} texts are not said, or too long:\n{}", wrong.len(), wrong.join("\n"));
}

/// The keys that open a place.
fn way_to(place: comity::tui::screen_id::ScreenId) -> String {
    digit_of(place).map_or_else(|| format!("g{}", place.letter()), |digit| digit.to_string())
}

/// Looks at every place and view of it: at rows, their details and menus, and at the help.
#[cfg(debug_assertions)]
fn look_around(screens: &mut Drawn) {
    const SIZE: (u16, u16) = (120, 36);
    for place in SCREENS {
        screens.keys(&way_to(place.id));
        for _ in 0..place.views.len().max(1) {
            for _ in 0..3 {
                screens.lines(SIZE);
                screens.keys("a");
                screens.lines(SIZE);
                screens.key(KeyCode::Esc);
                if place.has_detail {
                    screens.keys("z");
                    screens.lines((120, 60));
                    screens.key(KeyCode::Esc);
                }
                screens.keys("j");
            }
            screens.keys("?");
            screens.lines((120, 120));
            screens.key(KeyCode::Esc);
            screens.keys("]");
        }
    }
}

/// Keys that lead from the Desk to lists, questions, forms and messages.
#[cfg(debug_assertions)]
const FURTHER: &[&str] = &[
    ":",
    "q",
    "/left:<4h",
    "/xyz:1",
    "s",
    "1/zzz",
    "M",
    "J",
    "u",
    "f",
    "F",
    "y",
    "t3d\n",
    "T",
    "2i",
    "3i",
    "3S",
    "7i",
    "7Xa leak⇟\n",
    "3S30d\tXB⇟\n",
    "5X⇟\n",
    "3  aretention hold\n\taudit\tan appeal⇟\n",
];

/// Every text that is to be said on a walk through all places, their views, menus and forms is said in French.
#[cfg(debug_assertions)]
#[test]
fn nothing_that_is_drawn_lacks_its_french() {
    let root = tempfile::tempdir().unwrap();
    story(root.path());
    let _french = French::spoken();
    language::lacking::take();
    for who in ["okafor", "osei"] {
        let mut screens = Drawn::open(root.path(), who);
        look_around(&mut screens);
        if who == "okafor" {
            for keys in FURTHER {
                screens.keys("1");
                screens.keys(keys);
                screens.lines((120, 36));
                (0..4).for_each(|_| screens.key(KeyCode::Esc));
            }
            for command in commands().filter(|c| !matches!(c.run, Handler::Free(_) | Handler::Batch)) {
                screens.keys("3:");
                screens.keys(&command.full_name());
                screens.key(KeyCode::Enter);
                screens.lines((120, 60));
                (0..3).for_each(|_| screens.key(KeyCode::Esc));
            }
        }
        screens.press(KeyCode::Char('l'), KeyModifiers::CONTROL);
        screens.lines((120, 36));
        screens.state.close();
    }
    let lacking = language::lacking::take().into_iter().filter(|(_, english)| !ENGLISH.contains(&english.as_str()));
    let lacking: Vec<String> = lacking.map(|(part, english)| format!("{part} {english:?}")).collect();
    assert!(lacking.is_empty(), "{} texts are not said:\n{}", lacking.len(), lacking.join("\n"));
}

#[test]
fn the_environment_chooses_and_lines_say_what_the_screens_say() {
    let root = tempfile::tempdir().unwrap();
    story(root.path());
    let (workspace, identity) = paths(root.path(), "okafor");
    let told = |environment: &[(&str, &str)]| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_comity"));
        program.env_clear().env("HOME", root.path()).envs(environment.iter().copied());
        program.args(["--plain", "--now", &now().to_string(), "--workspace", &text(&workspace)]);
        program.args(["--identity", &text(&identity)]).stdin(std::process::Stdio::null());
        String::from_utf8(program.output().unwrap().stdout).unwrap()
    };
    let titles = || {
        let mut screens = Drawn::open(root.path(), "okafor");
        let titles: Vec<String> = screens.state.view().sections().map(|s| s.title.to_string()).collect();
        screens.state.close();
        titles
    };
    let english = titles();
    let french = {
        let _french = French::spoken();
        titles()
    };
    assert_ne!(english, french);
    for (environment, titles) in [
        (&[][..], &english),
        (&[("LANG", "fr_CA.UTF-8")], &french),
        (&[("LC_MESSAGES", "fr_FR.UTF-8"), ("LANG", "en_GB.UTF-8")], &french),
        (&[("LC_ALL", "C"), ("LC_MESSAGES", "fr_FR.UTF-8"), ("LANG", "fr_FR.UTF-8")], &english),
        (&[("LC_ALL", ""), ("LANG", "fr")], &french),
        (&[("LANG", "xx_XX")], &english),
    ] {
        let told = told(environment);
        for title in titles {
            assert!(told.contains(title.as_str()), "{environment:?}: {title} is not in\n{told}");
        }
    }
}

#[test]
fn the_screens_in_french() {
    let root = tempfile::tempdir().unwrap();
    story(root.path());
    let _french = French::spoken();
    for (name, keys) in [
        ("french_desk", ""),
        ("french_queue", "2"),
        ("french_case", "3"),
        ("french_legal", "4"),
        ("french_form", "2i"),
        ("french_menu", "2a"),
        ("french_help", "?"),
        ("french_quit", "q"),
    ] {
        let mut screens = Drawn::open(root.path(), "okafor");
        screens.keys(keys);
        insta::assert_snapshot!(name, drawn(&mut screens, &[(80, 24), (120, 36)]));
        screens.state.close();
    }
}
