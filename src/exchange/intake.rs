//! From what a file holds to what is stored: one function gives the type, the value, the tier and the marking of everything that comes in,
//! for the rehearsal and for the import alike. It stores nothing.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use sha2::{Digest as _, Sha256};

use super::canonical::{self, Class};
use super::format::{Format, FormatError, Found, Options, Seen};
use super::person::{Judged, Looked, of_text, of_type};
use super::report::Report;
use super::source;
use crate::value::class::{Assertion, Category, Credibility, PersonClass, Reliability, Tier};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::Marking;
use crate::value::text::{BODY, composed};

/// The longest original that is kept beside an item, in bytes.
const LONGEST_ORIGINAL: usize = 320 * 1024;
/// Faults that are listed.
const MOST_FAULTS: usize = 1000;
/// Items that a rehearsal shows.
const SAMPLE: usize = 5;

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
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Key([u8; 16]);

impl Key {
    fn of(parts: &[&str]) -> Self {
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
        let class = canonical::class_of(kind);
        let class = match class {
            // The kinds of hashes are told apart by their length.
            Some(class) => class.word().to_owned(),
            None => canonical::spelling(kind),
        };
        let one = canonical::of(kind, value).value;
        Self::of(&["value", &class, &one, originator.unwrap_or_default()])
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
            return vec![Key::of_value(&self.kind, &self.value, self.originator.as_deref())];
        }
        let version = self.version.as_deref().unwrap_or_default();
        self.ids.iter().map(|(scheme, id)| Key::of_id(scheme, id, version, &self.value)).collect()
    }
}

/// What a case holds already.
#[derive(Default)]
pub struct Known {
    /// Its items by what they have in common with others, each with its marking.
    pub items: HashMap<Key, (Id, Marking)>,
    /// Its items by their ids elsewhere.
    pub foreign: HashMap<String, Id>,
}

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
    /// What cannot be read.
    pub faults: Vec<FormatError>,
    /// The tag that says that the file is of an exercise.
    pub exercise: Option<String>,
    /// Items of the case whose marking is raised: the file has them with a stricter one.
    pub raised: HashMap<Id, Marking>,
    /// The first items.
    pub sample: Vec<Sample>,
    /// The items of the file by their ids elsewhere, each with its number.
    pub foreign: HashMap<String, u64>,
    /// Items that are passed over, by number.
    passed: HashSet<u64>,
    /// Items that come again with a stricter marking, by number.
    stricter: HashMap<u64, Marking>,
}

impl Plan {
    /// Whether the item of a number is taken.
    pub fn is_taken(&self, number: u64) -> bool {
        !self.passed.contains(&number)
    }

    /// Whether the item of a number is taken, and with which marking.
    pub fn takes(&self, number: u64, ready: &mut Incoming) -> bool {
        if let Some(marking) = self.stricter.get(&number) {
            ready.marking = ready.marking.and(marking);
        }
        self.is_taken(number)
    }
}

/// Reads a whole file and says what an import of it would come to.
pub fn plan(format: &Format, input: &mut dyn BufRead, options: &Options, known: &Known) -> Result<Plan, FormatError> {
    let mut plan = Plan::default();
    let mut seen: HashMap<Key, u64> = HashMap::new();
    let mut report = Report::default();
    let mut number = 0u64;
    each(format, input, options, Some(&mut report), &mut |one| {
        match one {
            One::Fault(fault) => {
                let room = plan.faults.len() < MOST_FAULTS;
                if room {
                    plan.faults.push(fault);
                }
                return room;
            }
            One::Exercise(tag) => {
                plan.exercise.get_or_insert(tag);
            }
            One::Item(ready) => {
                let keys = ready.keys();
                let here = keys.iter().find_map(|k| known.items.get(k));
                let twice = keys.iter().find_map(|k| seen.get(k)).copied();
                if let Some((id, marking)) = here {
                    let both = marking.and(&ready.marking);
                    if both != *marking {
                        let raised = plan.raised.entry(*id).or_insert_with(|| marking.clone());
                        *raised = raised.and(&both);
                    }
                } else if let Some(first) = twice {
                    let marking = plan.stricter.entry(first).or_insert_with(|| ready.marking.clone());
                    *marking = marking.and(&ready.marking);
                }
                for (_, id) in &ready.ids {
                    plan.foreign.entry(id.clone()).or_insert(number);
                }
                if here.is_some() || twice.is_some() {
                    plan.passed.insert(number);
                    plan.report.already_there += 1;
                } else {
                    seen.extend(keys.iter().map(|k| (*k, number)));
                    plan.report.imported += 1;
                    if plan.sample.len() < SAMPLE {
                        plan.sample.push(Sample {
                            r#type: ready.kind.clone(),
                            value: ready.value.chars().take(200).collect(),
                            tier: ready.tier,
                            tlp: ready.marking.tlp,
                        });
                    }
                }
                number += 1;
            }
        }
        true
    })?;
    let Report { raised, markings, named, skipped, .. } = report;
    plan.report = Report { raised, markings, named, skipped, ..plan.report };
    Ok(plan)
}

