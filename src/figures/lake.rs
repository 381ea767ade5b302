//! Figures of one desk and month, as a folder that any engine reads: tables of values, and a description of them
//! (`datapackage.json`, of Frictionless Data). Small counts are hidden here, at the source; no person is in it, and no id.

use super::page::csv_cell;
use crate::gate::cleared::Cleared;
use crate::object;
use crate::value::json::Json;

/// How often something was done, in a month.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Done {
    /// What was done: the kind of act, or of request.
    pub what: String,
    /// By whom, for whom, or what became of it.
    pub how: String,
    /// How often.
    pub count: i64,
}

/// A month of figures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Month {
    /// The desk.
    pub desk: String,
    /// The month: `2026-06`.
    pub period: String,
    /// Whether it is over.
    pub is_closed: bool,
    /// Counts below it are hidden; zero: none is, which only an oversight compartment has.
    pub threshold: i64,
    /// Acts, by kind and by whom they are for.
    pub acts: Vec<Done>,
    /// Requests that were sent in the month, by kind and by what became of them.
    pub requests: Vec<Done>,
}

/// A file of a month: its name and its bytes.
pub type LakeFile = (String, Vec<u8>);

/// Writes the files of a month.
pub fn write(month: &Cleared<Month>) -> Vec<LakeFile> {
    let month = month.value();
    // A month that runs has names of its own, so that nobody takes it for one that is over.
    let running = if month.is_closed { "" } else { "-open" };
    let (acts, requests) = (format!("acts{running}.csv"), format!("requests{running}.csv"));
    let described = object! {
        "profile" => "tabular-data-package",
        "name" => format!("comity-{}-{}", month.desk.to_lowercase(), month.period),
        "title" => format!("Figures of desk {} for {}", month.desk, month.period),
        "closed" => month.is_closed,
        "threshold" => month.threshold,
        "description" => "Counts of a desk, small ones hidden at the source. A count that is empty is hidden: it is below the threshold. A month that is not closed changes still, and is never published.",
        "resources" => Json::Arr(vec![
            resource("acts", &acts, ("kind", "The kind of act."), ("audience", "For whom it was: own-desk, partners or desks.")),
            resource("requests", &requests, ("kind", "The kind of request, a row of the law."), ("outcome", "What became of it by the end of the month.")),
        ]),
    };
    vec![
        (acts, table(month, &month.acts, ("kind", "audience"))),
        (requests, table(month, &month.requests, ("kind", "outcome"))),
        ("datapackage.json".to_owned(), format!("{described}\n").into_bytes()),
    ]
}

fn field(name: &str, kind: &str, meaning: &str) -> Json {
    object! { "name" => name, "type" => kind, "description" => meaning }
}

fn resource(name: &str, path: &str, what: (&str, &str), how: (&str, &str)) -> Json {
    let fields = vec![
        field("desk", "string", "The code of the desk."),
        field("period", "string", "The month, in UTC: year and month."),
        field("closed", "boolean", "Whether the month is over."),
        field(what.0, "string", what.1),
        field(how.0, "string", how.1),
        field("count", "integer", "How many; empty where it is below the threshold."),
        field("hidden", "boolean", "Whether the count is hidden."),
    ];
    object! {
        "name" => name,
        "path" => path,
        "format" => "csv",
        "encoding" => "utf-8",
        "schema" => object! { "fields" => Json::Arr(fields), "missingValues" => vec![String::new()] },
    }
}

fn table(month: &Month, rows: &[Done], (what, how): (&str, &str)) -> Vec<u8> {
    let mut out = vec![format!("desk,period,closed,{what},{how},count,hidden")];
    for row in rows {
        let is_hidden = row.count < month.threshold;
        let count = if is_hidden { String::new() } else { row.count.to_string() };
        let [desk, period, what, how] = [&month.desk, &month.period, &row.what, &row.how].map(|cell| csv_cell(cell));
        out.push(format!("{desk},{period},{},{what},{how},{count},{is_hidden}", month.is_closed));
    }
    (out.join("\n") + "\n").into_bytes()
}
