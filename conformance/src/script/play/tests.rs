//! Small listeners that behave in one way each; the player has to tell what happened and stop in time.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A listener whose every connection is handled by `behave`; it ends with the test's runtime.
async fn subject<F, B>(behave: B) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
    B: Fn(TcpStream) -> F + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream));
        }
    });
    address
}

/// Reads one head and drops it.
async fn read_head(stream: &mut TcpStream) {
    let mut seen = Vec::new();
    let mut octet = [0; 1];
    while !seen.ends_with(b"\r\n\r\n") && stream.read(&mut octet).await.is_ok_and(|n| n == 1) {
        seen.push(octet[0]);
    }
}

fn target(address: SocketAddr) -> Target {
    Target {
        address: Address::Tcp { host: address.ip().to_string(), port: address.port() },
        role: Role::Server,
        bindings: Bindings::default(),
        level: Observability::Opaque,
        can: Vec::new(),
        lacks: Vec::new(),
        alone: true,
    }
}

const CLOCKS: Clocks = Clocks { patience_ms: 300, quiet_ms: 60, total_ms: 1_000 };
const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn step(act: Act) -> Step {
    Step { on: "c1".to_owned(), act }
}

fn send(octets: &[u8]) -> Step {
    send_in(vec![octets.to_vec()], Purpose::Message, "GET")
}

fn send_in(segments: Vec<Vec<u8>>, purpose: Purpose, method: &str) -> Step {
    let segments = segments.into_iter().map(|octets| Segment { octets, pause: Duration::ZERO }).collect();
    step(Act::Send { purpose, segments, methods: vec![method.to_owned()] })
}

fn response(count: usize) -> Step {
    step(Act::Await { awaited: Awaited::Response, count, clock: Clock::Patience })
}

fn end() -> Step {
    step(Act::AwaitEnd { clock: Clock::Patience })
}

fn script(delivery: Delivery, steps: Vec<Step>) -> Script {
    Script { case: "a/b/c".to_owned(), delivery, variant: Default::default(), fault: None, steps }
}

async fn played(address: SocketAddr, steps: Vec<Step>) -> Transcript {
    play(&script(Delivery::Whole, steps), &target(address), &CLOCKS, &PlayLimits::default()).await
}

fn waits(transcript: &Transcript) -> Vec<Waited> {
    let waited = |event: &crate::transcript::Event| match event.what {
        What::Waited { waited, .. } => Some(waited),
        _ => None,
    };
    transcript.events.iter().filter_map(waited).collect()
}

fn received(transcript: &Transcript) -> Vec<u8> {
    let mut all = Vec::new();
    for event in &transcript.events {
        if let What::Received { octets } = &event.what {
            all.extend_from_slice(&octets.0);
        }
    }
    all
}

fn has(transcript: &Transcript, what: impl Fn(&What) -> bool) -> bool {
    transcript.events.iter().any(|event| what(&event.what))
}

#[tokio::test]
async fn an_answer_and_a_further_one_show_an_open_connection() {
    let address = subject(async |mut stream: TcpStream| {
        loop {
            read_head(&mut stream).await;
            if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").await.is_err() {
                return;
            }
        }
    })
    .await;
    let transcript = played(address, vec![send(GET), response(1), send(GET), response(2)]).await;
    assert_eq!(waits(&transcript), [Waited::Complete, Waited::Complete]);
    assert!(!has(&transcript, |w| matches!(w, What::Fin | What::Reset)));
    assert!(transcript.events.windows(2).all(|pair| pair[0].at_us <= pair[1].at_us));
}

#[tokio::test]
async fn a_fin_a_reset_and_silence_are_three_things() {
    let fin = subject(async |mut stream: TcpStream| read_head(&mut stream).await).await;
    let transcript = played(fin, vec![send(GET), response(1), end()]).await;
    assert_eq!(waits(&transcript), [Waited::Ended, Waited::Complete]);
    assert!(has(&transcript, |w| *w == What::Fin) && !has(&transcript, |w| *w == What::Reset));

    let reset = subject(async |mut stream: TcpStream| {
        read_head(&mut stream).await;
        socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("linger");
    })
    .await;
    let transcript = played(reset, vec![send(GET), response(1), end()]).await;
    assert_eq!(waits(&transcript), [Waited::Ended, Waited::Complete]);
    assert!(has(&transcript, |w| *w == What::Reset) && !has(&transcript, |w| *w == What::Fin));

    let silence = subject(async |stream: TcpStream| {
        tokio::time::sleep(Duration::from_secs(60)).await;
        drop(stream);
    })
    .await;
    let transcript = played(silence, vec![send(GET), response(1), end()]).await;
    assert_eq!(waits(&transcript), [Waited::Late, Waited::Late]);
}

