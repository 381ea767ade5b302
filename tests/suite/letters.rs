//! Letters read as who would sign them reads them: each kind asks for what its instrument gives, says all that it must say
//! and nothing of how the desk came to it, is addressed to whom it is for, and is a draft where it is one.

use std::fs;

use crate::desks::{Fields, REASONS, Site, pair};
use comity::law::edition::Law;
use comity::law::request::{self as law, Addressee, Counterpart, Event, RequestKind, Variant};
use comity::workspace::error::ErrorKind;
use tempfile::TempDir;

/// What a prosecutor would write into a field of that name.
fn written(field: &str) -> &'static str {
    match field {
        "authority" => "Prosecutor's Office of Xandria North, unit for computer crime, senior prosecutor",
        "seeking-authority" => "Federal Police of Xandria, computer crime squad",
        "validation" => "Court of Review of Xandria North, judge on duty, 12 June 2026",
        "file-number" => "XN-CC 114/26",
        "date" => "15 June 2026",
        "statement" => "This is issued pursuant to the instrument named above, for the case described below alone.",
        "offence" => "Computer fraud, section 263a of the Criminal Code of Xandria, up to five years of imprisonment.",
        "provisions" => "Section 263a: who influences the result of data processing is punished by up to five years.",
        "facts" => {
            "Between 2 and 9 June 2026 someone used forged login pages to take the credentials of about 40 customers of a \
             savings bank, and moved 212,000 to accounts abroad."
        }
        "proceeding" => {
            "Investigation XN-CC 114/26 for computer fraud, led by the prosecutor's office; nobody is charged."
        }
        "data" => {
            "Account shop-4471 at the hosting provider: subscriber data, login addresses with times, and stored \
             configuration, from 1 May to 14 June 2026."
        }
        "domain" => "login-savings.example and savings-login.example",
        "identifier" | "target" => {
            "Account shop-4471 and the address 192.0.2.44, port 443, on 4 June 2026 at 09:12 UTC."
        }
        "relation" | "relevance" | "link" => {
            "The forged pages were served from this account; its logins lead to who made them."
        }
        "custodian" | "provider" | "addressee" | "holder" => "Northhost Ltd, 4 Quay Street, Port Xebec",
        "necessity" => "The provider deletes login records after 30 days; the earliest are lost on 1 July 2026.",
        "less-intrusive" => "Open registers and the bank's own logs were searched; they end at the hosting provider.",
        "intent" => "A request for disclosure under Article 31 will follow by 10 August 2026.",
        "assistance" => {
            "Disclose the records named below, with a certificate of the person who took them and their hash values."
        }
        "purpose" => "Evidence in investigation XN-CC 114/26, and for nothing else.",
        "persons" => "Not known. The account was opened under the name Kim Arden, which is believed to be false.",
        "urgency" => "Yes: money is still being moved, and the account may be closed at any time.",
        "emergency" => {
            "Two engineers are held against their will; their captors named noon of 16 June 2026 as the end."
        }
        "confidentiality" | "secrecy" => {
            "The account's user is not to be told before 1 December 2026; the data stay unaltered."
        }
        "deadline" => "10 July 2026: the court reviews the freezing of the accounts on 14 July 2026.",
        "time-frame" => "Within 20 days, as a signed file over the channel of the desk.",
        "language" => "English; the requesting side translates.",
        "preservation" => "Preserved on 3 June 2026 under reference R-114.",
        "period" => "From 20 June to 4 July 2026.",
        "order" => "Court of Review of Xandria North, 14 June 2026, XN-CR 77/26, until 4 July 2026.",
        "conditions" | "use-restrictions" => "Not to be used before a court without the consent of the sender.",
        "transfer" | "contact" | "authority-contact" | "reply-to" => {
            "Unit for computer crime, duty desk, over the desk's channel."
        }
        "legal-basis" | "legal-grounds" => "Section 100j of the Code of Criminal Procedure of Xandria.",
        _ => "As agreed between the authorities named above.",
    }
}

