//! The first hour of the guide, replayed: two people found two desks and come to the first bundle that is taken in, with the keys
//! that `docs/guide/first-hour.md` names, and no others. The guide counts them, and so does this.
//!
//! And the words that nobody may put into a reviewer's mouth: they are never filled in before.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::desks::{REASONS, pair};
use crate::screen::{Screen, is_selected};
use comity::host::clock::Clock;

const GUIDE: &str = "docs/guide/first-hour.md";

/// What both people may press together.
const MOST: usize = 150;

/// How long a terminal may take, at the most, until it hides what is typed after a prompt.
const HIDES: Duration = Duration::from_secs(1);

const PASSPHRASE: &str = "orbit velvet tundra mosaic";

/// A key that the guide names, as it is pressed; `None`: a word that is typed.
fn sequence(key: &str) -> Option<&'static str> {
    Some(match key {
        "⏎" => "\r",
        "⇥" => "\t",
        "⇟" => "\x1b[6~",
        "Esc" => "\x1b",
        _ => return None,
    })
}

/// One of the two, at their machine.
struct Hand {
    code: &'static str,
    home: tempfile::TempDir,
    s: Screen,
    /// What the guide says that is typed, in order.
    pressed: Vec<String>,
    /// The same letter by letter.
    strokes: usize,
}

impl Hand {
    /// At an empty machine: the program is started by its name.
    fn sits_down(code: &'static str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let s = Self::start(home.path());
        let mut hand = Self { code, home, s, pressed: Vec::new(), strokes: 0 };
        hand.note("comity", "comity");
        hand.note("⏎", "⏎");
        hand
    }

    fn start(home: &Path) -> Screen {
        let none: [&str; 0] = [];
        Screen::run(&none, home, &[("COMITY_LIGHT_SCRYPT", "1")], 40, 120)
    }

    fn note(&mut self, named: &str, typed: &str) {
        self.strokes += if sequence(typed).is_some() { 1 } else { typed.chars().count() };
        self.pressed.push(named.to_owned());
    }

    /// Presses a key or types a word, as the guide names it, and waits for what it leads to.
    fn press(&mut self, key: &str, leads_to: &str) {
        self.press_as(key, key, leads_to);
    }

    /// The same, where the guide names what is typed by what it is.
    fn press_as(&mut self, named: &str, typed: &str, leads_to: &str) {
        self.s.press(sequence(typed).unwrap_or(typed));
        self.note(named, typed);
        self.s.until(leads_to);
    }

    /// Types a passphrase where nothing shows it: not before the terminal hides it.
    fn secret(&mut self, leads_to: &str) {
        while self.s.drain(HIDES) {}
        self.press_as("PASSPHRASE", PASSPHRASE, "");
        self.press("⏎", leads_to);
    }

    /// Types into the row of the cursor, and waits until it stands there.
    fn put(&mut self, value: &str) {
        self.s.press(value);
        self.note(value, value);
        self.s.when(&format!("{value} in its field"), |t| {
            t.lines().any(|l| l.starts_with(" > ") && l.trim_end().ends_with(value))
        });
    }

    /// To the next row of the form, which has this name.
    fn next(&mut self, field: &str) {
        self.s.press("\t");
        self.note("⇥", "⇥");
        self.at(field);
    }

    /// Waits until the cursor is at a row of this name.
    fn at(&mut self, field: &str) {
        let here = format!(" > {field}");
        self.s.when(&format!("the cursor at {field}"), |t| t.lines().any(|l| l.starts_with(&here)));
    }

    /// To the end of the form, and on.
    fn goes_on(&mut self, leads_to: &str) {
        self.press("⇟", "");
        self.at("Enter ");
        self.press("⏎", leads_to);
    }

    /// Answers the question before something is signed.
    fn signs(&mut self, word: &str, done: &str) {
        self.s.until(&format!("type {word} and press Enter"));
        self.s.until("The gate says yes");
        self.press(word, &format!("press Enter: {word}"));
        self.press("⏎", done);
    }

    fn founds(&mut self, name: &str, who: &str) {
        let code = self.code;
        self.s.until("Which? [q]");
        self.press("1", "");
        self.press("⏎", "The desk's code: ");
        self.press(code, "");
        self.press("⏎", "The desk's name: ");
        self.press(name, "");
        self.press("⏎", "Its jurisdiction: ");
        self.press(code, "");
        self.press("⏎", "Your roles");
        self.press("⏎", "Workspace [");
        self.press("⏎", "Identity [");
        self.press("⏎", "Your name: ");
        self.press(who, "");
        self.press("⏎", "A new passphrase for this identity: ");
        self.secret("once more: ");
        self.secret("Make it [yes]: ");
        self.press("⏎", "give the card to partners");
        assert_eq!(self.s.end(), 0);
    }

    /// The card goes by mail, or by hand.
    fn card_to(&self, other: &Self) {
        let name = format!("{}.card", self.code);
        fs::copy(self.home.path().join(".config/comity").join(&name), other.home.path().join(&name)).unwrap();
    }

