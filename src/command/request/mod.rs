//! Requests: how they are listed and shown. They are written in `draft`, answered in `answer`, followed to their end in
//! `follow_up`, and put on paper in `letter`.

pub mod answer;
pub mod draft;
pub mod follow_up;
pub mod form;
pub mod letter;
pub mod running;

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::command::history::acts_of;
use crate::command::json::or_empty;
use crate::law::edition::Law;
use crate::law::request::{self as kind, ClockKind, RequestKind, Variant};
use crate::law::words::does;
use crate::record::kind::{Kind, State as RecordState};
use crate::record::request::{self, Terms, terms_of};
use crate::record::review;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::class::{Category, Condition, Level, ReviewOutcome, Tier, words};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The request that a command is done to.
pub(super) const REQUEST: Arg = Arg::new("request", ArgKind::Record(&[Kind::Request]), "the request").positional();
/// What is said with a step, where something need not be.
pub(super) const TEXT: Arg = Arg::new("text", ArgKind::Body, "in words");
/// Why.
pub(super) const BECAUSE: Arg = Arg::new("because", ArgKind::Body, "why").required();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "request",
        name: "list",
        about: "List the requests, what is due first",
        args: &[
            Arg::new("inbound", ArgKind::Flag, "only those that partners sent"),
            Arg::new("outbound", ArgKind::Flag, "only those of this desk"),
        ],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "request",
        name: "show",
        about: "Show a request",
        args: &[REQUEST],
        writes: None,
        run: Handler::Reads(show),
    },
];

/// The ids of all kinds.
pub(super) fn kinds() -> Vec<&'static str> {
    kind::all().iter().map(|r| r.id.as_str()).collect()
}

words! {
    /// Which way a request goes.
    Direction {
        /// A partner sent it.
        Inbound = "inbound",
        /// This desk writes it.
        Outbound = "outbound",
    }
}

words! {
    /// Where a clock stands.
    ClockState {
        /// It runs.
        Running = "running",
        /// Its day does not end it: what it preserves is kept until the request that follows on is decided.
        UntilDecided = "until-decided",
        /// It has ended.
        Ended = "ended",
    }
}

/// A request as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct RequestSummary {
    /// The record.
    pub id: Id,
    /// Which way it goes.
    pub direction: Direction,
    /// The other desk.
    pub partner: String,
    /// Its kind.
    pub kind: String,
    /// The article that it rests on.
    pub article: String,
    /// The name of its kind.
    pub name: String,
    /// What a request of it does, in a few words.
    pub does: String,
    /// Where it stands.
    pub state: RecordState,
    /// The states that stand side by side in a conflict.
    pub heads: Vec<RecordState>,
    /// The case.
    pub case: Id,
    /// For what.
    pub purpose: String,
    /// The tier of what is asked.
    pub tier: Tier,
    /// Fields that are still missing.
    pub missing: Vec<String>,
    /// The categories of data that were chosen; empty: all that its kind may ask for.
    pub categories: Vec<Category>,
    /// Who authorises it at the desk that asks, by the law of that desk's jurisdiction; empty where the law knows nobody.
    pub authorised_by: String,
    /// The request that follows on and is not decided yet: what is preserved is kept until it is.
    pub kept_for: Option<Id>,
    /// When it was sent.
    pub sent: Option<Timestamp>,
    /// The next instant at which something is due.
    pub due: Option<Timestamp>,
    /// Whether its instrument is in force between the two sides.
    pub in_force: bool,
    /// What runs.
    pub clocks: Vec<ClockRow>,
    /// What it says.
    pub fields: Vec<(String, String)>,
    /// The ground of a refusal, or of putting it off.
    pub ground: Option<String>,
    /// What the review of the requesting desk came to.
    pub decision: Option<DecisionRow>,
    /// The conditions under which the partner would carry it out, or does.
    pub offered: Vec<Condition>,
    /// What is preserved, where that was asked for and the answer says so.
    pub preserved: Option<PreservedRow>,
}

/// What a preservation came to.
#[derive(Clone, Debug, Serialize)]
pub struct PreservedRow {
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Under which reference whoever preserves it has it; empty where none was named, or it was erased.
    pub reference: String,
}

fn preserved(workspace: &Workspace, record: &Record) -> Result<Option<PreservedRow>, Error> {
    let Some((since, until)) = request::preserved_of(record) else { return Ok(None) };
    let mut reference = String::new();
    for (_, change) in acts_of(workspace, record, &[request::ANSWER])? {
        reference = request::reference_in(&change).unwrap_or(reference);
    }
    Ok(Some(PreservedRow { since, until, reference }))
}

