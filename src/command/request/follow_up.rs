//! What the desk that asked says once its request was sent, up to its end.

use crate::command::conflict::those_that_stand;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::request::{BECAUSE, REQUEST, TEXT, audience_of, find};
use crate::record::request::{self, FollowUp, Step};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
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
        name: "discuss",
        about: "Answer what the partner raised before it refuses or postpones an own request",
        args: &[REQUEST, Arg::new("text", ArgKind::Body, "the answer").required()],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::Consulted)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(discuss),
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
        name: "inform",
        about: "Give the information that was announced, once the partner has accepted its conditions",
        args: &[
            REQUEST,
            Arg::new("text", ArgKind::Body, "what is given: in words, or which disclosure gives it").required(),
        ],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::Inform)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(inform),
    },
    Command {
        noun: "request",
        name: "supplement",
        about: "Add to an own request that was sent; `request letter --of supplement` writes it",
        args: &[REQUEST, Arg::new("text", ArgKind::Body, "what is added").required()],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::Supplement)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(supplement),
    },
    Command {
        noun: "request",
        name: "correct",
        about: "Put right what an own request said; `request letter --of correction` writes it",
        args: &[REQUEST, Arg::new("text", ArgKind::Body, "what was wrong, and what is right").required()],
        writes: Some(Writes {
            act: crate::record::request::REPORT,
            weight: Weight::Signs,
            needs: Needs::Step(Step::FollowUp(FollowUp::Correct)),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(correct),
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
        name: "resolve",
        about: "Decide between two answers that crossed: neither desk knew of the other's",
        args: &[
            REQUEST,
            Arg::new("take", ArgKind::Known(those_that_stand), "the state that counts, one of those that stand")
                .required(),
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

fn add_report(workspace: &mut Workspace, args: &Args, report: FollowUp, done: &str) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let text = args.body("text")?.unwrap_or_default();
    let id = workspace.act_alone(crate::record::request::REPORT, audience_of(&record), |e, _| {
        Ok(request::reported(record.id, report, &text, e.salt()?))
    })?;
    Ok(Output::made(id, done))
}

fn report_use(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::Use, "The use is reported.")
}

fn reply(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::Clarified, "Made clear: the partner hears it with the next bundle.")
}

fn discuss(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(
        workspace,
        args,
        FollowUp::Consulted,
        "Answered: the partner hears it with the next bundle, and decides.",
    )
}

fn agree(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::TakeConditions, "The conditions are taken: they bind this desk from now on.")
}

fn inform(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(
        workspace,
        args,
        FollowUp::Inform,
        "Given: it leaves with the next bundle, under the conditions that were accepted.",
    )
}

fn supplement(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::Supplement, "Added: the partner hears it with the next bundle.")
}

fn correct(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    add_report(workspace, args, FollowUp::Correct, "Put right: the partner hears it with the next bundle.")
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

fn resolve(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let take = args.read("take", "a state", request::State::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    let audience = audience_of(&record);
    let id = workspace.act_alone(crate::record::request::RESOLVE, audience, |e, _| {
        Ok(request::resolved(record.id, take, &because, e.salt()?))
    })?;
    Ok(Output::made(id, format!("Resolved: it is {}.", take.word())))
}
