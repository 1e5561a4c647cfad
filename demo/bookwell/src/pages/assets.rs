//! Scripts, styles and drawings: in the binary, under a path that holds the hash of the content.

use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use sha2::{Digest as _, Sha256};

use super::{Pages, refusal};

/// Every asset with the hash of its content.
#[derive(Debug)]
pub(crate) struct Assets(Vec<Asset>);

#[derive(Debug)]
struct Asset {
    name: &'static str,
    media_type: &'static str,
    content: &'static str,
    hash: String,
}

impl Assets {
    pub(crate) fn new() -> Self {
        Self(CONTENTS.iter().map(|entry| Asset::new(*entry)).collect())
    }

    /// The path of an asset: another content has another path, so it may be kept for ever.
    pub(crate) fn path(&self, name: &str) -> Option<String> {
        let asset = self.named(name)?;
        let (stem, kind) = asset.name.rsplit_once('.')?;
        Some(format!("/assets/{stem}-{}.{kind}", asset.hash))
    }

    fn named(&self, name: &str) -> Option<&Asset> {
        self.0.iter().find(|asset| asset.name == name)
    }

    /// The asset behind the last segment of such a path.
    fn at(&self, segment: &str) -> Option<&Asset> {
        let (rest, kind) = segment.rsplit_once('.')?;
        let (stem, hash) = rest.rsplit_once('-')?;
        let asset = self.named(&format!("{stem}.{kind}"))?;
        (asset.hash == hash).then_some(asset)
    }
}

impl Asset {
    fn new((name, media_type, content): (&'static str, &'static str, &'static str)) -> Self {
        Self {
            name,
            media_type,
            content,
            hash: hash(content),
        }
    }
}

/// `/assets/{stem}-{hash}.{kind}`.
pub(crate) async fn hashed(
    State(pages): State<Pages>,
    Path(segment): Path<String>,
    headers: HeaderMap,
) -> Response {
    match pages.assets().at(&segment) {
        Some(asset) => respond(&headers, asset.media_type, asset.content, FOR_EVER),
        None => refusal::not_found(&pages, &headers),
    }
}

/// The widget at the path that foreign pages write into their HTML; it stays, so its content is asked for again.
pub(crate) async fn widget(State(pages): State<Pages>, headers: HeaderMap) -> Response {
    let Some(asset) = pages.assets().named("bookwell-chat.js") else {
        return refusal::not_found(&pages, &headers);
    };
    let mut response = respond(&headers, asset.media_type, asset.content, FOR_MINUTES);
    let any = HeaderValue::from_static("*");
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_ALLOW_ORIGIN, any);
    let foreign = HeaderValue::from_static("cross-origin");
    response.headers_mut().insert(RESOURCE_POLICY, foreign);
    response
}

/// Browsers ask for it without being told.
pub(crate) async fn favicon(State(pages): State<Pages>, headers: HeaderMap) -> Response {
    match pages.assets().named("icon.svg") {
        Some(asset) => respond(&headers, asset.media_type, asset.content, FOR_MINUTES),
        None => refusal::not_found(&pages, &headers),
    }
}

/// The content with its tag, or 304 where the browser has it (RFC 9110 §13.1.2).
pub(crate) fn respond(
    request: &HeaderMap,
    media_type: &'static str,
    content: impl AsRef<str> + Into<axum::body::Body>,
    keep: &'static str,
) -> Response {
    let tag = format!("\"{}\"", hash(content.as_ref()));
    let known = request.get_all(IF_NONE_MATCH).iter();
    let known = known
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|entry| entry.trim().trim_start_matches("W/") == tag);
    let headers = [
        (CONTENT_TYPE, media_type),
        (CACHE_CONTROL, keep),
        (ETAG, tag.as_str()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, content.into()).into_response()
}

/// 80 bits: nobody chooses these contents to collide.
fn hash(content: &str) -> String {
    let digest = Sha256::digest(content);
    digest
        .iter()
        .take(10)
        .fold(String::new(), |mut text, octet| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{octet:02x}");
            text
        })
}

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const FOR_MINUTES: &str = "public, max-age=300, must-revalidate";
/// Kept, and asked about each time.
pub(crate) const ASKED_AGAIN: &str = "no-cache";

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Made by `npm run build` in `pages/`, and committed: no Node is needed to build the binary.
const CONTENTS: &[(&str, &str, &str)] = &[
    (
        "acting.js",
        "text/javascript; charset=utf-8",
        include_str!("../../pages/dist/acting.js"),
    ),
    (
        "app.js",
        "text/javascript; charset=utf-8",
        include_str!("../../pages/dist/app.js"),
    ),
    (
        "bookwell-chat.js",
        "text/javascript; charset=utf-8",
        include_str!("../../pages/dist/bookwell-chat.js"),
    ),
    (
        "icon.svg",
        "image/svg+xml",
        include_str!("../../pages/dist/icon.svg"),
    ),
    (
        "storefront.css",
        "text/css; charset=utf-8",
        include_str!("../../pages/dist/storefront.css"),
    ),
    (
        "style.css",
        "text/css; charset=utf-8",
        include_str!("../../pages/dist/style.css"),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_by_its_own_hash_alone() {
        let assets = Assets::new();
        for (name, _, content) in CONTENTS {
            let path = assets.path(name).unwrap();
            let segment = path.strip_prefix("/assets/").unwrap();
            assert_eq!(assets.at(segment).unwrap().content, *content);
            assert!(segment.contains(&hash(content)));
        }
        for segment in [
            "app.js",
            "app-.js",
            "app-00000000000000000000.js",
            "",
            "-.",
            "../app.js",
        ] {
            assert!(assets.at(segment).is_none(), "{segment}");
        }
    }

    #[test]
    fn another_content_has_another_path() {
        assert_ne!(hash("a"), hash("b"));
        assert_eq!(hash("a").len(), 20);
    }

    #[test]
    fn known_content_is_not_sent_again() {
        let mut request = HeaderMap::new();
        let fresh = respond(&request, "text/css", "a{}", FOR_EVER);
        assert_eq!(fresh.status(), StatusCode::OK);
        request.insert(IF_NONE_MATCH, fresh.headers()[ETAG].clone());
        let known = respond(&request, "text/css", "a{}", FOR_EVER);
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        let other = respond(&request, "text/css", "b{}", FOR_EVER);
        assert_eq!(other.status(), StatusCode::OK);
    }
}
