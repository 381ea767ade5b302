//! A list of events (MSEL) as comma-separated values: a heading, and a row for each inject. Semicolons and tabs are taken too.

use super::scenario::{Losses, Scenario, ScenarioError, ScenarioRow, body, offset, offset_in_words};
use crate::record::card;
use crate::record::inject::{InjectType, MOST, MOST_DESKS, Trigger};
use crate::value::class::words;
use crate::value::realm::is_of_exercise;
use crate::value::text::shown;
use crate::value::timestamp::{Duration, Timestamp};

words! {
    /// A column.
    Column {
        /// Its number.
        Number = "number",
        /// When it is planned.
        Time = "time",
        /// What it is for.
        Type = "type",
        /// From whom.
        From = "from",
        /// For whom.
        To = "to",
        /// How it comes.
        Method = "method",
        /// What it says.
        Text = "text",
        /// What is expected.
        ExpectedAction = "expected_action",
        /// The number of the objective.
        Objective = "objective",
        /// The capability.
        Capability = "capability",
        /// Who delivers it.
        Controller = "controller",
        /// The name of what is attached.
        Attachment = "attachment",
        /// On which condition it is used.
        Condition = "condition",
        /// Which ones are answered before.
        After = "after",
        /// The event that it belongs to.
        Event = "event",
        /// What evaluators look at.
        Note = "note",
        /// Within what time a reply is expected.
        ReplyWithin = "reply_within",
        /// What lets it be due.
        Trigger = "trigger",
    }
}

/// Other headings of the same columns, as lists in use have them.
const ALSO: &[(&str, Column)] = &[
    ("no", Column::Number),
    ("seq", Column::Number),
    ("sequence", Column::Number),
    ("inject_no", Column::Number),
    ("planned_time", Column::Time),
    ("time_planned", Column::Time),
    ("inject_type", Column::Type),
    ("originator", Column::From),
    ("recipient", Column::To),
    ("delivery_method", Column::Method),
    ("description", Column::Text),
    ("inject", Column::Text),
    ("expected", Column::ExpectedAction),
    ("expected_response", Column::ExpectedAction),
    ("objective_id", Column::Objective),
    ("core_capability", Column::Capability),
    ("attachments", Column::Attachment),
    ("conditions", Column::Condition),
    ("branch", Column::Condition),
    ("branch_conditions", Column::Condition),
    ("follows", Column::After),
    ("event_ref", Column::Event),
    ("evaluator_note", Column::Note),
];

/// Other words for what an inject is for.
const TYPES: &[(&str, InjectType)] = &[
    ("expected", InjectType::ExpectedAction),
    ("expected_action", InjectType::ExpectedAction),
    ("expected action", InjectType::ExpectedAction),
];

/// What stands for all desks that play.
const ALL: [&str; 4] = ["all", "players", "all players", "*"];

fn heading(said: &str) -> String {
    said.trim().trim_start_matches('\u{feff}').to_lowercase().replace([' ', '-'], "_")
}

fn column(said: &str) -> Option<Column> {
    Column::parse(said).or_else(|| ALSO.iter().find(|(also, _)| *also == said).map(|(_, column)| *column))
}

