//! Requests: written against the fields of their kind, reviewed, sent, answered, followed to their end.

pub mod letter;

use crate::record::kind::Kind;
use crate::record::kind::{ChangeKind, State as RecordState};
use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Known, Needs, Output, PairRow, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::gate::from_records;
use crate::law::deadline;
use crate::law::edition::Law;
use crate::law::ground::{Effect, Ground};
use crate::law::jurisdiction::Jurisdiction;
use crate::law::request::{self as kind, ClockKind, Event, RequestKind, Variant};
use crate::object;
use crate::record::definition::GateInputs;
use crate::record::request::{self, Answer as RequestAnswer, Answered, FollowUp, Sent, Step, Terms, terms_of};
use crate::record::review;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::class::{Condition, Level, ReviewOutcome, Tier, words};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

fn kinds() -> Vec<&'static str> {
    kind::all().iter().map(|r| r.id.as_str()).collect()
}

const REQUEST: Arg = Arg::new("request", ArgKind::Record(&[Kind::Request]), "the request").positional();
const TEXT: Arg = Arg::new("text", ArgKind::Body, "in words");
const BECAUSE: Arg = Arg::new("because", ArgKind::Body, "why").required();
const CONDITION: Arg =
    Arg::new("condition", ArgKind::Words(all_words::<Condition>), "a condition on the requesting desk").repeated();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "request",
        name: "new",
        about: "Write a request; what its instrument demands must be there, unless it is a draft",
        args: &[
            Arg::new("kind", ArgKind::Word(kinds), "the kind of request").required(),
            Arg::new(
                "case",
                ArgKind::Record(&[Kind::Case]),
                "the case; without it, that of the item or of what it follows on",
            ),
            Arg::new("to", ArgKind::Partner, "the partner that is asked").required(),
            Arg::new("urgency", ArgKind::Word(urgencies), "which of its clocks run; without it, the ordinary ones"),
            Arg::new("order-days", ArgKind::Number, "the time that the order itself sets, in days"),
            Arg::new("authority-until", ArgKind::Time, "when the warrant or authorisation behind it expires"),
            Arg::new("follows", ArgKind::Record(&[Kind::Request]), "the request that it follows on"),
            Arg::new("item", ArgKind::Record(&[Kind::Item]), "consent: the item that it is about"),
            Arg::new("for", ArgKind::Partner, "consent: the partner that the item would go to"),
            Arg::new("field", ArgKind::PairsOf(fields_of), "what it says: name=text, for each field of its kind")
                .repeated(),
            Arg::new("draft", ArgKind::Flag, "keep it though fields are missing"),
            Arg::new("request", ArgKind::Record(&[Kind::Request]), "a draft to write again"),
        ],
        writes: Some(Writes {
            act: crate::record::request::NEW,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("request withdraw"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(new),
    },
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
    Command {
        noun: "request",
        name: "submit",
        about: "Submit a request for its legal review",
        args: &[REQUEST],
        writes: Some(Writes {
            act: crate::record::request::SUBMIT,
            weight: Weight::Records,
            needs: Needs::OneOf(request::DRAFT),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("request withdraw"),
            alone: false,
            keys: &[Key::Review, Key::Sign],
        }),
        run: Handler::Writes(submit),
    },
    Command {
        noun: "request",
        name: "send",
        about: "Send an approved request",
        args: &[REQUEST],
        writes: Some(Writes {
            act: crate::record::request::SEND,
            weight: Weight::Signs,
            needs: Needs::OneOf(request::AUTHORISED),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("request withdraw"),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(send),
    },
    Command {
        noun: "request",
        name: "acknowledge",
        about: "Say that a request has arrived",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Acknowledge)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(acknowledge),
    },
    Command {
        noun: "request",
        name: "accept",
        about: "Accept a request",
        args: &[REQUEST, Arg::new("partly", ArgKind::Flag, "only in part; the text says which"), CONDITION, TEXT],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Accept)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(accept),
    },
    Command {
        noun: "request",
        name: "offer",
        about: "Offer to carry a request out under conditions: those that are ticked, and what the text names",
        args: &[REQUEST, CONDITION, Arg::new("text", ArgKind::Body, "the conditions in words").required()],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Offer)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(offer),
    },
    Command {
        noun: "request",
        name: "postpone",
        about: "Put a request off, with reasons; on a ground, where its instrument names one for that",
        args: &[
            REQUEST,
            Arg::new("ground", ArgKind::Known(grounds_to_postpone), "the ground, of the closed list of its kind"),
            BECAUSE,
        ],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Postpone)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(postpone),
    },
    Command {
        noun: "request",
        name: "execute",
        about: "Say that a request is being carried out",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Execute)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(execute),
    },
    Command {
        noun: "request",
        name: "consent",
        about: "Consent to the item of a request going where it asks for",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Consent)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(consent),
    },
    Command {
        noun: "request",
        name: "refuse",
        about: "Refuse a request, on a ground of its instrument, with reasons",
        args: &[
            REQUEST,
            Arg::new("ground", ArgKind::Known(grounds_to_refuse), "the ground, of the closed list of its kind")
                .required(),
            BECAUSE,
        ],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Refuse)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(refuse),
    },
    Command {
        noun: "request",
        name: "clarify",
        about: "Ask for clarification of a request",
        args: &[REQUEST, Arg::new("text", ArgKind::Body, "what is unclear").required()],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Clarify)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(clarify),
    },
    Command {
        noun: "request",
        name: "deliver",
        about: "Answer a request: what it asks for was disclosed, or is said in words",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::ANSWER,
            weight: Weight::Signs,
            needs: Needs::Step(Step::Answer(RequestAnswer::Deliver)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(deliver),
    },
    Command {
        noun: "request",
        name: "reply",
        about: "Clarify an own request, as the partner asked",
        args: &[REQUEST, Arg::new("text", ArgKind::Body, "what was unclear, made clear").required()],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::Clarified)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(reply),
    },
    Command {
        noun: "request",
        name: "agree",
        about: "Take the conditions under which the partner would carry an own request out",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::TakeConditions)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(agree),
    },
    Command {
        noun: "request",
        name: "close",
        about: "Close an own request: nothing more is expected",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::Close)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(close),
    },
    Command {
        noun: "request",
        name: "expire",
        about: "Note that the last clock of an own request has ended without an answer",
        args: &[REQUEST, TEXT],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::Expire)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(expire),
    },
    Command {
        noun: "request",
        name: "extend",
        about: "Ask that a period of an own request be extended; `request letter --of extension` writes it",
        args: &[REQUEST, Arg::new("text", ArgKind::Body, "which period, until when, and why").required()],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::Extend)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(extend),
    },
    Command {
        noun: "request",
        name: "report-use",
        about: "Report what use was made of an answer",
        args: &[REQUEST, Arg::new("text", ArgKind::Body, "the use").required()],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::Use)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(report_use),
    },
    Command {
        noun: "request",
        name: "withdraw",
        about: "Take a request back",
        args: &[REQUEST, BECAUSE],
        writes: Some(Writes {
            act: crate::record::request::WITHDRAW,
            weight: Weight::Destroys,
            needs: Needs::OneOf(request::WITHDRAWABLE),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(withdraw),
    },
    Command {
        noun: "request",
        name: "resolve",
        about: "Decide between two answers that crossed: neither desk knew of the other's",
        args: &[
            REQUEST,
            Arg::new("take", ArgKind::Word(states), "the state that counts, one of those that stand").required(),
            BECAUSE,
        ],
        writes: Some(Writes {
            act: crate::record::request::RESOLVE,
            weight: Weight::Signs,
            needs: Needs::OneOf(request::CONFLICT),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(resolve),
    },
];

fn states() -> Vec<&'static str> {
    request::State::ALL.iter().map(|s| s.word()).collect()
}

/// The fields of the kind that is chosen; of a draft that is written again, too.
fn fields_of(workspace: &Workspace, args: &Args) -> Result<Vec<PairRow>, Error> {
    let law = workspace.law()?;
    let Some(kind) = args.maybe("kind").and_then(|id| law.request(id)) else { return Ok(Vec::new()) };
    let row = |f: &kind::FieldRow| PairRow {
        name: f.id.clone(),
        label: f.label.clone(),
        help: f.help.clone(),
        article: f.article.clone(),
        required: f.required,
        words: Vec::new(),
    };
    Ok(kind.field.iter().map(row).collect())
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
    /// The target; none where no limit is fixed.
    pub due: Option<Timestamp>,
    /// The legal limit.
    pub limit: Option<Timestamp>,
    /// The rule.
    pub source: String,
}

/// Clocks as they are shown, from those that a sent request carries.
pub fn clocks_of(clocks: &Json) -> Vec<ClockRow> {
    fn text<'j>(of: &'j Json, key: &str) -> Option<&'j str> {
        of.get(key).and_then(Json::text)
    }
    let read = |c: &Json| ClockRow {
        clock: text(c, "clock").and_then(ClockKind::parse),
        variant: Variant::new(text(c, "variant").unwrap_or_default()),
        due: text(c, "due").and_then(Timestamp::parse),
        limit: text(c, "limit").and_then(Timestamp::parse),
        source: text(c, "source").unwrap_or_default().to_owned(),
    };
    clocks.items().unwrap_or_default().iter().map(read).collect()
}

