//! Authenticates requests at one registry: remembers its challenge, and gets tokens before they are needed.
//!
//! The flow is ours, because the services that registries name are many and odd, and because what was sent twice has to be known.
//! Nothing here is ever sent to another host than the registry and the token services that [`realm`] allows.

mod cache;
mod challenge;
pub(super) mod realm;
mod scope;
mod token;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use ::http::{HeaderValue, Method};

use self::cache::{Cache, locked};
use self::challenge::{Bearer, Challenge, challenges};
use self::realm::{Realm, Realms};
use self::scope::Scopes;
use self::token::{Grant, NoToken, basic};
use super::Address;
use super::credentials::{Credentials, Secret};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::Answer;

pub(super) use token::{TokenRequest, TokenService};

/// How the registry wants to be asked, as far as its challenges have shown.
#[derive(Clone, Default)]
enum Scheme {
    /// It did not ask for credentials so far.
    #[default]
    None,
    Basic,
    Bearer(Arc<Service>),
}

/// The token service of a registry, and how it is used.
#[derive(Clone)]
struct Service {
    realm: Realm,
    service: Option<String>,
    /// The scopes of every challenge, if they do not depend on the repository.
    global: Option<Scopes>,
    /// Whether it refused more scopes than a request needs.
    exact_only: bool,
}

/// Authenticates requests at one registry.
pub(super) struct Authenticator {
    host: String,
    credentials: Option<Credentials>,
    realms: Realms,
    scheme: Mutex<Scheme>,
    cache: Cache,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Authenticator").field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl Authenticator {
    pub fn new(address: &Address, allowed: &[String], credentials: Option<Credentials>) -> Self {
        let (host, realms) = (address.authority.clone(), Realms::new(address, allowed));
        Self { host, credentials, realms, scheme: Mutex::default(), cache: Cache::default() }
    }

    /// The `Authorization` header for a request to the registry, `None` if it did not ask for one so far.
    pub fn header(
        &self,
        method: &Method,
        target: &str,
        ask: &dyn TokenService,
    ) -> Result<Option<HeaderValue>, Trouble> {
        let scheme = locked(&self.scheme).clone();
        match scheme {
            Scheme::None => Ok(None),
            Scheme::Basic => Ok(self.basic()),
            Scheme::Bearer(service) => {
                let scopes = self.cache.with_learned(service.scopes(method, target));
                let exact = if service.global.is_some() { Scopes::default() } else { Scopes::exact(method, target) };
                self.wide_or_exact(&service, scopes, exact, None, ask).map(Some)
            }
        }
    }

    /// The header to repeat a request with after a 401 to one with the header `sent`; `None` if there is no better one.
    ///
    /// Trouble if a token cannot be had; the reason is more helpful than the 401.
    pub fn answer(
        &self,
        unauthorized: &Answer,
        method: &Method,
        target: &str,
        sent: Option<&HeaderValue>,
        ask: &dyn TokenService,
    ) -> Result<Option<HeaderValue>, Trouble> {
        let challenges = challenges(&unauthorized.headers);
        let mut refused = None;
        for challenge in &challenges {
            let Challenge::Bearer(bearer) = challenge else { continue };
            match self.bearer(bearer, method, target, sent, ask) {
                Ok(header) => return Ok(Some(header).filter(|header| Some(header) != sent)),
                Err(trouble) if trouble.kind == TroubleKind::Interrupted => return Err(trouble),
                Err(trouble) => refused = refused.or(Some(trouble)),
            }
        }
        // Some registries challenge without saying how.
        let may_be_basic = challenges.is_empty() || challenges.contains(&Challenge::Basic);
        match self.basic().filter(|header| may_be_basic && Some(header) != sent) {
            Some(header) => {
                *locked(&self.scheme) = Scheme::Basic;
                Ok(Some(header))
            }
            None => refused.map_or(Ok(None), Err),
        }
    }

    /// The secrets that a server knows from a request with this header, the credentials that it carries first.
    pub fn secrets<'s>(&'s self, authorization: &'s HeaderValue) -> Vec<&'s str> {
        let carried = authorization.to_str().ok().and_then(|value| Some(value.split_once(' ')?.1));
        let own = self.credentials.as_ref().map(|credentials| credentials.secret().expose());
        carried.into_iter().chain(own).collect()
    }

    fn basic(&self) -> Option<HeaderValue> {
        match self.credentials.as_ref()? {
            Credentials::Password { username, password } => sensitive(&basic(username, password)),
            _ => None,
        }
    }

