//! After an exercise: its report, for print and signed; and in the live workspace what that report brings: its record, and its
//! actions until they are done. Nothing else of an exercise gets there.

use serde::Serialize;

use super::view::{self, ActionRow, Board};
use super::{EXERCISE, named};
use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Weight, Writes};
use crate::command::destination::{Destination, FORCE};
use crate::gate::cleared;
use crate::host::file;
use crate::record::action::{self, WAS_DONE};
use crate::record::exercise::{self, Plan};
use crate::record::kind::{Kind, State};
use crate::record::observation::Rating;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{inject, member};
use crate::report::after_action::{
    self, ActionReport, AfterAction, InjectReport, ObjectiveReport, Participant, Rated, ReportError, Said, Seen,
};
use crate::report::letter::LetterFormat;
use crate::store::read;
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::realm::Realm;
use crate::value::text::{counted, shown};
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "exercise",
        name: "report",
        about: "Write the after-action report and improvement plan: .html for print, .txt, or .json, which is signed",
        args: &[
            EXERCISE,
            Arg::new("out", ArgKind::ToWrite, "the file to write; its ending says in which form").required(),
            Arg::new("briefing", ArgKind::Flag, "the briefing before play instead: no objectives, events or answers"),
            FORCE,
        ],
        writes: Some(Writes {
            rehearsable: false,
            ..Writes::of(exercise::REPORT, Weight::Signs, Needs::OneOf(exercise::OF_PLAY))
        }),
        run: Handler::Writes(report),
    },
    Command {
        noun: "exercise",
        name: "record",
        about: "Record the signed report of an exercise in this live workspace: its actions become tasks",
        args: &[Arg::new("file", ArgKind::Existing, "the signed report, as control gave it").positional()],
        writes: Some(Writes::of(exercise::RECORD, Weight::Records, Needs::Nothing)),
        run: Handler::Writes(record),
    },
    Command {
        noun: "exercise",
        name: "actions",
        about: "List the improvement actions, what is due first first",
        args: &[Arg::new("open", ArgKind::Flag, "only those that are to be done")],
        writes: None,
        run: Handler::Reads(actions),
    },
    Command {
        noun: "exercise",
        name: "done",
        about: "Say that an improvement action was done, and by what that is seen",
        args: &[
            Arg::new("action", ArgKind::Record(&[Kind::Action]), "the action").positional(),
            Arg::new("evidence", ArgKind::Body, "by what it is seen that it was done").required(),
        ],
        writes: Some(Writes { keys: &[Key::Sign], ..Writes::of(action::DONE, Weight::Records, Needs::ActsState) }),
        run: Handler::Writes(done),
    },
    Command {
        noun: "exercise",
        name: "figures",
        about: "Count the exercises that were recorded, how they were rated, and the actions that were done",
        args: &[],
        writes: None,
        run: Handler::Reads(show_figures),
    },
];

words! {
    /// The form of a report.
    ReportForm {
        /// For print.
        Html = "html",
        /// Plain text.
        Text = "txt",
        /// Data, signed.
        Signed = "json",
    }
}

/// What becomes of an inject, in words.
fn became(row: &view::InjectRow) -> String {
    match row.board {
        Board::Answered => "answered".to_owned(),
        Board::Skipped => format!("skipped, not needed: {}", row.because),
        Board::Planned | Board::Due => "not played".to_owned(),
        Board::Late if row.delivered.is_none() => "not played".to_owned(),
        Board::Late => "no answer in time".to_owned(),
        Board::Delivered => "no answer".to_owned(),
    }
}

fn at(time: Option<Timestamp>) -> String {
    time.map(|t| t.to_string()).unwrap_or_default()
}

