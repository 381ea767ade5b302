//! Who looked, who oversees, who answers: consultations of personal data, findings, complaints, mistakes, disputes, and the pack that
//! an auditor checks alone.

use std::collections::BTreeSet;
use std::fs;

use comity::bundle::audit_pack;
use comity::command::definition::{ArgKind, Args, Command, Handler};
use comity::command::run::{On, run};
use comity::command::{commands, plain};
use comity::record::KINDS;
use comity::record::kind::Kind;
use comity::record::store::{Query, RecordStore as _};
use comity::tui::screen::SCREENS;
use comity::tui::screen::definition::ViewParams;
use comity::value::json::Json;
use comity::workspace::error::ErrorKind;
use comity::workspace::journal::{MASK, Matter, Wanted};
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;
use serde_json::{Value, json};

use crate::desks::{Site, bytes_of, pair};

/// A word that stands in personal data alone.
const PERSON: &str = "zqperson";

/// Two desks, an auditor at the first, a case of it, and a person's record in it.
fn scene() -> (tempfile::TempDir, Site, Site, String, String) {
    let (root, a, b) = pair();
    a.enrol(4, "oversight-auditor");
    let case = a.case("Accountability");
    let person = a.make(
        1,
        "item add",
        &[
            ("case", &case),
            ("type", "account"),
            ("category", "subscriber"),
            ("tier", "2"),
            ("person-class", "suspect"),
            ("value", PERSON),
        ],
    );
    (root, a, b, case, person)
}

/// How many looks are on record, signed or not.
fn looks(workspace: &Workspace) -> usize {
    let signed = workspace.records().find(&Query::kind(Kind::Consultation)).unwrap().len();
    signed + workspace.unsigned_looks().unwrap().len()
}

fn consultations(site: &Site, more: &[(&str, &str)]) -> Vec<Value> {
    site.must(4, "audit consultations", more).value.as_array().unwrap().clone()
}

#[test]
fn who_looks_at_personal_data_leaves_when_and_why() {
    let (_root, a, _b, case, person) = scene();
    let indicator = a.indicator(&case, "n1.example");
    a.must(2, "item show", &[("item", &person)]);
    a.must(2, "search", &[("words", PERSON)]);
    a.must(1, "item list", &[("case", &case)]);
    a.must(1, "item show", &[("item", &indicator)]);
    let all = consultations(&a, &[("item", &person)]);
    assert_eq!(all.len(), 3, "{all:?}");
    for look in &all {
        assert_eq!(look["reason"], "cybercrime", "{look}");
        assert_eq!((&look["case"], &look["signed"]), (&json!(case), &json!(false)));
        assert!(look["at"].is_string() && look["member"].is_string());
    }
    assert!(consultations(&a, &[("item", &indicator)]).is_empty(), "an indicator is nobody's data");
    assert_eq!(consultations(&a, &[("member", "XA-2")]).len(), 2);
    // A reason that is typed goes with it.
    let workspace = a.open(3).unwrap();
    workspace.give_reason("asked by the court");
    let record = workspace.find_record(&person, &[Kind::Item]).unwrap();
    workspace.content(&record).unwrap();
    workspace.keep_looks().unwrap();
    drop(workspace);
    let newest = consultations(&a, &[("member", "XA-3")]);
    assert_eq!(newest[0]["reason"], "asked by the court");
    // Signed in a batch, they are the same.
    let before = consultations(&a, &[("item", &person)]);
    for member in 1..=3 {
        a.open(member).unwrap().sign_consultations().unwrap();
    }
    let after = consultations(&a, &[("item", &person)]);
    let told = |all: &[Value]| -> BTreeSet<String> {
        all.iter().map(|l| format!("{} {} {}", l["at"], l["member"], l["reason"])).collect()
    };
    assert_eq!(told(&before), told(&after));
    assert!(after.iter().all(|look| look["signed"] == true));
    a.must(1, "audit verify", &[]);
}

/// A jurisdiction can ask for a typed reason: then nothing is shown without one.
#[test]
fn the_law_can_ask_for_a_typed_reason() {
    let (_root, a, _b, _case, person) = scene();
    let shown = a.must(1, "law row", &[("table", "jurisdiction"), ("id", "XA")]).text.unwrap();
    let row = a.path("row.toml");
    fs::write(&row, shown.replacen("\"admissibility\":", "\"typed_reason\": true, \"admissibility\":", 1)).unwrap();
    a.must(1, "law change", &[("file", &row), ("because", "the law asks for it")]);
    let refused = a.fails(2, "item show", &[("item", &person)], ErrorKind::Refused);
    assert!(refused.hint.contains("--reason"), "{refused:?}");
    let said = a.program(2, &["--reason", "the trial begins", "item", "show", &person], "");
    assert!(String::from_utf8_lossy(&said.stdout).contains(PERSON), "{said:?}");
    let said = a.program(2, &["item", "show", &person, "--reason", "again"], "");
    assert!(String::from_utf8_lossy(&said.stdout).contains(PERSON), "{said:?}");
    let reasons: Vec<String> =
        consultations(&a, &[("item", &person)]).iter().map(|l| l["reason"].to_string()).collect();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
}

