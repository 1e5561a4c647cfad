//! Whole conversations with the built-in provider, over real rows.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{BOOK, Panel};
use crate::world::{HARBOR, WILLOW, World};

fn text(answer: &Value) -> &str {
    answer["text"].as_str().unwrap()
}

#[tokio::test]
async fn packages_are_listed_with_their_prices() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let answer = panel.say("Which packages do we have?").await;
    assert!(
        text(&answer).starts_with("There are 4 packages:"),
        "{answer}"
    );
    assert!(text(&answer).contains("Classic Garden Wedding: $6,400.00"));
    assert!(text(&answer).contains("Winter Glasshouse: $4,200.00 (not offered at the moment)"));
    assert_eq!(answer["tools"][0]["name"], "list_packages");
    assert_eq!(answer["tools"][0]["ok"], true);

    let answer = panel.say("how much is the clasic garden weding?").await;
    assert!(
        text(&answer).starts_with("Classic Garden Wedding costs $6,400.00."),
        "{answer}"
    );

    let harbor = Panel::open(&world, HARBOR).await;
    let answer = harbor.say("what do we offer?").await;
    assert!(
        text(&answer).contains("Sunset Sail: \u{20ac}480.00"),
        "{answer}"
    );
    assert!(!text(&answer).contains("Garden"), "{answer}");
}

#[tokio::test]
async fn a_booking_is_prepared_step_by_step() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let answer = panel.say("I'd like to make a booking").await;
    assert!(
        text(&answer).starts_with("Which package do you mean"),
        "{answer}"
    );
    let answer = panel.say("the elopment").await;
    assert!(text(&answer).starts_with("For which date"), "{answer}");
    let answer = panel.say("15.3.2028").await;
    assert!(
        text(&answer).contains("Wednesday, March 15, 2028 is free"),
        "{answer}"
    );
    assert!(text(&answer).ends_with("What is the customer's name and e-mail address?"));
    let proposal = panel.propose("anna miller, anna@x.test").await;
    assert_eq!(proposal["tool"], "create_booking");
    assert_eq!(
        proposal["preview"],
        "Book Garden Elopement on Wednesday, March 15, 2028 for anna miller (anna@x.test), $1,850.00."
    );
    let answer = panel.say("yes, confirm").await;
    assert!(
        text(&answer).contains("use the button on the card"),
        "{answer}"
    );
    assert_eq!(panel.state(&proposal).await, "pending");
    assert_eq!(panel.confirm(&proposal).await.status, 200);

    let answer = panel.say("Is March 15, 2028 free?").await;
    assert!(text(&answer).contains("already booked"), "{answer}");
    let answer = panel
        .say("Book the Garden Elopement on 2028-03-15 for Bo, bo@x.test")
        .await;
    assert!(text(&answer).contains("already booked"), "{answer}");
    assert_eq!(answer["proposals"], serde_json::json!([]));

    let answer = panel.say("show the bookings on 2028-03-15").await;
    assert!(
        text(&answer).contains("Garden Elopement for anna miller (pending)"),
        "{answer}"
    );
    let proposal = panel.propose("cancel the booking on 2028-03-15").await;
    assert_eq!(
        (&proposal["tool"], &proposal["tier"]),
        (&"cancel_booking".into(), &"T3".into())
    );
    assert_eq!(panel.confirm(&proposal).await.status, 200);
    let answer = panel.say("Is March 15, 2028 free?").await;
    assert!(text(&answer).contains("is free"), "{answer}");
}

#[tokio::test]
async fn prices_are_changed_exactly() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    for (said, preview) in [
        (
            "Change the price of the Garden Elopement to $1,900",
            "Change the price of Garden Elopement from $1,850.00 to $1,900.00.",
        ),
        (
            "set the price of garden elopement to 1.900,50 \u{20ac}",
            "Change the price of Garden Elopement from $1,850.00 to $1,900.50.",
        ),
        (
            "raise the price of the long weekend by 10 %",
            "Change the price of The Long Weekend from $12,850.00 to $14,135.00.",
        ),
    ] {
        let proposal = panel.propose(said).await;
        assert_eq!(proposal["preview"], preview);
        panel.decide(&proposal, "reject").await;
    }
    let answer = panel.say("change the price of the garden elopement").await;
    assert!(text(&answer).ends_with("What shall it cost?"), "{answer}");
    let proposal = panel.propose("1875").await;
    assert_eq!(
        proposal["preview"],
        "Change the price of Garden Elopement from $1,850.00 to $1,875.00."
    );
}

