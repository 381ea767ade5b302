//! Asking for passphrases: from a file, from one line of standard input, or at the terminal without echo.

use std::io::{self, BufRead as _, IsTerminal as _, stderr, stdin};
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::command::definition::AskPassphrase;
use crate::host::file;
use crate::seal::secret::Passphrase;
use crate::workspace::error::{Error, ErrorKind};

/// Where the passphrase comes from: a file, `-` for one line of standard input, or nothing for the terminal.
pub fn source(from: Option<PathBuf>) -> AskPassphrase {
    Box::new(move |what, new| match &from {
        Some(path) if path.as_os_str() == "-" => {
            let mut line = Zeroizing::new(String::with_capacity(Passphrase::LONGEST + 2));
            stdin().lock().read_line(&mut line)?;
            Ok(Passphrase::new(line.trim_end_matches(['\r', '\n']))?)
        }
        Some(path) => {
            let bytes = Zeroizing::new(file::read(path, Passphrase::LONGEST as u64 + 2)?);
            let text = std::str::from_utf8(&bytes).map_err(|_| {
                Error::new(ErrorKind::Usage, "the passphrase file is not UTF-8", "write one line of text into it")
            })?;
            Ok(Passphrase::new(text.trim_end_matches(['\r', '\n']))?)
        }
        None => at_terminal(what, new),
    })
}

fn at_terminal(what: &str, new: bool) -> Result<Passphrase, Error> {
    if !stderr().is_terminal() {
        return Err(Error::new(
            ErrorKind::Key,
            "a passphrase is needed, and there is no terminal to ask at",
            "name a file with --passphrase-file",
        ));
    }
    let ask = |prompt: String| -> Result<Zeroizing<String>, Error> {
        rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(prompt_error)
    };
    let first = ask(format!("{what}: "))?;
    if new && *ask(format!("{what}, once more: "))? != *first {
        return Err(Error::new(ErrorKind::Usage, "the two passphrases differ", "try again"));
    }
    Ok(Passphrase::new(&first)?)
}

fn prompt_error(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::Interrupted => Error::new(ErrorKind::Cancelled, "cancelled", "nothing was done"),
        _ => Error::from(error),
    }
}