/// Reads a list of events.
pub(super) fn read(bytes: &[u8]) -> Result<Scenario, ScenarioError> {
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes.get(..e.valid_up_to()).unwrap_or_default().iter().filter(|b| **b == b'\n').count() + 1;
        ScenarioError::Line(line, "it is not UTF-8".into())
    })?;
    // What this program writes says in a line before the heading of which exercise it is.
    let said = |first: &str| is_of_exercise(first.as_bytes()) && !first.contains([',', ';', '\t']);
    let (before, text) = match text.split_once('\n').filter(|(first, _)| said(first)) {
        Some((_, rest)) => (1, rest),
        None => (0, text),
    };
    let mut records = Records { line: 1 + before, ..Records::of(text) };
    let Some((_, head)) = records.next().transpose()? else {
        return Err(ScenarioError::File("it is empty: a heading with `number`, `time` and `text` is expected".into()));
    };
    let mut losses = Losses::default();
    let mut columns = Vec::new();
    for said in &head {
        let name = heading(said);
        let known = column(&name);
        if known.is_some_and(|known| columns.contains(&Some(known))) {
            return Err(ScenarioError::Line(1, format!("the column {} stands there twice", shown(&name))));
        }
        columns.push(known);
    }
    if columns.iter().flatten().count() == 0 {
        return Err(ScenarioError::Line(1, "no column is known; a list has at least `time` and `text`".into()));
    }
    let mut scenario = Scenario { numbered: true, ..Scenario::default() };
    let mut numbers: Vec<i64> = Vec::new();
    for record in records {
        let (line, fields) = record?;
        if fields.iter().all(|f| f.trim().is_empty()) {
            continue;
        }
        if fields.len() > columns.len() {
            let what = format!("it has {} fields, and the heading {}", fields.len(), columns.len());
            return Err(ScenarioError::Line(line, what));
        }
        for ((field, known), said) in fields.iter().zip(&columns).zip(&head) {
            if known.is_none() && !field.trim().is_empty() {
                losses.add(format!("column {}", shown(said.trim())));
            }
        }
        let of = |wanted: Column| {
            let place = columns.iter().position(|c| *c == Some(wanted));
            place.and_then(|n| fields.get(n)).map_or("", |field| field.trim())
        };
        let row = row(of).map_err(|what| ScenarioError::Line(line, what))?;
        if let Some(number) = row.number {
            if numbers.contains(&number) {
                return Err(ScenarioError::Line(line, format!("the number {number} stands there twice")));
            }
            numbers.push(number);
        }
        scenario.rows.push(row);
    }
    scenario.not_kept = losses.list();
    Ok(scenario)
}

fn row<'a>(of: impl Fn(Column) -> &'a str) -> Result<ScenarioRow, String> {
    let said = |column: Column| Some(of(column)).filter(|text| !text.is_empty());
    let number = |text: &str| text.parse::<i64>().ok().filter(|n| (1..=MOST).contains(n));
    let bad = |column: Column, what: &str| format!("`{column}` is {:?}: {what} is expected", shown(of(column)));
    let mut row = ScenarioRow::default();
    if let Some(text) = said(Column::Number) {
        row.number = Some(number(text).ok_or_else(|| bad(Column::Number, &format!("a number from 1 to {MOST}")))?);
    }
    if let Some(text) = said(Column::Time) {
        row.offset = offset(text);
        row.at = Timestamp::parse(text);
        if row.offset.is_none() && row.at.is_none() {
            return Err(bad(
                Column::Time,
                "a time after the start such as +01:30, or one such as 2026-11-30T09:00:00Z",
            ));
        }
    }
    if let Some(text) = said(Column::Type) {
        let word = text.to_lowercase();
        let known = TYPES.iter().find(|(also, _)| *also == word).map(|(_, of)| *of);
        row.inject_type = InjectType::parse(&word)
            .or(known)
            .ok_or_else(|| bad(Column::Type, "contextual, expected-action or contingency"))?;
    }
    if let Some(text) = said(Column::After) {
        let all = text.split([',', ';', ' ']).filter(|n| !n.is_empty()).map(number);
        row.after = all.collect::<Option<_>>().ok_or_else(|| bad(Column::After, "numbers of injects"))?;
    }
    row.trigger = match said(Column::Trigger) {
        Some(text) => {
            let word = text.to_lowercase();
            Trigger::parse(&word).ok_or_else(|| bad(Column::Trigger, "time, completion or hand"))?
        }
        None if !row.after.is_empty() => Trigger::Completion,
        None if row.offset.is_none() && row.at.is_none() => Trigger::Hand,
        None => Trigger::Time,
    };
    if let Some(text) = said(Column::To).filter(|text| !ALL.contains(&text.to_lowercase().as_str())) {
        for code in text.split([',', ';', '/', ' ']).filter(|code| !code.is_empty()) {
            let code = card::code(code).ok_or_else(|| bad(Column::To, "codes of desks, or `all`"))?;
            if !row.to.contains(&code) {
                row.to.push(code);
            }
        }
        if row.to.len() > MOST_DESKS {
            return Err(bad(Column::To, &format!("at most {MOST_DESKS} desks")));
        }
    }
    if let Some(text) = said(Column::Objective) {
        row.objective = Some(number(text).ok_or_else(|| bad(Column::Objective, "the number of an objective"))?);
    }
    if let Some(text) = said(Column::ReplyWithin) {
        row.reply_within = Some(offset(text).ok_or_else(|| bad(Column::ReplyWithin, "a time such as 45m"))?);
    }
    let words = |column: Column| body(of(column)).map_err(|why| format!("`{column}` {why}"));
    row.words.text = words(Column::Text)?;
    if row.words.text.is_empty() {
        return Err("it has no text: what is delivered is expected in the column `text`".into());
    }
    row.words.event = words(Column::Event)?;
    row.words.from = words(Column::From)?;
    row.words.method = words(Column::Method)?;
    row.words.expected = words(Column::ExpectedAction)?;
    row.words.capability = words(Column::Capability)?;
    row.words.controller = words(Column::Controller)?;
    row.words.attachment = words(Column::Attachment)?;
    row.words.condition = words(Column::Condition)?;
    row.words.note = words(Column::Note)?;
    Ok(row)
}

