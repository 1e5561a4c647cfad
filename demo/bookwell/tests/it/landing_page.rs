//! The page that visitors see, its draft, and two people who write at once.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::call::Call;
use crate::postgres::worlds;
use crate::world::{Answer, HARBOR, JUNIPER, WILLOW, World};

const PATH: &str = "/v1/tenant-admin/landing-page";
const DRAFT: &str = "/v1/tenant-admin/landing-page/draft";
const PUBLISH: &str = "/v1/tenant-admin/landing-page/publish";

fn document(headline: &str) -> Value {
    json!({"pages": {"home": {"enabled": true, "sections": [{"type": "hero", "headline": headline}]}}})
}

async fn write(
    world: &World,
    method: Method,
    path: &str,
    token: &str,
    version: i64,
    body: Option<&Value>,
) -> Answer {
    let call = Call::new(method, path, token).if_match(version);
    match body {
        Some(body) => call.json(body).send(world).await,
        None => call.send(world).await,
    }
}

/// Published, draft and version.
fn state(body: &Value) -> (Value, Value, i64) {
    (
        body["published"].clone(),
        body["draft"].clone(),
        body["version"].as_i64().unwrap(),
    )
}

/// A business that never wrote a page.
async fn nothing_written(world: &World) -> String {
    let token = world.sign_in(JUNIPER).await;
    world
        .execute("DELETE FROM landing_page WHERE tenant_id = (SELECT id FROM tenant WHERE slug = 'juniper-studio')")
        .await;
    token
}

#[tokio::test]
async fn a_page_goes_from_nothing_to_draft_to_published() {
    for world in worlds().await {
        let token = nothing_written(&world).await;
        let empty = world.get(PATH, &token).await;
        assert_eq!(
            empty.body,
            json!({"published": null, "draft": null, "version": 0, "draft_updated_at": null, "published_at": null})
        );
        assert_eq!(empty.header("etag"), Some("\"0\""));
        let (one, two) = (document("One"), document("Two"));
        write(&world, Method::POST, PUBLISH, &token, 0, None)
            .await
            .is_problem(409, "no_draft");

        let saved = write(&world, Method::PUT, DRAFT, &token, 0, Some(&one)).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
        assert_eq!(state(&saved.body), (Value::Null, one.clone(), 1));
        assert_eq!(saved.body["draft_updated_at"], "2026-05-20T15:00:00Z");
        assert_eq!(saved.header("etag"), Some("\"1\""));

        let published = write(&world, Method::POST, PUBLISH, &token, 1, None).await;
        assert_eq!(published.status, StatusCode::OK, "{}", published.body);
        assert_eq!(state(&published.body), (one.clone(), Value::Null, 2));
        assert_eq!(published.body["published_at"], "2026-05-20T15:00:00Z");
        assert_eq!(published.body["draft_updated_at"], Value::Null);

        let saved = write(&world, Method::PUT, DRAFT, &token, 2, Some(&two)).await;
        assert_eq!(state(&saved.body), (one.clone(), two.clone(), 3));
        let gone = write(&world, Method::DELETE, DRAFT, &token, 3, None).await;
        assert_eq!(
            (gone.status, gone.header("etag")),
            (StatusCode::NO_CONTENT, Some("\"4\""))
        );
        assert_eq!(
            state(&world.get(PATH, &token).await.body),
            (one, Value::Null, 4)
        );
        let again = write(&world, Method::DELETE, DRAFT, &token, 3, None).await;
        assert_eq!(
            (again.status, again.header("etag")),
            (StatusCode::NO_CONTENT, Some("\"4\""))
        );

        write(
            &world,
            Method::PUT,
            DRAFT,
            &token,
            4,
            Some(&document("Three")),
        )
        .await;
        let put = write(&world, Method::PUT, PATH, &token, 5, Some(&two)).await;
        assert_eq!(put.status, StatusCode::OK, "{}", put.body);
        assert_eq!(state(&put.body), (two, Value::Null, 6));
    }
}

