//! The real binary at a pseudo-terminal: it opens, answers keys, locks, survives every size, and gives the terminal back
//! on every way out.

#![cfg(unix)]

use std::time::Duration;

use crate::desks::{Site, pair, program};
use crate::screen::{Screen, is_selected};

/// The screens of member 1, at the desk.
fn open(site: &Site, environment: &[(&str, &str)], rows: u16, cols: u16) -> Screen {
    site.believe_the_machine();
    open_to_read(site, environment, rows, cols)
}

/// The same where nothing is to be signed.
fn open_to_read(site: &Site, environment: &[(&str, &str)], rows: u16, cols: u16) -> Screen {
    let mut s = Screen::open((&site.workspace(), &site.identity(1), &site.folder), environment, rows, cols);
    s.until("WAITS ON YOU");
    s
}

#[test]
fn every_place_opens_and_leaving_restores_the_terminal() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[], 24, 80);
    for (key, what) in [
        ("2", "REQUESTS"),
        ("3", "CASES"),
        ("4", "REVIEWS"),
        ("5", "RETENTION"),
        ("6", "BUNDLES"),
        ("7", "AGREEMENTS"),
        ("8", "CHAIN"),
        ("9", "LIVE"),
        ("0", "WHAT THIS DESK HOLDS"),
        ("gd", "DUE IN"),
    ] {
        s.press(key);
        s.until(what);
    }
    s.press("q");
    s.until("Leave comity?");
    s.press("\r");
    assert_eq!(s.end(), 0);
    assert!(s.is_restored());
}

#[test]
fn a_case_is_made_and_shared_without_leaving_the_screens() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[], 24, 80);
    s.walk(&[
        ("3", "No case yet"),
        ("C", "case new"),
        ("Tidewater\tcybercrime\t\r", "The case is open"),
        ("i", "item add"),
    ]);
    s.escape();
    s.until("No item yet");
    s.press(":audit checkpoint\r");
    s.until("/live");
    s.escape();
    s.press("a");
    s.until("case close");
    s.escape();
    s.press("q");
    s.until("Leave comity?");
    s.press("\r");
    assert_eq!(s.end(), 0);
    assert_eq!(a.must(1, "case list", &[]).value[0]["title"], "Tidewater");
}

#[test]
fn an_agreement_is_shown_as_a_policy_with_what_the_policy_leaves_out() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[], 45, 120);
    s.walk(&[
        ("7", "tier 2 (kind: law-enforcement)"),
        ("\t", "BESIDE IT"),
        ("a", "agreement export"),
        ("export\r", "Enter does it"),
        ("iep\t\t\t\r", "\"iep_version\": 2.0"),
        ("", "not in the policy: retention cap 90 days"),
        ("", "not agreed, so left out: unmodified_resale"),
    ]);
    s.escape();
    s.press("q");
    s.until("Leave comity?");
    s.press("\r");
    assert_eq!(s.end(), 0);
}

#[test]
fn it_locks_and_nothing_of_the_workspace_stays_on_the_screen() {
    let (_root, a, _b) = pair();
    a.case("Secret of the harbour");
    let mut s = open(&a, &[], 30, 100);
    s.walk(&[("3", "Secret of the harbour"), ("\x0c", "comity is locked")]);
    assert!(!s.text().contains("harbour"), "{}", s.text());
    s.walk(&[("\r", "Secret of the harbour"), ("\x03", "Leave comity?")]);
    s.press("\x03");
    assert_eq!(s.end(), 0);
    assert!(s.is_restored());
}

#[test]
fn what_has_come_since_one_left_is_told() {
    let (_root, a, _b) = pair();
    let mut s = open_to_read(&a, &[], 30, 90);
    s.until("LATELY");
    s.stop();
    let mut s = open_to_read(&a, &[], 30, 90);
    s.until("LATELY; nothing since you left at");
    s.stop();
    a.case("Meanwhile");
    a.case("Another");
    let mut s = open_to_read(&a, &[], 30, 90);
    s.when("both", |t| t.contains("SINCE YOU LEFT AT") && t.contains(": 2 acts"));
    s.stop();
    a.case("A third");
    // Whoever only reads leaves no trace, not even that they were there.
    let mut s = Screen::run(&a.words(1, &["--readonly"]), &a.folder, &[], 30, 90);
    s.until(": 1 act");
    s.stop();
    let mut s = open_to_read(&a, &[], 30, 90);
    s.until(": 1 act");
    s.stop();
}

#[test]
fn it_locks_by_itself_where_nobody_touches_a_key() {
    let (_root, a, _b) = pair();
    a.case("Quiet");
    write_keys(&a, "lock-after = \"2s\"\n");
    let mut s = open(&a, &[], 24, 80);
    s.walk(&[("3", "OPEN  Quiet"), ("i", "item add"), ("\t\tw.example", "w.example"), ("", "comity is locked")]);
    assert!(!s.text().contains("Quiet") && !s.text().contains("w.example"));
    s.walk(&[("\r", "item add was left open"), ("i", "w.example")]);
    s.stop();
}

