//! Which business is meant: `X-Tenant-Key`.

use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::request::Parts;

use crate::app::App;
use crate::fields::is_slug;
use crate::model::storefront::{self, Storefront};
use crate::problem::{Code, Problem};

/// The business of the key, which is open. A malformed, an unknown and a revoked key are one 401.
#[derive(Debug, Clone)]
pub(crate) struct Visited(pub(crate) Storefront);

impl FromRequestParts<App> for Visited {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let storefront = find(parts.headers.get_all(HEADER).iter(), app)
            .await?
            .ok_or(Code::UnknownTenantKey)?;
        if !storefront.active {
            return Err(Code::TenantInactive.into());
        }
        Ok(Self(storefront))
    }
}

/// The business of the key, open or not; none without exactly one key that has the form of ours.
pub(crate) async fn find<'k>(
    mut keys: impl Iterator<Item = &'k HeaderValue>,
    app: &App,
) -> Result<Option<Storefront>, Problem> {
    let (Some(key), None) = (keys.next(), keys.next()) else {
        return Ok(None);
    };
    let Some(key) = key.to_str().ok().filter(|key| is_key(key)) else {
        return Ok(None);
    };
    Ok(storefront::by_key(key, app.database().pool()).await?)
}

/// `pk_live_<slug>_<16 hex>`
fn is_key(text: &str) -> bool {
    let parts = text
        .strip_prefix("pk_live_")
        .and_then(|rest| rest.rsplit_once('_'));
    parts.is_some_and(|(slug, end)| {
        is_slug(slug)
            && end.len() == 16
            && end
                .bytes()
                .all(|octet| octet.is_ascii_digit() || (b'a'..=b'f').contains(&octet))
    })
}

/// The name of the header.
pub(crate) const HEADER: &str = "x-tenant-key";

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn a_key_has_one_form() {
        assert!(is_key("pk_live_willow-pine_0123456789abcdef"));
        for bad in [
            "",
            "pk_live_",
            "pk_live__0123456789abcdef",
            "pk_live_willow-pine_0123456789ABCDEF",
            "pk_live_willow-pine_0123456789abcde",
            "pk_live_willow_pine_0123456789abcdef",
            "sk_live_willow-pine_0123456789abcdef",
            "pk_live_willow-pine_0123456789abcdef ",
        ] {
            assert!(!is_key(bad), "{bad}");
        }
    }
}
