//! Serves one case to a client program: the registry, with the answers that the case asks for, and the hosts that only an answer or a
//! document names, which record what arrives.
//!
//! A case of `exchange` is served exactly, whatever a registry would have refused (`content`); uploads, and everything in other
//! repositories, are those of the embedded registry (`served`). `front` and `foreign` answer; `host`, `wire` and `reply` speak HTTP.

mod access;
mod addresses;
mod blobs;
mod coding;
mod content;
mod failures;
mod foreign;
mod front;
mod host;
mod lists;
mod log;
mod made;
mod manifests;
mod names;
mod other;
mod place;
mod referrers;
mod reply;
mod served;
#[cfg(test)]
mod tests;

mod uploads;
mod wire;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;

use access::{Access, Demand};
pub use addresses::Addresses;
use addresses::{Ports, Turn, origin};
use content::Content;
use host::{Bound, Host};
pub use log::{PASSWORD, USERNAME};
pub use names::Names;
use reply::Reply;
use served::{Origins, Served};
use wire::Request;

use crate::error::{Trouble, TroubleKind};
use crate::exchange::Exchange;
use crate::exchange::client::{Arrived, Kept, Link, Realm, Referrers};

/// A case that is served until this is dropped.
pub struct CaseServer {
    served: Arc<Served>,
    registry: String,
    proxy: String,
    lacks: Option<String>,
    /// Dropping them ends them.
    hosts: Vec<Host>,
    /// Given up when the hosts have ended.
    _turns: Vec<Turn>,
}

impl fmt::Debug for CaseServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<SocketAddr> = self.hosts.iter().map(|host| host.address).collect();
        out.debug_struct("CaseServer").field("hosts", &hosts).field("lacks", &self.lacks).finish_non_exhaustive()
    }
}

impl CaseServer {
    /// Serves a case on loopback.
    ///
    /// # Errors
    ///
    /// If a port of loopback cannot be bound, or the system starts no thread.
    pub fn start(exchange: &Exchange, addresses: Addresses) -> Result<Self, Trouble> {
        Self::start_at(exchange, addresses, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// Like [`CaseServer::start`], with the registry at this address; port 0 is a free one.
    ///
    /// # Errors
    ///
    /// As for [`CaseServer::start`].
    pub fn start_at(exchange: &Exchange, addresses: Addresses, registry: SocketAddr) -> Result<Self, Trouble> {
        Self::serve(exchange, addresses, registry).map_err(|error| {
            let cause = format!("{error}; free ports or threads and try again");
            Trouble::new(TroubleKind::Unreachable, "listen for clients under test", "127.0.0.1", cause).caused_by(error)
        })
    }

    fn serve(exchange: &Exchange, addresses: Addresses, registry: SocketAddr) -> io::Result<Self> {
        let answers = &exchange.answers;
        let names = Names::of(exchange);
        let mut content = Content::of(exchange, &names);
        if answers.referrers != Referrers::Right || answers.referrers_link != Link::None {
            content.add_blob(Bytes::from_static(made::EMPTY));
        }
        let has_urls = content.layer.is_some();
        let Ports { registry, proxy, foreign, other_port, realm, urls, turns, lacks } =
            Ports::bind(registry, answers, has_urls, addresses)?;
        let origins = Origins {
            registry: origin(registry.address),
            foreign: origin(foreign.address),
            other_port: origin(other_port.address),
        };
        let own = match answers.realm {
            Realm::None | Realm::Ours => Some(origins.registry.clone()),
            Realm::Foreign => Some(origins.foreign.clone()),
            Realm::PlainHttp | Realm::Private => realm.as_ref().map(|realm| origin(realm.address)),
        };
        let demand = match own {
            Some(own) if access::asks_for_token(answers) => Demand::Token(format!("{own}/token")),
            _ if access::leads_elsewhere(answers, has_urls) => Demand::Password,
            _ => Demand::Nothing,
        };
        let lacks = lacks.or_else(|| cannot_be_served(exchange, &content));
        let access = Access::new(demand, answers.status);
        let [at_foreign, at_other_port] = [origins.foreign.clone(), origins.other_port.clone()];
        let addresses = [registry.address, proxy.address];
        let served = Arc::new(Served::new(exchange, names, content, origins, access));
        let mut hosts = vec![
            host(registry, &served, front::answer)?,
            host(proxy, &served, foreign::proxy)?,
            host(foreign, &served, move |served, request| foreign::answer(served, request, &at_foreign))?,
            host(other_port, &served, move |served, request| foreign::answer(served, request, &at_other_port))?,
        ];
        if let Some(bound) = realm {
            hosts.push(host(bound, &served, foreign::realm)?);
        }
        if let Some(bound) = urls {
            hosts.push(host(bound, &served, foreign::urls)?);
        }
        let [registry, proxy] = addresses.map(|address| address.to_string());
        Ok(Self { served, registry, proxy, lacks, hosts, _turns: turns })
    }

    /// The registry, as `HOST:PORT`.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// What proxy variables should point at where the network is not isolated, as `HOST:PORT`: it records and answers 403.
    pub fn proxy(&self) -> &str {
        &self.proxy
    }

    /// The names under which the case is served.
    pub fn names(&self) -> &Names {
        &self.served.names
    }

    /// Starts again, as before each operation: forgets what arrived, and what was pushed.
    pub fn reset(&self) {
        self.served.reset();
    }

    /// Forgets what arrived, as before the command under test; what was pushed and handed out stays.
    pub fn forget_arrivals(&self) {
        self.served.log.forget_arrived();
    }

    /// The requests that arrived at any host, in order; at most a few thousand.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.served.log.arrived()
    }

    /// The number of requests that arrived.
    pub fn requests(&self) -> usize {
        self.served.log.count()
    }

    /// The manifest that the client stored under the case's tag in the repository that it copies or pushes to.
    pub fn kept(&self) -> Option<Kept> {
        let Names { to, tag, .. } = self.names();
        let request =
            Request { method: "GET".to_owned(), target: format!("/v2/{to}/manifests/{tag}"), ..Request::default() };
        let reply = self.served.ask(&request);
        let media_type = reply.header("content-type").unwrap_or_default().to_owned();
        let bytes = reply.body.0.into_iter().next()?.0;
        (reply.status == 200).then_some(Kept { bytes, media_type })
    }

    /// Why this case cannot be served here; `None` if it can.
    pub fn lacks(&self) -> Option<String> {
        self.lacks.clone()
    }
}

/// What a case has that no server can serve.
fn cannot_be_served(exchange: &Exchange, content: &Content) -> Option<String> {
    if exchange.upload.is_some() {
        return Some("a case that uploads a blob has nothing for clients".to_owned());
    }
    content.unheld.as_ref().map(|path| format!("the content of {path} is too long to be held in memory"))
}

fn host(
    bound: Bound,
    served: &Arc<Served>,
    answer: impl Fn(&Served, &Request) -> Reply + Send + Sync + 'static,
) -> io::Result<Host> {
    let served = Arc::clone(served);
    bound.serve(Arc::new(move |request| answer(&served, request)))
}