/// Clocks as they are shown, each with the source of its row of the law: what travels names the row alone.
fn clocks_with_sources(law: &Law, kind: &str, clocks: &Json) -> Vec<ClockRow> {
    let rows = law.request(kind).map_or(&[][..], |kind| &kind.clock);
    let mut all = clocks_of(clocks);
    for clock in all.iter_mut().filter(|c| c.source.is_empty()) {
        let row = rows.iter().find(|row| Some(row.clock) == clock.clock && row.variant == clock.variant);
        clock.source = row.map(|row| row.source.clone()).unwrap_or_default();
    }
    all
}

/// Clocks as they travel: without the source, which is a sentence.
fn without_sources(clocks: Json) -> Json {
    let Json::Arr(mut all) = clocks else { return clocks };
    all.iter_mut().for_each(|clock| {
        clock.remove("source");
    });
    Json::Arr(all)
}

/// A request's record as it is shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<RequestSummary, Error> {
    let terms = terms_of(record)?;
    let law = crate::command::law::of(workspace, record, &[request::SEND])?;
    let kind = law.request(&terms.kind);
    let at = record.instant("sent").unwrap_or(workspace.now());
    let content = workspace.content(record)?;
    let fields = content.as_ref().and_then(|c| c.get("fields")).and_then(Json::members).unwrap_or_default();
    let caveats = caveats(workspace, record, content.as_ref())?;
    Ok(RequestSummary {
        id: record.id,
        direction: if record.desk == workspace.meta.desk { Direction::Outbound } else { Direction::Inbound },
        partner: record.partner.map(|p| workspace.code_of(p)).transpose()?.unwrap_or_default(),
        article: kind.map(|k| k.article.clone()).unwrap_or_default(),
        name: kind.map(|k| k.name.clone()).unwrap_or_default(),
        state: record.state,
        heads: request::current_states(record).into_iter().map(|(state, _)| state.into()).collect(),
        case: terms.case,
        purpose: terms.purpose,
        tier: terms.tier,
        missing: terms.missing,
        sent: record.instant("sent"),
        in_force: match (kind, record.partner.map(|p| workspace.records().get(p)).transpose()?.flatten()) {
            (Some(kind), Some(other)) => binds(workspace, &law, kind, &other, at)?,
            _ => false,
        },
        due: record.due,
        clocks: clocks_with_sources(&law, &terms.kind, record.terms.get("clocks").unwrap_or(&Json::Null)),
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
        kind: terms.kind,
    })
}

