//! No log: what `log.rs` has, and nothing in it.

use super::Role;
use crate::connection::outgoing::Field;
use crate::head::{FieldLine, RequestHead, ResponseHead};
use crate::message::Fault;

#[derive(Debug)]
pub(super) struct Log;

impl Log {
    pub(super) fn new() -> Log {
        Log
    }

    pub(super) fn head_sent(&mut self, _: &Role) {}

    pub(super) fn content_sent(&mut self, _: usize) {}

    pub(super) fn sent_whole(&self, _: &[Field<'_>]) {}

    pub(super) fn left(&self) {}

    pub(super) fn request_read(&self, _: &RequestHead, _: &[u8]) {}

    pub(super) fn response_read(&self, _: &ResponseHead, _: &[u8]) {}

    pub(super) fn read_whole(&self, _: u64, _: &[FieldLine], _: &[u8]) {}

    pub(super) fn fault(&mut self, _: Fault) {}
}
