//! Examples of a command, for its help and the manual: what it cannot do without, and then another use of it. They are made of its
//! row in the command table, so that a new command has some; what somebody would write for it stands in `IN_COMMAND`. Where the row
//! cannot say what is typed, `OWN` does, and `OTHER` of the second alone. A test reads each of them as the command line does, and each
//! value as its field does.

use super::print::quoted;
use crate::command::definition::{Arg, ArgKind, Command, Handler};
use crate::record::kind::Kind;
use crate::record::kind_def;

/// What stands for a field of which nothing is known. A test finds it, so nobody reads it.
const UNKNOWN: &str = "?";

/// What could stand in fields that are free or whose words hang on the desk, by the names of the fields.
const SAMPLES: &[(&str, &str)] = &[
    ("agenda", "1. Panels. 2. Who asks the registry."),
    ("amount", "5000.01"),
    ("authority", "Archives Act, section 12"),
    ("by", "District court"),
    ("card", "XB.card"),
    ("code", "XB"),
    ("contact", "+00 555 0100"),
    ("course", "Handling of digital evidence"),
    ("criteria", "price 60, delivery 40"),
    ("currency", "EUR"),
    ("desk", "XA"),
    ("desks", "XA,XB"),
    ("export", "bag"),
    ("field", "offence=Illegal access"),
    ("fingerprint", "12345 67890 12345 67890 12345 67890"),
    ("for", "three forensic workstations"),
    ("ground", "R5"),
    ("iep", "policy.json"),
    ("independence", "they have worked for neither desk"),
    ("instrument", "bc"),
    ("is", "2026-11-23"),
    ("item", "E-57e418"),
    ("jurisdiction", "XA"),
    ("language", "fr"),
    ("lessons", "letters in English are answered sooner"),
    ("member", "D. Osei"),
    ("name", "N. Okafor"),
    ("notes", "answers come within three days"),
    ("notice", "an address was shared by mistake"),
    ("objective", "Send a preservation request in 30 minutes: 24/7 contact"),
    ("on", "2026-11-20"),
    ("out", "letter.html"),
    ("owner", "N. Okafor"),
    ("owners", "XA,XB"),
    ("period", "2026"),
    ("proposal", "57e418"),
    ("purpose", "cybercrime"),
    ("rate", "0.9213"),
    ("reason", "the appeal is still open"),
    ("reasons", "the danger was real, and nobody else could be reached"),
    ("reference", "letter 12 of 3 November"),
    ("requested-by", "XB"),
    ("row", "bc29"),
    ("said", "taken over as described"),
    ("scope", "A night on which two desks are asked at once"),
    ("shares", "XA=50,XB=50"),
    ("source", "E-57e418"),
    ("statement", "The agreement does not cover traffic data"),
    ("subject", "M. Kraus"),
    ("supplier", "Pier Computing"),
    ("take", "accepted"),
    ("taskforce", "TF-57e418"),
    ("title", "Tidewater: loader and its panels"),
    ("type", "domain"),
    ("value", "pier-update.example"),
    ("words", "tidewater"),
];

/// A day on which the record was otherwise.
const BEFORE: &str = "2026-11-01";

/// Dates, by the names of the fields: what has begun or has happened lies before what is still to come.
const DATES: &[(&str, &str)] = &[("as-of", BEFORE), ("from", "2026-07-01"), ("on", "2026-11-20"), ("to", "2026-10-01")];

/// Any other date: it is still to come.
const LATER: &str = "2026-12-24";

/// Numbers, by the names of the fields.
const NUMBERS: &[(&str, &str)] =
    &[("days", "90"), ("limit", "20"), ("measure", "1"), ("objective", "1"), ("quotes", "3")];

