//! Items of a case: added by hand, imported from a file, listed, shown, marked.

use crate::record::kind::Kind;
use crate::record::kind::State as RecordState;
use std::io::{BufReader, Read, Seek};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::exchange;
use crate::exchange::format::{Found, Options};
use crate::host::file::{self, FileError};
use crate::law::retention;
use crate::object;
use crate::record::definition::token;
use crate::record::import;
use crate::record::item::{self, Terms};
use crate::record::review::{self, Changed};
use crate::record::store::{DutyState, Query, Record, RecordStore as _};
use crate::store::prepared::PreparedChange;
use crate::value::class::{Assertion, Category, Condition, Credibility, PersonClass, Reliability, Tier, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::{Handling, Marking, Pap, Tlp};
use crate::value::text::{self, shown};
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::pipeline::beside;
use crate::workspace::progress::Job;

fn categories() -> Vec<&'static str> {
    Category::ALL.iter().map(|c| c.word()).collect()
}
fn person_classes() -> Vec<&'static str> {
    PersonClass::ALL.iter().map(|c| c.word()).collect()
}
fn assertions() -> Vec<&'static str> {
    Assertion::ALL.iter().map(|c| c.word()).collect()
}
fn tlps() -> Vec<&'static str> {
    Tlp::ALL.iter().map(|c| c.word()).collect()
}
fn paps() -> Vec<&'static str> {
    Pap::ALL.iter().map(|c| c.word()).collect()
}
fn handlings() -> Vec<&'static str> {
    Handling::ALL.iter().map(|c| c.word()).collect()
}
fn reliabilities() -> Vec<&'static str> {
    Reliability::ALL.iter().map(|c| c.word()).collect()
}
fn credibilities() -> Vec<&'static str> {
    Credibility::ALL.iter().map(|c| c.word()).collect()
}
fn formats() -> Vec<&'static str> {
    exchange::FORMATS.iter().map(|f| f.name).collect()
}

