//! Layer 9: every command once, for both front ends; a file for each noun.
//!
//! Only here do the clock, the store and the pure modules meet. A command takes what was typed, asks the gate, makes an act,
//! and answers with values that the command line prints and the screens draw.

pub mod agreement;
pub mod audit;
pub mod authorisation;
pub mod availability;
pub mod bundle;
pub mod case;
pub mod definition;
pub mod desk;
pub mod disclosure;
pub mod gate;
pub mod identity;
pub mod init;
pub mod item;
mod json;
pub mod law;
pub mod member;
pub mod partner;
pub mod plain;
pub mod request;
pub mod retention;
pub mod review;
pub mod run;

use definition::Command;

/// Every command, by the nouns of the command line. A new noun is a file and a line here.
pub const CATALOGUE: &[&[Command]] = &[
    init::COMMANDS,
    identity::COMMANDS,
    desk::workspace_info::COMMANDS,
    desk::today::COMMANDS,
    member::COMMANDS,
    partner::COMMANDS,
    agreement::COMMANDS,
    authorisation::COMMANDS,
    law::COMMANDS,
    case::COMMANDS,
    item::COMMANDS,
    request::COMMANDS,
    request::letter::COMMANDS,
    review::COMMANDS,
    disclosure::COMMANDS,
    gate::COMMANDS,
    retention::COMMANDS,
    retention::purge::COMMANDS,
    bundle::export::COMMANDS,
    bundle::import::COMMANDS,
    audit::COMMANDS,
    audit::statistics::COMMANDS,
];

/// Every command.
pub fn commands() -> impl Iterator<Item = &'static Command> {
    CATALOGUE.iter().flat_map(|commands| commands.iter())
}

/// The command of that full name, such as `case new`.
///
/// ```
/// use comity::command::command;
///
/// let new = command("case new").unwrap();
/// assert!(new.field("title").unwrap().required);
/// assert!(command("case burn").is_none());
/// ```
pub fn command(full_name: &str) -> Option<&'static Command> {
    commands().find(|v| v.full_name() == full_name)
}
