//! Drill: an exercise as control sees it (what is due, delivered, answered, late, and every desk as of its last bundle) and as those
//! who play see it; in a live workspace, what was recorded of exercises and what is still to be done about them.

use super::definition::{LEFT, Screen, ViewParams, due_at, in_mood, left, row, state};
use crate::command::exercise::view::{self, ActionRow, Board, ExerciseView, InjectRow};
use crate::record::exercise;
use crate::record::kind::{Kind, StateTone};
use crate::tui::language::{phrase, tr, tr_count};
use crate::tui::page::{Cell, ListWord, Mark, Page, PageRow, RecordRef, Section, StyledText, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::realm::Realm;
use crate::value::text::Shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Drill.
pub const SCREEN: Screen = Screen {
    id: ScreenId::DRILL,
    views: &["board", "timeline", "evaluation", "desks"],
    has_detail: true,
    fetch,
    first_steps: "No exercise is loaded.",
};

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let name = match &workspace.meta.realm {
        Realm::Live => return live(workspace),
        Realm::Exercise(name) => name,
    };
    let line =
        StyledText::new(phrase!("Exercise {name}: nothing here can reach a live desk.", name), StyleRole::Exercise);
    let Some(of) = exercise::current(&workspace.records(), workspace.meta.desk)? else {
        return Ok(Page {
            head: vec![vec![line]],
            bands: vec![vec![Section { empty: Shown::of(tr(SCREEN.first_steps)), grows: true, ..Section::default() }]],
            sentence: Shown::of(tr("Control plans one with `exercise new`; players hear of it by bundle.")),
            ..Page::default()
        });
    };
    let shown = view::view(workspace, &of)?;
    let now = workspace.now();
    let mut bands = vec![vec![standing(&shown)]];
    bands.extend(match look.view {
        1 => vec![vec![timeline(&shown)]],
        2 => vec![vec![observations(&shown)], vec![actions(&shown.actions, now, PLAN_ONE)]],
        3 => vec![vec![Section { most: 0, grows: true, from_height: 0, ..desks(&shown, now) }]],
        _ if shown.is_control => vec![vec![board(&shown, now)], vec![desks(&shown, now)]],
        _ => vec![vec![board(&shown, now)]],
    });
    Ok(Page { head: vec![vec![line]], bands, sentence: sentence(&shown), ..Page::default() })
}

/// The exercise itself, so that what is done with it is done here: where it stands, what time it is in it, the word that stops play.
fn standing(shown: &ExerciseView) -> Section {
    let clock = match shown.speed {
        None => phrase!("{shown}, stands", shown = shown.now.to_minute()),
        Some(1) => phrase!("{shown}, goes", shown = shown.now.to_minute()),
        Some(n) => phrase!("{shown}, goes {n}x", shown = shown.now.to_minute(), n),
    };
    let title = if shown.row.title.is_empty() { tr("erased") } else { shown.row.title.as_str() };
    let cells = vec![
        Cell::from(title).styled(StyleRole::Title),
        state(shown.row.state),
        Cell::from(clock),
        Cell::from(shown.safety_word.as_str()),
    ];
    Section {
        title: Shown::of(tr("EXERCISE")),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("TITLE", Width::Rest),
            column("STANDS", Width::Fixed(9)),
            column("ITS CLOCK", Width::Fixed(24)),
            column("STOP WORD", Width::Fixed(12)),
        ],
        rows: vec![row(Kind::Exercise, shown.row.id, Mark::None, cells).in_state(shown.row.state)],
        most: 1,
        ..Section::default()
    }
}

fn count(shown: &ExerciseView, wanted: Board) -> usize {
    shown.injects.iter().filter(|i| i.board == wanted).count()
}

/// What is the matter, or what comes next, in a sentence.
fn sentence(shown: &ExerciseView) -> Shown {
    let (due, late) = (count(shown, Board::Due), count(shown, Board::Late));
    let owed = count(shown, Board::Delivered) + late;
    let is = |wanted: exercise::State| shown.row.state == wanted.any();
    if is(exercise::State::Purged) {
        return Shown::of(tr("It is over, and what was said of it is erased."));
    }
    if !shown.is_control {
        return match owed {
            0 => Shown::of(tr("Every inject that came is answered.")),
            1 => Shown::of(tr("1 inject waits for your reply: {sign} on it.")),
            n => Shown::from(phrase!("{n} injects wait for your reply: {sign} on one.", n)),
        };
    }
    if is(exercise::State::Planned) {
        return Shown::of(tr("Planned: no player knows of it. {sign} on the exercise is STARTEX."));
    }
    if is(exercise::State::Paused) {
        return Shown::of(tr("Play is paused, and its clock stands. {sign} goes on."));
    }
    if is(exercise::State::Ended) {
        return Shown::of(tr("ENDEX. Hot wash, ratings, actions; then {actions}: exercise report."));
    }
    if is(exercise::State::Reported) {
        return Shown::of(tr("Reported. Each desk records the signed report in its live workspace."));
    }
    match due + late {
        0 => Shown::of(tr("Nothing is due or late. `exercise inject`: one of the moment.")),
        _ => Shown::from(phrase!("{due} to be delivered, {late} late.", due, late)),
    }
}