/// What stands in a field of one command alone: files that only it takes, words that mean something else there, and what somebody
/// would write who does that. A text that could stand anywhere says nothing, so there is none for all of them.
const IN_COMMAND: &[(&str, &str, &str)] = &[
    ("advice answer", "text", "The loader needs the panel to start"),
    ("advice close", "text", "The task force blocks the panel first"),
    ("agreement end", "because", "XB has left the instrument it rests on"),
    ("agreement renew", "because", "both desks want to go on for a year"),
    ("agreement renew", "lessons", "letters in English are answered sooner"),
    ("agreement renew", "until", "2027-11-23"),
    ("agreement review", "notes", "answers come within three days"),
    ("assurance add", "by", "L. Brandt, Ministry of Justice"),
    ("assurance add", "text", "The penalty is neither sought nor carried out"),
    ("audit pack", "out", "audit.pack"),
    ("audit verify-pack", "file", "audit.pack"),
    ("backup declare", "because", "the disk broke: the copy is of 20 November"),
    ("backup destroy", "file", "desk.backup"),
    ("backup make", "out", "desk.backup"),
    ("backup restore", "file", "desk.backup"),
    ("backup restore", "to", "restored"),
    ("batch", "file", "commands.jsonl"),
    ("budget cancel", "because", "the supplier cannot deliver"),
    ("budget close", "because", "the period has ended"),
    ("budget contribute", "from", "XB"),
    ("budget contribute", "note", "transfer 8841 of 20 November"),
    ("budget cost", "evidence", "invoice 2026-17"),
    ("budget criteria", "text", "price 60, delivery 40"),
    ("budget dispute", "because", "the rent of May is counted twice"),
    ("budget interest", "because", "my brother works for the supplier"),
    ("budget line", "title", "Workstations for Tidewater"),
    ("budget quote", "note", "delivers within two weeks"),
    ("budget statement", "note", "the rent of May is in it"),
    ("bundle export", "max-size", "700M"),
    ("bundle export", "out", "XA-XB-3.comity"),
    ("bundle import", "path", "XB-XA-2.comity"),
    ("bundle inspect", "file", "XB-XA-2.comity"),
    ("bundle pass-on", "out", "XA-XC-1.comity"),
    ("bundle relay", "via", "XC"),
    ("bundle request-missing", "out", "XA-XB-3.comity"),
    ("bundle verify", "file", "XB-XA-2.comity"),
    ("bundle watch", "dir", "stick"),
    ("case archive", "because", "nothing was added since the judgment"),
    ("case close", "because", "the charges were brought"),
    ("clock correct", "because", "the battery was empty: acts are dated 2028"),
    ("complaint decide", "reasons", "nothing unlawful was found"),
    ("complaint done", "evidence", "letter of apology, 20 November"),
    ("complaint done", "remedy", "apology"),
    ("complaint examine", "note", "the case, its requests and the log of November"),
    ("complaint lift", "because", "the search is over"),
    ("complaint recall", "because", "XB has not answered since 3 November"),
    ("complaint receive", "from", "M. Kraus, 12 Fictional Lane"),
    ("complaint receive", "text", "My mailbox was shared without a reason"),
    ("complaint report", "text", "The item was erased, and M. Kraus was told"),
    ("complaint restrict", "because", "it would show that the account is watched"),
    ("desk card", "out", "XA.card"),
    ("directory import", "file", "contacts.csv"),
    ("disclosure receipt", "reference", "letter 12 of 3 November"),
    ("disclosure validate", "reasons", "the danger was real, and nobody else could be reached"),
    ("dispute advance", "because", "no answer for three weeks"),
    ("dispute comply", "text", "The logs were deleted at XC"),
    ("dispute lift", "because", "XB has deleted the copies"),
    ("dispute neutral", "name", "Prof. R. Vale"),
    ("dispute open", "statement", "The agreement does not cover traffic data"),
    ("dispute remedy", "text", "XC deletes the logs and says so"),
    ("dispute reply", "statement", "Article 4 names traffic data"),
    ("dispute suspend", "because", "the condition is broken, and nothing was mended"),
    ("error authority", "reference", "notification 2026-31"),
    ("error confirm", "text", "Both copies were deleted on 20 November"),
    ("error done", "evidence", "instruction 7 of 20 November"),
    ("error measure", "owner", "N. Okafor"),
    ("error measure", "text", "A second person checks each address"),
    ("error notify", "text", "Please delete it: it is of another case"),
    ("error raise", "because", "the address is that of a witness"),
    ("error report", "notice", "an address was shared by mistake"),
    ("error report", "text", "The address of a witness went to XB"),
    ("exercise action", "owner", "N. Okafor"),
    ("exercise action", "text", "Write a rota for the nights"),
    ("exercise done", "evidence", "the rota of December names two people"),
    ("exercise export", "out", "msel.csv"),
    ("exercise load", "file", "msel.csv"),
    ("exercise new", "target", "1=sent within 30 minutes"),
    ("exercise new", "title", "Night shift"),
    ("exercise record", "file", "aar.json"),
    ("exercise report", "out", "report.html"),
    ("exercise respond", "text", "XB was asked to preserve the logs"),
    ("exercise skip", "because", "they have called the contact point already"),
    ("finding close", "because", "three nights were looked at, with two people each"),
    ("finding respond", "text", "The rota now names a second person"),
    ("gate simulate", "file", "facts.jsonl"),
    ("identity new", "out", "okafor.age"),
    ("item consent", "reference", "call of 3 November with the bank"),
    ("item countersign", "said", "taken over as described"),
    ("item filter", "because", "an invoice, and no advice in it"),
    ("item handover", "because", "to the laboratory, for an image of its disk"),
    ("item hold-back", "because", "the mailbox is that of a law firm"),
    ("item import", "file", "indicators.stix.json"),
    ("law change", "because", "XC has acceded: list of the depositary, 3 November"),
    ("law change", "file", "law.toml"),
    ("law compare", "one", "XA"),
    ("law compare", "other", "XB"),
    ("law deadline", "from", "2026-11-23T03:12:00Z"),
    ("law restore", "because", "the correction was meant for another instrument"),
    ("law restore", "id", "bc"),
    ("law row", "id", "bc"),
    ("member add", "file", "osei.age.pub"),
    ("member add", "roles", "legal-reviewer"),
    ("member roles", "roles", "legal-reviewer"),
    ("misuse report", "text", "A colleague looked up a neighbour"),
    ("notice delay", "because", "the suspect would move the panel"),
    ("notice letter", "text", "The log-ins of your account were kept for XB"),
    ("notice tell", "text", "By letter of 20 November: whose logs, and why"),
    ("partner resume", "because", "its fingerprint was compared again by telephone"),
    ("partner suspend", "because", "its two bundles tell different histories"),
    ("recognition add", "of", "lab-17025"),
    ("recognition add", "reference", "certificate 17025-311"),
    ("recognition add", "title", "Laboratory of the XB desk"),
    ("recognition end", "because", "the certificate was not renewed"),
    ("report budget", "out", "budget.html"),
    ("report correct", "out", "figures.html"),
    ("report figures", "out", "figures"),
    ("report paper", "out", "processing.html"),
    ("report publish", "out", "statement.html"),
    ("report statement", "text", "Two panels of the loader do not answer any more"),
    ("report statement", "title", "Two panels taken down"),
    ("report suppress", "file", "tables.json"),
    ("report transparency", "out", "figures.html"),
    ("request acknowledge", "text", "It has come in, and D. Osei looks after it"),
    ("request agree", "text", "Agreed: the logs serve this trial alone"),
    ("request clarify", "text", "Which of the two accounts is meant?"),
    ("request close", "text", "All that was asked for has come"),
    ("request consent", "text", "It may go to XC, for the same trial"),
    ("request correct", "text", "Not 3 November but 2 November, 23:10 UTC"),
    ("request discuss", "text", "A sealed order would not warn the suspect"),
    ("request execute", "text", "The provider was ordered to keep the logs"),
    ("request expire", "text", "No answer within 90 days"),
    ("request extend", "text", "Preservation until 18 February: the order is late"),
    ("request inform", "text", "Disclosure D-57e418 gives the addresses"),
    ("request offer", "text", "The logs serve this trial alone"),
    ("request postpone", "because", "our own search is on 1 December"),
    ("request reply", "text", "Account 4711 alone: the other is closed"),
    ("request report-use", "text", "The logs were read out in court on 20 November"),
    ("request resolve", "because", "XB has carried it out already"),
    ("request supplement", "text", "A second account has come up: 4712"),
    ("request withdraw", "because", "the logs came from another desk"),
    ("retention event", "because", "judgment 118 of the District court"),
    ("retention hold-review", "because", "the appeal is still open"),
    ("retention propose", "because", "the terms of November have ended"),
    ("retention release", "because", "the trial is over"),
    ("retention transfer", "to", "State Archives"),
    ("review lapse", "because", "the case is now one of fraud"),
    ("review recuse", "because", "the suspect is a neighbour of mine"),
    ("sample review", "note", "every look has a case behind it"),
    ("taskforce case", "title", "Tidewater: loader and its panels"),
    ("taskforce decide", "because", "nothing in it names a source"),
    ("taskforce end", "because", "the last panel was taken down"),
    ("taskforce evaluate", "text", "Two panels are down; translation took three weeks"),
    ("taskforce export", "out", "bundles"),
    ("taskforce leave", "because", "nobody is left for it after this month"),
    ("taskforce meeting", "on", "2026-12-01"),
    ("taskforce meeting", "title", "Weekly call"),
    ("taskforce minutes", "decision", "XB asks the registry"),
    ("taskforce minutes", "text", "XB has found a third panel"),
    ("taskforce review", "notes", "panels are found sooner, minutes come late"),
    ("taskforce revise", "because", "the third panel is in it now"),
    ("taskforce task", "owner", "XB"),
    ("taskforce task", "title", "Ask the registry who holds the panels"),
];

