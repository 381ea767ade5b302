//! An act on several things: of each it is asked whether it can, and what is known of its form is found out for each. Asked
//! on the threads beside the screens; nothing is done here.

use super::offer::{Prepared, label, prepare, unfit};
use super::page::Subject;
use crate::desk::failure::{Failure, Kind};
use crate::desk::job::Job;
use crate::desk::own::short;
use crate::desk::verb::{Run, Takes, Verb};
use crate::desk::workspace::Desk;
use crate::record::book::Book as _;
use crate::value::id::Id;

/// What may be done with things, and why not.
#[derive(Clone, Debug)]
pub struct May {
    /// The verb.
    pub verb: &'static Verb,
    /// Those that it may be done with.
    pub can: Vec<Subject>,
    /// The others, and why not.
    pub cannot: Vec<(Subject, Failure)>,
}

/// Things that cannot for one reason.
#[derive(Clone, Debug)]
pub struct Group {
    /// The rule and why, or why alone.
    pub why: String,
    /// The things.
    pub things: Vec<Subject>,
    /// What was said of the first of them.
    pub failure: Failure,
}

impl May {
    /// How many were asked about.
    pub fn of(&self) -> usize {
        self.can.len() + self.cannot.len()
    }

    /// Why the others cannot: those of one reason together, in the order in which they were marked.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (subject, failure) in &self.cannot {
            let why = why(failure);
            match groups.iter_mut().find(|g| g.why == why) {
                Some(group) => group.things.push(subject.clone()),
                None => groups.push(Group { why, things: vec![subject.clone()], failure: failure.clone() }),
            }
        }
        groups
    }
}

/// Why not, in a line: the rules that say no, each with its source; else what happened.
pub fn why(failure: &Failure) -> String {
    let rules: Vec<String> = failure
        .verdict
        .iter()
        .flat_map(|v| v.refusals())
        .map(|finding| format!("{} {} ({})", finding.id, finding.because, finding.source()))
        .collect();
    if rules.is_empty() { failure.what.lines().next().unwrap_or_default().to_owned() } else { rules.join("; ") }
}

/// Things in a line, by their short ids.
pub fn named(things: &[Subject]) -> String {
    const MOST: usize = 4;
    let names: Vec<String> = things.iter().take(MOST).map(|s| short(&s.kind, &s.id.to_string())).collect();
    let more = if things.len() > MOST { format!(" and {} more", things.len() - MOST) } else { String::new() };
    format!("{}{more}", names.join(" "))
}

/// Whether a verb takes all of several things at once, where its field may be given several times.
fn takes_together(verb: &Verb, things: &[Subject]) -> bool {
    let mut fields = things.iter().map(|s| verb.subject_field(&s.kind).map(|f| (f.name, f.repeated)));
    let first = fields.next().flatten();
    first.is_some_and(|(_, repeated)| repeated) && fields.all(|f| f == first)
}

/// Why a verb is done with one thing alone, however many can; `None`: it is done with each.
pub fn only_one(verb: &Verb, things: &[Subject]) -> Option<&'static str> {
    let writes = verb.fields.iter().any(|f| f.required && matches!(f.takes, Takes::ToWrite));
    (writes && things.len() > 1 && !takes_together(verb, things))
        .then_some("it writes one file, which is named each time")
}

/// Asks of each thing what may be done with it. `wanted` tells whether the answer is still waited for.
///
/// # Errors
///
/// Where the workspace cannot be read; [`Kind::Cancelled`] where nobody waits any more.
pub fn may(desk: &mut Desk, things: &[Subject], wanted: &dyn Fn() -> bool) -> Result<Vec<May>, Failure> {
    let fits = |v: &&Verb| things.iter().any(|s| v.subject_field(&s.kind).is_some());
    let verbs = crate::desk::verbs().filter(|v| matches!(v.run, Run::Writes(_))).filter(fits);
    verbs.map(|verb| may_each(desk, verb, things, wanted)).collect()
}

/// Asks of each thing whether a verb may be done with it.
///
/// # Errors
///
/// As [`may`].
pub fn may_each(
    desk: &mut Desk,
    verb: &'static Verb,
    things: &[Subject],
    wanted: &dyn Fn() -> bool,
) -> Result<May, Failure> {
    let mut may = May { verb, can: Vec::new(), cannot: Vec::new() };
    // What only the role decides is the same for all of them.
    let mut role: Option<Option<Failure>> = None;
    for subject in things {
        if !wanted() {
            return Err(Failure::new(Kind::Cancelled, "nobody waits for it any more", "nothing was changed"));
        }
        match why_not(desk, verb, subject, &mut role)? {
            None => may.can.push(subject.clone()),
            Some(failure) => may.cannot.push((subject.clone(), failure)),
        }
    }
    Ok(may)
}

