//! See `manifuzz_fuzz::fire`.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod libfuzzer;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    manifuzz_fuzz::fire::mutate(data, size, max_size, seed)
});

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("this is a fuzz target; run it with `cargo +nightly fuzz run fire`");
}
