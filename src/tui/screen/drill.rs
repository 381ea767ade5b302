//! Drill: an exercise as control sees it (what is due, delivered, answered, late, and every desk as of its last bundle) and as those
//! who play see it; in a live workspace, what was recorded of exercises and what is still to be done about them.

use super::definition::{Screen, ViewParams, due_at, in_mood, left, row, state};
use crate::command::exercise::view::{self, ActionRow, Board, ExerciseView, InjectRow};
use crate::record::exercise;
use crate::record::kind::{Kind, StateTone};
use crate::tui::page::{Cell, Line, ListWord, Mark, Page, PageRow, RecordRef, Section, StyledText, Width, column};
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
    views: &["board", "timeline", "evaluation"],
    has_detail: true,
    fetch,
    first_steps: "No exercise is loaded.",
};

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let name = match &workspace.meta.realm {
        Realm::Live => return live(workspace),
        Realm::Exercise(name) => name,
    };
    let line = StyledText::new(
        format!(
            "This workspace belongs to the exercise {name}. Nothing here can reach a live desk: other keys, other store, another realm in every signature."
        ),
        StyleRole::Exercise,
    );
    let Some(of) = exercise::current(&workspace.records(), workspace.meta.desk)? else {
        return Ok(Page {
            head: vec![vec![line]],
            bands: vec![vec![Section { empty: Shown::of(SCREEN.first_steps), grows: true, ..Section::default() }]],
            sentence: Shown::of(
                "Control plans one with `exercise new`; those who play hear of it with control's bundle.",
            ),
            ..Page::default()
        });
    };
    let shown = view::view(workspace, &of)?;
    let bands = match look.view {
        1 => vec![vec![timeline(&shown)]],
        2 => vec![vec![observations(&shown)], vec![actions(&shown.actions, workspace.now())]],
        _ if shown.is_control => vec![vec![board(&shown, workspace.now())], vec![desks(&shown, workspace.now())]],
        _ => vec![vec![board(&shown, workspace.now())]],
    };
    Ok(Page { head: vec![vec![line], standing(&shown)], bands, sentence: sentence(&shown), ..Page::default() })
}

/// Where the exercise stands, and what time it is in it.
fn standing(shown: &ExerciseView) -> Line {
    let clock = match shown.speed {
        None => "the clock stands".to_owned(),
        Some(1) => "the clock goes".to_owned(),
        Some(n) => format!("the clock goes {n} times as fast"),
    };
    let word = if shown.safety_word.is_empty() { String::new() } else { format!("  stop word: {}", shown.safety_word) };
    vec![
        StyledText::new(format!("{}  ", shown.row.title), StyleRole::Title),
        StyledText::from(format!("{}, {}, {clock}{word}", shown.row.state.label(), shown.now.to_minute())),
    ]
}

fn count(shown: &ExerciseView, wanted: Board) -> usize {
    shown.injects.iter().filter(|i| i.board == wanted).count()
}

/// What is the matter, in a sentence.
fn sentence(shown: &ExerciseView) -> Shown {
    let (due, late) = (count(shown, Board::Due), count(shown, Board::Late));
    let owed = count(shown, Board::Delivered) + late;
    Shown::from(match shown.is_control {
        true if due + late > 0 => format!("{due} to be delivered, {late} late."),
        true => "Nothing is due, and nothing is late.".to_owned(),
        false if owed > 0 => format!("{owed} injects wait for your reply."),
        false => "Every inject that came is answered.".to_owned(),
    })
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
    let rows = shown.injects.iter().map(|inject| inject_row(inject, now)).collect();
    Section {
        title: Shown::of(if shown.is_control { "CONTROLLER'S BOARD" } else { "INJECTS" }),
        aside: Shown::from(format!(
            "due {}, delivered {}, answered {}, late {}",
            count(shown, Board::Due),
            count(shown, Board::Delivered),
            count(shown, Board::Answered),
            count(shown, Board::Late)
        )),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("NO.", Width::Fixed(4)).right(),
            column("STANDS", Width::Fixed(10)),
            column("PLANNED", Width::Fixed(13)).optional(),
            column("DELIVERED", Width::Fixed(13)).past().optional(),
            column("TO", Width::Fixed(8)),
            column("WHAT", Width::Rest),
        ],
        rows,
        empty: Shown::of("No inject yet."),
        grows: true,
        ..Section::default()
    }
}

