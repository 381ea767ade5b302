//! What it takes to add one more of each kind of thing: each is added to a copy of the program as CONTRIBUTING.md says, what
//! that takes is counted, and the copy must compile. Then something is left out of each, and it must not compile.
//!
//! What is added lies in `tests/add_one/`: one whole example of each. What forgets itself at run time is found elsewhere: a kind
//! whose content is not purged by `every_kind`, a state that no menu met by `menus`, a change without signers by the table of
//! kinds itself. Nothing of the library is linked here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of the program: texts by their paths from its root.
type Tree = BTreeMap<String, String>;

/// A text that stands once in a file, and what stands there instead.
struct Edit {
    path: &'static str,
    old: &'static str,
    new: &'static str,
}

const fn edit(path: &'static str, old: &'static str, new: &'static str) -> Edit {
    Edit { path, old, new }
}

/// How much adding one may take.
enum Bound {
    /// So many new files, and so many lines that are new or changed in other files.
    FilesAndLines(usize, usize),
    /// So many places, and no new file. A place is a part of one file.
    Places(usize),
}

/// Adding one.
struct Case {
    /// One what.
    what: &'static str,
    bound: Bound,
    /// The new files, and what they hold.
    files: &'static [(&'static str, &'static str)],
    /// What changes in files that are there, by place.
    places: &'static [&'static [Edit]],
    /// What may be left out of it by mistake, and what the compiler says of that file then.
    left_out: &'static [(Edit, &'static str)],
}

