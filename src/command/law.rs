//! The law as it is known here: kinds of request, what they must say, their clocks and grounds; ceilings; jurisdictions
//! and where they differ. Each row with its source, its status, and the day on which somebody verified it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::shape::DAY;
use crate::host::file;
use crate::law::calendar::{Calendar, Zone};
use crate::law::deadline;
use crate::law::edition::{Law, Table, version_in_words};
use crate::law::ground::{Effect, Ground, RaisedBy};
use crate::law::instrument::Instrument;
use crate::law::jurisdiction::{Jurisdiction, Threshold};
use crate::law::money::{CostRule, cost_rule};
use crate::law::request::{self, ClockKind, Counterpart, Event, Length, RequestKind, Variant};
use crate::law::row::Verified;
use crate::law::{ceiling, test};
use crate::object;
use crate::record::kind::ChangeKind;
use crate::record::law;
use crate::record::store::Record;
use crate::store::read;
use crate::value::class::{Category, Level, Test, Tier};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;
use crate::value::word::WordList;
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The words of a list, with commas between.
fn words_of<W: WordList>(all: &[W]) -> String {
    all.iter().map(|word| (*word).into()).collect::<Vec<&str>>().join(", ")
}

fn kinds() -> Vec<&'static str> {
    request::all().iter().map(|r| r.id.as_str()).collect()
}

