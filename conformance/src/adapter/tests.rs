use super::contract::{Answer, AnswerLine, Parse, Then};
use super::*;
use crate::transcript::Octets;

fn answers(input: &str) -> Vec<AnswerLine> {
    let mut output = Vec::new();
    answer_all(input.as_bytes(), &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

fn ask(question: &Parse) -> Parsed {
    let mut answers = answers(&question.line());
    assert_eq!(answers.len(), 1);
    let answer = answers.remove(0);
    assert_eq!(answer.id.as_deref(), Some(question.id.as_str()));
    match answer.answer {
        Answer::Parsed(parsed) => parsed,
        Answer::Skipped { skipped } => panic!("skipped: {skipped}"),
    }
}

fn request(octets: &[u8]) -> Parse {
    Parse { id: "q".into(), octets: octets.into(), ..Parse::default() }
}

fn response(octets: &[u8]) -> Parse {
    Parse { kind: Direction::Response, ..request(octets) }
}

#[test]
fn it_says_what_it_is() {
    let mut output = Vec::new();
    answer_all(&b"{\"do\":\"start\"}\n"[..], &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    assert_eq!(serde_json::from_str::<Started>(&text).unwrap(), started());
    assert!(text.ends_with("}\n"));
}

#[test]
fn a_request_comes_back_as_it_was_said() {
    let parsed =
        ask(&request(b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: v\r\n\r\n"));
    assert_eq!(parsed.then, Then::Idle);
    let [message] = &parsed.messages[..] else { panic!("one message") };
    assert_eq!(message.method, Some(Octets(b"POST".to_vec())));
    assert_eq!(message.target, Some(Octets(b"/a".to_vec())));
    assert_eq!((message.version.as_str(), message.status, message.keep_alive), ("1.1", None, Some(true)));
    assert_eq!(message.fields[0], (Octets(b"Host".to_vec()), Octets(b"h".to_vec())));
    assert_eq!(message.body.0, b"hi");
    assert_eq!(message.trailers, [(Octets(b"T".to_vec()), Octets(b"v".to_vec()))]);
}

#[test]
fn what_follows_the_messages_is_told() {
    let get = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    let then = |question: &Parse| {
        let parsed = ask(question);
        (parsed.messages.len(), parsed.then)
    };
    assert_eq!(then(&request(b"")), (0, Then::Idle));
    assert_eq!(then(&request(&[&get[..], get].concat())), (2, Then::Idle));
    assert_eq!(then(&request(&[&get[..], b"GE"].concat())), (1, Then::More));
    assert_eq!(then(&Parse { end: true, ..request(get) }), (1, Then::End));
    assert_eq!(then(&Parse { end: true, ..request(b"GE") }), (0, Then::Reject));
    assert_eq!(then(&response(b"HTTP/1.1 200 OK\r\n\r\nabc")), (0, Then::More));
    assert_eq!(then(&Parse { end: true, ..response(b"HTTP/1.1 200 OK\r\n\r\nabc") }), (1, Then::End));
}

#[test]
fn a_rejection_names_its_rule_and_octet_at_every_split() {
    let octets = b"GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost : h\r\n\r\n";
    for split in 0..octets.len() {
        let parsed = ask(&Parse { splits: vec![split], ..request(octets) });
        assert_eq!((parsed.messages.len(), parsed.then), (1, Then::Reject));
        assert_eq!((parsed.rule.as_deref(), parsed.at), (Some("field-line.space-before-colon"), Some(47)));
    }
}

#[test]
fn the_methods_of_the_requests_decide_about_content() {
    let octets = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    assert_eq!(ask(&response(octets)).then, Then::More);
    assert_eq!(ask(&Parse { request_methods: vec!["HEAD".into()], ..response(octets) }).then, Then::Idle);
    let single = Parse { request_methods: vec!["HEAD".into()], ..response(octets) }.line();
    let single = single.replace("\"request_methods\":[\"HEAD\"]", "\"request_method\":\"HEAD\"");
    let Answer::Parsed(parsed) = &answers(&single)[0].answer else { panic!("skipped") };
    assert_eq!(parsed.then, Then::Idle);
}

#[test]
fn another_protocol_gets_its_octets() {
    let parsed =
        ask(&response(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n\x01\x02"));
    assert_eq!((parsed.messages.len(), parsed.then), (1, Then::Switched));
    assert_eq!(parsed.rest, Some(Octets(vec![1, 2])));
}

#[test]
fn every_cut_and_octet_by_octet_say_the_same_as_whole() {
    let octets = b"\r\nPOST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcPUT /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\nGET";
    let whole = ask(&request(octets));
    assert_eq!((whole.messages.len(), whole.then), (2, Then::More));
    for split in 0..=octets.len() + 3 {
        assert_eq!(ask(&Parse { splits: vec![split], ..request(octets) }), whole, "{split}");
    }
    assert_eq!(ask(&Parse { splits: (0..octets.len()).collect(), ..request(octets) }), whole);
    assert_eq!(ask(&Parse { splits: vec![5, 5, 7, 7], ..request(octets) }), whole);
}

#[test]
fn what_is_no_question_is_skipped_and_the_next_one_answered() {
    let good = request(b"").line();
    let input = [
        "garbage",
        "",
        "{}",
        "{\"do\":\"ask\",\"id\":\"a\"}",
        "{\"do\":\"parse\",\"id\":\"b\",\"kind\":\"request\",\"octets\":\"*\"}",
        "{\"do\":\"parse\",\"id\":\"c\",\"kind\":\"trailer\",\"octets\":\"\"}",
        "{\"do\":\"parse\",\"id\":\"d\",\"kind\":\"request\",\"octets\":\"\",\"splits\":[3,1]}",
        "{\"do\":\"parse\",\"id\":\"e\",\"kind\":\"request\",\"octets\":\"\",\"splits\":[-1]}",
        &good,
    ]
    .join("\n");
    let answers = answers(&input);
    let skipped = answers.iter().filter(|line| matches!(line.answer, Answer::Skipped { .. })).count();
    assert_eq!((answers.len(), skipped), (8, 7));
    assert_eq!(answers[2].id.as_deref(), Some("a"));
    assert!(matches!(answers[7].answer, Answer::Parsed(_)));
}

#[test]
fn a_line_that_is_too_long_is_passed_over() {
    let mut input = vec![b'x'; MOST_OCTETS_OF_A_LINE as usize + 1];
    input.extend_from_slice(b"\n{\"do\":\"start\"}\n");
    let mut output = Vec::new();
    answer_all(&input[..], &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains("longer than is read") && lines[1].contains("wiregauge-proto"), "{text}");
}
