//! Agreements with partners.

use crate::record::kind::{ChangeKind, Kind, StateTone};
use std::collections::BTreeMap;

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::copy_out;
use crate::command::crossing::{MADE_FOR_EXERCISE, must_be_made_for};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Known, NeededWhere, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::desk::workspace_info::short;
use crate::command::destination::{Destination, FORCE};
use crate::command::history::acts_of;
use crate::command::shape::{TIER, TOKENS};
use crate::exchange::iep::{self, Incoming, Outgoing, Policy};
use crate::host::file;
use crate::law::instrument::Instrument;
use crate::record::agreement::{self, AgreementContent, Renewal, Terms, terms_of};
use crate::record::definition::token;
use crate::record::reviewed::{self, ReviewResult, Reviewed};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::target::{TARGET, Targets};
use crate::value::class::{Category, Onward, Tier, words};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::policy::{STATEMENTS, Stated, words_of};
use crate::value::realm::{BANNER, Realm};
use crate::value::text::shown;
use crate::value::timestamp::{Duration, Timestamp};
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The instruments of the law that this desk works by, those that its own changes added among them.
fn instruments(workspace: &Workspace, _: &Args) -> Result<Vec<Known>, Error> {
    let known = |i: &Instrument| Known { word: i.id.to_string(), text: i.name.clone() };
    Ok(workspace.law()?.instruments().iter().map(known).collect())
}

/// The formats of policies.
fn formats() -> Vec<&'static str> {
    vec![iep::NAME]
}