/// The law that a command shows: the program's, or this workspace's. In the screens it is always the workspace's.
const HERE: Arg =
    Arg::new("here", ArgKind::Flag, "as this workspace's own signed changes have it, not as the program brings it")
        .cli_only();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "law",
        name: "list",
        about: "List the kinds of request and the instruments that they rest on",
        args: &[HERE],
        writes: None,
        run: Handler::Law(list),
    },
    Command {
        noun: "law",
        name: "show",
        about: "Show a kind of request: its fields, grounds, clocks, status and source",
        args: &[Arg::new("kind", ArgKind::Word(kinds), "the kind, such as bc29").positional(), HERE],
        writes: None,
        run: Handler::Law(show),
    },
    Command {
        noun: "law",
        name: "deadline",
        about: "Calculate the target and the legal limit of every clock of a kind of request",
        args: &[
            Arg::new("kind", ArgKind::Word(kinds), "the kind, such as bc29").positional(),
            Arg::new("from", ArgKind::Line, "the event: a time, with the offset of the addressee's place, or a date (its midnight; 00:00Z where no place is named)").required(),
            Arg::new("days", ArgKind::Number, "the time that the order itself sets, in days"),
            Arg::new(
                "calendar",
                ArgKind::Line,
                "the jurisdiction whose days off and midnight count; without it, Saturday, Sunday and the offset of --from",
            ),
            HERE,
        ],
        writes: None,
        run: Handler::Law(compute),
    },
    Command {
        noun: "law",
        name: "tests",
        about: "List the tests of a legal review: the question, the level that asks it, the source",
        args: &[],
        writes: None,
        run: Handler::Law(tests),
    },
    Command {
        noun: "law",
        name: "ceilings",
        about: "List up to which tier a kind of partner is given something where its agreement names no tier",
        args: &[],
        writes: None,
        run: Handler::Law(ceilings),
    },
    Command {
        noun: "law",
        name: "jurisdiction",
        about: "Show a jurisdiction: who authorises what, which instruments bind it, what it recognises",
        args: &[Arg::new("code", ArgKind::Line, "its code").positional(), HERE],
        writes: None,
        run: Handler::Law(show_jurisdiction),
    },
    Command {
        noun: "law",
        name: "compare",
        about: "Compare two jurisdictions: instruments in force between them, and where their thresholds differ",
        args: &[
            Arg::new("one", ArgKind::Line, "a code").positional(),
            Arg::new("other", ArgKind::Line, "another code").positional(),
            HERE,
        ],
        writes: None,
        run: Handler::Law(compare),
    },
    Command {
        noun: "law",
        name: "row",
        about: "Write a row of the law as `law change` takes it, to be corrected",
        args: &[
            Arg::new("table", ArgKind::Word(all_words::<Table>), "what it is of").positional(),
            Arg::new("id", ArgKind::Line, "its id, such as 2ap").positional(),
            HERE,
        ],
        writes: None,
        run: Handler::Law(write_row),
    },
    Command {
        noun: "law",
        name: "change",
        about: "Correct rows of the law that this desk works by, or add some, from a file of such rows",
        args: &[
            Arg::new("file", ArgKind::Existing, "rows as `law row` writes them; or as the program's own TOML has them")
                .positional(),
            Arg::new(
                "because",
                ArgKind::Body,
                "why: what was read, and where; it is kept for ever, so it names nobody of a case",
            )
            .required(),
        ],
        writes: Some(Writes {
            act: law::CHANGE,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(change),
    },
    Command {
        noun: "law",
        name: "verify",
        about: "Say that you have read the source of a row, and when: the row is dated from then on",
        args: &[
            Arg::new("row", ArgKind::Line, "the row's id, such as bc29, or its table and id: ground/R2").positional(),
            Arg::new("on", ArgKind::Line, "the day on which it was read, such as 2026-11-29").of_shape(DAY).required(),
            Arg::new("because", ArgKind::Body, "what was read, and where; it is kept for ever").required(),
        ],
        writes: Some(Writes {
            act: law::CHANGE,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(verify),
    },
    Command {
        noun: "law",
        name: "restore",
        about: "Take a row of the law back to what the program brings",
        args: &[
            Arg::new("table", ArgKind::Word(all_words::<Table>), "what it is of").positional(),
            Arg::new("id", ArgKind::Line, "its id, such as 2ap").positional(),
            Arg::new("because", ArgKind::Body, "why").required(),
        ],
        writes: Some(Writes {
            act: law::CHANGE,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(restore),
    },
    Command {
        noun: "law",
        name: "history",
        about: "List the changes that were signed here to the law, the newest last",
        args: &[],
        writes: None,
        run: Handler::Reads(history),
    },
];

/// A status in words; what is not in force says so in capitals.
fn status_of(instrument: &Instrument, now: Timestamp) -> String {
    match (instrument.is_in_force(now), &instrument.applies_from) {
        (true, _) => "in force".to_owned(),
        (false, Some(day)) => format!("NOT IN FORCE: applies from {day}"),
        (false, None) => format!("NOT IN FORCE: {}", instrument.status.word().trim_end_matches(", not in force")),
    }
}

fn status(law: &Law, kind: &RequestKind, now: Timestamp) -> String {
    law.instrument(&kind.instrument).map_or_else(|| "NOT IN FORCE: unknown".to_owned(), |i| status_of(i, now))
}

fn kind_of<'l>(law: &'l Law, args: &Args) -> Result<&'l RequestKind, Error> {
    let id = args.need("kind")?;
    law.request(id).ok_or_else(|| Error::unknown(format!("there is no kind of request {}", shown(id))))
}

fn jurisdiction_of<'l>(law: &'l Law, args: &Args, field: &str) -> Result<&'l Jurisdiction, Error> {
    let code = args.need(field)?;
    law.jurisdiction(code).ok_or_else(|| Error::unknown(format!("there is no jurisdiction {}", shown(code))))
}

/// A kind of request, as a list shows it.
#[derive(Serialize)]
struct RequestKindRow<'l> {
    id: &'l str,
    instrument: &'l str,
    article: &'l str,
    name: &'l str,
    tier: Tier,
    level: Level,
    counterpart: Counterpart,
    /// Of its instrument.
    status: String,
    source: &'l str,
    verified: &'l Verified,
}

fn list(law: &Law, now: Timestamp, _: &Args) -> Result<Output, Error> {
    let mut rows = Vec::new();
    let binds = |r: &&RequestKind| law.instrument(&r.instrument).is_some_and(|i| i.is_in_force(now));
    // What is not in force stands last.
    let (in_force, others): (Vec<_>, Vec<_>) = law.requests().iter().partition(binds);
    for r in in_force.into_iter().chain(others) {
        rows.push(RequestKindRow {
            id: &r.id,
            instrument: &r.instrument,
            article: &r.article,
            name: &r.name,
            tier: r.tier,
            level: r.level,
            counterpart: r.counterpart,
            status: status(law, r, now),
            source: &r.source,
            verified: &r.verified,
        });
    }
    Ok(Output::list(
        &rows,
        &[
            ("id", "ID"),
            ("instrument", "INSTRUMENT"),
            ("article", "ARTICLE"),
            ("status", "STATUS"),
            ("verified", "VERIFIED"),
            ("name", "NAME"),
        ],
    ))
}

/// How long a clock runs, in words.
fn length(clock: &request::ClockRow) -> String {
    match clock.length() {
        Length::Fixed(n, unit) => format!("{n} {unit}s"),
        Length::OrLonger(n, unit) => format!("{n} {unit}s, or what the order sets where that is longer"),
        Length::AtLeast(n, unit) => {
            format!("at least {n} {unit}s, and until the request that follows on is decided")
        }
        Length::AsOrdered => "as the order or the warrant says".to_owned(),
        Length::Open => "no fixed limit".to_owned(),
    }
}

