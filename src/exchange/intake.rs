//! From what a file holds to what is stored: one function gives the type, the value, the tier and the marking of everything that comes in,
//! for the rehearsal and for the import alike. It stores nothing.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

use super::canonical::{self, Class};
use super::format::{FormatError, Found, Options, Seen};
use super::person::{Judged, Looked, of_text, of_type};
use super::report::Report;
use super::stream::LONG;
use crate::value::class::{Assertion, Category, Credibility, PersonClass, Reliability, Tier};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::Marking;
use crate::value::text::{BODY, composed, composed_owned, is_composed};

/// The longest original that is kept beside an item, in bytes.
const LONGEST_ORIGINAL: usize = 320 * 1024;
/// Faults that are listed.
const MOST_FAULTS: usize = 1000;
/// Items that a rehearsal shows.
const SAMPLE: usize = 5;
/// Items of which those are chosen: some may come again.
const MOST_SAMPLES: usize = 100;

/// An item as it will be stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incoming {
    /// What it is: a word.
    pub kind: String,
    /// Its data category.
    pub category: Category,
    /// Its tier.
    pub tier: Tier,
    /// Whom it is about.
    pub person_class: PersonClass,
    /// Fact or assessment.
    pub assertion: Assertion,
    /// How reliable its source is.
    pub source_grade: Option<Reliability>,
    /// How credible it is.
    pub information_grade: Option<Credibility>,
    /// Its marking.
    pub marking: Marking,
    /// Its value in its one form.
    pub value: String,
    /// As it was written, where that differs.
    pub written: Option<String>,
    /// A title.
    pub title: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// Its ids elsewhere.
    pub ids: Vec<(&'static str, String)>,
    /// What else the file says of it.
    pub properties: Option<Json>,
    /// The ids, elsewhere, of what it names.
    pub references: Vec<String>,
    /// The word for its relation.
    pub relation: Option<String>,
    /// Whose it is.
    pub originator: Option<String>,
    /// Its term, in days.
    pub keep_days: Option<i64>,
    /// Statements that stay with it.
    pub caveats: Vec<String>,
    /// Markings that nobody could read.
    pub unknown_markings: Vec<String>,
    /// The object as it stood in the file.
    pub original: Option<String>,
    /// Where it stood.
    pub place: String,
    /// Which version.
    version: Option<String>,
}

/// What two items have in common that are one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key([u8; 16]);

impl Key {
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut key = [0; 16];
        key.iter_mut().zip(digest).for_each(|(k, d)| *k = d);
        Self(key)
    }

    /// The key of a value of a type, of one originator: a domain is a domain, whatever its type is called.
    pub fn of_value(kind: &str, value: &str, originator: Option<&str>) -> Self {
        Self::of_one_form(kind, &canonical::of(kind, value).value, originator)
    }

    /// The same of a value that is in its one form.
    fn of_one_form(kind: &str, value: &str, originator: Option<&str>) -> Self {
        let originator = originator.unwrap_or_default();
        match canonical::class_of(kind) {
            // The kinds of hashes are told apart by their length.
            Some(class) => Self::of(&["value", class.word(), value, originator]),
            None => Self::of(&["value", &canonical::spelling(kind), value, originator]),
        }
    }

    /// The key of an id elsewhere.
    pub fn of_foreign(id: &str) -> Self {
        Self::of(&["foreign", id])
    }

    /// The key of a version of a foreign object.
    pub fn of_id(scheme: &str, id: &str, version: &str, value: &str) -> Self {
        Self::of(&["id", scheme, id, version, value])
    }
}

impl Incoming {
    /// What it has in common with another that is the same: its ids, or its value.
    pub fn keys(&self) -> Vec<Key> {
        if self.ids.is_empty() {
            return vec![Key::of_one_form(&self.kind, &self.value, self.originator.as_deref())];
        }
        let version = self.version.as_deref().unwrap_or_default();
        self.ids.iter().map(|(scheme, id)| Key::of_id(scheme, id, version, &self.value)).collect()
    }
}

