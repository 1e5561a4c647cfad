//! An upstream that records exactly what it gets and answers as its test says.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::client::{Headers, PATIENCE, body, head, is_end};

pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: Receiver<Seen>,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Counts connections from 0.
    pub(crate) connection: usize,
    pub(crate) line: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
    /// What came behind a chunked body.
    pub(crate) trailers: Headers,
}

/// One accepted connection, in the hands of the test's own code.
pub(crate) struct Accepted {
    pub(crate) number: usize,
    pub(crate) stream: BufReader<TcpStream>,
    seen: Sender<Seen>,
}

impl Accepted {
    /// The beginning of what comes next, unread; `None` when the gateway closed.
    pub(crate) fn peek(&mut self) -> Option<String> {
        let octets = self.stream.fill_buf().ok().filter(|it| !it.is_empty())?;
        Some(String::from_utf8_lossy(octets).into_owned())
    }

    /// Reads and records the next request; `None` when the gateway closed.
    pub(crate) fn request(&mut self) -> Option<Seen> {
        let (line, headers) = head(&mut self.stream)?;
        let framed =
            headers.get("content-length").is_some() || headers.get("transfer-encoding").is_some();
        let (body, trailers) = if framed {
            body(&mut self.stream, &headers)
        } else {
            (Vec::new(), Headers::default())
        };
        let seen = Seen {
            connection: self.number,
            line,
            headers,
            body,
            trailers,
        };
        // The test may be over.
        let _ = self.seen.send(seen.clone());
        Some(seen)
    }

    /// Reads and records a head only; what follows is the test's.
    pub(crate) fn head(&mut self) -> Option<Headers> {
        let (line, headers) = head(&mut self.stream)?;
        let seen = Seen {
            connection: self.number,
            line,
            headers: headers.clone(),
            body: Vec::new(),
            trailers: Headers::default(),
        };
        let _ = self.seen.send(seen);
        Some(headers)
    }

    /// Records octets that are no request, as its line.
    pub(crate) fn record(&mut self, octets: &str) {
        let _ = self.seen.send(Seen {
            connection: self.number,
            line: octets.to_owned(),
            headers: Headers::default(),
            body: Vec::new(),
            trailers: Headers::default(),
        });
    }

    /// Answers with 200 and this body.
    pub(crate) fn answer(&mut self, body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        self.send(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            body.len()
        ));
        self.send(body);
    }

    pub(crate) fn send(&mut self, octets: impl AsRef<[u8]>) {
        let octets = octets.as_ref();
        if let Some(head) = octets
            .get(..octets.len().min(4096))
            .filter(|it| it.starts_with(b"HTTP/"))
        {
            String::from_utf8_lossy(head)
                .lines()
                .for_each(crate::said::confide_header);
        }
        // A gateway that closed is for the test to notice.
        let _ = self.stream.get_mut().write_all(octets);
    }

    /// Exactly this many octets.
    pub(crate) fn take(&mut self, octets: usize) -> Vec<u8> {
        let mut taken = vec![0; octets];
        self.stream.read_exact(&mut taken).unwrap();
        taken
    }

    /// Whether the gateway closes, without another octet; waits for it.
    pub(crate) fn is_closed(&mut self) -> bool {
        is_end(&self.stream.read(&mut [0]))
    }
}

impl Upstream {
    /// Answers every request with these octets.
    pub(crate) fn answering(response: &'static str) -> Self {
        Self::serving(move |mut accepted| {
            while accepted.request().is_some() {
                accepted.send(response);
            }
        })
    }

    /// Gives every connection to `serve`, on a thread of its own.
    pub(crate) fn serving(serve: impl Fn(Accepted) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, seen) = channel();
        let serve = Arc::new(serve);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let (stream, seen, serve) = (stream.unwrap(), sender.clone(), Arc::clone(&serve));
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                stream.set_nodelay(true).unwrap();
                std::thread::spawn(move || {
                    let stream = BufReader::new(stream);
                    serve(Accepted {
                        number,
                        stream,
                        seen,
                    });
                });
            }
        });
        Self { address, seen }
    }

    /// The next request, waited for.
    pub(crate) fn seen(&self) -> Seen {
        self.seen
            .recv_timeout(PATIENCE)
            .expect("a request at the upstream")
    }

    /// Whether no request came until now.
    pub(crate) fn is_untouched(&self) -> bool {
        self.seen.try_recv().is_err()
    }
}

pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