const CASE: Arg = Arg::new("case", ArgKind::Record(&[Kind::Case]), "the case");
const ITEM: Arg = Arg::new("item", ArgKind::Record(&[Kind::Item]), "the item").positional();
const TLP: Arg = Arg::new("tlp", ArgKind::Word(tlps), "TLP 2.0 marking; without it, the default of the tier");
const PAP: Arg = Arg::new("pap", ArgKind::Word(paps), "PAP marking; without it, the default of the tier");
const HANDLING: Arg = Arg::new("handling", ArgKind::Words(handlings), "Europol handling codes").repeated();
const LIMIT: Arg = Arg::new("limit", ArgKind::Number, "at most so many (1000 where it is not said)").cli_only();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "item",
        name: "add",
        about: "Add an item to a case",
        args: &[
            CASE.required(),
            Arg::new("type", ArgKind::Line, "what it is: domain, ipv4, account, document, …").required(),
            Arg::new("category", ArgKind::Word(categories), "its data category").required(),
            Arg::new("tier", ArgKind::Number, "its tier, 1 to 4; without it, the lowest that its category allows"),
            Arg::new("person-class", ArgKind::Word(person_classes), "whom it is about"),
            Arg::new("assertion", ArgKind::Word(assertions), "fact or assessment"),
            Arg::new("value", ArgKind::Line, "its value").required(),
            Arg::new("title", ArgKind::Line, "a title"),
            Arg::new("note", ArgKind::Body, "a note"),
            Arg::new(
                "source-grade",
                ArgKind::Word(reliabilities),
                "how reliable its source is: A (completely) to F (not known)",
            ),
            Arg::new(
                "information-grade",
                ArgKind::Word(credibilities),
                "how credible it is: 1 (confirmed) to 6 (not known)",
            ),
            TLP,
            PAP,
            HANDLING,
            Arg::new("request", ArgKind::Record(&[Kind::Request]), "the request that it answers"),
            Arg::new("delete-after", ArgKind::Time, "when it is deleted here; without it, as the schedule says"),
        ],
        writes: Some(Writes {
            act: crate::record::item::ADD,
            weight: Weight::Records,
            needs: Needs::OneOf(const { &[crate::record::case::State::Open.any()] }),
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(add),
    },
    Command {
        noun: "item",
        name: "import",
        about: "Import the items of a file into a case, as one act",
        args: &[
            Arg::new("file", ArgKind::Existing, "the file").positional(),
            Arg::new("format", ArgKind::Word(formats), "its format").required(),
            CASE.required(),
            Arg::new("column", ArgKind::Pairs, "tables: which column holds what, such as value=1").repeated(),
            Arg::new("type", ArgKind::Line, "tables: what the items are"),
            Arg::new("category", ArgKind::Word(categories), "tables: their data category"),
            Arg::new("tier", ArgKind::Number, "tables: their tier"),
            Arg::new("delimiter", ArgKind::Line, "tables: what stands between columns: comma, tab, semicolon"),
            Arg::new("comment", ArgKind::Line, "tables: what a line begins with that is passed over"),
            Arg::new("header", ArgKind::Flag, "tables: the first line names the columns"),
        ],
        writes: Some(Writes {
            act: crate::record::import::IMPORT,
            weight: Weight::Records,
            needs: Needs::OneOf(const { &[crate::record::case::State::Open.any()] }),
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(import_file),
    },
    Command {
        noun: "item",
        name: "list",
        about: "List the items of a case",
        args: &[CASE, Arg::new("tier", ArgKind::Number, "only of this tier"), LIMIT],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "item",
        name: "show",
        about: "Show an item",
        args: &[ITEM],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "item",
        name: "mark",
        about: "Change the markings of an item",
        args: &[ITEM, TLP, PAP, HANDLING],
        writes: Some(Writes {
            act: item::MARK,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never("change it back: the record keeps both markings"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(mark),
    },
];

/// An item as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct ItemSummary {
    /// The record.
    pub id: Id,
    /// The case.
    pub case: Id,
    /// What it is.
    pub r#type: String,
    /// Its value; empty once it was purged.
    pub value: String,
    /// Its title.
    pub title: String,
    /// Its note.
    pub note: String,
    /// Its tier.
    pub tier: Tier,
    /// Its data category.
    pub category: Category,
    /// Whom it is about.
    pub person_class: PersonClass,
    /// Fact or assessment.
    pub assertion: Assertion,
    /// How reliable its source is, A to F; none where nobody has judged it.
    pub source_grade: Option<Reliability>,
    /// How credible it is, 1 to 6; none where nobody has judged it.
    pub information_grade: Option<Credibility>,
    /// TLP.
    pub tlp: Tlp,
    /// PAP.
    pub pap: Pap,
    /// Handling codes.
    pub handling: Vec<Handling>,
    /// Conditions that it came with.
    pub conditions: Vec<Condition>,
    /// Caveats that it came with, in words.
    pub caveats: Vec<String>,
    /// The desk that it originates from.
    pub originator: String,
    /// The partner that it came from.
    pub from: Option<String>,
    /// Held or purged.
    pub state: RecordState,
    /// When it is deleted here.
    pub due: Option<Timestamp>,
    /// The request that it answers.
    pub request: Option<Id>,
    /// Which partners hold a copy, and where their duty to delete stands.
    pub shared: Vec<Shared>,
}

/// A partner who holds a copy.
#[derive(Clone, Debug, Serialize)]
pub struct Shared {
    /// Who.
    pub partner: String,
    /// Where its duty to delete stands.
    pub duty: DutyState,
    /// By when.
    pub delete_by: Option<Timestamp>,
}

/// An item's record as it is shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<ItemSummary, Error> {
    let terms = Terms::read(&record.terms)?;
    let content = workspace.content(record)?;
    let text =
        |key: &str| content.as_ref().and_then(|c| c.get(key)).and_then(Json::text).unwrap_or_default().to_owned();
    let shared = record
        .shared
        .iter()
        .map(|h| Ok(Shared { partner: workspace.code_of(h.partner)?, duty: h.duty, delete_by: h.delete_by }));
    Ok(ItemSummary {
        id: record.id,
        case: terms.case,
        r#type: terms.kind,
        value: text("value"),
        title: text("title"),
        note: text("note"),
        tier: terms.tier,
        category: terms.category,
        person_class: terms.person_class,
        assertion: terms.assertion,
        source_grade: terms.source_grade,
        information_grade: terms.information_grade,
        tlp: terms.marking.tlp,
        pap: terms.marking.pap,
        handling: terms.marking.handling,
        conditions: terms.conditions,
        caveats: content.as_ref().map(item::caveats_of).unwrap_or_default(),
        originator: workspace.code_of(record.desk)?,
        from: record.partner.map(|p| workspace.code_of(p)).transpose()?,
        state: record.state,
        due: record.due,
        request: terms.request,
        shared: shared.collect::<Result<_, Error>>()?,
    })
}

fn list(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let case = args.maybe("case").map(|c| workspace.find_record(c, &[Kind::Case])).transpose()?.map(|r| r.id);
    let tier = args.maybe_read("tier", "1 to 4", Tier::parse)?;
    let limit = args.number("limit")?.map_or(1000, |n| u32::try_from(n).unwrap_or(0));
    let query = Query { case, tier, limit: Some(limit.saturating_add(1)), ..Query::kind(Kind::Item) };
    let mut found = workspace.records().find(&query)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let mut rows = Vec::with_capacity(found.len());
    for (n, record) in found.iter().enumerate() {
        if n % 1000 == 0 {
            job.at("reading", n as u64, Some(found.len() as u64))?;
        }
        rows.push(row(workspace, record)?);
    }
    let columns = &[
        ("id", "ID"),
        ("type", "TYPE"),
        ("tier", "TIER"),
        ("tlp", "TLP"),
        ("originator", "FROM"),
        ("state", "STATE"),
        ("conditions", "CONDITIONS"),
        ("value", "VALUE"),
    ];
    let answer = Output::list(&rows, columns);
    Ok(if more { answer.with_message(format!("The first {limit} of more: --limit shows others.")) } else { answer })
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    Ok(Output::thing(&row(workspace, &record)?))
}

fn marking(args: &Args, old: Marking) -> Result<Marking, Error> {
    let mut handling = args.words("handling", "H0 to H3", Handling::parse)?;
    handling.sort_unstable();
    handling.dedup();
    Ok(Marking {
        tlp: args.maybe_read("tlp", "a TLP 2.0 label", Tlp::parse_foreign)?.unwrap_or(old.tlp),
        pap: args.maybe_read("pap", "a PAP label", Pap::parse_foreign)?.unwrap_or(old.pap),
        handling: if handling.is_empty() { old.handling } else { handling },
    })
}

fn add(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let case = workspace.find_record(args.need("case")?, &[Kind::Case])?;
    let category = args.read("category", "a data category", Category::parse)?;
    let tier = args.maybe_read("tier", "1 to 4", Tier::parse)?.unwrap_or(category.least_tier());
    let person_class =
        args.maybe_read("person-class", "a class of person", PersonClass::parse)?.unwrap_or(PersonClass::None);
    let request = args.maybe("request").map(|r| workspace.find_record(r, &[Kind::Request])).transpose()?.map(|r| r.id);
    let terms = Terms {
        case: case.id,
        kind: args.read("type", "one word", token)?,
        tier,
        category,
        person_class,
        assertion: args.maybe_read("assertion", "fact or assessment", Assertion::parse)?.unwrap_or(Assertion::Fact),
        source_grade: args.maybe_read("source-grade", "A to F", |w| Reliability::parse(&w.to_ascii_uppercase()))?,
        information_grade: args.maybe_read("information-grade", "1 to 6", Credibility::parse)?,
        marking: marking(args, Marking::default_for(tier))?,
        conditions: Vec::new(),
        originator: workspace.meta.desk,
        request,
        delete_by: args
            .maybe("delete-after")
            .map(|_| args.time("delete-after", now))
            .transpose()?
            .unwrap_or(now.plus(retention::term(tier))),
    };
    let mut content = object! { "value" => args.line("value")? };
    for (key, value) in [("title", args.maybe_line("title")?), ("note", args.body("note")?)] {
        if let Some(value) = value {
            content.set(key, value);
        }
    }
    let id = workspace.entropy.id()?;
    workspace.act_alone(crate::record::item::ADD, Audience::OwnDesk, |e, _| {
        Ok(item::new(id, &terms, &content, e.salt()?))
    })?;
    Ok(Output::made(id, format!("Added at tier {tier}; deleted {}.", terms.delete_by.to_minute())))
}

fn mark(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let marking = marking(args, Terms::read(&record.terms)?.marking)?;
    // What was approved was approved as it was marked then.
    let changed = marking != Terms::read(&record.terms)?.marking;
    let mut lapse = workspace.records().find(&Query { subject: Some(record.id), ..Query::kind(Kind::Review) })?;
    lapse.retain(|r| changed && review::is_approval(r));
    workspace.act(item::MARK, Audience::OwnDesk, None, |act, entropy| {
        act.change(item::marked(record.id, &marking))?;
        for review in &lapse {
            act.change(review::lapsed(
                review.id,
                Changed::Facts,
                "the markings of the item were changed",
                entropy.salt()?,
            ))?;
        }
        Ok(())
    })?;
    let lapsed: Vec<String> = lapse.iter().map(|r| format!("V-{}", r.id.short())).collect();
    let also = match lapsed.as_slice() {
        [] => String::new(),
        all => format!(" Its approval {} has lapsed: it needs another review before it is shared.", all.join(", ")),
    };
    Ok(Output::made(record.id, format!("Marked TLP:{} PAP:{}.{also}", marking.tlp, marking.pap)).with("lapsed", lapsed))
}

// --- import --------------------------------------------------------------------------------------------------------

words! {
    /// A character between columns that has a name.
    Delimiter {
        /// A tab.
        Tab = "tab",
        /// `,`
        Comma = "comma",
        /// `;`
        Semicolon = "semicolon",
        /// A space.
        Space = "space",
    }
}

impl Delimiter {
    const fn byte(self) -> u8 {
        match self {
            Self::Tab => b'\t',
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Space => b' ',
        }
    }
}

fn options(args: &Args) -> Result<Options, Error> {
    let byte = |field: &str| -> Result<Option<u8>, Error> {
        let one = |t: &str| <[u8; 1]>::try_from(t.as_bytes()).ok().map(|[b]| b).filter(u8::is_ascii);
        let named = |t: &str| Delimiter::parse(t).map(Delimiter::byte).or_else(|| one(t));
        args.maybe_read(field, "one character, or comma, tab, semicolon", named)
    };
    let column = |(name, n): (String, String)| -> Result<(String, usize), Error> {
        let n =
            n.parse().map_err(|_| Error::usage(format!("--column {}: a number from 1 is expected", shown(&name))))?;
        Ok((name, n))
    };
    Ok(Options {
        columns: args.pairs("column")?.into_iter().map(column).collect::<Result<_, _>>()?,
        kind: args.maybe_read("type", "one word", token)?,
        category: args.maybe_read("category", "a data category", Category::parse)?,
        tier: args.maybe_read("tier", "1 to 4", Tier::parse)?,
        delimiter: byte("delimiter")?,
        comment: byte("comment")?,
        header: args.flag("header"),
    })
}

/// The digest of an open file from its beginning, where it stands again afterwards.
fn digest_of(file: &mut (impl Read + Seek)) -> Result<Digest, Error> {
    let mut hash = Sha256::new();
    file.rewind()?;
    std::io::copy(file, &mut hash)?;
    file.rewind()?;
    Ok(Digest::from_bytes(hash.finalize().into()))
}

fn import_file(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let path = args.path("file")?;
    let name = args.need("format")?;
    let format = exchange::format(name)
        .ok_or_else(|| Error::usage(format!("--format {}: {} are known", shown(name), formats().join(", "))))?;
    let options = options(args)?;
    let case = workspace.find_record(args.need("case")?, &[Kind::Case])?;
    // Opened once: what is read, and what is said to have been read, is this file and no other.
    let mut source = file::open(&path)?;
    let digest = digest_of(&mut source)?;
    let file_name = text::shown(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned();
    let home = workspace.meta.desk;
    let id = workspace.entropy.id()?;
    let (count, _) = workspace.act(crate::record::import::IMPORT, Audience::OwnDesk, None, |act, entropy| {
        act.change(import::new(id, case.id, format.name, &file_name, &digest, entropy.salt()?))?;
        let now = act.now();
        let mut input = BufReader::with_capacity(256 * 1024, &mut source);
        let mut count = 0u64;
        let make = |push: &mut dyn FnMut(PreparedChange) -> bool| -> Result<(), Error> {
            let mut failed = None;
            let mut one = |found: Found| -> Result<bool, Error> {
                let (terms, content) = item_of(found, case.id, home, now);
                Ok(push(PreparedChange::new(item::new(entropy.id()?, &terms, &content, entropy.salt()?))?))
            };
            let mut each = |found: Found| match one(found) {
                Ok(goes_on) => goes_on,
                Err(failure) => {
                    failed = Some(failure);
                    false
                }
            };
            let read = (format.read)(&mut input, &options, &mut each);
            match (failed, read) {
                (Some(failure), _) => Err(failure),
                (None, Err(bad)) => {
                    let what = format!("{}: {bad}", shown(&path.to_string_lossy()));
                    Err(Error::new(
                        ErrorKind::Malformed,
                        what,
                        "nothing was imported; mend the file, or name its format and columns",
                    ))
                }
                (None, Ok(())) => Ok(()),
            }
        };
        beside(make, |change| {
            if count.is_multiple_of(1000) {
                job.at("importing", count, None)?;
            }
            count += 1;
            Ok(act.prepared(change)?)
        })?;
        if count == 0 {
            return Err(Error::new(ErrorKind::Malformed, "the file holds no items", "nothing was imported"));
        }
        if digest_of(&mut source)? != digest {
            return Err(FileError::Changed(path.clone()).into());
        }
        Ok(count)
    })?;
    Ok(Output::made(id, format!("{count} items imported, as one act.")).with("imported", count))
}

fn item_of(found: Found, case: Id, home: Id, now: Timestamp) -> (Terms, Json) {
    let terms = Terms {
        case,
        kind: found.kind,
        tier: found.tier,
        category: found.category,
        person_class: found.person_class,
        assertion: found.assertion,
        source_grade: found.source_grade,
        information_grade: found.information_grade,
        marking: found.marking.unwrap_or_else(|| Marking::default_for(found.tier)),
        conditions: Vec::new(),
        originator: home,
        request: None,
        delete_by: now.plus(retention::term(found.tier)),
    };
    let mut content = object! { "value" => found.value };
    for (key, value) in [("title", found.title), ("note", found.note), ("original", found.original)] {
        if let Some(value) = value {
            content.set(key, value);
        }
    }
    if !found.ids.is_empty() {
        let mut ids = object! {};
        for (scheme, id) in found.ids {
            ids.set(scheme, id);
        }
        content.set("ids", ids);
    }
    (terms, content)
}
