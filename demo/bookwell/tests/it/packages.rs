//! What can be booked.

use http::StatusCode;
use serde_json::{Value, json};

use crate::call::Call;
use crate::postgres::worlds;
use crate::world::{JUNIPER, WILLOW, World, behind};

const PATH: &str = "/v1/tenant-admin/packages";

fn content(slug: &str) -> Value {
    json!({
        "slug": slug, "title": "A garden for an evening", "description": "Lanterns, music — and tables.",
        "price_cents": 123_456, "active": true, "sort_order": 7,
    })
}

fn with(mut content: Value, field: &str, value: Value) -> Value {
    content[field] = value;
    content
}

async fn create(world: &World, token: &str, slug: &str) -> Value {
    let answer = world.post(PATH, token, content(slug)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.body
}

#[tokio::test]
async fn a_package_is_written_read_changed_and_deleted() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let answer = world.post(PATH, &token, content("evening-garden")).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let path = format!("{PATH}/{}", answer.text("id"));
        assert_eq!(behind(answer.header("location").unwrap()), path);
        assert_eq!(answer.header("etag"), Some("\"1\""));
        assert_eq!(answer.body["currency"], "USD");
        assert_eq!(answer.body["photo_url"], Value::Null);
        assert_eq!(answer.body["version"], 1);
        assert_eq!(answer.body["created_at"], "2026-05-20T15:00:00Z");

        world.advance(1);
        let changed = with(content("evening-garden"), "price_cents", json!(0));
        let answer = Call::put(&path, &token)
            .if_match(1)
            .json(&changed)
            .send(&world)
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body["price_cents"], 0);
        assert_eq!(answer.body["updated_at"], "2026-05-20T15:00:01Z");
        let found = world.get(&path, &token).await;
        assert_eq!(found.body, answer.body);
        assert_eq!(found.header("etag"), Some("\"2\""));

        let gone = Call::delete(&path, &token).if_match(2).send(&world).await;
        assert_eq!(
            (gone.status, gone.body),
            (StatusCode::NO_CONTENT, json!(""))
        );
        world.get(&path, &token).await.is_problem(404, "not_found");
        let again = Call::delete(&path, &token).if_match(2).send(&world).await;
        again.is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn the_last_writer_does_not_win_silently() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let path = format!(
            "{PATH}/{}",
            create(&world, &token, "a").await["id"].as_str().unwrap()
        );
        let body = content("a");
        let put = || Call::put(&path, &token).json(&body);
        put()
            .send(&world)
            .await
            .is_problem(428, "precondition_required");
        put()
            .if_match(2)
            .send(&world)
            .await
            .is_problem(412, "version_conflict");
        for tag in ["*", "1", "W/\"1\"", "\"x\""] {
            let answer = put().header("if-match", tag).send(&world).await;
            answer.is_problem(412, "version_conflict");
        }
        let delete = || Call::delete(&path, &token);
        delete()
            .send(&world)
            .await
            .is_problem(428, "precondition_required");
        delete()
            .if_match(7)
            .send(&world)
            .await
            .is_problem(412, "version_conflict");
        assert_eq!(world.get(&path, &token).await.body["version"], 1);
    }
}

#[tokio::test]
async fn a_short_name_is_taken_once_in_each_business() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        create(&world, &token, "a").await;
        let other = create(&world, &token, "b").await;
        world
            .post(PATH, &token, content("a"))
            .await
            .is_problem(409, "slug_taken");
        let path = format!("{PATH}/{}", other["id"].as_str().unwrap());
        let renamed = Call::put(&path, &token).if_match(1).json(&content("a"));
        renamed.send(&world).await.is_problem(409, "slug_taken");
        let neighbour = world.sign_in(JUNIPER).await;
        create(&world, &neighbour, "a").await;
    }
}

#[tokio::test]
async fn a_package_that_was_booked_stays() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let bookings = world.get("/v1/tenant-admin/bookings?limit=1", &token).await;
        let id = bookings.body["items"][0]["package"]["id"].as_str().unwrap();
        let path = format!("{PATH}/{id}");
        let version = world.get(&path, &token).await.body["version"]
            .as_i64()
            .unwrap();
        let answer = Call::delete(&path, &token)
            .if_match(version)
            .send(&world)
            .await;
        answer.is_problem(409, "package_in_use");
        assert_eq!(world.get(&path, &token).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn every_field_has_its_limits() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let cases = [
        ("slug", json!("Upper"), "format"),
        ("slug", json!("a--b"), "format"),
        ("slug", json!("s".repeat(64)), "format"),
        ("title", json!(""), "required"),
        ("title", json!("ü".repeat(101)), "too_long"),
        ("title", json!("a\u{0}b"), "format"),
        ("description", json!("d".repeat(2001)), "too_long"),
        ("price_cents", json!(-1), "range"),
        ("price_cents", json!(100_000_000), "range"),
        ("sort_order", json!(1001), "range"),
    ];
    for (field, value, code) in cases {
        let answer = world
            .post(PATH, &token, with(content("limits"), field, value.clone()))
            .await;
        answer.is_problem(400, "validation_failed");
        let error = &answer.body["errors"][0];
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!(field), &json!(code)),
            "{value}"
        );
    }
    for (field, value) in [
        ("title", json!("ü".repeat(100))),
        ("price_cents", json!(99_999_999)),
        ("slug", json!("s".repeat(63))),
    ] {
        let answer = world
            .post(
                PATH,
                &token,
                with(content(&format!("ok-{}", field.len())), field, value),
            )
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    }
}

