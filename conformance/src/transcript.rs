//! What happened, and when: the only thing a judge sees. A transcript is written as one JSON object and read back, so that a run
//! can be judged again, and the judge tested on transcripts written by hand, for every role.

use serde::{Deserialize, Serialize};

use crate::corpus::model::{Bindings, Observability, Role, Shut};

/// Octets in JSON: base64.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Octets(pub Vec<u8>);

impl Serialize for Octets {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine;
        serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use base64::Engine;
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        base64::engine::general_purpose::STANDARD
            .decode(text.as_bytes())
            .map(Octets)
            .map_err(|e| serde::de::Error::custom(format!("octets are not base64: {e}")))
    }
}

/// How the octets of a message were cut and accompanied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// In one write.
    #[default]
    Whole,
    /// In two or more segments.
    Cut,
    /// Octet by octet where it matters.
    Octets,
    /// In one write with a harmless successor.
    Coalesced,
}

/// Which playing of a case this is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// The only one, for most.
    #[default]
    Plain,
    /// An incomplete message whose rest comes after a silence.
    Withheld,
    /// An incomplete message whose rest never comes.
    Ended,
}

/// What sent octets are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// The case's own octets.
    Message,
    /// What completes an incomplete message.
    Rest,
    /// A harmless request after the case's own.
    Successor,
    /// A request that shows that the connection is open.
    Probe,
}

/// How a wait came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waited {
    /// What was waited for is complete.
    Complete,
    /// The peer ended (FIN or reset) first.
    Ended,
    /// Neither within the time.
    Late,
    /// So many octets came that reading stopped.
    TooMuch,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum What {
    /// A connection was opened (ours) or accepted (the subject's).
    Connected,
    /// It could not be opened: a fault of the set-up, unless the subject died.
    Refused {
        /// What the system said.
        error: String,
    },
    /// Octets went out.
    Sent {
        /// What for.
        purpose: Purpose,
        /// The octets.
        octets: Octets,
        /// Methods of the requests that begin in these octets, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        methods: Vec<String>,
    },
    /// Octets did not go out, since the peer was gone.
    NotSent {
        /// What for.
        purpose: Purpose,
        /// How many octets.
        count: u64,
        /// What the system said.
        error: String,
    },
    /// Octets came in.
    Received {
        /// The octets.
        octets: Octets,
    },
    /// The peer ended its half.
    Fin,
    /// The peer reset the connection: its ending for good, whatever came before.
    Reset,
    /// We ended our side.
    Shut {
        /// How.
        how: Shut,
    },
    /// A wait came out.
    Waited {
        /// What was waited for, in words.
        #[serde(rename = "until")]
        on: String,
        /// How it came out.
        waited: Waited,
    },
    /// The caller of a client was given this; an answer of the adapter contract.
    Told {
        /// The adapter's answer.
        answer: serde_json::Value,
    },
    /// The caller of a client asked this.
    Asked {
        /// The adapter's question.
        question: serde_json::Value,
    },
    /// The subject's process ended.
    Died {
        /// Exit status or signal, in words.
        how: String,
    },
}

/// One thing that happened, where and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Microseconds since the case began.
    pub at_us: u64,
    /// `c1`, `s1`, `app`, `ask`, `process`.
    pub on: String,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// The clocks of this playing, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// How long an answer that must come is waited for.
    pub patience_ms: u64,
    /// How long silence is believed.
    pub quiet_ms: u64,
    /// The case's total.
    pub total_ms: u64,
}

/// A playing of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// 1.
    pub format: u32,
    /// Full id.
    pub case: String,
    /// Of the subject.
    pub role: Role,
    /// How the octets were cut.
    pub delivery: Delivery,
    /// Which playing.
    #[serde(default)]
    pub variant: Variant,
    /// What the variables stood for.
    pub bindings: Bindings,
    /// How closely the subject can be seen.
    pub level: Observability,
    /// What the subject can do beyond that.
    #[serde(default)]
    pub can: Vec<String>,
    /// What the echo of this platform cannot tell.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// The clocks.
    pub clocks: Clocks,
    /// Whether nothing else was going on.
    #[serde(default)]
    pub alone: bool,
    /// Where the case's own message breaks its rule, as an offset into the octets sent on `c1` for [`Purpose::Message`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<u64>,
    /// What happened, in order.
    pub events: Vec<Event>,
}