/// Fills in a command with whatever the workspace has; `None` where a file is needed that must be there.
fn filled(site: &Site, workspace: &Workspace, command: &Command, n: usize) -> Option<Args> {
    let mut args = Args::default();
    for arg in command.args {
        match arg.kind {
            ArgKind::Record(kinds) => {
                let found = kinds
                    .iter()
                    .flat_map(|k| workspace.records().find(&Query::kind(*k)).unwrap())
                    .find(|r| !r.is_purged() && (r.kind != Kind::Item || r.tier.is_some_and(|t| t.number() > 1)));
                match found {
                    Some(record) if arg.required || arg.positional => args.add(arg.name, record.id.to_string()),
                    Some(_) => {}
                    None if arg.required => return None,
                    None => {}
                }
            }
            ArgKind::Existing => return None,
            ArgKind::ToWrite => args.add(arg.name, site.path(&format!("out-{n}.txt"))),
            ArgKind::Partner if arg.required => args.add(arg.name, "XB"),
            ArgKind::Word(words) if arg.required => args.add(arg.name, *words().last().unwrap()),
            ArgKind::Number if arg.required => args.add(arg.name, "1"),
            ArgKind::Time if arg.required => args.add(arg.name, "20d"),
            ArgKind::Line | ArgKind::Body if arg.required && command.name == "search" => args.add(arg.name, PERSON),
            ArgKind::Line | ArgKind::Body if arg.required => args.add(arg.name, "x"),
            ArgKind::Flag if arg.name == "original" || arg.name == "dry-run" => args.add(arg.name, "yes"),
            _ => {}
        }
    }
    Some(args)
}

/// The one rule of it: whatever command shows the word has noted that it does before. It is asked of every command of the table.
#[test]
fn no_command_shows_personal_data_without_a_consultation() {
    let (_root, a, b, case, person) = scene();
    a.approve(&person, &b, "L1");
    a.make(
        1,
        "request new",
        &[("case", &case), ("kind", "bc31"), ("to", "XB"), ("draft", "yes"), ("field", &format!("facts={PERSON}"))],
    );
    a.make(1, "retention hold", &[("item", &person), ("reason", "audit"), ("because", PERSON)]);
    let more = [("from", PERSON), ("subject", PERSON), ("text", PERSON)];
    a.make(4, "complaint receive", &[[("right", "access"), ("channel", "letter")].as_slice(), &more].concat());
    a.make(1, "error report", &[("about", &person), ("text", PERSON), ("severity", "recordable")]);
    let mut shown = BTreeSet::new();
    for back in [false, true] {
        for (n, command) in commands().enumerate() {
            if !matches!(command.run, Handler::Reads(_) | Handler::Writes(_)) || (back && command.writes.is_some()) {
                continue;
            }
            // What ends the scene is not run.
            if ["retention purge", "case close", "item hold-back", "member revoke", "member roles"]
                .contains(&command.full_name().as_str())
            {
                continue;
            }
            for member in [1, 4] {
                let mut now = a.open(member).unwrap();
                // What is held is seen with a reason alone.
                if member == 1 {
                    now.give_reason("the court asks");
                }
                let Some(args) = filled(&a, &now, command, n) else { continue };
                let before = looks(&now);
                let output = if back {
                    let at = comity::workspace::open::Moment::Time(a.now);
                    let mut then = now.as_of(at, &mut Job::silent()).unwrap();
                    run(command, On::Workspace(&mut then), &args, &mut Job::silent())
                } else {
                    run(command, On::Workspace(&mut now), &args, &mut Job::silent())
                };
                let mut text = match &output {
                    Ok(output) => format!("{}\n{}", output.value, plain::lines(output).join("\n")),
                    Err(error) => format!("{error:?}"),
                };
                text.push_str(&output.ok().and_then(|o| o.text).unwrap_or_default());
                let file = a.path(&format!("out-{n}.txt"));
                text.push_str(&fs::read(&file).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default());
                let _ = fs::remove_file(&file);
                if text.contains(PERSON) {
                    assert!(looks(&now) > before, "{} showed it and left nothing", command.full_name());
                    shown.insert(command.full_name());
                }
            }
        }
    }
    for name in ["item show", "item list", "search", "request show", "complaint show", "retention holds", "error show"]
    {
        assert!(shown.contains(name), "{name} shows it, and was not met: {shown:?}");
    }
}

