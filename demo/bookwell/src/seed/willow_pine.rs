//! Willow & Pine: weddings in a garden up the Hudson.

use serde_json::{Value, json};

use super::business::{Business, Look, Package, Season};

pub(super) fn business() -> Business {
    Business {
        slug: "willow-pine",
        name: "Willow & Pine",
        owner: "owner@willow-pine.test",
        time_zone: "America/New_York",
        currency: "USD",
        active: true,
        look: Look {
            primary: "#2F5D50",
            secondary: "#7A5240",
            accent: "#A5482B",
            background: "#FBF8F3",
            font: "serif",
        },
        widget_origins: &[
            "http://www.willow-pine.test:8090",
            "https://www.willow-pine.test",
        ],
        packages: PACKAGES,
        season: Some(SEASON),
        blackouts: &["Replanting the rose walk", "The gardeners' own wedding"],
        published: Some(published()),
        draft: Some(draft()),
    }
}

const PACKAGES: &[Package] = &[
    Package {
        slug: "garden-elopement",
        title: "Garden Elopement",
        description: "Just the two of you and up to twelve guests under the old willow. A celebrant, two hours of photography, a small cake and a toast on the lawn.\n\nWe take care of the arch, the flowers and the paperwork; you bring the rings.",
        price_cents: 185_000,
        active: true,
        picture: Some(include_bytes!("pictures/garden-elopement.webp")),
        share: 34,
    },
    Package {
        slug: "classic-garden-wedding",
        title: "Classic Garden Wedding",
        description: "The whole garden for a day, for up to ninety guests. Ceremony on the rose walk, dinner beneath the pines, dancing in the glasshouse until eleven.\n\nIncludes tables, linen, seasonal flowers and a coordinator who has seen every kind of weather.",
        price_cents: 640_000,
        active: true,
        picture: Some(include_bytes!("pictures/classic-garden-wedding.webp")),
        share: 46,
    },
    Package {
        slug: "long-weekend",
        title: "The Long Weekend",
        description: "Friday to Sunday for up to one hundred and twenty guests: a welcome supper around the fire, the wedding itself, and a slow brunch on the terrace.\n\nThe six cottages are yours for two nights.",
        price_cents: 1_285_000,
        active: true,
        picture: Some(include_bytes!("pictures/long-weekend.webp")),
        share: 20,
    },
    Package {
        slug: "winter-glasshouse",
        title: "Winter Glasshouse",
        description: "Candlelight for forty in the heated glasshouse, with a three-course dinner and mulled cider at the door. Offered from December to February; we are renewing the heating and will open it again next season.",
        price_cents: 420_000,
        active: false,
        picture: Some(include_bytes!("pictures/winter-glasshouse.webp")),
        share: 0,
    },
];

const SEASON: Season = Season {
    weekdays: [60, 60, 90, 180, 560, 920, 700],
    months: [18, 24, 40, 70, 95, 100, 96, 94, 100, 88, 42, 34],
    ahead: (35, 260),
    first_names: &[
        "Amelia",
        "Benjamin",
        "Caroline",
        "Daniel",
        "Eleanor",
        "Felix",
        "Grace",
        "Henry",
        "Isabel",
        "James",
        "Katherine",
        "Leo",
        "Maya",
        "Nathan",
        "Olivia",
        "Priya",
        "Quinn",
        "Rosa",
        "Samuel",
        "Theresa",
        "Uma",
        "Victor",
        "Willa",
        "Xavier",
        "Yara",
        "Zachary",
        "Naomi",
        "Marcus",
        "Hannah",
        "Elias",
    ],
    last_names: &[
        "Abbott",
        "Bennett",
        "Castillo",
        "Donovan",
        "Ellison",
        "Fairchild",
        "Goldberg",
        "Hartley",
        "Iverson",
        "Jensen",
        "Kowalski",
        "Langford",
        "Mercer",
        "Nakamura",
        "O'Brien",
        "Patel",
        "Quigley",
        "Rosenthal",
        "Sullivan",
        "Takahashi",
        "Underwood",
        "Vasquez",
        "Whitaker",
        "Yoder",
        "Zimmerman",
        "Okafor",
        "Lindqvist",
        "Moreau",
    ],
    phone: "+1 845 555 01",
    notes: &[
        "Vegetarian dinner for eleven guests.",
        "Grandmother arrives in a wheelchair; please keep the flat path free.",
        "String trio plays during the ceremony.",
        "The dog carries the rings.",
        "Rain plan: glasshouse, decided at noon.",
        "Bringing our own cake; needs a cool place from ten o'clock.",
        "Two children under three; one high chair.",
        "Late bus back to the station at half past eleven.",
    ],
    cancel_reasons: &[
        "Moved to another season",
        "The families agreed on a smaller place",
        "Illness in the family",
        "Double entry, booked again",
    ],
};