#[test]
fn a_panic_restores_the_terminal_and_says_no_word_of_a_case() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[("COMITY_PANICS", "1")], 24, 80);
    s.press("0");
    assert_eq!(s.end(), 70);
    assert!(s.is_restored());
    let said = s.text();
    assert!(said.contains("Internal error") && !said.contains("Kraus"), "{said}");
}

#[test]
fn what_comes_with_a_paste_is_no_key() {
    let (_root, a, _b) = pair();
    a.case("Kept");
    let mut s = open(&a, &[], 24, 80);
    s.press("3");
    s.until("OPEN  Kept");
    // The text ends the paste by itself, where the terminal lets it: what follows would be keys.
    s.press("\x1b[200~words\x1b[201~qq\r\x1b[201~");
    s.until("A paste means nothing here");
    while s.drain(Duration::from_millis(300)) {}
    assert!(s.text().contains("OPEN  Kept"), "it is where it was:\n{}", s.text());
    s.stop();
}

#[test]
fn signals_restore_the_terminal() {
    let (_root, a, _b) = pair();
    for (signal, code) in [("-TERM", 143), ("-HUP", 129), ("-INT", 130)] {
        let mut s = open(&a, &[], 24, 80);
        s.signal(signal);
        assert_eq!(s.end(), code, "{signal}");
        assert!(s.is_restored(), "{signal}");
    }
}

#[test]
fn stopped_it_gives_the_terminal_back_and_comes_back_locked() {
    let (_root, a, _b) = pair();
    a.case("Stopped");
    let mut s = open(&a, &[], 24, 80);
    s.press("3");
    s.until("OPEN  Stopped");
    for stop in ["-TSTP", "Ctrl-Z"] {
        match stop {
            "-TSTP" => s.signal(stop),
            _ => s.press("\x1a"),
        }
        // Its state stands behind its name, which is in brackets. Where that cannot be read, what it wrote tells it.
        let stat = format!("/proc/{}/stat", s.child.process_id().unwrap());
        let stopped = |s: &Screen| match std::fs::read_to_string(&stat) {
            Ok(stat) => stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T')),
            Err(_) => s.is_restored(),
        };
        let start = std::time::Instant::now();
        while !stopped(&s) {
            assert!(start.elapsed() < Duration::from_secs(20), "{stop} does not stop it");
            s.drain(Duration::from_millis(50));
        }
        while s.drain(Duration::from_millis(100)) {}
        assert!(s.is_restored(), "{stop}");
        s.signal("-CONT");
        s.until("comity is locked");
        assert!(!s.text().contains("Stopped"));
        s.press("\r");
        s.until("OPEN  Stopped");
    }
    s.stop();
}

