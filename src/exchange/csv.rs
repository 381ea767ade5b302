//! Tables: comma- or tab-separated lines, one item a line, in constant memory. Every line that cannot be read is named with the number that
//! an editor shows, and the others are read all the same.

use std::collections::VecDeque;
use std::io::{BufRead, Read as _};

use super::canonical::{recognised, spelt};
use super::claim::Claim;
use super::format::{Format, FormatError, Found, Options, Sink};
use super::source::Source;
use super::tags;
use crate::value::text;

/// `csv`.
pub const FORMAT: Format = Format {
    name: "csv",
    about: "a table: comma- or tab-separated lines",
    read,
    write: Some(super::export::csv::write),
};

/// The columns that may be named.
pub const COLUMNS: &[&str] = &["value", "title", "note", "type", "tlp", "pap", "handling", "originator"];

/// The columns that hold a marking: where a heading is called so and is not mapped, the answer says it.
const MARKINGS: &[&str] = &["tlp", "pap", "handling"];

/// The longest row: one with a quote that is not closed by then never is.
const LONGEST_ROW: usize = 1 << 20;

/// A row, and the line that it begins in.
struct TableLine {
    line: u64,
    cells: Vec<String>,
}

/// Lines of a file, with those that were read ahead and are read again.
struct Lines<'a> {
    input: &'a mut dyn BufRead,
    ahead: VecDeque<Vec<u8>>,
    line: u64,
}

impl Lines<'_> {
    /// The next line with its end; `None` at the end of the file.
    fn next(&mut self) -> Result<Option<Vec<u8>>, FormatError> {
        self.line += 1;
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        let limit = LONGEST_ROW as u64 + 1;
        let read = (&mut *self.input).take(limit).read_until(b'\n', &mut line);
        read.map_err(|e| FormatError::new(self.place(), e.to_string()))?;
        Ok((!line.is_empty()).then_some(line))
    }

    fn place(&self) -> String {
        format!("line {}", self.line)
    }

    /// The next row. `None`: the end. A row that cannot be read is an error of its own, and reading goes on in the line after it.
    fn row(
        &mut self,
        delimiter: u8,
        comment: Option<u8>,
    ) -> Result<Option<Result<TableLine, FormatError>>, FormatError> {
        let first = loop {
            let Some(line) = self.next()? else { return Ok(None) };
            let is_comment = comment.is_some_and(|c| line.first() == Some(&c));
            if !is_comment && !line.trim_ascii().is_empty() {
                break line;
            }
        };
        let begin = self.line;
        let place = || format!("line {begin}");
        let mut bytes = first;
        let mut read_on: Vec<Vec<u8>> = Vec::new();
        loop {
            match cells(&bytes, delimiter) {
                Cells::Whole(cells) => {
                    let text: Result<Vec<String>, _> = cells.into_iter().map(String::from_utf8).collect();
                    return Ok(Some(match text {
                        Ok(cells) => Ok(TableLine { line: begin, cells }),
                        Err(_) => Err(FormatError::new(place(), "it is not UTF-8")),
                    }));
                }
                Cells::Open => {
                    let more = if bytes.len() > LONGEST_ROW { None } else { self.next()? };
                    let Some(more) = more else {
                        // The rest of the file is no part of this row: it is read again, line by line.
                        self.line = begin;
                        read_on.into_iter().rev().for_each(|line| self.ahead.push_front(line));
                        return Ok(Some(Err(FormatError::new(place(), "a quote is opened and never closed"))));
                    };
                    bytes.extend_from_slice(&more);
                    read_on.push(more);
                }
                Cells::Bad(what) => return Ok(Some(Err(FormatError::new(place(), what)))),
            }
        }
    }
}