/// What a case holds already, or as much of it as the file is about.
#[derive(Default)]
pub struct Known {
    /// Its items by what they have in common with others, each with its marking.
    pub items: HashMap<Key, (Id, Marking)>,
    /// Its items by their ids elsewhere.
    pub foreign: HashMap<Key, Id>,
}

/// Looks up what a case holds of something that stands in a file.
pub type Learn<'l> = &'l mut dyn FnMut(&Incoming, &mut Known);

/// One item as a rehearsal shows it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Sample {
    /// What it is.
    pub r#type: String,
    /// Its value.
    pub value: String,
    /// Its tier.
    pub tier: Tier,
    /// Its marking.
    pub tlp: crate::value::marking::Tlp,
}

/// What an import of a file would come to.
#[derive(Default)]
pub struct Plan {
    /// What it answers.
    pub report: Report,
    /// What cannot be read: the first of it.
    pub faults: Vec<FormatError>,
    /// How much more cannot be read.
    pub more_faults: u64,
    /// The tag that says that the file is of an exercise.
    pub exercise: Option<String>,
    /// Items of the case whose marking is raised: the file has them with a stricter one.
    pub raised: HashMap<Id, Marking>,
    /// The first items.
    pub sample: Vec<Sample>,
    /// The items of the file that others in it name, by their ids elsewhere, each with its number; sorted.
    named: Vec<(Key, u32)>,
    /// Items that are passed over, by number.
    passed: HashSet<u32>,
    /// Items that come again with a stricter marking, by number.
    stricter: HashMap<u32, Marking>,
}

impl Plan {
    fn fault(&mut self, fault: FormatError) {
        if self.faults.len() < MOST_FAULTS { self.faults.push(fault) } else { self.more_faults += 1 }
    }

    /// The numbers of the items that are taken and that others name.
    pub fn named(&self) -> impl Iterator<Item = u32> + '_ {
        self.named.iter().map(|(_, number)| *number).filter(|number| self.is_taken(*number))
    }

    /// The number of the item that is taken and has this id elsewhere.
    pub fn number_of(&self, foreign: &Key) -> Option<u32> {
        let at = self.named.binary_search_by_key(foreign, |(key, _)| *key).ok()?;
        self.named.get(at).map(|(_, number)| *number).filter(|number| self.is_taken(*number))
    }

    fn is_taken(&self, number: u32) -> bool {
        !self.passed.contains(&number)
    }

    /// Whether the item of a number is taken, and with which marking.
    pub fn takes(&self, number: u32, ready: &mut Incoming) -> bool {
        if let Some(marking) = self.stricter.get(&number) {
            ready.marking = ready.marking.and(marking);
        }
        self.is_taken(number)
    }
}

/// Looks at everything that a file holds, one after the other, and says in the end what an import of it would come to. Of an item
/// it keeps no more than what tells it from others: a file may have any size.
pub struct Planner<'a> {
    options: &'a Options,
    known: &'a mut Known,
    learn: Learn<'a>,
    plan: Plan,
    report: Report,
    count: u32,
    /// What each item has in common with others that are the same, with its number.
    keys: Vec<(Key, u32)>,
    /// The ids elsewhere of each item, with its number.
    foreign: Vec<(Key, u32)>,
    /// The ids elsewhere of what is named.
    named: HashSet<Key>,
    /// The markings that items have, and which each has.
    markings: Vec<Marking>,
    marked: Vec<u32>,
    /// Items of which a later one may turn out to be the same.
    sample: Vec<(u32, Sample)>,
}

impl<'a> Planner<'a> {
    /// Begins with nothing of the file, and what is known of the case; before each item is looked at, `learn` may add to that.
    pub fn new(options: &'a Options, known: &'a mut Known, learn: Learn<'a>) -> Self {
        Self {
            options,
            known,
            learn,
            plan: Plan::default(),
            report: Report::default(),
            count: 0,
            keys: Vec::new(),
            foreign: Vec::new(),
            named: HashSet::new(),
            markings: Vec::new(),
            marked: Vec::new(),
            sample: Vec::new(),
        }
    }