#[test]
fn it_ends_with_its_terminal() {
    let (_root, a, _b) = pair();
    for keys in ["", "jj", "jjjjjjjjjjjjjjjjjjjj", "?"] {
        let mut s = open(&a, &[], 24, 80);
        s.press(keys);
        let mut child = s.hang_up();
        let start = std::time::Instant::now();
        while child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(20), "it lives on without a terminal, after {keys:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn every_size_is_survived() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[], 24, 80);
    for (rows, cols) in [(1, 1), (5, 20), (10, 40), (15, 60), (23, 79), (60, 200), (36, 120)] {
        s.resize(rows, cols);
        s.press("?");
        s.escape();
        s.press("j");
        s.drain(Duration::from_millis(150));
    }
    s.resize(24, 80);
    // On a busy machine an Escape and the key after it may have come as one: the help may still be open.
    for _ in 0..5 {
        s.escape();
        if s.text().contains("WAITS ON YOU") {
            break;
        }
    }
    s.until("WAITS ON YOU");
    s.signal("-TERM");
    assert_eq!(s.end(), 143);
}

#[test]
fn one_goes_back_in_the_record_and_can_do_nothing_there() {
    let (_root, a, _b) = pair();
    a.case("The early one");
    let early = a.must(1, "audit log", &[]).value[0]["number"].as_i64().unwrap();
    a.case("The late one");
    let mut s = open_to_read(&a, &[], 24, 80);
    s.press("8");
    s.until("CHAIN");
    // The second row is the act that opened the first case.
    s.press("jt");
    s.until(&format!("act {early}   read only; T goes back to now"));
    s.until("AS OF 2026-06-15");
    s.press("3");
    s.until("No item yet");
    assert!(s.text().contains("The early one") && !s.text().contains("The late one"), "{}", s.text());
    s.press("a");
    s.until("no    you look at the record as of");
    s.escape();
    s.press("C");
    s.until("what is past is read, never changed or signed");
    s.escape();
    s.press(":case new");
    s.until("no    you look at the record as of");
    s.escape();
    s.press("t2001-01-01\r");
    s.until("there was no act yet");
    s.escape();
    s.press("T");
    s.until("This is now again");
    s.when("the banner is gone", |text| !text.contains("AS OF") && text.contains("The late one"));
    // An empty answer goes back to now as well; what is still to come is no past.
    s.press("t2099-01-01\r");
    s.until("still to come");
    s.escape();
    s.press("t\r");
    s.until("This is now;");
    s.signal("-TERM");
    assert_eq!(s.end(), 143);
}

#[test]
fn a_paste_confirms_nothing() {
    let (_root, a, b) = pair();
    let case = a.case("Paste");
    let item = a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    drop(b);
    let mut s = open(&a, &[], 24, 80);
    s.walk(&[("6", "PARTNERS"), ("x", "bundle export")]);
    let out = a.path("pasted");
    s.walk(&[
        (&format!("{out}\x1b[6~\r"), "To sign, type XB"),
        ("\x1b[200~XB\r\n\x1b[201~", "A paste answers no question"),
    ]);
    assert!(s.text().contains("To sign, type XB"), "{}", s.text());
    assert!(!std::path::Path::new(&out).exists());
    s.press("XB\r");
    s.until("bytes, in");
    assert!(std::path::Path::new(&out).exists());
    s.stop();
}

#[test]
fn without_colour_the_selection_is_still_seen() {
    let (_root, a, _b) = pair();
    a.case("One");
    a.case("Two");
    let mut s = open(&a, &[("NO_COLOR", "1")], 24, 80);
    s.press("3");
    s.until("Two");
    let screen = s.parser.screen();
    let row = (0..24).find(|r| is_selected(&screen.contents_between(*r, 0, *r, 80))).expect("a selected row");
    assert!(screen.cell(row, 4).unwrap().inverse(), "it is reversed");
    let colours = (0..24).flat_map(|r| (0..80).map(move |c| (r, c))).filter_map(|(r, c)| screen.cell(r, c));
    assert!(colours.into_iter().all(|c| c.fgcolor() == vt100::Color::Default && c.bgcolor() == vt100::Color::Default));
    s.stop();
}

/// How long a terminal may take, at the most, until it hides what is typed after a prompt.
const HIDES: Duration = Duration::from_secs(1);

#[test]
fn a_desk_is_founded_in_a_conversation() {
    let home = tempfile::tempdir().unwrap();
    let mut s = Screen::run(&["init"], home.path(), &[("COMITY_LIGHT_SCRYPT", "1")], 80, 120);
    for (asks, answer) in [
        ("The desk's code: ", "xa\r"),
        ("The desk's code: xa: a few capitals, such as XA, is expected", "XA\r"),
        ("The desk's name: ", "Harbour desk\r"),
        ("Its jurisdiction: ", "XA\r"),
        ("Your roles [administrator,desk-officer,investigator]: ", "\r"),
        ("workspace]: ", "\r"),
        ("identity.age]: ", "\r"),
        ("Your name: ", "N. Okafor\r"),
        ("A new passphrase for this identity: ", "orbit velvet tundra mosaic\r"),
        ("A new passphrase for this identity, once more: ", "two\r"),
    ] {
        s.until(asks);
        // Whoever types before the terminal hides it is shown what they type: the prompt stands a moment earlier.
        if asks.contains("passphrase") {
            while s.drain(HIDES) {}
        }
        s.press(answer);
    }
    s.until("the two passphrases differ");
    s.when("it is asked for again", |text| text.matches("A new passphrase for this identity: ").count() == 2);
    while s.drain(HIDES) {}
    s.press("orbit velvet tundra mosaic\r");
    s.when("and once more", |text| text.matches("once more: ").count() == 2);
    while s.drain(HIDES) {}
    s.press("orbit velvet tundra mosaic\r");
    s.until("Make it [yes]: ");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing is made yet");
    s.press("\r");
    s.until("give the card to partners");
    assert!(home.path().join(".config/comity/XA.card").exists(), "its card lies beside the identity");
    assert_eq!(s.end(), 0);
    assert!(!s.text().contains("velvet"), "a passphrase is not shown");

    let passphrase = home.path().join("passphrase");
    std::fs::write(&passphrase, "orbit velvet tundra mosaic\n").unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
        .env_clear()
        .env("HOME", home.path())
        .env("COMITY_PASSPHRASE_FILE", &passphrase)
        .args(["member", "list", "--json"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("N. Okafor"), "{output:?}");
}

#[test]
fn a_conversation_that_is_left_has_made_nothing() {
    let home = tempfile::tempdir().unwrap();
    let asked =
        ["The desk's code: ", "The desk's name: ", "Its jurisdiction: ", "Your roles", "Workspace [", "Identity ["];
    let asked = asked.into_iter().chain([
        "Your name: ",
        "A new passphrase for this identity: ",
        "once more: ",
        "Make it [yes]: ",
    ]);
    let answers = [
        "XA\r",
        "Harbour desk\r",
        "XA\r",
        "\r",
        "\r",
        "\r",
        "N. Okafor\r",
        "orbit velvet tundra mosaic\r",
        "orbit velvet tundra mosaic\r",
    ];
    for left_at in [0, 4, 7, 8, 9] {
        let mut s = Screen::run(&["init"], home.path(), &[("COMITY_LIGHT_SCRYPT", "1")], 80, 120);
        for (asks, answer) in asked.clone().zip(answers.iter().take(left_at)) {
            s.until(asks);
            s.press(answer);
        }
        s.until(asked.clone().nth(left_at).unwrap());
        s.press("\x03");
        assert_eq!(s.end(), 130, "{left_at}:\n{}", s.text());
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "{left_at}");
    }
}

#[test]
fn with_its_fields_or_without_a_terminal_init_asks_nothing() {
    let (_root, a, _b) = pair();
    let new = a.path("new");
    let roles = "administrator";
    let init = ["init", "--desk", "XC", "--name", "C", "--jurisdiction", "XC", "--roles", roles, "--workspace", &new];
    let mut s =
        Screen::run(&[&init[..], &["--identity", a.identity(3).to_str().unwrap()]].concat(), &a.folder, &[], 24, 120);
    s.until("Desk XC is founded");
    assert_eq!(s.end(), 0);
    assert!(!s.text().contains("Next:"), "{}", s.text());
    let output = program(&a.folder, &init[..3], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--name is missing"), "{output:?}");
}

#[test]
fn the_tour_waits_for_enter_and_leaves_nothing_behind() {
    let home = tempfile::tempdir().unwrap();
    let environment = [("TMPDIR", home.path().to_str().unwrap())];
    for (leaves_with, code) in [("q\r", 0), ("\x03", 130)] {
        let mut s = Screen::run(&["tour", "--role", "legal-reviewer"], home.path(), &environment, 80, 120);
        s.until("[Enter does it, b goes back, q leaves]");
        assert!(s.text().contains("Why: "), "{}", s.text());
        assert!(s.text().contains("steps of others went before"), "{}", s.text());
        assert!(!s.text().contains("REFUSED"), "{}", s.text());
        s.press("\r");
        s.until("REFUSED: the gate refuses: V-01");
        s.when("the next step", |text| text.matches("[Enter does it, b goes back, q leaves]").count() == 2);
        s.press(leaves_with);
        assert_eq!(s.end(), code);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }
}

#[test]
fn a_reader_who_closes_the_pipe_is_told_of_no_failure() {
    let home = tempfile::tempdir().unwrap();
    for words in [&["demo", "--headless"][..], &["tour"], &["practise", "--role", "judge"], &["--help"]] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
            .env_clear()
            .envs([("HOME", home.path()), ("TMPDIR", home.path())])
            .args(words)
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // Nothing of it is read.
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), &*String::from_utf8_lossy(&ended.stderr)), (Some(0), ""), "{words:?}");
    }
}

