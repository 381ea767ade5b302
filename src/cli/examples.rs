//! Examples of a command, for its help and the manual: what it cannot do without, and then another use of it. They are made of its
//! row in the command table, so that a new command has some. Where the row cannot say what is typed, `OWN` does. A test reads each
//! of them as the command line does, and each value as its field does.

use super::print::quoted;
use crate::command::definition::{Arg, ArgKind, Command, Handler, Weight};
use crate::record::kind::Kind;
use crate::record::kind_def;

/// What stands for a field of which nothing is known. A test finds it, so nobody reads it.
const UNKNOWN: &str = "?";

/// What could stand in fields that are free or whose words hang on the desk, by the names of the fields.
const SAMPLES: &[(&str, &str)] = &[
    ("about", "whether the panel can be taken down"),
    ("agenda", "1. Panels. 2. Who asks the registry."),
    ("amount", "5000.01"),
    ("article", "18 USC 2703(d)"),
    ("authority", "Archives Act, section 12"),
    ("because", "agreed by telephone"),
    ("by", "District court"),
    ("card", "XB.card"),
    ("code", "XB"),
    ("column", "value=1"),
    ("contact", "+00 555 0100"),
    ("course", "Handling of digital evidence"),
    ("criteria", "price 60, delivery 40"),
    ("currency", "EUR"),
    ("desk", "XA"),
    ("desks", "XA,XB"),
    ("evidence", "letter 12 of 3 November"),
    ("export", "bag"),
    ("field", "offence=Illegal access"),
    ("fingerprint", "12345 67890 12345 67890 12345 67890"),
    ("for", "three forensic workstations"),
    ("ground", "R5"),
    ("iep", "policy.json"),
    ("independence", "they have worked for neither desk"),
    ("instrument", "bc"),
    ("is", "2026-11-23"),
    ("issue", "the registry was called too late"),
    ("item", "E-57e418"),
    ("jurisdiction", "XA"),
    ("lead", "XA"),
    ("lessons", "letters in English are answered sooner"),
    ("member", "D. Osei"),
    ("name", "N. Okafor"),
    ("note", "the log of 3 November was read line by line"),
    ("notes", "answers come within three days"),
    ("notice", "an address was shared by mistake"),
    ("objective", "Send a preservation request in 30 minutes: 24/7 contact"),
    ("on", "2026-11-20"),
    ("of", "torture"),
    ("out", "letter.html"),
    ("owner", "N. Okafor"),
    ("owners", "XA,XB"),
    ("period", "2026"),
    ("proposal", "57e418"),
    ("purpose", "cybercrime"),
    ("rate", "0.9213"),
    ("reason", "the appeal is still open"),
    ("reasons", "the danger was real, and nobody else could be reached"),
    ("recommend", "Ask a second person before each release"),
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
    ("text", "See the note of 3 November"),
    ("title", "Tidewater: loader and its panels"),
    ("type", "domain"),
    ("value", "pier-update.example"),
    ("whom", "Prof. R. Vale, University of Xebec"),
    ("words", "tidewater"),
];

/// Dates, by the names of the fields: what has begun or has happened lies before what is still to come.
const DATES: &[(&str, &str)] =
    &[("as-of", "2026-11-01"), ("from", "2026-07-01"), ("on", "2026-11-20"), ("to", "2026-10-01")];

/// Any other date: it is still to come.
const LATER: &str = "2026-12-24";

/// Numbers, by the names of the fields.
const NUMBERS: &[(&str, &str)] =
    &[("days", "90"), ("limit", "20"), ("measure", "1"), ("objective", "1"), ("quotes", "3"), ("threshold", "10")];

