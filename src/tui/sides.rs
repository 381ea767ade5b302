//! With whom an instrument is in force: the sides of this desk and of its partners, read once for a list.

use crate::law::edition::Law;
use crate::record::store::Record;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The jurisdictions of this desk and of its partners: between which of them an instrument is in force.
pub struct Sides {
    own: String,
    /// Those of the partners, by their codes.
    partners: Vec<(String, String)>,
    now: Timestamp,
}

impl Sides {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// Where the workspace cannot be read.
    pub fn read(workspace: &Workspace) -> Result<Self, Error> {
        let side = |record: &Record| record.text("jurisdiction").unwrap_or_default().to_owned();
        let partners = workspace.partners()?.into_iter();
        let partners = partners.filter_map(|p| Some((p.key.clone()?, side(&p)))).collect();
        Ok(Self { own: side(&workspace.own_record()?), partners, now: workspace.now() })
    }

    /// The partners with whom an instrument is in force.
    pub fn bound_by(&self, law: &Law, instrument: &str) -> Vec<String> {
        let binds = |(_, side): &&(String, String)| law.in_force_between(instrument, &self.own, side, self.now);
        self.partners.iter().filter(binds).map(|(code, _)| code.clone()).collect()
    }
}
