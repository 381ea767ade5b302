//! Letters in the languages of their addressees: each kind in each language, with no English sentence left in it; a letter in a
//! language that is not accepted warns, and is not written where it would be sent.

use std::fs;

use crate::desks::{Site, pair};
use comity::law::edition::Law;
use comity::law::request::{self as law, RequestKind};
use comity::workspace::error::ErrorKind;

/// Words that every English sentence has one of, and no French or Spanish one.
const ENGLISH: [&str; 16] = [
    "the", "of", "and", "for", "with", "is", "are", "by", "from", "to", "that", "this", "which", "not", "within",
    "where",
];

fn drafted(site: &Site, kind: &RequestKind, case: &str, more: &[(&str, &str)]) -> String {
    let fields: Vec<String> = kind.field.iter().map(|f| format!("{}=Zzz", f.id)).collect();
    let mut form = vec![("kind", kind.id.as_str()), ("case", case), ("draft", "yes")];
    if !kind.asks_no_partner() {
        form.push(("to", "XB"));
    }
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    form.extend(more);
    site.make(1, "request new", &form)
}

fn letter(site: &Site, request: &str, more: &[(&str, &str)]) -> String {
    let out = site.path("letter.txt");
    let form = [("request", request), ("out", out.as_str()), ("force", "yes")];
    site.must(1, "request letter", &[form.as_slice(), more].concat());
    fs::read_to_string(&out).unwrap()
}

/// What a letter says beside what is no sentence of it: names of authorities, as the rows of the jurisdictions have them.
fn fixed(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for code in ["XA", "XB"] {
        let law = Law::of_program();
        let side = law.jurisdiction(code).unwrap();
        for name in [&side.central_authority, &side.contact_24_7] {
            text = text.replace(name.as_str(), "");
        }
    }
    // Names that are the same in every language.
    for name in ["Stored Communications Act", "CLOUD Act", "EXERCISE EXERCISE EXERCISE"] {
        text = text.replace(name, "");
    }
    text
}

#[test]
fn no_english_sentence_is_left_in_a_french_or_spanish_letter_of_any_kind() {
    let (_root, a, _b) = pair();
    let case = a.case("Languages");
    for kind in law::all().iter().filter(|k| k.review) {
        let request = drafted(&a, kind, &case, &[]);
        for (language, says) in [("fr", "Base juridique"), ("es", "Base jurídica")] {
            for whom in kind.addressees() {
                let more = [("language", language), ("addressee", whom.word())];
                let text = fixed(&letter(&a, &request, &more));
                let found = |word: &&str| {
                    text.split(|c: char| !c.is_alphabetic() && c != '\'').any(|w| w.eq_ignore_ascii_case(word))
                };
                let english: Vec<&str> = ENGLISH.into_iter().filter(|w| found(w)).collect();
                assert!(english.is_empty(), "{} in {language}: {english:?}\n{text}", kind.id);
                assert!(text.to_lowercase().contains(&says.to_lowercase()), "{} in {language}\n{text}", kind.id);
            }
        }
    }
}

#[test]
fn what_is_answered_and_said_afterwards_is_said_in_each_language() {
    let (_root, a, b) = pair();
    let case = a.case("Languages");
    let bc29 = law::all().iter().find(|k| k.id == "bc29").unwrap();
    let fields: Vec<String> = bc29.field.iter().map(|f| format!("{}=Zzz", f.id)).collect();
    let mut form = vec![("kind", "bc29"), ("case", case.as_str()), ("to", "XB")];
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    let id = a.make(1, "request new", &form);
    let review = a.must(1, "request submit", &[("request", &id)]).value["review"].as_str().unwrap().to_owned();
    a.decide(&review);
    a.must(1, "request send", &[("request", &id)]);
    a.carry(&b, "1");
    let read = |site: &Site, of: &str| {
        for language in ["fr", "es"] {
            let text = fixed(&letter(
                site,
                &id,
                &[("of", of), ("language", language), ("translation", &a.path("t")), ("translator", "Zzz")],
            ));
            let english: Vec<&str> = ENGLISH
                .into_iter()
                .filter(|w| text.split(|c: char| !c.is_alphabetic() && c != '\'').any(|x| x.eq_ignore_ascii_case(w)))
                .collect();
            assert!(english.is_empty(), "{of} in {language}: {english:?}\n{text}");
        }
    };
    fs::write(a.path("t"), "Zzz").unwrap();
    read(&a, "request");
    b.must(1, "request consult", &[("request", &id), ("ground", "R2"), ("text", "Zzz")]);
    read(&b, "answer");
    b.carry(&a, "2");
    for (command, of) in [
        ("request discuss", "discussion"),
        ("request supplement", "supplement"),
        ("request correct", "correction"),
        ("request extend", "extension"),
    ] {
        a.must(1, command, &[("request", &id), ("text", "Zzz")]);
        read(&a, of);
    }
    a.carry(&b, "3");
    b.must(1, "request refuse", &[("request", &id), ("ground", "R2"), ("because", "Zzz")]);
    read(&b, "answer");
}