/// The examples of commands that ask for more than their rows can say, one field hanging on another; what is typed after the name.
const OWN: &[(&str, &str, &str)] = &[
    (
        "advice ask",
        "--whom 'Prof. R. Vale' --about 'how the loader spreads' --sector science",
        "--whom 'Pier Computing' --about 'how the loader spreads' --partner XB --taskforce TF-57e418",
    ),
    (
        "agreement add",
        "--partner XB --instrument bc --title 'XA-XB memorandum' --purpose cybercrime --categories \
         indicator,subscriber --retention-cap 90d --from 2026-11-23 --until 2027-11-23",
        "--partner XB --instrument bc --purpose cybercrime --categories indicator --retention-cap 90d --until \
         2027-11-23 --iep policy.json --dry-run",
    ),
    ("agreement export", "A-57e418 --format iep", "A-57e418 --format iep --out policy.json"),
    (
        "authorisation add",
        "--item E-57e418 --to XB --by 'District court' --reference 'order 12 of 3 November'",
        "--case C-57e418 --to XB --by 'District court' --reference 'order 12 of 3 November' --expires 2026-12-24",
    ),
    (
        "budget commit",
        "--line BL-57e418 --amount 5000.01 --for 'three forensic workstations' --supplier 'Pier Computing' \
         --quotes 3 --conflict none",
        "--line BL-57e418 --amount 5000.01 --for 'three forensic workstations' --supplier 'Pier Computing' \
         --quotes 1 --conflict none --because 'nobody else delivers to XA'",
    ),
    (
        "budget rate",
        "--from USD --to EUR --rate 0.9213 --on 2026-11-20 --source 'the central bank'",
        "--from EUR --to USD --rate 1.0854 --on 2026-11-20 --source 'the central bank'",
    ),
    ("budget split", "--line BL-57e418 --shares XA=50,XB=50", "--line BL-57e418 --shares XA,XB --rule equal"),
    (
        "conflict resolve",
        "R-57e418 --take accepted --because 'L. Brandt agreed: XB has begun already'",
        "R-57e418 --take withdrawn --because 'the registry had answered before'",
    ),
    (
        "disclosure new",
        "--to XB --case C-57e418 --tier 1 --delete-after 30d",
        "--to XB --item E-57e418 --delete-after 30d --dry-run",
    ),
    ("exercise clock", "--to 2h", "EX-57e418 --speed 10"),
    ("exercise deliver", "--due", "3 --by-hand"),
    ("exercise edit", "3 --time +00:45", "IN-57e418 --to XB --note 'Is the contact point called?'"),
    (
        "exercise inject",
        "--text 'A reporter asks about the loader' --to XB",
        "--text 'A reporter asks about the loader' --to XB --from 'a reporter' --method call",
    ),
    (
        "exercise observe",
        "--text 'The request left after 25 minutes'",
        "--text 'The request left after 25 minutes' --rating P --objective 1",
    ),
    (
        "exercise plan",
        "--text 'A bank reports the loader' --time +00:10 --to XA",
        "--text 'The logs are rotated tonight' --after 1 --expected-action 'a preservation request'",
    ),
    ("exercise revise", "--title 'Night shift 2'", "EX-57e418 --safety-word ANCHOR"),
    (
        "finding open",
        "--about E-57e418 --text 'It left without a second person' --recommend 'Name one for each night' --due \
         2026-12-24",
        "--to XB --text 'Receipts come late' --recommend 'Import daily' --due 2026-12-24",
    ),
    (
        "init",
        "--desk XA --name 'Harbour desk' --jurisdiction XA --roles administrator,desk-officer",
        "--desk XA --name 'Harbour desk' --jurisdiction XA --roles administrator,investigator --exercise night-shift",
    ),
    (
        "item add",
        "--case C-57e418 --type domain --category indicator --value pier-update.example",
        "--case C-57e418 --type account --category subscriber --tier 2 --person-class suspect --value 'account 4711'",
    ),
    (
        "item correct",
        "E-57e418 --value pier-update.example --because 'a letter was missing'",
        "E-57e418 --note 'seen on 3 November' --because 'the note was of another item'",
    ),
    ("item custody", "E-57e418", "--verify-all"),
    (
        "item export",
        "--item E-57e418 --to XB --format stix --out shared.stix.json",
        "--case C-57e418 --to XB --format stix --out shared.stix.json --dry-run",
    ),
    ("item mark", "E-57e418 --tlp AMBER", "E-57e418 --tier 3 --because 'it names a witness'"),
    ("item timestamp", "E-57e418 --request exhibit.tsq", "E-57e418 --response exhibit.tsr --trust authority.pem"),
    (
        "law verify",
        "bc29 --on 2026-11-20 --because 'read at the depositary'",
        "ground/R2 --on 2026-11-20 --because 'read in the treaty series, number 185'",
    ),
    (
        "partner add",
        "XB.card --kind law-enforcement",
        "--without-card --kind law-enforcement --code XD --name 'Delta desk' --contact '+00 555 0100'",
    ),
    ("partner channel", "XB tested --because 'drill 2026-1, passed'", "XB tested --exercise 'Night shift'"),
    (
        "partner confirm",
        "XB --fingerprint '12345 67890 12345 67890 12345 67890'",
        "XD --called-back '+00 555 0100, and L. Brandt spoke'",
    ),
    (
        "request consult",
        "R-57e418 --text 'It would warn the suspect'",
        "R-57e418 --text 'It would warn the suspect' --ground R2",
    ),
    ("request letter", "R-57e418 --out letter.html", "R-57e418 --out letter.txt --addressee desk --language en"),
    (
        "request new",
        "--kind bc29 --case C-57e418 --to XB --field 'offence=Illegal access' --draft",
        "--kind bc29 --case C-57e418 --to XB --request R-57e418 --field 'custodian=Northgate Hosting' --draft",
    ),
    (
        "request refuse",
        "R-57e418 --ground R2 --because 'it touches an inquiry of our own'",
        "R-57e418 --ground R1 --because 'the offence is a political one'",
    ),
    (
        "request wider-use",
        "--use other-use --case C-57e418 --to XB --draft",
        "--use other-use --case C-57e418 --to XB --field 'other-use=A trial for fraud' --draft",
    ),
    (
        "retention decide",
        "DL-57e418 --decision confirm --all",
        "DL-57e418 --decision exclude --line E-57e418 --because 'an appeal was lodged'",
    ),
    (
        "retention hold",
        "--item E-57e418 --reason disclosure --because 'the defence has asked for it'",
        "--case C-57e418 --reason litigation --because 'an appeal was lodged'",
    ),
    (
        "retention hold-answer",
        "HN-57e418 --answer keep --because 'an appeal was lodged here too'",
        "HN-57e418 --answer decline",
    ),
    (
        "retention review",
        "E-57e418 --outcome keep --reason 'the appeal is still open' --next 2026-12-24",
        "C-57e418 --outcome erase --reason 'the judgment is final'",
    ),
    (
        "review assess",
        "V-57e418 --all met --less-intrusive 'Open sources were searched first'",
        "V-57e418 --test necessity=met --reason 'necessity=Logs are rotated after 30 days'",
    ),
    (
        "review decide",
        "V-57e418 --approve --condition no-onward --expires 60d",
        "V-57e418 --refuse --ground R2 --reasons 'it touches an inquiry of our own'",
    ),
    (
        "taskforce analyse",
        "E-57e418 --title 'The panels of Tidewater' --owners XA,XB",
        "E-57e418 --title 'The panels of Tidewater' --owners XA,XB --taskforce TF-57e418 --source E-57e418",
    ),
    (
        "taskforce amend",
        "TF-57e418 --because 'XC joins' --desks XA,XB,XC",
        "TF-57e418 --because 'it takes longer' --until 2027-11-23",
    ),
    ("taskforce move", "TK-57e418 --to doing", "TK-57e418 --to blocked --because 'the registry is closed'"),
    (
        "taskforce new",
        "--title Tidewater --purpose cybercrime --desks XA,XB --from 2026-11-23 --until 2027-11-23 --categories \
         indicator --retention-cap 60d --model uncc48 --field parties=XA,XB --field 'purpose=The loader and its \
         panels' --field 'period=One year' --field states=XA,XB --field 'leaders=N. Okafor' --field 'members=N. \
         Okafor, L. Brandt' --field 'evidence=By the law of where it is gathered'",
        "--title Tidewater --purpose cybercrime --desks XA,XB --from 2026-11-23 --until 2027-11-23 --categories \
         indicator --retention-cap 60d --model uncc48 --tier 2 --target acknowledged=3,decided=30 --field \
         parties=XA,XB --field 'purpose=The loader and its panels' --field 'period=One year' --field states=XA,XB \
         --field 'leaders=N. Okafor' --field 'members=N. Okafor, L. Brandt' --field 'evidence=By the law of where \
         it is gathered'",
    ),
];