/// A case with an item of each tier: `n1.example` to `n4.example`.
fn tiers(site: &Site) {
    let case = site.case("Tiers");
    for tier in ["3", "1", "4", "2"] {
        let value = format!("n{tier}.example");
        let fields =
            [("case", &*case), ("type", "domain"), ("category", "indicator"), ("tier", tier), ("value", &*value)];
        site.must(1, "item add", &fields);
    }
}

/// The items that are listed, from top to bottom.
fn listed(text: &str) -> String {
    let of = |line: &str| ('1'..='4').find(|n| line.contains("domain") && line.contains(&format!("n{n}.example")));
    text.lines().filter_map(of).collect()
}

#[test]
fn a_list_is_ordered_compared_saved_and_recalled() {
    let (_root, a, _b) = pair();
    tiers(&a);
    let mut s = open(&a, &[], 24, 80);
    s.walk(&[("3", "ITEMS"), ("s", "Order by")]);
    s.press("tier\r");
    s.when("the order of the tiers", |t| t.contains("ITEMS by TIER") && listed(t) == "1234");
    s.press("\x1b[17~");
    s.until("now: again reverses it");
    s.press("tier\r");
    s.when("its reverse", |t| t.contains("ITEMS by TIER, reversed") && listed(t) == "4321");
    s.press("/tier:>x\r");
    s.until("tier:>x is not understood");
    assert_eq!(listed(&s.text()), "4321", "it narrows nothing");
    s.press("/\x15tier:>1 !n3\r");
    s.when("what is compared", |t| t.contains("filter: tier:>1 !n3   Esc clears it") && listed(t) == "42");
    s.walk(&[
        ("F", "It is sealed to you beside the workspace"),
        ("high \"one\"\r", "The view high \"one\" is kept; f recalls it."),
    ]);
    s.escape();
    s.when("all of them", |t| listed(t) == "4321");
    s.press("s");
    s.until("as it comes");
    s.press("comes\r");
    s.when("them as they come", |t| !t.contains("by TIER"));
    s.walk(&[("1", "DUE IN"), ("f", "1 high \"one\"")]);
    s.press("1");
    s.when("the view", |t| t.contains("ITEMS by TIER, reversed") && listed(t) == "42");
    s.press("\x0c");
    s.until("comity is locked");
    s.press("\r");
    s.when("the order, which is kept, without the filter", |t| t.contains("by TIER") && listed(t) == "4321");
    s.stop();
}

