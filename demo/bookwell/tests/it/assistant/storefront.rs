//! Colours, the font and the headline, said in a chat: saved as drafts at once, and taken back.

use serde_json::{Value, json};

use super::Panel;
use crate::model_server::{Act, ModelServer};
use crate::postgres::worlds;
use crate::world::{HARBOR, JUNIPER, WILLOW, World};

const BRANDING: &str = "/v1/tenant-admin/branding";
const PAGE: &str = "/v1/tenant-admin/landing-page";
const HERO: &str = "/pages/home/sections/0";

async fn look(panel: &Panel<'_>) -> Value {
    panel.world.get(BRANDING, &panel.token).await.body
}

async fn page(panel: &Panel<'_>) -> Value {
    panel.world.get(PAGE, &panel.token).await.body
}

#[track_caller]
fn is_done(proposal: &Value, tool: &str, preview: &str) {
    assert_eq!(proposal["tool"], tool);
    assert_eq!(proposal["tier"], "T1");
    assert_eq!(proposal["reason"], "reversible");
    assert_eq!(proposal["state"], "executed");
    assert_eq!(proposal["preview"], preview);
}

#[tokio::test]
async fn the_look_is_drafted_and_each_step_is_taken_back() {
    for world in worlds().await {
        let panel = Panel::open(&world, WILLOW).await;
        let before = look(&panel).await;
        let first = panel.propose("Make our primary colour #112233").await;
        is_done(
            &first,
            "save_branding",
            "Set the primary colour to #112233 in the draft of the branding.",
        );
        let second = panel.propose("Set the accent colour to red").await;
        is_done(
            &second,
            "save_branding",
            "Set the accent colour to #ff0000 in the draft of the branding.",
        );
        let third = panel.propose("Use the mono font").await;
        is_done(
            &third,
            "save_branding",
            "Set the font to mono in the draft of the branding.",
        );
        let drafted = look(&panel).await;
        assert_eq!(
            drafted["primary"], before["primary"],
            "nothing is published"
        );
        assert_eq!(
            drafted["draft"],
            json!({
                "primary": "#112233", "secondary": before["secondary"], "accent": "#ff0000",
                "background": before["background"], "font": "mono",
            })
        );
        assert_eq!(panel.undo(&third).await.status, 200);
        let draft = look(&panel).await["draft"].clone();
        assert_eq!(
            (&draft["accent"], &draft["font"]),
            (&json!("#ff0000"), &before["font"])
        );
        assert_eq!(panel.undo(&second).await.status, 200);
        let draft = look(&panel).await["draft"].clone();
        assert_eq!(
            (&draft["primary"], &draft["accent"]),
            (&json!("#112233"), &before["accent"])
        );
        assert_eq!(panel.undo(&first).await.status, 204);
        assert_eq!(look(&panel).await, before);
    }
}

#[tokio::test]
async fn a_look_that_is_so_already_is_no_proposal() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    panel.propose("Make our primary colour #aabbcc").await;
    let answer = panel.say("Make our primary colour #AABBCC").await;
    assert_eq!(answer["proposals"], json!([]));
    assert_eq!(
        answer["text"],
        "That did not work: It looks like that already (branding)."
    );
}

#[tokio::test]
async fn the_headline_is_drafted_and_the_draft_before_it_comes_back() {
    for world in worlds().await {
        let panel = Panel::open(&world, WILLOW).await;
        let before = page(&panel).await;
        assert_ne!(before["draft"], Value::Null);
        let said = "Change the headline of the home page to \"Hello\"";
        let first = panel.propose(said).await;
        is_done(
            &first,
            "save_landing_draft",
            "Change the headline to \u{201c}Hello\u{201d} in the draft of the landing page.",
        );
        let drafted = page(&panel).await;
        assert_eq!(drafted["published"], before["published"]);
        let hero = drafted["draft"].pointer(HERO).unwrap();
        let old = before["draft"].pointer(HERO).unwrap();
        assert_eq!(hero["headline"], "Hello");
        assert_eq!(hero["subheadline"], old["subheadline"]);
        let second = panel
            .propose("Change the subheadline to Under the willow")
            .await;
        assert_eq!(
            second["preview"],
            "Change the subheadline to \u{201c}Under the willow\u{201d} in the draft of the landing page."
        );
        // What has been changed since is not overwritten.
        panel.undo(&first).await.is_problem(412, "version_conflict");
        assert_eq!(panel.undo(&second).await.status, 200);
        assert_eq!(page(&panel).await["draft"], drafted["draft"]);
    }
}

#[tokio::test]
async fn a_page_without_a_draft_has_none_again() {
    let world = World::new().await;
    let panel = Panel::open(&world, HARBOR).await;
    let before = page(&panel).await;
    assert_eq!(before["draft"], Value::Null);
    let proposal = panel.propose("Change the headline to \"Ahoy\"").await;
    let mut expected = before["published"].clone();
    expected.pointer_mut(HERO).unwrap()["headline"] = json!("Ahoy");
    assert_eq!(page(&panel).await["draft"], expected);
    assert_eq!(panel.undo(&proposal).await.status, 204);
    let after = page(&panel).await;
    assert_eq!(after["draft"], Value::Null);
    assert_eq!(after["published"], before["published"]);
}

#[tokio::test]
async fn a_headline_has_its_limits_and_its_place() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let long = format!("Change the headline to \"{}\"", "x".repeat(61));
    let answer = panel.say(&long).await;
    assert_eq!(answer["proposals"], json!([]));
    let text = answer["text"].as_str().unwrap();
    assert!(text.contains("pages.home.sections[0].headline"), "{text}");

    world
        .execute("UPDATE landing_page SET published = NULL, draft = NULL")
        .await;
    let panel = Panel::open(&world, JUNIPER).await;
    let answer = panel.say("Change the headline to \"Hello\"").await;
    assert_eq!(answer["proposals"], json!([]));
    let text = answer["text"].as_str().unwrap();
    assert!(text.contains("has no hero section yet"), "{text}");
}

#[tokio::test]
async fn a_model_changes_words_without_the_whole_document() {
    let model = ModelServer::start(vec![
        Act::Calls("save_landing_draft", json!({"headline": "Hello"})),
        Act::Says("Done."),
    ]);
    let model = model.await;
    let world = World::with_provider(model.provider()).await;
    let panel = Panel::open(&world, WILLOW).await;
    panel.propose("a new headline, please").await;
    let draft = page(&panel).await["draft"].clone();
    assert_eq!(draft.pointer(HERO).unwrap()["headline"], "Hello");

    model.will(vec![
        Act::Calls("save_landing_draft", json!({})),
        Act::Says("No."),
    ]);
    let answer = panel.say("and nothing").await;
    assert_eq!(answer["tools"][0]["ok"], false);
    assert_eq!(page(&panel).await["draft"], draft);
}
