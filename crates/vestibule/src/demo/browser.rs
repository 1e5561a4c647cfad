//! Opening an address in the user's browser.

use std::process::{Command, Stdio};

/// Asks the desktop to open `url`; a machine without one has the address on its terminal.
pub(super) fn open(url: &str) {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    let started = Command::new(program)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        tracing::warn!(%error, "`{program}` does not start; open the address yourself");
    }
}
