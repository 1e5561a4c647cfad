//! A tenant's colours and font as a style sheet, in which every colour that carries text can be read (WCAG 2.2 §1.4.3).

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

mod colour;

use colour::Colour;

/// Branding as the API gives it; a value that is no colour is replaced, never passed on.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Theme {
    primary: String,
    secondary: String,
    accent: String,
    background: String,
    font: String,
}

impl Theme {
    /// What stands in for a branding that cannot be read.
    pub(crate) fn usual() -> Self {
        Self {
            primary: String::new(),
            secondary: String::new(),
            accent: String::new(),
            background: String::new(),
            font: String::new(),
        }
    }

    /// The variables of the storefront, for light and for dark surroundings.
    pub(crate) fn sheet(&self) -> String {
        let read = |text: &str, usual: Colour| Colour::parse(text).unwrap_or(usual);
        let primary = read(&self.primary, Colour::new(0x17, 0x69, 0x5a));
        let secondary = read(&self.secondary, primary);
        let accent = read(&self.accent, primary);
        let ground = read(&self.background, Colour::WHITE);
        let night = Colour::new(0x12, 0x15, 0x14).mixed(primary, 6);
        // A tenant whose own ground is dark has a dark page by day too.
        let mut sheet = format!(":root,:host{{--font:{};", font(&self.font));
        variables(&mut sheet, primary, secondary, accent, ground);
        sheet.push_str("}\n@media (prefers-color-scheme:dark){:root,:host{");
        let dark = if ground.is_dark() { ground } else { night };
        variables(&mut sheet, primary, secondary, accent, dark);
        sheet.push_str("}}\n");
        sheet
    }
}

fn variables(
    sheet: &mut String,
    primary: Colour,
    secondary: Colour,
    accent: Colour,
    ground: Colour,
) {
    let ink = ground.ink();
    let panel = ground.mixed(secondary, 7);
    let card = if ground.is_dark() {
        ground.mixed(Colour::WHITE, 5)
    } else {
        Colour::WHITE.mixed(ground, 20)
    };
    // Text stands on all three, so it must be readable on the hardest of them.
    let grounds = [ground, panel, card];
    let soft = ground.mixed(ink, 72).readable(&grounds);
    let pairs = [
        ("ground", ground),
        ("panel", panel),
        ("card", card),
        ("wash", ground.mixed(primary, 14)),
        ("line", ground.mixed(ink, 14)),
        ("ink", ink),
        ("ink-soft", soft),
        ("brand", primary.with_ink()),
        ("brand-ink", primary.with_ink().ink()),
        ("brand-text", primary.readable(&grounds)),
        ("accent-text", accent.readable(&grounds)),
    ];
    for (name, colour) in pairs {
        // Writing to a string cannot fail.
        let _ = write!(sheet, "--{name}:{colour};");
    }
}

/// The fonts that a tenant chooses from; every system has one of each list.
fn font(name: &str) -> &'static str {
    match name {
        "humanist" => "Seravek,\"Gill Sans Nova\",Ubuntu,Calibri,\"Source Sans Pro\",sans-serif",
        "mono" => "ui-monospace,\"Cascadia Code\",Menlo,Consolas,\"DejaVu Sans Mono\",monospace",
        "rounded" => {
            "ui-rounded,\"Hiragino Maru Gothic ProN\",Quicksand,Nunito,Comfortaa,system-ui,sans-serif"
        }
        "serif" => {
            "\"Iowan Old Style\",\"Palatino Linotype\",Palatino,\"URW Palladio L\",P052,Georgia,serif"
        }
        "slab" => {
            "Rockwell,\"Rockwell Nova\",\"Roboto Slab\",\"DejaVu Serif\",\"Sitka Small\",serif"
        }
        _ => "system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",Arial,sans-serif",
    }
}

#[cfg(test)]
mod tests;
