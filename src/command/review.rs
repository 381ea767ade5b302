//! Legal reviews: opened, assessed test by test, decided by somebody who did not ask for them.

use crate::record::kind::{Kind, KindState, State as RecordState};
use std::collections::BTreeMap;

use serde::Serialize;

use crate::act::change::Line;
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Known, NeededWhere, Needs, Output, PairRow, Preview, STAYS, Undo,
    Weight, Writes,
};
use crate::command::json::or_empty;
use crate::command::shape::TOKEN;
use crate::gate::from_records;
use crate::law::ground::Ground;
use crate::record::definition::token;
use crate::record::review::{self, Assessment, Changed, Decided as Outcome, Decision, DecisionContent, Scope};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::store::read::StoredChange;
use crate::value::class::{Category, Condition, Level, Test, TestOutcome, Tier};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::text::{is_blank, shown};
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const REVIEW: Arg = Arg::new("review", ArgKind::Record(&[Kind::Review]), "the review").positional();

/// What can be reviewed: items that are kept, and requests that were sent. The review of a draft is opened by submitting it.
const REVIEWABLE: &[RecordState] = &{
    use crate::record::request::State as S;
    [
        crate::record::item::State::Held.any(),
        S::Sent.any(),
        S::Acknowledged.any(),
        S::Clarification.any(),
        S::Conditional.any(),
        S::Consultation.any(),
        S::Accepted.any(),
        S::Partly.any(),
        S::Postponed.any(),
        S::Executing.any(),
        S::Conflict.any(),
        S::Delivered.any(),
        S::UseReported.any(),
        S::Refused.any(),
        S::Expired.any(),
        S::Withdrawn.any(),
        S::Closed.any(),
    ]
};

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "review",
        name: "open",
        about: "Ask for a legal review of an item, for one recipient and one purpose",
        args: &[
            Arg::new("subject", ArgKind::Record(&[Kind::Item, Kind::Request]), "the item").required(),
            Arg::new("to", ArgKind::Partner, "the recipient").required(),
            Arg::new("purpose", ArgKind::Line, "for what; without it, the case's purpose").of_shape(TOKEN),
            Arg::new("level", ArgKind::Word(all_words::<Level>), "how deep; without it, what the tier asks"),
        ],
        writes: Some(Writes {
            act: crate::record::review::OPEN,
            weight: Weight::Records,
            needs: Needs::OneOf(REVIEWABLE),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Review],
        }),
        run: Handler::Writes(open),
    },
    Command {
        noun: "review",
        name: "list",
        about: "List the reviews",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "review",
        name: "show",
        about: "Show a review",
        args: &[REVIEW],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "review",
        name: "assess",
        about: "Answer the tests of a review",
        args: &[
            REVIEW,
            Arg::new(
                "all",
                ArgKind::Word(all_words::<TestOutcome>),
                "one outcome for every test that its level asks; what L2 and L3 add needs a reason each to be met",
            ),
            Arg::new("test", ArgKind::PairsOf(tests_of), "test=outcome").repeated(),
            Arg::new("reason", ArgKind::Pairs, "test=why").repeated(),
            Arg::new(
                "less-intrusive",
                ArgKind::Body,
                "which less intrusive means were considered, and why they do not suffice",
            ),
            Arg::new("evidence", ArgKind::Record(&[Kind::Item]), "an item that the answers rest on").repeated(),
        ],
        writes: Some(Writes {
            act: crate::record::review::ASSESS,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Review],
        }),
        run: Handler::Writes(assess),
    },
    Command {
        noun: "review",
        name: "decide",
        about: "Decide a review",
        args: &[
            REVIEW,
            Arg::new(
                "decision",
                ArgKind::Word(decisions),
                "approve (under the conditions below, if any), partial, defer, refuse",
            )
            .needed(NeededWhere::Without(&["approve", "partial", "defer", "refuse"])),
            Arg::new("approve", ArgKind::Flag, "approve; with conditions where there are any").cli_only(),
            Arg::new("partial", ArgKind::Flag, "approve in part").cli_only(),
            Arg::new("defer", ArgKind::Flag, "put it off").cli_only(),
            Arg::new("refuse", ArgKind::Flag, "refuse").cli_only(),
            Arg::new("condition", ArgKind::Words(all_words::<Condition>), "a condition on the recipient").repeated(),
            Arg::new("caveat", ArgKind::Line, "a caveat in words, for the letter").repeated(),
            Arg::new(
                "ground",
                ArgKind::Known(grounds_of),
                "a ground of the law that it rests on, for a refusal or a part; it stays at the desk",
            )
            .repeated(),
            Arg::new("expires", ArgKind::Time, "when the approval expires; within a year")
                .ahead()
                .needed(NeededWhere::Says("decision", &["approve", "partial"])),
            Arg::new("reasons", ArgKind::Body, "the reasons; partial, defer and refuse need them")
                .needed(NeededWhere::Says("decision", &["partial", "defer", "refuse"])),
            Arg::new(
                "conflict-of-interest",
                ArgKind::Flag,
                "declare a conflict of interest, which refuses the decision; `review recuse` keeps it",
            )
            .cli_only(),
        ],
        writes: Some(Writes {
            act: review::DECIDE,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("review lapse"),
            alone: false,
            keys: &[Key::Sign, Key::Destroy],
        }),
        run: Handler::Writes(decide),
    },
    Command {
        noun: "review",
        name: "recuse",
        about: "Declare a conflict of interest: another reviewer assesses and decides",
        args: &[REVIEW, Arg::new("because", ArgKind::Body, "what the conflict is; it stays at the desk").required()],
        writes: Some(Writes {
            act: review::RECUSE,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Review],
        }),
        run: Handler::Writes(recuse),
    },
    Command {
        noun: "review",
        name: "lapse",
        about: "End an approval: what it rested on has changed",
        args: &[
            REVIEW,
            Arg::new("changed", ArgKind::Word(all_words::<Changed>), "what has changed").required(),
            Arg::new("because", ArgKind::Body, "how; it stays at the desk").required(),
        ],
        writes: Some(Writes {
            act: review::LAPSE,
            weight: Weight::Destroys,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(lapse),
    },
];

/// What may be decided.
const OUTCOMES: [Outcome; 4] = [Outcome::Approve, Outcome::Partial, Outcome::Defer, Outcome::Refuse];

fn decisions() -> Vec<&'static str> {
    OUTCOMES.iter().map(|o| o.word()).collect()
}

