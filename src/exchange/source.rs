//! What a file is, before it is read as one of a format: byte-order marks, UTF-16, archives. It reads no more of it than that takes.

use std::io::{BufRead, Cursor};

use super::format::{FormatError, whole};

/// How files begin that are no text, and what they are.
const NO_TEXT: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", "it is compressed (gzip): unpack it first"),
    (b"PK\x03\x04", "it is an archive (zip), as a spreadsheet is too: unpack it, or save the table as CSV"),
    (b"PK\x05\x06", "it is an archive (zip) that is empty"),
    (b"BZh", "it is compressed (bzip2): unpack it first"),
    (b"\xfd7zXZ", "it is compressed (xz): unpack it first"),
    (b"\x28\xb5\x2f\xfd", "it is compressed (zstd): unpack it first"),
    (b"7z\xbc\xaf", "it is an archive (7z): unpack it first"),
    (b"Rar!", "it is an archive (rar): unpack it first"),
    (b"%PDF", "it is a PDF document: import the table or the object that it was made of"),
    (b"\xd0\xcf\x11\xe0", "it is an old spreadsheet or document: save the table as CSV"),
    (b"age-encryption.org", "it is encrypted with age: decrypt it first"),
    (b"-----BEGIN AGE", "it is encrypted with age: decrypt it first"),
    (b"-----BEGIN PGP", "it is signed or encrypted with PGP: take its content out first"),
    (b"SQLite format 3", "it is a database (SQLite): export a table of it"),
];

/// Returns the text of a file: without its byte-order mark, UTF-16 as UTF-8. What is no text is refused by name.
pub fn text<'a>(input: &'a mut dyn BufRead) -> Result<Box<dyn BufRead + 'a>, FormatError> {
    let failed = |e: std::io::Error| FormatError::new("the file", e.to_string());
    let begin = input.fill_buf().map_err(failed)?;
    if let Some((_, what)) = NO_TEXT.iter().find(|(magic, _)| begin.starts_with(magic)) {
        return Err(FormatError::new("the file", *what));
    }
    let unit = |big: bool| if big { u16::from_be_bytes } else { u16::from_le_bytes };
    let wide = match begin {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            return Err(FormatError::new("the file", "it is UTF-32: save it as UTF-8"));
        }
        [0xff, 0xfe, ..] => Some((unit(false), 2)),
        [0xfe, 0xff, ..] => Some((unit(true), 2)),
        // Without a mark it is known by its first characters, which in these formats are ASCII.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some((unit(false), 0)),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some((unit(true), 0)),
        _ => None,
    };
    if let Some((unit, mark)) = wide {
        input.consume(mark);
        let bytes = whole(input)?;
        let (pairs, rest) = bytes.as_chunks::<2>();
        let text: Option<String> =
            char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().ok();
        return match text.filter(|_| rest.is_empty()) {
            Some(text) => Ok(Box::new(Cursor::new(text.into_bytes()))),
            None => Err(FormatError::new("the file", "it is UTF-16, and damaged: save it as UTF-8")),
        };
    }
    let mark = if begin.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    input.consume(mark);
    Ok(Box::new(input))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        let mut input = bytes;
        let mut text = text(&mut input).map_err(|e| e.what)?;
        let mut all = String::new();
        std::io::Read::read_to_string(&mut text, &mut all).map_err(|e| e.to_string())?;
        Ok(all)
    }

    #[test]
    fn what_a_file_is_is_looked_at_first() {
        let wide = |big: bool, mark: bool| {
            let text = if mark { "\u{feff}{\"a\":\"\u{e9}\"}" } else { "{\"a\":\"\u{e9}\"}" };
            text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect::<Vec<_>>()
        };
        let want = Ok("{\"a\":\"\u{e9}\"}".to_owned());
        assert_eq!(read("\u{feff}{\"a\":\"\u{e9}\"}".as_bytes()), want);
        for (big, mark) in [(false, true), (true, true), (false, false), (true, false)] {
            assert_eq!(read(&wide(big, mark)), want, "{big} {mark}");
        }
        assert!(read(b"\x1f\x8b\x08\0").unwrap_err().contains("gzip"));
        assert!(read(b"PK\x03\x04abc").unwrap_err().contains("zip"));
        assert!(read(b"\xff\xfea").unwrap_err().contains("UTF-16"));
        assert_eq!(read(b""), Ok(String::new()));
        assert_eq!(read(b"a"), Ok("a".into()));
    }
}
