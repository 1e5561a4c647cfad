//! `OpenAI`'s chat completions, which many other servers speak too.

use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::transport::{Transport, model_path, named_failure};
use super::{Call, Endpoint, Failure, Message, Prompt, Reply};

#[cfg(test)]
mod tests;

/// An endpoint that speaks chat completions.
#[derive(Debug)]
pub(crate) struct OpenAi {
    transport: Transport,
    model: String,
}

impl OpenAi {
    pub(super) fn new(endpoint: Endpoint) -> Result<Self, reqwest::Error> {
        let mut headers = HeaderMap::new();
        if let Some(value) = endpoint.key.and_then(|key| key.header("Bearer ")) {
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Self {
            transport: Transport::new(&endpoint.base_url, headers, endpoint.silence)?,
            model: endpoint.model,
        })
    }

    /// Asks for the model by its name; servers that only have the list are asked for the list.
    pub(super) async fn check(&self) -> Result<(), Failure> {
        let model = model_path(&self.model);
        match self.transport.probe(&model).await {
            Err(Failure::NotConfigured) => {}
            done @ (Ok(()) | Err(_)) => return done,
        }
        let list = self.transport.document("/models").await?;
        let models = list.get("data").and_then(Value::as_array);
        let known = models
            .into_iter()
            .flatten()
            .any(|model| model.get("id").and_then(Value::as_str) == Some(self.model.as_str()));
        if known {
            Ok(())
        } else {
            Err(Failure::NotConfigured)
        }
    }

    pub(super) async fn reply(
        &self,
        prompt: &Prompt,
        pieces: &mpsc::Sender<String>,
    ) -> Result<Reply, Failure> {
        let body = body(&self.model, prompt);
        let mut events = self.transport.stream("/chat/completions", &body).await?;
        let mut answer = Answer::default();
        while let Some(event) = events.next().await? {
            if event.data == END {
                return answer.finish();
            }
            let chunk: Chunk = serde_json::from_str(&event.data).map_err(|_| Failure::Invalid)?;
            if let Some(piece) = answer.take(chunk)? {
                // Nobody listens any more: the caller is about to drop this future.
                let _ = pieces.send(piece).await;
            }
        }
        // Some servers close behind the last chunk without the mark.
        if answer.finished {
            answer.finish()
        } else {
            Err(Failure::Invalid)
        }
    }
}

/// The request, in the wire format.
fn body(model: &str, prompt: &Prompt) -> Value {
    let mut messages = vec![json!({"role": "system", "content": prompt.setting.instructions()})];
    for message in &prompt.messages {
        match message {
            Message::User(text) => messages.push(json!({"role": "user", "content": text})),
            Message::Assistant { text, calls } if calls.is_empty() => {
                messages.push(json!({"role": "assistant", "content": text}));
            }
            Message::Assistant { text, calls } => {
                let calls: Vec<Value> = calls.iter().map(wire_call).collect();
                messages.push(json!({"role": "assistant", "content": text, "tool_calls": calls}));
            }
            Message::Results(results) => messages.extend(results.iter().map(|result| {
                json!({
                    "role": "tool",
                    "tool_call_id": result.id,
                    "content": result.content.to_string(),
                })
            })),
        }
    }
    let tools = prompt.tools.iter().map(|tool| {
        json!({
            "type": "function",
            "function": {
                "name": tool.name(),
                "description": tool.description(),
                "parameters": tool.parameters(),
            },
        })
    });
    json!({
        "model": model,
        "stream": true,
        "messages": messages,
        "tools": tools.collect::<Vec<_>>(),
        "tool_choice": if prompt.may_call { "auto" } else { "none" },
    })
}

fn wire_call(call: &Call) -> Value {
    json!({
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments.to_string()},
    })
}

/// An answer that is being put together.
#[derive(Debug, Default)]
struct Answer {
    text: String,
    calls: Vec<PartialCall>,
    finished: bool,
}

#[derive(Debug, Default)]
struct PartialCall {
    index: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl Answer {
    /// Takes a chunk, and gives back the text in it.
    fn take(&mut self, chunk: Chunk) -> Result<Option<String>, Failure> {
        if let Some(error) = chunk.error {
            let name = error.code.as_ref().and_then(Value::as_str);
            return Err(named_failure(name.or(error.kind.as_deref()).unwrap_or("")));
        }
        let Some(choice) = chunk.choices.into_iter().next() else {
            return Ok(None);
        };
        self.finished |= choice.finish_reason.is_some();
        let Some(delta) = choice.delta else {
            return Ok(None);
        };
        for part in delta.tool_calls.unwrap_or_default() {
            self.call(part)?;
        }
        let Some(text) = delta.content.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        self.text.push_str(&text);
        Ok(Some(text))
    }

    /// Parts belong together by index; servers that leave it out begin each call with an id.
    fn call(&mut self, part: CallPart) -> Result<(), Failure> {
        let known = match (part.index, &part.id) {
            (Some(index), _) => self.calls.iter().position(|call| call.index == Some(index)),
            (None, Some(_)) => None,
            (None, None) => self.calls.len().checked_sub(1),
        };
        let place = known.unwrap_or(self.calls.len());
        if place == super::MAX_CALLS {
            return Err(Failure::Invalid);
        }
        if known.is_none() {
            self.calls.push(PartialCall {
                index: part.index,
                ..PartialCall::default()
            });
        }
        let call = self.calls.get_mut(place).ok_or(Failure::Invalid)?;
        if let Some(id) = part.id {
            call.id = id;
        }
        let function = part.function.unwrap_or_default();
        call.name.push_str(&function.name.unwrap_or_default());
        call.arguments
            .push_str(&function.arguments.unwrap_or_default());
        Ok(())
    }

    fn finish(self) -> Result<Reply, Failure> {
        let calls = self.calls.into_iter().enumerate().map(|(place, call)| {
            if call.name.is_empty() {
                return Err(Failure::Invalid);
            }
            Ok(Call {
                // A server that gives no ids still has to find its calls again.
                id: Some(call.id)
                    .filter(|id| !id.is_empty())
                    .unwrap_or(format!("call_{place}")),
                name: call.name,
                arguments: super::arguments(&call.arguments),
            })
        });
        Ok(Reply {
            calls: calls.collect::<Result<_, _>>()?,
            text: self.text,
        })
    }
}

/// One chunk of the stream. Only what is used is named; the rest may change as it likes.
#[derive(Debug, Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    error: Option<ErrorBody>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Delta {
    content: Option<String>,
    tool_calls: Option<Vec<CallPart>>,
}

#[derive(Debug, Deserialize)]
struct CallPart {
    index: Option<u64>,
    id: Option<String>,
    function: Option<FunctionPart>,
}

#[derive(Debug, Default, Deserialize)]
struct FunctionPart {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ErrorBody {
    code: Option<Value>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// What the stream ends with.
const END: &str = "[DONE]";
