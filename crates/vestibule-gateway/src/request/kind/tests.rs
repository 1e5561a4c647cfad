use super::*;

/// Headers as `Name: value`, one a line.
#[track_caller]
fn check(method: &Method, lines: &[&str], expected: Kind) {
    let headers: HeaderMap = lines
        .iter()
        .map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.parse::<HeaderName>().unwrap(), value.parse().unwrap())
        })
        .collect();
    assert_eq!(Kind::of(method, &headers), expected, "{method} {lines:?}");
}

const HTML: &str = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

// TH-75: only what shows a page in the top-level window may be sent to another one.
#[test]
fn a_top_level_page_is_a_navigation() {
    let navigate = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", HTML];
    check(&Method::GET, &navigate, Kind::Navigation);
    check(&Method::GET, &navigate[..2], Kind::Navigation);
    check(&Method::GET, &[HTML], Kind::Navigation);
    check(
        &Method::GET,
        &["Accept: application/json", "Accept: TEXT/HTML ; q=0.1"],
        Kind::Navigation,
    );
}

#[test]
fn other_methods_are_calls() {
    for method in [
        Method::POST,
        Method::HEAD,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        let navigate = ["Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", HTML];
        check(&method, &navigate, Kind::Call);
        check(
            &method,
            &["Connection: upgrade", "Upgrade: websocket"],
            Kind::Call,
        );
    }
}

#[test]
fn scripts_images_and_frames_are_calls() {
    for (mode, dest) in [
        ("cors", "empty"),
        ("same-origin", "empty"),
        ("no-cors", "image"),
        ("no-cors", "script"),
        ("navigate", "iframe"),
        ("navigate", "embed"),
        ("cors", "document"),
        ("Navigate", "document"),
    ] {
        let mode = format!("Sec-Fetch-Mode: {mode}");
        let dest = format!("Sec-Fetch-Dest: {dest}");
        // A script may ask for HTML too: what the browser says of itself counts more.
        check(&Method::GET, &[&mode, &dest, HTML], Kind::Call);
    }
    check(
        &Method::GET,
        &["Sec-Fetch-Mode: navigate", HTML],
        Kind::Call,
    );
    check(
        &Method::GET,
        &["Sec-Fetch-Dest: document", HTML],
        Kind::Call,
    );
}

#[test]
fn without_fetch_metadata_only_an_explicit_wish_for_html_counts() {
    for accept in [
        "*/*",
        "application/json",
        "text/*",
        "text/html;q=0",
        "text/html; Q=0.000",
        "text/htmlx",
        "application/text/html",
        "image/webp",
    ] {
        check(&Method::GET, &[&format!("Accept: {accept}")], Kind::Call);
    }
    check(&Method::GET, &[], Kind::Call);
    check(
        &Method::GET,
        &[HTML, "X-Requested-With: XMLHttpRequest"],
        Kind::Call,
    );
}

#[test]
fn a_handshake_is_a_websocket() {
    check(
        &Method::GET,
        &["Connection: Upgrade", "Upgrade: websocket"],
        Kind::WebSocket,
    );
    check(
        &Method::GET,
        &["Connection: keep-alive, Upgrade", "Upgrade: WebSocket"],
        Kind::WebSocket,
    );
    check(
        &Method::GET,
        &[
            "Connection: keep-alive",
            "Connection: upgrade",
            "Upgrade: h2c, websocket",
            HTML,
        ],
        Kind::WebSocket,
    );
    check(
        &Method::GET,
        &[
            "Connection: upgrade",
            "Upgrade: websocket",
            "Sec-Fetch-Mode: websocket",
        ],
        Kind::WebSocket,
    );
}

#[test]
fn half_a_handshake_is_none() {
    check(&Method::GET, &["Connection: upgrade"], Kind::Call);
    check(&Method::GET, &["Upgrade: websocket"], Kind::Call);
    check(
        &Method::GET,
        &["Connection: upgrade", "Upgrade: h2c"],
        Kind::Call,
    );
    check(
        &Method::GET,
        &["Connection: close", "Upgrade: websocket"],
        Kind::Call,
    );
    check(
        &Method::GET,
        &["Connection: upgraded", "Upgrade: websockets"],
        Kind::Call,
    );
}
