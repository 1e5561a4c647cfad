//! What pages of other sites ask beforehand, and what is said of their requests where they pass.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use hyper::body::Incoming;

use crate::access::Entry;
use crate::cors;
use crate::generation::{RouteHere, SiteAtWork};
use crate::policy::csrf::Foreign;
use crate::request;
use crate::respond;
use crate::trace::Ids;

/// Answers the preflight of a route with CORS: without its upstream, its session or its list of methods.
///
/// The route is the one that the request to come would take; where that one has no CORS, or there is none,
/// the request is an `OPTIONS` like any other.
pub(super) fn preflight(
    site: SiteAtWork<'_>,
    seen: &request::Request,
    request: &Request<Incoming>,
    ids: &Ids,
    entry: &mut Entry,
) -> Option<Response<Bytes>> {
    let method = cors::asked(request.method(), request.headers())?;
    let routes = &site.plan.routes;
    let index = routes.find(seen.host.name(), &seen.target, &method).ok()?;
    let route = site.settings.routes.get(index)?;
    let here = site.here.routes.get(index)?;
    let granted = route.cors.as_ref()?.grant(request.headers());
    entry.route = (here.position, Some(Arc::clone(&here.label)));
    if !granted.is_given() {
        entry.note_origin(request.headers());
        entry.cause = Some("cors_origin");
    }
    Some(respond::preflight(&granted, &ids.request_id))
}

/// What would be refused if the route enforced it: for the time of a roll-out.
pub(super) fn warn_of_foreign(
    entry: &mut Entry,
    here: &RouteHere,
    foreign: Foreign,
    headers: &HeaderMap,
) {
    entry.note_origin(headers);
    tracing::warn!(
        request_id = entry.request_id.to_str().unwrap_or_default(),
        method = entry.method.as_str(),
        route = &*here.label,
        cause = foreign.cause(),
        origin = entry.origin.as_deref(),
        "another site may have caused this request, and `csrf: log_only` lets it pass"
    );
}
