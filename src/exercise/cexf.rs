//! The Common Exercise Format (CEXF): injects, what they carry, how they follow each other, and how an answer is scored.

use super::scenario::{Losses, Scenario, ScenarioError, ScenarioRow, body, offset};
use crate::object;
use crate::record::inject::{InjectType, Trigger};
use crate::value::json::{self, Json, Limits};
use crate::value::text::shown;
use crate::value::timestamp::{Duration, Timestamp};

/// The longest attached text that is kept, in bytes.
const ATTACHED: usize = 64 << 10;

fn wrong(what: impl Into<String>) -> ScenarioError {
    ScenarioError::File(what.into())
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::text).unwrap_or_default()
}

fn list<'a>(json: &'a Json, key: &str) -> &'a [Json] {
    json.get(key).and_then(Json::items).unwrap_or_default()
}

/// The texts of a member that is a text or a list of them.
fn texts<'a>(json: &'a Json, key: &str) -> Vec<&'a str> {
    match json.get(key) {
        Some(Json::Str(one)) => vec![one.as_str()],
        Some(Json::Arr(all)) => all.iter().filter_map(Json::text).collect(),
        _ => Vec::new(),
    }
}

/// Reads a scenario.
pub(super) fn read(bytes: &[u8]) -> Result<Scenario, ScenarioError> {
    let json = json::parse(bytes, Limits::FOREIGN).map_err(|e| wrong(format!("it is not JSON: {e}")))?;
    let injects = json.get("injects").and_then(Json::items);
    let injects = injects.ok_or_else(|| wrong("it has no list `injects`: it is no CEXF scenario"))?;
    let mut losses = Losses::default();
    losses.others("", &json, &["exercise", "injects", "inject_flow", "inject_payloads"]);
    let empty = object! {};
    let exercise = json.get("exercise").unwrap_or(&empty);
    losses.others("exercise", exercise, &["name", "description"]);
    let flow = list(&json, "inject_flow");
    let payloads = list(&json, "inject_payloads");
    // In the order in which they follow each other, then those that nothing leads to.
    let mut order: Vec<&str> = flow.iter().map(|step| text(step, "inject_uuid")).collect();
    for inject in injects {
        let id = text(inject, "uuid");
        if id.is_empty() {
            return Err(wrong("an inject has no `uuid`"));
        }
        if !order.contains(&id) {
            order.push(id);
        }
    }
    for (n, id) in order.iter().enumerate() {
        if order.iter().take(n).any(|other| other == id) {
            return Err(wrong(format!("the inject {} stands there twice", shown(id))));
        }
    }
    let number = |id: &str| order.iter().position(|known| *known == id).map(|n| n as i64 + 1);
    let mut scenario = Scenario {
        title: body(text(exercise, "name")).map_err(wrong)?,
        scope: body(text(exercise, "description")).map_err(wrong)?,
        ..Scenario::default()
    };
    for id in &order {
        let step = flow.iter().find(|step| text(step, "inject_uuid") == *id);
        let Some(inject) = injects.iter().find(|inject| text(inject, "uuid") == *id) else {
            return Err(wrong(format!("the flow names an inject that is not there: {}", shown(id))));
        };
        let mut row = ScenarioRow { number: number(id), trigger: Trigger::Hand, ..ScenarioRow::default() };
        says(inject, step, payloads, &mut row, &mut losses).map_err(wrong)?;
        if let Some(step) = step {
            comes(step, &number, &mut row, &mut losses);
        }
        // What another one names as its follower follows it, whether or not it says so itself.
        for before in flow {
            let sequence = before.get("sequence").unwrap_or(&empty);
            if texts(sequence, "followed_by").contains(id)
                && let Some(n) = number(text(before, "inject_uuid"))
                && !row.after.contains(&n)
            {
                row.after.push(n);
            }
        }
        if row.trigger == Trigger::Hand && !row.after.is_empty() {
            row.trigger = Trigger::Completion;
        }
        scenario.rows.push(row);
    }
    scenario.not_kept = losses.list();
    Ok(scenario)
}

