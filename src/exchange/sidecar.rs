//! Hashes of a medium, as the tool that imaged it wrote them beside the image: reports of EWF tools, FTK Imager, Guymager and others,
//! and AFF4 metadata. Only what is named as a hash and has its length is taken; nothing is computed here.

use crate::value::class::words;

words! {
    /// An algorithm that tools hash a medium with.
    Algorithm {
        /// MD5, kept beside others.
        Md5 = "md5",
        /// SHA-1, kept beside others.
        Sha1 = "sha1",
        /// SHA-256.
        Sha256 = "sha256",
        /// SHA-512.
        Sha512 = "sha512",
    }
}

impl Algorithm {
    /// How many hex digits its hashes have.
    const fn digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }

    /// Whether a text is a hash of it.
    pub fn fits(self, value: &str) -> bool {
        value.len() == self.digits() && value.bytes().all(|b| b.is_ascii_hexdigit())
    }
}

/// A hash that a tool took.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stated {
    /// With which algorithm.
    pub algorithm: Algorithm,
    /// The hash, in lower-case hex.
    pub value: String,
    /// The tool, as the text names it; empty where it names none.
    pub tool: String,
}

/// How the tools name themselves, in lower case.
const TOOLS: [&str; 9] =
    ["ewfacquire", "ewfinfo", "ftk", "guymager", "x-ways", "encase", "dc3dd", "dcfldd", "aff4:tool"];
/// The longest name of a tool that is kept, in characters.
const LONGEST_TOOL: usize = 100;

/// Reads `algorithm:value`, as somebody types it.
pub fn typed(text: &str) -> Option<(Algorithm, String)> {
    let (algorithm, value) = text.split_once(':')?;
    let algorithm = Algorithm::parse(&algorithm.trim().to_ascii_lowercase().replace('-', ""))?;
    let value = value.trim().to_ascii_lowercase();
    algorithm.fits(&value).then_some((algorithm, value))
}

/// The hashes that a sidecar text states, each once.
///
/// # Errors
///
/// Where it states two hashes of one algorithm that differ, or none at all.
pub fn hashes(text: &str) -> Result<Vec<Stated>, String> {
    let names_tool = |line: &&str| {
        let lower = line.to_lowercase();
        TOOLS.iter().any(|tool| lower.contains(tool))
    };
    let tool: String =
        text.lines().map(str::trim).find(names_tool).unwrap_or_default().chars().take(LONGEST_TOOL).collect();
    let mut all: Vec<Stated> = Vec::new();
    for line in text.lines() {
        let lower = line.to_lowercase().replace("sha-", "sha");
        // The longest name first: `sha1` is no part of another, but a line may name several.
        for algorithm in Algorithm::ALL.iter().copied().filter(|a| lower.contains(a.word())) {
            let runs = lower.split(|c: char| !c.is_ascii_alphanumeric());
            for value in runs.filter(|run| algorithm.fits(run)) {
                match all.iter().find(|known| known.algorithm == algorithm) {
                    Some(known) if known.value == value => {}
                    Some(_) => return Err(format!("it states two hashes of {algorithm} that differ")),
                    None => all.push(Stated { algorithm, value: value.to_owned(), tool: tool.clone() }),
                }
            }
        }
    }
    if all.is_empty() { Err("it states no hash that could be read".to_owned()) } else { Ok(all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";
    const SHA1: &str = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
    const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn hashes_are_read_from_what_tools_write() {
        let ewf = format!(
            "ewfacquire 20140816\n\nMD5 hash calculated over data:\t\t{MD5}\nSHA256 hash calculated over data:\t{SHA256}\n"
        );
        let found = hashes(&ewf).unwrap();
        assert_eq!(found.iter().map(|h| h.value.as_str()).collect::<Vec<_>>(), [MD5, SHA256]);
        assert_eq!(found[0].tool, "ewfacquire 20140816");
        let ftk = format!(
            "Created By AccessData\u{ae} FTK\u{ae} Imager 4.2.0.13\n[Computed Hashes]\n MD5 checksum:    {MD5}\n SHA1 checksum:   {SHA1}\n\
             Image Verification Results:\n MD5 checksum:    {} : verified\n",
            MD5.to_uppercase()
        );
        assert_eq!(hashes(&ftk).unwrap().len(), 2);
        let aff4 = format!("<aff4://x> a aff4:Image ;\n  aff4:hash \"{SHA1}\"^^aff4:SHA1 ;\n");
        assert_eq!(
            (hashes(&aff4).unwrap()[0].algorithm, hashes(&aff4).unwrap()[0].tool.as_str()),
            (Algorithm::Sha1, "")
        );
        assert!(hashes(&format!("MD5: {MD5}\nMD5: {}\n", "0".repeat(32))).unwrap_err().contains("differ"));
        assert!(hashes(&format!("serial {MD5}\nSHA1: {MD5}\n")).unwrap_err().contains("no hash"), "of another length");
        assert_eq!(typed(&format!("SHA-1:{SHA1}")).unwrap().0, Algorithm::Sha1);
        assert!(typed(&format!("sha256:{SHA1}")).is_none() && typed(SHA1).is_none());
    }
}
