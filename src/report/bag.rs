//! A bag (BagIt, RFC 8493): the manifests of files, so that any tool can tell whether they are whole. No fetch list, no link, and
//! names of ASCII letters, digits, dots, dashes and underscores alone: they are safe on every file system, and no name leads out.

use sha2::{Digest as _, Sha512};

use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::timestamp::Timestamp;

/// A file of a bag, by what its manifests say of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BagFile {
    /// Its path in the bag, with `/` between its parts.
    pub path: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256 in hex.
    pub sha256: String,
    /// Its SHA-512 in hex.
    pub sha512: String,
}

impl BagFile {
    /// A file of these bytes.
    pub fn of(path: impl Into<String>, bytes: &[u8]) -> Self {
        Self::hashed(path, bytes.len() as u64, &Digest::of(bytes), Sha512::digest(bytes).as_slice())
    }

    /// A file of so many bytes whose hashes are known.
    pub fn hashed(path: impl Into<String>, size: u64, sha256: &Digest, sha512: &[u8]) -> Self {
        let sha512 = data_encoding::HEXLOWER.encode(sha512);
        Self { path: path.into(), size, sha256: sha256.to_string(), sha512 }
    }
}

/// The files that make a bag of a payload, beside the signature: their paths and bytes. `info` is what `bag-info.txt` says beyond
/// the day, the size and the tool; `more` are further files about the payload. The last one is the one to be signed.
pub fn tag_files(
    payload: &[BagFile],
    info: &[(&str, &str)],
    more: Vec<(String, Vec<u8>)>,
    (now, tool): (Timestamp, &str),
) -> Vec<(String, Vec<u8>)> {
    let octets: u64 = payload.iter().map(|f| f.size).sum();
    let mut said = format!("Bagging-Date: {}\nBag-Software-Agent: {tool}\n", now.to_date());
    said.push_str(&format!("Payload-Oxum: {octets}.{}\n", payload.len()));
    for (name, value) in info.iter().filter(|(_, value)| !value.is_empty()) {
        said.push_str(&format!("{name}: {}\n", one_line(value)));
    }
    let declaration = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".to_vec();
    let mut files = vec![("bagit.txt".to_owned(), declaration), ("bag-info.txt".to_owned(), said.into_bytes())];
    files.push(("manifest-sha256.txt".to_owned(), manifest(payload, |f| &f.sha256)));
    files.push(("manifest-sha512.txt".to_owned(), manifest(payload, |f| &f.sha512)));
    files.extend(more);
    let tags: Vec<BagFile> = files.iter().map(|(path, bytes)| BagFile::of(path.as_str(), bytes)).collect();
    files.push(("tagmanifest-sha512.txt".to_owned(), manifest(&tags, |f| &f.sha512)));
    files.push(("tagmanifest-sha256.txt".to_owned(), manifest(&tags, |f| &f.sha256)));
    files
}

/// A manifest as `sha256sum -c` reads it.
fn manifest(files: &[BagFile], hash: impl Fn(&BagFile) -> &str) -> Vec<u8> {
    let mut lines: Vec<String> = files.iter().map(|f| format!("{}  {}\n", hash(f), f.path)).collect();
    lines.sort_by(|a, b| a.split_once("  ").map(|(_, path)| path).cmp(&b.split_once("  ").map(|(_, path)| path)));
    lines.concat().into_bytes()
}

/// A value on one line: a line that begins with white space would go on with the value before it.
fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

words! {
    /// A name that some system takes for a device, with a number or without.
    Device {
        /// The console.
        Console = "con",
        /// The printer.
        Printer = "prn",
        /// A line that is there already.
        Auxiliary = "aux",
        /// Nothing.
        Nothing = "nul",
        /// A serial line.
        Serial = "com",
        /// A parallel line.
        Parallel = "lpt",
    }
}
/// The longest name that is kept.
const LONGEST_NAME: usize = 100;

/// A file's name as it is safe everywhere: what is no ASCII letter, digit, dot, dash or underscore becomes an underscore. The name
/// that it had stands in the record.
pub fn safe_name(name: &str) -> String {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut safe: String = name.chars().map(|c| if fine(c) { c } else { '_' }).collect();
    if safe.len() > LONGEST_NAME {
        // What tells of which kind it is stands at its end.
        let end = safe.rsplit_once('.').map_or(String::new(), |(_, e)| format!(".{e}"));
        let end = if end.len() > 12 { String::new() } else { end };
        safe.truncate(LONGEST_NAME - end.len());
        safe.push_str(&end);
    }
    let stem = safe.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_device = Device::parse(stem.trim_end_matches(|c: char| c.is_ascii_digit())).is_some();
    let begins_badly = !safe.starts_with(|c: char| c.is_ascii_alphanumeric());
    if is_device || begins_badly {
        safe.insert_str(0, "file_");
    }
    // A dot at the end is dropped by some systems, and the name would be another.
    if safe.ends_with('.') {
        safe.push('_');
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_on_every_system() {
        for (name, safe) in [
            ("disk.E01", "disk.E01"),
            ("../../etc/passwd", "file_.._.._etc_passwd"),
            ("größe 1.jpg", "gr__e_1.jpg"),
            ("", "file_"),
            ("-rf", "file_-rf"),
            (".bashrc", "file_.bashrc"),
            ("NUL.txt", "file_NUL.txt"),
            ("com1", "file_com1"),
            ("common.txt", "common.txt"),
            ("a.", "a._"),
            ("a\nb\\c:d", "a_b_c_d"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?}");
        }
        let long = safe_name(&format!("{}.jpeg", "x".repeat(300)));
        assert!(long.len() == LONGEST_NAME && long.ends_with(".jpeg"), "{long}");
    }

    #[test]
    fn a_bag_names_each_file_once_and_its_size() {
        let now = Timestamp::parse("2026-06-15T12:00:00Z").unwrap();
        let payload = [BagFile::of("data/b", b"abc"), BagFile::of("data/a", b"")];
        let more = vec![("more.txt".to_owned(), b"x".to_vec())];
        let files = tag_files(&payload, &[("Contact-Name", "a\n b"), ("None", "")], more, (now, "comity"));
        let of = |name: &str| {
            let (_, bytes) = files.iter().find(|(path, _)| path == name).unwrap();
            String::from_utf8(bytes.clone()).unwrap()
        };
        assert_eq!(
            of("bag-info.txt"),
            "Bagging-Date: 2026-06-15\nBag-Software-Agent: comity\nPayload-Oxum: 3.2\nContact-Name: a b\n"
        );
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert!(of("manifest-sha256.txt").starts_with(&format!("{empty}  data/a\n")));
        let tags = of("tagmanifest-sha256.txt");
        let named: Vec<&str> = tags.lines().filter_map(|l| l.split_once("  ")).map(|(_, path)| path).collect();
        assert_eq!(named, ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "manifest-sha512.txt", "more.txt"]);
        assert_eq!(files.last().unwrap().0, "tagmanifest-sha256.txt");
    }
}
