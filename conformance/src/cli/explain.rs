//! `wiregauge explain`: a rule, a requirement, or the message on standard input.

use std::io::{self, Read, Write};

use wiregauge_proto::Rule;
use wiregauge_proto::message::{Fault, Kind};
use wiregauge_proto::rule::{Class, Level};

use super::anatomy::{self, Anatomy, End};
use super::{Failure, Global};
use crate::corpus::error::nearest;
use crate::corpus::model::{Case, Corpus, Requirement};
use crate::report::octets::Look;
use crate::report::{exit, keyword, place};

/// Tells what a rule or requirement asks, or what is wrong with a message.
///
/// With `-`, reads octets from standard input, prints them with a caret under each offending octet, and ends with 1 if a rule of
/// syntax or framing is broken or the message is not complete.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wiregauge explain field-line.space-before-colon
  wiregauge explain 9112-5.1-1
  printf 'GET / HTTP/1.1\\r\\nHost : a\\r\\n\\r\\n' | wiregauge explain -")]
pub(super) struct Args {
    /// The id of a rule, the id of a requirement, or `-` for the octets on standard input
    #[arg(value_name = "RULE|REQUIREMENT|-", allow_hyphen_values = true)]
    what: String,
    /// The octets are responses (guessed from the first octets if not told)
    #[arg(long, conflicts_with = "request")]
    response: bool,
    /// The octets are requests
    #[arg(long)]
    request: bool,
    /// The method that a response answers; repeat it for several responses (GET if not told)
    #[arg(long, value_name = "METHOD")]
    method: Vec<String>,
}

/// How many octets of standard input are read.
const MOST_OCTETS: u64 = 16 * 1024 * 1024;

pub(super) fn run(args: &Args, global: &Global) -> Result<u8, Failure> {
    let corpus = global.corpus()?;
    let mut out = io::stdout().lock();
    if args.what == "-" {
        let mut octets = Vec::new();
        io::stdin().lock().take(MOST_OCTETS + 1).read_to_end(&mut octets)?;
        if octets.len() as u64 > MOST_OCTETS {
            return Err(Failure::usage(format!("more than {MOST_OCTETS} octets on standard input")));
        }
        if octets.is_empty() {
            return Err(Failure::usage("nothing on standard input"));
        }
        return message(args, &octets, &corpus, &mut out);
    }
    if let Some(rule) = Rule::from_id(&args.what) {
        about_rule(rule, &corpus, &mut out)?;
    } else if let Some(requirement) = corpus.requirements.get(&args.what) {
        about_requirement(requirement, &corpus, &mut out)?;
    } else {
        let known = Rule::ALL.iter().map(|rule| rule.id()).chain(corpus.requirements.keys().map(String::as_str));
        let hint = nearest(&args.what, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Failure::usage(format!("`{}` is neither a rule nor a requirement{hint}", args.what)));
    }
    Ok(exit::CONFORMS)
}

fn message(args: &Args, octets: &[u8], corpus: &Corpus, out: &mut dyn Write) -> Result<u8, Failure> {
    let response = args.response || (!args.request && octets.starts_with(b"HTTP/"));
    let kind = if response { Kind::Responses } else { Kind::Requests };
    let anatomy = anatomy::read(kind, octets, &args.method);
    let word = if response { "response" } else { "request" };
    writeln!(out, "{} octets, read as {word}s: {}\n", octets.len(), verdict(&anatomy, word))?;
    anatomy::write(octets, &anatomy, &anatomy::marks(&anatomy), Look { columns: 100, rows: 200 }, out)?;
    for fault in &anatomy.faults {
        writeln!(out)?;
        about_fault(fault, corpus, out)?;
    }
    let broken = anatomy.faults.iter().any(|fault| fault.rule.is_finding());
    let conforms = !broken && anatomy.end != End::More && anatomy.end != End::Lost && anatomy.complete > 0;
    Ok(if conforms { exit::CONFORMS } else { exit::FAILED })
}

