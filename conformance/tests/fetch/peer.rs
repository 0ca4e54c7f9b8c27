//! Servers written by hand, which answer whatever octets they are given.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

/// A server that answers one request on each connection, and gives the requests back.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    thread: JoinHandle<Vec<String>>,
}

impl Peer {
    /// One answer for each connection, in order; the connection ends behind it.
    pub(crate) fn answering(answers: &[&str]) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        let thread = std::thread::spawn(move || {
            let serve = |answer: &String| {
                let mut stream = accept(&listener);
                let request = read_request(&mut stream);
                // A client that has enough may go before the end.
                let _ = stream.write_all(answer.as_bytes());
                request
            };
            answers.iter().map(serve).collect()
        });
        Peer { address, thread }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests, once all answers were given.
    pub(crate) fn requests(self) -> Vec<String> {
        self.thread.join().unwrap()
    }
}

/// Begins an answer and does not go on until the client has gone.
pub(crate) fn that_stalls(answer: &'static str) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        let mut stream = accept(&listener);
        read_request(&mut stream);
        stream.write_all(answer.as_bytes()).unwrap();
        // Ends with the connection, one way or the other.
        let _ = stream.read(&mut [0]);
    });
    (address, thread)
}

fn accept(listener: &TcpListener) -> TcpStream {
    let stream = listener.accept().unwrap().0;
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// A head and the content that it announces; or the beginning of whatever begins like TLS.
fn read_request(stream: &mut TcpStream) -> String {
    let mut octets = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&octets).into_owned();
        if let Some((head, content)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
            let whole = match length {
                Some(length) => content.len() >= length,
                None => !head.contains("transfer-encoding: chunked") || content.ends_with("0\r\n\r\n"),
            };
            if whole {
                return text;
            }
        }
        if octets.starts_with(b"\x16") {
            return text;
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).unwrap() {
            0 => return text,
            count => octets.extend_from_slice(&piece[..count]),
        }
    }
}

/// `wiregauge fetch`, ready to be started.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wiregauge"));
    command.arg("fetch").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

pub(crate) fn fetch(arguments: &[&str]) -> Told {
    fetch_with(arguments, b"")
}

/// The same with something on standard input.
pub(crate) fn fetch_with(arguments: &[&str], input: &[u8]) -> Told {
    let mut child = command(arguments).spawn().unwrap();
    // A command that does not read its input may be over before all of it is written.
    let _ = child.stdin.take().unwrap().write_all(input);
    Told::by(child)
}

/// What the command said, and its exit code.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

impl Told {
    pub(crate) fn by(child: Child) -> Told {
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |octets: Vec<u8>| String::from_utf8(octets).expect("what is printed is text");
        Told { out: text(stdout), err: text(stderr), code: status.code() }
    }

    /// With this exit code, and all of these words on standard error.
    pub(crate) fn fails(self, code: i32, says: &[&str]) -> Told {
        assert_eq!(self.code, Some(code), "{self:?}");
        for words in says {
            assert!(self.err.contains(words), "{words:?} in {self:?}");
        }
        self
    }

    /// With 0 and nothing on standard error.
    pub(crate) fn succeeds(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{self:?}");
        self.out
    }
}
