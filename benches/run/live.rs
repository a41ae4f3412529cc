//! The client against the same server, by itself and in `manifuzz run`: there with everything that a run does, such as starting,
//! rendering, judging and writing.

use std::process::{Command, Stdio};
use std::time::Instant;

use manifuzz::exchange::{Depth, Questions};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::{Opening, Repository, open};
use serde_json::Value;

use crate::bare::{CONNECTIONS, Server, Speed};
use crate::cpu;

/// Pushes the base from as many threads as there are connections, and reads it back as far as `depth` says: the client without
/// the engine.
pub fn fire(server: &Server, depth: &str, cases: usize) -> Result<Speed, Box<dyn std::error::Error>> {
    let opening = Opening { nonce: "fire".to_owned(), ..Opening::default() };
    let (target, base) =
        (open(&format!("http://{}/fire-{depth}", server.address), &opening)?, render(&Shape::default()));
    let questions = Questions::from(depth.parse::<Depth>()?);
    // Its blobs, and the first connection.
    target.fire(&base, Repository::Main, questions)?;
    let (requests, before, started) = (target.requests(), cpu::used(), Instant::now());
    let failed = std::thread::scope(|scope| {
        let fire = || (0..cases / CONNECTIONS).find_map(|_| target.fire(&base, Repository::Main, questions).err());
        let threads: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(fire)).collect();
        threads.into_iter().find_map(|thread| thread.join().ok().flatten())
    });
    let (took, cpu) = (started.elapsed(), cpu::used().own - before.own);
    match failed {
        Some(trouble) => Err(trouble.into()),
        None => Ok(Speed::of(target.requests() - requests, took, cpu)),
    }
}

/// Fires so many valid cases, and reads back as far as `depth` says.
pub fn run(server: &Server, depth: &str, cases: u32) -> Result<Speed, Box<dyn std::error::Error>> {
    let output = tempfile::tempdir()?;
    let url = format!("http://{}/live-{depth}", server.address);
    let mut command = Command::new(env!("CARGO_BIN_EXE_manifuzz"));
    command
        .args(["run", &url, "--seed", "7", "--preset", "valid", "--no-shrink", "--depth", depth])
        .args(["--jobs", &CONNECTIONS.to_string(), "--cases", &cases.to_string()])
        .arg("--corpus")
        .arg(output.path().join("corpus.csv"))
        .arg("--results")
        .arg(output.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let (before, started) = (cpu::used(), Instant::now());
    let status = command.status()?;
    let took = started.elapsed();
    let cpu = cpu::used().children - before.children;
    let report: Value = serde_json::from_slice(&std::fs::read(output.path().join("run.json"))?)?;
    let requests = report["targets"][0]["requests"].as_u64().or_else(|| report["requests"].as_u64());
    let requests = requests.ok_or_else(|| format!("no requests in run.json; {status}: {report}"))?;
    Ok(Speed::of(requests, took, cpu))
}
