//! Sends requests with the credentials that the registry asks for, and keeps their trace.

use std::time::Duration;

use ::http::{HeaderValue, Request as Built};

use super::answer::Reading;
use super::auth::{TokenRequest, TokenService};
use super::connector::Wish;
use super::message::{Added, RequestBody, to_token_service};
use super::outgoing::ToSend;
use super::{HttpTransport, echo};
use crate::error::{Trouble, TroubleKind, redacted};
use crate::exchange::{Answer, Reply};
use crate::transport::trace::SentRequest;
use crate::transport::{Allowance, Origin, Owed, Sent, Transport};

impl HttpTransport {
    /// Sends a request, and once more with other credentials if it is answered 401. `make` gets the headers to add.
    pub(super) fn authorised(
        &self,
        to_send: &ToSend<'_>,
        make: impl Fn(&Added) -> Result<Built<RequestBody>, String>,
    ) -> Result<Sent, Trouble> {
        let ToSend { what, method, origin, target, context, .. } = *to_send;
        let added = self.added(origin, context).map_err(|cause| self.trouble(TroubleKind::Protocol, what, cause))?;
        // Credentials are for the registry alone.
        let is_own = *origin == self.address.origin && self.options.answers_challenges;
        let authorization = if is_own { self.authenticator.header(method, target, self)? } else { None };
        let sent = self.traced(to_send, &Added { authorization: authorization.clone(), ..added.clone() }, &make)?;
        let Some(unauthorized) = sent.reply.answer().filter(|answer| is_own && answer.status == 401) else {
            return Ok(sent);
        };
        let Some(better) = self.authenticator.answer(unauthorized, method, target, authorization.as_ref(), self)?
        else {
            return Ok(sent);
        };
        let again = self.traced(to_send, &Added { authorization: Some(better), ..added }, &make)?;
        Ok(Sent { repeated: true, ..again })
    }

    fn traced(
        &self,
        to_send: &ToSend<'_>,
        added: &Added,
        make: impl Fn(&Added) -> Result<Built<RequestBody>, String>,
    ) -> Result<Sent, Trouble> {
        let ToSend { what, origin, target, owed, context, is_exact, .. } = *to_send;
        let reading = Reading { bound: self.options.body_bound, owed, allowance: context.allowance() };
        let may_be_http2 = !is_exact || self.connector.is_only_http2();
        let wish = Wish { origin, may_be_http2, public_only: false };
        let mut sent = self.send(what, wish, &reading, || make(added));
        if let (Some(authorization), Ok(sent)) = (&added.authorization, &mut sent) {
            echo::hide(&self.authenticator.secrets(authorization), &mut sent.reply, owed);
        }
        if let Some(log) = context.log()
            && let Ok(built) = make(added)
        {
            let (method, authority) = (built.method().as_str(), origin.to_string());
            let (headers, body) = (built.headers(), built.body().bytes());
            let request = SentRequest { method, origin: &authority, target, headers, body: &body };
            let why = sent.as_ref().err().map(ToString::to_string);
            log.add(&request, sent.as_ref().map(|sent| &sent.reply).map_err(|_| why.as_deref().unwrap_or_default()));
        }
        sent
    }
}

impl TokenService for HttpTransport {
    fn ask(&self, request: &TokenRequest<'_>) -> Result<Answer, Trouble> {
        let origin = &request.realm.url.origin;
        let what = || format!("{} {origin}{} for a token", request.method, redacted(path(&request.target)));
        let trouble = |kind, cause: String| Trouble::new(kind, what(), origin.authority(), cause);
        let allowance = Allowance::default();
        let reading = Reading { bound: 1 << 20, owed: &Owed::Nothing, allowance: &allowance };
        let wish = Wish { origin, may_be_http2: true, public_only: request.realm.is_public };
        let host = |origin: &Origin| HeaderValue::from_str(&origin.authority()).map_err(|error| error.to_string());
        let sent = self.send(&what, wish, &reading, || to_token_service(request, host(origin)?))?;
        match sent.reply {
            Reply::Answer(answer) => Ok(answer),
            Reply::Hang => Err(trouble(TroubleKind::TimeOut, "no answer within the deadline".to_owned())),
            Reply::Dropped(why) => Err(trouble(TroubleKind::Protocol, format!("not answered: {why}"))),
            Reply::NotFollowed(not) => Err(trouble(TroubleKind::Protocol, not.to_string())),
        }
    }

    fn wait(&self, pause: Duration) -> Result<(), Trouble> {
        Transport::wait(self, pause)
    }
}

/// A request target without its query, which can hold a user name.
fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or(target)
}