/// The grounds of the law: of a request's review those of its kind, else all.
fn grounds_of(workspace: &Workspace, args: &Args) -> Result<Vec<Known>, Error> {
    let law = workspace.law()?;
    let review = args.maybe("review").map(|typed| workspace.find_record(typed, &[Kind::Review])).transpose()?;
    let subject = review.and_then(|r| r.subject).map(|s| workspace.records().get(s)).transpose()?.flatten();
    let kind = subject.and_then(|s| s.text("kind").and_then(|k| law.request(k)).cloned());
    let of_kind = |g: &&Ground| kind.as_ref().is_none_or(|k| k.grounds.contains(&g.id));
    let known = |g: &Ground| Known { word: g.id.clone(), text: format!("{} ({})", g.text, g.source) };
    Ok(law.all_grounds().iter().filter(of_kind).map(known).collect())
}

/// The tests that the level of the review asks.
fn tests_of(workspace: &Workspace, args: &Args) -> Result<Vec<PairRow>, Error> {
    let Some(typed) = args.maybe("review") else { return Ok(Vec::new()) };
    let record = workspace.find_record(typed, &[Kind::Review])?;
    let level = review::level_of(&record).unwrap_or(Level::L3);
    let recognised = recognition(workspace, &record)?;
    let row = |t: &Test| PairRow {
        name: t.word().to_owned(),
        // Told from the field of the same name: the text that the test rests on.
        label: format!("test {}", t.word().replace('_', " ")),
        help: recognised(*t).unwrap_or_default(),
        article: String::new(),
        required: false,
        words: all_words::<TestOutcome>(),
    };
    Ok(Test::asked(level, review::is_about_person(&record)).iter().map(row).collect())
}

