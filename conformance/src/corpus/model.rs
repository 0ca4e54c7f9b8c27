//! What a fixture says, as values. The loader fills them in, everybody after it reads them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Who is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Answers requests.
    Server,
    /// Sends requests and reads the answers.
    Client,
    /// Stands between a client and an origin.
    Proxy,
    /// Turns octets into messages, without a connection.
    Parser,
}

/// What a case is counted as; the three are never added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What the RFCs ask.
    #[default]
    Conformance,
    /// What the RFCs allow but attackers use.
    Hardening,
    /// What a subject does where it may choose: neither pass nor fail.
    Survey,
}

/// How closely a subject's understanding can be seen. Each includes those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observability {
    /// It answers.
    #[default]
    Opaque,
    /// It serves something stable to GET and HEAD.
    Static,
    /// It answers with the content of the request.
    Body,
    /// It answers with all that it understood (the echo contract).
    Echo,
}

/// One piece of wire text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Octets as they are.
    Octets(Vec<u8>),
    /// A run of octets repeated.
    Repeat(u64, Vec<u8>),
    /// `\|`: a new segment starts here.
    Segment,
    /// `\^`: the next octet is where the message breaks its rule.
    Fault,
    /// `${authority}`.
    Authority,
    /// `${host}`.
    Host,
    /// `${path}`.
    Path,
    /// `${origin}`.
    Origin,
    /// `${token}`.
    Token,
    /// What was found out about a resource that the subject declares, such as `${file-etag}`.
    Fact(&'static str),
}

/// Wire text, read but not yet bound to a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WireText {
    /// Its pieces in order.
    pub pieces: Vec<Piece>,
}

/// What the variables of wire text stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bindings {
    /// Host and port of the subject, as in a Host field.
    pub authority: String,
    /// The host alone.
    pub host: String,
    /// The path of the URL it was given by.
    pub path: String,
    /// Where our origin listens.
    pub origin: String,
    /// A fresh word.
    pub token: String,
    /// What was found out about the resources that the subject declares, by the name of the variable. One without an entry is of a
    /// resource that the subject does not have; cases that use it are not applicable then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
}

/// Wire text bound to a subject: octets and marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wire {
    /// The octets.
    pub octets: Vec<u8>,
    /// Where new segments start, ascending.
    pub cuts: Vec<usize>,
    /// Where the message breaks its rule.
    pub fault: Option<usize>,
}

impl WireText {
    /// The octets and marks, with the variables filled in.
    pub fn bind(&self, bindings: &Bindings) -> Wire {
        let mut wire = Wire::default();
        for piece in &self.pieces {
            match piece {
                Piece::Octets(octets) => wire.octets.extend_from_slice(octets),
                Piece::Repeat(times, octets) => {
                    for _ in 0..*times {
                        wire.octets.extend_from_slice(octets);
                    }
                }
                Piece::Segment => wire.cuts.push(wire.octets.len()),
                Piece::Fault => wire.fault = Some(wire.octets.len()),
                Piece::Authority => wire.octets.extend_from_slice(bindings.authority.as_bytes()),
                Piece::Host => wire.octets.extend_from_slice(bindings.host.as_bytes()),
                Piece::Path => wire.octets.extend_from_slice(bindings.path.as_bytes()),
                Piece::Origin => wire.octets.extend_from_slice(bindings.origin.as_bytes()),
                Piece::Token => wire.octets.extend_from_slice(bindings.token.as_bytes()),
                Piece::Fact(name) => {
                    wire.octets.extend_from_slice(bindings.facts.get(*name).map_or(b"", |fact| fact.as_bytes()));
                }
            }
        }
        wire
    }
}

/// Whether the connection has to end after a rejection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThenConnection {
    /// As the subject likes.
    #[default]
    Any,
    /// `warn` when it stays open.
    ShouldClose,
    /// A MUST says that it ends.
    Closed,
}

