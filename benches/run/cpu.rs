//! CPU time from `/proc`: of this process, and of children that have ended.

/// CPU time in seconds, user and system together.
#[derive(Clone, Copy)]
pub struct Cpu {
    /// Of this process.
    pub own: f64,
    /// Of its children that were waited for.
    pub children: f64,
}

/// Ticks per second of the counters in `/proc`, the same on every Linux.
const TICKS: f64 = 100.0;

/// The CPU time used so far; zero on systems without `/proc`.
pub fn used() -> Cpu {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields are counted from after the name, which is in parentheses and may contain spaces.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let seconds = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default() / TICKS;
    Cpu { own: seconds(11) + seconds(12), children: seconds(13) + seconds(14) }
}
