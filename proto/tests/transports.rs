//! End, reset and lateness stay three things through every transport, at both doors.

use std::future::poll_fn;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use wiregauge_proto::transport::fault::{Fault, Happens, Plan};
use wiregauge_proto::transport::record::{Passed, Record};
use wiregauge_proto::transport::{AsyncTransport, Close, Transport, TransportError, memory, tcp};

fn past() -> Option<Instant> {
    Some(Instant::now())
}

fn soon() -> Option<Instant> {
    Some(Instant::now() + Duration::from_millis(20))
}

fn far() -> Option<Instant> {
    Some(Instant::now() + Duration::from_secs(10))
}

fn late<V: std::fmt::Debug>(told: Result<V, TransportError>) {
    assert!(matches!(told, Err(TransportError::Late)), "{told:?}");
}

fn reset<V: std::fmt::Debug>(told: Result<V, TransportError>) {
    assert!(matches!(told, Err(TransportError::Reset)), "{told:?}");
}

fn closed<V: std::fmt::Debug>(told: Result<V, TransportError>) {
    assert!(matches!(told, Err(TransportError::Closed)), "{told:?}");
}

/// All octets up to the end.
fn all(transport: &mut impl Transport) -> Result<Vec<u8>, TransportError> {
    let (mut got, mut buf) = (Vec::new(), [0; 64]);
    loop {
        match transport.recv(&mut buf, far())? {
            0 => return Ok(got),
            count => got.extend_from_slice(&buf[..count]),
        }
    }
}

/// What every pair of transports has to do, whatever carries it.
fn behaves(mut near: impl Transport, mut peer: impl Transport) {
    let mut buf = [0; 64];
    late(near.recv(&mut buf, soon()));
    late(near.recv(&mut buf, past()));
    assert_eq!(peer.send(b"", far()).unwrap(), 0);
    assert_eq!(peer.send(b"abc", far()).unwrap(), 3);
    assert_eq!(near.recv(&mut buf[..2], far()).unwrap(), 2);
    assert_eq!(near.recv(&mut buf, past()).unwrap(), 1, "what has arrived is handed over after the deadline too");
    peer.close(Close::Write, far()).unwrap();
    closed(peer.send(b"d", far()));
    assert_eq!(near.recv(&mut buf, far()).unwrap(), 0);
    assert_eq!(near.recv(&mut buf, far()).unwrap(), 0, "an end stays an end");
    near.send(b"to the half that still listens", far()).unwrap();
    near.close(Close::Both, far()).unwrap();
    near.close(Close::Both, far()).unwrap();
    closed(near.recv(&mut buf, far()));
    closed(near.send(b"e", far()));
    assert_eq!(all(&mut peer).unwrap(), b"to the half that still listens");
}

fn sockets() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

#[test]
fn a_memory_pair_behaves() {
    let (near, peer) = memory::pair();
    behaves(near, peer);
}

#[test]
fn tcp_behaves() {
    let (near, peer) = sockets();
    behaves(tcp::Tcp::new(near).unwrap(), tcp::Tcp::new(peer).unwrap());
}

#[test]
fn a_memory_pair_has_only_so_much_room() {
    let (mut near, mut peer) = memory::pair_with_room(4);
    assert_eq!(near.send(b"abcdef", far()).unwrap(), 4);
    late(near.send(b"ef", soon()));
    assert_eq!(peer.recv(&mut [0; 3], far()).unwrap(), 3);
    assert_eq!(near.send(b"ef", far()).unwrap(), 2);
}

#[test]
fn a_memory_reset_takes_away_what_was_on_its_way_and_stays() {
    let (mut near, mut peer) = memory::pair();
    peer.send(b"lost", far()).unwrap();
    peer.close(Close::Reset, far()).unwrap();
    for _ in 0..2 {
        reset(near.recv(&mut [0; 8], far()));
        reset(near.send(b"x", far()));
    }
}

#[test]
fn an_end_after_a_reset_was_told_is_still_a_reset() {
    let (mut near, mut peer) = memory::pair();
    peer.send(b"kept", far()).unwrap();
    drop(peer);
    reset(near.send(b"nobody reads this", far()));
    assert_eq!(near.recv(&mut [0; 8], far()).unwrap(), 4, "what arrived before stays readable");
    reset(near.recv(&mut [0; 8], far()));
}

#[test]
fn a_tcp_reset_is_not_an_end() {
    let (near, mut peer) = sockets();
    let mut near = tcp::Tcp::new(near).unwrap();
    near.send(b"left unread", far()).unwrap();
    peer.read_exact(&mut [0; 4]).unwrap();
    drop(peer); // octets are unread: the system resets
    reset(near.recv(&mut [0; 8], far()));
    reset(near.recv(&mut [0; 8], far()));
    reset(near.send(b"x", far()));
}

