//! The platform: its list of businesses, and acting for one of them.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::postgres::worlds;
use crate::world::{ADMIN, Answer, PASSWORD, WILLOW, World};

const AUDIT: &str =
    "SELECT action || ' ' || outcome FROM audit_log ORDER BY created_at, outcome DESC";

impl World {
    async fn tenant_id(&self, admin: &str, slug: &str) -> String {
        let tenants = self.get("/v1/admin/tenants", admin).await;
        let items = tenants.body["items"].as_array().unwrap();
        let tenant = items.iter().find(|tenant| tenant["slug"] == slug).unwrap();
        tenant["id"].as_str().unwrap().to_owned()
    }

    async fn impersonate(&self, admin: &str, slug: &str) -> Answer {
        let id = self.tenant_id(admin, slug).await;
        self.start(admin, &id).await
    }

    async fn start(&self, token: &str, tenant: &str) -> Answer {
        let path = format!("/v1/admin/tenants/{tenant}/impersonate");
        self.send(Method::POST, &path, Some(token), None).await
    }

    async fn stop(&self, token: &str) -> Answer {
        self.send(
            Method::POST,
            "/v1/admin/impersonation/stop",
            Some(token),
            None,
        )
        .await
    }
}

#[tokio::test]
async fn the_list_of_businesses_is_the_platforms_alone() {
    let world = World::new().await;
    let admin = world.sign_in(ADMIN).await;
    let answer = world.get("/v1/admin/tenants", &admin).await;
    assert_eq!(answer.status, StatusCode::OK);
    let slugs: Vec<&Value> = answer.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tenant| &tenant["slug"])
        .collect();
    assert_eq!(
        slugs,
        ["harbor-light", "juniper-studio", "old-mill", "willow-pine"]
    );
    let willow = &answer.body["items"][3];
    assert_eq!(willow["currency"], "USD");
    assert_eq!(willow["time_zone"], "America/New_York");
    assert_eq!(willow["active"], true);
    assert_eq!(answer.body["items"][2]["active"], false);
    let owner = world.sign_in(WILLOW).await;
    let answer = world.get("/v1/admin/tenants", &owner).await;
    answer.is_problem(403, "forbidden");
    let answer = world
        .send(Method::GET, "/v1/admin/tenants", None, None)
        .await;
    answer.is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_list_has_pages() {
    for world in worlds().await {
        let admin = world.sign_in(ADMIN).await;
        let first = world.get("/v1/admin/tenants?limit=3", &admin).await;
        assert_eq!(first.body["items"].as_array().unwrap().len(), 3);
        let cursor = first.text("next_cursor");
        let path = format!("/v1/admin/tenants?limit=3&cursor={cursor}");
        let second = world.get(&path, &admin).await;
        assert_eq!(second.body["items"].as_array().unwrap().len(), 1);
        assert_eq!(second.body["next_cursor"], Value::Null);
        for query in ["limit=0", "limit=101"] {
            let answer = world
                .get(&format!("/v1/admin/tenants?{query}"), &admin)
                .await;
            answer.is_problem(400, "validation_failed");
        }
        for (query, field) in [("limit=x", "limit"), ("page=2", "page")] {
            let answer = world
                .get(&format!("/v1/admin/tenants?{query}"), &admin)
                .await;
            answer.is_problem(400, "validation_failed");
            assert_eq!(answer.body["errors"][0]["field"], field);
        }
    }
}

#[tokio::test]
async fn acting_for_a_business_lasts_an_hour_and_cannot_be_refreshed() {
    let world = World::new().await;
    let admin = world.sign_in(ADMIN).await;
    let answer = world.impersonate(&admin, "willow-pine").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["expires_in"], 3600);
    assert_eq!(answer.body.get("refresh_token"), None);
    let impersonation = &answer.body["impersonation"];
    assert_eq!(impersonation["slug"], "willow-pine");
    assert_eq!(impersonation["name"], "Willow & Pine");
    assert_eq!(impersonation["started_at"], "2026-05-20T15:00:00Z");
    assert_eq!(impersonation["expires_at"], "2026-05-20T16:00:00Z");
    assert_eq!(impersonation["by"], ADMIN);
    let token = answer.text("access_token");
    let me = world.get("/v1/auth/me", &token).await;
    assert_eq!(&me.body["impersonation"], impersonation);
    assert_eq!(me.body["user"]["email"], ADMIN);
    world.advance(3600);
    let answer = world.get("/v1/auth/me", &token).await;
    answer.is_problem(401, "token_expired");
    world.stop(&token).await.is_problem(401, "token_expired");
}

