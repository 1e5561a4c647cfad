use vestibule_session::Reason;

use super::*;
use crate::refusal::{BadPath, BadRequest, Deadline, Exceeded, Unreachable};

fn all() -> Vec<Refusal> {
    vec![
        Refusal::BadPath(BadPath::DotSegment),
        Refusal::BadRequest(BadRequest::Host),
        Refusal::BodyTooLarge,
        Refusal::Csrf(crate::policy::csrf::Foreign::CrossSite),
        Refusal::Forbidden {
            rule: "/role equals ADMIN".to_owned(),
        },
        Refusal::HeadersTooLarge {
            header: Some(http::header::COOKIE),
        },
        Refusal::HttpsRequired {
            location: "https://app.example.com/x".to_owned(),
        },
        Refusal::Internal,
        Refusal::MethodNotAllowed {
            allow: "GET, HEAD".to_owned(),
        },
        Refusal::NoBackendToken,
        Refusal::NoSite,
        Refusal::NotFound,
        Refusal::RateLimited(Box::new(Exceeded {
            cause: "rate_limit_address",
            retry_after: 7,
            fields: None,
        })),
        Refusal::SessionExpired,
        Refusal::TargetTooLong,
        Refusal::Unauthenticated(Reason::NoCookie),
        Refusal::Unavailable,
        Refusal::UpstreamInvalid,
        Refusal::UpstreamTimeout(Deadline::Response),
        Refusal::UpstreamUnreachable(Unreachable::Connection),
    ]
}

fn refused(refusal: &Refusal, audience: Audience, explain: bool) -> (HeaderMap, String) {
    let response = refuse(
        refusal,
        &HeaderValue::from_static("id-1"),
        audience,
        explain,
    );
    let (parts, body) = response.into_parts();
    (parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn every_code_is_listed_with_its_status() {
    let mut found: Vec<_> = all()
        .iter()
        .map(|it| (it.code(), status(it).as_u16()))
        .collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, CODES);
}

#[test]
fn the_code_is_the_same_word_in_header_and_body() {
    for refusal in all() {
        let (headers, body) = refused(&refusal, Audience::Program, false);
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(headers["vestibule-refusal"], *refusal.code());
        assert_eq!(body["code"], refusal.code());
        assert_eq!(
            body["type"],
            format!("urn:vestibule:problem:{}", refusal.code())
        );
        assert_eq!(body["status"], status(&refusal).as_u16());
        assert_eq!(
            (&body["request_id"], &headers["x-request-id"]),
            (&"id-1".into(), &"id-1".parse().unwrap())
        );
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["vary"], "Cookie");
    }
}

/// TH-103: nothing but this stands in a body, whichever route it was and whatever went wrong behind it.
#[test]
fn every_body_is_one_of_these() {
    let shown: String = all()
        .iter()
        .map(|refusal| refused(refusal, Audience::Program, false).1 + "\n")
        .collect();
    assert_eq!(shown, include_str!("bodies.txt"));
}

#[test]
fn causes_are_for_the_operator_unless_explained() {
    let reasons = Reason::ALL
        .into_iter()
        .filter(|reason| *reason != Reason::Expired);
    let bodies: std::collections::HashSet<_> = reasons
        .map(|reason| refused(&Refusal::Unauthenticated(reason), Audience::Program, false).1)
        .chain([refused(&Refusal::NoBackendToken, Audience::Program, false).1])
        .collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let explained = refused(
        &Refusal::Unauthenticated(Reason::WrongSecret),
        Audience::Program,
        true,
    )
    .1;
    assert!(
        explained.contains(r#""cause":"wrong_secret""#),
        "{explained}"
    );
}

#[test]
fn protocol_headers_come_with_their_status() {
    let header = |refusal: &Refusal, name: &str| {
        let (headers, _) = refused(refusal, Audience::Program, false);
        headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let challenge = Some("Bearer realm=\"vestibule\"".to_owned());
    assert_eq!(
        header(&Refusal::SessionExpired, "www-authenticate"),
        challenge
    );
    let allow = Refusal::MethodNotAllowed {
        allow: "GET, HEAD".to_owned(),
    };
    assert_eq!(header(&allow, "allow").as_deref(), Some("GET, HEAD"));
    assert_eq!(
        header(&Refusal::Unavailable, "retry-after").as_deref(),
        Some("1")
    );
    assert_eq!(header(&Refusal::NotFound, "www-authenticate"), None);
}

#[test]
fn pages_run_nothing_and_say_what_happened() {
    let (headers, body) = refused(
        &Refusal::UpstreamUnreachable(Unreachable::Connection),
        Audience::Person,
        false,
    );
    assert!(
        headers["content-security-policy"]
            .to_str()
            .unwrap()
            .starts_with("default-src 'none'")
    );
    assert_eq!(headers["content-type"], "text/html; charset=utf-8");
    assert!(
        body.contains("<h1>The application cannot be reached</h1>"),
        "{body}"
    );
    assert!(body.contains("id-1") && body.contains("502"), "{body}");
}
