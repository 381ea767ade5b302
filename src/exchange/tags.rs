//! Tags that say something other than a marking: how long to keep, an exercise, a false alarm. It reads them and decides nothing.

/// The part of a tag behind a namespace, in small letters and without quotes.
fn within(tag: &str, namespace: &str) -> Option<String> {
    let lower = tag.trim().to_lowercase();
    let rest = lower.strip_prefix(namespace)?;
    (rest.is_empty() || rest.starts_with([':', '='])).then(|| rest.trim_matches([':', '=', '"', ' ']).to_owned())
}

/// Whether a tag says that something is of an exercise.
pub fn is_exercise(tag: &str) -> bool {
    within(tag, "exercise").is_some()
}

/// Whether a tag is the one by which this program says that a file is of an exercise.
pub fn is_own_exercise(tag: &str) -> bool {
    within(tag, "exercise").is_some_and(|rest| rest.starts_with("comity="))
}

/// Whether a tag says that something is a false alarm, or harmless.
pub fn is_false_alarm(tag: &str) -> bool {
    within(tag, "false-positive").is_some() || within(tag, "benign").is_some()
}

/// In how many days a tag of the taxonomy `retention` wants something deleted; 0: it is over.
pub fn keep_days(tag: &str) -> Option<i64> {
    let term = within(tag, "retention")?;
    if term == "expired" {
        return Some(0);
    }
    let (number, unit) = term.split_at_checked(term.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok().filter(|n| (1..=1000).contains(n))?;
    let days = match unit {
        "d" => 1,
        "w" => 7,
        "m" => 30,
        "y" => 365,
        _ => return None,
    };
    Some(number * days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read() {
        for (tag, days) in [
            ("retention:1m", Some(30)),
            ("Retention:10y", Some(3650)),
            ("retention:expired", Some(0)),
            ("retention:x", None),
            ("tlp:red", None),
        ] {
            assert_eq!(keep_days(tag), days, "{tag}");
        }
        assert!(is_exercise("exercise:generic=\"comcheck\"") && !is_exercise("exercised:x"));
        assert!(is_false_alarm("false-positive:risk=\"high\""));
    }
}