/// Writes a list of events. `actual`: what play added to a row: when it was delivered, and how it stands.
pub fn write(rows: &[(ScenarioRow, [String; 2])]) -> String {
    let mut out = String::new();
    let heads = Column::ALL.iter().map(|c| c.word()).chain(["actual_time", "state"]);
    line(&mut out, heads);
    for (row, actual) in rows {
        let span = |span: Option<Duration>| span.map(offset_in_words).unwrap_or_default();
        let time = row.at.map_or_else(|| span(row.offset), |at| at.to_string());
        let numbers = |all: &[i64]| all.iter().map(i64::to_string).collect::<Vec<_>>().join(";");
        let fields = Column::ALL.iter().map(|column| match column {
            Column::Number => row.number.map(|n| n.to_string()).unwrap_or_default(),
            Column::Time => time.clone(),
            Column::Type => row.inject_type.word().to_owned(),
            Column::From => row.words.from.clone(),
            Column::To => row.to.join(";"),
            Column::Method => row.words.method.clone(),
            Column::Text => row.words.text.clone(),
            Column::ExpectedAction => row.words.expected.clone(),
            Column::Objective => row.objective.map(|n| n.to_string()).unwrap_or_default(),
            Column::Capability => row.words.capability.clone(),
            Column::Controller => row.words.controller.clone(),
            Column::Attachment => row.words.attachment.clone(),
            Column::Condition => row.words.condition.clone(),
            Column::After => numbers(&row.after),
            Column::Event => row.words.event.clone(),
            Column::Note => row.words.note.clone(),
            Column::ReplyWithin => span(row.reply_within),
            Column::Trigger => row.trigger.word().to_owned(),
        });
        let fields: Vec<String> = fields.chain(actual.iter().cloned()).collect();
        line(&mut out, fields.iter().map(String::as_str));
    }
    out
}

fn line<'a>(out: &mut String, fields: impl Iterator<Item = &'a str>) {
    for (n, field) in fields.enumerate() {
        if n > 0 {
            out.push(',');
        }
        // A spreadsheet must not take what people wrote for a formula; a time after the start is none.
        let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']) && offset(field).is_none();
        let guarded = if formula { format!("'{field}") } else { field.to_owned() };
        if guarded.contains(['"', ',', ';', '\n', '\r', '\t']) {
            out.push('"');
            out.push_str(&guarded.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&guarded);
        }
    }
    out.push_str("\r\n");
}

/// The records of a table, each with the line that it begins in.
struct Records<'a> {
    rest: &'a str,
    line: usize,
    delimiter: char,
}

impl<'a> Records<'a> {
    fn of(text: &'a str) -> Self {
        let text = text.trim_start_matches('\u{feff}');
        let head = text.lines().next().unwrap_or_default();
        let count = |c: char| head.matches(c).count();
        let delimiter = [',', ';', '\t'].into_iter().max_by_key(|c| (count(*c), *c == ',')).unwrap_or(',');
        Self { rest: text, line: 1, delimiter }
    }
}