const fn mood(board: Board) -> StateTone {
    match board {
        Board::Planned | Board::Delivered => StateTone::Neutral,
        Board::Due => StateTone::Waiting,
        Board::Late => StateTone::Stopped,
        Board::Answered => StateTone::Good,
        Board::Skipped => StateTone::Over,
    }
}

fn board(shown: &ExerciseView, now: Timestamp) -> Section {
    let rows = shown.injects.iter().map(|inject| inject_row(inject, shown.is_control, now)).collect();
    let of = |wanted| count(shown, wanted);
    let (delivered, answered) = (of(Board::Delivered), of(Board::Answered));
    let late = of(Board::Late);
    let mut columns =
        vec![column("ID", Width::Fixed(9)), column("NO.", Width::Fixed(4)).right(), column("STANDS", Width::Fixed(10))];
    // Those who play know neither what was planned nor for whom else it is.
    if shown.is_control {
        columns.push(column("PLANNED", Width::Fixed(13)).optional());
    }
    columns.push(column("DELIVERED", Width::Fixed(13)).past().optional());
    if shown.is_control {
        columns.push(column("TO", Width::Fixed(8)));
    } else {
        columns.push(column("REPLY BY", Width::Fixed(13)).optional());
    }
    columns.push(column("WHAT", Width::Rest));
    Section {
        title: Shown::of(if shown.is_control { tr("CONTROLLER'S BOARD") } else { tr("INJECTS") }),
        aside: Shown::from(match shown.is_control {
            true => phrase!(
                "due {due}, delivered {delivered}, answered {answered}, late {late}",
                due = of(Board::Due),
                delivered,
                answered,
                late
            ),
            false => phrase!("open {delivered}, answered {answered}, late {late}", delivered, answered, late),
        }),
        columns,
        rows,
        empty: Shown::of(tr("No inject yet.")),
        grows: true,
        ..Section::default()
    }
}

fn inject_row(inject: &InjectRow, is_control: bool, now: Timestamp) -> PageRow {
    let mark = if inject.board == Board::Late { Mark::Due } else { Mark::None };
    let to = if inject.to.is_empty() { tr("all").to_owned() } else { inject.to.join(" ") };
    let said = match inject.replies.last() {
        Some(reply) => format!("{} | {}: {}", inject.text, reply.desk, reply.text),
        None => inject.text.clone(),
    };
    // Before STARTEX a time is one after the start.
    let planned = match (&inject.planned, &inject.control) {
        (None, Some(own)) if !own.time.is_empty() => Cell::from(own.time.as_str()),
        (planned, _) => due_at(*planned, now),
    };
    let mut cells = vec![
        Cell::number(u64::try_from(inject.number).unwrap_or_default()),
        in_mood(ListWord::of(inject.board), mood(inject.board)),
    ];
    cells.extend(is_control.then_some(planned));
    cells.push(due_at(inject.delivered, now));
    cells.push(if is_control { Cell::from(to) } else { due_at(inject.reply_by, now) });
    cells.push(Cell::from(said));
    row(Kind::Inject, inject.id, mark, cells).in_state(inject.state).due(inject.reply_by.or(inject.planned))
}

fn desks(shown: &ExerciseView, now: Timestamp) -> Section {
    let rows = shown.desks.iter().map(|desk| {
        PageRow::of(vec![
            Cell::from(desk.code.as_str()),
            due_at(desk.heard, now),
            Cell::number(desk.delivered as u64),
            Cell::number(desk.answered as u64),
            Cell::number(desk.waiting as u64),
        ])
    });
    Section {
        title: Shown::of(tr("DESKS, AS OF THEIR LAST BUNDLE")),
        columns: vec![
            column("DESK", Width::Fixed(8)),
            column("HEARD", Width::Fixed(13)).past(),
            column("DELIVERED", Width::Fixed(9)).right(),
            column("ANSWERED", Width::Fixed(9)).right(),
            column("TO CARRY", Width::Fixed(9)).right(),
        ],
        rows: rows.collect(),
        empty: Shown::of(tr("No desk is pinned.")),
        most: 6,
        // On a low screen it has a view of its own.
        from_height: 24,
        ..Section::default()
    }
}

/// The picture of what was planned, delivered and answered, and below each line the same in words.
fn timeline(shown: &ExerciseView) -> Section {
    let lines = view::drawn(shown).into_iter().flat_map(|line| {
        [
            PageRow::of(vec![Cell::from(line.desk), Cell::from(line.picture)]),
            PageRow::of(vec![Cell::from(""), Cell::from(line.words)]),
        ]
    });
    Section {
        title: Shown::of(tr("TIMELINE")),
        aside: Shown::of(tr("p planned  D delivered  A answered  ! late")),
        columns: vec![column("DESK", Width::Fixed(6)), column("FROM THE START TO NOW", Width::Rest)],
        rows: lines.collect(),
        empty: Shown::of(tr("Nothing to draw yet.")),
        grows: true,
        ..Section::default()
    }
}

