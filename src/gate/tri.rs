//! Three-valued logic: yes, no, or undecided, since a fact that a rule depends on may be unusable.

/// Yes, no, or undecided (`None`), where a fact that it depends on is unusable.
pub type Tri = Option<bool>;

/// Returns no if one part is no; else undecided if one is undecided; else yes.
pub fn all(parts: &[Tri]) -> Tri {
    if parts.contains(&Some(false)) {
        Some(false)
    } else if parts.contains(&None) {
        None
    } else {
        Some(true)
    }
}

/// Returns yes if one part is yes; else undecided if one is undecided; else no.
pub fn any(parts: &[Tri]) -> Tri {
    not(all(&parts.iter().copied().map(not).collect::<Vec<_>>()))
}

/// Returns the opposite; undecided stays undecided.
pub fn not(part: Tri) -> Tri {
    part.map(|yes| !yes)
}
