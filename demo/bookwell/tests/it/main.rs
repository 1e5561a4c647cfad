//! Bookwell as its clients see it: the routers in process, over a real database.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod auth;
#[cfg(test)]
mod foundation;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod world;
mod pages;