#[test]
fn a_letter_in_a_language_that_is_not_accepted_warns_and_is_not_written_where_it_would_be_sent() {
    let (_root, a, _b) = pair();
    let case = a.case("Languages");
    let bc29 = law::all().iter().find(|k| k.id == "bc29").unwrap();
    let draft = drafted(&a, bc29, &case, &[]);
    let out = a.path("draft.txt");
    let written = a.must(1, "request letter", &[("request", &draft), ("out", &out), ("language", "fr")]);
    assert!(written.value["warning"].as_str().unwrap().contains("XB does not accept fr; it accepts English"));
    let default = a.must(1, "request letter", &[("request", &draft), ("out", &out), ("force", "yes")]);
    assert_eq!((&default.value["language"], &default.value["warning"]), (&"en".into(), &serde_json::Value::Null));
    let review = a.must(1, "request submit", &[("request", &draft)]).value["review"].as_str().unwrap().to_owned();
    a.decide(&review);
    a.must(1, "request send", &[("request", &draft)]);
    let form = [("request", draft.as_str()), ("out", &out), ("force", "yes"), ("language", "fr")];
    let failure = a.fails(1, "request letter", &form, ErrorKind::Refused);
    assert!(failure.hint.contains("--translation"), "{failure:?}");
    // With English beside it, or a translation and who answers for it, it is.
    fs::write(a.path("translation"), "The same in English.").unwrap();
    let path = a.path("translation");
    let translated = [form.as_slice(), &[("translation", path.as_str()), ("translator", "Ana Ruiz, sworn")]].concat();
    a.must(1, "request letter", &translated);
    let text = fs::read_to_string(&out).unwrap();
    assert!(text.contains("The same in English.") && text.contains("Ana Ruiz, sworn"), "{text}");
    let beside = a.path("beside.html");
    a.must(1, "request letter", &[("request", &draft), ("out", &beside), ("language", "fr"), ("beside", "en")]);
    let html = fs::read_to_string(&beside).unwrap();
    assert!(html.contains("Demande de conservation") && html.contains("Request for preservation"), "both columns");
    // Time that is short is not lost over a language.
    let urgent = law::all().iter().find(|k| k.id == "2ap9").unwrap();
    let request = drafted(&a, urgent, &case, &[]);
    let text = letter(&a, &request, &[("language", "es")]);
    assert!(text.contains("SOLICITUD DE EMERGENCIA"), "{text}");
}

#[test]
fn the_directory_stands_on_every_letter_to_a_contact_point() {
    let (_root, a, _b) = pair();
    let case = a.case("Contacts");
    let bc29 = law::all().iter().find(|k| k.id == "bc29").unwrap();
    let request = drafted(&a, bc29, &case, &[]);
    assert!(
        letter(&a, &request, &[]).contains("Telephone: not on record"),
        "what is missing blocks nothing, and is seen"
    );
    let table = a.path("directory.csv");
    fs::write(&table, "desk,phone,mail,hours,zone,officer,verify\nXB,+99 1 234,desk@xb.example,24/7,UTC,Lindqvist,call back\nXA,+99 2 345,,,,,\n").unwrap();
    a.must(1, "directory import", &[("file", &table), ("as-of", "2026-06-01")]);
    let text = letter(&a, &request, &[]);
    for part in [
        "Telephone: +99 1 234",
        "E-mail: desk@xb.example",
        "Duty officer: Lindqvist",
        "To verify: call back",
        "Telephone: +99 2 345",
        "Directory of 2026-06-01",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // An older one takes nobody's place.
    fs::write(&table, "desk,phone\nXB,+99 0\n").unwrap();
    a.must(1, "directory import", &[("file", &table), ("as-of", "2026-05-01")]);
    assert!(letter(&a, &request, &[]).contains("Telephone: +99 1 234"));
    fs::write(&table, "desk,phone\nXB,\u{202e}1\nXB,2\n").unwrap();
    a.fails(1, "directory import", &[("file", &table), ("as-of", "2026-06-02")], ErrorKind::Malformed);
    fs::write(&table, "desk,phone\nXB,+99 0\n").unwrap();
    assert_eq!(a.must(1, "directory list", &[]).value.as_array().unwrap().len(), 2);
    a.fails(3, "directory import", &[("file", &table), ("as-of", "2026-06-02")], ErrorKind::Refused);
    a.must(1, "audit verify", &[]);
}
