//! The blocking door: the same loop, polled once for each call.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::{
    Answer, AsyncHttp, Error, Options, Outgoing, Reply, Request, RequestOptions, Response, ResponseOptions, Wanted,
    Whole,
};
use crate::connection::Connection;
use crate::message::OwnedField;
use crate::transport::{Blocking, Transport};

/// One connection over a transport that blocks. Every call is the one of [`AsyncHttp`] with its name, and says there what it
/// does and how it fails.
#[derive(Debug)]
pub struct Http<T> {
    pub(super) inner: AsyncHttp<Blocking<T>>,
}

impl<T: Transport> Http<T> {
    /// A fresh connection over `transport`.
    pub fn new(transport: T, options: Options) -> Http<T> {
        Http { inner: AsyncHttp::new(Blocking(transport), options) }
    }

    /// [`AsyncHttp::make_request`].
    pub fn make_request(&self, options: RequestOptions) -> Outgoing {
        self.inner.make_request(options)
    }

    /// [`AsyncHttp::send_request`].
    pub fn send_request(&mut self, request: &mut Outgoing) -> Result<(), Error> {
        done(self.inner.send_request(request))
    }

    /// [`AsyncHttp::read_response`].
    pub fn read_response(&mut self, request: &Outgoing) -> Result<Response, Error> {
        done(self.inner.read_response(request))
    }

    /// [`AsyncHttp::read_answer`].
    pub fn read_answer(&mut self, request: &Outgoing) -> Result<Answer, Error> {
        done(self.inner.read_answer(request))
    }

    /// [`AsyncHttp::send_piece`].
    pub fn send_piece(&mut self, octets: &[u8]) -> Result<Wanted, Error> {
        done(self.inner.send_piece(octets))
    }

    /// [`AsyncHttp::end`].
    pub fn end(&mut self, trailers: &[(&[u8], &[u8])]) -> Result<(), Error> {
        done(self.inner.end(trailers))
    }

    /// [`AsyncHttp::read_request`].
    pub fn read_request(&mut self) -> Result<Option<Request>, Error> {
        done(self.inner.read_request())
    }

    /// [`AsyncHttp::make_response`].
    pub fn make_response(&self, request: &Request, options: ResponseOptions) -> Reply {
        self.inner.make_response(request, options)
    }

    /// [`AsyncHttp::send_response`].
    pub fn send_response(&mut self, reply: Reply) -> Result<(), Error> {
        done(self.inner.send_response(reply))
    }

    /// [`AsyncHttp::send_interim`].
    pub fn send_interim(&mut self, status: u16, fields: &[(&[u8], &[u8])]) -> Result<(), Error> {
        done(self.inner.send_interim(status, fields))
    }

    /// [`AsyncHttp::switch`].
    pub fn switch(&mut self, status: u16, protocols: &[&[u8]], fields: &[(&[u8], &[u8])]) -> Result<(), Error> {
        done(self.inner.switch(status, protocols, fields))
    }

    /// [`AsyncHttp::read_content`].
    pub fn read_content(&mut self) -> Result<Whole, Error> {
        done(self.inner.read_content())
    }

    /// [`AsyncHttp::read_piece`].
    pub fn read_piece(&mut self, into: &mut Vec<u8>) -> Result<bool, Error> {
        done(self.inner.read_piece(into))
    }

    /// [`AsyncHttp::trailers`].
    pub fn trailers(&self) -> &[OwnedField] {
        self.inner.trailers()
    }

    /// [`AsyncHttp::close`].
    pub fn close(&mut self) -> Result<(), Error> {
        done(self.inner.close())
    }

    /// [`AsyncHttp::abort`].
    pub fn abort(&mut self) -> Result<(), Error> {
        done(self.inner.abort())
    }

    /// [`AsyncHttp::is_at_rest`].
    pub fn is_at_rest(&self) -> bool {
        self.inner.is_at_rest()
    }

    /// [`AsyncHttp::connection`].
    pub fn connection(&self) -> Option<&Connection> {
        self.inner.connection()
    }

    /// [`AsyncHttp::persists`].
    pub fn persists(&self) -> bool {
        self.inner.persists()
    }

    /// [`AsyncHttp::into_parts`].
    pub fn into_parts(self) -> (T, Vec<u8>) {
        let (Blocking(transport), octets) = self.inner.into_parts();
        (transport, octets)
    }
}

/// The outcome of a future that awaits nothing but [`Blocking`], which is never pending.
pub(super) fn done<V>(future: impl Future<Output = V>) -> V {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a blocking transport is never pending"),
    }
}
