//! Any octets as the head of a request: what becomes of it, up to the line for the upstream.
#![no_main]

#[path = "../checks/configured.rs"]
mod configured;
#[path = "../checks/escapes.rs"]
mod escapes;
#[path = "../checks/head.rs"]
mod head;
#[path = "../checks/reading.rs"]
mod reading;
#[path = "../checks/request_head.rs"]
mod request_head;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    request_head::check(input);
});
