//! `manifuzz run` on embedded registries, as ratios to `manifuzz gen` in the same minute: drawing, rendering and printing cases
//! is what a run cannot do without.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::cpu;

/// What one command took.
#[derive(Clone, Copy)]
struct Taken {
    /// Wall time in seconds.
    wall: f64,
    /// User and system time in seconds.
    cpu: f64,
    /// The most memory that was resident, in KiB.
    memory: f64,
}

impl Taken {
    /// The least of several runs, each number for itself.
    fn least(self, other: Self) -> Self {
        Self { wall: self.wall.min(other.wall), cpu: self.cpu.min(other.cpu), memory: self.memory.min(other.memory) }
    }
}

/// How often each command is run; the least counts, because the machine may be busy.
const TIMES: usize = 3;

/// Runs the command and returns the least that it took.
fn taken(arguments: &str) -> std::io::Result<Taken> {
    let mut least = once(arguments)?;
    for _ in 1..TIMES {
        least = least.least(once(arguments)?);
    }
    Ok(least)
}

fn once(arguments: &str) -> std::io::Result<Taken> {
    let directory = tempfile::tempdir()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_manifuzz"));
    command.args(arguments.split(' ')).current_dir(directory.path());
    let (before, started) = (cpu::used(), Instant::now());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut memory = 0.0_f64;
    while child.try_wait()?.is_none() {
        memory = memory.max(resident(child.id()).unwrap_or_default());
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(Taken { wall: started.elapsed().as_secs_f64(), cpu: cpu::used().children - before.children, memory })
}

/// The most memory that was resident in a process so far, in KiB.
fn resident(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}

/// The rows of the table: what, measured, wanted.
pub fn rows() -> std::io::Result<Vec<(String, String, String)>> {
    let generating = taken("gen --preset mostly-valid --cases 20000 --seed 7")?;
    let mut rows = Vec::new();
    let mut row = |what: &str, measured: String, wanted: &str| {
        rows.push((what.to_owned(), measured, wanted.to_owned()));
    };
    row("`gen --preset mostly-valid --cases 20000`, CPU", format!("{:.2} s", generating.cpu), "");
    let all = taken("run --seed 7")?;
    row("`run`, wall time, of `gen`'s", format!("{:.1}", all.wall / generating.wall), "at most 6");
    let alone = taken("run --seed 7 --jobs 1")?;
    row(
        "`run` with `--jobs 1`, wall time, of that",
        format!("{:.2}", alone.wall / all.wall),
        "at least 1.8 on two cores",
    );
    let clean = |depth: &str, cases: usize| {
        taken(&format!("run embedded:clean --seed 7 --cases {cases} --no-shrink --depth {depth}"))
    };
    for (depth, wanted) in [("put", ""), ("get", ""), ("full", "at most 2.5")] {
        let what = format!("20 000 cases on `clean`, `--depth {depth}`, CPU, of `gen`'s");
        row(&what, format!("{:.1}", clean(depth, 20_000)?.cpu / generating.cpu), wanted);
    }
    let [half, whole] = [clean("full", 20_000)?, clean("full", 40_000)?];
    row("40 000 cases, CPU, of that for 20 000", format!("{:.2}", whole.cpu / half.cpu), "at most 2.2");
    row("20 000 cases, memory", format!("{:.0} MiB", half.memory / 1024.0), "at most 128");
    let further = (whole.memory - half.memory) / 20_000.0;
    row("each further case, memory", format!("{further:.1} KiB"), "at most 2");
    Ok(rows)
}
