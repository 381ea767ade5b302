//! Asking the gate: about a real item, or with facts of one's own.

use crate::record::kind::Kind;

use serde::Serialize;

use crate::command::definition::{Arg, ArgKind, Args, Command, CommandContext, Handler, Output};
use crate::command::desk::workspace_info::short;
use crate::command::json_lines;
use crate::command::review::purpose_of;
use crate::gate::from_records::{Disclosure, LeaveFacts, claim, under_of};
use crate::gate::leave::{Leave, Validation};
use crate::gate::simulate::simulate;
use crate::gate::verdict::Verdict;
use crate::law::rule::{Rule, RuleScope};
use crate::record::disclosure::{self, Terms};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{agreement, item, taskforce};
use crate::value::class::{Assertion, Category, PersonClass, Tier, words};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::Marking;
use crate::value::timestamp::Duration;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "gate",
        name: "explain",
        about: "May this item go to this partner now, and why (not)? Asking costs nothing",
        args: &[
            Arg::new("item", ArgKind::Record(&[Kind::Item]), "the item").positional(),
            Arg::new("to", ArgKind::Partner, "the partner").required(),
            Arg::new("facts", ArgKind::Flag, "with the facts that it was asked with"),
        ],
        writes: None,
        run: Handler::Reads(explain),
    },
    Command {
        noun: "gate",
        name: "outlook",
        about: "What may go to a partner, and after what, for each category of data",
        args: &[Arg::new("to", ArgKind::Partner, "the partner").required()],
        writes: None,
        run: Handler::Reads(run_outlook),
    },
    Command {
        noun: "gate",
        name: "simulate",
        about: "Judge facts from a file, one JSON object a line (- reads standard input); no workspace is needed",
        args: &[Arg::new("file", ArgKind::Existing, "the file, or -").positional().cli_only()],
        writes: None,
        run: Handler::Free(run_simulate),
    },
];

/// What the gate says of an item and a partner.
pub struct Explained {
    /// The facts that it was asked with.
    pub facts: Leave,
    /// What it says.
    pub verdict: Verdict,
    /// What decided as the agreement: an agreement, or the charter of a task force.
    pub deciding: Option<agreement::Deciding>,
}

/// The facts and the verdict for an item and a partner: with the facts of the open proposal, else with the case's
/// purpose, the agreement's cap as the term, the asker as proposer, and nobody who releases.
pub fn ask(workspace: &Workspace, record: &Record, to: &Record) -> Result<Explained, Error> {
    let records = workspace.records();
    let waiting = Query { partner: Some(to.id), ..Query::state(disclosure::State::Proposed) };
    let mut open = None;
    for proposal in records.find(&waiting)? {
        if crate::command::disclosure::items_of(workspace, &proposal)?.contains(&record.id) {
            open = Some(Terms::read(&disclosure::of_record(&proposal))?);
        }
    }
    let now = workspace.now();
    let (purpose, days, named, proposed_by, emergency, taskforce) = match open {
        Some(terms) => {
            let claimed = terms.emergency.then(|| claim(&[terms.proposed_by], Validation::Pending));
            (terms.purpose, terms.delete_after_days, terms.named, terms.proposed_by, claimed, terms.taskforce)
        }
        None => {
            let purpose = purpose_of(workspace, record.case)?;
            let category = item::Terms::read(&record.terms)?.category;
            let under = under_of(&records, None, record.case)?;
            let found = agreement::deciding(&records, (to.id, under), &purpose, category, now)?;
            let cap = found.map_or(1, |d| d.terms.retention_cap_days);
            (purpose, cap, false, workspace.person(), None, None)
        }
    };
    let of = Disclosure { named, proposed_by, emergency, taskforce, ..proposed(workspace, to, purpose, days) };
    let under = under_of(&records, taskforce, record.case)?;
    let category = item::Terms::read(&record.terms)?.category;
    let deciding = agreement::deciding(&records, (to.id, under), &of.purpose, category, now)?;
    let (facts, verdict) = judge(workspace, record, of)?;
    Ok(Explained { facts, verdict, deciding })
}

/// A disclosure as this member would propose it now, which nobody has released.
fn proposed(workspace: &Workspace, to: &Record, purpose: String, delete_after_days: i64) -> Disclosure {
    Disclosure {
        now: workspace.now(),
        realm: workspace.meta.realm.clone(),
        home: workspace.meta.desk,
        to: to.id,
        purpose,
        delete_after_days,
        named: false,
        proposed_by: workspace.person(),
        released_by: None,
        emergency: None,
        taskforce: None,
    }
}

fn judge(workspace: &Workspace, record: &Record, of: Disclosure) -> Result<(Leave, Verdict), Error> {
    let records = workspace.records();
    let mut leave = LeaveFacts::begin(&records, of)?;
    let facts = leave.of_item(&records, record)?;
    let verdict = facts.judge();
    Ok((facts.clone(), verdict))
}

words! {
    /// Whether something may go.
    May {
        /// At once.
        Yes = "yes",
        /// After what is still to be had.
        After = "after",
        /// Whatever is had.
        No = "no",
    }
}

/// What the gate says of a fresh item of this desk, of one category at its lowest tier, to a partner.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Outlook {
    /// The category.
    pub category: Category,
    /// Its lowest tier.
    pub tier: Tier,
    /// Whether it may go.
    pub may: May,
    /// What is still to be had for each item, by the names of the rules; or the rules that say no whatever is had.
    pub because: Vec<String>,
}

