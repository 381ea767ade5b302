//! Published figures as text, HTML, CSV and JSON. The same release is the same bytes, always: nothing of the moment stands in it.

use super::release::{Release, Shown};
use crate::gate::cleared::Cleared;
use crate::value::class::words;
use crate::value::text::{pad, width};

words! {
    /// A form in which figures are published: the ending of its file.
    PageFormat {
        /// Lines of text.
        Text = "txt",
        /// A page with charts.
        Html = "html",
        /// A table of all cells.
        Csv = "csv",
        /// An object.
        Json = "json",
    }
}

/// The one mark of everything that is hidden: two kinds of mark would tell them apart.
pub const MARK: &str = "c";

const HOW_COUNTED: &str =
    "Each thing is counted once, in the period in which it began, as it stood when the period ended.";

/// Writes a release.
pub fn write(release: &Cleared<Release>, form: PageFormat) -> String {
    let release = release.value();
    match form {
        PageFormat::Text => text(release),
        PageFormat::Html => html(release),
        PageFormat::Csv => csv(release),
        PageFormat::Json => format!("{}\n", release.to_json()),
    }
}

fn shown(count: Option<i64>) -> String {
    count.map_or_else(|| MARK.to_owned(), |n| n.to_string())
}

/// The lines of a table with its sums: the heading first.
fn lines(table: &Shown) -> Vec<Vec<String>> {
    let head: Vec<String> =
        std::iter::once(String::new()).chain(table.columns.iter().cloned()).chain(["all".to_owned()]).collect();
    let rows = table.rows.iter().zip(&table.cells).zip(&table.row_totals).map(|((name, cells), total)| {
        std::iter::once(name.clone())
            .chain(cells.iter().map(|c| shown(*c)))
            .chain([shown(*total)])
            .collect::<Vec<String>>()
    });
    let sums = std::iter::once("all".to_owned()).chain(table.column_totals.iter().map(|c| shown(*c)));
    let last: Vec<String> = sums.chain([shown(table.total)]).collect();
    std::iter::once(head).chain(rows).chain([last]).collect()
}

/// When what was published before was corrected, and why: never silently.
fn corrections(release: &Release) -> Vec<String> {
    release.corrections.iter().map(|c| format!("Corrected on {}: {}.", c.on, c.because)).collect()
}

fn text(release: &Release) -> String {
    let Release { desk, from, to, threshold, .. } = release;
    let mut out = vec![
        format!("Figures of desk {desk}, from {from} until before {to}"),
        String::new(),
        HOW_COUNTED.to_owned(),
        format!("{MARK}: hidden. Nothing that is hidden can be computed back to a range narrower than {threshold}."),
    ];
    out.extend(corrections(release));
    for table in &release.tables {
        out.extend([String::new(), table.title.clone()]);
        let lines = lines(table);
        let columns = lines.first().map_or(0, Vec::len);
        let widths: Vec<usize> =
            (0..columns).map(|c| lines.iter().filter_map(|l| l.get(c)).map(|t| width(t)).max().unwrap_or(0)).collect();
        for line in lines {
            let cells = line.iter().zip(&widths).map(|(cell, width)| pad(cell, *width));
            out.push(cells.collect::<Vec<_>>().join("  ").trim_end().to_owned());
        }
    }
    out.extend([String::new(), "Withheld, and why".to_owned()]);
    out.extend(release.withheld.iter().map(|w| format!("- {}: {}", w.what, w.why)));
    if release.withheld.is_empty() {
        out.push("- nothing is withheld".to_owned());
    }
    out.join("\n") + "\n"
}

