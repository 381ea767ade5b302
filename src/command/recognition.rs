//! Mutual recognition: what of a partner counts here, such as its laboratory or a class of its authorisations, and until when.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::shape::TOKEN;
use crate::record::definition::token;
use crate::record::kind::{Kind, State};
use crate::record::recognition;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "recognition",
        name: "add",
        about: "Record that something of a partner is recognised here: a laboratory, a certificate, a class of authorisations",
        args: &[
            Arg::new("partner", ArgKind::Partner, "whose").required(),
            Arg::new("of", ArgKind::Line, "what, in a word without spaces, such as lab-17025 or judicial-order")
                .of_shape(TOKEN)
                .required(),
            Arg::new("title", ArgKind::Line, "what it is called").required(),
            Arg::new("reference", ArgKind::Line, "the certificate or the decision that says so").required(),
            Arg::new("until", ArgKind::Time, "until when it counts").required(),
        ],
        writes: Some(Writes {
            act: recognition::ADD,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("recognition end"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(add),
    },
    Command {
        noun: "recognition",
        name: "end",
        about: "Recognise something of a partner no more",
        args: &[
            Arg::new("recognition", ArgKind::Record(&[Kind::Recognition]), "what was recognised").positional(),
            Arg::new("because", ArgKind::Body, "why").required(),
        ],
        writes: Some(Writes {
            act: recognition::END,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(end),
    },
    Command {
        noun: "recognition",
        name: "list",
        about: "List what of partners is recognised here, and what has lapsed",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
];

/// A recognition as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct RecognitionRow {
    /// The record.
    pub id: Id,
    /// The partner.
    pub partner: String,
    /// Standing or ended.
    pub state: State,
    /// What, in a word.
    pub of: String,
    /// What it is called.
    pub title: String,
    /// The certificate or the decision that says so.
    pub reference: String,
    /// Until when it counts.
    pub until: Option<Timestamp>,
    /// Whether it has lapsed.
    pub lapsed: bool,
}

/// Everything that is or was recognised.
pub fn rows(workspace: &Workspace) -> Result<Vec<RecognitionRow>, Error> {
    let all = recognition::all(&workspace.records(), None)?;
    all.iter()
        .map(|record| {
            Ok(RecognitionRow {
                id: record.id,
                partner: workspace.partner_of(record)?.unwrap_or_default(),
                state: record.state,
                of: record.text("of").unwrap_or_default().to_owned(),
                title: workspace.text_of(record, "title")?,
                reference: workspace.text_of(record, "reference")?,
                until: record.instant("until"),
                lapsed: record.instant("until").is_some_and(|until| until <= workspace.now()),
            })
        })
        .collect()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("partner", "DESK"),
        ("state", "STATE"),
        ("of", "OF"),
        ("until", "UNTIL"),
        ("lapsed", "LAPSED"),
        ("title", "TITLE"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Recognition))
}

fn add(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let partner = workspace.partner(args.need("partner")?)?.id;
    let of = args.read("of", TOKEN.what, token)?;
    let (title, reference) = (args.line("title")?, args.line("reference")?);
    let until = args.time("until", workspace.now())?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(recognition::ADD, Audience::OwnDesk, |e, _| {
        Ok(recognition::new(id, partner, &of, until, (&title, &reference), e.salt()?))
    })?;
    Ok(Output::made(id, format!("Recognised until {}.", until.to_minute())))
}

fn end(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("recognition")?, &[Kind::Recognition])?;
    let because = args.body("because")?.unwrap_or_default();
    let id = workspace.act_alone(recognition::END, Audience::OwnDesk, |e, _| {
        Ok(recognition::ended(record.id, &because, e.salt()?))
    })?;
    Ok(Output::made(id, "It is recognised no more."))
}