#[test]
fn a_view_is_removed_and_brought_back() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[], 24, 80);
    s.walk(&[
        ("2Fmine\r", "The view mine is kept"),
        ("fremove\r", "Remove a view"),
        ("\r", "The view mine is removed; u brings it back."),
        ("f", "No view is kept"),
    ]);
    s.escape();
    s.walk(&[("u", "the view mine removed"), ("\r", "The view mine is kept")]);
    s.stop();
}

#[test]
fn what_was_done_is_named_before_it_is_taken_back() {
    let (_root, a, _b) = pair();
    tiers(&a);
    let sorted = |t: &str| {
        let mut all: Vec<char> = listed(t).chars().collect();
        all.sort_unstable();
        all.into_iter().collect::<String>()
    };
    let mut s = open(&a, &[], 24, 80);
    s.walk(&[("u", "Nothing was done since you came."), ("3", "ITEMS")]);
    s.press("/tier:>2\r");
    s.when("what is filtered", |t| sorted(t) == "34");
    s.escape();
    s.when("all of them", |t| sorted(t) == "1234");
    s.walk(&[
        ("ggvj ", "2 marked"),
        ("u", "Undo: what was done, the newest first"),
        ("", "Case: 2 marked instead of 0"),
    ]);
    assert!(s.text().contains("Case: no filter instead of the filter"), "{}", s.text());
    s.escape();
    s.until("2 marked; Esc clears the marks");
    s.press("u\r");
    s.until("Undone: Case: 2 marked instead of 0");
    s.press("u\r");
    s.when("the filter again", |t| t.contains("Undone: Case: no filter") && sorted(t) == "34");
    s.press("U");
    s.until("once more");
    s.press("\r");
    s.when("no filter once more", |t| sorted(t) == "1234");
    // What was signed has a counter-act, which is asked for like any other, or none, and says so.
    s.walk(&[
        (":case new\r", "Open a case"),
        ("Tidewater\tcybercrime\t\r", "The case is open"),
        ("u", "no    it is signed and stays in the"),
        ("\r", "this cannot be undone"),
    ]);
    s.escape();
    s.escape();
    s.walk(&[
        (":partner suspend\r", "Suspend a partner"),
        ("XB\tkeys in doubt\r\r", "The gate says yes."),
        ("suspend\r", "XB is suspended."),
        ("u", "by partner resume"),
        ("\r", "Let a suspended partner resume"),
    ]);
    s.stop();
}

#[test]
fn ids_are_copied_and_the_words_of_a_case_are_not() {
    let (_root, a, _b) = pair();
    tiers(&a);
    let mut s = open(&a, &[], 24, 80);
    s.press("3");
    s.until("ITEMS");
    s.press("/tier:4\r");
    s.when("the one", |t| listed(t) == "4");
    s.walk(&[("y", "other programs read it"), ("", "no    its words stay here: they are content of a case")]);
    assert!(s.text().contains("digest of its last act"), "{}", s.text());
    s.press("id\r");
    s.until("For the terminal's clipboard: ");
    let text = s.text();
    let id: String = text.split("clipboard: ").nth(1).unwrap().chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(id.len(), 32, "{text}");
    while s.drain(Duration::from_millis(300)) {}
    let sequences = s.raw.windows(7).filter(|w| w == b"\x1b]52;c;").count();
    assert_eq!(sequences, 1, "nothing else goes to the clipboard");
    let raw = String::from_utf8_lossy(&s.raw).into_owned();
    let sent = raw.split("\x1b]52;c;").nth(1).unwrap().split(['\x1b', '\x07']).next().unwrap().to_owned();
    // The beginning of the id, three bytes as four letters: enough to tell it from everything else.
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = id.as_bytes()[..3].iter().fold(0u32, |n, b| n << 8 | u32::from(*b));
    let want: String = (0..4).map(|n| char::from(alphabet[(bits >> (18 - 6 * n) & 63) as usize])).collect();
    assert!(sent.starts_with(&want), "{sent} is not {id}");
    s.stop();
}

