//! Charters: proposing one, and amending it. A charter has what its model asks for, a row of the law.

use serde::Serialize;

use super::parties::{TASKFORCE, audience, codes, words_of};
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Known, Needs, Output, PairRow, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::shape::{TIER, TOKENS};
use crate::law::request::RequestKind;
use crate::record::definition::token;
use crate::record::kind::Kind;
use crate::record::store::Record;
use crate::record::target::{TARGET, Targets};
use crate::record::taskforce::{self, Charter, CharterContent};
use crate::store::read;
use crate::value::class::{Category, Tier, words};
use crate::value::id::Id;
use crate::value::text::{is_blank, shown};
use crate::value::timestamp::{Duration, Timestamp};
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

words! {
    /// A model that a charter may follow: a kind of request that proposes a joint investigation. Its fields are what the charter says.
    Model {
        /// The model agreement of the European Union.
        Jit = "jit",
        /// The Second Additional Protocol to the Budapest Convention.
        Protocol = "2ap12",
        /// The United Nations Convention against Cybercrime.
        Cybercrime = "uncc48",
        /// The United Nations Convention against Transnational Organized Crime.
        OrganizedCrime = "untoc19",
    }
}

/// The models of charters: the kinds of request that propose a joint investigation.
fn models(workspace: &Workspace, _: &Args) -> Result<Vec<Known>, Error> {
    let known = |k: &RequestKind| Known { word: k.id.clone(), text: k.name.clone() };
    let law = workspace.law()?;
    Ok(law.requests().iter().filter(|k| Model::parse(&k.id).is_some()).map(known).collect())
}

