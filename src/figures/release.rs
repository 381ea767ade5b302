//! What is published of a period: tables, and what is withheld and why. Each thing is counted in one cell of one table of one
//! release, so no two tables can be set against each other.

use super::table::{Method, Published, Rerun, Table};
use crate::object;
use crate::value::json::{Json, Members};

/// A table as it is published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// What it counts.
    pub title: String,
    /// What the rows are.
    pub rows: Vec<String>,
    /// What the columns are.
    pub columns: Vec<String>,
    /// The cells; `None` is hidden.
    pub cells: Vec<Vec<Option<i64>>>,
    /// The sums of the rows.
    pub row_totals: Vec<Option<i64>>,
    /// The sums of the columns.
    pub column_totals: Vec<Option<i64>>,
    /// The sum of all.
    pub total: Option<i64>,
    /// How it is published.
    pub method: Method,
}

/// Something that is not published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Withheld {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// A release of figures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Release {
    /// The desk.
    pub desk: String,
    /// The first day.
    pub from: String,
    /// The day after the last.
    pub to: String,
    /// Counts below it are hidden.
    pub threshold: i64,
    /// The tables.
    pub tables: Vec<Shown>,
    /// What is withheld.
    pub withheld: Vec<Withheld>,
}

impl Shown {
    fn of(title: &str, published: Published) -> Self {
        Self {
            title: title.to_owned(),
            rows: published.rows,
            columns: published.columns,
            cells: published.cells,
            row_totals: published.row_totals,
            column_totals: published.column_totals,
            total: published.total,
            method: published.method,
        }
    }

    /// How many cells and sums are hidden.
    pub fn hidden(&self) -> usize {
        let sums = self.row_totals.iter().chain(&self.column_totals).chain([&self.total]);
        self.cells.iter().flatten().chain(sums).filter(|c| c.is_none()).count()
    }

    fn to_json(&self) -> Json {
        let count = |c: &Option<i64>| c.map_or(Json::Null, Json::from);
        let counts = |row: &Vec<Option<i64>>| Json::Arr(row.iter().map(count).collect());
        object! {
            "title" => self.title.as_str(),
            "rows" => self.rows.clone(),
            "columns" => self.columns.clone(),
            "cells" => Json::Arr(self.cells.iter().map(counts).collect()),
            "row_totals" => counts(&self.row_totals),
            "column_totals" => counts(&self.column_totals),
            "total" => count(&self.total),
            "method" => self.method,
        }
    }

    fn read(json: &Json) -> Option<Self> {
        let mut m = Members::of(json).ok()?;
        let count = |json: &Json| if json.is_null() { Some(None) } else { json.int().map(Some) };
        let counts = |json: &Json| json.items()?.iter().map(count).collect::<Option<Vec<_>>>();
        let words = |text: &str| Some(text.to_owned());
        Some(Self {
            title: m.text("title").ok()?.to_owned(),
            rows: m.list("rows", words).ok()?,
            columns: m.list("columns", words).ok()?,
            cells: m.need("cells").ok()?.items()?.iter().map(counts).collect::<Option<Vec<_>>>()?,
            row_totals: counts(m.need("row_totals").ok()?)?,
            column_totals: counts(m.need("column_totals").ok()?)?,
            total: m.maybe("total").and_then(Json::int),
            method: m.read("method", Method::parse).ok()?,
        })
    }
}

impl Release {
    /// What of these tables is published, each with its title; `withheld` is what is left out for another reason.
    pub fn of(
        (desk, from, to): (&str, &str, &str),
        threshold: i64,
        tables: &[(&str, Table)],
        mut withheld: Vec<Withheld>,
    ) -> Self {
        let mut shown = Vec::new();
        for (title, table) in tables {
            let published = Table { threshold, ..table.clone() }.suppressed();
            let why = match published.method {
                Method::Whole => None,
                Method::Cells => Some(format!(
                    "counts below {threshold}, and as many others as keep them from being computed back, by whoever runs this program too{}",
                    if published.rerun == Rerun::NotTried { " (not tried: the table is large)" } else { "" }
                )),
                Method::TotalOnly => {
                    Some("every choice of cells would tell more than it hides: only the total is shown".to_owned())
                }
                Method::Nothing => Some(format!("all of it: there are fewer than {threshold}, or too few to hide any")),
            };
            if let Some(why) = why {
                withheld.push(Withheld { what: (*title).to_owned(), why });
            }
            shown.push(Shown::of(title, published));
        }
        Self { desk: desk.to_owned(), from: from.to_owned(), to: to.to_owned(), threshold, tables: shown, withheld }
    }

    /// Returns it as JSON.
    pub fn to_json(&self) -> Json {
        let withheld = self.withheld.iter().map(|w| object! { "what" => w.what.as_str(), "why" => w.why.as_str() });
        object! {
            "desk" => self.desk.as_str(),
            "from" => self.from.as_str(),
            "to" => self.to.as_str(),
            "threshold" => self.threshold,
            "tables" => Json::Arr(self.tables.iter().map(Shown::to_json).collect()),
            "withheld" => Json::Arr(withheld.collect()),
        }
    }

    /// Reads it back; `None` where it is no release.
    pub fn read(json: &Json) -> Option<Self> {
        let mut m = Members::of(json).ok()?;
        let withheld = |json: &Json| {
            Some(Withheld { what: json.get("what")?.text()?.to_owned(), why: json.get("why")?.text()?.to_owned() })
        };
        Some(Self {
            desk: m.text("desk").ok()?.to_owned(),
            from: m.text("from").ok()?.to_owned(),
            to: m.text("to").ok()?.to_owned(),
            threshold: m.need("threshold").ok()?.int()?,
            tables: m.need("tables").ok()?.items()?.iter().map(Shown::read).collect::<Option<Vec<_>>>()?,
            withheld: m.need("withheld").ok()?.items()?.iter().map(withheld).collect::<Option<Vec<_>>>()?,
        })
    }
}
