//! Case: its items, its requests, what of it was shared with whom.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::audit::acts;
use super::definition::{LEFT, Long, Screen, ViewParams, due_at, left, part, record_at, row, state, way};
use super::linked::{self, Linked};
use super::queue;
use crate::command::case as cases;
use crate::command::choice::content;
use crate::command::disclosure;
use crate::command::item::links::Links;
use crate::command::item::{self, ItemSummary};
use crate::command::request;
use crate::record::hold::StandingHolds;
use crate::record::kind::Kind;
use crate::record::store::{Record, RecordStore as _};
use crate::store::read::acts_of_case;
use crate::store::records::{items_of, people_of};
use crate::tui::language::{phrase, tr, tr_count};
use crate::tui::long::WINDOW;
use crate::tui::page::{Cell, Line, Mark, Page, PageRow, RecordRef, Section, SortKey, StyledText, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::id::Id;
use crate::value::text::Shown;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The view of a case's items: the first one.
const ITEMS: usize = 0;
/// The view of all cases: the last one.
pub const CASES: usize = 5;

/// The cell of an item's row that says what it is.
const WHAT: usize = 1;

/// The Case.
pub const SCREEN: Screen = Screen {
    id: ScreenId::CASE,
    views: &["items", "requests", "shared", "people", "timeline", "cases"],
    has_detail: true,
    fetch,
    first_steps: "No case yet. {new case} opens one.",
};

/// What the signs before the items mean.
const SIGNS: &str = "# from a partner   H held   ! due soon";

fn fetch(workspace: &Workspace, look: &ViewParams, job: &mut Job) -> Result<Page, Error> {
    let all = cases::rows(workspace)?;
    let focus = look.focus.and_then(|id| all.iter().find(|c| c.id == id));
    let (Some(case), false) = (focus.or(if all.len() == 1 { all.first() } else { None }), look.view == CASES) else {
        return Ok(list(&all, look.view));
    };
    let id = case.id;
    let head = head(case);
    let (section, sentence) = match look.view {
        1 => (requests(workspace, id)?, tr("Enter opens a request in the Queue.")),
        2 => (shared(workspace, id, job)?, tr("What went to whom, and until when.")),
        3 => (
            people(workspace, id, look)?,
            tr("Whom the items are about. Victims and witnesses are looked at more strictly."),
        ),
        4 => (timeline(workspace, id, look)?, tr("What was done in this case, the last to arrive first.")),
        _ => {
            let section = items(workspace, id, case.items, look)?;
            let has_links = section.rows.iter().any(|row| !row.path.is_empty());
            (section, if has_links { tr("{links} expands the links of an item.") } else { "" })
        }
    };
    Ok(Page {
        about: Some(RecordRef { kind: Kind::Case, id }),
        head,
        bands: vec![vec![section]],
        sentence: Shown::of(sentence),
        signs: if look.view == ITEMS { SIGNS } else { "" },
        ..Page::default()
    })
}

fn head(case: &cases::CaseSummary) -> Vec<Line> {
    let opened = case.opened.map(|t| t.date().to_string()).unwrap_or_default();
    let known = if case.shared.is_empty() {
        String::new()
    } else {
        phrase!("   known to {shared}", shared = case.shared.join(" "))
    };
    vec![
        vec![state(case.state).into(), StyledText::from("  "), StyledText::new(case.title.as_str(), StyleRole::Title)],
        vec![StyledText::new(
            phrase!(
                "{purpose}   from {desk}   opened {opened}{known}",
                purpose = case.purpose,
                desk = case.desk,
                opened,
                known
            ),
            StyleRole::Note,
        )],
    ]
}

fn list(all: &[cases::CaseSummary], view: usize) -> Page {
    let rows = all
        .iter()
        .map(|c| {
            row(
                Kind::Case,
                c.id,
                Mark::None,
                vec![Cell::from(c.title.as_str()), Cell::from(c.desk.as_str()), state(c.state), Cell::number(c.items)],
            )
            .in_state(c.state)
        })
        .collect();
    let section = Section {
        title: Shown::of(tr("CASES")),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("TITLE", Width::Rest),
            column("FROM", Width::Fixed(4)),
            column("STATE", Width::Fixed(7)),
            column("ITEMS", Width::Fixed(8)).right(),
        ],
        rows,
        empty: Shown::of(tr(SCREEN.first_steps)),
        grows: true,
        ..Section::default()
    };
    Page {
        head: vec![],
        bands: vec![vec![section]],
        sentence: Shown::of(if view == CASES || all.is_empty() {
            tr("{open} opens a case; {new case} opens a new one.")
        } else {
            tr("No case is chosen: {open} on a case opens it; {new case} opens a new one.")
        }),
        ..Page::default()
    }
}

