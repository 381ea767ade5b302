//! An answer as lines of plain text, the same in both front ends. Foreign text stands in it as [`shown`] makes it.

use serde_json::Value;

use crate::command::definition::Output;
use crate::record::kind::{Kind, State, StateTone};
use crate::record::kind_def;
use crate::value::id::Id;
use crate::value::text::{fit, pad, shown, shown_lines, width, wrap};
use crate::value::timestamp::Timestamp;

/// Columns between two of a list.
const BETWEEN: usize = 2;
/// The fewest terminal columns in which a text says anything: where a list has no room for them, it leaves one of its columns out.
const FEWEST: usize = 12;
/// The fewest of a heading.
const HEADING: usize = 6;
/// The members of a row in which a state stands.
const STATES: [&str; 3] = ["state", "status", "standing"];
/// The members of a row that say until when something is to be done, or may be.
const ENDS: [&str; 4] = ["due", "until", "expires", "delete_by"];
/// The member of a row by which its record is named.
const ID: &str = "id";
/// The member of a row that says which kind of record it is of, or which kind of request.
const KIND: &str = "kind";

/// How the cells of a list are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cells {
    /// Whole, for whoever reads them on.
    Whole,
    /// In lines of at most so many columns: ids by their first digits, which every command takes, times to the minute, and of texts as
    /// much as there is room for.
    Fitted(usize),
}

/// How a piece of a line stands out where there are colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Emphasis {
    /// It does not.
    Base,
    /// The heading of a column.
    Heading,
    /// Less important, such as an id.
    Note,
    /// A state, as it is seen at a glance.
    State(StateTone),
}

/// A piece of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fragment {
    /// The text, fit to be shown.
    pub text: String,
    /// How it stands out.
    pub emphasis: Emphasis,
}

impl Fragment {
    const fn base(text: String) -> Self {
        Self { text, emphasis: Emphasis::Base }
    }
}

/// How many digits of an id stand for it.
const SHORT_ID: usize = 8;

/// The lines of an answer.
pub fn lines(answer: &Output) -> Vec<String> {
    let whole = |line: Vec<Fragment>| line.into_iter().map(|piece| piece.text).collect();
    pieces(answer, Cells::Whole).into_iter().map(whole).collect()
}

/// The lines of an answer in pieces, with the cells of a list as they are asked for.
pub fn pieces(answer: &Output, cells: Cells) -> Vec<Vec<Fragment>> {
    let as_they_are = |lines: Vec<String>| lines.into_iter().map(|line| vec![Fragment::base(line)]).collect();
    if let Some(text) = &answer.text {
        // Where the answer went elsewhere, not even an empty line of it is left.
        return if text.is_empty() { Vec::new() } else { as_they_are(shown_lines(text)) };
    }
    let mut out = match &answer.value {
        Value::Array(rows) => list(rows, answer, cells),
        Value::Object(_) if answer.message.is_none() => as_they_are(thing(&answer.value)),
        Value::Object(members) => as_they_are(
            members.get("id").and_then(Value::as_str).map(|id| shown(id).into_owned()).into_iter().collect(),
        ),
        _ => Vec::new(),
    };
    let said = answer.message.iter().flat_map(|said| shown_lines(said));
    out.extend(as_they_are(match cells {
        Cells::Fitted(columns) if answer.value.is_array() => said.flat_map(|line| wrap(&line, columns)).collect(),
        _ => said.collect(),
    }));
    out
}

/// A value as one cell or line.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => shown(text).into_owned(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            members.iter().map(|(k, v)| format!("{} {}", shown(k), cell(v))).collect::<Vec<_>>().join(" ")
        }
        Value::Number(n) => n.to_string(),
    }
}

/// A cell of a list, short: what is whole is in `--json`.
fn short(value: &Value) -> String {
    match value {
        Value::String(text) if Id::parse(text).is_some() => text.chars().take(SHORT_ID).collect(),
        Value::String(text) => Timestamp::parse(text).map_or_else(|| cell(value), Timestamp::to_minute),
        Value::Array(items) if !items.is_empty() => items.iter().map(short).collect::<Vec<_>>().join(", "),
        other => cell(other),
    }
}

