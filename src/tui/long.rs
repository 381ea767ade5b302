//! A list that is too long for a page: all its rows by number, a window of them on the page, and the filter and the order
//! over all of them; what hangs below some of them stands among them. They are read piece by piece, so that whatever else is asked for comes in between. It keeps numbers,
//! never what a row says.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use super::filter::{Filter, Fitting};
use super::order::{Order, Rank};
use super::page::{Column, PageRow, Section, Window};
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;

/// Rows that a page has at most of a long list.
pub const WINDOW: usize = 500;
/// How long rows are read in one go before others have their turn.
const TURN: Duration = Duration::from_millis(40);
/// Rows between two looks at the time.
const PIECE: usize = 32;

/// How a long list is looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ListQuery {
    /// The first row of the window, counted from 0 among those that fit.
    pub from: usize,
    /// The filter, as it was typed.
    pub filter: String,
    /// The order.
    pub order: Option<Order>,
    /// The list, as far as it has been read.
    pub kept: CachedList,
}

/// A list that a view and the reading thread share. One is like another: what it holds can be read again.
#[derive(Clone, Debug, Default)]
pub struct CachedList(Arc<Mutex<Option<List>>>);

impl PartialEq for CachedList {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for CachedList {}

/// What the rows are of: another position of the log, another view, another thing is another list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Of {
    /// The position of the last act.
    pub position: i64,
    /// The view of the place.
    pub view: usize,
    /// The thing that the place is about.
    pub focus: Option<Id>,
}

/// Where the rows come from.
pub struct Source<'a> {
    /// What they are of.
    pub of: Of,
    /// The columns.
    pub columns: &'a [Column],
    /// The numbers of all rows, in their order.
    pub all: &'a dyn Fn() -> Result<Vec<i64>, Error>,
    /// The row of a number.
    pub row: &'a dyn Fn(i64) -> Result<PageRow, Error>,
    /// The rows that hang below a row, by its number, where something hangs there.
    pub below: &'a BTreeMap<i64, Vec<PageRow>>,
    /// Those that stand in the list only where it is filtered or ordered.
    pub collapsed: &'a HashSet<i64>,
    /// The row that must be in the window, where it fits.
    pub wanted: Option<i64>,
    /// The time of the page.
    pub now: Timestamp,
}

#[derive(Debug)]
struct List {
    of: Of,
    all: Vec<i64>,
    sifted: Option<Sifted>,
}

/// The rows that fit a filter, in an order.
#[derive(Debug)]
struct Sifted {
    filter: String,
    order: Option<Order>,
    /// What the filter is in these columns; it is found out with the first rows.
    fitting: Option<Fitting>,
    read: usize,
    fit: Vec<i64>,
    /// Where those rows stand in the column of the order, until all are read.
    ranks: Vec<Rank>,
}

impl ListQuery {
    /// Whether the rows are those of the list, in their order.
    fn is_plain(&self) -> bool {
        self.filter.trim().is_empty() && self.order.is_none()
    }

    /// The rows of a page: all of them where they are few, else a window.
    pub fn rows(&self, source: &Source<'_>) -> Result<(Vec<PageRow>, Option<Window>), Error> {
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list = match kept.take() {
            Some(list) if list.of == source.of => list,
            _ => List { of: source.of.clone(), all: (source.all)()?, sifted: None },
        };
        let count = list.all.len();
        if count <= WINDOW {
            let rows = Hung::of(&list.all, source.below);
            return Ok((rows.between(0, rows.count(), source)?, None));
        }
        let uncollapsed: Vec<i64>;
        let (mut fit, mut read) = list.sift(self, source)?;
        let (mut all, mut collapsed) = (count, 0);
        if self.is_plain() && !source.collapsed.is_empty() {
            uncollapsed = fit.iter().copied().filter(|number| !source.collapsed.contains(number)).collect();
            collapsed = all - uncollapsed.len();
            (all, read) = (uncollapsed.len(), uncollapsed.len());
            fit = &uncollapsed;
        }
        let rows = Hung::of(fit, source.below);
        let (fit, hang) = (rows.count(), rows.count() - fit.len());
        let around = source.wanted.and_then(|wanted| rows.place_of(wanted));
        let first = around.map_or(self.from, |at| at.saturating_sub(WINDOW / 2)).min(fit.saturating_sub(WINDOW));
        let window = Window { first, fit, all: all + hang, read: read + hang, collapsed };
        let rows = rows.between(first, first + WINDOW, source)?;
        *kept = Some(list);
        Ok((rows, Some(window)))
    }
}

