//! What went wrong, in words that say what to do about it, and the exit code. A response that broke a rule is drawn.

use std::io;
use std::path::Path;
use std::time::Duration;

use indicatif::HumanBytes;
use wiregauge_proto::Rule;
use wiregauge_proto::driver::Error;
use wiregauge_proto::message::{Fault, Kind};
use wiregauge_proto::user_agent::{Answer, AskError};

use super::super::{Failure, anatomy};
use super::Outcome;
use super::output::Output;
use super::request::Bounds;
use super::watching::{Stream, Watcher};
use crate::report::exit;
use crate::report::octets::{Look, Mark, excerpt, rows};

/// There is no response.
pub(super) fn no_answer(error: &AskError, bounds: &Bounds, watcher: &Watcher) -> Failure {
    watcher.transfer.over();
    let whose = match (error, watcher.location()) {
        (AskError::Connect(_) | AskError::ConnectLate | AskError::Tls(_) | AskError::NobodyTrusted, Some(_)) => {
            format!("{}, redirected to {}", watcher.uri(), location(watcher))
        }
        _ => watcher.uri(),
    };
    let (code, says) = match error {
        AskError::NobodyTrusted | AskError::Name(_) => {
            let why = bounds.distrust.clone().unwrap_or_else(|| error.to_string());
            (exit::USAGE, format!("{why}; --cacert FILE names whom to trust, --insecure trusts anybody"))
        }
        AskError::Connect(why) if bounds.proxy => (exit::UNREACHED, format!("no connection to the proxy: {why}")),
        AskError::Connect(why) if why.kind() == io::ErrorKind::ConnectionRefused => {
            (exit::UNREACHED, format!("{error}; does the server run, and on that port?"))
        }
        AskError::Tls(why) => (exit::UNREACHED, format!("{error}{}", remedy_of_tls(&why.to_string()))),
        AskError::Proxy(407) => {
            (exit::UNREACHED, format!("{error}; --proxy http://USER:PASSWORD@HOST:PORT says who you are"))
        }
        AskError::Connect(_) | AskError::ConnectLate | AskError::Proxy(_) => (exit::UNREACHED, error.to_string()),
        AskError::Redirect(_) => (exit::FAILED, format!("{error}: {}; --no-follow shows it", location(watcher))),
        AskError::TooManyRedirects => {
            let most = bounds.redirects;
            (
                exit::FAILED,
                format!(
                    "more than {most} redirects, the last one to {}; --max-redirects allows more",
                    location(watcher)
                ),
            )
        }
        AskError::ContentIsGone => {
            (exit::FAILED, format!("the content was sent and is wanted again: ask {} itself", location(watcher)))
        }
        AskError::Busy | AskError::Origins | AskError::Pieces => (exit::HARNESS_FAULT, error.to_string()),
        AskError::Http(Error::Fault(fault)) => (exit::FAILED, broken(fault, bounds, watcher)),
        AskError::Http(Error::Send(_) | Error::Content(_)) => {
            (exit::USAGE, format!("the request could not be sent: {error}"))
        }
        AskError::Http(Error::Ended) => {
            (exit::UNREACHED, "the server ended the connection without an answer".to_owned())
        }
        AskError::Http(_) => (exit::UNREACHED, format!("no answer: {error}")),
    };
    Failure { code, says: format!("{whose}: {says}") }
}

fn location(watcher: &Watcher) -> String {
    watcher.location().map_or("nowhere".to_owned(), |location| excerpt(location.as_bytes(), 500))
}

fn remedy_of_tls(why: &str) -> &'static str {
    // The words are those of rustls, which are all that is left of its error.
    if why.contains("invalid peer certificate") {
        "; --cacert FILE names whom to trust, --insecure trusts anybody"
    } else if why.contains("corrupt message") {
        "; does the server speak TLS on that port? If not, the URL begins with http://"
    } else {
        ""
    }
}

/// The content ended before its end.
pub(super) fn incomplete(error: &AskError, bounds: &Bounds, watcher: &Watcher, output: &Output) -> Failure {
    watcher.transfer.over();
    let uri = watcher.uri();
    let why = match error {
        AskError::Http(Error::Fault(fault)) => match fault.rule {
            Rule::MessageIncompleteContent => {
                format!("the connection ended before the content: {}", with_section(fault.rule))
            }
            Rule::MessageIncompleteChunked => {
                format!("the connection ended before the last chunk: {}", with_section(fault.rule))
            }
            _ => broken(fault, bounds, watcher),
        },
        _ => error.to_string(),
    };
    Failure { code: exit::FAILED, says: format!("{uri}: {why}\n{}", what_came(watcher, output)) }
}

