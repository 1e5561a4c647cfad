//! The sign-in endpoints, as a browser and a backend see them.

#[cfg(test)]
mod backend;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod csrf;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod listener;
#[cfg(test)]
mod real_package;
#[cfg(test)]
mod redirects;
#[cfg(test)]
mod refresh;
#[cfg(test)]
#[expect(dead_code, reason = "what requests over sockets need")]
#[path = "../../../vestibule-gateway/tests/it/said.rs"]
mod said;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod session;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod sign_in_page;
#[cfg(test)]
mod sign_out;
#[cfg(test)]
mod world;
