//! A client that keeps to the rules of HTTP/2: hyper's, over TCP or TLS.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ALL_VERSIONS;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::authority::{Issued, trusting};
use crate::client::PATIENCE;
use crate::gateway::{Gateway, Transport};

pub(super) struct Client {
    runtime: Runtime,
    sender: SendRequest<Pieces>,
}

/// A response read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) trailers: Option<HeaderMap>,
}

/// A body in the pieces that a test wants, without a length.
pub(super) struct Pieces(VecDeque<Frame<Bytes>>);

impl Pieces {
    pub(super) fn none() -> Self {
        Self(VecDeque::new())
    }

    pub(super) fn of(pieces: &[&'static str]) -> Self {
        let pieces = pieces.iter().map(|piece| Frame::data((*piece).into()));
        Self(pieces.collect())
    }

    pub(super) fn then(mut self, trailers: HeaderMap) -> Self {
        self.0.push_back(Frame::trailers(trailers));
        self
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }
}

impl Answer {
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(super) fn code(&self) -> &str {
        self.header("vestibule-refusal").unwrap_or_default()
    }
}

impl Client {
    pub(super) fn connect(gateway: &Gateway, transport: Transport) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let sender = runtime.block_on(async {
            match transport {
                Transport::Tcp => {
                    let stream = TcpStream::connect(gateway.address).await.unwrap();
                    handshake(stream).await
                }
                Transport::Tls => {
                    let address = gateway.tls_address.unwrap();
                    let stream = TcpStream::connect(address).await.unwrap();
                    let mut config = trusting(&[Issued::shared()], ALL_VERSIONS);
                    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
                    let connector = TlsConnector::from(Arc::new(config));
                    let name = "app.test".try_into().unwrap();
                    let stream = connector.connect(name, stream).await.unwrap();
                    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
                    handshake(stream).await
                }
            }
        });
        Self { runtime, sender }
    }

    /// Sends a request and reads its answer to the end.
    pub(super) fn send(&mut self, request: Request<Pieces>) -> Answer {
        let response = self.begin(request);
        self.finish(response)
    }

    /// Sends a request and reads the head of its answer.
    pub(super) fn begin(&mut self, request: Request<Pieces>) -> Response<Incoming> {
        let Self { runtime, sender } = self;
        runtime.block_on(async {
            sender.ready().await.unwrap();
            let answer = timeout(PATIENCE, sender.send_request(request)).await;
            answer.expect("an answer in time").unwrap()
        })
    }

    /// The next piece of an answer; `None` is its end.
    pub(super) fn piece(&self, response: &mut Response<Incoming>) -> Option<hyper::Result<Bytes>> {
        let frame = async { timeout(PATIENCE, response.body_mut().frame()).await };
        let frame = self.runtime.block_on(frame);
        let frame = frame.expect("a piece in time")?;
        Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
    }

    pub(super) fn finish(&self, response: Response<Incoming>) -> Answer {
        let (head, body) = response.into_parts();
        let body = async { timeout(PATIENCE, body.collect()).await };
        let body = self.runtime.block_on(body);
        let body = body.expect("an end in time").unwrap();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            trailers: body.trailers().cloned(),
            body: body.to_bytes().into(),
        }
    }

    pub(super) fn get(&mut self, path: &str, lines: &[(&str, &str)]) -> Answer {
        self.send(request("GET", path, lines))
    }
}

/// A request to the shared host without a body.
pub(super) fn request(method: &str, path: &str, lines: &[(&str, &str)]) -> Request<Pieces> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://app.test{path}"));
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    request.body(Pieces::none()).unwrap()
}

async fn handshake<S>(stream: S) -> SendRequest<Pieces>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
{
    let builder = http2::Builder::new(TokioExecutor::new());
    let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.unwrap();
    // How it ends is for the requests to say.
    tokio::spawn(async move { drop(connection.await) });
    sender
}
