//! One message that breaks the rule, and one that keeps it.

use super::{CLOSE, DATE, GET, HEAD, OLD, Playing, broken, exchange, good, result};
use crate::corpus::model::{Role, Verdict};
use crate::judge::courtesy::Rule;

/// The first breaks the rule (and, of all rules, no other that is not named); the second could have, and does not.
fn told_apart(rule: Rule, verdict: Verdict, breaks: &Playing, keeps: &Playing, others: &[&str]) {
    let name = rule.name();
    let broken_one = result(rule, breaks);
    assert_eq!(broken_one.verdict, verdict, "{name}: {broken_one:?}");
    let finding = &broken_one.findings[0];
    assert!(finding.requirement.is_some() && finding.level.is_some() && !finding.because.is_empty(), "{name}");
    assert!(finding.at[1] > finding.at[0], "{name} points at octets: {:?}", finding.at);
    let mut expected = [&[name], others].concat();
    expected.sort_unstable();
    let mut all = broken(breaks);
    all.sort_unstable();
    assert_eq!(all, expected, "{name}: {breaks:?}");
    let kept = result(rule, keeps);
    assert_eq!(kept.verdict, Verdict::Pass, "{name} is shown and kept: {kept:?}");
}

fn fails(rule: Rule, breaks: &Playing, keeps: &Playing) {
    told_apart(rule, Verdict::Fail, breaks, keeps, &[]);
}

/// A response with this start-line.
fn started(line: &str) -> Playing {
    exchange(GET, &format!("{line}\r\n{DATE}Content-Length: 0\r\n\r\n"))
}

/// A response with these field lines, to this request.
fn lines(request: &str, lines: &str) -> Playing {
    exchange(request, &good(200, lines))
}

fn chunked(body: &str) -> Playing {
    exchange(GET, &format!("HTTP/1.1 200 OK\r\n{DATE}Content-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n{body}"))
}

#[test]
fn status_lines() {
    let fine = started("HTTP/1.1 200 ");
    fails(Rule::StatusLineSpace, &started("HTTP/1.1 200"), &fine);
    fails(Rule::StatusLine, &started("HTTP/1.1  200 OK"), &fine);
    fails(Rule::StatusLine, &started("http/1.1 200 OK"), &fine);
    fails(Rule::StatusCode, &started("HTTP/1.1 700 OK"), &started("HTTP/1.1 599 OK"));
}

#[test]
fn field_lines() {
    let fine = lines(GET, "X: a\r\n");
    fails(Rule::FieldSyntax, &lines(GET, "X : a\r\n"), &fine);
    fails(Rule::FieldSyntax, &lines(GET, "X\r\n"), &fine);
    fails(Rule::FieldSyntax, &lines(GET, "X: a\0b\r\n"), &fine);
    fails(Rule::ObsFold, &lines(GET, "X: a\r\n b\r\n"), &fine);
    fails(Rule::BareCr, &lines(GET, "X: a\rb\r\n"), &fine);
    fails(Rule::BareLf, &lines(GET, "X: a\n"), &fine);
    let blank = exchange(GET, &format!("HTTP/1.1 200 OK\r\n X: a\r\n{DATE}Content-Length: 0\r\n\r\n"));
    fails(Rule::BlankBeforeFirst, &blank, &fine);
    told_apart(
        Rule::Singletons,
        Verdict::Fail,
        &lines(GET, "Server: a\r\nServer: b\r\n"),
        &lines(GET, "Server: a\r\n"),
        &[],
    );
}

#[test]
fn what_a_client_or_proxy_asks() {
    let asked = |octets: &str| Playing::of("well-formed/control").role(Role::Proxy).got_on("s1", octets.as_bytes());
    let fine = asked("GET / HTTP/1.1\r\nHost: o\r\n\r\n");
    fails(Rule::HostSent, &asked("GET / HTTP/1.1\r\n\r\n"), &fine);
    fails(Rule::RequestLine, &asked("GET /a b HTTP/1.1\r\nHost: o\r\n\r\n"), &fine);
    fails(Rule::FieldSyntax, &asked("GET / HTTP/1.1\r\nHost: o\r\nX : a\r\n\r\n"), &fine);
}

