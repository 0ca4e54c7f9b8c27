//! What a case expects, in words: from its `means`, or from the outcomes of its script.

use crate::corpus::model::{Body, Case, Means, Rejection, Role, ThenConnection, Verdict};

/// In a sentence, for a subject of that role.
pub fn expected(case: &Case, role: Role) -> String {
    let outcomes = outcomes(case, role);
    match &case.body {
        Body::Message(message) => {
            let mut ways = means(&message.means);
            ways.extend(outcomes);
            ways.join("; or ")
        }
        Body::Script(_) => outcomes.join("; or "),
    }
}

fn outcomes(case: &Case, role: Role) -> Vec<String> {
    let of_role = case.outcomes.iter().filter(|outcome| outcome.role.is_none_or(|of| of == role));
    of_role
        .filter_map(|outcome| match outcome.verdict {
            Verdict::Pass => Some(outcome.id.clone()),
            Verdict::Warn => Some(format!("{} (a warning)", outcome.id)),
            _ => None,
        })
        .collect()
}

fn means(means: &Means) -> Vec<String> {
    let mut ways = Vec::new();
    if let Some(count) = means.accept {
        let messages = if count == 1 { "1 message is".to_owned() } else { format!("{count} messages are") };
        ways.push(format!("{messages} understood{}", also(&means.also)));
    }
    if let Some(rejection) = &means.reject {
        ways.push(rejected(rejection));
    }
    if means.incomplete {
        ways.push("more is waited for, and nothing is answered before it came".to_owned());
    }
    ways
}

fn also(statuses: &[u16]) -> String {
    if statuses.is_empty() { String::new() } else { format!(" (or refused with {})", list(statuses)) }
}

fn rejected(rejection: &Rejection) -> String {
    let mut text = format!("it is rejected with {}", list(&rejection.statuses));
    text.push_str(match rejection.then {
        ThenConnection::Any => "",
        ThenConnection::ShouldClose => ", and the connection should end",
        ThenConnection::Closed => ", and the connection ends",
    });
    text.push_str(match rejection.silent_close {
        Verdict::Pass => " (closing without an answer is as good)",
        Verdict::Warn => " (closing without an answer is a warning)",
        _ => " (closing without an answer is not enough)",
    });
    text
}

fn list(statuses: &[u16]) -> String {
    statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ")
}