/// The caveats that a request was sent with. An own request keeps its draft as its content: they stand in its review.
fn caveats(workspace: &Workspace, record: &Record, content: Option<&Json>) -> Result<Vec<String>, Error> {
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
        ("kind", "KIND"),
        ("state", "STATE"),
        ("due", "DUE"),
    ];
    Ok(Output::list(&rows, columns))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let law = crate::command::law::decided_by(workspace, &record, &[request::SEND, request::ANSWER])?;
    Ok(Output::thing(&row(workspace, &record)?).with("law", law))
}

fn find(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("request")?, &[Kind::Request])
}

fn kind_of<'l>(law: &'l Law, id: &str) -> Result<&'l RequestKind, Error> {
    law.request(id).ok_or_else(|| Error::usage(format!("--kind {}: {} are known", shown(id), kinds().join(", "))))
}

/// The urgencies that some kind of request knows.
static URGENCIES: [Variant; 5] =
    [Variant::ORDINARY, Variant::EMERGENCY, Variant::URGENT_DIRECT, Variant::URGENT_INDIRECT, Variant::PROVISIONAL];

fn urgencies() -> Vec<&'static str> {
    URGENCIES.iter().map(Variant::word).collect()
}

/// Which variant of each clock runs: the urgency's, else the ordinary one, else whatever there is.
fn variant_of(kind: &RequestKind, clock: ClockKind, terms: &Terms) -> Option<Variant> {
    let has = |variant: &Variant| kind.clock.iter().any(|c| c.clock == clock && c.variant == *variant);
    let longer = kind.clock.iter().find(|c| c.clock == clock && c.longer_wins && terms.order_days.is_some());
    let wanted =
        [longer.map(|c| c.variant.clone()), terms.urgency.clone(), Some(Variant::ORDINARY), Some(Variant::ORDER)];
    let first = wanted.into_iter().flatten().find(|v| has(v));
    first.or_else(|| kind.clock.iter().find(|c| c.clock == clock).map(|c| c.variant.clone()))
}

