//! The subject of this run where it stands now: running or not, started by us or not.

use std::time::Duration;

use tokio::time::Instant;

use super::Subject;
use crate::corpus::model::{Bindings, Observability, Role};
use crate::script::play::{Target, connect};
use crate::subject::{Claims, Location, Process, Source, Start, SubjectError, free_port};

/// How often a subject that died is started again.
pub(super) const RESTARTS: usize = 5;
/// How long a connection may take that only asks whether somebody listens.
const CONNECT: Duration = Duration::from_secs(1);
/// How often another port is tried when somebody else was quicker.
const PORTS: usize = 3;

/// A subject that stands, with its place and name fixed for the run.
pub(super) struct Standing {
    pub(super) location: Location,
    pub(super) bindings: Bindings,
    pub(super) claims: Claims,
    pub(super) restarts: usize,
    start: Option<Start>,
    process: Option<Process>,
}

impl Standing {
    /// Starts the subject if that is ours to do.
    pub(super) async fn raise(subject: &Subject) -> Result<Standing, SubjectError> {
        let claims = subject.claims.clone();
        let (location, start, process) = match &subject.source {
            Source::Listening(location) => (location.clone(), None, None),
            Source::Started { start, host } => {
                let (location, process) = Standing::first_start(start, host.as_deref()).await?;
                (location, Some(start.clone()), Some(process))
            }
        };
        Ok(Standing { bindings: location.bindings(), location, claims, restarts: 0, start, process })
    }

    async fn first_start(start: &Start, host: Option<&str>) -> Result<(Location, Process), SubjectError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let port = free_port().map_err(|error| SubjectError::Start { command: start.command.join(" "), error })?;
            let mut location = Location::parse(&format!("127.0.0.1:{port}"), host, None)?;
            location.path.clone_from(&start.ready_path);
            match Process::start(start, port, &location).await {
                Ok(process) => return Ok((location, process)),
                // The port was free when it was picked, and is not any more.
                Err(SubjectError::DiedEarly { tail, .. })
                    if tries < PORTS && tail.to_lowercase().contains("in use") => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Where scripts are played to.
    pub(super) fn target(&self, level: Observability, alone: bool) -> Target {
        Target {
            address: self.location.address.clone(),
            role: Role::Server,
            bindings: self.bindings.clone(),
            level,
            can: self.claims.can.clone(),
            lacks: self.claims.lacks.clone(),
            alone,
        }
    }

    /// Whether a death can be seen, and mended.
    pub(super) fn is_ours(&self) -> bool {
        self.start.is_some()
    }

    /// Exit status or signal and the last lines that it wrote, if it ended.
    pub(super) fn died(&self) -> Option<String> {
        self.process.as_ref()?.died().map(|how| self.last_words(&how))
    }

    /// Waits until the process ends; forever if it is not ours.
    pub(super) async fn death(&self) {
        match &self.process {
            Some(process) => drop(process.death().await),
            None => std::future::pending().await,
        }
    }

    /// Whether the process ends within that time; never if it is not ours.
    pub(super) async fn dies_within(&self, moment: Duration) -> bool {
        self.process.is_some() && tokio::time::timeout(moment, self.death()).await.is_ok()
    }

    /// Whether it is ours and nobody listens where it did.
    pub(super) async fn refuses_connections(&self) -> bool {
        let by = Instant::now() + CONNECT;
        self.process.is_some() && connect(&self.location.address, by).await.is_err()
    }

    /// `how`, and the last lines that the subject wrote.
    pub(super) fn last_words(&self, how: &str) -> String {
        let tail = self.process.as_ref().map(Process::tail).unwrap_or_default();
        if tail.is_empty() { how.to_owned() } else { format!("{how}; the last lines it wrote:\n{}", tail.join("\n")) }
    }

    /// Stops what is left of it and starts it afresh on the same port (scripts have the port in their octets).
    ///
    /// # Errors
    /// That it was started too often, or that it did not come up, in a sentence.
    pub(super) async fn restart(&mut self) -> Result<(), String> {
        let Some(start) = self.start.clone() else { return Err("it is not ours to start".to_owned()) };
        let Some(mut process) = self.process.take() else { return Err("it was never started".to_owned()) };
        let port = process.port();
        process.stop().await;
        drop(process);
        if self.restarts == RESTARTS {
            return Err(format!("it was started again {RESTARTS} times already"));
        }
        self.restarts += 1;
        let process = Process::start(&start, port, &self.location).await.map_err(|error| error.to_string())?;
        self.process = Some(process);
        Ok(())
    }

    /// Stops it if it is ours.
    pub(super) async fn fell(&mut self) {
        if let Some(process) = &mut self.process {
            process.stop().await;
        }
    }
}
