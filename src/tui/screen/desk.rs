//! Desk: what waits on you, and on others; what is due in the next days; who was heard when; what has come.

use super::definition::{LEFT, Screen, ViewParams, did, due_at, left, on, short_day};
use crate::command::agreement::{self, Whose};
use crate::command::audit::statistics::{self, Figure, Requests};
use crate::command::desk::today::{Agenda, Task, agenda};
use crate::command::partner as partners;
use crate::command::request;
use crate::command::retention::held::HeldItems;
use crate::host::sandbox;
use crate::law::request::ClockKind;
use crate::record::definition::{KindDef, WhenDue};
use crate::record::hold::StandingHolds;
use crate::record::kind::Kind;
use crate::record::request::is_open;
use crate::record::store::{Query, RecordStore as _};
use crate::record::{KINDS, member, partner};
use crate::store::records::{count, due_from};
use crate::store::{read, tally};
use crate::tui::language::{in_short, on_screen, phrase, tr, tr_count, tr_date, tr_sentence, tr_word};
use crate::tui::page::{Cell, Line, Mark, Page, PageRow, RecordRef, Section, SortKey, StyledText, Width, column};
use crate::tui::picture::Picture;
use crate::tui::picture::days::{Axis, Days};
use crate::tui::picture::spark::Spark;
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::tui::words;
use crate::value::text::Shown;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Desk.
pub const SCREEN: Screen = Screen {
    id: ScreenId::DESK,
    views: &[],
    has_detail: false,
    fetch,
    first_steps: "Nothing is here yet. Add a partner on Partners (7), open a case on Case (3, then C).",
};

/// Days that are looked ahead.
const DAYS: usize = 30;
/// Weeks of a partner's activity.
const WEEKS: usize = 10;
/// Body rows from which what is first has a panel of its own.
const ROOMY: u16 = 26;
/// Body rows from which, in one column, there is room for what waits on others; and from which for the partners.
const OTHERS: u16 = 24;
const PARTNERS: u16 = 30;

fn fetch(workspace: &Workspace, _: &ViewParams, job: &mut Job) -> Result<Page, Error> {
    let now = workspace.now();
    let agenda = agenda(workspace, job)?;
    let mut you = Vec::new();
    let mut others = Vec::new();
    for task in &agenda.tasks {
        let rows = if task.mine { &mut you } else { &mut others };
        rows.push(waiting(workspace, task, now)?);
    }
    let columns = vec![column("", Width::Rest), column("", Width::Fixed(10)).right()];
    let aside = if others.is_empty() { String::new() } else { phrase!("others {others}", others = others.len()) };
    // Where nothing waits on them, what others do has the room.
    let (your_share, their_share) = if you.is_empty() { (4, 7) } else { (7, 4) };
    let yours = Section {
        title: Shown::from(phrase!("WAITS ON YOU {you}", you = you.len())),
        aside: Shown::from(aside),
        columns: columns.clone(),
        rows: you,
        empty: Shown::of(tr("Nothing waits on you.")),
        most: 9,
        share: your_share,
        ..Section::default()
    };
    let theirs = Section {
        title: Shown::from(phrase!("WAITS ON OTHERS {others}", others = others.len())),
        columns,
        rows: others.into_iter().chain(stops(workspace, &agenda)?).collect(),
        empty: Shown::of(tr("Nothing waits on others.")),
        most: 9,
        share: their_share,
        alone_from: OTHERS,
        ..Section::default()
    };
    let coming = Coming::of(workspace, &agenda, now)?;
    Ok(Page {
        head: new_desk(workspace)?,
        bands: vec![
            first_steps(workspace)?.into_iter().collect(),
            first(workspace, &agenda, now)?.into_iter().collect(),
            vec![
                yours,
                theirs,
                coming.section(),
                heard(workspace, &agenda, now)?,
                requests(workspace, &statistics::requests(workspace)?)?,
                oversight(&statistics::oversight(workspace)?),
            ],
            vec![recent(workspace, &agenda, now)?],
        ],
        // A clock that was set back makes nothing look late: that goes before.
        sentence: Shown::from(match workspace.clock_fault()? {
            Some(fault) => format!("{}: {}.", fault.what, fault.hint),
            None => match workspace.damage().or_else(|| sandbox::missing().map(str::to_owned)) {
                Some(missing) => format!("{missing} {}", coming.sentence()),
                None => coming.sentence(),
            },
        }),
        ..Page::default()
    })
}

