//! The `Set-Cookie` lines of a session that is written again, and of one that is dropped.

use serde::Deserialize;
use vestibule_session::{Scheme, Secret, Version, Writer, session_cookie_name};

use super::section;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    label: String,
    now: Option<u64>,
    set_cookie: Vec<String>,
}

const SENT: &[u8] = b"authjs.session-token=old";

fn writer() -> Writer {
    let secret = Secret::new("endpoint-secret-with-32-characters").unwrap();
    Writer::new(&secret, session_cookie_name(Version::V5, Scheme::Http))
}

/// Writes `value` for as long as the line of the package says.
fn rewritten(case: &Case, line: &str, value: &str) -> Vec<String> {
    let lifetimes = [30 * 24 * 3600, 3600];
    let now = case.now.unwrap();
    let expected = line.replace("<new JWE>", value);
    let written = |lifetime| writer().set_cookies(value, now + lifetime, [SENT]);
    let fitting = lifetimes.into_iter().map(written);
    fitting
        .into_iter()
        .find(|lines| *lines == [expected.as_str()])
        .unwrap_or_default()
}

#[test]
fn lines_equal_those_of_the_package_attribute_by_attribute() {
    let (mut written, mut deleted, mut silent) = (0, 0, 0);
    for case in section::<Case>("sessionEndpoint") {
        match case.set_cookie.as_slice() {
            [] => {
                silent += 1;
                assert!(writer().deletions([]).is_empty(), "{}", case.label);
            }
            [line] if line.contains("Max-Age=0") => {
                deleted += 1;
                assert_eq!(
                    writer().deletions([SENT]),
                    [line.as_str()],
                    "{}",
                    case.label
                );
            }
            [line] => {
                written += 1;
                let value = if line.contains("<new JWE>") {
                    "a..b.c.d"
                } else {
                    "sess-1"
                };
                assert!(
                    !rewritten(&case, line, value).is_empty(),
                    "{}: {line}",
                    case.label
                );
            }
            [..] => panic!("{}: more than one line", case.label),
        }
    }
    assert_eq!((written, deleted, silent), (6, 4, 1));
}
