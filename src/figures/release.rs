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

/// Why a table is not published whole; `None`: it is.
fn why(published: &Published) -> Option<String> {
    let threshold = published.threshold;
    match published.method {
        Method::Whole => None,
        Method::Cells => Some(format!(
            "counts below {threshold}, and as many others as keep them from being computed back, by whoever runs this program too{}",
            if published.rerun == Rerun::NotTried { " (not tried: the table is large)" } else { "" }
        )),
        Method::TotalOnly => {
            Some("every choice of cells would tell more than it hides: only the total is shown".to_owned())
        }
        Method::Nothing => Some(format!("all of it: there are fewer than {threshold}, or too few to hide any")),
    }
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
    /// When it was corrected, and why.
    pub corrections: Vec<Correction>,
}

/// That what was published was wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Correction {
    /// On which day it was corrected.
    pub on: String,
    /// Why.
    pub because: String,
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

    /// The same with everything hidden.
    fn blank(&self) -> Self {
        let mut blank = self.clone();
        blank.cells.iter_mut().flatten().for_each(|c| *c = None);
        blank.row_totals.iter_mut().chain(&mut blank.column_totals).for_each(|c| *c = None);
        Self { total: None, method: Method::Nothing, ..blank }
    }

    fn figures(&self) -> impl Iterator<Item = Option<i64>> + '_ {
        let sums = self.row_totals.iter().chain(&self.column_totals).chain([&self.total]);
        self.cells.iter().flatten().chain(sums).copied()
    }

    /// Whether two versions of a table, set beside each other, would tell what either hides: one shows a figure that the other hides, or
    /// a figure moved by less than the threshold. Where one of them shows nothing, there is nothing to compare.
    fn tells_beside(&self, other: &Self, threshold: i64) -> bool {
        let shows = |table: &Self| table.figures().any(|f| f.is_some());
        if !shows(self) || !shows(other) {
            return false;
        }
        let moved = |pair: (Option<i64>, Option<i64>)| match pair {
            (None, None) => false,
            (Some(a), Some(b)) => a != b && (a - b).abs() < threshold,
            _ => true,
        };
        (&self.rows, &self.columns) != (&other.rows, &other.columns) || self.figures().zip(other.figures()).any(moved)
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
            withheld.extend(why(&published).map(|why| Withheld { what: (*title).to_owned(), why }));
            shown.push(Shown::of(title, published));
        }
        Self {
            desk: desk.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            threshold,
            tables: shown,
            withheld,
            corrections: Vec::new(),
        }
    }

    /// Withholds a table where it would tell too much beside something else, and says so.
    pub fn withhold_where(&mut self, title: &str, tells: impl FnOnce(&Shown) -> bool) {
        let Some(table) = self.tables.iter_mut().find(|t| t.title == title) else { return };
        if !table.figures().any(|f| f.is_some()) || !tells(table) {
            return;
        }
        *table = table.blank();
        self.withheld.retain(|w| w.what != title);
        let why = "figures of its months were written before; beside them, these would tell what is hidden".to_owned();
        self.withheld.push(Withheld { what: title.to_owned(), why });
    }

    /// It with the figures as they are now, where they differ. What set beside any version that was published would tell what one of them
    /// hides is withheld, and that is said. `None`: nothing differs.
    pub fn corrected(&self, earlier: &[Self], tables: &[(&str, Table)], correction: Correction) -> Option<Self> {
        let mut next = self.clone();
        next.withheld.retain(|w| !tables.iter().any(|(title, _)| *title == w.what));
        for (title, table) in tables {
            let published = Table { threshold: self.threshold, ..table.clone() }.suppressed();
            let (mut reason, mut fresh) = (why(&published), Shown::of(title, published));
            let versions = || earlier.iter().chain([self]).flat_map(|r| &r.tables).filter(|t| t.title == *title);
            if versions().any(|version| version.tells_beside(&fresh, self.threshold)) {
                fresh = fresh.blank();
                reason = Some(
                    "what was published of it was wrong; beside that, the corrected figures would tell what is hidden"
                        .to_owned(),
                );
            }
            next.withheld.extend(reason.map(|why| Withheld { what: (*title).to_owned(), why }));
            match next.tables.iter_mut().find(|t| t.title == *title) {
                Some(place) => *place = fresh,
                None => next.tables.push(fresh),
            }
        }
        if next.tables == self.tables {
            return None;
        }
        next.corrections.push(correction);
        Some(next)
    }

    /// Returns it as JSON.
    pub fn to_json(&self) -> Json {
        let withheld = self.withheld.iter().map(|w| object! { "what" => w.what.as_str(), "why" => w.why.as_str() });
        let corrections =
            self.corrections.iter().map(|c| object! { "on" => c.on.as_str(), "because" => c.because.as_str() });
        object! {
            "desk" => self.desk.as_str(),
            "from" => self.from.as_str(),
            "to" => self.to.as_str(),
            "threshold" => self.threshold,
            "tables" => Json::Arr(self.tables.iter().map(Shown::to_json).collect()),
            "withheld" => Json::Arr(withheld.collect()),
            "corrections" => Json::Arr(corrections.collect()),
        }
    }

    /// Reads it back; `None` where it is no release.
    pub fn read(json: &Json) -> Option<Self> {
        let mut m = Members::of(json).ok()?;
        let withheld = |json: &Json| {
            Some(Withheld { what: json.get("what")?.text()?.to_owned(), why: json.get("why")?.text()?.to_owned() })
        };
        let corrected = |json: &Json| {
            Some(Correction {
                on: json.get("on")?.text()?.to_owned(),
                because: json.get("because")?.text()?.to_owned(),
            })
        };
        Some(Self {
            desk: m.text("desk").ok()?.to_owned(),
            from: m.text("from").ok()?.to_owned(),
            to: m.text("to").ok()?.to_owned(),
            threshold: m.need("threshold").ok()?.int()?,
            tables: m.need("tables").ok()?.items()?.iter().map(Shown::read).collect::<Option<Vec<_>>>()?,
            corrections: m.need("corrections").ok()?.items()?.iter().map(corrected).collect::<Option<Vec<_>>>()?,
            withheld: m.need("withheld").ok()?.items()?.iter().map(withheld).collect::<Option<Vec<_>>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(counts: &[[i64; 3]]) -> (Release, Table) {
        let names = |n: usize| (0..n).map(|i| format!("n{i}")).collect();
        let counts = counts.iter().map(|row| row.to_vec()).collect::<Vec<_>>();
        let table = Table { threshold: 10, rows: names(counts.len()), columns: names(3), counts };
        (Release::of(("XA", "2026-01-01", "2026-07-01"), 10, &[("T", table.clone())], Vec::new()), table)
    }

    fn correction() -> Correction {
        Correction { on: "2026-08-01".into(), because: "late".into() }
    }

    #[test]
    fn a_correction_that_would_tell_is_noted_and_its_figures_are_withheld() {
        let (first, same) = release(&[[20, 30, 40], [50, 60, 70]]);
        assert_eq!(first.corrected(&[], &[("T", same)], correction()), None, "nothing differs");
        let next = |counts: &[[i64; 3]]| first.corrected(&[], &[("T", release(counts).1)], correction()).unwrap();
        let far = next(&[[35, 30, 40], [50, 60, 70]]);
        assert_eq!((far.tables[0].cells[0][0], far.withheld.len(), far.corrections.len()), (Some(35), 0, 1));
        for near in [[[21, 30, 40], [50, 60, 70]], [[3, 30, 40], [50, 60, 70]]] {
            let near = next(&near);
            assert_eq!((near.tables[0].total, near.tables[0].method), (None, Method::Nothing));
            assert!(near.withheld[0].why.contains("corrected"), "{:?}", near.withheld);
        }
        // What was published first is not forgotten when it was corrected in between.
        let blank = next(&[[21, 30, 40], [50, 60, 70]]);
        let again = |counts: &[[i64; 3]]| {
            let earlier = [first.clone()];
            blank.corrected(&earlier, &[("T", release(counts).1)], correction())
        };
        assert_eq!(again(&[[22, 30, 40], [50, 60, 70]]), None, "it stays withheld");
        assert_eq!(again(&[[45, 30, 40], [50, 60, 70]]).unwrap().tables[0].cells[0][0], Some(45));
        assert_eq!(Release::read(&far.to_json()), Some(far));
    }

    #[test]
    fn where_nothing_was_shown_there_is_nothing_to_compare() {
        let (first, _) = release(&[[1, 0, 2], [0, 0, 3]]);
        assert_eq!(first.tables[0].total, None);
        let next = first.corrected(&[], &[("T", release(&[[20, 30, 40], [50, 60, 70]]).1)], correction());
        assert_eq!(next.unwrap().tables[0].total, Some(270));
    }
}