const AGREEMENT: Arg = Arg::new("agreement", ArgKind::Record(&[Kind::Agreement]), "the agreement").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "agreement",
        name: "add",
        about: "Record an agreement with a partner: what it covers, how far, until when",
        args: &[
            Arg::new("partner", ArgKind::Partner, "with whom").required(),
            Arg::new("instrument", ArgKind::Known(instruments), "under which instrument; `comity law list` names them")
                .required(),
            Arg::new("purpose", ArgKind::Line, "for which purpose").of_shape(TOKENS).required().repeated(),
            Arg::new("categories", ArgKind::Words(all_words::<Category>), "for which data").required().repeated(),
            Arg::new("retention-cap", ArgKind::Duration, "the longest deletion term, such as 90d").required(),
            Arg::new("title", ArgKind::Line, "its title; needed without a policy")
                .needed(NeededWhere::Without(&["iep"])),
            Arg::new("from", ArgKind::Time, "from when; needed without a policy")
                .needed(NeededWhere::Without(&["iep"])),
            Arg::new("until", ArgKind::Time, "until when; needed where no policy says it")
                .ahead()
                .needed(NeededWhere::Without(&["iep"])),
            Arg::new("tier", ArgKind::Number, "up to which tier; without it, the default of the partner's kind")
                .of_shape(TIER),
            Arg::new(
                "target",
                ArgKind::Line,
                "within how many days what is done, such as acknowledged=3,decided=30: targets of the two, in days",
            )
            .repeated(),
            Arg::new(
                "onward",
                ArgKind::Word(all_words::<Onward>),
                "whether what is shared may be passed on; `no` binds every copy",
            ),
            Arg::new(
                "typed-reason",
                ArgKind::Flag,
                "whoever looks at personal data that came from the partner types why, each time",
            ),
            Arg::new("safeguards", ArgKind::Body, "its safeguards, in words"),
            Arg::new("costs", ArgKind::Body, "who bears which costs, in words"),
            Arg::new(
                "encrypt-in-transit",
                ArgKind::Word(|| words_of("encrypt-in-transit")),
                "whether what is passed on is encrypted",
            ),
            Arg::new(
                "permitted-actions",
                ArgKind::Word(|| words_of("permitted-actions")),
                "what may be done with what is shared",
            ),
            Arg::new(
                "affected-party-notifications",
                ArgKind::Word(|| words_of("affected-party-notifications")),
                "whether those who are affected may be told",
            ),
            Arg::new(
                "attribution",
                ArgKind::Word(|| words_of("attribution")),
                "whether the source is named where it is passed on",
            ),
            Arg::new(
                "unmodified-resale",
                ArgKind::Word(|| words_of("unmodified-resale")),
                "whether it may be sold as it is",
            ),
            Arg::new("iep", ArgKind::Existing, "a policy (FIRST IEP 2.0, JSON) that states what it can of all this"),
            MADE_FOR_EXERCISE,
            Arg::new("dry-run", ArgKind::Flag, "only say what would be recorded, and what of the policy would not"),
        ],
        writes: Some(Writes {
            act: crate::record::agreement::ADD,
            weight: Weight::Signs,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("agreement end"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(add),
    },
    Command {
        noun: "agreement",
        name: "list",
        about: "List the agreements",
        args: &[Arg::new("partner", ArgKind::Partner, "only with this partner")],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "agreement",
        name: "show",
        about: "Show an agreement",
        args: &[AGREEMENT],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "agreement",
        name: "export",
        about: "Write what an agreement says of handling as a policy (FIRST IEP 2.0, JSON), and say what it leaves out",
        args: &[
            AGREEMENT,
            Arg::new("format", ArgKind::Word(formats), "the format").required(),
            Arg::new("out", ArgKind::ToWrite, "the file to write; without it, the policy is shown"),
            FORCE,
        ],
        writes: Some(Writes {
            act: crate::record::letter::WRITE,
            weight: Weight::Records,
            needs: Needs::OneOf(agreement::RECORDED),
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(export),
    },
    Command {
        noun: "agreement",
        name: "review",
        about: "Note that this desk has looked whether an agreement still serves, and when it looks again",
        args: &[
            AGREEMENT,
            Arg::new("result", ArgKind::Word(all_words::<ReviewResult>), "what it came to").required(),
            Arg::new("notes", ArgKind::Body, "what works, what does not").required(),
            Arg::new("next", ArgKind::Time, "when it is looked at again"),
        ],
        writes: Some(Writes {
            act: agreement::REVIEW,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Review],
        }),
        run: Handler::Writes(review),
    },
    Command {
        noun: "agreement",
        name: "renew",
        about: "Let an agreement go on until another day, and say what changes from then on; the partner hears it",
        args: &[
            AGREEMENT,
            Arg::new("until", ArgKind::Time, "until when").ahead().required(),
            Arg::new("because", ArgKind::Body, "why").required(),
            Arg::new("lessons", ArgKind::Body, "what was learned since it was agreed or renewed last"),
            Arg::new("next-review", ArgKind::Time, "when it is looked at again"),
            Arg::new("purpose", ArgKind::Line, "other purposes from then on").of_shape(TOKENS).repeated(),
            Arg::new("categories", ArgKind::Words(all_words::<Category>), "other data from then on").repeated(),
            Arg::new("tier", ArgKind::Number, "up to another tier from then on").of_shape(TIER),
            Arg::new("retention-cap", ArgKind::Duration, "another longest deletion term, such as 90d"),
            Arg::new(
                "target",
                ArgKind::Line,
                "other targets, such as acknowledged=3,decided=30: targets of the two, in days",
            )
            .repeated(),
        ],
        writes: Some(Writes {
            act: agreement::RENEW,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(renew),
    },
    Command {
        noun: "agreement",
        name: "countersign",
        about: "Say that a partner's record of an agreement is as it was agreed; the partner hears it with the next bundle",
        args: &[AGREEMENT],
        writes: Some(Writes {
            act: agreement::COUNTERSIGN,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(countersign),
    },
    Command {
        noun: "agreement",
        name: "end",
        about: "End an agreement now",
        args: &[AGREEMENT, Arg::new("because", ArgKind::Line, "why").required()],
        writes: Some(Writes {
            act: crate::record::agreement::END,
            weight: Weight::Destroys,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(end),
    },
];

/// How long before its end an agreement shows as due for renewal.
const RENEWAL: Duration = Duration::days(42);

words! {
    /// Where an agreement stands today.
    Status {
        /// Its first day has not come.
        NotYet = "not yet",
        /// It covers what it covers.
        InForce = "in force",
        /// It does, and ends in a few weeks.
        RenewalDue = "renewal due",
        /// Its last day has passed.
        Expired = "expired",
        /// It was ended before its time.
        Ended = "ended",
    }
}

words! {
    /// Which of the two desks recorded an agreement.
    Whose {
        /// This one: it decides here.
        Ours = "ours",
        /// The partner.
        Theirs = "theirs",
    }
}

impl Status {
    /// How it is seen at a glance.
    pub const fn mood(self) -> StateTone {
        match self {
            Self::NotYet => StateTone::Neutral,
            Self::InForce => StateTone::Good,
            Self::RenewalDue => StateTone::Waiting,
            Self::Expired => StateTone::Stopped,
            Self::Ended => StateTone::Over,
        }
    }
}

/// An agreement as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct AgreementSummary {
    /// The record.
    pub id: Id,
    /// With whom.
    pub partner: String,
    /// `in force`, `renewal due` (in force for six weeks at most), `not yet`, `expired` or `ended`.
    pub state: Status,
    /// Its title.
    pub title: String,
    /// Under which instrument.
    pub instrument: String,
    /// For which purposes.
    pub purposes: Vec<String>,
    /// For which data.
    pub categories: Vec<Category>,
    /// Up to which tier.
    pub tier: Option<Tier>,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The longest deletion term, in days.
    pub retention_cap_days: i64,
    /// Within how many days what is done, in words.
    pub targets: String,
    /// Whether what is shared may be passed on; none where it does not say.
    pub onward: Option<Onward>,
    /// Whether who looks at personal data of the partner types why.
    pub typed_reason: bool,
    /// What else it states of handling: names and words of IEP 2.0. Nothing is decided by it.
    pub handling: BTreeMap<&'static str, &'static str>,
    /// Its safeguards, in words.
    pub safeguards: String,
    /// Who bears which costs, in words.
    pub costs: String,
    /// Which of the two desks recorded it.
    pub whose: Whose,
    /// When the other side countersigned it.
    pub countersigned: Option<Timestamp>,
    /// When it was renewed last.
    pub renewed: Option<Timestamp>,
    /// When its next review is.
    pub review_due: Option<Timestamp>,
}

impl AgreementSummary {
    /// Whether it is in force: things leave under it.
    pub fn is_in_force(&self) -> bool {
        matches!(self.state, Status::InForce | Status::RenewalDue)
    }
}

/// A member of an agreement that the two desks recorded differently.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// Which member.
    pub what: &'static str,
    /// What this desk recorded.
    pub ours: String,
    /// What the partner recorded.
    pub theirs: String,
}

/// An agreement's record as it is shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<AgreementSummary, Error> {
    let terms = terms_of(record)?;
    let handling = handling_of(&terms);
    let content = workspace.content(record)?;
    let text =
        |key: &str| content.as_ref().and_then(|c| c.get(key)).and_then(Json::text).unwrap_or_default().to_owned();
    let now = workspace.now();
    let state = match () {
        () if record.is(agreement::State::Ended) => Status::Ended,
        () if now < terms.from => Status::NotYet,
        () if now >= terms.until => Status::Expired,
        () if now.plus(RENEWAL) >= terms.until => Status::RenewalDue,
        () => Status::InForce,
    };
    Ok(AgreementSummary {
        id: record.id,
        partner: workspace.code_of(record.partner.unwrap_or(terms.partner))?,
        state,
        title: text("title"),
        instrument: terms.instrument,
        purposes: terms.purposes,
        categories: terms.categories,
        tier: terms.tier,
        from: terms.from,
        until: terms.until,
        retention_cap_days: terms.retention_cap_days,
        targets: terms.targets.said(),
        onward: terms.onward,
        typed_reason: terms.typed_reason,
        handling,
        safeguards: text("safeguards"),
        costs: text("costs"),
        whose: if agreement::is_theirs(record) { Whose::Theirs } else { Whose::Ours },
        countersigned: record.instant("countersigned"),
        renewed: agreement::before_renewals(record).last().map(|(at, _)| *at),
        review_due: reviewed::next_of(record),
    })
}

/// The other side's record of the same agreement: the newest under the same instrument.
pub fn counterpart(workspace: &Workspace, record: &Record) -> Result<Option<Record>, Error> {
    let (instrument, theirs) = (terms_of(record)?.instrument, agreement::is_theirs(record));
    let all = workspace.records().find(&Query { partner: record.partner, ..Query::kind(Kind::Agreement) })?;
    let other = |r: &Record| {
        agreement::is_theirs(r) != theirs
            && !r.is(agreement::State::Ended)
            && terms_of(r).is_ok_and(|t| t.instrument == instrument)
    };
    Ok(all.into_iter().rev().find(other))
}

/// What the two desks recorded differently, side by side.
pub fn differences(ours: &AgreementSummary, theirs: &AgreementSummary) -> Vec<Difference> {
    let told = |row: &AgreementSummary| {
        let sorted = |mut words: Vec<&str>| {
            words.sort_unstable();
            words.join(", ")
        };
        let mut told = vec![
            ("purposes", sorted(row.purposes.iter().map(String::as_str).collect())),
            ("categories", sorted(row.categories.iter().map(|c| c.word()).collect())),
            ("tier", row.tier.map_or_else(|| "the default".to_owned(), |t| t.to_string())),
            ("from", row.from.to_string()),
            ("until", row.until.to_string()),
            ("retention_cap_days", row.retention_cap_days.to_string()),
            ("targets", row.targets.clone()),
            ("onward", row.onward.map_or("not said", Onward::word).to_owned()),
            ("typed_reason", if row.typed_reason { "asked" } else { "not asked" }.to_owned()),
        ];
        let handling = |name: &'static str| (name, row.handling.get(name).copied().unwrap_or("not said").to_owned());
        told.extend(STATEMENTS.iter().map(|statement| handling(statement.name)));
        told
    };
    let pairs = told(ours).into_iter().zip(told(theirs));
    pairs
        .filter(|((_, a), (_, b))| a != b)
        .map(|((what, ours), (_, theirs))| Difference { what, ours, theirs })
        .collect()
}

/// The agreements, with one partner or with all: those of this desk, then what partners recorded.
pub fn rows(workspace: &Workspace, partner: Option<&str>) -> Result<Vec<AgreementSummary>, Error> {
    let partner = partner.map(|p| workspace.partner(p)).transpose()?.map(|p| p.id);
    let mut all = workspace.records().find(&Query { partner, ..Query::kind(Kind::Agreement) })?;
    all.sort_by_key(agreement::is_theirs);
    all.iter().map(|r| row(workspace, r)).collect()
}

/// The agreements that must be renewed for sharing to go on: for each partner the one that ends last, where that is
/// within six weeks or past.
pub fn to_renew(workspace: &Workspace) -> Result<Vec<AgreementSummary>, Error> {
    let mut last: BTreeMap<String, AgreementSummary> = BTreeMap::new();
    for row in rows(workspace, None)?.into_iter().filter(|r| r.state != Status::Ended && r.whose == Whose::Ours) {
        match last.get(&row.partner) {
            Some(known) if known.until >= row.until => {}
            _ => drop(last.insert(row.partner.clone(), row)),
        }
    }
    Ok(last.into_values().filter(|r| matches!(r.state, Status::RenewalDue | Status::Expired)).collect())
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("partner", "WITH"),
        ("state", "STATE"),
        ("tier", "TIER"),
        ("until", "UNTIL"),
        ("whose", "WHOSE"),
        ("countersigned", "COUNTERSIGNED"),
        ("categories", "DATA"),
        ("title", "TITLE"),
    ];
    let mood = |word: &str| Status::parse(word).map(Status::mood);
    Ok(Output::list(&rows(workspace, args.maybe("partner"))?, columns).in_mood(mood))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("agreement")?, &[Kind::Agreement])?;
    let mine = row(workspace, &record)?;
    let (renewals, reviews) = (renewals_of(workspace, &record)?, reviews_of(workspace, &record, agreement::REVIEW)?);
    let shown = Output::thing(&mine).with("renewals", renewals).with("reviews", reviews);
    let Some(other) = counterpart(workspace, &record)? else { return Ok(shown) };
    let other = row(workspace, &other)?;
    let (ours, theirs) = if mine.whose == Whose::Ours { (&mine, &other) } else { (&other, &mine) };
    let differs = differences(ours, theirs);
    let said = if differs.is_empty() {
        format!("{} recorded the same.", mine.partner)
    } else {
        let line = |d: &Difference| format!("{}: here {}, at {} {}", d.what, d.ours, mine.partner, d.theirs);
        format!("The two records differ. {}", differs.iter().map(line).collect::<Vec<_>>().join("; "))
    };
    Ok(shown.with("counterpart", other.id).with("differs", differs).with_message(said))
}

/// A renewal of an agreement.
#[derive(Clone, Debug, Serialize)]
pub struct RenewalRow {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: String,
    /// What was learned.
    pub lessons: String,
    /// What it said before, and from then on, part by part.
    pub differs: Vec<Changed>,
}

/// A part of an agreement that a renewal changed.
#[derive(Clone, Debug, Serialize)]
pub struct Changed {
    /// Which part.
    pub what: &'static str,
    /// What it said.
    pub before: String,
    /// What it says from then on.
    pub after: String,
}

fn parts(terms: &Terms) -> Vec<(&'static str, String)> {
    vec![
        ("purposes", terms.purposes.join(", ")),
        ("categories", terms.categories.iter().map(|c| c.word()).collect::<Vec<_>>().join(", ")),
        ("tier", terms.tier.map_or_else(|| "the default".to_owned(), |t| t.to_string())),
        ("until", terms.until.to_string()),
        ("retention_cap_days", terms.retention_cap_days.to_string()),
        ("targets", terms.targets.said()),
    ]
}

/// The renewals of an agreement, the oldest first, each with what it changed.
pub fn renewals_of(workspace: &Workspace, record: &Record) -> Result<Vec<RenewalRow>, Error> {
    let before = agreement::before_renewals(record);
    let now = terms_of(record)?;
    let said = acts_of(workspace, record, &[agreement::RENEW])?;
    let mut all = Vec::new();
    for (n, (at, old)) in before.iter().enumerate() {
        let new = before.get(n + 1).map_or(&now, |(_, terms)| terms);
        let content = said.get(n).and_then(|(_, change)| change.read_content().ok().flatten());
        let text = |key: &str| content.as_ref().and_then(|c| c.get(key)).and_then(Json::text).unwrap_or_default();
        let pairs = parts(old).into_iter().zip(parts(new)).filter(|((_, a), (_, b))| a != b);
        all.push(RenewalRow {
            at: *at,
            because: text("because").to_owned(),
            lessons: text("lessons").to_owned(),
            differs: pairs.map(|((what, before), (_, after))| Changed { what, before, after }).collect(),
        });
    }
    Ok(all)
}

/// A review of an agreement or of a charter.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewRow {
    /// When.
    pub at: Timestamp,
    /// What it came to.
    pub result: ReviewResult,
    /// What works, what does not.
    pub notes: String,
    /// When it is looked at again.
    pub next: Option<Timestamp>,
}

/// The reviews of an agreement or of a charter, the oldest first.
pub fn reviews_of(workspace: &Workspace, record: &Record, kind: ChangeKind) -> Result<Vec<ReviewRow>, Error> {
    let mut all = Vec::new();
    for (act, change) in acts_of(workspace, record, &[kind])? {
        let Ok(terms) = change.read_terms() else { continue };
        let Ok(said) = Reviewed::read(&terms) else { continue };
        let content = change.read_content().ok().flatten();
        let notes = content.as_ref().and_then(|c| c.get("notes")).and_then(Json::text).unwrap_or_default();
        let at = act.read_header()?.time.at;
        all.push(ReviewRow { at, result: said.result, notes: notes.to_owned(), next: said.next });
    }
    Ok(all)
}

/// What a review says, of what was typed.
pub fn reviewed_as(args: &Args, now: Timestamp) -> Result<(Reviewed, String), Error> {
    let result = args.read("result", "continue, change or end", ReviewResult::parse)?;
    let next = args.maybe("next").map(|_| args.time("next", now)).transpose()?;
    Ok((Reviewed { result, next }, args.body("notes")?.unwrap_or_default()))
}

fn review(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("agreement")?, &[Kind::Agreement])?;
    let (reviewed, notes) = reviewed_as(args, workspace.now())?;
    let id = workspace.act_alone(agreement::REVIEW, Audience::OwnDesk, |e, _| {
        Ok(agreement::noted_review(record.id, &reviewed, &notes, e.salt()?))
    })?;
    let then = match reviewed.result {
        ReviewResult::Continue => "It goes on; `agreement renew` gives it another end.",
        ReviewResult::Change => "It is to be changed: `agreement renew` says what from then on.",
        ReviewResult::End => "It is to be ended: `agreement end` does that.",
    };
    Ok(Output::made(id, format!("The review is noted. {then}")))
}

/// Targets as they are typed.
fn targets(args: &Args) -> Result<Targets, Error> {
    Ok(Targets::of_typed(args.words("target", TARGET, Targets::typed)?))
}

fn renew(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let record = workspace.find_record(args.need("agreement")?, &[Kind::Agreement])?;
    let old = terms_of(&record)?;
    let given = |field: &str| args.maybe(field).is_some();
    let terms = Terms {
        until: args.time("until", now)?,
        purposes: if given("purpose") { args.words("purpose", TOKENS.what, token)? } else { old.purposes.clone() },
        categories: if given("categories") {
            args.words("categories", "a data category", Category::parse)?
        } else {
            old.categories.clone()
        },
        tier: args.maybe_read("tier", TIER.what, Tier::parse)?.or(old.tier),
        retention_cap_days: if given("retention-cap") {
            args.read("retention-cap", "a number of days, such as 90d,", Duration::parse)?.whole_days()
        } else {
            old.retention_cap_days
        },
        targets: if given("target") { targets(args)? } else { old.targets.clone() },
        ..old.clone()
    };
    let review = args.maybe("next-review").map(|_| args.time("next-review", now)).transpose()?;
    let (because, lessons) = (args.body("because")?.unwrap_or_default(), args.body("lessons")?);
    let changes = parts(&old).into_iter().zip(parts(&terms)).filter(|((_, a), (_, b))| a != b);
    let changes: Vec<Changed> = changes.map(|((what, before), (_, after))| Changed { what, before, after }).collect();
    let renewal = Renewal { terms, review };
    let audience = Audience::Desks(record.partner.into_iter().collect());
    let id = workspace.act_alone(agreement::RENEW, audience, |e, _| {
        Ok(agreement::renewed(record.id, &renewal, &because, lessons.as_deref(), e.salt()?))
    })?;
    let told: Vec<String> = changes.iter().map(|c| format!("{}: {} -> {}", c.what, c.before, c.after)).collect();
    let said = format!("Renewed; the partner hears it with the next bundle. {}", told.join("; "));
    Ok(Output::made(id, said).with("differs", changes))
}

fn countersign(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("agreement")?, &[Kind::Agreement])?;
    let digest = terms_of(&record)?.digest();
    let audience = Audience::Desks(vec![record.desk]);
    let id = workspace
        .act_alone(agreement::COUNTERSIGN, audience, |_, _| Ok(agreement::countersigned(record.id, &digest)))?;
    Ok(Output::made(id, "Countersigned: the partner hears it with the next bundle."))
}

