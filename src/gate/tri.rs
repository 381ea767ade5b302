//! Yes, no, or not to be said: what a rule comes to where a fact may be unusable.

/// `None`: it cannot be said, since a fact that it depends on is unusable.
pub type Tri = Option<bool>;

/// No, if one is no; else not to be said, if one cannot be; else yes.
pub fn all(parts: &[Tri]) -> Tri {
    if parts.contains(&Some(false)) {
        Some(false)
    } else if parts.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// Yes, if one is yes; else not to be said, if one cannot be; else no.
pub fn any(parts: &[Tri]) -> Tri {
    not(all(&parts.iter().copied().map(not).collect::<Vec<_>>()))
}

/// The opposite, where it can be said.
pub fn not(part: Tri) -> Tri {
    part.map(|yes| !yes)
}
