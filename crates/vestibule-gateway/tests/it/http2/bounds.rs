//! What a client can make us hold: windows that stay closed, and answers that nobody takes.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::start;
use super::wire::{DATA, Frame, HEADERS, Outcome, RST_STREAM, SETTINGS, WINDOW_UPDATE, Wire, get};
use crate::client::PATIENCE;
use crate::upstream::Upstream;

/// What one answer has.
const BODY: usize = 64 * 1024 * 1024;

/// Far above what sockets and the gateway hold for one reader, far below a body.
const HELD: usize = 16 * 1024 * 1024;

/// An upstream that writes a long answer, and how much of it was taken.
fn long_answers() -> (Upstream, Arc<AtomicUsize>, std::sync::mpsc::Receiver<()>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let (report, stalled) = std::sync::mpsc::channel();
    let report = std::sync::Mutex::new(report);
    let upstream = Upstream::serving(move |mut accepted| {
        if accepted.request().is_none() {
            return;
        }
        accepted.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n"));
        let stream = accepted.stream.get_mut();
        let (piece, mut left) = (vec![b'x'; 64 * 1024], BODY);
        let patience = std::time::Duration::from_millis(500);
        stream.set_write_timeout(Some(patience)).unwrap();
        while left > 0 {
            match stream.write(&piece[..piece.len().min(left)]) {
                Ok(octets) => {
                    left -= octets;
                    counted.fetch_add(octets, Ordering::SeqCst);
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    // The test may have what it wanted.
                    let _ = report.lock().unwrap().send(());
                }
                Err(_) => break,
            }
        }
        let _ = report.lock().unwrap().send(());
    });
    (upstream, taken, stalled)
}

#[test]
fn a_reader_of_1_kib_makes_nobody_buffer_the_rest() {
    let (upstream, taken, stalled) = long_answers();
    let gateway = start(&upstream, "");
    let mut wire = Wire::silent(gateway.address);
    wire.write(super::wire::PREFACE);
    // A window of 1 KiB for each answer.
    wire.frame(SETTINGS, 0, 0, &[0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 4, 0]);
    wire.get(1, "/open/a");
    stalled.recv_timeout(PATIENCE).unwrap();
    let before = taken.load(Ordering::SeqCst);
    assert!(before < HELD, "{before} octets were taken for nobody");
    // What it has room for it has, and with more room the rest goes on, to its end.
    assert_eq!(octets(&mut wire, 1024), 1024);
    wire.frame(
        WINDOW_UPDATE,
        0,
        1,
        &u32::try_from(BODY).unwrap().to_be_bytes(),
    );
    wire.frame(
        WINDOW_UPDATE,
        0,
        0,
        &u32::try_from(BODY).unwrap().to_be_bytes(),
    );
    assert_eq!(octets(&mut wire, BODY - 1024), BODY - 1024);
}

/// Reads so many octets of answers, and how many came.
fn octets(wire: &mut Wire, wanted: usize) -> usize {
    let mut came = 0;
    while came < wanted {
        match wire.next() {
            Some(Frame {
                kind: DATA,
                payload,
                ..
            }) => came += payload.len(),
            Some(frame) => assert!(matches!(frame.kind, HEADERS | WINDOW_UPDATE), "{frame:?}"),
            None => return came,
        }
    }
    came
}

