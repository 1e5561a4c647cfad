//! Signing in, refreshing, signing out.

use axum::body::Body;
use axum::http::request::Builder;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::postgres::worlds;
use crate::world::{ADMIN, Answer, HARBOR, OLD_MILL, PASSWORD, WILLOW, World};

impl World {
    async fn refresh(&self, token: &str) -> Answer {
        let body = json!({"refresh_token": token});
        self.send(Method::POST, "/v1/auth/refresh", None, Some(body))
            .await
    }

    async fn login_from(&self, address: &str, email: &str, password: &str) -> Answer {
        let body = json!({"email": email, "password": password});
        let request = from(address).body(Body::from(body.to_string()));
        self.request(request.unwrap()).await
    }
}

fn from(address: &str) -> Builder {
    Request::post("/v1/auth/login")
        .header("content-type", "application/json")
        .header("x-forwarded-for", address)
}

/// The claims of a token, unverified.
fn claims(token: &str) -> Value {
    use base64::Engine as _;
    let payload = token.split('.').nth(1).unwrap();
    let payload = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(payload);
    serde_json::from_slice(&payload.unwrap()).unwrap()
}

#[tokio::test]
async fn an_owner_signs_in_for_their_business() {
    let world = World::new().await;
    let answer = world.login(WILLOW, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.body["expires_in"], 7200);
    assert_eq!(answer.body["user"]["email"], WILLOW);
    assert_eq!(answer.body["user"]["role"], "TENANT_ADMIN");
    assert_eq!(answer.body["tenant"]["slug"], "willow-pine");
    assert_eq!(answer.body["tenant"]["name"], "Willow & Pine");
    let claims = claims(&answer.text("access_token"));
    assert_eq!(claims["kind"], "tenant");
    assert_eq!(claims["aud"], "bookwell-api");
    assert_eq!(claims["tenant_id"], answer.body["tenant"]["id"]);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        7200
    );
}

#[tokio::test]
async fn an_administrator_signs_in_for_no_business() {
    let world = World::new().await;
    let answer = world.login(ADMIN, PASSWORD).await;
    assert_eq!(answer.body["user"]["role"], "PLATFORM_ADMIN");
    assert_eq!(answer.body["tenant"], Value::Null);
    assert_eq!(claims(&answer.text("access_token"))["kind"], "admin");
}

