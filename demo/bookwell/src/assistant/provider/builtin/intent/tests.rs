use super::Intent;
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