/// On the screens nothing personal is shown before somebody says why; then each page leaves a look.
#[test]
fn no_screen_shows_personal_data_before_somebody_says_why() {
    let (_root, a, _b, case, person) = scene();
    let workspace = a.open(1).unwrap();
    workspace.ask_for_reasons();
    let id = comity::value::id::Id::parse(&case).unwrap();
    let view = workspace.reader().unwrap();
    let pages = |view: &Workspace| -> String {
        let mut all = String::new();
        for screen in SCREENS {
            for n in 0..screen.views.len().max(1) {
                let params = ViewParams { view: n, focus: Some(id), ..ViewParams::default() };
                if let Ok(page) = (screen.fetch)(view, &params, &mut Job::silent()) {
                    all.push_str(&format!("{page:?}"));
                }
            }
        }
        let thing = comity::tui::page::RecordRef { kind: Kind::Item, id: person.parse_id() };
        all.push_str(&format!("{:?}", comity::tui::screen::detail::detail(view, &thing).unwrap().lines()));
        all
    };
    let masked = pages(&view);
    assert!(!masked.contains(PERSON) && masked.contains(MASK));
    // Nor does a search say that they are there.
    let found = |view: &Workspace| comity::command::desk::workspace_info::hits(view, PERSON, 10).unwrap().len();
    assert_eq!(found(&view), 0);
    view.keep_looks().unwrap();
    assert_eq!(looks(&workspace), 0, "what is masked was not looked at");
    assert_eq!(view.wanted_reason().map(|wanted| wanted.matter), Some(Matter::Case(id)));
    assert_eq!(view.purpose_of(Matter::Case(id)).unwrap(), "cybercrime", "the purpose is the offer");
    view.give_reason_for(Wanted { matter: Matter::Case(id), restricted: false }, "the trial begins").unwrap();
    assert!(found(&view) == 1 && pages(&view).contains(PERSON));
    view.keep_looks().unwrap();
    let noted = workspace.unsigned_looks().unwrap();
    assert!(!noted.is_empty() && noted.iter().all(|p| p.look.reason.as_deref() == Some("the trial begins")));
    // A page that is drawn again is the same look.
    pages(&view);
    view.keep_looks().unwrap();
    assert_eq!(workspace.unsigned_looks().unwrap().len(), noted.len());
}

trait ParseId {
    fn parse_id(&self) -> comity::value::id::Id;
}

impl ParseId for String {
    fn parse_id(&self) -> comity::value::id::Id {
        comity::value::id::Id::parse(self).unwrap()
    }
}