#[tokio::test]
async fn packages_are_created_and_renamed() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let proposal = panel
        .propose("Create a package called Sunset Picnic for $450")
        .await;
    assert_eq!(
        proposal["preview"],
        "Create the package Sunset Picnic for $450.00."
    );
    assert_eq!(panel.confirm(&proposal).await.status, 200);
    let proposal = panel
        .propose("rename Sunset Picnic to \"Evening Picnic\"")
        .await;
    assert_eq!(
        proposal["preview"],
        "Rename Sunset Picnic to Evening Picnic."
    );
    assert_eq!(panel.confirm(&proposal).await.status, 200);
    let answer = panel.say("how much is the evening picnic?").await;
    assert!(
        text(&answer).starts_with("Evening Picnic costs $450.00"),
        "{answer}"
    );
}

#[tokio::test]
async fn coming_bookings_and_free_days_are_told() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let answer = panel.say("What bookings are coming?").await;
    assert!(
        text(&answer).contains("from Wednesday, May 20, 2026"),
        "{answer}"
    );
    let answer = panel.say("when are we free in March 2028?").await;
    assert!(
        text(&answer).starts_with(
            "Between Wednesday, March 1, 2028 and Friday, March 31, 2028 31 days are free"
        ),
        "{answer}"
    );
    let answer = panel.say("is June 31 free?").await;
    assert!(
        text(&answer).starts_with("There is no such day"),
        "{answer}"
    );
    let answer = panel.say("is 2031-01-01 free?").await;
    assert!(text(&answer).contains("cannot be booked"), "{answer}");
}

#[tokio::test]
async fn questions_are_answered_from_the_published_page() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let answer = panel.say("what happens when it rains?").await;
    assert!(
        text(&answer).starts_with("The glasshouse is set"),
        "{answer}"
    );
    let answer = panel
        .say("What does the landing page say about the weather?")
        .await;
    assert!(text(&answer).contains("stands ready"), "{answer}");
    for said in ["How do I get to you?", "where are you?"] {
        let answer = panel.say(said).await;
        assert!(text(&answer).contains("18 Orchard Lane"), "{answer}");
    }
    let answer = panel.say("are dogs allowed?").await;
    assert!(text(&answer).contains("bowl of water"), "{answer}");
    let answer = panel.say("do you know the pythagorean theorem?").await;
    assert!(
        text(&answer).starts_with("I find nothing about that"),
        "{answer}"
    );
}

#[tokio::test]
async fn descriptions_are_added_and_changed() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    for (said, described) in [
        (
            "Add a description to the Garden Elopement: \"Two people, one arch\"",
            "Describe Garden Elopement as: Two people, one arch",
        ),
        (
            "change the description of Winter Glasshouse to \"Candles and snow\"",
            "Describe Winter Glasshouse as: Candles and snow",
        ),
    ] {
        let proposal = panel.propose(said).await;
        assert_eq!(proposal["preview"], described);
        assert_eq!(proposal["tier"], "T2");
        assert_eq!(proposal["reason"], "changes_content");
        assert_eq!(panel.confirm(&proposal).await.status, 200);
    }
    let answer = panel.say("how much is the garden elopement?").await;
    assert!(text(&answer).ends_with("Two people, one arch"), "{answer}");
}

#[tokio::test]
async fn revenue_is_told_from_the_numbers() {
    for (email, currency) in [(WILLOW, "USD"), (HARBOR, "EUR")] {
        let world = World::new().await;
        let panel = Panel::open(&world, email).await;
        let stats = world.get("/v1/tenant-admin/stats", &panel.token).await;
        let revenue = &stats.body["revenue"];
        assert_eq!(revenue["currency"], currency);
        // An amount as it is written, without its currency and its groups.
        let figures = |member: &str| {
            let cents = revenue[member].as_i64().unwrap();
            format!("{}.{:02}", cents / 100, cents % 100)
        };
        for said in ["How much did we earn this month?", "revenue"] {
            let answer = panel.say(said).await;
            let told = text(&answer).replace(',', "");
            assert!(told.starts_with("The revenue of May 2026 is"), "{told}");
            assert!(told.contains(&figures("this_month_cents")), "{told}");
            assert!(told.contains(&figures("total_cents")), "{told}");
            assert_eq!(answer["tools"][0]["name"], "read_stats");
        }
        let answer = panel.say("how much did we earn last year?").await;
        assert!(
            text(&answer).starts_with(
                "I know the revenue of this month and of all time, and no other span."
            )
        );
    }
}

