//! What is offered for a thing: which commands the three capital keys mean for it, where it is shown, and what of a command's
//! form is known already. Asked on the reading thread.

use std::collections::BTreeMap;

use super::language::tr_word;
use super::page::RecordRef;
use super::screen::definition::ViewParams;
use super::screen::partners::MEMBERS;
use super::screen_id::ScreenId;
use super::sides::Sides;
use super::words::{basis, called, does};
use crate::command::availability::{self, ByKey};
use crate::command::choice::label;
use crate::command::definition::Key;
use crate::command::definition::{ArgKind, Args, Command};
use crate::command::desk::workspace_info::{line_of, short};
use crate::command::disclosure;
use crate::command::item as items;
use crate::command::request::draft;
use crate::law::edition::Law;
use crate::law::request::RequestKind;
use crate::record::disclosure as disclosures;
use crate::record::item;
use crate::record::kind::Kind;
use crate::record::kind_def;
use crate::record::member;
use crate::record::request::is_open;
use crate::record::store::{ChangeRow, Query, Record, RecordStore as _};
use crate::store::read;
use crate::value::class::Tier;
use crate::value::id::Id;
use crate::value::marking::Tlp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// The commands that a key means for any of several things, as they can be done now.
///
/// # Errors
///
/// Where the workspace cannot be read; and where the key means something for them, and none of it can be done: why the first
/// cannot.
pub fn commands_for(workspace: &Workspace, things: &[RecordRef], key: Key) -> Result<Vec<&'static Command>, Error> {
    let (mut all, mut refusal): (Vec<&'static Command>, _) = (Vec::new(), None);
    for thing in things {
        let Some(record) = workspace.records().get(thing.id)? else { continue };
        let ByKey { can, cannot } = availability::by_key(workspace, &record, key)?;
        refusal = refusal.or_else(|| cannot.into_iter().next().map(|(_, why)| why));
        for command in can {
            if all.iter().all(|c| c.full_name() != command.full_name()) {
                all.push(command);
            }
        }
    }
    match refusal {
        Some(why) if all.is_empty() => Err(why),
        _ => Ok(all),
    }
}

/// Where a record is shown: the place, and how it is looked at. `None`: nowhere but in a detail of its own.
pub fn place_of(workspace: &Workspace, subject: &RecordRef) -> Result<Option<(ScreenId, ViewParams)>, Error> {
    let Some(record) = workspace.records().get(subject.id)? else { return Ok(None) };
    let at = |place, view, focus| Some((place, ViewParams { view, focus, ..ViewParams::default() }));
    Ok(match record.kind {
        Kind::Item => {
            // A relation is collapsed below its ends: who goes to it finds it expanded.
            let is_relation = items::row(workspace, &record)?.is_relation;
            let expanded = is_relation.then(|| vec![record.id]).into_iter().collect();
            let look = ViewParams { view: 0, focus: record.case, expanded, ..ViewParams::default() };
            Some((ScreenId::CASE, look))
        }
        Kind::Case => at(ScreenId::CASE, 0, Some(record.id)),
        Kind::Request => at(ScreenId::QUEUE, if is_open(record.state) { 0 } else { 3 }, None),
        Kind::Review => at(ScreenId::LEGAL, 0, None),
        Kind::Disclosure if record.is(disclosures::State::Proposed) || waits_for_validation(workspace, &record) => {
            at(ScreenId::LEGAL, 0, None)
        }
        Kind::Disclosure => {
            let first = disclosure::items_of(workspace, &record)?.first().copied();
            let item = first.map(|i| workspace.records().get(i)).transpose()?.flatten();
            at(ScreenId::CASE, 2, item.and_then(|i| i.case))
        }
        Kind::Partner | Kind::Agreement => at(ScreenId::PARTNERS, 0, None),
        Kind::Member => at(ScreenId::PARTNERS, MEMBERS, None),
        Kind::Hold => at(ScreenId::TIMERS, 1, None),
        Kind::Certificate => at(ScreenId::TIMERS, 3, None),
        _ => None,
    })
}

/// Whether an emergency's validation is waited for: what was not validated in time is shown among what was shared.
fn waits_for_validation(workspace: &Workspace, record: &Record) -> bool {
    disclosures::validation(record, workspace.now()) == Some(disclosures::Validation::Pending)
}

/// What is known of a command's form before anybody types.
#[derive(Clone, Default, Debug)]
pub struct Prepared {
    /// The values.
    pub form: Args,
    /// What is shown instead of ids.
    pub labels: BTreeMap<&'static str, String>,
    /// The partner that it concerns.
    pub partner: Option<String>,
    /// The values for the further things, where it is done with each of several.
    pub others: Vec<Args>,
    /// What of the values a task knows, by field.
    pub task: BTreeMap<&'static str, String>,
}

