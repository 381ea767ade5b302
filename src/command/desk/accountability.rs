//! What oversight, redress, mistakes and disputes wait for, on whom, and by when.

use super::task::{Task, task};
use crate::record::kind::Kind;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{complaint, dispute, error, finding, misuse, sample};
use crate::value::class::Role;
use crate::value::person::Person;
use crate::value::text::counted;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

const OFFICER: &str = "desk officer";
const AUDITOR: &str = "auditor";

/// Who is asked, and what they may do.
struct TaskList<'a> {
    officer: bool,
    auditor: bool,
    me: Person,
    tasks: &'a mut Vec<Task>,
}

impl TaskList<'_> {
    fn officers(&mut self, record: &Record, partner: &str, what: impl Into<String>, due: Option<Timestamp>) {
        self.tasks.push(task(record, partner, what, due, self.officer, OFFICER));
    }

    fn auditors(&mut self, record: &Record, partner: &str, what: impl Into<String>, due: Option<Timestamp>) {
        self.tasks.push(task(record, partner, what, due, self.auditor, AUDITOR));
    }
}

/// Gathers what waits.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn gather(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let mut asked = TaskList {
        officer: roles.contains(&Role::DeskOfficer),
        auditor: roles.contains(&Role::OversightAuditor),
        me: workspace.person(),
        tasks,
    };
    findings(workspace, &mut asked)?;
    complaints(workspace, &mut asked)?;
    mistakes(workspace, &mut asked)?;
    disputes(workspace, &mut asked)?;
    for record in workspace.records().find(&Query::state(misuse::State::Sealed))? {
        asked.auditors(&record, "", "a report of misuse to be read", None);
    }
    for record in workspace.records().find(&Query::state(sample::State::Drawn))? {
        asked.auditors(&record, "", "a sample of consultations to be looked at", None);
    }
    Ok(())
}

fn code(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    Ok(workspace.partner_of(record)?.unwrap_or_default())
}

fn findings(workspace: &Workspace, asked: &mut TaskList<'_>) -> Result<(), Error> {
    for record in workspace.records().find(&Query::kind(Kind::Finding))? {
        let partner = code(workspace, &record)?;
        let is_here = record.partner.is_none() || record.desk != workspace.meta.desk;
        match record.in_state() {
            Some(finding::State::Open) if is_here => {
                asked.officers(&record, &partner, "finding to be answered", record.due)
            }
            Some(finding::State::Open) => {
                asked.tasks.push(task(&record, &partner, "finding", record.due, false, &partner))
            }
            Some(finding::State::Answered) if record.desk == workspace.meta.desk => {
                asked.auditors(&record, &partner, "finding answered: close it, or ask again", record.due);
            }
            _ => {}
        }
    }
    Ok(())
}

/// So long before its day a restriction rises to be looked at again.
const AHEAD: Duration = Duration::days(7);

fn complaints(workspace: &Workspace, asked: &mut TaskList<'_>) -> Result<(), Error> {
    let soon = workspace.now().plus(AHEAD);
    for record in workspace.records().find(&Query::kind(Kind::Complaint))? {
        let partner = code(workspace, &record)?;
        if let Some(review) = complaint::restricted_until(&record).filter(|day| *day <= soon) {
            asked.auditors(&record, &partner, "complaint: the restriction is to be looked at again", Some(review));
        }
        let what = match record.in_state() {
            Some(complaint::State::Received) => "complaint to be acknowledged".to_owned(),
            Some(complaint::State::Acknowledged) => "complaint to be searched for".to_owned(),
            Some(complaint::State::Examined) => "complaint to be decided".to_owned(),
            Some(complaint::State::Decided) => "complaint decided: answer it, then close it".to_owned(),
            Some(complaint::State::Remedy) => {
                let open = complaint::open_remedies(&workspace.records(), &record)?;
                let named: Vec<&str> = open.iter().map(|r| r.word()).collect();
                if named.is_empty() {
                    "complaint: every remedy is carried out, close it".to_owned()
                } else {
                    // Who erases or puts right is the desk, not its auditor.
                    let what = format!("complaint upheld, to be carried out: {}", named.join(", "));
                    asked.officers(&record, &partner, what, record.due);
                    continue;
                }
            }
            Some(complaint::State::Referred) if record.text("lead_outcome").is_some() => {
                "complaint: the authority that leads it has answered".to_owned()
            }
            Some(complaint::State::Referred) if record.due.is_some_and(|due| due <= workspace.now()) => {
                "complaint passed on: its day is over, and the authority that leads it has not answered".to_owned()
            }
            _ => continue,
        };
        asked.auditors(&record, &partner, what, record.due);
    }
    Ok(())
}