/// A review as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct ReviewSummary {
    /// The record.
    pub id: Id,
    /// What it is of.
    #[serde(serialize_with = "or_empty")]
    pub subject: Option<Id>,
    /// Item or request.
    pub subject_kind: Option<Kind>,
    /// The recipient.
    pub to: String,
    /// For what.
    pub purpose: String,
    /// How deep.
    #[serde(serialize_with = "or_empty")]
    pub level: Option<Level>,
    /// The tier that it is made for.
    pub tier: Option<Tier>,
    /// Where it stands.
    pub state: RecordState,
    /// Who asked for it.
    pub requester: String,
    /// When.
    #[serde(serialize_with = "or_empty")]
    pub opened: Option<Timestamp>,
    /// The tests of its level, and their outcomes.
    pub tests: Vec<TestRow>,
    /// Whether the less-intrusive text is there.
    pub less_intrusive: bool,
    /// Who decided.
    pub reviewers: Vec<String>,
    /// The conditions.
    pub conditions: Vec<Condition>,
    /// When the approval expires.
    pub expires: Option<Timestamp>,
    /// The items that it rests on.
    pub evidence: Vec<Id>,
    /// Who declared a conflict of interest.
    pub recused: Vec<String>,
    /// What has changed since it was approved, where it lapsed by an act.
    pub changed: Option<Changed>,
}

/// What a review says in words. It stays at the desk, but for the caveats.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    /// Which less intrusive means were considered, and why they do not suffice: what was said last.
    pub less_intrusive_text: String,
    /// The reasons for single tests: what was said last of each.
    pub reasons: BTreeMap<String, String>,
    /// The reasons of each decision, in order.
    pub decision_reasons: Vec<String>,
    /// The caveats of each decision, in order.
    pub caveats: Vec<String>,
    /// The grounds of each decision, in order: rows of the law.
    pub grounds: Vec<String>,
    /// Why an approval lapsed, or a reviewer stepped back, in order.
    pub lapsed: Vec<String>,
}

/// What was said in a review. What was purged is left out.
pub fn statements(workspace: &Workspace, record: &Record) -> Result<Statements, Error> {
    Ok(statements_in(workspace.changes_of(record)?))
}

/// The same, from the changes of the review.
pub fn statements_in(changes: Vec<StoredChange>) -> Statements {
    let mut told = Statements::default();
    for change in changes {
        let Line::Change(change) = change.line else { continue };
        let Ok(Some(content)) = change.read_content() else { continue };
        let text = |key: &str| content.get(key).and_then(Json::text).unwrap_or_default().to_owned();
        match crate::record::change(&change.kind).map(|def| def.kind) {
            Some(review::ASSESS) => {
                for (test, reason) in content.get("reasons").and_then(Json::members).unwrap_or_default() {
                    told.reasons.insert(test.to_string(), reason.text().unwrap_or_default().to_owned());
                }
                let less = text("less_intrusive");
                if !is_blank(&less) {
                    told.less_intrusive_text = less;
                }
            }
            Some(review::DECIDE) => {
                told.decision_reasons.extend(Some(text("reasons")).filter(|r| !is_blank(r)));
                let grounds = content.get("grounds").and_then(Json::items).unwrap_or_default();
                told.grounds.extend(grounds.iter().filter_map(|g| g.text().map(str::to_owned)));
                let caveats = content.get("caveats").and_then(Json::items).unwrap_or_default();
                told.caveats.extend(caveats.iter().filter_map(|c| c.text().map(str::to_owned)));
            }
            Some(review::LAPSE | review::RECUSE) => told.lapsed.push(text("because")),
            _ => {}
        }
    }
    told
}