/// What an inject says, and how an answer to it is scored: that is what is expected.
fn says(
    inject: &Json,
    step: Option<&Json>,
    payloads: &[Json],
    row: &mut ScenarioRow,
    losses: &mut Losses,
) -> Result<(), String> {
    let known = ["uuid", "name", "action", "action_payload_resource_uuid", "inject_evaluation", "target_tool"];
    losses.others("injects", inject, &known);
    row.words.method = body(&text(inject, "action").replace('_', " "))?;
    let tool = text(inject, "target_tool");
    if !tool.is_empty() {
        row.words.note = body(&format!("Answered with {tool}."))?;
    }
    let mut said = vec![text(inject, "name").to_owned()];
    if let Some(step) = step {
        row.words.event = body(text(step, "description"))?;
    }
    let payload = text(inject, "action_payload_resource_uuid");
    if !payload.is_empty() {
        match payloads.iter().find(|p| text(p, "uuid") == payload) {
            Some(payload) => carries(payload, row, &mut said, losses)?,
            None => losses.add("injects.action_payload_resource_uuid (it names nothing)"),
        }
    }
    row.words.text = body(&said.join("\n"))?;
    if row.words.text.is_empty() {
        row.words.text = body(row.words.event.as_str())?;
    }
    if row.words.text.is_empty() {
        return Err("an inject has neither a name nor a description".into());
    }
    let mut expected = Vec::new();
    for evaluation in list(inject, "inject_evaluation") {
        losses.others("injects.inject_evaluation", evaluation, &["result", "parameters", "score_range"]);
        let mut line = text(evaluation, "result").to_owned();
        if let [least, most] = list(evaluation, "score_range") {
            line.push_str(&format!(" ({} to {} points)", plain(least), plain(most)));
        }
        let when = evaluation.get("parameters").map(conditions).unwrap_or_default();
        if !when.is_empty() {
            line.push_str(&format!(": {when}"));
        }
        expected.push(line);
    }
    if !expected.is_empty() {
        row.inject_type = InjectType::ExpectedAction;
    }
    row.words.expected = body(&expected.join("\n"))?;
    Ok(())
}

/// What an inject carries: a file whose text is attached, or what happens, as its parameters say.
fn carries(payload: &Json, row: &mut ScenarioRow, said: &mut Vec<String>, losses: &mut Losses) -> Result<(), String> {
    losses.others("inject_payloads", payload, &["uuid", "name", "type", "parameters"]);
    let empty = object! {};
    let parameters = payload.get("parameters").unwrap_or(&empty);
    let is_file = text(payload, "type") == "file" && parameters.get("content").is_some();
    if !is_file {
        said.push(format!("{} ({})", text(payload, "name"), text(payload, "type").replace('_', " ")));
        said.extend(parameters.members().unwrap_or_default().iter().map(|(k, v)| format!("{k}: {}", plain(v))));
        return Ok(());
    }
    losses.others("inject_payloads.parameters", parameters, &["content", "content-type", "filename"]);
    let name = text(parameters, "filename");
    row.words.attachment = body(if name.is_empty() { text(payload, "name") } else { name })?;
    let content = text(parameters, "content");
    let bytes = match text(parameters, "content-type") {
        "base64" => data_encoding::BASE64.decode(content.as_bytes()).ok(),
        _ => Some(content.as_bytes().to_vec()),
    };
    match bytes.map(String::from_utf8) {
        Some(Ok(attached)) if attached.len() <= ATTACHED => row.words.attached = body(&attached)?,
        Some(Ok(_)) => losses.add("inject_payloads.parameters.content (longer than 64 KiB)"),
        Some(Err(_)) => losses.add("inject_payloads.parameters.content (no text)"),
        None => losses.add("inject_payloads.parameters.content (no base64)"),
    }
    Ok(())
}

/// When an inject comes, and after which others.
fn comes(step: &Json, number: &impl Fn(&str) -> Option<i64>, row: &mut ScenarioRow, losses: &mut Losses) {
    let empty = object! {};
    losses.others("inject_flow", step, &["inject_uuid", "description", "requirements", "sequence", "timing"]);
    let requirements = step.get("requirements").unwrap_or(&empty);
    losses.others("inject_flow.requirements", requirements, &["inject_uuid", "resolution_requirement"]);
    if let Some(n) = number(text(requirements, "inject_uuid")) {
        row.after.push(n);
        let result = text(requirements, "resolution_requirement");
        if !result.is_empty() {
            row.words.condition = body(&format!("after inject {n}: {result}")).unwrap_or_default();
        }
    }
    let sequence = step.get("sequence").unwrap_or(&empty);
    losses.others("inject_flow.sequence", sequence, &["trigger", "followed_by"]);
    for trigger in texts(sequence, "trigger") {
        match trigger {
            "startex" => {
                row.trigger = Trigger::Time;
                row.offset = Some(Duration::minutes(0));
            }
            "inject-resolution" | "inject_resolution" | "completion" => row.trigger = Trigger::Completion,
            "manual" | "hand" => row.trigger = Trigger::Hand,
            other => losses.add(format!("inject_flow.sequence.trigger {}", shown(other))),
        }
    }
    let timing = step.get("timing").unwrap_or(&empty);
    losses.others("inject_flow.timing", timing, &["triggered_at"]);
    if let Some(at) = timing.get("triggered_at").filter(|at| !at.is_null()) {
        let seconds = at.int().filter(|s| (0..=366 * 86_400).contains(s)).map(|s| Duration::minutes(s / 60));
        let said = at.text().unwrap_or_default();
        (row.offset, row.at) = (seconds.or_else(|| offset(said)).or(row.offset), Timestamp::parse(said));
        match (row.at.is_some(), seconds.is_some() || offset(said).is_some()) {
            (false, false) => losses.add("inject_flow.timing.triggered_at"),
            (true, _) => {
                row.offset = None;
                row.trigger = Trigger::Time;
            }
            (false, true) => row.trigger = Trigger::Time,
        }
    }
    if row.trigger == Trigger::Completion && row.after.is_empty() {
        row.trigger = Trigger::Hand;
    }
}

