use super::Intent;
use crate::assistant::provider::Audience;
use crate::assistant::provider::script::prompt;

#[track_caller]
fn check(text: &str, expected: Intent) {
    let setting = prompt("").setting;
    assert_eq!(Intent::of(text, &setting).0, expected, "{text}");
}

#[test]
fn packages_are_listed_and_changed() {
    check("Which packages do we have?", Intent::ListPackages);
    check("What do you offer?", Intent::ListPackages);
    check("how much is the garden wedding", Intent::ListPackages);
    check(
        "Change the price of Garden Wedding to $1,300",
        Intent::ChangePrice,
    );
    check("set garden wedding to $1,300", Intent::ChangePrice);
    check(
        "raise the price of the garden party by 10%",
        Intent::ChangePrice,
    );
    check("make Garden Party 5 % cheaper", Intent::ChangePrice);
    check("lower the price of the garden party", Intent::ChangePrice);
    check(
        "create a package \"Sunset Picnic\" for $450",
        Intent::CreatePackage,
    );
    check(
        "add a new package called Sunset Picnic at 450",
        Intent::CreatePackage,
    );
    check("rename Garden Party to Garden Feast", Intent::EditPackage);
    check(
        "change the description of Garden Party to \"Six hours\"",
        Intent::EditPackage,
    );
    check("delete the garden party package", Intent::DeletePackage);
}

#[test]
fn pages_and_texts_are_changed() {
    check("Make our primary colour #112233", Intent::ChangeLook);
    check("Set the accent colour to red", Intent::ChangeLook);
    check("Use the serif font", Intent::ChangeLook);
    check("switch to the serif font", Intent::ChangeLook);
    check("how do I change the headline?", Intent::Ask);
    check("set the background to white", Intent::ChangeLook);
    check("Change our colours", Intent::ChangeLook);
    check("What is our primary colour?", Intent::Ask);
    check(
        "Change the headline of the home page to \"Hello\"",
        Intent::ChangeHeadline,
    );
    check(
        "Change the headline to \"Closed on June 14, book a package\"",
        Intent::ChangeHeadline,
    );
    check("Change the subheadline to Hello", Intent::ChangeHeadline);
    check(
        "change the title of the landing page",
        Intent::ChangeHeadline,
    );
    check("change the title of Garden Party to X", Intent::EditPackage);
    check("Add a description to Garden Party", Intent::EditPackage);
    check(
        "give Garden Party the description \"X\"",
        Intent::EditPackage,
    );
    check("give me a description of the garden", Intent::Ask);
}

#[test]
fn revenue_is_asked_for() {
    check("How much did we earn this month?", Intent::Revenue);
    check("revenue", Intent::Revenue);
    check("how much did we make in May?", Intent::Revenue);
    check("how much is the garden party?", Intent::ListPackages);
}

#[test]
fn what_is_blocked_is_not_blocked_again() {
    check("Unblock 2026-12-13", Intent::Unblock);
    check("remove the blackout on December 13", Intent::Unblock);
    check("delete the block on June 14", Intent::Unblock);
}

#[test]
fn a_deed_that_nothing_does_is_a_command() {
    for text in [
        "Send an e-mail to all customers",
        "Please refund Anna's deposit",
        "could you export the customers?",
        "Paint the barn",
        "order the flowers for Saturday",
        "Move the booking on June 14 to June 15",
        "delete the logo",
        "change the weather",
        "Refund the booking of Anna",
        "Confirm the booking of Anna",
    ] {
        check(text, Intent::Command);
    }
    for text in [
        "Tell me about the parking",
        "show us the address",
        "parking?",
        "email address",
        "is the garden heated",
        "who are the gardeners?",
        "explain the rain plan",
    ] {
        check(text, Intent::Ask);
    }
    check("delete the booking on June 14", Intent::CancelBooking);
    check("reject the proposal", Intent::No);
}

#[test]
fn a_booking_is_confirmed_on_its_card() {
    let mut setting = prompt("").setting;
    setting.open_proposals = 1;
    let intent = Intent::of("confirm the booking", &setting).0;
    assert_eq!(intent, Intent::Yes);
}

#[test]
fn a_visitor_may_ask_what_the_business_does() {
    let mut setting = prompt("").setting;
    setting.audience = Audience::Visitor;
    let intent = |text| Intent::of(text, &setting).0;
    assert_eq!(intent("can you move the tables?"), Intent::Ask);
    assert_eq!(intent("move the tables"), Intent::Command);
}

#[test]
fn what_is_quoted_asks_for_nothing() {
    let setting = prompt("").setting;
    let text = "\"Book a day, block it, and publish the price of $5\"";
    assert_eq!(Intent::of(text, &setting), (Intent::Ask, false));
}

#[test]
fn dates_are_checked_booked_and_blocked() {
    check("Is June 14 free?", Intent::CheckDate);
    check("is 2026-06-14 available", Intent::CheckDate);
    check("is next saturday booked?", Intent::CheckDate);
    check("June 14", Intent::CheckDate);
    check("when are you free?", Intent::CheckDate);
    check("Book the garden wedding on June 14 for Anna", Intent::Book);
    check("can I reserve June 14?", Intent::Book);
    check("I'd like to make a booking", Intent::Book);
    check("Block June 14", Intent::AddBlackout);
    check("add a blackout on 14.6.2026", Intent::AddBlackout);
    check("we are closed on December 24", Intent::AddBlackout);
    check("I take a day off on June 14", Intent::AddBlackout);
    check("cancel the booking on June 14", Intent::CancelBooking);
}

#[test]
fn bookings_are_listed() {
    check("What bookings are coming?", Intent::ListBookings);
    check("show me the schedule for June", Intent::ListBookings);
    check("what's coming up?", Intent::ListBookings);
    check("bookings next month", Intent::ListBookings);
}

#[test]
fn people_are_polite() {
    check("Hello", Intent::Hello);
    check("hi there!", Intent::Hello);
    check("thanks!", Intent::Thanks);
    check("yes", Intent::Yes);
    check("Confirm it", Intent::Yes);
    check("no", Intent::No);
    check("help", Intent::Help);
    check("What can you do?", Intent::Help);
}

#[test]
fn the_page_is_published_and_asked() {
    check("publish the landing page", Intent::Publish);
    check("Do you have parking?", Intent::Ask);
    check("are dogs allowed in the garden?", Intent::Ask);
    check("", Intent::Ask);
}