fn add(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let instrument = args.line("instrument")?;
    if workspace.law()?.instrument(&instrument).is_none() {
        return Err(Error::usage(format!(
            "--instrument {}: no such instrument; `comity law list` names them",
            shown(&instrument)
        )));
    }
    let incoming = args.maybe("iep").map(|_| policy_in(workspace, args)).transpose()?;
    let policy = incoming.as_ref().map(|i| &i.policy);
    let typed = |field: &str| args.maybe(field).map(|_| args.time(field, now)).transpose();
    let missing = |field: &str| Error::usage(format!("--{field} is missing"));
    let title = either("title", args.maybe_line("title")?, "name", policy.map(|p| p.name.clone()), &String::clone)?;
    let from = either("from", typed("from")?, "start_date", policy.map(|p| p.start), &Timestamp::to_string)?;
    let until = either("until", typed("until")?, "end_date", policy.and_then(|p| p.end), &Timestamp::to_string)?;
    let tlp = format!("tlp {}", incoming.as_ref().and_then(|i| i.tlp).unwrap_or("?"));
    let onward = args.maybe_read("onward", "no, with-consent or free", Onward::parse)?;
    let terms = Terms {
        partner: workspace.partner(args.need("partner")?)?.id,
        instrument,
        purposes: args.words("purpose", TOKENS.what, token)?,
        categories: args.words("categories", "a data category", Category::parse)?,
        tier: args.maybe_read("tier", TIER.what, Tier::parse)?,
        from: from.ok_or_else(|| missing("from"))?,
        until: until.ok_or_else(|| match policy {
            Some(_) => Error::usage("--until is missing: the policy has no end, and an agreement has one"),
            None => missing("until"),
        })?,
        retention_cap_days: args.read("retention-cap", "a number of days, such as 90d,", Duration::parse)?.whole_days(),
        targets: targets(args)?,
        typed_reason: args.flag("typed-reason"),
        onward: either("onward", onward, &tlp, policy.and_then(|p| p.onward), &|o| o.word().to_owned())?,
        stated: Stated::each(|s| {
            let typed = args.maybe_read(s.field, &s.words.join(", "), |w| s.word(w))?;
            either(s.field, typed, s.name, policy.and_then(|p| p.stated.get(s.name)), &|w| (*w).to_owned())
        })?,
    };
    let words = AgreementContent {
        title: title.ok_or_else(|| missing("title"))?,
        safeguards: args.body("safeguards")?,
        costs: args.body("costs")?,
    };
    let (kept, not_kept) = incoming.map_or_else(Default::default, |i| (kept_of(&i), i.not_kept));
    let id = workspace.entropy.id()?;
    let audience = Audience::Desks(vec![terms.partner]);
    if args.flag("dry-run") {
        let tried = |workspace: &mut Workspace| {
            workspace.act_alone(crate::record::agreement::ADD, audience, |e, _| {
                Ok(agreement::new(id, &terms, &words, e.salt()?))
            })
        };
        if let Some(refused) = workspace.rehearse(tried) {
            return Err(refused);
        }
        let handling = handling_of(&terms);
        return Ok(Output::thing(&Rehearsed {
            recorded: false,
            partner: workspace.code_of(terms.partner)?,
            instrument: terms.instrument,
            title: words.title,
            purposes: terms.purposes,
            categories: terms.categories,
            tier: terms.tier,
            from: terms.from,
            until: terms.until,
            retention_cap_days: terms.retention_cap_days,
            onward: terms.onward,
            handling,
            kept,
            not_kept,
        }));
    }
    workspace
        .act_alone(crate::record::agreement::ADD, audience, |e, _| Ok(agreement::new(id, &terms, &words, e.salt()?)))?;
    let mut said = "The agreement is recorded; the partner reads it with the next bundle.".to_owned();
    if args.maybe("iep").is_none() {
        return Ok(Output::made(id, said));
    }
    for (what, list) in [("from the policy", &kept), ("not kept", &not_kept)] {
        list.iter().for_each(|one| said.push_str(&format!("\n{what}: {one}")));
    }
    Ok(Output::made(id, said).with("kept", kept).with("not_kept", not_kept))
}

