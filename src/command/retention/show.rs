//! One record of those that keep a thing or end it: a certificate, a hold, its notice to another desk, a delete order.

use serde::Serialize;

use super::hold::hold_row;
use super::hold_notice;
use super::purge::certificate_row;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::record::kind::{Kind, State};
use crate::record::order::{Basis, Extent};
use crate::record::store::Record;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "retention",
    name: "show",
    about: "Show a certificate, with what it does not promise; or a hold, its notice, a delete order",
    args: &[
        Arg::new("record", ArgKind::Record(SHOWN), "the certificate, the hold, its notice or the order").positional()
    ],
    writes: None,
    run: Handler::Reads(show),
}];

/// The kinds of record that are shown.
const SHOWN: &[Kind] = &[Kind::Certificate, Kind::Hold, Kind::HoldNotice, Kind::Order];

/// A delete order as it is shown, or the answer to one.
#[derive(Serialize)]
struct OrderRow {
    /// The record.
    id: Id,
    /// Whether it was given or received, or answers one.
    state: State,
    /// The partner that it was given to or came from.
    partner: Option<String>,
    /// Why it was given.
    cause: Option<String>,
    /// How much is not deleted.
    extent: Option<Extent>,
    /// On which ground.
    basis: Option<Basis>,
    /// When that is looked at again.
    review: Option<Timestamp>,
}

fn order_row(workspace: &Workspace, record: &Record) -> Result<OrderRow, Error> {
    Ok(OrderRow {
        id: record.id,
        state: record.state,
        partner: workspace.partner_of(record)?,
        cause: record.text("cause").map(str::to_owned),
        extent: record.text("extent").and_then(Extent::parse),
        basis: record.text("basis").and_then(Basis::parse),
        review: record.instant("review"),
    })
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("record")?, SHOWN)?;
    Ok(match record.kind {
        Kind::Certificate => Output::thing(&certificate_row(workspace, &record)?),
        Kind::Hold => Output::thing(&hold_row(workspace, &record)?),
        Kind::HoldNotice => Output::thing(&hold_notice::row(workspace, &record)?),
        _ => Output::thing(&order_row(workspace, &record)?),
    })
}
