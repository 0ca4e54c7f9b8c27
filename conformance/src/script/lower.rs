//! Case x delivery x variant -> scripts, for the server role: the other roles are judged from transcripts, but nobody plays them yet.
//!
//! What is waited for is chosen so that a subject that does as it should costs no waiting: an answer or an ending is read as soon
//! as it is there. Silence is waited for in two places only: before the rest of a withheld message, and after a rejection whose
//! connection *should* end. Our side is never half-closed after a complete message (RFC 9112 §9.6 gives that no meaning).

mod message;
mod steps;

use crate::corpus::model::{Bindings, Body, Case, Direction, EndMatcher, MessageCase, Observability, Role};
use crate::script::Script;
use crate::script::reading::Reading;
use crate::transcript::{Delivery, Variant};

/// Everything that is played for a case. Empty where the case has nothing to say about this role, or about a subject that can be
/// seen this closely only: then the case is not applicable.
///
/// `level` is the level at which the subject is seen; faults in content are played at `body` and `echo` only.
///
/// Deliveries of a message case, left out by rule where they make no sense: *whole*; *cut*; *octets*; and *coalesced* with a
/// successor in the same write (the octets of the one [`crate::script::Act::Send`] are the case's, then the successor's, so that
/// whoever binds the case's wire text knows where the successor begins), not after what is or may be incomplete, not after a
/// switch of protocols, and not after a request of HTTP/1.0 that does not keep its connection. Script cases are played whole only.
pub fn scripts(case: &Case, role: Role, bindings: &Bindings, level: Observability) -> Vec<Script> {
    if role != Role::Server || !case.roles.contains(&role) {
        return Vec::new();
    }
    match &case.body {
        Body::Script(steps) => vec![steps::script(case, steps, role, bindings)],
        Body::Message(message) if message.direction == Direction::Request => {
            let reading = Reading::of(&message.wire.bind(bindings));
            if !shows(message, &reading, level) {
                return Vec::new();
            }
            let mut scripts = Vec::new();
            for delivery in [Delivery::Whole, Delivery::Cut, Delivery::Octets, Delivery::Coalesced] {
                for &variant in variants(message) {
                    if delivery != Delivery::Coalesced || takes_successor(message, &reading) {
                        scripts.push(message::script(case, message, delivery, variant, bindings));
                    }
                }
            }
            scripts
        }
        Body::Message(_) => Vec::new(),
    }
}

/// Whether a subject seen at this level shows what this message is about (fixtures, "Faults in content" and "incomplete").
pub fn shows(message: &MessageCase, reading: &Reading, level: Observability) -> bool {
    let about_content = reading.fault_in_content
        || (message.means.incomplete && message.means.accept.is_none() && reading.head_is_whole);
    !about_content || level >= Observability::Body
}

/// An incomplete message is played twice; one that may also be taken or refused is played once, and ended only after it has had
/// the time to be answered.
pub fn variants(message: &MessageCase) -> &'static [Variant] {
    let alternatives = message.means.accept.is_some() || message.means.reject.is_some();
    match (message.means.incomplete, alternatives, message.rest.is_some()) {
        (false, ..) => &[Variant::Plain],
        (true, true, _) | (true, false, false) => &[Variant::Ended],
        (true, false, true) => &[Variant::Withheld, Variant::Ended],
    }
}

fn takes_successor(message: &MessageCase, reading: &Reading) -> bool {
    let old_and_silent = reading.old_without_keep_alive && !reading.asks_close;
    !message.means.incomplete && !reading.may_switch && !old_and_silent
}

/// Every ending that an outcome for this role asks about on this connection.
fn ends(case: &Case, role: Role, connection: &str) -> Vec<EndMatcher> {
    case.outcomes
        .iter()
        .filter(|outcome| outcome.role.is_none_or(|of| of == role))
        .filter_map(|outcome| outcome.connections.get(connection))
        .flat_map(|matcher| matcher.end.iter().copied())
        .collect()
}