#[tokio::test]
async fn the_platforms_routes_are_closed_meanwhile() {
    let world = World::new().await;
    let admin = world.sign_in(ADMIN).await;
    let token = world.impersonate(&admin, "willow-pine").await;
    let token = token.text("access_token");
    let answer = world.get("/v1/admin/tenants", &token).await;
    answer.is_problem(403, "impersonating");
    let harbor = world.tenant_id(&admin, "harbor-light").await;
    let answer = world.start(&token, &harbor).await;
    answer.is_problem(409, "already_impersonating");
}

#[tokio::test]
async fn only_the_platform_acts_for_others() {
    let world = World::new().await;
    let admin = world.sign_in(ADMIN).await;
    let owner = world.sign_in(WILLOW).await;
    let harbor = world.tenant_id(&admin, "harbor-light").await;
    world
        .start(&owner, &harbor)
        .await
        .is_problem(403, "forbidden");
    world.stop(&owner).await.is_problem(403, "forbidden");
    world.stop(&admin).await.is_problem(403, "forbidden");
    for unknown in ["0190a1b2-0000-7000-8000-000000000000", "willow-pine"] {
        world
            .start(&admin, unknown)
            .await
            .is_problem(404, "not_found");
    }
    let answer = world.impersonate(&admin, "old-mill").await;
    answer.is_problem(403, "tenant_inactive");
    assert!(world.texts(AUDIT).await.is_empty());
}

