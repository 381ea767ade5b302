//! Letters: written to a file, logged before they are.

use crate::act::change::Line;
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE};
use crate::command::request::{DecisionRow, RequestSummary, VALIDATION, row};
use crate::gate::cleared;
use crate::law::edition::Law;
use crate::law::instrument::{Instrument, InstrumentId, InstrumentKind, Status as InstrumentStatus};
use crate::law::request::{Addressee, ClockKind, ClockRow as LawClock, Counterpart, Event, RequestKind, Variant};
use crate::record::kind::ChangeKind;
use crate::record::kind::Kind;
use crate::record::request::{Answer, FollowUp};
use crate::record::store::{ChangeRow, Record, RecordStore as _};
use crate::record::{letter as logged, request, review};
use crate::report::letter::{self, Fact, Letter, LetterError, Paragraph, Party, Term};
use crate::store::read::{self, StoredAct};
use crate::store::tally::effective_marking;
use crate::value::class::{Condition, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::realm::Realm;
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::{Moment, Workspace};
use crate::workspace::progress::Job;

words! {
    /// Which letter of a request.
    LetterKind {
        /// The request itself.
        Request = "request",
        /// What was answered last.
        Answer = "answer",
        /// What was made clear.
        Clarification = "clarification",
        /// That conditions are taken.
        Acceptance = "acceptance",
        /// That it is taken back.
        Withdrawal = "withdrawal",
        /// That a period be extended.
        Extension = "extension",
        /// What use was made of the answer.
        UseReport = "use-report",
    }
}

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "request",
    name: "letter",
    about: "Write a request, or what was said to it last, as a letter: HTML made for print, or plain text (.txt)",
    args: &[
        Arg::new("request", ArgKind::Record(&[Kind::Request]), "the request").positional(),
        Arg::new(
            "addressee",
            ArgKind::Word(all_words::<Addressee>),
            "who reads it; without it, who the request goes to",
        ),
        Arg::new("of", ArgKind::Word(all_words::<LetterKind>), "which letter; without it, the request itself"),
        Arg::new("out", ArgKind::ToWrite, "the file to write; one that ends in .txt is plain text").required(),
        FORCE,
        Arg::new("language", ArgKind::Line, "the language of the template (en where it is not said)").cli_only(),
    ],
    writes: Some(Writes {
        act: crate::record::letter::WRITE,
        weight: Weight::Records,
        needs: Needs::NotPurged,
        rehearsable: false,
        preview: Preview::None,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[],
    }),
    run: Handler::Writes(write),
}];

fn party(workspace: &Workspace, id: Id) -> Result<Party, Error> {
    let record = workspace.records().get(id)?;
    let name = record.as_ref().map(|r| workspace.text_of(r, "name")).transpose()?.unwrap_or_default();
    let law = workspace.law()?;
    let side = record.as_ref().and_then(|r| r.text("jurisdiction")).and_then(|code| law.jurisdiction(code));
    Ok(Party {
        code: workspace.code_of(id)?,
        name,
        central_authority: side.map(|j| j.central_authority.clone()).unwrap_or_default(),
        contact_24_7: side.map(|j| j.contact_24_7.clone()).unwrap_or_default(),
        languages: side.map(|j| j.languages.join(", ")).unwrap_or_default(),
    })
}

/// The last change of one kind to a request: the act, its change, and what the change says.
struct LastChange {
    act: StoredAct,
    terms: Json,
    content: Option<Json>,
}

fn last_change(
    workspace: &Workspace,
    record: &Record,
    kind: ChangeKind,
    fits: &dyn Fn(&Json) -> bool,
) -> Result<Option<LastChange>, Error> {
    let mut last = None;
    for change in read::changes_of(&workspace.db, record.id)? {
        let Line::Change(c) = &change.line else { continue };
        let Some(position) = (kind.is(&c.kind)).then(|| read::position_of_row(&workspace.db, ChangeRow(change.row)))
        else {
            continue;
        };
        let Some(act) = position?.map(|p| read::act(&workspace.db, p)).transpose()?.flatten() else { continue };
        let damaged = |_| Error::new(ErrorKind::Integrity, "a change is damaged", "run `comity audit verify`");
        let terms = c.read_terms().map_err(damaged)?;
        if fits(&terms) {
            last = Some(LastChange { act, terms, content: c.read_content().map_err(damaged)? });
        }
    }
    Ok(last)
}

