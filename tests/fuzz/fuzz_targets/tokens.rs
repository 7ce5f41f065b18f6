//! The target `tokens`: what [`fuzz::tokens`] checks, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::tokens::check(data));
