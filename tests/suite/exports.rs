//! What leaves as a file of a foreign format: through the gate, on record as a disclosure, with what was shown and nothing else; and partners
//! that work without comity.

use serde_json::Value;

use crate::desks::{Fields, Site, pair};
use comity::command::definition::Output;
use comity::workspace::error::{Error, ErrorKind};

/// A bundle of STIX with a person among its objects, and two that name each other.
const STIX: &str = r#"{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
  {"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-000000000001","created":"2024-01-01T00:00:00.000Z",
   "modified":"2024-01-02T00:00:00.000Z","name":"panel","description":"seen twice","pattern":"[domain-name:value = 'panel.example']",
   "pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z","confidence":70,"labels":["kind:c2"],"x_secret":"stays at home",
   "object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"]},
  {"type":"malware","spec_version":"2.1","id":"malware--00000000-0000-4000-8000-000000000002","created":"2024-01-01T00:00:00.000Z",
   "modified":"2024-01-01T00:00:00.000Z","name":"Kit","is_family":false},
  {"type":"relationship","spec_version":"2.1","id":"relationship--00000000-0000-4000-8000-000000000003",
   "created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","relationship_type":"indicates",
   "source_ref":"indicator--00000000-0000-4000-8000-000000000001","target_ref":"malware--00000000-0000-4000-8000-000000000002"},
  {"type":"email-addr","spec_version":"2.1","id":"email-addr--00000000-0000-4000-8000-000000000004","value":"jo@person.example"},
  {"type":"location","spec_version":"2.1","id":"location--00000000-0000-4000-8000-000000000005","created":"2024-01-01T00:00:00.000Z",
   "modified":"2024-01-01T00:00:00.000Z","country":"XA","region":"a"}
]}"#;

fn taken(site: &Site, case: &str, name: &str, format: &str, file: &str) -> Output {
    let path = site.path(name);
    std::fs::write(&path, file).unwrap();
    site.must(1, "item import", &[("file", &path), ("format", format), ("case", case)])
}

fn written(site: &Site, member: u8, name: &str, format: &str, more: Fields<'_>) -> Result<(Output, String), Error> {
    let out = site.path(name);
    let answer = site.run(member, "item export", &[&[("format", format), ("out", &out)], more].concat())?;
    let text = std::fs::read_to_string(&out).unwrap_or_default();
    Ok((answer, text))
}

fn objects(file: &str) -> Vec<Value> {
    let bundle: Value = serde_json::from_str(file).unwrap();
    bundle["objects"].as_array().unwrap().clone()
}

fn find<'a>(all: &'a [Value], kind: &str) -> &'a Value {
    all.iter().find(|o| o["type"] == kind).unwrap_or_else(|| panic!("no {kind}"))
}

/// The first copy of an item that a partner holds.
fn shared(site: &Site, item: &str) -> Value {
    site.must(1, "item show", &[("item", item)]).value["shared"][0].clone()
}