/// The observations of one objective.
fn objective_report(number: i64, plan: &exercise::Objective, all: &[view::ObservationRow]) -> ObjectiveReport {
    let mut report = ObjectiveReport {
        number,
        text: plan.text.clone(),
        capability: plan.capability.clone(),
        target: plan.target.clone(),
        tasks: plan.tasks.clone(),
        ..ObjectiveReport::default()
    };
    for row in all.iter().filter(|row| row.objective == Some(number)) {
        let Some(rating) = row.rating else { continue };
        let seen = Seen {
            rating,
            capability: row.capability.clone(),
            text: row.text.clone(),
            reference: row.reference.clone(),
            analysis: row.analysis.clone(),
            inject: row.inject,
            by: row.by.clone(),
        };
        match report.ratings.iter_mut().find(|r| r.capability == row.capability) {
            // Of several the worst counts: what could not be performed once is not made good by what could.
            Some(known) if known.rating < rating => (known.rating, known.label) = (rating, rating.label()),
            Some(_) => {}
            None => {
                let capability = row.capability.clone();
                report.ratings.push(Rated { capability, rating, label: rating.label() });
            }
        }
        if rating == Rating::P { report.strengths.push(seen) } else { report.improvements.push(seen) }
    }
    report
}

/// The report of an exercise, as it stands now.
fn after_action_of(workspace: &Workspace, of: &Record) -> Result<AfterAction, Error> {
    let plan = workspace.content(of)?.as_ref().map(Plan::read).unwrap_or_default();
    let view = view::view(workspace, of)?;
    let (_, card) = workspace.card()?;
    let control = workspace.own_record()?.key.unwrap_or_default();
    // Who was only pinned took no part: what was never carried over a channel has tried nothing of it.
    let mut desks = Vec::new();
    for record in inject::of_exercise(&workspace.records(), of.id)? {
        for desk in inject::desks_of(&record) {
            let code = workspace.code_of(desk)?;
            if !desks.contains(&code) {
                desks.push(code);
            }
        }
    }
    desks.push(control.clone());
    desks.sort();
    let objectives = plan.objectives.iter().enumerate();
    let objectives = objectives.map(|(n, o)| objective_report(n as i64 + 1, o, &view.observations)).collect();
    let injects = view.injects.iter().map(|row| InjectReport {
        number: row.number,
        planned: at(row.planned),
        delivered: at(row.delivered),
        to: if row.to.is_empty() { "all".to_owned() } else { row.to.join(", ") },
        text: row.text.clone(),
        expected: row.control.as_ref().map(|c| c.expected_action.clone()).unwrap_or_default(),
        state: became(row),
        replies: row
            .replies
            .iter()
            .map(|r| Said { who: format!("{}, {}", r.by, r.desk), at: at(r.at), text: r.text.clone() })
            .collect(),
    });
    let said = view.observations.iter().filter(|row| row.rating.is_none());
    let actions = view.actions.iter().filter_map(|a| {
        Some(ActionReport {
            id: a.id.to_string(),
            objective: a.objective,
            capability: a.capability.clone(),
            issue: a.issue.clone(),
            text: a.text.clone(),
            element: a.element?,
            owner: a.owner.clone(),
            start: at(a.start),
            by: at(a.by),
        })
    });
    Ok(AfterAction {
        format: "",
        realm: workspace.meta.realm.to_string(),
        id: of.id.to_string(),
        title: plan.title,
        scope: plan.scope,
        scenario: plan.scenario,
        sponsor: plan.sponsor,
        rules: plan.rules,
        safety_word: plan.safety_word,
        from: at(view.row.from),
        until: at(view.row.until),
        control,
        desks,
        participants: plan.participants.into_iter().map(|(who, role)| Participant { who, role }).collect(),
        objectives,
        injects: injects.collect(),
        hot_wash: said.map(|row| Said { who: row.by.clone(), at: at(row.at), text: row.text.clone() }).collect(),
        measured: view.offered.into_iter().map(|o| o.text).collect(),
        actions: actions.collect(),
        written: workspace.now().to_string(),
        by: workspace.me.name.clone(),
        card,
        certificate: certificate(workspace)?,
    })
}

/// The newest certificate of the member who works here, as the desk's root key signed it.
fn certificate(workspace: &Workspace) -> Result<serde_json::Value, Error> {
    let me = member::by_person(&workspace.records(), workspace.meta.desk, workspace.person())?;
    let Some(me) = me else { return Ok(serde_json::Value::Null) };
    let mut newest = Json::Null;
    for stored in read::changes_of(&workspace.db, me.id)? {
        if let crate::act::change::Line::Change(change) = &stored.line
            && let Ok(terms) = change.read_terms()
            && terms.get("certificate").is_some()
        {
            newest = terms;
        }
    }
    Ok(serde_json::from_str(&newest.to_text()).unwrap_or_default())
}

