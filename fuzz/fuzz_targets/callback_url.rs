//! Any text as the way back from the sign-in page.
#![no_main]

#[path = "../checks/callback_url.rs"]
mod callback_url;
#[path = "../checks/escapes.rs"]
mod escapes;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    callback_url::check(input);
});
