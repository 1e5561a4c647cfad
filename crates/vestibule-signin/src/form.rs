//! What a POST carries: a form or a JSON object, as `next-auth/react` sends both.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

/// The members of a body; text where it came as a form.
#[derive(Debug, Default)]
pub(crate) struct Form(Map<String, Value>);

impl Form {
    /// A body of another type, or one that is broken, has no members (`@auth/core` 0.41.3 `lib/utils/web.js`).
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/json") {
            return Self(serde_json::from_slice(body).unwrap_or_default());
        }
        if kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let pairs = url::form_urlencoded::parse(body);
            return Self(
                pairs
                    .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
                    .collect(),
            );
        }
        Self::default()
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: &str, body: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        let form = Form::read(&headers, body.as_bytes());
        assert_eq!(form.text("email"), expected, "{kind} {body}");
    }

    #[test]
    fn forms_and_json_are_read_and_nothing_else() {
        let form = "application/x-www-form-urlencoded";
        check(form, "a=b&email=ada%40x.test", Some("ada@x.test"));
        check(
            "application/json; charset=utf-8",
            r#"{"email":"a"}"#,
            Some("a"),
        );
        check("application/json", r#"{"email":["a"]}"#, None);
        check("application/json", "[", None);
        check("text/plain", "email=a", None);
        check(form, "", None);
    }
}
