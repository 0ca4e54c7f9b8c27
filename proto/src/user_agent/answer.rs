//! An answer: its head is there, its content still comes.

use super::AskError;
use super::pool::{Lease, Pool};
use super::uri::Uri;
use crate::driver::{Error, Response, Whole};
use crate::message::OwnedField;

/// A response. When its content has been read to the end, the connection goes back to the pool; dropped before, it is closed.
#[derive(Debug)]
pub struct Answer {
    uri: Uri,
    response: Response,
    pub(super) redirects: u32,
    lease: Option<Lease>,
    pool: Pool,
    trailers: Vec<OwnedField>,
}

impl Answer {
    pub(super) fn new(uri: Uri, response: Response, lease: Lease, pool: Pool) -> Answer {
        Answer { uri, response, redirects: 0, lease: Some(lease), pool, trailers: Vec::new() }
    }

    /// Whose answer it is: the URI that was asked for, or where redirects led.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// How many redirects led there.
    pub fn redirects(&self) -> u32 {
        self.redirects
    }

    /// The head of the response.
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// Appends some content to `into`. `false` says that it is complete.
    ///
    /// # Errors
    /// The content is not complete, and what has come of it is all there will be.
    pub async fn read_piece(&mut self, into: &mut Vec<u8>) -> Result<bool, AskError> {
        let Some(http) = self.lease.as_mut().and_then(|lease| lease.http.as_mut()) else { return Ok(false) };
        match http.read_piece(into).await {
            Ok(true) => Ok(true),
            Ok(false) => {
                self.trailers = http.trailers().to_vec();
                if let Some(lease) = self.lease.take() {
                    self.pool.give_back(lease);
                }
                Ok(false)
            }
            Err(error) => {
                self.lease = None;
                Err(error.into())
            }
        }
    }

    /// The trailer fields, once the content is complete.
    pub fn trailers(&self) -> &[OwnedField] {
        &self.trailers
    }

    /// Reads all content, within [`crate::driver::Options::content_in_memory`].
    ///
    /// # Errors
    /// The content is not complete, or longer than that.
    pub async fn read_whole(mut self) -> Result<Whole, AskError> {
        let most = self.pool.content_in_memory();
        let mut content = Vec::new();
        while self.read_piece(&mut content).await? {
            if content.len() as u64 > most {
                let http = self.lease.as_mut().and_then(|lease| lease.http.as_mut());
                return Err(http.map_or(Error::Ended, |http| http.too_long()).into());
            }
        }
        Ok(Whole { content, trailers: self.trailers })
    }

    /// Reads what is left and drops it, so that the connection can be used again; unless it is long.
    pub(super) async fn drop_content(mut self) {
        let (mut dropped, mut count) = (Vec::new(), 0);
        while count <= self.pool.drain() && matches!(self.read_piece(&mut dropped).await, Ok(true)) {
            count += dropped.len() as u64;
            dropped.clear();
        }
    }
}
