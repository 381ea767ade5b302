//! Money: counted to the cent, spent by two people, shared by rule, and stated to partners who accept or dispute it.

use comity::law::rule::RuleId;
use comity::workspace::error::ErrorKind;
use serde_json::{Value, json};

use crate::desks::{Fields, Site, pair};

/// Two finance officers: members 4 and 5.
fn finance(site: &Site) {
    for member in [4_u8, 5] {
        let out = site.identity(member).to_str().unwrap().to_owned();
        let name = format!("{}-{member}", site.code);
        site.must(1, "identity new", &[("name", &name), ("out", &out), ("no-passphrase", "yes")]);
        site.must(1, "member add", &[("file", &format!("{out}.pub")), ("roles", "finance-officer")]);
    }
}

fn line(site: &Site, more: Fields<'_>) -> String {
    let form = [("title", "Forensics"), ("currency", "EUR"), ("amount", "100000.00"), ("period", "2026")];
    site.make(4, "budget line", &[form.as_slice(), more].concat())
}

fn commitment<'a>(line: &'a str, amount: &'a str, supplier: &'a str, quotes: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("line", line),
        ("amount", amount),
        ("for", "imaging"),
        ("supplier", supplier),
        ("quotes", quotes),
        ("conflict", "none"),
    ]
}

fn shares(site: &Site, line: &str) -> Value {
    site.must(4, "budget show", &[("id", line)]).value["shares"].clone()
}

#[test]
fn a_cost_is_approved_by_another_and_shared_to_the_cent() {
    let (_root, a, _b) = pair();
    finance(&a);
    let line = line(&a, &[]);
    a.must(4, "budget split", &[("line", &line), ("shares", "XA=50,XB=50")]);
    let asked = a.make(4, "budget commit", &commitment(&line, "10000.01", "Imaging Ltd", "3"));
    let cost = [("commitment", &*asked), ("amount", "10000.01"), ("on", "2026-06-15"), ("evidence", "invoice 7")];
    a.fails(4, "budget cost", &cost, ErrorKind::Refused);
    let refused = a.fails(4, "budget approve", &[("commitment", &asked)], ErrorKind::Refused);
    assert_eq!(refused.verdict.unwrap().refused_by(), [RuleId::A04]);
    a.must(5, "budget approve", &[("commitment", &asked)]);
    a.must(4, "budget cost", &cost);
    let more = [("commitment", &*asked), ("amount", "0.01"), ("on", "2026-06-15"), ("evidence", "invoice 8")];
    a.fails(4, "budget cost", &more, ErrorKind::Refused);
    a.must(4, "budget contribute", &[("line", &line), ("from", "XB"), ("amount", "1000.00"), ("on", "2026-06-15")]);
    let expected = json!([
        {"desk": "XA", "due": "5000.01", "paid": "0.00", "open": "5000.01"},
        {"desk": "XB", "due": "5000.00", "paid": "1000.00", "open": "4000.00"},
    ]);
    assert_eq!(shares(&a, &line), expected);
    let shown = a.must(4, "budget show", &[]).value;
    assert_eq!((&shown[0]["committed"], &shown[0]["left"]), (&json!("10000.01"), &json!("89999.99")));
    for (name, says) in
        [("b.txt", "5000.01"), ("b.csv", "Forensics,2026,EUR,due,XA,,5000.01"), ("b.html", "<td>4000.00</td>")]
    {
        a.must(4, "report budget", &[("out", &a.path(name))]);
        let written = std::fs::read_to_string(a.path(name)).unwrap();
        assert!(written.contains(says), "{written}");
    }
    a.fails(1, "report budget", &[("out", &a.path("other.txt"))], ErrorKind::Refused);
    a.fails(4, "report budget", &[("out", &a.path("b.json"))], ErrorKind::Usage);
    a.must(1, "audit verify", &[]);
}