    fn opens_the_screens(&mut self) {
        self.s = Self::start(self.home.path());
        self.note("comity", "comity");
        self.note("⏎", "⏎");
        self.s.until("passphrase");
        self.press_as("PASSPHRASE", PASSPHRASE, "****");
        self.press("⏎", "FIRST STEPS");
        self.s.until("0 of 6");
    }

    /// Adds the partner and pins it; `fingerprint` is what is read aloud to them.
    fn meets(&mut self, partner: &str, fingerprint: &[String]) {
        self.press("7", "No agreement yet");
        self.press("i", "partner add: ");
        self.at("card");
        self.put(&format!("{partner}.card"));
        self.next("kind");
        self.press("⏎", "law-enforcement");
        self.press("law", " > law-enforcement");
        self.press("⏎", "Enter does it");
        self.goes_on(&format!("{partner} is added"));
        self.press("Esc", "ADDED");
        self.press("S", "partner confirm: ");
        self.at("group ");
        // A whole number: group 12 begins as group 1 does.
        let group = |t: &str| t.lines().find_map(|l| l.strip_prefix(" > group ")?.trim().parse::<usize>().ok());
        for last in [false, true] {
            let asked = group(&self.s.text()).unwrap();
            let digits = &fingerprint[asked - 1];
            self.press_as("GROUP", digits, digits);
            if !last {
                self.press("⇥", "");
                self.s.when("the next group", |t| group(t).is_some_and(|g| g != asked));
            }
        }
        self.goes_on("To sign, type");
        self.signs(partner, &format!("{partner} is pinned"));
    }

    /// Whether the screen shows what stands in a block of the guide, line by line.
    fn shows(&self, block: usize) {
        let page = page();
        let block = page.split("```").skip(1).step_by(2).nth(block).unwrap().strip_prefix("text\n").unwrap();
        let text = self.s.text();
        let missing: Vec<&str> = block.lines().filter(|l| !text.contains(l.trim_end())).collect();
        assert!(missing.is_empty(), "{GUIDE} shows another screen: {missing:#?}\n{text}");
    }

    /// What stands on the desk's own card.
    fn fingerprint(&mut self) -> Vec<String> {
        let file = self.home.path().join("passphrase");
        fs::write(&file, PASSPHRASE).unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
            .env_clear()
            .env("HOME", self.home.path())
            .env("COMITY_PASSPHRASE_FILE", &file)
            .args(["--json", "desk", "show"])
            .output()
            .unwrap();
        fs::remove_file(&file).unwrap();
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        said["fingerprint"].as_str().unwrap().split_whitespace().map(str::to_owned).collect()
    }
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(GUIDE)).unwrap()
}