#[tokio::test]
async fn the_last_writer_does_not_win_silently() {
    for world in worlds().await {
        let token = nothing_written(&world).await;
        let body = document("Mine");
        for (method, path, body) in [
            (Method::PUT, PATH, Some(&body)),
            (Method::PUT, DRAFT, Some(&body)),
            (Method::POST, PUBLISH, None),
            (Method::DELETE, DRAFT, None),
        ] {
            let call = Call::new(method, path, &token);
            let call = body.into_iter().fold(call, Call::json);
            call.send(&world)
                .await
                .is_problem(428, "precondition_required");
        }
        write(&world, Method::PUT, DRAFT, &token, 1, Some(&body))
            .await
            .is_problem(412, "version_conflict");
        write(&world, Method::PUT, DRAFT, &token, 0, Some(&body)).await;
        // The other one still has version 0 before their eyes.
        write(&world, Method::PUT, DRAFT, &token, 0, Some(&body))
            .await
            .is_problem(412, "version_conflict");
        write(&world, Method::PUT, PATH, &token, 0, Some(&body))
            .await
            .is_problem(412, "version_conflict");
        write(&world, Method::POST, PUBLISH, &token, 0, None)
            .await
            .is_problem(412, "version_conflict");
        write(&world, Method::DELETE, DRAFT, &token, 0, None)
            .await
            .is_problem(412, "version_conflict");
        assert_eq!(
            state(&world.get(PATH, &token).await.body),
            (Value::Null, body, 1)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_first_writers_one_is_first() {
    for world in worlds().await {
        let token = nothing_written(&world).await;
        let world = std::sync::Arc::new(world);
        let attempts = (0..8).map(|number| {
            let (world, token) = (std::sync::Arc::clone(&world), token.clone());
            tokio::spawn(async move {
                let body = document(&format!("By {number}"));
                write(&world, Method::PUT, DRAFT, &token, 0, Some(&body)).await
            })
        });
        let mut saved = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            let answer = attempt.await.unwrap();
            if answer.status == StatusCode::OK {
                saved += 1;
            } else {
                answer.is_problem(412, "version_conflict");
            }
        }
        assert_eq!(saved, 1);
    }
}

#[tokio::test]
async fn texts_are_stored_as_they_were_sent() {
    for world in worlds().await {
        let token = nothing_written(&world).await;
        let body = document("<script>alert('é')</script> & \u{1f33f}");
        let saved = write(&world, Method::PUT, PATH, &token, 0, Some(&body)).await;
        assert_eq!(saved.body["published"], body);
        assert_eq!(world.get(PATH, &token).await.body["published"], body);
    }
}

#[tokio::test]
async fn a_place_that_is_wrong_is_named() {
    let world = World::new().await;
    let token = nothing_written(&world).await;
    let sections = json!([
        {"type": "cta", "headline": "h", "button": "b"},
        {"type": "cta", "headline": "h", "button": "b"},
        {"type": "hero", "headline": "h".repeat(61)},
    ]);
    let body = json!({"pages": {"home": {"enabled": true, "sections": sections}}});
    for path in [PATH, DRAFT] {
        let answer = write(&world, Method::PUT, path, &token, 0, Some(&body)).await;
        answer.is_problem(400, "validation_failed");
        assert_eq!(
            answer.body["errors"],
            json!([{"field": "pages.home.sections[2].headline", "code": "too_long", "message": "At most 60 characters"}])
        );
    }
    // The answer of GET is no document: a wrapper never lands in the column.
    let wrapped = json!({"published": document("h"), "draft": null});
    let answer = write(&world, Method::PUT, PATH, &token, 0, Some(&wrapped)).await;
    answer.is_problem(400, "validation_failed");
    assert_eq!(
        state(&world.get(PATH, &token).await.body),
        (Value::Null, Value::Null, 0)
    );
}

#[tokio::test]
async fn a_page_may_be_larger_than_other_bodies_but_not_than_256_kib() {
    let world = World::new().await;
    let token = nothing_written(&world).await;
    let page = |sections: usize| {
        let section = json!({"type": "text", "content": "x".repeat(2000)});
        json!({"enabled": true, "sections": vec![section; sections]})
    };
    let large = json!({"pages": {"home": page(20), "about": page(20), "faq": page(20)}});
    assert!(large.to_string().len() > 100 * 1024);
    let saved = write(&world, Method::PUT, DRAFT, &token, 0, Some(&large)).await;
    assert_eq!(saved.status, StatusCode::OK);
    let huge = json!({"pages": {
        "home": page(20), "about": page(20), "faq": page(20), "services": page(20), "contact": page(20),
        "gallery": page(20), "testimonials": page(20),
    }});
    let answer = write(&world, Method::PUT, DRAFT, &token, 1, Some(&huge)).await;
    answer.is_problem(413, "body_too_large");
}

#[tokio::test]
async fn what_the_seed_published_passes_the_checks() {
    let world = World::new().await;
    for email in [WILLOW, HARBOR] {
        let token = world.sign_in(email).await;
        let present = world.get(PATH, &token).await.body;
        for member in ["published", "draft"] {
            let document = &present[member];
            if document.is_null() {
                continue;
            }
            let version = world.get(PATH, &token).await.body["version"]
                .as_i64()
                .unwrap();
            let saved = write(&world, Method::PUT, DRAFT, &token, version, Some(document)).await;
            assert_eq!(
                saved.status,
                StatusCode::OK,
                "{email} {member}: {}",
                saved.body
            );
        }
        assert!(present["published"].is_object(), "{email}");
    }
}

#[tokio::test]
async fn saving_has_its_limit() {
    let world = World::new().await;
    let token = nothing_written(&world).await;
    for version in 0..120 {
        let saved = write(
            &world,
            Method::PUT,
            DRAFT,
            &token,
            version,
            Some(&document("x")),
        )
        .await;
        assert_eq!(saved.status, StatusCode::OK);
    }
    for (method, path) in [
        (Method::PUT, DRAFT),
        (Method::PUT, PATH),
        (Method::POST, PUBLISH),
    ] {
        let answer = write(&world, method, path, &token, 120, Some(&document("x"))).await;
        answer.is_problem(429, "rate_limited");
    }
    // Reading and discarding are not saving.
    assert_eq!(world.get(PATH, &token).await.status, StatusCode::OK);
    let gone = write(&world, Method::DELETE, DRAFT, &token, 120, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}
