//! Messages that are right, of every shape the reader knows.

use wiregauge_proto::message::Kind;

/// Streams of right messages.
pub(crate) const SAMPLES: &[(Kind, &[u8])] = &[
    (Kind::Requests, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    (Kind::Requests, b"\r\n\r\nGET /where?q=now HTTP/1.0\r\n\r\n\r\n"),
    (
        Kind::Requests,
        b"POST /a%20b HTTP/1.1\r\nHost: [::1]:80\r\nX:\t\r\nY: \xe9 \t z \t\r\nContent-Length: 5\r\n\r\nhello\
        OPTIONS * HTTP/1.1\r\nHost:\r\nConnection: ,close,,\r\n\r\n\
        CONNECT a:80 HTTP/1.9\r\nHost: a:80\r\n\r\n",
    ),
    (
        Kind::Requests,
        b"PUT http://a/b?c HTTP/1.1\r\nhost: b\r\ntransfer-encoding: ,Chunked\r\n\r\n\
        5 ;a ; b = \"c\\\"d\";e=f\r\nhello\r\n00A\r\n0\r\n\r\n12345\r\n000\r\nDigest: x\r\nEmpty:\r\n\r\n\
        GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ),
    (
        Kind::Responses,
        b"HTTP/1.1 100 \r\n\r\nHTTP/1.1 200 O\xe9\tK\r\nContent-Length: 3\r\n\r\nabc\
        HTTP/1.0 304 \r\nContent-Length: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nuntil the end\r\n",
    ),
    (
        Kind::Responses,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip;q=\"a,b\", chunked\r\n\r\n3\r\n\r\n\r\r\n0\r\nA: b\r\n\r\n\
        HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n\
        HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxyz",
    ),
];
