//! The way of a request, hop by hop.

use std::future::Future as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use http::{Request, Response, StatusCode, Uri};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use tokio::time::Instant;
use vestibule_session::{Reason, Scheme};

use crate::access::Entry;
use crate::body::ResponseBody;
use crate::config::{Auth, CsrfMode, Limits, Protocol, Route};
use crate::generation::{Generation, RouteHere, SiteAtWork};
use crate::headers::{self, Outgoing};
use crate::lease::Lease;
use crate::policy::csrf::{self, Sent};
use crate::policy::{self, Decision};
use crate::refusal::{BadRequest, NO_BACKEND_TOKEN, Refusal, Unreachable};
use crate::request::{self, Host, Kind, Peer};
use crate::respond::{self, Audience, Manner};
use crate::routes::upstream_path;
use crate::session::Opened;
use crate::tls;
use crate::token::NoToken;
use crate::trace::Ids;
use crate::upstream::{Answer, Progress, RequestBody};
use crate::worker::Worker;

mod cross_site;

use cross_site::{preflight, warn_of_foreign};

/// Answers one request of a client.
pub(crate) async fn handle(
    worker: Rc<Worker>,
    peer: Rc<Peer>,
    mut request: Request<Incoming>,
) -> Response<ResponseBody> {
    let generation = worker.generation();
    let config = &generation.plan.config;
    let trusted = peer.is_trusted(&config.trusted_proxies);
    let ids = worker.ids.ids(request.headers_mut(), trusted);
    let method = request.method().clone();
    let metrics = Rc::clone(&worker.metrics);
    let mut entry = Entry::new(metrics, method, ids.request_id.clone(), peer.address());
    if request::is_about_server(request.method(), request.uri())
        && Host::read(request.headers(), request.uri()).is_ok()
    {
        let response = respond::about_server(&ids.request_id);
        return ResponseBody::ours(response, entry);
    }
    let secure = peer.scheme() == Scheme::Https;
    let mut manner = Manner::new(config.security_headers, secure);
    let forwarded = {
        let mut forwarded = pin!(forward(
            &worker,
            &generation,
            &peer,
            request,
            &ids,
            &mut entry,
            &mut manner,
        ));
        std::future::poll_fn(|cx| caught(|| forwarded.as_mut().poll(cx))).await
    };
    let mut response = match forwarded {
        Ok(Forwarded::Response(response, lease)) => {
            response.map(|body| ResponseBody::upstream(body, lease, entry))
        }
        Ok(Forwarded::Preflight(response)) => ResponseBody::ours(response, entry),
        Ok(Forwarded::SignIn { location }) => {
            entry.reason = Some(respond::SIGN_IN);
            ResponseBody::ours(respond::sign_in(&location, &ids.request_id), entry)
        }
        Ok(Forwarded::Tunnel(response, tunnel)) => {
            entry.status = Some(response.status());
            worker.tunnel(*tunnel, entry);
            response.map(|()| ResponseBody::empty())
        }
        Err(refusal) => {
            entry.reason = Some(refusal.code());
            entry.cause = refusal.cause();
            if let Refusal::Forbidden { rule } = &refusal {
                entry.rule = Some(rule.as_str().into());
            }
            let explain = config.explain_to_client;
            let response = respond::refuse(&refusal, &ids.request_id, manner.audience, explain);
            if refusal == Refusal::BadRequest(BadRequest::Left) {
                entry.reason = None; // nothing was refused: nobody is there
                return ResponseBody::unheard(response, entry);
            }
            ResponseBody::ours(response, entry)
        }
    };
    manner.dress(response.status(), response.headers_mut());
    response
}

/// A panic is a bug of ours, and the end of its request alone (TH-14).
///
/// What it may have left half done belongs to this request: the cells of the core are changed in single
/// steps, and a borrow ends with the panic.
fn caught<T>(poll: impl FnOnce() -> Poll<Result<T, Refusal>>) -> Poll<Result<T, Refusal>> {
    catch_unwind(AssertUnwindSafe(poll)).unwrap_or(Poll::Ready(Err(Refusal::Internal)))
}

