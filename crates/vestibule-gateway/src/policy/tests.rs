use std::rc::Rc;

use http::header::COOKIE;
use http::{HeaderMap, Method, Uri};
use vestibule_session::{
    Pointer, Reader, Rules, Scheme, Secret, Version, Writer, session_cookie_name,
};

use super::*;
use crate::config::{Cookies, CsrfMode, Token};
use crate::request::{Client, Host, Peer, Target, Unusual};
use crate::routes::PathPattern;
use crate::session::Sessions;

mod rules;

const SIGN_IN: &str = "/auth/signin";

fn session() -> Rc<Opened> {
    opened(r#"{"sub":"u-1"}"#, &[])
}

/// A session with these claims, and the facts at these places of it.
pub(super) fn opened(claims: &str, asked: &[&str]) -> Rc<Opened> {
    let secret = Secret::new("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A").unwrap();
    let name = session_cookie_name(Version::V5, Scheme::Http);
    let writer = Writer::new(&secret, name.clone());
    let token = writer.encode(claims, 1_000, 60, [7; 32]).unwrap();
    let cookie = format!("{name}={token}").parse().unwrap();
    let headers = [(COOKIE, cookie)].into_iter().collect();
    let reader = Reader::new(&[secret], Rules::default());
    let asked = asked.iter().map(|text| Pointer::parse(text).unwrap());
    let sessions = Sessions::new(0, Rc::default(), asked.collect());
    let opened = sessions.open(&reader, &headers, Scheme::Http, 1_001, false);
    opened.unwrap()
}

pub(super) fn route(auth: Auth) -> Route {
    Route {
        host: None,
        path: PathPattern::parse("/**").unwrap(),
        methods: None,
        upstream: 0,
        rewrite: None,
        auth,
        token: Token::None,
        require: None,
        cookies: Cookies::Drop,
        csrf: CsrfMode::Enforce,
        cors: None,
        security_headers: None,
        accept_bearer_session: false,
        allow: Unusual::default(),
        body_bytes: None,
        rate_limits: Vec::new(),
    }
}

fn request(target: &str, kind: Kind) -> Request {
    let host = Host::parse(&"app.example.com".parse().unwrap()).unwrap();
    let peer = Peer::new("203.0.113.7".parse().unwrap(), Scheme::Http);
    let target = Target::parse(&Uri::try_from(target).unwrap(), 8192).unwrap();
    Request {
        site: Some(0),
        target,
        client: Client::direct(&peer, &host),
        host,
        kind,
    }
}

/// A decision in one word each.
fn decided(auth: Auth, session: Result<&Opened, Reason>, kind: Kind) -> String {
    let request = request("/tenant/x?y=1", kind);
    match decide(&route(auth), &request, session, None, SIGN_IN) {
        Decision::Forward(Some(principal)) => {
            assert!(std::ptr::eq(
                principal.session(),
                session.unwrap().session()
            ));
            "principal".into()
        }
        Decision::Forward(None) => "anonymous".into(),
        Decision::Refuse(refusal) => format!("{refusal:?}"),
        Decision::SignIn { location, reason } => {
            assert_eq!(Some(reason), session.err());
            location
        }
    }
}

const KINDS: [Kind; 3] = [Kind::Call, Kind::Navigation, Kind::WebSocket];

// FC1: the whole table of a protected route.
#[test]
fn a_protected_route_is_forwarded_with_a_session_only() {
    let session = session();
    for kind in KINDS {
        assert_eq!(decided(Auth::Required, Ok(&session), kind), "principal");
        for reason in Reason::ALL {
            let decision = decided(Auth::Required, Err(reason), kind);
            assert!(
                !["principal", "anonymous"].contains(&&*decision),
                "{reason:?} {kind:?}"
            );
        }
    }
}

#[test]
fn an_optional_route_is_forwarded_with_or_without() {
    let session = session();
    for kind in KINDS {
        assert_eq!(decided(Auth::Optional, Ok(&session), kind), "principal");
        for reason in Reason::ALL {
            assert_eq!(decided(Auth::Optional, Err(reason), kind), "anonymous");
        }
    }
}

#[test]
fn an_open_route_does_not_look_at_the_session() {
    let session = session();
    for kind in KINDS {
        assert_eq!(decided(Auth::None, Ok(&session), kind), "anonymous");
        assert_eq!(decided(Auth::None, Err(Reason::Expired), kind), "anonymous");
    }
}

// TH-75.
#[test]
fn only_navigations_are_sent_to_sign_in() {
    for reason in [Reason::NoCookie, Reason::Expired, Reason::WrongSecret] {
        let location = "/auth/signin?callbackUrl=%2Ftenant%2Fx%3Fy%3D1";
        assert_eq!(
            decided(Auth::Required, Err(reason), Kind::Navigation),
            location
        );
    }
    for kind in [Kind::Call, Kind::WebSocket] {
        assert_eq!(
            decided(Auth::Required, Err(Reason::Expired), kind),
            "SessionExpired"
        );
        for reason in [Reason::NoCookie, Reason::WrongSecret, Reason::NotYetValid] {
            let expected = format!("Unauthenticated({reason:?})");
            assert_eq!(decided(Auth::Required, Err(reason), kind), expected);
        }
    }
}

#[test]
fn a_protected_sign_in_page_does_not_send_to_itself() {
    for sign_in in [SIGN_IN, "/auth/signin?from=gateway"] {
        let request = request("/auth/signin?callbackUrl=%2F", Kind::Navigation);
        let decision = decide(
            &route(Auth::Required),
            &request,
            Err(Reason::NoCookie),
            None,
            sign_in,
        );
        assert!(matches!(
            decision,
            Decision::Refuse(Refusal::Unauthenticated(Reason::NoCookie))
        ));
    }
}

// TH-24.
#[test]
fn no_header_reaches_the_location() {
    let headers: HeaderMap = [("host", "evil.example"), ("accept", "text/html")]
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .into_iter()
        .collect();
    let uri = Uri::from_static("/x");
    let host = Host::read(&headers, &uri).unwrap();
    let peer = Peer::new("203.0.113.7".parse().unwrap(), Scheme::Http);
    let target = Target::parse(&uri, 99).unwrap();
    let kind = Kind::of(&Method::GET, &headers);
    let request = Request {
        site: Some(0),
        target,
        client: Client::direct(&peer, &host),
        host,
        kind,
    };
    match decide(
        &route(Auth::Required),
        &request,
        Err(Reason::NoCookie),
        None,
        SIGN_IN,
    ) {
        Decision::SignIn { location, .. } => assert_eq!(location, "/auth/signin?callbackUrl=%2Fx"),
        Decision::Forward(_) | Decision::Refuse(_) => panic!("{request:?} is not sent to sign in"),
    }
}

// The order of the answers: who has no session hears that first, and the rules come last.
#[test]
fn a_foreign_request_is_refused_after_the_session_and_before_the_rules() {
    let request = request("/tenant/x", Kind::Call);
    let foreign = Some(Foreign::CrossSite);
    let session = session();
    let decided = |auth, session| decide(&route(auth), &request, session, foreign, SIGN_IN);
    for (auth, session, refusal) in [
        (
            Auth::None,
            Err(Reason::NoCookie),
            Refusal::Csrf(Foreign::CrossSite),
        ),
        (
            Auth::Optional,
            Err(Reason::NoCookie),
            Refusal::Csrf(Foreign::CrossSite),
        ),
        (
            Auth::Optional,
            Ok(&*session),
            Refusal::Csrf(Foreign::CrossSite),
        ),
        (
            Auth::Required,
            Ok(&*session),
            Refusal::Csrf(Foreign::CrossSite),
        ),
        (
            Auth::Required,
            Err(Reason::NoCookie),
            Refusal::Unauthenticated(Reason::NoCookie),
        ),
        (
            Auth::Required,
            Err(Reason::Expired),
            Refusal::SessionExpired,
        ),
    ] {
        let Decision::Refuse(refused) = decided(auth, session) else {
            panic!("{auth:?} passed");
        };
        assert_eq!(refused, refusal);
    }
}