/// Whether a cell is text: ids, times, numbers and what is yes or no are not, and are never cut.
fn is_text(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => {
            let is_number = text.chars().all(|c| c.is_ascii_digit() || "+-.,:%".contains(c));
            !is_number && Id::parse(text).is_none() && Timestamp::parse(text).is_none()
        }
        Value::Array(items) => items.iter().any(is_text),
        Value::Object(_) => true,
    }
}

/// The state of a record as people read it: an item that programs call `held` is kept, and may have no hold on it.
fn state_of(row: &Value, key: &str, of: Option<Kind>) -> Option<&'static State> {
    let kind = row.get(KIND).and_then(Value::as_str).and_then(Kind::parse).or(of)?;
    let word = row.get(key)?.as_str()?;
    kind_def(kind).states.iter().find(|state| state.word() == word)
}

/// A cell of a list as it is written, and how it stands out.
fn written(row: &Value, key: &str, answer: &Output, cells: Cells) -> Fragment {
    let value = row.get(key).unwrap_or(&Value::Null);
    let text = match cells {
        Cells::Whole => cell(value),
        Cells::Fitted(_) => short(value),
    };
    let is_last = answer.columns.last().is_some_and(|(last, _)| *last == key);
    match value.as_str() {
        Some(word) if STATES.contains(&key) => match state_of(row, key, answer.of) {
            Some(state) => Fragment { text: state.label().to_owned(), emphasis: Emphasis::State(state.mood()) },
            None => {
                let mood = answer.mood.and_then(|mood| mood(word)).unwrap_or(StateTone::Neutral);
                Fragment { text, emphasis: Emphasis::State(mood) }
            }
        },
        Some(word) if Id::parse(word).is_some() || (is_last && key == KIND) => {
            Fragment { text, emphasis: Emphasis::Note }
        }
        _ => Fragment::base(text),
    }
}

/// A column of a list, before it is known how wide it is.
struct Measured {
    /// Its widest cell, or its heading.
    natural: usize,
    /// What it takes at least, to say something.
    least: usize,
    /// What is never cut, whatever else is.
    whole: usize,
    /// Whether it stays, however little room there is.
    stays: bool,
}

/// Which columns of a list stand in lines of so many, and how wide each is. Texts and headings give way, the widest first; where too
/// little would be left of them, columns are left out, from the right: never the first, the last, an id or a state.
fn layout(all: &[Measured], columns: usize) -> Vec<(usize, usize)> {
    let mut there: Vec<usize> = (0..all.len()).collect();
    let measured = |there: &[usize]| there.iter().filter_map(|i| all.get(*i)).collect::<Vec<_>>();
    let room = |there: &[usize]| columns.saturating_sub(BETWEEN * there.len().saturating_sub(1));
    let fits = |there: &[usize]| measured(there).iter().map(|m| m.least).sum::<usize>() <= room(there);
    let may_go = |i: &usize| *i > 0 && *i + 1 < all.len() && all.get(*i).is_some_and(|m| !m.stays);
    while !fits(&there)
        && let Some(place) = there.iter().rposition(may_go)
    {
        there.remove(place);
    }
    let is_cramped = !fits(&there);
    let wide = |m: &Measured, most: usize| m.natural.min(most).max(if is_cramped { m.whole } else { m.least });
    let sum = |most: usize| measured(&there).iter().map(|m| wide(m, most)).sum::<usize>();
    let most = (0..=columns).rev().find(|most| sum(*most) <= room(&there)).unwrap_or(0);
    there.into_iter().filter_map(|i| Some((i, wide(all.get(i)?, most)))).collect()
}