impl ReviewSummary {
    /// Whether it is not decided.
    pub fn is_open(&self) -> bool {
        use review::State as S;
        matches!(KindState::of(self.state), Some(S::Open | S::Assessed | S::Deferred))
    }
}

/// A test as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct TestRow {
    /// The test.
    pub test: Test,
    /// Its outcome.
    pub outcome: Option<TestOutcome>,
    /// What of the recipient's is taken as meeting it, or what is asked instead; nothing where neither is ruled.
    pub recognition: Option<String>,
}

/// The jurisdictions of this desk and of the recipient; empty where one is not known.
fn sides(workspace: &Workspace, record: &Record) -> Result<(String, String), Error> {
    let side = |id: Id| -> Result<String, Error> {
        let record = workspace.records().get(id)?;
        Ok(record.and_then(|r| r.text("jurisdiction").map(str::to_owned)).unwrap_or_default())
    };
    Ok((side(workspace.meta.desk)?, record.partner.map(side).transpose()?.unwrap_or_default()))
}

/// Who authorises what the review is about, on which standard, on either side.
#[derive(Clone, Debug, Serialize)]
pub struct ThresholdRow {
    /// The category of data.
    pub category: Category,
    /// Whose rule.
    pub side: String,
    /// Who authorises.
    pub authoriser: String,
    /// The standard of evidence.
    pub standard: String,
    /// Whether it is the higher standard of the two, which applies.
    pub higher: bool,
}

/// The thresholds of both sides for the data that the review is about.
pub fn thresholds(workspace: &Workspace, record: &Record) -> Result<Vec<ThresholdRow>, Error> {
    let law = workspace.law()?;
    let Some(subject) = record.subject.map(|s| workspace.records().get(s)).transpose()?.flatten() else {
        return Ok(Vec::new());
    };
    let categories: Vec<Category> = match subject.kind {
        Kind::Request => {
            subject.text("kind").and_then(|k| law.request(k)).map(|k| k.categories.clone()).unwrap_or_default()
        }
        _ => subject.text("category").and_then(Category::parse).into_iter().collect(),
    };
    let (own, theirs) = sides(workspace, record)?;
    let of = |side: &str, category: Category| {
        law.jurisdiction(side).and_then(|j| j.threshold.iter().find(|t| t.category == category)).cloned()
    };
    let mut all = Vec::new();
    for category in categories {
        for (side, other) in [(&own, &theirs), (&theirs, &own)] {
            let Some(here) = of(side, category) else { continue };
            all.push(ThresholdRow {
                category,
                side: side.clone(),
                higher: of(other, category).is_none_or(|there| here.rank > there.rank),
                authoriser: here.authoriser,
                standard: here.standard,
            });
        }
    }
    Ok(all)
}

/// What this desk's law says of the recipient's certificates, test by test: taken until a day, or the higher standard.
fn recognition(workspace: &Workspace, record: &Record) -> Result<impl Fn(Test) -> Option<String>, Error> {
    let (own, theirs) = sides(workspace, record)?;
    let (law, now) = (workspace.law()?, workspace.now());
    Ok(move |test| {
        let row = law.recognition(&own, &theirs, test)?;
        let until = &row.until;
        Some(match row.stands(now) {
            true => format!("taken as met until {until}: {}; after that: {}", row.accepts, row.fallback),
            false => format!("no longer taken since {until}: {}; the higher standard: {}", row.accepts, row.fallback),
        })
    })
}

