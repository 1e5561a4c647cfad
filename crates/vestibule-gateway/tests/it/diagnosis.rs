//! Why a session did not open: the operator learns it, the client does not (TH-102, TH-43).

use crate::client::Client;
use crate::gateway::{Gateway, cookie, cookie_of, routes};
use crate::said;
use crate::upstream::{OK, Upstream};

const OTHER: &str = "nT4bX9vQ2mK7yR5cW8dL6hJ1aZ0pS3fG";

#[test]
fn every_cause_is_the_operators_and_all_of_one_code_look_alike() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "trusted_proxies: [127.0.0.0/8]\nlisten: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\n{}",
        routes(&upstream, "")
    ));
    let good = cookie(r#"{"sub":"u-1","backendToken":"caused-token"}"#);
    let mut answers = Vec::new();
    for (cause, pair) in [
        ("no_cookie", "theme=dark".to_owned()),
        ("malformed", "authjs.session-token=x.y.z".to_owned()),
        ("wrong_secret", cookie_of(OTHER, r#"{"sub":"u-1"}"#)),
        ("missing_chunk", "authjs.session-token.1=x".to_owned()),
        ("no_identity", cookie(r#"{"name":"nobody-at-all"}"#)),
        ("no_backend_token", cookie(r#"{"sub":"u-1"}"#)),
        ("not_yet_valid", cookie(r#"{"sub":"u-1","nbf":1790003600}"#)),
        ("renamed_cookie", good.replace("authjs.", "next-auth.")),
    ] {
        let id = format!("cause-{}", cause.replace('_', "-"));
        let response = gateway.client().get(
            "/api/a",
            &[&format!("X-Request-Id: {id}"), &format!("Cookie: {pair}")],
        );
        assert_eq!(
            (response.status, response.code()),
            (401, "unauthenticated"),
            "{cause}"
        );
        assert_eq!(response.headers.get("x-request-id"), Some(&*id));
        let line = said::event(0, |it| it.get("request_id") == Some(&id));
        assert_eq!(
            line.get("cause").map(String::as_str),
            Some(cause),
            "{line:?}"
        );
        let metrics = Client::connect(gateway.admin.unwrap()).get("/metrics", &[]);
        let counted = metrics.text().lines().any(|line| {
            line.starts_with("vestibule_sessions_total")
                && line.contains(&format!("cause=\"{cause}\""))
                && line.ends_with(" 1")
        });
        assert!(counted, "{cause}");
        let mut headers = response.headers.0.clone();
        headers.retain(|(name, _)| {
            name != "x-request-id" && name != "date" && name != "content-length"
        });
        answers.push((response.text().replace(&id, "ID"), headers));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:#?}");
    assert!(upstream.is_untouched());
}