#[test]
fn jobs_that_ended_are_listed_with_what_they_said() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[], 24, 80);
    s.press("J");
    s.until("Nothing has run since you came.");
    s.escape();
    s.press(":audit verify\r");
    s.until("Intact");
    s.escape();
    s.walk(&[("J", "Jobs: Enter cancels one, or shows what it said"), ("", "audit verify"), ("\r", "every signature")]);
    s.stop();
}

#[test]
fn a_draft_outlives_a_crash_sealed_and_ends_when_it_is_done() {
    let (_root, mut a, _b) = pair();
    let kept = |a: &Site| {
        let all = std::fs::read_dir(a.workspace()).unwrap().map(|e| e.unwrap().path());
        all.filter(|p| p.file_name().unwrap().to_str().unwrap().starts_with("drafts-")).collect::<Vec<_>>()
    };
    let mut s = open(&a, &[], 24, 80);
    s.walk(&[("3C", "case new: "), ("Tidewater", "Tidewater")]);
    while s.drain(Duration::from_millis(400)) {}
    s.signal("-KILL");
    s.end();
    let files = kept(&a);
    assert_eq!(files.len(), 1);
    let sealed = std::fs::read(&files[0]).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/") && !sealed.windows(9).any(|w| w == b"Tidewater"));
    // Another member of the desk does not find it.
    let mut other = Screen::open((&a.workspace(), &a.identity(2), &a.folder), &[], 24, 80);
    other.until("WAITS ON YOU");
    other.press("3C");
    other.until("case new: ");
    assert!(!other.text().contains("Tidewater"), "{}", other.text());
    other.stop();
    let mut s = open(&a, &[], 24, 80);
    s.walk(&[("3C", "Your draft is back."), ("", "Tidewater")]);
    // The cursor stands where something is still missing.
    s.press("cybercrime\t\r");
    s.until("The case is open");
    while s.drain(Duration::from_millis(400)) {}
    assert_eq!(kept(&a), [] as [std::path::PathBuf; 0]);
    // A purge removes what is kept: what it erased may stand in it.
    s.press("C");
    s.until("case new: ");
    s.press("Undertow");
    while s.drain(Duration::from_millis(400)) {}
    s.signal("-KILL");
    s.end();
    assert_eq!(kept(&a).len(), 1);
    // The screens have acted by the real clock.
    a.now = comity::host::clock::Clock::System.now();
    let case = a.case("Short");
    let gone = a.indicator(&case, "gone.example");
    a.must(1, "retention purge", &[("item", &gone), ("because", "asked")]);
    assert_eq!(kept(&a).len(), 0);
}

#[test]
fn a_range_is_marked_and_what_is_not_seen_of_it_is_counted() {
    let (_root, a, _b) = pair();
    tiers(&a);
    let mut s = open(&a, &[], 24, 80);
    s.walk(&[
        ("3", "ITEMS"),
        ("ggv", "range: 1 marked   Esc drops it"),
        ("jj", "range: 3 marked"),
        ("k", "range: 2 marked"),
    ]);
    s.escape();
    s.when("nothing marked", |t| !t.contains("marked"));
    s.walk(&[
        ("ggvG", "range: 4 marked"),
        (" ", "4 marked; Esc clears the marks"),
        ("/tier:>3\r", "4 marked, 3 not shown   filter: tier:>3"),
    ]);
    s.stop();
}

#[test]
fn an_act_is_done_with_each_marked_thing_that_can() {
    let (_root, a, _b) = pair();
    let cases = ["One", "Two", "Three", "Four"].map(|title| a.case(title));
    a.must(1, "case close", &[("case", &cases[1]), ("because", "over")]);
    let mut s = open(&a, &[], 24, 100);
    s.walk(&[
        ("3", "CASES"),
        ("*", "4 marked; Esc clears the marks"),
        ("a", "3 of 4 can   not: the case is closed; it must be open"),
        ("case close\r", "case close: 3 of 4 can"),
    ]);
    assert!(s.text().contains(&format!("C-{}: the case is closed", &cases[1][..6])), "{}", s.text());
    s.walk(&[
        ("\r", "case close: Close a case"),
        ("", "3: C-"),
        ("all is said\x1b[6~\r", "The gate says yes."),
        ("", "type close and press Enter"),
        ("close\r", "case close: done with 3."),
    ]);
    let closed = |a: &Site| {
        a.must(1, "case list", &[]).value.as_array().unwrap().iter().filter(|c| c["state"] == "closed").count()
    };
    s.escape();
    s.when("nothing marked", |t| t.contains("CASES") && !t.contains("marked"));
    s.press("*a");
    s.when("what a closed case refuses", |t| {
        t.lines().any(|l| l.contains("case close") && l.contains("no    the case is closed"))
    });
    s.stop();
    assert_eq!(closed(&a), 4);
}

