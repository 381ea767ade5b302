//! What is offered for a thing: which commands the three capital keys mean for it, where it is shown, and what of a command's
//! form is known already. Asked on the reading thread.

use std::collections::BTreeMap;

use super::page::RecordRef;
use super::screen::definition::ViewParams;
use super::screen_id::ScreenId;
use crate::command::command;
use crate::command::definition::{ArgKind, Args, Command};
use crate::command::desk::workspace_info::{line_of, short};
use crate::command::disclosure;
use crate::record::item;
use crate::record::request::{Answer, Report, State};
use crate::record::store::{ChangeRow, Query, Record, RecordStore as _};
use crate::store::read;
use crate::value::class::Tier;
use crate::value::id::Id;
use crate::value::marking::Tlp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// The keys with consequences.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Capital {
    /// V.
    Review,
    /// S.
    Sign,
    /// X.
    Destroy,
}

/// The commands that a capital key means for a thing in its present state.
pub fn verbs_for(workspace: &Workspace, subject: &RecordRef, capital: Capital) -> Result<Vec<&'static Command>, Error> {
    let Some(record) = workspace.records().get(subject.id)? else { return Ok(Vec::new()) };
    let ours = record.desk == workspace.meta.desk;
    let names: &[&str] = match (record.kind, capital) {
        ("request", capital) => of_request(&record, ours, capital),
        ("item", Capital::Review) => &["review open"],
        ("item", Capital::Sign) => &["disclosure new"],
        ("item", Capital::Destroy) => &["retention purge"],
        ("review", Capital::Destroy) if crate::record::review::is_approval(&record) => &["review lapse"],
        ("review", Capital::Review) => &["review assess", "review recuse"],
        ("review", Capital::Sign | Capital::Destroy) => &["review decide"],
        ("disclosure", Capital::Sign) if record.state == "proposed" => {
            if record.terms.get("emergency").is_some() {
                &["disclosure join"]
            } else {
                &["disclosure release"]
            }
        }
        ("disclosure", Capital::Sign) if record.text("validation") == Some("pending") => &["disclosure validate"],
        ("disclosure", Capital::Destroy) if record.state == "released" => &["disclosure recall"],
        ("hold", Capital::Sign) if record.state == "standing" => &["retention release"],
        ("certificate", Capital::Sign) => &["retention certificates"],
        ("partner", Capital::Sign) if record.state == "met" => &["partner confirm"],
        ("partner", Capital::Sign) if record.state == "suspended" => &["partner resume"],
        ("partner", Capital::Sign) => &["bundle export", "partner channel"],
        ("partner", Capital::Destroy) => &["partner suspend"],
        ("agreement", Capital::Destroy) if ours => &["agreement end"],
        ("agreement", Capital::Sign) if !ours => &["agreement countersign"],
        ("case", Capital::Sign) => &["disclosure new"],
        ("case", Capital::Destroy) => &["case close", "retention purge"],
        ("member", Capital::Destroy) if ours => &["member revoke"],
        _ => &[],
    };
    Ok(names.iter().filter_map(|name| command(name)).collect())
}

/// The commands that a capital key means for any of several things.
pub fn verbs_for_all(
    workspace: &Workspace,
    subjects: &[RecordRef],
    capital: Capital,
) -> Result<Vec<&'static Command>, Error> {
    let mut all: Vec<&'static Command> = Vec::new();
    for subject in subjects {
        for command in verbs_for(workspace, subject, capital)? {
            if all.iter().all(|v| v.full_name() != command.full_name()) {
                all.push(command);
            }
        }
    }
    Ok(all)
}

