//! The directory of contact points: imported from a table, signed and dated; every 24/7 letter names what it says.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::crossing::{MADE_FOR_EXERCISE, must_be_made_for};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::host::file;
use crate::object;
use crate::record::contact::{self, ContactField, State};
use crate::record::definition::token;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::class::words;
use crate::value::text::{line, shown};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "directory",
        name: "import",
        about: "Take a directory of contact points in: a table of desk, phone, mail, hours, zone, officer and verify",
        args: &[
            Arg::new("file", ArgKind::Existing, "the table, as CSV with a header line").positional(),
            Arg::new("as-of", ArgKind::Time, "the day of the directory, such as 2026-11-29").required(),
            MADE_FOR_EXERCISE,
        ],
        writes: Some(Writes {
            act: contact::IMPORT,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(import),
    },
    Command {
        noun: "directory",
        name: "list",
        about: "List how the contact points of desks and authorities are reached",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
];

/// The largest directory that is read, in bytes.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;
/// The most entries of a directory.
const MOST_ENTRIES: usize = 2000;

/// How the contact point of a desk is reached.
#[derive(Clone, Debug, Serialize)]
pub struct ContactRow {
    /// The desk's code, or the authority's.
    pub desk: String,
    /// The day of the directory.
    pub as_of: String,
    /// What it says, by field.
    #[serde(flatten)]
    pub fields: BTreeMap<&'static str, String>,
}

impl ContactRow {
    /// What it says of a field; empty where it says nothing.
    pub fn get(&self, field: ContactField) -> &str {
        self.fields.get(field.word()).map_or("", String::as_str)
    }
}

fn row(workspace: &Workspace, record: &Record) -> Result<ContactRow, Error> {
    let fields: Result<BTreeMap<_, _>, Error> =
        ContactField::ALL.iter().map(|f| Ok((f.word(), workspace.text_of(record, f.word())?))).collect();
    Ok(ContactRow {
        desk: record.key.clone().unwrap_or_default(),
        as_of: record.text("as_of").unwrap_or_default().to_owned(),
        fields: fields?,
    })
}

/// What the newest directory says of a desk; none where it stands in none.
pub fn of_desk(workspace: &Workspace, code: &str) -> Result<Option<ContactRow>, Error> {
    let found = workspace.records().find(&Query { key: Some(code.to_owned()), ..Query::state(State::Current) })?;
    found.first().map(|record| row(workspace, record)).transpose()
}

/// The cells of one line of a table; quoted cells may hold separators, and two quotes stand for one.
fn cells(text: &str, separator: char) -> Vec<String> {
    let mut all = vec![String::new()];
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                all.last_mut().into_iter().for_each(|cell| cell.push('"'));
            }
            '"' => quoted = !quoted,
            c if c == separator && !quoted => all.push(String::new()),
            c => all.last_mut().into_iter().for_each(|cell| cell.push(c)),
        }
    }
    all.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

words! {
    /// A column of a directory that is no field of a contact.
    Column {
        /// Whose contact it is.
        Desk = "desk",
    }
}

