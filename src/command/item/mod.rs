//! Items of a case: added by hand, listed, shown, marked; what their originators say of them.

pub mod bag;
pub mod chain;
pub mod custody;
mod exhibit;
pub mod export;
pub mod import;
pub mod links;
pub mod mapping;
pub mod privilege;
pub mod time_stamp;

use crate::record::kind::Kind;
use crate::record::kind::State as RecordState;

use serde::Serialize;

use self::privilege::{HeldValues, held_back_as};
use crate::act::header::Audience;
use crate::command::crossing::{MADE_FOR_EXERCISE, must_be_made_for};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::shape::{TIER, TOKEN};
use crate::exchange::sidecar;
use crate::host::file;
use crate::law::retention::{self, Class, Silence, Trigger};
use crate::object;
use crate::record::custody::{self as custody_entry, Event, Words};
use crate::record::definition::token;
use crate::record::item::{self, Terms};
use crate::record::review::{self, Changed};
use crate::record::store::{DutyState, Query, Record, RecordStore as _};
use crate::value::class::{Assertion, Category, Condition, Credibility, PersonClass, Reliability, Tier};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::{Handling, Marking, Pap, Tlp};
use crate::value::text::{self, shown};
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::evidence::{self, Attachment, MediaHash};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const CASE: Arg = Arg::new("case", ArgKind::Record(&[Kind::Case]), "the case");
const ITEM: Arg = Arg::new("item", ArgKind::Record(&[Kind::Item]), "the item").positional();
const TLP: Arg =
    Arg::new("tlp", ArgKind::Word(all_words::<Tlp>), "TLP 2.0 marking; without it, the default of the tier");
const PAP: Arg = Arg::new("pap", ArgKind::Word(all_words::<Pap>), "PAP marking; without it, the default of the tier");
const HANDLING: Arg = Arg::new("handling", ArgKind::Words(all_words::<Handling>), "Europol handling codes").repeated();
const LIMIT: Arg = Arg::new("limit", ArgKind::Number, "at most so many (1000 where it is not said)").cli_only();

