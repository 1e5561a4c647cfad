use http::Uri;
use proptest::prelude::*;

use super::*;
use crate::config::{Auth, Cookies, CsrfMode, Token};
use crate::refusal::BadPath;

mod meaning;

fn route(line: &str) -> Route {
    let (methods, place) = match line.split_once(' ') {
        Some((methods, place)) => (Some(methods.split(',').collect::<Vec<_>>()), place),
        None => (None, line),
    };
    let (host, path) = place.split_at(place.find('/').unwrap());
    Route {
        host: (!host.is_empty()).then(|| HostPattern::parse(host).unwrap()),
        path: PathPattern::parse(path).unwrap(),
        methods: methods.map(|methods| MethodSet::parse(&methods).unwrap()),
        upstream: 0,
        rewrite: None,
        auth: Auth::Required,
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

/// Routes as `[METHODS ]host/path`.
fn routes(lines: &[&str]) -> Routes {
    let lines: Vec<_> = lines.iter().map(|line| route(line)).collect();
    Routes::new(&lines).unwrap()
}

/// A request as `METHOD host/path`.
fn find(routes: &Routes, request: &str) -> Result<usize, Refusal> {
    let (method, place) = request.split_once(' ').unwrap();
    let (host, path) = place.split_at(place.find('/').unwrap());
    let target = Target::parse(&Uri::try_from(path).unwrap(), 8192).unwrap();
    routes.find(
        host,
        &target,
        &Method::from_bytes(method.as_bytes()).unwrap(),
    )
}

#[track_caller]
fn check(lines: &[&str], request: &str, expected: Result<&str, Refusal>) {
    let found = find(&routes(lines), request).map(|index| lines[index]);
    assert_eq!((request, found), (request, expected));
}

fn not_allowed(allow: &str) -> Result<&'static str, Refusal> {
    Err(Refusal::MethodNotAllowed {
        allow: allow.into(),
    })
}

const BOOKWELL: &[&str] = &[
    "/**",
    "/api/auth/**",
    "/api/agent/**",
    "/api/tenant-admin/**",
    "GET,PUT /api/tenant/landing-page",
    "/tenant/**",
];

#[test]
fn the_most_specific_path_wins_whatever_its_place() {
    check(BOOKWELL, "GET h/", Ok("/**"));
    check(BOOKWELL, "GET h/about/us", Ok("/**"));
    check(BOOKWELL, "POST h/api/agent/health", Ok("/api/agent/**"));
    check(BOOKWELL, "GET h/api/auth/session", Ok("/api/auth/**"));
    check(BOOKWELL, "GET h/api/agents", Ok("/**"));
    check(BOOKWELL, "GET h/apix", Ok("/**"));
    check(BOOKWELL, "GET h/api/tenant", Ok("/**"));
    check(
        BOOKWELL,
        "PUT h/api/tenant/landing-page",
        Ok("GET,PUT /api/tenant/landing-page"),
    );
}

#[test]
fn a_double_star_is_zero_or_more_segments() {
    for path in ["/tenant", "/tenant/", "/tenant/x", "/tenant/x/y/"] {
        check(&["/tenant/**"], &format!("GET h{path}"), Ok("/tenant/**"));
    }
    for path in ["/", "/tenants", "/Tenant/x", "/x/tenant"] {
        check(
            &["/tenant/**"],
            &format!("GET h{path}"),
            Err(Refusal::NotFound),
        );
    }
}

#[test]
fn a_star_is_one_segment_with_a_name() {
    check(&["/t/*"], "GET h/t/x", Ok("/t/*"));
    for path in ["/t", "/t/", "/t/x/", "/t/x/y"] {
        check(&["/t/*"], &format!("GET h{path}"), Err(Refusal::NotFound));
    }
}

#[test]
fn a_final_slash_is_another_path() {
    check(&["/a", "/a/"], "GET h/a", Ok("/a"));
    check(&["/a", "/a/"], "GET h/a/", Ok("/a/"));
    check(&["/a"], "GET h/a/", Err(Refusal::NotFound));
    check(&["/a/", "/a/**"], "GET h/a/", Ok("/a/"));
    check(&["/a", "/a/**"], "GET h/a", Ok("/a"));
}

#[test]
fn names_go_before_stars_segment_by_segment() {
    let lines = &[
        "/**", "/a/**", "/a/*", "/a/b", "/*/b", "/a/*/c", "/a/b/**", "/*/*/c",
    ];
    check(lines, "GET h/a/b", Ok("/a/b"));
    check(lines, "GET h/a/x", Ok("/a/*"));
    check(lines, "GET h/x/b", Ok("/*/b"));
    check(lines, "GET h/x/y", Ok("/**"));
    check(lines, "GET h/a/x/c", Ok("/a/*/c"));
    // `b` goes before `*`, even where the star is followed by a longer match.
    check(lines, "GET h/a/b/c", Ok("/a/b/**"));
    check(lines, "GET h/x/y/c", Ok("/*/*/c"));
    check(lines, "GET h/a/x/d", Ok("/a/**"));
}

#[test]
fn a_dead_end_is_left_again() {
    let lines = &["/a/b/c/d", "/a/*/c/e", "/a/**", "/*/b/c/f"];
    check(lines, "GET h/a/b/c/d", Ok("/a/b/c/d"));
    check(lines, "GET h/a/b/c/e", Ok("/a/*/c/e"));
    check(lines, "GET h/a/b/c/x", Ok("/a/**"));
    check(lines, "GET h/a/b/c/f", Ok("/a/**"));
    check(lines, "GET h/x/b/c/f", Ok("/*/b/c/f"));
    check(lines, "GET h/x/b/c/d", Err(Refusal::NotFound));
}

#[test]
fn segments_are_compared_decoded_once() {
    check(
        &["/café/**"].map(|_| "/caf%C3%A9/**"),
        "GET h/caf%c3%a9/x",
        Ok("/caf%C3%A9/**"),
    );
    check(&["/admin/**", "/**"], "GET h/%61dmin/x", Ok("/admin/**"));
    check(&["/admin/**", "/**"], "GET h/ADMIN/x", Ok("/**"));
}

// TH-09: exact before wildcard before any.
#[test]
fn the_most_specific_host_wins() {
    let lines = &["/**", "*.b.c/**", "a.b.c/**", "a.b.c/x", "/x/y"];
    check(lines, "GET a.b.c/", Ok("a.b.c/**"));
    check(lines, "GET a.b.c/x", Ok("a.b.c/x"));
    check(lines, "GET z.b.c/x", Ok("*.b.c/**"));
    check(lines, "GET y.z.b.c/x", Ok("/**"));
    check(lines, "GET b.c/x/y", Ok("/x/y"));
    check(lines, "GET localhost/", Ok("/**"));
    check(lines, "GET [::1]/", Ok("/**"));
}

#[test]
fn a_host_without_the_path_leaves_it_to_wider_hosts() {
    let lines = &["a.b/x", "*.b/y", "/z"];
    check(lines, "GET a.b/y", Ok("*.b/y"));
    check(lines, "GET a.b/z", Ok("/z"));
    check(lines, "GET a.b/w", Err(Refusal::NotFound));
    check(lines, "GET c.d/x", Err(Refusal::NotFound));
}

// TH-12.
#[test]
fn methods_divide_a_path() {
    let lines = &["GET /a", "POST,DELETE /a", "/**"];
    check(lines, "GET h/a", Ok("GET /a"));
    check(lines, "HEAD h/a", Ok("GET /a"));
    check(lines, "DELETE h/a", Ok("POST,DELETE /a"));
    check(lines, "PROPFIND h/b", Ok("/**"));
}

#[test]
fn a_method_that_the_path_does_not_take_is_not_handed_on() {
    let lines = &["GET /a", "POST /a", "GET a.b/a", "/**"];
    check(lines, "PUT h/a", not_allowed("GET, HEAD, POST"));
    check(lines, "POST a.b/a", not_allowed("GET, HEAD"));
    check(lines, "get h/a", not_allowed("GET, HEAD, POST"));
}

#[test]
fn trace_and_connect_are_taken_by_no_route() {
    let all = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
    check(&["/**"], "TRACE h/a", not_allowed(all));
    check(&["/**"], "CONNECT h/a", not_allowed(all));
    check(&["GET /a"], "TRACE h/a", not_allowed("GET, HEAD"));
}

// FC3.
#[test]
fn no_route_is_not_found() {
    check(&[], "GET h/", Err(Refusal::NotFound));
    check(&["/a"], "GET h/b", Err(Refusal::NotFound));
}

#[test]
fn our_own_paths_reach_no_route() {
    for path in [
        "/.vestibule",
        "/.vestibule/",
        "/.vestibule/jwks.json",
        "/%2evestibule/x",
    ] {
        check(
            &["/**", "/.vestibule/jwks.json"],
            &format!("GET h{path}"),
            Err(Refusal::NotFound),
        );
    }
    check(&["/**"], "GET h/.vestibules", Ok("/**"));
}

// TH-08: only where the route says so, and each alone.
#[test]
fn unusual_paths_need_the_word_of_their_route() {
    let cases = [
        (
            "/a%2fb",
            BadPath::EncodedSlash,
            Unusual {
                encoded_slash: true,
                ..Unusual::default()
            },
        ),
        (
            "/a//b",
            BadPath::EmptySegment,
            Unusual {
                empty_segments: true,
                ..Unusual::default()
            },
        ),
        (
            "/a;b",
            BadPath::PathParameter,
            Unusual {
                path_parameters: true,
                ..Unusual::default()
            },
        ),
        (
            "/a%23",
            BadPath::EncodedReserved,
            Unusual {
                encoded_reserved: true,
                ..Unusual::default()
            },
        ),
    ];
    for (path, fault, _) in cases {
        for (_, other, allow) in cases {
            let open = Routes::new(&[Route {
                allow,
                ..route("/**")
            }])
            .unwrap();
            let expected = if fault == other {
                Ok(0)
            } else {
                Err(Refusal::BadPath(fault))
            };
            assert_eq!(find(&open, &format!("GET h{path}")), expected, "{path}");
        }
        // Without a route it is malformed first and unknown second.
        assert_eq!(
            find(&routes(&[]), &format!("GET h{path}")),
            Err(Refusal::BadPath(fault))
        );
        let get = routes(&["GET /**"]);
        assert_eq!(
            find(&get, &format!("POST h{path}")),
            Err(Refusal::BadPath(fault))
        );
    }
    let page = Route {
        allow: Unusual::PAGES,
        ..route("GET /tag/*")
    };
    let pages = Routes::new(&[page]).unwrap();
    assert_eq!(find(&pages, "GET h/tag/C%23"), Ok(0));
    assert_eq!(
        find(&pages, "POST h/tag/C%23"),
        Err(Refusal::MethodNotAllowed {
            allow: "GET, HEAD".into()
        })
    );
}

#[test]
fn an_encoded_slash_divides_nothing() {
    let pages = |path| Route {
        allow: Unusual::PAGES,
        ..route(path)
    };
    let one = Routes::new(&[pages("/*")]).unwrap();
    assert_eq!(find(&one, "GET h/a%2fb"), Ok(0));
    let two = Routes::new(&[pages("/a/*")]).unwrap();
    let refused = Err(Refusal::BadPath(BadPath::EncodedSlash));
    assert_eq!(find(&two, "GET h/a%2fb"), refused);
}

#[track_caller]
fn check_conflicts(lines: &[&str], expected: &[(usize, usize)]) {
    let lines: Vec<_> = lines.iter().map(|line| route(line)).collect();
    let conflicts = Routes::new(&lines).err().unwrap_or_default();
    let found: Vec<_> = conflicts
        .iter()
        .map(|tie| (tie.first, tie.second))
        .collect();
    assert_eq!(found, expected);
}

// TH-11.
#[test]
fn ties_are_all_reported() {
    check_conflicts(&["/a", "/b", "/a"], &[(0, 2)]);
    check_conflicts(&["/a", "/a", "/a"], &[(0, 1), (0, 2), (1, 2)]);
    check_conflicts(
        &["GET /a", "GET,POST /a", "HEAD /a"],
        &[(0, 1), (0, 2), (1, 2)],
    );
    check_conflicts(&["GET /a", "/a"], &[(0, 1)]);
    check_conflicts(&["/%61", "/a"], &[(0, 1)]);
    check_conflicts(&["/x/**", "/x/**"], &[(0, 1)]);
    check_conflicts(&["A.b/x", "a.B./x"], &[(0, 1)]);
}

#[test]
fn different_specificity_is_no_tie() {
    check_conflicts(&["GET /a", "POST /a"], &[]);
    check_conflicts(&["/a", "/a/", "/a/*", "/a/**", "/*", "/**", "/*/**"], &[]);
    check_conflicts(&["/a", "h/a", "*.h/a", "h.h/a"], &[]);
}

#[test]
fn ten_thousand_routes_are_each_found() {
    let lines: Vec<_> = (0..10_000)
        .map(|n| format!("/api/{}/r{n}/**", n % 100))
        .collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let routes = routes(&lines);
    for n in 0..10_000 {
        assert_eq!(
            find(&routes, &format!("GET h/api/{}/r{n}/x", n % 100)),
            Ok(n)
        );
    }
    assert_eq!(find(&routes, "GET h/api/0/r1/x"), Err(Refusal::NotFound));
}

proptest! {
    // TH-04.
    #[test]
    fn the_query_decides_nothing(path in "(/(api|agent|tenant|auth|x|%61)){1,4}", query in "[!-~&&[^#<>\"]]{0,20}") {
        let routes = routes(BOOKWELL);
        let without = find(&routes, &format!("GET h{path}"));
        prop_assert_eq!(find(&routes, &format!("GET h{path}?{query}")), without);
    }

    // The tree finds what comparing each pattern with the segments would.
    #[test]
    fn a_found_route_matches_and_a_missing_one_does_not(
        paths in proptest::collection::hash_set("(/[ab*]){1,3}(/\\*\\*)?", 1..8),
        path in "(/[abc]{0,1}){1,4}",
    ) {
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        let target = Target::parse(&Uri::try_from(path.as_str()).unwrap(), 99).unwrap();
        let open = paths.iter().map(|line| {
            let allow = Unusual { empty_segments: true, ..Unusual::default() };
            Route { allow, ..route(line) }
        });
        let routes = Routes::new(&open.collect::<Vec<_>>()).unwrap();
        match routes.find("h", &target, &Method::GET) {
            Ok(index) => prop_assert!(matches(paths[index], &path)),
            // Without its empty segments it belongs to another route.
            Err(Refusal::BadPath(BadPath::EmptySegment)) => {
                prop_assert!(path.contains("//") || path.ends_with('/'));
            }
            Err(_) => prop_assert!(paths.iter().all(|pattern| !matches(pattern, &path))),
        }
    }
}

/// The definition of a glob, without a tree.
fn matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/').skip(1);
    for piece in pattern.split('/').skip(1) {
        match (piece, segments.next()) {
            ("**", _) => return true,
            ("*", Some("")) | (_, None) => return false,
            ("*", Some(_)) => {}
            (name, Some(segment)) if name == segment => {}
            (_, Some(_)) => return false,
        }
    }
    segments.next().is_none()
}

