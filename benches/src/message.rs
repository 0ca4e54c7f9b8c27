//! The one request and its answers.

use crate::Trouble;

/// The octets of content of a small answer.
pub const SMALL: usize = 100;

/// ... and of a large one: 64 KiB.
pub const LARGE: usize = 64 * 1024;

/// The host that is asked, which is in the certificate.
pub const HOST: &str = "localhost";

/// The request-target.
pub const TARGET: &str = "/articles/2024/11/the-weather?page=2";

/// The fields of the request behind Host: those of a browser, shortened. With the request-line and Host it has some 400 octets.
pub const FIELDS: [(&str, &str); 7] = [
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    ("accept-language", "en-US,en;q=0.5"),
    ("referer", "https://news.example/articles/2024/11"),
    ("cookie", "session=8f14e45fceea167a5a36dedd4bea2543; theme=dark"),
    ("sec-fetch-mode", "navigate"),
    ("priority", "u=0, i"),
];

/// The Content-Type of the answer. Content-Length and Date are the other fields.
pub const CONTENT_TYPE: &str = "text/html; charset=utf-8";

/// The content of an answer.
pub fn content(length: usize) -> Vec<u8> {
    (b' '..=b'~').cycle().take(length).collect()
}

/// The octets of the request.
pub fn request_octets() -> Vec<u8> {
    let mut octets = format!("GET {TARGET} HTTP/1.1\r\nhost: {HOST}\r\n");
    for (name, value) in FIELDS {
        octets.push_str(&format!("{name}: {value}\r\n"));
    }
    octets.push_str("\r\n");
    octets.into_bytes()
}

/// The octets of an answer, with a Date that stands still.
pub fn answer_octets(length: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ndate: Tue, 15 Nov 1994 08:12:31 GMT\r\ncontent-type: {CONTENT_TYPE}\r\n\
         content-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), &content(length)].concat()
}

/// What a client made of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    /// The status code.
    pub status: u16,
    /// How many field lines it had.
    pub fields: usize,
    /// How many octets of content, which were all in memory at once.
    pub length: usize,
}

/// Holds an answer against the one that was to come: 200, three fields (Content-Type, Content-Length, Date), content of that `length`.
///
/// # Errors
/// Where they differ.
pub fn expected(got: &Got, length: usize) -> Result<(), Trouble> {
    let wanted = Got { status: 200, fields: 3, length };
    if *got == wanted { Ok(()) } else { Err(format!("{wanted:?} was to come, and {got:?} came").into()) }
}
