//! Play: STARTEX, pause and ENDEX, the clock, injects delivered and skipped, and what players answer.

use super::fields::{CAPABILITY, CONDITION, CONTROLLER, EXPECTED_ACTION, FROM, METHOD, NOTE, OBJECTIVE, REPLY_WITHIN};
use super::plan::{blank, codes, next_number, typed_over};
use super::view::{self, Board};
use super::{EXERCISE, INJECT, current, desks_of, find_inject, named};
use crate::act::change::Line;
use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Weight, Writes};
use crate::record::exercise::{self, ExerciseClock, FASTEST, Plan};
use crate::record::inject::{self, Words};
use crate::record::kind::ChangeKind;
use crate::record::reply::{self, Measured};
use crate::record::store::{Record, RecordStore as _};
use crate::record::{bundle, refusal};
use crate::store::read::{self, StoredAct};
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const fn with_key(writes: Writes, keys: &'static [Key]) -> Writes {
    Writes { keys, ..writes }
}

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "exercise",
        name: "start",
        about: "STARTEX, or go on after a pause: the clock of the exercise goes, and every pinned desk hears of it",
        args: &[
            EXERCISE,
            Arg::new("speed", ArgKind::Number, "how many times as fast as an ordinary clock; without: 1"),
        ],
        writes: Some(with_key(Writes::of(exercise::START, Weight::Signs, Needs::ActsState), &[Key::Sign])),
        run: Handler::Writes(start),
    },
    Command {
        noun: "exercise",
        name: "pause",
        about: "Pause play: the clock of the exercise stands",
        args: &[EXERCISE],
        writes: Some(Writes::of(exercise::PAUSE, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(pause),
    },
    Command {
        noun: "exercise",
        name: "clock",
        about: "Set the clock of the exercise forward, or its speed; those of all desks follow with the next bundle",
        args: &[
            EXERCISE,
            Arg::new("to", ArgKind::Time, "the time that it is to be, or how far to go: 2h"),
            Arg::new("speed", ArgKind::Number, "how many times as fast as an ordinary clock"),
        ],
        writes: Some(Writes::of(exercise::CLOCK, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(clock),
    },
    Command {
        noun: "exercise",
        name: "end",
        about: "ENDEX: play has ended",
        args: &[EXERCISE],
        writes: Some(with_key(Writes::of(exercise::END, Weight::Signs, Needs::ActsState), &[Key::Destroy])),
        run: Handler::Writes(end),
    },
    Command {
        noun: "exercise",
        name: "deliver",
        about: "Deliver an inject to the desks that it is for: it goes with the next bundle",
        args: &[
            Arg { required: false, ..INJECT },
            Arg::new("due", ArgKind::Flag, "all that are due now"),
            Arg::new("by-hand", ArgKind::Flag, "it is told or handed over in the room: no bundle carries it"),
        ],
        writes: Some(with_key(Writes::of(inject::DELIVER, Weight::Signs, Needs::ActsState), &[Key::Sign])),
        run: Handler::Writes(deliver),
    },
    Command {
        noun: "exercise",
        name: "inject",
        about: "Deliver an inject of the moment, which no list has",
        args: &[
            Arg::new("text", ArgKind::Body, "what it says").required(),
            Arg::new("to", ArgKind::Line, "the codes of the desks that it is for, with commas; `all`: all that play")
                .required(),
            FROM,
            METHOD,
            EXPECTED_ACTION,
            OBJECTIVE,
            CAPABILITY,
            CONTROLLER,
            CONDITION,
            NOTE,
            REPLY_WITHIN,
        ],
        writes: Some(Writes { rehearsable: false, ..Writes::of(inject::DELIVER, Weight::Signs, Needs::Nothing) }),
        run: Handler::Writes(of_the_moment),
    },
    Command {
        noun: "exercise",
        name: "skip",
        about: "Say that an inject is not needed, and why",
        args: &[INJECT, Arg::new("because", ArgKind::Body, "why").required()],
        writes: Some(with_key(Writes::of(inject::SKIP, Weight::Records, Needs::ActsState), &[Key::Destroy])),
        run: Handler::Writes(skip),
    },
    Command {
        noun: "exercise",
        name: "respond",
        about: "Reply to an inject: what was done; what your desk's log says of how fast goes with it",
        args: &[INJECT, Arg::new("text", ArgKind::Body, "what was done or said").required()],
        writes: Some(with_key(
            Writes::of(reply::RESPOND, Weight::Signs, Needs::OneOf(inject::WITH_PLAYERS)),
            &[Key::Sign],
        )),
        run: Handler::Writes(respond),
    },
];

fn speed(args: &Args) -> Result<Option<i64>, Error> {
    let speed = args.number("speed")?;
    match speed {
        Some(n) if !(1..=FASTEST).contains(&n) => {
            Err(Error::usage(format!("--speed {n}: a number from 1 to {FASTEST} is expected")))
        }
        speed => Ok(speed),
    }
}

fn start(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = named(workspace, args)?;
    let plan = workspace.content(&of)?.as_ref().map(Plan::read).unwrap_or_default();
    let machine = workspace.machine_time();
    let speed = speed(args)?.or_else(|| exercise::clock_of(&of).map(|c| c.speed)).unwrap_or(1);
    let id = of.id;
    let going_on = exercise::started_at(&of).is_some();
    workspace.act_alone(exercise::START, Audience::Partners, |e, now| {
        Ok(exercise::started(id, &plan, ExerciseClock { at: now, machine, speed }, e.salt()?))
    })?;
    let said = if going_on { "Play goes on." } else { "STARTEX. It goes to every pinned desk with the next bundle." };
    Ok(Output::made(id, said))
}

fn pause(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = named(workspace, args)?.id;
    workspace.act_alone(exercise::PAUSE, Audience::Partners, |_, _| Ok(exercise::paused(id)))?;
    Ok(Output::made(id, "Play is paused, and the clock stands. `comity exercise start` goes on."))
}

fn end(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let id = named(workspace, args)?.id;
    workspace.act_alone(exercise::END, Audience::Partners, |_, _| Ok(exercise::ended(id)))?;
    Ok(Output::made(
        id,
        "ENDEX. Ask every player for a hot wash (`comity exercise observe --text`), then write the report (`comity exercise report`).",
    ))
}

fn clock(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = named(workspace, args)?;
    let speed = speed(args)?;
    let to = args.maybe("to").map(|_| args.time("to", workspace.now())).transpose()?;
    if speed.is_none() && to.is_none() {
        return Err(Error::usage("--to or --speed is missing: what is the clock to do"));
    }
    let known = exercise::clock_of(&of).map_or(1, |c| c.speed);
    let (machine, id) = (workspace.machine_time(), of.id);
    let speed = speed.unwrap_or(known);
    workspace.act_alone(exercise::CLOCK, Audience::Partners, |_, now| {
        Ok(exercise::clock_set(id, ExerciseClock { at: to.unwrap_or(now), machine, speed }))
    })?;
    let now = workspace.now();
    Ok(Output::made(id, format!("It is {} in the exercise.", now.to_minute())).with("now", now))
}

/// Delivers one inject.
fn deliver_one(workspace: &mut Workspace, record: &Record, by_hand: bool) -> Result<(), Error> {
    let Some(terms) = inject::terms_of(record) else {
        return Err(Error::not_allowed("it was delivered to this desk: control plans, delivers and skips injects"));
    };
    let words = workspace.content(record)?.as_ref().map(Words::read).unwrap_or_default();
    let desks = if by_hand { Vec::new() } else { desks_of(workspace, &terms.to)? };
    let audience = if desks.is_empty() { Audience::OwnDesk } else { Audience::Desks(desks) };
    let id = record.id;
    workspace.act_alone(inject::DELIVER, audience, |e, now| {
        let by = terms.reply_within.map(|within| now.plus(within));
        Ok(inject::delivered(id, &terms, &words, by, e.salt()?))
    })?;
    Ok(())
}

fn deliver(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let by_hand = args.flag("by-hand");
    if !args.flag("due") {
        let record = find_inject(workspace, args.need("inject")?)?;
        deliver_one(workspace, &record, by_hand)?;
        let number = inject::number_of(&record);
        return Ok(Output::made(record.id, format!("Inject {number} is delivered.")).with("number", number));
    }
    if args.maybe("inject").is_some() {
        return Err(Error::usage("--due delivers all that are due: name no inject with it"));
    }
    let of = current(workspace)?;
    let rows = view::inject_rows(workspace, &of)?;
    let due =
        rows.iter().filter(|r| r.state == inject::State::Planned.any() && matches!(r.board, Board::Due | Board::Late));
    let mut delivered = Vec::new();
    for row in due {
        let record = workspace.records().get(row.id)?;
        let Some(record) = record else { continue };
        deliver_one(workspace, &record, by_hand)?;
        delivered.push(row.number);
    }
    let said = format!("Delivered: {}.", crate::value::text::counted(delivered.len(), "inject"));
    Ok(Output::members().with("delivered", delivered).with_message(said))
}

fn of_the_moment(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = current(workspace)?;
    if !exercise::IN_PLAY.contains(&of.state) {
        return Err(crate::record::definition::wrong_state(of.kind, Some(of.state), exercise::IN_PLAY).into());
    }
    let number = next_number(workspace, of.id)?;
    let (mut terms, mut words) = (blank(of.id, number), Words::default());
    typed_over(&mut terms, &mut words, args)?;
    // Whom it is for is looked up before anything is stored.
    desks_of(workspace, &codes(args, "to")?.unwrap_or_default())?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(inject::PLAN, Audience::OwnDesk, |e, _| Ok(inject::planned(id, &terms, &words, e.salt()?)))?;
    let record = workspace.records().get(id)?.ok_or_else(|| Error::unknown("the inject is not there"))?;
    deliver_one(workspace, &record, false)?;
    Ok(Output::made(id, format!("Inject {number} is delivered.")).with("number", number))
}

fn skip(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find_inject(workspace, args.need("inject")?)?;
    let because = args.body("because")?.unwrap_or_default();
    let id = record.id;
    workspace.act_alone(inject::SKIP, Audience::OwnDesk, |e, _| Ok(inject::skipped(id, &because, e.salt()?)))?;
    Ok(Output::made(id, format!("Inject {} is skipped.", inject::number_of(&record))))
}

/// How many acts are looked at for what a desk did first.
const LOOKED_AT: i64 = 200;
/// Acts that say nothing of what was done about an inject.
const BESIDE: &[ChangeKind] =
    &[bundle::IMPORT, bundle::EXPORT, reply::RESPOND, crate::record::observation::HOT_WASH, refusal::COUNT];

/// What this desk's own log says since an inject came: its first act, and how many refusals were counted.
fn measured(workspace: &Workspace, record: &Record) -> Result<Measured, Error> {
    let came = record.terms.get("position").and_then(crate::value::json::Json::int).unwrap_or(i64::MAX);
    let mut measured = Measured::default();
    let last = read::last(&workspace.db)?.min(came.saturating_add(LOOKED_AT));
    for position in came.saturating_add(1)..=last {
        let Some(act) = read::act(&workspace.db, position)?.filter(|act| act.via.is_none()) else { continue };
        let mut kind = None;
        let first = StoredAct { changes: 1, ..act.clone() };
        read::changes::<Error>(&workspace.db, &first, |stored| {
            if let Line::Change(change) = &stored.line {
                kind = crate::record::change(&change.kind).map(|def| def.kind);
            }
            Ok(())
        })?;
        let Some(kind) = kind else { continue };
        measured.refusals += i64::from(kind == refusal::COUNT);
        if measured.first.is_none() && !BESIDE.contains(&kind) {
            let at: Timestamp = act.read_header()?.time.at;
            measured.first = Some((kind.name().to_owned(), at));
        }
    }
    Ok(measured)
}

fn respond(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find_inject(workspace, args.need("inject")?)?;
    let text = args.body("text")?.unwrap_or_default();
    let measured = measured(workspace, &record)?;
    let to: Option<Id> = record.partner;
    let audience = to.map_or(Audience::OwnDesk, |control| Audience::Desks(vec![control]));
    let (id, inject) = (workspace.entropy.id()?, record.named());
    workspace.act_alone(reply::RESPOND, audience, |e, _| Ok(reply::given(id, inject, &text, &measured, e.salt()?)))?;
    let how = if to.is_some() { " It goes to control with the next bundle." } else { "" };
    Ok(Output::made(id, format!("Replied to inject {}.{how}", inject::number_of(&record))))
}
