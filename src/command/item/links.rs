//! What an item is linked with: what it names, and the relations that stand between it and others. What names an item is known
//! where its case is small: nothing but the item that names another holds their link, so that it takes a look at every item.

use std::collections::{HashMap, HashSet};

use super::{ItemSummary, named, relation_word};
use crate::record::item::Terms;
use crate::record::store::{Record, RecordStore as _};
use crate::store::records::first_items_of;
use crate::value::id::Id;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// Items of a case up to which all of them are looked at for what names what: each page does.
pub const MOST: usize = 2_000;

/// A link of an item, seen from that item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The relation that stands between both; where there is none, the other item.
    pub through: Id,
    /// The item at the other end.
    pub other: Id,
    /// What that is called; empty where it is not here, or was erased.
    pub name: String,
    /// The word of the relation; empty where one merely names the other.
    pub relation: String,
    /// Whether the other names this one.
    pub is_inward: bool,
}

/// What of a case's items names what, as far as it is known.
#[derive(Default)]
pub struct Links {
    /// What names an item; `None`: the case has too many items to look at all of them.
    naming: Option<HashMap<Id, Vec<Id>>>,
    /// The case's items, where it has no more than that.
    here: HashSet<Id>,
    /// The numbers of those that name several, and the first two of these: relations are among them.
    between: Vec<(i64, [Id; 2])>,
}

impl Links {
    /// Returns the links of a case's items.
    ///
    /// # Errors
    ///
    /// Where the workspace cannot be read.
    pub fn of_case(workspace: &Workspace, case: Id) -> Result<Self, Error> {
        let numbers = first_items_of(&workspace.db, case, MOST + 1)?;
        if numbers.len() > MOST {
            return Ok(Self::default());
        }
        let records = workspace.records();
        let (mut naming, mut here): (HashMap<Id, Vec<Id>>, HashSet<Id>) = Default::default();
        let mut between = Vec::new();
        for number in numbers {
            let Some(record) = records.at(number)? else { continue };
            here.insert(record.id);
            let references = named_by(workspace, &record)?;
            if let [from, to, ..] = references.as_slice() {
                between.push((number, [*from, *to]));
            }
            for id in references.into_iter().collect::<HashSet<_>>() {
                naming.entry(id).or_default().push(record.id);
            }
        }
        Ok(Self { naming: Some(naming), here, between })
    }

    /// Returns the relations that are found below another item, and their numbers: what each stands between is among the case's items, and
    /// is not such a relation itself. Of each that names several the word of the relation is read; what nobody may look at without saying why
    /// is not looked into, and stays where it is.
    ///
    /// # Errors
    ///
    /// Where the workspace cannot be read.
    pub fn below_others(&self, workspace: &Workspace) -> Result<HashMap<i64, Id>, Error> {
        let (records, mut found) = (workspace.records(), Vec::new());
        for (number, ends) in &self.between {
            let Some(end) = ends.iter().find(|end| self.here.contains(end)) else { continue };
            let Some(record) = records.at(*number)? else { continue };
            if workspace.is_shown_freely(&record)? && relation_word(workspace, &record, ends)?.is_some() {
                found.push((*number, record.id, *end));
            }
        }
        let relations: HashSet<Id> = found.iter().map(|(_, id, _)| *id).collect();
        Ok(found.into_iter().filter(|(.., end)| !relations.contains(end)).map(|(number, id, _)| (number, id)).collect())
    }

    /// How many items the case has, where they were looked at.
    pub fn items(&self) -> usize {
        self.here.len()
    }

    /// Returns the item at an end of a relation that is among the case's items; `None` for what is no relation, where none of
    /// them is, and where not all of them were looked at: the relation is then found below that item.
    pub fn end_of(&self, item: &ItemSummary) -> Option<Id> {
        let mut ends = item.references.iter().take(2).map(|end| end.id);
        ends.find(|end| item.is_relation && self.here.contains(end))
    }

    /// Returns how many links an item has beside those through a record; nothing of their contents is read.
    ///
    /// # Errors
    ///
    /// Where the record's terms cannot be read.
    pub fn count(&self, workspace: &Workspace, item: &Record, beside: Option<Id>) -> Result<usize, Error> {
        let named: HashSet<Id> = named_by(workspace, item)?.into_iter().collect();
        Ok(named.iter().chain(self.naming_of(item.id)).filter(|id| Some(**id) != beside).count())
    }

    fn naming_of(&self, item: Id) -> &[Id] {
        self.naming.as_ref().and_then(|all| all.get(&item)).map_or(&[], Vec::as_slice)
    }

    /// Returns the links of an item, at most so many: what it names first, then what names it.
    ///
    /// # Errors
    ///
    /// Where the workspace cannot be read.
    pub fn of(&self, workspace: &Workspace, item: &Record, most: usize) -> Result<Vec<Link>, Error> {
        let mut links: Vec<Link> = Vec::new();
        for id in named_by(workspace, item)? {
            if links.len() >= most {
                return Ok(links);
            }
            if links.iter().all(|link| link.other != id) {
                let name = named(workspace, id)?.value;
                links.push(Link { through: id, other: id, name, relation: String::new(), is_inward: false });
            }
        }
        for id in self.naming_of(item.id).iter().take(most.saturating_sub(links.len())) {
            let Some(record) = workspace.records().get(*id)? else { continue };
            let named_there = Terms::read(&record.terms)?.references;
            let relation = relation_word(workspace, &record, &named_there)?;
            links.push(match (relation, named_there.as_slice()) {
                (Some(relation), [from, to, ..]) if *from == item.id || *to == item.id => {
                    let is_inward = *from != item.id;
                    let other = if is_inward { *from } else { *to };
                    Link { through: *id, other, name: named(workspace, other)?.value, relation, is_inward }
                }
                _ => {
                    let name = super::row(workspace, &record)?.value;
                    Link { through: *id, other: *id, name, relation: String::new(), is_inward: true }
                }
            });
        }
        Ok(links)
    }
}

/// What an item names; what is held back does not say that.
fn named_by(workspace: &Workspace, item: &Record) -> Result<Vec<Id>, Error> {
    let named = Terms::read(&item.terms)?.references;
    Ok(if named.is_empty() || !workspace.is_held_back(item)? { named } else { Vec::new() })
}
