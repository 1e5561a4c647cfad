//! The session protocol of Auth.js (NextAuth), read and written in Rust.
//!
//! A request's Cookie header goes in; a [`Session`] comes out, or the [`Reason`] why not.
//! It is true of `next-auth` 5 (`@auth/core` 0.41) and `next-auth` 4.24, and proven by sessions
//! that the real packages wrote.
//!
//! The way of a session, file by file:
//!
//! 1. [`CookieName`] says how the cookie is called, which version writes it and what salts its key;
//! 2. the *scan* reads the header once and keeps what belongs to a session ([`Cookies`]);
//! 3. *candidates* are its complete readings: a whole cookie, or chunks without a gap ([`Candidate`]);
//! 4. a *keyring* holds the keys of a name, derived once from each [`Secret`], and picks one by `kid`;
//! 5. *jwe* opens the compact token: `dir` with A256CBC-HS512 or A256GCM, and nothing else;
//! 6. [`Claims`] keeps the payload as text and finds in it the times and the identity;
//! 7. [`Reader`] does all this in the order that the [`Scheme`] wants, and says why where it fails.
//!
//! [`Writer`] goes the other way, to the exact `Set-Cookie` values; [`Csrf`] and [`CallbackUrl`] make the two
//! cookies beside it.
//!
//! ```
//! use vestibule_session::{Pointer, Reader, Reason, Rules, Scheme, Secret};
//!
//! let secret = Secret::new("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A").unwrap();
//! let reader = Reader::new(&[secret], Rules::default());
//! let cookie_header = "theme=dark; authjs.session-token=abc";
//! let now = 1_790_000_000;
//! match reader.open([cookie_header.as_bytes()], Scheme::Https, now) {
//!     Ok(session) => drop(session.claims().string(&Pointer::parse("/backendToken").unwrap())),
//!     Err(failure) => assert_eq!(failure.reason(), Reason::Malformed),
//! }
//! ```
//!
//! The library does no I/O and knows no clock, no randomness, no environment and no log:
//! time and random octets are arguments. Secrets never print and are wiped when dropped.
//! With the feature `axum`, [`Session`] is an extractor.

mod callback_url;
mod candidate;
mod claims;
mod cookie;
mod csrf;
mod jwe;
mod key;
mod keyring;
mod member;
mod pointer;
mod reader;
mod reason;
mod scan;
mod secret;
mod session;
mod set_cookie;
mod writer;

#[cfg(feature = "axum")]
pub mod axum;

pub use callback_url::CallbackUrl;
pub use candidate::Candidate;
pub use claims::Claims;
pub use cookie::{CookieName, InvalidCookieName, Scheme, UnknownVersion, Version};
pub use csrf::{Csrf, CsrfToken};
pub use pointer::{InvalidPointer, Pointer};
pub use reader::{Reader, Rules};
pub use reason::{Blame, Reason};
pub use scan::{Cookies, pairs};
pub use secret::{EmptySecret, Secret, Weakness};
pub use session::{Attempt, Failure, Session};
pub use writer::{InvalidClaims, Writer, session_cookie_name};
