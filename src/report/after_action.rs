//! The after-action report of an exercise: for print, as text, and as data that whoever controls it has signed; and the briefing
//! before it, without answers.
//!
//! The signed form is one file that can be checked alone, here or with stock tools: the first line, with its line feed, is what
//! was signed; the second is the key and its SSHSIG. The desk's card and the member's certificate stand in the first.

use minijinja::{AutoEscape, Environment, Value, context};
use serde::Serialize;

use crate::gate::cleared::Cleared;
use crate::object;
use crate::record::action::{Element, Planned};
use crate::record::card::{self, Card, CardError};
use crate::record::exercise::Recorded;
use crate::record::member::MemberCertificate;
use crate::record::observation::Rating;
use crate::report::letter::{LetterError, LetterFormat, narrow};
use crate::seal::sign::{PublicKey, SignatureError, Signer};
use crate::value::class::Role;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, JsonError, Limits, MemberError, Members};
use crate::value::realm::Realm;
use crate::value::text::{self, shown_lines};
use crate::value::timestamp::Timestamp;

/// The format of the signed form.
const FORMAT: &str = "comity/after-action/1";
/// The longest signed report, in bytes.
pub const LONGEST: usize = 16 << 20;
/// For what a report is signed, in its realm.
const PURPOSE: &str = "report";
/// The most actions of a report: a live desk makes a task of each.
const MOST_ACTIONS: usize = 500;

/// What a report says.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AfterAction {
    /// The format.
    pub format: &'static str,
    /// The realm of the exercise.
    pub realm: String,
    /// The exercise.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it was to try.
    pub scope: String,
    /// What happened in it.
    pub scenario: String,
    /// Who held it.
    pub sponsor: String,
    /// The rules of play.
    pub rules: String,
    /// The word that stops play.
    pub safety_word: String,
    /// When it began, in its own time; empty before.
    pub from: String,
    /// When it ended; empty before.
    pub until: String,
    /// The code of the desk that controls it.
    pub control: String,
    /// The desks that take part, control among them.
    pub desks: Vec<String>,
    /// Who takes part, as what.
    pub participants: Vec<Participant>,
    /// The objectives, with what was seen of each.
    pub objectives: Vec<ObjectiveReport>,
    /// The events.
    pub injects: Vec<InjectReport>,
    /// What players said.
    pub hot_wash: Vec<Said>,
    /// What the logs say: nobody has rated it.
    pub measured: Vec<String>,
    /// The improvement plan.
    pub actions: Vec<ActionReport>,
    /// When it was written.
    pub written: String,
    /// The name of whoever wrote it.
    pub by: String,
    /// The desk's card.
    pub card: String,
    /// The certificate of whoever wrote it.
    pub certificate: serde_json::Value,
}

/// Somebody who takes part.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Participant {
    /// Who.
    pub who: String,
    /// As what.
    pub role: String,
}

/// An objective.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ObjectiveReport {
    /// Its number.
    pub number: i64,
    /// What was to be shown.
    pub text: String,
    /// The capability.
    pub capability: String,
    /// The target.
    pub target: String,
    /// The critical tasks.
    pub tasks: Vec<String>,
    /// How each capability was rated: the worst of what was seen of it.
    pub ratings: Vec<Rated>,
    /// What went well.
    pub strengths: Vec<Seen>,
    /// What is to be better.
    pub improvements: Vec<Seen>,
}

/// A capability and its rating.
#[derive(Clone, Debug, Serialize)]
pub struct Rated {
    /// The capability.
    pub capability: String,
    /// The rating.
    pub rating: Rating,
    /// The same in words.
    pub label: &'static str,
}

/// An observation.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// The rating.
    pub rating: Rating,
    /// The capability.
    pub capability: String,
    /// What was seen.
    pub text: String,
    /// What it is measured by.
    pub reference: String,
    /// Why it was so.
    pub analysis: String,
    /// The number of the inject, where it was seen at one.
    pub inject: Option<i64>,
    /// Who saw it.
    pub by: String,
}

/// An event.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InjectReport {
    /// Its number.
    pub number: i64,
    /// When it was planned.
    pub planned: String,
    /// When it was delivered.
    pub delivered: String,
    /// For whom.
    pub to: String,
    /// What it said.
    pub text: String,
    /// What was expected.
    pub expected: String,
    /// How it stands, in words.
    pub state: String,
    /// The replies.
    pub replies: Vec<Said>,
}

/// What somebody said.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Said {
    /// Who, or in which role.
    pub who: String,
    /// When.
    pub at: String,
    /// What.
    pub text: String,
}

