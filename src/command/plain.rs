//! An answer as lines of plain text, the same in both front ends. Foreign text stands in it as [`shown`] makes it.

use serde_json::Value;

use crate::command::definition::Output;
use crate::record::kind::Kind;
use crate::record::kind_def;
use crate::value::id::Id;
use crate::value::text::{pad, shown, shown_lines, width};
use crate::value::timestamp::Timestamp;

/// The widest column of a list at a terminal, in terminal columns, where its lines are long; the last one is as wide as it needs.
const WIDEST: usize = 40;
/// Columns that every terminal has: what fits into them is not cut.
const LINE: usize = 80;
/// Columns between two of a list.
const BETWEEN: usize = 2;
/// The member of a row in which its state stands.
const STATE: &str = "state";

/// How the cells of a list are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cells {
    /// Whole, for whoever reads them on.
    Whole,
    /// Ids by their first digits, which every command takes, and times to the minute.
    Short,
}

/// How many digits of an id stand for it.
pub const SHORT_ID: usize = 8;

/// The lines of an answer.
pub fn lines(answer: &Output) -> Vec<String> {
    lines_in(answer, Cells::Whole)
}

/// The lines of an answer, with the cells of a list whole or short.
pub fn lines_in(answer: &Output, cells: Cells) -> Vec<String> {
    if let Some(text) = &answer.text {
        // Where the answer went elsewhere, not even an empty line of it is left.
        return if text.is_empty() { Vec::new() } else { shown_lines(text) };
    }
    let mut out = match &answer.value {
        Value::Array(rows) => list(rows, answer, cells),
        Value::Object(_) if answer.message.is_none() => thing(&answer.value),
        Value::Object(members) => {
            members.get("id").and_then(Value::as_str).map(|id| shown(id).into_owned()).into_iter().collect()
        }
        _ => Vec::new(),
    };
    out.extend(answer.message.iter().flat_map(|said| shown_lines(said)));
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

/// The state of a record as people read it: an item that programs call `held` is kept, and may have no hold on it.
fn state_of(row: &Value, of: Option<Kind>) -> Option<&'static str> {
    let kind = row.get("kind").and_then(Value::as_str).and_then(Kind::parse).or(of)?;
    let word = row.get(STATE)?.as_str()?;
    kind_def(kind).states.iter().find(|state| state.word() == word).map(|state| state.label())
}

fn list(rows: &[Value], answer: &Output, cells: Cells) -> Vec<String> {
    let columns = answer.columns;
    let written = match cells {
        Cells::Whole => cell,
        Cells::Short => short,
    };
    let cell = |row: &Value, key: &str| match (key == STATE).then(|| state_of(row, answer.of)).flatten() {
        Some(state) => state.to_owned(),
        None => written(row.get(key).unwrap_or(&Value::Null)),
    };
    if rows.is_empty() {
        return vec!["Nothing.".to_owned()];
    }
    let titles: Vec<String> = columns.iter().map(|(_, title)| (*title).to_owned()).collect();
    let body = rows.iter().map(|row| columns.iter().map(|&(key, _)| cell(row, key)).collect());
    let table: Vec<Vec<String>> = std::iter::once(titles).chain(body).collect();
    let widest = |i: usize| table.iter().filter_map(|row| row.get(i)).map(|c| width(c)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(widest).collect();
    // Whoever reads it on gets all of it; at a terminal it is cut where a line would not fit.
    let whole = widths.iter().sum::<usize>() + BETWEEN * widths.len().saturating_sub(1);
    let most = if cells == Cells::Whole || whole <= LINE { usize::MAX } else { WIDEST };
    let widths: Vec<usize> = widths.into_iter().map(|wide| wide.min(most)).collect();
    let line = |row: &Vec<String>| {
        let last = row.len().saturating_sub(1);
        let cell = |(i, (c, w)): (usize, (&String, &usize))| if i == last { c.clone() } else { pad(c, *w) };
        let cells: Vec<String> = row.iter().zip(&widths).enumerate().map(cell).collect();
        cells.join("  ").trim_end().to_owned()
    };
    table.iter().map(line).collect()
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

    #[test]
    fn a_list_is_cut_at_a_terminal_alone_and_only_where_its_lines_are_long() {
        let list = |then: usize| {
            let rows = serde_json::json!([{ "name": "x".repeat(60), "then": "y".repeat(then) }]);
            Output { columns: &[("name", "NAME"), ("then", "THEN")], ..Output::thing(&rows) }
        };
        let is_cut = |then: usize, cells| !lines_in(&list(then), cells).concat().contains(&"x".repeat(60));
        assert!(!is_cut(30, Cells::Whole) && !is_cut(300, Cells::Whole));
        assert!(!is_cut(10, Cells::Short) && is_cut(30, Cells::Short));
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
    }
}
