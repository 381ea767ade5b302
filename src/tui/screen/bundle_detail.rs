//! The pages of bundles: what one carried by what was done, and how far it has come; what one waits for that came too early.

use super::definition::in_mood;
use crate::command::bundle::contents::contents;
use crate::command::bundle::quarantine;
use crate::command::desk::workspace_info::short;
use crate::record::bundle::State;
use crate::record::store::Record;
use crate::tui::language::{phrase, tr, tr_count, tr_sentence};
use crate::tui::page::{Detail, ListWord, StyledText};
use crate::tui::theme::StyleRole;
use crate::tui::words::done;
use crate::value::text::thousands;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The most acts that are told one by one.
const MOST: usize = 200;

fn at(time: Option<Timestamp>) -> String {
    time.map(Timestamp::to_minute).unwrap_or_default()
}

/// Says what is known of a bundle that was made or taken in.
pub(super) fn add_lines(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let c = contents(workspace, record)?;
    let out = record.is(State::Sent);
    d.line(tr("FROM"), c.row.from.as_str());
    d.line(tr("TO"), c.row.to.as_str());
    d.line(tr("NUMBER"), c.row.sequence.to_string());
    d.line(tr("STANDS"), in_mood(ListWord::of(c.row.state), c.row.state.mood()));
    d.line(if out { tr("MADE") } else { tr("CAME IN") }, at(c.row.at));
    if out {
        d.line(tr("MADE AGAIN"), at(c.made_again));
        let written = c.written.map_or_else(|| tr("not known").to_owned(), Timestamp::to_minute);
        d.line(tr("WRITTEN"), written);
        let acknowledged = c.acknowledged.map_or_else(|| tr("not yet").to_owned(), Timestamp::to_minute);
        d.line(tr("ACKNOWLEDGED"), acknowledged);
        if c.volumes > 1 {
            d.line(tr("VOLUMES"), c.volumes.to_string());
        }
    }
    if !c.row.note.is_empty() {
        d.line(tr("NOTE"), StyledText::new(tr_sentence(&c.row.note).into_owned(), StyleRole::Due));
    }
    d.line(tr("MANIFEST"), c.row.manifest.map(|digest| digest.to_string()).unwrap_or_default());
    d.gap();
    let count = tr_count(c.row.acts, "act");
    d.line(tr("CARRIED"), if c.row.acts == 0 { tr("no act: a receipt alone").to_owned() } else { count });
    for act in c.acts.iter().take(MOST) {
        let did = act.did.map(done).unwrap_or_default();
        let on = act.subject().map(|(kind, id)| short(kind, id)).unwrap_or_default();
        let (when, who) = (act.at.to_minute(), &act.by);
        d.line("", format!("{did}  {on}"));
        d.line(
            "",
            StyledText::new(phrase!("act {number}, {when}, {who}", number = act.number, when, who), StyleRole::Note),
        );
    }
    let told = i64::try_from(c.acts.len().min(MOST)).unwrap_or(0);
    if c.row.acts > told && c.made_again.is_none() {
        d.line("", phrase!("and {more} more", more = c.row.acts - told));
    }
    Ok(())
}

/// The page of a bundle that waits in the inbox.
pub(super) fn of_waiting(workspace: &Workspace, from: &str, sequence: u64) -> Result<Detail, Error> {
    let files = quarantine::waiting(workspace)?.into_iter().filter(|w| w.from == from && w.sequence == sequence);
    let files: Vec<_> = files.collect();
    let Some(first) = files.first() else { return Ok(Detail::new(tr("It is not here."))) };
    let mut d = Detail::new(phrase!("bundle {number} from {partner}", number = sequence, partner = from));
    d.line(tr("WAITS"), StyledText::new(tr_sentence(&first.waits_for).into_owned(), StyleRole::Due));
    d.line(tr("SIZE"), phrase!("{n} bytes", n = thousands(files.iter().map(|w| w.bytes).sum::<u64>())));
    d.line(tr("CARRIES"), tr("not known: nothing of it is opened before what is missing is here"));
    Ok(d)
}
