//! The session library from outside: vectors of the real packages, properties, and the corpora of the fuzzer.

#[cfg(test)]
mod corpora;
#[cfg(feature = "axum")]
#[cfg(test)]
mod extractors;
#[cfg(test)]
mod extras;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod written;
