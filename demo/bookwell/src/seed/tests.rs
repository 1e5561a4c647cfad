//! What the seed writes, the API would have taken.

use jiff::civil::date;
use serde_json::json;

use super::*;
use crate::contrast;
use crate::landing_document::LandingDocument;
use crate::model::asset::MediaType;
use crate::model::{booking, branding, customer, package};

fn businesses() -> [business::Business; 4] {
    [
        willow_pine::business(),
        harbor_light::business(),
        juniper_studio::business(),
        old_mill::business(),
    ]
}

#[test]
fn pictures_are_ones_that_the_api_takes() {
    let mut count = 0;
    for business in businesses() {
        for picture in business
            .packages
            .iter()
            .filter_map(|package| package.picture)
        {
            assert_eq!(MediaType::of(picture), Some(MediaType::WebP));
            assert!(picture.len() < 100_000);
            count += 1;
        }
    }
    assert_eq!(count, 6);
}

#[test]
fn pages_are_documents_that_the_api_takes() {
    let businesses = businesses();
    let pages = businesses
        .iter()
        .flat_map(|business| [&business.published, &business.draft])
        .flatten();
    let mut count = 0;
    for page in pages {
        LandingDocument::new(page.clone()).unwrap();
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn packages_are_ones_that_the_api_takes() {
    for business in businesses() {
        for package in business.packages {
            let content = package::Content {
                slug: package.slug.to_owned(),
                title: package.title.to_owned(),
                description: package.description.to_owned(),
                price_cents: package.price_cents,
                active: package.active,
                sort_order: 0,
            };
            content.check().unwrap();
        }
    }
}

#[test]
fn colours_are_ones_that_the_api_takes_and_that_can_be_read() {
    for business in businesses() {
        let look = &business.look;
        let look: branding::Look = serde_json::from_value(json!({
            "primary": look.primary,
            "secondary": look.secondary,
            "accent": look.accent,
            "background": look.background,
            "font": look.font,
        }))
        .unwrap();
        look.check().unwrap();
        let contrast = serde_json::to_value(contrast::of(&look)).unwrap();
        for pair in contrast.as_array().unwrap() {
            let on_background = pair["pair"].as_str().unwrap().contains("background");
            assert!(
                !on_background || pair["passes_aa"] == true,
                "{}: {pair}",
                business.slug
            );
        }
    }
}

#[test]
fn bookings_are_ones_that_the_api_takes() {
    for business in businesses() {
        let today = date(2026, 5, 20);
        let plan = calendar::plan(&business, today).unwrap();
        for booking in &plan.bookings {
            let customer = &plan.customers[booking.customer];
            let request = booking::Request {
                package_id: crate::ids::PackageId::new(Clock::of_system().now()),
                event_date: booking.date,
                customer: customer::Customer {
                    name: customer.name.clone(),
                    email: customer.email.clone(),
                    phone: customer.phone.clone(),
                },
                notes: booking.notes.map(str::to_owned),
            };
            request.check().unwrap();
            booking::check_reason(booking.cancel_reason).unwrap();
        }
    }
}