/// The gate's name for what a request lacks whose instrument binds not both sides.
const IN_FORCE: &str = "in-force";

/// What a request lacks before it may be submitted or sent.
struct Lacking {
    /// Fields of its kind.
    fields: Vec<String>,
    /// That its instrument is in force between the two sides.
    in_force: bool,
}

impl Lacking {
    /// The gate's names for all of it.
    fn names(&self) -> Vec<String> {
        let mut names = self.fields.clone();
        names.extend(self.in_force.then(|| IN_FORCE.to_owned()));
        names
    }
}

/// What a request lacks before it may be submitted or sent.
fn lacks(
    workspace: &Workspace,
    law: &Law,
    kind: &RequestKind,
    to: &Record,
    said: impl Fn(&str) -> bool,
) -> Result<Lacking, Error> {
    let is_live = workspace.meta.realm == crate::value::realm::Realm::Live;
    let in_force = is_live && !binds(workspace, law, kind, to, workspace.now())?;
    Ok(Lacking { fields: kind.missing(said), in_force })
}

/// Whether a kind's instrument is in force between this desk's jurisdiction and a partner's at a time.
pub fn binds(
    workspace: &Workspace,
    law: &Law,
    kind: &RequestKind,
    other: &Record,
    at: Timestamp,
) -> Result<bool, Error> {
    let own = workspace.own_record()?;
    let code = |r: &Record| r.text("jurisdiction").unwrap_or_default().to_owned();
    Ok(law.in_force_between(&kind.instrument, &code(&own), &code(other), at))
}

