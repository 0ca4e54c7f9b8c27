//! The resources that a subject declares: whether they are what they have to be (fixtures/README.md, §6), and what cases have to know
//! of them. What is not as it should be is told, and cases that need it are not applicable.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use httpdate::{fmt_http_date, parse_http_date};
use wiregauge_proto::message::Message;

use super::answer::{Answer, exchange};
use super::standing::Standing;
use crate::corpus::model::Observability;
use crate::script::Clock;
use crate::script::play::{PlayLimits, play};
use crate::transcript::{Clocks, Transcript};

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// By the name of the variable.
    pub(super) facts: BTreeMap<String, String>,
    /// What the subject can do, as cases need it.
    pub(super) can: Vec<&'static str>,
    /// What is not as it was declared.
    pub(super) notes: Vec<String>,
    /// What was played.
    pub(super) transcripts: Vec<Transcript>,
}

/// What a subject can do where its resources are as they should be.
pub(super) const GIVEN: [&str; 6] = ["file", "etag", "last-modified", "range", "redirect", "protected"];
/// No file is of use that is shorter.
const LEAST: usize = 100;
/// How many octets of its beginning and its end cases ask for.
const EDGE: usize = 10;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Looks at each of them.
pub(super) async fn look(standing: &Standing, clocks: &Clocks, limits: &PlayLimits) -> Found {
    let mut look = Look { standing, clocks, limits, found: Found::default() };
    let resources = standing.claims.resources.clone();
    if let Some(path) = &resources.file {
        look.file(path).await;
    }
    if let Some(path) = &resources.redirect {
        let answer = look.ask("probe/redirect", path, "").await;
        let leads = answer.as_ref().is_some_and(|answer| {
            matches!(answer.status, 301 | 302 | 303 | 307 | 308) && answer.values("location").count() == 1
        });
        look.settle(
            "redirect",
            path,
            leads.then_some("redirect-path"),
            "does not answer 301, 302, 303, 307 or 308 with a Location",
        );
    }
    if let Some(path) = &resources.protected {
        let answer = look.ask("probe/protected", path, "").await;
        let wants = answer.is_some_and(|answer| answer.status == 401);
        look.settle(
            "protected",
            path,
            wants.then_some("protected-path"),
            "does not answer 401 to a request without credentials",
        );
    }
    look.found
}

struct Look<'l> {
    standing: &'l Standing,
    clocks: &'l Clocks,
    limits: &'l PlayLimits,
    found: Found,
}

impl Look<'_> {
    async fn ask(&mut self, name: &str, path: &str, fields: &str) -> Option<Message> {
        let target = self.standing.target(Observability::Opaque, false);
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{fields}\r\n", target.bindings.authority);
        let script = exchange(name, "GET", request.into_bytes(), Clock::Patience);
        let transcript = play(&script, &target, self.clocks, self.limits).await;
        let answer = Answer::of(&transcript, "GET");
        self.found.transcripts.push(transcript);
        answer.response
    }

    fn fact(&mut self, name: &str, fact: impl Into<String>) {
        self.found.facts.insert(name.to_owned(), fact.into());
    }

    /// A resource that is known by its path alone.
    fn settle(&mut self, name: &'static str, path: &str, variable: Option<&str>, otherwise: &str) {
        match variable {
            Some(variable) => {
                self.fact(variable, path);
                self.found.can.push(name);
            }
            None => self
                .found
                .notes
                .push(format!("the resource {name} at {path} {otherwise}: what needs it is not applicable")),
        }
    }

    async fn file(&mut self, path: &str) {
        let (first, second) = (self.ask("probe/file", path, "").await, self.ask("probe/file-again", path, "").await);
        let file = first.zip(second).and_then(|(first, second)| {
            let stable = first.status == 200 && second.status == 200 && first.content == second.content;
            let usable = first.content.len() >= LEAST && first.content.is_ascii();
            (stable && usable).then_some((first, second))
        });
        let otherwise = "does not answer 200 with the same content each time, at least 100 octets of ASCII";
        self.settle("file", path, file.is_some().then_some("file-path"), otherwise);
        let Some((file, again)) = file else { return };
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        self.fact("file-length", file.content.len().to_string());
        self.fact("file-beginning", text(&file.content[..EDGE]));
        self.fact("file-ending", text(&file.content[file.content.len() - EDGE..]));
        let one = |name| match (only(&file, name), only(&again, name)) {
            (Some(value), Some(same)) if value == same => Some(value),
            _ => None,
        };
        match one("etag").filter(|etag| etag.starts_with('"')) {
            Some(etag) => {
                self.fact("file-etag", etag);
                self.found.can.push("etag");
            }
            None => self
                .found
                .notes
                .push(format!("the file at {path} has no strong ETag: what needs one is not applicable")),
        }
        let modified = one("last-modified").and_then(|value| Some((parse_http_date(&value).ok()?, value)));
        let now = SystemTime::now();
        match modified.filter(|(time, _)| now.duration_since(*time).is_ok_and(|age| age > DAY + DAY / 24)) {
            Some((time, value)) => {
                self.fact("file-earlier", fmt_http_date(time - DAY));
                self.fact("file-later", fmt_http_date(time + DAY));
                self.fact("file-last-modified", value);
                self.found.can.push("last-modified");
            }
            None => self.found.notes.push(format!(
                "the file at {path} has no Last-Modified that is more than a day ago: what needs one is not applicable"
            )),
        }
        let part = self.ask("probe/file-range", path, "Range: bytes=0-9\r\n").await;
        match part.is_some_and(|part| part.status == 206) {
            true => self.found.can.push("range"),
            false => self
                .found
                .notes
                .push(format!("the file at {path} is not given in parts: what needs that is not applicable")),
        }
    }
}

/// The one value of that field.
fn only(message: &Message, name: &str) -> Option<String> {
    let mut values = message.values(name);
    let (value, None) = (values.next()?, values.next()) else { return None };
    String::from_utf8(value.to_vec()).ok()
}
