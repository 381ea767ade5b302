//! Pictures of the screens in colour: `cargo test --test suite -- pictures --ignored` draws places of the demo in several sizes and
//! themes as SVG into `target/pictures`, to be looked at, and those that the README shows into `docs/pictures`. What hangs on chance (ids,
//! digests) is masked.

use std::fmt::Write as _;
use std::path::Path;

use comity::cli::demo;
use comity::host::clock::Clock;
use comity::tui::screen::{SCREENS, digit_of};
use comity::tui::theme::Theme;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::drawn::{Drawn, story};
use crate::snapshots::masked;

/// Width and height of a cell.
const CELL: (f32, f32) = (8.4, 17.0);

/// The sixteen colours of a terminal, as most have them.
fn named(colour: Color) -> Option<&'static str> {
    Some(match colour {
        Color::Black => "#000000",
        Color::Red => "#cd3131",
        Color::Green => "#0dbc79",
        Color::Yellow => "#e5e510",
        Color::Blue => "#2472c8",
        Color::Magenta => "#bc3fbc",
        Color::Cyan => "#11a8cd",
        Color::Gray => "#cccccc",
        Color::DarkGray => "#767676",
        Color::LightRed => "#f14c4c",
        Color::LightGreen => "#23d18b",
        Color::LightYellow => "#f5f543",
        Color::LightBlue => "#3b8eea",
        Color::LightMagenta => "#d670d6",
        Color::LightCyan => "#29b8db",
        Color::White => "#ffffff",
        _ => return None,
    })
}

fn colour(of: Color, usual: &str) -> String {
    match of {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        other => named(other).unwrap_or(usual).to_owned(),
    }
}

/// Foreground, ground, and whether it is dim, as they are seen.
fn seen(cell: &Cell) -> (String, String, bool) {
    let (front, ground) = (colour(cell.fg, "#d4d4d4"), colour(cell.bg, "#101010"));
    let dim = cell.modifier.contains(Modifier::DIM);
    if cell.modifier.contains(Modifier::REVERSED) { (ground, front, dim) } else { (front, ground, dim) }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A buffer as SVG: the grounds, and above them the text in runs of one style.
fn svg(buffer: &Buffer, lines: &[String]) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let (wide, high) = (f32::from(columns) * CELL.0, f32::from(rows) * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.0} {high:.0}\" font-family=\"DejaVu Sans Mono, \
         Menlo, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">\n<rect width=\"100%\" height=\"100%\" \
         fill=\"{}\"/>\n",
        seen(&buffer[(0, rows - 1)]).1
    );
    let whole = seen(&buffer[(0, rows - 1)]).1;
    for (y, line) in (0..rows).zip(lines) {
        let texts: Vec<char> = line.chars().collect();
        let mut x = 0;
        while x < columns {
            let style = |x: u16| {
                let cell = &buffer[(x, y)];
                let strong = cell.modifier.contains(Modifier::BOLD);
                (seen(cell), strong, cell.modifier.contains(Modifier::UNDERLINED))
            };
            let here = style(x);
            let end = (x..columns).find(|x| style(*x) != here).unwrap_or(columns);
            let ((front, ground, dim), strong, under) = here;
            let (left, top) = (f32::from(x) * CELL.0, f32::from(y) * CELL.1);
            let width = f32::from(end - x) * CELL.0;
            if ground != whole {
                let _ = writeln!(
                    out,
                    "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{ground}\"/>",
                    CELL.1
                );
            }
            let text: String = texts.iter().skip(usize::from(x)).take(usize::from(end - x)).collect();
            if !text.trim().is_empty() {
                let _ = writeln!(
                    out,
                    "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{front}\"{}{}{}>{}</text>",
                    top + 13.0,
                    if strong { " font-weight=\"bold\"" } else { "" },
                    if dim { " opacity=\"0.65\"" } else { "" },
                    if under { " text-decoration=\"underline\"" } else { "" },
                    escaped(&text)
                );
            }
            x = end;
        }
    }
    out + "</svg>\n"
}

#[test]
fn a_picture_has_every_letter_of_the_screen() {
    let root = tempfile::tempdir().unwrap();
    story(root.path());
    let mut screens = Drawn::open(root.path(), "okafor");
    let buffer = screens.buffer((100, 30));
    let lines = screens.lines((100, 30));
    let picture = svg(&buffer, &lines);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let texts: String = picture
        .lines()
        .filter(|l| l.starts_with("<text"))
        .filter_map(|l| l.split_once('>')?.1.strip_suffix("</text>"))
        .map(|text| text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        .collect();
    assert_eq!(letters(&texts), letters(&lines.concat()));
    screens.state.close();
}

/// The pictures that the README shows.
const IN_README: &[&str] = &["desk-120x36-safe.svg", "case-120x36-safe.svg", "queue-120x36-safe.svg"];

#[test]
fn the_readme_shows_the_pictures_that_are_here() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(home.join("README.md")).unwrap();
    for name in IN_README {
        assert!(text.contains(&format!("(docs/pictures/{name})")), "{name} is not shown");
        assert!(home.join("docs/pictures").join(name).exists(), "{name} is not drawn");
    }
}

#[test]
#[ignore = "draws the pictures of docs/pictures"]
fn the_pictures_are_drawn_again() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (shown, all) = (home.join("docs/pictures"), home.join("target/pictures"));
    std::fs::create_dir_all(&shown).unwrap();
    std::fs::create_dir_all(&all).unwrap();
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("demo");
    drop(demo::stage(&folder, false).unwrap());
    let mut screens = Drawn::open_at(&folder, "okafor", Clock::System);
    for (theme, sizes) in
        [("safe", &[(80, 24), (120, 36), (160, 48)][..]), ("light", &[(120, 36)]), ("ansi", &[(80, 24), (120, 36)])]
    {
        screens.state.theme = Theme::named(theme).unwrap();
        for place in SCREENS.iter().map(|screen| screen.id) {
            let Some(digit) = digit_of(place) else { continue };
            screens.keys(&digit.to_string());
            for size in sizes {
                screens.lines(*size);
                let buffer = screens.buffer(*size);
                let lines: Vec<String> = screens.lines(*size).iter().map(|line| masked(line)).collect();
                let name = format!("{}-{}x{}-{theme}.svg", place.word(), size.0, size.1);
                let picture = svg(&buffer, &lines);
                if IN_README.contains(&name.as_str()) {
                    std::fs::write(shown.join(&name), &picture).unwrap();
                }
                std::fs::write(all.join(name), picture).unwrap();
            }
        }
    }
    screens.state.close();
}
