//! Which response answers which request, as far as that is certain.

use wiregauge_proto::message::{Message, Then};

use super::super::view::{Answers, Line};
use crate::script::reading;

/// What is certain of one connection on which the subject answers.
pub(super) struct Exchanges {
    pub(super) answers: Answers,
    /// Our requests, clean and in order, the last of them perhaps with its head only.
    pub(super) requests: Vec<Message>,
    /// Whether all that we sent is clean and whole.
    pub(super) all_clean: bool,
    /// Up to here it is certain where a response begins and what it answers: one past the last octet of the head of the first
    /// response that answers something broken.
    pub(super) certain: u64,
}

impl Exchanges {
    pub(super) fn of(line: &Line) -> Exchanges {
        let answers = line.answers();
        let ours = reading::requests(&line.sent);
        let first_fault = ours.faults.iter().filter(|fault| fault.rule.is_finding()).map(|fault| fault.at.start).min();
        let is_clean = |message: &Message| first_fault.is_none_or(|fault| message.at.end <= fault);
        let mut requests: Vec<Message> = ours.messages.iter().filter(|message| is_clean(message)).cloned().collect();
        if let (None, Some(partial), Then::More) = (first_fault, &ours.partial, &ours.then) {
            requests.push(partial.clone());
        }
        // The method that the answers were read by is what the script says; where it says something else, nothing is certain.
        let agreed = requests
            .iter()
            .zip(&line.methods)
            .take_while(|(request, method)| request.method == method.as_bytes())
            .count();
        requests.truncate(agreed);
        let all_clean =
            first_fault.is_none() && matches!(ours.then, Then::Idle) && requests.len() == ours.messages.len();
        let certain = match answers.finals.get(requests.len()) {
            Some(answer) => answer.message.body_at.max(answer.message.at.start),
            // What answers a broken request, and is no response at all, may be another protocol's.
            None if !all_clean && answers.finals.len() == requests.len() => {
                answers.finals.last().map_or(0, |last| last.message.at.end)
            }
            None => u64::MAX,
        };
        Exchanges { answers, requests, all_clean, certain }
    }

    /// Final responses that begin where it is certain, each with the request that it answers if that is known.
    pub(super) fn finals(&self) -> impl Iterator<Item = (&Message, Option<&Message>)> {
        let certain = self.answers.finals.iter().map(|arrived| &arrived.message).take(self.requests.len() + 1);
        certain.enumerate().map(|(number, message)| (message, self.requests.get(number)))
    }

    /// Interim responses that begin where it is certain, each with the request that it is about.
    pub(super) fn interim(&self) -> impl Iterator<Item = (&Message, Option<&Message>)> {
        self.answers
            .interim
            .iter()
            .map(|arrived| &arrived.message)
            .filter(|message| message.at.start < self.certain)
            .map(|message| {
                let before = self.answers.finals.iter().filter(|last| last.message.at.start < message.at.start).count();
                (message, self.requests.get(before))
            })
    }
}