#[test]
fn an_answer_that_is_not_taken_is_given_up_and_its_neighbours_are_not() {
    let upstream = Upstream::serving(|mut accepted| {
        while let Some(seen) = accepted.request() {
            if seen.line.contains("/long") {
                accepted.answer(vec![b'x'; 1024 * 1024]);
            } else if seen.line.contains("/stream") {
                accepted.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n");
                // It is silent for as long as its neighbour is waited for.
                accepted.is_closed();
                return;
            }
        }
    });
    let gateway = start(&upstream, "timeouts: { keep_alive: 300ms, drain: 250ms }");
    let mut wire = Wire::silent(gateway.address);
    wire.write(super::wire::PREFACE);
    // No window at all for answers; then one for the second request.
    wire.frame(SETTINGS, 0, 0, &[0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
    wire.get(1, "/open/stream");
    wire.frame(WINDOW_UPDATE, 0, 1, &[0, 0, 64, 0]);
    wire.get(3, "/open/long");
    let outcome = wire.outcome(3);
    assert!(matches!(outcome, Outcome::Reset(_)), "{outcome:?}");
    // The stream that waits for its upstream and not for its client lives on, and so does the connection.
    wire.get(5, "/nowhere");
    wire.frame(WINDOW_UPDATE, 0, 5, &[0, 0, 64, 0]);
    let mut answered = false;
    while !answered {
        let frame = wire.next().expect("the connection lives");
        assert!(frame.kind != RST_STREAM || frame.stream != 1, "{frame:?}");
        answered = frame.stream == 5 && frame.kind == HEADERS;
    }
}

#[test]
fn a_client_that_reads_nothing_at_all_is_left() {
    let (upstream, _taken, stalled) = long_answers();
    let gateway = start(&upstream, "timeouts: { keep_alive: 300ms, drain: 250ms }");
    let mut wire = Wire::silent(gateway.address);
    socket2::SockRef::from(wire.socket())
        .set_recv_buffer_size(64 * 1024)
        .unwrap();
    wire.write(super::wire::PREFACE);
    wire.frame(
        SETTINGS,
        0,
        0,
        &[0, 1, 0, 0, 0, 0, 0, 4, 0x7f, 0xff, 0xff, 0xff],
    );
    wire.frame(WINDOW_UPDATE, 0, 0, &[0x7f, 0, 0, 0]);
    wire.get(1, "/open/a");
    stalled.recv_timeout(PATIENCE).unwrap();
    // The window is open and the socket is full: the connection ends before the answer does.
    assert!(octets(&mut wire, BODY) < BODY);
}

#[test]
fn an_upstream_that_does_not_read_stalls_the_client() {
    let upstream = Upstream::serving(|mut accepted| {
        accepted.head();
        std::thread::park_timeout(PATIENCE);
    });
    let gateway = start(&upstream, "");
    let mut wire = Wire::connect(gateway.address);
    let mut post = get("/open/a").to_vec();
    post[0].1 = "POST";
    wire.request(1, &post, false);
    upstream.seen();
    // As long as the client has credit it sends; the windows are 256 KiB of one request and 512 KiB in all,
    // beside what the sockets to the upstream hold.
    let (mut credit, mut sent, piece) = (64 * 1024 - 1, 0, 16 * 1024);
    wire.socket()
        .set_read_timeout(Some(std::time::Duration::from_millis(500)))
        .unwrap();
    let mut stream_credit = 256 * 1024;
    loop {
        while credit.min(stream_credit) >= piece {
            wire.frame(DATA, 0, 1, &vec![b'x'; piece]);
            (credit, stream_credit, sent) = (credit - piece, stream_credit - piece, sent + piece);
        }
        let Some((stream, more)) = more_credit(&wire) else {
            break;
        };
        if stream == 0 {
            credit += more;
        } else {
            stream_credit += more;
        }
        assert!(sent < HELD, "{sent} octets were taken for nobody");
    }
    assert!(sent > 0 && sent < HELD);
}

/// The next `WINDOW_UPDATE`; `None` when none comes for a while.
fn more_credit(wire: &Wire) -> Option<(u32, usize)> {
    use std::io::Read as _;
    loop {
        let mut head = [0; 9];
        wire.socket().read_exact(&mut head).ok()?;
        let mut payload = vec![0; usize::from(head[1]) << 8 | usize::from(head[2])];
        wire.socket().read_exact(&mut payload).ok()?;
        if head[3] == WINDOW_UPDATE {
            let more = u32::from_be_bytes(payload[..4].try_into().unwrap());
            let stream = u32::from_be_bytes(head[5..9].try_into().unwrap());
            return Some((stream, more as usize));
        }
    }
}
