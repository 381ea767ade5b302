//! The budget report as text, HTML and CSV: each line with what is committed and spent, who bears it, who has paid, and the rules of
//! the instruments on costs. Amounts come as decimal strings of their currency; nothing is converted, and no two currencies are
//! added.

use super::page::{PageFormat, csv_cell, escaped};
use crate::gate::cleared::Cleared;
use crate::value::text::{pad, width};

/// What a desk bears of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Share {
    /// The desk.
    pub desk: String,
    /// Its share of what was spent.
    pub due: String,
    /// What it has paid.
    pub paid: String,
    /// What is open.
    pub open: String,
}

/// A line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its title.
    pub title: String,
    /// Its period.
    pub period: String,
    /// Its currency.
    pub currency: String,
    /// How much it holds.
    pub amount: String,
    /// How much of that is committed.
    pub committed: String,
    /// How much was spent.
    pub spent: String,
    /// How much is left.
    pub left: String,
    /// By which rule it is shared.
    pub rule: String,
    /// Who gives the money, what for, and when it is reported.
    pub donor: String,
    /// Who bears and has paid what.
    pub shares: Vec<Share>,
    /// Commitments, costs and contributions: when, what, of whom, how much.
    pub movements: Vec<[String; 4]>,
    /// What is to be looked at.
    pub notes: Vec<String>,
}

/// The report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Budget {
    /// The desk.
    pub desk: String,
    /// The day.
    pub on: String,
    /// The lines.
    pub lines: Vec<Line>,
    /// Rules of instruments on costs: the article, and what it says.
    pub rules: Vec<(String, String)>,
}

/// Writes the report.
pub fn write(budget: &Cleared<Budget>, form: PageFormat) -> Option<String> {
    let budget = budget.value();
    match form {
        PageFormat::Text => Some(text(budget)),
        PageFormat::Html => Some(html(budget)),
        PageFormat::Csv => Some(csv(budget)),
        PageFormat::Json => None,
    }
}

fn facts(line: &Line) -> Vec<(&'static str, String)> {
    let money = |amount: &String| format!("{amount} {}", line.currency);
    let mut facts = vec![
        ("period", line.period.clone()),
        ("amount", money(&line.amount)),
        ("committed", money(&line.committed)),
        ("spent", money(&line.spent)),
        ("left", money(&line.left)),
        ("shared", if line.rule.is_empty() { "nobody has said how".to_owned() } else { line.rule.clone() }),
    ];
    if !line.donor.is_empty() {
        facts.push(("donor", line.donor.clone()));
    }
    facts
}

fn tables(line: &Line) -> Vec<Vec<Vec<String>>> {
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    let mut shares = vec![row(["desk", "due", "paid", "open"])];
    shares.extend(line.shares.iter().map(|s| row([&*s.desk, &*s.due, &*s.paid, &*s.open])));
    let mut movements = vec![row(["when", "what", "of", "amount"])];
    movements.extend(line.movements.iter().map(|m| m.to_vec()));
    [shares, movements].into_iter().filter(|table| table.len() > 1).collect()
}

fn text(budget: &Budget) -> String {
    let mut out = vec![format!("Budget of desk {}, {}", budget.desk, budget.on)];
    for line in &budget.lines {
        out.extend([String::new(), line.title.clone()]);
        out.extend(facts(line).iter().map(|(name, value)| format!("  {}  {value}", pad(name, 9))));
        for table in tables(line) {
            out.push(String::new());
            let widths: Vec<usize> =
                (0..4).map(|c| table.iter().filter_map(|r| r.get(c)).map(|t| width(t)).max().unwrap_or(0)).collect();
            for row in table {
                let cells = row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width));
                out.push(format!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end()));
            }
        }
        out.extend(line.notes.iter().map(|note| format!("  ! {note}")));
    }
    if budget.lines.is_empty() {
        out.extend([String::new(), "There is no budget line.".to_owned()]);
    }
    out.extend([String::new(), "Who bears costs, by instrument".to_owned()]);
    out.extend(budget.rules.iter().map(|(article, text)| format!("  {article}: {text}")));
    out.join("\n") + "\n"
}

fn html(budget: &Budget) -> String {
    let title = escaped(&format!("Budget of desk {}, {}", budget.desk, budget.on));
    let mut out = vec![
        "<!DOCTYPE html>".to_owned(),
        format!("<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>"),
        "body{font:16px/1.45 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111;background:#fff}".to_owned(),
        "table{border-collapse:collapse;margin:.5em 0}th,td{border:1px solid #888;padding:.2em .6em;text-align:left}td:last-child{text-align:right}"
            .to_owned(),
        "</style></head><body>".to_owned(),
        format!("<h1>{title}</h1>"),
    ];
    for line in &budget.lines {
        out.push(format!("<h2>{}</h2>", escaped(&line.title)));
        let rows: String = facts(line)
            .iter()
            .map(|(name, value)| format!("<tr><th>{name}</th><td>{}</td></tr>", escaped(value)))
            .collect();
        out.push(format!("<table>{rows}</table>"));
        for table in tables(line) {
            out.push("<table>".to_owned());
            for (n, row) in table.iter().enumerate() {
                let tag = if n == 0 { "th" } else { "td" };
                let cells: String = row.iter().map(|c| format!("<{tag}>{}</{tag}>", escaped(c))).collect();
                out.push(format!("<tr>{cells}</tr>"));
            }
            out.push("</table>".to_owned());
        }
        out.extend(line.notes.iter().map(|note| format!("<p><b>!</b> {}</p>", escaped(note))));
    }
    out.push("<h2>Who bears costs, by instrument</h2><ul>".to_owned());
    out.extend(budget.rules.iter().map(|(a, t)| format!("<li>{}: {}</li>", escaped(a), escaped(t))));
    out.push("</ul></body></html>".to_owned());
    out.join("\n") + "\n"
}

fn csv(budget: &Budget) -> String {
    let mut out = vec!["line,period,currency,what,of,when,amount".to_owned()];
    for line in &budget.lines {
        let mut row = |what: &str, of: &str, when: &str, amount: &str| {
            let cells = [&*line.title, &*line.period, &*line.currency, what, of, when].map(csv_cell);
            // An amount is a number, and below zero it begins with a sign.
            out.push(format!("{},{amount}", cells.join(",")));
        };
        for (what, amount) in
            [("amount", &line.amount), ("committed", &line.committed), ("spent", &line.spent), ("left", &line.left)]
        {
            row(what, "", "", amount);
        }
        for share in &line.shares {
            row("due", &share.desk, "", &share.due);
            row("paid", &share.desk, "", &share.paid);
            row("open", &share.desk, "", &share.open);
        }
        line.movements.iter().for_each(|[when, what, of, amount]| row(what, of, when, amount));
    }
    out.join("\n") + "\n"
}