/// A review's record as it is shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<ReviewSummary, Error> {
    let text = |key: &str| record.text(key).unwrap_or_default().to_owned();
    let name = |p: &str| Person::parse(p).map_or_else(|| Ok(p.to_owned()), |p| workspace.name_of(p));
    let subject = record.subject.map(|s| workspace.records().get(s)).transpose()?.flatten();
    let tests = record.terms.get("tests");
    let recognised = recognition(workspace, record)?;
    let level = review::level_of(record);
    Ok(ReviewSummary {
        id: record.id,
        subject: record.subject,
        subject_kind: subject.map(|s| s.kind),
        to: workspace.partner_of(record)?.unwrap_or_default(),
        purpose: text("purpose"),
        level,
        tier: record.tier,
        state: if review::has_lapsed(record, workspace.now()) { review::State::Lapsed.any() } else { record.state },
        requester: name(&text("requester"))?,
        opened: record.instant("opened"),
        tests: level
            .map(|level| Test::asked(level, review::is_about_person(record)))
            .unwrap_or_default()
            .iter()
            .map(|t| TestRow {
                test: *t,
                outcome: tests.and_then(|all| all.get(t.word())).and_then(Json::text).and_then(TestOutcome::parse),
                recognition: recognised(*t),
            })
            .collect(),
        less_intrusive: record.terms.get("less_intrusive").and_then(Json::truth) == Some(true),
        reviewers: review::reviewers_of(record).into_iter().map(|p| workspace.name_of(p)).collect::<Result<_, _>>()?,
        conditions: review::conditions_of(record),
        expires: record.instant("expires"),
        evidence: review::evidence_of(record),
        recused: review::recused_of(record).into_iter().map(|p| workspace.name_of(p)).collect::<Result<_, _>>()?,
        changed: review::changed(record),
    })
}

/// A review that was decided before of the same: a request of the same kind, or an item of the same category.
pub struct Precedent {
    /// The review.
    pub id: Id,
    /// What it came to, for whom, and when it was asked for.
    pub said: String,
}

/// The newest precedents of a review, at most three.
pub fn precedents(workspace: &Workspace, record: &Record) -> Result<Vec<Precedent>, Error> {
    // A request's kind, or an item's category.
    let of = |r: &Record| -> Result<Option<(Kind, String)>, Error> {
        let subject = r.subject.map(|s| workspace.records().get(s)).transpose()?.flatten();
        Ok(subject.and_then(|s| {
            let word = s.text(if s.kind == Kind::Request { "kind" } else { "category" })?.to_owned();
            Some((s.kind, word))
        }))
    };
    let Some(same) = of(record)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for other in workspace.records().find(&Query::kind(Kind::Review))?.iter().rev() {
        let decided = other.text("outcome").is_some() && other.id != record.id;
        if decided && of(other)?.as_ref() == Some(&same) {
            let r = row(workspace, other)?;
            let outcome = other.text("outcome").unwrap_or_default();
            let day = r.opened.map(|t| t.date().to_string()).unwrap_or_default();
            found.push(Precedent { id: r.id, said: format!("{outcome}, to {}, asked {day}", r.to) });
            if found.len() == 3 {
                break;
            }
        }
    }
    Ok(found)
}

/// Every review, undecided ones first.
pub fn rows(workspace: &Workspace) -> Result<Vec<ReviewSummary>, Error> {
    let mut all = workspace.records().find(&Query::kind(Kind::Review))?;
    all.sort_by_key(|r| {
        !matches!(r.in_state(), Some(review::State::Open | review::State::Assessed | review::State::Deferred))
    });
    all.iter().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("subject_kind", "OF"),
        ("subject", "SUBJECT"),
        ("to", "TO"),
        ("level", "LEVEL"),
        ("state", "STATE"),
        ("requester", "ASKED BY"),
        ("expires", "EXPIRES"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Review))
}

fn find(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("review")?, &[Kind::Review])
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    whole(workspace, &record)
}

/// A review with all that was said in it.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn whole(workspace: &Workspace, record: &Record) -> Result<Output, Error> {
    let told = statements(workspace, record)?;
    let answer = Output::thing(&row(workspace, record)?)
        .with("less_intrusive_text", told.less_intrusive_text)
        .with("reasons", told.reasons)
        .with("decision_reasons", told.decision_reasons)
        .with("caveats", told.caveats)
        .with("grounds", told.grounds)
        .with("thresholds", thresholds(workspace, record)?)
        .with("lapsed_because", told.lapsed)
        .with("law", crate::command::law::decided_by(workspace, record, &[review::DECIDE])?);
    Ok(answer)
}

