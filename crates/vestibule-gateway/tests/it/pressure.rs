//! Backpressure: who does not read stops who writes, and nothing is lost when reading goes on.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;

use socket2::SockRef;

use super::TRANSPORT;
use crate::client::PATIENCE;
use crate::gateway::{Gateway, routes};
use crate::upstream::{OK, Upstream};

/// More than all buffers on the way could hold.
const BODY: usize = 96 * 1024 * 1024;

/// Far above what a few sockets and the gateway hold together, far below the body.
const HELD: usize = 32 * 1024 * 1024;

/// A write that waits this long is taken for stalled; a slow machine stalls earlier, never later.
const STALLED: Duration = Duration::from_millis(500);

static PIECE: [u8; 64 * 1024] = [b'x'; 64 * 1024];

/// Writes up to `octets`, and returns how many were taken before the peer took no more.
fn write_until_stalled(stream: &mut TcpStream, octets: usize) -> usize {
    stream.set_write_timeout(Some(STALLED)).unwrap();
    let mut written = 0;
    while written < octets {
        let piece = &PIECE[..PIECE.len().min(octets - written)];
        match stream.write(piece) {
            Ok(taken) => written += taken,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return written,
            Err(error) => panic!("{error}"),
        }
    }
    written
}

fn write_rest(stream: &mut TcpStream, mut octets: usize) {
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    while octets > 0 {
        let piece = &PIECE[..PIECE.len().min(octets)];
        stream.write_all(piece).unwrap();
        octets -= piece.len();
    }
}

fn read_all(stream: &mut impl Read, octets: usize) {
    let mut left = octets;
    let mut buffer = vec![0; PIECE.len()];
    while left > 0 {
        let size = buffer.len().min(left);
        let read = stream.read(&mut buffer[..size]).unwrap();
        assert!(read > 0, "{left} octets are missing");
        assert!(buffer[..read].iter().all(|octet| *octet == b'x'));
        left -= read;
    }
}

#[test]
fn a_client_that_does_not_read_stalls_the_upstream() {
    let (report, stalled) = channel();
    let report = Mutex::new(report);
    let upstream = Upstream::serving(move |mut accepted| {
        accepted.request();
        accepted.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n"));
        let stream = accepted.stream.get_mut();
        let written = write_until_stalled(stream, BODY);
        let _ = report.lock().unwrap().send(written);
        write_rest(stream, BODY - written);
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    // The kernel would otherwise let the buffer of this socket grow with the sender's zeal.
    SockRef::from(&*client.socket())
        .set_recv_buffer_size(256 * 1024)
        .unwrap();
    client.send("GET /open/a HTTP/1.1\r\nHost: app.test\r\n\r\n");
    assert_eq!(client.head().0, 200);
    let written = stalled.recv_timeout(PATIENCE).unwrap();
    assert!(written < HELD, "{written} octets were taken for nobody");
    read_all(client.reader(), BODY);
}

#[test]
fn an_upstream_that_does_not_read_stalls_the_client() {
    let (go_on, gone_on) = channel();
    let gone_on = Mutex::new(gone_on);
    let upstream = Upstream::serving(move |mut accepted| {
        SockRef::from(accepted.stream.get_ref())
            .set_recv_buffer_size(256 * 1024)
            .unwrap();
        accepted.head();
        gone_on
            .lock()
            .unwrap()
            .recv_timeout(PATIENCE)
            .expect("a client that stalls");
        read_all(&mut accepted.stream, BODY);
        accepted.send(OK);
    });
    let gateway = Gateway::start(&routes(&upstream, ""));
    let mut client = gateway.client_over(TRANSPORT);
    client.send(format!(
        "POST /open/a HTTP/1.1\r\nHost: app.test\r\nContent-Length: {BODY}\r\n\r\n"
    ));
    upstream.seen();
    let written = write_until_stalled(client.socket(), BODY);
    assert!(written < HELD, "{written} octets were taken for nobody");
    go_on.send(()).unwrap();
    write_rest(client.socket(), BODY - written);
    assert_eq!(client.response().status, 200);
}
