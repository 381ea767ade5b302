//! Who may sign which kind of act, and which kinds go to a suspended partner too, as data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::value::class::{Role, words};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    signers: Vec<SignerRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignerRow {
    roles: Vec<String>,
    kinds: Vec<String>,
    #[serde(default)]
    to_suspended: bool,
}

/// The row of a kind of act.
struct KindRow {
    signers: Signers,
    to_suspended: bool,
}

words! {
    /// What stands instead of roles.
    Anyone {
        /// Every active member.
        Any = "any",
    }
}

/// Which roles may sign a kind of act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Signers {
    /// Every active member.
    Any,
    /// Whoever has one of these roles.
    Roles(Vec<Role>),
}

static TABLE: LazyLock<BTreeMap<String, KindRow>> = LazyLock::new(|| {
    let rows =
        toml::from_str::<Rows>(include_str!("../../assets/law/signers.toml")).map(|r| r.signers).unwrap_or_default();
    let mut table = BTreeMap::new();
    for row in rows {
        let signers = if row.roles.iter().any(|r| Anyone::parse(r).is_some()) {
            Signers::Any
        } else {
            Signers::Roles(row.roles.iter().filter_map(|r| Role::parse(r)).collect())
        };
        let known = |kind| (kind, KindRow { signers: signers.clone(), to_suspended: row.to_suspended });
        table.extend(row.kinds.into_iter().map(known));
    }
    table
});

/// Who may sign acts of this kind; `None` where no such kind is known.
pub fn of_kind(kind: &str) -> Option<&'static Signers> {
    TABLE.get(kind).map(|known| &known.signers)
}

/// Whether acts of this kind go to a suspended partner, or over a suspended channel, too.
pub fn goes_to_suspended(kind: &str) -> bool {
    TABLE.get(kind).is_some_and(|known| known.to_suspended)
}

/// Every kind of act, in alphabetical order.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    TABLE.keys().map(String::as_str)
}

impl Signers {
    /// Whether one of these roles suffices.
    pub fn allow(&self, roles: &[Role]) -> bool {
        match self {
            Self::Any => true,
            Self::Roles(allowed) => allowed.iter().any(|r| roles.contains(r)),
        }
    }

    /// The role to act in: the first of the member's that suffices.
    pub fn acting_role(&self, roles: &[Role]) -> Option<Role> {
        match self {
            Self::Any => roles.first().copied(),
            Self::Roles(allowed) => allowed.iter().copied().find(|r| roles.contains(r)),
        }
    }

    /// The roles in words, for a refusal.
    pub fn words(&self) -> String {
        match self {
            Self::Any => "any member".to_owned(),
            Self::Roles(roles) => roles.iter().map(|r| r.word()).collect::<Vec<_>>().join(" or "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_names_known_roles() {
        let rows = toml::from_str::<Rows>(include_str!("../../assets/law/signers.toml")).unwrap();
        for role in rows.signers.iter().flat_map(|r| &r.roles) {
            assert!(role == "any" || Role::parse(role).is_some(), "{role}");
        }
        assert_eq!(of_kind("request-send"), Some(&Signers::Roles(vec![Role::DeskOfficer])));
        assert_eq!(of_kind("certificate"), Some(&Signers::Any));
        for kind in
            ["certificate", "delete-order", "delete-answer", "request-withdraw", "dispute-suspend", "error-notice"]
        {
            assert!(goes_to_suspended(kind), "{kind}");
        }
        for kind in ["disclosure-release", "request-send", "finding-open", "complaint-refer"] {
            assert!(!goes_to_suspended(kind), "{kind}");
        }
        assert_eq!(of_kind("review-decide"), None, "it has a question of its own");
    }
}
