//! The symbols by which libFuzzer and the address sanitizer find this target, its counters and its defaults.
//!
//! The macro `fuzz_target!` is not used, because it does not let a target set flags.
//!
//! All `unsafe` of the project is here: attributes that place symbols, and reading the arguments.

use std::ffi::{CStr, c_char, c_int};
use std::io::Write as _;
use std::sync::atomic::{AtomicU8, Ordering};

use manifuzz_fuzz::fire;

/// The number of counters. Far more than there are ways to answer, so that few share a counter.
const COUNTERS: usize = 1 << 14;

// SAFETY: libFuzzer reads and clears the bytes of this section between executions and expects nothing else of them.
#[unsafe(link_section = "__libfuzzer_extra_counters")]
// The compiler sees no reader.
#[used]
static ANSWERS: [AtomicU8; COUNTERS] = [const { AtomicU8::new(0) }; COUNTERS];

/// Marks a way in which the target answered.
fn steer(feature: u64) {
    let counter = usize::try_from(feature % COUNTERS as u64).unwrap_or(0);
    ANSWERS[counter].store(1, Ordering::Relaxed);
}

/// Flags of libFuzzer, which those of the command line override. Whenever a cache grew, libFuzzer would execute the input again
/// and look for leaks.
const FLAGS: [&CStr; 1] = [c"-detect_leaks=0"];

/// Runs before libFuzzer reads its arguments.
// SAFETY: the name and signature are those that libFuzzer looks up.
#[unsafe(no_mangle)]
extern "C" fn LLVMFuzzerInitialize(argc: *mut c_int, argv: *mut *mut *mut c_char) -> c_int {
    libfuzzer_sys::initialize(argc.cast(), argv.cast());
    // SAFETY: libFuzzer passes valid pointers to its own copies, which nothing else uses during the call.
    let (argc, argv) = unsafe { (&mut *argc, &mut *argv) };
    // SAFETY: `argv` has `argc` elements.
    let given = unsafe { std::slice::from_raw_parts(*argv, usize::try_from(*argc).unwrap_or(0)) };
    let Some((program, given)) = given.split_first() else { return 0 };
    // `argv` is not written through, so that the strings may be constants.
    let flags = FLAGS.iter().map(|flag| flag.as_ptr().cast_mut());
    let all: Vec<*mut c_char> =
        [*program].into_iter().chain(flags).chain(given.iter().copied()).chain([std::ptr::null_mut()]).collect();
    *argc = c_int::try_from(all.len() - 1).unwrap_or(0);
    // Leaked on purpose: libFuzzer keeps its arguments until it exits.
    *argv = Box::leak(all.into_boxed_slice()).as_mut_ptr();
    fire::prepare();
    0
}

/// Executes one input; -1 keeps it out of libFuzzer's corpus.
// SAFETY: the name and signature are those that libfuzzer-sys declares.
#[unsafe(no_mangle)]
#[allow(improper_ctypes_definitions)]
extern "C" fn rust_fuzzer_test_input(input: &[u8]) -> c_int {
    // `cargo fuzz fmt` asks for a readable form of the input.
    if let Some(path) = libfuzzer_sys::rust_libfuzzer_debug_path() {
        let mut file = std::fs::File::create(path).expect("the file that cargo-fuzz named can be created");
        file.write_all(input).expect("the file that cargo-fuzz named can be written");
        return 0;
    }
    if fire::run(input, &mut steer) { 0 } else { -1 }
}

/// Defaults of the address sanitizer, which those of `ASAN_OPTIONS` override. They turn off what takes time at each allocation and
/// call: stacks of allocations, which a report of an artefact can have with `ASAN_OPTIONS=malloc_context_size=30`; freed memory
/// beyond 16 MiB that is kept to detect its use; and checks that safe Rust does not need.
// SAFETY: the name and signature are those that the sanitizer looks up; the string is valid forever.
#[unsafe(no_mangle)]
extern "C" fn __asan_default_options() -> *const c_char {
    const OPTIONS: &CStr = c"detect_leaks=0:quarantine_size_mb=16:malloc_context_size=0:max_redzone=64:\
        detect_stack_use_after_return=0:intercept_memcmp=0";
    OPTIONS.as_ptr()
}

/// Ignores what instrumented code and intercepted calls report to libFuzzer: coverage of manifuzz says nothing about the target. The
/// linker redirects calls of NAME to `__wrap_NAME` (`build.rs`). In assembly, because Rust would instrument these functions, which
/// are called at each comparison.
macro_rules! ignored {
    ($($name:literal)*) => {
        std::arch::global_asm!($(concat!(".globl __wrap_", $name, "\n__wrap_", $name, ":")),*, "ret");
    };
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
ignored! {
    "__sanitizer_cov_8bit_counters_init"
    "__sanitizer_cov_pcs_init"
    "__sanitizer_cov_trace_cmp1"
    "__sanitizer_cov_trace_cmp2"
    "__sanitizer_cov_trace_cmp4"
    "__sanitizer_cov_trace_cmp8"
    "__sanitizer_cov_trace_const_cmp1"
    "__sanitizer_cov_trace_const_cmp2"
    "__sanitizer_cov_trace_const_cmp4"
    "__sanitizer_cov_trace_const_cmp8"
    "__sanitizer_cov_trace_pc_indir"
    "__sanitizer_cov_trace_switch"
    "__sanitizer_weak_hook_memcmp"
}
