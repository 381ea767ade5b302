//! One form of a value for comparing, searching and counting: real dots, one case, one form of names and addresses. It never throws away
//! what was written: whoever asks keeps that beside it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

// Types of addresses, and nothing that could open a connection.
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::value::class::words;
use crate::value::text::composed;

words! {
    /// What the value of a type is.
    Class {
        /// A name of the domain name system.
        Domain = "domain",
        /// An address of the internet, or a range of them.
        Ip = "ip",
        /// A URL.
        Url = "url",
        /// A hash.
        Hash = "hash",
        /// An e-mail address.
        Email = "email",
        /// A phone number.
        Phone = "phone",
    }
}

#[derive(Default, serde::Deserialize)]
struct Lists {
    spelt: BTreeMap<String, String>,
    classes: BTreeMap<String, Vec<String>>,
    digits: BTreeMap<String, usize>,
}

struct Types {
    spelt: HashMap<String, String>,
    classes: HashMap<String, Class>,
    digits: HashMap<String, usize>,
}

static TYPES: LazyLock<Types> = LazyLock::new(|| {
    let lists: Lists = toml::from_str(include_str!("../../assets/exchange/types.toml")).unwrap_or_default();
    let mut classes = HashMap::new();
    for (class, all) in &lists.classes {
        if let Some(class) = Class::parse(class) {
            classes.extend(all.iter().map(|t| (spelling(t).into_owned(), class)));
        }
    }
    let digits = lists.digits.into_iter().map(|(t, n)| (spelling(&t).into_owned(), n)).collect();
    Types { spelt: lists.spelt.into_iter().collect(), classes, digits }
});

/// Where an address of a mask ends: `/0` of version 4 and 6.
const EVERYTHING: &[&str] = &["0.0.0.0", "::", "0.0.0.0/0", "::/0", "255.255.255.255", "localhost", "*"];

/// A type without what people spell it with: case, `-`, `_`, `.`, spaces.
pub fn spelling(kind: &str) -> Cow<'_, str> {
    if kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return Cow::Borrowed(kind);
    }
    Cow::Owned(kind.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect())
}

/// A value in its one form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Canonical {
    /// Its type.
    pub kind: String,
    /// The value.
    pub value: String,
    /// What it is, where that is known.
    pub class: Option<Class>,
    /// Whether it has the form of its type. One that has not is kept as it is.
    pub fits: bool,
    /// What is to be known of it: a private range, everything at once.
    pub remark: Option<&'static str>,
}

/// The type that people mean in a table, as it is spelt here: `IP Address`, `MD5 Hash`; `None`: there is no word in it.
pub fn spelt(kind: &str) -> Option<String> {
    TYPES.spelt.get(&*spelling(kind)).cloned().or_else(|| word(kind))
}

/// A type as one word; `None`: there is none in it.
pub fn word(kind: &str) -> Option<String> {
    let words = || {
        let words = kind.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase);
        crate::record::definition::token(&words.collect::<Vec<_>>().join("-"))
    };
    crate::record::definition::token(kind).or_else(words)
}

/// What a value of this type is.
pub fn class_of(kind: &str) -> Option<Class> {
    TYPES.classes.get(&*spelling(kind)).copied()
}

/// The hash function whose digests have so many hex digits.
pub const fn hash_of_length(digits: usize) -> Option<&'static str> {
    match digits {
        32 => Some("md5"),
        40 => Some("sha1"),
        64 => Some("sha256"),
        128 => Some("sha512"),
        _ => None,
    }
}

/// The type that a value shows by itself, for tables that say none.
pub fn recognised(value: &str) -> Option<&'static str> {
    let plain = refanged(value.trim());
    let hash = hash_of_length(plain.len()).filter(|_| plain.bytes().all(|b| b.is_ascii_hexdigit()));
    match () {
        () if plain.parse::<Ipv4Addr>().is_ok() => Some("ipv4"),
        () if plain.parse::<Ipv6Addr>().is_ok() => Some("ipv6"),
        () if address(&plain).is_some_and(|a| a.fits) => Some("ip"),
        () if hash.is_some() => hash,
        () if plain.contains("://") && url(&plain).is_some() => Some("url"),
        () if domain(&plain).is_some() => Some("domain"),
        () => None,
    }
}

