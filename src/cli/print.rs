//! Printing outputs and errors: lines for people, JSON for programs. In both forms hidden characters are escaped before they
//! reach the terminal.

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::command::definition::Output;
use crate::command::plain::{self, Cells, Emphasis};
use crate::record::kind::StateTone;
use crate::value::text::{fit, is_hidden, shown_lines, width, wrap};
use crate::workspace::error::Error;

/// For whom an answer is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// A program: JSON.
    Program,
    /// A pipe or a file, or somebody who wants plain lines: everything whole.
    Pipe,
    /// Somebody at a terminal: lists are as wide as it is, ids and times in them are short, and headings and states stand out where
    /// there are colours.
    Terminal {
        /// Whether there are.
        colours: bool,
        /// How many columns it has.
        columns: usize,
    },
}

// Bold, dim, and the first colours: words that every terminal knows, so that no theme is needed.
const BOLD: &str = "\x1b[1m";
const DIM: &str = "\x1b[2m";
const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const YELLOW: &str = "\x1b[33m";
const PLAIN: &str = "\x1b[0m";

/// How wide a terminal is that does not say so.
const COLUMNS: usize = 80;

/// How many columns the terminal has. Where it cannot say so, nobody else is asked: that would start a process.
pub fn columns() -> usize {
    let size = crossterm::terminal::window_size();
    size.ok().map(|size| usize::from(size.columns)).filter(|columns| *columns > 0).unwrap_or(COLUMNS)
}

/// What a terminal is told before a piece that stands out; `None` where it does not.
const fn style(emphasis: Emphasis) -> Option<&'static str> {
    match emphasis {
        Emphasis::Base | Emphasis::State(StateTone::Neutral) => None,
        Emphasis::Heading => Some(BOLD),
        Emphasis::Note | Emphasis::State(StateTone::Over | StateTone::Erased) => Some(DIM),
        Emphasis::State(StateTone::Waiting) => Some(YELLOW),
        Emphasis::State(StateTone::Good) => Some(GREEN),
        Emphasis::State(StateTone::Stopped) => Some(RED),
    }
}

