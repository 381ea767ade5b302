//! What the fuzz targets do with any bytes: each parser reads them, and what it yields must hold what it promises. A test of the program
//! runs the same over the corpus.

use comity::act::change::Line;
use comity::act::header::Header;
use comity::act::note::Note;
use comity::bundle::ask::OpenedAsk;
use comity::bundle::manifest::Manifest;
use comity::bundle::open::Opened;
use comity::exchange::canonical;
use comity::exchange::format::{Options, Sink};
use comity::exchange::iep;
use comity::exchange::intake::{self, Incoming, Known, One, Planner};
use comity::exchange::report::Report;
use comity::exchange::source::Source;
use comity::record::card::Card;
use comity::value::json::{self, Limits};

/// A file of a foreign format: it is read twice, as an import does, and both times says the same.
pub fn file(name: &str, data: &[u8]) {
    let Some(format) = comity::exchange::format(name) else { panic!("no format {name}") };
    let columns = vec![("value".to_owned(), "1".to_owned()), ("type".to_owned(), "2".to_owned())];
    let options = if name == "csv" { Options { columns, ..Options::default() } } else { Options::default() };
    let mut known = Known::default();
    let mut input = std::io::Cursor::new(data);
    let Ok(mut source) = Source::new(&mut input) else { return };
    let mut learn = |_: &Incoming, _: &mut Known| {};
    let mut planner = Planner::new(&options, &mut known, &mut learn);
    let mut stopped = false;
    let mut plan = |seen| {
        stopped = planner.see(seen).is_err();
        !stopped
    };
    let planned = (format.read)(&mut source, &options, &mut Sink::new(&mut plan));
    if stopped || planned.is_err() || source.again().is_err() {
        return;
    }
    let plan = planner.end();
    let (mut items, mut report) = (0u64, Report::default());
    let mut take = |seen| {
        if let Some(One::Item(item)) = intake::one(seen, &options, &mut report) {
            items += 1;
            assert!(!item.value.is_empty(), "an item without a value");
            assert!(item.tier >= item.category.least_tier(), "a tier that is lower than its category");
            let again = canonical::of(&item.kind, &item.value);
            assert!(
                !again.fits || again.value == item.value,
                "a value has two forms: {} and {}",
                again.value,
                item.value
            );
        }
        true
    };
    let read = (format.read)(&mut source, &options, &mut Sink::new(&mut take));
    assert!(read.is_ok(), "it was read once and cannot be read again");
    assert!(plan.report.imported + plan.report.already_there <= items, "more is taken than there is");
}

/// A handling policy.
pub fn policy(data: &[u8]) {
    let _ = iep::read(data);
}

/// A desk's card.
pub fn card(data: &[u8]) {
    let _ = Card::parse(data);
}

/// JSON as it is signed: what is read is written as it was.
pub fn json(data: &[u8]) {
    if let Ok(read) = json::parse(data, Limits::SIGNED) {
        let written = read.to_bytes();
        assert!(
            json::parse(&written, Limits::SIGNED).is_ok_and(|again| again == read),
            "it reads otherwise once it is written"
        );
    }
}

/// The header of an act, and a line of its changes.
pub fn act(data: &[u8]) {
    let _ = Header::parse(data);
    let _ = Line::parse(data);
}

/// A note with a checkpoint.
pub fn note(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(note) = Note::parse(text)
    {
        let _ = comity::act::checkpoint::Checkpoint::parse(&note);
    }
}

/// The manifest of a bundle.
pub fn manifest(data: &[u8]) {
    let _ = Manifest::parse(data);
}

/// What asks for bundles that are missing, as it stands inside of its seal.
pub fn ask(data: &[u8]) {
    if let Ok(opened) = OpenedAsk::read(&mut &*data) {
        assert_eq!(opened.ask.to_bytes(), opened.bytes, "it is written as it was read");
    }
}

/// A bundle as it stands inside of its seal, up to its parts.
pub fn bundle(data: &[u8]) {
    if let Ok(opened) = Opened::read(data) {
        assert_eq!(opened.manifest.to_bytes(), opened.bytes, "it is written as it was read");
    }
}
