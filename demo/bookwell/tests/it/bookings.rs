//! Dates that are taken, one at a time.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};

use crate::call::Call;
use crate::postgres::worlds;
use crate::world::{Answer, HARBOR, WILLOW, World, behind};

const PATH: &str = "/v1/tenant-admin/bookings";
const BLACKOUTS: &str = "/v1/tenant-admin/blackouts";

/// Far from what the seed books.
const DAY: &str = "2028-01-15";

/// A request for the first package that is offered.
async fn request(world: &World, token: &str, day: &str) -> Value {
    let packages = world
        .get("/v1/tenant-admin/packages?active=true", token)
        .await;
    json!({
        "package_id": packages.body["items"][0]["id"], "event_date": day,
        "customer": {"name": "Ada Lane", "email": "ada@example.test", "phone": "555 0100"},
        "notes": "Two dogs",
    })
}

async fn book(world: &World, token: &str, day: &str) -> Answer {
    world
        .post(PATH, token, request(world, token, day).await)
        .await
}

async fn step(world: &World, token: &str, id: &str, step: &str) -> Answer {
    let call = Call::post(&format!("{PATH}/{id}/{step}"), token);
    let call = if step == "cancel" {
        call.json(&json!({"reason": "Rain"}))
    } else {
        call
    };
    call.send(world).await
}

#[tokio::test]
async fn a_booking_is_written_and_read() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let answer = book(&world, &token, DAY).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let path = format!("{PATH}/{}", answer.text("id"));
        assert_eq!(behind(answer.header("location").unwrap()), path);
        let package = world
            .get(
                &format!(
                    "/v1/tenant-admin/packages/{}",
                    answer.body["package"]["id"].as_str().unwrap()
                ),
                &token,
            )
            .await;
        let expected = json!({
            "id": answer.body["id"],
            "package": {"id": package.body["id"], "title": package.body["title"]},
            "customer": {"name": "Ada Lane", "email": "ada@example.test", "phone": "555 0100"},
            "event_date": DAY, "status": "pending", "price_cents": package.body["price_cents"],
            "currency": "USD", "notes": "Two dogs", "source": "tenant", "cancelled_at": null,
            "cancel_reason": null, "version": 1, "created_at": "2026-05-20T15:00:00Z",
            "updated_at": "2026-05-20T15:00:00Z",
        });
        assert_eq!(answer.body, expected);
        assert_eq!(world.get(&path, &token).await.body, expected);
    }
}

#[tokio::test]
async fn the_price_is_the_one_of_the_day_of_booking() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let booked = book(&world, &token, DAY).await.body;
    world.execute("UPDATE package SET price_cents = 1").await;
    let path = format!("{PATH}/{}", booked["id"].as_str().unwrap());
    assert_eq!(
        world.get(&path, &token).await.body["price_cents"],
        booked["price_cents"]
    );
}

