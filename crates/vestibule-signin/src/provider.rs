//! Providers: the ways to prove who one is.

use serde_json::{Value, json};

use crate::origin::PublicOrigin;

/// A way to prove who one is; the name is the one of `signIn("credentials")`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Provider {
    /// E-mail and password, which the backend checks.
    Credentials,
}

impl Provider {
    const ALL: [Self; 1] = [Self::Credentials];

    pub(crate) fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.id() == id)
    }

    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
        }
    }

    /// What `GET providers` answers.
    pub(crate) fn listed(origin: &PublicOrigin) -> Value {
        let listed = Self::ALL.map(|provider| {
            let id = provider.id();
            let at = |action: &str| origin.at(&format!("/api/auth/{action}/{id}")).to_string();
            let value = match provider {
                Self::Credentials => json!({
                    "id": id,
                    "name": "Credentials",
                    "type": "credentials",
                    "signinUrl": at("signin"),
                    "callbackUrl": at("callback"),
                }),
            };
            (id.to_owned(), value)
        });
        Value::Object(listed.into_iter().collect())
    }
}