/// A row of the improvement plan.
#[derive(Clone, Debug, Serialize)]
pub struct ActionReport {
    /// The action.
    pub id: String,
    /// The objective.
    pub objective: i64,
    /// The capability.
    pub capability: String,
    /// What went wrong.
    pub issue: String,
    /// What is to be done.
    pub text: String,
    /// What it mends.
    pub element: Element,
    /// By whom.
    pub owner: String,
    /// When it begins; empty: at once.
    pub start: String,
    /// By when it is done.
    pub by: String,
}

/// The skeletons.
const SKELETONS: [(&str, &str); 2] = [
    ("after-action.html", include_str!("../../assets/templates/after-action.html")),
    ("after-action.txt", include_str!("../../assets/templates/after-action.txt")),
];

/// Writes a report, or the briefing: that says nothing of objectives, events, answers and ratings.
///
/// # Errors
///
/// Where the skeleton does not fit.
pub fn write(of: &Cleared<AfterAction>, form: LetterFormat, briefing: bool) -> Result<String, LetterError> {
    let mut env = Environment::new();
    env.set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
    env.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    for (name, text) in SKELETONS {
        env.add_template(name, text)?;
    }
    env.add_filter("minute", |at: &str| Timestamp::parse(at).map_or_else(String::new, Timestamp::to_minute));
    env.add_filter("day", |at: &str| Timestamp::parse(at).map_or_else(String::new, Timestamp::to_date));
    let about = context! { briefing => briefing, ..Value::from_serialize(of.value()) };
    let name = format!("after-action.{}", form.ending());
    // Swept as a whole: no field, and none that is added, can be forgotten.
    let mut written = shown_lines(&env.get_template(&name)?.render(about)?).join("\n");
    if !written.ends_with('\n') {
        written.push('\n');
    }
    Ok(if form == LetterFormat::Text { narrow(&written) } else { written })
}

/// Signs a report: the file.
///
/// # Errors
///
/// Where the realm is no exercise's, or it cannot be signed.
pub fn sign(of: &Cleared<AfterAction>, signer: &Signer) -> Result<String, ReportError> {
    let report = AfterAction { format: FORMAT, ..of.value().clone() };
    let realm = Realm::parse(&report.realm).ok_or(ReportError::Form("its realm is none".into()))?;
    let body = serde_json::to_string(&report).map_err(|e| ReportError::Form(e.to_string()))?;
    let signed = format!("{{\"report\":{},\n", text::composed(&body));
    let namespace = realm.namespace(PURPOSE);
    let signature = signer.sign(&namespace, signed.as_bytes())?;
    let rest = object! { "key" => signer.public().to_openssh(), "namespace" => namespace, "signature" => signature };
    let rest = rest.to_text();
    Ok(format!("{signed}{}\n", rest.strip_prefix('{').unwrap_or_default()))
}

/// Why a file is no report that counts.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It is malformed.
    #[error("it is no signed report of an exercise: {0}")]
    Form(String),
    /// Its signature, or the certificate behind it, does not fit.
    #[error("its signature does not hold: {0}")]
    Signature(String),
}

impl From<SignatureError> for ReportError {
    fn from(error: SignatureError) -> Self {
        Self::Signature(error.to_string())
    }
}

impl From<JsonError> for ReportError {
    fn from(error: JsonError) -> Self {
        Self::Form(error.to_string())
    }
}

impl From<MemberError> for ReportError {
    fn from(error: MemberError) -> Self {
        Self::Form(error.0)
    }
}

impl From<CardError> for ReportError {
    fn from(error: CardError) -> Self {
        match error {
            CardError::Signature => Self::Signature(error.to_string()),
            error => Self::Form(error.to_string()),
        }
    }
}

/// A signed report that was checked.
#[derive(Debug)]
pub struct Checked {
    /// The exercise.
    pub exercise: Id,
    /// Its title.
    pub title: String,
    /// What it was to try.
    pub scope: String,
    /// What is recorded of it.
    pub recorded: Recorded,
    /// The name of whoever signed it, as they say it.
    pub by: String,
    /// The card of their desk.
    pub card: Card,
    /// Each capability and its rating.
    pub ratings: Vec<Json>,
    /// The actions.
    pub actions: Vec<(Id, Planned)>,
}