/// The second examples that a field more does not make: another outcome, another target, another reason; what is typed after the name.
const OTHER: &[(&str, &str)] = &[
    ("advice answer", "CS-57e418 --text 'They have no record of that address'"),
    ("advice close", "CS-57e418 --text 'Not followed: it would warn the suspect'"),
    ("agreement end", "A-57e418 --because 'the agreement of 1 December takes its place'"),
    ("agreement review", "A-57e418 --result change --notes 'subscriber data take too long' --next 2027-02-01"),
    (
        "assurance add",
        "--partner XB --of torture --text 'A lawyer is there whenever they are questioned' --by 'L. Brandt, \
         Ministry of Justice' --expires 2027-11-23",
    ),
    ("audit checkpoint", "--json"),
    ("audit consultations", "--member 'D. Osei' --from 2026-07-01"),
    ("audit rebuild", "--workspace restored"),
    ("audit refusals", "--json"),
    ("audit verify", "--readonly"),
    ("audit witness", "--json"),
    ("backup confirm", "--workspace restored"),
    ("backup declare", "--workspace restored --because 'a failed update was undone'"),
    ("backup make", "--out stick/2026-11-23.backup"),
    ("backup restore", "stick/2026-11-23.backup --to desk-again"),
    ("budget cancel", "BC-57e418 --because 'the task force ended before the order'"),
    ("budget close", "--line BL-57e418 --because 'the donor has taken the rest back'"),
    ("budget criteria", "CF-57e418 --text 'price 40, delivery 20, repair on site 40'"),
    ("budget dispute", "BS-57e418 --because 'the invoice of the translator is missing'"),
    ("budget interest", "BC-57e418 --because 'I hold shares of the supplier'"),
    ("budget reported", "--line BL-57e418 --on 2026-11-20 --next 2027-05-20 --note 'half-year report, to the donor'"),
    ("bundle drop", "--from XC --number 5"),
    ("bundle history", "--as-of 7d"),
    ("bundle import", "XB-XA-2.comity stick/XC-XA-1.comity"),
    ("bundle inspect", "stick/XC-XA-1.comity"),
    ("bundle pass-on", "RL-57e418 --out stick/XA-XC-1.comity"),
    ("bundle quarantine", "--json"),
    ("bundle request-missing", "--from XC --out XA-XC-2.comity"),
    ("bundle verify", "stick/XC-XA-1.comity"),
    ("bundle watch", "stick --once"),
    ("case archive", "C-57e418 --because 'the appeal was decided'"),
    ("case close", "C-57e418 --because 'the prosecutor has dropped it'"),
    ("case show", "C-57e418 --reason 'the prosecutor asks how far it is'"),
    ("clock correct", "--because 'the year was typed wrong at the set-up'"),
    ("clock show", "--json"),
    ("clock state", "--is 2027-02-01"),
    (
        "complaint decide",
        "CP-57e418 --outcome upheld --reasons 'the address was that of a namesake' --remedy erase,apology",
    ),
    ("complaint done", "CP-57e418 --remedy policy-change --evidence 'instruction 9, on namesakes'"),
    ("complaint examine", "CP-57e418 --note 'both compartments, and what XB has answered'"),
    ("complaint letter", "CP-57e418 --of decision --out decision.html"),
    ("complaint lift", "CP-57e418 --because 'the suspect has been charged'"),
    ("complaint recall", "CP-57e418 --because 'the data turned out to be ours'"),
    ("complaint report", "CP-57e418 --text 'Nothing was found here under that name'"),
    (
        "complaint restrict",
        "CP-57e418 --ground public-security --because 'the search at the port would be known' --review 2027-02-01",
    ),
    ("complaint show", "CP-57e418 --reason 'the answer to M. Kraus is due'"),
    ("conflict show", "R-57e418 --reason 'XB asks which answer counts'"),
    ("desk card", "--out stick/XA.card --force"),
    ("desk today", "--as-of 3d"),
    ("directory import", "authorities.csv --as-of 2026-07-01"),
    ("disclosure receipt", "D-57e418 --said deleted --reference 'call with L. Brandt, 20 November'"),
    ("disclosure validate", "D-57e418 --outcome refused --reasons 'the caller was known to make such threats'"),
    ("dispute advance", "DP-57e418 --to heads --because 'the consultation has settled nothing'"),
    ("dispute comply", "DP-57e418 --text 'The costs were paid on 20 November'"),
    ("dispute lift", "DP-57e418 --because 'the neutral has asked for it'"),
    ("dispute neutral", "DP-57e418 --name 'Prof. R. Vale' --independence 'they advised XA once, and XB knows it'"),
    (
        "dispute open",
        "--with XB --subject condition-breach --about D-57e418 --statement 'The logs were given to XC' \
         --freeze-tier 2",
    ),
    ("dispute remedy", "DP-57e418 --text 'XA bears the costs of the deletion' --by 2027-02-01 --owes us --awarded"),
    ("dispute reply", "DP-57e418 --statement 'XC sits in the same trial'"),
    ("dispute show", "DP-57e418 --reason 'the heads of both desks meet on Monday'"),
    ("dispute suspend", "DP-57e418 --from-tier 3 --danger life --because 'the name of a source has leaked'"),
    ("doctor", "--identity okafor.age"),
    ("error authority", "ER-57e418 --reference 'call of 20 November, confirmed by mail'"),
    ("error confirm", "ER-57e418 --text 'One copy is in the file of the court'"),
    ("error done", "ER-57e418 --measure 2 --evidence 'the training list of December'"),
    ("error measure", "ER-57e418 --text 'Witnesses are tier 3 from the start' --owner 'D. Osei' --due 2027-02-01"),
    ("error raise", "ER-57e418 --because 'XB has passed it on to XC'"),
    ("error show", "ER-57e418 --reason 'the authority asks who was told'"),
    (
        "exercise action",
        "--text 'Train the night shift on letters' --owner 'D. Osei' --by 2027-02-01 --objective 1 --element \
         training --issue 'the letter named no time zone'",
    ),
    ("exercise done", "IA-57e418 --evidence 'drill of 20 November: 18 minutes'"),
    ("exercise export", "EX-57e418 --out msel.json"),
    ("exercise list", "--workspace night-shift"),
    ("exercise offered", "--workspace night-shift"),
    ("exercise read", "3"),
    ("exercise record", "stick/aar.json --workspace live"),
    ("exercise report", "EX-57e418 --out briefing.html --briefing"),
    ("exercise respond", "IN-57e418 --text 'Nothing yet: the duty officer is being called'"),
    ("exercise skip", "IN-57e418 --because 'play is an hour late'"),
    ("exercise start", "EX-57e418 --speed 4"),
    ("finding close", "FI-57e418 --because 'the desk shares nothing at night any more'"),
    ("finding respond", "FI-57e418 --text 'We see it otherwise: tier 1 takes one person'"),
    ("finding show", "FI-57e418 --reason 'its answer is due'"),
    ("gate simulate", "-"),
    ("identity new", "--name 'D. Osei' --out osei.age"),
    ("identity show", "--identity osei.age"),
    ("item filter", "E-57e418 --found covered --because 'a lawyer writes to the suspect'"),
    ("item handover", "E-57e418 --event in --because 'back from the laboratory' --at 2026-11-20 --seal 'S 2291'"),
    ("item held-back", "--case C-57e418 --reason 'the trial begins on Monday'"),
    ("item hold-back", "E-57e418 --profession journalist --because 'the sender is a newspaper'"),
    ("law change", "grounds.toml --because 'article 4 was amended: gazette of 3 November'"),
    ("law restore", "ground R2 --because 'the program brings the newer text'"),
    ("member add", "brandt.age.pub --roles desk-officer,release-officer"),
    ("member confirm-acts", "M-57e418"),
    ("member revoke", "M-57e418"),
    ("member roles", "'D. Osei' --roles legal-reviewer,oversight-auditor"),
    ("misuse report", "--text 'A password went round on the night shift'"),
    ("misuse show", "MR-57e418 --reason 'the auditors meet on Monday'"),
    ("notice delay", "D-57e418 --because 'a witness would be in danger until the trial' --review 2027-02-01"),
    ("notice list", "--reason 'the letters of November are due'"),
    ("notice tell", "D-57e418 --text 'By N. Okafor, in person, with their lawyer'"),
    ("partner resume", "XB --stream --because 'its log was read with L. Brandt'"),
    ("partner show", "XD"),
    ("partner suspend", "XB --because 'a workstation of theirs was stolen'"),
    (
        "recognition add",
        "--partner XB --of judicial-order --title 'Orders of its courts' --reference 'decision 4 of 3 November' \
         --until 2027-11-23",
    ),
    ("recognition end", "RC-57e418 --because 'its laboratory has moved'"),
    ("report benchmarks", "--from 2026-01-01 --to 2026-07-01"),
    ("report budget", "--out budget.csv"),
    ("report correct", "FR-57e418 --because misplaced --out figures.csv"),
    ("report paper", "retention --out retention.html"),
    ("report publish", "PS-57e418 --out statement.txt"),
    ("report suppress", "-"),
    ("report transparency", "--from 2026-01-01 --to 2026-07-01 --out figures.csv"),
    ("request accept", "R-57e418 --partly --text 'The logs of November: older ones are gone' --condition no-onward"),
    ("request clarify", "R-57e418 --text 'In which time zone are the log lines?'"),
    ("request correct", "R-57e418 --text 'The account is 4711, not 4771'"),
    ("request deliver", "R-57e418 --preserved-since 2026-11-20 --preserved-until 2027-02-18 --reference 'NH 2291'"),
    ("request discuss", "R-57e418 --text 'We can wait until your search is over'"),
    ("request extend", "R-57e418 --text 'Ninety more days: the appeal is open'"),
    ("request inform", "R-57e418 --text 'The suspect pays from an account in XA'"),
    ("request reply", "R-57e418 --text 'All times are in UTC'"),
    ("request report-use", "R-57e418 --text 'Not used: the account led nowhere'"),
    ("request resolve", "R-57e418 --take withdrawn --because 'XA had given it up before XB answered'"),
    ("request show", "R-57e418 --reason 'the provider asks what it covers'"),
    ("request supplement", "R-57e418 --text 'The order of the court is attached'"),
    ("request withdraw", "R-57e418 --because 'the suspect has handed the account over'"),
    ("retention event", "C-57e418 --event order-expired --because 'the warrant ended on 20 November' --dry-run"),
    ("retention explain", "C-57e418"),
    ("retention hold-review", "H-57e418 --because 'the complaint is not decided yet'"),
    ("retention readmit", "E-57e418 --ground order"),
    ("retention release", "H-57e418 --because 'the court has lifted its order'"),
    ("review lapse", "V-57e418 --changed recipient --because 'XB has been joined to another desk'"),
    ("review open", "--subject E-57e418 --to XB --level L2"),
    ("review recuse", "V-57e418 --because 'I have written the request myself'"),
    ("review show", "V-57e418 --reason 'its approval expires on Monday'"),
    ("sample review", "SA-57e418 --note 'one look without a case: D. Osei was asked'"),
    ("sample show", "SA-57e418 --reason 'the auditors look at it on Monday'"),
    ("taskforce case", "TF-57e418 --title 'Tidewater: who was paid' --purpose money-laundering"),
    ("taskforce decide", "JA-57e418 --decision hold --because 'it names a witness of ours'"),
    ("taskforce end", "TF-57e418 --because 'both trials have begun'"),
    ("taskforce evaluate", "TF-57e418 --text 'The loader is traced; one desk had no night shift'"),
    ("taskforce export", "TF-57e418 --out stick/tidewater"),
    ("taskforce leave", "TF-57e418 --because 'XA does not sign: traffic data go too far'"),
    ("taskforce review", "TF-57e418 --result end --notes 'all panels are down'"),
    ("taskforce revise", "JA-57e418 --item E-9c03aa --because 'XB has corrected two addresses' --source E-57e418"),
    ("taskforce show", "TF-57e418 --as-of 2026-07-01"),
];

