//! Changes of the state without a terminal and without threads: keys go in, answers are given by hand.

use std::any::Any;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Rect;
use tokio::sync::mpsc::unbounded_channel;

use super::*;
use crate::command::command;
use crate::host::clock::Clock;
use crate::record::kind::Kind;
use crate::tui::available_actions::Prepared;
use crate::tui::draw::draw;
use crate::tui::key::sequence;
use crate::tui::overlay::confirm::Confirm;
use crate::tui::overlay::definition::Overlay;
use crate::tui::overlay::fictitious::Note;
use crate::tui::overlay::form::view::FormView;
use crate::tui::overlay::menu::list::Menu;
use crate::tui::overlay::naming::Naming;
use crate::tui::overlay::reader::Reader;
use crate::tui::page::{Cell, Detail, Page, PageRow, RecordRef, Section, Selectable, Width, column};
use crate::tui::screen::definition::ViewParams;
use crate::value::id::Id;
use crate::value::realm::Realm;
use crate::workspace::progress::Progress;

fn record(n: u8) -> RecordRef {
    RecordRef { kind: Kind::Item, id: Id::from_bytes([n; 16]) }
}

/// A page with a row for each of some records.
fn page(records: &[u8]) -> Page {
    let row = |n: &u8| PageRow::of(vec![Cell::from(format!("n{n}"))]).about(Some(record(*n)));
    let section = Section {
        columns: vec![column("ID", Width::Rest)],
        rows: records.iter().map(row).collect(),
        ..Section::default()
    };
    Page { bands: vec![vec![section]], ..Page::default() }
}

/// A page with rows of the law, which stand for no record.
fn law(kinds: &[&str]) -> Page {
    let row =
        |kind: &&str| PageRow::of(vec![Cell::from(*kind)]).about(Some(Selectable::RequestKind((*kind).to_owned())));
    let section = Section {
        columns: vec![column("KIND", Width::Rest)],
        rows: kinds.iter().map(row).collect(),
        ..Section::default()
    };
    Page { bands: vec![vec![section]], ..Page::default() }
}

/// The screens at a place with a page.
fn at_page(place: &str, page: Page) -> State {
    let mut state = state();
    press(&mut state, place);
    state.page_arrived(state.view().asked, Ok(page));
    state.lay_out(Rect::new(0, 0, 80, 24));
    state
}

/// The screens of an open workspace that has no threads; the Desk has rows n1 to n5.
fn state() -> State {
    let opening = Opening {
        workspace: PathBuf::new(),
        identity: PathBuf::from("/nowhere"),
        clock: Clock::Fixed(Timestamp::parse("2026-11-23T03:12:00Z").unwrap()),
        readonly: false,
        reason: Some("the test".to_owned()),
    };
    let mut state = State::locked(opening, true, unbounded_channel().0).unwrap();
    open(&mut state);
    show_page(&mut state, &[1, 2, 3, 4, 5]);
    state
}

fn open(state: &mut State) {
    let who = Who { name: "M".into(), role: "officer".into(), desk: "XA Desk".into(), realm: Realm::Live };
    state.opened(Ok(who));
}

fn show_page(state: &mut State, records: &[u8]) {
    state.page_arrived(state.view().asked, Ok(page(records)));
    state.lay_out(Rect::new(0, 0, 80, 24));
}

fn press(state: &mut State, keys: &str) {
    for chord in sequence(keys).unwrap_or_default() {
        let modifiers = if chord.ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        state.handle_event(Event::Key(KeyEvent::new(chord.code, modifiers)));
    }
}

fn write(state: &mut State, text: &str) {
    for c in text.chars() {
        state.handle_event(Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)));
    }
}

/// Opens the form of a command, as when its answer comes.
fn open_form(state: &mut State, name: &str) {
    let command = command(name).unwrap();
    state.begin(command, Vec::new());
    state.prepared(state.ticket, command, Ok(Prepared::default()));
}

/// Asks the question before a command.
fn open_question(state: &mut State) {
    open_form(state, "request send");
    let form = state.mode.find_mut::<FormView>().unwrap();
    form.at = 0;
    form.put(&"a".repeat(32), None);
    let submission = form.submission(Timestamp::EPOCH);
    state.submit(submission);
}