fn of_request(record: &Record, ours: bool, capital: Capital) -> &'static [&'static str] {
    let Some(state) = State::parse(&record.state) else { return &[] };
    match (ours, capital, state) {
        (true, Capital::Review | Capital::Sign, State::Draft) => &["request submit"],
        (true, Capital::Sign, State::Authorised) => &["request send"],
        (true, Capital::Sign, State::Delivered) => &["request report-use"],
        (true, Capital::Sign, State::Clarification) => &["request reply"],
        (true, Capital::Sign, State::Conditional) => &["request agree"],
        (true, Capital::Sign, State::UseReported | State::Refused | State::Expired) => &["request close"],
        (_, Capital::Sign, State::Conflict) => &["request resolve"],
        (true, Capital::Destroy, _) => &["request withdraw"],
        (false, Capital::Review, _) => &["review open"],
        (false, Capital::Sign, State::Sent | State::Acknowledged) => {
            &["request accept", "request acknowledge", "request clarify", "request offer"]
        }
        (false, Capital::Sign, State::Accepted | State::Partly) => {
            &["request deliver", "request execute", "request postpone"]
        }
        (false, Capital::Sign, State::Executing | State::Postponed) => &["request deliver", "request accept"],
        (false, Capital::Destroy, _) => &["request refuse"],
        _ => &[],
    }
}

/// Why a command does not fit a thing as it stands, in words; `None` where it does, or where only trying can tell.
pub fn why_unavailable(workspace: &Workspace, command: &Command, record: &Record) -> Option<String> {
    use State as S;
    let ours = record.desk == workspace.meta.desk;
    let state = S::parse(&record.state);
    let asker = |from: &[S]| (Some(true), from.to_vec());
    let asked = |from: &[S]| (Some(false), from.to_vec());
    let (side, from) = match command.full_name().as_str() {
        "request submit" => asker(&[S::Draft]),
        "request send" => asker(&[S::Authorised]),
        "request report-use" => asker(Report::Use.transition().0),
        "request reply" => asker(Report::Clarified.transition().0),
        "request agree" => asker(Report::TakeConditions.transition().0),
        "request close" => asker(Report::Close.transition().0),
        "request extend" => asker(Report::Extend.transition().0),
        "request expire" => asker(Report::Expire.transition().0),
        "request resolve" => (None, vec![S::Conflict]),
        "request withdraw" => (Some(true), Vec::new()),
        "request acknowledge" => asked(Answer::Acknowledge.transition().0),
        "request accept" => asked(Answer::Accept.transition().0),
        "request refuse" => asked(Answer::Refuse.transition().0),
        "request clarify" => asked(Answer::Clarify.transition().0),
        "request offer" => asked(Answer::Offer.transition().0),
        "request postpone" => asked(Answer::Postpone.transition().0),
        "request execute" => asked(Answer::Execute.transition().0),
        "request consent" => asked(Answer::Consent.transition().0),
        "request deliver" => asked(Answer::Deliver.transition().0),
        _ => (None, Vec::new()),
    };
    if record.kind == "request" && side.is_some_and(|s| s != ours) {
        let who = if ours { "the desk that is asked" } else { "the desk that asks" };
        return Some(format!("only {who} does this"));
    }
    if record.kind == "request" && !from.is_empty() && state.is_none_or(|s| !from.contains(&s)) {
        let words: Vec<&str> = from.iter().map(|s| s.word()).collect();
        return Some(format!("it is {}; it must be {}", record.state, words.join(" or ")));
    }
    let states: &[&str] = match command.full_name().as_str() {
        "partner confirm" => &["met"],
        "partner suspend" | "partner channel" => &["pinned"],
        "partner resume" => &["suspended"],
        "agreement end" if !ours => return Some("it is the partner's record: the partner ends it".to_owned()),
        "agreement countersign" if ours => {
            return Some("it is this desk's own record: the partner countersigns it".to_owned());
        }
        "agreement end" | "agreement countersign" | "agreement export" => &["recorded"],
        "case close" => &["open"],
        "review assess" | "review decide" | "review recuse" => &["open", "assessed", "deferred"],
        "review lapse" => &["approved", "conditions", "partial"],
        "disclosure release" if record.terms.get("emergency").is_some() => {
            return Some("it claims an emergency: a second person joins it".to_owned());
        }
        "disclosure join" if record.terms.get("emergency").is_none() => {
            return Some("it claims no emergency".to_owned());
        }
        "disclosure validate" if record.text("validation") != Some("pending") => {
            return Some("no emergency waits for its validation".to_owned());
        }
        "disclosure release" | "disclosure join" => &["proposed"],
        "disclosure recall" => &["released"],
        "retention release" => &["standing"],
        "item mark" | "review open" | "disclosure new" if record.kind == "item" => &["held"],
        _ => return None,
    };
    if states.contains(&record.state.as_str()) {
        return None;
    }
    let is = if record.state == "held" { "kept" } else { &record.state };
    Some(format!("it is {is}; it must be {}", states.join(" or ")))
}

