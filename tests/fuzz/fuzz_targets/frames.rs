//! The target `frames`: what [`fuzz::frames`] checks, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::frames::check(data));
