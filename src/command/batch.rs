//! `batch`: the row of the command that runs others. What it does is in [`super::script`].

use super::definition::{Arg, ArgKind, Command, Handler};

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "",
    name: "batch",
    about: "Run the commands of a file, one a line as JSON; exits as the first line that was refused",
    args: &[
        Arg::new(
            FILE,
            ArgKind::Existing,
            "the file, or `-` for standard input; a line is {\"command\": \"case new\", \"title\": \"…\"}, with \"as\": \"a\" \
             to call by @a, in later lines, what it makes",
        )
        .positional(),
        Arg::new(STOP, ArgKind::Flag, "end at the first line that is refused"),
    ],
    writes: None,
    run: Handler::Batch,
}];

/// The field that names the file.
pub const FILE: &str = "file";
/// The field that ends it early.
pub const STOP: &str = "stop";