fn mistakes(workspace: &Workspace, asked: &mut TaskList<'_>) -> Result<(), Error> {
    for record in workspace.records().find(&Query::kind(Kind::Error))? {
        let partner = code(workspace, &record)?;
        match record.in_state() {
            Some(error::State::Received) => {
                asked.officers(&record, &partner, "a mistake in what they gave: put it right, and confirm", None);
            }
            Some(error::State::Closed) => {
                if let Some(by) = error::authority_due(&record) {
                    asked.officers(&record, &partner, "mistake, closed: the authority is still to be told", Some(by));
                }
            }
            Some(error::State::Open) => {
                let authority = error::authority_due(&record);
                if let Some(by) = authority {
                    asked.officers(&record, &partner, "mistake: the authority is to be told", Some(by));
                }
                let told = error::told_to(&record);
                let untold =
                    error::holders(&workspace.records(), &record)?.iter().filter(|p| !told.contains(p)).count();
                if untold > 0 {
                    let what = format!("mistake: {} to be told", counted(untold, "partner"));
                    asked.officers(&record, &partner, what, None);
                }
                let open: Vec<_> = error::measures(&record).into_iter().filter(|m| m.done.is_none()).collect();
                for measure in &open {
                    let what = format!("mistake: measure {} to be carried out", measure.number);
                    let (mine, owner) = (measure.owner == Some(asked.me), measure.owner);
                    let whom = owner.map(|p| workspace.name_of(p)).transpose()?.unwrap_or_default();
                    asked.tasks.push(task(&record, &partner, what, measure.due, mine, &whom));
                }
                if open.is_empty() && authority.is_none() && untold == 0 {
                    asked.officers(
                        &record,
                        &partner,
                        "mistake: add what keeps it from happening again, or close it",
                        None,
                    );
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn disputes(workspace: &Workspace, asked: &mut TaskList<'_>) -> Result<(), Error> {
    let own = workspace.meta.desk;
    for record in workspace.records().find(&Query::kind(Kind::Dispute))? {
        let partner = code(workspace, &record)?;
        if !dispute::is_live(&record) {
            continue;
        }
        let mut proposed = dispute::proposals(&record).into_iter().filter(|p| !p.agreed && p.by != own);
        let (owed, due) = (dispute::owed(&record), record.instant("stage_due"));
        let theirs = |asked: &mut TaskList<'_>, what: &str, due| {
            asked.tasks.push(task(&record, &partner, what, due, false, &partner));
        };
        let is_answered = record.text("replied").is_some();
        if let Some(remedy) = owed.iter().find(|p| p.owes == Some(own)) {
            asked.officers(&record, &partner, "dispute: a remedy to be carried out", remedy.due);
        } else if let Some(remedy) = owed.first() {
            theirs(asked, "dispute: a remedy", remedy.due);
        } else if !dispute::agreed_remedies(&record).is_empty() {
            asked.officers(&record, &partner, "dispute: the remedy was carried out, close it", due);
        } else if let Some(proposal) = proposed.next_back().filter(|_| dispute::ON_LADDER.contains(&record.state)) {
            let what = format!("dispute: a {} is proposed, agree or propose another", proposal.of);
            asked.officers(&record, &partner, what, due);
        } else if !is_answered && record.desk != own {
            asked.officers(&record, &partner, "dispute raised: state this desk's position", due);
        } else if !is_answered {
            theirs(asked, "dispute: a reply", due);
        } else {
            let what = format!("dispute at {}: agree on something, or take it further", record.state.label());
            asked.officers(&record, &partner, what, due);
        }
    }
    Ok(())
}
