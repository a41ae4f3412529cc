//! Binds the hosts that a case needs, and says which of them cannot be had here.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::host::Bound;
use crate::exchange::client::{Answers, Realm};

/// The address of the registry, and of the ports that are its neighbours.
const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// Another host: loopback, too, but under another name.
const FOREIGN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// The host of a layer's `urls`, and its port.
const URLS: (Ipv4Addr, u16) = (Ipv4Addr::new(127, 0, 0, 3), 5099);
/// A token service that is not on loopback.
pub(super) const PLAIN_HTTP: Ipv4Addr = Ipv4Addr::new(10, 99, 99, 99);
/// The address under which clouds serve instance metadata, and its port.
pub(super) const PRIVATE: (Ipv4Addr, u16) = (Ipv4Addr::new(169, 254, 169, 254), 80);

/// How long to wait for a port that is taken. Another program may keep it, so this is short.
const PATIENCE: Duration = Duration::from_secs(3);

/// The fixed ports that cases of this program have now.
static TAKEN: Mutex<Vec<SocketAddr>> = Mutex::new(Vec::new());
static FREED: Condvar = Condvar::new();

/// The right to a fixed port, which one case has at a time. The next case waits for it, since without the port it would not be tested.
#[derive(Debug)]
pub(super) struct Turn(SocketAddr);

impl Turn {
    fn wait(address: SocketAddr) -> Self {
        let taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken =
            FREED.wait_while(taken, |taken| taken.contains(&address)).unwrap_or_else(PoisonError::into_inner);
        taken.push(address);
        Self(address)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        TAKEN.lock().unwrap_or_else(PoisonError::into_inner).retain(|taken| *taken != self.0);
        FREED.notify_all();
    }
}

/// The addresses that this machine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// Those of loopback, 127.0.0.0/8.
    Loopback,
    /// 10.99.99.99 and 169.254.169.254, too: they were added to the loopback of a network namespace.
    Private,
}

/// The ports of a case, bound and not served yet.
#[derive(Debug)]
pub(super) struct Ports {
    pub registry: Bound,
    pub proxy: Bound,
    pub foreign: Bound,
    pub other_port: Bound,
    /// The token service, if it is at an address that is not on loopback.
    pub realm: Option<Bound>,
    pub urls: Option<Bound>,
    /// To be dropped after what listens.
    pub turns: Vec<Turn>,
    /// Why the case cannot be served.
    pub lacks: Option<String>,
}

impl Ports {
    /// Binds the ports of a case.
    ///
    /// # Errors
    ///
    /// If a port of loopback that any case needs cannot be bound.
    pub fn bind(registry: SocketAddr, answers: &Answers, has_urls: bool, addresses: Addresses) -> io::Result<Self> {
        let (mut lacks, mut turns) = (None, Vec::new());
        let realm = match answers.realm {
            Realm::PlainHttp => Some((PLAIN_HTTP, 0)),
            Realm::Private => Some(PRIVATE),
            Realm::None | Realm::Ours | Realm::Foreign => None,
        };
        let realm = realm.and_then(|address| match addresses {
            Addresses::Private => bound(address, &mut turns, &mut lacks),
            Addresses::Loopback => {
                lacks = Some(format!("{} is reached only where the network is isolated", address.0));
                None
            }
        });
        let urls = if has_urls { bound(URLS, &mut turns, &mut lacks) } else { None };
        let registry = Bound::to(registry);
        let [proxy, other_port] = [0; 2].map(|port| Bound::to((LOOPBACK, port)));
        let foreign = Bound::to((FOREIGN, 0))?;
        Ok(Self { registry: registry?, proxy: proxy?, foreign, other_port: other_port?, realm, urls, turns, lacks })
    }
}

/// Waits for a fixed port. A case with two gets that of the realm first, so no two cases wait for each other.
fn bound(address: (Ipv4Addr, u16), turns: &mut Vec<Turn>, lacks: &mut Option<String>) -> Option<Bound> {
    if address.1 != 0 {
        turns.push(Turn::wait(SocketAddr::from(address)));
    }
    let start = Instant::now();
    let bound = loop {
        match Bound::to(SocketAddr::from(address)) {
            // A process that was just forked has the listener of the case before until it executes its program.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(5));
            }
            bound => break bound,
        }
    };
    bound.map_err(|error| *lacks = Some(format!("cannot listen on {}:{}: {error}", address.0, address.1))).ok()
}

/// The origin of a port.
pub(super) fn origin(address: SocketAddr) -> String {
    format!("http://{address}")
}
