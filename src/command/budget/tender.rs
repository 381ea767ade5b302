//! Calls for offers: what is to be bought, by which criteria, and which offers came in.

use super::offers::{line_under, supplier};
use super::{amount, currency_of, line_of};
use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::shape::AMOUNT;
use crate::record::kind::{Kind, State};
use crate::record::{budget_line, tender};
use crate::value::text::is_blank;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const CALL: Arg = Arg::new("call", ArgKind::Record(&[Kind::Tender]), "the call for offers").positional();

/// Lines on which something can be bought.
const OPEN: &[State] = &[budget_line::State::Open.any()];

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "budget",
        name: "call",
        about: "Call for offers on a line: what is to be bought, and by which criteria, before an offer is known",
        args: &[
            Arg::new("line", ArgKind::Record(&[Kind::BudgetLine]), "the budget line").required(),
            Arg::new("for", ArgKind::Line, "what is to be bought").required(),
            Arg::new("criteria", ArgKind::Body, "by which criteria the offers are compared"),
        ],
        writes: Some(Writes::of(tender::CALL, Weight::Records, Needs::OneOf(OPEN))),
        run: Handler::Writes(call),
    },
    Command {
        noun: "budget",
        name: "criteria",
        about: "Fix the criteria of a call for offers, or change them; after an offer came in, a commitment says why",
        args: &[CALL, Arg::new("text", ArgKind::Body, "by which criteria the offers are compared").required()],
        writes: Some(Writes::of(tender::CRITERIA, Weight::Records, Needs::ActsState)),
        run: Handler::Writes(fix_criteria),
    },
    Command {
        noun: "budget",
        name: "quote",
        about: "Note an offer that came in on a call",
        args: &[
            CALL,
            Arg::new("supplier", ArgKind::Line, "who offers").required(),
            Arg::new("amount", ArgKind::Line, "for how much, such as 5000.01").of_shape(AMOUNT).required(),
            Arg::new("note", ArgKind::Body, "what is to be said of it"),
        ],
        writes: Some(Writes::of(tender::QUOTE, Weight::Records, Needs::ActsState)),
        run: Handler::Writes(quote),
    },
];

fn call(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let line = line_of(workspace, args)?.id;
    let (purpose, criteria) = (args.line("for")?, args.body("criteria")?.filter(|text| !is_blank(text)));
    let id = workspace.entropy.id()?;
    workspace.act_alone(tender::CALL, Audience::OwnDesk, |e, _| {
        Ok(tender::new(id, line, &purpose, criteria.as_deref(), e.salt()?))
    })?;
    let told = match criteria {
        Some(_) => "Called for: note each offer with `comity budget quote`.",
        None => "Called for: fix the criteria with `comity budget criteria` before an offer is known.",
    };
    Ok(Output::made(id, told))
}

fn fix_criteria(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let call = workspace.find_record(args.need("call")?, &[Kind::Tender])?;
    let text = args.body("text")?.unwrap_or_default();
    workspace
        .act_alone(tender::CRITERIA, Audience::OwnDesk, |e, _| Ok(tender::criteria_fixed(call.id, &text, e.salt()?)))?;
    let told = match tender::suppliers(&call).is_empty() {
        true => "The criteria are fixed.",
        false => "The criteria are noted. An offer was known: a commitment of this call says why.",
    };
    Ok(Output::made(call.id, told))
}

fn quote(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let call = workspace.find_record(args.need("call")?, &[Kind::Tender])?;
    let line = line_under(workspace, &call)?;
    let amount = amount(args, &line.as_ref().map(currency_of).unwrap_or_default())?;
    let (name, note) = (args.line("supplier")?, args.body("note")?.unwrap_or_default());
    let supplier = supplier(workspace, &name)?;
    workspace.act_alone(tender::QUOTE, Audience::OwnDesk, |e, _| {
        Ok(tender::quoted(call.id, supplier, amount, (&name, &note), e.salt()?))
    })?;
    Ok(Output::made(call.id, "The offer is noted."))
}
