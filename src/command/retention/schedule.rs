//! The schedule at work: why something is kept and until when, what an event of the procedure means for it, and what somebody decides
//! when it is looked at.

use serde::Serialize;

use super::hold::{HoldRow, hold_row};
use crate::act::change::Change;
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::law::retention::{self as law, RetentionRow, Silence, Trigger};
use crate::law::signer;
use crate::record::definition::WhenDue;
use crate::record::kind::{Kind, State};
use crate::record::restriction::{self, is_restricted, when_due};
use crate::record::retention::{self, Outcome, REVIEWABLE};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{hold, hold_notice, item, kind_def};
use crate::value::id::Id;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What can be explained: everything that has a date, or that is kept.
const EXPLAINED: &[Kind] = &[
    Kind::Item,
    Kind::Case,
    Kind::Request,
    Kind::Import,
    Kind::Agreement,
    Kind::Review,
    Kind::Disclosure,
    Kind::Authorisation,
    Kind::Hold,
];

fn events() -> Vec<&'static str> {
    [Trigger::FinalJudgment, Trigger::Acquittal, Trigger::OrderExpired, Trigger::SenderDate, Trigger::NoLink]
        .map(Trigger::word)
        .to_vec()
}

const REVIEWED: &[Kind] = &[Kind::Item, Kind::Case];

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "retention",
        name: "explain",
        about: "Say why a record is kept, until when and by which row, what holds it, and who may lift that",
        args: &[Arg::new("record", ArgKind::Record(EXPLAINED), "the record").positional()],
        writes: None,
        run: Handler::Reads(explain),
    },
    Command {
        noun: "retention",
        name: "schedule",
        about: "List the rows of the schedule: from which event, for how long, reviewed when, and what silence means",
        args: &[],
        writes: None,
        run: Handler::Reads(rows),
    },
    Command {
        noun: "retention",
        name: "review",
        about: "Say what becomes of something that is looked at: keep, restrict, erase, anonymise or transfer it",
        args: &[
            Arg::new("record", ArgKind::Record(REVIEWED), "the item or the case").positional(),
            Arg::new("outcome", ArgKind::Word(all_words::<Outcome>), "what becomes of it").required(),
            Arg::new("reason", ArgKind::Body, "why").required(),
            Arg::new("next", ArgKind::Time, "when it is looked at again, in three years at most"),
        ],
        writes: Some(Writes {
            act: retention::REVIEW,
            weight: Weight::Records,
            needs: Needs::OneOf(REVIEWABLE),
            rehearsable: true,
            preview: Preview::By("retention explain"),
            undo: Undo::Never("review it again: the record keeps both"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(review),
    },
    Command {
        noun: "retention",
        name: "event",
        about: "Record an event of the procedure: what is kept gets its date from it",
        args: &[
            Arg::new("record", ArgKind::Record(REVIEWED), "the case, with everything in it, or one item").positional(),
            Arg::new("event", ArgKind::Word(events), "what has happened").required(),
            Arg::new("because", ArgKind::Body, "the judgment, the order or the letter that says so").required(),
            Arg::new("at", ArgKind::Past, "when it happened, where that was before now"),
            Arg::new("date", ArgKind::Time, "the date that the sender or the court has set, where it has set one"),
            Arg::new("dry-run", ArgKind::Flag, "only say whose dates would move"),
        ],
        writes: Some(Writes {
            act: retention::EVENT,
            weight: Weight::Records,
            needs: Needs::OneOf(REVIEWABLE),
            rehearsable: true,
            preview: Preview::DryRun,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(event),
    },
];

fn rows(_: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ROW"),
        ("class", "FOR"),
        ("tier", "TIER"),
        ("trigger", "FROM"),
        ("days", "DAYS"),
        ("review_days", "REVIEW"),
        ("silence", "SILENCE"),
        ("action", "THEN"),
        ("verified", "VERIFIED"),
        ("source", "SOURCE"),
    ];
    Ok(Output::list(law::all(), columns))
}

/// The row of the schedule that an item is under; `None` for what is under none.
pub fn row_of(record: &Record) -> Option<&'static RetentionRow> {
    if let Some(id) = record.text(item::SCHEDULE) {
        return law::row(id);
    }
    if record.kind != Kind::Item {
        return None;
    }
    let terms = item::Terms::read(&record.terms).ok()?;
    let class = item::class_of(&terms.kind, item::is_exhibit(record));
    law::row_for(class, terms.tier, terms.category, Trigger::Received)
}

/// A date that moves.
#[derive(Clone, Debug, Serialize)]
pub struct Move {
    /// The item.
    pub id: Id,
    /// The row of the schedule.
    pub row: &'static str,
    /// The event.
    pub trigger: Trigger,
    /// What silence means.
    pub silence: Silence,
    /// When it was due before.
    #[serde(serialize_with = "or_empty")]
    pub before: Option<Timestamp>,
    /// When it is due.
    pub due: Timestamp,
}

impl Move {
    /// The change that moves it.
    pub fn change(&self) -> Change {
        retention::given(self.id, self.row, self.trigger, self.silence, self.due)
    }
}

/// Whose dates an event moves, and to when: those of the item, or of everything in the case that has a row for the event. That a case
/// was closed gives nothing another date that a judgment has given one.
pub fn moved_by(
    workspace: &Workspace,
    subject: &Record,
    trigger: Trigger,
    at: Timestamp,
    set: Option<Timestamp>,
) -> Result<Vec<Move>, Error> {
    let mut moves = Vec::new();
    let mut look = |record: &Record| -> Result<(), Error> {
        if record.is_purged() || (trigger == Trigger::CaseClosed && retention::trigger_of(record).is_some()) {
            return Ok(());
        }
        let terms = item::Terms::read(&record.terms)?;
        let class = item::class_of(&terms.kind, item::is_exhibit(record));
        let row = law::row_for(class, terms.tier, terms.category, trigger);
        if row.is_none() && set.is_none() {
            return Ok(());
        }
        // A date that the sender has set is never postponed here.
        let of_sender = record.partner.map(|_| terms.delete_by);
        let set = [set, of_sender].into_iter().flatten().min();
        let dates = law::dates(row, at, set);
        let before = record.due;
        let row = row.map_or(law::SET, |row| row.id.as_str());
        moves.push(Move { id: record.id, row, trigger, silence: dates.silence, before, due: dates.due });
        Ok(())
    };
    if subject.kind == Kind::Item {
        look(subject)?;
        return Ok(moves);
    }
    let mut after = None;
    loop {
        let query = Query { case: Some(subject.id), after, limit: Some(2000), ..Query::kind(Kind::Item) };
        let page = workspace.records().find(&query)?;
        let Some(last) = page.last() else { return Ok(moves) };
        after = Some(last.id);
        page.iter().try_for_each(&mut look)?;
    }
}

/// What an event has moved.
#[derive(Serialize)]
struct Moved {
    /// The event on record; none where it was only rehearsed.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    /// Whose dates move.
    moves: Vec<Move>,
}

fn event(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let subject = workspace.find_record(args.need("record")?, REVIEWED)?;
    let words = events();
    let trigger = args.read("event", "an event", |w| Trigger::parse(w).filter(|t| words.contains(&t.word())))?;
    let now = workspace.now();
    let at = match args.maybe("at") {
        Some(typed) => Timestamp::past(typed, now).map_err(|why| Error::usage(format!("--at: {why}")))?,
        None => now,
    };
    let set = args.maybe("date").map(|_| args.time("date", now)).transpose()?;
    if trigger == Trigger::SenderDate && set.is_none() {
        return Err(Error::usage("--date is missing: which date has the sender set?"));
    }
    let because = args.body("because")?.unwrap_or_default();
    let moves = moved_by(workspace, &subject, trigger, at, set)?;
    let count = counted(moves.len(), "date");
    if args.flag("dry-run") {
        return Ok(Output::thing(&Moved { id: None, moves }).with_message(format!("Would move {count}.")));
    }
    let id = workspace.entropy.id()?;
    workspace.act(retention::EVENT, Audience::OwnDesk, None, |act, e| {
        act.change(retention::happened(id, subject.id, trigger, at, &because, e.salt()?))?;
        moves.iter().try_for_each(|moved| Ok(act.change(moved.change())?))
    })?;
    let said = format!("Recorded: {trigger}. {count} moved.");
    Ok(Output { made: Some(id), ..Output::thing(&Moved { id: Some(id), moves }).with_message(said) })
}

fn review(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let subject = workspace.find_record(args.need("record")?, REVIEWED)?;
    let outcome = args.read("outcome", "what becomes of it", Outcome::parse)?;
    let now = workspace.now();
    let next = args.maybe("next").map(|_| args.time("next", now)).transpose()?;
    let reason = args.body("reason")?.unwrap_or_default();
    if next.is_none() && !outcome.erases() {
        return Err(Error::usage("--next is missing: when is it looked at again? In three years at most"));
    }
    let id = workspace.entropy.id()?;
    workspace.act_alone(retention::REVIEW, Audience::OwnDesk, |e, _| {
        Ok(retention::reviewed(id, subject.id, outcome, next, &reason, e.salt()?))
    })?;
    let held = hold::StandingHolds::of(&workspace.records())?.is_on(&subject);
    let then = match (outcome.erases(), held, next) {
        (true, true, _) => "A hold stands on it: it stays until that is lifted.".to_owned(),
        (true, false, _) => "`comity retention purge` erases it.".to_owned(),
        (false, _, Some(next)) => format!("It is looked at again on {}.", next.to_minute()),
        (false, _, None) => String::new(),
    };
    Ok(Output::made(id, format!("Reviewed: {outcome}. {then}")))
}

/// Why a record is kept.
#[derive(Serialize)]
struct Explained {
    /// The record.
    id: Id,
    /// Its kind.
    kind: Kind,
    /// Its state.
    state: State,
    /// When something is due.
    #[serde(serialize_with = "or_empty")]
    due: Option<Timestamp>,
    /// What happens then.
    then: WhenDue,
    /// The event that the date follows from.
    trigger: Option<Trigger>,
    /// The row of the schedule.
    row: Option<&'static RetentionRow>,
    /// Whether it is restricted: an item or a request is then seen only with a reason.
    restricted: bool,
    /// Whether its date has passed and somebody must say what becomes of it.
    escalated: bool,
    /// The date that its sender has set.
    sender_date: Option<Timestamp>,
    /// The holds on it, standing and lifted.
    holds: Vec<HoldRow>,
    /// Who may lift those that stand.
    may_lift: Vec<String>,
    /// The reviews and events, the oldest first.
    reviews: Vec<ReviewRow>,
    /// All of it in sentences.
    why: Vec<String>,
}

/// A review or an event as it is shown.
#[derive(Serialize)]
struct ReviewRow {
    id: Id,
    outcome: State,
    trigger: Option<Trigger>,
    #[serde(serialize_with = "or_empty")]
    signed: Option<Timestamp>,
    by: String,
    next: Option<Timestamp>,
    because: String,
}

fn explain(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("record")?, EXPLAINED)?;
    let records = workspace.records();
    let row = row_of(&record);
    let now = workspace.now();
    let name = |key: Option<&str>| {
        let person = key.and_then(crate::value::person::Person::parse);
        person.map(|p| workspace.name_of(p)).transpose().map(Option::unwrap_or_default)
    };
    let holds = hold::on(&records, &record)?;
    let mut may_lift = Vec::new();
    for hold in holds.iter().filter(|h| h.is(hold::State::Standing)) {
        let placed = hold::placed_by(hold).map(|p| workspace.name_of(p)).transpose()?.unwrap_or_default();
        let roles = signer::of_kind(hold::LIFT.name()).map(signer::Signers::words).unwrap_or_default();
        may_lift.push(format!("H-{}: anybody but {placed}, as {roles}", hold.id.short()));
    }
    let mut reviews = Vec::new();
    for r in retention::of(&records, record.id)? {
        reviews.push(ReviewRow {
            id: r.id,
            outcome: r.state,
            trigger: retention::trigger_of(&r),
            signed: r.instant("signed"),
            by: name(r.text("by"))?,
            next: r.instant("next"),
            because: workspace.text_of(&r, "because")?,
        });
    }
    let then = when_due(&record, kind_def);
    let is_kept = record.kind == Kind::Item && !record.is_purged();
    let trigger = retention::trigger_of(&record).or(row.filter(|_| is_kept).map(|row| row.trigger));
    let restricted = is_restricted(&records, &record, kind_def, now)?;
    let escalated = then == WhenDue::Review && record.due.is_some_and(|due| due <= now) && !record.is_purged();
    let sender_date = record.partner.and(record.instant("delete_by"));
    let held = holds.iter().any(|h| h.is(hold::State::Standing));
    let mut why = Vec::new();
    if record.is_purged() {
        why.push("Its content was erased; what is left says that it was there.".to_owned());
    }
    if let Some(row) = row.filter(|_| is_kept) {
        let days = row.days.map_or("no period".to_owned(), |n| counted(n, "day"));
        why.push(format!(
            "Row {}: from {}, {days}, reviewed every {}.",
            row.id,
            row.trigger,
            counted(row.review_days, "day")
        ));
        why.push(format!("Source: {} ({}).", row.source, row.verified));
        if row.days.is_none() {
            why.push("It has no date of its own until the procedure gives one: case closed, final judgment, acquittal, order expired, no link found.".to_owned());
        }
    }
    match (record.due.filter(|_| !record.is_purged()), then) {
        (Some(due), WhenDue::Deletion) => {
            why.push(format!("It is erased on {} where nobody says anything.", due.to_minute()))
        }
        (Some(due), WhenDue::Review) => {
            why.push(format!("It is looked at on {}; silence restricts it, and erases nothing.", due.to_minute()));
        }
        (Some(due), other) => why.push(format!("On {}: {other}.", due.to_minute())),
        (None, _) => why.push("It has no date.".to_owned()),
    }
    if let Some(date) = sender_date {
        why.push(format!("Its sender has set {}: only the sender postpones that.", date.to_minute()));
        if held && date <= now {
            let why_kept = if hold_notice::has_consented(&records, &record)? {
                "It is held over its sender's term: the sender has consented."
            } else {
                "It is held over its sender's term: restricted, over term, until the sender consents."
            };
            why.push(why_kept.to_owned());
        }
    }
    let unanswered = hold_notice::unanswered(&records)?;
    let over_term = hold_notice::is_over_term(&unanswered, &record, now);
    if unanswered.contains(&record.id) {
        let which = if over_term { "It is restricted, over term, until" } else { "Its term goes on until" };
        why.push(format!("Its sender holds it. {which} somebody answers: `retention hold-answer`."));
    }
    if held {
        why.push("A hold stands on it: nothing erases it until another person lifts that.".to_owned());
    }
    if escalated {
        why.push(
            "Its date has passed: it is restricted until somebody says what becomes of it (`retention review`)."
                .to_owned(),
        );
    }
    if restricted && restriction::is_of_contents(record.kind) {
        why.push("What it says is seen only with a reason: `--reason TEXT`.".to_owned());
    }
    let explained = Explained {
        id: record.id,
        kind: record.kind,
        state: record.state,
        due: record.due,
        then,
        trigger,
        row: row.filter(|_| is_kept),
        restricted,
        escalated,
        sender_date,
        holds: holds.iter().map(|h| hold_row(workspace, h)).collect::<Result<_, _>>()?,
        may_lift,
        reviews,
        why: why.clone(),
    };
    Ok(Output { text: Some(why.join("\n") + "\n"), ..Output::thing(&explained) })
}
