//! Access tokens: HS256 JWTs that only this API writes and only this API reads.

use std::fmt;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::{AccountId, TenantId};
use crate::problem::Code;

/// Writes and reads access tokens.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

/// What a token says; every member is read by its type, and nothing is believed that has another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccessClaims {
    iss: String,
    aud: String,
    pub(crate) sub: AccountId,
    pub(crate) kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tenant_id: Option<TenantId>,
    pub(crate) role: Role,
    /// The family of refresh tokens that it came with; sign-out ends both.
    pub(crate) family: String,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    jti: Uuid,
}

/// Which routes a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// The platform's own.
    Admin,
    /// A tenant's, held by an administrator of the platform.
    Impersonation,
    /// A tenant's.
    Tenant,
}

/// What somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Role {
    /// Runs the platform.
    PlatformAdmin,
    /// Runs one business.
    TenantAdmin,
}

impl Role {
    /// As it stands in the database.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::PlatformAdmin => "PLATFORM_ADMIN",
            Self::TenantAdmin => "TENANT_ADMIN",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::PlatformAdmin, Self::TenantAdmin]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// Whom a new token is for.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) account: AccountId,
    pub(crate) kind: Kind,
    pub(crate) tenant: Option<TenantId>,
    pub(crate) role: Role,
    pub(crate) family: String,
}

impl Tokens {
    /// Uses this key; the API alone has it.
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The time is an argument: see `read`.
        validation.validate_exp = false;
        validation.leeway = 0;
        Self {
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
            validation,
        }
    }

    /// A token for `seconds`.
    pub(crate) fn write(
        &self,
        subject: Subject,
        now: Timestamp,
        seconds: i64,
    ) -> Result<String, Code> {
        let iat = now.as_second();
        let claims = AccessClaims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: subject.account,
            kind: subject.kind,
            tenant_id: subject.tenant,
            role: subject.role,
            family: subject.family,
            iat,
            exp: iat.saturating_add(seconds),
            jti: Uuid::new_v4(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|_| Code::Internal)
    }

    /// The claims of `Authorization: Bearer <token>`: exactly two parts, our algorithm, issuer and audience, in time.
    pub(crate) fn read(&self, authorization: &str, now: Timestamp) -> Result<AccessClaims, Code> {
        let token = match authorization.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token,
            Some(_) | None => return Err(Code::Unauthenticated),
        };
        if token.is_empty() || token.contains(' ') {
            return Err(Code::Unauthenticated);
        }
        let decoded = jsonwebtoken::decode::<AccessClaims>(token, &self.decoding, &self.validation)
            .map_err(|_| Code::Unauthenticated)?;
        let claims = decoded.claims;
        if claims.exp <= now.as_second() {
            return Err(Code::TokenExpired);
        }
        Ok(claims)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(..)")
    }
}

const ISSUER: &str = "bookwell";
const AUDIENCE: &str = "bookwell-api";
