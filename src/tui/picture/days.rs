//! What is due on which of the next days: a column for each day, what is late left of today. And the dates above it.

use super::piece::Stretch;
use crate::tui::language::{phrase, tr, tr_date};
use crate::tui::theme::StyleRole;
use crate::value::text::width;
use crate::value::timestamp::{Duration, Timestamp};

/// Signs for two and more on one day, against the most of any day.
const MANY: [char; 5] = ['▂', '▃', '▅', '▆', '█'];
/// Columns before the first day: what is late, and the line of today.
const BEFORE: usize = 2;

/// What is due on each of the next days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Days {
    /// The beginning of today.
    pub from: Timestamp,
    /// How much is late.
    pub late: u64,
    /// How much is due on each day from today on.
    pub days: Vec<u64>,
}

/// The column of a day where there are so many for all; where there are fewer columns than days, each day has one, and the last
/// have none.
fn column_of(day: usize, days: usize, columns: usize) -> usize {
    let room = columns.saturating_sub(BEFORE).max(days);
    BEFORE + day * room / days.max(1)
}

/// How many days there is room for.
fn days_that_fit(days: usize, columns: usize) -> usize {
    days.min(columns.saturating_sub(BEFORE))
}

/// A day on which nothing is due.
const fn none(ascii: bool) -> char {
    if ascii { '.' } else { '·' }
}

fn sign(n: u64, most: u64, ascii: bool) -> char {
    match (n, ascii) {
        (0, _) => none(ascii),
        (1..=9, true) => char::from_digit(n as u32, 10).unwrap_or('+'),
        (_, true) => '+',
        (1, false) => '■',
        (n, false) => {
            let steps = MANY.len() as u64 - 1;
            let at = (n - 2) * steps / most.saturating_sub(2).max(1);
            MANY.get(usize::try_from(at).unwrap_or(0)).copied().unwrap_or('█')
        }
    }
}

impl Days {
    pub(super) fn draw(&self, columns: usize, ascii: bool) -> Vec<Stretch> {
        let most = self.days.iter().copied().max().unwrap_or(0);
        let late = match self.late {
            0 => ' ',
            n => sign(n, self.late.max(most), ascii),
        };
        let today = if ascii { '|' } else { '▼' };
        let mut pieces = vec![(late.to_string(), StyleRole::Stop), (today.to_string(), StyleRole::Accent)];
        let all = self.days.len();
        for (n, count) in self.days.iter().take(days_that_fit(self.days.len(), columns)).enumerate() {
            let role = match (n, count) {
                (_, 0) => StyleRole::Border,
                (0, _) => StyleRole::Due,
                _ => StyleRole::Base,
            };
            pieces.push((sign(*count, most, ascii).to_string(), role));
            let gap = column_of(n + 1, all, columns).min(columns) - column_of(n, all, columns) - 1;
            pieces.push((none(ascii).to_string().repeat(gap), StyleRole::Border));
        }
        pieces
    }

    pub(super) fn said(&self) -> String {
        let late = (self.late > 0).then(|| phrase!("{late} late", late = self.late));
        let on = |(n, count): (usize, &u64)| {
            let day = self.from.plus(Duration::days(n as i64));
            let when =
                if n == 0 { tr("today").to_owned() } else { phrase!("on {day}", day = tr_date(&day.day_and_month())) };
            (*count > 0).then(|| format!("{count} {when}"))
        };
        let all: Vec<String> = late.into_iter().chain(self.days.iter().enumerate().filter_map(on)).collect();
        if all.is_empty() { tr("none").to_owned() } else { all.join(", ") }
    }
}

/// The dates above the days: today, and then each seventh day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Axis {
    /// The beginning of today.
    pub from: Timestamp,
    /// How many days there are.
    pub days: usize,
}

impl Axis {
    pub(super) fn draw(&self, columns: usize, _: bool) -> Vec<Stretch> {
        let mut text = " ".repeat(BEFORE);
        for n in (0..days_that_fit(self.days, columns)).step_by(7) {
            let at = column_of(n, self.days, columns);
            let date = tr_date(&self.from.plus(Duration::days(n as i64)).day_and_month());
            // A date that would run into the one before, or out of the picture, is left out.
            let ends = at + width(&date) <= columns;
            if ends && (width(&text) < at || n == 0) {
                text.push_str(&" ".repeat(at - width(&text)));
                text.push_str(&date);
            }
        }
        vec![(text, StyleRole::Note)]
    }

    pub(super) fn said(&self) -> String {
        phrase!("the next {days} days", days = self.days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::picture::piece::text;

    fn days() -> Days {
        let mut days = vec![0; 30];
        (days[0], days[4], days[5], days[29]) = (1, 3, 12, 1);
        Days { from: Timestamp::parse("2026-11-28T00:00:00Z").unwrap(), late: 2, days }
    }

    #[test]
    fn what_is_drawn_is_what_is_said() {
        let days = days();
        assert_eq!(days.said(), "2 late, 1 today, 3 on 2 Dec, 12 on 3 Dec, 1 on 27 Dec");
        for columns in [32, 40, 62, 92, 200] {
            let drawn = text(&days.draw(columns, true));
            assert!(drawn.len() <= columns, "{columns}");
            let read = |n: usize| drawn.chars().nth(column_of(n, 30, columns)).unwrap();
            assert_eq!(drawn.chars().next(), Some('2'));
            // Each number that is said stands at its day, and there is no other sign.
            for (n, count) in days.days.iter().enumerate() {
                let sign = match count {
                    0 => '.',
                    1..=9 => char::from_digit(*count as u32, 10).unwrap(),
                    _ => '+',
                };
                assert_eq!(read(n), sign, "{columns}: day {n}");
            }
            assert_eq!(drawn.chars().filter(|c| !"|. ".contains(*c)).count(), 5, "{columns}");
        }
        let drawn = text(&days.draw(32, false));
        assert_eq!(drawn, "▂▼■···▂█·······················■");
    }

    #[test]
    fn the_axis_names_the_days_that_it_stands_above() {
        let axis = Axis { from: days().from, days: 30 };
        let drawn = text(&axis.draw(62, false));
        assert_eq!(
            drawn,
            "  28 Nov        5 Dec         12 Dec        19 Dec        26 D".replace("26 D", "").trim_end()
        );
        let wide = text(&axis.draw(92, false));
        assert_eq!(wide.find("26 Dec"), Some(BEFORE + 28 * 3));
    }
}
