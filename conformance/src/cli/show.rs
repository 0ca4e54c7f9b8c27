//! `wiregauge show`: one case, its octets annotated.

use std::fmt::Write as _;
use std::io::{self, Write};

use wiregauge_proto::message::Kind;

use super::anatomy;
use super::{Failure, Global};
use crate::corpus::error::nearest;
use crate::corpus::example_bindings;
use crate::corpus::model::{
    Awaited, Body, Case, ConnectionMatcher, Corpus, Direction, MessageCase, MessageMatcher, Outcome, ScriptStep,
    StatusMatcher, TextMatcher, Verb, Wire, WireText,
};
use crate::report::octets::{Look, Mark, escape, excerpt, rows};
use crate::report::{exit, expected, keyword, place, word};

/// Shows a case: why it exists, what it asks, and its octets with offsets and elements.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge show host/missing/none
  wiregauge list --section 9112:7.1")]
pub(super) struct Args {
    /// The full id: folder/file/case
    #[arg(value_name = "CASE")]
    case: String,
    /// Print nothing but the octets, as they are sent
    #[arg(long)]
    raw: bool,
}

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
    let corpus = global.corpus()?;
    let Some(case) = corpus.case(&args.case) else {
        let near = nearest(&args.case, corpus.cases.iter().map(|case| case.id.as_str()));
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Failure::usage(format!("no case is called `{}`{hint}", args.case)));
    };
    let mut out = io::stdout().lock();
    if args.raw {
        match &case.body {
            Body::Message(message) => out.write_all(&message.wire.bind(&example_bindings()).octets)?,
            Body::Script(steps) => {
                for step in steps {
                    if let Verb::Send(wire) = &step.verb {
                        out.write_all(&wire.bind(&example_bindings()).octets)?;
                    }
                }
            }
        }
        return Ok(exit::CONFORMS);
    }
    head(case, &corpus, &mut out)?;
    match &case.body {
        Body::Message(message) => show_message(case, message, &mut out)?,
        Body::Script(steps) => {
            writeln!(out, "\nsteps:")?;
            for step in steps {
                show_step(step, &mut out)?;
            }
        }
    }
    if !case.outcomes.is_empty() {
        writeln!(out, "\noutcomes, the first that matches:")?;
        for outcome in &case.outcomes {
            show_outcome(outcome, &mut out)?;
        }
    }
    Ok(exit::CONFORMS)
}

fn head(case: &Case, corpus: &Corpus, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}  ({})", case.id, word(&case.kind))?;
    writeln!(out, "  {}", case.title)?;
    if !case.note.is_empty() {
        writeln!(out, "  why: {}", case.note.trim())?;
    }
    for id in &case.requirements {
        let row = corpus.requirements.get(id);
        let level = row.map(|row| format!("{}, ", keyword(row.level))).unwrap_or_default();
        let sentence = row.and_then(|row| row.sentence.as_deref()).map(|text| format!(": {text}")).unwrap_or_default();
        writeln!(out, "  {id} ({level}{}){sentence}", place(id).unwrap_or_default())?;
    }
    let words = |words: &[String]| words.join(", ");
    let roles: Vec<String> = case.roles.iter().map(word).collect();
    writeln!(out, "  for: {}", words(&roles))?;
    if !case.needs.is_empty() {
        writeln!(out, "  needs: {}", words(&case.needs))?;
    }
    if !case.tags.is_empty() {
        writeln!(out, "  tags: {}", words(&case.tags))?;
    }
    if let Some(rule) = &case.rule {
        writeln!(out, "  rule: {rule}")?;
    }
    if let Some(control) = &case.control {
        writeln!(out, "  control: {control}")?;
    }
    writeln!(out, "  in {}:{}", case.source.file, case.source.line)
}

fn show_message(case: &Case, message: &MessageCase, out: &mut dyn Write) -> io::Result<()> {
    for role in &case.roles {
        let expected = expected(case, *role);
        writeln!(out, "  expected of a {}: {expected}", word(role))?;
    }
    let mut wire = message.wire.bind(&example_bindings());
    let sent = wire.octets.len();
    if let Some(rest) = &message.rest {
        wire.octets.extend(rest.bind(&example_bindings()).octets);
    }
    let (kind, what) = match message.direction {
        Direction::Request => (Kind::Requests, "request"),
        Direction::Response => (Kind::Responses, "response"),
    };
    writeln!(out, "\n{what}, {sent} octets:")?;
    let anatomy = anatomy::read(kind, &wire.octets, &message.request_methods);
    let mut marks = wire_marks(&wire, case.rule.as_deref());
    if message.rest.is_some() {
        marks.push(Mark { at: sent..sent, says: "the rest begins here, and is held back".to_owned() });
    }
    anatomy::write(&wire.octets, &anatomy, &marks, Look { columns: 100, rows: 60 }, out)
}