fn new(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let law = &*workspace.law()?;
    let kind = kind_of(law, args.need("kind")?)?;
    let record = |field: &str, of: Kind| args.maybe(field).map(|t| workspace.find_record(t, &[of])).transpose();
    let (item, follows) = (record("item", Kind::Item)?, record("follows", Kind::Request)?);
    let around = item.as_ref().or(follows.as_ref()).and_then(|r| r.case);
    let case = match (args.maybe("case"), around) {
        (Some(typed), _) => workspace.find_record(typed, &[Kind::Case])?,
        (None, Some(id)) => workspace.find_record(&id.to_string(), &[Kind::Case])?,
        (None, None) => return Err(Error::usage("--case is missing")),
    };
    let to = workspace.partner(args.need("to")?)?;
    let urgency = args.maybe_read("urgency", "an urgency", |w| URGENCIES.iter().find(|u| u.word() == w).cloned())?;
    let urgency = urgency.filter(|u| *u != Variant::ORDINARY);
    if let Some(urgency) = &urgency
        && !kind
            .clock
            .iter()
            .any(|c| c.variant == *urgency || (c.variant == Variant::VALIDATION && *urgency == Variant::EMERGENCY))
    {
        let known: Vec<&str> = kind.clock.iter().map(|c| c.variant.word()).collect();
        return Err(Error::usage(format!("--urgency {urgency}: {} has {}", kind.id, known.join(", "))));
    }
    if let Some(before) = &follows {
        let follows = terms_of(before)?.kind;
        let may = law.request(&follows).is_some_and(|k| k.follow_on.contains(&kind.id));
        if !may {
            return Err(Error::usage(format!("--follows: {} does not follow on {follows}", kind.id)));
        }
    }
    let recipient = args.maybe("for").map(|p| workspace.partner(p)).transpose()?.map(|p| p.id);
    let mut fields = object! {};
    for (name, value) in args.pairs("field")? {
        if !kind.field.iter().any(|f| f.id == name) {
            let known: Vec<_> = kind.field.iter().map(|f| f.id.as_str()).collect();
            return Err(Error::usage(format!("--field {}: {} has {}", shown(&name), kind.id, known.join(", "))));
        }
        let value =
            crate::value::text::body(&value).map_err(|e| Error::usage(format!("--field {} {e}", shown(&name))))?;
        fields.set(&name, value);
    }
    let said = |id: &str| fields.get(id).and_then(Json::text).is_some_and(|t| !crate::value::text::is_blank(t));
    let lacking = lacks(workspace, law, kind, &to, said)?;
    let missing = lacking.names();
    let purpose = case.text("purpose").unwrap_or(from_records::DESK_PURPOSE).to_owned();
    if !missing.is_empty() && !args.flag("draft") {
        // The same question that handing it in will ask.
        let asked = GateInputs { missing: missing.clone(), purpose: Some(purpose), ..GateInputs::default() };
        let facts = from_records::act_facts(
            &workspace.records(),
            &workspace.meta.realm,
            workspace.now(),
            request::SUBMIT,
            workspace.person(),
            &asked,
        )?;
        let demands: Vec<String> = kind
            .field
            .iter()
            .filter(|f| lacking.fields.contains(&f.id))
            .map(|f| format!("{} ({})", f.label, f.article))
            .collect();
        let mut hint = Vec::new();
        if !demands.is_empty() {
            hint.push(format!("say each with --field name=text, or keep it with --draft: {}", demands.join("; ")));
        }
        if lacking.in_force {
            hint.push(not_in_force(kind));
        }
        return Err(Error::refused(facts.judge(), None).hint(hint.join("; ")));
    }
    let terms = Terms {
        kind: kind.id.clone(),
        case: case.id,
        to: to.id,
        purpose,
        tier: kind.tier,
        missing,
        urgency,
        order_days: args.number("order-days")?.filter(|n| *n > 0),
        authority_until: args
            .maybe("authority-until")
            .map(|_| args.time("authority-until", workspace.now()))
            .transpose()?,
        follows: follows.map(|r| r.id),
        item: item.map(|r| r.id),
        recipient,
    };
    if !kind.review {
        return ask_consent(workspace, &terms, &fields);
    }
    let id = match args.maybe("request") {
        Some(draft) => workspace.find_record(draft, &[Kind::Request])?.id,
        None => workspace.entropy.id()?,
    };
    workspace.act_alone(crate::record::request::NEW, Audience::OwnDesk, |e, _| {
        Ok(request::drafted(id, &terms, &fields, e.salt()?))
    })?;
    let said = if terms.missing.is_empty() {
        "Written. Submit it with `request submit`.".to_owned()
    } else {
        format!("Kept as a draft; still missing: {}.", terms.missing.join(", "))
    };
    Ok(Output::made(id, said).with("missing", terms.missing))
}

