//! All causes of one refusal look alike from outside (TH-43), and no answer repeats what was forged.

use vestibule_session::{CookieName, Secret, Version, Writer};

use crate::client::Response;
use crate::gateway::{Gateway, NOW, SECRET, cookie, cookie_named, routes};
use crate::upstream::{OK, Upstream};

/// Everything that a client can see of an answer, without what is new each time.
fn outside(response: &Response) -> (u16, Vec<(String, String)>, String) {
    let id = response.headers.get("x-request-id").unwrap().to_owned();
    let mut headers = response.headers.0.clone();
    headers.retain(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    (response.status, headers, response.text().replace(&id, "ID"))
}

/// A session of `claims` that another secret sealed, or another clock.
fn sealed(secret: &str, claims: &str, now: u64) -> String {
    let name = CookieName::new("authjs.session-token", Version::V5).unwrap();
    let writer = Writer::new(&Secret::new(secret).unwrap(), name);
    let token = writer.encode(claims, now, 3600, [3; 32]).unwrap();
    format!("authjs.session-token={token}")
}

// TH-43, TH-46.
#[test]
fn the_causes_of_a_401_look_alike() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&routes(&upstream, ""));
    let ada = r#"{"sub":"u-1","backendToken":"t"}"#;
    let good = cookie(ada);
    let large = cookie(&format!(r#"{{"sub":"u-1","pad":"{}"}}"#, "x".repeat(9000)));
    let [head, _, iv, text, tag] = good.split('.').skip(1).collect::<Vec<_>>()[..] else {
        panic!("five parts: {good}");
    };
    let turned = |part: &str| {
        let (first, rest) = part.split_at(1);
        format!("{}{rest}", if first == "A" { "B" } else { "A" })
    };
    let causes = [
        ("no_cookie", String::new()),
        ("empty", "authjs.session-token=".into()),
        ("malformed", "authjs.session-token=a.b".into()),
        (
            "opaque_id",
            "authjs.session-token=0b5c2f0e-4d2b-4a53-9d0c-0a3c8a7f1c11".into(),
        ),
        (
            "signed",
            "authjs.session-token=eyJhbGciOiJIUzI1NiJ9.e30.c2ln".into(),
        ),
        (
            "unsupported",
            format!(
                "authjs.session-token=eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..{iv}.{text}.{tag}"
            ),
        ),
        (
            "wrong secret",
            sealed("another-secret-of-thirty-two-octets", ada, NOW),
        ),
        (
            "wrong iv",
            format!("authjs.{head}..{}.{text}.{tag}", turned(iv)),
        ),
        (
            "wrong text",
            format!("authjs.{head}..{iv}.{}.{tag}", turned(text)),
        ),
        (
            "wrong tag",
            format!("authjs.{head}..{iv}.{text}.{}", turned(tag)),
        ),
        ("renamed", good.replace("authjs", "__Secure-authjs")),
        ("missing chunk", large.split_once("; ").unwrap().1.into()),
        (
            "not yet valid",
            sealed(
                SECRET,
                r#"{"sub":"u-1","backendToken":"t","nbf":1790000100}"#,
                NOW,
            ),
        ),
        (
            "no identity",
            sealed(SECRET, r#"{"name":"Ada","backendToken":"t"}"#, NOW),
        ),
        (
            "identity of another type",
            sealed(
                SECRET,
                r#"{"sub":["u-1"],"email":{},"id":true,"backendToken":"t"}"#,
                NOW,
            ),
        ),
        (
            "time that is none",
            sealed(
                SECRET,
                r#"{"sub":"u-1","backendToken":"t","nbf":"soon"}"#,
                NOW,
            ),
        ),
        ("no token", sealed(SECRET, r#"{"sub":"u-1"}"#, NOW)),
        (
            "token of another type",
            sealed(SECRET, r#"{"sub":"u-1","backendToken":7}"#, NOW),
        ),
        (
            "token that is no token",
            sealed(SECRET, r#"{"sub":"u-1","backendToken":"a\r\nX: y"}"#, NOW),
        ),
        ("other family", cookie_named("next-auth.session-token", ada)),
        ("too many chunks", "authjs.session-token.32=x".into()),
        (
            "a chunk beyond numbers",
            "authjs.session-token.4294967296=x".into(),
        ),
        (
            "too deep",
            sealed(
                SECRET,
                &format!(
                    r#"{{"sub":"u-1","a":{}{}}}"#,
                    "[".repeat(70),
                    "]".repeat(70)
                ),
                NOW,
            ),
        ),
    ];
    let mut client = gateway.client();
    assert_eq!(
        client.get("/api/a", &[&format!("Cookie: {good}")]).status,
        200
    );
    upstream.seen();
    let first = outside(&client.get("/api/a", &[]));
    assert_eq!(first.0, 401);
    for (cause, cookie) in causes {
        let answer = outside(&client.get("/api/a", &[&format!("Cookie: {cookie}")]));
        assert_eq!(answer, first, "{cause}");
        assert!(upstream.is_untouched(), "{cause}");
    }
}

// TH-24: no header of the request makes an address in an answer.
#[test]
fn a_forged_host_is_in_no_answer() {
    let upstream = Upstream::answering(OK);
    let routes = format!(
        "upstreams: {{ web: {{ url: 'http://{}' }} }}\n\
         routes: [ {{ path: '/page/**', to: web, auth: required }} ]\n",
        upstream.address
    );
    for settings in ["", "public_url: https://app.example.com\n"] {
        let gateway = Gateway::start(&format!("{settings}{routes}"));
        for line in [
            "GET /page/a",
            "POST /page/a",
            "GET /nothing",
            "DELETE /page/a",
            "GET /page//a",
        ] {
            let mut client = gateway.client();
            client.send(format!(
                "{line} HTTP/1.1\r\nHost: forged.test\r\nX-Forwarded-Host: forged.test\r\n\
                 Forwarded: host=forged.test\r\nOrigin: http://forged.test\r\nReferer: http://forged.test/\r\n\
                 Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nAccept: text/html\r\nContent-Length: 0\r\n\r\n"
            ));
            let response = client.response();
            assert!(response.status >= 300, "{line}");
            let repeated = response
                .headers
                .0
                .iter()
                .any(|(_, value)| value.contains("forged"));
            assert!(
                !repeated && !response.text().contains("forged"),
                "{line}: {:?}",
                response.headers
            );
        }
    }
    assert!(upstream.is_untouched());
}
