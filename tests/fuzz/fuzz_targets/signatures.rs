//! The target `signatures`: what [`fuzz::signatures`] checks, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::signatures::check(data));
