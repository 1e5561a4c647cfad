use serde_json::{Value, json};

use super::*;
use crate::app::App;
use crate::app::fixture::Fixture;

fn key(key: Option<&str>, target: &str) -> IdempotencyKey {
    IdempotencyKey {
        key: key.map(str::to_owned),
        target: target.to_owned(),
    }
}

/// A handler as the resources have it: its effect is a row of the audit log.
async fn create(
    app: &App,
    tenant: TenantId,
    key: IdempotencyKey,
    body: Value,
) -> Result<Answer, Problem> {
    let mut transaction = app.database().begin().await?;
    let claim = match key
        .claim(&mut transaction, tenant, &body, app.now())
        .await?
    {
        Claim::Fresh(claim) => claim,
        Claim::Kept(answer) => return Ok(answer),
    };
    sqlx::query(
        "INSERT INTO audit_log (id, actor, action, subject, outcome, request_id, created_at) \
         SELECT $1, 'nobody', 'test', 'test', 'ok', '', COUNT(*) FROM audit_log",
    )
    .bind(crate::ids::RowId::new(app.now()).to_string())
    .execute(&mut *transaction)
    .await?;
    if body["refuse"] == true {
        return Err(Code::DateTaken.into());
    }
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM audit_log")
        .fetch_one(&mut *transaction)
        .await?;
    let answer = Answer::created(&json!({"count": count}))?
        .at(format!("/v1/things/{count}"))
        .of_version(count);
    claim.keep(&mut transaction, &answer).await?;
    transaction.commit().await?;
    Ok(answer)
}

async fn read(answer: Result<Answer, Problem>) -> (u16, Option<String>, Option<String>, String) {
    let (parts, body) = answer.unwrap().into_response().into_parts();
    let header = |name: HeaderName| {
        let value = parts.headers.get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(header(CONTENT_TYPE).as_deref(), Some("application/json"));
    let (location, etag) = (header(LOCATION), header(ETAG));
    let body = axum::body::to_bytes(body, 1000).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    (parts.status.as_u16(), location, etag, body)
}

async fn effects(app: &App) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM audit_log")
        .fetch_one(app.database().pool())
        .await
        .unwrap()
}

const THINGS: &str = "POST /v1/things";

#[tokio::test]
async fn the_same_request_has_the_same_answer_and_one_effect() {
    let fixture = Fixture::new().await;
    let app = &fixture.app;
    let tenant = fixture.tenant("willow-pine").await;
    let first = read(create(app, tenant, key(Some("k"), THINGS), json!({"a": 1})).await).await;
    assert_eq!(
        first,
        (
            201,
            Some("/v1/things/1".to_owned()),
            Some("\"1\"".to_owned()),
            r#"{"count":1}"#.to_owned()
        )
    );
    fixture.advance(24 * 60 * 60 - 1);
    let second = read(create(app, tenant, key(Some("k"), THINGS), json!({"a": 1})).await).await;
    assert_eq!(second, first);
    assert_eq!(effects(app).await, 1);
}

#[tokio::test]
async fn another_body_or_route_is_a_conflict() {
    let fixture = Fixture::new().await;
    let app = &fixture.app;
    let tenant = fixture.tenant("willow-pine").await;
    create(app, tenant, key(Some("k"), THINGS), json!({"a": 1}))
        .await
        .unwrap();
    for (target, body) in [
        (THINGS, json!({"a": 2})),
        ("POST /v1/others", json!({"a": 1})),
    ] {
        let refused = create(app, tenant, key(Some("k"), target), body).await;
        assert_eq!(refused.unwrap_err().code(), Code::IdempotencyConflict);
    }
    assert_eq!(effects(app).await, 1);
}

#[tokio::test]
async fn a_key_is_its_tenants_own() {
    let fixture = Fixture::new().await;
    let app = &fixture.app;
    let willow = fixture.tenant("willow-pine").await;
    let harbor = fixture.tenant("harbor-light").await;
    for _ in 0..2 {
        for (tenant, count) in [(willow, 1), (harbor, 2)] {
            let body = json!({"tenant": tenant});
            let answer = read(create(app, tenant, key(Some("k"), THINGS), body).await).await;
            assert_eq!(answer.3, format!("{{\"count\":{count}}}"));
        }
    }
    assert_eq!(effects(app).await, 2);
}

#[tokio::test]
async fn without_a_key_nothing_is_kept() {
    let fixture = Fixture::new().await;
    let app = &fixture.app;
    let tenant = fixture.tenant("willow-pine").await;
    for _ in 0..2 {
        create(app, tenant, key(None, THINGS), json!({}))
            .await
            .unwrap();
    }
    assert_eq!(effects(app).await, 2);
}

#[tokio::test]
async fn what_was_refused_may_be_tried_again() {
    let fixture = Fixture::new().await;
    let app = &fixture.app;
    let tenant = fixture.tenant("willow-pine").await;
    let refused = create(app, tenant, key(Some("k"), THINGS), json!({"refuse": true})).await;
    assert_eq!(refused.unwrap_err().code(), Code::DateTaken);
    assert_eq!(effects(app).await, 0);
    create(app, tenant, key(Some("k"), THINGS), json!({}))
        .await
        .unwrap();
    assert_eq!(effects(app).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_the_same_time_one_runs() {
    let fixture = Fixture::new().await;
    let app = &fixture.app;
    let tenant = fixture.tenant("willow-pine").await;
    let requests = (0..20).map(|_| {
        let app = app.clone();
        tokio::spawn(async move {
            read(create(&app, tenant, key(Some("k"), THINGS), json!({})).await).await
        })
    });
    let answers = futures_util::future::join_all(requests).await;
    for answer in answers {
        assert_eq!(answer.unwrap().3, r#"{"count":1}"#);
    }
    assert_eq!(effects(app).await, 1);
}

#[tokio::test]
async fn a_key_lives_a_day_and_is_then_removed() {
    let fixture = Fixture::new().await;
    let app = &fixture.app;
    let tenant = fixture.tenant("willow-pine").await;
    create(app, tenant, key(Some("swept"), THINGS), json!({}))
        .await
        .unwrap();
    create(app, tenant, key(Some("k"), THINGS), json!({}))
        .await
        .unwrap();
    assert_eq!(sweep(app.database().pool(), app.now()).await.unwrap(), 0);
    fixture.advance(24 * 60 * 60);
    // Expired and not swept yet, it is as good as new.
    create(app, tenant, key(Some("k"), THINGS), json!({"b": 1}))
        .await
        .unwrap();
    assert_eq!(effects(app).await, 3);
    assert_eq!(sweep(app.database().pool(), app.now()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_key_has_1_to_64_characters() {
    let parts = |values: &[&str]| {
        let mut request = http::Request::post("/v1/things");
        for value in values {
            request = request.header(HEADER, *value);
        }
        request.body(()).unwrap().into_parts().0
    };
    let long = "x".repeat(64);
    for good in [&[][..], &["k"], &[long.as_str()]] {
        let key = IdempotencyKey::from_request_parts(&mut parts(good), &()).await;
        assert_eq!(key.unwrap().key.as_deref(), good.first().copied());
    }
    let longer = "x".repeat(65);
    for bad in [&[""][..], &["two words"], &["k", "k"], &[longer.as_str()]] {
        let key = IdempotencyKey::from_request_parts(&mut parts(bad), &()).await;
        assert_eq!(key.unwrap_err().code(), Code::ValidationFailed, "{bad:?}");
    }
}