#[test]
fn where_no_content_may_be() {
    let fine = exchange(GET, &good(204, ""));
    let with_length = exchange(GET, &good(204, "Content-Length: 0\r\n"));
    fails(Rule::ContentLengthNoContent, &with_length, &fine);
    fails(Rule::TransferEncodingNoContent, &exchange(GET, &good(204, "Transfer-Encoding: chunked\r\n")), &fine);
    let interim = |lines: &str| exchange(GET, &format!("HTTP/1.1 103 Early Hints\r\n{lines}\r\n{}", good(200, "")));
    fails(Rule::ContentLengthNoContent, &interim("Content-Length: 0\r\n"), &interim(""));
    fails(Rule::NoContent, &exchange(GET, &format!("{}hello", good(204, ""))), &fine);
    fails(Rule::NoContent, &exchange(GET, &format!("{}hello", good(304, ""))), &exchange(GET, &good(304, "")));
    let head = "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 5\r\n\r\n";
    fails(Rule::NoContent, &exchange(HEAD, &format!("{head}hello")), &exchange(HEAD, head));
}

#[test]
fn lengths() {
    let both = |length: &str| {
        exchange(GET, &format!("HTTP/1.1 200 OK\r\n{DATE}{length}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
    };
    fails(Rule::BothLengths, &both("Content-Length: 5\r\n"), &both(""));
    let sized = |value: &str| exchange(GET, &format!("HTTP/1.1 200 OK\r\n{DATE}Content-Length: {value}\r\n\r\n"));
    fails(Rule::ContentLengthValue, &sized("x"), &sized("0"));
    fails(Rule::ContentLengthValue, &sized("-1"), &sized("0"));
    fails(Rule::ChunkedSyntax, &chunked("0x5\r\nhello\r\n0\r\n\r\n"), &chunked("5\r\nhello\r\n0\r\n\r\n"));
    fails(Rule::ChunkedSyntax, &chunked("5;=\r\nhello\r\n0\r\n\r\n"), &chunked("5;a=b\r\nhello\r\n0\r\n\r\n"));
    let twice =
        exchange(GET, &format!("HTTP/1.1 200 OK\r\n{DATE}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"));
    fails(Rule::TransferEncodingSyntax, &twice, &chunked("0\r\n\r\n"));
    let to_the_end =
        exchange(CLOSE, &format!("HTTP/1.1 200 OK\r\n{DATE}Content-Type: a/b\r\nConnection: close\r\n\r\nhello")).fin();
    let delimited =
        exchange(CLOSE, &format!("{}hello", good(200, "Connection: close\r\n").replace(": 0", ": 5"))).fin();
    told_apart(Rule::Delimited, Verdict::Warn, &to_the_end, &delimited, &[]);
}

#[test]
fn an_unchunked_coding_ends_with_its_connection() {
    let gzip = || {
        exchange(CLOSE, &format!("HTTP/1.1 200 OK\r\n{DATE}Connection: close\r\nTransfer-Encoding: gzip\r\n\r\nxyz"))
    };
    let open = gzip().late().after_ms(1_000);
    let result = result(Rule::UnchunkedEnds, &open);
    assert_eq!(result.verdict, Verdict::Fail, "{result:?}");
    assert_eq!(super::result(Rule::UnchunkedEnds, &gzip().fin()).verdict, Verdict::Pass);
}

#[test]
fn what_http_1_0_is_not_sent() {
    let fine = exchange(OLD, &good(200, "Connection: close\r\n")).fin();
    let coded = exchange(
        OLD,
        &format!("HTTP/1.1 200 OK\r\n{DATE}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    );
    fails(Rule::TransferEncodingToOld, &coded.fin(), &fine);
    let interim = |request: &str| {
        exchange(request, &format!("HTTP/1.1 103 Early Hints\r\n\r\n{}", good(200, "Connection: close\r\n"))).fin()
    };
    fails(Rule::InterimToOld, &interim(OLD), &interim(CLOSE));
}

#[test]
fn versions() {
    let fine = started("HTTP/1.1 200 OK");
    fails(Rule::VersionTooHigh, &started("HTTP/1.2 200 OK"), &fine);
    told_apart(Rule::VersionOld, Verdict::Warn, &started("HTTP/1.0 200 OK"), &fine, &[]);
}

#[test]
fn ends() {
    let closing = || exchange(GET, &good(200, "Connection: close\r\n"));
    let open = closing().late().after_ms(1_000);
    fails(Rule::CloseEnds, &open, &closing().fin());
    let goes_on = exchange(&[GET, GET].concat(), &[good(200, "Connection: close\r\n"), good(200, "")].concat());
    fails(Rule::CloseEnds, &goes_on, &closing().reset());
    let unannounced = exchange(GET, &good(200, "")).fin();
    fails(Rule::EndAnnounced, &unannounced, &closing().fin());
    let later = exchange(GET, &good(200, "")).fin().after_ms(1_500);
    assert_eq!(broken(&later), [] as [&str; 0], "who closes an idle connection need not have said so");
    assert_eq!(result(Rule::EndAnnounced, &exchange(GET, &good(200, ""))).verdict, Verdict::Pass);
}

#[test]
fn dates() {
    let without = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    let both = exchange(&[GET, GET].concat(), &[&good(200, ""), without].concat());
    fails(Rule::DatePresent, &both, &exchange(GET, &good(200, "")));
    let never = exchange(GET, without);
    assert_eq!(result(Rule::DatePresent, &never).verdict, Verdict::Warn, "a server without a clock must not send one");
    let server_error = exchange(GET, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(result(Rule::DatePresent, &server_error).verdict, Verdict::NotApplicable);
    let old_form = "HTTP/1.1 200 OK\r\nDate: Sunday, 06-Nov-94 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n";
    fails(Rule::DateSyntax, &exchange(GET, old_form), &exchange(GET, &good(200, "")));
    fails(Rule::DateSyntax, &lines(GET, "Last-Modified: yesterday\r\n"), &lines(GET, ""));
}

#[test]
fn fields_that_go_with_a_status() {
    let answered = |status, lines: &str| exchange(GET, &good(status, lines));
    fails(Rule::AllowWith405, &answered(405, ""), &answered(405, "Allow: GET\r\n"));
    fails(Rule::AllowWith405, &answered(405, ""), &answered(405, "Allow:\r\n"));
    fails(Rule::ChallengeWith401, &answered(401, ""), &answered(401, "WWW-Authenticate: Basic realm=\"a\"\r\n"));
    let upgrade = "Connection: upgrade\r\nUpgrade: x\r\n";
    fails(Rule::UpgradeWith426, &answered(426, ""), &answered(426, upgrade));
    fails(Rule::UpgradeInConnection, &answered(426, "Upgrade: x\r\n"), &answered(426, upgrade));
}

#[test]
fn switches() {
    let offer = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x, y/1\r\n\r\n";
    let switch = |lines: &str| exchange(offer, &format!("HTTP/1.1 101 Switching Protocols\r\n{lines}\r\n"));
    let fine = switch("Connection: upgrade\r\nUpgrade: Y/1\r\n");
    fails(Rule::UpgradeWith101, &switch(""), &fine);
    fails(Rule::SwitchOffered, &switch("Connection: upgrade\r\nUpgrade: z\r\n"), &fine);
    let unasked = exchange(GET, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    fails(Rule::SwitchOffered, &unasked, &fine);
}

#[test]
fn one_final_response_each() {
    let two = exchange(GET, &[good(200, ""), good(200, "")].concat());
    fails(Rule::OneFinal, &two, &exchange(GET, &good(200, "")));
    let tired = exchange(GET, &[good(200, ""), good(408, "Connection: close\r\n")].concat()).fin();
    assert_eq!(broken(&tired), [] as [&str; 0], "a 408 may come unasked");
}

#[test]
fn values_that_have_a_grammar() {
    let line = |line: &str| lines(GET, &format!("{line}\r\n"));
    for (rule, bad, fine) in [
        (Rule::ContentTypeSyntax, "Content-Type: html", "Content-Type: text/html;charset=\"utf-8\";"),
        (Rule::ContentTypeSyntax, "Content-Type: text/html; charset = utf-8", "Content-Type: a/b"),
        (Rule::ContentTypeSyntax, "Content-Type: text/html, text/plain", "Content-Type: text/plain; a=b; c=d"),
        (Rule::EntityTagSyntax, "ETag: abc", "ETag: \"abc\""),
        (Rule::EntityTagSyntax, "ETag: w/\"abc\"", "ETag: W/\"\""),
        (Rule::LocationSyntax, "Location: /a b", "Location: ../a?b#c"),
        (Rule::LocationSyntax, "Location: <http://a/>", "Location: http://[::1]/"),
        (Rule::RetryAfterSyntax, "Retry-After: soon", "Retry-After: 120"),
        (Rule::RetryAfterSyntax, "Retry-After: -1", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT"),
        (Rule::AllowSyntax, "Allow: GET HEAD", "Allow: GET, HEAD"),
        (Rule::AllowSyntax, "Allow: GET;HEAD", "Allow:"),
        (Rule::VarySyntax, "Vary: accept encoding", "Vary: accept-encoding, *"),
    ] {
        fails(rule, &line(bad), &line(fine));
    }
    let coded = |coding: &str| line(&format!("Content-Encoding: {coding}"));
    told_apart(Rule::IdentityCoding, Verdict::Warn, &coded("gzip, identity"), &coded("gzip"), &[]);
}

#[test]
fn nothing_was_modified_after_it_was_sent() {
    let modified = |date: &str| lines(GET, &format!("Last-Modified: {date}\r\n"));
    let before = modified("Sun, 06 Nov 1994 08:49:37 GMT");
    fails(Rule::ModifiedBeforeSent, &modified("Sun, 06 Nov 1994 08:49:39 GMT"), &before);
    let a_second = modified("Sun, 06 Nov 1994 08:49:38 GMT");
    assert_eq!(broken(&a_second), [] as [&str; 0], "the text of a Date is kept for a second");
}

#[test]
fn fields_that_should_be_there() {
    let answered = |status, lines: &str| exchange(GET, &good(status, lines));
    for (rule, status) in [
        (Rule::LocationWith301, 301),
        (Rule::LocationWith302, 302),
        (Rule::LocationWith307, 307),
        (Rule::LocationWith308, 308),
    ] {
        told_apart(rule, Verdict::Warn, &answered(status, ""), &answered(status, "Location: /a\r\n"), &[]);
    }
    let with_content =
        |lines: &str| exchange(GET, &format!("HTTP/1.1 200 OK\r\n{DATE}{lines}Content-Length: 5\r\n\r\nhello"));
    let typed = with_content("Content-Type: text/plain\r\n");
    told_apart(Rule::ContentTypePresent, Verdict::Warn, &with_content(""), &typed, &[]);
    let with_trailer = |lines: &str| {
        let head = format!("HTTP/1.1 200 OK\r\n{DATE}{lines}Transfer-Encoding: chunked\r\n\r\n");
        exchange(GET, &format!("{head}0\r\nX-Sum: 1\r\n\r\n"))
    };
    let announced = with_trailer("Trailer: x-sum\r\n");
    told_apart(Rule::TrailerAnnounced, Verdict::Warn, &with_trailer("Trailer: x\r\n"), &announced, &[]);
}

#[test]
fn an_idle_connection_is_not_reset() {
    let idle = || exchange(GET, &good(200, ""));
    let reset = idle().reset().after_ms(1_500);
    told_apart(Rule::IdleEnd, Verdict::Warn, &reset, &idle().fin().after_ms(1_500), &[]);
    assert_eq!(result(Rule::IdleEnd, &idle()).verdict, Verdict::NotApplicable, "it was not ended");
}

#[test]
fn dates_go_on_as_time_does() {
    let at = |second: u32, lines: &str| {
        format!("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:{second} GMT\r\n{lines}Content-Length: 0\r\n\r\n")
    };
    let two = |second: &str, ms: u64| exchange(&[GET, GET].concat(), &at(30, "")).got(second).after_ms(ms);
    told_apart(Rule::DateAdvances, Verdict::Warn, &two(&at(30, ""), 3_000), &two(&at(33, ""), 3_000), &[]);
    told_apart(Rule::DateAdvances, Verdict::Warn, &two(&at(20, ""), 3_000), &two(&at(32, ""), 3_000), &[]);
    told_apart(Rule::DateAdvances, Verdict::Warn, &two(&at(50, ""), 3_000), &two(&at(34, ""), 3_000), &[]);
    for says_nothing in [two(&at(30, ""), 2_000), two(&at(30, "Age: 3\r\n"), 3_000)] {
        let result = result(Rule::DateAdvances, &says_nothing);
        assert_eq!(result.verdict, Verdict::NotApplicable, "{result:?}");
    }
}
