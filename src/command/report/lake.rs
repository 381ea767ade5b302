//! `report figures`: a folder for each month, for engines that read the figures of many desks as one table.

use super::months::{months, written_before};
use super::ties::{Months, Ties};
use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::Destination;
use crate::figures::lake::{self, Month};
use crate::figures::table::THRESHOLD;
use crate::gate::cleared;
use crate::host::file;
use crate::record::letter;
use crate::value::class::Role;
use crate::value::digest::Digest;
use crate::value::json::Json;
use crate::value::realm::Realm;
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

/// A month as it may be written beside what was published before: the first of these by which nothing that is hidden can be computed
/// closer than the threshold. What is withheld may be anything, so it tells less each time.
fn beside(ties: &Ties, months: &mut Months, month: &Month) -> Month {
    let (mut withheld, mut withholds_requests): (Vec<&str>, bool) = (Vec::new(), false);
    for tied in ties.all() {
        let tie = tied.tie();
        let mut tells = |withheld: &[&str], withholds_requests: bool| {
            months.written.insert(month.period.clone(), month.written(withheld, withholds_requests));
            ties.month_tells(tied, months, &month.period)
        };
        // First what is counted, then what bounds it, then what is told of it by kind.
        for (kind, _) in tie.counts.iter().chain(tie.at_most) {
            if !withheld.contains(kind) && tells(&withheld, withholds_requests) {
                withheld.push(*kind);
            }
        }
        withholds_requests |= !tie.kinds.is_empty() && tells(&withheld, withholds_requests);
    }
    let written = month.written(&withheld, withholds_requests);
    if written.is_closed {
        months.written.insert(written.period.clone(), written.clone());
    } else {
        months.written.remove(&written.period);
    }
    written
}

/// The months as they are written, and those of them that are remembered from now on.
fn to_write(workspace: &Workspace, with_open: bool) -> Result<(Vec<Month>, Vec<Month>), Error> {
    let now = months(workspace, with_open, THRESHOLD)?;
    let first = now.first().map(|month| month.period.clone()).unwrap_or_default();
    let mut known = Months { written: written_before(workspace)?, first };
    let ties = Ties::of(workspace)?;
    let (mut all, mut new) = (Vec::new(), Vec::new());
    for month in now {
        if let Some(written) = known.written.get(&month.period) {
            all.push(written.clone());
            continue;
        }
        let written = beside(&ties, &mut known, &month);
        if written.is_closed {
            new.push(written.clone());
        }
        all.push(written);
    }
    Ok((all, new))
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
    // What goes to oversight alone is published nowhere.
    let (months, new) = match is_exact {
        true => (months(workspace, args.flag("open"), 0)?, Vec::new()),
        false => to_write(workspace, args.flag("open"))?,
    };
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
    let new: Vec<Json> = new.iter().map(Month::to_json).collect();
    workspace.act_alone(letter::WRITE, Audience::OwnDesk, |e, _| {
        Ok(letter::of_figures(id, desk, &digest, new, e.salt()?))
    })?;
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