/// A verdict on one case, one delivery or one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The case needs more than the subject can do or show.
    NotApplicable,
    /// As the RFC asks, or as it allows.
    Pass,
    /// A SHOULD was not followed.
    Warn,
    /// Nothing was shown either way.
    Inconclusive,
    /// A requirement was broken.
    Fail,
    /// The harness or the subject's set-up failed.
    Fault,
}

/// A rejection as a fixture allows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Statuses that are exactly right.
    pub statuses: Vec<u16>,
    /// What follows on the connection.
    pub then: ThenConnection,
    /// What a close without an answer counts as.
    pub silent_close: Verdict,
}

/// What a message means; several at once are alternatives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// So many messages are accepted.
    pub accept: Option<usize>,
    /// Statuses that also count as understood.
    pub also: Vec<u16>,
    /// It is rejected.
    pub reject: Option<Rejection>,
    /// It wants more.
    pub incomplete: bool,
}

/// Requests or responses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// `request = '''...'''`.
    #[default]
    Request,
    /// `response = '''...'''`.
    Response,
}

/// What one message says (`[[case.message]]`); only what is given is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The method.
    pub method: Option<WireText>,
    /// The request-target.
    pub target: Option<WireText>,
    /// Such as "1.1".
    pub version: Option<String>,
    /// The status code.
    pub status: Option<u16>,
    /// The reason phrase.
    pub reason: Option<WireText>,
    /// Fields that are there.
    pub fields: Vec<(String, WireText)>,
    /// The content.
    pub content: Option<WireText>,
    /// Trailer fields that are there.
    pub trailers: Vec<(String, WireText)>,
}

/// A message case: octets and what they mean.
#[derive(Clone, Debug)]
pub struct MessageCase {
    /// Requests or responses.
    pub direction: Direction,
    /// One message, or several in a row.
    pub wire: WireText,
    /// What completes an incomplete message.
    pub rest: Option<WireText>,
    /// What it means.
    pub means: Means,
    /// What was said, message by message.
    pub said: Vec<Said>,
    /// The pause at each `\|`; the player's own pacing if absent.
    pub pause: Option<Duration>,
    /// For responses: the methods they answer, in order (missing ones are GET).
    pub request_methods: Vec<String>,
}

/// Which message a step waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Awaited {
    /// One more complete request.
    Request,
    /// One more complete final response.
    Response,
    /// One more complete interim response.
    Interim,
}

/// How our side ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shut {
    /// Half-close.
    Write,
    /// Close.
    Both,
    /// Reset.
    Reset,
}

/// The verb of a script step.
#[derive(Clone, Debug)]
pub enum Verb {
    /// Octets go out, cut at the marks.
    Send(WireText),
    /// Wait until a message is complete, the peer ended, or it is late.
    Recv(Awaited),
    /// End our side.
    Shut(Shut),
    /// Let time pass.
    Pause(Duration),
}

/// `[[case.step]]`.
#[derive(Clone, Debug)]
pub struct ScriptStep {
    /// `c1`, `s1`, `app`.
    pub on: String,
    /// What is done.
    pub verb: Verb,
    /// How long, instead of patience.
    pub within: Option<Duration>,
}

/// A status matcher: a number, or a class such as `2xx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusMatcher {
    /// This one.
    Exactly(u16),
    /// Its first digit.
    Class(u16),
}

/// A matcher of a field or text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextMatcher {
    /// Equal to one of these.
    OneOf(Vec<WireText>),
    /// A comma-separated list with this member (compared without case).
    Has(WireText),
    /// No such member.
    Lacks(WireText),
    /// It is there.
    Present,
    /// It is not there.
    Absent,
    /// It contains this.
    Contains(WireText),
}

