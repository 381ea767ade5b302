//! A two-way table of counts with its margins, and what of it is published.

use super::hide::{choices, small};
use super::network::{Arc, CEILING, Hidden, Network, Range, is_hidden};
use super::rerun;
use crate::object;
use crate::value::class::words;
use crate::value::json::{Json, Members};

/// The least threshold: below it, hiding protects nobody.
pub const LEAST_THRESHOLD: i64 = 5;
/// The threshold where none is given.
pub const THRESHOLD: i64 = 10;
/// The largest threshold.
const MOST_THRESHOLD: i64 = 1_000_000;
/// The largest count.
const MOST: i64 = 1_000_000_000_000;
/// The most cells of a table.
const MOST_CELLS: usize = 2_500;
/// What hiding a margin costs, where hiding a cell costs 1: it is done only where no cell helps.
const MARGIN: u32 = 1_000;

/// A table of counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    /// Below it a count is small, and narrower than it no range may be.
    pub threshold: i64,
    /// What the rows are.
    pub rows: Vec<String>,
    /// What the columns are.
    pub columns: Vec<String>,
    /// The counts, row by row.
    pub counts: Vec<Vec<i64>>,
}

words! {
    /// How a table is published.
    Method {
        /// Nothing of it is small: it is shown whole.
        Whole = "shown whole",
        /// Some cells are hidden.
        Cells = "cells hidden",
        /// Only its total is shown.
        TotalOnly = "only the total shown",
        /// Nothing of it is shown.
        Nothing = "withheld",
    }
}

words! {
    /// What the attacker who runs the program again can do.
    Rerun {
        /// They learn nothing more: shown by witnesses.
        Withstood = "withstood",
        /// Nothing is hidden, so there is nothing to learn.
        NothingHidden = "nothing hidden",
        /// The table is too large to try it.
        NotTried = "not tried: the table is larger than 5 by 5",
    }
}

/// What of a table is published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// The table's threshold.
    pub threshold: i64,
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
    /// What anybody can compute of each hidden cell.
    pub attack: Vec<(usize, usize, Range)>,
    /// The same of each hidden sum: its row or its column.
    pub attack_totals: Vec<(Line, Range)>,
    /// How it is published.
    pub method: Method,
    /// What the attacker who runs the program again can do.
    pub rerun: Rerun,
}

/// A row or a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line {
    /// A row.
    Row(usize),
    /// A column.
    Column(usize),
}