fn verdict(anatomy: &Anatomy, word: &str) -> String {
    let complete = match anatomy.complete {
        0 => format!("no complete {word}"),
        1 => format!("1 complete {word}"),
        many => format!("{many} complete {word}s"),
    };
    let then = match anatomy.end {
        End::Idle => "",
        End::More => ", then one that is not complete: more is waited for",
        End::Lost => ", then one that a strict reader rejects",
        End::Switched => ", then another protocol",
    };
    let tolerated = match anatomy.faults.len() {
        _ if anatomy.end == End::Lost => "",
        0 => "",
        _ => ", which a strict reader rejects",
    };
    format!("{complete}{tolerated}{then}")
}

fn about_fault(fault: &Fault, corpus: &Corpus, out: &mut dyn Write) -> io::Result<()> {
    match fault.at.end.saturating_sub(fault.at.start) {
        0 => write!(out, "at octet {}: ", fault.at.start)?,
        1 => write!(out, "octet {}: ", fault.at.start)?,
        _ => write!(out, "octets {}-{}: ", fault.at.start, fault.at.end - 1)?,
    }
    about_rule(fault.rule, corpus, out)
}

fn about_rule(rule: Rule, corpus: &Corpus, out: &mut dyn Write) -> io::Result<()> {
    let about = rule.about();
    let level = match about.level {
        Level::May => "a reader may go on or refuse",
        Level::Should => "SHOULD",
        Level::Must => "MUST",
    };
    let class = match about.class {
        Class::Syntax => "syntax",
        Class::Framing => "framing",
        Class::Limit => "a limit of the reader, no fault of the message",
        Class::Unsupported => "correct, but not served here",
    };
    let section = about.section.replacen(':', " §", 1);
    writeln!(out, "{} (RFC {section}; {level}; {class}; status {})", about.id, about.status)?;
    writeln!(out, "  {}", about.sentence)?;
    let cases: Vec<&Case> = corpus.cases.iter().filter(|case| case.rule.as_deref() == Some(about.id)).collect();
    let mut requirements: Vec<&String> = cases.iter().flat_map(|case| &case.requirements).collect();
    requirements.sort();
    requirements.dedup();
    for id in requirements {
        requirement_line(id, corpus, out)?;
    }
    case_lines(&cases, out)
}

fn about_requirement(requirement: &Requirement, corpus: &Corpus, out: &mut dyn Write) -> io::Result<()> {
    let where_ = place(&requirement.id).unwrap_or_default();
    writeln!(out, "{} ({where_}; {}; priority {})", requirement.id, keyword(requirement.level), requirement.priority)?;
    match &requirement.sentence {
        Some(sentence) => writeln!(out, "  {sentence}")?,
        None => writeln!(out, "  No case tests it yet, so it has no sentence of ours: read {where_}.")?,
    }
    writeln!(out, "  for: {}; seen by: {}", requirement.roles.join(", "), requirement.testable)?;
    let cites = |case: &&Case| {
        case.requirements.contains(&requirement.id)
            || case.outcomes.iter().any(|outcome| outcome.requirements.contains(&requirement.id))
    };
    let cases: Vec<&Case> = corpus.cases.iter().filter(cites).collect();
    case_lines(&cases, out)
}

fn requirement_line(id: &str, corpus: &Corpus, out: &mut dyn Write) -> io::Result<()> {
    match corpus.requirements.get(id) {
        Some(row) => {
            let sentence = row.sentence.as_deref().map(|sentence| format!(": {sentence}")).unwrap_or_default();
            writeln!(out, "  {id} ({}){sentence}", keyword(row.level))
        }
        None => writeln!(out, "  {id}"),
    }
}

fn case_lines(cases: &[&Case], out: &mut dyn Write) -> io::Result<()> {
    const MOST: usize = 12;
    for case in cases.iter().take(MOST) {
        writeln!(out, "  case {}", case.id)?;
    }
    if cases.len() > MOST {
        writeln!(out, "  and {} cases more", cases.len() - MOST)?;
    }
    Ok(())
}
