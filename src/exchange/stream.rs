//! JSON piece by piece, from files of any size: what holds many things is walked through, and each thing is read whole, within bounds.
//! It says where something ends and nothing of what it means; the pieces are parsed by whoever takes them.

use std::io::BufRead;

use super::fault::FormatError;

/// The longest piece that is read whole, in bytes.
pub const WHOLE: usize = 2 << 20;
/// What is wrong with one that is longer and must be read whole.
pub const TOO_LONG: &str = "it is longer than 2 MiB";
/// The longest text in a piece, in bytes as it is written: longer than any that is kept. Attached files are longer.
const LONGEST: usize = 512 * 1024;
/// Stands for a text that was too long. No text of a file that is taken can be it: it has a control character.
pub const LONG: &str = "\u{0}a text that is too long";
/// The same as JSON writes it.
const LONG_WRITTEN: &[u8] = b"\"\\u0000a text that is too long\"";

/// What became of a piece that was to be read whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// It is there.
    Whole {
        /// [`LONG`] stands in it for a text.
        has_long: bool,
    },
    /// It is longer than [`WHOLE`]: its beginning is there, and its rest was not read.
    Long,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scan {
    Start,
    Inside,
    Text,
    Escape,
    Word,
}

/// A text of JSON that is read from its beginning to its end.
pub struct Stream<'a> {
    input: &'a mut dyn BufRead,
    /// What was read ahead and is read again.
    back: Vec<u8>,
    used: usize,
    line: u64,
}

/// What is called with each member of an object, by its name; `false` ends the walk.
type Walk<'w, 'a> = &'w mut dyn FnMut(&mut Stream<'a>, &str) -> Result<bool, FormatError>;

impl<'a> Stream<'a> {
    /// A text of JSON.
    pub fn new(input: &'a mut dyn BufRead) -> Self {
        Self { input, back: Vec::new(), used: 0, line: 1 }
    }

    /// The error for something that is wrong here.
    pub fn wrong(&self, what: &str) -> FormatError {
        FormatError::new(format!("line {}", self.line), format!("it is not JSON: {what}"))
    }

    fn fill(&mut self) -> Result<&[u8], FormatError> {
        if self.used < self.back.len() {
            return Ok(self.back.get(self.used..).unwrap_or_default());
        }
        self.input.fill_buf().map_err(|e| FormatError::new("the file", e.to_string()))
    }

    fn consume(&mut self, count: usize) {
        if self.used < self.back.len() {
            self.used += count;
            if self.used == self.back.len() {
                self.back = Vec::new();
                self.used = 0;
            }
        } else {
            self.input.consume(count);
        }
    }

    /// Reads the beginning of a piece that was too long once more.
    pub fn read_again(&mut self, mut begin: Vec<u8>) {
        self.line -= lines_in(&begin);
        begin.extend_from_slice(self.back.get(self.used..).unwrap_or_default());
        (self.back, self.used) = (begin, 0);
    }