fn published() -> Value {
    page(
        "Say it under the willow",
        "A garden for weddings, ninety minutes up the Hudson from New York",
        90,
    )
}

/// What the owner is about to change: the headline, and more guests.
fn draft() -> Value {
    page(
        "Say it where things grow",
        "A garden for weddings of twelve or of one hundred and twenty, up the Hudson",
        120,
    )
}

fn page(headline: &str, subheadline: &str, guests: i64) -> Value {
    json!({"pages": {
        "home": {"enabled": true, "sections": [
            {"type": "hero", "headline": headline, "subheadline": subheadline, "button": "See dates and packages"},
            {"type": "features", "columns": 3, "items": [
                {"title": "One wedding a day", "text": "The garden is yours from breakfast to the last dance. We never host two parties at once."},
                {"title": "Weather is welcome", "text": "The glasshouse stands ready with the same number of chairs, and nobody decides before noon."},
                {"title": "Grown here", "text": "Most flowers on your tables were cut that morning, fifty steps from where you sit."},
            ]},
            {"type": "text", "headline": "A garden with a long memory", "content": format!("The willow was planted in 1911, the pines a little later, and the first couple married between them in 1974. We have kept the place small on purpose: {guests} guests fit around the long tables, and every one of them can hear the vows.\n\nCome on any Thursday afternoon and walk through it with us. There will be coffee.")},
            {"type": "pricing", "tiers": [
                {"name": "Garden Elopement", "price": "$1,850", "features": ["Up to 12 guests", "Celebrant and arch", "Two hours of photography", "Cake and a toast"]},
                {"name": "Classic Garden Wedding", "price": "$6,400", "features": [format!("Up to {guests} guests"), "The whole garden for a day", "Tables, linen, flowers", "A coordinator at your side"]},
                {"name": "The Long Weekend", "price": "$12,850", "features": ["Friday to Sunday", "Six cottages for two nights", "Welcome supper by the fire", "Sunday brunch on the terrace"]},
            ]},
            {"type": "cta", "headline": "Is your date still free?", "text": "Ask the assistant in the corner, or look at the calendar.", "button": "Check a date"},
        ]},
        "about": {"enabled": true, "sections": [
            {"type": "hero", "headline": "Two gardeners and a willow"},
            {"type": "text", "headline": "How it began", "content": "Ruth came to prune the orchard for one summer. Tomas came to mend the glasshouse roof. That was nineteen years and some eleven hundred weddings ago, their own among the first.\n\nToday a team of eight looks after the garden, the kitchen and you."},
        ]},
        "services": {"enabled": true, "sections": [
            {"type": "features", "columns": 2, "items": [
                {"title": "Flowers", "text": "Bouquets, arch and tables from our own beds, in the colours of the week you chose."},
                {"title": "Kitchen", "text": "Long-table dinners from farms within thirty miles; every diet is cooked for, not around."},
                {"title": "Music", "text": "Power and shelter in three places, and neighbours who like a band until eleven."},
                {"title": "Coordination", "text": "One person from your first visit to the last taxi."},
            ]},
        ]},
        "faq": {"enabled": true, "sections": [
            {"type": "faq", "items": [
                {"question": "What happens when it rains?", "answer": "The glasshouse is set for your whole party at no extra cost. You decide at noon on the day."},
                {"question": "Can we bring our own caterer?", "answer": "For the elopement and the long weekend yes; the classic wedding comes with our kitchen."},
                {"question": "How do we hold a date?", "answer": "Ask for it here or in the chat. We confirm within a day, and a deposit of a quarter keeps it yours."},
                {"question": "Are dogs invited?", "answer": "Always, and there is a bowl of water by every gate."},
                {"question": "When does the music end?", "answer": "At eleven outside, at midnight in the glasshouse."},
            ]},
        ]},
        "contact": {"enabled": true, "sections": [
            {"type": "contact", "email": "hello@willow-pine.test", "phone": "+1 845 555 0142", "address": "18 Orchard Lane\nCold Spring, New York", "hours": "Thursday to Saturday, 10 to 5\nVisits by appointment"},
        ]},
        "gallery": {"enabled": false, "sections": []},
        "testimonials": {"enabled": true, "sections": [
            {"type": "testimonials", "items": [
                {"quote": "It rained for twenty minutes and nobody moved. That is how lovely it was under the willow.", "author": "Hannah and Marcus", "role": "Classic Garden Wedding", "rating": 5},
                {"quote": "Twelve people, one enormous table, and a cake that we still talk about.", "author": "Priya and Leo", "role": "Garden Elopement", "rating": 5},
                {"quote": "They thought of the things we did not know to ask. Parking was the only puzzle of the day.", "author": "Eleanor Whitaker", "role": "Mother of the bride", "rating": 4},
            ]},
        ]},
    }})
}
