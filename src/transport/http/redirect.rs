//! Follows redirects by hand, so that each hop is counted and none leaves the hosts that may be contacted.

use ::http::{HeaderValue, Method};

use super::{HttpTransport, What};
use crate::error::{Trouble, TroubleKind, redacted};
use crate::exchange::{Answer, Reply, Unfollowable};
use crate::transport::registry_target::location;
use crate::transport::talk::{elsewhere, not_followed};
use crate::transport::{Origin, Request, Sent, Transport as _, Url};

const DIGEST: &str = "docker-content-digest";
/// Maximum number of redirects per request.
const HOPS: usize = 5;

impl HttpTransport {
    /// Sends a request and follows its redirects. `send` gets the origin and the request target of each hop.
    pub(super) fn following(
        &self,
        request: &Request<'_>,
        send: impl Fn(&What<'_>, &Origin, &str) -> Result<Sent, Trouble>,
    ) -> Result<Sent, Trouble> {
        let what = || format!("{} {}", request.method, redacted(request.target));
        // `None` while it is a path on the registry itself.
        let mut url = match request.target.contains("://") {
            true => Some(Url::parse(request.target).map_err(|why| self.trouble(TroubleKind::Protocol, &what, why))?),
            false => None,
        };
        if let Some(Url { origin, .. }) = url.as_ref().filter(|url| !self.may_ask(&url.origin)) {
            let cause = format!("refusing to contact {origin}, which was not allowed by name");
            return Err(self.trouble(TroubleKind::ForeignHost, &what, cause));
        }
        let mut repeated = false;
        let mut digest = None;
        for hop in 0.. {
            let (origin, target) =
                url.as_ref().map_or((&self.address.origin, request.target), |url| (&url.origin, &*url.target));
            let mut sent = send(&what, origin, target)?;
            if let Reply::Answer(answer) = &mut sent.reply {
                answer.redirected = hop > 0;
            }
            repeated |= sent.repeated;
            let redirected = sent.reply.answer().filter(|_| hop < HOPS).and_then(|answer| to(&request.method, answer));
            let Some((answer, to)) = redirected else {
                return Ok(Sent { repeated, reply: with_digest(sent.reply, digest) });
            };
            // The registry says on the redirect what the storage that it leads to does not know.
            digest = answer.headers.get(DIGEST).filter(|_| request.is_blob).cloned().or(digest);
            let from = Url { origin: origin.clone(), target: target.to_owned() };
            url = match from.resolve(&to) {
                Ok(next) if self.may_ask(&next.origin) || self.may_fetch(request, &from, &next) => Some(next),
                Ok(next) => {
                    let why = Unfollowable::Elsewhere(elsewhere(&from, &next));
                    return Ok(Sent { reply: Reply::NotFollowed(not_followed(answer, &to, why)), repeated });
                }
                Err(why) => {
                    let not_followed = not_followed(answer, &to, Unfollowable::Malformed(why));
                    return Ok(Sent { reply: Reply::NotFollowed(not_followed), repeated });
                }
            };
        }
        Err(self.trouble(TroubleKind::Protocol, &what, "too many redirects"))
    }

    /// Whether a blob may be fetched from `to`; its bytes are verified by digest. Never from TLS to plain HTTP.
    fn may_fetch(&self, request: &Request<'_>, from: &Url, to: &Url) -> bool {
        let is_weaker = (from.origin.is_tls || self.address.origin.is_tls) && !to.origin.is_tls;
        let is_named = || self.options.follow_redirects.iter().any(|name| to.origin.is_named_by(name));
        request.is_blob && matches!(request.method, Method::GET | Method::HEAD) && !is_weaker && is_named()
    }
}

/// Where a client repeats the same request: after any redirect of a GET or HEAD, and otherwise after 307 and 308, the only
/// ones that keep method and body.
fn to<'a>(method: &Method, answer: &'a Answer) -> Option<(&'a Answer, String)> {
    let is_read = matches!(*method, Method::GET | Method::HEAD);
    let follows = match answer.status {
        301..=303 => is_read,
        307 | 308 => true,
        _ => false,
    };
    Some((answer, location(answer).filter(|_| follows)?))
}

/// The reply, with the digest that a redirect to it had, if it is a success without.
fn with_digest(mut reply: Reply, digest: Option<HeaderValue>) -> Reply {
    if let (Reply::Answer(answer), Some(digest)) = (&mut reply, digest)
        && answer.is_success()
    {
        answer.headers.entry(DIGEST).or_insert(digest);
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::super::{Address, HttpOptions};
    use super::*;
    use crate::transport::CaseContext;

    #[test]
    fn nothing_leads_from_tls_to_plain_http() {
        let named = vec!["127.0.0.1:81".to_owned()];
        let options = HttpOptions { allow_hosts: named.clone(), follow_redirects: named, ..HttpOptions::default() };
        let (context, origin) =
            (CaseContext::default(), |is_tls, port| Origin { is_tls, host: "127.0.0.1".to_owned(), port });
        let url = |is_tls, port| Url { origin: origin(is_tls, port), target: "/".to_owned() };
        let request = Request { is_blob: true, ..Request::new(Method::GET, "/", &context) };
        for (own, is_tls, may) in
            [("https", false, false), ("https", true, true), ("http", false, true), ("http", true, true)]
        {
            let address = Address::parse(&format!("{own}://127.0.0.1:80/a")).expect("an address");
            let transport = HttpTransport::new(&address, options.clone()).expect("a transport");
            assert_eq!(transport.may_ask(&origin(is_tls, 81)), may, "{own} to {is_tls}");
            let from = url(own == "https", 80);
            assert_eq!(transport.may_fetch(&request, &from, &url(is_tls, 81)), may, "{own} to {is_tls}");
            assert!(!transport.may_fetch(&Request { is_blob: false, ..request.clone() }, &from, &url(is_tls, 81)));
            assert!(transport.may_ask(transport.origin()) && !transport.may_ask(&origin(true, 82)));
        }
    }
}
