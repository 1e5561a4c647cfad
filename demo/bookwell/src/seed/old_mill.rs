//! The Old Mill: a business that is closed; nobody of it signs in, and its key opens nothing.

use super::business::{Business, Look, Package};

pub(super) fn business() -> Business {
    Business {
        slug: "old-mill",
        name: "The Old Mill",
        owner: "owner@old-mill.test",
        time_zone: "Europe/London",
        currency: "GBP",
        active: false,
        look: Look {
            primary: "#4B4238",
            secondary: "#6A5D4D",
            accent: "#8A3B12",
            background: "#F8F6F1",
            font: "system",
        },
        widget_origins: &[],
        packages: PACKAGES,
        season: None,
        blackouts: &[],
        published: None,
        draft: None,
    }
}

const PACKAGES: &[Package] = &[Package {
    slug: "mill-dinner",
    title: "Dinner at the Mill",
    description: "A table for thirty above the water wheel.",
    price_cents: 210_000,
    active: true,
    picture: None,
    share: 1,
}];
