//! Every state meets every event, in both directions. The tables below say what has to come of it; whatever they do not list is
//! refused. They are written by hand, one line for a state: `event>next`, `=` stays, `!u` is an unexpected response, `!s` a
//! switch that nobody asked for.

use std::collections::BTreeMap;

use wiregauge_proto::connection::state::{Asks, Event, Refused, Requests, Responses, Then, Why};

const WHYS: [(&str, Why); 5] = [
    ("request-close", Why::RequestSaidClose),
    ("response-close", Why::ResponseSaidClose),
    ("left", Why::ContentLeft),
    ("ended", Why::Ended),
    ("broken", Why::Broken),
];

fn events() -> Vec<(String, Event)> {
    let mut events: Vec<(String, Event)> = [
        ("content", Event::RequestContent),
        ("end", Event::RequestEnd),
        ("requests-end", Event::RequestsEnd),
        ("left", Event::RequestLeft),
        ("proceed", Event::Proceed),
        ("100", Event::Continue),
        ("1xx", Event::Interim),
        ("switch", Event::Switch { asked: true }),
        ("switch-unasked", Event::Switch { asked: false }),
        ("res", Event::ResponseHead { last: false, newest: true }),
        ("res-older", Event::ResponseHead { last: false, newest: false }),
        ("res-last", Event::ResponseHead { last: true, newest: true }),
        ("res-older-last", Event::ResponseHead { last: true, newest: false }),
        ("res-content", Event::ResponseContent),
        ("res-end", Event::ResponseEnd { more: false }),
        ("res-end-more", Event::ResponseEnd { more: true }),
        ("responses-end", Event::ResponsesEnd),
        ("req-break", Event::RequestBreak { owed: false }),
        ("broken-head", Event::RequestBreak { owed: true }),
        ("break", Event::Break),
    ]
    .map(|(name, event)| (name.to_string(), event))
    .into();
    for (held_name, held) in [("", false), ("-held", true)] {
        for (asks_name, asks) in [("", Asks::Nothing), ("-upgrade", Asks::Upgrade), ("-connect", Asks::Connect)] {
            for (last_name, last) in [("", false), ("-last", true)] {
                let name = format!("req{held_name}{asks_name}{last_name}");
                events.push((name, Event::RequestHead { held, asks, last }));
            }
        }
    }
    events
}

fn thens() -> Vec<(String, Then)> {
    let mut thens = vec![
        ("ready".to_string(), Then::Ready),
        ("wait".to_string(), Then::Wait { last: false }),
        ("wait-last".to_string(), Then::Wait { last: true }),
        ("switched".to_string(), Then::Switched),
    ];
    thens.extend(WHYS.map(|(name, why)| (format!("over-{name}"), Then::Over(why))));
    thens
}

fn requests() -> Vec<(String, Requests)> {
    let mut states = vec![
        ("ready".to_string(), Requests::Ready),
        ("waiting".to_string(), Requests::Waiting { last: false }),
        ("waiting-last".to_string(), Requests::Waiting { last: true }),
        ("switched".to_string(), Requests::Switched),
    ];
    for (name, then) in thens() {
        states.push((format!("held:{name}"), Requests::Held(then)));
        states.push((format!("content:{name}"), Requests::Content(then)));
    }
    states.extend(WHYS.map(|(name, why)| (format!("over-{name}"), Requests::Over(why))));
    states
}

fn responses() -> Vec<(String, Responses)> {
    let mut states = vec![
        ("idle".to_string(), Responses::Idle),
        ("awaited".to_string(), Responses::Awaited { interim: 0 }),
        ("awaited+1".to_string(), Responses::Awaited { interim: 1 }),
        ("awaited+most".to_string(), Responses::Awaited { interim: u32::MAX }),
        ("content".to_string(), Responses::Content { last: false }),
        ("content-last".to_string(), Responses::Content { last: true }),
        ("switched".to_string(), Responses::Switched),
    ];
    states.extend(WHYS.map(|(name, why)| (format!("over-{name}"), Responses::Over(why))));
    states
}