#[tokio::test]
async fn what_came_before_a_reset_is_kept_whoever_is_told_of_it() {
    let address = subject(async |mut stream: TcpStream| {
        read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n").await;
        // Unread octets make this close a reset.
        tokio::time::sleep(Duration::from_millis(30)).await;
    })
    .await;
    for _ in 0..5 {
        let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n".to_vec();
        let big = vec![b'x'; 9_000_000];
        // Nine megaoctets are written on a machine that may be busy: nothing here is about the clock.
        let roomy = Clocks { patience_ms: 10_000, quiet_ms: 60, total_ms: 30_000 };
        let steps = vec![send_in(vec![head, big], Purpose::Message, "POST"), response(1), end()];
        let script = script(Delivery::Whole, steps);
        let transcript = play(&script, &target(address), &roomy, &PlayLimits::default()).await;
        assert!(received(&transcript).starts_with(b"HTTP/1.1 413"));
        assert_eq!(waits(&transcript), [Waited::Complete, Waited::Complete]);
        assert!(has(&transcript, |w| *w == What::Reset), "{:?}", transcript.events.last());
        assert!(has(&transcript, |w| matches!(w, What::NotSent { count, .. } if *count > 0)));
    }
}

#[tokio::test]
async fn an_answer_never_stands_before_what_it_answers() {
    let address = subject(async |mut stream: TcpStream| {
        let mut buffer = vec![0; 65_536];
        let mut seen = 0;
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            seen += count;
            let line = format!("{seen} ");
            if stream.write_all(line.as_bytes()).await.is_err() {
                return;
            }
        }
    })
    .await;
    // Far more than a socket holds, so that it leaves in many calls with answers between them.
    let steps = vec![
        send_in(vec![vec![b'x'; 8_000_000]], Purpose::Message, "POST"),
        step(Act::Pause(Duration::from_millis(50))),
    ];
    let transcript = played(address, steps).await;
    let (mut sent, mut answered) = (0, String::new());
    for event in &transcript.events {
        match &event.what {
            What::Sent { octets, .. } => sent += octets.0.len(),
            What::Received { octets } => {
                answered.push_str(std::str::from_utf8(&octets.0).expect("digits"));
                let whole = answered.rsplit_once(' ').map_or("", |(whole, _)| whole);
                let told: usize = whole.rsplit(' ').next().unwrap_or_default().parse().unwrap_or(0);
                assert!(told <= sent, "told of {told} when {sent} had been written down");
            }
            _ => {}
        }
    }
    assert_eq!(sent, 8_000_000);
    assert!(answered.split(' ').count() > 2);
}

#[tokio::test]
async fn a_send_after_the_end_is_recorded_as_not_sent() {
    let address = subject(async |mut stream: TcpStream| read_head(&mut stream).await).await;
    let transcript = played(address, vec![send(GET), end(), send(GET), response(1)]).await;
    let last = transcript.events.iter().rev().nth(1).expect("events");
    assert!(matches!(&last.what, What::NotSent { count, .. } if *count == GET.len() as u64), "{last:?}");
    assert_eq!(waits(&transcript), [Waited::Complete, Waited::Ended]);
}

