//! Money: lines, commitments, costs, contributions, and statements of account that travel. It is spent by two people.

pub mod account;
pub mod offers;
pub mod tender;

use self::offers::supplier;
use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::shape::{self, TOKEN};
use crate::law::money::currencies;
use crate::record::budget_line::{self, Part, SplitRule};
use crate::record::commitment::{self, CommitmentContent, Interest};
use crate::record::definition::token;
use crate::record::kind::{ChangeKind, Kind, State};
use crate::record::store::{Record, RecordStore as _};
use crate::record::{contribution, cost, rate, statement};
use crate::value::id::Id;
use crate::value::money;
use crate::value::text::shown;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const LINE: Arg = Arg::new("line", ArgKind::Record(&[Kind::BudgetLine]), "the budget line").required();
const COMMITMENT: Arg = Arg::new("commitment", ArgKind::Record(&[Kind::Commitment]), "the commitment");
const STATEMENT: Arg = Arg::new("statement", ArgKind::Record(&[Kind::Statement]), "the statement").positional();
const AMOUNT: Arg = Arg::new("amount", ArgKind::Line, "how much, such as 5000.01").of_shape(shape::AMOUNT).required();

/// Lines on which money can be committed.
const OPEN: &[State] = &[budget_line::State::Open.any()];
/// Lines of which there is an account.
const ANY_LINE: &[State] = &[budget_line::State::Open.any(), budget_line::State::Closed.any()];
/// Commitments in whose supplier somebody may have an interest.
const ANY_COMMITMENT: &[State] =
    &[commitment::State::Asked.any(), commitment::State::Approved.any(), commitment::State::Cancelled.any()];
