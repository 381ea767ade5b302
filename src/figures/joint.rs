//! What months for engines and a release of the same period tell together. Both count the same things: requests that were sent month by
//! month add up to the table of the release, and so do reviews. So they are attacked together, by whoever has all the files.
//!
//! What no row of a month says is none to the threshold; what a release hides may be anything. Where a month was not written, or
//! withholds a count, nothing is known but what the others leave for it. Counts of acts that only bound a figure of a release from above are counted in, too.

use super::lake::Month;
use super::network::{Arc, CEILING, Network};
use super::release::Shown;

/// Acts of a kind, and how many rows of a month they can have: one for each audience.
pub type Acts<'a> = (&'a str, i64);

/// How a table of a release hangs together with the months.
#[derive(Clone, Copy, Debug)]
pub struct Tie<'a> {
    /// The acts of which each is counted once in the table; none: there are none.
    pub counts: Option<Acts<'a>>,
    /// Some of its columns, ...
    pub columns: &'a [&'a str],
    /// ... and the acts without which nothing comes to be counted there.
    pub at_most: &'a [Acts<'a>],
    /// For each kind of request the row in which it is counted, where the months count the same things by kind.
    pub kinds: &'a [(String, String)],
}

/// What was published of a period: the months, in any order, and a table of the release. A month that was not written is none.
#[derive(Clone, Debug)]
pub struct Joint<'a> {
    /// The months.
    pub months: Vec<Option<&'a Month>>,
    /// The table, and below which count it hides; none: the period has no release.
    pub table: Option<(&'a Shown, i64)>,
    /// How they hang together.
    pub tie: Tie<'a>,
}

/// The figures of all of it as one network; what is not published begins at nothing.
#[derive(Default)]
struct Figures {
    arcs: Vec<Arc>,
    hidden: Vec<bool>,
    /// How wide the range of each must be.
    wide: Vec<i64>,
    nodes: usize,
}

impl Figures {
    fn node(&mut self) -> usize {
        self.nodes += 1;
        self.nodes - 1
    }

    fn nodes(&mut self, n: usize) -> Vec<usize> {
        (0..n).map(|_| self.node()).collect()
    }

    fn shown(&mut self, (from, to): (usize, usize), value: i64) {
        self.arcs.push(Arc { from, to, value, most: CEILING, cost: None, block: 0 });
        self.hidden.push(false);
        self.wide.push(0);
    }

    /// A figure that is not published: from none to `most`, and no closer than `wide`.
    fn unknown(&mut self, (from, to): (usize, usize), most: i64, wide: i64) {
        self.arcs.push(Arc { from, to, value: 0, most, cost: None, block: 0 });
        self.hidden.push(true);
        self.wide.push(wide);
    }

    fn figure(&mut self, ends: (usize, usize), value: Option<i64>, most: i64, wide: i64) {
        match value {
            Some(value) => self.shown(ends, value),
            None => self.unknown(ends, most, wide),
        }
    }

    /// Whether something that is hidden can be computed closer than it may be; where nothing fits, there is no telling, and it can.
    fn gives_away(self) -> bool {
        let network = Network::new(self.arcs);
        let Some(values) = network.balanced(&self.hidden) else { return true };
        let network = network.with_values(&values);
        let narrow = |(arc, wide): (usize, &i64)| *wide > 0 && network.width_up_to(&self.hidden, arc, *wide) < *wide;
        self.wide.iter().enumerate().any(narrow)
    }
}