/// The change that a letter is the paper of; `None` where there is none yet.
fn event(
    workspace: &Workspace,
    record: &Record,
    kind: &RequestKind,
    of: LetterKind,
) -> Result<Option<LastChange>, Error> {
    let last = |change: ChangeKind| last_change(workspace, record, change, &|_| true);
    let last_report =
        |report: FollowUp| last_change(workspace, record, request::REPORT, &|terms| reports(terms, report));
    match of {
        LetterKind::Answer => last(request::ANSWER),
        LetterKind::Extension => last_report(FollowUp::Extend),
        LetterKind::UseReport => last_report(FollowUp::Use),
        LetterKind::Clarification => last_report(FollowUp::Clarified),
        LetterKind::Acceptance => last_report(FollowUp::TakeConditions),
        LetterKind::Withdrawal => last(request::WITHDRAW),
        LetterKind::Request if kind.review => last(request::SEND),
        LetterKind::Request => last(request::CONSENT),
    }
}

/// Whom a letter is for: the first addressee of its kind where none is named.
fn addressee_of(kind: &RequestKind, of: LetterKind, named: Option<Addressee>) -> Result<Addressee, Error> {
    let all = kind.addressees();
    if of == LetterKind::Answer {
        return match named {
            None | Some(Addressee::Desk) => Ok(Addressee::Desk),
            Some(_) => Err(Error::usage("an answer goes to the desk that asked: leave --addressee out")),
        };
    }
    let first = all.first().copied().unwrap_or(Addressee::Desk);
    let whom = named.unwrap_or(first);
    if all.contains(&whom) {
        return Ok(whom);
    }
    let words = all.iter().map(|a| a.word()).collect::<Vec<_>>().join(" or ");
    Err(Error::usage(format!("a letter of {} goes to: {words}", kind.id)))
}

fn reports(terms: &Json, report: FollowUp) -> bool {
    terms.get("report").and_then(Json::text).and_then(FollowUp::parse) == Some(report)
}

/// The conditions and caveats that the review of an own request set. Everything else of a review stays at the desk: its
/// level, who decided it, until when it stands, its reasoning.
fn set_by_review(workspace: &Workspace, record: &Record) -> Result<Vec<String>, Error> {
    let to = record.partner.unwrap_or(workspace.meta.desk);
    let found = review::deciding(&workspace.records(), &[record.id], to)?;
    let Some(found) = found.filter(|_| record.desk == workspace.meta.desk) else { return Ok(Vec::new()) };
    let mut under: Vec<String> = review::conditions_of(&found).into_iter().map(in_words).collect();
    under.extend(crate::command::review::statements(workspace, &found)?.caveats.iter().map(|c| shown_text(c)));
    Ok(under)
}

/// What a request came under, as sentences.
fn under(decision: &DecisionRow) -> Vec<String> {
    let conditions = decision.conditions.iter().copied().map(in_words);
    conditions.chain(decision.caveats.iter().map(|c| shown_text(c))).collect()
}

/// A condition as a sentence that can be signed.
fn in_words(condition: Condition) -> String {
    match condition {
        Condition::Confidentiality => "This letter, and what is in it, is to be kept confidential.",
        Condition::UseLimit => "What is in this letter may be used for the purpose that it states, and for no other.",
        Condition::NoOnward => "This letter may not be passed on without the consent of the authority that wrote it.",
        Condition::NoJudicialUse => "What is in this letter may not be used before a court.",
        Condition::DeleteBy => "What is in this letter is to be deleted by the date that the authority names.",
        Condition::NotifyBeforeUse => "The authority that wrote this letter is to be told before it is used.",
        Condition::Seal => "This letter is to be kept sealed.",
        Condition::ReportUse => "The use that is made of this letter is to be reported to the authority that wrote it.",
        Condition::Assurance => "This letter rests on the assurance that was given.",
    }
    .to_owned()
}

