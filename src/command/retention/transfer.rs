//! The transfer that a review of retention came to: a bag of a case or an item, handed over to an archive or another authority by another
//! person than who reviewed it. It erases nothing. What partners gave, what another originator's word binds and what is held back stays,
//! and so does whatever names or speaks of that.

use std::collections::HashSet;

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::desk::workspace_info::short;
use crate::command::item::bag::NewBag;
use crate::command::item::chain::{attachment_of, enter_damage, exhibit_of, leaving};
use crate::command::{case, destination, item, request, review};
use crate::gate::cleared::{self, Cleared};
use crate::record::custody::{self, Event, Words};
use crate::record::kind::Kind;
use crate::record::retention::{self, HandedOver, REVIEWABLE};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{item as items, privilege};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::evidence;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "retention",
    name: "transfer",
    about: "Hand over as a bag what a review says is transferred: a case with its exhibits, or an item",
    args: &[
        Arg::new("record", ArgKind::Record(&[Kind::Case, Kind::Item]), "the case or the item").positional(),
        Arg::new("to", ArgKind::Line, "the archive or the authority that receives it").required(),
        Arg::new("authority", ArgKind::Line, "under which law, order or agreement").required(),
        Arg::new("export", ArgKind::ToWrite, "a folder, new or empty, to write the bag to").required(),
        Arg::new("dry-run", ArgKind::Flag, "only say what would go, and what stays and why"),
    ],
    writes: Some(Writes {
        act: retention::TRANSFER,
        weight: Weight::Signs,
        needs: Needs::OneOf(REVIEWABLE),
        rehearsable: false,
        preview: Preview::DryRun,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[Key::Sign],
    }),
    run: Handler::Writes(transfer),
}];

/// What the signature of such a bag is for.
const PURPOSE: &str = "transfer";

/// What stays here, and why.
#[derive(Clone, Debug, Serialize)]
struct Stays {
    id: Id,
    because: &'static str,
}

/// What was handed over.
#[derive(Serialize)]
struct Transferred {
    /// The review that said so.
    id: Id,
    /// How many items are in the bag.
    items: usize,
    /// How many of them with their files.
    exhibits: usize,
    /// How many requests and reviews are told of.
    procedure: usize,
    /// What stays.
    stays: Vec<Stays>,
    /// The folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
    /// The SHA-256 of what was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed: Option<Digest>,
}

/// What goes and what stays.
#[derive(Default)]
struct Contents {
    items: Vec<Id>,
    exhibits: Vec<Id>,
    /// Own requests, and reviews of what goes.
    procedure: Vec<Id>,
    stays: Vec<Stays>,
}

/// Why an item stays; `None` where it goes.
fn stays(record: &Record) -> Result<Option<&'static str>, Error> {
    Ok(if record.is_purged() {
        Some("erased")
    } else if privilege::is_held_back(record).is_some() {
        Some("held back as privileged")
    } else if record.partner.is_some() {
        Some("given by a partner: ask it, and let it give the item itself")
    } else if items::Terms::read(&record.terms)?.third {
        Some("another originator's: nothing here says that it may be given on")
    } else {
        None
    })
}

fn contents_of(workspace: &Workspace, of: &Record, job: &mut Job) -> Result<Contents, Error> {
    let mut contents = Contents::default();
    // What names others, and whom.
    let mut naming: Vec<(Id, Vec<Id>)> = Vec::new();
    let mut sort = |record: &Record| -> Result<(), Error> {
        if let Some(because) = stays(record)? {
            contents.stays.push(Stays { id: record.id, because });
            return Ok(());
        }
        contents.items.push(record.id);
        if items::is_exhibit(record) {
            contents.exhibits.push(record.id);
        }
        let references = items::Terms::read(&record.terms)?.references;
        if !references.is_empty() {
            naming.push((record.id, references));
        }
        Ok(())
    };
    if of.kind == Kind::Item {
        sort(of)?;
    } else {
        let mut after = None;
        loop {
            let query = Query { case: Some(of.id), after, limit: Some(2000), ..Query::kind(Kind::Item) };
            let page = workspace.records().find(&query)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            page.iter().try_for_each(&mut sort)?;
            job.at("looking", 0, None)?;
        }
    }
    let mut goes: HashSet<Id> = contents.items.iter().copied().collect();
    // What names something that stays would tell of it, and what names that would, too.
    loop {
        let mut more = Vec::new();
        for (id, references) in naming.iter().filter(|(id, _)| goes.contains(id)) {
            for named in references.iter().filter(|named| !goes.contains(*named)) {
                if workspace.records().get(*named)?.is_some_and(|named| !named.is_purged()) {
                    more.push(*id);
                    break;
                }
            }
        }
        if more.is_empty() {
            break;
        }
        for id in more {
            goes.remove(&id);
            contents.stays.push(Stays { id, because: "it names something that stays" });
        }
    }
    contents.items.retain(|id| goes.contains(id));
    contents.exhibits.retain(|id| goes.contains(id));
    // What a partner wrote is the partner's.
    let own = |query: Query| -> Result<Vec<Record>, Error> {
        let mut found = workspace.records().find(&query)?;
        found.retain(|r| r.desk == workspace.meta.desk && !r.is_purged());
        Ok(found)
    };
    if of.kind == Kind::Case {
        contents.procedure.extend(own(Query { case: of.case, ..Query::kind(Kind::Request) })?.iter().map(|r| r.id));
        goes.extend(&contents.procedure);
    }
    let reviews = own(Query { case: of.case, ..Query::kind(Kind::Review) })?;
    contents.procedure.extend(reviews.iter().filter(|r| r.subject.is_some_and(|of| goes.contains(&of))).map(|r| r.id));
    Ok(contents)
}