/// An agreement that would be recorded.
#[derive(Serialize)]
struct Rehearsed {
    recorded: bool,
    partner: String,
    instrument: String,
    title: String,
    purposes: Vec<String>,
    categories: Vec<Category>,
    tier: Option<Tier>,
    from: Timestamp,
    until: Timestamp,
    retention_cap_days: i64,
    onward: Option<Onward>,
    handling: BTreeMap<&'static str, &'static str>,
    kept: Vec<String>,
    not_kept: Vec<String>,
}

/// What was typed, or else what the policy states; where both are there and differ, nobody guesses.
fn either<T: PartialEq>(
    field: &str,
    typed: Option<T>,
    member: &str,
    stated: Option<T>,
    tell: &dyn Fn(&T) -> String,
) -> Result<Option<T>, Error> {
    match (typed, stated) {
        (Some(typed), Some(stated)) if typed != stated => {
            let (typed, stated) = (tell(&typed), tell(&stated));
            let what = format!("--{field} {}: the policy's {member} says {}", shown(&typed), shown(&stated));
            Err(Error::usage(what).hint("leave the field out, or ask for another policy; nothing was recorded"))
        }
        (typed, stated) => Ok(typed.or(stated)),
    }
}

/// The policy in the file that is named.
fn policy_in(workspace: &Workspace, args: &Args) -> Result<Incoming, Error> {
    let path = args.path("iep")?;
    must_be_made_for(workspace, args, &path)?;
    let bytes = file::read(&path, iep::LONGEST)?;
    iep::read(&bytes).map_err(|bad| {
        let what = format!("{}: {bad}", shown(&path.to_string_lossy()));
        Error::new(ErrorKind::Malformed, what, "nothing was recorded; ask for the policy again")
    })
}