/// An entry as it is read: the desk, and what is said of it.
type Entry = (String, BTreeMap<&'static str, String>);

/// The entries of a table.
fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    let (_, header) = lines.next().ok_or("it is empty")?;
    let separator = [';', '\t'].into_iter().find(|s| header.contains(*s)).unwrap_or(',');
    let columns: Vec<String> = cells(header, separator).iter().map(|c| c.to_lowercase()).collect();
    for column in &columns {
        if Column::parse(column).is_none() && ContactField::parse(column).is_none() {
            return Err(format!("there is no column {}", shown(column)));
        }
    }
    let desk_at = columns.iter().position(|c| Column::parse(c).is_some()).ok_or("it has no column desk")?;
    let mut all: Vec<Entry> = Vec::new();
    for (n, text) in lines {
        let at = n + 1;
        let cells = cells(text, separator);
        if cells.len() != columns.len() {
            return Err(format!("line {at} has {} cells, and the header has {}", cells.len(), columns.len()));
        }
        let desk =
            cells.get(desk_at).and_then(|d| token(d)).ok_or(format!("line {at}: `desk` is a code without spaces"))?;
        if all.iter().any(|(known, _)| *known == desk) {
            return Err(format!("line {at}: {} stands in it twice", shown(&desk)));
        }
        let mut fields = BTreeMap::new();
        for (column, cell) in columns.iter().zip(&cells).filter(|(_, cell)| !cell.is_empty()) {
            let Some(field) = ContactField::parse(column) else { continue };
            let cell = line(cell).map_err(|e| format!("line {at}: `{field}` {e}"))?;
            fields.insert(field.word(), cell);
        }
        all.push((desk, fields));
        if all.len() > MOST_ENTRIES {
            return Err(format!("it has more than {MOST_ENTRIES} entries"));
        }
    }
    if all.is_empty() { Err("it has no entry".to_owned()) } else { Ok(all) }
}

fn import(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let path = args.path("file")?;
    must_be_made_for(workspace, args, &path)?;
    let day = args.time("as-of", workspace.now())?.date().to_string();
    let bad = |what: String| {
        let hint = "nothing was taken in; the first line names the columns: desk,phone,mail,hours,zone,officer,verify";
        Error::new(ErrorKind::Malformed, format!("{}: {what}", shown(&path.to_string_lossy())), hint)
    };
    let bytes = file::read(&path, LARGEST_FILE)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| bad("it is not UTF-8".to_owned()))?;
    let all = entries(text).map_err(bad)?;
    let count = all.len();
    workspace.act(contact::IMPORT, Audience::OwnDesk, None, |act, entropy| {
        for (desk, fields) in all {
            let mut said = object! {};
            for (name, value) in fields {
                said.set(name, value);
            }
            act.change(contact::new(entropy.id()?, &desk, &day, &said, entropy.salt()?))?;
        }
        Ok(())
    })?;
    let said = format!("{count} contacts of {day} are taken in; letters name them from now on.");
    Ok(Output::thing(&object_of(count)).with_message(said))
}

/// How many entries were taken in.
#[derive(Serialize)]
struct TakenIn {
    contacts: usize,
}

const fn object_of(contacts: usize) -> TakenIn {
    TakenIn { contacts }
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let mut all = workspace.records().find(&Query::state(State::Current))?;
    all.sort_by(|a, b| a.key.cmp(&b.key));
    let rows: Vec<ContactRow> = all.iter().map(|r| row(workspace, r)).collect::<Result<_, _>>()?;
    let columns = &[
        ("desk", "DESK"),
        ("phone", "TELEPHONE"),
        ("mail", "E-MAIL"),
        ("hours", "HOURS"),
        ("zone", "ZONE"),
        ("officer", "ON DUTY"),
        ("verify", "TO VERIFY"),
        ("as_of", "AS OF"),
    ];
    Ok(Output::list(&rows, columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_whole_or_refused_by_its_line() {
        let read = |text: &str| entries(text);
        let all = read("desk;phone;hours\nXB;\"+99; 1\";24/7\n\nXC;;\n").unwrap();
        assert_eq!((all.len(), all[0].1["phone"].as_str(), all[1].1.len()), (2, "+99; 1", 0));
        for (bad, why) in [
            ("", "empty"),
            ("phone\n1\n", "no column desk"),
            ("desk,fax\nXB,1\n", "fax"),
            ("desk,phone\nXB\n", "line 2"),
            ("desk,phone\nXB,1\nXB,2\n", "twice"),
            ("desk,phone\nX B,1\n", "without spaces"),
            ("desk,phone\n", "no entry"),
        ] {
            assert!(read(bad).unwrap_err().contains(why), "{bad}");
        }
    }
}
