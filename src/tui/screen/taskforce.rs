//! The task force: who has signed its charter, who does what, who waits on whom, its meetings and joint analyses.

use super::definition::{LEFT, Screen, ViewParams, count, due_at, in_mood, left, row, state};
use crate::command::desk::workspace_info::short;
use crate::command::taskforce::analysis::{self, AnalysisRow};
use crate::command::taskforce::work::{self, MeetingRow, TaskRow};
use crate::command::taskforce::{self, TaskforceSummary};
use crate::record::kind::Kind;
use crate::record::store::Record;
use crate::record::task::OPEN;
use crate::tui::language::{phrase, tr, tr_count, tr_word};
use crate::tui::page::{Cell, Detail, ListWord, Mark, Page, PageRow, RecordRef, Section, StyledText, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The task forces.
pub const SCREEN: Screen = Screen {
    id: ScreenId::TASKFORCE,
    views: &[],
    has_detail: true,
    fetch,
    first_steps: "No task force yet. {propose charter} sends the charter of one to partners that are pinned.",
};

fn fetch(workspace: &Workspace, _: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let now = workspace.now();
    let all = taskforce::rows(workspace)?;
    let tasks = work::tasks(workspace)?;
    let (meetings, analyses) = (work::meetings(workspace)?, analysis::rows(workspace)?);
    let mut rows = Vec::new();
    for summary in &all {
        let cases = taskforce::cases_of(workspace, summary.id)?.len();
        rows.push(of_taskforce(summary, cases, now));
    }
    let desks: Vec<PageRow> = all.iter().flat_map(|summary| desks_of(summary, &tasks, now)).collect();
    let open = tasks.iter().filter(|t| OPEN.contains(&t.state)).count();
    let waits = work::who_waits(&tasks);
    let sentence = match (waits.as_slice(), open) {
        ([], 0) => tr("Nothing is to be done.").to_owned(),
        ([], n) => phrase!("Open tasks: {n}; no desk waits on another.", n),
        (some, _) => format!("{}.", some.join("; ")),
    };
    Ok(Page {
        head: vec![],
        bands: vec![
            vec![Section {
                title: Shown::of(tr("TASK FORCES")),
                columns: vec![
                    column("ID", Width::Fixed(9)),
                    column("STATE", Width::Fixed(11)),
                    column("LEAD", Width::Fixed(4)),
                    column("NOT SIGNED", Width::Fixed(12)),
                    column("CASES", Width::Fixed(8)).optional(),
                    column("ENDS", LEFT).right(),
                    column("TITLE", Width::Rest),
                ],
                rows,
                empty: Shown::of(tr(SCREEN.first_steps)),
                most: 6,
                ..Section::default()
            }],
            vec![Section {
                title: Shown::of(tr("DESKS: who signed, who does how much, who waits on whom")),
                columns: vec![
                    column("DESK", Width::Fixed(6)),
                    column("SIGNED", Width::Fixed(13)),
                    column("DONE", Width::Fixed(12)),
                    column("OPEN", Width::Fixed(8)),
                    column("WAITS ON", Width::Rest),
                    column("OF", Width::Fixed(20)).optional(),
                ],
                rows: desks,
                most: 8,
                from_height: 24,
                ..Section::default()
            }],
            vec![Section {
                title: Shown::from(phrase!("TASKS {open} open", open)),
                columns: vec![
                    column("ID", Width::Fixed(9)),
                    column("DESK", Width::Fixed(4)),
                    column("STATE", Width::Fixed(10)),
                    column("LEFT", LEFT).right(),
                    column("WAITS ON", Width::Fixed(10)),
                    column("WHAT", Width::Rest),
                ],
                rows: tasks.iter().map(|task| of_task(task, now)).collect(),
                empty: Shown::of(tr("No task yet: {give task} gives a desk something to do.")),
                grows: true,
                ..Section::default()
            }],
            vec![Section {
                title: Shown::of(tr("MEETINGS")),
                columns: vec![
                    column("ID", Width::Fixed(9)),
                    column("STATE", Width::Fixed(7)),
                    column("ON", Width::Fixed(13)),
                    column("DECIDED", Width::Fixed(12)),
                    column("TITLE", Width::Rest),
                ],
                rows: meetings.iter().map(|meeting| of_meeting(meeting, now)).collect(),
                most: 4,
                from_height: 30,
                ..Section::default()
            }],
            vec![Section {
                title: Shown::of(tr("JOINT ANALYSES")),
                columns: vec![
                    column("ID", Width::Fixed(9)),
                    column("STATE", Width::Fixed(10)),
                    column("OWNERS", Width::Fixed(14)),
                    column("WAITS ON", Width::Fixed(14)),
                    column("TITLE", Width::Rest),
                ],
                rows: analyses.iter().map(of_analysis).collect(),
                most: 4,
                from_height: 30,
                ..Section::default()
            }],
        ],
        sentence: Shown::from(sentence),
        ..Page::default()
    })
}

/// What is known of a task force.
pub fn detail(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let summary = taskforce::row(workspace, record)?;
    d.line(tr("STANDS"), tr_word(summary.status.word()));
    d.line(tr("VERSION"), summary.version.to_string());
    d.line(tr("LEAD"), summary.lead.as_str());
    for desk in &summary.desks {
        let signed = summary.signed.iter().find(|s| s.desk == *desk);
        match signed {
            Some(signed) => {
                d.line(desk, StyledText::new(phrase!("signed {at}", at = signed.at.to_minute()), StyleRole::Good))
            }
            None => d.line(desk, StyledText::new(tr("has not signed"), StyleRole::Due)),
        }
    }
    for left in &summary.left {
        d.line(&left.desk, StyledText::new(phrase!("left {at}", at = left.at.to_minute()), StyleRole::Note));
    }
    for desk in &summary.unchecked {
        let said = tr("its signature could not be checked: pin it, then ask the lead for `taskforce pass`");
        d.line(desk, StyledText::new(said, StyleRole::Stop));
    }
    d.line(tr("FOR"), summary.purposes.join(", "));
    d.line(tr("DATA"), summary.categories.iter().map(|c| tr_word(c.word())).collect::<Vec<_>>().join(", "));
    d.line(
        tr("UP TO"),
        summary.tier.map_or(tr("the default of each partner's kind").to_owned(), |t| phrase!("tier {t}", t)),
    );
    d.line(tr("FROM"), summary.from.to_minute());
    d.line(tr("UNTIL"), summary.until.to_minute());
    d.line(tr("KEPT"), phrase!("at most {days}", days = tr_count(summary.retention_cap_days, "day")));
    if !summary.targets.is_empty() {
        d.line(tr("TARGETS"), summary.targets.as_str());
    }
    if let Some(next) = &summary.next {
        d.gap();
        d.line(
            tr("NEXT"),
            phrase!("version {version}, not signed by {who}", version = next.version, who = next.unsigned.join(", ")),
        );
        for part in &next.differs {
            let said = format!("{}: {} -> {}", part.what, part.before, part.after);
            d.line("", StyledText::new(said, StyleRole::Due));
        }
    }
    for (id, text) in taskforce::parties::words_of(workspace, record)?.fields {
        d.gap();
        d.body(&id.to_uppercase(), &text);
    }
    for evaluation in taskforce::evaluations(workspace, record)? {
        d.gap();
        d.body(&phrase!("{desk} SAYS", desk = evaluation.desk), &evaluation.text);
    }
    Ok(())
}

/// What is known of a meeting.
pub fn meeting_detail(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let all = record.subject.map(|of| work::meetings_of(workspace, of)).transpose()?.unwrap_or_default();
    let Some(meeting) = all.into_iter().find(|m| m.id == record.id) else { return Ok(()) };
    d.line(tr("CALLED BY"), meeting.by.as_str());
    d.line(tr("ON"), meeting.on.map(Timestamp::to_minute).unwrap_or_default());
    d.body(tr("AGENDA"), &meeting.agenda);
    d.body(tr("MINUTES"), &meeting.minutes);
    for decision in &meeting.decisions {
        d.line(tr("DECIDED"), decision.as_str());
    }
    Ok(())
}

/// What is known of a joint analysis.
pub fn analysis_detail(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let all = analysis::rows(workspace)?;
    let Some(analysis) = all.into_iter().find(|a| a.id == record.id) else { return Ok(()) };
    d.line(tr("VERSION"), analysis.version.to_string());
    d.line(tr("OWNERS"), analysis.owners.join(" "));
    d.line(tr("LET IT LEAVE"), StyledText::new(analysis.released_by.join(" "), StyleRole::Good));
    d.line(tr("HOLD IT"), StyledText::new(analysis.held_by.join(" "), StyleRole::Stop));
    d.line(tr("WAITS ON"), StyledText::new(analysis.waits_on.join(" "), StyleRole::Due));
    d.line(tr("MARKING"), analysis.marking.as_str());
    for source in &analysis.sources {
        let consent =
            if source.consent.is_empty() { String::new() } else { format!(", {}", source.consent.join(", ")) };
        let name = short(Kind::Item, source.item);
        d.line(
            tr("RESTS ON"),
            phrase!(
                "{name} of {originator}, {marking}{consent}",
                name,
                originator = source.originator,
                marking = source.marking,
                consent
            ),
        );
    }
    Ok(())
}

fn of_taskforce(summary: &TaskforceSummary, cases: usize, now: Timestamp) -> PageRow {
    let (left, mark) = left(Some(summary.until), now);
    let unsigned = summary.next.as_ref().map_or(&summary.unsigned, |next| &next.unsigned);
    let unsigned = if unsigned.is_empty() {
        Cell::nothing().styled(StyleRole::Note)
    } else {
        Cell::new(unsigned.join(" "), StyleRole::Due)
    };
    row(
        Kind::Taskforce,
        summary.id,
        mark,
        vec![
            in_mood(ListWord::of(summary.status), summary.status.mood()),
            Cell::from(summary.lead.as_str()),
            unsigned,
            count(cases, "case"),
            left,
            Cell::from(summary.title.as_str()),
        ],
    )
    .in_state(summary.state)
    .with_partner(&summary.lead)
    .due(Some(summary.until))
}

/// A row for each desk of a task force: the picture of who carries what.
fn desks_of(summary: &TaskforceSummary, tasks: &[TaskRow], now: Timestamp) -> Vec<PageRow> {
    let of_desk = |desk: &String| {
        let own: Vec<&TaskRow> = tasks.iter().filter(|t| t.taskforce == summary.id && t.owner == *desk).collect();
        let (open, done) = (
            own.iter().filter(|t| OPEN.contains(&t.state)).count(),
            own.iter().filter(|t| t.state == crate::record::task::State::Done.any()).count(),
        );
        let mut waits_on: Vec<&str> = own.iter().flat_map(|t| &t.waits_on).map(String::as_str).collect();
        waits_on.sort_unstable();
        waits_on.dedup();
        let signed = summary.signed.iter().find(|s| s.desk == *desk).map(|s| s.at);
        let signed = match (signed, summary.left.iter().any(|s| s.desk == *desk)) {
            (_, true) => Cell::new(tr("left"), StyleRole::Note),
            (Some(at), false) => due_at(Some(at), now),
            (None, false) => Cell::new(tr("not signed"), StyleRole::Due),
        };
        PageRow::of(vec![
            Cell::from(desk.as_str()),
            signed,
            Cell::bar(done as u64, 10),
            count(open, "task"),
            Cell::from(waits_on.join(" ")),
            Cell::from(summary.title.as_str()),
        ])
        .about(Some(RecordRef { kind: Kind::Taskforce, id: summary.id }))
        .with_partner(desk)
    };
    summary.desks.iter().map(of_desk).collect()
}

fn of_task(task: &TaskRow, now: Timestamp) -> PageRow {
    let due = task.due.filter(|_| OPEN.contains(&task.state));
    let (left, mark) = left(due, now);
    row(
        Kind::Task,
        task.id,
        mark,
        vec![
            Cell::from(task.owner.as_str()),
            state(task.state),
            left,
            Cell::new(task.waits_on.join(" "), StyleRole::Due),
            Cell::from(task.title.as_str()),
        ],
    )
    .in_state(task.state)
    .with_partner(&task.owner)
    .due(due)
}

fn of_meeting(meeting: &MeetingRow, now: Timestamp) -> PageRow {
    row(
        Kind::Meeting,
        meeting.id,
        Mark::None,
        vec![
            state(meeting.state),
            due_at(meeting.on, now),
            count(meeting.decisions.len(), "decision"),
            Cell::from(meeting.title.as_str()),
        ],
    )
    .in_state(meeting.state)
    .with_partner(&meeting.by)
}

fn of_analysis(analysis: &AnalysisRow) -> PageRow {
    row(
        Kind::Analysis,
        analysis.id,
        Mark::None,
        vec![
            state(analysis.state),
            Cell::from(analysis.owners.join(" ")),
            Cell::new(analysis.waits_on.join(" "), StyleRole::Due),
            Cell::from(analysis.title.as_str()),
        ],
    )
    .in_state(analysis.state)
}
