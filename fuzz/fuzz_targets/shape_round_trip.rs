//! See `manifuzz_fuzz::shape_round_trip`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| manifuzz_fuzz::shape_round_trip::run(data));

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("this is a fuzz target; run it with `cargo +nightly fuzz run shape_round_trip`");
}
