use serde_json::{Value, json};

use crate::assistant::provider::builtin::Builtin;
use crate::assistant::provider::script::prompt;
use crate::assistant::provider::{Message, Prompt, Reply};

async fn reply(prompt: &Prompt) -> Reply {
    let (sender, _receiver) = tokio::sync::mpsc::channel(1000);
    let builtin = Builtin::new(std::time::Duration::ZERO);
    builtin.reply(prompt, &sender).await
}

#[track_caller]
fn check(said: &[&str], expected: Value) -> impl Future<Output = ()> {
    let said: Vec<String> = said.iter().map(|text| (*text).to_owned()).collect();
    async move {
        let mut prompt = prompt("");
        prompt.messages.clear();
        for (place, text) in said.iter().enumerate() {
            prompt.messages.push(Message::User(text.clone()));
            let reply = reply(&prompt).await;
            if place + 1 == said.len() {
                let [call] = reply.calls.as_slice() else {
                    panic!("{said:?}: {reply:?}");
                };
                assert_eq!(call.name, "save_landing_draft", "{said:?}");
                assert_eq!(call.arguments, expected, "{said:?}");
                return;
            }
            assert_eq!(reply.calls, [], "{said:?}");
            prompt.messages.push(Message::Assistant {
                text: reply.text,
                calls: Vec::new(),
            });
        }
    }
}

#[tokio::test]
async fn the_words_are_kept_as_they_were_said() {
    let hello = json!({"headline": "Hello"});
    for said in [
        "Change the headline of the home page to \"Hello\"",
        "change the title of the landing page to Hello.",
        "Make the headline say \u{201c}Hello\u{201d}",
        "Please set the headline: Hello",
    ] {
        check(&[said], hello.clone()).await;
    }
    check(
        &["Change the headline to \"Book or block June 14, we publish it\""],
        json!({"headline": "Book or block June 14, we publish it"}),
    )
    .await;
    check(
        &["Change the subheadline to Open all year"],
        json!({"subheadline": "Open all year"}),
    )
    .await;
    check(
        &["Update the headline to \"One\" and the tagline to \"Two\""],
        json!({"headline": "One", "subheadline": "Two"}),
    )
    .await;
}

#[tokio::test]
async fn what_is_missing_is_asked_for() {
    check(
        &["Change the headline", "\"Book a day with us\""],
        json!({"headline": "Book a day with us"}),
    )
    .await;
    check(
        &["change the subheadline", "Under the willow"],
        json!({"subheadline": "Under the willow"}),
    )
    .await;
}