enum Cells {
    Whole(Vec<Vec<u8>>),
    /// A quote is open.
    Open,
    Bad(&'static str),
}

/// The cells of a row. A cell that begins with a quote ends with one; two stand for one.
fn cells(row: &[u8], delimiter: u8) -> Cells {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    let row = row.strip_suffix(b"\r").unwrap_or(row);
    if !row.contains(&b'"') {
        return Cells::Whole(row.split(|b| *b == delimiter).map(<[u8]>::to_vec).collect());
    }
    let mut cells = Vec::new();
    let mut cell = Vec::new();
    let mut bytes = row.iter().copied().peekable();
    loop {
        let quoted = bytes.next_if_eq(&b'"').is_some();
        if quoted {
            loop {
                match bytes.next() {
                    None => return Cells::Open,
                    Some(b'"') if bytes.next_if_eq(&b'"').is_some() => cell.push(b'"'),
                    Some(b'"') => break,
                    Some(b) => cell.push(b),
                }
            }
        }
        loop {
            match bytes.next() {
                None => {
                    cells.push(cell);
                    return Cells::Whole(cells);
                }
                Some(b) if b == delimiter => break,
                Some(b' ' | b'\t') if quoted => {}
                Some(_) if quoted => return Cells::Bad("text stands behind a closing quote"),
                Some(b) => cell.push(b),
            }
        }
        cells.push(std::mem::take(&mut cell));
    }
}

/// Which column holds what, by place from 0.
struct Columns(Vec<(String, usize)>);

impl Columns {
    fn at(&self, name: &str) -> Option<usize> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, at)| *at)
    }

    fn cell<'r>(&self, row: &'r TableLine, name: &str) -> Option<&'r str> {
        self.at(name).and_then(|at| row.cells.get(at)).map(|c| c.trim()).filter(|c| !c.is_empty())
    }

    /// Finds the columns that were asked for among those of the first row.
    fn find(options: &Options, first: &TableLine) -> Result<Self, FormatError> {
        let mut found = Vec::new();
        for (name, typed) in &options.columns {
            let asked = format!("--column {}={}", text::shown(name), text::shown(typed));
            if !COLUMNS.contains(&name.as_str()) {
                return Err(FormatError::usage(asked, format!("columns are {}", COLUMNS.join(", "))));
            }
            let by_heading = || {
                let named = |c: &String| c.trim().eq_ignore_ascii_case(typed.trim());
                options.header.then(|| first.cells.iter().position(named)).flatten()
            };
            let at = match typed.parse::<usize>() {
                Ok(n) => n.checked_sub(1),
                Err(_) => by_heading(),
            };
            match at.filter(|at| *at < first.cells.len()) {
                Some(at) => found.push((name.clone(), at)),
                None => {
                    let count = first.cells.len();
                    let what = format!(
                        "the table has {}: a number from 1 to {count} or a heading is expected",
                        text::counted(count, "column")
                    );
                    return Err(FormatError::usage(asked, what));
                }
            }
        }
        if !found.iter().any(|(n, _)| n == "value") {
            found.push(("value".to_owned(), 0));
        }
        Ok(Self(found))
    }
}

fn read(input: &mut Source<'_>, options: &Options, sink: &mut Sink<'_>) -> Result<(), FormatError> {
    let delimiter = options.delimiter.unwrap_or(b',');
    let mut lines = Lines { input, ahead: VecDeque::new(), line: 0 };
    let mut table: Option<(Columns, usize)> = None;
    while !sink.is_full()
        && let Some(row) = lines.row(delimiter, options.comment)?
    {
        let row = match row {
            Ok(row) => row,
            Err(fault) => {
                sink.fault(fault.place, fault.what);
                continue;
            }
        };
        if let (None, Some(tag)) = (&table, exercise_tag(&row)) {
            sink.exercise(tag);
            continue;
        }
        let (columns, width) = match &mut table {
            Some(known) => (&known.0, known.1),
            new @ None => {
                let columns = Columns::find(options, &row)?;
                let known = new.insert((columns, row.cells.len()));
                if options.header {
                    for (at, heading) in row.cells.iter().enumerate() {
                        let name = heading.trim().to_lowercase();
                        if known.0.0.iter().any(|(_, mapped)| *mapped == at) || name.is_empty() {
                            continue;
                        }
                        let what = if MARKINGS.contains(&name.as_str()) {
                            "columns of markings that no --column maps"
                        } else {
                            "columns not kept"
                        };
                        sink.remark(what, heading.trim());
                    }
                    continue;
                }
                (&known.0, known.1)
            }
        };
        let place = || format!("line {}", row.line);
        if row.cells.iter().all(|c| c.trim().is_empty()) {
            sink.remark("empty rows passed over", place());
            continue;
        }
        match found(&row, columns, width, options) {
            Ok(found) => sink.item(found),
            Err(what) => sink.fault(place(), what),
        }
    }
    Ok(())
}

/// The tag of a line before the heading that says that the table is of an exercise.
fn exercise_tag(row: &TableLine) -> Option<String> {
    let tag = row.cells.first()?.trim().trim_start_matches('#').trim();
    tags::is_exercise(tag).then(|| tag.to_owned())
}

fn found(row: &TableLine, columns: &Columns, width: usize, options: &Options) -> Result<Found, String> {
    if row.cells.iter().skip(width).any(|c| !c.trim().is_empty()) {
        let count = row.cells.len();
        return Err(format!(
            "it has {count} cells, and the table has {width} columns: a cell with a delimiter in it needs quotes"
        ));
    }
    let value = columns
        .cell(row, "value")
        .ok_or_else(|| format!("there is no value in column {}", columns.at("value").unwrap_or(0) + 1))?;
    if value.chars().any(char::is_control) {
        return Err("its value has a control character".into());
    }
    let kind = columns.cell(row, "type").or(options.kind.as_deref());
    let kind = kind.map(|k| spelt(k).ok_or("its type has no word in it")).transpose()?;
    // A table that says no type says no more than the value shows.
    let says_none = kind.as_ref().is_none_or(|k| k.eq_ignore_ascii_case(UNTYPED));
    let shows = if says_none { recognised(value) } else { None };
    let mut found = Found::new(format!("line {}", row.line), kind.as_deref().or(shows).unwrap_or(UNTYPED), value);
    if says_none && shows.is_none() {
        found.speaks_of.push("a value without a type".to_owned());
    }
    found.category = options.category;
    found.tier = options.tier;
    let title = columns.cell(row, "title").map(|t| text::line(t).map_err(|e| format!("its title {e}")));
    found.title = title.transpose()?;
    found.note = columns.cell(row, "note").map(str::to_owned);
    found.originator = columns.cell(row, "originator").map(str::to_owned);
    for (name, read) in [("tlp", Claim::tlp as fn(&str) -> Claim), ("pap", Claim::pap), ("handling", Claim::handling)] {
        if let Some(said) = columns.cell(row, name) {
            found.claim.add(&read(said));
        }
    }
    Ok(found)
}