/// Expands the table: `T` in a state and in what comes of it stands for every [`Then`].
fn expected(table: &str) -> BTreeMap<(String, String), String> {
    let mut expected = BTreeMap::new();
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (state, rest) = line.split_once(' ').expect("a state and its events");
        let all = if state.ends_with(":T") {
            thens().into_iter().map(|(name, _)| name).collect()
        } else {
            vec![String::new()]
        };
        for then in all {
            let state = if then.is_empty() { state.to_string() } else { state.replace('T', &then) };
            for word in rest.split_whitespace() {
                let (event, next) = word.split_once('>').expect("event>next");
                let next = match next {
                    "=" => state.clone(),
                    "reached" => match then.as_str() {
                        "wait" | "wait-last" => then.replace("wait", "waiting"),
                        _ => then.clone(),
                    },
                    "declined" => match then.as_str() {
                        "wait" => "content:ready".into(),
                        "wait-last" => "content:over-request-close".into(),
                        _ => format!("content:{then}"),
                    },
                    other => other.replace('T', &then),
                };
                for event in alternatives(event) {
                    let earlier = expected.insert((state.clone(), event.clone()), next.clone());
                    assert_eq!(earlier, None, "{state} {event} is listed twice");
                }
            }
        }
    }
    expected
}

/// `res|res-last` are two events; `req*` all heads of requests, `any-res` all heads of final responses.
fn alternatives(written: &str) -> Vec<String> {
    written
        .split('|')
        .flat_map(|one| match one {
            "req*" => events()
                .into_iter()
                .map(|(name, _)| name)
                .filter(|name| name.starts_with("req"))
                .filter(|name| name != "requests-end" && name != "req-break")
                .collect(),
            "any-res" => ["res", "res-older", "res-last", "res-older-last"].map(String::from).to_vec(),
            "of-responses" => ["res-content", "res-end", "res-end-more", "responses-end"].map(String::from).to_vec(),
            "of-requests" => ["content", "end", "requests-end", "left", "proceed"].map(String::from).to_vec(),
            other => vec![other.to_string()],
        })
        .collect()
}

fn told(refused: Refused) -> String {
    match refused {
        Refused::OutOfTurn => "!".into(),
        Refused::UnexpectedResponse => "!u".into(),
        Refused::SwitchUnasked => "!s".into(),
    }
}

/// A state that is not walked from, being one more of a count.
fn elsewhere<S: std::fmt::Debug>(state: S) -> String {
    match format!("{state:?}").as_str() {
        "Awaited { interim: 2 }" => "awaited+2".into(),
        other => panic!("{other} is not among the states that are walked"),
    }
}

