//! The statements of the store: SQL stands in `sql/`, and is used by name.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What makes a workspace of format 1.
pub const FIRST: &str = include_str!("sql/schema.sql");
/// What makes each later format of the one before it, from format 2 on.
pub const LATER: &[&str] = &[include_str!("sql/format-2.sql")];

/// What makes a workspace of a format: 1 to [`FORMAT`].
pub fn schema(format: i64) -> String {
    let later = usize::try_from(format - 1).unwrap_or(0);
    std::iter::once(FIRST).chain(LATER.iter().take(later).copied()).collect()
}

/// The format that is written.
pub const FORMAT: i64 = 1 + LATER.len() as i64;

static STATEMENTS: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let parts = include_str!("sql/statements.sql").split("-- name: ").skip(1);
    parts.filter_map(|part| part.split_once('\n')).map(|(name, sql)| (name.trim(), sql.trim())).collect()
});

/// The statement of that name; an unknown name is no SQL and fails where it is prepared.
pub fn sql(name: &'static str) -> &'static str {
    STATEMENTS.get(name).copied().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{FORMAT, STATEMENTS, schema};

    #[test]
    fn every_statement_is_sql_for_this_schema() {
        let db = crate::store::connection::in_memory().unwrap();
        db.execute_batch(&schema(FORMAT)).unwrap();
        db.execute_batch(STATEMENTS["search.vocabulary"]).unwrap();
        for (name, sql) in STATEMENTS.iter() {
            db.prepare(sql).unwrap_or_else(|e| panic!("{name}: {e}"));
        }
        let used = concat!(
            include_str!("records.rs"),
            include_str!("log.rs"),
            include_str!("read.rs"),
            include_str!("replay.rs"),
            include_str!("search.rs"),
            include_str!("tree.rs"),
            include_str!("connection.rs")
        );
        for name in STATEMENTS.keys() {
            assert!(used.contains(&format!("\"{name}\"")), "{name} is used nowhere");
        }
    }
}
