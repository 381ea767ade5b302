//! Scenarios as OpenAEV exports them, in JSON: what they tell, when, and after what. What its machines would do is named as not
//! kept: this program plays with people.

use super::scenario::{Losses, Scenario, ScenarioError, ScenarioRow, body};
use crate::object;
use crate::record::inject::Trigger;
use crate::value::json::{self, Json, Limits};
use crate::value::timestamp::Duration;

fn wrong(what: impl Into<String>) -> ScenarioError {
    ScenarioError::File(what.into())
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json.get(key).and_then(Json::text).unwrap_or_default()
}

/// Reads a scenario.
pub(super) fn read(bytes: &[u8]) -> Result<Scenario, ScenarioError> {
    let json = json::parse(bytes, Limits::FOREIGN).map_err(|e| wrong(format!("it is not JSON: {e}")))?;
    let mut losses = Losses::default();
    losses.others("", &json, &["export_version", "scenario_information", "scenario_injects", "scenario_objectives"]);
    let injects = json.get("scenario_injects").and_then(Json::items);
    let injects = injects.ok_or_else(|| wrong("it has no list `scenario_injects`: it is no scenario of OpenAEV"))?;
    let empty = object! {};
    let about = json.get("scenario_information").unwrap_or(&empty);
    losses.others("scenario_information", about, &["scenario_id", "scenario_name", "scenario_description"]);
    let mut scenario = Scenario {
        title: body(text(about, "scenario_name")).map_err(wrong)?,
        scope: body(text(about, "scenario_description")).map_err(wrong)?,
        ..Scenario::default()
    };
    for objective in json.get("scenario_objectives").and_then(Json::items).unwrap_or_default() {
        let known = ["objective_id", "objective_title", "objective_description"];
        losses.others("scenario_objectives", objective, &known);
        let said = [text(objective, "objective_title"), text(objective, "objective_description")];
        let said: Vec<&str> = said.into_iter().filter(|s| !s.trim().is_empty()).collect();
        scenario.objectives.push(body(&said.join(": ")).map_err(wrong)?);
    }
    let mut ordered: Vec<&Json> = injects.iter().collect();
    let seconds = |inject: &Json| inject.get("inject_depends_duration").and_then(Json::int).unwrap_or_default();
    ordered.sort_by_key(|inject| seconds(inject));
    let number = |id: &str| ordered.iter().position(|i| text(i, "inject_id") == id).map(|n| n as i64 + 1);
    for (n, inject) in ordered.iter().enumerate() {
        let known = [
            "inject_id",
            "inject_title",
            "inject_description",
            "inject_enabled",
            "inject_depends_duration",
            "inject_depends_on",
            "inject_content",
        ];
        losses.others("scenario_injects", inject, &known);
        if inject.get("inject_enabled").and_then(Json::truth) == Some(false) {
            losses.add("scenario_injects that are not enabled");
            continue;
        }
        let mut row = ScenarioRow { number: Some(n as i64 + 1), ..ScenarioRow::default() };
        let after = seconds(inject);
        if !(0..=366 * 86_400).contains(&after) {
            return Err(wrong("`inject_depends_duration` is more than a year, or less than nothing"));
        }
        row.offset = Some(Duration::minutes(after / 60));
        for before in inject.get("inject_depends_on").and_then(Json::items).unwrap_or_default() {
            let relation = before.get("dependency_relationship").unwrap_or(&empty);
            row.after.extend(number(text(relation, "inject_parent_id")));
        }
        if !row.after.is_empty() {
            row.trigger = Trigger::Completion;
        }
        let content = inject.get("inject_content").unwrap_or(&empty);
        losses.others("scenario_injects.inject_content", content, &["subject", "body"]);
        let said = [
            text(inject, "inject_title"),
            text(inject, "inject_description"),
            text(content, "subject"),
            text(content, "body"),
        ];
        let said: Vec<&str> = said.into_iter().filter(|s| !s.trim().is_empty()).collect();
        row.words.text = body(&said.join("\n")).map_err(wrong)?;
        if row.words.text.is_empty() {
            return Err(wrong("an inject has neither a title nor a text"));
        }
        if content.get("subject").is_some() {
            row.words.method = "e-mail".into();
        }
        scenario.rows.push(row);
    }
    scenario.not_kept = losses.list();
    Ok(scenario)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn injects_come_in_order_of_time_and_what_machines_do_is_named() {
        let given = r#"{"export_version":1,"scenario_information":{"scenario_id":"s","scenario_name":"Tide","scenario_severity":"high"},
            "scenario_objectives":[{"objective_title":"Share","objective_description":"without harm"}],
            "scenario_injects":[
              {"inject_id":"b","inject_title":"later","inject_depends_duration":3600,"inject_enabled":true,
               "inject_depends_on":[{"dependency_relationship":{"inject_parent_id":"a"}}],"inject_injector_contract":"x"},
              {"inject_id":"a","inject_title":"first","inject_depends_duration":0,"inject_content":{"subject":"S","body":"B"}},
              {"inject_id":"c","inject_title":"off","inject_enabled":false}]}"#;
        let read = super::read(given.as_bytes()).unwrap();
        let [first, later] = read.rows.as_slice() else { panic!("{read:?}") };
        assert_eq!((first.words.text.as_str(), first.words.method.as_str()), ("first\nS\nB", "e-mail"));
        assert_eq!(later.offset, Some(Duration::minutes(60)));
        assert_eq!((later.trigger, later.after.len()), (Trigger::Completion, 1));
        assert_eq!(read.objectives, ["Share: without harm"]);
        let left: Vec<&str> = read.not_kept.iter().map(|n| n.what.as_str()).collect();
        assert!(left.contains(&"scenario_information.scenario_severity"), "{left:?}");
        assert!(left.contains(&"scenario_injects.inject_injector_contract"), "{left:?}");
        assert!(left.contains(&"scenario_injects that are not enabled"), "{left:?}");
        for bad in [
            "{}",
            r#"{"scenario_injects":[{}]}"#,
            r#"{"scenario_injects":[{"inject_title":"x","inject_depends_duration":-1}]}"#,
        ] {
            assert!(super::read(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