/// What whoever sees the desk for the first time must compare; nothing where they know it.
fn new_desk(workspace: &Workspace) -> Result<Vec<Line>, Error> {
    let Some(said) = workspace.first_sight()? else { return Ok(Vec::new()) };
    let lines = said.lines().map(|line| vec![StyledText::new(line, StyleRole::Title)]);
    Ok(lines.chain([vec![]]).collect())
}

fn waiting(workspace: &Workspace, task: &Task, now: Timestamp) -> Result<PageRow, Error> {
    let (left, mark) = left(task.due, now);
    let row = PageRow::of(vec![Cell::from(said(workspace, task)?), left]);
    let subject = RecordRef { kind: task.kind, id: task.id };
    Ok(row.about(Some(subject)).marked(mark).with_partner(&task.partner).due(task.due))
}

/// A task in a line: what it is about, with whom, what is to be done, and who does it where that is not this member.
fn said(workspace: &Workspace, task: &Task) -> Result<String, Error> {
    let mut parts: Vec<String> = Vec::new();
    let record = workspace.records().get(task.id)?;
    let subject = record.as_ref().and_then(|r| r.subject).map(|id| workspace.records().get(id)).transpose()?.flatten();
    match (task.kind, &record, &subject) {
        (Kind::Request, Some(record), _) => {
            parts.push(words::called(workspace, record)?);
            let ours = record.desk == workspace.meta.desk;
            parts.push(if ours {
                phrase!("to {partner}", partner = task.partner)
            } else {
                phrase!("from {partner}", partner = task.partner)
            });
            let kind = record.text("kind").unwrap_or_default();
            parts.push(tr_sentence(task.what.strip_prefix(kind).unwrap_or(&task.what).trim()).into_owned());
        }
        (Kind::Review, _, Some(of)) => {
            parts.extend([tr_sentence(&task.what).into_owned(), words::called(workspace, of)?]);
            parts.extend((!task.partner.is_empty()).then(|| phrase!("for {partner}", partner = task.partner)));
        }
        (Kind::Item, Some(item), _) => {
            parts.extend([tr_sentence(&task.what).into_owned(), words::called(workspace, item)?])
        }
        // Which partner it is says more than what is to be done: it is not cut.
        (Kind::Partner, ..) => {
            parts.push(phrase!("{partner}: {what}", partner = task.partner, what = tr_sentence(&task.what)));
        }
        _ => {
            parts.push(tr_sentence(&task.what).into_owned());
            parts.extend((!task.partner.is_empty()).then(|| task.partner.clone()));
        }
    }
    if !task.waits_on.is_empty() && task.waits_on != task.partner {
        parts.push(phrase!("waits on the {who}", who = tr_word(&task.waits_on)));
    }
    Ok(parts.join(" \u{b7} "))
}

