//! Why a file of a foreign format, or a part of it, cannot be read: where, and what is wrong.

/// Why a file, or a part of it, cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{place}: {what}")]
pub struct FormatError {
    /// Where in the file.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// Whether it is not the file that is wrong but what was asked for.
    pub usage: bool,
}

impl FormatError {
    /// Something wrong at a place.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into(), usage: false }
    }

    /// Something that was asked for and does not fit the file.
    pub fn usage(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { usage: true, ..Self::new(place, what) }
    }
}
