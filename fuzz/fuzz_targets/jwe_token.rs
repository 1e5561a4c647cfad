//! Any octets as a session token, and as the claims of one.
#![no_main]

#[path = "../checks/jwe_token.rs"]
mod jwe_token;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    jwe_token::check(input);
});
