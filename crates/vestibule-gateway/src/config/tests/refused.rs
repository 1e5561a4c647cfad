//! What is refused, where, and with which advice.
//!
//! A table has one fault a line: what is written | path of the problem | message | hint,
//! the latter two as parts of the whole text.

use super::*;

/// Writes each first cell, in `frame` for `{}`, as line `number` of the small file,
/// and expects exactly one problem, in that line.
#[track_caller]
fn check(number: usize, frame: &str, table: &str) {
    for row in table.lines().filter(|row| !row.trim().is_empty()) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let [written, path, message, hint] = cells.as_slice() else {
            panic!("not four cells: {row}");
        };
        let text = small_with(number, &frame.replace("{}", written));
        check_process(
            &Process::with_file(text).variable("WEAK", "short"),
            number,
            path,
            message,
            hint,
        );
    }
}

#[track_caller]
fn check_process(process: &Process, number: usize, path: &str, message: &str, hint: &str) {
    let loaded = process.load();
    let [problem] = loaded.problems.as_slice() else {
        panic!("{path}: not one problem:\n{}", texts(&loaded.problems));
    };
    assert_eq!(problem.place.path, path, "{problem}");
    assert!(problem.message.contains(message), "{problem}");
    assert!(problem.hint.contains(hint), "{problem}");
    let Origin::File { line, .. } = &problem.place.origin else {
        panic!("not in the file: {problem}");
    };
    assert_eq!(*line, number as u64, "{problem}");
    assert_eq!(loaded.config.is_none(), problem.severity == Severity::Error);
}

fn texts(problems: &[Problem]) -> String {
    let texts = problems.iter().map(|problem| format!("{problem}\n"));
    texts.collect()
}

#[test]
fn wrong_addresses_are_refused() {
    let table = r"
        listen: 8080                      | listen          | `8080` is not an address | 0.0.0.0:8080
        admin: { listen: everywhere:1 }   | admin.listen    | not an address           | [::]:8080
        admin: { listen: 0.0.0.0:8080 }   | admin.listen    | address of the public    | another port
        admin: on                         | admin           | `on` is not a value      | `off`
        trusted_proxies: [0.0.0.0/0]      | trusted_proxies[0] | trusts everybody      | name the
        trusted_proxies: [proxy]          | trusted_proxies[0] | not an address        | 10.0.0.0/8
        trusted_proxies: ['::/0']         | trusted_proxies[0] | trusts everybody      | name the
        trusted_proxies: ['::ffff:0:0/96'] | trusted_proxies[0] | trusts everybody     | name the
        trusted_proxies: 10.0.0.0/8       | trusted_proxies | cannot be                | a list
    ";
    check(6, "{}", table);
    let table = r"
        app.example.com                   | public_url | not the origin | https://app
        https://app.example.com/x         | public_url | not the origin | host only
        ftp://app.example.com             | public_url | not the origin | https://app
        https://u:hunter2@app.example.com | public_url | <redacted>     | host only
        https://u:hunter2@app.example.com/x | public_url | <redacted>   | host only
    ";
    check(1, "public_url: {}", table);
}

