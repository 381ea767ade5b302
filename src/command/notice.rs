//! Telling the person: what is owed to whom for what was shared or ordered, told or delayed with a reason and a day on which
//! that is looked at again; and the letter that names the remedies.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::copy_out;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::destination::FORCE;
use crate::law::telling::{self, TellingRow};
use crate::record::kind::{Kind, StateTone};
use crate::record::notice::{self, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{disclosure, letter as logged, request};
use crate::report::language::{self, Phrase};
use crate::report::letter::{Letter, Party};
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::text::shown_lines;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const OF: Arg =
    Arg::new("of", ArgKind::Record(&[Kind::Disclosure, Kind::Request]), "what was shared or asked for").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "notice",
        name: "list",
        about: "List which persons are still to be told of what was shared or ordered, and which delays have lapsed",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "notice",
        name: "tell",
        about: "Note that the person was told",
        args: &[OF, Arg::new("text", ArgKind::Body, "what they were told, how and by whom").required()],
        writes: Some(Writes::of(notice::TELL, Weight::Signs, Needs::OneOf(notice::TELLABLE))),
        run: Handler::Writes(note_told),
    },
    Command {
        noun: "notice",
        name: "delay",
        about: "Note that the person is not told yet, why, and when that is looked at again",
        args: &[
            OF,
            Arg::new("because", ArgKind::Body, "why telling would endanger the case or somebody").required(),
            Arg::new("review", ArgKind::Time, "when the reason is looked at again").required(),
        ],
        writes: Some(Writes::of(notice::DELAY, Weight::Signs, Needs::OneOf(notice::TELLABLE))),
        run: Handler::Writes(note_delayed),
    },
    Command {
        noun: "notice",
        name: "letter",
        about: "Write the letter to the person: what was done with their data, and what they can do against it",
        args: &[
            OF,
            Arg::new("text", ArgKind::Body, "what was done, in words for the person").required(),
            Arg::new("language", ArgKind::Word(language::codes), "the language of the letter"),
            Arg::new("out", ArgKind::ToWrite, "the file to write; one that ends in .txt is plain text").required(),
            FORCE,
        ],
        writes: Some(Writes {
            rehearsable: false,
            ..Writes::of(logged::WRITE, Weight::Signs, Needs::OneOf(notice::TELLABLE))
        }),
        run: Handler::Writes(write),
    },
];

words! {
    /// Whether a person was told.
    Telling {
        /// Nobody has told them, or said why not.
        Owed = "owed",
        /// They are told later, for a reason that stands.
        Delayed = "delayed",
        /// The day on which the reason was to be looked at has passed.
        Lapsed = "lapsed",
        /// They were told.
        Told = "told",
    }
}

impl Telling {
    /// How it is seen at a glance.
    const fn mood(self) -> StateTone {
        match self {
            Self::Owed => StateTone::Waiting,
            Self::Delayed => StateTone::Neutral,
            Self::Lapsed => StateTone::Stopped,
            Self::Told => StateTone::Good,
        }
    }
}

/// What a person is to be told of.
#[derive(Clone, Debug, Serialize)]
pub struct NoticeRow {
    /// The disclosure or the request.
    pub of: Id,
    /// Which of the two.
    pub kind: Kind,
    /// Whether the person was told.
    pub state: Telling,
    /// When a delay is looked at again.
    pub review: Option<Timestamp>,
    /// When it was shared or sent.
    pub since: Option<Timestamp>,
    /// The partner.
    pub partner: String,
    /// Why it is delayed, or what was told.
    pub text: String,
    /// What the law says of telling them: the rule, and where it stands.
    pub rule: String,
    /// How many days a delay may take at most before it is decided again; none: as long as its reason lasts.
    pub longest_delay: Option<i64>,
}

/// The row of the law on telling the person of a disclosure or a request.
fn telling_of(workspace: &Workspace, record: &Record) -> Result<Option<&'static TellingRow>, Error> {
    let law = workspace.law()?;
    let kind = (record.kind == Kind::Request).then(|| record.text("kind").and_then(|id| law.request(id))).flatten();
    Ok(telling::of(kind.map(|kind| (kind.id.as_str(), kind.instrument.as_str()))))
}

/// What the law says of telling the person, and where it stands. Where no instrument says it, the desk's own law does.
fn rule_of(workspace: &Workspace, row: &TellingRow) -> Result<String, Error> {
    let general = format!("{} ({})", row.rule, row.source);
    let (law, own) = (workspace.law()?, workspace.own_record()?);
    let domestic = own.text("jurisdiction").and_then(|code| law.jurisdiction(code));
    let domestic = domestic.filter(|side| row.instrument.is_none() && !side.notice_rule.is_empty());
    Ok(domestic.map_or(general, |side| format!("{} (the law of {}: {})", side.notice_rule, side.name, side.source)))
}

