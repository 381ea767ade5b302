//! Foreign files that once came in wrongly: what must become of each. The inputs lie in `tests/cases`; all names, addresses and numbers in them
//! are invented.

use serde_json::Value;

use crate::desks::{Fields, Site, pair};
use comity::command::definition::Output;
use comity::workspace::error::{Error, ErrorKind};

fn input(name: &str) -> String {
    format!("{}/tests/cases/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn import(site: &Site, case: &str, file: &str, format: &str, more: Fields<'_>) -> Result<Output, Error> {
    let file = if file.starts_with('/') { file.to_owned() } else { input(file) };
    let fields = [&[("file", file.as_str()), ("format", format), ("case", case)], more].concat();
    site.run(1, "item import", &fields)
}

fn items(site: &Site, case: &str) -> Vec<Value> {
    let list = site.must(1, "item list", &[("case", case), ("limit", "5000")]);
    list.value.as_array().unwrap().clone()
}

fn text<'a>(item: &'a Value, key: &str) -> &'a str {
    item[key].as_str().unwrap_or_default()
}

/// The member of every item, by the beginning of its title or value.
fn each(items: &[Value], key: &str) -> Vec<(String, String)> {
    let name = |i: &Value| if text(i, "title").is_empty() { text(i, "value") } else { text(i, "title") }.to_owned();
    let mut all: Vec<_> = items.iter().map(|i| (name(i), i[key].to_string().trim_matches('"').to_owned())).collect();
    all.sort();
    all
}

/// Imports a case's input into a case of its own.
fn taken(site: &Site, name: &str, format: &str, more: Fields<'_>) -> (String, Output, Vec<Value>) {
    let case = site.case(name);
    let answer = import(site, &case, name, format, more).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    let items = items(site, &case);
    (case, answer, items)
}

