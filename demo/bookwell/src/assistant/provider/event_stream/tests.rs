use proptest::prelude::*;

use super::{Event, EventStream, TooLong};

#[track_caller]
fn check(stream: &str, expected: &[(&str, &str)]) {
    let expected: Vec<Event> = expected
        .iter()
        .map(|(name, data)| Event {
            name: (*name).to_owned(),
            data: (*data).to_owned(),
        })
        .collect();
    assert_eq!(decode(&[stream.as_bytes()]), expected, "in one piece");
    let octets: Vec<&[u8]> = stream.as_bytes().chunks(1).collect();
    assert_eq!(decode(&octets), expected, "octet by octet");
}

fn decode(chunks: &[&[u8]]) -> Vec<Event> {
    let mut stream = EventStream::new(1024);
    let mut events = Vec::new();
    for chunk in chunks {
        stream.push(chunk).unwrap();
        events.extend(std::iter::from_fn(|| stream.next()));
    }
    events
}

#[test]
fn events_end_with_a_blank_line_of_any_kind() {
    check("data: a\n\ndata: b\n\n", &[("", "a"), ("", "b")]);
    check("data: a\r\n\r\ndata: b\r\n\r\n", &[("", "a"), ("", "b")]);
    check("data: a\r\rdata: b\r\r", &[("", "a"), ("", "b")]);
    check("data: a\r\n\ndata: b\n\r\n", &[("", "a"), ("", "b")]);
}

#[test]
fn names_belong_to_one_event_only() {
    check(
        "event: ping\ndata: {}\n\ndata: x\n\n",
        &[("ping", "{}"), ("", "x")],
    );
    check("event: lost\n\ndata: x\n\n", &[("", "x")]);
}

#[test]
fn data_lines_are_joined_and_lose_one_space() {
    check("data:  a\ndata:b\ndata\n\n", &[("", " a\nb\n")]);
}

#[test]
fn comments_and_unknown_fields_mean_nothing() {
    check(
        ": OPENROUTER PROCESSING\n\nid: 7\nretry: 10\nfoo: bar\ndata: x\n:\n\n",
        &[("", "x")],
    );
}

#[test]
fn a_byte_order_mark_is_allowed_at_the_start_alone() {
    check("\u{feff}data: x\n\n", &[("", "x")]);
    check("data: x\n\n\u{feff}data: y\n\n", &[("", "x")]);
}

#[test]
fn an_unfinished_event_is_none() {
    check("data: a\n\ndata: b\n", &[("", "a")]);
    check("data: a\n\ndata: b", &[("", "a")]);
}

#[test]
fn characters_survive_being_cut() {
    check(
        "data: caf\u{e9} \u{1f33f}\n\n",
        &[("", "caf\u{e9} \u{1f33f}")],
    );
}

#[test]
fn what_never_ends_is_refused() {
    let mut stream = EventStream::new(16);
    assert_eq!(stream.push(b"data: 0123456789abcdef"), Err(TooLong));

    let mut stream = EventStream::new(16);
    let lines = b"data: 01234\n".repeat(4);
    assert_eq!(stream.push(&lines), Err(TooLong));
}

#[test]
fn many_short_events_are_not_one_long_one() {
    let mut stream = EventStream::new(16);
    for _ in 0..1000 {
        stream.push(b"data: 0123\n\n").unwrap();
        assert!(stream.next().is_some());
    }
}

proptest! {
    #[test]
    fn cuts_never_matter(text in "(data|event|:|id)?(: ?)?[a-z\r\n\u{e9}]{0,40}(\n\n|\r\n\r\n)", cut in 0_usize..64) {
        let octets = text.as_bytes();
        let (left, right) = octets.split_at(cut.min(octets.len()));
        prop_assert_eq!(decode(&[octets]), decode(&[left, right]));
    }
}