/// What the law says of a kind of request: for `law show`, and for the page of the screens.
pub struct KindPage<'l> {
    /// Its row.
    pub kind: &'l RequestKind,
    /// Whether its instrument is in force, in words.
    pub status: String,
    /// Whether it is.
    pub in_force: bool,
    /// The name of the instrument that it rests on.
    pub rests_on: &'l str,
    /// Who bears the costs; `None`: no row of the law says it.
    pub costs: Option<&'static CostRule>,
    /// Its grounds, those that are said to be none among them.
    grounds: Vec<&'l Ground>,
    /// Which law that is, in words.
    pub law: String,
}

impl<'l> KindPage<'l> {
    /// What a law says of a kind of request.
    pub fn of(law: &'l Law, kind: &'l RequestKind, now: Timestamp) -> Self {
        let instrument = law.instrument(&kind.instrument);
        Self {
            kind,
            status: status(law, kind, now),
            in_force: instrument.is_some_and(|i| i.is_in_force(now)),
            rests_on: instrument.map_or("", |i| i.name.as_str()),
            costs: cost_rule(&kind.instrument),
            grounds: kind.grounds.iter().filter_map(|g| law.ground(g)).collect(),
            law: law.version_in_words(),
        }
    }

    /// Whether it closes a list of grounds.
    pub const fn has_grounds(&self) -> bool {
        !self.grounds.is_empty()
    }

    /// The grounds that one side may raise.
    pub fn raised_by(&self, who: RaisedBy) -> impl Iterator<Item = &'l Ground> {
        self.grounds.iter().copied().filter(move |g| g.raised_by() == who && g.effect != Effect::Never)
    }

    /// What the instrument says is no ground.
    pub fn no_grounds(&self) -> impl Iterator<Item = &'l Ground> {
        self.grounds.iter().copied().filter(|g| g.effect == Effect::Never)
    }
}

fn show(law: &Law, now: Timestamp, args: &Args) -> Result<Output, Error> {
    let kind = kind_of(law, args)?;
    let page = KindPage::of(law, kind, now);
    let mut text = vec![
        format!("{}  {}, {}", kind.id, kind.name, kind.article),
        format!("  status    {}", page.status),
        format!("  rests on  {}", page.rests_on),
        format!(
            "  asks      tier {}, review {}, {}; data: {}",
            kind.tier,
            if kind.review { kind.level.word() } else { "none" },
            match kind.counterpart {
                Counterpart::Domestic => "of whom it binds at home: no partner is asked",
                Counterpart::Desk => "of a desk",
                Counterpart::Provider => "of a provider",
                Counterpart::Authority => "of an authority",
            },
            if kind.categories.is_empty() { "none".to_owned() } else { words_of(&kind.categories) }
        ),
        format!("  source    {} ({})", kind.source, kind.verified),
        match page.costs {
            Some(c) => format!("  costs     {}: {} ({}; {})", c.rule, c.text, c.source, c.verified),
            None => "  costs     no row of the law says who bears them".to_owned(),
        },
        format!("  law       {}", page.law),
        String::new(),
        "MUST SAY (* required)".to_owned(),
    ];
    text.extend(kind.field.iter().map(|f| {
        format!("{} {:16} [{}] {}: {}", if f.required { "*" } else { " " }, f.id, f.article, f.label, f.help)
    }));
    text.push(String::new());
    text.push("CLOCKS".to_owned());
    text.extend(kind.clock.iter().map(|c| {
        let rolls = if c.rolls { "; an end on a day off goes on to the next working day" } else { "" };
        format!(
            "  {} {}, from when it is {}: {}{rolls}. {} ({})",
            c.clock,
            c.variant,
            c.starts,
            length(c),
            c.source,
            c.verified
        )
    }));
    text.push(String::new());
    text.push(if page.has_grounds() {
        "GROUNDS on which it may be refused or postponed, and no others".to_owned()
    } else {
        "GROUNDS: no closed list".to_owned()
    });
    for (who, heading) in [
        (RaisedBy::Requested, ""),
        (RaisedBy::Enforcing, "  raised by the enforcing authority:"),
        (RaisedBy::Provider, "  raised by the provider:"),
    ] {
        let mut of = page.raised_by(who).peekable();
        if of.peek().is_some() && !heading.is_empty() {
            text.push(heading.to_owned());
        }
        text.extend(of.map(|g| {
            let only = if g.reserved { "; only for a side that reserved it" } else { "" };
            format!("  {:12} {} ({}; {}{only})", g.id, g.text, g.source_in(&kind.instrument), g.verified)
        }));
    }
    let no_grounds: Vec<&Ground> = page.no_grounds().collect();
    if !no_grounds.is_empty() {
        text.push("NO GROUND".to_owned());
        text.extend(
            no_grounds.iter().map(|g| format!("  {} ({}; {})", g.text, g.source_in(&kind.instrument), g.verified)),
        );
    }
    if kind.never_postponed {
        text.push("NEVER POSTPONED: it is carried out, or refused on a ground of its article".to_owned());
    }
    if let Some(consult) = &kind.consult {
        let must = if consult.must { "CONSULTED FIRST" } else { "CONSULTED FIRST where appropriate" };
        text.push(format!("{must}: {} ({})", consult.source, consult.verified));
    }
    if let Some(yields) = &kind.yields {
        text.push(format!(
            "WHERE A TREATY OF MUTUAL ASSISTANCE IS IN FORCE between the two, these fall away: {} ({}; {})",
            yields.grounds.join(", "),
            yields.source,
            yields.verified
        ));
    }
    if let Some(may) = &kind.unvalidated {
        text.push(format!("BEFORE VALIDATION it goes out in an emergency for {} alone", words_of(may)));
    }
    if kind.two_steps {
        text.push("IN TWO STEPS: what it gives follows only once its conditions are accepted".to_owned());
    }
    if !kind.follow_on.is_empty() {
        text.push(format!("\nFOLLOWED BY {}", kind.follow_on.join(", ")));
    }
    let answer = Output::thing(kind)
        .with("status", page.status)
        .with("ground", page.grounds)
        .with("costs", page.costs)
        .with("law", law.version());
    Ok(Output { text: Some(text.join("\n")), ..answer })
}

