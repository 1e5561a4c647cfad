use serde_json::{Value, json};

use super::Panel;
use crate::model_server::{Act, ModelServer};
use crate::world::{WILLOW, World, behind};

#[tokio::test]
async fn messages_have_their_bounds() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    for message in [String::new(), " ".to_owned(), "x".repeat(10_001)] {
        let answer = panel.try_say(&message).await;
        answer.is_problem(400, "validation_failed");
        assert_eq!(answer.body["errors"][0]["field"], "message");
    }
    assert_eq!(panel.try_say(&"\u{e9}".repeat(10_000)).await.status, 200);
    let odd = json!({"session_id": panel.session, "message": "x", "tenant_id": "y"});
    panel.send(odd).await.is_problem(400, "validation_failed");
}

#[tokio::test]
async fn a_model_gets_the_conversation_and_the_results_of_its_calls() {
    let model = ModelServer::start(vec![
        Act::Calls("check_date", json!({"from": "2028-03-15"})),
        Act::Says("It is free."),
    ])
    .await;
    let world = World::with_provider(model.provider()).await;
    let panel = Panel::open(&world, WILLOW).await;
    let answer = panel.say("Is 2028-03-15 free?").await;
    assert_eq!(answer["text"], "It is free.");
    assert_eq!(answer["tools"], json!([{"name": "check_date", "ok": true}]));
    let asked = model.asked();
    let messages = asked[1]["messages"].as_array().unwrap();
    assert_eq!(
        messages[1],
        json!({"role": "user", "content": "Is 2028-03-15 free?"})
    );
    assert_eq!(messages[3]["role"], "tool");
    let result: Value = serde_json::from_str(messages[3]["content"].as_str().unwrap()).unwrap();
    assert_eq!(
        result,
        json!({"days": [{"day": "2028-03-15", "state": "free"}]})
    );
}

#[tokio::test]
async fn a_model_that_only_calls_tools_is_stopped() {
    let model = ModelServer::start(vec![Act::Calls("list_packages", json!({}))]).await;
    let world = World::with_provider(model.provider()).await;
    let panel = Panel::open(&world, WILLOW).await;
    let answer = panel.say("hello").await;
    assert_eq!(answer["tools"].as_array().unwrap().len(), 5);
    assert!(!answer["text"].as_str().unwrap().is_empty());
    let asked = model.asked();
    assert_eq!(asked.len(), 6);
    assert_eq!(asked[4]["tool_choice"], "auto");
    assert_eq!(asked[5]["tool_choice"], "none");
}

#[tokio::test]
async fn a_model_remembers_twenty_messages() {
    let model = ModelServer::start(vec![Act::Says("yes.")]).await;
    let world = World::with_provider(model.provider()).await;
    let panel = Panel::open(&world, WILLOW).await;
    for number in 0..12 {
        panel.say(&format!("message {number}")).await;
    }
    let asked = model.asked();
    let messages = asked.last().unwrap()["messages"].as_array().unwrap();
    // The system's, and of the last twenty those from the first of the person on.
    assert_eq!(messages.len(), 1 + 19);
    assert_eq!(messages[1]["content"], "message 2");
}

#[tokio::test]
async fn calls_that_make_no_sense_do_nothing() {
    for (name, arguments) in [
        ("drop_tables", json!({})),
        ("check_date", json!({})),
        (
            "check_date",
            json!({"from": "2028-03-15", "to": "2029-03-15"}),
        ),
        ("create_booking", json!({"package_id": "x"})),
        (
            "change_price",
            json!({"package_id": "019a0000-0000-7000-8000-000000000000", "price_cents": 1}),
        ),
        ("create_package", json!({"title": "", "price_cents": 1})),
        ("create_package", json!({"title": "x", "price_cents": -1})),
        ("add_blackout", json!({"day": "2028-02-30"})),
        (
            "save_landing_draft",
            json!({"document": {"pages": {"home": {"enabled": false, "sections": []}}}}),
        ),
        ("save_branding", json!({"primary": "red"})),
    ] {
        let model = ModelServer::start(vec![Act::Calls(name, arguments), Act::Says("No.")]).await;
        let world = World::with_provider(model.provider()).await;
        let panel = Panel::open(&world, WILLOW).await;
        let answer = panel.say("go").await;
        assert_eq!(answer["tools"][0]["ok"], false, "{name}");
        assert_eq!(
            world.number("SELECT COUNT(*) FROM proposal").await,
            0,
            "{name}"
        );
        let asked = model.asked();
        let told = asked[1]["messages"][3]["content"].as_str().unwrap();
        assert!(told.contains("\"error\""), "{told}");
    }
}

#[tokio::test]
async fn drafts_are_saved_at_once_and_can_be_undone() {
    let document = json!({"pages": {"home": {"enabled": true, "sections": [
        {"type": "text", "content": "New words."},
    ]}}});
    let model = ModelServer::start(vec![
        Act::Calls("save_landing_draft", json!({"document": document})),
        Act::Calls("save_branding", json!({"primary": "#102030"})),
        Act::Says("Saved."),
    ])
    .await;
    let world = World::with_provider(model.provider()).await;
    let panel = Panel::open(&world, WILLOW).await;
    let before = world
        .get("/v1/tenant-admin/landing-page", &panel.token)
        .await;
    assert_ne!(before.body["draft"], json!(null));
    let answer = panel.say("write me a page").await;
    let page = world
        .get("/v1/tenant-admin/landing-page", &panel.token)
        .await;
    assert_eq!(page.body["draft"], document);
    let look = "SELECT branding_draft FROM tenant WHERE slug = 'willow-pine'";
    assert!(world.texts(look).await[0].contains("#102030"));
    for proposal in answer["proposals"].as_array().unwrap() {
        assert_eq!(proposal["tier"], "T1");
        assert_eq!(proposal["state"], "executed");
    }
    let branding = &answer["proposals"][1]["undo"]["path"];
    assert_eq!(
        behind(branding.as_str().unwrap()),
        "/v1/tenant-admin/branding/draft"
    );
    // The draft that the owner had before is there again.
    let undone = panel.undo(&answer["proposals"][0]).await;
    assert_eq!(undone.status, 200);
    let page = world
        .get("/v1/tenant-admin/landing-page", &panel.token)
        .await;
    assert_eq!(page.body["draft"], before.body["draft"]);
}

#[tokio::test]
async fn a_chat_has_its_limit_by_tenant() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    for _ in 0..30 {
        assert_eq!(panel.try_say("hello").await.status, 200);
    }
    let refused = panel.try_say("hello").await;
    refused.is_problem(429, "rate_limited");
    assert!(refused.header("retry-after").is_some());
    // Health is exempt.
    assert_eq!(
        world.get("/v1/agent/health", &panel.token).await.status,
        200
    );
    world.advance(5 * 60);
    assert_eq!(panel.try_say("hello").await.status, 200);
}
