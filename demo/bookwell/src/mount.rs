//! Where browsers find the API: beside the pages, with `/api` in the place of `/v1`.
//!
//! What an answer names for the next call (`Location`, `photo_url`, `undo`) is a path of theirs.

use std::fmt::Display;

/// The path of what stands here below `/v1`, as a browser asks for it.
pub(crate) fn path(below: impl Display) -> String {
    format!("/api/{below}")
}
