//! Requests between desks: their states on both sides, and conflicts between concurrent acts.
//!
//! Every step of a request is kept with the act that made it, and is judged by the state that its author had seen. Two steps
//! whose authors had not seen each other's are both kept: the request is in conflict until an act whose author has seen both
//! resolves it. So both desks reach the same state, in whatever order the acts arrive.

mod apply;
mod gate_inputs;
mod preserved;
mod sides;
mod steps;
mod terms;

pub use apply::{reviewed, unreviewed};
pub use gate_inputs::{CONSULTATION, consent, inputs_to_send};
pub use preserved::{Preserved, preserved_in, preserved_of, reference_in, reference_of};
pub use steps::{
    AUTHORISED, Answer, CONFLICT, DRAFT, FollowUp, STATES, Standing, State, Step, WITHDRAWABLE, current_states,
    is_open, kept_for, may_step, never_left, standing,
};
pub use terms::{
    ANSWER, Answered, CONSENT, NEW, REPORT, RESOLVE, SEND, SUBMIT, Sent, Terms, WITHDRAW, answered, conditions_of,
    conditions_sent, consent_asked, drafted, offered_of, reported, resolved, sent, submitted, terms_of, withdrawn,
};

use super::definition::{AudienceRule, ChangeDef, Content, KindDef, Line, LookUp, Moves, WhenDue};
use super::kind::Kind;
use super::store::Record;
use crate::value::id::Id;

/// `request`: see [`State`].
pub const KIND: KindDef = KindDef {
    kind: Kind::Request,
    prefix: "R",
    title: "Request",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from },
    can_be_held: true,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &[], terms: &["kind"] },
    changes: &[
        ChangeDef::first(
            NEW,
            AudienceRule::OwnDesk,
            Moves::Makes,
            Some(WITHDRAW),
            gate_inputs::new_gate_inputs,
            apply::new_request,
        ),
        ChangeDef::first(
            SUBMIT,
            AudienceRule::OwnDesk,
            Moves::Shared,
            Some(WITHDRAW),
            gate_inputs::submit_gate_inputs,
            apply::submit,
        )
        .with_precheck(gate_inputs::precheck_submission),
        ChangeDef::first(
            SEND,
            AudienceRule::OwnDeskOrAddressed,
            Moves::Shared,
            Some(WITHDRAW),
            gate_inputs::send_gate_inputs,
            apply::send,
        )
        .copying()
        .with_precheck(gate_inputs::precheck_sending),
        ChangeDef::first(
            CONSENT,
            AudienceRule::Addressed,
            Moves::Makes,
            Some(WITHDRAW),
            gate_inputs::consent_gate_inputs,
            apply::consent_ask,
        ),
        ChangeDef::first(
            ANSWER,
            AudienceRule::OwnDeskOrAddressed,
            Moves::Shared,
            None,
            gate_inputs::answer_gate_inputs,
            apply::answer,
        )
        .with_precheck(gate_inputs::precheck_answer),
        ChangeDef::first(
            REPORT,
            AudienceRule::OwnDeskOrAddressed,
            Moves::Shared,
            None,
            gate_inputs::follow_up_gate_inputs,
            apply::follow_up,
        )
        .with_precheck(gate_inputs::precheck_requesting_desk),
        ChangeDef::first(
            WITHDRAW,
            AudienceRule::OwnDeskOrAddressed,
            Moves::Shared,
            None,
            gate_inputs::by_requesting_desk_gate_inputs,
            apply::withdraw,
        )
        .with_precheck(gate_inputs::precheck_requesting_desk),
        ChangeDef::first(
            RESOLVE,
            AudienceRule::Addressed,
            Moves::Shared,
            None,
            gate_inputs::either_gate_inputs,
            apply::resolve,
        )
        .with_precheck(gate_inputs::precheck_either),
    ],
};

/// The desk that a request came from, where it is another.
fn came_from(record: &Record, home: Id) -> Option<Id> {
    Some(record.desk).filter(|desk| *desk != home)
}
