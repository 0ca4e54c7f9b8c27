//! A transcript as people read it: what was sent and what came on each connection, in order, with times.

use std::io::{self, Write};

use super::told;
use crate::judge::result::Sender;
use crate::report::octets::{Look, Mark, rows};
use crate::report::word;
use crate::transcript::{Event, Purpose, Transcript, Waited, What};

/// All octets of one connection in one direction.
pub(super) fn stream(transcript: &Transcript, connection: &str, sender: Sender) -> Vec<u8> {
    let mut stream = Vec::new();
    for event in transcript.events.iter().filter(|event| event.on == connection) {
        match (&event.what, sender) {
            (What::Sent { octets, .. }, Sender::Us) | (What::Received { octets }, Sender::Subject) => {
                stream.extend_from_slice(&octets.0);
            }
            _ => {}
        }
    }
    stream
}

/// What a parser, or the caller of a client, said, in words.
pub(super) fn answers(transcript: &Transcript) -> Vec<String> {
    let told = |event: &Event| match &event.what {
        What::Told { answer } => Some(told::answered(answer)),
        _ => None,
    };
    transcript.events.iter().filter_map(told).collect()
}

/// How the subject left the connection, in words.
pub(super) fn ending(transcript: &Transcript, connection: &str) -> String {
    let events = || transcript.events.iter().filter(|event| event.on == connection);
    if let Some(event) = events().find(|event| event.what == What::Reset) {
        return format!("then the subject reset the connection, {}", after(event.at_us));
    }
    if let Some(event) = events().find(|event| event.what == What::Fin) {
        return format!("then the subject ended its half (FIN), {}", after(event.at_us));
    }
    let mut last_wait = events().filter_map(|event| match &event.what {
        What::Waited { waited, .. } => Some((*waited, event.at_us)),
        _ => None,
    });
    match last_wait.next_back() {
        Some((Waited::Late, at)) => {
            format!("then nothing more came until {}, and the connection stayed open", time(at))
        }
        Some((Waited::TooMuch, _)) => "then so much came that reading stopped".to_owned(),
        _ => "then the connection stayed open".to_owned(),
    }
}

/// Everything that happened, in order. Marks are those of one connection and direction.
pub(super) fn write(
    transcript: &Transcript,
    marked: Option<(&str, Sender, &Mark)>,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut offsets: std::collections::HashMap<(String, Sender), u64> = std::collections::HashMap::new();
    for event in merged(&transcript.events) {
        let (on, at) = (&event.on, time(event.at_us));
        match &event.what {
            What::Sent { purpose, octets, .. } => {
                let count = octets.0.len();
                writeln!(out, "    {at:>11}  {on}  sent {count} octets{}", purpose_words(*purpose))?;
                block(&octets.0, (on, Sender::Us), marked, &mut offsets, look, out)?;
            }
            What::Received { octets } => {
                writeln!(out, "    {at:>11}  {on}  received {} octets", octets.0.len())?;
                block(&octets.0, (on, Sender::Subject), marked, &mut offsets, look, out)?;
            }
            other => writeln!(out, "    {at:>11}  {on}  {}", happened(other))?,
        }
    }
    Ok(())
}

fn block(
    octets: &[u8],
    (on, sender): (&str, Sender),
    marked: Option<(&str, Sender, &Mark)>,
    offsets: &mut std::collections::HashMap<(String, Sender), u64>,
    look: Look,
    out: &mut dyn Write,
) -> io::Result<()> {
    let base = offsets.entry((on.to_owned(), sender)).or_default();
    let (start, end) = (*base as usize, *base as usize + octets.len());
    *base += octets.len() as u64;
    let mark = marked.filter(|(connection, direction, mark)| {
        let inside = mark.at.start < end && mark.at.end > start || mark.at.is_empty() && mark.at.start == end;
        *connection == on && *direction == sender && inside
    });
    let marks: Vec<Mark> = mark
        .map(|(_, _, mark)| Mark {
            at: mark.at.start.saturating_sub(start)..mark.at.end.min(end).saturating_sub(start),
            says: if mark.at.start >= start { mark.says.clone() } else { String::new() },
        })
        .into_iter()
        .collect();
    for row in rows(octets, start as u64, &marks, look) {
        writeln!(out, "      {row}")?;
    }
    Ok(())
}

/// Neighbouring sends for the same purpose, and neighbouring receipts, on one connection, read better as one.
fn merged(events: &[Event]) -> Vec<Event> {
    let mut out: Vec<Event> = Vec::new();
    for event in events {
        if let Some(last) = out.last_mut().filter(|last| last.on == event.on) {
            match (&mut last.what, &event.what) {
                (What::Sent { purpose: a, octets: to, .. }, What::Sent { purpose: b, octets: more, .. }) if a == b => {
                    to.0.extend_from_slice(&more.0);
                    continue;
                }
                (What::Received { octets: to }, What::Received { octets: more }) => {
                    to.0.extend_from_slice(&more.0);
                    continue;
                }
                _ => {}
            }
        }
        out.push(event.clone());
    }
    out
}

fn purpose_words(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Message => "",
        Purpose::Rest => " (the rest of the message)",
        Purpose::Successor => " (a harmless request after it)",
        Purpose::Probe => " (a request that shows whether the connection is open)",
    }
}

fn happened(what: &What) -> String {
    match what {
        What::Connected => "connected".to_owned(),
        What::Refused { error } => format!("could not be opened: {error}"),
        What::NotSent { count, error, .. } => format!("{count} octets could not be sent: {error}"),
        What::Fin => "the subject ended its half (FIN)".to_owned(),
        What::Reset => "the subject reset the connection".to_owned(),
        What::Shut { how } => format!("we ended our side ({})", word(how)),
        What::Waited { on, waited } => match waited {
            Waited::Complete => format!("{on}: complete"),
            Waited::Ended => format!("{on}: the subject ended first"),
            Waited::Late => format!("{on}: not in time"),
            Waited::TooMuch => format!("{on}: too much came, reading stopped"),
        },
        What::Told { answer } => told::answered(answer),
        What::Asked { question } => told::asked(question),
        What::Died { how } => format!("the subject's process ended: {how}"),
        What::Sent { .. } | What::Received { .. } => unreachable!("shown as octets"),
    }
}

fn after(at_us: u64) -> String {
    format!("{} after the beginning", time(at_us))
}

fn time(at_us: u64) -> String {
    format!("{}.{:03} ms", at_us / 1000, at_us % 1000)
}
