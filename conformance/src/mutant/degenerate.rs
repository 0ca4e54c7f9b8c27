//! Subjects that are no HTTP/1.1 servers at all. None of them may look conforming: a suite that counts silence, or refusals
//! that were never earned, as conformance gives them points.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::{Running, listen};

/// How a degenerate subject answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Degenerate {
    /// Whatever comes is refused with 400, and the connection is closed.
    AlwaysRefuses,
    /// Every connection is closed without an octet.
    ClosesAtOnce,
    /// Connections are taken and nothing is ever said.
    NeverAnswers,
    /// Every segment is answered with 200, whatever it holds; content is not looked at.
    AlwaysAccepts,
    /// Every segment is answered with octets that are no HTTP.
    Garbage,
    /// Content without a head, then the end, as before HTTP/1.0.
    SimpleResponse,
    /// The first request of a connection is answered, everything after it is met with silence.
    HangsAfterFirst,
}

impl Degenerate {
    /// Every one of them.
    pub const ALL: &'static [Degenerate] = &[
        Degenerate::AlwaysRefuses,
        Degenerate::ClosesAtOnce,
        Degenerate::NeverAnswers,
        Degenerate::AlwaysAccepts,
        Degenerate::Garbage,
        Degenerate::SimpleResponse,
        Degenerate::HangsAfterFirst,
    ];

    /// The public name.
    pub fn id(self) -> &'static str {
        match self {
            Degenerate::AlwaysRefuses => "always-refuses",
            Degenerate::ClosesAtOnce => "closes-at-once",
            Degenerate::NeverAnswers => "never-answers",
            Degenerate::AlwaysAccepts => "always-accepts",
            Degenerate::Garbage => "garbage",
            Degenerate::SimpleResponse => "simple-response",
            Degenerate::HangsAfterFirst => "hangs-after-first",
        }
    }
}

/// Starts it on a free port of 127.0.0.1.
pub fn start(degenerate: Degenerate) -> io::Result<Running> {
    listen(0, move |stream| serve(stream, degenerate))
}

/// How long a peer may be silent before the connection is given up.
const IDLE: Duration = Duration::from_secs(20);

fn serve(mut stream: TcpStream, degenerate: Degenerate) {
    let _ = stream.set_read_timeout(Some(IDLE));
    let _ = stream.set_write_timeout(Some(IDLE));
    let _ = stream.set_nodelay(true);
    if degenerate == Degenerate::ClosesAtOnce {
        return;
    }
    let mut buffer = [0; 16 * 1024];
    let mut answered = 0;
    while let Ok(count) = stream.read(&mut buffer) {
        if count == 0 {
            break;
        }
        let answer: &[u8] = match degenerate {
            Degenerate::AlwaysRefuses => {
                b"HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbad\n"
            }
            Degenerate::AlwaysAccepts => b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n",
            Degenerate::HangsAfterFirst if answered == 0 => b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n",
            Degenerate::Garbage => b"\x16\x03\x01\0\xff not what you think\r\n\r\n\0\0",
            Degenerate::SimpleResponse => b"<p>hello</p>\n",
            _ => continue,
        };
        answered += 1;
        if stream.write_all(answer).is_err() {
            break;
        }
        if matches!(degenerate, Degenerate::AlwaysRefuses | Degenerate::SimpleResponse) {
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.set_read_timeout(Some(Duration::from_millis(500)));
            while matches!(stream.read(&mut buffer), Ok(count) if count > 0) {}
            break;
        }
    }
}
