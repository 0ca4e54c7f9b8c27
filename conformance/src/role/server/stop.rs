//! A run can be stopped from outside; what was done is reported.

use std::io;

use tokio::sync::watch;

/// Why a run was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Ctrl-C (SIGINT): exit code 130.
    Interrupt,
    /// SIGTERM: exit code 143.
    Terminate,
}

/// Stops the runs that hold the [`Stop`] of this pair.
#[derive(Debug)]
pub struct Stopper(watch::Sender<Option<Reason>>);

impl Stopper {
    /// Stops them.
    pub fn stop(&self, reason: Reason) {
        self.0.send_replace(Some(reason));
    }
}

/// Whether a run is to stop. Clones hear of the same.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<Option<Reason>>);

impl Stop {
    /// A pair: whoever holds the [`Stopper`] stops the run.
    pub fn pair() -> (Stopper, Stop) {
        let (sender, receiver) = watch::channel(None);
        (Stopper(sender), Stop(receiver))
    }

    /// Nobody stops the run.
    pub fn never() -> Stop {
        Stop::pair().1
    }

    /// Stops at SIGINT and SIGTERM; from then on these no longer end the process by themselves, so that the report can be written
    /// and a started subject stopped. A second signal ends it at once.
    ///
    /// # Errors
    /// What the system said when the handlers were set.
    pub fn on_signals() -> io::Result<Stop> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let (stopper, stop) = Stop::pair();
        tokio::spawn(async move {
            let mut told = false;
            loop {
                let reason = tokio::select! {
                    Some(()) = interrupt.recv() => Reason::Interrupt,
                    Some(()) = terminate.recv() => Reason::Terminate,
                    else => return,
                };
                if std::mem::replace(&mut told, true) {
                    std::process::exit(if reason == Reason::Interrupt { 130 } else { 143 });
                }
                stopper.stop(reason);
            }
        });
        Ok(stop)
    }

    /// Why it is to stop, if so.
    pub fn reason(&self) -> Option<Reason> {
        *self.0.borrow()
    }

    /// Waits until it is to stop; forever if nobody can stop it any more.
    pub(super) async fn stopped(&mut self) {
        if self.0.wait_for(Option::is_some).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
