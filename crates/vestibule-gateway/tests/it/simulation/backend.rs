//! The upstream of a simulation: does with each request what its path says, and records it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use crate::client::{Headers, PATIENCE};
use crate::upstream::{Accepted, Upstream};

pub(super) struct Backend {
    upstream: Upstream,
    record: Record,
    /// Told once for each request that is held.
    held: Receiver<usize>,
    release: Release,
    pub(super) connections: Connections,
}

/// What came, by the number of the request.
type Record = Arc<Mutex<HashMap<usize, Vec<Headers>>>>;

/// What lets a held request go.
type Release = Arc<Mutex<HashMap<usize, Sender<()>>>>;

impl Backend {
    pub(super) fn start() -> Self {
        let (record, release) = (Record::default(), Release::default());
        let (tell_held, held) = channel();
        let (tell_connection, told) = channel();
        let upstream = {
            let (record, release) = (Arc::clone(&record), Arc::clone(&release));
            Upstream::serving(move |accepted| {
                // The run may have failed.
                let _ = tell_connection.send(true);
                serve(accepted, &record, &release, &tell_held);
                let _ = tell_connection.send(false);
            })
        };
        Self {
            upstream,
            record,
            held,
            release,
            connections: Connections { told, open: 0 },
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.upstream.address
    }

    /// The number of the next request that is held, waited for.
    pub(super) fn held(&self) -> usize {
        let held = self.held.recv_timeout(PATIENCE);
        held.expect("a request to hold")
    }

    pub(super) fn release(&self, number: usize) {
        let release = self.release.lock().unwrap().remove(&number);
        release.expect("it is held").send(()).unwrap();
    }

    /// The headers of each time that this request came.
    pub(super) fn seen(&self, number: usize) -> Vec<Headers> {
        let record = self.record.lock().unwrap();
        record.get(&number).cloned().unwrap_or_default()
    }
}

/// Those that the upstream has with the gateway.
pub(super) struct Connections {
    /// `true` where one begins, `false` where one has ended.
    told: Receiver<bool>,
    open: usize,
}

impl Connections {
    /// Waits until one more has ended, so that the gateway can know it before the next request.
    pub(super) fn one_ends(&mut self) {
        while self.note() {}
    }

    pub(super) fn all_end(&mut self) {
        while let Ok(began) = self.told.try_recv() {
            self.count(began);
        }
        while self.open > 0 {
            self.note();
        }
    }

    /// Waits for the next beginning or end; says which it is.
    fn note(&mut self) -> bool {
        let began = self.told.recv_timeout(PATIENCE);
        let began = began.expect("connections end with the gateway");
        self.count(began);
        began
    }

    fn count(&mut self, began: bool) {
        self.open = if began { self.open + 1 } else { self.open - 1 };
    }
}

/// What answers a request, so that nobody takes it for that of another one.
pub(super) fn body(number: usize) -> String {
    format!("the answer to {number}")
}

/// The upstream: does what the path says.
fn serve(mut accepted: Accepted, record: &Record, release: &Release, tell_held: &Sender<usize>) {
    while let Some(seen) = accepted.request() {
        let path: Vec<&str> = seen.line.split([' ', '/']).collect();
        let (fate, number) = (path[3], path[4].parse().unwrap());
        (record.lock().unwrap().entry(number).or_default()).push(seen.headers.clone());
        let body = body(number);
        match fate {
            "Answer" => accepted.answer(body),
            "Half" => {
                accepted.send(format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                ));
                accepted.send(&body.as_bytes()[..5]);
                return;
            }
            "Hold" => {
                let (go, gone) = channel();
                release.lock().unwrap().insert(number, go);
                tell_held.send(number).unwrap();
                // Nobody releases it in a run that failed.
                if gone.recv().is_err() {
                    return;
                }
                accepted.answer(body);
            }
            "Leave" => {
                accepted.answer(body);
                return;
            }
            "Reset" => return,
            other => panic!("{other} is no fate"),
        }
    }
}
