//! Which names the packages use under which scheme.

use serde::Deserialize;
use vestibule_session::{Csrf, Scheme, Secret, Version, session_cookie_name};

use super::{scheme_of, section};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Choice {
    version: String,
    request_url: Option<String>,
    use_secure_cookies: Option<bool>,
    /// v5: the lines of a response.
    #[serde(default)]
    set_cookie: Vec<String>,
    /// v4: the names of its cookies.
    #[serde(default)]
    cookie_names: Vec<String>,
    callback_url: Option<String>,
}

impl Choice {
    /// The scheme that the package believes the browser uses; finding it out is the caller's.
    fn scheme(&self) -> Scheme {
        let origin = self.request_url.as_ref().or(self.callback_url.as_ref());
        match self.use_secure_cookies {
            Some(true) => Scheme::Https,
            Some(false) => Scheme::Http,
            None => scheme_of(origin.unwrap()),
        }
    }

    fn names(&self) -> Vec<&str> {
        let of_line = |line| str::split(line, '=').next();
        let lines = self.set_cookie.iter().filter_map(|line| of_line(line));
        lines
            .chain(self.cookie_names.iter().map(String::as_str))
            .collect()
    }
}

#[test]
fn names_follow_the_scheme_as_in_the_packages() {
    let choices: Vec<Choice> = section("prefix");
    assert_eq!(choices.len(), 12);
    for choice in choices {
        let version: Version = choice.version.parse().unwrap();
        let secret = Secret::new("prefix-secret-with-32-characters").unwrap();
        let csrf = Csrf::new(&[secret], version, choice.scheme());
        let session = session_cookie_name(version, choice.scheme());
        // The prefix of a session is that of the callback URL.
        let callback_url = session.as_str().replace("session-token", "callback-url");
        assert_eq!(choice.names(), [csrf.cookie_name(), &callback_url]);
        assert_eq!(session.is_secure(), choice.scheme() == Scheme::Https);

        let token = csrf.issue([7; 32]);
        let line = csrf.set_cookie(&token);
        let (_, attributes) = line.split_once("; ").unwrap();
        if let Some(expected) = choice.set_cookie.first() {
            assert_eq!(expected.split_once("; ").unwrap().1, attributes);
        }
    }
}
