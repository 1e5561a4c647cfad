//! Pictures: octet for octet, judged by their content.

use axum::body::Body;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::call::Call;
use crate::postgres::worlds;
use crate::world::{WILLOW, World};

const LOGO: &str = "/v1/tenant-admin/branding/logo";

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0";
const WEBP: &[u8] = b"RIFF\x10\x00\x00\x00WEBPVP8 ";

/// Octets that no text survives: all values, ends of lines, an end of the form that is none.
fn picture(start: &[u8], length: usize) -> Vec<u8> {
    let mut octets = start.to_vec();
    octets.extend_from_slice(b"\r\n--limi\r\n\0\xff\xfe");
    octets.extend((0..length).map(|place| u8::try_from(place * 31 % 256).unwrap()));
    octets.truncate(length);
    octets
}

async fn fetch(world: &World, path: &str) -> Response<Body> {
    // Through the gateway `/api` is `/v1`.
    let path = path.replacen("/api/", "/v1/", 1);
    let request = Request::get(path).body(Body::empty()).unwrap();
    world.api.router().oneshot(request).await.unwrap()
}

async fn octets(response: Response<Body>) -> Vec<u8> {
    response
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes()
        .to_vec()
}

/// The path of the photo of some package.
async fn photo(world: &World, token: &str) -> String {
    let list = world.get("/v1/tenant-admin/packages?limit=1", token).await;
    let id = list.body["items"][0]["id"].as_str().unwrap();
    format!("/v1/tenant-admin/packages/{id}/photo")
}

#[tokio::test]
async fn a_picture_comes_back_as_it_was_sent() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let photo = photo(&world, &token).await;
        for (start, media_type) in [
            (PNG, "image/png"),
            (JPEG, "image/jpeg"),
            (WEBP, "image/webp"),
        ] {
            for (path, name, member) in [
                (LOGO, "logo", "logo_url"),
                (photo.as_str(), "photo", "photo_url"),
            ] {
                let sent = picture(start, 300_000);
                let answer = Call::put(path, &token).file(name, &sent).send(&world).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
                let response = fetch(&world, answer.body[member].as_str().unwrap()).await;
                let headers = response.headers();
                assert_eq!(headers["content-type"], media_type);
                assert_eq!(headers["x-content-type-options"], "nosniff");
                assert_eq!(
                    headers["cache-control"],
                    "public, max-age=31536000, immutable"
                );
                assert_eq!(
                    headers["content-security-policy"],
                    "default-src 'none'; sandbox"
                );
                assert!(octets(response).await == sent);
            }
        }
    }
}

#[tokio::test]
async fn a_picture_that_nothing_shows_is_gone() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let photo = photo(&world, &token).await;
        let first = Call::put(&photo, &token)
            .file("photo", &picture(PNG, 100))
            .send(&world)
            .await;
        let second = Call::put(&photo, &token)
            .file("photo", &picture(JPEG, 100))
            .send(&world)
            .await;
        let first = first.text("photo_url");
        assert_eq!(fetch(&world, &first).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(
            fetch(&world, &second.text("photo_url")).await.status(),
            StatusCode::OK
        );
        // A photo is not part of the content: a form that is open stays valid.
        assert_eq!(second.body["version"], 1);

        let gone = Call::delete(&photo, &token).send(&world).await;
        assert_eq!(
            (gone.status, gone.body),
            (StatusCode::NO_CONTENT, json!(""))
        );
        assert_eq!(
            fetch(&world, &second.text("photo_url")).await.status(),
            StatusCode::NOT_FOUND
        );
        let package = world
            .get(photo.strip_suffix("/photo").unwrap(), &token)
            .await;
        assert_eq!(package.body["photo_url"], Value::Null);

        let logo = Call::put(LOGO, &token)
            .file("logo", &picture(PNG, 100))
            .send(&world)
            .await;
        let logo = logo.text("logo_url");
        assert_eq!(
            Call::delete(LOGO, &token).send(&world).await.status,
            StatusCode::NO_CONTENT
        );
        assert_eq!(fetch(&world, &logo).await.status(), StatusCode::NOT_FOUND);
        let unused = "SELECT COUNT(*) FROM asset WHERE id NOT IN \
                      (SELECT photo_asset_id FROM package WHERE photo_asset_id IS NOT NULL \
                       UNION SELECT logo_asset_id FROM tenant WHERE logo_asset_id IS NOT NULL)";
        assert_eq!(world.number(unused).await, 0);
    }
}

#[tokio::test]
async fn only_pictures_are_taken_whatever_they_call_themselves() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    for content in [
        &svg[..],
        b"GIF89a......",
        b"",
        b"\x89PN",
        b"RIFF\0\0\0\0WAVE",
        b"<html>",
    ] {
        let answer = Call::put(LOGO, &token)
            .file("logo", content)
            .send(&world)
            .await;
        answer.is_problem(415, "unsupported_media_type");
    }
    let json = Call::put(LOGO, &token)
        .json(&json!({"logo": "x"}))
        .send(&world)
        .await;
    json.is_problem(415, "unsupported_media_type");
}

#[tokio::test]
async fn pictures_have_their_size() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let photo = photo(&world, &token).await;
    for (path, name, most) in [(LOGO, "logo", 2 << 20), (photo.as_str(), "photo", 5 << 20)] {
        let fits = Call::put(path, &token)
            .file(name, &picture(PNG, most))
            .send(&world)
            .await;
        assert_eq!(fits.status, StatusCode::OK, "{}", fits.body);
        let large = Call::put(path, &token)
            .file(name, &picture(PNG, most + 1))
            .send(&world)
            .await;
        large.is_problem(413, "body_too_large");
        let huge = Call::put(path, &token)
            .file(name, &picture(PNG, most + (1 << 20)))
            .send(&world)
            .await;
        huge.is_problem(413, "body_too_large");
    }
}

#[tokio::test]
async fn a_form_has_one_part_of_the_right_name() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let answer = Call::put(LOGO, &token)
        .file("photo", &picture(PNG, 100))
        .send(&world)
        .await;
    answer.is_problem(400, "validation_failed");
    let kind = "multipart/form-data; boundary=limit";
    for (body, status, code) in [
        ("--limit--\r\n", 400, "validation_failed"),
        ("nonsense", 400, "bad_request"),
    ] {
        let request = Request::builder()
            .method(Method::PUT)
            .uri(LOGO)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", kind)
            .body(Body::from(body))
            .unwrap();
        world.request(request).await.is_problem(status, code);
    }
}

#[tokio::test]
async fn what_is_no_hash_is_no_picture() {
    let world = World::new().await;
    for name in ["x", &"0".repeat(64), &"A".repeat(64), "%00"] {
        let response = fetch(&world, &format!("/v1/public/assets/{name}")).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn uploads_have_their_limit() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let photo = photo(&world, &token).await;
    for number in 0..50 {
        let (path, name) = if number % 2 == 0 {
            (LOGO, "logo")
        } else {
            (photo.as_str(), "photo")
        };
        let answer = Call::put(path, &token)
            .file(name, &picture(PNG, 50))
            .send(&world)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    for (path, name) in [(LOGO, "logo"), (photo.as_str(), "photo")] {
        let answer = Call::put(path, &token)
            .file(name, &picture(PNG, 50))
            .send(&world)
            .await;
        answer.is_problem(429, "rate_limited");
        assert!(answer.header("retry-after").is_some());
    }
    // Taking a picture away is no upload.
    assert_eq!(
        Call::delete(LOGO, &token).send(&world).await.status,
        StatusCode::NO_CONTENT
    );
}
