//! How fast runs are, and what their requests cost. `cargo bench --bench run` prints a Markdown table.
//!
//! Speeds over HTTP are ratios to a bare loop on the same server in the same minute, because machines differ.

mod bare;
mod cpu;
mod embedded;
mod live;

use std::time::Duration;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The argument that leaves out what needs a server.
const EMBEDDED: &str = "embedded";
/// How long the bare loop runs.
const LASTING: Duration = Duration::from_secs(5);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::args().any(|argument| argument == bare::SERVE) {
        return bare::serve_registry();
    }
    println!("| what | measured | wanted |\n|---|---|---|");
    for (what, measured, wanted) in embedded::rows()? {
        println!("| {what} | {measured} | {wanted} |");
    }
    if std::env::args().any(|argument| argument == EMBEDDED) {
        return Ok(());
    }
    let server = bare::Server::start()?;
    let bare = bare::measure(&server, LASTING)?;
    println!("| bare loop, requests per second | {:.0} | |", bare.per_second);
    println!("| bare loop, CPU per request | {:.3} ms | |", bare.cpu);
    let rows = [
        ("client alone, PUT", live::fire(&server, "put", 60_000)?),
        ("client alone, PUT and GET", live::fire(&server, "get", 20_000)?),
        ("run --depth put", live::run(&server, "put", 8000)?),
        ("run --depth full", live::run(&server, "full", 1500)?),
    ];
    for (what, speed) in rows {
        let (of_bare, per_bare) = (speed.per_second / bare.per_second, speed.cpu / bare.cpu);
        println!("| {what}: requests per second, of the bare loop's | {of_bare:.2} | at least 0.5 |");
        println!(
            "| {what}: CPU per request | {:.3} ms ({per_bare:.1} of the bare loop's) | at most 0.10 ms |",
            speed.cpu
        );
    }
    Ok(())
}
