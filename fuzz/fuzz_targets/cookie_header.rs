//! Any octets as the Cookie header lines of a request.
#![no_main]

#[path = "../checks/cookie_header.rs"]
mod cookie_header;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cookie_header::check(input);
});