fn submit(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let terms = terms_of(&record)?;
    let law = &*workspace.law()?;
    let kind = kind_of(law, &terms.kind)?;
    let scope =
        review::Scope { subject: record.id, to: terms.to, purpose: terms.purpose, level: kind.level, tier: terms.tier };
    must_bind(workspace, law, kind, terms.to, request::SUBMIT, &scope.purpose)?;
    let id = workspace.entropy.id()?;
    workspace.act(crate::record::request::SUBMIT, Audience::OwnDesk, None, |act, _| {
        act.change(request::submitted(record.id))?;
        act.change(review::new(id, &scope))?;
        Ok(())
    })?;
    Ok(Output::made(record.id, format!("Submitted; its review is V-{}, level {}.", id.short(), scope.level))
        .with("review", id))
}

fn not_in_force(kind: &RequestKind) -> String {
    format!("NOT IN FORCE between the two sides: {} is for drafts and exercises alone", kind.article)
}

/// Refuses, outside of exercises, what rests on an instrument that is not in force between the two sides.
fn must_bind(
    workspace: &Workspace,
    law: &Law,
    kind: &RequestKind,
    to: Id,
    act: ChangeKind,
    purpose: &str,
) -> Result<(), Error> {
    let to = workspace.records().get(to)?;
    let live = workspace.meta.realm == crate::value::realm::Realm::Live;
    let Some(to) = to.filter(|_| live) else { return Ok(()) };
    if binds(workspace, law, kind, &to, workspace.now())? {
        return Ok(());
    }
    let asked =
        GateInputs { missing: vec![IN_FORCE.into()], purpose: Some(purpose.to_owned()), ..GateInputs::default() };
    let facts = from_records::act_facts(
        &workspace.records(),
        &workspace.meta.realm,
        workspace.now(),
        act,
        workspace.person(),
        &asked,
    )?;
    Err(Error::refused(facts.judge(), None).hint(not_in_force(kind)))
}

/// The field that names the authority that validated an order, where one did.
pub const VALIDATION: &str = "validation";

/// The clocks that run from when a request is sent, as terms: one for each clock of its kind, in the variant that its
/// urgency asks for; an emergency's validation beside them.
pub fn clocks(
    workspace: &Workspace,
    law: &Law,
    kind: &RequestKind,
    terms: &Terms,
    validated: bool,
    event: Timestamp,
) -> Result<Json, Error> {
    let other = workspace.records().get(terms.to)?;
    let code = other.as_ref().and_then(|r| r.text("jurisdiction")).unwrap_or_default();
    let calendar = law.jurisdiction(code).map(Jurisdiction::calendar).unwrap_or_default();
    let mut all = Vec::new();
    for clock in deadline::clocks(law, kind, event, terms.order_days, &calendar) {
        let row = clock.row;
        let chosen = variant_of(kind, row.clock, terms).is_some_and(|v| v == row.variant);
        // Only what was issued before anyone validated it has to be validated afterwards.
        let validation =
            row.variant == Variant::VALIDATION && !validated && terms.urgency.as_ref() == Some(&Variant::EMERGENCY);
        let starts = matches!(row.starts, Event::Sent | Event::Issued | Event::Received);
        if !(starts && (chosen || validation)) {
            continue;
        }
        let expires =
            terms.authority_until.filter(|_| row.clock == ClockKind::Authority && row.variant == Variant::ORDER);
        let said = |t: Option<Timestamp>| expires.or(t).map(|t| t.to_string());
        all.push(object! {
            "clock" => row.clock, "variant" => row.variant.word(), "due" => said(clock.target),
            "limit" => said(clock.limit), "source" => row.source.as_str(),
        });
    }
    Ok(Json::Arr(all))
}

/// Asks an originator whether an item of theirs may go on to another desk. It needs no review: it gives nothing away.
fn ask_consent(workspace: &mut Workspace, terms: &Terms, fields: &Json) -> Result<Output, Error> {
    let (Some(_), Some(_)) = (terms.item, terms.recipient) else {
        return Err(Error::usage("a consent is asked for an --item and the partner that it is --for"));
    };
    let id = workspace.entropy.id()?;
    workspace.act_alone(request::CONSENT, Audience::Desks(vec![terms.to]), |e, _| {
        Ok(request::consent_asked(id, terms, fields, e.salt()?))
    })?;
    Ok(Output::made(id, format!("Asked: it leaves with the next bundle to {}.", workspace.code_of(terms.to)?)))
}