impl Prepared {
    /// The same, filled with what a task knows too.
    #[must_use]
    pub fn of_task(mut self, with: BTreeMap<&'static str, String>) -> Self {
        for (field, value) in &with {
            self.form.set(field, vec![value.clone()]);
        }
        self.task.extend(with);
        self
    }
}

/// Fills what the thing, the marks and the place tell.
pub fn prepare(
    workspace: &Workspace,
    command: &'static Command,
    subjects: &[RecordRef],
    focus: Option<Id>,
) -> Result<Prepared, Error> {
    let mut known = Prepared::default();
    let mut records = Vec::new();
    for subject in subjects {
        records.extend(workspace.records().get(subject.id)?);
    }
    let focused = focus.map(|id| workspace.records().get(id)).transpose()?.flatten();
    let first = records.first();
    let concerns = |r: &&Record| r.kind == Kind::Partner || r.partner.is_some();
    known.partner = match first.filter(concerns).or(focused.as_ref()) {
        Some(r) if r.kind == Kind::Partner => r.key.clone(),
        Some(r) => workspace.partner_of(r)?,
        None => None,
    };
    for field in command.args {
        match field.kind {
            ArgKind::Partner => {
                known.form.set(field.name, known.partner.clone().into_iter().collect());
                // As a record that was chosen, it gives way to what is typed.
                known.labels.extend(known.partner.clone().map(|code| (field.name, code)));
            }
            ArgKind::Record(kinds) => {
                let case = first.and_then(|r| r.case).or(focus);
                let fits = |r: &&Record| kinds.contains(&r.kind);
                let mut these: Vec<&Record> = records.iter().filter(fits).collect();
                if !field.repeated {
                    these.truncate(1);
                }
                // A whole case is meant only where the case itself is selected; that something belongs to it is
                // asked for by fields that must be given.
                let around =
                    if kinds.contains(&Kind::Case) && (field.required || records.is_empty()) { case } else { None };
                let around = around.map(|c| workspace.records().get(c)).transpose()?.flatten();
                if these.is_empty() {
                    these.extend(around.as_ref().filter(|r| kinds.contains(&r.kind)));
                }
                if these.is_empty() && field.required && kinds.contains(&Kind::Case) {
                    these.extend(focused.as_ref().filter(|r| r.kind == Kind::Case));
                }
                if these.is_empty() {
                    continue;
                }
                known.form.set(field.name, these.iter().map(|r| r.id.to_string()).collect());
                known.labels.insert(field.name, label(workspace, &these, called)?);
            }
            _ => {}
        }
    }
    if let Some(request) = first.filter(|r| r.kind == Kind::Request && command.full_name() == draft::NEW) {
        known.form = draft::begun_from(workspace, request)?;
        known.labels.clear();
        // What is typed over it is kept for it alone.
        known.task.insert("request", request.id.to_string());
        for field in command.args.iter().filter(|field| matches!(field.kind, ArgKind::Record(_))) {
            let id = known.form.maybe(field.name).and_then(Id::parse);
            if let Some(record) = id.map(|id| workspace.records().get(id)).transpose()?.flatten() {
                known.labels.insert(field.name, label(workspace, &[&record], called)?);
            }
        }
    }
    Ok(known)
}

/// A kind of request, as a list for a field offers it.
pub struct KindChoice {
    /// Its id.
    pub id: &'static str,
    /// What it does.
    pub does: String,
    /// Under which instrument and article.
    pub basis: String,
    /// The partners with which that is in force.
    pub with: Vec<String>,
}

