//! Text that would steer a terminal or mislead a reader, in every field of every command, in files of others and from a
//! partner: what is refused says so without it, and what is taken is told by every front end without one such character.

#![cfg(unix)]

use std::time::Duration;

use crate::desks::{Fields, Site, pair};
use crate::screen::Screen;
use comity::command::commands;
use comity::command::definition::{ArgKind, Args, Handler};
use comity::value::text::is_hidden;
use comity::workspace::progress::Job;

/// Each must never be written as it is.
fn hostile() -> [(&'static str, String); 8] {
    [
        ("OSC", "\u{1b}]52;c;QUJD\u{7}osc".into()),
        ("CSI", "\u{1b}[2J\u{1b}[31mcsi".into()),
        ("C1", "\u{9b}2J\u{9d}0;t\u{9c}c1".into()),
        ("bidi", "bidi\u{202e}txt.\u{2066}exe".into()),
        ("zero width", "zero\u{200b}\u{200d}\u{feff}\u{ad}width".into()),
        ("tags", "tags\u{e0041}\u{e0042}".into()),
        ("marks", format!("marks{}", "\u{301}".repeat(10_000))),
        ("a long line", format!("long{}", "x".repeat(1 << 20))),
    ]
}

/// What no front end may write: the characters themselves, and more marks on one letter than can be read.
fn check_clean(front_end: &str, text: &str) {
    let found = text.chars().find(|c| is_hidden(*c) && !matches!(c, '\n' | '\r'));
    assert_eq!(found, None, "{front_end} writes it as it is");
    // JSON is for programs: it keeps every letter and its marks.
    assert!(front_end.contains("--json") || !text.contains(&"\u{301}".repeat(9)), "{front_end} piles marks up");
}

#[test]
fn every_field_of_every_command_refuses_it_in_clean_words_or_keeps_it_to_itself() {
    let (_root, a, b) = pair();
    let case = a.case("Hostile");
    let item = a.indicator(&case, "n1.example");
    let request = a.make(1, "request new", &[("kind", "bc29"), ("to", "XB"), ("case", &case), ("draft", "yes")]);
    let review =
        a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]);
    a.carry(&b, "1");
    let mut workspace = a.open(1).unwrap();
    let (mut taken, mut refused) = (Vec::new(), 0);
    for command in commands().filter(|v| !matches!(v.run, Handler::Free(_) | Handler::Law(_))) {
        for field in
            command.args.iter().filter(|f| !matches!(f.kind, ArgKind::Flag | ArgKind::Existing | ArgKind::ToWrite))
        {
            for (name, evil) in hostile() {
                let mut form = Args::default();
                for (known, value) in known(&command.full_name(), &case, &item, &request, &review) {
                    let known =
                        command.field(known).unwrap_or_else(|| panic!("{} has no {known}", command.full_name()));
                    if known.name != field.name {
                        form.add(known.name, value);
                    }
                }
                let value = if matches!(field.kind, ArgKind::Pairs | ArgKind::PairsOf(_)) {
                    format!("offence={evil}")
                } else {
                    evil
                };
                form.add(field.name, value);
                let (Handler::Reads(run) | Handler::Writes(run)) = command.run else { continue };
                match run(&mut workspace, &form, &mut Job::silent()) {
                    Ok(answer) => {
                        check_clean(&command.full_name(), &comity::command::plain::lines(&answer).join("\n"));
                        taken.push(format!("{} --{} {name}", command.full_name(), field.name));
                    }
                    Err(failure) => {
                        check_clean(&command.full_name(), &format!("{}\n{}", failure.what, failure.hint));
                        refused += 1;
                    }
                }
            }
        }
    }
    // It was tried in earnest: some of it is kept, so that the front ends have something to be careful with.
    for kept in ["case new --title bidi", "item add --value tags", "item add --note zero width"] {
        assert!(taken.iter().any(|t| t == kept), "{kept} was refused; {} were taken: {taken:#?}", taken.len());
    }
    assert!(refused > 500, "{refused}");
    drop(workspace);
    front_ends(&a);
}

