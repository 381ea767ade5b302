//! The main job done from the screens alone, at a pseudo-terminal: once two desks are in touch, their members make a case,
//! import real files, share, ask, review, release, deliver, hold and erase without a command line, and both records stay
//! intact. Each turn is another member at the keyboard.

#![cfg(unix)]

use std::path::Path;

use crate::desks::{Site, pair};
use crate::screen::{Screen, is_selected};

/// Whether a line of a form is a field, and not the name of a group of them.
fn is_field_row(line: &str) -> bool {
    let named = |mark: &str| line.strip_prefix(mark).is_some_and(|l| l.starts_with(|c: char| c.is_ascii_lowercase()));
    [" > ", " * ", "   "].into_iter().any(named)
}

/// A member at the screens of a desk.
struct Turn {
    s: Screen,
}

impl Turn {
    fn of(site: &Site, member: u8) -> Self {
        site.believe_the_machine();
        let mut s = Screen::open((&site.workspace(), &site.identity(member), &site.folder), &[], 40, 120);
        s.until("WAITS ON YOU");
        Self { s }
    }

    /// Opens the form of a command by its name, on what is selected.
    fn open(&mut self, command: &str) {
        self.s.press(":");
        self.s.until("Commands, places, records");
        self.s.press(command);
        self.s.when(&format!("{command} in the palette"), |t| {
            t.lines().any(|l| l.starts_with(&format!(" > {command} ")))
        });
        self.s.press("\r");
    }

    /// Goes to a field of the open form, and types. Each key is waited for: what is typed ahead would be typed elsewhere.
    fn put(&mut self, field: &str, value: &str) {
        let here = |t: &str| t.lines().rfind(|l| l.starts_with(" > ")).unwrap_or_default().to_owned();
        // What the thing or the place tells stands there already.
        let stands = |l: &str| {
            let is_here = ["   ", " > "].iter().any(|mark| l.starts_with(&format!("{mark}{field} ")));
            is_here && l.trim_end().ends_with(&format!("  {value}"))
        };
        if !value.is_empty() && self.s.text().lines().any(stands) {
            return;
        }
        self.s.when("the fields", |t| !here(t).is_empty());
        // Fields that come late would be passed by: nobody goes there before they are seen.
        let is_field = |l: &str| [" > ", " * ", "   "].iter().any(|mark| l.starts_with(&format!("{mark}{field}")));
        self.s.when(&format!("the field {field}"), |t| t.lines().any(is_field));
        // What must be filled stands before what may be: the field may lie above.
        if !here(&self.s.text()).starts_with(&format!(" > {field}")) {
            self.s.press("\x1b[5~");
            // The first that is one: above it may stand the name of its group.
            let is_row = |l: &&str| is_field_row(l);
            self.s.when("the first field", |t| t.lines().skip(3).find(is_row).is_some_and(|l| l.starts_with(" > ")));
        }
        for _ in 0..40 {
            let now = here(&self.s.text());
            if now.starts_with(&format!(" > {field}")) {
                self.s.press(value);
                let shown: String = value.chars().take(20).collect();
                return self.s.when(&format!("{value} in {field}"), |t| here(t).contains(&shown));
            }
            // The fields of a kind come when it is known, and widen the form: only another name is another field.
            let name = |line: &str| line.split("  ").next().unwrap_or_default().to_owned();
            self.s.press("\t");
            self.s.when("the next field", |t| !here(t).is_empty() && name(&here(t)) != name(&now));
        }
        panic!("there is no field {field}:\n{}", self.s.text());
    }

    /// Goes to the Queue, and waits until the request is selected.
    fn at_request(&mut self) {
        self.s.press("2");
        let selected = |t: &str| t.lines().any(|l| is_selected(l) && l.contains("Preserve data quickly"));
        self.s.when("the request", |t| t.contains("[2 Queue]") && selected(t));
    }

    /// Filters the rows, and waits until the one that fits is selected.
    fn find(&mut self, what: &str) {
        self.s.press(&format!("/{what}\r"));
        self.s.when(what, |t| t.lines().any(|l| is_selected(l) && l.contains(what)) && t.contains("Esc clears it"));
    }

    /// Goes to a field of the open form, and picks the only thing that its list offers.
    fn choose(&mut self, field: &str, what: &str) {
        self.put(field, "");
        self.s.press("\r");
        self.s.when(&format!("{what} in the list"), |t| t.lines().any(|l| l.starts_with(" > ") && l.contains(what)));
        self.s.press("\r");
        self.s.until("Enter does it");
    }

