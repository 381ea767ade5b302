//! Words that are no longer used, and what is used instead: nobody should need a private dictionary to read the code, its
//! comments, its pages or its screens.

use std::collections::BTreeSet;

use crate::sources::{Kind, Piece, files, pieces_in, pieces_of};

/// Where a word is no longer used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum In {
    /// As the name of a type: elsewhere it is an ordinary word.
    Types,
    /// As the name of a function.
    Functions,
    /// As the name of a module.
    Modules,
    /// As a part of any name, such as `in_book` and `InBook`.
    Names,
    /// In comments, texts and pages.
    Prose,
    /// In both.
    Everywhere,
}

/// The words, what is used instead, and where. A word in prose may be a sentence; a small letter stands for both.
#[rustfmt::skip]
const OLD: &[(&[&str], &str, In)] = &[
    (&["floor", "floors", "ring", "rings"], "layer, cycle", In::Everywhere),
    (&["Room", "Ring", "Hands"], "module, allowed dependencies", In::Types),
    (&["face", "faces"], "front end", In::Names),
    (&["faces", "a face", "the face", "both faces", "each face", "either face"], "front end", In::Prose),
    (&["book", "books"], "record store", In::Everywhere),
    (&["fold", "folds"], "apply", In::Prose),
    (&["fold"], "apply", In::Functions),
    (&["folded", "folding"], "applied", In::Everywhere),
    (&["At", "Piece", "Memo"], "ActContext, ChangeView, TermsCache", In::Types),
    (&["rider", "riders"], "following change", In::Everywhere),
    (&["lead", "leading"], "first change", In::Functions),
    (&["lead change", "leading change", "the lead of an act"], "first change", In::Prose),
    (&["Asked", "Travels"], "GateInputs, AudienceRule", In::Types),
    (&["Writing", "Taking", "Folding", "Ready"], "ActWriter, ActImporter, ActApplier, PreparedChange", In::Types),
    (&["Gone"], "Redacted", In::Types),
    (&["memory"], "trust_state", In::Modules),
    (&["beside", "own", "lesson", "many", "offer"], "pipeline, workspace_info, tour, bulk, available_actions", In::Modules),
    (&["Takes", "Form", "Run", "Place"], "ArgKind, Args, Handler, CommandContext", In::Types),
    (&["Row"], "what it is a row of", In::Types),
    (&["Failure", "Shut", "Refused", "Stopped", "Fault"], "…Error", In::Types),
    (&["Instant", "Span"], "Timestamp, Duration", In::Types),
    (&["Bit", "Tone", "Paint"], "StyledText, StyleRole, Appearance", In::Types),
    (&["PageRef", "Look", "Wish", "Kept"], "RecordRef, ViewParams, ListQuery, CachedList", In::Types),
    (&["hear", "say", "tell"], "handle_event, show_message, format", In::Functions),
    (&["foretell", "foretells", "foretold", "unfit"], "preview, why_unavailable", In::Everywhere),
    (&["reckon", "reckons", "reckoned", "reckoning"], "compute", In::Everywhere),
    (&["anew"], "again", In::Everywhere),
    (&["deed", "deeds"], "action", In::Everywhere),
    (&["Nothing is otherwise"], "No changes.", In::Prose),
    (&["hand a request in", "handed in"], "Submit for review", In::Prose),
    (&["ask back", "asks back", "asked back"], "Ask for clarification", In::Prose),
    (&["put off", "puts off", "putting off"], "Postpone", In::Prose),
    (&["Meet a partner"], "Add a partner", In::Prose),
    (&["once more what was taken back"], "Redo", In::Prose),
    (&["Nobody owes a deletion"], "No deletions outstanding.", In::Prose),
    (&["met a fault of its own"], "Internal error", In::Prose),
    (&["told in lines"], "line-oriented interface", In::Prose),
    (&["he", "his", "him", "himself", "she", "her", "hers", "herself"], "they", In::Prose),
];

/// Where a word still stands, because what lies there is being rewritten.
#[rustfmt::skip]
const NOT_YET: &[(&str, &[&str])] = &[
];

/// The parts of a name, small: `InBook` and `in_book` are `in` and `book`.
fn parts(name: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for c in name.chars() {
        if c == '_' || c.is_uppercase() {
            all.push(String::new());
        }
        all.last_mut().unwrap().extend(c.to_lowercase().filter(|c| *c != '_'));
    }
    all
}