/// Fields that let a command come as far as the one that is tried.
fn known<'a>(
    command: &str,
    case: &'a str,
    item: &'a str,
    request: &'a str,
    review: &'a str,
) -> Vec<(&'a str, &'a str)> {
    match command {
        "case new" => vec![("title", "Other"), ("purpose", "cybercrime")],
        "item add" => vec![("case", case), ("type", "domain"), ("category", "indicator"), ("value", "n2.example")],
        "item mark" => vec![("item", item), ("tlp", "GREEN")],
        "request new" => vec![("kind", "bc29"), ("to", "XB"), ("case", case), ("draft", "yes")],
        "request withdraw" => vec![("request", request), ("because", "it is over")],
        "review assess" => vec![("review", review), ("all", "met"), ("less-intrusive", "nothing")],
        "review decide" => vec![("review", review), ("approve", "yes"), ("expires", "60d")],
        "review open" => vec![("subject", item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")],
        "retention hold" => vec![("item", item), ("reason", "complaint"), ("because", "asked")],
        "agreement add" => vec![
            ("partner", "XB"),
            ("instrument", "bc"),
            ("title", "memorandum"),
            ("purpose", "cybercrime"),
            ("categories", "indicator"),
            ("from", "2026-01-01"),
            ("until", "2030-01-01"),
            ("retention-cap", "90d"),
        ],
        "partner channel" => vec![("partner", "XB"), ("state", "tested"), ("because", "drill")],
        _ => Vec::new(),
    }
}

/// Tells everything that a workspace holds by every front end.
fn front_ends(site: &Site) {
    for (rows, cols) in [(24, 80), (36, 120)] {
        // A frame with such a character in a cell ends this binary: it is made to.
        site.believe_the_machine();
        let mut s = Screen::open((&site.workspace(), &site.identity(1), &site.folder), &[], rows, cols);
        s.until("WAITS ON YOU");
        for place in ["2", "3", "4", "5", "6", "7", "8", "0", "1"] {
            s.press(place);
            settle(&mut s);
            for key in ["j", "j", "a", "\x1b", "y", "\x1b", "]", "G"] {
                s.press(key);
                settle(&mut s);
            }
        }
        s.press(":zero");
        settle(&mut s);
        s.signal("-TERM");
        assert_eq!(s.end(), 143, "it ended before:\n{}", s.text());
        check_clean("the screen", &s.text());
        // The title is the one thing that is said beside the frame, and is always this.
        let written = String::from_utf8_lossy(&s.raw).replace("\u{1b}]0;comity\u{7}", "");
        assert!(!written.contains("\u{1b}]"), "the screens write what was stored to the terminal");
        check_clean("the screens", &written.replace('\u{1b}', ""));
    }
    let run = |args: &[&str], typed: &str| {
        let output = site.program(1, args, typed);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        check_clean(&args.join(" "), &said);
        said
    };
    let places = "queue\ncase\nmore\n1\na 1\nback\npeople\ntimeline\nlegal\ntimers\nsync\npartners\naudit\nreports\n";
    assert!(run(&["--plain"], places).contains("⟨U+202E⟩"));
    for list in
        ["case list", "item list", "request list", "agreement list", "review list", "retention list", "search zero"]
    {
        let words: Vec<&str> = list.split(' ').collect();
        run(&words, "");
        run(&[&["--json"], &words[..]].concat(), "");
    }
}

fn settle(s: &mut Screen) {
    while s.drain(Duration::from_millis(60)) {}
}

#[test]
fn what_others_wrote_is_no_different() {
    let (_root, a, b) = pair();
    let case = a.case("Imported");
    let mut table = String::new();
    for (name, evil) in hostile() {
        table.push_str(&format!("{name},\"{evil}\"\n"));
    }
    let object = |n: usize, evil: &str| {
        serde_json::json!({
            "type": "malware", "spec_version": "2.1", "id": format!("malware--00000000-0000-4000-8000-{n:012}"),
            "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "is_family": false,
            "name": evil, "description": evil,
        })
    };
    let objects: Vec<_> = hostile().iter().enumerate().map(|(n, (_, evil))| object(n, evil)).collect();
    let stix = serde_json::json!({
        "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects,
    });
    let files: [(&str, &str, String, Fields<'_>); 2] = [
        ("table.csv", "csv", table, &[("column", "value=2"), ("type", "note")]),
        ("evil.stix.json", "stix", stix.to_string(), &[]),
    ];
    for (name, format, text, more) in files {
        // A name of a file is text of others too.
        let path = a.path(&format!("\u{202e}{name}"));
        std::fs::write(&path, text).unwrap();
        let fields = [&[("file", path.as_str()), ("format", format), ("case", &*case)], more].concat();
        match a.run(1, "item import", &fields) {
            Ok(answer) => check_clean(name, &comity::command::plain::lines(&answer).join("\n")),
            Err(failure) => check_clean(name, &format!("{}\n{}", failure.what, failure.hint)),
        }
    }
    // What is left of it that could be taken goes to the partner, who sees it as harmless.
    for evil in ["bidi\u{202e}txt", "zero\u{200b}width", "tags\u{e0041}"] {
        let item = a.indicator(&case, evil);
        a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    }
    a.carry(&b, "1");
    front_ends(&a);
    front_ends(&b);
}
