use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::OpenAi;
use crate::assistant::provider::script::{
    Script, Step, answer, pieces, prompt, stream, stream_head,
};
use crate::assistant::provider::{Call, CallResult, Failure, Message, Prompt, Reply};

const HELLO: &str = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"},\"finish_reason\":null}]}\n\n";
const LO: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo \u{1f33f}\"},\"finish_reason\":null}]}\r\n\r\n";
const STOP: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n: keep-alive\n\ndata: {\"choices\":[],\"usage\":{\"total_tokens\":9}}\n\n";
const DONE: &str = "data: [DONE]\n\n";

async fn reply(exchange: Vec<Step>) -> (Result<Reply, Failure>, Vec<String>) {
    let script = Script::run(vec![exchange]).await;
    ask(&script, &prompt("Hi")).await
}

async fn ask(script: &Script, prompt: &Prompt) -> (Result<Reply, Failure>, Vec<String>) {
    let openai = OpenAi::new(script.endpoint.clone()).unwrap();
    let (sender, mut receiver) = mpsc::channel(64);
    let reply = openai.reply(prompt, &sender).await;
    (reply, pieces(&mut receiver))
}

#[tokio::test]
async fn text_comes_in_pieces_and_as_a_whole() {
    let (reply, pieces) = reply(stream([HELLO, LO, STOP, DONE])).await;
    assert_eq!(pieces, ["Hel", "lo \u{1f33f}"]);
    let reply = reply.unwrap();
    assert_eq!(reply.text, "Hello \u{1f33f}");
    assert_eq!(reply.calls, []);
}

#[tokio::test]
async fn where_the_network_cuts_means_nothing() {
    let all = [HELLO, LO, STOP, DONE].concat().into_bytes();
    let octets = all.chunks(1).map(|octet| Step::Send(octet.to_vec()));
    let steps = std::iter::once(stream_head()).chain(octets).collect();
    let (reply, pieces) = reply(steps).await;
    assert_eq!(pieces, ["Hel", "lo \u{1f33f}"]);
    assert_eq!(reply.unwrap().text, "Hello \u{1f33f}");
}

#[tokio::test]
async fn the_end_mark_may_be_missing_behind_a_finished_answer() {
    let (reply, _) = reply(stream([HELLO, STOP])).await;
    assert_eq!(reply.unwrap().text, "Hel");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_failure() {
    let (reply, pieces) = reply(stream([HELLO])).await;
    assert_eq!(reply, Err(Failure::Invalid));
    assert_eq!(pieces, ["Hel"]);
}

#[tokio::test]
async fn calls_are_put_together_by_their_index() {
    let chunks = [
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"call_a\",\"type\":\"function\",\"function\":{\"name\":\"check_date\",\"arguments\":\"\"}}]},\"finish_reason\":null}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"from\\\":\"}}]}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1,\"id\":\"call_b\",\"type\":\"function\",\"function\":{\"name\":\"list_packages\",\"arguments\":\"\"}}]}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"2026-06-14\\\"}\"}}]}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n",
        DONE,
    ];
    let (reply, _) = reply(stream(chunks)).await;
    let call = |id: &str, name: &str, arguments| Call {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments,
    };
    assert_eq!(
        reply.unwrap().calls,
        [
            call("call_a", "check_date", json!({"from": "2026-06-14"})),
            call("call_b", "list_packages", json!({})),
        ]
    );
}

#[tokio::test]
async fn servers_without_index_or_id_are_understood() {
    let chunks = [
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"\",\"function\":{\"name\":\"list_packages\",\"arguments\":\"{}\"}}]}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"id\":\"b\",\"function\":{\"name\":\"check_date\",\"arguments\":\"nonsense\"}}]},\"finish_reason\":\"stop\"}]}\n\n",
    ];
    let (reply, _) = reply(stream(chunks)).await;
    let calls = reply.unwrap().calls;
    assert_eq!(calls[0].id, "call_0");
    assert_eq!(calls[0].name, "list_packages");
    assert_eq!(calls[1].id, "b");
    assert_eq!(calls[1].arguments, Value::Null, "no tool takes this");
}

#[tokio::test]
async fn more_calls_than_make_sense_are_refused() {
    let call = |index| {
        format!(
            "data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{index},\"id\":\"c{index}\",\"function\":{{\"name\":\"list_packages\"}}}}]}}}}]}}\n\n"
        )
    };
    let chunks: Vec<String> = (0..9).map(call).collect();
    let (reply, _) = reply(stream(chunks.iter().map(String::as_str))).await;
    assert_eq!(reply, Err(Failure::Invalid));
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
        (503, Failure::Unreachable),
        (302, Failure::Invalid),
        (200, Failure::Invalid), // no stream of events
    ] {
        let (reply, pieces) = reply(answer(status, "{\"error\":{\"message\":\"no\"}}")).await;
        assert_eq!(reply, Err(expected), "{status}");
        assert!(pieces.is_empty(), "{status}");
    }
}

#[tokio::test]
async fn an_error_in_mid_stream_ends_the_answer() {
    for (error, expected) in [
        (
            "{\"message\":\"x\",\"type\":\"rate_limit_error\",\"code\":null}",
            Failure::RateLimited,
        ),
        (
            "{\"message\":\"x\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}",
            Failure::RateLimited,
        ),
        (
            "{\"message\":\"x\",\"type\":\"server_error\"}",
            Failure::Unreachable,
        ),
        ("{\"message\":\"x\",\"code\":502}", Failure::Unreachable),
    ] {
        let event = format!("data: {{\"error\":{error}}}\n\n");
        let (reply, pieces) = reply(stream([HELLO, event.as_str(), DONE])).await;
        assert_eq!(reply, Err(expected), "{error}");
        assert_eq!(pieces, ["Hel"]);
    }
}

#[tokio::test]
async fn what_is_no_event_of_the_protocol_is_refused() {
    let (reply, _) = reply(stream(["data: <html>\n\n"])).await;
    assert_eq!(reply, Err(Failure::Invalid));
}

#[tokio::test]
async fn an_event_without_end_is_refused() {
    let long = "x".repeat(300 * 1024);
    let (reply, _) = reply(stream(["data: ", long.as_str()])).await;
    assert_eq!(reply, Err(Failure::Invalid));
}

#[tokio::test]
async fn a_slow_stream_is_read_to_its_end() {
    let (go, turn) = oneshot::channel();
    let mut steps = stream([HELLO]);
    steps.extend([
        Step::Wait(turn),
        Step::Send([LO, STOP, DONE].concat().into_bytes()),
    ]);
    let script = Script::run(vec![steps]).await;
    let openai = OpenAi::new(script.endpoint.clone()).unwrap();
    let (sender, mut receiver) = mpsc::channel(64);
    let prompt = prompt("Hi");
    let first = async {
        // The first piece is here before the server has said the second.
        assert_eq!(receiver.recv().await.as_deref(), Some("Hel"));
        go.send(()).unwrap();
    };
    let (reply, ()) = tokio::join!(openai.reply(&prompt, &sender), first);
    assert_eq!(reply.unwrap().text, "Hello \u{1f33f}");
}

/// The clock stands still until nothing else can happen: then the silence is over.
#[tokio::test(start_paused = true)]
async fn a_stalled_stream_is_given_up() {
    for steps in [Vec::new(), stream([HELLO])] {
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
    let mut steps = stream([HELLO]);
    steps.push(Step::UntilClosed(closed));
    let script = Script::run(vec![steps]).await;
    let openai = OpenAi::new(script.endpoint.clone()).unwrap();
    let (sender, mut receiver) = mpsc::channel(64);
    let call = tokio::spawn(async move { openai.reply(&prompt("Hi"), &sender).await });
    assert_eq!(receiver.recv().await.as_deref(), Some("Hel"));
    call.abort();
    is_closed.await.unwrap();
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable() {
    let mut script = Script::run(Vec::new()).await;
    script.endpoint.base_url = "http://127.0.0.1:1".to_owned();
    let (reply, _) = ask(&script, &prompt("Hi")).await;
    assert_eq!(reply, Err(Failure::Unreachable));
    script.endpoint.base_url = "no address".to_owned();
    let (reply, _) = ask(&script, &prompt("Hi")).await;
    assert_eq!(reply, Err(Failure::NotConfigured));
}

#[tokio::test]
async fn the_request_is_in_the_wire_format() {
    let mut script = Script::run(vec![stream([STOP, DONE])]).await;
    let mut prompt = prompt("Is June 14 free?");
    prompt.may_call = false;
    prompt.messages.extend([
        Message::Assistant {
            text: String::new(),
            calls: vec![Call {
                id: "call_a".to_owned(),
                name: "check_date".to_owned(),
                arguments: json!({"from": "2026-06-14"}),
            }],
        },
        Message::Results(vec![CallResult {
            id: "call_a".to_owned(),
            ok: true,
            content: json!({"days": []}),
        }]),
    ]);
    ask(&script, &prompt).await.0.unwrap();
    let request = script.request();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let head = head.to_lowercase();
    assert!(
        head.starts_with("post /v1/chat/completions http/1.1"),
        "{head}"
    );
    assert!(
        head.contains("\r\nauthorization: bearer sk-very-secret"),
        "{head}"
    );
    assert!(
        head.contains("\r\ncontent-type: application/json"),
        "{head}"
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["model"], "model-x");
    assert_eq!(body["stream"], true);
    assert_eq!(body["tool_choice"], "none");
    assert_eq!(body["tools"][0]["type"], "function");
    assert_eq!(body["tools"][0]["function"]["name"], "list_packages");
    assert_eq!(body["messages"][0]["role"], "system");
    assert_eq!(
        body["messages"].as_array().unwrap().get(1..).unwrap(),
        [
            json!({"role": "user", "content": "Is June 14 free?"}),
            json!({"role": "assistant", "content": "", "tool_calls": [
                {"id": "call_a", "type": "function", "function": {"name": "check_date", "arguments": "{\"from\":\"2026-06-14\"}"}}
            ]}),
            json!({"role": "tool", "tool_call_id": "call_a", "content": "{\"days\":[]}"}),
        ]
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key() {
    let other = Script::run(vec![stream([STOP, DONE])]).await;
    let head = format!(
        "HTTP/1.1 307 X\r\nlocation: {}chat/completions\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        other.endpoint.base_url
    );
    let (reply, _) = reply(vec![Step::Send(head.into_bytes())]).await;
    assert_eq!(reply, Err(Failure::Invalid));
    let mut other = other;
    assert!(other.requests_are_none());
}

#[tokio::test]
async fn the_name_of_a_model_is_one_segment_of_the_path() {
    let mut script = Script::run(vec![answer(200, "{}")]).await;
    script.endpoint.model = "maker/model?x".to_owned();
    let openai = OpenAi::new(script.endpoint.clone()).unwrap();
    openai.check().await.unwrap();
    let request = script.request();
    assert!(
        request.starts_with("GET /v1/models/maker%2Fmodel%3Fx HTTP/1.1"),
        "{request}"
    );
}

async fn check(exchanges: Vec<Vec<Step>>) -> Result<(), Failure> {
    let script = Script::run(exchanges).await;
    OpenAi::new(script.endpoint.clone()).unwrap().check().await
}

#[tokio::test]
async fn the_check_is_true() {
    let list = |id: &str| answer(200, &format!("{{\"data\":[{{\"id\":\"{id}\"}}]}}"));
    assert_eq!(
        check(vec![answer(200, "{\"id\":\"model-x\"}")]).await,
        Ok(())
    );
    assert_eq!(
        check(vec![answer(404, "{}"), list("model-x")]).await,
        Ok(())
    );
    let unknown = check(vec![answer(404, "{}"), list("model-y")]).await;
    assert_eq!(unknown, Err(Failure::NotConfigured));
    let neither = check(vec![answer(404, "{}"), answer(404, "{}")]).await;
    assert_eq!(neither, Err(Failure::NotConfigured));
    assert_eq!(
        check(vec![answer(401, "{}")]).await,
        Err(Failure::Unauthorized)
    );
    assert_eq!(
        check(vec![answer(429, "{}")]).await,
        Err(Failure::RateLimited)
    );
    assert_eq!(
        check(vec![answer(502, "{}")]).await,
        Err(Failure::Unreachable)
    );
}