/// A new case is a row here and a file in `tests/add_one/`. Screen and overlay are those that the unit tests of the screens have.
const CASES: &[Case] = &[
    Case {
        what: "record kind with its noun",
        bound: Bound::FilesAndLines(2, 3),
        files: &[
            ("src/record/vehicle.rs", include_str!("add_one/record_kind.rs")),
            ("src/command/vehicle.rs", include_str!("add_one/noun.rs")),
        ],
        places: &[
            &[edit(
                "src/record/kind.rs",
                "            law Law = \"law\":",
                "            vehicle Vehicle = \"vehicle\": \"A vehicle that was seized.\",\n            law Law = \"law\":",
            )],
            &[edit("src/command/mod.rs", "    gate: gate::", "    vehicle: vehicle::COMMANDS;\n    gate: gate::")],
            &[edit(
                "assets/law/signers.toml",
                "roles = [\"investigator\", \"desk-officer\"]\nkinds = [\n",
                "roles = [\"investigator\", \"desk-officer\"]\nkinds = [\n  \"vehicle-seize\", \"vehicle-return\",\n",
            )],
        ],
        left_out: &[
            (edit("src/record/vehicle.rs", "    content: Content::WithCase,\n", ""), "missing field `content`"),
            (
                edit("src/command/vehicle.rs", "            undo: Undo::By(\"vehicle return\"),\n", ""),
                "missing field `undo`",
            ),
        ],
    },
    Case {
        what: "command",
        bound: Bound::FilesAndLines(1, 2),
        files: &[("src/command/desk/members.rs", include_str!("add_one/command.rs"))],
        places: &[
            &[edit("src/command/desk/mod.rs", "pub mod today;\n", "pub mod members;\npub mod today;\n")],
            &[edit(
                "src/command/mod.rs",
                "desk::renewals::COMMANDS;",
                "desk::renewals::COMMANDS, desk::members::COMMANDS;",
            )],
        ],
        left_out: &[(edit("src/command/desk/members.rs", "    writes: None,\n", ""), "missing field `writes`")],
    },
    Case {
        what: "screen",
        bound: Bound::FilesAndLines(1, 2),
        files: &[("src/tui/screen/map.rs", include_str!("../src/tui/screen/fictitious.rs"))],
        places: &[&[
            edit("src/tui/screen/mod.rs", "pub mod legal;\n", "pub mod legal;\npub mod map;\n"),
            edit("src/tui/screen/mod.rs", "    &reports::SCREEN,\n", "    &reports::SCREEN,\n    &map::SCREEN,\n"),
        ]],
        left_out: &[(edit("src/tui/screen/map.rs", "    has_detail: false,\n", ""), "missing field `has_detail`")],
    },
    Case {
        what: "overlay",
        bound: Bound::FilesAndLines(1, 1),
        files: &[("src/tui/overlay/note.rs", include_str!("../src/tui/overlay/fictitious.rs"))],
        places: &[&[edit("src/tui/overlay/mod.rs", "pub mod naming;\n", "pub mod naming;\npub mod note;\n")]],
        left_out: &[(
            edit(
                "src/tui/overlay/note.rs",
                "    fn prompt(&self) -> String {\n        \"Note: \".to_owned()\n    }\n",
                "",
            ),
            "missing: `prompt`",
        )],
    },
    Case {
        what: "foreign format",
        bound: Bound::FilesAndLines(1, 1),
        files: &[("src/exchange/hosts.rs", include_str!("add_one/format.rs"))],
        places: &[&[edit("src/exchange/mod.rs", "    csv,\n", "    csv,\n    hosts,\n")]],
        left_out: &[(
            edit("src/exchange/hosts.rs", ", read, write: None };", ", write: None };"),
            "missing field `read`",
        )],
    },
    Case {
        what: "letter",
        bound: Bound::FilesAndLines(0, 7),
        files: &[],
        // A line in the table, and its sentences in each language.
        places: &[
            &[edit(
                "src/report/letter.rs",
                "    to_desk(\"wider-use\", Route::None),\n",
                "    to_desk(\"wider-use\", Route::None),\n    to_desk(\"thanks\", Route::None),\n",
            )],
            &[edit(
                "assets/templates/en/letters.ftl",
                "wider-use-title = ",
                "thanks-title = Word of thanks\nthanks-opening = This authority thanks yours.\nwider-use-title = ",
            )],
            &[edit(
                "assets/templates/fr/letters.ftl",
                "wider-use-title = ",
                "thanks-title = Remerciements\nthanks-opening = La présente autorité vous remercie.\nwider-use-title = ",
            )],
            &[edit(
                "assets/templates/es/letters.ftl",
                "wider-use-title = ",
                "thanks-title = Agradecimiento\nthanks-opening = Esta autoridad le da las gracias.\nwider-use-title = ",
            )],
        ],
        left_out: &[],
    },
    Case {
        what: "gate fact",
        bound: Bound::Places(3),
        files: &[],
        places: &[
            // The question: the fact, how it is read, and its JSON.
            &[
                edit(
                    "src/gate/purge.rs",
                    "    /// What was wrong with the facts as they were given.\n",
                    "    /// Whether it is evidence.\n    pub is_evidence: Fact<bool>,\n    /// What was wrong with the facts as they were given.\n",
                ),
                edit(
                    "src/gate/purge.rs",
                    "            problems: Vec::new(),\n",
                    "            is_evidence: f.fact(\"is_evidence\", Json::truth),\n            problems: Vec::new(),\n",
                ),
                edit(
                    "src/gate/purge.rs",
                    "shared_with_duty, problems: _ }",
                    "shared_with_duty, is_evidence, problems: _ }",
                ),
                edit(
                    "src/gate/purge.rs",
                    "            \"shared_with_duty\" => *shared_with_duty,\n",
                    "            \"shared_with_duty\" => *shared_with_duty,\n            \"is_evidence\" => *is_evidence,\n",
                ),
            ],
            // Where it comes from.
            &[edit(
                "src/gate/from_records.rs",
                "        shared_with_duty: Some(",
                "        is_evidence: Some(record.kind == Kind::Item),\n        shared_with_duty: Some(",
            )],
            // The rule that uses it.
            &[edit(
                "src/gate/purge.rs",
                "        v.rule(RuleId::U04, role, ",
                "        let role = tri::all(&[role, tri::not(self.is_evidence)]);\n        v.rule(RuleId::U04, role, ",
            )],
        ],
        left_out: &[
            (
                edit("src/gate/purge.rs", "            is_evidence: f.fact(\"is_evidence\", Json::truth),\n", ""),
                "missing field `is_evidence`",
            ),
            (
                edit(
                    "src/gate/purge.rs",
                    "shared_with_duty, is_evidence, problems: _ }",
                    "shared_with_duty, problems: _ }",
                ),
                "pattern does not mention field `is_evidence`",
            ),
            (
                edit("src/gate/from_records.rs", "        is_evidence: Some(record.kind == Kind::Item),\n", ""),
                "missing field `is_evidence`",
            ),
        ],
    },
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program as it is, without its tests: what `cargo check --lib` needs. The package has a name of its own, so that
/// nothing which cargo keeps of the program itself is replaced.
fn program() -> Tree {
    fn walk(path: &Path, name: &str, tree: &mut Tree) {
        if path.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                let entry = entry.unwrap();
                walk(&entry.path(), &format!("{name}/{}", entry.file_name().to_str().unwrap()), tree);
            }
        } else {
            tree.insert(name.to_owned(), fs::read_to_string(path).unwrap());
        }
    }
    let mut tree = Tree::new();
    for name in ["src", "assets", "benches", "Cargo.toml", "Cargo.lock"] {
        walk(&root().join(name), name, &mut tree);
    }
    for name in ["Cargo.toml", "Cargo.lock"] {
        let text = tree[name].replacen("name = \"comity\"", "name = \"comity-add-one\"", 1);
        tree.insert(name.to_owned(), text);
    }
    tree
}

