//! Connections of an agent for somebody who speaks on them himself (a gateway).

use super::connect::{self, Route};
use super::pool::{Connection, Lease};
use super::uri::Origin;
use super::watch::Teller;
use super::{AskError, UserAgent};
use crate::transport::tokio::Tcp;

/// The right to a connection, and the connection.
pub(crate) struct Passage {
    agent: UserAgent,
    lease: Lease,
    http: Connection,
}

impl UserAgent {
    /// A connection to `origin`, one that was used before if there is one.
    pub(crate) async fn passage(&self, origin: &Origin) -> Result<Passage, AskError> {
        let mut lease = self.shared.pool.lease(Route::Direct(origin.clone()), false).await?;
        let http = match lease.http.take() {
            Some(http) => http,
            None => {
                let (http, teller) = connect::connect(&lease.route, &self.shared.options).await?;
                lease.teller = teller;
                http
            }
        };
        Ok(Passage { agent: self.clone(), lease, http })
    }

    /// A connection to that host and port without anything on it, within [`super::Options::connect`].
    pub(crate) async fn dial(&self, host: &str, port: u16) -> Result<Tcp, AskError> {
        let options = &self.shared.options;
        let teller = Teller::of_a_fresh_one(options.watch.as_ref());
        match tokio::time::timeout(options.connect, connect::dial(host, port, options, &teller)).await {
            Ok(dialed) => dialed,
            Err(_) => Err(AskError::ConnectLate),
        }
    }
}

impl Passage {
    pub(crate) fn http(&mut self) -> &mut Connection {
        &mut self.http
    }

    /// Whether the connection carried a request before, so that it may have been ended at rest.
    pub(crate) fn was_used(&self) -> bool {
        self.lease.was_used
    }

    /// A fresh connection in place of this one.
    pub(crate) async fn renew(&mut self) -> Result<(), AskError> {
        (self.http, self.lease.teller) = connect::connect(&self.lease.route, &self.agent.shared.options).await?;
        self.lease.was_used = false;
        Ok(())
    }

    /// The exchange is over; the connection is used again, if it can be.
    pub(crate) fn give_back(self) {
        let Passage { agent, mut lease, http } = self;
        lease.http = Some(http);
        agent.shared.pool.give_back(lease);
    }
}