impl Joint<'_> {
    /// Whether somebody who has all of it could compute what is hidden closer than the threshold.
    pub fn tells(&self) -> bool {
        let mut all = Figures::default();
        let (source, sink) = (all.node(), all.node());
        // What the months count flows into the rows of the table, or beside it where there is none.
        let rows = match &self.table {
            Some((table, wide)) => self.table(&mut all, table, *wide, (source, sink)),
            None => {
                all.unknown((sink, source), CEILING, 0);
                Vec::new()
            }
        };
        if let Some(counts) = self.tie.counts {
            let (groups, ends): (Vec<&str>, Vec<usize>) = match &self.table {
                Some((table, _)) => (table.rows.iter().map(String::as_str).collect(), rows),
                None => (vec![""], vec![sink]),
            };
            for month in &self.months {
                let node = all.node();
                self.acts(&mut all, (source, node), *month, counts);
                if self.tie.kinds.is_empty() {
                    ends.iter().for_each(|end| all.unknown((node, *end), CEILING, 0));
                } else {
                    self.requests(&mut all, node, *month, (&groups, &ends));
                }
            }
        } else if self.table.is_some() {
            rows.iter().for_each(|row| all.unknown((source, *row), CEILING, 0));
        }
        all.gives_away()
    }

    /// The table: returns the nodes into which its rows are counted.
    fn table(&self, all: &mut Figures, table: &Shown, wide: i64, (source, sink): (usize, usize)) -> Vec<usize> {
        let (into, rows, columns) =
            (all.nodes(table.rows.len()), all.nodes(table.rows.len()), all.nodes(table.columns.len()));
        for ((into, row), total) in into.iter().zip(&rows).zip(&table.row_totals) {
            all.figure((*into, *row), *total, CEILING, wide);
        }
        for (row, cells) in rows.iter().zip(&table.cells) {
            for (column, cell) in columns.iter().zip(cells) {
                all.figure((*row, *column), *cell, CEILING, wide);
            }
        }
        let bounded = all.node();
        all.unknown((bounded, sink), self.bound(), 0);
        for ((column, name), total) in columns.iter().zip(&table.columns).zip(&table.column_totals) {
            let end = if self.tie.columns.contains(&name.as_str()) { bounded } else { sink };
            all.figure((*column, end), *total, CEILING, wide);
        }
        // The sum of all is what the months say of it, where they do: it hides nothing of its own.
        all.figure((sink, source), table.total, CEILING, 0);
        into
    }

    /// The most that the months leave for the columns that depend on acts.
    fn bound(&self) -> i64 {
        if self.tie.columns.is_empty() {
            return CEILING;
        }
        let of = |month: &Option<&Month>, (kind, audiences): Acts<'_>| match month {
            Some(month) if !month.withholds(kind) => {
                let shown: Vec<i64> = month.acts.iter().filter(|done| done.what == kind).map(|d| d.count).collect();
                let unknown = (audiences - i64::try_from(shown.len()).unwrap_or(audiences)).max(0);
                shown.into_iter().sum::<i64>().saturating_add(month.threshold.saturating_mul(unknown))
            }
            _ => CEILING,
        };
        let all = self.months.iter().flat_map(|month| self.tie.at_most.iter().map(move |acts| of(month, *acts)));
        all.fold(0, i64::saturating_add).min(CEILING)
    }

    /// How wide the range of a count of a month must be. One of a month that was not written is told by what is left for it, too.
    fn wide(&self, month: Option<&Month>) -> i64 {
        month.map_or_else(|| self.table.map_or(0, |(_, wide)| wide), |month| month.threshold)
    }

    /// How many acts of a kind a month counts.
    fn acts(&self, all: &mut Figures, ends: (usize, usize), month: Option<&Month>, (kind, audiences): Acts<'_>) {
        let wide = self.wide(month);
        let Some(month) = month.filter(|month| !month.withholds(kind)) else {
            all.unknown(ends, CEILING, wide);
            return;
        };
        let mut shown = 0;
        for done in month.acts.iter().filter(|done| done.what == kind) {
            all.shown(ends, done.count);
            shown += 1;
        }
        if shown < audiences {
            all.unknown(ends, month.threshold, month.threshold);
            all.unknown(ends, month.threshold.saturating_mul(audiences - 1 - shown), 0);
        }
    }

    /// How many requests of each kind a month counts, each in the row of its kind.
    fn requests(&self, all: &mut Figures, node: usize, month: Option<&Month>, (groups, ends): (&[&str], &[usize])) {
        let wide = self.wide(month);
        for (group, end) in groups.iter().zip(ends) {
            let of = |kind: &&(String, String)| group.is_empty() || kind.1 == *group;
            let kinds: Vec<&str> = self.tie.kinds.iter().filter(of).map(|(kind, _)| kind.as_str()).collect();
            let Some(month) = month.filter(|month| !month.withholds_requests) else {
                all.unknown((node, *end), CEILING, wide);
                continue;
            };
            let shown: Vec<i64> =
                month.requests.iter().filter(|done| kinds.contains(&done.what.as_str())).map(|d| d.count).collect();
            let unknown = kinds.len().saturating_sub(shown.len());
            shown.into_iter().for_each(|count| all.shown((node, *end), count));
            // All that are not said are alike: one stands for them.
            if unknown > 0 {
                all.unknown((node, *end), month.threshold, month.threshold);
                let others = i64::try_from(unknown - 1).unwrap_or(i64::MAX);
                all.unknown((node, *end), month.threshold.saturating_mul(others), 0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lake::{Done, SentCount};
    use super::super::table::{THRESHOLD, Table};
    use super::*;

    fn joint<'a>(months: Vec<Option<&'a Month>>, table: Option<&'a Shown>, kinds: &'a [(String, String)]) -> Joint<'a> {
        let tie =
            Tie { counts: Some(("request-send", 1)), columns: &["ended"], at_most: &[("request-withdraw", 1)], kinds };
        Joint { months, table: table.map(|table| (table, 10)), tie }
    }

    fn kinds() -> Vec<(String, String)> {
        let all = [("bc29", "keep"), ("bc16", "keep"), ("epoc", "data"), ("eio", "data")];
        all.map(|(kind, row)| (kind.to_owned(), row.to_owned())).to_vec()
    }

    fn month(sent: i64, kinds: &[(&str, i64)], withdrawn: i64) -> Month {
        let done = |what: &str, count| Done { what: what.to_owned(), how: "desks".to_owned(), count };
        Month {
            desk: "XA".into(),
            period: "2026-06".into(),
            is_closed: true,
            threshold: THRESHOLD,
            acts: vec![done("request-send", sent), done("request-withdraw", withdrawn)],
            requests: kinds.iter().map(|(what, count)| SentCount { what: (*what).to_owned(), count: *count }).collect(),
            withheld: Vec::new(),
            withholds_requests: false,
        }
    }

    fn shown(counts: &[[i64; 2]]) -> Shown {
        let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect();
        let counts = counts.iter().map(|row| row.to_vec()).collect();
        let table =
            Table { threshold: 10, rows: names(&["keep", "data"]), columns: names(&["answered", "ended"]), counts };
        let release = super::super::release::Release::of(("XA", "a", "b"), 10, &[("T", table)], Vec::new());
        release.tables.into_iter().next().unwrap()
    }

    fn tells(months: &[&Month], table: Option<&Shown>) -> bool {
        joint(months.iter().map(|month| Some(*month)).collect(), table, &kinds()).tells()
    }

    #[test]
    fn a_month_alone_tells_what_little_is_left_of_its_sum() {
        let left = |sent: i64, kinds: &[(&str, i64)]| tells(&[&month(sent, kinds, 0).written(&[], false)], None);
        assert!(left(21, &[("bc29", 19), ("epoc", 2)]), "two others, and nobody says of which kinds");
        assert!(!left(32, &[("bc29", 19), ("bc16", 4), ("epoc", 4), ("eio", 5)]));
        assert!(left(40, &[("bc29", 19), ("bc16", 7), ("epoc", 6), ("eio", 8)]), "of three, each is one at least");
        assert!(!left(8, &[("bc29", 8)]), "neither has a row");
        let hidden = month(21, &[("bc29", 19), ("epoc", 2)], 0).written(&["request-send"], false);
        assert!(!tells(&[&hidden], None));
    }

    #[test]
    fn months_that_were_written_are_set_against_the_table_of_their_period() {
        let table = shown(&[[15, 20], [30, 25]]);
        let quiet = month(0, &[], 0).written(&[], false);
        // Its rows add up to the sums of the table: what is left of them belongs to the kinds that have no row.
        let busy =
            month(88, &[("bc29", 33), ("bc16", 2), ("epoc", 28), ("eio", 25)], 45).written(&["request-send"], false);
        assert!(!tells(&[&busy], None), "alone it tells nothing");
        assert!(tells(&[&busy, &quiet], Some(&table)), "beside the table it tells what is left: two");
        let silent = busy.written(&["request-send"], true);
        assert!(!tells(&[&silent, &quiet.written(&["request-send"], true)], Some(&table)));
        // A month that was not written holds what the others leave.
        assert!(joint(vec![Some(&busy), None], Some(&table), &kinds()).tells());
        assert!(!joint(vec![None, None], Some(&table), &kinds()).tells());
    }

    #[test]
    fn acts_without_which_nothing_is_counted_bound_what_a_table_hides() {
        let table = shown(&[[15, 4], [30, 3]]);
        assert!(table.cells[0][1].is_none() && table.cells[0][0].is_none(), "{table:?}");
        let quiet = month(0, &[], 0).written(&["request-send"], true);
        let free = month(52, &[], 40).written(&["request-send"], true);
        assert!(!tells(&[&free, &quiet], Some(&table)));
        let exact = |of: &Month| Month { threshold: 0, ..of.clone() };
        let few = month(52, &[], 7).written(&["request-send"], true);
        let few = [exact(&Month { acts: month(52, &[], 7).acts, ..few }), exact(&quiet)];
        assert!(tells(&[&few[0], &few[1]], Some(&table)), "seven were taken back: no more than seven ended");
    }
}
