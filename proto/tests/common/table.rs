//! One row for each rule that a reading of octets can break: octets that break exactly that rule, and where.
//!
//! In a row's wire text `«` and `»` stand around the offending octets and are no octets themselves.

use wiregauge_proto::Rule::{self, *};
use wiregauge_proto::message::Kind::{self, Requests, Responses};
use wiregauge_proto::{Limits, Span};

/// One row.
pub(crate) struct Row {
    pub(crate) rule: Rule,
    pub(crate) kind: Kind,
    wire: &'static str,
    /// Whether the connection ends behind the octets.
    pub(crate) ended: bool,
    limits: fn(&mut Limits),
}

impl Row {
    /// The octets.
    pub(crate) fn octets(&self) -> Vec<u8> {
        self.wire.chars().filter(|c| !"«»".contains(*c)).map(|c| u8::try_from(c).expect("an octet")).collect()
    }

    /// Where the rule breaks.
    pub(crate) fn span(&self) -> Span {
        let start = self.wire.chars().position(|c| c == '«').expect("a row marks its fault");
        let end = self.wire.chars().position(|c| c == '»').expect("a row marks its fault") - 1;
        Span::new(start, end)
    }

    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::DEFAULT;
        (self.limits)(&mut limits);
        limits
    }
}

fn q(rule: Rule, wire: &'static str) -> Row {
    Row { rule, kind: Requests, wire, ended: false, limits: |_| {} }
}

fn s(rule: Rule, wire: &'static str) -> Row {
    Row { rule, kind: Responses, wire, ended: false, limits: |_| {} }
}

fn ended(row: Row) -> Row {
    Row { ended: true, ..row }
}

fn limited(row: Row, limits: fn(&mut Limits)) -> Row {
    Row { limits, ..row }
}

/// Rules of the connection, whose test is `connection_rules.rs`: no reading of octets alone can break them.
pub(crate) const OF_THE_CONNECTION: &[Rule] = &[ConnectionUnexpectedResponse, ConnectionSwitchUnasked];

/// Rules that the reader of messages leaves to the server: `rules.rs` has a test of its own for each.
pub(crate) const OF_THE_SERVER: &[Rule] = &[ExpectUnsupported];

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = start_lines();
    rows.extend(fields());
    rows.extend(framing());
    rows.extend(chunks());
    rows.extend(limits());
    rows
}