#[test]
fn a_full_tcp_socket_makes_the_sender_late() {
    let (near, _peer) = sockets();
    let mut near = tcp::Tcp::new(near).unwrap();
    let block = vec![0; 1 << 20];
    let told = (0..64).find_map(|_| near.send(&block, soon()).err());
    late(Err::<(), _>(told.expect("the socket fills up")));
}

#[test]
fn faults_come_where_they_are_planned() {
    let (near, mut peer) = memory::pair();
    peer.send(b"0123456789", far()).unwrap();
    let plan = Plan::pieces(3).then(4, Happens::Cut).then(5, Happens::Late).then(9, Happens::End);
    let mut near = Fault::new(near, plan, Plan::default().then(2, Happens::Reset));
    let mut buf = [0; 64];
    for expected in [3, 1, 1] {
        assert_eq!(near.recv(&mut buf, far()).unwrap(), expected);
    }
    late(near.recv(&mut buf, far()));
    for expected in [3, 1, 0, 0] {
        assert_eq!(near.recv(&mut buf, far()).unwrap(), expected);
    }
    assert_eq!(near.send(b"abc", far()).unwrap(), 2);
    reset(near.send(b"c", far()));
    reset(near.recv(&mut buf, far()));
}

#[test]
fn a_tee_tells_everything_that_passed() {
    let (near, mut peer) = memory::pair();
    let mut told = Vec::new();
    let mut near = Record::new(near, |passed: Passed<'_>| told.push(format!("{passed:?}")));
    let mut buf = [0; 8];
    near.send(b"a", far()).unwrap();
    late(near.recv(&mut buf, past()));
    peer.send(b"b", far()).unwrap();
    peer.close(Close::Write, far()).unwrap();
    near.recv(&mut buf, far()).unwrap();
    near.recv(&mut buf, far()).unwrap();
    near.close(Close::Both, far()).unwrap();
    drop(near);
    assert_eq!(told, ["Sent([97])", "Late", "Received([98])", "Ended", "Closed(Both)"]);
}

async fn recv(transport: &mut impl AsyncTransport, by: Option<Instant>) -> Result<Vec<u8>, TransportError> {
    let mut buf = [0; 64];
    let count = poll_fn(|context| transport.poll_recv(context, &mut buf, by)).await?;
    Ok(buf[..count].to_vec())
}

async fn send(transport: &mut impl AsyncTransport, octets: &[u8]) -> Result<usize, TransportError> {
    poll_fn(|context| transport.poll_send(context, octets, far())).await
}

async fn close(transport: &mut impl AsyncTransport, how: Close) -> Result<(), TransportError> {
    poll_fn(|context| transport.poll_close(context, how, far())).await
}

#[tokio::test]
async fn a_task_is_woken_by_the_other_end() {
    let (mut near, mut peer) = memory::pair_with_room(2);
    let reader = tokio::spawn(async move {
        let mut got = Vec::new();
        loop {
            match recv(&mut near, far()).await {
                Ok(octets) if octets.is_empty() => return got,
                Ok(octets) => got.extend(octets),
                Err(error) => panic!("{error}"),
            }
        }
    });
    let mut rest: &[u8] = b"more than there is room for";
    while !rest.is_empty() {
        let count = send(&mut peer, rest).await.unwrap();
        rest = &rest[count..];
    }
    close(&mut peer, Close::Write).await.unwrap();
    assert_eq!(reader.await.unwrap(), b"more than there is room for");
}

#[cfg(feature = "tokio")]
#[tokio::test]
async fn tokio_tcp_keeps_end_reset_and_lateness_apart() {
    use wiregauge_proto::transport::tokio::Tcp;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    for how in [Close::Write, Close::Both, Close::Reset] {
        let mut near = Tcp::new(tokio::net::TcpStream::connect(address).await.unwrap()).unwrap();
        let mut peer = Tcp::new(listener.accept().await.unwrap().0).unwrap();
        late(recv(&mut near, soon()).await);
        late(recv(&mut near, past()).await);
        send(&mut peer, b"abc").await.unwrap();
        assert_eq!(recv(&mut near, far()).await.unwrap(), b"abc");
        close(&mut peer, how).await.unwrap();
        closed(send(&mut peer, b"x").await);
        if how == Close::Reset {
            reset(recv(&mut near, far()).await);
            reset(recv(&mut near, far()).await);
            reset(send(&mut near, b"x").await);
        } else {
            assert_eq!(recv(&mut near, far()).await.unwrap(), b"");
        }
        close(&mut near, Close::Both).await.unwrap();
        closed(recv(&mut near, far()).await);
    }
}

#[test]
fn what_a_std_socket_says_late_is_late() {
    let (near, mut peer) = sockets();
    near.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    let mut near = tcp::Tcp::new(near).unwrap();
    let asked = Instant::now();
    late(near.recv(&mut [0; 1], Some(asked + Duration::from_millis(30))));
    assert!(asked.elapsed() >= Duration::from_millis(30), "never before the deadline");
    peer.write_all(b"x").unwrap();
    assert_eq!(near.recv(&mut [0; 1], far()).unwrap(), 1);
}