/// What a new desk does first, ticked as it is done; nothing once all of it is.
fn first_steps(workspace: &Workspace) -> Result<Option<Section>, Error> {
    let records = workspace.records();
    let any = |kind| Ok::<_, Error>(count(&workspace.db, &Query::kind(kind))?);
    let active =
        records.find(&Query::kind(Kind::Member))?.into_iter().filter(|m| !m.is(member::State::Revoked)).count();
    let pinned = workspace.partners()?.iter().any(|p| p.is(partner::State::Pinned));
    let agreed = agreement::rows(workspace, None)?.iter().any(|a| a.whose == Whose::Ours && a.is_in_force());
    let steps = [
        (active > 1, "A second person", "{palette} member add"),
        (any(Kind::Partner)? > 0, "A partner: exchange cards", "{partners} {add partner}"),
        (pinned, "Its fingerprint, read aloud: pinned", "{partners} {sign}"),
        (agreed, "An agreement with it", "{partners} {add agreement}"),
        (any(Kind::Case)? > 0, "A case", "{case} {new case}"),
        (
            any(Kind::Request)? + any(Kind::Disclosure)? > 0,
            "A first request, or something shared",
            "{case} {share}, or {queue} {new request}",
        ),
    ];
    let done = steps.iter().filter(|(done, ..)| *done).count();
    if done == steps.len() {
        return Ok(None);
    }
    let next = steps.iter().position(|(done, ..)| !done);
    let row = |(n, (done, what, how)): (usize, &(bool, &str, &str))| {
        let role = match (done, Some(n) == next) {
            (true, _) => StyleRole::Note,
            (false, true) => StyleRole::Accent,
            (false, false) => StyleRole::Base,
        };
        let tick = if *done { "[x]" } else { "[ ]" };
        let how = if *done { "" } else { *how };
        PageRow::of(vec![Cell::new(tick, role), Cell::new(tr(what), role), Cell::new(how, StyleRole::Guidance)])
    };
    Ok(Some(Section {
        title: Shown::of(tr("FIRST STEPS")),
        aside: Shown::from(phrase!("{done} of {steps}", done, steps = steps.len())),
        columns: vec![column("", Width::Fixed(3)), column("", Width::Rest), column("", Width::Fixed(28)).right()],
        rows: steps.iter().enumerate().map(row).collect(),
        most: 6,
        ..Section::default()
    }))
}

/// What is first: what is late longest, or due next.
fn first(workspace: &Workspace, agenda: &Agenda, now: Timestamp) -> Result<Option<Section>, Error> {
    let dated = agenda.tasks.iter().filter(|task| task.due.is_some());
    let Some(task) = dated.min_by_key(|task| task.due) else { return Ok(None) };
    let (left, mark) = left(task.due, now);
    let is_late = task.due.is_some_and(|due| due < now);
    let when = match task.due {
        Some(due) if is_late => phrase!("late since {due}", due = on_screen(due, now)),
        Some(due) => phrase!("by {due}", due = on_screen(due, now)),
        None => String::new(),
    };
    let on = if task.mine {
        tr("waits on you").to_owned()
    } else {
        phrase!("waits on {who}", who = tr_word(&task.waits_on))
    };
    let subject = RecordRef { kind: task.kind, id: task.id };
    let role = left.role;
    let rows = vec![
        PageRow::of(vec![Cell::from(said(workspace, task)?), Cell::new(when, role), left])
            .about(Some(subject))
            .marked(mark)
            .with_partner(&task.partner)
            .due(task.due),
        PageRow::of(vec![
            Cell::new(tr("Enter opens it; a shows what may be done with it."), StyleRole::Note),
            Cell::new(on, StyleRole::Note),
        ]),
    ];
    Ok(Some(Section {
        title: Shown::of(tr("FIRST")),
        aside: Shown::of(if is_late { tr("late") } else { tr("due next") }),
        columns: vec![column("", Width::Rest), column("", Width::Fixed(24)).right(), column("", LEFT).right()],
        rows,
        most: 2,
        from_height: ROOMY,
        ..Section::default()
    }))
}

/// What may not leave now, and why.
fn stops(workspace: &Workspace, agenda: &Agenda) -> Result<Vec<PageRow>, Error> {
    let mut rows = Vec::new();
    for stop in &agenda.stops {
        let kind = crate::record::of_change(stop.kind);
        let record = workspace.records().get(stop.id)?;
        let name = record.map(|r| words::called(workspace, &r)).transpose()?.unwrap_or_default();
        let text =
            phrase!("may not leave to {partner}: {name} \u{b7} {why}", partner = stop.partner, name, why = stop.why);
        let row = PageRow::of(vec![Cell::new(text, StyleRole::Stop), Cell::new(tr("stopped"), StyleRole::Stop)]);
        let subject = RecordRef { kind, id: stop.id };
        rows.push(row.about(Some(subject)).marked(Mark::Due).with_partner(&stop.partner));
    }
    Ok(rows)
}

