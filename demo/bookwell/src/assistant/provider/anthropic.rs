//! Anthropic's messages.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::transport::{Transport, model_path, named_failure};
use super::{Call, Endpoint, Failure, Message, Prompt, Reply};

#[cfg(test)]
mod tests;

/// An endpoint that speaks messages.
#[derive(Debug)]
pub(crate) struct Anthropic {
    transport: Transport,
    model: String,
}

impl Anthropic {
    pub(super) fn new(endpoint: Endpoint) -> Result<Self, reqwest::Error> {
        let mut headers = HeaderMap::new();
        headers.insert(
            HeaderName::from_static("anthropic-version"),
            HeaderValue::from_static(VERSION),
        );
        if let Some(value) = endpoint.key.and_then(|key| key.header("")) {
            headers.insert(HeaderName::from_static("x-api-key"), value);
        }
        Ok(Self {
            transport: Transport::new(&endpoint.base_url, headers, endpoint.silence)?,
            model: endpoint.model,
        })
    }

    /// Asks for the model by its name.
    pub(super) async fn check(&self) -> Result<(), Failure> {
        self.transport.probe(&model_path(&self.model)).await
    }

    pub(super) async fn reply(
        &self,
        prompt: &Prompt,
        pieces: &mpsc::Sender<String>,
    ) -> Result<Reply, Failure> {
        let body = body(&self.model, prompt);
        let mut events = self.transport.stream("/messages", &body).await?;
        let mut answer = Answer::default();
        while let Some(event) = events.next().await? {
            // The name stands in the data as well, and some proxies lose the field.
            let event = serde_json::from_str(&event.data).map_err(|_| Failure::Invalid)?;
            match answer.take(event)? {
                Step::Nothing => {}
                // Nobody listens any more: the caller is about to drop this future.
                Step::Text(piece) => drop(pieces.send(piece).await),
                Step::Stop => return Ok(answer.finish()),
            }
        }
        Err(Failure::Invalid)
    }
}

/// The request, in the wire format.
fn body(model: &str, prompt: &Prompt) -> Value {
    let messages: Vec<Value> = prompt.messages.iter().filter_map(wire_message).collect();
    let tools = prompt.tools.iter().map(|tool| {
        json!({
            "name": tool.name(),
            "description": tool.description(),
            "input_schema": tool.parameters(),
        })
    });
    json!({
        "model": model,
        "max_tokens": MAX_TOKENS,
        "stream": true,
        "system": prompt.setting.instructions(),
        "messages": messages,
        "tools": tools.collect::<Vec<_>>(),
        "tool_choice": {"type": if prompt.may_call { "auto" } else { "none" }},
    })
}

/// A message in blocks; one without any text would be refused and says nothing.
fn wire_message(message: &Message) -> Option<Value> {
    let (role, blocks): (_, Vec<Value>) = match message {
        Message::User(text) => ("user", text_block(text).into_iter().collect()),
        Message::Assistant { text, calls } => {
            let calls = calls.iter().map(|call| {
                let input = if call.arguments.is_object() {
                    call.arguments.clone()
                } else {
                    json!({})
                };
                json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
            });
            (
                "assistant",
                text_block(text).into_iter().chain(calls).collect(),
            )
        }
        Message::Results(results) => {
            let blocks = results.iter().map(|result| {
                json!({
                    "type": "tool_result",
                    "tool_use_id": result.id,
                    "content": result.content.to_string(),
                    "is_error": !result.ok,
                })
            });
            ("user", blocks.collect())
        }
    };
    (!blocks.is_empty()).then(|| json!({"role": role, "content": blocks}))
}

fn text_block(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({"type": "text", "text": text}))
}

/// An answer that is being put together.
#[derive(Debug, Default)]
struct Answer {
    text: String,
    calls: Vec<PartialCall>,
}

#[derive(Debug)]
struct PartialCall {
    index: u64,
    id: String,
    name: String,
    arguments: String,
}

/// What an event did to the answer.
enum Step {
    Nothing,
    Text(String),
    Stop,
}

impl Answer {
    fn take(&mut self, event: Event) -> Result<Step, Failure> {
        match event {
            Event::ContentBlockStart {
                index,
                content_block: Block::ToolUse { id, name },
            } => {
                if self.calls.len() == super::MAX_CALLS {
                    return Err(Failure::Invalid);
                }
                self.calls.push(PartialCall {
                    index,
                    id,
                    name,
                    arguments: String::new(),
                });
                Ok(Step::Nothing)
            }
            Event::ContentBlockStart {
                content_block: Block::Text { text },
                ..
            }
            | Event::ContentBlockDelta {
                delta: Delta::Text { text },
                ..
            } => Ok(self.text(text)),
            Event::ContentBlockDelta {
                index,
                delta: Delta::Input { partial_json },
            } => {
                let call = self.calls.iter_mut().find(|call| call.index == index);
                call.ok_or(Failure::Invalid)?
                    .arguments
                    .push_str(&partial_json);
                Ok(Step::Nothing)
            }
            Event::Error { error } => Err(named_failure(&error.kind)),
            Event::MessageStop => Ok(Step::Stop),
            Event::ContentBlockStart {
                content_block: Block::Unknown,
                ..
            }
            | Event::ContentBlockDelta {
                delta: Delta::Unknown,
                ..
            }
            | Event::Unknown => Ok(Step::Nothing),
        }
    }

    fn text(&mut self, text: String) -> Step {
        if text.is_empty() {
            return Step::Nothing;
        }
        self.text.push_str(&text);
        Step::Text(text)
    }

    fn finish(self) -> Reply {
        let calls = self.calls.into_iter().map(|call| Call {
            id: call.id,
            name: call.name,
            arguments: super::arguments(&call.arguments),
        });
        Reply {
            calls: calls.collect(),
            text: self.text,
        }
    }
}

/// One event of the stream; the protocol may add kinds, which mean nothing to us.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    ContentBlockDelta {
        index: u64,
        delta: Delta,
    },
    ContentBlockStart {
        index: u64,
        content_block: Block,
    },
    Error {
        error: ErrorBody,
    },
    MessageStop,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Delta {
    #[serde(rename = "input_json_delta")]
    Input { partial_json: String },
    #[serde(rename = "text_delta")]
    Text { text: String },
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize)]
struct ErrorBody {
    #[serde(rename = "type")]
    kind: String,
}

/// The version of the protocol, which the endpoint wants to be told.
const VERSION: &str = "2023-06-01";

/// The protocol wants a bound; a chat panel needs no more.
const MAX_TOKENS: u32 = 2048;
