//! Bundles that went out: to whom, with which number, holding which acts.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, KindDef, nothing_asked, only_at_home, put_new,
};
use super::store::{Query, Record, RecordStore};
use super::stream;
use crate::act::change::Change;
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{Json, Members};

/// `bundle`: sent; acknowledged once the partner says so.
pub const KIND: KindDef = KindDef {
    name: "bundle",
    letter: 'B',
    changes: &[ChangeDef::first(EXPORT, AudienceRule::Home, nothing_asked, export)],
};

const EXPORT: &str = "bundle-export";

/// What one bundle carried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Departure {
    /// To whom.
    pub to: Id,
    /// The bundle's number in the stream.
    pub sequence: u64,
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The acts that it carried.
    pub acts: Vec<Digest>,
    /// The number of the last bundle of the partner's that it acknowledges.
    pub acknowledges: Option<u64>,
    /// The size of the own log at its checkpoint.
    pub size: u64,
}

impl Departure {
    /// The change that says so.
    pub fn change(&self, id: Id) -> Change {
        let terms = object! {
            "to" => self.to.to_string(),
            "sequence" => self.sequence as i64,
            "manifest" => self.manifest.to_string(),
            "acts" => self.acts.iter().map(Digest::to_string).collect::<Vec<_>>(),
            "acknowledges" => self.acknowledges.map(|n| n as i64),
            "size" => self.size as i64,
        };
        Change::of_terms(id, EXPORT, &terms)
    }

    fn read(terms: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(terms)?;
        let departure = Self {
            to: m.read("to", Id::parse)?,
            sequence: m.count("sequence")?,
            manifest: m.read("manifest", Digest::parse)?,
            acts: m.list("acts", Digest::parse)?,
            acknowledges: m.maybe("acknowledges").and_then(Json::int).and_then(|n| u64::try_from(n).ok()),
            size: m.count("size")?,
        };
        m.finish()?;
        Ok(departure)
    }
}

fn export(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let departure = Departure::read(view.terms)?;
    let mut stream = stream::with(records, at.home, departure.to)?;
    if departure.sequence != stream::sent(&stream).map_or(1, |(n, _)| n + 1) {
        return Err(ApplyError::Life(format!(
            "bundle {} does not follow the last one of its stream",
            departure.sequence
        )));
    }
    stream.set(
        "out",
        object! {
            "sequence" => departure.sequence as i64, "manifest" => departure.manifest.to_string(),
            "acknowledges" => departure.acknowledges.map(|n| n as i64), "size" => departure.size as i64,
            "at" => at.now().to_string(),
        },
    );
    records.put(&stream)?;
    records.carried(departure.to, &departure.acts)?;
    let mut record = Record::new(view.record, KIND.name, "sent", at.home);
    record.partner = Some(departure.to);
    record.key = Some(departure.sequence.to_string());
    record.terms = object! {
        "sequence" => departure.sequence as i64, "manifest" => departure.manifest.to_string(),
        "acts" => departure.acts.len() as i64, "at" => at.now().to_string(),
    }
    .into();
    put_new(records, &record)
}

/// The bundle with that number, to or from a partner.
pub fn numbered(
    records: &dyn RecordStore,
    partner: Id,
    state: &str,
    sequence: u64,
) -> Result<Option<Record>, ApplyError> {
    let query = Query {
        partner: Some(partner),
        state: Some(state.to_owned()),
        key: Some(sequence.to_string()),
        ..Query::kind(KIND.name)
    };
    Ok(records.find(&query)?.into_iter().next())
}
