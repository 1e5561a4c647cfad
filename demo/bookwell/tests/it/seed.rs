//! What the demonstration begins with.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bookwell::{Clock, Database, seed};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::postgres::worlds;
use crate::world::{ADMIN, HARBOR, JUNIPER, PASSWORD, WILLOW, World};

/// What the pages show, straight from the rows: packages, of which active, bookings, blackouts, revenue.
const NUMBERS: &str = "SELECT slug || ' ' || currency || ' ' \
  || (SELECT COUNT(*) FROM package WHERE tenant_id = tenant.id) || ' ' \
  || (SELECT COUNT(*) FROM package WHERE tenant_id = tenant.id AND active = 1) || ' ' \
  || (SELECT COUNT(*) FROM booking WHERE tenant_id = tenant.id) || ' ' \
  || (SELECT COUNT(*) FROM blackout WHERE tenant_id = tenant.id) || ' ' \
  || (SELECT COALESCE(SUM(price_cents), 0) FROM booking WHERE tenant_id = tenant.id AND status IN ('confirmed', 'fulfilled')) \
  FROM tenant ORDER BY slug";

#[tokio::test]
async fn the_numbers_of_a_day_are_known() {
    for world in worlds().await {
        assert_eq!(world.texts(NUMBERS).await, EXPECTED);
    }
}

/// On 20 May 2026.
const EXPECTED: [&str; 4] = [
    "harbor-light EUR 2 2 157 0 9301850",
    "juniper-studio EUR 1 1 0 0 0",
    "old-mill GBP 1 1 0 0 0",
    "willow-pine USD 4 3 132 2 67290000",
];

#[tokio::test]
async fn everybody_whose_business_is_open_signs_in() {
    let world = World::new().await;
    for email in [ADMIN, WILLOW, HARBOR, JUNIPER] {
        assert_eq!(world.login(email, PASSWORD).await.status, StatusCode::OK);
    }
    let hashes = world
        .texts("SELECT DISTINCT password_hash FROM account")
        .await;
    assert_eq!(hashes.len(), 5);
    assert!(
        hashes
            .iter()
            .all(|hash| hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"))
    );
}

#[tokio::test]
async fn a_database_with_businesses_is_left_as_it_is() {
    for world in worlds().await {
        world.execute("DELETE FROM blackout").await;
        world.advance(40 * 24 * 60 * 60);
        let now = world.now();
        let clock = Clock::new(move || now);
        seed(&world.database, &clock, "another password")
            .await
            .unwrap();
        let expected = EXPECTED.map(|row| row.replace("132 2", "132 0"));
        assert_eq!(world.texts(NUMBERS).await, expected);
        assert_eq!(world.login(WILLOW, PASSWORD).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn two_that_begin_at_the_same_time_seed_once() {
    let folder = std::env::temp_dir().join(format!("bookwell-twice-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.join("twice.db").display());
    let database = Database::open(&url).await.unwrap();
    let now = Arc::new(std::sync::atomic::AtomicI64::new(1_779_289_200));
    let clock =
        Clock::new(move || jiff::Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap());
    let (one, other) = tokio::join!(
        seed(&database, &clock, PASSWORD),
        seed(&database, &clock, PASSWORD)
    );
    one.and(other).unwrap();
    let world = World::over(&url).await;
    assert_eq!(world.texts(NUMBERS).await, EXPECTED);
    database.close().await;
    world.database.close().await;
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn nothing_was_written_in_the_future() {
    let world = World::new().await;
    let ahead = "SELECT COUNT(*) FROM booking WHERE created_at > 1779289200000 OR updated_at > 1779289200000 \
                 OR updated_at < created_at OR cancelled_at > updated_at";
    assert_eq!(world.number(ahead).await, 0);
    let odd =
        "SELECT COUNT(*) FROM booking WHERE (status = 'cancelled') <> (cancelled_at IS NOT NULL)";
    assert_eq!(world.number(odd).await, 0);
}

#[tokio::test]
async fn a_public_key_is_named_after_its_business() {
    let world = World::new().await;
    for row in world
        .texts("SELECT slug || ' ' || public_key FROM tenant")
        .await
    {
        let (slug, key) = row.split_once(' ').unwrap();
        let hex = key.strip_prefix(&format!("pk_live_{slug}_")).unwrap();
        assert!(hex.len() == 16 && hex.bytes().all(|octet| octet.is_ascii_hexdigit()));
    }
}

#[tokio::test]
async fn a_page_has_seven_parts_and_a_home_that_is_shown() {
    let world = World::new().await;
    let pages = world
        .texts("SELECT published FROM landing_page UNION ALL SELECT draft FROM landing_page WHERE draft IS NOT NULL")
        .await;
    assert_eq!(pages.len(), 3);
    for page in pages {
        let page: Value = serde_json::from_str(&page).unwrap();
        let pages = page["pages"].as_object().unwrap();
        assert_eq!(pages.len(), 7);
        assert_eq!(pages["home"]["enabled"], true);
        let shown = pages.values().filter(|page| page["enabled"] == true);
        assert!(shown.clone().count() >= 5);
        for page in shown {
            assert!(!page["sections"].as_array().unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn the_dashboard_shows_the_numbers_of_the_rows() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let stats = world.get("/v1/tenant-admin/stats", &token).await.body;
        assert_eq!(stats["packages"], json!({"total": 4, "active": 3}));
        assert_eq!(stats["blackouts"]["upcoming"], 2);
        assert_eq!(stats["revenue"]["total_cents"], 67_290_000);
        assert_eq!(stats["revenue"]["currency"], "USD");
        assert_eq!(stats["bookings"]["total"], 132);
        for (member, condition) in [
            (
                "/bookings/upcoming_30d",
                "status <> 'cancelled' AND event_date BETWEEN '2026-05-20' AND '2026-06-18'",
            ),
            ("/bookings/by_status/pending", "status = 'pending'"),
            ("/bookings/by_status/cancelled", "status = 'cancelled'"),
        ] {
            let sql = format!(
                "SELECT COUNT(*) FROM booking JOIN tenant ON tenant.id = tenant_id WHERE slug = 'willow-pine' AND {condition}"
            );
            let count = world.number(sqlx::AssertSqlSafe(sql)).await;
            assert_eq!(
                stats.pointer(member).unwrap().as_i64(),
                Some(count),
                "{member}"
            );
            assert!(count > 0, "{member}");
        }
        assert!(stats["revenue"]["this_month_cents"].as_i64().unwrap() > 0);
    }
}

#[tokio::test]
async fn packages_have_pictures_that_anybody_can_fetch() {
    for world in worlds().await {
        for email in [WILLOW, HARBOR] {
            let token = world.sign_in(email).await;
            let packages = world.get("/v1/tenant-admin/packages", &token).await.body;
            for package in packages["items"].as_array().unwrap() {
                let url = package["photo_url"].as_str().unwrap();
                let path = url.replace("/api/", "/v1/");
                let picture = world.send(Method::GET, &path, None, None).await;
                assert_eq!(picture.status, StatusCode::OK, "{package}");
                assert_eq!(picture.header("content-type"), Some("image/webp"));
            }
        }
    }
}
