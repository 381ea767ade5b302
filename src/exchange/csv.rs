//! Tables: comma- or tab-separated lines, one item a line, in constant memory.

use std::io::BufRead;

use super::format::{Format, FormatError, Found, Options, screen};
use crate::value::class::Assertion;
use crate::value::text;

/// `csv`.
pub const FORMAT: Format = Format { name: "csv", about: "a table: comma- or tab-separated lines", read };

/// The columns that may be named.
pub const COLUMNS: &[&str] = &["value", "title", "note", "type"];

fn read(input: &mut dyn BufRead, options: &Options, each: &mut dyn FnMut(Found) -> bool) -> Result<(), FormatError> {
    let column = |name: &str| options.columns.iter().find(|(n, _)| n == name).map(|(_, i)| *i);
    if let Some((name, _)) = options.columns.iter().find(|(n, i)| !COLUMNS.contains(&n.as_str()) || *i == 0) {
        let what = format!("columns are {}, with numbers from 1", COLUMNS.join(", "));
        return Err(FormatError::new(format!("--column {}", text::shown(name)), what));
    }
    let value_at = column("value").unwrap_or(1);
    let mut table = ::csv::ReaderBuilder::new()
        .has_headers(options.header)
        .flexible(true)
        .delimiter(options.delimiter.unwrap_or(b','))
        .comment(options.comment)
        .from_reader(input);
    let mut row = ::csv::StringRecord::new();
    loop {
        let more = table.read_record(&mut row).map_err(|e| FormatError::new(place(e.position()), describe(&e)))?;
        if !more {
            return Ok(());
        }
        let cell = |at: Option<usize>| at.and_then(|i| row.get(i - 1)).map(str::trim).filter(|t| !t.is_empty());
        let bad = |what: String| FormatError::new(place(row.position()), what);
        let Some(value) = cell(Some(value_at)) else {
            return Err(bad(format!("there is no value in column {value_at}")));
        };
        let line = |name: &str, t: &str| {
            text::line(t).map_err(|e| FormatError::new(place(row.position()), format!("its {name} {e}")))
        };
        let kind = cell(column("type")).or(options.kind.as_deref()).unwrap_or("indicator");
        let kind = crate::record::definition::token(kind).ok_or_else(|| bad("its type is not one word".into()))?;
        let (screened, person_class) = screen(&kind);
        let category = options.category.unwrap_or(screened);
        let found = Found {
            category,
            tier: options.tier.unwrap_or(category.least_tier()),
            person_class,
            assertion: Assertion::Fact,
            source_grade: None,
            information_grade: None,
            marking: None,
            value: line("value", value)?,
            title: cell(column("title")).map(|t| line("title", t)).transpose()?,
            note: cell(column("note")).map(|t| text::body(t).map_err(|e| bad(format!("its note {e}")))).transpose()?,
            ids: Vec::new(),
            original: None,
            kind,
        };
        if !each(found) {
            return Ok(());
        }
    }
}

fn place(position: Option<&::csv::Position>) -> String {
    position.map_or_else(|| "the file".into(), |p| format!("line {}", p.line()))
}

fn describe(error: &::csv::Error) -> String {
    match error.kind() {
        ::csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".into(),
        ::csv::ErrorKind::Io(e) => e.to_string(),
        _ => "it is not a line of a table".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(table: &[u8], options: &Options) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        read(&mut &*table, options, &mut |f| {
            found.push(format!("{} {}", f.kind, f.value));
            true
        })
        .map_err(|e| e.to_string())?;
        Ok(found)
    }

    #[test]
    fn tables_are_read_as_they_are_described() {
        let tabs = Options {
            columns: vec![("value".into(), 1)],
            kind: Some("ipv4".into()),
            delimiter: Some(b'\t'),
            comment: Some(b'#'),
            ..Options::default()
        };
        assert_eq!(
            values(b"# a comment\n#\n192.0.2.1\t10\n192.0.2.2\t9\n", &tabs),
            Ok(vec!["ipv4 192.0.2.1".into(), "ipv4 192.0.2.2".into()])
        );
        let named =
            Options { columns: vec![("value".into(), 2), ("type".into(), 1)], header: true, ..Options::default() };
        assert_eq!(values(b"kind,value\ndomain,\"a,b.example\"\r\n", &named), Ok(vec!["domain a,b.example".into()]));
    }

    #[test]
    fn a_bad_line_is_named() {
        let plain = Options::default();
        for (table, want) in [
            (&b"a\n\xff\n"[..], "it is not UTF-8"),
            (b"a\n,b\n", "there is no value in column 1"),
            (b"a\x1b[31m\n", "its value has a control character"),
        ] {
            let got = values(table, &plain).unwrap_err();
            assert!(got.starts_with("line ") && got.ends_with(want), "{got}");
        }
        let zero = Options { columns: vec![("value".into(), 0)], ..Options::default() };
        assert!(values(b"a\n", &zero).is_err());
    }
}
