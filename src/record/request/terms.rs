//! What the changes of a request say: their terms, their content, and how both are read. It decides nothing.

use super::preserved::{LONGEST, PRESERVED, Preserved, period_of};
use super::steps::{Answer, FollowUp, State};
use crate::act::change::{Change, Salt};
use crate::law::request::Variant;
use crate::object;
use crate::record::definition::{ApplyError, ChangeView, token};
use crate::record::kind::ChangeKind;
use crate::record::store::Record;
use crate::value::class::{Category, Condition, Tier};
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::timestamp::Timestamp;

/// The kind of change `request-new`.
pub const NEW: ChangeKind = ChangeKind::new("request-new");
/// Submits a draft for review.
pub const SUBMIT: ChangeKind = ChangeKind::new("request-submit");
/// The first change of a request that is sent.
pub const SEND: ChangeKind = ChangeKind::new("request-send");
/// The first change of a question to an originator.
pub const CONSENT: ChangeKind = ChangeKind::new("consent-ask");
/// The first change of an answer.
pub const ANSWER: ChangeKind = ChangeKind::new("request-answer");
/// The first change of a report by the requesting desk: see [`FollowUp`].
pub const REPORT: ChangeKind = ChangeKind::new("request-report");
/// The kind of change `request-withdraw`.
pub const WITHDRAW: ChangeKind = ChangeKind::new("request-withdraw");
/// The kind of change `conflict-resolve`.
pub const RESOLVE: ChangeKind = ChangeKind::new("conflict-resolve");

/// What a request says of itself without free text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// What kind of request: a row of the law.
    pub kind: String,
    /// The case.
    pub case: Id,
    /// The partner that is asked.
    pub to: Id,
    /// For what.
    pub purpose: String,
    /// The tier of what is asked.
    pub tier: Tier,
    /// Mandatory fields that are still missing.
    pub missing: Vec<String>,
    /// Which of its clocks run; `None`: the ordinary ones.
    pub urgency: Option<Variant>,
    /// The time that the order itself sets, in days.
    pub order_days: Option<i64>,
    /// When the warrant or authorisation behind it expires.
    pub authority_until: Option<Timestamp>,
    /// The request that it follows on: a production on a preservation, papers on an emergency.
    pub follows: Option<Id>,
    /// The categories of data that were chosen; empty: all that the kind may ask for.
    pub categories: Vec<Category>,
    /// The item that it is about, where it asks for a consent.
    pub item: Option<Id>,
    /// The desk that the item would go to, where it asks for a consent.
    pub recipient: Option<Id>,
}

impl Terms {
    pub(super) fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let terms = Self::take(&mut m)?;
        m.finish()?;
        Ok(terms)
    }

    pub(super) fn take(m: &mut Members<'_>) -> Result<Self, ApplyError> {
        let tier = m
            .need("tier")?
            .int()
            .and_then(Tier::new)
            .ok_or_else(|| ApplyError::Malformed("`tier` is not a tier".into()))?;
        Ok(Self {
            kind: m.read("kind", token)?,
            case: m.read("case", Id::parse)?,
            to: m.read("to", Id::parse)?,
            purpose: m.read("purpose", token)?,
            tier,
            missing: m.list("missing", token)?,
            urgency: m.maybe("urgency").map(|u| word(u, "urgency").map(Variant::new)).transpose()?,
            order_days: m.maybe("order_days").and_then(Json::int),
            authority_until: m.maybe("authority_until").and_then(Json::text).and_then(Timestamp::parse),
            follows: m.maybe("follows").and_then(Json::text).and_then(Id::parse),
            categories: if m.maybe("categories").is_some() {
                m.list("categories", Category::parse)?
            } else {
                Vec::new()
            },
            item: m.maybe("item").and_then(Json::text).and_then(Id::parse),
            recipient: m.maybe("recipient").and_then(Json::text).and_then(Id::parse),
        })
    }

    pub(super) fn to_json(&self) -> Json {
        let mut json = object! {
            "kind" => self.kind.as_str(),
            "case" => self.case.to_string(),
            "to" => self.to.to_string(),
            "purpose" => self.purpose.as_str(),
            "tier" => self.tier,
            "missing" => self.missing.clone(),
        };
        // Absent members are left out, not null: most requests have none of these.
        let mut put = |key: &str, value: Option<Json>| {
            if let Some(value) = value {
                json.set(key, value);
            }
        };
        put("urgency", self.urgency.as_ref().map(|u| Json::from(u.word())));
        put("order_days", self.order_days.map(Json::from));
        put("authority_until", self.authority_until.map(|t| t.to_string().into()));
        put("follows", self.follows.map(|i| i.to_string().into()));
        put("categories", Some(self.categories.clone()).filter(|all| !all.is_empty()).map(Json::from));
        put("item", self.item.map(|i| i.to_string().into()));
        put("recipient", self.recipient.map(|i| i.to_string().into()));
        json
    }
}

fn word(json: &Json, what: &str) -> Result<String, ApplyError> {
    json.text().and_then(token).ok_or_else(|| ApplyError::Malformed(format!("`{what}` is not a word")))
}

/// Writes a draft, or writes it again.
pub fn drafted(id: Id, terms: &Terms, fields: &Json, salt: Salt) -> Change {
    Change::with_content(id, NEW, &terms.to_json(), &object! { "fields" => fields.clone() }, salt)
}

/// Hands a draft in for review.
pub fn submitted(id: Id) -> Change {
    Change::of_terms(id, SUBMIT, &object! {})
}

