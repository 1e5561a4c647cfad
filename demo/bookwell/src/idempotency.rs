//! `Idempotency-Key`: a creating request that is sent twice takes effect once.
//!
//! ```text
//! async fn create(caller: TenantCaller, key: IdempotencyKey, Body(body): Body<NewThing>) -> Result<Answer, Problem> {
//!     let mut transaction = app.database().begin().await?;
//!     let claim = match key.claim(&mut transaction, caller.tenant, &body, app.now()).await? {
//!         Claim::Fresh(claim) => claim,
//!         Claim::Kept(answer) => return Ok(answer),
//!     };
//!     let row = thing::create(&mut transaction, caller.tenant, body).await?;
//!     let answer = Answer::created(&row)?.at(mount::path(format_args!("…/{}", row.id)));
//!     claim.keep(&mut transaction, &answer).await?;
//!     transaction.commit().await?;
//!     Ok(answer)
//! }
//! ```
//!
//! The key is a row of the transaction that it protects.
//! So it is kept exactly if the effect is, a crash leaves neither, and of two requests at a time the second waits for the first and then gives its answer.
//! What was refused left nothing behind, and may be tried again.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::StatusCode;
use http::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION};
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use sqlx::{Any, AnyPool, Row as _, Transaction};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Required, Type};

use crate::ids::TenantId;
use crate::problem::{Code, FieldError, Problem};

/// The key of a request, and what it was sent to; without a header there is none, and nothing is kept.
#[derive(Debug, Clone)]
pub(crate) struct IdempotencyKey {
    key: Option<String>,
    target: String,
}

/// What a key is worth.
#[derive(Debug)]
pub(crate) enum Claim {
    /// It is new: the request takes effect.
    Fresh(Claimed),
    /// It was used for the same request, and this was the answer.
    Kept(Answer),
}

/// A key that this transaction holds.
#[derive(Debug)]
#[must_use = "an answer that is not kept cannot be given again"]
pub(crate) struct Claimed(Option<(TenantId, String)>);

/// An answer that can be given again.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    #[serde(skip)]
    status: StatusCode,
    location: Option<String>,
    etag: Option<String>,
    body: Box<RawValue>,
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(HEADER).iter();
        let key = match (values.next(), values.next()) {
            (None, _) => None,
            (Some(value), None) => Some(checked(value)?),
            (Some(_), Some(_)) => return Err(unfit()),
        };
        let target = format!("{} {}", parts.method, parts.uri.path());
        Ok(Self { key, target })
    }
}

/// How the document describes the header.
impl utoipa::IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(64))
            .pattern(Some("^[!-~]+$"));
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "The same key and body give the same answer for 24 hours",
            ))
            .schema(Some(text));
        vec![parameter.build()]
    }
}

/// 1 to 64 visible characters of ASCII, which are those that a header can carry unharmed.
fn checked(value: &HeaderValue) -> Result<String, Problem> {
    let text = value.to_str().map_err(|_| unfit())?;
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(|octet| octet.is_ascii_graphic());
    fits.then(|| text.to_owned()).ok_or_else(unfit)
}

fn unfit() -> Problem {
    let message = "An Idempotency-Key has 1 to 64 characters";
    Problem::invalid(vec![FieldError::new("Idempotency-Key", "format", message)])
}

