//! STIX patterns: which values they match, and of which types. It does not judge whether a pattern is right.

/// What a pattern is about.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Matches {
    /// The values that it compares with, each once.
    pub values: Vec<String>,
    /// The types of object that it names, each once.
    pub types: Vec<String>,
}

/// Reads a pattern.
pub fn read(pattern: &str) -> Matches {
    let mut found = Matches::default();
    let mut word = String::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\'' {
            let mut text = String::new();
            while let Some(c) = chars.next() {
                match c {
                    '\\' => text.extend(chars.next()),
                    '\'' => break,
                    _ => text.push(c),
                }
            }
            // `hashes.'SHA-256'` is the name of a part, `t'…'` a time.
            let names = word.ends_with('.') || word.ends_with('[') || word.ends_with('t') && word.len() == 1;
            if !names && !text.is_empty() && !found.values.contains(&text) {
                found.values.push(text);
            }
            word.clear();
            continue;
        }
        if c == ':' {
            let kind = word.trim_start_matches(['[', '(']);
            if !kind.is_empty() && !found.types.iter().any(|t| t == kind) {
                found.types.push(kind.to_owned());
            }
        }
        if c.is_whitespace() || matches!(c, '=' | '>' | '<' | ',' | '(') {
            word.clear();
        } else {
            word.push(c);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_say_what_they_match() {
        let one = |pattern: &str| {
            let found = read(pattern);
            (found.values.join("|"), found.types.join("|"))
        };
        for (pattern, values, types) in [
            ("[domain-name:value = 'panel.example']", "panel.example", "domain-name"),
            ("[file:hashes.'SHA-256' = 'ab' OR file:hashes.MD5 = 'cd']", "ab|cd", "file"),
            (
                "([email-addr:value='a@b.example'] AND [ipv4-addr:value IN ('192.0.2.1','192.0.2.2')]) WITHIN 5 SECONDS",
                "a@b.example|192.0.2.1|192.0.2.2",
                "email-addr|ipv4-addr",
            ),
            ("[file:name = 'it\\'s' ] START t'2024-01-01T00:00:00Z' STOP t'2025-01-01T00:00:00Z'", "it's", "file"),
            ("rule x { condition: true }", "", "condition"),
            ("'", "", ""),
        ] {
            assert_eq!(one(pattern), (values.to_owned(), types.to_owned()), "{pattern}");
        }
    }
}