fn of_type(site: &Site, case: &str, kind: &str) -> String {
    let all = site.must(1, "item list", &[("case", case)]).value;
    let one = all.as_array().unwrap().iter().find(|i| i["type"] == kind).unwrap_or_else(|| panic!("no {kind}"));
    one["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_may_leave_is_written_and_on_record_and_the_rest_stays() {
    let (_root, a, b) = pair();
    let case = a.case("Panels");
    taken(&a, &case, "in.json", "stix", STIX);
    let rehearsed = written(&a, 1, "x.json", "stix", &[("case", &case), ("to", "XB"), ("dry-run", "yes")]).unwrap();
    assert!(rehearsed.1.is_empty(), "a rehearsal writes nothing");
    assert!(a.must(1, "disclosure list", &[]).value.as_array().unwrap().is_empty());
    let (answer, file) = written(&a, 1, "out.json", "stix", &[("case", &case), ("to", "XB")]).unwrap();
    for key in ["items", "lost", "stays", "marking"] {
        assert_eq!(answer.value[key], rehearsed.0.value[key], "{key} is as it was rehearsed");
    }
    assert_eq!(answer.value["items"], 4);
    assert_eq!(answer.value["stays"][0]["refused_by"][0], "G-06", "{:?}", answer.value["stays"]);
    assert!(!file.contains("jo@person.example") && !file.contains("stays at home"));

    // Every property of the standard, as it came; the markings of TLP 2.0 and PAP, and in words what else binds.
    let all = objects(&file);
    let (before, after) = (objects(STIX), find(&all, "indicator"));
    for (key, value) in find(&before, "indicator").as_object().unwrap() {
        if key != "object_marking_refs" && key != "x_secret" {
            assert_eq!(&after[key], value, "{key}");
        }
    }
    let marked = after["object_marking_refs"].to_string();
    assert!(marked.contains("55d920b0-5e8b-4f79-9ee9-91f868d9b421"), "AMBER: {marked}");
    let said = all.iter().filter_map(|o| o["definition"]["statement"].as_str()).collect::<Vec<_>>().join("\n");
    let by = a.in_days(90)[..10].to_owned();
    assert!(
        said.contains("for the purpose cybercrime") && said.contains(&by),
        "the term is the agreement's cap: {said}"
    );

    // On record, with a term and a duty; and no bundle carries it.
    let id = answer.id().unwrap().to_string();
    let list = a.must(1, "disclosure list", &[]).value;
    assert_eq!((&list[0]["id"], &list[0]["partner"], &list[0]["files"]), (&Value::from(id), &"XB".into(), &1.into()));
    let item = of_type(&a, &case, "indicator");
    assert_eq!((&shared(&a, &item)["partner"], &shared(&a, &item)["duty"]), (&"XB".into(), &"running".into()));
    a.carry(&b, "1");
    assert!(b.must(1, "case list", &[]).value.as_array().unwrap().is_empty(), "its record stays at home");
    // What the partner holds goes into another file all the same.
    let (again, table) =
        written(&a, 1, "out.csv", "csv", &[("case", &case), ("to", "XB"), ("delete-after", "20d")]).unwrap();
    assert_eq!((again.value["items"].as_i64(), table.lines().count()), (Some(4), 5));
    assert!(table.contains(&a.in_days(20)[..10]));
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

#[test]
fn no_format_is_a_way_around_the_gate() {
    let (_root, a, b) = pair();
    let case = a.case("Subscribers");
    let item = a.make(
        1,
        "item add",
        &[
            ("case", &case),
            ("type", "account"),
            ("category", "subscriber"),
            ("value", "J. Doe"),
            ("note", "of the shop"),
        ],
    );
    for format in ["stix", "misp", "csv", "case"] {
        let refused = written(&a, 1, "no", format, &[("case", &case), ("to", "XB")]).unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Refused);
        assert!(refused.what.contains("G-11") && !std::path::Path::new(&a.path("no")).exists(), "{}", refused.what);
    }
    let long = [("case", case.as_str()), ("to", "XB"), ("delete-after", "91d")];
    let domain = a.indicator(&case, "evil.example");
    assert!(
        written(&a, 1, "no", "csv", &[&long[..], &[("item", &domain)]].concat()).unwrap_err().what.contains("G-20")
    );
    a.must(1, "partner suspend", &[("partner", "XB"), ("because", "a leak")]);
    assert!(written(&a, 1, "no", "csv", &[("item", &domain), ("to", "XB")]).unwrap_err().what.contains("G-02"));
    a.must(1, "partner resume", &[("partner", "XB"), ("because", "mended")]);

    // With a review, a proposal and a second person, what was released is written, and once only.
    a.approve(&item, &b, "L1");
    let to = [("item", item.as_str()), ("to", "XB")];
    let waits = written(&a, 1, "no", "csv", &to).unwrap_err();
    assert!(waits.what.contains("G-16") && waits.hint.contains("disclosure new"), "{waits:?}");
    let disclosure = a.make(1, "disclosure new", &[&to[..], &[("delete-after", "30d")]].concat());
    let of = [("disclosure", disclosure.as_str()), ("to", "XB")];
    assert_eq!(written(&a, 1, "no", "csv", &of).unwrap_err().kind, ErrorKind::Refused, "it is only proposed");
    a.must(2, "disclosure release", &[("disclosure", &disclosure)]);
    let waits = a.must(1, "bundle preview", &[("to", "XB")]).value;
    assert!(!waits["acts"].as_array().unwrap().is_empty());
    for (format, kind) in
        [("stix", "\"note\""), ("misp", "\"text\""), ("csv", "account,J. Doe"), ("case", "observable")]
    {
        let (answer, file) = written(&a, 1, &format!("yes.{format}"), format, &of).unwrap();
        assert!(file.contains("J. Doe") && file.contains("of the shop") && file.contains(kind), "{format}: {file}");
        assert!(file.to_lowercase().contains("amber+strict"), "{format}: {file}");
        assert_eq!((&answer.value["items"], &answer.value["sealed"]), (&1.into(), &false.into()));
    }
    // It goes no second time in the next bundle; the case is told of by the next disclosure that goes in one.
    a.carry(&b, "1");
    b.fails(1, "item show", &[("item", &item)], ErrorKind::Usage);
    a.must(1, "disclosure new", &[("item", &domain), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "2");
    assert_eq!(b.must(1, "case list", &[]).value[0]["title"], "Subscribers");
    assert!(b.must(1, "item show", &[("item", &domain)]).value.to_string().contains("evil.example"));
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }

    // What was erased since, or recalled, is not written any more.
    a.must(1, "retention purge", &[("item", &item), ("because", "asked by a court")]);
    let gone = written(&a, 1, "gone", "csv", &of).unwrap_err();
    assert!(gone.what.contains("G-22"), "{}", gone.what);
    a.must(1, "disclosure recall", &[("disclosure", &disclosure)]);
    assert!(written(&a, 1, "gone", "csv", &of).is_err() && !std::path::Path::new(&a.path("gone")).exists());
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_partner_without_comity_gets_files_and_never_a_bundle() {
    let (_root, a, _b) = pair();
    let case = a.case("Shared with a CERT");
    let item = a.indicator(&case, "evil.example");
    let add = [
        ("without-card", "yes"),
        ("code", "CERTX"),
        ("name", "CERT of X"),
        ("kind", "cert"),
        ("contact", "+999 1234, cert@cert.example"),
    ];
    let key = comity::seal::age_file::AgeKey::generate();
    let recipient = key.recipient().to_string();
    a.fails(1, "partner add", &[("kind", "cert")], ErrorKind::Usage);
    a.fails(1, "partner add", &add[..2], ErrorKind::Usage);
    a.must(1, "partner add", &[&add[..], &[("recipient", &recipient)]].concat());
    let alike = [("without-card", "yes"), ("code", "CERTY"), ("name", "CERT of Х"), ("kind", "cert"), ("contact", "x")];
    assert!(a.fails(1, "partner add", &alike, ErrorKind::Refused).what.contains("looks like"));
    let to = [("case", case.as_str()), ("to", "CERTX")];
    let refused = written(&a, 1, "no", "stix", &to).unwrap_err();
    assert!(refused.what.contains("G-02") && refused.what.contains("G-04"), "{}", refused.what);
    a.fails(1, "partner confirm", &[("partner", "CERTX"), ("fingerprint", "12345")], ErrorKind::Usage);
    a.must(1, "partner confirm", &[("partner", "CERTX"), ("called-back", "+999 1234, the duty officer")]);
    assert!(written(&a, 1, "no", "stix", &to).unwrap_err().what.contains("G-04"), "there is no agreement yet");
    let agreement = [
        ("partner", "CERTX"),
        ("instrument", "bc"),
        ("title", "CERT X"),
        ("purpose", "cybercrime"),
        ("categories", "indicator"),
        ("tier", "1"),
        ("from", "2026-01-01"),
        ("until", "2030-01-01"),
        ("retention-cap", "90d"),
    ];
    a.must(1, "agreement add", &agreement);

    // It is sealed to its own key without being told, and opens with that.
    let out = a.path("sealed.age");
    let answer = a.must(1, "item export", &[&to[..], &[("format", "stix"), ("out", &out)]].concat());
    assert_eq!(answer.value["sealed"], true);
    let sealed = std::fs::read(&out).unwrap();
    let plain = comity::seal::age_file::open_all(&key, &sealed, 1 << 20).unwrap();
    assert!(String::from_utf8_lossy(plain.expose()).contains("evil.example"));
    a.fails(1, "bundle export", &[("to", "CERTX"), ("out", &a.path("b"))], ErrorKind::Refused);
    a.fails(1, "bundle preview", &[("to", "CERTX")], ErrorKind::Refused);
    let shown = a.must(1, "partner show", &[("partner", "CERTX")]).value;
    assert_eq!((&shown["without_card"], &shown["contact"]), (&true.into(), &"+999 1234, cert@cert.example".into()));
    assert_eq!(a.must(1, "partner list", &[]).value.as_array().unwrap().len(), 2);

    // Its duty is met by what it says by letter, which somebody records.
    let disclosure = answer.id().unwrap().to_string();
    a.must(1, "disclosure recall", &[("disclosure", &disclosure)]);
    assert_eq!(shared(&a, &item)["duty"], "outstanding");
    let receipt = [("disclosure", disclosure.as_str()), ("said", "received"), ("reference", "letter of 15 June")];
    a.must(1, "disclosure receipt", &receipt);
    assert_eq!(shared(&a, &item)["duty"], "outstanding");
    a.must(1, "disclosure receipt", &[receipt[0], ("said", "deleted"), receipt[2]]);
    assert_eq!(shared(&a, &item)["duty"], "met");
    let list = a.must(1, "disclosure list", &[]).value;
    assert!(list[0]["received"].is_string() && list[0]["deleted"].is_string());

    // What is released for it with two people is written too, and its letters are.
    let given = a.make(1, "disclosure new", &[("item", &item), ("to", "CERTX"), ("delete-after", "30d")]);
    drop(given);
    a.must(1, "audit verify", &[]);
}

#[test]
fn what_a_partners_own_acts_say_is_not_said_by_hand() {
    let (_root, a, b) = pair();
    let case = a.case("By bundle");
    let item = a.indicator(&case, "evil.example");
    let disclosure = a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let receipt = [("disclosure", disclosure.as_str()), ("said", "deleted"), ("reference", "a call")];
    let refused = a.fails(1, "disclosure receipt", &receipt, ErrorKind::Refused);
    assert!(refused.what.contains("bundle"), "{}", refused.what);
    a.carry(&b, "1");
    assert_eq!(shared(&a, &item)["duty"], "running");
    // A file of what has gone in a bundle is one more copy under the same duty.
    let (_, file) = written(&a, 1, "out.csv", "csv", &[("disclosure", &disclosure), ("to", "XB")]).unwrap();
    assert!(file.contains("evil.example"));
    a.must(1, "disclosure receipt", &receipt);
    assert_eq!(shared(&a, &item)["duty"], "met");
}

#[test]
fn a_round_trip_keeps_what_the_standard_has() {
    let (_root, a, b) = pair();
    // STIX by file from one desk to the other.
    let case = a.case("There");
    taken(&a, &case, "in.json", "stix", STIX);
    let (_, file) = written(&a, 1, "out.json", "stix", &[("case", &case), ("to", "XB")]).unwrap();
    let there = b.case("Here");
    taken(&b, &there, "come.json", "stix", &file);
    let (mine, theirs) = (of_type(&a, &case, "indicator"), of_type(&b, &there, "indicator"));
    let [mine, theirs] = [(&a, mine), (&b, theirs)].map(|(s, i)| s.must(1, "item show", &[("item", &i)]).value);
    for key in ["type", "value", "title", "note", "tlp", "pap", "ids", "properties", "tier", "category"] {
        assert_eq!(mine[key], theirs[key], "{key}");
    }
    assert!(theirs["caveats"].to_string().contains("to be deleted by"), "{}", theirs["caveats"]);

    // MISP: attributes, objects, tags and uuids.
    let misp = r#"{"Event":{"uuid":"00000000-0000-4000-8000-00000000000e","info":"Wave","date":"2024-01-01","Orgc":{"name":"XA"},
      "Tag":[{"name":"tlp:amber"}],
      "Attribute":[{"uuid":"00000000-0000-4000-8000-00000000000a","type":"ip-dst|port","category":"Network activity","value":"192.0.2.1|443",
        "to_ids":true,"timestamp":"1700000000","comment":"c2","first_seen":"2024-01-01T00:00:00+00:00","Tag":[{"name":"kind:c2"}]}],
      "Object":[{"uuid":"00000000-0000-4000-8000-00000000000b","name":"domain-ip","meta-category":"network","template_uuid":"43b3b146-77eb-4931-b4cc-b66c60f28734",
        "template_version":"11","Attribute":[{"uuid":"00000000-0000-4000-8000-00000000000c","type":"domain","object_relation":"domain",
        "category":"Network activity","value":"EVIL[.]example","to_ids":false}],
        "ObjectReference":[{"referenced_uuid":"00000000-0000-4000-8000-00000000000a","relationship_type":"resolves-to"}]}]}}"#;
    let case = a.case("Wave");
    taken(&a, &case, "in.misp", "misp", misp);
    let (_, file) = written(&a, 1, "out.misp", "misp", &[("case", &case), ("to", "XB")]).unwrap();
    let (before, after): (Value, Value) = (serde_json::from_str(misp).unwrap(), serde_json::from_str(&file).unwrap());
    let (before, after) = (&before["Event"], &after["Event"]);
    for (old, new) in [
        (&before["Attribute"][0], &after["Attribute"][0]),
        (&before["Object"][0]["Attribute"][0], &after["Object"][0]["Attribute"][0]),
    ] {
        for (key, value) in old.as_object().unwrap().iter().filter(|(key, _)| *key != "Tag") {
            assert_eq!(&new[key], value, "{key}");
        }
        assert!(new["Tag"].to_string().contains("tlp:amber"), "{new}");
    }
    assert!(after["Attribute"][0]["Tag"].to_string().contains("kind:c2"));
    for key in ["uuid", "name", "meta-category", "template_uuid", "template_version"] {
        assert_eq!(before["Object"][0][key], after["Object"][0][key], "{key}");
    }
    let named = &after["Object"][0]["ObjectReference"][0];
    assert_eq!(named["referenced_uuid"], "00000000-0000-4000-8000-00000000000a", "{named}");
    assert_eq!(named["relationship_type"], "resolves-to");
    assert_eq!(named["object_uuid"], before["Object"][0]["uuid"]);

    // A table, and CASE: what is marked comes back as marked.
    for format in ["csv", "case"] {
        let name = format!("back.{format}");
        let (_, file) = written(&a, 1, &name, format, &[("case", &case), ("to", "XB")]).unwrap();
        let there = b.case(format);
        let path = b.path(&name);
        std::fs::write(&path, file).unwrap();
        let columns = [("column", "value=value"), ("column", "type=type"), ("column", "tlp=tlp"), ("header", "yes")];
        let more: Fields<'_> = if format == "csv" { &columns } else { &[] };
        b.must(1, "item import", &[&[("file", path.as_str()), ("format", format), ("case", &there)], more].concat());
        let all = b.must(1, "item list", &[("case", &there)]).value;
        let domain = all.as_array().unwrap().iter().find(|i| i["value"] == "evil.example").unwrap();
        assert_eq!(domain["tlp"], "AMBER", "{format}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_is_bytes() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStrExt as _;

    let (_root, a, _b) = pair();
    let case = a.case("Bytes");
    a.believe_the_machine();
    let place = |name: &[u8]| a.folder.join(OsStr::from_bytes(name)).into_os_string();
    let (come, go) = (place(b"come\xff.csv"), place(b"go\xfe.csv"));
    std::fs::write(&come, "one.example\n").unwrap();
    let run = |words: &[&OsStr]| {
        let own: Vec<OsString> = a.words(1, &[]).into_iter().map(OsString::from).collect();
        let all: Vec<&OsStr> = own.iter().map(OsString::as_os_str).chain(words.iter().copied()).collect();
        crate::desks::program(&a.folder, &all, "")
    };
    let words = |text: &'static str| text.split(' ').map(OsStr::new).collect::<Vec<_>>();
    let of = [OsStr::new("--case"), OsStr::new(&case)];
    let came = run(&[&words("item import --format csv --type domain")[..], &of, &[&come]].concat());
    assert!(came.status.success(), "{came:?}");
    let went = run(&[&words("item export --format csv --to XB --out")[..], &[&go], &of].concat());
    assert!(went.status.success(), "{went:?}");
    assert!(std::fs::read_to_string(&go).unwrap().contains("one.example"));
    let missing = run(&[&words("item import --format csv")[..], &of, &[&place(b"no\xff\x1b[31m")]].concat());
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(missing.status.code() == Some(50) && !said.contains('\u{1b}'), "{said}");
}