/// What a request is about beside its fields: the request that it follows on; of a consent, the item and where it would
/// go. The item's content stays where it is.
fn matter(workspace: &Workspace, law: &Law, record: &Record) -> Result<Vec<Fact>, Error> {
    let terms = request::terms_of(record)?;
    let mut all = Vec::new();
    let mut say = |label: &str, text: String| all.push(Fact { label: label.to_owned(), text });
    if let Some(before) = terms.follows {
        let earlier = workspace.records().get(before)?;
        let kind = earlier.as_ref().map(request::terms_of).transpose()?.and_then(|t| law.request(&t.kind).cloned());
        let sent = earlier.as_ref().and_then(|r| r.instant("sent")).map(Timestamp::to_minute);
        let mut said = format!("R-{}", before.short());
        if let Some(kind) = kind {
            said.push_str(&format!(": {}, {}", kind.name, kind.article));
        }
        if let Some(sent) = sent {
            said.push_str(&format!(", sent {sent}"));
        }
        say("Earlier request", said);
    }
    if let Some(item) = terms.item {
        let marking = effective_marking(&workspace.db, item)?.map(|m| format!(", marked {m}")).unwrap_or_default();
        say("Item", format!("I-{} ({item}){marking}", item.short()));
    }
    if let Some(to) = terms.recipient {
        let whom = party(workspace, to)?;
        let text = match workspace.records().get(to)? {
            None => format!("a desk that is not known here: {to}"),
            Some(_) if whom.name.is_empty() || whom.name == whom.code => whom.code,
            Some(_) => format!("{} ({})", whom.name, whom.code),
        };
        say("Would be passed on to", text);
    }
    Ok(all)
}

/// The time limits of a request: those that run; of a draft, those that will; and those that start with a later event.
fn terms_of_time(
    workspace: &Workspace,
    law: &Law,
    kind: &RequestKind,
    record: &Record,
    row: &RequestSummary,
    addressee: Addressee,
) -> Result<Vec<Term>, Error> {
    let draft = row.sent.is_none();
    let clocks = if draft {
        crate::command::request::clocks_of(&crate::command::request::clocks(
            workspace,
            law,
            kind,
            &request::terms_of(record)?,
            row.fields.iter().any(|(id, text)| id == VALIDATION && !text.trim().is_empty()),
            workspace.now(),
        )?)
    } else {
        row.clocks.clone()
    };
    let mut all: Vec<Term> = clocks
        .iter()
        .map(|clock| {
            let ruled = kind.clock.iter().find(|c| Some(c.clock) == clock.clock && c.variant == clock.variant);
            (clock, ruled)
        })
        .filter(|(_, ruled)| ruled.is_none_or(|c| c.is_for(addressee)))
        .map(|(clock, ruled)| {
            let mut term = term(clock, ruled);
            // The end of a draft's period is not known before it is sent; that of its authorisation is.
            if draft && clock.clock != Some(ClockKind::Authority) {
                (term.due, term.limit) = Default::default();
            }
            term
        })
        .collect();
    let later = kind.clock.iter().filter(|c| matches!(c.starts, Event::Served | Event::Decided) && c.is_for(addressee));
    all.extend(later.map(|c| Term {
        clock: c.clock.word().to_owned(),
        variant: variant(&c.variant),
        counted: counted(c),
        source: c.source.clone(),
        ..Term::default()
    }));
    Ok(all)
}

/// A variant of a clock in words; empty where it is the ordinary one.
fn variant(variant: &Variant) -> String {
    const IN_WORDS: [(Variant, &str); 8] = [
        (Variant::ORDINARY, ""),
        (Variant::ORDER, "its own term"),
        (Variant::URGENT_DIRECT, "urgent, directly accessible"),
        (Variant::URGENT_INDIRECT, "urgent, accessible through another body"),
        (Variant::PROVISIONAL, "provisional measures"),
        (Variant::EXECUTION, "carrying out"),
        (Variant::SUBSCRIBER, "subscriber information"),
        (Variant::TRAFFIC, "traffic data"),
    ];
    let known = IN_WORDS.iter().find(|(of, _)| of == variant);
    known.map_or(variant.word(), |(_, words)| words).to_owned()
}

