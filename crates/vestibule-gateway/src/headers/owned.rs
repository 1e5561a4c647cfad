//! The names that are ours: what a client says under them never reaches an upstream (HD2, TP2, TH-21).

/// Whether an upstream may believe this header, so that only we may send it.
///
/// Servers that fold names for CGI read `_` as `-`: both spellings are one name here (TH-15).
pub(super) fn is_owned(name: &str) -> bool {
    if name.contains('_') {
        return is_owned_dashed(&name.replace('_', "-"));
    }
    is_owned_dashed(name)
}

/// Whether it is a mark of ours, which no upstream may forge (TH-29).
pub(super) fn is_of_gateway(name: &str) -> bool {
    name.starts_with("vestibule-") || name.starts_with("x-vestibule-")
}

/// Among them what Next.js believes between its own parts: that middleware ran, another path, a half-made
/// page to be resumed, a cached one to be made again (next 16.4.6, `server-ipc/utils.js` and
/// `lib/constants.js`; CVE-2025-29927). Browsers send `x-nextjs-data`, so it passes.
fn is_owned_dashed(name: &str) -> bool {
    let Some(rest) = name.strip_prefix("x-") else {
        return is_of_gateway(name)
            || matches!(
                name,
                "authorization"
                    | "cf-connecting-ip"
                    | "forwarded"
                    | "next-resume"
                    // CGI makes `HTTP_PROXY` of it, which clients of HTTP take for their proxy (CVE-2016-5385).
                    | "proxy"
                    | "proxy-authorization"
                    | "client-ip"
                    | "fastly-client-ip"
                    | "front-end-https"
                    | "remote-email"
                    | "remote-groups"
                    | "remote-name"
                    | "remote-user"
                    | "traceparent"
                    | "tracestate"
                    | "true-client-ip"
                    | "via"
            );
    };
    rest.starts_with("vestibule-")
        || rest.starts_with("forwarded-")
        || rest.starts_with("original-")
        || rest.starts_with("auth-request-")
        || rest.starts_with("middleware-")
        || rest.starts_with("invoke-")
        || rest.starts_with("next-revalidate")
        || rest.starts_with("next-resume-")
        || rest.starts_with("prerender-")
        || matches!(
            rest,
            "client-ip"
                | "matched-path"
                | "now-route-matches"
                | "cluster-client-ip"
                | "goog-authenticated-user-email"
                | "goog-authenticated-user-id"
                | "real-ip"
                | "remote-user"
                | "request-id"
                | "rewrite-url"
                | "url-scheme"
                | "webauth-user"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_owned_name_is_owned() {
        for name in [
            "authorization",
            "x-forwarded-for",
            "x-forwarded-user",
            "x_forwarded_user",
            "x-forwarded_for",
            "forwarded",
            "x-real-ip",
            "x_real_ip",
            "vestibule-jwt-assertion",
            "vestibule_session",
            "x-vestibule-anything",
            "x-auth-request-email",
            "remote-user",
            "remote_user",
            "x-middleware-subrequest",
            "x-invoke-path",
            "x-middleware-set-cookie",
            "x_middleware_subrequest",
            "next-resume",
            "x-next-resume-state-length",
            "x-next-revalidated-tags",
            "x-next-revalidate-tag-token",
            "x-prerender-revalidate",
            "x-prerender-revalidate-if-generated",
            "x-matched-path",
            "x-now-route-matches",
            "x-original-url",
            "x-request-id",
            "traceparent",
            "true-client-ip",
            "cf-connecting-ip",
            "proxy",
        ] {
            assert!(is_owned(name), "{name}");
        }
    }

    #[test]
    fn names_of_the_application_pass() {
        for name in [
            "accept",
            "x-csrf",
            "x-requested-with",
            "rsc",
            "next-action",
            "next-router-prefetch",
            "next-url",
            "x-nextjs-data",
            "next-router-state-tree",
            "x-tenant-id",
            "x-forward",
            "my_header",
            "cookie",
        ] {
            assert!(!is_owned(name), "{name}");
        }
    }
}
