//! Who speaks with whom.

use crate::client::Client;
use crate::message::expected;
use crate::security::Security;
use crate::server::Server;
use crate::{Side, Trouble};

/// A client's side and a server's.
#[derive(Clone, Copy, Debug)]
pub struct Pairing {
    /// What the rows of a bench call it.
    pub name: &'static str,
    /// Who asks.
    pub client: Side,
    /// Who answers.
    pub server: Side,
}

/// All of them: each with itself; ours and hyper's crosswise, which tells the sides apart; octets last.
pub const PAIRINGS: [Pairing; 5] = [
    Pairing { name: "ours", client: Side::Ours, server: Side::Ours },
    Pairing { name: "hyper", client: Side::Hyper, server: Side::Hyper },
    Pairing { name: "our-client", client: Side::Ours, server: Side::Hyper },
    Pairing { name: "our-server", client: Side::Hyper, server: Side::Ours },
    Pairing { name: "octets", client: Side::Octets, server: Side::Octets },
];

impl Pairing {
    /// Its server, answering with content of that `length`.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn server(&self, security: Option<&Security>, length: usize) -> Result<Server, Trouble> {
        Server::start(self.server, security.map(|security| security.server.clone()), length).await
    }

    /// A connection of its client to `server`.
    ///
    /// # Errors
    /// As [`Client::connect`].
    pub async fn client(&self, server: &Server, security: Option<&Security>) -> Result<Client, Trouble> {
        Client::connect(self.client, server, security).await
    }

    /// A connection that has shown already that it works: one exchange was held against what was to come.
    ///
    /// # Errors
    /// As [`Client::connect`], [`Client::get`] and [`expected`].
    pub async fn checked_client(&self, server: &Server, security: Option<&Security>) -> Result<Client, Trouble> {
        let mut client = self.client(server, security).await?;
        expected(&client.get().await?, server.length)?;
        Ok(client)
    }
}