fn open(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let subject = workspace.find_record(args.need("subject")?, &[Kind::Item, Kind::Request])?;
    let to = workspace.partner(args.need("to")?)?;
    let tier = subject.tier.unwrap_or(Tier::INDICATORS);
    let purpose = match args.maybe_read("purpose", TOKEN.what, token)? {
        Some(purpose) => purpose,
        None => purpose_of(workspace, subject.case)?,
    };
    let level = match args.maybe_read("level", "L1, L2 or L3", Level::parse)? {
        Some(level) => level,
        None => Level::for_tier(tier).ok_or_else(|| {
            let hint = "it is shared without one; to have one all the same, say at which level";
            Error::not_allowed("tier 1 needs no review").hint(hint)
        })?,
    };
    let id = workspace.entropy.id()?;
    let about_person = match subject.kind {
        Kind::Request => asks_who_somebody_is(workspace, &subject)?,
        _ => review::item_is_about_person(&subject),
    };
    let scope = Scope { subject: subject.id, to: to.id, purpose, level, tier: level.tier().max(tier), about_person };
    workspace.act_alone(crate::record::review::OPEN, Audience::OwnDesk, |_, _| Ok(review::new(id, &scope)))?;
    Ok(Output::made(id, format!("A review of level {level} waits for a legal reviewer.")))
}

/// Whether a request asks who somebody is.
fn asks_who_somebody_is(workspace: &Workspace, request: &Record) -> Result<bool, Error> {
    let terms = crate::record::request::terms_of(request)?;
    Ok(workspace.law()?.request(&terms.kind).is_some_and(|kind| kind.identifies(&terms.categories)))
}

/// The purpose of a case; the desk's own where there is none.
pub fn purpose_of(workspace: &Workspace, case: Option<Id>) -> Result<String, Error> {
    let case = case.map(|c| workspace.records().get(c)).transpose()?.flatten();
    Ok(case.and_then(|c| c.text("purpose").map(str::to_owned)).unwrap_or_else(|| from_records::DESK_PURPOSE.to_owned()))
}

fn assess(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let test_named =
        |name: &str| Test::parse(name).ok_or_else(|| Error::usage(format!("{}: no such test", shown(name))));
    let mut assessment =
        Assessment { less_intrusive: args.body("less-intrusive")?.unwrap_or_default(), ..Assessment::default() };
    if let Some(outcome) = args.maybe_read("all", "met, not, condition or n/a", TestOutcome::parse)? {
        let level = review::level_of(&record).unwrap_or(Level::L3);
        let asked = Test::asked(level, review::is_about_person(&record));
        assessment.tests = asked.into_iter().map(|t| (t, outcome)).collect();
    }
    for (name, outcome) in args.pairs("test")? {
        let test = test_named(&name)?;
        let outcome = TestOutcome::parse(&outcome)
            .ok_or_else(|| Error::usage(format!("--test {name}: met, not, condition or n/a is expected")))?;
        assessment.tests.retain(|(t, _)| *t != test);
        assessment.tests.push((test, outcome));
    }
    for (name, reason) in args.pairs("reason")? {
        assessment.reasons.push((test_named(&name)?, reason));
    }
    if args.maybe("all").and_then(TestOutcome::parse) == Some(TestOutcome::Met) {
        must_be_reasoned(workspace, args, &record, &assessment)?;
    }
    for typed in args.all("evidence") {
        assessment.evidence.push(workspace.find_record(typed, &[Kind::Item])?.id);
    }
    if assessment.tests.is_empty() && assessment.evidence.is_empty() && is_blank(&assessment.less_intrusive) {
        return Err(Error::usage("say something: --all, --test, --less-intrusive or --evidence"));
    }
    let id = workspace.act_alone(crate::record::review::ASSESS, Audience::OwnDesk, |e, _| {
        Ok(review::assessed(record.id, &assessment, e.salt()?))
    })?;
    Ok(Output::made(id, "Assessed."))
}

