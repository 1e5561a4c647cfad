//! TH-107: a secret in the wrong place is a mistake that nothing repeats.

use super::*;

#[track_caller]
fn check_hidden(process: &Process, secret: &str) {
    let loaded = process.load();
    let problems = loaded.problems.iter().map(|it| format!("{it} {it:?}"));
    let rows = loaded.rows.iter().map(|it| format!("{it:?}"));
    let shown: Vec<String> = problems.chain(rows).collect();
    assert!(!shown.is_empty());
    for shown in shown {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn the_variable_of_a_secret_is_shown_by_no_key() {
    for (place, wrong) in [
        ("listen: 0.0.0.0:8080", "listen: ${AUTH_SECRET}"),
        ("https://app.example.com", "https://${AUTH_SECRET}"),
        ("to: web", "to: ${AUTH_SECRET}"),
        ("auth: none", "auth: ${AUTH_SECRET}"),
        ("timeout: 30s", "timeout: ${AUTH_SECRET}s"),
        ("path: /tenant/**", "path: /${AUTH_SECRET}/../x"),
        ("claim: /backendToken", "claim: ${AUTH_SECRET}"),
    ] {
        let file = EXAMPLE.replacen(place, wrong, 1);
        assert_ne!(file, EXAMPLE, "{place}");
        check_hidden(&Process::with_file(file), SECRET);
    }
}

#[test]
fn a_secret_of_another_name_is_known_by_its_place() {
    let file =
        EXAMPLE
            .replace("AUTH_SECRET", "SHOP_KEY")
            .replacen("auth: none", "auth: ${SHOP_KEY}", 1);
    check_hidden(
        &Process::with_file(file).variable("SHOP_KEY", OTHER_SECRET),
        OTHER_SECRET,
    );
}