/// A clock that would run.
#[derive(Clone, Debug, Serialize)]
struct DeadlineRow {
    clock: ClockKind,
    variant: Variant,
    target: Option<Timestamp>,
    limit: Option<Timestamp>,
    /// The limit as the clocks of the addressee's place show it.
    local: String,
    rolls: bool,
    /// Whether the period is the shortest that counts.
    minimum: bool,
    status: String,
    source: String,
    starts: Event,
    verified: Verified,
}

fn compute(law: &Law, now: Timestamp, args: &Args) -> Result<Output, Error> {
    let kind = kind_of(law, args)?;
    let zone = match args.maybe("calendar") {
        Some(_) => jurisdiction_of(law, args, "calendar")?.zone(),
        // Who types the offset of a place counts in its days.
        None => args.maybe("from").and_then(Zone::of_typed).unwrap_or_default(),
    };
    let time = |t: &str| Timestamp::parse(t).or_else(|| Timestamp::parse_date(t).map(|day| zone.midnight(day)));
    let event = args.read("from", "a time such as 2026-09-04T14:20:00Z, or a date,", time)?;
    let days = args.number("days")?;
    if days.is_some_and(|n| !(1..=36_500).contains(&n)) {
        return Err(Error::usage("--days: 1 to 36500"));
    }
    let calendar = match args.maybe("calendar") {
        Some(_) => jurisdiction_of(law, args, "calendar")?.calendar(),
        None => Calendar::default().in_zone(zone.clone()),
    };
    let status = status(law, kind, now);
    let row = |c: &deadline::Clock<'_>| DeadlineRow {
        clock: c.row.clock,
        variant: c.row.variant.clone(),
        target: c.target,
        limit: c.limit,
        local: c.limit.map(|t| zone.show(t)).unwrap_or_default(),
        rolls: c.row.rolls,
        minimum: c.row.minimum,
        status: status.clone(),
        source: c.row.source.clone(),
        starts: c.row.starts,
        verified: c.row.verified,
    };
    let rows: Vec<DeadlineRow> = deadline::clocks(law, kind, event, days, &calendar).iter().map(row).collect();
    let columns = &[
        ("clock", "CLOCK"),
        ("variant", "VARIANT"),
        ("starts", "FROM WHEN IT IS"),
        ("target", "TARGET"),
        ("limit", "LIMIT"),
        ("local", "AT THE PLACE"),
        ("status", "STATUS"),
        ("source", "SOURCE"),
    ];
    Ok(Output::list(&rows, columns))
}