/// Reads a signed report and checks it: the exact bytes that were signed, the certificate of whoever signed them, the card of
/// their desk, and that all are of one exercise.
///
/// # Errors
///
/// Where it is malformed, or anything of that does not hold.
pub fn read(bytes: &[u8]) -> Result<Checked, ReportError> {
    let end = bytes.iter().position(|b| *b == b'\n').ok_or(ReportError::Form("it has one line alone".into()))?;
    let signed = bytes.get(..=end).unwrap_or_default();
    let whole = json::parse(bytes, Limits { bytes: LONGEST, ..Limits::SIGNED })?;
    let mut m = Members::of(&whole)?;
    let report = m.need("report")?;
    let key = m.read("key", |k| PublicKey::from_openssh(k).ok())?;
    let namespace = m.text("namespace")?.to_owned();
    let signature = m.text("signature")?;
    m.finish()?;
    // What was signed is what was read: the first line is the report and nothing else.
    let alone = [signed.strip_suffix(b",\n").unwrap_or_default(), b"}"].concat();
    let first = json::parse(&alone, Limits { bytes: LONGEST, ..Limits::SIGNED })?;
    if first.members().map(<[_]>::len) != Some(1) || first.get("report") != Some(report) {
        return Err(ReportError::Form("its first line is not the report alone".into()));
    }
    let word = |key: &str| report.get(key).and_then(Json::text).unwrap_or_default();
    let realm = Realm::parse(word("realm")).filter(|realm| *realm != Realm::Live);
    let realm = realm.ok_or(ReportError::Form("it is of no exercise".into()))?;
    if namespace != realm.namespace(PURPOSE) {
        return Err(ReportError::Signature("it was made for another exercise".into()));
    }
    key.verify(&namespace, signed, signature)?;
    let card = Card::parse(word("card").as_bytes())?;
    let certificate = report.get("certificate").unwrap_or(&Json::Null);
    let certificate = MemberCertificate::told(certificate, &card).map_err(|e| ReportError::Signature(e.to_string()))?;
    if card.realm != realm || certificate.signing != key {
        return Err(ReportError::Signature("the certificate in it is somebody else's, or of another exercise".into()));
    }
    if !certificate.roles.contains(&Role::ExerciseController) {
        return Err(ReportError::Signature("whoever signed it is no exercise controller of their desk".into()));
    }
    said(report, realm, key, card, bytes)
}

