//! The SQL of the store: the files of `sql/`, with each statement used by its name.

/// The schema of format 1.
pub const FIRST: &str = include_str!("sql/schema.sql");
/// The migrations, each from one format to the next; the first leads to format 2.
pub const LATER: &[&str] = &[
    include_str!("sql/format-2.sql"),
    include_str!("sql/format-3.sql"),
    include_str!("sql/format-4.sql"),
    include_str!("sql/format-5.sql"),
];

/// Returns the SQL that creates a workspace of a format: 1 to [`FORMAT`].
pub fn schema(format: i64) -> String {
    let later = usize::try_from(format - 1).unwrap_or(0);
    std::iter::once(FIRST).chain(LATER.iter().take(later).copied()).collect()
}

/// The format that this program writes.
pub const FORMAT: i64 = 1 + LATER.len() as i64;
/// The first format whose records are those of [`FORMAT`]: with their digests, their counts, and what they were before an act.
pub const RECORDS_SINCE: i64 = 4;

const STATEMENTS: &str = include_str!("sql/statements.sql");
const NAME: &str = "-- name: ";

/// The statement of that name in `statements.sql`, as a constant: an unknown name does not compile.
macro_rules! sql {
    ($name:literal) => {{
        const FOUND: Option<&str> = $crate::store::statement::find($name);
        const _: () = assert!(FOUND.is_some(), concat!("statements.sql has no statement of the name ", $name));
        const SQL: &str = match FOUND {
            Some(sql) => sql,
            None => "",
        };
        SQL
    }};
}
pub(super) use sql;

/// Returns the statement of that name in `statements.sql`.
pub(super) const fn find(name: &str) -> Option<&'static str> {
    let mut rest = STATEMENTS;
    while let Some((_, named)) = split(rest, NAME) {
        let Some((this, after)) = split(named, "\n") else { return None };
        if is_same(this.as_bytes(), name.as_bytes()) {
            let sql = match split(after, NAME) {
                Some((sql, _)) => sql,
                None => after,
            };
            return Some(sql.trim_ascii());
        }
        rest = after;
    }
    None
}

/// Splits a text around the first occurrence of an ASCII mark.
const fn split<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let (mut rest, mut at) = (text.as_bytes(), 0);
    while !rest.is_empty() {
        if let Some(after) = strip(rest, mark.as_bytes()) {
            let (before, _) = text.split_at(at);
            let (_, after) = text.split_at(text.len() - after.len());
            return Some((before, after));
        }
        rest = match rest.split_first() {
            Some((_, rest)) => rest,
            None => rest,
        };
        at += 1;
    }
    None
}

const fn strip<'a>(bytes: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    let (mut bytes, mut start) = (bytes, start);
    while let Some((expected, expected_rest)) = start.split_first() {
        match bytes.split_first() {
            Some((byte, rest)) if *byte == *expected => (bytes, start) = (rest, expected_rest),
            _ => return None,
        }
    }
    Some(bytes)
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    matches!(strip(a, b), Some([]))
}

#[cfg(test)]
mod tests {
    use super::{FORMAT, NAME, STATEMENTS, find, schema};

    fn names() -> impl Iterator<Item = &'static str> {
        STATEMENTS.split(NAME).skip(1).filter_map(|part| part.lines().next())
    }

    #[test]
    fn every_statement_is_sql_for_this_schema() {
        let db = crate::store::connection::in_memory().unwrap();
        db.execute_batch(&schema(FORMAT)).unwrap();
        db.execute_batch(sql!("search.vocabulary")).unwrap();
        for name in names() {
            let sql = find(name).unwrap_or_else(|| panic!("{name} is not found"));
            db.prepare(sql).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
    }

    #[test]
    fn a_statement_is_found_by_its_whole_name_and_ends_before_the_next() {
        assert_eq!(find("meta.get"), Some("SELECT value FROM meta WHERE key = ?1"));
        let last = "SELECT coalesce(sql, name) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
        assert_eq!(find("schema"), Some(last), "the last one ends with the file");
        for unknown in ["", "meta", "meta.ge", "meta.gett", "META.GET", "act.none"] {
            assert_eq!(find(unknown), None, "{unknown}");
        }
        let mut all: Vec<_> = names().collect();
        all.sort_unstable();
        assert!(!all.is_empty() && all.windows(2).all(|pair| pair[0] != pair[1]), "names are unique");
    }
    #[test]
    fn no_statement_is_left_unused() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let sources = files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap());
        let code: String =
            sources.map(|source| source.split("#[cfg(test)]").next().unwrap_or_default().to_owned()).collect();
        for name in names() {
            assert!(code.contains(&format!("sql!(\"{name}\")")), "{name} is used nowhere");
        }
    }
}
