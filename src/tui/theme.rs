//! Themes: styles named by what they mean. Colour only repeats what words say.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// What a piece of text means.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StyleRole {
    /// Plain text.
    #[default]
    Base,
    /// The title of a page or a panel.
    Title,
    /// The heading of a column, the label of a line.
    Heading,
    /// What has the focus: the frame and title of its panel, the pointer, the open tab. There is one accent.
    Accent,
    /// The frame of a panel without the focus.
    Border,
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
    live: Styles,
    exercise: Styles,
}

/// The styles of a theme on one ground.
#[derive(Clone, Debug)]
pub struct Styles {
    roles: BTreeMap<StyleRole, Style>,
    selected: Style,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    #[serde(default)]
    ground: Option<String>,
    #[serde(default)]
    exercise_ground: Option<String>,
    #[serde(rename = "tone")]
    roles: BTreeMap<StyleRole, RoleStyle>,
    selected: RoleStyle,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RoleStyle {
    fg: Option<String>,
    /// The ground of the selected row alone: everything else lies on the theme's.
    bg: Option<String>,
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
    let rows: ThemeFile = toml::from_str(text).ok()?;
    let [live, exercise] =
        [&rows.ground, &rows.exercise_ground].map(|ground| styles(&rows, ground.as_deref().and_then(colour)));
    Some(Theme { name, live, exercise })
}

fn styles(rows: &ThemeFile, ground: Option<Color>) -> Styles {
    let style = |row: &RoleStyle| {
        let mut style = Style::new();
        style.fg = row.fg.as_deref().and_then(colour);
        style.bg = row.bg.as_deref().and_then(colour).or(ground);
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
    let roles: BTreeMap<StyleRole, Style> = rows.roles.iter().map(|(role, row)| (*role, style(row))).collect();
    let selected = style(&rows.selected);
    Styles { roles, selected }
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

    /// Its styles: an exercise lies on a ground of its own.
    pub const fn on(&self, exercise: bool) -> &Styles {
        if exercise { &self.exercise } else { &self.live }
    }
}

impl Styles {
    /// The style of a role.
    pub fn style(&self, role: StyleRole) -> Style {
        self.roles.get(&role).or_else(|| self.roles.get(&StyleRole::Base)).copied().unwrap_or_default()
    }

    /// The style of the selected row: a ground of its own, or reversed where the theme has none.
    pub const fn selected(&self) -> Style {
        self.selected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_is_well_formed_and_has_every_role() {
        assert_eq!(Theme::all().len(), FILES.len());
        for (name, text) in FILES {
            let rows: ThemeFile = toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(rows.roles.len(), 13, "{name}");
            for row in rows.roles.values().chain([&rows.selected]) {
                let is_colour = |text: &Option<String>| text.as_deref().is_none_or(|text| colour(text).is_some());
                assert!(is_colour(&row.fg) && is_colour(&row.bg), "{name}");
            }
            assert!(
                rows.roles.values().all(|row| row.bg.is_none()),
                "{name}: only the selected row has its own ground"
            );
            let seen = rows.selected.bg.is_some() || rows.selected.reverse;
            assert!(seen, "{name}: the selected row is seen");
            let heading = rows.roles.get(&StyleRole::Heading).unwrap();
            assert!(heading.bold && !heading.dim, "{name}: headings stand out");
        }
        let mono = Theme::named("mono").unwrap();
        let selected = [mono.live.selected, mono.exercise.selected];
        let roles = mono.live.roles.values().chain(mono.exercise.roles.values()).chain(&selected);
        assert!(roles.clone().all(|s| s.fg.is_none() && s.bg.is_none()), "mono writes no colour at all");
    }

    /// The relative luminance of a colour, by WCAG 2.2.
    fn luminance(colour: Color) -> f64 {
        let Color::Rgb(r, g, b) = colour else { panic!("{colour} has no luminance of its own") };
        let part = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126f64.mul_add(part(r), 0.7152f64.mul_add(part(g), 0.0722 * part(b)))
    }

    #[test]
    fn every_role_stands_out_from_its_ground_by_seven_to_one() {
        for name in ["safe", "light", "dark"] {
            let theme = Theme::named(name).unwrap();
            let grounds = [&theme.live, &theme.exercise].map(|styles| styles.style(StyleRole::Base).bg.unwrap());
            assert_ne!(grounds[0], grounds[1], "{name}: an exercise is seen at a glance");
            for styles in [&theme.live, &theme.exercise] {
                let selected = (StyleRole::Base, styles.selected);
                for (role, style) in styles.roles.iter().map(|(role, style)| (*role, *style)).chain([selected]) {
                    assert!(!style.add_modifier.contains(Modifier::DIM), "{name} {role:?}: how dim is not known");
                    let (one, other) = (luminance(style.fg.unwrap()), luminance(style.bg.unwrap()));
                    let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                    assert!(ratio >= 7.0, "{name} {role:?}: {ratio:.2}");
                }
            }
        }
    }
}
