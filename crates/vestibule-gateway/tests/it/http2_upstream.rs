//! Upstreams that speak HTTP/2: one that records as the other does, and one that writes raw frames.

use std::cell::RefCell;
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use bytes::Bytes;
use h2::RecvStream;
use h2::server::{Builder, SendResponse};
use http::{HeaderMap, Response, request};
use tokio::task::LocalSet;

use crate::client::PATIENCE;

pub(crate) struct Http2Upstream {
    pub(crate) address: SocketAddr,
    seen: Receiver<Heard>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// Counts connections from 0.
    pub(crate) connection: usize,
    pub(crate) head: request::Parts,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: HeaderMap,
}

/// One stream, in the hands of the test's own code.
pub(crate) struct Exchange {
    pub(crate) connection: usize,
    pub(crate) head: request::Parts,
    pub(crate) body: RecvStream,
    pub(crate) respond: SendResponse<Bytes>,
    seen: Sender<Heard>,
}

impl Exchange {
    /// Reads the request to its end and records it.
    pub(crate) async fn read(&mut self) -> Heard {
        let mut body = Vec::new();
        while let Some(Ok(data)) = self.body.data().await {
            body.extend_from_slice(&data);
            let _ = self.body.flow_control().release_capacity(data.len());
        }
        let trailers = self.body.trailers().await.ok().flatten();
        let heard = Heard {
            connection: self.connection,
            head: self.head.clone(),
            body,
            trailers: trailers.unwrap_or_default(),
        };
        self.seen.send(heard.clone()).unwrap();
        heard
    }

    /// Answers with 200 and this body.
    pub(crate) fn answer(&mut self, body: &'static str) {
        let mut stream = self
            .respond
            .send_response(Response::new(()), false)
            .unwrap();
        stream
            .send_data(Bytes::from_static(body.as_bytes()), true)
            .unwrap();
    }

    /// Whether the gateway resets this stream, and how; waits for it.
    pub(crate) async fn reset(&mut self) -> Option<h2::Reason> {
        std::future::poll_fn(|cx| self.respond.poll_reset(cx))
            .await
            .ok()
    }
}

impl Http2Upstream {
    /// Gives every stream to `serve`.
    pub(crate) fn serving<F>(serve: F) -> Self
    where
        F: AsyncFn(Exchange) + Send + 'static,
    {
        Self::taking(100, serve)
    }

    /// The same with a number of streams that each connection takes at once.
    pub(crate) fn taking<F>(streams: u32, serve: F) -> Self
    where
        F: AsyncFn(Exchange) + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, seen) = channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let serve = Rc::new(serve);
            LocalSet::new().block_on(&runtime, async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                for connection in 0.. {
                    let (stream, _) = listener.accept().await.unwrap();
                    let (seen, serve) = (sender.clone(), Rc::clone(&serve));
                    tokio::task::spawn_local(serve_one(stream, connection, streams, seen, serve));
                }
            });
        });
        Self { address, seen }
    }

    /// The next request, waited for.
    pub(crate) fn seen(&self) -> Heard {
        self.seen
            .recv_timeout(PATIENCE)
            .expect("a request at the upstream")
    }

    /// Whether no request came until now.
    pub(crate) fn is_untouched(&self) -> bool {
        self.seen.try_recv().is_err()
    }
}

async fn serve_one<F: AsyncFn(Exchange) + 'static>(
    stream: tokio::net::TcpStream,
    connection: usize,
    streams: u32,
    seen: Sender<Heard>,
    serve: Rc<F>,
) {
    stream.set_nodelay(true).unwrap();
    let mut builder = Builder::new();
    builder.max_concurrent_streams(streams);
    let Ok(mut server) = builder.handshake(stream).await else {
        return;
    };
    while let Some(Ok((request, respond))) = server.accept().await {
        let (head, body) = request.into_parts();
        let (seen, serve) = (seen.clone(), Rc::clone(&serve));
        let exchange = Exchange {
            connection,
            head,
            body,
            respond,
            seen,
        };
        tokio::task::spawn_local(async move { serve(exchange).await });
    }
}