/// Where a record is shown: the place, and how it is looked at. `None`: nowhere but in a detail of its own.
pub fn place_of(workspace: &Workspace, subject: &RecordRef) -> Result<Option<(ScreenId, ViewParams)>, Error> {
    let Some(record) = workspace.records().get(subject.id)? else { return Ok(None) };
    let at = |place, view, focus| Some((place, ViewParams { view, focus, ..ViewParams::default() }));
    Ok(match record.kind {
        "item" => at(ScreenId::CASE, 0, record.case),
        "case" => at(ScreenId::CASE, 0, Some(record.id)),
        "request" => at(ScreenId::QUEUE, if super::screen::queue::is_open(&record.state) { 0 } else { 3 }, None),
        "review" => at(ScreenId::LEGAL, 0, None),
        "disclosure" if record.state == "proposed" || record.text("validation") == Some("pending") => {
            at(ScreenId::LEGAL, 0, None)
        }
        "disclosure" => {
            let first = disclosure::items_of(workspace, &record)?.first().copied();
            let item = first.map(|i| workspace.records().get(i)).transpose()?.flatten();
            at(ScreenId::CASE, 2, item.and_then(|i| i.case))
        }
        "partner" | "agreement" => at(ScreenId::PARTNERS, 0, None),
        "hold" => at(ScreenId::TIMERS, 1, None),
        "certificate" => at(ScreenId::TIMERS, 3, None),
        _ => None,
    })
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
    let concerns = |r: &&Record| r.kind == "partner" || r.partner.is_some();
    known.partner = match first.filter(concerns).or(focused.as_ref()) {
        Some(r) if r.kind == "partner" => r.key.clone(),
        Some(r) => r.partner.map(|p| workspace.code_of(p)).transpose()?,
        None => None,
    };
    for field in command.fields {
        match field.takes {
            ArgKind::Partner => known.form.set(field.name, known.partner.clone().into_iter().collect()),
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
                    if kinds.contains(&"case") && (field.required || records.is_empty()) { case } else { None };
                let around = around.map(|c| workspace.records().get(c)).transpose()?.flatten();
                if these.is_empty() {
                    these.extend(around.as_ref().filter(|r| kinds.contains(&r.kind)));
                }
                if these.is_empty() && field.required && kinds.contains(&"case") {
                    these.extend(focused.as_ref().filter(|r| r.kind == "case"));
                }
                if these.is_empty() {
                    continue;
                }
                known.form.set(field.name, these.iter().map(|r| r.id.to_string()).collect());
                known.labels.insert(field.name, label(workspace, &these)?);
            }
            _ => {}
        }
    }
    Ok(known)
}

/// Records in a line.
pub fn label(workspace: &Workspace, records: &[&Record]) -> Result<String, Error> {
    let one = |r: &Record| short(r.kind, &r.id.to_string());
    match records {
        [only] => Ok(format!("{}  {}", one(only), line_of(workspace, only)?)),
        many => {
            let names: Vec<String> = many.iter().take(6).map(|r| one(r)).collect();
            let more = if many.len() > 6 { " …" } else { "" };
            Ok(format!("{}: {}{more}", many.len(), names.join(" ")))
        }
    }
}

