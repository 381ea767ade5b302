//! Text that may be shown: characters that could control a terminal or mislead a reader become visible codes.
//!
//! Stored text is kept byte for byte. Everything that reaches a terminal, on a screen or in plain output,
//! goes through [`shown`]; multi-line text through [`shown_lines`].

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization as _, is_nfc};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Combining marks on one base character beyond which the rest is shown as a count.
const MARKS: usize = 4;

/// Whether a character must not reach a terminal as it is: controls (C0, C1, DEL), line separators, bidirectional
/// and zero-width formatting, tags, variation selectors, private use, and what is no character at all.
pub const fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}'
    )
}

/// Begins what is read by its own direction, whatever stands beside it (UAX 9).
pub const ISOLATE: char = '\u{2068}';
/// Ends it.
pub const END_OF_ISOLATE: char = '\u{2069}';

/// Whether a letter is of a script that is written from right to left.
pub const fn is_right_to_left(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
    )
}

/// The names and words of a line that are written from right to left: from the first such letter of each to behind its last. What
/// stands between two of them is theirs, but for letters of another direction and for more than one space.
pub fn right_to_left<'a>(pieces: impl Iterator<Item = &'a str>) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    let (mut goes_on, mut space) = (false, false);
    for (n, piece) in pieces.enumerate() {
        let is_space = piece.chars().all(char::is_whitespace);
        if piece.chars().any(is_right_to_left) {
            match runs.last_mut().filter(|_| goes_on) {
                Some(run) => run.end = n + 1,
                None => runs.push(n..n + 1),
            }
            goes_on = true;
        } else if piece.chars().any(char::is_alphabetic) || (is_space && space) {
            goes_on = false;
        }
        space = is_space;
    }
    runs
}

/// A line in which each name that is written from right to left is isolated, so that it does not turn around what stands beside it.
/// For what leaves for a terminal: what is isolated is no longer a [`Shown`].
pub fn isolated(line: &str) -> Cow<'_, str> {
    if !line.chars().any(is_right_to_left) {
        return Cow::Borrowed(line);
    }
    let graphemes: Vec<&str> = line.graphemes(true).collect();
    let runs = right_to_left(graphemes.iter().copied());
    let mut out = String::with_capacity(line.len());
    for (n, grapheme) in graphemes.into_iter().enumerate() {
        if runs.iter().any(|run| run.start == n) {
            out.push(ISOLATE);
        }
        out.push_str(grapheme);
        if runs.iter().any(|run| run.end == n + 1) {
            out.push(END_OF_ISOLATE);
        }
    }
    Cow::Owned(out)
}

/// One line of text, fit to be shown. Each hidden character stands as its code, such as `⟨U+202E⟩`.
pub fn shown(text: &str) -> Cow<'_, str> {
    let marks = |c: char| unicode_normalization::char::is_combining_mark(c);
    if text.is_ascii() && !text.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (mut run, mut dropped) = (0usize, 0usize);
    let flush = |out: &mut String, dropped: &mut usize| {
        if *dropped > 0 {
            out.push_str(&format!("⟨+{dropped} marks⟩"));
            *dropped = 0;
        }
    };
    for c in text.chars() {
        if marks(c) && !is_hidden(c) {
            run += 1;
            if run > MARKS {
                dropped += 1;
                continue;
            }
        } else {
            run = 0;
            flush(&mut out, &mut dropped);
        }
        if is_hidden(c) {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    flush(&mut out, &mut dropped);
    Cow::Owned(out)
}

/// Whether two names look alike to a reader: the same letters of other scripts, in other cases, with other white space, or with
/// characters between that nobody sees (UTS 39).
pub fn look_alike(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        let seen = text.chars().filter(|c| !is_hidden(*c)).collect::<String>();
        seen.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let skeleton = |text: &str| unicode_security::skeleton(text).collect::<String>();
    // What is alike only in capitals is found before, and what is alike only in small letters after the case is taken away.
    let [one, other] = [plain(one), plain(other)];
    let uncased = |text: &str| skeleton(&skeleton(text).to_lowercase());
    let lowered = |text: &str| skeleton(&text.to_lowercase());
    skeleton(&one) == skeleton(&other) || uncased(&one) == uncased(&other) || lowered(&one) == lowered(&other)
}

/// Text that is fit to be shown: the only text that screens draw. Foreign text becomes it through [`shown`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Shown(String);

impl Shown {
    /// Any text, with hidden characters as codes.
    pub fn of(text: &str) -> Self {
        Self(shown(text).into_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        Self::of(text)
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self::of(&text)
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether what was typed for a file stands for standard input.
pub fn is_standard_input(typed: &str) -> bool {
    typed == "-"
}

/// Text of several lines, fit to be shown: only line feeds break lines; a tab is four spaces.
pub fn shown_lines(text: &str) -> Vec<String> {
    text.split('\n')
        .map(|line| shown(&line.strip_suffix('\r').unwrap_or(line).replace('\t', "    ")).into_owned())
        .collect()
}

/// A number with commas between its thousands: `1,234`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (k, digit) in digits.chars().enumerate() {
        if k > 0 && (digits.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things in words: `1 item`, `2 items`.
pub fn counted(n: impl std::fmt::Display, thing: &str) -> String {
    let n = n.to_string();
    let plural = if n == "1" { "" } else { "s" };
    format!("{n} {thing}{plural}")
}

/// Rising numbers as people read them, runs of them together: `2, 4 to 9, 12`.
pub fn joined(numbers: &[u64]) -> String {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for n in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *n => *last = *n,
            _ => runs.push((*n, *n)),
        }
    }
    let run = |(first, last): &(u64, u64)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first} to {last}"),
    };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}

/// How many terminal columns a shown text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// At most `columns` columns of a shown text, `…` where something was cut.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut used = 1;
    for cluster in text.graphemes(true) {
        used += cluster.width();
        if used > columns {
            break;
        }
        out.push_str(cluster);
    }
    if columns > 0 {
        out.push('…');
    }
    Cow::Owned(out)
}