/// The review that says that a record is transferred, where the record is this desk's to hand over.
///
/// # Errors
///
/// [`ErrorKind::Refused`] where none says so, a newer one says otherwise, or the record stays.
pub fn review_of(workspace: &Workspace, record: &Record) -> Result<Record, Error> {
    let review = retention::to_be_transferred(&workspace.records(), record.id)?.ok_or_else(|| {
        let what = format!("no review says that the {} is transferred", record.kind);
        let how = format!("one person says so: `comity retention review {} --outcome transfer`", record.id.short());
        Error::not_allowed(what).hint(how)
    })?;
    if record.kind == Kind::Case && record.desk != workspace.meta.desk {
        let what = "the case is another desk's: what it says of it is its own to hand over";
        return Err(Error::not_allowed(what).hint("hand over the items that are this desk's, one by one"));
    }
    if record.kind == Kind::Item
        && let Some(because) = stays(record)?
    {
        return Err(Error::not_allowed(because).hint("nothing was written"));
    }
    Ok(review)
}

fn transfer(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("record")?, &[Kind::Case, Kind::Item])?;
    let to = destination::empty_folder(args, "export")?;
    let (receiver, authority) = (args.line("to")?, args.line("authority")?);
    let review = review_of(workspace, &record)?;
    let now = workspace.may_sign(retention::TRANSFER)?;
    // Who may not do it learns nothing of what there is.
    let handed_over = clear(workspace, &review, Handover { receiver, authority, now })?;
    let contents = contents_of(workspace, &record, job)?;
    if contents.items.is_empty() && record.kind == Kind::Item {
        let because = contents.stays.first().map_or("there is nothing to hand over", |s| s.because);
        return Err(Error::not_allowed(because).hint("nothing was written"));
    }
    let mut answer = Transferred {
        id: review.id,
        items: contents.items.len(),
        exhibits: contents.exhibits.len(),
        procedure: contents.procedure.len(),
        stays: contents.stays.clone(),
        folder: None,
        signed: None,
    };
    if args.flag("dry-run") {
        let said = format!("Would hand over {}", said(&answer));
        return Ok(Output::thing(&answer).with_message(said));
    }
    let mut bag = NewBag::begin(to)?;
    let entries = write(workspace, &record, (&review, &handed_over), &contents, &mut bag, job)?;
    let (number, id) = (short(record.kind, record.id), record.id.to_string());
    let (desk, me) = (workspace.own_record()?, workspace.name_of(workspace.person())?);
    let desk = workspace.text_of(&desk, "name")?;
    let banner = workspace.meta.realm.banner().unwrap_or_default();
    let info = [
        ("External-Description", banner.as_str()),
        ("Source-Organization", desk.as_str()),
        ("Contact-Name", me.as_str()),
        ("External-Identifier", number.as_str()),
        ("Internal-Sender-Identifier", id.as_str()),
    ];
    let signed = bag.sign(workspace, now, PURPOSE, &info)?;
    // Logged first: what was handed over and not logged cannot be.
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let figures = HandedOver {
        manifest: signed,
        items: count(answer.items),
        exhibits: count(answer.exhibits),
        stay: count(answer.stays.len()),
    };
    let Handover { receiver, authority, .. } = handed_over.value();
    workspace.act(retention::TRANSFER, Audience::OwnDesk, None, |act, entropy| {
        act.change(retention::transferred(review.id, &figures, receiver, authority, entropy.salt()?))?;
        for (id, of, words) in &entries {
            act.change(custody::entered(*id, *of, Event::Exported, now, words, entropy.salt()?))?;
        }
        Ok(())
    })?;
    let folder = bag.finish()?;
    let said = format!(
        "Written to {folder}: {} Check it with `sha256sum -c manifest-sha256.txt` in that folder. Nothing was erased here: `retention purge` \
         does that, once {receiver} has said that it is there.",
        said(&answer)
    );
    (answer.folder, answer.signed) = (Some(folder), Some(signed));
    Ok(Output { made: Some(review.id), ..Output::thing(&answer).with_message(said) })
}