/// What a request that is sent says beside its terms.
#[derive(Clone, Debug)]
pub struct Sent {
    /// What runs from now on.
    pub clocks: Json,
    /// The facts that the gate was asked with; the decision of the review is among them.
    pub asked: Json,
    /// The conditions of the review.
    pub conditions: Vec<Condition>,
    /// The caveats of the review, in words.
    pub caveats: Vec<String>,
    /// The fields.
    pub fields: Json,
}

/// Sends a request.
pub fn sent(id: Id, terms: &Terms, sent: Sent, salt: Salt) -> Change {
    let mut json = terms.to_json();
    json.set("clocks", sent.clocks);
    json.set("asked", sent.asked);
    json.set("conditions", sent.conditions);
    let mut content = object! { "fields" => sent.fields };
    if !sent.caveats.is_empty() {
        content.set("caveats", sent.caveats);
    }
    Change::with_content(id, SEND, &json, &content, salt)
}

/// Asks an originator for their consent.
pub fn consent_asked(id: Id, terms: &Terms, fields: &Json, salt: Salt) -> Change {
    Change::with_content(id, CONSENT, &terms.to_json(), &object! { "fields" => fields.clone() }, salt)
}

/// What an answer says.
#[derive(Clone, Debug)]
pub struct Answered<'a> {
    /// The answer.
    pub answer: Answer,
    /// The ground of a refusal or of putting it off: a row of the law.
    pub ground: Option<&'a str>,
    /// The conditions under which it would be carried out.
    pub conditions: Vec<Condition>,
    /// In words.
    pub text: &'a str,
    /// What was preserved, where that is what was asked for.
    pub preserved: Option<Preserved<'a>>,
}

/// Answers a request.
pub fn answered(id: Id, said: Answered<'_>, salt: Salt) -> Change {
    let mut terms = object! { "answer" => said.answer, "said" => !crate::value::text::is_blank(said.text) };
    if let Some(ground) = said.ground {
        terms.set("ground", ground);
    }
    if !said.conditions.is_empty() {
        terms.set("conditions", said.conditions);
    }
    let mut content = object! { "text" => said.text };
    if let Some(preserved) = said.preserved {
        preserved.state(&mut terms, &mut content);
    }
    Change::with_content(id, ANSWER, &terms, &content, salt)
}

/// The terms of an answer, read.
pub(super) struct AnswerTerms {
    /// The answer.
    pub(super) answer: Answer,
    /// The conditions that it states.
    pub(super) conditions: Vec<Condition>,
    /// Since and until when something is preserved, where it says so.
    pub(super) preserved: Option<(Timestamp, Timestamp)>,
}

/// Says something more about an own request.
pub fn reported(id: Id, report: FollowUp, text: &str, salt: Salt) -> Change {
    let terms = object! { "report" => report, "said" => !crate::value::text::is_blank(text) };
    Change::with_content(id, REPORT, &terms, &object! { "text" => text }, salt)
}

/// Takes a request back.
pub fn withdrawn(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, WITHDRAW, &object! {}, &object! { "because" => because }, salt)
}

/// Decides between two acts that did not know of each other.
pub fn resolved(id: Id, take: State, because: &str, salt: Salt) -> Change {
    Change::with_content(id, RESOLVE, &object! { "take" => take }, &object! { "because" => because }, salt)
}

/// The conditions under which a request goes, as its review set them.
pub fn conditions_of(record: &Record) -> Vec<Condition> {
    words_of(record.terms.get("decision").and_then(|d| d.get("conditions")))
}

/// The conditions under which the partner would carry it out, or does.
pub fn offered_of(record: &Record) -> Vec<Condition> {
    words_of(record.terms.get("offered"))
}

/// The conditions that the terms of [`SEND`] or [`ANSWER`] state, in their order.
pub fn conditions_sent(terms: &Json) -> Vec<Condition> {
    words_of(terms.get("conditions"))
}

fn words_of(list: Option<&Json>) -> Vec<Condition> {
    let words = list.and_then(Json::items).unwrap_or_default();
    words.iter().filter_map(|w| w.text().and_then(Condition::parse)).collect()
}

/// The terms of a request's record, without what applying added.
pub fn terms_of(record: &Record) -> Result<Terms, ApplyError> {
    let mut m = Members::of(&record.terms)?;
    Terms::take(&mut m)
}

pub(super) fn answer_of(view: &ChangeView<'_>) -> Result<AnswerTerms, ApplyError> {
    let mut m = view.members()?;
    let answer = m.read("answer", Answer::parse)?;
    m.need("said")?.truth().ok_or_else(|| ApplyError::Malformed("`said` is not a truth value".into()))?;
    m.maybe("ground").map(|ground| word(ground, "ground")).transpose()?;
    let conditions = if m.maybe("conditions").is_some() { m.list("conditions", Condition::parse)? } else { Vec::new() };
    let preserved = m.maybe(PRESERVED).map(|said| {
        period_of(said).ok_or_else(|| ApplyError::Malformed("`preserved` does not say since and until when".into()))
    });
    let preserved = preserved.transpose()?;
    m.finish()?;
    if let Some((since, until)) = preserved
        && (answer != Answer::Deliver || until <= since || until > since.plus(LONGEST))
    {
        let what = "what is preserved is said with the delivery, ends after it began, and is not kept for ten years";
        return Err(ApplyError::Malformed(what.into()));
    }
    Ok(AnswerTerms { answer, conditions, preserved })
}

pub(super) fn follow_up_of(view: &ChangeView<'_>) -> Result<FollowUp, ApplyError> {
    let mut m = view.members()?;
    let follow_up = m.read("report", FollowUp::parse)?;
    m.need("said")?.truth().ok_or_else(|| ApplyError::Malformed("`said` is not a truth value".into()))?;
    m.finish()?;
    Ok(follow_up)
}
