//! The sign-in endpoints of Auth.js in Rust: `/api/auth/*` in front of a backend that has a login call.
//!
//! An unmodified `next-auth/react` (v5) talks to them, and the session cookie that they write is the one that
//! Auth.js would write, so any API with a login endpoint gets an Auth.js-compatible front without Node.
//! The order of a sign-in:
//!
//! 1. [`Origin`]: which public address the browser used, and so which cookie names it has;
//! 2. *endpoint*: CSRF token and `callbackUrl`, as `@auth/core` 0.41.3 checks them;
//! 3. *attempts*: failed sign-ins are counted by account and by client address;
//! 4. [`Backend`]: e-mail and password go to the backend, its answer becomes claims ([`Claim`]);
//! 5. *cookies*: claims become the session cookie, and cookies of other families and prefixes are deleted.
//!
//! Each look at the session prolongs it, and *refresh* renews the backend's token before it ends.
//! The session's JSON shows an allow list of claims, so the backend's token cannot be in it.
//!
//! ```
//! use vestibule_session::Secret;
//! use vestibule_signin::{Backend, Claim, Clock, Origin, Settings, SettingsError, SignIn};
//!
//! let secret = Secret::new("kJ2mU0l0n3B6c1rXb5yqVd8wQe7tZs4A").unwrap();
//! let backend = Backend::new("http://127.0.0.1:3001/v1/auth/login", vec![
//!     Claim::copied("sub", "/user/id"),
//!     Claim::copied("email", "/user/email"),
//!     Claim::copied("role", "/user/role"),
//!     Claim::copied("backendToken", "/access_token"),
//! ]);
//! let clock = Clock::new(|| 1_790_000_000); // a real one in a program
//! let mut settings = Settings::new(vec![secret], Origin::Forwarded, backend, clock);
//! settings.shown = vec!["role".into()];
//! let router = SignIn::new(settings.clone()).unwrap().router(); // an axum router
//!
//! // A token in the session's JSON would be a token in every page.
//! settings.shown.push("backendToken".into());
//! assert!(matches!(SignIn::new(settings), Err(SettingsError::TokenShown(_))));
//! # drop(router);
//! ```

mod attempts;
mod backend;
mod callback_url;
mod claims;
mod cookies;
mod endpoint;
mod form;
mod listener;
mod origin;
mod page;
mod provider;
mod refresh;
mod reply;
mod request;
mod settings;

pub use backend::Backend;
pub use claims::Claim;
pub use endpoint::SignIn;
pub use origin::Origin;
pub use settings::{Clock, Limits, Pages, Settings, SettingsError};
