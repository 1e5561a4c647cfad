//! Colours, and whether text in one can be read on another (WCAG 2.2, relative luminance and contrast ratio).

use std::fmt;

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour {
    channels: [u8; 3],
}

impl Colour {
    pub(super) const WHITE: Self = Self::new(255, 255, 255);
    const NIGHT: Self = Self::new(0x16, 0x20, 0x1c);

    pub(super) const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self {
            channels: [red, green, blue],
        }
    }

    /// `#RRGGBB`; anything else is no colour, and never reaches a style sheet.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|octet| octet.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self::new(red, green, blue))
    }

    /// The colour with this percentage of another.
    pub(super) fn mixed(self, other: Self, percent: u8) -> Self {
        let share = u32::from(percent.min(100));
        let mut channels = self.channels;
        for (mine, theirs) in channels.iter_mut().zip(other.channels) {
            let sum = u32::from(*mine) * (100 - share) + u32::from(theirs) * share;
            *mine = u8::try_from(sum / 100).unwrap_or(u8::MAX);
        }
        Self { channels }
    }

    /// Near-black or white, whichever reads better here.
    pub(super) fn ink(self) -> Self {
        if self.contrast(Self::NIGHT) >= self.contrast(Self::WHITE) {
            Self::NIGHT
        } else {
            Self::WHITE
        }
    }

    pub(super) fn is_dark(self) -> bool {
        self.ink() == Self::WHITE
    }

    /// The nearest shade of this colour that can be read on every one of these grounds.
    pub(super) fn readable(self, grounds: &[Self]) -> Self {
        let passes = |shade: Self| {
            grounds
                .iter()
                .all(|ground| shade.contrast(*ground) >= ENOUGH)
        };
        let toward = grounds.first().map_or(Self::NIGHT, |ground| ground.ink());
        let shades = (0..=100)
            .step_by(2)
            .map(|percent| self.mixed(toward, percent));
        shades
            .into_iter()
            .find(|shade| passes(*shade))
            .unwrap_or(toward)
    }

    /// The nearest shade on which its own ink can be read.
    pub(super) fn with_ink(self) -> Self {
        let away = if self.is_dark() {
            Self::NIGHT
        } else {
            Self::WHITE
        };
        let shades = (0..=100)
            .step_by(2)
            .map(|percent| self.mixed(away, percent));
        let mut shades = shades.into_iter();
        shades
            .find(|shade| shade.contrast(shade.ink()) >= ENOUGH)
            .unwrap_or(away)
    }

    /// From 1 to 21.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.channels.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.channels;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// AA for text of usual size.
pub(super) const ENOUGH: f64 = 4.5;
