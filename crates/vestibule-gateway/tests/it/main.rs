//! The gateway over real sockets: raw clients before it, recording upstreams behind it.

#[cfg(test)]
mod authority;
#[cfg(test)]
mod bearers;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod bridge;
#[cfg(test)]
mod caches;
#[cfg(test)]
mod causes;
#[cfg(test)]
mod client;
#[cfg(test)]
mod exposure;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod leases;
#[cfg(test)]
mod log;
#[cfg(test)]
mod observability;
#[cfg(test)]
mod over_tcp;
#[cfg(test)]
mod over_tls;
#[cfg(test)]
mod redirects;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod reloads;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod said;
#[cfg(test)]
mod smuggling;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod upstream;