/// The sentence in which a kind asks, orders, gives or proposes; it must stand in its letter, whole.
fn operative(kind: &str) -> &'static str {
    match kind {
        "bc29" | "uncc42" => {
            "requests, on the legal basis stated below, that the data described below be preserved expeditiously"
        }
        "bc16" | "epoc_pr" => {
            "This authority orders the addressee, on the legal basis stated below, to preserve the data"
        }
        "us2703f" => "requests the addressee, on the legal basis stated below, to preserve the records described below",
        "bc30" | "uncc43" => {
            "requests, on the legal basis stated below, that the data described below be disclosed expeditiously"
        }
        "2ap7" | "epoc" | "cloud" => {
            "orders the addressee, on the legal basis stated below, to produce to it the data described"
        }
        "2ap6" => {
            "requests the addressee, on the legal basis stated below, to disclose to it the domain name registration data"
        }
        "bc31" | "bc25" | "uncc44" | "uncc40" | "mlat_untoc" => "the mutual legal assistance described below",
        "bc33" | "bc34" | "uncc45" | "uncc46" => {
            "be collected while the communication takes place, under the conditions of the law"
        }
        "bc35" | "uncc41" => "the assistance of your contact point that is described below",
        "bc26" => {
            "has the honour to give, on the legal basis stated below and without a request, the information described"
        }
        "2ap9" | "2ap10" => {
            "requests, as a matter of emergency and on the legal basis stated below, the assistance described"
        }
        "2ap12" | "uncc48" | "jit" => {
            "proposes, on the legal basis stated below, that a joint investigation be agreed on the terms"
        }
        "2ap8" | "eio" => {
            "transmit the enclosed order or warrant, with the request that, on the legal basis stated below, effect"
        }
        "spoc" => "requests, on the legal basis stated below, the information described below",
        "bc17" | "bc18" | "bc18b" | "us2703c" | "us2703d" | "us2703w" => {
            "orders the addressee, on the legal basis stated below, to produce to it the data described"
        }
        "bc19" => "that the data described below be searched and secured where they lie, and no others",
        "bc20" | "bc21" => "to collect the data described below while the communication takes place",
        "bc32b" => "gave their lawful and voluntary consent to its access to them",
        "bc28" => "the supply of what is described below dependent on the conditions stated below",
        "2ap11" | "untoc20" | "mlat" => "the mutual legal assistance described below",
        "untoc19" => "proposes, on the legal basis stated below, that a joint investigation be agreed on the terms",
        "uncc47" => "respectfully requests the assistance described below",
        "eio_c" => "notifies it, on the legal basis stated below, of the interception described below",
        "us2702" | "unodc_vol" | "unodc_em" => {
            "to disclose to it of its own will the data described below, and no others"
        }
        "unodc_pres" => "to preserve the records described below, so that they are neither lost nor altered",
        "led30" | "2ap14" => "were touched by the breach described below",
        "consult" => "would be grateful for its view of the question described below",
        "use_consent" | "use_exculpatory" | "use_ordered" => {
            "about a use of material that your authority gave for another purpose"
        }
        other => panic!("{other}: which sentence does its letter stand on?"),
    }
}

/// What must not stand in a letter of that kind: it would be more than the instrument gives, or the wrong voice.
fn never(kind: &RequestKind) -> Vec<&'static str> {
    let mut never = Vec::new();
    if matches!(kind.counterpart, Counterpart::Provider | Counterpart::Domestic) {
        never.extend(["compliments to your authority", "high consideration", "Requested authority"]);
    } else {
        never.push("orders the addressee");
    }
    if kind.template.starts_with("preservation") {
        never.push("be disclosed expeditiously");
    }
    if ["bc26", "jit", "2ap12", "uncc48"].contains(&kind.id.as_str()) {
        never.extend(["requests the assistance", "Particulars of the request"]);
    }
    never
}

/// Three desks: the first is in touch with both others, one of which is bound by what the European Union made.
fn three() -> (TempDir, Site, Site, Site) {
    let (root, mut a, mut b) = pair();
    let mut e = Site::found(root.path(), "XE");
    // The regulation on orders to providers applies from August.
    for site in [&mut a, &mut b, &mut e] {
        site.pass_stated(24 * 90);
    }
    a.meet(&e);
    e.meet(&a);
    (root, a, b, e)
}

