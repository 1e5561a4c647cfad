//! Bookwell as its clients see it: the routers in process, over a real database.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod assistant;
#[cfg(test)]
mod auth;
#[cfg(test)]
mod blackouts;
#[cfg(test)]
mod bookings;
#[cfg(test)]
mod branding;
#[cfg(test)]
mod call;
#[cfg(test)]
mod foundation;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod landing_page;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod model_server;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod packages;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod public;
#[cfg(test)]
#[expect(dead_code, reason = "what requests over sockets need")]
#[path = "../../../../crates/vestibule-gateway/tests/it/said.rs"]
mod said;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod stats;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod world;