fn report(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = named(workspace, args)?;
    let out = Destination::of(args, "out")?;
    let now = workspace.may_sign(exercise::REPORT)?;
    let ending = out.path().extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let form = ReportForm::parse(&ending)
        .ok_or_else(|| Error::usage(format!("--out {}: it ends in .html, .txt or .json", out.shown())))?;
    let briefing = args.flag("briefing");
    if briefing && form == ReportForm::Signed {
        return Err(Error::usage("--briefing: it is read, and not signed: name a file that ends in .html or .txt"));
    }
    if !briefing && !OVER.contains(&of.state) {
        return Err(crate::record::definition::wrong_state(Kind::Exercise, Some(of.state), OVER).into());
    }
    let values = after_action_of(workspace, &of)?;
    let cleared = cleared::clear_written(
        &workspace.records(),
        &workspace.meta.realm,
        now,
        (workspace.person(), exercise::REPORT),
        values,
    )?
    .map_err(|verdict| Error::refused(verdict, None))?;
    let internal = |e: &dyn std::fmt::Display| Error::new(ErrorKind::Internal, e.to_string(), "please report it");
    let text = match form {
        ReportForm::Html => after_action::write(&cleared, LetterFormat::Html, briefing).map_err(|e| internal(&e))?,
        ReportForm::Text => after_action::write(&cleared, LetterFormat::Text, briefing).map_err(|e| internal(&e))?,
        ReportForm::Signed => after_action::sign(&cleared, &workspace.me.signer).map_err(|e| internal(&e))?,
    };
    let digest = Digest::of(text.as_bytes());
    workspace.act_alone(exercise::REPORT, Audience::OwnDesk, |_, _| {
        Ok(exercise::reported(of.id, form.word(), !briefing, &digest))
    })?;
    out.write(text.as_bytes())?;
    let said = match form {
        ReportForm::Signed => format!(
            "Written and signed: {}. Each desk records it in its live workspace with `comity exercise record`.",
            out.shown()
        ),
        ReportForm::Html | ReportForm::Text => format!("Written: {}.", out.shown()),
    };
    Ok(Output::made(of.id, said).with("sha256", digest.to_string()))
}

/// The states in which an exercise is over.
const OVER: &[State] = &[exercise::State::Ended.any(), exercise::State::Reported.any()];

/// What recording a report came to.
#[derive(Clone, Debug, Serialize)]
struct Recorded {
    /// The exercise.
    id: Id,
    /// Its title.
    title: String,
    /// The realm that it was played in.
    realm: String,
    /// The fingerprint of the key that signed it.
    signed_by: String,
    /// Whose it is, as their desk's certificate says.
    signer: String,
    /// The desk that they signed for.
    desk: String,
    /// That desk's fingerprint, as on its card.
    desk_fingerprint: String,
    /// The desks that took part.
    desks: Vec<String>,
    /// How many observations were rated P, S, M and U.
    rated: [i64; 4],
    /// The actions that came along.
    actions: Vec<ActionRow>,
}

/// Why a file is not recorded.
fn not_recorded(path: &std::path::Path, error: &ReportError) -> Error {
    let kind = match error {
        ReportError::Form(_) => ErrorKind::Malformed,
        ReportError::Signature(_) => ErrorKind::Signature,
    };
    let what = format!("{}: {error}", shown(&path.to_string_lossy()));
    Error::new(
        kind,
        what,
        "nothing was recorded: ask control for the file as `comity exercise report --out F.json` wrote it",
    )
}

