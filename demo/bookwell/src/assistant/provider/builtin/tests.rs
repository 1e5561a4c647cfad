use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Builtin, cut};
use crate::assistant::provider::script::{pieces, prompt};
use crate::assistant::provider::{Audience, CallResult, Message, Prompt, Reply};
use crate::assistant::tools::Tool;

async fn reply(prompt: &Prompt) -> (Reply, Vec<String>) {
    let (sender, mut receiver) = mpsc::channel(1000);
    let reply = Builtin::new(Duration::ZERO).reply(prompt, &sender).await;
    (reply, pieces(&mut receiver))
}

/// Answers the call of a reply with this content, and asks for the next round.
async fn go_on(prompt: &mut Prompt, reply: Reply, content: Value) -> Reply {
    let [call] = reply.calls.as_slice() else {
        panic!("{reply:?}");
    };
    let ok = content.get("error").is_none();
    let result = CallResult {
        id: call.id.clone(),
        ok,
        content,
    };
    prompt.messages.push(Message::Assistant {
        text: reply.text,
        calls: reply.calls,
    });
    prompt.messages.push(Message::Results(vec![result]));
    self::reply(prompt).await.0
}

fn packages() -> Value {
    json!({"packages": [
        {"id": "p1", "title": "Garden Wedding", "description": "", "price_cents": 120_000, "active": true},
        {"id": "p2", "title": "Garden Party", "description": "", "price_cents": 90_000, "active": true},
    ]})
}

#[test]
fn nothing_is_lost_between_the_pieces() {
    for text in [
        "",
        "one",
        "one two three four",
        "a\nb  c\n\u{2022} d e f g ",
        "  x",
    ] {
        let pieces: Vec<&str> = cut(text).collect();
        assert_eq!(pieces.concat(), text);
        assert!(
            pieces
                .iter()
                .all(|piece| piece.split_whitespace().count() <= 3)
        );
    }
}

#[tokio::test]
async fn an_answer_is_said_in_small_pieces() {
    let (reply, pieces) = reply(&prompt("help")).await;
    assert!(pieces.len() > 5);
    assert_eq!(pieces.concat(), reply.text);
}

#[tokio::test]
async fn a_booking_needs_three_rounds_and_then_speaks() {
    let mut prompt = prompt("Book the garden party on June 14 for Anna Miller, anna@x.test");
    let first = reply(&prompt).await.0;
    assert_eq!(first.calls[0].name, "list_packages");
    let second = go_on(&mut prompt, first, packages()).await;
    assert_eq!(second.calls[0].name, "check_date");
    assert_eq!(second.calls[0].arguments, json!({"from": "2026-06-14"}));
    let free = json!({"days": [{"day": "2026-06-14", "state": "free"}]});
    let third = go_on(&mut prompt, second, free).await;
    assert_eq!(third.calls[0].name, "create_booking");
    assert_eq!(
        third.calls[0].arguments,
        json!({"package_id": "p2", "event_date": "2026-06-14", "name": "Anna Miller", "email": "anna@x.test"})
    );
    let proposal = json!({"proposal": {"preview": "Book it.", "tier": "T3"}});
    let last = go_on(&mut prompt, third, proposal).await;
    assert_eq!(last.calls, []);
    assert!(
        last.text.starts_with("Book it. Please look at the card"),
        "{}",
        last.text
    );
}

#[tokio::test]
async fn a_failure_of_a_tool_is_said_as_it_is() {
    let mut prompt = prompt("block June 14");
    let first = reply(&prompt).await.0;
    let error =
        json!({"error": {"code": "date_booked", "message": "There is a booking on that date"}});
    let last = go_on(&mut prompt, first, error).await;
    assert_eq!(
        last.text,
        "That did not work: There is a booking on that date."
    );
}

#[tokio::test]
async fn two_packages_that_fit_are_asked_about() {
    let mut prompt = prompt("change the price of the garden one to 1000");
    let first = reply(&prompt).await.0;
    let last = go_on(&mut prompt, first, packages()).await;
    assert_eq!(
        last.text,
        "Which package do you mean: Garden Wedding or Garden Party?"
    );
    prompt.messages.push(Message::Assistant {
        text: last.text,
        calls: Vec::new(),
    });
    prompt.messages.push(Message::User("the party".to_owned()));
    let first = reply(&prompt).await.0;
    let second = go_on(&mut prompt, first, packages()).await;
    assert_eq!(
        second.calls[0].arguments,
        json!({"package_id": "p2", "price_cents": 100_000})
    );
}