    /// Looks at what comes next.
    ///
    /// # Errors
    ///
    /// Where there are more items than can be told apart.
    pub fn see(&mut self, seen: Seen) -> Result<(), FormatError> {
        match one(seen, self.options, &mut self.report) {
            Some(One::Fault(fault)) => self.plan.fault(fault),
            Some(One::Exercise(tag)) => {
                self.plan.exercise.get_or_insert(tag);
            }
            Some(One::Item(ready)) => {
                self.item(&ready);
                let more = || FormatError::new("the file", "it holds more than 4,294,967,295 items: split it");
                self.count = self.count.checked_add(1).ok_or_else(more)?;
            }
            None => {}
        }
        Ok(())
    }

    fn item(&mut self, ready: &Incoming) {
        let (number, keys) = (self.count, ready.keys());
        (self.learn)(ready, self.known);
        self.named.extend(ready.references.iter().map(|id| Key::of_foreign(id)));
        self.foreign.extend(ready.ids.iter().map(|(_, id)| (Key::of_foreign(id), number)));
        let marking = match self.markings.iter().position(|m| *m == ready.marking) {
            Some(at) => at,
            None => {
                self.markings.push(ready.marking.clone());
                self.markings.len() - 1
            }
        };
        self.marked.push(marking as u32);
        if let Some((id, marking)) = keys.iter().find_map(|k| self.known.items.get(k)) {
            let both = marking.and(&ready.marking);
            if both != *marking {
                let raised = self.plan.raised.entry(*id).or_insert_with(|| marking.clone());
                *raised = raised.and(&both);
            }
            self.plan.passed.insert(number);
        } else {
            self.keys.extend(keys.iter().map(|k| (*k, number)));
            // One that comes twice is found in the end.
            if self.sample.len() < MOST_SAMPLES {
                self.sample.push((
                    number,
                    Sample {
                        r#type: ready.kind.clone(),
                        value: ready.value.chars().take(200).collect(),
                        tier: ready.tier,
                        tlp: ready.marking.tlp,
                    },
                ));
            }
        }
    }

    /// Says what it comes to.
    pub fn end(self) -> Plan {
        let Self { mut plan, report, count, mut keys, mut foreign, named, markings, marked, sample, .. } = self;
        keys.sort_unstable();
        // The first that has a key stands for all that have it; it may itself be the same as one before by another key.
        let mut first_of: HashMap<u32, u32> = HashMap::new();
        for same in keys.chunk_by(|(a, _), (b, _)| a == b) {
            let Some(((_, first), others)) = same.split_first() else { continue };
            for (_, number) in others.iter().filter(|(_, n)| n != first) {
                let known = first_of.entry(*number).or_insert(*first);
                *known = (*known).min(*first);
            }
        }
        let mut twice: Vec<u32> = first_of.keys().copied().collect();
        twice.sort_unstable();
        for number in twice {
            let mut first = number;
            while let Some(before) = first_of.get(&first) {
                first = *before;
            }
            let marking = |n: u32| marked.get(n as usize).and_then(|m| markings.get(*m as usize));
            if let (Some(own), Some(again)) = (marking(first), marking(number)) {
                let stricter = plan.stricter.entry(first).or_insert_with(|| own.clone());
                *stricter = stricter.and(again);
            }
            plan.passed.insert(number);
        }
        foreign.retain(|(key, _)| named.contains(key));
        foreign.sort_unstable();
        foreign.dedup_by_key(|(key, _)| *key);
        plan.named = foreign;
        let taken = sample.into_iter().filter(|(number, _)| !plan.passed.contains(number));
        plan.sample = taken.map(|(_, sample)| sample).take(SAMPLE).collect();
        let passed = plan.passed.len() as u64;
        plan.report = Report { imported: u64::from(count) - passed, already_there: passed, ..report };
        plan
    }
}

