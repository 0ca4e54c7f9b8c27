//! Exchanges on the connection machine alone: persistence, pipelining, early answers, switching, half-close, and the waits.

use std::time::{Duration, Instant};

use wiregauge_proto::connection::{
    Answer, Asks, Connection, Misstep, Reads, RequestFacts, Requests, ResponseFacts, Responses, Wait, Waits, Why,
};
use wiregauge_proto::rule::Rule;

const GET: RequestFacts = RequestFacts { held: false, asks: Asks::Nothing, persists: true };
const LAST: RequestFacts = RequestFacts { persists: false, ..GET };
const HELD: RequestFacts = RequestFacts { held: true, ..GET };
const UPGRADE: RequestFacts = RequestFacts { asks: Asks::Upgrade, ..GET };
const CONNECT: RequestFacts = RequestFacts { asks: Asks::Connect, ..GET };
const OK: ResponseFacts = ResponseFacts { status: 200, persists: true, offered: false };
const OK_LAST: ResponseFacts = ResponseFacts { persists: false, ..OK };

fn status(status: u16) -> ResponseFacts {
    ResponseFacts { status, ..OK }
}

/// A connection and a clock that only moves when it is told to.
struct Scene {
    connection: Connection,
    now: Instant,
}

impl Scene {
    fn new(reads: Reads) -> Scene {
        let now = Instant::now();
        Scene { connection: Connection::new(reads, 2, waits(), now), now }
    }

    fn client() -> Scene {
        Scene::new(Reads::Responses)
    }

    fn server() -> Scene {
        Scene::new(Reads::Requests)
    }

    fn request(mut self, facts: RequestFacts) -> Scene {
        self.head(facts);
        self.connection.request_end(self.now).unwrap();
        self
    }

    fn head(&mut self, facts: RequestFacts) {
        self.connection.request_head(facts, self.now).unwrap();
    }

    fn answer(mut self, facts: ResponseFacts) -> Scene {
        assert_eq!(self.connection.response_head(facts, self.now), Ok(Answer::Final));
        self.connection.response_end(self.now).unwrap();
        self
    }

    fn after(mut self, seconds: u64) -> Scene {
        self.now += Duration::from_secs(seconds);
        self
    }

    fn waits_for(&self) -> Option<(Wait, u64)> {
        self.connection.deadline().map(|deadline| (deadline.wait, (deadline.at - self.now).as_secs()))
    }
}

fn waits() -> Waits {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    Waits {
        idle: seconds(10),
        head: seconds(20),
        content: seconds(30),
        message: seconds(100),
        proceed: seconds(1),
        answer: seconds(50),
        send: seconds(40),
        linger: seconds(2),
    }
}

#[test]
fn a_connection_persists_through_many_exchanges() {
    let mut scene = Scene::server();
    for _ in 0..3 {
        scene = scene.request(GET).answer(OK);
        assert!(scene.connection.is_idle() && scene.connection.persists());
    }
}

#[test]
fn the_answer_to_a_last_request_ends_the_connection() {
    let mut scene = Scene::server().request(LAST);
    assert!(!scene.connection.persists());
    assert_eq!(scene.connection.request_head(GET, scene.now), Err(Misstep::Ours), "nothing after a close option");
    let scene = scene.answer(OK);
    assert!(scene.connection.is_over());
    assert_eq!(scene.connection.why(), Some(Why::RequestSaidClose));
}

#[test]
fn a_last_response_leaves_later_requests_unanswered() {
    let mut scene = Scene::client().request(GET).request(GET).answer(OK_LAST);
    assert!(scene.connection.is_over());
    assert_eq!(scene.connection.outstanding(), 1);
    assert_eq!(scene.connection.request_head(GET, scene.now), Err(Misstep::Ours));
    let unasked = scene.connection.response_head(OK, scene.now);
    assert_eq!(unasked, Err(Misstep::Peers(Rule::ConnectionUnexpectedResponse)));
}

#[test]
fn pipelined_requests_are_answered_in_turn_and_only_the_last_one_closes() {
    let mut scene = Scene::client().request(GET).request(LAST);
    assert_eq!(scene.connection.request_head(GET, scene.now), Err(Misstep::Ours));
    scene = scene.answer(OK);
    assert!(!scene.connection.is_over());
    scene = scene.answer(OK);
    assert!(scene.connection.is_over());
}