#[tokio::test]
async fn octet_by_octet_is_one_run_and_coalesced_is_one_write() {
    let address = subject(async |mut stream: TcpStream| {
        let mut buffer = vec![0; 4096];
        let count = stream.read(&mut buffer).await.unwrap_or(0);
        let _ = stream
            .write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-First: {count}\r\n\r\n").as_bytes())
            .await;
        while stream.read(&mut buffer).await.is_ok_and(|n| n > 0) {}
    })
    .await;
    let single: Vec<Vec<u8>> = GET.iter().map(|octet| vec![*octet]).collect();
    let transcript = played(address, vec![send_in(single, Purpose::Message, "GET"), response(1)]).await;
    let sent: Vec<u8> = transcript
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Sent { octets, .. } => Some(octets.0.clone()),
            _ => None,
        })
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(sent, GET);
    assert!(transcript.events.len() < 10);

    let steps = vec![send(GET), send_in(vec![GET.to_vec()], Purpose::Successor, "GET"), response(1)];
    let transcript = play(&script(Delivery::Coalesced, steps), &target(address), &CLOCKS, &PlayLimits::default()).await;
    let first = String::from_utf8(received(&transcript)).expect("text");
    assert!(first.contains(&format!("X-First: {}", 2 * GET.len())), "{first}");
    let purposes: Vec<Purpose> = transcript
        .events
        .iter()
        .filter_map(|event| match event.what {
            What::Sent { purpose, .. } => Some(purpose),
            _ => None,
        })
        .collect();
    assert_eq!(purposes, [Purpose::Message, Purpose::Successor]);
}

#[tokio::test]
async fn interim_responses_are_told_from_final_ones_and_head_has_no_content() {
    let address = subject(async |mut stream: TcpStream| {
        read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n").await;
        tokio::time::sleep(Duration::from_secs(60)).await;
    })
    .await;
    let interim = step(Act::Await { awaited: Awaited::Interim, count: 1, clock: Clock::Patience });
    let head = send_in(vec![b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec()], Purpose::Message, "HEAD");
    let transcript = played(address, vec![head, interim, response(1), response(2)]).await;
    assert_eq!(waits(&transcript), [Waited::Complete, Waited::Complete, Waited::Late]);
}

#[tokio::test]
async fn a_response_without_length_is_complete_at_a_fin_and_not_at_a_reset() {
    for linger in [None, Some(Duration::ZERO)] {
        let address = subject(move |mut stream: TcpStream| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nsome").await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            socket2::SockRef::from(&stream).set_linger(linger).expect("linger");
        })
        .await;
        let transcript = played(address, vec![send(GET), response(1)]).await;
        let expected = if linger.is_none() { Waited::Complete } else { Waited::Ended };
        assert_eq!(waits(&transcript), [expected]);
        assert!(received(&transcript).ends_with(b"some"));
    }
}

#[tokio::test]
async fn a_reset_of_ours_is_a_reset_for_the_subject() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let address = subject(move |mut stream: TcpStream| {
        let tell = tell.clone();
        async move {
            read_head(&mut stream).await;
            let _ = tell.send(stream.read(&mut [0; 1]).await.map_err(|e| e.kind()));
        }
    })
    .await;
    for (how, seen) in
        [(Shut::Reset, Err(std::io::ErrorKind::ConnectionReset)), (Shut::Both, Ok(0)), (Shut::Write, Ok(0))]
    {
        let transcript =
            played(address, vec![send(GET), step(Act::Pause(Duration::from_millis(20))), step(Act::Shut(how))]).await;
        assert!(has(&transcript, |w| *w == What::Shut { how }));
        assert_eq!(told.recv().await, Some(seen));
    }
}

#[tokio::test]
async fn nobody_listening_is_told_as_refused() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let transcript = played(address, vec![send(GET), response(1), end()]).await;
    assert!(matches!(transcript.events[0].what, What::Refused { .. }));
    assert!(has(&transcript, |w| matches!(w, What::NotSent { .. })));
    assert_eq!(waits(&transcript), [Waited::Ended, Waited::Complete]);
}

#[tokio::test]
async fn a_unix_socket_is_as_good() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let listener = tokio::net::UnixListener::bind(&path).expect("bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 512];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await;
        }
    });
    let target = Target { address: Address::Unix(path), ..target("127.0.0.1:1".parse().expect("an address")) };
    let script = script(Delivery::Whole, vec![send(GET), response(1), end()]);
    let transcript = play(&script, &target, &CLOCKS, &PlayLimits::default()).await;
    assert_eq!(waits(&transcript), [Waited::Complete, Waited::Complete]);
}

#[tokio::test]
async fn quiet_is_not_renewed_by_octets_and_patience_is() {
    let drip = async |mut stream: TcpStream| {
        read_head(&mut stream).await;
        for octet in b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if stream.write_all(&[*octet]).await.is_err() {
                return;
            }
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    };
    let address = subject(drip).await;
    let quiet = step(Act::Await { awaited: Awaited::Response, count: 1, clock: Clock::Quiet });
    let short = Clocks { patience_ms: 200, quiet_ms: 100, total_ms: 5_000 };
    let script = script(Delivery::Whole, vec![send(GET), quiet, response(1)]);
    let transcript = play(&script, &target(address), &short, &PlayLimits::default()).await;
    assert_eq!(waits(&transcript), [Waited::Late, Waited::Complete]);
}