/// A clock of the next days, and what of it is due when.
struct Clock {
    name: &'static str,
    days: Days,
    /// How much of it is late or due in these days: what its picture shows.
    all: u64,
    /// What of it is due next.
    next: Option<(Timestamp, RecordRef)>,
}

/// What is due in the next days.
struct Coming {
    from: Timestamp,
    clocks: Vec<Clock>,
    /// When the next clock ends, as it is said.
    next: Option<String>,
}

impl Clock {
    fn new(name: &'static str, from: Timestamp) -> Self {
        Self { name, days: Days { from, late: 0, days: vec![0; DAYS] }, all: 0, next: None }
    }

    fn count(&mut self, due: Timestamp, subject: RecordRef, now: Timestamp) {
        if due < now {
            self.days.late += 1;
        } else if let Some(day) =
            usize::try_from(due.since(self.days.from).whole_days()).ok().and_then(|n| self.days.days.get_mut(n))
        {
            *day += 1;
        } else {
            return;
        }
        self.all += 1;
        if self.next.as_ref().is_none_or(|(next, _)| due < *next) {
            self.next = Some((due, subject));
        }
    }
}

impl Coming {
    fn of(workspace: &Workspace, agenda: &Agenda, now: Timestamp) -> Result<Self, Error> {
        let from = now.start_of_day();
        let clock = |name| Clock::new(name, from);
        let (mut reply, mut preserve, mut authority) = (clock("reply"), clock("preserve"), clock("authority"));
        let mut other = clock("other");
        let mut delete = clock("delete");
        for r in request::rows(workspace)?.iter().filter(|r| is_open(r.state)) {
            let subject = RecordRef { kind: Kind::Request, id: r.id };
            for (kind, due) in r.clocks.iter().filter_map(|c| c.clock.zip(c.due)) {
                let clock = match kind {
                    ClockKind::Reply => &mut reply,
                    ClockKind::Preservation => &mut preserve,
                    ClockKind::Authority => &mut authority,
                };
                clock.count(due, subject.clone(), now);
            }
        }
        for task in agenda.tasks.iter().filter(|t| !matches!(t.kind, Kind::Request | Kind::Item)) {
            if let Some(due) = task.due {
                other.count(due, RecordRef { kind: task.kind, id: task.id }, now);
            }
        }
        let holds = StandingHolds::of(&workspace.records())?;
        let held = HeldItems::of(workspace, &holds)?;
        let days = tally::due_days(&workspace.db, from, AHEAD)?;
        let mut to_erase: Vec<u64> = days.into_iter().map(|(items, _)| items).collect();
        without_held(&mut to_erase, &held, from);
        // What fell due earlier today is late, and not due today.
        let earlier_today = tally::due_between(&workspace.db, from, now)?.0.saturating_sub(held.ended_today());
        if let Some(today) = to_erase.first_mut() {
            *today = today.saturating_sub(earlier_today);
        }
        for (day, items) in delete.days.days.iter_mut().zip(&to_erase) {
            *day = *items;
        }
        let all_late = tally::due_between(&workspace.db, Timestamp::EPOCH, now)?.0;
        delete.days.late = all_late.saturating_sub(held.ended());
        delete.all = delete.days.late + delete.days.days.iter().sum::<u64>();
        let first_day = to_erase.iter().position(|items| *items > 0).map(|n| from.plus(Duration::days(n as i64)));
        let clocks = [reply, preserve, authority, other, delete].into_iter();
        let clocks: Vec<Clock> = clocks.filter(|c| c.all > 0).collect();
        let others = other_clocks(workspace, agenda, &holds, now)?;
        let item = match first_day.filter(|day| others.is_none_or(|other| *day <= other)) {
            Some(day) => next_item(workspace, &holds, (day, all_late), now)?,
            None => None,
        };
        let others = others.map(|next| (next, on_screen(next, now)));
        let next = item.into_iter().chain(others).min_by_key(|(at, _)| *at).map(|(_, said)| said);
        Ok(Self { from, clocks, next })
    }

