//! Hop 5: a request goes to its upstream, and the head of the answer comes back.

use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::time::Instant;

use crate::config::{self, Protocol};
use crate::refusal::{BadRequest, Deadline, Refusal, Unreachable};

mod connector;
mod http2;
mod pool;
mod request_body;
mod response_body;
mod source;
mod timer;
mod transport;
mod tunnel;

use connector::Connector;
use http2::Multiplexed;
use pool::{Connection, Pool};
use request_body::Breach;
pub(crate) use request_body::{Progress, RequestBody};
pub(crate) use response_body::{BrokenOff, Fault, Outcome, UpstreamBody};
use source::Source;
pub(crate) use tunnel::{Tunnel, TunnelIo};

/// One upstream as one core sees it.
pub(crate) struct Upstream {
    connector: Connector,
    connections: Connections,
}

/// Its connections, by how requests share them.
enum Connections {
    /// Each has one request at a time.
    Http1(Rc<Pool>),
    /// Each has many.
    Http2(Box<Multiplexed>),
}

/// What an upstream answered.
pub(crate) enum Answer {
    /// A response, with its connection inside its body.
    Response(Response<UpstreamBody>),
    /// 101: from here on it is a tunnel. The octets are what the upstream sent behind its head.
    Switched(Response<()>, TunnelIo),
}

impl Upstream {
    pub(crate) fn new(config: &config::Upstream) -> Self {
        let connections = match config.protocol {
            Protocol::Http1 => Connections::Http1(Rc::new(Pool::new(config.idle_connections))),
            Protocol::Http2 => Connections::Http2(Box::new(Multiplexed::new(config))),
        };
        Self {
            connector: Connector::new(config),
            connections,
        }
    }

    /// Number of idle connections.
    pub(crate) fn idle(&self) -> usize {
        match &self.connections {
            Connections::Http1(pool) => pool.len(),
            Connections::Http2(shared) => shared.idle(),
        }
    }

    /// Closes connections that nobody should wait for.
    pub(crate) fn sweep(&self) {
        match &self.connections {
            Connections::Http1(pool) => pool.sweep(),
            Connections::Http2(shared) => shared.sweep(),
        }
    }

    /// Sends the request and waits for the head of the answer.
    pub(crate) async fn send(
        &self,
        request: Request<RequestBody>,
        upload: Option<Rc<Progress>>,
        config: &config::Upstream,
    ) -> Result<Answer, Refusal> {
        let end = config.total_timeout.map(|total| Instant::now() + total);
        match &self.connections {
            Connections::Http1(pool) => self.send_alone(pool, request, upload, config, end).await,
            Connections::Http2(shared) => {
                let sending = shared.send(&self.connector, request, upload.clone(), config, end);
                // In a box: the request of another upstream carries no room for it.
                let response = Box::pin(sending).await?;
                let times = (config.idle_timeout, end);
                Ok(Answer::Response(response.map(|download| {
                    UpstreamBody::new(Source::Http2(download), times, upload)
                })))
            }
        }
    }

    /// On a connection that is this request's until its answer is read.
    ///
    /// A request is sent again only where it provably never left: a pooled connection refused it
    /// before taking it (TH-91).
    async fn send_alone(
        &self,
        pool: &Rc<Pool>,
        mut request: Request<RequestBody>,
        upload: Option<Rc<Progress>>,
        config: &config::Upstream,
        end: Option<Instant>,
    ) -> Result<Answer, Refusal> {
        let mut pooled = pool.take();
        let (response, connection) = loop {
            let reused = pooled.is_some();
            let mut connection = match pooled.take() {
                Some(connection) => connection,
                None => within(self.connect(), config.connect_timeout, end, None)
                    .await
                    .ok_or_else(|| late(Deadline::Connect, None, end))??,
            };
            let answer = exchange(&mut connection, request);
            let sent = within(answer, config.response_timeout, end, upload.as_deref())
                .await
                .ok_or_else(|| late(Deadline::Response, upload.as_deref(), end))?;
            match sent {
                Ok(response) => break (response, connection),
                Err(mut error) => match error.take_message() {
                    Some(unsent) if reused => {
                        request = unsent;
                        pooled = pool.take();
                    }
                    Some(_) | None => return Err(fault(&error.into_error(), upload.as_deref())),
                },
            }
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            let (head, _) = response.into_parts();
            let io = switched(connection).await;
            return Ok(Answer::Switched(
                Response::from_parts(head, ()),
                io.map_err(|_| Refusal::UpstreamInvalid)?,
            ));
        }
        let times = (config.idle_timeout, end);
        Ok(Answer::Response(response.map(|incoming| {
            let source = Source::Http1 {
                incoming,
                connection: Some(connection),
                pool: Rc::clone(pool),
            };
            UpstreamBody::new(source, times, upload)
        })))
    }

