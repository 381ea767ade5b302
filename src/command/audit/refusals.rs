//! What the gate has refused this desk's members, for oversight: counted when a command is refused, and listed.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{Args, Command, Handler, Output};
use crate::gate::verdict::Verdict;
use crate::law::rule::RuleId;
use crate::record::kind::{ChangeKind, Kind};
use crate::record::refusal;
use crate::record::store::{Query, RecordStore as _};
use crate::value::person::Person;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "audit",
    name: "refusals",
    about: "List what the gate has refused members: by day, member, kind of act and rule, up to 16 of each",
    args: &[],
    writes: None,
    run: Handler::Reads(list),
}];

/// Refusals of one rule, for one kind of act, one member and one day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
struct RefusalRow {
    day: String,
    member: String,
    kind: String,
    rule: String,
    count: i64,
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let mut rows = Vec::new();
    for record in workspace.records().find(&Query::kind(Kind::Refusal))? {
        let text = |key: &str| record.text(key).unwrap_or_default().to_owned();
        let by = record.text("by").and_then(Person::parse);
        rows.push(RefusalRow {
            day: text("day"),
            member: by.map(|person| workspace.name_of(person)).transpose()?.unwrap_or_default(),
            kind: text("kind"),
            rule: text("rule"),
            count: refusal::count_of(&record),
        });
    }
    rows.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| a.member.cmp(&b.member)));
    let columns = &[("day", "DAY"), ("member", "MEMBER"), ("kind", "KIND"), ("rule", "RULE"), ("count", "COUNT")];
    Ok(Output::list(&rows, columns))
}

/// Counts that the gate refuses this member an act of a kind. That it cannot be counted changes nothing of the refusal: of a workspace
/// that is only read, or by somebody who signs nothing any more.
pub fn note(workspace: &mut Workspace, kind: ChangeKind, verdict: &Verdict) {
    let mut rules: Vec<RuleId> = verdict.refusals().map(|finding| finding.id).collect();
    rules.sort_unstable();
    rules.dedup();
    let by = workspace.person();
    let _ = workspace.act(refusal::COUNT, Audience::OwnDesk, None, |act, _| {
        for rule in rules {
            if let Some(change) = refusal::counted(&act.records(), kind, rule, by, act.now())? {
                act.change(change)?;
            }
        }
        Ok(())
    });
}