/// Flags that make no other use of a command: they are for tests and exercises, or only get something out of the way.
const BESIDE: &[&str] = &["force", "made-for-exercise", "no-passphrase"];

fn value_in(table: &[(&str, &str)], name: &str) -> Option<String> {
    table.iter().find(|(field, _)| *field == name).map(|(_, text)| (*text).to_owned())
}

/// What could stand in a field of a command; `None` for what is yes or no.
fn sample(command: &Command, arg: &Arg) -> Option<String> {
    let name = command.full_name();
    let here = IN_COMMAND.iter().find(|(of, field, _)| *of == name && *field == arg.name);
    if let Some((_, _, text)) = here {
        return Some((*text).to_owned());
    }
    let named = || value_in(SAMPLES, arg.name);
    Some(match arg.kind {
        ArgKind::Flag => return None,
        // People are called by their names.
        ArgKind::Record([Kind::Member]) => named().unwrap_or_else(|| UNKNOWN.to_owned()),
        ArgKind::Record(kinds) => format!("{}-57e418", kinds.first().map_or("R", |kind| kind_def(*kind).prefix)),
        ArgKind::Partner => "XB".to_owned(),
        ArgKind::Number => value_in(NUMBERS, arg.name).unwrap_or_else(|| "2".to_owned()),
        ArgKind::Time => value_in(DATES, arg.name).unwrap_or_else(|| LATER.to_owned()),
        ArgKind::Duration => "30d".to_owned(),
        ArgKind::Word(words) | ArgKind::Words(words) => {
            let words = words();
            let named = named().filter(|typed| words.iter().any(|word| word == typed));
            named.or_else(|| words.first().map(|word| (*word).to_owned())).unwrap_or_else(|| UNKNOWN.to_owned())
        }
        ArgKind::Line
        | ArgKind::Past
        | ArgKind::Body
        | ArgKind::Existing
        | ArgKind::ToWrite
        | ArgKind::Known(_)
        | ArgKind::Pairs
        | ArgKind::PairsOf(_) => named().unwrap_or_else(|| UNKNOWN.to_owned()),
    })
}