/// Commitments on which money can be spent.
const APPROVED: &[State] = &[commitment::State::Approved.any()];

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "budget",
        name: "line",
        about: "Open a budget line: how much there is, in which currency, for what",
        args: &[
            Arg::new("title", ArgKind::Line, "its title").required(),
            Arg::new("currency", ArgKind::Word(currencies), "its currency, a code of ISO 4217").required(),
            AMOUNT,
            Arg::new("period", ArgKind::Line, "its period, such as 2026").of_shape(TOKEN).required(),
            Arg::new("taskforce", ArgKind::Record(&[Kind::Taskforce]), "the task force that it is of"),
            Arg::new("donor", ArgKind::Line, "who gives the money"),
            Arg::new("conditions", ArgKind::Body, "what the donor allows it to be spent on"),
            Arg::new("grounds", ArgKind::Line, "on what grounds alone it may be spent, such as equipment,training"),
            Arg::new("report-by", ArgKind::Time, "when the donor is to be reported to"),
            Arg::new(
                "declarations",
                ArgKind::Flag,
                "whoever approves says too that they have no interest in the supplier",
            ),
        ],
        writes: Some(Writes::of(budget_line::NEW, Weight::Records, Needs::Nothing)),
        run: Handler::Writes(open),
    },
    Command {
        noun: "budget",
        name: "split",
        about: "Say how the costs of a line are shared among desks",
        args: &[
            LINE,
            Arg::new(
                "shares",
                ArgKind::Line,
                "desks and shares, such as XA=50,XB=30,XC=20; for equal parts, desks alone",
            )
            .required(),
            Arg::new("rule", ArgKind::Word(all_words::<SplitRule>), "by which rule; without it, by these shares"),
            Arg::new("agreement", ArgKind::Line, "the id of the agreement that says so"),
        ],
        writes: Some(Writes::of(budget_line::SPLIT, Weight::Records, Needs::OneOf(OPEN))),
        run: Handler::Writes(split),
    },
    Command {
        noun: "budget",
        name: "reported",
        about: "Note that the donor of a line was reported to, and when the next report is due; the Desk asks for it before",
        args: &[
            LINE,
            Arg::new("on", ArgKind::Time, "when; without it, today"),
            Arg::new("next", ArgKind::Time, "when the next report is due, where there is one"),
            Arg::new("note", ArgKind::Body, "what was reported, to whom"),
        ],
        writes: Some(Writes::of(budget_line::REPORTED, Weight::Records, Needs::OneOf(ANY_LINE))),
        run: Handler::Writes(report),
    },
    Command {
        noun: "budget",
        name: "close",
        about: "Close a line: nothing is committed on it any more",
        args: &[LINE, Arg::new("because", ArgKind::Line, "why").required()],
        writes: Some(Writes::of(budget_line::CLOSE, Weight::Records, Needs::ActsState)),
        run: Handler::Writes(close),
    },
    Command {
        noun: "budget",
        name: "commit",
        about: "Ask for money on a line; another finance officer approves it",
        args: &[
            LINE,
            AMOUNT,
            Arg::new("for", ArgKind::Line, "what for").required(),
            Arg::new("supplier", ArgKind::Line, "who supplies it").required(),
            Arg::new("quotes", ArgKind::Number, "how many offers were compared; those that are on record are counted")
                .required(),
            Arg::new("conflict", ArgKind::Word(all_words::<Interest>), "whether you have an interest in who gets it")
                .required(),
            Arg::new(
                "because",
                ArgKind::Body,
                "why there are fewer offers than are asked for, or why criteria were fixed when an offer was known",
            ),
            Arg::new("criteria", ArgKind::Body, "by which criteria, fixed before the offers came in"),
            Arg::new("call", ArgKind::Line, "the id of the call for offers that it comes of"),
            Arg::new("handles-data", ArgKind::Flag, "the contractor sees data of cases"),
            Arg::new("clause", ArgKind::Body, "what binds a contractor who sees data"),
            Arg::new("ground", ArgKind::Line, "on which of the donor's grounds").of_shape(TOKEN),
        ],
        writes: Some(Writes::of(commitment::COMMIT, Weight::Records, Needs::OneOf(OPEN))),
        run: Handler::Writes(commit),
    },
    Command {
        noun: "budget",
        name: "approve",
        about: "Approve a commitment that somebody else has asked for",
        args: &[
            COMMITMENT.positional(),
            Arg::new("conflict", ArgKind::Word(all_words::<Interest>), "whether you have an interest in who gets it"),
        ],
        writes: Some(Writes::of(commitment::APPROVE, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(approve),
    },
    Command {
        noun: "budget",
        name: "interest",
        about: "Declare an interest in the supplier of a commitment: whoever does asks for and approves nothing of that supplier",
        args: &[COMMITMENT.positional(), Arg::new("because", ArgKind::Body, "which interest").required()],
        writes: Some(Writes::of(commitment::INTEREST, Weight::Signs, Needs::OneOf(ANY_COMMITMENT))),
        run: Handler::Writes(declare),
    },
    Command {
        noun: "budget",
        name: "cancel",
        about: "Give a commitment up on which nothing was spent",
        args: &[COMMITMENT.positional(), Arg::new("because", ArgKind::Line, "why").required()],
        writes: Some(Writes::of(commitment::CANCEL, Weight::Records, Needs::ActsState)),
        run: Handler::Writes(cancel),
    },
    Command {
        noun: "budget",
        name: "cost",
        about: "Note what was spent on an approved commitment, and what proves it",
        args: &[
            COMMITMENT.required(),
            AMOUNT,
            Arg::new("on", ArgKind::Time, "when").required(),
            Arg::new("evidence", ArgKind::Line, "what proves it, such as an invoice").required(),
            Arg::new("requested-by", ArgKind::Line, "the desk at whose request it was spent"),
            Arg::new("paid-by", ArgKind::Line, "the desk that paid it, where it was not paid out of the line"),
            Arg::new(
                "rate",
                ArgKind::Line,
                "the id of the rate by which it is converted, where it was spent in another currency: the amount is then in that one",
            ),
        ],
        writes: Some(Writes::of(cost::SPEND, Weight::Records, Needs::OneOf(APPROVED))),
        run: Handler::Writes(spend),
    },
    Command {
        noun: "budget",
        name: "rate",
        about: "Note a rate of exchange, of which day it is, and who says so; nothing is converted without one",
        args: &[
            Arg::new("from", ArgKind::Word(currencies), "of which currency").required(),
            Arg::new("to", ArgKind::Word(currencies), "in which").required(),
            Arg::new("rate", ArgKind::Line, "what one unit is worth, such as 0.9213").of_shape(shape::RATE).required(),
            Arg::new("on", ArgKind::Time, "of which day").required(),
            Arg::new("source", ArgKind::Line, "who says so, such as a central bank's list").required(),
        ],
        writes: Some(Writes::of(rate::NOTE, Weight::Records, Needs::Nothing)),
        run: Handler::Writes(note_rate),
    },
    Command {
        noun: "budget",
        name: "contribute",
        about: "Note what a desk has paid into a line",
        args: &[
            LINE,
            Arg::new("from", ArgKind::Line, "the desk").required(),
            AMOUNT,
            Arg::new("on", ArgKind::Time, "when").required(),
            Arg::new("note", ArgKind::Line, "how it was paid"),
        ],
        writes: Some(Writes::of(contribution::PAY, Weight::Records, Needs::OneOf(ANY_LINE))),
        run: Handler::Writes(contribute),
    },
    Command {
        noun: "budget",
        name: "statement",
        about: "State to a partner what it bears of a line's costs and has paid; it goes with the next bundle",
        args: &[
            LINE,
            Arg::new("to", ArgKind::Partner, "the partner").required(),
            Arg::new("note", ArgKind::Body, "what is to be said of it"),
        ],
        writes: Some(Writes::of(statement::STATE, Weight::Signs, Needs::OneOf(ANY_LINE))),
        run: Handler::Writes(state),
    },
    Command {
        noun: "budget",
        name: "accept",
        about: "Accept a partner's statement of account; the partner hears it with the next bundle",
        args: &[STATEMENT],
        writes: Some(Writes::of(statement::ACCEPT, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(accept),
    },
    Command {
        noun: "budget",
        name: "dispute",
        about: "Dispute a partner's statement of account, and say why; the partner hears it with the next bundle",
        args: &[STATEMENT, Arg::new("because", ArgKind::Body, "why").required()],
        writes: Some(Writes::of(statement::DISPUTE, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(dispute),
    },
    Command {
        noun: "budget",
        name: "list",
        about: "List lines, commitments, costs, contributions and statements",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "budget",
        name: "show",
        about: "Show every line with its account: what was spent, who bears it, who has paid; or one record of money",
        args: &[Arg { positional: true, ..Arg::new("id", ArgKind::Record(account::KINDS), "one of them") }],
        writes: None,
        run: Handler::Reads(show),
    },
];

/// The desk of that code: a partner's, or this one.
fn desk(workspace: &Workspace, code: &str) -> Result<Id, Error> {
    if workspace.code_of(workspace.meta.desk)? == code {
        return Ok(workspace.meta.desk);
    }
    Ok(workspace.partner(code)?.id)
}

fn maybe_desk(workspace: &Workspace, args: &Args, field: &str) -> Result<Option<Id>, Error> {
    args.maybe_line(field)?.map(|code| desk(workspace, &code)).transpose()
}

fn line_of(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("line")?, &[Kind::BudgetLine])
}

/// The amount that was typed, in the smallest unit of a currency.
fn amount(args: &Args, currency: &str) -> Result<i64, Error> {
    let decimals = account::decimals_of(currency);
    let what = match decimals {
        0 => format!("an amount above zero in whole {currency}"),
        n => format!("an amount above zero in {currency}, with at most {n} decimals"),
    };
    args.read("amount", &what, |typed| money::parse(typed, decimals))
}

fn currency_of(line: &Record) -> String {
    line.text("currency").unwrap_or_default().to_owned()
}

fn open(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let currency = args.read("currency", "a code of ISO 4217", budget_line::currency)?;
    let taskforce = args.maybe("taskforce").map(|t| workspace.find_record(t, &[Kind::Taskforce])).transpose()?;
    let terms = budget_line::Terms {
        taskforce: taskforce.map(|t| t.id),
        amount: amount(args, &currency)?,
        period: args.read("period", "a word, such as 2026", token)?,
        grounds: args.words("grounds", "a word, such as equipment", token)?,
        report_by: args.maybe("report-by").map(|_| args.time("report-by", workspace.now())).transpose()?,
        declarations: args.flag("declarations"),
        currency,
    };
    let words = budget_line::LineContent {
        title: args.line("title")?,
        donor: args.maybe_line("donor")?,
        conditions: args.body("conditions")?,
    };
    let id = workspace.entropy.id()?;
    workspace
        .act_alone(budget_line::NEW, Audience::OwnDesk, |e, _| Ok(budget_line::new(id, &terms, &words, e.salt()?)))?;
    Ok(Output::made(id, "The line is open. Say how its costs are shared: `comity budget split`."))
}

/// A share as it is typed, in ten-thousandths; `None` where it is none.
fn weight(typed: &str) -> Option<i64> {
    money::parse(typed, 4).filter(|w| *w <= budget_line::MOST_WEIGHT)
}

fn split(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let line = line_of(workspace, args)?;
    let agreement = args.maybe("agreement").map(|a| workspace.find_record(a, &[Kind::Agreement])).transpose()?;
    let rule = args.maybe_read("rule", "a rule", SplitRule::parse)?;
    let rule = rule.unwrap_or(if agreement.is_some() { SplitRule::PerAgreement } else { SplitRule::Shares });
    let typed = args.line("shares")?;
    let mut parts = Vec::new();
    for part in typed.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let (code, share) =
            part.split_once('=').map_or((part, None), |(code, share)| (code.trim(), Some(share.trim())));
        let weight = match (rule, share) {
            (SplitRule::Equal | SplitRule::ByRequest, None) => 1,
            (SplitRule::Shares | SplitRule::PerAgreement, Some(share)) => weight(share)
                .ok_or_else(|| Error::usage(format!("--shares {}: a share above zero is expected", shown(part))))?,
            (_, None) => return Err(Error::usage(format!("--shares {}: `desk=share` is expected", shown(part)))),
            (_, Some(_)) => {
                return Err(Error::usage(format!(
                    "--shares {}: by this rule a desk has no share of its own",
                    shown(part)
                )));
            }
        };
        parts.push(Part { desk: desk(workspace, code)?, weight });
    }
    let agreement = agreement.map(|a| a.id);
    workspace.act_alone(budget_line::SPLIT, Audience::OwnDesk, |_, _| {
        Ok(budget_line::shared(line.id, rule, &parts, agreement))
    })?;
    Ok(Output::made(line.id, format!("Costs are shared: {}.", rule.word())))
}

fn report(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let (line, now) = (line_of(workspace, args)?.id, workspace.now());
    let given = |field: &str| args.maybe(field).map(|_| args.time(field, now)).transpose();
    let on = given("on")?.unwrap_or_else(|| now.start_of_day());
    let (next, note) = (given("next")?, args.body("note")?.unwrap_or_default());
    workspace.act_alone(budget_line::REPORTED, Audience::OwnDesk, |e, _| {
        Ok(budget_line::reported(line, on, next, &note, e.salt()?))
    })?;
    let told =
        next.map_or_else(|| "No further report is owed.".to_owned(), |by| format!("The next is due {}.", by.to_date()));
    Ok(Output::made(line, format!("Noted: the donor was reported to. {told}")))
}

fn close(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let line = line_of(workspace, args)?.id;
    let because = args.line("because")?;
    workspace
        .act_alone(budget_line::CLOSE, Audience::OwnDesk, |e, _| Ok(budget_line::closed(line, &because, e.salt()?)))?;
    Ok(Output::made(line, "The line is closed."))
}

fn commit(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let line = line_of(workspace, args)?;
    let call = args.maybe("call").map(|c| workspace.find_record(c, &[Kind::Tender])).transpose()?;
    let words = CommitmentContent {
        purpose: args.line("for")?,
        supplier: args.line("supplier")?,
        because: args.body("because")?.filter(|t| !crate::value::text::is_blank(t)),
        criteria: args.body("criteria")?.filter(|t| !crate::value::text::is_blank(t)),
        clause: args.body("clause")?.filter(|t| !crate::value::text::is_blank(t)),
    };
    let terms = commitment::Terms {
        line: line.id,
        amount: amount(args, &currency_of(&line))?,
        supplier: supplier(workspace, &words.supplier)?,
        quotes: args.read("quotes", "a number", |t| t.parse().ok().filter(|n: &i64| (0..=1_000).contains(n)))?,
        conflict: args.read("conflict", "none or declared", Interest::parse)?,
        handles_data: args.flag("handles-data"),
        ground: args.maybe_read("ground", "a word, such as equipment", token)?,
        call: call.map(|c| c.id),
    };
    let id = workspace.entropy.id()?;
    workspace
        .act_alone(commitment::COMMIT, Audience::OwnDesk, |e, _| Ok(commitment::new(id, &terms, &words, e.salt()?)))?;
    Ok(Output::made(id, "Asked for. Another finance officer approves it."))
}

fn approve(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = workspace.find_record(args.need("commitment")?, &[Kind::Commitment])?.id;
    let conflict = args.maybe_read("conflict", "none or declared", Interest::parse)?;
    let done =
        workspace.act_alone(commitment::APPROVE, Audience::OwnDesk, |_, _| Ok(commitment::approved(id, conflict)));
    done.map_err(|e| {
        let hint = match conflict {
            _ if e.verdict.is_none() => return e,
            Some(Interest::Declared) => "let another finance officer approve it; `comity budget interest` keeps yours on record",
            Some(Interest::None) => "let another finance officer approve it",
            None => "say --conflict none where you have no interest in the supplier; else let another finance officer approve it",
        };
        e.hint(hint)
    })?;
    Ok(Output::made(id, "Approved."))
}

fn declare(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = workspace.find_record(args.need("commitment")?, &[Kind::Commitment])?.id;
    let because = args.body("because")?.unwrap_or_default();
    workspace.act_alone(commitment::INTEREST, Audience::OwnDesk, |e, _| {
        Ok(commitment::interest_declared(id, &because, e.salt()?))
    })?;
    Ok(Output::made(id, "Declared: another finance officer asks for and approves what goes to this supplier."))
}

fn cancel(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = workspace.find_record(args.need("commitment")?, &[Kind::Commitment])?.id;
    let because = args.line("because")?;
    workspace
        .act_alone(commitment::CANCEL, Audience::OwnDesk, |e, _| Ok(commitment::cancelled(id, &because, e.salt()?)))?;
    Ok(Output::made(id, "Given up: its money is free again."))
}

fn spend(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let commitment = workspace.find_record(args.need("commitment")?, &[Kind::Commitment])?;
    let line = commitment.id("line").map(|l| workspace.records().get(l)).transpose()?.flatten();
    let currency = line.as_ref().map(currency_of).unwrap_or_default();
    let rate = args.maybe("rate").map(|r| workspace.find_record(r, &[Kind::Rate])).transpose()?;
    let (amount, converted) = match rate {
        None => (amount(args, &currency)?, None),
        Some(rate) => {
            let given = amount(args, rate.text("from").unwrap_or_default())?;
            let amount = rate::by(&rate, given, &currency).ok_or_else(|| {
                Error::not_allowed(format!("the rate is not one that makes {currency} of an amount"))
                    .hint("note the rate of the two currencies: `comity budget rate`")
            })?;
            (amount, Some((rate.id, given)))
        }
    };
    let terms = cost::Terms {
        commitment: commitment.id,
        amount,
        converted,
        on: args.time("on", workspace.now())?,
        requested_by: maybe_desk(workspace, args, "requested-by")?,
        paid_by: maybe_desk(workspace, args, "paid-by")?,
    };
    let evidence = args.line("evidence")?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(cost::SPEND, Audience::OwnDesk, |e, _| Ok(cost::new(id, &terms, &evidence, e.salt()?)))?;
    Ok(Output::made(id, "Noted as spent."))
}

fn note_rate(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let terms = rate::Terms {
        from: args.read("from", "a code of ISO 4217", budget_line::currency)?,
        to: args.read("to", "a code of ISO 4217", budget_line::currency)?,
        rate: args.read("rate", shape::RATE.what, |typed| money::parse(typed, money::RATE_DECIMALS))?,
        on: args.time("on", workspace.now())?,
    };
    let source = args.line("source")?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(rate::NOTE, Audience::OwnDesk, |e, _| Ok(rate::new(id, &terms, &source, e.salt()?)))?;
    Ok(Output::made(id, "Noted: costs in that currency name it."))
}

fn contribute(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let line = line_of(workspace, args)?;
    let terms = contribution::Terms {
        line: line.id,
        from: desk(workspace, &args.line("from")?)?,
        amount: amount(args, &currency_of(&line))?,
        on: args.time("on", workspace.now())?,
    };
    let note = args.maybe_line("note")?.unwrap_or_default();
    let id = workspace.entropy.id()?;
    workspace
        .act_alone(contribution::PAY, Audience::OwnDesk, |e, _| Ok(contribution::new(id, &terms, &note, e.salt()?)))?;
    Ok(Output::made(id, "Noted as paid."))
}

fn state(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let line = line_of(workspace, args)?;
    let to = workspace.partner(args.need("to")?)?;
    let account = statement::account(&workspace.records(), &line)?;
    let share = account.shares.iter().copied().find(|s| s.desk == to.id);
    let share = share.ok_or_else(|| {
        Error::not_allowed("that desk bears no share of the line")
            .hint("say how its costs are shared: `comity budget split`")
    })?;
    let title = workspace.text_of(&line, "title")?;
    let note = args.body("note")?.unwrap_or_default();
    let id = workspace.entropy.id()?;
    workspace.act_alone(statement::STATE, Audience::Desks(vec![to.id]), |e, _| {
        Ok(statement::new(id, &line, share, (&title, &note), e.salt()?))
    })?;
    Ok(Output::made(id, "Stated: it goes with the next bundle."))
}

fn answered(
    workspace: &mut Workspace,
    args: &Args,
    kind: ChangeKind,
    change: impl FnOnce(&mut crate::host::entropy::Entropy, &Record) -> Result<crate::act::change::Change, Error>,
) -> Result<Id, Error> {
    let record = workspace.find_record(args.need("statement")?, &[Kind::Statement])?;
    // To whoever made it; of an own one there is nobody else to answer, and the gate says so.
    let to = if record.desk == workspace.meta.desk { record.partner.unwrap_or(record.desk) } else { record.desk };
    workspace.act_alone(kind, Audience::Desks(vec![to]), |e, _| change(e, &record))
}

fn accept(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = answered(workspace, args, statement::ACCEPT, |_, record| Ok(statement::accepted(record)))?;
    Ok(Output::made(id, "Accepted: the partner hears it with the next bundle."))
}

fn dispute(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let because = args.body("because")?.unwrap_or_default();
    let id = answered(workspace, args, statement::DISPUTE, |e, record| {
        Ok(statement::disputed(record.id, &because, e.salt()?))
    })?;
    Ok(Output::made(id, "Disputed: the partner hears it with the next bundle."))
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("kind", "KIND"),
        ("state", "STATE"),
        ("desk", "OF"),
        ("with", "WITH"),
        ("amount", "AMOUNT"),
        ("currency", ""),
        ("at", "WHEN"),
        ("title", "WHAT"),
    ];
    Ok(Output::list(&account::rows(workspace)?, columns))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let Some(typed) = args.maybe("id") else {
        let columns = &[
            ("id", "ID"),
            ("title", "LINE"),
            ("period", "PERIOD"),
            ("currency", ""),
            ("amount", "AMOUNT"),
            ("committed", "COMMITTED"),
            ("spent", "SPENT"),
            ("shares", "WHO BEARS IT"),
        ];
        return Ok(Output::list(&account::lines(workspace)?, columns));
    };
    let record = workspace.find_record(typed, account::KINDS)?;
    Ok(match record.kind {
        Kind::BudgetLine => Output::thing(&account::line(workspace, &record)?)
            .with("movements", account::movements(workspace, &record)?),
        Kind::Commitment => Output::thing(&account::commitment(workspace, &record)?),
        Kind::Tender => Output::thing(&account::row(workspace, &record)?)
            .with("offers", offers::offers(workspace, &record)?)
            .with("criteria", offers::criteria(workspace, &record)?)
            .with("criteria_late", crate::record::tender::has_late_criteria(&record)),
        Kind::Statement => {
            let row = account::row(workspace, &record)?;
            let paid = record.terms.get("paid").and_then(crate::value::json::Json::int).unwrap_or(0);
            let paid = money::shown(paid, account::decimals_of(&row.currency));
            Output::thing(&row).with("paid", paid).with("note", workspace.text_of(&record, "note")?)
        }
        _ => Output::thing(&account::row(workspace, &record)?),
    })
}
