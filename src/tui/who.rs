//! Who works where, for the top line. It is read once, when the workspace opens.

use crate::tui::language::{tr_joined, tr_word};
use crate::value::class::Role;
use crate::value::realm::Realm;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// Who works where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Who {
    /// The member's name.
    pub name: String,
    /// The role that they work in.
    pub role: String,
    /// The desk's code and name.
    pub desk: String,
    /// `live`, or the exercise.
    pub realm: Realm,
}

impl Who {
    /// Whoever the workspace was opened as.
    ///
    /// # Errors
    ///
    /// Where the workspace cannot be read.
    pub fn of(workspace: &Workspace) -> Result<Self, Error> {
        let record = workspace.own_record()?;
        let roles = workspace.my_roles()?;
        // What one does all day says more than that one may also administer.
        let of_play = roles.iter().find(|r| **r == Role::ExerciseController && workspace.meta.realm != Realm::Live);
        let daily = of_play.or_else(|| roles.iter().find(|r| **r != Role::Administrator));
        let role = daily.or(roles.first()).map_or_else(|| tr_word("revoked").to_owned(), |r| tr_joined(r.word()));
        Ok(Self {
            name: workspace.me.name.clone(),
            role,
            desk: format!("{} {}", record.key.clone().unwrap_or_default(), workspace.text_of(&record, "name")?),
            realm: workspace.meta.realm.clone(),
        })
    }

    /// Whether it is an exercise.
    pub const fn is_exercise(&self) -> bool {
        matches!(self.realm, Realm::Exercise(_))
    }
}
