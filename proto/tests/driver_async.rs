//! The async door on a real runtime and real sockets: the same loop as the blocking one, waiting without a thread.
#![cfg(feature = "tokio")]

use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpStream};
use wiregauge_proto::connection::{Wait, Waits};
use wiregauge_proto::driver::{AsyncHttp, Error, Options, RequestOptions, ResponseOptions};
use wiregauge_proto::transport::AsyncTransport;
use wiregauge_proto::transport::fault::{Fault, Plan};
use wiregauge_proto::transport::memory;
use wiregauge_proto::transport::tokio::Tcp;

/// Answers every request with its content.
async fn serve<T: AsyncTransport>(transport: T, options: Options) -> Result<usize, Error> {
    let mut http = AsyncHttp::new(transport, options);
    let mut count = 0;
    while let Some(request) = http.read_request().await? {
        let content = http.read_content().await?.content;
        let reply = http.make_response(&request, ResponseOptions { content: content.into(), ..Default::default() });
        http.send_response(reply).await?;
        count += 1;
    }
    http.close().await?;
    Ok(count)
}

async fn ask<T: AsyncTransport>(http: &mut AsyncHttp<T>, options: RequestOptions) -> Result<Vec<u8>, Error> {
    let mut request = http.make_request(RequestOptions { host: "a".into(), ..options });
    http.send_request(&mut request).await?;
    http.read_response(&request).await?;
    Ok(http.read_content().await?.content)
}

fn put(content: Vec<u8>) -> RequestOptions {
    RequestOptions { method: "PUT".into(), content: content.into(), ..Default::default() }
}

async fn sockets() -> (Tcp, Tcp) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (Tcp::new(near).unwrap(), Tcp::new(listener.accept().await.unwrap().0).unwrap())
}

#[tokio::test]
async fn exchanges_pass_over_sockets() {
    let (near, far) = sockets().await;
    let server = tokio::spawn(serve(far, Options::default()));
    let mut http = AsyncHttp::new(near, Options::default());
    for size in [0, 1, 100_000, 3_000_000] {
        assert_eq!(ask(&mut http, put(vec![b'x'; size])).await.unwrap().len(), size);
    }
    let held = RequestOptions { expect_continue: true, ..put(b"hello".to_vec()) };
    let begun = Instant::now();
    assert_eq!(ask(&mut http, held).await.unwrap(), b"hello");
    assert!(begun.elapsed() < Duration::from_secs(1), "the 100 came before the wait for it was over");
    http.close().await.unwrap();
    assert_eq!(server.await.unwrap().unwrap(), 5);
}

#[tokio::test]
async fn exchanges_pass_in_one_task_octet_by_octet() {
    let (near, far) = memory::pair_with_room(64);
    let octets = || Plan::octets();
    let server = serve(Fault::new(far, octets(), octets()), Options::default());
    let client = async {
        let mut http = AsyncHttp::new(Fault::new(near, octets(), octets()), Options::default());
        for content in [b"".to_vec(), b"hello".to_vec(), vec![b'x'; 5000]] {
            assert_eq!(ask(&mut http, put(content.clone())).await.unwrap(), content);
        }
        http.close().await.unwrap();
    };
    assert_eq!(tokio::join!(server, client).0.unwrap(), 3);
}

#[tokio::test]
async fn waits_end_on_time_and_leave_the_thread_to_others() {
    let (near, far) = sockets().await;
    let wait = Duration::from_millis(80);
    let waits = Waits { answer: Some(wait), idle: Some(wait), linger: Some(wait), ..Waits::DEFAULT };
    let options = Options { waits, ..Options::default() };
    let begun = Instant::now();
    let client = async {
        let mut http = AsyncHttp::new(near, options.clone());
        let told = ask(&mut http, RequestOptions::default()).await;
        assert!(matches!(told, Err(Error::Late(Wait::Answer))), "{told:?}");
        assert!(begun.elapsed() >= wait);
    };
    let other = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        begun.elapsed()
    };
    let ((), slept) = tokio::join!(client, other);
    assert!(slept < wait, "the client's wait held nobody up");
    drop(far);
    let (silent, far) = sockets().await;
    let told = serve(far, options).await;
    assert!(matches!(told, Err(Error::Late(Wait::Idle))), "{told:?}");
    drop(silent);
}

#[tokio::test]
async fn an_answer_that_closes_is_heard_while_the_content_is_stuck() {
    let (near, mut far) = sockets().await;
    let server = tokio::spawn(async move {
        // Reads nothing, so that the sender gets stuck; then says why.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let octets = b"HTTP/1.1 413 Big\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno";
        std::future::poll_fn(|context| far.poll_send(context, octets, None)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        far
    });
    let mut http = AsyncHttp::new(near, Options::default());
    let begun = Instant::now();
    assert_eq!(ask(&mut http, put(vec![b'x'; 50_000_000])).await.unwrap(), b"no");
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(!http.persists());
    drop(server.await.unwrap());
}
