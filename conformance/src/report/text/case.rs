//! One case, as somebody who has to fix it wants to read it.

use std::io::{self, Write};

use super::{exchange, expected::expected};
use crate::corpus::model::{Case, Kind, Verdict};
use crate::judge::Courtesy;
use crate::judge::result::{CaseResult, ControlState, Finding, Part, Sender};
use crate::report::octets::{Look, Mark, rows};
use crate::report::paint::Paint;
use crate::report::{Material, keyword, place, word};
use crate::transcript::{Delivery, Transcript};

/// Writes all there is to say about a result.
pub(super) fn write(material: Material<'_>, paint: Paint, result: &CaseResult, out: &mut dyn Write) -> io::Result<()> {
    let case = material.corpus.case(base_id(&result.id));
    head(paint, result, case, out)?;
    requirements(material, result, out)?;
    if let Some(case) = case {
        if !case.note.is_empty() {
            writeln!(out, "  why this case: {}", case.note.trim())?;
        }
        let expected = expected(case, result.role);
        if !expected.is_empty() && result.kind != Kind::Survey {
            writeln!(out, "  expected: {expected}")?;
        }
    }
    if let Some(outcome) = &result.outcome {
        writeln!(out, "  outcome: {outcome}")?;
    }
    match result.control {
        ControlState::Refused => writeln!(out, "  its control was refused as well, so a rejection says nothing")?,
        ControlState::Missing => writeln!(out, "  its control was not played, so a rejection says nothing")?,
        ControlState::None | ControlState::Accepted => {}
    }
    let groups = groups(result);
    for group in &groups {
        finding(material, paint, result, case, group, out)?;
    }
    if material.verbose > 0 {
        exchanges(result, case, &groups, out)?;
    }
    if result.verdict > Verdict::Pass && material.verbose == 0 {
        again(material, paint, result, out)?;
    }
    Ok(())
}

/// The case of a result: `folder/file/case#delivery` is about `folder/file/case`.
pub(super) fn base_id(id: &str) -> &str {
    id.split_once('#').map_or(id, |(base, _)| base)
}

fn head(paint: Paint, result: &CaseResult, case: Option<&Case>, out: &mut dyn Write) -> io::Result<()> {
    let verdict = paint.verdict(result.verdict, &word(&result.verdict).to_uppercase());
    write!(out, "{verdict} {}  ({}", paint.bold(&result.id), word(&result.kind))?;
    if let Some(level) = result.level {
        write!(out, ", {}", keyword(level))?;
    }
    writeln!(out, ")")?;
    if let Some(title) = case.map(|case| case.title.as_str()).or_else(|| Courtesy::sentence(&result.id)) {
        writeln!(out, "  {title}")?;
    }
    if !result.deliveries.is_empty() {
        let list: Vec<String> = result.deliveries.iter().map(|(d, v)| format!("{} {}", word(d), word(v))).collect();
        writeln!(out, "  deliveries: {}", list.join(", "))?;
    }
    Ok(())
}

