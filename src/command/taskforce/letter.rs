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
use crate::record::{letter as logged, taskforce};
use crate::report::language::{self, Phrase};
use crate::report::letter::{Fact, Letter, Paragraph, Party};
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

fn fact(label: &str, text: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), text: Phrase::text(text.into()) }
}

/// The charter as a letter.
fn letter_of(workspace: &Workspace, record: &Record) -> Result<Letter, Error> {
    let law = workspace.law()?;
    let summary = row(workspace, record)?;
    let words = words_of(workspace, record)?;
    let own = workspace.own_record()?;
    let model = law.request(&summary.model);
    let mut matter = vec![
        fact("charter-name", summary.title.clone()),
        fact("charter-lead", summary.lead.clone()),
        fact("charter-desks", summary.desks.join(", ")),
        fact("charter-from", summary.from.to_minute()),
        fact("charter-until", summary.until.to_minute()),
        fact("charter-purposes", summary.purposes.join(", ")),
    ];
    matter.extend(summary.signed.iter().map(|s| fact("charter-signed", format!("{}, {}", s.desk, s.at.to_minute()))));
    matter.extend(summary.unsigned.iter().map(|desk| fact("charter-unsigned", desk.clone())));
    let paragraph = |(id, text): &(String, String)| {
        let field = model.and_then(|m| m.field.iter().find(|f| f.id == *id));
        Paragraph {
            id: id.clone(),
            label: field.map_or_else(|| id.clone(), |f| f.label.clone()),
            article: field.map(|f| f.article.clone()).unwrap_or_default(),
            text: text.clone(),
        }
    };
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
        fields: words.fields.iter().map(paragraph).collect(),
        tool: Phrase::of("tool").with("version", env!("CARGO_PKG_VERSION")).with("law", law.version().to_string()),
        ..Letter::default()
    })
}

fn write(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("taskforce")?, &[Kind::Taskforce])?;
    copy_out::write_letter(workspace, args, (record.id, "taskforce-charter"), |workspace| letter_of(workspace, &record))
}
