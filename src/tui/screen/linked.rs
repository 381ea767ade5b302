//! What the items of a list are linked with, as rows that hang below them: collapsed until one is expanded, and then only as much of it
//! as was asked for. A thing that stands further up already is named once more, and not gone into again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::definition::row;
use crate::command::choice::content;
use crate::command::item::links::{Link, Links};
use crate::record::kind::Kind;
use crate::record::store::{Record, RecordStore as _};
use crate::tui::language::{phrase, tr, tr_count};
use crate::tui::page::{Cell, Mark, PageRow, RecordRef, SortKey};
use crate::tui::picture::Picture;
use crate::tui::picture::link::{Below, LinkRow, Way};
use crate::tui::picture::tree::{Branch, Tree};
use crate::value::id::Id;
use crate::value::text::thousands;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// Links of one thing that are shown; the others are counted.
const WIDE: usize = 20;
/// How deep it is gone into.
const DEEP: usize = 6;

/// What hangs below the items of a list.
pub(super) struct Linked<'a> {
    /// The workspace.
    pub(super) workspace: &'a Workspace,
    /// The links of the list's items.
    pub(super) links: &'a Links,
    /// What is expanded.
    pub(super) expanded: &'a BTreeSet<Vec<Id>>,
    /// The row of an item, before it is told how it hangs.
    pub(super) row: &'a dyn Fn(&Record) -> Result<PageRow, Error>,
    /// The column of a row that says what it is.
    pub(super) column: usize,
}

/// A thing that is gone into: the records and the things on the way to it, itself the last, and the stems before its rows.
struct Reached<'a> {
    path: &'a [Id],
    things: &'a [Id],
    stems: &'a [bool],
    /// Through what one came; that is no further link of it.
    through: Option<Id>,
}

impl Linked<'_> {
    /// The rows that hang below the items that are expanded, by the numbers of the items.
    ///
    /// # Errors
    ///
    /// Where the workspace cannot be read.
    pub(super) fn below(&self) -> Result<BTreeMap<i64, Vec<PageRow>>, Error> {
        let records = self.workspace.records();
        let mut below = BTreeMap::new();
        for path in self.expanded.iter().filter(|path| path.len() == 1) {
            let Some(record) = path.first().map(|id| records.get(*id)).transpose()?.flatten() else { continue };
            let Some(number) = records.place_of(record.id)? else { continue };
            let mut rows = Vec::new();
            let way = Reached { path, things: path, stems: &[], through: None };
            self.go_into(&way, &record, &mut rows)?;
            below.insert(number, rows);
        }
        Ok(below)
    }

    fn go_into(&self, way: &Reached<'_>, item: &Record, rows: &mut Vec<PageRow>) -> Result<(), Error> {
        let all = self.links.count(self.workspace, item, way.through)?;
        let mut links = self.links.of(self.workspace, item, WIDE + 1)?;
        links.retain(|link| Some(link.through) != way.through);
        links.truncate(WIDE);
        let rest = all.saturating_sub(links.len());
        for (n, link) in links.iter().enumerate() {
            let goes_on = n + 1 < links.len() || rest > 0;
            let stems: Vec<bool> = way.stems.iter().copied().chain([goes_on]).collect();
            let path: Vec<Id> = way.path.iter().copied().chain([link.through]).collect();
            self.push(way, link, (stems, path), rows)?;
        }
        if rest > 0 {
            let stems = way.stems.iter().copied().chain([false]).collect();
            let name = phrase!("{n} more", n = thousands(rest as u64));
            let said = LinkRow { stems, way: Way::Rest, ..LinkRow::root(name, Below::Nothing) };
            // It is of the thing itself: what is selected there is that thing.
            let mut cells = vec![Cell::default(); self.column];
            cells.push(cell(said));
            let subject = RecordRef { kind: Kind::Item, id: item.id };
            rows.push(PageRow { level: way.stems.len() + 1, ..PageRow::of(cells).about(Some(subject)) });
        }
        Ok(())
    }

    fn push(
        &self,
        way: &Reached<'_>,
        link: &Link,
        (stems, path): (Vec<bool>, Vec<Id>),
        rows: &mut Vec<PageRow>,
    ) -> Result<(), Error> {
        let records = self.workspace.records();
        let subject = records.get(link.through)?;
        let other = records.get(link.other)?.filter(|record| record.kind == Kind::Item);
        let is_above = way.things.contains(&link.other);
        // What merely names another is left by the thing itself that one came from.
        let through = if link.relation.is_empty() { way.things.last().copied() } else { Some(link.through) };
        let further = Reached { path: &path, things: way.things, stems: &stems, through };
        let count = match &other {
            Some(other) if !is_above && stems.len() < DEEP => {
                self.links.count(self.workspace, other, further.through)?
            }
            _ => 0,
        };
        let below = match count {
            0 => Below::Nothing,
            n if self.expanded.contains(&path) => Below::Expanded(n),
            n => Below::Collapsed(n),
        };
        let said = LinkRow {
            stems: stems.clone(),
            below,
            way: if link.is_inward { Way::Inward } else { Way::Outward },
            relation: link.relation.clone(),
            name: called(link, other.is_some()),
            is_above,
        };
        let mut hanging = match &subject {
            Some(record) => (self.row)(record)?,
            None => row(Kind::Item, link.through, Mark::None, vec![Cell::default(); self.column]),
        };
        if let Some(slot) = hanging.cells.get_mut(self.column) {
            *slot = cell(said);
        }
        let level = stems.len();
        rows.push(PageRow { level, path: if count > 0 { path.clone() } else { Vec::new() }, ..hanging });
        if let (Below::Expanded(_), Some(other)) = (below, &other) {
            let things: Vec<Id> = way.things.iter().copied().chain([link.other]).collect();
            self.go_into(&Reached { things: &things, ..further }, other, rows)?;
        }
        Ok(())
    }
}