/// Refuses one word for all tests of a deeper review, where not each test that its level adds has a reason of its own: nobody
/// would have looked at them. A test that is answered by itself, or was given a reason before, needs none here.
fn must_be_reasoned(workspace: &Workspace, args: &Args, record: &Record, assessment: &Assessment) -> Result<(), Error> {
    let level = review::level_of(record).unwrap_or(Level::L3);
    let said = statements(workspace, record)?.reasons;
    let by_itself: Vec<String> = args.pairs("test")?.into_iter().map(|(name, _)| name).collect();
    let is_reasoned = |test: &Test| {
        let now = assessment.reasons.iter().any(|(t, reason)| t == test && !is_blank(reason));
        now || said.get(test.word()).is_some_and(|reason| !is_blank(reason))
    };
    let added = Test::of_level(level).iter().filter(|test| !Test::of_level(Level::L1).contains(test));
    let bare: Vec<&str> = added
        .filter(|test| !is_reasoned(test) && by_itself.iter().all(|name| name != test.word()))
        .map(|test| test.word())
        .collect();
    if bare.is_empty() {
        return Ok(());
    }
    let what = format!("--reason is missing for what level {level} adds: {}", bare.join(", "));
    let hint = format!("say of each why it is met, as {}=why; or answer it by itself", bare.first().unwrap_or(&"test"));
    Err(Error::usage(what).hint(hint))
}

fn decide(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let conditions = args.words("condition", "a condition", Condition::parse)?;
    let named = args.maybe("decision").and_then(Outcome::parse);
    let chosen: Vec<Outcome> = OUTCOMES.into_iter().filter(|o| args.flag(o.word()) || named == Some(*o)).collect();
    let outcome = match chosen.as_slice() {
        [Outcome::Approve] if !conditions.is_empty() => Outcome::ApproveWithConditions,
        [one] => *one,
        _ => return Err(Error::usage(format!("the decision is missing: one of {}", decisions().join(", ")))),
    };
    let now = workspace.now();
    let reasons = args.body("reasons")?.unwrap_or_default();
    let mut decision = Decision {
        outcome,
        conditions,
        expires: args.maybe("expires").map(|_| args.time("expires", now)).transpose()?,
        conflict: args.flag("conflict-of-interest"),
        reasoned: !is_blank(&reasons),
        asked: Json::Null,
    };
    let caveats = args.lines("caveat")?;
    let law = workspace.law()?;
    let grounds = args.lines("ground")?;
    if let Some(unknown) = grounds.iter().find(|g| law.ground(g).is_none()) {
        return Err(Error::usage(format!("--ground {}: there is no such ground in the law", shown(unknown))));
    }
    let me = workspace.person();
    workspace.act(review::DECIDE, Audience::OwnDesk, None, |act, entropy| {
        let facts = from_records::decide_facts(&act.records(), act.now(), me, &record, &decision)?;
        decision.asked = facts.to_json();
        let said = DecisionContent { reasons: &reasons, caveats: &caveats, grounds: &grounds };
        act.change(review::decided(record.id, &decision, said, entropy.salt()?))?;
        Ok(())
    })?;
    Ok(Output::made(record.id, format!("Decided: {outcome}.")))
}

fn recuse(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let because = args.body("because")?.unwrap_or_default();
    let id = workspace
        .act_alone(review::RECUSE, Audience::OwnDesk, |e, _| Ok(review::recused(record.id, &because, e.salt()?)))?;
    Ok(Output::made(id, "Declared: another reviewer assesses and decides."))
}

fn lapse(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let changed = args.read("changed", "purpose, recipient, tier or facts", Changed::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    let id = workspace.act_alone(review::LAPSE, Audience::OwnDesk, |e, _| {
        Ok(review::lapsed(record.id, changed, &because, e.salt()?))
    })?;
    Ok(Output::made(id, "Lapsed: nothing leaves on it any more. Ask for another review."))
}