fn put(words: &mut Vec<String>, command: &Command, arg: &Arg) {
    if !arg.positional {
        words.push(format!("--{}", arg.name));
    }
    words.extend(sample(command, arg));
}

/// The words of a line that is typed; what stands between single quotes is one word.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
}

fn named(command: &Command) -> Vec<String> {
    std::iter::once("comity").chain([command.noun, command.name]).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// What is typed for a command without anything that may be left out.
fn least(command: &Command) -> Vec<String> {
    let mut words = named(command);
    let needed = |positional: bool| command.args.iter().filter(move |a| a.required && a.positional == positional);
    needed(true).chain(needed(false)).for_each(|arg| put(&mut words, command, arg));
    words
}

/// What makes another use of a command: what is done for good is tried first; else the first thing that may be said too, and where
/// nothing may, the first that may be asked for. `None`: it has nothing of the kind, and what every command has must do.
fn other_use(command: &Command) -> Option<&'static Arg> {
    let useful = |a: &&'static Arg| !a.required && !a.in_exercises && BESIDE.iter().all(|name| *name != a.name);
    let is_flag = |a: &&'static Arg| matches!(a.kind, ArgKind::Flag);
    let may = || command.args.iter().filter(useful);
    may()
        .find(|a| a.name.starts_with("dry-run"))
        .or_else(|| may().find(|a| !is_flag(a)))
        .or_else(|| may().find(is_flag))
}

