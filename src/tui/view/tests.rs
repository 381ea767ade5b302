//! A view by itself: its selection, order, marks and ranges, and long lists that come window by window.

use super::*;
use crate::record::kind::Kind;
use crate::tui::page::{Cell, Width, column};

fn subject(n: u8) -> RecordRef {
    RecordRef { kind: Kind::Item, id: Id::from_bytes([n; 16]) }
}

fn page(ids: &[&[u8]]) -> Page {
    let section = |ids: &&[u8]| Section {
        columns: vec![column("ID", Width::Fixed(4)), column("STATE", Width::Rest)],
        rows: ids
            .iter()
            .map(|n| {
                let state = Cell::from(if n % 2 == 0 { "OPEN" } else { "CLOSED" });
                PageRow::of(vec![Cell::number(*n), state]).about((*n > 0).then(|| subject(*n)))
            })
            .collect(),
        ..Section::default()
    };
    Page { bands: ids.iter().map(|s| vec![section(s)]).collect(), ..Page::default() }
}

#[test]
fn the_selection_stays_on_its_thing_while_rows_come_and_go() {
    let mut view = View::default();
    view.set_page(page(&[&[0, 1, 2, 3], &[], &[4, 2]]));
    assert_eq!(view.selected(), Some(&subject(1)), "a row that is no thing is passed over");
    view.step(1);
    view.set_page(page(&[&[9, 8, 2, 3], &[4]]));
    assert_eq!(view.selected(), Some(&subject(2)));
    view.set_filter("closed");
    assert_ne!(view.selected(), Some(&subject(2)));
    view.set_filter("");
    view.last();
    assert_eq!(view.selected(), Some(&subject(4)));
    view.step(5);
    assert_eq!(view.selected(), Some(&subject(4)));
    view.set_page(page(&[&[]]));
    assert_eq!(view.selected(), None);
    view.step(1);
    view.step_section(1);
    view.mark();
    view.set_page(page(&[&[7]]));
    assert_eq!(view.selected(), Some(&subject(7)));
}

#[test]
fn an_order_leaves_the_selection_on_its_thing_and_is_kept() {
    let mut view = View::default();
    view.set_page(page(&[&[3, 1, 4, 2]]));
    let shown =
        |v: &View| v.rows(0).iter().map(|n| v.page.bands[0][0].rows[*n].cells[0].text.to_string()).collect::<String>();
    view.step(1);
    let by = |column: &str, reversed| Some(Order { column: column.into(), reversed });
    let check = |view: &mut View, order: Option<Order>, want: &str| {
        view.set_order(order);
        assert_eq!((shown(view).as_str(), view.selected()), (want, Some(&subject(1))));
    };
    check(&mut view, by("ID", false), "1234");
    check(&mut view, by("ID", true), "4321");
    check(&mut view, by("STATE", false), "3142");
    check(&mut view, by("NONE", false), "3142");
    check(&mut view, by("ID", true), "4321");
    view.set_filter("id:>1");
    assert_eq!(shown(&view), "432");
    view.set_filter("");
    view.set_page(page(&[&[5, 1, 2]]));
    assert_eq!(shown(&view), "521");
    let again = view.again();
    assert_eq!((again.order(), again.filter()), (by("ID", true).as_ref(), ""));
}

#[test]
fn a_range_is_marked_from_where_it_began_and_can_be_dropped() {
    let mut view = View::default();
    view.set_page(page(&[&[1, 2, 3, 4, 5], &[6, 7]]));
    view.rooms = vec![5, 2];
    let marked = |v: &View| v.marks.iter().map(|s| s.id.to_string().chars().nth(1).unwrap()).collect::<String>();
    view.last();
    view.mark();
    view.first();
    view.step(1);
    assert!(view.begin_range());
    let check = |view: &mut View, step: i32, want: &str| {
        view.step(step);
        assert_eq!(marked(view), want);
    };
    check(&mut view, 0, "72");
    check(&mut view, 2, "7234");
    check(&mut view, -1, "723");
    check(&mut view, -9, "712");
    check(&mut view, 9, "72345");
    assert_eq!(view.selected(), Some(&subject(5)), "it stays in its section");
    assert!(view.drop_range() && !view.drop_range());
    assert_eq!(marked(&view), "7");
    assert!(view.begin_range());
    view.step(-1);
    view.end_range();
    view.step(-1);
    assert_eq!(marked(&view), "745");
    assert_eq!(view.marks_in_words(), "3 marked");
    view.set_filter("!id:4");
    assert_eq!(view.marks_in_words(), "3 marked, 1 not shown");
    view.set_filter("");
    view.rooms = vec![3, 2];
    assert_eq!(view.marks_in_words(), "3 marked, 2 not shown", "they are scrolled away");
    view.begin_range();
    view.set_page(page(&[&[8, 9]]));
    view.step(1);
    assert!(!view.is_ranging(), "where it began is gone");
    assert_eq!(view.marks_in_words(), "4 marked, 4 not shown");
}