fn tests(_: &Law, _: Timestamp, _: &Args) -> Result<Output, Error> {
    let rows: Vec<&test::TestRow> = Test::ALL.iter().filter_map(|t| test::of(*t)).collect();
    Ok(Output::list(&rows, &[("id", "TEST"), ("level", "FROM"), ("source", "SOURCE"), ("question", "QUESTION")]))
}

fn ceilings(_: &Law, _: Timestamp, _: &Args) -> Result<Output, Error> {
    let columns = &[("kind", "KIND"), ("tier", "TIER"), ("verified", "VERIFIED"), ("source", "SOURCE")];
    Ok(Output::list(ceiling::all(), columns))
}

/// What stands over every word on a jurisdiction that was invented.
fn caution(j: &Jurisdiction) -> &'static str {
    if j.illustrative { "ILLUSTRATIVE: invented, nobody's law" } else { "" }
}

fn show_jurisdiction(law: &Law, _: Timestamp, args: &Args) -> Result<Output, Error> {
    let j = jurisdiction_of(law, args, "code")?;
    let mut text = vec![
        format!("{}  {}   {}", j.code, j.name, caution(j)),
        format!("  central authority  {}", j.central_authority),
        format!("  24/7 contact       {}", j.contact_24_7),
        format!("  languages          {}", j.languages.join(", ")),
        format!("  time zone          {}", if j.time_zone.is_empty() { "UTC" } else { &j.time_zone }),
        format!("  transmission       {}", j.transmission.join(", ")),
        format!("  dual criminality   {}", j.dual_criminality),
        format!("  capital punishment {}", j.capital_punishment),
        format!(
            "  asks assurances    {}",
            if j.assurances_required.is_empty() { "none".to_owned() } else { words_of(&j.assurances_required) }
        ),
        format!("  preservation       {} days, extended by {}", j.preservation_days, j.preservation_extension_days),
        format!("  notice             {}", j.notice_rule),
        format!("  remedies           {}", j.remedies),
        format!("  privilege          {}", j.privilege_rule),
        format!("  oversight          {}", j.oversight_body),
        format!("  evidence           {}", j.admissibility),
        String::new(),
        "INSTRUMENTS".to_owned(),
    ];
    text.extend(
        j.instrument.iter().map(|p| {
            format!("  {:12} {:9} {:11} {}", p.id, p.status, p.since.as_deref().unwrap_or("-"), p.reservations)
        }),
    );
    text.push("\nWHO AUTHORISES WHAT (4 is strictest)".to_owned());
    text.extend(j.threshold.iter().map(|t| {
        format!(
            "  {:14} {}  {}; {}; {}{}",
            t.category,
            t.rank,
            t.authoriser,
            t.standard,
            t.min_penalty,
            if t.independent { "; independent" } else { "" }
        )
    }));
    text.push("\nRECOGNISES".to_owned());
    text.extend(
        j.recognition.iter().map(|r| {
            format!("  of {} for {}: {}, until {}; after that {}", r.of, r.test, r.accepts, r.until, r.fallback)
        }),
    );
    text.push(format!("\n{} ({})", j.source, j.verified));
    Ok(Output { text: Some(text.join("\n")), ..Output::thing(j) })
}

/// A certificate of one side that the other takes as meeting a test.
#[derive(Serialize)]
struct Recognised<'l> {
    by: &'l str,
    of: &'l str,
    test: Test,
    accepts: &'l str,
    until: &'l str,
    stands: bool,
    fallback: &'l str,
}

/// What one side takes of another's.
fn recognised<'l>(by: &'l Jurisdiction, of: &'l Jurisdiction, now: Timestamp) -> impl Iterator<Item = Recognised<'l>> {
    by.recognition.iter().filter(|r| r.of == of.code).map(move |r| Recognised {
        by: &by.code,
        of: &of.code,
        test: r.test,
        accepts: &r.accepts,
        until: &r.until,
        stands: r.stands(now),
        fallback: &r.fallback,
    })
}

/// Who may order a category of data in one jurisdiction.
#[derive(Serialize)]
struct AuthoriserRow<'l> {
    rank: u8,
    authoriser: &'l str,
    standard: &'l str,
}

impl<'l> AuthoriserRow<'l> {
    fn of(threshold: &'l Threshold) -> Self {
        Self { rank: threshold.rank, authoriser: &threshold.authoriser, standard: &threshold.standard }
    }
}