#[tokio::test]
async fn a_booking_goes_its_way_and_no_other() {
    // Each way, and the steps that are refused at its end.
    let ways: [(&[&str], &str, &[&str]); 5] = [
        (&[], "pending", &["fulfil"]),
        (&["confirm"], "confirmed", &["confirm"]),
        (
            &["confirm", "fulfil"],
            "fulfilled",
            &["confirm", "fulfil", "cancel"],
        ),
        (&["cancel"], "cancelled", &["confirm", "fulfil", "cancel"]),
        (
            &["confirm", "cancel"],
            "cancelled",
            &["confirm", "fulfil", "cancel"],
        ),
    ];
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let mut ids = Vec::new();
        for number in 1..=ways.len() {
            let day = format!("2028-02-{number:02}");
            ids.push(book(&world, &token, &day).await.text("id"));
        }
        // All the days have come.
        world.set("2028-02-20T12:00:00Z");
        let token = world.sign_in(WILLOW).await;
        for (id, (way, end, refused)) in ids.into_iter().zip(ways) {
            for name in way {
                let answer = step(&world, &token, &id, name).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            }
            for name in refused {
                let answer = step(&world, &token, &id, name).await;
                answer.is_problem(409, "wrong_status");
                assert_eq!(answer.body["row"]["status"], end);
                assert_eq!(answer.body["row"]["version"], way.len() + 1);
            }
            let row = world.get(&format!("{PATH}/{id}"), &token).await.body;
            assert_eq!(row["status"], end);
            let is_cancelled = end == "cancelled";
            assert_eq!(row["cancelled_at"].is_string(), is_cancelled);
            assert_eq!(row["cancel_reason"] == "Rain", is_cancelled);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_50_at_once_one_gets_the_date() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let request = request(&world, &token, DAY).await;
        let world = Arc::new(world);
        let attempts = (0..50).map(|number| {
            let (world, token, mut request) = (Arc::clone(&world), token.clone(), request.clone());
            request["customer"]["email"] = json!(format!("guest-{number}@example.test"));
            tokio::spawn(async move { world.post(PATH, &token, request).await })
        });
        let mut created = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            let answer = attempt.await.unwrap();
            if answer.status == StatusCode::CREATED {
                created += 1;
            } else {
                answer.is_problem(409, "date_taken");
            }
        }
        assert_eq!(created, 1);
        let live = "SELECT COUNT(*) FROM booking WHERE event_date = '2028-01-15' AND status <> 'cancelled'";
        assert_eq!(world.number(live).await, 1);
        // Who was refused left nothing behind.
        let guests = "SELECT COUNT(*) FROM customer WHERE email LIKE 'guest-%'";
        assert_eq!(world.number(guests).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_booked_or_off_and_never_both() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let world = Arc::new(world);
        for day in 1..=10 {
            let day = format!("2028-03-{day:02}");
            let request = request(&world, &token, &day).await;
            let booking = tokio::spawn({
                let (world, token) = (Arc::clone(&world), token.clone());
                async move { world.post(PATH, &token, request).await }
            });
            let blackout = tokio::spawn({
                let (world, token, day) = (Arc::clone(&world), token.clone(), day.clone());
                async move { world.post(BLACKOUTS, &token, json!({"day": day})).await }
            });
            let (booking, blackout) = (booking.await.unwrap(), blackout.await.unwrap());
            if booking.status == StatusCode::CREATED {
                blackout.is_problem(409, "date_booked");
                assert_eq!(
                    blackout.body["row"],
                    json!({"id": booking.body["id"], "customer_name": "Ada Lane", "event_date": day})
                );
            } else {
                booking.is_problem(409, "date_blacked_out");
                assert_eq!(blackout.status, StatusCode::CREATED, "{}", blackout.body);
            }
        }
    }
}

#[tokio::test]
async fn a_cancelled_booking_frees_its_date() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let first = book(&world, &token, DAY).await.text("id");
        book(&world, &token, DAY)
            .await
            .is_problem(409, "date_taken");
        step(&world, &token, &first, "cancel").await;
        let second = book(&world, &token, DAY).await;
        assert_eq!(second.status, StatusCode::CREATED, "{}", second.body);
        let neighbour = world.sign_in(HARBOR).await;
        let other = book(&world, &neighbour, DAY).await;
        assert_eq!(other.status, StatusCode::CREATED, "{}", other.body);
    }
}

#[tokio::test]
async fn the_index_guards_the_date_without_the_lock() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        book(&world, &token, DAY).await;
        let pool = world.pool().await;
        let twin = "INSERT INTO booking (id, tenant_id, package_id, customer_id, event_date, status, price_cents, source, version, created_at, updated_at) \
                    SELECT '01900000-0000-7000-8000-000000000000', tenant_id, package_id, customer_id, event_date, 'pending', 1, 'tenant', 1, 0, 0 \
                    FROM booking WHERE event_date = '2028-01-15'";
        let error = sqlx::query(twin).execute(&pool).await.unwrap_err();
        assert!(error.as_database_error().unwrap().is_unique_violation());
        pool.close().await;
    }
}

