//! How long to wait for what. Instants come in and go out as values; nobody here looks at a clock.

use std::fmt;
use std::time::{Duration, Instant};

use super::Reads;
use super::state::{Event, Requests, Responses};

/// How long each thing is waited for; `None` is as long as it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// For the first octet of a request, on a connection at rest.
    pub idle: Option<Duration>,
    /// For a whole head, from its first octet.
    pub head: Option<Duration>,
    /// For the next octets of a content.
    pub content: Option<Duration>,
    /// For a whole message, from the first octet of its head.
    pub message: Option<Duration>,
    /// For 100 (Continue), before held content is sent all the same (RFC 9110 §10.1.1 asks not to wait for ever).
    pub proceed: Option<Duration>,
    /// For the first octet of a response, from the end of the request or the response before it.
    pub answer: Option<Duration>,
    /// For the peer to take more of what is sent to it.
    pub send: Option<Duration>,
    /// For the peer to close after we have (RFC 9112 §9.6).
    pub linger: Option<Duration>,
}

impl Waits {
    /// For ever.
    pub const NONE: Waits = Waits {
        idle: None,
        head: None,
        content: None,
        message: None,
        proceed: None,
        answer: None,
        send: None,
        linger: None,
    };

    /// The defaults.
    pub const DEFAULT: Waits = Waits {
        idle: Some(Duration::from_secs(60)),
        head: Some(Duration::from_secs(30)),
        content: Some(Duration::from_secs(30)),
        message: Some(Duration::from_secs(3600)),
        proceed: Some(Duration::from_secs(1)),
        answer: Some(Duration::from_secs(60)),
        send: Some(Duration::from_secs(30)),
        linger: Some(Duration::from_secs(2)),
    };
}

impl Default for Waits {
    fn default() -> Waits {
        Waits::DEFAULT
    }
}

/// Something that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wait {
    /// [`Waits::idle`].
    Idle,
    /// [`Waits::head`].
    Head,
    /// [`Waits::content`].
    Content,
    /// [`Waits::message`].
    Message,
    /// [`Waits::proceed`].
    Proceed,
    /// [`Waits::answer`].
    Answer,
    /// [`Waits::send`].
    Send,
    /// [`Waits::linger`].
    Linger,
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Wait::Idle => "idle",
            Wait::Head => "head",
            Wait::Content => "content",
            Wait::Message => "message",
            Wait::Proceed => "100 (Continue)",
            Wait::Answer => "answer",
            Wait::Send => "send",
            Wait::Linger => "linger",
        })
    }
}

/// What is waited for, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// What for.
    pub wait: Wait,
    /// Until when.
    pub at: Instant,
}

/// When the things happened from which waits are counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timer {
    waits: Waits,
    /// The last event that moved anything.
    moved: Instant,
    /// The first octet of the message being read.
    head: Option<Instant>,
    /// The same, kept until its end.
    message: Option<Instant>,
}

impl Timer {
    pub(super) fn new(waits: Waits, now: Instant) -> Timer {
        Timer { waits, moved: now, head: None, message: None }
    }

    pub(super) fn head_begun(&mut self, now: Instant) {
        self.head.get_or_insert(now);
        self.message.get_or_insert(now);
    }

    pub(super) fn moved(&mut self, reads: Reads, event: Event, now: Instant) {
        self.moved = now;
        let (head, end) = match reads {
            Reads::Requests => (matches!(event, Event::RequestHead { .. }), matches!(event, Event::RequestEnd)),
            Reads::Responses => (
                matches!(event, Event::Continue | Event::Interim | Event::Switch { .. } | Event::ResponseHead { .. }),
                matches!(event, Event::Continue | Event::Interim | Event::ResponseEnd { .. }),
            ),
        };
        if head {
            self.head = None;
        }
        if end {
            self.message = None;
        }
    }

    pub(super) fn deadline(&self, reads: Reads, requests: Requests, responses: Responses) -> Option<Deadline> {
        let (wait, from) = match (reads, requests, responses) {
            (_, Requests::Switched, Responses::Switched) => return None,
            (Reads::Requests, Requests::Ready, _) if self.head.is_some() => (Wait::Head, self.head),
            (Reads::Requests, Requests::Ready, Responses::Idle) => (Wait::Idle, Some(self.moved)),
            (Reads::Requests, Requests::Content(_), _) => (Wait::Content, Some(self.moved)),
            (Reads::Requests, Requests::Over(_), Responses::Idle | Responses::Over(_))
            | (Reads::Responses, _, Responses::Over(_)) => (Wait::Linger, Some(self.moved)),
            (Reads::Responses, _, Responses::Awaited { .. }) if self.head.is_some() => (Wait::Head, self.head),
            (Reads::Responses, Requests::Held(_), Responses::Awaited { .. }) => (Wait::Proceed, Some(self.moved)),
            (Reads::Responses, Requests::Content(_), Responses::Awaited { .. }) => return None,
            (Reads::Responses, _, Responses::Awaited { .. }) => (Wait::Answer, Some(self.moved)),
            (Reads::Responses, _, Responses::Content { .. }) => (Wait::Content, Some(self.moved)),
            _ => return None,
        };
        let limit = match wait {
            Wait::Idle => self.waits.idle,
            Wait::Head => self.waits.head,
            Wait::Content => self.waits.content,
            Wait::Message => self.waits.message,
            Wait::Proceed => self.waits.proceed,
            Wait::Answer => self.waits.answer,
            Wait::Send => self.waits.send,
            Wait::Linger => self.waits.linger,
        };
        let of = |wait, from: Option<Instant>, limit: Option<Duration>| {
            // A wait beyond what an instant can hold is one for ever.
            from?.checked_add(limit?).map(|at| Deadline { wait, at })
        };
        let whole = match wait {
            Wait::Head | Wait::Content => of(Wait::Message, self.message, self.waits.message),
            _ => None,
        };
        [of(wait, from, limit), whole].into_iter().flatten().min_by_key(|deadline| deadline.at)
    }
}
