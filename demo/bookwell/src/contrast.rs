//! How well colours can be told apart (WCAG 2.2, "contrast ratio" and "relative luminance").

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::branding::Look;

/// Two colours of a look, and whether one can carry text on the other.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Contrast {
    /// As `primary on background`.
    pair: &'static str,
    /// From 1 to 21, to two digits.
    #[schema(minimum = 1, maximum = 21)]
    ratio: f64,
    /// At least 4.5, for text of ordinary size.
    passes_aa: bool,
}

/// The pairs that the pages use.
pub(crate) fn of(look: &Look) -> Vec<Contrast> {
    [
        (
            "primary on background",
            &look.primary,
            look.background.as_str(),
        ),
        ("secondary on background", &look.secondary, &look.background),
        ("accent on background", &look.accent, &look.background),
        ("white on primary", &look.primary, WHITE),
        ("white on accent", &look.accent, WHITE),
    ]
    .map(|(pair, one, other)| {
        let ratio = ratio(one, other);
        Contrast {
            pair,
            ratio: (ratio * 100.0).round() / 100.0,
            passes_aa: ratio >= AA,
        }
    })
    .into()
}

fn ratio(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Of a colour as `#RRGGBB`; what is none is black.
fn luminance(color: &str) -> f64 {
    let digits = color.trim_start_matches('#');
    let channel = |place: usize| {
        let octet = digits
            .get(place..place + 2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let share = f64::from(octet.unwrap_or_default()) / 255.0;
        if share <= 0.04045 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

const WHITE: &str = "#FFFFFF";
const AA: f64 = 4.5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_and_the_edge_of_the_scale() {
        assert!((ratio("#000000", "#ffffff") - 21.0).abs() < 0.001);
        assert!((ratio("#777777", "#777777") - 1.0).abs() < 0.001);
        // The well-known neighbours of 4.5 on white.
        assert!(ratio("#767676", WHITE) >= AA);
        assert!(ratio("#777777", WHITE) < AA);
    }
}