/// Whether a text has a word or a sentence whole. A capital letter stands for itself alone; `lower` is the text in small letters.
fn says(text: &str, lower: &str, words: &str) -> bool {
    let text = if words.chars().any(char::is_uppercase) { text } else { lower };
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '\'' | '’');
    text.match_indices(words).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(is_letter)
            && !text[at + words.len()..].chars().next().is_some_and(is_letter)
    })
}

/// Whether a piece of a file has an old word. The name of a function may be a sentence.
fn has(piece: &Piece, lower: &str, word: &str, place: In) -> bool {
    let text = &piece.text;
    match (place, piece.kind) {
        (In::Types, Kind::Type) | (In::Functions, Kind::Function) | (In::Modules, Kind::Module) => text == word,
        (In::Prose, Kind::Function) => says(&text.replace('_', " "), &lower.replace('_', " "), word),
        (In::Prose | In::Everywhere, Kind::Text | Kind::Prose) => says(text, lower, word),
        (In::Names | In::Everywhere, Kind::Type | Kind::Function | Kind::Module | Kind::Name) => {
            lower.contains(word) && parts(text).iter().any(|part| part == word)
        }
        _ => false,
    }
}

/// What a file has of old words: its line, the word, and what to write.
fn found(name: &str, text: &str) -> Vec<(usize, &'static str, &'static str)> {
    let mut all = Vec::new();
    for piece in pieces_in(name, text) {
        let lower = piece.text.to_lowercase();
        for (words, instead, place) in OLD {
            let old = words.iter().filter(|word| has(&piece, &lower, word, *place));
            all.extend(old.map(|word| (piece.line, *word, *instead)));
        }
    }
    all
}

#[test]
fn old_words_are_gone() {
    let places = ["src", "tests", "benches", "docs", "assets", "README.md", "CONTRIBUTING.md"];
    let (mut wrong, mut allowed) = (Vec::new(), BTreeSet::new());
    for (name, text) in files(&places, &["rs", "sql", "md", "toml", "txt", "html", "jinja"]) {
        // This file names them, the suite's own test of the reader too; a decision may say how something was called.
        if name.ends_with("suite/words.rs") || name.ends_with("suite/sources.rs") || name.starts_with("docs/decisions/")
        {
            continue;
        }
        let file = name.rsplit('/').next().unwrap();
        for (words, instead, place) in OLD {
            let stem = file.strip_suffix(".rs").filter(|_| *place == In::Modules);
            wrong.extend(words.iter().filter(|w| stem == Some(**w)).map(|w| format!("{name}: {w}; {instead}")));
        }
        for (line, word, instead) in found(&name, &text) {
            match NOT_YET.iter().find(|(place, words)| name.starts_with(place) && words.contains(&word)) {
                Some((place, _)) => drop(allowed.insert((*place, word))),
                None => wrong.push(format!("{name}:{line}: {word}; {instead}")),
            }
        }
    }
    for (place, words) in NOT_YET {
        let mended = words.iter().filter(|word| !allowed.contains(&(*place, **word)));
        wrong.extend(mended.map(|word| format!("{place}: {word} is no longer there: take it out of NOT_YET")));
    }
    assert!(wrong.is_empty(), "{} old words; what to write instead:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_old_word_is_found_where_it_stands_and_nowhere_else() {
    for (words, _, place) in OLD {
        for word in *words {
            let source = match place {
                In::Types => format!("pub struct {word};"),
                In::Functions => format!("pub fn {word}() {{}}"),
                In::Modules => format!("pub mod {word};"),
                In::Names => format!("let the_{word}_there = 1;"),
                In::Prose | In::Everywhere => format!("// So {word}, it says.\n"),
            };
            let whole = found("x.rs", &source);
            assert!(whole.iter().any(|(_, w, _)| w == word), "{word} is not found in {source}");
        }
    }
    let check = |source: &str, words: &[&str]| {
        let all: Vec<&str> = found("x.rs", source).into_iter().map(|(_, word, _)| word).collect();
        assert_eq!(all, words, "{source}: {:?}", pieces_of(source));
    };
    check("fn in_book() { let reckoned_by = InBook; }", &["book", "reckoned", "book"]);
    check("let x = \"Whoever asks does not review his own\";", &["his"]);
    check("/// He says so.\nfn and_his_item_is_asked_back() {}", &["he", "asked back", "his"]);
    check("let refused = State::Refused; rows.fold(0, |a, _| a); x.say();", &[]);
    check("fn f() -> Row { the(\"handful, surface, bookmark, this, there, rings_\") }", &[]);
}