#[test]
fn what_procurement_asks_for_is_asked_of_what_is_bought_together() {
    let (_root, mut a, _b) = pair();
    finance(&a);
    let line = line(&a, &[]);
    let commits = |a: &Site, amount: &str, supplier: &str, quotes: &str, more: Fields<'_>| {
        let mut form = commitment(&line, amount, supplier, quotes);
        for (field, value) in more {
            form.retain(|(f, _)| f != field);
            form.push((field, value));
        }
        let form: Vec<(&str, &str)> = form.iter().map(|(f, v)| (*f, *v)).collect();
        a.run(4, "budget commit", &form).map_err(|e| (e.kind, e.verdict.map(|v| v.refused_by())))
    };
    let refused = |rule| (ErrorKind::Refused, Some(vec![rule]));
    let missing = refused(RuleId::A03);
    assert_eq!(commits(&a, "10000.01", "One Ltd", "2", &[]).unwrap_err(), missing, "above the threshold, two quotes");
    commits(&a, "10000.00", "One Ltd", "1", &[]).unwrap();
    assert_eq!(commits(&a, "0.01", "ONE ltd.", "1", &[]).unwrap_err(), missing, "an order that is split");
    commits(&a, "0.01", "One Ltd", "1", &[("because", "the only maker")]).unwrap();
    commits(&a, "0.01", "Two Ltd", "1", &[]).unwrap();
    assert_eq!(commits(&a, "1.00", "Cousin Ltd", "3", &[("conflict", "declared")]).unwrap_err(), missing);
    assert_eq!(commits(&a, "1.00", "Lab Ltd", "3", &[("handles-data", "yes")]).unwrap_err(), missing);
    commits(&a, "1.00", "Lab Ltd", "3", &[("handles-data", "yes"), ("clause", "LED 22")]).unwrap();
    assert_eq!(commits(&a, "89999.00", "Three Ltd", "3", &[]).unwrap_err(), (ErrorKind::Refused, None), "the ceiling");
    assert_eq!(commits(&a, "1.001", "Three Ltd", "3", &[]).unwrap_err().0, ErrorKind::Usage);
    let role = a.fails(1, "budget commit", &commitment(&line, "1.00", "y", "3"), ErrorKind::Refused);
    assert_eq!(role.verdict.unwrap().refused_by(), [RuleId::A02]);
    a.pass_stated(24 * 91);
    commits(&a, "0.01", "One Ltd", "1", &[]).unwrap();
    a.must(1, "audit verify", &[]);
}

#[test]
fn costs_are_shared_equally_by_request_and_never_among_strangers() {
    let (_root, a, _b) = pair();
    finance(&a);
    let line = line(&a, &[]);
    let spend = |amount: &str, more: Fields<'_>| {
        let asked = a.make(4, "budget commit", &commitment(&line, amount, "Ltd", "3"));
        a.must(5, "budget approve", &[("commitment", &asked)]);
        let form = [("commitment", &*asked), ("amount", amount), ("on", "2026-06-01"), ("evidence", "i")];
        a.must(4, "budget cost", &[form.as_slice(), more].concat());
    };
    spend("0.01", &[("requested-by", "XB"), ("paid-by", "XB")]);
    spend("0.02", &[]);
    assert_eq!(shares(&a, &line), json!([]));
    let due = |a: &Site| -> Vec<String> {
        shares(a, &line).as_array().unwrap().iter().map(|s| s["due"].as_str().unwrap().to_owned()).collect()
    };
    a.must(4, "budget split", &[("line", &line), ("shares", "XA,XB"), ("rule", "equal")]);
    assert_eq!(due(&a), ["0.02", "0.01"], "of equal remainders the first takes the cent");
    a.must(4, "budget split", &[("line", &line), ("shares", "XA,XB"), ("rule", "by-request")]);
    assert_eq!(due(&a), ["0.02", "0.01"]);
    assert_eq!(shares(&a, &line)[1]["paid"], "0.01");
    for bad in ["XA=0,XB=1", "XA=1,XA=2", "XA", "XA=1,XB=-1", "XQ=1", ""] {
        assert!(a.run(4, "budget split", &[("line", &line), ("shares", bad)]).is_err(), "{bad}");
    }
}