/// An unusual path that somebody behind us reads as a path of another route went around its guard.
#[test]
fn an_unusual_path_goes_only_where_its_other_readings_go() {
    let mut lines: Vec<_> = ["/**", "/admin/**", "/files/*"]
        .iter()
        .map(|line| route(line))
        .collect();
    for route in &mut lines {
        route.allow = Unusual {
            empty_segments: true,
            ..Unusual::PAGES
        };
    }
    let routes = Routes::new(&lines).unwrap();
    for (path, expected) in [
        ("/admin%2fx", Err(BadPath::EncodedSlash)),
        ("/admin;x/y", Err(BadPath::PathParameter)),
        ("/admin%3bx/y", Err(BadPath::PathParameter)),
        ("/%2561dmin/x", Err(BadPath::EncodedReserved)),
        ("//admin/x", Err(BadPath::EmptySegment)),
        ("/;x/admin/y", Err(BadPath::PathParameter)),
        ("/admin%3f/y", Err(BadPath::EncodedReserved)),
        ("/%2fadmin/x", Err(BadPath::EncodedSlash)),
        ("/files/a%2fb", Err(BadPath::EncodedSlash)),
        ("/x/a%2fb;c", Ok(0)),
        ("/x//y", Ok(0)),
        ("/admin/a%2fb", Ok(1)),
        ("/admin/a;b/%253c", Ok(1)),
        ("/files/a;b", Ok(2)),
        ("/files/%2541", Ok(2)),
    ] {
        let found = find(&routes, &format!("GET any.test{path}"));
        assert_eq!(found, expected.map_err(Refusal::BadPath), "{path}");
    }
    // Where no other route takes the other reading, an upstream may have it.
    let alone = Routes::new(&lines[2..]).unwrap();
    assert_eq!(find(&alone, "GET any.test/files/a%2fb"), Ok(0));
}

/// TH-05: many servers take `/a/` for `/a`.
#[test]
fn a_final_slash_is_no_way_around_a_guard() {
    let mut open = route("/**");
    open.auth = Auth::Optional;
    let mut page = route("/docs");
    page.auth = Auth::None;
    let routes = Routes::new(&[
        open,
        page,
        route("/admin"),
        route("GET /rooms/*"),
        route("/files/**"),
    ])
    .unwrap();
    let refused = Err(Refusal::BadPath(BadPath::EmptySegment));
    for (request, expected) in [
        ("GET x.test/admin", Ok(2)),
        ("GET x.test/admin/", refused.clone()),
        ("GET x.test/rooms/7/", refused.clone()),
        ("PUT x.test/rooms/7/", refused),
        ("GET x.test/docs/", Ok(0)),
        ("GET x.test/files/", Ok(4)),
        ("GET x.test/files/a/", Ok(4)),
        ("GET x.test/other/", Ok(0)),
        ("GET x.test/", Ok(0)),
    ] {
        assert_eq!((request, find(&routes, request)), (request, expected));
    }
}