/// What an agreement keeps of a policy, and as what.
fn kept_of(incoming: &Incoming) -> Vec<String> {
    let policy = &incoming.policy;
    let mut kept = vec!["name as title".to_owned(), "start_date as from".to_owned()];
    kept.extend(policy.end.map(|_| "end_date as until".to_owned()));
    kept.extend(incoming.tlp.zip(policy.onward).map(|(tlp, onward)| format!("tlp {tlp} as onward {onward}")));
    kept.extend(policy.stated.made().map(|(statement, word)| format!("{} {word}", statement.name)));
    kept
}

/// What else an agreement states of handling.
fn handling_of(terms: &Terms) -> BTreeMap<&'static str, &'static str> {
    terms.stated.made().map(|(statement, word)| (statement.name, word)).collect()
}

fn export(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let out = args.maybe("out").map(|_| Destination::of(args, "out")).transpose()?;
    let record = workspace.find_record(args.need("agreement")?, &[Kind::Agreement])?;
    args.read("format", iep::NAME, |word| formats().into_iter().find(|known| *known == word))?;
    let now = workspace.may_sign(crate::record::letter::WRITE)?;
    let (row, terms) = (row(workspace, &record)?, terms_of(&record)?);
    let law = workspace.law()?;
    let under = law.instrument(&terms.instrument).map_or(terms.instrument.as_str(), |i| &i.name);
    let (ours, name) = (workspace.code_of(workspace.meta.desk)?, short(Kind::Agreement, row.id));
    let banner = if workspace.meta.realm == Realm::Live { String::new() } else { format!("{BANNER}. ") };
    let description = format!("{banner}Agreement {name} between {ours} and {}, under {under}.", row.partner);
    let policy = Policy {
        name: row.title.clone(),
        start: terms.from,
        end: Some(terms.until),
        onward: terms.onward,
        stated: terms.stated,
    };
    let left_out = iep::left_out(&policy);
    let beyond = beyond(&row);
    let cleared = copy_out::cleared(workspace, now, Outgoing { id: record.id, description, policy })?;
    let text = iep::write(&cleared);
    // Logged as a letter is: what is only shown can be copied too.
    let (id, digest) = copy_out::log_and_write(workspace, record.id, iep::NAME, &text, out.as_ref())?;
    let mut said = String::new();
    if let Some(out) = &out {
        said.push_str(&format!("Written to {}; SHA-256 {digest}.\n", out.shown()));
    }
    let mut told: Vec<String> = beyond.iter().map(|one| format!("not in the policy: {one}")).collect();
    told.extend(left_out.iter().map(|name| format!("not agreed, so left out: {name}")));
    said.push_str(&told.join("\n"));
    let shown = out.is_none().then(|| text.trim_end().to_owned());
    Ok(Output { text: shown, ..Output::made(id, said) }
        .with("sha256", digest.to_string())
        .with("policy", serde_json::from_str::<serde_json::Value>(&text).unwrap_or_default())
        .with("not_in_policy", beyond)
        .with("left_out", left_out))
}

