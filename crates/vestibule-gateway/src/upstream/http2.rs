//! HTTP/2 to an upstream: requests of one core share a few connections.

use std::cell::RefCell;
use std::future::Future as _;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use h2::client::SendRequest;
use http::header::HOST;
use http::uri::{Authority, Scheme};
use http::{Request, Response, StatusCode, Uri, Version, request};
use http_body::Body as _;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::connector::Connector;
use super::pool::IDLE_FOR;
use super::request_body::{Progress, RequestBody};
use super::{at_client, late, within};
use crate::config;
use crate::refusal::{Deadline, Refusal, Unreachable};

mod download;
mod link;
mod upload;

pub(super) use download::{Broken, Download};
use link::{Busy, Link};
use upload::{Stop, Upload};

/// The connections of one upstream on one core.
///
/// Mostly it is one; another is opened when all of them have as many streams as they take.
pub(super) struct Multiplexed {
    shared: RefCell<Vec<Shared>>,
    /// Whoever finds no room opens a connection, and the others wait for it instead of opening theirs.
    opening: Mutex<()>,
    idle_connections: usize,
    patience: Duration,
}

/// A connection that takes requests.
struct Shared {
    sender: SendRequest<Bytes>,
    link: Rc<Link>,
}

impl Multiplexed {
    pub(super) fn new(config: &config::Upstream) -> Self {
        Self {
            shared: RefCell::default(),
            opening: Mutex::new(()),
            idle_connections: config.idle_connections,
            patience: config.connect_timeout,
        }
    }

    /// Sends the request and waits for the head of the answer.
    ///
    /// It is sent again only where it provably was not processed: it never left, or the upstream said so
    /// (RFC 9113 §8.7), and nothing of its body was taken from the client (TH-91).
    pub(super) async fn send(
        &self,
        connector: &Connector,
        request: Request<RequestBody>,
        upload: Option<Rc<Progress>>,
        config: &config::Upstream,
        end: Option<Instant>,
    ) -> Result<Response<Download>, Refusal> {
        let (head, mut body) = request.into_parts();
        let request = Request::from_parts(addressed(head, config)?, ());
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let connection = self.connection(connector);
            let (mut sender, busy) = within(connection, config.connect_timeout, end, None)
                .await
                .ok_or_else(|| late(Deadline::Connect, None, end))??;
            let (mut response, stream) =
                match sender.send_request(request.clone(), body.is_end_stream()) {
                    Ok(sent) => sent,
                    // Nothing was sent.
                    Err(error) => {
                        busy.link().retire();
                        if attempts == 0 {
                            return Err(fault(&error, upload.as_deref()));
                        }
                        continue;
                    }
                };
            let mut sending = Upload::new(body, stream);
            let answer = std::future::poll_fn(|cx| {
                // Where the upstream takes no more, its answer says why.
                if let Poll::Ready(Err(Stop::Client)) = sending.poll(cx) {
                    return Poll::Ready(Err(None));
                }
                std::pin::Pin::new(&mut response).poll(cx).map_err(Some)
            });
            let sent = within(answer, config.response_timeout, end, upload.as_deref())
                .await
                .ok_or_else(|| late(Deadline::Response, upload.as_deref(), end))?;
            let error = match sent {
                Ok(response) => {
                    busy.link().hear();
                    return answered(response, sending, busy);
                }
                Err(Some(error)) => error,
                Err(None) => {
                    let client = upload.as_deref().and_then(at_client);
                    return Err(client.unwrap_or(Refusal::Internal));
                }
            };
            match sending.into_untouched() {
                Some(untouched) if attempts > 0 && is_unprocessed(&error) => body = untouched,
                Some(_) | None => return Err(fault(&error, upload.as_deref())),
            }
        }
    }

    /// A connection with room for one more stream, which is taken with it.
    async fn connection(
        &self,
        connector: &Connector,
    ) -> Result<(SendRequest<Bytes>, Busy), Refusal> {
        while let Some((mut sender, busy)) = self.find() {
            if busy.link().streams() > 1 {
                return Ok((sender, busy));
            }
            // It was idle: what the upstream said meanwhile, such as that it closes, is heard first.
            tokio::task::yield_now().await;
            if takes_requests(&mut sender, busy.link()) {
                return Ok((sender, busy));
            }
        }
        let _turn = self.opening.lock().await;
        if let Some(found) = self.find() {
            return Ok(found);
        }
        let stream = connector.connect().await?;
        let (sender, link) = link::open(stream, self.patience)
            .await
            .map_err(|error| error.map_or(Unreachable::Connection.into(), |it| fault(&it, None)))?;
        let busy = Busy::new(&link);
        let shared = Shared {
            sender: sender.clone(),
            link,
        };
        self.shared.borrow_mut().push(shared);
        Ok((sender, busy))
    }

    fn find(&self) -> Option<(SendRequest<Bytes>, Busy)> {
        let mut shared = self.shared.borrow_mut();
        shared.retain_mut(|shared| takes_requests(&mut shared.sender, &shared.link));
        let found = shared.iter().find(|shared| shared.has_room())?;
        found.link.probe();
        Some((found.sender.clone(), Busy::new(&found.link)))
    }

    /// Closes what was idle for too long, and what is too many.
    pub(super) fn sweep(&self) {
        let mut kept = 0;
        self.shared.borrow_mut().retain_mut(|shared| {
            let idle = shared.link.idle_for();
            kept += usize::from(idle.is_some());
            takes_requests(&mut shared.sender, &shared.link)
                && idle.is_none_or(|idle| idle < IDLE_FOR && kept <= self.idle_connections)
        });
    }

    /// Number of connections without a stream.
    pub(super) fn idle(&self) -> usize {
        let shared = self.shared.borrow();
        let idle = shared.iter().filter(|it| it.link.idle_for().is_some());
        idle.count()
    }
}

