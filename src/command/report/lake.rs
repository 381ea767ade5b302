//! `report figures`: a folder for each month, for engines that read the figures of many desks as one table.

use std::collections::BTreeMap;

use super::events::{self, Event};
use super::transparency::{Became, became};
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::Destination;
use crate::figures::lake::{self, Done, Month};
use crate::figures::table::THRESHOLD;
use crate::gate::cleared;
use crate::host::file;
use crate::record::letter;
use crate::value::class::{Role, words};
use crate::value::digest::Digest;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "report",
    name: "figures",
    about: "Write the figures of each month that is over as a folder of tables, for engines that read those of many desks",
    args: &[
        Arg::new("open", ArgKind::Flag, "the month that runs, too: it changes still, and is never published"),
        Arg::new("exact", ArgKind::Flag, "hide nothing; only for an oversight auditor's compartment"),
        Arg::new("out", ArgKind::ToWrite, "the folder to write into").required(),
    ],
    writes: Some(Writes {
        act: letter::WRITE,
        weight: Weight::Records,
        needs: Needs::Nothing,
        rehearsable: false,
        preview: Preview::None,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[],
    }),
    run: Handler::Writes(write),
}];

words! {
    /// For whom an act was.
    For {
        /// It stayed.
        OwnDesk = "own-desk",
        /// All partners.
        Partners = "partners",
        /// Desks that it names.
        Desks = "desks",
    }
}

fn month_of(at: Timestamp) -> String {
    at.to_date().chars().take(7).collect()
}

/// The first moment after a month.
fn end_of(period: &str) -> Option<Timestamp> {
    let (year, month) = period.split_once('-')?;
    let (year, month): (i32, u32) = (year.parse().ok()?, month.parse().ok()?);
    let next = if month == 12 { format!("{}-01-01", year + 1) } else { format!("{year:04}-{:02}-01", month + 1) };
    Timestamp::parse_date(&next).map(Timestamp::of_date)
}

/// The figures of each month in which this desk has acted.
pub fn months(workspace: &Workspace, with_open: bool, threshold: i64) -> Result<Vec<Month>, Error> {
    let (own, now) = (workspace.meta.desk, workspace.now());
    let desk = workspace.code_of(own)?;
    let events = events::all(workspace)?;
    let mut acts: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for event in events.iter().filter(|e: &&Event| e.desk == own) {
        let audience = match event.audience {
            Audience::OwnDesk => For::OwnDesk,
            Audience::Partners => For::Partners,
            Audience::Desks(_) => For::Desks,
        };
        let key = (month_of(event.at), event.kind.to_string(), audience.word().to_owned());
        *acts.entry(key).or_default() += 1;
    }
    let mut requests: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for life in events::lives(&events).iter().filter(|life| life.desk == own) {
        let period = month_of(life.sent);
        let outcome: Became = became(life, end_of(&period).unwrap_or(now).min(now));
        *requests.entry((period, life.kind.clone(), outcome.word().to_owned())).or_default() += 1;
    }
    let of = |all: &BTreeMap<(String, String, String), i64>, period: &str| {
        let within = all.iter().filter(|((p, ..), _)| p == period);
        within.map(|((_, what, how), count)| Done { what: what.clone(), how: how.clone(), count: *count }).collect()
    };
    let mut periods: Vec<&String> = acts.keys().map(|(period, ..)| period).collect();
    periods.dedup();
    let month = |period: &String| Month {
        desk: desk.clone(),
        period: period.clone(),
        is_closed: end_of(period).is_some_and(|end| end <= now),
        threshold,
        acts: of(&acts, period),
        requests: of(&requests, period),
    };
    Ok(periods.into_iter().map(month).filter(|m| m.is_closed || with_open).collect())
}

fn write(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let folder = args.path("out")?;
    // Engines add up what lies side by side: months of an exercise among live ones would be counted as real.
    if workspace.meta.realm != Realm::Live {
        return Err(Error::not_allowed("the figures of an exercise go into no folder for engines").hint(
            "`comity exercise report` says what came of the exercise; `comity report transparency` counts its acts",
        ));
    }
    let is_exact = args.flag("exact");
    if is_exact && !workspace.my_roles()?.contains(&Role::OversightAuditor) {
        return Err(Error::not_allowed("exact figures go to an oversight compartment alone")
            .hint("leave --exact out, or let an oversight auditor write them"));
    }
    let now = workspace.may_sign(letter::WRITE)?;
    let months = months(workspace, args.flag("open"), if is_exact { 0 } else { THRESHOLD })?;
    let mut files = Vec::new();
    for month in months {
        let place = folder.join(format!("desk={}", month.desk)).join(format!("period={}", month.period));
        let by = workspace.person();
        let month = cleared::clear_copy_out(&workspace.records(), &workspace.meta.realm, now, by, month)?
            .map_err(|v| Error::refused(v, None))?;
        files.extend(lake::write(&month).into_iter().map(|(name, bytes)| (place.join(name), bytes)));
    }
    // Nothing is made before it is known that nothing of it lies in a workspace.
    for (path, _) in &files {
        if !file::exists(path) {
            Destination::new(path.clone())?;
        }
    }
    let all: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes.iter().copied()).collect();
    let digest = Digest::of(&all);
    let (id, desk) = (workspace.entropy.id()?, workspace.meta.desk);
    workspace
        .act_alone(letter::WRITE, Audience::OwnDesk, |e, _| Ok(letter::new(id, desk, "figures", &digest, e.salt()?)))?;
    for (path, bytes) in &files {
        file::folder_for(path)?;
        file::write(path, bytes)?;
    }
    let told = match files.len() {
        0 => "No month is over yet: --open writes the one that runs.".to_owned(),
        n => format!("{n} files are written."),
    };
    Ok(Output::made(id, told).with("files", files.len()))
}