/// The numbers of rows in their order, and what hangs below some of them: all of these together are counted as the rows of the list.
struct Hung<'a> {
    numbers: &'a [i64],
    /// What hangs, and below which of the numbers, from the first to the last.
    hung: Vec<(usize, &'a [PageRow])>,
}

impl<'a> Hung<'a> {
    fn of(numbers: &'a [i64], below: &'a BTreeMap<i64, Vec<PageRow>>) -> Self {
        let mut hung = Vec::new();
        if !below.is_empty() {
            let here = numbers.iter().enumerate().filter_map(|(at, n)| Some((at, below.get(n)?.as_slice())));
            hung.extend(here);
        }
        Self { numbers, hung }
    }

    fn count(&self) -> usize {
        self.numbers.len() + self.hung.iter().map(|(_, rows)| rows.len()).sum::<usize>()
    }

    /// Where the row of a number stands.
    fn place_of(&self, number: i64) -> Option<usize> {
        let at = self.numbers.iter().position(|n| *n == number)?;
        let before = self.hung.iter().take_while(|(below, _)| *below < at);
        Some(at + before.map(|(_, rows)| rows.len()).sum::<usize>())
    }

    /// The rows from one place up to another.
    fn between(&self, from: usize, until: usize, source: &Source<'_>) -> Result<Vec<PageRow>, Error> {
        let mut rows = Vec::new();
        // Where the next stretch begins: the first of its numbers, and its place. A stretch ends with what hangs below its last number.
        let (mut next, mut place) = (0, 0);
        let ends = self.hung.iter().map(|(at, rows)| (at + 1, *rows));
        for (end, hung) in ends.chain([(self.numbers.len(), &[][..])]) {
            let numbers = self.numbers.get(next..end).unwrap_or_default();
            let (skipped, room) = (from.saturating_sub(place), until.saturating_sub(place));
            for number in numbers.iter().take(room).skip(skipped) {
                rows.push((source.row)(*number)?);
            }
            place += numbers.len();
            let (skipped, room) = (from.saturating_sub(place), until.saturating_sub(place));
            rows.extend(hung.iter().take(room).skip(skipped).cloned());
            (next, place) = (end, place + hung.len());
        }
        Ok(rows)
    }
}

impl CachedList {
    /// The numbers of all rows that fit, where all have been read; a list that is not long keeps none.
    pub fn fitting(&self) -> Option<Vec<i64>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let list = kept.as_ref()?;
        match &list.sifted {
            None => Some(list.all.clone()),
            Some(sifted) if sifted.read >= list.all.len() => Some(sifted.fit.clone()),
            Some(_) => None,
        }
    }
}

impl List {
    /// Reads on for a turn. Returns the rows that fit so far, and how many were read.
    fn sift(&mut self, wish: &ListQuery, source: &Source<'_>) -> Result<(&[i64], usize), Error> {
        if wish.is_plain() {
            self.sifted = None;
            return Ok((&self.all, self.all.len()));
        }
        let is_it = |s: &Sifted| s.filter == wish.filter && s.order == wish.order;
        let sifted = match self.sifted.take().filter(is_it) {
            Some(sifted) => sifted,
            None => Sifted::new(wish),
        };
        let sifted = self.sifted.insert(sifted);
        let begun = Stopwatch::now();
        while sifted.read < self.all.len() && begun.elapsed() < TURN {
            sifted.read_on(&self.all, source)?;
        }
        Ok((&sifted.fit, sifted.read))
    }
}

impl Sifted {
    fn new(wish: &ListQuery) -> Self {
        let (filter, order) = (wish.filter.clone(), wish.order.clone());
        Self { filter, order, fitting: None, read: 0, fit: Vec::new(), ranks: Vec::new() }
    }