/// How much content came, how much is missing, and where it is.
fn what_came(watcher: &Watcher, output: &Output) -> String {
    let kept = match (output.give_up(), output.path()) {
        (Some(partial), _) => format!("; it is kept in {}", partial.display()),
        (None, Some(path)) => format!("; {} was not written", path.display()),
        (None, None) => String::new(),
    };
    match watcher.content() {
        Some((came, Some(size))) => {
            let missing = size.saturating_sub(came);
            format!("the content is incomplete: {came} of {size} octets came, {missing} are missing{kept}")
        }
        Some((came, None)) => format!("the content is incomplete: {came} octets came{kept}"),
        None => format!("no response had come{kept}"),
    }
}

/// It was stopped before its end, by a signal or by the clock.
pub(super) fn stopped(how: &Outcome, timeout: Option<Duration>, watcher: &Watcher, output: &Output) -> Failure {
    let came = what_came(watcher, output);
    match how {
        Outcome::Interrupted => Failure { code: exit::INTERRUPTED, says: format!("interrupted: {came}") },
        Outcome::Terminated => Failure { code: exit::TERMINATED, says: format!("terminated: {came}") },
        Outcome::Late | Outcome::Done(_) => {
            let code = if watcher.content().is_some() { exit::FAILED } else { exit::UNREACHED };
            let seconds = timeout.unwrap_or_default().as_secs_f64();
            Failure { code, says: format!("--timeout {seconds}: it took longer than that\n{came}") }
        }
    }
}

/// The status is one of failure, and `--fail` asks to treat it as one.
pub(super) fn refused(answer: &Answer) -> Failure {
    let (status, reason) = (answer.response().status, excerpt(&answer.response().reason, 200));
    let reason = if reason.is_empty() { reason } else { format!(" ({reason})") };
    Failure { code: exit::FAILED, says: format!("{}: status {status}{reason}", answer.uri()) }
}

/// What came could not be written.
pub(super) fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure { code: exit::HARNESS_FAULT, says: format!("{}: {error}", path.display()) }
}

/// Something that should not be.
pub(super) fn ours(says: &str) -> Failure {
    Failure { code: exit::HARNESS_FAULT, says: says.to_owned() }
}

/// Draws the octets around the one that broke the rule, and says which rule it was.
fn broken(fault: &Fault, bounds: &Bounds, watcher: &Watcher) -> String {
    let rule = fault.rule;
    let about = rule.about();
    if let (Rule::LimitContent, Some(limit)) = (rule, bounds.content) {
        return format!("the content is longer than --limit {limit} ({})", HumanBytes(limit));
    }
    if let Some(stream) = watcher.stream() {
        draw(fault, &stream).iter().for_each(|row| watcher.transfer.line(row));
    }
    let words = if rule.is_finding() {
        "the response breaks a rule of HTTP/1.1"
    } else {
        "the response is more than is read here"
    };
    format!(
        "{words}\n{} at octet {}: {}\n`wiregauge explain {}` tells more about it",
        with_section(rule),
        fault.at.start,
        about.sentence,
        about.id
    )
}

/// `field-line.space-before-colon (RFC 9112 §5.1)`
fn with_section(rule: Rule) -> String {
    format!("{} (RFC {})", rule.id(), rule.about().section.replacen(':', " §", 1))
}

/// Rows around the fault, with everything that is wrong there; what follows further behind is left out.
fn draw(fault: &Fault, stream: &Stream) -> Vec<String> {
    const AROUND: usize = 512;
    let look = Look { columns: 100, rows: 24 };
    let here = |at: u64| usize::try_from(at.saturating_sub(stream.base)).unwrap_or(usize::MAX).min(stream.octets.len());
    let end = (here(fault.at.end) + AROUND).min(stream.octets.len());
    if stream.base > 0 {
        let begin = here(fault.at.start).saturating_sub(AROUND);
        let at = here(fault.at.start) - begin..here(fault.at.end) - begin;
        let mark = Mark { at, says: fault.rule.id().to_owned() };
        return rows(&stream.octets[begin..end], stream.base + begin as u64, &[mark], look);
    }
    let octets = &stream.octets[..end];
    // A stream that is there from its beginning is taken apart as `explain` does it.
    let mut anatomy = anatomy::read(Kind::Responses, &stream.octets, &stream.methods);
    anatomy.faults.retain(|found| found.at.end <= end as u64);
    if !anatomy.faults.contains(fault) {
        anatomy.faults.push(*fault);
    }
    let mut drawn = Vec::new();
    match anatomy::write(octets, &anatomy, &anatomy::marks(&anatomy), look, &mut drawn) {
        Ok(()) => String::from_utf8_lossy(&drawn).lines().map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    }
}