    fn section(&self) -> Section {
        let axis = Cell::drawn(Picture::Axis(Axis { from: self.from, days: DAYS }));
        let heads = PageRow::of(vec![Cell::default(), axis, Cell::default()]);
        let row = |clock: &Clock| {
            let role = if clock.days.late > 0 { StyleRole::Stop } else { StyleRole::Base };
            let picture = Cell::drawn(Picture::Days(clock.days.clone()));
            let row = PageRow::of(vec![Cell::new(tr_word(clock.name), role), picture, Cell::number(clock.all)]);
            row.about(clock.next.as_ref().map(|(_, subject)| subject.clone())).due(clock.next.as_ref().map(|(t, _)| *t))
        };
        let rows = if self.clocks.is_empty() {
            Vec::new()
        } else {
            std::iter::once(heads).chain(self.clocks.iter().map(row)).collect()
        };
        Section {
            title: Shown::of(tr("DUE IN THE NEXT 30 DAYS")),
            aside: Shown::of(tr("late stands left of today")),
            columns: vec![
                column("", Width::Fixed(9)),
                column("", Width::Rest),
                column("", Width::Fixed(5)).right().spoken("in all"),
            ],
            rows,
            empty: Shown::of(tr("Nothing is due in these days.")),
            most: 6,
            share: 5,
            ..Section::default()
        }
    }

    /// What is late, due today and within a week, by all clocks; and the next of them.
    fn sentence(&self) -> String {
        let sum = |of: &dyn Fn(&Days) -> u64| self.clocks.iter().map(|c| of(&c.days)).sum::<u64>();
        let late = sum(&|d| d.late);
        let today = sum(&|d| d.days.first().copied().unwrap_or(0));
        let week = sum(&|d| d.days.iter().take(7).skip(1).sum());
        let next = self.next.as_ref();
        let next = next.map_or_else(|| tr("No clock runs.").to_owned(), |n| phrase!("Next clock: {n}.", n));
        match late {
            0 if today + week == 0 => phrase!("Nothing is late. {next}", next),
            0 => phrase!("Nothing is late; {today} today, {week} more within a week. {next}", today, week, next),
            late => phrase!("{late} late, {today} today, {week} more within a week. {next}", late, today, week, next),
        }
    }
}

/// Days in which a clock of an item is looked for.
const AHEAD: usize = 3653;
/// Items that are read at most to say when the first of them ends.
const READ: u64 = 2000;

/// Takes what is held from what is to be erased on each day.
fn without_held(days: &mut [u64], held: &HeldItems, from: Timestamp) {
    for (n, items) in days.iter_mut().enumerate().filter(|(_, items)| **items > 0) {
        *items = items.saturating_sub(held.on(from.plus(Duration::days(n as i64))));
    }
}

/// When the first clock ends that is not an item's: of a task, or of anything else that Timers lists. What is held has none.
fn other_clocks(
    workspace: &Workspace,
    agenda: &Agenda,
    holds: &StandingHolds,
    now: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let mut next = agenda.tasks.iter().filter_map(|t| t.due).filter(|due| *due >= now).min();
    // Consultations end by themselves, and are no clock of anybody: Timers does not list them before.
    let runs = |def: &&&KindDef| def.when_due != WhenDue::Nothing;
    let records = workspace.records();
    for def in KINDS.iter().filter(runs).filter(|def| !matches!(def.kind, Kind::Item | Kind::Consultation)) {
        for number in due_from(&workspace.db, def.kind, now)? {
            if let Some(record) = records.at(number)?.filter(|record| !holds.is_on(record)) {
                next = next.into_iter().chain(record.due).min();
                break;
            }
        }
    }
    Ok(next)
}

