//! The API as the pages' own server asks it: public reads for the storefront, and the start and end of an impersonation.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{AUTHORIZATION, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, HeaderName, StatusCode};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;

use super::refusal::REQUEST_ID;

/// A client that goes to the API and nowhere else.
#[derive(Debug)]
pub(crate) struct Backend {
    client: reqwest::Client,
    base: String,
}

/// An answer of the API, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<HeaderValue>,
    pub(crate) body: Bytes,
}

/// There is no answer that could be read: the API does not listen, breaks off, or talks without end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    #[error("the answer is larger than {MAX_ANSWER} octets")]
    TooLarge,
    #[error("the API cannot be reached")]
    Unreachable(#[source] reqwest::Error),
}

impl Backend {
    pub(crate) fn new(base: &str) -> Result<Self, reqwest::Error> {
        // No proxy of the environment stands between parts of one program, and the API redirects nobody.
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(10))
            .build()?;
        Ok(Self {
            client,
            base: base.trim_end_matches('/').to_owned(),
        })
    }

    /// A read of the public API with a tenant's key.
    pub(crate) async fn public(
        &self,
        path: &str,
        key: &str,
        request: &HeaderMap,
    ) -> Result<Answer, Unanswered> {
        let url = format!("{}/v1/public/{path}", self.base);
        let asked = self.client.get(url).header("x-tenant-key", key);
        self.answer(asked, request).await
    }

    /// A call of the administrator's API with the session's token.
    pub(crate) async fn admin(
        &self,
        path: &str,
        token: &str,
        request: &HeaderMap,
    ) -> Result<Answer, Unanswered> {
        let url = format!("{}/v1/admin/{path}", self.base);
        let mut asked = self.client.post(url);
        if let Ok(mut bearer) = HeaderValue::try_from(format!("Bearer {token}")) {
            bearer.set_sensitive(true);
            asked = asked.header(AUTHORIZATION, bearer);
        }
        self.answer(asked, request).await
    }

    async fn answer(
        &self,
        mut asked: reqwest::RequestBuilder,
        request: &HeaderMap,
    ) -> Result<Answer, Unanswered> {
        // The API's limits and its log are about the client, whom the gateway has named.
        for name in [REQUEST_ID, FORWARDED_FOR] {
            if let Some(value) = request.get(&name) {
                asked = asked.header(name, value);
            }
        }
        let mut response = asked.send().await.map_err(Unanswered::Unreachable)?;
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(Unanswered::Unreachable)? {
            if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
                return Err(Unanswered::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status(),
            retry_after: response.headers().get(RETRY_AFTER).cloned(),
            body: body.freeze(),
        })
    }
}

impl Answer {
    /// The body as JSON of this type.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// The largest landing page four times over.
const MAX_ANSWER: usize = 1024 * 1024;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
