//! Evaluating an exercise: what evaluators rate, what players say right after play, and what is to be done about it. The program
//! offers what the logs say, and rates nothing.

use super::{current, find_inject, view};
use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::record::action::{self, Element, Planned};
use crate::record::exercise::Plan;
use crate::record::observation::{self, Observed, Rating};
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "exercise",
        name: "observe",
        about: "Say what you saw: an evaluator with a rating, a player without one (hot wash)",
        args: &[
            Arg::new("text", ArgKind::Body, "what was seen, or what you think of it").required(),
            Arg::new(
                "rating",
                ArgKind::Word(all_words::<Rating>),
                "P, S, M or U: how it was performed; controllers only",
            ),
            Arg::new("objective", ArgKind::Number, "with a rating: the number of the objective"),
            Arg::new("capability", ArgKind::Line, "with a rating: the capability; without, that of the objective"),
            Arg::new("inject", ArgKind::Line, "with a rating: the inject that it was seen at, by its number or its id"),
            Arg::new("reference", ArgKind::Line, "with a rating: the plan, rule or law that it is measured by"),
            Arg::new("analysis", ArgKind::Body, "with a rating: why it was so"),
            Arg::new("anonymous", ArgKind::Flag, "without a rating: the report names your role alone"),
        ],
        writes: Some(Writes::of(observation::HOT_WASH, Weight::Signs, Needs::Nothing)),
        run: Handler::Writes(observe),
    },
    Command {
        noun: "exercise",
        name: "offered",
        about: "List what the logs of the desks say: how fast they acted, what the gate refused; nobody has rated it",
        args: &[],
        writes: None,
        run: Handler::Reads(offered),
    },
    Command {
        noun: "exercise",
        name: "action",
        about: "Plan an improvement: what is to be done, by whom and by when",
        args: &[
            Arg::new("text", ArgKind::Line, "what is to be done").required(),
            Arg::new("owner", ArgKind::Line, "by whom").required(),
            Arg::new("by", ArgKind::Time, "by when").required(),
            Arg::new("objective", ArgKind::Number, "the number of the objective that it serves").required(),
            Arg::new("element", ArgKind::Word(all_words::<Element>), "what it mends").required(),
            Arg::new("start", ArgKind::Time, "when it begins; without: at once"),
            Arg::new("capability", ArgKind::Line, "the capability; without, that of the objective"),
            Arg::new("issue", ArgKind::Line, "what went wrong"),
        ],
        writes: Some(Writes::of(action::PLAN, Weight::Records, Needs::Nothing)),
        run: Handler::Writes(plan_action),
    },
];

/// What is said with a rating alone.
const WITH_RATING: &[&str] = &["objective", "capability", "inject", "reference", "analysis"];

fn observe(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let text = args.body("text")?.unwrap_or_default();
    let rating = args.maybe_read("rating", "P, S, M or U", Rating::parse)?;
    let of = current(workspace)?;
    let Some(rating) = rating else {
        if let Some(field) = WITH_RATING.iter().find(|f| args.maybe(f).is_some()) {
            return Err(Error::usage(format!("--{field} belongs to a rating: --rating is missing")));
        }
        return hot_wash(workspace, &of, &text, args.flag("anonymous"));
    };
    if args.flag("anonymous") {
        return Err(Error::usage("--anonymous: who rates stands in the record by name"));
    }
    let objective = args.number("objective")?.ok_or_else(|| Error::usage("--objective is missing"))?;
    let capability = match args.maybe_line("capability")? {
        Some(capability) => capability,
        None => capability_of(workspace, &of, objective)?,
    };
    let at_inject = args.maybe_line("inject")?.map(|typed| find_inject(workspace, &typed)).transpose()?;
    let (reference, analysis) = (args.maybe_line("reference")?, args.body("analysis")?);
    let observed = Observed {
        exercise: of.id,
        inject: at_inject.map(|i| i.id),
        objective,
        rating,
        capability: &capability,
        text: &text,
        reference: reference.as_deref().unwrap_or_default(),
        analysis: analysis.as_deref().unwrap_or_default(),
    };
    let id = workspace.entropy.id()?;
    workspace.act_alone(observation::OBSERVE, Audience::OwnDesk, |e, _| {
        Ok(observation::observed(id, &observed, e.salt()?))
    })?;
    Ok(Output::made(id, format!("Rated {rating}: {}.", rating.label())))
}

/// The capability of an objective, as the plan has it.
fn capability_of(workspace: &Workspace, of: &crate::record::store::Record, objective: i64) -> Result<String, Error> {
    let plan = workspace.content(of)?.as_ref().map(Plan::read).unwrap_or_default();
    let place = usize::try_from(objective).ok().and_then(|n| n.checked_sub(1));
    Ok(place.and_then(|n| plan.objectives.get(n)).map(|o| o.capability.clone()).unwrap_or_default())
}

fn hot_wash(
    workspace: &mut Workspace,
    of: &crate::record::store::Record,
    text: &str,
    anonymous: bool,
) -> Result<Output, Error> {
    let audience = match of.partner {
        Some(control) => Audience::Desks(vec![control]),
        None => Audience::OwnDesk,
    };
    let (id, exercise) = (workspace.entropy.id()?, of.named());
    workspace.act_alone(observation::HOT_WASH, audience, |e, _| {
        Ok(observation::said(id, exercise, text, anonymous, e.salt()?))
    })?;
    let how = if of.partner.is_some() { " It goes to control with the next bundle." } else { "" };
    let name = if anonymous { " The report names your role alone; the log still knows who signed." } else { "" };
    Ok(Output::made(id, format!("Noted.{how}{name}")))
}

fn offered(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = current(workspace)?;
    let rows = view::offered(&view::inject_rows(workspace, &of)?);
    Ok(Output::list(&rows, &[("inject", "INJECT"), ("desk", "DESK"), ("text", "WHAT THE LOG SAYS")]))
}

fn plan_action(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = current(workspace)?;
    let objective = args.number("objective")?.ok_or_else(|| Error::usage("--objective is missing"))?;
    let now = workspace.now();
    let capability = match args.maybe_line("capability")? {
        Some(capability) => capability,
        None => capability_of(workspace, &of, objective)?,
    };
    let start: Option<Timestamp> = args.maybe("start").map(|_| args.time("start", now)).transpose()?;
    let planned = Planned {
        exercise: of.id,
        objective,
        element: args.read("element", "planning, organisation, equipment, training or exercise", Element::parse)?,
        start,
        by: args.time("by", now)?,
        text: args.line("text")?,
        owner: args.line("owner")?,
        capability,
        issue: args.maybe_line("issue")?.unwrap_or_default(),
    };
    let id = workspace.entropy.id()?;
    workspace.act_alone(action::PLAN, Audience::OwnDesk, |e, _| Ok(action::planned(id, &planned, e.salt()?)))?;
    Ok(Output::made(id, "Planned. It becomes a task where the signed report is recorded."))
}
