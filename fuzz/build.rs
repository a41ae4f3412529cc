//! Links the fuzz target `fire` without coverage of manifuzz: see `fuzz_targets/fire/libfuzzer.rs`.

/// Functions through which instrumented code and intercepted calls of libc report to libFuzzer. Calls of NAME go to
/// `__wrap_NAME`, which ignores them.
const CALLBACKS: &[&str] = &[
    "__sanitizer_cov_8bit_counters_init",
    "__sanitizer_cov_pcs_init",
    "__sanitizer_cov_trace_cmp1",
    "__sanitizer_cov_trace_cmp2",
    "__sanitizer_cov_trace_cmp4",
    "__sanitizer_cov_trace_cmp8",
    "__sanitizer_cov_trace_const_cmp1",
    "__sanitizer_cov_trace_const_cmp2",
    "__sanitizer_cov_trace_const_cmp4",
    "__sanitizer_cov_trace_const_cmp8",
    "__sanitizer_cov_trace_pc_indir",
    "__sanitizer_cov_trace_switch",
    "__sanitizer_weak_hook_memcmp",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_one_of = |name: &str, values: &[&str]| std::env::var(name).is_ok_and(|found| values.contains(&&*found));
    // Elsewhere, coverage of manifuzz steers as well: other linkers have no such option.
    let is_known =
        is_one_of("CARGO_CFG_TARGET_OS", &["linux"]) && is_one_of("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]);
    if is_known && std::env::var_os("CARGO_CFG_FUZZING").is_some() {
        for callback in CALLBACKS {
            println!("cargo::rustc-link-arg-bin=fire=-Wl,--wrap={callback}");
        }
    }
}