/// What an agreement says that a policy has no member for, or no word that is as exact.
fn beyond(row: &AgreementSummary) -> Vec<String> {
    let mut beyond = vec![
        format!("purposes {}", row.purposes.join(", ")),
        format!("categories {}", row.categories.iter().map(|c| c.word()).collect::<Vec<_>>().join(", ")),
        format!("tier {}", row.tier.map_or_else(|| "by the partner's kind".to_owned(), |t| t.to_string())),
        format!("retention cap {} days", row.retention_cap_days),
    ];
    if row.typed_reason {
        beyond.push("a typed reason for looking at personal data".to_owned());
    }
    if !row.targets.is_empty() {
        beyond.push(format!("targets {}", row.targets));
    }
    for (what, text) in [("safeguards", &row.safeguards), ("costs", &row.costs)] {
        if !text.trim().is_empty() {
            beyond.push(format!("{what}, in words"));
        }
    }
    match row.onward {
        Some(Onward::No) => beyond.push("onward no: tlp red, as no word is for one organisation alone".to_owned()),
        Some(Onward::Free) => {
            beyond.push("onward free: tlp green, as no word leaves it to each item's marking".to_owned())
        }
        Some(Onward::WithConsent) | None => {}
    }
    beyond
}

fn end(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("agreement")?, &[Kind::Agreement])?;
    let because = args.line("because")?;
    let audience = Audience::Desks(record.partner.into_iter().collect());
    let id = workspace.act_alone(crate::record::agreement::END, audience, |e, _| {
        Ok(agreement::ended(record.id, &because, e.salt()?))
    })?;
    Ok(Output::made(id, "The agreement is ended: nothing leaves under it any more."))
}
