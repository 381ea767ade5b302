//! Layer 9: every command once, for both front ends; a file for each noun.
//!
//! Only here do the clock, the store and the pure modules meet. A command takes what was typed, asks the gate, makes an act,
//! and answers with values that the command line prints and the screens draw.

pub mod availability;
pub mod choice;
pub mod copy_out;
pub mod crossing;
pub mod definition;
pub mod destination;
pub mod history;
mod json;
pub mod json_lines;
pub mod plain;
pub mod run;
pub mod said;
pub mod script;
pub mod shape;

use definition::Command;

/// Declares the nouns of the command line and gathers their commands: the module of a noun, and the tables in it.
macro_rules! nouns {
    ($($noun:ident: $($commands:expr),+;)+) => {
        $(pub mod $noun;)+

        /// Every command, by the nouns of the command line, in the order of the help.
        pub const COMMAND_TABLES: &[&[Command]] = &[$($($commands),+),+];
    };
}

// A new noun is a file and a line here; a new table in the folder of a noun is named behind the others of its line.
nouns! {
    init: init::COMMANDS;
    batch: batch::COMMANDS;
    identity: identity::COMMANDS;
    desk: desk::workspace_info::COMMANDS, desk::today::COMMANDS, desk::renewals::COMMANDS;
    clock: clock::COMMANDS;
    member: member::COMMANDS;
    partner: partner::COMMANDS;
    agreement: agreement::COMMANDS;
    taskforce: taskforce::charter::COMMANDS, taskforce::COMMANDS, taskforce::letter::COMMANDS, taskforce::work::COMMANDS,
        taskforce::analysis::COMMANDS, taskforce::carriage::COMMANDS;
    advice: advice::COMMANDS;
    recognition: recognition::COMMANDS;
    authorisation: authorisation::COMMANDS;
    law: law::COMMANDS;
    case: case::COMMANDS;
    item: item::COMMANDS, item::custody::COMMANDS, item::import::COMMANDS, item::mapping::COMMANDS, item::export::COMMANDS,
        item::privilege::COMMANDS, item::time_stamp::COMMANDS;
    request: request::draft::COMMANDS, request::COMMANDS, request::answer::COMMANDS, request::follow_up::COMMANDS,
        request::letter::COMMANDS;
    review: review::COMMANDS;
    disclosure: disclosure::COMMANDS;
    directory: directory::COMMANDS;
    notice: notice::COMMANDS;
    finding: finding::COMMANDS;
    complaint: complaint::COMMANDS, complaint::letter::COMMANDS;
    error: error::COMMANDS;
    dispute: dispute::COMMANDS;
    misuse: misuse::COMMANDS;
    sample: sample::COMMANDS;
    exercise: exercise::plan::COMMANDS, exercise::play::COMMANDS, exercise::evaluate::COMMANDS, exercise::after::COMMANDS,
        exercise::view::COMMANDS;
    training: training::COMMANDS;
    gate: gate::COMMANDS;
    budget: budget::COMMANDS, budget::tender::COMMANDS;
    report: report::transparency::COMMANDS, report::statement::COMMANDS, report::benchmarks::COMMANDS,
        report::budget::COMMANDS, report::paper::COMMANDS, report::lake::COMMANDS, report::suppress::COMMANDS;
    retention: retention::COMMANDS, retention::show::COMMANDS, retention::hold::COMMANDS, retention::hold_notice::COMMANDS, retention::schedule::COMMANDS,
        retention::dispose::COMMANDS, retention::answer::COMMANDS, retention::purge::COMMANDS, retention::readmit::COMMANDS,
        retention::transfer::COMMANDS;
    backup: backup::COMMANDS, backup::declare::COMMANDS;
    bundle: bundle::export::COMMANDS, bundle::import::COMMANDS, bundle::history::COMMANDS, bundle::missing::COMMANDS,
        bundle::watch::COMMANDS, bundle::relay::COMMANDS, bundle::quarantine::COMMANDS;
    conflict: conflict::COMMANDS;
    audit: audit::COMMANDS, audit::statistics::COMMANDS, audit::refusals::COMMANDS,
        audit::consultations::COMMANDS, audit::pack::COMMANDS;
}

/// Every command.
pub fn commands() -> impl Iterator<Item = &'static Command> {
    COMMAND_TABLES.iter().flat_map(|commands| commands.iter())
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

#[cfg(test)]
mod tests {
    use super::definition::{ArgKind, NeededWhere, Undo, Weight};
    use super::{command, commands};
    use crate::record::change;
    use crate::record::definition::AudienceRule;

    #[test]
    fn what_another_desk_hears_of_is_asked_about_first() {
        for done in commands() {
            let Some(writes) = done.writes else { continue };
            let audience = change(writes.act.name()).map(|def| def.audience);
            let stays = matches!(audience, Some(AudienceRule::OwnDesk));
            assert!(stays || writes.weight != Weight::Records, "{} {}: {audience:?}", done.noun, done.name);
        }
    }

    #[test]
    fn what_makes_a_field_needed_is_another_field_and_a_word_of_it() {
        for command in commands() {
            for arg in command.args {
                let field = |name: &str| {
                    let found = command.field(name).filter(|other| other.name != arg.name);
                    found.unwrap_or_else(|| panic!("{command:?}: --{} hangs on --{name}", arg.name))
                };
                match arg.needed {
                    Some(NeededWhere::Without(others)) => {
                        assert!(others.iter().all(|other| field(other).name == *other), "{command:?}");
                    }
                    Some(NeededWhere::Says(other, said)) => match field(other).kind {
                        ArgKind::Word(words) => assert!(said.iter().all(|word| words().contains(word)), "{command:?}"),
                        kind => panic!("{command:?}: --{other} is no word: {kind:?}"),
                    },
                    None => {}
                }
            }
        }
    }

    #[test]
    fn what_takes_a_command_back_makes_the_change_that_counters_its_own() {
        for done in commands() {
            let Some(writes) = done.writes else { continue };
            let counter = change(writes.act.name()).and_then(|def| def.counter);
            let taken_back_by = match writes.undo {
                Undo::By(other) => command(other).unwrap().writes.map(|w| w.act),
                Undo::Never(_) => None,
            };
            assert_eq!(counter, taken_back_by, "{done:?}");
        }
    }
}
