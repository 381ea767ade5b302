//! The charter on paper: what its desks have agreed, who has signed, with the ids that link the paper to the log.

use super::parties::{TASKFORCE, words_of};
use super::row;
use crate::command::copy_out;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::FORCE;
use crate::record::kind::Kind;
use crate::record::store::Record;
use crate::record::target::Step;
use crate::record::taskforce::Charter;
use crate::record::{letter as logged, taskforce};
use crate::report::language::{self, Language, Phrase};
use crate::report::letter::{Fact, Letter, Paragraph, Party};
use crate::value::class::Category;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "taskforce",
    name: "letter",
    about: "Write the charter as a document: what its desks agree, and who has signed it",
    args: &[
        TASKFORCE,
        Arg::new("language", ArgKind::Word(language::codes), "the language of the letter"),
        Arg::new("out", ArgKind::ToWrite, "the file to write; one that ends in .txt is plain text").required(),
        FORCE,
    ],
    writes: Some(Writes {
        act: logged::WRITE,
        weight: Weight::Signs,
        needs: Needs::OneOf(taskforce::TOLD_OF),
        rehearsable: false,
        preview: Preview::None,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[],
    }),
    run: Handler::Writes(write),
}];

/// The letter that a charter is.
const CHARTER: &str = "charter";

/// What stands where a charter says nothing.
const NOT_STATED: &str = "not-stated";

fn fact(label: &str, text: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), text: Phrase::text(text.into()) }
}

fn phrase(label: &str, text: Phrase) -> Fact {
    Fact { label: label.to_owned(), text }
}

/// What its desks commit themselves to: within how many days what is done.
fn targets(charter: &Charter) -> Vec<Fact> {
    let of = |(step, days): &(Step, i64)| {
        phrase("charter-target", Phrase::of(format!("target-{step}")).with("amount", days.to_string()))
    };
    match charter.targets.0.is_empty() {
        true => vec![phrase("charter-target", Phrase::of(NOT_STATED))],
        false => charter.targets.0.iter().map(of).collect(),
    }
}

/// For which data, up to where, and for how long at most.
fn ceilings(charter: &Charter) -> Vec<Fact> {
    let data = |c: &Category| phrase("charter-data", Phrase::of(format!("category-{c}")));
    let mut all: Vec<Fact> = charter.categories.iter().map(data).collect();
    if all.is_empty() {
        all.push(phrase("charter-data", Phrase::of(NOT_STATED)));
    }
    let tier = charter.tier.map_or_else(|| Phrase::of("charter-tier-default"), |tier| Phrase::text(tier.to_string()));
    all.push(phrase("charter-tier", tier));
    let days = Phrase::of("charter-days").with("amount", charter.retention_cap_days.to_string());
    all.push(phrase("charter-kept", days));
    all
}

/// The charter as a letter: every field of its model, and where it says nothing, that it does not.
fn letter_of(workspace: &Workspace, record: &Record, language: &str) -> Result<Letter, Error> {
    let law = workspace.law()?;
    let summary = row(workspace, record)?;
    let words = words_of(workspace, record)?;
    let charter = taskforce::charter_of(record)?;
    let not_stated = Language::of(language).and_then(|l| l.in_words(&Phrase::of(NOT_STATED))).unwrap_or_default();
    let own = workspace.own_record()?;
    let model = law.request(&summary.model);
    let mut matter = vec![
        fact("charter-name", summary.title.clone()),
        fact("charter-lead", summary.lead.clone()),
        fact("charter-desks", summary.desks.join(", ")),
        fact("charter-from", summary.from.to_minute()),
        fact("charter-until", summary.until.to_minute()),
        fact("charter-version", charter.version.to_string()),
        fact("charter-purposes", summary.purposes.join(", ")),
    ];
    matter.extend(ceilings(&charter));
    matter.extend(targets(&charter));
    matter.extend(summary.signed.iter().map(|s| fact("charter-signed", format!("{}, {}", s.desk, s.at.to_minute()))));
    matter.extend(summary.unsigned.iter().map(|desk| fact("charter-unsigned", desk.clone())));
    let said = |id: &str| words.fields.iter().find(|(name, _)| name == id).map(|(_, text)| text.clone());
    let asked = model.map(|m| m.field.as_slice()).unwrap_or_default();
    let mut fields: Vec<Paragraph> = asked
        .iter()
        .map(|field| Paragraph {
            id: field.id.clone(),
            label: field.label.clone(),
            article: field.article.clone(),
            text: said(&field.id).unwrap_or_else(|| not_stated.clone()),
        })
        .collect();
    // What a row of the law that is here does not know stands as it was signed.
    let unknown = words.fields.iter().filter(|(id, _)| !asked.iter().any(|f| f.id == *id));
    fields.extend(unknown.map(|(id, text)| Paragraph {
        id: id.clone(),
        label: id.clone(),
        article: String::new(),
        text: text.clone(),
    }));
    Ok(Letter {
        template: CHARTER.to_owned(),
        exercise: workspace.meta.realm != crate::value::realm::Realm::Live,
        draft: !summary.unsigned.is_empty(),
        from: Party { code: workspace.code_of(own.id)?, name: workspace.text_of(&own, "name")?, ..Party::default() },
        date: workspace.now().to_minute(),
        reference: format!("TF-{}", record.id.short()),
        name: model.map(|m| m.name.clone()).unwrap_or_default(),
        instrument: model.and_then(|m| law.instrument(&m.instrument)).map(|i| i.name.clone()).unwrap_or_default(),
        article: model.map(|m| m.article.clone()).unwrap_or_default(),
        source: model.map(|m| m.source.clone()).unwrap_or_default(),
        status: Phrase::of("status-model"),
        matter,
        fields,
        tool: Phrase::of("tool").with("version", env!("CARGO_PKG_VERSION")).with("law", law.version().to_string()),
        ..Letter::default()
    })
}

fn write(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("taskforce")?, &[Kind::Taskforce])?;
    let language = copy_out::language_in(args, "language")?.unwrap_or(language::ENGLISH);
    copy_out::write_letter(workspace, args, (record.id, "taskforce-charter"), |workspace| {
        letter_of(workspace, &record, language)
    })
}
