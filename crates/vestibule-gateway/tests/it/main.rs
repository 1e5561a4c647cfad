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
mod closed;
#[cfg(test)]
mod corpora;
#[cfg(test)]
mod cors;
#[cfg(test)]
mod cross_site;
#[cfg(test)]
mod deployment;
#[cfg(test)]
mod diagnosis;
#[cfg(test)]
mod exposure;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod hardening;
#[cfg(test)]
mod http2;
#[cfg(test)]
mod http2_refused;
#[cfg(test)]
mod http2_streams;
#[cfg(test)]
mod http2_upstream;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod leases;
#[cfg(test)]
mod log;
#[cfg(test)]
mod meaning;
#[cfg(test)]
mod methods;
#[cfg(test)]
mod nextjs;
#[cfg(test)]
mod observability;
#[cfg(test)]
mod over_tcp;
#[cfg(test)]
mod over_tls;
#[cfg(test)]
mod proxy_protocol;
#[cfg(test)]
mod rates;
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
mod secure_upstream;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod sites;
#[cfg(test)]
mod smuggling;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod upstream;
#[cfg(test)]
mod upstream_http2;
#[cfg(test)]
mod upstream_tls;