/// A threshold of two jurisdictions.
#[derive(Serialize)]
struct Compared<'l> {
    category: Category,
    one: AuthoriserRow<'l>,
    other: AuthoriserRow<'l>,
    differs: bool,
    /// The code of the one whose standard is higher; empty where they are equal.
    higher: &'l str,
}

/// Two jurisdictions side by side.
#[derive(Serialize)]
struct Comparison<'l> {
    one: &'l str,
    other: &'l str,
    in_force: Vec<&'l str>,
    thresholds: Vec<Compared<'l>>,
    recognition: Vec<Recognised<'l>>,
}

fn compare(law: &Law, now: Timestamp, args: &Args) -> Result<Output, Error> {
    let (one, other) = (jurisdiction_of(law, args, "one")?, jurisdiction_of(law, args, "other")?);
    let bound: Vec<&str> = law
        .instruments()
        .iter()
        .filter(|i| law.in_force_between(i.id.word(), &one.code, &other.code, now))
        .map(|i| i.id.word())
        .collect();
    let (mut thresholds, mut differ) = (Vec::new(), Vec::new());
    for a in &one.threshold {
        let Some(b) = other.threshold.iter().find(|t| t.category == a.category) else { continue };
        // Where two laws differ, the higher standard applies.
        let higher = match a.rank.cmp(&b.rank) {
            std::cmp::Ordering::Greater => &one.code,
            std::cmp::Ordering::Less => &other.code,
            std::cmp::Ordering::Equal => "",
        };
        let mark = if a.rank == b.rank { " " } else { "!" };
        differ.push(format!("{mark} {:14} {} {} | {} {}", a.category, a.rank, a.authoriser, b.rank, b.authoriser));
        thresholds.push(Compared {
            category: a.category,
            one: AuthoriserRow::of(a),
            other: AuthoriserRow::of(b),
            differs: a.rank != b.rank,
            higher,
        });
    }
    let recognition: Vec<Recognised<'_>> = recognised(one, other, now).chain(recognised(other, one, now)).collect();
    let mut text = vec![
        format!("{} and {}   {}", one.code, other.code, caution(one)),
        format!("\nIN FORCE BETWEEN THEM\n  {}", bound.join(", ")),
    ];
    text.push(format!("\nWHERE THEY DIFFER\n  {:20} {:28} {:28}", "", one.code, other.code));
    for (what, a, b) in [
        ("dual criminality", &one.dual_criminality, &other.dual_criminality),
        ("capital punishment", &one.capital_punishment.to_string(), &other.capital_punishment.to_string()),
        ("asks assurances", &words_of(&one.assurances_required), &words_of(&other.assurances_required)),
        (
            "preservation",
            &format!("{} + {} days", one.preservation_days, one.preservation_extension_days),
            &format!("{} + {} days", other.preservation_days, other.preservation_extension_days),
        ),
    ] {
        text.push(format!(
            "{} {what:20} {:28} {:28}",
            if a == b { " " } else { "!" },
            if a.is_empty() { "none" } else { a },
            if b.is_empty() { "none" } else { b }
        ));
    }
    text.push("\nTHRESHOLDS (the higher standard applies)".to_owned());
    text.extend(differ);
    text.push("\nRECOGNISED".to_owned());
    for r in &recognition {
        let (stands, after) =
            if r.stands { ("until", String::new()) } else { ("LAPSED", format!("; now: {}", r.fallback)) };
        text.push(format!("  {} takes of {} for {}: {} ({stands} {}{after})", r.by, r.of, r.test, r.accepts, r.until));
    }
    let value = Comparison { one: &one.code, other: &other.code, in_force: bound, thresholds, recognition };
    Ok(Output { text: Some(text.join("\n")), ..Output::thing(&value) })
}

fn table_of(args: &Args) -> Result<Table, Error> {
    args.read("table", "instrument, request, ground or jurisdiction", Table::parse)
}

fn write_row(law: &Law, _: Timestamp, args: &Args) -> Result<Output, Error> {
    let (table, id) = (table_of(args)?, args.need("id")?);
    let row = law.row(table, id).ok_or_else(|| Error::unknown(format!("there is no {table} {}", shown(id))))?;
    let value = BTreeMap::from([(table.word(), [row])]);
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    Ok(Output { text: Some(text), ..Output::thing(&value) })
}

// --- changes -------------------------------------------------------------------------------------------------------

/// The largest file of rows that is read, in bytes.
const LARGEST_FILE: u64 = 1024 * 1024;

