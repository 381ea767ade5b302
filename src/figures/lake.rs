//! Figures of one desk and month, as a folder that any engine reads: tables of values, and a description of them
//! (`datapackage.json`, of Frictionless Data). Small counts are hidden here, at the source; no person is in it, and no id.

use super::page::csv_cell;
use crate::gate::cleared::Cleared;
use crate::object;
use crate::value::json::{Json, Members};

/// How often something was done, in a month.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Done {
    /// What was done: the kind of act.
    pub what: String,
    /// For whom.
    pub how: String,
    /// How often.
    pub count: i64,
}

/// How many requests of a kind were sent, in a month.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SentCount {
    /// The kind of request.
    pub what: String,
    /// How many.
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
    /// Counts up to it have no row; zero: all have one, which only an oversight compartment has.
    pub threshold: i64,
    /// Acts, by kind and by whom they are for.
    pub acts: Vec<Done>,
    /// Requests that were sent in the month, by kind.
    pub requests: Vec<SentCount>,
    /// Kinds of act that have no row, however many there were: beside what was published they would tell what is hidden.
    pub withheld: Vec<String>,
    /// Whether no request has a row, for the same reason.
    pub withholds_requests: bool,
}

impl Month {
    /// Whether a kind of act has no row, however many there were.
    pub fn withholds(&self, kind: &str) -> bool {
        self.withheld.iter().any(|withheld| withheld == kind)
    }

    /// What of it is written: no count up to the threshold has a row, so that whether there were any is not told either; and of
    /// what is withheld there is none.
    #[must_use]
    pub fn written(&self, withheld: &[&str], withholds_requests: bool) -> Self {
        let mut written = Self {
            withheld: withheld.iter().map(|kind| (*kind).to_owned()).collect(),
            withholds_requests,
            ..self.clone()
        };
        written.acts.retain(|done| done.count > self.threshold && !withheld.contains(&done.what.as_str()));
        written.requests.retain(|asked| asked.count > self.threshold && !withholds_requests);
        written
    }

    /// Returns it as JSON.
    pub fn to_json(&self) -> Json {
        let done = |d: &Done| object! { "what" => d.what.as_str(), "how" => d.how.as_str(), "count" => d.count };
        let asked = |a: &SentCount| object! { "what" => a.what.as_str(), "count" => a.count };
        object! {
            "desk" => self.desk.as_str(),
            "period" => self.period.as_str(),
            "threshold" => self.threshold,
            "acts" => Json::Arr(self.acts.iter().map(done).collect()),
            "requests" => Json::Arr(self.requests.iter().map(asked).collect()),
            "withheld" => self.withheld.clone(),
            "withholds_requests" => self.withholds_requests,
        }
    }

    /// Reads a month that is over back; `None` where it is none.
    pub fn read(json: &Json) -> Option<Self> {
        let mut m = Members::of(json).ok()?;
        let text = |json: &Json, key: &str| Some(json.get(key)?.text()?.to_owned());
        let count = |json: &Json| json.get("count")?.int();
        let done = |json: &Json| Some(Done { what: text(json, "what")?, how: text(json, "how")?, count: count(json)? });
        let asked = |json: &Json| Some(SentCount { what: text(json, "what")?, count: count(json)? });
        Some(Self {
            desk: m.text("desk").ok()?.to_owned(),
            period: m.text("period").ok()?.to_owned(),
            is_closed: true,
            threshold: m.need("threshold").ok()?.int()?,
            acts: m.need("acts").ok()?.items()?.iter().map(done).collect::<Option<Vec<_>>>()?,
            requests: m.need("requests").ok()?.items()?.iter().map(asked).collect::<Option<Vec<_>>>()?,
            withheld: m.list("withheld", |kind| Some(kind.to_owned())).ok()?,
            withholds_requests: m.need("withholds_requests").ok()?.truth()?,
        })
    }
}

/// A file of a month: its name and its bytes.
pub type LakeFile = (String, Vec<u8>);

/// The kind that stands for all that have no row.
const OTHER: &str = "other";

/// Writes the files of a month.
pub fn write(month: &Cleared<Month>) -> Vec<LakeFile> {
    let month = month.value();
    // A month that runs has names of its own, so that nobody takes it for one that is over.
    let running = if month.is_closed { "" } else { "-open" };
    let (acts, requests) = (format!("acts{running}.csv"), format!("requests{running}.csv"));
    let audience = field("audience", "string", "For whom it was: own-desk, partners or desks.");
    let mut withheld = month.withheld.clone();
    if month.withholds_requests {
        withheld.push("requests".to_owned());
    }
    let described = object! {
        "profile" => "tabular-data-package",
        "name" => format!("comity-{}-{}", month.desk.to_lowercase(), month.period),
        "title" => format!("Figures of desk {} for {}", month.desk, month.period),
        "closed" => month.is_closed,
        "threshold" => month.threshold,
        "withheld" => withheld,
        "description" => "Counts of a desk, small ones hidden at the source. What has no row was done so often as the threshold at most, or not at all; the row `other` stands for all of it. What is withheld has no row however often it was done: beside other published figures it would tell what they hide. A month that is not closed changes still, and is never published.",
        "resources" => Json::Arr(vec![
            resource("acts", &acts, "The kind of act.", Some(audience)),
            resource("requests", &requests, "The kind of request that was sent, a row of the law.", None),
        ]),
    };
    vec![
        (acts, of_acts(month)),
        (requests, of_requests(month)),
        ("datapackage.json".to_owned(), format!("{described}\n").into_bytes()),
    ]
}

fn field(name: &str, kind: &str, meaning: &str) -> Json {
    object! { "name" => name, "type" => kind, "description" => meaning }
}

fn resource(name: &str, path: &str, kind: &str, more: Option<Json>) -> Json {
    let mut fields = vec![
        field("desk", "string", "The code of the desk."),
        field("period", "string", "The month, in UTC: year and month."),
        field("closed", "boolean", "Whether the month is over."),
        field("kind", "string", kind),
    ];
    fields.extend(more);
    fields.push(field("count", "integer", "How many; empty in the row `other`."));
    fields.push(field("hidden", "boolean", "Whether the row stands for what is hidden."));
    object! {
        "name" => name,
        "path" => path,
        "format" => "csv",
        "encoding" => "utf-8",
        "schema" => object! { "fields" => Json::Arr(fields), "missingValues" => vec![String::new()] },
    }
}

fn of_acts(month: &Month) -> Vec<u8> {
    let rows = month.acts.iter().map(|done| (vec![done.what.as_str(), done.how.as_str()], done.count));
    table(month, &["kind", "audience"], rows)
}

fn of_requests(month: &Month) -> Vec<u8> {
    let rows = month.requests.iter().map(|asked| (vec![asked.what.as_str()], asked.count));
    table(month, &["kind"], rows)
}

fn table<'a>(month: &Month, named: &[&str], rows: impl Iterator<Item = (Vec<&'a str>, i64)>) -> Vec<u8> {
    let mut out = vec![format!("desk,period,closed,{},count,hidden", named.join(","))];
    let [desk, period] = [&month.desk, &month.period].map(|cell| csv_cell(cell));
    let begin = format!("{desk},{period},{}", month.is_closed);
    for (cells, count) in rows {
        let cells: Vec<String> = cells.into_iter().map(csv_cell).collect();
        out.push(format!("{begin},{},{count},false", cells.join(",")));
    }
    if month.threshold > 0 {
        let empty = ",".repeat(named.len() - 1);
        out.push(format!("{begin},{OTHER}{empty},,true"));
    }
    (out.join("\n") + "\n").into_bytes()
}
