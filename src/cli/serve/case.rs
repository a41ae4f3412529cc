//! `manifuzz serve --shape`: serves one case to a client program, with the answers that the case asks for.

use std::net::SocketAddr;
use std::thread::sleep;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cli::Output;
use crate::consumers::clients::server::{Addresses, CaseServer, PASSWORD, USERNAME};
use crate::error::{Error, Input};
use crate::exchange::client::{Arrived, At};
use crate::render::render;
use crate::shape::Shape;

/// How often requests that arrived are printed.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves a case until a signal ends it. Prints the address, the names under which the case is served, `ready`, and then each request.
pub(super) fn serve_case(shape: &Shape, listen: SocketAddr) -> Result<u8, Error> {
    let server = CaseServer::start_at(&render(shape), Addresses::Private, listen)?;
    if let Some(lack) = server.lacks() {
        let advice = "free the port, or run this in a network namespace that has the address (`unshare --net`, `ip address add`)";
        return Err(Input::value(format!("the case `{shape}` cannot be served here"), lack, advice).into());
    }
    let names = server.names();
    let auth = STANDARD.encode(format!("{USERNAME}:{PASSWORD}"));
    let lines = [
        format!("listening on http://{}", server.registry()),
        format!("repository {}", names.repository),
        format!("tag {}", names.tag),
        format!("digest {}", names.digest),
        format!("subject {}", names.subject),
        format!("to {}", names.to),
        format!("auth {auth}"),
        "ready".to_owned(),
    ];
    lines.iter().try_for_each(|line| Output::print(line))?;
    let mut printed = 0;
    loop {
        let arrived = server.arrived();
        for request in arrived.get(printed..).unwrap_or_default() {
            Output::print(&line(request))?;
        }
        printed = arrived.len();
        sleep(PAUSE);
    }
}

/// A request, where it arrived, and whether it had credentials.
fn line(Arrived { at, method, target, has_credentials, status, .. }: &Arrived) -> String {
    let place = if *at == At::Registry { "here" } else { "elsewhere" };
    let credentials = if *has_credentials { " with credentials" } else { "" };
    format!("request {method} {} {status} {place}{credentials}", crate::foreign::escaped(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_elsewhere_with_credentials_is_told_apart() {
        let request = |at, has_credentials| {
            line(&Arrived {
                at,
                method: "GET".to_owned(),
                target: "/v2/a".to_owned(),
                is_of_case: true,
                has_credentials,
                status: 200,
            })
        };
        assert_eq!(request(At::Registry, true), "request GET /v2/a 200 here with credentials");
        assert_eq!(request(At::Foreign, true), "request GET /v2/a 200 elsewhere with credentials");
        assert_eq!(request(At::Urls, false), "request GET /v2/a 200 elsewhere");
    }
}
