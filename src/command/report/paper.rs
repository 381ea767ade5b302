//! `report paper`: what the law asks a desk to keep on paper, computed of the record. What is not held here is said to be so, and
//! nothing is typed twice.

use std::collections::BTreeMap;

use super::transparency::{form_of, is_page};
use crate::act::header::Audience;
use crate::command::agreement;
use crate::command::budget::account;
use crate::command::crossing::marked;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE};
use crate::figures::paper::{Filled, write as write_paper};
use crate::gate::cleared;
use crate::law::paper::{self, Fact};
use crate::law::retention::{self, RetentionRow};
use crate::record::kind::Kind;
use crate::record::store::{DutyState, Query, Record, RecordStore as _};
use crate::record::{hold, item, letter, member, review};
use crate::store::records::count;
use crate::value::class::{Role, Tier};
use crate::value::digest::Digest;
use crate::value::text::counted;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "report",
    name: "paper",
    about: "Write a paper that the law asks for, out of the record: of processing, of an impact assessment, of a task force, a retention map",
    args: &[
        Arg::new("paper", ArgKind::Word(paper::ids), "which paper").positional(),
        Arg::new("out", ArgKind::ToWrite, "the file to write; one that ends in .html is a page, any other text")
            .required(),
        FORCE,
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

/// What is said where nothing is held.
const NOT_HELD: &str = "not held here";

/// How the program keeps what it is given: the same of every workspace.
const SECURITY: &str = "database encrypted (SQLCipher), keys encrypted to each member (age)\nevery act signed, chained and kept in a Merkle tree\nno network: the program opens no socket\nerasure rotates the key and is read back";

/// Lines of words and how many there are of each.
fn tallied(words: impl Iterator<Item = String>) -> String {
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for word in words {
        *all.entry(word).or_default() += 1;
    }
    if all.is_empty() {
        return "none".to_owned();
    }
    all.iter().map(|(word, n)| format!("{word}: {n}")).collect::<Vec<_>>().join("\n")
}

fn fact(workspace: &Workspace, fact: Fact) -> Result<String, Error> {
    let (records, own) = (workspace.records(), workspace.meta.desk);
    let all = |kind: Kind| -> Result<Vec<Record>, Error> { Ok(records.find(&Query::kind(kind))?) };
    let word = |key: &'static str| move |r: &Record| r.text(key).map(str::to_owned);
    let held = || -> Result<Vec<Record>, Error> { Ok(records.find(&Query::state(item::State::Held))?) };
    let by_state =
        |kind: Kind| -> Result<String, Error> { Ok(tallied(all(kind)?.iter().map(|r| r.state.label().to_owned()))) };
    Ok(match fact {
        Fact::Taskforces => by_state(Kind::Taskforce)?,
        Fact::Tasks => by_state(Kind::Task)?,
        Fact::Meetings => by_state(Kind::Meeting)?,
        Fact::Analyses => by_state(Kind::Analysis)?,
        Fact::Requests => by_state(Kind::Request)?,
        Fact::Disclosures => by_state(Kind::Disclosure)?,
        Fact::Money => money_spent(workspace)?,
        Fact::None => NOT_HELD.to_owned(),
        Fact::Controller => {
            let desk = workspace.own_record()?;
            let side = word("jurisdiction")(&desk).unwrap_or_default();
            format!("{} ({}), jurisdiction {side}", workspace.text_of(&desk, "name")?, workspace.code_of(own)?)
        }
        Fact::Purposes => {
            let cases = all(Kind::Case)?;
            tallied(cases.iter().filter(|c| c.desk == own).filter_map(word("purpose")))
        }
        Fact::Recipients => tallied(all(Kind::Partner)?.iter().filter_map(word("kind"))),
        Fact::People => tallied(held()?.iter().filter_map(word("person_class"))),
        Fact::Categories => tallied(held()?.iter().filter_map(word("category"))),
        Fact::Profiling => "none: the program compares, and profiles nobody".to_owned(),
        Fact::Transfers => {
            let home = word("jurisdiction")(&workspace.own_record()?);
            let abroad = all(Kind::Partner)?;
            let abroad = abroad.iter().filter_map(word("jurisdiction")).filter(|j| Some(j) != home.as_ref());
            tallied(abroad.map(|j| format!("partners of jurisdiction {j}")))
        }
        Fact::Instruments => {
            let in_force = agreement::rows(workspace, None)?.into_iter().filter(|a| a.is_in_force());
            tallied(in_force.map(|a| a.instrument))
        }
        Fact::Terms => {
            let term = |row: &RetentionRow| match row.days {
                Some(days) => format!("{}: {days} days from {}", row.id, row.trigger),
                None => format!("{}: looked at every {} days", row.id, row.review_days),
            };
            retention::all().iter().map(term).collect::<Vec<_>>().join("\n")
        }
        Fact::Security => SECURITY.to_owned(),
        Fact::Tiers => {
            let mut lines = Vec::new();
            for tier in Tier::ALL {
                let n = count(&workspace.db, &Query { tier: Some(tier), ..Query::state(item::State::Held) })?;
                lines.push(format!("tier {tier}: {n}"));
            }
            lines.join("\n")
        }
        Fact::Reviews => {
            let reviews = all(Kind::Review)?;
            tallied(
                reviews.iter().map(|r| format!("{} {}", r.text("level").unwrap_or_default(), review::outcome_of(r))),
            )
        }
        Fact::Roles => {
            let members = all(Kind::Member)?;
            let active = members.iter().filter(|m| m.desk == own && m.is(member::State::Active));
            tallied(active.flat_map(|m| m.list("roles", Role::parse)).map(|role| role.to_string()))
        }
        Fact::Erasures => {
            let own_ones = all(Kind::Certificate)?;
            let own_ones: Vec<&Record> = own_ones.iter().filter(|c| c.desk == own).collect();
            let signed = own_ones.iter().filter(|c| c.text("countersigned_by").is_some()).count();
            format!("{}, {signed} of them countersigned", counted(own_ones.len(), "certificate"))
        }
        Fact::Late => {
            let late = Query { due_by: Some(workspace.now()), ..Query::state(item::State::Held) };
            counted(count(&workspace.db, &late)?, "item")
        }
        Fact::Holds => counted(records.find(&Query::state(hold::State::Standing))?.len(), "hold"),
        Fact::Duties => {
            let shared = records.find(&Query { shared: true, ..Query::kind(Kind::Item) })?;
            tallied(
                shared.iter().flat_map(|r| &r.shared).filter(|h| h.duty != DutyState::Met).map(|h| h.duty.to_string()),
            )
        }
    })
}

/// What was spent on each line, of how much: sums of different currencies are never added.
fn money_spent(workspace: &Workspace) -> Result<String, Error> {
    let lines = account::lines(workspace)?;
    let line =
        |l: &account::LineAccount| format!("{}, {}: {} {} of {}", l.title, l.period, l.spent, l.currency, l.amount);
    Ok(if lines.is_empty() { "none".to_owned() } else { lines.iter().map(line).collect::<Vec<_>>().join("\n") })
}

fn write(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let row = args.read("paper", "a paper", paper::by_id)?;
    let out = Destination::of(args, "out")?;
    let now = workspace.may_sign(letter::WRITE)?;
    let mut fields = Vec::new();
    for field in &row.field {
        fields.push((field.article.clone(), field.label.clone(), fact(workspace, field.from)?));
    }
    let desk = workspace.meta.desk;
    let filled = Filled {
        desk: workspace.code_of(desk)?,
        on: now.to_date(),
        title: row.title.clone(),
        source: row.source.clone(),
        fields,
    };
    let by = (workspace.person(), letter::WRITE);
    let filled = cleared::clear_written(&workspace.records(), &workspace.meta.realm, now, by, filled)?
        .map_err(|v| Error::refused(v, None))?;
    let written = marked(&workspace.meta.realm, write_paper(&filled, is_page(&out)), form_of(&out));
    let digest = Digest::of(written.as_bytes());
    let id = workspace.entropy.id()?;
    workspace
        .act_alone(letter::WRITE, Audience::OwnDesk, |e, _| Ok(letter::new(id, desk, &row.id, &digest, e.salt()?)))?;
    out.write(written.as_bytes())?;
    Ok(Output::made(id, format!("Written to {}; SHA-256 {digest}.", out.shown())).with("sha256", digest.to_string()))
}
