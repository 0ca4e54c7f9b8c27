//! The states of the two directions of a connection, and the table that leads from one to the next.
//!
//! ```text
//!   requests:   Ready ──head──► Held ──100, time, or content──► Content ──end──► Ready
//!                 │                                                │
//!                 │                                                ├─► Waiting   asked to switch: nothing may follow yet
//!                 └──────────────────────► Over ◄──────────────────┴─► Switched
//!
//!   responses:  Idle ──request head──► Awaited ──final head──► Content ──end──► Idle, Awaited, Over
//!                                       │   ▲                                     (none left, more, close)
//!                                       └───┘ interim          Awaited ──101, 2xx to CONNECT──► Switched
//! ```
//!
//! Both tables see every event; neither knows who sends which direction. What an event means is decided by whoever makes it
//! ([`super::Connection`]); here is only the order. An event that a state does not expect is refused and changes nothing.

/// What a request asks to switch to when it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Asks {
    /// Nothing: the connection stays HTTP.
    Nothing,
    /// A protocol of its Upgrade field (RFC 9110 §7.8).
    Upgrade,
    /// A tunnel (RFC 9110 §9.3.6).
    Connect,
}

/// What follows the request that is being transferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Then {
    /// Another request may follow.
    Ready,
    /// The response decides. `last` holds if it declines.
    Wait {
        /// Whether the connection is over after an answer that declines.
        last: bool,
    },
    /// Nothing: this request was the last.
    Over(Why),
    /// The other protocol: the response has switched already.
    Switched,
}

/// The direction in which requests travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Requests {
    /// Between two requests.
    Ready,
    /// A head has passed whose sender holds its content back until it is told to go on (RFC 9110 §10.1.1).
    Held(Then),
    /// A head has passed and the end of the message has not.
    Content(Then),
    /// A whole request has passed that asked to switch; what follows is HTTP or not as the response says.
    Waiting {
        /// Whether the connection is over after an answer that declines.
        last: bool,
    },
    /// No further request will pass.
    Over(Why),
    /// The octets are another protocol's.
    Switched,
}

/// The direction in which responses travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Responses {
    /// No request waits for a response.
    Idle,
    /// The first outstanding request has had no final response yet.
    Awaited {
        /// How many interim responses it has had.
        interim: u32,
    },
    /// A final head has passed and the end of the message has not.
    Content {
        /// Whether the connection is over after it.
        last: bool,
    },
    /// No further response will pass.
    Over(Why),
    /// The octets are another protocol's.
    Switched,
}

/// Why a direction is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// A request said so: a "close" option, or version 1.0 without "keep-alive".
    RequestSaidClose,
    /// A response said so, or its content ended with the connection.
    ResponseSaidClose,
    /// The content of a request was left unsent: what follows on this connection would be taken for it.
    ContentLeft,
    /// Its sender ended it between two messages.
    Ended,
    /// A rule broke and nothing sensible follows.
    Broken,
}

impl Why {
    /// One sentence of ours.
    pub fn sentence(self) -> &'static str {
        match self {
            Why::RequestSaidClose => "A request announced that it was the last.",
            Why::ResponseSaidClose => "A response announced that it was the last, or ended with the connection.",
            Why::ContentLeft => "The content of a request was not sent to its end.",
            Why::Ended => "The sender ended its half of the connection.",
            Why::Broken => "A message broke a rule, and where the next one begins is not known.",
        }
    }
}

/// What passes on a connection, in either direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The head of a request.
    RequestHead {
        /// Whether its sender holds the content back.
        held: bool,
        /// What it asks to switch to.
        asks: Asks,
        /// Whether it says that it is the last.
        last: bool,
    },
    /// Some content of a request.
    RequestContent,
    /// The end of a request.
    RequestEnd,
    /// The sender of requests ended its half between two of them.
    RequestsEnd,
    /// The sender of requests gives up the rest of a content.
    RequestLeft,
    /// The wait for 100 (Continue) was long enough.
    Proceed,
    /// 100 (Continue).
    Continue,
    /// Any other interim response.
    Interim,
    /// 101 (Switching Protocols), or a 2xx to CONNECT.
    Switch {
        /// Whether the request that it answers asked for that.
        asked: bool,
    },
    /// The head of a final response.
    ResponseHead {
        /// Whether the connection is over after it.
        last: bool,
        /// Whether it answers the newest request, rather than one before it.
        newest: bool,
    },
    /// Some content of a response.
    ResponseContent,
    /// The end of a final response.
    ResponseEnd {
        /// Whether more requests wait.
        more: bool,
    },
    /// The sender of responses ended its half between two of them.
    ResponsesEnd,
    /// A request broke a rule, was cut off, or took too long: no other one can be read.
    RequestBreak {
        /// Whether it has had no head yet, so that one last response is still owed for it.
        owed: bool,
    },
    /// A rule broke in either direction.
    Break,
}

/// Why an event was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refused {
    /// The sender of the event is not in a state to send it.
    OutOfTurn,
    /// A response, and no request waits for one (`connection.unexpected-response`).
    UnexpectedResponse,
    /// A switch that the request had not asked for (`connection.switch-unasked`).
    SwitchUnasked,
}

impl Then {
    fn new(asks: Asks, last: bool) -> Then {
        match (asks, last) {
            (Asks::Nothing, false) => Then::Ready,
            (Asks::Nothing, true) => Then::Over(Why::RequestSaidClose),
            (Asks::Upgrade | Asks::Connect, last) => Then::Wait { last },
        }
    }

