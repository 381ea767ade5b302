//! What a file is, before it is read as one of a format: byte-order marks, UTF-16, archives. It reads no more of it than that takes, and
//! holds no more of it than a piece.

use std::any::Any;
use std::io::{self, BufRead, BufReader, Read, Seek};

use super::fault::FormatError;

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

/// What can be read more than once.
pub trait Rereadable: Read + Seek + Send {}

impl<T: Read + Seek + Send> Rereadable for T {}

/// How much is read at once, in bytes.
const CHUNK: usize = 256 * 1024;

/// The text of a file that can be read again from its beginning: without its byte-order mark, UTF-16 as UTF-8.
pub struct Source<'a> {
    input: BufReader<&'a mut dyn Rereadable>,
    /// Where the text begins.
    mark: usize,
    wide: Option<Wide>,
    kept: Option<Box<dyn Any + Send>>,
}

impl<'a> Source<'a> {
    /// The text of a file, from its beginning. What is no text is refused by name.
    ///
    /// # Errors
    ///
    /// Where the file is no text, or cannot be read.
    pub fn new(input: &'a mut dyn Rereadable) -> Result<Self, FormatError> {
        let mut source = Self { input: BufReader::with_capacity(CHUNK, input), mark: 0, wide: None, kept: None };
        source.input.rewind().map_err(failed)?;
        let begin = source.input.fill_buf().map_err(failed)?;
        if let Some((_, what)) = NO_TEXT.iter().find(|(magic, _)| begin.starts_with(magic)) {
            return Err(FormatError::new("the file", *what));
        }
        let unit = |big: bool| if big { u16::from_be_bytes } else { u16::from_le_bytes };
        let (wide, mark) = match begin {
            [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
                return Err(FormatError::new("the file", "it is UTF-32: save it as UTF-8"));
            }
            [0xff, 0xfe, ..] => (Some(unit(false)), 2),
            [0xfe, 0xff, ..] => (Some(unit(true)), 2),
            // Without a mark it is known by its first characters, which in these formats are ASCII.
            [first, 0, second, 0, ..] if *first != 0 && *second != 0 => (Some(unit(false)), 0),
            [0, first, 0, second, ..] if *first != 0 && *second != 0 => (Some(unit(true)), 0),
            [0xef, 0xbb, 0xbf, ..] => (None, 3),
            _ => (None, 0),
        };
        (source.wide, source.mark) = (wide.map(Wide::new), mark);
        source.input.consume(mark);
        Ok(source)
    }

    /// Goes back to its beginning.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read.
    pub fn again(&mut self) -> Result<(), FormatError> {
        self.input.seek(io::SeekFrom::Start(self.mark as u64)).map_err(failed)?;
        self.wide = self.wide.take().map(|wide| Wide::new(wide.unit));
        Ok(())
    }

    /// What its reader has found in it when it read it before; nothing where it did not, or has found something else.
    pub fn take_kept<T: Send + 'static>(&mut self) -> Option<Box<T>> {
        self.kept.take()?.downcast().ok()
    }

    /// Keeps what its reader has found for the next time.
    pub fn keep<T: Send + 'static>(&mut self, found: Box<T>) {
        self.kept = Some(found);
    }
}

fn failed(error: io::Error) -> FormatError {
    FormatError::new("the file", error.to_string())
}

impl Read for Source<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match &mut self.wide {
            None => self.input.fill_buf(),
            Some(wide) => wide.fill(&mut self.input),
        }
    }

    fn consume(&mut self, count: usize) {
        match &mut self.wide {
            None => self.input.consume(count),
            Some(wide) => wide.used += count,
        }
    }
}

/// UTF-16 that becomes UTF-8, a piece at a time.
struct Wide {
    unit: fn([u8; 2]) -> u16,
    text: String,
    used: usize,
    /// The first half of a pair whose second half has not come.
    half: Option<u16>,
}

impl Wide {
    fn new(unit: fn([u8; 2]) -> u16) -> Self {
        Self { unit, text: String::new(), used: 0, half: None }
    }

    fn fill(&mut self, input: &mut impl BufRead) -> io::Result<&[u8]> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "it is UTF-16, and damaged: save it as UTF-8");
        while self.used >= self.text.len() {
            let mut bytes = Vec::new();
            input.take(CHUNK as u64).read_to_end(&mut bytes)?;
            if bytes.is_empty() {
                return if self.half.is_none() { Ok(&[]) } else { Err(damaged()) };
            }
            let (pairs, rest) = bytes.as_chunks::<2>();
            let mut units: Vec<u16> =
                self.half.take().into_iter().chain(pairs.iter().map(|pair| (self.unit)(*pair))).collect();
            self.half = units.pop_if(|unit| matches!(unit, 0xd800..0xdc00));
            let text: Result<String, _> = char::decode_utf16(units).collect();
            self.text = text.ok().filter(|_| rest.is_empty()).ok_or_else(damaged)?;
            self.used = 0;
        }
        Ok(self.text.as_bytes().get(self.used..).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        let mut input = io::Cursor::new(bytes);
        let mut source = Source::new(&mut input).map_err(|e| e.what)?;
        let (mut all, mut again) = (String::new(), String::new());
        source.read_to_string(&mut all).map_err(|e| e.to_string())?;
        source.again().map_err(|e| e.what)?;
        source.read_to_string(&mut again).map_err(|e| e.to_string())?;
        assert_eq!(all, again);
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
        assert!(read(b"{\0\"\0\0\xd8").unwrap_err().contains("damaged"));
        let long: String = "a\u{1f600}".repeat(CHUNK / 3);
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(read(&wide(&format!("\u{feff}{long}"))), Ok(long.clone()));
        assert_eq!(read(&wide(&format!("\u{feff}b{long}"))), Ok(format!("b{long}")));
        assert_eq!(read(b""), Ok(String::new()));
        assert_eq!(read(b"a"), Ok("a".into()));
    }
}