impl Table {
    /// Reads a table: `rows`, `columns`, `counts`, and `threshold` where it is not 10.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub fn read(json: &Json) -> Result<Self, String> {
        let mut m = Members::of(json).map_err(|e| e.0)?;
        let threshold = match m.maybe("threshold") {
            None => THRESHOLD,
            Some(given) => given.int().ok_or("`threshold` is not a whole number")?,
        };
        if !(LEAST_THRESHOLD..=MOST_THRESHOLD).contains(&threshold) {
            return Err(format!(
                "`threshold` is from {LEAST_THRESHOLD} to {MOST_THRESHOLD}: below {LEAST_THRESHOLD} it protects nobody"
            ));
        }
        let named = |json: &Json, what: &str| -> Result<Vec<String>, String> {
            let names: Option<Vec<String>> =
                json.items().and_then(|items| items.iter().map(|n| n.text().map(str::to_owned)).collect());
            let names = names.ok_or_else(|| format!("`{what}` is a list of texts"))?;
            if names.is_empty() {
                return Err(format!("`{what}` is empty"));
            }
            let mut once: Vec<&String> = names.iter().collect();
            once.sort();
            once.dedup();
            if once.len() < names.len() { Err(format!("`{what}` names one twice")) } else { Ok(names) }
        };
        let rows = named(m.need("rows").map_err(|e| e.0)?, "rows")?;
        let columns = named(m.need("columns").map_err(|e| e.0)?, "columns")?;
        let counts = m.need("counts").map_err(|e| e.0)?;
        m.finish().map_err(|e| e.0)?;
        if rows.len().saturating_mul(columns.len()) > MOST_CELLS {
            return Err(format!("the table has more than {MOST_CELLS} cells"));
        }
        let counts = counts.items().filter(|c| c.len() == rows.len()).ok_or("`counts` has a list for each row")?;
        let count = |json: &Json| {
            let count = json.int().filter(|n| (0..=MOST).contains(n));
            count.ok_or_else(|| format!("a count is a whole number from 0 to {MOST}"))
        };
        let row = |json: &Json| -> Result<Vec<i64>, String> {
            let cells = json.items().filter(|c| c.len() == columns.len());
            cells.ok_or("each row of `counts` has a count for each column")?.iter().map(count).collect()
        };
        let counts = counts.iter().map(row).collect::<Result<_, String>>()?;
        Ok(Self { threshold, rows, columns, counts })
    }

    /// The table as a network: its cells row by row, the sums of rows, the sums of columns, the sum of all.
    pub fn network(&self) -> Network {
        let (n, m) = (self.rows.len(), self.columns.len());
        // A node for each row, each column, and the two ends of the sum of all.
        let (source, sink) = (n + m, n + m + 1);
        let mut arcs = Vec::new();
        for (i, row) in self.counts.iter().enumerate() {
            let block = |j: usize| group(i, n) * m + group(j, m);
            let cell = |(j, value): (usize, &i64)| Arc {
                from: i,
                to: n + j,
                value: *value,
                most: CEILING,
                cost: Some(1),
                block: block(j),
            };
            arcs.extend(row.iter().enumerate().map(cell));
        }
        let row_totals = self.row_totals();
        for (i, value) in row_totals.iter().enumerate() {
            // Of one row, the sum is the sum of all.
            let cost = (n > 1).then_some(MARGIN);
            arcs.push(Arc { from: source, to: i, value: *value, most: CEILING, cost, block: n * m });
        }
        for j in 0..m {
            let value = self.counts.iter().filter_map(|row| row.get(j)).sum();
            let cost = (m > 1).then_some(MARGIN);
            arcs.push(Arc { from: n + j, to: sink, value, most: CEILING, cost, block: n * m + 1 });
        }
        arcs.push(Arc {
            from: sink,
            to: source,
            value: row_totals.iter().sum(),
            most: CEILING,
            cost: None,
            block: n * m + 2,
        });
        Network::new(arcs)
    }

    fn row_totals(&self) -> Vec<i64> {
        self.counts.iter().map(|row| row.iter().sum()).collect()
    }

    /// What of it is published: nothing that anybody can compute back closer than the threshold, and as much as that allows.
    pub fn suppressed(&self) -> Published {
        let (network, threshold) = (self.network(), self.threshold);
        if !small(&network, threshold).contains(&true) {
            return self.with(&network, &network.nothing(), Method::Whole, Rerun::NothingHidden);
        }
        let is_small = self.rows.len() <= 5 && self.columns.len() <= 5;
        if !is_small {
            return match choices(&network, threshold).first() {
                Some(hidden) => self.with(&network, hidden, Method::Cells, Rerun::NotTried),
                None => self.nothing(&network, Rerun::NotTried),
            };
        }
        if let Some(hidden) = rerun::withstanding(&network, threshold) {
            return self.with(&network, &hidden, Method::Cells, Rerun::Withstood);
        }
        if self.turned_tables_fall_back_too() {
            return self.with(&network, &all_but_total(&network), Method::TotalOnly, Rerun::Withstood);
        }
        self.nothing(&network, Rerun::Withstood)
    }

    /// Whether enough tables with the same total end as this one does, so that the total alone tells nothing more: its own rows
    /// and columns turned around. What is found is the same for each of them, since each has the same turns.
    fn turned_tables_fall_back_too(&self) -> bool {
        let network = self.network();
        if network.arcs().last().is_none_or(|total| total.value < self.threshold) {
            return false;
        }
        let mut seen: Vec<Option<(i64, i64)>> = vec![None; network.arcs().len()];
        for down in 0..self.rows.len() {
            for across in 0..self.columns.len() {
                let mut other = self.clone();
                other.counts.rotate_left(down);
                other.counts.iter_mut().for_each(|row| row.rotate_left(across));
                let turned = other.network();
                if rerun::withstanding(&turned, self.threshold).is_some() {
                    continue;
                }
                for (slot, value) in seen.iter_mut().zip(turned.values()) {
                    let (low, high) = slot.unwrap_or((value, value));
                    *slot = Some((low.min(value), high.max(value)));
                }
            }
        }
        let hidden = all_but_total(&network);
        let wide = |seen: &Option<(i64, i64)>| seen.is_some_and(|(low, high)| high - low >= self.threshold);
        seen.iter().zip(&hidden).all(|(seen, hidden)| !hidden || wide(seen))
    }

    fn nothing(&self, network: &Network, rerun: Rerun) -> Published {
        self.with(network, &vec![true; network.arcs().len()], Method::Nothing, rerun)
    }

    fn with(&self, network: &Network, hidden: &Hidden, method: Method, rerun: Rerun) -> Published {
        let (n, m) = (self.rows.len(), self.columns.len());
        let shown = |arc: usize| network.arcs().get(arc).map(|a| a.value).filter(|_| !is_hidden(hidden, arc));
        let all_hidden = hidden.iter().all(|h| *h);
        let range = |arc: usize| network.range(hidden, arc);
        let attacked = |arc: usize| is_hidden(hidden, arc).then(|| range(arc));
        let cell = |i: usize, j: usize| i * m + j;
        let cells = (0..n).map(|i| (0..m).map(|j| shown(cell(i, j))).collect()).collect();
        let attack = (0..n).flat_map(|i| (0..m).map(move |j| (i, j)));
        let row_lines = (0..n).map(|i| (Line::Row(i), n * m + i));
        let lines = row_lines.chain((0..m).map(|j| (Line::Column(j), n * m + n + j)));
        Published {
            threshold: self.threshold,
            rows: self.rows.clone(),
            columns: self.columns.clone(),
            cells,
            row_totals: (0..n).map(|i| shown(n * m + i)).collect(),
            column_totals: (0..m).map(|j| shown(n * m + n + j)).collect(),
            total: shown(n * m + n + m),
            attack: attack.filter_map(|(i, j)| attacked(cell(i, j)).map(|range| (i, j, range))).collect(),
            attack_totals: lines.filter_map(|(line, arc)| attacked(arc).map(|range| (line, range))).collect(),
            method: if all_hidden { Method::Nothing } else { method },
            rerun,
        }
    }
}

