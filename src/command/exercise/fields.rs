//! The fields that several commands of exercises take, each under its name.

use crate::command::definition::{Arg, ArgKind};

/// The objectives of an exercise.
pub(super) const OBJECTIVES: Arg =
    Arg::new("objective", ArgKind::Line, "an objective: what is to be shown, then a colon and the capability")
        .repeated();
/// What is aimed at.
pub(super) const TARGET: Arg =
    Arg::new("target", ArgKind::Pairs, "what is aimed at, as OBJECTIVE=TEXT: 1=sent within 20 minutes").repeated();
/// A critical task.
pub(super) const TASK: Arg = Arg::new("task", ArgKind::Pairs, "a critical task, as OBJECTIVE=TEXT").repeated();
/// Who takes part.
pub(super) const PARTICIPANT: Arg = Arg::new(
    "participant",
    ArgKind::Pairs,
    "who takes part, as WHO=ROLE: director, controller, evaluator, player, observer",
)
.repeated();
/// The rules of play.
pub(super) const RULES: Arg = Arg::new("rules", ArgKind::Body, "the rules of play");
/// The word that stops play.
pub(super) const SAFETY_WORD: Arg = Arg::new("safety-word", ArgKind::Line, "the word that stops play at once");
/// What happens in an exercise.
pub(super) const SCENARIO: Arg = Arg::new("scenario", ArgKind::Body, "what happens in it, in a few sentences");
/// Who holds it.
pub(super) const SPONSOR: Arg = Arg::new("sponsor", ArgKind::Line, "who holds it, and how they are reached");

/// From whom an inject comes.
pub(super) const FROM: Arg = Arg::new("from", ArgKind::Line, "from whom it comes, in the story");
/// How it comes.
pub(super) const METHOD: Arg = Arg::new("method", ArgKind::Line, "how it comes: report, call, e-mail, handout");
/// What is expected.
pub(super) const EXPECTED_ACTION: Arg =
    Arg::new("expected-action", ArgKind::Body, "what players are expected to do; it never leaves control");
/// The objective that an inject tries.
pub(super) const OBJECTIVE: Arg = Arg::new("objective", ArgKind::Number, "the number of the objective that it tries");
/// The capability that it tries.
pub(super) const CAPABILITY: Arg = Arg::new("capability", ArgKind::Line, "the capability that it tries");
/// Who delivers it.
pub(super) const CONTROLLER: Arg = Arg::new("controller", ArgKind::Line, "who delivers it");
/// On which condition it is used.
pub(super) const CONDITION: Arg = Arg::new("condition", ArgKind::Line, "on which condition it is used");
/// What evaluators look at.
pub(super) const NOTE: Arg = Arg::new("note", ArgKind::Line, "what evaluators look at");
/// Within what time a reply is expected.
pub(super) const REPLY_WITHIN: Arg =
    Arg::new("reply-within", ArgKind::Duration, "within what time a reply is expected");
