//! The target `records`: what [`fuzz::records`] checks, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::records::check(data));