#[test]
fn views_that_cannot_be_read_are_told_and_the_screens_open_without_them() {
    let (_root, a, _b) = pair();
    write_keys(&a, "");
    let bad = "[[view]]\nname = \"x\"\nplace = \"quee\"\n";
    write_setting(&a, "views.toml", bad);
    let mut s = open(&a, &[], 24, 200);
    s.until("views.toml, line 3: there is no place \"quee\"");
    s.walk(&[("F", "Save this view"), ("mine\r", "mend the file, or move it away")]);
    s.escape();
    s.until("WAITS ON YOU");
    s.stop();
    assert_eq!(std::fs::read_to_string(settings(&a).join("views.toml")).unwrap(), bad);
}

#[test]
fn views_that_an_earlier_program_kept_in_the_clear_are_sealed() {
    let (_root, a, _b) = pair();
    write_keys(&a, "");
    write_setting(&a, "views.toml", "[[view]]\nname = \"mine\"\nplace = \"queue\"\nfilter = \"zqviewword\"\n");
    let mut s = open(&a, &[], 24, 200);
    s.until("WAITS ON YOU");
    s.walk(&[("f", "filter zqviewword")]);
    s.stop();
    assert!(!settings(&a).join("views.toml").exists());
    let kept = crate::desks::bytes_of(&a.folder);
    assert!(kept.iter().any(|(path, _)| crate::desks::text(path).contains("views-")));
    assert!(kept.iter().all(|(_, bytes)| !bytes.windows(10).any(|w| w == b"zqviewword")));
}

/// Writes the file of a member's own keys.
fn write_keys(site: &Site, text: &str) {
    write_setting(site, "keys.toml", text);
}

fn settings(site: &Site) -> std::path::PathBuf {
    site.folder.join(if cfg!(target_os = "macos") { "Library/Application Support/comity" } else { ".config/comity" })
}

fn write_setting(site: &Site, name: &str, text: &str) {
    std::fs::create_dir_all(settings(site)).unwrap();
    std::fs::write(settings(site).join(name), text).unwrap();
}

#[test]
fn keys_of_ones_own_are_obeyed_and_shown() {
    let (_root, a, _b) = pair();
    write_keys(&a, "ascii = true\n[keys]\n\"new case\" = [\"N\"]\npalette = [\"f8\"]\nlock = [\"f12\"]\n");
    let mut s = open(&a, &[], 24, 80);
    s.until("F8 commands");
    assert!(s.text().is_ascii(), "{}", s.text());
    s.walk(&[
        ("3", "No case yet. N opens one."),
        (":", ": means nothing here; ? shows what does."),
        ("N", "case new"),
        ("Tidewater\tcybercrime\t\r", "The case is open"),
        ("\x1b[24~", "comity is locked"),
    ]);
    s.signal("-TERM");
    assert_eq!(s.end(), 143);
}

#[test]
fn without_letters_everything_is_reached_and_digits_pick() {
    let (_root, a, _b) = pair();
    write_keys(&a, "preset = \"screen-reader\"\n");
    let mut s = open(&a, &[], 24, 80);
    s.until("F2 commands");
    for (key, what) in [("2", "REQUESTS"), ("4", "REVIEWS"), ("5", "RETENTION"), ("6", "BUNDLES"), ("3", "No case yet")]
    {
        s.press(key);
        s.until(what);
        assert!(!s.text().contains('{'), "a key is not told:\n{}", s.text());
    }
    assert!(s.text().contains("F2 new case opens one."), "{}", s.text());
    s.walk(&[
        ("C", "C means nothing here; F1 shows what does."),
        ("\x1bOQ", "Commands, places, records"),
        ("new case", "1 new case"),
        ("1", "Open a case"),
    ]);
    s.escape();
    s.walk(&[("\x1b[21~", "1 leave")]);
    s.press("1");
    assert_eq!(s.end(), 0);
}

