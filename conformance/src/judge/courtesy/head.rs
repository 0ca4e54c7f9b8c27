//! What one response says in its head, given the request that it answers.

use wiregauge_proto::message::Message;

use super::super::matcher::{has_member, members};
use super::date::is_imf_fixdate;
use super::exchange::Exchanges;
use super::{Courtesy, Rule, Scene};
use crate::script::reading::has_option;

/// Fields that are no lists, of which a message has one line at most (RFC 9110 §5.3).
const SINGLETONS: &[&str] = &[
    "content-type",
    "content-length",
    "content-location",
    "date",
    "etag",
    "last-modified",
    "location",
    "retry-after",
    "server",
    "age",
];

impl Courtesy {
    /// Looks at every response whose beginning is certain.
    pub(super) fn heads(&mut self, scene: Scene<'_>, exchanges: &Exchanges) {
        for (message, request) in exchanges.interim() {
            let at = spot(message);
            self.no_length_fields(scene, message);
            self.any(scene, message);
            if let Some(request) = request {
                let old = request.version < (1, 1);
                self.note(
                    Rule::InterimToOld,
                    scene,
                    at,
                    old.then(|| format!("an interim response {} to HTTP/1.0", message.status)),
                );
            }
        }
        for (message, request) in exchanges.finals() {
            self.any(scene, message);
            self.last(scene, message);
            self.fields_expected(scene, message);
            if let Some(request) = request {
                self.answer(scene, message, request);
            }
        }
    }

    /// Every response.
    fn any(&mut self, scene: Scene<'_>, message: &Message) {
        let at = spot(message);
        let version = message.version;
        let too_high = version.0 != 1 || version.1 > 1;
        self.note(
            Rule::VersionTooHigh,
            scene,
            at,
            too_high.then(|| format!("a response of version {}.{}", version.0, version.1)),
        );
        for name in SINGLETONS {
            let lines = message.values(name).count();
            if lines > 0 {
                self.note(Rule::Singletons, scene, at, (lines > 1).then(|| format!("{lines} lines of {name}")));
            }
        }
        if message.values("upgrade").next().is_some() {
            let missing = !has_option(message, "upgrade");
            self.note(
                Rule::UpgradeInConnection,
                scene,
                at,
                missing.then(|| "Upgrade is not named in Connection".to_owned()),
            );
        }
        for name in ["date", "last-modified"] {
            for value in message.values(name) {
                let bad = !is_imf_fixdate(value);
                let because = || format!("{name} is {}", super::super::echo::show(value));
                self.note(Rule::DateSyntax, scene, at, bad.then(because));
            }
        }
        self.field_values(scene, message);
        self.has_clock |= message.values("date").next().is_some();
    }

    /// Every final response.
    fn last(&mut self, scene: Scene<'_>, message: &Message) {
        let at = spot(message);
        let status = message.status;
        let without = |name: &str| message.values(name).next().is_none().then(|| format!("a {status} without {name}"));
        match status {
            101 => self.note(Rule::UpgradeWith101, scene, at, without("upgrade")),
            204 => self.no_length_fields(scene, message),
            401 => self.note(Rule::ChallengeWith401, scene, at, without("www-authenticate")),
            405 => self.note(Rule::AllowWith405, scene, at, without("allow")),
            426 => self.note(Rule::UpgradeWith426, scene, at, without("upgrade")),
            _ => {}
        }
        if matches!(status, 200..=499) {
            self.note(Rule::DatePresent, scene, at, without("date"));
        }
    }

    /// A final response to a request that is known.
    fn answer(&mut self, scene: Scene<'_>, message: &Message, request: &Message) {
        let at = spot(message);
        let coded = message.values("transfer-encoding").next().is_some();
        if request.version < (1, 1) {
            let because = || "a Transfer-Encoding in the answer to HTTP/1.0".to_owned();
            self.note(Rule::TransferEncodingToOld, scene, at, coded.then(because));
        } else if request.version == (1, 1) {
            let old = message.version < (1, 1);
            self.note(
                Rule::VersionOld,
                scene,
                at,
                old.then(|| "an answer of HTTP/1.0 to a request of HTTP/1.1".to_owned()),
            );
        }
        if message.status == 101 {
            let offered: Vec<&[u8]> = request.values("upgrade").flat_map(members).collect();
            let chosen: Vec<&[u8]> = message.values("upgrade").flat_map(members).collect();
            let unasked = offered.is_empty() || !chosen.iter().all(|own| has_member(&offered, own));
            self.note(
                Rule::SwitchOffered,
                scene,
                at,
                unasked.then(|| "a switch to a protocol that was not offered".to_owned()),
            );
        }
        let by_close = !coded && message.values("content-length").next().is_none();
        let may_have_content = request.method != b"HEAD"
            && request.method != b"CONNECT"
            && !matches!(message.status, 100..=199 | 204 | 304);
        if may_have_content && request.version >= (1, 1) {
            let undelimited = by_close && !message.content.is_empty();
            self.note(
                Rule::Delimited,
                scene,
                at,
                undelimited.then(|| "content that ends with the connection only".to_owned()),
            );
        }
    }

    /// A 1xx or 204 response.
    fn no_length_fields(&mut self, scene: Scene<'_>, message: &Message) {
        for (rule, name) in
            [(Rule::TransferEncodingNoContent, "transfer-encoding"), (Rule::ContentLengthNoContent, "content-length")]
        {
            let has = message.values(name).next().is_some();
            self.note(rule, scene, spot(message), has.then(|| format!("a {} with {name}", message.status)));
        }
    }
}

/// The head of a message.
pub(super) fn spot(message: &Message) -> [u64; 2] {
    [message.at.start, message.body_at.max(message.at.start)]
}
