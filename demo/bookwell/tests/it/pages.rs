//! The pages, asked through their router; the API behind them is a listener of the test on loopback.

mod access;
mod front;
mod guard;
mod impersonation;
mod sign_in;
mod storefront;