/// How a request ended that was not refused.
enum Forwarded {
    Preflight(Response<Bytes>),
    /// With the terms of its session, where it goes on and on.
    Response(Response<crate::upstream::UpstreamBody>, Option<Box<Lease>>),
    SignIn {
        location: String,
    },
    Tunnel(Response<()>, Box<Handshake>),
}

/// Both ends of a tunnel to be.
pub(crate) struct Handshake {
    pub(crate) client: OnUpgrade,
    pub(crate) upstream: crate::upstream::TunnelIo,
    pub(crate) idle_timeout: std::time::Duration,
    pub(crate) lease: Option<Box<Lease>>,
}

/// The six hops; the last one is the caller's.
async fn forward<'a>(
    worker: &Worker,
    generation: &'a Generation,
    peer: &Peer,
    mut request: Request<Incoming>,
    ids: &Ids,
    entry: &mut Entry,
    manner: &mut Manner<'a>,
) -> Result<Forwarded, Refusal> {
    let plan = &generation.plan;
    let config = &plan.config;

    // 1. What the request is, or that it has no single meaning.
    check_size(request.headers(), &config.limits)?;
    let seen = request::read(
        request.method(),
        request.uri(),
        request.headers(),
        peer,
        config,
        &plan.hosts,
    );
    let seen = seen.inspect_err(|_| entry.note_refused_path(request.uri().path()))?;
    entry.path = Some(seen.target.clone());
    entry.client = seen.client.address();
    if seen.kind == Kind::Navigation {
        manner.audience = Audience::Person;
    }
    let site = seen.site.ok_or(Refusal::NoSite)?;
    let site = generation.site(site).ok_or(Refusal::Internal)?;
    entry.site.clone_from(&site.here.name);
    let public_url = site.settings.public_url.as_ref();
    manner.secure = seen.client.arrived_by() == Scheme::Https;
    if let Some(location) = tls::to_https(config, public_url, &seen, worker.tls_port) {
        return Err(Refusal::HttpsRequired { location });
    }

    // 2. The route.
    if let Some(response) = preflight(site, &seen, &request, ids, entry) {
        return Ok(Forwarded::Preflight(response));
    }
    let routes = &site.plan.routes;
    let index = routes.find(seen.host.name(), &seen.target, request.method())?;
    let route = site.settings.routes.get(index);
    let (Some(route), Some(here)) = (route, site.here.routes.get(index)) else {
        return Err(Refusal::Internal);
    };
    entry.route = (here.position, Some(Arc::clone(&here.label)));
    manner.follow(route, request.headers());

    let mut account = (here.limits.as_ref())
        .map(|limits| limits.account(seen.client.address(), worker.clock.elapsed()));

    // 3. The session.
    let session = open(worker, site, (route, here), &request, seen.client.scheme());
    if let (Err(_), Auth::Required) = (&session, route.auth) {
        entry.note_cookies(request.headers());
    }

    // 4. The decision.
    let known = session.as_deref().map_err(|reason| *reason);
    let sign_in_path = &site.settings.session.sign_in_path;
    let sent = Sent {
        method: request.method(),
        headers: request.headers(),
        request: &seen,
    };
    let foreign = csrf::foreign(&site.settings.csrf, route, sent, known.ok(), sign_in_path);
    let enforced = foreign.filter(|_| route.csrf == CsrfMode::Enforce);
    match policy::decide(route, &seen, known, enforced, sign_in_path) {
        Decision::Forward(None) if route.auth == Auth::Required => {
            return Err(Refusal::Internal); // the policy cannot say so, and if it did, nobody passes
        }
        Decision::Forward(_) => {
            if let Some(foreign) = foreign {
                warn_of_foreign(entry, here, foreign, request.headers());
                worker.metrics.foreign(foreign, "passed");
            }
        }
        Decision::Refuse(refusal) => {
            if let Refusal::Csrf(foreign) = refusal {
                entry.note_origin(request.headers());
                worker.metrics.foreign(foreign, "refused");
            }
            return Err(refusal);
        }
        Decision::SignIn { location, reason } => {
            entry.cause = Some(reason.code());
            return Ok(Forwarded::SignIn { location });
        }
    }

    if let Some(account) = &mut account {
        account.settle(session.as_deref().ok())?;
    }

    // 5. The token, the forwarded request, the answer.
    let bearer = match (here.claim, &session) {
        (Some(claim), Ok(opened)) => match opened.bearer(claim).ok_or(Refusal::Internal)? {
            Ok(bearer) => Some(bearer),
            // Who needs no session at all needs no token in it either: they go on without a name.
            Err(NoToken) if route.auth == Auth::Optional => {
                entry.cause = Refusal::NoBackendToken.cause();
                None
            }
            Err(NoToken) => return Err(Refusal::NoBackendToken),
        },
        (Some(_) | None, _) => None,
    };
    let limit = route.body_bytes.unwrap_or(config.limits.body_bytes);
    check_body(request.headers(), limit)?;
    let Some(upstream) = site.here.upstreams.get(route.upstream) else {
        return Err(Refusal::Internal);
    };
    let Some(settings) = site.settings.upstreams.get(route.upstream) else {
        return Err(Refusal::Internal);
    };
    let path = upstream_path(route.rewrite.as_ref(), &seen.target, &settings.base_path)?;
    // HTTP/1.0 knows no upgrade (RFC 9110 §7.8).
    let upgrades = seen.kind == Kind::WebSocket && request.version() == http::Version::HTTP_11;
    if upgrades && settings.protocol == Protocol::Http2 {
        return Err(Unreachable::WebSocket.into());
    }
    let client = upgrades.then(|| hyper::upgrade::on(&mut request));
    let received = request.version();
    let (mut head, body) = request.into_parts();
    head.uri = Uri::from(path);
    head.version = http::Version::HTTP_11;
    let host = if settings.preserve_host {
        seen.host.header()
    } else {
        &upstream.host
    };
    let outgoing = Outgoing {
        bearer,
        cookies: route.cookies,
        session_cookies: &plan.session_cookies,
        host: host.clone(),
        upgrade: client.is_some(),
        received,
        request_id: &ids.request_id,
        traceparent: &ids.traceparent,
    };
    headers::prepare_request(&mut head.headers, &outgoing);
    seen.client.forward(&mut head.headers);
    let (body, upload) = streamed(body, limit);
    let counted = head.headers.contains_key(CONTENT_LENGTH);
    if upload.is_some() && !counted && settings.protocol == Protocol::Http1 {
        // Of GET and HEAD hyper would else think that they have no body, and drop it.
        let chunked = HeaderValue::from_static("chunked");
        head.headers.insert(TRANSFER_ENCODING, chunked);
    }
    entry.upload.clone_from(&upload);
    entry.upstream = Some(Arc::clone(&upstream.name));
    let asked = Instant::now();
    let answer = upstream
        .upstream
        .send(Request::from_parts(head, body), upload, settings)
        .await;
    entry.upstream_time = Some(asked.elapsed());
    // What outlives its request does not outlive its session (TH-62).
    let lease = || {
        let opened = session.as_ref().ok()?;
        worker.lease(site, opened.session()).map(Box::new)
    };
    let outcome = answer.as_ref().map_or_else(Refusal::code, |_| "ok");
    worker.metrics.upstream(&upstream.name, outcome);
    match (answer?, client) {
        (Answer::Response(mut response), _) => {
            // Versions are hop by hop (RFC 9110 §2.5): one that knows no chunks would end the client's
            // connection with its body.
            *response.version_mut() = http::Version::HTTP_11;
            let headers = response.headers_mut();
            headers::prepare_response(headers, route.cookies, here.reads_session, &ids.request_id);
            if let Some(account) = &account {
                account.write(headers);
            }
            if response.status() == StatusCode::NOT_FOUND && route.rewrite.is_some() {
                warn_of_404(entry, here, &seen.target);
            }
            entry.status = Some(response.status());
            entry.download = Some(response.body().outcome());
            let streams = response.body().size_hint().exact().is_none();
            Ok(Forwarded::Response(response, streams.then(lease).flatten()))
        }
        (Answer::Switched(mut response, upstream), Some(client)) => {
            let headers = response.headers_mut();
            headers::prepare_response(headers, route.cookies, here.reads_session, &ids.request_id);
            headers::switch(headers);
            if let Some(account) = &account {
                account.write(headers);
            }
            let idle_timeout = settings.idle_timeout;
            let handshake = Handshake {
                client,
                upstream,
                idle_timeout,
                lease: lease(),
            };
            Ok(Forwarded::Tunnel(response, Box::new(handshake)))
        }
        // Nobody asked to switch.
        (Answer::Switched(..), None) => Err(Refusal::UpstreamInvalid),
    }
}