/// The rows of a file, each with its table: JSON as [`write_row`] has it, or TOML as the program's own.
fn rows_of(bytes: &[u8]) -> Result<Vec<(Table, Json)>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let json = if text.trim_start().starts_with('{') {
        text.to_owned()
    } else {
        let value: Value = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        value.to_string()
    };
    let file = json::parse(json.as_bytes(), Limits::FOREIGN).map_err(|e| e.to_string())?;
    let mut rows = Vec::new();
    for (name, list) in file.members().ok_or("it is no list of rows")? {
        let table = Table::parse(name).ok_or_else(|| format!("`{}` is no table of the law", shown(name)))?;
        let list = list.items().ok_or_else(|| format!("`{table}` is no list of rows"))?;
        rows.extend(list.iter().map(|row| (table, row.clone())));
    }
    Ok(rows)
}

fn change(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let path = args.path("file")?;
    let bad = |what: String| {
        let what = format!("{}: {what}", shown(&path.to_string_lossy()));
        Error::new(ErrorKind::Malformed, what, "nothing was changed; `comity law row` writes a row as it is taken")
    };
    let rows = rows_of(&file::read(&path, LARGEST_FILE)?).map_err(bad)?;
    let because = args.body("because")?.unwrap_or_default();
    let before = workspace.law()?;
    let mut after = Law::clone(&before);
    let (mut seen, mut changes) = (Vec::new(), Vec::new());
    for (table, row) in rows {
        let id = after.put(table, &row.to_text()).map_err(|e| bad(format!("{table} {}", shown(&e))))?;
        if seen.contains(&(table, id.clone())) {
            return Err(bad(format!("{table} {id} stands in it twice")));
        }
        seen.push((table, id.clone()));
        // What is signed is the whole row in its own order, however it was typed.
        let whole = after.row(table, &id).filter(|row| before.row(table, &id).as_ref() != Some(row));
        let Some(whole) = whole.map(|row| json::parse(row.to_string().as_bytes(), Limits::SIGNED)) else { continue };
        changes.push((table, id, Some(whole.map_err(|e| bad(e.to_string()))?)));
    }
    if changes.is_empty() {
        return Err(Error::not_allowed("the law says all of that already: nothing was changed"));
    }
    let named: Vec<String> = changes.iter().map(|(table, id, _)| format!("{table} {id}")).collect();
    sign(workspace, &because, changes)?;
    describe_rows(workspace, &named)
}

/// The table and id of a row that is named by its id, or by both.
fn row_named(law: &Law, named: &str) -> Result<(Table, String), Error> {
    let (tables, id) = match named.split_once('/') {
        Some((table, id)) => (Table::parse(table).into_iter().collect::<Vec<_>>(), id),
        None => (Table::ALL.to_vec(), named),
    };
    let found: Vec<Table> = tables.into_iter().filter(|table| law.row(*table, id).is_some()).collect();
    match found.as_slice() {
        [table] => Ok((*table, id.to_owned())),
        [] => Err(Error::unknown(format!("there is no row {}", shown(named)))),
        several => {
            let all: Vec<String> = several.iter().map(|table| format!("{table}/{id}")).collect();
            Err(Error::usage(format!("{} names several rows: {}", shown(named), all.join(", "))))
        }
    }
}

fn verify(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let before = workspace.law()?;
    let (table, id) = row_named(&before, args.need("row")?)?;
    let day = args.read("on", DAY.what, Timestamp::parse_date)?;
    if Timestamp::of_date(day) > workspace.now() {
        return Err(Error::usage("--on: nobody has read anything on a day that is still to come"));
    }
    let because = args.body("because")?.unwrap_or_default();
    let unknown = || Error::unknown(format!("there is no {table} {}", shown(&id)));
    let mut row = before.row(table, &id).ok_or_else(unknown)?;
    if let Some(members) = row.as_object_mut() {
        members.insert("verified".to_owned(), day.to_string().into());
    }
    let mut after = Law::clone(&before);
    let bad = |what: String| Error::new(ErrorKind::Malformed, what, "nothing was changed");
    after.put(table, &row.to_string()).map_err(bad)?;
    if before.row(table, &id).as_ref() == Some(&row) {
        return Err(Error::not_allowed(format!("{table} {id} was verified on that day already")));
    }
    let row = json::parse(row.to_string().as_bytes(), Limits::SIGNED).map_err(|e| bad(e.to_string()))?;
    sign(workspace, &because, vec![(table, id.clone(), Some(row))])?;
    describe_rows(workspace, &[format!("{table} {id}")])
}

