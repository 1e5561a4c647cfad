//! The methods of routes, one table (TH-12).

use crate::gateway::Gateway;
use crate::upstream::Upstream;

#[test]
fn each_route_takes_its_methods_and_no_other() {
    let upstream = Upstream::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let gateway = Gateway::start(&format!(
        "upstreams: {{ api: {{ url: 'http://{}' }} }}\n\
         routes:\n\
         - {{ path: '/**', to: api, auth: none, csrf: off }}\n\
         - {{ path: /read, to: api, auth: none, methods: [GET] }}\n\
         - {{ path: /write, to: api, auth: none, methods: [PUT, DELETE] }}\n\
         - {{ path: /both, to: api, auth: none, methods: [GET] }}\n\
         - {{ path: /both, to: api, auth: none, methods: [POST, BREW] }}\n\
         - {{ path: /shared, to: api, auth: none, methods: [GET], cors: {{ origins: ['*'] }} }}\n",
        upstream.address
    ));
    let all = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
    for (path, taken, refused, allow) in [
        (
            "/any",
            "GET HEAD POST PUT PATCH DELETE OPTIONS BREW",
            "TRACE CONNECT",
            all,
        ),
        (
            "/read",
            "GET HEAD",
            "POST PUT PATCH DELETE OPTIONS BREW TRACE CONNECT get",
            "GET, HEAD",
        ),
        (
            "/write",
            "PUT DELETE",
            "GET HEAD POST PATCH OPTIONS TRACE CONNECT",
            "DELETE, PUT",
        ),
        (
            "/both",
            "GET HEAD POST BREW",
            "PUT PATCH DELETE OPTIONS TRACE CONNECT brew",
            "BREW, GET, HEAD, POST",
        ),
        ("/shared", "GET HEAD", "POST OPTIONS TRACE", "GET, HEAD"),
    ] {
        for method in taken.split(' ') {
            let line = format!("{method} {path}");
            let response = gateway.client().request(&line, &["Content-Length: 0"]);
            assert_eq!(response.status, 200, "{line}");
            assert_eq!(upstream.seen().line, format!("{line} HTTP/1.1"));
        }
        for method in refused.split(' ') {
            let line = format!("{method} {path}");
            let response = gateway.client().request(&line, &["Content-Length: 0"]);
            assert_eq!(response.status, 405, "{line}");
            assert_eq!(
                response.headers.get("vestibule-refusal"),
                Some("method_not_allowed")
            );
            let told = response.headers.get("allow").unwrap_or_default();
            let expected = if method == "CONNECT" { all } else { allow };
            assert_eq!(told, expected, "{line}");
        }
    }
    assert!(upstream.is_untouched());
}
