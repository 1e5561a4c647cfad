//! Any text as a configuration file.
#![no_main]

#[path = "../checks/configuration.rs"]
mod configuration;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    configuration::check(input);
});