/// Text as HTML has it.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn html(release: &Release) -> String {
    let Release { desk, from, to, threshold, .. } = release;
    let title = escaped(&format!("Figures of desk {desk}, from {from} until before {to}"));
    let mut out = vec![
        "<!DOCTYPE html>".to_owned(),
        format!("<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>"),
        "body{font:16px/1.45 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111;background:#fff}".to_owned(),
        "table{border-collapse:collapse;margin:.5em 0}th,td{border:1px solid #888;padding:.2em .6em;text-align:right}".to_owned(),
        "th:first-child{text-align:left}.bar{background:#1f5fa8;height:.9em}.chart td,.chart th{border:0}.chart td{width:24em;text-align:left}".to_owned(),
        "@media print{.bar{-webkit-print-color-adjust:exact;print-color-adjust:exact}}".to_owned(),
        "</style></head><body>".to_owned(),
        format!("<h1>{title}</h1>"),
        format!("<p>{HOW_COUNTED}</p>"),
        format!("<p><b>{MARK}</b>: hidden. Nothing that is hidden can be computed back to a range narrower than {threshold}.</p>"),
    ];
    out.extend(corrections(release).iter().map(|said| format!("<p><b>{}</b></p>", escaped(said))));
    for table in &release.tables {
        out.push(format!("<h2>{}</h2>", escaped(&table.title)));
        out.push("<table>".to_owned());
        for (n, line) in lines(table).iter().enumerate() {
            let cell = |(c, text): (usize, &String)| {
                let tag = if n == 0 || c == 0 { "th" } else { "td" };
                format!("<{tag}>{}</{tag}>", escaped(text))
            };
            let cells: String = line.iter().enumerate().map(cell).collect();
            out.push(format!("<tr>{cells}</tr>"));
        }
        out.push("</table>".to_owned());
        out.extend(chart(table));
    }
    out.push("<h2>Withheld, and why</h2>".to_owned());
    out.push("<ul>".to_owned());
    out.extend(release.withheld.iter().map(|w| format!("<li>{}: {}</li>", escaped(&w.what), escaped(&w.why))));
    if release.withheld.is_empty() {
        out.push("<li>nothing is withheld</li>".to_owned());
    }
    out.push("</ul></body></html>".to_owned());
    out.join("\n") + "\n"
}

/// Bars of the sums of the rows that are shown; a hidden one has none, so that no length tells it.
fn chart(table: &Shown) -> Vec<String> {
    let most = table.row_totals.iter().flatten().max().copied().unwrap_or(0);
    if most == 0 {
        return Vec::new();
    }
    let mut out = vec!["<table class=\"chart\" aria-label=\"the same as bars\">".to_owned()];
    for (name, total) in table.rows.iter().zip(&table.row_totals) {
        let bar = match total {
            Some(total) => {
                let percent = total.saturating_mul(100) / most;
                format!("<div class=\"bar\" style=\"width:{percent}%\"></div>")
            }
            None => MARK.to_owned(),
        };
        out.push(format!("<tr><th>{}</th><td>{bar}</td></tr>", escaped(name)));
    }
    out.push("</table>".to_owned());
    out
}

/// A cell of a table of values: quoted where it must be, and never a formula.
pub fn csv_cell(text: &str) -> String {
    let begins_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if begins_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn csv(release: &Release) -> String {
    let mut out = vec!["desk,from,to,table,row,column,count".to_owned()];
    for table in &release.tables {
        let mut row = |row: &str, column: &str, count: Option<i64>| {
            let cells = [&*release.desk, &*release.from, &*release.to, &*table.title, row, column];
            let cells: Vec<String> = cells.iter().map(|c| csv_cell(c)).chain([shown(count)]).collect();
            out.push(cells.join(","));
        };
        for ((name, cells), total) in table.rows.iter().zip(&table.cells).zip(&table.row_totals) {
            table.columns.iter().zip(cells).for_each(|(column, count)| row(name, column, *count));
            row(name, "all", *total);
        }
        table.columns.iter().zip(&table.column_totals).for_each(|(column, count)| row("all", column, *count));
        row("all", "all", table.total);
    }
    for correction in &release.corrections {
        let cells = [&*release.desk, &*release.from, &*release.to, "corrected", &*correction.on, &*correction.because];
        let cells: Vec<String> = cells.iter().map(|c| csv_cell(c)).collect();
        out.push(format!("{},", cells.join(",")));
    }
    for withheld in &release.withheld {
        let cells = [&*release.desk, &*release.from, &*release.to, "withheld", &*withheld.what, &*withheld.why];
        let cells: Vec<String> = cells.iter().map(|c| csv_cell(c)).collect();
        out.push(format!("{},", cells.join(",")));
    }
    out.join("\n") + "\n"
}