/// The largest sidecar text that is read, in bytes.
const LARGEST_SIDECAR: u64 = 4 << 20;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "item",
        name: "add",
        about: "Add an item to a case",
        args: &[
            CASE.required(),
            Arg::new("type", ArgKind::Line, "what it is: domain, ipv4, account, document, …")
                .of_shape(TOKEN)
                .required(),
            Arg::new("category", ArgKind::Word(all_words::<Category>), "its data category").required(),
            Arg::new("value", ArgKind::Line, "its value; of a file, its name where nothing else is said"),
            Arg::new("tier", ArgKind::Number, "its tier, 1 to 4; without it, the lowest that its category allows")
                .of_shape(TIER),
            Arg::new("person-class", ArgKind::Word(all_words::<PersonClass>), "whom it is about"),
            Arg::new("assertion", ArgKind::Word(all_words::<Assertion>), "fact or assessment"),
            Arg::new(
                "file",
                ArgKind::Existing,
                "the file of an exhibit, of any size: it is sealed beside the database",
            ),
            Arg::new(
                "media-hash",
                ArgKind::Line,
                "a hash of the medium that the file is an image of, as `sha256:…`, md5, sha1 or sha512",
            )
            .repeated(),
            Arg::new("media-tool", ArgKind::Line, "the tool that took the hash of the medium"),
            Arg::new(
                "sidecar",
                ArgKind::Existing,
                "the text that the imaging tool wrote: hashes of the medium are read from it",
            ),
            MADE_FOR_EXERCISE,
            Arg::new("from", ArgKind::Line, "of an exhibit: from whom it was received"),
            Arg::new("where", ArgKind::Line, "of an exhibit: where it was acquired"),
            Arg::new("authority", ArgKind::Line, "of an exhibit: under which authority"),
            Arg::new("seal", ArgKind::Line, "of an exhibit: the number of its seal"),
            Arg::new("condition", ArgKind::Line, "of an exhibit: in which condition it came"),
            Arg::new("title", ArgKind::Line, "a title"),
            Arg::new("note", ArgKind::Body, "a note"),
            Arg::new(
                "source-grade",
                ArgKind::Word(all_words::<Reliability>),
                "how reliable its source is: A (completely) to F (not known)",
            ),
            Arg::new(
                "information-grade",
                ArgKind::Word(all_words::<Credibility>),
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
        name: "list",
        about: "List the items of a case",
        args: &[CASE, Arg::new("tier", ArgKind::Number, "only of this tier").of_shape(TIER), LIMIT],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "item",
        name: "show",
        about: "Show an item",
        args: &[
            ITEM,
            Arg::new("original", ArgKind::Flag, "also the object as it stood in the file, which never leaves"),
        ],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "item",
        name: "mark",
        about: "Change how an item is marked or classed",
        args: &[
            ITEM,
            TLP,
            PAP,
            HANDLING,
            Arg::new("tier", ArgKind::Number, "another tier, 1 to 4, with a reason").of_shape(TIER),
            Arg::new("category", ArgKind::Word(all_words::<Category>), "another data category, with a reason"),
            Arg::new("person-class", ArgKind::Word(all_words::<PersonClass>), "another class of person, with a reason"),
            Arg::new("because", ArgKind::Body, "why its tier, its category or its class of person is another"),
        ],
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
    Command {
        noun: "item",
        name: "correct",
        about: "Put right what an item says; `error report` tells who holds a copy, and a copy that is disclosed again replaces theirs",
        args: &[
            ITEM,
            Arg::new("value", ArgKind::Line, "the value as it should be"),
            Arg::new("title", ArgKind::Line, "the title as it should be"),
            Arg::new("note", ArgKind::Body, "the note as it should be"),
            Arg::new("because", ArgKind::Body, "what was wrong with it").required(),
        ],
        writes: Some(Writes {
            act: item::CORRECT,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never("correct it back: the record keeps both"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(correct),
    },
    Command {
        noun: "item",
        name: "consent",
        about: "Record what the originator of an item, who is no partner, says of giving it to a partner",
        args: &[
            ITEM,
            Arg::new("to", ArgKind::Partner, "the partner that it may go to").required(),
            Arg::new("reference", ArgKind::Line, "the letter or the call that says so").required(),
            Arg::new("refused", ArgKind::Flag, "it refuses"),
        ],
        writes: Some(Writes {
            act: item::CONSENT,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never("record what it says now: the record keeps both"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(consent),
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
    /// Markings that nobody here could read.
    pub unknown_markings: Vec<String>,
    /// Who it originates from: a desk, or whom the file that it came in names.
    pub originator: String,
    /// The partner that it came from.
    pub from: Option<String>,
    /// Whether that partner gave more than this desk's agreement with it covers: it is not passed on.
    pub above_ceiling: bool,
    /// Held or purged.
    pub state: RecordState,
    /// When it is deleted here.
    pub due: Option<Timestamp>,
    /// The request that it answers.
    pub request: Option<Id>,
    /// As it was written, where its value is in another form.
    pub written: Option<String>,
    /// Its ids elsewhere.
    pub ids: serde_json::Value,
    /// What else the file that it came in says of it.
    pub properties: serde_json::Value,
    /// The items that it names.
    pub references: Vec<Named>,
    /// Whether it is a relation between the first two of them.
    #[serde(skip)]
    pub is_relation: bool,
    /// Which partners hold a copy, and where their duty to delete stands.
    pub shared: Vec<Shared>,
}

/// An item that another one names.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    /// The record.
    pub id: Id,
    /// Its title or its value; empty where it is not here, or was purged.
    pub value: String,
}

/// An item as it is shown alone.
#[derive(Serialize)]
struct ItemShown {
    #[serde(flatten)]
    summary: ItemSummary,
    /// Its file, where it is an exhibit.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FileShown>,
    /// The items of its case that name it.
    named_by: Vec<Named>,
    /// The object as it stood in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<String>,
}

/// The file of an exhibit as it is shown.
#[derive(Serialize)]
struct FileShown {
    /// Its name.
    name: String,
    /// Its size in bytes.
    size: u64,
    /// Its SHA-256 at acquisition.
    sha256: Digest,
    /// The tool that took it.
    tool: &'static str,
    /// Hashes of the medium that it is an image of: not of the file.
    media: Vec<MediaHash>,
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
    // What is held back does not say what it is between either.
    let named_here = if workspace.is_held_back(record)? { &[] } else { terms.references.as_slice() };
    // A relation reads as what it is between: the names are those of the items, and die with them.
    let references: Vec<Named> = named_here.iter().map(|id| named(workspace, *id)).collect::<Result<_, _>>()?;
    let relation = relation_between(&text("relation"), &references);
    let is_relation = relation.is_some();
    let value = relation.unwrap_or_else(|| text("value"));
    let third = if terms.third { text("originator") } else { String::new() };
    let as_value = |key: &str| {
        let json = content.as_ref().and_then(|c| c.get(key));
        json.and_then(|j| serde_json::from_str(&j.to_text()).ok()).unwrap_or(serde_json::Value::Null)
    };
    let shared = record
        .shared
        .iter()
        .map(|h| Ok(Shared { partner: workspace.code_of(h.partner)?, duty: h.duty, delete_by: h.delete_by }));
    Ok(ItemSummary {
        id: record.id,
        case: terms.case,
        r#type: terms.kind,
        value,
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
        unknown_markings: content.as_ref().map(item::unknown_markings_of).unwrap_or_default(),
        originator: if third.is_empty() { workspace.code_of(record.desk)? } else { third },
        from: workspace.partner_of(record)?,
        above_ceiling: item::is_above_ceiling(record),
        state: record.state,
        due: record.due,
        request: terms.request,
        written: Some(text("written")).filter(|w| !w.is_empty()),
        ids: as_value("ids"),
        properties: as_value("properties"),
        references,
        is_relation,
        shared: shared.collect::<Result<_, Error>>()?,
    })
}

/// How a relation reads between the first two of what it names; `None`: it is none.
fn relation_between(relation: &str, named: &[Named]) -> Option<String> {
    let [from, to, ..] = named else { return None };
    (!relation.is_empty()).then(|| format!("{} {relation} → {}", from.value, to.value))
}

/// What an item is called in a line, where that is no member of its content: a relation, by what it is between.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn relation_of(workspace: &Workspace, record: &Record) -> Result<Option<String>, Error> {
    let references = Terms::read(&record.terms)?.references;
    let word = relation_word(workspace, record, &references)?;
    let (Some(word), [from, to, ..]) = (word, references.as_slice()) else { return Ok(None) };
    Ok(relation_between(&word, &[named(workspace, *from)?, named(workspace, *to)?]))
}

/// The word of an item that is a relation between the first two that it names.
fn relation_word(workspace: &Workspace, record: &Record, named: &[Id]) -> Result<Option<String>, Error> {
    if named.len() < 2 || workspace.is_held_back(record)? {
        return Ok(None);
    }
    Ok(Some(workspace.text_of(record, "relation")?).filter(|word| !word.is_empty()))
}

/// What an item that another one names is called.
fn named(workspace: &Workspace, id: Id) -> Result<Named, Error> {
    let record = workspace.records().get(id)?.filter(|r| r.kind == Kind::Item);
    let content = record.map(|r| workspace.content(&r)).transpose()?.flatten();
    let text = |key: &str| content.as_ref().and_then(|c| c.get(key)).and_then(Json::text).filter(|t| !t.is_empty());
    Ok(Named { id, value: text("title").or_else(|| text("value")).unwrap_or_default().to_owned() })
}

fn list(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let case = args.maybe("case").map(|c| workspace.find_record(c, &[Kind::Case])).transpose()?.map(|r| r.id);
    let tier = args.maybe_read("tier", TIER.what, Tier::parse)?;
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
    let answer = Output::list(&rows, columns).of(Kind::Item);
    Ok(if more { answer.with_message(format!("The first {limit} of more: --limit shows others.")) } else { answer })
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let attachment = chain::attachment_of(workspace, &record)?;
    if attachment.is_some() {
        chain::looks(workspace, &record, "")?;
    }
    let file = attachment.map(|a| FileShown {
        name: a.name,
        size: a.size,
        sha256: a.sha256,
        tool: evidence::TOOL,
        media: a.media,
    });
    let mut named_by = Vec::new();
    let mut after = None;
    // Links are kept with the item that names another; the other way is found in its case.
    while let Some(case) = record.case {
        let query = Query { case: Some(case), after, limit: Some(2000), ..Query::kind(Kind::Item) };
        let page = workspace.records().find(&query)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for other in &page {
            if Terms::read(&other.terms)?.references.contains(&record.id) {
                named_by.push(named(workspace, other.id)?);
            }
        }
    }
    let original = args.flag("original").then(|| workspace.text_of(&record, "original")).transpose()?;
    Ok(Output::thing(&ItemShown { summary: row(workspace, &record)?, file, named_by, original }))
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

/// Hashes of the medium that an exhibit is an image of: as they were typed, and as the imaging tool wrote them.
fn media_hashes(args: &Args) -> Result<Vec<MediaHash>, Error> {
    let tool = args.maybe_line("media-tool")?.unwrap_or_default();
    let mut all = Vec::new();
    for typed in args.all("media-hash") {
        let (algorithm, value) = sidecar::typed(typed).ok_or_else(|| {
            Error::usage(
                "--media-hash: `algorithm:hash` is expected, with md5, sha1, sha256 or sha512 and its hex digits",
            )
        })?;
        all.push(MediaHash { algorithm: algorithm.to_string(), value, tool: tool.clone() });
    }
    if args.maybe("sidecar").is_some() {
        let path = args.path("sidecar")?;
        let bytes = file::read(&path, LARGEST_SIDECAR)?;
        let found = sidecar::hashes(&String::from_utf8_lossy(&bytes)).map_err(|what| {
            let what = format!("{}: {what}", shown(&path.to_string_lossy()));
            Error::new(ErrorKind::Malformed, what, "nothing was added; name the hash with --media-hash")
        })?;
        for stated in found {
            let algorithm = stated.algorithm.to_string();
            if let Some(typed) = all.iter().find(|h| h.algorithm == algorithm && h.value != stated.value) {
                let what = format!("the {} of --media-hash is not the one that the sidecar states", typed.algorithm);
                return Err(Error::new(ErrorKind::Malformed, what, "nothing was added; find out which one is right"));
            }
            let tool = if tool.is_empty() { text::composed(&shown(&stated.tool)) } else { tool.clone() };
            all.retain(|h| h.algorithm != algorithm);
            all.push(MediaHash { algorithm, value: stated.value, tool });
        }
    }
    Ok(all)
}

/// Takes the file of an exhibit in, where one is named: before the act, so that an act never names a file that is not there.
fn taken_in(workspace: &Workspace, id: Id, args: &Args, job: &mut Job) -> Result<Option<Attachment>, Error> {
    const OF_A_FILE: [&str; 8] =
        ["media-hash", "media-tool", "sidecar", "from", "where", "authority", "seal", "condition"];
    if args.maybe("file").is_none() {
        return match OF_A_FILE.into_iter().find(|field| args.maybe(field).is_some()) {
            Some(field) => Err(Error::usage(format!("--{field} is said of an exhibit: name its --file"))),
            None => Ok(None),
        };
    }
    let path = args.path("file")?;
    must_be_made_for(workspace, args, &path)?;
    let media = media_hashes(args)?;
    workspace.may_sign(item::ADD)?;
    let verdict = workspace.may(item::ADD)?;
    if !verdict.allowed() {
        return Err(Error::refused(verdict, None));
    }
    evidence::take_in(workspace.folder(), id, &path, media, job).map(Some)
}

fn add(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let case = workspace.find_record(args.need("case")?, &[Kind::Case])?;
    let category = args.read("category", "a data category", Category::parse)?;
    let tier = args.maybe_read("tier", TIER.what, Tier::parse)?.unwrap_or(category.least_tier());
    let person_class =
        args.maybe_read("person-class", "a class of person", PersonClass::parse)?.unwrap_or(PersonClass::None);
    let request = args.maybe("request").map(|r| workspace.find_record(r, &[Kind::Request])).transpose()?.map(|r| r.id);
    let kind = args.read("type", TOKEN.what, token)?;
    let set = args.maybe("delete-after").map(|_| args.time("delete-after", now)).transpose()?;
    let class = item::class_of(&kind, args.maybe("file").is_some());
    let row = retention::row_for(class, tier, category, Trigger::Received);
    let dates = retention::dates(row, now, set);
    let silence = if set.is_some() { Silence::Delete } else { dates.silence };
    let terms = Terms {
        case: case.id,
        kind,
        tier,
        category,
        person_class,
        assertion: args.maybe_read("assertion", "fact or assessment", Assertion::parse)?.unwrap_or(Assertion::Fact),
        source_grade: args.maybe_read("source-grade", "A to F", |w| Reliability::parse(&w.to_ascii_uppercase()))?,
        information_grade: args.maybe_read("information-grade", "1 to 6", Credibility::parse)?,
        marking: marking(args, Marking::default_for(tier))?,
        conditions: Vec::new(),
        originator: workspace.meta.desk,
        third: false,
        references: Vec::new(),
        request,
        delete_by: set.unwrap_or(dates.due),
    };
    if args.maybe("file").is_none() {
        args.need("value")?;
    }
    let acquired = Words {
        person: args.maybe_line("from")?.unwrap_or_default(),
        place: args.maybe_line("where")?.unwrap_or_default(),
        authority: args.maybe_line("authority")?.unwrap_or_default(),
        seal: args.maybe_line("seal")?.unwrap_or_default(),
        condition: args.maybe_line("condition")?.unwrap_or_default(),
        ..Words::default()
    };
    let value = args.maybe_line("value")?;
    let texts = [("title", args.maybe_line("title")?), ("note", args.body("note")?)];
    let id = workspace.entropy.id()?;
    let attachment = taken_in(workspace, id, args, job)?;
    let named = || attachment.as_ref().map(|a| a.name.clone()).unwrap_or_default();
    let mut content = object! { "value" => value.unwrap_or_else(named) };
    for (key, value) in texts {
        if let Some(value) = value {
            content.set(key, value);
        }
    }
    let due = terms.delete_by.to_minute();
    let said = match silence {
        Silence::Delete => format!("Added at tier {tier}; will be deleted on {due}."),
        Silence::Restrict => {
            format!("Added at tier {tier}; will be reviewed on {due}, until the case gives it a date.")
        }
    };
    let kept = (row.map(|row| row.id.as_str()).unwrap_or_default(), silence);
    if let Some(attachment) = &attachment {
        content.set("attachment", attachment.to_json());
    }
    let same = HeldValues::of(workspace)?.same_as(&terms.kind, &content);
    let said = match same {
        Some((same, _)) => format!("{said} It is held back: so is E-{}, which says the same.", same.short()),
        None => said,
    };
    let added = workspace.act(item::ADD, Audience::OwnDesk, None, |act, e| {
        act.change(match class {
            Class::Evidence => item::new_evidence(id, &terms, kept, &content, e.salt()?),
            Class::Item | Class::Bulk => item::new(id, &terms, &content, e.salt()?),
        })?;
        if let Some(attachment) = &attachment {
            let acquired = Words { after: attachment.sha256.to_string(), ..acquired };
            let (entry, at) = (e.id()?, act.now());
            act.change(custody_entry::entered(entry, id, Event::Acquired, at, &acquired, e.salt()?))?;
        }
        if let Some(same) = same {
            act.change(held_back_as(id, same, e.salt()?))?;
        }
        Ok(())
    });
    let Some(attachment) = attachment else {
        added?;
        return Ok(Output::made(id, said));
    };
    if let Err(failure) = added {
        // Without its act the file counts for nothing; what cannot be removed now goes at the next start.
        let _ = file::remove(&evidence::path_of(workspace.folder(), id));
        return Err(failure);
    }
    let said = format!("{said} Its file: {} bytes, SHA-256 {}.", attachment.size, attachment.sha256);
    Ok(Output::made(id, said).with("sha256", attachment.sha256))
}

fn mark(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let old = Terms::read(&record.terms)?;
    let marking = marking(args, old.marking.clone())?;
    let category = args.maybe_read("category", "a data category", Category::parse)?.unwrap_or(old.category);
    let person_class =
        args.maybe_read("person-class", "a class of person", PersonClass::parse)?.unwrap_or(old.person_class);
    let tier = args.maybe_read("tier", TIER.what, Tier::parse)?.unwrap_or(old.tier.max(category.least_tier()));
    let another = (tier, category, person_class) != (old.tier, old.category, old.person_class);
    let because = args.body("because")?;
    if another && because.is_none() {
        return Err(Error::usage(
            "--because is missing: why is its tier, its category or its class of person another?",
        ));
    }
    let reclassed =
        because.filter(|_| another).map(|because| item::Reclassed { tier, category, person_class, because });
    // What was approved was approved as it was marked then.
    let changed = another || marking != old.marking;
    let mut lapse = workspace.records().find(&Query { subject: Some(record.id), ..Query::kind(Kind::Review) })?;
    lapse.retain(|r| changed && review::is_approval(r));
    workspace.act(item::MARK, Audience::OwnDesk, None, |act, entropy| {
        act.change(item::marked(record.id, &marking, reclassed.as_ref(), entropy.salt()?))?;
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
    let tier = if another { format!(" Tier {tier}, {category}.") } else { String::new() };
    let said = format!("Marked TLP:{} PAP:{}.{tier}{also}", marking.tlp, marking.pap);
    Ok(Output::made(record.id, said).with("lapsed", lapsed))
}

fn correct(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let mut content = workspace.content(&record)?.unwrap_or_else(|| object! {});
    let given =
        [("value", args.maybe_line("value")?), ("title", args.maybe_line("title")?), ("note", args.body("note")?)];
    if given.iter().all(|(_, text)| text.is_none()) {
        return Err(Error::usage("say what is put right: --value, --title or --note"));
    }
    for (key, text) in given {
        if let Some(text) = text {
            content.set(key, text);
        }
    }
    // As it was written before says nothing of what is right.
    content.remove("written");
    content.set("corrected", args.body("because")?.unwrap_or_default());
    workspace
        .act_alone(item::CORRECT, Audience::OwnDesk, |e, _| Ok(item::corrected(record.id, &content, e.salt()?)))?;
    let held = record.shared.len();
    let said = if held == 0 {
        "Put right.".to_owned()
    } else {
        format!(
            "Put right here. {held} of the partners hold a copy: `comity error report` tells them, and a disclosure of it replaces theirs."
        )
    };
    Ok(Output::made(record.id, said))
}

fn consent(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let to = workspace.partner(args.need("to")?)?;
    let (reference, given) = (args.line("reference")?, !args.flag("refused"));
    workspace.act_alone(item::CONSENT, Audience::OwnDesk, |entropy, _| {
        Ok(item::consented(record.id, to.id, given, &reference, entropy.salt()?))
    })?;
    let code = workspace.code_of(to.id)?;
    let said = if given {
        format!("Its originator agrees that {code} has it.")
    } else {
        format!("Its originator refuses: {code} does not get it.")
    };
    Ok(Output::made(record.id, said))
}
