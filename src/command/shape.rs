//! What a line of text must look like where a field takes no other, such as an amount or an age key. A form says so when its field is
//! left, and the command says so in the same words when it is run. What a name means is not asked here: nothing of a workspace is read.

use crate::command::definition::Shape;
use crate::record::card;
use crate::record::definition::token;
use crate::seal::age_file::Recipient;
use crate::value::class::Tier;
use crate::value::digest::Digest;
use crate::value::money;
use crate::value::timestamp::Timestamp;

/// A word that terms may carry.
pub const TOKEN: Shape = Shape { what: "a word without spaces", fits: |typed| token(typed).is_some() };

/// Such words, with commas between.
pub const TOKENS: Shape = Shape {
    what: TOKEN.what,
    fits: |typed| typed.split(',').map(str::trim).all(|word| word.is_empty() || token(word).is_some()),
};

/// The most decimals that an amount has in any currency.
const MOST_DECIMALS: u32 = 4;

/// An amount of money; how many decimals it may have is for its currency to say.
pub const AMOUNT: Shape = Shape {
    what: "an amount above zero, such as 5000.01,",
    fits: |typed| money::parse(typed, MOST_DECIMALS).is_some(),
};

/// A rate of exchange.
pub const RATE: Shape = Shape {
    what: "a number above zero, with at most 8 decimals,",
    fits: |typed| money::parse(typed, money::RATE_DECIMALS).is_some(),
};

/// A tier of data.
pub const TIER: Shape = Shape { what: "1 to 4", fits: |typed| Tier::parse(typed).is_some() };

/// The code of a desk.
pub const CODE: Shape =
    Shape { what: "1 to 12 capitals, digits or hyphens, a capital first,", fits: |typed| card::code(typed).is_some() };

/// To whom a file is sealed.
pub const RECIPIENT: Shape = Shape { what: "an age key, age1…,", fits: |typed| Recipient::parse(typed).is_some() };

/// Reads a SHA-256 digest, in whichever case it was written.
pub fn digest(typed: &str) -> Option<Digest> {
    Digest::parse(&typed.trim().to_ascii_lowercase())
}

/// A day of the calendar.
pub const DAY: Shape = Shape { what: "a day such as 2026-11-29", fits: |typed| Timestamp::parse_date(typed).is_some() };

/// A SHA-256 digest.
pub const DIGEST: Shape = Shape { what: "64 hex digits", fits: |typed| digest(typed).is_some() };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_what_its_command_takes() {
        let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        let hash = "AB".repeat(32);
        for (shape, fits, does_not) in [
            (TOKEN, "cybercrime", "two words"),
            (TOKENS, "cybercrime, fraud", "cybercrime, two words"),
            (AMOUNT, "5000.01", "-1"),
            (RATE, "0.92130001", "0"),
            (TIER, "4", "5"),
            (DAY, "2026-11-29", "today"),
            (CODE, "XA-1", "xa"),
            (RECIPIENT, key, "age1"),
            (DIGEST, hash.as_str(), "ab"),
        ] {
            assert!((shape.fits)(fits), "{}: {fits}", shape.what);
            assert!(!(shape.fits)(does_not), "{}: {does_not}", shape.what);
        }
    }
}