/// The label of one record.
pub fn label_of(workspace: &Workspace, id: &str) -> Result<Option<String>, Error> {
    let record = Id::parse(id).map(|id| workspace.records().get(id)).transpose()?.flatten();
    record.map(|r| label(workspace, &[&r])).transpose()
}

/// What a list for a field of a form offers: a value and what is shown of it.
pub fn choices(workspace: &Workspace, takes: ArgKind, form: &Args) -> Result<Vec<(String, String)>, Error> {
    const MOST: u32 = 300;
    let mut all = Vec::new();
    match takes {
        ArgKind::Partner => {
            for partner in workspace.partners()? {
                let name = workspace.text_of(&partner, "name")?;
                let code = partner.key.clone().unwrap_or_default();
                all.push((code.clone(), format!("{code}  {name}  {}", partner.state)));
            }
        }
        ArgKind::Record(kinds) => {
            for kind in kinds {
                for record in workspace.records().find(&Query { limit: Some(MOST), ..Query::kind(kind) })? {
                    if record.state != "purged" {
                        all.push((record.id.to_string(), label(workspace, &[&record])?));
                    }
                }
            }
        }
        ArgKind::Known(words) => {
            all.extend(
                words(workspace, form)?.into_iter().map(|k| (k.word.clone(), format!("{}  {}", k.word, k.text))),
            );
        }
        _ => {}
    }
    Ok(all)
}

/// Something that may be copied: its name, and the text or why it stays here.
pub type Copy = (&'static str, Result<String, Error>);

/// What may be copied of a thing. Ids and digests say nothing of a case; its words do, and go only where they may be known.
pub fn copies(workspace: &Workspace, subject: &RecordRef) -> Result<Vec<Copy>, Error> {
    let mut all: Vec<Copy> =
        vec![("name", Ok(short(&subject.kind, &subject.id.to_string()))), ("id", Ok(subject.id.to_string()))];
    let Some(record) = workspace.records().get(subject.id)? else { return Ok(all) };
    let last = read::changes_of(&workspace.db, record.id)?.last().map(|c| c.row);
    let act = last.map(|row| read::position_of_row(&workspace.db, ChangeRow(row))).transpose()?.flatten();
    if let Some(act) = act.map(|position| read::act(&workspace.db, position)).transpose()?.flatten() {
        all.push(("digest of its last act", Ok(act.id.to_string())));
    }
    let open = match record.kind {
        "item" => {
            let terms = item::Terms::read(&record.terms)?;
            terms.tier == Tier::INDICATORS && matches!(terms.marking.tlp, Tlp::Clear | Tlp::Green)
        }
        "partner" | "member" => true,
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

/// Records whose id begins with what was typed, or whose content has its words.
pub fn find(workspace: &Workspace, typed: &str) -> Result<Vec<(RecordRef, String)>, Error> {
    const MOST: u32 = 20;
    let mut found = Vec::new();
    let mut add = |record: Record| -> Result<(), Error> {
        let subject = RecordRef { kind: record.kind.to_owned(), id: record.id };
        if !found.iter().any(|(s, _)| *s == subject) {
            found.push((subject, label(workspace, &[&record])?));
        }
        Ok(())
    };
    let digits = typed.rsplit_once('-').map_or(typed, |(_, d)| d).to_lowercase();
    if digits.len() >= 4 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        for kind in crate::record::KINDS {
            for id in crate::store::records::by_prefix(&workspace.db, kind.name, &digits)? {
                workspace.records().get(id)?.map(&mut add).transpose()?;
            }
        }
    }
    for hit in crate::command::desk::workspace_info::hits(workspace, typed, 5 * MOST)? {
        let record = Id::parse(&hit.id).map(|id| workspace.records().get(id)).transpose()?.flatten();
        record.map(&mut add).transpose()?;
    }
    // A case, a request or a partner says more than one of a thousand items that say the same.
    found.sort_by_key(|(subject, _)| subject.kind == "item");
    found.truncate(MOST as usize);
    Ok(found)
}
