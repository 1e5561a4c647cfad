use std::io::Write;
use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use tracing::subscriber::with_default;

use super::*;

fn clock() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_790_000_000_007)
}

/// Memory that the writing thread fills.
#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn logged(format: Format, events: impl FnOnce()) -> String {
    let output = Output::default();
    let (queue, writer) = queue::start(output.clone(), |_| Vec::new()).unwrap();
    with_default(
        Registry::default().with(Lines {
            format,
            queue,
            clock,
        }),
        events,
    );
    drop(writer);
    let octets = output.0.lock().unwrap().clone();
    String::from_utf8(octets).unwrap()
}

fn access(path: &str) {
    tracing::info!(
        target: "access",
        request_id = "4bf92f",
        method = "GET",
        path,
        route = Some("/api/agent/**"),
        status = 401_u16,
        reason = "unauthenticated",
        cause = None::<&str>,
        duration_ms = 0.128,
        client_addr = %std::net::Ipv4Addr::LOCALHOST,
        bytes_in = 0_u64,
    );
}

fn message() {
    tracing::warn!(target: "vestibule", file = ?"a\n", "kept the \"old\" configuration\u{1b}[2J");
}

#[test]
fn an_access_line_is_one_flat_object() {
    insta::assert_snapshot!(logged(Format::Json, || access("/api/agent/\"x")), @r##"{"ts":"2026-09-21T14:13:20.007Z","level":"info","target":"access","request_id":"4bf92f","method":"GET","path":"/api/agent/\"x","route":"/api/agent/**","status":401,"reason":"unauthenticated","duration_ms":0.128,"client_addr":"127.0.0.1","bytes_in":0}"##);
}

#[test]
fn a_message_is_called_msg() {
    insta::assert_snapshot!(logged(Format::Json, message), @r##"{"ts":"2026-09-21T14:13:20.007Z","level":"warn","target":"vestibule","msg":"kept the \"old\" configuration\u001b[2J","file":"\"a\\n\""}"##);
}

#[test]
fn text_begins_with_what_a_person_looks_for() {
    let plain = Format::Text { coloured: false };
    insta::assert_snapshot!(logged(plain, || access("/api/agent/x")), @"14:13:20.007 INFO  GET /api/agent/x 401 0.128ms request_id=4bf92f route=/api/agent/** reason=unauthenticated client_addr=127.0.0.1 bytes_in=0");
    insta::assert_snapshot!(logged(plain, message), @r##"14:13:20.007 WARN  kept the "old" configuration\u{1b}[2J file="a\n""##);
}

#[test]
fn colours_come_only_when_they_are_wanted() {
    let lines = |coloured| logged(Format::Text { coloured }, || access("/"));
    assert!(lines(true).contains('\u{1b}'));
    assert!(!lines(false).contains('\u{1b}'));
}

#[test]
fn no_value_can_begin_a_line_or_move_the_cursor() {
    for format in [Format::Json, Format::Text { coloured: false }] {
        let lines = logged(format, || access("/a\r\nGET /b\u{1b}[2J\u{202e}"));
        assert_eq!(lines.lines().count(), 1, "{lines}");
        assert!(!lines.contains(['\r', '\u{1b}']), "{lines}");
    }
}

#[test]
fn lost_lines_are_told_in_the_form_of_the_log() {
    let line = |format: Format| {
        let mut line = Vec::new();
        format.lost(&mut line, clock(), 7);
        String::from_utf8(line).unwrap()
    };
    insta::assert_snapshot!(line(Format::Json), @r##"{"ts":"2026-09-21T14:13:20.007Z","level":"warn","target":"log","msg":"log lines were lost, because they were not read fast enough","lost":7}"##);
    insta::assert_snapshot!(line(Format::Text { coloured: false }), @"14:13:20.007 WARN  log lines were lost, because they were not read fast enough lost=7");
}