/// Why a verb may not be done with a thing: it is rehearsed where that costs nothing, else the gate is asked of the role.
fn why_not(
    desk: &mut Desk,
    verb: &'static Verb,
    subject: &Subject,
    role: &mut Option<Option<Failure>>,
) -> Result<Option<Failure>, Failure> {
    if let Some(as_of) = desk.looks_back() {
        return Ok(Some(as_of.refusal()));
    }
    if verb.subject_field(&subject.kind).is_none() {
        return Ok(Some(Failure::life(format!("it is not done with records of the kind {}", subject.kind))));
    }
    let record = desk.book().get(subject.id)?;
    if let Some(why) = record.as_ref().and_then(|r| unfit(desk, verb, r)) {
        return Ok(Some(Failure::life(why)));
    }
    let Run::Writes(run) = verb.run else { return Ok(None) };
    let known = prepare(desk, verb, std::slice::from_ref(subject), None)?;
    let is_whole = verb.fields.iter().all(|f| !f.required || known.form.maybe(f.name).is_some());
    if is_whole && verb.is_rehearsable() {
        let said = desk.rehearse(|desk| run(desk, &known.form, &mut Job::silent()));
        return Ok(said.filter(|f| f.kind != Kind::Usage));
    }
    if role.is_none() {
        *role = Some(role_says_no(desk, verb)?);
    }
    Ok(role.clone().flatten())
}

/// What can be said before a verb's form is filled in: whether this member may sign such an act at all.
fn role_says_no(desk: &Desk, verb: &Verb) -> Result<Option<Failure>, Failure> {
    let mut verdict = desk.may(verb.act)?;
    verdict.rules.retain(|f| matches!(f.id, "A-01" | "A-02"));
    Ok(if verdict.allowed() { None } else { Some(Failure::refused(verdict, None)) })
}

/// Fills a verb's form for several things: one form where it takes them together, else one for each.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn prepare_each(
    desk: &Desk,
    verb: &'static Verb,
    things: &[Subject],
    focus: Option<Id>,
) -> Result<Prepared, Failure> {
    let [first, others @ ..] = things else { return prepare(desk, verb, things, focus) };
    if others.is_empty() || takes_together(verb, things) {
        return prepare(desk, verb, things, focus);
    }
    let mut known = prepare(desk, verb, std::slice::from_ref(first), focus)?;
    for other in others {
        let prepared = prepare(desk, verb, std::slice::from_ref(other), focus)?;
        // The word that is typed in the end names a partner only where it is the one of all.
        known.partner = known.partner.filter(|p| prepared.partner.as_ref() == Some(p));
        known.others.push(prepared.form);
    }
    if let Some(field) = verb.subject_field(&first.kind) {
        let mut records = Vec::new();
        for thing in things {
            records.extend(desk.book().get(thing.id)?);
        }
        known.labels.insert(field.name, label(desk, &records.iter().collect::<Vec<_>>())?);
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk;

    fn thing(kind: &str, n: u8) -> Subject {
        Subject { kind: kind.into(), id: Id::from_bytes([n; 16]) }
    }

    #[test]
    fn those_that_cannot_stand_together_by_their_reason() {
        let no = |n, why: &str| (thing("request", n), Failure::life(why));
        let verb = desk::verb("request submit").unwrap();
        let cannot = vec![no(1, "it is sent"), no(2, "it is closed"), no(3, "it is sent")];
        let may = May { verb, can: vec![thing("request", 4)], cannot };
        let groups: Vec<(String, usize)> = may.groups().into_iter().map(|g| (g.why, g.things.len())).collect();
        assert_eq!(groups, [("it is sent".to_owned(), 2), ("it is closed".to_owned(), 1)]);
        assert_eq!(may.of(), 4);
        let five: Vec<Subject> = (1..=5).map(|n| thing("item", n)).collect();
        assert_eq!(named(&five), "E-010101 E-020202 E-030303 E-040404 and 1 more");
    }

    #[test]
    fn a_verb_takes_things_together_one_by_one_or_one_alone() {
        let check = |name: &str, kinds: &[&str], together: bool, alone: bool| {
            let verb = desk::verb(name).unwrap();
            let things: Vec<Subject> = kinds.iter().zip(1..).map(|(k, n)| thing(k, n)).collect();
            assert_eq!((takes_together(verb, &things), only_one(verb, &things).is_some()), (together, alone), "{name}");
        };
        check("disclosure new", &["item", "item"], true, false);
        check("disclosure new", &["item", "case"], false, false);
        check("request submit", &["request", "request"], false, false);
        check("bundle export", &["partner", "partner"], false, true);
        check("bundle export", &["partner"], false, false);
    }
}
