//! Heads alone.

use wiregauge_proto::head::{self, FieldLine, Progress, Reading};
use wiregauge_proto::octet::{is_blank, is_target, is_token, is_value};
use wiregauge_proto::{Findings, Limits, Span, Strict};

use super::shown;

/// No panic, spans inside, limits kept, and whatever was accepted is made of the octets that the grammar allows.
pub fn request_head(octets: &[u8]) {
    let limits = Limits::DEFAULT;
    match head::read_request(octets, &mut Progress::default(), &limits, &mut Strict) {
        Ok(Reading::Need) => {}
        Ok(Reading::Done(head)) => {
            ends_with_empty_line(octets, head.length);
            let method = head.method.of(octets);
            assert!(!method.is_empty() && method.iter().all(|o| is_token(*o)), "method: {}", shown(octets));
            assert!(method.len() <= limits.method as usize);
            let target = head.target.of(octets);
            assert!(!target.is_empty() && target.iter().all(|o| is_target(*o)), "target: {}", shown(octets));
            assert!(target.len() <= limits.request_target as usize);
            assert_eq!(head.version.major, 1);
            fields(octets, &head.fields, head.length);
        }
        Err(broken) => inside(octets, broken.at),
    }
    let mut findings = Findings::default();
    let _ = head::read_request(octets, &mut Progress::default(), &limits, &mut findings);
    findings.found.iter().for_each(|broken| inside(octets, broken.at));
}

/// The same for responses.
pub fn response_head(octets: &[u8]) {
    let limits = Limits::DEFAULT;
    match head::read_response(octets, &mut Progress::default(), &limits, &mut Strict) {
        Ok(Reading::Need) => {}
        Ok(Reading::Done(head)) => {
            ends_with_empty_line(octets, head.length);
            assert!((100..600).contains(&head.status), "status: {}", shown(octets));
            assert!(head.reason.of(octets).iter().all(|o| is_value(*o)), "reason: {}", shown(octets));
            assert!(head.reason.len() <= limits.reason as usize);
            assert_eq!(head.version.major, 1);
            fields(octets, &head.fields, head.length);
        }
        Err(broken) => inside(octets, broken.at),
    }
    let mut findings = Findings::default();
    let _ = head::read_response(octets, &mut Progress::default(), &limits, &mut findings);
    findings.found.iter().for_each(|broken| inside(octets, broken.at));
}

fn inside(octets: &[u8], at: Span) {
    assert!(at.start <= at.end && at.end as usize <= octets.len(), "span {at:?} in {}", shown(octets));
}

fn ends_with_empty_line(octets: &[u8], length: u32) {
    assert!(octets[..length as usize].ends_with(b"\r\n\r\n"), "head of {length}: {}", shown(octets));
    assert!(length <= Limits::DEFAULT.head + 2 * Limits::DEFAULT.empty_lines);
}

fn fields(octets: &[u8], fields: &[FieldLine], length: u32) {
    let limits = Limits::DEFAULT;
    assert!(fields.len() <= limits.field_count as usize);
    let mut from = 0;
    for field in fields {
        let (name, value) = (field.name.of(octets), field.value.of(octets));
        assert!(from < field.name.start + 1 && field.name.end < field.value.start + 1, "order: {}", shown(octets));
        assert!(field.value.end <= length);
        assert!(!name.is_empty() && name.iter().all(|o| is_token(*o)), "name: {}", shown(octets));
        assert!(value.iter().all(|o| is_value(*o)), "value: {}", shown(octets));
        let trimmed = !value.first().is_some_and(|o| is_blank(*o)) && !value.last().is_some_and(|o| is_blank(*o));
        assert!(trimmed, "white space around a value: {}", shown(octets));
        assert!(name.len() <= limits.field_name as usize && value.len() <= limits.field_value as usize);
        from = field.value.end;
    }
}