fn send(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let terms = terms_of(&record)?;
    let law = &*workspace.law()?;
    let kind = kind_of(law, &terms.kind)?;
    must_bind(workspace, law, kind, terms.to, request::SEND, &terms.purpose)?;
    let content = workspace.content(&record)?;
    let fields = content.as_ref().and_then(|c| c.get("fields")).cloned().unwrap_or_else(|| object! {});
    let (realm, me) = (workspace.meta.realm.clone(), workspace.person());
    let validated = fields.get(VALIDATION).and_then(Json::text).is_some_and(|said| !said.trim().is_empty());
    let clocks = without_sources(clocks(workspace, law, kind, &terms, validated, workspace.now())?);
    // The decision of the review and its conditions travel; its reasoning stays here.
    let review = review::deciding(&workspace.records(), &[record.id], terms.to)?;
    let conditions = review.as_ref().map(review::conditions_of).unwrap_or_default();
    let caveats = caveats(workspace, &record, content.as_ref())?;
    workspace.act(request::SEND, Audience::Desks(vec![terms.to]), Some(kind.id.clone()), |act, entropy| {
        let inputs = request::inputs_to_send(record.id, &terms);
        let facts = from_records::act_facts(&act.records(), &realm, act.now(), request::SEND, me, &inputs)?;
        let sent = Sent { clocks, asked: facts.to_json(), conditions, caveats, fields };
        act.change(request::sent(record.id, &terms, sent, entropy.salt()?))?;
        Ok(())
    })?;
    Ok(Output::made(record.id, format!("Sent: it leaves with the next bundle to {}.", workspace.code_of(terms.to)?)))
}

fn answer(
    workspace: &mut Workspace,
    args: &Args,
    given: RequestAnswer,
    ground: Option<&str>,
    text: &str,
) -> Result<Id, Error> {
    let record = find(workspace, args)?;
    let conditions = args.words("condition", "a condition", Condition::parse)?;
    workspace.act_alone(request::ANSWER, Audience::Desks(vec![record.desk]), |e, _| {
        let said = Answered { answer: given, ground, conditions, text };
        Ok(request::answered(record.id, said, e.salt()?))
    })
}

fn acknowledge(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Acknowledge, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Acknowledged: the partner hears it with the next bundle."))
}

fn accept(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let given = if args.flag("partly") { RequestAnswer::AcceptPartly } else { RequestAnswer::Accept };
    let id = answer(workspace, args, given, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Accepted: the partner hears it with the next bundle."))
}

fn offer(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Offer, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Offered under conditions: the partner takes them, or withdraws."))
}

fn postpone(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let ground = ground_of(workspace, args, Effect::Postpone)?;
    let id = answer(
        workspace,
        args,
        RequestAnswer::Postpone,
        ground.as_deref(),
        &args.body("because")?.unwrap_or_default(),
    )?;
    Ok(Output::made(id, "Postponed; the reasons go with it."))
}

fn execute(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Execute, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "It is being carried out: the partner hears it with the next bundle."))
}

fn consent(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Consent, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Consent is given: the partner hears it with the next bundle."))
}

fn refuse(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let ground = ground_of(workspace, args, Effect::Refuse)?.ok_or_else(|| {
        Error::new(
            ErrorKind::Refused,
            "the instrument of this request names no ground of refusal",
            "accept it, put it off, or offer it under conditions",
        )
    })?;
    let id = answer(workspace, args, RequestAnswer::Refuse, Some(&ground), &args.body("because")?.unwrap_or_default())?;
    Ok(Output::made(id, format!("Refused on {ground}; the reasons go with it.")))
}

fn grounds_to_refuse(workspace: &Workspace, args: &Args) -> Result<Vec<Known>, Error> {
    known_grounds(workspace, args, Effect::Refuse)
}

fn grounds_to_postpone(workspace: &Workspace, args: &Args) -> Result<Vec<Known>, Error> {
    known_grounds(workspace, args, Effect::Postpone)
}