#[test]
fn the_strictest_of_all_claims_holds() {
    let (_root, a, b) = pair();
    let (_, _, items) = taken(&a, "01/input.json", "misp", &[]);
    assert_eq!(items.len(), 4);
    assert!(items.iter().all(|i| text(i, "tlp") == "RED" && text(i, "pap") == "RED"), "{items:?}");

    // What cannot be read is RED until a member says what it is.
    let (case, answer, items) = taken(&a, "03/input.json", "stix", &[]);
    let got: Vec<String> = each(&items, "tlp").into_iter().map(|(name, tlp)| format!("{} {tlp}", &name[..1])).collect();
    assert_eq!(got, ["1 AMBER+STRICT", "2 RED", "3 GREEN", "4 RED", "5 RED", "6 RED", "7 RED"]);
    let markings = answer.value["markings"].to_string();
    for id in ["fa42a846-8d90-4e51-bc29-71d5b4802168", "0000000000fe", "000000000005", "For the recipient alone."] {
        assert!(markings.contains(id), "{id} in {markings}");
    }
    assert!(items.iter().any(|i| i["caveats"].to_string().contains("For the recipient alone.")));
    assert!(items.iter().any(|i| i["unknown_markings"].to_string().contains("fa42a846")));
    assert!(import(&a, &case, "03/input.json", "stix", &[("unknown-marking", "AMBER")]).is_err(), "without a reason");
    let said = a.case("said");
    import(&a, &said, "03/input.json", "stix", &[("unknown-marking", "AMBER"), ("because", "its sender says so")])
        .unwrap();
    let unknown = self::items(&a, &said).into_iter().filter(|i| text(i, "tlp") == "AMBER");
    assert_eq!(unknown.count(), 3);

    let (_, _, items) = taken(&a, "04/input.json", "stix", &[]);
    let of = |word: &str, key: &str| {
        let item = items.iter().find(|i| text(i, "value") == word).unwrap();
        text(item, key).to_owned()
    };
    assert_eq!((of("one.example", "tlp"), of("two.example", "pap")), ("AMBER+STRICT".into(), "RED".into()));

    // A table: each row its own, and at least what the member says.
    let columns = [("column", "value=3"), ("column", "type=2"), ("header", "yes")];
    let (_, answer, items) = taken(&a, "10/input.csv", "csv", &[&columns[..], &[("column", "tlp=1")]].concat());
    assert_eq!(
        each(&items, "tlp"),
        [("amber.example", "AMBER"), ("red.example", "RED"), ("white.example", "CLEAR")]
            .map(|(n, t)| (n.into(), t.into()))
    );
    assert!(answer.value["named"].to_string().contains("Valid Until"), "{:?}", answer.value);
    let least = a.case("least");
    let answer = import(&a, &least, "10/input.csv", "csv", &[&columns[..], &[("tlp", "AMBER")]].concat()).unwrap();
    assert!(answer.value["named"].to_string().contains("columns of markings"), "{:?}", answer.value);
    assert!(self::items(&a, &least).iter().all(|i| text(i, "tlp") == "AMBER"));
    let wrong = import(&a, &least, "10/input.csv", "csv", &[("column", "value=99"), ("header", "yes")]).unwrap_err();
    assert_eq!(wrong.kind, ErrorKind::Usage);

    // A marking follows references, and the gate looks at what an item names.
    let (case, _, items) = taken(&a, "06/input.json", "stix", &[]);
    let of = |kind: &str| items.iter().find(|i| text(i, "type") == kind).unwrap_or_else(|| panic!("{kind}: {items:?}"));
    assert_eq!(text(of("domain-name"), "tlp"), "RED");
    let relation = of("relationship");
    assert_eq!(text(relation, "value"), "red-only.example based-on → seen from 2024-01-01T00:00:00Z");
    let facts = a.must(1, "gate explain", &[("item", text(relation, "id")), ("to", "XB"), ("facts", "yes")]);
    assert_eq!(facts.value["facts"]["references"], "not-cleared");
    let shown = a.must(1, "item show", &[("item", text(of("domain-name"), "id"))]);
    assert_eq!(shown.value["named_by"].as_array().unwrap().len(), 1);
    let refused = a.fails(
        1,
        "disclosure new",
        &[("item", text(relation, "id")), ("to", "XB"), ("delete-after", "30d")],
        ErrorKind::Refused,
    );
    assert!(refused.what.contains("G-21"), "{}", refused.what);
    // Once nothing that it names must stay, it may go.
    for kind in ["indicator", "observed-data", "domain-name"] {
        a.must(1, "item mark", &[("item", text(of(kind), "id")), ("tlp", "GREEN")]);
    }
    a.must(1, "disclosure new", &[("item", text(relation, "id")), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "1");
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
    drop(case);
}

#[test]
fn who_is_not_known_to_be_no_person_is_somebody() {
    let (_root, a, _b) = pair();
    let (_, answer, all) = taken(&a, "07/input.json", "misp", &[]);
    assert!(all.iter().all(|i| i["tier"].as_i64() >= Some(2)), "{:?}", each(&all, "tier"));
    let tier = |value: &str| all.iter().find(|i| text(i, "value").contains(value)).unwrap()["tier"].as_i64().unwrap();
    assert_eq!((tier("From: Jo Doe"), tier("meeting is at four"), tier("none")), (3, 4, 4));
    assert_eq!(
        answer.value["raised"].as_array().unwrap().iter().map(|l| l["count"].as_u64().unwrap()).sum::<u64>(),
        all.len() as u64
    );

    let columns = [("column", "value=1"), ("column", "type=2"), ("column", "note=3"), ("header", "yes")];
    let (_, _, items) = taken(&a, "09/input.csv", "csv", &columns);
    let open: Vec<_> = items.iter().filter(|i| i["tier"] == 1).map(|i| text(i, "value")).collect();
    assert_eq!(open, ["evil.example"]);

    // A member may lower one, with a reason, which is an act.
    let one = text(items.iter().find(|i| text(i, "type") == "name").unwrap(), "id");
    let lower = [("item", one), ("tier", "1"), ("category", "indicator"), ("person-class", "none")];
    a.fails(1, "item mark", &lower, ErrorKind::Usage);
    a.must(1, "item mark", &[&lower[..], &[("because", "the name of a ship")]].concat());
    assert_eq!(a.must(1, "item show", &[("item", one)]).value["tier"], 1);
    let more = [("item", one), ("tier", "1"), ("category", "content"), ("because", "no")];
    a.fails(1, "item mark", &more, ErrorKind::Refused);
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_copy_holds_what_is_shown_and_nothing_else() {
    let (_root, a, b) = pair();
    let (case, answer, items) = taken(&a, "02/input.json", "misp", &[]);
    let item = text(&items[0], "id");
    a.must(1, "disclosure new", &[("case", &case), ("tier", "1"), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "1");
    let secrets = [
        "blue heron",
        "analyst@xa.example",
        "sensor in the ministry",
        "XC service",
        "U0VDUkVUIEFUVEFDSE1FTlQ",
        "proposed by",
    ];
    let theirs = b.open(1).unwrap();
    let record = theirs.find_record(item, &[comity::record::kind::Kind::Item]).unwrap();
    let content = theirs.content(&record).unwrap().unwrap().to_text();
    drop(theirs);
    assert!(content.contains("192.0.2.7") && content.contains("shown as the note"), "{content}");
    for word in secrets {
        assert!(!content.contains(word), "{word}");
    }
    // Every member of what left is shown, at both ends.
    let shown = b.must(1, "item show", &[("item", item)]).value.to_string();
    let content: Value = serde_json::from_str(&content).unwrap();
    fn leaves<'a>(value: &'a Value, out: &mut Vec<&'a str>) {
        match value {
            Value::String(text) => out.push(text),
            Value::Array(all) => all.iter().for_each(|v| leaves(v, out)),
            Value::Object(all) => all.values().for_each(|v| leaves(v, out)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    leaves(&content, &mut all);
    for word in all {
        assert!(shown.contains(&serde_json::to_string(word).unwrap()), "{word} is not shown");
    }
    // The original stays at home, is shown on request, and is named as not kept.
    assert!(
        a.must(1, "item show", &[("item", item), ("original", "yes")]).value["original"]
            .to_string()
            .contains("blue heron")
    );
    assert!(!a.must(1, "item show", &[("item", item)]).value.to_string().contains("blue heron"));
    let named = answer.value["named"].to_string();
    for what in ["local tags", "sharing groups", "proposals", "sightings", "attached files"] {
        assert!(named.contains(what), "{what} in {named}");
    }
}

#[test]
fn losses_are_named_and_no_value_is_cut() {
    let (root, a, _b) = pair();
    let case = a.case("losses");
    let refused = import(&a, &case, "11/input.json", "misp", &[]).unwrap_err();
    assert!(refused.kind == ErrorKind::Refused && refused.what.contains("exercise"), "{refused:?}");
    let live = std::fs::read_to_string(input("11/input.json")).unwrap().replace("exercise:generic", "x:generic");
    let file = root.path().join("live.json");
    std::fs::write(&file, live).unwrap();
    let answer = import(&a, &case, file.to_str().unwrap(), "misp", &[]).unwrap();
    let named = answer.value["named"].to_string();
    for what in ["deleted", "gone.example", "proposal", "report", "galaxy", "taken apart", "Title of the event"] {
        assert!(named.contains(what), "{what} in {named}");
    }
    let all = items(&a, &case);
    assert!(all.iter().all(|i| text(i, "originator") == "XC CERT"), "{all:?}");
    assert!(all.iter().all(|i| text(i, "due") < a.in_days(31).as_str()), "the tag sets the term: {all:?}");
    let domain = all.iter().find(|i| text(i, "value") == "live.example").unwrap();
    assert_eq!(
        (domain["properties"]["to_ids"].clone(), text(&domain["properties"], "first_seen")),
        (Value::Bool(false), "2024-05-01T00:00:00+00:00")
    );
    let drops = all.iter().find(|i| text(i, "value") == "a.exe").unwrap();
    assert_eq!(
        drops["references"].as_array().unwrap().len(),
        0,
        "the attributes of the other object have no ids of their own"
    );

    let (_, _, items) = taken(&a, "12/input.json", "misp", &[]);
    let lengths: Vec<usize> = items.iter().map(|i| text(i, "value").len()).collect();
    assert!(lengths.contains(&5748) && lengths.contains(&5024), "{lengths:?}");
    let file = root.path().join("long.csv");
    std::fs::write(&file, format!("one.example\nhttps://long.example/?q={}\n", "a".repeat(300_000))).unwrap();
    let long = import(&a, &case, file.to_str().unwrap(), "csv", &[]).unwrap_err();
    assert!(long.what.contains("line 2: its value is too long"), "{}", long.what);

    let (_, answer, items) = taken(&a, "14/input.json", "stix", &[]);
    let mut values: Vec<&str> = items.iter().map(|i| text(i, "value")).collect();
    values.sort_unstable();
    assert_eq!(values, ["corrected.example", "h3.example", "h4.example"]);
    let named = answer.value["named"].to_string();
    for what in ["revoked", "older versions", "validity has ended", "benign"] {
        assert!(named.contains(what), "{what} in {named}");
    }
}

#[test]
fn an_exercise_takes_nothing_that_is_live() {
    let root = tempfile::TempDir::new().unwrap();
    let a = Site::found_for(root.path(), "XA", &[("exercise", "north")]);
    let case = a.case("Drill");
    assert!(import(&a, &case, "11/input.json", "misp", &[]).is_ok(), "its tag says that it is of an exercise");
    let refused = import(&a, &case, "15/input.csv", "csv", &[("type", "domain")]).unwrap_err();
    assert!(refused.kind == ErrorKind::Refused && refused.hint.contains("--made-for-exercise"), "{refused:?}");
    import(&a, &case, "15/input.csv", "csv", &[("type", "domain"), ("made-for-exercise", "yes")]).unwrap();
}

#[test]
fn what_is_there_is_not_taken_again_but_a_stricter_marking_is() {
    let (root, a, _b) = pair();
    let (case, answer, items) = taken(&a, "15/input.csv", "csv", &[("type", "domain")]);
    assert_eq!(
        (answer.value["imported"].as_u64(), answer.value["already_there"].as_u64(), items.len()),
        (Some(2), Some(2), 2)
    );
    let again = import(&a, &case, "15/input.csv", "csv", &[("type", "domain")]).unwrap();
    assert_eq!((again.value["imported"].as_u64(), again.value["already_there"].as_u64()), (Some(0), Some(4)));
    assert!(again.message.unwrap().contains("4 already there"));
    // Once more, and stricter: it is the same item, and it is marked so.
    let file = root.path().join("strict.csv");
    std::fs::write(&file, "GREEN,three.example\nRED,one[.]example\nAMBER,three.example\n").unwrap();
    let columns = [("type", "domain"), ("column", "value=2"), ("column", "tlp=1")];
    import(&a, &case, file.to_str().unwrap(), "csv", &columns).unwrap();
    let got = each(&self::items(&a, &case), "tlp");
    let want = [("one.example", "RED"), ("three.example", "AMBER"), ("two.example", "GREEN")];
    assert_eq!(got, want.map(|(n, t)| (n.into(), t.into())));
    a.must(1, "audit verify", &[]);
    for (name, format) in [("06/input.json", "stix"), ("07/input.json", "misp")] {
        let (case, _, before) = taken(&a, name, format, &[]);
        import(&a, &case, name, format, &[]).unwrap();
        assert_eq!(self::items(&a, &case).len(), before.len(), "{name}");
    }

    let (_, answer, items) = taken(&a, "24/input.csv", "csv", &[("column", "type=1"), ("column", "value=2")]);
    let mut values: Vec<(&str, &str)> = items.iter().map(|i| (text(i, "type"), text(i, "value"))).collect();
    values.sort_unstable();
    let hash = "ab".repeat(32);
    assert_eq!(
        values,
        [
            ("domain", "evil.example"),
            ("domain", "xn--mller-kva.example"),
            ("ip-port", "192.0.2.1:443"),
            ("ipv4", "0.0.0.0/0"),
            ("ipv4", "192.0.2.1"),
            ("sha256", &hash),
            ("url", "https://evil.example/a"),
        ]
    );
    assert!(answer.value["named"].to_string().contains("match everything"));
    assert!(items.iter().any(|i| text(i, "written") == "hxxps[://]evil[.]example/a"));
}

#[test]
fn bad_rows_are_named_all_at_once_and_left_out_when_told() {
    let (root, a, _b) = pair();
    let case = a.case("rows");
    let columns = [("column", "type=1"), ("column", "value=2"), ("column", "note=3"), ("header", "yes")];
    let bad = import(&a, &case, "17/input.csv", "csv", &columns).unwrap_err();
    assert_eq!(bad.kind, ErrorKind::Malformed);
    assert!(bad.what.contains("line 2: a quote is opened and never closed"), "{}", bad.what);
    assert!(items(&a, &case).is_empty());

    let columns = [("column", "value=1"), ("column", "type=2"), ("column", "note=3"), ("header", "yes")];
    let (_, answer, taken) = taken(&a, "18/input.csv", "csv", &columns);
    let kinds: Vec<&str> = taken.iter().map(|i| text(i, "type")).collect();
    assert!(
        taken.len() == 3 && kinds.contains(&"ipv4") && kinds.contains(&"md5") && kinds.contains(&"domain"),
        "{kinds:?}"
    );
    assert!(answer.value["named"].to_string().contains("empty rows"));

    let file = root.path().join("18.csv");
    std::fs::write(&file, "v,t\none.example,domain\n,domain\n\ntwo.example,domain\n,ipv4\n").unwrap();
    let (file, columns) = (file.to_str().unwrap(), [("column", "value=1"), ("column", "type=2"), ("header", "yes")]);
    let bad = import(&a, &case, file, "csv", &columns).unwrap_err();
    assert!(bad.what.contains("line 3: ") && bad.what.contains("line 6: "), "{}", bad.what);
    let rehearsed =
        import(&a, &case, file, "csv", &[&columns[..], &[("skip-bad", "yes"), ("dry-run", "yes")]].concat()).unwrap();
    assert!(items(&a, &case).is_empty(), "a rehearsal writes nothing");
    let done = import(&a, &case, file, "csv", &[&columns[..], &[("skip-bad", "yes")]].concat()).unwrap();
    for key in ["imported", "skipped", "raised", "markings", "named"] {
        assert_eq!(rehearsed.value[key], done.value[key], "{key}");
    }
    assert_eq!((done.value["imported"].as_u64(), done.value["skipped"][0]["count"].as_u64()), (Some(2), Some(2)));
    // A file without items is a file.
    let empty = root.path().join("empty.csv");
    std::fs::write(&empty, "v,t\n").unwrap();
    assert_eq!(import(&a, &case, empty.to_str().unwrap(), "csv", &columns).unwrap().value["imported"], 0);
}

#[test]
fn what_a_file_is_is_seen_before_it_is_read() {
    let (root, a, _b) = pair();
    for (name, format, more) in [
        ("19/input.json", "stix", &[][..]),
        ("19/input-utf16.json", "stix", &[]),
        ("19/input-utf16.csv", "csv", &[("header", "yes"), ("column", "type=1"), ("column", "value=2")]),
        ("25/input-envelope.stix.json", "stix", &[]),
        ("25/input-attributes.misp.json", "misp", &[]),
    ] {
        let (_, _, items) = taken(&a, name, format, more);
        assert_eq!((items.len(), text(&items[0], "value")), (1, "one.example"), "{name}");
    }
    let case = a.case("packed");
    for (bytes, what) in [(&b"\x1f\x8b\x08\0\0\0"[..], "gzip"), (b"PK\x03\x04\0\0", "zip")] {
        let file = root.path().join("packed");
        std::fs::write(&file, bytes).unwrap();
        for format in ["stix", "misp", "csv"] {
            let bad = import(&a, &case, file.to_str().unwrap(), format, &[]).unwrap_err();
            assert!(bad.kind == ErrorKind::Malformed && bad.what.contains(what), "{format}: {}", bad.what);
        }
    }
}

#[test]
fn what_another_gave_is_not_ours_to_give() {
    let (root, a, _b) = pair();
    let case = a.case("third");
    let file = root.path().join("third.csv");
    std::fs::write(&file, "one.example\n").unwrap();
    import(&a, &case, file.to_str().unwrap(), "csv", &[("originator", "XC CERT"), ("tlp", "AMBER")]).unwrap();
    let item = text(&items(&a, &case)[0], "id").to_owned();
    let share = [("item", item.as_str()), ("to", "XB"), ("delete-after", "30d")];
    let refused = a.fails(1, "disclosure new", &share, ErrorKind::Refused);
    assert!(refused.what.contains("G-10"), "{}", refused.what);
    let consent = [("item", item.as_str()), ("to", "XB"), ("reference", "letter 7")];
    a.fails(1, "item consent", &consent, ErrorKind::Refused);
    a.must(2, "item consent", &consent);
    a.must(1, "disclosure new", &share);
    a.must(1, "audit verify", &[]);
    let own = a.case("own");
    import(&a, &own, file.to_str().unwrap(), "csv", &[("originator", "xa"), ("tlp", "AMBER")]).unwrap();
    let item = text(&items(&a, &own)[0], "id").to_owned();
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.fails(2, "item consent", &[("item", &item), ("to", "XB"), ("reference", "letter 8")], ErrorKind::Refused);
}

#[test]
fn a_mapping_is_kept_under_its_name_and_used_again() {
    let (_root, a, _) = pair();
    let case = a.case("Feeds");
    let table = |name: &str, rows: &str| {
        let path = a.path(name);
        std::fs::write(&path, rows).unwrap();
        path
    };
    let first = table("a.csv", "seen;what;mark\n1;one.example;AMBER\n");
    let fields: Fields<'_> = &[
        ("mapping", "feed of XC"),
        ("column", "value=what"),
        ("column", "tlp=mark"),
        ("delimiter", "semicolon"),
        ("header", "yes"),
        ("type", "domain"),
    ];
    // A rehearsal keeps nothing, and shows the first rows, the columns and what is not kept.
    let rehearsed = import(&a, &case, &first, "csv", &[fields, &[("dry-run", "yes")]].concat()).unwrap();
    let shown = rehearsed.text.unwrap();
    for said in ["Would import 1 item", "domain: one.example (tier 1, TLP:AMBER)", "value from what", "seen"] {
        assert!(shown.contains(said), "{said} in {shown}");
    }
    let unknown = import(&a, &case, &first, "csv", &[("mapping", "feed of XC")]).unwrap_err();
    assert!(unknown.what.contains("none is kept yet"), "{}", unknown.what);
    import(&a, &case, &first, "csv", fields).unwrap();

    // The next table of that maker is read by the name alone; its columns stand elsewhere.
    let next = table("b.csv", "mark;what\nRED;two.example\n");
    a.must(1, "item import", &[("file", &next), ("format", "csv"), ("case", &case), ("mapping", "feed of XC")]);
    let tlp = each(&items(&a, &case), "tlp");
    assert_eq!(tlp, [("one.example", "AMBER"), ("two.example", "RED")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    let kept = || a.must(1, "item mappings", &[]).value.as_array().unwrap().clone();
    assert_eq!(kept().len(), 1);
    assert!(text(&kept()[0], "says").contains("--column value=what"), "{:?}", kept());

    // What is typed beside the name counts, and is what the name stands for from then on, even where the table holds nothing new.
    let comma = table("c.csv", "what,mark\ntwo.example,RED\n");
    import(&a, &case, &comma, "csv", &[("mapping", "feed of XC"), ("delimiter", "comma")]).unwrap();
    assert_eq!(kept().len(), 1);
    assert!(text(&kept()[0], "says").contains("--delimiter comma"), "{:?}", kept());
    a.must(1, "audit verify", &[]);
}

/// The items of a large case are looked up in the index, those of a small one are read: it must come to the same.
#[test]
fn what_a_large_case_has_is_known_as_in_a_small_one() {
    let (_root, a, _) = pair();
    let (small, large) = (a.case("Small"), a.case("Large"));
    let table = |name: &str, rows: String| {
        let path = a.path(name);
        std::fs::write(&path, rows).unwrap();
        path
    };
    let columns: Fields<'_> =
        &[("column", "value=1"), ("column", "tlp=2"), ("type", "domain"), ("tier", "1"), ("category", "indicator")];
    let few = table("few.csv", "known.example,GREEN\nmarked.example,CLEAR\n".into());
    let many: String = (0..20_001).map(|n| format!("filler{n}.example,CLEAR\n")).collect();
    import(&a, &large, &table("many.csv", many), "csv", columns).unwrap();
    let object = |n: u8, more: &str| {
        format!(
            r#"{{"type":"domain-name","spec_version":"2.1","id":"domain-name--00000000-0000-4000-8000-00000000000{n}","value":"object{n}.example"{more}}}"#
        )
    };
    let relation = r#"{"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-000000000009","created":"2024-01-01T00:00:00.000Z",
        "modified":"2024-01-01T00:00:00.000Z","relationship_type":"related-to",
        "source_ref":"domain-name--00000000-0000-4000-8000-000000000001","target_ref":"domain-name--00000000-0000-4000-8000-000000000002"}"#;
    let bundle = |name: &str, objects: &[String]| {
        let id = "bundle--00000000-0000-4000-8000-000000000000";
        table(name, format!(r#"{{"type":"bundle","id":"{id}","objects":[{}]}}"#, objects.join(",")))
    };
    let first = bundle("first.json", &[object(1, ""), object(2, "")]);
    let again = bundle("again.json", &[object(2, ""), object(3, ""), relation.into()]);
    let more =
        table("more.csv", "KNOWN.example,GREEN\nmarked[.]example,AMBER\nnew.example,CLEAR\nnew.example,CLEAR\n".into());
    let answers = [&small, &large].map(|case| {
        import(&a, case, &few, "csv", columns).unwrap();
        import(&a, case, &first, "stix", &[]).unwrap();
        let answers = [("csv", &more, columns), ("stix", &again, &[])]
            .map(|(format, file, more)| import(&a, case, file, format, more).unwrap().value);
        let of = |value: &str| {
            let hits = a.must(1, "search", &[("words", value), ("limit", "100")]).value;
            let hit =
                hits.as_array().unwrap().iter().find(|h| h["case"] == case.as_str() && h["kind"] == "item").cloned();
            a.must(1, "item show", &[("item", text(&hit.unwrap_or_else(|| panic!("no {value} in {hits}")), "id"))])
                .value
        };
        (
            answers.map(|a| (a["imported"].clone(), a["already_there"].clone())),
            text(&of("marked.example"), "tlp").to_owned(),
            of("related-to")["references"].as_array().map(Vec::len),
        )
    });
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, [(1.into(), 3.into()), (2.into(), 1.into())]);
    assert_eq!(answers[0].1, "AMBER", "what comes again with a stricter marking is raised");
    a.must(1, "audit verify", &[]);
}