/// How a clock is counted; empty where the law fixes no number.
fn counted(clock: &LawClock) -> String {
    let (Some(amount), Some(unit)) = (clock.amount, clock.unit) else { return String::new() };
    let from = match clock.starts {
        Event::Received => "receipt",
        Event::Sent => "sending",
        Event::Decided => "the decision",
        Event::Served => "service on the provider",
        Event::Issued => "issue",
    };
    format!("{amount} {unit}{} from {from}", if amount == 1 { "" } else { "s" })
}

/// The letter of a request, or of what was said to it last.
///
/// It goes to one addressee and says what is for that one alone; who asked reads all that is answered.
fn of_request(
    workspace: &Workspace,
    record: &Record,
    of: LetterKind,
    addressee: Option<Addressee>,
) -> Result<Letter, Error> {
    let row = row(workspace, record)?;
    // A letter says what was the law when what it says was done, however often it is written.
    let did = match of {
        LetterKind::Answer => &[request::ANSWER][..],
        _ => &[request::SEND, request::CONSENT],
    };
    let law = crate::command::law::of(workspace, record, did)?;
    let kind = law.request(&row.kind).ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "the kind of this request is not in the law", "use the program that made it")
    })?;
    let instrument = law.instrument(&kind.instrument);
    let other = record.partner.unwrap_or(workspace.meta.desk);
    let (asks, asked) = if record.desk == workspace.meta.desk {
        (workspace.meta.desk, other)
    } else {
        (record.desk, workspace.meta.desk)
    };
    let said =
        |id: &str| row.fields.iter().find(|(name, _)| name == id).map(|(_, text)| shown_text(text)).unwrap_or_default();
    let addressee = addressee_of(kind, of, addressee)?;
    let goes = |is_for: bool| is_for || of == LetterKind::Answer;
    let event = event(workspace, record, kind, of)?;
    if event.is_none() && of != LetterKind::Request {
        return Err(Error::not_allowed(format!("there is no {of} to this request yet")));
    }
    let header = event.as_ref().map(|e| e.act.read_header()).transpose()?;
    let at = header.as_ref().map_or(workspace.now(), |h| h.time.at);
    let text = |key: &str| {
        let content = event.as_ref().and_then(|e| e.content.as_ref());
        content.and_then(|c| c.get(key)).and_then(Json::text).map(shown_text).unwrap_or_default()
    };
    let answer = event.as_ref().and_then(|e| e.terms.get("answer")).and_then(Json::text).and_then(Answer::parse);
    let ground = event.as_ref().and_then(|e| e.terms.get("ground")).and_then(Json::text).and_then(|id| law.ground(id));
    let template = match (of, answer) {
        (LetterKind::Answer, Some(Answer::Refuse)) => "refusal",
        (LetterKind::Answer, _) => "answer",
        (LetterKind::Extension, _) => "extension",
        (LetterKind::UseReport, _) => "use-report",
        (LetterKind::Clarification | LetterKind::Acceptance | LetterKind::Withdrawal, _) => "notice",
        (LetterKind::Request, _) => match (kind.counterpart, addressee) {
            (Counterpart::Provider, Addressee::Authority) => "notification",
            (Counterpart::Desk, Addressee::Provider) => "production-order",
            _ => &kind.template,
        },
    };
    let conditions = match (of, &row.decision) {
        // What a partner's review set came with its request.
        (LetterKind::Request, Some(decision)) if record.desk != workspace.meta.desk => under(decision),
        (LetterKind::Request, _) => set_by_review(workspace, record)?,
        (LetterKind::Answer, _) => {
            let terms = event.as_ref().map(|e| &e.terms);
            let set = terms.map(request::conditions_sent).unwrap_or_default();
            set.into_iter().map(in_words).collect()
        }
        _ => Vec::new(),
    };
    let (from, to) = if of == LetterKind::Answer { (asked, asks) } else { (asks, asked) };
    let (from, to) = (party(workspace, from)?, party(workspace, to)?);
    let draft = of == LetterKind::Request && row.sent.is_none() && !record.is_purged();
    let between = format!("between {} and {}", from.code, to.code);
    // What was sent outside of an exercise was in force then: the gate let nothing else out.
    let in_force = row.in_force || (workspace.meta.realm == Realm::Live && !draft);
    // Who asks and who is addressed: parties that the letter speaks for and to stand in the fields of the request.
    let of_request = |ids: &[&str]| {
        let found = ids.iter().map(|id| said(id)).find(|text| !text.is_empty());
        found.filter(|_| of == LetterKind::Request).unwrap_or_default()
    };
    Ok(Letter {
        template: template.to_owned(),
        of: of.word().to_owned(),
        banner: banner(workspace, draft, in_force, &between),
        draft,
        provider: if addressee == Addressee::Provider {
            of_request(&["provider", "addressee", "custodian"])
        } else {
            String::new()
        },
        authority: of_request(&["authority"]),
        validation: of_request(&["validation"]),
        matter: matter(workspace, &law, record)?,
        status: instrument.map(|i| status(i, row.in_force, in_force, &between)).unwrap_or_default(),
        from,
        to,
        date: at.to_minute(),
        reference: format!("R-{}", record.id.short()),
        id: row.id.to_string(),
        act: event.as_ref().map(|e| e.act.id.to_string()).unwrap_or_default(),
        case: row.case.to_string(),
        article: kind.article.clone(),
        name: kind.name.clone(),
        instrument: instrument.map(|i| i.name.clone()).unwrap_or_default(),
        source: kind.source.clone(),
        fields: kind
            .field
            .iter()
            .filter(|f| goes(f.is_for(addressee)))
            .map(|f| Paragraph {
                id: f.id.clone(),
                label: f.label.clone(),
                article: f.article.clone(),
                text: said(&f.id),
            })
            .filter(|p| !p.text.is_empty())
            .collect(),
        clocks: if matches!(of, LetterKind::Request | LetterKind::Extension) {
            terms_of_time(workspace, &law, kind, record, &row, addressee)?
        } else {
            Vec::new()
        },
        grounds: ground
            .map(|g| letter::Ground {
                id: g.id.clone(),
                text: g.text.clone(),
                source: g.source_in(&kind.instrument).to_owned(),
            })
            .into_iter()
            .collect(),
        text: text(if of == LetterKind::Withdrawal { "because" } else { "text" }),
        answer: letter::Answer {
            date: answer.map(|_| at.to_minute()).unwrap_or_default(),
            word: answer.map(|a| a.word().to_owned()).unwrap_or_default(),
        },
        conditions,
        marking: marking(workspace, record)?,
        signer: header.as_ref().map(|h| workspace.name_of(h.member)).transpose()?.unwrap_or_default(),
        role: header.as_ref().map(|h| h.role.word().replace('-', " ")).unwrap_or_default(),
        tool: format!("comity {}; the law that decided: {}", env!("CARGO_PKG_VERSION"), law.version_in_words()),
    })
}