/// A path that was written for a backend and is unknown there mostly means that the route is wrong.
fn warn_of_404(entry: &Entry, here: &RouteHere, target: &request::Target) {
    tracing::warn!(
        method = entry.method.as_str(),
        route = &*here.label,
        path = target.path(),
        "the upstream knows nothing under the rewritten path"
    );
}

/// Hop 3, where the route depends on it.
fn open(
    worker: &Worker,
    site: SiteAtWork<'_>,
    (route, here): (&Route, &RouteHere),
    request: &Request<Incoming>,
    scheme: Scheme,
) -> Result<Rc<Opened>, Reason> {
    if !here.reads_session {
        return Err(Reason::NoCookie);
    }
    let (reader, headers) = (&site.plan.reader, request.headers());
    let now = worker.clock.now();
    let bearer = route.accept_bearer_session;
    let sessions = &site.here.sessions;
    match sessions.open(reader, headers, scheme, now, bearer) {
        Ok(opened) => {
            match here.claim.and_then(|claim| opened.bearer(claim)) {
                Some(Err(NoToken)) => worker.metrics.session_failed(NO_BACKEND_TOKEN),
                Some(Ok(_)) | None => worker.metrics.session_opened(),
            }
            Ok(opened)
        }
        Err(failure) => {
            worker.metrics.session_failed(failure.reason().code());
            tracing::debug!(reason = failure.reason().code(), attempts = ?failure.attempts(), "no session opened");
            Err(failure.reason())
        }
    }
}

