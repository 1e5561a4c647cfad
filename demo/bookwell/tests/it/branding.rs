//! How a business looks.

use http::StatusCode;
use serde_json::{Value, json};

use crate::call::Call;
use crate::postgres::worlds;
use crate::world::{WILLOW, World};

const PATH: &str = "/v1/tenant-admin/branding";

fn look() -> Value {
    json!({"primary": "#123456", "secondary": "#abcdef", "accent": "#ABCDEF", "background": "#FFFFFF", "font": "mono"})
}

#[tokio::test]
async fn a_look_is_changed_and_judged() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let answer = Call::put(PATH, &token).json(&look()).send(&world).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        for member in ["primary", "secondary", "accent", "background", "font"] {
            assert_eq!(answer.body[member], look()[member]);
        }
        assert_eq!(
            answer.body["fonts"],
            json!(["system", "humanist", "serif", "slab", "rounded", "mono"])
        );
        assert_eq!(
            answer.body["contrast"],
            json!([
                {"pair": "primary on background", "ratio": 12.72, "passes_aa": true},
                {"pair": "secondary on background", "ratio": 1.65, "passes_aa": false},
                {"pair": "accent on background", "ratio": 1.65, "passes_aa": false},
                {"pair": "white on primary", "ratio": 12.72, "passes_aa": true},
                {"pair": "white on accent", "ratio": 1.65, "passes_aa": false},
            ])
        );
        assert_eq!(world.get(PATH, &token).await.body, answer.body);
    }
}

#[tokio::test]
async fn a_draft_is_shown_dropped_and_done_with_when_a_look_is_published() {
    for world in worlds().await {
        let token = world.sign_in(WILLOW).await;
        let draft = "UPDATE tenant SET branding_draft = '{\"primary\":\"#010203\",\"secondary\":\"#abcdef\",\"accent\":\"#ABCDEF\",\"background\":\"#FFFFFF\",\"font\":\"mono\"}'";
        world.execute(draft).await;
        let mut later = look();
        later["primary"] = json!("#010203");
        let put = Call::put(&format!("{PATH}/draft"), &token).json(&later);
        assert_eq!(put.send(&world).await.body["draft"], later);
        let mut wrong = look();
        wrong["accent"] = json!("red");
        let put = Call::put(&format!("{PATH}/draft"), &token).json(&wrong);
        put.send(&world).await.is_problem(400, "validation_failed");
        let shown = world.get(PATH, &token).await.body;
        assert_eq!(shown["draft"], later);
        assert_ne!(shown["primary"], "#010203");
        for _ in 0..2 {
            let gone = Call::delete(&format!("{PATH}/draft"), &token)
                .send(&world)
                .await;
            assert_eq!(gone.status, StatusCode::NO_CONTENT);
            assert_eq!(world.get(PATH, &token).await.body["draft"], Value::Null);
        }
        // Another business keeps its own.
        let kept = "SELECT COUNT(*) FROM tenant WHERE branding_draft IS NOT NULL";
        assert!(world.number(kept).await > 0);
        world.execute(draft).await;
        let put = Call::put(PATH, &token).json(&look()).send(&world).await;
        assert_eq!(put.body["draft"], Value::Null);
    }
}

#[tokio::test]
async fn colours_and_fonts_have_one_form() {
    let world = World::new().await;
    let token = world.sign_in(WILLOW).await;
    for (field, value) in [
        ("primary", json!("red")),
        ("secondary", json!("#12345")),
        ("accent", json!("#12345g")),
        ("background", json!("#1234567")),
        ("background", json!("url(x)")),
        ("font", json!("Comic Sans")),
        ("logo_url", json!("https://x.test/")),
    ] {
        let mut body = look();
        body[field] = value;
        let answer = Call::put(PATH, &token).json(&body).send(&world).await;
        answer.is_problem(400, "validation_failed");
    }
}