/// Whether a list of words is the kinds of request.
pub fn are_kinds(words: &[&'static str]) -> bool {
    let law = Law::of_program();
    !words.is_empty() && words.iter().all(|word| law.request(word).is_some())
}

/// The kinds of request, those in force with a partner first.
pub fn kinds(workspace: &Workspace, words: &[&'static str]) -> Result<Vec<KindChoice>, Error> {
    let (law, sides) = (workspace.law()?, Sides::read(workspace)?);
    let mut all = Vec::new();
    for id in words.iter().copied() {
        let Some(kind) = law.request(id) else { continue };
        let with = sides.bound_by(&law, &kind.instrument);
        let does = does(id, &kind.name).into_owned();
        all.push(KindChoice { id, does, basis: basis(workspace, id)?, with });
    }
    all.sort_by_key(|kind| kind.with.is_empty());
    Ok(all)
}

/// Something that may be copied: its name, and the text or why it stays here.
pub type Copy = (&'static str, Result<String, Error>);

/// What may be copied of a thing. Ids and digests say nothing of a case; its words do, and go only where they may be known.
pub fn copies(workspace: &Workspace, subject: &RecordRef) -> Result<Vec<Copy>, Error> {
    let mut all: Vec<Copy> = vec![("name", Ok(short(subject.kind, subject.id))), ("id", Ok(subject.id.to_string()))];
    let Some(record) = workspace.records().get(subject.id)? else { return Ok(all) };
    let last = read::changes_of(&workspace.db, record.id)?.last().map(|c| c.row);
    let act = last.map(|row| read::position_of_row(&workspace.db, ChangeRow(row))).transpose()?.flatten();
    if let Some(act) = act.map(|position| read::act(&workspace.db, position)).transpose()?.flatten() {
        all.push(("digest of its last act", Ok(act.id.to_string())));
    }
    let open = match record.kind {
        Kind::Item => {
            let terms = item::Terms::read(&record.terms)?;
            terms.tier == Tier::INDICATORS && matches!(terms.marking.tlp, Tlp::Clear | Tlp::Green)
        }
        Kind::Partner | Kind::Member => true,
        _ => false,
    };
    all.push((
        "line",
        if open {
            line_of(workspace, &record)
        } else {
            Err(Error::new(
                ErrorKind::Refused,
                "its words stay here: they are content of a case",
                "copy its id; or write a letter, or a bundle, which is logged",
            ))
        },
    ));
    Ok(all)
}

/// A record that fits what was typed.
pub struct Found {
    /// The record.
    pub subject: RecordRef,
    /// What it is called.
    pub called: String,
    /// What it is, with whom, and where it stands.
    pub about: String,
}

/// How many requests are looked through at most, by what they do.
const REQUESTS: u32 = 1000;

/// Records whose id begins with what was typed, that are called so, or whose content has its words.
pub fn find(workspace: &Workspace, typed: &str) -> Result<Vec<Found>, Error> {
    const MOST: u32 = 20;
    let mut found: Vec<Found> = Vec::new();
    let mut add = |record: Record| -> Result<(), Error> {
        let subject = RecordRef { kind: record.kind, id: record.id };
        if !found.iter().any(|f| f.subject == subject) {
            let with = if record.kind == Kind::Partner { None } else { workspace.partner_of(&record)? };
            let title = tr_word(kind_def(record.kind).title).to_owned();
            let about = [Some(title), with, Some(tr_word(record.state.label()).to_owned())];
            let about = about.into_iter().flatten().collect::<Vec<_>>().join(" \u{b7} ");
            found.push(Found { subject, called: label(workspace, &[&record], called)?, about });
        }
        Ok(())
    };
    let digits = typed.rsplit_once('-').map_or(typed, |(_, d)| d).to_lowercase();
    if digits.len() >= 4 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        for kind in crate::record::KINDS {
            for id in crate::store::records::by_prefix(&workspace.db, kind.kind, &digits, 2)? {
                workspace.records().get(id)?.map(&mut add).transpose()?;
            }
        }
    }
    // Partners and members by what they are called: there are few of them.
    let named = |name: &str| name.to_lowercase().contains(&typed.to_lowercase());
    for partner in workspace.partners()? {
        let name = workspace.text_of(&partner, "name")?;
        if named(&name) || partner.key.as_deref().is_some_and(|code| code.eq_ignore_ascii_case(typed)) {
            add(partner)?;
        }
    }
    for record in member::all(&workspace.records(), workspace.meta.desk)? {
        if named(&workspace.text_of(&record, "name")?) {
            add(record)?;
        }
    }
    // Requests by what they do: of which kinds they are is known before any is read.
    let law = workspace.law()?;
    let does = |row: &&RequestKind| named(&does(&row.id, &row.name));
    let kinds: Vec<&str> = law.requests().iter().filter(does).map(|row| row.id.as_str()).collect();
    if !kinds.is_empty() {
        let all = workspace.records().find(&Query { limit: Some(REQUESTS), ..Query::kind(Kind::Request) })?;
        let is_so = |record: &Record| record.text("kind").is_some_and(|kind| kinds.contains(&kind));
        all.into_iter().filter(is_so).take(MOST as usize).try_for_each(&mut add)?;
    }
    for hit in crate::command::desk::workspace_info::hits(workspace, typed, 5 * MOST)? {
        workspace.records().get(hit.id)?.map(&mut add).transpose()?;
    }
    // A case, a partner or a member says more than a request, that more than what came of it, and all of them more than one of a thousand
    // items that say the same.
    // What is called so stands before what only says so somewhere.
    found.sort_by_key(|found| {
        let by_kind = match found.subject.kind {
            Kind::Case | Kind::Partner | Kind::Member => 0,
            Kind::Request => 1,
            Kind::Item => 3,
            _ => 2,
        };
        (!named(&found.called), by_kind)
    });
    found.truncate(MOST as usize);
    Ok(found)
}