#[tokio::test]
async fn a_date_lies_between_today_and_24_months_ahead_where_the_business_is() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    world.execute("DELETE FROM booking").await;
    // It is 11 pm on the 20th in New York, and the 21st in UTC.
    world.advance(12 * 3600);
    let token = {
        drop(token);
        world.sign_in(WILLOW).await
    };
    for day in ["2026-05-19", "2028-05-21"] {
        let answer = book(&world, &token, day).await;
        answer.is_problem(400, "validation_failed");
        assert_eq!(answer.body["errors"][0]["field"], "event_date");
        assert_eq!(answer.body["errors"][0]["code"], "range");
    }
    for day in ["2026-05-20", "2028-05-20"] {
        assert_eq!(
            book(&world, &token, day).await.status,
            StatusCode::CREATED,
            "{day}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_booked_says_why() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let mut wanted = request(&world, &token, DAY).await;
        let inactive = world
            .get("/v1/tenant-admin/packages?active=false", &token)
            .await;
        wanted["package_id"] = inactive.body["items"][0]["id"].clone();
        let answer = world.post(PATH, &token, wanted.clone()).await;
        answer.is_problem(400, "validation_failed");
        assert_eq!(answer.body["errors"][0]["field"], "package_id");
        wanted["package_id"] = json!("01900000-0000-7000-8000-000000000000");
        world
            .post(PATH, &token, wanted)
            .await
            .is_problem(404, "not_found");
        world.post(BLACKOUTS, &token, json!({"day": DAY})).await;
        book(&world, &token, DAY)
            .await
            .is_problem(409, "date_blacked_out");
    }
}

#[tokio::test]
async fn every_field_has_its_limits() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let good = request(&world, &token, DAY).await;
    let cases = [
        ("/customer/name", json!(""), "customer.name"),
        ("/customer/name", json!("n".repeat(101)), "customer.name"),
        ("/customer/email", json!("nobody"), "customer.email"),
        ("/customer/phone", json!("1".repeat(21)), "customer.phone"),
        ("/notes", json!("n".repeat(501)), "notes"),
        ("/notes", json!(7), "notes"),
        ("/package_id", json!("nope"), "package_id"),
        ("/event_date", json!("20280115"), "event_date"),
        ("/event_date", json!("2028-02-30"), "event_date"),
        ("/event_date", json!("2028-01-15T00:00:00Z"), "event_date"),
        ("/event_date", json!("15.1.2028"), "event_date"),
        ("/event_date", json!(""), "event_date"),
        ("/customer", json!("Ada Lane"), "customer"),
        ("/customer/email", json!(null), "customer.email"),
        ("/customer", json!({"name": "Ada Lane"}), "customer.email"),
        ("/customer", json!({"title": "Dr"}), "customer.title"),
    ];
    for (place, value, field) in cases {
        let mut body = good.clone();
        *body.pointer_mut(place).unwrap() = value;
        let answer = world.post(PATH, &token, body).await;
        answer.is_problem(400, "validation_failed");
        assert_eq!(answer.body["errors"][0]["field"], field);
    }
    let id = book(&world, &token, DAY).await.text("id");
    let long = Call::post(&format!("{PATH}/{id}/cancel"), &token)
        .json(&json!({"reason": "r".repeat(501)}));
    long.send(&world).await.is_problem(400, "validation_failed");
}

#[tokio::test]
async fn a_booking_is_fulfilled_when_its_day_has_come_where_the_business_is() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let id = book(&world, &token, DAY).await.text("id");
        step(&world, &token, &id, "confirm").await;
        // It is 11 pm on the day before in New York, and the day itself in UTC.
        world.set("2028-01-15T04:00:00Z");
        let token = world.sign_in(WILLOW).await;
        let early = step(&world, &token, &id, "fulfil").await;
        early.is_problem(409, "wrong_status");
        assert_eq!(early.body["row"]["status"], "confirmed");
        world.set("2028-01-15T05:00:00Z");
        let done = step(&world, &token, &id, "fulfil").await;
        assert_eq!(done.text("status"), "fulfilled");
    }
}

