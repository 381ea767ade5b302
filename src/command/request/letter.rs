//! Letters: written to a file, logged before they are.

use crate::act::change::Line;
use crate::command::copy_out::{self, format_of, language_in};
use crate::command::crossing::{MADE_FOR_EXERCISE, must_be_made_for};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE};
use crate::command::directory;
use crate::command::request::form::filled;
use crate::command::request::running::{VALIDATION, clocks};
use crate::command::request::{DecisionRow, RequestSummary, clocks_of, row};
use crate::host::file;
use crate::law::calendar::Zone;
use crate::law::edition::Law;
use crate::law::form::{self as prescribed_forms, PrescribedForm};
use crate::law::instrument::{Instrument, InstrumentId, InstrumentKind, Status as InstrumentStatus};
use crate::law::jurisdiction::Jurisdiction;
use crate::law::request::{Addressee, ClockKind, ClockRow as LawClock, Counterpart, Event, RequestKind, Unit, Variant};
use crate::law::row::Verified;
use crate::record::contact::ContactField;
use crate::record::kind::ChangeKind;
use crate::record::kind::Kind;
use crate::record::request::{Answer, FollowUp};
use crate::record::store::{ChangeRow, Query, Record, RecordStore as _};
use crate::record::{request, review};
use crate::report::form as sheets;
use crate::report::language::{self, Phrase};
use crate::report::letter::{self, Accepted, ContactLine, Fact, Letter, LetterError, Paragraph, Party, Term};
use crate::store::read::{self, StoredAct};
use crate::store::tally::effective_marking;
use crate::value::class::{Condition, words};
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
        /// What is replied to a consultation.
        Discussion = "discussion",
        /// What is added.
        Supplement = "supplement",
        /// What was wrong, put right.
        Correction = "correction",
        /// The information that was announced.
        Information = "information",
        /// That a request which follows on was issued.
        FollowOn = "follow-on",
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
        Arg::new("form", ArgKind::Word(forms), "the prescribed form instead of a letter, with every box that it has"),
        Arg::new("out", ArgKind::ToWrite, "the file to write; one that ends in .txt is plain text").required(),
        FORCE,
        Arg::new(
            "language",
            ArgKind::Word(language::codes),
            "the language of what is not said by people; without it, one that the addressee accepts",
        ),
        Arg::new("beside", ArgKind::Word(language::codes), "a second language: two columns, side by side"),
        Arg::new("translation", ArgKind::Existing, "a file with a translation of what people said, to be attached"),
        MADE_FOR_EXERCISE,
        Arg::new("translator", ArgKind::Line, "who translated, and declares that the translation is true"),
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

fn party(workspace: &Workspace, id: Id, with_contact: bool) -> Result<Party, Error> {
    let record = workspace.records().get(id)?;
    let name = record.as_ref().map(|r| workspace.text_of(r, "name")).transpose()?.unwrap_or_default();
    let law = workspace.law()?;
    let side = side(&law, record.as_ref());
    let code = workspace.code_of(id)?;
    let (contact, directory) =
        if with_contact { contact_lines(workspace, &code)? } else { (Vec::new(), String::new()) };
    Ok(Party {
        code,
        name,
        central_authority: side.map(|j| j.central_authority.clone()).unwrap_or_default(),
        contact_24_7: side.map(|j| j.contact_24_7.clone()).unwrap_or_default(),
        contact,
        directory,
    })
}

/// The jurisdiction of a desk.
fn side<'l>(law: &'l Law, desk: Option<&Record>) -> Option<&'l Jurisdiction> {
    desk.and_then(|r| r.text("jurisdiction")).and_then(|code| law.jurisdiction(code))
}

