//! The colours of our output; they mean something, and nothing needs them to be understood.

use clap::builder::styling::{AnsiColor, Effects, Style};

/// An error, or a session that does not open.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);

/// What came out as it should.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);

/// The label of a part.
pub(crate) const LABEL: Style = Style::new().bold();

/// What to do.
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);

/// What may be passed over.
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Something that deserves a look.
pub(crate) const CAUTION: Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
