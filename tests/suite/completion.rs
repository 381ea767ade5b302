//! What a shell offers while one types: ids with what they are called, where nobody has to be asked for a passphrase.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use comity::record::kind::Kind;
use comity::record::kind_def;

use crate::desks::{Site, bytes_of, pair, program};

/// The program, as a shell asks it to complete the last of these words.
fn question(shell: &str, home: &Path, words: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.env_clear().env("HOME", home).env("COMITY_COMPLETE", shell).stdin(Stdio::null());
    command.env("_CLAP_COMPLETE_INDEX", words.len().to_string()).args(["--", "comity"]).args(words);
    command
}

/// What the program answers a shell that completes the last of these words.
fn asked(shell: &str, home: &Path, words: &[String]) -> Output {
    question(shell, home, words).output().unwrap()
}

/// The entries that bash takes; `why`: as it says why it asks, 9 for a tab.
fn entries(site: &Site, why: &str, more: &[&str]) -> Vec<String> {
    let mut command = question("bash", &site.folder, &site.words(1, more));
    command.env("_CLAP_COMPLETE_COMP_TYPE", why).env("_CLAP_IFS", "\u{b}");
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{why} {more:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().split('\u{b}').map(str::to_owned).collect()
}

/// The lines that are offered, each a value and what it is called.
fn offered(site: &Site, more: &[&str]) -> Vec<(String, String)> {
    let output = asked("fish", &site.folder, &site.words(1, more));
    assert!(output.status.success() && output.stderr.is_empty(), "{more:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let pair = |line: &str| line.split_once('\t').map_or((line.into(), String::new()), |(a, b)| (a.into(), b.into()));
    // Where nothing fits, a shell offers options.
    let asks_for_options = more.last().is_some_and(|last| last.starts_with('-'));
    text.lines().filter(|line| asks_for_options || !line.starts_with('-')).map(pair).collect()
}

#[test]
fn ids_are_offered_with_what_they_are_called() {
    let (_root, a, _b) = pair();
    let (harbour, quay) = (a.case("Harbour"), a.case("Quay"));
    let item = a.indicator(&harbour, "evil.example");
    let calls = a.calls(&harbour);
    let short = |kind: Kind, id: &str| format!("{}-{}", kind_def(kind).prefix, &id[..6]);
    let cases = offered(&a, &["case", "show", ""]);
    for (id, title) in [(&harbour, "Harbour"), (&quay, "Quay")] {
        let found = cases.iter().find(|(value, _)| value.starts_with(&short(Kind::Case, id)));
        assert!(found.is_some_and(|(_, called)| called.contains(title)), "{title}: {cases:?}");
    }
    // As it is begun: with its letter, or without; nothing else, and never what was not begun.
    for begun in [short(Kind::Case, &quay), quay[..5].to_owned()] {
        let found = offered(&a, &["case", "show", &begun]);
        assert!(
            matches!(found.as_slice(), [(value, called)] if value.starts_with(&begun) && called.contains("Quay")),
            "{found:?}"
        );
        assert_eq!(a.program(1, &["case", "show", &found[0].0], "").status.code(), Some(0), "it is taken as offered");
    }
    assert_eq!(offered(&a, &["case", "show", &short(Kind::Item, &item)]), []);
    assert_eq!(
        offered(&a, &["bundle", "export", "--to", ""]).iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(),
        ["XB"]
    );
    let items = offered(&a, &["item", "show", ""]);
    let called =
        |id: &str| items.iter().find(|(value, _)| value.starts_with(&short(Kind::Item, id))).unwrap().1.clone();
    assert!(called(&item).contains("evil.example"), "{items:?}");
    assert!(!called(&calls).contains("calls of 14 days"), "nobody said why they look: {items:?}");
    // A request is called as on the screens: by what it does, and by its kind.
    let fields = [("kind", "bc29"), ("case", &*harbour), ("to", "XB"), ("field", "offence=fraud"), ("draft", "yes")];
    let request = a.make(1, "request new", &fields);
    let requests = offered(&a, &["request", "show", ""]);
    let wanted = (short(Kind::Request, &request), "Preserve data quickly \u{b7} bc29".to_owned());
    assert!(requests.contains(&wanted), "{requests:?}");
    // What others have written is one short line, and no terminal takes it for its own.
    let text = format!("evil\u{1b}[31m\u{7}\t\u{202e}{}\nsecond", "x".repeat(500));
    a.must(1, "error report", &[("about", &item), ("text", &text), ("severity", "recordable")]);
    let before = bytes_of(&a.workspace());
    let words = a.words(1, &["error", "show", ""]);
    for shell in ["bash", "zsh", "fish"] {
        let told = asked(shell, &a.folder, &words).stdout;
        let told = String::from_utf8(told).unwrap().replace('\u{b}', "\n");
        assert!(told.contains("evil") || shell == "bash", "{shell}: {told:?}");
        let is_fit = |line: &str| line.len() < 300 && !line.contains(['\u{1b}', '\u{7}', '\u{202e}']);
        assert!(told.lines().all(is_fit) && !told.contains("second"), "{shell}: {told:?}");
    }
    // Commands, options and words as ever.
    assert!(offered(&a, &["case", "sh"]).iter().any(|(word, _)| word == "show"));
    assert!(offered(&a, &["review", "open", "--le"]).iter().any(|(word, _)| word == "--level"));
    assert_eq!(bytes_of(&a.workspace()), before, "nothing was written");
    // No workspace, no record: no word of it either.
    for (workspace, words) in [("/nowhere", ["case", "show"]), ("/dev/null", ["case", "show"])] {
        let words: Vec<String> = ["--workspace", workspace, words[0], words[1], ""].map(str::to_owned).to_vec();
        let output = asked("fish", &a.folder, &words);
        let offered = String::from_utf8_lossy(&output.stdout).into_owned();
        let is_quiet =
            output.status.success() && output.stderr.is_empty() && offered.lines().all(|line| line.starts_with('-'));
        assert!(is_quiet, "{output:?}");
    }
}

#[test]
fn bash_parts_a_value_from_its_option_and_puts_in_the_value_alone() {
    let (_root, a, _b) = pair();
    for (typed, want) in [
        (["--theme", "=", "sa"].as_slice(), "safe"),
        (&["bundle", "export", "--to", "=", "X"], "XB"),
        (&["bundle", "export", "--to", "="], "XB"),
        (&["bundle", "export", "--to=X"], "--to=XB"),
        (&["law", "show", "bc29", "--theme", "=", "an"], "ansi"),
    ] {
        assert_eq!(entries(&a, "9", typed), [want], "{typed:?}");
    }
}

#[test]
fn members_kinds_of_request_and_nouns_are_offered_with_what_they_are_called() {
    let (_root, a, b) = pair();
    // A partner's members are known here, and are not for this desk to revoke.
    b.must(
        1,
        "disclosure new",
        &[("item", &b.indicator(&b.case("Quay"), "quay.example")), ("to", "XA"), ("delete-after", "30d")],
    );
    b.carry(&a, "first");
    let members = offered(&a, &["member", "revoke", ""]);
    let named = |name: &str| members.iter().find(|(_, called)| called.contains(name));
    assert!(named("XA-3").is_some() && named("XB-").is_none(), "{members:?}");
    let id = named("XA-3").unwrap().0.clone();
    a.must(1, "member revoke", &[("member", &id)]);
    let kinds = offered(&a, &["law", "show", "bc2"]);
    assert!(kinds.iter().any(|(kind, does)| kind == "bc29" && does == "Preserve data quickly"), "{kinds:?}");
    let nouns = offered(&a, &["man", "re"]);
    assert!(nouns.iter().any(|(noun, about)| noun == "review" && !about.is_empty()), "{nouns:?}");
    assert!(nouns.iter().all(|(noun, _)| noun.starts_with("re")), "{nouns:?}");
}

#[test]
fn bash_lists_what_ids_are_called_and_puts_in_ids_alone() {
    const LISTINGS: [&str; 3] = ["63", "33", "64"];
    let (_root, a, _b) = pair();
    let long = "long ".repeat(40);
    let titles = ["Harbour", "Whose [is] it? * @(x)", long.trim()];
    let ids = titles.map(|title| format!("{}-{}", kind_def(Kind::Case).prefix, &a.case(title)[..6]));
    let all = ["case", "show", ""];
    let options =
        |entries: &[String]| entries.iter().filter(|entry| entry.starts_with('-')).cloned().collect::<Vec<_>>();
    // A tab puts in what all of them begin with.
    let put_in = entries(&a, "9", &all);
    assert!(ids.iter().all(|id| put_in.contains(id)) && options(&put_in).is_empty(), "{put_in:?}");
    assert!(put_in.iter().all(|entry| !entry.contains(' ')), "{put_in:?}");
    for why in LISTINGS {
        let listed = entries(&a, why, &all);
        assert_eq!(listed.len(), put_in.len(), "{why}: {listed:?}");
        assert_eq!(options(&listed), options(&put_in), "{why}: options are listed as they are");
        let of = |n: usize| listed.iter().find(|entry| entry.starts_with(&ids[n])).unwrap();
        assert_eq!(*of(0), format!("{}  (Harbour)", ids[0]), "{why}");
        // Bash would look for files of such a name.
        assert!(
            of(1).contains("Whose") && !of(1).contains(['*', '?', '[', ']']) && !of(1).contains("@("),
            "{why}: {listed:?}"
        );
        assert!(of(2).contains("  (long long") && of(2).ends_with("…)") && of(2).chars().count() <= 80, "{listed:?}");
    }
    // Where it is put in, there is the id alone.
    for why in LISTINGS.into_iter().chain(["9", "37", "?"]) {
        assert_eq!(entries(&a, why, &["case", "show", &ids[1]]), [ids[1].as_str()], "{why}");
    }
    assert_eq!(entries(&a, "63", &["bundle", "export", "--to", ""]), ["XB"]);
}

#[test]
fn nobody_is_asked_for_a_passphrase() {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name).to_string_lossy().into_owned();
    let (workspace, sealed, file, wrong) = (path("ws"), path("id"), path("passphrase"), path("wrong"));
    std::fs::write(&file, "correct horse battery staple\n").unwrap();
    std::fs::write(&wrong, "another one altogether\n").unwrap();
    let run = |words: &[&str]| {
        let place = ["--workspace", &workspace, "--identity", &sealed, "--passphrase-file", &file];
        let output = program(root.path(), &[&place, words].concat(), "");
        assert!(output.status.success(), "{words:?}: {output:?}");
    };
    run(&["identity", "new", "--name", "osei", "--out", &sealed]);
    run(&["init", "--desk", "XD", "--name", "XD", "--jurisdiction", "XD", "--roles", "desk-officer,administrator"]);
    run(&["case", "new", "--title", "Harbour", "--purpose", "cybercrime"]);
    let offers = |more: &[&str]| {
        let words = [&["--workspace", &workspace, "--identity", &sealed], more, &["case", "show", ""]].concat();
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        let output = asked("fish", root.path(), &words);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let offered = String::from_utf8(output.stdout).unwrap();
        offered.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>().concat()
    };
    assert_eq!(offers(&[]), "");
    assert_eq!(offers(&["--passphrase-file", "-"]), "", "standard input is the shell's");
    assert_eq!(offers(&["--passphrase-file", &wrong]), "");
    assert!(offers(&["--passphrase-file", &file]).contains("Harbour"));
    assert!(offers(&[&format!("--passphrase-file={file}")]).contains("Harbour"));
    assert!(offers(&["--passphrase-file", "=", &file]).contains("Harbour"), "bash parts words there");
}

#[test]
fn each_shell_is_told_whom_to_ask() {
    let (_root, a, _b) = pair();
    // Whoever has the variable set works all the same.
    for words in [["case", "list"], ["--", "case"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
        let words = a.words(1, &words);
        let output = command.env_clear().env("COMITY_COMPLETE", "bash").args(&words).output().unwrap();
        assert_eq!(output.stdout, program(&a.folder, &words, "").stdout);
    }
    for shell in comity::cli::tree::SHELLS {
        let output = program(&a.folder, &["completions", shell], "");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success()
                && text.contains("COMITY_COMPLETE") == (shell != "powershell")
                && text.contains("comity"),
            "{shell}: {text}"
        );
        let words: Vec<String> = a.words(1, &["case", "sho"]);
        let output = asked(shell, &a.folder, &words);
        assert!(String::from_utf8_lossy(&output.stdout).contains("show"), "{shell}: {output:?}");
    }
}