/// A connection to an upstream that says what its test wants, frame by frame.
pub(crate) struct Frames {
    pub(crate) number: usize,
    stream: RefCell<BufReader<TcpStream>>,
}

/// A frame as it came.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const GOAWAY: u8 = 7;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

/// `:status: 200`, from the static table of HPACK.
pub(crate) const STATUS_200: &[u8] = &[0x88];

impl Frames {
    /// Gives every connection to `serve`, on a thread of its own, after the prefaces.
    pub(crate) fn serving(serve: impl Fn(&Self) + Send + Sync + 'static) -> SocketAddr {
        Self::silent(move |frames| {
            let mut preface = [0; 24];
            if frames.stream.borrow_mut().read_exact(&mut preface).is_ok() {
                assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
                frames.send(SETTINGS, 0, 0, &[]);
                serve(frames);
            }
        })
    }

    /// The same without a word before the test's.
    pub(crate) fn silent(serve: impl Fn(&Self) + Send + Sync + 'static) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let serve = Arc::new(serve);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let (stream, serve) = (stream.unwrap(), Arc::clone(&serve));
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_nodelay(true).unwrap();
                let stream = RefCell::new(BufReader::new(stream));
                std::thread::spawn(move || serve(&Self { number, stream }));
            }
        });
        address
    }

    /// The next frame that is about a stream; settings are acknowledged.
    pub(crate) fn next(&self) -> Option<Frame> {
        loop {
            let frame = self.read()?;
            match (frame.kind, frame.flags) {
                (SETTINGS, 0) => self.send(SETTINGS, ACK, 0, &[]),
                (DATA | HEADERS | RST_STREAM, _) => return Some(frame),
                _ => {}
            }
        }
    }

    /// The next stream that the gateway opens.
    pub(crate) fn opened(&self) -> Option<u32> {
        loop {
            let frame = self.next()?;
            if frame.kind == HEADERS {
                return Some(frame.stream);
            }
        }
    }

    /// Waits for the end of the connection.
    pub(crate) fn end(&self) {
        while self.read().is_some() {}
    }

    /// Everything up to the end of the connection.
    pub(crate) fn rest(&self) -> Vec<u8> {
        let mut rest = Vec::new();
        let _ = self.stream.borrow_mut().read_to_end(&mut rest);
        rest
    }

    pub(crate) fn close(&self) {
        let stream = self.stream.borrow();
        stream.get_ref().shutdown(Shutdown::Both).unwrap();
    }

    fn read(&self) -> Option<Frame> {
        let mut stream = self.stream.borrow_mut();
        let mut head = [0; 9];
        stream.read_exact(&mut head).ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).ok()?;
        Some(Frame {
            kind: head[3],
            flags: head[4],
            stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & 0x7fff_ffff,
            payload,
        })
    }

    pub(crate) fn send(&self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut octets = length[1..].to_vec();
        octets.extend_from_slice(&[kind, flags]);
        octets.extend_from_slice(&stream.to_be_bytes());
        octets.extend_from_slice(payload);
        // A gateway that closed is for the test to notice.
        let _ = self.stream.borrow_mut().get_mut().write_all(&octets);
    }

    pub(crate) fn write(&self, octets: &[u8]) {
        let _ = self.stream.borrow_mut().get_mut().write_all(octets);
    }

    /// Ends a stream with 200 and no body.
    pub(crate) fn answer(&self, stream: u32) {
        self.send(HEADERS, END_STREAM | END_HEADERS, stream, STATUS_200);
    }

    pub(crate) fn reset(&self, stream: u32, reason: u32) {
        self.send(RST_STREAM, 0, stream, &reason.to_be_bytes());
    }

    /// Says that streams after `last` were not looked at.
    pub(crate) fn go_away(&self, last: u32) {
        let mut payload = last.to_be_bytes().to_vec();
        payload.extend_from_slice(&0_u32.to_be_bytes());
        self.send(GOAWAY, 0, 0, &payload);
    }
}