/// Prints an answer.
pub fn answer(answer: &Output, reader: Reader, out: &mut dyn Write) -> io::Result<()> {
    let (cells, colours) = match reader {
        Reader::Program => return if answer.value.is_null() { Ok(()) } else { json(&answer.value, out) },
        Reader::Pipe => (Cells::Whole, false),
        Reader::Terminal { colours, columns } => (Cells::Fitted(columns), colours),
    };
    let room = if let Cells::Fitted(columns) = cells { columns } else { usize::MAX };
    for line in plain::pieces(answer, cells) {
        // A list fits already.
        if let ([only], true) = (line.as_slice(), answer.columns.is_empty()) {
            for part in hanging(&only.text, room) {
                writeln!(out, "{part}")?;
            }
            continue;
        }
        for piece in line {
            match style(piece.emphasis).filter(|_| colours) {
                Some(style) => write!(out, "{style}{}{PLAIN}", piece.text)?,
                None => write!(out, "{}", piece.text)?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A line in several where there is no room for it: what goes on stands below what it goes on with, and not below its label.
fn hanging(line: &str, columns: usize) -> Vec<String> {
    if width(line) <= columns {
        return vec![line.to_owned()];
    }
    let indent = line.len() - line.trim_start().len();
    let label = line.trim_start().find("  ").map(|end| indent + end);
    let text = label.map(|end| line.len() - line.get(end..).unwrap_or_default().trim_start().len());
    // A label takes no more than half of the line.
    let at = text.filter(|at| *at <= columns / 2 && line.is_char_boundary(*at)).unwrap_or(indent.min(columns / 2));
    let (before, rest) = line.split_at(at);
    let room = columns.saturating_sub(width(before));
    let blank = " ".repeat(width(before));
    let parts = wrap(rest, room).into_iter().enumerate();
    parts.map(|(n, part)| format!("{}{part}", if n == 0 { before } else { &blank })).collect()
}

/// Writes JSON with hidden characters escaped: the same value for a program, and no control characters for a terminal.
pub fn json(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut line, Visible)).map_err(io::Error::other)?;
    line.push(b'\n');
    out.write_all(&line)
}

/// A word quoted for a shell.
pub fn quoted(word: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~' | '+' | ':' | '@' | ',' | '=');
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if !fragment.chars().any(is_hidden) {
            return CompactFormatter.write_string_fragment(writer, fragment);
        }
        for c in fragment.chars() {
            if is_hidden(c) {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            } else {
                write!(writer, "{c}")?;
            }
        }
        Ok(())
    }
}

/// How many columns of a line of a failure are printed: what is quoted in it may be as long as a file.
const LONGEST: usize = 2000;

/// Prints a failure: a sentence and what to do next on standard error; with `--json`, an object on standard output too.
/// `columns`: how wide the terminal of the error is, where it is one.
pub fn failure(
    failure: &Error,
    as_json: bool,
    columns: Option<usize>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<()> {
    if as_json {
        let mut error = serde_json::json!({ "code": failure.code(), "what": failure.what, "next": failure.hint });
        if let (Some(verdict), Value::Object(members)) = (&failure.verdict, &mut error) {
            members
                .insert("verdict".into(), serde_json::from_str(&verdict.to_json().to_string()).unwrap_or(Value::Null));
        }
        let mut all = serde_json::json!({ "error": error });
        if let Value::Object(members) = &mut all {
            members.extend(failure.details.iter().map(|(k, v)| ((*k).to_owned(), v.clone())));
        }
        json(&all, out)?;
    }
    let mut what = shown_lines(&failure.what).into_iter().map(|line| fit(&line, LONGEST).into_owned());
    let first = format!("comity: {}", what.next().unwrap_or_default());
    let others = what.chain(shown_lines(&failure.hint)).map(|line| format!("  {line}"));
    let room = columns.unwrap_or(usize::MAX);
    for line in std::iter::once(first).chain(others).flat_map(|line| hanging(&line, room)) {
        writeln!(err, "{line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::kind::Kind;
    use crate::record::kind_def;

    #[test]
    fn nothing_hidden_is_printed_in_either_form() {
        let evil = "a\u{1b}]52;c;x\u{7}\u{202e}\u{e0041}\u{9b}b\"\\";
        let value = serde_json::json!([{ "value": evil, "list": [evil] }]);
        let found = Output { columns: &[("value", "VALUE"), ("list", "LIST")], ..Output::thing(&value) };
        let thing = Output::thing(&serde_json::json!({ evil: evil, "x": [{ "y": evil }] }));
        let said = Output::thing(&serde_json::json!({ "id": evil })).with_message(evil);
        for a in [&found, &thing, &said] {
            for reader in [Reader::Program, Reader::Pipe, Reader::Terminal { colours: false, columns: 80 }] {
                let mut out = Vec::new();
                answer(a, reader, &mut out).unwrap();
                let text = String::from_utf8(out).unwrap();
                assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)), "{text:?}");
                if reader == Reader::Program {
                    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), a.value, "the same value to a program");
                }
            }
        }
        let mut err = Vec::new();
        failure(&Error::usage(evil), false, None, &mut Vec::new(), &mut err).unwrap();
        assert!(!String::from_utf8(err).unwrap().chars().any(|c| c != '\n' && is_hidden(c)));
    }

    #[test]
    fn what_has_no_room_goes_on_below_itself() {
        for (line, columns, want) in [
            ("short", 10, &["short"][..]),
            ("LABEL  one two three", 14, &["LABEL  one two", "       three"]),
            ("  one two three", 9, &["  one two", "  three"]),
            ("no label here", 8, &["no label", "here"]),
        ] {
            assert_eq!(hanging(line, columns), want, "{line}");
        }
    }

    #[test]
    fn a_list_at_a_terminal_is_short_and_whole_in_a_pipe() {
        let id = "0123456789abcdef0123456789abcdef";
        let value = serde_json::json!([{ "id": id, "due": "2026-06-15T12:00:00Z", "value": "panel.example" }]);
        let list = Output { columns: &[("id", "ID"), ("due", "DUE"), ("value", "VALUE")], ..Output::thing(&value) };
        let printed = |reader| {
            let mut out = Vec::new();
            answer(&list, reader, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let short = "ID        DUE                VALUE\n01234567  2026-06-15 12:00Z  panel.example\n";
        assert_eq!(printed(Reader::Terminal { colours: false, columns: 80 }), short);
        let coloured = printed(Reader::Terminal { colours: true, columns: 80 });
        assert_eq!(coloured.replace(BOLD, "").replace(DIM, "").replace(PLAIN, ""), short);
        assert!(
            coloured.starts_with(BOLD) && coloured.contains(&format!("{DIM}01234567{PLAIN}  2026")),
            "{coloured:?}"
        );
        for reader in [Reader::Pipe, Reader::Program] {
            assert!(printed(reader).contains(id) && printed(reader).contains("2026-06-15T12:00:00Z"));
        }
    }

    #[test]
    fn states_are_coloured_at_a_terminal_that_has_colours_and_nowhere_else() {
        let value = serde_json::json!([
            { "id": "a", "state": "proposed" }, { "id": "b", "state": "released" }, { "id": "c", "state": "recalled" },
        ]);
        let list =
            Output { columns: &[("id", "ID"), ("state", "STATE")], ..Output::thing(&value) }.of(Kind::Disclosure);
        let printed = |reader| {
            let mut out = Vec::new();
            answer(&list, reader, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let coloured = printed(Reader::Terminal { colours: true, columns: 80 });
        for state in ["proposed", "released"] {
            let def = kind_def(Kind::Disclosure).states.iter().find(|s| s.word() == state).unwrap();
            let style = style(Emphasis::State(def.mood())).unwrap_or_default();
            assert!(!style.is_empty() && coloured.contains(&format!("{style}{}{PLAIN}", def.label())), "{coloured:?}");
        }
        for reader in [Reader::Pipe, Reader::Program, Reader::Terminal { colours: false, columns: 80 }] {
            assert!(!printed(reader).contains('\x1b'), "{reader:?}");
        }
    }

    #[test]
    fn what_is_to_be_typed_next_is_one_word_for_a_shell() {
        for (word, said) in [("/a/b-1.age", "/a/b-1.age"), ("a b", "'a b'"), ("it's", r"'it'\''s'"), ("", "''")] {
            assert_eq!(quoted(word), said);
        }
    }
}
