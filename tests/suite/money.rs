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

#[test]
fn a_donors_report_is_asked_for_before_it_is_due_and_until_it_is_made() {
    let (_root, mut a, _b) = pair();
    finance(&a);
    let due = a.in_days(30);
    let line = line(&a, &[("donor", "ISF"), ("report-by", &due)]);
    let other = self::line(&a, &[]);
    let asked = |a: &Site, member: u8| -> Vec<Value> {
        let today = a.must(member, "desk today", &[]).value;
        let tasks = today["tasks"].as_array().unwrap().iter().filter(|t| t["kind"] == "budget-line");
        tasks.cloned().collect()
    };
    assert_eq!(asked(&a, 4), [] as [Value; 0], "a month ahead nobody is asked");
    a.pass_stated(24 * 20);
    let task = asked(&a, 4);
    assert_eq!(task.len(), 1);
    assert_eq!((&task[0]["id"], &task[0]["mine"]), (&json!(line), &json!(true)));
    assert!(task[0]["what"].as_str().unwrap().contains("Forensics"), "{task:?}");
    let officers = asked(&a, 1);
    assert_eq!((&officers[0]["mine"], &officers[0]["waits_on"]), (&json!(false), &json!("finance officer")));
    a.pass_stated(24 * 15);
    assert_eq!(asked(&a, 4).len(), 1, "late, it is asked for still");
    // What is closed owes its report still.
    a.must(4, "budget close", &[("line", &line), ("because", "the year is over")]);
    assert_eq!(asked(&a, 4).len(), 1);
    let future = a.in_days(3);
    a.fails(4, "budget reported", &[("line", &line), ("on", &future)], ErrorKind::Refused);
    a.fails(1, "budget reported", &[("line", &line)], ErrorKind::Refused);
    a.fails(4, "budget reported", &[("line", &other)], ErrorKind::Refused);
    let next = a.in_days(60);
    a.must(4, "budget reported", &[("line", &line), ("next", &next), ("note", "sent to the ISF")]);
    assert_eq!(asked(&a, 4), [] as [Value; 0]);
    let shown = a.must(4, "budget show", &[("id", &line)]).value;
    assert!(!shown["reported"].is_null() && !shown["report_by"].is_null(), "{shown}");
    a.pass_stated(24 * 50);
    assert_eq!(asked(&a, 4).len(), 1, "the next one is asked for");
    a.must(4, "budget reported", &[("line", &line)]);
    assert_eq!(asked(&a, 4), [] as [Value; 0]);
    a.must(1, "audit verify", &[]);
}

#[test]
fn whoever_has_an_interest_in_the_supplier_approves_nothing_of_it() {
    let (_root, a, _b) = pair();
    finance(&a);
    let out = a.identity(6).to_str().unwrap().to_owned();
    a.must(1, "identity new", &[("name", "XA-6"), ("out", &out), ("no-passphrase", "yes")]);
    a.must(1, "member add", &[("file", &format!("{out}.pub")), ("roles", "finance-officer")]);
    let line = line(&a, &[]);
    let ask = |supplier: &str| a.make(4, "budget commit", &commitment(&line, "10.00", supplier, "1"));
    let approve = |member: u8, id: &str, more: Fields<'_>| {
        a.run(member, "budget approve", &[&[("commitment", id)], more].concat())
            .map(drop)
            .map_err(|e| (e.verdict.map(|v| v.refused_by()), e.what, e.hint))
    };
    let first = ask("Cousin Ltd");
    let (rules, what, hint) = approve(5, &first, &[("conflict", "declared")]).unwrap_err();
    assert_eq!(rules, Some(vec![RuleId::A03]));
    assert!(what.contains("another finance officer approves it") && hint.contains("budget interest"), "{what} {hint}");
    a.must(5, "budget interest", &[("commitment", &first), ("because", "a cousin owns it")]);
    a.fails(5, "budget interest", &[("commitment", &first), ("because", "again")], ErrorKind::Refused);
    // Whatever they say later, and whatever commitment of the supplier it is.
    assert_eq!(approve(5, &first, &[("conflict", "none")]).unwrap_err().0, Some(vec![RuleId::A03]));
    let second = ask("COUSIN ltd.");
    assert_eq!(approve(5, &second, &[]).unwrap_err().0, Some(vec![RuleId::A03]));
    let own = a.run(5, "budget commit", &commitment(&line, "10.00", "Cousin Ltd", "1")).unwrap_err();
    assert_eq!(own.verdict.unwrap().refused_by(), [RuleId::A03], "nor do they ask for it");
    approve(5, &ask("Another Ltd"), &[]).unwrap();
    approve(6, &first, &[]).unwrap();
    assert_eq!(a.must(4, "budget show", &[("id", &first)]).value["interested"], json!(["XA-5"]));
    // Where the line asks for it, whoever approves says so.
    let strict = self::line(&a, &[("declarations", "yes")]);
    let asked = a.make(4, "budget commit", &commitment(&strict, "10.00", "Another Ltd", "1"));
    let (rules, what, hint) = approve(6, &asked, &[]).unwrap_err();
    assert_eq!(rules, Some(vec![RuleId::A03]));
    assert!(what.contains("declaration of interest") && hint.contains("--conflict none"), "{what} {hint}");
    approve(6, &asked, &[("conflict", "none")]).unwrap();
    a.must(1, "audit verify", &[]);
}

