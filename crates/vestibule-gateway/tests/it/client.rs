//! A client that sends octets as it is told and reads responses to their end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// Long enough for a loaded machine, short enough to fail a test that would hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

/// A response read to its end.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
    /// What came behind a chunked body.
    pub(crate) trailers: Headers,
}

/// Header lines in their order, names in lower case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers(pub(crate) Vec<(String, String)>);

impl Headers {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str()).collect()
    }
}

impl Response {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The code of a refusal, after a look that header and body agree.
    pub(crate) fn code(&self) -> &str {
        let code = self.headers.get("vestibule-refusal").unwrap_or("");
        if self.headers.get("content-type") == Some("application/problem+json")
            && !self.body.is_empty()
        {
            let body: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
            assert_eq!(body["code"], code);
        }
        code
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).unwrap())
    }

    pub(crate) fn connect_tls(address: SocketAddr) -> Self {
        Self::over(crate::bridge::connect(address))
    }

    pub(crate) fn over(stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::new(stream),
        }
    }

    pub(crate) fn send(&mut self, octets: impl AsRef<[u8]>) {
        crate::said::confide_request(octets.as_ref());
        self.stream.get_mut().write_all(octets.as_ref()).unwrap();
    }

    /// Sends a request without a body; `lines` are header lines without `Host`.
    pub(crate) fn request(&mut self, line: &str, lines: &[&str]) -> Response {
        let mut head = format!("{line} HTTP/1.1\r\nHost: app.test\r\n");
        for line in lines {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        self.send(head);
        self.response_to(line.split(' ').next().unwrap())
    }

    pub(crate) fn get(&mut self, path: &str, lines: &[&str]) -> Response {
        self.request(&format!("GET {path}"), lines)
    }

    pub(crate) fn response(&mut self) -> Response {
        self.response_to("GET")
    }

    pub(crate) fn response_to(&mut self, method: &str) -> Response {
        self.answer_to(method).expect("an answer")
    }

    /// The same; `None` where the connection ends without one.
    pub(crate) fn answer_to(&mut self, method: &str) -> Option<Response> {
        let (line, headers) = head(&mut self.stream)?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let none = method == "HEAD" || status < 200 || status == 204 || status == 304;
        let (body, trailers) = if none {
            (Vec::new(), Headers::default())
        } else {
            body(&mut self.stream, &headers)
        };
        Some(Response {
            status,
            headers,
            body,
            trailers,
        })
    }

    pub(crate) fn head(&mut self) -> (u16, Headers) {
        let (line, headers) = head(&mut self.stream).expect("a response head");
        let status = line.split(' ').nth(1).unwrap_or_else(|| panic!("{line:?}"));
        (status.parse().unwrap(), headers)
    }

    /// One chunk of a chunked body, for streams.
    pub(crate) fn chunk(&mut self) -> Option<Vec<u8>> {
        chunk(&mut self.stream)
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

    /// Everything up to the end of the connection.
    pub(crate) fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset is an end as well; what came before it counts.
        let _ = self.stream.read_to_end(&mut rest);
        rest
    }

    /// The first line of an answer, as far as one comes.
    pub(crate) fn status_line(&mut self) -> String {
        let mut line = String::new();
        let _ = self.stream.read_line(&mut line);
        line
    }

    /// What was sent and not read yet, for long bodies.
    pub(crate) fn reader(&mut self) -> &mut impl Read {
        &mut self.stream
    }

    /// The socket itself, for writes that may not succeed.
    pub(crate) fn socket(&mut self) -> &mut TcpStream {
        self.stream.get_mut()
    }

    pub(crate) fn finish_sending(&mut self) {
        self.stream.get_mut().shutdown(Shutdown::Write).unwrap();
    }
}

/// Whether a read found the end of the connection; running out of patience is none.
pub(crate) fn is_end(read: &io::Result<usize>) -> bool {
    match read {
        Ok(octets) => *octets == 0,
        Err(error) => matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
        ),
    }
}

/// Reads a start line and headers; `None` at the end of the connection.
pub(crate) fn head(stream: &mut impl BufRead) -> Option<(String, Headers)> {
    let mut start = String::new();
    stream.read_line(&mut start).ok()?;
    if start.is_empty() {
        return None;
    }
    Some((start.trim_end().to_owned(), fields(stream)?))
}

/// Reads header or trailer lines up to the empty one.
pub(crate) fn fields(stream: &mut impl BufRead) -> Option<Headers> {
    let mut headers = Headers::default();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let line = line.trim_end_matches("\r\n");
        if line.is_empty() {
            return Some(headers);
        }
        let (name, value) = line.split_once(':')?;
        headers
            .0
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

/// Reads a body by its framing, or to the end of the connection, and its trailers.
pub(crate) fn body(stream: &mut impl BufRead, headers: &Headers) -> (Vec<u8>, Headers) {
    let mut body = Vec::new();
    if headers
        .get("transfer-encoding")
        .is_some_and(|coding| coding.ends_with("chunked"))
    {
        while let Some(chunk) = chunk(stream) {
            body.extend_from_slice(&chunk);
        }
        return (body, fields(stream).expect("the end of the trailers"));
    } else if let Some(length) = headers.get("content-length") {
        body.resize(length.parse().unwrap(), 0);
        stream.read_exact(&mut body).unwrap();
    } else {
        stream.read_to_end(&mut body).unwrap();
    }
    (body, Headers::default())
}

/// Reads one chunk; `None` is the last one, whose trailers are still to be read.
pub(crate) fn chunk(stream: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut size = String::new();
    stream.read_line(&mut size).unwrap();
    let size = usize::from_str_radix(size.trim(), 16).unwrap_or_else(|_| panic!("{size:?}"));
    if size == 0 {
        return None;
    }
    let mut chunk = vec![0; size + 2];
    stream.read_exact(&mut chunk).unwrap();
    chunk.truncate(size);
    Some(chunk)
}