fn title(overlay: &dyn Overlay<State>) -> String {
    let any = overlay as &dyn Any;
    if let Some(menu) = any.downcast_ref::<Menu<State>>() {
        menu.title.to_string()
    } else if let Some(form) = any.downcast_ref::<FormView>() {
        format!("form {}", form.command.full_name())
    } else if any.is::<Confirm<State>>() {
        "question".to_owned()
    } else if any.is::<Naming<State>>() {
        "name".to_owned()
    } else if any.is::<Reader>() {
        "text".to_owned()
    } else {
        "?".to_owned()
    }
}

/// The mode in words, what is on top first.
fn mode(state: &State) -> String {
    fn words(mode: &Mode<State>) -> Vec<String> {
        match mode {
            Mode::Locked(_) => vec!["locked".into()],
            Mode::Waiting(_, under) => std::iter::once("waiting".to_owned()).chain(words(under)).collect(),
            Mode::Overlays(overlays, under) => {
                overlays.iter().rev().map(|o| title(o.as_ref())).chain(words(under)).collect()
            }
            Mode::AskingTime(input) => vec![format!("time {}", input.text())],
            Mode::Filtering(input) => vec![format!("filter {}", input.text())],
            Mode::Normal => vec!["normal".into()],
        }
    }
    words(&state.mode).join(" / ")
}

fn message(state: &State) -> &str {
    state.messages.current.as_ref().map_or("", |message| message.text.as_str())
}

#[test]
fn keys_change_the_mode() {
    let check = |keys: &str, want: &str| {
        let mut state = state();
        press(&mut state, keys);
        assert_eq!(mode(&state), want, "{keys}");
    };
    check("", "normal");
    check("?", "Help: Desk / normal");
    check("? esc", "normal");
    check(":", "Commands, places, records / normal");
    check("/ a b", "filter ab");
    check("/ a enter", "normal");
    check("/ a esc", "normal");
    check("t 3 d", "time 3d");
    check("t x enter", "time x");
    check("t esc", "normal");
    check("s", "Order by / normal");
    check("J", "Jobs: Enter cancels one, or shows what it said / normal");
    check("M", "text / normal");
    check("M q", "normal");
    check("a", "n1 / normal");
    check("enter", "waiting / normal");
    check("enter j q ?", "waiting / normal");
    check("enter esc", "normal");
    check("S", "waiting / normal");
    check("ctrl-l", "locked");
    check("ctrl-z", "locked");
    check("? ctrl-l", "locked");
    check("q", "Leave comity? / normal");
    check("ctrl-c", "Leave comity? / normal");
    check("/ a ctrl-c", "Leave comity? / filter a");
    check("g", "normal");
    check("2 S", "normal");
}

#[test]
fn it_is_left_only_where_that_was_asked() {
    let check = |keys: &str, left: bool, suspends: bool| {
        let mut state = state();
        press(&mut state, keys);
        assert_eq!((state.end.is_some(), state.suspend), (left, suspends), "{keys}");
    };
    check("q", false, false);
    check("q enter", true, false);
    check("q esc", false, false);
    check("ctrl-c ctrl-c", true, false);
    check("ctrl-c esc ctrl-c", false, false);
    check("ctrl-l ctrl-c", true, false);
    check("ctrl-z", false, true);
    check("2 q", false, false);
    for answer in ["q", "y", "enter"] {
        check(&format!("2 q {answer}"), true, false);
    }
    for answer in ["n", "esc", "x", "l"] {
        check(&format!("2 q {answer}"), false, false);
    }
}

#[test]
fn escape_goes_back_step_by_step() {
    let mut state = state();
    press(&mut state, "2");
    show_page(&mut state, &[1, 2, 3]);
    press(&mut state, "space / n enter v j");
    let mut check = |want: &str| {
        press(&mut state, "esc");
        let view = state.view();
        let said = format!("{} {:?} {} {}", state.screen(), view.filter(), view.marks.len(), view.is_ranging());
        assert_eq!(said, want);
    };
    check("queue \"n\" 1 false");
    check("queue \"\" 1 false");
    check("queue \"\" 0 false");
}

