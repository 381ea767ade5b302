//! How money is shown: amounts as decimal strings of their currency, who bears what, and what of it is still to be looked at.

use serde::Serialize;

use crate::law::money;
use crate::record::budget_line::{self, SplitRule, amount_of, split_of};
use crate::record::kind::{Kind, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{commitment, contribution, cost, rate, statement, tender};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::money::{RATE_DECIMALS, shown};
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// A record of money, in one row.
#[derive(Clone, Debug, Serialize)]
pub struct MoneyRow {
    /// The record.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// Its state.
    pub state: State,
    /// The desk that made it.
    pub desk: String,
    /// The desk that it concerns, where it concerns one.
    pub with: String,
    /// The line that it is of.
    pub line: Option<Id>,
    /// What it is, in words.
    pub title: String,
    /// The currency.
    pub currency: String,
    /// The amount; of a statement, what is due.
    pub amount: String,
    /// When.
    pub at: Option<Timestamp>,
    /// What was given in another currency and by which rate it was converted.
    pub given: String,
}

/// What a desk bears and has paid.
#[derive(Clone, Debug, Serialize)]
pub struct ShareRow {
    /// The desk.
    pub desk: String,
    /// Its share of what was spent.
    pub due: String,
    /// What it has paid.
    pub paid: String,
    /// What is still open; below zero where it has paid more.
    pub open: String,
}

/// A line with its account.
#[derive(Clone, Debug, Serialize)]
pub struct LineAccount {
    /// The record.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// Its state.
    pub state: State,
    /// Its title.
    pub title: String,
    /// The task force that it is of.
    pub taskforce: Option<Id>,
    /// Its period.
    pub period: String,
    /// Its currency.
    pub currency: String,
    /// How much it holds.
    pub amount: String,
    /// How much of that is committed.
    pub committed: String,
    /// How much was spent.
    pub spent: String,
    /// How much is left to be committed.
    pub left: String,
    /// By which rule its costs are shared.
    pub rule: Option<SplitRule>,
    /// Who bears and has paid what.
    pub shares: Vec<ShareRow>,
    /// Who gives the money.
    pub donor: String,
    /// What the donor allows it to be spent on.
    pub conditions: String,
    /// On what grounds alone the donor lets it be spent; empty: on any.
    pub grounds: Vec<String>,
    /// When the donor is to be reported to.
    pub report_by: Option<Timestamp>,
    /// When the donor was reported to last.
    pub reported: Option<Timestamp>,
    /// Whether whoever approves says too that they have no interest.
    pub declarations: bool,
    /// What is to be looked at.
    pub notes: Vec<String>,
}

/// A commitment with all that is said of it.
#[derive(Clone, Debug, Serialize)]
pub struct CommitmentDetail {
    /// Its row.
    #[serde(flatten)]
    pub row: MoneyRow,
    /// Who supplies it.
    pub supplier: String,
    /// How many offers were compared.
    pub quotes: i64,
    /// Why there are fewer.
    pub because: String,
    /// By which criteria.
    pub criteria: String,
    /// What binds a contractor who sees data.
    pub clause: String,
    /// On which of the donor's grounds.
    pub ground: String,
    /// Who asked for it.
    pub by: String,
    /// Who approved it.
    pub approved_by: String,
    /// Who has declared an interest in its supplier, with it.
    pub interested: Vec<String>,
    /// What was spent on it.
    pub spent: String,
}

/// In how many decimals the money of a record is counted.
pub fn decimals_of(currency: &str) -> u32 {
    money::decimals(currency).unwrap_or(0)
}

/// The line that a record of money is of.
fn line_of(workspace: &Workspace, record: &Record) -> Result<Option<Record>, Error> {
    let above = match record.kind {
        Kind::BudgetLine => return Ok(Some(record.clone())),
        Kind::Cost => match record.subject {
            Some(commitment) => workspace.records().get(commitment)?,
            None => None,
        },
        _ => Some(record.clone()),
    };
    let line = above.and_then(|r| r.id("line"));
    Ok(line.map(|line| workspace.records().get(line)).transpose()?.flatten())
}

/// A record of money in one row.
pub fn row(workspace: &Workspace, record: &Record) -> Result<MoneyRow, Error> {
    let line = line_of(workspace, record)?;
    let own = |key: &str| record.text(key).map(str::to_owned);
    let currency = own("currency").or_else(|| line.as_ref().and_then(|l| l.text("currency")).map(str::to_owned));
    // Of a rate, what it is worth is said in words: it is no amount.
    let currency = currency.unwrap_or_default();
    let title = match record.kind {
        Kind::Commitment | Kind::Tender => workspace.text_of(record, "for")?,
        Kind::Cost => workspace.text_of(record, "evidence")?,
        Kind::Contribution => workspace.text_of(record, "note")?,
        Kind::Rate => rate_in_words(workspace, record)?,
        _ => workspace.text_of(record, "title")?,
    };
    let with = match record.kind {
        Kind::Contribution => record.id("from"),
        Kind::Statement => record.partner,
        Kind::Cost => record.id("requested_by"),
        _ => None,
    };
    let amount = match record.kind {
        Kind::Statement => record.terms.get("due").and_then(Json::int).unwrap_or(0),
        _ => amount_of(record),
    };
    Ok(MoneyRow {
        id: record.id,
        kind: record.kind,
        state: record.state,
        desk: workspace.code_of(record.desk)?,
        with: with.map(|d| workspace.code_of(d)).transpose()?.unwrap_or_default(),
        line: record.id("line").or_else(|| line.map(|l| l.id)),
        title,
        amount: if matches!(record.kind, Kind::Rate | Kind::Tender) {
            String::new()
        } else {
            shown(amount, decimals_of(&currency))
        },
        currency,
        at: record.instant("on").or(record.instant("at")),
        given: given(workspace, record)?,
    })
}

/// A rate as people say it, with its source.
fn rate_in_words(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    let (from, to) = (record.text("from").unwrap_or_default(), record.text("to").unwrap_or_default());
    let worth = shown(rate::rate_of(record), RATE_DECIMALS);
    let source = workspace.text_of(record, "source")?;
    Ok(format!("1 {from} = {} {to}, {source}", worth.trim_end_matches('0').trim_end_matches('.')))
}

/// What was given in another currency, where it was: the amount, and the rate by which it was converted.
fn given(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    let rate = record.id("rate").filter(|_| record.kind == Kind::Cost);
    let rate = rate.map(|id| workspace.records().get(id)).transpose()?.flatten();
    let amount = record.terms.get("given").and_then(Json::int);
    let Some((rate, amount)) = rate.zip(amount) else { return Ok(String::new()) };
    let from = rate.text("from").unwrap_or_default();
    Ok(format!("{} {from}: {}", shown(amount, decimals_of(from)), rate_in_words(workspace, &rate)?))
}

/// Every record of money: lines, commitments, costs, contributions, statements.
pub fn rows(workspace: &Workspace) -> Result<Vec<MoneyRow>, Error> {
    let mut rows = Vec::new();
    for kind in KINDS {
        for record in workspace.records().find(&Query::kind(*kind))? {
            rows.push(row(workspace, &record)?);
        }
    }
    Ok(rows)
}

/// The kinds of records of money.
pub const KINDS: &[Kind] =
    &[Kind::BudgetLine, Kind::Tender, Kind::Commitment, Kind::Cost, Kind::Contribution, Kind::Rate, Kind::Statement];

/// A line with its account.
pub fn line(workspace: &Workspace, record: &Record) -> Result<LineAccount, Error> {
    let account = statement::account(&workspace.records(), record)?;
    let currency = record.text("currency").unwrap_or_default().to_owned();
    let decimals = decimals_of(&currency);
    let amount = |minor: i64| shown(minor, decimals);
    let shares = account.shares.iter().map(|share| {
        Ok::<_, Error>(ShareRow {
            desk: workspace.code_of(share.desk)?,
            due: amount(share.due),
            paid: amount(share.paid),
            open: amount(share.due - share.paid),
        })
    });
    let shares = shares.collect::<Result<_, _>>()?;
    let report_by = budget_line::report_due(record);
    let mut notes = Vec::new();
    if account.spent > 0 && account.shares.is_empty() {
        notes.push("nobody has said how the costs are shared".to_owned());
    }
    if report_by.is_some_and(|by| by <= workspace.now()) {
        notes.push("the donor's report is due: `budget reported` notes that it was made".to_owned());
    }
    for call in tender::of_line(&workspace.records(), record.id)?.iter().filter(|c| tender::has_late_criteria(c)) {
        notes.push(format!("CF-{}: criteria were fixed or changed when an offer was known", call.id.short()));
    }
    for commitment in commitment::standing(&workspace.records(), record.id)? {
        let so = |key: &str| commitment.terms.get(key).and_then(Json::truth) == Some(true);
        let above = money::procurement().map_or(i64::MAX, |p| p.above.saturating_mul(i64::pow(10, decimals)));
        if amount_of(&commitment) > above && !so("criteria") {
            notes.push(format!("BC-{}: no criteria were fixed before the offers", commitment.id.short()));
        }
    }
    Ok(LineAccount {
        id: record.id,
        kind: record.kind,
        state: record.state,
        title: workspace.text_of(record, "title")?,
        taskforce: record.id("taskforce"),
        period: record.text("period").unwrap_or_default().to_owned(),
        amount: amount(amount_of(record)),
        committed: amount(account.committed),
        spent: amount(account.spent),
        left: amount(amount_of(record) - account.committed),
        rule: split_of(record).map(|(rule, _)| rule),
        shares,
        donor: workspace.text_of(record, "donor")?,
        conditions: workspace.text_of(record, "conditions")?,
        grounds: budget_line::grounds_of(record),
        report_by,
        reported: budget_line::reported_on(record),
        declarations: budget_line::asks_declarations(record),
        notes,
        currency,
    })
}

/// Every line with its account.
pub fn lines(workspace: &Workspace) -> Result<Vec<LineAccount>, Error> {
    workspace.records().find(&Query::kind(Kind::BudgetLine))?.iter().map(|r| line(workspace, r)).collect()
}

/// A commitment with all that is said of it.
pub fn commitment(workspace: &Workspace, record: &Record) -> Result<CommitmentDetail, Error> {
    let row = row(workspace, record)?;
    let spent: i64 = cost::of(&workspace.records(), record.id)?.iter().map(amount_of).sum();
    let name = |key: &str| -> Result<String, Error> {
        let person = record.text(key).and_then(Person::parse);
        Ok(person.map(|p| workspace.name_of(p)).transpose()?.unwrap_or_default())
    };
    Ok(CommitmentDetail {
        supplier: workspace.text_of(record, "supplier")?,
        quotes: record.terms.get("quotes").and_then(Json::int).unwrap_or(0),
        because: workspace.text_of(record, "because")?,
        criteria: workspace.text_of(record, "criteria")?,
        clause: workspace.text_of(record, "clause")?,
        ground: record.text("ground").unwrap_or_default().to_owned(),
        by: name("by")?,
        approved_by: name("approved_by")?,
        interested: commitment::interested(record)
            .into_iter()
            .map(|p| workspace.name_of(p))
            .collect::<Result<_, _>>()?,
        spent: shown(spent, decimals_of(&row.currency)),
        row,
    })
}

/// The contributions to a line, and its costs, in the order of their days.
pub fn movements(workspace: &Workspace, of: &Record) -> Result<Vec<MoneyRow>, Error> {
    let records = workspace.records();
    let mut all = contribution::of(&records, of.id)?;
    for commitment in commitment::standing(&records, of.id)? {
        all.extend(cost::of(&records, commitment.id)?);
        all.push(commitment);
    }
    let mut rows = all.iter().map(|r| row(workspace, r)).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by_key(|r| (r.at, r.id));
    Ok(rows)
}