/// What a message of the subject must look like; only what is given is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageMatcher {
    /// Any of these.
    pub status: Vec<StatusMatcher>,
    /// Such as "1.1".
    pub version: Option<String>,
    /// The reason phrase.
    pub reason: Option<TextMatcher>,
    /// The method (of a request).
    pub method: Option<TextMatcher>,
    /// The request-target (of a request).
    pub target: Option<TextMatcher>,
    /// Fields by name.
    pub fields: Vec<(String, TextMatcher)>,
    /// The content.
    pub content: Option<TextMatcher>,
    /// Trailer fields by name.
    pub trailers: Vec<(String, TextMatcher)>,
    /// What the subject says that it understood.
    pub echo: Option<Box<MessageMatcher>>,
}

/// How a connection ended, or did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndMatcher {
    /// Shown by a further answer.
    Open,
    /// FIN or reset.
    Closed,
    /// FIN.
    Fin,
    /// Reset.
    Reset,
    /// Nothing came in time.
    Late,
}

/// What is expected of one connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionMatcher {
    /// All final messages in order.
    pub got: Option<Vec<MessageMatcher>>,
    /// The first of them.
    pub first: Option<MessageMatcher>,
    /// Interim responses, where they matter.
    pub interim: Option<Vec<MessageMatcher>>,
    /// How it ended: any of these; empty where it does not matter.
    pub end: Vec<EndMatcher>,
}

/// `[[case.outcome]]`.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The report names it.
    pub id: String,
    /// Only for this role.
    pub role: Option<Role>,
    /// Only for subjects that can do this.
    pub needs: Vec<String>,
    /// Instead of the case's.
    pub requirements: Vec<String>,
    /// By connection name.
    pub connections: BTreeMap<String, ConnectionMatcher>,
    /// What it counts as.
    pub verdict: Verdict,
    /// Why, for the reader of the report.
    pub because: Option<String>,
}

/// Octets with a meaning, or steps with outcomes.
#[derive(Clone, Debug)]
pub enum Body {
    /// Octets and what they mean.
    Message(Box<MessageCase>),
    /// Steps, played top to bottom.
    Script(Vec<ScriptStep>),
}

/// Where a case stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file, as the user would open it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    /// `folder/file/case`, its name for ever.
    pub id: String,
    /// Of the file: a statement that is true of a conforming subject.
    pub title: String,
    /// Why this case.
    pub note: String,
    /// What it is counted as.
    pub kind: Kind,
    /// What a parser names when it rejects.
    pub rule: Option<String>,
    /// Of the subject.
    pub roles: Vec<Role>,
    /// Words to select by.
    pub tags: Vec<String>,
    /// What the subject must be able to do.
    pub needs: Vec<String>,
    /// The requirements it tests.
    pub requirements: Vec<String>,
    /// Full id of the accepting case this one differs from; none for controls and scripts without one.
    pub control: Option<String>,
    /// Octets with a meaning, or steps.
    pub body: Body,
    /// Tried before what `means` is lowered to; first match wins.
    pub outcomes: Vec<Outcome>,
    /// Where it stands.
    pub source: Source,
}

/// RFC 2119 word of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Keyword {
    /// May be done or left.
    MAY,
    /// SHOULD, RECOMMENDED, SHOULD NOT.
    SHOULD,
    /// MUST, MUST NOT, REQUIRED.
    MUST,
    /// A rule of the grammar: binds senders (RFC 9110 §2.2), recipients by the sentences that name it.
    GRAMMAR,
}

/// One row of `requirements.toml`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Requirement {
    /// Such as `9112-3.2-6`.
    pub id: String,
    /// Such as `3.2`.
    pub section: String,
    /// How strongly it binds.
    pub level: Keyword,
    /// The words of the registry: server, client, proxy, parser, sender-lint.
    pub roles: Vec<String>,
    /// wire, echo or config.
    pub testable: String,
    /// A, B or C.
    pub priority: String,
    /// One sentence of ours, wherever a case exists.
    pub sentence: Option<String>,
}

/// All cases and the requirements they name.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// In the order of folders, files and cases.
    pub cases: Vec<Case>,
    /// By id.
    pub requirements: BTreeMap<String, Requirement>,
}

impl Corpus {
    /// The case of that full id.
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }
}