/// Something that a file holds, as it is to be stored.
pub enum One {
    /// An item.
    Item(Box<Incoming>),
    /// What cannot be read.
    Fault(FormatError),
    /// It is of an exercise, as this tag says.
    Exercise(String),
}

/// What is to be stored of something that a reader sees, and nothing where it is only to be known; that and more is reported.
pub fn one(seen: Seen, options: &Options, report: &mut Report) -> Option<One> {
    Some(match seen {
        Seen::Item(mut found) => {
            let place = std::mem::take(&mut found.place);
            match ready(*found, place, options, report) {
                Ok(ready) => One::Item(Box::new(ready)),
                Err(fault) => One::Fault(fault),
            }
        }
        Seen::Fault(fault) => One::Fault(fault),
        Seen::Exercise(tag) => One::Exercise(tag),
        Seen::Remark(what, name) => {
            report.named.count(what, &name);
            return None;
        }
    })
}

/// The item as it will be stored; `Err`: why it cannot be.
fn ready(found: Found, place: String, options: &Options, report: &mut Report) -> Result<Incoming, FormatError> {
    let kind = canonical::word(&found.kind).ok_or("its type has no word in it".to_owned());
    let one = kind.and_then(|kind| {
        fits(&found)?;
        let one = canonical::of(&kind, &found.value);
        if one.value.is_empty() { Err("it has no value".into()) } else { Ok((kind, one)) }
    });
    let (kind, one) = match one {
        Ok(one) => one,
        Err(what) => return Err(FormatError::new(place, what)),
    };
    let is_written_so = one.value == found.value.trim();
    let written =
        (!is_written_so && one.value != found.value.replace("\r\n", "\n").trim()).then(|| composed(&found.value));
    if let Some(written) = &written {
        report.named.count("values put into their one form", written);
    }
    if !is_composed(&found.value) {
        report.named.count("values composed (Unicode form C)", &found.value);
    }
    if let Some(remark) = one.remark {
        report.named.count(remark, &one.value);
    }
    if !one.fits {
        report.named.count("values that do not fit their type", &format!("{place}: {kind}, {}", one.value));
    }

    let judged = judge(&found, &kind, &one);
    let category = match found.category {
        Some(said) if said.least_tier() >= judged.category.least_tier() => said,
        _ => judged.category,
    };
    let tier = found.tier.unwrap_or(Tier::INDICATORS).max(category.least_tier());
    if let Some(because) = &judged.because {
        report.raised.count(because, &one.value);
    }

    let mut default = Marking::default_for(tier);
    // What the member says of the whole file is the least that holds.
    default = Marking {
        tlp: options.least.tlp.map_or(default.tlp, |tlp| default.tlp.max(tlp)),
        pap: options.least.pap.map_or(default.pap, |pap| default.pap.max(pap)),
        ..default
    };
    let mut claim = found.claim;
    if claim.tlp.is_some() {
        claim.tlp = claim.tlp.max(options.least.tlp);
    }
    if claim.pap.is_some() {
        claim.pap = claim.pap.max(options.least.pap);
    }
    claim.add(&super::claim::Claim { tlp: None, pap: None, ..options.least.clone() });
    for unknown in &claim.unknown {
        report.markings.count(&format!("of a marking that is not known: {unknown}"), &one.value);
    }
    for caveat in &claim.caveats {
        report.markings.count("with a statement that stays as a caveat", caveat);
    }
    let marking = claim.marking(default, options.unknown_marking);
    let mut caveats = claim.caveats;
    let unknown_markings = match options.unknown_marking {
        Some(word) => {
            caveats.extend(claim.unknown.iter().map(|u| format!("marked {u}, taken as TLP:{word}")));
            Vec::new()
        }
        None => claim.unknown,
    };
    let mut original = found.original;
    if original.as_ref().is_some_and(|o| found.has_long || o.len() > LONGEST_ORIGINAL) {
        report.named.count("originals too long to be kept", &one.value);
        original = None;
    }
    Ok(Incoming {
        category,
        tier,
        person_class: judged.person_class,
        assertion: found.assertion,
        source_grade: found.source_grade,
        information_grade: found.information_grade,
        marking,
        value: one.value,
        kind: one.kind,
        written,
        title: found.title.map(composed_owned),
        note: found.note.map(composed_owned).filter(|n| !n.is_empty()),
        ids: found.ids.into_iter().map(|(scheme, id)| (scheme, composed_owned(id))).collect(),
        properties: found.properties,
        references: found.references,
        relation: found.relation,
        originator: found.originator.or_else(|| options.originator.clone()).map(composed_owned),
        keep_days: found.keep_days,
        caveats,
        unknown_markings,
        original: original.map(composed_owned),
        place,
        version: found.version,
    })
}