/// What stands in a field of one command alone: files that only it takes, and words that mean something else there.
const IN_COMMAND: &[(&str, &str, &str)] = &[
    ("audit pack", "out", "audit.pack"),
    ("audit verify-pack", "file", "audit.pack"),
    ("backup destroy", "file", "desk.backup"),
    ("backup make", "out", "desk.backup"),
    ("backup restore", "file", "desk.backup"),
    ("backup restore", "to", "restored"),
    ("batch", "file", "commands.jsonl"),
    ("budget contribute", "from", "XB"),
    ("budget cost", "evidence", "invoice 2026-17"),
    ("budget line", "title", "Workstations for Tidewater"),
    ("bundle export", "out", "XA-XB-3.comity"),
    ("bundle export", "max-size", "700M"),
    ("bundle import", "path", "XB-XA-2.comity"),
    ("bundle inspect", "file", "XB-XA-2.comity"),
    ("bundle pass-on", "out", "XA-XC-1.comity"),
    ("bundle relay", "via", "XC"),
    ("bundle request-missing", "out", "XA-XB-3.comity"),
    ("bundle verify", "file", "XB-XA-2.comity"),
    ("bundle watch", "dir", "stick"),
    ("complaint receive", "from", "M. Kraus, 12 Fictional Lane"),
    ("complaint receive", "text", "My mailbox was shared without a reason"),
    ("desk card", "out", "XA.card"),
    ("directory import", "file", "contacts.csv"),
    ("error measure", "owner", "N. Okafor"),
    ("exercise export", "out", "msel.csv"),
    ("exercise load", "file", "msel.csv"),
    ("exercise new", "title", "Night shift"),
    ("exercise new", "target", "1=sent within 30 minutes"),
    ("exercise record", "file", "aar.json"),
    ("exercise report", "out", "report.html"),
    ("gate simulate", "file", "facts.jsonl"),
    ("identity new", "out", "okafor.age"),
    ("item handover", "at", "2026-11-20"),
    ("item import", "file", "indicators.stix.json"),
    ("law change", "file", "law.toml"),
    ("law compare", "one", "XA"),
    ("law compare", "other", "XB"),
    ("law deadline", "from", "2026-11-23T03:12:00Z"),
    ("law restore", "id", "bc"),
    ("law row", "id", "bc"),
    ("member add", "file", "osei.age.pub"),
    ("report budget", "out", "budget.html"),
    ("report correct", "out", "figures.html"),
    ("report figures", "out", "figures"),
    ("report paper", "out", "processing.html"),
    ("report publish", "out", "statement.html"),
    ("report suppress", "file", "tables.json"),
    ("report transparency", "out", "figures.html"),
    ("retention transfer", "to", "State Archives"),
    ("taskforce export", "out", "bundles"),
    ("taskforce minutes", "decision", "XB asks the registry"),
    ("taskforce task", "owner", "XB"),
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
        "R-57e418 --take accepted --because 'agreed by telephone'",
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
        "bc31 --on 2026-11-20 --because 'read at the depositary'",
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

/// Flags that make no other use of a command: they are for tests and exercises, or only get something out of the way.
const BESIDE: &[&str] = &["force", "made-for-exercise", "no-passphrase"];

fn value_in(table: &[(&str, &str)], name: &str) -> Option<String> {
    table.iter().find(|(field, _)| *field == name).map(|(_, text)| (*text).to_owned())
}

/// What could stand in a field of a command; `None` for what is yes or no.
fn sample(command: &Command, arg: &Arg) -> Option<String> {
    let name = command.full_name();
    let here = || IN_COMMAND.iter().find(|(of, field, _)| *of == name && *field == arg.name);
    let named = || here().map(|(_, _, text)| (*text).to_owned()).or_else(|| value_in(SAMPLES, arg.name));
    Some(match arg.kind {
        ArgKind::Flag => return None,
        // People are called by their names.
        ArgKind::Record([Kind::Member]) => named().unwrap_or_else(|| UNKNOWN.to_owned()),
        ArgKind::Record(kinds) => format!("{}-57e418", kinds.first().map_or("R", |kind| kind_def(*kind).prefix)),
        ArgKind::Partner => here().map_or("XB", |(_, _, text)| *text).to_owned(),
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
/// nothing may, the first that may be asked for.
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
    let mut more = least.clone();
    match other_use(command) {
        Some(arg) => put(&mut more, command, arg),
        None if matches!(command.weight(), Some(Weight::Destroys)) => more.push("--yes".to_owned()),
        None if matches!(command.run, Handler::Free(_)) => more.push("--plain".to_owned()),
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
        by_name && by_kind
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
        let check = |name: &str, field: &str, ends: &str| {
            let examples = read(command(name).unwrap());
            let typed: Vec<&String> = examples.iter().flat_map(|(_, args)| args.all(field)).collect();
            assert!(!typed.is_empty() && typed.iter().all(|file| file.ends_with(ends)), "{name}: {typed:?}");
        };
        check("member add", "file", ".pub");
        check("partner add", "card", ".card");
        check("batch", "file", ".jsonl");
        check("bundle import", "path", ".comity");
        check("bundle inspect", "file", ".comity");
        check("identity new", "out", ".age");
        check("law change", "file", ".toml");
        check("exercise load", "file", ".csv");
        check("report budget", "out", ".html");
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

    #[test]
    fn the_second_example_is_another_use_where_there_is_one() {
        for command in commands().filter(|command| other_use(command).is_some()) {
            let [_, other] = words_of(command);
            assert!(!["--json", "--plain", "--yes"].contains(&other.last().unwrap().as_str()), "{other:?}");
        }
        for (name, ..) in OWN {
            assert!(command(name).is_some(), "{name}");
        }
        for (name, field, _) in IN_COMMAND {
            assert!(command(name).is_some_and(|command| command.field(field).is_some()), "{name} {field}");
        }
    }
}
