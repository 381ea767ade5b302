//! The letters of a complaint: that it came, how it stands, that not all of it is told, how it was decided, who leads it. An answer that
//! neither confirms nor denies has the same words, the same length and a fixed day, whatever the search has found.

use crate::act::header::Audience;
use crate::command::complaint::{COMPLAINT, named, shown};
use crate::command::copy_out;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::destination::{Destination, FORCE};
use crate::gate::cleared;
use crate::record::complaint::{self, LetterOf, Outcome, Remedy};
use crate::record::store::Record;
use crate::report::language::{self, Phrase};
use crate::report::letter::{self, Fact, Letter, Party};
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::realm::Realm;
use crate::value::text::shown_lines;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

fn letters() -> Vec<&'static str> {
    LetterOf::ALL.iter().map(|w| w.word()).collect()
}

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "complaint",
    name: "letter",
    about: "Write a letter to who complains; an answer that neither confirms nor denies is the same for everybody",
    args: &[
        COMPLAINT,
        Arg::new("of", ArgKind::Word(letters), "which letter").required(),
        Arg::new("language", ArgKind::Word(language::codes), "the language of the letter"),
        Arg::new("out", ArgKind::ToWrite, "the file to write; one that ends in .txt is plain text").required(),
        FORCE,
    ],
    writes: Some(Writes { rehearsable: false, ..Writes::of(complaint::LETTER, Weight::Signs, Needs::NotPurged) }),
    run: Handler::Writes(write),
}];

words! {
    /// The letters, by their names among the templates.
    Template {
        /// That it came.
        Acknowledgement = "complaint-acknowledgement",
        /// How it stands.
        Progress = "complaint-progress",
        /// That not all of it is told.
        Restriction = "complaint-restriction",
        /// That everything was verified, and nothing more.
        Checked = "complaint-checked",
        /// How it was decided.
        Decision = "complaint-decision",
        /// Who leads it.
        Referral = "complaint-referral",
    }
}

/// The days on which an answer that neither confirms nor denies goes out lie so far apart.
const ANSWER_DAYS_APART: Duration = Duration::days(30);

/// The next day for such an answer that is not over.
fn next_answer_day(first: Timestamp, now: Timestamp) -> Timestamp {
    let mut on = first;
    while on < now {
        on = on.plus(ANSWER_DAYS_APART);
    }
    on
}

/// The letter of a complaint. Of an answer that neither confirms nor denies, nothing but the addressee and the reference follows from
/// the complaint.
fn letter_of(workspace: &Workspace, record: &Record, of: LetterOf) -> Result<Letter, Error> {
    let law = workspace.law()?;
    let own = workspace.own_record()?;
    let side = own.text("jurisdiction").and_then(|code| law.jurisdiction(code));
    let said = shown(workspace, record)?;
    let name = workspace.text_of(&own, "name")?;
    let day = |at: Timestamp| at.to_date();
    let mut date = day(workspace.now());
    let mut text = String::new();
    let mut matter = Vec::new();
    let by =
        |label: &str, at: Option<Timestamp>| at.map(|at| Fact { label: label.to_owned(), text: Phrase::text(day(at)) });
    let template = match of {
        LetterOf::Acknowledgement => {
            matter.extend(by("complaint-heard-by", said.row.progress_by));
            Template::Acknowledgement
        }
        LetterOf::Progress => {
            matter.extend(by("complaint-decided-by", said.row.decide_by));
            Template::Progress
        }
        LetterOf::Restriction => {
            matter.extend(by("complaint-reviewed-on", said.review));
            Template::Restriction
        }
        LetterOf::Referral => {
            text.clone_from(&said.row.partner);
            Template::Referral
        }
        LetterOf::Decision if matches!(said.outcome, None | Some(Outcome::Checked)) => {
            // The day says nothing of how long the search took: it is the next of days that are fixed from the beginning.
            date = said.answer_on.map(|on| day(next_answer_day(on, workspace.now()))).unwrap_or(date);
            Template::Checked
        }
        LetterOf::Decision => {
            text.clone_from(&said.reasons);
            let owed = record.list("remedies", Remedy::parse);
            matter.extend(
                owed.iter()
                    .map(|r| Fact { label: "complaint-remedy".to_owned(), text: Phrase::of(format!("remedy-{r}")) }),
            );
            Template::Decision
        }
    };
    Ok(Letter {
        template: template.word().to_owned(),
        exercise: workspace.meta.realm != Realm::Live,
        from: Party {
            code: workspace.code_of(own.id)?,
            name,
            contact_24_7: side.map(|j| j.contact_24_7.clone()).unwrap_or_default(),
            ..Party::default()
        },
        provider: shown_lines(&said.from).join("\n"),
        date,
        reference: format!("CP-{}", record.id.short()),
        matter,
        text: shown_lines(&text).join("\n"),
        remedies: side.map(|j| j.remedies.clone()).unwrap_or_default(),
        tool: Phrase::of("tool").with("version", env!("CARGO_PKG_VERSION")).with("law", law.version().to_string()),
        ..Letter::default()
    })
}

fn write(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let of = args.read("of", "a letter of a complaint", LetterOf::parse)?;
    let out = Destination::of(args, "out")?;
    let now = workspace.may_sign(complaint::LETTER)?;
    let values = letter_of(workspace, &record, of)?;
    let (records, realm) = (workspace.records(), &workspace.meta.realm);
    let cleared = cleared::clear_written(&records, realm, now, (workspace.person(), complaint::LETTER), values)?
        .map_err(|v| Error::refused(v, None))?;
    let language = copy_out::language_in(args, "language")?.unwrap_or(language::ENGLISH);
    let text = letter::write(&cleared, language, copy_out::format_of(&out))
        .map_err(|e| Error::new(ErrorKind::Internal, e.to_string(), "please report it"))?;
    let digest = Digest::of(text.as_bytes()).to_string();
    let day = cleared.value().date.clone();
    workspace.act_alone(complaint::LETTER, Audience::OwnDesk, |e, _| {
        Ok(complaint::written(record.id, of.word(), &digest, e.salt()?))
    })?;
    out.write(text.as_bytes())?;
    let said = format!("Written to {}, dated {day}: send it on that day. SHA-256 {digest}.", out.shown());
    Ok(Output::made(record.id, said).with("sha256", digest))
}
