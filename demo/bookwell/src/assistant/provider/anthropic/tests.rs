use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::Anthropic;
use crate::assistant::provider::script::{
    Script, Step, answer, pieces, prompt, stream, stream_head,
};
use crate::assistant::provider::{Call, CallResult, Failure, Message, Prompt, Reply};

const START: &str = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"stop_reason\":null,\"usage\":{\"input_tokens\":25,\"output_tokens\":1}}}\n\nevent: ping\ndata: {\"type\": \"ping\"}\n\n";
const TEXT: &str = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\nevent: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hel\"}}\n\n";
const MORE: &str = "event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"lo \u{1f33f}\"}}\r\n\r\nevent: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n";
const STOP: &str = "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":15}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

async fn reply(exchange: Vec<Step>) -> (Result<Reply, Failure>, Vec<String>) {
    let script = Script::run(vec![exchange]).await;
    ask(&script, &prompt("Hi")).await
}

async fn ask(script: &Script, prompt: &Prompt) -> (Result<Reply, Failure>, Vec<String>) {
    let anthropic = Anthropic::new(script.endpoint.clone()).unwrap();
    let (sender, mut receiver) = mpsc::channel(64);
    let reply = anthropic.reply(prompt, &sender).await;
    (reply, pieces(&mut receiver))
}

#[tokio::test]
async fn text_comes_in_pieces_and_as_a_whole() {
    let (reply, pieces) = reply(stream([START, TEXT, MORE, STOP])).await;
    assert_eq!(pieces, ["Hel", "lo \u{1f33f}"]);
    let reply = reply.unwrap();
    assert_eq!(reply.text, "Hello \u{1f33f}");
    assert_eq!(reply.calls, []);
}

