//! Strict, bounded JSON.
//!
//! No duplicate keys, no floats, no byte-order mark, no lone surrogates; depth, size and integers are bounded by
//! [`Limits`]. What was received is never re-serialised: callers keep the bytes and read values from them.

use std::cmp::Ordering;
use std::fmt::Write as _;

use compact_str::CompactString as Text;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};
use zeroize::{Zeroize, Zeroizing};

/// A JSON value. Members keep the order in which they were written.
#[derive(Clone, PartialEq, Eq, Debug, Zeroize)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer of any size.
    Int(Int),
    /// A string, decoded.
    Str(Text),
    /// An array.
    Arr(Vec<Json>),
    /// An object, without duplicate keys.
    Obj(Vec<(Text, Json)>),
}

/// An integer of any size, compared by value.
#[derive(Clone, PartialEq, Eq, Debug, Zeroize)]
pub enum Int {
    /// It fits into 64 bits.
    Small(i64),
    /// It does not: the sign, and decimal digits without leading zeros.
    Big {
        /// Below zero.
        negative: bool,
        /// Its digits.
        digits: String,
    },
}

impl Int {
    fn read(token: &str) -> Self {
        token.parse().map_or_else(
            |_| Self::Big { negative: token.starts_with('-'), digits: token.trim_start_matches('-').to_owned() },
            Self::Small,
        )
    }

    /// The value where it fits into 64 bits.
    pub const fn small(&self) -> Option<i64> {
        match self {
            Self::Small(n) => Some(*n),
            Self::Big { .. } => None,
        }
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = |i: &Self| match i {
            Self::Small(_) => Ordering::Equal,
            Self::Big { negative: true, .. } => Ordering::Less,
            Self::Big { negative: false, .. } => Ordering::Greater,
        };
        match (self, other) {
            (Self::Small(a), Self::Small(b)) => a.cmp(b),
            (Self::Big { negative: n, digits: a }, Self::Big { negative: m, digits: b }) if n == m => {
                let by_value = a.len().cmp(&b.len()).then_with(|| a.cmp(b));
                if *n { by_value.reverse() } else { by_value }
            }
            _ => size(self).cmp(&size(other)),
        }
    }
}

/// The bounds of a JSON text: beyond them it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes in all.
    pub bytes: usize,
    /// Arrays and objects inside each other.
    pub depth: usize,
    /// Whether integers must lie within ±2^53, so that every reader of JSON sees the same number.
    pub safe_integers: bool,
    /// Whether strings must be in Unicode normalisation form C.
    pub normalised: bool,
}

impl Limits {
    /// For everything that is signed: headers, terms, content, manifests, cards.
    pub const SIGNED: Self = Self { bytes: 1 << 20, depth: 16, safe_integers: true, normalised: true };
    /// For what the program itself has written into its database: what a record adds up to may be longer than any act.
    pub const STORED: Self = Self { bytes: usize::MAX, ..Self::SIGNED };
    /// For files in foreign formats and for facts typed by people.
    pub const FOREIGN: Self = Self { bytes: 64 << 20, depth: 64, safe_integers: false, normalised: false };
}

/// Why a text is not acceptable JSON, with the byte where it was seen.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what} at byte {at}")]
pub struct JsonError {
    /// What is wrong.
    pub what: &'static str,
    /// Offset of the offending byte.
    pub at: usize,
}

/// Reads one JSON value that fills the whole text, white space around it aside.
pub fn parse(bytes: &[u8], limits: Limits) -> Result<Json, JsonError> {
    if bytes.len() > limits.bytes {
        return Err(JsonError { what: "more bytes than allowed", at: limits.bytes });
    }
    let text = std::str::from_utf8(bytes).map_err(|e| JsonError { what: "not UTF-8", at: e.valid_up_to() })?;
    let mut parser = Parser { text, at: 0, limits };
    parser.space();
    let value = parser.value(0)?;
    parser.space();
    if parser.at == text.len() { Ok(value) } else { Err(parser.wrong("bytes after the value")) }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    limits: Limits,
}