#[test]
fn an_answer_that_nobody_waits_for_changes_nothing() {
    let check = |ask: fn(&mut State), give_up: &str, answer: fn(&mut State, Ticket), want: &str| {
        let mut state = state();
        ask(&mut state);
        let ticket = state.ticket;
        press(&mut state, give_up);
        answer(&mut state, ticket);
        assert_eq!(mode(&state), want, "after {give_up:?}");
    };
    let found = |state: &mut State, ticket| {
        state.record_found(ticket, record(1), Ok(Some((ScreenId::CASE, ViewParams::default()))));
        assert_eq!(state.screen(), ScreenId::DESK);
    };
    check(|state| press(state, "enter"), "esc", found, "normal");
    check(|state| press(state, "enter"), "ctrl-l", found, "locked");
    let nowhere = |state: &mut State, ticket| state.record_found(ticket, record(1), Ok(None));
    check(|state| press(state, "enter"), "esc", nowhere, "normal");
    check(|state| press(state, "enter"), "", nowhere, "text / normal");
    check(|state| press(state, "enter"), "esc enter", nowhere, "waiting / normal");
    let none = |state: &mut State, ticket| state.commands_offered(ticket, Ok(Vec::new()), vec![record(1)]);
    check(|state| press(state, "S"), "esc", none, "normal");
    check(|state| press(state, "S"), "", none, "normal");
    let refused = |state: &mut State, ticket| state.commands_offered(ticket, Err(Error::usage("no")), Vec::new());
    check(|state| press(state, "S"), "", refused, "text / normal");
    check(|state| press(state, "S"), "esc", refused, "normal");
    let prepared =
        |state: &mut State, ticket| state.prepared(ticket, command("case new").unwrap(), Ok(Prepared::default()));
    check(|state| state.begin_named("case new", Vec::new()), "", prepared, "form case new / normal");
    check(|state| state.begin_named("case new", Vec::new()), "esc", prepared, "normal");
    check(|state| state.begin_named("case new", Vec::new()), "ctrl-l", prepared, "locked");
    let verdicts = |state: &mut State, ticket| {
        state.verdicts_arrived(ticket, Ok((Vec::new(), Vec::new())));
        assert!(
            state
                .mode
                .top_as::<Menu<State>>()
                .is_none_or(|menu| menu.fitting().count() != 0 || menu.empty.starts_with("Nothing"))
        );
    };
    check(|state| press(state, "a"), "", verdicts, "n1 / normal");
    check(|state| press(state, "a"), "esc", verdicts, "normal");
    let looked = |state: &mut State, ticket| state.looked_back(ticket, Ok(None));
    check(|state| press(state, "t"), "ctrl-l", looked, "locked");
    let ended = |state: &mut State, ticket| {
        state.command_ended(ticket, Err(Error::usage("no")));
        assert_eq!(message(state), "");
    };
    check(|_| {}, "", ended, "normal");
}

#[test]
fn only_the_newest_page_and_detail_are_shown() {
    let mut state = state();
    let old = state.view().asked;
    press(&mut state, "ctrl-r");
    state.page_arrived(old, Ok(page(&[9])));
    assert_eq!(state.view().sections().next().unwrap().rows.len(), 5, "an older page is dropped");
    state.page_arrived(state.view().asked, Ok(page(&[9])));
    assert_eq!(state.view().selected(), Some(&record(9)));
    press(&mut state, "2");
    show_page(&mut state, &[1, 2]);
    let first = state.view().asked_detail;
    press(&mut state, "j");
    let detail = |title: &str| Ok(Detail::new(title));
    state.detail_arrived(first, record(1).into(), detail("one"));
    assert!(state.view().detail_of_selected().is_none(), "it is of what was selected before");
    state.detail_arrived(state.view().asked_detail, record(2).into(), detail("two"));
    assert_eq!(state.view().detail_of_selected().unwrap().title.as_str(), "two");
}

