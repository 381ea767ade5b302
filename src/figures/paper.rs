//! A paper that the law asks for, as text and as a page: each field computed of records, or said to be not held here.

use super::page::escaped;
use crate::gate::cleared::Cleared;
use crate::value::text::shown_lines;

/// A paper that is filled in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filled {
    /// The desk.
    pub desk: String,
    /// The day.
    pub on: String,
    /// Its title.
    pub title: String,
    /// What asks for it.
    pub source: String,
    /// Its fields: the article, what it is called, what it says.
    pub fields: Vec<(String, String, String)>,
}

/// Writes a paper.
pub fn write(paper: &Cleared<Filled>, as_page: bool) -> String {
    let Filled { desk, on, title, source, fields } = paper.value();
    let head = format!("Desk {desk}, {on}; asked for by {source}. Each field is computed of the record.");
    if !as_page {
        let mut out = vec![title.clone(), head];
        for (article, label, value) in fields {
            out.extend([String::new(), format!("{label} ({article})")]);
            out.extend(shown_lines(value).iter().map(|line| format!("  {line}")));
        }
        return out.join("\n") + "\n";
    }
    let mut out = vec![
        "<!DOCTYPE html>".to_owned(),
        format!("<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title><style>", escaped(title)),
        "body{font:16px/1.45 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111;background:#fff}".to_owned(),
        "table{border-collapse:collapse}th,td{border:1px solid #888;padding:.2em .6em;text-align:left;vertical-align:top}".to_owned(),
        "</style></head><body>".to_owned(),
        format!("<h1>{}</h1><p>{}</p><table>", escaped(title), escaped(&head)),
    ];
    for (article, label, value) in fields {
        let lines: Vec<String> = shown_lines(value).iter().map(|line| escaped(line)).collect();
        out.push(format!(
            "<tr><th>{}</th><td>{}</td><td>{}</td></tr>",
            escaped(label),
            escaped(article),
            lines.join("<br>")
        ));
    }
    out.push("</table></body></html>".to_owned());
    out.join("\n") + "\n"
}
