//! Harbor Light: an old wooden boat in the bay of Cascais.

use serde_json::{Value, json};

use super::business::{Business, Look, Package, Season};

pub(super) fn business() -> Business {
    Business {
        slug: "harbor-light",
        name: "Harbor Light",
        owner: "owner@harbor-light.test",
        time_zone: "Europe/Lisbon",
        currency: "EUR",
        active: true,
        look: Look {
            primary: "#16425B",
            secondary: "#2F6690",
            accent: "#B0471E",
            background: "#F6FAFC",
            font: "humanist",
        },
        widget_origins: &[],
        packages: PACKAGES,
        season: Some(SEASON),
        blackouts: &[],
        published: Some(published()),
        draft: None,
    }
}

const PACKAGES: &[Package] = &[
    Package {
        slug: "sunset-sail",
        title: "Sunset Sail",
        description: "Three hours along the coast from Cascais to Guincho and back while the light turns gold. For up to ten guests, with a skipper, blankets, olives, cheese and something cold to drink.",
        price_cents: 48_000,
        active: true,
        picture: Some(include_bytes!("pictures/sunset-sail.webp")),
        share: 68,
    },
    Package {
        slug: "day-at-sea",
        title: "A Day at Sea",
        description: "Eight hours with the boat to yourselves, for up to ten guests: past Cabo da Roca, anchor in a quiet cove, swim, eat grilled fish on deck, sail home before the wind.\n\nSkipper, cook, lunch and paddle boards are included.",
        price_cents: 132_050,
        active: true,
        picture: Some(include_bytes!("pictures/day-at-sea.webp")),
        share: 32,
    },
];

const SEASON: Season = Season {
    weekdays: [260, 280, 320, 380, 620, 880, 800],
    months: [12, 16, 34, 56, 74, 92, 100, 100, 86, 58, 26, 20],
    ahead: (3, 75),
    first_names: &[
        "Ana",
        "António",
        "Beatriz",
        "Carlos",
        "Catarina",
        "Diogo",
        "Élise",
        "Francisco",
        "Greta",
        "Hugo",
        "Inês",
        "João",
        "Katrin",
        "Luís",
        "Marta",
        "Nuno",
        "Oliver",
        "Patrícia",
        "Rui",
        "Sofia",
        "Tiago",
        "Ulrike",
        "Vasco",
        "Wendy",
        "Joana",
        "Mateus",
        "Leonor",
        "Pedro",
    ],
    last_names: &[
        "Almeida",
        "Barbosa",
        "Conceição",
        "Duarte",
        "Esteves",
        "Fonseca",
        "Guimarães",
        "Hansen",
        "Isidro",
        "Jorge",
        "Keller",
        "Lopes",
        "Magalhães",
        "Nogueira",
        "Oliveira",
        "Pinheiro",
        "Queirós",
        "Ribeiro",
        "Sampaio",
        "Teixeira",
        "Urbano",
        "Vieira",
        "Weber",
        "Ximenes",
        "Zarco",
        "Lindgren",
        "Murray",
    ],
    phone: "+44 20 7946 09",
    notes: &[
        "Two guests do not swim; life vests from the start, please.",
        "A birthday: the cake comes with us.",
        "One guest allergic to shellfish.",
        "We arrive by train at ten past four.",
        "Would like to try the helm.",
        "Small dog on board, used to boats.",
    ],
    cancel_reasons: &[
        "Wind above twenty-five knots",
        "Flight was moved",
        "Ill on the day before",
        "Changed to another date",
    ],
};

fn published() -> Value {
    json!({"pages": {
        "home": {"enabled": true, "sections": [
            {"type": "hero", "headline": "The coast looks better from here", "subheadline": "Private sailing from Cascais on a wooden boat of 1962", "button": "Find a day"},
            {"type": "features", "columns": 2, "items": [
                {"title": "Only your party", "text": "We sail with one group at a time, of one to ten guests."},
                {"title": "A skipper who tells stories", "text": "Born in the harbour, thirty years at the helm, and every rock has a name."},
                {"title": "Everything on board", "text": "Blankets, towels, vests in all sizes, good food and a coffee pot that survives any wave."},
                {"title": "Wind decides, you do not pay", "text": "Above twenty-five knots we stay in and you choose another day or your money back."},
            ]},
            {"type": "text", "headline": "The boat", "content": "Farolim was built in Vila do Conde for the sardine fleet and carried ice and fish for twenty-two years. Her new life began with a winter of sanding. She is eleven metres long, oiled rather than painted, and quieter than anything made since."},
            {"type": "cta", "headline": "Tonight's light is free", "text": "Ask the assistant for the next free evening.", "button": "Ask for a date"},
        ]},
        "about": {"enabled": true, "sections": [
            {"type": "text", "headline": "Who takes you out", "content": "Vasco steers, Leonor cooks, and Matilde, who is nine, decides about the music on Sundays."},
        ]},
        "services": {"enabled": false, "sections": []},
        "faq": {"enabled": true, "sections": [
            {"type": "faq", "items": [
                {"question": "Where do we meet?", "answer": "At the Marina de Cascais, pontoon D, a quarter of an hour before we cast off."},
                {"question": "What if somebody gets seasick?", "answer": "Tell us early and sit by the mast. The bay is calm, and we can always turn towards the shore."},
                {"question": "May children come?", "answer": "Of every age. We have vests for babies, and a net at the rail."},
                {"question": "What should we wear?", "answer": "Soft soles and one layer more than you think."},
            ]},
        ]},
        "contact": {"enabled": true, "sections": [
            {"type": "contact", "email": "ola@harbor-light.test", "phone": "+44 20 7946 0958", "address": "Marina de Cascais, pontoon D\nCascais, Portugal", "hours": "Every day from March to November, 9 to 20"},
        ]},
        "gallery": {"enabled": false, "sections": []},
        "testimonials": {"enabled": true, "sections": [
            {"type": "testimonials", "items": [
                {"quote": "We forgot our telephones in the cabin and found them again after dark. Enough said.", "author": "Greta Lindgren", "role": "Sunset Sail", "rating": 5},
                {"quote": "The fish was swimming when we left the harbour. The children still ask for Matilde's songs.", "author": "Família Nogueira", "role": "A Day at Sea", "rating": 5},
            ]},
        ]},
    }})
}
