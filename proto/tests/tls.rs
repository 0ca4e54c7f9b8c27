//! TLS: who is believed, what an end says, and exchanges that are cut at every place.
#![cfg(feature = "tls")]

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ClientConfig, ServerConfig};
use wiregauge_proto::connection::Waits;
use wiregauge_proto::driver::{Content, Error, Http, Options, RequestOptions, ResponseOptions};
use wiregauge_proto::tls::{Tls, client_config, server_config, server_name};
use wiregauge_proto::transport::fault::{Fault, Happens, Plan};
use wiregauge_proto::transport::memory::{self, Memory};
use wiregauge_proto::transport::{Blocking, Close, Transport, TransportError};

/// A certificate for `a.example` and 127.0.0.1, and who believes it.
fn configs() -> (Arc<ClientConfig>, Arc<ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(["a.example".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let pem = made.cert.pem();
    let server = server_config(pem.as_bytes(), made.signing_key.serialize_pem().as_bytes()).unwrap();
    (client_config([pem.as_bytes()]).unwrap(), server)
}

fn soon() -> Option<Instant> {
    Some(Instant::now() + Duration::from_secs(10))
}

fn options() -> Options {
    let (second, short) = (Some(Duration::from_secs(10)), Some(Duration::from_millis(60)));
    let waits = Waits { answer: second, head: second, content: second, idle: second, linger: short, ..Waits::DEFAULT };
    Options { https: true, waits, ..Options::default() }
}

fn client<T: Transport>(transport: T, config: &Arc<ClientConfig>, name: &str) -> Tls<Blocking<T>> {
    Tls::client(Blocking(transport), config.clone(), server_name(name).unwrap()).unwrap()
}

/// Answers each request with its content, and closes in order.
fn serve(far: Memory, config: Arc<ServerConfig>) -> thread::JoinHandle<Result<(), Error>> {
    thread::spawn(move || {
        let mut http = Http::new(Tls::server(Blocking(far), config).unwrap(), options());
        while let Some(request) = http.read_request()? {
            let whole = http.read_content()?;
            let response =
                http.make_response(&request, ResponseOptions { content: whole.content.into(), ..Default::default() });
            http.send_response(response)?;
        }
        http.close()
    })
}

fn ask<T: Transport>(http: &mut Http<T>, content: Vec<u8>, close: bool) -> Result<Vec<u8>, Error> {
    let options = RequestOptions {
        host: "a.example".into(),
        method: "PUT".into(),
        content: content.into(),
        close,
        ..Default::default()
    };
    let mut request = http.make_request(options);
    http.send_request(&mut request)?;
    http.read_response(&request)?;
    Ok(http.read_content()?.content)
}

#[test]
fn exchanges_both_ways() {
    let (client_config, server_config) = configs();
    let (near, far) = memory::pair_with_room(1 << 15);
    let server = serve(far, server_config);
    let mut tls = client(near, &client_config, "a.example");
    tls.shake_hands(soon()).unwrap();
    assert_eq!(tls.protocol(), Some(&b"http/1.1"[..]));
    let mut http = Http::new(tls, options());
    assert_eq!(ask(&mut http, b"hello".to_vec(), false).unwrap(), b"hello");
    let large: Vec<u8> = (0..1 << 20).map(|number: u32| (number % 251) as u8).collect();
    assert!(ask(&mut http, large.clone(), true).unwrap() == large, "a MiB comes back as it went");
    http.close().unwrap();
    server.join().unwrap().unwrap();
}

#[test]
fn an_address_is_a_name_too() {
    let (client_config, server_config) = configs();
    let (near, far) = memory::pair_with_room(1 << 15);
    let server = serve(far, server_config);
    let mut http = Http::new(client(near, &client_config, "127.0.0.1"), options());
    assert_eq!(ask(&mut http, b"x".to_vec(), true).unwrap(), b"x");
    http.close().unwrap();
    server.join().unwrap().unwrap();
    assert!(server_name("[::1]").is_ok());
    for name in ["", "a b", "a..b", "[::1"] {
        assert!(server_name(name).is_err(), "{name}");
    }
}

#[test]
fn who_is_not_believed_is_not_talked_to() {
    let (believes, server_config) = configs();
    let (stranger, _) = configs();
    for (config, name, why) in
        [(&believes, "b.example", "not valid for name"), (&stranger, "a.example", "invalid peer certificate")]
    {
        let (near, far) = memory::pair_with_room(1 << 15);
        let server = serve(far, server_config.clone());
        let mut tls = client(near, config, name);
        let error = tls.shake_hands(soon()).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(tls.send(b"secret", soon()).unwrap_err().to_string(), error.to_string(), "told again");
        let told = server.join().unwrap().unwrap_err().to_string();
        assert!(told.contains("alert"), "the server is told: {told}");
    }
}

#[test]
fn what_is_no_tls_is_refused() {
    let (_, server_config) = configs();
    let (mut near, far) = memory::pair_with_room(1 << 15);
    let server = serve(far, server_config);
    near.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", soon()).unwrap();
    assert!(server.join().unwrap().unwrap_err().to_string().starts_with("TLS: "));
}

/// A session that is shaken, with the server's end in a thread's hands.
fn shaken() -> (Tls<Blocking<Memory>>, Tls<Blocking<Memory>>) {
    let (client_config, server_config) = configs();
    let (near, far) = memory::pair_with_room(1 << 15);
    let server = thread::spawn(move || {
        let mut tls = Tls::server(Blocking(far), server_config).unwrap();
        tls.shake_hands(soon()).unwrap();
        tls
    });
    let mut tls = client(near, &client_config, "a.example");
    tls.shake_hands(soon()).unwrap();
    (tls, server.join().unwrap())
}

#[test]
fn an_end_that_is_told_and_one_that_is_not() {
    let (mut near, mut far) = shaken();
    far.send(b"last", soon()).unwrap();
    far.close(Close::Write, soon()).unwrap();
    let mut buf = [0; 10];
    assert_eq!(near.recv(&mut buf, soon()).unwrap(), 4);
    assert_eq!(near.recv(&mut buf, soon()).unwrap(), 0);
    assert_eq!(near.recv(&mut buf, soon()).unwrap(), 0, "an end stays one");
    near.send(b"still", soon()).unwrap();
    assert_eq!(far.recv(&mut buf, soon()).unwrap(), 5, "only a half was closed");
    assert!(matches!(far.send(b"x", soon()), Err(TransportError::Closed)));

    let (mut near, mut far) = shaken();
    far.send(b"last", soon()).unwrap();
    drop(far);
    assert_eq!(near.recv(&mut buf, soon()).unwrap(), 4);
    for _ in 0..2 {
        assert!(matches!(near.recv(&mut buf, soon()), Err(TransportError::Truncated)));
    }
}

#[test]
fn a_late_call_loses_nothing() {
    let (mut near, mut far) = shaken();
    let mut buf = [0; 10];
    let past = Some(Instant::now());
    assert!(matches!(near.recv(&mut buf, past), Err(TransportError::Late)));
    far.send(b"here", soon()).unwrap();
    assert_eq!(near.recv(&mut buf, past).unwrap(), 4, "what is there is handed over");
    let (client_config, _) = configs();
    let (lonely, _far) = memory::pair();
    let mut tls = client(lonely, &client_config, "a.example");
    for _ in 0..2 {
        assert!(matches!(tls.shake_hands(past), Err(TransportError::Late)));
    }
}

/// Content that ends with the connection, from a server that ends it with close_notify or without.
fn until_close(length: Option<u64>, told: bool) -> Result<Vec<u8>, Error> {
    let (near, mut far) = shaken();
    let server = thread::spawn(move || {
        let mut buf = [0; 1000];
        far.recv(&mut buf, soon()).unwrap();
        let length = length.map_or(String::new(), |length| format!("Content-Length: {length}\r\n"));
        far.send(format!("HTTP/1.1 200 OK\r\n{length}\r\nhello").as_bytes(), soon()).unwrap();
        if told {
            far.close(Close::Write, soon()).unwrap();
        }
    });
    let mut http = Http::new(near, options());
    let mut request =
        http.make_request(RequestOptions { host: "a.example".into(), content: Content::None, ..Default::default() });
    http.send_request(&mut request)?;
    http.read_response(&request)?;
    let whole = http.read_content();
    server.join().unwrap();
    whole.map(|whole| whole.content)
}

#[test]
fn an_untold_end_matters_where_it_delimits() {
    assert_eq!(until_close(None, true).unwrap(), b"hello");
    assert!(matches!(until_close(None, false), Err(Error::Transport(TransportError::Truncated))));
    assert_eq!(until_close(Some(5), false).unwrap(), b"hello");
    assert!(until_close(Some(6), true).is_err());
    assert!(until_close(Some(6), false).is_err());
}

const LONG: Duration = Duration::from_secs(10);

/// An exchange whose client receives, and sends, as planned.
fn planned(
    receiving: Plan,
    sending: Plan,
    answer: Duration,
    configs: &(Arc<ClientConfig>, Arc<ServerConfig>),
) -> Result<Vec<u8>, Error> {
    let (near, far) = memory::pair_with_room(1 << 15);
    let server = serve(far, configs.1.clone());
    let options = Options { waits: Waits { answer: Some(answer), ..options().waits }, ..options() };
    let mut http = Http::new(client(Fault::new(near, receiving, sending), &configs.0, "a.example"), options);
    let got = ask(&mut http, b"hello".to_vec(), true);
    let _ = http.close();
    drop(http);
    // Whatever it came to, it came to an end.
    let _ = server.join().unwrap();
    got
}

#[test]
fn cut_anywhere_it_is_whole_or_an_error() {
    let configs = configs();
    assert_eq!(planned(Plan::octets(), Plan::octets(), LONG, &configs).unwrap(), b"hello");
    let mut whole = 0;
    for at in (0..4000).step_by(41) {
        for happens in [Happens::End, Happens::Reset, Happens::Cut] {
            for (receiving, sending) in [
                (Plan::default().then(at, happens), Plan::default()),
                (Plan::default(), Plan::default().then(at, happens)),
            ] {
                // Where the server never gets the request there is nothing to wait for.
                let answer = if happens == Happens::Cut { LONG } else { Duration::from_millis(100) };
                match planned(receiving, sending, answer, &configs) {
                    Ok(got) => {
                        assert_eq!(got, b"hello", "{happens:?} at {at}");
                        whole += 1;
                    }
                    Err(error) => assert_ne!(happens, Happens::Cut, "a cut is no fault: {error} at {at}"),
                }
            }
        }
    }
    assert!(whole > 200, "beyond the end nothing happens: {whole}");
}
