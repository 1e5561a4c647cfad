//! A request of HTTP/2 in the form that every request has from hop 1 on.

use http::header::{CONTENT_LENGTH, COOKIE, Entry, HOST};
use http::{HeaderMap, HeaderValue, Request, Uri};

use crate::request::Host;

/// Writes what HTTP/2 says in its own way as HTTP/1.1 would: the host in `Host`, the target in
/// origin-form, the cookies in one line.
///
/// What has no single meaning is left so that hop 1 finds and refuses it. Of `:scheme` nothing is
/// believed: the connection says whether it is TLS.
pub(super) fn plain<B>(mut request: Request<B>) -> Request<B> {
    if let Some(authority) = request.uri().authority() {
        let authority = HeaderValue::from_str(authority.as_str());
        let headers = request.headers_mut();
        if let Ok(authority) = authority {
            name_host(headers, authority);
        }
    }
    if let Some(target) = request.uri().path_and_query() {
        *request.uri_mut() = Uri::from(target.clone());
    }
    let headers = request.headers_mut();
    join_crumbs(headers);
    // h2 takes two lengths only where they are one number, and what goes up has one line of it.
    if let Entry::Occupied(mut length) = headers.entry(CONTENT_LENGTH)
        && length.iter().nth(1).is_some()
    {
        let first = length.get().clone();
        length.insert(first);
    }
    request
}

/// RFC 9113 §8.3.1: `:authority` is the host, and a `Host` beside it says the same.
///
/// Where it does not, there are two lines then, which nobody takes (PT7).
fn name_host(headers: &mut HeaderMap, authority: HeaderValue) {
    let same = |line: &HeaderValue| *line == authority || is_same_host(line, &authority);
    if !headers.get_all(HOST).iter().any(same) {
        headers.append(HOST, authority);
    }
}

fn is_same_host(left: &HeaderValue, right: &HeaderValue) -> bool {
    let host = Host::parse(left);
    host.is_some() && host == Host::parse(right)
}

/// RFC 9113 §8.2.3: cookies may come in crumbs, which are one line for everybody behind.
fn join_crumbs(headers: &mut HeaderMap) {
    let Entry::Occupied(mut entry) = headers.entry(COOKIE) else {
        return;
    };
    if entry.iter().nth(1).is_none() {
        return;
    }
    let crumbs: Vec<_> = entry.iter().map(HeaderValue::as_bytes).collect();
    // Values that were header values are one together, too.
    if let Ok(mut line) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..])) {
        line.set_sensitive(true);
        entry.insert(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, lines: &[(&'static str, &str)], target: &str, expected: &[(&str, &str)]) {
        let mut request = Request::builder().uri(uri);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let request = plain(request.body(()).unwrap());
        assert_eq!(request.uri().to_string(), target);
        let mut found: Vec<_> = request.headers().iter().collect();
        found.sort_by_key(|(name, _)| name.as_str());
        let found: Vec<_> = found
            .into_iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_authority_is_the_host() {
        check("https://app.test/a?b", &[], "/a?b", &[("host", "app.test")]);
        let same = [("host", "App.test")];
        check("https://app.test/", &same, "/", &same);
        check("/a", &[], "/a", &[]);
    }

    #[test]
    fn two_hosts_are_left_for_hop_1() {
        check(
            "https://app.test/",
            &[("host", "other.test")],
            "/",
            &[("host", "other.test"), ("host", "app.test")],
        );
        let twice = [("host", "app.test"), ("host", "app.test")];
        check("https://app.test/", &twice, "/", &twice);
    }

    #[test]
    fn crumbs_are_one_line_in_their_order() {
        let crumbs = [("cookie", "a=1"), ("cookie", "b=2; c=3"), ("cookie", "a=4")];
        let joined = [("cookie", "a=1; b=2; c=3; a=4")];
        check("/", &crumbs, "/", &joined);
    }

    #[test]
    fn a_length_stands_once() {
        let twice = [("content-length", "5"), ("content-length", "5")];
        check("/", &twice, "/", &twice[..1]);
    }
}