fn inject_row(inject: &InjectRow, now: Timestamp) -> PageRow {
    let mark = if inject.board == Board::Late { Mark::Due } else { Mark::None };
    let to = if inject.to.is_empty() { "all".to_owned() } else { inject.to.join(" ") };
    let said = match inject.replies.last() {
        Some(reply) => format!("{} | {}: {}", inject.text, reply.desk, reply.text),
        None => inject.text.clone(),
    };
    row(
        Kind::Inject,
        inject.id,
        mark,
        vec![
            Cell::number(u64::try_from(inject.number).unwrap_or_default()),
            in_mood(ListWord::of(inject.board), mood(inject.board)),
            due_at(inject.planned, now),
            due_at(inject.delivered, now),
            Cell::from(to),
            Cell::from(said),
        ],
    )
    .in_state(inject.state)
    .due(inject.reply_by.or(inject.planned))
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
        title: Shown::of("DESKS, AS OF THEIR LAST BUNDLE"),
        columns: vec![
            column("DESK", Width::Fixed(8)),
            column("HEARD", Width::Fixed(13)).past(),
            column("DELIVERED", Width::Fixed(9)).right(),
            column("ANSWERED", Width::Fixed(9)).right(),
            column("TO CARRY", Width::Fixed(9)).right(),
        ],
        rows: rows.collect(),
        empty: Shown::of("No desk is pinned."),
        most: 6,
        ..Section::default()
    }
}

/// The picture of what was planned, delivered and answered, and the same in words below each line.
fn timeline(shown: &ExerciseView) -> Section {
    let rows = view::drawn(shown)
        .into_iter()
        .map(|line| PageRow::of(vec![Cell::from(line.desk), Cell::from(line.picture), Cell::from(line.words)]));
    Section {
        title: Shown::of("TIMELINE"),
        aside: Shown::of("p planned  D delivered  A answered  ! late"),
        columns: vec![
            column("DESK", Width::Fixed(6)),
            column("FROM THE START TO NOW", Width::Fixed(view::COLUMNS)),
            column("IN WORDS", Width::Rest),
        ],
        rows: rows.collect(),
        empty: Shown::of("Nothing to draw yet."),
        grows: true,
        ..Section::default()
    }
}

fn observations(shown: &ExerciseView) -> Section {
    let seen = shown.observations.iter().map(|seen| {
        let rating = seen.rating.map_or_else(|| Cell::from("said"), Cell::word);
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
            Cell::from("log").styled(StyleRole::Note),
            Cell::nothing(),
            Cell::nothing(),
            Cell::from(offer.text.as_str()),
            Cell::from("rated by nobody").styled(StyleRole::Note),
        ])
    });
    Section {
        title: Shown::of("OBSERVED, SAID, AND WHAT THE LOGS SAY"),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("RATING", Width::Fixed(6)),
            column("OBJ.", Width::Fixed(4)),
            column("CAPABILITY", Width::Fixed(18)).optional(),
            column("WHAT", Width::Rest),
            column("WHO", Width::Fixed(20)).optional(),
        ],
        rows: seen.chain(offered).collect(),
        empty: Shown::of("Nothing was observed yet."),
        grows: true,
        ..Section::default()
    }
}

fn actions(all: &[ActionRow], now: Timestamp) -> Section {
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
        title: Shown::of("IMPROVEMENT ACTIONS"),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("STATE", Width::Fixed(6)),
            column("LEFT", Width::Fixed(7)).right(),
            column("OWNER", Width::Fixed(16)).optional(),
            column("WHAT", Width::Rest),
            column("EXERCISE", Width::Fixed(20)).optional(),
        ],
        rows: rows.collect(),
        empty: Shown::of("No action is planned."),
        grows: true,
        ..Section::default()
    }
}

/// What exercises have brought to real work.
fn live(workspace: &Workspace) -> Result<Page, Error> {
    let now = workspace.now();
    let line = StyledText::from(
        "This workspace is LIVE. An exercise has a workspace of its own: `comity init --exercise NAME`.",
    );
    let recorded = view::exercise_rows(workspace)?;
    if recorded.is_empty() {
        return Ok(Page {
            head: vec![vec![line]],
            bands: vec![vec![Section { empty: Shown::of(SCREEN.first_steps), grows: true, ..Section::default() }]],
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
        title: Shown::of("EXERCISES ON RECORD"),
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
        bands: vec![vec![section], vec![actions(&all, now)]],
        sentence: Shown::from(format!("{open} actions are still to be done.")),
        ..Page::default()
    })
}