#[tokio::test]
async fn the_case_of_an_email_does_not_matter() {
    let world = World::new().await;
    for email in [
        "Owner@Willow-Pine.TEST",
        " owner@willow-pine.test ",
        "ADMIN@bookwell.test",
    ] {
        assert_eq!(world.login(email, PASSWORD).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn every_failure_looks_the_same() {
    for world in worlds().await {
        let mut bodies = Vec::new();
        for (email, password) in [
            (WILLOW, "wrong"),
            ("nobody@willow-pine.test", PASSWORD),
            (OLD_MILL, PASSWORD),
            ("", ""),
        ] {
            let mut answer = world.login(email, password).await;
            answer.is_problem(401, "invalid_credentials");
            answer.body["request_id"] = Value::Null;
            bodies.push(answer.body);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
    }
}

#[tokio::test]
async fn a_client_cannot_say_who_it_is_but_by_its_password() {
    let world = World::new().await;
    for (member, value) in [
        ("role", json!("PLATFORM_ADMIN")),
        ("tenant_id", json!("0190a1b2-0000-7000-8000-000000000000")),
        ("access_token", json!("x")),
        ("user", json!({"role": "PLATFORM_ADMIN"})),
    ] {
        let body = json!({"email": WILLOW, "password": PASSWORD, member: value});
        let answer = world
            .send(Method::POST, "/v1/auth/login", None, Some(body))
            .await;
        answer.is_problem(400, "validation_failed");
        assert_eq!(answer.body["errors"][0]["field"], member);
    }
    let token = world.sign_in(WILLOW).await;
    let body = json!({"token": token});
    let answer = world
        .send(Method::POST, "/v1/auth/login", None, Some(body))
        .await;
    answer.is_problem(400, "validation_failed");
}

#[tokio::test]
async fn me_says_who_the_bearer_is() {
    let world = World::new().await;
    let token = world.sign_in(HARBOR).await;
    let answer = world.get("/v1/auth/me", &token).await;
    assert_eq!(answer.body["user"]["email"], HARBOR);
    assert_eq!(answer.body["tenant"]["slug"], "harbor-light");
    assert_eq!(answer.body.get("impersonation"), None);
    let answer = world.send(Method::GET, "/v1/auth/me", None, None).await;
    answer.is_problem(401, "unauthenticated");
    assert!(
        answer
            .header("www-authenticate")
            .unwrap()
            .starts_with("Bearer")
    );
}

#[tokio::test]
async fn an_access_token_lives_two_hours() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    world.advance(7199);
    assert_eq!(
        world.get("/v1/auth/me", &token).await.status,
        StatusCode::OK
    );
    world.advance(1);
    let answer = world.get("/v1/auth/me", &token).await;
    answer.is_problem(401, "token_expired");
}

#[tokio::test]
async fn a_bearer_in_another_form_is_none() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let (head, rest) = token.split_once('.').unwrap();
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    for value in [
        token.clone(),
        format!("Basic {token}"),
        format!("Bearer {token} {token}"),
        format!("Bearer  {token}"),
        format!("Bearer {none}.{rest}"),
        format!("Bearer {head}.{rest}x"),
        format!("Bearer {head}"),
        "Bearer ".to_owned(),
    ] {
        let request = Request::get("/v1/auth/me").header("authorization", &value);
        let answer = world.request(request.body(Body::empty()).unwrap()).await;
        answer.is_problem(401, "unauthenticated");
    }
}

/// TH-56: with the right key, and made for somebody else or for ever.
#[tokio::test]
async fn a_token_that_is_not_for_this_api_is_none() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let key = jsonwebtoken::EncodingKey::from_secret(&[7; 32]);
    let sealed = |algorithm, change: &dyn Fn(&mut Value)| {
        let mut claims = claims(&token);
        change(&mut claims);
        jsonwebtoken::encode(&jsonwebtoken::Header::new(algorithm), &claims, &key).unwrap()
    };
    let usual = jsonwebtoken::Algorithm::HS256;
    let same = sealed(usual, &|_| {});
    assert_eq!(world.get("/v1/auth/me", &same).await.status, StatusCode::OK);
    let without = |name: &'static str| {
        move |claims: &mut Value| drop(claims.as_object_mut().unwrap().remove(name))
    };
    for other in [
        sealed(usual, &|claims| claims["aud"] = "bookwell-pages".into()),
        sealed(usual, &|claims| claims["iss"] = "somebody".into()),
        sealed(usual, &|claims| claims["kind"] = "refresh".into()),
        sealed(usual, &without("aud")),
        sealed(usual, &without("iss")),
        sealed(usual, &without("exp")),
        sealed(usual, &without("sub")),
        sealed(jsonwebtoken::Algorithm::HS512, &|_| {}),
    ] {
        let answer = world.get("/v1/auth/me", &other).await;
        answer.is_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn refresh_tokens_rotate() {
    for world in worlds().await {
        let first = world.login(WILLOW, PASSWORD).await;
        let second = world.refresh(&first.text("refresh_token")).await;
        assert_eq!(second.status, StatusCode::OK);
        assert_eq!(second.body["tenant"], first.body["tenant"]);
        assert_ne!(second.text("refresh_token"), first.text("refresh_token"));
        let family = |answer: &Answer| claims(&answer.text("access_token"))["family"].clone();
        assert_eq!(family(&second), family(&first));
        let third = world.refresh(&second.text("refresh_token")).await;
        assert_eq!(third.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_within_ten_seconds() {
    for world in worlds().await {
        let token = world.login(WILLOW, PASSWORD).await.text("refresh_token");
        let lost = world.refresh(&token).await;
        world.advance(10);
        let again = world.refresh(&token).await;
        assert_eq!(again.status, StatusCode::OK);
        for answer in [lost, again] {
            let next = world.refresh(&answer.text("refresh_token")).await;
            assert_eq!(next.status, StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn parallel_requests_with_one_token_all_have_a_pair() {
    for world in worlds().await {
        let token = world.login(WILLOW, PASSWORD).await.text("refresh_token");
        let requests = (0..20).map(|_| world.refresh(&token));
        let answers = futures_util::future::join_all(requests).await;
        for answer in answers {
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            let next = world.refresh(&answer.text("refresh_token")).await;
            assert_eq!(next.status, StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn a_token_that_is_used_again_later_ends_its_family() {
    for world in worlds().await {
        let stolen = world.login(WILLOW, PASSWORD).await.text("refresh_token");
        let other = world.login(WILLOW, PASSWORD).await.text("refresh_token");
        let next = world.refresh(&stolen).await.text("refresh_token");
        world.advance(11);
        world
            .refresh(&stolen)
            .await
            .is_problem(400, "invalid_grant");
        world.refresh(&next).await.is_problem(400, "invalid_grant");
        // Another sign-in of the same account is another family.
        assert_eq!(world.refresh(&other).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_refresh_token_lives_a_day_and_is_then_removed() {
    for world in worlds().await {
        let token = world.login(WILLOW, PASSWORD).await.text("refresh_token");
        world.advance(24 * 60 * 60 - 1);
        let next = world.refresh(&token).await.text("refresh_token");
        world.advance(1);
        world.refresh(&token).await.is_problem(400, "invalid_grant");
        let count = "SELECT COUNT(*) FROM refresh_token";
        assert_eq!(world.number(count).await, 2);
        world.api.sweep().await;
        assert_eq!(world.number(count).await, 1);
        assert_eq!(world.refresh(&next).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn an_unknown_refresh_token_is_no_grant() {
    let world = World::new().await;
    world.refresh("x").await.is_problem(400, "invalid_grant");
    let access = world.sign_in(WILLOW).await;
    world
        .refresh(&access)
        .await
        .is_problem(400, "invalid_grant");
}

#[tokio::test]
async fn only_the_hash_of_a_refresh_token_is_stored() {
    let world = World::new().await;
    let token = world.login(WILLOW, PASSWORD).await.text("refresh_token");
    let rows = world
        .texts("SELECT token_hash || family || id FROM refresh_token")
        .await;
    assert!(rows.iter().all(|row| !row.contains(&token)));
}

#[tokio::test]
async fn signing_out_ends_the_family() {
    for world in worlds().await {
        let signed_in = world.login(WILLOW, PASSWORD).await;
        let other = world.login(WILLOW, PASSWORD).await;
        let token = signed_in.text("access_token");
        let answer = world
            .send(Method::POST, "/v1/auth/logout", Some(&token), None)
            .await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert_eq!(answer.body, "");
        let refreshed = world.refresh(&signed_in.text("refresh_token")).await;
        refreshed.is_problem(400, "invalid_grant");
        let refreshed = world.refresh(&other.text("refresh_token")).await;
        assert_eq!(refreshed.status, StatusCode::OK);
        let answer = world
            .send(Method::POST, "/v1/auth/logout", None, None)
            .await;
        answer.is_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn who_works_for_a_business_that_closed_cannot_refresh() {
    for world in worlds().await {
        let token = world.login(WILLOW, PASSWORD).await.text("refresh_token");
        world.execute("UPDATE tenant SET active = 0").await;
        world.refresh(&token).await.is_problem(400, "invalid_grant");
        world
            .login(WILLOW, PASSWORD)
            .await
            .is_problem(401, "invalid_credentials");
    }
}

#[tokio::test]
async fn five_failures_from_one_address_are_enough() {
    let world = World::new().await;
    let address = "198.51.100.7";
    for count in 0..5 {
        let email = format!("guess{count}@willow-pine.test");
        let answer = world.login_from(address, &email, "wrong").await;
        answer.is_problem(401, "invalid_credentials");
    }
    world.advance(60);
    let answer = world.login_from(address, WILLOW, PASSWORD).await;
    answer.is_problem(429, "rate_limited");
    assert_eq!(answer.header("retry-after"), Some("840"));
    // By way of a trusted proxy, which the gateway lists behind the client, it is the same one.
    let by_proxy = format!("{address}, 203.0.113.1");
    let answer = world.login_from(&by_proxy, WILLOW, PASSWORD).await;
    answer.is_problem(429, "rate_limited");
    // Others are not locked out.
    let answer = world.login_from("198.51.100.8", WILLOW, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
    world.advance(840);
    let answer = world.login_from(address, WILLOW, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn an_ipv6_network_is_one_address() {
    let world = World::new().await;
    for host in 1..=5 {
        let address = format!("2001:db8:1:2::{host}");
        let answer = world.login_from(&address, WILLOW, "wrong").await;
        answer.is_problem(401, "invalid_credentials");
    }
    let answer = world.login_from("2001:db8:1:2::6", WILLOW, PASSWORD).await;
    answer.is_problem(429, "rate_limited");
    let answer = world.login_from("2001:db8:1:3::1", WILLOW, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn ten_failures_to_one_account_are_enough_from_wherever_they_come() {
    let world = World::new().await;
    for (email, password) in [(WILLOW, PASSWORD), ("nobody@example.com", "x")] {
        for count in 0..10 {
            let address = format!("198.51.100.{count}");
            let address = if email == WILLOW {
                address
            } else {
                format!("2001:db8::{count}:0:0:0:1")
            };
            let email = if count % 2 == 0 {
                email.to_owned()
            } else {
                email.to_uppercase()
            };
            let answer = world.login_from(&address, &email, "wrong").await;
            answer.is_problem(401, "invalid_credentials");
        }
        // The same whether there is such an account or not.
        let answer = world.login_from("203.0.113.1", email, password).await;
        answer.is_problem(429, "rate_limited");
    }
    // An attempt that was refused is no failure of its address.
    for _ in 0..5 {
        let answer = world.login_from("203.0.113.1", WILLOW, PASSWORD).await;
        answer.is_problem(429, "rate_limited");
    }
    let answer = world.login_from("203.0.113.1", HARBOR, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn success_takes_nothing_from_the_limit() {
    let world = World::new().await;
    let address = "198.51.100.7";
    for _ in 0..4 {
        world.login_from(address, WILLOW, "wrong").await;
    }
    for _ in 0..12 {
        let answer = world.login_from(address, WILLOW, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    // And gives nothing back: the fifth failure is the last.
    let answer = world.login_from(address, WILLOW, "wrong").await;
    answer.is_problem(401, "invalid_credentials");
    let answer = world.login_from(address, WILLOW, "wrong").await;
    answer.is_problem(429, "rate_limited");
}

#[tokio::test]
async fn attempts_at_the_same_time_are_not_more_than_the_limit() {
    for world in worlds().await {
        let attempts = (0..20).map(|_| world.login_from("198.51.100.7", WILLOW, "wrong"));
        let answers = futures_util::future::join_all(attempts).await;
        let tried = answers
            .iter()
            .filter(|answer| answer.status == StatusCode::UNAUTHORIZED);
        assert_eq!(tried.count(), 5);
    }
}
