//! Uploads: where the registry sends a client that opens one.

use super::reply::Reply;
use super::served::Served;
use super::wire::Request;
use crate::exchange::client::Location;

/// The address of an upload that leads to a file. No such folder exists.
const FILE: &str = "file:///manifuzz-upload/session";

/// The answer to a request of an upload.
pub(super) fn upload(served: &Served, request: &Request) -> Reply {
    let location = served.answers().location;
    if location == Location::Redirected && request.method == "POST" {
        return Reply::redirect(&format!("{}{}", served.origins.foreign, request.target));
    }
    let origin = &served.origins.registry;
    let reply = served.ask(request);
    match location {
        Location::Right | Location::Redirected => moved(reply, |path| format!("{origin}{path}")),
        Location::Relative => reply,
        Location::OtherHost => moved(reply, |path| format!("{}{path}", served.origins.foreign)),
        Location::File => moved(reply, |_| FILE.to_owned()),
    }
}

/// An upload on another host, which takes it as the registry would.
pub(super) fn upload_elsewhere(served: &Served, request: &Request, origin: &str) -> Reply {
    moved(served.ask(request), |path| format!("{origin}{path}"))
}

/// Changes the `Location` of an open upload. That of finished ones stays a path.
fn moved(mut reply: Reply, to: impl Fn(&str) -> String) -> Reply {
    let path = reply.header("location").filter(|_| reply.status == 202).map(str::to_owned);
    if let Some(path) = path {
        reply.set("Location", Some(&to(&path)));
    }
    reply
}
