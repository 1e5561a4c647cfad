//! A client that writes whatever frames it is told to, and reads what comes back.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::client::{PATIENCE, is_end};

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;
const ACK: u8 = 1;

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(super) struct Wire {
    stream: TcpStream,
}

#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

/// How a request ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Answer {
        status: u16,
        body: String,
    },
    /// This request alone was broken off, with an error code of RFC 9113 §7.
    Reset(u32),
    /// The connection was given up, with one.
    GoAway(u32),
    /// It was closed without a word.
    Closed,
}

impl Outcome {
    pub(super) fn status(&self) -> u16 {
        match self {
            Self::Answer { status, .. } => *status,
            Self::Reset(_) | Self::GoAway(_) | Self::Closed => 0,
        }
    }
}

impl Wire {
    /// Connects and says the preface; answers are to be written without a table.
    pub(super) fn connect(address: SocketAddr) -> Self {
        let mut wire = Self::silent(address);
        wire.write(PREFACE);
        wire.frame(SETTINGS, 0, 0, &[0, 1, 0, 0, 0, 0]);
        wire
    }

    /// Connects and says nothing.
    pub(super) fn silent(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream }
    }

    pub(super) fn write(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).unwrap();
    }

    /// Writes until the gateway has enough of it; whether it had.
    pub(super) fn flood(&mut self, octets: &[u8], times: usize) -> bool {
        (0..times).any(|_| self.stream.write_all(octets).is_err())
    }

    pub(super) fn frame(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        self.write(&frame(kind, flags, stream, payload));
    }

    /// A request of these fields, in one frame; the last one of its body if it is the `end`.
    pub(super) fn request(&mut self, stream: u32, fields: &[(&str, &str)], end: bool) {
        let end = if end { END_STREAM } else { 0 };
        self.frame(HEADERS, END_HEADERS | end, stream, &block(fields));
    }

    pub(super) fn get(&mut self, stream: u32, path: &str) {
        self.request(stream, &get(path), true);
    }

    /// The next frame, with pings and settings answered; `None` at the end of the connection.
    pub(super) fn next(&mut self) -> Option<Frame> {
        loop {
            let mut head = [0; 9];
            if !self.take(&mut head) {
                return None;
            }
            let [high, middle, low, kind, flags, stream @ ..] = head;
            let mut payload = vec![0; u32::from_be_bytes([0, high, middle, low]) as usize];
            if !self.take(&mut payload) {
                return None;
            }
            if kind == SETTINGS && flags & ACK > 0 {
                continue;
            }
            if matches!(kind, SETTINGS | PING) && flags & ACK == 0 {
                let pong: &[u8] = if kind == PING { &payload } else { &[] };
                // A gateway that is gone cannot be answered, and its end is found by reading.
                let _ = self.stream.write_all(&frame(kind, ACK, 0, pong));
                continue;
            }
            return Some(Frame {
                kind,
                flags,
                stream: u32::from_be_bytes(stream),
                payload,
            });
        }
    }

    /// Reads until this request is over.
    pub(super) fn outcome(&mut self, stream: u32) -> Outcome {
        let (mut status, mut body) = (0, Vec::new());
        while let Some(frame) = self.next() {
            match frame.kind {
                GOAWAY if code(&frame.payload[4..]) != 0 => {
                    return Outcome::GoAway(code(&frame.payload[4..]));
                }
                RST_STREAM if frame.stream == stream => {
                    return Outcome::Reset(code(&frame.payload));
                }
                HEADERS if frame.stream == stream && status == 0 => {
                    status = status_of(&frame.payload);
                }
                DATA if frame.stream == stream => body.extend(&frame.payload),
                _ => {}
            }
            if frame.stream == stream
                && matches!(frame.kind, HEADERS | DATA)
                && frame.flags & END_STREAM > 0
            {
                let body = String::from_utf8(body).unwrap();
                return Outcome::Answer { status, body };
            }
        }
        Outcome::Closed
    }

    /// Every frame until the gateway closes.
    pub(super) fn rest(&mut self) -> Vec<Frame> {
        std::iter::from_fn(|| self.next()).collect()
    }

    pub(super) fn socket(&self) -> &TcpStream {
        &self.stream
    }

    fn take(&mut self, room: &mut [u8]) -> bool {
        match self.stream.read_exact(room) {
            Ok(()) => true,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
            Err(error) if is_end(&Err(io::Error::from(error.kind()))) => false,
            Err(error) => panic!("{error}"),
        }
    }
}

/// The fields of a plain request.
pub(super) fn get(path: &str) -> [(&str, &str); 4] {
    [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "app.test"),
    ]
}

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut octets = length[1..].to_vec();
    octets.extend([kind, flags]);
    octets.extend(stream.to_be_bytes());
    octets.extend(payload);
    octets
}

/// A header block of literals without indexing (RFC 7541 §6.2.2).
pub(super) fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut octets = Vec::new();
    for (name, value) in fields {
        octets.push(0);
        text(&mut octets, name);
        text(&mut octets, value);
    }
    octets
}

fn text(octets: &mut Vec<u8>, text: &str) {
    integer(octets, text.len());
    octets.extend(text.as_bytes());
}

/// With a prefix of seven bits (RFC 7541 §5.1).
fn integer(octets: &mut Vec<u8>, number: usize) {
    let Some(mut rest) = number.checked_sub(127) else {
        octets.push(u8::try_from(number).unwrap());
        return;
    };
    octets.push(127);
    while rest >= 128 {
        octets.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    octets.push(u8::try_from(rest).unwrap());
}

fn code(payload: &[u8]) -> u32 {
    u32::from_be_bytes(payload[..4].try_into().unwrap())
}

/// The status at the beginning of a header block, from the static table or in digits.
fn status_of(block: &[u8]) -> u16 {
    let block = match block {
        [first, rest @ ..] if first >> 5 == 1 => rest, // the size of the table
        block => block,
    };
    match *block {
        [index @ 0x88..=0x8e, ..] => [200, 204, 206, 304, 400, 404, 500][usize::from(index - 0x88)],
        [0x08 | 0x18 | 0x48, 3, a, b, c, ..] => {
            let digits = [a, b, c].map(|digit| u16::from(digit - b'0'));
            digits[0] * 100 + digits[1] * 10 + digits[2]
        }
        [0x08 | 0x18 | 0x48, length, ref rest @ ..] if length > 0x80 => huffman(rest),
        _ => panic!("{block:?}"),
    }
}

/// Three digits of the code of RFC 7541, appendix B: 0 to 2 have five bits, the others six.
fn huffman(octets: &[u8]) -> u16 {
    let bits: u32 = u32::from_be_bytes([octets[0], octets[1], octets[2], 0]);
    let (mut at, mut number) = (0, 0);
    for _ in 0..3 {
        let five = bits << at >> 27;
        let six = bits << at >> 26;
        let (digit, width) = if five < 3 {
            (five, 5)
        } else {
            (six - 25 + 3, 6)
        };
        number = number * 10 + u16::try_from(digit).unwrap();
        at += width;
    }
    number
}