/// Subjects that want to keep the harness, or to fill it.
mod hostile {
    use super::*;

    /// Sends the first piece, then the second again and again.
    async fn endless(first: &'static [u8], again: &'static [u8], pause: Duration) -> SocketAddr {
        subject(move |mut stream: TcpStream| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(first).await;
            while stream.write_all(again).await.is_ok() {
                if !pause.is_zero() {
                    tokio::time::sleep(pause).await;
                }
            }
        })
        .await
    }

    async fn bounded(address: SocketAddr) -> Transcript {
        let begun = Instant::now();
        let limits = PlayLimits { received: 256 << 10, events: 100, ..PlayLimits::default() };
        let script = script(Delivery::Whole, vec![send(GET), response(1), end(), send(GET), response(2)]);
        let transcript = play(&script, &target(address), &CLOCKS, &limits).await;
        assert!(begun.elapsed() < Duration::from_millis(CLOCKS.total_ms + 500), "{:?}", begun.elapsed());
        assert!(received(&transcript).len() <= 256 << 10);
        assert!(transcript.events.len() <= 120, "{}", transcript.events.len());
        transcript
    }

    #[tokio::test]
    async fn an_endless_head() {
        let address = endless(b"HTTP/1.1 200 OK\r\n", b"X-More: and more of the same kind\r\n", Duration::ZERO).await;
        assert_eq!(waits(&bounded(address).await)[0], Waited::TooMuch);
    }

    #[tokio::test]
    async fn endless_interim_responses() {
        let address = endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", Duration::ZERO).await;
        assert_eq!(waits(&bounded(address).await)[0], Waited::TooMuch);
    }

    #[tokio::test]
    async fn a_chunk_of_a_gigabyte() {
        let first = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n";
        let address = endless(first, &[b'x'; 65_536], Duration::ZERO).await;
        assert_eq!(waits(&bounded(address).await)[0], Waited::TooMuch);
    }

    #[tokio::test]
    async fn an_octet_at_a_time_without_end() {
        let address = endless(b"HTTP/1.1 200 OK\r\nX: ", b"x", Duration::from_millis(5)).await;
        assert_eq!(waits(&bounded(address).await)[0], Waited::Late);
    }

    #[tokio::test]
    async fn an_unending_line_of_single_octets() {
        let address = endless(b"", b"x", Duration::ZERO).await;
        assert_ne!(waits(&bounded(address).await)[0], Waited::Complete);
    }

    #[tokio::test]
    async fn garbage_then_silence() {
        let address = subject(async |mut stream: TcpStream| {
            read_head(&mut stream).await;
            let _ = stream.write_all(b"\x00\xff\x16\x03 what is this\r\n\r\n\r\n").await;
            tokio::time::sleep(Duration::from_secs(60)).await;
        })
        .await;
        assert_eq!(waits(&bounded(address).await)[0], Waited::Late);
    }

    #[tokio::test]
    async fn a_reset_in_the_middle() {
        let address = subject(async |mut stream: TcpStream| {
            read_head(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").await;
            tokio::time::sleep(Duration::from_millis(10)).await;
            socket2::SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("linger");
        })
        .await;
        let transcript = bounded(address).await;
        assert_eq!(waits(&transcript)[0], Waited::Ended);
        assert!(has(&transcript, |w| *w == What::Reset));
    }

    #[tokio::test]
    async fn one_that_reads_nothing() {
        let address = subject(async |stream: TcpStream| {
            tokio::time::sleep(Duration::from_secs(60)).await;
            drop(stream);
        })
        .await;
        let begun = Instant::now();
        let big = send_in(vec![vec![b'x'; 30_000_000]], Purpose::Message, "POST");
        let transcript = played(address, vec![big, response(1)]).await;
        assert!(begun.elapsed() < Duration::from_millis(CLOCKS.total_ms + 500));
        assert!(has(&transcript, |w| matches!(w, What::NotSent { .. })));
        assert_eq!(waits(&transcript), [Waited::Late]);
    }
}