#[test]
fn a_paste_goes_into_a_field_or_nowhere() {
    let check = |prepare: fn(&mut State), want: &str, astray: bool, said: &str| {
        let mut state = state();
        prepare(&mut state);
        let drops = state.handle_event(Event::Paste("pasted\r".into()));
        assert_eq!((mode(&state).as_str(), drops), (want, astray), "{said}");
        assert!(message(&state).starts_with(said), "{}", message(&state));
    };
    check(|_| {}, "normal", true, "A paste means nothing here");
    check(|state| press(state, "/"), "filter pasted", false, "");
    check(|state| press(state, "t"), "time pasted", false, "");
    check(|state| press(state, "M"), "text / normal", true, "A paste answers no question");
    check(open_question, "question / form request send / normal", true, "A paste answers no question");
    check(|state| press(state, "?"), "Help: Desk / normal", false, "");
    check(|state| open_form(state, "case new"), "form case new / normal", false, "");
    check(|state| press(state, "enter"), "waiting / normal", true, "A paste means nothing here");
    let mut state = state();
    open_form(&mut state, "case new");
    state.handle_event(Event::Paste("pasted".into()));
    assert_eq!(state.mode.find::<FormView>().unwrap().form().maybe("title"), Some("pasted"));
}

#[test]
fn a_question_that_opens_drops_what_was_typed_ahead() {
    let mut state = state();
    open_form(&mut state, "request send");
    let form = state.mode.find_mut::<FormView>().unwrap();
    form.put(&"a".repeat(32), None);
    form.at = form.rows.len();
    assert_eq!(form.missing(), Vec::<String>::new());
    assert!(state.handle_event(Event::Key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE))));
    assert_eq!(mode(&state), "question / form request send / normal");
    assert!(!state.handle_event(Event::Key(KeyEvent::new(KeyCode::Char('x'), KeyModifiers::NONE))), "it was open");
}

#[test]
fn locking_leaves_nothing_and_gives_up_everything() {
    let check = |prepare: fn(&mut State), said: &str| {
        let mut state = state();
        prepare(&mut state);
        let waits = state.mode.wait().map(|wait| wait.cancel.flag());
        let asks = state.mode.find::<Confirm<State>>().and_then(|q| q.asks_gate()).map(|cancel| cancel.flag());
        press(&mut state, "ctrl-l");
        assert_eq!(mode(&state), "locked", "{said}");
        assert!(waits.into_iter().chain(asks).all(|cancelled| cancelled.load(Ordering::Relaxed)), "{said}");
        assert!(!state.view().here && state.view().page == Page::default() && state.copied.is_none());
        assert!(state.pressed.is_empty() && state.ahead.is_empty() && state.as_of.is_none());
        open(&mut state);
        assert_eq!((mode(&state).as_str(), message(&state)), ("normal", said));
    };
    let left = "case new was left open: what you typed is a draft, and is there when you open it.";
    check(|_| {}, "");
    check(|state| press(state, "?"), "");
    check(|state| press(state, "/ a"), "");
    check(|state| press(state, "enter"), "");
    check(|state| press(state, "g"), "");
    check(|state| open_form(state, "case new"), "");
    check(
        |state| {
            open_form(state, "case new");
            write(state, "Harbour");
        },
        left,
    );
    check(open_question, "request send was left open: what you typed is a draft, and is there when you open it.");
    let mut state = state();
    open_form(&mut state, "case new");
    write(&mut state, "Harbour");
    press(&mut state, "ctrl-l");
    open(&mut state);
    open_form(&mut state, "case new");
    assert_eq!(state.mode.find::<FormView>().unwrap().form().maybe("title"), Some("Harbour"), "the draft is back");
}

#[test]
fn a_form_that_is_left_is_a_draft() {
    let mut state = state();
    open_form(&mut state, "case new");
    write(&mut state, "Harbour");
    press(&mut state, "esc");
    assert_eq!(
        (mode(&state).as_str(), message(&state)),
        ("normal", "Kept as a draft: it is there when you come back.")
    );
    open_form(&mut state, "case new");
    assert_eq!(message(&state), "Your draft is back.");
    press(&mut state, "tab tab pgdn enter");
    assert_eq!(mode(&state), "form case new / normal", "what is missing keeps it open");
}