/// When the first item of a day is to be erased, and how that is said: where too many would have to be read, the late ones among them,
/// only the day is known.
fn next_item(
    workspace: &Workspace,
    holds: &StandingHolds,
    (day, late): (Timestamp, u64),
    now: Timestamp,
) -> Result<Option<(Timestamp, String)>, Error> {
    let end = day.plus(Duration::days(1)).minus(Duration::millis(1));
    if late.saturating_add(tally::due_between(&workspace.db, now, end)?.0) > READ {
        return Ok(Some((day, short_day(day, now))));
    }
    let items = workspace.records().find(&Query { due_by: Some(end), ..Query::kind(Kind::Item) })?;
    let open = items.iter().filter(|item| !holds.is_on(item)).filter_map(|item| item.due);
    let next = open.filter(|due| *due >= now).min();
    Ok(next.map(|next| (next, on_screen(next, now))))
}

/// The partners: how much of them came in the last weeks, how far the channel is, when they were heard.
fn heard(workspace: &Workspace, agenda: &Agenda, now: Timestamp) -> Result<Section, Error> {
    let activity = read::acts_by_week(&workspace.db, now, WEEKS)?;
    let mut rows = Vec::new();
    for heard in &agenda.heard {
        let Some(record) = workspace.records().get(heard.id)? else { continue };
        let age = heard.at.map(|at| now.since(at));
        let heard_at = match (heard.at, age) {
            (Some(at), Some(age)) if age < Duration::days(3) => {
                Cell::from(phrase!("{age} ago", age = in_short(age))).by(SortKey::Time(at))
            }
            (Some(at), Some(age)) => {
                Cell::new(phrase!("{age} ago", age = in_short(age)), StyleRole::Due).by(SortKey::Time(at))
            }
            _ => Cell::new(tr("never"), StyleRole::Note),
        };
        let weeks = activity.get(&record.id).cloned().unwrap_or_else(|| vec![0; WEEKS]);
        let channel = partners::row(workspace, &record)?.channel;
        let waits =
            if heard.waiting > 0 { phrase!(", {waiting} to carry", waiting = heard.waiting) } else { String::new() };
        let row = PageRow::of(vec![
            Cell::from(heard.partner.as_str()),
            Cell::drawn(Picture::Spark(Spark { weeks })),
            Cell::word(channel).said(format!("{}{waits}", tr_word(channel.word()))),
            heard_at,
        ]);
        rows.push(row.about(Some(RecordRef { kind: Kind::Partner, id: heard.id })).with_partner(&heard.partner));
    }
    Ok(Section {
        title: Shown::of(tr("PARTNERS")),
        aside: Shown::of(tr("acts by week, last bundle in")),
        columns: vec![
            column("", Width::Fixed(6)),
            column("", Width::Fixed(WEEKS as u16)).pictured(),
            column("", Width::Rest),
            column("", Width::Fixed(13)).right(),
        ],
        rows,
        empty: Shown::of(tr("No partner yet.")),
        most: 6,
        share: 3,
        alone_from: PARTNERS,
        ..Section::default()
    })
}

/// Body rows from which there is room for figures between what is due and what has come.
const TALL: u16 = 40;

fn requests(workspace: &Workspace, [inbound, outbound]: &[Requests; 2]) -> Result<Section, Error> {
    let line = |name: &str, r: &Requests| {
        let oldest = r.oldest.map(|id| workspace.records().get(id)).transpose()?.flatten();
        let called = match &oldest {
            Some(record) => {
                let partner = workspace.partner_of(record)?.unwrap_or_default();
                format!("{} \u{b7} {partner}", words::called(workspace, record)?)
            }
            None => String::new(),
        };
        let cells = vec![
            Cell::from(tr(name)),
            Cell::number(r.open),
            Cell::number(r.answered),
            Cell::number(r.refused),
            Cell::new(called, StyleRole::Note),
        ];
        Ok::<_, Error>(PageRow::of(cells).about(r.oldest.map(|id| RecordRef { kind: Kind::Request, id })))
    };
    let number = |title| column(title, Width::Fixed(8)).right();
    Ok(Section {
        title: Shown::of(tr("REQUESTS")),
        aside: Shown::from(phrase!("{open} open", open = inbound.open + outbound.open)),
        columns: vec![
            column("", Width::Fixed(5)),
            number("OPEN"),
            number("ANSWERED"),
            number("REFUSED"),
            column("OLDEST", Width::Rest),
        ],
        rows: vec![line("in", inbound)?, line("out", outbound)?],
        most: 2,
        from_height: TALL,
        ..Section::default()
    })
}