fn row(workspace: &Workspace, record: &Record, with_text: bool) -> Result<NoticeRow, Error> {
    let newest = notice::newest(&workspace.records(), record.id)?;
    let review = newest.as_ref().and_then(|n| n.instant("review"));
    let state = match (&newest, review) {
        (None, _) => Telling::Owed,
        (Some(n), _) if n.is(State::Told) => Telling::Told,
        (Some(_), Some(review)) if review <= workspace.now() => Telling::Lapsed,
        (Some(_), _) => Telling::Delayed,
    };
    let telling = telling_of(workspace, record)?;
    Ok(NoticeRow {
        rule: telling.map(|row| rule_of(workspace, row)).transpose()?.unwrap_or_default(),
        longest_delay: telling.and_then(|row| row.longest_delay),
        of: record.id,
        kind: record.kind,
        state,
        review,
        since: record.instant("sent").or(record.instant("released")),
        partner: workspace.partner_of(record)?.unwrap_or_default(),
        text: newest.filter(|_| with_text).map(|n| workspace.text_of(&n, "text")).transpose()?.unwrap_or_default(),
    })
}

/// What persons are to be told of: own disclosures above tier 1, and own orders and requests that ask for data of persons.
pub fn rows(workspace: &Workspace) -> Result<Vec<NoticeRow>, Error> {
    rows_with(workspace, true)
}

/// The same without what was told or why it was not: nothing of it is read.
pub fn standings(workspace: &Workspace) -> Result<Vec<NoticeRow>, Error> {
    rows_with(workspace, false)
}

fn rows_with(workspace: &Workspace, with_text: bool) -> Result<Vec<NoticeRow>, Error> {
    let law = workspace.law()?;
    let own = workspace.meta.desk;
    let mut all = workspace.records().find(&Query::state(disclosure::State::Released))?;
    all.retain(|r| r.tier.is_none_or(|t| t.number() > 1));
    let asks = |r: &Record| {
        r.text("kind").and_then(|id| law.request(id)).is_some_and(|k| k.hands_over() && !k.categories.is_empty())
    };
    let requests = workspace.records().find(&Query::kind(Kind::Request))?;
    let sent = |r: &Record| notice::TELLABLE.contains(&r.state) && !r.is(request::State::Withdrawn);
    all.extend(requests.into_iter().filter(|r| r.desk == own && sent(r) && asks(r)));
    all.iter().map(|r| row(workspace, r, with_text)).collect()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("of", "OF"),
        ("kind", "KIND"),
        ("partner", "DESK"),
        ("state", "PERSON"),
        ("review", "LOOKED AT AGAIN"),
        ("text", "WHY, OR WHAT"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).in_mood(|word| Telling::parse(word).map(Telling::mood)))
}

fn subject(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("of")?, &[Kind::Disclosure, Kind::Request])
}

fn note_told(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = subject(workspace, args)?.id;
    let text = args.body("text")?.unwrap_or_default();
    let id = workspace.entropy.id()?;
    workspace.act_alone(notice::TELL, Audience::OwnDesk, |e, _| Ok(notice::told(id, of, &text, e.salt()?)))?;
    Ok(Output::made(id, "Noted: the person was told."))
}

fn note_delayed(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = subject(workspace, args)?;
    let of = record.id;
    let because = args.body("because")?.unwrap_or_default();
    let review = args.time("review", workspace.now())?;
    if let Some(row) = telling_of(workspace, &record)?
        && let Some(days) = row.longest_delay
        && review > workspace.now().plus(Duration::days(days))
    {
        let what = format!("{}: telling the person is postponed for at most {days} days at a time", row.source);
        return Err(Error::not_allowed(what).hint(format!("name a day with --review that is no later than {days}d")));
    }
    let id = workspace.entropy.id()?;
    workspace
        .act_alone(notice::DELAY, Audience::OwnDesk, |e, _| Ok(notice::delayed(id, of, review, &because, e.salt()?)))?;
    Ok(Output::made(id, format!("Delayed: it rises to the Desk on {}.", review.to_minute())))
}

/// The letter to the person. It names what was done and the remedies, and neither a partner nor anybody of the desk.
fn letter_to_person(workspace: &Workspace, record: &Record, text: &str) -> Result<Letter, Error> {
    let law = workspace.law()?;
    let own = workspace.own_record()?;
    let side = own.text("jurisdiction").and_then(|code| law.jurisdiction(code));
    let name = workspace.text_of(&own, "name")?;
    Ok(Letter {
        template: "person".to_owned(),
        exercise: workspace.meta.realm != crate::value::realm::Realm::Live,
        from: Party {
            code: workspace.code_of(own.id)?,
            name,
            contact_24_7: side.map(|j| j.contact_24_7.clone()).unwrap_or_default(),
            ..Party::default()
        },
        date: workspace.now().to_minute(),
        reference: format!("N-{}", record.id.short()),
        text: shown_lines(text).join("\n"),
        remedies: side.map(|j| j.remedies.clone()).unwrap_or_default(),
        tool: Phrase::of("tool").with("version", env!("CARGO_PKG_VERSION")).with("law", law.version().to_string()),
        ..Letter::default()
    })
}

fn write(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = subject(workspace, args)?;
    copy_out::write_letter(workspace, args, (record.id, "person-letter"), |workspace| {
        letter_to_person(workspace, &record, &args.body("text")?.unwrap_or_default())
    })
}