/// A value in words.
fn plain(json: &Json) -> String {
    match json {
        Json::Str(text) => text.to_string(),
        Json::Arr(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        Json::Obj(members) => members.iter().map(|(k, v)| format!("{k} {}", plain(v))).collect::<Vec<_>>().join(", "),
        other => other.to_text(),
    }
}

/// The conditions of a score in words: what, how it is compared, with what.
fn conditions(json: &Json) -> String {
    let one = |what: &str, how: &Json| match (how.get("comparison").and_then(Json::text), how.get("values")) {
        (Some(comparison), Some(values)) => format!("{what} {comparison} {}", plain(values)),
        _ => format!("{what} {}", plain(how)),
    };
    match json {
        Json::Arr(all) => all.iter().map(conditions).filter(|c| !c.is_empty()).collect::<Vec<_>>().join("; "),
        Json::Obj(members) => {
            let all = members.iter().map(|(what, how)| match how {
                Json::Arr(any) => any.iter().map(conditions).collect::<Vec<_>>().join(&format!(" {what} ")),
                how => one(what, how),
            });
            all.collect::<Vec<_>>().join("; ")
        }
        other => plain(other),
    }
}

/// What CEXF has no place for.
pub const NOT_WRITTEN: &[&str] =
    &["the desks that an inject is for", "objectives", "capabilities", "controllers", "notes for evaluators"];

/// Writes a scenario. `tag` says of which exercise it is; `id` gives each inject and payload a name that stays the same.
pub fn write(title: &str, scope: &str, tag: &str, rows: &[ScenarioRow], id: impl Fn(i64, &str) -> String) -> String {
    let place = |n: usize, row: &ScenarioRow| row.number.unwrap_or(n as i64 + 1);
    let (mut injects, mut flow, mut payloads) = (Vec::new(), Vec::new(), Vec::new());
    for (n, row) in rows.iter().enumerate() {
        let number = place(n, row);
        let uuid = id(number, "inject");
        let attached = !row.words.attached.is_empty();
        let content = if attached { &row.words.attached } else { &row.words.text };
        let name =
            if row.words.attachment.is_empty() { format!("inject-{number}.txt") } else { row.words.attachment.clone() };
        let payload = id(number, "payload");
        payloads.push(object! {
            "name" => format!("inject-{number}"),
            "parameters" => object! {
                "content" => data_encoding::BASE64.encode(content.as_bytes()), "content-type" => "base64",
                "filename" => name,
            },
            "type" => "file", "uuid" => payload.as_str(),
        });
        let evaluation: Vec<Json> = row
            .words
            .expected
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| object! { "parameters" => Vec::<Json>::new(), "result" => line, "score_range" => vec![0i64, 1i64] })
            .collect();
        injects.push(object! {
            "action" => row.words.method.replace(' ', "_"), "action_payload_resource_uuid" => payload,
            "inject_evaluation" => evaluation, "name" => row.words.text.as_str(), "target_tool" => "comity",
            "uuid" => uuid.as_str(),
        });
        let after: Vec<String> = row.after.iter().map(|n| id(*n, "inject")).collect();
        let followed: Vec<String> = rows
            .iter()
            .enumerate()
            .filter(|(_, other)| other.after.contains(&number))
            .map(|(m, other)| id(place(m, other), "inject"))
            .collect();
        let trigger = match row.trigger {
            Trigger::Completion => "inject-resolution",
            Trigger::Hand => "manual",
            Trigger::Time => "startex",
        };
        let at = row.at.map(|at| Json::from(at.to_string()));
        let at = at.or_else(|| row.offset.map(|span| Json::from(span.as_seconds())));
        let mut requirements = object! {};
        if let Some(first) = after.first() {
            requirements.set("inject_uuid", first.as_str());
            if !row.words.condition.is_empty() {
                requirements.set("resolution_requirement", row.words.condition.as_str());
            }
        }
        flow.push(object! {
            "description" => row.words.event.as_str(), "inject_uuid" => uuid, "reporting_callback" => Vec::<Json>::new(),
            "requirements" => requirements,
            "sequence" => object! {
                "completion_trigger" => vec!["completion"], "followed_by" => followed, "trigger" => vec![trigger],
            },
            "timing" => object! { "triggered_at" => at },
        });
    }
    let json = object! {
        "exercise" => object! {
            "name" => title, "description" => scope, "namespace" => "comity", "uuid" => id(0, "exercise"),
            "tags" => vec!["exercise:software-scope=\"comity\"", tag],
        },
        "inject_flow" => flow, "inject_payloads" => payloads, "injects" => injects,
    };
    let mut text = json.to_text();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scenario as others write it, with everything that this reader maps.
    const GIVEN: &str = r#"{"exercise":{"name":"Tide","description":"A phish","meta":{"author":"x"},"total_duration":"7200"},
        "inject_flow":[
          {"description":"first","inject_uuid":"a","reporting_callback":[],"requirements":{},
           "sequence":{"completion_trigger":["time_expiration"],"followed_by":["b"],"trigger":["startex"]},"timing":{"triggered_at":null}},
          {"description":"second","inject_uuid":"b","requirements":{"inject_uuid":"a","resolution_requirement":"Publishing"},
           "sequence":{"trigger":"inject-resolution"},"timing":{"triggered_at":null}}],
        "inject_payloads":[
          {"name":"mail","type":"file","uuid":"p","parameters":{"content":"SGVsbG8=","content-type":"base64","filename":"email.eml"}},
          {"name":"flow","type":"tcp_connection","uuid":"q","parameters":{"port":"25"}}],
        "injects":[
          {"action":"email_to_participants","action_payload_resource_uuid":"p","name":"a mail","target_tool":"MISP","uuid":"a",
           "inject_evaluation":[{"parameters":[{"Event.info":{"comparison":"contains","values":["CEO"]}}],"result":"seen","score_range":[0,10]}]},
          {"action":"network_connection","action_payload_resource_uuid":"q","name":"a flow","uuid":"b","inject_evaluation":[]}]}"#;

    #[test]
    fn triggers_payloads_and_scores_are_mapped_and_the_rest_is_named() {
        let read = super::read(GIVEN.as_bytes()).unwrap();
        let [mail, flow] = read.rows.as_slice() else { panic!("{read:?}") };
        assert_eq!((mail.trigger, mail.offset), (Trigger::Time, Some(Duration::minutes(0))));
        assert_eq!((mail.words.attachment.as_str(), mail.words.attached.as_str()), ("email.eml", "Hello"));
        assert_eq!(mail.words.expected, "seen (0 to 10 points): Event.info contains CEO");
        assert_eq!((flow.trigger, flow.after.as_slice()), (Trigger::Completion, [1].as_slice()));
        assert!(flow.words.text.contains("port: 25") && flow.words.condition.contains("Publishing"), "{flow:?}");
        let left: Vec<&str> = read.not_kept.iter().map(|n| n.what.as_str()).collect();
        assert_eq!(left, ["exercise.meta", "exercise.total_duration", "inject_flow.sequence.completion_trigger"]);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let rows = super::read(GIVEN.as_bytes()).unwrap().rows;
        let written = write("Tide", "A phish", "exercise:comity=tide", &rows, |n, what| format!("{what}-{n}"));
        let again = super::read(written.as_bytes()).unwrap();
        assert_eq!((again.title.as_str(), again.rows.len()), ("Tide", 2));
        for (was, is) in rows.iter().zip(&again.rows) {
            assert_eq!((was.trigger, &was.after, was.offset), (is.trigger, &is.after, is.offset));
        }
        assert_eq!(again.rows[0].words.attached, "Hello");
    }

    #[test]
    fn what_is_no_scenario_is_refused() {
        let looped = GIVEN.replace(r#""inject_uuid":"b","requirements""#, r#""inject_uuid":"z","requirements""#);
        for bad in ["", "[]", "{}", r#"{"injects":[{}]}"#, r#"{"injects":7}"#, looped.as_str(), &"[".repeat(10_000)] {
            assert!(super::read(bad.as_bytes()).is_err(), "{}", bad.chars().take(40).collect::<String>());
        }
        let empty = super::read(br#"{"injects":[]}"#).unwrap();
        assert!(empty.rows.is_empty());
    }
}
