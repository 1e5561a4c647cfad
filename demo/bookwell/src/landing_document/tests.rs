use serde_json::{Value, json};

use super::*;

/// A document with these sections on the home page.
fn home(sections: &Value) -> Value {
    json!({"pages": {"home": {"enabled": true, "sections": sections}}})
}

#[track_caller]
fn check(value: Value, expected: &[(&str, &str)]) {
    let result = LandingDocument::new(value);
    let found = result.as_ref().err().map(Problem::faults);
    let found = found.unwrap_or_default();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_section(section: &Value, expected: &[(&str, &str)]) {
    check(home(&json!([section])), expected);
}

#[test]
fn every_kind_of_section_is_taken_at_its_limits() {
    let url = format!("https://x.test/{}", "a".repeat(2048 - 15));
    let sections = json!([
        {"type": "hero", "headline": "ä".repeat(60), "subheadline": "s".repeat(150), "button": "b".repeat(30), "image": url},
        {"type": "text", "content": "c".repeat(2000), "image_side": "right"},
        {"type": "gallery", "images": vec![json!({"url": "http://x.test/a", "alt": "a".repeat(200)}); 50], "handle": "h"},
        {"type": "testimonials", "items": vec![json!({"quote": "q".repeat(10), "author": "a", "role": "", "rating": 5}); 12]},
        {"type": "faq", "items": vec![json!({"question": "q".repeat(200), "answer": "a".repeat(1000)}); 20]},
        {"type": "contact", "email": "a@b.test", "phone": "1".repeat(20), "address": "a".repeat(300), "hours": "h".repeat(500)},
        {"type": "contact"},
        {"type": "cta", "headline": "h", "text": "t", "button": "b"},
        {"type": "pricing", "tiers": vec![json!({"name": "n", "price": "p", "features": vec!["f".repeat(100); 10]}); 5]},
        {"type": "features", "columns": 4, "items": vec![json!({"title": "t", "text": "x"}); 12]},
    ]);
    check(home(&sections), &[]);
}

#[test]
fn each_limit_is_named_with_its_place() {
    let long = |most: usize| "ü".repeat(most + 1);
    check_section(
        &json!({"type": "hero", "headline": long(60), "subheadline": long(150), "button": long(30), "image": "ftp://x.test"}),
        &[
            ("pages.home.sections[0].headline", "too_long"),
            ("pages.home.sections[0].subheadline", "too_long"),
            ("pages.home.sections[0].button", "too_long"),
            ("pages.home.sections[0].image", "format"),
        ],
    );
    check_section(
        &json!({"type": "text", "content": "", "image_side": "middle"}),
        &[
            ("pages.home.sections[0].content", "required"),
            ("pages.home.sections[0].image_side", "range"),
        ],
    );
    check_section(
        &json!({"type": "gallery", "images": []}),
        &[("pages.home.sections[0].images", "too_short")],
    );
    check_section(
        &json!({"type": "gallery", "images": vec![json!({}); 51]}),
        &[("pages.home.sections[0].images", "too_long")],
    );
    check_section(
        &json!({"type": "testimonials", "items": [{"quote": "short", "author": "a", "rating": 6}]}),
        &[
            ("pages.home.sections[0].items[0].quote", "too_short"),
            ("pages.home.sections[0].items[0].rating", "range"),
        ],
    );
    check_section(
        &json!({"type": "testimonials", "items": [{"quote": "long enough", "author": "a", "rating": 4.5}]}),
        &[("pages.home.sections[0].items[0].rating", "range")],
    );
    check_section(
        &json!({"type": "contact", "email": "nobody"}),
        &[("pages.home.sections[0].email", "format")],
    );
    check_section(
        &json!({"type": "pricing", "tiers": [{"name": "n", "price": "p", "features": [long(100)]}]}),
        &[("pages.home.sections[0].tiers[0].features[0]", "too_long")],
    );
    check_section(
        &json!({"type": "features", "columns": 5, "items": [{"title": "t"}]}),
        &[
            ("pages.home.sections[0].columns", "range"),
            ("pages.home.sections[0].items[0].text", "required"),
        ],
    );
}

#[test]
fn what_is_not_known_is_named_with_its_place() {
    check(
        json!({"pages": {"home": {"enabled": true, "sections": []}, "blog": {}}, "published": {}}),
        &[("pages.blog", "unknown"), ("published", "unknown")],
    );
    check_section(
        &json!({"type": "video"}),
        &[("pages.home.sections[0].type", "unknown")],
    );
    check_section(
        &json!({"type": "cta", "headline": "h", "button": "b", "html": "<b>"}),
        &[("pages.home.sections[0].html", "unknown")],
    );
    check_section(&json!({}), &[("pages.home.sections[0].type", "required")]);
    check_section(&json!("hero"), &[("pages.home.sections[0]", "format")]);
    let whole = LandingDocument::new(json!([])).unwrap_err();
    assert_eq!(whole.code(), Code::BadRequest);
}

#[test]
fn the_home_page_is_there_and_enabled() {
    check(json!({"pages": {}}), &[("pages.home", "required")]);
    check(
        json!({"pages": {"home": {"enabled": false, "sections": []}}}),
        &[("pages.home.enabled", "range")],
    );
}

#[test]
fn a_page_has_at_most_20_sections() {
    let section = json!({"type": "cta", "headline": "h", "button": "b"});
    check(home(&json!(vec![section.clone(); 20])), &[]);
    check(
        home(&json!(vec![section; 21])),
        &[("pages.home.sections", "too_long")],
    );
}

#[test]
fn a_document_has_at_most_256_kib() {
    let section = json!({"type": "text", "content": "c".repeat(2000)});
    let page = json!({"enabled": true, "sections": vec![section; 20]});
    let names = [
        "home",
        "about",
        "services",
        "faq",
        "contact",
        "gallery",
        "testimonials",
    ];
    let pages: serde_json::Map<String, Value> = names
        .map(|name| (name.to_owned(), page.clone()))
        .into_iter()
        .collect();
    let problem = LandingDocument::new(json!({"pages": pages})).unwrap_err();
    assert_eq!(problem.code(), Code::BodyTooLarge);
}

#[test]
fn links_are_http_or_https() {
    for url in [
        "javascript:alert(1)",
        "//x.test/a",
        "https:",
        "http://",
        "https://x.test/a b",
        "data:image/png;base64,",
        "",
    ] {
        check_section(
            &json!({"type": "hero", "headline": "h", "image": url}),
            &[("pages.home.sections[0].image", "format")],
        );
    }
}
