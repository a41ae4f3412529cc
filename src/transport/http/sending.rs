//! Sends one request and reads its answer; decides what a connection that closes means.

use std::sync::atomic::Ordering;

use ::http::Request;

use super::answer::Reading;
use super::connection::{Connection, HEADERS};
use super::connector::Wish;
use super::failure::Failure;
use super::lane::Lane;
use super::limits::AnswerLimits;
use super::message::RequestBody;
use super::{HttpTransport, What, rate, tls};
use crate::error::{Trouble, TroubleKind};
use crate::exchange::{Answer, Reply};
use crate::transport::Sent;

impl HttpTransport {
    /// Sends a request. If it was sent on a reused connection that turns out to be closed, retries once on a new one.
    pub(super) fn send(
        &self,
        what: &What<'_>,
        wish: Wish<'_>,
        reading: &Reading<'_>,
        make: impl Fn() -> Result<Request<RequestBody>, String>,
    ) -> Result<Sent, Trouble> {
        let mut dropped: Option<String> = None;
        loop {
            let repeated = dropped.is_some();
            if !self.limiter.as_ref().is_none_or(|limiter| rate::wait(limiter, &self.options.stop)) {
                return Err(self.interrupted(what));
            }
            self.requests.fetch_add(1, Ordering::Relaxed);
            let request = make().map_err(|cause| self.trouble(TroubleKind::Protocol, what, cause))?;
            let lane = self.lanes.take();
            let mut lane =
                lane.map_err(|error| self.trouble(TroubleKind::Unreachable, what, error.to_string()).caused_by(error))?;
            let attempt = self.attempt(&mut lane, wish, request, repeated, reading);
            self.lanes.give_back(lane);
            let reply = match attempt {
                Ok(answer) => Reply::Answer(answer),
                Err(Failure::Dropped { was_idle: true, why }) if !repeated => {
                    dropped = Some(why);
                    continue;
                }
                // The target went down with the first connection; report the drop.
                Err(Failure::Trouble(TroubleKind::Unreachable, ..)) if repeated => {
                    Reply::Dropped(dropped.unwrap_or_default())
                }
                Err(Failure::Dropped { why, .. }) => Reply::Dropped(why),
                Err(Failure::Late) => Reply::Hang,
                Err(Failure::Stopped) => return Err(self.interrupted(what)),
                Err(Failure::Trouble(kind, cause, source)) => {
                    let trouble = self.trouble(kind, what, cause);
                    return Err(match source {
                        Some(source) => trouble.caused_by(source),
                        None => trouble,
                    });
                }
            };
            return Ok(Sent { reply, repeated });
        }
    }

    fn attempt(
        &self,
        lane: &mut Lane,
        wish: Wish<'_>,
        request: Request<RequestBody>,
        is_fresh: bool,
        reading: &Reading<'_>,
    ) -> Result<Answer, Failure> {
        let Lane { runtime, tick, idle } = lane;
        runtime.block_on(async {
            let mut limits = AnswerLimits::new(tick.as_mut(), self.options.deadline, &self.options.stop);
            let kept = if is_fresh { None } else { idle.take(wish).await };
            let mut connection = match kept {
                Some(connection) => connection,
                None => self.connect(wish, &mut limits).await?,
            };
            if connection.is_http2() && request.body().is_in_chunks() {
                let cause = "not sent, because HTTP/2 has no chunked requests and the server speaks nothing else";
                return Err(Failure::trouble(TroubleKind::Protocol, cause));
            }
            let read_before = connection.wire.read();
            let sent = limits.run(connection.send(request)).await?;
            let response = sent.map_err(|error| no_answer(&error, &connection, read_before))?;
            let (answer, is_whole) = reading.answer(response, &mut connection, &mut limits).await?;
            if is_whole {
                idle.keep(connection).await;
            }
            Ok(answer)
        })
    }

    async fn connect(&self, wish: Wish<'_>, limits: &mut AnswerLimits<'_>) -> Result<Connection, Failure> {
        match limits.run(Connection::open(&self.connector, wish)).await {
            // Nothing was sent, so this is not the request's doing.
            Err(Failure::Late) => {
                let tls = if wish.origin.is_tls { "TLS " } else { "" };
                let cause = format!("no {tls}connection within {} s", self.options.deadline.as_secs_f32());
                Err(Failure::trouble(TroubleKind::Unreachable, cause))
            }
            connected => connected?.map_err(unreachable),
        }
    }
}

fn unreachable(error: Box<dyn std::error::Error + Send + Sync>) -> Failure {
    let (kind, cause) = match tls::error_in(error.as_ref()) {
        Some(tls) => tls::cause_of(tls),
        None => (TroubleKind::Unreachable, with_causes(error.as_ref())),
    };
    Failure::Trouble(kind, cause, Some(error))
}

/// Why a request was not answered.
fn no_answer(error: &hyper::Error, connection: &Connection, read_before: u64) -> Failure {
    if !connection.origin.is_tls && connection.wire.is_alert() {
        let cause = "the port expects TLS but was sent plain HTTP; use https://";
        return Failure::trouble(TroubleKind::Protocol, cause);
    }
    // With TLS 1.3, a server learns only after the handshake whether the client has a certificate.
    if let Some((TroubleKind::ClientCertificate, cause)) = connection.wire.tls_error().map(tls::cause_of) {
        return Failure::trouble(TroubleKind::ClientCertificate, cause);
    }
    if error.is_parse_too_large() {
        let cause =
            format!("the answer has too many headers, more than {HEADERS} bytes of them, or an impossible length");
        return Failure::trouble(TroubleKind::TooLarge, cause);
    }
    let is_silent = connection.wire.read() == read_before;
    // A cancelled request was never sent. Over HTTP/2, bytes may arrive that are not part of an answer, such as the notice that
    // an idle connection is closed.
    let was_idle = connection.is_reused && (is_silent || error.is_canceled() || connection.is_http2());
    let why = match () {
        () if error.is_canceled() && !connection.is_reused && connection.wire.read() > 0 => {
            "the answer is not HTTP: bytes arrived before the request was sent".to_owned()
        }
        () if error.is_parse() => format!("the answer is not HTTP: {}", with_causes(error)),
        () => with_causes(error),
    };
    Failure::Dropped { why, was_idle }
}

/// An error and its causes on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = inner.source();
    }
    text
}