fn start_lines() -> Vec<Row> {
    vec![
        q(RequestLineMethodMissing, "« »\r\n"),
        q(RequestLineMethodMissing, "« \t»GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineMethodOctet, "G«@(»T / HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineMethodOctet, "«/»GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineTargetMissing, "GET«»\r\n"),
        q(RequestLineTargetMissing, "GET «»\r\n"),
        q(RequestLineVersionMissing, "GET /«»\r\n"),
        q(RequestLineVersionMissing, "GET / «»\r\n"),
        q(RequestLineExtraSpace, "GET «  »/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineExtraSpace, "GET / « »HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineBlank, "GET«\t»/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineBlank, "GET /«\x0b» HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineBlank, "GET /a«\x0c»b HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineTrailingOctets, "GET / HTTP/1.1« »\r\nHost: a\r\n\r\n"),
        q(RequestLineTrailingOctets, "GET / HTTP/1.1« and more»\r\nHost: a\r\n\r\n"),
        q(RequestLineBareCr, "«\r»GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineBareCr, "GET «\r»/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineBareCr, "GET /a«\r»b HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestLineBareCr, "GET / HTTP/1.1«\r»\r\nHost: a\r\n\r\n"),
        q(RequestLineBareLf, "GET / HTTP/1.1«\n»Host: a\r\n\r\n"),
        q(RequestLineBareLf, "«\n»GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetOctet, "GET /«\u{e9}\u{e8}»a HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetOctet, "GET /?a«[»b=c HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetSpace, "GET /a« »b HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetPercentEncoding, "GET /%41«%»4 HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetFragment, "GET /a«#»b#c HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetForm, "GET «a/b» HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetForm, "GET «127.0.0.1:80» HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetAsteriskMethod, "GET «*» HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetConnectForm, "CONNECT «/» HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetConnectForm, "CONNECT «*» HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetConnectForm, "CONNECT «http://a:1/» HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetConnectForm, "CONNECT a«» HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetSchemeUnsupported, "GET «a.b»:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetHostMissing, "GET http://«»/a HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetHostMissing, "GET http:«»/a HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetHostMissing, "CONNECT «»:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetUserinfo, "GET HTTP://u:p«@»a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetHostOctet, "GET http://a«[»b/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetPort, "GET http://a:8«x»/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetPort, "GET http://a:«65536»/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetPort, "CONNECT a:«» HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetIpLiteral, "GET http://«[::g]»/ HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(RequestTargetIpLiteral, "CONNECT «[v1]»:80 HTTP/1.1\r\nHost: a\r\n\r\n"),
        q(HttpVersionName, "GET / «h»ttp/1.1\r\nHost: a\r\n\r\n"),
        q(HttpVersionName, "GET / HTTP«»\r\n"),
        q(HttpVersionName, "GET / HT«M»P/1.1\r\n"),
        q(HttpVersionDigits, "GET / HTTP/1.«»\r\n"),
        q(HttpVersionDigits, "GET / HTTP/1.1«0»\r\n"),
        q(HttpVersionDigits, "GET / HTTP/0«1.1»\r\n"),
        q(HttpVersionMajorUnsupported, "GET / HTTP/«2».0\r\nHost: a\r\n\r\n"),
        s(StatusLineVersionSeparator, "HTTP/1.1«\t»200 OK\r\nContent-Length: 0\r\n\r\n"),
        s(StatusLineVersionSeparator, "HTTP/1.1 « »200 OK\r\nContent-Length: 0\r\n\r\n"),
        s(StatusLineVersionSeparator, "HTTP/1.1«»\r\n"),
        s(StatusLineStatusCodeDigits, "HTTP/1.1 20« » OK\r\n"),
        s(StatusLineStatusCodeDigits, "HTTP/1.1 «x»20 OK\r\n"),
        s(StatusLineStatusCodeDigits, "HTTP/1.1 200«0» OK\r\n"),
        s(StatusLineStatusCodeDigits, "HTTP/1.1 2«»\r\n"),
        s(StatusLineStatusCodeDigits, "HTTP/1.1 «»\r\n"),
        s(StatusLineStatusCodeRange, "HTTP/1.1 «600» OK\r\nContent-Length: 0\r\n\r\n"),
        s(StatusLineStatusCodeRange, "HTTP/1.1 «099» OK\r\nContent-Length: 0\r\n\r\n"),
        s(StatusLineSpaceMissing, "HTTP/1.1 200«»\r\nContent-Length: 0\r\n\r\n"),
        s(StatusLineSpaceMissing, "HTTP/1.1 200«O»K\r\nContent-Length: 0\r\n\r\n"),
        s(StatusLineReasonOctet, "HTTP/1.1 200 O«\x7f»K\r\nContent-Length: 0\r\n\r\n"),
        s(StatusLineBareCr, "HTTP/1.1 200 O«\r»K\r\nContent-Length: 0\r\n\r\n"),
        s(StatusLineBareCr, "HTTP/1.1 200«\r»\r\nContent-Length: 0\r\n\r\n"),
        s(StatusLineBareLf, "HTTP/1.1 200 OK«\n»Content-Length: 0\r\n\r\n"),
    ]
}

fn fields() -> Vec<Row> {
    vec![
        q(FieldLineBlankBeforeFirst, "GET / HTTP/1.1\r\n« \t»Host: b\r\nHost: a\r\n\r\n"),
        q(FieldLineObsFold, "GET / HTTP/1.1\r\nHost: a\r\nB: c \r\n« »d\r\n\r\n"),
        q(FieldLineObsFold, "GET / HTTP/1.1\r\nHost: a\r\n«\t»\r\n\r\n"),
        q(FieldLineSpaceBeforeColon, "GET / HTTP/1.1\r\nHost« »: a\r\n\r\n"),
        q(FieldLineColonMissing, "GET / HTTP/1.1\r\nHost: a\r\nB«»\r\n\r\n"),
        q(FieldLineColonMissing, "GET / HTTP/1.1\r\nHost: a\r\nB«» c\r\n\r\n"),
        q(FieldLineBareLf, "GET / HTTP/1.1\r\nHost: a«\n»\r\n"),
        q(FieldLineEndBareLf, "GET / HTTP/1.1\r\nHost: a\r\n«\n»"),
        q(FieldLineEndBareCr, "GET / HTTP/1.1\r\nHost: a\r\n«\r»\r\n\r\n"),
        q(FieldLineEndBareCr, "GET / HTTP/1.1\r\nHost: a\r\n«\r»B: c\r\n\r\n"),
        q(FieldNameEmpty, "GET / HTTP/1.1\r\nHost: a\r\n«»: b\r\n\r\n"),
        q(FieldNameOctet, "GET / HTTP/1.1\r\nHost: a\r\nB«@\x00»C: d\r\n\r\n"),
        q(FieldNameBlank, "GET / HTTP/1.1\r\nHost: a\r\nB« »C: d\r\n\r\n"),
        q(FieldValueNul, "GET / HTTP/1.1\r\nHost: a\r\nB: c«\0»d\r\n\r\n"),
        q(FieldValueBareCr, "GET / HTTP/1.1\r\nHost: a\r\nB: c«\r»d\r\n\r\n"),
        q(FieldValueBareCr, "GET / HTTP/1.1\r\nHost: a\r\nB: c«\r»\r\n\r\n"),
        s(FieldValueControl, "HTTP/1.1 204 \r\nB: «\x0b»c\r\n\r\n"),
        q(HostMissing, "GET / HTTP/1.1\r\n«»\r\n"),
        q(HostMissing, "GET http://a/ HTTP/1.2\r\nHosts: a\r\n«»\r\n"),
        q(HostRepeated, "GET / HTTP/1.0\r\nHost: a\r\n«HOST»: a\r\n\r\n"),
        q(HostOctet, "GET / HTTP/1.1\r\nHost: a«/»b\r\n\r\n"),
        q(HostOctet, "GET / HTTP/1.1\r\nHost: [::1]«a»:80\r\n\r\n"),
        q(HostUserinfo, "GET / HTTP/1.1\r\nHost: u:p«@»a\r\n\r\n"),
        q(HostPort, "GET / HTTP/1.1\r\nHost: a:«+»1\r\n\r\n"),
        q(HostIpLiteral, "GET / HTTP/1.1\r\nHost: «[::1»\r\n\r\n"),
        q(HostIpLiteral, "GET / HTTP/1.1\r\nHost: «[1.2.3.4]»:80\r\n\r\n"),
        q(HostPercentEncoding, "GET / HTTP/1.1\r\nHost: a%20«%»2\r\n\r\n"),
        q(ConnectionOptionOctet, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, a«=»b\r\n\r\n"),
    ]
}

fn framing() -> Vec<Row> {
    vec![
        q(ContentLengthEmpty, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: «»\r\n\r\n"),
        q(ContentLengthOctet, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0«x»3\r\n\r\n"),
        s(ContentLengthOctet, "HTTP/1.1 200 \r\nContent-Length: 3«.»0\r\n\r\n"),
        q(ContentLengthSign, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: «+»3\r\n\r\n"),
        q(ContentLengthInnerBlank, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3« »3\r\n\r\n"),
        q(ContentLengthOverflow, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: «18446744073709551616»\r\n\r\n"),
        q(ContentLengthEmptyMember, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0,«»\r\n\r\n"),
        q(ContentLengthListRepeated, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0, «00»\r\n\r\n"),
        q(ContentLengthListDiffers, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, «4»\r\n\r\n"),
        q(ContentLengthLinesRepeated, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n«content-length»: 0\r\n\r\n"),
        s(ContentLengthLinesDiffer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n«content-length»: 1\r\n\r\n"),
        q(TransferEncodingEmpty, "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: «,»\r\n\r\n"),
        s(TransferEncodingCodingOctet, "HTTP/1.1 200 OK\r\nTransfer-Encoding: a«@»b\r\n\r\n"),
        s(TransferEncodingListSeparator, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip «b»r\r\n\r\n"),
        s(TransferEncodingListSeparator, "HTTP/1.1 200 OK\r\nTransfer-Encoding: a;b=\"c\"«d»\r\n\r\n"),
        s(TransferEncodingParameterSyntax, "HTTP/1.1 200 OK\r\nTransfer-Encoding: a;b=«,»c\r\n\r\n"),
        q(
            TransferEncodingChunkedParameter,
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked«;»a=\"b\"\r\n\r\n0\r\n\r\n",
        ),
        q(
            TransferEncodingChunkedRepeated,
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: «Chunked»\r\n\r\n0\r\n\r\n",
        ),
        q(TransferEncodingChunkedNotLast, "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, «gzip»\r\n\r\n"),
        q(TransferEncodingChunkedNotLast, "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: «identity»\r\n\r\n"),
        q(
            TransferEncodingCodingUnsupported,
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,«gzip» , chunked\r\n\r\n0\r\n\r\n",
        ),
        q(
            TransferEncodingWithContentLength,
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n«Content-Length»: x\r\n\r\n0\r\n\r\n",
        ),
        q(TransferEncodingOldVersion, "GET / HTTP/1.0\r\n«Transfer-Encoding»: chunked\r\n\r\n0\r\n\r\n"),
    ]
}

fn chunks() -> Vec<Row> {
    macro_rules! body {
        ($rule:ident, $wire:literal) => {
            q($rule, concat!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", $wire))
        };
    }
    vec![
        body!(ChunkSizeMissing, "«»\r\n"),
        body!(ChunkSizeMissing, "«»;a\r\n"),
        body!(ChunkSizeOctet, "1«g»\r\n"),
        body!(ChunkSizeOctet, "«\x0b»1\r\n"),
        body!(ChunkSizeSign, "«+»0\r\n\r\n"),
        body!(ChunkSizeSign, "«-»1\r\n"),
        body!(ChunkSizePrefix, "0«x»0\r\n\r\n"),
        body!(ChunkSizeBlankBefore, "« »0\r\n\r\n"),
        body!(ChunkSizeBlankAfter, "0« \t»\r\n\r\n"),
        body!(ChunkSizeBlankAfter, "0« »0\r\n"),
        body!(ChunkSizeOverflow, "«10000000000000000»\r\n"),
        body!(ChunkLineBareLf, "0«\n»\r\n"),
        body!(ChunkLineBareCr, "0«\r»\r\n"),
        body!(ChunkLineBareCr, "«\r»0\r\n"),
        body!(ChunkDataTooLong, "1\r\na«b»\r\n"),
        body!(ChunkDataBareLf, "1\r\na«\n»0\r\n\r\n"),
        body!(ChunkDataBareCr, "1\r\na«\r»0\r\n"),
        body!(ChunkExtNameMissing, "0;«»\r\n\r\n"),
        body!(ChunkExtNameMissing, "0; «»=a\r\n\r\n"),
        body!(ChunkExtNameOctet, "0;a«@»\r\n\r\n"),
        body!(ChunkExtValueMissing, "0;a= «»;b\r\n\r\n"),
        body!(ChunkExtValueOctet, "0;a=b«@»c\r\n\r\n"),
        body!(ChunkExtSeparator, "0;a=b «c»\r\n\r\n"),
        body!(ChunkExtSeparator, "0;a=\"b\"«c»\r\n\r\n"),
        body!(ChunkExtSeparator, "0;a« »\r\n\r\n"),
        body!(ChunkExtQuotedStringOctet, "0;a=\"«\x01»\"\r\n\r\n"),
        body!(ChunkExtQuotedPairOctet, "0;a=\"\\«\0»\"\r\n\r\n"),
        body!(ChunkExtQuotedStringUnclosed, "0;a=\"b«»\r\n\r\n"),
        body!(ChunkExtQuotedStringUnclosed, "0;a=\"b\\«»\r\n\r\n"),
        body!(ChunkExtBareLf, "0;a«\n»\r\n"),
        body!(ChunkExtBareCr, "0;a=«\r»\r\n\r\n"),
        body!(ChunkExtBareCr, "0;a=\"«\r»\"\r\n\r\n"),
        body!(TrailerBlankBeforeFirst, "0\r\n« »a\r\n\r\n"),
        body!(TrailerObsFold, "0\r\nA: b\r\n« »c\r\n\r\n"),
        body!(TrailerSpaceBeforeColon, "0\r\nA« »: b\r\n\r\n"),
        body!(TrailerColonMissing, "0\r\nA«»\r\n\r\n"),
        body!(TrailerNameEmpty, "0\r\n«»: b\r\n\r\n"),
        body!(TrailerNameOctet, "0\r\nA«@»: b\r\n\r\n"),
        body!(TrailerNameBlank, "0\r\nA«\t»B: b\r\n\r\n"),
        body!(TrailerValueNul, "0\r\nA: «\0»\r\n\r\n"),
        body!(TrailerValueBareCr, "0\r\nA: b«\r»c\r\n\r\n"),
        body!(TrailerValueControl, "0\r\nA: b«\x1f»c\r\n\r\n"),
        body!(TrailerLineBareLf, "0\r\nA: b«\n»\r\n"),
        body!(TrailerEndBareLf, "0\r\n«\n»"),
        body!(TrailerEndBareCr, "0\r\n«\r»\r\n\r\n"),
        ended(body!(MessageIncompleteChunked, "1\r\n«»")),
        ended(body!(MessageIncompleteChunked, "1\r\na\r\n0\r\nA: b\r\n«»")),
        ended(q(MessageIncompleteHead, "GET / HTTP/1.1\r\nHost: a\r\n«»")),
        ended(q(MessageIncompleteHead, "\r\n\r«»")),
        ended(s(MessageIncompleteContent, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na«»")),
    ]
}

fn limits() -> Vec<Row> {
    macro_rules! body {
        ($rule:ident, $wire:literal) => {
            q($rule, concat!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", $wire))
        };
    }
    vec![
        limited(q(LimitEmptyLines, "\r\n\r\n«\r\n»GET / HTTP/1.1\r\n"), |limits| limits.empty_lines = 2),
        limited(q(LimitMethod, "LON«GER» / HTTP/1.1\r\n"), |limits| limits.method = 3),
        limited(q(LimitMethod, "LON«GERBYFAR»AND"), |limits| (limits.method, limits.head) = (3, 11)),
        limited(q(LimitRequestTarget, "GET /12«34» HTTP/1.1\r\n"), |limits| limits.request_target = 3),
        limited(q(LimitRequestTarget, "GET /12«345»6"), |limits| {
            (limits.request_target, limits.head) = (3, 10);
        }),
        limited(s(LimitReason, "HTTP/1.1 200 OK«AY»\r\n"), |limits| limits.reason = 2),
        limited(s(LimitReason, "HTTP/1.1 200 OK«A»YOKAY"), |limits| (limits.reason, limits.head) = (2, 20)),
        limited(q(LimitFieldName, "GET / HTTP/1.1\r\nHost«s»: a\r\n"), |limits| limits.field_name = 4),
        limited(q(LimitFieldName, "GET / HTTP/1.1\r\nHost«sand»more"), |limits| {
            (limits.field_name, limits.head) = (4, 24);
        }),
        limited(q(LimitFieldValue, "GET / HTTP/1.1\r\nHost: ab«c» \r\n"), |limits| limits.field_value = 2),
        limited(q(LimitFieldValue, "GET / HTTP/1.1\r\nHost: ab«cd»e"), |limits| {
            (limits.field_value, limits.head) = (2, 26);
        }),
        limited(q(LimitFieldCount, "GET / HTTP/1.1\r\nHost: a\r\n«B: c»\r\n"), |limits| limits.field_count = 1),
        limited(q(LimitHead, "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r«\n»"), |limits| limits.head = 26),
        limited(q(LimitHead, "GET / HTTP/1.1«\r»\n"), |limits| limits.head = 14),
        limited(s(LimitHead, "HTTP/1.«1»\r\n"), |limits| limits.head = 7),
        limited(q(LimitContent, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: «3»\r\n\r\n"), |limits| {
            limits.content = 2;
        }),
        limited(body!(LimitContent, "1\r\na\r\n«2»\r\nab\r\n"), |limits| limits.content = 2),
        limited(s(LimitContent, "HTTP/1.1 200 OK\r\n\r\nab«c»"), |limits| limits.content = 2),
        limited(body!(LimitChunkSizeDigits, "000«0»\r\n"), |limits| limits.chunk_size_digits = 3),
        limited(body!(LimitChunkExt, "0;abc«de»\r\n"), |limits| limits.chunk_ext = 4),
        limited(body!(LimitChunkExt, "0;abc«deff»ff"), |limits| {
            (limits.chunk_size_digits, limits.chunk_ext) = (3, 4);
        }),
        limited(body!(LimitChunkExtTotal, "1;abc\r\na\r\n0«;abc»\r\n"), |limits| limits.chunk_ext_total = 7),
        limited(body!(LimitTrailerSection, "0\r\nA: b\r\n\r«\n»"), |limits| limits.trailer_section = 7),
        limited(body!(LimitTrailerCount, "0\r\nA: b\r\n«C: d»\r\n"), |limits| limits.trailer_count = 1),
        limited(s(LimitInterimResponses, "HTTP/1.1 100 \r\n\r\n«HTTP/1.1 102 \r\n\r\n»"), |limits| {
            limits.interim_responses = 1;
        }),
    ]
}