    /// Fills the form of a command, goes to its end, and does it; returns the word that is asked for where one is given.
    fn fill(&mut self, command: &str, fields: &[(&str, &str)], word: Option<&str>, done: &str) {
        self.s.until(&format!("{command}: "));
        for (field, value) in fields {
            self.put(field, value);
        }
        self.s.press("\x1b[6~");
        self.s.when("the end of the form", |t| t.lines().any(|l| l.starts_with(" > Enter ")));
        self.s.press("\r");
        self.answer(command, word, done);
    }

    fn answer(&mut self, command: &str, word: Option<&str>, done: &str) {
        let form = format!(" {command}: ");
        if let Some(word) = word {
            self.s.until(&format!("type {word} and press Enter"));
            self.s.when("the gate's word", |t| t.contains("The gate says yes") || t.contains("asked when it is done"));
            self.s.press(&format!("{word}\r"));
        }
        // What a rehearsal said may read as if it were done: the question and its form must be gone.
        let open = |t: &str| t.contains("and press Enter:") || t.lines().nth(2).is_some_and(|l| l.starts_with(&form));
        self.s.when(done, |t| t.contains(done) && !open(t));
    }

    /// Opens the form of a command, fills it and does it.
    fn does(&mut self, command: &str, fields: &[(&str, &str)], word: Option<&str>, done: &str) {
        self.open(command);
        self.fill(command, fields, word, done);
    }

    fn leave(mut self) {
        self.s.press(":leave\r");
        assert_eq!(self.s.end(), 0);
        assert!(self.s.is_restored());
    }
}