#[tokio::test]
async fn a_cancellation_needs_no_body() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    for body in [None, Some(json!(null)), Some(json!({}))] {
        let id = book(&world, &token, DAY).await.text("id");
        let call = Call::post(&format!("{PATH}/{id}/cancel"), &token);
        let call = match &body {
            Some(body) => call.json(body),
            None => call,
        };
        let answer = call.send(&world).await;
        assert_eq!(answer.status, StatusCode::OK, "{body:?}: {}", answer.body);
        assert_eq!(answer.body["status"], "cancelled");
        assert_eq!(answer.body["cancel_reason"], Value::Null);
    }
}

#[tokio::test]
async fn a_body_says_that_it_is_json() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let id = book(&world, &token, DAY).await.text("id");
    // Where a body may be left out, one that is there says so as well.
    for path in [PATH.to_owned(), format!("{PATH}/{id}/cancel")] {
        for kind in ["text/plain", "application/jsonp", ""] {
            let answer = Call::post(&path, &token)
                .json(&json!({"reason": "Rain"}))
                .kind(kind)
                .send(&world)
                .await;
            answer.is_problem(415, "unsupported_media_type");
            assert_eq!(answer.text("title"), "That kind of content is not accepted");
        }
    }
}

#[tokio::test]
async fn a_customer_is_one_by_its_address() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        book(&world, &token, DAY).await;
        let mut again = request(&world, &token, "2028-01-16").await;
        again["customer"] = json!({"name": "Ada L. Lane", "email": "ADA@example.test"});
        let answer = world.post(PATH, &token, again).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        // The new name counts, and the phone that was not told again stays.
        assert_eq!(
            answer.body["customer"],
            json!({"name": "Ada L. Lane", "email": "ada@example.test", "phone": "555 0100"})
        );
        let customers = "SELECT COUNT(*) FROM customer WHERE lower(email) = 'ada@example.test'";
        assert_eq!(world.number(customers).await, 1);
    }
}

#[tokio::test]
async fn the_list_is_sorted_narrowed_and_cut_into_pages() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let mut rows = Vec::new();
        let mut path = format!("{PATH}?limit=100");
        loop {
            let part = world.get(&path, &token).await.body;
            rows.extend(part["items"].as_array().unwrap().clone());
            let Some(cursor) = part["next_cursor"].as_str() else {
                break;
            };
            path = format!("{PATH}?limit=100&cursor={cursor}");
        }
        assert_eq!(
            i64::try_from(rows.len()).unwrap(),
            world
                .number("SELECT COUNT(*) FROM booking WHERE tenant_id = (SELECT id FROM tenant WHERE slug = 'willow-pine')")
                .await
        );
        assert!(rows.is_sorted_by_key(|row| row["event_date"].as_str().unwrap().to_owned()));

        let narrowed = world
            .get(
                &format!("{PATH}?status=cancelled&from=2026-01-01&to=2026-03-31"),
                &token,
            )
            .await;
        let expected: Vec<&Value> = rows
            .iter()
            .filter(|row| row["status"] == "cancelled")
            .filter(|row| {
                ("2026-01-01"..="2026-03-31").contains(&row["event_date"].as_str().unwrap())
            })
            .collect();
        assert_eq!(
            narrowed.body["items"]
                .as_array()
                .unwrap()
                .iter()
                .collect::<Vec<_>>(),
            expected
        );

        for (query, field) in [
            ("status=lost", "status"),
            ("from=20260101", "from"),
            ("to=2026-13-01", "to"),
        ] {
            let answer = world.get(&format!("{PATH}?{query}"), &token).await;
            answer.is_problem(400, "validation_failed");
            assert_eq!(answer.body["errors"][0]["field"], field);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_that_is_sent_twice_is_one() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let request = request(&world, &token, DAY).await;
        let world = Arc::new(world);
        let send = || {
            let (world, token, request) = (Arc::clone(&world), token.clone(), request.clone());
            tokio::spawn(async move {
                Call::post(PATH, &token)
                    .header("idempotency-key", "once")
                    .json(&request)
                    .send(&world)
                    .await
            })
        };
        let (first, second) = (send(), send());
        let (first, second) = (first.await.unwrap(), second.await.unwrap());
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        assert_eq!((first.status, first.body), (second.status, second.body));
    }
}
