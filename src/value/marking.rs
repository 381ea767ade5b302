//! Markings: TLP 2.0 (FIRST), PAP (MISP), Europol handling codes, and the most restrictive of several.

use super::class::words;

words! {
    /// Traffic Light Protocol 2.0, from open to closed.
    Tlp {
        /// No limit.
        Clear = "CLEAR",
        /// The community.
        Green = "GREEN",
        /// The organisation and its clients.
        Amber = "AMBER",
        /// The organisation alone.
        AmberStrict = "AMBER+STRICT",
        /// Named people alone.
        Red = "RED",
    }
}

words! {
    /// Permissible Actions Protocol, from free to passive.
    Pap {
        /// No restriction.
        Clear = "CLEAR",
        /// Active actions.
        Green = "GREEN",
        /// Passive cross-checks.
        Amber = "AMBER",
        /// On own logs alone.
        Red = "RED",
    }
}

words! {
    /// Europol handling codes; they add up.
    Handling {
        /// Only for preventing and combating crime.
        H0 = "H0",
        /// Not in judicial proceedings without permission.
        H1 = "H1",
        /// Not to be passed on without permission.
        H2 = "H2",
        /// Other restrictions, in words.
        H3 = "H3",
    }
}

impl Tlp {
    /// Reads what other programs write: `TLP:AMBER+STRICT`, `amber-strict`, `tlp:white` (which becomes CLEAR).
    pub fn parse_foreign(text: &str) -> Option<Self> {
        let word = text.trim().trim_matches('"').to_ascii_uppercase();
        let word = word.strip_prefix("TLP:").unwrap_or(&word).replace(['-', '_', ' '], "+");
        if word == "WHITE" { Some(Self::Clear) } else { Self::parse(&word) }
    }
}

impl Pap {
    /// Reads what other programs write: `PAP:RED`, `white`.
    pub fn parse_foreign(text: &str) -> Option<Self> {
        let word = text.trim().trim_matches('"').to_ascii_uppercase();
        let word = word.strip_prefix("PAP:").unwrap_or(&word);
        if word == "WHITE" { Some(Self::Clear) } else { Self::parse(word) }
    }
}

/// A marking as it stands on an item, a case or a bundle.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Marking {
    /// Who may see it.
    pub tlp: Tlp,
    /// What may be done with it.
    pub pap: Pap,
    /// Handling codes, sorted, none twice.
    pub handling: Vec<Handling>,
}

impl std::fmt::Display for Marking {
    /// In one line, such as `TLP:AMBER PAP:RED H1 H2`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TLP:{} PAP:{}", self.tlp, self.pap)?;
        self.handling.iter().try_for_each(|code| write!(f, " {code}"))
    }
}

impl Marking {
    /// The effective marking of two things together: the most restrictive TLP and PAP, all handling codes.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let mut handling = [self.handling.as_slice(), other.handling.as_slice()].concat();
        handling.sort_unstable();
        handling.dedup();
        Self { tlp: self.tlp.max(other.tlp), pap: self.pap.max(other.pap), handling }
    }

    /// The default marking of a tier.
    pub fn default_for(tier: super::class::Tier) -> Self {
        let (tlp, pap, handling) = match tier.number() {
            1 => (Tlp::Green, Pap::Amber, vec![Handling::H0]),
            2 => (Tlp::AmberStrict, Pap::Amber, vec![Handling::H1]),
            3 => (Tlp::Red, Pap::Red, vec![Handling::H1, Handling::H2]),
            _ => (Tlp::Red, Pap::Red, vec![Handling::H1, Handling::H2, Handling::H3]),
        };
        Self { tlp, pap, handling }
    }
}

#[cfg(test)]
mod tests {
    use super::{Handling, Marking, Pap, Tlp};

    #[test]
    fn the_most_restrictive_marking_wins() {
        // The marking vector of TLP 2.0 and the handling codes.
        let one = |tlp, pap, handling| Marking { tlp, pap, handling: vec![handling] };
        let all = one(Tlp::Green, Pap::Clear, Handling::H1)
            .and(&one(Tlp::AmberStrict, Pap::Clear, Handling::H1))
            .and(&one(Tlp::Amber, Pap::Red, Handling::H2));
        assert_eq!(all, Marking { tlp: Tlp::AmberStrict, pap: Pap::Red, handling: vec![Handling::H1, Handling::H2] });
    }

    #[test]
    fn foreign_spellings_are_understood() {
        for (text, tlp) in [
            ("TLP:WHITE", Some(Tlp::Clear)),
            ("tlp:amber+strict", Some(Tlp::AmberStrict)),
            ("AMBER_STRICT", Some(Tlp::AmberStrict)),
            ("tlp:purple", None),
        ] {
            assert_eq!(Tlp::parse_foreign(text), tlp, "{text}");
        }
    }
}