#[tokio::test]
async fn bookings_are_counted() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let stats = world.get("/v1/tenant-admin/stats", &panel.token).await;
    let bookings = &stats.body["bookings"];
    let answer = panel.say("How many bookings do I have?").await;
    assert_eq!(
        text(&answer),
        format!(
            "You have {} bookings in all, cancelled ones included; {} are in the next 30 days.",
            bookings["total"], bookings["upcoming_30d"]
        )
    );
    let answer = panel
        .say("How many bookings are there in March 2028?")
        .await;
    assert!(
        text(&answer).starts_with("There are no bookings from"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_it_cannot_do_is_said() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    for said in [
        "Send an e-mail about the rain to all customers",
        "Refund the booking of Anna Miller",
        "Paint the glasshouse",
    ] {
        let answer = panel.say(said).await;
        assert!(
            text(&answer).starts_with("I cannot do that. I can list"),
            "{said}: {answer}"
        );
        assert_eq!(answer["tools"], serde_json::json!([]), "{said}");
    }
    panel.propose("block 2028-03-15").await;
    let answer = panel.say("undo that").await;
    assert!(text(&answer).contains("Undo on its card"), "{answer}");
    for said in ["Unblock 2028-03-15", "remove the blackout on 2028-03-15"] {
        let answer = panel.say(said).await;
        assert_eq!(
            text(&answer),
            "I cannot unblock a day. You can: open Blackout dates, and remove it there."
        );
        assert_eq!(answer["proposals"], serde_json::json!([]), "{said}");
    }
    let blocked = "SELECT COUNT(*) FROM blackout WHERE day = '2028-03-15'";
    assert_eq!(world.number(blocked).await, 1);
}

#[tokio::test]
async fn it_can_do_what_health_says_and_no_more() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    let mut called = BTreeSet::new();
    let booking = panel.propose(BOOK).await;
    assert_eq!(panel.confirm(&booking).await.status, 200);
    for said in [
        "Which packages do we have?",
        "Book the Garden Elopement on 2028-03-16 for Bo Berg, bo@x.test",
        "Is 2028-03-17 free?",
        "What bookings are coming?",
        "cancel the booking on 2028-03-15",
        "are dogs allowed?",
        "revenue",
        "block 2028-03-18",
        "set the accent colour to red",
        "change the headline to \"Hello\"",
        "create a package called Sunset Picnic for 450",
        "rename the Garden Elopement to \"Elopement\"",
        "change the price of the Garden Elopement to 1900",
        "delete the package Winter Glasshouse",
        "publish the landing page",
    ] {
        let answer = panel.say(said).await;
        for tool in answer["tools"].as_array().unwrap() {
            assert_eq!(tool["ok"], true, "{said}: {answer}");
            called.insert(tool["name"].as_str().unwrap().to_owned());
        }
    }
    let health = world.get("/v1/agent/health", &panel.token).await;
    let capabilities = health.body["capabilities"].as_array().unwrap().iter();
    let capabilities: BTreeSet<String> = capabilities
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(called, capabilities);
}

#[tokio::test]
async fn the_rest_is_polite() {
    let world = World::new().await;
    let panel = Panel::open(&world, WILLOW).await;
    for (said, begins) in [
        ("Hello!", "Hello!"),
        ("help", "I can list your packages"),
        ("thanks", "You are welcome"),
        ("yes", "There is nothing to confirm"),
        ("no", "All right"),
        ("?!", "I can list your packages"),
    ] {
        let answer = panel.say(said).await;
        assert!(text(&answer).starts_with(begins), "{said}: {answer}");
    }
}