impl Shared {
    fn has_room(&self) -> bool {
        self.link.streams() < self.sender.current_max_send_streams().min(link::STREAMS)
    }
}

/// Whether new streams may be opened: not after an end, nor after GOAWAY.
fn takes_requests(sender: &mut SendRequest<Bytes>, link: &Link) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    link.is_open() && !matches!(sender.poll_ready(&mut cx), Poll::Ready(Err(_)))
}

/// A connection that nobody sends on any more closes when its last stream ends.
impl Drop for Shared {
    fn drop(&mut self) {
        self.link.wake();
    }
}

/// The head as HTTP/2 has it: what was `Host` is `:authority` (RFC 9113 §8.3.1).
fn addressed(
    mut head: request::Parts,
    config: &config::Upstream,
) -> Result<request::Parts, Refusal> {
    let host = head.headers.remove(HOST).ok_or(Refusal::Internal)?;
    let mut uri = head.uri.into_parts();
    uri.authority = Authority::try_from(host.as_bytes()).ok();
    uri.scheme = Some(match config.scheme() {
        vestibule_session::Scheme::Http => Scheme::HTTP,
        vestibule_session::Scheme::Https => Scheme::HTTPS,
    });
    head.uri = Uri::from_parts(uri).map_err(|_| Refusal::Internal)?;
    head.version = Version::HTTP_2;
    Ok(head)
}

fn answered(
    response: Response<h2::RecvStream>,
    sending: Upload,
    busy: Busy,
) -> Result<Response<Download>, Refusal> {
    // HTTP/2 knows no 101 (RFC 9113 §8.6).
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Refusal::UpstreamInvalid);
    }
    let (mut head, stream) = response.into_parts();
    head.version = Version::HTTP_11;
    let download = Download::new(&head.headers, stream, sending, busy);
    Ok(Response::from_parts(head, download))
}

/// Whether the upstream said that it did nothing with the request: with `REFUSED_STREAM`, or with a GOAWAY
/// whose last stream came before (RFC 9113 §8.7). h2 gives a GOAWAY of the peer to such streams alone.
fn is_unprocessed(error: &h2::Error) -> bool {
    let refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
    error.is_remote() && (error.is_go_away() || refused)
}

/// Whose fault it is that no head of an answer came.
fn fault(error: &h2::Error, upload: Option<&Progress>) -> Refusal {
    if let Some(refusal) = upload.and_then(at_client) {
        return refusal;
    }
    // h2 found fault with what came.
    if error.is_library() {
        return Refusal::UpstreamInvalid;
    }
    Unreachable::Connection.into()
}

/// How often a request is sent at most.
const ATTEMPTS: u32 = 3;

#[cfg(test)]
mod tests;
