//! The numbers of a business, against its rows.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::postgres::worlds;
use crate::world::{HARBOR, JUNIPER, WILLOW, World};

const PATH: &str = "/v1/tenant-admin/stats";

/// All rows of a list.
async fn all(world: &World, token: &str, resource: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut path = format!("/v1/tenant-admin/{resource}?limit=100");
    loop {
        let part = world.get(&path, token).await.body;
        rows.extend(part["items"].as_array().unwrap().clone());
        let Some(cursor) = part["next_cursor"].as_str() else {
            return rows;
        };
        path = format!("/v1/tenant-admin/{resource}?limit=100&cursor={cursor}");
    }
}

fn count(rows: &[Value], fits: impl Fn(&Value) -> bool) -> usize {
    rows.iter().filter(|row| fits(row)).count()
}

fn cents<'a>(rows: impl Iterator<Item = &'a Value>) -> i64 {
    rows.filter(|row| row["status"] == "confirmed" || row["status"] == "fulfilled")
        .map(|row| row["price_cents"].as_i64().unwrap())
        .sum()
}

#[tokio::test]
async fn the_numbers_are_those_of_the_rows() {
    for world in worlds().await {
        for (email, currency) in [(WILLOW, "USD"), (HARBOR, "EUR")] {
            let token = world.sign_in(email).await;
            let packages = all(&world, &token, "packages").await;
            let bookings = all(&world, &token, "bookings").await;
            let blackouts = all(&world, &token, "blackouts").await;
            let day = |row: &Value| row["event_date"].as_str().unwrap().to_owned();
            let live = |row: &Value| row["status"] != "cancelled";
            let months = [
                "2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03",
                "2026-04", "2026-05", "2026-06", "2026-07", "2026-08",
            ];
            let by_month = months.map(|month| {
                json!({"month": month, "count": count(&bookings, |row| live(row) && day(row).starts_with(month))})
            });
            let status = |name: &str| count(&bookings, |row| row["status"] == name);
            let expected = json!({
                "packages": {"total": packages.len(), "active": count(&packages, |row| row["active"] == true)},
                "bookings": {
                    "total": bookings.len(),
                    "upcoming_30d": count(&bookings, |row| live(row) && ("2026-05-20".."2026-06-19").contains(&&*day(row))),
                    "by_status": {
                        "pending": status("pending"), "confirmed": status("confirmed"),
                        "fulfilled": status("fulfilled"), "cancelled": status("cancelled"),
                    },
                    "by_month": by_month,
                },
                "blackouts": {"upcoming": count(&blackouts, |row| row["day"].as_str().unwrap() >= "2026-05-20")},
                "revenue": {
                    "this_month_cents": cents(bookings.iter().filter(|row| day(row).starts_with("2026-05"))),
                    "total_cents": cents(bookings.iter()),
                    "currency": currency,
                },
                "as_of": "2026-05-20T15:00:00Z",
            });
            assert_eq!(world.get(PATH, &token).await.body, expected);
            assert!(bookings.len() > 50);
        }
    }
}

#[tokio::test]
async fn nothing_is_counted_as_nothing() {
    for world in worlds().await {
        let token = world.sign_in(JUNIPER).await;
        let stats = world.get(PATH, &token).await.body;
        assert_eq!(stats["bookings"]["total"], 0);
        assert_eq!(stats["bookings"]["by_month"].as_array().unwrap().len(), 12);
        assert_eq!(stats["revenue"]["total_cents"], 0);
    }
}

#[tokio::test]
async fn a_month_begins_where_the_business_is() {
    for world in worlds().await {
        // The first of June in UTC, and still the 31st of May in New York.
        let start: Date = "2026-05-20".parse().unwrap();
        let days = (start.until("2026-06-01".parse::<Date>().unwrap()).unwrap()).get_days();
        world.advance(i64::from(days) * 86_400 - 13 * 3600);
        let token = world.sign_in(WILLOW).await;
        let months = world.get(PATH, &token).await.body["bookings"]["by_month"].clone();
        assert_eq!(months[8]["month"], "2026-05");
        world.advance(3 * 3600);
        let token = world.sign_in(WILLOW).await;
        let months = world.get(PATH, &token).await.body["bookings"]["by_month"].clone();
        assert_eq!(months[8]["month"], "2026-06");
    }
}