/// What a review came to, as it travels with its request: not its reasons.
#[derive(Clone, Debug, Serialize)]
pub struct DecisionRow {
    /// What it came to.
    #[serde(serialize_with = "or_empty")]
    pub outcome: Option<ReviewOutcome>,
    /// How deep it was.
    #[serde(serialize_with = "or_empty")]
    pub level: Option<Level>,
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// The caveats, in words.
    pub caveats: Vec<String>,
}

/// A clock as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct ClockRow {
    /// What it measures.
    #[serde(serialize_with = "or_empty")]
    pub clock: Option<ClockKind>,
    /// In which case it runs.
    pub variant: Variant,
    /// Where it stands.
    pub state: ClockState,
    /// Whether the period is the shortest that counts.
    pub minimum: bool,
    /// The target; none where no limit is fixed.
    pub due: Option<Timestamp>,
    /// The legal limit.
    pub limit: Option<Timestamp>,
    /// The rule.
    pub source: String,
}

/// Clocks as they are shown, from those that a sent request carries; `kept` where what it preserves is kept until another
/// request is decided.
pub fn clocks_of(clocks: &Json, kept: bool, now: Timestamp) -> Vec<ClockRow> {
    fn text<'j>(of: &'j Json, key: &str) -> Option<&'j str> {
        of.get(key).and_then(Json::text)
    }
    let read = |c: &Json| {
        let minimum = c.get("minimum").and_then(Json::truth) == Some(true);
        let limit = text(c, "limit").and_then(Timestamp::parse);
        let state = match limit {
            _ if minimum && kept => ClockState::UntilDecided,
            Some(limit) if limit <= now => ClockState::Ended,
            _ => ClockState::Running,
        };
        ClockRow {
            state,
            minimum,
            clock: text(c, "clock").and_then(ClockKind::parse),
            variant: Variant::new(text(c, "variant").unwrap_or_default()),
            due: text(c, "due").and_then(Timestamp::parse),
            limit,
            source: text(c, "source").unwrap_or_default().to_owned(),
        }
    };
    clocks.items().unwrap_or_default().iter().map(read).collect()
}

/// Clocks as they are shown, each with the source of its row of the law: what travels names the row alone.
fn clocks_with_sources(law: &Law, kind: &str, record: &Record, kept: bool, now: Timestamp) -> Vec<ClockRow> {
    let rows = law.request(kind).map_or(&[][..], |kind| &kind.clock);
    let mut all = clocks_of(record.terms.get("clocks").unwrap_or(&Json::Null), kept, now);
    for clock in all.iter_mut().filter(|c| c.source.is_empty()) {
        let row = rows.iter().find(|row| Some(row.clock) == clock.clock && row.variant == clock.variant);
        clock.source = row.map(|row| row.source.clone()).unwrap_or_default();
    }
    all
}

/// A request's record as it is shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<RequestSummary, Error> {
    let terms = terms_of(record)?;
    let law = crate::command::law::of(workspace, record, &[request::SEND])?;
    let kind = law.request(&terms.kind);
    let at = record.instant("sent").unwrap_or(workspace.now());
    let content = workspace.content(record)?;
    let fields = content.as_ref().and_then(|c| c.get("fields")).and_then(Json::members).unwrap_or_default();
    let kept_for = request::kept_for(record).map(|id| workspace.records().get(id)).transpose()?.flatten();
    let kept_for = kept_for.filter(|later| !later.is_purged()).map(|later| later.id);
    let authorised_by = authoriser(workspace, &law, record.desk, &terms, kind)?;
    let caveats = caveats(workspace, record, content.as_ref())?;
    Ok(RequestSummary {
        id: record.id,
        direction: if record.desk == workspace.meta.desk { Direction::Outbound } else { Direction::Inbound },
        // An order at home has no partner: the desk stands there itself.
        partner: workspace.code_of(record.partner.unwrap_or(record.desk))?,
        article: kind.map(|k| k.article.clone()).unwrap_or_default(),
        name: kind.map(|k| k.name.clone()).unwrap_or_default(),
        does: does(&terms.kind).or_else(|| kind.map(|k| k.name.as_str())).unwrap_or(&terms.kind).to_owned(),
        state: record.state,
        heads: request::current_states(record).into_iter().map(|(state, _)| state.into()).collect(),
        case: terms.case,
        purpose: terms.purpose,
        tier: terms.tier,
        missing: terms.missing,
        categories: terms.categories,
        authorised_by,
        kept_for,
        sent: record.instant("sent"),
        in_force: match (kind, record.partner.map(|p| workspace.records().get(p)).transpose()?.flatten()) {
            (Some(kind), _) if kind.asks_no_partner() => true,
            (Some(kind), Some(other)) => binds(workspace, &law, kind, &other, at)?,
            _ => false,
        },
        due: record.due,
        clocks: clocks_with_sources(&law, &terms.kind, record, kept_for.is_some(), workspace.now()),
        fields: fields.iter().filter_map(|(k, v)| Some((k.to_string(), v.text()?.to_owned()))).collect(),
        ground: record.text("ground").map(str::to_owned),
        decision: record.terms.get("decision").filter(|d| d.members().is_some()).map(|d| {
            let text = |key: &str| d.get(key).and_then(Json::text);
            DecisionRow {
                outcome: text("outcome").and_then(ReviewOutcome::parse),
                level: text("level").and_then(Level::parse),
                conditions: request::conditions_of(record),
                caveats,
            }
        }),
        offered: request::offered_of(record),
        preserved: preserved(workspace, record)?,
        kind: terms.kind,
    })
}

