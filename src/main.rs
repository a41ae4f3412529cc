//! The binary: everything is in the library.

/// Most of what rendering and judging a case costs is small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    manifuzz::cli::main()
}
