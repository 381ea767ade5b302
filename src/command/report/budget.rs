//! `report budget`: every line with its account, as text, HTML or CSV.

use super::transparency::form_of;
use crate::act::header::Audience;
use crate::command::budget::account;
use crate::command::crossing::marked;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE};
use crate::figures::budget::{self, Budget, Line, Share};
use crate::gate::cleared;
use crate::law::money;
use crate::record::budget_line::SplitRule;
use crate::record::kind::Kind;
use crate::record::letter;
use crate::record::store::{Query, RecordStore as _};
use crate::value::digest::Digest;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "report",
    name: "budget",
    about: "Write the budget: each line with what is committed and spent, who bears it, who has paid",
    args: &[Arg::new("out", ArgKind::ToWrite, "the file to write: .html or .csv, any other text").required(), FORCE],
    writes: Some(Writes {
        act: letter::BUDGET,
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

/// The budget of this desk, as it is reported.
pub fn report(workspace: &Workspace) -> Result<Budget, Error> {
    let mut lines = Vec::new();
    for record in workspace.records().find(&Query::kind(Kind::BudgetLine))? {
        let of = account::line(workspace, &record)?;
        let movements = account::movements(workspace, &record)?.into_iter().map(|row| {
            let at = row.at.map(Timestamp::to_date).unwrap_or_default();
            let of = if row.with.is_empty() { row.desk } else { row.with };
            [at, format!("{} {}", row.kind, row.title).trim().to_owned(), of, row.amount]
        });
        let reported = of.report_by.map(|by| format!("; report by {}", by.to_date())).unwrap_or_default();
        let conditions = if of.conditions.is_empty() { String::new() } else { format!(": {}", of.conditions) };
        let donor = if of.donor.is_empty() { String::new() } else { format!("{}{conditions}{reported}", of.donor) };
        lines.push(Line {
            title: of.title,
            period: of.period,
            currency: of.currency,
            amount: of.amount,
            committed: of.committed,
            spent: of.spent,
            left: of.left,
            rule: of.rule.map_or("", SplitRule::word).to_owned(),
            donor,
            shares: of
                .shares
                .into_iter()
                .map(|s| Share { desk: s.desk, due: s.due, paid: s.paid, open: s.open })
                .collect(),
            movements: movements.collect(),
            notes: of.notes,
        });
    }
    let rule = |r: &money::CostRule| {
        let article = if r.article.is_empty() { r.instrument.clone() } else { r.article.clone() };
        (article, r.text.clone())
    };
    Ok(Budget {
        desk: workspace.code_of(workspace.meta.desk)?,
        on: workspace.now().to_date(),
        lines,
        rules: money::cost_rules().iter().map(rule).collect(),
    })
}

fn write(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let out = Destination::of(args, "out")?;
    let form = form_of(&out);
    let now = workspace.may_sign(letter::BUDGET)?;
    let budget = report(workspace)?;
    let by = workspace.person();
    let budget =
        cleared::clear_written(&workspace.records(), &workspace.meta.realm, now, (by, letter::BUDGET), budget)?
            .map_err(|v| Error::refused(v, None))?;
    let written = budget::write(&budget, form).ok_or_else(|| {
        Error::usage("--out takes a file that ends in .html, .txt or .csv").hint("as JSON: `comity --json budget show`")
    })?;
    let written = marked(&workspace.meta.realm, written, form);
    let digest = Digest::of(written.as_bytes());
    let (id, desk) = (workspace.entropy.id()?, workspace.meta.desk);
    workspace.act_alone(letter::BUDGET, Audience::OwnDesk, |e, _| Ok(letter::budget(id, desk, &digest, e.salt()?)))?;
    out.write(written.as_bytes())?;
    Ok(Output::made(id, format!("Written to {}; SHA-256 {digest}.", out.shown())).with("sha256", digest.to_string()))
}
