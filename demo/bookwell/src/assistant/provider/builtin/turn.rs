//! What the provider of ours sees: what was asked, in how many messages, and what tools said since.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::{Call, CallResult, Message, Prompt, Setting};
use super::date::{self, Found, SlashOrder};
use super::intent::Intent;
use crate::assistant::tools::Tool;

/// One question and what is known about it.
pub(super) struct Turn<'p> {
    pub(super) setting: &'p Setting,
    pub(super) intent: Intent,
    /// The messages that the question is spread over, the newest first.
    pub(super) texts: Vec<&'p str>,
    tools: &'static [Tool],
    results: Vec<(&'p Call, &'p CallResult)>,
}

/// What a round comes to.
pub(super) enum Answer {
    Call(Tool, Value),
    Say(String),
}

impl<'p> Turn<'p> {
    pub(super) fn of(prompt: &'p Prompt) -> Self {
        let setting = &prompt.setting;
        let messages = prompt.messages.as_slice();
        let asked = messages
            .iter()
            .rposition(|message| matches!(message, Message::User(_)))
            .unwrap_or_default();
        let (before, since) = messages.split_at_checked(asked).unwrap_or((messages, &[]));
        let mut turn = Self {
            setting,
            intent: Intent::Ask,
            texts: Vec::new(),
            tools: prompt.tools,
            results: results(since),
        };
        if let Some(Message::User(text)) = since.first() {
            turn.texts.push(text);
            let (intent, sure) = Intent::of(text, setting);
            turn.intent = intent;
            let question = text.trim_end().ends_with('?');
            if !sure && !question {
                turn.go_on_from(before);
            }
        }
        turn
    }

    /// The message may be the answer to a question of ours: then what it belongs to was asked
    /// before.
    fn go_on_from(&mut self, before: &'p [Message]) {
        let mut texts = Vec::new();
        for message in before.iter().rev() {
            match message {
                Message::Assistant { text, calls }
                    if text.trim_end().ends_with('?') || !calls.is_empty() => {}
                Message::Assistant { .. } => return,
                Message::Results(_) => {}
                Message::User(text) => {
                    texts.push(text.as_str());
                    let (intent, sure) = Intent::of(text, self.setting);
                    if sure {
                        // What was refused is no question of ours.
                        if intent.tool().is_some_and(|tool| self.has(tool)) {
                            self.texts.append(&mut texts);
                            self.intent = intent;
                        }
                        return;
                    }
                }
            }
        }
    }

    /// Whether the tool may be called at all.
    pub(super) fn has(&self, tool: Tool) -> bool {
        self.tools.contains(&tool)
    }

    /// A call with an id that is new in this turn.
    pub(super) fn call(&self, tool: Tool, arguments: Value) -> Call {
        Call {
            id: format!("call_{}", self.results.len()),
            name: tool.name().to_owned(),
            arguments,
        }
    }

    /// What a tool said in this turn.
    pub(super) fn result(&self, tool: Tool) -> Option<&'p CallResult> {
        let mut results = self.results.iter().rev();
        results
            .find(|(call, _)| call.name == tool.name())
            .map(|(_, result)| *result)
    }

    /// What a tool said in this turn, read; what cannot be read was a failure.
    pub(super) fn read<T: DeserializeOwned>(&self, tool: Tool) -> Option<Result<T, Answer>> {
        let result = self.result(tool)?;
        if !result.ok {
            return Some(Err(failed(result)));
        }
        let read = serde_json::from_value(result.content.clone());
        Some(read.map_err(|_| failed(result)))
    }

    /// The first of the messages, newest first, in which something is found.
    pub(super) fn first<T>(&self, find: impl FnMut(&&'p str) -> Option<T>) -> Option<T> {
        self.texts.iter().find_map(find)
    }

    /// The first date that was said.
    pub(super) fn date(&self) -> Option<Found> {
        let order = SlashOrder::at(&self.setting.time_zone);
        self.first(|text| date::find(text, self.setting.today, order).first().copied())
    }

    /// All dates of the newest message that has any.
    pub(super) fn dates(&self) -> Vec<Date> {
        let order = SlashOrder::at(&self.setting.time_zone);
        let found = self.first(|text| {
            let found = date::find(text, self.setting.today, order);
            (!found.is_empty()).then_some(found)
        });
        let days = found.into_iter().flatten().filter_map(|found| match found {
            Found::Day(date) => Some(date),
            Found::Impossible => None,
        });
        days.collect()
    }
}

/// What to say when a tool could not do it: the sentence that it gave.
pub(super) fn failed(result: &CallResult) -> Answer {
    let message = result.content.pointer("/error/message");
    let message = message
        .and_then(Value::as_str)
        .unwrap_or("Something went wrong on our side");
    Answer::Say(format!(
        "That did not work: {}.",
        message.trim_end_matches('.')
    ))
}

fn results(since: &[Message]) -> Vec<(&Call, &CallResult)> {
    let calls = since.iter().filter_map(|message| match message {
        Message::Assistant { calls, .. } => Some(calls),
        Message::User(_) | Message::Results(_) => None,
    });
    let mut results = since.iter().filter_map(|message| match message {
        Message::Results(results) => Some(results),
        Message::User(_) | Message::Assistant { .. } => None,
    });
    // Each answer with calls is followed by the results of them, in their order.
    calls
        .filter_map(|calls| results.next().map(|results| calls.iter().zip(results)))
        .flatten()
        .collect()
}