#[test]
fn the_filter_narrows_while_it_is_typed_and_is_undone_as_one() {
    let mut state = state();
    press(&mut state, "/");
    write(&mut state, "n3");
    assert_eq!(state.view().selected(), Some(&record(3)));
    press(&mut state, "enter u");
    assert_eq!(mode(&state), "Undo: what was done, the newest first / normal");
    press(&mut state, "enter");
    assert_eq!((state.view().filter(), state.history.newest().count()), ("", 0));
    press(&mut state, "U enter");
    assert_eq!(state.view().filter(), "n3");
    press(&mut state, "esc");
    assert_eq!(state.view().filter(), "");
}

#[test]
fn a_range_is_marked_dropped_and_ended() {
    let check = |keys: &str, marks: usize, ranging: bool| {
        let mut state = state();
        press(&mut state, keys);
        assert_eq!((state.view().marks.len(), state.view().is_ranging()), (marks, ranging), "{keys}");
    };
    check("v j j", 3, true);
    check("v j j v", 3, false);
    check("v j j space", 3, false);
    check("v j j esc", 0, false);
    check("space v j esc", 1, false);
    check("v j ? esc", 2, false);
    check("v G", 5, true);
    check("* esc", 0, false);
}

#[test]
fn what_is_typed_before_the_rows_waits_for_them_or_is_refused() {
    let check = |keys: &str, selected: u8, said: &str| {
        let mut state = state();
        press(&mut state, "2");
        press(&mut state, keys);
        assert!(message(&state).starts_with(said), "{keys}: {}", message(&state));
        show_page(&mut state, &[1, 2, 3]);
        assert_eq!(state.view().selected(), Some(&record(selected)), "{keys}");
    };
    check("j j", 3, "");
    check("G k", 2, "");
    check("a", 1, "The rows are not here yet");
    check("space", 1, "The rows are not here yet");
}