/// A value in the one form of its type. What is not of a class that has one is only composed, with line feeds as line ends.
pub fn of(kind: &str, value: &str) -> Canonical {
    let text = if value.contains('\r') { composed(value.replace("\r\n", "\n").trim()) } else { composed(value.trim()) };
    let class = class_of(kind);
    if class.is_none() {
        return Canonical { kind: kind.to_owned(), value: text, class, fits: true, remark: None };
    }
    let plain = refanged(&text);
    let kept = |fits| Canonical { kind: kind.to_owned(), value: text.clone(), class, fits, remark: None };
    let as_is = |value: String| Canonical { value, ..kept(true) };
    match class {
        None => kept(true),
        Some(Class::Domain) => match domain(plain.trim_start_matches("*.")) {
            Some(name) => as_is(name),
            None if plain.parse::<IpAddr>().is_ok() => Canonical { value: plain, ..kept(false) },
            None => kept(false),
        },
        Some(Class::Ip) => match address(&plain) {
            Some(found) => {
                // A table says `ip`: which version it is stands in the value.
                let version = || if found.value.contains(':') { "ipv6" } else { "ipv4" }.to_owned();
                let kind = match found.fits {
                    true if spelling(kind) == "ip" => version(),
                    true => kind.to_owned(),
                    false => found.kind.clone(),
                };
                Canonical { kind, class, ..found }
            }
            None => kept(false),
        },
        Some(Class::Url) => url(&plain).map_or_else(|| kept(false), as_is),
        Some(Class::Hash) => {
            let hex: String = plain.chars().filter(|c| !matches!(c, ':' | ' ')).flat_map(char::to_lowercase).collect();
            let digits = TYPES.digits.get(&*spelling(kind)).copied();
            let fits =
                hex.bytes().all(|b| b.is_ascii_hexdigit()) && hex.len() >= 8 && digits.is_none_or(|n| n == hex.len());
            if fits { as_is(hex) } else { kept(false) }
        }
        Some(Class::Email) => match plain.rsplit_once('@') {
            Some((name, host)) if !name.is_empty() && !name.contains(' ') => match domain(host) {
                Some(host) => as_is(format!("{name}@{host}")),
                None => kept(false),
            },
            _ => kept(false),
        },
        Some(Class::Phone) => {
            let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
            let plus = plain.trim_start().starts_with('+') || plain.trim_start().starts_with("00");
            let digits =
                digits.strip_prefix("00").map_or(digits.as_str(), |d| if plain.starts_with('+') { &digits } else { d });
            let other = plain.chars().any(|c| c.is_alphabetic());
            if plus && !other && (7..=15).contains(&digits.len()) { as_is(format!("+{digits}")) } else { kept(false) }
        }
    }
}

/// A text with what was written to keep it from being followed put right: `hxxp`, `[.]`, `(dot)`, `[at]`, `[://]`.
pub fn refanged(text: &str) -> String {
    const WRITTEN: &[(&str, &str)] = &[
        ("[://]", "://"),
        ("[:]", ":"),
        ("[.]", "."),
        ("(.)", "."),
        ("{.}", "."),
        ("[.", "."),
        (".]", "."),
        ("[dot]", "."),
        ("(dot)", "."),
        ("{dot}", "."),
        (" dot ", "."),
        ("[@]", "@"),
        ("(@)", "@"),
        ("[at]", "@"),
        ("(at)", "@"),
        ("{at}", "@"),
        ("\\.", "."),
        ("[/]", "/"),
    ];
    if !text.contains(['[', '(', '{', '\\']) && !text.contains(" dot ") && !begins_defanged(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let found = WRITTEN.iter().find(|(w, _)| rest.get(..w.len()).is_some_and(|r| r.eq_ignore_ascii_case(w)));
        match found {
            Some((written, meant)) => {
                // Spaces around a written-out dot or at belong to it.
                let spaced =
                    rest.get(written.len()..).is_some_and(|after| after.starts_with(' ')) && out.ends_with(' ');
                if spaced {
                    out.pop();
                }
                out.push_str(meant);
                rest = rest.get(written.len()..).unwrap_or_default();
                if spaced {
                    rest = rest.trim_start_matches(' ');
                }
            }
            None => {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    if begins_defanged(&out) {
        let (scheme, after) = out.split_once("://").unwrap_or((&out, ""));
        let scheme = scheme.to_lowercase().replace("xx", "tt");
        return format!("{scheme}://{after}");
    }
    out
}

fn begins_defanged(text: &str) -> bool {
    ["hxxp://", "hxxps://", "fxp://"].iter().any(|w| text.get(..w.len()).is_some_and(|t| t.eq_ignore_ascii_case(w)))
}

/// A name of the domain name system in ASCII and small letters; `None`: it is none. Other letters are written as names have them
/// (UTS 46).
fn domain(text: &str) -> Option<String> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let name = if name.is_ascii() { name.to_ascii_lowercase() } else { idna::domain_to_ascii(name).ok()? };
    let fits = |label: &str| {
        let known = label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        !label.is_empty() && label.len() <= 63 && known && !label.starts_with('-')
    };
    let (_, top) = name.rsplit_once('.')?;
    let named = name.split('.').all(fits) && top.bytes().any(|b| b.is_ascii_alphabetic());
    named.then_some(name)
}

/// An address, a range of addresses, or an address with a port; `None`: it is none.
fn address(text: &str) -> Option<Canonical> {
    let found = |kind: &str, value: String, fits, remark| Canonical {
        kind: kind.to_owned(),
        value,
        class: Some(Class::Ip),
        fits,
        remark,
    };
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(found("ip", ip.to_string(), true, remark_of(&ip, None)));
    }
    if let Some((ip, mask)) = text.split_once('/')
        && let (Ok(ip), Ok(mask)) = (ip.parse::<IpAddr>(), mask.parse::<u8>())
        && mask <= if ip.is_ipv4() { 32 } else { 128 }
    {
        return Some(found("ip", format!("{ip}/{mask}"), true, remark_of(&ip, Some(mask))));
    }
    let (ip, port) = text.rsplit_once([':', '|'])?;
    let ip = ip.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok()?;
    let port = port.parse::<u16>().ok()?;
    let value = if ip.is_ipv4() { format!("{ip}:{port}") } else { format!("[{ip}]:{port}") };
    Some(found("ip-port", value, false, remark_of(&ip, None)))
}

fn remark_of(ip: &IpAddr, mask: Option<u8>) -> Option<&'static str> {
    let all = EVERYTHING.contains(&ip.to_string().as_str()) || mask.is_some_and(|m| m < 8);
    let private = match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || a == 100 && (64..128).contains(&b)
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_multicast(),
    };
    match () {
        () if all => Some("addresses that match everything"),
        () if private => Some("private addresses"),
        () => None,
    }
}

