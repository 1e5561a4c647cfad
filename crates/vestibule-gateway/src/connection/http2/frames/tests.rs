use std::time::Duration;

use super::*;

const OPENING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

fn frames() -> Frames {
    let mut frames = Frames::new(Instant::now());
    assert_eq!(frames.read(OPENING), Received::Whole);
    frames
}

fn frame(kind: u8, flags: u8, payload: usize) -> Vec<u8> {
    let length = u32::try_from(payload).unwrap().to_be_bytes();
    let mut octets = length[1..].to_vec();
    octets.extend([kind, flags, 0, 0, 0, 1]);
    octets.resize(HEADER + payload, 0);
    octets
}

/// How many of these frames are taken until they are a flood.
fn taken(frames: &mut Frames, frame: &[u8]) -> usize {
    let most = 1_000_000;
    (0..most)
        .find(|_| frames.read(frame) == Received::Flood)
        .unwrap_or(most)
}

#[tokio::test(start_paused = true)]
async fn frames_that_bring_nothing_are_numbered() {
    for (kind, flags, payload, expected) in [
        (6, 0, 8, 1000),
        (4, 0, 6, 1000),
        (9, 4, 0, 1000),
        (0xfe, 0, 1, 1000),
        (0, 0, 0, 1000),
        (3, 0, 4, 200),
        (8, 0, 4, 10_000),
        (2, 0, 5, 10_000),
        (16, 0, 5, 10_000),
    ] {
        let octets = frame(kind, flags, payload);
        assert_eq!(taken(&mut frames(), &octets), expected, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn frames_that_bring_something_are_free() {
    for (kind, flags, payload) in [(0, 0, 1), (0, 1, 0), (1, 4, 10)] {
        let octets = frame(kind, flags, payload);
        assert_eq!(taken(&mut frames(), &octets), 1_000_000, "{kind}");
    }
}

#[tokio::test(start_paused = true)]
async fn time_and_answers_bring_the_budget_back() {
    let ping = frame(6, 0, 8);
    let mut frames = frames();
    assert_eq!(taken(&mut frames, &ping), 1000);
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(taken(&mut frames, &ping), 99); // the one that was too much is paid first
    frames.sent(640 * 50);
    assert_eq!(taken(&mut frames, &ping), 49);
    // The answers to pings alone bring back less than they cost.
    let mut frames = self::frames();
    let mut pings = 0;
    while frames.read(&ping) != Received::Flood {
        frames.sent(17);
        pings += 1;
    }
    assert_eq!(pings, 1000);
}

#[tokio::test(start_paused = true)]
async fn a_head_is_whole_with_its_last_frame() {
    let whole = [frame(1, 0, 3), frame(9, 0, 0), frame(9, 4, 5)].concat();
    let mut frames = frames();
    for octet in whole.split_last().unwrap().1 {
        assert_eq!(frames.read(&[*octet]), Received::Part);
    }
    assert_eq!(frames.read(&[0]), Received::Whole);
    // A body is not a head: how long it may take is the upstream's to say.
    let mut body = frame(0, 0, 10);
    body.truncate(15);
    assert_eq!(frames.read(&body), Received::Whole);
    assert_eq!(frames.read(&[0; 4]), Received::Whole);
    assert_eq!(frames.read(&[0]), Received::Part);
}

#[tokio::test(start_paused = true)]
async fn the_preface_is_owed() {
    let mut frames = Frames::new(Instant::now());
    assert_eq!(frames.read(&OPENING[..23]), Received::Part);
    assert_eq!(frames.read(&OPENING[23..]), Received::Whole);
}