#[test]
fn a_kill_loses_no_look_and_signs_none_twice() {
    let (_root, a, _b, _case, person) = scene();
    let journal = |ends: &str| -> Vec<std::path::PathBuf> {
        let all = bytes_of(&a.workspace()).into_iter().map(|(path, _)| path);
        all.filter(|p| p.file_name().unwrap().to_string_lossy().ends_with(ends)).collect()
    };
    let look = || drop(a.must(1, "item show", &[("item", &person)]));
    look();
    let file = journal(".log")[0].clone();
    let whole = fs::read(&file).unwrap();
    assert!(!String::from_utf8_lossy(&whole).contains(&person), "it is sealed");
    // Half of an entry, as a kill leaves it: nothing was shown for it, and the next look is whole.
    fs::write(&file, [whole.as_slice(), b"\nYWdlLWVuY3J5"].concat()).unwrap();
    look();
    assert_eq!(looks(&a.open(2).unwrap()), 2);
    // A kill after the act, before the journal went.
    let kept = fs::read(&file).unwrap();
    a.open(1).unwrap().sign_consultations().unwrap();
    fs::write(file.with_extension("signing"), &kept).unwrap();
    assert_eq!(looks(&a.open(2).unwrap()), 2, "what is signed is not counted again");
    a.open(1).unwrap().sign_consultations().unwrap();
    assert_eq!(looks(&a.open(2).unwrap()), 2);
    assert!(journal(".signing").is_empty() && journal(".log").is_empty());
    // Another member's entries are not signed by who finds them.
    look();
    let theirs = fs::read(&file).unwrap();
    let name = journal(".log")[0].clone();
    a.must(2, "item show", &[("item", &person)]);
    let other = journal(".log").into_iter().find(|p| *p != name).unwrap();
    fs::write(&other, &theirs).unwrap();
    a.open(2).unwrap().sign_consultations().unwrap();
    assert!(consultations(&a, &[("member", "XA-2")]).is_empty());
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_workspace_that_is_only_read_masks_personal_data_and_is_not_written() {
    let (_root, a, _b, case, person) = scene();
    let before = bytes_of(&a.workspace());
    let read = |words: &[&str]| {
        let output = a.program(2, &[&["--readonly", "--json"], words].concat(), "");
        String::from_utf8(output.stdout).unwrap()
    };
    let shown = read(&["item", "show", &person]);
    assert!(shown.contains(MASK) && !shown.contains(PERSON), "{shown}");
    let listed = read(&["item", "list", "--case", &case]);
    assert!(listed.contains(MASK) && !listed.contains(PERSON));
    assert!(!read(&["search", PERSON]).contains(&person), "that it has the word is not told either");
    let said = a.program(2, &["--readonly", "item", "show", &person], "");
    assert!(String::from_utf8_lossy(&said.stdout).contains("--readonly"), "how they can be seen: {said:?}");
    assert_eq!(before, bytes_of(&a.workspace()));
    assert!(a.program(2, &["item", "show", &person], "").stdout.windows(8).any(|w| w == PERSON.as_bytes()));
}

#[test]
fn what_stands_out_is_listed() {
    let (_root, a, _b, case, person) = scene();
    a.must(3, "item show", &[("item", &person)]);
    let complaint = a.make(
        4,
        "complaint receive",
        &[
            ("right", "erase"),
            ("channel", "letter"),
            ("from", "x"),
            ("subject", "y"),
            ("about", &person),
            ("text", "not me"),
        ],
    );
    a.must(1, "complaint show", &[("complaint", &complaint)]);
    let found = consultations(&a, &[("unusual", "yes")]);
    let of = |pattern: &str| found.iter().filter(|u| u["pattern"] == pattern).collect::<Vec<_>>();
    assert_eq!(of("no-case-work").len(), 1, "{found:?}");
    assert_eq!((&of("no-case-work")[0]["member"], &of("no-case-work")[0]["on"]), (&json!("XA-3"), &json!(case)));
    assert_eq!(of("own-complaint")[0]["member"], "XA-1");
    for n in 0..60 {
        let value = format!("somebody {n}");
        a.make(
            1,
            "item add",
            &[
                ("case", &case),
                ("type", "account"),
                ("category", "subscriber"),
                ("tier", "2"),
                ("person-class", "suspect"),
                ("value", &value),
            ],
        );
    }
    a.must(1, "item list", &[("case", &case)]);
    let found = consultations(&a, &[("unusual", "yes")]);
    assert!(found.iter().any(|u| u["pattern"] == "many-persons" && u["member"] == "XA-1"), "{found:?}");
}

/// The letters to two persons, of whom one has a record.
#[test]
fn an_answer_neither_confirms_nor_denies() {
    let answers = |subject: &str, n: usize| -> Vec<String> {
        let (_root, mut site, _b, _case, _person) = scene();
        let more =
            [("right", "access"), ("channel", "letter"), ("from", "M. Roe"), ("subject", subject), ("text", "?")];
        let id = site.make(4, "complaint receive", &more);
        site.must(4, "complaint acknowledge", &[("complaint", &id)]);
        // The search of one takes longer than that of the other: the letter has its own day.
        site.pass_stated(24 * n as i64);
        site.must(4, "complaint examine", &[("complaint", &id), ("note", "searched")]);
        site.must(4, "complaint decide", &[("complaint", &id), ("outcome", "checked"), ("reasons", "as examined")]);
        let mut all = Vec::new();
        for (form, language) in [("txt", "en"), ("html", "en"), ("txt", "fr"), ("html", "es")] {
            let out = site.path(&format!("answer-{n}-{language}.{form}"));
            site.must(
                4,
                "complaint letter",
                &[("complaint", &id), ("of", "decision"), ("out", &out), ("language", language)],
            );
            let text = fs::read_to_string(&out).unwrap();
            all.push(text.replace(&format!("CP-{}", &id[..6]), "CP-REF"));
        }
        all
    };
    let (known, unknown) = (answers(PERSON, 2), answers("nobody at all", 3));
    assert_eq!(known, unknown);
    assert!(known[0].contains("judicial remedy") && known[0].contains("neither confirms nor denies"));
}

#[test]
fn a_remedy_is_carried_out_before_it_is_closed() {
    let (_root, a, _b, _case, person) = scene();
    let id = a.make(
        4,
        "complaint receive",
        &[
            ("right", "erase"),
            ("channel", "letter"),
            ("from", "x"),
            ("subject", "y"),
            ("about", &person),
            ("text", "not me"),
        ],
    );
    let on = [("complaint", id.as_str())];
    a.must(4, "complaint acknowledge", &on);
    let decide = [on.as_slice(), &[("outcome", "upheld"), ("reasons", "r"), ("remedy", "erase,apology")]].concat();
    a.must(4, "complaint decide", &decide);
    let refused = a.fails(4, "complaint close", &on, ErrorKind::Refused);
    let verdict = refused.verdict.unwrap().refusal();
    assert!(verdict.contains("remedy erase") && verdict.contains("remedy apology"), "{verdict}");
    a.must(4, "complaint done", &[on.as_slice(), &[("remedy", "apology"), ("evidence", "sent")]].concat());
    // That it is erased nobody can say: the record tells.
    a.fails(
        4,
        "complaint done",
        &[on.as_slice(), &[("remedy", "erase"), ("evidence", "x")]].concat(),
        ErrorKind::Refused,
    );
    a.must(1, "retention purge", &[("item", &person), ("because", "complaint upheld")]);
    a.must(4, "complaint close", &on);
    a.must(1, "audit verify", &[]);
}

#[test]
fn who_acted_or_answered_does_not_judge_it() {
    let (_root, a, _b, _case, person) = scene();
    // Somebody who is auditor, officer and investigator at once.
    a.enrol(5, "oversight-auditor,desk-officer,investigator");
    let case = a.make(5, "case new", &[("title", "Own"), ("purpose", "cybercrime")]);
    let own = a.make(
        5,
        "item add",
        &[("case", &case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "v")],
    );
    let more = [("right", "erase"), ("channel", "letter"), ("from", "x"), ("subject", "y"), ("text", "not me")];
    let about = |id: &str| a.make(4, "complaint receive", &[more.as_slice(), &[("about", id)]].concat());
    let (theirs, others) = (about(&own), about(&person));
    for id in [&theirs, &others] {
        a.must(4, "complaint acknowledge", &[("complaint", id)]);
    }
    let decide = |id: &str| [("complaint", id.to_owned()), ("outcome", "rejected".into()), ("reasons", "r".into())];
    let form = decide(&theirs);
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let refused = a.fails(5, "complaint decide", &form, ErrorKind::Refused);
    assert_eq!(refused.verdict.unwrap().refusals().next().unwrap().id.to_string(), "A-04");
    let form = decide(&others);
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (*k, v.as_str())).collect();
    a.must(5, "complaint decide", &form);
    let finding = a.make(4, "finding open", &[("text", "x"), ("recommend", "y"), ("due", "30d")]);
    a.must(5, "finding respond", &[("finding", &finding), ("text", "x")]);
    let refused = a.fails(5, "finding close", &[("finding", &finding), ("because", "x")], ErrorKind::Refused);
    assert_eq!(refused.verdict.unwrap().refusals().next().unwrap().id.to_string(), "A-04");
    a.must(4, "finding close", &[("finding", &finding), ("because", "x")]);
}

