//! Servers on loopback sockets for tests of the transport: raw ones, and a small registry whose answers a test changes.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;
use manifuzz::error::Trouble;
use manifuzz::transport::http::{Address, HttpOptions, HttpTransport};
use manifuzz::transport::{CaseContext, Request, Sent, Transport as _};

/// Tests of one program run at the same time: those that measure times hold this for reading, those that keep the machine
/// busy for writing.
static BUSY: RwLock<()> = RwLock::new(());

pub fn measuring() -> RwLockReadGuard<'static, ()> {
    BUSY.read().unwrap_or_else(PoisonError::into_inner)
}

pub fn busy() -> RwLockWriteGuard<'static, ()> {
    BUSY.write().unwrap_or_else(PoisonError::into_inner)
}

/// A server that hands each connection to `serve` on a separate thread.
pub fn raw(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub head: String,
    pub body: Vec<u8>,
    /// Which connection it came over, from 0.
    pub connection: usize,
    /// How many requests came over that connection before it.
    pub before: usize,
}

impl Asked {
    pub fn is(&self, method: &str, target: &str) -> bool {
        self.method == method && self.target == target
    }
}

/// Reads one request; `None` at the end of the connection.
pub fn read_request(stream: &mut TcpStream) -> Option<Asked> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let lower = head.to_ascii_lowercase();
    let mut body = Vec::new();
    if lower.contains("transfer-encoding: chunked") {
        while !body.ends_with(b"0\r\n\r\n") {
            if stream.read(&mut byte).ok()? == 0 {
                return None;
            }
            body.push(byte[0]);
        }
    } else {
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        body.resize(length, 0);
        stream.read_exact(&mut body).ok()?;
    }
    let mut words = head.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some(Asked { method, target, head, body, ..Asked::default() })
}

/// What a server does with a request.
pub enum Act {
    /// Writes these bytes and goes on with the connection.
    Write(Vec<u8>),
    /// Writes these bytes and closes it.
    Close(Vec<u8>),
    /// Says nothing until the client gives up.
    Hang,
}

/// An answer with its length.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Act {
    let mut bytes = format!("HTTP/1.1 {status} X\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    bytes.extend(format!("Content-Length: {}\r\n\r\n", body.as_ref().len()).into_bytes());
    bytes.extend(body.as_ref());
    Act::Write(bytes)
}

/// A server that answers each request, and what was asked so far.
pub struct Served {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Served {
    pub fn new(act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        let (asked, connections) = (Arc::new(Mutex::new(Vec::new())), AtomicUsize::new(0));
        let log = Arc::clone(&asked);
        let address = raw(move |mut stream| {
            let connection = connections.fetch_add(1, Ordering::SeqCst);
            let mut before = 0;
            while let Some(one) = read_request(&mut stream) {
                let one = Asked { connection, before, ..one };
                log.lock().unwrap().push(one.clone());
                match act(&one) {
                    Act::Write(bytes) => {
                        if stream.write_all(&bytes).is_err() {
                            return;
                        }
                    }
                    Act::Close(bytes) => {
                        let _ = stream.write_all(&bytes);
                        return;
                    }
                    Act::Hang => {
                        let _ = stream.read(&mut [0]);
                        return;
                    }
                }
                before += 1;
            }
        });
        Self { address, asked }
    }

