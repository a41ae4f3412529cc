//! A host: a port that is listened on, with a thread for each connection. Everything ends when it is dropped.

use std::collections::HashMap;
use std::io::{self, BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::reply::Reply;
use super::wire::{self, Incoming, Request};

/// The most connections at a time; one that comes then is closed at once.
const CONNECTIONS: usize = 256;

/// What answers the requests to a host.
pub(super) type Handler = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

/// A port that is bound and not served yet.
#[derive(Debug)]
pub(super) struct Bound {
    listener: TcpListener,
    /// `IP:PORT`.
    pub address: SocketAddr,
}

impl Bound {
    /// Binds a port; with port 0, the system chooses one.
    ///
    /// # Errors
    ///
    /// If the address is not one of this machine, or the port is taken.
    pub fn to(address: impl Into<SocketAddr>) -> io::Result<Self> {
        let listener = TcpListener::bind(address.into())?;
        Ok(Self { address: listener.local_addr()?, listener })
    }

    /// Answers every request by `handler` from now on.
    ///
    /// # Errors
    ///
    /// If the system starts no thread.
    pub fn serve(self, handler: Handler) -> io::Result<Host> {
        let Self { listener, address } = self;
        let open = Arc::new(Open::default());
        let theirs = Arc::clone(&open);
        let accepting = std::thread::Builder::new()
            .name(format!("host {address}"))
            .spawn(move || accept(&listener, &theirs, &handler))?;
        Ok(Host { address, open, accepting: Some(accepting) })
    }
}

/// The open connections of a host.
#[derive(Debug, Default)]
struct Open {
    ends: AtomicBool,
    connections: Mutex<HashMap<u64, TcpStream>>,
}

impl Open {
    fn connections(&self) -> MutexGuard<'_, HashMap<u64, TcpStream>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A port that is served.
#[derive(Debug)]
pub(super) struct Host {
    pub address: SocketAddr,
    open: Arc<Open>,
    accepting: Option<JoinHandle<()>>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.open.ends.store(true, Ordering::SeqCst);
        for connection in self.open.connections().values() {
            // Fails only if the client has closed it.
            let _ = connection.shutdown(Shutdown::Both);
        }
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, open: &Arc<Open>, handler: &Handler) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    let mut number = 0;
    loop {
        let accepted = listener.accept();
        if open.ends.load(Ordering::SeqCst) {
            break;
        }
        let Ok((stream, _)) = accepted else {
            // Probably out of file descriptors: wait for connections to close.
            std::thread::sleep(std::time::Duration::from_millis(20));
            continue;
        };
        threads.retain(|thread| !thread.is_finished());
        let Ok(own) = stream.try_clone() else { continue };
        if threads.len() >= CONNECTIONS {
            continue;
        }
        number += 1;
        open.connections().insert(number, own);
        let (theirs, handler) = (Arc::clone(open), Arc::clone(handler));
        let started = std::thread::Builder::new().name("connection".to_owned()).spawn(move || {
            // An error means that the client has closed the connection: nothing to report.
            let _ = converse(&stream, &theirs, &handler);
            let _ = stream.shutdown(Shutdown::Both);
            theirs.connections().remove(&number);
        });
        match started {
            Ok(thread) => threads.push(thread),
            Err(_) => drop(open.connections().remove(&number)),
        }
    }
    // Those that were accepted while the host was being dropped.
    for connection in open.connections().values() {
        let _ = connection.shutdown(Shutdown::Both);
    }
    for thread in threads {
        let _ = thread.join();
    }
}

fn converse(stream: &TcpStream, open: &Open, handler: &Handler) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    while !open.ends.load(Ordering::SeqCst) {
        match wire::read(&mut reader, &mut writer)? {
            Incoming::End => break,
            Incoming::Malformed => return writer.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
            Incoming::TooLarge => {
                return writer.write_all(b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n\r\n");
            }
            Incoming::Request(request) => {
                if !handler(&request).write(&request, &mut writer)? {
                    break;
                }
            }
        }
    }
    Ok(())
}
