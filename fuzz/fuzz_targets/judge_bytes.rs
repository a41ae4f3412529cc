//! See `manifuzz_fuzz::judge_bytes`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| manifuzz_fuzz::judge_bytes::run(data));

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("this is a fuzz target; run it with `cargo +nightly fuzz run judge_bytes`");
}
