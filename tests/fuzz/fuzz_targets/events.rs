//! The target `events`: what [`fuzz::events`] checks, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::events::check(data));