#[test]
fn wrong_keys_and_shapes_are_refused() {
    let table = r"
        lisen: 0.0.0.0:1         | lisen      | unknown key `lisen`   | did you mean `listen`?
        refresh: { grace: 1s }   | refresh    | unknown key `refresh` | does not have `refresh` yet
        completely: 1            | completely | unknown key           | the keys here are
        workers: many            | workers    | cannot be `many`      | a whole number
        workers: -1              | workers    | cannot be `-1`        | a whole number
        workers: 0               | workers    | is zero               | at least 1
        danger_weak_secrets: yes | danger_weak_secrets | cannot be `yes` | `true` or `false`
        timeouts:                | timeouts   | has no value          | remove the key
        timeouts: [10s]          | timeouts   | is a list             | drain: …
        listen: { port: 1 }      | listen     | is a map              | a text
        listen: ${MY_PORT}       | listen     | `MY_PORT` is not set  | ${MY_PORT:-…}
        listen: ${MY_PORT        | listen     | is not closed         | `$$`
    ";
    check(6, "{}", table);
}

#[test]
fn broken_yaml_is_refused() {
    let table = "
        listen: \"0.0.0.0:1               | | not good YAML | quotes
        \t- a                             | | not good YAML | indentation
        timeouts: { <<: { drain: 1s } }   | | not good YAML | quotes
    ";
    check(6, "{}", table);
}

#[test]
fn a_key_that_is_written_twice_is_one_problem_of_many() {
    let table = "
        session: {}                  | session        | twice, first at vestibule.yaml:2:1 | remove one
        limits: { body: 1B, body: 2B } | limits.body  | the key `body` is written twice    | remove one
    ";
    check(6, "{}", table);
    check(
        6,
        "  - { path: /a, {}, to: web, auth: none }",
        "to: web | routes[1].to | written twice | remove one",
    );
    let text = small_with(6, "session: {}\nlisten: nowhere\nlisten: elsewhere");
    let loaded = Process::with_file(text).load();
    let paths = loaded.problems.iter().map(|it| it.place.path.as_str());
    assert_eq!(paths.collect::<Vec<_>>(), ["session", "listen", "listen"]);
}

#[test]
fn wrong_durations_and_sizes_are_refused() {
    let table = r"
        timeouts: { drain: 30 }     | timeouts.drain     | `30` is not a duration | a unit
        timeouts: { drain: 0s }     | timeouts.drain     | is zero         | how long
        limits: { body: 0B }        | limits.body        | is zero         | size such as
        limits: { target: unlimited } | limits.target    | not a size      | 64KiB
        limits: { headers: 4KiB }   | limits.headers     | less than 8KiB  | 64KiB
        limits: { connections: 0 }  | limits.connections | is zero         | at least 1
        limits: { streams: 0 }      | limits.streams     | is zero         | at least 1
        limits: { streams: 20000 }  | limits.streams     | no sensible number | at most 10000
        h2c: on                     | h2c                | cannot be `on`  | `true`
        limits: { header_count: 18446744073709551615 } | limits.header_count | no sensible number | at most 10000
        limits: { headers: 2MiB }   | limits.headers     | more than a head can have | 1MiB
        limits: { target: 2MiB }    | limits.target      | more than a head can have | 1MiB
        workers: 5000               | workers            | no sensible number | at most 1024
    ";
    check(6, "{}", table);
    let table = r"
        timeout: soon      | upstreams.web.timeout       | not a duration | 30s
        total_timeout: 0s  | upstreams.web.total_timeout | is zero        | unlimited
    ";
    check(3, "upstreams: { web: { url: http://a, {} } }", table);
}

#[test]
fn wrong_upstreams_are_refused() {
    let table = r"
        http://u:hunter2@api  | upstreams.web.url | names a user          | to `@`
        http://api/?q         | upstreams.web.url | has a query           | remove it
        'http://api/#f'       | upstreams.web.url | fragment              | remove it
        api:3000              | upstreams.web.url | is not                | http://127.0.0.1:3000
        ftp://api             | upstreams.web.url | not an http URL       | http://host:port
        http://api/a/../b     | upstreams.web.url | in front of every path | whole segments
        http://api/v1/**      | upstreams.web.url | in front of every path | into `to`
    ";
    check(3, "upstreams: { web: { url: {} } }", table);
    let table = r"
        web: {}                                 | upstreams.web.url | has no `url`    | add `url:`
        web: { url: http://a }, 'a.b': { url: http://b } | upstreams.a.b | cannot be the name | letters
    ";
    check(3, "upstreams: { {} }", table);
}

#[test]
fn wrong_session_values_are_refused() {
    let table = r"
        sign_in: //evil.example         | session.sign_in | not a path on the same origin | /api/auth
        sign_in: https://evil.example   | session.sign_in | not a path | the path alone
        sign_in: '/\evil.example'       | session.sign_in | not a path | the path alone
        identity_claims: []             | session.identity_claims | without an identity claim | /sub
        identity_claims: [user.id]      | session.identity_claims[0] | not name a claim | /user/id
        max_age: 0s                     | session.max_age | is zero | unlimited
        cache_entries: 99999999 | session.cache_entries | no sensible number | at most
        cookies: [{ name: a b, version: v5 }] | session.cookies[0].name | cannot be the name | letters
        cookies: [{ name: a }]          | session.cookies[0].version | has no `version` | `v4` or `v5`
        cookies: [{ name: a, version: v6 }] | session.cookies[0].version | `v6` is not | `v4`
        cookies: [{ name: a, version: v4, salt: b }] | session.cookies[0].salt | without a salt | v5
        cookies: [{ name: a, version: v4 }, { name: a, version: v5 }] | session.cookies[1].name | twice | one
    ";
    let frame = "session: { secrets: [\"${AUTH_SECRET}\"], {} }";
    check(2, frame, table);
}

#[test]
fn wrong_secrets_are_refused() {
    let table = r"
        secrets: [kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A] | session.secrets[0] | stands in the configuration | variable
        secrets: ['']             | session.secrets[0]      | is empty                    | vestibule secret
        secrets: ['${WEAK}']      | session.secrets[0]      | shorter than 32             | danger_weak_secrets
        secrets: ['${NONE}']      | session.secrets[0]      | `NONE` is not set           | set it
        secrets: []               | session                 | no secret to open them with | AUTH_SECRET
        secret_files: [/run/none] | session.secret_files[0] | `/run/none` cannot be read  | correct the path
    ";
    check(2, "session: { {} }", table);
}

#[test]
fn a_secret_that_is_not_set_hides_no_weak_one() {
    let file = Process::with_file(
        "session: { secrets: ['${NONE}', '${WEAK}'] }\nupstreams: { web: { url: http://w } }\nroutes: [{ path: /**, to: web, auth: none }]\n",
    );
    let loaded = file.variable("WEAK", "short").load();
    let places: Vec<_> = (loaded.problems.iter())
        .map(|problem| problem.place.path.as_str())
        .collect();
    assert_eq!(places, ["session.secrets[0]", "session.secrets[1]"]);
}

#[test]
fn missing_routes_are_asked_for_with_an_entry() {
    let loaded = Process::with_file("upstreams: { web: { url: http://w } }\n").load();
    let hints: Vec<_> = (loaded.problems.iter())
        .map(|problem| problem.hint.as_str())
        .collect();
    let entry = "add `routes:` with a list of entries such as `- { path: …, to: …, auth: … }`";
    assert!(hints.contains(&entry), "{hints:?}");
}

#[test]
fn wrong_routes_are_refused() {
    let table = r"
        to: web, auth: none               | routes[1].path | has no `path`          | add `path:`
        path: /a, to: web                 | routes[1].auth | has no `auth`          | `none` or `optional` or `required`
        path: /a, auth: none              | routes[1].to   | has no `to`            | add `to:`
        path: /a, to: wbe, auth: none     | routes[1].to   | no upstream `wbe`      | did you mean `web`?
        path: /a, to: other, auth: none   | routes[1].to   | no upstream `other`    | `web`
        path: a, to: web, auth: none      | routes[1].path | begins with `/`        | /api/agent/**
        path: /a/**/b, to: web, auth: none | routes[1].path | only at the end       | `*`
        path: /a/**, to: 'web:/b', auth: none | routes[1].to | ends in `**`         | alike
        path: /a, to: 'web:b', auth: none | routes[1].to   | begins with `/`        | end both
        path: /a, to: web, auth: never    | routes[1].auth | `never` is not         | `required`
        path: /a, to: web, auth: requird  | routes[1].auth | `requird`              | did you mean `required`?
        path: /a, to: web, auth: none, methods: [TRACE] | routes[1].methods | TRACE | remove
        path: /a, to: web, auth: none, methods: [get] | routes[1].methods | `get`   | `GET`
        path: /a, to: web, auth: none, host: 'a:1' | routes[1].host | port          |
        path: /a, to: web, auth: none, allow: [dots] | routes[1].allow[0] | `dots`  | slash
        path: /a%2fb, to: 'web:/c', auth: none | routes[1].path | unusual           | `allow`
        path: /a, to: web, auth: none, body: 5 | routes[1].body | not a size        | 10MiB
        path: /a, to: web, auth: none, refresh: {} | routes[1].refresh | unknown    | yet
        path: /**, to: web, auth: none, methods: [GET] | routes[1].path | `routes[0]` (vestibule.yaml:5: | change
    ";
    check(6, "  - { {} }", table);
}

#[test]
fn wrong_tokens_are_refused() {
    let table = r"
        required, token: mint              | routes[1].token      | `mint` is not a value | `mint` yet
        required, token: { mint: { a: b } } | routes[1].token.mint | unknown key          | `mint` yet
        required, token: { claim: token }  | routes[1].token      | does not name a claim | `/token`
        required, token: { clam: /a }      | routes[1].token.clam | unknown key `clam`    | mean `claim`?
        none, token: { claim: /t }         | routes[1].token      | comes from a session  | `auth: required`
        none, accept_bearer_session: true  | routes[1].accept_bearer_session | does not look | remove the key
    ";
    check(6, "  - { path: /a, to: web, auth: {} }", table);
}

#[test]
fn paths_of_the_gateway_itself_are_no_routes() {
    let table = r"
        /.vestibule/**   | routes[1].path | belongs to the gateway | another path
        /.vestibule/x    | routes[1].path | belongs to the gateway | another path
        /.vestibule      | routes[1].path | belongs to the gateway | another path
    ";
    check(6, "  - { path: {}, to: web, auth: none }", table);
    let file = small_with(6, "  - { path: /.vestibules, to: web, auth: none }");
    Process::with_file(file).config();
}

#[test]
fn a_sign_in_page_behind_a_session_is_remarked() {
    let table = r"
        /api/auth/**, to: web, auth: required        | routes[1].auth | nobody could sign in | auth: none
        /api/auth/signin, to: web, auth: required    | routes[1].auth | nobody could sign in | auth: none
        /api/**, to: web, auth: required, host: app.example.com | routes[1].auth | sign in | auth: none
    ";
    check(6, "  - { path: {} }", table);
    for path in [
        "/api/auth/session",
        "/api/*/signin/x",
        "/api/auth/**, host: a.example",
    ] {
        let line = format!("  - {{ path: {path}, to: web, auth: required }}");
        Process::with_file(small_with(6, &line)).config();
    }
}

#[test]
fn a_secret_in_a_file_that_everybody_can_read_is_refused() {
    let file = small_with(2, &format!("session: {{ secrets: [{SECRET}] }}"));
    let mut process = Process::with_file(file);
    let warned = process.load();
    assert!(warned.config.is_some());
    assert!(warned.problems[0].message.contains("configuration itself"));
    process.exposed = Some("vestibule.yaml");
    check_process(
        &process,
        2,
        "session.secrets[0]",
        "every user of this machine can read",
        "make a new one",
    );
}

#[test]
fn a_file_without_routes_is_refused() {
    let head = small()[..3].join("\n");
    let process = Process::with_file(format!("{head}\nroutes: []"));
    check_process(&process, 4, "routes", "there is no route", "add one");
    let process = Process::with_file(format!("{head}\nroute: []"));
    check_process(
        &process,
        4,
        "route",
        "unknown key",
        "did you mean `routes`?",
    );
    let process = Process::with_file(head);
    check_process(&process, 1, "routes", "`routes` is missing", "a list");
}

#[test]
fn all_problems_come_at_once_and_in_the_order_of_the_file() {
    let text = r#"
listen: nowhere
lmits: {}
session: { secrets: ["${MISSING}"], max_age: 0s }
upstreams: { web: { url: ftp://a, timeout: 1 } }
routes:
  - { path: /**, to: wbe, auth: maybe }
  - { path: nowhere, to: web }
"#;
    let loaded = Process::with_file(text).load();
    let found = loaded.problems.iter().map(|problem| &problem.place.path);
    let expected = [
        "listen",
        "lmits",
        "session.secrets[0]",
        "session.max_age",
        "upstreams.web.url",
        "upstreams.web.timeout",
        "routes[0].to",
        "routes[0].auth",
        "routes[1].auth",
        "routes[1].path",
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    assert!(loaded.config.is_none());
}

#[test]
fn debug_output_never_shows_a_value() {
    let text = "session: { secrets: [hunter2] }\nupstreams: { a: { url: 'http://u:hunter2@a' } }";
    let tree = yaml::parse(Path::new("vestibule.yaml"), text, &mut Vec::new()).unwrap();
    let raw: RawConfig = serde_json::from_value(serde_json::json!({
        "session": { "secrets": ["hunter2"] },
        "upstreams": { "a": { "url": "http://u:hunter2@a" } },
    }))
    .unwrap();
    let shown = format!("{tree:?} {raw:?}");
    assert!(
        shown.contains("session") && !shown.contains("hunter2"),
        "{shown}"
    );
}

#[test]
fn no_problem_and_no_row_shows_a_secret() {
    let shown = |text: &str| {
        let process = Process::with_file(text).variable("VESTIBULE_SESSION__SECRETS", "hunter2");
        let loaded = process.load();
        let shown = format!("{}{loaded:?}", texts(&loaded.problems));
        assert!(
            !shown.contains("hunter2") && !shown.contains(SECRET),
            "{shown}"
        );
        shown
    };
    let text = shown(
        "session: { secrets: [hunter2, \"hunter2${AUTH_SECRET}\"] }\n\
        upstreams: { a: { url: 'http://u:hunter2@a' } }\nroutes: []\n",
    );
    assert!(text.contains("can be guessed") && text.contains("<redacted>"));
    shown("session: hunter2\nroutes: []\n");
    shown("AUTH_SECRET=hunter2\n");
    let text = shown(
        "listen: 'http://u:hunter2@a/x'\nsession: { sign_in: \"//u:hunter2@b\" }\nroutes: []\n",
    );
    assert!(
        text.contains("`http://<redacted>@a/x` is not an address"),
        "{text}"
    );
    assert!(text.contains("`//<redacted>@b` is not a path"), "{text}");
}
