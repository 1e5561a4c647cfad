//! What Next.js believes between its own parts does not come from a client (TH-21).

use crate::gateway::{Gateway, signed_in};
use crate::upstream::{OK, Upstream};

/// next 16.4.6: `server-ipc/utils.js`, `lib/constants.js`; the older ones by CVE-2025-29927 and CVE-2024-46982.
const INTERNAL: [&str; 19] = [
    "x-middleware-subrequest",
    "x-middleware-subrequest-id",
    "x-middleware-rewrite",
    "x-middleware-redirect",
    "x-middleware-set-cookie",
    "x-middleware-skip",
    "x-middleware-override-headers",
    "x-middleware-next",
    "x-middleware-request-cookie",
    "x-invoke-path",
    "x-invoke-status",
    "x-now-route-matches",
    "x-matched-path",
    "next-resume",
    "x-next-resume-state-length",
    "x-next-revalidated-tags",
    "x-next-revalidate-tag-token",
    "x-prerender-revalidate",
    "x-prerender-revalidate-if-generated",
];

/// What a browser with the app or the pages router sends.
const NAVIGATION: [(&str, &str); 8] = [
    ("next-action", "40d6f2"),
    ("next-hmr-refresh", "1"),
    ("next-router-prefetch", "1"),
    ("next-router-segment-prefetch", "/_tree"),
    ("next-router-state-tree", "%5B%22%22%5D"),
    ("next-url", "/tenant"),
    ("rsc", "1"),
    ("x-nextjs-data", "1"),
];

#[test]
fn its_inner_headers_are_stripped_and_its_navigation_passes() {
    let upstream = Upstream::answering(OK);
    let gateway = Gateway::start(&format!(
        "upstreams: {{ web: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/**', to: web, auth: optional }}\n\
         - {{ path: '/tenant/**', to: web, auth: required }}\n",
        upstream.address
    ));
    let mut lines = vec![signed_in()];
    for name in INTERNAL {
        lines.push(format!("{name}: 1"));
        lines.push(format!("{}: 1", name.to_ascii_uppercase()));
        lines.push(format!("{}: 1", name.replace('-', "_")));
        lines.push(format!("{}: 1", name.replacen('-', "_", 1)));
    }
    for (name, value) in NAVIGATION {
        lines.push(format!("{name}: {value}"));
    }
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    for path in ["/a", "/tenant/a"] {
        let response = gateway.client().get(path, &lines);
        assert_eq!(response.status, 200, "{path}");
        let headers = upstream.seen().headers;
        for (name, _) in &headers.0 {
            let folded = name.replace('_', "-");
            assert!(!INTERNAL.contains(&folded.as_str()), "{name}");
        }
        for (name, value) in NAVIGATION {
            assert_eq!(headers.get(name), Some(value), "{name}");
        }
    }
}
