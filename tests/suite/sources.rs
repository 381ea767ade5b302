//! What stands in this repository's own files: names, texts and comments of the Rust sources, each with its line, and the lines
//! of its pages and data.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// What a piece of a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The name of a type or a trait, where it is defined.
    Type,
    /// The name of a function, where it is defined.
    Function,
    /// The name of a module, where it is declared.
    Module,
    /// Any other name.
    Name,
    /// A literal; of a text, what stands between its quotes, as it is written.
    Text,
    /// A comment, or a line of a file that is no Rust.
    Prose,
}

/// A piece of a file.
#[derive(Debug)]
pub struct Piece {
    pub line: usize,
    pub kind: Kind,
    pub text: String,
}

/// The pieces of a Rust source.
pub fn pieces_of(source: &str) -> Vec<Piece> {
    let tokens: TokenStream = source.parse().unwrap();
    let mut code = Code { pieces: Vec::new(), ends: vec![0; source.lines().count() + 2] };
    code.read(tokens);
    let Code { mut pieces, ends } = code;
    // What stands in a line after its last token is a comment that is not for rustdoc.
    for (n, line) in source.lines().enumerate() {
        let after: String = line.chars().skip(ends[n + 1]).collect();
        if let Some(comment) = after.trim_start().strip_prefix("//") {
            pieces.push(Piece { line: n + 1, kind: Kind::Prose, text: comment.trim().to_owned() });
        }
    }
    pieces
}

struct Code {
    pieces: Vec<Piece>,
    /// Of each line the column behind its last token.
    ends: Vec<usize>,
}

impl Code {
    fn read(&mut self, tokens: TokenStream) {
        let (mut before, mut is_doc) = (String::new(), false);
        for token in tokens {
            let (start, end) = (token.span().start(), token.span().end());
            for line in start.line..end.line {
                self.ends[line] = usize::MAX;
            }
            self.ends[end.line] = self.ends[end.line].max(end.column);
            let (line, text) = (start.line, token.to_string());
            match token {
                // Not the whole of what is within belongs to a token: comments stand between them.
                TokenTree::Group(group) => {
                    for line in start.line..=end.line {
                        self.ends[line] = if line == start.line { group.span_open().end().column } else { 0 };
                    }
                    self.read(group.stream());
                    let close = group.span_close().end();
                    self.ends[close.line] = self.ends[close.line].max(close.column);
                    is_doc = false;
                }
                TokenTree::Ident(_) => {
                    let kind = match before.as_str() {
                        "struct" | "enum" | "union" | "type" | "trait" => Kind::Type,
                        "fn" => Kind::Function,
                        "mod" => Kind::Module,
                        _ => Kind::Name,
                    };
                    is_doc = text == "doc";
                    before.clone_from(&text);
                    self.pieces.push(Piece { line, kind, text });
                    continue;
                }
                TokenTree::Literal(_) => {
                    let inner = text.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
                    let text = inner.map_or(text.clone(), |(inner, _)| inner.to_owned());
                    let kind = if is_doc && before == "=" { Kind::Prose } else { Kind::Text };
                    self.pieces.push(Piece { line, kind, text });
                }
                TokenTree::Punct(_) => {
                    before = text;
                    continue;
                }
            }
            before.clear();
        }
    }
}

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file in these folders, and these files, whose names end so: its path from the root, and its text.
pub fn files(places: &[&str], endings: &[&str]) -> Vec<(String, String)> {
    let (mut all, mut next): (Vec<_>, Vec<PathBuf>) = (Vec::new(), places.iter().map(|p| root().join(p)).collect());
    while let Some(path) = next.pop() {
        if path.is_dir() {
            next.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| endings.iter().any(|ending| e == *ending)) {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            all.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    all.sort();
    assert!(!all.is_empty(), "nothing in {places:?} ends with {endings:?}");
    all
}

/// The pieces of a file: of a Rust source as above, of any other each line.
pub fn pieces_in(name: &str, text: &str) -> Vec<Piece> {
    if name.ends_with(".rs") {
        return pieces_of(text);
    }
    let lines = text.lines().enumerate();
    lines.map(|(n, line)| Piece { line: n + 1, kind: Kind::Prose, text: line.to_owned() }).collect()
}

#[test]
fn the_pieces_of_a_source_are_told_apart() {
    let source = "/// One doc.\nstruct Row { // a comment\n    face: u8, // with \"quotes\"\n}\n\nfn hear() {\n    say(\"// no\ncomment\"); // but this\n}\nmod beside;\n";
    let found: Vec<(usize, Kind, String)> =
        pieces_of(source).into_iter().filter(|p| p.kind != Kind::Name).map(|p| (p.line, p.kind, p.text)).collect();
    let of = |line, kind, text: &str| (line, kind, text.to_owned());
    assert_eq!(
        found,
        [
            of(1, Kind::Prose, " One doc."),
            of(2, Kind::Type, "Row"),
            of(6, Kind::Function, "hear"),
            of(7, Kind::Text, "// no\ncomment"),
            of(10, Kind::Module, "beside"),
            of(2, Kind::Prose, "a comment"),
            of(3, Kind::Prose, "with \"quotes\""),
            of(8, Kind::Prose, "but this"),
        ]
    );
}
