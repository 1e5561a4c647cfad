//! x
#![expect(dead_code, missing_docs, reason = "x")]
mod cookie;
mod jwe;
mod key;
mod member;
mod pointer;
mod reason;
mod secret;
pub use cookie::*;
pub use pointer::*;
pub use reason::*;
pub use secret::*;
