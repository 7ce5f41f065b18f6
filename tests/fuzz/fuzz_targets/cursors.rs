//! The target `cursors`: what [`fuzz::cursors`] checks, of any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::cursors::check(data));