/// The grounds on which the request of a form may be refused or postponed.
fn known_grounds(workspace: &Workspace, args: &Args, effect: Effect) -> Result<Vec<Known>, Error> {
    if args.maybe("request").is_none() {
        return Ok(Vec::new());
    }
    let law = workspace.law()?;
    let kind = kind_of(&law, &terms_of(&find(workspace, args)?)?.kind)?;
    let known =
        |g: &&Ground| Known { word: g.id.clone(), text: format!("{} ({})", g.text, g.source_in(&kind.instrument)) };
    Ok(law.grounds(kind, effect).iter().map(known).collect())
}

/// The ground that was named, out of the closed list of the kind; `None` where the list has none for that.
fn ground_of(workspace: &Workspace, args: &Args, effect: Effect) -> Result<Option<String>, Error> {
    let law = workspace.law()?;
    let kind = kind_of(&law, &terms_of(&find(workspace, args)?)?.kind)?;
    let known: Vec<&str> = law.grounds(kind, effect).iter().map(|g| g.id.as_str()).collect();
    let (command, other) =
        if effect == Effect::Refuse { ("refused", "request postpone") } else { ("postponed", "request refuse") };
    let refused = |what: String, next: String| Err(Error::new(ErrorKind::Refused, what, next));
    match args.maybe("ground") {
        None if known.is_empty() => Ok(None),
        None if effect == Effect::Refuse => args.need("ground").map(|g| Some(g.to_owned())),
        None => refused(
            format!("{}: what is asked under it is {command} on a ground of its closed list alone", kind.article),
            format!("name it with --ground: {}", known.join(", ")),
        ),
        Some(ground) if known.contains(&ground) => Ok(Some(ground.to_owned())),
        Some(ground) if kind.grounds.iter().any(|g| g == ground) => refused(
            format!("{ground} is no ground on which {} may be {command}", kind.article),
            format!("use `{other}`, or name another ground"),
        ),
        Some(ground) => refused(
            match known.as_slice() {
                [] => {
                    format!("{} names no ground on which it may be {command}, so not {}", kind.article, shown(ground))
                }
                all => {
                    format!("{} may be {command} on {} alone, not on {}", kind.article, all.join(", "), shown(ground))
                }
            },
            "name a ground of that list; `comity law show` tells what each means".to_owned(),
        ),
    }
}

fn clarify(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Clarify, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Asked for clarification."))
}

fn deliver(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answer(workspace, args, RequestAnswer::Deliver, None, &args.body("text")?.unwrap_or_default())?;
    Ok(Output::made(id, "Delivered: the answer leaves with the next bundle."))
}

fn add_report(workspace: &mut Workspace, args: &Args, report: FollowUp, done: &str) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let text = args.body("text")?.unwrap_or_default();
    let id = workspace.act_alone(
        crate::record::request::REPORT,
        Audience::Desks(record.partner.into_iter().collect()),
        |e, _| Ok(request::reported(record.id, report, &text, e.salt()?)),
    )?;
    Ok(Output::made(id, done))
}

fn report_use(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::Use, "The use is reported.")
}

fn reply(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::Clarified, "Made clear: the partner hears it with the next bundle.")
}

fn agree(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::TakeConditions, "The conditions are taken: they bind this desk from now on.")
}

fn close(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::Close, "Closed.")
}

fn extend(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::Extend, "The partner hears it with the next bundle; no deadline has moved.")
}

fn expire(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::Expire, "Expired: its last clock has ended.")
}

fn withdraw(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let because = args.body("because")?.unwrap_or_default();
    // What never left is withdrawn at home.
    let left = record.text("sent").is_some();
    let audience = if left { Audience::Desks(record.partner.into_iter().collect()) } else { Audience::OwnDesk };
    let id = workspace.act_alone(crate::record::request::WITHDRAW, audience, |e, _| {
        Ok(request::withdrawn(record.id, &because, e.salt()?))
    })?;
    Ok(Output::made(id, "Withdrawn."))
}

fn resolve(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let take = args.read("take", "a state", request::State::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    let audience = Audience::Desks(record.partner.into_iter().collect());
    let id = workspace.act_alone(crate::record::request::RESOLVE, audience, |e, _| {
        Ok(request::resolved(record.id, take, &because, e.salt()?))
    })?;
    Ok(Output::made(id, format!("Resolved: it is {}.", take.word())))
}