/// What a report says, its signature checked.
fn said(report: &Json, realm: Realm, key: PublicKey, card: Card, bytes: &[u8]) -> Result<Checked, ReportError> {
    let missing = |what: &str| ReportError::Form(format!("`{what}` is missing, or not well formed"));
    let word = |json: &Json, key: &str| json.get(key).and_then(Json::text).unwrap_or_default().to_owned();
    let line = |json: &Json, key: &str| text::line(&word(json, key)).map_err(|_| missing(key));
    let body = |json: &Json, key: &str| text::body(&word(json, key)).map_err(|_| missing(key));
    let list = |json: &Json, key: &str| json.get(key).and_then(Json::items).map(<[Json]>::to_vec).unwrap_or_default();
    if word(report, "format") != FORMAT {
        return Err(ReportError::Form("a newer program wrote it, or none".into()));
    }
    let exercise = Id::parse(&word(report, "id")).ok_or_else(|| missing("id"))?;
    let time = |json: &Json, key: &str| Timestamp::parse(&word(json, key)).ok_or_else(|| missing(key));
    let codes = list(report, "desks").iter().map(|c| c.text().and_then(card::code)).collect::<Option<Vec<_>>>();
    let desks = codes.filter(|all| all.len() <= 256).ok_or_else(|| missing("desks"))?;
    if word(report, "control") != card.code || !desks.contains(&card.code) {
        return Err(ReportError::Form("the desk that signed it is not the one that controlled the exercise".into()));
    }
    let (mut rated, mut ratings) = ([0i64; 4], Vec::new());
    for objective in list(report, "objectives") {
        let number = objective.get("number").and_then(Json::int).ok_or_else(|| missing("number"))?;
        for of in list(&objective, "ratings") {
            let rating = Rating::parse(&word(&of, "rating")).ok_or_else(|| missing("rating"))?;
            let capability = body(&of, "capability")?;
            ratings.push(object! { "objective" => number, "capability" => capability, "rating" => rating });
        }
        for seen in list(&objective, "strengths").iter().chain(&list(&objective, "improvements")) {
            let rating = Rating::parse(&word(seen, "rating")).ok_or_else(|| missing("rating"))?;
            for (count, of) in rated.iter_mut().zip(Rating::ALL) {
                *count += i64::from(*of == rating);
            }
        }
    }
    let given = list(report, "actions");
    if given.len() > MOST_ACTIONS {
        return Err(ReportError::Form(format!("it has more than {MOST_ACTIONS} actions")));
    }
    let mut actions = Vec::new();
    for action in &given {
        let start = word(action, "start");
        let start = if start.is_empty() { None } else { Some(time(action, "start")?) };
        let planned = Planned {
            exercise,
            objective: action
                .get("objective")
                .and_then(Json::int)
                .filter(|n| *n >= 0)
                .ok_or_else(|| missing("objective"))?,
            element: Element::parse(&word(action, "element")).ok_or_else(|| missing("element"))?,
            start,
            by: time(action, "by")?,
            text: line(action, "text")?,
            owner: line(action, "owner")?,
            capability: body(action, "capability")?,
            issue: body(action, "issue")?,
        };
        actions.push((Id::parse(&word(action, "id")).ok_or_else(|| missing("id"))?, planned));
    }
    let recorded = Recorded {
        realm,
        digest: Digest::of(bytes),
        signer: key.person(),
        control: card.code.clone(),
        desks,
        from: time(report, "from")?,
        until: time(report, "until")?,
        rated,
    };
    Ok(Checked {
        exercise,
        title: line(report, "title")?,
        scope: body(report, "scope")?,
        recorded,
        by: body(report, "by")?,
        card,
        ratings,
        actions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::cleared::for_tests;
    use crate::value::text::is_hidden;

    fn report(text: &str) -> AfterAction {
        let text = || text.to_owned();
        let said = || Said { who: text(), at: "2026-06-15T12:00:00Z".into(), text: text() };
        let seen = |rating| Seen {
            rating,
            capability: text(),
            text: text(),
            reference: text(),
            analysis: text(),
            inject: Some(1),
            by: text(),
        };
        AfterAction {
            realm: "exercise:tide".into(),
            id: text(),
            title: text(),
            scope: text(),
            scenario: text(),
            sponsor: text(),
            rules: text(),
            safety_word: text(),
            from: "2026-06-15T12:00:00Z".into(),
            until: "2026-06-15T14:00:00Z".into(),
            control: "XE".into(),
            desks: vec!["XA".into(), "XE".into()],
            participants: vec![Participant { who: text(), role: "player".into() }],
            objectives: vec![ObjectiveReport {
                number: 1,
                text: format!("zqobjective {}", text()),
                capability: text(),
                target: text(),
                tasks: vec![text()],
                ratings: vec![Rated { capability: text(), rating: Rating::M, label: Rating::M.label() }],
                strengths: vec![seen(Rating::P)],
                improvements: vec![seen(Rating::U)],
            }],
            injects: vec![InjectReport {
                number: 1,
                planned: "2026-06-15T12:00:00Z".into(),
                to: "XA".into(),
                text: format!("zqevent {}", text()),
                expected: format!("zqexpected {}", text()),
                state: "not played".into(),
                replies: vec![said()],
                ..InjectReport::default()
            }],
            hot_wash: vec![Said { text: format!("zqhotwash {}", text()), ..said() }],
            measured: vec![format!("zqmeasured {}", text())],
            actions: vec![ActionReport {
                id: text(),
                objective: 1,
                capability: text(),
                issue: text(),
                text: format!("zqaction {}", text()),
                element: Element::Training,
                owner: text(),
                start: String::new(),
                by: "2026-07-15T12:00:00Z".into(),
            }],
            written: "2026-06-15T15:00:00Z".into(),
            by: text(),
            ..AfterAction::default()
        }
    }

    #[test]
    fn what_people_write_is_escaped_and_every_page_says_that_it_is_play() {
        let evil = "</p><script>alert(1)</script> {{ title }} a\u{202e}b\u{1b}[31mc\u{200b}";
        for text in ["", "plain", evil] {
            for form in [LetterFormat::Html, LetterFormat::Text] {
                for briefing in [false, true] {
                    let written = write(&for_tests(report(text)), form, briefing).unwrap();
                    assert!(!written.chars().any(|c| c != '\n' && is_hidden(c)), "{written:?}");
                    assert!(form == LetterFormat::Text || !written.contains("<script"), "{written}");
                    assert!(written.contains("EXERCISE EXERCISE EXERCISE"));
                    assert!(text != evil || written.contains("{{ title }}"), "what people write is no template");
                }
            }
        }
        assert!(write(&for_tests(report("x")), LetterFormat::Html, false).unwrap().contains("@top-center"));
    }

    #[test]
    fn the_briefing_has_no_answers() {
        for form in [LetterFormat::Html, LetterFormat::Text] {
            let whole = write(&for_tests(report("x")), form, false).unwrap();
            let briefing = write(&for_tests(report("x")), form, true).unwrap();
            for secret in ["zqobjective", "zqevent", "zqexpected", "zqhotwash", "zqmeasured", "zqaction"] {
                assert!(whole.contains(secret) && !briefing.contains(secret), "{secret}");
            }
        }
    }

    #[test]
    fn a_report_without_the_desk_and_the_member_behind_it_is_none() {
        let signer = Signer::from_seed(&[5; 32]);
        let file = sign(&for_tests(report("x")), &signer).unwrap();
        assert!(file.starts_with("{\"report\":{") && file.lines().count() == 2);
        assert!(read(file.as_bytes()).is_err(), "it has no card");
        for bad in ["", "\n", "{}\n", "{\"report\":{},\n\"key\":1}", &file.replace("report", "raport")] {
            assert!(matches!(read(bad.as_bytes()), Err(ReportError::Form(_))), "{bad:.40}");
        }
    }
}
