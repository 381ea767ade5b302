//! A list that is too long for a page: all its rows by number, a window of them on the page, and the filter and the order
//! over all of them. They are read piece by piece, so that whatever else is asked for comes in between. It keeps numbers,
//! never what a row says.

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
    /// The rows of a page: all of them where they are few, else a window.
    pub fn rows(&self, source: &Source<'_>) -> Result<(Vec<PageRow>, Option<Window>), Error> {
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list = match kept.take() {
            Some(list) if list.of == source.of => list,
            _ => List { of: source.of.clone(), all: (source.all)()?, sifted: None },
        };
        if list.all.len() <= WINDOW {
            return Ok((list.all.iter().map(|n| (source.row)(*n)).collect::<Result<_, _>>()?, None));
        }
        let all = list.all.len();
        let (fit, read) = list.sift(self, source)?;
        let last = fit.len().saturating_sub(WINDOW);
        let around = source.wanted.and_then(|wanted| fit.iter().position(|n| *n == wanted));
        let first = around.map_or(self.from, |at| at.saturating_sub(WINDOW / 2)).min(last);
        let window = Window { first, fit: fit.len(), all, read };
        let rows = fit.iter().skip(first).take(WINDOW).map(|n| (source.row)(*n)).collect::<Result<_, _>>()?;
        *kept = Some(list);
        Ok((rows, Some(window)))
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
        if wish.filter.trim().is_empty() && wish.order.is_none() {
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
        let source = |position, count| Source {
            of: Of { position, view: 0, focus: None },
            columns: &columns,
            all: if count { &|| Ok((0..700).collect()) } else { &|| Ok((0..600).collect()) },
            row: &row,
            wanted: None,
            now: Timestamp::EPOCH,
        };
        let plain = ListQuery { filter: String::new(), ..wish };
        assert_eq!(plain.rows(&source(1, false)).unwrap().1.unwrap().all, 1000, "it was read");
        assert_eq!(plain.rows(&source(2, false)).unwrap().1.unwrap().all, 600);
        assert_eq!(plain.rows(&source(2, true)).unwrap().1.unwrap().all, 600);
    }
}
