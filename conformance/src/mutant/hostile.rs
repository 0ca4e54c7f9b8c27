//! Subjects that attack whoever reads their answers. The harness must come back from each of them in its own time, with a
//! verdict and without its memory growing.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::{Running, listen};

/// What a hostile subject does once a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hostile {
    /// Field lines without an end.
    EndlessHead,
    /// Interim responses without an end.
    EndlessInterim,
    /// A chunk of a gigabyte, sent as fast as it is read.
    GigabyteChunk,
    /// Half a response, then a reset.
    ResetInTheMiddle,
    /// A correct response, an octet a second.
    OctetASecond,
    /// Octets of no protocol without an end.
    EndlessGarbage,
}

impl Hostile {
    /// Every one of them.
    pub const ALL: &'static [Hostile] = &[
        Hostile::EndlessHead,
        Hostile::EndlessInterim,
        Hostile::GigabyteChunk,
        Hostile::ResetInTheMiddle,
        Hostile::OctetASecond,
        Hostile::EndlessGarbage,
    ];

    /// The public name.
    pub fn id(self) -> &'static str {
        match self {
            Hostile::EndlessHead => "endless-head",
            Hostile::EndlessInterim => "endless-interim",
            Hostile::GigabyteChunk => "gigabyte-chunk",
            Hostile::ResetInTheMiddle => "reset-in-the-middle",
            Hostile::OctetASecond => "octet-a-second",
            Hostile::EndlessGarbage => "endless-garbage",
        }
    }
}

/// Starts it on a free port of 127.0.0.1. The first `polite` connections are answered with a plain 200 each, so that the
/// attack meets the cases and not only the readiness check.
pub fn start(hostile: Hostile, polite: usize) -> io::Result<Running> {
    let greeted = std::sync::atomic::AtomicUsize::new(0);
    listen(0, move |stream| {
        let before = greeted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        if before < polite { polite_answer(stream) } else { attack(stream, hostile) }
    })
}

/// "Endless" ends here if nobody hangs up: nothing a test starts outlives it for long.
const MOST: (u64, Duration) = (1 << 30, Duration::from_secs(60));

const PLAIN: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";

fn polite_answer(mut stream: TcpStream) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer), Ok(count) if count > 0) {
        if stream.write_all(PLAIN).is_err() {
            return;
        }
    }
}

fn attack(mut stream: TcpStream, hostile: Hostile) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let _ = stream.set_write_timeout(Some(Duration::from_secs(20)));
    let _ = stream.set_nodelay(true);
    let mut buffer = [0; 4096];
    if !matches!(stream.read(&mut buffer), Ok(count) if count > 0) {
        return;
    }
    match hostile {
        Hostile::EndlessHead => {
            endlessly(&mut stream, b"HTTP/1.1 200 OK\r\n", &b"X-More: and more and more\r\n".repeat(256));
        }
        Hostile::EndlessInterim => endlessly(&mut stream, b"", &b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(256)),
        Hostile::GigabyteChunk => {
            endlessly(
                &mut stream,
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n",
                &[b'x'; 16384],
            );
        }
        Hostile::EndlessGarbage => endlessly(&mut stream, b"", &b"\0\xff\r\n\n\r:".repeat(1024)),
        Hostile::ResetInTheMiddle => {
            let _ = stream.write_all(&PLAIN[..PLAIN.len() - 20]);
            std::thread::sleep(Duration::from_millis(20));
            let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
        }
        Hostile::OctetASecond => {
            for octet in PLAIN {
                if stream.write_all(&[*octet]).is_err() {
                    return;
                }
                std::thread::sleep(Duration::from_secs(1));
            }
        }
    }
}

fn endlessly(stream: &mut TcpStream, first: &[u8], again: &[u8]) {
    let (most, until) = (MOST.0, Instant::now() + MOST.1);
    let mut sent = first.len() as u64;
    if stream.write_all(first).is_err() {
        return;
    }
    while sent < most && Instant::now() < until && stream.write_all(again).is_ok() {
        sent += again.len() as u64;
    }
}
