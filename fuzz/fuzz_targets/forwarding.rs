//! Any header lines as what proxies say.
#![no_main]

#[path = "../checks/configured.rs"]
mod configured;
#[path = "../checks/forwarding.rs"]
mod forwarding;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    forwarding::check(input);
});