#[test]
fn a_range_begins_at_its_row_and_not_where_the_same_thing_stands_first() {
    let mut view = View::default();
    view.set_page(page(&[&[1, 2, 1, 3]]));
    assert!(view.go_to_row_of(0, 2, &subject(1).into()) && view.begin_range());
    assert_eq!(*view.marks, [subject(1)]);
    view.step(1);
    assert_eq!(*view.marks, [subject(1), subject(3)]);
    // The last row goes: what is selected then was not moved to, and nothing more is marked.
    view.set_page(page(&[&[1, 2, 1]]));
    assert!(!view.marks.contains(&subject(2)), "{:?}", view.marks);
    assert!(!view.go_to_row_of(0, 3, &subject(3).into()));
}

/// A record of a long list.
fn nth(n: usize) -> RecordRef {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&(n as u64 + 1).to_be_bytes());
    RecordRef { kind: Kind::Item, id: Id::from_bytes(bytes) }
}

/// Serves a view that looks at a list of so many rows, until it lacks nothing more. Returns how many pages it took.
fn serve(view: &mut View, all: usize) -> usize {
    let mut pages = 0;
    loop {
        let look = view.request_params();
        let wanted = look.wanted.and_then(|id| (0..all).find(|n| nth(*n).id == id));
        let from = wanted.map_or(look.long.from, |at| at.saturating_sub(WINDOW / 2));
        let first = from.min(all.saturating_sub(WINDOW));
        let rows = (first..all.min(first + WINDOW))
            .map(|n| PageRow::of(vec![Cell::number(n), Cell::default()]).about(Some(nth(n))));
        let section = Section {
            columns: vec![column("ID", Width::Fixed(4)), column("STATE", Width::Rest)],
            rows: rows.collect(),
            window: Some(Window { first, fit: all, all, read: all, collapsed: 0 }),
            ..Section::default()
        };
        view.set_page(Page { bands: vec![vec![section]], ..Page::default() });
        pages += 1;
        if !view.must_fetch() {
            return pages;
        }
        assert!(pages < 5, "it never has what it wants");
    }
}

#[test]
fn a_long_list_is_walked_through_window_by_window() {
    let mut view = View::default();
    serve(&mut view, 10_000);
    let check = |view: &mut View, go: &dyn Fn(&mut View), want: usize| {
        go(view);
        if view.must_fetch() {
            serve(view, 10_000);
        }
        assert_eq!(view.selected(), Some(&nth(want)));
    };
    check(&mut view, &|v| v.step(10), 10);
    let mut pages = 0;
    for n in 11..2_000 {
        view.step(1);
        pages += if view.must_fetch() { serve(&mut view, 10_000) } else { 0 };
        assert_eq!(view.selected(), Some(&nth(n)));
    }
    assert!((5..20).contains(&pages), "a window comes before its end is reached: {pages}");
    check(&mut view, &|v| v.step(3_000), 4_999);
    check(&mut view, &|v| (0..700).for_each(|_| v.step(1)), 5_699);
    check(&mut view, &|v| v.last(), 9_999);
    check(&mut view, &|v| v.step(-20), 9_979);
    check(&mut view, &|v| v.first(), 0);
    check(&mut view, &|v| assert!(v.go_to_row(7_000)), 7_000);
    // What came before the selected row meanwhile leaves it where it is on the screen.
    view.offsets[0] = view.at().1 - 3;
    let before = view.at().1 - view.offsets[0];
    check(&mut view, &|v| v.step(200), 7_200);
    assert_eq!(view.at().1 as i64 - view.offsets[0] as i64, before as i64 + 200);
    // A thing that is wanted is brought there.
    view.wanted = Some(nth(42).id);
    serve(&mut view, 10_000);
    assert_eq!((view.selected(), view.wanted), (Some(&nth(42)), None));
    view.step(1);
    serve(&mut view, 10_000);
    assert_eq!(view.selected(), Some(&nth(43)));
    // Another filter begins again, and is asked for.
    view.set_filter("9");
    assert!(view.must_fetch());
    assert_eq!(view.request_params().long.filter, "9");
    // So it is where it was typed before the first page came.
    let mut view = View::default();
    view.request_params();
    view.set_filter("9");
    assert!(!view.must_fetch());
    let rows = (0..WINDOW).map(|n| PageRow::of(vec![Cell::number(n), Cell::default()]).about(Some(nth(n))));
    let section = Section {
        columns: vec![column("ID", Width::Fixed(4)), column("STATE", Width::Rest)],
        rows: rows.collect(),
        window: Some(Window { first: 0, fit: 10_000, all: 10_000, read: 10_000, collapsed: 0 }),
        ..Section::default()
    };
    view.set_page(Page { bands: vec![vec![section]], ..Page::default() });
    assert!(view.reads_on() && view.must_fetch());
}