fn restore(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let (table, id) = (table_of(args)?, args.line("id")?);
    let because = args.body("because")?.unwrap_or_default();
    sign(workspace, &because, vec![(table, id.clone(), None)])?;
    describe_rows(workspace, &[format!("{table} {id}")])
}

fn sign(workspace: &mut Workspace, because: &str, changes: Vec<(Table, String, Option<Json>)>) -> Result<(), Error> {
    let said = object! { "because" => because };
    workspace.act(law::CHANGE, Audience::OwnDesk, None, |act, entropy| {
        for (table, id, row) in changes {
            act.change(law::changed(entropy.id()?, table, &id, row, &said, entropy.salt()?))?;
        }
        Ok(())
    })?;
    Ok(())
}

/// What a change of the law came to.
#[derive(Serialize)]
struct LawChanged<'a> {
    changed: &'a [String],
    law: u64,
}

fn describe_rows(workspace: &Workspace, named: &[String]) -> Result<Output, Error> {
    let law = workspace.law()?;
    let said = format!("Changed: {}. From now on decides: {}.", named.join(", "), law.version_in_words());
    Ok(Output::thing(&LawChanged { changed: named, law: law.version() }).with_message(said))
}

/// A change of the law as it is shown.
#[derive(Clone, Debug, Serialize)]
struct LawChange {
    number: usize,
    id: Id,
    table: Option<Table>,
    row: Option<String>,
    /// Its state in a word; or that this program cannot read its row.
    state: &'static str,
    at: Option<Timestamp>,
    by: Option<String>,
    act: Option<Digest>,
    because: String,
}

fn history_row(workspace: &Workspace, number: usize, record: &Record) -> Result<LawChange, Error> {
    let position = record.terms.get("position").and_then(Json::int).unwrap_or(0);
    let act = read::act(&workspace.db, position)?;
    let header = act.as_ref().map(read::StoredAct::read_header).transpose()?;
    Ok(LawChange {
        number,
        id: record.id,
        table: record.text("table").and_then(Table::parse),
        row: record.text("id").map(str::to_owned),
        state: if law::is_readable(record) { record.state.word() } else { "of another program: not in use" },
        at: header.as_ref().map(|h| h.time.at),
        by: header.map(|h| workspace.name_of(h.member)).transpose()?,
        act: act.map(|a| a.id),
        because: workspace.text_of(record, "because")?,
    })
}

fn history(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let all = law::all(&workspace.records())?;
    let rows: Vec<LawChange> =
        all.iter().enumerate().map(|(n, r)| history_row(workspace, n + 1, r)).collect::<Result<_, Error>>()?;
    let columns = &[
        ("number", "NO."),
        ("table", "TABLE"),
        ("row", "ROW"),
        ("state", "STATE"),
        ("at", "AT"),
        ("by", "BY"),
        ("because", "BECAUSE"),
    ];
    Ok(Output::list(&rows, columns))
}

/// The position of the last act that made a change of these kinds to a record; `None` where there was none.
fn last_act(workspace: &Workspace, record: &Record, kinds: &[ChangeKind], own: bool) -> Result<Option<i64>, Error> {
    for (row, kind) in read::rows_of(&workspace.db, record.id)?.iter().rev() {
        if !kinds.iter().any(|k| k.is(kind)) {
            continue;
        }
        let Some(position) = read::position_of_row(&workspace.db, *row)? else { continue };
        if !own || read::act(&workspace.db, position)?.is_some_and(|act| act.desk == workspace.meta.desk) {
            return Ok(Some(position));
        }
    }
    Ok(None)
}

/// The law by which the last change of these kinds to a record was decided, or came; where there was none, the law of now.
pub fn of(workspace: &Workspace, record: &Record, kinds: &[ChangeKind]) -> Result<Arc<Law>, Error> {
    if workspace.has_law_of_program()? {
        return Ok(Law::of_program());
    }
    let position = last_act(workspace, record, kinds, false)?;
    workspace.law_before(position.unwrap_or(i64::MAX))
}

/// Which version of the law the last own change of these kinds to a record was decided by, in words; `None` where there
/// was none.
pub fn decided_by(workspace: &Workspace, record: &Record, kinds: &[ChangeKind]) -> Result<Option<String>, Error> {
    let position = last_act(workspace, record, kinds, true)?;
    let version = position.map(|p| law::version_at(&workspace.records(), p)).transpose()?;
    Ok(version.map(version_in_words))
}