/// The limits on a head, counted as the client sent it.
fn check_size(headers: &HeaderMap, limits: &Limits) -> Result<(), Refusal> {
    let size = |(name, value): (&http::HeaderName, &HeaderValue)| name.as_str().len() + value.len();
    let octets: usize = headers.iter().map(size).sum();
    if octets > limits.header_bytes || headers.len() > limits.header_count {
        let longest = headers.iter().max_by_key(|header| size(*header));
        return Err(Refusal::HeadersTooLarge {
            header: longest.map(|(name, _)| name.clone()),
        });
    }
    Ok(())
}

/// A declared length is refused before anything is read (TH-83).
fn check_body(headers: &HeaderMap, limit: Option<u64>) -> Result<(), Refusal> {
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    match (declared, limit) {
        (Some::<u64>(declared), Some(limit)) if declared > limit => Err(Refusal::BodyTooLarge),
        (Some(_) | None, _) => Ok(()),
    }
}

/// A request without a body needs nobody to count it.
fn streamed(body: Incoming, limit: Option<u64>) -> (RequestBody, Option<Rc<Progress>>) {
    if body.is_end_stream() {
        return (RequestBody::empty(), None);
    }
    let progress = Rc::new(Progress::default());
    (
        RequestBody::streaming(body, limit, Rc::clone(&progress)),
        Some(progress),
    )
}