/// What an oversight body asks first.
pub(super) fn oversight(figures: &[Figure]) -> Section {
    let line = |f: &Figure| {
        PageRow::of(vec![
            Cell::from(tr_word(f.name)),
            Cell::number(f.count),
            Cell::new(tr_sentence(&f.of).into_owned(), StyleRole::Note),
        ])
        .about(f.id.map(|id| RecordRef { kind: f.kind, id }))
    };
    Section {
        title: Shown::of(tr("FOR OVERSIGHT")),
        columns: vec![column("", Width::Fixed(13)), column("", Width::Fixed(5)).right(), column("", Width::Rest)],
        rows: figures.iter().map(line).collect(),
        most: 6,
        from_height: TALL,
        ..Section::default()
    }
}

fn recent(workspace: &Workspace, agenda: &Agenda, now: Timestamp) -> Result<Section, Error> {
    let mut rows = Vec::new();
    for a in &agenda.recent {
        // A partner's act is news when it comes here, whenever it was made.
        let made = if a.came.is_some() {
            phrase!(", made {day}", day = tr_date(&a.at.day_and_month()))
        } else {
            String::new()
        };
        let changes = if a.changes > 1 { phrase!(", {changes} changes", changes = a.changes) } else { String::new() };
        let row = PageRow::of(vec![
            Cell::from(a.desk.as_str()),
            Cell::from(a.by.as_str()),
            did(a),
            Cell::from(on(workspace, a)?),
            Cell::new(format!("{made}{changes}").trim_start_matches(", ").to_owned(), StyleRole::Note),
            due_at(a.came.or(Some(a.at)), now),
        ]);
        rows.push(PageRow { act: Some(a.number), ..row.about(a.subject().map(RecordRef::from)) });
    }
    let title = match &agenda.since {
        Some(since) if since.acts > 0 => {
            phrase!(
                "SINCE YOU LEFT AT {left}: {acts}",
                left = on_screen(since.left, now),
                acts = tr_count(since.acts, "act")
            )
        }
        Some(since) => phrase!("LATELY; nothing since you left at {left}", left = on_screen(since.left, now)),
        None => tr("LATELY").to_owned(),
    };
    Ok(Section {
        title: Shown::from(title),
        columns: vec![
            column("", Width::Fixed(4)),
            column("", Width::Fixed(14)),
            column("", Width::Fixed(words::DONE)),
            column("", Width::Rest),
            column("", Width::Fixed(22)).optional(),
            column("", Width::Fixed(13)).right(),
        ],
        rows,
        empty: Shown::of(tr("Nothing was done yet.")),
        grows: true,
        ..Section::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::id::Id;

    #[test]
    fn a_row_counts_what_its_picture_shows_and_nothing_beyond_it() {
        let from = Timestamp::parse("2026-11-30T00:00:00Z").unwrap();
        let now = from.plus(Duration::hours(10));
        let id = Id::parse("0123456789abcdef0123456789abcdef").unwrap();
        let subject = RecordRef { kind: Kind::Request, id };
        let mut clock = Clock::new("reply", from);
        [-1, 3, 29, 30, 45].into_iter().for_each(|n| clock.count(from.plus(Duration::days(n)), subject.clone(), now));
        assert_eq!((clock.all, clock.days.late, clock.days.days.iter().sum::<u64>()), (3, 1, 2));
    }
}