fn drafted(site: &Site, kind: &RequestKind, case: &str, to: &str) -> String {
    let fields: Vec<String> = kind.field.iter().map(|f| format!("{}={}", f.id, written(&f.id))).collect();
    let mut form = vec![("kind", kind.id.as_str()), ("case", case), ("draft", "yes")];
    if !kind.asks_no_partner() {
        form.push(("to", to));
    }
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    site.make(1, "request new", &form)
}

/// A letter in both forms: the plain one as it is, and the words of both on one line each.
struct Read {
    plain: String,
    words: [String; 2],
}

impl Read {
    fn says(&self, what: &str) -> bool {
        let what = one_line(what).to_lowercase();
        self.words.iter().all(|w| w.to_lowercase().contains(&what))
    }

    fn says_nothing_of(&self, what: &str) -> bool {
        let what = one_line(what).to_lowercase();
        !self.words.iter().any(|w| w.to_lowercase().contains(&what))
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read(site: &Site, request: &str, of: &str) -> Read {
    read_for(site, request, of, None)
}

/// The letter that goes to one addressee.
fn read_for(site: &Site, request: &str, of: &str, whom: Option<Addressee>) -> Read {
    let [plain, html] = ["txt", "html"].map(|ending| {
        let out = site.path(&format!("{of}-{}.{ending}", &request[..8]));
        let mut form = vec![("request", request), ("of", of), ("out", &out), ("force", "yes")];
        form.extend(whom.map(|whom| ("addressee", whom.word())));
        site.must(1, "request letter", &form);
        fs::read_to_string(&out).unwrap()
    });
    assert!(plain.lines().all(|l| l.chars().count() <= 80), "{plain}");
    for line in plain.lines() {
        assert!(!line.trim_start().starts_with([',', '.', ';', ':', ')']), "broken before a mark: {line}\n{plain}");
    }
    let mut bare = String::new();
    let mut inside = false;
    for c in html.split_once("<body>").unwrap().1.chars() {
        match c {
            '<' => inside = true,
            '>' => (inside, _) = (false, bare.push(' ')),
            c if !inside => bare.push(c),
            _ => {}
        }
    }
    for (code, c) in [("&#x27;", "'"), ("&#x2f;", "/"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
    {
        bare = bare.replace(code, c);
    }
    Read { words: [one_line(&plain), one_line(&bare)], plain }
}

/// Sends a request that is in force, through its review.
fn sent(site: &Site, request: &str) {
    let kind = site.must(1, "request show", &[("request", request)]).value["kind"].as_str().unwrap().to_owned();
    let review = site.must(1, "request submit", &[("request", request)]).value["review"].as_str().unwrap().to_owned();
    site.decide(&review);
    if kind == "bc25" {
        // The third level takes two.
        let two = [("review", review.as_str()), ("approve", "yes"), ("expires", "60d")];
        site.must(3, "review decide", &two);
    }
    site.must(1, "request send", &[("request", request)]);
}

#[test]
fn each_kind_asks_for_what_its_instrument_gives_and_says_what_it_asks_for() {
    let (_root, a, _b, _e) = three();
    let case = a.case("Forged login pages");
    for kind in law::all().iter().filter(|k| k.review) {
        for to in ["XB", "XE"] {
            let id = drafted(&a, kind, &case, to);
            let letter = read(&a, &id, "request");
            let said = |what: &str| assert!(letter.says(what), "{} does not say: {what}\n{}", kind.id, letter.plain);
            said(operative(&kind.id));
            for what in never(kind) {
                assert!(letter.says_nothing_of(what), "{} says: {what}\n{}", kind.id, letter.plain);
            }
            for field in kind.field.iter().filter(|f| f.is_for(kind.addressees()[0])) {
                said(&format!("{} [{}]", field.label, field.article));
                said(written(&field.id));
            }
            said(&Law::of_program().instrument(&kind.instrument).unwrap().name);
            said(&kind.article);
            said(&kind.source);
            said(&id);
            if kind.field.iter().any(|f| f.article.contains("(practice)")) {
                said("(practice): no provision asks for it");
            }
            said("Central authority of XA");
            said("24/7 contact of XA");
            for clock in kind.clock.iter().filter(|c| matches!(c.starts, Event::Served | Event::Decided)) {
                said(&clock.source);
            }
            // A draft is one to the eye, and nobody can sign it by mistake.
            let in_force = a.must(1, "request show", &[("request", &id)]).value["in_force"] == true;
            if kind.asks_no_partner() {
                assert!(in_force, "{}: it asks nobody who could be bound or not", kind.id);
                said("DRAFT, NOT SENT");
                said("This is a draft. It is not to be signed.");
                assert!(letter.says_nothing_of(&format!("{to} accepts")), "{}", letter.plain);
                continue;
            }
            said(&format!("This letter is in English. {to} accepts:"));
            let banner = format!("NOT IN FORCE BETWEEN XA AND {to}: DRAFT, NOT SENT");
            said(if in_force { "DRAFT, NOT SENT" } else { &banner });
            if !["jit", "use_consent", "use_exculpatory", "use_ordered"].contains(&kind.id.as_str()) {
                said(&format!("{} between XA and {to}", if in_force { "in force" } else { "NOT IN FORCE" }));
            }
            assert_eq!(letter.says_nothing_of("NOT IN FORCE"), in_force, "{}", kind.id);
            assert_eq!(letter.plain.lines().next().map(|l| l.ends_with("DRAFT, NOT SENT")), Some(true));
            assert_eq!(letter.plain.lines().last().map(|l| l.ends_with("DRAFT, NOT SENT")), Some(true));
            said("This is a draft. It is not to be signed.");
            assert!(letter.says_nothing_of("Place and date"), "{}", letter.plain);
        }
    }
}

#[test]
fn each_addressee_reads_what_is_for_them_and_nothing_else() {
    let (_root, a, _b, _e) = three();
    let case = a.case("Forged login pages");
    let mut kept = 0;
    for kind in law::all().iter().filter(|k| k.review) {
        let id = drafted(&a, kind, &case, "XE");
        for whom in Addressee::ALL {
            if !kind.addressees().contains(whom) {
                let form = [("request", id.as_str()), ("addressee", whom.word()), ("out", &a.path("no.txt"))];
                a.fails(1, "request letter", &form, ErrorKind::Usage);
                continue;
            }
            let letter = read_for(&a, &id, "request", Some(*whom));
            let (goes, stays): (Vec<_>, Vec<_>) = kind.field.iter().partition(|f| f.is_for(*whom));
            for field in &goes {
                let what = format!("{} [{}]", field.label, field.article);
                assert!(letter.says(&what), "{} to {whom}: {what}\n{}", kind.id, letter.plain);
            }
            for field in stays {
                kept += 1;
                let what = format!("{} [{}]", field.label, field.article);
                assert!(letter.says_nothing_of(&what), "{} to {whom}: {what}\n{}", kind.id, letter.plain);
                if goes.iter().all(|f| written(&f.id) != written(&field.id)) {
                    assert!(letter.says_nothing_of(written(&field.id)), "{} to {whom}\n{}", kind.id, letter.plain);
                }
            }
            for clock in kind.clock.iter().filter(|c| !c.is_for(*whom)) {
                assert!(letter.says_nothing_of(&clock.source), "{} to {whom}: {}", kind.id, clock.source);
            }
        }
    }
    assert_eq!(kept, 5 + 1 + 4, "EPOC, EPOC-PR, and what supports an order under Article 8 of the protocol");
    // The certificate holds nothing of the case; the order does.
    let law = Law::of_program();
    for (kind, ids) in [("epoc", ["facts", "necessity", "emergency"].as_slice()), ("epoc_pr", &["necessity"])] {
        for field in law.request(kind).unwrap().field.iter().filter(|f| ids.contains(&f.id.as_str())) {
            assert!(!field.is_for(Addressee::Provider) && field.is_for(Addressee::Authority), "{kind} {}", field.id);
        }
    }
}

#[test]
fn each_kind_names_the_articles_that_give_the_power() {
    let law = Law::of_program();
    for (kind, articles) in [
        ("epoc", "Articles 4 and 5"),
        ("epoc_pr", "Articles 4 and 6"),
        ("eio", "Articles 1, 5 and 6"),
        ("spoc", "Article 4"),
    ] {
        assert_eq!(law.request(kind).unwrap().article, articles);
    }
}

#[test]
fn what_was_sent_can_be_signed_and_says_nothing_of_how_the_desk_came_to_it() {
    let (_root, a, b, e) = three();
    for (other, kinds) in [(&b, ["bc29", "bc35", "bc26", "bc16"].as_slice()), (&e, &["epoc_pr", "spoc"])] {
        let case = a.case("Forged login pages");
        let mut sent = Vec::new();
        for kind in kinds {
            let kind = law::all().iter().find(|k| k.id == *kind).unwrap();
            let id = drafted(&a, kind, &case, other.code);
            let review = a.must(1, "request submit", &[("request", &id)]).value["review"].as_str().unwrap().to_owned();
            let doubt = [("review", review.as_str()), ("all", "met"), ("less-intrusive", "our informer at the bank")];
            a.must(2, "review assess", &[&doubt[..], &REASONS[..]].concat());
            let decision = [
                ("review", review.as_str()),
                ("approve", "yes"),
                ("condition", "use-limit"),
                ("condition", "no-onward"),
                ("reasons", "the suspicion is thin"),
                ("caveat", "the hours are those of the bank's clock"),
                ("expires", "60d"),
            ];
            a.must(2, "review decide", &decision);
            a.must(1, "request send", &[("request", &id)]);
            let letter = read(&a, &id, "request");
            let said = |what: &str| assert!(letter.says(what), "{} does not say: {what}\n{}", kind.id, letter.plain);
            let internal = ["Review and authorisation", "Level of legal review", "Reviewed by", "Valid until", "XA-2"];
            for what in ["DRAFT", "informer", "suspicion is thin", "not to be signed"].iter().chain(&internal) {
                assert!(letter.says_nothing_of(what), "{} says {what}\n{}", kind.id, letter.plain);
            }
            if kind.asks_no_partner() {
                said("the law of the issuing side");
            } else {
                said(&format!("in force between XA and {}", other.code));
            }
            said("used for the purpose that it states, and for no other");
            said("may not be passed on without the consent");
            said("the hours are those of the bank's clock");
            said("Place and date");
            if kind.field.iter().any(|f| f.id == "validation") {
                said(&format!("Validated by {}", written("validation")));
            }
            if kind.field.iter().any(|f| f.id == "authority") {
                // The desk sends; the authority that asks is who signs.
                said("Sent for XA by XA-1, desk officer, under the signed act named below.");
            }
            for clock in kind.clock.iter().filter(|c| c.variant == Variant::ORDINARY && c.amount.is_some()) {
                said(&clock.source);
                let at_least = if clock.minimum { "at least " } else { "" };
                said(&format!("{at_least}{} days from", clock.amount.unwrap()));
            }
            if kind.counterpart == Counterpart::Provider {
                said("Addressee Northhost Ltd, 4 Quay Street, Port Xebec");
                said(&format!("Sent to the desk {}", other.code));
            }
            if kind.asks_no_partner() {
                said("Addressee Northhost Ltd, 4 Quay Street, Port Xebec");
                assert!(letter.says_nothing_of("Sent to the desk"), "{}", letter.plain);
                continue;
            }
            sent.push((kind, id));
        }
        // Who is asked reads the same letter, and nothing of the review at all.
        a.carry(other, &format!("sent-{}", other.code));
        for (kind, id) in sent {
            let letter = read(other, &id, "request");
            assert!(letter.says(operative(&kind.id)) && letter.says("XA-1"), "{}\n{}", kind.id, letter.plain);
            for what in ["DRAFT", "suspicion is thin", "Reviewed by", "informer"] {
                assert!(letter.says_nothing_of(what), "{} says {what}\n{}", kind.id, letter.plain);
            }
        }
    }
}

#[test]
fn in_an_exercise_what_is_not_in_force_is_sent_and_says_so_on_every_sheet() {
    let root = TempDir::new().unwrap();
    let [a, b] = ["XA", "XB"].map(|code| Site::found_for(root.path(), code, &[("exercise", "north")]));
    a.meet(&b);
    b.meet(&a);
    let case = a.case("Forged login pages");
    let id = drafted(&a, law::all().iter().find(|k| k.id == "uncc42").unwrap(), &case, "XB");
    let draft = read(&a, &id, "request");
    let banner = "EXERCISE EXERCISE EXERCISE: NOT IN FORCE BETWEEN XA AND XB";
    assert!(draft.says(&format!("{banner}: DRAFT, NOT SENT")), "{}", draft.plain);
    sent(&a, &id);
    let letter = read(&a, &id, "request");
    assert!(letter.plain.starts_with(banner) && letter.plain.trim_end().ends_with(banner), "{}", letter.plain);
    assert!(letter.says("NOT IN FORCE between XA and XB: signed, not in force") && letter.says("Place and date"));
}

#[test]
fn each_answer_says_what_it_decides_and_a_refusal_its_ground_and_where_it_stands() {
    let (_root, a, b) = pair();
    let case = a.case("Forged login pages");
    let bc29 = law::all().iter().find(|k| k.id == "bc29").unwrap();
    let arrived = |name: &str| {
        let id = drafted(&a, bc29, &case, "XB");
        sent(&a, &id);
        a.carry(&b, name);
        id
    };
    let because = "the provider keeps no records of that account";
    let answers: [(&str, Fields<'_>, &[&str]); 7] = [
        ("request acknowledge", &[], &["Acknowledgement of receipt", "is not a decision on the request"]),
        ("request clarify", &[("text", because)], &["Request for clarification", "What is to be made clear", because]),
        ("request offer", &[("text", because)], &["subject to conditions", "Conditions offered", because]),
        ("request accept", &[("partly", "yes"), ("text", because)], &["accepted in part", because]),
        (
            "request consult",
            &[("text", because)],
            &["consults it before it decides", "Nothing is decided yet", because],
        ),
        ("request execute", &[], &["is being carried out"]),
        ("request deliver", &[("text", because)], &["has been carried out", because]),
    ];
    for (n, (command, form, parts)) in answers.into_iter().enumerate() {
        let id = arrived(&n.to_string());
        if command == "request execute" || command == "request deliver" {
            b.must(1, "request accept", &[("request", &id)]);
        }
        b.must(1, command, &[[("request", id.as_str())].as_slice(), form].concat());
        let letter = read(&b, &id, "answer");
        for part in parts.iter().chain(&["Legal basis of the request", "Article 29", "Requested authority XB"]) {
            assert!(letter.says(part), "{command} does not say: {part}\n{}", letter.plain);
        }
        assert!(letter.says(written("offence")), "{command}: the request stays with its answer");
    }
    for ground in ["R1", "R2"] {
        let id = arrived(ground);
        b.must(1, "request refuse", &[("request", &id), ("ground", ground), ("because", because)]);
        let row = Law::of_program().ground(ground).unwrap().clone();
        let letter = read(&b, &id, "answer");
        for part in ["Refusal of a request", "is unable to comply", ground, &row.text, &row.source, because] {
            assert!(letter.says(part), "{ground} does not say: {part}\n{}", letter.plain);
        }
    }
}

#[test]
fn what_the_asking_side_says_after_it_has_sent_has_its_letters() {
    let (_root, a, b) = pair();
    let case = a.case("Forged login pages");
    let id = drafted(&a, law::all().iter().find(|k| k.id == "bc29").unwrap(), &case, "XB");
    sent(&a, &id);
    a.carry(&b, "1");
    let only = ("request", id.as_str());
    let said = |of: &str, parts: &[&str]| {
        let letter = read(&a, &id, of);
        for part in parts.iter().chain(&["Legal basis of the request", written("data"), "Signed for the"]) {
            assert!(letter.says(part), "{of} does not say: {part}\n{}", letter.plain);
        }
    };
    let out = a.path("none.txt");
    a.fails(1, "request letter", &[only, ("of", "clarification"), ("out", &out)], ErrorKind::Refused);
    b.must(1, "request clarify", &[only, ("text", "which account?")]);
    b.carry(&a, "2");
    a.must(1, "request reply", &[only, ("text", "the second of the two")]);
    said(
        "clarification",
        &["Clarification of a request", "answers what your authority asked", "the second of the two"],
    );
    a.carry(&b, "3");
    b.must(1, "request offer", &[only, ("text", "no use before a court")]);
    b.carry(&a, "4");
    a.must(1, "request agree", &[only, ("text", "agreed by the prosecutor")]);
    said("acceptance", &["accepts the conditions", "bind this authority from now on", "agreed by the prosecutor"]);
    a.must(1, "request extend", &[only, ("text", "until 1 December: the court sits in November")]);
    said(
        "extension",
        &["that the period or time limit described below be extended", "the court sits in November", "29(7)"],
    );
    a.carry(&b, "5");
    b.must(1, "request execute", &[only]);
    b.must(1, "request deliver", &[only, ("text", "kept under number 7")]);
    b.carry(&a, "6");
    a.must(1, "request report-use", &[only, ("text", "read by the court of review")]);
    said("use-report", &["report on the use", "read by the court of review"]);
    let second = drafted(&a, law::all().iter().find(|k| k.id == "bc29").unwrap(), &case, "XB");
    sent(&a, &second);
    a.must(1, "request withdraw", &[("request", &second), ("because", "the account was found elsewhere")]);
    let letter = read(&a, &second, "withdrawal");
    for part in ["withdraws the request", "Nothing further is asked", "the account was found elsewhere"] {
        assert!(letter.says(part), "{part}\n{}", letter.plain);
    }
}

#[test]
fn a_ground_to_postpone_is_none_to_refuse() {
    let (_root, a, b) = pair();
    let case = a.case("Forged login pages");
    let id = drafted(&a, law::all().iter().find(|k| k.id == "bc25").unwrap(), &case, "XB");
    sent(&a, &id);
    a.carry(&b, "1");
    let failure = b.fails(
        1,
        "request refuse",
        &[("request", &id), ("ground", "R5"), ("because", "our own inquiry")],
        ErrorKind::Refused,
    );
    assert!(failure.hint.contains("request postpone"), "{failure:?}");
    b.must(1, "request postpone", &[("request", &id), ("ground", "R5"), ("because", "our own inquiry ends in May")]);
}

#[test]
fn who_asks_for_a_consent_names_the_item_and_whom_it_would_go_to() {
    let root = TempDir::new().unwrap();
    let [a, b, c] = ["XA", "XB", "XC"].map(|code| Site::found(root.path(), code));
    for (one, other) in [(&a, &b), (&a, &c), (&b, &a)] {
        one.meet(other);
    }
    let case = b.case("Third party");
    let item = b.indicator(&case, "secret-name.example");
    b.must(1, "disclosure new", &[("item", &item), ("to", "XA"), ("delete-after", "90d")]);
    b.carry(&a, "1");
    let form = [("kind", "consent"), ("item", item.as_str()), ("for", "XC"), ("to", "XB")];
    let why = [("field", "purpose=the same inquiry"), ("field", "reason=XC hosts it")];
    let id = a.make(1, "request new", &[form.as_slice(), &why].concat());
    let letter = read(&a, &id, "request");
    for part in [
        "Request for consent to onward sharing",
        &item,
        "Would be passed on to: XC",
        "the same inquiry",
        "XC hosts it",
        "XA-1",
    ] {
        assert!(letter.says(part) || letter.plain.contains(part), "{part}\n{}", letter.plain);
    }
    assert!(letter.says_nothing_of("secret-name.example") && letter.says_nothing_of("DRAFT"), "{}", letter.plain);
    a.carry(&b, "2");
    // Who is asked need not know the third desk: its letter says so, and names it whole.
    let third = c.must(1, "desk show", &[]).value["id"].as_str().unwrap().to_owned();
    b.must(1, "request consent", &[("request", &id)]);
    let letter = read(&b, &id, "answer");
    for part in ["Consent to onward sharing", "consents to the onward sharing", &item, &third, "and no others"] {
        assert!(letter.says(part), "{part}\n{}", letter.plain);
    }
}