    /// A registry that takes everything and keeps manifests; `change` may answer in its place.
    pub fn registry(change: impl Fn(&Asked) -> Option<Act> + Send + Sync + 'static) -> Self {
        let stored: Mutex<HashMap<String, (String, Vec<u8>)>> = Mutex::default();
        Self::new(move |asked| change(asked).unwrap_or_else(|| plain(&stored, asked)))
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How many requests came with this method to a target that holds `part`.
    pub fn count(&self, method: &str, part: &str) -> usize {
        self.asked().iter().filter(|one| one.method == method && one.target.contains(part)).count()
    }

    pub fn transport(&self, options: HttpOptions) -> HttpTransport {
        transport(&self.address, options)
    }

    pub fn url(&self) -> String {
        format!("http://{}/a/b", self.address)
    }
}

/// As little of a registry as the transport needs.
fn plain(stored: &Mutex<HashMap<String, (String, Vec<u8>)>>, asked: &Asked) -> Act {
    let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
    let digest = |body: &[u8]| manifuzz::exchange::sha256(body);
    let mut stored = stored.lock().unwrap();
    match (&*asked.method, path) {
        ("GET", "/v2/") => answer(200, &[("Docker-Distribution-API-Version", "registry/2.0")], "{}"),
        ("POST", _) => answer(202, &[("Location", &format!("{path}session"))], ""),
        ("PUT", _) if path.contains("/blobs/uploads/") => {
            let wanted = query.rsplit_once("digest=").map_or("", |(_, digest)| digest).to_owned();
            let place = format!("{}/{wanted}", path.split("/uploads/").next().unwrap());
            stored.insert(place.clone(), (String::new(), asked.body.clone()));
            answer(201, &[("Location", &place)], "")
        }
        ("PUT", _) => {
            let kind = asked.head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or("").to_owned();
            let by_digest = format!("{}/{}", path.rsplit_once('/').unwrap().0, digest(&asked.body));
            stored.insert(path.to_owned(), (kind.clone(), asked.body.clone()));
            stored.insert(by_digest.clone(), (kind, asked.body.clone()));
            answer(201, &[("Location", &by_digest)], "")
        }
        ("DELETE", _) if stored.remove(path).is_some() => answer(202, &[], ""),
        ("GET", _) if path.contains("/referrers/") => {
            let kind = "application/vnd.oci.image.index.v1+json";
            answer(200, &[("Content-Type", kind)], r#"{"schemaVersion":2,"manifests":[]}"#)
        }
        ("GET", _) if path.ends_with("/tags/list") => {
            let start = path.replace("/tags/list", "/manifests/");
            let tags = stored.keys().filter_map(|path| path.strip_prefix(&start)).filter(|tag| !tag.contains(':'));
            let mut tags: Vec<&str> = tags.collect();
            tags.sort_unstable();
            answer(200, &[], format!(r#"{{"name":"a/b","tags":{tags:?}}}"#))
        }
        ("GET" | "HEAD", _) => match stored.get(path) {
            Some((kind, body)) => {
                let digest = digest(body);
                let headers = [("Content-Type", &**kind), ("Docker-Content-Digest", &*digest)];
                match answer(200, &headers, body) {
                    Act::Write(bytes) if asked.method == "HEAD" => {
                        Act::Write(bytes[..bytes.len() - body.len()].to_vec())
                    }
                    act => act,
                }
            }
            None if asked.method == "HEAD" => answer(404, &[], ""),
            None => answer(404, &[], r#"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#),
        },
        _ => answer(405, &[], r#"{"errors":[{"code":"UNSUPPORTED"}]}"#),
    }
}

pub fn transport(authority: &str, options: HttpOptions) -> HttpTransport {
    HttpTransport::new(&Address::parse(&format!("http://{authority}/a/b")).unwrap(), options).unwrap()
}

/// A request with a method, and nothing else.
pub fn managed(transport: &HttpTransport, method: &str, target: &str) -> Result<Sent, Trouble> {
    transport.managed(&Request::new(method.parse().unwrap(), target, &CaseContext::default()))
}

/// The tested request.
pub fn put(path: &str) -> http::Request<Bytes> {
    http::Request::builder()
        .method(http::Method::PUT)
        .uri(path)
        .header("content-type", "a/b")
        .body(Bytes::from("{\"x\":1}"))
        .unwrap()
}

pub fn exact(transport: &HttpTransport, path: &str) -> Result<Sent, Trouble> {
    transport.exact(put(path), false, &CaseContext::default())
}