/// How the contact point of a desk is reached, as the directory has it, and the directory's day. What is not on record is a
/// line all the same: whoever reads the letter sees what is missing.
fn contact_lines(workspace: &Workspace, code: &str) -> Result<(Vec<ContactLine>, String), Error> {
    let entry = directory::of_desk(workspace, code)?;
    let line = |(label, field): &(&str, ContactField)| ContactLine {
        label: (*label).to_owned(),
        text: entry.as_ref().map(|e| e.get(*field).to_owned()).unwrap_or_default(),
    };
    const LINES: [(&str, ContactField); 6] = [
        ("contact-phone", ContactField::Phone),
        ("contact-mail", ContactField::Mail),
        ("contact-hours", ContactField::Hours),
        ("contact-zone", ContactField::Zone),
        ("contact-officer", ContactField::Officer),
        ("contact-verify", ContactField::Verify),
    ];
    Ok((LINES.iter().map(line).collect(), entry.map(|e| e.as_of).unwrap_or_default()))
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
    for change in workspace.changes_of(record)? {
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
        LetterKind::Discussion => last_report(FollowUp::Consulted),
        LetterKind::Supplement => last_report(FollowUp::Supplement),
        LetterKind::Correction => last_report(FollowUp::Correct),
        LetterKind::Information => last_report(FollowUp::Inform),
        LetterKind::FollowOn => match follow_on(workspace, record)? {
            Some(later) => last_change(workspace, &later, request::SEND, &|_| true),
            None => Ok(None),
        },
        LetterKind::Withdrawal => last(request::WITHDRAW),
        LetterKind::Request if kind.review => last(request::SEND),
        LetterKind::Request => last(request::CONSENT),
    }
}

/// The request that follows on, in one line without a word of any language.
fn said_of_follow_on(workspace: &Workspace, law: &Law, record: &Record) -> Result<String, Error> {
    let Some(later) = follow_on(workspace, record)? else { return Ok(String::new()) };
    let article = law.request(&request::terms_of(&later)?.kind).map(|k| k.article.clone()).unwrap_or_default();
    let sent = later.instant("sent").map(Timestamp::to_minute).unwrap_or_default();
    Ok(format!("R-{} ({}), {article}, {sent}", later.id.short(), later.id))
}

/// The request that was sent last and follows on another.
fn follow_on(workspace: &Workspace, record: &Record) -> Result<Option<Record>, Error> {
    let all = workspace.records().find(&Query { partner: record.partner, ..Query::kind(Kind::Request) })?;
    let follows = |r: &Record| r.id("follows") == Some(record.id) && r.text("sent").is_some();
    Ok(all.into_iter().filter(follows).max_by_key(|r| r.instant("sent")))
}

/// The ids of all forms.
fn forms() -> Vec<&'static str> {
    prescribed_forms::all().iter().map(|f| f.id.as_str()).collect()
}

