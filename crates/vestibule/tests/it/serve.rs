//! The gateway as a process: what it is started with, and what it is told later.

use std::net::TcpListener;

use crate::runner::vestibule;

const CONFIGURATION: &str = "\
listen: 127.0.0.1:0
admin: off
upstreams: { web: { url: http://127.0.0.1:9 } }
routes: [ { path: /web, to: web, auth: none } ]
";

#[test]
fn a_configuration_from_standard_input_outlives_a_reload() {
    let run = vestibule(&["serve", "-c", "-", "--log-format", "json"]);
    let mut gateway = run.input(CONFIGURATION).start();
    gateway.logged("listening");
    gateway.signal("HUP");
    let line = gateway.logged("configuration");
    assert_eq!(line["msg"], "loaded the configuration anew", "{line}");
    gateway.signal("TERM");
    assert_eq!(gateway.code(), Some(0));
}

#[test]
fn a_taken_address_is_named_with_the_setting_that_names_it() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = other.local_addr().unwrap().to_string();
    let serve = |setting: &str, hint: &str| {
        let run = vestibule(&["serve", "-c", "-"]).variable("VESTIBULE_LISTEN", "127.0.0.1:0");
        let finished = run.variable(setting, &taken).input(CONFIGURATION).finish();
        assert_eq!(finished.code, 2);
        assert!(finished.errors.contains(&taken), "{}", finished.errors);
        assert!(finished.errors.contains(hint), "{}", finished.errors);
    };
    serve("VESTIBULE_LISTEN", "with --listen");
    serve("VESTIBULE_ADMIN__LISTEN", "with `admin.listen`");
}
