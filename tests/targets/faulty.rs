//! The embedded registry behind a socket, with faults: what it answers, drops or dies on is up to the test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use crate::command;
use bytes::Bytes;
use manifuzz::registry::{Profile, Registry, is_dropped};

/// What a server does in place of the registry's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: the registry answers.
    None,
    /// Answers with this status and no body.
    Status(u16),
    /// Closes the connection.
    Drop,
    /// Answers after a minute.
    Hang,
    /// The registry answers, after so many milliseconds.
    Slow(u64),
    /// Ends the process.
    Exit,
}

pub type Faults = Arc<dyn Fn(&http::Request<Bytes>) -> Fault + Send + Sync>;

/// Serves on a free port of 127.0.0.1 until the test ends.
pub fn start(profile: &Profile, faults: impl Fn(&http::Request<Bytes>) -> Fault + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let registry = Arc::new(Registry::new(profile));
    std::thread::spawn(move || serve(listener, registry, Arc::new(faults)));
    address
}

/// Serves at this listener until the process ends.
pub fn serve(listener: TcpListener, registry: Arc<Registry>, faults: Faults) {
    for stream in listener.incoming().flatten() {
        let (registry, faults) = (Arc::clone(&registry), Arc::clone(&faults));
        std::thread::spawn(move || connection(stream, &registry, &faults));
    }
}

fn connection(stream: TcpStream, registry: &Registry, faults: &Faults) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let request = read(&mut reader)?;
        let is_head = request.method() == http::Method::HEAD;
        let response = match faults(&request) {
            Fault::None => registry.handle(request),
            Fault::Slow(pause) => {
                std::thread::sleep(Duration::from_millis(pause));
                registry.handle(request)
            }
            Fault::Status(status) => http::Response::builder().status(status).body(Bytes::new()).ok()?,
            Fault::Drop => return None,
            Fault::Hang => {
                std::thread::sleep(Duration::from_secs(60));
                return None;
            }
            Fault::Exit => std::process::exit(7),
        };
        if is_dropped(&response) {
            return None;
        }
        let mut head = format!("HTTP/1.1 {} X\r\n", response.status().as_u16());
        for (name, value) in response.headers() {
            head.push_str(&format!("{name}: {}\r\n", value.to_str().ok()?));
        }
        if !response.headers().contains_key("content-length") {
            head.push_str(&format!("content-length: {}\r\n", response.body().len()));
        }
        let mut bytes = format!("{head}\r\n").into_bytes();
        bytes.extend_from_slice(if is_head { &[] } else { response.body() });
        writer.write_all(&bytes).ok()?;
    }
}

/// A run on a server at this address.
pub fn run_on(address: SocketAddr, corpus: &Path, more: &[&str]) -> Command {
    let mut run = command::manifuzz();
    run.args(["run", &format!("http://{address}/some/repo"), "--name", "faulty", "--seed", "7", "--format", "json"])
        .arg("--corpus")
        .arg(corpus)
        .args(more);
    run
}

/// Reads one request; `None` where the connection ends.
fn read(reader: &mut BufReader<TcpStream>) -> Option<http::Request<Bytes>> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let mut request = http::Request::builder().method(words.next()?).uri(words.next()?);
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "transfer-encoding" => chunked = true,
            _ => {}
        }
        request = request.header(name, value);
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk).ok()?;
            body.extend_from_slice(&chunk[..size]);
            if size == 0 {
                break;
            }
        }
    } else {
        body.resize(length, 0);
        reader.read_exact(&mut body).ok()?;
    }
    request.body(body.into()).ok()
}

/// Whether this is the push of a manifest whose body holds `text`.
pub fn pushes(request: &http::Request<Bytes>, text: &str) -> bool {
    request.method() == http::Method::PUT
        && request.uri().path().contains("/manifests/")
        && String::from_utf8_lossy(request.body()).contains(text)
}