/// Whether everything that would be kept of an item can be kept whole; `Err`: what not.
fn fits(found: &Found) -> Result<(), String> {
    let fits = |what: &str, text: &str| match text.len() {
        n if n > BODY => Err(format!("its {what} is too long: {n} bytes, and {BODY} can be kept")),
        _ if found.has_long && text.contains(LONG) => Err(format!("its {what} is too long: {BODY} bytes can be kept")),
        _ => Ok(()),
    };
    fits("value", &found.value)?;
    found.note.iter().try_for_each(|n| fits("note", n))?;
    found.title.iter().try_for_each(|t| fits("title", t))?;
    found.ids.iter().try_for_each(|(_, id)| fits("id", id))?;
    let Some(properties) = &found.properties else { return Ok(()) };
    // Only what could be too long is measured.
    match () {
        () if found.has_long && holds_long(properties) => {
            Err(format!("its other data is too long: {BODY} bytes can be kept"))
        }
        () if properties.size() * 6 > BODY => fits("other data", &properties.to_text()),
        () => Ok(()),
    }
}

fn holds_long(json: &Json) -> bool {
    match json {
        Json::Str(text) => text.contains(LONG),
        Json::Arr(items) => items.iter().any(holds_long),
        Json::Obj(members) => members.iter().any(|(key, value)| key.contains(LONG) || holds_long(value)),
        Json::Null | Json::Bool(_) | Json::Int(_) => false,
    }
}

/// The person screen over everything that would leave with an item.
fn judge(found: &Found, kind: &str, one: &canonical::Canonical) -> Judged {
    let looked = |kind| Looked { kind, template: found.template.as_deref(), relation: found.part.as_deref() };
    let mut judged = of_type(&looked(found.judged_as.as_deref().unwrap_or(&one.kind)));
    for other in &found.speaks_of {
        judged = judged.and(of_type(&Looked { kind: other, template: None, relation: None }));
    }
    let is_hash = one.class == Some(Class::Hash) && one.fits;
    if !is_hash {
        judged = judged.and(of_text(&one.value));
    }
    let texts = [found.title.as_deref(), found.note.as_deref()].into_iter().flatten();
    for text in texts.chain(found.claim.caveats.iter().map(String::as_str)) {
        judged = judged.and(of_text(text));
    }
    if let Some(properties) = &found.properties {
        of_json(properties, &mut judged);
    }
    // A name in a column of domains is no domain: what has not the form of its type is somebody, unless it shows what it is.
    if !one.fits && judged.because.is_none() && one.kind == kind && canonical::recognised(&one.value).is_none() {
        judged = Judged {
            because: Some(format!("no {kind}")),
            category: Category::Identification,
            person_class: PersonClass::Other,
        };
    }
    judged
}

fn of_json(json: &Json, judged: &mut Judged) {
    match json {
        Json::Str(text) => {
            let all = std::mem::replace(judged, Judged::NO_PERSON);
            *judged = all.and(of_text(text));
        }
        Json::Arr(items) => items.iter().for_each(|i| of_json(i, judged)),
        Json::Obj(members) => members.iter().for_each(|(_, v)| of_json(v, judged)),
        Json::Null | Json::Bool(_) | Json::Int(_) => {}
    }
}