fn items(workspace: &Workspace, case: Id, held: u64, look: &ViewParams) -> Result<Section, Error> {
    let now = workspace.now();
    let records = workspace.records();
    let holds = StandingHolds::of(&records)?;
    let wanted = look.wanted.map(|id| records.place_of(id)).transpose()?.flatten();
    let links = Links::of_case(workspace, case)?;
    let ends = RefCell::new(HashMap::new());
    let listed = |record: &Record| {
        let summary = item::row(workspace, record)?;
        let mut row = item_row(workspace, (record, &summary), &holds, now);
        if let Some(end) = links.end_of(&summary) {
            ends.borrow_mut().insert(record.id, end);
        }
        let count = links.count(workspace, record, None)?;
        if let Some(cell) = row.cells.get_mut(WHAT).filter(|_| count > 0) {
            let path = vec![record.id];
            *cell = linked::root(cell.text.as_str(), count, look.expanded.contains(&path));
            row = row.at_path(path);
        }
        Ok(row)
    };
    let row = |record: &Record| Ok(item_row(workspace, (record, &item::row(workspace, record)?), &holds, now));
    let below = Linked { workspace, links: &links, expanded: &look.expanded, row: &row, column: WHAT }.below()?;
    // Of a list that is on the page whole, its rows say which of them are relations.
    let found_below = if links.items() > WINDOW { links.below_others(workspace)? } else { HashMap::new() };
    let is_collapsed = |(number, id): &(i64, Id)| !look.expanded.contains(&vec![*id]) && Some(*number) != wanted;
    let collapsed: HashSet<i64> = found_below.into_iter().filter(is_collapsed).map(|(number, _)| number).collect();
    let mut section = part(
        workspace,
        look,
        Long {
            columns: vec![
                column("ID", Width::Fixed(8)),
                column("WHAT", Width::Rest),
                column("TYPE", Width::Fixed(10)).optional(),
                column("FROM", Width::Fixed(4)).optional(),
                column("TIER", Width::Fixed(4)),
                column("TLP", Width::Fixed(12)).optional(),
                column("STATE", Width::Fixed(8)),
                column("KEEP", LEFT).right(),
            ],
            all: &|| Ok(items_of(&workspace.db, case)?),
            row: &|number| listed(&record_at(&records, number)?),
            below,
            collapsed,
            wanted,
        },
    )?;
    let collapsed = match &section.window {
        None => linked::collapse(&mut section.rows, &ends.borrow(), &look.expanded),
        Some(window) => window.collapsed,
    };
    linked::align(&mut section.rows, WHAT);
    let collapsed = match collapsed {
        0 => String::new(),
        n => phrase!(", {relations} collapsed", relations = tr_count(n, "relation")),
    };
    Ok(Section {
        title: Shown::of(tr("ITEMS")),
        aside: Shown::from(phrase!("{held} kept", held) + &collapsed),
        empty: Shown::of(tr("No item yet. {add item} adds one, {import file} imports a file.")),
        ..section
    })
}