/// Who authorises what a request asks for, by the law of the desk that asks: for the strictest of the categories that were
/// chosen.
fn authoriser(
    workspace: &Workspace,
    law: &Law,
    desk: Id,
    terms: &Terms,
    kind: Option<&RequestKind>,
) -> Result<String, Error> {
    let desk = workspace.records().get(desk)?;
    let side = desk.as_ref().and_then(|r| r.text("jurisdiction")).and_then(|code| law.jurisdiction(code));
    let Some((side, kind)) = side.zip(kind) else { return Ok(String::new()) };
    let asked = if terms.categories.is_empty() && kind.hands_over() { &kind.categories } else { &terms.categories };
    let strictest = side.threshold.iter().filter(|t| asked.contains(&t.category)).max_by_key(|t| t.rank);
    Ok(strictest.map(|t| format!("{}: {}", t.category, t.authoriser)).unwrap_or_default())
}

/// The caveats that a request was sent with. An own request keeps its draft as its content: they stand in its review.
pub(super) fn caveats(workspace: &Workspace, record: &Record, content: Option<&Json>) -> Result<Vec<String>, Error> {
    if record.desk != workspace.meta.desk {
        let all = content.and_then(|c| c.get("caveats")).and_then(Json::items).unwrap_or_default();
        return Ok(all.iter().filter_map(|c| c.text().map(str::to_owned)).collect());
    }
    let review = review::deciding(&workspace.records(), &[record.id], record.partner.unwrap_or(workspace.meta.desk))?;
    Ok(review.map(|r| crate::command::review::statements(workspace, &r)).transpose()?.unwrap_or_default().caveats)
}

/// Every request, what is due first.
pub fn rows(workspace: &Workspace) -> Result<Vec<RequestSummary>, Error> {
    let mut all = workspace.records().find(&Query::kind(Kind::Request))?;
    all.sort_by_key(|r| (r.due.is_none(), r.due));
    all.iter().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let mut rows = rows(workspace)?;
    let way = match (args.flag("inbound"), args.flag("outbound")) {
        (true, false) => Some(Direction::Inbound),
        (false, true) => Some(Direction::Outbound),
        _ => None,
    };
    rows.retain(|r| way.is_none_or(|w| r.direction == w));
    let columns = &[
        ("id", "ID"),
        ("direction", "WAY"),
        ("partner", "DESK"),
        ("does", "WHAT"),
        ("state", "STATE"),
        ("due", "DUE"),
        ("kind", "KIND"),
    ];
    Ok(Output::list(&rows, columns).of(Kind::Request))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let law = crate::command::law::decided_by(workspace, &record, &[request::SEND, request::ANSWER])?;
    Ok(Output::thing(&row(workspace, &record)?).with("law", law))
}

/// The request that a command names.
pub(super) fn find(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("request")?, &[Kind::Request])
}

/// The row of a kind.
pub(super) fn kind_of<'l>(law: &'l Law, id: &str) -> Result<&'l RequestKind, Error> {
    law.request(id).ok_or_else(|| Error::usage(format!("--kind {}: {} are known", shown(id), kinds().join(", "))))
}

/// Whether a kind's instrument is in force between this desk's jurisdiction and a partner's at a time.
pub fn binds(
    workspace: &Workspace,
    law: &Law,
    kind: &RequestKind,
    other: &Record,
    at: Timestamp,
) -> Result<bool, Error> {
    if kind.asks_no_partner() {
        return Ok(true);
    }
    let own = workspace.own_record()?;
    let code = |r: &Record| r.text("jurisdiction").unwrap_or_default().to_owned();
    Ok(law.in_force_between(&kind.instrument, &code(&own), &code(other), at))
}

/// Whom a step of a request is for: its partner; the desk alone, where it is an order at home.
pub(super) fn audience_of(record: &Record) -> Audience {
    record.partner.map_or(Audience::OwnDesk, |partner| Audience::Desks(vec![partner]))
}