/// Exactly `columns` columns: cut as [`fit`] does, or filled with spaces.
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = fit(text, columns).into_owned();
    for _ in width(&out)..columns {
        out.push(' ');
    }
    out
}

/// The words of a text and the spaces between them. A word that is longer than a line, as text of a script without spaces
/// is, is split at Unicode word boundaries.
fn words(text: &str, columns: usize) -> impl Iterator<Item = &str> {
    let parts = text.split_inclusive(' ').flat_map(|part| {
        let (word, space) = part.split_at(part.trim_end_matches(' ').len());
        [word, space]
    });
    let parts = parts.filter(|part| !part.is_empty());
    parts.flat_map(move |part| {
        let (whole, parted) = if width(part) <= columns { (Some(part), "") } else { (None, part) };
        whole.into_iter().chain(parted.split_word_bounds())
    })
}

/// A shown text in lines of at most `columns` columns, broken at spaces where there are any. Never empty.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in words(text, columns) {
        let wide = width(word);
        if used + wide > columns && (used > 0 || wide > columns) {
            // A word that fits goes to the next line; a longer one is broken wherever the line ends.
            if wide <= columns || used > 0 {
                lines.push(String::new());
                used = 0;
            }
            if word.trim().is_empty() {
                continue;
            }
        }
        for cluster in word.graphemes(true) {
            let wide = cluster.width();
            if used + wide > columns && used > 0 {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(cluster);
            }
            used += wide;
        }
    }
    lines.iter().map(|l| l.trim_end().to_owned()).collect()
}

/// Why a text that a member typed or a partner sent is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("is blank")]
    Blank,
    /// Longer than allowed.
    #[error("is longer than {0} bytes")]
    Long(usize),
    /// A control character where one line is expected.
    #[error("has a control character")]
    Control,
}

/// The longest title, name or value, in bytes.
pub const LINE: usize = 4096;
/// The longest free text, in bytes.
pub const BODY: usize = 256 * 1024;

/// A text composed to Unicode form C.
pub fn composed(text: &str) -> String {
    if is_composed(text) { text.to_owned() } else { text.nfc().collect() }
}

/// The same of a text that is nobody else's: it is copied only where it changes.
pub fn composed_owned(text: String) -> String {
    if is_composed(&text) { text } else { text.nfc().collect() }
}

/// Whether a text is composed already, as nearly every one is: that is seen without taking it apart.
pub fn is_composed(text: &str) -> bool {
    text.is_ascii() || is_nfc(text)
}