fn requirements(material: Material<'_>, result: &CaseResult, out: &mut dyn Write) -> io::Result<()> {
    for id in &result.requirements {
        write!(out, "  {id}")?;
        let row = material.corpus.requirements.get(id);
        let level = row.map(|row| keyword(row.level).to_owned());
        let facts: Vec<String> = level.into_iter().chain(place(id)).collect();
        if !facts.is_empty() {
            write!(out, " ({})", facts.join(", "))?;
        }
        match row.and_then(|row| row.sentence.as_deref()) {
            Some(sentence) => writeln!(out, ": {sentence}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

/// Findings that say the same of several deliveries.
struct Group<'a> {
    first: &'a Finding,
    deliveries: Vec<Delivery>,
}

fn groups(result: &CaseResult) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in &result.findings {
        let same = |group: &&mut Group<'_>| {
            (group.first.part, group.first.verdict, &group.first.because)
                == (finding.part, finding.verdict, &finding.because)
        };
        match groups.iter_mut().find(same) {
            Some(group) if group.deliveries.contains(&finding.delivery) => {}
            Some(group) => group.deliveries.push(finding.delivery),
            None => groups.push(Group { first: finding, deliveries: vec![finding.delivery] }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.first.verdict));
    groups
}

fn finding(
    material: Material<'_>,
    paint: Paint,
    result: &CaseResult,
    case: Option<&Case>,
    group: &Group<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let first = group.first;
    let deliveries: Vec<String> = group.deliveries.iter().map(word).collect();
    let part = match first.part {
        Part::Message => "message",
        Part::Ending => "ending",
        Part::Courtesy => "what the subject sent",
        Part::Delivery => "deliveries disagree",
    };
    let verdict = paint.verdict(first.verdict, &word(&first.verdict));
    write!(out, "  {verdict} ({part}; {}", deliveries.join(", "))?;
    if let Some(requirement) = &first.requirement {
        write!(out, "; {requirement}")?;
    }
    writeln!(out, "): {}", first.because)?;
    if material.verbose > 0 {
        return Ok(()); // the octets follow, both ways
    }
    let Some(transcript) = shows(result, first) else { return Ok(()) };
    let look = Look { columns: 96, rows: 14 };
    // What a parser, or the caller of a client, says is on `app`; the octets that it is about are on `c1`.
    let is_told = first.connection == "app";
    let connection = if is_told { "c1" } else { first.connection.as_str() };
    for sender in [Sender::Us, Sender::Subject] {
        let stream = exchange::stream(transcript, connection, sender);
        let mut marks = Vec::new();
        if first.direction == sender && is_pointed(first) {
            marks.push(mark(first, case));
        } else if let (Sender::Us, Some(fault)) = (sender, transcript.fault.filter(|_| connection == "c1")) {
            marks.push(Mark { at: fault as usize..fault as usize + 1, says: fault_words(case) });
        }
        let what = if sender == Sender::Us { "sent" } else { "came" };
        if stream.is_empty() && !is_told {
            writeln!(out, "    {what} on {connection}: nothing")?;
        } else if !stream.is_empty() {
            writeln!(out, "    {what} on {connection}, {} octets:", stream.len())?;
            for row in rows(&stream, 0, &marks, look) {
                writeln!(out, "      {row}")?;
            }
        }
    }
    for answer in exchange::answers(transcript) {
        writeln!(out, "    the answer: {answer}")?;
    }
    if !transcript.events.is_empty() && !is_told {
        writeln!(out, "    {}", exchange::ending(transcript, &first.connection))?;
    }
    Ok(())
}

/// Whether a finding points at octets, and not at a whole message.
fn is_pointed(finding: &Finding) -> bool {
    const A_FEW: u64 = 48;
    finding.at[1].saturating_sub(finding.at[0]) <= A_FEW
}

fn mark(finding: &Finding, case: Option<&Case>) -> Mark {
    let says = match finding.direction {
        Sender::Us => fault_words(case),
        Sender::Subject => "here".to_owned(),
    };
    Mark { at: finding.at[0] as usize..finding.at[1].max(finding.at[0]) as usize, says }
}

fn fault_words(case: Option<&Case>) -> String {
    case.and_then(|case| case.rule.clone()).unwrap_or_else(|| "here".to_owned())
}

/// The playing that a finding is about: the last one of its delivery that has the octets, since a failure is played again.
fn shows<'a>(result: &'a CaseResult, finding: &Finding) -> Option<&'a Transcript> {
    let of_delivery = || result.transcripts.iter().rev().filter(|transcript| transcript.delivery == finding.delivery);
    let long_enough = |transcript: &&Transcript| {
        let connection = if finding.connection == "app" { "c1" } else { &finding.connection };
        exchange::stream(transcript, connection, finding.direction).len() as u64 >= finding.at[1]
    };
    of_delivery().find(long_enough).or_else(|| of_delivery().next())
}

fn exchanges(result: &CaseResult, case: Option<&Case>, groups: &[Group<'_>], out: &mut dyn Write) -> io::Result<()> {
    for transcript in &result.transcripts {
        let alone = if transcript.alone { ", played alone" } else { "" };
        let variant = match transcript.variant {
            crate::transcript::Variant::Plain => String::new(),
            variant => format!(", {}", word(&variant)),
        };
        writeln!(out, "  octets both ways, delivery {}{variant}{alone}:", word(&transcript.delivery))?;
        let about = |first: &&Finding| first.delivery == transcript.delivery && is_pointed(first);
        let finding = groups.iter().map(|group| group.first).find(about);
        let mark = finding.map(|finding| {
            let connection = if finding.connection == "app" { "c1" } else { finding.connection.as_str() };
            (connection, finding.direction, mark(finding, case))
        });
        let marked = mark.as_ref().map(|(connection, sender, mark)| (*connection, *sender, mark));
        exchange::write(transcript, marked, Look { columns: 100, rows: 200 }, out)?;
    }
    Ok(())
}

fn again(material: Material<'_>, paint: Paint, result: &CaseResult, out: &mut dyn Write) -> io::Result<()> {
    if result.id.starts_with("courtesy/") {
        return Ok(()); // seen on the wire of other cases; its examples name them
    }
    let line = format!("again: {} --filter {} -v", material.again, base_id(&result.id));
    writeln!(out, "  {}", paint.dim(&line))
}