#[test]
fn a_response_that_nobody_waits_for_is_the_peers_fault_or_ours() {
    let mut client = Scene::client();
    let told = client.connection.response_head(OK, client.now);
    assert_eq!(told, Err(Misstep::Peers(Rule::ConnectionUnexpectedResponse)));
    assert_eq!(client.connection.why(), Some(Why::Broken));
    let mut server = Scene::server();
    assert_eq!(server.connection.response_head(OK, server.now), Err(Misstep::Ours));
    assert!(server.connection.is_idle(), "refusing us changes nothing");
}

#[test]
fn interim_responses_use_up_no_request_and_are_limited() {
    let mut scene = Scene::client().request(GET);
    for code in [100, 103] {
        assert_eq!(scene.connection.response_head(status(code), scene.now), Ok(Answer::Interim));
    }
    let third = scene.connection.response_head(status(102), scene.now);
    assert_eq!(third, Err(Misstep::Peers(Rule::LimitInterimResponses)));

    let mut scene = Scene::client().request(GET).request(GET);
    for _ in 0..2 {
        scene.connection.response_head(status(100), scene.now).unwrap();
        scene.connection.response_head(status(100), scene.now).unwrap();
        scene = scene.answer(OK);
    }
    assert!(scene.connection.is_idle(), "the limit counts for each request");
}

#[test]
fn held_content_goes_on_100_or_when_the_wait_is_over() {
    let mut scene = Scene::client();
    scene.head(HELD);
    assert_eq!(scene.waits_for(), Some((Wait::Proceed, 1)));
    scene.connection.response_head(status(100), scene.now).unwrap();
    assert!(matches!(scene.connection.requests(), Requests::Content(_)));

    let mut scene = Scene::client();
    scene.head(HELD);
    let mut scene = scene.after(1);
    assert_eq!(scene.connection.late(scene.now), Some(Wait::Proceed));
    scene.connection.proceed(scene.now).unwrap();
    assert!(matches!(scene.connection.requests(), Requests::Content(_)));
    assert_eq!(scene.connection.late(scene.now), None);
}

#[test]
fn an_early_final_answer_to_held_content_ends_the_connection() {
    let mut scene = Scene::client();
    scene.head(HELD);
    let scene = scene.answer(status(417));
    assert!(scene.connection.is_over());
    assert_eq!(scene.connection.why(), Some(Why::ContentLeft));
}

#[test]
fn an_early_final_answer_lets_content_on_its_way_finish() {
    let mut scene = Scene::client();
    scene.head(GET);
    scene.connection.request_content(scene.now).unwrap();
    let mut scene = scene.answer(OK);
    assert!(!scene.connection.is_idle() && scene.connection.persists());
    scene.connection.request_content(scene.now).unwrap();
    scene.connection.request_end(scene.now).unwrap();
    assert!(scene.connection.is_idle());
}

#[test]
fn content_left_unsent_ends_the_connection_after_the_answer() {
    let mut scene = Scene::client();
    scene.head(GET);
    scene.connection.request_left(scene.now).unwrap();
    let scene = scene.answer(status(413));
    assert!(scene.connection.is_over());
}

#[test]
fn a_switch_happens_only_where_it_was_asked_for() {
    let switching = ResponseFacts { status: 101, persists: true, offered: true };
    let mut scene = Scene::client().request(UPGRADE);
    assert_eq!(scene.connection.request_head(GET, scene.now), Err(Misstep::Ours), "nothing until the answer");
    assert_eq!(scene.connection.response_head(switching, scene.now), Ok(Answer::Switched));
    assert!(scene.connection.is_switched());

    let unasked = Err(Misstep::Peers(Rule::ConnectionSwitchUnasked));
    let mut scene = Scene::client().request(GET);
    assert_eq!(scene.connection.response_head(switching, scene.now), unasked);
    let mut scene = Scene::client().request(UPGRADE);
    let other = ResponseFacts { offered: false, ..switching };
    assert_eq!(scene.connection.response_head(other, scene.now), unasked, "a protocol that was not offered");
    let mut scene = Scene::client().request(CONNECT);
    assert_eq!(scene.connection.response_head(switching, scene.now), unasked, "101 does not answer CONNECT");
}