#[test]
fn a_freeze_stops_sharing_alone_and_ends_by_itself() {
    let (_root, mut a, mut b, case, person) = scene();
    a.approve(&person, &b, "L1");
    let given = a.indicator(&case, "n1.example");
    let disclosure = a.make(1, "disclosure new", &[("item", &given), ("to", "XB"), ("delete-after", "30d")]);
    let refused = |site: &Site, item: &str, to: &str| {
        let said = site.run(1, "gate explain", &[("item", item), ("to", to)]).unwrap();
        said.value["refused_by"].as_array().unwrap().iter().any(|r| r == "G-19")
    };
    let dispute = a.make(
        1,
        "dispute open",
        &[("with", "XB"), ("subject", "misuse"), ("statement", "x"), ("freeze-tier", "2"), ("until", "20d")],
    );
    a.carry(&b, "d1");
    assert!(refused(&a, &person, "XB") && !refused(&a, &given, "XB"));
    let theirs = b.case("Theirs");
    let account = b.make(
        1,
        "item add",
        &[("case", &theirs), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "v")],
    );
    assert!(refused(&b, &account, "XA"), "it holds at both desks");
    // What protects goes on: an order to delete, and the certificate of it.
    a.must(1, "disclosure recall", &[("disclosure", &disclosure)]);
    a.carry(&b, "d2");
    b.must(1, "retention purge", &[]);
    b.carry(&a, "d2");
    let duties = a.must(1, "retention duties", &[]).value;
    assert!(duties.as_array().unwrap().iter().any(|d| d["item"] == *given && d["state"] == "met"), "{duties}");
    // A life is at risk.
    let urgent = a.make(
        1,
        "disclosure new",
        &[("item", &person), ("to", "XB"), ("delete-after", "30d"), ("emergency", "a life is at risk")],
    );
    a.enrol(5, "investigator");
    a.must(5, "disclosure join", &[("disclosure", &urgent)]);
    a.pass_stated(24 * 21);
    b.pass_stated(24 * 21);
    assert!(!refused(&a, &person, "XB") && !refused(&b, &account, "XA"), "it has ended by itself");
    a.must(1, "dispute advance", &[("dispute", &dispute), ("to", "consultation"), ("because", "x")]);
    a.must(1, "dispute suspend", &[("dispute", &dispute), ("from-tier", "2"), ("because", "x")]);
    assert!(refused(&a, &person, "XB"));
    a.must(1, "dispute close", &[("dispute", &dispute)]);
    assert!(!refused(&a, &person, "XB"), "and with the dispute");
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

#[test]
fn sharing_is_suspended_after_consultation_or_where_somebody_is_in_danger() {
    let (_root, a, _b, _case, _person) = scene();
    let dispute = a.make(1, "dispute open", &[("with", "XB"), ("subject", "breach"), ("statement", "x")]);
    let suspend = [("dispute", dispute.as_str()), ("from-tier", "3"), ("because", "x")];
    let refused = a.fails(1, "dispute suspend", &suspend, ErrorKind::Refused);
    assert_eq!(refused.verdict.unwrap().refusals().next().unwrap().id.to_string(), "A-07");
    a.must(1, "dispute suspend", &[suspend.as_slice(), &[("danger", "life")]].concat());
    a.must(1, "dispute lift", &[("dispute", &dispute), ("because", "x")]);
    a.must(1, "dispute advance", &[("dispute", &dispute), ("to", "consultation"), ("because", "x")]);
    a.must(1, "dispute suspend", &suspend);
}

