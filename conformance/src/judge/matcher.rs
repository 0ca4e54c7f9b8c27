//! Matchers of outcomes against what came.

use wiregauge_proto::message::Message;

use super::echo::{Echo, Field};
use super::view::{Answers, Arrived, Ending, Line};
use crate::corpus::model::{
    Bindings, ConnectionMatcher, EndMatcher, MessageMatcher, StatusMatcher, TextMatcher, WireText,
};
use crate::script::reading::trim;

/// What matchers are held against: the bindings of wire text, and what an echo cannot tell.
#[derive(Clone, Copy)]
pub(crate) struct Against<'a> {
    pub(crate) bindings: &'a Bindings,
    pub(crate) lacks: &'a [String],
}

impl Against<'_> {
    /// Whether a message of the subject is as asked.
    pub(crate) fn message(&self, matcher: &MessageMatcher, message: &Message) -> bool {
        let version = format!("{}.{}", message.version.0, message.version.1);
        status(&matcher.status, message.status)
            && matcher.version.as_ref().is_none_or(|asked| *asked == version)
            && self.one(&matcher.reason, &message.reason)
            && self.one(&matcher.method, &message.method)
            && self.one(&matcher.target, &message.target)
            && self.fields(&matcher.fields, &message.fields)
            && self.one(&matcher.content, &message.content)
            && self.fields(&matcher.trailers, &message.trailers)
            && matcher.echo.as_ref().is_none_or(|asked| {
                Echo::read(&message.content, self.lacks).is_some_and(|echo| self.echo(asked, &echo))
            })
    }

    fn echo(&self, matcher: &MessageMatcher, echo: &Echo) -> bool {
        let version = matcher.version.as_ref();
        version.is_none_or(|asked| echo.is_lacking("version") || echo.version.as_ref() == Some(asked))
            && self.one(&matcher.method, &echo.method)
            && self.one(&matcher.target, &echo.target)
            && self.fields(&matcher.fields, &echo.fields)
            && self.one(&matcher.content, &echo.body)
            && self.fields(&matcher.trailers, &echo.trailers)
    }

    fn one(&self, matcher: &Option<TextMatcher>, octets: &[u8]) -> bool {
        matcher.as_ref().is_none_or(|matcher| self.text(matcher, &[octets]))
    }

    fn fields(&self, matchers: &[(String, TextMatcher)], fields: &[Field]) -> bool {
        matchers.iter().all(|(name, matcher)| {
            let values: Vec<&[u8]> = fields
                .iter()
                .filter(|(own, _)| own.eq_ignore_ascii_case(name.as_bytes()))
                .map(|(_, value)| value.as_slice())
                .collect();
            self.text(matcher, &values)
        })
    }

    fn text(&self, matcher: &TextMatcher, values: &[&[u8]]) -> bool {
        let joined = values.join(&b", "[..]);
        match matcher {
            TextMatcher::OneOf(texts) => !values.is_empty() && texts.iter().any(|text| self.bound(text) == joined),
            TextMatcher::Has(text) => has_member(values, &self.bound(text)),
            TextMatcher::Lacks(text) => !has_member(values, &self.bound(text)),
            TextMatcher::Present => !values.is_empty(),
            TextMatcher::Absent => values.is_empty(),
            TextMatcher::Contains(text) => {
                let part = self.bound(text);
                !values.is_empty() && (part.is_empty() || joined.windows(part.len()).any(|window| window == part))
            }
        }
    }

    fn bound(&self, text: &WireText) -> Vec<u8> {
        text.bind(self.bindings).octets
    }

    /// Whether a connection went as asked. `finals` are the final messages that count (those before a probe or successor).
    pub(crate) fn connection(&self, matcher: &ConnectionMatcher, seen: &Seen<'_>) -> bool {
        let all = |matchers: &[MessageMatcher], messages: &[&Message]| {
            matchers.len() == messages.len()
                && matchers.iter().zip(messages).all(|(m, message)| self.message(m, message))
        };
        matcher.got.as_ref().is_none_or(|got| all(got, &seen.finals))
            && matcher
                .first
                .as_ref()
                .is_none_or(|first| seen.finals.first().is_some_and(|message| self.message(first, message)))
            && matcher.interim.as_ref().is_none_or(|interim| all(interim, &seen.interim))
            && (matcher.end.is_empty() || matcher.end.iter().any(|end| seen.ends.contains(end)))
    }
}

/// What came on one connection, as matchers see it.
pub(crate) struct Seen<'a> {
    pub(crate) finals: Vec<&'a Message>,
    pub(crate) interim: Vec<&'a Message>,
    pub(crate) ends: Vec<EndMatcher>,
}

impl<'a> Seen<'a> {
    /// Of a connection where the subject answers: `own` final responses are the case's, those after them answer a probe.
    pub(crate) fn answers(line: &Line, answers: &'a Answers, own: usize) -> Seen<'a> {
        let own = own.min(answers.finals.len());
        let messages = |arrived: &'a [Arrived]| arrived.iter().map(|arrived| &arrived.message).collect();
        Seen {
            finals: messages(&answers.finals[..own]),
            interim: messages(&answers.interim),
            ends: ends(line, answers.finals.len() > own),
        }
    }

    /// Of a connection where the subject asks.
    pub(crate) fn requests(line: &Line, requests: &'a [Message]) -> Seen<'a> {
        Seen { finals: requests.iter().collect(), interim: Vec::new(), ends: ends(line, false) }
    }
}

/// Every word for how a connection ended that is true of it.
fn ends(line: &Line, answered_further: bool) -> Vec<EndMatcher> {
    if answered_further {
        return vec![EndMatcher::Open];
    }
    match line.ending {
        Some((Ending::Fin, _)) => vec![EndMatcher::Closed, EndMatcher::Fin],
        Some((Ending::Reset, _)) => vec![EndMatcher::Closed, EndMatcher::Reset],
        None => vec![EndMatcher::Late],
    }
}

fn status(matchers: &[StatusMatcher], status: u16) -> bool {
    matchers.is_empty()
        || matchers.iter().any(|matcher| match matcher {
            StatusMatcher::Exactly(exactly) => *exactly == status,
            StatusMatcher::Class(class) => status / 100 == *class,
        })
}

/// Whether a comma-separated list over these lines has this member, without regard to case. A comma inside double quotes separates nothing.
pub(crate) fn has_member(lines: &[&[u8]], member: &[u8]) -> bool {
    lines.iter().flat_map(|line| members(line)).any(|own| own.eq_ignore_ascii_case(member))
}

/// The members of one line of a comma-separated list, empty ones left out (RFC 9110 §5.6.1).
pub(crate) fn members(line: &[u8]) -> Vec<&[u8]> {
    let mut members = Vec::new();
    let (mut from, mut quoted, mut escaped) = (0, false, false);
    for (at, octet) in line.iter().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                members.push(&line[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    members.push(&line[from..]);
    members.into_iter().map(trim).filter(|member| !member.is_empty()).collect()
}
