//! `--log`: the events of `proto` on standard error, as they happen.

use std::io;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use wiregauge_proto::driver::MESSAGES;
use wiregauge_proto::transport::log::OCTETS;

/// What is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Log {
    /// Heads, the ends of messages and broken rules; values of fields with credentials or cookies are hidden
    Messages,
    /// What each call of the transport carried (of TLS, what is in it): credentials, cookies and content as they are
    Octets,
}

/// Prints what is `wanted` from now on, for the whole process.
pub(super) fn print(wanted: &[Log]) {
    if wanted.is_empty() {
        return;
    }
    let targets = wanted.iter().map(|log| match log {
        Log::Messages => (MESSAGES, LevelFilter::DEBUG),
        Log::Octets => (OCTETS, LevelFilter::TRACE),
    });
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false).without_time();
    // A log that somebody has set before stays.
    let _ = tracing_subscriber::registry().with(lines.with_filter(Targets::new().with_targets(targets))).try_init();
}