fn item_row(
    workspace: &Workspace,
    (record, i): (&Record, &ItemSummary),
    holds: &StandingHolds,
    now: Timestamp,
) -> PageRow {
    let (left, urgent) = left(i.due, now);
    let mark = match urgent {
        _ if holds.is_on(record) => Mark::Held,
        Mark::None if i.from.is_some() => Mark::FromPartner,
        urgent => urgent,
    };
    let erased = if workspace.is_erased_since(record) { tr("(erased since)") } else { tr("(erased)") };
    let what = if i.value.is_empty() { erased.to_owned() } else { content(&i.value).into_owned() };
    let shared: Vec<&str> = i.shared.iter().map(|s| s.partner.as_str()).collect();
    let state = if shared.is_empty() {
        state(i.state)
    } else {
        Cell::new(phrase!("to {shared}", shared = shared.join(" ")), StyleRole::Good).by(state(i.state).key)
    };
    // What is held is kept, whatever its date says.
    let left = if mark == Mark::Held { left.said(tr("HOLD")) } else { left };
    let cells = vec![
        Cell::from(what),
        Cell::from(i.r#type.as_str()),
        Cell::from(i.originator.as_str()),
        Cell::tier(i.tier),
        Cell::word(i.tlp),
        state,
        left,
    ];
    let from = i.from.as_deref().unwrap_or_default();
    row(Kind::Item, i.id, mark, cells).in_state(i.state).with_partner(from).due(i.due)
}

/// The items that are about a person, by whom.
fn people(workspace: &Workspace, case: Id, look: &ViewParams) -> Result<Section, Error> {
    let (records, now) = (workspace.records(), workspace.now());
    let holds = StandingHolds::of(&records)?;
    let person = |number: i64| {
        let record = record_at(&records, number)?;
        let i = item::row(workspace, &record)?;
        let (left, urgent) = left(i.due, now);
        // What is held is kept, whatever its date says.
        let (left, mark) = match holds.is_on(&record) {
            true => (left.said(tr("HOLD")), Mark::Held),
            false => (left, urgent),
        };
        let with: Vec<&str> = i.shared.iter().map(|s| s.partner.as_str()).collect();
        let what = if i.value.is_empty() { tr("(erased)").into() } else { content(&i.value) };
        let cells = vec![
            Cell::word(i.person_class).said(i.person_class.word().to_uppercase()),
            Cell::from(what.as_ref()),
            Cell::word(i.assertion),
            Cell::tier(i.tier),
            Cell::from(with.join(" ")),
            left,
        ];
        Ok(row(Kind::Item, i.id, mark, cells).in_state(i.state).due(i.due))
    };
    let wanted = look.wanted.map(|id| records.place_of(id)).transpose()?.flatten();
    let columns = vec![
        column("ID", Width::Fixed(8)),
        column("WHO", Width::Fixed(8)),
        column("WHAT", Width::Rest),
        column("SAID AS", Width::Fixed(10)).optional(),
        column("TIER", Width::Fixed(4)),
        column("WITH", Width::Fixed(8)).optional(),
        column("KEEP", LEFT).right(),
    ];
    let section = part(
        workspace,
        look,
        Long {
            columns,
            all: &|| Ok(people_of(&workspace.db, case)?),
            row: &person,
            below: BTreeMap::new(),
            collapsed: HashSet::new(),
            wanted,
        },
    )?;
    Ok(Section {
        title: Shown::of(tr("PEOPLE")),
        empty: Shown::of(tr("No item of this case is about a person.")),
        ..section
    })
}

/// The acts that are about the case.
fn timeline(workspace: &Workspace, case: Id, look: &ViewParams) -> Result<Section, Error> {
    let section = acts(workspace, look, &|| Ok(acts_of_case(&workspace.db, case)?))?;
    Ok(Section { title: Shown::of(tr("TIMELINE, the last to arrive first")), ..section })
}

fn requests(workspace: &Workspace, case: Id) -> Result<Section, Error> {
    let now = workspace.now();
    let rows: Vec<PageRow> = request::rows(workspace)?
        .iter()
        .filter(|r| r.case == case)
        .map(|r| {
            let (left, mark) = left(r.due, now);
            row(
                Kind::Request,
                r.id,
                mark,
                vec![queue::kind(r), way(r.direction).said(queue::with(r)), queue::standing(r), left],
            )
            .in_state(r.state)
            .with_partner(&r.partner)
            .due(r.due)
        })
        .collect();
    Ok(Section {
        title: Shown::of(tr("REQUESTS")),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("WHAT", Width::Rest),
            column("WITH", Width::Fixed(8)),
            column("STATE", Width::Fixed(13)),
            column("LEFT", LEFT).right(),
        ],
        rows,
        empty: Shown::of(tr("No request for this case yet. {request from case} writes one.")),
        grows: true,
        ..Section::default()
    })
}

fn shared(workspace: &Workspace, case: Id, job: &mut Job) -> Result<Section, Error> {
    let mut rows = Vec::new();
    for d in disclosure::rows(workspace)? {
        job.at(tr("reading"), rows.len() as u64, None)?;
        let Some(record) = workspace.records().get(d.id)? else { continue };
        let first = disclosure::items_of(workspace, &record)?.first().copied();
        let of_case = first.map(|i| workspace.records().get(i)).transpose()?.flatten().and_then(|r| r.case);
        if of_case.is_none_or(|c| c == case) {
            let term = SortKey::Span(Duration::days(d.delete_after_days));
            let cells = vec![
                Cell::from(d.partner.as_str()),
                state(d.state),
                Cell::number(d.items),
                due_at(d.at, workspace.now()),
                Cell::from(tr_count(d.delete_after_days, "day")).by(term),
                Cell::from(d.proposed_by.as_str()),
            ];
            let row = row(Kind::Disclosure, d.id, Mark::None, cells);
            rows.push(row.in_state(d.state).with_partner(&d.partner));
        }
    }
    Ok(Section {
        title: Shown::of(tr("SHARED")),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("DESK", Width::Fixed(4)),
            column("STATE", Width::Fixed(9)),
            column("ITEMS", Width::Fixed(7)).right(),
            column("AT", Width::Fixed(13)).past(),
            column("TERM", Width::Fixed(9)),
            column("PROPOSED BY", Width::Rest),
        ],
        rows,
        empty: Shown::of(tr("Nothing of this case was shared. {share} shares.")),
        grows: true,
        ..Section::default()
    })
}