#[test]
fn where_what_was_selected_is_gone_the_row_that_took_its_place_is() {
    let mut view = View::default();
    view.set_page(page(&[&[1, 2, 3, 4]]));
    view.step(2);
    view.set_page(page(&[&[1, 2, 4]]));
    assert_eq!(view.selected(), Some(&subject(4)));
    view.set_page(page(&[&[1, 2]]));
    assert_eq!(view.selected(), Some(&subject(2)));
    // The same thing in several rows: the row stays.
    view.set_page(page(&[&[5, 6, 5, 6, 5]]));
    view.last();
    view.set_page(page(&[&[5, 6, 5, 6, 5]]));
    assert_eq!(view.at(), (0, 4));
}

#[test]
fn a_wanted_record_is_selected_once_it_comes() {
    let mut view = View { wanted: Some(subject(5).id), ..View::default() };
    view.set_page(page(&[&[1, 2]]));
    view.set_page(page(&[&[1, 5, 2]]));
    assert_eq!(view.selected(), Some(&subject(5)));
    assert!(view.wanted.is_none());
    view.mark();
    view.mark_all();
    assert_eq!(view.marks.len(), 3);
}

#[test]
fn what_hangs_below_a_row_goes_with_it_and_what_is_collapsed_is_found() {
    let mut view = View::default();
    let mut collapsing = page(&[&[3, 1, 4, 2]]);
    let rows = &mut collapsing.bands[0][0].rows;
    // Below 3 hangs 1 once more; 4 is collapsed.
    rows.insert(1, PageRow { level: 1, ..rows[1].clone() });
    rows[0].path = vec![subject(3).id];
    rows[3].is_collapsed = true;
    view.set_page(collapsing);
    let shown = |v: &View| {
        let rows = v.rows(0).iter().map(|n| &v.page.bands[0][0].rows[*n]);
        rows.map(|row| format!("{}{}", ">".repeat(row.level), row.cells[0].text)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(shown(&view), "3 >1 1 2");
    view.set_order(Some(Order { column: "ID".into(), reversed: true }));
    assert_eq!(shown(&view), "3 >1 2 1");
    view.set_order(Some(Order { column: "ID".into(), reversed: false }));
    assert_eq!(shown(&view), "1 2 3 >1");
    view.set_order(None);
    view.set_filter("open");
    assert_eq!(shown(&view), "4 2", "a filter looks into what is collapsed, and at rows of the list alone");
    view.set_filter("3");
    assert_eq!(shown(&view), "3 >1", "what hangs below a row that fits is there");
    view.mark_all();
    assert_eq!(*view.marks, [subject(3)], "it is no further row that fits");
    view.set_filter("");
    view.mark_all();
    assert_eq!(*view.marks, [3, 1, 4, 2].map(subject), "what is collapsed fits too");
    // Expanding is of the row that can be expanded, or of the one on which the selected row hangs.
    view.first();
    assert_eq!(view.expand(), Turned::Done);
    assert!(view.params.expanded.contains(&vec![subject(3).id]));
    view.step(1);
    assert_eq!((view.expand(), view.at()), (Turned::Done, (0, 0)));
    assert!(view.params.expanded.is_empty());
    view.last();
    assert_eq!(view.expand(), Turned::Nothing);
}
