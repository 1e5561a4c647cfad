use bookwell::ProviderSettings;
use serde_json::json;

use super::Panel;
use crate::model_server::{Act, ModelServer};
use crate::world::{JUNIPER, WILLOW, World};

const HEALTH: &str = "/v1/agent/health";

#[tokio::test]
async fn the_built_in_provider_is_available() {
    let world = World::new().await;
    for (email, onboarding) in [(WILLOW, "ready"), (JUNIPER, "needs_bookings")] {
        let token = world.sign_in(email).await;
        let health = world.get(HEALTH, &token).await;
        assert_eq!(health.body["available"], true);
        assert_eq!(health.body["reason"], json!(null));
        assert_eq!(health.body["onboarding"], onboarding);
        assert_eq!(health.body["checks"][0]["state"], "ok");
        assert_eq!(health.body["checks"][1]["state"], "ok");
        assert!(
            health.body["capabilities"]
                .as_array()
                .unwrap()
                .contains(&json!("create_booking"))
        );
    }
}

#[tokio::test]
async fn no_provider_is_said_to_be_none() {
    let world = World::with_provider(ProviderSettings::Off).await;
    let panel = Panel::open(&world, WILLOW).await;
    let health = world.get(HEALTH, &panel.token).await;
    assert_eq!(health.body["available"], false);
    assert_eq!(health.body["reason"], "not_configured");
    assert!(health.text("message").contains("not set up"));
    panel
        .try_say("hello")
        .await
        .is_problem(503, "assistant_unavailable");
}

#[tokio::test]
async fn a_failed_call_is_503_and_the_message_is_kept() {
    for (status, reason) in [
        (401, "provider_unauthorized"),
        (429, "rate_limited"),
        (500, "provider_unreachable"),
        (404, "not_configured"),
    ] {
        let model = ModelServer::start(vec![Act::Fails(status)]).await;
        let world = World::with_provider(model.provider()).await;
        let panel = Panel::open(&world, WILLOW).await;
        // What a check sees is well; what a call sees counts.
        let health = world.get(HEALTH, &panel.token).await;
        assert_eq!(health.body["available"], true);
        let answer = panel.try_say("hello").await;
        answer.is_problem(503, "assistant_unavailable");
        assert!(!answer.body.to_string().contains("sk-very-secret"));
        let path = format!("/v1/agent/session/{}/messages", panel.session);
        let kept = world.get(&path, &panel.token).await;
        assert_eq!(kept.body["items"].as_array().unwrap().len(), 1);
        assert_eq!(kept.body["items"][0]["text"], "hello");

        let health = world.get(HEALTH, &panel.token).await;
        assert_eq!(health.body["available"], false);
        assert_eq!(health.body["reason"], reason);
        assert!(!health.text("message").is_empty());
        // Ten seconds later it is looked at again, and then a message is answered.
        world.advance(10);
        let health = world.get(HEALTH, &panel.token).await;
        assert_eq!(health.body["available"], true);
        model.will(vec![Act::Says("Here I am.")]);
        assert_eq!(panel.say("hello").await["text"], "Here I am.");
    }
}

#[tokio::test]
async fn a_closed_database_is_no_health() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    world.database.close().await;
    let health = world.get(HEALTH, &token).await;
    assert_eq!(health.status, 200);
    assert_eq!(health.body["available"], false);
    assert_eq!(health.body["reason"], "context_unavailable");
    assert_eq!(health.body["onboarding"], json!(null));
}