#[test]
fn keys_that_cannot_be_meant_are_refused_before_the_screens() {
    let (_root, a, _b) = pair();
    let check = |text: &str, args: &[&str], said: &[&str]| {
        write_keys(&a, text);
        let mut s = Screen::run(&a.words(1, args), &a.folder, &[], 24, 200);
        assert_eq!(s.end(), 2, "{text}");
        said.iter().for_each(|said| assert!(s.text().contains(said), "{said}:\n{}", s.text()));
        assert!(!s.raw.windows(8).any(|w| w == b"\x1b[?1049h"), "the screens have not opened");
    };
    check("[keys]\nhold = [\"D\"]\n", &[], &["keys.toml", "D means \"hold\" and \"purge what is due\""]);
    check("[keys]\nholdd = [\"D\"]\n", &[], &["no action \"holdd\"; is \"hold\" meant?"]);
    check("[keys]\nhold = [\"hyper-x\"]\n", &[], &["\"hold\": \"hyper-x\" is no key"]);
    check("preset = \"emacs\"\n", &[], &["no preset \"emacs\"; there are vim, arrows, screen-reader"]);
    check("theme = \"pink\"\n", &[], &["keys.toml", "no theme \"pink\"; there are safe, ansi, light, dark, mono"]);
    check("pressed = 1\n", &[], &["keys.toml", "pressed"]);
    check("", &["--theme", "pink"], &["comity: --theme pink: one of these is expected: safe, ansi, light, dark, mono"]);
}

#[test]
fn a_theme_is_named_for_the_run_or_in_the_file_and_no_colour_goes_before_the_file() {
    let (_root, a, _b) = pair();
    let check = |text: &str, args: &[&str], environment: &[(&str, &str)], coloured: bool| {
        write_keys(&a, text);
        let mut s = Screen::run(&a.words(1, args), &a.folder, environment, 24, 80);
        s.until("WAITS ON YOU");
        let screen = s.parser.screen();
        let mut cells = (0..24).flat_map(|r| (0..80).map(move |c| (r, c))).filter_map(|(r, c)| screen.cell(r, c));
        let found = cells.any(|c| c.fgcolor() != vt100::Color::Default || c.bgcolor() != vt100::Color::Default);
        assert_eq!(found, coloured, "{text} {args:?} {environment:?}");
        s.stop();
    };
    check("", &[], &[], true);
    check("theme = \"mono\"", &[], &[], false);
    check("theme = \"mono\"", &["--theme", "dark"], &[], true);
    check("theme = \"dark\"", &[], &[("NO_COLOR", "1")], false);
    check("", &["--theme", "dark"], &[("NO_COLOR", "1")], true);
    check("theme = \"dark\"", &[], &[("COMITY_THEME", "mono")], false);
}

#[test]
fn where_there_is_no_terminal_it_says_so() {
    let (_root, a, _b) = pair();
    let output = a.program(1, &[], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("terminal"));
}

#[test]
fn a_file_is_written_over_where_somebody_says_so() {
    let (_root, a, _b) = pair();
    let out = a.path("precious");
    let words = a.words(1, &["desk", "card", "--out", &out]);
    let precious = || std::fs::write(&out, "precious").unwrap();
    let is_there = || std::fs::read(&out).unwrap() == b"precious";
    let ask = |answer: &str| {
        precious();
        let mut s = Screen::run(&words, &a.folder, &[], 24, 120);
        s.until("Write over it? [y/N]");
        s.press(answer);
        s.end()
    };
    assert_eq!((ask("n\r"), is_there()), (130, true));
    assert_eq!((ask("\r"), is_there()), (130, true));
    assert_eq!((ask("y\r"), is_there()), (0, false));
    // Nobody can be asked in a pipe.
    precious();
    let refused = program(&a.folder, &words, "y\n");
    assert_eq!((refused.status.code(), is_there()), (Some(2), true), "{refused:?}");
    let forced: Vec<&str> = ["--yes"].into_iter().chain(words.iter().map(String::as_str)).collect();
    assert_eq!((program(&a.folder, &forced, "").status.code(), is_there()), (Some(0), false));
}

#[test]
fn a_list_is_as_wide_as_the_terminal_with_states_in_colour_and_whole_in_a_pipe() {
    let (_root, a, _b) = pair();
    let value = format!("{}.example", "x".repeat(50));
    a.indicator(&a.case("Wide"), &value);
    let listed = |words: &[&str], environment: &[(&str, &str)]| {
        let mut s = Screen::run(&a.words(1, words), &a.folder, environment, 24, 80);
        assert_eq!(s.end(), 0);
        s
    };
    let text = listed(&["item", "list"], &[]).text();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    assert!(lines.len() == 2 && lines[1].ends_with('\u{2026}') && lines[1].contains(" kept "), "{text}");
    let piped = a.program(1, &["item", "list"], "");
    assert!(String::from_utf8_lossy(&piped.stdout).contains(&value));
    // A partner that is pinned is in order.
    for (environment, want) in [(&[][..], true), (&[("NO_COLOR", "1")][..], false)] {
        let s = listed(&["partner", "list"], environment);
        let screen = s.parser.screen();
        let mut cells = (0..24).flat_map(|r| (0..80).map(move |c| (r, c))).filter_map(|(r, c)| screen.cell(r, c));
        assert_eq!(cells.any(|cell| cell.fgcolor() == vt100::Color::Idx(2)), want, "{environment:?}:\n{}", s.text());
    }
}