/// The type of a value of which neither the table nor the value says one.
const UNTYPED: &str = "indicator";

#[cfg(test)]
mod tests {
    use super::super::format::Seen;
    use super::*;
    use crate::value::marking::Tlp;

    fn seen_in(table: &[u8], options: &Options, take: &mut dyn FnMut(Seen) -> bool) -> Result<(), FormatError> {
        let mut input = std::io::Cursor::new(table);
        read(&mut Source::new(&mut input)?, options, &mut Sink::new(take))
    }

    fn values(table: &[u8], options: &Options) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        seen_in(table, options, &mut |seen| {
            match seen {
                Seen::Item(f) => found.push(format!("{} {}", f.kind, f.value)),
                Seen::Fault(fault) => found.push(format!("! {fault}")),
                _ => {}
            }
            true
        })
        .map_err(|e| e.to_string())?;
        Ok(found)
    }

    fn columns(all: &[(&str, &str)], header: bool) -> Options {
        let columns = all.iter().map(|(n, c)| ((*n).to_owned(), (*c).to_owned())).collect();
        Options { columns, header, ..Options::default() }
    }

    #[test]
    fn tables_are_read_as_they_are_described() {
        let tabs = Options {
            kind: Some("ipv4".into()),
            delimiter: Some(b'\t'),
            comment: Some(b'#'),
            ..columns(&[("value", "1")], false)
        };
        assert_eq!(
            values(b"# a comment\n#\n192.0.2.1\t10\n192.0.2.2\t9\n", &tabs),
            Ok(vec!["ipv4 192.0.2.1".into(), "ipv4 192.0.2.2".into()])
        );
        for by in [[("value", "2"), ("type", "1")], [("value", "Value"), ("type", "kind")]] {
            let table = b"kind,value\ndomain,\"a,b.example\"\r\n";
            assert_eq!(values(table, &columns(&by, true)), Ok(vec!["domain a,b.example".into()]));
        }
        assert_eq!(
            values(b"evil.example\n192.0.2.1\nJo Doe\n", &columns(&[], false)).unwrap(),
            ["domain evil.example", "ipv4 192.0.2.1", "indicator Jo Doe"]
        );
    }

    #[test]
    fn every_bad_line_is_named_as_an_editor_counts_and_the_others_are_read() {
        let table = b"v,t\r\n\r\n# c\r\none.example,domain\r\n,domain\r\n\"two\r\nlines\",x\r\na,b,c\r\n\"x\" y,z\r\n\xff,d\r\n\r\n\"open,domain\r\nlast.example,domain,,\r\n";
        let options = Options { comment: Some(b'#'), ..columns(&[("value", "1"), ("type", "2")], true) };
        assert_eq!(
            values(table, &options).unwrap(),
            [
                "domain one.example",
                "! line 5: there is no value in column 1",
                "! line 6: its value has a control character",
                "! line 8: it has 3 cells, and the table has 2 columns: a cell with a delimiter in it needs quotes",
                "! line 9: text stands behind a closing quote",
                "! line 10: it is not UTF-8",
                "! line 12: a quote is opened and never closed",
                "domain last.example",
            ]
        );
        let wrong =
            |all: &[(&str, &str)], header| seen_in(b"a,b\n", &columns(all, header), &mut |_| true).unwrap_err().usage;
        assert!(wrong(&[("value", "0")], false) && wrong(&[("value", "3")], false) && wrong(&[("x", "1")], false));
        assert!(wrong(&[("value", "c")], true) && wrong(&[("value", "a")], false));
    }

    #[test]
    fn each_row_has_its_own_marking() {
        let mut got = Vec::new();
        let options = columns(&[("value", "2"), ("tlp", "1")], false);
        seen_in(
            b"TLP:AMBER,a.example\nred,b.example\nWHITE,c.example\nsecret,d.example\n,e.example\n",
            &options,
            &mut |seen| {
                let Seen::Item(found) = seen else { panic!() };
                got.push((found.claim.tlp, found.claim.unknown.len()));
                true
            },
        )
        .unwrap();
        assert_eq!(got, [(Some(Tlp::Amber), 0), (Some(Tlp::Red), 0), (Some(Tlp::Clear), 0), (None, 1), (None, 0)]);
    }
}
