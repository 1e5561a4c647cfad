//! Juniper Studio: a photographer who opened yesterday and has no booking yet.

use super::business::{Business, Look, Package};

pub(super) fn business() -> Business {
    Business {
        slug: "juniper-studio",
        name: "Juniper Studio",
        owner: "owner@juniper-studio.test",
        time_zone: "Europe/Berlin",
        currency: "EUR",
        active: true,
        look: Look {
            primary: "#4A3B6B",
            secondary: "#6B4F8A",
            accent: "#A23E6D",
            background: "#FAF7FC",
            font: "rounded",
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
    slug: "portrait-hour",
    title: "Portrait Hour",
    description: "One hour in daylight, in the studio or in the park, and twelve pictures that look like you.",
    price_cents: 24_000,
    active: true,
    picture: None,
    share: 1,
}];