/// What may go to a partner, and after what, for each category of data.
pub fn outlook(workspace: &Workspace, to: &Record) -> Result<Vec<Outlook>, Error> {
    let (records, now) = (workspace.records(), workspace.now());
    let mut purposes = Vec::new();
    for record in records.find(&Query { partner: Some(to.id), ..Query::kind(Kind::Agreement) })? {
        purposes.extend(agreement::terms_of(&record)?.purposes);
    }
    for record in taskforce::all(&records)? {
        purposes.extend(taskforce::covering(&record, to.id)?.map(|charter| charter.purposes).unwrap_or_default());
    }
    let mut all = Vec::new();
    for category in Category::ALL.iter().copied() {
        // The purpose that some agreement names for it; any other is refused for its purpose alone.
        let mut deciding = None;
        for purpose in &purposes {
            let under = agreement::Under::Any;
            if let Some(found) = agreement::deciding(&records, (to.id, under), purpose, category, now)? {
                let terms = found.terms;
                let covers = terms.purposes.contains(purpose) && terms.categories.contains(&category);
                if covers || deciding.is_none() {
                    deciding = Some((purpose.clone(), terms.retention_cap_days));
                }
                if covers {
                    break;
                }
            }
        }
        let (purpose, days) = deciding.unwrap_or_else(|| ("cybercrime".to_owned(), 1));
        let tier = category.least_tier();
        let (_, verdict) = judge(workspace, &fresh(workspace, category), proposed(workspace, to, purpose, days))?;
        let refused = verdict.refused_by();
        let is_by_item = |rule: &Rule| rule.scope == RuleScope::Proposal;
        let by_item = refused.iter().all(|id| id.row().is_some_and(is_by_item));
        let because = verdict
            .refusals()
            .filter_map(|f| f.id.row())
            .filter(|rule| by_item || !is_by_item(rule))
            .filter(|rule| !rule.rests_on.is_some_and(|on| refused.contains(&on)))
            .map(|rule| format!("{} {}", rule.id, rule.name));
        all.push(Outlook {
            category,
            tier,
            may: if refused.is_empty() {
                May::Yes
            } else if by_item {
                May::After
            } else {
                May::No
            },
            because: because.collect(),
        });
    }
    Ok(all)
}

/// An item that this desk could have: of one category, at its lowest tier, about nobody, marked by default. It is in no record store.
fn fresh(workspace: &Workspace, category: Category) -> Record {
    let (id, home, tier) = (Id::from_bytes([0; 16]), workspace.meta.desk, category.least_tier());
    let terms = item::Terms {
        case: id,
        kind: "item".to_owned(),
        tier,
        category,
        person_class: PersonClass::None,
        assertion: Assertion::Fact,
        source_grade: None,
        information_grade: None,
        marking: Marking::default_for(tier),
        conditions: Vec::new(),
        originator: home,
        third: false,
        references: Vec::new(),
        request: None,
        delete_by: workspace.now().plus(Duration::days(365)),
    };
    let mut record = Record::new(id, item::State::Held, home);
    (record.tier, record.due) = (Some(tier), Some(terms.delete_by));
    record.terms = terms.to_json().into();
    record
}

fn run_outlook(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let to = workspace.partner(args.need("to")?)?;
    let columns = &[("category", "DATA"), ("tier", "TIER"), ("may", "MAY GO"), ("because", "BECAUSE OF")];
    Ok(Output::list(&outlook(workspace, &to)?, columns))
}

/// One of our own JSON values as serde has it.
pub fn to_serde(json: &Json) -> serde_json::Value {
    serde_json::from_str(&json.to_string()).unwrap_or(serde_json::Value::Null)
}

/// The agreement, or the charter of a task force, that an item would leave under.
#[derive(Serialize)]
struct UnderRow {
    id: Id,
    kind: Kind,
    name: String,
    title: String,
}

fn under(workspace: &Workspace, record: &Record) -> Result<UnderRow, Error> {
    let title = workspace.text_of(record, "title")?;
    Ok(UnderRow { id: record.id, kind: record.kind, name: short(record.kind, record.id), title })
}

fn explain(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let to = workspace.partner(args.need("to")?)?;
    let Explained { facts, verdict, deciding } = ask(workspace, &record, &to)?;
    let under = deciding.map(|d| under(workspace, &d.record)).transpose()?;
    let answer = Output::thing(&to_serde(&verdict.to_json())).with("under", &under);
    let answer = if args.flag("facts") { answer.with("facts", to_serde(&facts.to_json())) } else { answer };
    let mut text = vec![if verdict.allowed() {
        "YES: it may leave.".to_owned()
    } else {
        let rules: Vec<&str> = verdict.refusals().map(|f| f.id.word()).collect();
        format!("NO: refused by {}.", rules.join(", "))
    }];
    text.extend(under.iter().map(|u| format!("under {} {} ({})", u.name, u.title, u.kind)));
    text.extend(
        verdict
            .rules
            .iter()
            .map(|r| format!("{} {}  {} ({})", r.id, if r.holds { "yes" } else { "NO " }, r.because, r.source())),
    );
    text.extend(verdict.obligations.iter().map(|o| format!("then: {o}")));
    if args.flag("facts") {
        text.push(facts.to_json().to_string());
    }
    Ok(Output { text: Some(text.join("\n")), ..answer })
}

fn run_simulate(_: &mut CommandContext, args: &Args, job: &mut Job) -> Result<Output, Error> {
    json_lines::answer(args, job, ("judging", "verdicts"), |facts, out, go_on| simulate(facts, out, go_on))
}
