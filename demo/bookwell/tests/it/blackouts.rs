//! Dates that cannot be booked.

use http::StatusCode;
use serde_json::{Value, json};

use crate::call::Call;
use crate::postgres::worlds;
use crate::world::{HARBOR, WILLOW, World};

const PATH: &str = "/v1/tenant-admin/blackouts";

#[tokio::test]
async fn a_day_is_off_once() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let first = world
            .post(
                PATH,
                &token,
                json!({"day": "2028-01-15", "reason": "Repairs"}),
            )
            .await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        let again = world
            .post(
                PATH,
                &token,
                json!({"day": "2028-01-15", "reason": "Other"}),
            )
            .await;
        assert_eq!((again.status, &again.body), (StatusCode::OK, &first.body));
        let neighbour = world.sign_in(HARBOR).await;
        let other = world
            .post(PATH, &neighbour, json!({"day": "2028-01-15"}))
            .await;
        assert_eq!(other.status, StatusCode::CREATED, "{}", other.body);
        assert_eq!(other.body["reason"], Value::Null);

        let path = format!("{PATH}/{}", first.text("id"));
        let gone = Call::delete(&path, &token).send(&world).await;
        assert_eq!(
            (gone.status, gone.body),
            (StatusCode::NO_CONTENT, json!(""))
        );
        Call::delete(&path, &token)
            .send(&world)
            .await
            .is_problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_day_that_is_past_where_the_business_is_cannot_be_taken_off() {
    for world in worlds().await {
        world.execute("DELETE FROM booking").await;
        // It is 11 pm on the 20th in New York, and the 21st in UTC.
        world.set("2026-05-21T03:00:00Z");
        let token = world.sign_in(WILLOW).await;
        let past = world.post(PATH, &token, json!({"day": "2026-05-19"})).await;
        past.is_problem(400, "validation_failed");
        assert_eq!(past.body["errors"][0]["field"], "day");
        assert_eq!(past.body["errors"][0]["code"], "range");
        let today = world.post(PATH, &token, json!({"day": "2026-05-20"})).await;
        assert_eq!(today.status, StatusCode::CREATED, "{}", today.body);
        // What was taken off in time stays known, however often it is asked for.
        world.set("2026-05-22T03:00:00Z");
        let token = world.sign_in(WILLOW).await;
        let again = world.post(PATH, &token, json!({"day": "2026-05-20"})).await;
        assert_eq!((again.status, again.body), (StatusCode::OK, today.body));
    }
}

#[tokio::test]
async fn a_day_that_is_booked_names_the_booking() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let upcoming = "/v1/tenant-admin/bookings?status=confirmed&from=2026-05-20&limit=1";
        let booked = world.get(upcoming, &token).await.body["items"][0].clone();
        let answer = world
            .post(PATH, &token, json!({"day": booked["event_date"]}))
            .await;
        answer.is_problem(409, "date_booked");
        assert_eq!(
            answer.body["row"],
            json!({"id": booked["id"], "customer_name": booked["customer"]["name"], "event_date": booked["event_date"]})
        );
    }
}

#[tokio::test]
async fn the_list_is_sorted_narrowed_and_cut_into_pages() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        for day in ["2028-01-17", "2028-01-15", "2028-01-16", "2028-02-01"] {
            world.post(PATH, &token, json!({"day": day})).await;
        }
        let days = |body: &Value| -> Vec<String> {
            let items = body["items"].as_array().unwrap().iter();
            items
                .map(|row| row["day"].as_str().unwrap().to_owned())
                .collect()
        };
        let path = format!("{PATH}?from=2028-01-15&to=2028-01-31");
        let whole = world.get(&path, &token).await.body;
        assert_eq!(days(&whole), ["2028-01-15", "2028-01-16", "2028-01-17"]);
        let part = world.get(&format!("{path}&limit=2"), &token).await.body;
        assert_eq!(days(&part), ["2028-01-15", "2028-01-16"]);
        let cursor = part["next_cursor"].as_str().unwrap();
        let rest = world
            .get(&format!("{path}&limit=2&cursor={cursor}"), &token)
            .await
            .body;
        assert_eq!(
            (days(&rest), &rest["next_cursor"]),
            (vec!["2028-01-17".to_owned()], &Value::Null)
        );
    }
}

#[tokio::test]
async fn every_field_has_its_limits() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    for body in [
        json!({"day": "2028-01-15", "reason": "r".repeat(201)}),
        json!({"day": "2028-1-15"}),
        json!({"day": null}),
        json!({}),
        json!({"day": "2028-01-15", "id": "x"}),
    ] {
        world
            .post(PATH, &token, body)
            .await
            .is_problem(400, "validation_failed");
    }
}

#[tokio::test]
async fn a_day_off_that_is_sent_twice_gives_the_same_answer() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let send = |day: &str| {
            Call::post(PATH, &token)
                .header("idempotency-key", "off")
                .json(&json!({"day": day}))
        };
        let first = send("2028-01-15").send(&world).await;
        let again = send("2028-01-15").send(&world).await;
        assert_eq!(
            (first.status, again.status),
            (StatusCode::CREATED, StatusCode::CREATED)
        );
        assert_eq!(first.body, again.body);
        send("2028-01-16")
            .send(&world)
            .await
            .is_problem(409, "idempotency_conflict");
    }
}
