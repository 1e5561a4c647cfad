//! The binary as its users see it: arguments, files and variables in, text and exit status out.

#[cfg(test)]
mod check;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod help;
#[cfg(test)]
mod mint;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod runner;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod sites;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod vectors;