fn walk<S: Copy + PartialEq + std::fmt::Debug>(
    states: Vec<(String, S)>,
    next: impl Fn(S, Event) -> Result<S, Refused>,
    table: &str,
) {
    let mut expected = expected(table);
    let mut wrong = Vec::new();
    for (name, state) in &states {
        for (event_name, event) in events() {
            let came = match next(*state, event) {
                Ok(after) => {
                    states.iter().find(|(_, s)| *s == after).map_or_else(|| elsewhere(after), |(name, _)| name.clone())
                }
                Err(refused) => told(refused),
            };
            let should = expected.remove(&(name.clone(), event_name.clone())).unwrap_or("!".into());
            if came != should {
                wrong.push(format!("{name} {event_name}: {came}, not {should}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(expected.is_empty(), "the table names what does not exist: {expected:?}");
}

#[test]
fn every_state_of_requests_meets_every_event() {
    walk(
        requests(),
        Requests::next,
        "
        ready  req>content:ready  req-last>content:over-request-close
        ready  req-upgrade|req-connect>content:wait  req-upgrade-last|req-connect-last>content:wait-last
        ready  req-held>held:ready  req-held-last>held:over-request-close
        ready  req-held-upgrade|req-held-connect>held:wait  req-held-upgrade-last|req-held-connect-last>held:wait-last
        ready  requests-end>over-ended  proceed|100|1xx|switch|switch-unasked|res|res-older>=  of-responses>=
        ready  res-last|res-older-last>over-response-close  break|req-break|broken-head>over-broken

        held:T  content|100|proceed>content:T  end>reached  left>over-left  break|req-break|broken-head>over-broken
        held:T  1xx|switch-unasked|res-older|of-responses>=  res|res-last|res-older-last>over-left
        held:T  switch>content:switched

        content:T  content|proceed|100|1xx|switch-unasked|res-older|of-responses>=  end>reached  left>over-left  break|req-break|broken-head>over-broken
        content:T  res>declined  res-last|res-older-last>content:over-response-close  switch>content:switched

        waiting  requests-end>over-ended  proceed|100|1xx|switch-unasked|res-older|of-responses>=  switch>switched
        waiting  res>ready  res-last|res-older-last>over-response-close  break|req-break|broken-head>over-broken
        waiting-last  requests-end>over-ended  proceed|100|1xx|switch-unasked|res-older|of-responses>=  switch>switched
        waiting-last  res|res-last>over-request-close  res-older-last>over-response-close  break|req-break|broken-head>over-broken

        over-request-close   requests-end|proceed|100|1xx|switch|switch-unasked|any-res|of-responses>=  break|req-break|broken-head>over-broken
        over-response-close  requests-end|proceed|100|1xx|switch|switch-unasked|any-res|of-responses>=  break|req-break|broken-head>over-broken
        over-left            requests-end|proceed|100|1xx|switch|switch-unasked|any-res|of-responses>=  break|req-break|broken-head>over-broken
        over-ended           requests-end|proceed|100|1xx|switch-unasked|any-res|of-responses>=  switch>switched  break|req-break|broken-head>over-broken
        over-broken          requests-end|proceed|100|1xx|switch|switch-unasked|any-res|of-responses>=  break|req-break|broken-head>over-broken
        switched             requests-end|proceed|100|1xx|switch|switch-unasked|any-res|of-responses>=  break|req-break|broken-head>over-broken
        ",
    );
}

#[test]
fn every_state_of_responses_meets_every_event() {
    walk(
        responses(),
        Responses::next,
        "
        idle  req*|broken-head>awaited  req-break>=  of-requests>=  responses-end>over-ended  break>over-broken
        idle  100|1xx|switch|switch-unasked|any-res>!u

        awaited    req*|of-requests>=  100|1xx>awaited+1  final>=  responses-end>over-ended  req-break|broken-head>=  break>over-broken
        awaited+1  req*|of-requests>=  100|1xx>awaited+2  final>=  responses-end>over-ended  req-break|broken-head>=  break>over-broken
        awaited+most  req*|of-requests>=  100|1xx>=  final>=  responses-end>over-ended  req-break|broken-head>=  break>over-broken

        content  req*|of-requests>=  res-content>=  res-end>idle  res-end-more>awaited  req-break|broken-head>=  break>over-broken
        content-last  req*|of-requests>=  res-content>=  res-end|res-end-more>over-response-close  req-break|broken-head>=  break>over-broken

        over-request-close   of-requests|responses-end>=  100|1xx|switch|switch-unasked|any-res>!u  req-break|broken-head>=  break>over-broken
        over-response-close  of-requests|responses-end>=  100|1xx|switch|switch-unasked|any-res>!u  req-break|broken-head>=  break>over-broken
        over-left            of-requests|responses-end>=  100|1xx|switch|switch-unasked|any-res>!u  req-break|broken-head>=  break>over-broken
        over-ended           of-requests|responses-end>=  100|1xx|switch|switch-unasked|any-res>!u  req-break|broken-head>=  break>over-broken
        over-broken          of-requests|responses-end>=  100|1xx|switch|switch-unasked|any-res>!u  req-break|broken-head>=  break>over-broken
        switched             of-requests|responses-end>=  req-break|broken-head>=  break>over-broken
        "
        .replace(
            "final>=",
            "res|res-older>content  res-last|res-older-last>content-last  switch>switched  switch-unasked>!s",
        )
        .as_str(),
    );
}

#[test]
fn every_reason_explains_itself() {
    let mut sentences: Vec<_> = WHYS.iter().map(|(_, why)| why.sentence()).collect();
    sentences.sort_unstable();
    sentences.dedup();
    assert_eq!(sentences.len(), WHYS.len());
}