fn observations(shown: &ExerciseView) -> Section {
    let seen = shown.observations.iter().map(|seen| {
        let rating = seen.rating.map_or_else(|| Cell::from(tr("said")), Cell::word);
        let objective = seen.objective.map(|n| n.to_string()).unwrap_or_default();
        row(
            Kind::Observation,
            seen.id,
            Mark::None,
            vec![
                rating,
                Cell::from(objective),
                Cell::from(seen.capability.as_str()),
                Cell::from(seen.text.as_str()),
                Cell::from(seen.by.as_str()),
            ],
        )
    });
    let offered = shown.offered.iter().map(|offer| {
        PageRow::of(vec![
            Cell::nothing(),
            Cell::from(tr("log")).styled(StyleRole::Note),
            Cell::nothing(),
            Cell::nothing(),
            Cell::from(offer.text.as_str()),
            Cell::from(tr("rated by nobody")).styled(StyleRole::Note),
        ])
    });
    Section {
        title: Shown::of(tr("OBSERVED, SAID, AND WHAT THE LOGS SAY")),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("RATING", Width::Fixed(6)),
            column("OBJ.", Width::Fixed(4)),
            column("CAPABILITY", Width::Fixed(18)).optional(),
            column("WHAT", Width::Rest),
            column("WHO", Width::Fixed(20)).optional(),
        ],
        rows: seen.chain(offered).collect(),
        empty: Shown::of(tr("Nothing was observed yet: `exercise observe`, with a rating or, as a player, without.")),
        grows: true,
        ..Section::default()
    }
}

/// How an action comes about.
const PLAN_ONE: &str = "No action is planned: `exercise action` does, from STARTEX on.";

fn actions(all: &[ActionRow], now: Timestamp, empty: &'static str) -> Section {
    let rows = all.iter().map(|action| {
        let (left, mark) = left(action.by.filter(|_| action.done.is_none()), now);
        let said = vec![
            state(action.state),
            left,
            Cell::from(action.owner.as_str()),
            Cell::from(action.text.as_str()),
            Cell::from(action.title.as_str()),
        ];
        row(Kind::Action, action.id, mark, said).in_state(action.state).due(action.by)
    });
    Section {
        title: Shown::of(tr("IMPROVEMENT ACTIONS")),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("STATE", Width::Fixed(6)),
            column("LEFT", LEFT).right(),
            column("OWNER", Width::Fixed(16)).optional(),
            column("WHAT", Width::Rest),
            column("EXERCISE", Width::Fixed(20)).optional(),
        ],
        rows: rows.collect(),
        empty: Shown::of(empty),
        grows: true,
        ..Section::default()
    }
}

/// What exercises have brought to real work.
fn live(workspace: &Workspace) -> Result<Page, Error> {
    let now = workspace.now();
    let line = StyledText::from(tr("LIVE. Exercises are played elsewhere: `comity init --exercise NAME`."));
    let recorded = view::exercise_rows(workspace)?;
    if recorded.is_empty() {
        return Ok(Page {
            head: vec![vec![line]],
            bands: vec![vec![Section { empty: Shown::of(tr(SCREEN.first_steps)), grows: true, ..Section::default() }]],
            sentence: Shown::default(),
            ..Page::default()
        });
    }
    let rows = recorded.iter().map(|of| {
        let [p, s, m, u] = of.rated;
        PageRow::of(vec![
            Cell::from(of.title.as_str()),
            Cell::from(of.control.as_str()),
            due_at(of.until, now),
            Cell::from(format!("P {p}  S {s}  M {m}  U {u}")),
        ])
        .about(Some(RecordRef { kind: Kind::Exercise, id: of.id }))
        .in_state(of.state)
    });
    let section = Section {
        title: Shown::of(tr("EXERCISES ON RECORD")),
        columns: vec![
            column("TITLE", Width::Rest),
            column("CONTROL", Width::Fixed(8)),
            column("ENDED", Width::Fixed(13)).past().optional(),
            column("RATED", Width::Fixed(24)),
        ],
        rows: rows.collect(),
        most: 8,
        ..Section::default()
    };
    let all = view::action_rows(workspace)?;
    let open = all.iter().filter(|a| a.done.is_none()).count();
    Ok(Page {
        head: vec![vec![line]],
        bands: vec![vec![section], vec![actions(&all, now, tr("No action came with a report."))]],
        sentence: match open {
            0 => Shown::of(tr("Every action is done.")),
            n => Shown::from(phrase!("{what} still to be done.", what = tr_count(n, "action"))),
        },
        ..Page::default()
    })
}