/// What a linked thing is called.
fn called(link: &Link, is_here: bool) -> String {
    match (link.name.as_str(), is_here) {
        ("", true) => tr("(erased)").to_owned(),
        ("", false) => tr("(not here)").to_owned(),
        (name, _) => content(name).into_owned(),
    }
}

fn cell(row: LinkRow) -> Cell {
    Cell::drawn(Picture::Link(row)).by(SortKey::Text)
}

/// The cell of an item of a list that may be expanded: what it is, and how many links it has.
pub(super) fn root(what: &str, links: usize, is_expanded: bool) -> Cell {
    let below = match (links, is_expanded) {
        (0, _) => Below::Nothing,
        (n, true) => Below::Expanded(n),
        (n, false) => Below::Collapsed(n),
    };
    cell(LinkRow::root(what, below))
}

/// Draws every row of a list as a row of the tree, where one of them is: names then stand below each other.
pub(super) fn align(rows: &mut [PageRow], column: usize) {
    let is_drawn = |row: &PageRow| row.cells.get(column).is_some_and(|cell| cell.picture.is_some());
    if !rows.iter().any(is_drawn) {
        return;
    }
    for cell in rows.iter_mut().filter_map(|row| row.cells.get_mut(column)).filter(|cell| cell.picture.is_none()) {
        *cell = root(cell.text.as_str(), 0, false);
    }
}

/// Collapses away those rows of a list that are found below another one: `ends` says below which. What is expanded itself stays, and so
/// does what would hang below one that is collapsed. Returns how many were collapsed.
pub(super) fn collapse(rows: &mut [PageRow], ends: &HashMap<Id, Id>, expanded: &BTreeSet<Vec<Id>>) -> usize {
    let hangs = |id: &Id| ends.get(id).is_some_and(|end| !ends.contains_key(end));
    let mut collapsed = 0;
    for row in rows.iter_mut().filter(|row| row.level == 0 && !expanded.contains(&row.path)) {
        row.is_collapsed = row.record().is_some_and(|record| hangs(&record.id));
        collapsed += usize::from(row.is_collapsed);
    }
    collapsed
}

/// What an item is linked with, one level deep: for its detail. `None` where that is nothing.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub(super) fn tree(workspace: &Workspace, item: &Record, name: &str) -> Result<Option<Picture>, Error> {
    let links = match item.case {
        Some(case) => Links::of_case(workspace, case)?,
        None => Links::default(),
    };
    let all = links.count(workspace, item, None)?;
    if all == 0 {
        return Ok(None);
    }
    let mut branches = vec![Branch::new(0, name, tr_count(all, "link"))];
    let shown = links.of(workspace, item, WIDE)?;
    for link in &shown {
        let is_here = workspace.records().get(link.other)?.is_some();
        let name = called(link, is_here);
        let line = match (link.is_inward, link.relation.as_str()) {
            (false, "") => phrase!("names {name}", name),
            (false, relation) => format!("{relation} {name}"),
            (true, "") => phrase!("named by {name}", name),
            (true, relation) => phrase!("{name} {relation} it", name, relation),
        };
        branches.push(Branch::new(1, line, ""));
    }
    if all > shown.len() {
        branches.push(Branch::new(1, phrase!("{n} more", n = thousands((all - shown.len()) as u64)), ""));
    }
    Ok(Some(Picture::Tree(Tree(branches))))
}
