use serde_json::json;

use super::of;

#[test]
fn every_section_that_says_something_is_a_fact() {
    let document = json!({"pages": {
        "home": {"enabled": true, "sections": [
            {"type": "hero", "headline": "Garden weddings", "subheadline": "Under the willows"},
            {"type": "gallery", "images": [{"url": "https://x.test/a", "alt": "A picture"}]},
            {"type": "features", "columns": 2, "items": [{"title": "Parking", "text": "Forty places."}]},
        ]},
        "faq": {"enabled": true, "sections": [
            {"type": "faq", "items": [{"question": "Are dogs allowed?", "answer": "Yes, on a lead."}]},
        ]},
        "contact": {"enabled": true, "sections": [
            {"type": "contact", "phone": "+1 555", "hours": "9 to 5"},
        ]},
        "about": {"enabled": false, "sections": [
            {"type": "text", "headline": "Secret", "content": "Not yet."},
        ]},
    }});
    let facts = of(&document);
    let texts: Vec<&str> = facts.iter().map(|fact| fact.text.as_str()).collect();
    let mut texts = texts;
    texts.sort_unstable();
    assert_eq!(
        texts,
        [
            "Forty places.",
            "Phone: +1 555; hours: 9 to 5",
            "Under the willows",
            "Yes, on a lead.",
        ]
    );
}

#[test]
fn what_is_no_document_has_no_facts() {
    for document in [
        json!(null),
        json!([]),
        json!({"pages": 1}),
        json!({"pages": {"home": {"enabled": true}}}),
    ] {
        assert_eq!(of(&document), []);
    }
}