#[test]
fn criteria_that_came_after_an_offer_need_a_reason() {
    let (_root, a, _b) = pair();
    finance(&a);
    let line = line(&a, &[]);
    let call = |more: Fields<'_>| a.make(4, "budget call", &[&[("line", &*line), ("for", "imaging")], more].concat());
    let quote = |call: &str, supplier: &str| {
        a.must(4, "budget quote", &[("call", call), ("supplier", supplier), ("amount", "100.00")]);
    };
    let fix = |call: &str| a.must(4, "budget criteria", &[("call", call), ("text", "price 60, time 40")]);
    let commits = |amount: &str, supplier: &str, more: Fields<'_>| {
        let form = [commitment(&line, amount, supplier, "3"), more.to_vec()].concat();
        a.run(4, "budget commit", &form).map(|o| o.id().unwrap().to_string()).map_err(|e| {
            let what = e.what.clone();
            (e.verdict.map(|v| v.refused_by()), what)
        })
    };
    let refused = |found: Result<String, (Option<Vec<RuleId>>, String)>| {
        let (rules, what) = found.unwrap_err();
        assert_eq!(rules, Some(vec![RuleId::A03]), "{what}");
        assert!(what.contains("criteria fixed before the first offer, or a reason"), "{what}");
    };
    // Fixed before: nothing is asked.
    let timely = call(&[("criteria", "price")]);
    fix(&timely);
    quote(&timely, "Early Ltd");
    commits("1.00", "Early Ltd", &[]).unwrap();
    // Changed afterwards.
    fix(&timely);
    refused(commits("1.00", "Early Ltd", &[]));
    refused(commits("1.00", "early ltd", &[("call", &timely)]));
    commits("1.00", "Early Ltd", &[("because", "the law on warranties changed")]).unwrap();
    // Never fixed, or fixed when an offer was known: also where the call is not named.
    let late = call(&[]);
    quote(&late, "Late Ltd");
    refused(commits("1.00", "Late Ltd", &[]));
    fix(&late);
    refused(commits("1.00", "Late Ltd", &[("criteria", "price, of course fixed before")]));
    commits("1.00", "Late Ltd", &[("because", "only one could deliver")]).unwrap();
    let notes = a.must(4, "budget show", &[("id", &line)]).value["notes"].to_string();
    assert_eq!(notes.matches("when an offer was known").count(), 2, "{notes}");
    // Offers on record are counted, not those that are typed.
    let two = call(&[("criteria", "price")]);
    ["One Ltd", "ONE ltd.", "Two Ltd"].iter().for_each(|supplier| quote(&two, supplier));
    assert_eq!(commits("10000.01", "One Ltd", &[]).unwrap_err().0, Some(vec![RuleId::A03]), "two offers, not three");
    quote(&two, "Three Ltd");
    commits("10000.01", "One Ltd", &[("call", &two)]).unwrap();
    assert_eq!(commits("1.00", "Never Ltd", &[("call", &two)]).unwrap_err().0, None, "it made no offer there");
    let shown = a.must(4, "budget show", &[("id", &late)]).value;
    assert_eq!((&shown["offers"][0]["supplier"], &shown["criteria_late"]), (&json!("Late Ltd"), &json!(true)));
    a.fails(1, "budget call", &[("line", &line), ("for", "x")], ErrorKind::Refused);
    a.must(1, "audit verify", &[]);
}