/// A URL with its scheme and its host in one form; `None`: it is none.
fn url(text: &str) -> Option<String> {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{}://", scheme.to_ascii_lowercase()), rest),
        None => (String::new(), text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(u, h)| (u, h));
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (name, format!(":{port}")),
        _ => (host, String::new()),
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let name = match bare.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => format!("[{v6}]"),
        Ok(IpAddr::V4(v4)) => v4.to_string(),
        Err(_) => domain(name)
            .or_else(|| (!scheme.is_empty() && !name.is_empty() && !name.contains(' ')).then(|| name.to_lowercase()))?,
    };
    let user = if user.is_empty() { String::new() } else { format!("{user}@") };
    Some(format!("{scheme}{user}{name}{port}{path}"))
}

/// Whether a name or an address matches everything, whatever its type.
pub fn is_everything(value: &str) -> bool {
    EVERYTHING.contains(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read() {
        assert!(TYPES.spelt.len() > 20 && TYPES.classes.len() > 20 && TYPES.digits.len() > 5);
    }

    #[test]
    fn one_thing_has_one_form() {
        for (kind, written, want) in [
            ("url", "hxxps[://]EVIL[.]example/A?b=C", "https://evil.example/A?b=C"),
            ("url", "hxxp://evil.example", "http://evil.example"),
            ("domain", "Evil[.]Example.", "evil.example"),
            ("domain", "evil (dot) example", "evil.example"),
            ("domain", "m\u{fc}ller.example", "xn--mller-kva.example"),
            ("domain", "b\u{fc}cher.example", "xn--bcher-kva.example"),
            ("domain", "\u{4f8b}\u{3048}.example", "xn--r8jz45g.example"),
            ("domain", "B\u{dc}CHER\u{3002}example", "xn--bcher-kva.example"),
            ("ipv4", "192[.]0[.]2[.]1", "192.0.2.1"),
            ("ipv6", "2001:DB8:0::1", "2001:db8::1"),
            ("sha256", &"AB".repeat(32), &"ab".repeat(32)),
            ("md5", "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF", "00112233445566778899aabbccddeeff"),
            ("email", "Jo[at]Person[.]Example", "Jo@person.example"),
            ("phone-number", "+999 (0) 12-34 567", "+99901234567"),
            ("phone-number", "00999 1234567", "+9991234567"),
        ] {
            let got = of(kind, written);
            assert_eq!((got.value.as_str(), got.fits), (want, true), "{written}");
        }
        assert_eq!(of("ipv4", "192.0.2.1:443").kind, "ip-port");
        assert_eq!(of("ipv4", "0.0.0.0/0").remark, Some("addresses that match everything"));
        assert_eq!(of("ip-dst", "10.1.2.3").remark, Some("private addresses"));
        for (kind, bad) in
            [("domain", "Jo Doe"), ("sha256", "abc"), ("ipv4", "300.1.1.1"), ("email", "Jo Doe"), ("url", "not a url")]
        {
            let got = of(kind, bad);
            assert_eq!((got.value.as_str(), got.fits), (bad, false));
        }
    }

    #[test]
    fn types_are_spelt_in_one_way() {
        for (typed, want) in [
            ("IP Address", "ip"),
            ("MD5 Hash", "md5"),
            ("SHA-256", "sha256"),
            ("sha_256", "sha256"),
            ("Threat Name", "threat-name"),
        ] {
            assert_eq!(spelt(typed).as_deref(), Some(want), "{typed}");
        }
        assert_eq!(spelt("  "), None);
    }
}