impl IdempotencyKey {
    /// Takes the key for this tenant, or finds what it was used for.
    ///
    /// Call it first in the transaction: on PostgreSQL a second request waits here until the first is decided, on SQLite it waited for the transaction.
    pub(crate) async fn claim(
        self,
        transaction: &mut Transaction<'static, Any>,
        tenant: TenantId,
        body: &(impl Serialize + Sync),
        now: Timestamp,
    ) -> Result<Claim, Problem> {
        let Some(key) = self.key else {
            return Ok(Claim::Fresh(Claimed(None)));
        };
        let hash = fingerprint(&self.target, body)?;
        sqlx::query(
            "DELETE FROM idempotency_key WHERE tenant_id = $1 AND key = $2 AND expires_at <= $3",
        )
        .bind(tenant.to_string())
        .bind(&key)
        .bind(now.as_millisecond())
        .execute(&mut **transaction)
        .await?;
        let inserted = sqlx::query(
            "INSERT INTO idempotency_key (tenant_id, key, body_hash, expires_at, created_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant_id, key) DO NOTHING",
        )
        .bind(tenant.to_string())
        .bind(&key)
        .bind(&hash)
        .bind((now + LIFE).as_millisecond())
        .bind(now.as_millisecond())
        .execute(&mut **transaction)
        .await?;
        if inserted.rows_affected() == 1 {
            return Ok(Claim::Fresh(Claimed(Some((tenant, key)))));
        }
        let row = sqlx::query(
            "SELECT body_hash, status, response FROM idempotency_key WHERE tenant_id = $1 AND key = $2",
        )
        .bind(tenant.to_string())
        .bind(&key)
        .fetch_one(&mut **transaction)
        .await?;
        if row.try_get::<String, _>("body_hash")? != hash {
            return Err(Code::IdempotencyConflict.into());
        }
        let answer = Answer::read(row.try_get("status")?, row.try_get("response")?);
        Ok(Claim::Kept(answer.ok_or(Code::Internal)?))
    }
}

/// Of the whole request: the same key for another route is a conflict as well.
fn fingerprint(target: &str, body: &impl Serialize) -> Result<String, Problem> {
    let body = serde_json::to_vec(body).map_err(|_| Code::Internal)?;
    let mut hash = Sha256::new();
    hash.update(target);
    hash.update([0]);
    hash.update(body);
    Ok(BASE64_URL_SAFE_NO_PAD.encode(hash.finalize()))
}

impl Claimed {
    /// Keeps the answer; the caller commits it together with the effect.
    pub(crate) async fn keep(
        self,
        transaction: &mut Transaction<'static, Any>,
        answer: &Answer,
    ) -> Result<(), Problem> {
        let Some((tenant, key)) = self.0 else {
            return Ok(());
        };
        let response = serde_json::to_string(answer).map_err(|_| Code::Internal)?;
        sqlx::query(
            "UPDATE idempotency_key SET status = $1, response = $2 WHERE tenant_id = $3 AND key = $4",
        )
        .bind(i64::from(answer.status.as_u16()))
        .bind(response)
        .bind(tenant.to_string())
        .bind(key)
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}

impl Answer {
    /// 201 with the new row.
    pub(crate) fn created(row: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::CREATED, row)
    }

    /// 200 with a row, as where it was there already.
    pub(crate) fn ok(row: &impl Serialize) -> Result<Self, Problem> {
        Self::new(StatusCode::OK, row)
    }

    /// With `Location`.
    pub(crate) fn at(self, location: String) -> Self {
        Self {
            location: Some(location),
            ..self
        }
    }

    /// With `ETag`, for the next `If-Match`.
    pub(crate) fn of_version(self, version: i64) -> Self {
        Self {
            etag: Some(format!("\"{version}\"")),
            ..self
        }
    }

    fn new(status: StatusCode, row: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::value::to_raw_value(row).map_err(|_| Code::Internal)?;
        Ok(Self {
            status,
            location: None,
            etag: None,
            body,
        })
    }

    fn read(status: Option<i64>, response: Option<String>) -> Option<Self> {
        let status = u16::try_from(status?).ok()?;
        let answer: Self = serde_json::from_str(&response?).ok()?;
        Some(Self {
            status: StatusCode::from_u16(status).ok()?,
            ..answer
        })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, String::from(Box::<str>::from(self.body))).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in [(LOCATION, self.location), (ETAG, self.etag)] {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// Removes what expired.
pub(crate) async fn sweep(pool: &AnyPool, now: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query("DELETE FROM idempotency_key WHERE expires_at <= $1")
        .bind(now.as_millisecond())
        .execute(pool)
        .await?;
    Ok(done.rows_affected())
}

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

const LIFE: SignedDuration = SignedDuration::from_hours(24);

#[cfg(test)]
mod tests;
