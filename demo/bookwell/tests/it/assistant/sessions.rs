use serde_json::json;

use super::Panel;
use crate::assistant::BOOK;
use crate::call::Call;
use crate::world::{ADMIN, HARBOR, JUNIPER, WILLOW, World};

const SESSION: &str = "/v1/agent/session";

#[tokio::test]
async fn the_newest_session_of_the_last_day_goes_on() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    let first = world.post(SESSION, &token, json!({})).await;
    assert_eq!(first.status, 201);
    // Nothing to say needs no body.
    let again = Call::post(SESSION, &token).send(&world).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.text("session_id"), first.text("session_id"));

    world.advance(24 * 60 * 60);
    let token = world.sign_in(WILLOW).await;
    let later = world.post(SESSION, &token, json!({})).await;
    assert_eq!(later.status, 201);
    assert_ne!(later.text("session_id"), first.text("session_id"));

    // By its id, the older one is still there.
    let named = json!({"session_id": first.text("session_id")});
    let named = world.post(SESSION, &token, named).await;
    assert_eq!(named.status, 200);
    assert_eq!(named.text("session_id"), first.text("session_id"));
}

#[tokio::test]
async fn a_foreign_and_an_unknown_session_are_the_same_404() {
    let world = World::new().await;
    let willow = Panel::open(&world, WILLOW).await;
    let harbor = Panel::open(&world, HARBOR).await;
    for session in [
        harbor.session.as_str(),
        "019a0000-0000-7000-8000-000000000000",
    ] {
        let begun = json!({"session_id": session});
        let begun = world.post(SESSION, &willow.token, begun).await;
        begun.is_problem(404, "not_found");
        let said = json!({"session_id": session, "message": "hello"});
        willow.send(said).await.is_problem(404, "not_found");
        let path = format!("{SESSION}/{session}/messages");
        world
            .get(&path, &willow.token)
            .await
            .is_problem(404, "not_found");
    }
    let said = world
        .get(
            &format!("{SESSION}/{}/messages", harbor.session),
            &harbor.token,
        )
        .await;
    assert_eq!(said.body["items"], json!([]));
}

#[tokio::test]
async fn a_session_goes_on_with_its_proposals_as_they_are() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let blocked = panel.propose("block 2028-03-15").await;
    assert_eq!(blocked["state"], "executed");
    world.advance(1);
    let priced = panel
        .propose("Change the price of the Garden Elopement to $1,900")
        .await;
    let again = world.post(SESSION, &panel.token, json!({})).await;
    let proposals = again.body["proposals"].as_array().unwrap();
    let ids: Vec<_> = proposals.iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, [&blocked["id"], &priced["id"]]);
    assert_eq!(proposals[0]["undo"], blocked["undo"]);
    assert_eq!(proposals[0]["undo"]["method"], "DELETE");
    assert_eq!(proposals[1]["state"], "pending");
    // Each lies between the message that led to it and the next one.
    let said = again.body["messages"].as_array().unwrap();
    let at = |row: &serde_json::Value| row["created_at"].as_str().unwrap().to_owned();
    assert!(at(&said[0]) <= at(&proposals[0]) && at(&proposals[0]) < at(&said[2]));
    assert!(at(&said[2]) <= at(&proposals[1]));

    // Proposals of another conversation are not among them.
    world.advance(24 * 60 * 60);
    let token = world.sign_in(WILLOW).await;
    let later = world.post(SESSION, &token, json!({})).await;
    assert_eq!(later.body["proposals"], json!([]));
}

#[tokio::test]
async fn messages_are_kept_in_their_order() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    panel.say("hello").await;
    panel.say("What do you offer?").await;
    let path = format!("{SESSION}/{}/messages", panel.session);
    let all = world.get(&path, &panel.token).await;
    let said: Vec<_> = all.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            (
                message["seq"].as_i64().unwrap(),
                message["author"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [(1, "user"), (2, "assistant"), (3, "user"), (4, "assistant")]
    );

    let part = world.get(&format!("{path}?limit=3"), &panel.token).await;
    let cursor = part.text("next_cursor");
    let rest = world
        .get(&format!("{path}?limit=3&cursor={cursor}"), &panel.token)
        .await;
    assert_eq!(rest.body["items"][0]["seq"], 4);
    assert_eq!(rest.body["next_cursor"], json!(null));

    // The next start of the panel has them as well.
    let begun = world.post(SESSION, &panel.token, json!({})).await;
    assert_eq!(begun.body["messages"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn the_greeting_follows_the_tenant() {
    let world = World::new().await;
    for (email, onboarding, said) in [
        (WILLOW, "ready", "The next 30 days hold"),
        (JUNIPER, "needs_bookings", "You have 1 package"),
    ] {
        let token = world.sign_in(email).await;
        let begun = world.post(SESSION, &token, json!({})).await;
        assert_eq!(begun.body["context"]["onboarding"], onboarding);
        assert!(begun.text("greeting").contains(said), "{}", begun.body);
    }
    let token = world.sign_in(JUNIPER).await;
    let packages = world.get("/v1/tenant-admin/packages", &token).await;
    let panel = Panel::open(&world, JUNIPER).await;
    for package in packages.body["items"].as_array().unwrap() {
        let title = package["title"].as_str().unwrap();
        let proposal = panel.propose(&format!("delete the package {title}")).await;
        assert_eq!(panel.confirm(&proposal).await.status, 200);
    }
    let begun = world.post(SESSION, &token, json!({})).await;
    assert_eq!(begun.body["context"]["onboarding"], "needs_packages");
    assert!(begun.text("greeting").contains("What do you offer?"));
}

#[tokio::test]
async fn without_a_token_there_is_no_assistant() {
    let world = World::new().await;
    for path in ["/v1/agent/health", "/v1/agent/proposals"] {
        let answer = world.send(http::Method::GET, path, None, None).await;
        answer.is_problem(401, "unauthenticated");
    }
    for path in [SESSION, "/v1/agent/chat"] {
        let body = Some(json!({}));
        let answer = world.send(http::Method::POST, path, None, body).await;
        answer.is_problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn who_acts_for_the_tenant_has_conversations_of_their_own() {
    let world = World::new().await;
    let owner = Panel::open(&world, WILLOW).await;
    let proposal = owner.propose(BOOK).await;
    let admin = world.sign_in(ADMIN).await;
    let tenant = &world
        .texts("SELECT id FROM tenant WHERE slug = 'willow-pine'")
        .await[0];
    let path = format!("/v1/admin/tenants/{tenant}/impersonate");
    let token = world
        .post(&path, &admin, json!({}))
        .await
        .text("access_token");

    let named = json!({"session_id": owner.session});
    world
        .post(SESSION, &token, named)
        .await
        .is_problem(404, "not_found");
    let begun = world.post(SESSION, &token, json!({})).await;
    assert_eq!(begun.status, 201);
    let acting = Panel {
        world: &world,
        token,
        session: begun.text("session_id"),
    };
    acting.confirm(&proposal).await.is_problem(404, "not_found");
    let own = acting.propose(BOOK).await;
    assert_eq!(acting.confirm(&own).await.status, 200);
}
