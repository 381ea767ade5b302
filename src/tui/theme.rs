//! Themes: styles named by what they mean. Colour only repeats what words say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// What a piece of text means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Plain text.
    #[default]
    Base,
    /// A heading.
    Title,
    /// Less important.
    Note,
    /// What one may do.
    Guidance,
    /// Due soon.
    Due,
    /// A stop, a refusal, late.
    Stop,
    /// In order.
    Good,
    /// The live realm.
    Live,
    /// An exercise.
    Exercise,
    /// Marked rows.
    Marked,
}

/// A theme.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Its name.
    pub name: &'static str,
    styles: BTreeMap<Tone, Style>,
    selected: Style,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    #[serde(default)]
    ground: Option<String>,
    tone: BTreeMap<Tone, Row>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Row {
    fg: Option<String>,
    #[serde(default)]
    bold: bool,
    #[serde(default)]
    dim: bool,
    #[serde(default)]
    reverse: bool,
    #[serde(default)]
    underline: bool,
}

/// The themes by name; the first is the default.
const FILES: &[(&str, &str)] = &[
    ("safe", include_str!("../../assets/theme/safe.toml")),
    ("ansi", include_str!("../../assets/theme/ansi.toml")),
    ("light", include_str!("../../assets/theme/light.toml")),
    ("dark", include_str!("../../assets/theme/dark.toml")),
    ("mono", include_str!("../../assets/theme/mono.toml")),
];

static THEMES: LazyLock<Vec<Theme>> =
    LazyLock::new(|| FILES.iter().filter_map(|(name, text)| read(name, text)).collect());

fn read(name: &'static str, text: &str) -> Option<Theme> {
    let rows: Rows = toml::from_str(text).ok()?;
    let ground = rows.ground.as_deref().and_then(colour);
    let style = |row: &Row| {
        let mut style = Style::new();
        style.fg = row.fg.as_deref().and_then(colour);
        style.bg = ground;
        for (on, modifier) in [
            (row.bold, Modifier::BOLD),
            (row.dim, Modifier::DIM),
            (row.reverse, Modifier::REVERSED),
            (row.underline, Modifier::UNDERLINED),
        ] {
            if on {
                style = style.add_modifier(modifier);
            }
        }
        style
    };
    let styles: BTreeMap<Tone, Style> = rows.tone.iter().map(|(tone, row)| (*tone, style(row))).collect();
    let selected = styles.get(&Tone::Base).copied().unwrap_or_default().add_modifier(Modifier::REVERSED);
    Some(Theme { name, styles, selected })
}

fn colour(text: &str) -> Option<Color> {
    text.parse().ok()
}

impl Theme {
    /// The theme of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        THEMES.iter().find(|t| t.name == name)
    }

    /// Every theme; the first is the default.
    pub fn all() -> &'static [Self] {
        &THEMES
    }

    /// The style of a tone.
    pub fn style(&self, tone: Tone) -> Style {
        self.styles.get(&tone).or_else(|| self.styles.get(&Tone::Base)).copied().unwrap_or_default()
    }

    /// The style of the selected row: reverse, whatever else is lost.
    pub const fn selected(&self) -> Style {
        self.selected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_is_well_formed_and_has_every_tone() {
        assert_eq!(Theme::all().len(), FILES.len());
        for (name, text) in FILES {
            let rows: Rows = toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(rows.tone.len(), 10, "{name}");
            for row in rows.tone.values() {
                assert!(row.fg.is_none() || row.fg.as_deref().and_then(colour).is_some(), "{name}");
            }
        }
        let mono = Theme::named("mono").unwrap();
        assert!(mono.styles.values().all(|s| s.fg.is_none() && s.bg.is_none()), "mono writes no colour at all");
    }
}
