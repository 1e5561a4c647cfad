//! The frames of a client, counted beside hyper: which of them only make work, and whether a head is whole.
//!
//! hyper answers pings and settings, forgets reset streams and keeps its tables small, so that none of this
//! grows; but it does it as often as it is asked (CVE-2019-9512, CVE-2019-9515, CVE-2023-44487). And a head
//! is none for it before its last frame (CVE-2024-27316). So headers of frames are read here as they pass.

use tokio::time::Instant;

/// How far the frames of a connection were read, and what they may still cost.
#[derive(Debug)]
pub(super) struct Frames {
    /// Octets of the preface that are still to come.
    preface: usize,
    /// The header of a frame, as far as it came.
    header: [u8; HEADER],
    begun: usize,
    /// Octets that are left of the frame's payload, and whether they belong to a head.
    payload: usize,
    of_head: bool,
    /// A head began whose last frame did not.
    head_open: bool,
    budget: Budget,
}

/// What came, and what it means for the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Received {
    /// Nothing of a head is missing.
    Whole,
    /// The rest of the preface, of a frame's header or of a head is still to come.
    Part,
    /// The client does nothing but make work.
    Flood,
}

impl Frames {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            preface: PREFACE,
            header: [0; HEADER],
            begun: 0,
            payload: 0,
            of_head: false,
            head_open: false,
            budget: Budget {
                left: MOST,
                since: now,
            },
        }
    }

    /// Octets went to the client: who reads answers may ask for more of them.
    pub(super) fn sent(&mut self, octets: usize) {
        let earned = i64::try_from(octets / OCTETS_EACH).unwrap_or(MOST);
        self.budget.left = MOST.min(self.budget.left.saturating_add(earned));
    }

    /// Follows what came from the client.
    pub(super) fn read(&mut self, octets: &[u8]) -> Received {
        let mut rest = skip(octets, &mut self.preface);
        let mut flood = false;
        while !rest.is_empty() {
            rest = skip(rest, &mut self.payload);
            let wanted = (HEADER - self.begun).min(rest.len());
            let (here, behind) = rest.split_at(wanted);
            let room = self.header.iter_mut().skip(self.begun);
            for (kept, octet) in room.zip(here) {
                *kept = *octet;
            }
            self.begun += wanted;
            rest = behind;
            if self.begun == HEADER {
                self.begun = 0;
                let cost = self.frame();
                flood |= cost > 0 && !self.budget.spend(cost);
            }
        }
        if flood {
            return Received::Flood;
        }
        let part = self.preface > 0
            || self.begun > 0
            || self.head_open
            || (self.of_head && self.payload > 0);
        if part {
            Received::Part
        } else {
            Received::Whole
        }
    }

    /// Learns from the header of a frame (RFC 9113 §4.1), and tells what it costs.
    fn frame(&mut self) -> i64 {
        let [high, middle, low, kind, flags, ..] = self.header;
        self.payload = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
        self.of_head = matches!(kind, HEADERS | CONTINUATION);
        if self.of_head {
            self.head_open = flags & END_HEADERS == 0;
        }
        match kind {
            // hyper refuses many small ones (its budget grows with what is in them), and many empty ones.
            DATA if self.payload > 0 || flags & END_STREAM > 0 => 0,
            // A request is not for nothing; what it costs is for other limits to say.
            HEADERS => 0,
            RST_STREAM => RESET,
            WINDOW_UPDATE | PRIORITY | PRIORITY_UPDATE => LITTLE,
            // Empty pieces, settings, pings, pieces of a head, and what nobody knows.
            _ => SOME,
        }
    }
}

/// What frames may cost that bring nothing: so much at once, and a little more with time.
#[derive(Debug)]
struct Budget {
    left: i64,
    since: Instant,
}

impl Budget {
    fn spend(&mut self, cost: i64) -> bool {
        self.left -= cost;
        if self.left < 0 {
            // The clock is read only by those who have spent all they had.
            let now = Instant::now();
            let millis = i64::try_from((now - self.since).as_millis()).unwrap_or(i64::MAX);
            let earned = millis.saturating_mul(EACH_SECOND) / 1000;
            self.left = self.left.saturating_add(earned.min(MOST));
            self.since = now;
        }
        self.left >= 0
    }
}

/// Drops what belongs to a part of which `left` octets are to come.
fn skip<'a>(octets: &'a [u8], left: &mut usize) -> &'a [u8] {
    let here = (*left).min(octets.len());
    *left -= here;
    octets.get(here..).unwrap_or_default()
}

/// Octets of `PRI * HTTP/2.0` and what follows (RFC 9113 §3.4).
const PREFACE: usize = 24;

/// Octets of a frame's header.
const HEADER: usize = 9;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;
/// RFC 9218 §7.1: browsers send one whenever an image comes into view.
const PRIORITY_UPDATE: u8 = 16;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A full budget: 200 requests given up, or 1,000 pings, in one go.
const MOST: i64 = 10_000;

/// What comes back: ten requests given up each second, or fifty pings, for as long as it likes.
const EACH_SECOND: i64 = 500;

/// And one more for so many octets that the client was sent.
const OCTETS_EACH: usize = 64;

/// A request that was given up: by then it was perhaps an upstream's as well.
const RESET: i64 = 50;

const SOME: i64 = 10;

const LITTLE: i64 = 1;

#[cfg(test)]
mod tests;