#[test]
fn a_statement_travels_and_only_whom_it_is_for_answers_it() {
    let (_root, a, b) = pair();
    finance(&a);
    finance(&b);
    let line = line(&a, &[]);
    a.fails(4, "budget statement", &[("line", &line), ("to", "XB")], ErrorKind::Refused);
    a.must(4, "budget split", &[("line", &line), ("shares", "XA=1,XB=2")]);
    let (first, second) = (
        a.make(4, "budget statement", &[("line", &line), ("to", "XB")]),
        a.make(4, "budget statement", &[("line", &line), ("to", "XB"), ("note", "again")]),
    );
    a.fails(4, "budget accept", &[("statement", &first)], ErrorKind::Refused);
    a.carry(&b, "there");
    let seen = b.must(4, "budget list", &[]).value;
    let seen = seen.as_array().unwrap();
    assert_eq!(seen.len(), 2, "nothing but statements travels");
    assert!(seen.iter().all(|s| s["kind"] == "statement" && s["desk"] == "XA" && s["state"] == "received"));
    b.must(4, "budget dispute", &[("statement", &first), ("because", "of what?")]);
    b.must(5, "budget accept", &[("statement", &second)]);
    b.carry(&a, "back");
    let state = |id: &str| a.must(4, "budget show", &[("id", id)]).value["state"].clone();
    assert_eq!((state(&first), state(&second)), (json!("disputed"), json!("accepted")));
    b.must(4, "budget accept", &[("statement", &first)]);
    b.carry(&a, "again");
    assert_eq!(state(&first), "accepted", "what was explained is accepted");
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn an_order_that_is_split_over_lines_is_none_the_smaller_and_a_donor_says_what_for() {
    let (_root, a, _b) = pair();
    finance(&a);
    let (one, other) = (line(&a, &[]), line(&a, &[("donor", "ISF"), ("grounds", "equipment,training")]));
    let dollars = line(&a, &[("currency", "USD")]);
    let commits = |line: &str, amount: &str, supplier: &str, more: Fields<'_>| {
        let form = [commitment(line, amount, supplier, "1"), more.to_vec()].concat();
        a.run(4, "budget commit", &form).map_err(|e| e.verdict.map(|v| v.refused_by()))
    };
    let missing = Some(vec![RuleId::A03]);
    let equipment = [("ground", "equipment")];
    commits(&one, "9000.00", "One Ltd", &[]).unwrap();
    assert_eq!(commits(&other, "9000.00", "One Ltd", &equipment).unwrap_err(), missing, "split over two lines");
    commits(&dollars, "9000.00", "One Ltd", &[]).unwrap();
    assert_eq!(commits(&other, "1.00", "Two Ltd", &[]).unwrap_err(), missing, "no ground is named");
    assert_eq!(commits(&other, "1.00", "Two Ltd", &[("ground", "travel")]).unwrap_err(), missing);
    let id = commits(&other, "1.00", "Two Ltd", &equipment).unwrap().value["id"].as_str().unwrap().to_owned();
    assert_eq!(a.must(4, "budget show", &[("id", &id)]).value["ground"], "equipment");
    assert_eq!(a.must(4, "budget show", &[("id", &other)]).value["grounds"], json!(["equipment", "training"]));
    let bad = [("title", "x"), ("currency", "EUR"), ("amount", "1"), ("period", "2026"), ("grounds", "what you like")];
    a.fails(4, "budget line", &bad, ErrorKind::Usage);
    a.must(1, "audit verify", &[]);
}

#[test]
fn nothing_is_converted_but_by_a_rate_that_is_on_record() {
    let (_root, a, _b) = pair();
    finance(&a);
    let line = line(&a, &[]);
    let asked = a.make(4, "budget commit", &commitment(&line, "1000.00", "Ltd", "3"));
    a.must(5, "budget approve", &[("commitment", &asked)]);
    let rate = |from: &str, to: &str, rate: &str, on: &str| {
        let form = [("from", from), ("to", to), ("rate", rate), ("on", on), ("source", "ECB list")];
        a.run(4, "budget rate", &form).map(|o| o.value["id"].as_str().unwrap().to_owned()).map_err(|e| e.kind)
    };
    let dollars = rate("USD", "EUR", "0.9213", "2026-06-01").unwrap();
    let yen = rate("EUR", "JPY", "160.125", "2026-06-01").unwrap();
    for (from, to, typed, on, kind) in [
        ("EUR", "EUR", "1", "2026-06-01", ErrorKind::Refused),
        ("USD", "EUR", "0.9", "2099-06-01", ErrorKind::Refused),
        ("USD", "EUR", "0", "2026-06-01", ErrorKind::Usage),
        ("USD", "EUR", "0.123456789", "2026-06-01", ErrorKind::Usage),
        ("XXX", "EUR", "1", "2026-06-01", ErrorKind::Usage),
    ] {
        assert_eq!(rate(from, to, typed, on).unwrap_err(), kind, "{from} {to} {typed} {on}");
    }
    a.fails(
        1,
        "budget rate",
        &[("from", "USD"), ("to", "EUR"), ("rate", "1"), ("on", "2026-06-01"), ("source", "x")],
        ErrorKind::Refused,
    );
    let cost = |rate: &str| {
        let form = [("commitment", &*asked), ("amount", "100.01"), ("on", "2026-06-15"), ("evidence", "i")];
        a.run(4, "budget cost", &[form.as_slice(), &[("rate", rate)]].concat())
    };
    assert_eq!(cost(&yen).unwrap_err().kind, ErrorKind::Refused, "it makes no euros");
    let id = cost(&dollars).unwrap().value["id"].as_str().unwrap().to_owned();
    let shown = a.must(4, "budget show", &[("id", &id)]).value;
    assert_eq!((&shown["amount"], &shown["currency"]), (&json!("92.14"), &json!("EUR")));
    assert_eq!(shown["given"], "100.01 USD: 1 USD = 0.9213 EUR, ECB list");
    assert_eq!(a.must(4, "budget show", &[("id", &line)]).value["spent"], "92.14");
    a.must(1, "audit verify", &[]);
}