fn record(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    if workspace.meta.realm != Realm::Live {
        return Err(Error::not_allowed("a report is recorded in the live workspace, where its actions are done")
            .hint("name the live workspace with --workspace"));
    }
    let path = args.path("file")?;
    let bytes = file::read(&path, after_action::LONGEST as u64)?;
    let checked = after_action::read(&bytes).map_err(|error| not_recorded(&path, &error))?;
    let known = workspace.records().get(checked.exercise)?;
    if known.as_ref().and_then(exercise::recorded_of).is_some_and(|of| of.digest == checked.recorded.digest) {
        return Ok(Output::made(checked.exercise, "It was recorded already: nothing to do."));
    }
    let id = checked.exercise;
    workspace.act(exercise::RECORD, Audience::OwnDesk, None, |act, entropy| {
        act.change(exercise::recorded(
            id,
            &checked.recorded,
            &checked.title,
            &checked.scope,
            checked.ratings.clone(),
            entropy.salt()?,
        ))?;
        for (action, planned) in &checked.actions {
            act.change(action::adopted(*action, planned, entropy.salt()?))?;
        }
        Ok(())
    })?;
    let mut actions = view::action_rows(workspace)?;
    actions.retain(|a| a.exercise == Some(id));
    let signer = checked.recorded.signer.to_string();
    let fingerprint = checked.card.fingerprint();
    let desk = format!("{} ({})", checked.card.code, checked.card.name);
    let said = format!(
        "Recorded: {}. Signed by {}, exercise controller of {desk}, with the key {signer}.\nThe fingerprint of that desk, to compare \
         aloud: {fingerprint}\n{} came along; they wait on the Desk.",
        checked.title,
        checked.by,
        counted(actions.len(), "action"),
    );
    let recorded = Recorded {
        id,
        title: checked.title,
        realm: checked.recorded.realm.to_string(),
        signed_by: signer,
        signer: checked.by,
        desk: checked.card.code.clone(),
        desk_fingerprint: fingerprint,
        desks: checked.recorded.desks,
        rated: checked.recorded.rated,
        actions,
    };
    Ok(Output { made: Some(id), ..Output::thing(&recorded).with_message(said) })
}

fn actions(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let mut rows = view::action_rows(workspace)?;
    if args.flag("open") {
        rows.retain(|row| row.state == action::OPEN);
    }
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("by", "DONE BY"),
        ("owner", "OWNER"),
        ("element", "ELEMENT"),
        ("text", "WHAT"),
        ("title", "EXERCISE"),
    ];
    Ok(Output::list(&rows, columns).of(Kind::Action))
}

fn done(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("action")?, &[Kind::Action])?;
    let evidence = args.body("evidence")?.unwrap_or_default();
    let id = record.id;
    workspace.act_alone(action::DONE, Audience::OwnDesk, |e, _| Ok(action::was_done(id, &evidence, e.salt()?)))?;
    Ok(Output::made(id, "The action is done."))
}

/// What exercises came to, for the figures that a desk publishes: counts, and nothing of what was said.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Figures {
    /// Exercises whose signed report was recorded.
    pub held: i64,
    /// Of those, in how many something was unable to be performed.
    pub with_u: i64,
    /// Observations that were rated P, S, M and U.
    pub rated: [i64; 4],
    /// Improvement actions.
    pub actions: i64,
    /// Of those, how many were done.
    pub done: i64,
    /// Of those that were not, how many are late.
    pub late: i64,
}

/// Counts the exercises that were recorded here, and their actions.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn figures(workspace: &Workspace) -> Result<Figures, Error> {
    let records = workspace.records();
    let mut figures = Figures::default();
    for record in records.find(&Query::state(exercise::State::Recorded))? {
        let Some(of) = exercise::recorded_of(&record) else { continue };
        figures.held += 1;
        figures.with_u += i64::from(of.rated.last().is_some_and(|u| *u > 0));
        for (sum, n) in figures.rated.iter_mut().zip(of.rated) {
            *sum += n;
        }
    }
    let now = workspace.now();
    for action in action::all(&records)? {
        figures.actions += 1;
        let is_done = action.state == WAS_DONE;
        figures.done += i64::from(is_done);
        figures.late += i64::from(!is_done && action.due.is_some_and(|due| due < now));
    }
    Ok(figures)
}

fn show_figures(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    Ok(Output::thing(&figures(workspace)?))
}
