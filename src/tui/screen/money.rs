//! Money: each budget line with what is committed and spent, who bears it, what waits for another person, and the statements.

use super::definition::{Screen, ViewParams, due_at, row, state};
use crate::command::budget::{account, offers};
use crate::record::kind::Kind;
use crate::record::store::Record;
use crate::tui::language::{Part, phrase, tr, tr_in};
use crate::tui::page::{Cell, Detail, Mark, Page, PageRow, Section, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Money.
pub const SCREEN: Screen = Screen {
    id: ScreenId::new("money", "Money", 'b'),
    views: &[],
    has_detail: true,
    fetch,
    first_steps: "No budget line yet. A finance officer opens one; another approves what is committed on it.",
};

/// How many cells wide a bar is.
const BAR: usize = 20;

/// How much of an amount another is, in parts of a bar; both are decimal strings of one currency.
fn parts(of: &str, whole: &str) -> u64 {
    let digits =
        |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse::<u128>().unwrap_or(0);
    let whole = digits(whole).max(1);
    u64::try_from(digits(of).saturating_mul(BAR as u128) / whole).unwrap_or(0)
}

fn fetch(workspace: &Workspace, _: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let now = workspace.now();
    let lines = account::lines(workspace)?;
    let all = account::rows(workspace)?;
    let line_rows: Vec<PageRow> = lines
        .iter()
        .map(|line| {
            let cells = vec![
                Cell::from(line.title.as_str()),
                Cell::from(line.period.as_str()),
                Cell::from(format!("{} {}", line.amount, line.currency)),
                Cell::from(line.committed.as_str()),
                Cell::from(line.spent.as_str()),
                Cell::bar(parts(&line.spent, &line.amount), BAR),
                due_at(line.report_by, now),
            ];
            row(Kind::BudgetLine, line.id, Mark::None, cells).in_state(line.state).due(line.report_by)
        })
        .collect();
    let share_rows = lines.iter().flat_map(|line| {
        line.shares.iter().map(move |share| {
            let cells = vec![
                Cell::from(share.desk.as_str()),
                Cell::from(line.title.as_str()),
                Cell::from(share.due.as_str()),
                Cell::from(share.paid.as_str()),
                Cell::from(format!("{} {}", share.open, line.currency)),
            ];
            row(Kind::BudgetLine, line.id, Mark::None, cells).with_partner(&share.desk)
        })
    });
    let of = |kind: Kind| all.iter().filter(move |r| r.kind == kind);
    let money = |r: &account::MoneyRow| Cell::from(format!("{} {}", r.amount, r.currency));
    let commitments = of(Kind::Commitment).map(|r| {
        let cells = vec![state(r.state), money(r), Cell::from(r.title.as_str()), due_at(r.at, now)];
        row(Kind::Commitment, r.id, Mark::None, cells).in_state(r.state)
    });
    let statements = of(Kind::Statement).map(|r| {
        let whose =
            if r.with == r.desk { phrase!("from {desk}", desk = r.desk) } else { phrase!("to {with}", with = r.with) };
        let cells = vec![state(r.state), money(r), Cell::from(whose), due_at(r.at, now)];
        row(Kind::Statement, r.id, Mark::None, cells).in_state(r.state).with_partner(&r.with)
    });
    let section = |title: &str, columns, rows, empty: &str| Section {
        title: Shown::from(title.to_owned()),
        columns,
        rows,
        empty: Shown::from(empty.to_owned()),
        most: 6,
        ..Section::default()
    };
    let lines_of = vec![
        column("ID", Width::Fixed(9)),
        column("LINE", Width::Rest),
        column("PERIOD", Width::Fixed(8)).optional(),
        column("AMOUNT", Width::Fixed(16)).right(),
        column("COMMITTED", Width::Fixed(12)).right(),
        column("SPENT", Width::Fixed(12)).right(),
        column("", Width::Fixed(BAR as u16)).optional(),
        column("REPORT BY", Width::Fixed(9)).right().optional(),
    ];
    let shares_of = vec![
        column("ID", Width::Fixed(9)),
        column("DESK", Width::Fixed(5)),
        column("OF", Width::Rest),
        column("BEARS", Width::Fixed(12)).right(),
        column("HAS PAID", Width::Fixed(12)).right(),
        column("OPEN", Width::Fixed(16)).right(),
    ];
    let four = |what: &'static str| {
        vec![
            column("ID", Width::Fixed(9)),
            column("STATE", Width::Fixed(10)),
            column("AMOUNT", Width::Fixed(16)).right(),
            column(what, Width::Rest),
            column("", Width::Fixed(9)).right(),
        ]
    };
    let calls: Vec<PageRow> = of(Kind::Tender)
        .map(|r| {
            let cells = vec![Cell::from(r.title.as_str()), due_at(r.at, now)];
            row(Kind::Tender, r.id, Mark::None, cells).in_state(r.state)
        })
        .collect();
    let calls_of = vec![column("ID", Width::Fixed(9)), column("FOR", Width::Rest), column("", Width::Fixed(9)).right()];
    let called = (!calls.is_empty()).then(|| vec![section(tr("CALLS FOR OFFERS"), calls_of, calls, tr(""))]);
    let waiting = of(Kind::Commitment).filter(|r| r.state == crate::record::commitment::State::Asked.any()).count();
    let mut bands = vec![
        vec![Section { grows: true, ..section(tr("BUDGET LINES"), lines_of, line_rows, tr(SCREEN.first_steps)) }],
        vec![section(
            tr("WHO BEARS WHAT"),
            shares_of,
            share_rows.collect(),
            tr("Nobody has said how costs are shared."),
        )],
        vec![section(tr("COMMITMENTS"), four("FOR"), commitments.collect(), tr("Nothing is committed."))],
        vec![section(
            tr("STATEMENTS OF ACCOUNT"),
            four("WHOSE"),
            statements.collect(),
            tr("No statement was made or came."),
        )],
    ];
    // Most desks have none: then nothing is said of them.
    if let Some(called) = called {
        bands.insert(2, called);
    }
    Ok(Page {
        head: vec![],
        bands,
        sentence: Shown::from(phrase!(
            "Commitments that wait for another person: {waiting}. Who asks does not approve.",
            waiting
        )),
        ..Page::default()
    })
}