    async fn connect(&self) -> Result<Box<Connection>, Refusal> {
        let stream = self.connector.connect().await?;
        let connection = Connection::open(stream).await;
        connection.map_err(|_| Unreachable::Connection.into())
    }
}

/// Polls the answer and the connection that brings it, in one task.
async fn exchange(
    connection: &mut Connection,
    request: Request<RequestBody>,
) -> Result<Response<Incoming>, hyper::client::conn::TrySendError<Request<RequestBody>>> {
    let Connection { sender, driver } = connection;
    let mut response = pin!(sender.try_send_request(request));
    std::future::poll_fn(|cx| {
        // The driver first: it writes the request and reads the answer. It ends with the connection,
        // which the answer then tells; without shutdown, because after a 101 the socket lives on.
        let _ = driver.poll_without_shutdown(cx);
        response.as_mut().poll(cx)
    })
    .await
}

/// Takes the socket out of a connection whose upstream answered 101.
async fn switched(mut connection: Box<Connection>) -> Result<TunnelIo, hyper::Error> {
    std::future::poll_fn(|cx| connection.driver.poll_without_shutdown(cx)).await?;
    let parts = connection.driver.into_parts();
    Ok(TunnelIo::new(parts.io.into_inner(), parts.read_buf))
}

/// Waits for `future` no longer than `wait`, counted anew while the request's body still moves.
///
/// A long upload is no slow upstream: only silence is. `end` bounds it all.
async fn within<T>(
    future: impl Future<Output = T>,
    wait: Duration,
    end: Option<Instant>,
    upload: Option<&Progress>,
) -> Option<T> {
    let until = |wait| {
        let deadline = Instant::now() + wait;
        end.map_or(deadline, |end| end.min(deadline))
    };
    let mut future = pin!(future);
    let mut timer = pin!(tokio::time::sleep_until(until(wait)));
    let mut sent = 0;
    std::future::poll_fn(|cx| {
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(cx) {
                return Poll::Ready(Some(value));
            }
            std::task::ready!(timer::poll(timer.as_mut(), cx));
            let now_sent = upload.map_or(0, |upload| upload.octets.get());
            if now_sent == sent || is_over(end) {
                return Poll::Ready(None);
            }
            sent = now_sent;
            timer.as_mut().reset(until(wait));
        }
    })
    .await
}

fn is_over(end: Option<Instant>) -> bool {
    end.is_some_and(|end| end <= Instant::now())
}

/// The deadline that passed before the head of the answer came.
fn late(deadline: Deadline, upload: Option<&Progress>, end: Option<Instant>) -> Refusal {
    if upload.is_some_and(|upload| upload.too_large.get()) {
        return Refusal::BodyTooLarge;
    }
    Refusal::UpstreamTimeout(if is_over(end) {
        Deadline::Total
    } else if upload.is_some_and(|upload| upload.waits.get()) {
        Deadline::Upload
    } else {
        deadline
    })
}

/// Whose fault it is that no head of an answer came.
fn fault(error: &hyper::Error, upload: Option<&Progress>) -> Refusal {
    if let Some(refusal) = upload.and_then(at_client) {
        return refusal;
    }
    if error.is_parse() {
        return Refusal::UpstreamInvalid;
    }
    Unreachable::Connection.into()
}

/// The client's own fault, where there is one.
fn at_client(upload: &Progress) -> Option<Refusal> {
    if upload.too_large.get() {
        return Some(Refusal::BodyTooLarge);
    }
    match upload.broken.get()? {
        Breach::Framing => Some(BadRequest::Framing.into()),
        Breach::Left => Some(BadRequest::Left.into()),
    }
}