/// The effective marking of what the request was answered with; before that, of its case. Empty where there is nothing.
fn marking(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    for of in [Some(record.id), record.case].into_iter().flatten() {
        if let Some(marking) = effective_marking(&workspace.db, of)? {
            return Ok(marking.to_string());
        }
    }
    Ok(String::new())
}

/// What stands over a letter: that it is play, that its instrument does not bind the two, that it is a draft.
fn banner(workspace: &Workspace, draft: bool, in_force: bool, between: &str) -> String {
    let mut said = Vec::new();
    if !in_force {
        said.push(format!("NOT IN FORCE {}", between.to_uppercase()));
    }
    if draft {
        said.push("DRAFT, NOT SENT".to_owned());
    }
    let said = said.join(": ");
    match (workspace.meta.realm == Realm::Live, said.is_empty()) {
        (true, _) => said,
        (false, true) => "EXERCISE EXERCISE EXERCISE".to_owned(),
        (false, false) => format!("EXERCISE EXERCISE EXERCISE: {said}"),
    }
}

/// Whether an instrument is in force between the two, in words; `now` is today, `then` when it was sent.
fn status(instrument: &Instrument, now: bool, then: bool, between: &str) -> String {
    match (now, then) {
        // What is signed on a model binds, not the model; and no treaty stands behind an originator's word.
        (true, _) if instrument.kind == InstrumentKind::MODEL => {
            "a model: what binds is the agreement that is signed".to_owned()
        }
        (true, _) if instrument.id == InstrumentId::ORIGINATOR => format!("observed {between}; it is no treaty"),
        (true, _) => format!("in force {between}"),
        (false, true) => format!("in force {between} when it was sent, and no longer"),
        (false, false) if instrument.status == InstrumentStatus::InForce => format!("NOT IN FORCE {between}"),
        (false, false) => {
            let from = instrument.applies_from.as_deref().map(|day| format!(" {day}")).unwrap_or_default();
            format!("NOT IN FORCE {between}: {}{from}", instrument.status)
        }
    }
}