/// The last row of the screen: the keys.
fn footer(state: &mut State) -> String {
    drawn(state, 80, 24).lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_row_of_the_law_is_selected_opened_and_offers_a_request_of_its_kind() {
    let kinds: Vec<String> = (0..60).map(|n| format!("kind{n}")).collect();
    let mut state = at_page("4", law(&kinds.iter().map(String::as_str).collect::<Vec<_>>()));
    let selected = |state: &State| match state.view().selected_subject() {
        Some(Selectable::RequestKind(kind)) => kind.clone(),
        other => format!("{other:?}"),
    };
    for (keys, want) in [("j", "kind1"), ("G", "kind59"), ("k", "kind58"), ("g g", "kind0"), ("j j", "kind2")] {
        press(&mut state, keys);
        assert_eq!(selected(&state), want, "{keys}");
    }
    press(&mut state, "pgdn");
    assert_ne!(selected(&state), "kind2");
    press(&mut state, "g g");
    let page = Detail::new("what the law says");
    state.detail_arrived(state.view().asked_detail, Selectable::RequestKind("kind0".into()), Ok(page));
    for key in ["enter", "z"] {
        press(&mut state, key);
        assert!(state.view().zoomed, "{key}");
        assert!(drawn(&mut state, 80, 24).contains("what the law says"), "{key}");
        press(&mut state, "esc");
    }
    let keys = footer(&mut state);
    assert!(keys.contains("Enter read") && keys.contains("a act"), "{keys}");
    assert!(!keys.contains("mark") && !keys.contains("sign") && !keys.contains("answer"), "{keys}");
    press(&mut state, "space v S");
    assert!(state.view().marks.is_empty() && !state.view().is_ranging(), "no record is marked");
    assert_eq!(mode(&state), "normal");
    press(&mut state, "g g a");
    assert_eq!(mode(&state), "kind0 / normal");
    steps_arrive(&mut state, Some("law verify"));
    let seen = drawn(&mut state, 80, 24);
    assert!(seen.contains("request new") && seen.contains("law verify") && seen.contains("no    not they"), "{seen}");
    press(&mut state, "enter");
    assert_eq!(mode(&state), "waiting / normal");
}

#[test]
fn a_bundle_is_read_and_a_partner_is_looked_into() {
    let row = |kind: Kind, n: u8| {
        let subject = RecordRef { kind, id: Id::from_bytes([n; 16]) };
        PageRow::of(vec![Cell::from(format!("n{n}"))]).about(Some(subject))
    };
    let columns = vec![column("WHAT", Width::Rest)];
    let section = |rows| Section { columns: columns.clone(), rows, grows: true, ..Section::default() };
    let waits = Selectable::WaitingBundle { from: "XB".into(), sequence: 5 };
    let waiting = PageRow::of(vec![Cell::from("XB 5")]).about(Some(waits));
    let bundles = section(vec![row(Kind::Bundle, 2), waiting]);
    let page = Page { bands: vec![vec![section(vec![row(Kind::Partner, 1)])], vec![bundles]], ..Page::default() };
    let mut state = at_page("6", page.clone());
    assert!(footer(&mut state).contains("Enter preview"));
    press(&mut state, "enter");
    assert!(state.view().params.focus.is_some() && !state.view().zoomed);
    let mut state = at_page("6", page);
    press(&mut state, "tab");
    for there in ["n2", "XB 5"] {
        assert_eq!(state.view().selected_line().as_deref(), Some(there));
        let subject = state.view().selected_subject().cloned().unwrap();
        state.detail_arrived(state.view().asked_detail, subject, Ok(Detail::new("its page")));
        assert!(footer(&mut state).contains("Enter read"), "{there}");
        press(&mut state, "enter");
        assert!(state.view().zoomed && state.view().params.focus.is_none(), "{there}");
        press(&mut state, "esc j");
    }
    press(&mut state, "a");
    assert_eq!(mode(&state), "XB 5 / normal");
    steps_arrive(&mut state, None);
    assert!(drawn(&mut state, 80, 24).contains("bundle drop"));
}

/// What is done with what is selected arrives; of one command, with a no.
fn steps_arrive(state: &mut State, refused: Option<&str>) {
    let steps = state.view().selected_subject().map(super::verdicts::steps_of_no_record).unwrap();
    let why_not = |step: &super::work::Step| {
        (Some(step.command.full_name().as_str()) == refused).then(|| Error::not_allowed("not they"))
    };
    let ticket = state.mode.top_as::<Menu<State>>().unwrap().asked;
    let offer = |step| super::verdicts::Offer { why_not: why_not(&step), binds_nobody: false, step };
    state.steps_arrived(ticket, Ok(steps.into_iter().map(offer).collect()));
}

#[test]
fn a_review_is_answered_by_whose_turn_it_is_and_read_by_others() {
    let check = |command: Option<&'static str>, word: &str, now: &str, zoomed: bool| {
        let subject = RecordRef { kind: Kind::Review, id: Id::from_bytes([1; 16]) };
        let row = PageRow::of(vec![Cell::from("n1")]).about(Some(subject)).answered_by(command);
        let section = Section { columns: vec![column("", Width::Rest)], rows: vec![row], ..Section::default() };
        let mut state = at_page("4", Page { bands: vec![vec![section]], ..Page::default() });
        let keys = footer(&mut state);
        assert!(keys.contains(&format!("Enter {word}")), "{keys}");
        press(&mut state, "enter");
        assert_eq!((mode(&state).as_str(), state.view().zoomed), (now, zoomed));
    };
    check(Some("review assess"), "answer", "waiting / normal", false);
    check(None, "read", "normal", true);
}

#[test]
fn the_row_of_keys_says_of_cases_what_is_done_with_all_or_with_one() {
    let case = RecordRef { kind: Kind::Case, id: Id::from_bytes([7; 16]) };
    let row = PageRow::of(vec![Cell::from("Harbour")]).about(Some(case.clone()));
    let section = Section { columns: vec![column("", Width::Rest)], rows: vec![row], ..Section::default() };
    let mut state = at_page("3", Page { bands: vec![vec![section]], ..Page::default() });
    let keys = footer(&mut state);
    assert!(keys.contains("Enter open") && keys.contains("C new"), "{keys}");
    assert!(!keys.contains("add") && !keys.contains("links"), "{keys}");
    let mut state = at_page("3", Page { about: Some(case), ..page(&[1, 2]) });
    let keys = footer(&mut state);
    assert!(keys.contains("Enter read") && keys.contains("i add") && !keys.contains("C new"), "{keys}");
}

#[test]
fn an_eleventh_screen_is_reached_by_its_letter_and_by_the_palette() {
    let check = |keys: &str| {
        let mut state = state();
        press(&mut state, keys);
        assert_eq!(state.screen().word(), "map", "{keys}");
        press(&mut state, "-");
        assert_eq!(state.screen(), ScreenId::DESK);
    };
    check("g m");
    check(": m a p enter");
}