#[test]
fn two_desks_exchange_a_case_without_a_command_line() {
    let (_root, a, b) = pair();
    let extracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/extracts");
    let file = |name: &str| extracts.join(name).to_str().unwrap().to_owned();
    let out = |site: &Site, name: &str| site.path(name);

    // Indicators go first.
    let mut t = Turn::of(&a, 1);
    t.s.press("3");
    t.s.until("No case yet");
    t.does("case new", &[("title", "Loader campaign"), ("purpose", "cybercrime")], None, "The case is open");
    t.s.press("\r");
    t.s.until("OPEN  Loader campaign");
    for (name, format, more) in [
        ("indicators.stix.json", "stix", &[][..]),
        ("event.misp.json", "misp", &[]),
        ("addresses.tsv", "csv", &[("column", "value=1"), ("type", "ipv4"), ("delimiter", "tab"), ("comment", "#")]),
    ] {
        let path = file(name);
        let fields = [&[("file", path.as_str()), ("format", format)], more].concat();
        t.does("item import", &fields, Some("import"), "items imported, as one act");
    }
    // All of the case: nothing but the case itself is selected.
    t.s.press("[");
    t.s.until("CASES");
    t.s.press("S");
    t.fill("disclosure new", &[("tier", "1"), ("to", "XB"), ("delete after", "60d")], Some("XB"), "next bundle to XB");
    t.s.walk(&[("6", "BUNDLES"), ("\r", "YES")]);
    let first = out(&a, "ab1");
    t.does("bundle export", &[("out", &first)], Some("XB"), "bytes, in");
    t.leave();

    let mut t = Turn::of(&b, 1);
    t.s.press("6i");
    t.fill("bundle import", &[("path", &first)], None, "Bundle 1 from XA: imported");
    t.s.press("3");
    t.s.until("Loader campaign");
    t.leave();

    // A preservation request: written, reviewed by another, sent, answered.
    let mut t = Turn::of(&a, 1);
    t.s.press("3");
    t.s.until("OPEN  Loader campaign");
    t.s.press("r");
    let said = [
        ("Authority seeking", "XA"),
        ("Offence and brief", "access"),
        ("Stored computer data", "account 4711"),
        ("Relationship", "sent from it"),
        ("Custodian", "a provider"),
        ("Necessity", "it is overwritten"),
        ("Intent", "within 60 days"),
        ("to", "XB"),
    ];
    t.s.until("request new: ");
    t.put("kind", "bc29");
    // What it says is asked once its kind is known.
    t.s.press("\t");
    t.s.until("Authority seeking");
    t.fill("request new", &said, None, "Written. Submit it");
    t.at_request();
    t.s.walk(&[("V", "Submitted; its review is"), ("S", "it must be draft")]);
    t.s.escape();
    t.leave();
    let review = |site: &Site, conditions: &str| {
        let mut t = Turn::of(site, 2);
        t.s.press("4");
        t.s.until("REVIEWS 1 open");
        t.s.press("\r");
        t.fill("review assess", &[("all", "met"), ("less intrusive", "open sources were searched")], None, "Assessed");
        t.s.press("S");
        let mut decides = vec![("decision", "approve")];
        decides.extend((!conditions.is_empty()).then_some(("condition", conditions)));
        decides.push(("expires", "60d"));
        t.fill("review decide", &decides, Some(if site.code == "XA" { "XB" } else { "XA" }), "Decided: approve");
        t.leave();
    };
    review(&a, "");
    let mut t = Turn::of(&a, 1);
    t.at_request();
    t.s.press("S");
    t.answer("request send", Some("XB"), "Sent: it leaves with the next bundle");
    let second = out(&a, "ab2");
    t.s.press("6");
    t.s.until("BUNDLES");
    t.s.press("x");
    t.fill("bundle export", &[("out", &second)], Some("XB"), "bytes, in");
    t.leave();

    let mut t = Turn::of(&b, 1);
    t.s.press("6i");
    t.fill("bundle import", &[("path", &second)], None, "Bundle 2 from XA: imported");
    t.at_request();
    t.s.press("S");
    t.s.until("Which of these?");
    t.s.press("request accept\r");
    t.fill("request accept", &[], Some("XA"), "Accepted: the partner hears it");
    t.s.press("3");
    t.s.until("OPEN  Loader campaign");
    t.s.press("i");
    let item = [
        ("type", "account"),
        ("category", "subscriber"),
        ("tier", "2"),
        ("person class", "suspect"),
        ("value", "account 4711: J. Doe"),
    ];
    t.s.until("item add: ");
    item.iter().for_each(|(field, value)| t.put(field, value));
    t.choose("request", "bc29");
    t.fill("item add", &[], None, "Added");
    t.find("J. Doe");
    t.s.press("V");
    t.fill(
        "review open",
        &[("to", "XA"), ("purpose", "cybercrime"), ("level", "L1")],
        None,
        "waits for a legal reviewer",
    );
    t.leave();
    review(&b, "no-onward");
    let mut t = Turn::of(&b, 1);
    t.s.press("3");
    t.s.until("OPEN  Loader campaign");
    t.find("J. Doe");
    t.s.press("S");
    t.fill("disclosure new", &[("delete after", "30d")], Some("XA"), "1 wait for a second person");
    t.leave();
    let mut t = Turn::of(&b, 2);
    t.s.press("4");
    t.s.until("RELEASES 1 wait");
    t.s.press("\tS");
    t.answer("disclosure release", Some("XA"), "Released");
    t.leave();
    let mut t = Turn::of(&b, 1);
    t.at_request();
    t.open("request deliver");
    t.fill("request deliver", &[], Some("XA"), "Delivered: the answer leaves");
    t.s.press("6");
    t.s.until("BUNDLES");
    t.s.press("x");
    let back = out(&b, "ba1");
    t.fill("bundle export", &[("out", &back)], Some("XA"), "bytes, in");
    t.leave();

    // The answer is here, under its condition; a hold stops its deletion, another person lifts it, and it is erased.
    let mut t = Turn::of(&a, 1);
    t.s.press("6i");
    t.fill("bundle import", &[("path", &back)], None, "Bundle 1 from XB: imported");
    t.s.press("3");
    t.s.until("OPEN  Loader campaign");
    t.find("J. Doe");
    t.s.until("no-onward");
    t.open("retention hold");
    t.fill(
        "retention hold",
        &[("reason", "complaint"), ("because", "access request")],
        None,
        "Held: nothing deletes it",
    );
    // Nothing is asked that the gate would refuse: the rule is said at once.
    t.s.press("X");
    t.s.until("U-02");
    t.s.escape();
    t.leave();
    let mut t = Turn::of(&a, 2);
    t.s.press("5");
    t.s.until("RETENTION");
    t.s.press("]");
    t.s.when("the hold", |t| t.lines().any(|l| is_selected(l) && l.contains("STANDING")));
    t.s.press("S");
    t.fill("retention release", &[("because", "closed")], Some("release"), "Lifted");
    t.leave();
    let mut t = Turn::of(&a, 1);
    t.s.press("3");
    t.s.until("OPEN  Loader campaign");
    t.find("J. Doe");
    t.s.until("no-onward");
    t.s.press("X");
    t.fill("retention purge", &[("because", "asked")], Some("purge"), "certificate Z-");
    let third = out(&a, "ab3");
    t.s.press("6");
    t.s.until("BUNDLES");
    t.s.press("x");
    t.fill("bundle export", &[("out", &third)], Some("XB"), "bytes, in");
    t.s.press("8c");
    t.s.until("Intact");
    t.leave();

    let mut t = Turn::of(&b, 1);
    t.s.press("6i");
    t.fill("bundle import", &[("path", &third)], None, "Bundle 3 from XA: imported");
    t.s.press("8c");
    t.s.until("Intact");
    t.leave();
    let duties = b.must(1, "retention duties", &[]).value;
    assert!(duties.as_array().unwrap().iter().any(|d| d["kind"] == "item" && d["state"] == "met"), "{duties}");
    assert!(a.must(1, "audit witness", &[]).value.to_string().contains("XB"));
}