    /// The byte that comes next, white space passed over; `None` at the end.
    pub fn peek(&mut self) -> Result<Option<u8>, FormatError> {
        loop {
            let chunk = self.fill()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let space = chunk.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
            let (lines, next) = (lines_in(chunk.get(..space).unwrap_or_default()), chunk.get(space).copied());
            self.line += lines;
            self.consume(space);
            if next.is_some() {
                return Ok(next);
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), FormatError> {
        if self.peek()? != Some(byte) {
            return Err(self.wrong(&format!("`{}` is expected", char::from(byte))));
        }
        self.consume(1);
        Ok(())
    }

    /// Reads the next value whole into `into`, as it is written.
    pub fn piece(&mut self, into: &mut Vec<u8>) -> Result<Extent, FormatError> {
        into.clear();
        self.pass(Some(into))
    }

    /// Passes over the next value; the walk goes on.
    pub fn skip(&mut self) -> Result<bool, FormatError> {
        self.pass(None).map(|_| true)
    }

    fn pass(&mut self, mut into: Option<&mut Vec<u8>>) -> Result<Extent, FormatError> {
        if self.peek()?.is_none() {
            return Err(self.wrong("it ends where a value is expected"));
        }
        let (mut state, mut depth) = (Scan::Start, 0usize);
        // Where in `into` the text begins that is being read, and whether it was too long.
        let (mut text_at, mut is_long, mut has_long) = (0, false, false);
        loop {
            let chunk = self.fill()?;
            let (mut at, mut from, mut done) = (0, 0, false);
            if chunk.is_empty() {
                if state == Scan::Word && depth == 0 {
                    return Ok(Extent::Whole { has_long });
                }
                return Err(self.wrong("it ends in the middle"));
            }
            while let Some(byte) = chunk.get(at) {
                match state {
                    Scan::Start | Scan::Inside => match byte {
                        b'{' | b'[' => {
                            depth += 1;
                            state = Scan::Inside;
                        }
                        b'"' => {
                            if let Some(into) = into.as_deref_mut() {
                                into.extend_from_slice(chunk.get(from..at).unwrap_or_default());
                                (from, text_at) = (at, into.len());
                            }
                            state = Scan::Text;
                        }
                        b'}' | b']' if depth > 0 => {
                            depth -= 1;
                            done = depth == 0;
                        }
                        b'}' | b']' | b',' | b':' if state == Scan::Start => {
                            return Err(self.wrong("a value is expected"));
                        }
                        _ if state == Scan::Start => state = Scan::Word,
                        _ => {}
                    },
                    Scan::Word => {
                        if matches!(byte, b',' | b'}' | b']' | b':' | b' ' | b'\t' | b'\n' | b'\r') {
                            done = true;
                            break;
                        }
                    }
                    Scan::Escape => state = Scan::Text,
                    Scan::Text => {
                        let rest = chunk.get(at..).unwrap_or_default();
                        let plain = rest.iter().position(|b| matches!(b, b'"' | b'\\')).unwrap_or(rest.len());
                        at += plain;
                        match chunk.get(at) {
                            None => break,
                            Some(b'\\') => state = Scan::Escape,
                            Some(_) => {
                                state = Scan::Inside;
                                done = depth == 0;
                                if let Some(into) = into.as_deref_mut()
                                    && (is_long || into.len() - text_at + at - from > LONGEST)
                                {
                                    into.truncate(text_at);
                                    into.extend_from_slice(LONG_WRITTEN);
                                    from = at + 1;
                                    (is_long, has_long) = (false, true);
                                }
                            }
                        }
                    }
                }
                at += 1;
                if done {
                    break;
                }
            }
            let at = at.min(chunk.len());
            let mut is_over = false;
            if let Some(into) = into.as_deref_mut() {
                if !is_long {
                    into.extend_from_slice(chunk.get(from..at).unwrap_or_default());
                }
                if matches!(state, Scan::Text | Scan::Escape) && into.len() - text_at > LONGEST {
                    into.truncate(text_at);
                    is_long = true;
                }
                is_over = into.len() > WHOLE && !matches!(state, Scan::Text | Scan::Escape);
            }
            let lines = lines_in(chunk.get(..at).unwrap_or_default());
            self.line += lines;
            self.consume(at);
            match () {
                () if done && is_over => return Ok(Extent::Long),
                () if done => return Ok(Extent::Whole { has_long }),
                () if is_over => return Ok(Extent::Long),
                () => {}
            }
        }
    }

    /// Walks through an object: `each` is given the name of each member, and must read its value. Ends early where it answers `false`,
    /// and then answers that too.
    pub fn members(&mut self, each: Walk<'_, 'a>) -> Result<bool, FormatError> {
        self.expect(b'{')?;
        if self.peek()? == Some(b'}') {
            self.consume(1);
            return Ok(true);
        }
        let mut name = Vec::new();
        loop {
            if self.peek()? != Some(b'"') {
                return Err(self.wrong("the name of a member is expected"));
            }
            self.piece(&mut name)?;
            let key: String = serde_json::from_slice(&name).map_err(|_| self.wrong("the name of a member is none"))?;
            self.expect(b':')?;
            if !each(self, &key)? {
                return Ok(false);
            }
            match self.peek()? {
                Some(b',') => self.consume(1),
                Some(b'}') => {
                    self.consume(1);
                    return Ok(true);
                }
                _ => return Err(self.wrong("a comma or the end of the object is expected")),
            }
        }
    }

    /// Walks through a list: `each` is given the number of each value, from 1, and must read it. Ends early where it answers `false`,
    /// and then answers that too.
    pub fn items(
        &mut self,
        each: &mut dyn FnMut(&mut Self, usize) -> Result<bool, FormatError>,
    ) -> Result<bool, FormatError> {
        self.expect(b'[')?;
        if self.peek()? == Some(b']') {
            self.consume(1);
            return Ok(true);
        }
        let mut number = 0;
        loop {
            number += 1;
            if !each(self, number)? {
                return Ok(false);
            }
            match self.peek()? {
                Some(b',') => self.consume(1),
                Some(b']') => {
                    self.consume(1);
                    return Ok(true);
                }
                _ => return Err(self.wrong("a comma or the end of the list is expected")),
            }
        }
    }

    /// Nothing may follow.
    pub fn end(&mut self) -> Result<(), FormatError> {
        if self.peek()?.is_some() { Err(self.wrong("something follows its end")) } else { Ok(()) }
    }
}

fn lines_in(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|b| **b == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn pieces(text: &str, buffer: usize) -> Result<Vec<String>, String> {
        let mut input = BufReader::with_capacity(buffer, text.as_bytes());
        let mut stream = Stream::new(&mut input);
        let mut all = Vec::new();
        let mut read = || -> Result<(), FormatError> {
            stream.members(&mut |stream, key| {
                if key == "skip" {
                    return stream.skip();
                }
                let mut piece = Vec::new();
                if stream.peek()? == Some(b'[') {
                    return stream.items(&mut |stream, n| {
                        stream.piece(&mut piece)?;
                        all.push(format!("{n} {}", String::from_utf8_lossy(&piece)));
                        Ok(true)
                    });
                }
                stream.piece(&mut piece)?;
                all.push(format!("{key} {}", String::from_utf8_lossy(&piece)));
                Ok(true)
            })?;
            stream.end()
        };
        read().map_err(|e| e.to_string())?;
        Ok(all)
    }

    #[test]
    fn pieces_are_found_whatever_the_buffer_holds() {
        let text = r#" {"a" : {"x":"}]\"\\","y":[1,{}]} , "skip":["[",{"b":"\\\""}],"\u0062":[ 1.5e3 ,"t\u0000" , null,[ ],{"a":1}],"c":true,"d":[]} "#;
        let want = [
            r#"a {"x":"}]\"\\","y":[1,{}]}"#,
            "1 1.5e3",
            r#"2 "t\u0000""#,
            "3 null",
            "4 [ ]",
            r#"5 {"a":1}"#,
            "c true",
        ];
        for buffer in 1..40 {
            assert_eq!(pieces(text, buffer).unwrap(), want, "{buffer}");
        }
        for bad in [
            "",
            "{",
            "[]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1",
            "{\"a\":[1}",
            "{a:1}",
            "{\"a\":1}x",
            "{\"a\":\"",
            "{\"a\":1,}",
        ] {
            for buffer in [1, 100] {
                assert!(pieces(bad, buffer).is_err(), "{bad}");
            }
        }
        assert!(pieces("{\n\"a\":1\n\n}x", 3).unwrap_err().starts_with("line 4: "));
    }

    #[test]
    fn what_is_too_long_is_said_and_read_again() {
        let long = "x".repeat(LONGEST + 1);
        let just = "y".repeat(LONGEST - 2);
        for buffer in [7, 64 * 1024, 4 << 20] {
            let text = format!("[{{\"a\":\"{long}\",\"b\":1}},\"{just}\"]");
            let mut input = BufReader::with_capacity(buffer, text.as_bytes());
            let mut stream = Stream::new(&mut input);
            let mut seen = Vec::new();
            let mut piece = Vec::new();
            stream
                .items(&mut |stream, _| {
                    seen.push((stream.piece(&mut piece)?, piece.len()));
                    if let Ok(serde_json::Value::Object(one)) = serde_json::from_slice(&piece) {
                        assert_eq!((one["a"].as_str(), one["b"].as_i64()), (Some(LONG), Some(1)));
                    }
                    Ok(true)
                })
                .unwrap();
            let want = [(Extent::Whole { has_long: true }, 43), (Extent::Whole { has_long: false }, LONGEST)];
            assert_eq!(seen, want, "{buffer}");
            let many = format!("[{}1]", "[],\n".repeat(WHOLE / 2));
            let mut input = BufReader::with_capacity(buffer, many.as_bytes());
            let mut stream = Stream::new(&mut input);
            assert_eq!(stream.piece(&mut piece).unwrap(), Extent::Long);
            stream.read_again(std::mem::take(&mut piece));
            let mut count = 0;
            stream
                .items(&mut |stream, _| {
                    count += 1;
                    stream.skip()
                })
                .unwrap();
            stream.end().unwrap();
            assert_eq!((count, stream.line), (WHOLE / 2 + 1, WHOLE as u64 / 2 + 1));
        }
    }
}