fn list(rows: &[Value], answer: &Output, cells: Cells) -> Vec<Vec<Fragment>> {
    let columns = answer.columns;
    if rows.is_empty() {
        return vec![vec![Fragment::base("Nothing.".to_owned())]];
    }
    let body: Vec<Vec<Fragment>> =
        rows.iter().map(|row| columns.iter().map(|(key, _)| written(row, key, answer, cells)).collect()).collect();
    let measured = |(i, (key, title)): (usize, &(&str, &str))| {
        let widest = body.iter().filter_map(|row| row.get(i)).map(|piece| width(&piece.text)).max().unwrap_or(0);
        let natural = widest.max(width(title));
        let stays = *key == ID || STATES.contains(key) || ENDS.contains(key);
        let gives_way = !stays && rows.iter().any(|row| row.get(*key).is_some_and(is_text));
        let least = if gives_way { natural.min(FEWEST) } else { widest.max(width(title).min(HEADING)) };
        Measured { natural, least, whole: if gives_way { 1 } else { least }, stays }
    };
    let measured: Vec<Measured> = columns.iter().enumerate().map(measured).collect();
    // Whoever reads it on gets all of it.
    let layout = match cells {
        Cells::Whole => measured.iter().map(|m| m.natural).enumerate().collect(),
        Cells::Fitted(columns) => layout(&measured, columns),
    };
    let heading =
        columns.iter().map(|(_, title)| Fragment { text: (*title).to_owned(), emphasis: Emphasis::Heading }).collect();
    let mut out: Vec<Vec<Fragment>> = std::iter::once(heading).chain(body).map(|row| line(&row, &layout)).collect();
    let is_left_out = |i: usize| layout.iter().all(|(there, _)| *there != i);
    let left_out: Vec<&str> =
        columns.iter().enumerate().filter(|(i, _)| is_left_out(*i)).map(|(_, (_, title))| *title).collect();
    if let (Cells::Fitted(columns), false) = (cells, left_out.is_empty()) {
        let said = format!("No room for {}: see a wider terminal, or --json.", left_out.join(", "));
        out.extend(wrap(&said, columns).into_iter().map(|text| vec![Fragment { text, emphasis: Emphasis::Note }]));
    }
    out
}

/// A row of a list in columns of these widths. Nothing stands behind its last cell.
fn line(row: &[Fragment], layout: &[(usize, usize)]) -> Vec<Fragment> {
    let mut out: Vec<Fragment> = Vec::new();
    let mut gap = 0;
    for (i, wide) in layout {
        let Some(cell) = row.get(*i) else { continue };
        if gap > 0 {
            out.push(Fragment::base(" ".repeat(gap)));
        }
        let text = fit(&cell.text, *wide).into_owned();
        gap = wide.saturating_sub(width(&text)) + BETWEEN;
        out.push(Fragment { text, emphasis: cell.emphasis });
    }
    if let Some(last) = out.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    out
}

