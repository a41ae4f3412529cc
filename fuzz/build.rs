//! Links the fuzz target `fire` without coverage of manifuzz: see `fuzz_targets/fire/libfuzzer.rs`.

/// Functions through which instrumented code reports coverage. Calls of NAME go to `__wrap_NAME`, which ignores them.
const CALLBACKS: &[&str] = &[
    "8bit_counters_init",
    "pcs_init",
    "trace_cmp1",
    "trace_cmp2",
    "trace_cmp4",
    "trace_cmp8",
    "trace_const_cmp1",
    "trace_const_cmp2",
    "trace_const_cmp4",
    "trace_const_cmp8",
    "trace_pc_indir",
    "trace_switch",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is_set = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    // Other linkers than those of Linux have no such option; there, coverage of manifuzz steers as well.
    if std::env::var_os("CARGO_CFG_FUZZING").is_some() && is_set("CARGO_CFG_TARGET_OS", "linux") {
        for callback in CALLBACKS {
            println!("cargo::rustc-link-arg-bin=fire=-Wl,--wrap=__sanitizer_cov_{callback}");
        }
    }
}