#[tokio::test]
async fn stopping_ends_the_token_and_gives_a_normal_pair() {
    for world in worlds().await {
        let signed_in = world.login(ADMIN, PASSWORD).await;
        let admin = signed_in.text("access_token");
        let acting = world.impersonate(&admin, "willow-pine").await;
        let token = acting.text("access_token");
        let pair = world.stop(&token).await;
        assert_eq!(pair.status, StatusCode::OK);
        assert_eq!(pair.body["user"]["role"], "PLATFORM_ADMIN");
        assert_eq!(pair.body["tenant"], Value::Null);
        let answer = world
            .get("/v1/admin/tenants", &pair.text("access_token"))
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        // What was used until then is over.
        let answer = world.get("/v1/auth/me", &token).await;
        answer.is_problem(401, "unauthenticated");
        world.stop(&token).await.is_problem(401, "unauthenticated");
        let refresh = |token: String| {
            let body = json!({"refresh_token": token});
            world.send(Method::POST, "/v1/auth/refresh", None, Some(body))
        };
        let answer = refresh(signed_in.text("refresh_token")).await;
        answer.is_problem(400, "invalid_grant");
        let answer = refresh(pair.text("refresh_token")).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn signing_out_ends_acting_as_well() {
    let world = World::new().await;
    let admin = world.sign_in(ADMIN).await;
    let acting = world.impersonate(&admin, "willow-pine").await;
    let token = acting.text("access_token");
    let answer = world
        .send(Method::POST, "/v1/auth/logout", Some(&admin), None)
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let answer = world.get("/v1/auth/me", &token).await;
    answer.is_problem(401, "unauthenticated");
}

#[tokio::test]
async fn start_stop_and_every_write_stand_in_the_audit_log_with_both_identities() {
    for world in worlds().await {
        let admin = world.sign_in(ADMIN).await;
        let acting = world.impersonate(&admin, "willow-pine").await;
        let token = acting.text("access_token");
        world.advance(1);
        // Reading is not written down; a write is, even to where nothing is.
        world.get("/v1/auth/me", &token).await;
        let path = "/v1/tenant-admin/nothing/here";
        world.send(Method::DELETE, path, Some(&token), None).await;
        // Nor is what the administrator does as such, or an owner for themselves.
        let owner = world.sign_in(WILLOW).await;
        world.send(Method::DELETE, path, Some(&owner), None).await;
        world.send(Method::DELETE, path, Some(&admin), None).await;
        world.advance(1);
        world.stop(&token).await;
        let audit = world.texts(AUDIT).await;
        assert_eq!(
            audit,
            [
                "impersonation.start ok",
                "DELETE unknown route begun",
                "DELETE unknown route 404",
                "impersonation.stop ok",
            ]
        );
        let both = world
            .number(
                "SELECT COUNT(*) FROM audit_log \
             JOIN account ON account.id = audit_log.actor AND account.role = 'PLATFORM_ADMIN' \
             JOIN tenant ON tenant.id = audit_log.on_behalf_of AND tenant.id = audit_log.tenant_id \
             WHERE tenant.slug = 'willow-pine' AND length(request_id) > 0",
            )
            .await;
        assert_eq!(both, 4);
    }
}

#[tokio::test]
async fn nothing_is_written_that_the_audit_log_does_not_take() {
    for world in worlds().await {
        let admin = world.sign_in(ADMIN).await;
        let acting = world.impersonate(&admin, "willow-pine").await;
        let token = acting.text("access_token");
        world
            .execute("ALTER TABLE audit_log RENAME TO audit_log_away")
            .await;
        let path = "/v1/tenant-admin/nothing/here";
        let answer = world.send(Method::DELETE, path, Some(&token), None).await;
        answer.is_problem(503, "unavailable");
        // The pair of a stop and its entry are one transaction.
        let tokens = "SELECT COUNT(*) FROM refresh_token";
        let before = world.number(tokens).await;
        assert_eq!(world.stop(&token).await.status.as_u16() / 100, 5);
        assert_eq!(world.number(tokens).await, before);
        assert_eq!(
            world.get("/v1/auth/me", &token).await.status,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn the_routes_of_the_business_work_as_its_own() {
    let world = World::new().await;
    let admin = world.sign_in(ADMIN).await;
    let answer = world.get("/v1/tenant-admin/packages", &admin).await;
    answer.is_problem(403, "forbidden");
    let acting = world.impersonate(&admin, "willow-pine").await;
    let token = acting.text("access_token");
    let owner = world.sign_in(WILLOW).await;
    for path in [
        "packages",
        "bookings",
        "blackouts",
        "branding",
        "landing-page",
    ] {
        let path = format!("/v1/tenant-admin/{path}");
        let answer = world.get(&path, &token).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.body, world.get(&path, &owner).await.body, "{path}");
    }
    let body = json!({"day": "2026-07-01", "reason": "Support"});
    let answer = world.post("/v1/tenant-admin/blackouts", &token, body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let audit = world.texts(AUDIT).await;
    assert!(audit.contains(&"POST /v1/tenant-admin/blackouts begun".to_owned()));
    assert!(audit.contains(&"POST /v1/tenant-admin/blackouts 201".to_owned()));
}

#[tokio::test]
async fn an_upload_while_acting_for_a_business_is_the_businesses_and_is_written_down() {
    let world = World::new().await;
    let admin = world.sign_in(ADMIN).await;
    let acting = world.impersonate(&admin, "willow-pine").await;
    let token = acting.text("access_token");
    let mut body = b"--x\r\ncontent-disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n".to_vec();
    body.extend_from_slice(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = Request::put("/v1/tenant-admin/branding/logo")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from(body));
    let answer = world.request(request.unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let logos = world
        .texts("SELECT slug FROM tenant WHERE logo_asset_id IS NOT NULL")
        .await;
    assert_eq!(logos, ["willow-pine"]);
    let audit = world.texts(AUDIT).await;
    assert!(audit.contains(&"PUT /v1/tenant-admin/branding/logo 200".to_owned()));
}
