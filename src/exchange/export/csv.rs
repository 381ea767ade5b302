//! Tables: one item a line, with its type, its markings and what is said of it. No cell can be taken for a formula by a spreadsheet.

use crate::exchange::leaving::{Leaving, Outgoing, Transfer};
use crate::exchange::report::Lines;

/// The columns, in order; the first eight are those that an import reads.
pub const COLUMNS: &[&str] = &[
    "type",
    "value",
    "tlp",
    "pap",
    "handling",
    "title",
    "note",
    "originator",
    "id",
    "tier",
    "category",
    "assertion",
    "source_grade",
    "information_grade",
    "statements",
    "delete_by",
];

/// Writes a table.
pub fn write(transfer: &Transfer, leaving: &Leaving<'_>, lost: &mut Lines) -> Vec<u8> {
    // A table has no place for a tag but a line before its heading.
    let mut out = transfer.exercise_tag().map(|tag| format!("{tag}\r\n")).unwrap_or_default();
    out.push_str(&COLUMNS.join(","));
    out.push_str("\r\n");
    for item in leaving.items() {
        let cells: Vec<String> = row(transfer, item).iter().map(|c| cell(c, lost)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
        for key in item.properties().keys() {
            lost.count("properties that a table has no column for", key);
        }
        for (scheme, id) in item.content.get("ids").and_then(|i| i.members()).unwrap_or_default() {
            lost.count("ids of other formats", &format!("{scheme} {}", id.text().unwrap_or_default()));
        }
        if !item.terms.references.is_empty() {
            lost.count("what items name", item.text("title").unwrap_or_else(|| item.value()));
        }
    }
    out.into_bytes()
}

fn row(transfer: &Transfer, item: &Outgoing) -> Vec<String> {
    let terms = &item.terms;
    let text = |key: &str| item.text(key).unwrap_or_default().to_owned();
    let codes: Vec<&str> = terms.marking.handling.iter().map(|h| h.word()).collect();
    vec![
        terms.kind.clone(),
        item.value().to_owned(),
        terms.marking.tlp.to_string(),
        terms.marking.pap.to_string(),
        codes.join(" "),
        text("title"),
        text("note"),
        item.text("originator").unwrap_or(&transfer.from).to_owned(),
        item.id.to_string(),
        terms.tier.to_string(),
        terms.category.to_string(),
        terms.assertion.to_string(),
        terms.source_grade.map(|g| g.to_string()).unwrap_or_default(),
        terms.information_grade.map(|g| g.to_string()).unwrap_or_default(),
        item.statements(transfer).join("; "),
        transfer.delete_by.to_date(),
    ]
}

/// A cell: in quotes where it needs them. What a spreadsheet would calculate gets an apostrophe before it, which is named.
fn cell(text: &str, lost: &mut Lines) -> String {
    let calculates = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']);
    let safe = if calculates {
        lost.count("cells with an apostrophe before them, which a spreadsheet would calculate", text);
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if safe.contains([',', '"', '\n', '\r', ';', '\t']) || safe != safe.trim() {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::leaving::tests::{all, item, transfer};

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_its_row() {
        let items = [
            item(1, "text", "=HYPERLINK(\"http://x.example\")", &[]),
            item(2, "text", " @SUM(1)", &[("note", "two\nlines, and a \"quote\"".into())]),
            item(3, "phone-number", "+99900000002", &[]),
            item(4, "domain", "evil.example", &[]),
        ];
        let mut lost = Lines::default();
        let table = String::from_utf8(write(&transfer(), &all(&items), &mut lost)).unwrap();
        assert!(table.contains("\r\ntext,\"'=HYPERLINK(\"\"http://x.example\"\")\",GREEN,AMBER,H0,"), "{table}");
        assert!(table.contains("\r\ntext,' @SUM(1),") || table.contains("text,\"' @SUM(1)\","), "{table}");
        assert!(table.contains("\"two\nlines, and a \"\"quote\"\"\"") && table.contains("'+99900000002"), "{table}");
        assert!(table.contains("\r\ndomain,evil.example,GREEN,"), "{table}");
        assert_eq!(lost.lines()[0].count, 3);
    }
}