fn thing(value: &Value) -> Vec<String> {
    let Value::Object(members) = value else { return Vec::new() };
    let widest = members.keys().map(|k| width(k)).max().unwrap_or(0);
    let mut out = Vec::new();
    for (key, value) in members {
        match value {
            Value::Array(items) if items.iter().any(Value::is_object) => {
                out.push(shown(key).into_owned());
                out.extend(items.iter().map(|item| format!("  {}", cell(item))));
            }
            other => out.push(format!("{}  {}", pad(&shown(key), widest), cell(other))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(answer: &Output, cells: Cells) -> Vec<String> {
        let whole = |line: Vec<Fragment>| line.into_iter().map(|piece| piece.text).collect();
        pieces(answer, cells).into_iter().map(whole).collect()
    }

    const SOME: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_list_is_as_wide_as_the_terminal_and_whole_in_a_pipe() {
        let rows = serde_json::json!([
            { "id": SOME, "due": "2026-06-15T12:00:00Z", "state": "waiting for something", "n": 1_234_567,
              "what": "a domain that is rather long.example", "title": "x".repeat(60) },
            { "id": SOME, "due": "", "state": "open", "n": 2, "what": "198.51.100.24", "title": "short" },
        ]);
        let columns =
            &[("id", "ID"), ("due", "DUE"), ("state", "STATE"), ("n", "NO."), ("what", "WHAT"), ("title", "TITLE")];
        let list = Output { columns, ..Output::thing(&rows) };
        for columns in 88..240 {
            let lines = told(&list, Cells::Fitted(columns));
            assert!(lines.iter().all(|line| width(line) <= columns), "{columns}: {lines:#?}");
            for whole in ["01234567", "2026-06-15 12:00Z", "waiting for something", "1234567", "198.51.100.", "short"] {
                assert!(lines.iter().any(|line| line.contains(whole)), "{columns} {whole}: {lines:#?}");
            }
            let at = |line: &String, word: &str| line.find(word).map(|at| width(&line[..at]));
            assert_eq!(at(&lines[0], "TITLE"), at(&lines[2], "short"), "{lines:#?}");
        }
        let whole = lines(&list).concat();
        assert!(whole.contains(&"x".repeat(60)) && whole.contains(SOME) && !whole.contains('\u{2026}'), "{whole}");
    }

    #[test]
    fn a_column_for_which_there_is_no_room_is_named_and_never_the_state() {
        let rows = serde_json::json!([{ "id": SOME, "state": "renewal due", "until": "2026-06-15T12:00:00Z",
            "signed": "2026-06-15T12:00:00Z", "data": "indicator, identification", "title": "A memorandum on cybercrime" }]);
        let columns = &[
            ("id", "ID"),
            ("state", "STATE"),
            ("until", "UNTIL"),
            ("signed", "COUNTERSIGNED"),
            ("data", "DATA"),
            ("title", "TITLE"),
        ];
        let list = Output { columns, ..Output::thing(&rows) };
        let lines = told(&list, Cells::Fitted(60));
        assert_eq!(lines[0], "ID        STATE        UNTIL              TITLE");
        assert_eq!(lines[1], "01234567  renewal due  2026-06-15 12:00Z  A memorandum on c\u{2026}");
        assert!(lines[2].contains("COUNTERSIGNED, DATA"), "{lines:#?}");
        assert_eq!(told(&list, Cells::Fitted(200)).len(), 2);
        let cramped = told(&list, Cells::Fitted(50));
        assert!(cramped.iter().all(|line| width(line) <= 50), "{cramped:#?}");
        assert!(cramped[1].starts_with("01234567  renewal due  "), "{cramped:#?}");
    }

    #[test]
    fn what_is_said_of_a_list_is_broken_between_words() {
        let rows = serde_json::json!([{ "id": SOME }]);
        let list = Output { columns: &[("id", "ID")], ..Output::thing(&rows) }.with_message("one two three");
        assert_eq!(told(&list, Cells::Fitted(8))[2..], ["one two", "three"]);
        assert_eq!(lines(&list)[2..], ["one two three"]);
    }

    #[test]
    fn a_state_is_said_as_people_read_it() {
        let rows = serde_json::json!([{ "state": "held" }]);
        let list = Output { columns: &[("state", "STATE")], ..Output::thing(&rows) };
        assert_eq!(lines(&list), ["STATE", "held"]);
        assert_eq!(lines(&list.of(Kind::Item)), ["STATE", "kept"]);
        let rows = serde_json::json!([{ "state": "held", "kind": "item" }]);
        let list = Output { columns: &[("state", "STATE"), ("kind", "KIND")], ..Output::thing(&rows) };
        assert_eq!(lines(&list), ["STATE  KIND", "kept   item"]);
        let seen = |list: &Output| pieces(list, Cells::Whole).swap_remove(1).swap_remove(0).emphasis;
        assert_eq!(seen(&list), Emphasis::State(StateTone::Neutral));
        let of_words = Output { mood: Some(|word| (word == "held").then_some(StateTone::Stopped)), of: None, ..list };
        assert_eq!(seen(&of_words), Emphasis::State(StateTone::Neutral), "a record's own state goes before");
        let rows = serde_json::json!([{ "state": "held" }]);
        let of_words = Output { value: rows, columns: &[("state", "STATE")], ..of_words };
        assert_eq!(seen(&of_words), Emphasis::State(StateTone::Stopped));
    }
}