impl Iterator for Records<'_> {
    type Item = Result<(usize, Vec<String>), ScenarioError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let began = self.line;
        let (mut fields, mut field, mut quoted, mut was_quoted) = (Vec::new(), String::new(), false, false);
        let mut chars = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        while let Some((at, c)) = chars.next() {
            if c == '\n' {
                self.line += 1;
            }
            match c {
                '"' if quoted => {
                    if chars.next_if(|(_, next)| *next == '"').is_some() {
                        field.push('"');
                    } else {
                        quoted = false;
                    }
                }
                '"' if field.trim().is_empty() && !was_quoted => {
                    field.clear();
                    (quoted, was_quoted) = (true, true);
                }
                '\n' if !quoted => {
                    end = at + 1;
                    break;
                }
                '\r' if !quoted && chars.peek().is_none_or(|(_, next)| *next == '\n') => {}
                _ if c == self.delimiter && !quoted => {
                    fields.push(std::mem::take(&mut field));
                    was_quoted = false;
                }
                _ => field.push(c),
            }
        }
        if quoted {
            self.rest = "";
            return Some(Err(ScenarioError::Line(began, "a quotation mark is not closed".into())));
        }
        fields.push(field);
        self.rest = self.rest.get(end..).unwrap_or_default();
        Some(Ok((began, fields)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Scenario, ScenarioError> {
        super::read(text.as_bytes())
    }

    #[test]
    fn a_list_is_read_with_its_usual_headings_and_what_is_not_kept_is_named() {
        let list = "\u{feff}Seq;Planned time;Inject type;Originator;Recipient;Delivery method;Description;Expected response;Weather\r\n\
                    1;+00:10;expected;Court;\"XA, XB\";call;\"They said \"\"no\"\";\ntwice\";asks why;rain\r\n\r\n2;;;;all;;later;;\r\n";
        let read = read(list).unwrap();
        let [first, second] = read.rows.as_slice() else { panic!("{read:?}") };
        assert_eq!(first.to, ["XA", "XB"]);
        assert_eq!(first.words.text, "They said \"no\";\ntwice");
        assert_eq!((first.inject_type, first.trigger), (InjectType::ExpectedAction, Trigger::Time));
        assert_eq!((second.trigger, second.to.len()), (Trigger::Hand, 0));
        assert_eq!(read.not_kept.iter().map(|n| n.what.as_str()).collect::<Vec<_>>(), ["column Weather"]);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_line() {
        for (list, line, what) in [
            ("number,time\n1,yesterday\n", 2, "yesterday"),
            ("number,time,text\n1,+00:00,a\n1,+00:01,b\n", 3, "twice"),
            ("number,time,text\n0,+00:00,a\n", 2, "number"),
            ("number,time,text\n1,+00:00,\n", 2, "no text"),
            ("number,time,text\n1,+00:00,\"a\nb\"\n2,x,c\n", 4, "`time`"),
            ("time,text\n+00:00,\"a\n", 2, "not closed"),
            ("time,text,to\n+00:00,a,the press\n", 2, "codes"),
            ("time,text,time\n", 1, "twice"),
            ("time,text\n+00:00,a,b\n", 2, "3 fields"),
            ("colour\nred\n", 1, "no column"),
        ] {
            match read(list) {
                Err(ScenarioError::Line(at, said)) => {
                    assert_eq!(at, line, "{list:?}: {said}");
                    assert!(said.contains(what), "{list:?}: {said}");
                }
                other => panic!("{list:?}: {other:?}"),
            }
        }
        assert!(matches!(super::read(b""), Err(ScenarioError::File(_))));
        assert!(matches!(super::read(b"time,text\n\xff"), Err(ScenarioError::Line(2, _))));
    }

    #[test]
    fn what_is_written_is_read_as_the_same_rows_and_is_no_formula() {
        let list = "number,time,type,from,to,method,text,expected_action,objective,capability,after,reply_within\n\
                    1,+00:00,contextual,Control,XA,report,\"a, \"\"b\"\"\nc\",opens,1,intake,,45m\n\
                    2,2026-11-30T09:00:00Z,contingency,,XB;XC,,@later,,,,1,\n";
        let rows = read(list).unwrap().rows;
        let written = write(&rows.iter().map(|r| (r.clone(), [String::new(), String::new()])).collect::<Vec<_>>());
        let again = read(&written).unwrap();
        assert_eq!(again.rows[0], rows[0]);
        assert_eq!(again.rows[1].words.text, "'@later");
        assert!(!written.contains(",@later") && written.contains(",'@later"), "{written}");
    }
}
