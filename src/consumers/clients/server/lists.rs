//! Lists in pages: the tags of the case's repository, and the referrers of its subject.

use super::referrers;
use super::reply::Reply;
use super::served::Served;
use super::wire::Request;
use crate::exchange::IMAGE_INDEX;
use crate::exchange::client::Link;

/// The parameter that names a page.
const PAGE: &str = "page";
/// The tag that is alone on the second page. It names the case, as the first does.
pub(super) const SECOND: &str = "second";

/// The list of tags; `None` if that is for the registry to say.
pub(super) fn tags(served: &Served, request: &Request) -> Option<Reply> {
    let link = served.answers().tag_link;
    if link == Link::None {
        return None;
    }
    let page = page(request);
    let own = served.names.tag.clone();
    let tags = match link {
        Link::Endless if page > 0 => vec![format!("page-{page}")],
        Link::Pages if page > 0 => vec![SECOND.to_owned()],
        _ => vec![own],
    };
    let body = serde_json::json!({"name": served.names.repository, "tags": tags}).to_string();
    let mut reply = Reply::new(200, &[("Content-Type", "application/json")], body);
    reply.set("Link", next(served, request, link, page).as_deref());
    Some(reply)
}

/// The list of referrers; `None` if that is for the registry to say.
pub(super) fn referrers(served: &Served, request: &Request, digest: &str) -> Option<Reply> {
    let answers = served.answers();
    let (link, page) = (answers.referrers_link, page(request));
    let mut listed = referrers::referrers(served, request, digest)?;
    let half = listed.len().div_ceil(2);
    match link {
        Link::None | Link::Loop | Link::OtherHost => {}
        Link::Pages if page == 0 => listed.truncate(half),
        Link::Pages => drop(listed.drain(..half)),
        Link::Endless if page > 0 => listed = referrers::endless(served, page),
        Link::Endless => {}
    }
    let mut reply = Reply::new(200, &[("Content-Type", IMAGE_INDEX)], referrers::index(&listed));
    reply.set("Link", next(served, request, link, page).as_deref());
    Some(reply)
}

/// The answer of a registry that has no lists of referrers.
pub(super) fn unavailable() -> Reply {
    Reply::error(404, "UNSUPPORTED", "there is no such endpoint")
}

fn page(request: &Request) -> usize {
    request.parameter(PAGE).and_then(|page| page.parse().ok()).unwrap_or(0)
}

/// The `Link` of a page.
fn next(served: &Served, request: &Request, link: Link, page: usize) -> Option<String> {
    let path = request.path();
    let following = format!("{path}?{PAGE}={}", page + 1);
    let target = match link {
        Link::None => return None,
        // A client may ask the registry for the page that it named on another host: that is safe, so it ends.
        Link::Pages | Link::OtherHost if page > 0 => return None,
        Link::Pages | Link::Endless => following,
        Link::OtherHost => format!("{}{following}", served.origins.foreign),
        Link::Loop => request.target.clone(),
    };
    Some(format!("<{target}>; rel=\"next\""))
}
