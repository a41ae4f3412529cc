//! The baseline: a fast registry in a separate process, and the least that a client can do with it, a loop on blocking sockets
//! that pushes a manifest and gets it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use manifuzz::exchange::{IMAGE_MANIFEST, Questions};
use manifuzz::registry::{Profile, Registry, serve};
use manifuzz::render::render;
use manifuzz::shape::Shape;
use manifuzz::transport::{Opening, Repository, open};

use crate::cpu;

/// The argument that makes this executable serve.
pub const SERVE: &str = "serve-registry";
/// Number of connections, and of jobs of a run.
pub const CONNECTIONS: usize = 8;

/// Requests per second, and CPU time of the client.
#[derive(Clone, Copy)]
pub struct Speed {
    /// Requests per second of wall time.
    pub per_second: f64,
    /// User and system time of the client per request, in milliseconds.
    pub cpu: f64,
}

impl Speed {
    /// The speed of so many requests.
    pub fn of(requests: u64, took: Duration, cpu: f64) -> Self {
        Self { per_second: requests as f64 / took.as_secs_f64(), cpu: cpu * 1000.0 / requests as f64 }
    }
}

/// The embedded registry with the profile `clean` as a server in a child process, so that its CPU time is not counted.
pub struct Server {
    /// Its address.
    pub address: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts this executable as a server.
    pub fn start() -> Result<Self, Box<dyn std::error::Error>> {
        let mut child =
            Command::new(std::env::current_exe()?).arg(SERVE).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no standard output")?).read_line(&mut line)?;
        Ok(Self { address: line.trim().parse()?, child })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the process ends; prints the address.
pub fn serve_registry() -> Result<(), Box<dyn std::error::Error>> {
    let registry = Arc::new(Registry::new(&Profile::named("clean")?));
    // It ends with the benchmark, even with one that is killed.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    serve::serve(registry, SocketAddr::from(([127, 0, 0, 1], 0)), |address| println!("{address}"))?;
    Ok(())
}

/// Pushes and gets the base on each connection for so long.
pub fn measure(server: &Server, lasting: Duration) -> Result<Speed, Box<dyn std::error::Error>> {
    let address = server.address;
    let exchange = render(&Shape::default());
    // Its blobs.
    let opening = Opening { nonce: "bare".to_owned(), ..Opening::default() };
    open(&format!("http://{address}/bare"), &opening)?.fire(&exchange, Repository::Main, Questions::NONE)?;
    let (before, started) = (cpu::used(), Instant::now());
    let counts: Vec<std::io::Result<u64>> = std::thread::scope(|scope| {
        let body = exchange.tested.body.bytes();
        let threads: Vec<_> =
            (0..CONNECTIONS).map(|number| scope.spawn(move || one(address, number, body, started, lasting))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or(Ok(0))).collect()
    });
    let took = started.elapsed();
    let requests = counts.into_iter().sum::<std::io::Result<u64>>()?;
    Ok(Speed::of(requests, took, cpu::used().own - before.own))
}

/// One connection: returns how many requests were answered.
fn one(address: SocketAddr, number: usize, body: &[u8], started: Instant, lasting: Duration) -> std::io::Result<u64> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let path = format!("/v2/bare/manifests/bare-{number} HTTP/1.1\r\nhost: {address}\r\n");
    let head = format!("PUT {path}content-type: {IMAGE_MANIFEST}\r\ncontent-length: {}\r\n\r\n", body.len());
    let (put, get) = ([head.as_bytes(), body].concat(), format!("GET {path}accept: {IMAGE_MANIFEST}\r\n\r\n"));
    let (mut buffer, mut requests) = (vec![0; 64 << 10], 0);
    while started.elapsed() < lasting {
        for (request, status) in [(&put[..], "201"), (get.as_bytes(), "200")] {
            stream.write_all(request)?;
            read_answer(&mut stream, &mut buffer, status)?;
            requests += 1;
        }
    }
    Ok(requests)
}

/// Reads one answer with a `Content-Length`.
fn read_answer(stream: &mut TcpStream, buffer: &mut [u8], status: &str) -> std::io::Result<()> {
    let mut read = 0;
    loop {
        let new = stream.read(&mut buffer[read..])?;
        read += new;
        if new == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some(end) = buffer[..read].windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
        let length = head.split_once("content-length: ").and_then(|(_, rest)| rest.split("\r\n").next()?.parse().ok());
        if head.get(9..12) != Some(status) {
            return Err(std::io::Error::other(head));
        }
        if read >= end + 4 + length.unwrap_or(0) {
            return Ok(());
        }
    }
}