    /// Reads some rows, and puts all in order where these are the last.
    fn read_on(&mut self, all: &[i64], source: &Source<'_>) -> Result<(), Error> {
        // What a filter means is found out among as many rows as a page has.
        let piece = if self.read == 0 { WINDOW } else { PIECE };
        let numbers = all.get(self.read..all.len().min(self.read + piece)).unwrap_or_default();
        let rows = numbers.iter().map(|n| (source.row)(*n)).collect::<Result<Vec<_>, _>>()?;
        let section = Section { columns: source.columns.to_vec(), rows, ..Section::default() };
        let filter = &self.filter;
        let fitting = self.fitting.get_or_insert_with(|| Filter::read(filter).fitting(&section, source.now));
        let column = self.order.as_ref().and_then(|o| o.at(&section));
        for (number, row) in numbers.iter().zip(&section.rows) {
            if fitting.fits(row, &section.columns, source.now) {
                self.fit.push(*number);
                if let Some(column) = column {
                    self.ranks.push(Rank::of(row.cells.get(column)));
                }
            }
        }
        self.read += numbers.len();
        if self.read >= all.len()
            && let Some(order) = self.order.as_ref().filter(|_| column.is_some())
        {
            let ranks = std::mem::take(&mut self.ranks);
            self.fit = order.of(ranks).into_iter().filter_map(|n| self.fit.get(n).copied()).collect();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::page::{Cell, SortKey, Width, column};

    fn wish(filter: &str, order: Option<(&str, bool)>) -> ListQuery {
        let order = order.map(|(column, reversed)| Order { column: column.into(), reversed });
        ListQuery { filter: filter.into(), order, ..ListQuery::default() }
    }

    /// Reads a list of so many rows to its end. Row n says n, and n modulo 7 as its tier.
    fn read(count: i64, wish: &ListQuery, wanted: Option<i64>) -> (Vec<i64>, Option<Window>) {
        let columns = [column("ID", Width::Fixed(8)), column("TIER", Width::Fixed(4))];
        let row = |n: i64| {
            let tier = Cell::from(format!("T{}", n % 7)).by(SortKey::Number(n % 7));
            Ok(PageRow::of(vec![Cell::number(n), tier]))
        };
        let source = Source {
            of: Of { position: 1, view: 0, focus: None },
            columns: &columns,
            all: &|| Ok((0..count).collect()),
            row: &row,
            below: &BTreeMap::new(),
            collapsed: &HashSet::new(),
            wanted,
            now: Timestamp::EPOCH,
        };
        loop {
            let (rows, window) = wish.rows(&source).unwrap();
            if window.as_ref().is_none_or(Window::is_whole) {
                let said = rows.iter().map(|r| r.cells[0].text.as_str().parse().unwrap()).collect();
                return (said, window);
            }
        }
    }

    #[test]
    fn the_filter_and_the_order_are_of_all_rows_and_the_page_is_a_window_of_them() {
        let check = |wish: ListQuery, wanted: Option<i64>, first: usize, fit: usize, begins: &[i64]| {
            let (rows, window) = read(100_000, &wish, wanted);
            let window = window.unwrap();
            assert_eq!((window.first, window.fit, window.all), (first, fit, 100_000), "{wish:?}");
            assert_eq!(rows.len(), fit.min(WINDOW));
            assert_eq!(&rows[..begins.len()], begins, "{wish:?}");
        };
        check(wish("", None), None, 0, 100_000, &[0, 1, 2]);
        check(ListQuery { from: 70_000, ..wish("", None) }, None, 70_000, 100_000, &[70_000]);
        check(ListQuery { from: 99_990, ..wish("", None) }, None, 99_500, 100_000, &[99_500]);
        check(wish("", None), Some(60_000), 59_750, 100_000, &[59_750]);
        check(wish("99999", None), None, 0, 1, &[99_999]);
        check(wish("tier:6", None), None, 0, 14_285, &[6, 13, 20]);
        check(wish("tier:>4 !tier:6", None), Some(99_993), 13_785, 14_285, &[96_500]);
        check(wish("", Some(("ID", true))), None, 0, 100_000, &[99_999, 99_998]);
        check(wish("tier:>0", Some(("TIER", true))), None, 0, 85_714, &[6, 13]);
        check(wish("nothing", None), None, 0, 0, &[]);
        // What is no measure narrows nothing, as on a page.
        check(wish("tier:>x", None), None, 0, 100_000, &[0]);
        check(wish("", Some(("NONE", true))), None, 0, 100_000, &[0]);
    }

    #[test]
    fn what_hangs_below_a_row_is_counted_and_stands_below_it() {
        let hanging = |n: i64| PageRow { level: 1, ..PageRow::of(vec![Cell::number(n)]) };
        let below = BTreeMap::from([(3, vec![hanging(-1), hanging(-2)]), (900, vec![hanging(-3)])]);
        let collapsed = HashSet::new();
        let look = |count: i64, wish: &ListQuery, wanted: Option<i64>| {
            let row = |n: i64| Ok(PageRow::of(vec![Cell::number(n)]));
            let source = Source {
                of: Of { position: 1, view: 0, focus: None },
                columns: &[column("ID", Width::Fixed(8))],
                all: &|| Ok((0..count).collect()),
                row: &row,
                below: &below,
                collapsed: &collapsed,
                wanted,
                now: Timestamp::EPOCH,
            };
            let (rows, window) = wish.rows(&source).unwrap();
            let said: Vec<i64> = rows.iter().map(|r| r.cells[0].text.as_str().parse().unwrap()).collect();
            (said, window.map(|w| (w.first, w.fit, w.all)))
        };
        // Of few rows all are there.
        assert_eq!(look(5, &wish("", None), None), (vec![0, 1, 2, 3, -1, -2, 4], None));
        // A window begins and ends anywhere, also among what hangs; each row stands in one of two windows that meet.
        let all: Vec<i64> = (0..=3).chain([-1, -2]).chain(4..=900).chain([-3]).chain(901..2000).collect();
        for from in [0, 2, 4, 5, 6, 403, 404, 405, 900, 1503, 9999] {
            let (rows, window) = look(2000, &ListQuery { from, ..wish("", None) }, None);
            let first = from.min(1503);
            assert_eq!(window, Some((first, 2003, 2003)));
            assert_eq!(rows, all[first..first + WINDOW], "{from}");
        }
        let (rows, window) = look(2000, &wish("", None), Some(901));
        assert_eq!((rows[WINDOW / 2], window), (901, Some((654, 2003, 2003))), "what is wanted is in the middle");
        // What hangs below a row that does not fit is not there.
        let (rows, window) = look(2000, &wish("900", None), None);
        assert_eq!((rows, window), (vec![900, -3, 1900], Some((0, 3, 2001))));
    }

    #[test]
    fn what_is_collapsed_stands_in_the_list_where_it_is_filtered_or_ordered() {
        let columns = [column("ID", Width::Fixed(8))];
        let look = |wish: &ListQuery| {
            let source = Source {
                of: Of { position: 1, view: 0, focus: None },
                columns: &columns,
                all: &|| Ok((0..2000).collect()),
                row: &|n: i64| Ok(PageRow::of(vec![Cell::number(n)])),
                below: &BTreeMap::new(),
                collapsed: &(0..700).chain([999]).collect(),
                wanted: None,
                now: Timestamp::EPOCH,
            };
            let (rows, window) = wish.rows(&source).unwrap();
            let said: Vec<i64> = rows.iter().map(|r| r.cells[0].text.as_str().parse().unwrap()).collect();
            (said, window.map(|w| (w.fit, w.all, w.collapsed)), wish.kept.fitting().map(|all| all.len()))
        };
        let (rows, window, all) = look(&wish("", None));
        assert_eq!(
            (rows.first(), window, all),
            (Some(&700), Some((1299, 1299, 701)), Some(2000)),
            "all are marked at once"
        );
        assert!(!rows.contains(&999));
        assert_eq!(look(&wish("999", None)), (vec![999, 1999], Some((2, 2000, 0)), Some(2)));
        let (rows, window, _) = look(&wish("", Some(("ID", true))));
        assert_eq!((rows.first(), window), (Some(&1999), Some((2000, 2000, 0))));
    }

    #[test]
    fn few_rows_are_all_on_the_page() {
        let (rows, window) = read(500, &wish("tier:6", None), None);
        assert_eq!((rows.len(), window), (500, None), "the view filters them");
    }

    #[test]
    fn another_position_of_the_log_is_another_list() {
        let wish = wish("tier:6", None);
        assert_eq!(read(1000, &wish, None).1.unwrap().fit, 142);
        let columns = [column("ID", Width::Fixed(8))];
        let row = |n: i64| Ok(PageRow::of(vec![Cell::number(n)]));
        let (nothing, none) = (BTreeMap::new(), HashSet::new());
        let source = |position, count| Source {
            of: Of { position, view: 0, focus: None },
            columns: &columns,
            all: if count { &|| Ok((0..700).collect()) } else { &|| Ok((0..600).collect()) },
            row: &row,
            below: &nothing,
            collapsed: &none,
            wanted: None,
            now: Timestamp::EPOCH,
        };
        let plain = ListQuery { filter: String::new(), ..wish };
        assert_eq!(plain.rows(&source(1, false)).unwrap().1.unwrap().all, 1000, "it was read");
        assert_eq!(plain.rows(&source(2, false)).unwrap().1.unwrap().all, 600);
        assert_eq!(plain.rows(&source(2, true)).unwrap().1.unwrap().all, 600);
    }
}