/// The prescribed form that was asked for, and which letter of the request it is the form of.
fn form_of(args: &Args, kind: &str) -> Result<Option<(&'static PrescribedForm, LetterKind)>, Error> {
    let Some(form) = args.maybe_read("form", "a form", prescribed_forms::by_id)? else { return Ok(None) };
    if !form.kinds.iter().any(|k| k == kind) {
        let all: Vec<&str> = prescribed_forms::all()
            .iter()
            .filter(|f| f.kinds.iter().any(|k| k == kind))
            .map(|f| f.id.as_str())
            .collect();
        let known = if all.is_empty() { "none is prescribed for it".to_owned() } else { all.join(", ") };
        return Err(Error::usage(format!("--form {}: it is not for {kind}; of that: {known}", form.id)));
    }
    // Whoever wants it in another language takes the official text of that language: this one is not translated.
    if args.maybe("language").is_some_and(|code| !language::is_english(code)) || args.maybe("beside").is_some() {
        return Err(Error::usage(
            "--form: forms are printed in English; the other official texts are not in the program",
        ));
    }
    Ok(LetterKind::parse(&form.of).map(|of| (form, of)))
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
fn set_by_review(workspace: &Workspace, record: &Record) -> Result<Vec<Phrase>, Error> {
    let to = record.partner.unwrap_or(workspace.meta.desk);
    let found = review::deciding(&workspace.records(), &[record.id], to)?;
    let Some(found) = found.filter(|_| record.desk == workspace.meta.desk) else { return Ok(Vec::new()) };
    let mut under: Vec<Phrase> = review::conditions_of(&found).into_iter().map(in_words).collect();
    let caveats = crate::command::review::statements(workspace, &found)?.caveats;
    under.extend(caveats.iter().map(|c| Phrase::text(shown_text(c))));
    Ok(under)
}

/// What a request came under, as sentences.
fn under(decision: &DecisionRow) -> Vec<Phrase> {
    let conditions = decision.conditions.iter().copied().map(in_words);
    conditions.chain(decision.caveats.iter().map(|c| Phrase::text(shown_text(c)))).collect()
}

/// A condition as a sentence that can be signed.
fn in_words(condition: Condition) -> Phrase {
    Phrase::of(format!("condition-{}", condition.word()))
}

/// What a request is about beside its fields: the request that it follows on; of a consent, the item and where it would
/// go. The item's content stays where it is.
fn matter(workspace: &Workspace, law: &Law, record: &Record) -> Result<Vec<Fact>, Error> {
    let terms = request::terms_of(record)?;
    let mut all = Vec::new();
    let mut say = |label: &str, text: Phrase| all.push(Fact { label: label.to_owned(), text });
    if let Some(before) = terms.follows {
        let earlier = workspace.records().get(before)?;
        let kind = earlier.as_ref().map(request::terms_of).transpose()?.and_then(|t| law.request(&t.kind).cloned());
        let sent = earlier.as_ref().and_then(|r| r.instant("sent")).map(Timestamp::to_minute);
        let key = match (&kind, &sent) {
            (None, _) => "matter-earlier-plain",
            (Some(_), None) => "matter-earlier-of",
            (Some(_), Some(_)) => "matter-earlier-sent",
        };
        let (name, article) = kind.map(|k| (k.name, k.article)).unwrap_or_default();
        let said = Phrase::of(key).with("reference", format!("R-{}", before.short()));
        say("matter-earlier", said.with("name", name).with("article", article).with("sent", sent.unwrap_or_default()));
    }
    if let Some(item) = terms.item {
        let said = format!("I-{} ({item})", item.short());
        let said = match effective_marking(&workspace.db, item)? {
            Some(marking) => Phrase::of("matter-item-marked").with("item", said).with("marking", marking.to_string()),
            None => Phrase::of("matter-item-of").with("item", said),
        };
        say("matter-item", said);
    }
    if let Some(to) = terms.recipient {
        let whom = party(workspace, to, false)?;
        let text = match workspace.records().get(to)? {
            None => Phrase::of("matter-recipient-unknown").with("id", to.to_string()),
            // The name of a desk is no text of the law.
            Some(_) if whom.name.is_empty() || whom.name == whom.code => Phrase::text(whom.code),
            Some(_) => Phrase::text(format!("{} ({})", whom.name, whom.code)),
        };
        say("matter-recipient", text);
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
    zone: &Zone,
) -> Result<Vec<Term>, Error> {
    let draft = row.sent.is_none();
    let clocks = if draft {
        let validated = row.fields.iter().any(|(id, text)| id == VALIDATION && !text.trim().is_empty());
        let run = clocks(workspace, law, kind, &request::terms_of(record)?, validated, workspace.now())?;
        clocks_of(&run, false, workspace.now())
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
            let mut term = term(clock, ruled, zone);
            // The end of a draft's period is not known before it is sent; that of its authorisation is.
            if draft && clock.clock != Some(ClockKind::Authority) {
                (term.due, term.limit, term.local) = Default::default();
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

/// The phrase of a variant of a clock; empty where it is the ordinary one.
fn variant(variant: &Variant) -> String {
    if *variant == Variant::ORDINARY { String::new() } else { format!("variant-{}", variant.word()) }
}

/// How a clock is counted; none where the law fixes no number.
fn counted(clock: &LawClock) -> Option<Phrase> {
    let key = match clock.unit? {
        _ if clock.minimum => "counted-at-least",
        Unit::Hour => "counted-hours",
        Unit::Day => "counted-days",
    };
    let phrase = Phrase::of(key).with("amount", clock.amount?.to_string());
    Some(phrase.with("from", format!("from-{}", clock.starts)))
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
    let preserved = event.as_ref().and_then(|e| request::preserved_in(&e.terms));
    let template = match (of, answer) {
        (LetterKind::Answer, Some(Answer::Refuse)) => "refusal".to_owned(),
        (LetterKind::Answer, Some(answer)) => format!("answer-{answer}"),
        (LetterKind::Answer, None) => "answer".to_owned(),
        (LetterKind::Information, _) => "information-given".to_owned(),
        (LetterKind::Request, _) => match (kind.counterpart, addressee) {
            (Counterpart::Provider, Addressee::Authority) => "notification".to_owned(),
            (Counterpart::Desk, Addressee::Provider) => "production-order".to_owned(),
            _ => kind.template.clone(),
        },
        (other, _) => other.word().to_owned(),
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
    let with_contact = letter::shape_of(&template).is_some_and(|s| s.route == letter::Route::Contact);
    let reader = side(&law, workspace.records().get(to)?.as_ref()).cloned();
    let zone = reader.as_ref().map(Jurisdiction::zone).unwrap_or_default();
    let from = party(workspace, from, with_contact)?;
    // An order at home goes to no desk, and what goes straight to a provider neither.
    let to = if kind.asks_no_partner() { Party::default() } else { party(workspace, to, with_contact)? };
    let draft = of == LetterKind::Request && row.sent.is_none() && !record.is_purged();
    let between = [from.code.clone(), to.code.clone()];
    // What was sent outside of an exercise was in force then: the gate let nothing else out.
    let in_force = row.in_force || (workspace.meta.realm == Realm::Live && !draft);
    // Who asks and who is addressed: parties that the letter speaks for and to stand in the fields of the request.
    let of_request = |ids: &[&str]| {
        let found = ids.iter().map(|id| said(id)).find(|text| !text.is_empty());
        found.filter(|_| of == LetterKind::Request).unwrap_or_default()
    };
    Ok(Letter {
        template,
        of: of.word().to_owned(),
        exercise: workspace.meta.realm != Realm::Live,
        not_in_force: (!in_force).then(|| between.clone()),
        draft,
        into_system: kind.system && addressee == Addressee::Provider && of == LetterKind::Request,
        accepted: accepted(reader.as_ref().filter(|_| !kind.asks_no_partner()), &kind.instrument),
        provider: if addressee == Addressee::Provider {
            of_request(&["provider", "addressee", "custodian"])
        } else {
            String::new()
        },
        authority: of_request(&["authority"]),
        validation: of_request(&["validation"]),
        matter: matter(workspace, &law, record)?,
        status: instrument.map(|i| status(kind, i, row.in_force, in_force, &between)).unwrap_or_default(),
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
            terms_of_time(workspace, &law, kind, record, &row, addressee, &zone)?
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
        text: match of {
            LetterKind::Withdrawal => text("because"),
            LetterKind::FollowOn => said_of_follow_on(workspace, &law, record)?,
            _ => text("text"),
        },
        answer: letter::Answer {
            date: answer.map(|_| at.to_minute()).unwrap_or_default(),
            word: answer.map(|a| a.word().to_owned()).unwrap_or_default(),
            preserved_since: preserved.map(|(since, _)| since.to_minute()).unwrap_or_default(),
            preserved_until: preserved.map(|(_, until)| until.to_minute()).unwrap_or_default(),
            reference: event
                .as_ref()
                .and_then(|e| e.content.as_ref())
                .and_then(request::reference_of)
                .map(shown_text)
                .unwrap_or_default(),
        },
        conditions,
        marking: marking(workspace, record)?,
        signer: header.as_ref().map(|h| workspace.name_of(h.member)).transpose()?.unwrap_or_default(),
        role: header.as_ref().map(|h| format!("role-{}", h.role)).unwrap_or_default(),
        remedies: String::new(),
        translation: String::new(),
        translator: String::new(),
        tool: Phrase::of("tool").with("version", env!("CARGO_PKG_VERSION")).with("law", law.version().to_string()),
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

/// The languages that a jurisdiction accepts for what rests on an instrument.
fn accepted(side: Option<&Jurisdiction>, instrument: &str) -> Vec<Accepted> {
    let all = side.map(|j| j.accepts_for(instrument)).unwrap_or_default();
    all.iter().map(|a| Accepted { code: a.language.clone(), name: a.name.clone(), urgent: a.urgent_only }).collect()
}

/// Whether an instrument is in force between the two; `now` is today, `then` when it was sent.
fn status(kind: &RequestKind, instrument: &Instrument, now: bool, then: bool, between: &[String; 2]) -> Phrase {
    let [one, other] = between;
    let phrase = |key: &str| Phrase::of(key).with("one", one).with("other", other);
    match (now, then) {
        _ if kind.counterpart == Counterpart::Domestic => Phrase::of("status-home"),
        _ if kind.straight => Phrase::of("status-straight"),
        // What is signed on a model binds, not the model; and no treaty stands behind an originator's word.
        (true, _) if instrument.kind == InstrumentKind::MODEL => Phrase::of("status-model"),
        (true, _) if instrument.id == InstrumentId::ORIGINATOR => phrase("status-originator"),
        (true, _) => phrase("status-in-force"),
        (false, true) => phrase("status-was-in-force"),
        (false, false) => match instrument.status {
            InstrumentStatus::InForce => phrase("status-not-in-force"),
            InstrumentStatus::Signed => phrase("status-signed"),
            InstrumentStatus::AppliesFrom => {
                phrase("status-applies-from").with("day", instrument.applies_from.as_deref().unwrap_or_default())
            }
        },
    }
}

fn term(clock: &crate::command::request::ClockRow, ruled: Option<&LawClock>, zone: &Zone) -> Term {
    let at = |time: Option<Timestamp>| time.map(Timestamp::to_minute).unwrap_or_default();
    Term {
        clock: clock.clock.map(|c| c.word().to_owned()).unwrap_or_default(),
        variant: variant(&clock.variant),
        due: at(clock.due),
        limit: at(clock.limit),
        local: clock.limit.filter(|_| !zone.is_utc()).map(|t| zone.show(t)).unwrap_or_default(),
        minimum: clock.minimum,
        counted: ruled.and_then(counted),
        from_receipt: ruled.is_some_and(|c| c.starts == Event::Received),
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

/// The language of a letter: the one that is asked for, else the first that the addressee accepts and the program has.
fn language_of(form: &Args, values: &Letter, urgent: bool) -> Result<&'static str, Error> {
    let codes = language::codes();
    let named = language_in(form, "language")?;
    let accepted = values.accepted.iter().filter(|a| urgent || !a.urgent);
    let first = accepted.into_iter().find_map(|a| codes.iter().copied().find(|known| *known == a.code));
    Ok(named.or(first).unwrap_or(language::ENGLISH))
}

/// What stands against a letter in a language; none where its addressee accepts it, or nothing is known of what it accepts.
fn not_accepted(values: &Letter, codes: &[&str], urgent: bool) -> Option<String> {
    let accepts = |a: &Accepted| codes.contains(&a.code.as_str()) && (urgent || !a.urgent);
    if values.accepted.is_empty() || values.accepted.iter().any(accepts) {
        return None;
    }
    let all: Vec<String> = values
        .accepted
        .iter()
        .map(|a| if a.urgent { format!("{} (urgent requests)", a.name) } else { a.name.clone() })
        .collect();
    Some(format!("{} does not accept {}; it accepts {}", values.to.code, codes.join(" or "), all.join(", ")))
}

/// Writes a prescribed form in the place of a letter: cleared and logged as one.
fn write_form(
    workspace: &mut Workspace,
    record: &Record,
    prescribed: &PrescribedForm,
    values: Letter,
    whom: Addressee,
    out: &Destination,
) -> Result<Output, Error> {
    let now = workspace.may_sign(crate::record::letter::WRITE)?;
    let law = workspace.law()?;
    let own = workspace.own_record()?;
    let sheet = filled(prescribed, values, whom, side(&law, Some(&own)));
    let cleared = copy_out::cleared(workspace, now, sheet)?;
    let text = sheets::write(&cleared, format_of(out))
        .map_err(|e| Error::new(ErrorKind::Internal, e.to_string(), "please report it"))?;
    let (id, digest) = copy_out::log_and_write(workspace, record.id, "form", &text, Some(out))?;
    // Who sends it is told; who receives it reads a form, and not how far the program trusts its own rows.
    let told = match prescribed.verified {
        Verified::Never => " Nobody has compared this form with the official text yet: do so before you sign it.",
        Verified::On(_) => "",
    };
    let said = format!("{} is written to {}; SHA-256 {digest}.{told}", prescribed.name, out.shown());
    Ok(Output::made(id, said).with("sha256", digest.to_string()).with("form", prescribed.id.clone()))
}

/// The largest translation that is attached, in bytes.
const LARGEST_TRANSLATION: u64 = 1024 * 1024;

fn write(workspace: &mut Workspace, form: &Args, job: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(form.need("request")?, &[Kind::Request])?;
    let out = Destination::of(form, "out")?;
    let now = workspace.may_sign(crate::record::letter::WRITE)?;
    let kind = request::terms_of(&record)?.kind;
    let prescribed = form_of(form, &kind)?;
    let named = form.maybe_read("of", "a letter of a request", LetterKind::parse)?;
    let of = prescribed.map(|(_, of)| of).or(named).unwrap_or(LetterKind::Request);
    let addressee = form.maybe_read("addressee", "an addressee of a letter", Addressee::parse)?;
    let mut values = as_it_was(workspace, &record, of, addressee, job)?;
    if form.maybe("translation").is_some() {
        let file = form.path("translation")?;
        must_be_made_for(workspace, form, &file)?;
        let text = String::from_utf8(file::read(&file, LARGEST_TRANSLATION)?)
            .map_err(|_| Error::usage("--translation: the file is not UTF-8"))?;
        values.translation = shown_text(&text);
        values.translator = form.line("translator")?;
    }
    let terms = request::terms_of(&record)?;
    let urgent = terms.urgency.is_some() || workspace.law()?.request(&terms.kind).is_some_and(|k| k.emergency);
    let language = language_of(form, &values, urgent)?;
    let beside = language_in(form, "beside")?;
    let all: Vec<&str> = std::iter::once(language).chain(beside).collect();
    let warning = not_accepted(&values, &all, urgent).filter(|_| values.translation.is_empty());
    // An answer goes in the language of who answers; what asks for something goes in one that is accepted.
    if let Some(warning) = warning.as_ref().filter(|_| of != LetterKind::Answer && !values.draft && !urgent) {
        return Err(Error::new(
            ErrorKind::Refused,
            format!("{warning}: the letter would be sent back"),
            "choose another --language, or attach a --translation with its --translator",
        ));
    }
    if let Some((prescribed, _)) = prescribed {
        let whom = addressee.unwrap_or(prescribed.to);
        return write_form(workspace, &record, prescribed, values, whom, &out);
    }
    let cleared = copy_out::cleared(workspace, now, values)?;
    let shape = format_of(&out);
    let unwritten = |e: LetterError| match e {
        LetterError::Template(_) => Error::usage(format!("--language {}: {e}", shown(language))),
        LetterError::Render(_) => Error::new(ErrorKind::Internal, e.to_string(), "please report it"),
    };
    let text = match beside {
        Some(other) => letter::write_beside(&cleared, [language, other], shape),
        None => letter::write(&cleared, language, shape),
    };
    let text = text.map_err(unwritten)?;
    let (id, digest) = copy_out::log_and_write(workspace, record.id, "letter", &text, Some(&out))?;
    let warned = warning.as_ref().map(|w| format!(" {w}: attach a translation.")).unwrap_or_default();
    let said = format!("Written to {}; SHA-256 {digest}.{warned}", out.shown());
    Ok(Output::made(id, said).with("sha256", digest.to_string()).with("language", language).with("warning", warning))
}
