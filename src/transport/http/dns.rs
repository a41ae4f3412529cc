//! Resolves host names; for token services that must be public, to public addresses only.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower_service::Service;

use super::auth::realm::is_public;

/// A resolver that can leave out addresses that are not public. The connection is made to the addresses that were checked, so
/// that a name cannot resolve to another one in between.
#[derive(Clone, Debug)]
pub(super) struct Resolver {
    system: GaiResolver,
    public_only: bool,
}

impl Resolver {
    pub fn new(public_only: bool) -> Self {
        Self { system: GaiResolver::new(), public_only }
    }
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.system.poll_ready(cx)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (resolving, public_only) = (self.system.call(name.clone()), self.public_only);
        Box::pin(async move {
            let all: Vec<SocketAddr> = resolving.await?.collect();
            let kept: Vec<SocketAddr> = all.iter().copied().filter(|one| !public_only || is_public(one.ip())).collect();
            if kept.is_empty() && !all.is_empty() {
                let why = format!("{name} resolves to a private or loopback address and was not allowed by name");
                return Err(std::io::Error::other(why));
            }
            Ok(kept.into_iter())
        })
    }
}
