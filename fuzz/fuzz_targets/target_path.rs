//! Any text as a target, a pattern and a rewriting.
#![no_main]

#[path = "../checks/configured.rs"]
mod configured;
#[path = "../checks/escapes.rs"]
mod escapes;
#[path = "../checks/reading.rs"]
mod reading;
#[path = "../checks/target_path.rs"]
mod target_path;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    target_path::check(input);
});