fn fields(workspace: &Workspace, args: &Args) -> Result<Vec<PairRow>, Error> {
    let law = workspace.law()?;
    let model = match args.maybe("taskforce") {
        Some(typed) => taskforce::charter_of(&workspace.find_record(typed, &[Kind::Taskforce])?)?.model,
        None => args.maybe("model").unwrap_or(Model::Jit.word()).to_owned(),
    };
    let Some(model) = law.request(&model) else { return Ok(Vec::new()) };
    let row = |f: &crate::law::request::FieldRow| PairRow {
        name: f.id.clone(),
        label: f.label.clone(),
        help: f.help.clone(),
        article: f.article.clone(),
        required: f.required,
        words: Vec::new(),
    };
    Ok(model.field.iter().map(row).collect())
}

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "taskforce",
        name: "new",
        about: "Propose the charter of a task force that this desk leads, which also signs it for this desk",
        args: &[
            Arg::new("title", ArgKind::Line, "its title").required(),
            Arg::new("purpose", ArgKind::Line, "for which purpose: a word that cases name too")
                .of_shape(TOKENS)
                .required()
                .repeated(),
            Arg::new("desks", ArgKind::Line, "the codes of all its desks, with commas between").required().repeated(),
            Arg::new("lead", ArgKind::Line, "the code of the desk that leads: this one"),
            Arg::new("from", ArgKind::Time, "from when").required(),
            Arg::new("until", ArgKind::Time, "until when").required(),
            Arg::new("categories", ArgKind::Words(all_words::<Category>), "for which data").required().repeated(),
            Arg::new("tier", ArgKind::Number, "up to which tier; without it, the default of each partner's kind")
                .of_shape(TIER),
            Arg::new("retention-cap", ArgKind::Duration, "the longest deletion term, such as 60d").required(),
            Arg::new(
                "target",
                ArgKind::Line,
                "within how many days what is done, such as acknowledged=3,decided=30: targets of its desks, in days",
            )
            .repeated(),
            Arg::new("model", ArgKind::Known(models), "the model that its charter follows; without it, jit"),
            Arg::new(
                "field",
                ArgKind::PairsOf(fields),
                "what the charter says: name=text, for each field of its model",
            )
            .repeated(),
        ],
        writes: Some(Writes {
            act: taskforce::NEW,
            weight: Weight::Signs,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("taskforce end"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(new),
    },
    Command {
        noun: "taskforce",
        name: "amend",
        about: "Propose a newer version of the charter, such as a longer one; it takes the older one's place once all have signed",
        args: &[
            TASKFORCE,
            Arg::new("because", ArgKind::Body, "why").required(),
            Arg::new("title", ArgKind::Line, "another title"),
            Arg::new("purpose", ArgKind::Line, "other purposes").of_shape(TOKENS).repeated(),
            Arg::new("desks", ArgKind::Line, "the codes of all its desks from then on, with commas between").repeated(),
            Arg::new("from", ArgKind::Time, "another first day"),
            Arg::new("until", ArgKind::Time, "another end"),
            Arg::new("categories", ArgKind::Words(all_words::<Category>), "other data").repeated(),
            Arg::new("tier", ArgKind::Number, "up to another tier").of_shape(TIER),
            Arg::new("retention-cap", ArgKind::Duration, "another longest deletion term, such as 60d"),
            Arg::new(
                "target",
                ArgKind::Line,
                "other targets, such as acknowledged=3,decided=30: targets of its desks, in days",
            )
            .repeated(),
            Arg::new("field", ArgKind::PairsOf(fields), "what the charter says otherwise: name=text").repeated(),
        ],
        writes: Some(Writes {
            act: taskforce::AMEND,
            weight: Weight::Signs,
            needs: Needs::OneOf(taskforce::ALIVE),
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(amend),
    },
];

/// The desks that are named by their codes: this one, and partners.
fn desks(workspace: &Workspace, args: &Args) -> Result<Vec<Id>, Error> {
    let own = workspace.code_of(workspace.meta.desk)?;
    let codes = args.words("desks", "codes of desks", |code| Some(code.to_owned()))?;
    codes
        .iter()
        .map(|code| if *code == own { Ok(workspace.meta.desk) } else { Ok(workspace.partner(code)?.id) })
        .collect()
}

/// What the fields say, those of the model alone, in its order. Blank ones are left out.
fn said(
    model: &RequestKind,
    pairs: &[(String, String)],
    before: &[(String, String)],
) -> Result<Vec<(String, String)>, Error> {
    if let Some((name, _)) = pairs.iter().find(|(name, _)| !model.field.iter().any(|f| f.id == *name)) {
        let what = format!("--field {}: {} has no such field", shown(name), model.id);
        return Err(Error::usage(what).hint(format!("`comity law show {}` names them", model.id)));
    }
    let text_of = |id: &str| {
        let of = |all: &[(String, String)]| all.iter().rev().find(|(name, _)| name == id).map(|(_, text)| text.clone());
        of(pairs).or_else(|| of(before))
    };
    let mut fields = Vec::new();
    for field in &model.field {
        let Some(text) = text_of(&field.id).filter(|text| !is_blank(text)) else { continue };
        let text =
            crate::value::text::body(&text).map_err(|e| Error::usage(format!("--field {}: {e}", shown(&field.id))))?;
        fields.push((field.id.clone(), text));
    }
    Ok(fields)
}

fn new(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let (own, lead) = (workspace.code_of(workspace.meta.desk)?, args.maybe_line("lead")?);
    if lead.as_ref().is_some_and(|lead| *lead != own) {
        return Err(Error::usage("--lead: the charter of a task force is proposed at the desk that leads it")
            .hint("let that desk propose it; this one signs with `taskforce sign`"));
    }
    let law = workspace.law()?;
    let model = args.maybe("model").unwrap_or(Model::Jit.word());
    let model = law.request(model).filter(|k| Model::parse(&k.id).is_some()).ok_or_else(|| {
        Error::usage(format!("--model {}: it is no model of a charter; `comity law list` names them", shown(model)))
    })?;
    let words =
        CharterContent { title: args.line("title")?, fields: said(model, &args.pairs("field")?, &[])?, because: None };
    let charter = Charter {
        version: 1,
        model: model.id.clone(),
        lead: workspace.meta.desk,
        desks: desks(workspace, args)?,
        purposes: args.words("purpose", TOKENS.what, token)?,
        categories: args.words("categories", "a data category", Category::parse)?,
        tier: args.maybe_read("tier", TIER.what, Tier::parse)?,
        from: args.time("from", now)?,
        until: args.time("until", now)?,
        retention_cap_days: args.read("retention-cap", "a number of days, such as 60d,", Duration::parse)?.whole_days(),
        targets: Targets::of_typed(args.words("target", TARGET, Targets::typed)?),
        filled: words.fields.iter().map(|(id, _)| id.clone()).collect(),
        text: words.digest(),
    };
    let others: Vec<Id> = charter.desks.iter().copied().filter(|desk| *desk != workspace.meta.desk).collect();
    if others.is_empty() {
        return Err(Error::usage("--desks: a task force has two desks or more"));
    }
    let id = workspace.entropy.id()?;
    workspace.act_alone(taskforce::NEW, Audience::Desks(others), |e, _| {
        Ok(taskforce::proposed(id, &charter, &words, e.salt()?))
    })?;
    Ok(Output::made(id, "The charter is proposed, and signed for this desk: the others read it with the next bundles."))
}

fn amend(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let record = workspace.find_record(args.need("taskforce")?, &[Kind::Taskforce])?;
    let before = taskforce::open_of(&record)?.map_or_else(|| taskforce::charter_of(&record), Ok)?;
    let old = CharterContent::read(read::content(&workspace.db, taskforce::open_row(&record))?.as_ref());
    let law = workspace.law()?;
    let fields = match law.request(&before.model) {
        Some(model) => said(model, &args.pairs("field")?, &old.fields)?,
        None => old.fields,
    };
    let words = CharterContent {
        title: args.maybe_line("title")?.unwrap_or(old.title),
        fields,
        because: args.body("because")?,
    };
    let given = |field: &str| args.maybe(field).is_some();
    let time = |field: &str, old: Timestamp| if given(field) { args.time(field, now) } else { Ok(old) };
    let charter = Charter {
        version: before.version + 1,
        model: before.model.clone(),
        lead: before.lead,
        desks: if given("desks") { desks(workspace, args)? } else { before.desks.clone() },
        purposes: if given("purpose") { args.words("purpose", TOKENS.what, token)? } else { before.purposes.clone() },
        categories: if given("categories") {
            args.words("categories", "a data category", Category::parse)?
        } else {
            before.categories.clone()
        },
        tier: args.maybe_read("tier", TIER.what, Tier::parse)?.or(before.tier),
        from: time("from", before.from)?,
        until: time("until", before.until)?,
        retention_cap_days: if given("retention-cap") {
            args.read("retention-cap", "a number of days, such as 60d,", Duration::parse)?.whole_days()
        } else {
            before.retention_cap_days
        },
        targets: if given("target") {
            Targets::of_typed(args.words("target", TARGET, Targets::typed)?)
        } else {
            before.targets.clone()
        },
        filled: words.fields.iter().map(|(id, _)| id.clone()).collect(),
        text: words.digest(),
    };
    let Audience::Desks(mut to) = audience(workspace, &record)? else {
        return Err(Error::not_allowed("no other desk of the task force is known here"));
    };
    to.extend(charter.desks.iter().filter(|desk| **desk != workspace.meta.desk));
    to.sort_unstable();
    to.dedup();
    let id = record.id;
    workspace.act_alone(taskforce::AMEND, Audience::Desks(to), |e, _| {
        Ok(taskforce::proposed(id, &charter, &words, e.salt()?))
    })?;
    let stands = if record.is(taskforce::State::InForce) { " Until then the older one stands." } else { "" };
    let said =
        format!("Version {} is proposed: it is in force once every desk has signed it.{stands}", charter.version);
    Ok(Output::made(id, said).with("version", charter.version))
}

/// What a newer version of a charter says otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Difference {
    /// Which part.
    pub what: String,
    /// What it said.
    pub before: String,
    /// What it says.
    pub after: String,
}

/// What a newer version says otherwise than the one that stands, part by part.
pub fn differences(workspace: &Workspace, record: &Record, next: &Charter) -> Result<Vec<Difference>, Error> {
    let told = |charter: &Charter| -> Result<Vec<(&'static str, String)>, Error> {
        Ok(vec![
            ("desks", codes(workspace, &charter.desks)?.join(", ")),
            ("purposes", charter.purposes.join(", ")),
            ("categories", charter.categories.iter().map(|c| c.word()).collect::<Vec<_>>().join(", ")),
            ("tier", charter.tier.map_or_else(|| "the default".to_owned(), |t| t.to_string())),
            ("from", charter.from.to_string()),
            ("until", charter.until.to_string()),
            ("retention_cap_days", charter.retention_cap_days.to_string()),
            ("targets", charter.targets.said()),
        ])
    };
    let (old, new) = (told(&taskforce::charter_of(record)?)?, told(next)?);
    let mut all: Vec<Difference> = old
        .into_iter()
        .zip(new)
        .filter(|((_, before), (_, after))| before != after)
        .map(|((what, before), (_, after))| Difference { what: what.to_owned(), before, after })
        .collect();
    let before = words_of(workspace, record)?;
    let after = CharterContent::read(read::content(&workspace.db, taskforce::open_row(record))?.as_ref());
    if before.title != after.title {
        all.push(Difference { what: "title".to_owned(), before: before.title.clone(), after: after.title.clone() });
    }
    let text = |words: &CharterContent, id: &str| {
        words.fields.iter().find(|(name, _)| name == id).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let mut ids: Vec<&String> = before.fields.iter().chain(&after.fields).map(|(id, _)| id).collect();
    ids.dedup();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let (old, new) = (text(&before, id), text(&after, id));
        if old != new {
            all.push(Difference { what: id.clone(), before: old, after: new });
        }
    }
    Ok(all)
}