#[tokio::test]
async fn unknown_and_missing_fields_and_floats_are_refused() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let unknown = with(content("x"), "tenant_id", json!("somebody else's"));
    let answer = world.post(PATH, &token, unknown).await;
    answer.is_problem(400, "validation_failed");
    assert_eq!(answer.body["errors"][0]["field"], "tenant_id");
    let float = with(content("x"), "price_cents", json!(12.5));
    world
        .post(PATH, &token, float)
        .await
        .is_problem(400, "validation_failed");
    let mut missing = content("x");
    missing.as_object_mut().unwrap().remove("title");
    let answer = world.post(PATH, &token, missing).await;
    assert_eq!(
        answer.body["errors"][0],
        json!({"field": "title", "code": "required", "message": "This field is required"})
    );
}

#[tokio::test]
async fn the_list_is_sorted_narrowed_and_cut_into_pages() {
    for world in worlds().await {
        let token = world.sign_in(JUNIPER).await;
        for (slug, order, active) in [
            ("c", 1, true),
            ("a", 9, false),
            ("b", 1, true),
            ("d", 10, true),
        ] {
            let body = with(
                with(content(slug), "sort_order", json!(order)),
                "active",
                json!(active),
            );
            world.post(PATH, &token, body).await;
            world.advance(1);
        }
        let slugs = |body: &Value| -> Vec<String> {
            let items = body["items"].as_array().unwrap().iter();
            items
                .map(|row| row["slug"].as_str().unwrap().to_owned())
                .collect()
        };
        let whole = world.get(PATH, &token).await;
        assert_eq!(whole.body["next_cursor"], Value::Null);
        let all = slugs(&whole.body);
        let ours: Vec<&String> = all.iter().filter(|slug| slug.len() == 1).collect();
        // Ids are in the order of time, so equals stay as they were written; 10 comes after 9.
        assert_eq!(ours, ["c", "b", "a", "d"]);

        let mut paged = Vec::new();
        let mut path = format!("{PATH}?limit=1");
        loop {
            let part = world.get(&path, &token).await;
            assert_eq!(part.body["items"].as_array().unwrap().len(), 1);
            paged.extend(slugs(&part.body));
            let Some(cursor) = part.body["next_cursor"].as_str() else {
                break;
            };
            path = format!("{PATH}?limit=1&cursor={cursor}");
        }
        assert_eq!(paged, all);

        let offered = slugs(&world.get(&format!("{PATH}?active=true"), &token).await.body);
        let withdrawn = slugs(
            &world
                .get(&format!("{PATH}?active=false"), &token)
                .await
                .body,
        );
        assert!(withdrawn.contains(&"a".to_owned()) && !offered.contains(&"a".to_owned()));
        assert_eq!(offered.len() + withdrawn.len(), all.len());
    }
}

#[tokio::test]
async fn a_list_is_asked_for_in_its_own_words() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        for query in [
            "limit=0",
            "limit=101",
            "cursor=%00",
            "cursor=AAAA",
            "cursor=IAA",
        ] {
            let answer = world.get(&format!("{PATH}?{query}"), &token).await;
            answer.is_problem(400, "validation_failed");
        }
        for (query, field) in [
            ("limit=x", "limit"),
            ("active=perhaps", "active"),
            ("tenant_id=1", "tenant_id"),
            ("limit=1&limit=2", "limit"),
        ] {
            let answer = world.get(&format!("{PATH}?{query}"), &token).await;
            answer.is_problem(400, "validation_failed");
            assert_eq!(answer.body["errors"][0]["field"], field);
        }
    }
}

#[tokio::test]
async fn a_creation_that_is_sent_twice_takes_effect_once() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let send = |body: Value| {
            Call::post(PATH, &token)
                .header("idempotency-key", "k-1")
                .json(&body)
        };
        let first = send(content("twice")).send(&world).await;
        let second = send(content("twice")).send(&world).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        assert_eq!((second.status, &second.body), (first.status, &first.body));
        assert_eq!(second.header("location"), first.header("location"));
        let other = send(content("other")).send(&world).await;
        other.is_problem(409, "idempotency_conflict");
    }
}