fn term(clock: &crate::command::request::ClockRow, ruled: Option<&LawClock>) -> Term {
    let at = |time: Option<Timestamp>| time.map(Timestamp::to_minute).unwrap_or_default();
    Term {
        clock: clock.clock.map(|c| c.word().to_owned()).unwrap_or_default(),
        variant: variant(&clock.variant),
        due: at(clock.due),
        limit: at(clock.limit),
        counted: ruled.map(counted).unwrap_or_default(),
        source: clock.source.clone(),
    }
}

/// Text of several lines with hidden characters as codes: a letter is read by people too.
fn shown_text(text: &str) -> String {
    crate::value::text::shown_lines(text).join("\n")
}

/// A letter as it was when what it says was done: everything in it, its marking too, is read as of that act. What was not
/// sent yet is read as of now.
fn as_it_was(
    workspace: &Workspace,
    record: &Record,
    of: LetterKind,
    addressee: Option<Addressee>,
    job: &mut Job,
) -> Result<Letter, Error> {
    let law = crate::command::law::of(workspace, record, &[request::SEND, request::CONSENT])?;
    let kind = law.request(&request::terms_of(record)?.kind);
    let Some(event) = kind.map(|kind| event(workspace, record, kind, of)).transpose()?.flatten() else {
        return of_request(workspace, record, of, addressee);
    };
    let then = workspace.as_of(Moment::Act(event.act.position), job)?;
    let missing = || Error::new(ErrorKind::Integrity, "the request is not in the log", "run `comity audit verify`");
    let record = then.records().get(record.id)?.ok_or_else(missing)?;
    of_request(&then, &record, of, addressee)
}

fn write(workspace: &mut Workspace, form: &Args, job: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(form.need("request")?, &[Kind::Request])?;
    let out = Destination::of(form, "out")?;
    let now = workspace.may_sign(crate::record::letter::WRITE)?;
    let of = form.maybe_read("of", "a letter of a request", LetterKind::parse)?;
    let addressee = form.maybe_read("addressee", "an addressee of a letter", Addressee::parse)?;
    let values = as_it_was(workspace, &record, of.unwrap_or(LetterKind::Request), addressee, job)?;
    let cleared =
        cleared::clear_copy_out(&workspace.trusted_records()?, &workspace.meta.realm, now, workspace.person(), values)?
            .map_err(|v| Error::refused(v, None))?;
    let shape = if out.path().extension().is_some_and(|e| e == letter::LetterFormat::Text.ending()) {
        letter::LetterFormat::Text
    } else {
        letter::LetterFormat::Html
    };
    let language = form.maybe("language").unwrap_or("en");
    let unwritten = |e: LetterError| match e {
        LetterError::Template(_) => Error::usage(format!("--language {}: {e}", shown(language))),
        LetterError::Render(_) => Error::new(ErrorKind::Internal, e.to_string(), "please report it"),
    };
    let text = letter::write(&cleared, language, shape).map_err(unwritten)?;
    let digest = Digest::of(text.as_bytes());
    let id = workspace.entropy.id()?;
    // Logged first: a letter that was written and not logged cannot be.
    workspace.act_alone(crate::record::letter::WRITE, Audience::OwnDesk, |e, _| {
        Ok(logged::new(id, record.id, "letter", &digest, e.salt()?))
    })?;
    out.write(text.as_bytes())?;
    let said = format!("Written to {}; SHA-256 {digest}.", out.shown());
    Ok(Output::made(id, said).with("sha256", digest.to_string()))
}