/// One desk closes before it knows that the other has agreed to its remedy: both see that, and neither is closed.
#[test]
fn acts_that_crossed_are_shown_and_never_merged() {
    let (_root, a, b, _case, _person) = scene();
    let dispute = a.make(1, "dispute open", &[("with", "XB"), ("subject", "delay"), ("statement", "x")]);
    a.must(1, "dispute remedy", &[("dispute", &dispute), ("text", "list"), ("by", "30d")]);
    a.carry(&b, "c1");
    b.must(1, "dispute agree", &[("dispute", &dispute)]);
    a.must(1, "dispute close", &[("dispute", &dispute)]);
    a.carry(&b, "c2");
    b.carry(&a, "c2");
    for site in [&a, &b] {
        let shown = site.must(1, "dispute show", &[("dispute", &dispute)]).value;
        assert_eq!((&shown["state"], &shown["crossed"]), (&json!("remedy"), &json!(true)), "{}", site.code);
    }
    // Both went up at once: they stand on the same rung.
    let other = a.make(1, "dispute open", &[("with", "XB"), ("subject", "delay"), ("statement", "x")]);
    a.carry(&b, "c3");
    let up = |site: &Site, to: &str| {
        site.must(1, "dispute advance", &[("dispute", &other), ("to", to), ("because", "x")]);
    };
    up(&a, "consultation");
    up(&b, "consultation");
    up(&b, "heads");
    a.carry(&b, "c4");
    b.carry(&a, "c4");
    for site in [&a, &b] {
        assert_eq!(site.must(1, "dispute show", &[("dispute", &other)]).value["state"], "heads", "{}", site.code);
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn a_mistake_is_told_to_every_holder_and_comes_back_confirmed() {
    let (_root, a, b, case, _person) = scene();
    let (given, kept) = (a.indicator(&case, "n1.example"), a.indicator(&case, "n2.example"));
    a.must(1, "disclosure new", &[("item", &given), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "e1");
    let error = a.make(
        3,
        "error report",
        &[("about", &given), ("about", &kept), ("text", "a bystander's"), ("severity", "reportable")],
    );
    a.carry(&b, "e2");
    let there = b.must(1, "error show", &[("error", &error)]).value;
    assert_eq!((&there["desk"], &there["state"]), (&json!("XA"), &json!("received")));
    assert_eq!(there["about"], json!([given]), "of what it holds, and of nothing else");
    b.must(1, "error confirm", &[("error", &error), ("text", "taken out of all lists")]);
    b.carry(&a, "e2");
    let here = a.must(1, "error show", &[("error", &error)]).value;
    assert_eq!(
        here["partners"],
        json!([{"partner": "XB", "told": true, "confirmed": true, "answer": "taken out of all lists"}])
    );
    a.must(1, "error close", &[("error", &error)]);
}

/// Whoever may not hold does not learn from a hold what there is.
#[test]
fn a_hold_by_words_tells_nothing_to_whom_it_is_refused() {
    let (_root, a, _b, _case, _person) = scene();
    for words in [PERSON, "nobody at all"] {
        let said = [("query", words), ("reason", "audit"), ("because", "x")];
        assert_eq!(a.fails(4, "retention hold", &said, ErrorKind::Refused).verdict.unwrap().refused_by().len(), 1);
    }
}

/// A look that a wrong clock has dated ahead is signed all the same, and keeps no other from being signed.
#[test]
fn a_look_that_is_dated_ahead_is_signed() {
    let (_root, mut a, _b, _case, person) = scene();
    a.pass(24 * 365 * 70);
    a.must(2, "item show", &[("item", &person)]);
    a.pass(-24 * 365 * 70);
    a.must(2, "item show", &[("item", &person)]);
    a.open(2).unwrap().sign_consultations().unwrap();
    let workspace = a.open(1).unwrap();
    assert!(workspace.unsigned_looks().unwrap().is_empty());
    assert_eq!(workspace.records().find(&Query::kind(Kind::Consultation)).unwrap().len(), 2);
    drop(workspace);
    a.must(1, "audit verify", &[]);
}

/// That the authority is to be told is not forgotten because a mistake is closed.
#[test]
fn the_authority_is_told_of_a_mistake_that_is_closed() {
    let (_root, a, _b, _case, person) = scene();
    let said = [("about", person.as_str()), ("text", "x"), ("severity", "reportable")];
    let error = a.make(1, "error report", &said);
    let asks = || a.must(1, "desk today", &[]).value["tasks"].to_string().contains("authority is");
    assert!(asks());
    a.must(1, "error close", &[("error", &error)]);
    let keep = a.open(1).unwrap().records().get(error.parse_id()).unwrap().unwrap().due;
    assert!(asks());
    a.must(1, "error authority", &[("error", &error), ("reference", "7")]);
    assert!(!asks());
    assert_eq!(a.open(1).unwrap().records().get(error.parse_id()).unwrap().unwrap().due, keep, "it is kept as long");
}

/// What is put right at its originator reaches a holder by the way that everything goes: a copy that is disclosed again.
#[test]
fn a_correction_travels_to_who_holds_a_copy() {
    let (_root, a, b, case, person) = scene();
    let given = a.indicator(&case, "wrong.example");
    let give = || a.must(1, "disclosure new", &[("item", &given), ("to", "XB"), ("delete-after", "30d")]);
    let there = |b: &Site| b.must(1, "item show", &[("item", &given)]).value["value"].as_str().unwrap().to_owned();
    give();
    a.carry(&b, "w1");
    a.must(1, "item correct", &[("item", &given), ("value", "right.example"), ("because", "a typing error")]);
    assert_eq!(a.must(1, "item show", &[("item", &given)]).value["value"], "right.example");
    // Without a mistake that was told, what came first stays.
    give();
    a.carry(&b, "w2");
    assert_eq!(there(&b), "wrong.example");
    a.make(1, "error report", &[("about", &given), ("text", "a typing error"), ("severity", "recordable")]);
    a.must(1, "item correct", &[("item", &given), ("value", "right.example"), ("because", "a typing error")]);
    give();
    a.carry(&b, "w3");
    assert_eq!(there(&b), "right.example");
    // What was approved was approved as it was.
    a.approve(&person, &b, "L1");
    let refused = a.fails(
        1,
        "item correct",
        &[("item", &person), ("value", "somebody else"), ("because", "x")],
        ErrorKind::Refused,
    );
    assert_eq!(refused.verdict.unwrap().refusals().next().unwrap().id.to_string(), "A-07");
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn a_report_of_misuse_is_read_by_auditors_alone_until_it_is_opened() {
    let (_root, a, _b, _case, _person) = scene();
    let report = a.make(2, "misuse report", &[("text", "zqmisuse")]);
    let reads = |member| {
        let told = a.program(member, &["misuse", "show", &report], "");
        let (value, told) = (
            a.must(member, "misuse show", &[("report", &report)]).value,
            String::from_utf8_lossy(&told.stdout).into_owned(),
        );
        assert_eq!(told.contains("zqmisuse"), value["text"] == "zqmisuse", "the page says what the data say: {told}");
        value["text"] == "zqmisuse"
    };
    assert!(reads(4) && !reads(1) && !reads(2));
    assert_eq!(a.must(1, "search", &[("words", "zqmisuse")]).value, json!([]));
    a.fails(1, "misuse open", &[("report", &report)], ErrorKind::Refused);
    a.must(4, "misuse open", &[("report", &report)]);
    assert!(reads(1));
}

#[test]
fn a_sample_is_the_one_that_its_seed_draws() {
    let (_root, mut a, _b, _case, person) = scene();
    for _ in 0..30 {
        a.must(1, "item show", &[("item", &person)]);
    }
    a.open(1).unwrap().sign_consultations().unwrap();
    a.pass_stated(24);
    let sample = a.make(4, "sample draw", &[]);
    let shown = a.must(4, "sample show", &[("sample", &sample)]).value;
    assert_eq!((&shown["drawn"], &shown["of"]), (&json!(10), &json!(30)));
    assert_eq!(shown["consultations"].as_array().unwrap().len(), 10);
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_pack_is_checked_alone_and_any_altered_byte_is_found() {
    let (_root, a, b, case, person) = scene();
    a.must(2, "item show", &[("item", &person)]);
    let given = a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("item", &given), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "p1");
    b.must(
        1,
        "disclosure new",
        &[("item", &b.indicator(&b.case("Theirs"), "x.example")), ("to", "XA"), ("delete-after", "30d")],
    );
    b.carry(&a, "p1");
    a.open(2).unwrap().sign_consultations().unwrap();
    let out = a.path("pack.comity");
    a.must(4, "audit pack", &[("out", &out)]);
    let pack = fs::read(&out).unwrap();
    let found = audit_pack::verify(&pack).unwrap();
    assert!(found.acts > 10 && found.consultations == 1 && found.verdicts > 0);
    assert_eq!(found.witnesses.len(), 1);
    assert_eq!(found.witnesses[0].code, "XB");
    let text = String::from_utf8_lossy(&pack);
    for word in [PERSON, "n1.example", "Accountability"] {
        assert!(!text.contains(word), "{word} is content");
    }
    for at in (0..pack.len()).step_by(97) {
        let mut bad = pack.clone();
        bad[at] ^= 1;
        assert!(audit_pack::verify(&bad).is_err(), "byte {at}");
        assert!(audit_pack::verify(&pack[..at]).is_err(), "cut at {at}");
    }
    // An auditor who leaves an act out, and signs that, is found: whatever they say of the number of acts.
    let auditor = {
        let mut place = a.place(4);
        comity::command::identity::unlock(&mut place).unwrap().0
    };
    let lines: Vec<&str> = text.lines().collect();
    let (head, acts) = (lines[0], &lines[1..lines.len() - 1]);
    for left_out in [1, acts.len() / 2, acts.len() - 1] {
        let head = head.replace(&format!("\"acts\":{}", acts.len()), &format!("\"acts\":{}", acts.len() - 1));
        let kept = acts.iter().enumerate().filter(|(n, _)| *n != left_out).map(|(_, line)| format!("{line}\n"));
        let body = format!("{head}\n{}", kept.collect::<String>());
        let namespace = a.open(1).unwrap().meta.realm.namespace("audit-pack");
        let end = json!({
            "by": auditor.signer.public().to_openssh(),
            "end": comity::value::digest::Digest::of(body.as_bytes()).to_string(),
            "signature": auditor.signer.sign(&namespace, body.as_bytes()).unwrap(),
        });
        let failure = audit_pack::verify(format!("{body}{end}\n").as_bytes()).unwrap_err().to_string();
        assert!(failure.contains("left out"), "{left_out}: {failure}");
    }
    // Of a part of the time, it still tells who was a member.
    let out = a.path("later.comity");
    a.must(4, "audit pack", &[("out", &out), ("from", "2026-06-20")]);
    assert!(audit_pack::verify(&fs::read(&out).unwrap()).unwrap().acts < found.acts);
    a.fails(1, "audit pack", &[("out", &a.path("x"))], ErrorKind::Refused);
}

/// What is personal in these records dies by its own time; who did what, and when, stays.
#[test]
fn the_records_of_accountability_die_by_their_own_time_and_leave_their_terms() {
    let (_root, mut a, _b, _case, person) = scene();
    let workspace = a.open(3).unwrap();
    workspace.give_reason("zqreason");
    workspace.content(&workspace.find_record(&person, &[Kind::Item]).unwrap()).unwrap();
    workspace.keep_looks().unwrap();
    drop(workspace);
    a.open(3).unwrap().sign_consultations().unwrap();
    let more =
        [("right", "access"), ("channel", "letter"), ("from", "zqfrom"), ("subject", "zqsubject"), ("text", "zqtext")];
    let complaint = a.make(4, "complaint receive", &more);
    a.must(4, "complaint acknowledge", &[("complaint", &complaint)]);
    a.must(4, "complaint decide", &[("complaint", &complaint), ("outcome", "checked"), ("reasons", "zqreasons")]);
    a.must(4, "complaint close", &[("complaint", &complaint)]);
    let finding = a.make(4, "finding open", &[("text", "zqfound"), ("recommend", "zqadvice"), ("due", "30d")]);
    a.must(1, "finding respond", &[("finding", &finding), ("text", "zqanswer")]);
    a.must(4, "finding close", &[("finding", &finding), ("because", "zqclosed")]);
    let error = a.make(1, "error report", &[("about", &person), ("text", "zqmistake"), ("severity", "recordable")]);
    a.must(1, "error close", &[("error", &error)]);
    let dispute = a.make(1, "dispute open", &[("with", "XB"), ("subject", "cost"), ("statement", "zqstatement")]);
    a.must(1, "dispute close", &[("dispute", &dispute)]);
    let misuse = a.make(1, "misuse report", &[("text", "zqmisuse")]);
    a.must(4, "misuse open", &[("report", &misuse)]);
    let sample = a.make(4, "sample draw", &[]);
    a.must(4, "sample review", &[("sample", &sample), ("note", "zqnote")]);
    let all = |site: &Site| -> String {
        let workspace = site.open(1).unwrap();
        let mut rows = workspace.db.prepare("SELECT content FROM change WHERE content IS NOT NULL").unwrap();
        let found = rows.query_map([], |r| r.get::<_, String>(0)).unwrap();
        found.map(Result::unwrap).collect::<Vec<_>>().join("\n")
    };
    assert!(all(&a).contains("zqreason") && all(&a).contains("zqstatement"));
    a.pass_stated(24 * 366 * 6);
    a.must(3, "retention purge", &[]);
    let left = all(&a);
    let words: Vec<&str> = left.split(|c: char| !c.is_alphanumeric()).filter(|w| w.starts_with("zq")).collect();
    assert!(words.is_empty(), "{words:?}");
    let workspace = a.open(1).unwrap();
    for kind in
        [Kind::Consultation, Kind::Complaint, Kind::Finding, Kind::Error, Kind::Dispute, Kind::Misuse, Kind::Sample]
    {
        let def = KINDS.iter().find(|def| def.kind == kind).unwrap();
        let records = workspace.records().find(&Query::kind(kind)).unwrap();
        assert!(!records.is_empty() && records.iter().all(|r| Some(r.state) == def.tombstone()), "{kind}");
        assert!(records.iter().all(|r| r.terms.members().is_some_and(|m| !m.is_empty())), "{kind}: the trace stays");
    }
    let look = workspace.records().find(&Query::kind(Kind::Consultation)).unwrap().remove(0);
    assert_eq!(look.terms.get("records").and_then(Json::items).unwrap().len(), 1);
    drop(workspace);
    a.must(1, "audit verify", &[]);
}