#[test]
fn a_declined_switch_leaves_the_connection_http() {
    for asks in [UPGRADE, CONNECT] {
        let scene = Scene::client().request(asks).answer(status(405)).request(GET).answer(OK);
        assert!(scene.connection.is_idle());
    }
    let scene = Scene::client().request(RequestFacts { persists: false, ..UPGRADE }).answer(OK);
    assert!(scene.connection.is_over());
}

#[test]
fn a_2xx_to_connect_switches_and_to_anything_else_does_not() {
    let mut scene = Scene::client().request(CONNECT);
    assert_eq!(scene.connection.response_head(status(204), scene.now), Ok(Answer::Switched));
    assert!(scene.connection.is_switched() && !scene.connection.persists());
    assert_eq!(scene.waits_for(), None, "the waits of HTTP end with HTTP");
}

#[test]
fn a_switch_during_content_waits_for_its_end() {
    let mut scene = Scene::client();
    scene.head(UPGRADE);
    let switching = ResponseFacts { status: 101, persists: true, offered: true };
    assert_eq!(scene.connection.response_head(switching, scene.now), Ok(Answer::Switched));
    assert!(!scene.connection.is_switched());
    scene.connection.request_content(scene.now).unwrap();
    scene.connection.request_end(scene.now).unwrap();
    assert!(scene.connection.is_switched());
}

#[test]
fn a_half_close_of_the_client_takes_no_answer_away() {
    let mut scene = Scene::server().request(GET).request(GET);
    scene.connection.requests_ended(scene.now).unwrap();
    let scene = scene.answer(OK);
    assert!(!scene.connection.is_over());
    let scene = scene.answer(OK);
    assert!(scene.connection.is_over());
    assert_eq!(scene.connection.why(), Some(Why::Ended));
}

#[test]
fn an_end_of_the_server_leaves_requests_unanswered() {
    let mut scene = Scene::client().request(GET);
    scene.connection.responses_ended(scene.now).unwrap();
    assert!(scene.connection.is_over());
    assert_eq!(scene.connection.outstanding(), 1);
}

#[test]
fn a_server_waits_for_what_is_due_next() {
    let mut scene = Scene::server();
    assert_eq!(scene.waits_for(), Some((Wait::Idle, 10)));
    scene = scene.after(9);
    scene.connection.head_begun(scene.now);
    assert_eq!(scene.waits_for(), Some((Wait::Head, 20)));
    scene = scene.after(19);
    scene.connection.head_begun(scene.now);
    assert_eq!(scene.waits_for(), Some((Wait::Head, 1)), "a dripping head does not renew its wait");
    scene.head(GET);
    assert_eq!(scene.waits_for(), Some((Wait::Content, 30)));
    for _ in 0..2 {
        scene = scene.after(29);
        scene.connection.request_content(scene.now).unwrap();
    }
    assert_eq!(
        scene.waits_for(),
        Some((Wait::Message, 23)),
        "dripping content renews its own, not that of the message"
    );
    scene.connection.request_end(scene.now).unwrap();
    assert_eq!(scene.waits_for(), None, "it is our turn");
    let scene = scene.answer(OK).after(10);
    assert_eq!(scene.connection.late(scene.now), Some(Wait::Idle));
}

#[test]
fn a_server_lingers_after_the_last_answer() {
    let scene = Scene::server().request(LAST).answer(OK);
    assert_eq!(scene.waits_for(), Some((Wait::Linger, 2)));
}

#[test]
fn a_client_waits_for_an_answer_and_interim_ones_renew_the_wait() {
    let mut scene = Scene::client();
    assert_eq!(scene.waits_for(), None, "a client at rest waits for nothing");
    scene.head(GET);
    assert_eq!(scene.waits_for(), None, "it is our turn");
    scene.connection.request_end(scene.now).unwrap();
    assert_eq!(scene.waits_for(), Some((Wait::Answer, 50)));
    scene = scene.after(40);
    scene.connection.head_begun(scene.now);
    scene.connection.response_head(status(103), scene.now).unwrap();
    assert_eq!(scene.waits_for(), Some((Wait::Answer, 50)));
    scene.connection.response_head(OK, scene.now).unwrap();
    assert_eq!(scene.waits_for(), Some((Wait::Content, 30)));
    scene.connection.response_end(scene.now).unwrap();
    assert_eq!(scene.connection.responses(), Responses::Idle);
    assert_eq!(scene.waits_for(), None);
}