#[tokio::test]
async fn where_the_network_cuts_means_nothing() {
    let all = [START, TEXT, MORE, STOP].concat().into_bytes();
    let octets = all.chunks(1).map(|octet| Step::Send(octet.to_vec()));
    let steps = std::iter::once(stream_head()).chain(octets).collect();
    let (reply, pieces) = reply(steps).await;
    assert_eq!(pieces, ["Hel", "lo \u{1f33f}"]);
    assert_eq!(reply.unwrap().text, "Hello \u{1f33f}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_failure() {
    let (reply, pieces) = reply(stream([START, TEXT])).await;
    assert_eq!(reply, Err(Failure::Invalid));
    assert_eq!(pieces, ["Hel"]);
}

#[tokio::test]
async fn calls_are_put_together_block_by_block() {
    let calls = [
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_a\",\"name\":\"check_date\",\"input\":{}}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"from\\\": \\\"2026-\"}}\n\n",
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"06-14\\\"}\"}}\n\n",
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":2,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_b\",\"name\":\"list_packages\",\"input\":{}}}\n\n",
    ];
    let events = [START, TEXT].into_iter().chain(calls).chain([STOP]);
    let (reply, _) = reply(stream(events)).await;
    let call = |id: &str, name: &str, arguments| Call {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments,
    };
    let reply = reply.unwrap();
    assert_eq!(reply.text, "Hel");
    assert_eq!(
        reply.calls,
        [
            call("toolu_a", "check_date", json!({"from": "2026-06-14"})),
            call("toolu_b", "list_packages", json!({})),
        ]
    );
}

#[tokio::test]
async fn events_of_a_later_protocol_mean_nothing() {
    let news = "event: news\ndata: {\"type\":\"news\",\"x\":1}\n\nevent: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\"}}\n\nevent: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}\n\n";
    let (reply, pieces) = reply(stream([START, news, TEXT, STOP])).await;
    assert_eq!(reply.unwrap().text, "Hel");
    assert_eq!(pieces, ["Hel"]);
}

#[tokio::test]
async fn refusals_have_their_meaning() {
    for (status, expected) in [
        (400, Failure::Invalid),
        (401, Failure::Unauthorized),
        (403, Failure::Unauthorized),
        (404, Failure::NotConfigured),
        (429, Failure::RateLimited),
        (500, Failure::Unreachable),
        (529, Failure::Unreachable),
    ] {
        let body = "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"no\"}}";
        let (reply, _) = reply(answer(status, body)).await;
        assert_eq!(reply, Err(expected), "{status}");
    }
}

#[tokio::test]
async fn an_error_in_mid_stream_ends_the_answer() {
    for (kind, expected) in [
        ("overloaded_error", Failure::Unreachable),
        ("rate_limit_error", Failure::RateLimited),
        ("authentication_error", Failure::Unauthorized),
    ] {
        let event = format!(
            "event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"{kind}\",\"message\":\"no\"}}}}\n\n"
        );
        let (reply, pieces) = reply(stream([START, TEXT, event.as_str(), STOP])).await;
        assert_eq!(reply, Err(expected), "{kind}");
        assert_eq!(pieces, ["Hel"]);
    }
}

#[tokio::test]
async fn arguments_without_their_call_are_refused() {
    let stray = "data: {\"type\":\"content_block_delta\",\"index\":7,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}\n\n";
    let (reply, _) = reply(stream([START, stray, STOP])).await;
    assert_eq!(reply, Err(Failure::Invalid));
}

/// The clock stands still until nothing else can happen: then the silence is over.
#[tokio::test(start_paused = true)]
async fn a_stalled_stream_is_given_up() {
    for steps in [Vec::new(), stream([START, TEXT])] {
        let (closed, is_closed) = oneshot::channel();
        let steps = steps
            .into_iter()
            .chain([Step::UntilClosed(closed)])
            .collect();
        let script = Script::run(vec![steps]).await;
        let prompt = prompt("Hi");
        let asked = timeout(Duration::from_hours(1), ask(&script, &prompt)).await;
        let (reply, _) = asked.expect("a silence has an end");
        assert_eq!(reply, Err(Failure::Timeout));
        is_closed.await.unwrap();
    }
}

#[tokio::test]
async fn a_dropped_call_closes_its_connection() {
    let (closed, is_closed) = oneshot::channel();
    let mut steps = stream([START, TEXT]);
    steps.push(Step::UntilClosed(closed));
    let script = Script::run(vec![steps]).await;
    let anthropic = Anthropic::new(script.endpoint.clone()).unwrap();
    let (sender, mut receiver) = mpsc::channel(64);
    let call = tokio::spawn(async move { anthropic.reply(&prompt("Hi"), &sender).await });
    assert_eq!(receiver.recv().await.as_deref(), Some("Hel"));
    call.abort();
    is_closed.await.unwrap();
}

#[tokio::test]
async fn the_request_is_in_the_wire_format() {
    let mut script = Script::run(vec![stream([START, STOP])]).await;
    let mut prompt = prompt("Is June 14 free?");
    prompt.messages.extend([
        Message::Assistant {
            text: "I look.".to_owned(),
            calls: vec![Call {
                id: "toolu_a".to_owned(),
                name: "check_date".to_owned(),
                arguments: Value::Null,
            }],
        },
        Message::Results(vec![CallResult {
            id: "toolu_a".to_owned(),
            ok: false,
            content: json!({"error": {"code": "x"}}),
        }]),
        Message::Assistant {
            text: " ".to_owned(),
            calls: Vec::new(),
        },
    ]);
    ask(&script, &prompt).await.0.unwrap();
    let request = script.request();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(head.starts_with("post /v1/messages http/1.1"), "{head}");
    assert!(head.contains("\r\nx-api-key: sk-very-secret"), "{head}");
    assert!(head.contains("\r\nanthropic-version: 2023-06-01"), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["model"], "model-x");
    assert_eq!(body["stream"], true);
    assert!(body["max_tokens"].is_u64());
    assert!(body["system"].as_str().unwrap().contains("Willow & Pine"));
    assert_eq!(body["tool_choice"], json!({"type": "auto"}));
    assert_eq!(body["tools"][0]["name"], "list_packages");
    assert_eq!(body["tools"][0]["input_schema"]["type"], "object");
    assert_eq!(
        body["messages"],
        json!([
            {"role": "user", "content": [{"type": "text", "text": "Is June 14 free?"}]},
            {"role": "assistant", "content": [
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "toolu_a", "name": "check_date", "input": {}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_a", "content": "{\"error\":{\"code\":\"x\"}}", "is_error": true},
            ]},
        ])
    );
}

#[tokio::test]
async fn the_check_is_true() {
    for (status, expected) in [
        (200, Ok(())),
        (401, Err(Failure::Unauthorized)),
        (404, Err(Failure::NotConfigured)),
        (429, Err(Failure::RateLimited)),
        (529, Err(Failure::Unreachable)),
    ] {
        let mut script = Script::run(vec![answer(status, "{\"id\":\"model-x\"}")]).await;
        let anthropic = Anthropic::new(script.endpoint.clone()).unwrap();
        assert_eq!(anthropic.check().await, expected, "{status}");
        assert!(script.request().starts_with("GET /v1/models/model-x "));
    }
}