#[tokio::test]
async fn an_answer_belongs_to_the_question_before_it_and_a_question_does_not() {
    for (said, tool) in [
        ("June 14", Some("add_blackout")),
        ("what happens when it rains?", Some("read_landing_page")),
    ] {
        let mut prompt = prompt("block a day, I have a holiday: block it");
        let asked = reply(&prompt).await.0;
        assert_eq!(asked.text, "Which date shall I block?");
        prompt.messages.push(Message::Assistant {
            text: asked.text,
            calls: Vec::new(),
        });
        prompt.messages.push(Message::User(said.to_owned()));
        let next = reply(&prompt).await.0;
        assert_eq!(
            next.calls.first().map(|call| call.name.as_str()),
            tool,
            "{said}"
        );
    }
}

#[tokio::test]
async fn without_the_right_to_call_it_says_so() {
    let mut prompt = prompt("list the packages");
    prompt.may_call = false;
    let reply = reply(&prompt).await.0;
    assert_eq!(reply.calls, []);
    assert!(!reply.text.is_empty());
}

#[tokio::test]
async fn a_visitor_is_not_offered_what_they_cannot_have() {
    let mut prompt = prompt("block June 14");
    prompt.setting.audience = Audience::Visitor;
    prompt.tools = Tool::of(Audience::Visitor);
    let reply = reply(&prompt).await.0;
    assert_eq!(reply.calls, []);
    assert!(
        reply.text.starts_with("I cannot do that here"),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn texts_of_a_package_are_read_however_they_are_said() {
    let described = json!({"package_id": "p2", "description": "Six hours"});
    let renamed = json!({"package_id": "p2", "title": "Garden Feast"});
    for (said, arguments) in [
        (
            "Add a description to Garden Party: \"Six hours\"",
            &described,
        ),
        (
            "add the description \"Six hours\" to the garden party",
            &described,
        ),
        ("Add a description to Garden Party: Six hours.", &described),
        (
            "change the description of Garden Party to \"Six hours\"",
            &described,
        ),
        (
            "Change the description of Garden Party to Six hours.",
            &described,
        ),
        ("rename \"Garden Party\" to \"Garden Feast\"", &renamed),
        ("rename Garden Party to Garden Feast", &renamed),
    ] {
        let mut prompt = prompt(said);
        let first = reply(&prompt).await.0;
        let second = go_on(&mut prompt, first, packages()).await;
        let [call] = second.calls.as_slice() else {
            panic!("{said}: {second:?}");
        };
        assert_eq!(call.name, "edit_package", "{said}");
        assert_eq!(call.arguments, *arguments, "{said}");
    }
}

#[tokio::test]
async fn a_text_that_is_missing_is_asked_for() {
    let mut prompt = prompt("Add a description to Garden Party");
    let first = reply(&prompt).await.0;
    let asked = go_on(&mut prompt, first, packages()).await;
    assert!(
        asked.text.starts_with("What shall the description say?"),
        "{}",
        asked.text
    );
    prompt.messages.push(Message::Assistant {
        text: asked.text,
        calls: Vec::new(),
    });
    let answer = "\"Like the Garden Wedding, but shorter\"".to_owned();
    prompt.messages.push(Message::User(answer));
    let first = reply(&prompt).await.0;
    let second = go_on(&mut prompt, first, packages()).await;
    assert_eq!(
        second.calls[0].arguments,
        json!({"package_id": "p2", "description": "Like the Garden Wedding, but shorter"})
    );
}

#[tokio::test]
async fn a_colour_is_asked_for_step_by_step() {
    let mut prompt = prompt("change our colours");
    for (asked, answer) in [
        ("What shall I change", "the accent colour"),
        ("Which colour shall be the accent one?", "teal"),
    ] {
        let reply = reply(&prompt).await.0;
        assert!(reply.text.starts_with(asked), "{reply:?}");
        prompt.messages.push(Message::Assistant {
            text: reply.text,
            calls: Vec::new(),
        });
        prompt.messages.push(Message::User(answer.to_owned()));
    }
    let reply = reply(&prompt).await.0;
    assert_eq!(reply.calls[0].name, "save_branding");
    assert_eq!(reply.calls[0].arguments, json!({"accent": "#008080"}));
}

fn bookings() -> Value {
    let booking = |id, day, customer, status| {
        json!({
            "id": id, "event_date": day, "status": status,
            "package": "Garden Wedding", "customer": customer,
        })
    };
    json!({"from": "2026-03-11", "to": "2028-03-11", "bookings": [
        booking("b1", "2026-06-14", "Eli", "confirmed"),
        booking("b2", "2026-06-15", "A", "confirmed"),
        booking("b3", "2026-06-16", "Anna Miller", "pending"),
        booking("b4", "2026-06-17", "Anna Weber", "confirmed"),
        booking("b5", "2026-06-18", "June Carter", "confirmed"),
        booking("b6", "2026-06-19", "Daniel Yoder", "cancelled"),
    ]})
}

#[tokio::test]
async fn a_booking_is_cancelled_for_its_own_customer_alone() {
    for (said, meant) in [
        ("Cancel Eli's booking", Some("b1")),
        ("Cancel the booking of ANNA MILLER", Some("b3")),
        ("cancel the booking of weber", Some("b4")),
        ("Cancel June Carter's booking", Some("b5")),
        ("Cancel the booking of Xavier Believer", None),
        ("Cancel the booking of Daniel Yoder", None),
        ("Cancel the booking of Anna Meier", None),
        ("Cancel a booking", None),
    ] {
        let mut prompt = prompt(said);
        let first = reply(&prompt).await.0;
        assert_eq!(first.calls[0].name, "list_bookings", "{said}");
        let next = go_on(&mut prompt, first, bookings()).await;
        let Some(id) = meant else {
            assert_eq!(next.calls, [], "{said}");
            assert!(
                next.text.starts_with("There is no such booking"),
                "{next:?}"
            );
            continue;
        };
        assert_eq!(next.calls[0].name, "cancel_booking", "{said}");
        assert_eq!(next.calls[0].arguments, json!({"booking_id": id}), "{said}");
    }
}

#[tokio::test]
async fn of_several_bookings_one_is_asked_for_by_name_and_date() {
    let mut prompt = prompt("Cancel Anna's booking");
    let first = reply(&prompt).await.0;
    let asked = go_on(&mut prompt, first, bookings()).await;
    assert_eq!(
        asked.text,
        "Which one do you mean: Anna Miller on Tuesday, June 16, 2026; \
         Anna Weber on Wednesday, June 17, 2026?"
    );
    prompt.messages.push(Message::Assistant {
        text: asked.text,
        calls: Vec::new(),
    });
    prompt.messages.push(Message::User("Anna Weber".to_owned()));
    let first = reply(&prompt).await.0;
    let next = go_on(&mut prompt, first, bookings()).await;
    assert_eq!(next.calls[0].arguments, json!({"booking_id": "b4"}));
}

#[tokio::test]
async fn a_day_does_not_make_a_booking_that_of_somebody_else() {
    for (said, cancels) in [
        ("Cancel the booking on June 14", true),
        ("Cancel Eli's booking on June 14", true),
        ("Cancel the booking of Xavier on June 14", false),
    ] {
        let mut prompt = prompt(said);
        let first = reply(&prompt).await.0;
        assert_eq!(
            first.calls[0].arguments,
            json!({"from": "2026-06-14", "to": "2026-06-14"})
        );
        let mut found = bookings();
        found["bookings"].as_array_mut().unwrap().truncate(1);
        let next = go_on(&mut prompt, first, found).await;
        assert_eq!(!next.calls.is_empty(), cancels, "{said}: {next:?}");
    }
    let reply = reply(&prompt("Cancel the booking on June 31")).await.0;
    assert!(reply.text.starts_with("There is no such day"), "{reply:?}");
}

#[tokio::test]
async fn a_word_in_common_books_no_other_package() {
    for (said, asks) in [
        ("Book the Garden Wedding on June 14", false),
        ("book the wedding on June 14", false),
        ("Book the beach wedding on June 14", true),
        ("Book the Wedding Deluxe on June 14", true),
    ] {
        let mut prompt = prompt(said);
        let first = reply(&prompt).await.0;
        let next = go_on(&mut prompt, first, packages()).await;
        let question = next.text.starts_with("Which package do you mean");
        assert_eq!(question, asks, "{said}: {next:?}");
    }
}

#[tokio::test]
async fn the_only_package_is_not_the_one_that_has_another_name() {
    let one = || json!({"packages": [packages()["packages"][0]]});
    for (said, deletes) in [
        ("delete the package", true),
        ("delete the Garden Wedding", true),
        ("delete the package Sunset Sail", false),
        ("delete the beach wedding", false),
    ] {
        let mut prompt = prompt(said);
        let first = reply(&prompt).await.0;
        let next = go_on(&mut prompt, first, one()).await;
        assert_eq!(!next.calls.is_empty(), deletes, "{said}: {next:?}");
    }
}
