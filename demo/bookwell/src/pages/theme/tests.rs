use super::colour::ENOUGH;
use super::*;

fn theme(primary: &str, background: &str) -> String {
    let text = str::to_owned;
    Theme {
        primary: text(primary),
        secondary: text("#abcdef"),
        accent: text("#ffdd00"),
        background: text(background),
        font: text("serif"),
    }
    .sheet()
}

/// The value of a variable in the light and in the dark part.
fn values(sheet: &str, name: &str) -> Vec<Colour> {
    let start = format!("--{name}:");
    let found = sheet.split(start.as_str()).skip(1);
    found
        .map(|rest| Colour::parse(rest.split(';').next().unwrap()).unwrap())
        .collect()
}

#[test]
fn every_colour_that_carries_text_can_be_read() {
    let shades = [
        "#000000", "#ffffff", "#777777", "#ff0000", "#ffff00", "#0000ff", "#8fbc8f", "#17695a",
    ];
    for primary in shades {
        for background in shades {
            let sheet = theme(primary, background);
            for text in ["ink", "ink-soft", "brand-text", "accent-text"] {
                for ground in ["ground", "panel", "card"] {
                    let pairs = values(&sheet, text).into_iter().zip(values(&sheet, ground));
                    for (text_colour, ground_colour) in pairs {
                        // The middle of the scale has no ink with more contrast than this.
                        let enough =
                            if text == "ink" || ground_colour.contrast(ground_colour.ink()) < 5.5 {
                                4.0
                            } else {
                                ENOUGH
                            };
                        let ratio = text_colour.contrast(ground_colour);
                        assert!(
                            ratio >= enough,
                            "{text} on {ground}: {ratio} with {primary} on {background}"
                        );
                    }
                }
            }
            for (brand, ink) in values(&sheet, "brand")
                .into_iter()
                .zip(values(&sheet, "brand-ink"))
            {
                assert!(brand.contrast(ink) >= ENOUGH, "{primary}");
            }
        }
    }
}

#[test]
fn a_good_colour_is_left_as_it_is() {
    let sheet = theme("#17695a", "#ffffff");
    assert_eq!(values(&sheet, "brand")[0], Colour::new(0x17, 0x69, 0x5a));
    assert_eq!(values(&sheet, "ground")[0], Colour::WHITE);
}

#[test]
fn what_is_no_colour_never_reaches_the_sheet() {
    let hostile = "#fff;}body{background:url(//evil.example)}";
    let sheet = theme(hostile, hostile);
    assert!(!sheet.contains("evil"));
    for text in [
        "#12345", "#1234567", "123456", "#12345g", "#+12345", "", "red", "#é1234",
    ] {
        assert_eq!(Colour::parse(text), None, "{text}");
    }
}