/// Two examples of a command, word by word.
pub fn words_of(command: &Command) -> [Vec<String>; 2] {
    let name = command.full_name();
    if let Some((_, one, other)) = OWN.iter().find(|(of, ..)| *of == name) {
        return [one, other].map(|line| [named(command), split(line)].concat());
    }
    let least = least(command);
    if let Some((_, line)) = OTHER.iter().find(|(of, _)| *of == name) {
        return [least, [named(command), split(line)].concat()];
    }
    let mut more = least.clone();
    match other_use(command) {
        Some(arg) => put(&mut more, command, arg),
        None if matches!(command.run, Handler::Reads(_) | Handler::Law(_)) => {
            more.extend(["--as-of", BEFORE].map(str::to_owned));
        }
        None => more.push("--json".to_owned()),
    }
    [least, more]
}

/// Two examples of a command, as they are typed.
pub fn of(command: &Command) -> [String; 2] {
    words_of(command).map(|words| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "))
}

/// How a command is used: what it cannot do without, and what may be said too.
pub fn usage(command: &Command) -> String {
    let mut words = vec![format!("comity {}", command.full_name())];
    for arg in command.args.iter().filter(|a| a.positional) {
        let name = arg.name.to_uppercase();
        words.push(if arg.required { format!("<{name}>") } else { format!("[{name}]") });
    }
    let needed = command.args.iter().filter(|a| a.required && !a.positional);
    words.extend(needed.map(|arg| match arg.kind {
        ArgKind::Flag => format!("--{}", arg.name),
        _ => format!("--{} <{}>", arg.name, arg.name.to_uppercase()),
    }));
    words.push("[OPTIONS]".to_owned());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::cli::tree::{args_of, tree};
    use crate::command::definition::Args;
    use crate::command::{command, commands};
    use crate::law::edition::Law;
    use crate::value::class::Role;
    use crate::value::money;
    use crate::value::timestamp::{Duration, Timestamp};

    /// Each example of a command, read as the command line does.
    fn read(command: &'static Command) -> Vec<(String, Args)> {
        let read = |words: Vec<String>| {
            let matches = tree().try_get_matches_from(&words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
            let (_, mut of) = matches.subcommand().unwrap();
            if !command.noun.is_empty() {
                of = of.subcommand().unwrap().1;
            }
            (words.join(" "), args_of(command, of))
        };
        words_of(command).into_iter().map(read).collect()
    }

    /// Whether a field takes what stands in an example, as the command reads it.
    fn takes(command: &Command, arg: &Arg, typed: &str) -> bool {
        let now = Timestamp::parse("2026-11-23T03:12:00Z").unwrap();
        let is_word = |words: fn() -> Vec<&'static str>, typed: &str| words().contains(&typed);
        let by_name = match (command.full_name().as_str(), arg.name) {
            (_, "amount") => money::parse(typed, 2).is_some(),
            ("budget rate", "rate") => money::parse(typed, money::RATE_DECIMALS).is_some(),
            ("clock state", "is") | ("law verify", "on") => Timestamp::parse_date(typed).is_some(),
            ("law deadline", "from") => Timestamp::parse(typed).is_some(),
            (_, "desks" | "owners") => typed.split(',').count() >= 2,
            (_, "shares") => typed
                .split(',')
                .all(|part| part.split_once('=').is_none_or(|(_, share)| money::parse(share, 4).is_some())),
            (_, "roles") => typed.split(',').all(|role| Role::parse(role).is_some()),
            (_, "instrument") => Law::of_program().instrument(typed).is_some(),
            (_, "ground") if matches!(arg.kind, ArgKind::Known(_)) => Law::of_program().ground(typed).is_some(),
            _ => true,
        };
        let by_kind = match arg.kind {
            ArgKind::Time => Timestamp::parse_typed(typed, now).is_some(),
            ArgKind::Past => Timestamp::past(typed, now).is_ok(),
            ArgKind::Duration => Duration::parse(typed).is_some(),
            ArgKind::Number => typed.parse::<i64>().is_ok(),
            ArgKind::Word(words) => is_word(words, typed),
            ArgKind::Words(words) => typed.split(',').all(|word| is_word(words, word)),
            ArgKind::Pairs | ArgKind::PairsOf(_) => typed.contains('='),
            _ => !typed.is_empty() && typed != UNKNOWN,
        };
        by_name && by_kind && arg.shape.is_none_or(|shape| (shape.fits)(typed))
    }

    #[test]
    fn every_command_has_two_examples_and_each_value_is_one_that_its_field_takes() {
        for command in commands() {
            let examples = read(command);
            assert_ne!(examples[0].0, examples[1].0);
            for (line, args) in examples {
                for arg in command.args {
                    assert!(!arg.required || !args.all(arg.name).is_empty(), "{line}: --{} is missing", arg.name);
                    let typed = args.all(arg.name).iter().filter(|_| !matches!(arg.kind, ArgKind::Flag));
                    typed.for_each(|typed| assert!(takes(command, arg, typed), "{line}: --{} {typed}", arg.name));
                }
            }
        }
    }

    #[test]
    fn a_file_in_an_example_is_one_that_the_command_takes() {
        let check_any = |name: &str, field: &str, ends: &[&str]| {
            let examples = read(command(name).unwrap());
            let typed: Vec<&String> = examples.iter().flat_map(|(_, args)| args.all(field)).collect();
            let fits = |file: &&String| ends.iter().any(|end| file.ends_with(end));
            assert!(!typed.is_empty() && typed.iter().all(fits), "{name}: {typed:?}");
        };
        let check = |name: &str, field: &str, end: &str| check_any(name, field, &[end]);
        check("member add", "file", ".pub");
        check("partner add", "card", ".card");
        check("batch", "file", ".jsonl");
        check("bundle import", "path", ".comity");
        check("bundle inspect", "file", ".comity");
        check("identity new", "out", ".age");
        check("law change", "file", ".toml");
        check("exercise load", "file", ".csv");
        check_any("report budget", "out", &[".html", ".csv"]);
        check_any("report publish", "out", &[".html", ".txt"]);
    }

    #[test]
    fn what_a_command_asks_for_beyond_its_row_stands_in_each_example() {
        // One of the fields of each row, in each of the two.
        let check = |name: &str, fields: &[&str]| {
            for (line, args) in read(command(name).unwrap()) {
                assert!(fields.iter().any(|field| args.maybe(field).is_some()), "{line}: none of {fields:?}");
            }
        };
        check("advice ask", &["sector", "partner"]);
        check("agreement add", &["title", "iep"]);
        check("agreement add", &["from", "iep"]);
        check("agreement add", &["until"]);
        check("authorisation add", &["item", "case"]);
        check("disclosure new", &["to", "taskforce"]);
        check("disclosure new", &["item", "case"]);
        check("exercise clock", &["to", "speed"]);
        check("exercise deliver", &["inject", "due"]);
        check("item add", &["value", "file"]);
        check("item correct", &["value", "title", "note"]);
        check("item custody", &["item", "verify-all"]);
        check("item export", &["item", "case", "disclosure"]);
        check("item timestamp", &["request", "trust"]);
        check("partner add", &["card", "without-card"]);
        check("partner channel", &["because", "exercise"]);
        check("partner confirm", &["fingerprint", "group", "called-back"]);
        check("request new", &["case", "item", "follows"]);
        check("request new", &["to"]);
        check("request refuse", &["ground"]);
        check("retention decide", &["line", "all"]);
        check("retention hold", &["item", "case", "query"]);
        check("review assess", &["all", "test", "less-intrusive", "evidence"]);
        check("review decide", &["decision", "approve", "partial", "defer", "refuse"]);
        let roles = |(line, args): (String, Args)| assert!(args.all("roles")[0].contains("administrator"), "{line}");
        read(command("init").unwrap()).into_iter().for_each(roles);
    }

    /// What makes no other use of a command: it is only printed otherwise, or not asked about.
    const NO_OTHER_USE: &[&str] = &["--json", "--plain", "--yes"];

    #[test]
    fn the_second_example_is_another_use_where_there_is_one() {
        // Those that are told an id and nothing else, and a few that look at what is here now.
        const MOST: usize = 40;
        let mut same = Vec::new();
        for command in commands() {
            let [one, other] = words_of(command);
            let more = other.strip_prefix(one.as_slice());
            if more.is_some_and(|more| more.iter().all(|word| NO_OTHER_USE.contains(&word.as_str()))) {
                assert!(other_use(command).is_none(), "{other:?}: it has options of its own");
                same.push(command.full_name());
            }
        }
        assert!(same.len() <= MOST, "{} of them: {same:?}", same.len());
    }

    #[test]
    fn a_text_stands_with_the_command_that_somebody_would_write_it_for() {
        // One that stands with more of them says nothing of any.
        const FEW: usize = 3;
        let mut with: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for command in commands() {
            for (_, args) in read(command) {
                let free = command.args.iter().filter(|arg| matches!(arg.kind, ArgKind::Line | ArgKind::Body));
                for text in free.flat_map(|arg| args.all(arg.name)).filter(|text| text.contains(' ')) {
                    with.entry(text.clone()).or_default().insert(command.full_name());
                }
            }
        }
        with.retain(|_, names| names.len() > FEW);
        assert!(with.is_empty(), "{with:?}");
    }

    #[test]
    fn each_row_of_the_tables_stands_in_an_example() {
        let mut shown: BTreeSet<(String, &str, String)> = BTreeSet::new();
        for command in commands() {
            for (_, args) in read(command) {
                for arg in command.args {
                    shown.extend(args.all(arg.name).iter().map(|typed| (command.full_name(), arg.name, typed.clone())));
                }
            }
        }
        for (field, text) in [SAMPLES, DATES, NUMBERS].concat() {
            let is_shown = shown.iter().any(|(_, of, typed)| *of == field && typed == text);
            assert!(is_shown, "{field}: {text} stands in no example");
        }
        for (name, field, text) in IN_COMMAND {
            let row = ((*name).to_owned(), *field, (*text).to_owned());
            assert!(shown.contains(&row), "{name} --{field} {text} stands in no example");
        }
        for name in OWN.iter().map(|(name, ..)| name).chain(OTHER.iter().map(|(name, _)| name)) {
            assert!(command(name).is_some(), "{name}");
        }
        for (name, _) in OTHER {
            assert!(OWN.iter().all(|(own, ..)| own != name), "{name}: `OWN` says both");
        }
    }
}