/// What a file holds, one by one.
pub enum One {
    /// An item.
    Item(Box<Incoming>),
    /// What cannot be read.
    Fault(FormatError),
    /// It is of an exercise, as this tag says.
    Exercise(String),
}

/// Reads a file and hands on what is to be stored, in its order; a report is kept where one is asked for.
pub fn each(
    format: &Format,
    input: &mut dyn BufRead,
    options: &Options,
    mut report: Option<&mut Report>,
    each: &mut dyn FnMut(One) -> bool,
) -> Result<(), FormatError> {
    let mut text = source::text(input)?;
    (format.read)(&mut *text, options, &mut |seen| match seen {
        Seen::Item(found) => {
            let place = found.place.clone();
            let mut none = Report::default();
            match ready(*found, options, report.as_deref_mut().unwrap_or(&mut none)) {
                Ok(ready) => each(One::Item(Box::new(ready))),
                Err(what) => each(One::Fault(FormatError::new(place, what))),
            }
        }
        Seen::Fault(fault) => each(One::Fault(fault)),
        Seen::Exercise(tag) => each(One::Exercise(tag)),
        Seen::Remark(what, name) => {
            if let Some(report) = report.as_deref_mut() {
                report.named.count(what, &name);
            }
            true
        }
    })
}

/// The item as it will be stored; `Err`: why it cannot be.
fn ready(found: Found, options: &Options, report: &mut Report) -> Result<Incoming, String> {
    let kind = canonical::word(&found.kind).ok_or("its type has no word in it")?;
    let fits = |what: &str, text: &str| match text.len() {
        n if n > BODY => Err(format!("its {what} is too long: {n} bytes, and {BODY} can be kept")),
        _ => Ok(()),
    };
    fits("value", &found.value)?;
    found.note.iter().try_for_each(|n| fits("note", n))?;
    found.title.iter().try_for_each(|t| fits("title", t))?;
    found.properties.iter().try_for_each(|p| fits("other data", &p.to_text()))?;
    let one = canonical::of(&kind, &found.value);
    if one.value.is_empty() {
        return Err("it has no value".into());
    }
    let as_written = found.value.replace("\r\n", "\n");
    let written = (one.value != as_written.trim()).then(|| composed(&found.value));
    if let Some(written) = &written {
        report.named.count("values put into their one form", written);
    }
    if composed(&found.value) != found.value {
        report.named.count("values composed (Unicode form C)", &found.value);
    }
    if let Some(remark) = one.remark {
        report.named.count(remark, &one.value);
    }
    if !one.fits {
        report.named.count("values that do not fit their type", &format!("{}: {kind}, {}", found.place, one.value));
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
    if original.as_ref().is_some_and(|o| o.len() > LONGEST_ORIGINAL) {
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
        title: found.title.map(|t| composed(&t)),
        note: found.note.map(|n| composed(&n)).filter(|n| !n.is_empty()),
        ids: found.ids.into_iter().map(|(scheme, id)| (scheme, composed(&id))).collect(),
        properties: found.properties,
        references: found.references,
        relation: found.relation,
        originator: found.originator.or_else(|| options.originator.clone()).map(|o| composed(&o)),
        keep_days: found.keep_days,
        caveats,
        unknown_markings,
        original: original.map(|o| composed(&o)),
        place: found.place,
        version: found.version,
    })
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