/// One line that a member typed: not blank, at most [`LINE`] bytes, no control characters; composed to form C.
pub fn line(text: &str) -> Result<String, TextError> {
    let text = composed(text.trim());
    match () {
        () if is_blank(&text) => Err(TextError::Blank),
        () if text.len() > LINE => Err(TextError::Long(LINE)),
        () if text.chars().any(char::is_control) => Err(TextError::Control),
        () => Ok(text),
    }
}

/// Free text of several lines: at most [`BODY`] bytes; composed to form C. It may be blank.
pub fn body(text: &str) -> Result<String, TextError> {
    let text = composed(text);
    if text.len() > BODY { Err(TextError::Long(BODY)) } else { Ok(text) }
}

/// Whether a text is nothing but Unicode white space.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{fit, is_hidden, isolated, joined, look_alike, pad, shown, shown_lines, width, wrap};

    #[test]
    fn hostile_text_becomes_visible() {
        let cases = [
            ("plain", "plain"),
            ("a\u{1b}]52;c;AAAA\u{7}b", "a⟨U+001B⟩]52;c;AAAA⟨U+0007⟩b"),
            ("csi \u{9b}31m", "csi ⟨U+009B⟩31m"),
            ("evil\u{202e}txt.exe", "evil⟨U+202E⟩txt.exe"),
            ("zero\u{200b}width", "zero⟨U+200B⟩width"),
            ("tag\u{e0041}", "tag⟨U+E0041⟩"),
            ("two\nlines", "two⟨U+000A⟩lines"),
            ("Æther Ωmega 日本", "Æther Ωmega 日本"),
        ];
        for (text, want) in cases {
            assert_eq!(shown(text), want);
        }
        let marks = format!("a{}", "\u{301}".repeat(10_000));
        assert_eq!(shown(&marks), format!("a{}⟨+9996 marks⟩", "\u{301}".repeat(4)));
        assert_eq!(shown_lines("a\r\nb\tc\u{8}"), ["a", "b    c⟨U+0008⟩"]);
    }

    #[test]
    fn names_that_a_reader_takes_for_each_other_look_alike() {
        for (one, other) in [
            ("XB cyber desk", "XB cyber desk"),
            ("XB cyber desk", "\u{425}\u{412} cyber desk"),
            ("XB cyber desk", "XB \u{441}yber desk"),
            ("XB cyber desk", "xb  CYBER desk"),
            ("XB cyber desk", "XB cy\u{200b}ber\u{202e} desk"),
            ("XB cyber desk", "\u{1d417}\u{1d401} cyber desk"),
            ("XO", "X0"),
        ] {
            assert!(look_alike(one, other), "{other}");
        }
        for (one, other) in [("XB cyber desk", "XA cyber desk"), ("Harbour", "Harbor"), ("XB", "XB desk")] {
            assert!(!look_alike(one, other), "{other}");
        }
    }

    #[test]
    fn what_is_written_from_right_to_left_is_isolated_and_turns_nothing_around() {
        for (line, want) in [
            ("N. Okafor", "N. Okafor"),
            ("1. דנה כהן; XB; 3 d", "1. \u{2068}דנה כהן\u{2069}; XB; 3 d"),
            ("דנה  כהן", "\u{2068}דנה\u{2069}  \u{2068}כהן\u{2069}"),
            ("ليلى (12) حداد, XA", "\u{2068}ليلى (12) حداد\u{2069}, XA"),
            ("ليلى and حداد", "\u{2068}ليلى\u{2069} and \u{2068}حداد\u{2069}"),
        ] {
            assert_eq!(isolated(line), want);
            assert_eq!(width(&isolated(line)), width(line), "{line}");
        }
    }

    #[test]
    fn runs_of_numbers_are_told_together() {
        for (numbers, said) in
            [(vec![], ""), (vec![2], "2"), (vec![2, 3], "2, 3"), (vec![2, 4, 5, 6, 9], "2, 4 to 6, 9")]
        {
            assert_eq!(joined(&numbers), said);
        }
    }

    #[test]
    fn columns_are_counted_in_cells() {
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(pad("日本", 5), "日本 ");
        assert_eq!(fit("abc", 0), "");
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("", 4), [""]);
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_ever_shown(text in any::<String>()) {
            prop_assert!(!shown(&text).chars().any(is_hidden));
            prop_assert!(width(&pad(&shown(&text), 20)) == 20);
            prop_assert!(wrap(&shown(&text), 20).iter().all(|l| width(l) <= 20));
        }
    }
}