fn change(tree: &mut Tree, edit: &Edit) {
    let text = tree.get_mut(edit.path).unwrap_or_else(|| panic!("there is no {}", edit.path));
    let found = text.matches(edit.old).count();
    assert_eq!(found, 1, "{} has {found} times: {:?}; mend this test and CONTRIBUTING.md", edit.path, edit.old);
    *text = text.replacen(edit.old, edit.new, 1);
}

fn add(tree: &mut Tree, case: &Case) {
    for (path, text) in case.files {
        let before = tree.insert((*path).to_owned(), (*text).to_owned());
        assert!(before.is_none(), "{path} is there already");
    }
    case.places.iter().copied().flatten().for_each(|edit| change(tree, edit));
}

/// How many files are in `after` alone, and how many lines of the other files.
fn count(before: &Tree, after: &Tree) -> (usize, usize) {
    let (mut files, mut lines) = (0, 0);
    for (path, text) in after {
        let Some(old) = before.get(path) else {
            files += 1;
            continue;
        };
        let mut left: Vec<&str> = old.lines().collect();
        for line in text.lines() {
            match left.iter().position(|l| *l == line) {
                Some(at) => drop(left.swap_remove(at)),
                None => lines += 1,
            }
        }
    }
    (files, lines)
}

/// Writes a tree into a folder. What is there already is not touched, so that cargo sees only what is new.
fn write(tree: &Tree, folder: &Path) {
    fn remove_others(path: &Path, name: &str, tree: &Tree) {
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{name}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                remove_others(&entry.path(), &format!("{name}/"), tree);
            } else if !tree.contains_key(&name) {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    }
    fs::create_dir_all(folder).unwrap();
    remove_others(folder, "", tree);
    for (name, text) in tree {
        let path = folder.join(name);
        if fs::read_to_string(&path).ok().as_ref() != Some(text) {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
    }
}

/// Whether the program in a folder compiles, and what the compiler says. It is built beside the program itself, for the same
/// profile and features, so that everything it depends on is there.
fn compiles(folder: &Path) -> (bool, String) {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(["check", "--offline", "--lib", "--color=never", "--manifest-path"]);
    cargo.arg(folder.join("Cargo.toml"));
    cargo.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap());
    // This test is target/<profile>/deps/add_one-….
    let own = std::env::current_exe().unwrap();
    let profile = own.ancestors().nth(2).and_then(Path::file_name).and_then(|n| n.to_str());
    if let Some(profile) = profile.filter(|profile| *profile != "debug") {
        cargo.args(["--profile", profile]);
    }
    if cfg!(not(feature = "vendored-openssl")) {
        cargo.arg("--no-default-features");
    }
    if cfg!(feature = "system-openssl") {
        cargo.args(["--features", "system-openssl"]);
    }
    let output = cargo.output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("add-one")
}

#[test]
fn adding_one_takes_no_more_than_contributing_says() {
    let program = program();
    let contributing = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    for case in CASES {
        let mut with = program.clone();
        add(&mut with, case);
        let (files, lines) = count(&program, &with);
        for place in case.places {
            assert!(place.iter().all(|edit| edit.path == place[0].path), "{}: a place is in one file", case.what);
        }
        let (within, row) = match case.bound {
            Bound::FilesAndLines(most_files, most_lines) => {
                println!("{}: {files} files, {lines} lines", case.what);
                let most = if most_files > 1 { format!("≤ {most_files}") } else { most_files.to_string() };
                (files <= most_files && lines <= most_lines, format!("| {} | {most} | {most_lines} |", case.what))
            }
            Bound::Places(most) => {
                let places = case.places.len();
                println!("{}: {files} files, {places} places, {lines} lines", case.what);
                (files == 0 && places <= most, format!("| {} | | ≤ {most} places |", case.what))
            }
        };
        assert!(within, "{}: {files} files, {lines} lines", case.what);
        assert!(contributing.contains(&row), "CONTRIBUTING.md has no row {row}");
    }
}

#[test]
fn what_was_added_compiles_and_what_forgets_something_does_not() {
    let mut tree = program();
    CASES.iter().for_each(|case| add(&mut tree, case));
    write(&tree, &folder());
    let (ok, said) = compiles(&folder());
    assert!(ok && !said.contains("warning"), "one of each was added, and the compiler says:\n{said}");
    let forgotten: Vec<_> = CASES.iter().flat_map(|case| case.left_out).collect();
    forgotten.iter().for_each(|(edit, _)| change(&mut tree, edit));
    write(&tree, &folder());
    let (ok, said) = compiles(&folder());
    assert!(!ok, "something was left out of each, and it compiles");
    for (edit, error) in forgotten {
        let told = said.split("\n\n").any(|part| part.contains(error) && part.contains(edit.path));
        assert!(told, "{}: without {:?} the compiler says:\n{said}", edit.path, edit.old);
    }
}