impl Parser<'_> {
    fn wrong(&self, what: &'static str) -> JsonError {
        JsonError { what, at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(token));
        if found {
            self.at += token.len();
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonError> {
        if depth > self.limits.depth {
            return Err(self.wrong("nested too deep"));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::Str),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.eat("true") => Ok(Json::Bool(true)),
            _ if self.eat("false") => Ok(Json::Bool(false)),
            _ if self.eat("null") => Ok(Json::Null),
            _ => Err(self.wrong("not a JSON value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        let mut members: Vec<(Text, Json)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        self.space();
        if self.eat("}") {
            return Ok(Json::Obj(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("a key is expected"));
            }
            let start = self.at;
            let key = self.string()?;
            // Small objects, which are nearly all, are compared without hashing.
            let twice = if members.len() < 16 {
                members.iter().any(|(k, _)| *k == key)
            } else {
                if seen.is_empty() {
                    seen.extend(members.iter().map(|(k, _)| k.clone()));
                }
                !seen.insert(key.clone())
            };
            if twice {
                return Err(JsonError { what: "a duplicate key", at: start });
            }
            self.space();
            if !self.eat(":") {
                return Err(self.wrong("a colon is expected"));
            }
            self.space();
            let value = self.value(depth + 1)?;
            members.push((key, value));
            self.space();
            if self.eat(",") {
                continue;
            }
            if self.eat("}") {
                return Ok(Json::Obj(members));
            }
            return Err(self.wrong("a comma or the end of the object is expected"));
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonError> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.eat("]") {
            return Ok(Json::Arr(items));
        }
        loop {
            self.space();
            items.push(self.value(depth + 1)?);
            self.space();
            if self.eat(",") {
                continue;
            }
            if self.eat("]") {
                return Ok(Json::Arr(items));
            }
            return Err(self.wrong("a comma or the end of the array is expected"));
        }
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        self.eat("-");
        let digits = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        let token = self.text.get(digits..self.at).unwrap_or_default();
        if token.is_empty() || (token.len() > 1 && token.starts_with('0')) {
            return Err(self.wrong("not a number"));
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Err(self.wrong("a number with a fraction or an exponent"));
        }
        let int = Int::read(self.text.get(start..self.at).unwrap_or_default());
        let safe = int.small().is_some_and(|n| n.unsigned_abs() <= 1 << 53);
        if self.limits.safe_integers && !safe {
            return Err(JsonError { what: "an integer beyond 2^53", at: start });
        }
        Ok(Json::Int(int))
    }

    fn string(&mut self) -> Result<Text, JsonError> {
        let start = self.at;
        self.at += 1;
        let mut out = Text::default();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest
                .bytes()
                .position(|c| c == b'"' || c == b'\\' || c < 0x20)
                .ok_or(JsonError { what: "an unterminated string", at: start })?;
            out.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.wrong("a control character in a string")),
            }
        }
        let composed = !self.limits.normalised
            || out.is_ascii()
            || match is_nfc_quick(out.chars()) {
                IsNormalized::Yes => true,
                IsNormalized::No => false,
                IsNormalized::Maybe => out.chars().nfc().eq(out.chars()),
            };
        if composed {
            Ok(out)
        } else {
            Err(JsonError { what: "a string that is not in normalisation form C", at: start })
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let c = self.peek().ok_or_else(|| self.wrong("an unterminated string"))?;
        self.at += 1;
        Ok(match c {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex4()?;
                let code = match high {
                    0xD800..=0xDBFF => {
                        if !self.eat("\\u") {
                            return Err(self.wrong("half of a surrogate pair"));
                        }
                        let low = self.hex4()?;
                        if !(0xDC00..=0xDFFF).contains(&low) {
                            return Err(self.wrong("half of a surrogate pair"));
                        }
                        0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                    }
                    _ => high,
                };
                char::from_u32(code).ok_or_else(|| self.wrong("half of a surrogate pair"))?
            }
            _ => return Err(self.wrong("an unknown escape")),
        })
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|c| c.is_ascii_hexdigit()));
        let code =
            digits.and_then(|d| u32::from_str_radix(d, 16).ok()).ok_or_else(|| self.wrong("not four hex digits"))?;
        self.at += 4;
        Ok(code)
    }
}

impl Json {
    /// A member of an object.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members()?.iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// The members of an object.
    pub fn members(&self) -> Option<&[(Text, Self)]> {
        if let Self::Obj(members) = self { Some(members) } else { None }
    }

    /// The elements of an array.
    pub fn items(&self) -> Option<&[Self]> {
        if let Self::Arr(items) = self { Some(items) } else { None }
    }

    /// A string.
    pub fn text(&self) -> Option<&str> {
        if let Self::Str(s) = self { Some(s) } else { None }
    }

    /// An integer of 64 bits.
    pub fn int(&self) -> Option<i64> {
        if let Self::Int(i) = self { i.small() } else { None }
    }

    /// A boolean.
    pub const fn truth(&self) -> Option<bool> {
        if let Self::Bool(b) = self { Some(*b) } else { None }
    }

