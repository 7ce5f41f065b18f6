//! The target `names`: what [`fuzz::names`] checks, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::names::check(data));