/// What is said of a record of money: amounts as people write them.
pub(super) fn detail(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    if record.kind == Kind::BudgetLine {
        let line = account::line(workspace, record)?;
        for (label, amount) in
            [("AMOUNT", &line.amount), ("COMMITTED", &line.committed), ("SPENT", &line.spent), ("LEFT", &line.left)]
        {
            d.line(tr_in(Part::Column, label), format!("{amount} {}", line.currency));
        }
        d.line(tr("PERIOD"), line.period.clone());
        d.line(tr("SHARED"), line.rule.map_or_else(|| tr("nobody has said how").to_owned(), |rule| rule.to_string()));
        for share in &line.shares {
            d.line(
                &share.desk,
                phrase!(
                    "bears {due}, has paid {paid}, open {open}",
                    due = share.due,
                    paid = share.paid,
                    open = share.open
                ),
            );
        }
        if let Some(by) = line.report_by {
            d.line(tr("REPORT BY"), by.to_date());
        }
        if let Some(on) = line.reported {
            d.line(tr("REPORTED"), on.to_date());
        }
        if line.declarations {
            d.line(tr("APPROVAL"), tr("whoever approves declares that they have no interest"));
        }
        if !line.donor.is_empty() {
            d.line(tr("DONOR"), line.donor.clone());
            d.body(tr("MAY BE SPENT ON"), &line.conditions);
        }
        line.notes.iter().for_each(|note| d.line(tr("SEE"), note.clone()));
        return Ok(());
    }
    let row = account::row(workspace, record)?;
    if record.kind == Kind::Tender {
        for criteria in offers::criteria(workspace, record)? {
            d.line(tr("CRITERIA"), format!("{}  {}", criteria.at.to_minute(), criteria.text));
        }
        for offer in offers::offers(workspace, record)? {
            d.line(
                tr("OFFER"),
                format!("{}  {} {}, {}", offer.at.to_minute(), offer.amount, row.currency, offer.supplier),
            );
        }
        if crate::record::tender::has_late_criteria(record) {
            d.line(tr("SEE"), tr("criteria were fixed or changed when an offer was known: a commitment says why"));
        }
        return Ok(());
    }
    d.line(tr("AMOUNT"), format!("{} {}", row.amount, row.currency));
    d.line(tr("OF"), row.desk);
    if !row.with.is_empty() {
        d.line(tr("WITH"), row.with);
    }
    if record.kind == Kind::Commitment {
        let of = account::commitment(workspace, record)?;
        d.line(tr("SPENT"), of.spent);
        d.line(tr("SUPPLIER"), of.supplier);
        d.line(tr("OFFERS"), of.quotes.to_string());
        d.line(tr("ASKED BY"), of.by);
        d.line(tr("APPROVED BY"), of.approved_by);
        if !of.interested.is_empty() {
            d.line(tr("INTERESTED"), of.interested.join(", "));
        }
        for (label, text) in [("BECAUSE", of.because), ("CRITERIA", of.criteria), ("DATA CLAUSE", of.clause)] {
            if !text.is_empty() {
                d.body(tr(label), &text);
            }
        }
    }
    Ok(())
}