/// The keys that the guide names on the lines of somebody: what stands there in code.
fn in_the_guide(code: &str) -> Vec<String> {
    let page = page();
    let lines = page.lines().filter_map(|l| l.trim_start().strip_prefix(&format!("- **{code}** ")));
    lines.flat_map(|l| l.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn the_first_hour_is_as_the_guide_says_and_counts() {
    let (mut a, mut b) = (Hand::sits_down("XA"), Hand::sits_down("XB"));
    a.founds("Harbour desk", "Ada");
    b.founds("Quay desk", "Bo");
    a.card_to(&b);
    b.card_to(&a);
    let (of_a, of_b) = (a.fingerprint(), b.fingerprint());
    a.opens_the_screens();
    b.opens_the_screens();
    a.shows(1);
    a.meets("XB", &of_b);
    b.meets("XA", &of_a);

    a.press("A", "agreement add: ");
    a.at("instrument");
    for (value, next) in [
        ("bc", "purpose"),
        ("cybercrime", "categories"),
        ("indicator", "retention cap"),
        ("90d", "title"),
        ("Indicators", "from"),
        ("today", "until"),
    ] {
        a.put(value);
        a.next(next);
    }
    a.put("365d");
    a.goes_on("To sign, type");
    a.signs("XB", "The agreement is recorded");

    a.press("3", "No case yet");
    a.press("C", "case new: ");
    a.at("title");
    a.put("Loader");
    a.next("purpose");
    a.put("cybercrime");
    a.next("Enter ");
    a.press("⏎", "OPEN  Loader");
    a.s.until("No item yet");
    a.press("i", "item add: ");
    a.at("type");
    a.put("domain");
    a.next("category");
    a.put("indicator");
    a.next("value");
    a.put("pier-update.example");
    a.goes_on("Added at tier 1");
    a.s.when("the item", |t| t.lines().any(|l| is_selected(l) && l.contains("pier-update.example")));
    a.s.until("MAY GO TO  XB  yes");
    a.shows(2);
    a.press("S", "disclosure new: ");
    a.at("delete after");
    a.put("30d");
    a.next("to");
    a.put("XB");
    a.goes_on("To sign, type");
    a.signs("XB", "next bundle to XB: 1 item");
    a.press("6", "No bundle yet");
    a.press("x", "bundle export: ");
    a.at("out");
    a.put("first");
    a.goes_on("To sign, type");
    a.signs("XB", "bytes, in");
    fs::copy(a.home.path().join("first"), b.home.path().join("first")).unwrap();

    b.press("6", "No bundle yet");
    b.press("i", "bundle import: ");
    b.at("path");
    b.put("first");
    b.goes_on("Bundle 1 from XA: imported");
    b.press("3", "pier-update.example");

    for hand in [&mut a, &mut b] {
        assert_eq!(hand.pressed, in_the_guide(hand.code), "{GUIDE} names what is pressed at {}", hand.code);
        hand.s.stop();
    }
    let (keys, strokes) = (a.pressed.len() + b.pressed.len(), a.strokes + b.strokes);
    assert!(keys < MOST, "{keys} keys");
    let said = format!("{keys} keys, {strokes} letter by letter");
    assert!(page().contains(&said), "{GUIDE} counts them: {said}");
}

/// The values of the fields of an open form that are the reviewer's own words; each must be there.
fn own_words(text: &str) -> Vec<String> {
    let value = |field: &str| {
        let row = |l: &str| {
            let l = l.strip_prefix(" > ").or_else(|| l.strip_prefix(" * ")).or_else(|| l.strip_prefix("   "))?;
            l.strip_prefix(field).filter(|rest| rest.is_empty() || rest.starts_with(' ')).map(|v| v.trim().to_owned())
        };
        text.lines().find_map(row).unwrap_or_else(|| panic!("there is no field {field}:\n{text}"))
    };
    vec![value("less intrusive"), value("reason")]
}

#[test]
fn the_less_intrusive_text_and_reasons_are_never_filled_in_before() {
    let (_root, a, _b) = pair();
    let case = a.case("Own words");
    let item = |value: &str| {
        a.make(
            1,
            "item add",
            &[("case", &case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", value)],
        )
    };
    let review = |value: &str| {
        let of = item(value);
        a.make(1, "review open", &[("subject", &of), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L2")])
    };
    // One was decided before of the same, and one was assessed by a colleague: their words stay theirs.
    a.decide(&review("first"));
    let said = [("all", "met"), ("less-intrusive", "zq said by another")];
    let assessed = review("second");
    a.must(3, "review assess", &[&[("review", &*assessed)], &said[..], &REASONS[..]].concat());
    review("third");
    a.believe_the_machine();
    let mut s = Screen::open((&a.workspace(), &a.identity(2), &a.folder), &[], 45, 120);
    s.until("WAITS ON YOU");
    let look = |s: &mut Screen| {
        s.until("review assess: ");
        // The tests come a moment later.
        s.until("test suspicion");
        assert_eq!(own_words(&s.text()), ["", ""], "{}", s.text());
        s.escape();
        s.when("the form is left", |t| !t.contains("review assess: "));
    };
    // From the list, for each of them.
    s.press("4");
    s.until("REVIEWS 2 open");
    s.press("\r");
    look(&mut s);
    s.press("j\r");
    look(&mut s);
    // By the key for reviews, from the menu of what may be done, from the palette.
    for opens in ["V", "a", ":"] {
        s.press(opens);
        s.until("type narrow");
        s.press("review assess");
        s.when("it", |t| t.lines().any(|l| l.starts_with(" > review assess ")));
        s.press("\r");
        look(&mut s);
    }
    s.stop();
}

#[test]
fn an_approver_works_through_what_waits_with_one_key_for_each() {
    let (_root, mut a, b) = pair();
    // The program goes by the machine's clock: an approval of long ago would have lapsed.
    a.believe_the_machine();
    a.now = Clock::System.now();
    a.agree(&b, "2", "subscriber");
    let case = a.case("Queue of an approver");
    let item = |value: &str| {
        a.make(
            1,
            "item add",
            &[("case", &case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", value)],
        )
    };
    let open = [("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")];
    let released = item("released");
    a.approve(&released, &b, "L1");
    a.make(1, "disclosure new", &[("item", &released), ("to", "XB"), ("delete-after", "30d")]);
    a.make(1, "review open", &[&[("subject", &*item("first"))], &open[..]].concat());
    let second = a.make(1, "review open", &[&[("subject", &*item("second"))], &open[..]].concat());
    a.must(3, "review assess", &[("review", &second), ("all", "met"), ("less-intrusive", "searched")]);
    let mut s = Screen::open((&a.workspace(), &a.identity(2), &a.folder), &[], 40, 120);
    s.until("WAITS ON YOU 4");
    let opened = ["review assess: ", "review decide: ", "type XB and press Enter"];
    let mut seen: Vec<&str> = Vec::new();
    for _ in 0..3 {
        s.press("n");
        s.when("the next that waits", |t| opened.iter().any(|o| t.contains(o)));
        seen.extend(opened.into_iter().filter(|o| s.text().contains(o)));
        s.escape();
        s.when("the screen below", |t| !opened.iter().any(|o| t.contains(o)));
    }
    seen.sort_unstable();
    assert_eq!(
        seen,
        ["review assess: ", "review decide: ", "type XB and press Enter"],
        "each once, with what is to be done with it"
    );
    // What is to be carried goes into a bundle.
    s.press("n");
    s.until("bundle export: ");
    assert!(s.text().contains("[7 Partners]"), "{}", s.text());
    s.escape();
    s.press("n");
    s.until("All were passed; from the first again");
    s.stop();
}