/// What is on the screen.
fn drawn(state: &mut State, columns: u16, rows: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    let layout = state.lay_out(Rect::new(0, 0, columns, rows));
    terminal.draw(|frame| draw(state, &layout, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y: u16| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (0..rows).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_overlay_needs_nobody_else_to_know_it() {
    let mut state = state();
    state.mode.push(Box::new(Note::default()));
    press(&mut state, "j q");
    assert_eq!(state.overlay_lines(), ["A note, 2 keys"]);
    let seen = drawn(&mut state, 80, 24);
    assert!(seen.contains("A note, 2 keys ─") && seen.contains("Esc put the note away"), "{seen}");
    for (columns, rows) in [(1, 1), (40, 10), (200, 60)] {
        drawn(&mut state, columns, rows);
    }
    assert!(state.handle_event(Event::Paste("x".into())), "it has no field");
    press(&mut state, "esc");
    assert_eq!(mode(&state), "normal");
    state.mode.push(Box::new(Note::default()));
    assert!(state.handle_line("done"));
    assert_eq!(mode(&state), "normal");
}

#[test]
fn with_ascii_alone_nothing_else_is_drawn() {
    for keys in ["", "?", "M", "2", "v j"] {
        let mut state = state();
        state.ascii = true;
        press(&mut state, keys);
        let seen = drawn(&mut state, 60, 15);
        assert!(seen.is_ascii(), "{keys}: {seen}");
    }
}

#[test]
fn progress_is_of_what_is_waited_for() {
    let mut state = state();
    press(&mut state, "enter");
    let progress = Progress { what: "read", done: 1, of: Some(2) };
    state.progressed(state.ticket + 1, progress.clone());
    assert_eq!(state.mode.wait().unwrap().progress, None);
    state.progressed(state.ticket, progress.clone());
    assert_eq!(state.mode.wait().unwrap().progress, Some(progress));
}

#[test]
fn a_layout_is_of_the_state_and_changes_nothing() {
    let check = |prepare: fn(&mut State), columns: u16, rows: u16| {
        let mut state = state();
        prepare(&mut state);
        let area = Rect::new(0, 0, columns, rows);
        let layout = state.lay_out(area);
        assert_eq!(state.layout(area), layout, "{columns}x{rows}: it settles at once");
        for part in [layout.header, layout.tabs, layout.as_of, layout.body, layout.status, layout.hints] {
            assert_eq!(part.intersection(area), part, "{columns}x{rows}");
        }
    };
    for (columns, rows) in [(1, 1), (20, 5), (39, 9), (40, 10), (79, 23), (80, 24), (120, 36), (200, 60)] {
        check(|_| {}, columns, rows);
        check(|state| press(state, "G"), columns, rows);
        check(|state| press(state, "? down down"), columns, rows);
        check(|state| open_form(state, "request new"), columns, rows);
        check(|state| press(state, "ctrl-l"), columns, rows);
    }
}

/// The same with a mouse, of which two presses may be as far apart as they are on a machine that is busy.
fn with_mouse() -> State {
    State { mouse: true, twice_within: std::time::Duration::from_secs(600), ..state() }
}

/// Presses the mouse where a text stands on the screen.
fn press_on(state: &mut State, text: &str) {
    let seen = drawn(state, 80, 24);
    let (row, line) = seen.lines().enumerate().find(|(_, line)| line.contains(text)).expect(text);
    let column = crate::value::text::width(&line[..line.find(text).unwrap()]) as u16;
    let kind = MouseEventKind::Down(MouseButton::Left);
    let event = MouseEvent { kind, column, row: row as u16, modifiers: KeyModifiers::NONE };
    state.handle_event(Event::Mouse(event));
}

#[test]
fn the_mouse_selects_and_takes_what_is_in_a_menu() {
    let mut state = with_mouse();
    press(&mut state, "q");
    press_on(&mut state, "Lock");
    assert_eq!(mode(&state), "Leave comity? / normal", "one press selects");
    let seen = drawn(&mut state, 80, 24);
    assert!(seen.lines().any(|line| line.trim().starts_with('>') && line.contains("Lock now")), "{seen}");
    press_on(&mut state, "Lock");
    assert_eq!(mode(&state), "locked", "a second one takes it");
    assert!(state.end.is_none());
}

#[test]
fn the_mouse_goes_to_the_fields_of_a_form_and_runs_it_by_two_presses() {
    let mut state = with_mouse();
    open_form(&mut state, "case new");
    let at = |state: &State| {
        let form = state.mode.top_as::<FormView>().unwrap();
        form.row().map_or("the end", |row| row.field.name)
    };
    for field in ["purpose", "title"] {
        press_on(&mut state, field);
        assert_eq!(at(&state), field);
    }
    press_on(&mut state, "Enter does it");
    assert_eq!(at(&state), "the end");
    press_on(&mut state, "Enter does it");
    assert_eq!(at(&state), "title", "what is missing is said, as by Enter");
    let form = state.mode.top_as::<FormView>().unwrap();
    assert!(form.failure.is_some());
    press_on(&mut state, "to the end");
    assert_eq!(at(&state), "the end", "a key of the footer is pressed");
}

#[test]
fn a_press_ticks_only_what_the_cursor_is_at_and_two_presses_are_of_one_thing_that_was_seen() {
    let mut state = with_mouse();
    open_form(&mut state, "bundle export");
    let force = |state: &State| {
        let form = state.mode.top_as::<FormView>().unwrap();
        let row = form.rows.iter().find(|row| row.field.name == "force").unwrap();
        (!row.input.is_empty(), form.row().is_some_and(|row| row.field.name == "force"))
    };
    press_on(&mut state, "force");
    assert_eq!(force(&state), (false, true), "it goes there");
    press_on(&mut state, "force");
    assert_eq!(force(&state), (true, true), "and ticks it there");
    press_on(&mut state, "max size");
    press_on(&mut state, "force");
    assert_eq!(force(&state), (true, true), "the second press of two is not one on something else");
    press(&mut state, "esc");
    // What was not seen between two presses was not pressed twice.
    press(&mut state, "q");
    let seen = drawn(&mut state, 80, 24);
    let row = seen.lines().position(|line| line.contains("Lock now")).unwrap() as u16;
    let event =
        MouseEvent { kind: MouseEventKind::Down(MouseButton::Left), column: 5, row, modifiers: KeyModifiers::NONE };
    state.handle_event(Event::Mouse(event));
    state.handle_event(Event::Mouse(event));
    assert_eq!(mode(&state), "Leave comity? / normal");
    drawn(&mut state, 80, 24);
    state.handle_event(Event::Mouse(event));
    assert_eq!(mode(&state), "locked");
}

#[test]
fn the_last_row_leaves_and_takes_by_two_presses_alone() {
    let mut state = with_mouse();
    press(&mut state, "q");
    press_on(&mut state, "leave  l");
    assert!(state.end.is_none(), "one press leaves nothing");
    press_on(&mut state, "lock  n");
    assert_eq!(mode(&state), "Leave comity? / normal", "a letter is typed");
    press_on(&mut state, "Esc stay");
    assert_eq!(mode(&state), "normal");
}

#[test]
fn the_mouse_answers_no_question_but_by_leaving_it() {
    let mut state = with_mouse();
    open_question(&mut state);
    let question = state.mode.find_mut::<Confirm<State>>().unwrap();
    question.show_preview(vec![None], &[]);
    let before = mode(&state);
    write(&mut state, "send");
    for text in ["yes", "To sign", "The gate says yes"] {
        press_on(&mut state, text);
        press_on(&mut state, text);
        assert_eq!(mode(&state), before, "{text}");
    }
    press_on(&mut state, "Esc no");
    assert_ne!(mode(&state), before);
    assert!(!mode(&state).contains("question"));
}

#[test]
fn the_mouse_does_not_keep_open_what_should_have_locked_meanwhile() {
    let mut state = with_mouse();
    let long = state.now().plus(crate::value::timestamp::Duration::days(1));
    state.opening.clock = Clock::Fixed(long);
    press_on(&mut state, "n1");
    assert_eq!(mode(&state), "locked");
}