/// Rows, and columns, go together in twos, the last three where their number is odd: where each small cell hides its partners,
/// it cannot be told which of them was small.
fn group(n: usize, of: usize) -> usize {
    (n / 2).min((of / 2).saturating_sub(1))
}

fn all_but_total(network: &Network) -> Hidden {
    network.arcs().iter().map(|a| a.cost.is_some()).collect()
}

impl Published {
    /// How many cells are hidden.
    pub fn hidden(&self) -> usize {
        self.attack.len()
    }

    /// Returns it as JSON.
    pub fn to_json(&self) -> Json {
        let count = |c: &Option<i64>| c.map_or(Json::Null, Json::from);
        let counts = |row: &Vec<Option<i64>>| Json::Arr(row.iter().map(count).collect());
        let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let attack = self.attack.iter().map(|(i, j, range)| {
            let cell = vec![Json::from(size(*i)), Json::from(size(*j))];
            object! { "cell" => Json::Arr(cell), "low" => range.low, "high" => range.high }
        });
        let totals = self.attack_totals.iter().map(|(line, range)| match line {
            Line::Row(i) => object! { "row" => size(*i), "low" => range.low, "high" => range.high },
            Line::Column(j) => object! { "column" => size(*j), "low" => range.low, "high" => range.high },
        });
        object! {
            "threshold" => self.threshold,
            "rows" => self.rows.clone(),
            "columns" => self.columns.clone(),
            "cells" => Json::Arr(self.cells.iter().map(counts).collect()),
            "row_totals" => counts(&self.row_totals),
            "column_totals" => counts(&self.column_totals),
            "total" => count(&self.total),
            "hidden" => size(self.hidden()),
            "method" => self.method,
            "rerun" => self.rerun,
            "attack" => Json::Arr(attack.collect()),
            "attack_totals" => Json::Arr(totals.collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    fn table(threshold: i64, counts: &[Vec<i64>]) -> Table {
        let names = |n: usize| (0..n).map(|i| format!("n{i}")).collect();
        Table { threshold, rows: names(counts.len()), columns: names(counts[0].len()), counts: counts.to_vec() }
    }

    /// Every table that fits what was published, found by trying every count: it knows nothing of networks.
    fn fitting(published: &Published) -> Vec<Vec<Vec<i64>>> {
        let (n, m) = (published.rows.len(), published.columns.len());
        let total = published.total.expect("the total is shown");
        let mut found = vec![vec![vec![0; m]; n]];
        for (i, j) in (0..n).flat_map(|i| (0..m).map(move |j| (i, j))) {
            let mut next = Vec::new();
            for mut partial in found {
                let values = published.cells[i][j].map_or(0..=total, |c| c..=c);
                for value in values {
                    partial[i][j] = value;
                    let row: i64 = partial[i].iter().sum();
                    let column: i64 = partial.iter().map(|r| r[j]).sum();
                    let fits = |sum: i64, shown: Option<i64>, done: bool| {
                        shown.is_none_or(|shown| if done { sum == shown } else { sum <= shown })
                    };
                    let all: i64 = partial.iter().flatten().sum();
                    if fits(row, published.row_totals[i], j + 1 == m)
                        && fits(column, published.column_totals[j], i + 1 == n)
                        && fits(all, Some(total), i + 1 == n && j + 1 == m)
                    {
                        next.push(partial.clone());
                    }
                }
            }
            found = next;
        }
        found
    }

    fn holds(table: &Table) -> Published {
        let published = table.suppressed();
        let is_whole = published.attack.is_empty() && published.attack_totals.is_empty();
        let flat = |t: &Table| {
            let columns = (0..t.columns.len()).map(|j| t.counts.iter().map(|r| r[j]).sum::<i64>());
            (t.counts.clone(), t.row_totals(), columns.collect::<Vec<_>>())
        };
        let (cells, rows, columns) = flat(table);
        let shown = published.cells.iter().flatten().zip(cells.iter().flatten());
        let sums = published.row_totals.iter().chain(&published.column_totals).zip(rows.iter().chain(&columns));
        for (shown, real) in shown.chain(sums) {
            assert!(shown.is_none_or(|shown| shown == *real && shown >= table.threshold), "{table:?} {published:?}");
        }
        for range in published.attack.iter().map(|a| a.2).chain(published.attack_totals.iter().map(|a| a.1)) {
            assert!(range.width() >= table.threshold, "{table:?} {published:?}");
        }
        assert_eq!(is_whole, published.method == Method::Whole);
        published
    }

    #[test]
    fn the_published_example_comes_out_as_it_is_published() {
        let published = holds(&table(5, &[vec![3, 12, 40], vec![15, 20, 30]]));
        assert_eq!(published.hidden(), 4);
        assert_eq!(published.cells[0][0], None);
        assert_eq!((published.row_totals, published.total), (vec![Some(55), Some(65)], Some(120)));
        assert_eq!((published.method, published.rerun), (Method::Cells, Rerun::Withstood));
    }

    #[test]
    fn a_table_that_is_all_small_or_empty_shows_nothing() {
        for counts in [vec![vec![0, 0], vec![0, 0]], vec![vec![3]], vec![vec![1, 1, 1]]] {
            let published = holds(&table(5, &counts));
            assert_eq!((published.method, published.total), (Method::Nothing, None), "{counts:?}");
        }
        assert_eq!(holds(&table(5, &[vec![7]])).method, Method::Whole);
        assert_eq!(holds(&table(5, &[vec![3, 40]])).total, Some(43), "one row: its cells are the sums of the columns");
        holds(&table(5, &[vec![3], vec![40], vec![50]]));
    }

    #[test]
    fn a_large_table_is_hidden_so_that_the_attack_fails() {
        for side in [8_i64, 20] {
            let counts: Vec<Vec<i64>> =
                (0..side).map(|i| (0..side).map(|j| 5 + (i * 31 + j * 17) % 90 - (i * j) % 9).collect()).collect();
            let published = holds(&table(5, &counts));
            assert!(published.hidden() > 0 && published.hidden() < (side * side) as usize);
        }
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let read = |text: &str| {
            Table::read(&crate::value::json::parse(text.as_bytes(), crate::value::json::Limits::FOREIGN).unwrap())
        };
        let whole = r#"{"threshold":5,"rows":["A"],"columns":["1","2"],"counts":[[3,12]]}"#;
        assert!(read(whole).is_ok());
        for (from, to) in [
            ("5", "4"),
            ("5", "\"5\""),
            ("\"A\"", ""),
            ("[\"A\"]", "[\"A\",\"A\"]"),
            ("[3,12]", "[3]"),
            ("[[3,12]]", "[[3,12],[1,2]]"),
            ("12", "-1"),
            ("12", "\"12\""),
            ("12", "1000000000001"),
            ("\"counts\"", "\"cuonts\""),
            ("{", "{\"title\":1,"),
        ] {
            assert!(read(&whole.replacen(from, to, 1)).is_err(), "{from} -> {to}");
        }
        assert_eq!(read(&whole.replace("\"threshold\":5,", "")).unwrap().threshold, THRESHOLD);
    }

    #[test]
    fn whoever_runs_the_program_on_every_table_that_fits_learns_nothing_closer() {
        for counts in [
            vec![vec![3, 12, 14], vec![15, 9, 11]],
            vec![vec![2, 9, 9], vec![7, 1, 8]],
            vec![vec![4, 16], vec![22, 13]],
            vec![vec![1, 6, 7], vec![6, 5, 5], vec![9, 8, 6]],
        ] {
            let table = table(5, &counts);
            let published = holds(&table);
            let mut seen: BTreeMap<(usize, usize), (i64, i64)> = BTreeMap::new();
            for counts in fitting(&published).into_iter().take(400) {
                let again = Table { counts: counts.clone(), ..table.clone() }.suppressed();
                if (again.cells, again.row_totals, again.column_totals)
                    != (published.cells.clone(), published.row_totals.clone(), published.column_totals.clone())
                {
                    continue;
                }
                for (i, j, _) in &published.attack {
                    let value = counts[*i][*j];
                    let (low, high) = seen.get(&(*i, *j)).copied().unwrap_or((value, value));
                    seen.insert((*i, *j), (low.min(value), high.max(value)));
                }
            }
            for (cell, (low, high)) in seen {
                assert!(high - low >= 5, "{counts:?} {cell:?} lies between {low} and {high}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        /// The ranges are those that trying every table gives.
        #[test]
        fn the_ranges_are_exact(counts in prop::collection::vec(prop::collection::vec(0i64..12, 2), 2)) {
            let published = holds(&table(5, &counts));
            if published.total.is_some() {
                let all = fitting(&published);
                for (i, j, range) in &published.attack {
                    let values = all.iter().map(|t| t[*i][*j]);
                    prop_assert_eq!((range.low, range.high), (values.clone().min().unwrap(), values.max().unwrap()));
                }
            }
        }

        /// As little is hidden at first as can be: compared with every choice of cells.
        #[test]
        fn as_little_is_hidden_as_can_be(
            counts in prop::collection::vec(prop::collection::vec(prop_oneof![0i64..5, 5i64..70], 3), 2..=3),
        ) {
            let table = table(5, &counts);
            let network = table.network();
            let small = small(&network, 5);
            let cells = 3 * counts.len();
            if small.contains(&true) && !small[cells..].contains(&true) {
                let free: Vec<usize> = (0..cells).filter(|arc| !small[*arc]).collect();
                let choose = |mask: u32| {
                    let mut hidden = small.clone();
                    free.iter().enumerate().for_each(|(bit, arc)| hidden[*arc] |= mask >> bit & 1 == 1);
                    hidden
                };
                let works = |mask: &u32| network.first_narrow(&choose(*mask), 5).is_none();
                let least = (0..1u32 << free.len()).filter(works).map(u32::count_ones).min();
                let first = &choices(&network, 5)[0];
                if let Some(least) = least {
                    let hidden = first.iter().take(cells).filter(|h| **h).count() - (cells - free.len());
                    prop_assert!(hidden as u32 * 5 <= least * 6, "{hidden} where {least} are enough");
                }
            }
        }

        #[test]
        fn nothing_narrow_is_ever_published(
            counts in prop::collection::vec(prop::collection::vec(prop_oneof![Just(0i64), 0i64..20, 0i64..4000], 4), 1..5),
        ) {
            holds(&table(10, &counts));
        }
    }
}
