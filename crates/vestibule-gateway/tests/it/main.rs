//! The gateway over real sockets: raw clients before it, recording upstreams behind it.

#[cfg(test)]
mod bearers;
#[cfg(test)]
mod bodies;
#[cfg(test)]
mod caches;
#[cfg(test)]
mod client;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod log;
#[cfg(test)]
mod observability;
#[cfg(test)]
mod pressure;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod tunnels;
#[cfg(test)]
mod upstream;