    /// Follows a `Bearer` challenge.
    fn bearer(
        &self,
        bearer: &Bearer,
        method: &Method,
        target: &str,
        sent: Option<&HeaderValue>,
        ask: &dyn TokenService,
    ) -> Result<HeaderValue, Trouble> {
        let trouble = |why: String| Trouble::new(TroubleKind::Unauthorized, "getting a token", &*self.host, why);
        let realm = self.realms.allow(&bearer.realm).map_err(trouble)?;
        let asked_for = Scopes::of_challenge(bearer.scope.as_deref());
        let before = match &*locked(&self.scheme) {
            Scheme::Bearer(service) if service.realm == realm => Some(Arc::clone(service)),
            _ => None,
        };
        let was_exact = before.as_ref().is_some_and(|service| service.exact_only);
        let mut service = Service {
            realm,
            service: bearer.service.clone(),
            global: Some(asked_for.clone()).filter(Scopes::are_global),
            exact_only: was_exact,
        };
        let wide = service.scopes(method, target);
        let known = self.cache.with_learned(wide.clone());
        let scopes = known.clone().and(&asked_for);
        if scopes != known {
            self.cache.learn(wide, &asked_for);
        } else if before.is_some_and(|service| service.global.is_none())
            && sent.is_some()
            && bearer.error.as_deref() == Some("insufficient_scope")
        {
            // A token for everything was refused: ask for what the challenge names.
            service.exact_only = true;
        }
        let service = Arc::new(service);
        *locked(&self.scheme) = Scheme::Bearer(Arc::clone(&service));
        if service.exact_only {
            let scopes = if asked_for.0.is_empty() { service.scopes(method, target) } else { asked_for };
            return self.token(&service, &scopes, sent, ask);
        }
        self.wide_or_exact(&service, scopes, asked_for, sent, ask)
    }

    /// A token for the scopes in `wide`, or if the service refuses that, for those in `exact`: some services refuse a request
    /// as a whole if one of its actions is not allowed.
    fn wide_or_exact(
        &self,
        service: &Arc<Service>,
        wide: Scopes,
        exact: Scopes,
        sent: Option<&HeaderValue>,
        ask: &dyn TokenService,
    ) -> Result<HeaderValue, Trouble> {
        let refused = match self.token(service, &wide, sent, ask) {
            Err(trouble) if trouble.kind == TroubleKind::Unauthorized => trouble,
            done => return done,
        };
        if service.exact_only || exact.0.is_empty() || exact == wide {
            return Err(refused);
        }
        let service = Arc::new(Service { exact_only: true, ..Service::clone(service) });
        let header = self.token(&service, &exact, sent, ask).map_err(|_| refused)?;
        *locked(&self.scheme) = Scheme::Bearer(service);
        Ok(header)
    }

    /// A token for these scopes that is not the one already `sent`.
    fn token(
        &self,
        service: &Service,
        scopes: &Scopes,
        sent: Option<&HeaderValue>,
        ask: &dyn TokenService,
    ) -> Result<HeaderValue, Trouble> {
        if let Some(Credentials::RegistryToken(token)) = &self.credentials {
            return self.header_of(token);
        }
        let slot = self.cache.slot(scopes);
        let mut token = locked(&slot);
        if let Some(kept) = token.as_ref().filter(|kept| kept.until > Instant::now()) {
            let header = self.header_of(&kept.secret)?;
            if Some(&header) != sent {
                return Ok(header);
            }
        }
        let (realm, named) = (&service.realm, service.service.as_deref());
        let grant = Grant { realm, service: named, scopes, credentials: self.credentials.as_ref() };
        let new = grant.token(ask).map_err(|error| match error {
            NoToken::Refused(status) => grant.refused(status),
            NoToken::Trouble(trouble) => trouble,
        })?;
        let header = self.header_of(&new.secret);
        *token = Some(new);
        header
    }

    fn header_of(&self, token: &Secret) -> Result<HeaderValue, Trouble> {
        let header = sensitive(&Secret::new(format!("Bearer {}", token.expose())));
        header.ok_or_else(|| {
            let cause = "the token does not fit into a header";
            Trouble::new(TroubleKind::Unauthorized, "getting a token", &*self.host, cause)
        })
    }
}

impl Service {
    /// The scopes to ask for before a challenge names them.
    fn scopes(&self, method: &Method, target: &str) -> Scopes {
        match &self.global {
            Some(global) => global.clone(),
            None if self.exact_only => Scopes::exact(method, target),
            None => Scopes::all(target),
        }
    }
}

fn sensitive(secret: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(secret.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
