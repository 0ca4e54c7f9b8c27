//! What is found out about a subject before its first case: whether it answers at all, whether it tells right from wrong, how closely
//! it can be seen, and how much it can hold.

use std::time::Duration;

use base64::Engine;
use tokio::task::JoinSet;

use super::answer::{Answer, exchange, latency_us};
use super::standing::Standing;
use crate::corpus::model::{Bindings, Observability};
use crate::script::play::{PlayLimits, Target, play};
use crate::script::{Act, Clock, Script, Step};
use crate::transcript::{Clocks, Transcript, Waited, What};

/// How often a plain GET is tried before the subject is given up (a server may say 503 while it wakes up).
const TRIES: usize = 3;

/// What became of the base control.
pub(super) struct Base {
    /// What is wrong, in a sentence, if it was not accepted.
    pub(super) wrong: Option<String>,
    /// The status of the last try; 0 without a response.
    pub(super) status: u16,
    /// Milliseconds the slowest accepted try took.
    pub(super) slowest_ms: u64,
    /// What was played.
    pub(super) transcripts: Vec<Transcript>,
}

/// Whether a plain GET is understood: without that, no verdict says anything.
pub(super) async fn base_control(standing: &Standing, clocks: &Clocks, limits: &PlayLimits) -> Base {
    let target = standing.target(Observability::Opaque, true);
    let script = exchange("probe/base-control", "GET", get(&target.bindings), Clock::Patience);
    let mut base = Base { wrong: None, status: 0, slowest_ms: 0, transcripts: Vec::new() };
    for _ in 0..TRIES {
        let transcript = play(&script, &target, clocks, limits).await;
        let answer = Answer::of(&transcript, "GET");
        let latency = latency_us(&transcript);
        base.transcripts.push(transcript);
        base.status = answer.status();
        if answer.is_understood() {
            base.slowest_ms = latency.unwrap_or_default().div_ceil(1000);
            base.wrong = None;
            break;
        }
        let gives_up = answer.response.is_none() && answer.refused.is_none();
        base.wrong = Some(complaint(&answer, standing, clocks));
        if gives_up {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    base
}

/// What is wrong with the answer to a plain GET.
fn complaint(answer: &Answer, standing: &Standing, clocks: &Clocks) -> String {
    let address = &standing.location.address;
    let start: String = answer.octets.iter().take(60).flat_map(|octet| octet.escape_ascii()).map(char::from).collect();
    if let Some(error) = &answer.refused {
        return format!("no connection to {address}: {error}");
    }
    if let Some(response) = &answer.response {
        let path = &standing.location.path;
        return format!(
            "a plain GET of {path} is answered {}: no verdict about anything else would say much",
            response.status
        );
    }
    match (answer.octets.is_empty(), answer.ended) {
        (true, Some(how)) => format!("the subject closes every connection ({how}) without an answer to a plain GET"),
        (true, None) => {
            format!("the subject never answers: nothing came to a plain GET within {} ms", clocks.patience_ms)
        }
        (false, _) if answer.unfinished => {
            format!("the answer to a plain GET never becomes complete; it begins with: {start}")
        }
        (false, _) => format!("the answer to a plain GET is no HTTP/1.1 response; it begins with: {start}"),
    }
}

/// What the probes after an accepted base control found.
pub(super) struct Sight {
    /// How closely the subject can be seen.
    pub(super) level: Observability,
    /// What its echo says that it cannot tell.
    pub(super) lacks: Vec<String>,
    /// Whether it answered the blatant faults differently from the control.
    pub(super) distinguishes: bool,
    /// The one status that everything got, if so.
    pub(super) always: Option<u16>,
    /// What was played.
    pub(super) transcripts: Vec<Transcript>,
}

/// Five requests that nobody can take for well-formed, and what shows how closely the subject can be seen; all at once.
pub(super) async fn sight(standing: &Standing, base_status: u16, clocks: &Clocks, limits: &PlayLimits) -> Sight {
    let target = standing.target(Observability::Opaque, false);
    let bindings = &target.bindings;
    let (path, host, token) = (&bindings.path, &bindings.authority, &bindings.token);
    let post = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n{token}", token.len());
    let mut probes: Vec<(&str, &'static str, Vec<u8>)> = vec![
        ("probe/content", "POST", post.into_bytes()),
        ("probe/get", "GET", get(bindings)),
        ("probe/get-again", "GET", get(bindings)),
        ("probe/head", "HEAD", format!("HEAD {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes()),
    ];
    let looks = probes.len();
    probes.extend([
        ("probe/fault-nul", "GET", format!("GET {path}\0 HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes()),
        (
            "probe/fault-length",
            "POST",
            format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: x\r\n\r\n").into_bytes(),
        ),
        (
            "probe/fault-two-hosts",
            "GET",
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n").into_bytes(),
        ),
        ("probe/fault-no-host", "GET", format!("GET {path} HTTP/1.1\r\n\r\n").into_bytes()),
        ("probe/fault-garbage", "GET", b"\x16\x03\x01 nothing that HTTP knows\r\n\r\n".to_vec()),
    ]);
    let mut plays = JoinSet::new();
    for (index, (name, method, octets)) in probes.into_iter().enumerate() {
        let script = exchange(name, method, octets, Clock::Patience);
        let (target, clocks, limits) = (target.clone(), *clocks, *limits);
        plays.spawn(async move { (index, method, play(&script, &target, &clocks, &limits).await) });
    }
    let mut played = plays.join_all().await;
    played.sort_by_key(|(index, ..)| *index);
    let answers: Vec<Answer> = played.iter().map(|(_, method, transcript)| Answer::of(transcript, method)).collect();
    let (seen, faults) = answers.split_at(looks);
    let (level, lacks) = level(seen, token);
    let same = faults.iter().all(|answer| answer.status() == base_status);
    // Nothing at all, or an ending, is a way to refuse.
    let refused = |answer: &Answer| !matches!(answer.status(), 200..=399);
    Sight {
        level,
        lacks,
        distinguishes: !same && faults.iter().any(refused),
        always: (same && answers.iter().all(|answer| answer.status() == base_status)).then_some(base_status),
        transcripts: played.into_iter().map(|(_, _, transcript)| transcript).collect(),
    }
}

/// From the answers to a POST with the token, to two GETs and to a HEAD.
fn level(seen: &[Answer], token: &str) -> (Observability, Vec<String>) {
    let [content, get, again, head] = seen else { return (Observability::Opaque, Vec::new()) };
    if let Some(response) = content.response.as_ref().filter(|response| (200..300).contains(&response.status)) {
        if let Some(lacks) = echo_contract(&response.content, token) {
            return (Observability::Echo, lacks);
        }
        if response.content == token.as_bytes() {
            return (Observability::Body, Vec::new());
        }
    }
    let (Some(get), Some(again), Some(head)) = (&get.response, &again.response, &head.response) else {
        return (Observability::Opaque, Vec::new());
    };
    let stable = (200..300).contains(&get.status) && get.content == again.content && again.status == get.status;
    let level = if stable && head.status == get.status { Observability::Static } else { Observability::Opaque };
    (level, Vec::new())
}

/// What an answer of the echo contract lacks; none if it is not one.
fn echo_contract(content: &[u8], token: &str) -> Option<Vec<String>> {
    let echo: serde_json::Value = serde_json::from_slice(content).ok()?;
    let text = |name: &str| base64::engine::general_purpose::STANDARD.decode(echo.get(name)?.as_str()?).ok();
    let same = text("method")? == b"POST" && text("body")? == token.as_bytes() && echo.get("fields")?.is_array();
    let lacks = echo.get("lacks").and_then(|lacks| lacks.as_array()).cloned().unwrap_or_default();
    same.then(|| lacks.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect())
}

/// How many idle connections are tried, most first.
const LOADS: [usize; 5] = [256, 64, 16, 4, 1];

/// How many connections can be used at once: half of the idle ones beside which a GET was still answered, at least one. The half
/// that is not used is for those that the subject has not yet let go of.
pub(super) async fn load(standing: &Standing, slowest_ms: u64, clocks: &Clocks, limits: &PlayLimits) -> usize {
    let target = standing.target(Observability::Opaque, true);
    let within = Duration::from_millis((10 * slowest_ms).max(300).min(clocks.patience_ms));
    for idle in LOADS {
        if answers_beside(idle, within, &target, clocks, limits).await {
            return (idle / 2).max(1);
        }
    }
    1
}

async fn answers_beside(idle: usize, within: Duration, target: &Target, clocks: &Clocks, limits: &PlayLimits) -> bool {
    let mut script = exchange("probe/load", "GET", get(&target.bindings), Clock::Within(within));
    let open = |number: usize| Step { on: format!("c{number}"), act: Act::Pause(Duration::ZERO) };
    script.steps.splice(0..0, (2..idle + 2).map(open));
    // One of the idle ones has to be of use still.
    let used = exchange("", "GET", get(&target.bindings), Clock::Within(within)).steps;
    script.steps.extend(used.into_iter().map(|step| Step { on: "c2".to_owned(), ..step }));
    let transcript = play(&script, target, clocks, limits).await;
    let complete = |what: &What| matches!(what, What::Waited { waited: Waited::Complete, .. });
    let fell = |what: &What| matches!(what, What::Refused { .. } | What::NotSent { .. } | What::Reset);
    let events = &transcript.events;
    let idle_ended = events.iter().any(|event| event.what == What::Fin && !matches!(event.on.as_str(), "c1" | "c2"));
    !idle_ended
        && events.iter().filter(|event| complete(&event.what)).count() == 2
        && !events.iter().any(|event| fell(&event.what))
}

/// A plain GET.
fn get(bindings: &Bindings) -> Vec<u8> {
    format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", bindings.path, bindings.authority).into_bytes()
}

/// A script that shows whether the subject still answers.
pub(super) fn pulse(bindings: &Bindings) -> Script {
    exchange("probe/pulse", "GET", get(bindings), Clock::Patience)
}

/// Whether a transcript of [`pulse`] shows life: an answer, or an ending (then the next case will tell).
pub(super) fn is_alive(transcript: &Transcript) -> bool {
    transcript.events.iter().all(|event| match &event.what {
        What::Waited { waited, .. } => *waited != Waited::Late,
        what => !matches!(what, What::Refused { .. }),
    })
}