    /// The state once the request has passed whole.
    fn reached(self) -> Requests {
        match self {
            Then::Ready => Requests::Ready,
            Then::Wait { last } => Requests::Waiting { last },
            Then::Over(why) => Requests::Over(why),
            Then::Switched => Requests::Switched,
        }
    }

    /// The same request after its final response, if that came early and did not switch.
    fn declined(self) -> Then {
        match self {
            Then::Wait { last: false } => Then::Ready,
            Then::Wait { last: true } => Then::Over(Why::RequestSaidClose),
            other => other,
        }
    }
}

impl Requests {
    /// The table of this direction.
    pub fn next(self, event: Event) -> Result<Requests, Refused> {
        use Requests::*;
        Ok(match (self, event) {
            (_, Event::Break | Event::RequestBreak { .. }) => Over(Why::Broken),

            // Requests.
            (Ready, Event::RequestHead { held: true, asks, last }) => Held(Then::new(asks, last)),
            (Ready, Event::RequestHead { held: false, asks, last }) => Content(Then::new(asks, last)),
            (Held(then) | Content(then), Event::RequestContent) => Content(then),
            (Held(then) | Content(then), Event::RequestEnd) => then.reached(),
            (Held(_) | Content(_), Event::RequestLeft) => Over(Why::ContentLeft),
            (Ready | Waiting { .. }, Event::RequestsEnd) => Over(Why::Ended),
            (Over(why), Event::RequestsEnd) => Over(why),
            (Switched, Event::RequestsEnd) => Switched,
            (_, Event::RequestHead { .. } | Event::RequestContent | Event::RequestEnd) => {
                return Err(Refused::OutOfTurn);
            }
            (_, Event::RequestsEnd | Event::RequestLeft) => return Err(Refused::OutOfTurn),

            // What lets held content go.
            (Held(then), Event::Continue | Event::Proceed) => Content(then),

            // Responses, as far as they concern what may be requested: after a last one nothing. Content that is still held
            // when the answer comes is never sent; content on its way may go on (an answer may stream while it is being
            // asked for), or its sender leaves it.
            (Held(_), Event::ResponseHead { newest: true, .. }) => Over(Why::ContentLeft),
            (Content(then), Event::ResponseHead { last: false, newest: true }) => Content(then.declined()),
            (Content(_), Event::ResponseHead { last: true, .. }) => Content(Then::Over(Why::ResponseSaidClose)),
            (Held(_), Event::ResponseHead { last: true, newest: false }) => Over(Why::ContentLeft),
            (Waiting { last: false }, Event::ResponseHead { last: false, newest: true }) => Ready,
            (Waiting { last: true }, Event::ResponseHead { newest: true, .. }) => Over(Why::RequestSaidClose),
            (Waiting { last: false } | Ready, Event::ResponseHead { last: true, .. }) => Over(Why::ResponseSaidClose),
            (Waiting { last: true }, Event::ResponseHead { last: true, .. }) => Over(Why::ResponseSaidClose),

            // A switch waits for the end of the request that asked for it.
            (Held(_) | Content(_), Event::Switch { asked: true }) => Content(Then::Switched),
            (Waiting { .. } | Over(Why::Ended), Event::Switch { asked: true }) => Switched,

            (state, _) => state,
        })
    }

    /// Whether the head of a request may pass now.
    pub fn is_ready(self) -> bool {
        self == Requests::Ready
    }
}

impl Responses {
    /// The table of this direction.
    pub fn next(self, event: Event) -> Result<Responses, Refused> {
        use Responses::*;
        Ok(match (self, event) {
            (_, Event::Break) => Over(Why::Broken),

            // A request waits.
            (Idle, Event::RequestHead { .. } | Event::RequestBreak { owed: true }) => Awaited { interim: 0 },
            (Over(_) | Switched, Event::RequestHead { .. }) => return Err(Refused::OutOfTurn),

            // Responses.
            (Awaited { interim }, Event::Continue | Event::Interim) => Awaited { interim: interim.saturating_add(1) },
            (Awaited { .. }, Event::Switch { asked: true }) => Switched,
            (Awaited { .. }, Event::Switch { asked: false }) => return Err(Refused::SwitchUnasked),
            (Awaited { .. }, Event::ResponseHead { last, .. }) => Content { last },
            (Content { last }, Event::ResponseContent) => Content { last },
            (Content { last: true }, Event::ResponseEnd { .. }) => Over(Why::ResponseSaidClose),
            (Content { last: false }, Event::ResponseEnd { more: true }) => Awaited { interim: 0 },
            (Content { last: false }, Event::ResponseEnd { more: false }) => Idle,
            (Idle | Awaited { .. }, Event::ResponsesEnd) => Over(Why::Ended),
            (Over(why), Event::ResponsesEnd) => Over(why),
            (Switched, Event::ResponsesEnd) => Switched,
            (Idle | Over(_), Event::Continue | Event::Interim | Event::Switch { .. } | Event::ResponseHead { .. }) => {
                return Err(Refused::UnexpectedResponse);
            }
            (_, Event::Continue | Event::Interim | Event::Switch { .. } | Event::ResponseHead { .. }) => {
                return Err(Refused::OutOfTurn);
            }
            (_, Event::ResponseContent | Event::ResponseEnd { .. } | Event::ResponsesEnd) => {
                return Err(Refused::OutOfTurn);
            }

            (state, _) => state,
        })
    }
}