fn wire_marks(wire: &Wire, rule: Option<&str>) -> Vec<Mark> {
    let fault = wire
        .fault
        .map(|at| Mark { at: at..at + 1, says: rule.unwrap_or("the message breaks its rule here").to_owned() });
    let cuts = wire.cuts.iter().map(|&at| Mark { at: at..at, says: "a new segment begins here".to_owned() });
    fault.into_iter().chain(cuts).collect()
}

fn show_step(step: &ScriptStep, out: &mut dyn Write) -> io::Result<()> {
    let within = step.within.map(|within| format!(", within {within:?}")).unwrap_or_default();
    match &step.verb {
        Verb::Send(text) => {
            let wire = text.bind(&example_bindings());
            writeln!(out, "  {} sends {} octets{within}", step.on, wire.octets.len())?;
            for row in rows(&wire.octets, 0, &wire_marks(&wire, None), Look { columns: 96, rows: 40 }) {
                writeln!(out, "  {row}")?;
            }
            Ok(())
        }
        Verb::Recv(awaited) => {
            let what = match awaited {
                Awaited::Request => "a request",
                Awaited::Response => "a final response",
                Awaited::Interim => "an interim response",
            };
            writeln!(out, "  {} waits for {what}{within}", step.on)
        }
        Verb::Shut(how) => writeln!(out, "  {} ends our side ({})", step.on, word(how)),
        Verb::Pause(time) => writeln!(out, "  {} lets {time:?} pass", step.on),
    }
}

fn show_outcome(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "  {}: {}", outcome.id, word(&outcome.verdict))?;
    if let Some(role) = outcome.role {
        write!(out, ", for a {}", word(&role))?;
    }
    if !outcome.needs.is_empty() {
        write!(out, ", needs {}", outcome.needs.join(", "))?;
    }
    writeln!(out)?;
    for (name, matcher) in &outcome.connections {
        writeln!(out, "    {name} {}", connection_words(matcher))?;
    }
    if let Some(because) = &outcome.because {
        writeln!(out, "    because {because}")?;
    }
    Ok(())
}

fn connection_words(matcher: &ConnectionMatcher) -> String {
    let mut parts = Vec::new();
    if let Some(interim) = &matcher.interim {
        parts.push(format!("interim [{}]", messages_words(interim)));
    }
    if let Some(got) = &matcher.got {
        parts.push(if got.is_empty() {
            "gets no final message".to_owned()
        } else {
            format!("gets {}", messages_words(got))
        });
    }
    if let Some(first) = &matcher.first {
        parts.push(format!("gets first {}", message_words(first)));
    }
    if !matcher.end.is_empty() {
        let ends: Vec<String> = matcher.end.iter().map(word).collect();
        parts.push(format!("and is then {}", ends.join(" or ")));
    }
    parts.join(" ")
}

fn messages_words(matchers: &[MessageMatcher]) -> String {
    matchers.iter().map(message_words).collect::<Vec<_>>().join(", then ")
}

fn message_words(matcher: &MessageMatcher) -> String {
    let mut parts = Vec::new();
    let statuses: Vec<String> = matcher
        .status
        .iter()
        .map(|status| match status {
            StatusMatcher::Exactly(code) => code.to_string(),
            StatusMatcher::Class(digit) => format!("{digit}xx"),
        })
        .collect();
    if !statuses.is_empty() {
        parts.push(statuses.join("/"));
    }
    if let Some(version) = &matcher.version {
        parts.push(format!("HTTP/{version}"));
    }
    for (name, text) in [
        ("reason", &matcher.reason),
        ("method", &matcher.method),
        ("target", &matcher.target),
        ("content", &matcher.content),
    ] {
        parts.extend(text.as_ref().map(|text| text_words(name, text)));
    }
    parts.extend(matcher.fields.iter().map(|(name, text)| text_words(name, text)));
    parts.extend(matcher.trailers.iter().map(|(name, text)| text_words(&format!("trailer {name}"), text)));
    if let Some(echo) = &matcher.echo {
        parts.push(format!("having understood ({})", message_words(echo)));
    }
    if parts.is_empty() { "any message".to_owned() } else { parts.join(" ") }
}

fn text_words(name: &str, matcher: &TextMatcher) -> String {
    let shown = |text: &WireText| excerpt(&text.bind(&example_bindings()).octets, 80);
    let mut words = name.to_owned();
    let written = match matcher {
        TextMatcher::OneOf(texts) => write!(words, "=`{}`", texts.iter().map(shown).collect::<Vec<_>>().join("` or `")),
        TextMatcher::Has(text) => write!(words, " with member `{}`", shown(text)),
        TextMatcher::Lacks(text) => write!(words, " without member `{}`", shown(text)),
        TextMatcher::Present => write!(words, " present"),
        TextMatcher::Absent => write!(words, " absent"),
        TextMatcher::Contains(text) => {
            write!(words, " containing `{}`", escape(&text.bind(&example_bindings()).octets))
        }
    };
    written.expect("writing into a string does not fail");
    words
}