fn said(answer: &Transferred) -> String {
    let mut all = vec![format!(
        "{}, {} of them with their files, and {} of this desk and its legal reviewers.",
        counted(answer.items, "item"),
        answer.exhibits,
        counted(answer.procedure, "paper")
    )];
    match answer.stays.len() {
        0 => {}
        1 => all.push("1 item stays here; --json says why.".to_owned()),
        n => all.push(format!("{n} items stay here; --json says why.")),
    }
    all.join(" ")
}

/// To whom something is handed over, under which authority, and when.
struct Handover {
    receiver: String,
    authority: String,
    now: Timestamp,
}

fn clear<T>(workspace: &Workspace, review: &Record, value: T) -> Result<Cleared<T>, Error> {
    let (records, now) = (workspace.trusted_records()?, workspace.now());
    let first = retention::signed_by(review);
    let asked = (workspace.person(), retention::TRANSFER, first);
    cleared::clear_as_second(&records, &workspace.meta.realm, now, asked, value)?
        .map_err(|verdict| Error::refused(verdict, review.subject))
}

/// An entry that is made in the chain of custody of an exhibit.
type CustodyEntry = (Id, Id, Words);

/// Writes the payload. Returns what is entered in the chains of custody.
fn write(
    workspace: &mut Workspace,
    record: &Record,
    (review, handed_over): (&Record, &Cleared<Handover>),
    contents: &Contents,
    bag: &mut NewBag,
    job: &mut Job,
) -> Result<Vec<CustodyEntry>, Error> {
    let Handover { receiver, authority, now } = handed_over.value();
    let total = contents.items.len() as u64;
    if record.kind == Kind::Case {
        bag.put("data/case.json", &line(&case::row(workspace, record)?)?)?;
        bag.put("data/what-this-does-not-prove.txt", include_bytes!("../../../assets/exhibit/not-proved.txt"))?;
    }
    let reviewed_by = retention::signed_by(review).map(|by| workspace.name_of(by)).transpose()?;
    let about = serde_json::json!({
        "exercise": workspace.meta.realm.banner(), "review": review.id, "reviewed_by": reviewed_by, "because": workspace.text_of(review, "because")?,
        "to": receiver, "authority": authority, "at": now.to_string(),
        "by": workspace.name_of(workspace.person())?, "stays": contents.stays.len(),
    });
    bag.put("data/transfer.json", &line(&about)?)?;
    let mut part = bag.part("data/items.jsonl")?;
    for (done, ids) in contents.items.chunks(1000).enumerate() {
        job.at("writing items", done as u64 * 1000, Some(total))?;
        let mut page = Vec::new();
        for id in ids {
            let Some(record) = workspace.records().get(*id)? else { continue };
            page.extend(line(&item::row(workspace, &record)?)?);
        }
        // Who looks is on record before anything leaves.
        workspace.keep_looks()?;
        part.write(&page)?;
    }
    bag.end(part)?;
    if !contents.procedure.is_empty() {
        let mut part = bag.part("data/procedure.jsonl")?;
        for id in &contents.procedure {
            let Some(record) = workspace.records().get(*id)? else { continue };
            let row = match record.kind {
                Kind::Request => line(&request::row(workspace, &record)?)?,
                _ => line(&review::whole(workspace, &record)?.value)?,
            };
            workspace.keep_looks()?;
            part.write(&row)?;
        }
        bag.end(part)?;
    }
    let mut entries = Vec::new();
    for id in &contents.exhibits {
        let Some(record) = workspace.records().get(*id)? else { continue };
        let Some(attachment) = attachment_of(workspace, &record)? else { continue };
        workspace.looks_at(&record)?;
        workspace.keep_looks()?;
        let (mut exhibit, _) = exhibit_of(workspace, &record)?;
        let entry = workspace.entropy.id()?;
        let why = format!("handed over to {receiver} with its case");
        let folder = format!("data/exhibits/{id}");
        let words = leaving(&mut exhibit, folder, (entry, *now), (why, authority.clone()));
        let cleared = clear(workspace, review, exhibit)?;
        if let Err(damage) = bag.put_exhibit(workspace, &record, (&attachment, &cleared), job)? {
            enter_damage(workspace, &record, damage)?;
            return Err(evidence::damaged(record.id, damage));
        }
        entries.push((entry, record.id, words));
    }
    Ok(entries)
}

fn line(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut bytes =
        serde_json::to_vec(value).map_err(|e| Error::new(ErrorKind::Internal, e.to_string(), "please report it"))?;
    bytes.push(b'\n');
    Ok(bytes)
}
