//! Disposal lists at work: proposed of what fell due, shown line by line, decided by two people. Erasing what they have confirmed is a
//! purge like any other.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::retention::schedule::row_of;
use crate::record::disposal::{self, Decision, Ground, LineResult, State};
use crate::record::hold::StandingHolds;
use crate::record::kind::{Kind, State as RecordState};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::text::counted;
use crate::value::timestamp::{Duration, Timestamp};
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// In how many days what stays is looked at again, where nobody says when.
const NEXT: Duration = Duration::days(90);

const LIST: Arg = Arg::new("list", ArgKind::Record(&[Kind::Disposal]), "the list").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "retention",
        name: "propose",
        about: "Propose a disposal list of what fell due, for two people to decide line by line",
        args: &[
            Arg::new("case", ArgKind::Record(&[Kind::Case]), "only what lies in this case"),
            Arg::new("because", ArgKind::Body, "what the list is for").required(),
        ],
        writes: Some(Writes {
            act: disposal::PROPOSE,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never("decide its lines: what is excluded stays"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(propose),
    },
    Command {
        noun: "retention",
        name: "disposals",
        about: "List the disposal lists",
        args: &[],
        writes: None,
        run: Handler::Reads(lists),
    },
    Command {
        noun: "retention",
        name: "disposal",
        about: "Show a disposal list line by line, to be read or printed before it is decided",
        args: &[LIST],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "retention",
        name: "decide",
        about: "Confirm, exclude or withhold lines of a disposal list; two people confirm what is erased",
        args: &[
            LIST,
            Arg::new("decision", ArgKind::Word(all_words::<Decision>), "what is said of the lines").required(),
            Arg::new("line", ArgKind::Record(&[Kind::Item, Kind::Request]), "a line").repeated(),
            Arg::new("all", ArgKind::Flag, "every line that nobody has excluded or withheld, and that no hold is on"),
            Arg::new("ground", ArgKind::Word(all_words::<Ground>), "of what is withheld: on which ground"),
            Arg::new("because", ArgKind::Body, "of what is excluded or withheld: why"),
            Arg::new("next", ArgKind::Time, "when what stays is looked at again; without it, in 90 days"),
        ],
        writes: Some(Writes {
            act: disposal::DECIDE,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::By("retention disposal"),
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(decide),
    },
];

/// What fell due, as far as a case or the whole desk holds it: what is erased by silence, and what somebody must say something of.
fn fallen_due(workspace: &Workspace, case: Option<Id>) -> Result<Vec<Record>, Error> {
    let query = Query { due_by: Some(workspace.now()), case, ..Query::kind(Kind::Item) };
    let mut all = workspace.records().find(&query)?;
    let waiting = on_open_lists(workspace)?;
    all.retain(|r| !r.is_purged() && !waiting.contains(&r.id));
    Ok(all)
}

/// What stands on a list that two people have not finished with: no timer erases it meanwhile.
pub fn on_open_lists(workspace: &Workspace) -> Result<std::collections::BTreeSet<Id>, Error> {
    let open = workspace.records().find(&Query::state(State::Proposed))?;
    let mut all = std::collections::BTreeSet::new();
    for list in &open {
        let stands = |line: &Id| !matches!(disposal::result_of(list, *line), LineResult::Pruned { .. });
        all.extend(disposal::lines_of(list).into_iter().filter(stands));
    }
    Ok(all)
}

fn propose(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let case = args.maybe("case").map(|c| workspace.find_record(c, &[Kind::Case])).transpose()?.map(|r| r.id);
    let because = args.body("because")?.unwrap_or_default();
    let mut due = fallen_due(workspace, case)?;
    let more = due.len().saturating_sub(disposal::MOST_LINES);
    due.truncate(disposal::MOST_LINES);
    if due.is_empty() {
        return Err(Error::not_allowed("nothing fell due that is on no list yet")
            .hint("`comity retention list` says what is due when; with a reason, `retention purge` needs no list"));
    }
    let lines: Vec<Id> = due.iter().map(|r| r.id).collect();
    let id = workspace.entropy.id()?;
    workspace.act_alone(disposal::PROPOSE, Audience::OwnDesk, |e, _| {
        Ok(disposal::proposed(id, &lines, &because, e.salt()?))
    })?;
    let rest = if more == 0 { String::new() } else { format!(" {more} more fell due: propose another list of them.") };
    let said =
        format!("Proposed: {}. Two people decide them with `retention decide`.{rest}", counted(lines.len(), "line"));
    Ok(Output::made(id, said).with("lines", lines.len()))
}

/// A list as it is shown among others.
#[derive(Serialize)]
struct ListRow {
    id: Id,
    state: RecordState,
    proposed: Option<Timestamp>,
    lines: usize,
    confirmed: usize,
    pruned: usize,
    because: String,
}

fn lists(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let mut rows = Vec::new();
    for list in workspace.records().find(&Query::kind(Kind::Disposal))? {
        let results: Vec<LineResult> =
            disposal::lines_of(&list).into_iter().map(|line| disposal::result_of(&list, line)).collect();
        rows.push(ListRow {
            id: list.id,
            state: list.state,
            proposed: list.instant("proposed"),
            lines: results.len(),
            confirmed: results.iter().filter(|r| **r == LineResult::Confirmed).count(),
            pruned: results.iter().filter(|r| matches!(r, LineResult::Pruned { .. })).count(),
            because: workspace.text_of(&list, "because")?,
        });
    }
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("proposed", "PROPOSED"),
        ("lines", "LINES"),
        ("confirmed", "BY TWO"),
        ("pruned", "STAY"),
        ("because", "WHY"),
    ];
    Ok(Output::list(&rows, columns).of(Kind::Disposal))
}

words! {
    /// Where a line of a list stands.
    Standing {
        /// Nobody has decided it.
        Open = "open",
        /// One person has confirmed it.
        ByOne = "confirmed by one",
        /// Two people have confirmed it.
        ByTwo = "confirmed",
        /// It does not belong on the list.
        Excluded = "excluded",
        /// It is kept on a ground.
        Withheld = "withheld",
        /// A hold stands on it, whatever was decided.
        Held = "held",
        /// It was erased.
        Erased = "erased",
    }
}

/// A line as it is shown.
#[derive(Serialize)]
struct LineRow {
    id: Id,
    standing: Standing,
    ground: Option<Ground>,
    by: Option<String>,
    due: Option<Timestamp>,
    row: Option<&'static str>,
    what: String,
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let list = workspace.find_record(args.need("list")?, &[Kind::Disposal])?;
    let holds = StandingHolds::of(&workspace.records())?;
    let mut rows = Vec::new();
    for line in disposal::lines_of(&list) {
        let Some(record) = workspace.records().get(line)? else { continue };
        let (mut standing, by, ground) = match disposal::result_of(&list, line) {
            LineResult::Open { confirmed_by: None } => (Standing::Open, None, None),
            LineResult::Open { confirmed_by } => (Standing::ByOne, confirmed_by, None),
            LineResult::Confirmed => (Standing::ByTwo, None, None),
            LineResult::Pruned { by, decision: Decision::Withhold, ground } => (Standing::Withheld, by, ground),
            LineResult::Pruned { by, .. } => (Standing::Excluded, by, None),
        };
        if record.is_purged() {
            standing = Standing::Erased;
        } else if holds.is_on(&record) {
            standing = Standing::Held;
        }
        let title = workspace.text_of(&record, "title")?;
        rows.push(LineRow {
            id: line,
            standing,
            ground,
            by: by.map(|p| workspace.name_of(p)).transpose()?,
            due: record.due,
            row: row_of(&record).map(|row| row.id.as_str()),
            what: if title.is_empty() { workspace.text_of(&record, "value")? } else { title },
        });
    }
    let columns = &[
        ("id", "LINE"),
        ("standing", "STANDS"),
        ("ground", "GROUND"),
        ("by", "BY"),
        ("due", "DUE"),
        ("row", "ROW"),
        ("what", "WHAT"),
    ];
    Ok(Output::list(&rows, columns))
}

fn decide(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let list = workspace.find_record(args.need("list")?, &[Kind::Disposal])?;
    let decision = args.read("decision", "confirm, exclude or withhold", Decision::parse)?;
    let ground = args.maybe_read("ground", "a ground", Ground::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    let now = workspace.now();
    let next = match args.maybe("next") {
        Some(_) => Some(args.time("next", now)?),
        None => (decision != Decision::Confirm).then(|| now.plus(NEXT)),
    };
    if decision == Decision::Withhold && ground.is_none() {
        return Err(Error::usage("--ground is missing: on which ground is it withheld?"));
    }
    if decision != Decision::Withhold && ground.is_some() {
        return Err(Error::usage("--ground is said of what is withheld"));
    }
    let mut lines = Vec::new();
    for typed in args.all("line") {
        lines.push(workspace.find_record(typed, &[Kind::Item, Kind::Request])?.id);
    }
    let mut left_out = 0;
    if args.flag("all") {
        if decision != Decision::Confirm {
            return Err(Error::usage("--all confirms: name each line that is excluded or withheld"));
        }
        let holds = StandingHolds::of(&workspace.records())?;
        for line in disposal::lines_of(&list) {
            let is_pruned = matches!(disposal::result_of(&list, line), LineResult::Pruned { .. });
            let record = workspace.records().get(line)?.filter(|r| !r.is_purged());
            // What anybody has kept, and what is held, is never meant by "all".
            if is_pruned || record.as_ref().is_none_or(|r| holds.is_on(r)) {
                left_out += 1;
            } else if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    if lines.is_empty() {
        return Err(Error::usage("there is no line to decide: name --line, or say --all"));
    }
    workspace.act_alone(disposal::DECIDE, Audience::OwnDesk, |e, _| {
        Ok(disposal::decided(list.id, &lines, decision, ground, next, &because, e.salt()?))
    })?;
    let decided = workspace.find_record(&list.id.to_string(), &[Kind::Disposal])?;
    let by_two = disposal::lines_of(&decided)
        .into_iter()
        .filter(|line| disposal::result_of(&decided, *line) == LineResult::Confirmed)
        .count();
    let stays =
        if left_out == 0 { String::new() } else { format!(" {} left out: they stay.", counted(left_out, "line")) };
    let said = format!("{decision}: {}.{stays} {by_two} confirmed by two people.", counted(lines.len(), "line"));
    Ok(Output::made(list.id, said).with("confirmed", by_two).with("left_out", left_out))
}