    /// Whether this is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Sets or replaces a member; on anything but an object it does nothing.
    pub fn set(&mut self, key: &str, value: impl Into<Self>) {
        let Self::Obj(members) = self else { return };
        let value = value.into();
        match members.iter_mut().find(|(k, _)| k == key) {
            Some((_, old)) => *old = value,
            None => members.push((key.into(), value)),
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, key: &str) -> Option<Self> {
        let Self::Obj(members) = self else { return None };
        let at = members.iter().position(|(k, _)| k == key)?;
        Some(members.remove(at).1)
    }

    /// Whether it would be read as it is under these bounds, that of its bytes aside.
    pub fn is_within(&self, limits: Limits) -> bool {
        fn look(json: &Json, depth: usize, limits: &Limits) -> bool {
            let text = |text: &str| !limits.normalised || crate::value::text::is_composed(text);
            depth <= limits.depth
                && match json {
                    Json::Null | Json::Bool(_) => true,
                    Json::Int(n) => !limits.safe_integers || n.small().is_some_and(|n| n.unsigned_abs() <= 1 << 53),
                    Json::Str(s) => text(s),
                    Json::Arr(items) => items.iter().all(|i| look(i, depth + 1, limits)),
                    Json::Obj(members) => members.iter().all(|(k, v)| text(k) && look(v, depth + 1, limits)),
                }
        }
        look(self, 0, &limits)
    }

    /// About how many bytes it has as text: each is at most six, where it is written as an escape.
    pub fn size(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) | Self::Int(Int::Small(_)) => 8,
            Self::Int(Int::Big { digits, .. }) => digits.len() + 2,
            Self::Str(text) => text.len() + 2,
            Self::Arr(items) => items.iter().map(|i| i.size() + 1).sum::<usize>() + 2,
            Self::Obj(members) => members.iter().map(|(k, v)| k.len() + v.size() + 4).sum::<usize>() + 2,
        }
    }

    /// Compact bytes: no white space, members in their order. What is signed is made once with this and then kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_text().into_bytes()
    }

    /// The same as text.
    pub fn to_text(&self) -> String {
        let mut out = String::with_capacity(512);
        self.write(&mut out);
        out
    }

    /// The same as bytes that are wiped when dropped. Growing would leave copies behind: the room is taken once, for as many bytes.
    pub fn to_secret_bytes(&self, room: usize) -> Zeroizing<Vec<u8>> {
        let mut out = String::with_capacity(room);
        self.write(&mut out);
        Zeroizing::new(out.into_bytes())
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Int(Int::Small(n)) => {
                let _ = write!(out, "{n}");
            }
            Self::Int(Int::Big { negative, digits }) => {
                if *negative {
                    out.push('-');
                }
                out.push_str(digits);
            }
            Self::Str(s) => write_string(s, out),
            Self::Arr(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Obj(members) => {
                out.push('{');
                for (i, (key, value)) in members.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    write_string(key, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// Writes a JSON string; control characters, and only they, as escapes.
fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|c| c == b'"' || c == b'\\' || c < 0x20) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        match special.bytes().next() {
            Some(b'"') => out.push_str("\\\""),
            Some(b'\\') => out.push_str("\\\\"),
            Some(c) => {
                let _ = write!(out, "\\u{c:04x}");
            }
            None => break,
        }
        rest = special.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    out.push('"');
}

impl std::fmt::Display for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Str(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Str(text.into())
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Json {
    fn from(n: i64) -> Self {
        Self::Int(Int::Small(n))
    }
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Json {
    fn from(values: Vec<T>) -> Self {
        Self::Arr(values.into_iter().map(Into::into).collect())
    }
}

/// Makes an object from `"key" => value` pairs, in that order.
#[macro_export]
macro_rules! object {
    ($($key:expr => $value:expr),* $(,)?) => {
        $crate::value::json::Json::Obj(vec![$(($key.into(), $crate::value::json::Json::from($value))),*])
    };
}

/// A reader of the members of an object, one by one; [`Members::finish`] refuses those that were not read.
pub struct Members<'a> {
    members: &'a [(Text, Json)],
    taken: Vec<&'static str>,
}

/// A member that is missing, extra or of the wrong type.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct MemberError(pub String);

impl<'a> Members<'a> {
    /// Begins to read an object.
    pub fn of(json: &'a Json) -> Result<Self, MemberError> {
        let members = json.members().ok_or_else(|| MemberError("an object is expected".into()))?;
        Ok(Self { members, taken: Vec::new() })
    }

    /// A member that may be absent or `null`.
    pub fn maybe(&mut self, key: &'static str) -> Option<&'a Json> {
        self.taken.push(key);
        self.members.iter().find(|(k, _)| k == key).map(|(_, v)| v).filter(|v| !v.is_null())
    }

    /// A member that must be there.
    pub fn need(&mut self, key: &'static str) -> Result<&'a Json, MemberError> {
        self.maybe(key).ok_or_else(|| MemberError(format!("`{key}` is missing")))
    }

    /// A string that must be there.
    pub fn text(&mut self, key: &'static str) -> Result<&'a str, MemberError> {
        self.need(key)?.text().ok_or_else(|| MemberError(format!("`{key}` is not a string")))
    }

    /// A count (0 to 2^53) that must be there.
    pub fn count(&mut self, key: &'static str) -> Result<u64, MemberError> {
        let n = self.need(key)?.int().and_then(|n| u64::try_from(n).ok());
        n.ok_or_else(|| MemberError(format!("`{key}` is not a count")))
    }

    /// A string that must be there and must be readable by `read`.
    pub fn read<T>(&mut self, key: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<T, MemberError> {
        let text = self.text(key)?;
        read(text).ok_or_else(|| MemberError(format!("`{key}` is not well formed")))
    }

    /// A string that may be left out or null; where it is there, it must be readable by `read`.
    pub fn maybe_read<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, MemberError> {
        let Some(value) = self.maybe(key).filter(|value| !value.is_null()) else { return Ok(None) };
        let found = value.text().and_then(read);
        found.map(Some).ok_or_else(|| MemberError(format!("`{key}` is not well formed")))
    }

    /// An array of strings that must be there; each must be readable by `read`.
    pub fn list<T>(&mut self, key: &'static str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, MemberError> {
        let bad = || MemberError(format!("`{key}` is not a well-formed list"));
        self.need(key)?.items().ok_or_else(bad)?.iter().map(|v| v.text().and_then(&read).ok_or_else(bad)).collect()
    }

    /// Ends the reading; refuses a member that was not read.
    pub fn finish(self) -> Result<(), MemberError> {
        match self.members.iter().find(|(k, _)| !self.taken.contains(&k.as_str())) {
            Some((key, _)) => Err(MemberError(format!("`{}` is not expected here", crate::value::text::shown(key)))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Int, Json, Limits, parse};

    #[test]
    fn hostile_texts_are_refused() {
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        let cases: &[(&str, &str)] = &[
            ("duplicate key", r#"{"a":1,"a":2}"#),
            ("escaped duplicate key", r#"{"a":1,"\u0061":2}"#),
            ("depth", &deep),
            ("exponent", "1e400"),
            ("fraction", "1.0"),
            ("beyond 2^53", "9007199254740993"),
            ("NaN", "NaN"),
            ("byte-order mark", "\u{feff}{}"),
            ("lone surrogate", r#""\ud800""#),
            ("swapped surrogates", r#""\udc00\ud800""#),
            ("not composed", "\"e\u{301}\""),
            ("leading zero", "01"),
            ("plus", "+1"),
            ("trailing comma", "[1,]"),
            ("comment", "{}//"),
            ("two values", "{} {}"),
            ("control character", "\"\n\""),
            ("single quotes", "{'a':1}"),
            ("empty", ""),
            ("half", "{\"a\":"),
        ];
        for (name, text) in cases {
            assert!(parse(text.as_bytes(), Limits::SIGNED).is_err(), "{name}");
        }
        assert!(parse(b"\"\xff\"", Limits::SIGNED).is_err(), "invalid UTF-8");
        let many: String = (0..40).map(|i| format!("\"k{i}\":0,")).collect();
        assert!(
            parse(format!("{{{many}\"k3\":0}}").as_bytes(), Limits::SIGNED).is_err(),
            "duplicate in a large object"
        );
    }

    #[test]
    fn integers_of_any_size_compare_by_value() {
        let int = |t: &str| match parse(t.as_bytes(), Limits::FOREIGN) {
            Ok(Json::Int(i)) => i,
            other => panic!("{t}: {other:?}"),
        };
        let rising = [
            "-100000000000000000000000",
            "-99999999999999999999999",
            "-9223372036854775808",
            "-1",
            "0",
            "7",
            "9223372036854775807",
            "9223372036854775808",
            "99999999999999999999999",
            "100000000000000000000000",
        ];
        for pair in rising.windows(2) {
            assert!(int(pair[0]) < int(pair[1]), "{pair:?}");
        }
        assert_eq!(int("-0"), Int::Small(0));
    }

    proptest! {
        #[test]
        fn what_is_accepted_reads_as_serde_json_reads_it(text in r#"[\[\]{}:,"0-9a-z\\ .eE+-]{0,24}"#) {
            if let Ok(ours) = parse(text.as_bytes(), Limits::FOREIGN) {
                let theirs: serde_json::Value = serde_json::from_str(&text).expect("serde_json accepts what we accept");
                // serde_json reads `-0` and integers beyond 64 bits as floats, which we do not have.
                if !format!("{theirs}").contains(['.', 'e']) {
                    let again: serde_json::Value = serde_json::from_str(&ours.to_string()).expect("our own text");
                    prop_assert_eq!(theirs, again);
                }
            }
        }

        #[test]
        fn any_string_survives(text in any::<String>()) {
            let written = Json::Str(text.as_str().into()).to_bytes();
            prop_assert_eq!(parse(&written, Limits::FOREIGN), Ok(Json::Str(text.into())));
        }
    }
}
