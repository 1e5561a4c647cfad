use super::{NAMED, Wish};
use crate::model::branding::Font;
use serde_json::{Value, json};

#[track_caller]
fn check(text: &str, expected: Value) {
    assert_eq!(Wish::of(text).arguments(), Some(expected), "{text}");
}

#[track_caller]
fn open(text: &str) {
    assert_eq!(Wish::of(text).arguments(), None, "{text}");
}

#[test]
fn a_colour_finds_its_role() {
    let navy = json!({"primary": "#000080"});
    check("Make our primary colour navy", navy.clone());
    check("Use navy as the primary colour.", navy.clone());
    check("make the main color Navy!", navy.clone());
    check("Set the accent to #F0a", json!({"accent": "#ff00aa"}));
    check(
        "Make our primary colour #112233",
        json!({"primary": "#112233"}),
    );
    check(
        "primary navy, accent #ff0000 and background white",
        json!({"primary": "#000080", "accent": "#ff0000", "background": "#ffffff"}),
    );
    open("make it #11223");
    open("make the accent #ggg");
    open("make the accent chartreuse");
    open("make it red");
}

#[test]
fn a_font_is_known_by_its_name() {
    for font in Font::ALL {
        check(
            &format!("Use the {} font", font.as_str()),
            json!({"font": font}),
        );
    }
    check("a sans serif typeface, please", json!({"font": "system"}));
    check("the monospace font", json!({"font": "mono"}));
    open("Use the serif");
    open("Use the gothic font");
}

#[test]
fn every_name_is_a_colour() {
    for (name, color) in NAMED {
        check(&format!("accent {name}"), json!({"accent": color}));
    }
}
