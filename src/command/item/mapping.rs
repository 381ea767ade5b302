//! What is said of the columns of a table, kept under a name: the next import of such a table names it alone.

use serde::Serialize;

use crate::act::change::{Change, Salt};
use crate::command::definition::{Args, Command, Handler, Output};
use crate::record::kind::Kind;
use crate::record::mapping;
use crate::record::store::{Query, RecordStore as _};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The fields of an import that say how a table is read, and whether each takes a value.
const FIELDS: &[(&str, bool)] = &[
    ("column", true),
    ("type", true),
    ("category", true),
    ("tier", true),
    ("delimiter", true),
    ("comment", true),
    ("header", false),
    ("originator", true),
];

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "item",
    name: "mappings",
    about: "List the mappings of tables that are kept, for `item import --mapping NAME`",
    args: &[],
    writes: None,
    run: Handler::Reads(list),
}];

/// A mapping that is kept.
#[derive(Clone, Debug, Serialize)]
pub struct MappingRow {
    /// The record.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// What it says, as it would be typed.
    pub says: String,
}

/// A mapping that an import is to keep.
pub struct Mapping {
    /// Its name.
    pub name: String,
    says: Vec<(&'static str, Vec<String>)>,
}

impl Mapping {
    /// The change that keeps it.
    pub fn change(&self, id: Id, salt: Salt) -> Change {
        let fields: Vec<(&str, &[String])> = self.says.iter().map(|(f, v)| (*f, v.as_slice())).collect();
        mapping::kept(id, &self.name, &fields, salt)
    }
}

/// The mappings, the newest of each name.
fn all(workspace: &Workspace) -> Result<Vec<(Id, String, Json)>, Error> {
    let mut records = workspace.records().find(&Query::kind(Kind::Mapping))?;
    // They come in the order in which they were made, which tells those of one moment apart.
    records.reverse();
    records.sort_by_key(|r| std::cmp::Reverse(r.instant("at")));
    let mut all: Vec<(Id, String, Json)> = Vec::new();
    for record in &records {
        let Some(content) = workspace.content(record)? else { continue };
        let name = content.get("name").and_then(Json::text).unwrap_or_default().to_owned();
        if !all.iter().any(|(_, known, _)| *known == name) {
            all.push((record.id, name, content));
        }
    }
    all.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(all)
}

/// The arguments of an import with what its mapping says of the fields that are left open, and the mapping where what was typed
/// makes or changes it.
pub fn applied(workspace: &Workspace, args: &Args) -> Result<(Args, Option<Mapping>), Error> {
    let Some(name) = args.maybe_line("mapping")? else { return Ok((args.clone(), None)) };
    let known = all(workspace)?;
    let kept = known.iter().find(|(_, known, _)| *known == name).map(|(_, _, content)| content);
    if kept.is_none() && FIELDS.iter().all(|(field, _)| args.all(field).is_empty()) {
        let names: Vec<&str> = known.iter().map(|(_, name, _)| name.as_str()).collect();
        let others =
            if names.is_empty() { "none is kept yet".into() } else { format!("kept are {}", names.join(", ")) };
        return Err(Error::usage(format!("--mapping {}: there is none of that name; {others}", shown(&name)))
            .hint("say which column is what with --column, and it is kept under that name"));
    }
    let (mut whole, mut says, mut is_new) = (args.clone(), Vec::new(), false);
    for (field, _) in FIELDS {
        let kept = kept.map(|content| mapping::values(content, field)).unwrap_or_default();
        let typed = args.all(field);
        let values = if typed.is_empty() { kept.clone() } else { typed.to_vec() };
        is_new |= values != kept;
        if !values.is_empty() {
            whole.set(field, values.clone());
            says.push((*field, values));
        }
    }
    Ok((whole, is_new.then_some(Mapping { name, says })))
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let row = |(id, name, content): (Id, String, Json)| {
        let said = |(field, has_value): &(&str, bool)| {
            let values = mapping::values(&content, field).into_iter();
            values.map(|v| if *has_value { format!("--{field} {v}") } else { format!("--{field}") }).collect::<Vec<_>>()
        };
        MappingRow { id, name, says: FIELDS.iter().flat_map(said).collect::<Vec<_>>().join(" ") }
    };
    let rows: Vec<MappingRow> = all(workspace)?.into_iter().map(row).collect();
    Ok(Output::list(&rows, &[("name", "NAME"), ("says", "HOW THE TABLE IS READ")]))
}
